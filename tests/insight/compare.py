# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ways of deciding, side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ansible_collections.grantops.cloud.plugins.module_utils._access import decide, model
from simulator import enforcement

from . import estates, reading

A_SEED = 50  # decisions


@dataclass
class Tally:
    """How often each pair of answers came, the collection's first, and what is wrong."""

    pairs: Counter = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.pairs += other.pairs
        self.wrong += other.wrong

    def line(self) -> str:
        told = ", ".join(f"{count} {answer}" for (answer, _truth), count in sorted(self.pairs.items()))
        return f"{self.pairs.total()} decisions: {told}; {len(self.wrong)} wrong"


def seed(number: int, decisions: int = A_SEED) -> Tally:
    """The decisions of one estate."""
    made, found = estates.estate(number), Tally()
    index = decide.Index(model.access(reading.scopes(made)))
    for request in estates.requests(number, made, decisions):
        truth = enforcement.may(made, *vars(request).values())
        decision = decide.decide(index, *vars(request).values())
        found.pairs[decision.answer, truth] += 1
        if decision.answer != truth:
            found.wrong.append(f"seed {number}: {request}: {truth} by the documents; got {decision!r}")
    return found


def seeds(first: int, decisions: int) -> Tally:
    """At least so many decisions, from the seed ``first`` on."""
    found = Tally()
    for number in range(first, first + -(-decisions // A_SEED)):
        found.add(seed(number))
    return found
