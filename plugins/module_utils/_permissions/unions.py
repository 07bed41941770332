# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds a few set-ups that together give exactly what a principal holds, where no single one does.

Not for systems `per_topic` (ROMA Connect), where a single set-up always fits.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Dict, NamedTuple

from . import setups as defining

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .permission_set import Permission, PermissionSet, Shown
    from .setups import SetUps

Classes = Dict[str, Dict[str, Any]]  # field of a grant -> name -> its class: how it is held

LARGEST = 3  # set-ups that are looked for together


class _Definition(NamedTuple):
    name: str
    native: Any
    used: dict[str, bool]  # fields of a grant -> whether each may be left out


class _Part(NamedTuple):
    """One set-up of a union, as it is for all principals of one form."""

    definition: _Definition
    taken: dict[str, Any]  # field -> the classes of its names
    permission: Any


class Unions:
    """The unions of one system's principals.

    For a set-up, two names that a principal holds in the same way are equivalent, unless the set-up itself names one of
    them. So one search serves all principals that differ in names only: a few of thousands.
    """

    def __init__(self, system: PermissionSet, setups: SetUps) -> None:
        self.system = system
        self.definitions = [
            _Definition(name, by_system[system.name], defining.fields(by_system[system.name]))
            for name, by_system in setups.items()
            if system.name in by_system and name != defining.LOCKDOWN
        ]
        self.named = set(_texts([definition.native for definition in self.definitions]))
        self.found: dict[Any, Sequence[_Part]] = {}

    def of(self, existing: Permission, shown: Shown, values: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield ``(set-up, fields)`` of the smallest union that is ``existing``, of equal ones the first; else nothing.

        ``values`` is all that the fields of a grant may hold.
        """
        if self.system.per_topic:
            return
        form, classes = self._form(existing, values)
        if form not in self.found:
            self.found[form] = self._search(existing, shown, values, classes)
        for part in self.found[form]:
            yield part.definition.name, _fields(part.definition, part.taken, values, classes)

    def _form(self, existing: Permission, values: Mapping[str, Any]) -> tuple[Any, Classes]:
        """The form of a permission, which is equal for permissions that differ in names only, and the class of each name."""
        rest, lists = self.system.by_name(existing, values)
        classes = {
            field: {name: (how, name if name in self.named else None) for name, how in names.items()}
            for field, names in lists.items()
        }
        return (*rest, *(frozenset(names.values()) for names in classes.values())), classes

    def _search(
        self, existing: Permission, shown: Shown, values: Mapping[str, Any], classes: Classes
    ) -> Sequence[_Part]:
        parts: list[_Part] = []
        for definition in self.definitions:
            part = self._part(definition, existing, values, classes)
            if part is not None and all(part.permission != other.permission for other in parts):
                parts.append(part)
        # No part gives too much. If all of them together give too little, so does every selection.
        if self._gives(parts, existing, shown):
            for size in range(2, LARGEST + 1):
                for some in itertools.combinations(parts, size):
                    if self._gives(some, existing, shown):
                        return some
        return ()

    def _part(
        self,
        definition: _Definition,
        existing: Permission,
        values: Mapping[str, Any],
        classes: Classes,
    ) -> _Part | None:
        """The most that a set-up gives of ``existing``; ``None`` where it gives more than that, or nothing."""
        taken = {field: set(names.values()) for field, names in classes.items() if field in definition.used}
        for field in () if self.system.product else taken:
            for one in list(taken[field]):
                name = next(name for name, each in classes[field].items() if each == one)
                granted = self._permission(definition, _fields(definition, {field: {one}}, {field: [name]}, classes))
                if granted is None or not self._within(granted, existing):
                    taken[field].discard(one)
        fields = _fields(definition, taken, values, classes)
        if any(not optional and field not in fields for field, optional in definition.used.items()):
            return None
        permission = self._permission(definition, fields)
        if permission is None or not self.system.gives(permission) or not self._within(permission, existing):
            return None
        return _Part(definition, taken, permission)

    def _permission(self, definition: _Definition, fields: Mapping[str, Any]) -> Permission | None:
        try:
            return self.system.from_options(self.system.native(defining.expand(definition.native, fields)))
        except ValueError:
            return None

    def _within(self, granted: Permission, existing: Permission) -> bool:
        try:
            return self.system.same(self.system.add(granted, [existing]), existing)
        except ValueError:
            return False

    def _gives(self, parts: Sequence[_Part], existing: Permission, shown: Shown) -> bool:
        granted = [part.permission for part in parts]
        try:
            return self.system.same(self.system.add(self.system.baseline(existing, shown, granted), granted), existing)
        except ValueError:
            return False


def _fields(
    definition: _Definition, taken: Mapping[str, Any], values: Mapping[str, Any], classes: Classes
) -> dict[str, Any]:
    """The fields of a grant for a set-up, without empty ones."""
    found: dict[str, Any] = {}
    for field in definition.used:
        if field in taken:
            found[field] = [name for name in values.get(field, ()) if classes[field][name] in taken[field]]
        else:
            found[field] = values.get(field)
    return {field: value for field, value in found.items() if value}


def _texts(value: Any) -> Iterable[str]:
    """Yield each text in ``value``, and each key."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
