# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the tables of the role's set-ups into its README and into the guide: python tests/tools/matrix.py."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "roles" / "permissions" / "README.md"
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_permissions.rst"
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
    return "<br>".join(f"`{option}: {words(value)}`" for option, value in definition.items()).replace("|", "\\|")


def words(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {words(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(words(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value).removeprefix("TOKEN_ALLOW_") or "''"


def setups() -> dict:
    return runpy.run_path(str(ROOT / "plugins/module_utils/_permissions/builtin.py"))["SETUPS"]


def matrix() -> str:
    """What each set-up gives, for the README."""
    lines = ["| set-up | " + " | ".join(SYSTEMS.values()) + " |", "|---" * (len(SYSTEMS) + 1) + "|"]
    for name, by_system in setups().items():
        lines.append(f"| `{name}` | " + " | ".join(cell(by_system.get(system)) for system in SYSTEMS) + " |")
    return "\n".join(lines) + "\n"


def needs(definition: dict | None) -> str:
    """The fields of a grant that a set-up uses on one system."""
    if definition is None:
        return ""
    fields = re.findall(r"\$(\w+\??)", str(definition))
    return ", ".join(f"``{field}``" for field in dict.fromkeys(fields)) or "nothing"


def small_matrix() -> str:
    """What each set-up needs, for the guide."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    rows = [["set-up", *SYSTEMS.values()]]
    for name, by_system in setups().items():
        rows.append([f"``{name}``", *(needs(by_system.get(system)) for system in SYSTEMS)])
    for row in rows:
        lines += [f"   {'*' if number == 0 else ' '} - {text}".rstrip() for number, text in enumerate(row)]
    return "\n".join(lines) + "\n"


def documents() -> dict[Path, str]:
    """Each document as it must be."""
    found = {}
    for path, comment, table in ((README, "<!-- {} -->", matrix()), (GUIDE, ".. {}", small_matrix())):
        marks = [comment.format(f"{word}python tests/tools/matrix.py") for word in ("begin: ", "end: ")]
        head, rest = path.read_text(encoding="utf-8").split(marks[0] + "\n", 1)
        tail = rest.split(marks[1] + "\n", 1)[1]
        found[path] = f"{head}{marks[0]}\n\n{table}\n{marks[1]}\n{tail}"
    return found


def main() -> None:
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
