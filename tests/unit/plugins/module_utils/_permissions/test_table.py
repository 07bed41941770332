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


@pytest.mark.parametrize(
    "one, show, told",
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
        (refused(None, status="refused", token_id="t-1", problems=["setup must be x"]), "changes",
         [("  {}t-1: producer", "red"), ("    setup must be x", "red")]),
    ],
)  # fmt: skip
def test_a_grant_has_its_lines(one, show, told):
    lines = list(table.lines(made(one), show))[:-1]
    assert lines == [(text.format(WHO), colour) for text, colour in told]


def test_after_a_failure_each_line_has_its_status():
    rows = [row("a", "update", "written"), row("b", "update", "failed"), row("c", "create", "not tried")]
    lines = dict(table.lines(made(*rows, deleted=[gone("not tried")], failed=True)))
    assert lines[f"~ {WHO}a: producer  [written]"] == "yellow"
    assert lines[f"~ {WHO}b: producer  [failed]"] == "red"
    assert lines[f"- {WHO}old (t-1)  [not tried]"] == "red"
    assert "1 updated, 0 created, 0 deleted, 0 as declared, 1 failed, 2 not tried" in lines


@pytest.mark.parametrize(
    "result, done, text",
    [
        (made(row("a", "create", "planned"), row("b", holds_more="x"), deleted=[gone("planned")], unmanaged=[gone("")]), False,
         "0 to update, 1 to create, 1 to delete, 1 as declared (1 hold more), 1 principal that no grant names"),
        (made(row("a", "update", "written"), deleted=[gone("written")]), True, "1 updated, 0 created, 1 deleted, 0 as declared"),
        (made(refused("a", "create"), refused("b", status="refused"), failed=True), False,
         "Nothing was written: 1 refused, 1 not tried"),
        (made(row("a", "update", "failed"), failed=True), False, "0 to update, 0 to create, 0 to delete, 0 as declared, 1 failed"),
    ],
)  # fmt: skip
def test_a_sentence_counts_it_all(result, done, text):
    assert table.summary(result, done) == text


@pytest.mark.parametrize(
    "now, more, told",
    [
        ("orders", {"gains": "orders"}, ["    NONE  ->  orders"]),
        ("orders " * 12, {"gains": "produce a", "loses": "consume b"}, ["    gains: produce a", "    loses: consume b"]),
        ("orders " * 12, {"gains": None, "loses": None}, None),
        ("orders " * 12, {"gains": "produce a", "status": "failed"}, None),
    ],
)  # fmt: skip
def test_of_what_is_long_only_the_difference_is_shown(now, more, told):
    one = dict(row("a", "update", "planned"), **dict({"now_text": now.strip()}, **more))
    lines = [text for text, _colour in table.lines(made(one))][1:-1]
    assert lines == told if told else "gains" not in "".join(lines) and len(lines) > 1


@pytest.mark.parametrize("show, count", [("none", 0), ("changes", 1), ("unmanaged", 3)])
def test_unmanaged_principals_are_shown_to_who_asks(show, count):
    assert len(list(table.lines(made(unmanaged=[gone("")]), show))) == count


def test_a_line_is_as_wide_as_asked():
    lines = [text for text, _colour in table.lines(made({**row("a", "update"), "now_text": "orders " * 40}), width=60)]
    assert max(map(len, lines)) <= 60 < sum(map(len, lines))
