# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ways of deciding, side by side."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field

from ansible_collections.grantops.cloud.plugins.module_utils._access import decide
from simulator import enforcement

from . import estates, reading

A_SEED = 50  # decisions
ADDRESSES = (*estates.ADDRESSES, "203.0.113.7")


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
    """The decisions of one estate. Of each tenth not all was read: what is not there may be all the same."""
    made, found, whole = estates.estate(number, sasl=True), Tally(), number % 10 > 0
    index = decide.Index(reading.access(made, whole))
    for request in estates.requests(number, made, decisions):
        truth = enforcement.may(made, *vars(request).values())
        if truth == enforcement.REFUSED and not whole:
            truth = enforcement.UNKNOWN
        decision = decide.decide(index, *vars(request).values())
        found.pairs[decision.answer, truth] += 1
        if decision.answer != truth:
            found.wrong.append(f"seed {number}: {request}: {truth} by the documents; got {decision!r}")
    return found


def who(number: int, questions: int = 15) -> Tally:
    """The answers to "who may", each against all the requests that it stands for."""
    made, found = estates.estate(number, clear=True, sasl=True), Tally()
    data = reading.access(made)
    for request in estates.requests(number, made, questions):
        resource = request.resource
        if resource["name"] in estates.GROUPS:
            continue  # the name of a topic and of a group, of which a question does not say which it means
        answers = {
            enforcement.may(made, request.principal, request.action, resource, request.at, *more)
            for more in itertools.product(ADDRESSES, (*estates.GROUPS, "other"), (*estates.TAGS, ""))
        }
        truth = "yes" if "allowed" in answers else "unknown" if "unknown" in answers else "no"
        on = "/".join(resource[key] for key in ("bucket", "name") if key in resource)
        on = None if request.action == "administer" else on
        answer = decide.who(data, request.action, on, request.principal[2], request.at, anything=True)["answer"]
        found.pairs[answer, truth] += 1
        if answer != truth:
            found.wrong.append(f"seed {number}: {request}: {truth} by the documents; got {answer}")
    return found


def seeds(first: int, decisions: int) -> Tally:
    """At least so many decisions, from the seed ``first`` on."""
    found = Tally()
    for number in range(first, first + -(-decisions // A_SEED)):
        found.add(seed(number))
    return found
