# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every resource promises: the plan, the write, the result, its `_info` twin, and names."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.cases import both_forms, every
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

every_list = pytest.mark.parametrize(
    ("case", "option"), [pytest.param(case, key, id=key) for case in cases.ALL for key in case.keys]
)


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
    result = run(case.resource, case.task({}, many), case.read(case.row()))
    assert result["changed"] is False
    assert result["changes"] == result["diff"] == []
    assert one(case, result, many) == {**one(case, result, many), **case.names()}


@every
@both_forms
def test_what_is_so_already_is_not_written(case, many):
    options = {
        key: value[::-1] if isinstance(value, list) else value for key, value in case.options(case.row()).items()
    }
    given = copy.deepcopy(case.task(options, many))
    assert run(case.resource, given, case.look(case.row(), options))["changed"] is False
    assert given == case.task(options, many)  # options are left as they are


@every
@both_forms
def test_check_mode_predicts_the_result_of_the_run(case, many):
    options, after, before = case.planned()
    predicted = run(case.resource, case.task(options, many), before, check_mode=True)
    calls = before + case.write(after) + case.look(after, options)
    assert run(case.resource, case.task(options, many), calls) == predicted
    assert predicted["changed"] is True
    (entry,) = predicted["changes"]
    names = case.resource.identify(dict(case.scope, **one(case, predicted, many)))
    assert set(entry) == {*names, "action", "after", "before"}


@every
def test_without_verify_nothing_is_read_after_the_write_and_there_is_no_diff_unless_asked_for(case):
    options, after, before = case.planned()
    task = {**case.task(options), "verify": False}
    result = run(case.resource, task, before + case.write(after), diff=False)
    assert (result["changed"], "diff" in result) == (True, False)


@every_list
@both_forms
def test_a_removed_permission_is_a_change(case, option, many):
    kept, gone = case.two(option)
    after = case.row_with(option, [kept])
    calls = case.read(case.row()) + change(case, after, {option: 1})
    result = run(case.resource, case.task({option: [kept]}, many), calls)
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
    assert run(case.resource, case.task(options), calls)["changed"] is True


@every_list
def test_without_purge_what_is_there_is_no_change_and_purge_of_an_entry_wins(case, option):
    options = {option: case.items[option][:1], "purge": False}
    for task in (case.task(options), {**case.task(options, many=True), "purge": True}):
        assert run(case.resource, task, case.read(case.row()))["changed"] is False


@pytest.mark.parametrize(
    ("case", "option"),
    [pytest.param(case, key, id=key) for case in (UFILE, ROCKETMQ, ROMA) for key in case.system.empty],
)
def test_empty_means_empty(case, option):
    value, key, cleared = case.system.empty[option]
    after = case.row_with(option, []) if option == "policies" else case.row(**{key: cleared})
    options = {option: value}
    calls = case.look(case.row(), options) + change(case, after, options)
    assert run(case.resource, case.task(options), calls)["changed"] is True


@every
def test_resources_of_a_list_are_read_together_and_written_each(case):
    option = sorted(case.keys)[0]
    kept = case.items[option][:1]
    rows, after = [case.row(1), case.row(2)], [case.row_with(option, kept, number) for number in (1, 2)]
    writes = case.write(*after) if case.resource.batch > 1 else case.write(after[0]) + case.write(after[1])
    calls = case.read(*rows) + case.prepare(*rows) + writes + case.read(*after)
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


# -- the `_info` twins -----------------------------------------------------------------------------


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
def test_one_that_does_not_exist_or_none_at_all_is_an_empty_list(case):
    for options, calls in ((case.task({}), case.absent()), (dict(case.scope), case.read_all())):
        assert run(case.resource, options, calls, info=True) == {"changed": False, case.plural: []}


@every
def test_the_info_twin_shows_what_the_module_returns_and_no_secret(case):
    (shown,) = run(case.resource, case.task({}), full(case, case.row()), info=True)[case.plural]
    options = case.options(case.row())
    assert run(case.resource, options, case.look(case.row(), options))[case.resource.name] == shown
    assert not {"secret_key", "private_key"} & set(shown)


@every
def test_what_can_be_seen_and_not_set_is_shown_too(case):
    row = case.row()
    for response in (row, {key: value for key, value in row.items() if key not in case.resource.facts.values()}):
        shown = run(case.resource, case.task({}), full(case, response), info=True)[case.plural][0]
        expected = {option: response.get(key) for option, key in case.resource.facts.items()}
        assert {option: shown[option] for option in expected} == expected


@every
def test_a_refused_read_is_an_error(case):
    result = attempt(case.resource, case.task({}), case.read(case.row(), **case.read_refused), info=True)
    assert result["error"]["kind"] == "permission"
    assert result["msg"].startswith(f"Could not read {case.label}. ")


@every
def test_a_refused_list_names_the_kind_of_resource(case):
    first = case.read_all(case.row())[0]
    how = case.read_refused
    if how.get("status"):
        first.status, first.response = how["status"], {"error_code": how["code"], "error_msg": "no"}
    else:
        first.response = {"RetCode": how["code"], "Message": "no"}
    result = attempt(case.resource, dict(case.scope), [first], info=True)
    assert result["msg"].startswith(f"Could not read {case.resource.label}s. ")


@every
def test_a_name_that_none_can_be_is_refused_with_its_place_before_anything_is_sent(case):
    odd = {next(iter(case.names())): "a\x07b"}
    tasks = [({**case.scope, option: "a\x07b"}, None, option) for option in [*odd, *case.scope]]
    tasks.append(({**case.scope, case.plural: [case.names(), odd]}, case.position(1), *odd))
    for options, position, option in tasks:
        (problem,) = attempt(case.resource, options, [], info=position is None)["error"]["problems"]
        assert (problem["position"], problem["option"]) == (position, option)


# -- names -----------------------------------------------------------------------------------------


NFC, NFD = "caf\u00e9", "cafe\u0301"


def problems(result):
    assert result["failed"] is True
    assert result["changed"] is False
    assert result["error"]["kind"] == "task"
    return [(problem["position"], problem["option"], problem["message"]) for problem in result["error"]["problems"]]


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
    calls = case.read_all(case.plain(2, **{key: "ci"}), case.plain(1, **{key: "ci"}), case.plain(3))
    error = attempt(case.resource, {**case.scope, "tokens": [{option: "ci"}]}, calls)["error"]
    message = f"2 {case.resource.label}s have the name ci: t-1, t-2"
    assert error["problems"] == [{"position": "tokens[0]", "option": option, "message": message}]
    assert error["hint"].startswith("Say which one is meant with token_id. See ")
    shown = run(case.resource, {**case.scope, option: "ci"}, calls * 2, info=True)["tokens"]
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


@pytest.mark.parametrize("response", [{}, {"TokenId": ""}, {"TokenId": 5}, {"UFileTokenSet": []}])
@with_ids
def test_a_creation_that_names_no_id_is_found_by_name(case, option, key, response):
    new, needed = dict(case.system.initial), {}
    if case is UFILE:
        new, needed = {**new, "AllowedPrefixes": ["*"], "AllowedBuckets": ["*"]}, cases.ALL_OF_IT
    calls = [*case.read_all(), ucloud(case.system.create, ANY, response), *case.read_all(case.plain(**new))]
    assert run(case.resource, {**case.scope, **needed, option: "ci-1"}, calls)["token"]["token_id"] == "t-1"


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
    options = case.task({option: [make(value)], "purge": purge})
    ((position, named, message),) = problems(attempt(case.resource, options, case.read(case.row())))
    assert (position, named) == (None, None)
    assert message.startswith(case.resource.label)
    assert f": {option}: {value!r} {why}" in message


@pytest.mark.parametrize(("case", "option", "value", "make", "why"), WILD)
def test_a_name_for_several_that_exists_is_given_back(case, option, value, make, why):
    case.unchanged({option: [make(value)]}, case.row_with(option, [make(value)]))


def test_the_star_alone_is_everything_on_ufile():
    everything = {"AllowedBuckets": ["*"], "AllowedPrefixes": ["*"]}
    UFILE.change({"allowed_buckets": ["*"], "allowed_prefixes": ["*"]}, UFILE.row(), UFILE.row(**everything))


with_names = pytest.mark.parametrize("case", [UFILE, UROCKETMQ], ids=["ufile", "urocketmq"])
ODD = ["a\u200b", "a\u3164", "\u2800", " a", "{{ x }}", "['a', 'b']"]


@pytest.mark.parametrize("value", ODD)
@every
def test_an_id_that_no_service_makes_is_refused(case, value):
    for name in case.resource.names[:-1]:
        for info in (False, True):
            result = attempt(case.resource, case.task({name.option: value}), [], info=info)
            ((_position, named, message),) = problems(result)
            assert (named, message[:3]) == (name.option, "it ")


def absent(case, name):
    """Names of one that is not there, and the calls that look for it."""
    if case is UFILE:
        return {"token_name": name}, [ucloud("DescribeUFileToken", {}, {"DataSet": [case.row()]})]
    return {**case.scope, "name": name}, [case.list(case.row())]


def called(case, name):
    """Calls that find one of this name."""
    return case.read_all(case.plain(**{"TokenName" if case is UFILE else "Name": name}))


@pytest.mark.parametrize("value", ODD)
@with_names
def test_a_new_one_is_not_given_an_odd_name(case, value):
    names, calls = absent(case, value)
    ((_position, _option, message),) = problems(attempt(case.resource, names, calls))
    assert list(names)[-1] in message.split(": ")[-1]
    # Nor is it green to find none.
    ((_position, _option, message),) = problems(attempt(case.resource, names, calls, info=True))
    assert message.startswith(list(names)[-1])


@pytest.mark.parametrize("value", ODD)
@with_names
def test_an_existing_one_with_an_odd_name_is_found_and_stays_usable(case, value):
    names = absent(case, value)[0]
    for info in (False, True):
        result = run(case.resource, names, called(case, value), info=info)
        shown = result[case.plural][0] if info else result["token"]
        assert (result["changed"], shown[list(names)[-1]]) == (False, value)


def test_a_missing_topic_with_an_odd_name_says_why():
    calls = ROMA.absent()
    for call, name in zip(calls, ("orders%E3%85%A4", "orders\u3164")):
        call.what = call.what.replace("orders-1", name)
    result = attempt(ROMA.resource, ROMA.task({"name": "orders\u3164", "policies": []}), calls)
    ((_position, _option, message),) = problems(result)
    assert message == (
        "ROMA topic orders\u3164 (instance_id i-1) does not exist: name holds the invisible character '\\u3164' "
        "(HANGUL FILLER)"
    )


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(("there", "asked"), [(NFC, NFD), (NFD, NFC)])
@with_names
def test_a_name_in_another_form_is_not_a_second_one(case, there, asked, state):
    names, calls = absent(case, asked)
    result = attempt(case.resource, dict(names, state=state), called(case, there))
    ((_position, _option, message),) = problems(result)
    assert f": {asked!r} is the same name as {there!r}, written with other characters: " in message
    # And without one of them the two are not made at once.
    entries = [{list(names)[-1]: name} for name in (asked, there)]
    told = problems(attempt(case.resource, {**case.scope, case.plural: entries}, calls))
    assert [position for position, _option, _message in told] == ["tokens[0]", "tokens[1]"]


@both_forms
@every
def test_a_name_that_is_null_was_not_given(case, many):
    null = dict.fromkeys(name.option for name in case.resource.identity)
    params = {**validated(case.resource, case.task({})), **null, **({case.plural: [null]} if many else {})}
    result = _task.execute(case.resource, params, how=_task.How(connect=connector(Session())))
    said = f"{' or '.join(null)} must be given; got null"
    assert problems(result) == [(f"{case.plural}[0]" if many else None, None, said)]
