# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ROMA topic policies: the rules beyond the shared ones."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.tests.unit.roma import (
    BILLING,
    ONE,
    RESOURCE,
    SHOP,
    bare,
    case,
    change,
    refused,
    row,
    unchanged,
)
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, huawei, refusals, run

# -- purge and the owner ---------------------------------------------------------------------------


def test_purge_keeps_the_policy_of_the_owner():
    change({"policies": [BILLING]}, row(BILLING, SHOP), row(BILLING))


def test_purge_owner_takes_it_away():
    change({"policies": [BILLING], "purge_owner": True}, row(BILLING), bare(BILLING))


def test_purge_owner_may_stand_beside_the_list():
    after = bare(BILLING)
    calls = case.read(row(BILLING)) + case.prepare(row(BILLING)) + case.write(after) + case.read(after)
    topics = [{"name": "orders-1", "policies": [BILLING]}]
    assert run(RESOURCE, {"instance_id": "i-1", "purge_owner": True, "topics": topics}, calls)["changed"] is True


def test_purge_owner_of_an_entry_wins():
    topics = [{"name": "orders-1", "policies": [BILLING], "purge_owner": False}]
    calls = case.read(row(BILLING))
    assert run(RESOURCE, {"instance_id": "i-1", "purge_owner": True, "topics": topics}, calls)["changed"] is False


def test_purge_owner_without_purge_removes_nothing():
    unchanged({"policies": [BILLING], "purge": False, "purge_owner": True}, row(BILLING, SHOP))


def test_an_empty_list_clears_all_but_the_owner():
    change({"policies": []}, row(BILLING, SHOP), row())


def test_an_empty_list_with_purge_owner_clears_all():
    current, after = row(BILLING, SHOP), bare()
    calls = case.read(current) + case.details(current) + case.write(after) + case.read(after)
    assert run(RESOURCE, dict(ONE, policies=[], purge_owner=True), calls)["topic"]["policies"] == []


def test_the_owner_named_by_the_task_stays_the_owner():
    unchanged({"policies": [{"app_name": "creator", "access_policy": "all"}, BILLING]}, row(BILLING))


def test_the_access_of_the_owner_may_be_narrowed():
    after = dict(case.row(), policies=[dict(case.owner, access_policy="pub", user_name="key-creator")])
    change({"policies": [{"app_name": "creator", "access_policy": "pub"}]}, row(), after)


# -- rows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purge", [True, False])
def test_a_row_that_is_to_be_absent_goes(purge):
    kept = [BILLING] if purge else []
    change(
        {"policies": [*kept, {"app_name": "shop", "state": "absent"}], "purge": purge}, row(BILLING, SHOP), row(BILLING)
    )
    unchanged({"policies": [*kept, {"app_name": "shop", "state": "absent"}], "purge": purge}, row(BILLING))


def test_what_a_row_does_not_name_stays():
    unchanged({"policies": [{"app_name": "billing", "access_policy": "sub"}], "purge": False}, row(BILLING))


def test_only_the_tag_of_a_row_may_be_named():
    after = row(dict(BILLING, tag="v3"))
    change({"policies": [{"app_name": "billing", "tag": "v3"}], "purge": False}, row(BILLING), after)


def test_an_empty_tag_clears_it():
    change({"policies": [{"app_name": "billing", "tag": ""}]}, row(BILLING), row(dict(BILLING, tag="")))


def test_a_new_row_needs_an_access_policy():
    result = refused(dict(ONE, policies=[{"app_name": "stats", "tag": "x"}]), case.read(row(BILLING)))
    assert "application stats has no policy on it yet, so access_policy is needed" in result["msg"]


def test_a_new_row_is_no_owner_and_has_no_tag():
    after = row(BILLING, {"app_name": "shop", "access_policy": "pub", "tag": ""})
    options = {"policies": [{"app_name": "shop", "access_policy": "pub"}], "purge": False}
    change(options, row(BILLING), after)


@pytest.mark.parametrize(
    ("wanted", "current"),
    [("11||22", "11 || 22"), ("22||11", "11 || 22"), (" 11 ||22||", "11||22"), ("a||b&c", "b || a & c"), ("", None)],
)
def test_tags_are_compared_without_spaces_and_order(wanted, current):
    unchanged({"policies": [dict(BILLING, tag=wanted)]}, row(dict(BILLING, tag=current)))


def test_publish_and_subscribe_tags_are_not_the_same():
    options = {"policies": [dict(BILLING, access_policy="all", tag="a&b")]}
    change(
        options, row(dict(BILLING, access_policy="all", tag="b&a")), row(dict(BILLING, access_policy="all", tag="a&b"))
    )


def test_another_access_policy_is_refused():
    (message,) = refusals(RESOURCE, dict(ONE, policies=[{"app_name": "a", "access_policy": "read"}]))
    assert "must be one of: all, pub, sub" in message


def test_a_row_must_name_its_application():
    (message,) = refusals(RESOURCE, dict(ONE, policies=[{"access_policy": "all"}]))
    assert "one of the following is required: app_name, app_id" in message


def test_diff_is_a_line_an_application():
    (diff,) = change({"policies": [BILLING]}, row(BILLING, SHOP), row(BILLING))["diff"]
    assert diff["before"] == "policies:\n  billing: sub, tag v1||v2\n  creator: all, owner\n  shop: pub\n"
    assert diff["after"] == "policies:\n  billing: sub, tag v1||v2\n  creator: all, owner\n"


# -- names and ids of applications -----------------------------------------------------------------


def test_a_new_application_is_looked_up_by_name_for_its_id():
    change({"policies": [BILLING, SHOP]}, row(BILLING), row(BILLING, SHOP))


def test_an_id_given_by_the_task_is_sent_as_it_is():
    after = bare(dict(BILLING, access_policy="pub"))
    options = {"policies": [dict(BILLING, access_policy="pub", app_id="my-id", app_key="my-key")]}
    body = {"topics": [dict(after, policies=[
        {"app_name": "billing", "access_policy": "pub", "owner": False, "tag": "v1||v2", "app_id": "my-id", "app_key": "my-key"}
    ])]}  # fmt: skip
    path = "mqs/instances/i-1/topics/accesspolicy"
    calls = case.read(bare(BILLING)) + case.details(after) + [huawei("POST", path, body, status=204)] + case.read(after)
    assert run(RESOURCE, dict(ONE, **options), calls)["changed"] is True


def test_an_application_that_cannot_be_listed_needs_its_id():
    calls = case.read(bare()) + case.details(bare()) + [case.list_apps("other")]
    result = refused(dict(ONE, policies=[BILLING]), calls)
    assert "the instance shows no application billing" in result["msg"]
    assert "give its app_id too" in result["msg"]


def test_an_application_may_be_named_by_its_id_alone():
    policy = {"app_id": "id-billing", "access_policy": "sub"}
    unchanged({"policies": [policy], "purge": False}, row(BILLING), case.list_apps())


def test_an_id_that_the_topic_shows_as_user_name_needs_no_list():
    current = row(BILLING)
    current["policies"][0]["user_name"] = "id-billing"
    unchanged({"policies": [{"app_id": "id-billing", "access_policy": "sub"}], "purge": False}, current)


def test_a_new_application_by_id_alone_is_named_for_the_write():
    after = bare(BILLING)
    path = "mqs/instances/i-1/topics/accesspolicy"
    rows = [{"app_name": "billing", "access_policy": "sub", "owner": False, "tag": "v1||v2", "app_id": "id-billing"}]
    calls = case.read(bare()) + [case.list_apps()] + case.details(after)
    calls += [huawei("POST", path, {"topics": [dict(after, policies=rows)]}, status=204)] + case.read(after)
    options = {"policies": [{"app_id": "id-billing", "access_policy": "sub", "tag": "v1||v2"}]}
    assert run(RESOURCE, dict(ONE, **options), calls)["changed"] is True


def test_an_id_that_no_application_has_is_refused():
    calls = case.read(row()) + [case.list_apps()]
    result = refused(dict(ONE, policies=[{"app_id": "id-x", "access_policy": "sub"}]), calls)
    assert "the instance has no application with app_id id-x" in result["msg"]


def test_one_application_by_name_and_by_id_is_refused():
    calls = case.read(row()) + [case.list_apps()]
    result = refused(dict(ONE, policies=[BILLING, {"app_id": "id-billing", "access_policy": "sub"}]), calls)
    assert "application billing is named twice, by name and by id" in result["msg"]


def topics(*policies):
    return {"topics": [{"name": f"orders-{number}", "policies": rows} for number, rows in enumerate(policies, 1)]}


def places(result):
    return [(problem["position"], problem["option"]) for problem in result["error"]["problems"]]


def test_applications_that_cannot_be_told_are_named_with_their_places():
    by_id = {"app_id": "id-billing", "access_policy": "sub"}
    options = topics([SHOP], [dict(by_id, app_id="id-x")], [BILLING], [BILLING, by_id], [dict(by_id, app_id="id-y")])
    calls = case.read(*(row(number=number) for number in range(1, 6))) + [case.list_apps()]
    result = refused(options, calls)
    assert places(result) == [(f"topics[{index}]", "policies") for index in (1, 3, 4)]


def test_an_application_by_id_alone_that_is_not_there_may_be_absent():
    gone = {"app_id": "id-x", "state": "absent"}
    after = row(BILLING, SHOP)
    options = {"policies": [gone, dict(SHOP, app_id="id-shop")], "purge": False}
    path = "mqs/instances/i-1/topics/accesspolicy"
    calls = case.read(row(BILLING)) + [case.list_apps()] + case.details(after)
    calls += [huawei("POST", path, ANY, status=204)] + case.read(after)
    assert run(RESOURCE, dict(ONE, **options), calls)["changed"] is True


def test_what_a_write_lacks_is_told_for_each_topic():
    current = [row(number=number) for number in (1, 2, 3)]
    current[1].pop("description")
    options = topics([BILLING], [BILLING], [dict(BILLING, app_name="stranger")])
    calls = case.read(*current) + [case.topics(*current), case.list_apps()]
    result = refused(options, calls)
    assert places(result) == [("topics[1]", "description"), ("topics[2]", "policies")]


@pytest.mark.parametrize("user", ["id-billing", "key-billing"])
def test_a_row_that_shows_only_its_user_is_named_from_the_list(user):
    current = row(BILLING)
    current["policies"][0].update(app_name=None, user_name=user)
    unchanged({"policies": [BILLING]}, current, case.list_apps())


def test_a_row_whose_application_is_unknown_is_an_error():
    current = row(BILLING)
    current["policies"][0].update(app_name="", user_name="gone")
    result = refused(ONE, case.read(current) + [case.list_apps()])
    assert "belongs to an application ('gone') whose name is not to be had" in result["msg"]


# -- description and sensitive_word ----------------------------------------------------------------


def test_texts_that_the_task_does_not_name_are_sent_back():
    change(
        {"policies": []},
        row(BILLING, description="old", sensitive_word="w"),
        row(description="old", sensitive_word="w"),
    )


@pytest.mark.parametrize("option", ["description", "sensitive_word"])
def test_a_text_that_the_service_does_not_show_must_be_given(option):
    current = row(BILLING)
    current.pop(option)
    calls = case.read(current) + case.prepare(current)
    (problem,) = refused(dict(ONE, policies=[]), calls)["error"]["problems"]
    assert problem["option"] == option


def test_a_text_that_the_service_does_not_show_may_be_given():
    current, after = row(BILLING), row(description="mine")
    current.pop("description")
    options = dict(ONE, policies=[], description="mine")
    calls = case.look(current, options) + [case.list_apps()] + case.write(after) + case.look(after, options)
    assert run(RESOURCE, options, calls)["changed"] is True


def test_a_text_that_is_so_already_is_no_change():
    unchanged({"sensitive_word": "word"}, case.row(), *case.details(case.row()))


# -- what the rows of applications and odd answers are told as -------------------------------------


@pytest.mark.parametrize("option", ["app_id", "app_key"])
@pytest.mark.parametrize(("value", "why"), [("  ", "must not be empty"), ("a\u200bb", "the invisible character")])
def test_an_id_that_can_be_none_is_refused_with_its_place(option, value, why):
    result = refused(dict(ONE, policies=[SHOP, dict(BILLING, **{option: value})]), [])
    (problem,) = result["error"]["problems"]
    assert problem["option"] == f"policies[1].{option}"
    assert why in problem["message"]


def test_an_id_alone_is_refused_by_its_own_name():
    result = refused(dict(ONE, policies=[{"app_id": "a\u200bb", "access_policy": "sub"}]), [])
    assert "app_id holds the invisible character" in result["msg"]


def test_an_application_that_the_topic_shows_by_id_is_written_without_a_look_at_the_list():
    current, after = bare(BILLING), bare(dict(BILLING, access_policy="pub"))
    for topic in (current, after):
        topic["policies"][0]["user_name"] = "id-own"
    path = "mqs/instances/i-1/topics/accesspolicy"
    rows = [{"app_name": "billing", "access_policy": "pub", "owner": False, "tag": "v1||v2", "app_id": "id-own"}]
    calls = case.read(current) + case.details(current)
    calls += [huawei("POST", path, {"topics": [dict(after, policies=rows)]}, status=204)] + case.read(after)
    options = {"policies": [{"app_id": "id-own", "access_policy": "pub"}]}
    assert run(RESOURCE, dict(ONE, **options), calls)["changed"] is True


def test_one_topic_whose_ids_are_given_does_not_end_the_look_at_the_next():
    given = dict(BILLING, app_id="id-billing", app_key="key-billing")
    current = [bare(), dict(bare(), name="orders-2")]
    calls = case.read(*current) + [case.topics(*current), case.list_apps("other")]
    result = refused(topics([given], [SHOP]), calls)
    assert places(result) == [("topics[1]", "policies")]
    assert "no application shop to these credentials" in result["msg"]


def test_a_text_that_is_not_shown_is_asked_for():
    current = row(BILLING)
    current.pop("sensitive_word")
    result = refused(dict(ONE, policies=[]), case.read(current) + case.prepare(current))
    assert "the service did not return it; give it in the task" in result["msg"]


def test_a_topic_that_the_list_does_not_show_has_no_texts():
    result = refused(dict(ONE, policies=[]), case.read(row(BILLING)) + [case.topics(name="orders-1"), case.list_apps()])
    assert [place[1] for place in places(result)] == ["description", "sensitive_word"]


def test_policies_that_do_not_add_up_are_named():
    pages = [case.policies(row(BILLING), total=3), case.policies(row(BILLING), total=3, offset=2)] * 2
    result = refused(dict(ONE, policies=[]), pages)
    assert "the list of policies of orders-1" in result["msg"]


def test_another_status_is_no_sign_that_the_topic_is_absent():
    calls = [case.policies(row(), status=409)]
    assert refused(dict(ONE, policies=[]), calls)["error"]["status"] == 409
