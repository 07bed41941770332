# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mistake in each field of a grant: the message has index, field, value and what would be right."""

from __future__ import annotations

import copy
import pathlib

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import setups as defining

yaml = pytest.importorskip("yaml")

ROLE = pathlib.Path(__file__).resolve().parents[5] / "roles" / "permissions"
SETUPS = yaml.safe_load((ROLE / "vars" / "main" / "setups.yml").read_text(encoding="utf-8"))[
    "permissions_builtin_setups"
]
GOOD = {
    "ufile": {
        "system": "ucloud_ufile", "principal": "backup-agent", "setup": "upload_only", "buckets": ["backups"],
        "prefixes": ["db/"], "expires": "2027-01-01",
    },
    "urocketmq": {
        "system": "ucloud_urocketmq", "service_id": "urmq-1", "principal": "billing", "setup": "producer",
        "topics": ["orders"],
    },
    "rocketmq": {
        "system": "huaweicloud_rocketmq", "instance_id": "i-1", "principal": "billing", "setup": "consumer",
        "topics": ["orders"], "groups": ["g1"], "secret_key": "Abcdef-12345", "state": "present",
    },
    "roma": {
        "system": "huaweicloud_roma", "instance_id": "i-2", "principal": {"app_name": "billing", "app_id": "app-1"},
        "setup": "producer", "topics": ["orders"], "tag": "v2",
    },
    "custom": {
        "system": "huaweicloud_rocketmq", "instance_id": "i-1", "principal": "shipping", "setup": "custom",
        "permissions": {"default_topic_perm": "SUB", "topic_perms": {"orders": "DENY"}},
    },
}  # fmt: skip
ORDER = list(GOOD)


def problems_of(grants, setups=SETUPS):
    return core.check(grants, setups)[1]


def test_the_good_ones_are_good():
    assert problems_of(list(GOOD.values())) == []


MISTAKES = [
    ("ufile", "system", "ufile", "got 'ufile'; right would be one of ucloud_ufile, ucloud_urocketmq"),
    ("ufile", "system", None, "got nothing; right would be one of ucloud_ufile"),
    ("urocketmq", "service_id", None, "got nothing; right would be the ID of the service"),
    ("urocketmq", "service_id", 7, "got 7; right would be the ID of the service or instance, as text"),
    ("urocketmq", "instance_id", "i-1", "got 'i-1'; right would be left out, since ucloud_urocketmq does not use it"),
    ("ufile", "service_id", "s", "got 's'; right would be left out, since ucloud_ufile"),
    ("ufile", "principal", None, "got nothing; right would be a name (token_name), or a mapping such as {token_id: …}"),
    ("ufile", "principal", " ", "got ' '; right would be a name"),
    ("ufile", "principal", {"user_name": "x"}, "got {'user_name': 'x'}; right would be a name (token_name)"),
    ("rocketmq", "principal", ["x"], "got ['x']; right would be a name (user_name)"),
    (
        "roma",
        "principal",
        {"app_id": "x"},
        "right would be a name (app_name), or a mapping such as {app_name: …, app_id: …}",
    ),
    ("ufile", "setup", "producer", "got 'producer'; right would be for ucloud_ufile one of read_only, upload_only"),
    ("ufile", "setup", None, "got nothing; right would be for ucloud_ufile one of read_only"),
    ("urocketmq", "topics", None, "got nothing; right would be a list of names of topics, such as [orders]"),
    ("urocketmq", "topics", "orders", "got 'orders'; right would be a list of names of topics"),
    ("urocketmq", "topics", [], "got []; right would be a list of names of topics"),
    ("urocketmq", "topics", {"a": "b"}, "got {'a': '<hidden>'}; right would be a list of names of topics"),
    ("urocketmq", "topics", ["a,b"], "got ['a,b']; right would be a list ('a,b' holds a comma"),
    ("urocketmq", "groups", ["g"], "got ['g']; right would be left out, since producer on ucloud_urocketmq"),
    ("rocketmq", "groups", None, "got nothing; right would be a list of names of consumer groups"),
    ("ufile", "buckets", "backups", "got 'backups'; right would be a list of names of buckets"),
    ("ufile", "prefixes", [1], "got [1]; right would be a list of prefixes"),
    ("ufile", "expires", "soon", "got 'soon'; right would be text ('soon' is neither Unix seconds nor an ISO 8601"),
    ("ufile", "expires", ["2027"], "got ['2027']; right would be a time, such as 2027-01-01"),
    ("ufile", "expires", "2999-01-01", "is outside what the service takes"),
    ("ufile", "tag", "v2", "got 'v2'; right would be left out, since upload_only on ucloud_ufile"),
    ("roma", "tag", "a&b", "got 'a&b'; right would be tags split by ||"),
    ("roma", "tag", ["v2"], "got ['v2']; right would be a tag, or several split by ||"),
    ("ufile", "state", "gone", "got 'gone'; right would be present or absent"),
    ("urocketmq", "secret_key", "Abcdef-12345", "got a value that is not shown; right would be left out"),
    ("rocketmq", "secret_key", "short", "got a value that is not shown; right would be text (it must have 8"),
    ("rocketmq", "permissions", {"admin": True}, "got {'admin': True}; right would be left out, or setup: custom"),
    ("custom", "permissions", None, "got nothing; right would be a mapping of some of admin, default_group_perm"),
    (
        "custom",
        "permissions",
        {"color": 1},
        ".permissions.color: got a value that is not shown; right would be one of admin",
    ),
    ("custom", "permissions", {"admin": "yes"}, ".permissions.admin: got 'yes'; right would be true or false"),
    ("custom", "permissions", {"default_topic_perm": "ALL"}, "got 'ALL'; right would be one of PUB, SUB, PUB|SUB"),
    ("custom", "permissions", {"topic_perms": {"orders": "ALL"}}, "right would be a mapping of names to one of PUB"),
    (
        "custom",
        "permissions",
        {"topic_perms": {"orders": "PUB", "audit": "PUBLISH"}},
        "got {'orders': 'PUB', 'audit': '<hidden>'}; right would be a mapping of names to one of PUB",
    ),
    ("urocketmq", "topics", ["a,b"] * 40, "got ['a,b', 'a,b', "),
    ("ufile", "bucket", ["x"], "got a value that is not shown; right would be one of the fields system"),
]


@pytest.mark.parametrize("which, field, value, said", MISTAKES)
def test_a_mistake(which, field, value, said):
    grants = copy.deepcopy(list(GOOD.values()))
    index = ORDER.index(which)
    grants[index][field] = value
    found = problems_of(grants)
    assert found, "not noticed"
    assert found[0].startswith(f"permissions_grants[{index}].{field}"), found
    assert said in found[0]
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
    for grants in ([GOOD["custom"], entry], entry if isinstance(entry, (str, int)) else {"passwd": entry}):
        found = problems_of(grants)
        assert found and HIDDEN not in repr(found) and "4711008150" not in repr(found)
    assert problems_of([entry])[0].startswith("permissions_grants[0]: got a ")


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
        {"permissions": {"secret_key": "Very-Hidden-1", "admin": 1}},
        {"permissions": {"admin": True, "secret_key": "Very-Hidden-1"}},
        {"secretkey": "Very-Hidden-1"},
        {"setup": "read_only", "permissions": {"secret_key": "Very-Hidden-1"}},
        {"principal": {"user_name": "x", "password": "Very-Hidden-1"}},
    ],
)
def test_a_secret_in_the_wrong_place_is_not_printed(more):
    found = problems_of([{**GOOD["custom"], **more}])
    assert found and "Very-Hidden-1" not in repr(found)


def test_every_field_has_a_mistake_here():
    assert {field for _which, field, _value, _said in MISTAKES} >= set(core.FIELDS)


def test_all_mistakes_are_told_at_once():
    found = problems_of([{"system": "x"}, "text", {**GOOD["ufile"], "buckets": None, "state": "x", "topics": ["x"]}])
    assert [text.partition(":")[0] for text in found] == [
        "permissions_grants[0].system",
        "permissions_grants[1]",
        "permissions_grants[2].state",
        "permissions_grants[2].topics",
        "permissions_grants[2].buckets",
    ]
    assert problems_of("text")[0].startswith("permissions_grants: got a text; right would be a list")


def test_a_lockdown_beside_a_grant_names_both():
    lock = {**GOOD["urocketmq"], "setup": "no_access", "topics": None}
    found = problems_of([GOOD["ufile"], GOOD["urocketmq"], lock])
    assert found == [
        "permissions_grants[1] and permissions_grants[2] contradict each other: producer and no_access, "
        "of the same principal (URocketMQ token billing)"
    ]
    # Topics of ROMA Connect are resources of their own.
    lock = {**GOOD["roma"], "setup": "no_access", "topics": ["payments"], "tag": None}
    assert problems_of([GOOD["roma"], lock]) == []
    assert "contradict" in problems_of([GOOD["roma"], {**lock, "topics": ["payments", "orders"]}])[0]


def test_taking_back_what_another_grant_gives_names_both():
    absent = {**GOOD["urocketmq"], "state": "absent"}
    assert "what the one takes back the other one gives" in problems_of([absent, GOOD["urocketmq"]])[0]
    wider = {**absent, "setup": "producer_consumer"}
    assert problems_of([wider, GOOD["urocketmq"]]) == []


def test_two_keys_of_one_user():
    other = {**GOOD["rocketmq"], "secret_key": "Other-Key-0001"}
    (text,) = problems_of([GOOD["rocketmq"], other])
    assert "different values of secret_key" in text and "Other-Key" not in text


OWN = [
    ({"producer": {}}, "a name that is taken"),
    ({"custom": {}}, "a name that is taken"),
    ({"mine": []}, "a mapping of some of ucloud_ufile"),
    ({"mine": {"aws": {}}}, "a mapping of some of ucloud_ufile"),
    ({"mine": {"ucloud_ufile": []}}, "a mapping of the module's options"),
    ({"mine": {"ucloud_ufile": {"allowed_ops": "$ops"}}}, "$ops stands for nothing; right would be one of $topics"),
    ({"mine": {"ucloud_ufile": {"colour": "red"}}}, "mine.ucloud_ufile.colour"),
    ({"mine": {"ucloud_urocketmq": {"topic_produce_perm": "SOME"}}}, "one of ALL, NONE, PART"),
    ({"mine": {"ucloud_urocketmq": {"topic_produce_perm": "NONE"}}}, "it gives nothing; use no_access"),
    ({"mine": {"huaweicloud_roma": {"topics": "$topics", "state": "absent"}}}, "it gives nothing"),
    ({"mine": {"huaweicloud_rocketmq": {"admin": True}}}, "admin is never turned on except by full_access"),
    ("text", "a mapping of names to set-ups"),
]


@pytest.mark.parametrize("own, said", OWN)
def test_a_mistake_in_a_set_up_of_ones_own(own, said):
    (text,) = defining.problems(SETUPS, own, core.SYSTEMS)
    assert text.startswith("permissions_setups") and said in text


def test_a_set_up_of_ones_own_is_used_like_the_others():
    own = {
        "auditor": {
            "huaweicloud_rocketmq": {
                "topic_perms": {"$topics": "SUB", "audit": "SUB"},
                "group_perms": {"$groups?": "SUB"},
            }
        }
    }
    assert defining.problems(SETUPS, own, core.SYSTEMS) == []
    raw = {**GOOD["rocketmq"], "setup": "auditor", "groups": None}
    (grant,), problems = core.check([raw], {**SETUPS, **own})
    assert (
        not problems
        and sorted(grant.permission["topic"][1]) == ["audit", "orders"]
        and not grant.permission["group"][1]
    )
    spliced = {
        "mine": {"ucloud_urocketmq": {"topic_produce_perm": "PART", "allow_produce_topic_list": ["$topics", "audit"]}}
    }
    (grant,), problems = core.check([{**GOOD["urocketmq"], "setup": "mine"}], {**SETUPS, **spliced})
    assert not problems and grant.permission["produce"] == {"orders", "audit"}


# -- names that are new, which the plan knows ------------------------------------------------------

HELD = {
    "ufile": {
        "token_id": "t-1", "token_name": "backup-agent", "allowed_ops": ["TOKEN_ALLOW_WRITE"],
        "allowed_buckets": ["backups"], "allowed_prefixes": ["db/"], "expire_time": 1798761600,
    },
    "urocketmq": {
        "service_id": "urmq-1", "token_id": "t-1", "name": "billing", "topic_produce_perm": "PART",
        "allow_produce_topic_list": ["orders"], "topic_consume_perm": "NONE", "allow_consume_topic_list": [],
    },
    "rocketmq": {
        "instance_id": "i-1", "user_name": "billing", "admin": False, "white_remote_address": "",
        "default_topic_perm": "DENY", "default_group_perm": "DENY", "topic_perms": [], "group_perms": [],
    },
    "roma": {
        "instance_id": "i-2", "name": "orders",
        "policies": [{"app_name": "caf\u00e9", "access_policy": "pub", "tag": "", "owner": False}],
    },
}  # fmt: skip


def plan_of(which, held=None, **changes):
    (grant,), problems = core.check([{**GOOD[which], **changes}], SETUPS)
    assert problems == []
    return planning.plan(grant.system, [grant], [{**HELD[which], **(held or {})}])["problems"]


NEW = [
    ("ufile", {"buckets": ["b*"]}, "allowed_buckets: 'b*' is no name of a bucket"),
    ("ufile", {"prefixes": ["in/*"]}, "allowed_prefixes: 'in/*' is no name of a prefix"),
    ("ufile", {"buckets": [" logs"]}, "allowed_buckets: an entry must not begin or end with a blank; got ' logs'"),
    ("ufile", {"principal": "agent\u3164"}, "token_name holds the invisible character '\\u3164' (HANGUL FILLER)"),
    ("urocketmq", {"topics": ["*"]}, "topic_produce_perm: ALL stands for every topic"),
    ("urocketmq", {"principal": "['a']"}, "name must be one name; got"),
    ("rocketmq", {"topics": ["*"]}, "topic_perms: '*' is not one name of letters, digits"),
    ("rocketmq", {"topics": ["order*"]}, "default_topic_perm is for all that have no row of their own"),
    ("rocketmq", {"topics": ["orders,payments"]}, "topic_perms: 'orders,payments' is not one name"),
    ("rocketmq", {"groups": ["g-*"]}, "group_perms: 'g-*' is not one name"),
    ("roma", {"principal": "bill*"}, "orders: 'bill*' is no name of an application"),
    ("roma", {"principal": "cafe\u0301"}, "is the same name as 'caf\u00e9', made of other characters"),
]


@pytest.mark.parametrize(("which", "changes", "said"), NEW)
def test_a_new_name_that_nobody_can_mean_is_told_with_its_grant(which, changes, said):
    (text,) = plan_of(which, **changes)
    assert text.startswith("permissions_grants[0]: ")
    assert said in text


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_principal_in_another_form_of_unicode_is_none_of_its_own(state):
    (text,) = plan_of("ufile", held={"token_name": "caf\u00e9"}, principal="cafe\u0301", state=state)
    assert "is the same name as 'caf\u00e9'" in text


@pytest.mark.parametrize(
    ("which", "held", "changes"),
    [
        ("ufile", {"allowed_buckets": ["b*"], "allowed_prefixes": ["*"]}, {"buckets": ["b*"], "prefixes": None}),
        ("ufile", {"token_name": " x"}, {"principal": " x"}),
        ("rocketmq", {"topic_perms": [{"name": "order*", "perm": "SUB"}]}, {"topics": ["order*"]}),
        ("urocketmq", {"allow_produce_topic_list": ["*"]}, {"topics": ["*"]}),
    ],
)
def test_what_is_held_already_may_be_called_so(which, held, changes):
    assert plan_of(which, held=held, **changes) == []
