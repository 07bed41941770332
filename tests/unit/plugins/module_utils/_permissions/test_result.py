# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a result, and what is left for a next job."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import result as results

from .passes import POLICY, ROMA, TOKEN, UFILE, UPLOADS, UROCKETMQ, F, Q, T, play, statuses, token


def test_grants_that_were_refused_are_told_beside_the_others():
    result = play(
        [dict(TOKEN, principal="ci-2"), dict(TOKEN, principal={"token_id": "t-9"})], {Q: [UROCKETMQ.list(token())]}
    )
    assert statuses(result) == ["not tried", "refused"]
    assert [row["action"] for row in result["grants"]] == ["create", "none"]
    assert "problems" not in result["grants"][0]
    (wrong,) = result["artifacts"]["permissions_refused"]
    assert wrong["system"] == Q and "there is no URocketMQ token 't-9'" in wrong["message"]


def test_a_principal_of_which_not_all_shows_is_told_as_not_known():
    unknown = {key: value for key, value in UFILE.row(2).items() if key != "AllowedOps"}
    calls = {F: UFILE.read_all(UFILE.row(AllowedOps=["TOKEN_ALLOW_NONE"]), unknown)}
    for options in ({"show": "unmanaged"}, {"exclusive": True}):
        result = play([UPLOADS], calls, check_mode=True, **options)
        (other,) = result.get("unmanaged") or result["deleted"]
        assert (other["token_id"], other["permissions"]) == ("t-2", "not known: the service did not show allowed_ops")


@pytest.mark.parametrize("second, statuses_then", [("all", ["planned", "planned"]), ("none", ["planned", "unchanged"])])
def test_each_grant_of_an_application_has_its_own_topics(second, statuses_then):
    rows = [ROMA.row(number, policies=[ROMA.owner]) for number in (1, 2)]
    if second == "none":
        rows[1]["policies"].append(
            {"app_name": "shop", "access_policy": "sub", "tag": "", "owner": False, "user_name": "key-shop"}
        )
    grants = [POLICY, dict(POLICY, topics=["orders-2"])]
    changing = rows if second == "all" else rows[:1]
    result = play(grants, {T: [*ROMA.read(*rows), *ROMA.details(*changing), ROMA.list_apps()]}, check_mode=True)
    assert statuses(result) == statuses_then, result
    assert [list(row["now"]) for row in result["grants"]] == [["orders-1"], ["orders-2"]]


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
