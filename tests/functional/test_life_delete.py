# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be absent is deleted, and with `exclusive` what a list does not name: shown, limited, and last."""

from __future__ import annotations

import harness
import life
import pytest

ROMA = "huaweicloud_roma_topic_policy"
REFUSED = {"ucloud": {"RetCode": 15017}, "huaweicloud": {"status": 400, "code": "DMS.00400002"}}


@pytest.fixture(autouse=True)
def _estate(sim):
    life.furnish(sim)


def plural(case):
    return harness.PAIRS[case.module][1]


# -- absent ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", life.FORMS)
@pytest.mark.parametrize("case", **life.each())
def test_what_is_there_is_deleted_and_then_nothing_happens(sim, run, case, form):
    params = case.params(form, case.names("other-1"), {"state": "absent"})
    before = life.dump(sim)
    predicted = run.ok(case.module, check_mode=True, **params)
    assert (life.dump(sim), life.writes(sim)) == (before, 0)
    result = run.ok(case.module, **params)
    assert result == predicted
    (change,) = result["changes"]
    assert (change["action"], change["after"]) == ("delete", {})
    assert change["before"]
    (diff,) = result["diff"]
    assert (diff["after_header"][-9:], diff["after"]) == (": deleted", "")
    assert (result[harness.PAIRS[case.module][0]] is None) if form == "one" else (result[plural(case)] == [])
    assert (case.held(sim), case.held(sim, elsewhere=True)) == (
        [] if case is not life.UFILE else ["other-1"], ["other-1"]
    )  # fmt: skip
    again = run.ok(case.module, **params)
    assert (again["changed"], again["changes"], again["diff"]) == (False, [], [])


@pytest.mark.parametrize("credential", ["admin", "readonly"])
@pytest.mark.parametrize("case", **life.each())
def test_absent_is_quiet_where_nothing_is(sim, run, case, credential):
    names = [case.new] + ([{"token_id": "nowhere"}] if case is not life.ROCKETMQ else [])
    for named in names:
        result = run.ok(case.module, credential=credential, state="absent", **case.params("one", named, case.values))
        assert result["changed"] is False
    assert life.writes(sim) == 0


@pytest.mark.parametrize("rule", [{"drop": True}, {"status": 502}, {"truncate": True}], ids=str)
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("case", **life.each())
def test_a_deletion_is_repeated_after_an_unclear_response(sim, run, case, after, rule):
    sim.traps.set(fail_next={"match": case.delete, "after": after, **rule})
    result = run.ok(case.module, **case.params("one", case.names("other-1"), {"state": "absent"}))
    assert result["changed"] is True
    assert case.named(sim, "other-1") == [] or case is life.UFILE
    assert sim.counters["by_operation"][case.delete] == 2


# -- exclusive -------------------------------------------------------------------------------------


def crowd(sim, case, count=3):
    for number in range(count):
        case.add(sim, f"extra-{number}")
    sim.counting.reset()


@pytest.mark.parametrize("case", **life.each())
def test_what_the_list_does_not_name_stays_unless_exclusive(sim, run, case):
    crowd(sim, case)
    assert run.ok(case.module, **case.many("other-1"))["changed"] is False
    params = case.many("other-1", exclusive=True)
    before = life.dump(sim)
    predicted = run.ok(case.module, check_mode=True, **params)
    assert (life.dump(sim), life.writes(sim)) == (before, 0)
    result = run.ok(case.module, **params)
    assert result == predicted
    assert [(row["action"], row[case.name]) for row in result["changes"]] == [
        ("delete", f"extra-{number}") for number in range(3)
    ]
    assert [diff["after_header"][-9:] for diff in result["diff"]] == [": deleted"] * 3
    assert all(diff["before"] for diff in result["diff"])
    assert [row[case.name] for row in result[plural(case)]] == ["other-1"]
    assert case.held(sim, elsewhere=True)[-1:] == ["other-1"]  # in a place that the task does not name
    assert len(case.records(sim)) == (2 if case is life.UFILE else 1)
    assert run.ok(case.module, **params)["changed"] is False


@pytest.mark.parametrize("case", **life.each())
def test_exclusive_creates_changes_and_deletes(sim, run, case):
    crowd(sim, case)
    entries = [
        {**case.new, **case.values},
        {**case.names("extra-0"), **case.grant},
        {**case.names("extra-1"), "state": "absent"},
    ]
    result = run.ok(case.module, **case.many(*entries, "other-1", exclusive=True, exclusive_limit=1))
    assert [row["action"] for row in result["changes"]] == ["create", "update", "delete", "delete"]
    order = [entry["operation"] for entry in sim.counters["writes"]]
    assert sorted(order[:2]) == [case.create, case.update]
    assert order[2:] == [case.delete] * 2


@pytest.mark.parametrize("case", **life.each())
def test_exclusive_refuses_an_empty_list(sim, run, case):
    absent = {**case.names("other-1"), "state": "absent"}
    for params in (case.many(exclusive=True), case.many(absent, exclusive=True)):
        result = run.failed(case.module, **params)
        assert "exclusive_allow_empty: true allows it" in result["msg"]
        assert sim.counters["total"] == 0
    run.ok(case.module, **case.many(exclusive=True, exclusive_allow_empty=True))
    assert case.named(sim, "other-1") == [] or case is life.UFILE


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("case", **life.each())
def test_the_limit_stops_a_run_before_anything_is_written(sim, run, case, check_mode):
    crowd(sim, case, 11)
    params = case.many({**case.new, **case.values}, "other-1", exclusive=True)
    result = run.failed(case.module, check_mode=check_mode, **params)
    assert "would delete 11, and exclusive_limit is 10" in result["msg"]
    assert "extra-0" in result["msg"]
    assert life.writes(sim) == 0
    assert len(run.ok(case.module, exclusive_limit=11, **params)["changes"]) == 12


def test_a_token_is_not_deleted_without_a_region(sim, run):
    sim.traps.set(omit_fields=["Region"])
    params = life.UFILE.params("one", life.UFILE.names("other-1"), {"state": "absent", "region": None})
    assert "it must be given to delete this token" in run.failed(life.UFILE.module, **params)["msg"]


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("case", **life.each())
def test_a_failed_grant_means_no_deletion(sim, run, case, ignored):
    crowd(sim, case)
    if ignored:
        sim.traps.set(ignored_fields=["AllowedOps", "TopicProducePerm", "admin"])
    else:
        sim.traps.set(fail_next={"match": case.update, **REFUSED[case.system.cloud]})
    result = run.failed(case.module, **case.many({**case.names("other-1"), **case.grant}, exclusive=True))
    assert [row[case.name] for row in result["error"]["pending"]] == ["extra-0", "extra-1", "extra-2"]
    assert [row[case.name] for row in result["error"]["failed"]] == ["other-1"]
    assert {"extra-0", "extra-1", "extra-2"} <= set(case.held(sim))


@pytest.mark.parametrize("case", **life.each())
def test_a_refused_deletion_says_what_was_deleted_and_what_was_not(sim, run, case):
    crowd(sim, case)
    sim.traps.set(fail_next={"match": case.delete, "skip": 1, **REFUSED[case.system.cloud]})
    result = run.failed(case.module, concurrency=1, **case.many("other-1", exclusive=True))
    assert result["msg"].startswith("Could not delete")
    named = [[row[case.name] for row in result["error"][key]] for key in ("written", "failed", "pending")]
    assert named == [["extra-0"], ["extra-1"], ["extra-2"]]
    assert result["changed"] is True


# -- entries of a topic ----------------------------------------------------------------------------


def test_topics_may_share_their_rows(sim, run):
    sim.add_roma_app(instance_id="roma-1", name="billing")
    for number in (1, 2):
        sim.add_roma_topic(instance_id="roma-1", name=f"topic-{number}", policies=[{"app_name": "shop", "owner": True}])
    rows = [{"app_name": "billing", "access_policy": "sub"}]
    topics = [{"name": f"topic-{number}", "policies": rows} for number in (1, 2)]
    assert len(run.ok(ROMA, instance_id="roma-1", topics=topics)["changes"]) == 2


@pytest.mark.parametrize("case", **life.each())
def test_a_deletion_that_somebody_else_was_faster_with_is_done(sim, run, case):
    (record,) = case.named(sim, "other-1")[:1]
    there = harness.records(sim, case.system, *case.scope.values() or [None])
    faster = {"match": "delete", "call": lambda _estate: there.pop(record.get("TokenId") or record[case.key])}
    sim.traps.set(second_writer=faster)
    names = {"token_id": record["TokenId"]} if "TokenId" in record else case.names("other-1")
    params = case.params("one", names, {"state": "absent"})
    assert run.ok(case.module, **params)["changed"] is True
    assert sim.counters["delete"] == 1
    assert run.ok(case.module, **params)["changed"] is False
