# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends that renew themselves: what a nightly job does in a year, and that both ways in do the same."""

from __future__ import annotations

import time

import cases
import pytest

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


@pytest.mark.parametrize("way", ["worker", "module"])
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
