# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UCloud by the official SDK, beside what ../test_sdk_clients.py does."""

from __future__ import annotations

import pytest
from sdk_clients import ucloud, ufile
from ucloud.core import exc

SERVICE = {"ServiceId": "urmq-demo"}


def code(error):
    return error.value.code


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
