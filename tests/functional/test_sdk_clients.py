# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The official SDKs and the modules see what each other wrote, so the simulator is not only ours."""

from __future__ import annotations

import json

import cases
import pytest

from simulator.signatures import home_elsewhere

with home_elsewhere():  # the SDKs write into $HOME when they are imported
    from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
    from huaweicloudsdkrocketmq import v2 as mq
    from huaweicloudsdkroma import v2 as ro
    from sdk_clients import rocketmq, roma, ucloud, ufile
    from ucloud.core.exc import RetCodeException

SECRET = "Sdk-Given-Secret-1"


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


# -- UFile -----------------------------------------------------------------------------------------


def test_the_sdk_and_the_module_see_each_others_ufile_token(sim, run):
    client, case = ufile(sim), cases.UFILE

    def shown():
        (row,) = client.describe_ufile_token({"TokenId": "uf-alpha"})["DataSet"]
        return row

    desired = {
        "allowed_ops": ["TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"],
        "allowed_prefixes": ["ünïcode/", "a b/"],
        "allowed_buckets": ["acme-logs"],
        "expire_time": "2030-06-01T12:00:00+02:00",
    }
    before = shown()
    run.ok(case.module, **case.on_alpha("one", **desired))
    row = shown()
    assert row["AllowedOps"] == desired["allowed_ops"]
    assert sorted(row["AllowedPrefixes"]) == sorted(desired["allowed_prefixes"])
    assert row["AllowedBuckets"] == desired["allowed_buckets"]
    assert row["ExpireTime"] == 1906538400
    same = ("TokenName", "PublicKey", "PrivateKey", "CreateTime")
    assert {key: row[key] for key in same} == {key: before[key] for key in same}
    assert case.record(sim)["BlackIPList"] == ["192.0.2.66"]  # which the SDK's own schema drops

    client.update_ufile_token({"TokenId": "uf-alpha", "AllowedOps": ["TOKEN_ALLOW_LIST"], "TokenName": "by-sdk"})
    assert run.ok(case.module, **case.on_alpha("one", **desired), check_mode=True)["changed"] is True
    (token,) = run.ok(case.info, token_name="by-sdk")["tokens"]
    assert token["allowed_ops"] == ["TOKEN_ALLOW_LIST"]
    result = run.ok(case.module, token_name="by-sdk", allowed_ops=["TOKEN_ALLOW_LIST"], expire_time="1906538400")
    assert result["changed"] is False

    made = client.create_ufile_token({"TokenName": "fresh"})["TokenId"]
    result = run.ok(case.module, token_id=made, allowed_ops=["TOKEN_ALLOW_READ"])
    assert result["changes"][0]["before"] == {"allowed_ops": ["TOKEN_ALLOW_NONE"]}
    client.delete_ufile_token({"TokenId": made})
    assert "does not exist" in run.failed(case.module, token_id=made)["msg"]


# -- URocketMQ -------------------------------------------------------------------------------------


def test_the_sdk_and_the_module_see_each_others_urocketmq_token(sim, run):
    client, case = ucloud(sim), cases.UROCKETMQ
    which = {"ServiceId": "urmq-1", "TokenId": "ut-alpha"}

    def shown():
        token = client.invoke("GetURocketMQToken", which)["Token"]
        lists = [sorted(filter(None, token[f"Allow{side}TopicList"].split(","))) for side in ("Produce", "Consume")]
        return (token["TopicProducePerm"], token["TopicConsumePerm"], *lists)

    run.ok(case.module, **case.on_alpha("one", allow_produce_topic_list=["c", "a"], topic_consume_perm="NONE"))
    assert shown() == ("PART", "NONE", ["a", "c"], [])
    perms = {"TopicProducePerm": "ALL", "TopicConsumePerm": "PART", "AllowConsumeTopicList": "y,x"}
    client.invoke("UpdateURocketMQToken", {**which, **perms})
    (token,) = run.ok(case.info, **case.scope, **case.alpha)["tokens"]
    assert (token["topic_produce_perm"], token["allow_produce_topic_list"]) == ("ALL", [])
    assert (token["topic_consume_perm"], token["allow_consume_topic_list"]) == ("PART", ["x", "y"])
    same = {"topic_produce_perm": "ALL", "allow_consume_topic_list": ["y", "x"]}
    assert run.ok(case.module, **case.on_alpha("one", **same))["changed"] is False
    run.ok(case.module, **case.on_alpha("one", allow_consume_topic_list=["z"]), purge=False)
    assert shown() == ("ALL", "PART", [], ["x", "y", "z"])

    perms = {"TopicProducePerm": "NONE", "TopicConsumePerm": "NONE"}
    made = client.invoke("CreateURocketMQToken", {"ServiceId": "urmq-1", "Name": "fresh", **perms})["TokenId"]
    assert run.ok(case.module, **case.scope, name="fresh", topic_produce_perm="ALL")["token"]["token_id"] == made
    client.invoke("DeleteURocketMQToken", {"ServiceId": "urmq-1", "TokenId": made})
    assert "does not exist" in run.failed(case.module, **case.scope, token_id=made)["msg"]


# -- RocketMQ --------------------------------------------------------------------------------------


def test_the_sdk_and_the_module_see_each_others_rocketmq_user(sim, run):
    client, case = rocketmq(sim), cases.ROCKETMQ
    where = {"instance_id": "rmq-1", "user_name": "user-alpha"}

    def shown():
        user = json.loads(client.show_user(mq.ShowUserRequest(**where)).raw_content)
        for name in ("topic_perms", "group_perms"):
            user[name].sort(key=lambda row: row["name"])
        return user

    before = shown()
    desired = {"topic_perms": [{"name": "%RETRY%orders", "perm": "SUB|PUB"}], "admin": False}
    run.ok(case.module, **case.on_alpha("one", **desired))
    perms = [{"name": "%RETRY%orders", "perm": "PUB|SUB"}]
    assert shown() == {**before, "admin": False, "topic_perms": perms}

    body = mq.User(
        access_key="user-alpha",
        secret_key=SECRET,
        admin=False,
        white_remote_address="",
        default_topic_perm="DENY",
        default_group_perm="DENY",
        topic_perms=[mq.UserTopicPerms(name="b", perm="SUB"), mq.UserTopicPerms(name="a", perm="PUB|SUB")],
        group_perms=[mq.UserGroupPerms(name="g", perm="PUB|SUB")],
    )
    client.update_user(mq.UpdateUserRequest(**where, body=body))
    same = {
        "secret_key": SECRET,
        "white_remote_address": "",
        "default_topic_perm": "DENY",
        "topic_perms": [{"name": "a", "perm": "SUB|PUB"}, {"name": "b", "perm": "SUB"}],
        "group_perms": [{"name": "g", "perm": "SUB|PUB"}],
    }
    assert run.ok(case.module, **case.on_alpha("one", **same))["changed"] is False
    # The secret that was read is sent back with every other change.
    run.ok(case.module, **case.on_alpha("many", topic_perms=[]))
    assert (shown()["topic_perms"], shown()["secret_key"]) == ([], SECRET)

    made = mq.User(access_key="fresh/user", secret_key=SECRET, admin=False)
    with pytest.raises(ClientRequestException):  # the simulator is as strict with the SDK
        client.create_user(mq.CreateUserRequest(instance_id="rmq-1", body=made))
    made.access_key = "fresh-user"
    client.create_user(mq.CreateUserRequest(instance_id="rmq-1", body=made))
    assert run.ok(case.module, **case.scope, user_name="fresh-user", admin=True)["changed"] is True
    client.delete_user(mq.DeleteUserRequest(instance_id="rmq-1", user_name="fresh-user"))
    assert "does not exist" in run.failed(case.module, **case.scope, user_name="fresh-user")["msg"]


# -- ROMA Connect ----------------------------------------------------------------------------------


def test_the_sdk_and_the_module_see_each_others_roma_policies(sim, run):
    client, case = roma(sim), cases.ROMA

    def shown():
        request = ro.ShowMqsInstanceTopicAccessPolicyRequest(instance_id="roma-1", topic_name="topic-alpha")
        rows = client.show_mqs_instance_topic_access_policy(request).policies
        return {row.app_name: (row.access_policy, row.tag, row.owner) for row in rows}

    rows = [{"app_id": "roma-app-audit", "access_policy": "all", "tag": "b || a"}]
    run.ok(case.module, **case.on_alpha("one", policies=rows), purge=False)
    policies = shown()
    assert policies["audit"] == ("all", "a||b", False)
    assert policies["billing"][0] == "sub"
    assert policies["creator"] == ("all", "", True)

    row = {"app_id": "roma-app-creator", "app_name": "creator", "access_policy": "pub", "owner": True, "tag": "x||w"}
    topic = ro.UpdateTopicAccessPolicyTopicsObject(
        name="topic-alpha",
        policies=[ro.UpdateTopicAccessPolicyPoliciesObject(**row)],
        description="By the SDK",
        sensitive_word="",
    )
    body = ro.UpdateTopicAccessPolicyReq(topics=[topic])
    request = ro.UpdateTopicAccessPolicyRequest(instance_id="roma-1", body=body)
    client.update_topic_access_policy(request)
    (read,) = run.ok(case.info, **case.scope, **case.alpha)["topics"]
    assert read["policies"] == [{"app_name": "creator", "access_policy": "pub", "owner": True, "tag": "w||x"}]
    assert (read["description"], read["sensitive_word"]) == ("By the SDK", "")
    rows = [{"app_name": "creator", "access_policy": "pub", "tag": "w ||x"}]
    same = {"policies": rows, "description": "By the SDK"}
    assert run.ok(case.module, **case.on_alpha("one", **same))["changed"] is False
    assert run.ok(case.module, **case.on_alpha("one", policies=[]))["changed"] is False  # the owner's row stays


def test_both_are_refused_alike(sim, run):
    wrong = ufile(sim, "readonly")
    with pytest.raises(RetCodeException) as error:
        wrong.update_ufile_token({"TokenId": "uf-alpha", "AllowedOps": ["TOKEN_ALLOW_READ"]})
    result = run.failed("ucloud_ufile_token", token_id="uf-alpha", allowed_ops=[], credential="readonly")
    assert result["error"]["code"] == error.value.code == 299
    with pytest.raises(ClientRequestException) as error:
        body = mq.User(access_key="user-alpha", secret_key=SECRET)
        client = rocketmq(sim, "readonly")
        client.update_user(mq.UpdateUserRequest(instance_id="rmq-1", user_name="user-alpha", body=body))
    case = cases.ROCKETMQ
    result = run.failed(case.module, credential="readonly", **case.on_alpha("one", admin=False))
    assert result["error"]["code"] == error.value.error_code
    assert result["error"]["status"] == error.value.status_code == 403
