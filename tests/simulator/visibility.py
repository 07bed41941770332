# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens behind the client's back: late visibility, a second writer, a revoked credential."""

from __future__ import annotations

import copy
import time
from collections import deque
from typing import Any

from . import estate as estates
from .wire import Call, Record

SECOND_WRITER_KEYS = frozenset({"match", "after", "times", "skip", "merge", "set", "delete", "call"})


class Visibility:
    """`slow_visibility`: seconds as a number, or {"seconds": s} or {"reads": n}.

    `replicas`: a list of seconds, one for each replica: reads are answered by them in turn, and each shows the estate
    as it was so long ago.
    """

    def __init__(self) -> None:
        # How everything looked before one write, until when that is seen, and by how many reads
        self._old: deque[list[Any]] = deque()
        self._history: deque[tuple[float, Record]] = deque()  # (when, what it looked like before that write)
        self._turn = 0

    def before_write(self, estate: Record, traps: Any) -> None:
        if traps.get("replicas"):
            self._history.append((time.monotonic(), copy.deepcopy(estate)))
        value = traps.get("slow_visibility")
        if not value:
            return
        desired = value if isinstance(value, dict) else {"seconds": value}
        until = time.monotonic() + desired.get("seconds", 0)
        self._old.append([copy.deepcopy(estate), until, desired.get("reads")])

    def refused(self) -> None:
        """The write that was announced did not happen."""
        for announced in (self._old, self._history):
            if announced:
                announced.pop()

    def seen(self, estate: Record, traps: Any) -> Record:
        """What a read sees: the state before the oldest write that is not visible yet."""
        replicas = traps.get("replicas")
        if replicas:
            moment = time.monotonic() - replicas[self._turn % len(replicas)]
            self._turn += 1
            return next((old for written, old in self._history if written > moment), estate)
        while self._old:
            before, until, reads = self._old[0]
            if reads:
                self._old[0][2] -= 1
            if reads or (reads is None and time.monotonic() < until):
                return before
            self._old.popleft()
        return estate


class SecondWriter:
    """Somebody else changes the estate just before (or after) a request is carried out.

    A callable is called with the estate. Or an object: `match` (default `change`: so between
    a read and the next write), `after` (default false), `times` (default 1), `skip`, and the
    change: `merge` (an object laid over the estate), `set` ({"a/b/c": value}), `delete`
    (["a/b/c"]) or, in Python, `call`.
    """

    def __init__(self, value: Any) -> None:
        given = {"call": value} if callable(value) else dict(value)
        unknown = sorted(set(given) - SECOND_WRITER_KEYS)
        if unknown:
            raise ValueError(f"second_writer has no {', '.join(unknown)}")
        self.match = given.pop("match", "change")
        self.after = given.pop("after", False)
        self.times = given.pop("times", 1)
        self.skip = given.pop("skip", 0)
        self.change = given

    def maybe(self, call: Call, estate: Record, after: bool) -> None:
        if after is not self.after or not self.times or not call.matches(self.match):
            return
        if self.skip:
            self.skip -= 1
            return
        self.times -= 1
        if "call" in self.change:
            self.change["call"](estate)
        estates.merge(estate, self.change.get("merge", {}))
        for path, value in self.change.get("set", {}).items():
            *parents, last = path.split("/")
            estates.lookup(estate, parents)[last] = copy.deepcopy(value)
        for path in self.change.get("delete", ()):
            *parents, last = path.split("/")
            estates.lookup(estate, parents).pop(last, None)


class Revocation:
    """`revoke_after`: so many authenticated requests, then the credentials are refused.

    A number, or {"requests": n} with `credential` and `provider` to mean only some.
    """

    KEYS = ("requests", "credential", "provider")

    def __init__(self, value: Any) -> None:
        desired = value if isinstance(value, dict) else {"requests": value}
        if set(desired) - set(self.KEYS) or "requests" not in desired:
            raise ValueError(f"revoke_after takes {', '.join(self.KEYS)}")
        self.left = int(desired["requests"])
        self.credential = desired.get("credential")
        self.provider = desired.get("provider")

    def applies(self, provider: str, name: str) -> bool:
        if self.credential not in (None, name) or self.provider not in (None, provider):
            return False
        self.left -= 1
        return self.left < 0
