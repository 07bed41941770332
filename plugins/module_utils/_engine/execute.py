# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task from its plan to its result: read, plan, and unless it is check mode lock, write, verify.

Knows plans and Resource tables; neither HTTP nor Ansible nor a provider. The one check-mode branch of the collection is
in :func:`run`.
"""

from __future__ import annotations

import time

from .. import _errors as errors
from .._schema.resource import CREATE, NONE
from .plan import plan_all


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
            text = f"While {self.doing}, {error.message} Nothing was written."
            return errors.RunError(text, cause=error, hint=error.hint)
        return error


def run(
    api,
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
            outcome.warnings.extend(api.warn(entry))
    started = time.time()
    outcome.changes, planned = _read_and_plan(api, entries, exclusive, return_credentials)
    fresh = {}
    if outcome.changing and not check_mode:
        # Here, since a module compiles all that it imports, each time, and most tasks find nothing to write.
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
        values = change.existing.values if change.existing else {}  # prepare() may have read more of it
        if change.planned is None:
            outcome.states.append(None)
        elif state is None:
            facts = change.existing.facts if change.existing else {}
            outcome.states.append((change.names, dict(values, **change.planned), facts))
        else:
            outcome.states.append((change.names, dict(values, **dict(change.planned, **state.values)), state.facts))
    return outcome


def _no_credentials(resource, changes):
    """A text about those whose secret is not returned, although the task asks for it."""
    old = [change for change in changes if change.existing is not None and change.planned is not None]
    if old:
        names = "; ".join(resource.describe(change.names) for change in old[: errors.TaskError.SHOWN])
        more = len(old) - errors.TaskError.SHOWN
        yield (
            f"return_credentials has no effect on what exists already: {names}{f'; and {more} more' if more > 0 else ''}. "
            "A secret is returned only by the run that creates it."
        )


def _read_and_plan(api, entries, exclusive, return_credentials):
    """The changes, and a text about each thing in them that is probably not meant."""
    resource = api.resource
    warnings = []
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


def read_failed(resource, error, names):
    """A failed read, with what was being read; nothing was written."""
    subject = resource.describe(names[0]) if len(names) == 1 else resource.many(len(names))
    # What a service calls invalid in a read is mostly a wrong name.
    hint = resource.missing_hint if error.kind == errors.INVALID and not error.hint else None
    return errors.RunError(f"Could not read {subject}, so nothing was written. {error.text()}", cause=error, hint=hint)
