#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: probe
short_description: Find out which assumptions of the collection hold for an account
version_added: 1.1.0
description:
  - Nobody has run this collection with every kind of account. The assumptions that it makes about the services are numbered,
    in C(docs/assumptions.md). This module tells for each of them whether it holds, does not hold, or was not seen.
  - It only reads, unless O(writes=true). Then it writes only on tokens and users that it creates itself and removes again.
    Their names begin with C(grantops-probe-), and they have no permissions.
  - A topic of ROMA Connect is written only where O(roma_topic) and O(roma_app) name one and an application for it.
  - The playbook C(grantops.cloud.probe) runs it, prints the table, and writes the report into a file.
author:
  - grantops.cloud contributors (@grantops)
extends_documentation_fragment:
  - grantops.cloud.common
options:
  writes:
    description:
      - Whether scratch tokens and users are created, changed and removed. What an earlier run has left is removed as well.
      - On the RocketMQ 5.x basic edition every user is an administrator, and a scratch user would be one too. So none is
        created where all existing users are administrators.
    type: bool
    default: false
  ufile:
    description:
      - Whether the UFile tokens of the project are probed, where there are credentials of UCloud.
    type: bool
    default: true
  urocketmq_service:
    description:
      - The ID of a URocketMQ service to probe.
    type: str
  rocketmq_instance:
    description:
      - The ID of a DMS for RocketMQ instance to probe.
    type: str
  roma_instance:
    description:
      - The ID of a ROMA Connect instance to probe.
    type: str
  roma_topic:
    description:
      - The topic of O(roma_instance) to which O(writes=true) adds one row, which it removes again. All other rows stay as
        they are.
    type: str
  roma_app:
    description:
      - The name of an application without a row on O(roma_topic). For a moment it may subscribe to messages of a tag
        that nothing has.
    type: str
  wait:
    description:
      - For how many seconds a write is waited for until a read shows it, from V(1) to V(600).
    type: int
    default: 30
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: partial
    details:
      - In check mode it only reads, also with O(writes=true).
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: none
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: posix
notes:
  - Credentials, project and region come from the environment or the files of the official tools, as they do for the other
    modules. No secret is an option.
  - Credentials that may only read suffice, unless O(writes=true).
  - Run one probe at a time for each project and instance. A second one would remove the scratch tokens and users of the
    first.
seealso:
  - module: grantops.cloud.ucloud_ufile_token
  - module: grantops.cloud.huaweicloud_rocketmq_user
"""

EXAMPLES = r"""
# ansible-playbook grantops.cloud.probe
# ansible-playbook grantops.cloud.probe -e rocketmq_instance=rocketmq-shop \
#   -e probe_writes=true

- name: Find out what can be seen by reading
  grantops.cloud.probe:
    rocketmq_instance: rocketmq-shop
  register: probed

- name: Show what does not hold
  ansible.builtin.debug:
    msg: >-
      {{ probed.report.assumptions
         | selectattr('verdict', 'eq', 'does not hold')
         | map(attribute='number') }}
"""

RETURN = r"""
table:
  description: One line for each assumption, and one that says what the collection does where it does not hold.
  returned: always
  type: list
  elements: str
  sample: ["A104  holds          ucloud_ufile          A TokenId that does not exist is answered by RetCode 15040."]
problems:
  description: What could not be read, and what could not be removed. Unlike RV(report) they may have names.
  returned: always
  type: list
  elements: str
  sample: []
report:
  description: The same as data, without names, IDs and secrets, fit to be attached to a public report.
  returned: always
  type: dict
  contains:
    format:
      description: The name of this form.
      type: str
      returned: always
      sample: grantops.probe/1
    taken:
      description: The day in UTC.
      type: str
      returned: always
      sample: '2026-11-27'
    writes:
      description: Whether it was allowed to write.
      type: bool
      returned: always
      sample: false
    counts:
      description: How many hold, do not hold, and were not seen.
      type: dict
      returned: always
      sample: {"holds": 20, "does not hold": 2, "not seen": 30}
    systems:
      description: What became of each system.
      type: list
      elements: dict
      returned: always
      contains:
        system:
          description: The system, as in grants.
          type: str
          returned: always
          sample: ucloud_ufile
        read:
          description: Whether it was read whole.
          type: bool
          returned: always
          sample: true
        written:
          description: Whether something was written.
          type: bool
          returned: always
          sample: false
        left:
          description: How many scratch things are there at the end.
          type: int
          returned: always
          sample: 0
        restored:
          description: Whether the topic that was written is as it was.
          type: bool
          returned: always
          sample: true
        failed:
          description: The kinds of the errors that ended it.
          type: list
          elements: str
          returned: always
          sample: []
    assumptions:
      description: One entry for each assumption.
      type: list
      elements: dict
      returned: always
      contains:
        number:
          description: The number of the assumption, which never changes its meaning.
          type: str
          returned: always
          sample: A104
        system:
          description: The system, as in grants.
          type: str
          returned: always
          sample: ucloud_ufile
        assumed:
          description: What is assumed.
          type: str
          returned: always
          sample: A TokenId that does not exist is answered by RetCode 15040.
        verdict:
          description: V(holds), V(does not hold) or V(not seen).
          type: str
          returned: always
          sample: holds
        seen:
          description: What was seen, in numbers and error codes.
          type: str
          returned: always
          sample: it was 15040 (HTTP 200)
        otherwise:
          description: What the collection does where it does not hold.
          type: str
          returned: always
          sample: An empty DataSet means the same.
"""

from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint, _probe_task


def main() -> None:
    _entrypoint.run(_probe_task.ProbeTask())


if __name__ == "__main__":
    main()
