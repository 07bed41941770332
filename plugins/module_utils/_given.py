# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""What a task gives for a text must be one.

Ansible makes a text of anything: of a list within a list of buckets the bucket ``['a', 'b']``, of an
unquoted ``no`` the name ``False``. A permission for such a name would be granted, and meant by nobody.
"""

from __future__ import annotations

import math

from . import _errors as errors

TEXTS = ("str", "path")
NUMBERS = ("int", "float")


def problems(resource, spec, given):
    """Yield a Problem for each value of ``given``, the options as the task has them, that is no text and has to be."""
    return _of_options(spec, given, resource.plural, "", "")


def finite(spec, given):
    """``given`` without endless numbers, of which ansible-core makes no message but a traceback."""
    endless = {option for option, value in given.items() if _endless(value)}
    return {
        option: value
        for option, value in given.items()
        if option not in endless or spec.get(option, {}).get("type") not in NUMBERS
    }


def _endless(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return False
    try:
        return not math.isfinite(float(value))
    except (ValueError, OverflowError):  # no number at all, or an int of hundreds of digits
        return False


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
        if reason:
            yield errors.Problem(position, reason, option)
    elif kind in NUMBERS:
        # Ansible takes true for 1, and [0, [1, 2], 0], Python's way to write out a decimal number, for 12.
        if isinstance(value, (bool, list, tuple, dict)):
            yield errors.Problem(position, "it must be a number", option)
        elif _endless(value):
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
    return "it must be text, not null" if value is None else None
