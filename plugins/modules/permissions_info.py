#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: permissions_info
short_description: Read who can do what on UFile, URocketMQ, RocketMQ and ROMA Connect
version_added: 1.1.0
description:
  - Reads the tokens and users of a UFile project, of URocketMQ services and RocketMQ instances, and the policies of the
    topics of ROMA Connect instances. Returns them as grants, tells who can do what because of them, and finds what is more
    than it should be.
  - A principal is returned with up to three set-ups where these fit exactly, and else with C(setup=custom). The result holds
    no secret.
  - A plan with the returned grants shows no change, as long as nothing else changes the estate. The module writes nothing,
    and needs the right to read only.
  - When grants are given too, the reasons name them, and principals without a grant or with other permissions than their
    grants are found.
author:
  - grantops.cloud contributors (@grantops)
options:
  ufile:
    description: Whether the UFile tokens of the project are read. When it is left out, they are read if one of O(grants) is for UFile.
    type: bool
  urocketmq_services:
    description: The IDs of the URocketMQ services to read. Those in O(grants) are read too.
    type: list
    elements: str
  rocketmq_instances:
    description: The IDs of the RocketMQ instances to read. Those in O(grants) are read too.
    type: list
    elements: str
  roma_instances:
    description: The IDs of the ROMA Connect instances to read. Those in O(grants) are read too.
    type: list
    elements: str
  export:
    description: Whether the estate is returned as grants. Finding the set-ups that fit each principal exactly takes time.
    type: bool
    default: true
  access:
    description: Whether the result says who can do what. When it is false, only the grants are returned.
    type: bool
    default: true
  partial:
    description:
      - Whether a service or an instance that cannot be read is only reported in RV(scopes), instead of failing the task.
        When nothing can be read, the task still fails.
      - The returned grants then lack that service or instance, so do not export with it.
    type: bool
    default: false
  roma_sasl:
    description:
      - Whether SASL is on, V(true) or V(false), for all ROMA Connect instances, or a mapping of instances to that.
      - No API call shows it. When it is left out, what their policies say is V(assumed).
    type: raw
  identities:
    description: A mapping of names to lists of principals that are one person, each with C(system), C(scope) and C(principal).
    type: dict
    aliases: [permissions_identities]
  warn_before:
    description: A token that ends within this time, in whole days, is a finding (C(OS005)), and is marked on the page.
    type: str
    default: 30d
    aliases: [permissions_warn_before]
  rotate_after:
    description:
      - A key that is older than this, in whole days such as V(180d), is a finding (C(ID004)). Only for UFile and URocketMQ
        tokens, since the other services do not tell how old a key is.
    type: str
    aliases: [permissions_rotate_after]
  acceptances:
    description:
      - Findings that somebody accepts, as mappings with C(finding), C(system), C(scope), C(principal), C(resource), and the
        mandatory C(reason), C(by) and C(until), which is at most 366 days ahead.
      - "Each must match exactly, unless it is a pattern such as C({like: ci-*})."
    type: list
    elements: dict
    aliases: [permissions_acceptances]
  since:
    description: The text of an earlier snapshot, as the playbook C(report) writes it, to compare with in RV(changes).
    type: str
  from:
    description:
      - The texts of data files of earlier runs, as the playbook C(report) writes them, each under its name. They are merged.
        Nothing is read from a service, so no credentials are needed.
      - Only O(since), O(may), O(on), O(principal) and O(anything) can be used with it. The other options had their effect when
        the data files were made.
    type: dict
  may:
    description: Asks who may do this, an action such as V(publish). The answer is in RV(answer).
    type: str
  "on":
    description: Asks about this topic, consumer group or bucket, or a bucket, a slash and a key.
    type: str
  principal:
    description: Asks about this principal, by its ID, name or identity.
    type: str
  anything:
    description: Whether O(on) may be a name that no permission mentions. Only permissions on everything reach such a name.
    type: bool
    default: false
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

- name: Read what the grants are about, and name them in the reasons
  grantops.cloud.permissions_info:
    grants_file: grants.yml
    since: "{{ lookup('ansible.builtin.file', 'access.jsonl', rstrip=false) }}"

# ansible localhost -m grantops.cloud.permissions_info \
#   -a urocketmq_services=urmq-1
# ansible localhost -m grantops.cloud.permissions_info \
#   -a 'rocketmq_instances=rocketmq-1 may=publish on=orders'
"""

RETURN = r"""
grants:
  description: The estate as grants.
  type: list
  elements: dict
  returned: success, with O(export) and without O(from)
  sample: [{system: ucloud_urocketmq, service_id: urmq-1, principal: billing, setup: producer, topics: [orders]}]
grants_text:
  description: The same as the text of a grants file, with a comment for each principal, also where no grant can express it.
  type: str
  returned: success, with O(export) and without O(from)
  sample: "permissions_grants: []"
format:
  description: The format of this data.
  type: str
  returned: success, with O(access)
  sample: grantops.access/1
version:
  description: The version of the collection.
  type: str
  returned: success, with O(access)
  sample: 1.1.0
taken_at:
  description: When the data was taken, as ISO 8601 in UTC.
  type: str
  returned: success, with O(access)
  sample: "2027-01-15T08:00:00Z"
complete:
  description: Whether everything was read completely.
  type: bool
  returned: success, with O(access)
  sample: true
warn_before:
  description: The days of O(warn_before).
  type: int
  returned: success, with O(access)
  sample: 30
unknowable:
  description: What no API call shows, in sentences.
  type: list
  elements: str
  returned: success, with O(access)
  sample: [When a permission was last used.]
scopes:
  description: What was read.
  type: list
  elements: dict
  returned: success, with O(access)
  contains:
    system:
      description: The system.
      type: str
      returned: always
      sample: huaweicloud_rocketmq
    scope:
      description: The service, the instance, or the project of UFile; empty where no project is configured.
      type: str
      returned: always
      sample: rocketmq-1
    complete:
      description: Whether it was read whole.
      type: bool
      returned: always
      sample: true
    problem:
      description: Why it was not, or V(null).
      type: str
      returned: always
      sample: null
    principals:
      description: How many principals it has.
      type: int
      returned: always
      sample: 3
    assumption:
      description: What must be true for a refusal there to hold, or V(null).
      type: str
      returned: always
      sample: null
principals:
  description: Tokens, users and applications.
  type: list
  elements: dict
  returned: success, with O(access)
  contains:
    system:
      description: The system.
      type: str
      returned: always
      sample: huaweicloud_rocketmq
    scope:
      description: The service, the instance, or the project of UFile; empty where no project is configured.
      type: str
      returned: always
      sample: rocketmq-1
    id:
      description: The ID of a token, or the name of a user or application.
      type: str
      returned: always
      sample: billing
    name:
      description: Its name.
      type: str
      returned: always
      sample: billing
    type:
      description: V(token), V(user), V(application), or V(token of the service).
      type: str
      returned: always
      sample: user
    identity:
      description: The name in O(identities) that joins it, or V(null).
      type: str
      returned: always
      sample: null
    owner:
      description: The owner that its grants name, or V(null).
      type: str
      returned: always
      sample: shop
    reason:
      description: The reason that its grants name, or V(null).
      type: str
      returned: always
      sample: null
    ticket:
      description: The ticket that its grants name, or V(null).
      type: str
      returned: always
      sample: null
    created:
      description: When it was created, or V(null).
      type: str
      returned: always
      sample: null
    expires:
      description: When it ends, or V(null).
      type: str
      returned: always
      sample: null
    declared:
      description: Whether a grant names it. V(null) when no grants were given.
      type: bool
      returned: always
      sample: true
access:
  description: Who can do what.
  type: list
  elements: dict
  returned: success, with O(access)
  contains:
    system:
      description: The system.
      type: str
      returned: always
      sample: huaweicloud_rocketmq
    scope:
      description: The service, the instance, or the project of UFile; empty where no project is configured.
      type: str
      returned: always
      sample: rocketmq-1
    principal:
      description: The ID of the principal.
      type: str
      returned: always
      sample: billing
    action:
      description: V(publish), V(consume), V(read), V(write), V(overwrite), V(delete), V(list), V(process) or V(administer).
      type: str
      returned: always
      sample: publish
    resource:
      description: What it is about.
      type: dict
      returned: always
      contains:
        kind:
          description: V(topic), V(object) or V(instance).
          type: str
          returned: always
          sample: topic
        match:
          description: V(exact), V(prefix), or V(all), which reaches what is created later, too.
          type: str
          returned: always
          sample: exact
        name:
          description: The name; V(*) with V(all).
          type: str
          returned: always
          sample: orders
        bucket:
          description: Of an object the bucket; V(*) for all of them.
          type: str
          returned: for objects
          sample: backups
    condition:
      description: The conditions under which it is allowed.
      type: dict
      returned: always
      contains:
        until:
          description: Not allowed from this second on.
          type: str
          returned: when it ends
          sample: "2030-01-01T00:00:00Z"
        addresses:
          description: The addresses from which it is allowed.
          type: list
          elements: str
          returned: when it is limited so
          sample: [10.0.0.1]
        not_addresses:
          description: The addresses from which it is not allowed.
          type: list
          elements: str
          returned: when it is limited so
          sample: [10.0.0.2]
        groups:
          description: The consumer groups.
          type: list
          elements: str
          returned: when it is limited so
          sample: [billing-group]
        tags:
          description: The tags of messages.
          type: list
          elements: str
          returned: when it is limited so
          sample: [paid]
        keyless:
          description: No key is asked for.
          type: bool
          returned: when it is so
          sample: true
        no_overwrite:
          description: Existing objects cannot be overwritten.
          type: bool
          returned: when it is so
          sample: true
    because:
      description: The fields that allow it.
      type: list
      elements: dict
      returned: always
      contains:
        field:
          description: The field.
          type: str
          returned: always
          sample: topic_perms
        value:
          description: Its value, or V(null) where the service does not show it.
          type: str
          returned: always
          sample: orders=PUB
        grant:
          description: Where the grant stands that gives it, with C(file), C(number) and C(line), or V(null).
          type: dict
          returned: always
          sample: {file: grants.yml, number: 3, line: 12}
    certainty:
      description: V(documented), V(assumed) or V(unknown).
      type: str
      returned: always
      sample: documented
    assumption:
      description: What would make it certain, or V(null).
      type: str
      returned: always
      sample: null
findings:
  description: What is more than it should be, ends soon, or is not known, the most severe first.
  type: list
  elements: dict
  returned: success, with O(access)
  contains:
    id:
      description: The number of the kind of finding. It never changes its meaning.
      type: str
      returned: always
      sample: MQ003
    severity:
      description: V(critical), V(high), V(medium) or V(low).
      type: str
      returned: always
      sample: high
    title:
      description: What it is, in words.
      type: str
      returned: always
      sample: "Publishes everywhere, also what is created later"
    why:
      description: Why it matters.
      type: str
      returned: always
      sample: "It reaches what is there, and whatever is created later."
    system:
      description: The system.
      type: str
      returned: always
      sample: huaweicloud_rocketmq
    scope:
      description: The service, the instance, or the project of UFile; empty where no project is configured.
      type: str
      returned: always
      sample: rocketmq-1
    principal:
      description: The ID of the principal, or V(null).
      type: str
      returned: always
      sample: billing
    resource:
      description: The name of the resource, or V(null).
      type: str
      returned: always
      sample: null
    remedy:
      description: A command or grants to copy, which remove the finding.
      type: str
      returned: always
      sample: ansible localhost -m ...
    accepted:
      description: The C(reason), C(by) and C(until) of its acceptance, or V(null).
      type: dict
      returned: always
      sample: null
changes:
  description: What has changed since the snapshot of O(since), as rows of RV(access) with two more keys. V(null) without a snapshot.
  type: list
  elements: dict
  returned: success, with O(access)
  contains:
    change:
      description: V(added), V(removed), V(wider), V(narrower) or V(renewed).
      type: str
      returned: always
      sample: added
    before:
      description: The row as it was; V(null) when it was not there.
      type: dict
      returned: always
      sample: {}
answer:
  description: What was asked for with O(may), O(on) or O(principal).
  type: dict
  returned: when something was asked
  contains:
    answer:
      description: V(yes), V(no) or V(unknown).
      type: str
      returned: always
      sample: "yes"
    lines:
      description: The answer for a terminal.
      type: list
      elements: str
      returned: always
      sample: ["yes"]
    rows:
      description: The rows of RV(access) that it rests on, each with C(name) and C(identity) of its principal.
      type: list
      elements: dict
      returned: always
      sample: []
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
