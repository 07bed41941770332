# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan then write, predicted as it will be, written means verified, and failures that say what happened."""

from __future__ import annotations

import cases
import harness
import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors

ALWAYS = {*errors.KEYS, *errors.LISTS}
REFUSALS = {  # a failure of the service that trying again does not cure, by provider
    "ucloud": {"RetCode": 15017, "message": "Params illegal"},
    "huaweicloud": {"status": 400, "code": "DMS.00400002", "message": "Params illegal"},
}


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


def provider(case):
    return case.module.partition("_")[0]


def refusal(case, **rule):
    return {"match": case.write, **REFUSALS[provider(case)], **rule}


def first_change(case):
    option, (_unused, fewer) = next(iter(case.lists.items()))
    return {option: fewer}


# -- 5. plan, then write ---------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["bad", "missing", "twice"])
@pytest.mark.parametrize("case", **cases.each())
def test_one_bad_entry_means_nothing_was_written(sim, run, case, wrong):
    before = harness.dump(sim)
    middle = {"bad": (case.beta, case.bad), "missing": (case.missing, {}), "twice": (case.alpha, {})}[wrong]
    entries = [(case.alpha, first_change(case)), middle, (case.beta, first_change(case))]
    result = run.failed(case.module, **case.params("many", *entries))
    assert result["changed"] is False
    assert result["msg"].startswith("Nothing was written")
    assert result["error"]["problems"][0]["position"] == f"{harness.PAIRS[case.module][1]}[1]"
    assert sim.counters["write"] == 0
    assert harness.dump(sim) == before
    if wrong != "missing":
        assert sim.counters["total"] == 0


@pytest.mark.parametrize("form", cases.FORMS)
@pytest.mark.parametrize(("case", "option"), **cases.each("change"))
def test_check_mode_predicts_what_the_run_returns(sim, run, case, option, form):
    before = harness.dump(sim)
    entries = [(case.alpha, case.changed_to(option))]
    if form == "many":
        entries.append((case.beta, case.full()))
    params = case.params(form, *entries)
    predicted = run.ok(case.module, check_mode=True, **params)
    assert sim.counters["write"] == 0
    assert harness.dump(sim) == before
    assert harness.timeless(run.ok(case.module, **params)) == harness.timeless(predicted)
    again = run.ok(case.module, **params)
    assert again["changed"] is False
    # What a run returns is what the next one finds, and what _info shows; null is what was not asked for.
    shown = harness.timeless(case.shown(form, predicted))
    (gathered,) = run.ok(case.info, **case.scope, **case.alpha)[harness.PAIRS[case.module][1]]
    for other in (case.shown(form, again), gathered):
        assert {**shown, **known(other)} == {**known(other), **shown}


def known(row):
    return {key: value for key, value in harness.timeless(row).items() if value is not None}


# -- 6. written means verified ---------------------------------------------------------------------


@pytest.mark.parametrize("form", cases.FORMS)
@pytest.mark.parametrize(("case", "option"), **cases.each("change"))
def test_an_ignored_field_is_named(sim, run, case, option, form):
    _unused, key, _unused = case.change[option]
    params = case.on_alpha(form, **case.changed_to(option))
    sim.traps.set(ignored_fields=[key])
    result = run.failed(case.module, **params)
    assert result["error"]["kind"] == "unverified"
    assert result["changed"] is True
    assert option in result["error"]["message"]
    assert [row[next(iter(case.alpha))] for row in result["error"]["failed"]] == list(case.alpha.values())
    others = {other for other in case.change if f"{other} is" in result["error"]["message"]} - {option}
    if case is not cases.UROCKETMQ:  # where a permission and its list go together
        assert others == set()
    assert run.ok(case.module, verify=False, **params)["changed"] is True


@pytest.mark.parametrize(
    ("case", "key", "values"),
    [
        (cases.ROCKETMQ, "topic_perms", {"topic_perms": []}),
        (cases.ROCKETMQ, "group_perms", {"group_perms": []}),
        (cases.ROMA, "policies", {"policies": [], "purge_owner": True}),
    ],
    ids=["topic_perms", "group_perms", "policies"],
)
def test_a_list_that_does_not_clear_is_an_error_each_time(sim, run, case, key, values):
    sim.traps.set(sticky_lists=[key])
    for _unused in range(2):
        result = run.failed(case.module, **case.on_alpha("one", **values))
        assert f"{key} is {{" in result["msg"]
        assert "instead of {}" in result["msg"]


def test_the_list_of_a_permission_that_is_not_part_has_no_meaning(sim, run):
    sim.traps.set(sticky_lists=True)
    case = cases.UROCKETMQ
    params = case.on_alpha("one", topic_produce_perm="NONE", topic_consume_perm="ALL")
    assert run.ok(case.module, **params)["changed"] is True
    assert case.record(sim)["AllowProduceTopicList"] == "orders,payments"
    assert run.ok(case.module, **params)["changed"] is False


@pytest.mark.parametrize("case", **cases.each())
def test_a_slow_service_is_waited_for(sim, run, case):
    sim.traps.set(slow_visibility={"reads": 2})
    result = run.ok(case.module, verify_timeout=20, **case.on_alpha("one", **first_change(case)))
    assert result["changed"] is True
    sim.traps.set(slow_visibility={"reads": 1000})
    option = list(case.change)[-1]
    result = run.failed(case.module, verify_timeout=0, **case.on_alpha("one", **case.changed_to(option)))
    assert "after 0 s" in result["msg"]


# -- 9. failures say -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", cases.FORMS)
@pytest.mark.parametrize("case", **cases.each())
def test_a_failure_says_all_that_is_known(sim, run, case, form):
    sim.traps.set(fail_next=refusal(case))
    result = run.failed(case.module, **case.on_alpha(form, **first_change(case)))
    error = result["error"]
    assert set(error) == ALWAYS
    assert error["provider"] == {"ucloud": "UCloud", "huaweicloud": "Huawei Cloud"}[provider(case)]
    assert error["operation"] == case.write
    assert error["method"] == ("PUT" if case is cases.ROCKETMQ else "POST")
    assert error["url"].startswith(sim.url + "/")
    assert error["kind"] == "invalid"
    assert error["attempts"] == 1
    assert (error["status"], error["code"]) == ((200, 15017) if provider(case) == "ucloud" else (400, "DMS.00400002"))
    assert error["message"] == "Params illegal"
    assert len(error["request_id"]) >= 32
    assert (len(error["failed"]), error["written"], error["pending"]) == (1, [], [])
    assert result["changed"] is False
    for part in (error["operation"], error["url"], str(error["code"]), error["message"], error["request_id"]):
        assert part in result["msg"]


@pytest.mark.parametrize("case", **cases.each())
def test_a_failure_says_what_was_written_and_what_was_not(sim, run, case):
    params = cases.many(sim, case, 6 if case.write != "UpdateTopicAccessPolicy" else 250)
    sim.traps.set(fail_next=refusal(case, skip=1))
    result = run.failed(case.module, concurrency=1, **params)
    error = result["error"]
    counts = [len(error[key]) for key in ("written", "failed", "pending")]
    assert counts == ([100, 100, 50] if case is cases.ROMA else [1, 1, 4])
    assert result["changed"] is True
    assert "Written: {}, failed: {}, not tried: {}".format(*counts) in result["msg"]
    named = [row for key in ("written", "failed", "pending") for row in error[key]]
    entries = params[harness.PAIRS[case.module][1]]
    identity = next(iter(case.alpha))
    assert sorted(row[identity] for row in named) == sorted(row[identity] for row in entries)


@pytest.mark.parametrize("case", **cases.each())
def test_side_by_side_nothing_is_lost_from_the_account(sim, run, case):
    params = cases.many(sim, case, 40)
    before = harness.dump(sim)
    sim.traps.set(fail_next=refusal(case, skip=0 if case is cases.ROMA else 7), latency=1)
    error = run.failed(case.module, concurrency=8, **params)["error"]
    assert sum(len(error[key]) for key in ("written", "failed", "pending")) == 40
    identity = next(iter(case.alpha))
    for key in ("written", "failed", "pending"):
        for row in error[key]:
            name = row[identity]
            where = name if case is cases.UFILE else (case.keys[0][0], name)
            now, then = harness.record(sim, case.module, where), name_in(before, case, where)
            # Times are not in the dump.
            assert ({k: v for k, v in now.items() if k != "ModifyTime"} != then) is (key == "written")


def name_in(dump, case, where):
    class Before:
        estate = dump

    return harness.record(Before, case.module, where)
