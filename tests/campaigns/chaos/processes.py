# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that have an ansible-playbook process each: the role, the playbook apply, and SIGKILL of a whole run."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import pathlib
import random
import subprocess
import sys
import time

import harness

from tools.run import descendants

from . import faults, inside, killed, oracle, oracle_systems, planting
from . import schedule as schedules
from .tasks import Task
from .witness import Witness

harness.COLLECTIONS = pathlib.Path(os.environ.get("ANSIBLE_COLLECTIONS_PATH") or harness.COLLECTIONS)
HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parents[1]
LONGEST = 180.0


def needed(seed: int) -> str:
    """Which process of its own a seed gets, if any."""
    ways = {0: "role", 3: "killed", 6: "apply", 12: "role", 15: "killed"}
    return ways.get(seed // schedules.PLAYED_EVERY % 24, "")


def start(folder: pathlib.Path, name: str, play, *arguments: str, environment=None) -> subprocess.Popen:
    """ansible-playbook, with a home of its own, on a play or the name of a playbook."""
    home = folder / f"{name}-{time.monotonic_ns()}"
    (home / "home").mkdir(parents=True)
    if not isinstance(play, str):
        (home / "play.yml").write_text(json.dumps(play), encoding="utf-8")
    more = {
        "ANSIBLE_ACTION_PLUGINS": str(HERE / "action_plugins"),
        "ANSIBLE_CALLBACK_PLUGINS": os.pathsep.join([str(TESTS / "functional" / "callbacks"), str(HERE / "callbacks")]),
        "ANSIBLE_CALLBACKS_ENABLED": "recorder,unresolved",
        "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]),
        **(environment or {}),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", play if isinstance(play, str) else "play.yml", *arguments],
        cwd=home,
        env=harness.Player._environment(home, more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    process.home = home
    return process


def end(process: subprocess.Popen) -> None:
    """SIGKILL for a run and all of its workers, unless it has ended."""
    if process.poll() is not None:
        return
    for pid in [process.pid, *descendants(process.pid)]:
        killed.kill(pid)


def recorded(process) -> list[dict]:
    path = process.home / "recorded"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


# -- the role --------------------------------------------------------------------------------------


class Grant(oracle_systems.Entry):
    """An entry whose outcome is written down, since the role makes the module's options."""

    def declared(self, before, purge):
        return {**(before or {}), **self.values}


class Role(oracle_systems.System):
    """Stands where a task has its system."""

    name = "role"


@dataclasses.dataclass
class Grants(Task):
    """What a run of the role asks for, on all four systems."""

    rows: list[dict] = dataclasses.field(default_factory=list)


def grants(before) -> Grants:
    """Grants on names that are there and one that is not, and the fields that they come to."""
    rows, entries = [], []

    def grant(system, place, name, row, values):
        found = oracle_systems.BY_NAME[system]
        scope = {found.scope: place} if found.scope else {}
        rows.append({"system": f"{found.cloud}_{system}", **scope, "principal": name, **row})
        shown = row["topics"][0] if system == "roma" else name
        keys = (key for key, state in before.items() if key[:2] == (system, place) and state["name"] == shown)
        entries.append(Grant(found, place, next(keys, None), {found.by_name: shown}, values))

    grant("ufile", "", "alpha", {"setup": "no_access"}, {"ops": frozenset()})
    new = {"ops": frozenset({"TOKEN_ALLOW_WRITE"}), "buckets": frozenset({"acme-raw"}), "name": "fresh-one"}
    grant("ufile", "", "fresh-one", {"setup": "upload_only", "buckets": ["acme-raw"]}, new)
    both = {"produce": "ALL", "consume": "ALL", "produces": frozenset(), "consumes": frozenset()}
    grant("urocketmq", "urmq-1", "alpha", {"setup": "read_write"}, both)
    topics = before["urocketmq", "urmq-2", "ut-urmq-2-beta"]["produces"] | {"fresh"}
    grant("urocketmq", "urmq-2", "beta", {"setup": "producer", "topics": ["fresh"]}, {"produces": topics})
    deny, sub = frozenset({"DENY"}), frozenset({"SUB"})
    nothing = {"admin": False, "white": frozenset(), "topic": deny, "group": deny, "topics": {}, "groups": {}}
    grant("rocketmq", "rmq-1", "user-alpha", {"setup": "no_access"}, nothing)
    grant("rocketmq", "rmq-2", "user-beta", {"setup": "no_access"}, nothing)
    fresh = {**nothing, "name": "user-fresh", "topic": sub, "group": sub, "secret": "Fresh-Key-0815"}
    row = {"setup": "read_only", "secret_key": "Fresh-Key-0815"}
    grant("rocketmq", "rmq-2", "user-fresh", row, fresh)
    for name in ("topic-alpha", "topic-beta"):
        policies = before["roma", "roma-1", name]["policies"]
        app = next((app for app in oracle_systems.APPS if app not in policies), None)
        if app:
            asked = {"policies": {**policies, app: ("all", False, frozenset())}}
            grant("roma", "roma-1", app, {"setup": "read_write", "topics": [name]}, asked)
    return Grants(Role(), "role", entries, "many", purge=False, rows=rows)


def _play(sim, schedule) -> list[dict]:
    """A play of the role, or of a task."""
    given = {cloud: {**harness.connection(sim, cloud), **schedule.options} for cloud in ("ucloud", "huaweicloud")}
    defaults = {f"group/{harness.NAMESPACE}{cloud}": options for cloud, options in given.items()}
    play = {"hosts": "localhost", "gather_facts": False, "module_defaults": defaults}
    if isinstance(schedule.task, Grants):
        play.update(roles=["grantops.cloud.permissions"], vars={"permissions_grants": schedule.task.rows})
    else:
        play["tasks"] = [{harness.NAMESPACE + schedule.task.system.module: schedule.task.params}]
    return [play]


def _process(sim, folder, schedule, how) -> subprocess.Popen:
    if how != "apply":
        return start(folder, how, _play(sim, schedule))
    path = folder / f"grants-{schedule.seed}.json"
    path.write_text(json.dumps({"permissions_grants": schedule.task.rows}), encoding="utf-8")
    return start(folder, how, "grantops.cloud.apply", "-e", f"permissions_file={path}", environment=sim.environment())


# -- one run ---------------------------------------------------------------------------------------


def run(sim, doors, folder: pathlib.Path, seed: int):
    """One seed with a process for each of its runs."""
    how, began = needed(seed), time.monotonic()
    schedule = schedules.make(sim, seed, quick=True, plain=True)
    if how == "killed":
        schedule.faults = []
    else:
        schedule.task = grants(schedule.before)
        rules = [fault for fault in schedule.faults if fault.kind.where == "server"]
        rng = random.Random(seed)
        closed = rng.choice([kind for kind in faults.KINDS if kind.name == "closed"])
        # The role reads and writes four systems: a fault may strike any of them, and not for good.
        schedule.faults = rules or [faults.make(rng, closed, "ucloud", 6)]
        for fault in schedule.faults:
            fault.times, fault.skip = min(fault.times or 2, 3), random.Random(seed).randint(0, 5)
    runs, violations = [], []
    for number in range(2):  # to find nothing to do is tried often enough elsewhere, and this is slow
        current = schedule
        if number:
            planting.calm(sim, schedule)
            current = schedule.calm(sim)
        witness = Witness(sim) if number or how == "killed" else planting.plant(sim, schedule)
        sim.witness = witness
        moment = ""
        started = time.monotonic()
        process = _process(sim, folder, current, how)
        if how == "killed" and not number:
            writes = max(1, sum(goal.differs for goal in schedule.goals()))
            moment = killed.spring(sim, witness, random.Random(seed + 2), functools.partial(end, process), writes)
        try:
            output = process.communicate(timeout=LONGEST)[0]
        finally:
            end(process)
        inside.settled(sim, ended=True)
        sim.witness = None
        if moment:
            schedule.faults = [killed.fault(process.returncode < 0, moment)]
        elif not number:
            planting.count(sim, schedule, witness)
        result = None if moment else _result(process, schedule)
        seconds = time.monotonic() - started
        runs.append(oracle.Run(current, witness, result, seconds=seconds, slack=LONGEST))
        violations += [oracle.Violation(seed, "b", text) for text in _status(runs[-1], process, moment, output)]
    violations += oracle.judge(runs[0]) + oracle.judge_again(runs[0], runs[1:])
    return schedule, runs[0], violations, time.monotonic() - began


def _result(process, schedule):
    """The result of a task; of a role, what its tasks come to together."""
    entries = recorded(process)
    results = [entry["result"] for entry in entries]
    if not isinstance(schedule.task, Grants):
        return results[-1] if results else {"failed": True, "msg": "no result"}
    whole = {"changed": any(result.get("changed") for result in results), "role": True}
    bad = [entry["result"] for entry in entries if entry["status"] == "failed"]
    # The task that did it all says why, and does not fail in the role: the last task fails, with the words alone.
    why = [result["error"] for result in results if "error" in result]
    if bad:
        whole = {**bad[-1], "failed": True, **({"error": why[-1]} if why else {}), **whole}
    return whole


def _status(run, process, moment, output):
    """The exit status of ansible-playbook against what happened."""
    if moment:
        return
    failed = bool(run.result.get("failed"))
    if (process.returncode != 0) is not failed:
        yield f"exit status {process.returncode}, failed: {failed}. {output[-600:]}"
    for goal in run.goals:
        if process.returncode == 0 and not oracle_systems.fits(goal.state(run.after), goal.declared):
            yield f"exit status 0, and {goal} is not as declared"
