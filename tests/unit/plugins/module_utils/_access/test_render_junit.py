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


def test_a_report_has_a_case_for_each_scope_and_finding():
    findings = [
        accessed.finding(),
        accessed.finding("X1", "low", "idle"),
        accessed.finding("X2", "low", accepted=accessed.ACCEPTED),
    ]
    scopes = [accessed.scope(), accessed.scope("HTTP 403", scope=""), accessed.scope(None, complete=False)]
    case = '<testcase classname="grantops.cloud.{}" name="{}" time="0"{}'
    where, place = "huaweicloud_rocketmq i-1", ' file="grants/mq one.yml" line="12">'
    assert render_junit.junit(accessed.data(findings=findings, scopes=scopes)) == "".join((
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites><testsuite name="grantops.cloud access" timestamp="2026-11-27T02:00:00" '
        'failures="1" errors="2" skipped="1" tests="6">',
        case.format("scopes", f"{where} was read whole", " />"),
        case.format("scopes", "huaweicloud_rocketmq was read whole", ">"),
        '<error message="HTTP 403">HTTP 403\nAnswers over it are unknown.</error></testcase>',
        case.format("scopes", f"{where} was read whole", ">"),
        '<error message="it was not read whole">it was not read whole\nAnswers over it are unknown.</error></testcase>',
        case.format("findings.high", f"MQ002 administrator: billing ({where})", place),
        '<failure message="administrator" type="high">It may do everything.\n\nTake admin away.</failure></testcase>',
        case.format("findings.low", f"X1 administrator: idle ({where})", ">"),
        "<system-out>It may do everything.\n\nTake admin away.</system-out></testcase>",
        case.format("findings.low", f"X2 administrator: billing ({where})", place),
        '<skipped message="accepted by ada until 2027-01-01: moves in May" /></testcase>',
        "</testsuite></testsuites>\n",
    ))  # fmt: skip


def test_a_scope_that_was_not_read_is_an_error_at_any_severity():
    found = suite("critical", scopes=[accessed.scope("refused")], findings=[])
    assert outcomes(found) == [["error"]]
    assert found[0][0].get("message") == "refused"


@pytest.mark.parametrize("name", ["<b>&\"'", "]]>", "\x1b[2J\x00", "\ud800", "\uffff", "\U0001f600"])
def test_a_hostile_name_breaks_nothing(name):
    case = suite(findings=[accessed.finding(principal=name, title=name, why=name)])[1]
    assert case[0].tag == "failure"
    shown = {"\x1b[2J\x00": "\\x1b[2J\\x00", "\ud800": "\\ud800", "\uffff": "\\uffff"}.get(name, name)
    assert shown in case.get("name") and case[0].get("message") == shown


def test_what_is_no_data_is_refused():
    with pytest.raises(ValueError, match="^the data must be data of the format"):
        render_junit.junit([])
