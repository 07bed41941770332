# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What 50 guardrails add to a plan of 5,000 grants: the same playbook with and without them, in turn."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

from .measure import Figures, say
from .permissions import Case, Way, once

COUNT, RULES = 5000, 50
# All verbs in turn, of `any` and `new`; each is looked at for every user, and none refuses.
VERBS: tuple[Callable[[int], dict[str, Any]], ...] = (
    lambda number: {"deny": {"action": "publish", "on": f"secret-{number}", "except": ["checkout"]}},
    lambda number: {"only": {"action": "publish", "on": "orders", "principal": ["user-*", f"svc-{number}"]}},
    lambda number: {"require": {"system": "huaweicloud_rocketmq", "on": f"payments-{number}*", "addresses": True}},
    lambda number: {"separate": [{"action": "publish", "on": f"pay-{number}"}, {"action": "consume", "on": "orders"}]},
    lambda number: {"limit": {"action": "consume", "principal": f"user-{number}*", "at_most": 9}},
)


def rules() -> list[dict[str, Any]]:
    return [
        {"id": f"rule-{number}", **VERBS[number % len(VERBS)](number), "when": ("any", "new")[number % 2]}
        for number in range(RULES)
    ]


def way(name: str, **options: Any) -> Way:
    task = {"grantops.cloud.permissions": {"grants": "{{ rows }}", **options}, "check_mode": True}
    return Way(name, {"tasks": [task]})


WAYS = (way("without"), way("with", guardrails=rules()))
CASES = tuple(
    Case(f"{COUNT:,} grants, {differing} differing", COUNT, differing == "all", 0, WAYS)
    for differing in ("none", "all")
)


def measured(bench: Any, rounds: int) -> list[dict[str, Any]]:
    """CPU seconds of whole processes: medians, and the median of what each round shows the rules to add."""
    found = []
    for case in CASES:
        each: list[list[Figures]] = []
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}: {case.title}")
            each.append([once(bench, case, one) for one in WAYS])
        without, ruled = zip(*([figures.cpu for figures in pair] for pair in each))
        added = median(two / one - 1 for one, two in zip(without, ruled))
        found.append({"name": case.title, "without": median(without), "with": median(ruled), "added": added})
        found[-1]["rounds"] = [[figures.as_dict() for figures in pair] for pair in each]
    return found
