# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody accepts: of findings, or as an exception from a guardrail; with a reason and a name, for at most a year."""

from __future__ import annotations

import datetime
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .estate import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .model import Data

PLACE = ("system", "scope", "principal", "resource")
LONGEST = 366  # days
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
        return day(at) > self.until

    def matches(self, found: Mapping[str, Any]) -> bool:
        """Whether it accepts a finding: its id, and each place that is given."""
        return self.finding == found["id"] and all(_matches(self.place[key], found[key]) for key in PLACE)

    def may_lack(self, data: Data) -> bool:
        """Whether the finding that it accepts may be in a scope that was not read whole."""
        scopes = [
            scope
            for scope in data["scopes"]
            if _covers(self.place["system"], scope["system"]) and _covers(self.place["scope"], scope["scope"])
        ]
        return not scopes or not all(scope["complete"] for scope in scopes)


def day(at: int) -> datetime.date:
    """The day of a time in Unix seconds, in UTC."""
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
    latest = day(at) + datetime.timedelta(days=LONGEST)
    if end > latest:
        yield ".until", f"at most {LONGEST} days ahead, which is {latest}; got {end}"
