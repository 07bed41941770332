# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a rotation, request by request."""

from __future__ import annotations

from unittest import mock

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._engine import lock
from ansible_collections.grantops.cloud.plugins.module_utils._rotation import plan, run
from ansible_collections.grantops.cloud.tests.unit.conftest import NOW
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, huawei, ucloud

from .tasks import (
    OF_ROCKETMQ,
    ROCKETMQ,
    UROCKETMQ,
    create,
    delete,
    done,
    gone,
    nothing,
    one,
    play,
    refused,
    token,
    tokens,
)

OLD, NEW = token(), token(2, "ci-1.g2")
BOTH = {
    "principal": "ci-1",
    "old": {"token_id": "t-1", "token_name": "ci-1", "generation": 1},
    "new": {"token_id": "t-2", "token_name": "ci-1.g2", "generation": 2},
}
KEYS = {"public_key": "TOKEN_pub", "private_key": "TokenPrivate0"}


@pytest.fixture(autouse=True)
def slept(monkeypatch):
    """The pauses that were made."""
    slept = []
    monkeypatch.setattr(run.time, "sleep", slept.append)
    return slept


AGAIN = (
    " Hint: Begin again. replace: true deletes ci-1.g2 and makes it again, with keys that are returned; ci-1 goes on working "
    "meanwhile."
)


def begun(*new):
    """Calls of a creation that goes well, and the look whether another controller has created the same."""
    made = new[0]
    return [tokens(OLD), create(made), one(made), tokens(OLD, *new)]


# -- begin -------------------------------------------------------------------------------------------


def test_begin_creates_verifies_looks_for_others_and_reads_the_keys(monkeypatch):
    locks = mock.Mock(wraps=lock.Locks)
    monkeypatch.setattr(lock, "Locks", locks)
    result = done("begin", [*begun(NEW), tokens(OLD, NEW), one(NEW)])
    assert locks.call_args.kwargs["whole"] is True
    (change,), (diff,) = result.pop("changes"), result.pop("diff")
    assert (change["action"], change["token_id"], diff["after_header"]) == (
        "create",
        "t-2",
        "UFile token t-2 (ci-1.g2)",
    )
    assert result == {
        "changed": True, **BOTH, "credentials": {"token_id": "t-2", "token_name": "ci-1.g2", **KEYS},
        "msg": "ci-1.g2 is created beside ci-1, with the same permissions.",
    }  # fmt: skip


def test_a_new_token_is_in_the_region_of_the_old_one():
    old, new = token(Region="hk"), token(2, "ci-1.g2", Region="hk")
    both = [ucloud("DescribeUFileToken", {"Region": "cn-bj2"}, {"DataSet": []}, region=None)]
    look = [tokens(old, new), *both]
    assert done("begin", [tokens(old), *both, create(new), one(new), *look, *look, one(new)])["changed"] is True


def test_check_mode_predicts_and_begin_again_only_reads():
    result = done("begin", [tokens(OLD)], check_mode=True)
    assert result["new"] == {"token_name": "ci-1.g2", "generation": 2}
    assert result["msg"] == "ci-1.g2 would be created beside ci-1, with the same permissions."
    assert "credentials" not in result
    assert done("begin", [tokens(OLD, NEW), one(NEW)]) == {
        "changed": False, "changes": [], "diff": [], **BOTH, "msg": "ci-1.g2 exists beside ci-1 already.",
        "credentials": {"token_id": "t-2", "token_name": "ci-1.g2", **KEYS},
    }  # fmt: skip


def test_what_is_created_and_does_not_show_as_it_was_asked_for_is_an_error():
    result = play("begin", [tokens(OLD), create(NEW), one(dict(NEW, AllowedBuckets=["*"]))])
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, True, "unverified")
    assert result["error"]["failed"] == [{"token_id": "t-2", "token_name": "ci-1.g2"}]


def test_replace_deletes_first():
    fresh = token(3, "ci-1.g2")
    calls = [tokens(OLD, NEW), delete(NEW), *gone(NEW), tokens(OLD, NEW), create(fresh), one(fresh)]
    # A replica that shows the deleted one again is not believed.
    result = done("begin", [*calls, tokens(OLD, NEW, fresh), tokens(OLD, fresh), one(fresh)], replace=True)
    assert [row["action"] for row in result["changes"]] == ["delete", "create"]
    assert result["credentials"]["token_id"] == "t-3"
    # Nothing is deleted that could not be made again, and what was deleted is told.
    ended = "must be one that has not ended; ci-1 (token_id t-1) ended at 2025-06-15T15:06:40Z. Give it a later end first: a "
    assert refused("begin", [tokens(token(ExpireTime=NOW), NEW)], replace=True) == nothing(
        ended + "new token gets the same"
    )
    result = play("begin", [*calls[:-3], tokens(OLD, token(4, "ci-1.g3"), fresh)], replace=True)
    assert (result["changed"], result["error"]["kind"]) == (True, "unverified")
    assert result["msg"].partition(" See ")[0] == (
        "After a write, the rest could not be done. principal: must have one generation, or two while its keys change hands; "
        "there are 3: ci-1 (token_id t-1), the oldest; ci-1.g2 (token_id t-3), generation 2; ci-1.g3 (token_id t-4), generation "
        "3. Hint: Delete those whose keys nobody uses, with state: absent and their token_id."
    )
    # Without a newer one it is a beginning.
    begun_anew = [tokens(OLD), *begun(NEW), tokens(OLD, NEW), one(NEW)]
    assert [row["action"] for row in done("begin", begun_anew, replace=True)["changes"]] == ["create"]


@pytest.mark.parametrize(
    "call, why, kind",
    [
        (one(dict(NEW, PrivateKey="********")), "the service does not show them.", "unverified"),
        (one(dict(NEW, PrivateKey=None)), "the response of DescribeUFileToken has no key pair of the token.", "response"),
        (one(NEW, code=299),
         "UCloud DescribeUFileToken (POST https://api.ucloud.cn/) answered HTTP 200, code 299: refused. Hint: The key's IAM "
         "policy does not allow this operation.", "permission"),
    ],
)  # fmt: skip
def test_keys_that_cannot_be_read_are_told_with_a_way_out(call, why, kind):
    result = play("begin", [tokens(OLD, NEW), call])
    told = f"UFile token ci-1.g2 (token_id t-2) is there, but its keys could not be read: {why}{AGAIN}"
    assert (result["msg"].partition(" See ")[0], result["error"]["kind"], result["changed"]) == (told, kind, False)


def test_what_cannot_be_read_before_or_after_is_told(slept):
    result = play("begin", [*begun(NEW), *[tokens(OLD)] * 5])
    said = "UFile token ci-1.g2 is there, but its keys could not be read: the service does not show it any more."
    assert (result["msg"].partition(" See ")[0], result["changed"]) == (said + AGAIN, True)
    assert slept == [0.0, *run.PAUSES]


@pytest.mark.parametrize(
    "call, options, what, hint",
    [(tokens(code=299), None, "UFile tokens", "The key's IAM policy does not allow this operation."),
     (ROCKETMQ.list(status=400, code="X.1"), OF_ROCKETMQ, "RocketMQ users of i-1", ROCKETMQ.resource.missing_hint)],
)  # fmt: skip
def test_an_estate_that_cannot_be_read_is_told(call, options, what, hint):
    said = refused("begin", [call], options)
    assert said.startswith(f"Could not read {what}, so nothing was written. ")
    assert said.endswith(f": refused. Hint: {hint}")


# -- two controllers ---------------------------------------------------------------------------------

LARGER, SMALLER = token(3, "ci-1.g2"), token(0, "ci-1.g2")


def test_the_larger_id_takes_itself_away():
    looks = [tokens(OLD, SMALLER, NEW), one(SMALLER)]  # a replica that shows the deleted one again is not believed
    result = done("begin", [*begun(NEW, SMALLER), delete(NEW), *gone(NEW), *looks])
    assert result["credentials"]["token_id"] == "t-0"
    assert result["warnings"] == [
        "Another controller created ci-1.g2 at the same moment; ci-1.g2 (token_id t-2), which this one had created, was deleted "
        "again; nobody has its keys."
    ]


def test_one_that_a_replica_does_not_show_yet_is_not_taken_for_one_of_two(slept):
    looks = [tokens(OLD, LARGER), tokens(OLD), tokens(OLD, NEW), one(NEW)]
    result = done("begin", [tokens(OLD), create(NEW), one(NEW), *looks])
    assert (result["credentials"]["token_id"], slept) == ("t-2", [0.0, run.PAUSES[0]])


@pytest.mark.parametrize(
    "looks, stays",
    [
        ([tokens(OLD, NEW, LARGER), tokens(OLD, NEW), tokens(OLD, NEW)], NEW),
        # One that stays was alone when it looked, and its keys are handed over by now.
        ([*[tokens(OLD, NEW, LARGER)] * 4, delete(NEW), *gone(NEW), tokens(OLD, LARGER)], LARGER),
    ],
)
def test_the_smaller_id_stays_where_the_larger_goes(looks, stays, slept):
    result = done("begin", [*begun(NEW, LARGER), *looks, one(stays)])
    assert result["credentials"]["token_id"] == stays["TokenId"]
    assert slept == (list(run.PAUSES) if stays is LARGER else [*run.PAUSES[:2], 0.0])


def test_it_is_not_tried_for_ever():
    made = [token(number, "ci-1.g2") for number in (2, 4, 5)]
    result = play("begin", [call for row in made for call in (*begun(row, SMALLER), delete(row), *gone(row))])
    assert (result["msg"].partition(" See ")[0], result["changed"]) == (
        "Other controllers keep rotating ci-1 at the same time. Hint: Rotate it from one controller only.", True
    )  # fmt: skip


# -- finish ------------------------------------------------------------------------------------------


def test_finish_deletes_the_older_one_where_there_is_one():
    result = done("finish", [tokens(OLD, NEW), delete(OLD), *gone(OLD)])
    (change,), _diff = result.pop("changes"), result.pop("diff")
    assert (change["action"], change["token_id"]) == ("delete", "t-1")
    assert result == {"changed": True, **BOTH, "msg": "ci-1 is deleted; ci-1.g2 stays."}
    predicted = done("finish", [tokens(OLD, NEW)], check_mode=True)["msg"]
    assert predicted == "ci-1 would be deleted; ci-1.g2 stays."
    said = "ci-1.g2 is the only one: there is nothing to finish."
    assert done("finish", [tokens(NEW)]) == {
        "changed": False,
        "changes": [],
        "diff": [],
        **BOTH,
        "old": None,
        "msg": said,
    }
    text = (
        "must have two generations; there is only ci-1 (token_id t-1), so no rotation was begun, and nothing is deleted"
    )
    assert refused("finish", [tokens(OLD)]) == nothing(text, hint="Run step: begin first.")


# -- URocketMQ ---------------------------------------------------------------------------------------


def test_a_token_whose_id_no_response_has_is_found_by_its_name():
    old, new = UROCKETMQ.row(), UROCKETMQ.row(2, Name="ci-1.g2")
    shown = ucloud("GetURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-2", "Display": "true"}, {"Token": new})
    calls = [
        *UROCKETMQ.read_all(old),
        ucloud("CreateURocketMQToken", ANY, {}),
        UROCKETMQ.list(old, new),
        UROCKETMQ.get(new),
    ]
    calls += [*UROCKETMQ.read_all(old, new), *UROCKETMQ.read_all(old, new), shown]
    result = done("begin", calls, {"system": "ucloud_urocketmq", "service_id": "s-1", "principal": "ci-1"})
    keys = {"access_key": "ak", "secret_key": "TokenPrivate0"}
    assert result["credentials"] == {"service_id": "s-1", "token_id": "t-2", "name": "ci-1.g2", **keys}


# -- RocketMQ ----------------------------------------------------------------------------------------

USER, LATER = ROCKETMQ.row(), ROCKETMQ.row(access_key="billing-1-g2")
KEY = "Fresh0Key0of032characters0000000"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setattr(plan, "new_key", dict.fromkeys(["billing-1", "billing-1-g2"], KEY).__getitem__)


users = ROCKETMQ.list


def body(row):
    return dict(row, secret_key=KEY, topic_perms=sorted(row["topic_perms"], key=lambda each: each["name"]))


def test_a_user_is_created_with_a_key_of_its_own(key):
    made = dict(LATER, secret_key="********")  # shown masked, but known
    post = huawei("POST", "instances/i-1/users", body(LATER), LATER)
    result = done("begin", [users(USER), post, ROCKETMQ.show(made), users(USER, made)], OF_ROCKETMQ)
    assert result["credentials"] == {"instance_id": "i-1", "user_name": "billing-1-g2", "secret_key": KEY}
    assert result["old"] == {"instance_id": "i-1", "user_name": "billing-1", "generation": 1}
    assert result["warnings"] == [
        "RocketMQ user billing-1-g2 (instance_id i-1): secret_key was written, but the service does not show it: it is not "
        "verified."
    ]


def test_the_key_of_a_user_that_is_there_is_read():
    assert done("begin", [users(USER, LATER)], OF_ROCKETMQ)["credentials"]["secret_key"] == "Secret-Key1"
    assert refused("begin", [users(USER, dict(LATER, secret_key="********"))], OF_ROCKETMQ) == (
        "RocketMQ user billing-1-g2 is there, but its keys could not be read: the service does not show them. Hint: Begin "
        "again with replace: true, which gives billing-1-g2 a new key; billing-1 goes on working meanwhile."
    )


def written(row):
    after = body(row)
    return [huawei("PUT", "instances/i-1/users/" + row["access_key"], after, after), ROCKETMQ.show(after)]


def test_a_newer_user_gets_another_key_in_its_place_and_the_permissions_of_the_older_one(key):
    calls = [users(USER, dict(LATER, admin=False, default_topic_perm="DENY")), *written(LATER)]
    result = done("begin", calls, OF_ROCKETMQ, replace=True)
    assert result["credentials"]["secret_key"] == KEY
    assert result["msg"] == "The key of billing-1-g2 is changed; billing-1 keeps its own."


def test_a_key_is_changed_in_its_place_where_that_is_said(key):
    result = done("begin", [users(USER), *written(USER)], OF_ROCKETMQ, in_place=True)
    assert result["credentials"]["secret_key"] == KEY
    assert (result["msg"], result["old"]) == ("The key of billing-1 is changed in its place.", None)
    assert result["warnings"] == [
        "RocketMQ user billing-1 (instance_id i-1): its old key stops at once; whoever uses it is refused until it has the new "
        "one."
    ]
    assert done("finish", [users(USER)], OF_ROCKETMQ, in_place=True)["changed"] is False
    text = "cannot be used while there are billing-1 and billing-1-g2: finish that rotation first"
    assert refused("begin", [users(USER, LATER)], OF_ROCKETMQ, in_place=True) == nothing(text, "in_place")
