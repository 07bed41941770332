# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `rotate` hands new keys to what is named, and to nothing else."""

from __future__ import annotations

import ast
import os
import stat

import cases
import harness
import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from test_role_playbooks import playbook
from test_rotate import ALL, ROCKETMQ, UFILE

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _estate(sim, tmp_path):
    cases.furnish(sim)
    (tmp_path / "vault-password").write_text(f"{PASSWORD}\n", encoding="utf-8")


@pytest.fixture
def rotate(sim, tmp_path):
    """``rotate(case, step, **variables)``: what the playbook printed, and how it ended."""

    def one(case, step, *options, **variables):
        given = {"system": case.system, "principal": case.principal, "step": step, **case.scope, **variables}
        more = [part for key, value in given.items() if value is not None for part in ("-e", f"{key}={value}")]
        return playbook(sim, tmp_path, "rotate", None, *more, *options, file="grantops.cloud.rotate")

    return one


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


@pytest.mark.parametrize("case", ALL, ids=str)
def test_the_keys_go_into_an_encrypted_file_and_nowhere_else(sim, tmp_path, rotate, case):
    checked = rotate(case, "begin", "--check", "--diff", **VAULT)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{case.second()} would be created beside {case.principal}" in checked.stdout
    assert not (tmp_path / "keys.yml").exists()
    begun = rotate(case, "begin", "-vvvv", "--diff", **VAULT)
    assert begun.returncode == 0, begun.stdout + begun.stderr
    assert f"{case.second()} is created beside {case.principal}" in begun.stdout
    assert stat.S_IMODE((tmp_path / "keys.yml").stat().st_mode) == 0o600
    held = decrypted(tmp_path / "keys.yml")
    (second,) = case.principals(sim)[case.second()]
    assert held[case.secrets[-1]] == case.key_of(second)
    assert (held["system"], held["principal"]) == (case.system, case.principal)
    text = (tmp_path / "keys.yml").read_text(encoding="utf-8")
    again = rotate(case, "begin", **VAULT)
    assert "changed=0" in again.stdout
    assert (tmp_path / "keys.yml").read_text(encoding="utf-8") == text
    finished = rotate(case, "finish", "-vvvv")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert list(case.principals(sim)) == [case.second()]
    no_secret(sim, tmp_path, checked.stdout, begun.stdout, begun.stderr, again.stdout, finished.stdout)


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
    broken = rotate(UFILE, "begin", "-vvvv", rotate_tasks="tasks.yml")
    assert broken.returncode == 2, broken.stdout
    assert len(UFILE.principals(sim)) == 2
    script = {"name": "Use", "ansible.builtin.assert": {"that": ["rotate_credentials.public_key.startswith('TOKEN_')"]}}
    (tmp_path / "tasks.yml").write_text(yaml.safe_dump([script]), encoding="utf-8")
    again = rotate(UFILE, "begin", "-vvvv", rotate_tasks="tasks.yml", **VAULT)
    assert again.returncode == 0, again.stdout + again.stderr
    (second,) = UFILE.principals(sim)[UFILE.second()]
    assert decrypted(tmp_path / "keys.yml")["private_key"] == second["PrivateKey"]
    no_secret(sim, tmp_path, broken.stdout, broken.stderr, again.stdout, again.stderr)


REFUSED = [
    ({}, "must say where the new keys go; got none of them"),
    ({"rotate_vault_file": "keys.yml"}, "must be given together"),
    (
        {**VAULT, "rotate_vault_password_file": "nowhere"},
        "must be a file that can be read and is not empty; got nowhere",
    ),
    ({**VAULT, "rotate_vault_file": "none/keys.yml"}, "The folder of `rotate_vault_file` must be there"),
    ({**VAULT, "rotate_vault_file": "plain.yml"}, "must be a new file, or hold the keys of alpha from an earlier run"),
    ({**VAULT, "rotate_vault_file": "others.yml"}, "must be a new file, or hold the keys of alpha from an earlier run"),
    (
        {**VAULT, "rotate_vault_file": "of-beta.yml"},
        "must be a new file, or hold the keys of alpha from an earlier run",
    ),
    ({**VAULT, "rotate_vault_password_file": "script"}, "be no script that prints it"),
    ({"rotate_tasks": "nowhere.yml"}, "`rotate_tasks` must be a file of tasks"),
    ({"rotate_awx_credential": "keys"}, "`rotate_awx_credential` and `rotate_awx_inputs` must be given together"),
    ({**VAULT, "principal": None}, "`system`, `principal` and `step` must be given"),
    ({**VAULT, "principal": "alhpa"}, "did you mean 'alpha'?"),
]


@pytest.mark.parametrize("variables, text", REFUSED)
def test_what_cannot_be_handed_over_is_refused_before_anything_is_created(sim, tmp_path, rotate, variables, text):
    (tmp_path / "plain.yml").write_text("other: 1\n", encoding="utf-8")
    of_beta = {"rotate_credentials": {"system": "ucloud_ufile", "principal": "beta"}}
    (tmp_path / "of-beta.yml").write_bytes(encrypted(of_beta, PASSWORD))
    (tmp_path / "others.yml").write_bytes(encrypted(of_beta, "another password"))
    (tmp_path / "script").write_text("#!/bin/sh\n", encoding="utf-8")
    os.chmod(tmp_path / "script", 0o700)
    refused = rotate(UFILE, "begin", **variables)
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


@pytest.mark.parametrize("name", ["Reports", "broken"])
def test_the_keys_go_into_a_credential_of_awx(sim, tmp_path, rotate, monkeypatch, name):
    """With what stands in for its module, whose options tests/platform knows."""
    modules = tmp_path / "stub" / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    modules.mkdir(parents=True)
    (modules / "credential.py").write_text(CREDENTIAL, encoding="utf-8")
    monkeypatch.setattr(harness, "COLLECTIONS", f"{tmp_path / 'stub'}:{harness.COLLECTIONS}")
    credential = {"name": name, "organization": "Default", "credential_type": "Shop"}
    variables = {
        "rotate_awx_credential": credential,
        "rotate_awx_inputs": {"user": "public_key", "word": "private_key"},
    }
    (tmp_path / "awx.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
    begun = rotate(UFILE, "begin", "-e", "@awx.yml", "-vvvv")
    (second,) = UFILE.principals(sim)[UFILE.second()]
    if name == "broken":
        assert begun.returncode == 2
        assert "The keys could not be written into the credential broken." in begun.stdout
    else:
        assert begun.returncode == 0, begun.stdout + begun.stderr
        given = ast.literal_eval((tmp_path / "home" / "credential").read_text(encoding="utf-8"))
        inputs = {"user": second["PublicKey"], "word": second["PrivateKey"]}
        assert given == {**credential, "inputs": inputs, "update_secrets": True}
        (tmp_path / "home" / "credential").unlink()
    no_secret(sim, tmp_path, begun.stdout, begun.stderr)


def test_the_key_of_a_user_in_its_place(sim, tmp_path, rotate):
    begun = rotate(ROCKETMQ, "begin", in_place="true", **VAULT)
    assert begun.returncode == 0, begun.stdout + begun.stderr
    assert "its old key stops at once" in begun.stdout
    (row,) = ROCKETMQ.principals(sim)[ROCKETMQ.principal]
    assert decrypted(tmp_path / "keys.yml")["secret_key"] == row["secret_key"]
    finished = rotate(ROCKETMQ, "finish", in_place="true")
    assert "there is nothing to finish" in finished.stdout
