# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Throttling: by rate, or the next so many requests, in each of the clouds' own words."""

from __future__ import annotations

import time
from typing import Any

from .wire import Answer, Call

STYLES = ("huawei-400", "huawei-404", "huawei-429", "ucloud-153", "http-429")
KEYS = {"next", "rate", "burst", "style", "retry_after", "match"}


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

    def answer(self, call: Call) -> Answer:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        style = self.style or ("ucloud-153" if call.provider == "ucloud" else "huawei-429")
        if style == "ucloud-153":
            body = {
                "RetCode": 153,
                "Action": f"{call.operation}Response",
                "Message": "Request was throttled",
            }
            return Answer(200, body, headers)
        if style in ("huawei-400", "huawei-404"):
            body = {"error_code": "DMS.10240407", "error_msg": "Too many requests, try later."}
            return Answer(int(style[-3:]), body, headers)
        if style == "huawei-429":
            body = {
                "error_code": "APIGW.0308",
                "error_msg": "The throttling threshold has been reached",
            }
            return Answer(429, body, headers)
        return Answer(429, b"Too Many Requests", {"Content-Type": "text/plain", **headers})
