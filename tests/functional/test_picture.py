# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the README is a run of its first playbook, and loads nothing from elsewhere."""

from __future__ import annotations

import pathlib
import re

import harness

from tools import picture


def test_the_picture_shows_what_the_command_prints(sim, monkeypatch):
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(harness.COLLECTIONS))
    printed = picture.plain(picture.terminal_run(sim))
    assert printed[0] == f"$ {picture.COMMAND}"
    assert sim.counters["write"] == 0
    drawn = picture.lines_of(picture.PICTURE.read_text(encoding="utf-8"))
    assert drawn == printed, "run: make picture"


def test_the_picture_loads_nothing_and_tells_nothing_of_where_it_was_made():
    text = picture.PICTURE.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\s\"'<)]+", text)) == {"http://www.w3.org/2000/svg"}
    assert "@font-face" not in text
    assert "@import" not in text
    assert str(pathlib.Path(__file__).parents[2]) not in text
    assert "127.0.0.1" not in text
