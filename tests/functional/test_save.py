# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the playbooks save a file: whole or not at all, for its owner alone."""

from __future__ import annotations

import json
import os
import pathlib
import resource
import signal
import stat
import subprocess
import sys
import time

import pytest

SAVE = pathlib.Path(__file__).resolve().parents[2] / "playbooks" / "tasks" / "save.yml"
OLD = '{"old":true}\n'
NEW = json.dumps([*range(400_000)], separators=(",", ":")) + "\n"
LIMIT = len(NEW) // 2  # bytes of a file, as if the disk were full; what Ansible writes itself is less
# Every process of a run looks at the folder at each step that changes a file, and may be killed before one.
WATCH = """
import os, signal, sys
place, log, end = {place!r}, {log!r}, {end!r}
busy = []
group = int(os.environ.setdefault("GROUP", str(os.getpgrp())))  # workers are in groups of their own

def look(event, given):
    if busy or event not in ("open", "os.rename", "os.chmod", "os.link", "os.remove"):
        return
    busy.append(True)
    try:
        with open(log, "a") as stream:
            stream.writelines(f"{{event}} {{each.stat(follow_symlinks=False).st_mode & 0o777:o}}\\n" for each in os.scandir(place))
    finally:
        busy.clear()
    if event == end and any("data.json" in str(each) for each in given):
        os.kill(-group, signal.SIGKILL)
        os.kill(0, signal.SIGKILL)

sys.addaudithook(look)
"""


@pytest.fixture
def save(tmp_path):
    """Starts a playbook that saves NEW as `there/data.json`, over the file that is there."""
    (tmp_path / "there").mkdir()
    (tmp_path / "new.json").write_text(NEW, encoding="utf-8")
    variables = {
        "permissions_text": "{{ lookup('ansible.builtin.file', '"
        + str(tmp_path / "new.json")
        + "', rstrip=false) | string }}",
        "permissions_target": str(tmp_path / "there" / "data.json"),
        "permissions_counts": True,
    }
    tasks = [{"ansible.builtin.import_tasks": str(SAVE), "vars": variables}]
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    (tmp_path / "play.json").write_text(json.dumps([play]), encoding="utf-8")

    def start(limit=None, end=None):
        watch = {"place": str(tmp_path / "there"), "log": str(tmp_path / "seen"), "end": end}
        (tmp_path / "sitecustomize.py").write_text(WATCH.format(**watch), encoding="utf-8")
        command = [sys.executable, "-m", "ansible", "playbook", "-i", "localhost,", "play.json"]
        variables = {"ansible_python_interpreter": sys.executable}
        return subprocess.Popen(
            [*command, "-e", json.dumps(variables)],
            cwd=tmp_path,
            env=dict(
                os.environ,
                HOME=str(tmp_path),
                ANSIBLE_LOCAL_TEMP=str(tmp_path / "t"),
                LC_ALL="C.UTF-8",
                PYTHONPATH=os.pathsep.join([str(tmp_path), *sys.path]),
            ),
            umask=0,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None,
        )

    return start


@pytest.fixture
def old(tmp_path, save):
    file = tmp_path / "there" / "data.json"
    file.write_text(OLD, encoding="utf-8")
    file.chmod(0o644)
    return file


def seen(file):
    return file.read_text(encoding="utf-8"), stat.S_IMODE(file.stat().st_mode), os.listdir(file.parent)


def test_on_a_full_disk_the_old_file_stays_and_is_closed(old, save):
    run = save(LIMIT)
    output, _errors = run.communicate()
    assert run.returncode == 2, output
    assert "File too large" in output
    assert seen(old) == (OLD, 0o600, ["data.json"])


@pytest.mark.parametrize("wait", [0.1, 1])
def test_a_run_that_is_killed_leaves_the_old_file_or_the_new_one(old, save, wait):
    run = save()
    while run.poll() is None and seen(old)[1] != 0o600:  # until it is about to write
        time.sleep(0.01)
    time.sleep(wait)
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    text, mode, _files = seen(old)
    assert (text in (OLD, NEW), mode) == (True, 0o600)


def test_nobody_else_may_read_a_new_file_at_any_moment(tmp_path, save):
    run = save()
    output, _errors = run.communicate()
    assert run.returncode == 0, output
    assert seen(tmp_path / "there" / "data.json") == (NEW, 0o600, ["data.json"])
    modes = {line.split()[1] for line in (tmp_path / "seen").read_text(encoding="utf-8").splitlines()}
    assert modes == {"600"}


def test_a_run_that_is_killed_before_its_last_step_leaves_the_old_file(old, save):
    run = save(end="os.rename")
    run.communicate()
    assert run.returncode == -signal.SIGKILL
    text, mode, files = seen(old)
    assert (text, mode) == (OLD, 0o600)
    assert {stat.S_IMODE((old.parent / name).stat().st_mode) for name in files} == {0o600}
