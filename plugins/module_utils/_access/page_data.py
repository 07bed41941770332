# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a page of access: each text once, rows as numbers that refer to them, and what is counted.

200,000 rows take 5 MB that way, and a browser has them in a second.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from . import findings
from .estate import ROCKETMQ, ROMA, UFILE, UROCKETMQ
from .findings import SEVERITIES
from .model import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    Row = Mapping[str, Any]

SYSTEMS = {ROCKETMQ: "RocketMQ", ROMA: "ROMA Connect", UFILE: "UFile", UROCKETMQ: "URocketMQ"}
PEOPLE = ("id", "name", "type", "identity", "owner", "reason", "ticket", "created", "expires", "declared")
CONDITIONS = ("groups", "tags", "addresses", "not_addresses", "keyless", "no_overwrite")
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
MATCHES = ("all", "prefix", "exact")
INSTANT = "%Y-%m-%dT%H:%M:%SZ"


# What the texts of a page say. The script has no words of its own for these.


def resource_text(resource: Row) -> str:
    """A resource in words, such as ``every topic, also of later``."""
    kind, match, name = resource["kind"], resource["match"], resource.get("name") or ""
    bucket = resource.get("bucket")
    place = "" if bucket is None else " in every bucket" if bucket == "*" else f" in {bucket}"
    if kind == "instance":
        return "the instance"
    if match == "all":
        return f"every {kind}{place}, also those created later"
    return f"{name}\u2026{place}" if match == "prefix" else f"{name}{place}"


def condition_text(condition: Row) -> str:
    """A condition in words; empty where there is none."""
    lists = (("groups", "with group "), ("tags", "with tag "), ("addresses", "from "), ("not_addresses", "not from "))
    said = [before + ", ".join(map(str, condition[key])) for key, before in lists if condition.get(key)]
    if condition.get("until"):
        said.append(f"until {when(condition['until'])}")
    if condition.get("keyless"):
        said.append("no key asked")
    if condition.get("no_overwrite"):
        said.append("overwrites nothing")
    return "; ".join(said)


def when(instant: str) -> str:
    """An instant for people, in UTC, without the time if it is midnight."""
    text = str(instant).replace("T", " ").replace("Z", "")
    return text[:-9] if text.endswith(" 00:00:00") else text


def grant_text(grant: Row | None) -> str:
    """Where a grant stands."""
    if not grant:
        return ""
    line, number = grant.get("line"), grant.get("number")
    file = grant.get("file") or "grants"
    return f"{file}:{line}" if line else f"{file} #{number}" if number else str(file)


def system_text(name: str) -> str:
    """What a system is called on the page; an unknown name stays as it is."""
    return SYSTEMS.get(name, name)


def scope_text(system: str | None, scope: str | None) -> str:
    """A scope in words; empty without a system, as for an acceptance that matches nothing."""
    if not system:
        return ""
    return f"{system_text(system)} {scope or 'default project'}"


# Tables: every text once, and columns of numbers


class Table:
    """Values, each once, and numbered; a value is known by its key."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def number(self, key: Hashable, value: Any) -> int:
        """The number of what has this key, from 0; it is added with ``value`` when it is new."""
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = len(self.values)
            self.values.append(value)
        return known


class Numbers(NamedTuple):
    """A row of access as positions in the tables. `why` and `grant` are about the same reasons."""

    principal: int
    action: int
    resource: int
    condition: int
    why: int
    grant: int
    note: int


class Tables:
    """The data of a page: rows as numbers that refer to tables of texts."""

    def __init__(self, data: Row) -> None:
        self.data = data
        self.scopes: list[Row] = list(data["scopes"])
        places = {(row["system"], row["scope"]): number for number, row in enumerate(self.scopes)}
        self.places = places
        self.principals: list[Row] = list(data["principals"])
        self.numbers = {_key(row, "id"): number for number, row in enumerate(self.principals)}
        for row in self.principals:
            if (row["system"], row["scope"]) not in places:
                raise ValueError(f"`principals` must be of a scope in `scopes`; got {row['system']} {row['scope']!r}")
        self.declares = any(row.get("declared") is not None for row in self.principals)
        self.conditions, self.notes = Table(), Table()
        # There are many reasons and places of grants, and few different ones: lists of their numbers
        self.reasons, self.places_of_grants = Table(), Table()
        self.whys, self.grants = Table(), Table()
        self.resources: list[Row] = []
        self.rows: list[Numbers] = []
        self._read_rows(data["access"])
        self.findings = sorted(data["findings"], key=_finding_order)
        self.ends = self._read_ends()
        taken = _instant(data["taken_at"])
        self.days = int(data.get("warn_before", findings.SOON // findings.DAY))  # in which an end is soon
        self.taken, self.soon = taken.strftime(INSTANT), (taken + timedelta(days=self.days)).strftime(INSTANT)

    def _read_rows(self, access: Iterable[Row]) -> None:
        known = Table()
        keys: list[tuple[str, ...]] = []
        made = []
        for row in access:
            who = self.numbers.get(_key(row, "principal"))
            if who is None:
                raise ValueError(f"`access` must be of a principal in `principals`; got {row['principal']!r}")
            resource, condition, because = row["resource"], row.get("condition") or {}, row.get("because") or ()
            key = (resource["match"], resource["kind"], resource.get("bucket") or "", resource["name"])
            which = known.number(key, resource)
            if which == len(keys):
                keys.append(key)
            why = tuple([self._reason(item["field"], item["value"]) for item in because])
            places = tuple([self._grant(item.get("grant")) for item in because])
            # Mostly one place for all reasons
            places = places[:1] if len(set(places)) == 1 else places
            # An empty value of a condition says nothing.
            said = tuple([(key, _hashable(condition[key])) for key in sorted(condition) if condition[key]])
            sure = (row["certainty"], row.get("assumption") or "")
            made.append(
                Numbers(
                    who,
                    ACTIONS.index(row["action"]),
                    which,
                    self.conditions.number(said, condition),
                    self.whys.number(why, why),
                    self.grants.number(places, places),
                    self.notes.number(sure, sure),
                )
            )
        # First everything, then prefixes, then single names
        ranked = sorted(range(len(keys)), key=lambda number: (MATCHES.index(keys[number][0]), keys[number]))
        rank = {number: position for position, number in enumerate(ranked)}
        self.resources = [known.values[number] for number in ranked]
        self.rows = sorted(row._replace(resource=rank[row.resource]) for row in made)

    def _reason(self, field: str, value: str | None) -> int:
        said = (field, "not shown by the service" if value is None else value)
        return self.reasons.number(said, said)

    def _grant(self, grant: Row | None) -> int:
        place = grant_text(grant)
        return self.places_of_grants.number(place, place)

    def _read_ends(self) -> list[tuple[str, int]]:
        """What ends: instant and principal, the soonest first. With a token, all its rows end."""
        return sorted((row["expires"], number) for number, row in enumerate(self.principals) if row.get("expires"))

    def counts(self) -> dict[str, int]:
        """What the page says in numbers."""
        counted = dict.fromkeys(SEVERITIES, 0)
        accepted = 0
        for finding in self.findings:
            accepted += bool(finding.get("accepted"))
            counted[finding["severity"]] += not finding.get("accepted")
        certain = [note[0] == "documented" for note in self.notes.values]
        return dict(
            counted,
            accepted=accepted,
            findings=sum(counted.values()),
            principals=len(self.principals),
            rows=len(self.rows),
            scopes=len(self.scopes),
            unread=sum(not row["complete"] for row in self.scopes),
            ended=sum(end <= self.taken for end, _who in self.ends),
            soon=sum(self.taken < end <= self.soon for end, _who in self.ends),
            unsure=sum(not certain[row.note] for row in self.rows),
        )

    def name(self, row: Row) -> str | None:
        """The name of the principal of a finding, or its id where there is no name."""
        number = self.numbers.get(_key(row, "principal"))
        return row.get("principal") if number is None else self.principals[number].get("name") or row["principal"]

    def because(self, row: Numbers) -> list[tuple[str, str, str]]:
        """Field, value and place of the grant, for each reason of a row."""
        why, places = self.whys.values[row.why], self.grants.values[row.grant]
        places = places * len(why) if len(places) == 1 else places
        return [(*self.reasons.values[one], self.places_of_grants.values[place]) for one, place in zip(why, places)]

    def compact(self) -> dict[str, Any]:
        """What the script reads; page.js says what each part is."""
        texts = Table()

        def text(value: str) -> int:
            return texts.number(value, value)

        names = Numbers._fields
        tables = (self.conditions.values, self.whys.values, self.grants.values, self.notes.values)
        sizes = [len(self.principals), len(ACTIONS), len(self.resources), *map(len, tables)]
        columns: Iterable[tuple[int, ...]] = zip(*self.rows) if self.rows else [()] * len(names)
        return {
            "actions": ACTIONS,
            "changes": [self._change(row) for row in self.data.get("changes") or ()],
            "columns": {name: _column(column, size) for name, column, size in zip(names, columns, sizes)},
            "compared": self.data.get("changes") is not None,
            "conditions": [_condition(value) for value in self.conditions.values],
            "declares": self.declares,
            "ends": self.ends,
            "findings": [self._finding(row, text) for row in self.findings],
            "grants": self.grants.values,
            "notes": self.notes.values,
            "places": self.places_of_grants.values,
            "principals": {key: self._people(key) for key in PEOPLE},
            "reasons": self.reasons.values,
            "resources": [_resource(value) for value in self.resources],
            "rows": len(self.rows),
            "scopes": [
                [system_text(row["system"]), row["scope"], bool(row["complete"]), row.get("problem")]
                for row in self.scopes
            ],
            "scope_of": [self.places[row["system"], row["scope"]] for row in self.principals],
            "soon": self.soon,
            "taken": self.taken,
            "texts": texts.values,
            "whys": self.whys.values,
        }

    def _people(self, key: str) -> list[Any] | None:
        """A column of the principals; ``None`` where it is empty."""
        column = [row.get(key) for row in self.principals]
        if key == "name":
            column = [None if value == row["id"] else value for value, row in zip(column, self.principals)]
        return column if any(value is not None for value in column) else None

    def _finding(self, row: Row, text: Callable[[str], int]) -> list[Any]:
        accepted = row.get("accepted")
        return [
            row["id"],
            row["severity"],
            text(row["title"]),
            text(row["why"]),
            self.places.get((row["system"], row["scope"])),
            self.numbers.get(_key(row, "principal")),
            row.get("principal"),
            row.get("resource"),
            text(row.get("remedy") or ""),
            [accepted["reason"], accepted["by"], accepted["until"]] if accepted else None,
        ]

    def _change(self, row: Row) -> list[Any]:
        return [
            row["change"],
            self.places.get((row["system"], row["scope"])),
            self.numbers.get(_key(row, "principal")),
            row.get("name") or row["principal"],
            _access_text(row),
            _access_text(row["before"]) if row.get("before") else None,
            scope_text(row["system"], row["scope"]),
        ]


def _key(row: Row, name: str) -> tuple[Any, Any, Any]:
    return row["system"], row["scope"], row.get(name)


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


def _finding_order(row: Row) -> tuple[Any, ...]:
    place = (row[key] or "" for key in ("system", "scope", "principal", "resource"))
    return (SEVERITIES.index(row["severity"]), row["id"], bool(row.get("accepted")), *place)


def _instant(text: str) -> datetime:
    return datetime.strptime(text, INSTANT)


def _access_text(row: Row) -> str:
    condition = condition_text(row.get("condition") or {})
    unsure = "" if row["certainty"] == "documented" else f" ({row['certainty']})"
    return f"{row['action']} {resource_text(row['resource'])}" + (f", {condition}" if condition else "") + unsure


def _condition(value: Row) -> list[Any]:
    kinds = [key for key in CONDITIONS if value.get(key)]
    return [condition_text(value), value.get("until"), kinds]


def _resource(value: Row) -> list[Any]:
    return [value["kind"], value["match"], value.get("name") or "", value.get("bucket"), resource_text(value)]


def _column(numbers: Sequence[int], size: int) -> list[Any]:
    """A column as text: how many digits a number has, and all of them, at base 64."""
    width = 1
    while 64**width < size:
        width += 1
    if width == 1:
        return [1, "".join([DIGITS[number] for number in numbers])]
    words = {
        number: "".join(DIGITS[number >> 6 * place & 63] for place in reversed(range(width))) for number in set(numbers)
    }
    return [width, "".join([words[number] for number in numbers])]
