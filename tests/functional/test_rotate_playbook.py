# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `rotate` hands new keys to what is named, and to nothing else."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import pathlib
import re
import stat
import sys

import cases
import harness
import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from test_role_playbooks import playbook
from test_rotate import ROCKETMQ, TOKENS, UFILE

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _estate(sim, tmp_path):
    cases.furnish(sim)
    (tmp_path / "vault-password").write_text(f"{PASSWORD}\n", encoding="utf-8")


@pytest.fixture
def rotate(sim, tmp_path):
    """``rotate(*steps, options=())``: one run of the playbook for steps of ``step_of``, each on a host of its own."""

    def run(*steps, options=()):
        plays, hosts = [], {}
        for name, variables in steps:
            given = {key: value for key, value in variables.items() if value is not None}
            plays.append({"import_playbook": "grantops.cloud.rotate", "vars": {**given, "rotate_hosts": name}})
            hosts[name] = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        (tmp_path / "steps.json").write_text(json.dumps(plays), encoding="utf-8")
        (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        return playbook(sim, tmp_path, "rotate", None, "-i", "hosts.json", *options, file="steps.json")

    return run


def step_of(case, step, **variables):
    """The name of a host, and the variables that a user gives for this step."""
    given = {"system": case.system, "principal": case.principal, "step": step, **case.scope, **variables}
    return f"{case}-{step}", given


VAULT = {"rotate_vault_file": "keys.yml", "rotate_vault_password_file": "vault-password"}


def decrypted(path):
    text = VaultLib([("default", VaultSecret(PASSWORD.encode()))]).decrypt(path.read_bytes())
    return yaml.safe_load(text)["rotate_credentials"]


def encrypted(data, password):
    return VaultLib().encrypt(yaml.safe_dump(data), VaultSecret(password.encode()))


def no_secret(sim, tmp_path, *outputs):
    """No key is in what was printed, nor in a file but the account's own."""
    secrets = [secret for secret in sim.secrets() if len(secret) > 8]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files] + list(outputs)
    found = [line for secret in secrets for text in texts for line in text.splitlines() if secret in line]
    assert not found


def test_the_keys_go_into_an_encrypted_file_and_nowhere_else(sim, tmp_path, rotate):
    begin = [step_of(case, "begin", **{**VAULT, "rotate_vault_file": f"{case}.yml"}) for case in TOKENS]
    files = {case: tmp_path / f"{case}.yml" for case in TOKENS}
    checked = rotate(begin[0], options=["--check", "--diff"])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{UFILE.second()} would be created beside {UFILE.principal}" in checked.stdout
    assert not files[UFILE].exists()
    begun = rotate(*begin, options=["-vvvv", "--diff"])
    assert begun.returncode == 0, begun.stdout + begun.stderr
    for case, file in files.items():
        assert f"{case.second()} is created beside {case.principal}" in begun.stdout
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        held = decrypted(file)
        (second,) = case.principals(sim)[case.second()]
        assert held[case.secrets[-1]] == case.key_of(second)
        assert (held["system"], held["principal"]) == (case.system, case.principal)
    text = files[UFILE].read_bytes()
    ended = rotate(begin[0], *(step_of(case, "finish") for case in TOKENS), options=["-vvvv"])
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.search(rf"^{begin[0][0]} +: ok=\d+ +changed=0 ", ended.stdout, re.M)
    assert files[UFILE].read_bytes() == text
    assert all(list(case.principals(sim)) == [case.second()] for case in TOKENS)
    no_secret(sim, tmp_path, checked.stdout, begun.stdout, begun.stderr, ended.stdout)


def test_a_hand_over_that_was_broken_off_is_repeated(sim, tmp_path, rotate):
    (tmp_path / "tasks.yml").write_text(
        yaml.safe_dump(
            [
                {"name": "Show", "ansible.builtin.debug": {"var": "rotate_credentials"}},
                {"name": "Fail", "ansible.builtin.fail": {"msg": "the other side is not there"}},
            ]
        ),
        encoding="utf-8",
    )
    broken = rotate(step_of(UFILE, "begin", rotate_tasks="tasks.yml"), options=["-vvvv"])
    assert broken.returncode == 2, broken.stdout
    assert len(UFILE.principals(sim)) == 2
    (second,) = UFILE.principals(sim)[UFILE.second()]
    digest = hashlib.sha256(second["PrivateKey"].encode()).hexdigest()
    same = [
        "rotate_credentials.public_key.startswith('TOKEN_')",
        f"rotate_credentials.private_key | hash('sha256') == '{digest}'",
    ]
    (tmp_path / "tasks.yml").write_text(yaml.safe_dump([{"ansible.builtin.assert": {"that": same}}]), encoding="utf-8")
    again = rotate(step_of(UFILE, "begin", rotate_tasks="tasks.yml"), options=["-vvvv"])
    assert again.returncode == 0, again.stdout + again.stderr
    assert len(UFILE.principals(sim)) == 2
    no_secret(sim, tmp_path, broken.stdout, broken.stderr, again.stdout, again.stderr)


OTHERS = "must be a new file, or hold the keys of alpha from an earlier run"
REFUSED = [  # variables, and what is said of them
    ({}, "must say where the new keys go; got none of them"),
    ({"rotate_vault_file": "keys.yml"}, "must be given together"),
    ({**VAULT, "rotate_vault_password_file": "nowhere"}, "a file that can be read and is not empty; got nowhere"),
    (
        {"rotate_vault_file": "none/keys.yml", "rotate_vault_password_file": "script"},
        "be no script that prints it",
        "The folder of `rotate_vault_file` must be there",
    ),
    *(({**VAULT, "rotate_vault_file": name}, OTHERS) for name in ("plain.yml", "others.yml", "of-beta.yml")),
    ({"rotate_tasks": "nowhere.yml"}, "`rotate_tasks` must be a file of tasks"),
    ({"rotate_awx_credential": "keys"}, "`rotate_awx_credential` and `rotate_awx_inputs` must be given together"),
    ({**VAULT, "principal": None}, "`system`, `principal` and `step` must be given"),
]


def test_what_cannot_be_handed_over_is_refused_before_anything_is_created(sim, tmp_path, rotate):
    """Each by the tasks with which the playbook begins, in one run; and two as a user meets them."""
    (tmp_path / "plain.yml").write_text("other: 1\n", encoding="utf-8")
    of_beta = {"rotate_credentials": {"system": "ucloud_ufile", "principal": "beta"}}
    (tmp_path / "of-beta.yml").write_bytes(encrypted(of_beta, PASSWORD))
    (tmp_path / "others.yml").write_bytes(encrypted(of_beta, "another password"))
    (tmp_path / "script").write_text("#!/bin/sh\n", encoding="utf-8")
    os.chmod(tmp_path / "script", 0o700)
    look = {"ansible.builtin.include_tasks": str(ROOT / "playbooks" / "tasks" / "rotate_check.yml")}
    said = {"ansible.builtin.debug": {"msg": "{{ number }}: {{ ansible_failed_result.msg }}"}}
    tasks = []
    for number, (variables, *_texts) in enumerate(REFUSED):
        given = {key: value for key, value in step_of(UFILE, "begin", **variables)[1].items() if value is not None}
        tasks.append({"block": [look], "rescue": [said], "vars": {**given, "number": f"case {number}"}})
    play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
    (tmp_path / "look.json").write_text(json.dumps([play]), encoding="utf-8")
    looked = playbook(sim, tmp_path, "look", None, file="look.json").stdout
    printed = " ".join(looked.replace("\\n", " ").replace("\\'", "'").split())
    for number, (_variables, *texts) in enumerate(REFUSED):
        message = printed.partition(f'"case {number}: ')[2].partition("}")[0]
        assert all(text in message for text in texts), looked
    for variables, text in (REFUSED[0], ({"rotate_tasks": "plain.yml", "principal": "alhpa"}, "did you mean 'alpha'?")):
        refused = rotate(step_of(UFILE, "begin", **variables))
        assert refused.returncode == 2, refused.stdout + refused.stderr
        assert text in " ".join(refused.stdout.replace("\\n", " ").replace("\\'", "'").split())
    assert sim.counters["write"] == sim.counters["create"] == 0
    assert (tmp_path / "plain.yml").read_text(encoding="utf-8") == "other: 1\n"


CREDENTIAL = """
import os
from ansible.module_utils.basic import AnsibleModule
names = ("name", "organization", "credential_type", "description")
spec = {**{name: {} for name in names}, "inputs": {"type": "dict", "no_log": True}, "update_secrets": {"type": "bool"}}
module = AnsibleModule(spec)
given = {key: value for key, value in module.params.items() if value is not None}
if given["name"] == "broken":
    module.fail_json(msg=f"refused: {given}")
with open(os.path.expanduser("~/credential"), "w") as file:
    file.write(repr(given))
module.exit_json(changed=True)
"""


def test_the_keys_go_into_a_credential_of_awx(sim, tmp_path, rotate, monkeypatch):
    """With what stands in for its module, whose options tests/platform knows; the second one cannot be written."""
    modules = tmp_path / "stub" / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    modules.mkdir(parents=True)
    (modules / "credential.py").write_text(CREDENTIAL, encoding="utf-8")
    monkeypatch.setattr(harness, "COLLECTIONS", f"{tmp_path / 'stub'}:{harness.COLLECTIONS}")
    credential = {"name": "Reports", "organization": "Default", "credential_type": "Shop"}
    inputs = {"user": "public_key", "word": "private_key"}
    _host, variables = step_of(UFILE, "begin", rotate_awx_credential=credential, rotate_awx_inputs=inputs)
    broken = {**variables, "rotate_awx_credential": {**credential, "name": "broken"}}
    begun = rotate(("well", variables), ("broken", broken), options=["-vvvv"])
    assert begun.returncode == 2 and re.search(r"^well +: .*failed=0", begun.stdout, re.M), begun.stdout + begun.stderr
    assert "The keys could not be written into the credential broken." in begun.stdout
    (second,) = UFILE.principals(sim)[UFILE.second()]
    given = ast.literal_eval((tmp_path / "home" / "credential").read_text(encoding="utf-8"))
    keys = {"user": second["PublicKey"], "word": second["PrivateKey"]}
    assert given == {**credential, "inputs": keys, "update_secrets": True}
    (tmp_path / "home" / "credential").unlink()
    no_secret(sim, tmp_path, begun.stdout, begun.stderr)


def test_the_key_of_a_user_in_its_place(sim, tmp_path, rotate):
    begin, finish = (step_of(ROCKETMQ, step, in_place="true", **VAULT) for step in ("begin", "finish"))
    process = rotate(begin, finish)
    assert process.returncode == 0, process.stdout + process.stderr
    begun, _title, finished = process.stdout.rpartition("PLAY [Rotate]")
    assert "its old key stops at once" in begun
    (row,) = ROCKETMQ.principals(sim)[ROCKETMQ.principal]
    assert decrypted(tmp_path / "keys.yml")["secret_key"] == row["secret_key"]
    assert "there is nothing to finish" in finished
