# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set-ups: what a name such as `producer` gives on a system, filled in with the fields of a grant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Mapping

from .permission_set import Quotes, type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .permission_set import PermissionSet

SetUps = Mapping[str, Mapping[str, Any]]  # name -> system -> definition

PLACEHOLDER = re.compile(r"^\$([a-z_]+)(\??)$")
LISTS = ("topics", "groups", "buckets", "prefixes")
TEXTS = ("tag", "expires")
CUSTOM = "custom"
LOCKDOWN = "no_access"


class SetUpError(ValueError):
    """A mistake in the definition of a set-up."""


def _placeholder(value: Any) -> tuple[str, bool] | None:
    """The grant's field that ``value`` stands for, and whether it may be left out; ``None`` for another value."""
    found = PLACEHOLDER.match(value) if isinstance(value, str) else None
    if not found:
        return None
    if found.group(1) not in LISTS + TEXTS:
        words = ", ".join("$" + word for word in LISTS + TEXTS)
        raise SetUpError(f"must have no placeholders but {words}")
    return found.group(1), found.group(2) == "?"


def fields(definition: Any) -> dict[str, bool]:
    """The fields of a grant that a definition uses: name -> whether it may be left out."""
    found: dict[str, bool] = {}

    def look(value: Any) -> None:
        field = _placeholder(value)
        if field:
            found[field[0]] = field[1] and found.get(field[0], True)
        elif isinstance(value, dict):
            for key, item in value.items():
                look(key)
                look(item)
        elif isinstance(value, (list, tuple)):
            for item in value:
                look(item)

    look(definition)
    return found


def expand(definition: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The native fields of a definition, with ``values`` for its placeholders. Fields without a value are left out."""
    return {
        key: value
        for key, value in ((key, _fill(item, values)) for key, item in definition.items())
        if value is not None
    }


def _fill(value: Any, values: Mapping[str, Any]) -> Any:
    field = _placeholder(value)
    if field:
        return values.get(field[0])
    if isinstance(value, dict):
        return {name: _fill(item, values) for key, item in value.items() for name in _each(key, values)}
    if isinstance(value, (list, tuple)):
        return [one for item in value for one in _each(item, values)]
    return value


def _each(value: Any, values: Mapping[str, Any]) -> Sequence[Any]:
    """What ``value`` is among others: all names of a list, one text, nothing where the field was left out; or as it is."""
    field = _placeholder(value)
    if not field:
        return (_fill(value, values),)
    found = values.get(field[0]) or ()
    return (found,) if isinstance(found, str) else found


def definition_of(
    setups: SetUps, name: str, system: PermissionSet, permissions: Mapping[str, Any] | None = None
) -> Mapping[str, Any] | None:
    """What ``name`` means on ``system``, or ``None`` where it has no meaning."""
    if name != CUSTOM:
        return (setups.get(name) or {}).get(system.name)
    # What `system.custom` has may be said in the permissions, or as for the other set-ups.
    return {**system.custom, **(permissions or {})}


def problems(builtin: SetUps, own: Any, systems: Mapping[str, PermissionSet]) -> list[str]:
    """The mistakes in a user's own set-ups, one text each."""
    found = []
    if not isinstance(own, dict):
        return [f"permissions_setups must be a mapping of names to set-ups; got {type_of(own)}"]
    quotes = Quotes(systems.values(), systems)
    sample = dict({field: ["name"] for field in LISTS}, tag="tag", expires="2030-01-01")
    for name, by_system in own.items():
        where = f"permissions_setups.{name}"
        if name in builtin or name == CUSTOM:
            found.append(f"{where} must have a name that no built-in set-up has; got one of theirs")
            continue
        if not isinstance(by_system, dict) or not set(by_system) <= set(systems):
            found.append(f"{where} must be a mapping of some of {', '.join(systems)}; got {quotes.mapping(by_system)}")
            continue
        for system, definition in by_system.items():
            try:
                _check(systems[system], definition, sample)
            except ValueError as error:
                field = getattr(error, "field", None)
                place = f"{where}.{system}" + (f".{field}" if field else "")
                text = f"must be {error}" if field else str(error)
                found.append(f"{place} {text}; got {quotes.mapping(definition)}")
    return found


def _check(system: PermissionSet, definition: Any, sample: Mapping[str, Any]) -> None:
    if not isinstance(definition, dict):
        raise SetUpError("must be a mapping of the module's options")
    granted = system.from_options(system.native(expand(definition, sample)))
    system.check_setup(granted)
    if not system.gives(granted):
        raise SetUpError("must give something; no_access takes everything away")
