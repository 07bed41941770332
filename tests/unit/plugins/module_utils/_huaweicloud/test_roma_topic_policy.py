# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ROMA topic policies: the rules beyond the shared ones."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import roma_topic_policy
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Change, State
from ansible_collections.grantops.cloud.tests.unit.cases import Roma
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, huawei, run

RESOURCE = roma_topic_policy.RESOURCE
case = Roma()
ONE = {"instance_id": "i-1", "name": "orders-1"}
STATS = {"policies": [{"app_name": "stats", "access_policy": "sub"}]}
BILLING, AUDIT = case.two("policies")


def row(*items, number=1, **changes):
    """A topic with the owner's policy and these."""
    return dict(case.row_with("policies", items, number), **changes)


def bare(*items):
    """A topic with these policies alone."""
    policies = [dict({"owner": False, "tag": ""}, **item) for item in items]
    return dict(case.row(), policies=[dict(item, user_name="key-" + item["app_name"]) for item in policies])


def only(policy, **options):
    """Options with this one policy, beside which others stay."""
    return {"policies": [policy], "purge": False, **options}


def ghost(*items, name=None):
    """A topic with a row of an application that the list does not show; ``name`` is what the row has."""
    topic = row(*items)
    new = {"app_name": name, "access_policy": "all", "tag": "", "owner": False, "user_name": "ghost-1"}
    topic["policies"].insert(0, new)
    return topic


ALL_OR_BOTH = dict(BILLING, access_policy="all", tag="a&b")
OLD = {"description": "old", "sensitive_word": "w"}


@pytest.mark.parametrize(
    ("options", "existing", "planned"),
    [
        # The policy of the owner stays, unless its end is asked for too.
        ({"policies": [BILLING]}, row(BILLING, AUDIT), row(BILLING)),
        ({"policies": [BILLING], "purge_owner": True}, row(BILLING), bare(BILLING)),
        ({"policies": []}, row(BILLING, AUDIT), row()),
        ({"policies": [], "purge_owner": True}, row(BILLING, AUDIT), bare()),
        ({"policies": [{"app_name": "creator", "access_policy": "pub"}]}, row(), bare(dict(case.owner, access_policy="pub"))),
        # A row that is to be absent goes, and one of an application that is not listed with all that are not named.
        ({"policies": [BILLING, {"app_name": "audit", "state": "absent"}]}, row(BILLING, AUDIT), row(BILLING)),
        (only({"app_name": "audit", "state": "absent"}), row(BILLING, AUDIT), row(BILLING)),
        ({"policies": [BILLING]}, ghost(BILLING, name="ghost"), row(BILLING)),
        # What a row or a task does not name stays.
        (only({"app_name": "billing", "tag": "v3"}), row(BILLING), row(dict(BILLING, tag="v3"))),
        ({"policies": [{"app_name": "billing", "tag": ""}]}, row(BILLING), row(dict(BILLING, tag=""))),
        ({"policies": []}, row(BILLING, **OLD), row(**OLD)),
        # Tags to publish and tags to subscribe are not the same.
        ({"policies": [ALL_OR_BOTH]}, row(dict(ALL_OR_BOTH, tag="b&a")), row(ALL_OR_BOTH)),
    ],
)  # fmt: skip
def test_a_change_sends_the_whole_topic(options, existing, planned):
    result = case.change(options, existing, planned)
    assert len(result["topic"]["policies"]) == len(planned["policies"])


@pytest.mark.parametrize(
    ("options", "existing"),
    [
        (only(BILLING, purge_owner=True), row(BILLING, AUDIT)),
        ({"policies": [{"app_name": "creator", "access_policy": "all"}, BILLING]}, row(BILLING)),
        ({"policies": [BILLING, {"app_name": "audit", "state": "absent"}]}, row(BILLING)),
        (only({"app_name": "audit", "state": "absent"}), row(BILLING)),
        (only({"app_name": "billing", "access_policy": "sub"}), row(BILLING)),
        (only(BILLING), row(BILLING)),
        # Tags are compared without blanks and order.
        *(
            ({"policies": [dict(BILLING, tag=tag)]}, row(dict(BILLING, tag=there)))
            for tag, there in [("11||22", "11 || 22"), ("22||11", "11 || 22"), (" 11 ||22||", "11||22"), ("", None)]
            + [("a||b&c", "b || a & c")]
        ),
    ],
)  # fmt: skip
def test_what_is_so_already_is_no_change(options, existing):
    case.unchanged(options, existing)


@pytest.mark.parametrize("entry", [{}, {"purge_owner": False}], ids=["of the task", "of the entry"])
def test_purge_owner_may_stand_beside_the_list_and_that_of_an_entry_wins(entry):
    after = bare(BILLING)
    write = [] if entry else case.prepare(row(BILLING)) + case.write(after) + case.read(after)
    options = {"purge_owner": True, "topics": [{"name": "orders-1", "policies": [BILLING], **entry}]}
    result = run(RESOURCE, {"instance_id": "i-1", **options}, case.read(row(BILLING)) + write)
    assert result["changed"] is (not entry)


def changed(options, existing, *calls, after):
    """A task that finds ``existing``, makes these calls, and reads ``after`` back."""
    result = run(RESOURCE, dict(ONE, **options), [*case.read(existing), *calls, *case.read(after)])
    assert result["changed"] is True, result
    return result


def test_a_new_row_needs_an_access_policy():
    result = case.refused(dict(ONE, policies=[{"app_name": "stats", "tag": "x"}]), case.read(row(BILLING)))
    assert "application stats has no policy on this topic yet, so access_policy is needed" in result["msg"]


def test_a_new_row_is_no_owner_and_has_no_tag():
    new = {"app_name": "audit", "access_policy": "pub"}
    after = row(dict(new, tag=""))
    changed({"policies": [new]}, row(), *case.details(row()), case.list_apps(), *case.write(after), after=after)


def test_diff_is_a_line_an_application():
    (diff,) = case.change({"policies": [BILLING]}, row(BILLING, AUDIT), row(BILLING))["diff"]
    assert diff["before"] == 'policies:\n  audit: pub\n  billing: "sub, tag late||paid&new"\n  creator: all, owner\n'
    assert diff["after"] == 'policies:\n  billing: "sub, tag late||paid&new"\n  creator: all, owner\n'


# -- names and ids of applications -----------------------------------------------------------------


def write(existing, after, sent, options, *lists):
    """A change whose applications are ``sent``: {name: app_id}."""
    rows = [{key: item[key] for key in item if key != "user_name"} for item in after["policies"]]
    rows = sorted((dict(item, app_id=sent[item["app_name"]]) for item in rows), key=lambda item: item["app_name"])
    changed(options, existing, *case.details(existing), *lists, whole(dict(after, policies=rows)), after=after)


def whole(topic):
    """The call that sends all of a topic."""
    return huawei("POST", "mqs/instances/i-1/topics/accesspolicy", {"topics": [topic]}, status=204)


def shown(topic, **users):
    """The topic with other ids or keys of its applications."""
    rows = [dict(item, user_name=users.get(item["app_name"], item["user_name"])) for item in topic["policies"]]
    return dict(topic, policies=rows)


@pytest.mark.parametrize("user", ["KEY-a1", "ID-a1", "gone", "id-billing"])
def test_a_row_that_is_there_keeps_the_identity_that_was_read(user):
    """Neither the list nor what the task gives is asked who it is."""
    current = shown(bare(BILLING), billing=user)
    after = shown(bare(dict(BILLING, access_policy="pub")), billing=user)
    for given in ({}, {"app_id": "another"}):
        write(current, after, {"billing": user}, {"policies": [dict(BILLING, access_policy="pub", **given)]})


@pytest.mark.parametrize(
    ("user", "new"),
    [("id-billing", "id-audit"), ("key-billing", "key-audit"), ("gone", "id-audit"), (None, "id-audit")],
)
def test_a_new_row_is_named_as_the_rows_that_were_read_are(user, new):
    """By id or by key; by id where none tells."""
    existing, after = (shown(topic, billing=user) for topic in (bare(BILLING), bare(BILLING, AUDIT)))
    sent = {"billing": user or "id-billing", "audit": new}
    write(existing, after, sent, {"policies": [BILLING, AUDIT]}, case.list_apps())


def test_a_topic_without_rows_is_told_by_the_others_of_the_task():
    current = [shown(bare(BILLING), billing="key-billing"), dict(bare(), name="orders-2")]
    after = [shown(bare(dict(BILLING, access_policy="pub")), billing="key-billing"), dict(bare(AUDIT), name="orders-2")]
    calls = [*case.read(*current), case.topics(*current), case.list_apps(), *case.write(*after), *case.read(*after)]
    options = topics([dict(BILLING, access_policy="pub")], [AUDIT])
    assert run(RESOURCE, dict(options, instance_id="i-1"), calls)["changed"] is True


@pytest.mark.parametrize(("user", "who"), [("id-billing", "id-"), ("key-billing", "key-"), ("gone", "key-")])
def test_an_addition_is_named_as_the_rows_that_were_read_are(user, who):
    """By key where none tells: the call for additions is documented so."""
    existing, after = (shown(topic, billing=user) for topic in (bare(BILLING), bare(BILLING, AUDIT)))
    add = [*case.details(existing), case.list_apps(), case.batch_add([AUDIT], who=who)]
    changed(only(AUDIT), existing, *add, after=after)


@pytest.mark.parametrize(("status", "code"), [(404, "DMS.10240407"), (410, "X.1")])
def test_a_refusal_that_cannot_mean_absence_asks_no_list(status, code):
    result = case.refused(dict(ONE, policies=[]), [case.policies(row(), status=status, code=code)])
    assert result["error"]["status"] == status


@pytest.mark.parametrize("key", ["", 7])
def test_a_key_that_can_be_none_is_not_sent_and_one_of_the_task_is(key):
    listing = case.list_apps()
    for app in listing.response["apps"]:
        app["key"] = key
    sent = whole(dict(bare(), policies=[dict(BILLING, owner=False, app_id="id-billing", app_key="my-key")]))
    given = {"policies": [dict(BILLING, app_key="my-key")]}
    changed(given, bare(), *case.details(bare()), listing, sent, after=bare(BILLING))
    add = case.batch_add([BILLING], who="id-")
    changed(only(BILLING), bare(), *case.details(bare()), listing, add, after=bare(BILLING))


def test_all_pages_of_applications_are_read():
    first, second = case.list_apps(*(f"app-{number}" for number in range(50))), case.list_apps("billing")
    first.response["total"] = second.response["total"] = 51
    second.what = second.what.replace("offset=0", "offset=50")
    after = bare(BILLING)
    sent = whole(dict(bare(), policies=[dict(BILLING, owner=False, app_id="id-billing")]))
    changed({"policies": [BILLING]}, bare(), *case.details(bare()), first, second, sent, after=after)


def elsewhere(calls):
    """The same calls to another instance."""
    for call in calls:
        call.what = call.what.replace("/i-1/", "/i-2/")
    return calls


def test_each_instance_has_applications_of_its_own():
    entry = {"name": "orders-1", "policies": [dict(BILLING, app_name="nobody")]}
    entries = [dict(entry, instance_id=instance) for instance in ("i-1", "i-2")]
    looks = [[*case.read(bare())], [*case.details(bare())], [case.list_apps()]]
    again = [[*case.read(bare())], [*case.details(bare())], [case.list_apps()]]
    calls = [call for here, there in zip(looks, again) for call in (*here, *elsewhere(there))]
    assert places(attempt(RESOURCE, {"topics": entries}, calls)) == [
        ("topics[0]", "policies"),
        ("topics[1]", "policies"),
    ]


@pytest.mark.parametrize("rows", [None, {}, ["x"], [{"description": "d"}]])
def test_a_list_of_topics_without_usable_rows_is_an_error(rows):
    listing = case.topics()
    listing.response["topics"] = rows
    assert attempt(RESOURCE, {"instance_id": "i-1"}, [listing], info=True)["error"]["kind"] == "response"


def test_an_id_given_by_the_task_is_sent_and_added_as_it_is():
    given = dict(BILLING, app_id="my-id", app_key="my-key")
    sent = whole(dict(bare(), policies=[dict(given, owner=False)]))
    changed({"policies": [given]}, bare(), *case.details(bare()), sent, after=bare(BILLING))
    add = case.batch_add([BILLING])
    add.body["policies"][0]["user_name"] = "my-id"
    changed(only(dict(BILLING, app_id="my-id")), bare(), *case.details(bare()), add, after=bare(BILLING))


def test_of_two_applications_of_one_name_the_id_tells_which():
    listing = case.list_apps("a", "b")
    for app in listing.response["apps"]:
        app["name"] = "billing"
    sent = whole(dict(bare(), policies=[dict(BILLING, owner=False, app_id="id-b")]))
    given = {"policies": [{"app_id": "id-b", "access_policy": "sub", "tag": BILLING["tag"]}]}
    changed(given, bare(), listing, *case.details(bare()), sent, after=bare(BILLING))


@pytest.mark.parametrize(("name", "said"), [("other", "no application"), ("billing", "2 applications")])
def test_an_application_that_the_list_has_not_once_needs_its_id(name, said):
    listing = case.list_apps("a", "b")
    for app in listing.response["apps"]:
        app["name"] = name
    calls = [*case.read(bare()), *case.details(bare()), listing]
    (problem,) = case.refused(dict(ONE, policies=[BILLING]), calls)["error"]["problems"]
    said = f"the instance shows {said} billing to these credentials; if it exists, give its app_id too"
    assert problem["message"] == said


@pytest.mark.parametrize("name", [None, "", "ghost"])
def test_an_application_that_is_not_listed_keeps_its_row(name):
    narrowed, listed = dict(BILLING, access_policy="pub"), [] if name else [case.list_apps()]
    existing, after, sent = (
        ghost(BILLING, name=name),
        ghost(narrowed, name=name),
        ghost(narrowed, name=name or "ghost-1"),
    )
    calls = [*listed, *case.details(existing), *case.write(sent)]
    policies = changed(only(narrowed), existing, *calls, after=after)["topic"]["policies"]
    assert {"app_name": name or "ghost-1", "access_policy": "all", "tag": "", "owner": False} in policies


@pytest.mark.parametrize(
    ("by", "name"), [({"app_id": "ghost-1"}, None), ({"app_name": "ghost-1"}, None), ({"app_id": "ghost-1"}, "ghost")]
)
def test_an_application_that_is_not_listed_is_removed_by_its_id(by, name):
    """Without a look at the list where its row has a name."""
    existing, listed = ghost(BILLING, name=name), [] if name else [case.list_apps()]
    calls = [*listed, *case.details(existing), *case.write(row(BILLING))]
    changed(only(dict(by, state="absent")), existing, *calls, after=row(BILLING))


@pytest.mark.parametrize(("user", "lists"), [("key-billing", [case.list_apps()]), ("id-billing", [])])
def test_an_application_may_be_named_by_its_id_alone(user, lists):
    """The list is needed unless the topic shows this id as its user_name."""
    current = shown(row(BILLING), billing=user)
    case.unchanged(only({"app_id": "id-billing", "access_policy": "sub"}), current, *lists)


@pytest.mark.parametrize("app_id", ["id-billing", "key-billing"])
@pytest.mark.parametrize(("items", "sent"), [([], "id-billing"), ([AUDIT], "key-billing")])
def test_a_new_application_by_id_alone_is_named_for_the_write(app_id, items, sent):
    after = bare(BILLING, *items)
    rows = [dict(item, owner=False, app_id="key-audit") for item in items] + [dict(BILLING, owner=False, app_id=sent)]
    calls = [case.list_apps(), *case.details(after), whole(dict(after, policies=rows))]
    new = {"app_id": app_id, "access_policy": "sub", "tag": "late||paid&new"}
    changed({"policies": [*items, new]}, bare(*items), *calls, after=after)


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([{"app_id": "id-x", "access_policy": "sub"}], "the instance has no application with app_id id-x"),
        (
            [BILLING, {"app_id": "id-billing", "access_policy": "sub"}],
            "application billing is named twice, by name and by id",
        ),
    ],
)
def test_an_id_that_no_application_has_or_one_of_a_name_beside_it_is_refused(policies, said):
    assert said in case.refused(dict(ONE, policies=policies), [*case.read(row()), case.list_apps()])["msg"]


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
    after = row(BILLING, AUDIT)
    options = {"policies": [{"app_id": "id-x", "state": "absent"}, dict(AUDIT, app_id="id-audit")], "purge": False}
    calls = [case.list_apps(), *case.details(after), case.batch_add([AUDIT], who="id-")]
    changed(options, row(BILLING), *calls, after=after)


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


UNUSABLE = "the response for topic orders-1 has an unusable "


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"app_name": "", "user_name": user}, "neither the name of an application nor its id") for user in (None, "")]
    + [({"user_name": user}, UNUSABLE + "user_name") for user in (["x"], 7, {"a": 1})]
    + [({"app_name": name}, UNUSABLE + "app_name") for name in (["shop"], {"a": 1}, 7)],
)
def test_a_row_that_does_not_say_its_application_in_text_is_an_error(changes, said):
    current = row(BILLING)
    current["policies"][0].update(changes)
    assert said in case.refused(ONE, case.read(current))["msg"]


# -- description and sensitive_word ----------------------------------------------------------------


def test_what_is_read_for_the_write_alone_leaves_the_plan_as_it_was():
    api = RESOURCE.api(type("Client", (), {"call": lambda *_unused: {"topics": [case.row()]}})())
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
    existing = lacking(row(BILLING), ["description", "sensitive_word"], how)
    after = lacking(row(description="mine"), ["sensitive_word"], "missing")
    options = dict(ONE, policies=[], description="mine")
    calls = case.look(existing, options) + case.write(after) + case.look(after, options)
    assert run(RESOURCE, options, calls)["changed"] is True


INVISIBLE = "a\u200bb"


@pytest.mark.parametrize("option", ["app_id", "app_key"])
@pytest.mark.parametrize(
    ("value", "why"),
    [("  ", "must not be empty"), (INVISIBLE, "holds the invisible character '\\u200b' (ZERO WIDTH SPACE)"),
     ("a\x07", "holds the character '\\x07', which no name can hold")],
)  # fmt: skip
def test_an_id_that_can_be_none_is_refused_with_its_place(option, value, why):
    policies = [AUDIT, dict(BILLING, **{option: value})]
    (problem,) = case.refused(dict(ONE, policies=policies), [])["error"]["problems"]
    assert (problem["option"], problem["message"]) == (f"policies[1].{option}", f"it {why}")
    alone = dict(ONE, policies=[{"app_id": value, "access_policy": "sub"}])
    assert f"policies[0]: app_id {why}" in case.refused(alone, [])["msg"]


def test_one_topic_whose_ids_are_given_does_not_end_the_look_at_the_next():
    given = dict(BILLING, app_id="id-billing", app_key="key-billing")
    current = [bare(), dict(bare(), name="orders-2")]
    calls = [*case.read(*current), case.topics(*current), case.list_apps("other")]
    result = case.refused(topics([given], [AUDIT]), calls)
    assert places(result) == [("topics[1]", "policies")]
    assert "no application audit to these credentials" in result["msg"]


def test_a_topic_that_the_list_does_not_show_has_no_texts():
    after = lacking(row(), ["description", "sensitive_word"], "missing")
    changed({"policies": []}, row(BILLING), case.topics(name="orders-1"), *case.write(after), after=after)


def test_policies_that_do_not_add_up_are_named():
    pages = [case.policies(row(BILLING), total=3), case.policies(row(BILLING), total=3, offset=2)] * 2
    assert "the list of policies of orders-1" in case.refused(dict(ONE, policies=[]), pages)["msg"]


# -- many topics -----------------------------------------------------------------------------------


def test_all_pages_of_a_topic_are_read():
    rows = [{"app_name": f"app-{n:03}", "access_policy": "sub"} for n in range(119)]
    topic = row(*rows)
    parts = [dict(topic, policies=topic["policies"][start : start + 50]) for start in (0, 50, 100)]
    calls = [case.policies(part, offset=50 * n, total=120) for n, part in enumerate(parts)]
    assert len(run(RESOURCE, ONE, calls)["topic"]["policies"]) == 120


def test_101_topics_are_two_writes():
    numbers = range(101)
    before = [row(BILLING, AUDIT, number=number) for number in numbers]
    after = [row(BILLING, number=number) for number in numbers]
    entries = [dict(case.names(number), policies=[BILLING]) for number in numbers]
    calls = case.read(*before) + case.prepare(*before) + case.write(*after[:100]) + case.write(*after[100:])
    result = run(RESOURCE, {"instance_id": "i-1", "topics": entries}, calls + case.read(*after))
    assert len(result["changes"]) == 101


def two_topics():
    """Options, both topics before and after, and the calls up to the write."""
    before, after = ([row(*items, number=number) for number in (1, 2)] for items in ([BILLING, AUDIT], [BILLING]))
    return topics([BILLING], [BILLING]), before, after, case.read(*before) + case.prepare(*before)


def names(entries):
    return [entry["name"] for entry in entries]


def test_a_write_of_many_that_failed_in_part_is_looked_at():
    options, before, after, calls = two_topics()
    response = {"error_code": "MQS.00400001", "failed_topics": ["orders-2"]}
    write = case.write(*after, status=400, response=response)
    for shown, changed, written in ([after[0], before[1]], True, ["orders-1"]), (before, False, []):
        result = case.refused(options, [*calls, *write, *case.read(*shown)])
        error = result["error"]
        assert (result["changed"], names(error["written"])) == (changed, written)
        assert names(error["written"] + error["failed"]) == ["orders-1", "orders-2"]
        assert "failed topics: ['orders-2']" in error["message"]


def test_topics_of_two_instances_are_two_writes():
    def at(place, call):
        call = copy.copy(call)
        call.what = call.what.replace("i-1", place)
        return call

    places, before, after = ("i-1", "i-2"), row(BILLING), row()
    parts = case.read(before), case.prepare(before), case.write(after), case.read(after)
    calls = [at(place, call) for part in parts for place in places for call in part]
    entries = [{"instance_id": place, "name": "orders-1", "policies": []} for place in places]
    assert run(RESOURCE, {"topics": entries}, calls)["changed"] is True


@pytest.mark.parametrize(
    ("status", "lists"),
    [(400, [case.topics(case.row(), name="orders-1")]), (409, [])],
    ids=["it is listed", "another status"],
)
def test_a_refused_topic_that_the_list_shows_or_with_another_status_is_not_absent(status, lists):
    error = case.refused(ONE, [case.policies(case.row(), status=status, code="MQS.1"), *lists])["error"]
    assert (error["code"], error["status"]) == ("MQS.1", status)


def changed_to(call, **changes):
    """The call, answered with these changes."""
    call.response.update(changes)
    return call


WITH_LIST = [*case.read(row()), *case.details(row())]
ITEMS = (None, {}, ["x"])


@pytest.mark.parametrize(
    ("options", "calls", "said"),
    [
        *((ONE, [changed_to(case.policies(case.row()), policies=items)], "policies") for items in ITEMS),
        *(
            ({**ONE, "policies": [AUDIT]}, [*WITH_LIST, changed_to(case.list_apps(), apps=items)], "apps")
            for items in (*ITEMS, [{"name": "billing"}])
        ),
        ({**ONE, **STATS}, [*WITH_LIST, changed_to(case.list_apps(), total=None)], "the list of applications does not say how many"),
    ],
)  # fmt: skip
def test_a_response_without_usable_rows_is_an_error(options, calls, said):
    result = case.refused(options, calls)
    assert (result["error"]["kind"], said in result["msg"]) == ("response", True)


@pytest.mark.parametrize(
    ("listed", "said"),
    [(None, "topics"), (["x"], "topics"), ([{}], "topics"), ([{"name": "a"}], "holds 1 rows but states 5")],
)
def test_a_topic_list_without_usable_rows_or_not_whole_is_an_error(listed, said):
    call = huawei("GET", "mqs/instances/i-1/topics", response={"topics": listed, "total": 5})
    result = attempt(RESOURCE, {"instance_id": "i-1"}, [call], info=True)
    assert (result["error"]["kind"], said in result["msg"]) == ("response", True)


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        (
            [case.topics(case.row()), case.policies(case.row(), status=404, code="MQS.00400404"), case.topics(name="orders-1")],
            "Could not read ROMA topics. topic orders-1 was deleted while the topics were read",
        ),
        (
            [case.topics(dict(case.row(), description=5)), case.policies(case.row())],
            "the response for ROMA topic orders-1 (instance_id i-1) has an unusable description",
        ),
    ],
)  # fmt: skip
def test_a_topic_that_goes_while_all_are_read_or_cannot_be_read_is_named(calls, said):
    assert said in attempt(RESOURCE, {"instance_id": "i-1"}, calls, info=True)["msg"]


def test_what_else_a_row_of_the_list_holds_is_not_read():
    listed = dict(case.row(), policies="of another form")
    topics = case.topics(listed)
    topics.response["topics"] = [listed]
    (topic,) = run(RESOURCE, {"instance_id": "i-1"}, [topics, case.policies(case.row())], info=True)["topics"]
    assert (topic["description"], len(topic["policies"])) == ("Orders of the shop", 3)


@pytest.mark.parametrize("items", [[BILLING, AUDIT], [BILLING]], ids=["a new one", "none new"])
def test_the_list_of_applications_is_read_once_a_run_and_only_for_a_new_one(items):
    existing = [BILLING] if AUDIT in items else [BILLING, AUDIT]
    before, after = ([row(*rows, number=number) for number in (1, 2)] for rows in (existing, items))
    lists = [case.list_apps()] if AUDIT in items else []
    calls = [*case.read(*before), *case.prepare(*before), *lists, *case.write(*after), *case.read(*after)]
    assert run(RESOURCE, dict(topics(items, items), instance_id="i-1"), calls)["changed"] is True


# -- additions -------------------------------------------------------------------------------------


ADD = only(AUDIT)


def added(*calls, options=None):
    """The result of an addition, or of another change, to a topic with one policy."""
    calls = [*case.read(row(BILLING)), *case.details(row(BILLING)), case.list_apps(), *calls]
    return attempt(RESOURCE, dict(ONE, **(options or ADD)), calls)


def test_an_addition_leaves_the_rows_of_others_alone():
    for status in (200, 204):
        assert added(case.batch_add([AUDIT], status=status), *case.read(row(BILLING, AUDIT)))["changed"] is True


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "APIGW.0101"), (404, "DMS.10240406"), (404, "DMS.00404001"), (404, None), (405, None)],
)
def test_a_region_without_additions_gets_the_whole_topic(status, code):
    after = row(BILLING, AUDIT)
    result = added(case.batch_add([AUDIT], status=status, code=code), *case.write(after), *case.read(after))
    assert (result["changed"], "warnings" in result) == (True, False)


def test_a_region_without_additions_is_asked_once():
    before, after = ([row(*items, number=number) for number in (1, 2)] for items in ([BILLING], [BILLING, AUDIT]))
    calls = [*case.read(*before), *case.details(*before), case.list_apps()]
    calls += [case.batch_add([AUDIT], status=404, code="APIGW.0101"), *case.write(after[0]), *case.write(after[1])]
    options = dict(topics([AUDIT], [AUDIT]), instance_id="i-1", purge=False)
    assert run(RESOURCE, options, calls + case.read(*after))["changed"] is True


@pytest.mark.parametrize(
    ("status", "code"), [(403, "DMS.10240309"), (400, "MQS.1"), (404, "MQS.1"), (404, "DMS.00404022"), (409, None)]
)
def test_another_refusal_of_an_addition_is_an_error(status, code):
    error = added(case.batch_add([AUDIT], status=status, code=code))["error"]
    assert (error["operation"], error["status"]) == ("BatchAddTopicAccessPolicy", status)


OWNER = {"app_name": "shop", "access_policy": "pub", "owner": True}


NARROWED = dict(BILLING, access_policy="pub")


NARROWED = dict(BILLING, access_policy="pub")


@pytest.mark.parametrize(
    ("options", "after"),
    [
        (dict(ADD, purge=True, policies=[BILLING, AUDIT]), row(BILLING, AUDIT)),
        (dict(ADD, policies=[NARROWED, AUDIT]), row(NARROWED, AUDIT)),
        (dict(ADD, policies=[{"app_name": "billing", "state": "absent"}, AUDIT]), row(AUDIT)),
        (dict(ADD, policies=[OWNER]), row(BILLING, dict(OWNER, tag=""))),
        (dict(ADD, description="new"), row(BILLING, AUDIT, description="new")),
    ],
    ids=["purge", "another policy too", "an absence too", "an owner", "a text too"],
)
def test_a_change_that_does_more_than_add_writes_the_whole_topic(options, after):
    result = added(*case.write(after), *case.look(after, options), options=options)
    assert result["changed"] is True, result


def test_an_application_that_is_misspelt_is_told_with_the_one_that_is_meant():
    asked = {**ONE, "policies": [{"app_name": "statss", "access_policy": "sub"}]}
    message = case.refused(asked, [*case.read(row()), *case.details(row()), case.list_apps()])["msg"]
    assert "application statss to these credentials (did you mean 'stats'?); if it exists, give its app_id" in message


@pytest.mark.parametrize("name", [["stats"], {"a": 1}, 7, None])
def test_an_application_in_the_list_whose_name_is_no_text_is_passed_over(name):
    apps = case.list_apps()
    apps.response["apps"][-1]["name"] = name
    assert "the instance shows no application stats" in case.refused({**ONE, **STATS}, [*WITH_LIST, apps])["msg"]
