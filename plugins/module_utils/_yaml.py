# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes YAML: lists, mappings and single values, for diffs, messages and files. PyYAML is not there on every managed host.

What is written is read back as it was. With ``unsafe`` that is also true where Ansible reads it: a text that it would take
for a template is marked. Keys are sorted, or with ``sort=False`` in the order of the mapping.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ._redaction import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

# Texts that YAML reads back as they stand, without quotes; all others are quoted.
PLAIN = re.compile(r"^[A-Za-z_/<][A-Za-z0-9_./@|<>,+ \-]*(?<! )\Z")
# In a flow, a comma ends a value.
PLAIN_IN_FLOW = re.compile(PLAIN.pattern.replace(",", ""))
WORDS = ("<<", "true", "false", "null", "yes", "no", "on", "off", "y", "n")
# What Ansible takes for a template, or for a comment of one.
TEMPLATE = re.compile(r"\{[{%#]")


def scalar(value: Any, plain: re.Pattern[str] = PLAIN, unsafe: bool = False) -> str:
    """A single value (text, number, boolean, ``None``) as YAML."""
    if not isinstance(value, str):
        return json.dumps(value)
    if plain.match(value) and value.lower() not in WORDS:
        return str(value)
    # JSON leaves some characters that control a terminal as they are; YAML understands the escapes of both.
    text = printable(json.dumps(str(value), ensure_ascii=False))
    return "!unsafe " + text if unsafe and TEMPLATE.search(value) else text


def flow(value: Any, sort: bool = True, unsafe: bool = False) -> str:
    """Any value as YAML in one line."""
    if isinstance(value, dict):
        pairs = ((scalar(key, PLAIN_IN_FLOW), flow(value[key], sort, unsafe)) for key in _keys(value, sort))
        return "{{{}}}".format(", ".join(f"{key}: {item}" for key, item in pairs))
    if isinstance(value, (list, tuple)):
        return "[{}]".format(", ".join(flow(item, sort, unsafe) for item in value))
    return scalar(value, PLAIN_IN_FLOW, unsafe)


def dump(value: Any) -> str:
    """A mapping or a list as YAML in lines; an empty one is an empty text."""
    return "".join(line + "\n" for line in lines(value))


def lines(value: Any, width: int = 0, sort: bool = True, unsafe: bool = False) -> Iterator[str]:
    """The lines of a mapping or a list. What is in it and fits into a line of ``width`` characters is a flow."""
    for key in _keys(value, sort) if isinstance(value, dict) else range(len(value)):
        head, item = f"{scalar(key)}:" if isinstance(value, dict) else "-", value[key]
        if not isinstance(item, (dict, list, tuple)):
            yield f"{head} {scalar(item, PLAIN, unsafe)}"
        elif not item or (width and len(head) + 1 + len(flow(item, sort, unsafe)) <= width):
            yield f"{head} {flow(item, sort, unsafe)}"
        else:
            inner = ["  " + line for line in lines(item, width - 2, sort, unsafe)]
            if isinstance(value, dict):
                yield head
            else:
                inner[0] = "- " + inner[0][2:]
            yield from inner


def _keys(value: dict[Any, Any], sort: bool) -> list[Any]:
    return sorted(value) if sort else [*value]
