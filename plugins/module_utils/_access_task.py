# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of access, with grants beside it: what they declare, what differs from them, and how to declare the rest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ._access import estate, model, remedies, report
from ._permissions import export as exporting
from ._permissions import grants as core
from ._permissions import plan as planning
from ._schema.resource import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ._access.estate import Declared, Scope
    from ._access.model import Data

APPLY = "ansible-playbook grantops.cloud.apply -e permissions_file={} -e permissions_scope=exact"


def data(
    scopes: Sequence[Scope],
    grants: Sequence[Any] | None,
    setups: Mapping[str, Any],
    places: Mapping[int, Mapping[str, Any]],
    **options: Any,
) -> Data:
    """The data of access of ``scopes``. ``grants`` are checked ones, or ``None`` when none were given.

    ``places`` says by the index of a grant where it stands: ``file``, ``number`` and ``line``. ``options`` are those of
    `report.report`. ValueError for what is malformed, or names what nobody has seen.
    """
    declared, drift = None, []
    if grants is not None:
        declared = [declared_of(grant, places[grant.index]) for grant in grants]
        drift = list(_drift(scopes, grants, places))
    rows: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}

    def as_grant(principal: Mapping[str, Any]) -> str:
        if not rows:
            rows.update(_rows(scopes))
        system = core.SYSTEMS[principal["system"]]
        own = rows[principal["system"], principal["scope"], principal["id"]]
        found, _grants = exporting.export({system.name: [_state(system, row) for row in own]}, setups)
        return str(found[len(exporting.HEAD) :]).rstrip()

    return report.report(scopes, int(time.time()), model.VERSION, declared, as_grant=as_grant, drift=drift, **options)


def declared_of(grant: Any, place: Mapping[str, Any]) -> Declared:
    about = {key: grant.raw.get(key) for key in core.ABOUT}
    permission = None if grant.absent or grant.lockdown else grant.permission
    return estate.declared(
        dict(place, system=grant.system.name, scope=grant.scope, names=grant.names, permission=permission, **about)
    )


def _drift(
    scopes: Sequence[Scope], grants: Sequence[Any], places: Mapping[int, Mapping[str, Any]]
) -> Iterator[dict[str, str]]:
    """What a plan would change of the principals that grants name."""
    by_index = {grant.index: grant for grant in grants}
    complete = {(scope.system, scope.scope) for scope in scopes if scope.complete}
    for name, system in core.SYSTEMS.items():
        states = [_state(system, row) for scope in scopes if scope.system == name for row in scope.rows]
        own = [grant for grant in grants if grant.system is system and (name, grant.scope or "") in complete]
        made = planning.plan(system, own, states, exact=True)
        for principal in made.principals:
            wishes = [wish for wish in principal.wishes.values() if wish.options]
            if wishes:
                grant = principal.grants[0]
                yield {
                    "system": name,
                    "scope": grant.scope or "",
                    "principal": _id(principal),
                    "why": _differs(principal, wishes),
                    "remedy": _settled(principal, wishes, places[grant.index]["file"]),
                }
        for problem in made.problems:
            grant = by_index[problem.indices[0]]
            place = {"system": name, "scope": grant.scope or "", "principal": next(iter(grant.names.values()))}
            yield dict(place, why=f"Its grants cannot be met: {problem}", remedy="Mend the grant, or what it is about.")


def _state(system: Any, row: Mapping[str, Any]) -> State:
    """The State that a row of a result shows; a field that it does not show is not known."""
    resource = system.resource
    values = {}
    for field in resource.fields:
        try:
            if row.get(field.option) is not None:
                values[field.option] = field.type.desired(row[field.option])
        except ValueError:
            continue  # what no task could say, such as an end beyond the calendar
    return State({name.option: row[name.option] for name in resource.names if row.get(name.option)}, values)


def _id(principal: Any) -> str:
    if principal.state is not None:
        return str(principal.state.names[principal.system.resource.identity[0].option])
    return str(next(iter(principal.grants[0].names.values())))


def _differs(principal: Any, wishes: Sequence[Any]) -> str:
    if principal.action == "create":
        return "It does not exist."
    if principal.system.per_topic:
        return f"Its policies differ on {', '.join(sorted(principal.wishes))}."
    return f"What differs: {', '.join(sorted(wishes[0].options))}."


def _settled(principal: Any, wishes: Sequence[Any], file: str | None) -> str:
    if principal.action == "create" or principal.system.per_topic:
        return APPLY.format(file or "grants.yml")
    identity = principal.system.resource.identity[0].option
    entry = {identity: wishes[0].names[identity], **wishes[0].options}
    return remedies.command(principal.system.name, principal.scope or "", entry)


def _rows(scopes: Sequence[Scope]) -> Iterator[tuple[tuple[str, str, str], list[Mapping[str, Any]]]]:
    """By the key of a principal, its rows as the export takes them."""
    for scope in scopes:
        if scope.system != estate.ROMA:
            option = "user_name" if scope.system == estate.ROCKETMQ else "token_id"
            for row in scope.rows:
                yield (scope.system, scope.scope, row[option]), [row]
            continue
        held: dict[str, list[Mapping[str, Any]]] = {}
        for topic in scope.rows:
            for policy in topic["policies"]:
                held.setdefault(policy["app_name"], []).append(dict(topic, policies=[policy]))
        for app, topics in held.items():
            yield (scope.system, scope.scope, app), topics
