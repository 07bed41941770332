# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A few kinds of values as YAML text, for diffs. Modules may not count on PyYAML."""

from __future__ import annotations

import json
import re

from ._redaction import printable

# What YAML reads as this very text, in a block; anything else is quoted.
PLAIN = re.compile(r"^[A-Za-z_/<][A-Za-z0-9_./@|<>,+ \-]*(?<! )\Z")
WORDS = ("<<", "true", "false", "null", "yes", "no", "on", "off", "y", "n")


def scalar(value):
    if isinstance(value, str):
        if PLAIN.match(value) and value.lower() not in WORDS:
            return value
        # Of what JSON leaves as it is, what a terminal obeys; YAML reads the same escapes.
        return printable(json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def dump(value):
    """Mappings, lists and scalars as block YAML, keys sorted; an empty mapping is an empty text."""
    lines = _lines(value)
    return "\n".join(lines) + "\n" if lines else ""


def inline(value):
    """The same in one line, for messages."""
    if isinstance(value, dict):
        return "{{{}}}".format(", ".join(f"{scalar(key)}: {inline(value[key])}" for key in sorted(value)))
    if isinstance(value, list):
        return "[{}]".format(", ".join(inline(item) for item in value))
    return scalar(value)


def _lines(value):
    lines = []
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


def _leaf(item):
    if isinstance(item, dict):
        return "{}"
    if isinstance(item, list):
        return "[]"
    return scalar(item)
