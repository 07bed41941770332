# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guardrails of the modules: each verb on each system, both ways in, and nothing is written on a refused run."""

from __future__ import annotations

import copy
import random

import cases
import harness
import pytest
import ways

from ansible_collections.grantops.cloud.plugins.module_utils._access import guardrails, model
from insight import estates, reading
from simulator import enforcement

# Of each module: a task that lets somebody do something new, a selection of that, and one of what the same one may do.
GIVES = {
    "ucloud_ufile_token": (
        {"token_name": "alpha", "allowed_buckets": ["secret"], "purge": False},
        {"action": "read", "on": "secret"},
        {"action": "list", "on": "acme-data/in/"},
    ),
    "ucloud_urocketmq_token": (
        {"service_id": "urmq-1", "name": "alpha", "allow_produce_topic_list": ["secret"], "purge": False},
        {"action": "publish", "on": "secret"},
        {"action": "consume", "on": "audit"},
    ),
    "huaweicloud_rocketmq_user": (
        {"instance_id": "rmq-1", "user_name": "user-gamma", "topic_perms": {"secret": "PUB"}, "purge": False},
        {"action": "publish", "on": "secret"},
        {"action": "publish", "on": "orders"},
    ),
    "huaweicloud_roma_topic_policy": (
        {"instance_id": "roma-1", "name": "topic-alpha", "policies": {"billing": "all"}, "purge": False},
        {"action": "publish", "on": "topic-alpha"},
        {"action": "consume", "on": "topic-beta"},
    ),
}
SYSTEMS = {
    "ucloud_ufile_token": "ucloud_ufile",
    "ucloud_urocketmq_token": "ucloud_urocketmq",
    "huaweicloud_rocketmq_user": "huaweicloud_rocketmq",
    "huaweicloud_roma_topic_policy": "huaweicloud_roma",
}
each = pytest.mark.parametrize("module", GIVES)


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish_for_guardrails(sim)


def verbs(system, given, other, most, **more):
    """A rule of each verb that refuses what is given."""
    must = {"expires_within": "1d"} if system == "ucloud_ufile" else {"addresses": True}
    found = {
        "deny": {**given, "except": ["somebody"]},
        "only": {**given, "system": system, "principal": "svc-*"},
        "require": {**given, **must},
        "separate": [given, other],
        "limit": {**given, "at_most": most},
    }
    return [{"id": verb, verb: what, "when": "new", **more} for verb, what in found.items()]


def rules(module, **more):
    """A rule of each verb that refuses what `GIVES` gives."""
    _params, given, other = GIVES[module]
    return verbs(SYSTEMS[module], given, other, len([name for name in ("shop", "audit") if "roma" in module]), **more)


@ways.worker_first
def test_every_verb_refuses_in_every_module_and_nothing_is_written(sim, play, way):
    tasks = [
        {module: {**params, "guardrails": [rule]}}
        for module, (params, *_rest) in GIVES.items()
        for rule in rules(module)
    ]
    played = play(tasks, way=way)
    for task, result in zip(tasks, played.results):
        ((module, params),) = task.items()
        (rule,) = params["guardrails"]
        assert result["changed"] is False
        assert f"guardrails: guardrail {rule['id']} ({rule['id']}, new): " in result["msg"], result["msg"]
        assert f"would {rules(module)[0]['deny']['action']} " in result["msg"]
        assert result["error"]["kind"] == "task"
    assert len(played.results) == len(tasks) == 20
    assert sim.counters["write"] == 0


@each
class TestAModule:
    def test_check_mode_refuses_the_same(self, sim, run, module):
        params = {**GIVES[module][0], "guardrails": rules(module)[:1]}
        assert run.failed(module, check_mode=True, **params)["msg"] == run.failed(module, **params)["msg"]
        assert sim.counters["write"] == 0

    def test_a_warning_lets_it_pass(self, sim, run, module):
        result = run.ok(module, **GIVES[module][0], guardrails=rules(module, level="warn"))
        assert result["changed"] is True
        assert len([text for text in result["warnings"] if text.startswith("guardrail ")]) == 5
        assert sim.counters["write"] == 1

    def test_what_is_there_already_is_not_new(self, run, module):
        run.ok(module, **GIVES[module][0])
        result = run.ok(module, **GIVES[module][0], guardrails=rules(module))
        assert (result["changed"], result.get("warnings")) == (False, None)
        assert "still may" in run.failed(module, **GIVES[module][0], guardrails=rules(module, when="any"))["msg"]

    def test_many_in_a_list_are_judged_alike(self, sim, run, module):
        names = [name.option for name in harness.resource_of(module).scope]
        entry = {key: value for key, value in GIVES[module][0].items() if key not in names}
        shared = {key: value for key, value in GIVES[module][0].items() if key in names}
        for number, rule in enumerate(rules(module)):
            params = {**shared, harness.PAIRS[module][1]: [entry], "guardrails": [rule]}
            assert f"guardrail {rule['id']} " in run.failed(module, **params)["msg"], number
        assert sim.counters["write"] == 0


def test_a_limit_reads_the_whole_instance(sim, run):
    """The task is about one user, and the others are administrators."""
    rule = {"id": "few", "limit": {"action": "administer", "at_most": 2}}
    task = {"instance_id": "rmq-1", "user_name": "user-gamma", "admin": True, "guardrails": [rule]}
    message = run.failed("huaweicloud_rocketmq_user", **task)["msg"]
    assert (
        "at most 2 may administer in huaweicloud_rocketmq rmq-1, and these would: user-alpha, user-beta, user-gamma"
        in message
    )
    assert sim.counters["write"] == 0
    assert sim.counters["read"] == 1  # the list has the user that the task is about
    # Where it cannot be read, nothing is written.
    sim.traps.set(allowed_operations=["ShowUser", "UpdateUser"])
    assert run.failed("huaweicloud_rocketmq_user", **task)["error"]["kind"] == "permission"


def test_a_new_principal_is_judged_by_its_name(sim, run):
    new = {
        "token_name": "new",
        "allowed_ops": ["TOKEN_ALLOW_READ"],
        "allowed_buckets": ["secret"],
        "allowed_prefixes": ["*"],
        "expires_in": "90d",
        "renew_before": "30d",
    }
    rule = {"id": "o", "only": {"on": "secret", "principal": "svc-*"}}
    assert "new (ucloud_ufile org-demo) would read" in run.failed("ucloud_ufile_token", **new, guardrails=[rule])["msg"]
    assert run.ok("ucloud_ufile_token", **dict(new, token_name="svc-new"), guardrails=[rule])["changed"] is True


@ways.worker_first
def test_rules_that_cannot_be_understood_refuse_before_anything_is_read(sim, play, way):
    task = {"token_name": "alpha", "allowed_ops": []}
    broken = [None, [], {}, "rules.yml", ["x"], [{"id": "r"}], [{"id": "r", "deny": {"action": "x"}}]]
    example = {"system": "ucloud_ufile", "principal": "x", "action": "read", "on": "logs"}
    broken += [[{"id": "r", "deny": {"on": "secret"}, "refuses": [example]}]]
    results = play([{"ucloud_ufile_token": {**task, "guardrails": rule}} for rule in broken], way=way).results
    assert len(results) == len(broken)
    assert [result["error"]["kind"] for result in results] == ["task"] * len(broken)
    assert all("guardrails: it must" in result["msg"] or "guardrails[0]" in result["msg"] for result in results)
    assert sim.counters["total"] == 0


def test_a_platform_team_sets_it_for_everybody(sim, play):
    rule = {"id": "s", "deny": {"on": "secret"}, "when": "new"}
    tasks = [
        {module: params} for module, (params, *_rest) in GIVES.items() if "ufile" in module or "rocketmq" in module
    ]
    defaults = {
        f"grantops.cloud.{module}": {**harness.connection(sim, module), "guardrails": [rule]} for module in GIVES
    }
    for result in play(tasks, module_defaults=defaults).results:
        assert "guardrail s " in result["msg"]
    assert sim.counters["write"] == 0


# -- against the oracle ------------------------------------------------------------------------------------------------


def test_no_request_that_a_plan_lets_in_passes_a_rule_that_denies_it():
    """Plans from one random estate to another. What the oracle allows afterwards, or does not know, must be refused."""
    judged = {"any": 0, "new": 0}
    for seed in range(120):
        before, after = estates.estate(seed), estates.estate(seed + 1000)
        then, now = (model.access(reading.scopes(estate)) for estate in (before, after))
        for request in estates.requests(seed, after, 40):
            on = "/".join(request.resource[key] for key in ("bucket", "name") if key in request.resource)
            select = {"action": request.action, "principal": request.principal[2], "on": on}
            if request.action == "administer":
                del select["on"]
            truth = enforcement.may(after, *vars(request).values())
            try:
                was = enforcement.may(before, *vars(request).values())
            except KeyError:  # it was not there
                was = "refused"
            must = {"any": truth != "refused", "new": {was, truth} == {"refused", "allowed"} and truth == "allowed"}
            must["new"] |= (was, truth) in (("refused", "unknown"), ("unknown", "allowed"))
            for when in (when for when in must if must[when]):
                rules = guardrails.parse([{"id": "r", "deny": select, "when": when}], request.at)
                verdict = guardrails.judge(rules, then, now, request.at, partial=True)
                assert verdict.refusals, f"seed {seed}, {when}: {request}: {was}, then {truth}"
                judged[when] += 1
                assert not guardrails.judge(rules, now, now, request.at, partial=True).refusals or when == "any"
    assert min(judged.values()) > 300, judged


def narrowed(rng, estate):
    """The estate with something taken away from somebody, and nothing given to anybody."""
    estate = copy.deepcopy(estate)
    users = [user for instance in estate["huaweicloud"]["rocketmq"].values() for user in instance["users"].values()]
    tokens = [token for service in estate["ucloud"]["urocketmq"].values() for token in service["tokens"].values()]
    topics = [topic for each in estate["huaweicloud"]["roma"].values() for topic in each["topics"].values()]
    for token in estate["ucloud"]["ufile_tokens"].values():
        for key in ("AllowedOps", "AllowedPrefixes", "AllowedBuckets"):
            if len(token.get(key) or ()) > 1 and "" not in token[key] and rng.random() < 0.3:
                # One stays, and so does what forbids overwriting.
                kept = [each for each in token[key][1:] if each == "TOKEN_DENY_UPDATE" or rng.random() < 0.5]
                token[key] = [token[key][0], *kept]
    for token in tokens:
        for way in ("Produce", "Consume"):
            perm, names = f"Topic{way}Perm", f"Allow{way}TopicList"
            if token.get(perm) == "PART" and "," in (token.get(names) or "") and rng.random() < 0.3:
                token[names] = token[names].rpartition(",")[0]
            elif token.get(perm) in ("ALL", "PART") and rng.random() < 0.3:
                token[perm] = "NONE"
    for user in users:
        if user.get("admin") is True and rng.random() < 0.3:
            user["admin"] = False
        if user.get("white_remote_address") and rng.random() < 0.3:
            user["white_remote_address"] = user["white_remote_address"].rpartition(",")[0]
        for key in ("default_topic_perm", "default_group_perm"):
            if user.get(key) in estates.PERMISSIONS and rng.random() < 0.3:
                user[key] = rng.choice(["DENY", user[key].split("|")[0]])
    for topic in topics:
        if topic.get("policies") and rng.random() < 0.3:
            topic["policies"] = rng.sample(topic["policies"], len(topic["policies"]) - 1)
    return estate


def test_what_takes_away_from_a_random_estate_is_never_refused_by_new():
    rules = guardrails.parse(
        [
            {"id": "d", "deny": {"principal": "*"}, "when": "new"},
            {"id": "l", "limit": {"principal": "*", "at_most": 0}, "when": "new"},
            {"id": "s", "separate": [{"principal": "*"}, {"principal": "*"}], "when": "new"},
        ],
        estates.NOW,
    )
    different = 0
    for seed in range(400):
        before = estates.estate(seed)
        then, now = (model.access(reading.scopes(each)) for each in (before, narrowed(random.Random(seed), before)))
        assert guardrails.judge(rules, then, now, estates.NOW, partial=False).refusals == [], f"seed {seed}"
        different += then["access"] != now["access"]
    assert different > 200
