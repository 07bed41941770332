# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for: a task over one of the systems, made from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, Any]:
        params = dict(self.options)
        if self.form == "one":
            (entry,) = self.entries
            params.update(self._scoped(entry))
        else:
            params[self.system.many] = [self._scoped(entry) for entry in self.entries]
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

    def entry(key: Key, kind: str = "change") -> Entry:
        state = found[key]
        return Entry(system, key[1], key, system.names(key, state, rng), system.values(rng, state, kind))

    def new(name: str) -> Entry:
        return Entry(system, place, None, system.new_names(name), system.values(rng, None, "create"))

    def gone(key: Key) -> Entry:
        return Entry(system, key[1], key, system.names(key, found[key], rng), absent=True)

    def same(key: Key) -> Entry:
        """Named, and asked for nothing."""
        return Entry(system, key[1], key, system.names(key, found[key], rng))

    count = rng.randint(2, 4)
    many = Task(system, operation, [], "many")
    if operation == "update":
        return Task(system, operation, [entry(keys[0])], "one")
    if operation == "update-many":
        many.entries = [*(entry(key) for key in keys[:count]), same(keys[-1])]
    elif operation == "add":
        many.entries, many.purge = [entry(key, "add") for key in keys[:count]], False
    elif operation == "clear":
        many.entries = [entry(key, "clear") for key in keys[:count]]
    elif operation == "two-places":
        others = [key for key in found if key[0] == system.name and key[1] != place]
        many.entries = [entry(key) for key in (*keys[:2], *sorted(others)[:2])]
    elif operation == "create":
        return Task(system, operation, [new("fresh-one")], "one")
    elif operation == "create-many":
        many.entries = [new("fresh-one"), new("fresh-two"), entry(keys[0])]
    elif operation == "delete":
        return Task(system, operation, [gone(keys[0])], "one")
    elif operation == "delete-many":
        many.entries = [gone(key) for key in keys[:count]]
    elif operation == "mixed":
        many.entries = [new("fresh-one"), entry(keys[0]), gone(keys[1]), entry(keys[2]), gone(keys[3])]
    else:
        many.exclusive = place
        many.entries = [entry(keys[0]), new("fresh-one"), *(same(key) for key in keys[1:-2])]
    rng.shuffle(many.entries)
    return many
