# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ROMA topic policies: the rules beyond the shared ones."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import roma_topic_policy
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Change, State
from ansible_collections.grantops.cloud.tests.unit.cases import Roma
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, huawei, refusals, run

RESOURCE = roma_topic_policy.RESOURCE
case = Roma()
ONE = {"instance_id": "i-1", "name": "orders-1"}
BILLING, AUDIT = case.two("policies")


def row(*items, number=1, **changes):
    """A topic with the owner's policy and these."""
    return dict(case.row_with("policies", items, number), **changes)


def bare(*items):
    """A topic with these policies alone."""
    policies = [dict({"owner": False, "tag": ""}, **item) for item in items]
    return dict(case.row(), policies=[dict(item, user_name="key-" + item["app_name"]) for item in policies])


# -- purge and the owner ---------------------------------------------------------------------------


def test_purge_keeps_the_policy_of_the_owner():
    case.change({"policies": [BILLING]}, row(BILLING, AUDIT), row(BILLING))


def test_purge_owner_takes_it_away():
    case.change({"policies": [BILLING], "purge_owner": True}, row(BILLING), bare(BILLING))


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
    case.unchanged({"policies": [BILLING], "purge": False, "purge_owner": True}, row(BILLING, AUDIT))


def test_an_empty_list_clears_all_but_the_owner():
    case.change({"policies": []}, row(BILLING, AUDIT), row())


def test_an_empty_list_with_purge_owner_clears_all():
    current, after = row(BILLING, AUDIT), bare()
    calls = case.read(current) + case.details(current) + case.write(after) + case.read(after)
    assert run(RESOURCE, dict(ONE, policies=[], purge_owner=True), calls)["topic"]["policies"] == []


def test_the_owner_named_by_the_task_stays_the_owner():
    case.unchanged({"policies": [{"app_name": "creator", "access_policy": "all"}, BILLING]}, row(BILLING))


def test_the_access_of_the_owner_may_be_narrowed():
    after = dict(case.row(), policies=[dict(case.owner, access_policy="pub", user_name="key-creator")])
    case.change({"policies": [{"app_name": "creator", "access_policy": "pub"}]}, row(), after)


# -- rows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purge", [True, False])
def test_a_row_that_is_to_be_absent_goes(purge):
    kept = [BILLING] if purge else []
    case.change(
        {"policies": [*kept, {"app_name": "audit", "state": "absent"}], "purge": purge},
        row(BILLING, AUDIT),
        row(BILLING),
    )
    case.unchanged({"policies": [*kept, {"app_name": "audit", "state": "absent"}], "purge": purge}, row(BILLING))


def test_what_a_row_does_not_name_stays():
    case.unchanged({"policies": [{"app_name": "billing", "access_policy": "sub"}], "purge": False}, row(BILLING))


def test_only_the_tag_of_a_row_may_be_named():
    after = row(dict(BILLING, tag="v3"))
    case.change({"policies": [{"app_name": "billing", "tag": "v3"}], "purge": False}, row(BILLING), after)


def test_an_empty_tag_clears_it():
    case.change({"policies": [{"app_name": "billing", "tag": ""}]}, row(BILLING), row(dict(BILLING, tag="")))


def test_a_new_row_needs_an_access_policy():
    result = case.refused(dict(ONE, policies=[{"app_name": "stats", "tag": "x"}]), case.read(row(BILLING)))
    assert "application stats has no policy on it yet, so access_policy is needed" in result["msg"]


def test_a_new_row_is_no_owner_and_has_no_tag():
    after = row(BILLING, {"app_name": "audit", "access_policy": "pub", "tag": ""})
    options = dict(ONE, policies=[{"app_name": "audit", "access_policy": "pub"}])
    calls = [*case.read(row()), *case.details(row()), case.list_apps()]
    after = row({"app_name": "audit", "access_policy": "pub", "tag": ""})
    assert run(RESOURCE, options, calls + case.write(after) + case.read(after))["changed"] is True


@pytest.mark.parametrize(
    ("desired", "current"),
    [("11||22", "11 || 22"), ("22||11", "11 || 22"), (" 11 ||22||", "11||22"), ("a||b&c", "b || a & c"), ("", None)],
)
def test_tags_are_compared_without_spaces_and_order(desired, current):
    case.unchanged({"policies": [dict(BILLING, tag=desired)]}, row(dict(BILLING, tag=current)))


def test_publish_and_subscribe_tags_are_not_the_same():
    options = {"policies": [dict(BILLING, access_policy="all", tag="a&b")]}
    case.change(
        options, row(dict(BILLING, access_policy="all", tag="b&a")), row(dict(BILLING, access_policy="all", tag="a&b"))
    )


def test_another_access_policy_is_refused():
    (message,) = refusals(RESOURCE, dict(ONE, policies=[{"app_name": "a", "access_policy": "read"}]))
    assert "must be one of: all, pub, sub" in message


def test_a_row_must_name_its_application():
    (message,) = refusals(RESOURCE, dict(ONE, policies=[{"access_policy": "all"}]))
    assert "one of the following is required: app_name, app_id" in message


def test_diff_is_a_line_an_application():
    (diff,) = case.change({"policies": [BILLING]}, row(BILLING, AUDIT), row(BILLING))["diff"]
    assert diff["before"] == 'policies:\n  audit: pub\n  billing: "sub, tag late||paid&new"\n  creator: all, owner\n'
    assert diff["after"] == 'policies:\n  billing: "sub, tag late||paid&new"\n  creator: all, owner\n'


# -- names and ids of applications -----------------------------------------------------------------


def write(current, after, sent, options, *lists):
    """A write whose applications are ``sent``: {name: app_id}."""
    rows = [{key: item[key] for key in item if key != "user_name"} for item in after["policies"]]
    rows = sorted((dict(item, app_id=sent[item["app_name"]]) for item in rows), key=lambda item: item["app_name"])
    body = {"topics": [dict(after, policies=rows)]}
    call = huawei("POST", "mqs/instances/i-1/topics/accesspolicy", body, status=204)
    calls = [*case.read(current), *case.details(current), *lists, call, *case.read(after)]
    result = run(RESOURCE, dict(ONE, **options), calls)
    assert result["changed"] is True, result
    return result


def shown(topic, **users):
    """The topic with other ids or keys of its applications."""
    return dict(
        topic,
        policies=[dict(item, user_name=users.get(item["app_name"], item["user_name"])) for item in topic["policies"]],
    )


@pytest.mark.parametrize("user", ["KEY-a1", "ID-a1", "gone", "id-billing"])
def test_a_row_that_is_there_keeps_the_identity_that_was_read(user):
    """Neither the list nor what the task gives is asked who it is."""
    current = shown(bare(BILLING), billing=user)
    after = shown(bare(dict(BILLING, access_policy="pub")), billing=user)
    for given in ({}, {"app_id": "another"}):
        write(current, after, {"billing": user}, {"policies": [dict(BILLING, access_policy="pub", **given)]})


def test_a_row_that_goes_leaves_the_others_as_they_were_read():
    current, after = (shown(topic, billing="KEY-a1") for topic in (bare(BILLING, AUDIT), bare(BILLING)))
    write(current, after, {"billing": "KEY-a1"}, {"policies": [BILLING]})


@pytest.mark.parametrize(
    ("user", "new"),
    [("id-billing", "id-audit"), ("key-billing", "key-audit"), ("gone", "id-audit"), (None, "id-audit")],
)
def test_a_new_row_is_named_as_the_rows_that_were_read_are(user, new):
    """By id or by key; by id where none tells."""
    current = shown(bare(BILLING), billing=user)
    after = shown(bare(BILLING, AUDIT), billing=user)
    write(
        current,
        after,
        {"billing": user or "id-billing", "audit": new},
        {"policies": [BILLING, AUDIT]},
        case.list_apps(),
    )


def test_a_topic_without_rows_is_told_by_the_others_of_the_task():
    current = [shown(bare(BILLING), billing="key-billing"), dict(bare(), name="orders-2")]
    after = [shown(bare(dict(BILLING, access_policy="pub")), billing="key-billing"), dict(bare(AUDIT), name="orders-2")]
    calls = [*case.read(*current), case.topics(*current), case.list_apps(), *case.write(*after), *case.read(*after)]
    options = topics([dict(BILLING, access_policy="pub")], [AUDIT])
    assert run(RESOURCE, dict(options, instance_id="i-1"), calls)["changed"] is True


@pytest.mark.parametrize(("user", "who"), [("id-billing", "id-"), ("key-billing", "key-"), ("gone", "key-")])
def test_an_addition_is_named_as_the_rows_that_were_read_are(user, who):
    """By key where none tells: the call for additions is documented so."""
    current, after = (shown(topic, billing=user) for topic in (bare(BILLING), bare(BILLING, AUDIT)))
    calls = [
        *case.read(current),
        *case.details(current),
        case.list_apps(),
        case.batch_add([AUDIT], who=who),
        *case.read(after),
    ]
    assert run(RESOURCE, dict(ONE, policies=[AUDIT], purge=False), calls)["changed"] is True


def test_an_id_given_by_the_task_is_sent_as_it_is():
    given = dict(BILLING, app_id="my-id", app_key="my-key")
    body = {"topics": [dict(bare(), policies=[dict(given, owner=False)])]}
    calls = [*case.read(bare()), *case.details(bare()), huawei("POST", "mqs/instances/i-1/topics/accesspolicy", body)]
    assert run(RESOURCE, dict(ONE, policies=[given]), calls + case.read(bare(BILLING)))["changed"] is True


def test_an_id_given_by_the_task_is_added_as_it_is():
    given = dict(BILLING, app_id="my-id")
    calls = [*case.read(bare()), *case.details(bare()), case.batch_add([BILLING]), *case.read(bare(BILLING))]
    calls[2].body["policies"][0]["user_name"] = "my-id"
    assert run(RESOURCE, dict(ONE, policies=[given], purge=False), calls)["changed"] is True


def test_an_application_that_cannot_be_listed_needs_its_id():
    calls = case.read(bare()) + case.details(bare()) + [case.list_apps("other")]
    result = case.refused(dict(ONE, policies=[BILLING]), calls)
    assert "the instance shows no application billing" in result["msg"]
    assert "give its app_id too" in result["msg"]


def test_an_application_whose_name_two_have_needs_its_id():
    listing = case.list_apps("billing", "other")
    listing.answer["apps"][1]["name"] = "billing"
    result = case.refused(dict(ONE, policies=[BILLING]), case.read(bare()) + case.details(bare()) + [listing])
    assert "the instance shows 2 applications billing" in result["msg"]


# -- applications that the list does not show ------------------------------------------------------


def ghost(*items, name=None):
    """A topic with a row of an application that the list does not show; ``name`` is what the row has."""
    topic = row(*items)
    topic["policies"].insert(
        0, {"app_name": name, "access_policy": "all", "tag": "", "owner": False, "user_name": "ghost-1"}
    )
    return topic


@pytest.mark.parametrize("name", [None, "", "ghost"])
def test_an_application_that_is_not_listed_keeps_its_row(name):
    listed = [] if name else [case.list_apps()]
    current, after = ghost(BILLING, name=name), ghost(dict(BILLING, access_policy="pub"), name=name)
    sent = ghost(dict(BILLING, access_policy="pub"), name=name or "ghost-1")
    options = dict(ONE, policies=[dict(BILLING, access_policy="pub")], purge=False)
    calls = case.read(current) + listed + case.details(current) + case.write(sent) + case.read(after)
    result = run(RESOURCE, options, calls)
    assert {"app_name": name or "ghost-1", "access_policy": "all", "tag": "", "owner": False} in result["topic"][
        "policies"
    ]


@pytest.mark.parametrize("by", [{"app_id": "ghost-1"}, {"app_name": "ghost-1"}])
def test_an_application_without_a_name_is_removed_by_its_id(by):
    current, after = ghost(BILLING), row(BILLING)
    options = dict(ONE, policies=[dict(by, state="absent")], purge=False)
    calls = case.read(current) + [case.list_apps()] + case.details(current) + case.write(after) + case.read(after)
    assert run(RESOURCE, options, calls)["changed"] is True


def test_an_application_that_is_not_listed_is_removed_by_its_id_without_a_look_at_the_list():
    current, after = ghost(BILLING, name="ghost"), row(BILLING)
    options = dict(ONE, policies=[{"app_id": "ghost-1", "state": "absent"}], purge=False)
    calls = case.read(current) + case.details(current) + case.write(after) + case.read(after)
    assert run(RESOURCE, options, calls)["changed"] is True


def test_an_application_that_is_not_listed_goes_with_all_that_are_not_named():
    current, after = ghost(BILLING, name="ghost"), row(BILLING)
    case.change({"policies": [BILLING]}, current, after)


# -- applications by id alone ----------------------------------------------------------------------


def test_an_application_may_be_named_by_its_id_alone():
    policy = {"app_id": "id-billing", "access_policy": "sub"}
    case.unchanged({"policies": [policy], "purge": False}, row(BILLING), case.list_apps())


def test_an_id_that_the_topic_shows_as_user_name_needs_no_list():
    current = row(BILLING)
    current["policies"][0]["user_name"] = "id-billing"
    case.unchanged({"policies": [{"app_id": "id-billing", "access_policy": "sub"}], "purge": False}, current)


@pytest.mark.parametrize("app_id", ["id-billing", "key-billing"])
@pytest.mark.parametrize(("items", "sent"), [([], "id-billing"), ([AUDIT], "key-billing")])
def test_a_new_application_by_id_alone_is_named_for_the_write(app_id, items, sent):
    after = bare(BILLING, *items)
    rows = [dict(item, owner=False, app_id="key-audit") for item in items] + [dict(BILLING, owner=False, app_id=sent)]
    calls = case.read(bare(*items)) + [case.list_apps()] + case.details(after)
    calls += [huawei("POST", "mqs/instances/i-1/topics/accesspolicy", {"topics": [dict(after, policies=rows)]})]
    options = {"policies": [*items, {"app_id": app_id, "access_policy": "sub", "tag": "late||paid&new"}]}
    assert run(RESOURCE, dict(ONE, **options), calls + case.read(after))["changed"] is True


def test_an_id_that_no_application_has_is_refused():
    calls = case.read(row()) + [case.list_apps()]
    result = case.refused(dict(ONE, policies=[{"app_id": "id-x", "access_policy": "sub"}]), calls)
    assert "the instance has no application with app_id id-x" in result["msg"]


def test_one_application_by_name_and_by_id_is_refused():
    calls = case.read(row()) + [case.list_apps()]
    result = case.refused(dict(ONE, policies=[BILLING, {"app_id": "id-billing", "access_policy": "sub"}]), calls)
    assert "application billing is named twice, by name and by id" in result["msg"]


def topics(*policies):
    return {"topics": [{"name": f"orders-{number}", "policies": rows} for number, rows in enumerate(policies, 1)]}


def places(result):
    return [(problem["position"], problem["option"]) for problem in result["error"]["problems"]]


def test_applications_that_cannot_be_told_are_named_with_their_places():
    by_id = {"app_id": "id-billing", "access_policy": "sub"}
    options = topics([AUDIT], [dict(by_id, app_id="id-x")], [BILLING], [BILLING, by_id], [dict(by_id, app_id="id-y")])
    calls = case.read(*(row(number=number) for number in range(1, 6))) + [case.list_apps()]
    result = case.refused(options, calls)
    assert places(result) == [(f"topics[{index}]", None) for index in (1, 3, 4)]
    assert result["msg"].count("policies: ") == 3


def test_an_application_by_id_alone_that_is_not_there_may_be_absent():
    gone = {"app_id": "id-x", "state": "absent"}
    after = row(BILLING, AUDIT)
    options = {"policies": [gone, dict(AUDIT, app_id="id-audit")], "purge": False}
    calls = case.read(row(BILLING)) + [case.list_apps()] + case.details(after)
    calls += [case.batch_add([AUDIT], who="id-")] + case.read(after)
    assert run(RESOURCE, dict(ONE, **options), calls)["changed"] is True


def test_what_a_write_lacks_is_told_for_each_topic():
    current = [row(number=number) for number in (1, 2, 3)]
    options = topics([dict(BILLING, app_name="nobody")], [BILLING], [dict(BILLING, app_name="stranger")])
    calls = case.read(*current) + [case.topics(*current), case.list_apps()]
    result = case.refused(options, calls)
    assert places(result) == [("topics[0]", "policies"), ("topics[2]", "policies")]


@pytest.mark.parametrize("user", ["id-billing", "key-billing"])
def test_a_row_that_shows_only_its_user_is_named_from_the_list(user):
    current = row(BILLING)
    current["policies"][0].update(app_name=None, user_name=user)
    case.unchanged({"policies": [BILLING]}, current, case.list_apps())


@pytest.mark.parametrize("user", [None, ""])
def test_a_row_that_says_nothing_of_its_application_is_an_error(user):
    current = row(BILLING)
    current["policies"][0].update(app_name="", user_name=user)
    assert "neither the name of an application nor its id" in case.refused(ONE, case.read(current))["msg"]


@pytest.mark.parametrize("user", [["x"], 7, {"a": 1}])
def test_a_row_whose_user_is_no_text_is_an_error(user):
    current = row(BILLING)
    current["policies"][0].update(user_name=user)
    assert "the response for topic orders-1 has an unusable user_name" in case.refused(ONE, case.read(current))["msg"]


# -- description and sensitive_word ----------------------------------------------------------------


def test_texts_that_the_task_does_not_name_are_sent_back():
    case.change(
        {"policies": []},
        row(BILLING, description="old", sensitive_word="w"),
        row(description="old", sensitive_word="w"),
    )


def test_what_is_read_for_the_write_alone_leaves_the_plan_as_it_was():
    client = type("Client", (), {"call": lambda *_unused: {"topics": [case.row()]}})()
    api = RESOURCE.api(client)
    desired = api.entry("", dict(ONE), {"policies": []}, True)
    existing = State(ONE, {"policies": {}}, raw=roma_topic_policy.Applications({}))
    change = Change(RESOURCE, desired, existing, {"policies": {}})
    api.prepare([change])
    assert existing.values == change.planned == {"policies": {}}
    assert change.existing_values == {"policies": {}, **case.system.fields}


def lacking(topic, options, how):
    """A topic whose texts are null, or not there at all."""
    lacks = dict.fromkeys(options) if how == "null" else {}
    return dict({key: value for key, value in topic.items() if key not in options}, **lacks)


@pytest.mark.parametrize("how", ["null", "missing"])
@pytest.mark.parametrize("options", [["description"], ["sensitive_word"], ["description", "sensitive_word"]])
def test_a_text_that_the_service_does_not_show_is_left_out_of_the_write(options, how):
    current, after = lacking(row(BILLING), options, how), lacking(row(), options, "missing")
    result = case.change({"policies": []}, current, after)
    assert [result["topic"][option] for option in options] == [None] * len(options)
    calls = case.read(current) + case.prepare(current)
    assert run(RESOURCE, dict(ONE, policies=[]), calls, check_mode=True)["topic"] == result["topic"]


@pytest.mark.parametrize("how", ["null", "missing"])
def test_a_text_that_the_service_does_not_show_may_be_given(how):
    current, after = lacking(row(BILLING), ["description", "sensitive_word"], how), row(description="mine")
    after = lacking(after, ["sensitive_word"], "missing")
    options = dict(ONE, policies=[], description="mine")
    calls = case.look(current, options) + case.write(after) + case.look(after, options)
    assert run(RESOURCE, options, calls)["changed"] is True


def test_a_text_that_is_so_already_is_no_change():
    case.unchanged({"sensitive_word": "card"}, case.row(), *case.details(case.row()))


# -- what the rows of applications and odd answers are told as -------------------------------------


@pytest.mark.parametrize("option", ["app_id", "app_key"])
@pytest.mark.parametrize(("value", "why"), [("  ", "must not be empty"), ("a\u200bb", "the invisible character")])
def test_an_id_that_can_be_none_is_refused_with_its_place(option, value, why):
    result = case.refused(dict(ONE, policies=[AUDIT, dict(BILLING, **{option: value})]), [])
    (problem,) = result["error"]["problems"]
    assert problem["option"] == f"policies[1].{option}"
    assert why in problem["message"]


def test_an_id_alone_is_refused_by_its_own_name():
    result = case.refused(dict(ONE, policies=[{"app_id": "a\u200bb", "access_policy": "sub"}]), [])
    assert "app_id holds the invisible character" in result["msg"]


def test_an_application_that_the_topic_shows_by_id_is_written_without_a_look_at_the_list():
    current, after = bare(BILLING), bare(dict(BILLING, access_policy="pub"))
    for topic in (current, after):
        topic["policies"][0]["user_name"] = "id-own"
    path = "mqs/instances/i-1/topics/accesspolicy"
    rows = [
        {"app_name": "billing", "access_policy": "pub", "owner": False, "tag": "late||paid&new", "app_id": "id-own"}
    ]
    calls = case.read(current) + case.details(current)
    calls += [huawei("POST", path, {"topics": [dict(after, policies=rows)]}, status=204)] + case.read(after)
    options = {"policies": [{"app_id": "id-own", "access_policy": "pub"}]}
    assert run(RESOURCE, dict(ONE, **options), calls)["changed"] is True


def test_one_topic_whose_ids_are_given_does_not_end_the_look_at_the_next():
    given = dict(BILLING, app_id="id-billing", app_key="key-billing")
    current = [bare(), dict(bare(), name="orders-2")]
    calls = case.read(*current) + [case.topics(*current), case.list_apps("other")]
    result = case.refused(topics([given], [AUDIT]), calls)
    assert places(result) == [("topics[1]", "policies")]
    assert "no application audit to these credentials" in result["msg"]


def test_a_topic_that_the_list_does_not_show_has_no_texts():
    after = lacking(row(), ["description", "sensitive_word"], "missing")
    calls = [*case.read(row(BILLING)), case.topics(name="orders-1"), *case.write(after), *case.read(after)]
    assert run(RESOURCE, dict(ONE, policies=[]), calls)["changed"] is True


def test_policies_that_do_not_add_up_are_named():
    pages = [case.policies(row(BILLING), total=3), case.policies(row(BILLING), total=3, offset=2)] * 2
    result = case.refused(dict(ONE, policies=[]), pages)
    assert "the list of policies of orders-1" in result["msg"]


def test_another_status_is_no_sign_that_the_topic_is_absent():
    calls = [case.policies(row(), status=409)]
    assert case.refused(dict(ONE, policies=[]), calls)["error"]["status"] == 409


# -- reading and writing many ----------------------------------------------------------------------


def test_all_pages_of_a_topic_are_read():
    rows = [{"app_name": f"app-{n:03}", "access_policy": "sub"} for n in range(119)]
    topic = row(*rows)
    parts = [dict(topic, policies=topic["policies"][start : start + 50]) for start in (0, 50, 100)]
    calls = [case.policies(part, offset=50 * n, total=120) for n, part in enumerate(parts)]
    assert len(run(RESOURCE, ONE, calls)["topic"]["policies"]) == 120


def test_101_topics_are_two_writes():
    count = 101
    before = [row(BILLING, AUDIT, number=number) for number in range(count)]
    after = [row(BILLING, number=number) for number in range(count)]
    topics = [{"name": f"orders-{number}", "policies": [BILLING]} for number in range(count)]
    calls = case.read(*before) + case.prepare(*before) + case.write(*after[:100]) + case.write(*after[100:])
    result = run(RESOURCE, {"instance_id": "i-1", "topics": topics}, calls + case.read(*after))
    assert len(result["changes"]) == count


def two_topics():
    topics = [{"name": f"orders-{number}", "policies": [BILLING]} for number in (1, 2)]
    before = [row(BILLING, AUDIT, number=number) for number in (1, 2)]
    after = [row(BILLING, number=number) for number in (1, 2)]
    return {"topics": topics}, before, after, case.read(*before) + case.prepare(*before)


def names(entries):
    return [entry["name"] for entry in entries]


def test_a_write_of_many_that_failed_in_part_is_looked_at():
    options, before, after, calls = two_topics()
    answer = {"error_code": "MQS.00400001", "failed_topics": ["orders-2"]}
    calls += case.write(*after, status=400, answer=answer) + case.read(after[0], before[1])
    error = case.refused(options, calls)["error"]
    assert names(error["written"]) == ["orders-1"]
    assert names(error["failed"]) == ["orders-2"]
    assert "failed topics: ['orders-2']" in error["message"]


def test_a_write_of_many_that_failed_in_part_has_changed_something():
    options, before, after, calls = two_topics()
    calls += case.write(*after, **case.write_refused) + case.read(after[0], before[1])
    assert case.refused(options, calls)["changed"] is True


def test_a_write_of_many_that_was_refused_has_changed_nothing():
    options, before, after, calls = two_topics()
    calls += case.write(*after, **case.write_refused) + case.read(*before)
    result = case.refused(options, calls)
    assert result["changed"] is False
    assert names(result["error"]["failed"]) == ["orders-1", "orders-2"]


def test_a_write_of_many_that_got_lost_but_was_done_is_a_warning():
    options, before, after, calls = two_topics()
    calls += case.write(*after, answer=requests.exceptions.ReadTimeout("late")) + case.read(*after)
    result = run(RESOURCE, dict(options, instance_id="i-1"), calls)
    assert result["changed"] is True
    assert len(result["warnings"]) == 1


def test_topics_of_two_instances_are_two_writes():
    calls = []
    for instance in ("i-1", "i-2"):
        for call in case.read(row(BILLING)):
            call.what = call.what.replace("i-1", instance)
            calls.append(call)
    for part in (lambda: case.prepare(row(BILLING))[:1], lambda: case.prepare(row())[1:], lambda: case.write(row())):
        for instance in ("i-1", "i-2"):
            for call in part():
                call.what = call.what.replace("i-1", instance)
                calls.append(call)
    # Details and applications are read instance by instance.
    calls[3], calls[4] = calls[3], calls[4]
    for instance in ("i-1", "i-2"):
        for call in case.read(row()):
            call.what = call.what.replace("i-1", instance)
            calls.append(call)
    topics = [{"instance_id": instance, "name": "orders-1", "policies": []} for instance in ("i-1", "i-2")]
    assert run(RESOURCE, {"topics": topics}, calls)["changed"] is True


# -- answers ---------------------------------------------------------------------------------------


def test_a_refused_topic_that_the_list_shows_is_an_error():
    calls = [case.policies(case.row(), status=400, code="MQS.1"), case.topics(case.row(), name="orders-1")]
    assert case.refused(ONE, calls)["error"]["code"] == "MQS.1"


@pytest.mark.parametrize("policies", [None, {}, ["x"]])
def test_an_answer_without_usable_policies_is_an_error(policies):
    call = case.policies(case.row())
    call.answer["policies"] = policies
    assert case.refused(ONE, [call])["error"]["kind"] == "response"


@pytest.mark.parametrize("topics", [None, ["x"], [{}]])
def test_a_topic_list_without_usable_rows_is_an_error(topics):
    call = huawei("GET", "mqs/instances/i-1/topics", answer={"topics": topics, "total": 1})
    assert attempt(RESOURCE, {"instance_id": "i-1"}, [call], info=True)["error"]["kind"] == "response"


def test_a_topic_list_that_is_not_whole_is_an_error():
    call = huawei("GET", "mqs/instances/i-1/topics", answer={"topics": [{"name": "a"}], "total": 5})
    assert "holds 1 rows but states 5" in attempt(RESOURCE, {"instance_id": "i-1"}, [call], info=True)["msg"]


def test_a_topic_that_goes_while_all_are_read_is_an_error():
    gone = case.policies(case.row(), status=404, code="MQS.00400404")
    calls = [case.topics(case.row()), gone, case.topics(name="orders-1")]
    message = attempt(RESOURCE, {"instance_id": "i-1"}, calls, info=True)["msg"]
    assert message.startswith("Could not read ROMA topics. topic orders-1 was deleted while the topics were read")


def test_what_else_a_row_of_the_list_holds_is_not_read():
    listed = dict(case.row(), policies="of another form")
    topics = case.topics(listed)
    topics.answer["topics"] = [listed]
    (topic,) = run(RESOURCE, {"instance_id": "i-1"}, [topics, case.policies(case.row())], info=True)["topics"]
    assert (topic["description"], len(topic["policies"])) == ("Orders of the shop", 3)


def test_a_detail_that_cannot_be_read_names_its_topic():
    listed = dict(case.row(), description=5)
    calls = [case.topics(listed), case.policies(case.row())]
    message = attempt(RESOURCE, {"instance_id": "i-1"}, calls, info=True)["msg"]
    assert "the response for ROMA topic orders-1 (instance_id i-1) has an unusable description" in message


@pytest.mark.parametrize("apps", [None, ["x"], [{"name": "billing"}]])
def test_an_application_list_without_usable_rows_is_an_error(apps):
    listing = case.list_apps()
    listing.answer["apps"] = apps
    calls = case.read(row(BILLING)) + case.details(row()) + [listing]
    assert case.refused(dict(ONE, policies=[AUDIT]), calls)["error"]["kind"] == "response"


def test_the_list_of_applications_is_read_once_a_run():
    before, after = (
        [row(BILLING, number=number) for number in (1, 2)],
        [row(BILLING, AUDIT, number=number) for number in (1, 2)],
    )
    options = {"topics": [{"name": f"orders-{number}", "policies": [BILLING, AUDIT]} for number in (1, 2)]}
    calls = [*case.read(*before), *case.prepare(*before), case.list_apps(), *case.write(*after), *case.read(*after)]
    assert run(RESOURCE, dict(options, instance_id="i-1"), calls)["changed"] is True


def test_no_list_is_read_where_no_application_is_new():
    options, before, after, calls = two_topics()
    calls += case.write(*after) + case.read(*after)
    assert not any("/apps?" in call.what for call in calls)
    assert run(RESOURCE, dict(options, instance_id="i-1"), calls)["changed"] is True


# -- additions -------------------------------------------------------------------------------------

ADD = {"policies": [AUDIT], "purge": False}
MISSING = [(404, "APIGW.0101"), (404, "DMS.10240406"), (404, "DMS.00404001"), (404, None), (405, None)]


def added(current, *calls, options=None):
    calls = [*case.read(current), *case.details(current), case.list_apps(), *calls]
    return attempt(RESOURCE, dict(ONE, **(options or ADD)), calls)


@pytest.mark.parametrize("status", [200, 204])
def test_an_addition_leaves_the_rows_of_others_alone(status):
    result = added(row(BILLING), case.batch_add([AUDIT], status=status), *case.read(row(BILLING, AUDIT)))
    assert result["changed"] is True, result


@pytest.mark.parametrize(("status", "code"), MISSING)
def test_a_region_without_additions_gets_the_whole_topic(status, code):
    refused = case.batch_add([AUDIT], status=status, code=code)
    after = row(BILLING, AUDIT)
    result = added(row(BILLING), refused, *case.write(after), *case.read(after))
    assert (result["changed"], "warnings" in result) == (True, False)


def test_a_region_without_additions_is_asked_once():
    before, after = (
        [row(BILLING, number=number) for number in (1, 2)],
        [row(BILLING, AUDIT, number=number) for number in (1, 2)],
    )
    topics = [dict(case.names(number), policies=[AUDIT]) for number in (1, 2)]
    calls = [*case.read(*before), *case.details(*before), case.list_apps()]
    calls += [case.batch_add([AUDIT], status=404, code="APIGW.0101"), *case.write(after[0]), *case.write(after[1])]
    calls += case.read(*after)
    assert run(RESOURCE, {"instance_id": "i-1", "topics": topics, "purge": False}, calls)["changed"] is True


@pytest.mark.parametrize(
    ("status", "code"), [(403, "DMS.10240309"), (400, "MQS.1"), (404, "MQS.1"), (404, "DMS.00404022"), (409, None)]
)
def test_another_refusal_of_an_addition_is_an_error(status, code):
    result = added(row(BILLING), case.batch_add([AUDIT], status=status, code=code))
    assert (result["error"]["operation"], result["error"]["status"]) == ("BatchAddTopicAccessPolicy", status)


OWNER = {"app_name": "shop", "access_policy": "pub", "owner": True}


@pytest.mark.parametrize(
    ("options", "after"),
    [
        (dict(ADD, purge=True, policies=[BILLING, AUDIT]), row(BILLING, AUDIT)),
        (
            dict(ADD, policies=[dict(BILLING, access_policy="pub"), AUDIT]),
            row(dict(BILLING, access_policy="pub"), AUDIT),
        ),
        (dict(ADD, policies=[{"app_name": "billing", "state": "absent"}, AUDIT]), row(AUDIT)),
        (dict(ADD, policies=[OWNER]), row(BILLING, dict(OWNER, tag=""))),
    ],
    ids=["purge", "another policy too", "an absence too", "an owner"],
)
def test_a_change_that_does_more_than_add_writes_the_whole_topic(options, after):
    result = added(row(BILLING), *case.write(after), *case.read(after), options=options)
    assert result["changed"] is True, result


def test_an_addition_beside_a_text_writes_the_whole_topic():
    current, after = row(BILLING), row(BILLING, AUDIT, description="new")
    calls = [
        *case.read(current),
        *case.details(current),
        case.list_apps(),
        *case.write(after),
        *case.look(after, {"description"}),
    ]
    assert run(RESOURCE, dict(ONE, description="new", **ADD), calls)["changed"] is True


def test_nothing_is_added_where_nothing_is_new():
    assert run(RESOURCE, dict(ONE, policies=[BILLING], purge=False), case.read(row(BILLING)))["changed"] is False


# -- lists of applications -------------------------------------------------------------------------


def test_a_list_of_applications_that_does_not_say_its_length_is_named():
    apps = case.list_apps()
    del apps.answer["total"]
    calls = [*case.read(case.row()), *case.details(case.row()), apps]
    options = {**case.scope, **case.names(), "policies": [{"app_name": "stats", "access_policy": "sub"}]}
    result = attempt(RESOURCE, options, calls)
    assert "the list of applications does not say how many there are" in result["msg"]


# -- responses that are not what the documents say -------------------------------------------------


@pytest.mark.parametrize("name", [["shop"], {"a": 1}, 7])
def test_an_application_whose_name_is_no_text_is_an_error(name):
    row = case.row()
    row["policies"][0]["app_name"] = name
    result = attempt(RESOURCE, {**case.scope, **case.names()}, case.read(row))
    assert "the response for topic orders-1 has an unusable app_name" in result["msg"]


@pytest.mark.parametrize("name", [["stats"], {"a": 1}, 7, None])
def test_an_application_in_the_list_whose_name_is_no_text_is_passed_over(name):
    apps = case.list_apps()
    apps.answer["apps"][-1]["name"] = name
    row = case.row()
    options = {**case.scope, **case.names(), "policies": [{"app_name": "stats", "access_policy": "pub"}]}
    result = attempt(RESOURCE, options, [*case.read(row), *case.details(row), apps])
    assert "the instance shows no application stats" in result["msg"]
