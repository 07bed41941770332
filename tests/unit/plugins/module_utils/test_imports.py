# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports go one way: each part of module_utils knows only what stands below it."""

from __future__ import annotations

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[4] / "plugins" / "module_utils"
# From the top to the bottom; what stands in one row may import of the same part, and of every row below.
ROWS = (
    {"_entrypoint"},
    {"_probe_task", "_rotation_task"},
    {"_permissions_task"},
    {"_access_task"},
    {"_task"},
    {"_rotation"},
    {"_permissions", "_access", "_probe"},
    {"_options"},
    {"_ucloud", "_huaweicloud"},
    {"_engine"},
    {"_schema"},
    {"_transport"},
    {"_text", "_yaml", "_generations"},
    {"_errors"},
    {"_redaction"},
)
FILES = sorted(ROOT.rglob("*.py"))


def part(path):
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported(path):
    """The files of module_utils that a file imports, as their parts without `.py`."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = (*package[: len(package) - node.level + 1], *(node.module.split(".") if node.module else ()))
            for name in node.names:
                found = (*base, name.name)
                yield found if ROOT.joinpath(*found).with_suffix(".py") in FILES else base


def reached(*paths):
    """All files that a module has with it when it runs elsewhere: what it imports, for the types' sake too."""
    found, queue = set(), list(paths)
    while queue:
        file = queue.pop()
        if file not in found:
            found.add(file)
            queue.extend(ROOT.joinpath(*name).with_suffix(".py") for name in imported(file) if name)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_stands_below_it(path):
    row = {name: number for number, names in enumerate(ROWS) for name in names}
    own = part(path)
    above = sorted(name for name, *_below in imported(path) if name != own and row[name] <= row[own])
    assert above == []


def test_every_part_has_its_row():
    assert {part(path) for path in FILES} == set().union(*ROWS)


@pytest.mark.parametrize("own, other", [("_ucloud", "_huaweicloud"), ("_huaweicloud", "_ucloud")])
def test_a_module_of_one_cloud_takes_nothing_of_the_others_client_with_it(own, other):
    found = reached(*(ROOT / own).glob("*.py"), ROOT / "_task.py")
    assert ROOT / own / "provider.py" in found
    assert ROOT / "_access" / "guardrails.py" in found
    assert {ROOT / other / "provider.py", ROOT / "_access" / "findings.py"} & found == set()
