# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The complete data of access: principals, access, findings and changes of one run, or of several runs merged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .._redaction import printable
from . import acceptances as accepting
from . import findings, model, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .estate import Declared, Scope
    from .model import Data

LISTS = ("scopes", "principals", "access", "findings")
KEYS = ("format", "version", "taken_at", "complete", "unknowable", *LISTS, "changes")
SHOWN = 20  # findings in a message, and in the statistics of a job


def report(
    scopes: Sequence[Scope],
    at: int,
    version: str,
    grants: Sequence[Declared] | None = None,
    roma_sasl: bool | Mapping[str, bool] | None = None,
    identities: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    acceptances: Any = (),
    earlier: str | None = None,
    as_grant: Callable[[Mapping[str, Any]], str] | None = None,
    drift: Iterable[Mapping[str, str]] = (),
    soon: int = findings.SOON,
    rotate_after: int | None = None,
) -> Data:
    """The data of ``scopes`` at ``at`` (Unix seconds). See `model.access`, `findings.find` and `acceptances.check`.

    ``earlier`` is the text of a snapshot to compare with. ValueError for what is malformed or names what nobody has seen.
    """
    checked_acceptances = accepting.check(acceptances, at)
    data = model.access(scopes, grants, at, version, roma_sasl, identities)
    if earlier is not None:
        data["changes"] = snapshot.compare(earlier, data)
    data["warn_before"] = soon // findings.DAY
    found = findings.find(scopes, data, at, as_grant, drift, soon, rotate_after)
    data["findings"] = accepting.apply(found, checked_acceptances, data, at)
    return data


def checked(data: Any, where: str) -> Data:
    """``data`` with the keys of its format only; ValueError, which begins with ``where``, when it has another form."""
    if not isinstance(data, dict) or data.get("format") != model.FORMAT:
        raise ValueError(f"{where} must be data of the format {model.FORMAT}, as a report writes it")
    lacking = [key for key in KEYS if key not in data]
    if lacking or not all(isinstance(data[key], list) for key in LISTS):
        raise ValueError(f"{where} must have {', '.join(KEYS)}, as a report writes it; {', '.join(lacking)} is missing")
    days = data.get("warn_before", findings.SOON // findings.DAY)
    return dict({key: data[key] for key in KEYS}, warn_before=days)


def merged(parts: Mapping[str, Any], earlier: str | None = None) -> Data:
    """The data of several runs merged. ``parts`` are data or their JSON texts, each under a name for messages.

    The result has the time of the earliest part, and is complete when all parts are. With ``earlier``, the text of a
    snapshot, it has the changes since that. ValueError where two parts have the same scope, and for other input.
    """
    if not parts:
        raise ValueError("there must be data of at least one run")
    read = {where: checked(_loaded(where, part), where) for where, part in parts.items()}
    whole = list(read.values())
    first: dict[tuple[str, str], str] = {}
    for where, data in read.items():
        for scope in data["scopes"]:
            key = (scope["system"], scope["scope"])
            if key in first:
                raise ValueError(f"{first[key]} and {where} must be about different scopes; both have {' '.join(key)}")
            first[key] = where
    result = {"format": model.FORMAT, "version": max(data["version"] for data in whole)}
    result["taken_at"] = min(data["taken_at"] for data in whole)
    result["complete"] = all(data["complete"] for data in whole)
    result["warn_before"] = max(data["warn_before"] for data in whole)
    result["unknowable"] = list(dict.fromkeys(text for data in whole for text in data["unknowable"]))
    for name in LISTS:
        rows = [row for data in whole for row in data[name]]
        # Each part is sorted, and no scope is in two of them.
        result[name] = findings.order(rows) if name == "findings" else sorted(rows, key=_scope)
    changes = [data["changes"] for data in whole if data["changes"] is not None]
    result["changes"] = sorted((row for rows in changes for row in rows), key=_scope) if changes else None
    if earlier is not None:
        result["changes"] = snapshot.compare(earlier, result)
        kept = [each for each in result["findings"] if each["id"] != "DR002"]
        result["findings"] = findings.order([*kept, *findings.changed(result["changes"])])
    return result


def _loaded(where: str, part: Any) -> Any:
    if not isinstance(part, str):
        return part
    try:
        return json.loads(part)
    except ValueError:
        raise ValueError(
            f"{where} must be data of access, as a report writes it; got a text that is not JSON"
        ) from None


def text(data: Data) -> str:
    """The canonical JSON of ``data``: the same bytes for the same data."""
    return json.dumps(data, sort_keys=True, indent=1, ensure_ascii=True) + "\n"


def stats(data: Data) -> dict[str, Any]:
    """Counts, and the first findings that are not accepted, for a next job."""
    counted = findings.counted(data["findings"])
    names = ("id", "severity", "title", "system", "scope", "principal", "resource")
    return {
        "complete": data["complete"],
        "principals": len(data["principals"]),
        "access": len(data["access"]),
        "changes": None if data["changes"] is None else len(data["changes"]),
        "accepted": len(data["findings"]) - len(counted),
        "severities": {level: sum(each["severity"] == level for each in counted) for level in findings.SEVERITIES},
        "findings": [{name: each[name] for name in names} for each in counted[:SHOWN]],
    }


def summary(data: Data) -> Iterator[str]:
    """A summary in lines for a terminal. Whether the data is complete comes first."""
    counts = stats(data)
    if not data["complete"]:
        yield "INCOMPLETE: what is not listed may be allowed all the same."
    for scope in data["scopes"]:
        state = f"{scope['principals']} principals" if scope["complete"] else f"NOT READ WHOLE: {scope['problem']}"
        yield printable(" ".join(filter(None, (scope["system"], scope["scope"]))) + f": {state}")
    numbers = ", ".join(f"{number} {level}" for level, number in counts["severities"].items() if number)
    yield f"{counts['access']} rows of access; findings: {numbers or 'none'}; accepted: {counts['accepted']}"
    if data["changes"] is not None:
        yield f"{len(data['changes'])} changes since the last snapshot"
    for each in data["findings"][:SHOWN]:
        yield f"{'accepted' if each['accepted'] else each['severity']}: {_line(each)}"
    if len(data["findings"]) > SHOWN:
        yield f"and {len(data['findings']) - SHOWN} more findings, which the page and the data show"


def failing(data: Data, level: str) -> str:
    """The message of a task that fails on findings of ``level`` or above; "" when there are none that count.

    ValueError for a word that is not a severity.
    """
    if level not in findings.SEVERITIES:
        raise ValueError(
            f"`permissions_fail_on` must be one of {', '.join(findings.SEVERITIES)}; got {errors.brief(level)}"
        )
    counted = findings.counted(data["findings"], level)
    if not counted:
        return ""
    numbers = {word: sum(each["severity"] == word for each in counted) for word in findings.SEVERITIES}
    summary = ", ".join(f"{number} {word}" for word, number in numbers.items() if number)
    first = "; ".join(_line(each) for each in counted[:SHOWN])
    more = f"; and {len(counted) - SHOWN} more" if len(counted) > SHOWN else ""
    return f"Findings: {summary}. {first}{more}."


def _line(each: Mapping[str, Any]) -> str:
    where = " ".join(each[key] for key in ("system", "scope", "principal", "resource") if each[key])
    return printable(f"{each['id']} {each['title']}" + (f" ({where})" if where else ""))


def _scope(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["system"], row["scope"]
