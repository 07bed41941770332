# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traps that change the shape of a right answer, as the documents' examples or versions do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TIMES = ("ExpireTime", "CreateTime", "ModifyTime")


def _walk(value: Any, change: Callable[[dict[str, Any]], None]) -> None:
    """Applies `change` to every object of the answer, the innermost first."""
    if isinstance(value, dict):
        for item in value.values():
            _walk(item, change)
        change(value)
    elif isinstance(value, list):
        for item in value:
            _walk(item, change)


def _keys(wanted: Any, operation: str) -> frozenset[str]:
    """A list of keys for every operation, or an object: operation -> list of keys."""
    if isinstance(wanted, dict):
        wanted = wanted.get(operation, ())
    return frozenset(wanted)


def _retcode_as_text(body: dict[str, Any], _value: Any, _operation: str) -> None:
    if "RetCode" in body:
        body["RetCode"] = str(body["RetCode"])


def _tolen_name(body: dict[str, Any], _value: Any, _operation: str) -> None:
    def rename(row: dict[str, Any]) -> None:
        if "TokenName" in row:
            row["TolenName"] = row.pop("TokenName")

    _walk(body, rename)


def _float_times(body: dict[str, Any], _value: Any, _operation: str) -> None:
    def change(row: dict[str, Any]) -> None:
        for name in TIMES:
            if name in row:
                row[name] = float(row[name])

    _walk(body, change)


def _spaced_tags(body: dict[str, Any], _value: Any, _operation: str) -> None:
    def change(row: dict[str, Any]) -> None:
        if isinstance(row.get("tag"), str):
            row["tag"] = " || ".join(part.strip() for part in row["tag"].split("||"))

    _walk(body, change)


def _swapped_perms(body: dict[str, Any], _value: Any, _operation: str) -> None:
    def change(row: dict[str, Any]) -> None:
        for name in ("perm", "default_topic_perm", "default_group_perm"):
            if row.get(name) == "PUB|SUB":
                row[name] = "SUB|PUB"

    _walk(body, change)


def _omit_fields(body: dict[str, Any], value: Any, operation: str) -> None:
    names = _keys(value, operation)

    def change(row: dict[str, Any]) -> None:
        for name in names & row.keys():
            del row[name]

    _walk(body, change)


def _null_fields(body: dict[str, Any], value: Any, operation: str) -> None:
    names = _keys(value, operation)

    def change(row: dict[str, Any]) -> None:
        for name in names & row.keys():
            row[name] = None

    _walk(body, change)


def _reversed_lists(body: dict[str, Any], _value: Any, _operation: str) -> None:
    def change(row: dict[str, Any]) -> None:
        for name, item in row.items():
            if isinstance(item, list):
                row[name] = item[::-1]

    _walk(body, change)


def _string_code(body: dict[str, Any], _value: Any, _operation: str) -> None:
    if "error_code" in body and "error_msg" in body:
        body["code"], body["message"] = body.pop("error_code"), body.pop("error_msg")


def _camel_case(body: dict[str, Any], _value: Any, _operation: str) -> None:
    if "error_code" in body and "error_msg" in body:
        body["errorCode"], body["errorMsg"] = body.pop("error_code"), body.pop("error_msg")


def _success_code(body: dict[str, Any], value: Any, _operation: str) -> None:
    if "error_code" not in body and "error" not in body and "RetCode" not in body:
        body["error_code"], body["error_msg"] = value, ""


def _error_shape(body: dict[str, Any], value: Any, operation: str) -> None:
    """The other bodies of errors that were seen: `code` or `errorCode`."""
    {"code": _string_code, "errorCode": _camel_case}[value](body, value, operation)


SHAPES: dict[str, Callable[[dict[str, Any], Any, str], None]] = {
    "error_shape": _error_shape,
    "float_times": _float_times,
    "null_fields": _null_fields,
    "omit_fields": _omit_fields,
    "retcode_as_text": _retcode_as_text,
    "reversed_lists": _reversed_lists,
    "spaced_tags": _spaced_tags,
    "success_code": _success_code,
    "swapped_perms": _swapped_perms,
    "tolen_name": _tolen_name,
}
