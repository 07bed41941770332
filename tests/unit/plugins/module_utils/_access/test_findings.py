# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import shlex

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import findings, model

from .estates import NOW, rocketmq, roma, scope, ufile, urocketmq

DAY = 86400
DELETE, READ = "TOKEN_ALLOW_DELETE", "TOKEN_ALLOW_READ"


def find(*scopes, grants=None, at=NOW, changes=None, roma_sasl=True, **options):
    data = model.access(scopes, grants=grants, at=at, roma_sasl=roma_sasl)
    data["changes"] = changes
    return findings.find(scopes, data, at, **options)


def of(kind, *rows, **options):
    return find(scope(kind, *rows), **options)


def options_of(remedy):
    """The module of a remedy that is a command, and what it gives it."""
    words = shlex.split(remedy)
    assert words[:3] == ["ansible", "localhost", "-m"] and words[4] == "-a"
    return json.loads(words[5])


# An estate that raises the finding, one near it that does not, and what the remedy gives beside the names.
CASES = [
    ("MQ001", rocketmq, {"white_remote_address": "10.0.0.1,10.0.0.2"}, {}, {"white_remote_address": "10.0.0.2"}),
    ("MQ002", rocketmq, {"admin": True}, {"admin": False}, {"admin": False}),
    ("MQ002", rocketmq, {"admin": True, "topic": None, "group": None}, {"admin": False, "topic": None},
     {"admin": False, "default_topic_perm": "DENY", "default_group_perm": "DENY"}),
    ("MQ003", rocketmq, {"topic": "PUB|SUB"}, {"topics": {"a": "PUB"}}, {"default_topic_perm": "SUB"}),
    ("MQ003", rocketmq, {"topic": "PUB"}, {"topic": None}, {"default_topic_perm": "DENY"}),
    ("MQ003", urocketmq, {"produce": "ALL"}, {"produce": "PART", "topics": ["a"]}, {"topic_produce_perm": "NONE"}),
    ("MQ004", rocketmq, {"topic": "SUB", "groups": {"g": "SUB"}}, {"topic": "SUB"}, {"default_topic_perm": "DENY"}),
    ("MQ004", urocketmq, {"consume": "ALL"}, {"consume": "NONE"}, {"topic_consume_perm": "NONE"}),
    ("MQ005", rocketmq, {"topic": "PUB|SUB", "topics": {"a": "PUB"}, "group": "SUB"},
     {"topic": "PUB", "topics": {"a": "PUB|SUB"}}, {"default_topic_perm": "PUB"}),
    ("MQ005", rocketmq, {"group": "PUB|SUB", "groups": {"g": "DENY"}}, {"group": "PUB", "groups": {"g": "DENY"}},
     {"default_group_perm": "PUB"}),
    ("MQ006", rocketmq, {"topics": {"a": "SUB", "b": "PUB|SUB", "c": "PUB"}},
     {"topics": {"a": "SUB"}, "groups": {"g": "SUB"}},
     {"default_topic_perm": "DENY", "topic_perms": [{"name": "b", "perm": "PUB"}, {"name": "c", "perm": "PUB"}]}),
    ("MQ006", rocketmq, {"topic": "PUB", "topics": {"a": "SUB"}, "groups": {"g": "DENY"}},
     {"topics": {"a": "SUB"}, "group": None},
     {"default_topic_perm": "PUB", "topic_perms": [{"name": "a", "perm": "DENY"}]}),
    ("OS001", ufile, {"buckets": ["*"]}, {"buckets": ["*"], "prefixes": ["a/"]}, {"allowed_ops": []}),
    ("OS001", ufile, {"buckets": ["*"]}, {"buckets": ["*"], "ops": None}, {"allowed_ops": []}),
    ("OS002", ufile, {"buckets": ["*"], "ops": [DELETE, READ]}, {"buckets": ["b"], "ops": [DELETE, READ]},
     {"allowed_ops": [READ]}),
    ("OS003", ufile, {"prefixes": ["a", "b/"]}, {"prefixes": ["a/", "b/"]}, {"allowed_prefixes": ["a/", "b/"]}),
    ("OS004", ufile, {"end": NOW + 366 * DAY + 1}, {"end": NOW + 366 * DAY}, {"expire_time": "2028-01-15T08:00:00Z"}),
    ("OS005", ufile, {"end": NOW + 30 * DAY}, {"end": NOW + 30 * DAY + 1}, {"expire_time": "2027-04-15T08:00:00Z"}),
    ("OS006", ufile, {"end": NOW}, {"end": NOW + 1}, {"state": "absent"}),
    ("ID003", ufile, {"ops": ["TOKEN_ALLOW_NONE"]}, {"ops": None}, {"state": "absent"}),
    ("ID003", urocketmq, {}, {"type": "Default"}, {"state": "absent"}),
    ("ID003", rocketmq, {}, {"topics": {"a": "SUB"}}, {"state": "absent"}),
    ("RD001", rocketmq, {"topic": None}, {"topic": "DENY", "topics": {"a": "PUB"}}, {"default_topic_perm": "DENY"}),
]  # fmt: skip
NAMES = {"token_id", "user_name", "service_id", "instance_id", "region"}
LASTING = {ufile: {"end": NOW + 90 * DAY}, urocketmq: {}, rocketmq: {}}


@pytest.mark.parametrize(("number", "kind", "planted", "near", "expected"), CASES)
def test_a_planted_estate_raises_it_and_one_near_it_does_not(number, kind, planted, near, expected):
    found = [each for each in of(kind, kind(**dict(LASTING[kind], **planted))) if each["id"] == number]
    assert len(found) == (2 if "10.0.0.1,10.0.0.2" in planted.values() else 1)
    given = options_of(found[0]["remedy"]).items()
    assert {name: value for name, value in given if name not in NAMES} == expected
    assert number not in [each["id"] for each in of(kind, kind(**dict(LASTING[kind], **near)))]


@pytest.mark.parametrize(
    ("planted", "near", "tag"),
    [
        (("all", "a||b"), ("all", "a&b"), "a||b&a||b"),
        (("all", "a&b&c"), ("all", ""), "a&b"),
        (("pub", "a&b"), ("pub", "a||b"), "a"),
        (("sub", "a&b"), ("sub", "b"), "b"),
        (("pub", "a", True), ("pub", "", True), ""),
    ],
)
def test_an_unclear_tag_is_found_and_its_remedy_is_the_narrowest_reading(planted, near, tag):
    (found,) = of(roma, roma(app=planted), roma("stock", app=("pub",)))
    assert (found["id"], found["resource"]) == ("MQ007", "orders")
    row = {"app_name": "app", "access_policy": planted[0], "tag": tag}
    assert options_of(found["remedy"]) == {"instance_id": "r-1", "name": "orders", "policies": [row], "purge": False}
    assert of(roma, roma(app=near)) == []


@pytest.mark.parametrize(
    ("kind", "names", "remedy"),
    [
        (ufile, {"name": "ci"}, "-e system=ucloud_ufile -e principal=ci -e step=begin"),
        (ufile, {"name": "ci.g3"}, "-e system=ucloud_ufile -e principal=ci -e step=begin"),
        (ufile, {"name": "ci app"}, """-e system=ucloud_ufile -e '{"principal": "ci app"}' -e step=begin"""),
        (urocketmq, {"name": "ci"}, "-e system=ucloud_urocketmq -e service_id=s-1 -e principal=ci -e step=begin"),
    ],
)
def test_a_key_that_is_older_than_said_is_found(kind, names, remedy):
    def found(age, **options):
        row = kind(**names, create_time=NOW - age, **LASTING[kind])
        return [each for each in of(kind, row, **options) if each["id"] == "ID004"]

    (old,) = found(180 * DAY, rotate_after=180 * DAY)
    assert (old["severity"], old["principal"]) == ("medium", f"id-{names['name']}")
    handed = "-e rotate_vault_file=keys.yml -e rotate_vault_password_file=vault-password"
    assert old["remedy"] == f"ansible-playbook grantops.cloud.rotate {remedy} {handed}"
    assert found(180 * DAY - 1, rotate_after=180 * DAY) == []
    assert found(1800 * DAY) == []
    assert found(180 * DAY, rotate_after=99999 * DAY) == []


def test_an_old_key_that_has_a_successor_is_to_go():
    rows = [urocketmq("ci", create_time=NOW - 9 * DAY), urocketmq("ci.g2", create_time=NOW)]
    (old,) = [each for each in of(urocketmq, *rows, rotate_after=2 * DAY) if each["id"] == "ID004"]
    assert (old["principal"], old["remedy"].endswith("-e principal=ci -e step=finish")) == ("id-ci", True)


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        (urocketmq, {"create_time": NOW - 9 * DAY, "type": "Default"}, "Default token cannot be changed"),
        (urocketmq, {"create_time": NOW - 9 * DAY, "name": "{{ x }}"}, "Make a token of another name"),
        (urocketmq, {"create_time": None}, None),  # the service does not tell
        (ufile, {"create_time": NOW - 9 * DAY, "end": NOW}, None),  # it has ended
    ],
)
def test_an_old_key_that_no_playbook_replaces(kind, row, said):
    found = [each["remedy"] for each in of(kind, kind(**row), rotate_after=2 * DAY) if each["id"] == "ID004"]
    assert [said in each for each in found] == [True] * bool(said)


def test_whether_sasl_is_on_is_a_finding_of_the_instance():
    (found,) = of(roma, roma(app=("pub",)), roma_sasl=None)
    assert (found["id"], found["scope"], found["principal"]) == ("MQ007", "r-1", None)
    assert found["remedy"] == 'roma_sasl: {"r-1": true}'
    found = of(roma, roma(a=("pub",), b=("sub",)), roma_sasl={"r-1": False})
    assert [(each["id"], each["principal"]) for each in found] == [("MQ003", None), ("MQ004", None)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("billing", True), ("Billing", True), ("bi1ling", True), ("b\u0456lling", True), ("bil\u200bling", True),
        ("ｂilling", True), ("billin\u0261", False), ("billing2", False),
    ],
)  # fmt: skip
def test_a_name_that_looks_like_another_one_is_found(name, found):
    rows = [urocketmq("billing", "ALL", token_id="1"), urocketmq(name, "ALL", token_id="2")]
    made = [each for each in of(urocketmq, *rows) if each["id"] == "ID002"]
    assert [each["principal"] for each in made] == ["2"] * found
    assert all(options_of(each["remedy"]) == {"service_id": "s-1", "state": "absent", "token_id": "2"} for each in made)


def test_of_two_applications_that_look_alike_the_remedy_takes_one_from_all_its_topics():
    topics = [roma("a", app=("pub",), App=("pub",)), roma("b", App=("sub",)), roma("c", app=("sub",))]
    (found,) = of(roma, *topics)
    rows = [{"app_name": "app", "state": "absent"}]
    expected = [{"name": topic, "policies": rows} for topic in ("a", "c")]
    assert options_of(found["remedy"]) == {"instance_id": "r-1", "topics": expected, "purge": False}


def test_what_no_grant_names_is_found_with_the_grant_that_declares_it():
    user = rocketmq(topics={"a": "PUB"})
    assert of(rocketmq, user) == []
    (found,) = of(rocketmq, user, grants=[], as_grant=lambda principal: f"grant of {principal['id']}")
    assert (found["id"], found["remedy"]) == ("ID001", "grant of u")


def test_what_differs_from_grants_and_from_the_last_snapshot_is_found():
    place = {"system": "huaweicloud_rocketmq", "scope": "i-1", "principal": "u"}
    drift = [dict(place, why="topic_perms has b.", remedy="apply")]
    changes = [dict(place, change=change) for change in ("added", "wider", "added")]
    found = of(rocketmq, rocketmq(topics={"a": "PUB"}), drift=drift, changes=changes)
    assert [(each["id"], each["why"]) for each in found] == [
        ("DR001", "topic_perms has b."),
        ("DR002", "Since the last snapshot: 2 added, 1 wider."),
    ]


def test_a_scope_that_was_not_read_whole_is_found():
    (found,) = find(scope(rocketmq, problem="HTTP 403: denied"))
    assert (found["id"], found["scope"], found["principal"]) == ("RD001", "i-1", None)
    assert "HTTP 403: denied" in found["why"]


def test_an_ended_token_is_found_for_nothing_else():
    token = ufile(buckets=["*"], prefixes=["*", "a"], ops=[DELETE], end=NOW - 1)
    assert [each["id"] for each in of(ufile, token)] == ["OS006"]


def test_the_most_severe_come_first_and_what_is_accepted_does_not_count():
    found = of(rocketmq, rocketmq("a", topic="PUB|SUB"), rocketmq("b", admin=True, white_remote_address="1.1.1.1"))
    assert [each["id"] for each in found] == ["MQ001", "MQ002", "MQ003", "MQ006"]
    found[0]["accepted"] = {"reason": "x", "by": "y", "until": "2027-02-01"}
    assert [each["id"] for each in findings.counted(found, "high")] == ["MQ002", "MQ003"]
    assert [each["id"] for each in findings.counted(found)] == ["MQ002", "MQ003", "MQ006"]
