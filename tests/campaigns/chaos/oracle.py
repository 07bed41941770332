# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a run by what the server saw. It knows the promises and the documents, not the collection."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from simulator.state import masked

from .oracle_systems import Key, State, fits, look, remainder
from .schedule import Schedule
from .tasks import Goal
from .witness import Witness

PROPERTIES = {
    "a": "every resource is as before or as declared",
    "b": "status and message agree with the server, write by write",
    "c": "a second run without faults converges",
    "d": "nothing else has changed",
    "e": "creates happened at most once",
    "f": "total time within the declared bound",
    "g": "no 401 was sent twice",
}
# How a message may speak of a write that was carried out and is not listed as written
UNSURE = re.compile(r"not known|may still|does not show|could not be read|seemed to", re.IGNORECASE)
LOOK = 3.5  # seconds that are waited after a create of unknown outcome, before it is tried again


@dataclass
class Violation:
    seed: int
    letter: str
    text: str

    def __str__(self) -> str:
        return f"seed {self.seed}, ({self.letter}) {PROPERTIES[self.letter]}: {self.text}"


@dataclass
class Run:
    """One run of a task, as it looked from outside."""

    schedule: Schedule
    witness: Witness
    result: dict[str, Any] | None = None  # None: the process was killed
    sends: list[float] = field(default_factory=list)  # seconds of each call with its repetitions
    seconds: float = 0.0  # all of it, waits included
    slack: float = 1.0  # what a busy machine may add

    def __post_init__(self):
        self.after, self.rest = look(self.witness.sim.estate), remainder(self.witness.sim.estate)
        self.goals: list[Goal] = self.schedule.goals()
        self.planned = [goal for goal in self.goals if goal.differs]
        reasons = [world.refuses(goal, self.schedule.traps) for world in self.schedule.worlds for goal in self.goals]
        self.refusal = next(filter(None, reasons), "")  # why nothing may be written
        # What cannot end well: it will not be as declared, or not be seen to be.
        self.endless = [goal for goal in self.goals if goal.misnamed or (goal.unseen and goal.differs)]


def judge(run: Run) -> list[Violation]:
    """Everything that is wrong with a run under faults."""
    found = [("a", text) for text in _mixtures(run)]
    found += _refusals(run)
    if run.result is not None:
        found += [("b", text) for text in _disagreements(run)]
    rest = (
        ("d", _strangers(run)),
        ("e", _doubles([run.witness])),
        ("f", _lateness(run)),
        ("g", _repeated_refusals(run)),
    )
    found += [(letter, text) for letter, texts in rest for text in texts]
    return [Violation(run.schedule.seed, letter, text) for letter, text in found]


# -- (a) and (d) -----------------------------------------------------------------------------------


def _mixtures(run: Run):
    """Each change of ours makes a record what was declared, in one step; what was intruded stays an exception."""
    intruded = _intruded(run.witness)
    for change in run.witness.ours:
        for key, (old, new) in change.delta.items():
            goal = _goal(run, key, old or new)
            if goal is None:
                continue  # (d) says so
            if goal.declared is None or new is None:
                if goal.declared is not None or new is not None:
                    yield f"{goal} was {'deleted' if new is None else 'not deleted but changed'} by {change.operation}"
                continue
            for name, value in goal.declared.items():
                if new[name] == value:
                    continue
                # Who writes a whole object puts back what it has read, or leaves what it does not write.
                if name in intruded.get(key, ()) and old is not None and new[name] == old[name]:
                    continue
                yield f"{goal}: {change.operation} made {name} {_short(new[name], name)}, declared is {_short(value, name)}"
    for goal in run.goals:
        if goal.key is not None and goal.key in intruded:
            continue
        state = goal.state(run.after)
        if not fits(state, goal.declared) and state != goal.before:
            yield f"{goal} is neither as before nor as declared: {_short(state)}"


def _strangers(run: Run):
    """What the task did not name, and nobody else changed."""
    intruded = _intruded(run.witness)
    for change in run.witness.ours:
        for key, (old, new) in change.delta.items():
            if _goal(run, key, old or new) is None:
                yield f"{change.operation} changed {'/'.join(key)}, which the task does not name"
    named = {goal.key for goal in run.goals}
    for key in {**run.schedule.before, **run.after}:
        if key in named or key in intruded or run.schedule.before.get(key) == run.after.get(key):
            continue
        if key in run.schedule.before or _goal(run, key, run.after[key]) is None:
            yield f"{'/'.join(key)} is not as it was"
    if run.rest != run.schedule.rest:
        yield "something beside the resources has changed"


def _goal(run: Run, key: Key, state: State) -> Goal | None:
    return next((g for g in run.goals if g.key == key or (g.key is None and g.entry.means(key, state))), None)


def _intruded(witness: Witness) -> dict[Key, set[str]]:
    """The fields that somebody else changed, by key."""
    found: dict[Key, set[str]] = {}
    for change in witness.intrusions:
        for key, (old, new) in change.delta.items():
            changed = {name for name in old or new if old is None or new is None or old[name] != new[name]}
            found.setdefault(key, set()).update(changed)
    return found


def _refusals(run: Run):
    """Of a task that has to be refused, nothing is written; one that cannot end well says so."""
    ended_well = run.result is not None and not run.result.get("failed")
    if run.refusal:
        for attempt in run.witness.tries:
            yield "a", f"{attempt.operation} was sent, though {run.refusal}"
    if ended_well and (run.refusal or run.endless):
        yield "b", f"it succeeded, though {run.refusal or f'{run.endless[0]} cannot be as declared, or be seen to be'}"


# -- (b) -------------------------------------------------------------------------------------------


def _disagreements(run: Run):
    result, witness = run.result, run.witness
    if "error" not in result and result.get("failed"):
        yield f"it failed without an error to act on: {result.get('msg')}"
        return
    acted = any(change.delta for change in witness.ours)
    # Deleted by somebody else between read and write: what was asked for has been done.
    theirs = any(goal.differs and goal.key in change.delta for change in witness.intrusions for goal in run.goals)
    unclear = any(attempt.acted or attempt.told in ("outcome_unknown", "good") for attempt in witness.tries)
    maybe = acted or theirs or unclear or run.schedule.slow
    if acted and not result.get("changed"):
        yield f"something was changed, and it says changed: false. {result.get('msg', '')}"
    if result.get("changed") and not maybe:
        yield f"nothing can have changed, and it says changed: true. {result.get('msg', '')}"
    yield from _fights(run)
    if result.get("role"):
        # Several tasks: each of them was judged by the exit status and by what is said of the changes.
        return
    if result.get("failed"):
        yield from _failure(run, result["error"], result["msg"])
    else:
        yield from _success(run, result)


def _fights(run: Run):
    """A resource that was written again after somebody else had changed it: reported is enough."""
    if [fault.kind.name for fault in run.schedule.faults] != ["second writer after"]:
        return  # an unknown outcome may be a reason to repeat a write
    for theirs in run.witness.intrusions:
        for ours in run.witness.ours:
            if ours.attempt > theirs.attempt:
                for key in ours.delta.keys() & theirs.delta.keys():
                    if any(key in earlier.delta for earlier in run.witness.ours if earlier.attempt <= theirs.attempt):
                        yield f"{'/'.join(key)} was written again by {ours.operation} after another writer changed it"


def _success(run: Run, result):
    for goal in run.goals:
        if not _stands(run, goal, goal.state(run.after)) and not _excused(run, goal):
            yield f"it succeeded, but {goal} is {_short(goal.state(run.after))}, declared is {_short(goal.declared)}"
    if bool(result["changed"]) is not bool(run.planned):
        yield f"{len(run.planned)} were to change, and it says changed: {result['changed']}"
    told = Counter(
        next((str(goal) for goal in run.planned if goal.entry.listed_as(row)), str(row)) + " " + row["action"]
        for row in result["changes"]
    )
    asked = Counter(f"{goal} {goal.action}" for goal in run.planned)
    if told != asked:
        yield f"its changes are {dict(told)}, planned were {dict(asked)}"


def _stands(run: Run, goal: Goal, state: State | None) -> bool:
    """Whether a state is as declared, in all that was to change; what somebody else changed beside it is theirs."""
    if state is None or goal.declared is None:
        return fits(state, goal.declared)
    theirs = _intruded(run.witness).get(goal.key, set())
    before = goal.before or {}
    kept = {name: value for name, value in goal.declared.items() if name not in theirs or before.get(name) != value}
    return fits(state, kept)


def _excused(run: Run, goal: Goal) -> bool:
    """Somebody else changed it after our last read of it, or it was not to be changed: nobody could know."""
    if not goal.differs and goal.key in _intruded(run.witness):
        return True
    last = max((change.attempt for change in run.witness.intrusions if goal.key in change.delta), default=None)
    if last is None:
        return False
    return not any(attempt.kind == "read" and attempt.told == "good" for attempt in run.witness.attempts[last + 1 :])


def _failure(run: Run, error, message: str):
    lists = {name: list(error[name]) for name in ("written", "failed", "pending")}
    where = {}
    for name, rows in lists.items():
        for row in rows:
            goals = [goal for goal in run.planned if goal.entry.listed_as(row)]
            if len(goals) != 1:
                yield f"{name} has {row}, which was not to be changed"
            elif str(goals[0]) in where:
                yield f"{goals[0]} is listed twice"
            else:
                where[str(goals[0])] = name
    if not where:
        # It says that it has not begun to write.
        if run.witness.tries:
            yield f"no resource is listed, but {run.witness.tries[0].operation} was sent. {message}"
        return
    for goal in run.planned:
        name = where.get(str(goal))
        if name is None:
            yield f"{goal} was to change and is in no list. {message}"
            continue
        acted = _ours(run, goal)
        last = acted[-1][1] if acted else goal.state(run.after)
        # The service said so and did not do it, and nothing of it could be read: that is what is told then.
        lied = UNSURE.search(message) and any(a.told == "good" and not a.acted for a in run.witness.tries)
        if name == "written" and lied:
            continue
        if name == "written" and (not acted or not _stands(run, goal, last)):
            yield f"{goal} is listed as written, and is {_short(last)}"
        if name == "pending" and acted:
            yield f"{goal} is listed as not tried, and {acted[0][0]} was carried out"
        if name == "written" and not _stands(run, goal, goal.state(run.after)) and not _excused(run, goal):
            yield f"{goal} is listed as written, and somebody else has changed it before it was verified"
        if name == "failed" and acted and message.startswith("Could not") and not UNSURE.search(message):
            yield f"{goal} was changed by {acted[0][0]}, and the message is sure that it was not: {message}"
    counts = re.search(r"Written: (\d+), failed: (\d+), not tried: (\d+)", message)
    if counts and [int(count) for count in counts.groups()] != [len(rows) for rows in lists.values()]:
        yield f"the message counts {counts.group()}, the lists hold {[len(rows) for rows in lists.values()]}"


def _ours(run: Run, goal: Goal) -> list[tuple[str, State | None]]:
    """Our changes of a resource: the operation of each, and what it made of it."""
    return [
        (change.operation, new)
        for change in run.witness.ours
        for key, (old, new) in change.delta.items()
        if _goal(run, key, old or new) is goal
    ]


# -- (c) -------------------------------------------------------------------------------------------


def judge_again(first: Run, runs: list[Run]) -> list[Violation]:
    """The same task without faults: it must succeed, make all of it so, and (in a third run) find nothing to do."""
    found = []
    for number, run in enumerate(runs):
        found += _refusals(run)
        if run.refusal or run.endless:
            # Both names, where somebody has to be told that one was made of the other.
            for goal in run.goals:
                names = [*goal.entry.names.values(), goal.entry.kept]
                told = goal.misnamed and (goal.before is not None) is bool(run.refusal)
                if told and not all(name in str(run.result.get("msg")) for name in names):
                    found.append(("b", f"run {number + 2} does not say {names}: {run.result.get('msg')}"))
            found += [("d", text) for text in _strangers(run)]
            continue
        if run.result is None or run.result.get("failed"):
            found.append(("c", f"run {number + 2} failed: {run.result and run.result.get('msg')}"))
            continue
        for goal in run.goals:
            if not fits(goal.state(run.after), goal.declared):
                found.append(("c", f"run {number + 2} left {goal} as {_short(goal.state(run.after))}"))
        if bool(run.result["changed"]) is not bool(run.planned):
            found.append(("c", f"run {number + 2} says changed: {run.result['changed']}, {len(run.planned)} differed"))
        found += [("d", text) for text in _strangers(run)]
    left = [goal for goal in runs[-1].planned if not goal.unknown]
    if len(runs) > 1 and left and not runs[-1].refusal and not runs[-1].endless:
        found.append(("c", "the last run still had something to change"))
    found += [("e", text) for text in _doubles([first.witness, *(run.witness for run in runs)])]
    return [Violation(first.schedule.seed, letter, text) for letter, text in found]


# -- (e), (f), (g) ---------------------------------------------------------------------------------


def _doubles(witnesses):
    """A name that was created while it was there already."""
    created: Counter[tuple[str, ...]] = Counter()
    for witness in witnesses:
        for change in witness.changes:
            for key, (old, new) in change.delta.items():
                name = (*key[:2], (new or old)["name"])
                if old is None and change.by == "us":
                    created[name] += 1
                elif new is None and created[name]:
                    created[name] -= 1
    for name, count in created.items():
        if count > 1:
            yield f"{'/'.join(name)} was created {count} times"


def _lateness(run: Run):
    schedule = run.schedule
    bound = schedule.timeout * (schedule.retries + 1)
    if schedule.concurrency > 1:
        bound *= schedule.concurrency  # after a throttle they wait for each other, which is nobody's time
    for seconds in run.sends:
        if seconds > bound + run.slack:
            yield f"a request took {seconds:.2f} s with its repetitions; timeout x (retries + 1) is {bound:.2f} s"
    rounds = 2 + sum(goal.action == "create" for goal in run.planned) * (schedule.retries + 1)
    most = bound * max(1, len(run.sends)) + rounds * 30.0 + LOOK * rounds + run.slack
    if run.seconds > most:
        yield f"it took {run.seconds:.1f} s, at most {most:.1f} s are declared"


def _repeated_refusals(run: Run):
    # What was already on its way when the first refusal came back may arrive still, or be answered late.
    late = any(fault.rule.get("latency") for fault in run.schedule.faults)
    # A token of IAM may end: what is refused then is asked again, with another one.
    for token in dict.fromkeys(attempt.token for attempt in run.witness.attempts):
        attempts = [attempt for attempt in run.witness.attempts if attempt.token == token]
        refused = [number for number, attempt in enumerate(attempts) if attempt.told == "unauthorised"]
        followed = len(attempts) - 1 - refused[0] if refused else 0
        if not late and followed > run.schedule.concurrency - 1:
            yield f"{followed} requests followed the refusal of {attempts[refused[0]].operation}"
        for what, count in Counter(attempts[number].what for number in refused).items():
            if count > 1:
                yield f"a refused request was sent {count} times: {what[:120]}"


def _short(value: object, name: str = "") -> str:
    """Of what stands under ``name``, without secrets: a violation is printed, and kept in a file."""
    text = repr(masked({name: value})[name])
    return text if len(text) < 300 else text[:300] + "…"
