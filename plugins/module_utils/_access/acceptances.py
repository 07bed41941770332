# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings that somebody accepts: what is wrong with a list of acceptances, and what they do to findings."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from . import remedies
from .acceptance import PLACE, Acceptance, day, wrong_terms
from .findings import TABLE, finding, order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .findings import Finding
    from .model import Data

MANDATORY = ("reason", "by", "until")
FIELDS = ("finding", *PLACE, *MANDATORY)
RENEWED = 90  # days of the new acceptance that a remedy suggests


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
        fields.update(reason=acceptance.reason, by=acceptance.by, until=str(day(at) + datetime.timedelta(days=RENEWED)))
        remedy = f"# {remedy} Or accept it again:\n{remedies.acceptance(fields)}"
    return finding(number, f"{why} By {acceptance.by}: {acceptance.reason}", remedy, **place)
