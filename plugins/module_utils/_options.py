# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the types of a task's options before Ansible converts them.

Ansible converts any value to text: a list among the names of buckets becomes the bucket ``['a', 'b']``, an unquoted ``no``
the name ``False``. And it splits any text at its commas into a list. A permission for such a name would be granted though
nobody meant it. So options of the wrong type are refused here, each with a Problem.
"""

from __future__ import annotations

import math
import re
import sys
from typing import TYPE_CHECKING, Any

from . import _errors as errors
from . import _text as texts
from ._schema import fields as field_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ._schema.resource import Resource

TEXTS = ("str", "path")
NUMBERS = ("int", "float")
HALF = "[\ud800-\udfff]"


def problems(spec: Mapping[str, Any], given: Mapping[str, Any], plural: str = "") -> Iterator[errors.Problem]:
    """Yield a Problem for each misspelt option, and for each value that must be text or a number and is not.

    ``spec`` is Ansible's argument spec, ``given`` the options as the task has them; ``plural`` is the list of resources.
    """
    known = {name for option, rule in spec.items() for name in (option, *rule.get("aliases", ()))}
    for name in given:
        like = texts.did_you_mean(name, known) if name not in known else ""
        if like:  # Ansible itself refuses the others
            yield errors.Problem("", f"is not an option of this module{like}", name)
    yield from _of_options(spec, given, plural, "", "")


def listed(
    resource: Resource, spec: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[Mapping[str, Any], list[errors.Problem]]:
    """``given`` with each list and mapping as Ansible is to validate it (`FieldType.given`), and a Problem for each mistake."""
    if resource.plural not in spec:
        return given, []
    problems: list[errors.Problem] = []
    given = _lists(resource, given, "", problems)
    many = given.get(resource.plural)
    if many is None:
        return given, problems
    row = f"{{{resource.identity[-1].option}: …}}"
    if isinstance(many, (list, tuple)):
        mistaken = [number for number, entry in enumerate(many) if not field_types.is_row(entry)]
        wrong = bool(mistaken)
        for number in mistaken:
            text = f"it must be a mapping, such as {row}; got {_word(many[number])}"
            problems.append(errors.Problem(f"{resource.plural}[{number}]", text))
    else:
        wrong = True
        text = f"it must be a list of mappings, such as [{row}]; got {_word(many)}"
        problems.append(errors.Problem("", text, resource.plural))
    rows = [] if wrong else [  # else Ansible would refuse it too, in its own words
        _lists(resource, entry, f"{resource.plural}[{number}]", problems) for number, entry in enumerate(many)
    ]  # fmt: skip
    return dict(given, **{resource.plural: rows}), problems


def _word(value: Any) -> str:
    """What a value is, for messages that must not quote it."""
    if isinstance(value, dict):
        return "a mapping" if field_types.is_row(value) else "a mapping with a key that is not text"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "null" if value is None else "text" if isinstance(value, str) else "a single value"


def _lists(
    resource: Resource, given: Mapping[str, Any], position: str, problems: list[errors.Problem]
) -> dict[str, Any]:
    """The same for the options of one entry."""
    changed: dict[str, Any] = {}
    for field in resource.fields:
        value = given.get(field.option)
        if value is not None:
            try:
                changed[field.option] = field.type.given(value)
            except texts.Refused as error:
                problems.append(errors.Problem(position, str(error), field.option + error.where))
                changed[field.option] = []
    return dict(given, **changed)


def finite(spec: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` without infinite numbers and not-a-number, at which ansible-core ends with a traceback."""
    return {option: value for option, value in given.items() if not _unusable(spec.get(option, {}).get("type"), value)}


def _unusable(option_type: str | None, value: Any) -> bool:
    """Whether ansible-core ends with a traceback at ``value`` where it expects a number of this type."""
    return option_type in NUMBERS and (_infinite(value) or (option_type == "float" and _too_large(value)))


def _infinite(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return False
    try:
        return not math.isfinite(float(value))
    except (ValueError, OverflowError):  # not a number, or an integer of hundreds of digits
        return False


def _too_large(value: Any) -> bool:
    """Whether ``value`` is an integer too large for a float."""
    return isinstance(value, int) and abs(value) > sys.float_info.max


def _of_options(
    spec: Mapping[str, Any], given: Mapping[str, Any], plural: str, position: str, prefix: str
) -> Iterator[errors.Problem]:
    for option, rule in spec.items():
        for name in (option,) + tuple(rule.get("aliases", ())):
            value = given.get(name)
            if value is not None:
                yield from _of_value(rule, value, plural, position, prefix + option)


def _of_value(rule: Mapping[str, Any], value: Any, plural: str, position: str, option: str) -> Iterator[errors.Problem]:
    option_type = rule["type"]
    if option_type in TEXTS or (option_type == "list" and isinstance(value, (bool, float))):
        reason = _reason(value, rule.get("choices"))
        if reason:
            yield errors.Problem(position, reason, option)
    elif option_type in NUMBERS:
        # Ansible converts true to 1. It also converts [0, [1, 2], 0], a form of Python's decimal numbers, to 12.
        if isinstance(value, (bool, list, tuple, dict)):
            got = str(value).lower() if isinstance(value, bool) else _word(value)
            yield errors.Problem(position, f"it must be a number; got {got}", option)
        elif _unusable(option_type, value):
            yield errors.Problem(position, "it must be a finite number", option)
    elif option_type == "list" and isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            where = f"{option}[{number}]"
            if rule.get("elements") in TEXTS:
                reason = _reason(item)
                if reason:
                    yield errors.Problem(position, reason, where)
            elif isinstance(item, dict) and rule.get("options"):
                own = (where, "") if option == plural and not position else (position, where + ".")
                yield from _of_options(rule["options"], item, plural, *own)


def _reason(value: Any, choices: Sequence[str] | None = None) -> str | None:
    """Why ``value`` cannot be a text option, or ``None``. It is not quoted: it may be a secret."""
    if isinstance(value, bool):
        return f"it must be text, so put it in quotes; got {str(value).lower()}"
    if isinstance(value, float):
        return "it must be text, so put it in quotes; got a number with a fraction"
    if value is None or isinstance(value, (dict, list, tuple)):
        right = f"one of {', '.join(choices)}" if choices else "text"
        return f"it must be {right}; got {_word(value)}"
    half = re.search(HALF, value) if isinstance(value, str) else None
    return f"it holds {half.group()!r}, half of a character (a lone surrogate), which cannot be sent" if half else None


def whole(value: Any) -> Any:
    """``value`` with lone surrogates (halves of a character) escaped, at which ansible-core 2.17 and 2.18 fail."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value
