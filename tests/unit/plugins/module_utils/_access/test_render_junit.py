# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings as JUnit."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import render_junit

from . import accessed


def suite(fail_on="high", **more):
    (found,) = ET.fromstring(render_junit.junit(accessed.data(**more), fail_on).encode("utf-8"))
    return found


def outcomes(found):
    return [[child.tag for child in case] for case in found]


ONE_EACH = [accessed.finding(f"X{number}", name) for number, name in enumerate(("low", "medium", "high", "critical"))]


@pytest.mark.parametrize(("fail_on", "failures"), [("critical", 1), ("high", 2), ("medium", 3), ("low", 4)])
def test_a_finding_fails_from_a_severity_on(fail_on, failures):
    found = suite(fail_on, findings=ONE_EACH)
    assert found.attrib == {
        "name": "grantops.cloud access", "timestamp": "2026-11-27T02:00:00", "tests": "5", "failures": str(failures),
        "errors": "0", "skipped": "0",
    }  # fmt: skip
    # The worst come first, after the scope.
    assert outcomes(found) == [[]] + [["failure"]] * failures + [["system-out"]] * (4 - failures)


def test_a_failure_says_what_and_where():
    case = suite()[1]
    assert case.attrib == {
        "classname": "grantops.cloud.findings.high", "name": "MQ002 administrator: billing (huaweicloud_rocketmq i-1)",
        "time": "0", "file": "grants/mq one.yml", "line": "12",
    }  # fmt: skip
    assert case[0].attrib == {"message": "administrator", "type": "high"}
    assert case[0].text == "It may do everything.\n\nTake admin away."


def test_what_is_accepted_is_skipped_with_its_reason():
    found = suite(findings=[accessed.finding(accepted=accessed.ACCEPTED)])
    assert outcomes(found) == [[], ["skipped"]]
    assert found[1][0].get("message") == "accepted by ada until 2027-01-01: moves in May"


def test_a_scope_that_was_not_read_is_an_error_at_any_severity():
    found = suite("critical", scopes=[accessed.scope("refused")], findings=[])
    assert outcomes(found) == [["error"]]
    assert found[0][0].get("message") == "refused"


@pytest.mark.parametrize("name", ["<b>&\"'", "]]>", "\x1b[2J\x00", "\ud800", "\uffff", "\U0001f600"])
def test_a_hostile_name_breaks_nothing(name):
    case = suite(findings=[accessed.finding(principal=name, title=name, why=name)])[1]
    assert case[0].tag == "failure"
    if name.isprintable() and name != "\uffff":
        assert name in case.get("name")
