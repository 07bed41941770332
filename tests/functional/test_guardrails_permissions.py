# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guardrails of the module `permissions` and of the role: one system that is refused means no write anywhere."""

from __future__ import annotations

import json

import cases
import harness
import pytest

GRANTS = [
    {"system": "huaweicloud_rocketmq", "instance_id": "rmq-1", "principal": "user-gamma", "setup": "producer", "topics": ["secret"]},
    {"system": "ucloud_urocketmq", "service_id": "urmq-1", "principal": "alpha", "setup": "producer", "topics": ["fine"]},
]  # fmt: skip
DENY = {"id": "s", "deny": {"action": "publish", "on": "secret"}, "when": "new"}
ONE = {"id": "one", "limit": {"action": "publish", "on": "secret", "at_most": 0}}


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)
    sim.add_rocketmq_user(instance_id="rmq-1", access_key="user-gamma")


def connections(sim):
    return {provider: harness.connection(sim, provider) for provider in ("ucloud", "huaweicloud")}


@pytest.mark.parametrize("rule", [DENY, ONE], ids=lambda rule: rule["id"])
@pytest.mark.parametrize("way", ["worker", "module"])
def test_the_module_writes_nothing_anywhere(sim, play, way, rule):
    task = {"grants": GRANTS, "guardrails": [rule], **connections(sim)}
    (result,) = play([{"grantops.cloud.permissions": task}], way=way, module_defaults={}).results
    assert f"guardrail {rule['id']} " in result["msg"]
    assert "(grant 1)" in result["msg"]
    assert sim.counters["write"] == 0


def test_the_role_takes_the_list_or_a_file_and_refuses_null(sim, play, tmp_path):
    file = tmp_path / "rules.json"
    file.write_text(json.dumps([DENY]), encoding="utf-8")
    empty = tmp_path / "empty.yml"
    empty.write_text("", encoding="utf-8")
    given = {f"permissions_{key}": value for key, value in connections(sim).items()}
    said = []
    for more in (
        {"permissions_guardrails": [DENY]},
        {"permissions_guardrails_file": str(file)},
        {"permissions_guardrails_file": str(empty)},
    ):
        tasks = [
            {"ansible.builtin.include_role": {"name": "grantops.cloud.permissions"}, "vars": {**given, **more, "permissions_grants": GRANTS}}
        ]  # fmt: skip
        said.append(play(tasks, module_defaults={}).output)
    assert "guardrail s (deny, new)" in said[0]
    assert "guardrail s (deny, new)" in said[1]
    assert "empty.yml must hold permissions_guardrails and a list of rules" in " ".join(said[2].split()), said[2]
    assert sim.counters["write"] == 0
