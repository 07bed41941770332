# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every resource promises: the plan, the write, the result, its `_info` twin, and names."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import (
    ANY,
    Session,
    attempt,
    connector,
    run,
    ucloud,
    validated,
)

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL

every = pytest.mark.parametrize("case", cases.ALL, ids=cases.NAMES)
every_list = pytest.mark.parametrize(
    ("case", "option"), [pytest.param(case, key, id=key) for case in cases.ALL for key in case.keys]
)
both_forms = pytest.mark.parametrize("many", [False, True], ids=["single", "list"])


def task(case, options, many=False):
    options = dict(case.names(), **options)
    return dict(case.scope, **({case.plural: [options]} if many else options))


def one(case, result, many=False):
    """The resource in a result."""
    assert ("error" in result, case.plural in result) == (False, many), result
    return result[case.plural][0] if many else result[case.resource.name]


def change(case, after, options):
    """The calls of a write that ends in ``after`` and is verified."""
    return case.prepare(case.row(), options=options) + case.write(after) + case.look(after, options)


@every
@both_forms
def test_nothing_specified_changes_nothing(case, many):
    result = run(case.resource, task(case, {}, many), case.read(case.row()))
    assert result["changed"] is False
    assert result["changes"] == result["diff"] == []
    shown = one(case, result, many)
    assert {key: shown[key] for key in case.names()} == case.names()


@every
@both_forms
def test_what_is_so_already_is_not_written(case, many):
    options = case.options(case.row())
    options = {key: value[::-1] if isinstance(value, list) else value for key, value in options.items()}
    calls = case.look(case.row(), options)
    result = run(case.resource, task(case, options, many), calls)
    assert result["changed"] is False


@every
@both_forms
def test_a_change_is_written_and_verified(case, many):
    options, changes = case.scalar
    after = case.row(**changes)
    calls = case.look(case.row(), options) + change(case, after, options)
    result = run(case.resource, task(case, options, many), calls)
    assert result["changed"] is True
    assert [sorted(entry) for entry in result["changes"]] == [
        sorted(set(case.resource.identify(dict(case.scope, **one(case, result, many)))) | {"action", "after", "before"})
    ]


@every
@both_forms
def test_check_mode_predicts_the_result_of_the_run(case, many):
    options, changes = case.scalar
    before = case.look(case.row(), options)
    seen = before + case.prepare(case.row(), options=options)
    predicted = run(case.resource, task(case, options, many), seen, check_mode=True)
    calls = before + change(case, case.row(**changes), options)
    assert run(case.resource, task(case, options, many), calls) == predicted
    assert predicted["changed"] is True


@every
def test_without_verify_nothing_is_read_after_the_write(case):
    options, changes = case.scalar
    calls = case.look(case.row(), options) + case.prepare(case.row(), options=options)
    calls += case.write(case.row(**changes))
    result = run(case.resource, dict(task(case, options), verify=False), calls)
    assert result["changed"] is True


@every
def test_no_diff_unless_asked_for(case):
    options, changes = case.scalar
    calls = case.look(case.row(), options) + change(case, case.row(**changes), options)
    assert "diff" not in run(case.resource, task(case, options), calls, diff=False)


@every_list
@both_forms
def test_a_removed_permission_is_a_change(case, option, many):
    kept, gone = case.two(option)
    after = case.row_with(option, [kept])
    calls = case.read(case.row()) + change(case, after, {option: 1})
    result = run(case.resource, task(case, {option: [kept]}, many), calls)
    assert result["changed"] is True
    (found,) = result["diff"]
    name = gone if isinstance(gone, str) else gone.get("name") or gone["app_name"]
    assert name in found["before"]
    assert name not in found["after"]


@every_list
def test_without_purge_what_is_not_named_stays(case, option):
    after = case.row_with(option, case.items[option])
    options = {option: case.items[option][2:], "purge": False}
    calls = case.read(case.row()) + case.add(after, option, options[option]) + case.look(after, options)
    assert run(case.resource, task(case, options), calls)["changed"] is True


@every_list
def test_without_purge_what_is_there_is_no_change(case, option):
    options = {option: case.items[option][:1], "purge": False}
    assert run(case.resource, task(case, options), case.read(case.row()))["changed"] is False


@every_list
def test_purge_of_an_entry_wins_over_that_of_the_task(case, option):
    entry = dict(case.names(), purge=False, **{option: case.items[option][:1]})
    options = dict(case.scope, purge=True, **{case.plural: [entry]})
    assert run(case.resource, options, case.read(case.row()))["changed"] is False


@pytest.mark.parametrize(
    ("case", "option"),
    [pytest.param(case, key, id=key) for case in (UFILE, ROCKETMQ, ROMA) for key in case.system.empty],
)
def test_empty_means_empty(case, option):
    value, key, cleared = case.system.empty[option]
    after = case.row_with(option, []) if option == "policies" else case.row(**{key: cleared})
    options = {option: value}
    calls = case.look(case.row(), options) + change(case, after, options)
    assert run(case.resource, task(case, options), calls)["changed"] is True


@every
def test_resources_of_a_list_are_read_together_and_written_each(case):
    option = sorted(case.keys)[0]
    kept = case.items[option][:1]
    rows = [case.row(1), case.row(2)]
    after = [case.row_with(option, kept, number) for number in (1, 2)]
    calls = case.read(*rows) + case.prepare(*rows)
    calls += case.write(*after) if case.resource.batch > 1 else case.write(after[0]) + case.write(after[1])
    calls += case.read(*after)
    entries = [dict(case.names(number), **{option: kept}) for number in (1, 2)]
    result = run(case.resource, dict(case.scope, **{case.plural: entries}), calls)
    assert [shown[option] for shown in result[case.plural]] == [one_shown(case, option, kept)] * 2
    assert [change["action"] for change in result["changes"]] == ["update", "update"]


def one_shown(case, option, items):
    if case.plural != "topics":
        return items
    return sorted((dict({"owner": False}, **item) for item in items + [case.owner]), key=lambda row: row["app_name"])


@every
def test_only_what_differs_is_written(case):
    option = sorted(case.keys)[0]
    rows = [case.row(1), case.row(2)]
    kept = case.items[option][:1]
    after = case.row_with(option, kept, 2)
    calls = case.read(*rows) + case.prepare(rows[1]) + case.write(after) + case.read(after)
    entries = [dict(case.names(1), **{option: case.two(option)}), dict(case.names(2), **{option: kept})]
    result = run(case.resource, dict(case.scope, **{case.plural: entries}), calls)
    assert len(result["changes"]) == 1


@every
def test_executing_leaves_the_options_as_they_are(case):
    options = case.options(case.row())
    given = copy.deepcopy(task(case, options, many=True))
    run(case.resource, given, case.look(case.row(), options))
    assert given == task(case, case.options(case.row()), many=True)


# -- the `_info` twins -----------------------------------------------------------------------------


def named(case):
    return dict(case.scope, **case.names())


def full(case, row):
    return case.look(row, {"description"})


@every
def test_all_resources_are_shown_sorted(case):
    rows = [case.row(2), case.row(1)]
    result = run(case.resource, dict(case.scope), case.read_all(*rows), info=True)
    key = next(iter(case.names()))
    assert [shown[key] for shown in result[case.plural]] == [case.names(1)[key], case.names(2)[key]]
    assert [{**shown, **case.scope} for shown in result[case.plural]] == result[case.plural]
    assert result["changed"] is False


@every
def test_a_resource_that_does_not_exist_is_an_empty_list(case):
    assert run(case.resource, named(case), case.absent(), info=True) == {"changed": False, case.plural: []}


@every
def test_none_at_all_is_an_empty_list(case):
    assert run(case.resource, dict(case.scope), case.read_all(), info=True)[case.plural] == []


@every
def test_the_info_twin_shows_what_the_module_returns(case):
    (shown,) = run(case.resource, named(case), full(case, case.row()), info=True)[case.plural]
    options = case.options(case.row())
    assert run(case.resource, options, case.look(case.row(), options))[case.resource.name] == shown


@every
def test_no_secret_field_is_shown(case):
    shown = run(case.resource, named(case), full(case, case.row()), info=True)[case.plural][0]
    assert not {"secret_key", "private_key"} & set(shown)


@every
def test_what_can_be_seen_and_not_set_is_shown_too(case):
    row = case.row()
    for answer in (row, {key: value for key, value in row.items() if key not in case.resource.facts.values()}):
        shown = run(case.resource, named(case), full(case, answer), info=True)[case.plural][0]
        expected = {option: answer.get(key) for option, key in case.resource.facts.items()}
        assert {option: shown[option] for option in expected} == expected


@every
def test_a_refused_read_is_an_error(case):
    result = attempt(case.resource, named(case), case.read(case.row(), **case.read_refused), info=True)
    assert result["error"]["kind"] == "permission"
    assert result["msg"].startswith(f"Could not read {case.label}. ")


@every
def test_a_refused_list_names_the_kind_of_resource(case):
    first = case.read_all(case.row())[0]
    how = case.read_refused
    if how.get("status"):
        first.status, first.answer = how["status"], {"error_code": how["code"], "error_msg": "no"}
    else:
        first.answer = {"RetCode": how["code"], "Message": "no"}
    result = attempt(case.resource, dict(case.scope), [first], info=True)
    assert result["msg"].startswith(f"Could not read {case.resource.label}s. ")


@every
def test_a_name_that_none_can_be_is_refused_before_anything_is_sent(case):
    for option in [*case.names(), *case.scope]:
        result = attempt(case.resource, {**case.scope, option: "a\x07b"}, [], info=True)
        (problem,) = result["error"]["problems"]
        assert (problem["position"], problem["option"]) == (None, option)


# -- names -----------------------------------------------------------------------------------------


NFC, NFD = "caf\u00e9", "cafe\u0301"


def problems(result):
    assert result["failed"] is True
    assert result["changed"] is False
    assert result["error"]["kind"] == "task"
    return [(problem["position"], problem["option"], problem["message"]) for problem in result["error"]["problems"]]


# -- ids and names ---------------------------------------------------------------------------------

with_ids = pytest.mark.parametrize(
    ("case", "option", "key"),
    [(UFILE, "token_name", "TokenName"), (UROCKETMQ, "name", "Name")],
    ids=["ufile", "urocketmq"],
)


@with_ids
def test_what_has_an_id_is_found_by_name(case, option, key):
    calls = case.read_all(case.plain(1), case.plain(2))
    assert run(case.resource, {**case.scope, option: "ci-2"}, calls)["token"]["token_id"] == "t-2"


@with_ids
def test_two_of_one_name_are_an_error_with_their_ids_and_both_shown(case, option, key):
    rows = [case.plain(2, **{key: "ci"}), case.plain(1, **{key: "ci"}), case.plain(3)]
    error = attempt(case.resource, {**case.scope, "tokens": [{option: "ci"}]}, case.read_all(*rows))["error"]
    message = f"2 {case.resource.label}s have the name ci: t-1, t-2"
    assert error["problems"] == [{"position": "tokens[0]", "option": option, "message": message}]
    assert error["hint"].startswith("Say which one is meant with token_id. See ")
    shown = run(case.resource, {**case.scope, option: "ci"}, case.read_all(*rows) * 2, info=True)["tokens"]
    assert [token["token_id"] for token in shown] == ["t-1", "t-2"]


@with_ids
def test_one_by_id_and_by_name_is_named_twice(case, option, key):
    options = {**case.scope, "tokens": [{"token_id": "t-1"}, {option: "ci-1"}]}
    result = attempt(case.resource, options, case.read_all(case.plain()))
    assert "is named at tokens[0] already" in result["msg"]


@pytest.mark.parametrize(
    ("case", "option", "state", "more"),
    [
        (UFILE, "token_name", "absent", ""),  # present renames it
        (UROCKETMQ, "name", "absent", ""),
        (UROCKETMQ, "name", "present", ", and cannot be changed"),
    ],
)
def test_an_id_and_a_name_of_two_are_refused(case, option, state, more):
    options = {**case.scope, "token_id": "t-1", option: "other", "state": state}
    ((_position, _option, message),) = problems(attempt(case.resource, options, case.read(case.plain())))
    label = case.label.replace("t-1", "t-1 (ci-1").replace("1 (service", "1, service").rstrip(")") + ")"
    assert message == f"{label}: its {option} is ci-1, not other{more}"


@pytest.mark.parametrize("answer", [{}, {"TokenId": ""}, {"TokenId": 5}, {"UFileTokenSet": []}])
@with_ids
def test_a_creation_that_names_no_id_is_found_by_name(case, option, key, answer):
    new = {"AllowedOps": ["TOKEN_ALLOW_NONE"], "AllowedPrefixes": ["*"], "AllowedBuckets": ["*"]}
    if case is UROCKETMQ:
        new = {"TopicProducePerm": "NONE", "TopicConsumePerm": "NONE"}
    create = ucloud("CreateUFileToken" if case is UFILE else "CreateURocketMQToken", ANY, answer)
    calls = [*case.read_all(), create, *case.read_all(case.plain(**new))]
    options = {**case.scope, **(cases.ALL_OF_IT if case is UFILE else {}), option: "ci-1"}
    assert run(case.resource, options, calls)["token"]["token_id"] == "t-1"


# -- wildcards -------------------------------------------------------------------------------------

BUCKET = (
    "cannot be the name of a bucket, since names have no wildcards and are not lists: '*' alone is every bucket, else "
    "list each bucket; a path within a bucket belongs into allowed_prefixes"
)
PREFIX = (
    "cannot be the name of a prefix, since names have no wildcards and are not lists: a prefix includes everything "
    "below it, and '*' alone is every prefix"
)
TOPIC = "cannot be the name of a topic, since names have no wildcards and are not lists: topic_{}_perm: ALL stands for every topic"
ROW = (
    "is not one name of letters, digits, '-', '_', '%' and '|': there are no wildcards, and default_{}_perm is for all"
)
APP = "cannot be the name of an application, since names have no wildcards and are not lists: give a row for each application"


def perm(name):
    return {"name": name, "perm": "SUB"}


def app(name):
    return {"app_name": name, "access_policy": "sub"}


WILD = [
    *((UFILE, "allowed_buckets", value, str, BUCKET) for value in ("b*", "b?", "a,b", "a;b", "us3://b", "b/in/")),
    *((UFILE, "allowed_prefixes", value, str, PREFIX) for value in ("in/*", "*.log", "**")),
    *((UROCKETMQ, f"allow_{side}_topic_list", value, str, TOPIC.format(side))
      for side in ("produce", "consume") for value in ("*", "order*", "%DLQ%*", "order?", "a;b")),
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
def test_an_id_that_no_service_makes_is_refused(case, value):
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
def test_a_new_one_is_not_given_an_odd_name(case, value):
    names, calls = absent(case, value)
    ((_position, _option, message),) = problems(attempt(case.resource, names, calls))
    assert list(names)[-1] in message.split(": ")[-1]
    # Nor is it green to find none.
    names, calls = absent(case, value)
    ((_position, _option, message),) = problems(attempt(case.resource, names, calls, info=True))
    assert message.startswith(list(names)[-1])


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("case", [UFILE, UROCKETMQ], ids=["ufile", "urocketmq"])
def test_an_existing_one_with_an_odd_name_is_found_and_stays_usable(case, value):
    for more in ({}, {"info": True}):
        names, calls = called(case, value)
        result = run(case.resource, names, calls, **more)
        assert result["changed"] is False
        (row,) = result[case.plural] if more else [result["token"]]
        assert row[list(names)[-1]] == value


def test_a_missing_topic_with_an_odd_name_says_why():
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
    assert f": {asked!r} is the same name as {there!r}, written with other characters: " in message
    # And without one of them the two are not made at once.
    calls = absent(case, asked)[1]
    name = list(names)[-1]
    entries = {case.plural: [{name: asked}, {name: there}], **case.scope}
    told = problems(attempt(case.resource, entries, calls))
    assert [position for position, _option, _message in told] == ["tokens[0]", "tokens[1]"]


# -- names that are null ---------------------------------------------------------------------------


@pytest.mark.parametrize("many", [True, False])
@every
def test_a_name_that_is_null_was_not_given(case, many):
    options = [name.option for name in case.resource.identity]
    params = validated(case.resource, {**case.scope, **case.names()})
    params.update(dict.fromkeys(options))
    if many:
        params[case.plural] = [dict.fromkeys(options)]
    result = _task.execute(case.resource, params, how=_task.How(connect=connector(Session())))
    said = f"{' or '.join(options)} must be given; got null"
    assert problems(result) == [(f"{case.plural}[0]" if many else None, None, said)]
