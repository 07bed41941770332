# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mistake in each field of a grant: the message has its place, principal and field, what must be there, and what is."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import setups as defining
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS
from ansible_collections.grantops.cloud.tests.unit import cases

from .passes import ROMA, UFILE, UROCKETMQ, F, Q, R, T, play, user

GOOD = {
    "ufile": {
        "system": F, "principal": "backup-agent", "setup": "upload_only", "buckets": ["backups"], "prefixes": ["db/"],
        "expires": "2027-01-01",
    },
    "urocketmq": {"system": Q, "service_id": "s-1", "principal": "billing", "setup": "producer", "topics": ["orders"]},
    "rocketmq": {
        "system": R, "instance_id": "i-1", "principal": "billing", "setup": "consumer", "topics": ["orders"],
        "groups": ["g1"], "secret_key": "Abcdef-12345", "state": "present",
    },
    "roma": {
        "system": T, "instance_id": "i-1", "principal": {"app_name": "billing", "app_id": "app-1"}, "setup": "producer",
        "topics": ["orders"], "tag": "v2",
    },
    "custom": {
        "system": R, "instance_id": "i-1", "principal": "shipping", "setup": "custom",
        "permissions": {"default_topic_perm": "SUB", "topic_perms": {"orders": "DENY"}},
    },
}  # fmt: skip
ORDER = list(GOOD)


def problems_of(grants):
    return [str(problem) for problem in core.check(grants, SETUPS)[1]]


def test_the_good_ones_are_good():
    assert problems_of(list(GOOD.values())) == []


MISTAKES = [
    ("ufile", "system", "ufile", "must be one of ucloud_ufile, ucloud_urocketmq / got 'ufile'"),
    ("ufile", "system", None, "must be one of ucloud_ufile / got nothing"),
    ("urocketmq", "service_id", None, "must be the ID of the service / got nothing"),
    ("urocketmq", "service_id", 7, "must be the ID of the service or instance, as text / got 7"),
    ("urocketmq", "instance_id", "i-1", "must be left out, since ucloud_urocketmq does not use it / got 'i-1'"),
    ("ufile", "service_id", "s", "must be left out, since ucloud_ufile / got 's'"),
    ("ufile", "principal", None, "must be a name (token_name), or a mapping such as {token_id: …} / got nothing"),
    ("ufile", "principal", " ", "must be a name / got ' '"),
    ("ufile", "principal", {"user_name": "x"}, "must be a name (token_name) / got {'user_name': 'x'}"),
    ("rocketmq", "principal", ["x"], "must be a name (user_name) / got ['x']"),
    ("roma", "principal", {"app_id": "x"}, "must be a name (app_name), or a mapping such as {app_name: …, app_id: …}"),
    ("ufile", "setup", "producer", "must be for ucloud_ufile one of read_only, upload_only / got 'producer'"),
    ("ufile", "setup", None, "must be for ucloud_ufile one of read_only / got nothing"),
    ("urocketmq", "topics", None, "must be a list of names of topics, such as [orders] / got nothing"),
    ("urocketmq", "topics", "orders", "must be a list of names of topics / got 'orders'"),
    ("urocketmq", "topics", [], "must be a list of names of topics / got []"),
    ("urocketmq", "topics", {"a": "b"}, "must be a list of names of topics / got {'a': '<hidden>'}"),
    ("urocketmq", "topics", ["a\nb"], "must be a list of names of topics"),
    ("urocketmq", "topics", ["a,b"], "must be a list ('a,b' holds a comma / got ['a,b']"),
    ("urocketmq", "groups", ["g"], "must be left out, since producer on ucloud_urocketmq / got ['g']"),
    ("rocketmq", "groups", None, "must be a list of names of consumer groups / got nothing"),
    ("ufile", "buckets", "backups", "must be a list of names of buckets / got 'backups'"),
    ("ufile", "prefixes", [1], "must be a list of prefixes / got [1]"),
    ("ufile", "expires", "soon", "must be a time ('soon' is neither Unix seconds nor an ISO 8601 / got 'soon'"),
    ("ufile", "expires", ["2027"], "must be a time, such as 2027-01-01 / got ['2027']"),
    ("ufile", "expires", "2999-01-01", "is outside what the service takes"),
    ("ufile", "tag", "v2", "must be left out, since upload_only on ucloud_ufile / got 'v2'"),
    ("roma", "tag", "a&b", "must be tags split by || / got 'a&b'"),
    ("roma", "tag", ["v2"], "must be a tag, or several split by || / got ['v2']"),
    ("ufile", "state", "gone", "must be present or absent / got 'gone'"),
    ("ufile", "expires_in", "90d", "cannot be used together with expires"),
    ("urocketmq", "renew_before", "30d", "must be left out, since producer on ucloud_urocketmq"),
    *(("ufile", field, ["x"], "must be text / got ['x']") for field in core.ABOUT),
    ("urocketmq", "secret_key", "Abcdef-12345", "must be left out / got a value that is not shown"),
    ("rocketmq", "secret_key", "short", "must be text (it must have 8 / got a value that is not shown"),
    ("rocketmq", "permissions", {"admin": True}, "must be left out, or setup: custom / got {'admin': True}"),
    ("custom", "permissions", None, "must be a mapping of some of admin, default_group_perm / got nothing"),
    ("custom", "permissions", {"color": 1}, "permissions.color must be one of admin / got a value that is not shown"),
    ("custom", "permissions", {"admin": "yes"}, "permissions.admin must be true or false / got 'yes'"),
    ("custom", "permissions", {"white_remote_address": ["x"]}, "permissions.white_remote_address must be text"),
    ("custom", "permissions", {"default_topic_perm": "ALL"}, "must be one of PUB, SUB, PUB|SUB / got 'ALL'"),
    ("custom", "permissions", {"topic_perms": {"orders": "ALL"}}, "must be a mapping of names to one of PUB"),
    ("custom", "permissions", {"topic_perms": {"orders": "PUB", "audit": "PUBLISH"}},
     "must be a mapping of names to one of PUB / got {'orders': 'PUB', 'audit': '<hidden>'}"),
    ("urocketmq", "topics", ["a,b"] * 40, "got ['a,b', 'a,b', "),
    ("ufile", "bucket", ["x"], "is not a field of a grant (did you mean 'buckets'?)"),
]  # fmt: skip


@pytest.mark.parametrize("which, field, value, said", MISTAKES)
def test_a_mistake_says_where_it_is_and_what_must_be_there(which, field, value, said):
    grants = copy.deepcopy(list(GOOD.values()))
    index = ORDER.index(which)
    grants[index][field] = value
    found = problems_of(grants)
    assert found, "not noticed"
    principal = {"custom": "shipping", "ufile": "backup-agent"}.get(which, "billing")
    who = "" if field == "principal" else f" ({principal})"
    assert found[0].startswith(f"permissions_grants[{index}]{who}"), found
    assert all(part in found[0] for part in said.split(" / ")) and field in found[0], found[0]
    assert not any("Abcdef-12345" in text or "short" in text for text in found)


HIDDEN = "Very-Hidden-1"


@pytest.mark.parametrize("field", ["passwd", "pw", "auth_token", "sk", "token", "credential", "psk", "Geheimnis", "7"])
@pytest.mark.parametrize("value", [HIDDEN, [HIDDEN], {"name": HIDDEN}, {"a": {"b": [HIDDEN]}}, 4711008150])
@pytest.mark.parametrize(
    "place",
    [
        lambda more: more,
        lambda more: {"permissions": {"admin": True, **more}},
        lambda more: {"permissions": {"topic_perms": {"orders": "PUB", **more}}},
        lambda more: {"permissions": {"topic_perms": [{"name": "orders", "perm": "PUB", **more}]}},
        lambda more: {"principal": {"user_name": "x", **more}},
        lambda more: {"state": more, "topics": [more]},
        lambda more: {"setup": {"setup": more}},
    ],
)
def test_a_value_under_a_field_that_no_grant_has_is_not_printed(field, value, place):
    found = problems_of([{**GOOD["custom"], **place({field: value})}])
    assert found and HIDDEN not in repr(found) and "4711008150" not in repr(found)


@pytest.mark.parametrize("entry", [HIDDEN, [HIDDEN], 4711008150, [{"passwd": HIDDEN}]])
def test_an_entry_that_is_no_grant_is_not_printed(entry):
    (text,) = problems_of([GOOD["custom"], entry])
    assert HIDDEN not in text and "4711008150" not in text
    assert text.startswith("permissions_grants[1]: it must be a mapping with system, principal and setup; got a ")


@pytest.mark.parametrize(
    "setups",
    [
        HIDDEN,
        {"mine": HIDDEN},
        {"mine": {"passwd": HIDDEN}},
        {"mine": {"ucloud_ufile": HIDDEN}},
        {"mine": {"ucloud_ufile": [HIDDEN]}},
        {"mine": {"ucloud_ufile": {"allowed_ops": ["TOKEN_ALLOW_READ"], "pw": HIDDEN}}},
        {"mine": {"huaweicloud_rocketmq": {"topic_perms": {"auth_token": HIDDEN}}}},
    ],
)
def test_a_secret_in_a_set_up_is_not_printed(setups):
    found = defining.problems(SETUPS, setups, core.SYSTEMS)
    assert found and HIDDEN not in repr(found)


@pytest.mark.parametrize(
    "more",
    [
        {"permissions": {"secret_key": HIDDEN, "admin": 1}},
        {"permissions": {"admin": True, "secret_key": HIDDEN}},
        {"secretkey": HIDDEN},
        {"setup": "read_only", "permissions": {"secret_key": HIDDEN}},
        {"principal": {"user_name": "x", "password": HIDDEN}},
    ],
)
def test_a_secret_in_the_wrong_place_is_not_printed(more):
    found = problems_of([{**GOOD["custom"], **more}])
    assert found and HIDDEN not in repr(found)


def test_every_field_has_a_mistake_here():
    assert {field for _which, field, _value, _said in MISTAKES} >= set(core.FIELDS)


def test_all_mistakes_are_told_at_once():
    mistaken = {**GOOD["ufile"], "buckets": None, "state": "x", "topics": ["x"]}
    custom = {"system": F, "principal": "ci", "setup": "custom", "permissions": {"allowed_buckets": ["a"]}}
    lock = {**GOOD["urocketmq"], "setup": "no_access", "topics": None, "state": "absent"}
    found = problems_of([{"system": "x"}, "text", mistaken, custom, lock])
    assert [text.partition(" must be ")[0] for text in found] == [
        "permissions_grants[0]: system",
        "permissions_grants[1]: it",
        "permissions_grants[2] (backup-agent): state",
        "permissions_grants[2] (backup-agent): topics",
        "permissions_grants[2] (backup-agent): buckets",
        "permissions_grants[3] (ci): permissions",
        "permissions_grants[4] (billing): state",
    ]


def test_a_mistake_names_the_file_and_the_place_in_it():
    (problem, *_more) = core.check([{"system": "x"}], SETUPS, [core.Source(5, {}, "teams/a.yml", 2)])[1]
    assert str(problem).startswith("teams/a.yml: permissions_grants[2]: system must be one of")
    assert problem.indices == [5]


def test_a_lockdown_beside_a_grant_names_both():
    lock = {**GOOD["urocketmq"], "setup": "no_access", "topics": None}
    found = problems_of([GOOD["ufile"], GOOD["urocketmq"], lock])
    assert found == [
        "permissions_grants[1] (billing) and permissions_grants[2] (billing): they contradict each other: producer and "
        "no_access, of the same principal (URocketMQ token billing)"
    ]
    # Topics of ROMA Connect are resources of their own.
    lock = {**GOOD["roma"], "setup": "no_access", "topics": ["payments"], "tag": None}
    assert problems_of([GOOD["roma"], lock]) == []
    assert "contradict" in problems_of([GOOD["roma"], {**lock, "topics": ["payments", "orders"]}])[0]


def test_taking_back_what_another_grant_gives_names_both():
    absent = {**GOOD["urocketmq"], "state": "absent"}
    assert "one takes back what the other gives" in problems_of([absent, GOOD["urocketmq"]])[0]
    assert problems_of([{**absent, "setup": "producer_consumer"}, GOOD["urocketmq"]]) == []


def test_two_keys_of_one_user_are_refused():
    (text,) = problems_of([GOOD["rocketmq"], {**GOOD["rocketmq"], "secret_key": "Other-Key-0001"}])
    assert "different values of secret_key" in text and "Other-Key" not in text


def test_the_key_of_a_user_is_not_its_name():
    (text,) = problems_of([{**GOOD["rocketmq"], "principal": "Abcdef-12345"}])
    assert "secret_key must be neither the user's name nor the name spelled backwards" in text


OWN = [
    ({"producer": {}}, "got one of theirs"),
    ({"custom": {}}, "got one of theirs"),
    ({"mine": []}, "a mapping of some of ucloud_ufile"),
    ({"mine": {"aws": {}}}, "a mapping of some of ucloud_ufile"),
    ({"mine": {"ucloud_ufile": []}}, "a mapping of the module's options"),
    ({"mine": {"ucloud_ufile": {"allowed_ops": "$ops"}}}, "$ops must be one of $topics"),
    ({"mine": {"ucloud_ufile": {"colour": "red"}}}, "mine.ucloud_ufile.colour"),
    ({"mine": {"ucloud_ufile": {"allowed_ops": "TOKEN_ALLOW_READ"}}}, "must be a list of some of"),
    ({"mine": {"ucloud_ufile": {"allowed_buckets": ["a"]}}}, "must be a list of operations"),
    ({"mine": {"ucloud_ufile": {"allowed_ops": ["TOKEN_ALLOW_READ"]}}}, "must be a list of buckets"),
    ({"mine": {"huaweicloud_roma": {"access_policy": "pub"}}}, "must be a list of topics"),
    ({"mine": {"huaweicloud_roma": {"topics": "$topics"}}}, "must be one of all, pub, sub"),
    ({"mine": {"ucloud_urocketmq": {"topic_produce_perm": "SOME"}}}, "one of ALL, NONE, PART"),
    ({"mine": {"ucloud_urocketmq": {"topic_produce_perm": "NONE"}}}, "must give something; no_access"),
    ({"mine": {"huaweicloud_roma": {"topics": "$topics", "state": "absent"}}}, "must give something"),
    ({"mine": {"huaweicloud_rocketmq": {"admin": True}}}, "must not turn admin on"),
    ("text", "a mapping of names to set-ups"),
]


@pytest.mark.parametrize("own, said", OWN)
def test_a_mistake_in_a_set_up_of_ones_own(own, said):
    (text,) = defining.problems(SETUPS, own, core.SYSTEMS)
    assert text.startswith("permissions_setups") and said in text


def test_a_set_up_of_ones_own_is_used_like_the_others():
    topics = {"topic_produce_perm": "PART", "allow_produce_topic_list": ["$topics", "audit"]}
    perms = {"topic_perms": {"$topics": "SUB", "audit": "SUB"}, "group_perms": {"$groups?": "SUB"}}
    own = {"auditor": {R: perms}, "mine": {Q: topics}}
    assert defining.problems(SETUPS, own, core.SYSTEMS) == []
    rows = [{**GOOD["rocketmq"], "setup": "auditor", "groups": None}, {**GOOD["urocketmq"], "setup": "mine"}]
    (user, token), problems = core.check(rows, {**SETUPS, **own})
    assert problems == [] and token.permission["produce"] == {"orders", "audit"}
    assert sorted(user.permission["topic"][1]) == ["audit", "orders"] and not user.permission["group"][1]


# -- names that are new, which the plan knows ------------------------------------------------------

HELD = {
    "ufile": UFILE.row(
        TokenName="backup-agent", AllowedOps=["TOKEN_ALLOW_WRITE"], AllowedBuckets=["backups"], AllowedPrefixes=["db/"]
    ),
    "urocketmq": UROCKETMQ.row(
        Name="billing", TopicProducePerm="PART", AllowProduceTopicList="orders", TopicConsumePerm="NONE"
    ),
    "rocketmq": user(access_key="billing"),
    "roma": ROMA.row(
        name="orders", policies=[{"app_name": "caf\u00e9", "access_policy": "pub", "tag": "", "owner": False}]
    ),
}


def plan_of(which, held=None, **changes):
    """What is said against a grant, once what exists is known."""
    case = dict(zip(ORDER, cases.ALL))[which]
    row = {**HELD[which], **(held or {})}
    calls = case.read(row) if case is ROMA else case.read_all(row)
    result = play([{**GOOD[which], **changes}], {GOOD[which]["system"]: calls}, check_mode=True)
    return result["msg"] if result.get("failed") else ""


NEW = [
    ("ufile", {"buckets": ["b*"]}, "allowed_buckets: 'b*' cannot be the name of a bucket"),
    ("ufile", {"prefixes": ["in/*"]}, "allowed_prefixes: 'in/*' cannot be the name of a prefix"),
    ("ufile", {"buckets": [" logs"]}, "allowed_buckets: an entry must not begin or end with a blank; got ' logs'"),
    ("ufile", {"principal": "agent\u3164"}, "token_name holds the invisible character '\\u3164' (HANGUL FILLER)"),
    ("urocketmq", {"topics": ["*"]}, "topic_produce_perm: ALL stands for every topic"),
    ("urocketmq", {"principal": "['a']"}, "name must be one name; got"),
    ("rocketmq", {"topics": ["*"]}, "topic_perms: '*' is not one name of letters, digits"),
    ("rocketmq", {"topics": ["order*"]}, "default_topic_perm is for all that have no row of their own"),
    ("rocketmq", {"topics": ["orders,payments"]}, "topic_perms: 'orders,payments' is not one name"),
    ("rocketmq", {"groups": ["g-*"]}, "group_perms: 'g-*' is not one name"),
    ("roma", {"principal": "bill*"}, "orders: 'bill*' cannot be the name of an application"),
    ("roma", {"principal": "cafe\u0301"}, "is the same name as 'caf\u00e9', written with other characters"),
]


@pytest.mark.parametrize(("which", "changes", "said"), NEW)
def test_a_new_name_that_nobody_can_mean_is_told_with_its_grant(which, changes, said):
    text = plan_of(which, **changes)
    assert "permissions_grants[0] (" in text and said in text


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_principal_in_another_form_of_unicode_is_none_of_its_own(state):
    text = plan_of("ufile", held={"TokenName": "caf\u00e9"}, principal="cafe\u0301", state=state)
    assert "is the same name as 'caf\u00e9'" in text


@pytest.mark.parametrize(
    ("which", "held", "changes"),
    [
        ("ufile", {"AllowedBuckets": ["b*"], "AllowedPrefixes": ["*"]}, {"buckets": ["b*"], "prefixes": None}),
        ("ufile", {"TokenName": " x"}, {"principal": " x"}),
        ("rocketmq", {"topic_perms": [{"name": "order*", "perm": "SUB"}]}, {"topics": ["order*"]}),
        ("urocketmq", {"AllowProduceTopicList": "*"}, {"topics": ["*"]}),
    ],
)
def test_what_is_held_already_may_be_called_so(which, held, changes):
    assert plan_of(which, held=held, **changes) == ""
