# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each finding: its remedy, run as printed, removes it and changes nothing else."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess

import harness
import prefork
import pytest
import yaml
from role_harness import Role
from test_promises import differing

from ansible_collections.grantops.cloud.plugins.module_utils import _rotation_task
from ansible_collections.grantops.cloud.plugins.module_utils._access import findings, model, snapshot
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Scope

NOW = 1750000000  # as `field_types.now` has it in these tests
DAY = 86400
READ, DELETE = "TOKEN_ALLOW_READ", "TOKEN_ALLOW_DELETE"
SCOPES = {
    "ucloud_ufile": ("ucloud_ufile_token_info", "tokens", None, ""),
    "ucloud_urocketmq": ("ucloud_urocketmq_token_info", "tokens", "service_id", "urmq-demo"),
    "huaweicloud_rocketmq": ("huaweicloud_rocketmq_user_info", "users", "instance_id", "rocketmq-demo"),
    "huaweicloud_roma": ("huaweicloud_roma_topic_policy_info", "topics", "instance_id", "roma-demo"),
}


def rows(**perms):
    return [{"name": name, "perm": perm} for name, perm in perms.items()]


# A finding, what plants it, and the fields that its remedy changes; none where the principal is to go.
CASES = [
    ("MQ001", "rocketmq_user", {"white_remote_address": "10.0.0.1,10.0.0.2", "topic_perms": rows(a="PUB")}, 1),
    ("MQ002", "rocketmq_user", {"admin": True, "topic_perms": rows(a="PUB")}, 1),
    ("MQ003", "rocketmq_user", {"default_topic_perm": "PUB|SUB", "default_group_perm": "SUB"}, 1),
    ("MQ003", "urocketmq_token", {"TopicProducePerm": "ALL"}, 1),
    ("MQ004", "rocketmq_user", {"default_topic_perm": "PUB|SUB", "default_group_perm": "SUB"}, 1),
    ("MQ004", "urocketmq_token", {"TopicConsumePerm": "ALL"}, 1),
    ("MQ005", "rocketmq_user", {"default_topic_perm": "PUB", "topic_perms": rows(a="DENY", b="PUB")}, 1),
    ("MQ005", "rocketmq_user", {"default_group_perm": "SUB", "group_perms": rows(g="DENY")}, 1),
    ("MQ006", "rocketmq_user", {"topic_perms": rows(a="SUB", b="PUB|SUB", c="PUB")}, 1),
    ("MQ006", "rocketmq_user", {"default_topic_perm": "SUB", "topic_perms": rows(b="PUB|SUB")}, 2),
    ("MQ007", "roma_topic", {"policies": [{"app_name": "x", "access_policy": "all", "tag": "1||2"}]}, 1),
    ("MQ007", "roma_topic", {"policies": [{"app_name": "x", "access_policy": "pub", "tag": "1&2"}]}, 1),
    ("MQ007", "roma_topic", {"policies": [{"app_name": "x", "access_policy": "pub", "tag": "1", "owner": True}]}, 1),
    ("OS001", "ufile_token", {"AllowedOps": [READ]}, 1),
    ("OS002", "ufile_token", {"AllowedOps": [READ, DELETE]}, 1),
    ("OS003", "ufile_token", {"AllowedOps": [READ], "AllowedPrefixes": ["a", "b/"], "AllowedBuckets": ["b"]}, 1),
    ("OS004", "ufile_token", {"AllowedOps": [READ], "AllowedBuckets": ["b"], "ExpireTime": NOW + 367 * DAY}, 1),
    ("OS005", "ufile_token", {"AllowedOps": [READ], "AllowedBuckets": ["b"], "ExpireTime": NOW + DAY}, 1),
    ("OS006", "ufile_token", {"AllowedOps": [READ], "AllowedBuckets": ["b"], "ExpireTime": NOW - DAY}, 0),
    ("ID003", "ufile_token", {}, 0),
    ("ID003", "urocketmq_token", {}, 0),
    ("ID003", "rocketmq_user", {}, 0),
]
NAMES = {"ufile_token": ("TokenName", "TokenName"), "urocketmq_token": ("Name", "Name")}
NAMES.update(rocketmq_user=("access_key", "access_key"), roma_topic=("name", "name"))


def scopes_of(run):
    found = []
    for system, (module, key, option, scope) in SCOPES.items():
        read = run.ok(module, **({option: scope} if option else {}))
        found.append(Scope(system, scope, read[key]))
    return found


def found_in(run, **options):
    scopes = scopes_of(run)
    return findings.find(scopes, model.access(scopes, at=NOW, roma_sasl=True, **options), NOW)


def carried_out(run, remedy):
    """Runs a command as `ansible` would, in this process."""
    words = shlex.split(remedy)
    assert words[:3] == ["ansible", "localhost", "-m"] and words[4] == "-a"
    module, options = words[3].split(".")[-1], json.loads(words[5])
    if module == "permissions":
        options.pop("ucloud", None)  # the connection of these tests, which is to the same project
        Role(run)(options.pop("grants"), **options)
    else:
        run.ok(module, **options)


@pytest.fixture
def estate(sim):
    """Empty, but for one principal of each system, about whom nothing is to be found."""
    sim.reset("empty")
    sim.add_ufile_token(
        TokenName="other", AllowedOps=[READ], AllowedBuckets=["b"], AllowedPrefixes=["a/"], ExpireTime=NOW + 90 * DAY
    )
    sim.add_urocketmq_token(Name="other", TopicProducePerm="PART", AllowProduceTopicList="a")
    sim.add_rocketmq_user(access_key="other", topic_perms=rows(a="PUB"))
    sim.add_roma_topic(name="other", policies=[{"app_name": "other", "access_policy": "pub"}])
    return sim


def key_of(each):
    return each["id"], each["system"], each["principal"], each["resource"]


@pytest.mark.parametrize(("number", "kind", "planted", "fields"), CASES)
def test_a_remedy_removes_its_finding_and_changes_nothing_else(estate, run, number, kind, planted, fields):
    assert found_in(run) == []
    getattr(estate, "add_" + kind)(**{NAMES[kind][0]: "planted-one"}, **planted)
    before, earlier = harness.dump(estate), found_in(run)
    first = next(each for each in earlier if each["id"] == number)
    carried_out(run, first["remedy"])
    left = [key_of(each) for each in found_in(run)]
    assert key_of(first) not in left
    # It may take away others with it, and what it takes from may be left with nothing.
    assert {each[0] for each in left} <= {each["id"] for each in earlier} | {"ID003"}
    changed = differing(before, harness.dump(estate))
    records = {path[:4] if kind != "ufile_token" else path[:3] for path in changed}
    assert len(records) == 1 and len(changed) == (fields or 1)


def test_one_of_two_doubled_names_goes_and_a_user_whose_defaults_are_not_shown_gets_some(estate, run):
    for _each in range(2):
        estate.add_urocketmq_token(Name="twice", TopicProducePerm="PART", AllowProduceTopicList="a")
    estate.add_rocketmq_user(access_key="blank-user", topic_perms=rows(a="PUB"), admin=True)
    estate.traps.set(blank_defaults=True)
    for number in ("ID002", "MQ002"):
        (found,) = [each for each in found_in(run) if each["id"] == number]
        carried_out(run, found["remedy"])
    assert found_in(run) == []


@pytest.mark.parametrize("name", ["it's", "{{ 7 * 7 }}", "$(id) `id`"])
def test_a_remedy_is_run_as_it_is_printed(estate, run, tmp_path, name):
    """By a shell: a quote in a name, and one that Ansible would take for a template."""
    estate.add_rocketmq_user(access_key=name, topic_perms=rows(a="PUB"), white_remote_address="10.0.0.1")
    (found,) = found_in(run)
    remedy = found["remedy"]
    if remedy.startswith("- hosts"):
        (tmp_path / "remedy.yml").write_text(remedy, encoding="utf-8")
        remedy = "ansible-playbook remedy.yml"
    process = subprocess.run(
        remedy,
        shell=True,
        cwd=tmp_path,
        env={
            **os.environ,
            **estate.environment("admin"),
            "PATH": prefork.first_on_path(),
            "ANSIBLE_COLLECTIONS_PATH": str(harness.COLLECTIONS),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert found_in(run) == []


# -- findings about grants, snapshots, acceptances and what was not read ----------------------------------------------

PLANTED = {"system": "huaweicloud_rocketmq", "instance_id": "rocketmq-demo", "principal": "planted-one"}
ADMIN = {**PLANTED, "setup": "custom", "permissions": {"admin": True}}
ACCEPTED = {"finding": "MQ002", "system": "huaweicloud_rocketmq", "scope": "rocketmq-demo"}
ACCEPTED.update(principal="planted-one", reason="On call", by="jo", until="2025-06-14")  # the day before NOW
READING = {"ufile": True, "roma_sasl": True, "partial": True}
READING.update({key: [SCOPES[system][3]] for system, key in (
    ("ucloud_urocketmq", "urocketmq_services"),
    ("huaweicloud_rocketmq", "rocketmq_instances"),
    ("huaweicloud_roma", "roma_instances"),
)})  # fmt: skip


class Settled:
    """For each finding what plants it, what its remedy tells to do, and how many records of a cloud that changes."""

    def __init__(self, run, estate, options):
        self.run, self.estate, self.options = run, estate, options

    def read(self):
        return Role(self.run).read(**self.options)

    def undeclared(self):
        self.estate.add_rocketmq_user(access_key="planted-one", topic_perms=rows(a="PUB"))

    def declare(self, remedy):
        self.options["grants"] += yaml.safe_load(remedy)["permissions_grants"]

    def wider(self):
        self.estate.add_rocketmq_user(access_key="planted-one", topic_perms=rows(a="PUB", b="PUB"))
        self.options["grants"].append({**PLANTED, "setup": "producer", "topics": ["a"]})

    def not_there(self):
        grant = {"system": "ucloud_urocketmq", "service_id": "urmq-demo", "principal": "planted-one"}
        self.options["grants"].append({**grant, "setup": "mine", "topics": ["a"]})
        self.options["setups"] = {
            "mine": {"ucloud_urocketmq": {"topic_produce_perm": "PART", "allow_produce_topic_list": "$topics"}}
        }

    def not_granted(self):
        grant = {
            "system": "huaweicloud_roma",
            "instance_id": "roma-demo",
            "principal": "other",
            "topics": ["planted-one"],
        }
        self.options["grants"].append({**grant, "setup": "producer"})
        self.estate.add_roma_topic(name="planted-one", policies=[])

    def not_said(self):
        del self.options["roma_sasl"]

    def say(self, remedy):
        self.options.update(yaml.safe_load(remedy))

    def run_it(self, remedy):
        carried_out(self.run, remedy)

    def new(self):
        self.options["since"] = snapshot.text(self.read())
        self.undeclared()
        self.options["grants"].append({**PLANTED, "setup": "producer", "topics": ["a"]})

    def take_over(self, remedy):
        assert re.search(r"run the report again with: -e permissions_snapshot=\S+$", remedy)
        self.options["since"] = snapshot.text(self.read())

    def lapsed(self):
        self.estate.add_rocketmq_user(access_key="planted-one", admin=True)
        self.options["grants"].append(ADMIN)
        self.options["acceptances"] = [ACCEPTED]

    def renew(self, remedy):
        self.options["acceptances"] = yaml.safe_load(remedy)["permissions_acceptances"]

    def matching_nothing(self):
        self.options["acceptances"] = [ACCEPTED]

    def take_out(self, remedy):
        del self.options["acceptances"][int(re.match(r"Take acceptances\[(\d+)\] out: finding MQ002, ", remedy)[1])]

    def unread(self):
        self.estate.traps.set(allowed_operations=["DescribeUFileToken", "ListURocketMQToken", "GetURocketMQToken"])
        del self.options["roma_instances"]
        self.options["grants"] = [each for each in self.options["grants"] if each["system"] != "huaweicloud_roma"]

    def mend(self, remedy):
        module, options = shlex.split(remedy)[3], json.loads(shlex.split(remedy)[5])
        self.run.failed(module.split(".")[-1], **options)
        self.estate.traps.clear()
        carried_out(self.run, remedy)


OTHERS = [
    ("ID001", Settled.undeclared, Settled.declare, 0),
    ("MQ007", Settled.not_said, Settled.say, 0),
    ("DR001", Settled.wider, Settled.run_it, 1),
    ("DR001", Settled.not_there, Settled.run_it, 1),
    ("DR001", Settled.not_granted, Settled.run_it, 1),
    ("DR002", Settled.new, Settled.take_over, 0),
    ("AC001", Settled.lapsed, Settled.renew, 0),
    ("AC002", Settled.matching_nothing, Settled.take_out, 0),
    ("RD001", Settled.unread, Settled.mend, 0),
]


@pytest.mark.parametrize(("number", "plant", "settle", "records"), OTHERS)
def test_what_a_remedy_says_removes_its_finding_and_changes_nothing_else(estate, run, number, plant, settle, records):
    settled = Settled(run, estate, dict(READING, grants=Role(run).read(**READING)["grants"]))
    assert settled.read()["findings"] == []
    plant(settled)
    before, earlier = harness.dump(estate), settled.read()["findings"]
    (first,) = [each for each in earlier if each["id"] == number]
    settle(settled, first["remedy"])
    left = settled.read()
    assert "failed" not in left, left
    assert {key_of(each) for each in left["findings"]} <= {key_of(each) for each in earlier} - {key_of(first)}
    assert all(each["accepted"] for each in left["findings"])
    assert len({path[:4] for path in differing(before, harness.dump(estate))}) == records


@pytest.mark.parametrize("system", ["ucloud_ufile", "ucloud_urocketmq"])
def test_an_old_key_is_replaced_by_the_two_steps_that_its_remedies_are(estate, run, system):
    if system == "ucloud_ufile":
        more = {"AllowedOps": [READ], "AllowedBuckets": ["b"], "ExpireTime": NOW + 90 * DAY}
        estate.add_ufile_token(TokenName="old app", CreateTime=NOW - 9 * DAY, **more)
    else:
        more = {"TopicProducePerm": "PART", "AllowProduceTopicList": "a"}
        estate.add_urocketmq_token(service_id="urmq-demo", Name="old app", CreateTime=NOW - 9 * DAY, **more)

    def old():
        found = Role(run).read(**READING, rotate_after="9d")["findings"]
        return [each["remedy"] for each in found if each["id"] == "ID004"]

    for step in ("begin", "finish"):
        (remedy,) = old()
        words = shlex.split(remedy)
        assert words[:2] == ["ansible-playbook", "grantops.cloud.rotate"] and set(words[2::2]) == {"-e"}
        given = {}
        for word in words[3::2]:
            given.update(json.loads(word) if word.startswith("{") else [word.split("=")])
        assert given["step"] == step
        given = {key: value for key, value in given.items() if not key.startswith("rotate_")}
        connections = {"ucloud": harness.connection(estate, "ucloud"), "verify_timeout": 0.1}
        assert not run.run_task(_rotation_task.RotationTask(), dict(given, **connections)).get("failed")
    assert old() == []


# ID002: of one of two; see test_one_of_two_doubled_names_goes_...
ELSEWHERE = {"ID002", "ID004"}


def test_every_finding_of_the_table_has_a_case():
    assert {case[0] for case in (*CASES, *OTHERS)} | ELSEWHERE == set(findings.TABLE)
