# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which call failed: the error names its operation, method and address, whichever call of a resource it is."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, attempt, huawei, run, ucloud

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL
SECRET = {"secret_key": "Secret-Key1"}
REFUSED = {"status": 403, "code": "DMS.10240309"}
USERS, TOPICS = "instances/i-1/users", "mqs/instances/i-1/topics"
HOST = {
    "ucloud": "https://api.ucloud.cn/",
    "users": "https://dms.eu-west-101.myhuaweicloud.eu/v2/p-1/",
    "topics": "https://roma.eu-west-101.myhuaweicloud.eu/v2/p-1/",
}
CHANGE = {"default_topic_perm": "SUB"}

CALLS = {
    "DescribeUFileToken": (UFILE, {}, UFILE.read(UFILE.row(), code=299), "POST", ""),
    "UpdateUFileToken": (
        UFILE, {"allowed_ops": []}, [*UFILE.read(UFILE.row()), ucloud("UpdateUFileToken", ANY, code=299)], "POST", "",
    ),
    "CreateUFileToken": (
        UFILE, dict(cases.ALL_OF_IT, token_id=None, token_name="new"),
        [*UFILE.read_all(), ucloud("CreateUFileToken", ANY, code=299)], "POST", "",
    ),
    "GetURocketMQToken": (UROCKETMQ, {}, [UROCKETMQ.get(UROCKETMQ.row(), code=299)], "POST", ""),
    "ListURocketMQToken": (
        UROCKETMQ, {"token_id": None, "name": "ci-1"}, [UROCKETMQ.list(UROCKETMQ.row(), code=299)], "POST", "",
    ),
    "CreateURocketMQToken": (
        UROCKETMQ, {"token_id": None, "name": "new"},
        [UROCKETMQ.list(), ucloud("CreateURocketMQToken", ANY, code=299)], "POST", "",
    ),
    "DeleteURocketMQToken": (
        UROCKETMQ, {"state": "absent"},
        [UROCKETMQ.get(UROCKETMQ.row()), ucloud("DeleteURocketMQToken", ANY, code=299), UROCKETMQ.get(UROCKETMQ.row())],
        "POST", "",
    ),
    "ShowUser": (ROCKETMQ, {}, [ROCKETMQ.show(ROCKETMQ.row(), **REFUSED)], "GET", USERS + "/billing-1"),
    "ListUser": (
        ROCKETMQ, {"user_name": None, "users": [{"user_name": "a"}, {"user_name": "b"}]},
        [ROCKETMQ.list(**REFUSED)], "GET", USERS,
    ),
    "UpdateUser": (
        ROCKETMQ, CHANGE,
        [ROCKETMQ.show(ROCKETMQ.row()), huawei("PUT", USERS + "/billing-1", ANY, **REFUSED)],
        "PUT", USERS + "/billing-1",
    ),
    "CreateUser": (ROCKETMQ, SECRET, [*ROCKETMQ.absent(), huawei("POST", USERS, ANY, **REFUSED)], "POST", USERS),
    "DeleteUser": (
        ROCKETMQ, {"state": "absent"},
        [ROCKETMQ.show(ROCKETMQ.row()), huawei("DELETE", USERS + "/billing-1", **REFUSED), ROCKETMQ.show(ROCKETMQ.row())],
        "DELETE", USERS + "/billing-1",
    ),
    "ShowMqsInstanceTopicAccessPolicy": (
        ROMA, {}, [ROMA.policies(ROMA.row(), **REFUSED)], "GET", TOPICS + "/orders-1/accesspolicy",
    ),
    "ListMqsInstanceTopics": (
        ROMA, {"description": "new"}, [ROMA.policies(ROMA.row()), ROMA.topics(name="orders-1", **REFUSED)], "GET", TOPICS,
    ),
    "ListRomaApp": (
        ROMA, {"policies": [{"app_name": "stats", "access_policy": "sub"}]},
        [ROMA.policies(ROMA.row()), *ROMA.details(ROMA.row()),
         huawei("GET", "instances/i-1/apps?limit=50&offset=0", **REFUSED)],
        "GET", "instances/i-1/apps",
    ),
    "UpdateTopicAccessPolicy": (
        ROMA, {"description": "new"},
        [ROMA.policies(ROMA.row()), *ROMA.details(ROMA.row()),
         huawei("POST", TOPICS + "/accesspolicy", ANY, **REFUSED)],
        "POST", TOPICS + "/accesspolicy",
    ),
    "BatchAddTopicAccessPolicy": (
        ROMA, {"policies": [{"app_name": "stats", "access_policy": "sub"}], "purge": False},
        [ROMA.policies(ROMA.row()), *ROMA.details(ROMA.row()), ROMA.list_apps(),
         huawei("POST", TOPICS + "/orders-1/access-policies/batch-add", ANY, **REFUSED)],
        "POST", TOPICS + "/orders-1/access-policies/batch-add",
    ),
}  # fmt: skip


@pytest.mark.parametrize("operation", CALLS)
def test_an_error_names_the_call(operation):
    case, options, calls, method, path = CALLS[operation]
    result = attempt(case.resource, {**case.scope, **case.names(), **options}, calls)
    error = result["error"]
    ucloud_call = case.plural == "tokens"
    assert (error["kind"], error["operation"], error["method"]) == ("permission", operation, method)
    assert error["url"] == HOST["ucloud" if ucloud_call else case.plural] + path
    assert error["provider"] == ("UCloud" if ucloud_call else "Huawei Cloud")
    assert f"{error['provider']} {operation} ({method} {error['url']})" in result["msg"]


CREATED = {
    "ufile": (UFILE, dict(cases.ALL_OF_IT, token_name="ci-1"), UFILE.read_all(), "CreateUFileToken", UFILE.read_all),
    "urocketmq": (
        UROCKETMQ, {"service_id": "s-1", "name": "ci-1"}, [UROCKETMQ.list()], "CreateURocketMQToken",
        lambda row: [UROCKETMQ.list(row)],
    ),
    "rocketmq": (
        ROCKETMQ, {"instance_id": "i-1", "user_name": "billing-1", **SECRET}, ROCKETMQ.absent(), "POST", ROCKETMQ.read,
    ),
}  # fmt: skip
NEW = {
    "ufile": UFILE.row(AllowedOps=["TOKEN_ALLOW_NONE"], AllowedPrefixes=["*"], AllowedBuckets=["*"]),
    "urocketmq": UROCKETMQ.row(TopicProducePerm="NONE", TopicConsumePerm="NONE"),
    "rocketmq": ROCKETMQ.row(white_remote_address="", admin=False, topic_perms=[], group_perms=[]),
}


@pytest.mark.parametrize("name", CREATED)
def test_a_creation_is_not_repeated_when_its_outcome_is_unclear(name):
    case, options, before, what, look = CREATED[name]
    lost = {"status": 503, "answer": b"<html>bad gateway</html>"}
    create = huawei("POST", USERS, ANY, **lost) if name == "rocketmq" else ucloud(what, ANY, **lost)
    calls = [*before, create, *look(NEW[name]), *case.read(NEW[name])]
    result = run(case.resource, dict(options, retries=3), calls)
    assert result["changes"][0]["action"] == planning.CREATE
    (text,) = (text for text in result["warnings"] if text.startswith("A creation seemed to fail, but"))
    assert "answered HTTP 503" in text
