# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import model, report, snapshot

from .estates import NOW, access, rocketmq, roma, scope, ufile, urocketmq


def test_a_snapshot_has_a_line_for_each_scope_and_row_and_no_time_of_the_run():
    row = ufile("t", end=NOW)
    expected = (
        '{"complete":true,"format":"grantops.access/1","scope":"","system":"ucloud_ufile"}\n'
        '{"action":"read","certainty":"documented","condition":{"until":"2027-01-15T08:00:00Z"},"name":"t",'
        '"principal":"id-t","resource":{"bucket":"b","kind":"object","match":"all","name":"*"},"scope":"",'
        '"system":"ucloud_ufile"}\n'
    )
    assert snapshot.text(access(ufile, row)) == expected
    assert snapshot.text(model.access([scope(ufile, row)], at=NOW + 1, version="2", grants=[])) == expected
    assert snapshot.text(access(ufile, ufile("\u00e9"))).isascii()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (roma("a", x=("all", "1||2&3")), roma("a", x=("all", "2 || 1 & 3"))),
        (rocketmq(topic="PUB|SUB", group="SUB"), rocketmq(topic="SUB|PUB", group="SUB", topics={"a": "PUB|SUB"})),
        (rocketmq(white_remote_address="1.1.1.1,2.2.2.2"), rocketmq(white_remote_address="2.2.2.2, 1.1.1.1")),
        (urocketmq("t", "PART", topics=["a", "b"]), urocketmq("t", "PART", topics=["b", "a", "a"])),
        (ufile(prefixes=["a/", "b/"]), ufile(prefixes=["b/", "a/b/", "a/"])),
    ],
)
def test_the_bytes_are_the_same_as_long_as_access_is(one, other):
    kind = next(kind for kind in (ufile, urocketmq, rocketmq, roma) if set(kind()) == set(one))
    assert snapshot.text(access(kind, one)) == snapshot.text(access(kind, other))


def changes(kind, before, after, **now):
    found = snapshot.compare(snapshot.text(access(kind, *before)), access(kind, *after, **now))
    return [(change["change"], change["principal"], change["resource"]["name"]) for change in found]


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        (urocketmq, ("NONE", "NONE"), ("NONE", "NONE"), []),
        (urocketmq, ("PART", "NONE", ["a"]), ("PART", "NONE", ["a", "b"]), [("added", "id-t", "b")]),
        (urocketmq, ("PART", "NONE", ["a", "b"]), ("PART", "NONE", ["b"]), [("removed", "id-t", "a")]),
        (urocketmq, ("PART", "NONE", ["a", "b"]), ("ALL", "NONE"), [("wider", "id-t", "*")]),
        (urocketmq, ("ALL", "NONE"), ("PART", "NONE", ["a", "b"]),
         [("narrower", "id-t", "a"), ("narrower", "id-t", "b")]),
        (roma, ("sub", "1"), ("sub", "1||2"), [("wider", "x", "orders")]),
        (roma, ("sub", "1||2"), ("sub", "1"), [("narrower", "x", "orders")]),
        (roma, ("sub", "1"), ("sub", ""), [("wider", "x", "orders")]),
        (roma, ("sub", "1"), ("sub", "2"), [("added", "x", "orders"), ("removed", "x", "orders")]),
        (roma, ("sub",), ("sub", "1"), [("narrower", "x", "orders")]),
        (roma, ("pub",), ("all",), [("added", "x", "orders")]),
    ],
)  # fmt: skip
def test_the_comparison_names_exactly_what_changed(kind, before, after, expected):
    rows = [(urocketmq("t", *row),) if kind is urocketmq else (roma(x=row),) for row in (before, after)]
    assert changes(kind, *rows) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"end": NOW + 5 * 86400}, ["renewed"]),
        ({}, {"end": NOW + 5}, ["narrower"]),
        ({"prefixes": ["a/b/"]}, {"prefixes": ["a/"]}, ["wider"]),
        ({"prefixes": ["a/"]}, {"prefixes": ["a/b/"]}, ["narrower"]),
        ({"buckets": ["a"]}, {"buckets": ["*"]}, ["wider"]),
        ({"buckets": ["a"]}, {"buckets": ["b"]}, ["added", "removed"]),
        ({"white_ip_list": ["1.1.1.1"]}, {}, ["wider"]),
        ({}, {"black_ip_list": ["1.1.1.1"]}, ["narrower"]),
        ({"black_ip_list": ["1.1.1.1"]}, {"end": NOW + 5 * 86400}, ["wider"]),
        ({"ops": ["TOKEN_ALLOW_WRITE"]}, {"ops": ["TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"]}, ["removed", "narrower"]),
        ({"ops": ["TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"]}, {"ops": ["TOKEN_ALLOW_WRITE"]}, ["added", "wider"]),
        # Another place, or both wider and narrower.
        ({"prefixes": ["a/"]}, {"prefixes": ["b/"], "end": NOW + 5 * 86400}, ["added", "removed"]),
        ({"buckets": ["a"]}, {"buckets": ["*"], "end": NOW + 5}, ["added", "removed"]),
        (
            {"white_ip_list": ["1.1.1.1"]},
            {"white_ip_list": ["1.1.1.1", "2.2.2.2"], "end": NOW + 5},
            ["added", "removed"],
        ),
        ({}, {"end": 0}, ["added", "removed"]),
        ({"end": 0}, {}, ["added", "removed"]),
    ],
)
def test_changes_of_a_ufile_token(before, after, expected):
    assert [each[0] for each in changes(ufile, [ufile(**before)], [ufile(**after)])] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"topic": "PUB"}, {"topic": "PUB", "topics": {"a": "DENY"}}, [("added", "u", "a")]),
        ({"topics": {"a": "PUB"}}, {"topics": {"a": "ANY"}}, [("narrower", "u", "a")]),
        ({"topics": {"a": "ANY"}}, {"topics": {"a": "PUB"}}, [("wider", "u", "a")]),
        ({"topic": "PUB"}, {"white_remote_address": "10.0.0.1"}, [("added", "u", "*")] * 3 + [("removed", "u", "*")]),
        (
            {"topic": "SUB", "groups": {"g": "SUB"}},
            {"topic": "SUB", "groups": {"g": "SUB", "h": "SUB"}},
            [("wider", "u", "*")],
        ),
        ({"topic": "PUB", "white_remote_address": ""}, {"topic": "PUB", "admin": None}, [("added", "u", "*")] * 3),
    ],
)
def test_changes_of_a_rocketmq_user(before, after, expected):
    assert changes(rocketmq, [rocketmq(**before)], [rocketmq(**after)]) == expected


def test_what_an_inventory_says_of_a_switch_is_no_change():
    assert changes(roma, [roma(x=("pub",))], [roma(x=("pub",))], roma_sasl=True) == []


def test_of_a_scope_that_was_not_read_whole_nothing_is_said_to_be_gone_or_new():
    one, two = urocketmq("a", "ALL"), urocketmq("b", "ALL")
    assert changes(urocketmq, [one, two], [one], complete=False) == []
    assert changes(urocketmq, [one], [one, two], complete=False) == [("added", "id-b", "*")]
    earlier = snapshot.text(access(urocketmq, one, complete=False))
    assert snapshot.compare(earlier, access(urocketmq, one, two)) == []
    # Nor of one that only one of both has.
    both = report.merged({"a": access(rocketmq, rocketmq(topic="PUB")), "b": access(urocketmq, one)})
    assert snapshot.compare(earlier, both) == []
    (change,) = snapshot.compare(snapshot.text(access(urocketmq, two)), both)[:1]
    assert (change["change"], change["principal"], change["before"]) == ("added", "id-a", None)
    # What is gone is, also where something else is new.
    earlier = snapshot.text(access(urocketmq, urocketmq("t", "PART", topics=["a"]), complete=False))
    (change,) = snapshot.compare(earlier, access(urocketmq, urocketmq("t", "PART", topics=["b"])))
    assert (change["change"], change["before"]["resource"]["name"]) == ("removed", "a")


def test_a_snapshot_of_something_else_is_refused():
    earlier = snapshot.text(model.access([scope(urocketmq), scope(ufile)]))
    with pytest.raises(ValueError) as caught:
        snapshot.compare(earlier, access(rocketmq, rocketmq(topic="PUB")))
    assert str(caught.value) == (
        "`since` must be a snapshot of what is read; it is of ucloud_ufile, ucloud_urocketmq s-1, and read was "
        "huaweicloud_rocketmq i-1"
    )


def test_a_change_says_what_was_there_before():
    earlier = snapshot.text(access(roma, roma(x=("sub", "1"))))
    (change,) = snapshot.compare(earlier, access(roma, roma(x=("sub", "1||2"))))
    assert change["before"]["condition"] == {"tags": ["1"]} and change["condition"] == {"tags": ["1", "2"]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "it names no scope, so it is not a snapshot"),
        ("x\n", "line 1 is not a line of a snapshot: Expecting value: line 1 column 1 (char 0)"),
        ('{"a": 1}\n', "line 1 is not a line of a snapshot: 'system' is missing"),
        ("[]\n", "line 1 is not a line of a snapshot: list indices must be integers or slices, not str"),
        ('{"format": "grantops.access/9"}\n',
         "line 1 is not a line of a snapshot: its format is 'grantops.access/9', and this version reads 'grantops.access/1'"),
        (snapshot.text(access(ufile, ufile())).splitlines()[1],
         "line 1 is not a line of a snapshot: its scope is not named before it"),
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(content, message):
    with pytest.raises(ValueError) as caught:
        snapshot.read(content)
    assert str(caught.value) == message
