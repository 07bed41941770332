# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One writer at a time for each resource, among all processes of a user on a host.

A write sends a whole resource, filled from what was read. Two tasks that read, add and write at the same time would take
away each other's addition, and each would find its own there. So a task that has something to write holds a file lock
(which also ends with a process that is killed) from a read that is newer than any other's write to its own verification.

Beside the locks stands what was written of late, as digests: a service whose replicas response in turn may show the next
task what this host has replaced already, and a write that is filled from that would undo the last one.
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

from .. import _errors as errors

NAME = "grantops-cloud-locks"
MANY = 32  # resources of one scope; from then on the scope is locked as a whole, since each lock is an open file
PATIENCE = 600.0  # seconds for which the same process may keep others waiting
POLLS = (0.01, 0.02, 0.05)  # seconds between two tries; the last one repeats
READ_AGAIN = 0.5  # seconds between two reads of what shows an older state
KEPT = 3600.0  # seconds; longer than any verify_timeout
BUSY = (errno.EAGAIN, errno.EACCES)


class LockedError(errors.GrantopsError):
    """Another process of this host holds a resource for too long, or locks cannot be had: nothing was written."""

    kind = errors.LOCKED


class Locks:
    """The locks of one run. ``waiting(text)`` is told what is waited for."""

    def __init__(self, resource, window, waiting=lambda text: None, sleep=time.sleep, clock=time.monotonic):
        self.resource = resource
        self.window = window  # seconds within which a service shows a write everywhere
        self._waiting = waiting
        self._sleep = sleep
        self._clock = clock
        self._folder = None
        self._held = {}  # name -> open file
        self._again = 0.0  # seconds waited for newer reads

    def __enter__(self):
        self._folder = _Folder()
        return self

    def __exit__(self, *unused):
        self.release()

    def release(self):
        while self._held:
            name, file = self._held.popitem()
            self._folder.drop(name, file)

    # -- before the write ----------------------------------------------------------------------

    def outdated(self, changes, started):
        """Whether ``changes``, planned from a read that began at ``started``, must be planned from a new one.

        Afterwards the locks of all of them are held.
        """
        needed = self._needed(changes)
        if needed.keys() - self._held.keys() and self._take(needed, started):
            return True
        older = [change for change in changes if self._again < self.window and self._is_older(change)]
        if older:
            self._again += READ_AGAIN
            self._waiting(
                f"waiting for the service to show what was written to {self.resource.describe(older[0].names)} a moment ago"
            )
            self._sleep(READ_AGAIN)
        return bool(older)

    def _needed(self, changes):
        """Names of locks: whether each is exclusive, and what it is of. Sorted, a scope comes before what is in it."""
        scopes = {}
        for change in changes:
            scopes.setdefault(self._scope(change), []).append(change)
        needed = {}
        for scope, group in scopes.items():
            whole = len(group) > MANY
            needed[scope] = whole, f"all {self.resource.label}s" if whole else f"some {self.resource.label}s"
            if not whole:
                for change in group:
                    name = f"{scope}.{_digest(self.resource.key(change.names))}"
                    needed[name] = True, self.resource.describe(change.names)
        return needed

    def _scope(self, change):
        # Neither address nor project: what has two of them is locked once too often, which does no harm.
        names = [change.names.get(name.option) for name in self.resource.scope]
        return _digest([self.resource.provider.name, self.resource.operation, names])

    def _take(self, needed, started):
        """Hold these locks, in the one order that all follow; whether somebody may have written since ``started``."""
        self.release()
        waited = [self._wait(name, *needed[name]) for name in sorted(needed)]
        written = [
            entry is None or entry["at"] >= started
            for scope in {name.partition(".")[0] for name in needed}
            for entry in self._remembered(scope)
        ]
        return any(waited) or any(written)

    def _wait(self, name, exclusive, what):
        """Take one lock; whether it had to be waited for."""
        holder, since, tries = None, self._clock(), 0
        while True:
            file, now_held_by = self._folder.take(name, exclusive)
            if file is not None:
                self._held[name] = file
                return tries > 0
            if now_held_by != holder:  # as long as they take turns, it goes on
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

    def _remembered(self, scope):
        """What was written of late in a scope; ``[None]`` where that is not known."""
        found = self._folder.read(scope)
        return [None] if found is None else list(found.values())

    def _is_older(self, change):
        """Whether what was read of a resource is what this host has replaced a moment ago."""
        found = self._folder.read(self._scope(change)) or {}
        entry = found.get(_digest(self.resource.key(change.names)))
        if entry is None or not 0 <= time.time() - entry["at"] < self.window:
            return False
        seen = self._digests(change.existing.values if change.existing else None)
        return any(
            option in entry["is"] and value != entry["is"][option] and value in entry["was"].get(option, ())
            for option, value in seen.items()
        )

    # -- around the write ----------------------------------------------------------------------

    def begin(self, changes):
        """Note that these resources are about to be written: whoever read before must read again."""
        self._note(changes, lambda change, entry: {"at": time.time(), "is": {}, "was": entry["was"]})

    def end(self, changes, fresh):
        """Note what was written, and what it replaced."""

        def replaced(change, entry):
            after = None
            if change.planned is not None:
                after = dict(change.planned, **(fresh[change].values if change in fresh else {}))
            before = self._digests(change.existing.values if change.existing else None)
            was = {option: [*entry["was"].get(option, ()), value][-8:] for option, value in before.items()}
            return {"at": time.time(), "is": self._digests(after), "was": dict(entry["was"], **was)}

        self._note(changes, replaced)

    def _note(self, changes, make):
        scopes = {}
        for change in changes:
            scopes.setdefault(self._scope(change), []).append(change)
        for scope, group in scopes.items():
            with self._folder.rewriting(scope) as entries:
                for change in group:
                    # By its id where it has one, and for a new or a deleted one by its name, which is all the next task has.
                    for key in {_digest(self.resource.key(names)) for names in (change.names, change.desired.names)}:
                        entries[key] = make(change, entries.get(key, {"is": {}, "was": {}}))

    def _digests(self, values):
        """A resource as digests by option, without its secrets; whether it is there is one of them."""
        found = {"": _digest(values is not None)}
        for field in self.resource.fields:
            if values is not None and field.option in values and not field.type.secret:
                found[field.option] = _digest(values[field.option])
        return found


def _digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf-8")).hexdigest()[:32]


class _Folder:
    """Where the locks of a user lie: a folder that nobody else can read or write."""

    def __init__(self):
        problems = []
        for place in (os.path.expanduser("~/.ansible"), tempfile.gettempdir()):
            path = os.path.join(place, f"{NAME}-{os.geteuid()}")
            try:
                self._number = self._open_safely(path)
                return
            except OSError as error:
                problems.append(f"{path}: {error.strerror}")
        raise LockedError(
            "Nothing was written, since there is no safe folder for locks: {}.".format("; ".join(problems)),
            hint="Without them, tasks that run at the same time could undo each other's writes. Give the user that runs "
            "the task a home directory, or a TMPDIR, that it can write to.",
        )

    @staticmethod
    def _open_safely(path):
        if not os.path.isabs(path):
            raise OSError(errno.ENOENT, "no absolute path")
        os.makedirs(path, 0o700, exist_ok=True)
        number = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        about = os.fstat(number)
        if about.st_uid != os.geteuid() or stat.S_IMODE(about.st_mode) & 0o077:
            os.close(number)
            raise OSError(errno.EPERM, "another user can write to it, or owns it")
        return number

    def __del__(self):
        if hasattr(self, "_number"):
            os.close(self._number)

    def _open(self, name):
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        # A file that is no longer needed closes itself, so that no end of a run leaves a lock behind.
        return io.FileIO(name, "r+", opener=lambda path, unused: os.open(path, flags, 0o600, dir_fd=self._number))

    def take(self, name, exclusive):
        """The locked file, or ``None``; and which process holds it."""
        while True:
            file = self._open(name)
            try:
                fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in BUSY:
                    raise
                holder = file.read(20)
                file.close()
                return None, holder.decode("ascii", "replace").strip()
            if self._is_current(name, file):
                file.truncate(0)
                file.write(b"%d\n" % os.getpid())
                return file, None
            file.close()  # its last holder has deleted it: a lock on it means nothing

    def _is_current(self, name, file):
        try:
            return os.path.samestat(os.stat(name, dir_fd=self._number, follow_symlinks=False), os.fstat(file.fileno()))
        except FileNotFoundError:
            return False

    def drop(self, name, file):
        """Release a lock, and delete its file where nobody shares it."""
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._is_current(name, file):
                os.unlink(name, dir_fd=self._number)
        file.close()

    def read(self, scope):
        """What is remembered of a scope; ``None`` where it cannot be understood."""
        try:
            file = self._open(f"{scope}:written")
        except OSError:
            return None
        with file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return _entries(file)

    @contextlib.contextmanager
    def rewriting(self, scope):
        """The entries of a scope, to change."""
        with self._open(f"{scope}:written") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # held for milliseconds
            oldest = time.time() - KEPT
            entries = {key: entry for key, entry in (_entries(file) or {}).items() if entry["at"] >= oldest}
            yield entries
            file.seek(0)
            file.truncate()
            file.write(json.dumps(entries).encode("utf-8"))


def _entries(file):
    text = file.read()
    try:
        found = json.loads(text.decode("utf-8")) if text else {}
        usable = all(
            isinstance(entry["at"], float) and isinstance(entry["is"], dict) and isinstance(entry["was"], dict)
            for entry in found.values()
        )
        return found if usable else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
