# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors

from .doubles import NAME, Queue, Tokens, refusal, token, told

NO, YES = "does not hold: ", "holds: "
LATE = NO + "it did not show within 0.0 s"
REFUSED = NO + "it was refused: 230 (HTTP 200)"
ALONE = "not seen: no token of another region is there"


@pytest.mark.parametrize("project", ["org-1", None])
@pytest.mark.parametrize("region", ["cn-bj2", None])
def test_nothing_to_see_is_not_seen(project, region):
    tokens = Tokens(DescribeUFileToken=lambda sent: {"RetCode": "0", "DataSet": []})
    tokens.client.project_id, tokens.client.region = project, region
    seen = ALONE if region else "not seen: no region is set"
    assert tokens.outcome(try_out=False) == {
        "A101": YES + ("0 tokens came, and 0 with the project" if project else "no project is set, and 0 tokens came"),
        "A102": seen, "A103": seen, "A104": NO + "it was a response with 0 tokens", "A108": NO + "the responses were looked at",
    }  # fmt: skip
    assert tokens.probe().clean_up() == 0


def test_of_one_region_alone_it_is_not_seen_whether_it_hides_others():
    tokens = Tokens()
    del tokens.rows["t-1"]
    found = tokens.outcome(try_out=False)
    assert (found["A102"], found["A103"]) == (ALONE, ALONE)


def test_what_is_odd_about_tokens_is_counted():
    tokens = Tokens()
    odd = {"t-3": {"TokenName": None, "Region": ""}, "t-4": {"ExpireTime": True}, "t-5": {"ExpireTime": 1.0}}
    tokens.rows.update((key, dict(tokens.rows["t-1"], TokenId=key, **row)) for key, row in odd.items())
    here = [tokens.rows["t-2"], dict(tokens.rows["t-2"], TokenId="t-9")]

    def describe(sent):
        if sent["Region"]:
            return {"RetCode": 0, "DataSet": here}
        found = tokens.describe(sent)
        return found if sent["ProjectId"] else {"RetCode": 0, "DataSet": found["DataSet"][:4]}

    tokens.respond(DescribeUFileToken=describe)
    probe = tokens.probe()
    probe.look()
    assert told(probe) == {
        "A101": "not seen: 4 tokens came, and 5 with the project",
        "A102": NO + "4 of 5 tokens are hidden by it", "A103": NO + "1 tokens show with the region only",
        "A104": YES + "it was 15040 (HTTP 200)", "A105": NO + "1 of 5 tokens lack it", "A106": NO + "1 of 5 tokens lack it",
        "A107": NO + "2 of 5 tokens have something else", "A108": YES + "the responses were looked at",
    }  # fmt: skip
    assert probe.others == {"t-1", "t-2", "t-3", "t-4", "t-5", "t-9"}


def test_scratch_tokens_are_looked_for_in_the_region_too_and_removed_where_they_are():
    tokens = Tokens()
    del tokens.rows["t-2"]
    odd = {"TokenId": "t-8", "TolenName": NAME}
    here = {"t-8": odd, "t-9": {"TokenId": "t-9", "TokenName": NAME, "Region": "hk"}}
    tokens.respond(
        DescribeUFileToken=lambda sent: {"DataSet": list((here if sent["Region"] else tokens.rows).values())}
    )
    tokens.respond(DeleteUFileToken=lambda sent: here.pop(sent["TokenId"]))
    assert tokens.probe().clean_up() == 0
    sent = [sent for operation, sent in tokens.client.sent if operation == "DeleteUFileToken"]
    assert [(each["TokenId"], each["Region"]) for each in sent] == [("t-8", "cn-bj2"), ("t-9", "hk")]


def test_a_default_project_that_is_refused_is_told():
    tokens = Tokens()
    default = refusal(errors.PERMISSION, 299)
    tokens.respond(DescribeUFileToken=lambda sent: tokens.describe(sent) if sent["ProjectId"] else default)
    assert tokens.outcome(try_out=False)["A101"] == NO + "it was refused: 299 (HTTP 200)"


def test_a_token_that_is_not_found_by_its_id_is_looked_for_in_its_region():
    tokens = Tokens()
    tokens.respond(DescribeUFileToken=lambda sent: refusal() if "TokenId" in sent else tokens.describe(sent))
    assert {text.partition(":")[0] for text in tokens.outcome(look=False).values()} == {"holds"}


@pytest.mark.parametrize(
    "odd, told, untold",
    [
        ({"UpdateUFileToken": lambda tokens, sent: {"RetCode": 0}}, {"A113": LATE, "A114": NO + "it was taken, and not shown"}, "A109"),
        ({"UpdateUFileToken": lambda tokens, sent: tokens.update(dict(sent, AllowedPrefixes=None))},
         {"A109": NO + "one prefix was there, and 0 after it"}, None),
        ({"CreateUFileToken": lambda tokens, sent: {"TokenId": "t-9"}}, {"A113": LATE}, "A111"),
        ({"CreateUFileToken": lambda tokens, sent: tokens.create(dict(sent, TokenName="tidied"))},
         {"A105": YES + "0 of 1 tokens lack it", "A111": NO + "its name was compared"}, None),
        ({"CreateUFileToken": lambda tokens, sent: {}}, {}, "A113"),
        ({"CreateUFileToken": lambda tokens, sent: {"TokenId": 7}}, {}, "A113"),
        ({"CreateUFileToken": lambda tokens, sent: refusal() if len(tokens.rows) > 2 else tokens.create(sent)},
         {"A110": NO + "the second one was refused: 230 (HTTP 200)"}, None),
        ({"UpdateUFileToken": lambda tokens, sent: tokens.update(sent) if "ExpireTime" in sent else refusal()}, {"A114": REFUSED}, None),
        # Addresses that are ignored, and such that are taken
        ({"UpdateUFileToken": lambda tokens, sent: tokens.update({key: sent[key] for key in sent if key != "WhiteIPList"})},
         {"A112": YES + "0 addresses were there after it"}, None),
        ({"UpdateUFileToken": lambda tokens, sent: tokens.rows[sent["TokenId"]].update(sent)},
         {"A112": NO + "1 addresses were there after it"}, None),
    ],
)  # fmt: skip
def test_what_ufile_does_otherwise_is_told(odd, told, untold):
    tokens = Tokens()
    tokens.respond(**{name: lambda sent, act=act: act(tokens, sent) for name, act in odd.items()})
    found = tokens.outcome(look=False)
    assert told.items() <= found.items() and untold not in found


def test_topics_and_names_that_urocketmq_refuses_are_told():
    queue = Queue()
    made = []

    def create(sent):
        made.append(sent)
        return refusal() if sent["AllowProduceTopicList"] or len(made) > 2 else queue.create(sent)

    queue.respond(CreateURocketMQToken=create)
    found = queue.outcome(look=False)
    assert (found["A203"], found["A206"]) == ("not seen: no token has topics", REFUSED) and "A207" not in found
    assert found["A208"] == NO + "the second one was refused: 230 (HTTP 200)"


@pytest.mark.parametrize(
    "odd, told, untold",
    [
        ({"GetURocketMQToken": refusal()}, {"A209": LATE}, "A210"),
        ({"UpdateURocketMQToken": {}}, {"A209": LATE, "A208": YES + "a second one was made"}, "A207"),
        ({"CreateURocketMQToken": {}}, {"A206": YES + "a token was made with a topic that does not exist"}, "A209"),
        ({"CreateURocketMQToken": {"TokenId": 7}}, {}, "A209"),
    ],
)
def test_what_urocketmq_does_otherwise_is_told(odd, told, untold):
    found = Queue(**odd).outcome(look=False)
    assert told.items() <= found.items() and untold not in found


def test_without_tokens_only_an_odd_response_of_urocketmq_is_told():
    queue = Queue(GetURocketMQToken={"Token": None})
    queue.rows.clear()
    assert queue.outcome(try_out=False) == {
        "A201": "not seen: no token has PART", "A204": NO + "it was a good response, with a token: 0",
    }  # fmt: skip


def test_a_token_that_is_not_shown_has_no_topics_and_what_is_left_of_a_probe_is_removed():
    queue = Queue(GetURocketMQToken={"Token": None})
    queue.rows["u-2"] = token("u-2", NAME, "NONE", "")
    assert queue.outcome(try_out=False)["A203"] == "not seen: no token has topics"
    assert queue.probe().clean_up() == 0 and list(queue.rows) == ["u-1"]


def test_what_is_odd_about_tokens_of_urocketmq_is_counted():
    rows = [token("u-2", "two", "ANY", ""), token("u-3", "three", "PART", ["a"]), token("u-4", "four", "PART", "b")]
    rows.append(token("u-5", "five", "ALL", ""))
    odd = dict(rows[1], AllowConsumeTopicList="c", AKSK={"SecretKey": "Secret-of-1"})
    queue = Queue(ListURocketMQToken={"TokenList": rows, "TotalCount": 4}, GetURocketMQToken={"Token": odd})
    assert queue.outcome(try_out=False) == {
        "A201": NO + "2 of 2 rows with PART have topics", "A202": NO + "1 of 4 tokens have another word",
        "A203": NO + "1 of 2 are something else", "A204": NO + "it was a good response, with a token: 1",
        "A205": NO + "a token was read without Display",
    }  # fmt: skip
    assert queue.client.secrets.clean("Secret-of-1") == "<hidden>"
