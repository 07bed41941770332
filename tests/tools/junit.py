# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Count the tests in the JUnit files that pytest and ansible-test write."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path


def failed(case: ET.Element) -> bool:
    """Whether a test case failed."""
    return any(child.tag in ("failure", "error") for child in case)


def cases(folder: Path) -> list[ET.Element]:
    """The test cases of all the files in and below a folder."""
    return [case for path in sorted(folder.rglob("*.xml")) for case in ET.parse(path).iter("testcase")]


def count(folder: Path) -> tuple[int, int, int]:
    """How many passed, failed and were skipped."""
    found = cases(folder)
    bad = sum(failed(case) for case in found)
    skipped = sum(case.find("skipped") is not None and not failed(case) for case in found)
    return len(found) - bad - skipped, bad, skipped


def failures(folder: Path) -> list[str]:
    """The names of what failed."""
    return [f"{case.get('classname', '')} {case.get('name', '')}".strip() for case in cases(folder) if failed(case)]
