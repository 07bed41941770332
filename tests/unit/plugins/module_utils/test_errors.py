# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors as values, and secrets kept out of every text."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors


def known(*values):
    secrets = errors.Secrets()
    secrets.add(*values)
    return secrets


SECRET = "pä ss/w0rd+&"


@pytest.mark.parametrize(
    "form",
    [
        SECRET, quote(SECRET), quote(SECRET, safe=""), quote_plus(SECRET),
        base64.b64encode(SECRET.encode("utf-8")).decode("ascii"),
    ],
)  # fmt: skip
def test_a_secret_is_hidden_in_each_of_its_forms(form):
    assert known(SECRET).clean(f"<{form}>") == "<<hidden>>"


def test_lists_and_objects_are_cleaned_throughout():
    found = known("secret-1").clean({"a": ["x secret-1", ("secret-1",)], "b": {"c": "secret-1"}, "d": 5, "e": None})
    assert found == {"a": ["x <hidden>", ["<hidden>"]], "b": {"c": "<hidden>"}, "d": 5, "e": None}


def test_six_characters_are_a_secret():
    assert known("abcdef", "abcde").clean("abcdef abcde") == "<hidden> abcde"


def test_a_secret_that_holds_another_is_hidden_whole():
    assert known("secret", "secret-and-more").clean("secret-and-more") == "<hidden>"


def test_a_secret_that_comes_later_is_hidden_too():
    secrets = known("secret-1")
    assert secrets.clean("secret-2") == "secret-2"
    secrets.add("secret-2")
    assert secrets.clean("secret-2") == "<hidden>"


@pytest.mark.parametrize("value", [None, 5, "", "short", ["a-list-of-it"]])
def test_what_is_no_secret_text_is_ignored(value):
    assert known(value).clean("short 5 None") == "short 5 None"


@pytest.mark.parametrize("secret", ['Abcd"1234!', "Abcd\\1234!", "Abcd\t1234"])
def test_a_secret_is_hidden_in_json(secret):
    text = json.dumps({"secret_key": secret})
    assert json.dumps(secret)[1:-1] not in known(secret).clean(text)


def test_a_secret_is_hidden_in_the_repr_of_an_answer():
    secret = "Abcd\\'1234!"
    assert repr(secret)[1:-1] not in known(secret).clean(f"no answer but {secret!r}")


def call_error(**details):
    options = {"provider": "UCloud", "operation": "Op", "method": "POST", "url": "https://h/", "status": 200, "code": 5}
    return errors.CallError(errors.INVALID, details.pop("message", "bad"), **dict(options, **details))


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
def test_a_failed_call_in_one_sentence(details, text):
    assert call_error(**details).text() == text


def test_a_failed_call_says_how_often_it_was_tried():
    error = call_error()
    error.attempts = 3
    assert error.text().endswith("bad. Tried 3 times.")


@pytest.mark.parametrize(
    ("position", "option", "text"),
    [("", None, "m"), ("", "o", "o: m"), ("tokens[2]", None, "tokens[2]: m"), ("tokens[2]", "o", "tokens[2].o: m")],
)
def test_a_problem_says_where_it_is(position, option, text):
    assert str(errors.Problem(position, "m", option)) == text


def test_a_run_error_has_its_own_kind_unless_a_call_failed():
    assert errors.RunError("m").details()["kind"] == "unverified"
    assert errors.RunError("m", cause=call_error()).details()["kind"] == "invalid"


def test_the_hint_of_a_run_error_wins_over_that_of_its_cause():
    assert errors.RunError("m", cause=call_error(hint="a"), hint="b").details()["hint"] == "b"
    assert errors.RunError("m", cause=call_error(hint="a")).details()["hint"] == "a"


def test_an_error_without_a_hint_is_its_message():
    assert errors.SetupError("m").text() == "m"
    assert errors.SetupError("m", hint="h").text() == "m Hint: h"


@pytest.mark.parametrize(
    "shown",
    [
        'kéy/ of+a b"c',
        'k\\u00e9y/ of+a b\\"c',  # JSON
        'kéy/ of+a b\\"c',  # JSON that keeps letters
        "k%C3%A9y%2F%20of%2Ba%20b%22c",  # a URL's query
        "k%C3%A9y/%20of%2Ba%20b%22c",  # a URL's path
        "k%C3%A9y%2F+of%2Ba+b%22c",  # a form
        "a8OpeS8gb2YrYSBiImM=",  # base64
    ],
)
def test_a_secret_is_hidden_in_every_form_that_it_may_come_back_in(shown):
    assert known('kéy/ of+a b"c').clean(f"<{shown}>") == "<<hidden>>"


@pytest.mark.parametrize("mark", ["'", "\\", "\n"])
def test_a_secret_is_hidden_as_python_shows_it(mark):
    secret = f'secret{mark}1"'
    assert known(secret).clean(repr([secret])) in ("['<hidden>']", '["<hidden>"]')


def test_a_secret_that_holds_another_is_hidden_as_a_whole():
    assert known("secret", "a-secret-in-it", "in-it-").clean("a-secret-in-it") == "<hidden>"
    assert known("zz-long", "a-zz-long-z", "zz-longer").clean("zz-longer a-zz-long-z") == "<hidden> <hidden>"


@pytest.mark.parametrize(("length", "whole"), [(98, True), (99, False)])
def test_a_quote_is_whole_up_to_its_length(length, whole):
    text = errors.brief("x" * length)
    assert ("characters)" not in text) is whole
    assert len(text) == errors.LONGEST_QUOTE or not whole
