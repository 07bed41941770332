# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts a schedule's faults into the simulator, and takes them out again."""

from __future__ import annotations

import functools
import random

from .oracle_systems import BY_NAME
from .schedule import Schedule
from .witness import Witness

MINUTES_OFF = 20 * 60


def plant(sim, schedule: Schedule) -> Witness:
    """A witness that also springs the traps whose time comes while the task runs."""
    witness = Witness(sim)
    rng = random.Random(schedule.seed + 1)
    traps: dict = {**schedule.traps, "fail_next": []}
    for number, fault in enumerate(schedule.faults):
        fault.fired = 0
        if fault.kind.where == "server" and fault.armed_by:
            witness.at_change(fault.armed_by, functools.partial(_arm, sim, fault.trap(number)))
        elif fault.kind.where == "server":
            traps["fail_next"].append(fault.trap(number))
        elif fault.kind.where == "world":
            _world(sim, schedule, fault, witness, rng, traps)
    for world in schedule.worlds:
        world.spring([goal.key for goal in schedule.goals()], witness, traps, rng)
    sim.counting.reset()
    sim.traps.clear()
    sim.traps.set(**traps)
    sim.witness = witness
    return witness


def count(sim, schedule: Schedule, witness: Witness) -> None:
    """How often each fault came to it."""
    taken = {rule["message"]: rule["taken"] for rule in sim.traps.as_dict().get("fail_next", [])}
    for number, fault in enumerate(schedule.faults):
        if fault.kind.where == "server":
            fault.fired = taken.get(fault.label(number), 0)
        elif fault.kind.name.startswith(("clock", "credentials")):
            fault.fired = sum(attempt.told == "unauthorised" for attempt in witness.attempts)
        elif fault.kind.name == "slow visibility":
            fault.fired = len(witness.ours)


def calm(sim, schedule: Schedule) -> None:
    """No fault is left, and the keys work again; the worlds stay."""
    sim.traps.clear()
    sim.traps.set(**schedule.traps)
    sim.locked_until.clear()
    sim.failed_logins.clear()
    sim.visibility.__init__()


def _arm(sim, rule):
    sim.traps.set(fail_next=[*sim.traps.as_dict().get("fail_next", []), rule])


def _world(sim, schedule, fault, witness, rng, traps):
    name = fault.kind.name
    if name == "clock 20 minutes off":
        late = rng.choice((0, 0, 1, 2))
        skew = rng.choice((-1, 1)) * MINUTES_OFF
        if late:
            witness.at_change(late, lambda: sim.traps.set(clock_skew=skew))
        else:
            traps["clock_skew"] = skew
    elif name == "credentials revoked":
        traps["revoke_after"] = rng.randint(0, 7)
    elif name == "slow visibility":
        traps["slow_visibility"] = {"reads": 1}
        # Each write hides for one read more. Longer than a create of unknown outcome is looked for is not promised: see
        # docs/reliability.md.
        witness.at_change(3, lambda: sim.traps.set(slow_visibility=None))
    else:
        traps["second_writer"] = {
            "match": "change",
            "after": name == "second writer after",
            "skip": rng.choice((0, 0, 1, 2)),
            "call": _intruder(schedule, fault, witness, rng),
        }


def _intruder(schedule, fault, witness, rng):
    """Somebody else: changes what the task changes too, or something beside it."""
    task = schedule.task
    named = [goal.key for goal in schedule.goals() if goal.key is not None]
    others = [key for key in schedule.before if key not in named]
    own = rng.random() < 0.4
    keys = named if named and fault.kind.name != "second writer elsewhere" else others
    key = rng.choice(sorted(keys))
    system = BY_NAME[key[0]]

    def call(estate):
        records = system.records(estate, key[1])
        if key[2] not in records:
            return
        gone = any(entry.absent and entry.key == key for entry in task.entries)
        if task.system is system and key in named and rng.random() < 0.3 and gone:
            del records[key[2]]
        else:
            system.intrude(records[key[2]], rng, own)
        fault.fired += 1
        witness.intruded()

    return call
