# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings as SARIF 2.1.0, for code scanning: each points at the grant that it comes from.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what code scanning shows of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .._redaction import printable
from . import findings as finding_rules
from . import rendering, report

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://grantops.github.io/cloud/"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# Code scanning knows its four severities by numbers: over 9 is critical, from 7 high, from 4 medium.
NUMBERS = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}


def sarif(data: Any, file: str | None = None) -> str:
    """Text of the log. ``file`` is the grants file that a finding without a grant of its own points at.

    An accepted finding is a result with a suppression, whose justification is the reason.
    """
    data = report.checked(data, "the data")
    findings, grants = finding_rules.order(data["findings"]), rendering.Grants(data)
    rules = {finding["id"]: finding for finding in reversed(findings)}
    numbers = {rule: number for number, rule in enumerate(sorted(rules))}
    driver = {
        "name": "grantops.cloud",
        "version": data["version"],
        "informationUri": HOME,
        "rules": [_rule(rules[name]) for name in sorted(rules)],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(data)],
        "results": [_result(finding, numbers[finding["id"]], grants.of(finding), file) for finding in findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, sort_keys=True) + "\n"


def _invocation(data: Mapping[str, Any]) -> dict[str, Any]:
    """How the run ended: without success where a scope was not read whole."""
    made: dict[str, Any] = {"executionSuccessful": bool(data["complete"]), "endTimeUtc": data["taken_at"]}
    notes = [
        {
            "level": "error",
            "message": {"text": printable("{system} {scope} was not read, or not whole: {problem}".format(**scope))},
        }
        for scope in data["scopes"]
        if not scope["complete"]
    ]
    return dict(made, toolExecutionNotifications=notes) if notes else made


def _rule(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": finding["id"],
        "shortDescription": {"text": finding["title"]},
        "defaultConfiguration": {"level": LEVELS[finding["severity"]]},
        "properties": {"security-severity": NUMBERS[finding["severity"]], "tags": ["security", finding["severity"]]},
    }


def _result(
    finding: Mapping[str, Any], number: int, grant: Mapping[str, Any] | None, file: str | None
) -> dict[str, Any]:
    about = rendering.subject(finding)
    text = "{}: {}.\n{}".format(about, finding["title"], finding["why"])
    if finding.get("remedy"):
        text += "\n\n{}".format(finding["remedy"])
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": about, "kind": "member"}]}
    if grant or file:
        name, at = (grant["file"], grant.get("line")) if grant else (file, None)
        location["physicalLocation"] = {"artifactLocation": {"uri": uri(str(name))}, "region": {"startLine": at or 1}}
    key = "\n".join((finding["id"], *rendering.place(finding)))
    result = {
        "ruleId": finding["id"],
        "ruleIndex": number,
        "level": LEVELS[finding["severity"]],
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"finding/v1": hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()},
    }
    accepted = finding.get("accepted")
    if accepted:
        justification = "{reason} (accepted by {by} until {until})".format(**accepted)
        result["suppressions"] = [{"kind": "external", "justification": justification}]
    return result


def uri(file: str) -> str:
    """A path as a URI: one that is not absolute is meant from the root of the repository."""
    while file.startswith("./"):
        file = file[2:]
    return ("file://" if file.startswith("/") else "") + quote(file, errors="backslashreplace")
