# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access before a plan and after it, from the changes of the engine, and what guardrails say of them.

:func:`judge_changes` is the one place where guardrails meet a plan: of a module, and of all systems of a task.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .._engine.plan import Whole
from .._schema import fields as field_types
from .._schema.resource import NONE
from . import model
from .estate import ROCKETMQ, ROMA, UFILE, UROCKETMQ, Scope
from .guardrails import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .._schema.resource import Change, Desired, Resource, ResourceAPI, State
    from .estate import Declared
    from .guardrail_rules import Rule
    from .guardrails import Verdict
    from .model import Data, Identities

SYSTEMS_OF = {  # documented operation -> system
    "UpdateUFileToken": UFILE,
    "UpdateURocketMQToken": UROCKETMQ,
    "UpdateUser": ROCKETMQ,
    "UpdateTopicAccessPolicy": ROMA,
}


class Planned:
    """The plan for the resources of one table.

    ``states`` are the resources of the scopes that the plan is about, as they were read, and ``complete`` says whether
    they are all; ``None`` where only the resources of the changes were read. ``project`` is the scope of UFile: its
    project, or "" for the default project.
    """

    def __init__(
        self,
        resource: Resource,
        changes: Sequence[Change],
        states: Sequence[State] | None = None,
        project: str | None = None,
        complete: bool = True,
    ) -> None:
        self.resource = resource
        self.system = SYSTEMS_OF[resource.operation]
        self.changes = changes
        self.states = states
        self.complete = complete and states is not None
        self._project = project or ""

    def _scope(self, names: Mapping[str, Any]) -> str:
        return str(names[self.resource.scope[0].option]) if self.resource.scope else self._project

    def before(self) -> list[Scope]:
        """Scopes with the existing resources that the plan changes; all resources of ROMA Connect, as applications span topics."""
        whole = self.system == ROMA
        rows: dict[str, list[dict[str, Any]]] = {}
        for names, values, facts in self._existing(self.states if whole else None):
            rows.setdefault(self._scope(names), []).append(self._show(names, values, facts))
        return [Scope(self.system, scope, found) for scope, found in rows.items()]

    def _existing(
        self, states: Sequence[State] | None
    ) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
        if states is not None:
            for state in states:
                yield state.names, state.values, state.facts
            return
        for change in self.changes:
            if change.existing is not None and (change.action != NONE or self.system == ROMA):
                yield change.names, change.existing_values, change.existing.facts

    def touched(self) -> Callable[[model.Key], bool]:
        """A function that tells whether the plan may change the access of a principal."""
        changing = [change for change in self.changes if change.action != NONE]
        if self.system == ROMA:
            scopes = {self._scope(change.names) for change in changing}
            return lambda key: key[0] == self.system and key[1] in scopes
        option = self.resource.identity[0].option, self.resource.identity[-1].option
        keys = {(self._scope(c.names), c.names.get(option[0]) or c.names.get(option[1])) for c in changing}
        return lambda key: key[0] == self.system and key[1:] in keys

    def after(self) -> list[Scope]:
        """Scopes with all resources as they will be after the plan."""
        rows: dict[str, list[dict[str, Any]]] = {}
        keys = set()
        for change in self.changes:
            own = rows.setdefault(self._scope(change.names), [])
            keys.add(self.resource.key(change.names))
            if change.planned is not None:
                facts = change.existing.facts if change.existing else {}
                own.append(self._show(change.names, change.planned, facts))
        for state in self.states or ():
            if self.resource.key(state.names) not in keys:
                rows.setdefault(self._scope(state.names), []).append(self._show(state.names, state.values, state.facts))
        return [Scope(self.system, scope, found, self.complete) for scope, found in rows.items()]

    def _show(self, names: Mapping[str, Any], values: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
        shown = self.resource.show(names, dict(values), facts)
        strongest, name = self.resource.identity[0].option, self.resource.identity[-1].option
        if shown.get(strongest) is None:  # the service has not made its id yet
            shown[strongest] = shown[name] = names.get(name)
        return shown


def accesses(
    parts: Sequence[Planned],
    at: int,
    grants: Sequence[Declared] | None = None,
    roma_sasl: Any = None,
    identities: Identities | None = None,
) -> tuple[Data, Data]:
    """The data of access before the plan and after it. What the plan does not change is computed once."""
    after = model.access([scope for part in parts for scope in part.after()], grants, at, "", roma_sasl)
    changing = [part for part in parts if any(change.action != NONE for change in part.changes)]
    if not changing:
        model.join(after, identities)
        return after, after
    was = model.access([scope for part in changing for scope in part.before()], grants, at, "", roma_sasl)
    # Identities may name principals that the plan deletes.
    model.join(dict(after, principals=after["principals"] + was["principals"]), identities)
    touched = [part.touched() for part in changing]

    def of(key: str) -> list[dict[str, Any]]:
        kept = [entry for entry in after[key] if not any(touches(model.key_of(entry)) for touches in touched)]
        return kept + [entry for entry in was[key] if any(touches(model.key_of(entry)) for touches in touched)]

    return dict(after, principals=of("principals"), access=of("access")), after


def judge_changes(
    rules: Sequence[Rule],
    parts: Sequence[Planned],
    at: int,
    grants: Callable[[], Sequence[Declared]] | None = None,
    roma_sasl: Any = None,
    identities: Identities | None = None,
) -> list[str]:
    """The warnings of ``rules`` about a plan, before anything of it is written; TaskError when they refuse it.

    A part without ``states`` is judged on the resources of its changes. ``grants`` is called only when there are messages,
    which then name the grants.
    """

    def judged(grants: Sequence[Declared] | None) -> Verdict:
        before, after = accesses(parts, at, grants, roma_sasl, identities)
        return judge(rules, before, after, at, partial=any(not part.complete for part in parts))

    collecting = gc.isenabled()
    gc.disable()  # these many small objects are no garbage: to look for some takes a third of the time
    try:
        verdict = judged(None)
        if grants is not None and (verdict.refusals or verdict.warnings):
            verdict = judged(grants())
    except ValueError as error:  # of identities
        raise errors.TaskError([errors.Problem("", errors.printable(str(error)))]) from None
    finally:
        if collecting:
            gc.enable()
    return verdict.enforce()


def whole(rules: Sequence[Rule], api: ResourceAPI, entries: Sequence[Desired]) -> Whole | None:
    """The scopes of a task, to be read whole where a rule is about all of one; ``None`` where none is."""
    resource = api.resource
    if not any(rule.needs_all(SYSTEMS_OF[resource.operation]) for rule in rules):
        return None
    scopes = {tuple((name.option, entry.names[name.option]) for name in resource.scope) for entry in entries}
    return Whole(api, [dict(scope) for scope in sorted(scopes)])


def judge_module(rules: Sequence[Rule], api: ResourceAPI, read: Whole | None, changes: Sequence[Change]) -> list[str]:
    """As `judge_changes`, for a module's task. ``read`` has all resources of its scopes, if they were read."""
    states = None if read is None else read.states
    part = Planned(api.resource, changes, states, getattr(api.client, "project_id", None))
    return judge_changes(rules, [part], int(field_types.now()))
