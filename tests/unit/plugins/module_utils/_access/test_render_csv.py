# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheet for reviewers."""

from __future__ import annotations

import csv
import io

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import render_csv

from . import accessed


def sheet(**more):
    text = render_csv.sheet(accessed.data(**more))
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_a_line_says_who_may_do_what_and_leaves_room_for_a_decision():
    findings = [accessed.finding(), accessed.finding("MQ006", "low", accepted=accessed.ACCEPTED)]
    (line,) = sheet(findings=findings)
    assert line == {
        **dict.fromkeys(render_csv.COLUMNS, ""),
        "system": "huaweicloud_rocketmq", "scope": "i-1", "principal": "billing", "name": "billing", "type": "user",
        "owner": "team-a", "ticket": "T-1", "declared": "yes", "action": "consume", "resource": "topic orders",
        "condition": "in the consumer groups billing, audit", "certainty": "documented",
        "because": "topic_perms orders=SUB (grant 3 of grants/mq one.yml, line 12)", "findings": "MQ002 MQ006 (accepted)",
    }  # fmt: skip
    assert list(line)[-4:] == ["reviewer", "decision", "date", "note"]


def test_nobody_and_nothing_is_left_out():
    idle = accessed.principal("idle", declared=None)
    scopes = [accessed.scope("refused"), accessed.scope(None, scope="i-2", complete=False)]
    found = sheet(scopes=scopes, principals=[accessed.principal(), idle])
    assert [(line["system"], line["scope"]) for line in found[1:3]] == [
        ("huaweicloud_rocketmq", "i-2"),
        ("huaweicloud_rocketmq", "i-1"),
    ]
    assert [(line["principal"], line["action"], line["certainty"], line["assumption"]) for line in found] == [
        ("", "", "unknown", "not read, or not whole: refused"),
        ("", "", "unknown", "not read, or not whole: no reason was given"),
        ("billing", "consume", "documented", ""),
        ("idle", "", "", ""),
    ]


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1', "'=1", "\uff1d1", "a,=1", "a;=1", 'a";=1', "a|=1",
    "a\n=1", "=cmd|' /C calc'!A0",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("sign", ",;\t")
def test_no_cell_is_a_formula_however_a_program_splits_the_file(name, sign):
    row = accessed.row(name, principal=name, condition={"groups": [name]}, assumption=name)
    text = render_csv.sheet(accessed.data(principals=[accessed.principal(name, owner=name)], access=[row]))
    assert (
        len(text.splitlines()) == 2
        and text.startswith('\ufeff"system","scope","principal",')
        and text.endswith('"\r\n')
    )
    for line in csv.reader(io.StringIO(text[1:], newline=""), delimiter=sign):
        assert [cell for cell in line if cell.lstrip(' \t"').startswith(tuple("=+-@\uff1d"))] == []


def test_an_apostrophe_stands_before_what_would_be_a_formula():
    (line,) = sheet(principals=[accessed.principal("=1+1", owner='a, "@b')], access=[])
    assert (line["name"], line["owner"]) == ("'=1+1", "a, \"'@b")


@pytest.mark.parametrize("name", ["orders-2", "a=b", "logs/2026", "\u00e9t\u00e9", "a, b"])
def test_an_ordinary_name_is_as_it_is(name):
    assert sheet(principals=[accessed.principal(name)], access=[])[0]["principal"] == name
