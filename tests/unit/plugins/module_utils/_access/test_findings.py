# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import shlex

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import findings, model, rules
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Declared

from .estates import NOW, rocketmq, roma, scope, ufile, urocketmq

DAY = 86400
USER = {"system": "huaweicloud_rocketmq", "scope": "i-1", "principal": "u"}
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
    ("MQ001", rocketmq, {"white_remote_address": "10.0.0.1,10.0.0.2,10.0.0.3"}, {}, {"white_remote_address": "10.0.0.2,10.0.0.3"}),
    ("MQ002", rocketmq, {"admin": True}, {"admin": False}, {"admin": False}),
    ("MQ002", rocketmq, {"admin": True, "topic": None, "group": None}, {"admin": False, "topic": None},
     {"admin": False, "default_topic_perm": "DENY", "default_group_perm": "DENY"}),
    ("MQ003", rocketmq, {"topic": "PUB|SUB"}, {"topics": {"a": "PUB"}}, {"default_topic_perm": "SUB"}),
    ("MQ003", rocketmq, {"topic": "PUB"}, {"topic": None}, {"default_topic_perm": "DENY"}),
    ("MQ003", rocketmq, {"topic": "PUB"}, {"white_remote_address": "10.0.0.1"}, {"default_topic_perm": "DENY"}),
    ("MQ003", urocketmq, {"produce": "ALL"}, {"produce": "PART", "topics": ["a"]}, {"topic_produce_perm": "NONE"}),
    ("MQ004", rocketmq, {"topic": "SUB", "groups": {"g": "SUB"}}, {"topic": "SUB"}, {"default_topic_perm": "DENY"}),
    ("MQ004", urocketmq, {"consume": "ALL"}, {"consume": "NONE"}, {"topic_consume_perm": "NONE"}),
    ("MQ005", rocketmq, {"topic": "PUB|SUB", "topics": {"a": "PUB"}, "group": "SUB"},
     {"topic": "PUB", "topics": {"a": "PUB|SUB"}}, {"default_topic_perm": "PUB"}),
    ("MQ005", rocketmq, {"group": "PUB|SUB", "groups": {"g": "DENY"}}, {"group": "PUB", "groups": {"g": "DENY"}},
     {"default_group_perm": "PUB"}),
    ("MQ005", rocketmq, {"topic": "PUB", "topics": {"a": "SUB"}, "group": "SUB"}, {"topics": {"a": "SUB"}, "group": "SUB"},
     {"default_topic_perm": "DENY"}),
    ("MQ006", rocketmq, {"topics": {"a": "SUB", "b": "PUB|SUB", "c": "PUB", "d": "ANY"}},
     {"topics": {"a": "SUB"}, "groups": {"g": "SUB"}},
     {"default_topic_perm": "DENY", "topic_perms": [{"name": "b", "perm": "PUB"}, {"name": "c", "perm": "PUB"}, {"name": "d", "perm": "ANY"}]}),
    ("MQ006", rocketmq, {"topic": "PUB|SUB", "topics": {"a": "PUB|SUB", "b": "SUB"}}, {"topic": "SUB", "group": "SUB"},
     {"default_topic_perm": "PUB", "topic_perms": [{"name": "b", "perm": "DENY"}]}),
    ("MQ006", rocketmq, {"topic": "PUB", "topics": {"a": "SUB"}, "groups": {"g": "DENY"}},
     {"topics": {"a": "SUB"}, "group": None},
     {"default_topic_perm": "PUB", "topic_perms": [{"name": "a", "perm": "DENY"}]}),
    ("OS001", ufile, {"buckets": ["*"]}, {"buckets": ["*"], "prefixes": ["a/"]}, {"allowed_ops": []}),
    ("OS001", ufile, {"buckets": ["*"]}, {"buckets": ["*"], "ops": None}, {"allowed_ops": []}),
    ("OS002", ufile, {"buckets": ["*"], "ops": [DELETE, READ]}, {"buckets": ["b"], "ops": [DELETE, READ]},
     {"allowed_ops": [READ]}),
    ("OS003", ufile, {"prefixes": ["a", "b/"]}, {"prefixes": ["a/", "b/", "*"]}, {"allowed_prefixes": ["a/", "b/"]}),
    ("OS004", ufile, {"end": NOW + 366 * DAY + 1}, {"end": NOW + 366 * DAY}, {"expire_time": "2028-01-15T08:00:00Z"}),
    ("OS005", ufile, {"end": NOW + 30 * DAY}, {"end": NOW + 30 * DAY + 1}, {"expire_time": "2027-04-15T08:00:00Z"}),
    ("OS006", ufile, {"end": NOW}, {"end": NOW + 1}, {"state": "absent"}),
    ("ID003", ufile, {"ops": ["TOKEN_ALLOW_NONE"]}, {"ops": None}, {"state": "absent"}),
    ("ID003", urocketmq, {}, {"type": "Default"}, {"state": "absent"}),
    ("ID003", rocketmq, {}, {"topics": {"a": "SUB"}}, {"state": "absent"}),
    ("ID003", rocketmq, {}, {"groups": {"g": "SUB"}}, {"state": "absent"}),
    ("RD001", rocketmq, {"topic": None}, {"topic": "DENY", "topics": {"a": "PUB"}}, {"default_topic_perm": "DENY"}),
]  # fmt: skip
NAMES = {
    ufile: {"token_id": "id-t", "region": "cn-bj2"},
    urocketmq: {"service_id": "s-1", "token_id": "id-t"},
    rocketmq: {"instance_id": "i-1", "user_name": "u"},
}
NOTHING = "It allows nothing, and somebody may give it permissions by mistake."
LATER = "It reaches what is there, and whatever is created later."
SAID = {  # why it matters, and on which resource
    "MQ001": ("Whoever sends from there may publish and consume everything; no secret is asked for.", "10.0.0.1"),
    "MQ002": ("It may do everything on the instance, whatever its permissions say.", None),
    "MQ003": (LATER, None),
    "MQ004": (LATER, None),
    "MQ005 PUB|SUB": (f"default_topic_perm is PUB|SUB, and the row of a PUB. {rules.FALL_BACK}", "a"),
    "MQ005 PUB": (f"default_topic_perm is PUB, and the row of a SUB. {rules.FALL_BACK}", "a"),
    "MQ005 None": (f"default_group_perm is PUB|SUB, and the row of g DENY. {rules.FALL_BACK}", "g"),
    "MQ006": (
        "Consuming needs a topic and a group, and it has no group. Either the permission is of no use, or a group is missing.",
        None,
    ),
    "OS001": (f"{LATER} Name its buckets instead, or take all away.", None),
    "OS002": ("It can delete every object of the project.", None),
    "OS003": ("A prefix is text: a also reaches a-other/.", "a"),
    "OS004": ("It ends 2028-01-16T08:00:01Z. A leaked key works until then.", None),
    "OS005": ("It ends 2027-02-14T08:00:00Z; whoever uses it is refused from then on.", None),
    "OS006": ("It ended 2027-01-15T08:00:00Z, and a new end would make it valid again.", None),
    "ID003": (NOTHING, None),
    "RD001": ("The service did not show default_topic_perm in a form that is known.", None),
}
LASTING = {ufile: {"end": NOW + 90 * DAY}, urocketmq: {}, rocketmq: {}}


@pytest.mark.parametrize(("number", "kind", "planted", "near", "expected"), CASES)
def test_a_planted_estate_raises_it_and_one_near_it_does_not(number, kind, planted, near, expected):
    found = [each for each in of(kind, kind(**dict(LASTING[kind], **planted))) if each["id"] == number]
    assert len(found) == (3 if number == "MQ001" else 1)
    assert options_of(found[0]["remedy"]) == {**NAMES[kind], **expected}
    assert (found[0]["why"], found[0]["resource"]) == SAID[
        f"MQ005 {planted.get('topic')}" if number == "MQ005" else number
    ]
    assert number not in [each["id"] for each in of(kind, kind(**dict(LASTING[kind], **near)))]


@pytest.mark.parametrize(
    ("planted", "near", "tag"),
    [
        (("all", "a||b"), ("all", "a&b"), "a||b&a||b"),
        (("all", "a&b&c"), ("all", ""), "a&b"),
        (("pub", "a&b"), ("pub", "a||b"), "a"),
        (("sub", "a&b&c"), ("sub", "b"), "c"),
        (("pub", None), ("pub", ""), ""),
        (("pub", "a", True), ("pub", "", True), ""),
    ],
)
def test_an_unclear_tag_is_found_and_its_remedy_is_the_narrowest_reading(planted, near, tag):
    (found,) = of(roma, roma(app=planted), roma("stock", app=("pub",)))
    why = f"{rules.OWNER if len(planted) == 3 else rules.TAG} It is {planted[1]!r}."
    assert (found["id"], found["resource"], found["why"]) == ("MQ007", "orders", why)
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
    assert (
        old["why"]
        == "It was made 2026-07-19T08:00:00Z; it was to be replaced after 180 days. A leaked copy works until the token is deleted."
    )
    handed = "-e rotate_vault_file=keys.yml -e rotate_vault_password_file=vault-password"
    assert old["remedy"] == f"ansible-playbook grantops.cloud.rotate {remedy} {handed}"
    assert found(180 * DAY - 1, rotate_after=180 * DAY) == []
    assert found(1800 * DAY) == []
    assert found(180 * DAY, rotate_after=99999 * DAY) == []


def test_an_old_key_that_has_a_successor_is_to_go():
    rows = [urocketmq("ci", create_time=NOW - 9 * DAY), urocketmq("ci.g2", create_time=NOW)]
    rows.append(urocketmq("aa", create_time=NOW))
    (old,) = [each for each in of(urocketmq, *rows, rotate_after=2 * DAY) if each["id"] == "ID004"]
    assert (old["principal"], old["remedy"].endswith("-e principal=ci -e step=finish")) == ("id-ci", True)


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        (urocketmq, {"create_time": NOW - 9 * DAY, "type": "Default"}, "Default token cannot be changed"),
        (urocketmq, {"create_time": NOW - 9 * DAY, "name": "{{ x }}"}, "Make a token of another name"),
        (urocketmq, {"create_time": NOW - 9 * DAY, "name": None}, "-e principal=id-None -e step=begin"),
        (urocketmq, {"create_time": None}, None),  # the service does not tell
        (ufile, {"create_time": NOW - 9 * DAY, "end": NOW}, None),  # it has ended
    ],
)
def test_an_old_key_that_no_playbook_replaces(kind, row, said):
    found = [each["remedy"] for each in of(kind, kind(**row), rotate_after=2 * DAY) if each["id"] == "ID004"]
    assert [said in each for each in found] == [True] * bool(said)


def test_whether_sasl_is_on_is_a_finding_of_the_instance():
    place = {"system": "huaweicloud_roma", "scope": "r-1"}
    assert of(roma, roma(app=("pub",)), roma_sasl=None) == [
        findings.finding("MQ007", rules.SASL, 'roma_sasl: {"r-1": true}', **place)
    ]
    why = "SASL is off, so whoever reaches the instance is asked for no key, and no policy binds anybody."
    assert of(roma, roma(a=("pub",), b=("sub",)), roma_sasl={"r-1": False}) == [
        findings.finding(number, why, "Switch SASL on for the instance, in the console.", **place)
        for number in ("MQ003", "MQ004")
    ]


def test_of_a_token_of_the_service_nothing_can_be_changed():
    found = of(urocketmq, urocketmq(produce="ALL", consume="ALL", type="Default"))
    assert [(each["id"], each["remedy"]) for each in found] == [("MQ003", findings.FIXED), ("MQ004", findings.FIXED)]


@pytest.mark.parametrize(
    ("end", "expected"), [(NOW, {"state": "absent"}), (NOW + 99 * DAY, {"expire_time": "2027-04-26T08:00:00Z"})]
)
def test_a_remedy_names_the_project_and_the_region_where_they_are_known(end, expected):
    (found,) = find(model.Scope("ucloud_ufile", "org-1", [ufile(end=end, region=None)]), soon=100 * DAY)
    assert options_of(found["remedy"]) == {"project_id": "org-1", "token_id": "id-t", **expected}


@pytest.mark.parametrize("end", [None, 0])
def test_what_no_command_settles_is_to_be_looked_at(end):
    (found,) = of(ufile, ufile(end=end))
    text = "Look at it in the console of the service: it shows what this version of the collection does not know."
    assert found == findings.finding("RD001", rules.not_shown("expire_time"), text, "ucloud_ufile", "", "id-t")


def test_all_that_was_not_shown_of_a_principal_is_one_finding():
    (found,) = (each for each in of(rocketmq, rocketmq(topic=None, white_remote_address=None)) if each["id"] == "RD001")
    assert found["why"] == f"{rules.not_shown('white_remote_address')} {rules.not_shown('default_topic_perm')}"
    assert options_of(found["remedy"]) == {**NAMES[rocketmq], "default_topic_perm": "DENY", "white_remote_address": ""}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("billing", True), ("Billing", True), ("bi1ling", True), ("b\u0456lling", True), ("bil\u200bling", True),
        ("bil ling", True), ("b\u0335illing", True),
        ("ｂilling", True), ("billin\u0261", False), ("billing2", False),
    ],
)  # fmt: skip
def test_a_name_that_looks_like_another_one_is_found(name, found):
    rows = [urocketmq("billing", "ALL", token_id="1"), urocketmq(name, "ALL", token_id="2")]
    made = [each for each in of(urocketmq, *rows) if each["id"] == "ID002"]
    assert [each["principal"] for each in made] == ["2"] * found
    said = "Two have the name 'billing'" if name == "billing" else f"{name!r} looks like 'billing'"
    for each in made:
        assert (each["system"], each["scope"]) == ("ucloud_urocketmq", "s-1")
        assert each["why"] == f"{said} (1): a permission may be given to the wrong one."
        assert options_of(each["remedy"]) == {"service_id": "s-1", "state": "absent", "token_id": "2"}


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ({}, {}, "1"),
        ({"create_time": NOW}, {"create_time": NOW - 1}, "2"),
        ({"create_time": NOW - 1, "produce": "NONE"}, {"create_time": NOW}, "2"),
        ({"token_id": "3"}, {"produce": "NONE"}, "2"),  # a grant names it
    ],
)
def test_of_names_that_look_alike_the_declared_the_used_and_the_older_one_is_kept(one, other, kept):
    rows = [urocketmq("a", **{"token_id": key, "produce": "ALL", **more}) for key, more in (("1", one), ("2", other))]
    grants = [Declared("ucloud_urocketmq", "s-1", ["2"], [])] if one.get("token_id") else None
    (found,) = (each for each in of(urocketmq, *rows, grants=grants) if each["id"] == "ID002")
    assert found["principal"] != kept and f"({kept})" in found["why"]


def test_tokens_without_a_name_do_not_look_alike():
    rows = [ufile(token_id=key, token_name=None) for key in "12"]
    assert {each["id"] for each in of(ufile, *rows)} == {"OS005"}


def test_of_two_applications_that_look_alike_the_remedy_takes_one_from_all_its_topics():
    topics = [roma("a", app=("pub",), App=("pub",)), roma("b", App=("sub",)), roma("c", app=("sub",))]
    (found,) = of(roma, *topics)
    rows = [{"app_name": "app", "state": "absent"}]
    expected = [{"name": topic, "policies": rows} for topic in ("a", "c")]
    assert options_of(found["remedy"]) == {"instance_id": "r-1", "topics": expected, "purge": False}


def test_what_no_grant_names_is_found_with_the_grant_that_declares_it():
    user = rocketmq(topics={"a": "PUB"})
    assert of(rocketmq, user) == []
    why = "Nobody declared it, so nobody answers for it."
    for as_grant, remedy in (
        (lambda principal: f"grant of {principal['id']}", "grant of u"),
        (None, "Add a grant that names it."),
    ):
        found = of(rocketmq, user, grants=[], as_grant=as_grant)
        assert found == [findings.finding("ID001", why, remedy, **USER)]


def test_what_differs_from_grants_and_from_the_last_snapshot_is_found():
    drift = [dict(USER, why="topic_perms has b.", remedy="apply")]
    changes = [dict(USER, change=change) for change in ("added", "wider", "added")]
    remedy = "Look at the changes. To accept them as the new state, run the report again with: -e permissions_snapshot=access.jsonl"
    assert of(rocketmq, rocketmq(topics={"a": "PUB"}), drift=drift, changes=changes) == [
        findings.finding("DR001", "topic_perms has b.", "apply", **USER),
        findings.finding("DR002", "Since the last snapshot: 2 added, 1 wider.", remedy, **USER),
    ]


def test_a_scope_that_was_not_read_whole_is_found():
    why = (
        "What may be allowed there is not known, and no answer over it is complete. Remove what keeps it from being read, until "
        "this command succeeds, and run the report again. HTTP 403: denied"
    )
    remedy = """ansible localhost -m grantops.cloud.huaweicloud_rocketmq_user_info -a '{"instance_id": "i-1"}'"""
    found = find(scope(rocketmq, problem="HTTP 403: denied"))
    assert found == [findings.finding("RD001", why, remedy, "huaweicloud_rocketmq", "i-1")]


def test_an_ended_token_is_found_for_nothing_else():
    token = ufile(buckets=["*"], prefixes=["*", "a"], ops=[DELETE], end=NOW - 1)
    assert [each["id"] for each in of(ufile, token)] == ["OS006"]


def test_the_most_severe_come_first_and_what_is_accepted_does_not_count():
    found = of(rocketmq, rocketmq("a", topic="PUB|SUB"), rocketmq("b", admin=True, white_remote_address="1.1.1.1"))
    assert [each["id"] for each in found] == ["MQ001", "MQ002", "MQ003", "MQ006"]
    found[0]["accepted"] = {"reason": "x", "by": "y", "until": "2027-02-01"}
    assert [each["id"] for each in findings.counted(found, "high")] == ["MQ002", "MQ003"]
    assert [each["id"] for each in findings.counted(found)] == ["MQ002", "MQ003", "MQ006"]
