# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the oracle knows of any of the four systems: entries of a task, records, states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OPS = ("TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE", "TOKEN_ALLOW_DELETE", "TOKEN_ALLOW_LIST", "TOKEN_ALLOW_IOP")
WORDS = ("alpha", "beta", "gamma", "delta", "epsilon")
TOPICS = ("orders", "payments", "refunds", "audit", "events")
PREFIXES = ("in/", "out/", "tmp/", "logs/", "backup/")
BUCKETS = ("acme-data", "acme-logs", "acme-media", "acme-raw")
APPS = ("shop", "billing", "audit", "stock")
ADDRESSES = ("", "192.0.2.10", "198.51.100.7")

Key = tuple[str, ...]
State = dict[str, Any]


@dataclass
class Entry:
    """What a task says of one resource. ``key`` is None where the task is to create it."""

    system: System
    place: str
    key: Key | None
    names: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    purge: bool | None = None
    absent: bool = False
    kept: str = ""  # what the service calls what it makes, where that is not what was asked for

    @property
    def row(self) -> dict[str, Any]:
        row = {**self.names, **self.values}
        if self.purge is not None:
            row["purge"] = self.purge
        if self.absent:
            row["state"] = "absent"
        return row

    def declared(self, before: State | None, purge: bool) -> State | None:
        """The fields as they have to be, from the state before; None when it has to be gone."""
        if self.absent:
            return None
        purge = purge if self.purge is None else self.purge
        declared = self.system.declared(before, self, purge)
        return {**declared, "name": self.kept} if self.kept else declared

    def means(self, key: Key, state: State) -> bool:
        """Whether a record is the one this entry is about."""
        if key[0] != self.system.name or key[1] != self.place:
            return False
        return key == self.key if self.key is not None else state["name"] in (self.kept, *self.names.values())

    def listed_as(self, row: dict[str, Any]) -> bool:
        """Whether a row of a task's result (its names) is about this entry."""
        scope = self.system.scope
        if scope and row.get(scope) != self.place:
            return False
        return any(row.get(option) in (value, self.kept or value) for option, value in self.names.items())


class System:
    """One of the four. ``fields`` of a state are those that a task can set; the others must never change."""

    name = module = many = scope = ""
    places: tuple[str, ...] = ("",)
    lifecycle = True
    by_id = ""  # the option that names a record by its key

    def records(self, estate: dict, place: str) -> dict[str, Any]:
        raise NotImplementedError

    def state(self, record: dict) -> State:
        """A record, comparable: sets are sets, times of the last change are left out."""
        raise NotImplementedError

    def add(self, sim, rng, place: str, name: str) -> Key:
        raise NotImplementedError

    def names(self, key: Key, state: State, rng) -> dict[str, str]:
        raise NotImplementedError

    def new_names(self, name: str) -> dict[str, str]:
        raise NotImplementedError

    def values(self, rng, state: State | None, kind: str) -> dict[str, Any]:
        """Options that differ from ``state``; kind is change, add (to lists), clear or create."""
        raise NotImplementedError

    def declared(self, before: State | None, entry: Entry, purge: bool) -> State:
        raise NotImplementedError

    def intrude(self, record: dict, rng, own: bool) -> None:
        """Another writer's change: of a field that tasks set often, or (own) of one that they never name."""
        raise NotImplementedError


def some(rng, words, low=1):
    return sorted(rng.sample(words, rng.randint(low, len(words) - 1)))


def other(rng, words, now, low=1):
    """Some words, not the set that there is now."""
    while True:
        found = some(rng, words, low)
        if set(found) != set(now):
            return found


def beyond(rng, words, now):
    """At least one word that is not there yet, and one that may be."""
    fresh = sorted(set(words) - set(now))
    return sorted({rng.choice(words), *(rng.sample(fresh, 1) if fresh else [])})
