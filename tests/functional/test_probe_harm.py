# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an assumption does not hold, there is no harm, and it is said; the table of assumptions names these tests."""

from __future__ import annotations

import json

import cases
import harness
import life
import pytest

POLICY = cases.ROMA.module


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


def test_a_project_that_is_needed_is_named(sim, run):
    before = harness.dump(sim)
    sim.traps.set(project_needed=True)
    for case in (cases.UFILE, cases.UROCKETMQ):
        result = run.failed(
            case.module, project_id=None, **case.on_alpha("one", **case.changed_to(list(case.change)[0]))
        )
        assert "project_id" in result["error"]["hint"] and harness.dump(sim) == before


def test_a_default_region_hides_no_token_of_the_task(sim, run):
    sim.traps.set(tokens_by_region="default")
    new = {"allowed_buckets": ["acme"], "allowed_prefixes": ["*"]}
    result = run.ok("ucloud_ufile_token", token_name="alpha", **new)
    assert result["token"]["token_id"] == "uf-alpha" and len(sim.estate["ucloud"]["ufile_tokens"]) == 2
    assert len(run.ok("ucloud_ufile_token_info")["tokens"]) == 2


@pytest.mark.parametrize("case", [cases.UFILE, cases.ROCKETMQ], ids=lambda case: case.label)
def test_no_list_is_left_out_of_a_write(sim, run, case):
    """Whatever a service does with one that is left out: each write has every list."""
    for option, (_unused, key, value) in case.change.items():
        cases.furnish(sim)
        sim.traps.set(cleared_lists=True, kept_lists=True)
        before = without_order(case.record(sim))
        assert run.ok(case.module, **case.on_alpha("one", **case.changed_to(option)))["changed"] is True
        assert without_order(case.record(sim)) == {**before, **without_order({key: value})}


def without_order(record):
    """A record without its times, and with every list sorted."""
    kept = {name: value for name, value in record.items() if name != "ModifyTime"}
    return {name: sorted(value, key=repr) if isinstance(value, list) else value for name, value in kept.items()}


@pytest.mark.parametrize("case", [life.UFILE, life.UROCKETMQ], ids=str)
def test_names_that_must_be_unique_do_no_harm(sim, run, case):
    life.furnish(sim)
    sim.traps.set(unique_names=True)
    params = case.params("one", case.new, case.values)
    assert [run.ok(case.module, **params)["changed"] for _again in range(2)] == [True, False]
    assert len(case.named(sim)) == 1


REFUSED = [
    (cases.UFILE, {"allowed_ops": ["TOKEN_ALLOW_READ", "TOKEN_DENY_UPDATE"]}),
    (cases.ROCKETMQ, {"group_perms": [{"name": "front", "perm": "PUB"}]}),
]


@pytest.mark.parametrize("case, values", REFUSED, ids=["UFile", "RocketMQ"])
def test_a_value_that_is_refused_changes_nothing(sim, run, case, values):
    before = harness.dump(sim)
    sim.traps.set(refused_values=["TOKEN_DENY_UPDATE", "PUB"])
    result = run.failed(case.module, **case.on_alpha("one", **values))
    assert (result["error"]["kind"], result["changed"], harness.dump(sim) == before) == ("invalid", False, True)
    assert result["error"]["operation"] == case.write


def test_topics_that_must_exist_are_told(sim, run):
    before = harness.dump(sim)
    sim.traps.set(topics_must_exist=True)
    for case, option, value in (
        (cases.UROCKETMQ, "allow_produce_topic_list", ["no-such-topic"]),
        (cases.ROCKETMQ, "topic_perms", [{"name": "no-such-topic", "perm": "SUB"}]),
    ):
        result = run.failed(case.module, **case.on_alpha("one", **{option: value}))
        assert (result["error"]["operation"], result["changed"]) == (case.write, False)
        assert harness.dump(sim) == before


def test_topics_in_the_list_of_tokens_are_taken(sim, run):
    plain = run.ok(cases.UROCKETMQ.info, **cases.UROCKETMQ.scope)
    sim.traps.set(whole_rows=True)
    sim.counting.reset()
    assert run.ok(cases.UROCKETMQ.info, **cases.UROCKETMQ.scope) == plain
    assert sim.counters["by_operation"] == {"ListURocketMQToken": 1}


def test_a_permission_of_another_word_is_kept(sim, run):
    case = cases.UROCKETMQ
    case.record(sim)["TopicConsumePerm"] = "SOME"
    assert run.ok(case.info, **case.scope, **case.alpha)["tokens"][0]["topic_consume_perm"] == "SOME"
    before = harness.dump(sim)
    result = run(case.module, **case.on_alpha("one", allow_produce_topic_list=["audit"]))
    assert result.get("failed") and harness.dump(sim) == before


def test_a_secret_that_nobody_asked_for_is_not_shown(sim, run):
    sim.traps.set(open_secrets=True)
    case = cases.UROCKETMQ
    results = [
        run.ok(case.info, **case.scope),
        run.ok(case.module, **case.on_alpha("one", allow_produce_topic_list=["audit"])),
    ]
    assert not any(secret in json.dumps(results) for secret in sim.secrets())


def test_an_empty_key_is_never_sent(sim, run):
    case = cases.ROCKETMQ
    for empty in (True, False):
        cases.furnish(sim)
        sim.traps.set(empty_key=empty)
        key = case.record(sim)["secret_key"]
        bodies = []
        sim.witness = Witness(lambda call, bodies=bodies: bodies.append(json.loads(call.request.body)))
        run.ok(case.module, **case.on_alpha("one", admin=False))
        sim.witness = None
        assert [body["secret_key"] for body in bodies] == [key] == [case.record(sim)["secret_key"]]


class Witness:
    """Sees each write."""

    def __init__(self, see):
        self.see = see

    def acted(self, call):
        if call.matches("change"):
            self.see(call)

    def answered(self, call, response):
        pass


# -- ROMA Connect ----------------------------------------------------------------------------------


def test_a_topic_that_is_shown_and_does_not_exist_is_not_written(sim, run):
    before = harness.dump(sim)
    shown = {
        "match": "ShowMqsInstanceTopicAccessPolicy",
        "status": 200,
        "times": None,
        "body": {"policies": [], "total": 0},
    }
    sim.traps.set(fail_next=shown)
    task = {"name": "nobody", "policies": [{"app_name": "creator", "access_policy": "sub"}]}
    result = run.failed(POLICY, **cases.ROMA.scope, **task)
    assert (result["error"]["operation"], harness.dump(sim) == before) == ("UpdateTopicAccessPolicy", True)


def test_a_part_of_the_topics_is_an_error(sim, run):
    part = {"topics": [{"name": "topic-alpha", "description": "", "sensitive_word": ""}], "total": 2}
    sim.traps.set(fail_next={"match": "ListMqsInstanceTopics", "status": 200, "body": part})
    result = run.failed(cases.ROMA.info, **cases.ROMA.scope)
    assert "the topic list holds 1 rows but states 2" in result["msg"]


def test_a_row_that_stays_is_an_error(sim, run):
    sim.traps.set(added_lists=True)
    for _again in range(2):
        result = run.failed(POLICY, **cases.ROMA.on_alpha("one", policies=[{"app_name": "billing"}]))
        assert result["error"]["kind"] == "unverified" and "audit" in result["msg"]


def test_a_row_that_is_not_taken_is_an_error(sim, run):
    sim.add_roma_app(instance_id="roma-1", name="stats")
    before = harness.dump(sim)
    sim.traps.set(ignored_fields=["policies"])
    task = {"policies": [{"app_name": "stats", "access_policy": "sub"}], "purge": False}
    result = run.failed(POLICY, **cases.ROMA.on_alpha("one", **task))
    assert result["error"]["kind"] == "unverified" and "as app_id" in result["error"]["hint"]
    assert harness.dump(sim) == before


def test_a_write_of_too_many_topics_is_told(sim, run):
    before = harness.dump(sim)
    sim.traps.set(most_topics=1)
    task = cases.ROMA.params("many", (cases.ROMA.alpha, {"policies": []}), (cases.ROMA.beta, {"policies": []}))
    result = run.failed(POLICY, **task)
    assert {row["name"] for row in result["error"]["failed"]} == {"topic-alpha", "topic-beta"}
    assert result["error"]["written"] == [] and harness.dump(sim) == before


def test_texts_are_never_left_out(sim, run):
    texts = {key: cases.ROMA.record(sim)[key] for key in ("description", "sensitive_word")}
    assert all(texts.values())
    for kept in (True, False):
        sim.traps.set(kept_texts=kept)
        policies = [{"app_name": "billing", "access_policy": "pub" if kept else "all"}]
        assert run.ok(POLICY, **cases.ROMA.on_alpha("one", policies=policies))["changed"] is True
        assert {key: cases.ROMA.record(sim)[key] for key in texts} == texts
