# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings as JUnit XML, for pipelines: a test case for each finding and for each scope."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from .._redaction import brief
from . import findings as finding_rules
from . import rendering, report

if TYPE_CHECKING:
    from collections.abc import Mapping

# What XML 1.0 cannot hold, not even escaped
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(data: Any, fail_on: str = "high") -> str:
    """The text of the report.

    Findings of ``fail_on`` or a higher severity fail, accepted ones are skipped, and scopes not read whole are errors.
    """
    data = report.checked(data, "the data")
    severities, grants = finding_rules.SEVERITIES, rendering.Grants(data)
    if fail_on not in severities:
        raise ValueError(f"`fail_on` must be one of {', '.join(severities)}; got {brief(fail_on)}")
    failing = severities[: severities.index(fail_on) + 1]
    suite = ET.Element("testsuite", name="grantops.cloud access", timestamp=data["taken_at"].rstrip("Z"))
    for scope in data["scopes"]:
        case = _case(suite, "scopes", "{system} {scope}".format(**scope).strip() + " was read whole")
        if not scope["complete"]:
            problem = scope["problem"] or "it was not read whole"
            _child(case, "error", problem, f"{problem}\nAnswers over it are unknown.")
    for finding in finding_rules.order(data["findings"]):
        _finding(suite, finding, failing, grants)
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite)))
    suites = ET.Element("testsuites")
    suites.append(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _finding(suite: ET.Element, finding: Mapping[str, Any], failing: tuple[str, ...], grants: rendering.Grants) -> None:
    name = "{} {}: {}".format(finding["id"], finding["title"], rendering.subject(finding))
    case = _case(suite, "findings." + finding["severity"], name)
    grant = grants.of(finding)
    if grant:
        case.set("file", _text(grant["file"]))
        if grant.get("line"):
            case.set("line", str(grant["line"]))
    text = "\n\n".join(filter(None, (finding["why"], finding.get("remedy"))))
    accepted = finding.get("accepted")
    if accepted:
        _child(case, "skipped", "accepted by {by} until {until}: {reason}".format(**accepted))
    elif finding["severity"] in failing:
        _child(case, "failure", finding["title"], text).set("type", finding["severity"])
    else:
        ET.SubElement(case, "system-out").text = _text(text)


def _case(suite: ET.Element, group: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=f"grantops.cloud.{group}", name=_text(name), time="0")


def _child(case: ET.Element, tag: str, message: str, text: str | None = None) -> ET.Element:
    child = ET.SubElement(case, tag, message=_text(message))
    child.text = _text(text) if text else None
    return child


def _text(text: str) -> str:
    return FORBIDDEN.sub(lambda found: ascii(found.group())[1:-1], text)
