# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the Ansible worker and as a module: when which of them runs, and what the worker keeps. See test_target.py too."""

from __future__ import annotations

import sys

import cases
import pytest

ITEMS = 12


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


# -- a loop ----------------------------------------------------------------------------------------


def loop(**more):
    users = [f"user-{number:03d}" for number in range(ITEMS)]
    params = {**cases.ROCKETMQ.scope, "user_name": "{{ item }}", "admin": True, **more}
    return {cases.ROCKETMQ.module: params, "loop": users}


def test_a_loop_keeps_its_connection_and_does_not_lock_a_key(sim, play):
    for number in range(ITEMS):
        sim.add_rocketmq_user(instance_id="rmq-1", access_key=f"user-{number:03d}")
    # Without a project it is asked for, once. The loop with a wrong key has a connection of its own.
    good, refused = play([loop(project_id=""), loop(sk="wrong-key")]).results
    assert good["changed"] is True and len(good["results"]) == ITEMS
    assert [item["error"]["kind"] for item in refused["results"]] == ["authentication"] * ITEMS
    counters = sim.counters
    assert (counters["connections"], counters["refused"]) == (2, {"APIGW.0301": 1})
    expected = {"ShowUser": 2 * ITEMS + 1, "UpdateUser": ITEMS, "KeystoneListProjects": 1}
    assert counters["by_operation"] == expected


# -- which of the two ------------------------------------------------------------------------------


def test_when_the_module_takes_over(sim, play, tmp_path):
    python = tmp_path / "elsewhere" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    task = {cases.UFILE.info: {"token_id": "uf-alpha"}}
    handed_over = [
        {**task, "environment": {"SOMETHING": "1"}},
        {**task, "vars": {"ansible_python_interpreter": str(python)}},
        {**task, "vars": {"ansible_python_interpreter": "{{ '" + str(python) + "' }}"}},
        {**task, "async": 30, "poll": 1},
    ]
    kept = [
        task,
        {**task, "vars": {"ansible_python_interpreter": sys.executable}},
        {**task, "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}},
        {**task, "delegate_to": "localhost"},
        {**task, "connection": "ansible.builtin.local"},
        {**task, "environment": {}},
        {**task, "check_mode": True},
    ]
    done = play(handed_over + kept)
    assert [entry["status"] for entry in done.recorded] == ["ok"] * len(handed_over + kept)
    ran = ["invocation" in result or "ansible_job_id" in result for result in done.results]
    assert ran == [True] * len(handed_over) + [False] * len(kept)
    assert {len(result["tokens"]) for result in done.results} == {1}


def test_the_environment_has_what_the_task_leaves_out(sim, play):
    environment = sim.environment()
    for service in ("ROCKETMQ", "ROMA"):
        environment[f"HUAWEICLOUD_SDK_REGION_{service}_EU_WEST_101"] = sim.url
    tasks = [{case.module: case.on_alpha("one", **case.full())} for case in cases.CASES]
    done = play(tasks, module_defaults={}, environment=environment)
    assert [result["changed"] for result in done.results] == [False] * 4
