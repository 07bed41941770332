# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the table of the role's set-ups, or with --write put it into the role's README.

python tests/tools/matrix.py [--write]
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

ROLE = Path(__file__).resolve().parents[2] / "roles" / "permissions"
README = ROLE / "README.md"
BEGIN, END = "<!-- begin: python tests/tools/matrix.py -->", "<!-- end -->"
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


def matrix() -> str:
    setups = yaml.safe_load((ROLE / "vars/main/setups.yml").read_text(encoding="utf-8"))["permissions_builtin_setups"]
    lines = ["| set-up | " + " | ".join(SYSTEMS.values()) + " |", "|---" * (len(SYSTEMS) + 1) + "|"]
    for name, by_system in setups.items():
        lines.append(f"| `{name}` | " + " | ".join(cell(by_system.get(system)) for system in SYSTEMS) + " |")
    return "\n".join(lines) + "\n"


def with_matrix(text: str) -> str:
    """The README with the table between its two marks."""
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    return f"{head}{BEGIN}\n\n{matrix()}\n{END}{tail}"


def main() -> None:
    if "--write" in sys.argv[1:]:
        README.write_text(with_matrix(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(matrix(), end="")


if __name__ == "__main__":
    main()
