# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as values."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors


def call_error(**details):
    options = {"provider": "UCloud", "operation": "Op", "method": "POST", "url": "https://h/", "status": 200, "code": 5}
    return errors.RequestError(errors.INVALID, details.pop("message", "bad"), **dict(options, **details))


@pytest.mark.parametrize(
    ("details", "text"),
    [
        ({}, "UCloud Op (POST https://h/) answered HTTP 200, code 5: bad."),
        ({"code": None}, "UCloud Op (POST https://h/) answered HTTP 200: bad."),
        ({"status": None}, "UCloud Op (POST https://h/) failed: bad."),
        ({"message": "Really?"}, "UCloud Op (POST https://h/) answered HTTP 200, code 5: Really?"),
        ({"request_id": "r-1", "hint": "Do."}, "UCloud Op (POST https://h/) answered HTTP 200, code 5: bad. Request id: r-1. Hint: Do."),
    ],
)  # fmt: skip
def test_a_failed_call_is_told_in_one_sentence(details, text):
    assert call_error(**details).text() == text


@pytest.mark.parametrize(
    ("position", "option", "text"),
    [("", None, "m"), ("", "o", "o: m"), ("tokens[2]", None, "tokens[2]: m"), ("tokens[2]", "o", "tokens[2].o: m")],
)
def test_a_problem_says_where_it_is(position, option, text):
    assert str(errors.Problem(position, "m", option)) == text


def test_a_run_error_has_its_own_kind_and_hint_unless_only_its_cause_has_one():
    assert errors.RunError("m").details()["kind"] == "unverified"
    caused = errors.RunError("m", cause=call_error(hint="a")).details()
    assert (caused["kind"], caused["hint"]) == ("invalid", "a")
    assert errors.RunError("m", cause=call_error(hint="a"), hint="b").details()["hint"] == "b"


def test_an_error_without_a_hint_is_its_message():
    assert errors.ConfigurationError("m").text() == "m"
    assert errors.ConfigurationError("m", hint="h").text() == "m Hint: h"


def test_a_list_of_problems_is_one_sentence():
    ten = [errors.Problem("tokens[0]", f"no {number}", "region") for number in range(10)]
    assert errors.TaskError(ten[:2]).message == "Nothing was written. tokens[0].region: no 0; tokens[0].region: no 1."
    assert "more" not in errors.TaskError(ten).message


@pytest.mark.parametrize(("end", "shown"), [("no", "no."), ("no.", "no."), ("no!", "no!"), ("no?", "no?")])
def test_a_message_ends_as_a_sentence_does(end, shown):
    error = call_error(message=end, status=None)
    assert error.text() == f"UCloud Op (POST https://h/) failed: {shown}"
    error.attempts = 2
    assert error.text() == f"UCloud Op (POST https://h/) failed: {shown} Tried 2 times."


def test_a_quote_is_brief():
    assert errors.brief("x") == "'x'"
    assert len(errors.brief("x" * 5000)) < 150
    assert "5000 characters" in errors.brief("x" * 5000)
    deep = []
    for _unused in range(100000):
        deep = [deep]
    assert len(errors.brief(deep)) < 150
