# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pass over several systems: what became of each when one fails, and what is not tried then."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._engine.lock import Locks
from ansible_collections.grantops.cloud.plugins.module_utils._errors import TROUBLESHOOTING
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, huawei, ucloud

from .passes import ROCKETMQ, TOKEN, UFILE, UPLOADS, UROCKETMQ, USER, F, Q, R, play, statuses, token, user


def put(**how):
    return huawei("PUT", "instances/i-1/users/billing-1", ANY, **how)


def listed(service, *rows):
    response = {"TokenList": list(rows), "TotalCount": len(rows)}
    return ucloud("ListURocketMQToken", {"ServiceId": service, "Limit": 100, "Offset": 0}, response)


def test_a_system_that_fails_keeps_deletions_from_being_tried_and_not_the_writes_of_another():
    calls = {
        Q: [*UROCKETMQ.read_all(token(), token(2)), *UROCKETMQ.write(token(consume="ALL"))],
        R: [*ROCKETMQ.read_all(user()), put(status=400, code="DMS.1")],
    }
    result = play([TOKEN, USER], calls, exclusive=True)
    assert (result["failed"], result["changed"]) == (True, True)
    assert statuses(result) == ["written", "failed"]
    assert [row["changed"] for row in result["grants"]] == [True, False]
    assert (result["grants"][1]["now"], result["grants"][1]["now_text"]) == (None, "not known")
    (gone,) = result["deleted"]
    assert (gone["token_id"], gone["status"]) == ("t-2", "not tried")
    assert {state: result["error"][state] for state in ("written", "failed", "pending")} == {
        "written": [{"system": Q, "service_id": "s-1", "token_id": "t-1", "name": "ci-1"}],
        "failed": [{"system": R, "instance_id": "i-1", "user_name": "billing-1"}],
        "pending": [{"system": Q, "service_id": "s-1", "token_id": "t-2", "name": "ci-2"}],
    }
    assert (result["error"]["kind"], result["error"]["code"]) == ("invalid", "DMS.1")
    assert result["msg"] == (
        "huaweicloud_rocketmq: Could not write RocketMQ user billing-1 (instance_id i-1): Huawei Cloud UpdateUser (PUT "
        "https://dms.eu-west-101.myhuaweicloud.eu/v2/p-1/instances/i-1/users/billing-1) answered HTTP 400, code DMS.1: refused. "
        f"In all, written: 1, failed: 1, not tried: 1. See {TROUBLESHOOTING}#invalid"
    )
    counts = {name: count for name, count in result["counts"].items() if count}
    assert counts == {"update": 1, "failed": 1, "not_tried": 1}
    left = result["artifacts"]
    assert [row["system"] for row in left["permissions_changed"]] == [Q]
    assert len(left["permissions_drifted"]) == 3
    assert [row["system"] for row in left["permissions_refused"]] == [R]
    assert "diff" not in result


def test_systems_that_fail_are_all_told():
    failing = ucloud("UpdateURocketMQToken", ANY, code=299)
    result = play(
        [TOKEN, USER],
        {Q: [*UROCKETMQ.read_all(token()), failing], R: [*ROCKETMQ.read_all(user()), put(status=400, code="DMS.1")]},
    )
    assert statuses(result) == ["failed", "failed"] and result["changed"] is False
    assert "this operation. huaweicloud_rocketmq: Could not write RocketMQ user billing-1" in result["msg"]
    assert "refused. In all, written: 0, failed: 2, not tried: 0. See " in result["msg"]


@pytest.mark.parametrize("shown, status", [("ALL", "written"), ("NONE", "failed")])
def test_what_was_written_is_read_again(shown, status):
    calls = [
        *UROCKETMQ.read_all(token()),
        *UROCKETMQ.write(token(consume="ALL")),
        *UROCKETMQ.read(token(consume=shown)),
    ]
    result = play([TOKEN], {Q: calls}, verify=True, verify_timeout=0)
    assert statuses(result) == [status]
    assert status == "written" or "topic_consume_perm is NONE instead of ALL. Either it ignored this" in result["msg"]
    assert status == "written" or result["error"]["operation"] == "UpdateURocketMQToken"


def test_nothing_is_written_when_a_system_cannot_be_read():
    broken = [ROCKETMQ.list(**ROCKETMQ.read_refused)]
    result = play([TOKEN, USER], {Q: UROCKETMQ.read_all(token()), R: broken})
    assert statuses(result) == ["not tried", "not tried"]
    assert result["changed"] is False
    assert result["msg"] == (
        "Could not read RocketMQ users of i-1, so nothing was written. Huawei Cloud ListUser (GET "
        "https://dms.eu-west-101.myhuaweicloud.eu/v2/p-1/instances/i-1/users) answered HTTP 403, code DMS.10240309: refused. Hint: "
        "Give the IAM user of these credentials a policy that allows this operation, in this project. See "
        f"{TROUBLESHOOTING}#huawei-cloud-dms-10240309"
    )
    assert result["artifacts"]["permissions_refused"] == [{"host": None, "system": R, "message": result["msg"]}]


def test_a_run_that_is_ended_says_what_was_written():
    ended = ucloud("UpdateURocketMQToken", ANY, KeyboardInterrupt())
    calls = [*UROCKETMQ.read_all(token(), token(2), token(3)), *UROCKETMQ.write(token(consume="ALL")), ended]
    result = play([dict(TOKEN, principal=f"ci-{number}") for number in (1, 2, 3)], {Q: calls})
    assert statuses(result) == ["written", "failed", "not tried"]
    assert [row["now_text"][-4:] for row in result["grants"]] == [" ALL", "nown", "NONE"]
    assert (result["changed"], result["error"]["kind"]) == (True, "interrupted")
    assert result["msg"] == (
        "While writing, the task was ended by KeyboardInterrupt. Hint: Run the task again: what is written already is not "
        f"written twice. See {TROUBLESHOOTING}#interrupted"
    )
    states = ("written", "failed", "pending")
    assert [[row["token_id"] for row in result["error"][state]] for state in states] == [["t-1"], ["t-2"], ["t-3"]]


def test_exclusive_deletes_what_no_grant_names_up_to_its_limit():
    calls = {Q: UROCKETMQ.read_all(token(consume="ALL"), token(2), token(3, Type="Default"))}
    how = {"check_mode": True, "exclusive": True, "show": "unmanaged"}
    refused = play([TOKEN], calls, exclusive_limit=0, **how)
    assert refused["msg"] == (
        "Nothing was written. exclusive: exclusive would delete 1, and exclusive_limit is 0: URocketMQ token t-2 (ci-2, service_id "
        f"s-1). Hint: Check them. If all of them are to be deleted, raise exclusive_limit. See {TROUBLESHOOTING}#task"
    )
    assert [row["token_id"] for row in refused["unmanaged"]] == ["t-2", "t-3"]
    result = play([TOKEN], calls, check_mode=True, show="unmanaged")
    assert result["deleted"] == [] and [row["token_id"] for row in result["unmanaged"]] == ["t-2", "t-3"]
    result = play([TOKEN], calls, exclusive_limit=1, **how)
    assert [(row["token_id"], row["status"]) for row in result["deleted"]] == [("t-2", "planned")]
    assert [row["token_id"] for row in result["unmanaged"]] == ["t-3"]


def test_new_names_of_two_forms_of_unicode_are_refused_only_within_one_service():
    grants = [
        dict(TOKEN, principal=name, service_id=service)
        for name, service in (("caf\u00e9", "s-1"), ("cafe\u0301", "s-2"))
    ]
    result = play(grants, {Q: [listed("s-1"), listed("s-2")]}, check_mode=True)
    assert statuses(result) == ["planned", "planned"], result["msg"]
    same = [dict(grant, service_id="s-1") for grant in grants]
    assert "is the same name as" in play(same, {Q: [listed("s-1")]}, check_mode=True)["msg"]


def test_a_name_like_one_of_another_service_can_be_given():
    there = token(7, consume="ALL", Name="CI-1", ServiceId="s-2")
    calls = {Q: [listed("s-1"), listed("s-2", there)]}
    result = play([TOKEN, dict(TOKEN, service_id="s-2", principal="CI-1")], calls, check_mode=True)
    assert statuses(result) == ["planned", "unchanged"], result


@pytest.mark.parametrize(
    "grant, calls",
    [(TOKEN, {Q: [listed("s-1", token(), token(2))]}), (UPLOADS, {F: UFILE.read_all(UFILE.row(), UFILE.row(2))})],
    ids=["URocketMQ", "UFile"],
)
def test_a_new_name_that_a_service_may_take_for_another_one_is_refused(grant, calls):
    result = play([dict(grant, principal="CI-2")], calls, check_mode=True)
    assert statuses(result) == ["refused"]
    assert "'ci-2' exists already, and is what a service makes of 'CI-2'" in result["msg"]


def test_what_is_allowed_and_probably_a_mistake_is_a_warning():
    calls = {F: UFILE.read_all(UFILE.row(AllowedOps=["TOKEN_ALLOW_NONE"]))}
    result = play([dict(UPLOADS, prefixes=["/db"])], calls, check_mode=True)
    (text,) = result["warnings"]
    assert "allowed_prefixes has /db" in text


UPLOADING = {
    "AllowedOps.0": "TOKEN_ALLOW_WRITE",
    "AllowedBuckets.0": "b0",
    "AllowedPrefixes.0": "*",
    "ExpireTime": "1893456000",
}
CONSUMING = {"TopicProducePerm": "NONE", "TopicConsumePerm": "ALL"}
SUBSCRIBING = {**user(perm="SUB"), "secret_key": "Abcdef-12345"}
CREATED = {
    F: ucloud("CreateUFileToken", {"TokenName": "ci-1", **UPLOADING}, {"TokenId": "t-1"}),
    Q: ucloud("CreateURocketMQToken", {"ServiceId": "s-1", "Name": "ci-1", **CONSUMING}, {"TokenId": "t-1"}),
    R: huawei("POST", "instances/i-1/users", SUBSCRIBING, {}),
}


@pytest.mark.parametrize(
    "grant, calls",
    [
        (UPLOADS, UFILE.read_all()),
        (TOKEN, [UROCKETMQ.list()]),
        (dict(USER, secret_key="Abcdef-12345"), [ROCKETMQ.list()]),
    ],
    ids=["UFile", "URocketMQ", "RocketMQ"],
)
def test_a_new_principal_is_created_with_its_name_and_all_it_is_given(grant, calls):
    system = grant["system"]
    assert statuses(play([grant], {system: [*calls, CREATED[system]]})) == ["written"]


@pytest.fixture
def _written_meanwhile(monkeypatch):
    """Another task of this host has written between the read and the lock, so that the plan is made anew."""
    responses = iter([True])
    monkeypatch.setattr(Locks, "outdated", lambda *unused: next(responses, False))


@pytest.mark.usefixtures("_written_meanwhile")
@pytest.mark.parametrize(
    ("grant", "system", "reads", "more"),
    [
        (TOKEN, Q, [token(produce="ALL"), token(produce="ALL", consume="ALL")], None),
        (dict(TOKEN, setup="no_access"), Q, [token(produce="ALL"), token(produce="ALL", consume="ALL")], "consume ALL"),
        (dict(USER, setup="no_access"), R, [user(perm="SUB"), user(perm="SUB", admin=True)], "administrator"),
    ],
    ids=["a grant gives it too", "URocketMQ", "RocketMQ"],
)
def test_what_came_between_the_plan_and_the_write_is_told_and_not_taken(grant, system, reads, more):
    case = {Q: UROCKETMQ, R: ROCKETMQ}[system]
    calls = [call for row in reads for call in case.read_all(row)]
    result = play([grant], {system: calls + ([] if more else case.write(token(consume="ALL")))}, scope="exact")
    assert statuses(result) == ["refused" if more else "written"], result
    who = {Q: "URocketMQ token ci-1", R: "RocketMQ user billing-1"}[system]
    assert not more or result["grants"][0]["problems"] == [
        f"{who}: since the first plan of this run, somebody gave it: {more}. These grants would take that away, and no plan has "
        "shown it yet: run again to see it in the plan"
    ]


@pytest.mark.usefixtures("_written_meanwhile")
def test_what_was_created_between_the_plan_and_the_write_is_not_deleted():
    calls = [*UROCKETMQ.read_all(token(), token(2)), *UROCKETMQ.read_all(token(), token(2), token(3))]
    result = play([TOKEN], {Q: calls}, exclusive=True)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["error"]["message"] == (
        "Nothing was written. somebody created URocketMQ token t-3 (ci-3, service_id s-1) since the first plan of this run. exclusive "
        "would delete it, and no plan has shown it yet: run again to see it in the plan."
    )
