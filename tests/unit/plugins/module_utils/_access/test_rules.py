# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

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
    lists = {"white_ip_list": ["10.0.0.1"], "black_ip_list": ["10.0.0.2", "10.0.0.1"]}
    assert access(ufile, ufile(**lists))["access"] == []


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
          "publish x address=10.0.0.11": "refused", "publish x": "refused"}),
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


@pytest.mark.parametrize(
    ("sasl", "certainty", "expected"),
    [
        (None, "assumed", 1),
        ({"r-1": True}, "documented", 1),
        (True, "documented", 1),
        ({"r-1": False}, "documented", 2),
    ],
)
def test_whether_sasl_is_on_is_assumed_unless_it_is_said(sasl, certainty, expected):
    rows = access(roma, roma(app=("pub",)), roma_sasl=sasl)["access"]
    assert [row["certainty"] for row in rows] == [certainty] * expected
    assert all(bool(row["assumption"]) == (certainty == "assumed") for row in rows)
    assert [row["resource"]["match"] == "all" for row in rows] == [expected == 2] * expected


def test_a_permission_for_everything_is_one_row():
    user = rocketmq(topic="PUB|SUB", group="SUB", topics={"a": "PUB", "b": "PUB|SUB", "c": "PUB"})
    found = [(row["action"], row["resource"]["name"], row["certainty"]) for row in access(rocketmq, user)["access"]]
    assert found == [
        ("consume", "*", "documented"),
        ("consume", "a", "unknown"),
        ("consume", "c", "unknown"),
        ("publish", "*", "documented"),
    ]


def test_a_prefix_that_another_one_includes_is_no_row_of_its_own():
    data = access(ufile, ufile(prefixes=["a/b/", "a/", "a/c", "b"]))
    assert [row["resource"]["name"] for row in data["access"]] == ["a/", "b"]
