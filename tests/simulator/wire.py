# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What travels between the web server and the two clouds: requests, calls, responses."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

Record = dict[str, Any]  # of a cloud, of a request, of a response
READ, WRITE, CREATE, DELETE, AUTH, UNKNOWN = ("read", "write", "create", "delete", "auth", "unknown")
KINDS = (READ, WRITE, CREATE, DELETE, AUTH, UNKNOWN)
CHANGING = frozenset((WRITE, CREATE, DELETE))


@dataclass(slots=True)
class Request:
    """A request exactly as received: the signatures cover it byte for byte."""

    method: str
    path: str  # still percent-escaped: a user name may hold an escaped slash
    query: str
    headers: dict[str, str]
    body: bytes
    peer: tuple[str, int] | None = None

    @classmethod
    def from_scope(cls, scope: Record, body: bytes) -> Request:
        raw = scope.get("raw_path") or scope["path"].encode()
        # Header values are UTF-8 on the wire: Huawei's signer hashes their text, not latin-1.
        headers = {name.decode("latin-1"): value.decode("utf-8", "replace") for name, value in scope["headers"]}
        client = scope.get("client")
        return cls(
            method=scope["method"],
            path=raw.decode("latin-1").partition("?")[0],
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body,
            peer=tuple(client) if client else None,
        )

    def query_pairs(self) -> list[tuple[str, str]]:
        """The query, decoded; a `+` stays a `+`: the canonical form of a space is %20."""
        if not self.query:
            return []
        pairs = []
        for part in self.query.split("&"):
            name, _unused, value = part.partition("=")
            pairs.append((unquote(name), unquote(value)))
        return pairs


@dataclass(slots=True)
class Call:
    """A request whose operation is known."""

    provider: str
    operation: str
    kind: str
    request: Request
    arguments: Record = field(default_factory=dict)
    handler: Any = None
    credential: str = ""
    logged: Any = None  # the body for the log of writes, secrets masked
    acted: bool = False  # it was carried out, whatever the client was told

    def matches(self, asked: str) -> bool:
        """`any`, a provider, a kind or an operation; `change` is every kind that writes."""
        return asked in ("any", self.provider, self.kind, self.operation) or asked == "change" and self.kind in CHANGING


@dataclass(slots=True)
class Response:
    """`body`: None sends nothing, bytes go out as they are, anything else as JSON."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    # or "drop" (no byte at all), "truncate" (half the body), and both with "-reset": not closed but reset
    delivery: str = "whole"
    slow: tuple[str, float] | None = None  # "head" or "body" byte by byte, with so many milliseconds between
    twice: bool = False  # every key of the outermost object stands there twice

    def payload(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        text = json.dumps(self.body, ensure_ascii=False)
        if self.twice and isinstance(self.body, dict) and self.body:
            # The second of each is null: a parser that takes the last one has lost everything.
            text = text[:-1] + ", " + json.dumps(dict.fromkeys(self.body))[1:]
        return text.encode()


class Refused(Exception):
    """The cloud says no. `code` is a RetCode or an error code; `body` replaces its usual shape."""

    def __init__(self, status: int, code: int | str, message: str, body: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.body = body
