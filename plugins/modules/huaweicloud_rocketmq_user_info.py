#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huaweicloud_rocketmq_user_info
short_description: Read what Huawei Cloud RocketMQ users may publish and subscribe to
version_added: 1.0.0
description:
  - Returns the permissions and the address whitelist of the users of a DMS for RocketMQ instance. These are the API
    operations C(ListUser) and C(ShowUser).
  - Returns all users of the instance, or one.
author:
  - grantops.cloud contributors (@grantops)
extends_documentation_fragment:
  - grantops.cloud.huaweicloud
  - grantops.cloud.common
  - grantops.cloud.attributes.info
  - grantops.cloud.attributes.actiongroup_huaweicloud
options:
  instance_id:
    description:
      - The ID of the RocketMQ instance. Access control (C(enable_acl)) must be on.
    type: str
    required: true
  user_name:
    description:
      - The name of the user (C(access_key)). A user that does not exist gives an empty list.
    type: str
    aliases:
      - access_key
notes:
  - Reading all users costs one request for each 50, reading one costs one.
  - An entry of RV(users) can be given to M(grantops.cloud.huaweicloud_rocketmq_user) as it is. The user keeps its key.
  - The service returns the keys of users in plain text. They are never in a result, an error or a log.
seealso:
  - module: grantops.cloud.huaweicloud_rocketmq_user
  - name: Querying the User List
    description: The API document of C(ListUser).
    link: https://support.huaweicloud.com/intl/en-us/api-hrm/ListUser.html
  - name: Querying User Details
    description: The API document of C(ShowUser).
    link: https://support.huaweicloud.com/intl/en-us/api-hrm/ShowUser.html
"""

EXAMPLES = r"""
# Credentials come from HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or from
# ~/.huaweicloud/credentials.
# ansible localhost -m grantops.cloud.huaweicloud_rocketmq_user_info \
#   -a "region=eu-west-101 instance_id=rocketmq-shop"

- name: Read one user
  grantops.cloud.huaweicloud_rocketmq_user_info:
    region: eu-west-101
    instance_id: rocketmq-shop
    user_name: checkout
  register: found

- name: Show its permissions on single topics
  ansible.builtin.debug:
    var: found.users[0].topic_perms

- name: Read one user with credentials from a vault
  grantops.cloud.huaweicloud_rocketmq_user_info:
    ak: "{{ vault_huaweicloud_ak }}"
    sk: "{{ vault_huaweicloud_sk }}"
    region: eu-west-101
    instance_id: rocketmq-shop
    user_name: warehouse

- name: Set the region once for several tasks
  module_defaults:
    group/grantops.cloud.huaweicloud:
      region: eu-west-101
  block:
    - name: Read all users of the instance
      grantops.cloud.huaweicloud_rocketmq_user_info:
        instance_id: rocketmq-shop
      register: all_users

    - name: Name administrators and those who need no key from some address
      ansible.builtin.debug:
        msg:
          administrators: >-
            {{ all_users.users | selectattr('admin')
               | map(attribute='user_name') }}
          whitelisted: >-
            {{ all_users.users | selectattr('white_remote_address')
               | map(attribute='user_name') }}
"""

RETURN = r"""
users:
  description: The users that were found, sorted by name. Their keys are never returned.
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
        - What the user may do with topics that are not in RV(users[].topic_perms).
        - V(null) where the service does not say, as it may for administrators.
      type: str
      returned: always
      sample: DENY
    default_group_perm:
      description:
        - What the user may do with consumer groups that are not in RV(users[].group_perms).
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
        - V(task) when what the task asks for is refused, for the reasons in RV(error.problems).
        - V(interrupted) when a signal, or the end of the time that Ansible gives a task, ended it.
        - V(internal) for a bug of this collection, or when the host ran out of memory or disk space.
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
      sample: ListUser
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
      sample: GET
    url:
      description: The address. V(null) when no request failed.
      type: str
      returned: always
      sample: https://dms.eu-west-101.myhuaweicloud.eu/v2/0a1b2c/instances/rocketmq-shop/users
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
          description: V(null), as this module has no list of entries.
          type: str
          returned: always
          sample: null
        option:
          description: The option. V(null) when it is not about a single one.
          type: str
          returned: always
          sample: user_name
        message:
          description: What is wrong.
          type: str
          returned: always
          sample: it must not be empty
    failed:
      description: Empty, as this module writes nothing.
      type: list
      elements: dict
      returned: always
      sample: []
    written:
      description: Empty, as this module writes nothing.
      type: list
      elements: dict
      returned: always
      sample: []
    pending:
      description: Empty, as this module writes nothing.
      type: list
      elements: dict
      returned: always
      sample: []
"""

from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud.rocketmq_user import RESOURCE


def main() -> None:
    _entrypoint.run_module(RESOURCE, info=True)


if __name__ == "__main__":
    main()
