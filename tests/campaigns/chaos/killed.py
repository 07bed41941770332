# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that end by SIGKILL: the module's own path, in a process that is forked for each of them.

Started as a script this is the process that forks: it has loaded the collection, has no threads and no simulator. It
reads one job a line, {"module", "params", "home"}, and answers with the child's pid, and its wait status when it has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading

import harness

from ansible_collections.grantops.cloud.plugins.module_utils import _task

if __name__ != "__main__":
    from . import faults, inside, oracle, planting
    from . import schedule as schedules
    from .witness import Witness

# What a task that writes something is killed at
MOMENTS = ("carried out, not answered", "in flight", "about that time")


def _serve() -> None:
    """The forking process."""
    for text in sys.stdin:
        job = json.loads(text)
        pid = os.fork()
        if pid == 0:
            os.environ["HOME"] = job["home"]
            resource = harness.resource_of(job["module"])
            checked = harness.ArgumentSpecValidator(**_task.argument_spec(resource)).validate(job["params"])
            result = _task.execute(resource, checked.validated_parameters)
            os._exit(1 if result.get("failed") else 0)
        print(pid, flush=True)
        print(os.waitpid(pid, 0)[1], flush=True)


class Forker:
    """The client of such a process."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "campaigns.chaos.killed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def start(self, module, params) -> int:
        self._process.stdin.write(json.dumps({"module": module, "params": params, "home": os.environ["HOME"]}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def wait(self) -> int:
        return int(self._process.stdout.readline())

    def close(self):
        self._process.stdin.close()
        self._process.wait(10)


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def spring(sim, witness: Witness, rng, strike, most: int) -> str:
    """Have ``strike()`` called at some moment between the writes of a task; which one, in words."""
    moment, after = rng.choice(MOMENTS), rng.randint(1, most)
    if moment == MOMENTS[0]:
        witness.at_change(after, strike)
    elif moment == MOMENTS[1]:
        # A second writer that changes nothing: it is called when the request has arrived, before it is carried out.
        sim.traps.set(second_writer={"match": "change", "skip": after - 1, "call": lambda estate: strike()})
    else:
        pause = rng.random() * 0.004
        witness.at_change(after, lambda: threading.Timer(pause, strike).start())
    return f"{moment}, change {after}"


def fault(ended: bool, moment: str) -> faults.Fault:
    """What has struck: whether in time, and at which moment."""
    (kind,) = (kind for kind in faults.KINDS if kind.where == "process")
    return faults.Fault(kind, moment.partition(", change")[0], 0, 1, {"moment": moment}, fired=int(ended))


def run(sim, doors, forker: Forker, seed: int):
    """One seed: the task, killed; then twice more in calm weather."""
    with inside.home():
        return _run(sim, doors, forker, seed)


def _run(sim, doors, forker, seed):
    schedule = schedules.make(sim, seed)
    schedule.faults, schedule.concurrency, schedule.timeout = [], random.Random(seed).choice((1, 1, 4)), 20.0
    task = schedule.task
    witness = Witness(sim)
    sim.counting.reset()
    sim.witness = witness
    started, over = threading.Event(), threading.Event()
    victim = []

    def strike():
        started.wait(5)
        if not over.is_set():
            kill(victim[0])

    writes = max(1, sum(goal.differs for goal in schedule.goals()))
    planting.calm(sim, schedule)
    moment = spring(sim, witness, random.Random(seed + 2), strike, writes)
    params = {**harness.connection(sim, task.system.module, schedule.credential), **schedule.options, **task.params}
    victim.append(forker.start(task.system.module, params))
    started.set()
    status = forker.wait()
    over.set()
    inside.settled(sim, ended=True)
    sim.witness = None
    schedule.faults = [fault(os.WIFSIGNALED(status), moment)]
    first = oracle.Run(schedule, witness)
    again = inside.twice_more(sim, inside.Runner(sim, doors), schedule, first)
    return schedule, first, oracle.judge(first) + oracle.judge_again(first, again)


if __name__ == "__main__":
    _serve()
