# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all probes share: findings in words without names, ids and secrets; scratch names; waiting until a write shows."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .assumptions import ASSUMPTIONS, NUMBERS, READING, WRITING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    T = TypeVar("T")

HOLDS, DOES_NOT, NOT_SEEN = "holds", "does not hold", "not seen"
# All that a probe creates has such a name; nothing else is ever removed.
PREFIX = "grantops-probe-"
SCRATCH = re.compile("^" + PREFIX + r"[0-9a-f]{16}\Z")
CODE = re.compile(r"^(?:[A-Za-z]{2,10}\.)?[0-9]{1,12}\Z")  # an error code; anything else could be a name
WAITS = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)  # seconds before each read that looks for a write; the last one from then on


def scratch_name() -> str:
    """A new name for what a probe makes."""
    return PREFIX + secrets.token_hex(8)


def is_scratch(name: object) -> bool:
    """Whether a probe made what has this name."""
    return isinstance(name, str) and SCRATCH.match(name) is not None


class Code:
    """The error code and HTTP status of a refusal, for a finding."""

    def __init__(self, error: errors.RequestError) -> None:
        code = str(error.code)
        text = code if error.code is not None and CODE.match(code) else "no known code"
        self.text = f"{text} (HTTP {int(error.status)})" if error.status else text

    def __str__(self) -> str:
        return self.text


class Findings:
    """The verdict on each assumption. The first one other than NOT_SEEN stays."""

    def __init__(self, writes: bool) -> None:
        self._found: dict[str, tuple[str, str]] = {}
        for assumption in ASSUMPTIONS:
            text = "nothing that the API shows tells"
            if assumption.seen_by == WRITING:
                text = "the writes did not come so far" if writes else "only a probe that writes tells"
            elif assumption.seen_by == READING:
                text = "it was not read"
            self._found[assumption.number] = (NOT_SEEN, text)

    def tell(self, number: str, holds: bool | None, text: str, *values: int | float | Code) -> None:
        """Set a verdict; ``holds`` is ``None`` for NOT_SEEN. ``text`` is a constant that is filled with ``values``."""
        for value in values:
            if not isinstance(value, (int, float, Code)):
                raise TypeError("a finding holds numbers and error codes only")
        if self._found[number][0] == NOT_SEEN:
            verdict = NOT_SEEN if holds is None else HOLDS if holds else DOES_NOT
            self._found[number] = (verdict, text.format(*values))

    def rows(self) -> list[dict[str, Any]]:
        """One row for each assumption, in their order."""
        rows = []
        for number, (verdict, seen) in self._found.items():
            assumption = NUMBERS[number]
            rows.append(
                {
                    "number": number,
                    "system": assumption.system,
                    "assumed": assumption.assumed,
                    "verdict": verdict,
                    "seen": seen,
                    "otherwise": assumption.otherwise,
                }
            )
        return rows


def until(
    read: Callable[[], Any], good: Callable[[Any], bool], seconds: float, sleep: Callable[[float], object]
) -> tuple[Any, float, int]:
    """Read until ``good``, at most for ``seconds``: the good value or ``None``, the seconds it took, the reads it took."""
    started, reads = time.monotonic(), 0
    while True:
        value = read()
        reads += 1
        elapsed = time.monotonic() - started
        if value is not None and good(value):
            return value, elapsed, reads
        wait = WAITS[min(reads, len(WAITS) - 1)]
        if elapsed + wait > seconds:
            return None, elapsed, reads
        sleep(wait)


def refused(error: errors.RequestError) -> bool:
    """Whether a request was refused for its content, not for its credentials or for a temporary reason."""
    return error.kind in (errors.INVALID, errors.NOT_FOUND)


def first(rows: Iterable[T]) -> T | None:
    """The first of the rows, or ``None`` where there are none."""
    return next(iter(rows), None)


class Probe:
    """One system: ``look`` only reads; ``try_out`` makes scratch things, ``clean_up`` removes them. All raise GrantopsError."""

    system = ""

    def __init__(
        self, client: Any, findings: Findings, name: str, wait: float, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.client = client
        self.findings = findings
        self.name = name  # the name of what this run creates
        self.wait = wait  # seconds
        self.sleep = sleep
        self.removed: set[str] = set()
        self.made: list[str] = []  # ids of what this run has created, as far as responses had them
        self.others: set[str] = set()  # ids of what existed before, which no write may name

    # -- what a subclass defines ---------------------------------------------------------------

    def look(self) -> None:
        """Find out what can be found out by reading."""
        raise NotImplementedError

    def try_out(self) -> None:
        """Find out the rest, by writing on scratch things. It may end at any point."""
        raise NotImplementedError

    def scratch(self) -> dict[str, Any]:
        """All that probes have created and that still exists: its id -> what ``remove`` needs."""
        raise NotImplementedError

    def remove(self, key: str, row: Any) -> None:
        """Remove one of them."""
        raise NotImplementedError

    # -- shared --------------------------------------------------------------------------------

    def note(self, key: str) -> str:
        """Remember the id in the response to a creation; ResponseError when it existed before."""
        if key in self.others:
            raise errors.ResponseError("the response to a creation names what was there before it")
        self.made.append(key)
        return key

    def clean_up(self) -> int:
        """Remove what this run and earlier ones have created; returns how many still exist."""
        for key in list(self.made):
            self._remove(key, None)
        started, looks = time.monotonic(), 0
        while True:
            rows = self.scratch()
            for key, row in rows.items():
                self._remove(key, row)
            looks += 1
            if not rows or (looks > 1 and time.monotonic() - started > self.wait):
                return len(rows)
            self.sleep(WAITS[min(looks, len(WAITS) - 1)])

    def _remove(self, key: str, row: Any) -> None:
        if key in self.removed:
            return
        try:
            self.remove(key, row)
        except errors.RequestError as error:
            if not refused(error):  # it may be gone already, which the next look tells
                raise
            return
        self.removed.add(key)

    def shows(self, number: str, read: Callable[[], T | None], good: Callable[[T], bool]) -> T | None:
        """Wait until what was written shows; the finding ``number`` says how long that took."""
        value: T | None
        value, elapsed, reads = until(read, good, self.wait, self.sleep)
        if value is None:
            self.findings.tell(number, False, "it did not show within {:.1f} s", elapsed)
        elif reads > 1:
            self.findings.tell(number, False, "it showed after {:.1f} s, in read {}", elapsed, reads)
        return value

    def shown_each_time(self, number: str) -> None:
        """Tell that every write was in the next read, unless ``number`` has a verdict already."""
        self.findings.tell(number, True, "each write was in the next read")
