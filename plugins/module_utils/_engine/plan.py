# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to change: from what is desired and what exists to a Change for each resource.

:func:`plan` is a pure function; :func:`plan_all` reads and plans the entries of a task. Nothing here writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts
from .._schema import fields as field_types
from .._schema.resource import CREATE, NONE, UPDATE, Change, Desired, Others, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._schema.resource import Found, Names, Resource, ResourceAPI, Values


def plan(api: ResourceAPI, desired: Desired, existing: Found) -> Change:
    """The Change that makes ``existing`` what ``desired`` asks for; Refused when that is not possible."""
    resource = api.resource
    if isinstance(existing, Others):
        _check_form(resource, desired, existing)
        return Change(resource, desired, None, None) if desired.absent else _plan_create(api, desired, existing)
    _check_names(resource, desired, existing)
    if desired.absent:
        reason = api.protected(existing)
        if reason:
            raise texts.Refused(reason)
        return Change(resource, desired, existing, None)
    planned = dict(existing.values)
    for field in resource.fields:
        option = field.option
        if option not in desired.values:
            continue
        value = desired.values[option]
        if option in existing.values:
            value = field.type.merge(existing.values[option], value, desired.purge)
        elif field.type.adds and not desired.purge:
            raise texts.Refused(
                f"nothing can be added to {option}, since the service did not return it; use purge: true"
            )
        planned[option] = value
        field.type.check_new(existing.values.get(option), value, option)
    planned = api.reconcile(desired, existing, planned)
    change = Change(resource, desired, existing, planned)
    if change.action != NONE:
        unknown = [field.option for field in resource.fields if field.fill and field.option not in planned]
        if unknown:
            raise texts.Refused(
                "a write sends the whole resource, but the service did not return {}; give it in the task".format(
                    ", ".join(unknown)
                )
            )
    return change


def _check_form(resource: Resource, desired: Desired, others: Others) -> None:
    """Refuse a name that exists in another form of Unicode: people could not tell the two resources apart."""
    name = desired.names.get(resource.identity[-1].option)
    text = others.other_form(name) if name else None
    if text:
        raise texts.Refused(f"{text}. Write it exactly like the existing one")


def _plan_create(api: ResourceAPI, desired: Desired, others: Others) -> Change:
    resource = api.resource
    nothing = State({}, {})
    planned = {field.option: field.initial for field in resource.fields if field.initial is not None}
    planned.update(desired.values)
    for field in resource.fields:
        if field.option in desired.values:
            field.type.check_new(None, desired.values[field.option], field.option)
    for option, value in desired.names.items():
        texts.new_name(value, option)
    name = desired.names[resource.identity[-1].option]
    twin = others.tidied(name)
    if twin is not None:
        raise texts.Refused(
            f"{twin!r} exists already, and is what a service makes of {name!r} when it trims or cuts new names or changes their "
            "case; each run could then create one more. Use the existing name, or a name that differs more"
        )
    planned = api.reconcile(desired, nothing, planned)
    api.check_create(desired, planned, others)
    return Change(resource, desired, None, planned)


def _check_names(resource: Resource, desired: Desired, existing: State) -> None:
    """Refuse an id and a name that belong to two resources: which one is meant must not be guessed."""
    settable = [] if desired.absent else [field.option for field in resource.fields]
    for option, value in desired.names.items():
        if option not in settable and existing.names.get(option) != value:
            reason = "" if desired.absent else ", and cannot be changed"
            raise texts.Refused(f"its {option} is {existing.names.get(option)}, not {value}{reason}")


def plan_all(api: ResourceAPI, entries: Sequence[Desired], whole: Whole | None = None) -> list[Change]:
    """Read and plan every entry: a Change for each, then the deletions of an `Exclusive`.

    TaskError with all problems when any entry is refused; RequestError and ResponseError from reading.
    """
    _refuse_twice(api.resource, [(entry, entry.names) for entry in entries])
    everything = whole.read() if whole else []
    states = api.match_scopes(entries, everything) if whole else api.read(entries)
    changes = plan_known(api, entries, states)
    if whole:
        changes.extend(whole.deletions(everything, changes))
    return changes


def plan_known(api: ResourceAPI, entries: Sequence[Desired], states: Sequence[Found]) -> list[Change]:
    """A Change for each of ``entries``, of which ``states`` have what was read; TaskError with all problems."""
    resource = api.resource
    problems = []
    changes: list[Change] = []
    hint = None
    for entry, state in zip(entries, states):
        if isinstance(state, Others) and not entry.absent and not resource.may_create(entry.names):
            hint = resource.missing_hint
            doubt = resource.doubt(entry.names)
            text = f"{resource.describe(entry.names)} does not exist" + (f": {doubt}" if doubt else "")
            problems.append(errors.Problem(entry.position, text))
            continue
        try:
            changes.append(plan(api, entry, state))
        except texts.Refused as error:
            if isinstance(state, Others):  # its name may be wrong
                hint = resource.missing_hint
            name = resource.describe(state.names if isinstance(state, State) else entry.names)
            problems.append(errors.Problem(entry.position, f"{name}: {error}"))
    if problems:
        raise errors.TaskError(problems, hint=hint)
    _refuse_twice(resource, [(change.desired, change.names) for change in changes])
    _refuse_same_name(resource, changes)
    _refuse_other_forms(resource, changes)
    return changes


def _refuse_other_forms(resource: Resource, changes: Sequence[Change]) -> None:
    """Refuse new resources whose names differ only in their form of Unicode."""
    option = resource.identity[-1].option
    created: dict[tuple[Any, ...], list[Change]] = {}
    for change in changes:
        if change.action == CREATE and change.names.get(option):
            scope = tuple(change.names.get(name.option) for name in resource.scope)
            created.setdefault(scope, []).append(change)
    problems = []
    for group in created.values():
        forms = texts.by_form(change.names[option] for change in group)
        for change in group:
            text = texts.other_form(change.names[option], forms)
            if text:
                problems.append(errors.Problem(change.desired.position, text, option))
    if problems:
        raise errors.TaskError(problems)


def _refuse_same_name(resource: Resource, changes: Sequence[Change]) -> None:
    """Refuse a new resource whose name another one is renamed to: afterwards the name would stand for two."""
    option = resource.identity[-1].option
    renamed = {change.after[option]: change for change in changes if change.action == UPDATE and option in change.after}
    problems = [
        errors.Problem(
            change.desired.position,
            f"{resource.describe(change.names)} would be created beside "
            f"{resource.describe(renamed[change.names[option]].names)}, which is to get the same name",
            option,
        )
        for change in changes
        if change.action == CREATE and change.names.get(option) in renamed
    ]
    if problems:
        raise errors.TaskError(problems)


class Whole:
    """All resources of some scopes, which are read instead of those alone that the task names."""

    def __init__(self, api: ResourceAPI, scopes: Sequence[Names]) -> None:
        self.api = api
        self.resource = api.resource
        self.scopes = scopes
        self.states: list[State]  # as they were read last
        self.warnings: list[str] = []

    def read(self) -> list[State]:
        """All resources of the scopes."""
        self.states = [state for states in self.api.read_each(self.api.list, self.scopes) for state in states]
        return self.states

    def deletions(self, everything: Sequence[State], changes: Sequence[Change]) -> list[Change]:
        """None: only an `Exclusive` deletes what the task does not name."""
        return []


class Exclusive(Whole):
    """Plans the deletion of all resources in some scopes that the task does not name, up to a limit."""

    def __init__(self, api: ResourceAPI, scopes: Sequence[Names], limit: int) -> None:
        super().__init__(api, scopes)
        self.limit = limit

    def deletions(self, everything: Sequence[State], changes: Sequence[Change]) -> list[Change]:
        """The deletions of those of ``everything`` that no change is about; TaskError when they are more than the limit."""
        named = {id(change.existing) for change in changes}
        deleted = []
        others = [state for state in everything if id(state) not in named]
        self.warnings = list(
            self.api.warn_kept([state for state in others if not self.api.reached_by_exclusive(state)])
        )
        for state in others:
            if self.api.reached_by_exclusive(state) and not self.api.protected(state):
                deleted.append(Change(self.resource, Desired("", dict(state.names), {}, absent=True), state, None))
        if len(deleted) > self.limit:
            listed = "; ".join(self.resource.describe(change.names) for change in deleted[: errors.TaskError.SHOWN])
            text = f"exclusive would delete {len(deleted)}, and exclusive_limit is {self.limit}: {listed}"
            raise errors.TaskError(
                [errors.Problem("", text, "exclusive")],
                hint="Check them. If all of them are to be deleted, raise exclusive_limit.",
            )
        return deleted


def _refuse_twice(resource: Resource, entries: Iterable[tuple[Desired, Names]]) -> None:
    """Refuse two entries for one resource: the result would depend on their order."""
    first: dict[tuple[Any, ...], Desired] = {}
    problems = []
    for entry, names in entries:
        key = resource.key(names)
        if key in first:
            text = f"{resource.describe(names)} is named at {first[key].position} already"
            problems.append(errors.Problem(entry.position, text))
        else:
            first[key] = entry
    if problems:
        raise errors.TaskError(problems, hint="Merge the entries of one resource into one.")


def shown(resource: Resource, values: Values, new: bool = False) -> dict[str, Any]:
    """Changed fields as a diff shows them; of a secret only that it changes. ``new``: the values after the change."""
    result: dict[str, Any] = {}
    for field in resource.fields:
        if field.option in values:
            if field.type.secret:
                result[field.option] = field_types.HIDDEN_NEW if new else field_types.HIDDEN
            else:
                result[field.option] = field.type.diff(values[field.option])
    return result
