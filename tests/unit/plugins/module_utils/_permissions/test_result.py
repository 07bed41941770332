# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a result, and what is left for a next job."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import result as results
from ansible_collections.grantops.cloud.plugins.module_utils._permissions_task import PermissionsTask
from ansible_collections.grantops.cloud.tests.unit.conftest import NOW
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, ucloud

from .passes import POLICY, ROMA, TOKEN, UFILE, UPLOADS, UROCKETMQ, F, Q, T, play, statuses, token, without

ENDLESS = without(UPLOADS, "expires")


def ways(produce, consume):
    lists = dict.fromkeys(("allow_produce_topic_list", "allow_consume_topic_list"), [])
    return {"topic_produce_perm": produce, "topic_consume_perm": consume, **lists}


def test_the_result_of_a_plan_is_whole():
    queues = UROCKETMQ.read_all(token(produce="ALL"), token(2), token(3, Type="Default"))
    files = UFILE.read_all(UFILE.row(AllowedOps=["TOKEN_ALLOW_NONE"]), UFILE.row(2))
    upload = dict(UPLOADS, expires="2025-06-25", owner="ann")
    new = dict(TOKEN, principal="new-1")
    how = {"check_mode": True, "exclusive": True, "show": "unmanaged", "task": PermissionsTask(host="h")}
    result = play([TOKEN, upload, new], {Q: queues, F: files}, **how)
    common = {
        "state": "present",
        "status": "planned",
        "changed": True,
        "holds_more": None,
        "gains": None,
        "loses": None,
    }
    before = {
        "allowed_ops": ["TOKEN_ALLOW_NONE"], "allowed_buckets": ["acme-data", "acme-logs"], "allowed_prefixes": ["in/", "out/"],
        "expire_time": 1900000000,
    }  # fmt: skip
    now = {
        "allowed_ops": ["TOKEN_ALLOW_WRITE"],
        "allowed_buckets": ["b0"],
        "allowed_prefixes": ["*"],
        "expire_time": 1750809600,
    }
    assert result["grants"] == [
        {**common, **TOKEN, "index": 0, "action": "update", "before": ways("ALL", "NONE"), "now": ways("ALL", "ALL"),
         "before_text": "produce ALL; consume NONE", "now_text": "produce ALL; consume ALL", "gains": "consume ALL",
         "holds_more": "produce ALL"},
        {**common, **without(upload, "buckets", "expires"), "index": 1, "action": "update", "before": before, "now": now,
         "before_text": "NONE", "now_text": "WRITE on b0 until 2025-06-25T00:00:00Z"},
        {**common, **new, "index": 2, "action": "create", "before": None, "now": ways("NONE", "ALL"),
         "before_text": "does not exist", "now_text": "produce NONE; consume ALL"},
    ]  # fmt: skip
    files = {
        "system": F, "token_id": "t-2", "token_name": "ci-2",
        "permissions": "LIST READ on acme-data, acme-logs below in/, out/ until 2030-03-17T17:46:40Z",
    }  # fmt: skip
    queue = {
        "system": Q,
        "service_id": "s-1",
        "token_id": "t-2",
        "name": "ci-2",
        "permissions": "produce NONE; consume NONE",
    }
    assert result["deleted"] == [{**row, "action": "delete", "status": "planned"} for row in (files, queue)]
    assert result["unmanaged"] == [{**queue, "token_id": "t-3", "name": "ci-3"}]
    zero = dict.fromkeys(("unchanged", "failed", "not_tried", "refused", "hold_more"), 0)
    assert result["counts"] == {**zero, "create": 1, "update": 2, "delete": 2, "unmanaged": 1}
    fields = ("index", "system", "service_id", "principal", "setup", "state", "action")
    left = [{key: row[key] for key in fields if key in row} for row in result["grants"]]
    gone = [{"index": None, "system": F, "principal": "ci-2", "action": "delete"}]
    gone += [{**gone[0], "system": Q, "service_id": "s-1"}]
    assert result["artifacts"] == {
        "permissions_drifted": [{**row, "host": "h"} for row in (*left, *gone)],
        "permissions_changed": [],
        "permissions_refused": [],
        "permissions_ending": [
            {"system": F, "principal": "ci-1", "expires": "2025-06-25T00:00:00Z", "ahead": True, "host": "h"}
        ],
    }
    assert result["warnings"] == [
        "New tokens whose keys are not returned, by this run or a later one: URocketMQ token new-1 (service_id s-1). "
        "permissions_return_credentials: true returns them, once, in the run that creates the tokens. Afterwards only the "
        "service shows them, by GetURocketMQToken (Display=true).",
        "UFile token ci-1 ends at 2025-06-25T00:00:00Z: give it a later end, or expires_in and renew_before in its grant",
    ]
    assert [(row["before_header"], row["after_header"]) for row in result["diff"]] == [
        ("UFile token t-1 (ci-1)", "UFile token t-1 (ci-1)"),
        ("UFile token t-2 (ci-2)", "UFile token t-2 (ci-2): deleted"),
        ("URocketMQ token t-1 (ci-1, service_id s-1)", "URocketMQ token t-1 (ci-1, service_id s-1)"),
        ("URocketMQ token new-1 (service_id s-1): absent", "URocketMQ token new-1 (service_id s-1)"),
        ("URocketMQ token t-2 (ci-2, service_id s-1)", "URocketMQ token t-2 (ci-2, service_id s-1): deleted"),
    ]
    assert (result["diff"][2]["before"], result["diff"][2]["after"]) == (
        "topic_consume_perm: NONE\n",
        "topic_consume_perm: ALL\n",
    )
    assert set(result) == {"changed", "grants", "deleted", "unmanaged", "counts", "artifacts", "warnings", "diff"}
    assert result["changed"] is True


def test_grants_that_were_refused_are_told_beside_the_others():
    grants = [dict(TOKEN, principal="ci-2"), dict(TOKEN, principal={"token_id": "t-9"})]
    result = play(grants, {Q: [UROCKETMQ.list(token())]}, check_mode=True)
    said = "principal must be one that exists; there is no URocketMQ token 't-9'"
    assert result["grants"] == [
        {**TOKEN, "principal": "ci-2", "index": 0, "status": "not tried", "changed": False, "action": "create"},
        {**TOKEN, "principal": "t-9", "index": 1, "status": "refused", "changed": False, "action": "none", "problems": [said]},
    ]  # fmt: skip
    message = f"permissions_grants[1] (t-9): {said}"
    assert result["artifacts"]["permissions_refused"] == [{"host": None, "system": Q, "message": message}]


def test_a_grant_that_takes_back_is_shown_as_one():
    (row,) = play([dict(TOKEN, state="absent")], {Q: [UROCKETMQ.list(token(consume="ALL"))]}, check_mode=True)["grants"]
    assert (row["state"], row["gains"], row["loses"]) == ("absent", None, "consume ALL")


def test_a_principal_of_which_not_all_shows_is_told_as_not_known():
    calls = {F: UFILE.read_all(UFILE.row(AllowedOps=["TOKEN_ALLOW_NONE"]), without(UFILE.row(2), "AllowedOps"))}
    for options in ({"show": "unmanaged"}, {"exclusive": True}):
        result = play([UPLOADS], calls, check_mode=True, **options)
        (other,) = result.get("unmanaged") or result["deleted"]
        assert (other["token_id"], other["permissions"]) == ("t-2", "not known: the service did not show allowed_ops")


SHOP = {"app_name": "shop", "access_policy": "sub", "tag": "", "owner": False, "user_name": "key-shop"}


@pytest.mark.parametrize("there, status, gains", [([], "planned", "orders-2 sub"), ([SHOP], "unchanged", None)])
def test_each_grant_of_an_application_has_its_own_topics(there, status, gains):
    rows = [ROMA.row(1, policies=[ROMA.owner]), ROMA.row(2, policies=[ROMA.owner, *there])]
    calls = [*ROMA.read(*rows), *ROMA.details(*(rows[:1] if there else rows)), ROMA.list_apps()]
    result = play([POLICY, dict(POLICY, topics=["orders-2"])], {T: calls}, check_mode=True)
    assert statuses(result) == ["planned", status], result
    assert [list(row["now"]) for row in result["grants"]] == [["orders-1"], ["orders-2"]]
    assert [row["gains"] for row in result["grants"]] == ["orders-1 sub", gains]


def test_what_exact_takes_away_elsewhere_is_shown_with_the_first_grant():
    rows = [ROMA.row(number, policies=[ROMA.owner, *([SHOP] if number == 2 else [])]) for number in (1, 2, 3)]
    grants = [POLICY, dict(POLICY, topics=["orders-3"], setup="producer")]
    result = play(grants, {T: [*ROMA.read_all(*rows), ROMA.list_apps()]}, check_mode=True, scope="exact")
    sub = {"access_policy": "sub", "tag": "", "owner": False}
    first, second = result["grants"]
    assert (first["before"], first["now"]) == ({"orders-1": None, "orders-2": sub}, {"orders-1": sub, "orders-2": None})
    assert (first["before_text"], first["now_text"]) == ("orders-2 sub", "orders-1 sub")
    assert (first["gains"], first["loses"]) == ("orders-1 sub", "orders-2 sub")
    assert (second["before"], second["now_text"], second["loses"]) == ({"orders-3": None}, "orders-3 pub", None)


def test_topics_are_no_principals():
    rows = [ROMA.row(number, policies=[ROMA.owner]) for number in (1, 2)]
    how = {"check_mode": True, "scope": "exact", "show": "unmanaged", "exclusive": True}
    result = play([POLICY], {T: [*ROMA.read_all(*rows), ROMA.list_apps()]}, **how)
    assert (statuses(result), result["unmanaged"], result["deleted"]) == (["planned"], [], [])


def test_an_application_that_is_locked_out_has_no_row():
    row = ROMA.row(policies=[ROMA.owner, SHOP])
    calls = [*ROMA.read(row), *ROMA.details(row), ROMA.list_apps()]
    (shown,) = play([dict(POLICY, setup="no_access")], {T: calls}, check_mode=True)["grants"]
    assert (shown["now"], shown["now_text"]) == ({"orders-1": None}, "NONE")


NAMED = "a later one: URocketMQ token n1 (service_id s-1); URocketMQ token n2 (service_id s-1). permissions_return"


@pytest.mark.parametrize("count, told", [(2, NAMED), (7, "n5 (service_id s-1); and 2 more. permissions_return")])
def test_new_tokens_whose_keys_are_not_returned_are_one_warning(count, told):
    grants = [dict(TOKEN, principal=f"n{number}") for number in range(1, count + 1)]
    (warning,) = play(grants, {Q: [UROCKETMQ.list()]}, check_mode=True)["warnings"]
    assert told in warning
    assert warning.endswith("Afterwards only the service shows them, by GetURocketMQToken (Display=true).")


def test_new_tokens_of_two_systems_are_one_warning():
    (warning,) = play([UPLOADS, TOKEN], {F: UFILE.read_all(), Q: [UROCKETMQ.list()]}, check_mode=True)["warnings"]
    assert "UFile token ci-1; URocketMQ token ci-1 (service_id s-1)." in warning
    assert warning.endswith(" by DescribeUFileToken and GetURocketMQToken (Display=true).")


def test_keys_are_told_after_tokens_were_made_and_not_where_they_are_returned_or_nothing_is_made():
    made = [UROCKETMQ.list(), ucloud("CreateURocketMQToken", ANY, {"TokenId": "t-1"})]
    (warning,) = play([TOKEN], {Q: made})["warnings"]
    assert "New tokens whose keys are not returned, by this run or a later one: URocketMQ token t-1 (ci-1" in warning
    assert "warnings" not in play([TOKEN], {Q: [UROCKETMQ.list()]}, check_mode=True, return_credentials=True)
    assert "warnings" not in play([TOKEN], {Q: [UROCKETMQ.list(token())]}, check_mode=True)
    grants = [TOKEN, dict(TOKEN, principal={"token_id": "t-9"})]
    assert "warnings" not in play(grants, {Q: [UROCKETMQ.list()]}, check_mode=True)


@pytest.mark.parametrize(
    "given, end",
    [
        ({}, "for 24 h, the service's default"),
        ({"expires": "2030-01-01"}, "until 2030-01-01T00:00:00Z"),
        ({"expires_in": "90d", "renew_before": "30d"}, "until 2025-09-14T00:00:00Z"),
    ],
)
def test_the_end_of_a_new_token_is_shown_also_where_it_is_the_services(given, end):
    (row,) = play([{**ENDLESS, **given}], {F: UFILE.read_all()}, check_mode=True)["grants"]
    assert (row["before_text"], row["now_text"]) == ("does not exist", f"WRITE on b0 {end}")


@pytest.mark.parametrize("expires, gains", [("1900000000", "WRITE on b0"), ("2030-01-01", None)])
def test_a_difference_is_told_where_it_is_all_that_changes(expires, gains):
    there = UFILE.row(AllowedOps=["TOKEN_ALLOW_READ"], AllowedBuckets=["b0"], AllowedPrefixes=["*"])
    (row,) = play([dict(UPLOADS, expires=expires)], {F: UFILE.read_all(there)}, check_mode=True)["grants"]
    assert (row["gains"], row["loses"]) == (gains, None)


def test_tokens_that_end_soon_are_one_warning():
    grants = [dict(ENDLESS, principal=f"n{number}") for number in (1, 2)]
    result = play(grants, {F: UFILE.read_all()}, check_mode=True, return_credentials=True)
    assert result["warnings"] == [
        "UFile token n1; UFile token n2: without expire_time, a new token lives for one day only."
    ]


RENEWED = {"expires_in": "90d", "renew_before": "1d"}


@pytest.mark.parametrize(
    "end, grant, options, told",
    [
        (NOW, {}, {}, "has ended at 2025-06-15T15:06:40Z"),
        (NOW + 1, {}, {}, "ends at 2025-06-15T15:06:41Z"),
        (NOW + 30 * 86400, {}, {}, "ends at 2025-07-15T15:06:40Z"),
        (NOW + 30 * 86400 + 1, {}, {}, None),
        (NOW + 2 * 86400, {}, {"warn_before": "1d"}, None),
        (NOW + 3 * 86400, RENEWED, {}, None),
        (NOW + 86400, {"expires": "2030-01-01"}, {}, None),
    ],
)
def test_a_token_of_a_grant_that_ends_soon_is_told(end, grant, options, told):
    there = UFILE.row(AllowedOps=["TOKEN_ALLOW_WRITE"], AllowedBuckets=["b0"], AllowedPrefixes=["*"], ExpireTime=end)
    result = play([{**ENDLESS, **grant}], {F: UFILE.read_all(there)}, check_mode=True, **options)
    advice = "give it a later end, or expires_in and renew_before in its grant"
    assert result.get("warnings", [])[-1:] == ([f"UFile token ci-1 {told}: {advice}"] if told else [])
    assert [row["ahead"] for row in result["artifacts"]["permissions_ending"]] == (
        [told.startswith("ends")] if told else []
    )


@pytest.mark.parametrize("held", [("NONE", "ALL"), ("ALL", "NONE")])
def test_a_grant_of_several_generations_is_a_change_if_it_changes_one_of_them(held):
    tokens = [token(1, consume=held[0]), token(2, consume=held[1], Name="ci-1.g2")]
    result = play([TOKEN, dict(TOKEN, principal={"token_id": "t-9"})], {Q: [UROCKETMQ.list(*tokens)]}, check_mode=True)
    assert [(row["status"], row["action"]) for row in result["grants"]] == [
        ("not tried", "update"),
        ("refused", "none"),
    ]


def test_what_is_left_for_a_next_job():
    row = {"index": 0, "system": Q, "service_id": "s-1", "principal": "p", "setup": "producer", "state": "present"}
    rows = [
        dict(row, action="update", status="written", owner="o"), dict(row, index=1, action="create", status="failed"),
        dict(row, index=2, action="none", status="unchanged"),
    ]  # fmt: skip
    gone = [{"system": F, "token_name": "old", "token_id": "t-1", "action": "delete", "status": "written"}]
    left = results.artifacts("h", rows, gone, error="it\nfailed", system=F)
    deletion = {"host": "h", "index": None, "system": F, "principal": "old", "action": "delete"}
    assert left["permissions_changed"] == [dict(row, action="update", host="h"), deletion]
    assert left["permissions_drifted"] == [
        dict(row, action="update", host="h"), dict(row, index=1, action="create", host="h"), deletion,
    ]  # fmt: skip
    assert left["permissions_refused"] == [{"host": "h", "system": F, "message": "it\\nfailed"}]
    names = [
        {"token_id": "t-2"},
        {"user_name": "u", "instance_id": "i-1"},
        {"name": "n", "token_id": "t-3", "service_id": "s-1"},
    ]
    planned = results.artifacts("h", [], [{"system": Q, "status": "planned", **name} for name in names])
    assert planned["permissions_drifted"] == [
        dict(deletion, system=Q, principal="t-2"), dict(deletion, system=Q, principal="u", instance_id="i-1"),
        dict(deletion, system=Q, principal="n", service_id="s-1"),
    ]  # fmt: skip
    assert planned["permissions_changed"] == []
