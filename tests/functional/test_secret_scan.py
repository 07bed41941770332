# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that a run prints or leaves on disk holds a secret in any form; and the scan finds each form."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from urllib.parse import quote, quote_plus

import cases
import fuzzing
import pytest
import ways
from ansible.release import __version__ as core

from tools import secret_scan

NEW = "New-Secret-4711"  # the task's own, for a user
AWKWARD = 'Awk"ward\\Se/cret&<9 '

WRITERS = {
    "whole": lambda secret: f"x{secret}y",
    "reversed": lambda secret: f"x{secret[::-1]}y",
    "base64 0": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 1": lambda secret: base64.b64encode(f"u{secret}:tail".encode()).decode(),
    "base64 2": lambda secret: base64.b64encode(f"us{secret}".encode()).decode(),
    "base64 urlsafe": lambda secret: base64.urlsafe_b64encode(f"user:{secret}".encode()).decode(),
    "URL-encoded": lambda secret: f"?sk={quote(secret, safe='')}&",
    "URL-encoded form": lambda secret: f"sk={quote_plus(secret)}",
    "JSON": lambda secret: json.dumps({"key": secret}),
    "repr": lambda secret: repr({"key": secret}),
    "HTML": lambda secret: f"<p>{html.escape(secret)}</p>",
    "JSON of Go": lambda secret: json.dumps({"key": secret}).replace("&", "\\u0026").replace("<", "\\u003c"),
    "JSON of PHP": lambda secret: json.dumps({"key": secret}).replace("/", "\\/"),
    "HTML, decimal": lambda secret: "".join(f"&#{ord(character)};" for character in secret),
    "HTML, hexadecimal": lambda secret: "".join(f"&#x{ord(character):x};" for character in secret),
    "encodeURIComponent": lambda secret: f"?sk={quote(secret, safe='!~()*' + chr(39))}&",
    "URL-encoded, lower case": lambda secret: re.sub(
        "%..", lambda found: found.group().lower(), quote(secret, safe="")
    ),
    "hexadecimal": lambda secret: f"0x{secret.encode().hex()}",
    "first 8": lambda secret: f"sk={secret[:8]}...",
}


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("secret", [NEW, AWKWARD, "hwSkSecret-admin-9Zk0001"], ids=["plain", "awkward", "key"])
def test_the_scan_finds_each_form(tmp_path, secret, form):
    scanner = secret_scan.Scanner({"it": secret, "other": "Quite-Another-1"})
    text = WRITERS[form](secret)
    assert {leak.secret for leak in scanner.scan("text", text)} == {"it"}
    for name, content in (("plain", text.encode()), ("packed.gz", gzip.compress(text.encode()))):
        (tmp_path / name).write_bytes(content)
    assert {leak.place for leak in scanner.scan_path(tmp_path)} == {
        str(tmp_path / "plain"),
        str(tmp_path / "packed.gz"),
    }
    for path in tmp_path.iterdir():
        path.unlink()  # or the search at the end of the session would find them
    assert scanner.scan("text", "sk is <hidden>, and New- or Secret alone is a word") == []


def test_a_file_is_found_by_its_name_too(tmp_path):
    (tmp_path / NEW).mkdir()
    (tmp_path / NEW / "empty").touch()
    assert secret_scan.Scanner({"it": NEW}).scan_path(tmp_path)


def test_what_a_test_gives_a_run_to_read_is_left_out(tmp_path):
    for folder, found in (("inputs", 0), ("outputs", 1)):
        (tmp_path / folder / "below").mkdir(parents=True)
        (tmp_path / folder / "below" / "vars.yml").write_text(NEW, encoding="utf-8")
        assert len({leak.place for leak in secret_scan.Scanner({"it": NEW}).scan_path(tmp_path)}) == found


def test_the_command_fails_when_it_finds_something_and_does_not_show_it(tmp_path, capsys, monkeypatch):
    secret = secret_scan.planted()["credentials.huaweicloud.admin.sk"]
    (tmp_path / "log").write_text(f"sk is {secret}", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["secret_scan.py", str(tmp_path)])
    assert secret_scan.main() == 1
    output = capsys.readouterr().out
    assert "credentials.huaweicloud.admin.sk" in output
    assert secret not in output
    (tmp_path / "log").write_text("nothing", encoding="utf-8")
    assert secret_scan.main() == 0
    (tmp_path / "log").unlink()
    assert secret_scan.main() == 1  # to have looked at nothing is no success


# -- a talkative run -------------------------------------------------------------------------------


def tasks():
    """For each module a change, predicted and made; what is wrong with a task, a response and a credential; a fact."""
    found = []
    for case in cases.CASES:
        option, (_unused, fewer) = next(iter(case.lists.items()))
        # By a variable, as from a vault: what a playbook itself spells out is shown by Ansible's junit callback.
        secret = {"secret_key": "{{ new_secret }}"} if case is cases.ROCKETMQ else {}
        change = {case.module: case.on_alpha("one", **{option: fewer}, **secret)}
        found += [{**change, "check_mode": True}, {**change, "register": "kept"}]
        found.append({case.info: dict(case.scope), "register": "kept"})
        found.append({case.module: case.params("one", (case.missing, {option: fewer, **secret}))})
        found.append({case.module: case.params("one", (case.alpha, {**secret, **case.bad}))})
        # What Ansible itself refuses. The secret stands first: of a long text only the beginning is printed.
        names = ("private_key", "public_key") if case.module.startswith("ucloud_") else ("sk", "ak")
        given = {names[0]: "{{ new_secret }}", names[1]: "access-key-1"}
        found.append({case.module: {**given, **secret, **case.on_alpha("one"), "retries": "many"}})
        found.append({case.module: {**secret, **given, **case.on_alpha("one"), "no_such_option": 1}})
        found.append({case.info: {**case.scope, names[0]: "{{ new_secret }}"}})  # a wrong key
        # What a later run finds in the cache of facts.
        found.append({"ansible.builtin.set_fact": {"cacheable": True, "kept_fact": "{{ kept }}"}})
    return found


PLAY = {"module_defaults": {}, "vars": {"new_secret": NEW}}


def scan(sim, done, scanner):
    """Leaks in what was printed and left; a module's own file holds its options, by Ansible's design."""
    leaks = scanner.scan("output", done.output) + scanner.scan_path(done.folder, leave=["AnsiballZ_*.py"])
    fuzzing.count("secrets, files", scanner.files)
    fuzzing.count("secrets, bytes", scanner.bytes)
    fuzzing.count("secrets, runs")
    return [str(leak) for leak in leaks]


def scanner_of(sim, *more):
    secrets = dict(secret_scan.planted(), new=NEW, **{f"held {number}": text for number, text in enumerate(more)})
    secrets.update({f"estate {number}": text for number, text in enumerate(sorted(sim.secrets()))})
    return secret_scan.Scanner(secrets)


def talkative(sim, folder):
    """All that Ansible can write, and credentials from the environment, as the guides have it."""
    return {
        **sim.environment("admin"),
        "ANSIBLE_LOG_PATH": str(folder / "log"),
        "ANSIBLE_KEEP_REMOTE_FILES": "true",
        "ANSIBLE_CALLBACKS_ENABLED": "recorder,junit,profile",
        "JUNIT_OUTPUT_DIR": str(folder / "junit"),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts"),
        "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "false",
        "ANSIBLE_DEBUG": "false",
    }


@ways.worker_first
def test_nothing_that_is_printed_or_left_holds_a_secret(sim, play, way):
    cases.furnish(sim)
    sim.add_rocketmq_user(instance_id="rmq-1", access_key="user-awkward", secret_key=AWKWARD)
    sim.traps.set(echo_request=True)
    folder = play.folder / "run-1"
    done = play(tasks(), verbosity=4, way=way, **PLAY, environment=talkative(sim, folder))
    statuses = [entry["status"] for entry in done.recorded]
    assert (len(statuses), statuses.count("failed")) == (len(tasks()), 5 * len(cases.CASES) - 1)  # a user is created
    for name in ("log", "junit", "facts", "recorded"):
        found = [path for path in (folder / name, *(folder / name).rglob("*")) if path.is_file()]
        assert any("alpha" in path.read_text(encoding="utf-8") for path in found), name
    assert list(folder.rglob("AnsiballZ_*.py")) or way == "worker"
    assert ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in done.output) is (way == "module")
    scanner = scanner_of(sim)
    assert scan(sim, done, scanner) == []
    # A module's own file: what the task itself gives, and nothing else.
    own = [leak for path in folder.rglob("AnsiballZ_*.py") for leak in scanner.scan_path(path)]
    assert {leak.secret for leak in own} <= {
        "new",
        *(name for name, _f, needle in scanner.needles if needle == NEW.encode()),
    }


CRASH = """
import requests

def crash(self, method, url, **options):
    raise RuntimeError("a mistake of the collection itself")

requests.Session.request = crash
"""


@ways.both_ways
def test_a_traceback_of_ansible_holds_no_secret(sim, play, tmp_path, way):
    cases.furnish(sim)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(CRASH, encoding="utf-8")
    folder = play.folder / "run-1"
    environment = {**talkative(sim, folder), "PYTHONPATH": str(broken), "ANSIBLE_DISPLAY_TRACEBACK": "always"}
    each = len(tasks()) // len(cases.CASES)
    done = play(
        [*tasks()[:2], *tasks()[2 * each : 2 * each + 3]], verbosity=4, way=way, **PLAY, environment=environment
    )
    assert "a mistake of the collection itself" in done.output
    if core >= "2.19":  # earlier ones show none
        assert "Traceback (most recent call last)" in done.output
    assert scan(sim, done, scanner_of(sim)) == []
