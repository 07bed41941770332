# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access before and after a plan is that of the model, however little of it is worked out anew."""

from __future__ import annotations

import gc

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.plugins.module_utils._access import guardrails, model, planned
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Declared
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import roma_topic_policy
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Change, Desired
from ansible_collections.grantops.cloud.tests.unit.cases import ALL, RocketMQ, UFile

from .estates import NOW

every = pytest.mark.parametrize("case", ALL, ids=lambda case: case.resource.label)


def state(case, number, **changes):
    names = {**case.scope, **case.names(number)}
    found = case.resource.parse(case.row(number, **changes), dict(names))
    for option in (name.option for name in case.resource.identity):
        found.names.setdefault(option, found.values.get(option))
    if case.resource is roma_topic_policy.RESOURCE:
        found.values["policies"] = {
            app: {"access_policy": "pub", "tag": "", "owner": False} for app in ("shop", f"app-{number}")
        }
    return found


def change(case, existing, values):
    """``values``: what is to be, of an existing or a new resource; ``None`` for nothing."""
    names = existing.names if existing else {**case.scope, case.resource.identity[-1].option: "new"}
    base = existing.values if existing else {}
    after = None if values is None else dict(base, **values)
    return Change(case.resource, Desired("", dict(names), values or {}, absent=values is None), existing, after)


def parts(case):
    """A plan that leaves one alone, narrows one, takes one away and makes one; and what is there and will be."""
    states = [state(case, number) for number in range(1, 5)]
    option = next(iter(case.keys))
    kept = states[1].values[option]
    less = dict([min(kept.items())]) if isinstance(kept, dict) else kept[:1]
    changes = [change(case, state, values) for state, values in zip(states, ({}, {option: less}, None))]
    if case.resource is not roma_topic_policy.RESOURCE:
        changes.append(change(case, None, dict(states[0].values, **{case.resource.identity[-1].option: "new"})))
    return changes, states


def model_of(case, states):
    """The access of an estate that is all made anew: nothing of it is there before."""
    made = [Change(case.resource, Desired("", dict(names), values), None, values) for names, values in states]
    return model.access(planned.Planned(case.resource, made, project="p").after(), at=NOW)


def known(data):
    return sorted(map(model.key_of, data["principals"])), sorted(data["access"], key=str)


@every
@pytest.mark.parametrize("whole", [True, False])
def test_before_and_after_are_what_the_model_says(case, whole):
    changes, states = parts(case)
    part = planned.Planned(case.resource, changes, states if whole else None, "p")
    before, after = planned.accesses([part], NOW)
    there = [(one.names, one.values) for one in (states if whole else states[:3])]
    coming = [(one.names, one.planned) for one in changes if one.planned is not None]
    if whole:
        coming.append((states[3].names, states[3].values))
    assert known(before) == known(model_of(case, there))
    assert known(after) == known(model_of(case, coming))
    assert before["access"] != after["access"]
    scopes = [(scope["scope"], scope["complete"]) for scope in after["scopes"]]
    assert scopes == [(next(iter(case.scope.values()), "p"), whole)]


def test_before_and_after_of_all_systems_are_those_of_each():
    made = [planned.Planned(case.resource, *parts(case), project="p") for case in ALL]
    each = [planned.accesses([part], NOW) for part in made]
    for together, single in zip(planned.accesses(made, NOW), zip(*each)):
        apart = {key: [row for data in single for row in data[key]] for key in ("principals", "access")}
        assert known(together) == known(apart)


def test_whether_sasl_is_on_counts_before_and_after():
    case = ALL[-1]
    part = planned.Planned(case.resource, *parts(case))
    for data in planned.accesses([part], NOW, roma_sasl={next(iter(case.scope.values())): False}):
        assert {row["because"][0]["field"] for row in data["access"]} == {"roma_sasl"}


@every
def test_a_plan_without_changes_has_one_access(case):
    joined = {"ann": []}
    for given in (([change(case, state(case, 1), {})],), ([], [state(case, 1)])):
        part = planned.Planned(case.resource, *given)
        if case.resource is not roma_topic_policy.RESOURCE:
            (name,) = (key[2] for key in known(planned.accesses([part], NOW)[1])[0])
            scope = next(iter(case.scope.values()), "")
            joined = {"ann": [{"system": part.system, "scope": scope, "principal": name}]}
        before, after = planned.accesses([part], NOW, identities=joined if joined["ann"] else None)
        assert before is after
        assert {each["identity"] for each in after["principals"]} == {"ann" if joined["ann"] else None}


def test_all_systems_of_a_task_are_judged_together():
    found = [planned.Planned(case.resource, *parts(case), project="p") for case in ALL]
    rules = guardrails.parse([{"id": "all", "deny": {"principal": "*"}}], NOW)
    with pytest.raises(errors.TaskError) as caught:
        planned.judge_changes(rules, found, NOW)
    text = " ".join(map(str, caught.value.problems))
    assert all(system in text for system in planned.SYSTEMS_OF.values())


def test_identities_join_who_is_there_who_comes_and_who_goes():
    case = UFile()
    changes, states = parts(case)
    part = planned.Planned(case.resource, changes, states, "p")
    names = [state.names["token_id"] for state in states] + ["new"]
    joined = {"ann": [{"system": part.system, "principal": name} for name in names]}
    for data in planned.accesses([part], NOW, identities=joined):
        assert {each["identity"] for each in data["principals"]} == {"ann"}
    rules = guardrails.parse([{"id": "w", "deny": {"principal": "x"}}], NOW)
    joined["ann"].append({"system": part.system, "principal": "nobody"})
    collecting = gc.isenabled()
    with pytest.raises(errors.TaskError) as caught:
        planned.judge_changes(rules, [part], NOW, identities=joined)
    assert gc.isenabled() is collecting
    assert [str(each) for each in caught.value.problems] == [
        "`identities: ann` must be a name that was seen; got 'nobody'"
    ]


@pytest.mark.parametrize(("principal", "told"), [("*", 1), ("x", 0)])
def test_warnings_are_returned_and_only_for_them_grants_are_asked_for(principal, told):
    case, asked = UFile(), []
    part = planned.Planned(case.resource, [change(case, state(case, 1), {})])
    rules = guardrails.parse([{"id": "w", "deny": {"principal": principal}, "level": "warn"}], NOW)
    texts = planned.judge_changes(rules, [part], NOW, lambda: asked.append(1) or [])
    assert len(texts) == len(asked) == told
    assert all(text.startswith("guardrail w (deny, any): ci-1 (ucloud_ufile)") for text in texts)


def test_a_message_names_the_grant_and_the_switch_that_count():
    case, place = UFile(), {"file": "grants.yml", "number": 7, "line": 3}
    part = planned.Planned(case.resource, [change(case, state(case, 1), {})])
    atoms = [("allowed_ops", operation) for operation in part.changes[0].existing.values["allowed_ops"]]
    grant = Declared(part.system, None, ["ci-1"], atoms, place)
    rules = guardrails.parse([{"id": "w", "deny": {"system": part.system}, "level": "warn"}], NOW)
    (text,) = planned.judge_changes(rules, [part], NOW, lambda: [grant])
    assert "(grants.yml, grant 7, line 3)" in text
    case = ALL[-1]
    part = planned.Planned(case.resource, *parts(case))
    rules = guardrails.parse([{"id": "k", "require": {"action": "publish", "key": True}}], NOW)
    assert planned.judge_changes(rules, [part], NOW) == []
    with pytest.raises(errors.TaskError, match="it must need a key"):
        planned.judge_changes(rules, [part], NOW, roma_sasl=False)


# -- of a task ---------------------------------------------------------------------------------------------------------

ADMINS = {"id": "few", "limit": {"action": "read", "at_most": 1}}


def test_a_refused_task_writes_nothing_and_says_what_would_be():
    case, rule = UFile(), {"id": "s", "deny": {"on": "secret"}, "when": "new"}
    options = {**case.names(), "allowed_buckets": ["secret"], "guardrails": [rule]}
    result = case.refused(options, case.read(case.row()))
    assert "guardrails: guardrail s (deny, new): ci-1 (ucloud_ufile org-1) would list" in result["msg"]
    assert case.unchanged({"guardrails": [rule]}, case.row())["changed"] is False


@pytest.mark.parametrize(
    ("code", "said"),
    [(0, "these would: ci-1, ci-2"), (299, "Could not read UFile token t-1, so nothing was written")],
)
def test_a_rule_about_all_of_a_scope_reads_it(code, said):
    case = UFile()
    rows = [case.row(number, AllowedOps=["TOKEN_ALLOW_READ"]) for number in (1, 2)]
    calls = case.read(*rows, code=code) if code else case.read_all(*rows)
    assert said in case.refused({**case.names(), "guardrails": [ADMINS]}, calls)["msg"]


def test_a_rule_about_another_system_reads_nothing():
    RocketMQ().unchanged({"guardrails": [ADMINS]}, RocketMQ().row())


def test_null_is_refused_since_an_empty_file_is_read_as_it():
    given = {"token_id": "t-1", "guardrails": None}
    mistaken = _task.ResourceTask(UFile.resource).checked(given)[1]
    assert "guardrails: it must be a list of rules, or be left out; got null" in mistaken["msg"]
