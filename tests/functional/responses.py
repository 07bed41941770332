# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task may do when a response is wrong: the tasks it is tried with, and the judge of how they end."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import cases
import harness
import life
import mutations

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import roma_topic_policy

# What a new token gets from the service, and so differs from run to run.
MADE = ("TokenId", "PublicKey", "PrivateKey", "AKSK", "CreateTime", "ModifyTime")
ADD = "add"
CREDENTIALS = "create with return_credentials"
PASSWORD = "with iam_user"
PROJECT = "without project_id"
KINDS = {"response", "invalid", "unverified", "task", "setup", "not_found", "server", "authentication", "permission"}
LONGEST_TEXT = 20000


@dataclass(frozen=True)
class Scenario:
    """A task, the estate it starts from, and the fields that it changes."""

    name: str
    module: str
    params: dict[str, Any]
    furnish: Any
    keys: tuple[str, ...] = ()  # of the record: what the task changes
    credential: str = "admin"
    made: tuple[str, ...] = field(default=())
    mode: str = "read"  # what it does: a row of docs/privileges.md
    check_mode: bool = False

    def __str__(self):
        return f"{self.module.partition('_')[2]}-{self.name}"


def scenarios():
    """Every module read, as it is, changed, created and deleted."""
    found = []
    for case in cases.CASES:
        option, (_unused, fewer) = next(iter(case.lists.items()))
        found += [
            Scenario("all", case.info, dict(case.scope), cases.furnish),
            Scenario("named", case.info, {**case.scope, **case.alpha}, cases.furnish),
            Scenario("as it is", case.module, case.on_alpha("one", **case.full()), cases.furnish),
            Scenario(
                "many",
                case.module,
                case.params("many", (case.alpha, {option: fewer}), (case.beta, case.full())),
                cases.furnish,
                (case.change[option][1],),
                mode="update",
            ),
        ]
        for option in case.change:
            changed = case.changed_to(option)
            keys = tuple(case.change[name][1] for name in changed)
            found.append(
                Scenario(option, case.module, case.on_alpha("one", **changed), cases.furnish, keys, mode="update")
            )
    for case in life.CASES:
        gone = case.params("one", case.names("other-1"), {"state": "absent"})
        keep = case.many("other-1", exclusive=True)
        found += [
            Scenario(
                "create", case.module, case.params("one", case.new, case.values), life.furnish, made=MADE, mode="create"
            ),
            Scenario("delete", case.module, gone, life.furnish, mode="delete"),
            Scenario("exclusive", case.module, keep, _crowd, mode="delete"),
        ]
        if case.system.cloud == "ucloud":
            params = case.params("one", case.new, {**case.values, "return_credentials": True})
            found.append(Scenario("credentials", case.module, params, life.furnish, made=MADE, mode=CREDENTIALS))
    roma = cases.ROMA
    found.append(Scenario("password", roma.info, dict(roma.scope), cases.furnish, credential="iam_user", mode=PASSWORD))
    added = roma.on_alpha("one", policies=[{"app_name": "shop-mobile", "access_policy": "pub"}], purge=False)
    found.append(Scenario("added", roma.module, added, with_mobile, ("policies",), mode=ADD))
    params = {**roma.scope, "project_id": None}
    found.append(Scenario("project", roma.info, params, cases.furnish, mode=PROJECT))
    return found


def with_mobile(sim):
    """With an application that no topic has."""
    cases.furnish(sim)
    sim.add_roma_app(instance_id="roma-1", name="shop-mobile")
    sim.counting.reset()


def _crowd(sim):
    life.furnish(sim)
    for case in life.CASES:
        case.add(sim, "extra-1")
        case.add(sim, "extra-2")


def dump(sim, made=()):
    """All resources, without what the service makes up, and no list in an order."""
    estate = _sorted(harness.dump(sim))
    if made:
        ucloud = estate["ucloud"]
        ucloud["ufile_tokens"] = _plain(ucloud["ufile_tokens"], made)
        for service in ucloud["urocketmq"].values():
            service["tokens"] = _plain(service["tokens"], made)
    return estate


def _sorted(value):
    if isinstance(value, dict):
        rows = sorted(value.items())
        return {key: roma_topic_policy._tag(item) if key == "tag" else _sorted(item) for key, item in rows}
    return sorted(map(_sorted, value), key=repr) if isinstance(value, list) else value


def _plain(tokens, made):
    rows = [{key: value for key, value in token.items() if key not in made} for token in tokens.values()]
    return sorted(rows, key=repr)


class Right:
    """How a scenario ends when every response is right."""

    def __init__(self, sim, scenario):
        self.scenario = scenario
        scenario.furnish(sim)
        self.before = dump(sim, scenario.made)
        tap = mutations.Tap(sim)
        self.result = run(tap, scenario)
        assert not self.result.get("failed"), self.result
        self.after = dump(sim, scenario.made)
        self.responses = tap.responses
        changing = [number for number, name in enumerate(sim.counters["sequence"]) if _changes(name)]
        self.last_write = changing[-1] if changing else None

    def mutations(self):
        return list(mutations.mutations(self.responses))


def _changes(operation):
    return operation.startswith(("Update", "Create", "Delete"))


def run(tap, scenario):
    how = {"credential": scenario.credential, "check_mode": scenario.check_mode, "retries": 0}
    return tap(scenario.module, **how, **copy.deepcopy(scenario.params))


def mutated(sim, right, mutation):
    """The result of a run with ``mutation``, judged: AssertionError when it is not a right one. How it ended."""
    scenario = right.scenario
    scenario.furnish(sim)
    tap = mutations.Tap(sim, mutation)
    result = run(tap, scenario)
    after = dump(sim, scenario.made)
    assert tap.hits, "the mutation met no response"
    if result.get("failed"):
        judge_failure(right, mutation, result, after)
        return "refused"
    judge_success(sim, right, mutation, result, after)
    return "tolerated"


def judge_failure(right, mutation, result, after):
    """Says what is wrong, and never that nothing changed when something did."""
    assert 20 < len(result["msg"]) < LONGEST_TEXT
    assert "Traceback" not in result["msg"]
    assert result["error"]["kind"] in KINDS, result["error"]["kind"]
    assert result["error"]["message"]
    assert after in (right.before, right.after), "neither as before nor as asked for"
    if after != right.before and not lying_refusal(mutation):
        assert result["changed"] is True, "changed, and does not say so"


def lying_refusal(mutation):
    """A number that is no zero where the code stands: a service that says no is believed."""
    value = mutations.REPLACEMENTS[mutation.name]
    number = isinstance(value, int) and not isinstance(value, bool)
    return mutation.key == "RetCode" and (number or mutation.name == "number as text")


def judge_success(sim, right, mutation, result, after):
    """Exactly what was asked for, as if the response had been right."""
    assert after == right.after, "the estate is not as asked for"
    if right.result["changed"]:
        assert result["changed"] is True, "a wrong unchanged"
    verifying = right.last_write is not None and mutation.number > right.last_write
    if verifying and mutation.key in right.scenario.keys:
        raise AssertionError("the verification took what it did not see for done")
    if right.scenario.module.endswith("_info"):
        judge_rows(right, mutation, result)
    if "credentials" in right.result:
        record = [row for case in life.CASES if case.module == right.scenario.module for row in case.named(sim)]
        case = next(case for case in life.CASES if case.module == right.scenario.module)
        assert result["credentials"] == {**result["credentials"], **case.secret(record[0])}, "wrong credentials"


def judge_rows(right, mutation, result):
    """A value that is shown is the right one, or null, or the very word that came."""
    word = mutations.REPLACEMENTS[mutation.name]
    plural = harness.PAIRS[right.scenario.module.removesuffix("_info")][1]
    facts = harness.resource_of(right.scenario.module).facts
    assert len(result[plural]) == len(right.result[plural]), "a resource is missing"
    for shown, true in zip(result[plural], right.result[plural], strict=True):
        for key, value in true.items():
            said = isinstance(word, str) and repr(word) in repr(shown[key])
            assert shown[key] in (value, None) or key in facts or said, f"{key} is {shown[key]!r}"
