# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import rules

from .estates import NOW, access, answer, rocketmq, roma, ufile, urocketmq

READ, WRITE, DENY_UPDATE = "TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"


def asked(kind, row, request, **more):
    action, resource, *rest = request.split()
    return answer(kind, row, action, resource, **dict((each.split("=") for each in rest), **more))


def answers(kind, row, expected):
    """The answer to each request that ``expected`` has one to."""
    return {request: asked(kind, row, request) for request in expected}


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ({}, {"read b/x": "allowed", "read c/x": "refused", "write b/x": "refused"}),
        ({"buckets": ["*"]}, {"read c/x": "allowed"}),
        ({"prefixes": ["reports"]}, {"read b/reports-secret/x": "allowed", "read b/reports": "allowed"}),
        ({"prefixes": ["reports/"]}, {"read b/reports": "refused"}),
        ({"prefixes": ["a/", "b/"]}, {"read b/b/x": "allowed"}),
        ({"ops": ["TOKEN_ALLOW_NONE"]}, {"read b/x": "refused"}),
        ({"ops": [WRITE]}, {"overwrite b/x": "allowed"}),
        ({"ops": [WRITE, DENY_UPDATE]}, {"overwrite b/x": "refused", "write b/x": "allowed"}),
        ({"ops": ["TOKEN_ALLOW_IOP"]}, {"process b/x": "allowed"}),
        ({"ops": ["TOKEN_ALLOW_DP"]}, {"process b/x": "allowed"}),
        ({"ops": ["TOKEN_ALLOW_LIST"]}, {"list b/x": "allowed"}),
        ({"ops": ["TOKEN_ALLOW_DELETE"]}, {"delete b/x": "allowed"}),
        ({"white_ip_list": ["10.0.0.1"]},
         {"read b/x address=10.0.0.1": "allowed", "read b/x address=10.0.0.2": "refused", "read b/x": "refused"}),
        ({"black_ip_list": ["10.0.0.1"]},
         {"read b/x": "allowed", "read b/x address=10.0.0.1": "refused", "read b/x address=10.0.0.2": "allowed"}),
        ({"white_ip_list": ["10.0.0.0/8"]}, {"read b/x address=10.0.0.2": "unknown"}),
        # No document says that wildcards stand in a list of UFile.
        ({"black_ip_list": ["10.0.0.*"]}, {"read b/x address=10.0.1.2": "unknown"}),
        # What the service did not show, or showed as nothing that is known, is never "refused".
        ({"ops": None}, {"delete b/x": "unknown"}),
        ({"ops": ["TOKEN_ALLOW_ALL"]}, {"delete b/x": "unknown"}),
        ({"ops": [READ, "TOKEN_ALLOW_MORE"]}, {"read b/x": "allowed"}),
        ({"buckets": None}, {"read b/x": "unknown", "write b/x": "refused"}),
        ({"prefixes": []}, {"read b/x": "unknown"}),
        ({"prefixes": ["", "a/"]}, {"read b/x": "unknown", "read b/a/x": "allowed"}),
        ({"end": None}, {"read b/x": "unknown"}),
        ({"end": 0}, {"read b/x": "unknown"}),
    ],
)  # fmt: skip
def test_a_ufile_token_allows_each_operation_in_each_bucket_below_each_prefix(token, expected):
    assert answers(ufile, ufile(**token), expected) == expected


def test_a_token_that_no_address_is_left_for_may_do_nothing():
    for black in (["10.0.0.1"], ["10.0.0.2", "10.0.0.1"]):
        assert access(ufile, ufile(white_ip_list=["10.0.0.1"], black_ip_list=black))["access"] == []


@pytest.mark.parametrize(("second", "expected"), [(-1, "allowed"), (0, "refused"), (1, "refused")])
def test_a_token_ends_with_the_second_of_its_expiry(second, expected):
    assert asked(ufile, ufile(end=NOW), "read b/x", at=NOW + second) == expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ({"produce": "ALL"}, {"publish anything": "allowed", "consume anything": "refused"}),
        ({"consume": "PART", "topics": ["orders"]}, {"consume orders group=x": "allowed", "consume orders2": "refused"}),
        ({"produce": "NONE", "topics": ["orders"]}, {"publish orders": "refused"}),
        ({"produce": "PART", "allow_produce_topic_list": None}, {"publish orders": "unknown"}),
        ({"produce": "PART", "topics": ["orders", "*"]}, {"publish orders": "allowed", "publish stock": "unknown"}),
        ({"produce": None}, {"publish orders": "unknown"}),
        ({"produce": "SOME"}, {"publish orders": "unknown"}),
    ],
)  # fmt: skip
def test_a_urocketmq_token_allows_all_topics_or_those_that_are_listed(token, expected):
    assert answers(urocketmq, urocketmq(**token), expected) == expected


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"topics": {"orders": "PUB"}}, {"publish orders": "allowed", "publish stock": "refused"}),
        ({"topic": "SUB|PUB"}, {"publish orders": "allowed"}),
        ({"admin": True, "topic": None, "topics": {"orders": "DENY"}}, {"publish orders": "allowed"}),
        ({"admin": True}, {"administer -": "allowed"}),
        ({"topic": "PUB"}, {"administer -": "refused"}),
        # Consuming needs the topic and a group.
        ({"topics": {"orders": "SUB"}}, {"consume orders group=g": "refused"}),
        ({"topics": {"orders": "SUB"}, "groups": {"g": "SUB"}},
         {"consume orders group=g": "allowed", "consume orders": "refused"}),
        ({"topics": {"orders": "SUB"}, "groups": {"g": "PUB"}}, {"consume orders group=g": "refused"}),
        ({"topics": {"orders": "SUB"}, "group": "SUB"}, {"consume orders group=h": "allowed"}),
        ({"topic": "SUB", "groups": {"g": "SUB"}},
         {"consume orders group=g": "allowed", "consume orders group=h": "refused"}),
        # DENY under a wider default.
        ({"topic": "PUB", "topics": {"orders": "DENY"}},
         {"publish orders": "unknown", "publish stock": "allowed", "consume orders group=g": "refused"}),
        ({"topic": "PUB|SUB", "topics": {"orders": "SUB"}, "group": "SUB"},
         {"publish orders": "unknown", "consume orders group=g": "allowed"}),
        ({"topic": "SUB", "group": "SUB", "groups": {"g": "DENY"}},
         {"consume orders group=g": "unknown", "consume orders group=h": "allowed"}),
        ({"topic": "SUB", "topics": {"orders": "DENY"}, "groups": {"g": "SUB"}},
         {"consume orders group=g": "unknown", "consume stock group=g": "allowed"}),
        # Whitelisted addresses.
        ({"white_remote_address": "10.0.0.1, 192.*.*.*"},
         {"publish x address=192.1.2.3": "allowed", "consume x address=10.0.0.1": "allowed",
          "publish x address=10.0.0.11": "refused", "publish x address=7.8.9.6": "refused", "publish x": "refused"}),
        ({"white_remote_address": "10.0.0.1-9"}, {"publish x address=10.0.0.2": "unknown"}),
        ({"white_remote_address": "10.0.0.1-9", "topic": "PUB"}, {"publish x address=10.0.0.2": "allowed"}),
        ({"white_remote_address": "10.0.0.1", "topic": "PUB", "topics": {"x": "DENY"}},
         {"publish x address=10.0.0.1": "allowed"}),
        # What the service did not show, or showed as nothing that is known.
        ({"topic": None}, {"publish orders": "unknown"}),
        ({"topic": None, "topics": {"orders": "PUB"}}, {"publish orders": "allowed"}),
        ({"topic": None, "topics": {"orders": "DENY"}}, {"publish orders": "unknown"}),
        ({"topic": "ANY"}, {"publish orders": "unknown"}),
        ({"topics": {"orders": "ANY"}}, {"publish orders": "unknown"}),
        ({"topics": {"ord*": "PUB"}}, {"publish orders": "unknown"}),
        ({"topic_perms": None}, {"publish orders": "unknown"}),
        ({"topic": "SUB", "group": None}, {"consume orders group=g": "unknown"}),
        ({"topic": "SUB", "group": None, "groups": {"g": "SUB"}}, {"consume orders group=g": "allowed"}),
        ({"topic": "SUB", "group_perms": None}, {"consume orders group=g": "unknown"}),
        ({"admin": None}, {"publish orders": "unknown"}),
        ({"admin": None, "topics": {"orders": "PUB"}}, {"publish orders": "allowed"}),
        ({"white_remote_address": None}, {"publish orders": "unknown", "administer -": "unknown"}),
    ],
)  # fmt: skip
def test_of_a_rocketmq_user_the_first_that_applies_counts(user, expected):
    assert answers(rocketmq, rocketmq(**user), expected) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (("pub",), {"publish orders tag=a": "allowed", "consume orders": "refused"}),
        (("all",), {"consume orders": "allowed"}),
        (("sub", "a|| b"), {"consume orders tag=b": "allowed"}),
        (("sub", "a||b"), {"consume orders tag=c": "refused", "consume orders": "refused"}),
        (("all", "a&b||c"),
         {"publish orders tag=a": "allowed", "publish orders tag=b": "refused", "consume orders tag=c": "allowed"}),
        (("all", "a&"), {"consume orders tag=z": "allowed", "publish orders tag=z": "refused"}),
        (("all", "a||b"), {"publish orders tag=a": "unknown"}),
        (("all", "a&b&c"), {"publish orders tag=a": "unknown"}),
        (("pub", "a&b"), {"publish orders tag=a": "unknown", "consume orders tag=a": "refused"}),
        (("pub", None), {"publish orders": "unknown"}),
        (("any",), {"publish orders": "unknown"}),
        (("pub", "", True), {"consume orders": "allowed"}),
        (("pub", "a", True),
         {"publish orders tag=a": "allowed", "publish orders tag=b": "unknown", "consume orders tag=a": "unknown"}),
        (("pub", "a&b", True), {"consume orders tag=a": "unknown"}),
    ],
)  # fmt: skip
def test_a_roma_policy_allows_within_its_tags_and_the_owner_both(policy, expected):
    assert answers(roma, roma(app=policy), expected) == expected


def said(made):
    """Rows, each in one text: action, resource, condition; certainty; fields, values, and what a grant must give for them."""
    for row in made:
        fields = ", ".join(" ".join(map(str, reason.values())).rstrip() for reason in row["because"])
        where, sure = " ".join(row["resource"].values()), row["assumption"] or row["certainty"]
        assert (row["certainty"] == "documented") == (row["assumption"] is None)
        yield f"{row['action']} {where} {row['condition'] or ''} | {sure} | {fields}"


def because(field, value, *atom):
    return {"field": field, "value": value, "grant": " ".join(atom)}


def lacks(what):
    return f"The service did not show {what} in a form that is known."


UNTIL = "{'until': '2027-01-16T08:00:00Z'}"
LIMITS = "'addresses': ['1', '2'], 'not_addresses': ['3', '4'], 'no_overwrite': True"
FROM = "{'addresses': ['10.0.0.1', '10.0.0.2'], 'keyless': True}"
WHITE = "white_remote_address 10.0.0.1 10.0.0.1, white_remote_address 10.0.0.2 10.0.0.2"
UNSHOWN = lacks("expire_time and allowed_buckets and allowed_prefixes and allowed_ops")
FALL_BACK, TAG, OWNER, SASL = rules.FALL_BACK, rules.TAG, rules.OWNER, rules.SASL
BY_GROUPS = [
    "{'groups': ['g', 'h']} |",
    "group_perms g=SUB, h=SUB g SUB",
    "{'groups': ['i']} |",
    "group_perms i=ANY i SUB",
]


@pytest.mark.parametrize(
    ("kind", "row", "expected"),
    [
        (ufile, {"ops": [READ, "TOKEN_ALLOW_IOP", "TOKEN_ALLOW_DP"], "prefixes": ["a/"]}, [
            f"read object prefix a/ b {UNTIL} | documented | "
            "allowed_ops TOKEN_ALLOW_READ TOKEN_ALLOW_READ, allowed_buckets b b, allowed_prefixes a/ a/",
            f"process object prefix a/ b {UNTIL} | documented | allowed_ops TOKEN_ALLOW_IOP TOKEN_ALLOW_IOP, "
            "allowed_ops TOKEN_ALLOW_DP TOKEN_ALLOW_DP, allowed_buckets b b, allowed_prefixes a/ a/",
        ]),
        (ufile, {"ops": [WRITE, DENY_UPDATE], "prefixes": ["*", ""], "white_ip_list": ["2", "1"], "black_ip_list": ["4", "3"]}, [
            f"write object all * b {UNTIL[:-1]}, {LIMITS}}} | documented | "
            "allowed_ops TOKEN_ALLOW_WRITE TOKEN_ALLOW_WRITE, allowed_buckets b b, allowed_prefixes * *",
        ]),
        (ufile, {"ops": None, "buckets": None, "prefixes": None, "end": 0}, [
            f"{action} object all * *  | {UNSHOWN} | allowed_ops None, allowed_buckets * *, allowed_prefixes * *"
            for action in rules.OBJECT_ACTIONS
        ]),
        (ufile, {"ops": ["TOKEN_MORE", DENY_UPDATE]}, [
            f"{action} object all * b {UNTIL[:-1]}{', ' + LIMITS[-20:] if action == 'write' else ''}}} | "
            f"{lacks('allowed_ops')} | allowed_ops TOKEN_MORE TOKEN_DENY_UPDATE, allowed_buckets b b, allowed_prefixes * *"
            for action in rules.OBJECT_ACTIONS if action != "overwrite"
        ]),
        (urocketmq, {"produce": "ALL"}, ["publish topic all *  | documented | topic_produce_perm ALL"]),
        (urocketmq, {"produce": "PART", "consume": "PART", "topics": ["b", "*", "a"], "allow_consume_topic_list": None}, [
            f"publish topic all *  | {lacks('allow_produce_topic_list')} | allow_produce_topic_list None",
            "publish topic exact a  | documented | allow_produce_topic_list a a",
            "publish topic exact b  | documented | allow_produce_topic_list b b",
            f"consume topic all *  | {lacks('allow_consume_topic_list')} | allow_consume_topic_list None",
        ]),
        (urocketmq, {"produce": None, "consume": "SOME"}, [
            f"publish topic all *  | {lacks('topic_produce_perm')} | topic_produce_perm None",
            f"consume topic all *  | {lacks('topic_consume_perm')} | topic_consume_perm SOME",
        ]),
        (rocketmq, {"white_remote_address": "10.0.0.2,10.0.0.1"}, [
            f"publish topic all * {FROM} | documented | {WHITE}",
            f"consume topic all * {FROM} | documented | {WHITE}",
            f"administer instance all * {FROM} | {rules.WHITELIST} | {WHITE}",
        ]),
        (rocketmq, {"white_remote_address": None}, [
            f"{what} all * {{'keyless': True}} | {lacks('white_remote_address')} | white_remote_address None"
            for what in ("publish topic", "consume topic", "administer instance")
        ]),
        (rocketmq, {"admin": True, "topic": "PUB"}, [
            f"{what} all *  | documented | admin true" for what in ("publish topic", "consume topic", "administer instance")
        ]),
        (rocketmq, {"admin": None}, [
            f"{what} all *  | {lacks('admin')} | admin None" for what in ("publish topic", "consume topic", "administer instance")
        ]),
        (rocketmq, {"topic": "SUB", "topics": {"a": "SUB", "b": "PUB"}, "groups": {"g": "SUB", "h": "SUB", "i": "ANY"}}, [
            "publish topic exact b  | documented | topic_perms b=PUB b PUB",
            f"consume topic all * {BY_GROUPS[0]} documented | default_topic_perm SUB SUB, {BY_GROUPS[1]}",
            f"consume topic all * {BY_GROUPS[2]} {lacks('group_perms of i')} | default_topic_perm SUB SUB, {BY_GROUPS[3]}",
            f"consume topic exact b {BY_GROUPS[0]} {FALL_BACK} | topic_perms b=PUB b SUB, {BY_GROUPS[1]}",
            f"consume topic exact b {BY_GROUPS[2]} {FALL_BACK} | topic_perms b=PUB b SUB, {BY_GROUPS[3]}",
        ]),
        (rocketmq, {"topic": "PUB", "topics": {"*": "PUB", "a": "PUB", "b": "ANY"}}, [
            f"publish topic all *  | {lacks('topic_perms')} | topic_perms None",
            "publish topic exact a  | documented | topic_perms a=PUB a PUB",
            f"publish topic exact b  | {lacks('topic_perms of b')} | topic_perms b=ANY b PUB",
        ]),
        (rocketmq, {"topic": "ANY", "group": "SUB", "topic_perms": [{"name": "b", "perm": "PUB"}, {"name": "a", "perm": "PUB"}]}, [
            f"publish topic all *  | {lacks('default_topic_perm')} | default_topic_perm ANY",
            "publish topic exact a  | documented | topic_perms a=PUB a PUB",
            "publish topic exact b  | documented | topic_perms b=PUB b PUB",
            f"consume topic all *  | {lacks('default_topic_perm')} | default_topic_perm ANY, default_group_perm SUB SUB",
        ]),
        (roma, ("all", "b||a&c"), [
            f"publish topic exact orders {{'tags': ['a', 'b']}} | {SASL} | policies orders=all, tag b||a&c orders pub",
            f"consume topic exact orders {{'tags': ['c']}} | {SASL} | policies orders=all, tag b||a&c orders sub",
        ]),
        (roma, ("pub", "", True), [
            f"publish topic exact orders  | {SASL} | policies orders=pub orders pub",
            f"consume topic exact orders  | {SASL} | policies orders=owner orders sub",
        ]),
        (roma, ("pub", "a", True), [
            f"publish topic exact orders {{'tags': ['a']}} | {SASL} | policies orders=pub, tag a orders pub",
            f"publish topic exact orders  | {OWNER} | policies orders=pub, tag a, owner orders pub",
            f"consume topic exact orders  | {OWNER} | policies orders=pub, tag a, owner orders sub",
        ]),
        (roma, ("pub", "a&b", True), [
            f"publish topic exact orders  | {TAG} | policies orders=pub, tag a&b orders pub",
            f"consume topic exact orders  | {OWNER} | policies orders=pub, tag a&b orders sub",
        ]),
        (roma, ("all", "a", True), [
            f"publish topic exact orders  | {TAG} | policies orders=all, tag a orders pub",
            f"consume topic exact orders  | {TAG} | policies orders=all, tag a orders sub",
        ]),
    ],
)  # fmt: skip
def test_a_row_says_because_of_which_fields_and_what_would_make_it_certain(kind, row, expected):
    given = dict(roma(app=row)["policies"][0], topic="orders") if kind is roma else kind(**row)
    assert list(said(getattr(rules, kind.__name__)(given, because))) == expected


def test_where_sasl_is_on_a_policy_binds_and_where_it_is_off_everybody_may_everything():
    policy = {"access_policy": "pub", "tag": "", "owner": True}
    assert {row["certainty"] for row in rules.roma(dict(policy, topic="orders"), because, True)} == {"documented"}
    assert list(said(rules.roma(dict(policy, topic="or*"), because, True))) == [
        f"{action} topic all *  | {lacks('the name of a topic')} | policies or*=pub or* {way}"
        for way, action in rules.WAYS.items()
    ]
    assert list(said(rules.roma_open(because))) == [
        f"{action} topic all * {{'keyless': True}} | documented | roma_sasl false" for action in rules.WAYS.values()
    ]


@pytest.mark.parametrize(
    ("sasl", "expected"),
    [
        (None, ["assumed"]),
        ({"r-1": True}, ["documented"]),
        (True, ["documented"]),
        ({"r-1": False}, ["documented"] * 2),
    ],
)
def test_whether_sasl_is_on_is_assumed_unless_it_is_said(sasl, expected):
    assert [row["certainty"] for row in access(roma, roma(app=("pub",)), roma_sasl=sasl)["access"]] == expected


def test_a_prefix_that_another_one_includes_is_no_row_of_its_own():
    data = access(ufile, ufile(prefixes=["a/b/", "a/", "a/c", "b"]))
    assert [row["resource"]["name"] for row in data["access"]] == ["a/", "b"]
