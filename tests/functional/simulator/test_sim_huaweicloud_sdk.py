# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Huawei Cloud by the official SDKs, beside what ../test_sdk_clients.py does."""

from __future__ import annotations

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkrocketmq import v2 as mq
from huaweicloudsdkroma import v2 as ro
from sdk_clients import rocketmq, roma

IN_MQ = {"instance_id": "rocketmq-demo"}
IN_ROMA = {"instance_id": "roma-demo"}


def user(**fields):
    return mq.User(**{"secret_key": "Fresh-Secret-01", **fields})


def test_users_are_listed_by_pages(sim):
    client = rocketmq(sim)
    for number in range(60):
        sim.add_rocketmq_user(access_key=f"many-{number:03d}")
    first = client.list_user(mq.ListUserRequest(**IN_MQ))
    assert (len(first.users), first.total) == (10, 65)
    last = client.list_user(mq.ListUserRequest(**IN_MQ, limit=50, offset=50))
    assert len(last.users) == 15
    for limit in (0, 51):
        with pytest.raises(ClientRequestException):
            client.list_user(mq.ListUserRequest(**IN_MQ, limit=limit))


def test_users_of_a_rocketmq_topic_are_listed(sim):
    response = rocketmq(sim).list_topic_access_policy(
        mq.ListTopicAccessPolicyRequest(**IN_MQ, topic="payments", limit=2)
    )
    assert [(row.access_key, row.perm) for row in response.policies] == [("mq-admin", "DENY"), ("checkout", "PUB")]
    assert response.total == 2  # of the page: not to be trusted


def test_a_missing_instance_is_not_found(sim):
    with pytest.raises(ClientRequestException) as error:
        rocketmq(sim).list_user(mq.ListUserRequest(instance_id="roma-demo"))
    assert (error.value.status_code, error.value.error_code) == (404, "DMS.00404022")


def test_applications_topics_and_policies_are_read(sim):
    client = roma(sim)
    apps = client.list_roma_app(ro.ListRomaAppRequest(**IN_ROMA, name="shop"))
    assert [app.name for app in apps.apps] == ["shop", "shop-mobile"]
    assert b"romaSecret-" in apps.raw_content  # as the real rows: it must not leak
    topics = client.list_mqs_instance_topics(ro.ListMqsInstanceTopicsRequest(**IN_ROMA))
    assert [topic.name for topic in topics.topics] == ["orders", "payments", "refunds", "events"]
    assert topics.topics[0].app_name == "shop"
    for filters, names in (
        ({"name": "or"}, ["orders"]),
        ({"app_name": "billing"}, ["orders", "payments", "refunds"]),
        ({"app_name": "billing", "access_policy": "sub"}, ["orders"]),
        ({"access_policy": "pub"}, ["events"]),
        ({"limit": "2", "offset": "1"}, ["payments", "refunds"]),
    ):
        found = client.list_mqs_instance_topics(ro.ListMqsInstanceTopicsRequest(**IN_ROMA, **filters))
        assert [topic.name for topic in found.topics] == names
    shown = client.show_mqs_instance_topic_access_policy(
        ro.ShowMqsInstanceTopicAccessPolicyRequest(**IN_ROMA, topic_name="payments", limit="1", offset="1")
    )
    assert (shown.total, shown.size) == (2, 1)
    row = shown.policies[0]
    assert (row.user_name, row.app_name, row.access_policy, row.owner, row.tag) == (
        "roma-app-audit",
        "audit",
        "sub",
        False,
        "paid",
    )
    assert b"app_id" not in shown.raw_content


def policies(*rows, name="orders", **fields):
    objects = [
        ro.UpdateTopicAccessPolicyPoliciesObject(
            app_id=f"roma-app-{app}", app_name=app, access_policy=policy, owner=owner
        )
        for app, policy, owner in rows
    ]
    return ro.UpdateTopicAccessPolicyTopicsObject(name=name, policies=objects, **fields)


def write(client, *topics):
    body = ro.UpdateTopicAccessPolicyReq(topics=list(topics))
    return client.update_topic_access_policy(ro.UpdateTopicAccessPolicyRequest(**IN_ROMA, body=body))


def test_a_write_replaces_all_of_a_topic(sim):
    topics = sim.estate["huaweicloud"]["roma"]["roma-demo"]["topics"]
    response = write(
        roma(sim),
        policies(("audit", "pub", False)),
        policies(("billing", "all", True), name="payments", description="Paid"),
    )
    assert response.status_code == 204
    assert response.raw_content == b""
    # The whole list is replaced: the owner's row is gone, and so is the description.
    assert [row["app_name"] for row in topics["orders"]["policies"]] == ["audit"]
    assert topics["orders"]["description"] == ""
    assert topics["payments"]["description"] == "Paid"
    write(roma(sim), policies())
    assert topics["orders"]["policies"] == []


def test_one_wrong_topic_refuses_all(sim):
    before = str(sim.estate["huaweicloud"]["roma"])
    with pytest.raises(ClientRequestException) as error:
        write(roma(sim), policies(("audit", "pub", False)), policies(name="not-there"))
    assert error.value.status_code == 400
    assert str(sim.estate["huaweicloud"]["roma"]) == before


def test_temporary_credentials_need_their_token(sim):
    client = rocketmq(sim, "temporary")
    assert client.list_user(mq.ListUserRequest(**IN_MQ)).total == 5
    sim.credentials["huaweicloud"]["temporary"]["security_token"] = "another"
    with pytest.raises(ClientRequestException) as error:
        client.list_user(mq.ListUserRequest(**IN_MQ))
    assert (error.value.status_code, error.value.error_code) == (401, "APIGW.0301")


def test_counters_say_what_was_asked_without_secrets(sim):
    client = rocketmq(sim)
    client.list_user(mq.ListUserRequest(**IN_MQ))
    client.update_user(mq.UpdateUserRequest(**IN_MQ, user_name="retired", body=user()))
    counters = sim.counters
    assert (counters["read"], counters["write"], counters["total"]) == (1, 1, 2)
    assert counters["by_operation"] == {"ListUser": 1, "UpdateUser": 1}
    assert counters["sequence"] == ["ListUser", "UpdateUser"]
    (written,) = counters["writes"]
    assert written["operation"] == "UpdateUser"
    assert "Fresh-Secret-01" not in str(written)
    assert "Fresh-Secret-01" in sim.secrets()
    assert counters["connections"] >= 1
    assert counters["max_in_flight"] == 1
    assert counters["in_flight"] == 0
