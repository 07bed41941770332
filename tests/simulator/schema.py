# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict checks of JSON bodies: unknown keys, wrong types and wrong values are refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .wire import Call, Record, Request

UNLIMITED = 1 << 31


class Invalid(Exception):
    """The body is not what the document describes."""


def parse(request: Request) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Invalid("Content-Type must be application/json")
    try:
        return json.loads(request.body, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, UnicodeDecodeError) as error:
        raise Invalid(f"the body is not JSON: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> Record:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Invalid("a key is given twice")
    return result


def _refuse(name: str) -> None:
    raise Invalid(f"{name} is not JSON")


def check(value: Any, fields: Mapping[str, Any], required: Iterable[str] = (), where: str = "body") -> Record:
    """`fields` maps a key to its type, or to the tuple of its allowed values."""
    if not isinstance(value, dict):
        raise Invalid(f"{where} must be an object")
    for name in value:
        if name not in fields:
            raise Invalid(f"{where}.{name} is unknown")
    for name in required:
        if name not in value:
            raise Invalid(f"{where}.{name} is required")
    for name, item in value.items():
        allowed = fields[name]
        if isinstance(allowed, tuple):
            if not isinstance(item, str) or item not in allowed:
                raise Invalid(f"{where}.{name} must be one of {', '.join(allowed)}")
        elif item.__class__ is not allowed:  # isinstance would let true pass for 1
            raise Invalid(f"{where}.{name} must be of type {allowed.__name__}")
    return value


def query(call: Call, *allowed: str) -> dict[str, str]:
    """The parameters of the query, which must be some of these."""
    found = dict(call.request.query_pairs())
    for name in found:
        if name not in allowed:
            raise Invalid(f"query parameter {name} is unknown")
    return found


def page(query: Mapping[str, str], rows: list[Any], default: int, most: int) -> list[Any]:
    """The rows that a query's limit and offset mean."""
    limit = _number(query, "limit", default, 1, most)
    offset = _number(query, "offset", 0, 0, UNLIMITED)
    return rows[offset : offset + limit]


def _number(query: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise Invalid(f"{name} must be a number from {low} to {high}")
    return int(text)
