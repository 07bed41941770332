# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes a file on the controller that only its owner can read: whole or not at all, and never through a link.

Internal: the playbooks of this collection write their files with `playbooks/tasks/save.yml`. `copy` creates a file with the
mode of the umask and corrects it afterwards; in between, others could read it.
"""

from __future__ import annotations

import os
import secrets
import stat
from typing import Any

from ansible.plugins.action import ActionBase

MODE = 0o600
# Links are not followed, and opening a pipe does not wait for a writer.
READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
WRITING = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class ActionModule(ActionBase):
    """Saves ``text`` as the file ``path``; the result says whether that changed it."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = super().run(tmp, task_vars)
        path, text = self._task.args.get("path"), self._task.args.get("text")
        if set(self._task.args) != {"path", "text"} or not all(isinstance(each, str) for each in (path, text)):
            return dict(found, failed=True, msg="save must be given `path` and `text`, both of them text")
        path, data = str(path), str(text).encode("utf-8", "surrogatepass")
        try:
            before, changed = save(path, data, self._task.check_mode)
        except OSError as error:
            return dict(found, failed=True, msg=f"Could not save {path}: {error.strerror}. Nothing was changed.")
        except Refused as error:
            return dict(found, failed=True, msg=str(error))
        if self._task.diff and changed:
            texts = {"before": before.decode("utf-8", "replace"), "after": text}
            found["diff"] = dict(texts, before_header=path, after_header=path)
        return dict(found, changed=changed)


class Refused(Exception):
    """Something other than a file exists at the path."""


def save(path: str, data: bytes, predict: bool = False) -> tuple[bytes, bool]:
    """Save ``data``, unless ``predict``; returns what the file held, and whether ``data`` differs from that.

    Folders on the way may be links. OSError, or Refused where something other than a file exists.
    """
    name = os.path.basename(path)
    # All that follows uses this very folder, even if its path is replaced meanwhile.
    folder = os.open(os.path.realpath(os.path.dirname(path) or "."), os.O_RDONLY | os.O_DIRECTORY)
    try:
        before = _closed(path, name, folder, predict)
        if before == data:
            return data, False
        if not predict:
            _replace(name, folder, data)
        return before or b"", True
    finally:
        os.close(folder)


def _closed(path: str, name: str, folder: int, predict: bool) -> bytes | None:
    """What the file holds; ``None`` where there is none, or it cannot be read. Others lose access, unless ``predict``."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "a folder" if stat.S_ISDIR(mode) else "something else"
        raise Refused(
            f"{path} must be a file, or not exist; got {what}. Nothing was written. Name the file itself, or remove "
            "what is there."
        )
    try:
        file = os.open(name, READING, dir_fd=folder)
        with os.fdopen(file, "rb") as stream:
            if not predict:
                os.fchmod(file, MODE)
            return stream.read()
    except PermissionError:
        return None


def _replace(name: str, folder: int, data: bytes) -> None:
    beside = f".{name[:200]}.{secrets.token_hex(8)}"
    file = os.open(beside, WRITING, MODE, dir_fd=folder)
    try:
        with os.fdopen(file, "wb") as stream:
            os.fchmod(file, MODE)  # whatever the umask takes from it
            stream.write(data)
            stream.flush()
            os.fsync(file)
        os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(beside, dir_fd=folder)
        raise
    os.fsync(folder)
