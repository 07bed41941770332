# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings that somebody accepts, with a reason and a name, and for at most a year."""

from __future__ import annotations

import datetime
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from . import remedies
from .estate import SYSTEMS
from .findings import TABLE, finding, order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .findings import Finding
    from .model import Data

PLACE = ("system", "scope", "principal", "resource")
MANDATORY = ("reason", "by", "until")
FIELDS = ("finding", *PLACE, *MANDATORY)
LONGEST = 366  # days
RENEWED = 90  # days of the new acceptance that a remedy suggests
EPOCH = datetime.date(1970, 1, 1)


class Acceptance:
    """One acceptance. ``place`` has for each of PLACE a text, a pattern as ``{"like": …}``, or ``None``, exactly as given."""

    __slots__ = ("by", "finding", "place", "position", "reason", "until")

    def __init__(self, position: str, raw: Mapping[str, Any]) -> None:
        self.position = position
        self.finding = str(raw["finding"])
        self.place = {key: raw.get(key) for key in PLACE}
        self.reason, self.by = str(raw["reason"]), str(raw["by"])
        self.until = _date(raw["until"])

    def lapsed(self, at: int) -> bool:
        """Whether its last day is over, in UTC."""
        return _day(at) > self.until

    def matches(self, found: Finding) -> bool:
        return self.finding == found["id"] and all(_matches(self.place[key], found[key]) for key in PLACE)

    def may_lack(self, data: Data) -> bool:
        """Whether the finding that it accepts may be in a scope that was not read whole."""
        scopes = [
            scope
            for scope in data["scopes"]
            if _covers(self.place["system"], scope["system"]) and _covers(self.place["scope"], scope["scope"])
        ]
        return not scopes or not all(scope["complete"] for scope in scopes)


def _day(at: int) -> datetime.date:
    return EPOCH + datetime.timedelta(days=at // 86400)


def _date(value: Any) -> datetime.date:
    """A day, from a text such as `2027-01-31`, or from the date that YAML makes of it. ValueError for anything else."""
    match = re.match(r"(?a)^(\d{4})-(\d{2})-(\d{2})$", str(value).strip())
    if not match:
        raise ValueError("no date")
    year, month, day = map(int, match.groups())
    return datetime.date(year, month, day)


def _matches(given: Any, value: str | None) -> bool:
    if isinstance(given, dict):
        return value is not None and fnmatchcase(value, str(given["like"]).replace("[", "[[]"))
    return bool(given == value)


def _covers(given: Any, value: str) -> bool:
    return given is None or _matches(given, value)


def check(raw: Any, at: int) -> list[Acceptance]:
    """The Acceptances of a list of mappings; ValueError with all their mistakes."""
    if not isinstance(raw, (list, tuple)):
        raise ValueError(f"`acceptances` must be a list of mappings; got {errors.brief(raw)}")
    problems: list[str] = []
    for index, entry in enumerate(raw):
        place = f"acceptances[{index}]"
        problems.extend(f"`{place}{field}` must be {right}" for field, right in _wrong(entry, at))
    if problems:
        raise ValueError("; ".join(problems))
    return [Acceptance(f"acceptances[{index}]", entry) for index, entry in enumerate(raw)]


def _wrong(entry: Any, at: int) -> Iterator[tuple[str, str]]:
    """Yield the field of each mistake, and what it must be."""
    if not isinstance(entry, dict):
        yield "", f"a mapping with {', '.join(FIELDS)}; got {errors.brief(entry)}"
        return
    for field in entry:
        if field not in FIELDS:
            yield f".{field}", f"one of {', '.join(FIELDS)}"
    acceptable = sorted(number for number in TABLE if not number.startswith("AC"))
    if entry.get("finding") not in acceptable:
        yield ".finding", f"one of {', '.join(acceptable)}; got {errors.brief(entry.get('finding'))}"
    yield from wrong_terms(entry, at)


def wrong_terms(entry: Mapping[str, Any], at: int) -> Iterator[tuple[str, str]]:
    """Yield the mistakes in the place, reason, by and until of an acceptance: the field, and what it must be."""
    for field in PLACE:
        value = entry.get(field)
        if isinstance(value, dict):
            pattern = value.get("like")
            if set(value) != {"like"} or not isinstance(pattern, str) or not pattern.strip():
                yield f".{field}", f"text, or a pattern such as {{like: 'ci-*'}}; got {errors.brief(value)}"
        elif value is not None and not isinstance(value, str):
            yield f".{field}", f"text, or a pattern such as {{like: 'ci-*'}}; got {errors.brief(value)}"
        elif field == "system" and value is not None and value not in SYSTEMS:
            yield f".{field}", f"one of {', '.join(SYSTEMS)}; got {errors.brief(value)}"
    for field in ("reason", "by"):
        value = entry.get(field)
        if not isinstance(value, str) or not value.strip():
            yield (
                f".{field}",
                f"text that says {'why' if field == 'reason' else 'who accepts it'}; got {errors.brief(value)}",
            )
    yield from _wrong_end(entry.get("until"), at)


def _wrong_end(until: Any, at: int) -> Iterator[tuple[str, str]]:
    try:
        end = _date(until)
    except ValueError:
        yield ".until", f"the last day, such as 2027-01-31; got {errors.brief(until if until is None else str(until))}"
        return
    latest = _day(at) + datetime.timedelta(days=LONGEST)
    if end > latest:
        yield ".until", f"at most {LONGEST} days ahead, which is {latest}; got {end}"


def apply(found: Iterable[Finding], acceptances: Sequence[Acceptance], data: Data, at: int) -> list[Finding]:
    """``found`` with ``accepted`` set, and a finding for each acceptance that has lapsed, or that matches nothing."""
    result = [dict(each) for each in found]
    matched: set[Acceptance] = set()
    by_number: dict[str, list[Acceptance]] = {}
    for acceptance in acceptances:
        by_number.setdefault(acceptance.finding, []).append(acceptance)
    for each in result:
        for acceptance in by_number.get(each["id"], ()):
            if acceptance.matches(each):
                matched.add(acceptance)
                if each["accepted"] is None and not acceptance.lapsed(at):
                    each["accepted"] = {
                        "reason": acceptance.reason,
                        "by": acceptance.by,
                        "until": str(acceptance.until),
                    }
    for acceptance in acceptances:
        if acceptance in matched and acceptance.lapsed(at):
            why = f"It ended with {acceptance.until}, so what it accepted counts again."
            result.append(_about("AC001", acceptance, why, at))
        elif acceptance not in matched and not acceptance.may_lack(data):
            result.append(_about("AC002", acceptance, "What it accepts is gone, or one of its fields is mistyped.", at))
    return order(result)


def _about(number: str, acceptance: Acceptance, why: str, at: int) -> Finding:
    place = {key: value if isinstance(value, str) else None for key, value in acceptance.place.items()}
    words = [
        f"{key} {value['like'] if isinstance(value, dict) else value}"
        for key, value in acceptance.place.items()
        if value
    ]
    remedy = f"Take {acceptance.position} out: {', '.join([f'finding {acceptance.finding}', *words])}."
    if number == "AC001":
        fields = {
            "finding": acceptance.finding,
            **{key: value for key, value in acceptance.place.items() if value is not None},
        }
        fields.update(
            reason=acceptance.reason, by=acceptance.by, until=str(_day(at) + datetime.timedelta(days=RENEWED))
        )
        remedy = f"# {remedy} Or accept it again:\n{remedies.acceptance(fields)}"
    return finding(number, f"{why} By {acceptance.by}: {acceptance.reason}", remedy, **place)
