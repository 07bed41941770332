# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings as SARIF."""

from __future__ import annotations

import hashlib
import json

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import render_sarif

from . import accessed


def run(file=None, **more):
    log = json.loads(render_sarif.sarif(accessed.data(**more), file))
    assert (log["version"], sorted(log)) == ("2.1.0", ["$schema", "runs", "version"])
    (made,) = log["runs"]
    rules = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules))
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in made["results"])
    return made


def test_a_log_says_what_was_found_where_and_by_what():
    about = "billing (huaweicloud_rocketmq i-1)"
    rule = {
        "id": "MQ002", "shortDescription": {"text": "administrator"}, "defaultConfiguration": {"level": "error"},
        "properties": {"security-severity": "8.0", "tags": ["security", "high"]},
    }  # fmt: skip
    driver = {
        "name": "grantops.cloud", "version": "1.1.0", "informationUri": "https://grantops.github.io/cloud/", "rules": [rule],
    }  # fmt: skip
    result = {
        "ruleId": "MQ002", "ruleIndex": 0, "level": "error",
        "message": {"text": f"{about}: administrator.\nIt may do everything.\n\nTake admin away."},
        "locations": [{
            "logicalLocations": [{"fullyQualifiedName": about, "kind": "member"}],
            "physicalLocation": {"artifactLocation": {"uri": "grants/mq%20one.yml"}, "region": {"startLine": 12}},
        }],
        "partialFingerprints": {"finding/v1": hashlib.sha256(b"MQ002\nhuaweicloud_rocketmq\ni-1\nbilling\n").hexdigest()},
    }  # fmt: skip
    made = {
        "tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [result],
        "invocations": [{"executionSuccessful": True, "endTimeUtc": "2026-11-27T02:00:00Z"}],
    }  # fmt: skip
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [made]}
    assert render_sarif.sarif(accessed.data()) == json.dumps(log, indent=2, sort_keys=True) + "\n"


def test_a_name_that_no_encoding_has_breaks_nothing():
    (result,) = run("\ud800.yml", access=[], findings=[accessed.finding(principal="\ud800")])["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "%5Cud800.yml"


@pytest.mark.parametrize(
    ("file", "uri"), [(None, None), ("./grants.yml", "grants.yml"), ("/srv/a b.yml", "file:///srv/a%20b.yml")]
)
def test_one_without_a_grant_points_at_the_file_that_is_given(file, uri):
    (result,) = run(file, access=[])["results"]
    place = result["locations"][0].get("physicalLocation")
    assert place == (uri and {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}})


def test_what_is_accepted_is_suppressed_with_its_reason():
    (result,) = run(findings=[accessed.finding(accepted=accessed.ACCEPTED)])["results"]
    reason = "moves in May (accepted by ada until 2027-01-01)"
    assert result["suppressions"] == [{"kind": "external", "justification": reason}]


@pytest.mark.parametrize(
    ("severity", "level", "number"),
    [("critical", "error", "9.5"), ("high", "error", "8.0"), ("medium", "warning", "5.5"), ("low", "note", "2.0")],
)
def test_a_severity_is_a_level(severity, level, number):
    made = run(findings=[accessed.finding(severity=severity)])
    (rule,) = made["tool"]["driver"]["rules"]
    assert rule["properties"]["security-severity"] == number
    assert made["results"][0]["level"] == rule["defaultConfiguration"]["level"] == level


def test_a_scope_that_was_not_read_makes_the_run_one_that_failed():
    (invocation,) = run(complete=False, scopes=[accessed.scope("refused")])["invocations"]
    assert invocation["executionSuccessful"] is False
    text = "huaweicloud_rocketmq i-1 was not read, or not whole: refused"
    assert invocation["toolExecutionNotifications"] == [{"level": "error", "message": {"text": text}}]


def test_a_finding_is_known_again_whatever_else_changes():
    def marks(findings):
        return {result["partialFingerprints"]["finding/v1"] for result in run(findings=findings)["results"]}

    first, other = accessed.finding(), accessed.finding(resource="orders")
    assert marks([first]) < marks([other, dict(first, why="Other words.", remedy="", severity="low")])
    assert len(marks([first, other])) == 2
