# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What really happened: every request that reached the clouds, what it changed, and what its sender was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .oracle_systems import Key, State, look

# RetCodes after which nobody knows whether UCloud acted; any other refusal is a clear one.
UNCLEAR_RETCODES = frozenset((110, 130, 150, 15004, 15005, 15006, 15007))
AUTHENTICATION_RETCODES = frozenset((170, 171, 172, 174))
CHANGING = ("write", "create", "delete")


@dataclass
class Change:
    """One change of the estate: which records, from what to what."""

    by: str  # "us" or "another"
    operation: str
    delta: dict[Key, tuple[State | None, State | None]]
    attempt: int  # how many requests had been answered before


@dataclass
class Attempt:
    """One request that reached the clouds, and its response."""

    provider: str
    operation: str
    kind: str
    acted: bool
    told: str  # good, refused (clearly not carried out), outcome_unknown, unauthorised
    what: str  # the request without what signing changes
    token: str  # of IAM, where it has one
    body: Any
    response: str


@dataclass
class Witness:
    """Watches a simulator; see tests/simulator/README.md."""

    sim: Any
    changes: list[Change] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    # Called with the number of changes of ours so far, in the server's thread, before the response is sent
    on_change: list[Callable[[int], object]] = field(default_factory=list)
    on_response: list[Callable[[Attempt], None]] = field(default_factory=list)
    started: int = 0

    def __post_init__(self):
        self._lock = threading.Lock()
        self._last = look(self.sim.estate)

    def _record(self, by: str, operation: str) -> None:
        now = look(self.sim.estate)
        before, self._last = self._last, now
        pairs = {key: (before.get(key), now.get(key)) for key in {**before, **now}}
        delta = {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
        with self._lock:
            self.changes.append(Change(by, operation, delta, len(self.attempts)))

    def at_change(self, number: int, react: Callable[[], object]) -> None:
        """Have ``react`` called when so many changes of ours were carried out, before the last is answered."""
        self.on_change.append(lambda count: react() if count == number else None)

    def intruded(self) -> None:
        """Somebody else has just changed the estate."""
        self._record("another", "")

    def acted(self, call) -> None:
        if call.kind in CHANGING:
            self._record("us", call.operation)
            for react in self.on_change:
                react(len(self.ours))

    def answered(self, call, response) -> None:
        attempt = Attempt(
            call.provider,
            call.operation,
            call.kind,
            call.acted,
            _told(call, response),
            _request(call),
            call.request.headers.get("x-auth-token", ""),
            call.logged,
            f"{response.status} {response.delivery}",
        )
        with self._lock:
            self.attempts.append(attempt)
        for react in self.on_response:
            react(attempt)

    @property
    def ours(self) -> list[Change]:
        return [change for change in self.changes if change.by == "us"]

    @property
    def intrusions(self) -> list[Change]:
        return [change for change in self.changes if change.by == "another"]

    @property
    def tries(self) -> list[Attempt]:
        """The requests that were to change something."""
        return [attempt for attempt in self.attempts if attempt.kind in CHANGING]


def _request(call) -> str:
    request = call.request
    if call.provider == "ucloud":
        params = {key: value for key, value in call.arguments["params"].items() if key != "Signature"}
        return json.dumps(params, sort_keys=True)
    return f"{request.method} {request.path}?{request.query} {request.body.decode(errors='replace')}"


def _told(call, response) -> str:
    """What a response says to somebody who believes the documents and nothing else."""
    if (
        response.delivery != "whole"
        or response.slow is not None
        or response.twice
        or "Content-Encoding" in response.headers
    ):
        return "outcome_unknown"
    if response.status == 401:
        return "unauthorised"
    if 400 <= response.status < 500:
        return "refused"
    # What is read comes with 200; of what is written any status of success will do.
    if response.status != 200 and not (200 <= response.status < 300 and call.kind != "read"):
        return "outcome_unknown"
    if call.provider != "ucloud":
        nothing = response.status == 204 or (not response.body and call.kind != "read")
        return "good" if isinstance(response.body, dict) or nothing else "outcome_unknown"
    code = response.body.get("RetCode") if isinstance(response.body, dict) else None
    if isinstance(code, str) and code.isdigit():
        code = int(code)
    if not isinstance(code, int) or code in UNCLEAR_RETCODES:
        return "outcome_unknown"
    if code in AUTHENTICATION_RETCODES:
        return "unauthorised"
    return "refused" if code else "good"
