# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of `permissions`: what it refuses before anything is sent, and the keys that it returns."""

from __future__ import annotations

from unittest import mock

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _permissions_task
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, huawei, ucloud

from ._permissions.passes import KEY, ROCKETMQ, ROMA, TOKEN, UROCKETMQ, USER, F, Q, R, T, play, statuses, token, user

NEW = [UROCKETMQ.list(), ucloud("CreateURocketMQToken", ANY, {"TokenId": "t-1"})]
SHOWN = ucloud("GetURocketMQToken", ANY, {"Token": token(AKSK={"AccessKey": "ak-new", "SecretKey": "TokenPrivate0"})})
HIDDEN = ucloud("GetURocketMQToken", ANY, {"Token": token(AKSK={})})
FAILING = {R: [ROCKETMQ.list(user()), huawei("PUT", "instances/i-1/users/billing-1", ANY, status=400, code="DMS.1")]}


@pytest.mark.parametrize(
    "grants, options, said",
    [
        ([], {}, "grants must hold at least one grant; got an empty list"),
        (None, {}, "grants must be given, in grants or grants_file (permissions_grants or permissions_file of the role)"),
        ([TOKEN], {"systems": [R]}, "systems must be some that grants are for; got huaweicloud_rocketmq"),
        ([TOKEN], {"systems": []}, "systems: must name at least one"),
        ([TOKEN], {"verify_timeout": -1}, "verify_timeout: must be a number of seconds from 0 to 3600"),
        ([TOKEN], {"verify_timeout": 3601}, "verify_timeout: must be a number of seconds from 0 to 3600"),
        ([TOKEN], {"exclusive_limit": -1}, "exclusive_limit: must be at least 0"),
        ([TOKEN], {"identities": {"ann": ["x"]}}, "`identities: ann` must have entries such as {system"),
        ([TOKEN], {"roma_sasl": 1},
         "`roma_sasl` must be true, false, or a mapping of instances to true or false; got 1"),
        ([TOKEN], {"setups": {"mine": {"x": {}}}}, "permissions_setups.mine must be a mapping"),
        (KEY, {}, "grants must be a list of grants; got something else"),
        ([dict(USER, secret_key=KEY, topics=["a"])], {}, "topics must be left out"),
    ],
)  # fmt: skip
def test_a_mistaken_task_sends_nothing(grants, options, said):
    result = play(grants, **options)
    assert (result["failed"], result["changed"], result["deleted"]) == (True, False, [])
    assert said in result["msg"]
    assert said.rpartition(": ")[2] in result["artifacts"]["permissions_refused"][0]["message"]


def test_mistakes_of_texts_set_ups_and_grants_are_told_together():
    """Of the grants not those of set-ups, which may be missing because of the other mistakes."""
    task = _permissions_task.PermissionsTask()
    rows = [dict(TOKEN, setup="mine"), dict(TOKEN, topics=["a"])]
    task.given = _permissions_task.Given(rows, problems=["grants.yml: permissions_scop is not a variable"])
    said = play(None, task=task, setups={"mine": {"x": {}}})["msg"]
    assert (
        "permissions_scop is" in said
        and "permissions_setups.mine must be" in said
        and "topics must be left out" in said
    )
    assert "setup must be" not in said


def test_guardrails_judge_all_of_it_before_anything_is_written():
    rule = {"id": "g", "deny": {"action": "consume"}}
    result = play([TOKEN], {Q: [UROCKETMQ.list(token())]}, guardrails=[rule])
    assert statuses(result) == ["not tried"] and result["changed"] is False
    assert "guardrail g (deny, any): ci-1 (ucloud_urocketmq s-1) would consume" in result["msg"]


@pytest.mark.parametrize(
    "options, calls, said",
    [
        ({"ucloud": {"public_key": "x"}}, [], "The task has public_key but not private_key."),
        ({}, [ucloud("ListURocketMQToken", ANY, KeyboardInterrupt())], "Nothing was written."),
    ],
)
def test_what_ends_a_task_before_a_write_is_told_and_nothing_is_changed(options, calls, said):
    result = play([TOKEN], {Q: calls}, **options)
    assert statuses(result) == ["not tried"] and result["changed"] is False
    assert said in result["msg"]


def test_no_grants_are_fine_for_who_says_so():
    result = play([], allow_empty=True)
    assert (result["changed"], result["grants"], sum(result["counts"].values())) == (False, [], 0)


def test_a_system_that_is_not_asked_for_is_checked_and_left_alone():
    result = play([TOKEN, USER], {Q: [UROCKETMQ.list(token(consume="ALL"))]}, systems=[Q])
    assert [(row["system"], row["status"]) for row in result["grants"]] == [(Q, "unchanged")]


@pytest.mark.parametrize("more, failed", [([], False), ([USER], True)])
def test_keys_of_new_tokens_are_returned_also_when_another_system_failed(more, failed):
    calls = {Q: [*NEW, SHOWN], **(FAILING if failed else {})}
    result = play([TOKEN, *more], calls, return_credentials=True)
    assert bool(result.get("failed")) is failed
    (keys,) = result["credentials"]
    assert (keys["system"], keys["name"], keys["secret_key"]) == (Q, "ci-1", "TokenPrivate0")


@pytest.mark.parametrize("more", [[], [USER]])
def test_keys_that_cannot_be_read_are_told(more):
    result = play([TOKEN, *more], {Q: [*NEW, HIDDEN], **(FAILING if more else {})}, return_credentials=True)
    assert (result["failed"], result["changed"], result["credentials"]) == (True, True, [])
    told = "\n".join(result["warnings"]) if more else result["msg"]
    assert "Created, but the credentials of" in told
    assert result["artifacts"]["permissions_refused"][0]["message"] == result["msg"]


def test_the_key_of_a_new_user_is_masked_where_a_service_repeats_it():
    refused = huawei("POST", "instances/i-1/users", ANY, {"error_code": "X", "error_msg": f"bad {KEY}"}, status=400)
    result = play([dict(USER, secret_key=KEY)], {R: [ROCKETMQ.list(), refused]})
    assert "bad <hidden>" in result["msg"]


def test_what_a_vault_held_is_masked_everywhere():
    task = _permissions_task.PermissionsTask()
    task.hidden = ["told-by-a-vault"]
    grant = dict(TOKEN, reason="told-by-a-vault")
    result = play([grant], {Q: [UROCKETMQ.list(token(consume="ALL"))]}, task=task)
    assert result["grants"][0]["reason"] == "<hidden>"


ENDED = mock.Mock(side_effect=KeyboardInterrupt)


def test_a_signal_at_the_very_end_loses_nothing():
    calls = {Q: [UROCKETMQ.list(token()), *UROCKETMQ.write(token(consume="ALL"))]}
    result = play([TOKEN], calls, when_done=ENDED)
    assert (result["failed"], result["changed"], statuses(result)) == (True, True, ["written"])


# -- permissions_info --------------------------------------------------------------------------------


def gather(calls=None, **how):
    return play(None, calls, task=_permissions_task.PermissionsTask(info=True), **how)


@pytest.mark.parametrize(
    "options, said",
    [
        ({"ufile": False}, "There is nothing to look at"),
        ({"setups": {"mine": "text"}}, "permissions_setups.mine must be a mapping"),
        ({"warn_before": "x"}, "warn_before: "),
        ({"from": {"a.json": "{"}}, "a.json must be data of access"),
        ({"ufile": True, "ucloud": {"public_key": "x"}}, "The task has public_key but not private_key."),
    ],
)
def test_a_mistaken_reading_sends_nothing(options, said):
    result = gather({F: []}, **options)
    assert result["failed"] is True
    assert said in result["msg"]


HOLDS = {Q: [UROCKETMQ.list(token(consume="ALL"))]}
ONE_SERVICE = {"ufile": False, "urocketmq_services": ["s-1", "s-1"]}


def test_an_estate_is_read_as_grants():
    result = gather(HOLDS, **ONE_SERVICE)
    assert result["grants"] == [TOKEN]
    assert "setup: read_only" in result["grants_text"]
    refused = {Q: [UROCKETMQ.list(code=299)]}
    assert gather(refused, **ONE_SERVICE)["msg"].startswith("Could not read URocketMQ tokens. ")


def test_a_question_about_an_estate_has_an_answer():
    result = gather(HOLDS, **ONE_SERVICE, export=False, may="consume", principal="ci-1")
    assert "grants" not in result
    assert (result["answer"]["answer"], result["answer"]["lines"][0]) == ("yes", "yes")
    assert gather(HOLDS, **ONE_SERVICE, access=False)["grants"] == [TOKEN]


@pytest.mark.parametrize(
    "given, certainty", [(None, "assumed"), (True, "documented"), ("yes", "documented"), ({"i-1": True}, "documented")]
)
def test_whether_sasl_is_on_may_be_said_in_words_and_for_each_instance(given, certainty):
    calls = {T: ROMA.read_all(ROMA.row(policies=[ROMA.owner]))}
    result = gather(calls, ufile=False, roma_instances=["i-1"], roma_sasl=given)
    assert {row["certainty"] for row in result["access"]} == {certainty}


def test_a_reading_that_is_ended_at_the_very_end_says_so():
    result = gather(HOLDS, when_done=ENDED, **ONE_SERVICE)
    assert (result["failed"], result["error"]["kind"]) == (True, "interrupted")
