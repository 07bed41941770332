# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes `error` into RETURN of the modules, which say the same of it but for their samples: `make format`.

A doc fragment cannot hold RETURN. That the modules have it as it is here is seen by tests/unit/test_runtime.py.
"""

from __future__ import annotations

import re
from pathlib import Path

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
ERROR = """\
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
<kinds>        - Of a failed request V(network), V(tls), V(redirect), V(authentication), V(permission), V(throttled),
          V(not_found), V(invalid), V(server), or V(response) for a response that does not follow the API document.
      type: str
      returned: always
      sample: permission
    provider:
      description: The provider.
      type: str
      returned: always
      sample: <title>
    operation:
      description: The API operation that failed, or else the one that this module is about.
      type: str
      returned: always
      sample: <operation>
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
        <hint>. See
        https://grantops.github.io/cloud/docsite/troubleshooting.html#<anchor>
    method:
      description: The HTTP method. V(null) when no request failed.
      type: str
      returned: always
      sample: <method>
    url:
      description: The address. V(null) when no request failed.
      type: str
      returned: always
      sample: <url>
    status:
      description: The HTTP status. V(null) when there was no response.
      type: int
      returned: always
      sample: <status>
    code:
      description: The error code, which is <code_is>. V(null) when there is none.
      type: <code_type>
      returned: always
      sample: <code>
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
          description: <position_is>
          type: str
          returned: always
          sample: <position>
        option:
          description: The option. V(null) when it is not about a single one.
          type: str
          returned: always
          sample: <option>
        message:
          description: What is wrong.
          type: str
          returned: always
          sample: <problem>
    failed:
      description: <failed_is>
      type: list
      elements: dict
      returned: always
      sample: <failed>
    written:
      description: <written_is>
      type: list
      elements: dict
      returned: always
      sample: []
    pending:
      description: <pending_is>
      type: list
      elements: dict
      returned: always
      sample: []
"""
KINDS = """\
        - V(task) when what the task asks for is refused, for the reasons in RV(error.problems). Nothing was written.
        - V(unverified) when the service accepts a write and does not show it. It names what, in RV(ignore:msg).
        - V(interrupted) when a signal, or the end of the time that Ansible gives a task, ended it. What was written until
          then is in RV(error.written), and what may have been in RV(error.failed).
        - V(internal) for a bug of this collection, or when the host ran out of memory or disk space. What was written is reported too.
"""
KINDS_OF_INFO = """\
        - V(task) when what the task asks for is refused, for the reasons in RV(error.problems).
        - V(interrupted) when a signal, or the end of the time that Ansible gives a task, ended it.
        - V(internal) for a bug of this collection, or when the host ran out of memory or disk space.
"""
WRITES = {
    "kinds": KINDS,
    "problem": "it must not be empty",
    "failed_is": "The names of what was not written, or is not as it was written.",
    "written_is": "The names of what was written, and verified if O(verify=true).",
    "pending_is": "The names of what was to be written and was not tried any more.",
}
READS = {
    "kinds": KINDS_OF_INFO,
    "position_is": "V(null), as this module has no list of entries.",
    "position": "null",
    "failed": "[]",
    **dict.fromkeys(("failed_is", "written_is", "pending_is"), "Empty, as this module writes nothing."),
}
UCLOUD = {
    "title": "UCloud",
    "method": "POST",
    "url": "https://api.ucloud.cn/",
    "status": "200",
    "code_is": "the RetCode of UCloud",
    "code_type": "int",
    "code": "299",
    "anchor": "ucloud-299",
    "hint": "The key's IAM policy does not allow this operation",
}
HUAWEICLOUD = {
    "title": "Huawei Cloud",
    "status": "403",
    "code_is": "Huawei Cloud's own",
    "code_type": "str",
    "code": "DMS.10240309",
    "anchor": "huawei-cloud-dms-10240309",
    "hint": "Give the IAM user of these credentials a policy that allows this operation, in this project",
}
TWICE = "'2 tokens have the name backup: a1, b2'"
USERS = "https://dms.eu-west-101.myhuaweicloud.eu/v2/0a1b2c/instances/rocketmq-shop/users"
TOPICS = "https://roma.eu-west-101.myhuaweicloud.eu/v2/0a1b2c/mqs/instances/roma-shop/topics"


def writes(provider: dict[str, str], plural: str, **samples: str) -> dict[str, str]:
    position_is = f"The entry of the list, such as V({plural}[2]). V(null) in the form for one."
    return {**provider, **WRITES, "position_is": position_is, "position": f"{plural}[2]", **samples}


def reads(provider: dict[str, str], **samples: str) -> dict[str, str]:
    return {**provider, **READS, **samples}


SAMPLES = {
    "ucloud_ufile_token": writes(
        UCLOUD, "tokens", operation="UpdateUFileToken", option="allowed_prefixes", failed="[{token_name: reports}]"
    ),
    "ucloud_ufile_token_info": reads(UCLOUD, operation="DescribeUFileToken", option="token_name", problem=TWICE),
    "ucloud_urocketmq_token": writes(
        UCLOUD,
        "tokens",
        operation="UpdateURocketMQToken",
        option="allow_produce_topic_list",
        failed="[{service_id: urmq-shop, name: checkout}]",
    ),
    "ucloud_urocketmq_token_info": reads(UCLOUD, operation="ListURocketMQToken", option="name", problem=TWICE),
    "huaweicloud_rocketmq_user": writes(
        HUAWEICLOUD,
        "users",
        operation="UpdateUser",
        method="PUT",
        url=USERS + "/checkout",
        option="topic_perms",
        failed="[{instance_id: rocketmq-shop, user_name: checkout}]",
    ),
    "huaweicloud_rocketmq_user_info": reads(
        HUAWEICLOUD, operation="ListUser", method="GET", url=USERS, option="user_name", problem="it must not be empty"
    ),
    "huaweicloud_roma_topic_policy": writes(
        HUAWEICLOUD,
        "topics",
        operation="UpdateTopicAccessPolicy",
        method="POST",
        url=TOPICS + "/accesspolicy",
        option="policies",
        failed="[{instance_id: roma-shop, name: orders}]",
    ),
    "huaweicloud_roma_topic_policy_info": reads(
        HUAWEICLOUD,
        operation="ShowMqsInstanceTopicAccessPolicy",
        method="GET",
        url=TOPICS + "/orders/accesspolicy",
        option="name",
        problem="it must not be empty",
    ),
}


def error(module: str) -> str:
    """The documentation of the key `error`, the last one of RETURN."""
    return re.sub(r"<(\w+)>", lambda match: SAMPLES[module][match.group(1)], ERROR)


def documented(module: str, text: str) -> str:
    """``text``, the code of a module, with `error` as it must be."""
    return re.sub(r'(?ms)^error:\n.*?(?=^""")', lambda _match: error(module), text)


if __name__ == "__main__":
    for module in SAMPLES:
        path = MODULES / f"{module}.py"
        path.write_text(documented(module, path.read_text(encoding="utf-8")), encoding="utf-8")
