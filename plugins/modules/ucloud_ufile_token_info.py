#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ucloud_ufile_token_info
short_description: Read what UCloud UFile (US3) tokens may do
version_added: 1.0.0
description:
  - Returns which operations the tokens of UCloud's object storage (UFile, now US3) allow, on which buckets and key
    prefixes, and until when. This is the API operation C(DescribeUFileToken).
  - Returns all tokens of the project, or one.
author:
  - grantops.cloud contributors (@grantops)
extends_documentation_fragment:
  - grantops.cloud.ucloud
  - grantops.cloud.common
  - grantops.cloud.attributes.info
  - grantops.cloud.attributes.actiongroup_ucloud
options:
  token_id:
    description:
      - The ID of the token (C(TokenId)). A token that does not exist gives an empty list.
      - Where a name is given too, only a token with both is returned.
    type: str
  token_name:
    description:
      - The name of the token (C(TokenName)). A token that does not exist gives an empty list.
      - Names need not be unique. All tokens of that name are returned.
    type: str
notes:
  - Reading costs one request, for one token or for all, and a second one with O(region) where none of that region shows.
    Tokens of other regions are returned too.
  - An entry of RV(tokens) can be given to M(grantops.cloud.ucloud_ufile_token), without the keys that are not options there.
seealso:
  - module: grantops.cloud.ucloud_ufile_token
  - name: DescribeUFileToken
    description: The API document.
    link: https://ucloud-global.com/docs/api/ufile-api/describe_ufile_token
"""

EXAMPLES = r"""
# Credentials come from UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or from a
# profile of UCloud's own tools.
# ansible localhost -m grantops.cloud.ucloud_ufile_token_info \
#   -a "token_name=reports"

- name: Read one token by its name
  grantops.cloud.ucloud_ufile_token_info:
    project_id: org-demo
    token_name: reports
  register: found

- name: Show what it may do
  ansible.builtin.debug:
    msg: "{{ item.token_name }} may {{ item.allowed_ops | join(', ') }}"
  loop: "{{ found.tokens }}"
  loop_control:
    label: "{{ item.token_id }}"

- name: Read one token by its ID with credentials from a vault
  grantops.cloud.ucloud_ufile_token_info:
    public_key: "{{ vault_ucloud_public_key }}"
    private_key: "{{ vault_ucloud_private_key }}"
    project_id: org-demo
    token_id: 679c7e5e-74b8-4048-b622-33dd4e8634db

- name: Set the project once for several tasks
  module_defaults:
    group/grantops.cloud.ucloud:
      project_id: org-demo
  block:
    - name: Read all tokens of the project
      grantops.cloud.ucloud_ufile_token_info:
      register: all_tokens

    - name: Name the tokens that may work on every bucket
      ansible.builtin.debug:
        msg: >-
          {{ all_tokens.tokens | selectattr('allowed_buckets', 'contains', '*')
             | map(attribute='token_name') }}
"""

RETURN = r"""
tokens:
  description: The tokens that were found, sorted by ID. Their secrets are never returned.
  returned: success
  type: list
  elements: dict
  contains:
    token_id:
      description: The ID of the token.
      type: str
      returned: always
      sample: 679c7e5e-74b8-4048-b622-33dd4e8634db
    token_name:
      description: The name of the token.
      type: str
      returned: always
      sample: reports
    allowed_ops:
      description: The operations that the token allows, sorted.
      type: list
      elements: str
      returned: always
      sample: [TOKEN_ALLOW_LIST, TOKEN_ALLOW_READ]
    allowed_prefixes:
      description: The key prefixes that the token may work on, sorted.
      type: list
      elements: str
      returned: always
      sample: [reports/]
    allowed_buckets:
      description: The buckets that the token may work on, sorted.
      type: list
      elements: str
      returned: always
      sample: [acme-data]
    expire_time:
      description: When the token expires, in Unix seconds.
      type: int
      returned: always
      sample: 1893456000
    expires:
      description: The same time as ISO 8601, in UTC. V(null) where that is.
      type: str
      returned: always
      sample: "2030-01-01T00:00:00Z"
    public_key:
      description: The public key of the token itself.
      type: str
      returned: always
      sample: TOKEN_0a1b2c3d
    region:
      description: The region of the token. V(null) when the service does not return it.
      type: str
      returned: always
      sample: cn-bj2
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
    black_ip_list:
      description: The addresses that the token is refused from. V(null) when the service does not return them.
      type: list
      elements: str
      returned: always
      sample: []
    white_ip_list:
      description: The addresses that the token is accepted from. V(null) when the service does not return them.
      type: list
      elements: str
      returned: always
      sample: []
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
      sample: DescribeUFileToken
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
          sample: token_name
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
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.ufile_token import RESOURCE


def main() -> None:
    _entrypoint.run_module(RESOURCE, info=True)


if __name__ == "__main__":
    main()
