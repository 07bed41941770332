# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role and the playbooks, called in ways that once went wrong without a word."""

from __future__ import annotations

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from test_role import FOUR, ROMA
from test_role_playbooks import KEY, NEW, SHOW, playbook, results, role

BAD = {**ROMA, "principal": "audit", "setup": "producr", "topics": ["orders"]}
ON = {"name": "Go on", "ansible.builtin.debug": {"msg": "went on"}}
CALLS = [
    {"tasks": [{**role([*FOUR, BAD]), "ignore_errors": True}, ON]},
    {"tasks": [{"name": "Try", "block": [role([*FOUR, BAD])], "rescue": [ON]}]},
    {"tasks": [role([*FOUR, BAD]), ON], "strategy": "free"},
]


def test_nothing_is_written_when_a_grant_is_refused_however_the_play_goes_on(sim, tmp_path):
    plays = [{"hosts": "localhost", "gather_facts": False, **call} for call in CALLS]
    (tmp_path / "own.yml").write_text(yaml.safe_dump(plays), encoding="utf-8")
    done = playbook(sim, tmp_path, "own", None, file="own.yml")
    parts = done.stdout.split("PLAY [localhost]")[1:]
    assert ["did you mean 'producer'?" in part for part in parts] == [True] * 3, done.stdout
    assert ["went on" in part for part in parts] == [True, True, False]
    assert done.returncode == 2 and not sim.counters["write"]


def test_each_call_of_the_role_in_a_loop_stands_for_itself(sim, play):
    include = {
        "name": "Run the role",
        "ansible.builtin.include_role": {"name": "grantops.cloud.permissions"},
        "vars": {"permissions_grants": ["{{ item }}"]},
        "loop": [BAD, FOUR[0], BAD],
    }
    played = play([include, SHOW])
    calls = [entry["result"] for entry in played.recorded if entry["task"].endswith(" : Permissions")]
    assert [row["status"] for call in calls for row in call["grants"]] == ["refused", "written", "refused"]
    assert [row["status"] for row in results(played)[0]] == ["refused"]


class Vaulted(str):
    """A text that a file has as an inline vault."""


def _dumped(grants):
    class Dumper(yaml.SafeDumper):
        pass

    secrets = VaultLib([("default", VaultSecret(b"password"))])
    Dumper.add_representer(
        Vaulted, lambda dumper, text: dumper.represent_scalar("!vault", secrets.encrypt(str(text)).decode(), style="|")
    )
    return yaml.dump({"permissions_grants": grants}, Dumper=Dumper)


@pytest.mark.parametrize(
    "grants",
    [
        [
            {
                **NEW,
                "instance_id": Vaulted("rocketmq-demo"),
                "principal": Vaulted("someone-new"),
                "secret_key": Vaulted(KEY),
            }
        ],
        Vaulted(yaml.safe_dump([NEW])),
    ],
    ids=["fields", "the whole list"],
)
def test_inline_vaults_work_and_what_they_held_is_not_shown(sim, tmp_path, grants):
    (tmp_path / "password").write_text("password", encoding="utf-8")
    (tmp_path / "grants.yml").write_text(_dumped(grants), encoding="utf-8")
    more = ("--vault-password-file", "password", "-vvv")
    done = playbook(sim, tmp_path, "apply", None, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 created" in done.stdout and KEY not in done.stdout + done.stderr
    if isinstance(grants, list):
        (tmp_path / "grants.yml").write_text(_dumped([{**grants[0], "setup": Vaulted(KEY)}, grants[0]["principal"]]))
        wrong = playbook(sim, tmp_path, "apply", None, *more)
        assert wrong.returncode == 2 and "permissions_grants[1]" in wrong.stdout
        assert KEY not in wrong.stdout + wrong.stderr


@pytest.mark.parametrize("name", ["plan", "apply"])
def test_a_plain_key_of_a_file_is_not_printed(sim, tmp_path, name):
    done = playbook(sim, tmp_path, name, {"permissions_grants": [NEW]}, "-vvv", "--diff")
    assert "+ huaweicloud_rocketmq rocketmq-demo someone-new: read_only" in done.stdout
    assert KEY not in done.stdout + done.stderr


REPORT = ("-e", "permissions_report=plan.json")
EXPORT = ("-e", "permissions_file=all.yml", "-e", "ufile=true")


@pytest.mark.parametrize(("name", "options"), [("plan", REPORT), ("export", EXPORT)])
def test_one_file_is_not_for_several_hosts(sim, tmp_path, name, options):
    more = ("-e", "permissions_hosts=all", "-i", "a,b", "-e", "ansible_connection=local")
    refused = playbook(sim, tmp_path, name, {"permissions_grants": FOUR}, *options, *more)
    assert refused.returncode == 2 and "with several, each would replace" in refused.stdout
    assert not sim.counters["read"] and not (tmp_path / options[1].partition("=")[2]).exists()
