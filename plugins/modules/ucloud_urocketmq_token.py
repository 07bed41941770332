#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ucloud_urocketmq_token
short_description: Keep UCloud URocketMQ tokens and what they may publish and consume as declared
version_added: 1.0.0
description:
  - Sets which topics of a URocketMQ instance a token may publish to and consume from. This is the API operation
    C(UpdateURocketMQToken).
  - Manages one token by its own options, or many in O(tokens).
  - A token that is missing is created when O(name) names it. One that is named by O(token_id) must exist. Tokens cannot
    be renamed.
  - Tokens are deleted with O(state=absent), or by O(exclusive).
author:
  - grantops.cloud contributors (@grantops)
extends_documentation_fragment:
  - grantops.cloud.ucloud
  - grantops.cloud.common
  - grantops.cloud.write
  - grantops.cloud.guardrails
  - grantops.cloud.life
  - grantops.cloud.life.credentials
  - grantops.cloud.attributes
  - grantops.cloud.attributes.actiongroup_ucloud
options:
  service_id:
    description:
      - The ID of the URocketMQ instance (C(ServiceId)).
      - Required, here or in each entry of O(tokens).
    type: str
  token_id: &token_id
    description:
      - The ID of the token (C(TokenId)).
      - The service gives a new token its ID. A token of this ID that does not exist is an error, and never created.
      - Where a name is given too, both must belong to the same token.
    type: str
  name: &name
    description:
      - The name of the token (C(Name)), to find it by, or to create it with. A token cannot be renamed.
      - Two tokens of that name are an error that lists their IDs.
    type: str
  topic_produce_perm: &topic_produce_perm
    description:
      - Which topics the token may publish to (C(TopicProducePerm)).
      - When it is left out, a new token has V(NONE).
    type: str
    choices: &perms
      ALL: All topics, also those that are created later.
      NONE: No topic.
      PART: The topics of the list that goes with it.
  topic_consume_perm: &topic_consume_perm
    description:
      - Which topics the token may consume from (C(TopicConsumePerm)).
      - When it is left out, a new token has V(NONE).
    type: str
    choices: *perms
  allow_produce_topic_list: &allow_produce_topic_list
    description:
      - The names of the topics that the token may publish to (C(AllowProduceTopicList)).
      - The service's own topics can be named too, such as V(%RETRY%group) and V(%DLQ%group). A name cannot hold a comma.
      - There are no wildcards. O(topic_produce_perm=ALL) stands for every topic.
      - It goes with O(topic_produce_perm=PART), given here or in force already. With V(ALL) or V(NONE) a list is
        refused, and V(PART) is refused as long as no list is known.
      - With V(PART) an empty list is refused. To take every topic away, set O(topic_produce_perm=NONE).
      - When V(ALL) or V(NONE) takes the place of V(PART), the list is cleared.
    type: list
    elements: str
  allow_consume_topic_list: &allow_consume_topic_list
    description:
      - The names of the topics that the token may consume from (C(AllowConsumeTopicList)).
      - It goes with O(topic_consume_perm=PART), by the same rules as O(allow_produce_topic_list).
    type: list
    elements: str
  tokens:
    description:
      - Many tokens, each with its own options. A token may stand here once.
      - An empty list is an error, since nothing would be looked at; with O(exclusive), see O(exclusive_allow_empty).
      - Each entry must have a O(tokens[].token_id) or a O(tokens[].name).
      - Mutually exclusive with the options of one token, but not with O(service_id), O(purge) and O(state), which apply
        to all entries that do not say otherwise.
      - With O(exclusive) all other tokens are deleted of each instance that O(service_id) names, here or in an entry.
        The token of the type C(Default) stays.
    type: list
    elements: dict
    suboptions:
      service_id:
        description:
          - The ID of the URocketMQ instance. When it is not set, O(service_id) of the task applies.
        type: str
      token_id: *token_id
      name: *name
      topic_produce_perm: *topic_produce_perm
      topic_consume_perm: *topic_consume_perm
      allow_produce_topic_list: *allow_produce_topic_list
      allow_consume_topic_list: *allow_consume_topic_list
      purge:
        description:
          - As O(purge), for this token. When it is not set, O(purge) of the task applies.
        type: bool
      state:
        description:
          - As O(state), for this token. When it is not set, O(state) of the task applies.
        type: str
        choices:
          - present
          - absent
notes:
  - The token of the type C(Default) belongs to the service. It cannot be changed or deleted, and a task that would is
    refused. O(exclusive) leaves it alone.
  - Tokens are read by pages of 100, or one by one where that is fewer requests. The pages lack the topic lists, so a
    token with V(PART) costs one more request where its lists matter, and in a task for one token. Each token that changes
    costs one more, and the verification at least one.
  - To find a token by name, all pages of the instance are read.
seealso:
  - module: grantops.cloud.ucloud_urocketmq_token_info
  - name: UpdateURocketMQToken
    description: The API document.
    link: https://ucloud-global.com/en/docs/api/urocketmq-api/update_u_rocket_mq_token
"""

EXAMPLES = r"""
# Credentials come from UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or from a
# profile of UCloud's own tools.
# What would change, without changing anything:
# ansible localhost -m grantops.cloud.ucloud_urocketmq_token --check --diff \
#   -a "region=cn-bj2 project_id=org-demo service_id=urmq-shop name=checkout
#   topic_produce_perm=NONE"

- name: Let the checkout publish to two topics and consume from one
  grantops.cloud.ucloud_urocketmq_token:
    region: cn-bj2
    project_id: org-demo
    service_id: urmq-shop
    name: checkout
    topic_produce_perm: PART
    allow_produce_topic_list:
      - orders
      - payments
    topic_consume_perm: PART
    allow_consume_topic_list:
      - refunds

- name: Let the warehouse consume from one more topic and keep those that it has
  grantops.cloud.ucloud_urocketmq_token:
    region: cn-bj2
    project_id: org-demo
    service_id: urmq-shop
    name: warehouse
    allow_consume_topic_list:
      - returns
    purge: false

- name: Take every permission away from a token
  grantops.cloud.ucloud_urocketmq_token:
    region: cn-bj2
    project_id: org-demo
    service_id: urmq-shop
    token_id: urmq-token-former-partner
    topic_produce_perm: NONE
    topic_consume_perm: NONE

- name: Create a token and get its key pair, this once
  grantops.cloud.ucloud_urocketmq_token:
    region: cn-bj2
    project_id: org-demo
    service_id: urmq-shop
    name: newsletter
    topic_consume_perm: PART
    allow_consume_topic_list:
      - orders
    return_credentials: true
  no_log: true
  register: created

- name: Keep the key pair in a file that the vault encrypts
  ansible.builtin.copy:
    content: >-
      {{ created.credentials | to_nice_json
         | ansible.builtin.vault(vault_password) }}
    dest: ~/newsletter-token.vault.json
    decrypt: false
    mode: "0600"
  no_log: true
  when: created.credentials is defined

# Or hand it to AWX as a credential, with the collection awx.awx:
# - name: Keep the key pair in AWX
#   awx.awx.credential:
#     name: newsletter on urmq-shop
#     organization: Shop
#     credential_type: URocketMQ token
#     inputs:
#       access_key: "{{ created.credentials.access_key }}"
#       secret_key: "{{ created.credentials.secret_key }}"
#   no_log: true
#   when: created.credentials is defined

- name: Delete a token
  grantops.cloud.ucloud_urocketmq_token:
    region: cn-bj2
    project_id: org-demo
    service_id: urmq-shop
    name: pilot
    state: absent

- name: Stop a token from publishing, with credentials from a vault
  grantops.cloud.ucloud_urocketmq_token:
    public_key: "{{ vault_ucloud_public_key }}"
    private_key: "{{ vault_ucloud_private_key }}"
    region: cn-bj2
    project_id: org-demo
    service_id: urmq-shop
    name: reporting
    topic_produce_perm: NONE

- name: Set region and project once for several tasks
  module_defaults:
    group/grantops.cloud.ucloud:
      region: cn-bj2
      project_id: org-demo
  block:
    - name: Declare the tokens of two instances
      grantops.cloud.ucloud_urocketmq_token:
        service_id: urmq-shop
        tokens:
          - name: operator
            topic_produce_perm: ALL
            topic_consume_perm: ALL
          - name: audit
            topic_produce_perm: NONE
            topic_consume_perm: PART
            allow_consume_topic_list: [orders, payments]
          - service_id: urmq-logs
            name: shipper
            allow_produce_topic_list: [access, errors]
            purge: false
      register: declared

    - name: Show what changed
      ansible.builtin.debug:
        var: declared.changes

    - name: Have these two tokens on the instance for metrics and no other
      grantops.cloud.ucloud_urocketmq_token:
        service_id: urmq-metrics
        exclusive: true
        exclusive_limit: 3
        tokens:
          - name: collector
            topic_produce_perm: ALL
          - name: dashboard
            topic_consume_perm: ALL
"""

RETURN = r"""
token:
  description:
    - The token as it is after the run, or as it would be in check mode. Its secret is never in it.
    - V(null) with O(state=absent).
  returned: success, unless O(tokens) is used
  type: dict
  contains: &token
    service_id:
      description: The ID of the URocketMQ instance.
      type: str
      returned: always
      sample: urmq-shop
    token_id:
      description: The ID of the token. V(null) in check mode for a token that would be created.
      type: str
      returned: always
      sample: MhJQodGQ
    name:
      description: The name of the token.
      type: str
      returned: always
      sample: checkout
    type:
      description:
        - The type of the token. V(Default) is the one that cannot be changed. V(null) in check mode for a token that
          would be created.
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
        - The topics that the token may publish to, sorted. Empty unless RV(token.topic_produce_perm) is V(PART).
        - V(null) when the service does not return it, and in RV(tokens) when the list was not read, because nothing depended
          on it.
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
        - The topics that the token may consume from, sorted. Empty unless RV(token.topic_consume_perm) is V(PART).
        - V(null) when the service does not return it, and in RV(tokens) when the list was not read, because nothing depended
          on it.
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
tokens:
  description:
    - The tokens of O(tokens) that changed, in the same order, each as RV(token). With O(return_unchanged=true), also those
      that did not differ.
    - Those that are gone are left out.
  returned: success, if O(tokens) is used
  type: list
  elements: dict
  contains: *token
credentials:
  description:
    - The key pair of the token that the task created. In a task with O(tokens) it is a list, one entry for each token
      that was created.
    - Nothing else in the result holds a secret.
  returned: with O(return_credentials=true), if a token was created
  type: raw
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
      sample: newsletter
    access_key:
      description: The access key of the token (C(AccessKey)).
      type: str
      returned: always
      sample: urmq-ak-0a1b2c3d
    secret_key:
      description: The secret key of the token (C(SecretKey)).
      type: str
      returned: always
      sample: what-a-client-logs-in-with
changes:
  description:
    - What was changed, or would be in check mode, one entry for each token that is created, changed or deleted.
    - Those that O(exclusive) deletes come last.
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
      returned: unless the token would only be created
      sample: MhJQodGQ
    name:
      description: The name of the token.
      type: str
      returned: if it is known
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
    - service_id: urmq-shop
      token_id: MhJQodGQ
      name: checkout
      action: update
      before:
        allow_produce_topic_list: [orders]
      after:
        allow_produce_topic_list: [orders, payments]
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
      sample: UCloud
    operation:
      description: The API operation that failed, or else the one that this module is about.
      type: str
      returned: always
      sample: UpdateURocketMQToken
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
          description: The entry of the list, such as V(tokens[2]). V(null) in the form for one.
          type: str
          returned: always
          sample: tokens[2]
        option:
          description: The option. V(null) when it is not about a single one.
          type: str
          returned: always
          sample: allow_produce_topic_list
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
      sample: [{service_id: urmq-shop, name: checkout}]
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
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.urocketmq_token import RESOURCE


def main() -> None:
    _entrypoint.run_module(RESOURCE)


if __name__ == "__main__":
    main()
