# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Throttling: by rate, or the next so many requests, or while an instance is busy, in each of the clouds' own words."""

from __future__ import annotations

import time
from typing import Any

from .wire import CHANGING, Call, Response

STYLES = ("huawei-400", "huawei-404", "huawei-429", "ucloud-153", "http-429")
KEYS = {"next", "rate", "burst", "style", "retry_after", "match", "message"}


class Throttle:
    """`next`: so many requests are refused. `rate`: a token bucket of so many a second."""

    def __init__(self, value: Any) -> None:
        if not isinstance(value, dict):
            value = {"next": value}
        unknown = sorted(set(value) - KEYS)
        if unknown or not ({"next", "rate"} & set(value)):
            raise ValueError(f"throttle takes next or rate, and {', '.join(sorted(KEYS))}")
        self.style = value.get("style")
        if self.style is not None and self.style not in STYLES:
            raise ValueError(f"throttle style is one of {', '.join(STYLES)}")
        self.match = value.get("match", "any")
        self.retry_after = value.get("retry_after")
        self.message = value.get("message")
        self.left = int(value.get("next", 0))
        self.rate = float(value.get("rate", 0))
        self.burst = float(value.get("burst", max(self.rate, 1)))
        self._tokens = self.burst
        self._filled = time.monotonic()

    def refuses(self, call: Call) -> bool:
        if not call.matches(self.match):
            return False
        if self.left > 0:
            self.left -= 1
            return True
        if not self.rate:
            return False
        now = time.monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._filled) * self.rate)
        self._filled = now
        if self._tokens < 1:
            return True
        self._tokens -= 1
        return False

    def response(self, call: Call) -> Response:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        style = self.style or ("ucloud-153" if call.provider == "ucloud" else "huawei-429")
        if style == "http-429":
            return Response(429, b"Too Many Requests", {"Content-Type": "text/plain", **headers})
        if style == "ucloud-153":
            body = {"RetCode": 153, "Message": self.message or "Request was throttled"}
            return Response(200, {**body, "Action": f"{call.operation}Response"}, headers)
        code, message = ("DMS.10240407", "Too many requests, try later.")
        if style == "huawei-429":
            code, message = ("APIGW.0308", "The throttling threshold has been reached")
        return Response(int(style[-3:]), {"error_code": code, "error_msg": self.message or message}, headers)


class Busy:
    """An instance takes one write at a time, and refuses those that come meanwhile.

    `seconds`: how long one takes; with `background` it is answered at once and goes on afterwards.
    """

    KEYS = {"seconds", "code", "status", "background"}

    def __init__(self, value: Any) -> None:
        value = {} if value is True else value
        if not isinstance(value, dict) or set(value) - self.KEYS:
            raise ValueError(f"busy_instance is true or takes {', '.join(sorted(self.KEYS))}")
        self.seconds = float(value.get("seconds", 0.2))
        self.code = value.get("code", "DMS.00400026")
        self.status = int(value.get("status", 400))
        self.background = bool(value.get("background"))
        self._until: dict[str, float] = {}

    def instance(self, call: Call) -> str | None:
        """The instance that a call writes to."""
        if call.kind not in CHANGING:
            return None
        return call.arguments.get("instance_id") or call.arguments.get("ServiceId")

    def begins(self, instance: str) -> bool:
        now = time.monotonic()
        if self._until.get(instance, 0.0) > now:
            return False
        self._until[instance] = now + self.seconds if self.background else float("inf")
        return True

    def ends(self, instance: str) -> None:
        if not self.background:
            self._until.pop(instance, None)

    def response(self, call: Call) -> Response:
        if call.provider == "ucloud":
            return Response(409, b"Conflict", {"Content-Type": "text/plain"})
        body = {"error_code": self.code, "error_msg": "The instance is busy. Try again later."}
        return Response(self.status, body)
