# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._probe import huaweicloud

from .doubles import HuaweiCloud, refusal
from .test_ucloud import NAME, probed, verdicts

ABSENT = refusal(errors.NOT_FOUND, "DMS.00500972", 400)
UNKNOWN = refusal(code="MQS.00404010", status=404)
ROW = {"name": "orders", "perm": "PUB|SUB"}


class Users:
    """RocketMQ: an update replaces the user."""

    def __init__(self, **odd):
        self.rows = {"ops-user": user("ops-user", admin=True), "app-user": user("app-user", topic_perms=[ROW])}
        self.client = HuaweiCloud(
            {
                "ListUser": self.list,
                "ShowUser": lambda sent: self.rows.get(sent[0][-1], ABSENT),
                "CreateUser": self.write,
                "UpdateUser": self.write,
                "DeleteUser": lambda sent: self.rows.pop(sent[0][-1], None),
                **odd,
            }
        )

    def list(self, sent):
        rows = list(self.rows.values())
        return {"users": rows[sent[1]["offset"] :], "total": len(rows)}

    def write(self, sent):
        kept = self.rows.get(sent["access_key"], {}).get("secret_key")
        row = user(**dict(sent, secret_key=sent["secret_key"] or kept))
        self.rows[sent["access_key"]] = row
        return row


def user(access_key, **more):
    row = {"access_key": access_key, "secret_key": "Secret-0815", "admin": False, "topic_perms": [], "group_perms": []}
    return {**row, "default_topic_perm": "DENY", "default_group_perm": "DENY", **more}


def rocketmq(users):
    return probed(huaweicloud.RocketMQProbe, users.client, instance_id="i-1")


def test_rocketmq_in_order():
    users = Users()
    probe = rocketmq(users)
    probe.look()
    assert set(users.client.operations()) == {"ListUser", "ShowUser"}
    probe.try_out()
    assert probe.clean_up() == 0 and sorted(users.rows) == ["app-user", "ops-user"]
    assert verdicts(probe) == {f"A{number}": "holds" for number in range(301, 317) if number != 315}


def test_no_write_gives_a_scratch_user_anything():
    users = Users()
    rocketmq(users).try_out()
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
    probe = rocketmq(users)
    probe.look()
    probe.try_out()
    assert "CreateUser" not in users.client.operations() and "A312" not in verdicts(probe)


def test_a_user_that_becomes_an_administrator_is_not_changed():
    users = Users()
    users.client.answers["CreateUser"] = lambda sent: users.write(dict(sent, admin=True))
    probe = rocketmq(users)
    probe.try_out()
    assert verdicts(probe)["A312"] == "does not hold" and "UpdateUser" not in users.client.operations()
    assert probe.clean_up() == 0 and NAME not in users.rows


def test_what_is_refused_is_told_and_the_rest_is_tried():
    users = Users()

    def write(sent):
        rows = [*sent.get("topic_perms", []), *sent.get("group_perms", [])]
        refused = sent["secret_key"] == "" or any(row["perm"] == "PUB" for row in rows) or sent.get("topic_perms")
        return refusal() if refused else dict(users.write(sent), access_key=None) and None

    users.client.answers.update(CreateUser=write, UpdateUser=write)
    probe = rocketmq(users)
    probe.try_out()
    found = verdicts(probe)
    assert {found[number] for number in ("A309", "A310", "A311", "A314")} == {"does not hold"}
    assert "A308" not in found and found["A312"] == "holds"


@pytest.mark.parametrize("lacking, number", [("group_perms", "A312"), ("secret_key", "A302")])
def test_what_does_not_show(lacking, number):
    users = Users()
    shown = users.client.answers["ShowUser"]

    def show(sent):
        row = shown(sent)
        return (
            row if isinstance(row, Exception) else dict(row, **{lacking: "R******1" if lacking == "secret_key" else []})
        )

    users.client.answers["ShowUser"] = show
    probe = rocketmq(users)
    probe.try_out()
    found = verdicts(probe)
    assert found[number] == "does not hold" and "A309" not in found


def test_odd_lists_of_users():
    users = Users(
        ListUser=lambda sent: (
            refusal(code="DMS.40050010") if sent[1]["offset"] else {"users": list(users.rows.values()), "total": 2}
        )
    )
    users.client.answers["ShowUser"] = user("x-user")
    probe = rocketmq(users)
    users.rows["app-user"]["topic_perms"] = [{"name": "orders", "perm": "SUB|PUB"}]
    probe.look()
    found = verdicts(probe)
    assert {found[number] for number in ("A301", "A304", "A305")} == {"does not hold"}
    users.rows.clear()
    users.client.answers["ListUser"] = {"users": [], "total": 0}
    probe = rocketmq(users)
    probe.look()
    assert set(verdicts(probe)) == {"A301", "A306"}


def test_refused_rights_are_raised():
    for operation in ("ListUser", "ShowUser", "CreateUser", "UpdateUser"):
        users = Users(**{operation: refusal(errors.PERMISSION, "DMS.10240309", 403)})
        probe = rocketmq(users)
        with pytest.raises(errors.RequestError):
            probe.look()
            probe.try_out()


# -- ROMA Connect ----------------------------------------------------------------------------------


class Topics:
    """One topic: a write replaces its rows."""

    def __init__(self, **odd):
        self.apps = [
            {"id": f"id-{name}", "key": f"key-{name}", "name": name, "secret": "s"} for name in ("shop", "stats")
        ]
        self.rows = [
            {"user_name": "id-shop", "app_name": "shop", "access_policy": "all", "owner": True, "tag": "b || a"}
        ]
        self.texts = {"description": "Orders", "sensitive_word": ""}
        self.client = HuaweiCloud(
            {
                "ListMqsInstanceTopics": lambda sent: {"topics": [dict(self.texts, name="orders")], "total": 1},
                "ListRomaApp": lambda sent: {"apps": self.apps, "total": len(self.apps)},
                "ShowMqsInstanceTopicAccessPolicy": self.show,
                "BatchAddTopicAccessPolicy": self.add,
                "UpdateTopicAccessPolicy": self.update,
                **odd,
            }
        )

    def show(self, sent):
        if "orders" not in sent[0]:
            return UNKNOWN
        return {"policies": self.rows[sent[1]["offset"] :], "total": len(self.rows)}

    def add(self, sent):
        self.rows = self.rows + [dict(row, owner=False) for row in sent["policies"]]

    def update(self, sent):
        (topic,) = sent["topics"]
        self.rows = [
            dict({"tag": ""}, **{key: value for key, value in row.items() if key != "app_id"}, user_name=row["app_id"])
            for row in topic["policies"]
        ]


def roma(topics, topic="orders", app="stats"):
    return probed(huaweicloud.RomaProbe, topics.client, instance_id="i-1", topic=topic, app=app)


@pytest.mark.parametrize("batch", [True, False])
@pytest.mark.parametrize("shown, sent", [("id-shop", "id-stats"), ("key-shop", "key-stats"), ("other", None)])
def test_roma_in_order(batch, shown, sent):
    topics = Topics(**({} if batch else {"BatchAddTopicAccessPolicy": refusal(code="APIGW.0101", status=404)}))
    topics.rows[0]["user_name"] = shown
    before, probe = [dict(row) for row in topics.rows], roma(topics)
    probe.look()
    assert not {"BatchAddTopicAccessPolicy", "UpdateTopicAccessPolicy"} & set(topics.client.operations())
    probe.try_out()
    found = verdicts(probe)
    assert topics.rows == before and probe.changed_otherwise is False
    assert [found[number] for number in ("A408", "A410", "A411")] == ["holds"] * 3
    assert (found["A409"] == "holds") is batch
    assert found.get("A401") == {"id-shop": "holds", "key-shop": "does not hold"}.get(shown)
    writes = [body for operation, body in topics.client.sent if operation == "UpdateTopicAccessPolicy"]
    assert all(body["topics"][0]["policies"] and body["topics"][0]["description"] == "Orders" for body in writes)
    added = next(body for name, body in topics.client.sent if name == "BatchAddTopicAccessPolicy")["policies"]
    assert added == [{"app_name": "stats", "access_policy": "sub", "tag": NAME, "user_name": sent or "key-stats"}]


@pytest.mark.parametrize(
    "change",
    [
        lambda topics: topics.texts.update(sensitive_word=None),
        lambda topics: topics.texts.pop("description"),
        lambda topics: topics.apps.pop(),
        lambda topics: topics.rows.clear(),
        lambda topics: topics.rows.append({"user_name": "key-stats", "app_name": None, "tag": ""}),
    ],
)
def test_a_topic_that_could_not_be_restored_is_not_written(change):
    topics = Topics()
    change(topics)
    probe = roma(topics)
    probe.look()
    probe.try_out()
    assert not {"BatchAddTopicAccessPolicy", "UpdateTopicAccessPolicy"} & set(topics.client.operations())
    assert "A408" not in verdicts(probe)


def test_without_a_topic_nothing_is_written_and_nothing_is_there_to_remove():
    topics = Topics()
    probe = roma(topics, topic=None, app=None)
    probe.look()
    probe.try_out()
    assert probe.clean_up() == 0
    assert not {"BatchAddTopicAccessPolicy", "UpdateTopicAccessPolicy"} & set(topics.client.operations())


def test_rows_that_stay_or_do_not_show():
    topics = Topics(UpdateTopicAccessPolicy=None)
    probe = roma(topics)
    probe.look()
    probe.try_out()
    assert (verdicts(probe)["A408"], probe.clean_up()) == ("does not hold", 1)
    topics = Topics(BatchAddTopicAccessPolicy=None)
    probe = roma(topics)
    probe.look()
    probe.try_out()
    assert verdicts(probe)["A410"] == "does not hold" and "A408" not in verdicts(probe)


def test_a_scratch_row_alone_stays_since_an_empty_list_is_never_written():
    topics = Topics()
    topics.rows[:] = [{"user_name": "id-stats", "app_name": "stats", "access_policy": "sub", "tag": NAME}]
    assert roma(topics).clean_up() == 1
    assert "UpdateTopicAccessPolicy" not in topics.client.operations()


@pytest.mark.parametrize("kind", [errors.INVALID, errors.PERMISSION])
def test_an_addition_that_is_refused(kind):
    topics = Topics(BatchAddTopicAccessPolicy=refusal(kind, "MQS.00400002", 400))
    probe = roma(topics)
    probe.look()
    if kind == errors.INVALID:
        probe.try_out()
        assert verdicts(probe)["A410"] == "does not hold"
    else:
        with pytest.raises(errors.RequestError):
            probe.try_out()


@pytest.mark.parametrize(
    "answer, raised", [({"policies": [], "total": 1}, False), (refusal(errors.SERVER, None, 500), True)]
)
def test_a_topic_that_nobody_has(answer, raised):
    topics = Topics()
    topics.client.answers["ShowMqsInstanceTopicAccessPolicy"] = lambda sent: (
        topics.show(sent) if "orders" in sent[0] else answer
    )
    probe = roma(topics)
    topics.rows.append({"user_name": "gone", "app_name": None, "tag": "a||b"})
    if raised:
        with pytest.raises(errors.RequestError):
            probe.look()
    else:
        probe.look()
        found = verdicts(probe)
        assert {found[number] for number in ("A402", "A403", "A404", "A405")} == {"does not hold"}
