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
    """The parts of module_utils that a file imports from, its own left out."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            names = [node.module.split(".")] if node.module else [[alias.name] for alias in node.names]
            for name in names:
                yield (*base, *name)[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_stands_below_it(path):
    row = {name: number for number, names in enumerate(ROWS) for name in names}
    own = part(path)
    above = sorted(name for name in imported(path) if name != own and row[name] <= row[own])
    assert above == []


def test_every_part_has_its_row():
    assert {part(path) for path in FILES} == set().union(*ROWS)
