# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grants as one text: what a survey sends is the same as a list, or is refused without quoting it."""

from __future__ import annotations

import datetime
import json
import tracemalloc

import pytest

yaml = pytest.importorskip("yaml")

from ansible_collections.grantops.cloud.plugins.plugin_utils._grants_text import LARGEST, lines, load

GRANTS = [
    {"system": "ucloud_ufile", "principal": "uploads", "setup": "upload_only", "buckets": ["in"], "prefixes": ["a/"]},
    {"system": "huaweicloud_rocketmq", "instance_id": "i-1", "principal": "new", "setup": "read_only"},
]
KEY = "Fresh-Key-0001"


@pytest.mark.parametrize(
    "text",
    [
        yaml.safe_dump(GRANTS),
        "---\n" + yaml.safe_dump({"permissions_grants": GRANTS}),
        json.dumps(GRANTS),
        json.dumps({"permissions_grants": GRANTS}, indent=2),
    ],
)
def test_yaml_and_json_with_and_without_the_name_are_the_list(text):
    assert load(text) == (GRANTS, [])


def test_a_list_that_ansible_made_a_text_since_it_holds_a_date():
    grants = [dict(GRANTS[0], expires=datetime.date(2031, 1, 2), prefixes=["it's", 'a "b"'])]
    assert load(repr(grants)) == ([dict(grants[0], expires="2031-01-02")], [])
    assert load("[datetime.date(2031, 1, 2), x]")[0] != [None]


@pytest.mark.parametrize("given", [GRANTS, [], None, {"a": 1}, 7])
def test_what_is_no_text_stays_as_it_is(given):
    assert load(given) == (given, [])


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "got nothing"),
        (f"secret_key: {KEY}", "got a mapping"),
        (KEY, "got a single value"),
        (f"permissions_grants: []\npermissions_scope: {KEY}", "got permissions_grants beside other variables"),
        (f"- setup: x\n   secret_key: {KEY}\n", "not YAML: mapping values are not allowed here in line 2, column 14"),
        (f"- secret_key: *{KEY}", "not YAML: found undefined alias … in line 1"),
        (f"- secret_key: !{KEY}", "not YAML: could not determine a constructor for the tag … in line 1"),
        (f"- {{setup: a, secret_key: {KEY}, setup: b}}", "not YAML: found a key twice in line 1"),
        (f"- {{[{KEY}]: 1, [{KEY}]: 2}}", "not YAML: found unhashable key in line 1"),
        (f"? {{a: {KEY}}}\n: b", "not YAML: found unhashable key in line 1"),
        (f'- "{KEY}', "not YAML: found unexpected end of stream in line 1"),
        (f"- a\x07{KEY}", "the text is not YAML"),
        ("[" * 5000, "the text is not YAML"),
    ],
)
def test_a_text_that_is_no_list_of_grants_is_refused_and_not_quoted(text, told):
    grants, (problem,) = load(text)
    assert grants == []
    assert problem.startswith("permissions_grants: ") and told in problem
    assert KEY not in problem


def aliases(first, form, levels, count):
    """A list whose every entry names the one before it ``count`` times."""
    rows = (form.format(", ".join([f"*a{level}"] * count)) for level in range(levels - 1))
    return "\n".join(f"- &a{level} {row}" for level, row in enumerate([first, *rows]))


@pytest.mark.parametrize(
    "text",
    [
        aliases("[xxxxxxxxx]", "[{}]", 8, 9),
        "permissions_grants:\n" + aliases("[x]", "[{}]", 9, 9),
        aliases("{system: x}", "{{<<: [{}]}}", 9, 9),
        aliases("x" * 100000, "[{}]", 3, 50),
        aliases("[x]", "[{}]", 300, 2),
        "- &a " + "x" * 5000 + "\n" + "- *a\n" * 1000,
        "- &a [*a]",
        "- &a {b: {c: [*a]}}",
    ],
    ids=["lists", "named", "merged mappings", "long texts", "deep", "wide", "within itself", "deep within itself"],
)
def test_aliases_do_not_grow_without_end(text):
    tracemalloc.start()
    grants, (problem,) = load(text)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert grants == []
    assert "the text is not YAML: found aliases that stand for too much in line " in problem
    assert used < LARGEST


def test_aliases_that_stand_for_little_are_taken():
    topics = "[" + ", ".join(f"topic-{number:03d}" for number in range(200)) + "]"
    text = f"- &t {topics}\n" + "- *t\n" * 500
    grants, problems = load(text)
    assert (len(grants), grants[500][199], problems) == (501, "topic-199", [])


def test_a_text_without_aliases_may_be_of_any_size(monkeypatch):
    monkeypatch.setattr("ansible_collections.grantops.cloud.plugins.plugin_utils._grants_text.LARGEST", 10)
    assert load(yaml.safe_dump(GRANTS)) == (GRANTS, [])
    assert load("- &a [b]\n- *a")[1]


LIST = "  - system: huaweicloud_rocketmq\n    principal: u\n\n  - {system: huaweicloud_roma}\n"
TEXT = "---\n# two grants\npermissions_grants:\n" + LIST


@pytest.mark.parametrize(
    ("text", "expected"),
    [(TEXT, [4, 7]), (LIST, [1, 4]), ("a: b", []), ("a: [", []), ("", []), ("permissions_grants: 1", [])],
)
def test_the_lines_in_which_grants_begin(text, expected):
    assert lines(text) == expected
