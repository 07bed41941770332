# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that make single requests go wrong: what `fail_next` and its short forms are made of."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, fields
from typing import Any

from .wire import Call, Response

# Fixed seed: a garbage response that breaks a client must break it again in the next run.
GARBAGE = b'{"RetCode": 0, "users": [' + random.Random(1).randbytes(2048)


@dataclass
class Rule:
    """One way to answer badly, for the next `times` requests that match (None: for all).

    With `after`, the request is carried out first: the client must not believe the response.
    """

    match: str = "any"
    times: int | None = 1
    skip: int = 0  # let so many matching requests pass first
    after: bool = False
    latency: float = 0  # milliseconds before anything else
    status: int | None = None
    RetCode: int | str | None = None
    code: str | int | None = None
    message: str = "simulated failure"
    body: Any = None
    html: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    retry_after: float | int | str | None = None
    drop: bool = False
    truncate: bool = False
    reset: bool = False  # drop and truncate: the connection is reset (RST), not closed; alone it is a drop
    slow_head: float = 0  # milliseconds between the bytes of the head of an otherwise right response
    slow_body: float = 0  # the same for its body
    content_type: str | None = None  # of an otherwise right response
    omit: list[str] = field(default_factory=list)  # keys that a right response lacks
    twice: bool = False  # every key of a right response stands there twice
    taken: int = 0  # how often it applied
    garbage: bool = False
    empty: bool = False
    big: int = 0  # bytes of padding in an otherwise right response
    redirect: str | None = None

    @classmethod
    def parse(cls, value: Any, **defaults: Any) -> Rule:
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict):
            raise TypeError(f"a rule is an object, not {value!r}")
        unknown = sorted(set(value) - {entry.name for entry in fields(cls)})
        if unknown:
            raise ValueError(f"a rule has no {', '.join(unknown)}")
        return cls(**{**defaults, **value})

    def take(self, call: Call) -> bool:
        """Whether the rule applies to this request; counts it if so."""
        if self.times == 0 or not call.matches(self.match):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        self.taken += 1
        return True

    @property
    def acts_first(self) -> bool:
        """A cut or padded response needs a right one to cut or pad."""
        return self.after or self.truncate or bool(self.big) or self.reshapes

    @property
    def reshapes(self) -> bool:
        """The response is right, but for how it arrives."""
        return bool(self.slow_head or self.slow_body or self.content_type or self.omit or self.twice)

    @property
    def only_delays(self) -> bool:
        flags = self.drop, self.truncate, self.reset, self.reshapes, self.garbage, self.empty, self.big, self.redirect
        values = self.html, self.body, self.status, self.RetCode, self.code
        return not any(flags) and all(value is None for value in values)

    def response(self, call: Call, right: Response | None) -> Response:
        """The bad response; `right` is what the cloud would have said, if it acted."""
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.drop or (self.reset and not self.truncate):
            return Response(delivery="drop-reset" if self.reset else "drop")
        if right is not None and self.reshapes:
            return self._reshaped(right, headers)
        if right is not None and (self.truncate or self.big or self.only_delays):
            if self.big and isinstance(right.body, dict):
                right.body = {**right.body, "padding": "x" * self.big}
            if self.truncate:
                right.delivery = "truncate-reset" if self.reset else "truncate"
            right.headers.update(headers)
            return right
        if self.redirect is not None:
            return Response(self.status or 302, b"", {"Location": self.redirect, **headers})
        if self.garbage:
            return Response(self.status or 200, GARBAGE, headers)
        if self.empty:
            return Response(self.status or 200, b"", headers)
        if self.html is not None:
            return Response(self.status or 502, self.html.encode(), {"Content-Type": "text/html", **headers})
        if self.body is not None:
            body = self.body.encode() if isinstance(self.body, str) else self.body
            if isinstance(self.body, str):
                headers.setdefault("Content-Type", "text/plain")
            return Response(self.status or 200, body, headers)
        return self._error(call, headers)

    def _reshaped(self, right: Response, headers: dict[str, str]) -> Response:
        if isinstance(right.body, dict):
            right.body = {key: value for key, value in right.body.items() if key not in self.omit}
        right.twice = self.twice
        right.headers.update(headers)
        if self.content_type is not None:
            right.headers["Content-Type"] = self.content_type
        if self.slow_head or self.slow_body:
            right.slow = ("head", self.slow_head) if self.slow_head else ("body", self.slow_body)
        return right

    def _error(self, call: Call, headers: dict[str, str]) -> Response:
        if call.provider == "ucloud":
            code = self.RetCode if self.RetCode is not None else self.code
            if code is None and self.status is not None and self.status != 200:
                # A gateway before the API, which knows no RetCode.
                return Response(self.status, self.message.encode(), {"Content-Type": "text/plain", **headers})
            body = {"RetCode": 150 if code is None else code, "Message": self.message}
            return Response(self.status or 200, {**body, "Action": f"{call.operation}Response"}, headers)
        code = self.code if self.code is not None else self.RetCode
        body = {"error_msg": self.message}
        if code is not None:
            body["error_code"] = code
        return Response(self.status or 500, body, headers)


# The short forms: trap name -> the key of a rule its plain value stands for.
SHORT_FORMS = {
    "redirect": "redirect",
    "drop": "drop",
    "truncate": "truncate",
    "garbage_body": "garbage",
    "big_body": "big",
}
OTHER_NAMES = {"bytes": "big", "location": "redirect"}


def short_form(name: str, value: Any) -> Rule:
    """`drop=True`, `drop="after"`, `redirect="http://…"`, `big_body=1000000`, or a whole rule.

    Unlike `fail_next` it lasts until it is cleared, unless `times` says otherwise.
    """
    key = SHORT_FORMS[name]
    if name == "drop" and value in ("before", "after"):
        value = {"after": value == "after"}
    if not isinstance(value, dict):
        return Rule.parse({key: value}, times=None)
    given = {OTHER_NAMES.get(name, name): item for name, item in value.items()}
    if key in ("drop", "truncate", "garbage"):
        given.setdefault(key, True)
    return Rule.parse(given, times=None)
