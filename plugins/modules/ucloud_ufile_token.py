#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ucloud_ufile_token
short_description: Keep UCloud UFile (US3) tokens and what they may do as declared
version_added: 1.0.0
description:
  - Sets which operations a token of UCloud's object storage (UFile, now US3) allows, on which buckets and key prefixes,
    and until when. This is the API operation C(UpdateUFileToken), of the main and of the global site.
  - Manages one token by its own options, or many in O(tokens).
  - A token that is missing is created when O(token_name) alone names it. One that is named by O(token_id) must exist.
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
  token_id: &token_id
    description:
      - The ID of the token (C(TokenId)).
      - When it is not given, O(token_name) says which token is meant.
      - The service gives a new token its ID. A token of this ID that does not exist is an error, and never created.
    type: str
  token_name: &token_name
    description:
      - The name of the token (C(TokenName)). It must not be empty.
      - Together with a token ID it is the name that the token is to have. A different one renames the token.
      - Without a token ID it names the token to change or to create. Names need not be unique. Two tokens of that name are an
        error that lists their IDs, unless O(region) is set and exactly one of them is in it.
      - A token of another region is found too, and no second one is created in O(region).
      - A new token needs O(allowed_buckets) and O(allowed_prefixes), so that a misspelt name does not create a token for
        everything.
      - With O(state=absent) it must be the name that the token of the ID has.
    type: str
  allowed_ops: &allowed_ops
    description:
      - The operations that the token allows (C(AllowedOps.N)).
      - An empty list takes every permission away. It is the same as V(TOKEN_ALLOW_NONE), which excludes all others.
      - When it is left out, a new token allows nothing.
    type: list
    elements: str
    choices:
      TOKEN_ALLOW_NONE: Nothing is allowed.
      TOKEN_ALLOW_READ: Download objects.
      TOKEN_ALLOW_WRITE: Upload objects.
      TOKEN_ALLOW_DELETE: Delete objects.
      TOKEN_ALLOW_LIST: List objects.
      TOKEN_ALLOW_IOP: Process images.
      TOKEN_ALLOW_DP: Named by the API document without an explanation.
      TOKEN_DENY_UPDATE: Existing objects cannot be overwritten.
  allowed_prefixes: &allowed_prefixes
    description:
      - The key prefixes that the token may work on (C(AllowedPrefixes.N)).
      - V(*) means every key, and includes all other entries.
      - A new token needs it, since otherwise the service would let it work on every key.
      - A prefix includes everything below it. A new entry that holds a V(*) beside other characters is refused.
      - The API cannot express an empty list, so it is refused before anything is sent. To take access away, empty
        O(allowed_ops).
    type: list
    elements: str
  allowed_buckets: &allowed_buckets
    description:
      - The buckets that the token may work on (C(AllowedBuckets.N)).
      - V(*) means every bucket, and includes all other entries.
      - A new token needs it, since otherwise the service would let it work on every bucket.
      - There are no other wildcards. A new entry such as V(b*) is refused.
      - The API cannot express an empty list, so it is refused before anything is sent. To take access away, empty
        O(allowed_ops).
    type: list
    elements: str
  expire_time: &expire_time
    description:
      - When the token expires (C(ExpireTime)), in Unix seconds such as V(1893456000), or as ISO 8601 such as
        V(2030-01-01) or V(2030-01-01T00:00:00+08:00). Without a time zone, UTC is meant.
      - At most V(4102416000), which is V(2099-12-31T16:00:00Z).
      - A time that has passed is refused, and so is a number that probably means a duration, such as V(86400), or a date,
        such as V(20300101).
      - A token that has ended gives a warning in each run, whether this option is given or not.
      - When it is left out, the service lets a new token live for one day, which gives a warning too.
      - For an end that moves on, see O(expires_in).
    type: str
  expires_in: &expires_in
    description:
      - How long the token lives, as a number of days such as V(90d), when its end renews itself. It needs O(renew_before),
        and is mutually exclusive with O(expire_time).
      - An end that lies between O(renew_before) and this many days ahead stays. Any other end is moved to this many days ahead.
      - Both are counted from the next midnight (UTC), so that all runs of one day agree. The end is at most V(4102416000),
        which is the latest that the service accepts.
      - Beside O(tokens) it applies to all entries that do not have their own. An entry with O(tokens[].expire_time) is refused
        then.
    type: str
    version_added: 1.1.0
  renew_before: &renew_before
    description:
      - How long before its end a run renews the token, as a number of days such as V(30d). It must be shorter than
        O(expires_in).
      - A token that no run reaches for this long ends. Run the task much more often, such as every night.
    type: str
    version_added: 1.1.0
  black_ip_list: &black_ip_list
    description:
      - The addresses that the token is refused from (C(BlackIPList.N)).
      - It can be set only when a token is created, since C(UpdateUFileToken) does not document it. A difference to a
        token that exists is an error.
    type: list
    elements: str
  white_ip_list: &white_ip_list
    description:
      - The addresses that the token is accepted from (C(WhiteIPList.N)).
      - It can be set only when a token is created, as O(black_ip_list).
    type: list
    elements: str
  tokens:
    description:
      - Many tokens, each with its own options. A token may stand here once.
      - An empty list is an error, since nothing would be looked at; with O(exclusive), see O(exclusive_allow_empty).
      - Each entry must have a O(tokens[].token_id) or a O(tokens[].token_name).
      - Mutually exclusive with the options of one token, but not with O(purge), O(state), O(expires_in) and
        O(renew_before), which apply to all entries that do not say otherwise.
      - With O(exclusive) all other tokens of the project are deleted. Where O(region) is set, tokens of other regions
        stay, and a warning names them.
    type: list
    elements: dict
    suboptions:
      token_id: *token_id
      token_name: *token_name
      allowed_ops: *allowed_ops
      allowed_prefixes: *allowed_prefixes
      allowed_buckets: *allowed_buckets
      expire_time: *expire_time
      expires_in: *expires_in
      renew_before: *renew_before
      black_ip_list: *black_ip_list
      white_ip_list: *white_ip_list
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
  - A change takes up to about five minutes to reach the object storage itself. O(verify) checks only what the API shows.
  - Reading costs one request, for one token or for all, and a second one with O(region) where a token is not found and
    none of that region shows. Each token that changes costs one more, and the verification at least one.
  - Every update sends the whole token. What the task leaves out is sent as it was read.
  - A token lives on one site and in one project. A token that is not found is often looked for on the wrong O(api_url),
    and one that exists elsewhere would be created again.
  - To delete a token, the service needs its region. Where it does not return the region, O(region) is needed.
seealso:
  - module: grantops.cloud.ucloud_ufile_token_info
  - name: UpdateUFileToken, main site
    description: The API document (Chinese).
    link: https://docs.ucloud.cn/api/ufile-api/update_ufile_token
  - name: UpdateUFileToken, global site
    description: The API document (English).
    link: https://ucloud-global.com/docs/api/ufile-api/update_ufile_token
"""

EXAMPLES = r"""
# Credentials come from UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or from a
# profile of UCloud's own tools.
# What would change, without changing anything:
# ansible localhost -m grantops.cloud.ucloud_ufile_token --check --diff \
#   -a '{"token_name": "reports", "allowed_ops": ["TOKEN_ALLOW_READ"],
#   "allowed_buckets": ["acme-data"], "allowed_prefixes": ["reports/"]}'

- name: Let the reports be read and listed until the end of 2029
  grantops.cloud.ucloud_ufile_token:
    project_id: org-demo
    token_name: reports
    allowed_ops:
      - TOKEN_ALLOW_READ
      - TOKEN_ALLOW_LIST
    allowed_prefixes:
      - reports/
    allowed_buckets:
      - acme-data
    expire_time: "2030-01-01T00:00:00Z"

- name: Let the nightly job write to one more bucket and keep all that it has
  grantops.cloud.ucloud_ufile_token:
    project_id: org-demo
    token_name: nightly
    allowed_buckets:
      - acme-archive
    purge: false

- name: Take every permission away from a token that leaked
  grantops.cloud.ucloud_ufile_token:
    project_id: org-demo
    token_id: 5f0c3c52-6a4e-4f0b-9d6c-8c7a5c3d9e10
    allowed_ops: []

- name: Create a token and get its key pair, this once
  grantops.cloud.ucloud_ufile_token:
    project_id: org-demo
    region: cn-bj2
    token_name: thumbnails
    allowed_ops:
      - TOKEN_ALLOW_READ
      - TOKEN_ALLOW_WRITE
    allowed_buckets:
      - acme-images
    allowed_prefixes:
      - "*"
    expire_time: "2030-01-01T00:00:00Z"
    return_credentials: true
  no_log: true
  register: created

- name: Keep the key pair in a file that the vault encrypts
  ansible.builtin.copy:
    content: >-
      {{ created.credentials | to_nice_json
         | ansible.builtin.vault(vault_password) }}
    dest: ~/thumbnails-token.vault.json
    decrypt: false
    mode: "0600"
  no_log: true
  when: created.credentials is defined

- name: Let a token end 90 days ahead, and renew it when 30 are left
  grantops.cloud.ucloud_ufile_token:
    project_id: org-demo
    token_name: nightly
    expires_in: 90d
    renew_before: 30d

- name: Delete a token
  grantops.cloud.ucloud_ufile_token:
    project_id: org-demo
    region: cn-bj2
    token_name: former-partner
    state: absent

- name: Rename a token with credentials from a vault
  grantops.cloud.ucloud_ufile_token:
    public_key: "{{ vault_ucloud_public_key }}"
    private_key: "{{ vault_ucloud_private_key }}"
    project_id: org-demo
    token_id: 679c7e5e-74b8-4048-b622-33dd4e8634db
    token_name: uploads-2030
    expire_time: "1893456000"

- name: Set the project once for several tasks
  module_defaults:
    group/grantops.cloud.ucloud:
      project_id: org-demo
  block:
    - name: Declare the tokens of all applications
      grantops.cloud.ucloud_ufile_token:
        tokens:
          - token_name: web
            allowed_ops: [TOKEN_ALLOW_READ]
            allowed_prefixes: [static/, images/]
            allowed_buckets: [acme-web]
          - token_name: ingest
            allowed_ops: [TOKEN_ALLOW_WRITE, TOKEN_DENY_UPDATE]
            allowed_prefixes: ["*"]
            allowed_buckets: [acme-raw]
          - token_name: backup
            allowed_buckets: [acme-backup-2]
            purge: false
      register: declared

    - name: Show what changed
      ansible.builtin.debug:
        var: declared.changes

    - name: Have these two tokens in the archive's project and no other
      grantops.cloud.ucloud_ufile_token:
        project_id: org-archive
        region: cn-bj2
        exclusive: true
        exclusive_limit: 3
        tokens:
          - token_name: archive-writer
            allowed_ops: [TOKEN_ALLOW_WRITE, TOKEN_DENY_UPDATE]
            allowed_buckets: [acme-archive]
            allowed_prefixes: ["*"]
            expire_time: "2030-01-01"
          - token_name: archive-reader
            allowed_ops: [TOKEN_ALLOW_READ, TOKEN_ALLOW_LIST]
            allowed_buckets: [acme-archive]
            allowed_prefixes: ["*"]
            expire_time: "2030-01-01"
"""

RETURN = r"""
token:
  description:
    - The token as it is after the run, or as it would be in check mode. Its secret is never in it.
    - V(null) with O(state=absent).
  returned: success, unless O(tokens) is used
  type: dict
  contains: &token
    token_id:
      description: The ID of the token. V(null) in check mode for a token that would be created.
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
      description:
        - When the token expires, in Unix seconds. V(null) in check mode for a token that would be created without one.
      type: int
      returned: always
      sample: 1893456000
    expires:
      description: The same time as ISO 8601, in UTC. V(null) where that is.
      type: str
      returned: always
      sample: "2030-01-01T00:00:00Z"
    public_key:
      description: The public key of the token itself. V(null) in check mode for a token that would be created.
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
    token_id:
      description: The ID of the token.
      type: str
      returned: always
      sample: 679c7e5e-74b8-4048-b622-33dd4e8634db
    token_name:
      description: The name of the token.
      type: str
      returned: always
      sample: thumbnails
    public_key:
      description: The public key of the token (C(PublicKey)).
      type: str
      returned: always
      sample: TOKEN_0a1b2c3d
    private_key:
      description: The private key of the token (C(PrivateKey)).
      type: str
      returned: always
      sample: 0a1b2c3d-what-signs-the-requests
changes:
  description:
    - What was changed, or would be in check mode, one entry for each token that is created, changed or deleted.
    - Those that O(exclusive) deletes come last.
  returned: success
  type: list
  elements: dict
  contains:
    token_id:
      description: The ID of the token.
      type: str
      returned: unless the token would only be created
      sample: 679c7e5e-74b8-4048-b622-33dd4e8634db
    token_name:
      description: The name of the token before the run, or that it was created with.
      type: str
      returned: if it is known
      sample: reports
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
    - token_id: 679c7e5e-74b8-4048-b622-33dd4e8634db
      token_name: reports
      action: update
      before:
        allowed_ops: [TOKEN_ALLOW_NONE]
      after:
        allowed_ops: [TOKEN_ALLOW_LIST, TOKEN_ALLOW_READ]
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
      sample: UpdateUFileToken
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
          sample: allowed_prefixes
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
      sample: [{token_name: reports}]
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
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.ufile_token import RESOURCE


def main() -> None:
    _entrypoint.run_module(RESOURCE)


if __name__ == "__main__":
    main()
