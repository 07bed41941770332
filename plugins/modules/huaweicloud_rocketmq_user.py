#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huaweicloud_rocketmq_user
short_description: Keep Huawei Cloud RocketMQ users and what they may publish and subscribe to as declared
version_added: 1.0.0
description:
  - Sets the permissions, the key and the address whitelist of the users of a DMS for RocketMQ instance. This is the API
    operation C(UpdateUser), C(PUT /v2/{project_id}/instances/{instance_id}/users/{user_name}).
  - Manages one user by its own options, or many in O(users).
  - A user that is missing is created. This needs O(secret_key).
  - Users are deleted with O(state=absent), or by O(exclusive).
author:
  - grantops.cloud contributors (@grantops)
extends_documentation_fragment:
  - grantops.cloud.huaweicloud
  - grantops.cloud.common
  - grantops.cloud.write
  - grantops.cloud.guardrails
  - grantops.cloud.life
  - grantops.cloud.attributes
  - grantops.cloud.attributes.actiongroup_huaweicloud
options:
  instance_id:
    description:
      - The ID of the RocketMQ instance. Access control (C(enable_acl)) must be on.
      - Required, here or in each entry of O(users).
    type: str
  user_name: &user_name
    description:
      - The name of the user (C(access_key)). A user cannot be renamed.
      - The name of a new user starts with a letter and has 7 to 64 letters, digits, C(-) or C(_).
    type: str
    aliases:
      - access_key
  secret_key: &secret_key
    description:
      - The key of the user (C(secret_key)). It is compared with the one that the service returns, and never shown.
      - When it is left out, the user keeps its key. A new user needs one, which the task chooses and the service does
        not.
      - 8 to 32 characters, with three of upper case letters, lower case letters, digits and special characters. It must
        not begin with C(-), and not be the name of the user, nor the name spelled backwards.
      - Some services return only a masked key, such as C(Rmq******2195). The key is then unknown, so a task that writes must
        give it. Such a task reports a change in each run, with a warning that the key could not be verified.
    type: str
  white_remote_address: &white_remote_address
    description:
      - IP addresses that need no key, separated by commas (C(white_remote_address)). A segment may be C(*), as in
        C(192.*.*.*). Their order has no meaning. An empty string means none.
      - From these addresses everything may be published and subscribed to, whatever the permissions say. An address here
        gives a warning.
      - The given addresses replace all existing ones, also with O(purge=false).
      - When it is left out, a new user has none.
    type: str
  admin: &admin
    description:
      - Whether the user is an administrator (C(admin)). When it is left out, a new user is not.
    type: bool
  default_topic_perm: &default_topic_perm
    description:
      - What the user may do with topics that are not in O(topic_perms) (C(default_topic_perm)).
      - When it is left out, a new user has V(DENY).
    type: str
    choices: &topic_choices
      PUB: Publish.
      SUB: Subscribe.
      PUB|SUB: Publish and subscribe.
      SUB|PUB: The same as V(PUB|SUB).
      DENY: Nothing.
  default_group_perm: &default_group_perm
    description:
      - What the user may do with consumer groups that are not in O(group_perms) (C(default_group_perm)).
      - When it is left out, a new user has V(DENY).
      - The API document has V(SUB) and V(DENY) for a group. The service takes and shows the others too.
    type: str
    choices: *topic_choices
  topic_perms: &topic_perms
    description:
      - Permissions on single topics (C(topic_perms)). They override the default one.
      - A topic may stand here once. An empty list leaves the default alone in force, as for a new user when this is left
        out.
      - "A mapping of names to permissions, such as V({orders: PUB}), is taken too."
      - A name is one topic. There are no wildcards, so a new name such as V(order*) is refused. O(default_topic_perm) is
        for all topics.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the topic.
        type: str
        required: true
      perm:
        description: What the user may do with it.
        required: true
        type: str
        choices: *topic_choices
  group_perms: &group_perms
    description:
      - Permissions on single consumer groups (C(group_perms)). They override the default one.
      - A group may stand here once. An empty list leaves the default alone in force, as for a new user when this is left
        out.
      - "A mapping of names to permissions, such as V({billing: SUB}), is taken too."
      - A name is one group. There are no wildcards, so a new name such as V(g-*) is refused. O(default_group_perm) is for
        all groups.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the consumer group.
        type: str
        required: true
      perm:
        description:
          - What the user may do with it.
          - The API document has V(SUB) and V(DENY) for a group. The service takes and shows the others too.
        type: str
        required: true
        choices: *topic_choices
  users:
    description:
      - Many users, each with its own options. A user may stand here once.
      - An empty list is an error, since nothing would be looked at; with O(exclusive), see O(exclusive_allow_empty).
      - Mutually exclusive with the options of one user, but not with O(instance_id), O(purge) and O(state), which apply
        to all entries that do not say otherwise.
      - With O(exclusive) all other users are deleted of each instance that O(instance_id) names, here or in an entry.
    type: list
    elements: dict
    suboptions:
      instance_id:
        description:
          - The ID of the RocketMQ instance. When it is not set, O(instance_id) of the task applies.
        type: str
      user_name:
        <<: *user_name
        required: true
      secret_key: *secret_key
      white_remote_address: *white_remote_address
      admin: *admin
      default_topic_perm: *default_topic_perm
      default_group_perm: *default_group_perm
      topic_perms: *topic_perms
      group_perms: *group_perms
      purge:
        description:
          - As O(purge), for this user. When it is not set, O(purge) of the task applies.
        type: bool
      state:
        description:
          - As O(state), for this user. When it is not set, O(state) of the task applies.
        type: str
        choices:
          - present
          - absent
notes:
  - On the RocketMQ 5.x basic edition every user is a fixed administrator. The service accepts O(admin), the default
    permissions and both lists there, and ignores them. With O(verify) this is an error that names what was ignored.
  - Every update sends the whole user. What the task leaves out is sent as it was read, the key included.
  - The service returns the keys of users in plain text. They are compared and sent back, and are never in a result, a
    diff, an error or a log.
  - Users are read by pages of 50, or one by one where that is fewer requests. Each user that changes costs one more,
    and the verification at least one.
seealso:
  - module: grantops.cloud.huaweicloud_rocketmq_user_info
  - name: Modifying User Parameters
    description: The API document of C(UpdateUser).
    link: https://support.huaweicloud.com/intl/en-us/api-hrm/UpdateUser.html
"""

EXAMPLES = r"""
# Credentials come from HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or from
# ~/.huaweicloud/credentials.
# What would change, without changing anything:
# ansible localhost -m grantops.cloud.huaweicloud_rocketmq_user --check --diff \
#   -a "region=eu-west-101 instance_id=rocketmq-shop user_name=reporting
#   default_topic_perm=SUB"

- name: Let the checkout publish to orders and payments and nothing else
  grantops.cloud.huaweicloud_rocketmq_user:
    region: eu-west-101
    instance_id: rocketmq-shop
    user_name: checkout
    admin: false
    default_topic_perm: DENY
    default_group_perm: DENY
    topic_perms:
      - name: orders
        perm: PUB
      - name: payments
        perm: PUB|SUB
    group_perms: []

- name: Let the warehouse subscribe to one more topic and keep all that it has
  grantops.cloud.huaweicloud_rocketmq_user:
    region: eu-west-101
    instance_id: rocketmq-shop
    user_name: warehouse
    topic_perms:
      - name: returns
        perm: SUB
    purge: false

- name: Take every permission away from a user
  grantops.cloud.huaweicloud_rocketmq_user:
    region: eu-west-101
    instance_id: rocketmq-shop
    user_name: former-partner
    admin: false
    white_remote_address: ""
    default_topic_perm: DENY
    default_group_perm: DENY
    topic_perms: []
    group_perms: []

- name: Create a user with the key from a vault
  grantops.cloud.huaweicloud_rocketmq_user:
    region: eu-west-101
    instance_id: rocketmq-shop
    user_name: newsletter
    secret_key: "{{ vault_newsletter_secret_key }}"
    topic_perms:
      - name: orders
        perm: SUB
    group_perms:
      - name: newsletter-group
        perm: SUB

- name: Delete a user
  grantops.cloud.huaweicloud_rocketmq_user:
    region: eu-west-101
    instance_id: rocketmq-shop
    user_name: pilot-2029
    state: absent

- name: Give a user the key from a vault, with credentials from there too
  grantops.cloud.huaweicloud_rocketmq_user:
    ak: "{{ vault_huaweicloud_ak }}"
    sk: "{{ vault_huaweicloud_sk }}"
    region: eu-west-101
    instance_id: rocketmq-shop
    user_name: reporting
    secret_key: "{{ vault_reporting_secret_key }}"

- name: Set the region once for several tasks
  module_defaults:
    group/grantops.cloud.huaweicloud:
      region: eu-west-101
  block:
    - name: Declare the users of two instances
      grantops.cloud.huaweicloud_rocketmq_user:
        instance_id: rocketmq-shop
        users:
          - user_name: analytics
            default_topic_perm: SUB
            default_group_perm: SUB
            white_remote_address: ""
          - user_name: billing
            topic_perms:
              - {name: payments, perm: PUB|SUB}
            group_perms:
              - {name: billing-group, perm: SUB}
          - instance_id: rocketmq-logs
            user_name: shipper
            topic_perms:
              - {name: access, perm: PUB}
            purge: false
      register: declared

    - name: Show what changed
      ansible.builtin.debug:
        var: declared.changes

    - name: Have these two users on the instance for metrics and no other
      grantops.cloud.huaweicloud_rocketmq_user:
        instance_id: rocketmq-metrics
        exclusive: true
        exclusive_limit: 3
        users:
          - user_name: collector
            default_topic_perm: PUB
          - user_name: dashboard
            default_topic_perm: SUB
            default_group_perm: SUB
"""

RETURN = r"""
user:
  description:
    - The user as it is after the run, or as it would be in check mode. Its key is never returned.
    - V(null) with O(state=absent).
  returned: success, unless O(users) is used
  type: dict
  contains: &user
    instance_id:
      description: The ID of the RocketMQ instance.
      type: str
      returned: always
      sample: rocketmq-shop
    user_name:
      description: The name of the user.
      type: str
      returned: always
      sample: checkout
    admin:
      description: Whether the user is an administrator.
      type: bool
      returned: always
      sample: false
    white_remote_address:
      description: The IP addresses that need no key, sorted, separated by commas. Empty when there is none.
      type: str
      returned: always
      sample: ""
    default_topic_perm:
      description:
        - What the user may do with topics that are not in RV(user.topic_perms).
        - V(null) where the service does not say, as it may for administrators.
      type: str
      returned: always
      sample: DENY
    default_group_perm:
      description:
        - What the user may do with consumer groups that are not in RV(user.group_perms).
        - V(null) where the service does not say, as it may for administrators.
      type: str
      returned: always
      sample: DENY
    topic_perms:
      description: Permissions on single topics, sorted by name.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: The name of the topic.
          type: str
          returned: always
          sample: orders
        perm:
          description: What the user may do with it.
          type: str
          returned: always
          sample: PUB|SUB
    group_perms:
      description: Permissions on single consumer groups, sorted by name.
      type: list
      elements: dict
      returned: always
      contains:
        name:
          description: The name of the consumer group.
          type: str
          returned: always
          sample: billing-group
        perm:
          description: What the user may do with it.
          type: str
          returned: always
          sample: SUB
users:
  description:
    - The users of O(users) that changed, in the same order, each as RV(user). With O(return_unchanged=true), also those
      that did not differ.
    - Those that are gone are left out.
  returned: success, if O(users) is used
  type: list
  elements: dict
  contains: *user
changes:
  description:
    - What was changed, or would be in check mode, one entry for each user that is created, changed or deleted.
    - Those that O(exclusive) deletes come last.
    - A key is shown as V(<hidden>).
  returned: success
  type: list
  elements: dict
  contains:
    instance_id:
      description: The ID of the RocketMQ instance.
      type: str
      returned: always
      sample: rocketmq-shop
    user_name:
      description: The name of the user.
      type: str
      returned: always
      sample: checkout
    action:
      description: What is done, V(create), V(update) or V(delete).
      type: str
      returned: always
      sample: update
    before:
      description: The options that change, as they were. It reads like the diff. Empty for what is created.
      type: dict
      returned: always
    after:
      description: The same options, as they are after it. Empty for what is deleted.
      type: dict
      returned: always
  sample:
    - instance_id: rocketmq-shop
      user_name: checkout
      action: update
      before:
        secret_key: <hidden>
        topic_perms:
          orders: SUB
      after:
        secret_key: <new value hidden>
        topic_perms:
          orders: PUB
          payments: PUB|SUB
error:
  description:
    - What went wrong, in parts that a playbook can test. RV(ignore:msg) says the same as a sentence.
    - All its keys are always there.
  returned: failure, unless an option is of the wrong type
  type: dict
  contains:
    kind:
      description:
        - The kind of the failure.
        - V(setup) when the connection options do not suffice, and nothing was sent.
        - V(task) when what the task asks for is refused, for the reasons in RV(error.problems). Nothing was written.
        - V(unverified) when the service accepts a write and does not show it. It names what, in RV(ignore:msg).
        - V(interrupted) when a signal, or the end of the time that Ansible gives a task, ended it. What was written until
          then is in RV(error.written), and what may have been in RV(error.failed).
        - V(internal) for a bug of this collection, or when the host ran out of memory or disk space. What was written is reported too.
        - Of a failed request V(network), V(tls), V(redirect), V(authentication), V(permission), V(throttled),
          V(not_found), V(invalid), V(server), or V(response) for a response that does not follow the API document.
      type: str
      returned: always
      sample: permission
    provider:
      description: The provider.
      type: str
      returned: always
      sample: Huawei Cloud
    operation:
      description: The API operation that failed, or else the one that this module is about.
      type: str
      returned: always
      sample: UpdateUser
    message:
      description: The message of the service, or what is wrong.
      type: str
      returned: always
      sample: Permission denied
    hint:
      description: What to do about it, with the address of the page that explains this error.
      type: str
      returned: always
      sample: >-
        Give the IAM user of these credentials a policy that allows this operation, in this project. See
        https://grantops.github.io/cloud/docsite/troubleshooting.html#huawei-cloud-dms-10240309
    method:
      description: The HTTP method. V(null) when no request failed.
      type: str
      returned: always
      sample: PUT
    url:
      description: The address. V(null) when no request failed.
      type: str
      returned: always
      sample: https://dms.eu-west-101.myhuaweicloud.eu/v2/0a1b2c/instances/rocketmq-shop/users/checkout
    status:
      description: The HTTP status. V(null) when there was no response.
      type: int
      returned: always
      sample: 403
    code:
      description: The error code, which is Huawei Cloud's own. V(null) when there is none.
      type: str
      returned: always
      sample: DMS.10240309
    request_id:
      description: The ID of the request, for the support of the provider. V(null) when there is none.
      type: str
      returned: always
      sample: 2b7fd3f5-6f2c-4a4b-9d4d-0a6a3d2b6c11
    attempts:
      description: How often the request was sent. V(null) when no request failed.
      type: int
      returned: always
      sample: 1
    problems:
      description: All that is wrong with what the task asks for.
      type: list
      elements: dict
      returned: always
      contains:
        position:
          description: The entry of the list, such as V(users[2]). V(null) in the form for one.
          type: str
          returned: always
          sample: users[2]
        option:
          description: The option. V(null) when it is not about a single one.
          type: str
          returned: always
          sample: topic_perms
        message:
          description: What is wrong.
          type: str
          returned: always
          sample: it must not be empty
    failed:
      description: The names of what was not written, or is not as it was written.
      type: list
      elements: dict
      returned: always
      sample: [{instance_id: rocketmq-shop, user_name: checkout}]
    written:
      description: The names of what was written, and verified if O(verify=true).
      type: list
      elements: dict
      returned: always
      sample: []
    pending:
      description: The names of what was to be written and was not tried any more.
      type: list
      elements: dict
      returned: always
      sample: []
"""

from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud.rocketmq_user import RESOURCE


def main() -> None:
    _entrypoint.run_module(RESOURCE)


if __name__ == "__main__":
    main()
