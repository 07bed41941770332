# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._probe import findings, ucloud

from .doubles import UCloud, refusal

NAME = "grantops-probe-0123456789abcdef"


def probed(kind, client, **more):
    return kind(client, findings.Findings(True), NAME, 0.0, lambda seconds: None, **more)


def verdicts(probe):
    return {row["number"]: row["verdict"] for row in probe.findings.rows() if row["verdict"] != "not seen"}


class Tokens:
    """UFile: what was made is shown, as the parameters have it."""

    def __init__(self, **odd):
        row = {"TokenName": "reports", "Region": "hk", "ExpireTime": 5, "PrivateKey": "secret-1"}
        self.rows = {"t-1": dict(row, TokenId="t-1"), "t-2": dict(row, TokenId="t-2", Region="cn-bj2")}
        self.client = UCloud(
            {
                "DescribeUFileToken": self.describe,
                "CreateUFileToken": self.create,
                "UpdateUFileToken": self.update,
                "DeleteUFileToken": lambda sent: self.rows.pop(sent["TokenId"]),
                **odd,
            }
        )

    def describe(self, sent):
        if sent.get("TokenId", "t-1") not in self.rows:
            return refusal(errors.NOT_FOUND, 15040)
        rows = [row for row in self.rows.values() if sent.get("TokenId") in (None, row["TokenId"])]
        return {"RetCode": 0, "DataSet": rows}

    def create(self, sent):
        token_id = f"t-{len(self.rows) + 1}"
        self.rows[token_id] = dict(sent, TokenId=token_id, Region="cn-bj2")
        return {"RetCode": 0, "UFileTokenSet": {"TokenId": token_id, "PrivateKey": "secret-2"}}

    def update(self, sent):
        if "WhiteIPList" in sent:
            return refusal()
        self.rows[sent["TokenId"]].update(sent)
        return {"RetCode": 0}


def test_ufile_in_order():
    tokens = Tokens()
    probe = probed(ucloud.UFileProbe, tokens.client)
    probe.look()
    assert set(tokens.client.operations()) == {"DescribeUFileToken"}
    probe.try_out()
    assert probe.clean_up() == 0 and list(tokens.rows) == ["t-1", "t-2"]
    assert set(verdicts(probe).values()) == {"holds"}
    assert set(verdicts(probe)) == {f"A{number}" for number in range(101, 115)}
    made = [sent for operation, sent in tokens.client.sent if operation in ("CreateUFileToken", "UpdateUFileToken")]
    # Whatever the service makes of the rest: no write asks for an operation, or leaves operations out.
    assert {operation for sent in made for operation in sent["AllowedOps"]} == {"TOKEN_ALLOW_NONE", "TOKEN_DENY_UPDATE"}


@pytest.mark.parametrize("project", ["org-1", None])
def test_nothing_to_see_is_not_seen(project):
    tokens = Tokens(DescribeUFileToken=lambda sent: {"RetCode": "0", "DataSet": []})
    probe = probed(ucloud.UFileProbe, tokens.client)
    tokens.client.project_id, tokens.client.region = project, None
    probe.look()
    assert verdicts(probe) == {"A101": "holds", "A104": "does not hold", "A108": "does not hold"}


def test_a_refusal_of_rights_ends_it():
    for operation in ("DescribeUFileToken", "CreateUFileToken", "UpdateUFileToken"):
        tokens = Tokens(**{operation: refusal(errors.PERMISSION, 299)})
        probe = probed(ucloud.UFileProbe, tokens.client)
        with pytest.raises(errors.RequestError):
            probe.look()
            probe.try_out()
        assert "A109" not in verdicts(probe)


def test_what_does_not_show_is_told():
    tokens = Tokens(UpdateUFileToken={"RetCode": 0})
    probe = probed(ucloud.UFileProbe, tokens.client)
    probe.try_out()
    found = verdicts(probe)
    assert (found["A113"], found["A114"]) == ("does not hold", "does not hold") and "A109" not in found


def test_a_creation_without_an_id_is_left_to_the_cleaning():
    assert probed(ucloud.UFileProbe, Tokens(CreateUFileToken={"RetCode": 0}).client).try_out() is None
    assert probed(ucloud.URocketMQProbe, Queue(CreateURocketMQToken={}).client, service_id="s-1").try_out() is None


class Queue:
    """URocketMQ, in the same way."""

    def __init__(self, **odd):
        self.rows = {"u-1": token("u-1", "orders", "PART", "a,b")}
        self.client = UCloud(
            {
                "ListURocketMQToken": self.list,
                "GetURocketMQToken": lambda sent: (
                    {"Token": self.rows[sent["TokenId"]]} if sent["TokenId"] in self.rows else refusal()
                ),
                "CreateURocketMQToken": self.create,
                "UpdateURocketMQToken": self.update,
                "DeleteURocketMQToken": lambda sent: self.rows.pop(sent["TokenId"]),
                **odd,
            }
        )

    def list(self, sent):
        rows = [{key: value for key, value in row.items() if "List" not in key} for row in self.rows.values()]
        return {"TokenList": rows, "TotalCount": len(rows)}

    def create(self, sent):
        token_id = f"u-{len(self.rows) + 1}"
        self.rows[token_id] = token(token_id, sent["Name"], sent["TopicProducePerm"], sent["AllowProduceTopicList"])
        return {"TokenId": token_id}

    def update(self, sent):
        self.rows[sent["TokenId"]].update(TopicProducePerm=sent["TopicProducePerm"], AllowProduceTopicList="")
        return {}


def token(token_id, name, perm, topics):
    row = {"TokenId": token_id, "Name": name, "TopicProducePerm": perm, "TopicConsumePerm": "NONE"}
    return dict(row, AllowProduceTopicList=topics, AKSK={"AccessKey": "a", "SecretKey": "****"})


def test_urocketmq_in_order():
    queue = Queue()
    probe = probed(ucloud.URocketMQProbe, queue.client, service_id="s-1")
    probe.look()
    assert set(queue.client.operations()) == {"ListURocketMQToken", "GetURocketMQToken"}
    probe.try_out()
    assert probe.clean_up() == 0 and list(queue.rows) == ["u-1"]
    assert verdicts(probe) == {f"A{number}": "holds" for number in range(201, 211)}
    assert {sent["ServiceId"] for _operation, sent in queue.client.sent} == {"s-1"}
    assert not any("Display" in sent for _operation, sent in queue.client.sent)


def test_urocketmq_that_refuses_topics_and_names():
    queue = Queue()
    made = []

    def create(sent):
        made.append(sent)
        return refusal() if sent["AllowProduceTopicList"] or len(made) > 2 else queue.create(sent)

    queue.client.answers["CreateURocketMQToken"] = create
    probe = probed(ucloud.URocketMQProbe, queue.client, service_id="s-1")
    probe.try_out()
    found = verdicts(probe)
    assert (found["A206"], found["A208"]) == ("does not hold", "does not hold") and "A207" not in found


def test_urocketmq_without_tokens_and_with_odd_answers():
    queue = Queue(GetURocketMQToken={"Token": None})
    queue.rows.clear()
    probe = probed(ucloud.URocketMQProbe, queue.client, service_id="s-1")
    probe.look()
    assert verdicts(probe) == {"A204": "does not hold"}
