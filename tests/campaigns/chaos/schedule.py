# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A seed's schedule: the estate, the task, and the faults."""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass, field
from typing import Any

from . import faults, oracle_systems, tasks
from . import worlds as all_worlds

SERVER_KINDS = tuple(kind for kind in faults.KINDS if kind.where != "process")
PLAYED_EVERY = 40  # one seed in so many is run by ansible-playbook
# Every kind of fault meets every operation of every system once in so many seeds.
PAIRS = len(SERVER_KINDS) * len(tasks.OPERATIONS)


@dataclass
class Schedule:
    seed: int
    task: tasks.Task
    faults: list[faults.Fault]
    concurrency: int
    retries: int
    timeout: float
    before: dict = field(default_factory=dict)
    rest: str = ""
    worlds: list[all_worlds.World] = field(default_factory=list)
    traps: dict[str, Any] = field(default_factory=dict)  # of its worlds

    @property
    def slow(self) -> bool:
        return any(fault.kind.slow for fault in self.faults)

    @property
    def options(self) -> dict:
        return {"concurrency": self.concurrency, "retries": self.retries, "timeout": self.timeout}

    @property
    def credential(self) -> str:
        return next((world.credential for world in self.worlds if world.credential != "admin"), "admin")

    def goals(self) -> list[tasks.Goal]:
        """What the task asks for, in the worlds that it runs in."""
        goals = self.task.goals(self.before)
        for world in self.worlds:
            goals = world.means(goals, self.traps)
        return goals

    @property
    def pause(self) -> float:
        return max((world.pause for world in self.worlds), default=0.0)

    @property
    def late(self) -> float:
        """Seconds after which every read shows what was written."""
        return max(self.traps.get("replicas", (0,)))

    def calm(self, sim) -> Schedule:
        """The same task once more, from whatever there is now and without faults."""
        return dataclasses.replace(
            self,
            faults=[],
            retries=4,
            timeout=20.0,
            before=oracle_systems.look(sim.estate),
            rest=oracle_systems.remainder(sim.estate),
        )

    def __str__(self) -> str:
        listed = "; ".join(map(str, self.faults))
        where = f", {' and '.join(world.name for world in self.worlds)} {self.traps}" if self.worlds else ""
        return f"{self.task.system.name} {self.task.operation}{where}, {self.options}: {listed}"


def operation_of(seed: int) -> tuple[str, str]:
    """The system and the operation that a seed is about."""
    return tasks.OPERATIONS[_place(seed) // len(SERVER_KINDS)]


def _place(seed: int) -> int:
    return seed * 7919 % PAIRS  # a prime that divides neither: neighbours differ in both


def _played(seed: int) -> tuple[str, str, faults.Kind]:
    """For the few that ansible-playbook runs: one kind of fault after the other, so that a campaign has them all."""
    number = seed // PLAYED_EVERY
    kind = SERVER_KINDS[sum(place % 12 not in (0, 3, 6) for place in range(number)) % len(SERVER_KINDS)]
    for turn in range(len(tasks.OPERATIONS)):
        system, operation = tasks.OPERATIONS[(number * 17 + turn) % len(tasks.OPERATIONS)]
        if kind.possible(oracle_systems.BY_NAME[system].cloud):
            break
    return system, operation, kind


def make(sim, seed: int, kind: faults.Kind | None = None, quick=False, plain=False, world=None) -> Schedule:
    """The schedule of a seed, with the simulator's estate set up for it.

    The first fault and the operation follow from the seed by counting, so that a row of seeds meets every pair of them
    equally often; all else is drawn. ``quick`` is for runs whose waits are real, ``plain`` for those without worlds; else
    ``world`` is one that is meant, if it suits.
    """
    rng = random.Random(seed)
    system, operation = operation_of(seed)
    kind = kind or SERVER_KINDS[_place(seed) % len(SERVER_KINDS)]
    if quick:
        system, operation, kind = _played(seed)
    provider = oracle_systems.BY_NAME[system].cloud
    oracle_systems.furnish(sim, rng)
    chosen = [kind] if kind.possible(provider) else []
    while rng.random() < 0.35 and len(chosen) < 3:
        more = rng.choice(SERVER_KINDS)
        if more.possible(provider) and not (more.slow and quick):
            chosen.append(more)
    concurrency = rng.choice((1, 1, 1, 1, 1, 2, 8))
    names = [kind.name for kind in chosen]
    worlds = [] if plain else all_worlds.draw(rng, system, operation, names)
    if world is not None and world.suits(system, operation, names):
        worlds = [world]
    traps: dict[str, Any] = {}
    for world in worlds:
        traps.update(world.traps(rng, concurrency))
        world.furnish(sim, rng, traps)
    before = oracle_systems.look(sim.estate)
    task = tasks.make(rng, system, operation, before)
    for world in worlds:
        world.ask(task, traps)
    made = [faults.make(rng, kind, provider, len(task.entries)) for kind in chosen]
    slow = any(fault.kind.slow for fault in made)
    schedule = Schedule(
        seed,
        task,
        made,
        concurrency=concurrency,
        retries=rng.choice((0, 1, 2)) if slow or quick else rng.choice((0, 1, 2, 4)),
        timeout=(1.0 if quick else 0.25) if slow else 20.0,
        before=before,
        rest=oracle_systems.remainder(sim.estate),
        worlds=worlds,
        traps=traps,
    )
    if quick:
        for fault in made:
            fault.times = fault.times and min(fault.times, 2)
            if "latency" in fault.rule:
                fault.rule["latency"] = 1300
            if fault.kind.name == "late response" and any(entry.key is None for entry in task.entries):
                fault.match = "create"  # carried out when its sender has given up and is looking for it
            if "big" in fault.rule:
                fault.rule["big"] = 68_000_000  # the real limit is 64 MiB
            if fault.rule.get("retry_after"):
                fault.rule["retry_after"] = 1
    return schedule
