# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import findings, model, page_data, snapshot

from .estates import NOW, access, rocketmq, roma, scope, ufile, urocketmq
from .test_model import grant


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


def test_what_the_script_reads_has_each_text_once():
    permission = {"admin": False, "address": (), "topic": ((), {"orders": {"SUB"}}), "group": ((), {})}
    scopes = [
        scope(rocketmq, rocketmq("billing", {"orders": "SUB"}, {"g": "SUB"}, topic=None)),
        scope(ufile, ufile("t", buckets=["b", "a"]), ufile("u", token_name=None, prefixes=["x/"])),
        scope(urocketmq, problem="HTTP 403"),
    ]
    then = model.access(
        [scope(ufile, ufile("t", buckets=["c"]), ufile("u", token_name=None, prefixes=["x/"], end=NOW + 5))]
    )
    data = model.access(scopes, [grant("huaweicloud_rocketmq", {"user_name": "billing"}, permission)], NOW, "1.1.0")
    accepted = {"until": "2027-02-01", "by": "ann", "reason": "moves"}
    data["findings"] = [
        findings.finding("OS005", "Ends.", "", "ucloud_ufile", "", "id-t"),
        dict(
            findings.finding("MQ002", "Why.", "Run.", "huaweicloud_rocketmq", "i-1", "billing", "orders"),
            accepted=accepted,
        ),
        findings.finding("AC002", "Why.", "Run.", principal="gone"),
    ]
    data["changes"] = snapshot.compare(snapshot.text(then), data)
    tables = page_data.Tables(data)
    every, until, place = (
        "every object in {}, also those created later",
        ", until 2027-01-16 08:00:00",
        "UFile default project",
    )
    assert tables.compact() == {
        "actions": model.ACTIONS,
        "changes": [
            ["added", 1, 1, "t", f"read {every.format('a')}{until}", None, place],
            ["added", 1, 1, "t", f"read {every.format('b')}{until}", None, place],
            ["removed", 1, 1, "t", f"read {every.format('c')}{until}", f"read {every.format('c')}{until}", place],
            ["renewed", 1, 2, "id-u", f"read x/\u2026 in b{until}", "read x/\u2026 in b, until 2027-01-15 08:00:05", place],
        ],
        "columns": {
            "action": [1, "ABBCCC"], "condition": [1, "BAACCC"], "grant": [1, "AABAAA"], "note": [1, "AABBBB"],
            "principal": [1, "AAABBC"], "resource": [1, "CCEABD"], "why": [1, "CABDEF"],
        },
        "compared": True,
        "conditions": [
            ["with group g", None, ["groups"]], ["", None, []], ["until 2027-01-16 08:00:00", "2027-01-16T08:00:00Z", []],
        ],
        "declares": True,
        "ends": [("2027-01-16T08:00:00Z", 1), ("2027-01-16T08:00:00Z", 2)],
        "findings": [
            ["MQ002", "high", 0, 1, 0, 0, "billing", "orders", 2, ["moves", "ann", "2027-02-01"]],
            ["OS005", "high", 3, 4, 1, 1, "id-t", None, 5, None],
            ["AC002", "low", 6, 1, None, None, "gone", None, 2, None],
        ],
        "grants": [(0,), (1, 0)],
        "notes": [("unknown", "The service did not show default_topic_perm in a form that is known."), ("documented", "")],
        "places": ["", "grants.yml:9"],
        "principals": {
            **dict.fromkeys(page_data.PEOPLE), "id": ["billing", "id-t", "id-u"], "name": [None, "t", None],
            "type": ["user", "token", "token"], "created": [None, *["2027-01-14T08:00:00Z"] * 2],
            "expires": [None, *["2027-01-16T08:00:00Z"] * 2], "declared": [True, False, False],
        },
        "reasons": [
            ("default_topic_perm", "not shown by the service"), ("group_perms", "g=SUB"), ("topic_perms", "orders=SUB"),
            ("allowed_ops", "TOKEN_ALLOW_READ"), ("allowed_buckets", "a"), ("allowed_prefixes", "*"), ("allowed_buckets", "b"),
            ("allowed_prefixes", "x/"),
        ],
        "resources": [
            ["object", "all", "*", "a", every.format("a")], ["object", "all", "*", "b", every.format("b")],
            ["topic", "all", "*", None, "every topic, also those created later"],
            ["object", "prefix", "x/", "b", "x/\u2026 in b"], ["topic", "exact", "orders", None, "orders"],
        ],
        "rows": 6,
        "scopes": [["RocketMQ", "i-1", True, None], ["UFile", "", True, None], ["URocketMQ", "s-1", False, "HTTP 403"]],
        "scope_of": [0, 1, 1],
        "soon": "2027-02-14T08:00:00Z", "taken": "2027-01-15T08:00:00Z",
        "texts": ["Administrator", "Why.", "Run.", "Ends soon", "Ends.", "", "An acceptance matches nothing"],
        "whys": [(0, 1), (2, 1), (0,), (3, 4, 5), (3, 6, 5), (3, 6, 7)],
    }  # fmt: skip
    assert tables.counts() == {
        "critical": 0, "high": 1, "medium": 0, "low": 1, "accepted": 1, "findings": 2, "principals": 3, "rows": 6, "scopes": 3,
        "unread": 1, "ended": 0, "soon": 2, "unsure": 2,
    }  # fmt: skip


def test_without_grants_and_a_snapshot_nothing_is_said_of_them():
    made = page_data.Tables(access(rocketmq, rocketmq("u"))).compact()
    assert (made["declares"], made["compared"], made["rows"], made["columns"]["why"]) == (False, False, 0, [1, ""])


def test_what_holds_nothing_ends_too():
    tokens = ufile("b", ops=["TOKEN_ALLOW_NONE"]), ufile("a", end=NOW + 2), ufile("c", end=None)
    assert page_data.Tables(access(ufile, *tokens)).ends == [("2027-01-15T08:00:02Z", 0), ("2027-01-16T08:00:00Z", 1)]


def test_a_finding_is_of_a_name_or_of_what_there_is():
    tables = page_data.Tables(access(ufile, ufile("a"), ufile("b", token_name=None)))
    place = {"system": "ucloud_ufile", "scope": ""}
    assert [tables.name(dict(place, principal=key)) for key in ("id-a", "id-b", "gone", None)] == [
        "a",
        "id-b",
        "gone",
        None,
    ]


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


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("access", "principal in `principals`; got 'u'"),
        ("principals", "scope in `scopes`; got huaweicloud_rocketmq 'i-2'"),
    ],
)
def test_data_that_does_not_fit_together_are_refused(wrong, message):
    data = access(rocketmq, rocketmq("u", topics={"a": "PUB"}))
    data[wrong] = [dict(data[wrong][0], scope="i-2")]
    with pytest.raises(ValueError) as caught:
        page_data.Tables(data)
    assert str(caught.value) == f"`{wrong}` must be of a {message}"
