#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: permissions
short_description: Put grants into force on UFile, URocketMQ, RocketMQ and ROMA Connect, in one pass
version_added: 1.1.0
description:
  - Takes grants, which say in one vocabulary for four systems who may do what, and puts them into force.
  - All grants are checked, each system is read once, and everything is planned and judged before the first write. If one
    grant is refused, nothing is written anywhere.
  - Systems are read and written side by side. Creations and updates come first on all of them. Deletions come last, and
    only when nothing has failed. A system that fails does not keep the others from being written.
author:
  - grantops.cloud contributors (@grantops)
options:
  scope:
    description:
      - With V(additive), what the grants give is added. Only C(setup=no_access) and C(state=absent) take something away.
        What others add meanwhile stays.
      - With V(exact), a principal that a grant names holds what its grants give together, and nothing else. On ROMA
        Connect that covers all topics of the instance, except those that the application owns and no grant names.
      - Principals that no grant names are never touched, unless O(exclusive=true).
    type: str
    choices: [additive, exact]
    default: additive
    aliases: [permissions_scope]
  exclusive:
    description:
      - Whether tokens and users that no grant names are deleted, in the UFile project, and in the URocketMQ services and
        RocketMQ instances that a grant names. A system without any grant is left alone, and so is the Default token.
      - It needs all grants of a run in one task. A play with several hosts is refused.
    type: bool
    default: false
    aliases: [permissions_exclusive]
  exclusive_limit:
    description: How many O(exclusive) may delete on one system. A run that would delete more is refused, and nothing is written.
    type: int
    default: 10
    aliases: [permissions_exclusive_limit]
  systems:
    description:
      - The systems that are read and written; grants for others are checked and left alone.
      - A system without any grant is an error, and so is an empty list.
    type: list
    elements: str
    choices: [ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma]
    aliases: [permissions_systems]
  create:
    description: Whether principals that do not exist are created. With V(false), they are an error.
    type: bool
    default: true
    aliases: [permissions_create]
  allow_empty:
    description: Whether a task without any grant is accepted. Otherwise it is an error, since nothing would be looked at.
    type: bool
    default: false
    aliases: [permissions_allow_empty]
  return_credentials:
    description:
      - Whether the keys of tokens that this task creates are returned, once, as RV(credentials). Use C(no_log), as the role
        does, and put the keys into a vault. The table is still shown. A file of grants must not set it.
      - Without it, a plan and a run warn about each new token. No later run returns its keys. Only the service shows them, by
        C(DescribeUFileToken) or C(GetURocketMQToken), to an account that may call these.
    type: bool
    default: false
    aliases: [permissions_return_credentials]
  show:
    description:
      - What is shown on the terminal beside the counts, where the task runs in the worker.
      - V(changes) shows the grants that differ, V(all) all grants, V(unmanaged) also the principals that no grant names.
    type: str
    choices: [none, changes, all, unmanaged]
    default: changes
    aliases: [permissions_show]
  guardrails:
    description:
      - Rules that the plan must pass before anything is written, as with the option O(grantops.cloud.ucloud_ufile_token#module:guardrails)
        of the modules; here they are judged over all systems together. The guide on guardrails has the form.
      - A rule with a mistake, or one that cannot be judged, refuses the plan. A file of grants cannot set rules.
    type: list
    elements: dict
    aliases: [permissions_guardrails]
  guardrails_file:
    description: A file that holds C(permissions_guardrails), or a list of rules alone. It is read on the controller.
    type: path
    aliases: [permissions_guardrails_file]
  roma_sasl:
    description: Whether SASL is on, for all ROMA Connect instances or by instance, for O(guardrails).
    type: raw
    aliases: [permissions_roma_sasl]
  identities:
    description:
      - A mapping of names to lists of principals, each with C(system), C(scope) and C(principal). For O(guardrails), the
        principals of one name are one person. As in M(grantops.cloud.permissions_info).
      - A file of grants may hold them for reports, but does not set them here. Whoever asks for access does not decide which
        principals are the same person.
    type: dict
    aliases: [permissions_identities]
  warn_before:
    description: A UFile token that ends within this time, and that no grant renews, gives a warning. In whole days.
    type: str
    default: 30d
    aliases: [permissions_warn_before]
  verify:
    description: Whether what was written is read again until the service shows it.
    type: bool
    default: true
    aliases: [permissions_verify]
  verify_timeout:
    description: How many seconds to wait until a write shows. At most V(3600).
    type: float
    default: 30.0
    aliases: [permissions_verify_timeout]
  check_variables:
    description:
      - Whether variables of the play whose names look like misspelt variables of the role C(permissions) are refused. The
        role turns this on, since a misspelt variable would have no effect.
    type: bool
    default: false
extends_documentation_fragment:
  - grantops.cloud.attributes
  - grantops.cloud.grants
  - grantops.cloud.connections
requirements:
  - Python >= 3.7
  - requests >= 2.25.1
seealso:
  - module: grantops.cloud.permissions_info
notes:
  - C(grants_file) and grants that are text are read on the controller. On other hosts they arrive as lists.
"""

EXAMPLES = r"""
- name: Billing publishes orders, and backups are uploaded
  grantops.cloud.permissions:
    grants:
      - system: ucloud_urocketmq
        service_id: urmq-1
        principal: billing
        setup: producer
        topics: [orders]
      - system: ucloud_ufile
        principal: backup-agent
        setup: upload_only
        buckets: [backups]
        prefixes: [db/]
        expires: "2027-01-01"

- name: Apply a file of grants, and take all else from the principals in it
  grantops.cloud.permissions:
    grants_file: grants.yml
    scope: exact

# ansible localhost -m grantops.cloud.permissions \
#   -a grants_file=grants.yml --check
"""

RETURN = r"""
grants:
  description:
    - What became of each grant, in the order of the grants. It holds no secret.
    - During a rotation (M(grantops.cloud.rotate)) there is one row for each of the two tokens or users, with its own name as
      C(principal).
    - When grants were refused, each row has only C(index), C(status) and the names of its grant.
  type: list
  elements: dict
  returned: always
  contains:
    index:
      description: The number of the grant among all grants of the task, from 0.
      type: int
      returned: always
      sample: 0
    status:
      description: V(unchanged), V(planned) (check mode), V(written), V(failed), V(not tried) or V(refused).
      type: str
      returned: always
      sample: written
    action:
      description: V(create), V(update) or V(none).
      type: str
      returned: always
      sample: update
    changed:
      description: Whether it was written, or in check mode would be.
      type: bool
      returned: always
      sample: true
    system:
      description: As in the grant. So are C(service_id), C(instance_id), C(principal), C(setup), C(state), C(owner), C(reason), C(ticket).
      type: str
      returned: always
      sample: ucloud_urocketmq
    before:
      description: What the principal held, in the options of the system's module; V(null) when it did not exist.
      type: dict
      returned: success
      sample: {topic_produce_perm: NONE}
    now:
      description: What it holds now, or would hold. V(null) when the write failed, since its outcome is not known.
      type: dict
      returned: success
      sample: {topic_produce_perm: PART, allow_produce_topic_list: [orders]}
    before_text:
      description: RV(grants[].before) in words.
      type: str
      returned: success
      sample: produce NONE; consume NONE
    now_text:
      description: RV(grants[].now) in words. For a new UFile token without an end in its grants, it has the service's default.
      type: str
      returned: success
      sample: produce orders; consume NONE
    gains:
      description: What the principal gains by an update, in words. V(null) when that is nothing, or when the end of a token changes.
      type: str
      returned: success
      sample: produce orders
    loses:
      description: What the principal loses, as RV(grants[].gains).
      type: str
      returned: success
      sample: consume payments
    problems:
      description: What is wrong with a grant that was refused.
      type: list
      elements: str
      returned: when the status is V(refused)
      sample: ["setup must be for ucloud_urocketmq one of producer, consumer; got 'producr'"]
    holds_more:
      description: With O(scope=additive), what the principal holds beyond what its grants give, in words; V(null) when nothing.
      type: str
      returned: success
      sample: produce payments
deleted:
  description:
    - The principals that no grant names and that were deleted, or would be, with names, C(system), C(status) and
      C(permissions).
  type: list
  elements: dict
  returned: always
  sample: []
unmanaged:
  description: The principals that no grant names and that stay, with names, C(system) and C(permissions).
  type: list
  elements: dict
  returned: when O(show=unmanaged)
  sample: []
counts:
  description:
    - How many grants are V(create), V(update), V(unchanged), V(failed), V(not_tried), V(refused). V(hold_more) are those of
      V(unchanged) whose principals hold more. V(delete) and V(unmanaged) are principals.
  type: dict
  returned: always
  sample: {create: 0, update: 1, delete: 0, unchanged: 399, failed: 0, not_tried: 0, refused: 0, hold_more: 0, unmanaged: 3}
artifacts:
  description:
    - What the role hands to the next job with C(set_stats), in C(permissions_drifted), C(permissions_changed),
      C(permissions_refused) and C(permissions_ending).
  type: dict
  returned: always
  sample: {permissions_drifted: [], permissions_changed: [], permissions_refused: [], permissions_ending: []}
credentials:
  description: The keys of the tokens that this task has created. No later task returns them.
  type: list
  elements: dict
  returned: when O(return_credentials=true) and not in check mode
  sample: [{system: ucloud_ufile, token_name: backup-agent, private_key: "..."}]
error:
  description:
    - What went wrong, with the same keys as RV(grantops.cloud.ucloud_ufile_token#module:error). Names in C(failed),
      C(written) and C(pending) have the C(system) too.
  type: dict
  returned: failure
  sample: {kind: task, message: Nothing was written.}
"""

from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint, _permissions_task


def main() -> None:
    _entrypoint.run(_permissions_task.PermissionsTask())


if __name__ == "__main__":
    main()
