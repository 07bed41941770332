# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors

from .doubles import NAME, Topics, Users, refusal, told, user

NO, YES = "does not hold: ", "holds: "
LATE = NO + "it did not show within 0.0 s"
REFUSED = NO + "it was refused: 230 (HTTP 200)"


def test_where_all_are_administrators_none_is_made():
    users = Users()
    del users.rows["app-user"]
    seen = "not seen: every user is an administrator, as on the basic edition: none was made"
    assert users.outcome()["A312"] == seen and "CreateUser" not in users.client.operations()


def test_a_user_that_becomes_an_administrator_is_not_changed():
    users = Users()
    users.respond(CreateUser=lambda sent: users.write(dict(sent, admin=True)))
    seen = NO + "a new user is not as it was asked for; an administrator: 1"
    assert users.outcome(look=False)["A312"] == seen and "UpdateUser" not in users.client.operations()
    assert users.probe().clean_up() == 0 and NAME not in users.rows


def test_what_is_refused_is_told_and_the_rest_is_tried():
    users = Users()

    def write(sent):
        rows = [*sent.get("topic_perms", []), *sent.get("group_perms", [])]
        refused = sent["secret_key"] == "" or any(row["perm"] == "PUB" for row in rows) or sent.get("topic_perms")
        return refusal() if refused else dict(users.write(sent), access_key=None) and None

    users.respond(CreateUser=write, UpdateUser=write)
    assert users.outcome(look=False) == {
        "A302": YES + "0 of 1 keys are not shown", **dict.fromkeys(["A309", "A310", "A311"], REFUSED),
        "A312": YES + "a row of a topic and one of a group showed", "A313": YES + "each write was in the next read",
        "A314": NO + "the response to the creation has no user",
    }  # fmt: skip


def test_a_response_to_an_update_without_the_user_is_told():
    users = Users()
    users.respond(UpdateUser=lambda sent: users.write(sent) and {"job_id": "j-1"})
    assert users.outcome(look=False)["A314"] == NO + "the response to an update has no user"


@pytest.mark.parametrize(
    "operation, change, seen, untold",
    [
        ("ShowUser", {"group_perms": []}, {"A312": NO + "a permission of a group did not show", "A313": LATE}, "A309"),
        (
            "ShowUser",
            {"topic_perms": []},
            {"A312": NO + "a new user is not as it was asked for; an administrator: 0"},
            "A309",
        ),
        (
            "ShowUser",
            {"secret_key": "R******1"},
            {"A302": NO + "1 of 1 keys are not shown", "A309": "not seen: keys are not shown"},
            "A304",
        ),
        (
            "ShowUser",
            {"secret_key": 7},
            {"A302": NO + "1 of 1 keys are not shown", "A309": NO + "the key was compared after it"},
            "A304",
        ),
        ("UpdateUser", {"topic_perms": []}, {"A313": LATE}, "A307"),
        (
            "UpdateUser",
            {"topic_perms": [{"name": NAME, "perm": "DENY"}]},
            {"A308": NO + "1 of 1 rows were there after it"},
            "A304",
        ),
        (
            "UpdateUser",
            {"group_perms": [{"name": NAME, "perm": "DENY"}]},
            {"A307": NO + "1 of 1 rows were there after it", "A310": NO + "it was taken, and shown: 0"},
            "A309",
        ),
    ],
)
def test_what_does_not_show_is_told(operation, change, seen, untold):
    users = Users()
    act = users.client.responses[operation]

    def respond(sent):
        made = act({**sent, **change} if operation == "UpdateUser" else sent)
        return made if isinstance(made, Exception) else {**made, **change}

    users.respond(**{operation: respond})
    found = users.outcome(look=False)
    assert seen.items() <= found.items() and untold not in found


def test_a_user_that_cannot_be_read_is_told():
    found = Users(ShowUser=Users.absent).outcome(look=False)
    assert found["A313"] == LATE and "A302" not in found


def test_odd_lists_of_users_are_told():
    users = Users(ShowUser=user("x-user"))
    users.respond(ListUser=lambda sent: refusal(code="DMS.40050010") if sent[1]["offset"] else users.list(sent))
    users.rows["app-user"]["topic_perms"] = [{"name": "orders", "perm": "SUB|PUB"}, {"name": "a", "perm": 5}, "x"]
    users.rows["app-user"].update(group_perms=[{"name": "a", "perm": "PUB|SUB"}], secret_key="")
    users.rows["ops-user"].update(default_group_perm="", topic_perms=None)
    users.rows["a"] = user("a", admin=True, default_topic_perm="SUB|PUB")
    assert users.outcome(try_out=False) == {
        "A301": NO + "it was a good response", "A302": NO + "1 of 3 keys are not shown", "A303": NO + "1 of 2 are blank",
        "A304": NO + "it was refused: DMS.40050010 (HTTP 200)", "A305": NO + "2 of 3 are written otherwise",
        "A306": YES + "the responses were looked at",
    }  # fmt: skip
    users.respond(ListUser=lambda sent: dict(users.list(sent), error_code="0"))
    users.rows.clear()
    assert users.outcome(try_out=False) == {
        "A301": NO + "it was a good response", "A303": "not seen: no administrator is there", "A304": "not seen: no user is there",
        "A305": "not seen: no user has both", "A306": NO + "the responses were looked at",
    }  # fmt: skip


@pytest.mark.parametrize(
    "kind, status, seen", [(errors.INVALID, 400, "12 (HTTP 400)"), (errors.NOT_FOUND, 404, "12 (HTTP 404)")]
)
def test_a_user_that_nobody_has_is_refused_in_one_way(kind, status, seen):
    found = Users(ShowUser=refusal(kind, 12, status)).outcome(try_out=False)
    assert found["A301"] == f"{NO}it was {seen}"


def test_a_page_past_the_end_that_has_users_is_told():
    users = Users()
    users.respond(ListUser=lambda sent: {"users": list(users.rows.values()), "total": 2})
    assert users.outcome(try_out=False)["A304"] == NO + "it has 2 users"


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
    found = told(probe)
    assert topics.rows == before and probe.changed_otherwise is False
    assert [found[number].partition(":")[0] for number in ("A408", "A410", "A411")] == ["holds"] * 3
    assert found["A409"] == (YES + "it was taken" if batch else NO + "it was refused: APIGW.0101 (HTTP 404)")
    seen = {"id-shop": YES + "1 of 1 rows have an id, 0 a key", "key-shop": NO + "0 of 1 rows have an id, 1 a key"}
    assert found.get("A401") == seen.get(shown)
    (_operation, added), *writes = topics.written()
    new = {"app_name": "stats", "access_policy": "sub", "tag": NAME}
    assert added["policies"] == [dict(new, user_name=sent or "key-stats")]
    rows = [{"access_policy": "all", "owner": True, "tag": "b || a", "app_id": shown, "app_name": "shop"}]
    texts = {"description": "Orders", "sensitive_word": "", "name": "orders"}
    bodies = [dict(texts, policies=rows)]
    if not batch:
        bodies.insert(0, dict(texts, policies=[*rows, dict(new, owner=False, app_id=sent or "id-stats")]))
    assert [body["topics"] for _name, body in writes] == [[topic] for topic in bodies]


HALF = "the list of topics does not show all of the topic"
ONCE = "the list of applications does not show the application once"
TAKEN = "the application has a row on the topic already"


@pytest.mark.parametrize(
    "change, why",
    [
        (lambda topics: topics.texts.update(sensitive_word=None), HALF),
        (lambda topics: topics.texts.pop("description"), HALF),
        (lambda topics: topics.respond(ListMqsInstanceTopics={"topics": []}), HALF),
        (lambda topics: topics.apps.pop(), ONCE),
        (lambda topics: topics.apps.append(dict(topics.apps[-1], id="id-other")), ONCE),
        (lambda topics: topics.rows.clear(), "the topic has no row, and an empty list is never written"),
        *((lambda topics, row=row: topics.rows.append(dict(row, tag="")), TAKEN)
          for row in ({"user_name": "key-stats"}, {"user_name": "id-stats"}, {"user_name": "x", "app_name": "stats"})),
    ],
)  # fmt: skip
def test_a_topic_that_could_not_be_restored_is_not_written(change, why):
    topics = Topics()
    change(topics)
    found = topics.outcome()
    assert [found[number] for number in ("A408", "A409", "A410", "A411")] == [f"not seen: {why}"] * 4
    assert topics.written() == []


@pytest.mark.parametrize(
    "names", [{"topic": None, "app": None}, {"topic": "orders", "app": None}, {"topic": None, "app": "stats"}]
)
def test_without_a_topic_or_application_nothing_is_written_and_nothing_is_there_to_remove(names):
    topics = Topics()
    probe = topics.probe(**names)
    probe.try_out()
    seen = "not seen: no topic and application were named for it"
    assert told(probe) == dict.fromkeys(["A408", "A409", "A410", "A411"], seen)
    assert probe.clean_up() == 0 and topics.written() == []


@pytest.mark.parametrize(
    "odd, seen, untold, left",
    [
        # Rows stay
        ({"UpdateTopicAccessPolicy": None}, {"A408": NO + "1 scratch rows were there after a write without them"}, None, 1),
        # Rows do not show
        ({"BatchAddTopicAccessPolicy": None}, {"A410": NO + "the row showed: 0", "A411": LATE}, "A408", 0),
        ({"BatchAddTopicAccessPolicy": refusal(code="MQS.00400002", status=400)},
         {"A410": NO + "it was refused: MQS.00400002 (HTTP 400)"}, "A408", 0),
    ],
)  # fmt: skip
def test_what_roma_does_otherwise_is_told(odd, seen, untold, left):
    topics = Topics(**odd)
    found = topics.outcome()
    assert seen.items() <= found.items() and untold not in found and topics.probe().clean_up() == left


def test_a_scratch_row_alone_stays_since_an_empty_list_is_never_written():
    topics = Topics()
    topics.rows[:] = [{"user_name": "id-stats", "app_name": "stats", "access_policy": "sub", "tag": NAME}]
    assert topics.probe().clean_up() == 1 and topics.written() == []


def test_odd_rows_of_topics_are_told():
    topics = Topics()
    topics.unknown = {"policies": [], "total": 1}
    topics.rows.append({"user_name": "gone", "app_name": None, "tag": "a||b"})
    topics.rows.append({"user_name": "key-stats", "app_name": "stats", "tag": None})
    topics.respond(ListMqsInstanceTopics={"topics": [{"name": "orders", "description": "d"}], "total": 2})
    found = {
        "A401": NO + "1 of 3 rows have an id, 1 a key", "A402": NO + "1 of 3 rows have an application that is not listed",
        "A403": NO + "1 of 3 rows have no name", "A404": NO + "it was a response with 0 rows",
        "A405": NO + "1 of 2 tags have blanks", "A406": NO + "1 of 1 topics lack one",
        "A407": NO + "1 topics came, and 2 are stated",
    }  # fmt: skip
    assert topics.outcome(try_out=False) == found
    topics.rows[0]["tag"] = topics.rows[1]["tag"] = "a"
    assert topics.outcome(try_out=False) == {**found, "A405": "not seen: no row has several tags"}


def test_policies_are_read_to_the_end_of_at_most_thirty_topics():
    topics = Topics()
    topics.rows = [{"user_name": f"u-{number}", "app_name": "x", "tag": "a||b"} for number in range(120)]
    topics.respond(ListMqsInstanceTopics={"topics": [{"name": "orders"}] * 31})

    def show(sent):
        page = {"policies": topics.rows[sent[1]["offset"] :][:50], "total": 120}
        return page if "orders" in sent[0] else topics.unknown

    topics.respond(ShowMqsInstanceTopicAccessPolicy=show)
    found = topics.outcome(try_out=False)
    assert found["A403"] == YES + f"0 of {30 * 120} rows have no name"
    assert "A407" not in found


@pytest.mark.parametrize("kind, status", [(errors.SERVER, 404), (errors.INVALID, 500), (errors.INVALID, 403)])
def test_a_topic_that_nobody_has_is_refused_as_one_that_is_not_there(kind, status):
    topics = Topics()
    topics.unknown = refusal(kind, status=status)
    with pytest.raises(errors.RequestError):
        topics.outcome(try_out=False)


def test_a_row_is_removed_beside_rows_of_any_form_and_a_removal_that_takes_time_is_told():
    topics = Topics()
    topics.rows.append({"user_name": "gone", "app_name": None, "access_policy": "pub", "tag": None})
    topics.rows.append({"user_name": "id-stats", "app_name": "stats", "access_policy": "sub", "tag": NAME})
    probe, late = topics.probe(), [topics.rows] * 2
    probe.wait = 4.0
    topics.respond(
        ShowMqsInstanceTopicAccessPolicy=lambda sent: {"policies": late.pop() if late else topics.rows, "total": 3}
    )
    update = topics.client.responses["UpdateTopicAccessPolicy"]

    def write(sent):
        late.append(topics.rows)
        update(sent)

    topics.respond(UpdateTopicAccessPolicy=write)
    assert probe.clean_up() == 0
    assert told(probe)["A411"] == NO + "it took 0.0 s and 2 reads"
    ((_operation, body),) = topics.written()
    assert body["topics"][0]["policies"][1] == {"access_policy": "pub", "app_id": "gone", "app_name": "gone"}


def test_a_topic_that_is_no_longer_listed_is_not_written():
    topics = Topics(ListMqsInstanceTopics={"topics": [], "total": 0})
    topics.rows.append({"user_name": "id-stats", "app_name": "stats", "access_policy": "sub", "tag": NAME})
    with pytest.raises(
        errors.ResponseError, match="the list of topics does not have the topic, so its row could not be"
    ):
        topics.probe().clean_up()
