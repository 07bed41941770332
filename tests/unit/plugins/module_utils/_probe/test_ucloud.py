# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors

from .doubles import Queue, Tokens, refusal, verdicts

NO = "does not hold"


def test_where_ufile_is_as_assumed_everything_holds_and_nothing_is_left():
    tokens = Tokens()
    probe = tokens.probe()
    probe.look()
    assert set(tokens.client.operations()) == {"DescribeUFileToken"}
    probe.try_out()
    assert probe.clean_up() == 0 and list(tokens.rows) == ["t-1", "t-2"]
    assert verdicts(probe) == {f"A{number}": "holds" for number in range(101, 115)}
    made = [sent for operation, sent in tokens.client.sent if operation in ("CreateUFileToken", "UpdateUFileToken")]
    # Whatever the service makes of the rest: no write asks for an operation, or leaves operations out.
    assert {operation for sent in made for operation in sent["AllowedOps"]} == {"TOKEN_ALLOW_NONE", "TOKEN_DENY_UPDATE"}


@pytest.mark.parametrize("project", ["org-1", None])
@pytest.mark.parametrize("region", ["cn-bj2", None])
def test_nothing_to_see_is_not_seen(project, region):
    tokens = Tokens(DescribeUFileToken=lambda sent: {"RetCode": "0", "DataSet": []})
    tokens.client.project_id, tokens.client.region = project, region
    assert tokens.outcome(try_out=False) == {"A101": "holds", "A104": NO, "A108": NO}
    assert tokens.probe().clean_up() == 0


def test_of_one_region_alone_it_is_not_seen_whether_it_hides_others():
    tokens = Tokens()
    del tokens.rows["t-1"]
    assert not {"A102", "A103"} & set(tokens.outcome(try_out=False))


def test_a_default_project_that_is_refused_is_told():
    tokens = Tokens()
    default = refusal(errors.PERMISSION, 299)
    tokens.answer(DescribeUFileToken=lambda sent: tokens.describe(sent) if sent["ProjectId"] else default)
    assert tokens.outcome(try_out=False)["A101"] == NO


def test_a_token_that_is_not_found_by_its_id_is_looked_for_in_its_region():
    tokens = Tokens()
    tokens.answer(DescribeUFileToken=lambda sent: refusal() if "TokenId" in sent else tokens.describe(sent))
    assert set(tokens.outcome(look=False).values()) == {"holds"}


@pytest.mark.parametrize(
    "odd, told, untold",
    [
        ({"UpdateUFileToken": lambda tokens, sent: {"RetCode": 0}}, {"A113": NO, "A114": NO}, "A109"),
        ({"CreateUFileToken": lambda tokens, sent: {"TokenId": "t-9"}}, {"A113": NO}, "A111"),
        ({"CreateUFileToken": lambda tokens, sent: {}}, {}, "A113"),
        ({"CreateUFileToken": lambda tokens, sent: refusal() if len(tokens.rows) > 2 else tokens.create(sent)}, {"A110": NO}, None),
        ({"UpdateUFileToken": lambda tokens, sent: tokens.update(sent) if "ExpireTime" in sent else refusal()}, {"A114": NO}, None),
        # Addresses that are ignored, and such that are taken
        ({"UpdateUFileToken": lambda tokens, sent: tokens.update({key: sent[key] for key in sent if key != "WhiteIPList"})}, {"A112": "holds"}, None),
        ({"UpdateUFileToken": lambda tokens, sent: tokens.rows[sent["TokenId"]].update(sent)}, {"A112": NO}, None),
    ],
)  # fmt: skip
def test_what_ufile_does_otherwise_is_told(odd, told, untold):
    tokens = Tokens()
    tokens.answer(**{name: lambda sent, act=act: act(tokens, sent) for name, act in odd.items()})
    found = tokens.outcome(look=False)
    assert told.items() <= found.items() and untold not in found


def test_where_urocketmq_is_as_assumed_everything_holds_and_nothing_is_left():
    queue = Queue()
    probe = queue.probe()
    probe.look()
    assert set(queue.client.operations()) == {"ListURocketMQToken", "GetURocketMQToken"}
    probe.try_out()
    assert probe.clean_up() == 0 and list(queue.rows) == ["u-1"]
    assert verdicts(probe) == {f"A{number}": "holds" for number in range(201, 211)}
    assert {sent["ServiceId"] for _operation, sent in queue.client.sent} == {"s-1"}
    assert not any("Display" in sent for _operation, sent in queue.client.sent)


def test_topics_and_names_that_urocketmq_refuses_are_told():
    queue = Queue()
    made = []

    def create(sent):
        made.append(sent)
        return refusal() if sent["AllowProduceTopicList"] or len(made) > 2 else queue.create(sent)

    queue.answer(CreateURocketMQToken=create)
    found = queue.outcome(look=False)
    assert (found["A206"], found["A208"]) == (NO, NO) and "A207" not in found


@pytest.mark.parametrize(
    "odd, told, untold",
    [
        ({"GetURocketMQToken": refusal()}, {"A209": NO}, "A210"),
        ({"UpdateURocketMQToken": {}}, {"A209": NO, "A208": "holds"}, "A207"),
        ({"CreateURocketMQToken": {}}, {"A206": "holds"}, "A209"),
    ],
)
def test_what_urocketmq_does_otherwise_is_told(odd, told, untold):
    found = Queue(**odd).outcome(look=False)
    assert told.items() <= found.items() and untold not in found


def test_without_tokens_only_an_odd_answer_of_urocketmq_is_told():
    queue = Queue(GetURocketMQToken={"Token": None})
    queue.rows.clear()
    assert queue.outcome(try_out=False) == {"A204": NO}
