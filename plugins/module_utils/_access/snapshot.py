# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots of access: one row a line, sorted, byte-identical while access is; and comparing them by meaning."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import rules
from .model import key_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from .model import Data

    Row = dict[str, Any]

FORMAT = "grantops.access/1"
SYSTEM_KEYS = ("system", "scope")
KEYS = (*SYSTEM_KEYS, "principal", "action", "resource", "condition", "certainty")
ADDED, REMOVED, WIDER, NARROWER, RENEWED = "added", "removed", "wider", "narrower", "renewed"


def text(data: Data) -> str:
    """The snapshot of ``data``: lines of JSON, first for its scopes, then for its rows of access.

    It has neither the time of the run nor anything of the grants, only what is allowed.
    """
    names = {key_of(principal): principal["name"] for principal in data["principals"]}
    lines = [
        _line({"format": FORMAT, **{key: scope[key] for key in (*SYSTEM_KEYS, "complete")}}) for scope in data["scopes"]
    ]
    rows = sorted(_line({**{key: row[key] for key in KEYS}, "name": names[key_of(row)]}) for row in data["access"])
    return "".join(line + "\n" for line in sorted(lines) + rows)


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def read(content: str, known: Collection[str] = ()) -> tuple[dict[tuple[str, str], bool], list[Row]]:
    """A snapshot as (system, scope) -> whether it was read whole; and its rows, except those whose line is ``known``.

    ValueError, with the number of the line, for any other text.
    """
    scopes: dict[tuple[str, str], bool] = {}
    rows: list[Row] = []
    for number, line in enumerate(content.splitlines(), 1):
        if line in known and '"format"' not in line:
            continue
        try:
            row = json.loads(line)
            if "format" in row:
                if row["format"] != FORMAT:
                    raise ValueError(f"its format is {row['format']!r}, and this version reads {FORMAT!r}")
                scopes[row["system"], row["scope"]] = row["complete"]
            else:
                row = {key: row[key] for key in (*KEYS, "name")}
                if (row["system"], row["scope"]) not in scopes:
                    raise ValueError("its scope is not named before it")
                rows.append(row)
        except (KeyError, TypeError, ValueError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ValueError(f"line {number} is not a line of a snapshot: {what}") from None
    if not scopes:
        raise ValueError("it names no scope, so it is not a snapshot")
    return scopes, rows


def compare(earlier: str, data: Data) -> list[Row]:
    """The changes since the snapshot ``earlier``, as rows of access with ``change``, and ``before``, the earlier row.

    In a scope that was not read whole now, nothing counts as removed; in one that was not read whole then, nothing counts
    as added. A scope that only one of both has is not compared. ValueError for a text that is not a snapshot, and for a
    snapshot without any scope of ``data``.
    """
    now = text(data)
    scopes, gone = read(earlier, set(now.splitlines()))
    whole, come = read(now, set(earlier.splitlines())) if now else ({}, [])
    if not set(scopes) & set(whole):
        names = [", ".join(sorted(" ".join(filter(None, key)) for key in one)) for one in (scopes, whole)]
        raise ValueError(f"`since` must be a snapshot of what is read; it is of {names[0]}, and read was {names[1]}")
    old, new = _by_action(gone), _by_action(come)
    changes: list[Row] = []
    for key in sorted(set(old) | set(new)):
        scope = (key[0], key[1])
        if scope not in scopes or scope not in whole:
            continue
        for change in _changes(old.get(key, {}), new.get(key, {})):
            if change["change"] == REMOVED and not whole[scope]:
                continue
            if change["change"] == ADDED and not scopes[scope]:
                continue
            changes.append(change)
    return changes


def _by_action(rows: Iterable[Row]) -> dict[tuple[str, ...], dict[str, Row]]:
    """(system, scope, principal, action) -> its rows, each under its text without the name."""
    found: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in rows:
        said = {key: row[key] for key in KEYS}
        if said["certainty"] == rules.ASSUMED:  # `roma_sasl` makes rows certain, which is not a change of access
            said["certainty"] = rules.DOCUMENTED
        found.setdefault((*key_of(row), row["action"]), {})[_line(said)] = row
    return found


def _changes(old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[Row]:
    """The changes of one principal and action. Rows are paired by equal resource first, then by inclusion."""
    gone = [row for line, row in old.items() if line not in new]
    come = [row for line, row in new.items() if line not in old]
    for pairs in (_same_resource, _including):
        for before, after, change in pairs(gone, come):
            yield {**after, "change": change, "before": before}
    for row in come:
        yield {**row, "change": ADDED, "before": None}
    for row in gone:
        yield {**row, "change": REMOVED, "before": row}


def _place(row: Row) -> str:
    return _line({"resource": row["resource"], "keyless": "keyless" in row["condition"]})


def _same_resource(gone: list[Row], come: list[Row]) -> list[tuple[Row, Row, str]]:
    places: dict[str, list[Row]] = {}
    for row in gone:
        places.setdefault(_place(row), []).append(row)
    found = []
    for after in come:
        same = places.get(_place(after), [])
        for before in same:
            change = _difference(before, after)
            if change:
                found.append((before, after, change))
                same.remove(before)
                break
    _drop(gone, (before for before, *_rest in found))
    _drop(come, (after for _before, after, _how in found))
    return found


def _drop(rows: list[Row], taken: Iterable[Row]) -> None:
    ids = {id(row) for row in taken}
    rows[:] = [row for row in rows if id(row) not in ids]


def _difference(before: Row, after: Row) -> str | None:
    """How a row of the same resource changed; ``None`` where it became neither wider nor narrower."""
    ways: set[str | None] = set()
    one, other = before["condition"], after["condition"]
    if one.get("until") != other.get("until"):
        later = other.get("until", "~") > one.get("until", "~")
        ways.add(RENEWED if later else NARROWER)
    for key in ("addresses", "groups", "tags"):
        if one.get(key) != other.get(key):
            ways.add(_set_change(one.get(key), other.get(key)))
    barred = one.get("not_addresses", []), other.get("not_addresses", [])
    if barred[0] != barred[1]:
        ways.add(_set_change(barred[1], barred[0]))
    if one.get("no_overwrite") != other.get("no_overwrite"):
        ways.add(NARROWER if other.get("no_overwrite") else WIDER)
    if (before["certainty"] == rules.UNKNOWN) != (after["certainty"] == rules.UNKNOWN):
        ways.add(NARROWER if after["certainty"] == rules.UNKNOWN else WIDER)
    if ways == {WIDER, RENEWED}:
        return WIDER
    return ways.pop() if len(ways) == 1 else None


def _set_change(before: Sequence[str] | None, after: Sequence[str] | None) -> str | None:
    """WIDER or NARROWER; ``None`` for a list stands for everything. ``None`` where neither includes the other."""
    if after is None or (before is not None and set(before) <= set(after)):
        return WIDER
    return NARROWER if before is None or set(after) <= set(before) else None


def _including(gone: list[Row], come: list[Row]) -> list[tuple[Row, Row, str]]:
    found = []
    for wide, small, change in ((come, gone, WIDER), (gone, come, NARROWER)):
        for row in [each for each in wide if each["resource"]["match"] != "exact"]:
            inner = [each for each in small if _includes(row, each)]
            if inner:
                if change == WIDER:
                    found.append((inner[0], row, change))
                else:
                    found.extend((row, each, change) for each in inner)
                _drop(wide, [row])
                _drop(small, inner)
    return found


def _includes(wide: Row, small: Row) -> bool:
    """Whether ``wide`` includes the resource of ``small``, a row of the same action, under the same condition."""
    one, other = wide["resource"], small["resource"]
    if wide["condition"] != small["condition"] or one.get("bucket") not in (rules.EVERY, other.get("bucket")):
        return False
    if one["match"] == rules.ALL:
        return True
    return other["match"] == "prefix" and str(other["name"]).startswith(one["name"])
