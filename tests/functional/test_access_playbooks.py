# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks report and who: one run by ansible-playbook for each of their promises."""

from __future__ import annotations

import csv
import io
import json
import stat

from test_role import ROCKETMQ, ROMA, UFILE
from test_role_playbooks import playbook

from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Scope
from ansible_collections.grantops.cloud.plugins.module_utils._access.report import report as make_report
from ansible_collections.grantops.cloud.plugins.module_utils._access.report import text as report_text

GRANTS = [
    {**UFILE, "principal": "reports", "setup": "read_only", "buckets": ["acme-data"], "prefixes": ["reports/"]},
    {**ROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["orders"]},
    {**ROMA, "principal": "audit", "setup": "consumer", "topics": ["orders"]},
]
SERVICES = ["-e", "urocketmq_services=urmq-demo"]
FILES = {
    "permissions_page": "access.html",
    "permissions_data": "access.json",
    "permissions_sheet": "access.csv",
    "permissions_sarif": "access.sarif",
    "permissions_junit": "access.xml",
    "permissions_snapshot": "access.jsonl",
}


def report(sim, folder, *options, **variables):
    given = [part for key, value in variables.items() for part in ("-e", json.dumps({key: value}))]
    return playbook(sim, folder, "report", {"permissions_grants": GRANTS}, *SERVICES, *options, *given)


def printed(process):
    return " ".join((process.stdout + process.stderr).split())


HOSTILE = ["{{ lookup('pipe', 'touch ran') }}", "<script>alert(1)</script>", "=1+1"]


def test_a_report_in_all_its_forms(sim, tmp_path):
    for name in HOSTILE:
        sim.add_rocketmq_user(access_key=name, topic_perms=[{"name": "orders", "perm": "PUB"}])
    process = report(sim, tmp_path, **FILES)
    assert process.returncode == 0, process.stdout + process.stderr
    assert not sim.counters["write"]
    data = json.loads((tmp_path / "access.json").read_text(encoding="utf-8"))
    assert data["complete"] and {scope["system"] for scope in data["scopes"]} == {
        "ucloud_ufile",
        "ucloud_urocketmq",
        "huaweicloud_rocketmq",
        "huaweicloud_roma",
    }
    (reason,) = {
        (reason["grant"]["file"], reason["grant"]["number"], reason["grant"]["line"])
        for row in data["access"]
        for reason in row["because"]
        if row["principal"] == "checkout" and row["action"] == "publish" and reason["grant"]
    }
    lines = (tmp_path / "grants.yml").read_text(encoding="utf-8").splitlines()
    assert reason[:2] == ("grants.yml", 2) and lines[reason[2] - 1].startswith("- ")
    assert {each["id"] for each in data["findings"]} >= {"ID001", "MQ007"}
    assert f"{len(data['access'])} rows of access" in printed(process)
    # Numbers are those of the data in every form.
    sheet = csv.DictReader(io.StringIO((tmp_path / "access.csv").read_text(encoding="utf-8")))
    assert len([row for row in sheet if row["action"]]) == len(data["access"])
    assert len(json.loads((tmp_path / "access.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]) == len(
        data["findings"]
    )
    assert len((tmp_path / "access.jsonl").read_text(encoding="utf-8").splitlines()) == len(data["access"]) + 4
    for name in FILES.values():
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        assert not any(secret in text for secret in sim.secrets()) and "TOKEN_ufile" not in text
    # Names of a cloud are never run.
    assert set(HOSTILE) <= {principal["id"] for principal in data["principals"]} and not (tmp_path / "ran").exists()
    assert "<script>alert(1)" not in (tmp_path / "access.html").read_text(encoding="utf-8")


def test_a_snapshot_stays_the_same_bytes_and_the_comparison_names_what_was_planted(sim, tmp_path):
    assert report(sim, tmp_path, permissions_snapshot="one.jsonl").returncode == 0
    sim.traps.set(reversed_lists=True, swapped_perms=True, spaced_tags=True, swapped_addresses=True)
    sim.add_rocketmq_user(access_key="intruder", topic_perms=[{"name": "orders", "perm": "PUB"}])
    files = {"permissions_snapshot": "two.jsonl", "permissions_data": "access.json"}
    process = report(sim, tmp_path, permissions_since="one.jsonl", **files)
    lines = [(tmp_path / name).read_bytes().splitlines() for name in ("one.jsonl", "two.jsonl")]
    assert lines[0] == [line for line in lines[1] if b"intruder" not in line] != lines[1]
    data = json.loads((tmp_path / "access.json").read_text(encoding="utf-8"))
    assert [(each["change"], each["principal"]) for each in data["changes"]] == [("added", "intruder")]
    assert "DR002" in {each["id"] for each in data["findings"]} and "1 changes since" in printed(process)


def test_findings_fail_the_last_task_unless_they_are_accepted(sim, tmp_path):
    sim.add_rocketmq_user(access_key="root-user", admin=True)
    failed = report(sim, tmp_path, permissions_fail_on="high", permissions_data="data.json")
    assert failed.returncode == 2 and "Findings: " in printed(failed) and "MQ002 Administrator" in printed(failed)
    data = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))
    accepted = [
        {
            **{key: each[key] for key in ("system", "scope", "principal", "resource") if each[key] is not None},
            "finding": each["id"],
            "reason": "A demo",
            "by": "jo",
            "until": data["taken_at"][:10],
        }
        for each in data["findings"]
        if each["severity"] in ("critical", "high")
    ]
    passed = report(sim, tmp_path, permissions_fail_on="high", permissions_acceptances=accepted)
    assert passed.returncode == 0 and f"accepted: {len(accepted)}" in printed(passed)


def test_what_cannot_be_read_is_told_on_top_and_answers_over_it_are_unknown(sim, tmp_path):
    sim.traps.set(allowed_operations=["DescribeUFileToken", "ListURocketMQToken", "GetURocketMQToken", "ListUser"])
    process = report(sim, tmp_path, permissions_data="data.json", permissions_fail_on="high")
    data = json.loads((tmp_path / "data.json").read_text(encoding="utf-8"))
    assert process.returncode == 2 and not data["complete"]
    assert [scope["system"] for scope in data["scopes"] if not scope["complete"]] == ["huaweicloud_roma"]
    assert "INCOMPLETE: what is not listed may be allowed all the same." in printed(process)
    asked = who(sim, tmp_path, may="publish", on="orders")
    assert '"unknown"' in asked.stdout and "Not read whole: huaweicloud_roma" in asked.stdout


def who(sim, folder, **question):
    given = [part for key, value in question.items() for part in ("-e", f"{key}={value}")]
    return playbook(sim, folder, "who", {"permissions_grants": GRANTS}, *SERVICES, *given)


def test_who_may_do_what(sim, tmp_path):
    answer = who(sim, tmp_path, principal="checkout", may="publish")
    assert answer.returncode == 0 and '"yes"' in answer.stdout
    assert "checkout, huaweicloud_rocketmq rocketmq-demo" in answer.stdout
    assert "because topic_perms orders=PUB (grant 2 of grants.yml, line" in printed(answer)
    assert not sim.counters["write"]


def test_data_of_several_runs_are_shown_as_one_without_credentials(tmp_path, sim):
    for name, system, scope in (("one", "ucloud_urocketmq", "s-1"), ("two", "huaweicloud_rocketmq", "i-1")):
        text = report_text(make_report([Scope(system, scope, [])], 0, "1.1.0"))
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    process = playbook(
        sim, tmp_path, "report", {}, "-e", "permissions_from=one.json,two.json", "-e", "permissions_data=all.json"
    )
    assert process.returncode == 0, process.stdout
    data = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert [scope["system"] for scope in data["scopes"]] == ["huaweicloud_rocketmq", "ucloud_urocketmq"]
    asked = who(sim, tmp_path, permissions_from="all.json", may="publish", on="orders", anything=True)
    assert asked.returncode == 0 and '"no"' in asked.stdout, asked.stdout
    assert not sim.counters["read"]


def test_nothing_to_be_asked_is_an_error(sim, tmp_path):
    process = who(sim, tmp_path)
    assert process.returncode == 2 and "who must be asked something" in printed(process)


def test_the_module_returns_the_same_and_answers_an_ad_hoc_question(sim, play):
    options = {"ufile": False, "rocketmq_instances": ["rocketmq-demo"], "urocketmq_services": ["urmq-demo"]}
    task = {"grantops.cloud.permissions_info": dict(options, grants=[GRANTS[1]], may="publish", on="orders")}
    (result,) = play([task]).results
    assert result["complete"] and {each["declared"] for each in result["principals"]} == {True, False}
    assert result["answer"]["answer"] == "yes" and "  publish to topic orders" in result["answer"]["lines"]
    assert {"ID001", "MQ002"} <= {each["id"] for each in result["findings"]}
    assert not any(secret in json.dumps(result) for secret in sim.secrets())
