# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's promises, on the simulator, in this process."""

from __future__ import annotations

import pathlib

import harness
import pytest
from role_harness import Refused, Role

UROCKETMQ = {"system": "ucloud_urocketmq", "service_id": "urmq-demo"}
ROCKETMQ = {"system": "huaweicloud_rocketmq", "instance_id": "rocketmq-demo"}
ROMA = {"system": "huaweicloud_roma", "instance_id": "roma-demo"}
UFILE = {"system": "ucloud_ufile"}
KEY = "Fresh-Key-0001"
FOUR = [
    {**UFILE, "principal": "uploads", "setup": "upload_only", "buckets": ["fresh"], "prefixes": ["in/", "tmp/"]},
    {**UROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["refunds"]},
    {**ROCKETMQ, "principal": "checkout", "setup": "consumer", "topics": ["orders"], "groups": ["g1"]},
    {**ROMA, "principal": "audit", "setup": "producer", "topics": ["orders", "events"], "tag": "v2"},
]


@pytest.fixture
def role(run):
    return Role(run)


def unordered(estate):
    """The order of a topic's policies has no meaning."""
    for topic in estate["huaweicloud"]["roma"]["roma-demo"]["topics"].values():
        topic["policies"].sort(key=lambda row: row["app_name"])
    return estate


def test_grants_of_one_principal_add_up_in_any_order(sim, role):
    grants = [
        {**ROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["audit"]},
        {**ROCKETMQ, "principal": "checkout", "setup": "consumer", "topics": ["orders", "audit"], "groups": ["g1"]},
        {**ROCKETMQ, "principal": {"user_name": "checkout"}, "setup": "read_only"},
    ]
    role(grants)
    first = harness.dump(sim)
    user = harness.record(sim, "huaweicloud_rocketmq_user", ("rocketmq-demo", "checkout"))
    assert user["default_topic_perm"] == "SUB" and user["default_group_perm"] == "SUB"
    assert {row["name"]: row["perm"] for row in user["topic_perms"]} == dict.fromkeys(
        ("orders", "payments", "audit"), "PUB|SUB"
    )
    sim.reset("demo")
    role(grants[::-1])
    assert harness.dump(sim) == first


def test_check_mode_predicts_and_writes_nothing(sim, role):
    predicted = role(FOUR, check_mode=True)
    assert sim.counters["write"] == 0
    done = role(FOUR)
    assert [row["changed"] for row in done] == [True] * 4
    assert [{**row, "status": "written"} for row in predicted] == done
    again = role(FOUR)
    assert [row["changed"] for row in again] == [False] * 4
    assert [row["before"] for row in again] == [row["now"] for row in done]


def test_one_bad_grant_on_the_last_system_and_nothing_is_written_anywhere(sim, role):
    for bad in (
        {**ROMA, "principal": "audit", "setup": "producer", "topics": ["no-such-topic"]},
        {**ROMA, "principal": "nobody-knows-me", "setup": "producer", "topics": ["orders"]},
        {**ROCKETMQ, "principal": "someone-new", "setup": "read_only"},
        {**UFILE, "principal": "backup", "setup": "upload_only", "buckets": ["x"]},
        {**UFILE, "principal": "reports", "setup": "upload_only", "buckets": ["x"]},
        {**UROCKETMQ, "principal": "default", "setup": "no_access"},
    ):
        with pytest.raises(Refused):
            role([*FOUR, bad])
        assert sim.counters["write"] == 0


def test_a_mistake_is_told_before_anything_is_read(sim, role):
    new = {**ROCKETMQ, "principal": "someone-new", "setup": "read_only", "secret_key": KEY, "topics": "orders"}
    result = role.result([*FOUR, {**UFILE, "principal": "x", "setup": "upload_only", "bucket": ["x"]}, new])
    assert "permissions_grants[4] (x): bucket is not a field of a grant (did you mean 'buckets'?)" in result["msg"]
    assert "permissions_grants[5] (someone-new): topics must be left out" in result["msg"]
    assert KEY not in repr(result) and not sim.counters["total"]


def test_one_system_alone_needs_no_credentials_of_another_cloud(role):
    grant = {**UROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["audit"]}
    assert [row["changed"] for row in role([grant], huaweicloud=None)] == [True]
    with pytest.raises(Refused, match="No UCloud credentials"):
        role([grant], ucloud=None)


def test_what_reading_shows_to_be_wrong_is_told_together_and_names_each_grant(sim, role):
    grants = [
        {**ROMA, "principal": "audit", "setup": "consumer", "topics": ["nowhere"]},
        {**ROCKETMQ, "principal": "someone-new", "setup": "read_only"},
        {**UROCKETMQ, "principal": {"token_id": "nobody"}, "setup": "read_only"},
    ]
    result = role.result(grants)
    new = "RocketMQ user someone-new: it does not exist yet, so secret_key must"
    for place in ("[0] (audit): topics must be", f"[1] (someone-new): {new}", "[2] (nobody): principal must be"):
        assert f"permissions_grants{place}" in result["msg"]
    assert [row["status"] for row in result["grants"]] == ["refused"] * 3
    assert not sim.counters["write"]


def test_a_name_of_two_tokens_is_refused_and_an_id_is_not(sim, role):
    grant = {**UFILE, "principal": "backup", "setup": "no_access"}
    with pytest.raises(Refused, match="ufile-token-backup-a, ufile-token-backup-b"):
        role([grant])
    role([{**grant, "principal": {"token_id": "ufile-token-backup-a"}}])
    assert harness.record(sim, "ucloud_ufile_token", "ufile-token-backup-a")["AllowedOps"] == ["TOKEN_ALLOW_NONE"]
    with pytest.raises(Refused, match="must be one that exists; there is no UFile token 'ufile-token-gone'"):
        role([{**grant, "setup": "full_access", "principal": {"token_id": "ufile-token-gone"}}])


def test_additive_takes_nothing_away_and_exact_does(sim, role):
    grant = {**UROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["orders"]}
    assert role([grant])[0]["changed"] is False
    (row,) = role([grant], scope="exact")
    assert row["changed"] is True
    token = harness.record(sim, "ucloud_urocketmq_token", ("urmq-demo", "urmq-token-checkout"))
    assert (token["AllowProduceTopicList"], token["TopicConsumePerm"]) == ("orders", "NONE")


def test_exact_on_roma_covers_all_topics_but_those_of_the_application(sim, role):
    role([{**ROMA, "principal": "billing", "setup": "producer", "topics": ["events"]}], scope="exact")
    rows = {
        topic["name"]: [row["access_policy"] for row in topic["policies"] if row["app_name"] == "billing"]
        for topic in sim.estate["huaweicloud"]["roma"]["roma-demo"]["topics"].values()
    }
    assert rows == {"orders": [], "payments": ["all"], "refunds": ["all"], "events": ["pub"]}


@pytest.mark.parametrize("number", range(4))
def test_absent_after_present_gives_back_the_state_before(sim, role, number):
    grant = [
        {**UFILE, "principal": "uploads", "setup": "upload_only", "buckets": ["fresh"], "prefixes": ["in/", "tmp/"]},
        {**UROCKETMQ, "principal": "checkout", "setup": "producer_consumer", "topics": ["audit"]},
        {**ROCKETMQ, "principal": "checkout", "setup": "read_only"},
        {**ROMA, "principal": "audit", "setup": "producer", "topics": ["orders", "events"]},
    ][number]
    before = unordered(harness.dump(sim))
    assert role([grant])[0]["changed"] is True
    assert unordered(harness.dump(sim)) != before
    assert role([{**grant, "state": "absent"}])[0]["changed"] is True
    assert unordered(harness.dump(sim)) == before
    assert role([{**grant, "state": "absent"}])[0]["changed"] is False


def test_custom_keeps_an_administrator_and_makes_none(sim, role):
    custom = {"setup": "custom", "permissions": {"admin": True, "default_topic_perm": "DENY"}}
    assert role([{**ROCKETMQ, "principal": "mq-admin", **custom}], scope="exact")[0]["changed"] is False
    with pytest.raises(Refused, match="full_access, which alone makes an administrator"):
        role([{**ROCKETMQ, "principal": "checkout", **custom}])
    role([{**ROCKETMQ, "principal": "mq-admin", "setup": "read_only"}], scope="exact")
    assert harness.record(sim, "huaweicloud_rocketmq_user", ("rocketmq-demo", "mq-admin"))["admin"] is False


def test_500_grants_are_a_handful_of_requests(sim, role):
    grants = []
    for number in range(125):
        name, topic = f"service-{number:03}", [f"topic-{number:03}"]
        sim.add_ufile_token(
            TokenName=name, AllowedOps=["TOKEN_ALLOW_WRITE"], AllowedBuckets=["b"], AllowedPrefixes=["*"]
        )
        sim.add_urocketmq_token(Name=name, TokenId=f"urmq-{name}", TopicProducePerm="ALL", TopicConsumePerm="ALL")
        sim.add_rocketmq_user(access_key=name, topic_perms=[{"name": topic[0], "perm": "PUB"}])
        grants.append({**UFILE, "principal": name, "setup": "upload_only", "buckets": ["b"]})
        grants.append({**UROCKETMQ, "principal": name, "setup": "read_only"})
        grants.append({**ROCKETMQ, "principal": name, "setup": "producer", "topics": topic})
        sim.add_roma_app(name=name)
        grants.append({**ROMA, "principal": name, "setup": "consumer", "topics": ["orders"]})
    first = role(grants)
    assert sum(row["changed"] for row in first) == 125
    # 125 applications on one topic are one row each and one write.
    assert sim.counters["write"] == 1
    before = sim.counters["read"]
    role(grants)
    # One list of UFile, two pages of URocketMQ and its one PART token, three pages of RocketMQ, one topic.
    assert sim.counters["read"] - before <= 12
    assert sim.counters["write"] == 1


def test_a_credential_that_may_only_read_runs_what_has_converged(sim, run, role):
    role(FOUR)
    assert all(not row["changed"] for row in Role(run, "readonly")(FOUR))


def test_no_secret_is_in_a_result(sim, role):
    grant = {**ROCKETMQ, "principal": "someone-new", "setup": "read_only", "secret_key": KEY}
    result = repr(role([*FOUR, grant]))
    assert KEY not in result
    assert not any(secret in result for secret in sim.secrets())


def test_the_readme_and_the_guide_have_the_table_of_the_set_ups(monkeypatch):
    monkeypatch.syspath_prepend(str(pathlib.Path(__file__).resolve().parents[1]))
    from tools import matrix, report

    for path, text in matrix.documents().items():
        assert report.read(path, matrix.COMMAND) == text, f"run: {matrix.COMMAND}"


def test_an_application_that_holds_more_on_a_topic_of_another_grant(sim, role):
    """Seen by the chaos campaign: the topic was read for another application's grant."""
    grants = [
        {**ROMA, "principal": "audit", "setup": "producer", "topics": ["orders", "payments"]},
        {**ROMA, "principal": "billing", "setup": "producer", "topics": ["events"]},
    ]
    role(grants)
    (first, second) = role(grants)
    assert (first["changed"], second["changed"]) == (False, False)
    assert "orders sub" in second["holds_more"]


@pytest.mark.parametrize(("grant", "said"), [(FOUR[0], "UFile tokens"), (FOUR[2], "RocketMQ users of rocketmq-demo")])
def test_a_key_that_is_refused_says_what_could_not_be_read(sim, run, grant, said):
    result = Role(run, "revoked").result([grant])
    assert result["msg"].startswith(f"Could not read {said}, so nothing was written. ") and "Hint: " in result["msg"]
    assert [row["status"] for row in result["grants"]] == ["not tried"] and not sim.counters["write"]
    left = result["artifacts"]
    assert left["permissions_refused"][0]["system"] == grant["system"] and left["permissions_drifted"] == []
