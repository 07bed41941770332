# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/assumptions.md is made from the table: WRITE_ASSUMPTIONS=1 has this test write it."""

from __future__ import annotations

import ast
import os
import pathlib

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._probe.assumptions import ASSUMPTIONS, NUMBERS

ROOT = pathlib.Path(__file__).resolve().parents[5]
DOCUMENT = ROOT / "docs" / "assumptions.md"
TITLES = {
    "ucloud_ufile": "UFile tokens", "ucloud_urocketmq": "URocketMQ tokens", "huaweicloud_rocketmq": "RocketMQ users",
    "huaweicloud_roma": "ROMA Connect topics",
}  # fmt: skip
COLUMNS = ("number", "assumed", "source", "seen_by", "otherwise", "confirmed")
HEAD = """<!--
Copyright: (c) 2026, grantops.cloud contributors
GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->

# Assumptions

What the collection assumes of the services. Each assumption has a number that never changes its meaning. Where one does
not hold there is no harm: the table says what the collection does then, and a test shows it in a simulator.

    ansible-playbook grantops.cloud.probe

finds out which of them hold for your account. It only reads, and writes `grantops-probe.json`, which has no names, ids or
secrets: please attach it to an issue, so that the last column gets its day.

- **seen by**: what shows it. `reading`: the probe as above; `writing`: the probe with `-e probe_writes=true`, on scratch
  tokens and users that it makes and removes; `nothing`: no call of the API.
- **confirmed since**: the day of the first report from a live account; `-`: nobody has confirmed it.

Made from `plugins/module_utils/_probe/assumptions.py`.
"""


def rendered():
    parts = [HEAD]
    for system, title in TITLES.items():
        rows = ["| number | assumed | source | seen by | where it does not hold | confirmed since |", "|---" * 6 + "|"]
        for entry in ASSUMPTIONS:
            if entry.system == system:
                cells = (getattr(entry, name) or "-" for name in COLUMNS)
                rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append(f"\n## {title}\n\n" + "\n".join(rows) + "\n")
    return "".join(parts)


def test_the_document_is_made_from_the_table():
    if os.environ.get("WRITE_ASSUMPTIONS"):
        DOCUMENT.write_text(rendered(), encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == rendered()


def test_numbers_are_unique_and_of_their_system():
    assert len(NUMBERS) == len(ASSUMPTIONS)
    assert [entry.number for entry in ASSUMPTIONS] == sorted(NUMBERS)
    for entry in ASSUMPTIONS:
        assert entry.number[:2] == f"A{list(TITLES).index(entry.system) + 1}"


@pytest.mark.parametrize("entry", ASSUMPTIONS, ids=lambda entry: entry.number)
def test_a_test_shows_what_is_done_where_it_does_not_hold(entry):
    # The object store itself is reached by no call of the collection.
    assert entry.shown_by or entry.number == "A115"
    for where in entry.shown_by:
        file, _unused, name = where.partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
        assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)], where
