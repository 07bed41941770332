#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: permissions_info
short_description: Read what UFile, URocketMQ, RocketMQ and ROMA Connect permit, as grants
version_added: 1.1.0
description:
  - Reads the tokens and users of a UFile project, of URocketMQ services and RocketMQ instances, and the policies of the
    topics of ROMA Connect instances, and returns them as grants.
  - Set-ups are named where one fits exactly; all else is C(setup=custom). Nothing in the result is a secret.
  - Planning the grants at once shows no change. It writes nothing, and needs the right to read only.
author:
  - grantops.cloud contributors (@grantops)
options:
  ufile:
    description: Whether the UFile tokens of the project are read.
    type: bool
    default: true
  urocketmq_services:
    description: The IDs of the URocketMQ services to read.
    type: list
    elements: str
  rocketmq_instances:
    description: The IDs of the RocketMQ instances to read.
    type: list
    elements: str
  roma_instances:
    description: The IDs of the ROMA Connect instances to read.
    type: list
    elements: str
extends_documentation_fragment:
  - grantops.cloud.attributes.info
  - grantops.cloud.grants
  - grantops.cloud.connections
requirements:
  - Python >= 3.7
  - requests >= 2.25.1
seealso:
  - module: grantops.cloud.permissions
"""

EXAMPLES = r"""
- name: Read what there is
  grantops.cloud.permissions_info:
    urocketmq_services: [urmq-1]
  register: estate

# ansible localhost -m grantops.cloud.permissions_info -a urocketmq_services=urmq-1
"""

RETURN = r"""
grants:
  description: The estate as grants.
  type: list
  elements: dict
  returned: success
  sample: [{system: ucloud_urocketmq, service_id: urmq-1, principal: billing, setup: producer, topics: [orders]}]
grants_text:
  description: The same as the text of a grants file, with a comment for each principal, also for what cannot be a grant.
  type: str
  returned: success
  sample: "permissions_grants: []"
error:
  description: What went wrong, with the same keys as RV(grantops.cloud.ucloud_ufile_token_info#module:error).
  type: dict
  returned: failure
  sample: {kind: permission, message: not allowed}
"""

from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint, _permissions_task


def main() -> None:
    _entrypoint.run(_permissions_task.PermissionsTask(info=True))


if __name__ == "__main__":
    main()
