# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong, and at which point of a request's life.

The points: `connect` (nothing reaches the service), `before` (it arrived, and the service did not act), `during` (the
service acted, the response breaks off or arrives badly), `after` (the service acted, and says something else), `estate`
(nothing is wrong with the request: the world around it changes), `kill` (the process ends).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HTML = "<html><head><title>Sign in</title></head><body>Network login</body></html>"
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
OVERSIZED = 200_000  # bytes; the limit is lowered below that in runs inside this process
LARGEST = 100_000
READ, CHANGE = "read", "change"


@dataclass(frozen=True)
class Kind:
    """One way to fail. ``rules`` are the simulator's rules for a provider; one of them is taken."""

    name: str
    point: str
    ucloud: tuple[dict[str, Any], ...] = ()
    huaweicloud: tuple[dict[str, Any], ...] = ()
    where: str = "server"  # or "line": before anything is sent; or "world"
    slow: bool = False  # needs a short time-out
    at: tuple[str, ...] = (READ, CHANGE)

    def rules(self, provider: str) -> tuple[dict[str, Any], ...]:
        return self.ucloud if provider == "ucloud" else self.huaweicloud

    def possible(self, provider: str) -> bool:
        if self.name.startswith("clock"):
            return provider == "huaweicloud"  # UCloud's signature holds no time
        return self.where != "server" or bool(self.rules(provider))


def both(name: str, point: str, *rules: dict[str, Any], **more: Any) -> Kind:
    return Kind(name, point, ucloud=rules, huaweicloud=rules, **more)


def early_and_late(name: str, *rules: dict[str, Any], **more: Any) -> list[Kind]:
    """The same response instead of acting, and after it."""
    return [
        both(name, "before", *rules, **more),
        both(name, "after", *({**rule, "after": True} for rule in rules), **more),
    ]


STATUSES = tuple({"status": status} for status in (500, 501, 502, 503, 504))
THROTTLE_UCLOUD = ({"RetCode": 153}, {"RetCode": "153"}, {"status": 429, "body": "Too Many Requests"})
THROTTLE_HUAWEI = (
    {"status": 429, "code": "APIGW.0308"},
    {"status": 404, "code": "DMS.10240407"},
    {"status": 400, "code": "DMS.10240407"},
    {"status": 429, "body": "Too Many Requests"},
)
QUOTA = '{"error_code": "APIGW.0308", "error_msg": "The throttling threshold: 200 times in 5 minutes has been reached"}'
ACTED = {"after": True}
RETRY_UCLOUD = tuple({**rule, "retry_after": seconds} for seconds in (3, 7200) for rule in THROTTLE_UCLOUD)
RETRY_HUAWEI = tuple({**rule, "retry_after": seconds} for seconds in (3, "0") for rule in THROTTLE_HUAWEI)
BUSY_HUAWEI = tuple({"status": 400, "code": code} for code in ("DMS.00400026", "DMS.00400017"))
BUSY_HUAWEI += ({"status": 409, "body": "{}"},)
PACKED = tuple({"headers": {"Content-Encoding": how}} for how in ("gzip", "gzip, gzip"))
KEYS_HUAWEI = ["total", "access_key", "policies", "topics"]
REDIRECTS = ({"redirect": "http://127.0.0.1:9/elsewhere"}, {"redirect": "https://localhost/", "status": 307})
KINDS: tuple[Kind, ...] = (
    Kind("refused", "connect", where="line"),
    Kind("DNS failure", "connect", where="line"),
    Kind("TLS wrong name", "connect", where="line"),
    Kind("TLS expired", "connect", where="line"),
    *early_and_late("closed", {"drop": True}),
    *early_and_late("reset", {"reset": True}),
    both("reset in the body", "during", {"truncate": True, "reset": True}),
    both("truncated body", "during", {"truncate": True}),
    both("oversized body", "during", {"big": OVERSIZED}),
    both("no response in time", "before", {"latency": 350, "drop": True}, slow=True),
    both("late response", "during", {"latency": 350}, slow=True, at=(READ, "write", "delete")),
    both("slow head", "during", {"slow_head": 8}, slow=True),
    both("slow body", "during", {"slow_body": 30}, slow=True),
    both("wrong content type", "during", {"content_type": "text/html"}, {"content_type": "application/octet-stream"}),
    *early_and_late("HTML of a proxy", {"html": HTML, "status": 200}, {"html": BAD_GATEWAY, "status": 502}),
    Kind("throttled", "before", THROTTLE_UCLOUD, THROTTLE_HUAWEI),
    Kind("throttled, Retry-After", "before", RETRY_UCLOUD, RETRY_HUAWEI),
    Kind("throttled for minutes", "before", ({"RetCode": 153, "retry_after": 300},), ({"status": 429, "body": QUOTA},)),
    Kind("busy", "before", ({"status": 409, "body": "Conflict"},), BUSY_HUAWEI, at=(CHANGE,)),
    both("not packed as it says", "during", *PACKED),
    *early_and_late("status 5xx", *STATUSES),
    Kind("error code", "before", ({"RetCode": 150}, {"RetCode": 15004}), ({"status": 400, "code": "DMS.00400099"},)),
    Kind("error code", "after", ({"RetCode": 150, **ACTED},), ({"status": 500, "code": "DMS.00500000", **ACTED},)),
    *early_and_late("empty 200", {"empty": True, "status": 200}),
    both("keys twice", "during", {"twice": True}),
    Kind("no code or keys", "during", ({"omit": ["RetCode"]},), ({"omit": KEYS_HUAWEI},)),
    Kind("code is text", "after", ({"RetCode": "maybe", **ACTED},), ({"code": "17", "status": 200, **ACTED},)),
    Kind("code is text", "before", ({"RetCode": "150"}, {"RetCode": ""}), ({"code": 17, "status": 500},)),
    *early_and_late("garbage", {"garbage": True}),
    *early_and_late("no object", {"body": "[1, 2]", "status": 200}, {"body": '"yes"', "status": 200}),
    *early_and_late("redirect", *REDIRECTS),
    Kind("clock 20 minutes off", "estate", where="world"),
    Kind("credentials revoked", "estate", where="world"),
    Kind("slow visibility", "estate", where="world"),
    Kind("second writer before", "estate", where="world", at=(CHANGE,)),
    Kind("second writer after", "estate", where="world", at=(CHANGE,)),
    Kind("second writer elsewhere", "estate", where="world", at=(CHANGE,)),
    Kind("killed", "kill", where="process", at=(CHANGE,)),
)


@dataclass
class Fault:
    """One fault of a schedule: what, at which request, and how often."""

    kind: Kind
    match: str  # read, change, write, create or delete
    skip: int  # so many such requests pass first
    times: int | None  # None: from then on, always
    rule: dict[str, Any] = field(default_factory=dict)
    armed_by: int = 0  # only once so many changes were carried out
    fired: int = 0  # how often it came to it

    @staticmethod
    def label(number: int) -> str:
        return f"simulated failure {number + 1}"

    def trap(self, number: int) -> dict[str, Any]:
        """The simulator's rule; its message tells it from the others of a schedule."""
        times = {"skip": self.skip, "times": self.times}
        return {**self.rule, **times, "match": self.match, "message": self.label(number)}

    def __str__(self) -> str:
        often = "always" if self.times is None else f"{self.times}x"
        armed = f", after change {self.armed_by}" if self.armed_by else ""
        rule = {key: value for key, value in self.rule.items() if key != "html"}
        return f"{self.kind.name} ({self.kind.point}) at {self.match} {self.skip + 1}{armed}, {often} {rule or ''}".rstrip()


def make(rng, kind: Kind, provider: str, entries: int) -> Fault:
    """A fault of a kind, aimed at some request of a task of so many entries."""
    match = rng.choice(kind.at)
    times = rng.choice((1, 1, 1, 1, 2, 3, None))
    rule = dict(rng.choice(kind.rules(provider))) if kind.where == "server" else {}
    skip = min(rng.choice((0, 0, 0, 1, 1, 2, 3)), entries - 1 if match != READ else 1)
    fault = Fault(kind, match, skip, times, rule)
    if match == READ and kind.where != "world" and rng.random() < 0.4:
        # A read after a write: the verification, or the look for what a creation of unknown outcome has made.
        fault.armed_by, fault.skip = rng.choice((1, 1, 2)), 0
    return fault
