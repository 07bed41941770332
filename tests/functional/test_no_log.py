# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are masked, nothing else is: neither an option by its name nor a result by a common word."""

from __future__ import annotations

import re

import cases
import harness
import mistakes
import pytest
import ways

ALL = harness.MODULES + harness.INFOS
# What Ansible's own checks take for a secret by its name, unless it ends like the name of a thing.
SOUNDS = re.compile(r"(?:pass(?!ive)|secret|token|cryptkey)(?!.*_(?:id|name)$)", re.IGNORECASE)
SECRETS = {
    "ucloud": {"private_key", "security_token", "channel_key"},
    "huaweicloud": {"sk", "security_token", "auth_token", "iam_password", "secret_key"},
}


@pytest.mark.parametrize("module", ALL)
def test_no_log_is_true_on_secrets_only(module):
    provider = module.partition("_")[0]
    masked = {slot.option for slot in mistakes.slots(module) if slot.rule.get("no_log")}
    here = SECRETS[provider] - ({"secret_key"} if module != "huaweicloud_rocketmq_user" else set())
    assert masked == here


@pytest.mark.parametrize("module", ALL)
def test_a_name_that_sounds_like_a_secret_says_whether_it_is_one(module):
    """Ansible warns about such a name, and other tools mask it, where the spec does not say."""
    sounding = [
        slot
        for slot in mistakes.slots(module)
        if SOUNDS.search(slot.option) and not slot.is_entry and slot.kind != "bool"
    ]
    assert sounding
    assert [str(slot) for slot in sounding if slot.rule.get("no_log") not in (True, False)] == []


WORDS = ["orders", "audit", "shop", "true", "False", "sub", "topic-alpha", "update", "payments"]


@pytest.mark.parametrize("word", WORDS)
def test_a_password_that_is_a_common_word_does_not_blank_out_a_result(sim, run, word):
    case = cases.ROMA
    option, (_unused, fewer) = next(iter(case.lists.items()))
    results = []
    for password in (word, "a-password-of-its-own-4711"):
        cases.furnish(sim)
        sim.credentials["huaweicloud"]["iam_user"]["iam_password"] = password
        good = run.ok(case.module, credential="iam_user", **case.on_alpha("one", **{option: fewer}))
        sim.traps.set(fail_next={"match": case.write, "status": 400, "code": "X.1", "message": "no"})
        bad = run.failed(case.module, credential="iam_user", **case.on_alpha("one", **case.full()))
        results.append([harness.timeless(good), names(bad)])
    assert results[0] == results[1]


def names(result):
    """What a rescue block goes on with: everything but the texts."""
    error = result["error"]
    kept = ("kind", "provider", "operation", "method", "status", "code", "failed", "written", "pending")
    return {"changed": result["changed"], **{key: error[key] for key in kept}}


@ways.both_ways
def test_a_task_whose_key_is_new_still_says_what_it_did(sim, play, way):
    cases.furnish(sim)
    values = {"secret_key": "orders-Key-1", "topic_perms": [{"name": "orders", "perm": "SUB"}]}
    done = play([{"huaweicloud_rocketmq_user": cases.ROCKETMQ.on_alpha("one", **values)}], way=way)
    (result,) = done.results
    assert result["changed"] is True
    assert result["user"]["topic_perms"] == [{"name": "orders", "perm": "SUB"}]
    (change,) = result["changes"]
    assert change["after"] == {"secret_key": "<new value hidden>", "topic_perms": {"orders": "SUB"}}
    assert "orders-Key-1" not in done.output
