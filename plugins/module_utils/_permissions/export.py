# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants that say what an estate holds: set-ups where one or a few fit exactly, else the native permissions.

Each grant is checked and planned here, in both scopes, before it is used: a plan of the exported file shows no change.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from .. import _generations as generations
from .. import _yaml as yaml
from .._redaction import printable
from .._schema.resource import State
from . import grants as core
from . import plan as planning
from . import setups as defining
from .permission_set import differences
from .unions import Unions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .permission_set import Permission, PermissionSet
    from .setups import SetUps

PLAIN = re.compile(r"^[A-Za-z_][A-Za-z0-9_./-]*\Z")
WIDTH = 106  # what fits into so many characters, beside four of indentation, is on one line
HEAD = """---
# Who may do what, exported by the playbook grantops.cloud.export. It holds no secrets. As long as nothing else
# changes the permissions, `ansible-playbook grantops.cloud.plan` with this file shows no change.
"""


def export(
    estate: Mapping[str, Sequence[State]],
    setups: SetUps,
    unread: Sequence[str] = (),
    unions: dict[str, Unions] | None = None,
    bases: bool = True,
) -> tuple[str, list[dict[str, Any]]]:
    """The text of a grants file for ``estate`` (system -> States), and its grants.

    ``unread`` are sentences about what could not be read, for a comment. ``unions`` is a cache that calls with the same
    set-ups share: a dict, empty at first. With ``bases``, generations of one principal that hold the same are declared by
    one grant of their base name.
    """
    unions = {} if unions is None else unions
    lines: list[str] = []
    all_grants: list[dict[str, Any]] = []
    made: dict[Any, list[dict[str, Any]]] = {}
    for name, system in core.SYSTEMS.items():
        states = estate.get(name) or []
        holders = _applications(system, states) if system.per_topic else _principals(system, states, bases)
        if name not in unions:
            unions[name] = Unions(system, setups)
        for holder in holders:
            comments, grants = holder.grants(setups, unions[name], made)
            if lines:
                lines.append("")
            lines.extend("  # " + printable(comment) for comment in comments)
            all_grants.extend(grants)
            for grant in grants:
                fields = list(yaml.lines(grant, WIDTH, sort=False, unsafe=True))
                lines.extend(("    " if number else "  - ") + field for number, field in enumerate(fields))
    opening = "permissions_grants:\n" if any(line.startswith("  -") for line in lines) else "permissions_grants: []\n"
    head = HEAD + "".join(f"# Not read: {printable(text)}\n" for text in unread)
    return head + opening + "".join(line + "\n" for line in lines), all_grants


def _principals(system: PermissionSet, states: Sequence[State], bases: bool) -> list[_Holder]:
    key = system.principals[0]
    names = Counter((state.names.get(system.scope), state.names.get(key)) for state in states)
    families: dict[Any, list[State]] = {}
    for number, state in enumerate(states):
        scope, name = state.names.get(system.scope), state.names.get(key)
        # An id is used only where the name is missing or not unique: people know the names.
        alone = bool(system.principals[1:]) and (not name or names[scope, name] > 1)
        base = generations.split(system.name, name)[0] if name and bases else name
        families.setdefault((scope, base, number if alone else None), []).append(state)
    holders = []
    doubled = {(scope, base) for scope, base, number in families if number is not None}
    for (scope, base, number), family in families.items():
        family.sort(key=lambda state: generations.split(system.name, state.names.get(key) or ""))
        rows = [system.resource.show(state.names, state.values, state.facts) for state in family]
        if number is not None:
            holders.append(_Holder(system, scope, {"token_id": family[0].names["token_id"]}, rows[0], family))
        elif (scope, base) in doubled or any(differences(system.resource, family[0], each) for each in family):
            for row, state in zip(rows, family):
                principal = row[key]
                if principal == base and system.principals[1:]:
                    # A grant of its name would be for the later generations too, which may not be exported.
                    principal = {"token_id": state.names["token_id"]}
                holders.append(_Holder(system, scope, principal, row, [state]))
        else:
            holders.append(_Holder(system, scope, base, rows[0], family))
    return sorted(
        holders, key=lambda holder: [str(holder.scope), str(holder.row.get(key)), str(holder.row.get("token_id"))]
    )


def _applications(system: PermissionSet, states: Sequence[State]) -> list[_Holder]:
    groups: dict[Any, dict[str, tuple[dict[str, Any], State]]] = {}
    for state in states:
        for row in system.resource.show(state.names, state.values, state.facts)["policies"]:
            key = (state.names["instance_id"], row["app_name"], row["access_policy"], row["tag"])
            groups.setdefault(key, {})[state.names["name"]] = (row, state)
    holders = []
    for (scope, app, _access, _tag), topics in sorted(groups.items()):
        # Only what the grant is about: the other rows of the application are other grants.
        alone = [
            State(state.names, {"policies": {app: state.values["policies"][app]}}) for row, state in topics.values()
        ]
        rows = {topic: row for topic, (row, state) in topics.items()}
        holders.append(_Holder(system, scope, app, rows, alone))
    return holders


class _Holder:
    """What one grant is made from: a principal, and what the service shows of it."""

    def __init__(
        self, system: PermissionSet, scope: str | None, principal: Any, row: dict[str, Any], states: list[State]
    ) -> None:
        self.system = system
        self.scope = scope
        self.principal = principal
        self.row = row  # as a result shows it; on ROMA Connect {topic: row}
        self.states = states

    def grants(
        self, setups: SetUps, unions: Unions, made: dict[Any, list[dict[str, Any]]]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        """Comments, and the grants that fit; no grants where even native permissions cannot express it.

        ``made`` is a cache of what was found for earlier principals: thousands hold the same, and the search takes long.
        """
        alike = self._alike()
        if alike in made:
            return [self._origin()], [dict(grant, **self._whose()) for grant in made[alike]]
        comments, grants = self._tried(setups, unions)
        if alike is not None and grants and len(comments) == 1:
            made[alike] = grants
        return comments, grants

    def _alike(self) -> Any:
        """A key that is equal for principals that hold the same, so that their grants differ in the name only.

        ``None`` where the name itself matters: one that may be refused as a name, or that is a generation's.
        """
        names = [self.principal, *([self.scope] if self.scope else [])]
        if self.system.per_topic or not all(isinstance(name, str) and PLAIN.match(name) for name in names):
            return None
        name = self.row[self.system.principals[0]]
        base = generations.split(self.system.name, name)[0]
        if len(self.states) > 1 or not self.principal == name == base:
            return None
        own = self.system.resource.identify(self.states[0].names)
        return self.system.name, repr([item for item in self.row.items() if item[0] not in own])

    def _whose(self) -> dict[str, Any]:
        scope = {self.system.scope: self.scope} if self.system.scope else {}
        return {**scope, "principal": self.principal}

    def _tried(self, setups: SetUps, unions: Unions) -> tuple[list[str], list[dict[str, Any]]]:
        comments = [self._origin()]
        try:
            existing = self.system.existing(self.row)
        except ValueError as error:
            return comments + [f"Not exported: {error}."], []
        fields = self.system.grant_fields(existing, self.row)
        values = {field: value for field, value in fields.items() if value}  # for whichever set-up
        for name, by_system in setups.items():
            if self.system.name in by_system and self._fits(name, by_system[self.system.name], values, existing):
                grant = self._grant(
                    name,
                    {field: values[field] for field in defining.fields(by_system[self.system.name]) if field in values},
                )
                if not self._problems([grant], setups):
                    return comments, [grant]
        several = [self._grant(name, fields) for name, fields in unions.of(existing, self.row, values)]
        if several and not self._problems(several, setups):
            return comments, several
        kept = defining.fields(self.system.custom)
        custom = self._grant(defining.CUSTOM, {field: values[field] for field in kept if field in values})
        custom["permissions"] = self._native()
        problems = self._problems([custom], setups)
        if problems:
            return comments + [f"Not exported: {problem}" for problem in problems], []
        return comments, [custom]

    def _origin(self) -> str:
        label = self.system.resource.label
        if self.system.per_topic:
            owned = sorted(topic for topic, row in self.row.items() if row["owner"])
            text = f"ROMA instance {self.scope}, application {self.principal}"
            return text + (f", owner of {', '.join(owned)}" if owned else "")
        names = [str(self.row[key]) for key in self.system.principals[::-1] if self.row.get(key)]
        where = f" of {self.scope}" if self.scope else ""
        note = ": the service's Default token, which cannot be changed" if self.row.get("type") == "Default" else ""
        later = [str(state.names[self.system.principals[0]]) for state in self.states[1:]]
        beside = f", and {', '.join(later)} beside it" if later else ""
        return f"{label} {', '.join(names)}{where}{beside}{note}"

    def _grant(self, setup: str, values: Mapping[str, Any]) -> dict[str, Any]:
        grant = {"system": self.system.name}
        if self.scope:
            grant[self.system.scope] = self.scope
        grant.update(principal=self.principal, setup=setup, **values)
        return grant

    def _fits(self, name: str, definition: Mapping[str, Any], values: Mapping[str, Any], existing: Permission) -> bool:
        """Whether a set-up gives exactly what exists."""
        used = defining.fields(definition)
        if any(not optional and field not in values for field, optional in used.items()):
            return False
        if name == defining.LOCKDOWN:
            return not self.system.per_topic and not self.system.locked(self.row)
        try:
            granted = self.system.from_options(self.system.native(defining.expand(definition, values)))
            return self.system.same(
                self.system.add(self.system.baseline(existing, self.row, [granted]), [granted]), existing
            )
        except ValueError:
            return False

    def _native(self) -> dict[str, Any]:
        """The permissions in the words of the system's module."""
        if self.system.per_topic:
            row = next(iter(self.row.values()))
            return {key: row[key] for key in ("access_policy", "tag") if row[key]}
        native = {}
        for option in self.system.fields:
            value = self.row.get(option)
            if isinstance(value, list) and value and isinstance(value[0], dict):
                value = {row["name"]: row["perm"] for row in value}
            if option not in self.system.custom and value not in (None, "", []):
                native[option] = value
        return native

    def _problems(self, grants: Sequence[dict[str, Any]], setups: SetUps) -> list[str]:
        """Why a plan of the grants would not be "no change"; empty when it is."""
        found, wrong = core.check(grants, setups)
        problems: list[object] = [*wrong]
        for exact in (False, True):
            if not problems:
                made = planning.plan(self.system, found, self.states, exact)
                changing = any(entry.options for entry in made.entries)
                problems = [*made.problems] or (["it cannot be said exactly."] if changing else [])
        return [str(problem) for problem in problems]
