# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""Carrying a plan out: writes, at most a few at once, then reads until what was written shows."""

from __future__ import annotations

import time

from . import _errors as errors
from . import _yaml as yaml
from ._reading import each
from ._resource import Wanted

VERIFY_WAITS = (0.0, 0.2, 0.5, 1.0, 2.0)  # seconds before each look; the last one repeats


def batches(resource, changes):
    """The changes, cut into what one write call may carry."""
    if resource.batch == 1:
        return [[change] for change in changes]
    groups = {}
    for change in changes:
        groups.setdefault(resource.group(change), []).append(change)
    size = resource.batch
    return [group[start : start + size] for group in groups.values() for start in range(0, len(group), size)]


def differences(resource, change, state):
    """Fields in which ``state`` is not what ``change`` asked for.

    A field that the service does not return counts where it was to change: what cannot be seen is
    not taken for done.
    """
    found = []
    for field in resource.fields:
        option = field.option
        if option in state.values:
            if option in change.target and state.values[option] != change.target[option]:
                found.append(field)
        elif option in change.after:
            found.append(field)
    return found


class Writer:
    """One run's writes: which changes were carried out, which failed, which wait."""

    def __init__(self, resource, client, verify=True, timeout=30.0, sleep=time.sleep, clock=time.monotonic):
        self.resource = resource
        self.client = client
        self.verify = verify
        self.timeout = timeout
        self.warnings = []
        self._sleep = sleep
        self._clock = clock
        self._written = {}  # ordered set of changes
        self._pending = []
        self._touched = False  # a write was accepted, or may have been

    def run(self, changes):
        """Carry out ``changes``; the states read afterwards, by change. RunError when one did not end well."""
        fresh = {}
        while changes:
            failures = self._write(changes)
            fresh.update(self._settle(failures))
            # Reached only when every failed write turned out to be done: what waited may go on.
            changes, self._pending = self._pending, []
        return fresh

    def _write(self, changes):
        failures = []  # (error, batch)

        def write(batch):
            if failures:
                self._pending.extend(batch)
                return
            try:
                self.resource.write(self.client, batch)
            except errors.GrantopsError as error:
                failures.append((error, batch))
                self._touched = self._touched or getattr(error, "unclear", False)
            else:
                self._touched = True
                self._written.update(dict.fromkeys(batch))

        each(self.client.concurrency, write, batches(self.resource, changes))
        return failures

    def _settle(self, failures):
        """Look at what was written, and at what may have been; raise for what was not."""
        doubtful = [c for error, batch in failures for c in batch if len(batch) > 1 or getattr(error, "unclear", False)]
        fresh, stale, look_error = {}, [], None
        if (self.verify and self._written) or doubtful:
            try:
                fresh, stale = self._look(doubtful)
            except (errors.CallError, errors.AnswerError) as error:
                look_error = error
        failed = [change for error, batch in failures for change in batch if change not in self._written]
        if failed:
            how = "Could not write {}"
            if look_error is not None and doubtful:
                how = "Whether {} was written is not known, since it could not be read afterwards either"
            raise self._error(how, failures[0][0], failed, failed + [change for change, state in stale])
        if look_error is not None:
            how = "Written, but {} could not be read back to verify it"
            raise self._error(how, look_error, list(self._written), [])
        if stale:
            raise self._ignored(stale)
        for error, _batch in failures:
            self.warnings.append(f"A write failed, but the service shows it done. {error.text()}")
        return fresh

    def _look(self, doubtful):
        """Read until everything written shows, or the time is over: what shows, and what does not.

        Doubtful changes that show count as written from then on.
        """
        uncertain = set(doubtful)
        waiting = (list(self._written) if self.verify else []) + doubtful
        fresh, look, started = {}, 0, self._clock()
        while True:
            time_left = self.timeout - (self._clock() - started)
            pause = min(VERIFY_WAITS[min(look, len(VERIFY_WAITS) - 1)], max(time_left, 0.0))
            if pause:
                self._sleep(pause)
            look += 1
            # By the names found in the plan: an id is one read where a name may be many.
            entries = [Wanted(c.wanted.position, c.names, c.wanted.values) for c in waiting]
            left = []
            for change, state in zip(waiting, self.resource.read(self.client, entries)):
                if state is not None and not differences(self.resource, change, state):
                    fresh[change] = state
                    self._written[change] = None
                else:
                    left.append((change, state))
            # A doubtful write is not waited for: nothing says that it was carried out.
            stale = [(change, state) for change, state in left if change not in uncertain]
            if not stale or time_left <= 0:
                for change, _state in stale:
                    del self._written[change]
                return fresh, stale
            waiting = [change for change, state in left]

    def _error(self, message, cause, subject, failed):
        text = f"{message.format(self.resource.describe(subject[0].names))}: {cause.text()}"
        if len(failed) + len(self._written) + len(self._pending) > 1:
            text += f" Written: {len(self._written)}, failed: {len(failed)}, not tried: {len(self._pending)}."
        return self._run_error(text, failed, cause=cause)

    def _run_error(self, text, failed, cause=None, hint=None):
        def names(changes):
            return [self.resource.identify(change.names) for change in changes]

        return errors.RunError(
            text,
            cause=cause,
            failed=names(failed),
            written=names(self._written),
            pending=names(self._pending),
            hint=hint,
            changed=self._touched or bool(self._written),
        )

    def _ignored(self, stale):
        lines = []
        for change, state in stale[: errors.TaskError.SHOWN]:
            name = self.resource.describe(change.names)
            if state is None:
                lines.append(f"{name} is gone")
            else:
                fields = [_mismatch(field, change, state) for field in differences(self.resource, change, state)]
                lines.append("{}: {}".format(name, ", ".join(fields)))
        return self._run_error(
            "The service accepted the write but does not show it after {:g} s. {}. Either it ignored this, or "
            "another writer changed it meanwhile.".format(self.timeout, "; ".join(lines)),
            [change for change, state in stale],
            hint=self.resource.ignored_hint,
        )


def _mismatch(field, change, state):
    if field.kind.secret:
        return f"{field.option} is not the one that was written"
    if field.option not in state.values:
        return f"{field.option} is not returned"
    is_now, asked = (yaml.inline(field.kind.diff(values[field.option])) for values in (state.values, change.target))
    return f"{field.option} is {is_now} instead of {asked}"
