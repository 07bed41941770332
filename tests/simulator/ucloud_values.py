# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RetCodes, and the checks of values that UFile and URocketMQ share."""

from __future__ import annotations

from .wire import Refused

NO_ACTION, UNKNOWN_ACTION = 160, 161
NO_SIGNATURE, WRONG_SIGNATURE, NO_USER, NO_CHANNEL = 170, 171, 172, 174
MISSING, NOT_AVAILABLE = 220, 230
NO_PROJECT, IAM_DENIED = 292, 299
ILLEGAL, OUT_OF_RANGE, NO_TOKEN = 15017, 15018, 15040


def refuse(code: int, message: str) -> Refused:
    """UCloud answers HTTP 200 for a failure too."""
    return Refused(200, code, message)


def missing(name: str) -> Refused:
    return refuse(MISSING, f"Missing params [{name}]")


def not_available(name: str) -> Refused:
    return refuse(NOT_AVAILABLE, f"Params [{name}] not available")


def number(arguments: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    text = arguments.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise not_available(name)
    return int(text)
