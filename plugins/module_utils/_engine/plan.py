# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""Read, plan, write, verify. Knows plans and Resource tables; neither HTTP nor Ansible nor a provider.

The one check-mode branch of the collection is in :func:`run`.
"""

from __future__ import annotations

from .. import _errors as errors
from .. import _text as texts
from .._schema import fields as field_types
from .._schema.resource import CREATE, DELETE, NONE, UPDATE, State, Wanted


class Change:
    """The plan for one resource.

    ``before`` and ``after`` hold only the fields that change; ``target`` every known field as it will
    be, or ``None`` for a resource that will not be there.
    """

    __slots__ = ("action", "after", "before", "current", "extra", "names", "target", "wanted")

    def __init__(self, resource, wanted, current, target):
        self.wanted = wanted
        self.current = current
        known = current.names if current else {}
        self.names = dict(wanted.names, **{option: value for option, value in known.items() if value is not None})
        self.target = target
        self.extra = None  # what Resource.complete() found out for the write
        values = current.values if current else {}
        self.before, self.after = {}, {}
        for field in resource.fields:
            option = field.option
            if target is None:
                if option in values:
                    self.before[option] = values[option]
            elif option in target and (option not in values or values[option] != target[option]):
                self.after[option] = target[option]
                if option in values:
                    self.before[option] = values[option]
        if current is None:
            self.action = NONE if target is None else CREATE
        elif target is None:
            self.action = DELETE
        else:
            self.action = UPDATE if self.after else NONE


def plan(resource, wanted, current):
    """The Change that brings ``current`` to what ``wanted`` names; Refused when that cannot be."""
    if current is not None:
        _check_names(resource, wanted, current)
    else:
        _check_form(resource, wanted)
    if wanted.absent:
        reason = resource.protected(current) if current else None
        if reason:
            raise texts.Refused(reason)
        return Change(resource, wanted, current, None)
    if current is None:
        return _plan_create(resource, wanted)
    target = dict(current.values)
    for field in resource.fields:
        option = field.option
        if option not in wanted.values:
            continue
        value = wanted.values[option]
        if option in current.values:
            value = field.kind.merge(current.values[option], value, wanted.purge)
        elif field.kind.adds and not wanted.purge:
            raise texts.Refused(
                f"nothing can be added to {option}, since the service did not return it; use purge: true"
            )
        target[option] = value
        field.kind.check_new(current.values.get(option), value, option)
    change = Change(resource, wanted, current, resource.settle(wanted, current, target))
    if change.action != NONE:
        unknown = [field.option for field in resource.fields if field.fill and field.option not in change.target]
        if unknown:
            raise texts.Refused(
                "a write sends the whole resource, but the service did not return {}; give it in the task".format(
                    ", ".join(unknown)
                )
            )
    return change


def _check_form(resource, wanted):
    """A name that is not there but in another form of Unicode: a second one nobody could tell from the first."""
    name = wanted.names.get(resource.identity[-1].option, "")
    text = wanted.others.other_form(name)
    if text:
        raise texts.Refused(f"{text}. Give it as it stands there")


def _plan_create(resource, wanted):
    nothing = State(dict(wanted.names), {})
    target = {field.option: field.initial for field in resource.fields if field.initial is not None}
    target.update(wanted.values)
    for field in resource.fields:
        if field.option in wanted.values:
            field.kind.check_new(None, wanted.values[field.option], field.option)
    for option, value in wanted.names.items():
        texts.new_name(value, option)
    name = wanted.names[resource.identity[-1].option]
    twin = wanted.others.tidied(name)
    if twin is not None:
        raise texts.Refused(
            f"there is {twin!r}, which a service makes of {name!r} that trims or cuts new names, or changes their case; "
            f"each run would make one more. Name that one, or choose a name that cannot be mistaken for it"
        )
    target = resource.settle(wanted, nothing, target)
    resource.check_create(wanted, target)
    return Change(resource, wanted, None, target)


def _check_names(resource, wanted, current):
    """An id and a name that belong to two resources: which one is meant must not be guessed."""
    settable = [] if wanted.absent else [field.option for field in resource.fields]
    for option, value in wanted.names.items():
        if option not in settable and current.names.get(option) != value:
            reason = "" if wanted.absent else ", and cannot be changed"
            raise texts.Refused(f"its {option} is {current.names.get(option)}, not {value}{reason}")


def plan_all(resource, client, entries, exclusive=None):
    """Read and plan every entry; TaskError with all problems when any of them is refused."""
    _refuse_twice(resource, [(entry, entry.names) for entry in entries])
    everything = exclusive.read(client) if exclusive else None
    states = resource.match_scopes(client, entries, everything) if exclusive else resource.read(client, entries)
    problems, changes, missing = [], [], False
    for entry, state in zip(entries, states):
        if state is None and not entry.absent and not resource.may_create(entry.names):
            missing = True
            doubt = resource.doubt(entry.names)
            text = f"{resource.describe(entry.names)} does not exist" + (f": {doubt}" if doubt else "")
            problems.append(errors.Problem(entry.position, text))
            continue
        try:
            changes.append(plan(resource, entry, state))
        except texts.Refused as error:
            missing = missing or state is None  # its name may be wrong
            name = resource.describe(state.names if state else entry.names)
            problems.append(errors.Problem(entry.position, f"{name}: {error}"))
    if problems:
        raise errors.TaskError(problems, hint=resource.missing_hint if missing else None)
    _refuse_twice(resource, [(change.wanted, change.names) for change in changes])
    _refuse_same_name(resource, changes)
    _refuse_other_forms(resource, changes)
    if exclusive:
        changes.extend(exclusive.deletions(client, everything, changes))
    return changes


def _refuse_other_forms(resource, changes):
    """New resources whose names are one name in two forms of Unicode."""
    option = resource.identity[-1].option
    created = {}
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
                problems.append(errors.Problem(change.wanted.position, text, option))
    if problems:
        raise errors.TaskError(problems)


def _refuse_same_name(resource, changes):
    """A new resource beside one that is renamed to its name: afterwards the name would stand for two."""
    option = resource.identity[-1].option
    renamed = {change.after[option]: change for change in changes if change.action == UPDATE and option in change.after}
    problems = [
        errors.Problem(
            change.wanted.position,
            f"{resource.describe(change.names)} would be created beside "
            f"{resource.describe(renamed[change.names[option]].names)}, which is to get the same name",
            option,
        )
        for change in changes
        if change.action == CREATE and change.names.get(option) in renamed
    ]
    if problems:
        raise errors.TaskError(problems)


class Exclusive:
    """Deletes what the scopes of a task hold beside its entries, up to a limit."""

    def __init__(self, resource, scopes, limit):
        self.resource = resource
        self.scopes = scopes
        self.limit = limit
        self.warnings = []

    def read(self, client):
        return [state for scope in self.scopes for state in self.resource.read_all(client, scope)]

    def deletions(self, client, everything, changes):
        named = {id(change.current) for change in changes}
        deleted = []
        others = [state for state in everything if id(state) not in named]
        self.warnings = list(
            self.resource.warn_kept(client, [state for state in others if not self.resource.covers(client, state)])
        )
        for state in others:
            if self.resource.covers(client, state) and not self.resource.protected(state):
                names = {option: value for option, value in state.names.items() if value is not None}
                deleted.append(Change(self.resource, Wanted("", names, {}, absent=True), state, None))
        if len(deleted) > self.limit:
            listed = "; ".join(self.resource.describe(change.names) for change in deleted[: errors.TaskError.SHOWN])
            text = f"exclusive would delete {len(deleted)}, and exclusive_limit is {self.limit}: {listed}"
            raise errors.TaskError(
                [errors.Problem("", text, "exclusive")],
                hint="Look at them, then raise exclusive_limit if they are to go.",
            )
        return deleted


def _refuse_twice(resource, entries):
    """Two entries for one resource would fight: which one wins must not depend on their order."""
    first, problems = {}, []
    for entry, names in entries:
        key = resource.key(names)
        if key in first:
            text = f"{resource.describe(names)} is named at {first[key].position} already"
            problems.append(errors.Problem(entry.position, text))
        else:
            first[key] = entry
    if problems:
        raise errors.TaskError(problems, hint="Merge the entries of one resource into one.")


def shown(resource, values, new=False):
    """Changed fields in readable form; of a secret only that it changes."""
    result = {}
    for field in resource.fields:
        if field.option in values:
            if field.kind.secret:
                result[field.option] = field_types.HIDDEN_NEW if new else field_types.HIDDEN
            else:
                result[field.option] = field.kind.diff(values[field.option])
    return result
