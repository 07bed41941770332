# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs by ansible-playbook, with waits that are real.

One process plays many seeds: for each of them a task that has the campaign set the faults, the task itself as a user
writes it, and the same twice more in calm weather. Role, playbooks and SIGKILL have a process each: see processes.py.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import pathlib
import random
import sys
import threading
import time
from collections.abc import Iterator

import harness

from . import inside, line, oracle, planting, processes
from . import schedule as schedules
from .witness import Witness

TIMES = 3  # once under faults, twice without
# What Ansible itself may take beside the collection, on a busy machine
SLACK = 30.0


class Desk:
    """Where the play reports: sets up what begins, and judges what has ended."""

    def __init__(self, sim):
        self.sim = sim
        self.done: list = []
        self.problems: list[str] = []
        self._runs: list[oracle.Run] = []
        self._started = self._began = 0.0
        desk = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    getattr(desk, given["step"])(given["seed"], given.get("result"))
                except Exception as error:  # noqa: BLE001
                    desk.problems.append(f"seed {given['seed']}: {type(error).__name__}: {error}")
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *unused):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def begin(self, seed, _unused):
        self.schedule = schedules.make(self.sim, seed, quick=True)
        self._runs = []
        self._watch(self.schedule, planting.plant(self.sim, self.schedule))
        self._began = self._started

    def _watch(self, schedule, witness):
        self._current, self._witness = schedule, witness
        self.sim.witness = witness
        self._started = time.monotonic()

    def told(self, seed, result):
        sim, seconds = self.sim, time.monotonic() - self._started
        inside.settled(sim)
        sim.witness = None
        if not self._runs:
            planting.count(sim, self.schedule, self._witness)
            for fault in self.schedule.faults:
                fault.fired = fault.fired or int(fault.kind.where == "line" and bool(result.get("failed")))
        self._runs.append(oracle.Run(self._current, self._witness, result, seconds=seconds, slack=SLACK))
        planting.calm(sim, self.schedule)
        if len(self._runs) < TIMES:
            self._watch(self.schedule.calm(sim), Witness(sim))
            return
        first, *again = self._runs
        violations = oracle.judge(first) + oracle.judge_again(first, again)
        self.done.append((self.schedule, first, violations, time.monotonic() - self._began))


def connection(sim, doors, schedule, faulty: bool) -> dict:
    """A task's connection options; a fault of the line is an address where nobody is."""
    options = {
        **harness.connection(sim, schedule.task.system.module, schedule.credential),
        **schedule.options,
        "verify_timeout": 4,
    }
    kinds = [fault.kind.name for fault in schedule.faults if fault.kind.where == "line"]
    if faulty and kinds:
        options["api_url"], trusted = doors.address(kinds[0])
        options["api_url"] = options["api_url"].replace(f"http://{line.NOWHERE}", f"https://{line.NOWHERE}")
        if isinstance(trusted, str):
            options["ca_path"] = trusted
    return options


def tasks_of(sim, doors, url, schedule) -> list[dict]:
    """The tasks of one seed."""
    seed, task = schedule.seed, schedule.task
    desk = {"url": url, "seed": seed}
    tasks: list[dict] = [{"name": f"Seed {seed}", "campaign": {**desk, "step": "begin"}}]
    unresolved = any(fault.kind.name == "DNS failure" for fault in schedule.faults)
    # As a module, in a process of its own, or inside the worker
    as_module = random.Random(seed).random() < 0.15 and not unresolved
    for number in range(TIMES):
        row = {
            "name": f"{task.system.name} {task.operation}",
            harness.NAMESPACE + task.system.module: {**task.params, **connection(sim, doors, schedule, number == 0)},
            "register": "outcome",
            "ignore_errors": True,
        }
        if as_module:
            row["environment"] = {"GRANTOPS_TEST": "module"}
        tasks += [row, {"name": "Told", "campaign": {**desk, "step": "told", "result": "{{ outcome }}"}}]
    return tasks


def run(sim, doors, folder: pathlib.Path, seeds: list[int]) -> Iterator[tuple]:
    """All the seeds: (schedule, run, violations, seconds) of each."""
    alone = [seed for seed in seeds if processes.needed(seed)]
    for seed in alone:
        yield processes.run(sim, doors, folder, seed)
    many = [seed for seed in seeds if seed not in alone]
    if not many:
        return
    with contextlib.closing(Desk(sim)) as desk:
        schedules_of_all = (schedules.make(sim, seed, quick=True) for seed in many)
        tasks = [task for schedule in schedules_of_all for task in tasks_of(sim, doors, desk.url, schedule)]
        process = processes.start(folder, "many", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
        try:
            output = process.communicate(timeout=60 + 30 * len(many))[0]
        finally:
            processes.end(process)
    if desk.problems or len(desk.done) != len(many) or process.returncode:
        sys.stdout.write(output[-3000:])
        raise RuntimeError(f"{len(desk.done)} of {len(many)} seeds came back, {desk.problems}")
    yield from desk.done
