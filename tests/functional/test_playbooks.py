# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the Ansible worker and as a module: the same result, diff and error; and when which of them runs."""

from __future__ import annotations

import re
import sys

import cases
import harness
import pytest

ITEMS = 12


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


def table():
    """Tasks over all modules: predicted, made, made again, refused, not found, wrong."""
    tasks = []
    for case in cases.CASES:
        option, (_unused, fewer) = next(iter(case.lists.items()))
        params = case.on_alpha("one", **{option: fewer})
        both = case.params("many", (case.beta, {option: fewer}), (case.alpha, {option: fewer}))
        tasks += [
            {case.module: params, "check_mode": True},
            {case.module: both},
            {case.module: case.params("many", (case.alpha, {}), (case.missing, {option: fewer}))},
            {case.info: {**case.scope, **case.beta}},
        ]
    key, user = {"sk": "wrong-key"}, {**cases.ROCKETMQ.scope, **cases.ROCKETMQ.alpha}
    tasks += [
        {cases.UFILE.module: {"token_name": "beta", "expire_time": "2001-01-01"}},
        {cases.ROCKETMQ.module: {**user, "white_remote_address": "192.0.2.9"}},  # a warning
        {cases.UFILE.module: {**cases.UFILE.alpha, **cases.UFILE.bad}},
        {cases.ROCKETMQ.module: {**user, "secret_key": "Other-Secret-0815", "admin": False}},
        {cases.ROCKETMQ.module: {**user, "admin": "certainly"}},
        {cases.ROCKETMQ.module: {**user, "no_such_option": 1}},
        {cases.ROCKETMQ.module: {**cases.ROCKETMQ.scope}},
        {cases.ROCKETMQ.module: {**user, "users": []}},
        {cases.ROCKETMQ.info: {**cases.ROCKETMQ.scope, **key}},
        {cases.ROMA.info: {}},
        {cases.ROMA.info: {"instance_id": "elsewhere"}},
    ]
    return tasks


def test_both_ways_give_the_same(sim, play):
    results, estates = {}, {}
    for way in ("worker", "module"):
        cases.furnish(sim)
        done = play(table(), way=way)
        assert len(done.results) == len(table())
        # Only a module tells what it was called with.
        assert ["invocation" in result for result in done.results].count(way == "module") == len(table())
        results[way] = harness.timeless(done.recorded)
        estates[way] = harness.dump(sim)
    for task, inside, outside in zip(table(), results["worker"], results["module"], strict=True):
        assert same(inside) == same(outside), task
    assert estates["worker"] == estates["module"]
    statuses = [entry["status"] for entry in results["worker"]]
    assert (statuses.count("ok"), statuses.count("failed")) == (14, 13)
    assert any(entry["result"].get("warnings") for entry in results["worker"])


def same(entry):
    """An entry without its request id, and without who was given an option it does not have; see the next test."""
    result = dict(entry["result"])
    if isinstance(result.get("msg"), str):
        result["msg"] = re.sub(r"(Unsupported parameters for|Request id:) [^ ]+", r"\1", result["msg"])
    return {**entry, "result": result}


def test_an_unknown_option_names_the_module(play):
    (result,) = play([{cases.ROMA.info: {"instance_id": "roma-1", "no_such_option": 1}}]).results
    assert "Unsupported parameters for (grantops.cloud.huaweicloud_roma_topic_policy_info)" in result["msg"]


# -- a loop ----------------------------------------------------------------------------------------


def loop(**more):
    users = [f"user-{number:03d}" for number in range(ITEMS)]
    params = {**cases.ROCKETMQ.scope, "user_name": "{{ item }}", "admin": True, **more}
    return [{cases.ROCKETMQ.module: params, "loop": users}]


@pytest.mark.parametrize("lookup", [False, True], ids=["project-given", "project-looked-up"])
def test_a_loop_keeps_its_connection(sim, play, lookup):
    for number in range(ITEMS):
        sim.add_rocketmq_user(instance_id="rmq-1", access_key=f"user-{number:03d}")
    # Without a project it is asked for, once.
    done = play(loop(**({"project_id": ""} if lookup else {})))
    assert done.results[0]["changed"] is True
    assert len(done.results[0]["results"]) == ITEMS
    counters = sim.counters
    assert counters["connections"] == 1
    assert counters["by_operation"] == {
        "ShowUser": 2 * ITEMS,
        "UpdateUser": ITEMS,
        **({"KeystoneListProjects": 1} if lookup else {}),
    }


def test_a_loop_with_a_refused_key_does_not_lock_it(sim, play):
    done = play(loop(sk="wrong-key"))
    assert [item["error"]["kind"] for item in done.results[0]["results"]] == ["authentication"] * ITEMS
    assert sim.counters["refused"] == {"APIGW.0301": 1}


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


def test_module_defaults_of_the_groups(sim, play):
    """Credentials and the scope come from the group; without it there are none."""
    defaults = {
        f"group/{harness.NAMESPACE}ucloud": harness.connection(sim, "ucloud"),
        f"group/{harness.NAMESPACE}huaweicloud": harness.connection(sim, "huaweicloud"),
    }
    tasks = [{case.info: case.scope} for case in cases.CASES] + [
        {case.module: case.on_alpha("one")} for case in cases.CASES
    ]
    assert {entry["status"] for entry in play(tasks, module_defaults=defaults).recorded} == {"ok"}
    done = play(tasks, module_defaults={})
    assert {entry["status"] for entry in done.recorded} == {"failed"}
    assert all("credentials" in result["msg"] for result in done.results)


def test_the_environment_has_what_the_task_leaves_out(sim, play):
    environment = sim.environment()
    for service in ("ROCKETMQ", "ROMA"):
        environment[f"HUAWEICLOUD_SDK_REGION_{service}_EU_WEST_101"] = sim.url
    tasks = [{case.module: case.on_alpha("one", **case.full())} for case in cases.CASES]
    done = play(tasks, module_defaults={}, environment=environment)
    assert [result["changed"] for result in done.results] == [False] * 4
