#!/usr/bin/python
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: huaweicloud_roma_topic_policy_info
short_description: Read which applications may use Huawei Cloud ROMA Connect topics
version_added: 1.0.0
description:
  - Returns which integration applications may publish and subscribe to the MQS topics of a ROMA Connect instance. These
    are the API operations C(ShowMqsInstanceTopicAccessPolicy) and C(ListMqsInstanceTopics).
  - Returns all topics of the instance, or one.
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
      - The ID of the ROMA Connect instance.
    type: str
    required: true
  name:
    description:
      - The name of the topic (C(name)). A topic that does not exist gives an empty list.
    type: str
notes:
  - Reading costs one request for the list of topics, one for each topic, and one more for each further 50 policies of a
    topic. Several topics are read at once.
  - An entry of RV(topics) can be given to M(grantops.cloud.huaweicloud_roma_topic_policy) as it is.
seealso:
  - module: grantops.cloud.huaweicloud_roma_topic_policy
  - name: Querying a Topic Permission
    description: The API document of C(ShowMqsInstanceTopicAccessPolicy).
    link: https://support.huaweicloud.com/en-us/api-roma/ShowMqsInstanceTopicAccessPolicy.html
"""

EXAMPLES = r"""
# Credentials come from HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or from
# ~/.huaweicloud/credentials.
# ansible localhost -m grantops.cloud.huaweicloud_roma_topic_policy_info \
#   -a "region=eu-west-101 instance_id=roma-shop"

- name: Read one topic
  grantops.cloud.huaweicloud_roma_topic_policy_info:
    region: eu-west-101
    instance_id: roma-shop
    name: orders
  register: found

- name: Show its policies
  ansible.builtin.debug:
    var: found.topics[0].policies

- name: Read one topic with credentials from a vault
  grantops.cloud.huaweicloud_roma_topic_policy_info:
    ak: "{{ vault_huaweicloud_ak }}"
    sk: "{{ vault_huaweicloud_sk }}"
    region: eu-west-101
    instance_id: roma-shop
    name: payments

- name: Set region and instance once for several tasks
  module_defaults:
    group/grantops.cloud.huaweicloud:
      region: eu-west-101
    grantops.cloud.huaweicloud_roma_topic_policy_info:
      instance_id: roma-shop
  block:
    - name: Read all topics of the instance
      grantops.cloud.huaweicloud_roma_topic_policy_info:
      register: all_topics

    - name: Name the topics that the application audit may use
      ansible.builtin.debug:
        msg: "{{ item.name }}"
      loop: "{{ all_topics.topics }}"
      loop_control:
        label: "{{ item.name }}"
      when: "'audit' in (item.policies | map(attribute='app_name'))"
"""

RETURN = r"""
topics:
  description: The topics that were found, sorted by name.
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
      description: The description of the topic.
      type: str
      returned: always
      sample: Orders of the shop
    sensitive_word:
      description: The sensitive field of the topic.
      type: str
      returned: always
      sample: ""
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
      sample: ShowMqsInstanceTopicAccessPolicy
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
      sample: https://roma.eu-west-101.myhuaweicloud.eu/v2/0a1b2c/mqs/instances/roma-shop/topics/orders/accesspolicy
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
          sample: name
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
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud.roma_topic_policy import RESOURCE


def main() -> None:
    _entrypoint.run_module(RESOURCE, info=True)


if __name__ == "__main__":
    main()
