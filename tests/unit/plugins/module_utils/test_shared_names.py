# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that nobody can mean are refused where they are new; what exists is found, given back and taken away by them."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import Session, attempt, connector, run, ucloud, validated

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL
NFC, NFD = "caf\u00e9", "cafe\u0301"
every = pytest.mark.parametrize("case", cases.ALL, ids=cases.NAMES)


def problems(result):
    assert result["failed"] is True
    assert result["changed"] is False
    assert result["error"]["kind"] == "task"
    return [(problem["position"], problem["option"], problem["message"]) for problem in result["error"]["problems"]]


# -- wildcards -------------------------------------------------------------------------------------

BUCKET = (
    "is no name of a bucket, and wildcards or lists in a name mean nothing here: '*' alone is every bucket, else "
    "give each one; what lies below a path is for allowed_prefixes"
)
PREFIX = (
    "is no name of a prefix, and wildcards or lists in a name mean nothing here: a prefix includes everything "
    "below it, and '*' alone is every prefix"
)
TOPIC = "is no name of a topic, and wildcards or lists in a name mean nothing here: topic_{}_perm: ALL stands for every topic"
ROW = (
    "is not one name of letters, digits, '-', '_', '%' and '|': there are no wildcards, and default_{}_perm is for all"
)
APP = (
    "is no name of an application, and wildcards or lists in a name mean nothing here: give a row for each application"
)


def perm(name):
    return {"name": name, "perm": "SUB"}


def app(name):
    return {"app_name": name, "access_policy": "sub"}


WILD = [
    *((UFILE, "allowed_buckets", value, str, BUCKET) for value in ("b*", "b?", "a,b", "a;b", "us3://b", "b/in/")),
    *((UFILE, "allowed_prefixes", value, str, PREFIX) for value in ("in/*", "*.log", "**")),
    *((UROCKETMQ, f"allow_{side}_topic_list", value, str, TOPIC.format(side))
      for side in ("produce", "consume") for value in ("*", "order*", "order?", "a;b")),
    *((ROCKETMQ, "topic_perms", value, perm, ROW.format("topic"))
      for value in ("*", "order*", "orders,payments", "order?", "orders.>", "a;b", "a b", "^a$", "a/#")),
    *((ROCKETMQ, "group_perms", value, perm, ROW.format("group")) for value in ("*", "g-*", "a,b")),
    *((ROMA, "policies", value, app, APP) for value in ("*", "bill*", "billing,shop", "b?")),
]  # fmt: skip


@pytest.mark.parametrize("purge", [True, False])
@pytest.mark.parametrize(("case", "option", "value", "make", "why"), WILD)
def test_a_name_for_several_is_refused_where_it_is_new(case, option, value, make, why, purge):
    options = {**case.scope, **case.names(), option: [make(value)], "purge": purge}
    ((position, named, message),) = problems(attempt(case.resource, options, case.read(case.row())))
    assert (position, named) == (None, None)
    assert message.startswith(case.resource.label)
    assert f": {option}: {value!r} {why}" in message


@pytest.mark.parametrize(("case", "option", "value", "make", "why"), WILD)
def test_a_name_for_several_that_exists_is_given_back(case, option, value, make, why):
    row = case.row_with(option, [make(value)])
    items = [make(value)]
    assert run(case.resource, {**case.scope, **case.names(), option: items}, case.read(row))["changed"] is False


def test_the_star_alone_is_everything_on_ufile():
    options = {"token_id": "t-1", "allowed_buckets": ["*"], "allowed_prefixes": ["*"]}
    row, after = UFILE.row(), UFILE.row(AllowedBuckets=["*"], AllowedPrefixes=["*"])
    result = run(UFILE.resource, options, UFILE.read(row) + UFILE.write(after) + UFILE.read(after))
    assert result["changed"] is True


# -- what nobody can mean --------------------------------------------------------------------------

ODD = ["a\u200b", "a\u3164", "\u2800", " a", "{{ x }}", "['a', 'b']"]


@pytest.mark.parametrize("value", ODD)
@every
def test_an_id_of_the_service_is_none_of_them(case, value):
    options = [name.option for name in case.resource.names[:-1]]
    for option in options:
        names = {**case.scope, **case.names(), option: value}
        for more in ({}, {"info": True}):
            ((_position, named, message),) = problems(attempt(case.resource, names, [], **more))
            assert (named, message[:3]) == (option, "it ")


def absent(case, name):
    if case is UFILE:
        return {"token_name": name}, [ucloud("DescribeUFileToken", {}, {"DataSet": [case.row()]})]
    return {**case.scope, "name": name}, [case.list(case.row())]


def called(case, name):
    if case is UFILE:
        return {"token_name": name}, UFILE.read_all(case.row(TokenName=name))
    row = case.row(Name=name, TopicProducePerm="NONE", TopicConsumePerm="ALL")
    return {**case.scope, "name": name}, case.read_all(row)


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("case", [UFILE, UROCKETMQ], ids=["ufile", "urocketmq"])
def test_nothing_new_is_called_so(case, value):
    names, calls = absent(case, value)
    ((_position, _option, message),) = problems(attempt(case.resource, names, calls))
    assert list(names)[-1] in message.split(": ")[-1]
    # Nor is it green to find none.
    names, calls = absent(case, value)
    ((_position, _option, message),) = problems(attempt(case.resource, names, calls, info=True))
    assert message.startswith(list(names)[-1])


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("case", [UFILE, UROCKETMQ], ids=["ufile", "urocketmq"])
def test_what_is_called_so_is_found_and_stays_usable(case, value):
    for more in ({}, {"info": True}):
        names, calls = called(case, value)
        result = run(case.resource, names, calls, **more)
        assert result["changed"] is False
        (row,) = result[case.plural] if more else [result["token"]]
        assert row[list(names)[-1]] == value


def test_a_topic_that_is_not_there_is_not_there_for_a_reason():
    options = {**ROMA.scope, "name": "orders\u3164"}
    missing, listed = ROMA.absent()
    missing.what, listed.what = (call.what.replace("orders-1", "orders\u3164") for call in (missing, listed))
    missing.what = missing.what.replace("\u3164", "%E3%85%A4")
    result = attempt(ROMA.resource, {**options, "policies": []}, [missing, listed])
    ((_position, _option, message),) = problems(result)
    assert message == (
        "ROMA topic orders\u3164 (instance_id i-1) does not exist: name holds the invisible character '\\u3164' "
        "(HANGUL FILLER)"
    )


# -- forms of Unicode ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(("there", "asked"), [(NFC, NFD), (NFD, NFC)])
@pytest.mark.parametrize("case", [UFILE, UROCKETMQ], ids=["ufile", "urocketmq"])
def test_a_name_in_another_form_is_not_a_second_one(case, there, asked, state):
    _names, calls = called(case, there)
    names = absent(case, asked)[0]
    ((_position, option, message),) = problems(attempt(case.resource, dict(names, state=state), calls))
    assert f": {asked!r} is the same name as {there!r}, made of other characters: " in message
    # And without one of them the two are not made at once.
    calls = absent(case, asked)[1]
    name = list(names)[-1]
    entries = {case.plural: [{name: asked}, {name: there}], **case.scope}
    told = problems(attempt(case.resource, entries, calls))
    assert [position for position, _option, _message in told] == ["tokens[0]", "tokens[1]"]


# -- names that are null ---------------------------------------------------------------------------


@pytest.mark.parametrize("many", [True, False])
@every
def test_a_name_that_is_null_is_none(case, many):
    options = [name.option for name in case.resource.identity]
    params = validated(case.resource, {**case.scope, **case.names()})
    params.update(dict.fromkeys(options))
    if many:
        params[case.plural] = [dict.fromkeys(options)]
    result = _task.execute(case.resource, params, connect=connector(Session()))
    said = f"{' or '.join(options)} must be given; got null"
    assert problems(result) == [(f"{case.plural}[0]" if many else None, None, said)]
