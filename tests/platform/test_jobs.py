# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks as jobs: exit status, events without secrets, and what they leave for a next job."""

from __future__ import annotations

import json
import sys

import awx
import pytest
import yaml
from test_role import FOUR, ROCKETMQ
from test_secrets import leaks

KEY = "Fresh-Key-0001"
NEW = {**ROCKETMQ, "principal": "someone-new", "setup": "read_only", "secret_key": KEY}
CONTROLLER = awx.variables("controller.yml")
TEMPLATES = {entry["name"]: entry for entry in CONTROLLER["controller_templates"]}
(QUESTION, SCOPE) = CONTROLLER["grants_survey"]["spec"]
REQUEST = QUESTION["default"]


def inventory(hosts=None):
    """The inventory of controller.yml, or a slice of it, as a controller hands it over: a script that prints it."""
    (whole,) = CONTROLLER["controller_inventories"]
    entries = {host["name"]: host["variables"] for host in CONTROLLER["controller_hosts"]}
    entries = {name: entries[name] for name in hosts or entries}
    printed = {"all": {"hosts": list(entries), "vars": whole["variables"]}, "_meta": {"hostvars": entries}}
    return f"#!{sys.executable}\nimport json\nprint(json.dumps({printed!r}))\n"


@pytest.fixture
def launch(sim, job):
    """Launches a job template of controller.yml by its name."""

    def run(name, hosts=None, options="-vvv", **answers):
        template = TEMPLATES[name]
        own, theirs = sim.credentials["ucloud"]["admin"], sim.credentials["huaweicloud"]["admin"]
        keys = {key: own[key] for key in ("public_key", "private_key")}
        credentials = [
            ("ucloud", {**keys, "project_id": "org-demo", "region": "cn-bj2", "api_url": sim.url}),
            ("huawei", {"ak": theirs["ak"], "sk": theirs["sk"], "region": "eu-west-101", "iam_url": sim.url}),
        ]
        addresses = {f"HUAWEICLOUD_SDK_REGION_{service}_EU_WEST_101": sim.url for service in ("ROCKETMQ", "ROMA")}
        options += " --diff" if template["diff_mode"] else ""
        done = job(
            template["playbook"],
            credentials,
            {**template["extra_vars"], **answers},
            inventory(hosts),
            addresses,
            options,
        )
        assert leaks(done.left, sim.secrets()) == []
        return done

    return run


def shown(entries):
    return [(entry["host"], entry["principal"], entry["action"]) for entry in entries]


def test_status_and_artifacts_follow_drift(sim, launch):
    drift = launch("Permissions - plan")
    assert (drift.rc, drift.status) == (2, "failed")
    assert len(drift.messages) == 4 and all(message.startswith("Drift: 1 of 1 grants") for message in drift.messages)
    hosts = ("ufile", "urmq-demo", "rocketmq-demo", "roma-demo")
    assert sorted(entry["host"] for entry in drift.artifacts["permissions_drifted"]) == sorted(hosts)
    assert drift.artifacts["permissions_changed"] == [] == drift.artifacts["permissions_refused"]
    assert sim.counters["write"] == 0

    # What one job leaves comes to the next one as extra variables, which are stronger than anything else.
    done = launch("Permissions - apply", **drift.artifacts)
    assert (done.rc, done.status) == (0, "successful"), done.output
    by_host = {entry["host"]: entry for entry in done.artifacts["permissions_changed"]}
    assert by_host == {entry["host"]: entry for entry in drift.artifacts["permissions_drifted"]}
    written = sim.counters["write"]
    assert written >= 4

    again = launch("Permissions - drift check", **done.artifacts)
    assert (again.rc, again.status, again.messages) == (0, "successful", [])
    assert list(again.artifacts.values()) == [[], [], [], []]
    assert sim.counters["write"] == written


@pytest.mark.long
def test_slices_of_the_inventory_do_their_own_hosts(sim, launch):
    assert TEMPLATES["Permissions - apply"]["job_slice_count"] == 2
    slices = (["ufile", "rocketmq-demo"], ["urmq-demo", "roma-demo"])
    for hosts in slices:
        done = launch("Permissions - apply", hosts, options="")
        assert done.rc == 0, done.output
        assert sorted(entry["host"] for entry in done.artifacts["permissions_changed"]) == sorted(hosts)
    assert launch("Permissions - plan", options="").rc == 0


@pytest.mark.long
def test_a_request_is_pasted_planned_and_applied(sim, launch):
    answers = {"permissions_grants": REQUEST, "permissions_scope": SCOPE["default"]}
    planned = launch("Permissions - plan a request", **answers)
    assert (planned.rc, planned.status) == (0, "successful"), planned.output
    expected = [("localhost", "checkout", "update")] * 2
    assert shown(planned.artifacts["permissions_drifted"]) == expected
    assert sim.counters["write"] == 0
    done = launch("Permissions - apply a request", **answers, **planned.artifacts)
    assert done.rc == 0 and shown(done.artifacts["permissions_changed"]) == expected
    # A whole file of grants, pasted as JSON
    text = json.dumps({"permissions_grants": yaml.safe_load(REQUEST)})
    again = launch("Permissions - plan a request", permissions_grants=text, permissions_drift_fails=True)
    assert again.rc == 0 and "2 as declared" in again.output


def test_a_request_that_cannot_be_read_is_refused_and_not_quoted(sim, launch):
    text = f"- system: ucloud_ufile\n  secret_key: {KEY}\n setup: read_only\n"
    done = launch("Permissions - apply a request", permissions_grants=text)
    assert (done.rc, done.status) == (2, "failed")
    (message,) = done.messages
    (refused,) = done.artifacts["permissions_refused"]
    assert (
        refused["message"].startswith("permissions_grants: the text is not YAML: ") and "line 3" in refused["message"]
    )
    assert refused["message"] in message and (refused["host"], refused["system"]) == ("localhost", None)
    assert KEY not in done.left and not sim.counters["read"]


def test_what_is_there_rules_a_grant_out_and_the_next_job_knows(sim, launch):
    grants = [{**NEW, "secret_key": None}, {**NEW, "principal": "checkout", "setup": "no_access"}]
    done = launch("Permissions - plan a request", permissions_grants=json.dumps(grants))
    assert (done.rc, done.status) == (2, "failed")
    (refused,) = done.artifacts["permissions_refused"]
    said = "permissions_grants[0] (someone-new): RocketMQ user someone-new: it does not exist yet"
    assert refused["message"].startswith(said)
    assert shown(done.artifacts["permissions_drifted"]) == [("localhost", "checkout", "update")]
    assert done.artifacts["permissions_changed"] == []
    assert sim.counters["write"] == 0


def test_a_write_that_fails_part_way_leaves_what_is_done(sim, launch):
    grants = [
        FOUR[0],
        {**ROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["audit"]},
        {**ROCKETMQ, "principal": "mq-admin", "setup": "no_access"},
        FOUR[3],
    ]
    rule = {"match": "UpdateUser", "skip": 1, "status": 403, "code": "DMS.00400002", "times": None}
    sim.traps.set(fail_next=rule)
    done = launch("Permissions - apply a request", permissions_grants=json.dumps(grants))
    assert (done.rc, done.status) == (2, "failed")
    assert [entry["index"] for entry in done.artifacts["permissions_drifted"]] == [0, 1, 2, 3]
    # The other systems are written all the same, and one of the two users, whichever was first.
    changed = [entry["index"] for entry in done.artifacts["permissions_changed"]]
    assert changed in ([0, 1, 3], [0, 2, 3])
    (refused,) = done.artifacts["permissions_refused"]
    assert refused["system"] == "huaweicloud_rocketmq" and "HTTP 403" in refused["message"]


@pytest.mark.long
def test_deletions_are_drift_and_then_changes(sim, launch):
    answers = {"permissions_grants": [{**NEW, "setup": "read_only"}], "permissions_exclusive": "true"}
    planned = launch("Permissions - plan a request", **answers)
    gone = [entry["principal"] for entry in planned.artifacts["permissions_drifted"] if entry["action"] == "delete"]
    assert len(gone) > 2 and shown(planned.artifacts["permissions_drifted"])[0][1:] == ("someone-new", "create")
    done = launch("Permissions - apply a request", **answers)
    assert done.rc == 0, done.output
    assert done.artifacts["permissions_changed"] == done.artifacts["permissions_drifted"]
    assert done.artifacts["permissions_drifted"] == planned.artifacts["permissions_drifted"]
    assert KEY not in done.left
    assert set(sim.estate["huaweicloud"]["rocketmq"]["rocketmq-demo"]["users"]) == {"someone-new"}
    # As text, which is how a survey answers: nothing is deleted, and it is not taken for true.
    answers["permissions_exclusive"] = "false"
    assert launch("Permissions - plan a request", **answers).artifacts["permissions_drifted"] == []


def test_export_then_plan(sim, launch):
    TEMPLATES["export"] = {
        "playbook": [{"ansible.builtin.import_playbook": "grantops.cloud.export"}],
        "diff_mode": True,
        "extra_vars": {"permissions_file": "grants.yml", "rocketmq_instances": "rocketmq-demo"},
    }
    done = launch("export")
    assert done.rc == 0, done.output
    # A relative file is below the project, wherever the controller's service was started.
    text = (done.place / "project" / "grants.yml").read_text(encoding="utf-8")
    assert launch("Permissions - plan a request", permissions_grants=text, permissions_drift_fails=True).rc == 0
    assert sim.counters["write"] == 0
