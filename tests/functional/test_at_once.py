# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one writer did stays: several processes at once, one after the other, and replicas that answer in turn."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import cases
import harness
import pytest

HERE = pathlib.Path(__file__).resolve().parent
COUNT = 6
# One addition to alpha: a list of it, and the entry that one of many adds.
ADDITIONS = {
    cases.UFILE: ("allowed_buckets", lambda number: f"bucket-{number}"),
    cases.UROCKETMQ: ("allow_produce_topic_list", lambda number: f"topic-{number}"),
    cases.ROCKETMQ: ("topic_perms", lambda number: {"name": f"topic-{number}", "perm": "SUB"}),
    cases.ROMA: ("policies", lambda number: {"app_name": f"app-{number}", "access_policy": "sub"}),
}
each = pytest.mark.parametrize("case", ADDITIONS, ids=lambda case: case.label)
# One task in a process of its own: what it is to do comes as JSON, what it found goes out as JSON.
TASK = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
import harness
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
print("ready", flush=True)
module, params = json.load(sys.stdin)
resource = harness.resource_of(module)
params = ArgumentSpecValidator(**harness._task.argument_spec(resource)).validate(params).validated_parameters
print(json.dumps(harness._task.execute(resource, params)))
"""


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)
    # Its additions would need no lock: the call for them takes nothing away.
    sim.traps.set(no_batch_add=True)
    for number in range(COUNT):
        sim.add_roma_app(instance_id="roma-1", id=f"id-{number}", name=f"app-{number}")


def addition(case, number):
    option, entry = ADDITIONS[case]
    return case.on_alpha("one", purge=False, **{option: [entry(number)]})


def found(sim, case):
    """Which of the additions the service holds."""
    option, entry = ADDITIONS[case]
    text = json.dumps(case.record(sim))
    return [number for number in range(COUNT) if f'-{number}"' in text or f"topic-{number}" in text]


def at_once(sim, case, tasks):
    """The results of tasks that begin at the same time, against a service that takes its time.

    In threads, which a file lock keeps apart like processes, and which need no Python of their own.
    """
    sim.traps.set(latency=50)
    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(lambda params: harness.Runner(sim)(case.module, verify_timeout=5, **params), tasks))


def writing(sim, case):
    """A process whose write is under way and will not be answered soon."""
    sim.traps.set(fail_next={"match": "write", "latency": 20000})
    process = Process(sim, case, addition(case, 0)).go()
    while not sim.counters["write"]:
        assert process.process.poll() is None, process.result()
        time.sleep(0.01)
    return process


class Process:
    """A task that runs by itself."""

    def __init__(self, sim, case, params, **options):
        given = dict(harness.connection(sim, case.module), verify_timeout=5, **options)
        arguments = [sys.executable, "-c", TASK, json.dumps([str(HERE), str(harness.COLLECTIONS)])]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.task = json.dumps([case.module, {**given, **params}])
        self.process = subprocess.Popen(arguments, text=True, **pipes)

    def go(self):
        """Begin; what it takes to be ready is over then."""
        assert self.process.stdout.readline() == "ready\n", self.process.stderr.read()
        self.process.stdin.write(self.task)
        self.process.stdin.close()
        self.process.stdin = None
        return self

    def result(self):
        output, errors = self.process.communicate(timeout=60)
        assert output, errors
        return json.loads(output)

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()


@each
def test_what_several_tasks_add_at_once_is_all_there(sim, case):
    results = at_once(sim, case, [addition(case, number) for number in range(COUNT)])
    assert [result.get("msg") for result in results if result.get("failed")] == []
    assert [result["changed"] for result in results] == [True] * COUNT
    assert found(sim, case) == list(range(COUNT))


def test_processes_are_kept_apart_as_threads_are(sim):
    sim.traps.set(latency=50)
    case = cases.ROMA
    processes = [Process(sim, case, addition(case, number)) for number in range(3)]
    for process in processes:
        process.go()
    assert [process.result().get("msg") for process in processes] == [None] * 3
    assert found(sim, case) == [0, 1, 2]


def test_several_tasks_that_change_different_fields_of_one_resource_lose_none(sim):
    case = cases.ROCKETMQ
    changes = [
        {"admin": False}, {"default_topic_perm": "DENY"}, {"white_remote_address": ""},
        {"topic_perms": [], "purge": True}, {"group_perms": [], "purge": True},
    ]  # fmt: skip
    results = at_once(sim, case, [case.on_alpha("one", **change) for change in changes])
    assert [result.get("msg") for result in results] == [None] * len(changes)
    record = case.record(sim)
    assert [record[key] for key in ("admin", "default_topic_perm", "white_remote_address")] == [False, "DENY", ""]
    assert (record["topic_perms"], record["group_perms"]) == ([], [])


def test_several_tasks_that_create_one_name_make_one(sim):
    params = {"token_name": "new-one", "allowed_buckets": ["b"], "allowed_prefixes": ["*"], "expire_time": "2030-01-01"}
    results = at_once(sim, cases.UFILE, [params] * 4)
    assert [result.get("msg") for result in results] == [None] * 4
    assert sorted(result["changed"] for result in results) == [False, False, False, True]
    names = [token["TokenName"] for token in sim.estate["ucloud"]["ufile_tokens"].values()]
    assert names.count("new-one") == 1


def test_a_process_that_is_killed_while_it_writes_leaves_no_lock(sim, run):
    case = cases.UROCKETMQ
    writing(sim, case).kill()
    started = time.monotonic()
    assert run.ok(case.module, **addition(case, 1))["changed"] is True
    assert time.monotonic() - started < 10
    assert 1 in found(sim, case)


# -- replicas --------------------------------------------------------------------------------------


@each
@pytest.mark.parametrize("replicas", [[0, 1.5], [1.5, 0], [0, 0.7, 1.5]], ids=str)
def test_additions_in_a_row_all_stay_where_replicas_answer_in_turn(sim, run, case, replicas):
    sim.traps.set(replicas=replicas)
    for number in range(3):
        assert run.ok(case.module, verify_timeout=20, **addition(case, number))["changed"] is True
    sim.traps.clear("replicas")
    assert found(sim, case) == [0, 1, 2]


def test_a_name_that_was_created_a_moment_ago_is_not_created_again(sim, run):
    params = {"token_name": "new-one", "allowed_buckets": ["b"], "allowed_prefixes": ["*"], "expire_time": "2030-01-01"}
    sim.traps.set(replicas=[1.5, 0])
    assert run.ok("ucloud_ufile_token", verify_timeout=20, **params)["changed"] is True
    for _unused in range(2):
        assert run.ok("ucloud_ufile_token", verify_timeout=20, **params)["changed"] is False
    names = [token["TokenName"] for token in sim.estate["ucloud"]["ufile_tokens"].values()]
    assert names.count("new-one") == 1
