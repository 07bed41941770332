# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every resource promises when something goes wrong."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, run

every = pytest.mark.parametrize("case", cases.ALL, ids=cases.NAMES)
# One write a resource; ROMA writes many topics at once and has its own tests.
one_by_one = pytest.mark.parametrize("case", cases.ALL[:3], ids=cases.NAMES[:3])
both_forms = pytest.mark.parametrize("many", [False, True], ids=["single", "list"])


def task(case, options, many=False):
    options = dict(case.names(), **options)
    return dict(case.scope, **({case.plural: [options]} if many else options))


def failed(result, kind, changed=False):
    assert result["failed"] is True, result
    assert result["changed"] is changed
    assert set(result["error"]) == set(errors.KEYS + errors.LISTS)
    assert result["error"]["kind"] == kind, result
    return result["error"]


def planned(case):
    """Options, the row they lead to, and the calls up to the write."""
    options, changes = case.scalar
    return options, case.row(**changes), case.look(case.row(), options) + case.prepare(case.row(), options=options)


def entries(case, count):
    """As many resources as ``count``, one list of each cut down: task, rows before, rows after."""
    option = sorted(case.keys)[0]
    kept = case.items[option][:1]
    numbers = range(1, count + 1)
    options = dict(case.scope, **{case.plural: [dict(case.names(n), **{option: kept}) for n in numbers]})
    return options, [case.row(n) for n in numbers], [case.row_with(option, kept, n) for n in numbers]


@every
@both_forms
def test_a_resource_that_does_not_exist_is_an_error(case, many):
    result = attempt(case.resource, task(case, {}, many), case.absent())
    error = failed(result, "task")
    needs = ": it does not exist, and creating it needs secret_key"
    assert error["problems"][0]["message"] == case.label + (
        needs if case.label.startswith("RocketMQ") else " does not exist"
    )
    assert error["problems"][0]["position"] == (case.position(0) if many else None)
    assert error["hint"]


@every
def test_all_that_do_not_exist_are_named(case):
    options, rows, after = entries(case, 3)
    result = attempt(case.resource, options, absent_two(case, rows))
    error = failed(result, "task")
    assert [problem["position"] for problem in error["problems"]] == [case.position(0), case.position(2)]


def absent_two(case, rows):
    if case.plural != "topics":
        return case.read_all(rows[1])
    gone = {"status": 404, "code": "MQS.00400404"}
    first, second, third = rows
    return [
        case.policies(first, **gone), case.topics(name="orders-1"),
        case.policies(second),
        case.policies(third, **gone), case.topics(name="orders-3"),
    ]  # fmt: skip


INVALID = [
    pytest.param(case, options, message, id="{}-{}".format(name, message.replace(" ", "_")))
    for case, name in zip(cases.ALL, cases.NAMES)
    for options, message in case.invalid
]


@pytest.mark.parametrize(("case", "options", "message"), INVALID)
@both_forms
def test_invalid_input_is_refused_before_anything_is_sent(case, options, message, many):
    result = attempt(case.resource, task(case, options, many), [])
    failed(result, "task")
    assert message in result["msg"]
    assert result["msg"].startswith("Nothing was written.")


@every
def test_several_problems_are_one_error(case):
    bad = [dict(case.names(number), **options) for number, (options, message) in enumerate(case.invalid[:2])]
    result = attempt(case.resource, dict(case.scope, **{case.plural: bad}), [])
    error = failed(result, "task")
    assert [problem["position"] for problem in error["problems"]] == [case.position(0), case.position(1)]
    for _options, message in case.invalid[:2]:
        assert message in result["msg"]


@every
def test_many_problems_are_counted_in_the_message_and_all_in_the_error(case):
    options, message = case.invalid[0]
    bad = [dict(case.names(number), **options) for number in range(13)]
    result = attempt(case.resource, dict(case.scope, **{case.plural: bad}), [])
    assert len(failed(result, "task")["problems"]) == 13
    assert "and 3 more (all are in error.problems)" in result["msg"]


@every
def test_a_resource_named_twice_is_refused_with_both_positions(case):
    rows = [case.names(1), case.names(2), case.names(1)]
    result = attempt(case.resource, dict(case.scope, **{case.plural: rows}), [])
    (problem,) = failed(result, "task")["problems"]
    assert problem["position"] == case.position(2)
    assert f"is named at {case.position(0)} already" in problem["message"]
    assert result["error"]["hint"].startswith("Merge the entries of one resource into one.")


@pytest.mark.parametrize("case", cases.ALL[1:], ids=cases.NAMES[1:])
def test_the_scope_is_required(case):
    result = attempt(case.resource, case.names(), [])
    (problem,) = failed(result, "task")["problems"]
    assert problem == {"position": None, "option": next(iter(case.scope)), "message": "it is missing"}


@pytest.mark.parametrize("case", cases.ALL[1:], ids=cases.NAMES[1:])
def test_the_scope_is_required_for_every_entry(case):
    entries = [case.names(1), dict(case.names(2), **case.scope), case.names(3)]
    result = attempt(case.resource, {case.plural: entries}, [])
    text = f"it is missing: give it with the task or with each of the {case.plural}"
    assert failed(result, "task")["problems"] == [
        {"position": case.position(number), "option": next(iter(case.scope)), "message": text} for number in (0, 2)
    ]


@every
def test_a_time_to_verify_is_none_or_an_hour_at_most(case):
    for seconds in (-1, 3601):
        result = attempt(case.resource, dict(case.scope, verify_timeout=seconds, **case.names()), [])
        (problem,) = failed(result, "task")["problems"]
        text = "it must be a number of seconds from 0 to 3600"
        assert problem == {"position": None, "option": "verify_timeout", "message": text}
    for seconds in (0, 3600):
        run(case.resource, dict(case.scope, verify_timeout=seconds, **case.names()), case.read(case.row()))


@every
def test_a_name_that_none_can_be_is_told_with_its_place(case):
    (option,) = case.names()
    entries = [case.names(), {option: "a\x07b"}]
    result = attempt(case.resource, dict(case.scope, **{case.plural: entries}), [])
    (problem,) = failed(result, "task")["problems"]
    assert (problem["position"], problem["option"]) == (case.position(1), option)


@every
@both_forms
def test_a_refused_read_is_an_error_and_never_read_as_absent(case, many):
    result = attempt(case.resource, task(case, {}, many), case.read(case.row(), **case.read_refused))
    error = failed(result, "permission")
    assert result["msg"].startswith(f"Could not read {case.label}, so nothing was written.")
    assert str(error["code"]) in ("299", "DMS.10240309")


@every
@both_forms
def test_a_refused_write_is_an_error(case, many):
    options, after, calls = planned(case)
    result = attempt(case.resource, task(case, options, many), calls + case.write(after, **case.write_refused))
    error = failed(result, "invalid")
    assert result["msg"].startswith(f"Could not write {case.resource.label} ")
    assert error["operation"] == case.resource.operation
    (names,) = error["failed"]
    assert names == dict(names, **dict(case.scope, **case.names()))
    assert error["written"] == error["pending"] == []


@one_by_one
def test_partial_failure_says_what_was_written_what_failed_and_what_waits(case):
    options, rows, after = entries(case, 3)
    calls = case.read(*rows) + case.write(after[0]) + case.write(after[1], **case.write_refused) + case.read(after[0])
    result = attempt(case.resource, options, calls)
    error = failed(result, "invalid", changed=True)
    key = next(iter(case.names()))
    found = {part: [names[key] for names in error[part]] for part in ("written", "failed", "pending")}
    numbers = {"written": 1, "failed": 2, "pending": 3}
    assert found == {part: [case.names(number)[key]] for part, number in numbers.items()}
    assert "Written: 1, failed: 1, not tried: 1." in result["msg"]


@every
def test_what_the_service_ignored_is_named(case):
    options, after, calls = planned(case)
    result = attempt(case.resource, task(case, options), calls + case.write(after) + case.look(case.row(), options))
    failed(result, "unverified", changed=True)
    assert "The service accepted the write but does not show it" in result["msg"]
    assert next(iter(options)) + " is " in result["msg"]


@every
def test_a_resource_that_is_gone_after_the_write_is_an_error(case):
    options, after, calls = planned(case)
    result = attempt(case.resource, task(case, options), calls + case.write(after) + case.absent())
    failed(result, "unverified", changed=True)
    assert " is gone" in result["msg"]


@every
def test_a_write_that_shows_late_is_waited_for(case, monkeypatch):
    monkeypatch.setattr("{}._engine.write.VERIFY_WAITS".format(errors.__name__.rpartition(".")[0]), (0.0,))
    options, after, calls = planned(case)
    calls = calls + case.write(after) + case.look(case.row(), options) + case.look(after, options)
    result = run(case.resource, dict(task(case, options), verify_timeout=30), calls)
    assert result["changed"] is True
    assert "failed" not in result


@every
def test_a_refused_read_after_the_write_says_that_it_was_written(case):
    options, after, calls = planned(case)
    refused = case.look(after, options)[:1]
    refused = case.read(after, **case.read_refused) if len(refused) == 1 else refused
    result = attempt(case.resource, task(case, options), calls + case.write(after) + refused)
    error = failed(result, "permission", changed=True)
    assert "could not be read back to verify it" in result["msg"]
    assert len(error["written"]) == 1


@every
def test_an_unclear_write_that_was_done_is_a_warning(case):
    options, after, calls = planned(case)
    lost = case.write(after, answer=requests.exceptions.ReadTimeout("read timed out"))
    result = run(case.resource, task(case, options), calls + lost + case.look(after, options))
    assert result["changed"] is True
    assert any("A write failed, but the service shows it done." in text for text in result["warnings"])


@every
def test_an_unclear_write_that_was_not_done_is_an_error(case):
    options, after, calls = planned(case)
    lost = case.write(after, answer=requests.exceptions.ReadTimeout("read timed out"))
    result = attempt(case.resource, task(case, options), calls + lost + case.look(case.row(), options))
    error = failed(result, "network", changed=True)
    assert len(error["failed"]) == 1
    assert error["written"] == []


@every
def test_an_unclear_write_that_cannot_be_looked_at_is_said_to_be_unclear(case):
    options, after, calls = planned(case)
    lost = case.write(after, answer=requests.exceptions.ReadTimeout("read timed out"))
    result = attempt(case.resource, task(case, options), calls + lost + case.read(after, **case.read_refused))
    failed(result, "network", changed=True)
    assert result["msg"].startswith(f"Whether {case.resource.label} ")
    assert "was written is not known" in result["msg"]


@every
def test_a_write_that_never_left_is_not_looked_for(case):
    options, after, calls = planned(case)
    lost = case.write(after, answer=requests.exceptions.ConnectTimeout("no route"))
    failed(attempt(case.resource, task(case, options), calls + lost), "network")


@every
def test_refused_credentials_end_the_run(case):
    refused = {"code": 171} if case.plural == "tokens" else {"status": 401, "code": "APIGW.0301"}
    error = failed(attempt(case.resource, task(case, {}), case.read(case.row(), **refused)), "authentication")
    assert error["attempts"] == 1
    assert error["hint"]


# -- what nobody expects ---------------------------------------------------------------------------


class End(BaseException):
    pass


WHATEVER = [
    (RuntimeError("Set changed size during iteration"), "internal"),
    (MemoryError(), "internal"),
    (End(), "interrupted"),
]
whatever = pytest.mark.parametrize(("error", "kind"), WHATEVER, ids=lambda value: type(value).__name__)


@every
@whatever
def test_whatever_ends_a_task_while_it_reads_has_an_error_and_says_that_nothing_was_written(case, error, kind):
    (first, *unused) = case.read(case.row())
    first.answer = error
    found = attempt(case.resource, task(case, case.scalar[0]), [first])
    assert failed(found, kind)["code"] == type(error).__name__
    assert "Nothing was written." in found["msg"]


@every
@whatever
def test_whatever_ends_a_task_once_it_has_written_says_what_was_written(case, error, kind, monkeypatch):
    """After the last call, too: while its result is made."""

    def show(*unused):
        raise error

    options, row, before = planned(case)
    monkeypatch.setattr(type(case.resource), "show", show)
    found = attempt(case.resource, task(case, options), before + case.write(row) + case.look(row, options))
    (written,) = failed(found, kind, changed=True)["written"]
    assert written == dict(case.scope, **dict(written, **case.names()))


@every
def test_what_cannot_be_cleaned_of_secrets_is_not_shown_but_what_was_written_is(case, monkeypatch):
    def clean(secrets, value):
        if "refused" in str(value):
            raise UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed")
        return value

    monkeypatch.setattr(errors.Secrets, "clean", clean)
    options, row, before = planned(case)
    found = attempt(
        case.resource, task(case, options), before + case.write(row) + case.read(row, **case.read_refused)[:1]
    )
    (written,) = failed(found, found["error"]["kind"], changed=True)["written"]
    assert written == dict(case.scope, **dict(written, **case.names()))
    assert "refused" not in found["msg"]
