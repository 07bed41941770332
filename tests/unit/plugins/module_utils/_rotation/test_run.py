# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a rotation, request by request."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._rotation import plan, run
from ansible_collections.grantops.cloud.tests.unit.scripted import huawei, ucloud

from .tasks import OF_ROCKETMQ, ROCKETMQ, create, delete, done, gone, one, play, refused, token, tokens

OLD, NEW = token(), token(2, "ci-1.g2")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(run, "PAUSES", (0.0, 0.0))


def begun(*new):
    """Calls of a creation that goes well, and the look whether another controller has created the same."""
    made = new[0]
    return [tokens(OLD), create(made), one(made), tokens(OLD, *new)]


# -- begin -------------------------------------------------------------------------------------------


def test_begin_creates_verifies_looks_for_others_and_reads_the_keys():
    result = done("begin", [*begun(NEW), tokens(OLD, NEW), one(NEW)])
    assert result["credentials"] == {
        "token_id": "t-2", "token_name": "ci-1.g2", "public_key": "TOKEN_pub", "private_key": "TokenPrivate0",
    }  # fmt: skip
    assert result["old"] == {"token_id": "t-1", "token_name": "ci-1", "generation": 1}
    assert result["new"] == {"token_id": "t-2", "token_name": "ci-1.g2", "generation": 2}
    assert result["msg"] == "ci-1.g2 is created beside ci-1, with the same permissions."


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
    result = done("begin", [tokens(OLD, NEW), one(NEW)])
    assert (result["changed"], result["msg"]) == (False, "ci-1.g2 exists beside ci-1 already.")
    assert result["credentials"]["private_key"] == "TokenPrivate0"


def test_replace_deletes_first():
    fresh = token(3, "ci-1.g2")
    calls = [tokens(OLD, NEW), delete(NEW), *gone(NEW), tokens(OLD, NEW), create(fresh), one(fresh)]
    # A replica that shows the deleted one again is not believed.
    result = done("begin", [*calls, tokens(OLD, NEW, fresh), tokens(OLD, fresh), one(fresh)], replace=True)
    assert [row["action"] for row in result["changes"]] == ["delete", "create"]
    assert result["credentials"]["token_id"] == "t-3"
    # Without a newer one it is a beginning.
    begun_anew = [tokens(OLD), *begun(NEW), tokens(OLD, NEW), one(NEW)]
    assert [row["action"] for row in done("begin", begun_anew, replace=True)["changes"]] == ["create"]


@pytest.mark.parametrize(
    "answer, why",
    [
        ({"PrivateKey": "********"}, "the service does not show them"),
        ({"PrivateKey": None}, "the response of DescribeUFileToken has no key pair of the token"),
    ],
)
def test_keys_that_cannot_be_read_are_told_with_a_way_out(answer, why):
    message = refused("begin", [tokens(OLD, NEW), one(dict(NEW, **answer))])
    assert f"UFile token ci-1.g2 (token_id t-2) is there, but its keys could not be read: {why}" in message
    assert "replace: true deletes ci-1.g2 and makes it again" in message


def test_what_cannot_be_read_before_or_after_is_told():
    result = play("begin", [*begun(NEW), *[tokens(OLD)] * 3])
    assert "the service does not show it any more" in result["msg"]
    assert result["changed"] is True
    assert "Could not read UFile tokens, so nothing was written." in refused("begin", [tokens(code=299)])


# -- two controllers ---------------------------------------------------------------------------------

LARGER, SMALLER = token(3, "ci-1.g2"), token(0, "ci-1.g2")


def test_the_larger_id_takes_itself_away():
    result = done("begin", [*begun(NEW, SMALLER), delete(NEW), *gone(NEW), tokens(OLD, SMALLER), one(SMALLER)])
    assert result["credentials"]["token_id"] == "t-0"
    assert "Another controller created ci-1.g2 at the same moment; ci-1.g2 (token_id t-2)" in result["warnings"][0]


@pytest.mark.parametrize(
    "looks, stays",
    [
        ([tokens(OLD, NEW, LARGER), tokens(OLD, NEW), tokens(OLD, NEW)], NEW),
        # One that stays was alone when it looked, and its keys are handed over by now.
        ([*[tokens(OLD, NEW, LARGER)] * 2, delete(NEW), *gone(NEW), tokens(OLD, LARGER)], LARGER),
    ],
)
def test_the_smaller_id_stays_where_the_larger_goes(looks, stays):
    result = done("begin", [*begun(NEW, LARGER), *looks, one(stays)])
    assert result["credentials"]["token_id"] == stays["TokenId"]


def test_it_is_not_tried_for_ever():
    made = [token(number, "ci-1.g2") for number in (2, 4, 5)]
    result = play("begin", [call for row in made for call in (*begun(row, SMALLER), delete(row), *gone(row))])
    assert "Other controllers keep rotating ci-1 at the same time" in result["msg"]
    assert result["changed"] is True


# -- finish ------------------------------------------------------------------------------------------


def test_finish_deletes_the_older_one_where_there_is_one():
    result = done("finish", [tokens(OLD, NEW), delete(OLD), *gone(OLD)])
    assert result["msg"] == "ci-1 is deleted; ci-1.g2 stays."
    assert "credentials" not in result
    assert done("finish", [tokens(NEW)])["msg"] == "ci-1.g2 is the only one: there is nothing to finish."
    message = refused("finish", [tokens(OLD)])
    assert "there is only ci-1 (token_id t-1), so no rotation was begun" in message
    assert "and nothing is deleted. Hint: Run step: begin first." in message


# -- RocketMQ ----------------------------------------------------------------------------------------

USER, LATER = ROCKETMQ.row(), ROCKETMQ.row(access_key="billing-1-g2")
KEY = "Fresh0Key0of032characters0000000"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setattr(plan, "new_key", lambda name: KEY)


users = ROCKETMQ.list


def body(row):
    return dict(row, secret_key=KEY, topic_perms=sorted(row["topic_perms"], key=lambda each: each["name"]))


def test_a_user_is_created_with_a_key_of_its_own(key):
    made = dict(LATER, secret_key="********")  # shown masked, but known
    post = huawei("POST", "instances/i-1/users", body(LATER), LATER)
    result = done("begin", [users(USER), post, ROCKETMQ.show(made), users(USER, made)], OF_ROCKETMQ)
    assert result["credentials"] == {"instance_id": "i-1", "user_name": "billing-1-g2", "secret_key": KEY}
    assert "secret_key was written, but the service does not show it" in result["warnings"][0]


def test_the_key_of_a_user_that_is_there_is_read():
    assert done("begin", [users(USER, LATER)], OF_ROCKETMQ)["credentials"]["secret_key"] == "Secret-Key1"
    masked = dict(LATER, secret_key="********")
    assert "the service does not show them" in refused("begin", [users(USER, masked)], OF_ROCKETMQ)


def written(row):
    after = body(row)
    return [huawei("PUT", "instances/i-1/users/" + row["access_key"], after, after), ROCKETMQ.show(after)]


def test_a_newer_user_gets_another_key_in_its_place(key):
    result = done("begin", [users(USER, LATER), *written(LATER)], OF_ROCKETMQ, replace=True)
    assert result["credentials"]["secret_key"] == KEY


def test_a_key_is_changed_in_its_place_where_that_is_said(key):
    result = done("begin", [users(USER), *written(USER)], OF_ROCKETMQ, in_place=True)
    assert result["credentials"]["secret_key"] == KEY
    assert result["msg"] == "The key of billing-1 is changed in its place."
    assert "its old key stops at once" in result["warnings"][0]
    assert done("finish", [users(USER)], OF_ROCKETMQ, in_place=True)["changed"] is False
    message = refused("begin", [users(USER, LATER)], OF_ROCKETMQ, in_place=True)
    assert "in_place: cannot be used while there are billing-1 and billing-1-g2" in message
