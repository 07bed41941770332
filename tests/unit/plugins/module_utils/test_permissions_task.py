# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of `permissions`: what it refuses before anything is sent, and the keys that it returns."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _permissions_task
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, huawei, ucloud

from ._permissions.passes import KEY, ROCKETMQ, TOKEN, UROCKETMQ, USER, Q, R, play, statuses, token, user

NEW = [UROCKETMQ.list(), ucloud("CreateURocketMQToken", ANY, {"TokenId": "t-1"})]
SHOWN = ucloud("GetURocketMQToken", ANY, {"Token": token(AKSK={"AccessKey": "ak-new", "SecretKey": "TokenPrivate0"})})
HIDDEN = ucloud("GetURocketMQToken", ANY, {"Token": token(AKSK={})})
FAILING = {R: [ROCKETMQ.list(user()), huawei("PUT", "instances/i-1/users/billing-1", ANY, status=400, code="DMS.1")]}


@pytest.mark.parametrize(
    "grants, options, said",
    [
        ([], {}, "grants must hold at least one grant; got none"),
        ([TOKEN], {"systems": [R]}, "systems must be some that grants are for; got huaweicloud_rocketmq"),
        ([TOKEN], {"systems": []}, "systems: must name at least one"),
        ([TOKEN], {"verify_timeout": -1}, "verify_timeout: must be a number of seconds from 0 to 3600"),
        ([TOKEN], {"verify_timeout": 3601}, "verify_timeout: must be a number of seconds from 0 to 3600"),
        ([TOKEN], {"exclusive_limit": -1}, "exclusive_limit: must be at least 0"),
        ([TOKEN], {"identities": {"ann": ["x"]}}, "`identities: ann` must have entries such as {system"),
        (
            [TOKEN],
            {"roma_sasl": 1},
            "`roma_sasl` must be true, false, or a mapping of instances to true or false; got 1",
        ),
        ([TOKEN], {"setups": {"mine": {"x": {}}}}, "permissions_setups.mine must be a mapping"),
        (KEY, {}, "grants must be a list of grants; got something else"),
        ([dict(USER, secret_key=KEY, topics=["a"])], {}, "topics must be left out"),
    ],
)
def test_a_mistaken_task_sends_nothing(grants, options, said):
    result = play(grants, **options)
    assert (result["failed"], result["changed"], result["deleted"]) == (True, False, [])
    assert said in result["msg"]
    assert said.rpartition(": ")[2] in result["artifacts"]["permissions_refused"][0]["message"]


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


def test_a_signal_at_the_very_end_loses_nothing():
    def when_done():
        raise KeyboardInterrupt

    calls = {Q: [UROCKETMQ.list(token()), *UROCKETMQ.write(token(consume="ALL"))]}
    result = play([TOKEN], calls, when_done=when_done)
    assert (result["failed"], result["changed"], statuses(result)) == (True, True, ["written"])


# -- permissions_info --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, said",
    [
        ({"ufile": False}, "There is nothing to look at"),
        ({"setups": {"mine": "text"}}, "permissions_setups.mine must be a mapping"),
    ],
)
def test_a_mistaken_reading_sends_nothing(options, said):
    result = play(None, task=_permissions_task.PermissionsTask(info=True), **options)
    assert result["failed"] is True
    assert said in result["msg"]


@pytest.mark.parametrize("broken", [False, True])
def test_an_estate_is_read_as_grants(broken):
    calls = {Q: [UROCKETMQ.list(token(consume="ALL"), **({"code": 299} if broken else {}))]}
    options = {"ufile": False, "urocketmq_services": ["s-1", "s-1"]}
    result = play(None, calls, task=_permissions_task.PermissionsTask(info=True), **options)
    if broken:
        assert result["msg"].startswith("Could not read URocketMQ tokens. ")
    else:
        assert result["grants"] == [TOKEN]
        assert "setup: read_only" in result["grants_text"]
