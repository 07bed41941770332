# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside this process: the options' validation and the engine, as the action plugin calls them, on virtual time.

A wait is not slept through but added to a clock that the collection reads; what the network takes is real.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import socket
import tempfile
import threading
import time
from unittest import mock

import harness

from ansible_collections.grantops.cloud.plugins.module_utils._engine import lock
from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http

from . import faults, line, oracle, oracle_systems, planting
from . import schedule as schedules
from .witness import Witness

QUIET = 5.0  # seconds to wait for requests that nobody waits for any more


class Clock:
    """Real time, and the waits that were not slept through: of each thread its own, as if they had overlapped.

    The main thread goes on when the others have ended, so its time is the latest of all.
    """

    def __init__(self):
        self._most = 0.0
        self._thread = threading.local()
        self.pause = 0.0  # what a wait takes at most in truth, where the simulator's own clock matters

    @property
    def waited(self) -> float:
        if threading.current_thread() is threading.main_thread():
            return self._most
        return self._thread.__dict__.setdefault("waited", self._most)

    def now(self) -> float:
        return time.monotonic() + self.waited

    def sleep(self, seconds: float) -> None:
        waited = self._thread.waited = self.waited + seconds
        self._most = max(self._most, waited)
        if self.pause:
            time.sleep(min(seconds, self.pause))


CLOCK = Clock()


class OnClock:
    """The virtual clock for a class of the collection that has a clock."""

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._sleep, self._clock = CLOCK.sleep, CLOCK.now


class Writer(OnClock, writing.Writer):
    pass


class Locks(OnClock, lock.Locks):
    pass


@contextlib.contextmanager
def prepared():
    """The collection on virtual time, with a limit of responses that a test can reach."""
    replaced = ((writing, "Writer", Writer), (lock, "Locks", Locks), (http, "LARGEST_RESPONSE", faults.LARGEST))
    with contextlib.ExitStack() as stack:
        for module, name, value in replaced:
            stack.enter_context(mock.patch.object(module, name, value))
        stack.enter_context(mock.patch.object(socket, "getaddrinfo", line.getaddrinfo))
        yield


class Runner(harness.Runner):
    """The harness's, with a clock, a line that breaks, and the time of each call."""

    def __init__(self, sim, doors):
        super().__init__(sim)
        self.doors = doors
        self.line_faults: list[faults.Fault] = []
        self.witness: Witness | None = None
        self.sends: list[float] = []

    def _connect(self, resource, params, secrets):
        client = super()._connect(resource, params, secrets)
        transport = client.transport
        transport._clock = transport.rate_limit._clock = CLOCK.now
        # Threads whose clocks differ cannot take turns: what they would wait for each other is left out.
        transport.rate_limit._sleep = CLOCK.sleep if params["concurrency"] == 1 else lambda seconds: None
        transport._session = line.Line(transport._session, self.line_faults, self.doors, lambda: len(self.witness.ours))
        send, sleep = transport.send, transport._sleep

        def timed(call):
            started = CLOCK.now()
            try:
                return send(call)
            finally:
                self.sends.append(CLOCK.now() - started)

        def wait(seconds):
            sleep(seconds)
            CLOCK.sleep(seconds)

        transport.send, transport._sleep = timed, wait
        self.clients.append(client)
        return client

    def task(self, schedule: schedules.Schedule, line_faults, witness) -> tuple[dict, list[float], float]:
        """The result of a schedule's task, the seconds of each call, and of all."""
        self.line_faults, self.witness, self.sends, self.clients = line_faults, witness, [], []
        CLOCK.pause = schedule.pause
        started = CLOCK.now()
        given = {"credential": schedule.credential, "verify_timeout": 30.0, **schedule.options, **schedule.task.params}
        try:
            result = self(schedule.task.system.module, **given)
        finally:
            for client in self.clients:
                client.close()
        return result, self.sends, CLOCK.now() - started


def settled(sim, ended: bool = False) -> None:
    """Wait for requests whose sender has given up, or (``ended``) is no more: they may still be carried out."""
    latest = time.monotonic() + QUIET
    while time.monotonic() < latest:
        counters = sim.counters
        # What was sent by a process that has ended is read before the end of its connection is noticed.
        if not counters["in_flight"] and not (ended and counters["open"]):
            return
        time.sleep(0.001)


def run(sim, doors, seed: int, kind=None, world=None) -> tuple[schedules.Schedule, oracle.Run, list[oracle.Violation]]:
    """One seed: the task under its faults, and twice more without."""
    schedule = schedules.make(sim, seed, kind, world=world)
    runner = Runner(sim, doors)
    random.seed(seed)  # the jitter of the waits
    with home():
        earlier(sim, runner, schedule)
        first = attempt(sim, runner, schedule, planting.plant(sim, schedule))
        again = twice_more(sim, runner, schedule, first)
    return schedule, first, oracle.judge(first) + oracle.judge_again(first, again)


@contextlib.contextmanager
def home():
    """A home of its own for what the collection keeps there of the runs of a seed."""
    with tempfile.TemporaryDirectory(prefix="chaos-home-") as folder, mock.patch.dict(os.environ, HOME=folder):
        yield


def earlier(sim, runner, schedule) -> None:
    """What has just been written by a task that ended well, where a world has it."""
    for world in schedule.worlds:
        task = world.earlier(schedule.task, schedule.before, random.Random(schedule.seed))
        if task is not None:
            planting.calm(sim, schedule)
            done = dataclasses.replace(schedule, task=task).calm(sim)
            result, _sends, _seconds = runner.task(done, [], Witness(sim))
            if result.get("failed"):
                raise RuntimeError(f"seed {schedule.seed}: the earlier task failed: {result['msg']}")
            schedule.before, schedule.rest = oracle_systems.look(sim.estate), oracle_systems.remainder(sim.estate)


def attempt(sim, runner, schedule, witness) -> oracle.Run:
    """The task once, watched."""
    line_faults = [fault for fault in schedule.faults if fault.kind.where == "line"]
    entered = runner.doors.entered
    try:
        result, sends, seconds = runner.task(schedule, line_faults, witness)
    except Exception as error:  # noqa: BLE001
        result, sends, seconds = {"failed": True, "msg": f"raised {type(error).__name__}: {error}"}, [], 0.0
    settled(sim)
    sim.witness = None
    planting.count(sim, schedule, witness)
    if runner.doors.entered > entered:
        result = {"failed": True, "msg": "went through a door whose certificate is not to be trusted"}
    return oracle.Run(schedule, witness, result, sends, seconds)


def twice_more(sim, runner, schedule, last) -> list[oracle.Run]:
    """The same task in calm weather, from whatever there is then."""
    runs = []
    for _unused in range(2):
        planting.calm(sim, schedule)
        made = any(goal.action in ("create", "delete") for goal in last.planned)
        if last.result is None or last.result.get("failed") or made:
            # Of what a task that failed has written nothing is known; and what one replica lists and another one refuses
            # ends a reading.
            time.sleep(schedule.late)
        sim.witness = Witness(sim)
        last = attempt(sim, runner, schedule.calm(sim), sim.witness)
        runs.append(last)
    return runs
