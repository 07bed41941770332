# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import model, page_data

from .estates import NOW, access, rocketmq, roma, ufile


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"kind": "topic", "match": "exact", "name": "orders"}, "orders"),
        ({"kind": "topic", "match": "all", "name": "*"}, "every topic, also those created later"),
        ({"kind": "instance", "match": "all", "name": "*"}, "the instance"),
        ({"kind": "object", "match": "prefix", "name": "logs/", "bucket": "b"}, "logs/\u2026 in b"),
        ({"kind": "object", "match": "all", "name": "*", "bucket": "*"},
         "every object in every bucket, also those created later"),
    ],
)  # fmt: skip
def test_a_resource_is_told_in_words(resource, expected):
    assert page_data.resource_text(resource) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, ""),
        ({"groups": ["a", "b"], "until": "2027-01-01T00:00:00Z"}, "with group a, b; until 2027-01-01"),
        ({"addresses": ["10.0.0.*"], "not_addresses": ["10.0.0.1"]}, "from 10.0.0.*; not from 10.0.0.1"),
        ({"tags": ["t"], "until": "2027-01-01T00:00:01Z"}, "with tag t; until 2027-01-01 00:00:01"),
        ({"keyless": True, "no_overwrite": True}, "no key asked; overwrites nothing"),
    ],
)
def test_a_condition_is_told_in_words(condition, expected):
    assert page_data.condition_text(condition) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (None, ""),
        ({"file": "g.yml", "number": 3, "line": 12}, "g.yml:12"),
        ({"file": "g.yml", "number": 3, "line": None}, "g.yml #3"),
        ({"file": None, "number": 3, "line": None}, "grants #3"),
        ({"file": "g.yml", "number": None, "line": None}, "g.yml"),
    ],
)
def test_a_grant_is_told_by_where_it_stands(place, expected):
    assert page_data.grant_text(place) == expected


def decoded(column):
    """Numbers of a column, as the script reads them."""
    width, text = column
    for start in range(0, len(text), width):
        value = 0
        for character in text[start : start + width]:
            value = value * 64 + page_data.DIGITS.index(character)
        yield value


@pytest.mark.parametrize("size", [1, 64, 65, 4096, 4097])
def test_columns_hold_their_numbers(size):
    data = access(rocketmq, rocketmq("u", topics={f"t{number:04d}": "PUB" for number in range(size)}))
    compact = page_data.Tables(data).compact()
    names = [compact["resources"][number][2] for number in decoded(compact["columns"]["resource"])]
    assert names == [row["resource"]["name"] for row in data["access"]]
    assert len(compact["columns"]["resource"][1]) <= 3 * size


FILES = ufile("t", ops=("TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE"), prefixes=("a/", "b/"))


@pytest.mark.parametrize(
    "data",
    [
        access(rocketmq, rocketmq("u", {"a": "PUB|SUB"}, {"g": "SUB"}), rocketmq("v", admin=True)),
        access(roma, roma("orders", shop=("all", "x&&y")), roma("refunds", shop=("pub",))),
        access(ufile, FILES),
    ],
    ids=["RocketMQ", "ROMA Connect", "UFile"],
)
def test_every_row_says_what_the_data_says(data):
    tables = page_data.Tables(data)
    told = [
        {
            "principal": tables.principals[row.principal]["id"],
            "action": model.ACTIONS[row.action],
            "resource": tables.resources[row.resource],
            "condition": dict(tables.conditions.values[row.condition]),
            "because": [reason[:2] for reason in tables.because(row)],
            "note": tables.notes.values[row.note],
        }
        for row in tables.rows
    ]
    expected = [
        {
            **{key: row[key] for key in ("principal", "action", "resource", "condition")},
            "because": [(reason["field"], reason["value"]) for reason in row["because"]],
            "note": (row["certainty"], row["assumption"] or ""),
        }
        for row in data["access"]
    ]
    assert sorted(map(repr, told)) == sorted(map(repr, expected))


def test_counts_leave_out_what_is_accepted_and_ends_are_counted_to_the_second():
    ends = [NOW - 1, NOW, NOW + 1, NOW + 30 * 86400, NOW + 30 * 86400 + 1]
    data = access(ufile, *(ufile(f"t{number}", end=end) for number, end in enumerate(ends)))
    finding = {"id": "OS005", "title": "t", "why": "w", "principal": None, "resource": None, "remedy": ""}
    finding.update(system="ucloud_ufile", scope="", severity="high", accepted=None)
    accepted = dict(finding, accepted={"reason": "r", "by": "b", "until": "2027-01-01"})
    counts = page_data.Tables(dict(data, findings=[finding, accepted, accepted])).counts()
    assert (counts["high"], counts["findings"], counts["accepted"]) == (1, 1, 2)
    assert (counts["ended"], counts["soon"]) == (2, 2)
    assert page_data.Tables(dict(data, warn_before=31)).counts()["soon"] == 3


@pytest.mark.parametrize("wrong", ["access", "principals"])
def test_data_that_does_not_fit_together_are_refused(wrong):
    data = access(rocketmq, rocketmq("u", topics={"a": "PUB"}))
    data[wrong] = [dict(data[wrong][0], scope="i-2")]
    with pytest.raises(ValueError, match=f"`{wrong}` must be of a"):
        page_data.Tables(data)
