# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task gives for a text must be one, and what it gives for a list in a form that means one thing only.

Ansible makes a text of anything: of a list within a list of buckets the bucket ``['a', 'b']``, of an
unquoted ``no`` the name ``False``; and a list of any text, by its commas. A permission for such a name
would be granted, and meant by nobody.
"""

from __future__ import annotations

import math
import re
import sys

from . import _errors as errors
from . import _text as texts
from ._schema import fields as field_types

TEXTS = ("str", "path")
NUMBERS = ("int", "float")
HALF = "[\ud800-\udfff]"


def problems(resource, spec, given):
    """Yield a Problem for each value of ``given``, the options as the task has them, that is no text and has to be."""
    return _of_options(spec, given, resource.plural, "", "")


def listed(resource, spec, given):
    """``given`` with each list in the one form that Ansible is to check, and a Problem for each that has none."""
    if resource.plural not in spec:
        return given, []
    problems = []
    given = _lists(resource, given, "", problems)
    many = given.get(resource.plural)
    if many is None:
        return given, problems
    row = f"{{{resource.identity[-1].option}: …}}"
    if isinstance(many, (list, tuple)):
        wrong = [number for number, entry in enumerate(many) if not field_types.is_row(entry)]
        for number in wrong:
            text = f"it must be a mapping, such as {row}; got {_word(many[number])}"
            problems.append(errors.Problem(f"{resource.plural}[{number}]", text))
    else:
        wrong = True
        text = f"it must be a list of mappings, such as [{row}]; got {_word(many)}"
        problems.append(errors.Problem("", text, resource.plural))
    rows = [] if wrong else [  # Ansible would have its own words for it
        _lists(resource, entry, f"{resource.plural}[{number}]", problems) for number, entry in enumerate(many)
    ]  # fmt: skip
    return dict(given, **{resource.plural: rows}), problems


def _word(value):
    if isinstance(value, dict):
        return "a mapping" if field_types.is_row(value) else "a mapping with a key that is no text"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "null" if value is None else "text" if isinstance(value, str) else "a single value"


def _lists(resource, given, position, problems):
    changed = {}
    for field in resource.fields:
        value = given.get(field.option)
        if value is not None:
            try:
                changed[field.option] = field.type.given(value)
            except texts.Refused as error:
                problems.append(errors.Problem(position, str(error), field.option + error.where))
                changed[field.option] = []
    return dict(given, **changed)


def finite(spec, given):
    """``given`` without endless numbers, of which ansible-core makes no message but a traceback."""
    return {option: value for option, value in given.items() if not _unusable(spec.get(option, {}).get("type"), value)}


def _unusable(kind, value):
    """Whether ansible-core makes a traceback of ``value`` where a number of this type is desired."""
    return kind in NUMBERS and (_endless(value) or (kind == "float" and _too_large(value)))


def _endless(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return False
    try:
        return not math.isfinite(float(value))
    except (ValueError, OverflowError):  # no number at all, or an int of hundreds of digits
        return False


def _too_large(value):
    """Whether ``value`` is a whole number of hundreds of digits, of which no float can be made."""
    return isinstance(value, int) and abs(value) > sys.float_info.max


def _of_options(spec, given, plural, position, prefix):
    for option, rule in spec.items():
        for name in (option,) + tuple(rule.get("aliases", ())):
            value = given.get(name)
            if value is not None:
                yield from _of_value(rule, value, plural, position, prefix + option)


def _of_value(rule, value, plural, position, option):
    kind = rule.get("type", "str")
    if kind in TEXTS:
        reason = _reason(value)
        if isinstance(value, (list, tuple, dict)) and rule.get("choices"):
            reason += ": write one of " + ", ".join(rule["choices"])
        if reason:
            yield errors.Problem(position, reason, option)
    elif kind in NUMBERS:
        # Ansible takes true for 1, and [0, [1, 2], 0], Python's way to write out a decimal number, for 12.
        if isinstance(value, (bool, list, tuple, dict)):
            yield errors.Problem(position, "it must be a number", option)
        elif _unusable(kind, value):
            yield errors.Problem(position, "it must be a finite number", option)
    elif kind == "list" and isinstance(value, (bool, float)):
        yield errors.Problem(position, _reason(value), option)
    elif kind == "list" and isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            where = f"{option}[{number}]"
            if rule.get("elements") in TEXTS:
                reason = _reason(item)
                if reason:
                    yield errors.Problem(position, reason, where)
            elif isinstance(item, dict) and rule.get("options"):
                own = (where, "") if option == plural and not position else (position, where + ".")
                yield from _of_options(rule["options"], item, plural, *own)


def _reason(value):
    """Why ``value`` is no text, without quoting it: it may be a secret."""
    if isinstance(value, bool):
        return f"it must be text, not {str(value).lower()}: put it in quotes"
    if isinstance(value, float):
        return "it must be text, not a number with a fraction: put it in quotes"
    if isinstance(value, dict):
        return "it must be text, not an object"
    if isinstance(value, (list, tuple)):
        return "it must be text, not a list"
    if value is None:
        return "it must be text, not null"
    half = None if not isinstance(value, str) or value.isascii() else re.search(HALF, value)
    return f"it holds {half.group()!r}, the half of a character, which no text can hold" if half else None


def whole(value):
    """``value`` without halves of characters, at which ansible-core 2.17 and 2.18 end with a traceback."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value
