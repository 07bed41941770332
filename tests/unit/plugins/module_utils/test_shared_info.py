# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The `_info` twins: the same shape as the module's result, one or all resources of a scope."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, refusals, run

every = pytest.mark.parametrize("case", cases.ALL, ids=cases.NAMES)


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
def test_one_resource_is_shown(case):
    result = run(case.resource, named(case), full(case, case.row()), info=True)
    assert len(result[case.plural]) == 1


@every
def test_a_resource_that_does_not_exist_is_an_empty_list(case):
    assert run(case.resource, named(case), case.absent(), info=True) == {"changed": False, case.plural: []}


@every
def test_none_at_all_is_an_empty_list(case):
    assert run(case.resource, dict(case.scope), case.read_all(), info=True)[case.plural] == []


@every
def test_shape_is_that_of_the_module(case):
    shown = run(case.resource, named(case), full(case, case.row()), info=True)[case.plural][0]
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


@pytest.mark.parametrize("case", cases.ALL[1:], ids=cases.NAMES[1:])
def test_the_scope_is_required(case):
    (message,) = refusals(case.resource, {}, info=True)
    assert "missing required arguments" in message


@every
def test_writing_options_do_not_exist(case):
    options = _task.argument_spec(case.resource, info=True)["argument_spec"]
    assert not {"purge", "verify", "verify_timeout", case.plural} & set(options)
    assert not {field.option for field in case.resource.fields} & set(options) - {"token_name"}


@every
def test_a_name_that_none_can_be_is_refused_before_anything_is_sent(case):
    for option in [*case.names(), *case.scope]:
        result = attempt(case.resource, {**case.scope, option: "a\x07b"}, [], info=True)
        (problem,) = result["error"]["problems"]
        assert (problem["position"], problem["option"]) == (None, option)
