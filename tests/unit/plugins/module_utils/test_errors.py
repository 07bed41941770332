# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as values."""

from __future__ import annotations

import re

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


CALL = {
    "kind": "invalid", "provider": "UCloud", "operation": "Op", "method": "POST", "url": "https://h/", "status": 200,
    "code": 5, "message": "bad", "request_id": "r", "attempts": 1, "hint": "a",
}  # fmt: skip
LISTS = {"failed": [{"id": "1"}], "written": [{"id": "2"}], "pending": [{"id": "3"}]}
NONE = {"failed": [], "written": [], "pending": []}


@pytest.mark.parametrize(
    ("error", "details"),
    [
        (errors.GrantopsError("m", "h"), {"kind": "task", "message": "m", "hint": "h"}),
        (call_error(request_id="r", hint="a"), CALL),
        (errors.RunError("m"), {"kind": "unverified", "message": "m", "hint": None, **NONE}),
        (errors.RunError("m", cause=call_error(request_id="r", hint="a")), {**CALL, **NONE}),
        (errors.RunError("m", cause=call_error(request_id="r"), hint="b", **LISTS), {**CALL, "hint": "b", **LISTS}),
        (
            errors.TaskError([errors.Problem("", "m", "o"), errors.Problem("p", "n")], "h"),
            {
                "kind": "task",
                "message": "Nothing was written. o: m; p: n.",
                "hint": "h",
                "problems": [
                    {"position": None, "option": "o", "message": "m"},
                    {"position": "p", "option": None, "message": "n"},
                ],
            },
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_an_error_says_in_the_result(error, details):
    assert error.details() == details
    assert (error.changed, str(error)) == (False, error.message)


BUG = "Unless this machine ran out of memory or disk space, this is a bug of the collection: please report it."
AGAIN = "Run the task again: what is written already is not written twice."


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("secret"), "the collection failed with KeyError at an unknown place."),
        (RuntimeError("no"), "the collection failed with RuntimeError at an unknown place (no)."),
        (
            OSError(28, "No space left", "/secret"),
            "the collection failed with OSError at an unknown place (No space left).",
        ),
        (KeyboardInterrupt(), "the task was ended by KeyboardInterrupt."),
        (SystemExit("Its time is over."), "the task was ended by SystemExit (Its time is over)."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_nobody_expects_is_told_without_a_text_that_may_quote_a_secret(error, message):
    kind, hint = ("internal", BUG) if isinstance(error, Exception) else ("interrupted", AGAIN)
    found = errors.typed(error)
    assert found.details() == {"kind": kind, "message": message, "hint": hint, "code": type(error).__name__}
    assert errors.typed(found) is found


def test_of_a_bug_the_last_four_places_are_told_the_innermost_first():
    def deep(more):
        if more:
            deep(more - 1)
        raise KeyError

    with pytest.raises(KeyError) as caught:
        deep(9)
    found = re.fullmatch(r".* at (.*)\.", errors.typed(caught.value).message).group(1).split(" < ")
    assert len(found) == 4 and found[0] != found[1] == found[2] == found[3]
    assert all(re.fullmatch(r"test_errors\.py:[0-9]+", place) for place in found)


@pytest.mark.parametrize(
    ("of", "place"),
    [
        (("not_found",), "not-found"),
        (("invalid", "Huawei Cloud", "APIGW.0301", ["APIGW.0301"]), "huawei-cloud-apigw-0301"),
        (("invalid", "Huawei Cloud", "APIGW.0301", ["APIGW.0302"]), "invalid"),
    ],
)
def test_an_error_is_explained_under_its_code_or_else_its_kind(of, place):
    assert errors.link(*of) == f"https://grantops.github.io/cloud/docsite/troubleshooting.html#{place}"


def test_an_error_without_a_hint_is_its_message():
    assert errors.ConfigurationError("m").text() == "m"
    assert errors.ConfigurationError("m", hint="h").text() == "m Hint: h"


def test_a_list_of_problems_is_one_sentence():
    many = [errors.Problem("", f"no {number}") for number in range(12)]
    ten = "; ".join(f"no {number}" for number in range(10))
    assert errors.TaskError(many[:10]).message == f"Nothing was written. {ten}."
    assert errors.TaskError(many).message == f"Nothing was written. {ten}; and 2 more (all are in error.problems)."


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
