# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From grants, and from results of the `_info` modules, to the data of access."""

from __future__ import annotations

import time

import yaml

from ansible_collections.grantops.cloud.plugins.module_utils._access import estate, model, remedies, report
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import export as exporting
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import State
from ansible_collections.grantops.cloud.plugins.plugin_utils import _grants_text as texts

PLURAL = {estate.UFILE: "tokens", estate.UROCKETMQ: "tokens", estate.ROCKETMQ: "users", estate.ROMA: "topics"}
APPLY = "ansible-playbook grantops.cloud.apply -e permissions_file={} -e permissions_scope=exact"


def checked(grants, setups):
    """The grants; ValueError with all that is wrong with them."""
    loaded, unreadable = texts.load(grants)
    found, problems = ([], unreadable) if unreadable else core.check(loaded, setups)
    if problems:
        raise ValueError("\n".join(map(str, problems)))
    return found


def wanted(grants, ufile, scopes):
    """What is to be read: system -> scopes, those that are named and those of the grants; UFile's is ""."""
    found = {system: set(names) for system, names in scopes.items()}
    found[estate.UFILE] = {""} if ufile else set()
    for grant in grants:
        if grant.system.name != estate.UFILE or ufile is None:
            found[grant.system.name].add(grant.scope or "")
    if not any(found.values()):
        raise ValueError(
            "There is nothing to look at. Name what to read: permissions_file or permissions_grants, ufile: true, "
            "urocketmq_services, rocketmq_instances, roma_instances"
        )
    return {system: sorted(names) for system, names in found.items()}


def scopes_of(results):
    """Scopes of the results of the `_info` modules, by system; one that failed was not read."""
    found = []
    for system, each in results.items():
        for result in each:
            if result.get("skipped"):
                continue
            rows = result.get(PLURAL[system])
            problem = None if rows is not None else str(result.get("msg") or "It was not read.")
            found.append(estate.Scope(system, str(result.get("item") or ""), rows or [], rows is not None, problem))
    return found


def whole(results, grants, setups, file, text, **options):
    """The data of access of results of the `_info` modules; ``grants`` are checked ones, or ``None``."""
    scopes = scopes_of(results)
    declared, drift = None, []
    if grants is not None:
        lines = _lines(text or "")
        declared = [_declared(grant, file, lines) for grant in grants]
        drift = list(_drift(scopes, grants, file))
    rows = {}

    def as_grant(principal):
        if not rows:
            rows.update(_rows(scopes))
        system = core.SYSTEMS[principal["system"]]
        own = rows[principal["system"], principal["scope"], principal["id"]]
        found, _grants = exporting.export({system.name: [_state(system, row) for row in own]}, setups)
        return found[len(exporting.HEAD) :].rstrip()

    return report.report(scopes, int(time.time()), model.VERSION, declared, as_grant=as_grant, drift=drift, **options)


def _declared(grant, file, lines):
    """The one place that knows the form of a checked grant."""
    place = {"file": file, "number": grant.index + 1}
    place["line"] = lines[grant.index] if grant.index < len(lines) else None
    about = {key: grant.raw.get(key) for key in ("owner", "reason", "ticket")}
    permission = None if grant.absent or grant.lockdown else grant.permission
    return estate.declared(
        dict(place, system=grant.system.name, scope=grant.scope, names=grant.names, permission=permission, **about)
    )


def _lines(text):
    """The lines in which the grants of a file begin; none where that cannot be told."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return []
    if isinstance(node, yaml.MappingNode):
        node = next((value for key, value in node.value if key.value == texts.NAME), None)
    return [item.start_mark.line + 1 for item in node.value] if isinstance(node, yaml.SequenceNode) else []


def _drift(scopes, grants, file):
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
                    "remedy": _settled(principal, wishes, file),
                }
        for problem in made.problems:
            grant = by_index[problem.indices[0]]
            place = {"system": name, "scope": grant.scope or "", "principal": next(iter(grant.names.values()))}
            yield dict(place, why=f"Its grants cannot be met: {problem}", remedy="Mend the grant, or what it is about.")


def _state(system, row):
    """The State that a row of a result shows; a field that it does not show is not known."""
    resource = system.resource
    values = {
        field.option: field.type.desired(row[field.option])
        for field in resource.fields
        if row.get(field.option) is not None
    }
    return State({name.option: row[name.option] for name in resource.names if row.get(name.option)}, values)


def _id(principal):
    if principal.state is not None:
        return principal.state.names[principal.system.resource.identity[0].option]
    return next(iter(principal.grants[0].names.values()))


def _differs(principal, wishes):
    if principal.action == "create":
        return "It does not exist."
    if principal.system.per_topic:
        return f"Its policies differ on {', '.join(sorted(principal.wishes))}."
    return f"What differs: {', '.join(sorted(wishes[0].options))}."


def _settled(principal, wishes, file):
    if principal.action == "create" or principal.system.per_topic:
        return APPLY.format(file or "grants.yml")
    identity = principal.system.resource.identity[0].option
    entry = {identity: wishes[0].names[identity], **wishes[0].options}
    return remedies.command(principal.system.name, principal.scope or "", entry)


def _rows(scopes):
    """By the key of a principal, its rows as the export takes them."""
    for scope in scopes:
        if scope.system != estate.ROMA:
            option = "user_name" if scope.system == estate.ROCKETMQ else "token_id"
            for row in scope.rows:
                yield (scope.system, scope.scope, row[option]), [row]
            continue
        held = {}
        for topic in scope.rows:
            for policy in topic["policies"]:
                held.setdefault(policy["app_name"], []).append(dict(topic, policies=[policy]))
        for app, topics in held.items():
            yield (scope.system, scope.scope, app), topics
