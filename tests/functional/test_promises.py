# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user may rely on, for every module, every field and both forms: the permissions themselves."""

from __future__ import annotations

import cases
import harness
import pytest

pytestmark = pytest.mark.parametrize("form", cases.FORMS)


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


def differing(before, after, path=()):
    """Paths of the leaves (and lists) that are not the same in two dumps."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            found
            for key in sorted(set(before) | set(after))
            for found in differing(before.get(key), after.get(key), (*path, key))
        ]
    return [] if before == after else [path]


# -- 1. omitted means untouched --------------------------------------------------------------------


@pytest.mark.parametrize(("case", "option"), **cases.each("change"))
def test_omitted_is_untouched(sim, run, form, case, option):
    before = harness.dump(sim)
    _unused, key, desired = case.change[option]
    result = run.ok(case.module, **case.on_alpha(form, **case.changed_to(option)))
    assert result["changed"] is True
    found = differing(sorted_lists(before), sorted_lists(harness.dump(sim)))
    expected = {key}
    if (option, desired) == ("topic_produce_perm", "ALL"):
        expected.add("AllowProduceTopicList")
    if (option, desired) == ("topic_consume_perm", "NONE"):
        expected.add("AllowConsumeTopicList")
    assert {path[-1] for path in found} == expected
    assert {path[-2] for path in found} == {last(case.keys[0])}
    assert sorted_lists(case.record(sim)[key]) == sorted_lists(desired)


def last(key):
    return key if isinstance(key, str) else key[-1]


def sorted_lists(value):
    """Lists have no order, and a write may sort them."""
    if isinstance(value, dict):
        return {key: sorted_lists(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((sorted_lists(item) for item in value), key=repr)
    if isinstance(value, str) and ("," in value or "||" in value):
        # Comma-joined topics; tags.
        parts = value.split("&") if "||" in value else [value]
        return ["|".join(sorted(part.replace("||", ",").split(","))) for part in parts]
    return value


# -- 2. empty means empty --------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "option"), **cases.each("empty"))
def test_empty_means_empty(sim, run, form, case, option):
    value, key, desired = case.empty[option]
    params = case.on_alpha(form, **{option: value})
    if option == "allow_consume_topic_list":
        # A list that only PART has, and PART of nothing is not to be had.
        assert "PART" in run.failed(case.module, **params)["msg"]
        params = case.on_alpha(form, topic_consume_perm="NONE", **{option: value})
    assert run.ok(case.module, **params)["changed"] is True
    assert case.record(sim)[key] == desired
    assert run.ok(case.module, **params)["changed"] is False


# -- 3. lists have no order, and a removed entry is a change ---------------------------------------


@pytest.mark.parametrize("check_mode", [True, False], ids=["check", "real"])
@pytest.mark.parametrize(("case", "option"), **cases.each("lists"))
def test_a_removed_permission_is_a_change(sim, run, form, case, option, check_mode):
    params = case.on_alpha(form, **{option: case.lists[option][1]})
    result = run.ok(case.module, check_mode=check_mode, **params)
    assert result["changed"] is True
    assert list(result["changes"][0]["before"]) == [option]
    (diff,) = result["diff"]
    removed = [line for line in diff["before"].splitlines() if line not in diff["after"]]
    assert len(removed) == 1
    assert run.ok(case.module, **params)["changed"] is check_mode


@pytest.mark.parametrize(("case", "option"), **cases.each("lists"))
def test_without_purge_nothing_is_removed(sim, run, form, case, option):
    params = case.on_alpha(form, **{option: case.lists[option][1]})
    assert run.ok(case.module, purge=False, **params)["changed"] is False
    if option not in ("allowed_prefixes", "allowed_buckets"):  # never empty, whatever is asked for
        assert run.ok(case.module, purge=False, **case.on_alpha(form, **{option: []}))["changed"] is False
    before = case.record(sim)[case.change[option][1]]
    added = run.ok(case.module, purge=False, **case.on_alpha(form, **case.changed_to(option)))
    assert added["changed"] is True
    if case.change[option][0] != ["*"]:  # which includes all the others
        names = {name_of(row) for row in rows(before)}
        now = {name_of(row) for row in rows(case.record(sim)[case.change[option][1]])}
        assert names <= now


def rows(value):
    return value.split(",") if isinstance(value, str) else value


def name_of(row):
    return row if isinstance(row, str) else row.get("name") or row["app_name"]


# -- 4. no difference, no write --------------------------------------------------------------------


@pytest.mark.parametrize("case", **cases.each())
def test_a_converged_run_needs_no_right_to_write(sim, run, form, case):
    result = run.ok(case.module, credential="readonly", **case.on_alpha(form, **case.full()))
    assert (result["changed"], result["diff"]) == (False, [])
    assert sim.counters["write"] == 0


# -- 7. the diff -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "option"), **cases.each("change"))
def test_the_diff_holds_only_what_changes(run, form, case, option):
    desired = {**case.full(), **case.changed_to(option)}
    if (option, case.change[option][0]) in (("topic_produce_perm", "ALL"), ("topic_consume_perm", "NONE")):
        desired.pop(option.replace("topic_", "allow_").replace("_perm", "_topic_list"))
    result = run.ok(case.module, check_mode=True, **case.on_alpha(form, **desired))
    (diff,) = result["diff"]
    (change,) = result["changes"]
    for side in ("before", "after"):
        named = {line.partition(":")[0] for line in diff[side].splitlines() if line[0] not in " -"}
        assert named == set(change[side])
        assert option in named
        assert len(named) == (2 if option.endswith("_perm") and case is cases.UROCKETMQ else 1)
    assert last(case.keys[0]) in diff["before_header"]
    assert diff["before_header"] == diff["after_header"]


@pytest.mark.parametrize("case", **cases.each())
def test_the_diff_is_sorted_and_the_same_in_any_order(run, form, case):
    option, (_unused, left) = next(iter(case.lists.items()))
    seen = set()
    for rows_ in (left, left[::-1]):
        result = run.ok(case.module, check_mode=True, **case.on_alpha(form, **{option: rows_}))
        seen.add(repr(result["diff"]))
    assert len(seen) == 1
    before = [line for line in result["diff"][0]["before"].splitlines() if line.startswith(" ")]
    assert before == sorted(before)
    assert "diff" not in run.ok(case.module, check_mode=True, diff=False, **case.on_alpha(form, **{option: left}))
