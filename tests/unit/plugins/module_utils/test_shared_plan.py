# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every resource promises when all goes well: the plan, the write, the result."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import refusals, run

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
def test_change_in_check_mode_is_not_written(case, many):
    options, changes = case.scalar
    calls = case.look(case.row(), options) + case.prepare(case.row(), options=options)
    result = run(case.resource, task(case, options, many), calls, check_mode=True)
    assert result["changed"] is True


@every
@both_forms
def test_change_is_written_and_verified(case, many):
    options, changes = case.scalar
    after = case.row(**changes)
    calls = case.look(case.row(), options) + change(case, after, options)
    result = run(case.resource, task(case, options, many), calls)
    assert result["changed"] is True
    assert [sorted(entry) for entry in result["changes"]] == [
        sorted(set(case.resource.identify(dict(case.scope, **one(case, result, many)))) | {"action", "after", "before"})
    ]


@every
def test_check_mode_predicts_the_result_of_the_run(case):
    options, changes = case.scalar
    before = case.look(case.row(), options)
    predicted = run(
        case.resource, task(case, options), before + case.prepare(case.row(), options=options), check_mode=True
    )
    calls = before + change(case, case.row(**changes), options)
    assert run(case.resource, task(case, options), calls) == predicted


@every
def test_second_run_changes_nothing(case):
    options, changes = case.scalar
    result = run(case.resource, task(case, options), case.look(case.row(**changes), options))
    assert result["changed"] is False


@every
def test_no_verification_on_request(case):
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
def test_removed_permission_is_a_change(case, option, many):
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


@every_list
def test_order_of_a_list_has_no_meaning(case, option):
    options = {option: case.two(option)[::-1]}
    assert run(case.resource, task(case, options), case.read(case.row()))["changed"] is False


@pytest.mark.parametrize(
    ("case", "option"), [pytest.param(case, key, id=key) for case in cases.ALL for key in case.empty]
)
def test_empty_means_empty(case, option):
    value = {"white_remote_address": "", "admin": False, "description": "", "sensitive_word": ""}.get(option, [])
    after = case.row(**case.empty[option]) if case.empty[option] else case.row_with(option, [])
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
def test_an_empty_list_of_resources_asks_for_nothing(case):
    result = run(case.resource, dict(case.scope, **{case.plural: []}), [])
    assert result["changed"] is False
    assert result[case.plural] == []


@every
def test_the_two_forms_exclude_each_other(case):
    (message,) = refusals(case.resource, dict(case.names(), **dict(case.scope, **{case.plural: []})))
    assert message.startswith("parameters are mutually exclusive")


@every
def test_a_field_beside_the_list_is_refused(case):
    options = dict(case.scope, **dict(case.scalar[0], **{case.plural: [case.names()]}))
    assert any("mutually exclusive" in message for message in refusals(case.resource, options))


@every
def test_a_task_must_name_a_resource(case):
    (message,) = refusals(case.resource, dict(case.scope))
    assert "one of the following is required" in message


@every
def test_an_entry_must_name_a_resource(case):
    (message,) = refusals(case.resource, dict(case.scope, **{case.plural: [{}]}))
    assert "required" in message


@every
def test_executing_leaves_the_options_as_they_are(case):
    options = case.options(case.row())
    given = copy.deepcopy(task(case, options, many=True))
    run(case.resource, given, case.look(case.row(), options))
    assert given == task(case, case.options(case.row()), many=True)
