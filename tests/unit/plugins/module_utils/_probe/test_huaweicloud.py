# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors

from .doubles import NAME, Topics, Users, refusal, user, verdicts

NO = "does not hold"


def test_where_rocketmq_is_as_assumed_everything_holds_and_nothing_is_left():
    users = Users()
    probe = users.probe()
    probe.look()
    assert set(users.client.operations()) == {"ListUser", "ShowUser"}
    probe.try_out()
    assert probe.clean_up() == 0 and sorted(users.rows) == ["app-user", "ops-user"]
    assert verdicts(probe) == {f"A{number}": "holds" for number in range(301, 317) if number != 315}


def test_no_write_gives_a_scratch_user_anything():
    users = Users()
    users.outcome(look=False)
    written = [sent for operation, sent in users.client.sent if operation in ("CreateUser", "UpdateUser")]
    assert len(written) == 5
    for sent in written:
        assert (sent["access_key"], sent["admin"], sent["white_remote_address"]) == (NAME, False, "")
        assert {sent["default_topic_perm"], sent["default_group_perm"]} == {"DENY"}
        # A permission of its own is on what nothing is called.
        assert {row["name"] for key in ("topic_perms", "group_perms") for row in sent.get(key, [])} <= {NAME}


def test_where_all_are_administrators_none_is_made():
    users = Users()
    del users.rows["app-user"]
    assert "A312" not in users.outcome() and "CreateUser" not in users.client.operations()


def test_a_user_that_becomes_an_administrator_is_not_changed():
    users = Users()
    users.answer(CreateUser=lambda sent: users.write(dict(sent, admin=True)))
    assert users.outcome(look=False)["A312"] == NO and "UpdateUser" not in users.client.operations()
    assert users.probe().clean_up() == 0 and NAME not in users.rows


def test_what_is_refused_is_told_and_the_rest_is_tried():
    users = Users()

    def write(sent):
        rows = [*sent.get("topic_perms", []), *sent.get("group_perms", [])]
        refused = sent["secret_key"] == "" or any(row["perm"] == "PUB" for row in rows) or sent.get("topic_perms")
        return refusal() if refused else dict(users.write(sent), access_key=None) and None

    users.answer(CreateUser=write, UpdateUser=write)
    found = users.outcome(look=False)
    assert {found[number] for number in ("A309", "A310", "A311", "A314")} == {NO}
    assert "A308" not in found and found["A312"] == "holds"


@pytest.mark.parametrize(
    "operation, change, number, untold",
    [
        ("ShowUser", {"group_perms": []}, "A312", "A309"),
        ("ShowUser", {"secret_key": "R******1"}, "A302", "A309"),
        ("UpdateUser", {"topic_perms": []}, "A313", "A307"),
        ("UpdateUser", {"group_perms": [{"name": NAME, "perm": "DENY"}]}, "A310", "A309"),
    ],
)
def test_what_does_not_show_is_told(operation, change, number, untold):
    users = Users()
    act = users.client.answers[operation]

    def answer(sent):
        made = act({**sent, **change} if operation == "UpdateUser" else sent)
        return made if isinstance(made, Exception) else {**made, **change}

    users.answer(**{operation: answer})
    found = users.outcome(look=False)
    assert found[number] == NO and untold not in found


def test_a_user_that_cannot_be_read_is_told():
    found = Users(ShowUser=Users.absent).outcome(look=False)
    assert found["A313"] == NO and "A302" not in found


def test_odd_lists_of_users_are_told():
    users = Users(ShowUser=user("x-user"))
    users.answer(ListUser=lambda sent: refusal(code="DMS.40050010") if sent[1]["offset"] else users.list(sent))
    users.rows["app-user"]["topic_perms"] = [{"name": "orders", "perm": "SUB|PUB"}]
    found = users.outcome(try_out=False)
    assert {found[number] for number in ("A301", "A304", "A305")} == {NO}
    users.rows.clear()
    assert set(users.outcome(try_out=False)) == {"A301", "A306"}


# -- ROMA Connect ----------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [True, False])
@pytest.mark.parametrize("shown, sent", [("id-shop", "id-stats"), ("key-shop", "key-stats"), ("other", None)])
def test_where_roma_is_as_assumed_everything_holds_and_nothing_is_left(batch, shown, sent):
    topics = Topics(**({} if batch else {"BatchAddTopicAccessPolicy": refusal(code="APIGW.0101", status=404)}))
    topics.rows[0]["user_name"] = shown
    before, probe = [dict(row) for row in topics.rows], topics.probe()
    probe.look()
    assert topics.written() == []
    probe.try_out()
    found = verdicts(probe)
    assert topics.rows == before and probe.changed_otherwise is False
    assert [found[number] for number in ("A408", "A410", "A411")] == ["holds"] * 3
    assert (found["A409"] == "holds") is batch
    assert found.get("A401") == {"id-shop": "holds", "key-shop": NO}.get(shown)
    (_operation, added), *writes = topics.written()
    assert all(body["topics"][0]["policies"] and body["topics"][0]["description"] == "Orders" for _name, body in writes)
    user_name = sent or "key-stats"
    assert added["policies"] == [{"app_name": "stats", "access_policy": "sub", "tag": NAME, "user_name": user_name}]


@pytest.mark.parametrize(
    "change",
    [
        lambda topics: topics.texts.update(sensitive_word=None),
        lambda topics: topics.texts.pop("description"),
        lambda topics: topics.apps.pop(),
        lambda topics: topics.rows.clear(),
        lambda topics: topics.rows.append({"user_name": "key-stats", "app_name": None, "tag": ""}),
        lambda topics: topics.answer(ListMqsInstanceTopics={"topics": []}),
    ],
)
def test_a_topic_that_could_not_be_restored_is_not_written(change):
    topics = Topics()
    change(topics)
    assert "A408" not in topics.outcome() and topics.written() == []


def test_without_a_topic_nothing_is_written_and_nothing_is_there_to_remove():
    topics = Topics()
    probe = topics.probe(topic=None, app=None)
    probe.look()
    probe.try_out()
    assert probe.clean_up() == 0 and topics.written() == []


@pytest.mark.parametrize(
    "odd, number, untold, left",
    [
        ({"UpdateTopicAccessPolicy": None}, "A408", None, 1),  # rows stay
        ({"BatchAddTopicAccessPolicy": None}, "A410", "A408", 0),  # rows do not show
        ({"BatchAddTopicAccessPolicy": refusal(code="MQS.00400002", status=400)}, "A410", "A408", 0),
    ],
)
def test_what_roma_does_otherwise_is_told(odd, number, untold, left):
    topics = Topics(**odd)
    found = topics.outcome()
    assert found[number] == NO and untold not in found and topics.probe().clean_up() == left


def test_a_scratch_row_alone_stays_since_an_empty_list_is_never_written():
    topics = Topics()
    topics.rows[:] = [{"user_name": "id-stats", "app_name": "stats", "access_policy": "sub", "tag": NAME}]
    assert topics.probe().clean_up() == 1 and topics.written() == []


def test_odd_rows_of_topics_are_told():
    topics = Topics()
    topics.unknown = {"policies": [], "total": 1}
    topics.rows.append({"user_name": "gone", "app_name": None, "tag": "a||b"})
    found = topics.outcome(try_out=False)
    assert {found[number] for number in ("A402", "A403", "A404", "A405")} == {NO}
    topics.rows[0]["tag"] = topics.rows[1]["tag"] = "a"
    assert "A405" not in topics.outcome(try_out=False)


def test_a_topic_that_nobody_has_is_refused_as_one_that_is_not_there():
    topics = Topics()
    topics.unknown = refusal(status=500)
    with pytest.raises(errors.RequestError):
        topics.outcome(try_out=False)
