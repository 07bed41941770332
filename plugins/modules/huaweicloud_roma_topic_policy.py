#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huaweicloud_roma_topic_policy
short_description: Keep which applications may use Huawei Cloud ROMA Connect topics as declared
version_added: 1.0.0
description:
  - Sets which integration applications may publish and subscribe to the MQS topics of a ROMA Connect instance. This is
    the API operation C(UpdateTopicAccessPolicy), C(POST
    /v2/{project_id}/mqs/instances/{instance_id}/topics/accesspolicy).
  - Manages one topic by its own options, or many in O(topics).
  - Topics and applications are not created or deleted. One that does not exist is an error.
author:
  - grantops.cloud contributors (@grantops)
extends_documentation_fragment:
  - grantops.cloud.huaweicloud
  - grantops.cloud.common
  - grantops.cloud.write
  - grantops.cloud.guardrails
  - grantops.cloud.attributes
  - grantops.cloud.attributes.actiongroup_huaweicloud
options:
  instance_id:
    description:
      - The ID of the ROMA Connect instance.
      - Required, here or in each entry of O(topics).
    type: str
  name: &name
    description:
      - The name of the topic (C(name)).
    type: str
  policies: &policies
    description:
      - What applications may do with the topic (C(policies)), one entry for each.
      - An empty list leaves only the policy of the owner, or none with O(purge_owner=true).
      - With O(purge=false) other applications keep their policies. An entry with V(absent) takes one away all the same.
      - "A mapping of names to policies, such as V({billing: sub}), or to the other keys of an entry, such as
        V({billing: {access_policy: sub, tag: v2}}), is taken too."
      - There are no wildcards. A new name such as V(bill*) is refused.
      - A task with O(purge=false) that only adds applications uses C(BatchAddTopicAccessPolicy) where the region has it,
        so that policies that somebody else adds at the same time stay.
    type: list
    elements: dict
    suboptions:
      app_name:
        description:
          - The name of the application (C(app_name)). Each entry must have it or an C(app_id).
        type: str
      app_id:
        description:
          - The ID of the application (C(app_id)), or its key. Some instances know applications by ID, others by key.
          - An application that has a policy on the topic keeps the ID or key that the topic shows. For a new one, what
            is given beside O(policies[].app_name) is sent as it is. When it is left out, it is looked up by name, which
            needs the right to list applications, and the key is sent where the topics of the task show keys.
          - An application that the list does not show, such as a deleted one, stands in the results under this ID, and
            can be taken away by it.
        type: str
      app_key:
        description:
          - The key of the application (C(app_key)). It is sent with a write and never compared, as the service does not
            return it. There is seldom a need for it.
        type: str
      access_policy:
        description:
          - What the application may do (C(access_policy)).
          - It may be left out where the application has a policy on the topic already, which then stays.
        type: str
        choices:
          all: Publish and subscribe.
          pub: Publish.
          sub: Subscribe.
      owner:
        description:
          - Whether the topic was created for this application (C(owner)).
          - When it is left out, it stays as it is, or is V(false) for an application that is new on the topic.
        type: bool
      tag:
        description:
          - Tags of the messages that the policy is about (C(tag)). Several are separated by C(||). With
            C(access_policy=all), publish tags come first, then C(&), then subscribe tags.
          - Order and spaces have no meaning. An empty string means no tags.
          - When it is left out, it stays as it is, or is empty for an application that is new on the topic.
        type: str
      state:
        description:
          - V(absent) takes the policy of the application away, also that of the owner. What else the entry says has no
            meaning then. Where there is no policy, nothing is done.
          - It is useful with O(purge=false). Without that, every application that is not named loses its policy anyway.
        type: str
        choices:
          - present
          - absent
        default: present
  description: &description
    description:
      - The description of the topic (C(description)). An empty string clears it.
    type: str
  sensitive_word: &sensitive_word
    description:
      - The sensitive field of the topic (C(sensitive_word)). An empty string clears it.
    type: str
  purge_owner:
    description:
      - Whether O(purge) may take away the policy of the application that owns the topic.
      - Without V(true), that policy stays even where O(policies) does not name it.
    type: bool
  topics:
    description:
      - Many topics, each with its own options. A topic may stand here once. They are written with one request for 100
        topics.
      - An empty list is an error, since nothing would be looked at.
      - Mutually exclusive with the options of one topic, but not with O(instance_id), O(purge) and O(purge_owner),
        which apply to all entries that do not say otherwise.
    type: list
    elements: dict
    suboptions:
      instance_id:
        description:
          - The ID of the ROMA Connect instance. When it is not set, O(instance_id) of the task applies.
        type: str
      name:
        <<: *name
        required: true
      policies: *policies
      description: *description
      sensitive_word: *sensitive_word
      purge:
        description:
          - As O(purge), for this topic. When it is not set, O(purge) of the task applies.
        type: bool
      purge_owner:
        description:
          - As O(purge_owner), for this topic. When it is not set, O(purge_owner) of the task applies.
        type: bool
notes:
  - A write carries the whole policy list of a topic, its description and its sensitive field. What the task leaves out
    is sent as it was read. A description or sensitive field that the service does not show is left out of the write.
  - An application that is new on a topic, and that the credentials cannot list, needs its ID in the task.
  - Reading costs one request for each topic, and one more for each further 50 policies. One more for each instance
    reads descriptions and sensitive fields, where the task names them or something is to be written, and one for each
    50 applications finds their IDs, where an application is new on a topic.
seealso:
  - module: grantops.cloud.huaweicloud_roma_topic_policy_info
  - name: Updating a Topic Permission
    description: The API document of C(UpdateTopicAccessPolicy).
    link: https://support.huaweicloud.com/intl/en-us/api-roma/UpdateTopicAccessPolicy.html
"""

EXAMPLES = r"""
# Credentials come from HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or from
# ~/.huaweicloud/credentials.
# What would change, without changing anything:
# ansible localhost -m grantops.cloud.huaweicloud_roma_topic_policy -C -D \
#   -a '{"region": "eu-west-101", "instance_id": "roma-shop",
#   "name": "events", "policies": []}'

- name: Let billing and audit subscribe to orders, and nobody else but the owner
  grantops.cloud.huaweicloud_roma_topic_policy:
    region: eu-west-101
    instance_id: roma-shop
    name: orders
    policies:
      - app_name: billing
        access_policy: sub
      - app_name: audit
        access_policy: sub
        tag: paid||refunded

- name: Let one more application publish and keep all policies that there are
  grantops.cloud.huaweicloud_roma_topic_policy:
    region: eu-west-101
    instance_id: roma-shop
    name: events
    policies:
      - app_name: shop-mobile
        access_policy: pub
    purge: false

- name: Take the policies of two applications away and keep all others
  grantops.cloud.huaweicloud_roma_topic_policy:
    region: eu-west-101
    instance_id: roma-shop
    name: returns
    policies:
      - app_name: shop-mobile
        state: absent
      - app_id: cd28a9d9-2184-42ce-9fbe-f3785b6caada
        state: absent
    purge: false

- name: Take every permission away, also that of the owner
  grantops.cloud.huaweicloud_roma_topic_policy:
    region: eu-west-101
    instance_id: roma-shop
    name: retired-orders
    policies: []
    purge_owner: true

- name: Name an application by its ID, with credentials from a vault
  grantops.cloud.huaweicloud_roma_topic_policy:
    ak: "{{ vault_huaweicloud_ak }}"
    sk: "{{ vault_huaweicloud_sk }}"
    region: eu-west-101
    instance_id: roma-shop
    name: payments
    description: Payments of all shops
    policies:
      - app_id: cd28a9d9-2184-42ce-9fbe-f3785b6caada
        access_policy: all
        tag: eu||us&paid

- name: Set region and instance once for several tasks
  module_defaults:
    group/grantops.cloud.huaweicloud:
      region: eu-west-101
    grantops.cloud.huaweicloud_roma_topic_policy:
      instance_id: roma-shop
  block:
    - name: Declare many topics with one write
      grantops.cloud.huaweicloud_roma_topic_policy:
        topics:
          - name: refunds
            policies:
              - {app_name: shop, access_policy: pub}
          - name: invoices
            policies:
              - {app_name: audit, access_policy: sub}
            purge: false
          - name: stock
            description: ""
      register: declared

    - name: Show what changed
      ansible.builtin.debug:
        var: declared.changes
"""

RETURN = r"""
topic:
  description:
    - The topic as it is after the run, or as it would be in check mode.
  returned: success, unless O(topics) is used
  type: dict
  contains: &topic
    instance_id:
      description: The ID of the ROMA Connect instance.
      type: str
      returned: always
      sample: roma-shop
    name:
      description: The name of the topic.
      type: str
      returned: always
      sample: orders
    policies:
      description: The policies of the topic, sorted by application.
      type: list
      elements: dict
      returned: always
      contains:
        app_name:
          description: The name of the application. Its ID, or key, where the service does not say its name.
          type: str
          returned: always
          sample: billing
        access_policy:
          description: What the application may do, V(all), V(pub) or V(sub).
          type: str
          returned: always
          sample: sub
        owner:
          description: Whether the topic was created for this application.
          type: bool
          returned: always
          sample: false
        tag:
          description: Tags of the messages that the policy is about, sorted, without spaces.
          type: str
          returned: always
          sample: paid||refunded
    description:
      description: The description of the topic. V(null) when the service does not show it, or nothing depended on it.
      type: str
      returned: always
      sample: Orders of the shop
    sensitive_word:
      description: The sensitive field of the topic. V(null) when the service does not show it, or nothing depended on it.
      type: str
      returned: always
      sample: ""
topics:
  description:
    - The topics of O(topics) that changed, in the same order, each as RV(topic). With O(return_unchanged=true), also those
      that did not differ.
  returned: success, if O(topics) is used
  type: list
  elements: dict
  contains: *topic
changes:
  description:
    - What was changed, or would be in check mode, one entry for each topic that changes.
  returned: success
  type: list
  elements: dict
  contains:
    instance_id:
      description: The ID of the ROMA Connect instance.
      type: str
      returned: always
      sample: roma-shop
    name:
      description: The name of the topic.
      type: str
      returned: always
      sample: orders
    action:
      description: What is done.
      type: str
      returned: always
      sample: update
    before:
      description: The options that change, as they were. It reads like the diff.
      type: dict
      returned: always
    after:
      description: The same options, as they are after it.
      type: dict
      returned: always
  sample:
    - instance_id: roma-shop
      name: orders
      action: update
      before:
        policies:
          shop: all, owner
      after:
        policies:
          billing: sub
          shop: all, owner
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
      sample: UpdateTopicAccessPolicy
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
      sample: POST
    url:
      description: The address. V(null) when no request failed.
      type: str
      returned: always
      sample: https://roma.eu-west-101.myhuaweicloud.eu/v2/0a1b2c/mqs/instances/roma-shop/topics/accesspolicy
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
          description: The entry of the list, such as V(topics[2]). V(null) in the form for one.
          type: str
          returned: always
          sample: topics[2]
        option:
          description: The option. V(null) when it is not about a single one.
          type: str
          returned: always
          sample: policies
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
      sample: [{instance_id: roma-shop, name: orders}]
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
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud.roma_topic_policy import RESOURCE


def main() -> None:
    _entrypoint.run_module(RESOURCE)


if __name__ == "__main__":
    main()
