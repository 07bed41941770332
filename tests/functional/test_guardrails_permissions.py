# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guardrails of the module `permissions`, of the role and of its playbooks: one refusal means no write anywhere."""

from __future__ import annotations

import json
import sys

import cases
import harness
import prefork
import pytest
import test_guardrails
import ways
from role_harness import Role

UFILE, UROCKETMQ = {"system": "ucloud_ufile"}, {"system": "ucloud_urocketmq", "service_id": "urmq-1"}
ROCKETMQ = {"system": "huaweicloud_rocketmq", "instance_id": "rmq-1"}
ROMA = {"system": "huaweicloud_roma", "instance_id": "roma-1"}
# Of each system: a grant of something new, a selection of that, one of what the same one may do, and how many more may.
GIVES = [
    ({**UFILE, "principal": "alpha", "setup": "read_only", "buckets": ["acme-data", "acme-logs", "secret"],
      "prefixes": ["in/", "out/"]},
     {"action": "read", "on": "secret"}, {"action": "list", "on": "acme-data/in/"}, 0),
    ({**UROCKETMQ, "principal": "alpha", "setup": "producer", "topics": ["secret"]},
     {"action": "publish", "on": "secret"}, {"action": "consume", "on": "audit"}, 0),
    ({**ROCKETMQ, "principal": "user-gamma", "setup": "producer", "topics": ["secret"]},
     {"action": "publish", "on": "secret"}, {"action": "publish", "on": "orders"}, 0),
    ({**ROMA, "principal": "billing", "setup": "producer", "topics": ["topic-alpha"]},
     {"action": "publish", "on": "topic-alpha"}, {"action": "consume", "on": "topic-beta"}, 2),
]  # fmt: skip
# Beside each, on another system: it is not written either.
ELSEWHERE = {**UROCKETMQ, "principal": "beta", "setup": "producer", "topics": ["fine"]}
DENY = {"id": "s", "deny": {"action": "publish", "on": "secret"}, "when": "new"}


def matrix():
    """System and verb -> grants, and a rule that refuses them."""
    found = {}
    for grant, given, other, more in GIVES:
        for rule in test_guardrails.verbs(grant["system"], given, other, more):
            found[f"{grant['system']}-{rule['id']}"] = ([grant, ELSEWHERE], rule)
    return found


MATRIX = matrix()
EXAMPLE = {"system": "ucloud_ufile", "principal": "x", "action": "read", "on": "secret"}
# What a file holds -> what is said of it.
BROKEN = {
    "empty": ("", "must hold permissions_guardrails and a list of rules that is not empty"),
    "no-rules": ("[]", "must hold permissions_guardrails and a list of rules that is not empty"),
    "null": ("permissions_guardrails:", "must hold permissions_guardrails and a list of rules that is not empty"),
    "misspelt": ("permissions_guardrail: []", "must hold permissions_guardrails and a list of rules that is not empty"),
    "no-list": ("permissions_guardrails: {id: s}", "must hold permissions_guardrails and a list of rules"),
    "no-yaml": ("- {id: s", "is not YAML"),
    "unknown-key": ("- {id: s, deny: {action: publish}, unless: x}", "it must have no keys but id, deny"),
    "unknown-verb": ("- {id: s, forbid: {action: publish}}", "it must have exactly one of deny"),
    "text": ("- orders", "it must be a mapping with id and one of deny"),
    "nobody": (
        "- {id: s, deny: {system: huaweicloud_rocketmq, scope: rmq-1, except: [nobody]}, when: new}",
        "nobody is named 'nobody' in rmq-1",
    ),
    "example": (
        json.dumps([{"id": "s", "deny": {"on": "secret", "except": ["x"]}, "refuses": [EXAMPLE]}]),
        "guardrails[0].refuses[0]: s does not refuse this example",
    ),
    "absent": (None, "it does not exist"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish_for_guardrails(sim)


def connections(sim):
    return {provider: harness.connection(sim, provider) for provider in ("ucloud", "huaweicloud")}


class TestTheModule:
    @pytest.mark.parametrize("check_mode", [False, True])
    @pytest.mark.parametrize("case", MATRIX)
    def test_every_verb_refuses_on_every_system_and_nothing_is_written(self, sim, run, case, check_mode):
        grants, rule = MATRIX[case]
        result = Role(run).result(grants, check_mode, guardrails=[rule])
        assert f"guardrails: guardrail {rule['id']} ({rule['id']}, new): " in result["msg"]
        assert "(grant 1)" in result["msg"] and result["changed"] is False
        assert sim.counters["write"] == sim.counters["create"] == 0

    @pytest.mark.parametrize("case", [case for case in MATRIX if "require" not in case])
    def test_who_only_takes_away_is_never_refused_by_new(self, sim, run, case):
        """What is taken away is what the rule is against, and some of it stays with others."""
        role, (grants, rule) = Role(run), MATRIX[case]
        role(grants)
        assert role.result(grants, True, guardrails=[dict(rule, when="any")]).get("failed") is True
        less = dict(grants[0], state="absent")
        if grants[0]["system"] == "huaweicloud_rocketmq":  # it stays, and publishes less
            less = dict(grants[0], topics=["orders"])
        (row,) = role([less], guardrails=[rule], scope="additive" if "state" in less else "exact")
        assert row["changed"] is True

    def test_what_was_not_read_is_refused(self, sim, run):
        sim.traps.set(allowed_operations=["ListUFileToken", "UpdateUFileToken", "ListURocketMQToken", "UpdateUser"])
        limit = {"id": "few", "limit": {"action": "publish", "at_most": 99}}
        result = Role(run).result([GIVES[2][0]], guardrails=[limit])
        assert result["failed"] is True and sim.counters["write"] == 0

    def test_identities_join_principals_of_two_systems(self, sim, run):
        role = Role(run)
        apart = {"id": "apart", "separate": [{"action": "publish", "on": "secret"}, {"action": "read", "on": "secret"}]}
        grants = [GIVES[0][0], GIVES[2][0]]
        asked = role.result(grants, guardrails=[apart])["msg"]
        assert (
            "needs ucloud_ufile in the same task of permissions, and identities there that join its principals" in asked
        )
        member = {"system": "huaweicloud_rocketmq", "scope": "rmq-1", "principal": "user-gamma"}
        ann = {"ann": [member, {"system": "ucloud_ufile", "principal": "alpha"}]}
        said = role.result(grants, guardrails=[apart], permissions_identities=ann)["msg"]
        assert "alpha (ucloud_ufile org-demo) is the same person" in said
        only = {"id": "only", "only": {"on": "secret", "principal": "ann"}, "when": "new"}
        assert "only ann may have that" in role.result(grants, guardrails=[only])["msg"]
        assert sim.counters["write"] == 0
        assert not role.result(grants, guardrails=[only], identities=ann).get("failed")
        bob = {"bob": [dict(member, principal="user-gama")]}
        said = role.result(grants, guardrails=[only], identities=bob)["msg"]
        assert "`identities: bob` must be a name that was seen, such as user-gamma; got 'user-gama'" in said
        other = {"ann": [ann["ann"][1]], "bob": [member]}
        apart["separate"][1]["on"] = "secret/in/"
        assert not role.result(grants, guardrails=[apart], identities=other).get("failed")


@ways.both_ways
def test_handed_over_to_another_host_it_is_the_same(sim, play, way):
    task = {"grants": [GIVES[2][0], ELSEWHERE], "guardrails": [DENY], **connections(sim)}
    (result,) = play([{"grantops.cloud.permissions": task}], way=way, module_defaults={}).results
    assert "guardrail s " in result["msg"]
    assert sim.counters["write"] == 0


@pytest.mark.parametrize("name", ["plan", "apply"])
def test_a_playbook_writes_nothing_that_a_rule_refuses(sim, play, tmp_path, name):
    """A host for rules that are given and for those of a file, and for each file that is broken: one process for all of them."""
    hosts = {"given": {"permissions_grants": [GIVES[2][0], ELSEWHERE], "permissions_guardrails": [DENY]}}
    for case, (text, _said) in BROKEN.items():
        if text is not None:
            (tmp_path / f"{case}.yml").write_text(text, encoding="utf-8")
        hosts[case] = {
            "permissions_grants": [GIVES[2][0]],
            "permissions_guardrails_file": str(tmp_path / f"{case}.yml"),
        }
    (tmp_path / "file.yml").write_text(json.dumps({"permissions_guardrails": [DENY]}), encoding="utf-8")
    hosts["file"] = {"permissions_grants": [GIVES[2][0]], "permissions_guardrails_file": str(tmp_path / "file.yml")}
    shared = {f"permissions_{key}": value for key, value in connections(sim).items()}
    shared.update(ansible_connection="local", ansible_python_interpreter=sys.executable)
    inventory = {"all": {"hosts": hosts, "vars": shared}}
    (tmp_path / "inputs").mkdir()  # the keys of the simulator are among them
    (tmp_path / "inputs" / "hosts.json").write_text(json.dumps(inventory), encoding="utf-8")
    (tmp_path / "home").mkdir()
    options = ["-i", "inputs/hosts.json", "-f", "4", "-e", "permissions_hosts=all", f"grantops.cloud.{name}"]
    process = prefork.run(["playbook", *options], tmp_path, play._environment(tmp_path, {}))
    recorded = [json.loads(line) for line in (tmp_path / "recorded").read_text(encoding="utf-8").splitlines()]
    said = {
        entry["host"]: " ".join(entry["result"]["msg"].split()) for entry in recorded if entry["status"] == "failed"
    }
    assert set(said) == set(hosts), process.stdout + process.stderr
    for case, (_text, text) in BROKEN.items():
        assert text in said[case], said[case]
    assert all("guardrail s (deny, new)" in said[case] for case in ("given", "file"))
    assert sim.counters["write"] == sim.counters["create"] == 0
