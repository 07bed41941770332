# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is missing is created: once, whatever happens to the response; and its secret is given away once, when asked for."""

from __future__ import annotations

import json

import life
import pytest
import ways
from test_secrets import leaks

from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing

# What becomes of a creation, and whether the service carries it out.
CUTS = {
    "cut before": ({"drop": True}, False),
    "cut after": ({"drop": True, "after": True}, True),
    "truncated": ({"truncate": True}, True),
    "502 before": ({"status": 502}, False),
    "502 after": ({"status": 502, "after": True}, True),
    "empty 200": ({"empty": True, "status": 200, "after": True}, True),
}


@pytest.fixture(autouse=True)
def _estate(sim, monkeypatch):
    life.furnish(sim)
    monkeypatch.setattr(writing, "CREATE_WAITS", (0.0, 0.01, 0.01))


@pytest.mark.parametrize("form", life.FORMS)
@pytest.mark.parametrize("case", **life.each())
def test_a_name_that_is_missing_is_created_and_then_there(sim, run, case, form):
    params = case.params(form, case.new, case.values)
    before = life.dump(sim)
    predicted = run.ok(case.module, check_mode=True, **params)
    assert life.dump(sim) == before
    assert life.writes(sim) == 0
    result = run.ok(case.module, **params)
    (change,) = result["changes"]
    assert change["action"] == "create"
    assert change["before"] == {}
    # Only what the service gives to a new one is not foreseen.
    assert {**change, **predicted["changes"][0]} == change
    assert set(change) - set(predicted["changes"][0]) <= {"token_id"}
    assert [diff["before_header"][-8:] for diff in result["diff"]] == [": absent"]
    assert [diff["after"] for diff in result["diff"]] == [diff["after"] for diff in predicted["diff"]]
    shown, foreseen = case.shown(form, result), case.shown(form, predicted)
    assert {key: shown[key] for key, value in foreseen.items() if value is not None} == {
        key: value for key, value in foreseen.items() if value is not None
    }
    assert len(case.named(sim)) == 1
    again = run.ok(case.module, **params)
    assert again["changed"] is False
    assert case.shown(form, again) == shown


@pytest.mark.parametrize("case", **life.each())
def test_a_creation_costs_so_many_requests(sim, run, case):
    run.ok(case.module, **case.params("one", case.new, case.values))
    assert sim.counters["by_operation"] == {**case.look, **case.seen}


@pytest.mark.parametrize("case", **life.each())
def test_what_a_new_one_does_not_say_is_nothing(sim, run, case):
    needed = {key: case.values[key] for key in case.needed}
    result = run.ok(case.module, **case.params("one", case.new, needed))
    (record,) = case.named(sim)
    assert {key: record[key] for key in case.initial} == case.initial
    daily = [text for text in result.get("warnings", ()) if "one day only" in text]
    assert len(daily) == (1 if case is life.UFILE else 0)
    assert len(run(case.module, check_mode=True, **case.params("one", case.new, needed)).get("warnings", ())) == 0


@pytest.mark.parametrize("case", [life.UFILE, life.UROCKETMQ], ids=str)
def test_two_of_one_name_are_not_guessed_at(sim, run, case):
    case.add(sim, "twin")
    case.add(sim, "twin")
    for state in ("present", "absent"):
        result = run.failed(case.module, state=state, **case.params("one", case.names("twin"), {}))
        assert result["error"]["hint"].startswith("Say which one is meant with token_id. See ")
    assert life.writes(sim) == 0


@pytest.mark.parametrize("lists", [{"black_ip_list": ["192.0.2.66"]}, {"white_ip_list": ["192.0.2.1", "192.0.2.2"]}])
def test_addresses_are_set_when_a_token_is_created(sim, run, lists):
    case = life.UFILE
    params = case.params("one", case.new, {**case.values, **lists})
    result = run.ok(case.module, **params)
    (option,) = lists
    assert result["token"][option] == lists[option]
    assert run.ok(case.module, **params)["changed"] is False
    writes = life.writes(sim)
    assert "can be set only when a token is created" in run.failed(case.module, **{**params, option: ["x"]})["msg"]
    assert life.writes(sim) == writes


# -- a response that is lost ------------------------------------------------------------------------


@pytest.mark.parametrize("form", life.FORMS)
@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("case", **life.each())
def test_exactly_one_is_there_after_a_lost_response(sim, run, case, cut, form):
    rule, acts = CUTS[cut]
    sim.traps.set(fail_next={"match": case.create, **rule})
    result = run.ok(case.module, **case.params(form, case.new, case.values))
    assert len(case.named(sim)) == 1
    assert sim.counters["by_operation"][case.create] == (1 if acts else 2)
    good = case is life.ROCKETMQ and cut == "empty 200"  # Huawei Cloud: any 2xx without an error code
    assert bool(result.get("warnings")) is (acts and not good)
    assert [change["action"] for change in result["changes"]] == ["create"]
    if "token_id" in case.shown(form, result):
        assert case.shown(form, result)["token_id"] == case.named(sim)[0]["TokenId"]
    assert run.ok(case.module, **case.params(form, case.new, case.values))["changed"] is False


# -- a service that tidies new names ---------------------------------------------------------------

TIDY = {
    "lower": ("Reports-App", "reports-app"),
    "nfc": ("cafe\u0301-app", "caf\u00e9-app"),
    20: ("reports-of-the-warehouse", "reports-of-the-wareh"),
}


@pytest.mark.parametrize("form", life.FORMS)
@pytest.mark.parametrize("how", TIDY)
@pytest.mark.parametrize("case", **life.each())
def test_of_a_tidied_name_no_run_makes_a_second_one(sim, run, case, how, form):
    asked, kept = TIDY[how]
    if case is life.ROCKETMQ and how == "nfc":
        pytest.skip("no user can have such a name")
    sim.traps.set(tidy_names=how)
    result = run.failed(case.module, **case.params(form, case.names(asked), case.values))
    assert repr(asked) in result["msg"]
    assert repr(kept) in result["msg"]
    (record,) = case.named(sim, kept)
    if case is not life.ROCKETMQ:
        assert result["error"]["failed"][0]["token_id"] == record["TokenId"]
    for _again in range(2):
        result = run.failed(case.module, **case.params(form, case.names(asked), case.values))
    assert set(case.held(sim)) == {"other-1", kept}
    assert len(case.named(sim, kept)) == 1
    assert run.ok(case.module, **case.params(form, case.names(kept), case.values))["changed"] is False


# -- its secret ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", life.FORMS)
@pytest.mark.parametrize("case", [life.UFILE, life.UROCKETMQ], ids=str)
def test_credentials_are_returned_once_and_when_asked_for(sim, run, case, form):
    params = case.params(form, case.new, case.values)
    assert "credentials" not in run.ok(case.module, check_mode=True, return_credentials=True, **params)
    assert sim.counters["by_operation"] == case.look_only
    sim.counting.reset()
    result = run.ok(case.module, return_credentials=True, **params)
    counts = {**case.look, **case.seen}
    counts[case.reader] = counts.get(case.reader, 0) + 1  # the secret is read once
    assert sim.counters["by_operation"] == counts
    (record,) = case.named(sim)
    given = result.pop("credentials") if form == "one" else result.pop("credentials")[0]
    assert {key: given[key] for key in case.secret(record)} == case.secret(record)
    assert given["token_id"] == record["TokenId"]
    assert leaks(result, case.hidden(record)) == []
    assert "credentials" not in run.ok(case.module, return_credentials=True, **params)
    other = case.params(form, case.names("another"), case.values)
    result = run.ok(case.module, **other)
    assert "credentials" not in result
    assert leaks(result, sim.secrets()) == []


@ways.both_ways
def test_no_output_holds_the_secret_of_a_new_one(sim, play, way):
    cases = (life.UFILE, life.UROCKETMQ, life.ROCKETMQ)
    tasks = [{case.module: case.params("one", case.new, case.values)} for case in cases]
    for case in cases[:2]:
        params = {**case.params("one", case.names("another"), case.values), "return_credentials": True}
        tasks.append({case.module: params, "no_log": True, "register": "made"})
        tasks.append({"ansible.builtin.assert": {"that": "made.credentials | length > 2"}})
    done = play(tasks, verbosity=4, way=way)
    assert [entry["status"] for entry in done.recorded] == ["ok"] * len(tasks), done.output
    secrets = sim.secrets() | {life.ROCKETMQ.values["secret_key"]}
    assert leaks(done.output, secrets) == []
    assert leaks(json.dumps(done.recorded), secrets) == []
