# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends that renew themselves: what a nightly job does in a year, and that both ways in do the same."""

from __future__ import annotations

import time

import cases
import harness
import pytest
import ways
from role_harness import Role

from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields

DAY = 86400
RENEWS = {"token_name": "alpha", "expires_in": "90d", "renew_before": "30d"}


def test_a_nightly_job_writes_seven_times_in_400_days_just_when_the_plan_of_that_day_says_so(sim, run, monkeypatch):
    cases.furnish(sim)
    start = int(time.time()) // DAY * DAY
    token = sim.estate["ucloud"]["ufile_tokens"]["uf-alpha"]
    token["ExpireTime"] = start + DAY
    writes = []
    for day in range(400):
        monkeypatch.setattr(fields, "now", lambda day=day: start + day * DAY + 60)
        assert token["ExpireTime"] > fields.now()
        planned = run.ok("ucloud_ufile_token", check_mode=True, **RENEWS)
        monkeypatch.setattr(fields, "now", lambda day=day: start + (day + 1) * DAY - 1)
        applied = run.ok("ucloud_ufile_token", **RENEWS)
        assert planned["changes"] == applied["changes"]
        writes += [day] if applied["changed"] else []
        token = sim.estate["ucloud"]["ufile_tokens"]["uf-alpha"]
    assert len(writes) == sim.counters["write"] == 7, writes


def test_a_nightly_run_of_grants_writes_just_then_as_well(sim, run, monkeypatch):
    cases.furnish(sim)
    grant = {
        "system": "ucloud_ufile",
        "principal": "alpha",
        "setup": "read_only",
        "expires_in": "90d",
        "renew_before": "30d",
    }
    grant.update(buckets=["acme-data", "acme-logs"], prefixes=["in/", "out/"])
    role, start = Role(run), int(time.time()) // DAY * DAY
    token = sim.estate["ucloud"]["ufile_tokens"]["uf-alpha"]
    token["ExpireTime"] = start + DAY
    for day in range(130):
        monkeypatch.setattr(fields, "now", lambda day=day: start + day * DAY + 60)
        assert sim.estate["ucloud"]["ufile_tokens"]["uf-alpha"]["ExpireTime"] > fields.now()
        (planned,) = role([grant], check_mode=True)
        monkeypatch.setattr(fields, "now", lambda day=day: start + (day + 1) * DAY - 1)
        (applied,) = role([grant])
        assert (planned["changed"], planned["now"]) == (applied["changed"], applied["now"])
    assert sim.counters["write"] == 3


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, []),
        ({"warn_before": "59d"}, []),
        ({"permissions_warn_before": "60d"}, ["OS005"]),
        ({"rotate_after": "11d"}, []),
        ({"permissions_rotate_after": "10d", "warn_before": "60d"}, ["OS005", "ID004"]),
    ],
)
def test_what_ends_soon_and_which_key_is_old_is_for_the_caller_to_say(sim, run, monkeypatch, options, found):
    harness.reset(sim)
    now = int(time.time())
    monkeypatch.setattr(fields, "now", lambda: now)
    more = {"AllowedOps": ["TOKEN_ALLOW_READ"], "AllowedBuckets": ["b"], "AllowedPrefixes": ["a/"]}
    token = sim.add_ufile_token(TokenName="x", **more)
    token.update(ExpireTime=now + 60 * DAY - 60, CreateTime=now - 10 * DAY)
    result = Role(run).read(**options)
    assert [each["id"] for each in result["findings"]] == found
    said = [value for option, value in options.items() if "warn" in option]
    assert f"{result['warn_before']}d" == (said or ["30d"])[0]


@pytest.mark.parametrize("option", ["warn_before", "rotate_after"])
def test_what_is_no_number_of_days_is_refused_before_anything_is_read(sim, run, option):
    said = Role(run).read(**{option: "soon"})["msg"]
    assert f"{option}: it must be a number of days such as 90d; got 'soon'" in said
    assert not sim.counters["read"]


@ways.worker_first
def test_a_playbook_renews_once_and_refuses_what_is_no_duration(sim, play, way):
    cases.furnish(sim)
    tasks = [
        {"ucloud_ufile_token": RENEWS},
        {"ucloud_ufile_token": {"expires_in": "90d", "renew_before": "30d", "tokens": [{"token_name": "alpha"}]}},
        {"ucloud_ufile_token": dict(RENEWS, renew_before="three months")},
    ]
    first, second, refused = play(tasks, way=way).results
    assert first["changed"] is True
    assert first["token"]["expire_time"] % DAY == 0
    assert 90 * DAY <= first["token"]["expire_time"] - time.time() <= 91 * DAY
    assert second["changed"] is False
    assert "renew_before: it must be a number of days such as 90d; got 'three months'" in refused["msg"]
    assert sim.counters["write"] == 1
