# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever ends a task, its result says what was written; and each attempt of a task asks once."""

from __future__ import annotations

import pytest
import ways

NEW = {"allowed_buckets": ["b"], "allowed_prefixes": ["*"], "expire_time": "2030-01-01"}


def tokens(count):
    return {"tokens": [{"token_name": f"new-{number:03d}", **NEW} for number in range(count)]}


def made(sim):
    return sorted(
        token["TokenName"]
        for token in sim.estate["ucloud"]["ufile_tokens"].values()
        if token["TokenName"].startswith("new-")
    )


def named(error, key):
    return sorted(entry["token_name"] for entry in error[key])


def test_the_end_of_a_tasks_time_says_what_was_written(sim, play):
    sim.traps.set(latency=300)
    task = {"ucloud_ufile_token": {**tokens(60), "concurrency": 4}, "timeout": 2}
    (recorded,) = play([task]).recorded
    result = recorded["result"]
    error = result["error"]
    assert (recorded["status"], result["changed"], result["timedout"]["period"]) == ("failed", True, 2)
    assert (error["kind"], error["code"]) == ("interrupted", "TaskTimeoutError")
    assert 0 < len(made(sim)) < 60
    # What was accepted is said to be written; what was on its way may be.
    assert set(named(error, "written")) <= set(made(sim)), result
    assert set(made(sim)) <= set(named(error, "written") + named(error, "failed")), result
    assert len(error["written"] + error["failed"] + error["pending"]) == 60
    assert len(error["failed"]) <= 4


@ways.worker_first
def test_each_attempt_of_a_task_with_a_refused_key_asks_once(sim, play, way):
    sim.traps.set(fail_next={"match": "any", "RetCode": 171, "times": None})
    task = {
        "ucloud_ufile_token_info": {}, "register": "found", "until": "found is success", "retries": 3, "delay": 0,
    }  # fmt: skip
    last = play([task], way=way).recorded[-1]
    assert (last["status"], last["result"]["attempts"]) == ("failed", 3)
    assert sim.counters["total"] == 4


@pytest.mark.parametrize("rate", [25, 60])
def test_many_creations_while_the_service_throttles_are_each_accounted_for(sim, run, rate):
    sim.traps.set(throttle={"rate": rate, "style": "ucloud-153"})
    result = run("ucloud_ufile_token", concurrency=8, **tokens(120))
    if result.get("failed"):
        error = result["error"]
        assert set(named(error, "written")) == set(made(sim))
        assert len(error["written"] + error["failed"] + error["pending"]) == 120
    else:
        assert len(made(sim)) == 120
    assert result["changed"] is True
