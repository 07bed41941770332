# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One writer at a time for each resource, among all processes of a user on a host.

A write sends a whole resource, filled with what was read. If two tasks read, add and write at the same time, the later
write removes what the earlier one added. So a task that has something to write takes a file lock, reads again if another
task wrote since its read, and keeps the lock until its own write is verified. The lock of a killed process ends with it.

Files beside the locks keep digests of what was written recently. Where replicas of a service respond in turn, a task may
read a state that this host has replaced already; a write filled with that would undo the last one.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import io
import json
import os
import stat
import tempfile
import time
from typing import TYPE_CHECKING, Any, Callable

from .. import _errors as errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._schema.resource import Change, Names, Resource, State, Values

NAME = "grantops-cloud-locks"
MANY = 32  # resources of one scope; with more, the scope is locked as a whole, since each lock is an open file
PATIENCE = 600.0  # seconds to wait for a lock while the same process holds it
POLLS = (0.01, 0.02, 0.05)  # seconds between two tries; the last one repeats
READ_AGAIN = 0.5  # seconds before reading again what shows an older state
KEPT = 3600.0  # seconds for which digests are kept; no verify_timeout is longer
BUSY = (errno.EAGAIN, errno.EACCES)


class LockedError(errors.GrantopsError):
    """Another process of this host holds a lock for too long, or locks do not work here: nothing was written."""

    kind = errors.LOCKED


class Locks:
    """The locks of one run, for a ``with`` statement. ``waiting(text)`` is called with what it waits for."""

    def __init__(
        self,
        resource: Resource,
        window: float,
        waiting: Callable[[str], object] = lambda text: None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        whole: bool = False,
    ) -> None:
        self.resource = resource
        self.window = window  # seconds after which all replicas of a service show a write
        self._whole = whole  # scopes are locked as a whole, since the plan is about what is not there too
        self._waiting = waiting
        self._sleep = sleep
        self._clock = clock
        self._folder: _Folder
        self._held: dict[str, io.FileIO] = {}  # name -> open file
        self._again = 0.0  # seconds that were waited for newer reads

    def __enter__(self) -> Locks:
        self._folder = _Folder()
        return self

    def __exit__(self, *unused: object) -> None:
        self.release()

    def release(self) -> None:
        """Give back all locks that are held; none may be."""
        while self._held:
            name, file = self._held.popitem()
            self._folder.drop(name, file)

    # -- before the write ----------------------------------------------------------------------

    def outdated(self, changes: Sequence[Change], started: float) -> bool:
        """Take the locks of ``changes``; whether they must be planned anew, from a new read.

        ``started`` is when the read began that they were planned from, in Unix seconds.
        """
        needed = self._needed(changes)
        if needed.keys() - self._held.keys() and self._take(needed, started):
            return True
        older = self._older(changes) if self._again < self.window else []
        if older:
            self._again += READ_AGAIN
            self._waiting(
                f"waiting for the service to show what was written to {self.resource.describe(older[0].names)} a moment ago"
            )
            self._sleep(READ_AGAIN)
        return bool(older)

    def _needed(self, changes: Sequence[Change]) -> dict[str, tuple[bool, str]]:
        """Name of each lock -> whether it is exclusive, and what it locks. The name of a scope begins those in it."""
        needed: dict[str, tuple[bool, str]] = {}
        for scope, group in self._by_scope(changes).items():
            whole = self._whole or len(group) > MANY
            needed[scope] = whole, f"{self.resource.label}s"
            if not whole:
                for change in group:
                    needed[f"{scope}.{self._key(change.names)}"] = True, self.resource.describe(change.names)
        return needed

    def _by_scope(self, changes: Sequence[Change]) -> dict[str, list[Change]]:
        # Address and project are left out: equal ids of two projects share a lock, which only makes one task wait.
        scopes: dict[str, list[Change]] = {}
        for change in changes:
            names = [change.names.get(name.option) for name in self.resource.scope]
            scope = _digest([self.resource.provider.name, self.resource.operation, names])
            scopes.setdefault(scope, []).append(change)
        return scopes

    def _key(self, names: Names) -> str:
        return _digest(self.resource.key(names))

    def _take(self, needed: Mapping[str, tuple[bool, str]], started: float) -> bool:
        """Take these locks, in an order that all processes follow; whether another may have written since ``started``."""
        self.release()
        waited = [self._wait(name, *needed[name]) for name in sorted(needed)]
        written = [
            entry is None or entry["at"] >= started
            for name in needed
            if "." not in name  # a scope
            for entry in self._remembered(name)
        ]
        return any(waited) or any(written)

    def _wait(self, name: str, exclusive: bool, what: str) -> bool:
        """Take one lock; whether it had to be waited for."""
        holder: str | None = None
        since, tries = self._clock(), 0
        while True:
            file, now_held_by = self._folder.take(name, exclusive)
            if file is not None:
                self._held[name] = file
                return tries > 0
            if now_held_by != holder:  # another process has it now, so the wait is counted anew
                holder, since = now_held_by, self._clock()
            text = f"another task of this host (process {holder or 'unknown'}), which is writing {what}"
            self._waiting(f"waiting for {text}")
            if self._clock() - since >= PATIENCE:
                raise LockedError(
                    f"Nothing was written. Waited {PATIENCE:g} s for {text}.",
                    hint="Run the task again when that one has ended.",
                )
            self._sleep(POLLS[min(tries, len(POLLS) - 1)])
            tries += 1

    def _remembered(self, scope: str) -> list[dict[str, Any] | None]:
        """The notes about recent writes in a scope; ``[None]`` when they cannot be read."""
        found = self._folder.read(scope)
        return [None] if found is None else list(found.values())

    def _older(self, changes: Sequence[Change]) -> list[Change]:
        """Those of which a state was read that this host has replaced a moment ago."""
        older = []
        for scope, group in self._by_scope(changes).items():
            notes = self._folder.read(scope) or {}  # once for all: they grow with what is written
            older += [change for change in group if self._is_older(change, notes.get(self._key(change.names)))]
        return older

    def _is_older(self, change: Change, entry: dict[str, Any] | None) -> bool:
        if entry is None or abs(time.time() - entry["at"]) >= self.window:
            return False
        seen = self._digests(change.existing.values if change.existing else None)
        return any(
            option in entry["is"] and value != entry["is"][option] and value in entry["was"].get(option, ())
            for option, value in seen.items()
        )

    # -- around the write ----------------------------------------------------------------------

    def begin(self, changes: Sequence[Change]) -> None:
        """Note that these resources are about to be written: a task that read them before must read again."""
        self._note(changes, lambda change, was: {"at": time.time(), "is": {}, "was": was})

    def end(self, changes: Sequence[Change], fresh: Mapping[Change, State | None]) -> None:
        """Note what was written, and what it replaced. ``fresh`` is what was read after the write."""

        def replaced(change: Change, was: dict[str, Any]) -> dict[str, Any]:
            after = None
            if change.planned is not None:
                state = fresh.get(change)
                after = dict(change.planned, **(state.values if state else {}))
            before = self._digests(change.existing_values if change.existing else None)
            for option, value in before.items():
                was[option] = [*was.get(option, ()), value][-8:]
            return {"at": time.time(), "is": self._digests(after), "was": was}

        self._note(changes, replaced)

    def _note(self, changes: Sequence[Change], make: Callable[[Change, dict[str, Any]], dict[str, Any]]) -> None:
        for scope, group in self._by_scope(changes).items():
            with self._folder.rewriting(scope) as entries:
                for change in group:
                    # Under its id, and under the name that the task gave: a new or deleted resource is found by that.
                    for key in {self._key(names) for names in (change.names, change.desired.names)}:
                        entries[key] = make(change, entries.get(key, {"was": {}})["was"])

    def _digests(self, values: Values | None) -> dict[str, str]:
        """Option -> digest of its value, without secrets; under an empty option, whether the resource exists."""
        found = {"": _digest(values is not None)}
        for field in self.resource.fields:
            if values is not None and field.option in values and not field.type.secret:
                found[field.option] = _digest(values[field.option])
        return found


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf-8")).hexdigest()[:32]


class _Folder:
    """The folder for the locks of a user, which nobody else can read or write."""

    def __init__(self) -> None:
        problems = []
        for place in (os.path.expanduser("~/.ansible"), tempfile.gettempdir()):
            path = os.path.join(place, f"{NAME}-{os.geteuid()}")
            try:
                self._number = self._open_safely(path)
                return
            except OSError as error:
                problems.append(f"{path}: {error.strerror or error}")
        raise LockedError(
            "Nothing was written, since there is no safe folder for locks: {}.".format("; ".join(problems)),
            hint="Without them, tasks that run at the same time could undo each other's writes. Give the user that runs "
            "the task a home directory, or a TMPDIR, that it can write to.",
        )

    @staticmethod
    def _open_safely(path: str) -> int:
        if not os.path.isabs(path):
            raise OSError("no absolute path")
        os.makedirs(path, 0o700, exist_ok=True)
        # Another user, whose folder it may be, could put something in its place that never opens.
        number = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        about = os.fstat(number)
        if about.st_uid != os.geteuid() or stat.S_IMODE(about.st_mode) & 0o077:
            os.close(number)
            raise OSError("another user can write to it, or owns it")
        return number

    def __del__(self) -> None:
        # Not sooner: a thread that nobody waits for any more may still note what it has written.
        if hasattr(self, "_number"):
            os.close(self._number)

    def _open(self, name: str) -> io.FileIO:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        # A FileIO closes itself when it is no longer referenced, so a run that ends in any way leaves no lock behind.
        return io.FileIO(name, "r+", opener=lambda path, unused: os.open(path, flags, 0o600, dir_fd=self._number))

    def take(self, name: str, exclusive: bool) -> tuple[io.FileIO | None, str | None]:
        """The locked file; or, when another process holds it, ``None`` and the number of that process."""
        while True:
            file = self._open(name)
            try:
                fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in BUSY:
                    raise
                holder = file.read().decode("ascii", "replace").strip()
                file.close()
                return None, holder
            if self._is_current(name, file):
                file.truncate()
                file.write(b"%d\n" % os.getpid())
                return file, None
            file.close()  # its last holder has deleted it: a lock on it means nothing

    def _is_current(self, name: str, file: io.FileIO) -> bool:
        try:
            return os.path.samestat(os.stat(name, dir_fd=self._number), os.fstat(file.fileno()))
        except FileNotFoundError:
            return False

    def drop(self, name: str, file: io.FileIO) -> None:
        """Release a lock, and delete its file unless another process shares the lock."""
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_current(name, file):
                os.unlink(name, dir_fd=self._number)
        file.close()

    def read(self, scope: str) -> dict[str, Any] | None:
        """The notes about recent writes in a scope; ``None`` when they cannot be read."""
        try:
            file = self._open(f"{scope}:written")
        except OSError:
            return None
        with file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return _entries(file)

    @contextlib.contextmanager
    def rewriting(self, scope: str) -> Iterator[dict[str, Any]]:
        """The notes of a scope, to change within the ``with`` statement."""
        with self._open(f"{scope}:written") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # held for milliseconds
            oldest = time.time() - KEPT
            entries = {key: entry for key, entry in (_entries(file) or {}).items() if entry["at"] >= oldest}
            yield entries
            file.seek(0)
            file.truncate()
            file.write(json.dumps(entries).encode("utf-8"))


def _entries(file: io.FileIO) -> dict[str, Any] | None:
    text = file.read()
    try:
        found = json.loads(text) if text else {}
        usable = all(
            isinstance(entry["at"], float) and isinstance(entry["is"], dict) and isinstance(entry["was"], dict)
            for entry in found.values()
        )
        return found if usable else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
