# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases that are measured, in groups that can be run alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import contenders as c
from .systems import ROCKETMQ, SYSTEMS, UFILE, System

LATENCIES = (0, 20, 100)  # ms, for each request


@dataclass(frozen=True)
class Case:
    group: str
    system: System
    count: int
    differing: int
    latency: int
    contenders: tuple[c.Contender, ...]
    traps: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        differs = {0: "none differing", self.count: "all differing"}.get(self.differing, f"{self.differing} differing")
        throttled = ", 20 requests a second allowed" if self.traps else ""
        return f"{self.count:,} {self.system.name}, {differs}, {self.latency} ms{throttled}"


def tasks() -> list[Case]:
    """What one more task costs, in a loop."""
    loops = (c.WORKER_LOOP, c.MODULE_LOOP, c.URI)
    beside_floors = (c.DEBUG_ONE, c.DEBUG, *loops, c.PING)
    return [
        Case("tasks", system, 200, 0, 0, beside_floors if system is UFILE else loops) for system in SYSTEMS.values()
    ] + [Case("tasks", UFILE, 200, 0, latency, (c.WORKER_LOOP, c.MODULE_LOOP, c.URI)) for latency in LATENCIES[1:]]


def one() -> list[Case]:
    """A single resource, start-up and all."""
    every = (c.WORKER_LIST, c.MODULE_LIST, c.URI, c.SDK_LOOP)
    alone = tuple(c.Contender(each.name, each.command) for each in every)
    cases = [Case("one", system, 1, 0, 20, alone) for system in SYSTEMS.values()]
    cases += [Case("one", ROCKETMQ, 1, 0, latency, alone) for latency in (0, 100)]
    return cases + [Case("one", ROCKETMQ, 1, 1, 20, alone)]


def lists() -> list[Case]:
    """A thousand in one task."""
    ours, others = (c.WORKER_LIST, c.MODULE_LIST), (c.SDK_LOOP, c.SDK_POOL, c.URI)
    cases = []
    for system in SYSTEMS.values():
        cases += [Case("lists", system, 1000, differing, 20, (*ours, *others)) for differing in (0, 1000)]
        cases += [Case("lists", system, 1000, 10, 20, (c.WORKER_LIST,))]
        both = (c.WORKER_LIST, c.SDK_POOL)
        cases += [Case("lists", system, 1000, each, latency, both) for latency in (0, 100) for each in (0, 1000)]
    return cases


def large() -> list[Case]:
    """Ten thousand in one task, beside Ansible's own handling of such a list."""
    cases = [Case("large", UFILE, count, 0, 0, (c.WORKER_LIST, c.SET_FACT)) for count in (1000, 10000)]
    cases += [
        Case("large", system, 10000, 0, 20, (c.WORKER_LIST, c.SDK_POOL, *((c.MODULE_LIST,) if system is UFILE else ())))
        for system in SYSTEMS.values()
    ]
    cases += [Case("large", system, 10000, 100, 20, (c.WORKER_LIST,)) for system in SYSTEMS.values()]
    cases += [Case("large", UFILE, 10000, 10000, 0, (c.WORKER_LIST,))]
    return cases


def throttled() -> list[Case]:
    """A service that allows 20 requests a second."""
    limit = {"throttle": {"rate": 20}}
    return [Case("throttled", system, 500, 500, 20, (c.WORKER_LIST,), limit) for system in (ROCKETMQ, UFILE)]


def expert() -> list[Case]:
    """Beside what an expert writes: one list call, what differs, all of it at once."""
    fast = (c.WORKER_DEFAULT, c.SDK_LIST, c.SCRIPT)
    return [
        Case("expert", UFILE, 1000, 0, 20, (*fast, c.URI_LIST, c.SET_FACT)),
        Case("expert", UFILE, 1000, 1000, 20, (*fast, c.URI_LIST_FEW)),
        Case("expert", UFILE, 10000, 0, 20, (c.WORKER_DEFAULT, c.SCRIPT, c.URI_LIST, c.SET_FACT)),
        Case("expert", UFILE, 40, 0, 20, (c.WORKER_DEFAULT, c.WORKER_LOOP_WHOLE, c.SEPARATE, c.HOSTS)),
    ]


GROUPS = {"tasks": tasks, "one": one, "lists": lists, "large": large, "throttled": throttled, "expert": expert}
