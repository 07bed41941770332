#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rotate
short_description: Replace the key of a UFile token, URocketMQ token or RocketMQ user without an outage
version_added: 1.1.0
description:
  - With O(step=begin), a second token or user with the same permissions is created beside the first, and its keys are
    returned. Both work. With O(step=finish), once the new keys are in use, the older one is deleted.
  - The name tells which one follows which, since the services cannot rename anything. After C(billing) comes C(billing.g2),
    then C(billing.g3); for RocketMQ users, whose names have no dots, C(billing-g2). These are the generations of C(billing),
    and M(grantops.cloud.permissions) applies a grant of C(billing) to all of them.
  - Nothing is stored between the steps; the service shows how far a rotation has come. Each step may be interrupted at any
    point, and repeated. At any time there is at most one additional token or user.
author:
  - grantops.cloud contributors (@grantops)
options:
  system:
    description:
      - The system of the token or user.
      - V(huaweicloud_roma) is refused, with a message that says where the key of an application is changed.
    type: str
    required: true
    choices: [ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma]
  principal:
    description: The name of the token or user, without the ending of a generation such as C(.g2).
    type: str
    required: true
  step:
    description:
      - With V(begin), there are two generations with the same permissions afterwards. If there are two already, the keys of the
        newer one are returned again, so that a hand-over can be repeated. If their permissions differ, that is an error.
      - With V(finish), the older one is deleted if the newer one has exactly the same permissions; otherwise it is an error. If
        only the newer one exists, nothing is left to do. If no rotation was begun, it is an error.
    type: str
    required: true
    choices: [begin, finish]
  service_id:
    description: The URocketMQ service.
    type: str
  instance_id:
    description: The RocketMQ instance.
    type: str
  in_place:
    description:
      - Whether the user itself gets a new key, without a second user. For RocketMQ only. The old key stops working at once, so
        its clients are refused until they have the new one. Each run with O(step=begin) makes another key.
    type: bool
    default: false
  replace:
    description:
      - With O(step=begin), whether an existing newer generation gets new keys, and the permissions of the older one. For keys
        that were lost, or that the service does not show. A token is deleted and created again, while the older one goes on
        working.
    type: bool
    default: false
  verify_timeout:
    description: How many seconds to wait until a write shows. At most V(3600).
    type: float
    default: 30.0
extends_documentation_fragment:
  - grantops.cloud.attributes
  - grantops.cloud.connections
requirements:
  - Python >= 3.7
  - requests >= 2.25.1
seealso:
  - module: grantops.cloud.permissions
notes:
  - A result with RV(credentials) is hidden in the output, as with C(no_log). Register it, and put the keys into a vault. In an
    ad-hoc command they are lost. The playbook C(grantops.cloud.rotate) hands them over.
  - A new token ends when the old one does. One that has ended is refused.
  - The Default token of a URocketMQ service and fixed administrators of RocketMQ are refused.
"""

EXAMPLES = r"""
- name: Create a second token beside ci-upload
  grantops.cloud.rotate:
    system: ucloud_ufile
    principal: ci-upload
    step: begin
  register: rotated

- name: Delete the older token, when the new keys are in use
  grantops.cloud.rotate:
    system: ucloud_ufile
    principal: ci-upload
    step: finish
"""

RETURN = r"""
msg:
  description: What was done, in one sentence.
  type: str
  returned: always
  sample: ci-upload.g2 is created beside ci-upload, with the same permissions.
principal:
  description: The name without the ending of a generation.
  type: str
  returned: success
  sample: ci-upload
old:
  description: The older generation, with its names and its number as C(generation). V(null) when there is only one.
  type: dict
  returned: success
  sample: {token_id: t-1, token_name: ci-upload, generation: 1}
new:
  description: The newer generation, likewise. In check mode, one that would be created has no id.
  type: dict
  returned: success
  sample: {token_id: t-2, token_name: ci-upload.g2, generation: 2}
credentials:
  description:
    - The keys of the newer generation, with its names. C(public_key) and C(private_key) of UFile, C(access_key) and
      C(secret_key) of URocketMQ, C(secret_key) of RocketMQ.
  type: dict
  returned: success, with O(step=begin), not in check mode
  sample: {token_id: t-2, token_name: ci-upload.g2, public_key: "...", private_key: "..."}
changes:
  description:
    - What was written, or in check mode would be, with names, C(action), and the fields C(before) and C(after). It holds no
      secret.
  type: list
  elements: dict
  returned: success
  sample: []
error:
  description: What went wrong, with the same keys as RV(grantops.cloud.ucloud_ufile_token#module:error).
  type: dict
  returned: failure
  sample: {kind: task, message: Nothing was written.}
"""

from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint, _rotation_task


def main() -> None:
    _entrypoint.run(_rotation_task.RotationTask())


if __name__ == "__main__":
    main()
