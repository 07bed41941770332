# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a task: read and plan, then, unless in check mode, lock, write and verify.

The one check-mode branch of the collection is in :func:`run_all`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, Callable

from .. import _errors as errors
from .. import _text as texts
from .._schema.resource import CREATE, DELETE, NONE
from .._transport import pagination
from .plan import plan_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._schema.resource import Change, Desired, Names, Resource, ResourceAPI, State, Values
    from .plan import Whole
    from .write import Writer


class Outcome:
    """What a run found, planned and did."""

    def __init__(self, run: Run, warnings: list[str], credentials: list[dict[str, Any]]) -> None:
        self.changes = run.changes  # one for each entry, then the deletions of `exclusive`
        self.changing = run.changing  # those that write something
        self.changed = bool(run.changing)  # in check mode, whether anything would be written
        self.states = run.states()
        self.warnings = warnings
        self.credentials = credentials  # of new resources, with their names


class Progress:
    """How far a run has come, for the report of an error or signal that ends it, and for people who watch.

    ``show(text)`` gets a line such as "written 300 of 1,000" every few seconds, from any thread but one at a time.
    """

    EVERY = 5.0  # seconds between two lines; a run that takes less shows none

    def __init__(
        self, show: Callable[[str], object] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.doing = "reading"
        self.writer: Writer | None = None
        self._show = show
        self._clock = clock
        self._next = clock() + self.EVERY
        self._lock = threading.Lock()

    def waiting(self, text: str) -> None:
        """Tell what the run waits for."""
        self.doing = text
        self._tell(text)

    def step(self, doing: str, done: int, total: int) -> None:
        """Take into account that ``done`` of ``total`` are read or written."""
        self._tell(f"{doing} {done:,} of {total:,}")

    def _tell(self, text: str) -> None:
        if self._show is None:
            return
        with self._lock:
            if self._clock() < self._next:
                return
            self._next = self._clock() + self.EVERY
            with contextlib.suppress(Exception):  # a terminal that is gone is no reason to stop between two writes
                self._show(text)

    def report(self, error: errors.GrantopsError) -> errors.GrantopsError:
        """``error``, which ends the run, as an error that says what was written until then."""
        if isinstance(error, errors.RunError):
            return error
        if self.writer is not None:
            return self.writer.ended(error)
        if isinstance(error, errors.UnexpectedError):
            text = f"While {self.doing}, {error.message} Nothing was written."
            return errors.RunError(text, cause=error, hint=error.hint)
        return error


class Run:
    """The part of a task that is about the resources of one table: planned, locked, written.

    ``plan()`` reads and plans; it returns the changes and warnings about them. It is called again when another task of
    this host has written since. ``verify_timeout`` is in seconds.
    """

    def __init__(
        self,
        api: ResourceAPI,
        plan: Callable[[], tuple[list[Change], list[str]]],
        verify: bool = True,
        verify_timeout: float = 30.0,
        sleep: Callable[[float], object] = time.sleep,
        progress: Progress | None = None,
        whole: bool = False,
    ) -> None:
        self.api = api
        self.changes: list[Change] = []
        self.warnings: list[str] = []
        self.fresh: dict[Change, State | None] = {}  # what was read after the writes
        self.error: errors.GrantopsError | None = None  # that ended the writes
        self.writer: Writer | None = None
        self.predicted = True  # nothing is carried out: the changes are a prediction
        self._plan = plan
        self._verify = verify
        self._verify_timeout = verify_timeout
        self._sleep = sleep
        self._progress = progress or Progress()
        self._whole = whole  # scopes are locked as a whole
        api.progress = self._progress.step
        self._started: float  # in Unix seconds: when the read began that the plan is from

    @property
    def changing(self) -> list[Change]:
        """The changes that write something."""
        return [change for change in self.changes if change.action != NONE]

    def prepare(self) -> None:
        """Read and plan."""
        self._started = time.time()
        self.api.client.forget()
        self.changes, self.warnings = self._plan()

    def lock(self, stack: contextlib.ExitStack) -> None:
        """Lock what is to be written until ``stack`` is closed; plan again when another task has written it meanwhile."""
        # Imported here, since it takes 10 ms in a module's process, and most tasks find nothing to write.
        from . import lock
        from . import write as writing

        locks = stack.enter_context(
            lock.Locks(self.api.resource, self._verify_timeout, self._progress.waiting, self._sleep, whole=self._whole)
        )
        while self.changing and locks.outdated(self.changing, self._started):
            self.prepare()
        self._locks = locks
        if self.changing:
            self.writer = self._progress.writer = writing.Writer(
                self.api, self.changing, self._verify, self._verify_timeout, self._sleep
            )

    def write(self, deletions: bool) -> None:
        """Carry out the deletions, or all other changes; an error is kept in ``error``."""
        if self.writer is None:
            return
        changes = [change for change in self.changing if (change.action == DELETE) == deletions]
        try:
            if changes:
                self._locks.begin(changes)
                fresh = self.writer.write(deletions)
                self._locks.end(changes, fresh)
                self.fresh.update(fresh)
        except errors.GrantopsError as error:
            self.error = error

    @property
    def touched(self) -> bool:
        """Whether a write was accepted, or may have been."""
        return self.writer is not None and self.writer.touched

    def credentials(self) -> list[dict[str, Any]]:
        """The secrets of what was created, with their names; RunError when they cannot be read."""
        if self.writer is None:
            return []
        writer = self.writer
        created = [change for change in self.changing if change.action == CREATE and writer.status(change) == "written"]
        return writer.credentials(created)

    def states(self) -> list[tuple[Names, Values, Mapping[str, Any]] | None]:
        """Of each change: names, values and facts, after the run or as predicted. ``None`` where absent."""
        return [after(change, self.fresh.get(change)) for change in self.changes]


def after(change: Change, state: State | None) -> tuple[Names, Values, Mapping[str, Any]] | None:
    """Names, values and facts of a resource after its change; ``state`` is what was read then, if it was."""
    if change.planned is None:
        return None
    values = change.existing_values
    if state is None:
        return change.names, dict(values, **change.planned), change.existing.facts if change.existing else {}
    return change.names, dict(values, **dict(change.planned, **state.values)), state.facts


def run_all(runs: Sequence[Run], check_mode: bool, judge: Callable[[], object] = lambda: None) -> None:
    """Plan all ``runs`` side by side, and carry them out unless in check mode.

    Nothing is written when any of them cannot be planned, or when ``judge()`` raises. Creations and updates of all of them
    come before deletions, and there are no deletions when one failed. Errors of writing are kept in the runs.
    """
    _prepare(runs)
    judge()
    if check_mode:
        return
    for run in runs:
        run.predicted = False
    with contextlib.ExitStack() as stack:
        waiting = [run for run in runs if run.changing]
        for run in waiting:  # one after the other, in an order that all processes follow
            run.lock(stack)
        if waiting:
            judge()
        _side_by_side(waiting, lambda run: run.write(deletions=False))
        # Nobody is left without access because a grant failed after a deletion.
        if not any(run.error for run in waiting):
            _side_by_side(waiting, lambda run: run.write(deletions=True))


def _prepare(runs: Sequence[Run]) -> None:
    """Plan all of them; TaskError with the problems of all, or the first error of reading."""
    failed: list[errors.GrantopsError] = []
    refused: list[errors.TaskError] = []

    def prepare(run: Run) -> None:
        try:
            run.prepare()
        except errors.TaskError as error:
            refused.append(error)
        except errors.GrantopsError as error:
            failed.append(error)

    _side_by_side(runs, prepare)
    if failed:
        raise failed[0]
    if refused:
        hint = next((error.hint for error in refused if error.hint), None)
        raise errors.TaskError([problem for error in refused for problem in error.problems], hint=hint)


def _side_by_side(runs: Sequence[Run], work: Callable[[Run], object]) -> None:
    def stop() -> None:
        for run in runs:
            run.api.client.stop()

    pagination.each(len(runs), work, runs, stop)


def run(
    api: ResourceAPI,
    entries: Sequence[Desired],
    check_mode: bool = False,
    verify: bool = True,
    verify_timeout: float = 30.0,
    whole: Whole | None = None,
    return_credentials: bool = False,
    sleep: Callable[[float], object] = time.sleep,
    progress: Progress | None = None,
    judge: Callable[[Sequence[Change]], list[str]] | None = None,
) -> Outcome:
    """Write what ``entries`` ask for, and return the Outcome; in check mode, predict it.

    ``verify_timeout`` is in seconds. With ``whole``, its scopes are read whole.
    ``judge(changes)`` gives warnings about the plan, or raises TaskError to refuse it.
    TaskError before anything was written, RunError when reading or writing failed.
    """
    warnings = [text for entry in entries if not entry.absent for text in api.warn(entry)]
    one = Run(
        api,
        lambda: _read_and_plan(api, entries, whole, return_credentials),
        verify,
        verify_timeout,
        sleep,
        progress,
    )
    judged: list[str] = []

    def judge_plan() -> None:
        if judge:
            judged[:] = judge(one.changes)

    run_all([one], check_mode, judge_plan)
    if one.error is not None:
        raise one.error
    credentials = one.credentials() if return_credentials else []
    warnings += one.warnings + judged + (one.writer.warnings if one.writer else [])
    return Outcome(one, warnings, credentials)


def _no_credentials(resource: Resource, changes: Sequence[Change]) -> Iterator[str]:
    """A warning about resources whose secret is not returned although the task asks for it."""
    old = [change for change in changes if change.existing is not None and change.planned is not None]
    if old:
        names = texts.few([resource.describe(change.names) for change in old], errors.TaskError.SHOWN)
        yield (
            f"return_credentials has no effect on what exists already: {names}. A secret is returned only by the run that creates it."
        )


def _read_and_plan(
    api: ResourceAPI, entries: Sequence[Desired], whole: Whole | None, return_credentials: bool
) -> tuple[list[Change], list[str]]:
    """The changes, and the warnings about them."""
    resource = api.resource
    warnings: list[str] = []
    try:
        changes = plan_all(api, entries, whole)
        api.prepare([change for change in changes if change.action != NONE])
        warnings.extend(api.warn_planned([change for change in changes if change.planned is not None]))
        if whole:
            warnings.extend(whole.warnings)
        if return_credentials:
            warnings.extend(_no_credentials(resource, changes))
    except (errors.RequestError, errors.ResponseError) as error:
        subject = resource.describe(entries[0].names) if len(entries) == 1 else resource.many(len(entries))
        raise read_failed(resource, error, subject) from error
    return changes, warnings


def read_failed(resource: Resource, error: errors.RequestError | errors.ResponseError, subject: str) -> errors.RunError:
    """A RunError for a failed read of ``subject``, in words; nothing was written."""
    # When a service calls a read invalid, the reason is mostly a wrong name.
    hint = resource.missing_hint if error.kind == errors.INVALID and not error.hint else None
    return errors.RunError(f"Could not read {subject}, so nothing was written. {error.text()}", cause=error, hint=hint)
