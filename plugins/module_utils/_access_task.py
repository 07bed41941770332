# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares access with grants: what is to be read, what the grants declare, what differs, and grants for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._access import estate, model, remedies, report
from ._permissions import builtin
from ._permissions import export as exporting
from ._permissions import grants as core
from ._permissions import plan as planning
from ._schema import fields as field_types
from ._schema.resource import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ._access.estate import Declared
    from ._access.model import Data

APPLY = "ansible-playbook grantops.cloud.apply -e permissions_file={} -e permissions_scope=exact"
UNDECLARABLE = "No grant can say that. Change it so that one can, take it away, or accept this."


class Read(estate.Scope):
    """One service, instance or project as it was read, with its States; or with the ``problem`` why it was not read."""

    __slots__ = ("states",)

    def __init__(self, system: str, scope: str, states: Iterable[State] = (), problem: str | None = None) -> None:
        self.states = list(states)
        resource = core.SYSTEMS[system].resource
        rows = [resource.show(state.names, state.values, state.facts) for state in self.states]
        super().__init__(system, scope, rows, problem=problem)


def scopes_to_read(
    grants: Iterable[Any], ufile: bool | None, named: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """What is to be read, as system -> scopes: those in ``named`` (also by system), and those that ``grants`` are about.

    The scope of UFile is "" here, since its project is not known before there is a client. ``ufile`` says whether UFile is
    read; with ``None``, the grants do. ValueError when nothing is to be read.
    """
    found = {name: set(named.get(name, ())) for name in core.SYSTEMS}
    if ufile:
        found[estate.UFILE].add("")
    for grant in grants:
        if grant.system.name != estate.UFILE or ufile is None:
            found[grant.system.name].add(grant.scope or "")
    if not any(found.values()):
        raise ValueError(
            "There is nothing to look at. Name what to read: permissions_file or permissions_grants, ufile: true, "
            "urocketmq_services, rocketmq_instances, roma_instances"
        )
    return {name: sorted(scopes) for name, scopes in found.items() if scopes}


def data(
    scopes: Sequence[Read],
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
        drift = list(_drift(scopes, grants, setups, places))
    states: dict[tuple[str, str, str], list[State]] = {}
    unions: dict[str, Any] = {}

    def as_grant(principal: Mapping[str, Any]) -> str:
        if not states:
            states.update(_by_principal(scopes))
        own = states[principal["system"], principal["scope"], principal["id"]]
        found, grants = exporting.export({principal["system"]: own}, setups, unions=unions, bases=False)
        lines = found[len(exporting.HEAD) :].rstrip().split("\n")
        if not grants:
            return "\n".join([*(line.strip() for line in lines[1:]), UNDECLARABLE])
        return "\n".join(lines)

    return report.report(
        scopes, int(field_types.now()), model.VERSION, declared, as_grant=as_grant, drift=drift, **options
    )


def declared_of(grant: Any, place: Mapping[str, Any]) -> Declared:
    """What a grant declares of its principal, for the data of access; ``place`` is where it stands."""
    about = {key: grant.raw.get(key) for key in core.ABOUT}
    permission = None if grant.absent or grant.lockdown else grant.permission
    return estate.declared(
        dict(place, system=grant.system.name, scope=grant.scope, names=grant.names, permission=permission, **about)
    )


def _drift(
    scopes: Sequence[Read], grants: Sequence[Any], setups: Mapping[str, Any], places: Mapping[int, Mapping[str, Any]]
) -> Iterator[dict[str, str]]:
    """What a plan would change of the principals that grants name."""
    by_index = {grant.index: grant for grant in grants}
    complete = {(scope.system, scope.scope) for scope in scopes if scope.complete}
    project = next((scope.scope for scope in scopes if scope.system == estate.UFILE), "")
    for name, system in core.SYSTEMS.items():
        states = [state for scope in scopes if scope.system == name for state in scope.states]
        own = [grant for grant in grants if grant.system is system and (name, grant.scope or project) in complete]
        made = planning.plan(system, own, states, exact=True)
        for principal in made.principals:
            entries = [entry for entry in principal.entries.values() if entry.options]
            if entries:
                grant = principal.grants[0]
                yield {
                    "system": name,
                    "scope": grant.scope or project,
                    "principal": _id(principal),
                    "why": _differs(principal, entries),
                    "remedy": _settled(principal, grant.scope or project, entries, setups, places[grant.index]["file"]),
                }
        for problem in made.problems:
            grant = by_index[problem.indices[0]]
            place = {"system": name, "scope": grant.scope or project, "principal": list(grant.names.values())[0]}
            yield dict(
                place, why=f"Its grants cannot be met: {problem}", remedy="Correct the grant, or create what it names."
            )


def _id(principal: Any) -> str:
    if principal.state is not None:
        return str(principal.state.names[principal.system.resource.identity[0].option])
    return str(next(iter(principal.grants[0].names.values())))


def _differs(principal: Any, entries: Sequence[Any]) -> str:
    if principal.action == "create":
        return "It does not exist."
    if principal.system.per_topic:
        return f"Its policies differ on {', '.join(sorted(principal.entries))}."
    return f"What differs: {', '.join(sorted(entries[0].options))}."


def _settled(principal: Any, scope: str, entries: Sequence[Any], setups: Mapping[str, Any], file: str | None) -> str:
    if principal.action == "create" or principal.system.per_topic:
        if any(grant.secret for grant in principal.grants):
            return APPLY.format(file or "grants.yml")  # the grants themselves would show the key
        used = {grant.setup for grant in principal.grants}
        own = {name: value for name, value in setups.items() if name in used and name not in builtin.SETUPS}
        project = scope if principal.system.name == estate.UFILE else ""
        return remedies.granting([grant.raw for grant in principal.grants], own, project)
    identity = principal.system.resource.identity[0].option
    entry = {identity: entries[0].names[identity], **entries[0].options}
    return remedies.command(principal.system.name, scope, entry)


def _by_principal(scopes: Sequence[Read]) -> Iterator[tuple[tuple[str, str, str], list[State]]]:
    """By the key of a principal, the States that say what it holds, and nothing of others."""
    for scope in scopes:
        if scope.system != estate.ROMA:
            identity = core.SYSTEMS[scope.system].resource.identity[0].option
            for state in scope.states:
                yield (scope.system, scope.scope, state.names[identity]), [state]
            continue
        topics: dict[str, list[State]] = {}
        for topic in scope.states:
            for app, policy in topic.values["policies"].items():
                topics.setdefault(app, []).append(State(topic.names, {"policies": {app: policy}}))
        for app, own in topics.items():
            yield (scope.system, scope.scope, app), own
