# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A mistake in each field of a grant: the message has its place, principal and field, what must be there, and what is."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
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


WRITING = {"ops": {"TOKEN_ALLOW_WRITE"}, "deny": False, "prefixes": {"*"}, "buckets": {"b"}}
NOBODY = {"admin": False, "address": set()}
DENIED = (set(), {})


@pytest.mark.parametrize(
    "grant, changes, names, permission",
    [
        (GOOD["ufile"], {}, {"token_name": "backup-agent"},
         {**WRITING, "buckets": {"backups"}, "prefixes": {"db/"}, "expires": 1798761600}),
        (GOOD["ufile"], {"buckets": ("b",), "prefixes": None, "expires": 1798761600, "principal": {"token_id": "t-1"}},
         {"token_id": "t-1"}, {**WRITING, "expires": 1798761600}),
        (GOOD["ufile"], {"buckets": ["b"], "prefixes": None, "expires": None, "expires_in": "90d", "renew_before": "30d"},
         {"token_name": "backup-agent"}, {**WRITING, "expires": None, "renewal": (90 * 86400, 30 * 86400)}),
        (GOOD["ufile"], {"setup": "custom", "permissions": {"allowed_ops": ["TOKEN_ALLOW_WRITE"], "allowed_buckets": ["b"],
                         "expire_time": "2027-01-01"}, **dict.fromkeys(("buckets", "prefixes", "expires"))},
         {"token_name": "backup-agent"}, {**WRITING, "expires": 1798761600}),
        (GOOD["urocketmq"], {"state": "absent", "owner": "ann", "ticket": 7}, {"name": "billing"},
         {"produce": {"orders"}, "consume": set()}),
        (GOOD["rocketmq"], {}, {"user_name": "billing"},
         {**NOBODY, "topic": (set(), {"orders": {"SUB"}}), "group": (set(), {"g1": {"SUB"}})}),
        (GOOD["rocketmq"], {"setup": "no_access", "topics": None, "groups": None}, {"user_name": "billing"},
         {**NOBODY, "topic": DENIED, "group": DENIED}),
        (GOOD["custom"], {}, {"user_name": "shipping"}, {**NOBODY, "topic": ({"SUB"}, {"orders": set()}), "group": DENIED}),
        (GOOD["roma"], {"tag": 2}, {"app_name": "billing", "app_id": "app-1"}, {"orders": {"pub": {"2"}, "sub": set()}}),
        (GOOD["roma"], {"setup": "producer_consumer"}, {"app_name": "billing", "app_id": "app-1"}, {"orders": dict.fromkeys(("pub", "sub"), {"v2"})}),
        # As the service shows it, and not as a set-up would mean it
        (GOOD["roma"], {"setup": "custom", "tag": None, "permissions": {"access_policy": "all", "tag": "v2"}},
         {"app_name": "billing", "app_id": "app-1"}, {"orders": {"row": ("all", "v2")}}),
        (GOOD["roma"], {"setup": "custom", "topics": None, "tag": None, "permissions": {"access_policy": "sub", "topics": ["a"]}},
         {"app_name": "billing", "app_id": "app-1"}, {"a": {"pub": set(), "sub": "ALL"}}),
    ],
)  # fmt: skip
def test_what_a_grant_gives_and_to_whom(grant, changes, names, permission):
    given = {**grant, **changes}
    (found,), problems = core.check([given], SETUPS)
    assert (problems, found.index, found.system, found.setup) == ([], 0, core.SYSTEMS[given["system"]], given["setup"])
    assert (found.scope, found.names) == (given.get("service_id") or given.get("instance_id"), names)
    assert (found.permission, found.secret) == (permission, given.get("secret_key"))
    assert (found.absent, found.lockdown) == (given.get("state") == "absent", given["setup"] == "no_access")
    shown = {key: list(value) if isinstance(value, tuple) else value for key, value in given.items()}
    assert found.raw == {key: value for key, value in shown.items() if value is not None and key != "secret_key"}


@pytest.mark.parametrize(
    "raw, more, said",
    [
        ("text", (), "permissions_grants[3]"),
        ({"principal": "ci"}, ("a.yml", 0), "a.yml: permissions_grants[0] (ci)"),
        ({"principal": {"token_id": "t-1", "token_name": "ci"}}, ("a.yml",), "a.yml: permissions_grants[3] (ci)"),
        ({"principal": {"app_id": "a-1", "app_name": 7}}, (), "permissions_grants[3] (a-1)"),
        ({"principal": {"colour": "red"}}, (), "permissions_grants[3]"),
        ({"principal": "x" * 64}, (), f"permissions_grants[3] ({'x' * 64})"),
        ({"principal": "x" * 65}, (), "permissions_grants[3]"),
        ({"principal": ""}, (), "permissions_grants[3]"),
    ],
)
def test_a_place_is_told_with_its_principal(raw, more, said):
    assert str(core.Source(3, raw, *more)) == said


@pytest.mark.parametrize(("count", "more"), [(1, ""), (5, ""), (6, " and 1 more"), (9, " and 4 more")])
def test_of_many_places_the_first_ones_are_told(count, more):
    places = " and ".join(f"permissions_grants[{index}]" for index in range(min(count, 5)))
    assert core.where([core.Source(index, None) for index in range(count)]) == places + more


SYSTEM = "system must be one of ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma; got "
TOKEN = "principal must be a name (token_name), or a mapping such as {token_id: …}; got "
SETUP = "setup must be for ucloud_ufile one of read_only, upload_only, read_write, read_write_delete, full_access, no_access, custom"
TOPICS = "topics must be a list of names of topics, such as [orders]; got "
COMMA = "topics must be a list ('a,b' holds a comma, which separates topics: write one entry for each); got "
OPTIONS = "admin, default_group_perm, default_topic_perm, group_perms, topic_perms, white_remote_address; got "
PERMS = "one of PUB, SUB, PUB|SUB, SUB|PUB, DENY"
MISTAKES = [
    ("ufile", "system", "ufile", SYSTEM + "'ufile'"),
    ("ufile", "system", "ucloud_ufil", SYSTEM + "'ucloud_ufil' (did you mean 'ucloud_ufile'?)"),
    ("ufile", "system", None, SYSTEM + "nothing"),
    ("urocketmq", "service_id", None, "service_id must be the ID of the service or instance, as text; got nothing"),
    ("urocketmq", "service_id", 7, "service_id must be the ID of the service or instance, as text; got 7"),
    ("urocketmq", "instance_id", "i-1", "instance_id must be left out, since ucloud_urocketmq does not use it; got 'i-1'"),
    ("ufile", "service_id", "s", "service_id must be left out, since ucloud_ufile does not use it; got 's'"),
    ("ufile", "principal", None, TOKEN + "nothing"),
    ("ufile", "principal", " ", TOKEN + "' '"),
    ("ufile", "principal", {"user_name": "x"}, TOKEN + "{'user_name': 'x'}"),
    ("ufile", "principal", {"token_name": "x", "token_id": "y"}, TOKEN + "{'token_name': 'x', 'token_id': 'y'}"),
    ("rocketmq", "principal", ["x"], "principal must be a name (user_name); got ['x']"),
    ("roma", "principal", {"app_id": "x"},
     "principal must be a name (app_name), or a mapping such as {app_name: …, app_id: …}; got {'app_id': 'x'}"),
    ("ufile", "setup", "producer",
     SETUP + " (producer has a meaning for ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma only); got 'producer'"),
    ("ufile", "setup", None, SETUP + "; got nothing"),
    ("ufile", "setup", "reed_only", SETUP + "; got 'reed_only' (did you mean 'read_only'?)"),
    ("urocketmq", "topics", None, TOPICS + "nothing"),
    ("urocketmq", "topics", "orders", TOPICS + "'orders'"),
    ("urocketmq", "topics", [], TOPICS + "[]"),
    ("urocketmq", "topics", {"a": "b"}, TOPICS + "{'a': '<hidden>'}"),
    ("urocketmq", "topics", ["a\nb"], TOPICS + "['a\\nb']"),
    ("urocketmq", "topics", ["a,b"], COMMA + "['a,b']"),
    ("urocketmq", "topics", ["a,b"] * 40, COMMA + "[" + "'a,b', " * 14 + "…] (40 entries)"),
    ("urocketmq", "groups", ["g"], "groups must be left out, since producer on ucloud_urocketmq does not use it; got ['g']"),
    ("rocketmq", "groups", None, "groups must be a list of names of consumer groups, such as [billing-group]; got nothing"),
    ("ufile", "buckets", "backups", "buckets must be a list of names of buckets, such as [backups]; ['*'] is all of them; got 'backups'"),
    ("ufile", "prefixes", [1], "prefixes must be a list of prefixes, such as [db/]; without it, everything in the buckets; got [1]"),
    ("ufile", "expires", "soon",
     "expires must be a time ('soon' is neither Unix seconds nor an ISO 8601 time such as 2030-01-01T00:00:00Z; a duration is not "
     "taken, since it would end at another time in each run); got 'soon'"),
    ("ufile", "expires", ["2027"], "expires must be a time, such as 2027-01-01 or 2027-01-01T00:00:00Z; got ['2027']"),
    ("ufile", "expires", 1.5, "expires must be a time, such as 2027-01-01 or 2027-01-01T00:00:00Z; got 1.5"),
    ("ufile", "expires", "2999-01-01",
     "expires must be a time (2999-01-01 is outside what the service takes: at most 4102416000 (2099-12-31T16:00:00Z)); "
     "got '2999-01-01'"),
    ("ufile", "tag", "v2", "tag must be left out, since upload_only on ucloud_ufile does not use it; got 'v2'"),
    ("roma", "tag", "a&b", "tag must be tags split by ||; to publish and to subscribe at once, two such lists split by &; got 'a&b'"),
    ("roma", "tag", ["v2"], "tag must be a tag, or several split by ||, such as v1||v2; got ['v2']"),
    ("roma", "tag", "", "tag must be a tag, or several split by ||, such as v1||v2; got ''"),
    ("ufile", "state", "gone", "state must be present or absent; got 'gone'"),
    ("ufile", "expires_in", "90d", "expires_in cannot be used together with expires, which is a fixed end"),
    ("urocketmq", "renew_before", "30d", "renew_before must be left out, since producer on ucloud_urocketmq does not use it; got '30d'"),
    *(("ufile", field, ["x"], f"{field} must be text; got ['x']") for field in core.ABOUT),
    ("urocketmq", "secret_key", "Abcdef-12345",
     "secret_key must be left out, since ucloud_urocketmq makes its own; got a value that is not shown"),
    ("rocketmq", "secret_key", "short",
     "secret_key must be text (it must have 8 to 32 characters); got a value that is not shown"),
    ("rocketmq", "permissions", {"admin": True}, "permissions must be left out, or setup: custom beside it; got {'admin': True}"),
    ("custom", "permissions", None, "permissions must be a mapping of some of " + OPTIONS + "nothing"),
    ("custom", "permissions", ["admin"], "permissions must be a mapping of some of " + OPTIONS + "['admin']"),
    ("custom", "permissions", {"color": 1}, "permissions.color must be one of " + OPTIONS + "a value that is not shown"),
    ("custom", "permissions", {"admin": "yes"}, "permissions.admin must be true or false; got 'yes'"),
    ("custom", "permissions", {"white_remote_address": ["x"]}, "permissions.white_remote_address must be text; got ['x']"),
    ("custom", "permissions", {"default_topic_perm": "ALL"}, f"permissions.default_topic_perm must be {PERMS}; got 'ALL'"),
    ("custom", "permissions", {"topic_perms": {"orders": "PUB", "audit": "PUBLISH"}},
     f"permissions.topic_perms must be a mapping of names to {PERMS}, such as {{orders: PUB}}; "
     "got {'orders': 'PUB', 'audit': '<hidden>'}"),
    ("ufile", "bucket", ["x"], "bucket is not a field of a grant (did you mean 'buckets'?)"),
    ("ufile", 7, "x", "7 is not a field of a grant; use " + ", ".join(core.FIELDS)),
    ("ufile", "x" * 64, 1, "x" * 64 + " is not a field of a grant; use " + ", ".join(core.FIELDS)),
    ("ufile", "x" * 65, 1, "a text is not a field of a grant; use " + ", ".join(core.FIELDS)),
]  # fmt: skip


@pytest.mark.parametrize("which, field, value, said", MISTAKES)
def test_a_mistake_says_where_it_is_and_what_must_be_there(which, field, value, said):
    grants = copy.deepcopy(list(GOOD.values()))
    index = ORDER.index(which)
    grants[index][field] = value
    principal = next(iter(value.values())) if isinstance(value, dict) else value if isinstance(value, str) else None
    who = principal if field == "principal" else {"custom": "shipping", "ufile": "backup-agent"}.get(which, "billing")
    assert problems_of(grants) == [f"permissions_grants[{index}]{f' ({who})' if who else ''}: {said}"]


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


READING = {"allowed_ops": ["TOKEN_ALLOW_READ"], "allowed_buckets": ["b"]}
SOON = (
    "must be a time ('soon' is neither Unix seconds nor an ISO 8601 time such as 2030-01-01T00:00:00Z; a duration is not taken, "
    "since it would end at another time in each run); got 'soon'"
)


@pytest.mark.parametrize(
    "system, permissions, more, said",
    [
        (F, {"allowed_ops": ["TOKEN_ALLOW_READ"]}, {},
         "permissions must be a mapping with allowed_buckets: a list of buckets; ['*'] is all of them; "
         "got {'allowed_ops': ['TOKEN_ALLOW_READ']}"),
        (F, READING, {"expires": "soon"}, f"expires {SOON}"),
        (F, {**READING, "expire_time": "soon"}, {}, f"permissions.expire_time {SOON}"),
        (F, {**READING, "expire_time": "2030-01-01"}, {"expires": "2031-01-01"},
         "expires must be left out, since custom on ucloud_ufile does not use it; got '2031-01-01'"),
        (F, {**READING, "allowed_prefixes": "$prefixes"}, {}, "prefixes must be a list of prefixes, such as [db/]; without it, "
         "everything in the buckets; got nothing"),
        (F, {**READING, "allowed_prefixes": "$colour"}, {},
         "permissions must have no placeholders but $topics, $groups, $buckets, $prefixes, $tag, $expires; "
         "got {'allowed_ops': ['TOKEN_ALLOW_READ'], 'allowed_buckets': ['b'], 'allowed_prefixes': '$colour'}"),
        (T, {"tag": "x"}, {"topics": ["a"]},
         "permissions must be a mapping with access_policy: one of all, pub, sub; got {'tag': 'x'}"),
        (T, {"access_policy": "pub"}, {}, "topics must be a list of names of topics, such as [orders]; got nothing"),
        (T, {"access_policy": "pub", "topics": "orders"}, {}, "permissions.topics must be a list of topics; got a value that is not shown"),
        (T, {"access_policy": "pub", "topics": []}, {}, "permissions.topics must be a list of topics; got a value that is not shown"),
        (T, {"access_policy": "pub", "topics": ["a", 7]}, {}, "permissions.topics must be a list of topics; got a value that is not shown"),
        (T, {"access_policy": "pub", "state": "gone"}, {"topics": ["a"]},
         "permissions.state must be present or absent; got a value that is not shown"),
    ],
)  # fmt: skip
def test_a_mistake_in_custom_permissions(system, permissions, more, said):
    scope = {"instance_id": "i-1"} if system == T else {}
    grant = {"system": system, "principal": "x", "setup": "custom", "permissions": permissions, **scope, **more}
    assert problems_of([grant]) == [f"permissions_grants[0] (x): {said}"]


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
    assert found[-1].endswith(" present, since no_access gives nothing that could be taken back; got 'absent'")


def test_a_mistake_names_the_file_and_the_place_in_it():
    (problem, *_more) = core.check([{"system": "x"}], SETUPS, [core.Source(5, {}, "teams/a.yml", 2)])[1]
    assert str(problem) == f"teams/a.yml: permissions_grants[2]: {SYSTEM}'x'"
    assert (problem.indices, problem.system, problem.option) == ([5], None, "system")


LOCK = {**GOOD["urocketmq"], "setup": "no_access", "topics": None}
BACK = {**GOOD["urocketmq"], "state": "absent"}
LOCK_TOPIC = {**GOOD["roma"], "setup": "no_access", "topics": ["payments"], "tag": None}
TAKES, TWO_KEYS = "one takes back what the other gives", "they have different values of secret_key"


@pytest.mark.parametrize(
    "grants, pairs",
    [
        ([GOOD["ufile"], GOOD["urocketmq"], LOCK], [(1, 2, "producer and no_access")]),
        ([LOCK, GOOD["urocketmq"], LOCK, BACK],
         [(0, 1, "no_access and producer"), (0, 3, "no_access and producer"), (1, 2, "producer and no_access"),
          (2, 3, "no_access and producer"), (1, 3, TAKES)]),
        ([LOCK, LOCK], []),
        ([LOCK, {**GOOD["urocketmq"], "principal": "shipping"}], []),
        ([LOCK, {**GOOD["urocketmq"], "service_id": "s-2"}], []),
        # Topics of ROMA Connect are resources of their own, and an application is known by its name.
        ([GOOD["roma"], LOCK_TOPIC], []),
        ([GOOD["roma"], {**LOCK_TOPIC, "topics": ["payments", "orders"], "principal": "billing"}], [(0, 1, "producer and no_access")]),
        ([BACK, GOOD["urocketmq"]], [(0, 1, TAKES)]),
        ([GOOD["urocketmq"], BACK, BACK], [(0, 1, TAKES), (0, 2, TAKES)]),
        ([{**BACK, "setup": "producer_consumer"}, GOOD["urocketmq"]], []),
        ([{**BACK, "topics": ["payments"]}, GOOD["urocketmq"]], []),
        ([GOOD["urocketmq"], {**BACK, "setup": "custom", "topics": None, "permissions": {"topic_consume_perm": "NONE"}}], []),
        ([GOOD["rocketmq"], *({**GOOD["rocketmq"], "secret_key": key} for key in ("Other-Key-0001", None, "Third-Key-0001"))],
         [(0, 1, TWO_KEYS)]),
        ([GOOD["rocketmq"], {**GOOD["rocketmq"], "topics": ["payments"]}], []),
    ],
)  # fmt: skip
def test_two_grants_that_exclude_each_other_are_both_named(grants, pairs):
    system = core.SYSTEMS[grants[-1]["system"]]
    who = "app-1, billing" if grants[0]["principal"] == GOOD["roma"]["principal"] else "billing"
    found = core.check(grants, SETUPS)[1]
    assert [str(problem) for problem in found] == [
        f"permissions_grants[{one}] (billing) and permissions_grants[{other}] (billing): they contradict each other: {why}, of the same "
        f"principal ({system.label} {who})"
        for one, other, why in pairs
    ]  # fmt: skip
    assert [(*problem.indices, problem.system) for problem in found] == [
        (one, other, system.name) for one, other, _why in pairs
    ]


def test_the_key_of_a_user_is_not_its_name():
    (text,) = problems_of([{**GOOD["rocketmq"], "principal": "Abcdef-12345"}])
    assert "secret_key must be neither the user's name nor the name spelled backwards" in text


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
    ("roma", {"principal": "bill\u3164"}, "orders: app_name holds the invisible character '\\u3164' (HANGUL FILLER)"),
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
