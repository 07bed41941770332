# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for: a task over one of the systems, made from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .oracle_systems import BY_NAME, Entry, Key, State, System, fits

# With creation and deletion, and without
LIFE = ("update", "update-many", "add", "clear", "create", "create-many", "delete", "delete-many", "mixed", "exclusive")
PLAIN = ("update", "update-many", "add", "clear", "two-places")
OPERATIONS = tuple(
    (name, operation)
    for name, operations in (
        ("ufile", LIFE),
        ("urocketmq", (*LIFE, "two-places")),
        ("rocketmq", (*LIFE, "two-places")),
        ("roma", PLAIN),
    )
    for operation in operations
)


@dataclass
class Task:
    """A module's options, and what they mean: entries, and what `exclusive` deletes beside them."""

    system: System
    operation: str
    entries: list[Entry]
    form: str
    purge: bool = True
    exclusive: str | None = None  # the place

    @property
    def params(self) -> dict[str, Any]:
        rows = [self._scoped(entry) for entry in self.entries]
        params: dict[str, Any] = rows[0] if self.form == "one" else {self.system.many: rows}
        if not self.purge:
            params["purge"] = False
        if self.exclusive is not None:
            params.update({"exclusive": True, "exclusive_limit": 10})
        return params

    def _scoped(self, entry: Entry) -> dict[str, Any]:
        scope = {self.system.scope: entry.place} if self.system.scope else {}
        return {**scope, **entry.row}

    def goals(self, before: dict[Key, State]) -> list[Goal]:
        """Everything that the task asks for, from what there is."""
        goals = []
        for entry in self.entries:
            key = next((key for key, state in before.items() if entry.means(key, state)), None)
            state = before.get(key) if key else None
            goals.append(Goal(entry, key, state, entry.declared(state, self.purge)))
        if self.exclusive is not None:
            named = {goal.key for goal in goals}
            for key, state in before.items():
                if key[:2] == (self.system.name, self.exclusive) and key not in named:
                    names = {self.system.by_id: key[2]}
                    gone = Entry(self.system, key[1], key, names, absent=True)
                    goals.append(Goal(gone, key, state, None, beside=True))
        return goals


@dataclass
class Goal:
    """One resource of a task: what it was, and what it has to become."""

    entry: Entry
    key: Key | None
    before: State | None
    declared: State | None
    beside: bool = False  # not named: `exclusive` deletes it
    unknown: bool = False  # what is there does not show, so that it is written each time
    unseen: bool = False  # what was written does not show

    @property
    def differs(self) -> bool:
        return self.unknown or not fits(self.before, self.declared)

    @property
    def misnamed(self) -> bool:
        """Whether the service gives it another name, so that a task cannot end well."""
        return bool(self.entry.kept)

    @property
    def action(self) -> str:
        if not self.differs:
            return "none"
        return "delete" if self.declared is None else "create" if self.before is None else "update"

    def state(self, found: dict[Key, State]) -> State | None:
        """Its state in another look at the estate."""
        if self.key is not None:
            return found.get(self.key)
        return next((state for key, state in found.items() if self.entry.means(key, state)), None)

    def __str__(self) -> str:
        return f"{self.entry.system.name} {'/'.join(filter(None, [self.entry.place, *self.entry.names.values()]))}"


def make(rng, system_name: str, operation: str, found: dict[Key, State]) -> Task:
    """A task of one kind, for the estate that ``found`` is."""
    system = BY_NAME[system_name]
    place = rng.choice(system.places)
    keys = sorted(key for key in found if key[:2] == (system.name, place))
    rng.shuffle(keys)

    def named(key: Key, kind: str = "", absent: bool = False) -> Entry:
        """One that is there; without a kind of change it is asked for nothing."""
        names = system.names(key, found[key], rng)
        return Entry(system, key[1], key, names, system.values(rng, found[key], kind) if kind else {}, absent=absent)

    def change(keys: list[Key], kind: str = "change") -> list[Entry]:
        return [named(key, kind) for key in keys]

    def new(name: str) -> Entry:
        return Entry(system, place, None, {system.by_name: system.new_name(name)}, system.values(rng, None, "create"))

    count = rng.randint(2, 4)
    if operation == "update":
        entries = change(keys[:1])
    elif operation == "update-many":
        entries = [*change(keys[:count]), named(keys[-1])]
    elif operation in ("add", "clear"):
        entries = change(keys[:count], operation)
    elif operation == "two-places":
        others = sorted(key for key in found if key[0] == system.name and key[1] != place)
        entries = change([*keys[:2], *others[:2]])
    elif operation == "create":
        entries = [new("fresh-one")]
    elif operation == "create-many":
        entries = [new("fresh-one"), new("fresh-two"), *change(keys[:1])]
    elif operation == "delete":
        entries = [named(keys[0], absent=True)]
    elif operation == "delete-many":
        entries = [named(key, absent=True) for key in keys[:count]]
    elif operation == "mixed":
        entries = [new("fresh-one"), *change(keys[:1]), named(keys[1], absent=True)]
        entries += [*change(keys[2:3]), named(keys[3], absent=True)]
    else:
        entries = [*change(keys[:1]), new("fresh-one"), *map(named, keys[1:-2])]
    rng.shuffle(entries)
    form = "one" if operation in ("update", "create", "delete") else "many"
    exclusive = place if operation == "exclusive" else None
    return Task(system, operation, entries, form, purge=operation != "add", exclusive=exclusive)
