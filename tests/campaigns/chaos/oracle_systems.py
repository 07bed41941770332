# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The four systems as the oracle knows them: what a record means, and what a task's entry asks of it.

Nothing in here is the collection's. The rules are written down a second time, from the documents, so that a mistake in
the collection's own tables cannot hide itself.
"""

from __future__ import annotations

import copy
import json

from .of_huaweicloud import RocketMQ, Roma
from .of_ucloud import UFile, URocketMQ
from .system import APPS, WORDS, Entry, Key, State, System

__all__ = ["APPS", "BY_NAME", "SYSTEMS", "Entry", "Key", "State", "System", "fits", "furnish", "look", "remainder"]
SYSTEMS = (UFile(), URocketMQ(), RocketMQ(), Roma())
BY_NAME = {system.name: system for system in SYSTEMS}


def furnish(sim, rng, names=WORDS) -> None:
    """A fresh estate: in each place of each system the same names, nothing left at a default."""
    sim.reset("empty")
    for system in SYSTEMS:
        for place in system.places:
            for name in names:
                system.add(sim, rng, place, name)
    for place in Roma.places:
        for app in APPS:
            if f"roma-app-{app}" not in sim.estate["huaweicloud"]["roma"][place]["apps"]:
                sim.add_roma_app(instance_id=place, name=app)


def look(estate: dict) -> dict[Key, State]:
    """Every resource's state, by key."""
    return {
        (system.name, place, name): system.state(record)
        for system in SYSTEMS
        for place in system.places
        for name, record in system.records(estate, place).items()
    }


def remainder(estate: dict) -> str:
    """All else that the estate holds, as text."""
    rest = copy.deepcopy(estate)
    for system in SYSTEMS:
        for place in system.places:
            system.records(rest, place).clear()
    return json.dumps(rest, sort_keys=True, default=repr)


def fits(state: State | None, declared: State | None) -> bool:
    """Whether a state is what was declared; of a new resource only what a task can say is compared."""
    if state is None or declared is None:
        return state is None and declared is None
    return all(state[name] == value for name, value in declared.items())
