# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the tables of the role's set-ups into its README and into the guide: python tests/tools/matrix.py."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import report

COMMAND = "python tests/tools/matrix.py"
SETUPS = runpy.run_path(str(report.ROOT / "plugins/module_utils/_permissions/builtin.py"))["SETUPS"]
SYSTEMS = {
    "ucloud_ufile": "UFile",
    "ucloud_urocketmq": "URocketMQ",
    "huaweicloud_rocketmq": "RocketMQ",
    "huaweicloud_roma": "ROMA Connect",
}


def cell(definition: dict | None) -> str:
    """What a set-up gives on one system, an option a line."""
    if definition is None:
        return ""
    return "<br>".join(f"`{option}: {words(value)}`" for option, value in definition.items())


def words(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {words(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(words(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value).removeprefix("TOKEN_ALLOW_") or "''"


def needs(definition: dict | None) -> str:
    """The fields of a grant that a set-up uses on one system."""
    fields = re.findall(r"\$(\w+\??)", str(definition))
    return "" if definition is None else ", ".join(f"``{field}``" for field in dict.fromkeys(fields)) or "nothing"


def documents() -> dict[Path, str]:
    """The table of each document: what each set-up gives, and what it needs."""
    head = ["set-up", *SYSTEMS.values()]
    given = [[f"`{name}`", *map(cell, map(found.get, SYSTEMS))] for name, found in SETUPS.items()]
    needed = [[f"``{name}``", *map(needs, map(found.get, SYSTEMS))] for name, found in SETUPS.items()]
    cells = [f"{'-' if at else '* -'} {text}" for row in [head, *needed] for at, text in enumerate(row)]
    lines = [f"   {text if text[0] == '*' else '  ' + text}".rstrip() for text in cells]
    return {
        report.ROOT / "roles" / "permissions" / "README.md": report.table(head, given),
        report.ROOT / "docs" / "docsite" / "rst" / "guide_permissions.rst": "\n".join(
            [".. list-table::", "   :header-rows: 1", "", *lines]
        ),
    }


if __name__ == "__main__":
    for document, text in documents().items():
        report.write(document, COMMAND, text)
