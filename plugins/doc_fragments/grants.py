# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not use it from elsewhere.

"""Grants, files of grants, and set-ups."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  grants:
    description:
      - Who may do what, a list of grants.
      - It may also be the text of such a list as YAML or JSON, as a survey of AWX or C(-e) gives it, with or without
        C(permissions_grants) above it.
      - All mistakes in all grants are reported at once, each with its file, the number of the grant and its principal.
    type: list
    elements: dict
    aliases: [permissions_grants]
    suboptions:
      system:
        description: The system that the grant is for.
        type: str
        required: true
        choices: [ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma]
      service_id:
        description: The ID of the URocketMQ service. Required for V(ucloud_urocketmq).
        type: str
      instance_id:
        description: The ID of the RocketMQ or ROMA Connect instance. Required for both systems of Huawei Cloud.
        type: str
      principal:
        description:
          - The name of the token, the user or the application.
          - "For a token also C({token_id: ...}), for an application C({app_name: ..., app_id: ...})."
          - A token or a user that does not exist is created, unless the task says otherwise.
          - A name such as C(billing) also stands for what M(grantops.cloud.rotate) makes of it, C(billing.g2), C(billing.g3),
            on RocketMQ C(billing-g2) and so on, unless another grant names one of these.
        type: raw
        required: true
      setup:
        description:
          - "What is given: V(producer), V(consumer), V(producer_consumer), V(read_only), V(upload_only), V(read_write),
            V(read_write_delete), V(full_access), V(no_access), V(custom), or the name of one of O(setups)."
          - The guide on permissions has a table of what each of them gives on each system.
        type: str
        required: true
      topics:
        description: Names of topics, for set-ups that use them.
        type: list
        elements: str
      groups:
        description: Names of consumer groups, for set-ups that use them.
        type: list
        elements: str
      buckets:
        description: Names of buckets, for set-ups that use them. V(['*']) is all of them.
        type: list
        elements: str
      prefixes:
        description: Prefixes of keys, for set-ups that use them. Without it, everything in the buckets.
        type: list
        elements: str
      tag:
        description: A tag of ROMA Connect, or several split by V(||). Without it, all messages.
        type: str
      expires:
        description:
          - When a UFile token ends, as an ISO 8601 time or Unix seconds.
          - Without it a token keeps its end, and a new one gets the service's, which is one day.
        type: str
      expires_in:
        description:
          - How long a UFile token lives whose end renews itself, in whole days, such as V(90d). It needs C(renew_before).
          - An end that is more than C(renew_before) and at most this far ahead stays. Any other end is moved to this far ahead,
            rounded up to midnight UTC.
        type: str
      renew_before:
        description: How long before its end the end is renewed, in whole days, such as V(30d). It needs C(expires_in).
        type: str
      permissions:
        description: With O(grants[].setup=custom), the permissions in the options of the system's own module.
        type: dict
      state:
        description:
          - V(absent) takes back exactly what the set-up gives. It never deletes a principal.
          - The default is V(present).
        type: str
        choices: [present, absent]
      secret_key:
        description: The key of a RocketMQ user that is to be created. One that exists keeps its key. Keep it in a vault.
        type: str
      owner:
        description: Who answers for the grant. It is shown, and never written to a service.
        type: str
      reason:
        description: Why the grant is there. It is shown, and never written to a service.
        type: str
      ticket:
        description: The ticket in which it was asked for. It is shown, and never written to a service.
        type: str
  grants_file:
    description:
      - Files that hold C(permissions_grants), and may hold the other variables of the role. A directory stands for the
        C(.yml), C(.yaml) and C(.json) files in it.
      - They are read on the controller. Their grants come after those of O(grants).
      - A variable that begins with C(permission) and is not one of the role's is an error, since it is probably misspelt.
    type: list
    elements: path
    aliases: [permissions_file]
  setups:
    description:
      - Set-ups of your own by name, each a mapping of systems to options of the system's module, in which C($topics),
        C($groups), C($buckets), C($prefixes), C($tag) and C($expires) stand for the fields of the grant.
      - The built-in ones cannot be replaced.
    type: dict
    aliases: [permissions_setups]
"""
