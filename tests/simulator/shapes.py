# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traps that change the shape of a right response, as the documents' examples or versions do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .wire import Record

Change = Callable[[Record, Any, str], None]
SHAPES: dict[str, Change] = {}


def _outermost(change: Change) -> Change:
    """A trap of the function's name; it is called with the response, the trap's value and the operation."""
    SHAPES[change.__name__] = change
    return change


def _everywhere(change: Change) -> Change:
    """The same for every object of the response, the innermost first."""

    def walk(value: Any, desired: Any, operation: str) -> None:
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(item, desired, operation)
        if isinstance(value, dict):
            change(value, desired, operation)

    SHAPES[change.__name__] = walk
    return change


def _named(row: Record, desired: Any, operation: str) -> set[str]:
    """Keys of a row that are meant: by a list for every operation, or an object: operation -> list of keys."""
    return {*(desired.get(operation, ()) if isinstance(desired, dict) else desired)} & row.keys()


@_outermost
def retcode_as_text(body: Record, _value: Any, _operation: str) -> None:
    if "RetCode" in body:
        body["RetCode"] = str(body["RetCode"])


@_everywhere
def tolen_name(row: Record, _value: Any, _operation: str) -> None:
    if "TokenName" in row:
        row["TolenName"] = row.pop("TokenName")


@_everywhere
def float_times(row: Record, _value: Any, _operation: str) -> None:
    row.update({name: float(row[name]) for name in ("ExpireTime", "CreateTime", "ModifyTime") if name in row})


@_everywhere
def spaced_tags(row: Record, _value: Any, _operation: str) -> None:
    if isinstance(row.get("tag"), str):
        row["tag"] = " || ".join(part.strip() for part in row["tag"].split("||"))


@_everywhere
def swapped_perms(row: Record, _value: Any, _operation: str) -> None:
    for name in ("perm", "default_topic_perm", "default_group_perm"):
        if row.get(name) == "PUB|SUB":
            row[name] = "SUB|PUB"


@_everywhere
def omit_fields(row: Record, value: Any, operation: str) -> None:
    for name in _named(row, value, operation):
        del row[name]


@_everywhere
def null_fields(row: Record, value: Any, operation: str) -> None:
    row.update(dict.fromkeys(_named(row, value, operation)))


@_everywhere
def reversed_lists(row: Record, _value: Any, _operation: str) -> None:
    row.update({name: item[::-1] for name, item in row.items() if isinstance(item, list)})


@_outermost
def success_code(body: Record, value: Any, _operation: str) -> None:
    if "error_code" not in body and "error" not in body and "RetCode" not in body:
        body["error_code"], body["error_msg"] = value, ""


@_outermost
def error_shape(body: Record, value: Any, _operation: str) -> None:
    """The other bodies of errors that were seen: `code` or `errorCode`."""
    code, message = {"code": ("code", "message"), "errorCode": ("errorCode", "errorMsg")}[value]
    if "error_code" in body and "error_msg" in body:
        body[code], body[message] = body.pop("error_code"), body.pop("error_msg")
