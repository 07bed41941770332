# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command as a whole process: wall time, CPU time of it and all it started, memory of the largest of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

KINDS = ("read", "write", "create", "delete", "auth")


@dataclass
class Figures:
    wall: float
    cpu: float
    memory: float  # MB
    requests: dict[str, int] = field(default_factory=dict)
    one_more: float | None = None  # seconds of wall time, where it was measured over two sizes

    def as_dict(self) -> dict:
        found = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}


class Failed(Exception):
    """A contender did not do what it should: its figures would mean nothing."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def forget(home: Path) -> None:
    """Take away what the collection notes of its own writes: the estate of the next run is another one."""
    for place in (home / ".ansible").glob("grantops-cloud-locks-*"):
        shutil.rmtree(place)


# Between this process and a contender: what a process is said to have needed begins with what its parent has, and this
# one is large. It runs the command, and says how it ended and what it used.
LAUNCH = """
import json, os, subprocess, sys, time
started = time.monotonic()
process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
_pid, status, usage = os.wait4(process.pid, 0)
found = [time.monotonic() - started, status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]
os.write(int(sys.argv[1]), json.dumps(found).encode())
"""


def run(command: list[str], environment: dict[str, str], folder: Path) -> Figures:
    """Its figures; Failed with the end of its output when it does not end well."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as output, os.fdopen(reading, "rb") as said:
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCH, str(writing), *command]
        process = subprocess.Popen(  # noqa: S603
            launcher, cwd=folder, env=environment, stdout=output, stderr=output, pass_fds=[writing]
        )
        os.close(writing)
        process.wait()
        wall, status, cpu, memory = json.loads(said.read())
        code = os.waitstatus_to_exitcode(status)
        if code:
            output.seek(0)
            text = output.read().decode("utf-8", "replace")[-2000:]
            raise Failed(f"{' '.join(command)} ended with status {code}:\n{text}")
    # Of this process and those it waited for; Ansible waits for its workers. On macOS the unit is bytes.
    return Figures(wall, cpu, memory / (2**20 if sys.platform == "darwin" else 2**10))


def counted(sim) -> dict[str, int]:
    counters = sim.counters
    found = {kind: counters[kind] for kind in KINDS if counters.get(kind)}
    refused = sum(counters["refused"].values())
    return {**found, "refused": refused} if refused else found


def extended(few: Figures, many: Figures, sizes: tuple[int, int], count: int) -> Figures:
    """The figures of ``count`` items from those of two smaller sizes: what a contender costs grows evenly."""
    share = (count - sizes[0]) / (sizes[1] - sizes[0])

    def line(low: float, high: float) -> float:
        return low + (high - low) * share

    kinds = {*few.requests, *many.requests}
    requests = {kind: round(line(few.requests.get(kind, 0), many.requests.get(kind, 0))) for kind in sorted(kinds)}
    one_more = (many.wall - few.wall) / (sizes[1] - sizes[0])
    return Figures(line(few.wall, many.wall), line(few.cpu, many.cpu), many.memory, requests, one_more)


def middle(rounds: list[Figures]) -> Figures:
    """The median of each figure."""
    return Figures(
        median(one.wall for one in rounds),
        median(one.cpu for one in rounds),
        median(one.memory for one in rounds),
        rounds[0].requests,
        median(one.one_more for one in rounds) if rounds[0].one_more is not None else None,
    )
