# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a million users would cost, from the figures that were measured, with the arithmetic."""

from __future__ import annotations

from typing import Any

from tools import report

from . import scale

LEAST = f"an inventory of {min(scale.INVENTORIES):,} hosts, listed"
USERS, INSTANCES = 1_000_000, 20_000
SLICES = tuple(INSTANCES // hosts for hosts in scale.INVENTORIES)
LIMITS = (20, 100, 500)  # requests a second that the service allows for one account


def text(found: dict[str, Any]) -> str:
    cases = {case["name"].rpartition(": ")[2]: case for case in found["cases"]}
    parts = []
    small = next(case["memory"] for case in found["cases"] if case["name"] == LEAST)
    for what in ("none differing", "all differing"):
        case = cases[f"whole, {what}"]
        counts = {kind: int(number) for number, kind in (part.split() for part in case["requests"].split(", "))}
        host = {kind: number / scale.INSTANCES for kind, number in counts.items()}
        seconds = case["wall"] / scale.INSTANCES
        total = sum(host.values()) * INSTANCES
        sums = " + ".join(f"{number:g} {kind}{'s' if number != 1 else ''}" for kind, number in host.items())
        parts.append(
            f"**{what.capitalize()}.** Measured: {scale.INSTANCES} instances of {scale.USERS} users took {case['wall']:.1f} s, "
            f"so {seconds:.2f} s an instance on {found['measured']['cores']} cores with {scale.FORKS} forks. "
            f"An instance takes {sums}; {INSTANCES:,} of them take {total:,.0f} requests and "
            f"{INSTANCES:,} x {seconds:.2f} s = {minutes(INSTANCES * seconds)} of one such machine. "
            f"The largest process had {case['memory']} MB."
        )
        rows = []
        for slices, listed in zip(SLICES, [case for case in found["cases"] if "listed" in case["name"]]):
            row: list[Any] = [slices, f"{INSTANCES // slices:,}", f"{listed['memory'] + case['memory'] - small:.0f}"]
            row.append(minutes(INSTANCES * seconds / slices))
            row += [minutes(max(INSTANCES * seconds / slices, total / limit)) for limit in LIMITS]
            rows.append(row)
        limits = [f"{limit} requests a second" for limit in LIMITS]
        parts.append(report.table(["slices", "hosts in each", "MB a process", "no limit", *limits], rows))
    first = (
        f"{USERS:,} users over {INSTANCES:,} RocketMQ instances are {USERS // INSTANCES} an instance, as measured. What a "
        "service allows is a limit for the account and not for the slice, and neither cloud publishes it: the run takes "
        "the longer of the two, the machines' time divided by the slices, or the requests divided by the limit. Memory is "
        "that of the measured run, and what an inventory of that many hosts adds to Ansible's own; the "
        f"{scale.FORKS} workers of a slice share most of it with their parent."
    )
    return "\n\n".join([first, *parts])


def minutes(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{max(seconds / 60, 0.1):.1f} min"
