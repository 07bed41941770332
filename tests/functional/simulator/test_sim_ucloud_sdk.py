# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every UCloud operation, by the official SDK."""

from __future__ import annotations

import pytest
from sdk_clients import ucloud, ufile
from ucloud.core import exc

SERVICE = {"ServiceId": "urmq-demo"}


def code(error):
    return error.value.code


def test_a_ufile_token_is_made_changed_and_deleted(sim):
    client = ufile(sim)
    made = client.create_ufile_token({"TokenName": "fresh", "AllowedOps": ["TOKEN_ALLOW_READ"]})
    token_id = made["TokenId"]
    assert made["UFileTokenSet"]["AllowedPrefixes"] == ["*"]
    client.update_ufile_token(
        {
            "TokenId": token_id,
            "AllowedOps": ["TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"],
            "AllowedBuckets": ["a", "b"],
            "ExpireTime": 4102416000,
        }
    )
    (row,) = client.describe_ufile_token({"TokenId": token_id})["DataSet"]
    assert row["AllowedOps"] == ["TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"]
    assert row["AllowedBuckets"] == ["a", "b"]
    assert row["AllowedPrefixes"] == ["*"]  # left out: unchanged
    assert row["ExpireTime"] == 4102416000
    assert row["TokenName"] == "fresh"
    client.delete_ufile_token({"TokenId": token_id})
    with pytest.raises(exc.RetCodeException) as error:
        client.describe_ufile_token({"TokenId": token_id})
    assert code(error) == 15040


def test_ufile_tokens_are_found_by_id_name_and_project(sim):
    client = ufile(sim)
    assert len(client.describe_ufile_token({})["DataSet"]) == 4
    named = client.describe_ufile_token({"TokenName": "backup"})["DataSet"]
    assert [row["TokenId"] for row in named] == ["ufile-token-backup-a", "ufile-token-backup-b"]
    assert client.describe_ufile_token({"TokenName": "back"})["DataSet"] == []
    assert client.describe_ufile_token({"ProjectId": "org-other"})["DataSet"] == []
    (row,) = client.describe_ufile_token({"TokenId": "ufile-token-reports", "Display": 0})["DataSet"]
    assert row["PrivateKey"] == "****"
    with pytest.raises(exc.RetCodeException) as error:
        client.update_ufile_token({"TokenId": "ufile-token-reports", "ProjectId": "org-other"})
    assert code(error) == 15040


def test_a_urocketmq_token_is_made_changed_and_deleted(sim):
    client = ucloud(sim)
    made = client.invoke(
        "CreateURocketMQToken",
        {
            **SERVICE,
            "Name": "fresh",
            "TopicProducePerm": "PART",
            "TopicConsumePerm": "NONE",
            "AllowProduceTopicList": "orders,not-there-yet",
        },
    )
    which = {**SERVICE, "TokenId": made["TokenId"]}
    token = client.invoke("GetURocketMQToken", {**which, "Display": "true"})["Token"]
    assert token["AllowProduceTopicList"] == "orders,not-there-yet"
    assert token["AKSK"]["SecretKey"] in sim.secrets()
    client.invoke("UpdateURocketMQToken", {**which, "TopicProducePerm": "ALL", "TopicConsumePerm": "NONE"})
    token = client.invoke("GetURocketMQToken", which)["Token"]
    assert (token["TopicProducePerm"], token["AllowProduceTopicList"]) == ("ALL", "")
    assert token["AKSK"]["SecretKey"] == "****"
    client.invoke("DeleteURocketMQToken", which)
    with pytest.raises(exc.RetCodeException) as error:
        client.invoke("GetURocketMQToken", which)
    assert code(error) == 230


def test_urocketmq_tokens_and_topics_are_listed_by_pages(sim):
    client = ucloud(sim)
    for number in range(120):
        sim.add_urocketmq_token(Name=f"many-{number}")
    first = client.invoke("ListURocketMQToken", {**SERVICE})
    assert (len(first["TokenList"]), first["TotalCount"]) == (20, 124)
    rest = client.invoke("ListURocketMQToken", {**SERVICE, "Limit": 100, "Offset": 100})
    assert len(rest["TokenList"]) == 24
    for row in first["TokenList"]:
        assert "AllowProduceTopicList" not in row
        assert "AllowConsumeTopicList" not in row
        assert set(row["AKSK"]) == {"AccessKey"}
    topics = client.invoke("ListURocketMQTopic", {**SERVICE, "Limit": 1000})
    assert [row["TopicName"] for row in topics["TopicList"]] == ["orders", "payments", "refunds", "audit"]
    with pytest.raises(exc.RetCodeException):
        client.invoke("ListURocketMQToken", {**SERVICE, "Limit": 101})


@pytest.mark.parametrize("action", ["UpdateURocketMQToken", "DeleteURocketMQToken"])
def test_the_default_token_is_not_changed(sim, action):
    arguments = {**SERVICE, "TokenId": "urmq-token-default"}
    if action.startswith("Update"):
        arguments.update(TopicProducePerm="NONE", TopicConsumePerm="NONE")
    before = sim.counters["writes"]
    with pytest.raises(exc.RetCodeException) as error:
        ucloud(sim).invoke(action, arguments)
    assert code(error) == 230
    assert sim.counters["writes"] == before


def test_a_temporary_credential_needs_its_token(sim):
    token = sim.credentials["ucloud"]["temporary"]["security_token"]
    client = ucloud(sim, "temporary")
    assert client.invoke("DescribeUFileToken", {"SecurityToken": token})["RetCode"] == 0
    for wrong in ({}, {"SecurityToken": "other"}):
        with pytest.raises(exc.RetCodeException) as error:
            client.invoke("DescribeUFileToken", wrong)
        assert code(error) == 174
