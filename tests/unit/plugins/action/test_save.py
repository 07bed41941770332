# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file is written whole or not at all, for its owner alone, and never through a link."""

from __future__ import annotations

import errno
import os
import stat
from types import SimpleNamespace
from unittest import mock

import pytest

from ansible_collections.grantops.cloud.plugins.action import save as action


def run(path, text, check_mode=False, diff=True, **more):
    args = {"path": path, "text": text, **more}
    task = SimpleNamespace(args=args, action="save", async_val=0, check_mode=check_mode, diff=diff)
    return action.ActionModule(task, mock.Mock(), SimpleNamespace(check_mode=check_mode), None, None, None).run()


@pytest.fixture(params=[0o022, 0, 0o277])
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def seen(file):
    there = file.stat()
    return file.read_text(encoding="utf-8"), stat.S_IMODE(there.st_mode), os.listdir(str(file.parent))


def test_a_file_is_written_for_its_owner_and_left_alone_when_it_is_the_same(tmp_path, umask):
    file = tmp_path / "a.json"
    assert run(str(file), "[1]", check_mode=True)["changed"] and not file.exists()
    assert run(str(file), "[1]")["changed"] and seen(file) == ("[1]", 0o600, ["a.json"])
    file.chmod(0o644)
    os.utime(str(file), (1, 1))
    assert not run(str(file), "[1]")["changed"] and seen(file)[1] == 0o600 and file.stat().st_mtime == 1
    result = run(str(file), "[2]")
    assert result["changed"] and seen(file) == ("[2]", 0o600, ["a.json"])
    assert result["diff"] == {"before": "[1]", "after": "[2]", "before_header": str(file), "after_header": str(file)}
    assert "diff" not in run(str(file), "[3]", diff=False)


@pytest.mark.parametrize(
    "make, what",
    [
        (lambda path: path.symlink_to("elsewhere"), "a link"),
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: os.mkfifo(str(path)), "something else"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_only_a_file_is_replaced(tmp_path, make, what, check_mode):
    path = tmp_path / "there"
    make(path)
    result = run(str(path), "text", check_mode=check_mode)
    assert result["failed"] and f"must be a file, or not exist; got {what}" in result["msg"]
    assert os.listdir(str(tmp_path)) == ["there"]


def test_folders_on_the_way_may_be_links_and_must_exist(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert run(str(tmp_path / "link" / "a"), "text")["changed"]
    assert (tmp_path / "real" / "a").read_text(encoding="utf-8") == "text"
    result = run(str(tmp_path / "none" / "a"), "text")
    assert result["failed"] and f"Could not save {tmp_path / 'none' / 'a'}: No such file" in result["msg"]


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_what_goes_wrong_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch, step):
    file = tmp_path / "a"
    file.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, step, mock.Mock(side_effect=OSError(errno.ENOSPC, "No space left on device")))
    result = run(str(file), "new")
    assert result["failed"] and "No space left on device" in result["msg"]
    assert seen(file) == ("old", 0o600, ["a"])


def test_the_file_of_somebody_else_is_replaced_and_not_trusted(tmp_path, monkeypatch):
    def refused(*given):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    file = tmp_path / "a"
    file.write_text("same", encoding="utf-8")
    number = file.stat().st_ino
    with monkeypatch.context() as patched:
        patched.setattr(os, "fchmod", lambda fd, mode: refused() if os.fstat(fd).st_ino == number else None)
        assert run(str(file), "same")["changed"]
    assert seen(file) == ("same", 0o600, ["a"]) and file.stat().st_ino != number


@pytest.mark.parametrize("wrong", [{"text": {}}, {"path": None}, {"mode": "0644"}])
def test_what_it_is_given_is_a_path_and_a_text(wrong):
    assert "must be given `path` and `text`" in run(**{"path": "a", "text": "", **wrong})["msg"]
