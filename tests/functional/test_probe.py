# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe tells each assumption from its opposite, touches nothing that it did not make, and cleans up after any end."""

from __future__ import annotations

import copy
import json
import os
import queue
import re
import signal
import subprocess
import sys
import time

import cases
import harness
import pytest
from test_role_playbooks import playbook

from ansible_collections.grantops.cloud.plugins.module_utils import _errors
from ansible_collections.grantops.cloud.plugins.module_utils._probe import run
from ansible_collections.grantops.cloud.plugins.module_utils._probe.assumptions import ASSUMPTIONS, NOTHING, READING

SCOPES = {
    "ufile": True,
    "urocketmq_service": "urmq-1",
    "rocketmq_instance": "rmq-1",
    "roma_instance": "roma-1",
    "roma_topic": None,
    "roma_app": None,
}
TOPIC = {"roma_topic": "topic-alpha", "roma_app": "stats"}
OPTIONS = {**SCOPES, "writes": False, "wait": 2, "timeout": 20, "retries": 1, "validate_certs": True, "ca_path": None}
OPTIONS.update(allow_http=False, concurrency=4)


def furnish(sim):
    """An estate in which every assumption that reading shows can be seen."""
    cases.furnish(sim)
    sim.add_ufile_token(TokenId="uf-there", TokenName="there", Region="hk")
    sim.add_rocketmq_user(
        instance_id="rmq-1", access_key="plain-user", topic_perms=[{"name": "orders", "perm": "PUB|SUB"}]
    )
    sim.add_roma_app(instance_id="roma-1", name="stats")
    sim.counting.reset()


def environment(sim, credential="admin"):
    found = dict(sim.environment(credential))
    for service in ("ROCKETMQ", "ROMA"):
        found[f"HUAWEICLOUD_SDK_REGION_{service}_EU_WEST_101"] = sim.url
    return found


@pytest.fixture
def probe(sim, monkeypatch):
    """``probe(writes=True, …)``: the result of the module."""

    def probe(credential="admin", **options):
        for name, value in environment(sim, credential).items():
            monkeypatch.setenv(name, value)
        return run.run({**OPTIONS, **options}, _errors.Secrets(), sleep=lambda seconds: time.sleep(min(seconds, 0.01)))

    furnish(sim)
    return probe


def verdicts(result):
    return {row["number"]: row["verdict"] for row in result["report"]["assumptions"]}


def is_clean(sim):
    return "grantops-probe-" not in json.dumps(sim.estate)


# What does not hold with which switch of the simulator. Without any of them, all that can be seen holds, but for BY_DEFAULT.
SWITCHES = {
    "A101": {"project_needed": True},
    "A102": {"tokens_by_region": True},
    "A103": {"tokens_by_region": "default"},
    "A104": {"missing_token_empty_dataset": True},
    "A105": {"omit_fields": {"DescribeUFileToken": ["Region"]}},
    "A106": {"tolen_name": True},
    "A107": {"float_times": True},
    "A108": {"retcode_as_text": True},
    "A109": {"cleared_lists": True},
    "A110": {"unique_names": True},
    "A111": {"tidy_names": 20},
    "A112": {"updated_addresses": True},
    "A113": {"slow_visibility": {"reads": 1}},
    "A114": {"refused_values": ["TOKEN_DENY_UPDATE"]},
    "A201": {"whole_rows": True},
    "A204": {"fail_next": {"match": "GetURocketMQToken", "skip": 1, "body": {"RetCode": 0, "Token": None}}},
    "A205": {"open_secrets": True},
    "A206": {"topics_must_exist": True},
    "A207": {"sticky_lists": True},
    "A208": {"unique_names": True},
    "A209": {"slow_visibility": {"reads": 1}},
    "A210": {"tidy_names": 20},
    "A301": {"absent_user": {"status": 404, "code": "X.1"}},
    "A302": {"masked_secrets": True},
    "A303": {"blank_defaults": True},
    "A304": {"refused_offsets": True},
    "A305": {"swapped_perms": True},
    "A306": {"success_code": "DMS.00000000"},
    "A307": {"kept_lists": True},
    "A308": {"sticky_lists": True},
    "A310": {"refused_values": ["PUB"]},
    "A311": {"topics_must_exist": True},
    "A312": {"basic_edition": True},
    "A313": {"slow_visibility": {"reads": 1}},
    "A314": {"good_status": {"CreateUser": 202}},
    "A316": {"tidy_names": 20},
    "A401": {"user_name_is_key": True},
    "A402": {"hidden_apps": ["audit"]},
    "A403": {"unnamed_apps": ["audit"]},
    "A404": {
        "fail_next": {
            "match": "ShowMqsInstanceTopicAccessPolicy",
            "skip": 2,
            "status": 200,
            "body": {"policies": [], "total": 0},
        }
    },
    "A405": {"spaced_tags": True},
    "A406": {"null_fields": {"ListMqsInstanceTopics": ["sensitive_word"]}},
    "A407": {"fail_next": {"match": "ListMqsInstanceTopics", "status": 200, "body": {"topics": [], "total": 3}}},
    "A408": {"added_lists": True},
    "A409": {"no_batch_add": True},
    "A410": {"ignored_fields": ["policies"]},
    "A411": {"slow_visibility": {"reads": 1}},
}
# The simulator is stricter than documents by default: these do not hold in it, but with the switch.
BY_DEFAULT = {"A309": {"empty_key": True}}
# Seen without a switch, from what is in the estate
OTHERWISE = {"A202", "A203"}
UNSEEN = {assumption.number for assumption in ASSUMPTIONS if assumption.seen_by == NOTHING}
BY_READING = {assumption.number for assumption in ASSUMPTIONS if assumption.seen_by == READING}


def test_every_assumption_is_tried():
    assert set(SWITCHES) | set(BY_DEFAULT) | OTHERWISE | UNSEEN == {assumption.number for assumption in ASSUMPTIONS}


def test_where_nothing_is_odd_all_that_can_be_seen_holds(sim, probe):
    before = harness.dump(sim)
    result = probe(writes=True, **TOPIC)
    found = verdicts(result)
    assert {number: verdict for number, verdict in found.items() if verdict != "holds"} == {
        **dict.fromkeys(BY_DEFAULT, "does not hold"),
        **dict.fromkeys(UNSEEN, "not seen"),
    }
    assert result["problems"] == [] and result["changed"] is True
    assert harness.dump(sim) == before


@pytest.mark.parametrize("number", [*SWITCHES, *BY_DEFAULT])
def test_each_switch_is_told(sim, probe, number):
    before = harness.dump(sim)
    sim.traps.set(**{**SWITCHES, **BY_DEFAULT}[number])
    result = probe(writes=True, **TOPIC)
    assert verdicts(result)[number] == ("holds" if number in BY_DEFAULT else "does not hold"), result
    sim.traps.clear()
    if number == "A408":  # the row that was added cannot be taken away there
        assert "1 scratch things are still there" in result["problems"][0]
        probe(writes=True, **TOPIC)
    after = harness.dump(sim)
    if number == "A405":  # a tag is written as it was read
        after = json.loads(json.dumps(after).replace(" || ", "||"))
    assert is_clean(sim) and after == before


@pytest.mark.parametrize(
    "field, value, number", [("TopicProducePerm", "PUB", "A202"), ("AllowProduceTopicList", ["a"], "A203")]
)
def test_what_the_estate_itself_shows(sim, probe, field, value, number):
    sim.estate["ucloud"]["urocketmq"]["urmq-1"]["tokens"]["ut-alpha"][field] = value
    assert verdicts(probe())[number] == "does not hold"


# -- reading only ----------------------------------------------------------------------------------


def test_reading_needs_to_read_only_and_writes_nothing(sim, probe):
    before = harness.dump(sim)
    result = probe("readonly", **TOPIC)
    assert (result["problems"], result["changed"], harness.dump(sim) == before) == ([], False, True)
    assert [sim.counters[kind] for kind in ("write", "create", "delete")] == [0, 0, 0]
    assert set(sim.counters["refused"]) <= {"15040", "230", "DMS.00500972", "MQS.00404010"}
    seen = {number for number, verdict in verdicts(result).items() if verdict != "not seen"}
    assert seen == BY_READING


def test_writing_without_the_right_to_is_told(sim, probe):
    before = harness.dump(sim)
    result = probe("readonly", writes=True, **TOPIC)
    assert len(result["problems"]) == 4 and harness.dump(sim) == before
    assert {kind for system in result["report"]["systems"] for kind in system["failed"]} == {"permission"}


def test_refused_keys_are_sent_once(sim, probe, monkeypatch):
    found = {**environment(sim), "UCLOUD_PRIVATE_KEY": "wrong-key", "HUAWEICLOUD_SDK_SK": "wrong-key"}
    monkeypatch.setattr(sys.modules[__name__], "environment", lambda *_unused: found)
    assert len(probe(writes=True)["problems"]) == 4 and sim.counters["total"] == 4


# -- what leaves the run ---------------------------------------------------------------------------


@pytest.mark.parametrize("trap", [{}, {"echo_request": True}, {"absent_user": {"status": 400, "code": "user-alpha"}}])
def test_the_report_has_no_names_ids_or_secrets(sim, probe, trap):
    sim.traps.set(**trap)
    result = probe(writes=True, **TOPIC)
    text = json.dumps([result["report"], result["table"]])
    names = {
        "alpha",
        "beta",
        "urmq-1",
        "rmq-1",
        "roma-1",
        "stats",
        "billing",
        "org-demo",
        "project-demo",
        "cn-bj2",
        "hk",
    }
    names |= {"eu-west-101", "grantops-probe-", "acme", "orders", "192.0.2", "127.0.0.1"}
    assert [name for name in names | sim.secrets() if name in text] == []


# -- only what it made -----------------------------------------------------------------------------

NEARLY = (
    "grantops-probe-0123456789abcde",
    "grantops-probe-0123456789abcdef0",
    "grantops-probe-0123456789ABCDEF",
    "grantops-probe-",
)
EXACT = "grantops-probe-0123456789abcdef"


def test_what_an_earlier_run_left_is_removed_and_nothing_of_a_similar_name(sim, probe):
    for name in NEARLY:
        sim.add_ufile_token(TokenName=name)
        sim.add_urocketmq_token(service_id="urmq-1", Name=name)
        sim.add_rocketmq_user(instance_id="rmq-1", access_key=name)
    before = harness.dump(sim)
    sim.add_ufile_token(TokenId="left-1", TokenName=EXACT)
    sim.add_urocketmq_token(service_id="urmq-1", TokenId="left-1", Name=EXACT)
    sim.add_rocketmq_user(instance_id="rmq-1", access_key=EXACT)
    row = {"app_id": "roma-app-stats", "app_name": "stats", "access_policy": "sub", "owner": False, "tag": EXACT}
    sim.estate["huaweicloud"]["roma"]["roma-1"]["topics"]["topic-alpha"]["policies"].append(row)
    found = copy.deepcopy(harness.dump(sim))
    result = probe(**TOPIC)
    assert harness.dump(sim) == found and len(result["problems"]) == 4
    assert "A run with writes removes them" in result["problems"][0]
    assert probe(writes=True, **TOPIC)["problems"] == []
    assert harness.dump(sim) == before


# -- broken off ------------------------------------------------------------------------------------

# For each line a process, whose number is printed and then how it ended: what it takes to start one is done once.
RUN = """
import json, os, sys
import requests
from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint, _errors
from ansible_collections.grantops.cloud.plugins.module_utils._probe import run
for line in sys.stdin:
    process = os.fork()
    if not process:
        try:
            with _entrypoint.Signals():
                run.run(json.loads(line), _errors.Secrets())
        except BaseException:
            os._exit(1)
        os._exit(0)
    print(process, flush=True)
    print(os.waitpid(process, 0)[1], flush=True)
"""


class Striker:
    """Sends a signal to the process at the moment when its n-th write was carried out."""

    def __init__(self, number, count):
        self.number, self.count = number, count
        self.process = queue.Queue()
        self.struck = False

    def acted(self, call):
        if call.matches("change"):
            self.count -= 1
            if self.count == 0:
                self.struck = True
                os.kill(self.process.get(timeout=60), self.number)

    def answered(self, call, response):
        pass


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.long)], ids=["SIGKILL", "SIGTERM"]
)
def test_broken_off_at_any_write_a_second_run_cleans_up(sim, probe, number):
    before, count, step = harness.dump(sim), 0, 1 if number == signal.SIGKILL else 3
    kept = {"PYTHONPATH": os.pathsep.join(sys.path), "HOME": os.environ["HOME"], "PATH": os.environ["PATH"]}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": {**kept, **environment(sim)}}
    with subprocess.Popen([sys.executable, "-c", RUN], **pipes) as runs:
        while True:
            count += step
            striker = sim.witness = Striker(number, count)
            print(json.dumps({**OPTIONS, **TOPIC, "writes": True}), file=runs.stdin, flush=True)
            striker.process.put(int(runs.stdout.readline()))
            status = int(runs.stdout.readline())
            sim.witness = None
            if not striker.struck:
                break
            assert status != 0
            if number == signal.SIGTERM:
                assert is_clean(sim), count
            assert probe(writes=True, **TOPIC)["problems"] == []
            assert harness.dump(sim) == before, count
    assert (count > 15, status) == (True, 0)


@pytest.mark.parametrize("after", [True, False])
def test_lost_responses_leave_nothing(sim, probe, after):
    before = harness.dump(sim)
    for skip in range(0, 24, 4):
        sim.traps.set(fail_next={"match": "change", "skip": skip, "drop": True, "after": after, "times": 2})
        probe(writes=True, retries=0, **TOPIC)
        sim.traps.clear()
        probe(writes=True, **TOPIC)
        assert harness.dump(sim) == before, skip


# -- the playbook ----------------------------------------------------------------------------------


def played(sim, tmp_path, *options, monkeypatch):
    for name, value in environment(sim).items():
        monkeypatch.setenv(name, value)
    variables = [f"{name}={value}" for name, value in SCOPES.items() if isinstance(value, str)]
    return playbook(sim, tmp_path, "probe", None, *(text for value in variables for text in ("-e", value)), *options)


def test_the_playbook_prints_a_table_and_writes_the_report(sim, tmp_path, monkeypatch):
    furnish(sim)
    done = played(sim, tmp_path, monkeypatch=monkeypatch)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "A104  holds" in done.stdout and sim.counters["create"] == sim.counters["write"] == 0
    path = tmp_path / "grantops-probe.json"
    assert path.stat().st_mode & 0o777 == 0o600
    report = json.loads(path.read_text(encoding="utf-8"))
    assert (report["format"], report["writes"], len(report["assumptions"])) == (run.FORMAT, False, len(ASSUMPTIONS))
    done = played(sim, tmp_path, "-e", "probe_writes=true", "--check", monkeypatch=monkeypatch)
    assert done.returncode == 0 and sim.counters["create"] == 0
    done = played(
        sim, tmp_path, "-e", "probe_writes=true", "-e", "rocketmq_instance=elsewhere", monkeypatch=monkeypatch
    )
    assert done.returncode == 2 and "huaweicloud_rocketmq could not be read." in " ".join(done.stdout.split())
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["writes"] is True and report["counts"]["holds"] > 20 and is_clean(sim)


def test_the_operations_are_those_of_the_document(sim, probe):
    """docs/privileges.md names what it needs, each operation once."""
    text = (harness.COLLECTIONS / "ansible_collections/grantops/cloud/docs/privileges.md").read_text(encoding="utf-8")
    reading, writing = text.partition("## The probe")[2].partition("\n## ")[0].split("With `probe_writes=true`")
    used = probe(**TOPIC) and set(sim.counters["by_operation"])
    assert used == set(re.findall(r"`([A-Z]\w+)`", reading))
    used = probe(writes=True, **TOPIC) and set(sim.counters["by_operation"]) - used
    assert used == set(re.findall(r"`([A-Z]\w+)`", writing))
