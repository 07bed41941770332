# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many seeds, shared out among processes, and what came of each."""

from __future__ import annotations

import contextlib
import pathlib
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

import simulator

from . import inside, killed, line, oracle, played
from . import schedule as schedules

# The seed decides the way in, so that its number alone repeats a run.
INSIDE, KILLED, PLAYED = "in this process", "killed", "ansible-playbook"
CHUNK = {INSIDE: 120, KILLED: 60, PLAYED: 13}


def way(seed: int) -> str:
    if seed % schedules.PLAYED_EVERY == 0:
        return PLAYED
    return KILLED if seed % 12 == 5 else INSIDE


@dataclass
class Record:
    """What is kept of a run."""

    seed: int
    way: str
    system: str
    operation: str
    what: str
    worlds: list[str]
    faults: list[tuple[str, str, str, bool]]  # kind, point, which request, whether it came to it
    outcome: str  # ok, failed, killed
    kind: str  # of the error
    seconds: float
    violations: list[str]


def record(schedule: schedules.Schedule, run: oracle.Run, violations, how: str, seconds: float) -> Record:
    result = {"killed": True} if run.result is None else run.result
    return Record(
        schedule.seed,
        how,
        schedule.task.system.name,
        schedule.task.operation,
        str(schedule),
        [world.name for world in schedule.worlds],
        [(fault.kind.name, fault.kind.point, fault.match, bool(fault.fired)) for fault in schedule.faults],
        next((outcome for outcome in ("killed", "failed") if result.get(outcome)), "ok"),
        str(result.get("error", {}).get("kind") or "") if result.get("failed") else "",
        seconds,
        [str(violation) for violation in violations],
    )


@contextlib.contextmanager
def at_work() -> Iterator[tuple[simulator.Simulator, line.Doors, pathlib.Path]]:
    """A simulator, doors that are shut, and a folder; the collection is on virtual time meanwhile."""
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        sim = stack.enter_context(simulator.running())
        stack.enter_context(inside.prepared())
        yield sim, stack.enter_context(contextlib.closing(line.Doors(folder))), folder


def chunk(how: str, seeds: list[int]) -> list[Record]:
    """Some seeds of one way in, in a process that has nothing else to do."""
    with at_work() as (sim, doors, folder):
        if how == PLAYED:
            return [record(*run, how, seconds) for *run, seconds in played.run(sim, doors, folder, seeds)]
        records = []
        with contextlib.closing(killed.Forker()) if how == KILLED else contextlib.nullcontext() as forker:
            for seed in seeds:
                started = time.monotonic()
                run = killed.run(sim, doors, forker, seed) if forker else inside.run(sim, doors, seed)
                records.append(record(*run, how, time.monotonic() - started))
        return records


def run(seeds: list[int], jobs: int) -> Iterator[Record]:
    """All of them, as they come."""
    chunks = []
    for how, size in CHUNK.items():
        mine = [seed for seed in seeds if way(seed) == how]
        chunks += [(how, mine[at : at + size]) for at in range(0, len(mine), size)]
    # Those that wait most go first.
    chunks.sort(key=lambda pair: pair[0] != PLAYED)
    if len(chunks) == 1:
        yield from chunk(*chunks[0])
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(chunk, *pair) for pair in chunks]
        try:
            for future in as_completed(futures):
                yield from future.result()
        finally:
            pool.shutdown(cancel_futures=True)
