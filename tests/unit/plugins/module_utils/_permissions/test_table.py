# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a result: lines, colours, and the sentence that counts."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import result as results
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import table

WHO = "ucloud_urocketmq s-1 "
PLACE = {"system": "ucloud_urocketmq", "service_id": "s-1"}


def row(name, action="none", status="unchanged", **changes):
    found = {**PLACE, "principal": name, "setup": "producer", "state": "present"}
    return dict(found, action=action, status=status, before_text="NONE", now_text="orders", **changes)


def refused(name, action="none", status="not tried", **changes):
    """As of a run in which some grant was refused: nothing is known but the plan."""
    found = row(name, action, status, **changes)
    del found["before_text"], found["now_text"]
    return found


def made(*rows, deleted=(), unmanaged=(), failed=False):
    counts = dict(results.counts(rows, deleted, []), unmanaged=len(unmanaged))
    found = {"grants": list(rows), "deleted": list(deleted), "unmanaged": list(unmanaged)}
    return dict(found, failed=failed, counts=counts)


def gone(status):
    return dict(PLACE, name="old", token_id="t-1", permissions="orders", status=status)


def told(result, show="changes", width=79, done=False):
    """The lines, and how many are for the sentence that counts."""
    lines = list(table.lines(result, show, width, done))
    assert not lines or lines.pop() == (table.summary(result, done), None)
    return lines


@pytest.mark.parametrize(
    "one, show, lines",
    [
        (row("a", "create", "planned"), "changes", [("+ {}a: producer", "green"), ("    orders", "green")]),
        (row("a", "update", "written"), "changes", [("~ {}a: producer", "yellow"), ("    NONE  ->  orders", "yellow")]),
        (row("a", state="absent"), "all", [("  {}a: producer (absent)", None), ("    orders", None)]),
        (row("a"), "changes", []),
        # Not tried: nothing becomes something else
        (dict(row("a", "update", "not tried"), now_text="NONE"), "changes", [("~ {}a: producer", "yellow"), ("    NONE", "yellow")]),
        (row("a", holds_more="x"), "all", [("  {}a: producer", None), ("    orders", None), ("    holds more: x", None)]),
        (row({"token_id": "t\n1"}, "update"), "changes", [("~ {}t\\n1: producer", "yellow"), ("    NONE  ->  orders", "yellow")]),
        (refused("a", "update"), "changes", []),
        (refused("a", "create"), "all", [("+ {}a: producer", "green")]),
        (refused("a", "update"), "all", [("~ {}a: producer", "yellow")]),
        (refused("a", status="refused", problems=["setup must be x"]), "changes",
         [("  {}a: producer", "red"), ("    setup must be x", "red")]),
        (row("a", "update", holds_more="x"), "all", [("~ {}a: producer", "yellow"), ("    NONE  ->  orders", "yellow")]),
    ],
)  # fmt: skip
def test_a_grant_has_its_lines(one, show, lines):
    assert told(made(one), show) == [(text.format(WHO), colour) for text, colour in lines]


def test_an_entry_that_is_no_grant_has_its_line():
    one = {"index": 0, "status": "refused", "changed": False, "problems": ["it must be a mapping"], "action": "none"}
    assert told(made(one, failed=True)) == [("  ?  [refused]", "red"), ("    it must be a mapping", "red")]


def test_after_a_failure_each_line_has_its_status():
    rows = [
        row("a", "update", "written"),
        row("b", "update", "failed"),
        row("c", "create", "not tried", state="absent"),
    ]
    assert told(made(*rows, deleted=[gone("not tried")], failed=True), "all") == [
        (f"~ {WHO}a: producer  [written]", "yellow"),
        ("    NONE  ->  orders", "yellow"),
        (f"~ {WHO}b: producer  [failed]", "red"),
        ("    NONE  ->  orders", "red"),
        (f"+ {WHO}c: producer (absent)  [not tried]", "green"),
        ("    orders", "green"),
        (f"- {WHO}old (t-1)  [not tried]", "red"),
        ("    orders  ->  gone, no grant names it", "red"),
    ]


@pytest.mark.parametrize(
    "result, done, text",
    [
        (made(row("a", "create", "planned"), row("b", holds_more="x"), deleted=[gone("planned")], unmanaged=[gone("")]), False,
         "0 to update, 1 to create, 1 to delete, 1 as declared (1 hold more), 1 principal that no grant names"),
        (made(row("a", "update", "written"), row("b", "update", "not tried"), failed=True), False,
         "1 updated, 0 created, 0 deleted, 0 as declared, 1 not tried"),
        (made(deleted=[gone("written")], unmanaged=[gone("")] * 2), False,
         "0 updated, 0 created, 1 deleted, 0 as declared, 2 principals that no grant names"),
        (made(row("a")), True, "0 updated, 0 created, 0 deleted, 1 as declared"),
        (made(row("a", "update", "written"), deleted=[gone("written")]), True, "1 updated, 0 created, 1 deleted, 0 as declared"),
        (made(refused("a", "create"), refused("b", status="refused"), failed=True), False,
         "Nothing was written: 1 refused, 1 not tried"),
        (made(row("a", "update", "failed"), failed=True), False, "0 to update, 0 to create, 0 to delete, 0 as declared, 1 failed"),
    ],
)  # fmt: skip
def test_a_sentence_counts_it_all(result, done, text):
    assert table.summary(result, done) == text


LONG = "orders " * 11 + "all"
WHOLE = ["    NONE  ->  " + "orders " * 8 + "orders", "        orders orders all"]


@pytest.mark.parametrize(
    "now, more, lines",
    [
        ("orders", {"gains": "orders"}, ["    NONE  ->  orders"]),
        ("x" * 65, {"gains": "orders"}, [f"    NONE  ->  {'x' * 65}"]),
        ("x" * 66, {"gains": "orders"}, ["    gains: orders"]),
        (LONG, {"gains": "produce a", "loses": "consume b"}, ["    gains: produce a", "    loses: consume b"]),
        (LONG, {"gains": None, "loses": None}, WHOLE),
        (LONG, {"gains": "produce a", "status": "failed"}, WHOLE),
        (LONG, {"gains": "produce a", "before_text": LONG}, ["    " + "orders " * 9 + "orders", "        orders all"]),
        (LONG, {"gains": "produce a", "action": "create"}, ["    " + "orders " * 9 + "orders", "        orders all"]),
    ],
)  # fmt: skip
def test_of_what_is_long_only_the_difference_is_shown(now, more, lines):
    one = dict(row("a", "update", "planned"), now_text=now, **more)
    assert [text for text, _colour in told(made(one))][1:] == lines


@pytest.mark.parametrize(
    "names, text",
    [
        ({"token_name": "old", "token_id": "t-1"}, "old (t-1)"),
        ({"service_id": "s-1", "name": "old", "token_id": "t-1"}, "s-1 old (t-1)"),
        ({"instance_id": "i-1", "user_name": "old"}, "i-1 old"),
        ({"token_id": "t-1"}, "t-1"),
    ],
)
def test_a_principal_that_no_grant_names_has_its_name_and_its_id(names, text):
    other = dict(names, system="x", permissions="orders", status="planned")
    deleted = [(f"- x {text}", "red"), ("    orders  ->  gone, no grant names it", "red")]
    assert told(made(deleted=[other], unmanaged=[other]), "unmanaged") == [
        *deleted, (f"? x {text}", None), ("    orders", None),
    ]  # fmt: skip
    assert told(made(deleted=[other], unmanaged=[other]), done=True) == deleted
    assert not list(table.lines(made(deleted=[other]), "none", 79, False))


def test_a_line_is_as_wide_as_asked_and_no_name_is_broken():
    name = "a-name-of-very-many-characters-in-one-word"
    one = dict(row(name, "update"), before_text=f"{name} a", now_text="orders " * 8)
    assert [text for text, _colour in told(made(one), width=20)] == [
        "~ ucloud_urocketmq s-1", f"    {name}:", "    producer", f"    {name}", "        a  ->  orders orders orders",
        "        orders orders orders orders", "        orders",
    ]  # fmt: skip
