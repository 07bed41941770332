# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/privileges.md is what is needed, no more and no less; and a refusal is never read as "absent" or "empty".

With WRITE_PRIVILEGES, the path of the document, its tables are written from what is seen here.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib

import cases
import harness
import life
import mutations
import pytest
import responses

from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing
from tools import report

WRITTEN = os.environ.get("WRITE_PRIVILEGES")
DOCUMENT = pathlib.Path(WRITTEN or pathlib.Path(__file__).resolve().parents[2] / "docs" / "privileges.md")
MODES = (
    "read",
    "update",
    responses.ADD,
    "create",
    responses.CREDENTIALS,
    "delete",
    responses.PASSWORD,
    responses.PROJECT,
)
# What a mode can do besides reading.
WORDS = {
    "read": "`_info`; check mode; a task that finds nothing to change",
    "update": "change permissions",
    responses.ADD: "add applications, with `purge: false`",
    "create": "create what is missing",
    responses.CREDENTIALS: "the same with `return_credentials`",
    "delete": "delete, by `state: absent` or `exclusive`",
    responses.PASSWORD: "further, with `iam_user` instead of `ak`",
    responses.PROJECT: "further, without `project_id`",
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(writing, "CREATE_WAITS", (0.0,))


def scenarios():
    """Those of the responses, and what else a mode may read: check mode, what is missing, other names."""
    found = responses.scenarios()
    for case in cases.CASES:
        params = case.params("many", (case.alpha, case.full()), (case.beta, case.full()))
        found.append(responses.Scenario("many as they are", case.module, params, cases.furnish))
        found.append(responses.Scenario("missing", case.info, {**case.scope, **case.missing}, cases.furnish))
        for option in case.change:
            params = case.on_alpha("one", **case.changed_to(option))
            found.append(responses.Scenario(f"{option} checked", case.module, params, cases.furnish, check_mode=True))
    for case in life.CASES:
        gone = case.params("one", case.names("nobody-1"), {"state": "absent"})
        found.append(responses.Scenario("gone already", case.module, gone, life.furnish))
        checked = case.params("one", case.new, case.values)
        found.append(responses.Scenario("creation checked", case.module, checked, life.furnish, check_mode=True))
    roma = cases.ROMA
    # An application is looked up by its name, or by its id.
    policies = {"policies": [{"app_id": "roma-app-shop-mobile", "state": "absent"}]}
    found.append(
        responses.Scenario("by id", roma.module, roma.on_alpha("one", **policies, purge=False), responses.with_mobile)
    )
    return found


SCENARIOS = scenarios()


def attempt(sim, scenario, allowed=None, **traps):
    """The result of a scenario, the estate before and after it, and the operations that it used."""
    scenario.furnish(sim)
    before = responses.dump(sim, scenario.made)
    sim.traps.set(allowed_operations=allowed, **traps)
    result = responses.run(mutations.Tap(sim), scenario)
    return result, before, responses.dump(sim, scenario.made), sim.counters["by_operation"]


def needed(sim):
    """{module: {mode: operations}} as they are used; each mode needs what reading needs too."""
    found = {}
    for scenario in SCENARIOS:
        result, _before, _after, used = attempt(sim, scenario)
        assert not result.get("failed"), (str(scenario), result)
        module = scenario.module.removesuffix("_info")
        found.setdefault(module, {}).setdefault(scenario.mode, set()).update(used)
    for modes in found.values():
        for mode, used in modes.items():
            if mode not in ("read", responses.PASSWORD, responses.PROJECT):
                used |= modes["read"]
    for mode in (responses.PASSWORD, responses.PROJECT):  # the same for both services
        found["huaweicloud_rocketmq_user"][mode] = found["huaweicloud_roma_topic_policy"][mode] = (
            found["huaweicloud_roma_topic_policy"][mode] - found["huaweicloud_roma_topic_policy"]["read"]
        )
    return found


def tables(found):
    parts = []
    for module, modes in found.items():
        rows = []
        for mode in MODES:
            if mode in modes:
                rows.append([WORDS[mode], ", ".join(f"`{operation}`" for operation in sorted(modes[mode]))])
        parts.append(f"### {module}\n\n" + report.table(["to", "operations"], rows))
    return "\n\n".join(parts)


def documented():
    """{module: {mode: operations}} as docs/privileges.md has them."""
    modes = {words: mode for mode, words in WORDS.items()}
    found, module = {}, None
    for line in report.read(DOCUMENT, "privileges").splitlines():
        if line.startswith("### "):
            module = line.removeprefix("### ")
        elif line.startswith("| ") and not line.startswith(("| to", "| ---")):
            words, operations = line.strip("| ").split(" | ")
            found.setdefault(module, {})[modes[words]] = {name.strip("` ") for name in operations.split(",")}
    return found


def test_the_document_says_what_is_used(sim):
    found = needed(sim)
    if WRITTEN:
        report.write(DOCUMENT, "privileges", tables(found))
    assert documented() == found
    assert set(found) == set(harness.MODULES)


def of_mode(scenario):
    modes = documented()[scenario.module.removesuffix("_info")]
    return modes[scenario.mode] | modes["read"]


@pytest.mark.parametrize("module", harness.MODULES)
def test_nothing_that_is_documented_is_too_much(sim, module):
    """Without any one of them some task of the mode fails, and says what it lacks."""
    for mode, operations in documented()[module].items():
        if mode in (responses.PASSWORD, responses.PROJECT) and module != "huaweicloud_roma_topic_policy":
            continue
        tasks = [entry for entry in SCENARIOS if entry.module.startswith(module) and entry.mode in (mode, "read")]
        for lacking in operations - {"KeystoneCreateUserTokenByPassword"}:  # a login is no permission
            results = [attempt(sim, task, allowed=sorted(operations - {lacking})) for task in tasks]
            failed = [result for result, *_rest in results if result.get("failed")]
            assert any(result["error"]["operation"] == lacking for result in failed), (mode, lacking)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_without_a_right_a_task_says_which_and_changes_nothing(sim, scenario):
    """Each operation that it uses is refused, from each of its calls on: the verification's among them."""
    _result, _before, _after, used = attempt(sim, scenario)
    writing = {"Update", "BatchAdd", "Create", "Delete"}
    for operation, times in used.items():
        provider = "ucloud" if scenario.module.startswith("ucloud") else "huaweicloud"
        refusal = {"RetCode": 299} if provider == "ucloud" else {"status": 403, "code": "DMS.10240309"}
        if operation.startswith("Keystone"):
            refusal = {"status": 403, "body": {"error": {"code": 403, "message": "no", "title": "Forbidden"}}}
        for skip in range(times):
            rule = {"match": operation, "skip": skip, "times": None, "message": "not allowed", **refusal}
            result, before, after, now_used = attempt(sim, scenario, fail_next=rule)
            assert result.get("failed") is True, (operation, skip, result)
            assert result["error"]["kind"] == "permission"
            assert result["error"]["operation"] == operation
            assert operation in result["msg"]
            assert result["error"]["hint"]
            written = any(name.startswith(tuple(writing)) and name != operation for name in now_used)
            if not written and skip == 0:
                assert after == before
            if after != before:
                assert result["changed"] is True


# Refusals of another kind: none of them says that a resource does not exist.
OTHERS = {
    "ucloud": [
        {"RetCode": code} for code in (150, 153, 161, 171, 172, 174, 220, 230, 292, 293, 294, 295, 299, 15010, 15037)
    ]
    + [{"status": status} for status in (401, 403, 404, 500)],
    "huaweicloud": [
        {"status": 403, "code": "DMS.10240309"},
        {"status": 403, "code": 403},
        {"status": 401, "code": "APIGW.0301"},
        {"status": 401, "code": "DMS.10240101"},
        {"status": 404, "code": "APIGW.0101"},
        {"status": 404, "code": "DMS.10240406"},
        {"status": 404, "code": "DMS.10240407"},
        {"status": 404, "code": "DMS.00404022"},
        {"status": 404, "code": "DMS.00404001"},
        {"status": 400, "code": "DMS.00400065"},
        {"status": 404},
        {"status": 400},
        {"status": 500},
    ],
}


@pytest.mark.parametrize(
    "scenario", [entry for entry in SCENARIOS if entry.mode not in ("update", responses.ADD)], ids=str
)
def test_no_refusal_is_read_as_absent_or_empty(sim, scenario):
    provider = scenario.module.partition("_")[0]
    for refusal in OTHERS[provider]:
        rule = {"match": "read", "times": None, "message": "no", **refusal}
        result, before, after, _used = attempt(sim, scenario, fail_next=rule)
        assert result.get("failed") is True, (refusal, result)
        assert result["changed"] is False
        assert after == before
        assert "does not exist" not in result["error"]["message"]


@pytest.mark.parametrize("scenario", [entry for entry in SCENARIOS if entry.mode == "read"], ids=str)
def test_what_changes_nothing_needs_to_read_only(sim, scenario):
    reading = dataclasses.replace(scenario, credential="readonly")
    result, _before, _after, _used = attempt(sim, reading)
    assert not result.get("failed"), result["msg"]
    writing = dataclasses.replace(scenario, credential="writeonly")
    result, before, after, _used = attempt(sim, writing)
    assert (result["failed"], result["error"]["kind"], after == before) == (True, "permission", True)
