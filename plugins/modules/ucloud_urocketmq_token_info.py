#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ucloud_urocketmq_token_info
short_description: Read what UCloud URocketMQ tokens may publish and consume
version_added: 1.0.0
description:
  - Returns which topics of a URocketMQ instance its tokens may publish to and consume from. These are the API
    operations C(ListURocketMQToken) and C(GetURocketMQToken).
  - Returns all tokens of the instance, or one.
author:
  - grantops.cloud contributors (@grantops)
extends_documentation_fragment:
  - grantops.cloud.ucloud
  - grantops.cloud.common
  - grantops.cloud.attributes.info
  - grantops.cloud.attributes.actiongroup_ucloud
options:
  service_id:
    description:
      - The ID of the URocketMQ instance (C(ServiceId)).
    type: str
    required: true
  token_id:
    description:
      - The ID of the token (C(TokenId)). A token that does not exist gives an empty list.
      - Where a name is given too, only a token with both is returned.
    type: str
  name:
    description:
      - The name of the token. A token that does not exist gives an empty list.
      - All tokens of that name are returned.
    type: str
notes:
  - Reading all tokens costs one request for each 100, and one for each token with V(PART), whose topic lists the pages
    lack. Reading one by O(token_id) costs one.
  - To find a token by name, all pages of the instance are read.
seealso:
  - module: grantops.cloud.ucloud_urocketmq_token
  - name: ListURocketMQToken
    description: The API document of the pages.
    link: https://ucloud-global.com/en/docs/api/urocketmq-api/list_u_rocket_mq_token
  - name: GetURocketMQToken
    description: The API document of a single token.
    link: https://ucloud-global.com/en/docs/api/urocketmq-api/get_u_rocket_mq_token
"""

EXAMPLES = r"""
# Credentials come from UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or from a
# profile of UCloud's own tools.
# ansible localhost -m grantops.cloud.ucloud_urocketmq_token_info \
#   -a "region=cn-bj2 project_id=org-demo service_id=urmq-shop"

- name: Read one token by its name
  grantops.cloud.ucloud_urocketmq_token_info:
    region: cn-bj2
    project_id: org-demo
    service_id: urmq-shop
    name: checkout
  register: found

- name: Show where it may publish
  ansible.builtin.debug:
    var: found.tokens[0].allow_produce_topic_list

- name: Read one token by its ID with credentials from a vault
  grantops.cloud.ucloud_urocketmq_token_info:
    public_key: "{{ vault_ucloud_public_key }}"
    private_key: "{{ vault_ucloud_private_key }}"
    region: cn-bj2
    project_id: org-demo
    service_id: urmq-shop
    token_id: urmq-token-former-partner

- name: Set region and project once for several tasks
  module_defaults:
    group/grantops.cloud.ucloud:
      region: cn-bj2
      project_id: org-demo
  block:
    - name: Read all tokens of the instance
      grantops.cloud.ucloud_urocketmq_token_info:
        service_id: urmq-shop
      register: all_tokens

    - name: Name the tokens that may publish to every topic
      ansible.builtin.debug:
        msg: >-
          {{ all_tokens.tokens
             | selectattr('topic_produce_perm', 'equalto', 'ALL')
             | map(attribute='name') }}
"""

RETURN = r"""
tokens:
  description: The tokens that were found, sorted by ID. Their secrets are never returned.
  returned: success
  type: list
  elements: dict
  contains:
    service_id:
      description: The ID of the URocketMQ instance.
      type: str
      returned: always
      sample: urmq-shop
    token_id:
      description: The ID of the token.
      type: str
      returned: always
      sample: MhJQodGQ
    name:
      description: The name of the token.
      type: str
      returned: always
      sample: checkout
    type:
      description: The type of the token. V(Default) is the one that cannot be changed.
      type: str
      returned: always
      sample: Normal
    topic_produce_perm:
      description: Which topics the token may publish to, V(ALL), V(NONE) or V(PART).
      type: str
      returned: always
      sample: PART
    allow_produce_topic_list:
      description:
        - The topics that the token may publish to, sorted. Empty unless RV(tokens[].topic_produce_perm) is V(PART).
      type: list
      elements: str
      returned: always
      sample: [orders, payments]
    topic_consume_perm:
      description: Which topics the token may consume from, V(ALL), V(NONE) or V(PART).
      type: str
      returned: always
      sample: PART
    allow_consume_topic_list:
      description:
        - The topics that the token may consume from, sorted. Empty unless RV(tokens[].topic_consume_perm) is V(PART).
      type: list
      elements: str
      returned: always
      sample: [refunds]
    create_time:
      description: When the token was created, in Unix seconds. V(null) when the service does not return it.
      type: int
      returned: always
      sample: 1750000000
    modify_time:
      description: When the token was changed last, in Unix seconds. V(null) when the service does not return it.
      type: int
      returned: always
      sample: 1750000000
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
      sample: UCloud
    operation:
      description: The API operation that failed, or else the one that this module is about.
      type: str
      returned: always
      sample: ListURocketMQToken
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
        The key's IAM policy does not allow this operation. See
        https://grantops.github.io/cloud/docsite/troubleshooting.html#ucloud-299
    method:
      description: The HTTP method. V(null) when no request failed.
      type: str
      returned: always
      sample: POST
    url:
      description: The address. V(null) when no request failed.
      type: str
      returned: always
      sample: https://api.ucloud.cn/
    status:
      description: The HTTP status. V(null) when there was no response.
      type: int
      returned: always
      sample: 200
    code:
      description: The error code, which is the RetCode of UCloud. V(null) when there is none.
      type: int
      returned: always
      sample: 299
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
          sample: name
        message:
          description: What is wrong.
          type: str
          returned: always
          sample: '2 tokens have the name backup: a1, b2'
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
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.urocketmq_token import RESOURCE


def main() -> None:
    _entrypoint.run_module(RESOURCE, info=True)


if __name__ == "__main__":
    main()
