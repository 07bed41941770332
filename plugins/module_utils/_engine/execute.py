# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a task: read and plan, then, unless in check mode, lock, write and verify.

The one check-mode branch of the collection is in :func:`run`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable

from .. import _errors as errors
from .._schema.resource import CREATE, NONE
from .plan import plan_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._schema.resource import Change, Desired, Names, Resource, ResourceAPI, State, Values
    from .plan import Exclusive
    from .write import Writer


class Outcome:
    """What a run found, planned and did."""

    def __init__(self) -> None:
        self.changes: list[Change] = []  # one for each entry, then the deletions of `exclusive`
        # Of each change: names, values, facts; after the run, or in check mode as predicted. None where absent.
        self.states: list[tuple[Names, Values, Mapping[str, Any]] | None] = []
        self.warnings: list[str] = []
        self.credentials: list[dict[str, Any]] = []  # of new resources, with their names

    @property
    def changing(self) -> list[Change]:
        """The changes that write something."""
        return [change for change in self.changes if change.action != NONE]

    @property
    def changed(self) -> bool:
        return bool(self.changing)


class Progress:
    """How far a run has come, for the report of an error or signal that ends it."""

    def __init__(self) -> None:
        self.doing = "reading"
        self.writer: Writer | None = None

    def waiting(self, text: str) -> None:
        self.doing = text

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


def run(
    api: ResourceAPI,
    entries: Sequence[Desired],
    check_mode: bool = False,
    verify: bool = True,
    verify_timeout: float = 30.0,
    exclusive: Exclusive | None = None,
    return_credentials: bool = False,
    sleep: Callable[[float], object] = time.sleep,
    progress: Progress | None = None,
) -> Outcome:
    """Write what ``entries`` ask for, and return the Outcome; in check mode, predict it.

    ``verify_timeout`` is in seconds. TaskError before anything was written, RunError when reading or writing failed.
    """
    outcome, progress = Outcome(), progress or Progress()
    for entry in entries:
        if not entry.absent:
            outcome.warnings.extend(api.warn(entry))
    started = time.time()
    outcome.changes, planned = _read_and_plan(api, entries, exclusive, return_credentials)
    fresh: dict[Change, State | None] = {}
    if outcome.changing and not check_mode:
        # Imported here, since it takes 10 ms in a module's process, and most tasks find nothing to write.
        from . import lock
        from . import write as writing

        with lock.Locks(api.resource, verify_timeout, progress.waiting, sleep) as locks:
            while outcome.changing and locks.outdated(outcome.changing, started):
                started = time.time()
                api.client.forget()
                outcome.changes, planned = _read_and_plan(api, entries, exclusive, return_credentials)
            if outcome.changing:
                locks.begin(outcome.changing)
                writer = progress.writer = writing.Writer(api, verify, verify_timeout, sleep)
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
        values = change.existing_values
        if change.planned is None:
            outcome.states.append(None)
        elif state is None:
            facts = change.existing.facts if change.existing else {}
            outcome.states.append((change.names, dict(values, **change.planned), facts))
        else:
            outcome.states.append((change.names, dict(values, **dict(change.planned, **state.values)), state.facts))
    return outcome


def _no_credentials(resource: Resource, changes: Sequence[Change]) -> Iterator[str]:
    """A warning about resources whose secret is not returned although the task asks for it."""
    old = [change for change in changes if change.existing is not None and change.planned is not None]
    if old:
        names = "; ".join(resource.describe(change.names) for change in old[: errors.TaskError.SHOWN])
        more = len(old) - errors.TaskError.SHOWN
        yield (
            f"return_credentials has no effect on what exists already: {names}{f'; and {more} more' if more > 0 else ''}. "
            "A secret is returned only by the run that creates it."
        )


def _read_and_plan(
    api: ResourceAPI, entries: Sequence[Desired], exclusive: Exclusive | None, return_credentials: bool
) -> tuple[list[Change], list[str]]:
    """The changes, and the warnings about them."""
    resource = api.resource
    warnings: list[str] = []
    try:
        changes = plan_all(api, entries, exclusive)
        api.prepare([change for change in changes if change.action != NONE])
        for change in changes:
            if change.planned is not None:
                warnings.extend(api.warn_planned(change))
        if exclusive:
            warnings.extend(exclusive.warnings)
        if return_credentials:
            warnings.extend(_no_credentials(resource, changes))
    except (errors.RequestError, errors.ResponseError) as error:
        raise read_failed(resource, error, [entry.names for entry in entries]) from error
    return changes, warnings


def read_failed(
    resource: Resource, error: errors.RequestError | errors.ResponseError, names: Sequence[Names]
) -> errors.RunError:
    """A RunError for a failed read, which names what was being read; nothing was written."""
    subject = resource.describe(names[0]) if len(names) == 1 else resource.many(len(names))
    # When a service calls a read invalid, the reason is mostly a wrong name.
    hint = resource.missing_hint if error.kind == errors.INVALID and not error.hint else None
    return errors.RunError(f"Could not read {subject}, so nothing was written. {error.text()}", cause=error, hint=hint)
