# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""Read, plan, write, verify. Knows plans and Resource tables; neither HTTP nor Ansible nor a provider.

The one check-mode branch of the collection is in :func:`run`.
"""

from __future__ import annotations

import time

from . import _errors as errors
from . import _kinds as kinds
from ._resource import CREATE, DELETE, NONE, UPDATE, State, Wanted


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


class Outcome:
    """What a run found, planned and did."""

    def __init__(self):
        self.changes = []
        self.states = []  # (names, values, facts) of each entry, after the run or as predicted; None where absent
        self.warnings = []
        self.credentials = []

    @property
    def changing(self):
        return [change for change in self.changes if change.action != NONE]

    @property
    def changed(self):
        return bool(self.changing)


class Progress:
    """How far a run has come, for the report of what may end it at any point."""

    def __init__(self):
        self.doing = "reading"
        self.writer = None

    def waiting(self, text):
        self.doing = text

    def report(self, error):
        """``error``, which ends the run, with what was written until then."""
        if isinstance(error, errors.RunError):
            return error
        if self.writer is not None:
            return self.writer.ended(error)
        if isinstance(error, errors.UnexpectedError):
            return errors.RunError(f"While {self.doing}, {error.text()} Nothing was written.", cause=error)
        return error


def plan(resource, wanted, current):
    """The Change that brings ``current`` to what ``wanted`` names; Refused when that cannot be."""
    if current is not None:
        _check_names(resource, wanted, current)
    else:
        _check_form(resource, wanted)
    if wanted.absent:
        reason = resource.protected(current) if current else None
        if reason:
            raise kinds.Refused(reason)
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
            raise kinds.Refused(
                f"nothing can be added to {option}, since the service did not return it; use purge: true"
            )
        target[option] = value
        field.kind.check_new(current.values.get(option), value, option)
    change = Change(resource, wanted, current, resource.settle(wanted, current, target))
    if change.action != NONE:
        unknown = [field.option for field in resource.fields if field.fill and field.option not in change.target]
        if unknown:
            raise kinds.Refused(
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
        raise kinds.Refused(f"{text}. Give it as it stands there")


def _plan_create(resource, wanted):
    nothing = State(dict(wanted.names), {})
    target = {field.option: field.initial for field in resource.fields if field.initial is not None}
    target.update(wanted.values)
    for field in resource.fields:
        if field.option in wanted.values:
            field.kind.check_new(None, wanted.values[field.option], field.option)
    for option, value in wanted.names.items():
        kinds.new_name(value, option)
    name = wanted.names[resource.identity[-1].option]
    twin = wanted.others.tidied(name)
    if twin is not None:
        raise kinds.Refused(
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
            raise kinds.Refused(f"its {option} is {current.names.get(option)}, not {value}{reason}")


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
        except kinds.Refused as error:
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
        forms = kinds.by_form(change.names[option] for change in group)
        for change in group:
            text = kinds.other_form(change.names[option], forms)
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


def run(
    resource,
    client,
    entries,
    check_mode=False,
    verify=True,
    verify_timeout=30.0,
    exclusive=None,
    return_credentials=False,
    sleep=time.sleep,
    progress=None,
):
    """Make what ``entries`` ask so, and return the Outcome; in check mode, predict it."""
    outcome, progress = Outcome(), progress or Progress()
    for entry in entries:
        if not entry.absent:
            outcome.warnings.extend(resource.warn(entry))
    started = time.time()
    outcome.changes, planned = _read_and_plan(resource, client, entries, exclusive, return_credentials)
    fresh = {}
    if outcome.changing and not check_mode:
        # Here, since a module compiles all that it imports, each time, and most tasks find nothing to write.
        from . import _apply as apply
        from . import _lock as lock

        with lock.Locks(resource, verify_timeout, progress.waiting, sleep) as locks:
            while outcome.changing and locks.outdated(outcome.changing, started):
                started = time.time()
                client.forget()
                outcome.changes, planned = _read_and_plan(resource, client, entries, exclusive, return_credentials)
            if outcome.changing:
                locks.begin(outcome.changing)
                writer = progress.writer = apply.Writer(resource, client, verify, verify_timeout, sleep)
                fresh = writer.run(outcome.changing)
                locks.end(outcome.changing, fresh)
        created = [change for change in outcome.changing if change.action == CREATE]
        if return_credentials and created:
            outcome.credentials = writer.credentials(created)
    outcome.warnings.extend(planned)
    if progress.writer:
        outcome.warnings.extend(progress.writer.warnings)
    for change in outcome.changes:
        state = fresh.get(change)
        values = change.current.values if change.current else {}  # complete() may have read more of it
        if change.target is None:
            outcome.states.append(None)
        elif state is None:
            facts = change.current.facts if change.current else {}
            outcome.states.append((change.names, dict(values, **change.target), facts))
        else:
            outcome.states.append((change.names, dict(values, **dict(change.target, **state.values)), state.facts))
    return outcome


def _no_credentials(resource, changes):
    """A text about those whose secret is not returned, although the task asks for it."""
    old = [change for change in changes if change.current is not None and change.target is not None]
    if old:
        names = "; ".join(resource.describe(change.names) for change in old[: errors.TaskError.SHOWN])
        more = len(old) - errors.TaskError.SHOWN
        yield (
            f"return_credentials has no effect on what exists already: {names}{f'; and {more} more' if more > 0 else ''}. "
            "A secret is returned only by the run that creates it."
        )


def _read_and_plan(resource, client, entries, exclusive, return_credentials):
    """The changes, and a text about each thing in them that is probably not meant."""
    warnings = []
    try:
        changes = plan_all(resource, client, entries, exclusive)
        resource.complete(client, [change for change in changes if change.action != NONE])
        for change in changes:
            if change.target is not None:
                warnings.extend(resource.warn_planned(change))
        if exclusive:
            warnings.extend(exclusive.warnings)
        if return_credentials:
            warnings.extend(_no_credentials(resource, changes))
    except (errors.CallError, errors.AnswerError) as error:
        raise read_failed(resource, error, [entry.names for entry in entries]) from error
    return changes, warnings


def read_failed(resource, error, names):
    """A failed read, with what was being read; nothing was written."""
    subject = resource.describe(names[0]) if len(names) == 1 else resource.many(len(names))
    # What a service calls invalid in a read is mostly a wrong name.
    hint = resource.missing_hint if error.kind == errors.INVALID and not error.hint else None
    return errors.RunError(f"Could not read {subject}, so nothing was written. {error.text()}", cause=error, hint=hint)


def shown(resource, values, new=False):
    """Changed fields in readable form; of a secret only that it changes."""
    result = {}
    for field in resource.fields:
        if field.option in values:
            if field.kind.secret:
                result[field.option] = kinds.HIDDEN_NEW if new else kinds.HIDDEN
            else:
                result[field.option] = field.kind.diff(values[field.option])
    return result
