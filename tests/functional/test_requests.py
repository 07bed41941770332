# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading and writing cost, counted by the simulator, at 120 resources of each kind."""

from __future__ import annotations

import pytest

N = 120
PARTS = 30

UFILE, UROCKETMQ = "ucloud_ufile_token", "ucloud_urocketmq_token"
ROCKETMQ, ROMA = "huaweicloud_rocketmq_user", "huaweicloud_roma_topic_policy"


@pytest.fixture(autouse=True)
def _estate(sim):
    sim.reset("empty")
    for number in range(N):
        sim.add_ufile_token(TokenId=f"uf-{number:03d}", TokenName=f"name-{number:03d}")
        part = {"TopicProducePerm": "PART", "AllowProduceTopicList": "orders"} if number < PARTS else {}
        sim.add_urocketmq_token(service_id="urmq-1", TokenId=f"ut-{number:03d}", Name=f"name-{number:03d}", **part)
        sim.add_rocketmq_user(instance_id="rmq-1", access_key=f"user-{number:03d}")
        rows = [{"app_name": "owner", "owner": True}, {"app_name": "guest", "access_policy": "sub"}]
        sim.add_roma_topic(instance_id="roma-1", name=f"topic-{number:03d}", policies=rows)
    sim.counting.reset()


def operations(sim):
    """The requests since the last look, by operation."""
    found = sim.counters["by_operation"]
    sim.counting.reset()
    return found


def names(form, count, values=None):
    return [{**{key: text.format(number) for key, text in form.items()}, **(values or {})} for number in range(count)]


# -- reading all of a scope ------------------------------------------------------------------------


def test_all_ufile_tokens_are_one_request(sim, run):
    assert len(run.ok(UFILE + "_info")["tokens"]) == N
    assert operations(sim) == {"DescribeUFileToken": 1}


def test_all_urocketmq_tokens_are_their_pages_and_one_for_each_part(sim, run):
    assert len(run.ok(UROCKETMQ + "_info", service_id="urmq-1")["tokens"]) == N
    assert operations(sim) == {"ListURocketMQToken": 2, "GetURocketMQToken": PARTS}


def test_all_rocketmq_users_are_their_pages(sim, run):
    assert len(run.ok(ROCKETMQ + "_info", instance_id="rmq-1")["users"]) == N
    assert operations(sim) == {"ListUser": 3}


def test_all_roma_topics_are_one_each_and_the_list(sim, run):
    assert len(run.ok(ROMA + "_info", instance_id="roma-1")["topics"]) == N
    assert operations(sim) == {"ListMqsInstanceTopics": 1, "ShowMqsInstanceTopicAccessPolicy": N}


# -- a converged task, by how many it names --------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "count", "requests"),
    [
        ({"token_id": "uf-{:03d}"}, 1, 1),
        ({"token_name": "name-{:03d}"}, 1, 1),
        ({"token_id": "uf-{:03d}"}, 2, 1),
        ({"token_name": "name-{:03d}"}, N, 1),
    ],
)
def test_a_converged_task_on_ufile_tokens_is_one_list(sim, run, form, count, requests):
    values = {"allowed_ops": ["TOKEN_ALLOW_NONE"], "allowed_buckets": ["*"], "expire_time": "1893456000"}
    assert run.ok(UFILE, tokens=names(form, count, values))["changed"] is False
    assert operations(sim) == {"DescribeUFileToken": requests}


@pytest.mark.parametrize(
    ("form", "count", "requests"),
    [
        ({"token_id": "ut-{:03d}"}, 1, {"GetURocketMQToken": 1}),
        ({"name": "name-{:03d}"}, 1, {"ListURocketMQToken": 2, "GetURocketMQToken": 1}),
        ({"token_id": "ut-{:03d}"}, N, {"ListURocketMQToken": 2, "GetURocketMQToken": PARTS}),
        ({"name": "name-{:03d}"}, N, {"ListURocketMQToken": 2, "GetURocketMQToken": PARTS}),
    ],
)
def test_a_converged_task_on_urocketmq_tokens_reads_each_part(sim, run, form, count, requests):
    tokens = names(form, count)
    for number, token in enumerate(tokens):
        part = {"topic_produce_perm": "PART", "allow_produce_topic_list": ["orders"]}
        token.update(part if number < PARTS else {"topic_produce_perm": "NONE"})
    assert run.ok(UROCKETMQ, service_id="urmq-1", tokens=tokens)["changed"] is False
    assert operations(sim) == requests


@pytest.mark.parametrize(("count", "requests"), [(1, {"ShowUser": 1}), (N, {"ListUser": 3})])
def test_a_converged_task_on_rocketmq_users_is_one_read_or_the_pages(sim, run, count, requests):
    users = names({"user_name": "user-{:03d}"}, count, {"admin": False, "topic_perms": []})
    assert run.ok(ROCKETMQ, instance_id="rmq-1", users=users)["changed"] is False
    assert operations(sim) == requests


@pytest.mark.parametrize("count", [1, 2, N])
def test_a_converged_task_on_roma_topics_reads_each(sim, run, count):
    rows = [{"app_name": "guest", "access_policy": "sub"}]
    topics = names({"name": "topic-{:03d}"}, count, {"policies": rows})
    assert run.ok(ROMA, instance_id="roma-1", topics=topics)["changed"] is False
    # Neither applications nor the topic list: nothing is written, and no text was named.
    assert operations(sim) == {"ShowMqsInstanceTopicAccessPolicy": count}
    topics = names({"name": "topic-{:03d}"}, count, {"description": ""})
    assert run.ok(ROMA, instance_id="roma-1", topics=topics)["changed"] is False
    assert operations(sim) == {"ListMqsInstanceTopics": 1, "ShowMqsInstanceTopicAccessPolicy": count}


# -- writing ---------------------------------------------------------------------------------------


def test_many_written_users_are_verified_by_pages(sim, run):
    users = names({"user_name": "user-{:03d}"}, N, {"admin": True})
    assert len(run.ok(ROCKETMQ, instance_id="rmq-1", users=users)["changes"]) == N
    assert operations(sim) == {"ListUser": 6, "UpdateUser": N}


def test_many_written_tokens_are_verified_by_one_list(sim, run):
    tokens = names({"token_name": "name-{:03d}"}, N, {"allowed_ops": ["TOKEN_ALLOW_READ"]})
    assert len(run.ok(UFILE, tokens=tokens)["changes"]) == N
    assert operations(sim) == {"DescribeUFileToken": 2, "UpdateUFileToken": N}
    tokens = names({"name": "name-{:03d}"}, N, {"topic_produce_perm": "ALL"})
    assert len(run.ok(UROCKETMQ, service_id="urmq-1", tokens=tokens)["changes"]) == N
    assert operations(sim) == {"ListURocketMQToken": 4, "GetURocketMQToken": PARTS, "UpdateURocketMQToken": N}


# -- results ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_result_repeats_what_did_not_differ_only_when_asked(sim, run, check_mode):
    users = names({"user_name": "user-{:03d}"}, N, {"admin": False})
    users[7]["admin"] = users[90]["admin"] = True
    task = {"instance_id": "rmq-1", "users": users}
    whole = run.ok(ROCKETMQ, check_mode=True, return_unchanged=True, **task)
    short = run.ok(ROCKETMQ, check_mode=check_mode, return_unchanged=None, **task)  # None: the option is left out
    assert [user["user_name"] for user in whole["users"]] == [user["user_name"] for user in users]
    assert short["users"] == [whole["users"][7], whole["users"][90]]
    assert (short["changes"], short["diff"]) == (whole["changes"], whole["diff"])
    again = run.ok(ROCKETMQ, check_mode=True, return_unchanged=False, **task)
    assert again["users"] == ([] if not check_mode else short["users"])
    assert run.ok(ROCKETMQ, instance_id="rmq-1", return_unchanged=None, **users[3])["user"]["user_name"] == "user-003"


# -- connections, and what is asked once -----------------------------------------------------------


@pytest.mark.parametrize("concurrency", [1, 3, 16])
def test_connections_are_kept_and_never_more_than_allowed(sim, run, concurrency):
    sim.traps.set(latency=2)
    users = names({"user_name": "user-{:03d}"}, N, {"admin": True})
    run.ok(ROCKETMQ, instance_id="rmq-1", users=users, concurrency=concurrency)
    counters = sim.counters
    assert 1 <= counters["connections"] <= concurrency
    assert 1 <= counters["max_in_flight"] <= concurrency
    if concurrency == 1:
        assert counters["connections"] == counters["max_in_flight"] == 1


@pytest.mark.parametrize(
    ("credential", "operation"), [("admin", "KeystoneListProjects"), ("iam_user", "KeystoneCreateUserTokenByPassword")]
)
def test_project_and_token_are_fetched_once_a_run(sim, run, credential, operation):
    users = names({"user_name": "user-{:03d}"}, N, {"admin": True})
    run.ok(ROCKETMQ, instance_id="rmq-1", users=users, credential=credential, project_id=None, concurrency=16)
    assert operations(sim) == {operation: 1, "ListUser": 6, "UpdateUser": N}


def test_a_token_and_its_project_need_no_further_request(sim, run):
    run.ok(ROMA + "_info", instance_id="roma-1", name="topic-000", credential="token")
    assert operations(sim) == {"ListMqsInstanceTopics": 1, "ShowMqsInstanceTopicAccessPolicy": 1}
