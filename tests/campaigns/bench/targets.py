# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the figures must show on a machine of two cores, from the figures that were kept."""

from __future__ import annotations

from statistics import median
from typing import Any

from .systems import SYSTEMS

WORKER, MODULE = "this collection, a list in the worker", "this collection, a list as a module"
LOOP, MODULES = "this collection, a loop in the worker", "this collection, a loop of modules"
URI = "ansible.builtin.uri, a loop"
DEBUG, DEBUG_ONE = "ansible.builtin.debug of the same values, a loop", "ansible.builtin.debug of one value, a loop"
SET_FACT, SDK = "ansible.builtin.set_fact, the same list", "official SDK, a loop"
# What the figures are taken from
GROUPS = {"tasks", "lists", "large", "throttled"}


class Kept:
    """The medians of one group's cases."""

    def __init__(self, found: dict[str, Any], group: str) -> None:
        self.cases = {one["title"]: one["contenders"] for one in found.get(group, {}).get("cases", ())}

    def of(self, title: str, contender: str) -> dict[str, Any]:
        return self.cases[title][contender]["median"]

    def of_system(self, name: str) -> dict[str, Any]:
        return self.cases[f"200 {name}, none differing, 0 ms"]


def rows(found: dict[str, Any]) -> list[list[str]]:
    """What, at least, measured, whether it is so."""
    made = []

    def add(what: str, least: str, measured: str, good: bool) -> None:
        made.append([what, least, measured, "yes" if good else "**no**"])

    tasks = Kept(found, "tasks")
    case = tasks.of_system("UFile")
    ratio = costs(case, URI, LOOP)
    add("one more task in a loop, in the worker, against uri", "40 times less", f"{ratio:.0f} times less", ratio >= 40)
    ratio = costs(case, LOOP, DEBUG)
    add("the same, against debug of the same values", "at most 2 times", f"{ratio:.2f} times", ratio <= 2)
    floor, names = {DEBUG_ONE: case[DEBUG_ONE]}, [system.name for system in SYSTEMS.values()]
    against = {name: costs({**tasks.of_system(name), **floor}, LOOP, DEBUG_ONE) for name in names}
    measured = ", ".join(f"{ratio:.2f} ({name})" for name, ratio in against.items())
    add("the same, against debug of one value", "at most 2 times", measured, max(against.values()) <= 2)
    ratio = costs(case, MODULES, URI)
    add("one more task in a loop, as a module, against uri", "not more", f"{ratio:.2f} times", ratio <= 1)
    from_lists(Kept(found, "lists"), add)
    from_large(Kept(found, "large"), add)
    for title, case in Kept(found, "throttled").cases.items():
        wall = case[WORKER]["median"]["wall"]
        add(title, "at most 1.2 x 25 s", f"{wall:.1f} s", wall <= 30)
    return made


def costs(case: dict[str, Any], contender: str, other: str) -> float:
    """How many times as much as ``other`` one more costs, start-up left out: the median of what each round shows.

    The two ran one after the other in each round, so that a machine that is slow for a while is so for both.
    """
    rounds = [case[name]["rounds"] for name in (contender, other)]
    return median(one["one_more"] / two["one_more"] for one, two in zip(*rounds))


def from_lists(lists: Kept, add: Any) -> None:
    title = "1,000 UFile, none differing, 20 ms"
    ours = lists.of(title, WORKER)
    add("1,000 UFile tokens, none differing", "1 request", total(ours), sum(ours["requests"].values()) == 1)
    for name, least in ((URI, 150), (SDK, 10)):
        ratio = lists.of(title, name)["wall"] / ours["wall"]
        add(f"the same, 20 ms, against {name}", f"{least} times faster", f"{ratio:.0f} times", ratio >= least)
    for system, least in (("RocketMQ", 20), ("URocketMQ", 110)):
        ours = lists.of(f"1,000 {system}, none differing, 20 ms", WORKER)
        count = sum(ours["requests"].values())
        add(f"1,000 {system}, none differing", f"{least} requests", total(ours), count <= least)
    ours = lists.of("1,000 ROMA Connect, all differing, 20 ms", WORKER)
    add("1,000 ROMA topics, all differing", "10 writes", total(ours), ours["requests"]["write"] == 10)
    ours = lists.of("1,000 RocketMQ, all differing, 100 ms", WORKER)
    idle = lists.of("1,000 RocketMQ, none differing, 0 ms", WORKER)
    ideal = sum(ours["requests"].values()) * 0.1 / 8
    ratio = (ours["wall"] - idle["wall"]) / ideal
    what = "1,000 users, all differing, 100 ms, width 8, less start-up"
    add(what, "within 1.15 of the waits alone", f"{ratio:.2f}", ratio <= 1.15)
    add("verifying 1,000 written users", "list reads", total(ours), ours["requests"]["read"] <= 60)


def from_large(large: Kept, add: Any) -> None:
    few, many = ("1,000 UFile, none differing, 0 ms", "10,000 UFile, none differing, 0 ms")
    ours, floor = large.of(many, WORKER), large.of(many, SET_FACT)
    ratio = ours["cpu"] / floor["cpu"]
    add("10,000 tokens, none differing, CPU against set_fact", "at most 1.4 times", f"{ratio:.2f} times", ratio <= 1.4)
    add("the same, memory", "300 MB", f"{ours['memory']:.0f} MB", ours["memory"] <= 300)
    grown = (ours["cpu"] - large.of(few, WORKER)["cpu"]) / (floor["cpu"] - large.of(few, SET_FACT)["cpu"])
    add("growth from 1,000 to 10,000, CPU, against set_fact", "at most 1.2 times", f"{grown:.2f} times", grown <= 1.2)


def total(figures: dict[str, Any]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in figures["requests"].items())
