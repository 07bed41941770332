# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a plan: writes, a few at once, then reads until what was written shows."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any, Callable, List, Tuple

from .. import _errors as errors
from .. import _yaml as yaml
from .._schema.resource import CREATE, DELETE, Desired, Others, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._schema.resource import Change, Field, Found, Resource, ResourceAPI, Values

Failure = Tuple[errors.GrantopsError, List["Change"]]  # why a write failed, and what it was to write

VERBS = {CREATE: "create", DELETE: "delete"}
WRITTEN, FAILED, NOT_TRIED = "written", "failed", "not tried"
CREATE_WAITS = (0.0, 0.5, 1.0, 2.0)  # seconds before each look whether a creation of unknown outcome was carried out
VERIFY_WAITS = (0.0, 0.2, 0.5, 1.0, 2.0)  # seconds before each look; the last one repeats


def batches(api: ResourceAPI, changes: Sequence[Change]) -> list[list[Change]]:
    """The changes in lists, each of which one write can carry out."""
    groups: dict[Any, list[Change]] = {}
    for change in changes:
        groups.setdefault(api.group(change), []).append(change)
    size = api.resource.batch
    return [group[start : start + size] for group in groups.values() for start in range(0, len(group), size)]


def done(resource: Resource, change: Change, state: State | None) -> bool:
    """Whether ``state`` is what ``change`` asked for."""
    if change.planned is None or state is None:
        return change.planned is None and state is None
    return not misnamed(resource, change, state) and not differences(resource, change, state)


def misnamed(resource: Resource, change: Change, state: State | None) -> bool:
    """Whether the service gave what ``change`` created another name than the one that was asked for."""
    option = resource.identity[-1].option
    return change.action == CREATE and state is not None and state.names.get(option) != change.desired.names[option]


def differences(resource: Resource, change: Change, state: State) -> list[Field]:
    """Fields in which ``state`` is not what ``change`` asked for.

    A field that was to change and that the service does not return is one of them: it may not have been written.
    """
    planned = change.planned_values
    found = []
    for field in resource.fields:
        option = field.option
        if option in state.values:
            if option in planned and not _shows(field, change, state.values[option]):
                found.append(field)
        elif option in change.after:
            found.append(field)
    return found


def _shows(field: Field, change: Change, value: Any) -> bool:
    """Whether ``value`` is what a change asked for. Entries that others have added meanwhile do not count where it adds."""
    planned, desired = change.planned_values[field.option], change.desired
    if value == planned or not field.type.adds or desired.purge or field.option not in desired.values:
        return bool(value == planned)
    others = set(value).difference(planned, change.existing_values.get(field.option, ()))
    own: Any = tuple(entry for entry in value if entry not in others)
    if isinstance(value, dict):
        own = {key: value[key] for key in own}
    return bool(own == planned)


class Writer:
    """The writes of one run: which of ``changes`` were carried out, which failed, which were not tried yet.

    ``timeout`` is how many seconds a service has to show what was written.
    """

    def __init__(
        self,
        api: ResourceAPI,
        changes: Sequence[Change],
        verify: bool,
        timeout: float,
        sleep: Callable[[float], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.api = api
        self.resource = api.resource
        self.client = api.client
        self.verify = verify
        self.timeout = timeout
        self.warnings: list[str] = []
        self._sleep = sleep
        self._clock = clock
        self._written: dict[Change, None] = {}  # an ordered set
        self._pending: list[Change] = []  # not tried since another write failed
        self._later = [change for change in changes if change.action == DELETE]  # they come last
        self._planned = list(changes)
        self._tried: dict[Change, None] = {}  # an ordered set: those whose write began
        self._failures: list[Failure] = []  # of the last writes
        self.touched = False  # a write was accepted, or may have been

    def write(self, deletions: bool) -> dict[Change, State | None]:
        """Carry out either the deletions or all other changes.

        Returns what was read of each afterwards. RunError when a write failed or does not show.
        """
        fresh: dict[Change, State | None] = {}
        changes = [change for change in self._planned if (change.action == DELETE) == deletions]
        if deletions:
            self._later = []
        while changes:
            failures = self._write(changes)
            fresh.update(self._confirm(failures))
            # _confirm() did not raise: each write that failed turned out to be done. So the rest can go on.
            changes, self._pending = self._pending, []
        return fresh

    def status(self, change: Change) -> str:
        """What became of a change: WRITTEN, FAILED (or not known), or NOT_TRIED."""
        return WRITTEN if change in self._written else FAILED if change in self._tried else NOT_TRIED

    def credentials(self, changes: Sequence[Change]) -> list[dict[str, Any]]:
        """The secrets of new resources, with their names, as a result has them."""

        def read(change: Change) -> dict[str, Any]:
            if self.resource.identity[0].option not in change.names and not self._created(change):
                raise errors.ResponseError("the service does not show it yet")
            return dict(self.resource.identify(change.names), **self.api.credentials(change.names))

        try:
            return self.client.each(read, changes)
        except Exception as error:
            error = errors.typed(error)
            how = "Created, but the credentials of {} could not be read"
            hint = "They are returned only by the task that creates it: delete it, and run the task again."
            raise self._error(how, error, changes, [], hint) from error

    def ended(self, error: errors.GrantopsError) -> errors.RunError:
        """The RunError for a run that ``error`` ended at any point: what was written, what was not, what is not known."""
        # Copies, since a thread that is not waited for may go on.
        accepted, tried = self._written.copy().keys(), self._tried.copy().keys()
        written = [change for change in self._planned if change in accepted]
        failed = [change for change in self._planned if change in tried - accepted]
        pending = [change for change in self._planned if change not in tried]
        refused = {change for cause, batch in self._failures if not cause.outcome_unknown for change in batch}
        unknown = [change for change in failed if change not in refused]
        counts = f"Written: {len(written)}, failed: {len(failed)}, not tried: {len(pending)}."
        text = f"While writing, {error.message} {counts}"
        if unknown:
            text += f" Whether {self.resource.describe(unknown[0].names)} was written is not known."
        if written and self.verify:
            text += " What was written may not have been verified."
        return errors.RunError(
            text,
            cause=error,
            failed=self._names(failed),
            written=self._names(written),
            pending=self._names(pending),
            hint=error.hint,
            changed=self.touched or bool(written or unknown),
        )

    def _names(self, changes: Sequence[Change]) -> list[dict[str, Any]]:
        return [self.resource.identify(change.names) for change in changes]

    def _write(self, changes: Sequence[Change]) -> list[Failure]:
        """Write side by side, until one fails; the failures."""
        failures: list[Failure] = []
        self._failures = failures

        def write(batch: list[Change]) -> None:
            if failures:
                self._pending.extend(batch)
                return
            self._tried.update(dict.fromkeys(batch))
            try:
                self._carry_out(batch)
            except Exception as error:
                failure = errors.typed(error)
                failures.append((failure, batch))
                self.touched = self.touched or failure.outcome_unknown
            else:
                self.touched = True
                self._written.update(dict.fromkeys(batch))
                self.api.progress("written", len(self._written), len(self._planned))

        self.client.each(write, batches(self.api, changes))
        return failures

    def _carry_out(self, batch: Sequence[Change]) -> None:
        change = batch[0]
        if change.action == CREATE:
            self._create(change)
        elif change.action == DELETE:
            self._delete(change)
        else:
            self.api.update(batch)

    def _delete(self, change: Change) -> None:
        try:
            self.api.delete(change)
        except errors.RequestError as error:
            if error.kind != errors.NOT_FOUND:  # somebody else was faster
                raise

    def _create(self, change: Change) -> None:
        """Create a resource, and never twice: after an unknown outcome, look whether it exists before trying again."""
        for attempt in itertools.count():
            try:
                change.names.update(self.api.create(change))
                return
            except errors.RequestError as error:
                if attempt == 0 and not error.outcome_unknown:
                    raise
                # After a try whose outcome is unknown, a refusal may say no more than that it exists already.
                self.touched = True
                if self._seems_created(change, error):
                    self.warnings.append(f"A creation seemed to fail, but the service shows it done. {error.text()}")
                    return
                if attempt == self.client.retries or not error.outcome_unknown:
                    raise

    def _seems_created(self, change: Change, error: errors.RequestError) -> bool:
        try:
            return self._created(change)
        except Exception:
            raise error from None  # the first error says more

    def _created(self, change: Change) -> bool:
        """Whether a creation of unknown outcome was carried out; if so, the change gets the names of what was created."""
        for pause in CREATE_WAITS:
            if pause:
                self._sleep(pause)
            (state,) = self._read([change.desired])
            if isinstance(state, Others):
                # The service may have changed the name: look for one that did not exist when the plan was made.
                option = self.resource.identity[-1].option
                twin = state.tidied(change.desired.names[option])
                if twin is not None:
                    names = dict(change.desired.names, **{option: twin})
                    (state,) = self._read([Desired(change.desired.position, names, {})])
            if isinstance(state, State):
                change.names.update(state.names)
                return True
        return False

    def _read(self, entries: Sequence[Desired]) -> list[Found]:
        try:
            return self.api.read(entries)
        except errors.TaskError as error:
            # Mostly an AmbiguousError. The plan had none, so somebody else has created a resource of the same name since.
            raise errors.ResponseError("; ".join(str(problem) for problem in error.problems)) from error

    def _confirm(self, failures: Sequence[Failure]) -> dict[Change, State | None]:
        """Read what was written, or may have been, and return it; RunError for what was not written or does not show."""
        doubtful = [
            change
            for error, batch in failures
            for change in batch
            # A repeated deletion may be refused because the first one was carried out.
            if len(batch) > 1 or change.action == DELETE or error.outcome_unknown
        ]
        fresh: dict[Change, State | None] = {}
        stale: list[tuple[Change, State | None]] = []
        look_error: errors.GrantopsError | None = None
        if (self.verify and self._written) or doubtful:
            try:
                fresh, stale = self._look(doubtful)
            except Exception as problem:
                look_error = errors.typed(problem)
        failed = [change for error, batch in failures for change in batch if change not in self._written]
        if failed:
            how = f"Could not {VERBS.get(failed[0].action, 'write')} {{}}"
            if look_error is not None and doubtful:
                how = "Whether {} was written is not known, since it could not be read afterwards either"
            causes = [error for error, batch in failures if not self._written.keys() >= set(batch)]
            more = f" Accepted, but the service does not show it: {self._mismatches(stale)}." if stale else ""
            if any(error.outcome_unknown for error in causes):
                more += " The service may still carry out what it gave no clear response to."
            raise self._error(how, causes[0], failed, failed + [change for change, state in stale], more=more)
        if look_error is not None:
            how = "Written, but {} could not be read back to verify it"
            raise self._error(how, look_error, list(self._written), [])
        if stale:
            raise self._ignored(stale)
        for error, _batch in failures:
            self.warnings.append(f"A write failed, but the service shows it done. {error.text()}")
        return fresh

    def _look(self, doubtful: list[Change]) -> tuple[dict[Change, State | None], list[tuple[Change, State | None]]]:
        """Read until everything written shows, or the time is over: the changes that show, and those that do not.

        A change whose outcome was unknown, and that shows, counts as written from then on.
        """
        uncertain = set(doubtful)
        waiting = (list(self._written) if self.verify else []) + doubtful
        fresh: dict[Change, State | None] = {}
        look, started = 0, self._clock()
        while True:
            time_left = self.timeout - (self._clock() - started)
            pause = min(VERIFY_WAITS[min(look, len(VERIFY_WAITS) - 1)], max(time_left, 0.0))
            if pause:
                self._sleep(pause)
            look += 1
            # By the names found in the plan: an id is one read where a name may be many.
            entries = [Desired(c.desired.position, c.names, _planned(c)) for c in waiting]
            try:
                found = self._read(entries)
            except errors.RequestError as error:
                # Where replicas respond in turn, one may refuse a read of what another one shows already: read again.
                accepted = any(change not in uncertain for change in waiting)
                if time_left <= 0 or not accepted or error.kind not in (errors.INVALID, errors.NOT_FOUND):
                    raise
                continue
            left = []
            states = [state if isinstance(state, State) else None for state in found]
            for change, state in zip(waiting, states):
                if done(self.resource, change, state) or (change not in uncertain and self._unseen(change, state)):
                    if change.action == CREATE and state is not None:
                        change.names.update(state.names)
                    fresh[change] = state
                    self._written[change] = None
                else:
                    left.append((change, state))
            # A doubtful write is not waited for: nothing says that it was carried out.
            stale = [(change, state) for change, state in left if change not in uncertain]
            if time_left <= 0 or all(misnamed(self.resource, *pair) for pair in stale):  # a wrong name does not change
                for change, _state in stale:
                    del self._written[change]
                return fresh, stale
            waiting = [change for change, state in left]

    def _unseen(self, change: Change, state: State | None) -> bool:
        """Whether all of a write shows except a secret, which the service never shows. That gives a warning."""
        if change.planned is None or state is None or misnamed(self.resource, change, state):
            return False
        left = differences(self.resource, change, state)
        if not all(field.type.secret and field.option not in state.values for field in left):
            return False
        name, secrets = self.resource.describe(change.names), ", ".join(field.option for field in left)
        self.warnings.append(f"{name}: {secrets} was written, but the service does not show it: it is not verified.")
        return True

    def _error(
        self,
        how: str,
        cause: errors.GrantopsError,
        subject: Sequence[Change],
        failed: Sequence[Change],
        hint: str | None = None,
        more: str = "",
    ) -> errors.RunError:
        """``how`` is the first sentence, with ``{}`` for the first of ``subject``."""
        text = f"{how.format(self.resource.describe(subject[0].names))}: {cause.text()}"
        waiting = len(self._pending + self._later)
        if len(failed) + len(self._written) + waiting > 1:
            text += f" Written: {len(self._written)}, failed: {len(failed)}, not tried: {waiting}."
        return self._run_error(text + more, failed, cause=cause, hint=hint)

    def _run_error(
        self,
        text: str,
        failed: Sequence[Change],
        cause: errors.GrantopsError | None = None,
        hint: str | None = None,
    ) -> errors.RunError:
        return errors.RunError(
            text,
            cause=cause,
            failed=self._names(failed),
            written=self._names(list(self._written)),
            pending=self._names(self._pending + self._later),
            hint=hint,
            changed=self.touched or bool(self._written),
        )

    def _ignored(self, stale: Sequence[tuple[Change, State | None]]) -> errors.RunError:
        if misnamed(self.resource, *stale[0]):
            return self._run_error(
                f"The service created what was asked for, but not under its name. {self._mismatches(stale)}.",
                [change for change, state in stale],
                hint="The service trims or cuts new names, or changes their case: use the name that it made in the task, "
                "or delete what it made.",
            )
        return self._run_error(
            f"The service accepted the write but does not show it after {self.timeout:g} s. "
            f"{self._mismatches(stale)}. Either it ignored this, or another writer changed it meanwhile.",
            [change for change, state in stale],
            hint=self.resource.ignored_hint,
        )

    def _mismatches(self, stale: Sequence[tuple[Change, State | None]]) -> str:
        """For messages: what each change asked for, and what the service shows instead."""
        lines = []
        for change, state in stale[: errors.TaskError.SHOWN]:
            name = self.resource.describe(change.names)
            if change.planned is None:
                lines.append(f"{name} is still there")
            elif state is None:
                lines.append("{} is {}".format(name, "not there" if change.action == CREATE else "gone"))
            elif misnamed(self.resource, change, state):
                option = self.resource.identity[-1].option
                lines.append(
                    f"{name}: {option} is {state.names.get(option)!r} instead of {change.desired.names[option]!r}"
                )
            else:
                fields = [_mismatch(field, change, state) for field in differences(self.resource, change, state)]
                lines.append("{}: {}".format(name, ", ".join(fields)))
        return "; ".join(lines)


def _planned(change: Change) -> Values:
    """The fields that the task gives, as they were planned."""
    planned = change.planned_values
    return {option: planned[option] for option in change.desired.values if option in planned}


def _mismatch(field: Field, change: Change, state: State) -> str:
    if field.type.secret:
        return f"{field.option} is not the one that was written"
    if field.option not in state.values:
        return f"{field.option} is not returned"
    is_now, asked = (
        yaml.flow(field.type.diff(values[field.option])) for values in (state.values, change.planned_values)
    )
    return f"{field.option} is {is_now} instead of {asked}"
