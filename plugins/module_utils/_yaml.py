# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes YAML: lists, mappings and single values, for diffs and messages. PyYAML is not there on every managed host."""

from __future__ import annotations

import json
import re
from typing import Any

from ._redaction import printable

# Texts that YAML reads back as they stand, without quotes; all others are quoted.
PLAIN = re.compile(r"^[A-Za-z_/<][A-Za-z0-9_./@|<>,+ \-]*(?<! )\Z")
WORDS = ("<<", "true", "false", "null", "yes", "no", "on", "off", "y", "n")


def scalar(value: Any) -> str:
    """A single value (text, number, boolean, ``None``) as YAML."""
    if isinstance(value, str):
        if PLAIN.match(value) and value.lower() not in WORDS:
            return value
        # JSON leaves some characters that control a terminal as they are; YAML understands the escapes of both.
        return printable(json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def dump(value: Any) -> str:
    """A mapping or a list as YAML in lines, keys sorted; an empty one is an empty text."""
    lines = _lines(value)
    return "\n".join(lines) + "\n" if lines else ""


def inline(value: Any) -> str:
    """Any value as YAML in one line, for messages."""
    if isinstance(value, dict):
        return "{{{}}}".format(", ".join(f"{scalar(key)}: {inline(value[key])}" for key in sorted(value)))
    if isinstance(value, list):
        return "[{}]".format(", ".join(inline(item) for item in value))
    return scalar(value)


def _lines(value: Any) -> list[str]:
    lines: list[str] = []
    if isinstance(value, dict):
        for key in sorted(value):
            item = value[key]
            if isinstance(item, (dict, list)) and item:
                lines.append(f"{scalar(key)}:")
                lines.extend("  " + line for line in _lines(item))
            else:
                lines.append(f"{scalar(key)}: {_leaf(item)}")
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)) and item:
                inner = _lines(item)
                lines.append("- " + inner[0])
                lines.extend("  " + line for line in inner[1:])
            else:
                lines.append(f"- {_leaf(item)}")
    return lines


def _leaf(item: Any) -> str:
    """A single value, or an empty mapping or list."""
    if isinstance(item, dict):
        return "{}"
    if isinstance(item, list):
        return "[]"
    return scalar(item)
