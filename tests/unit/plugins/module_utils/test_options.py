# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options as a task gives them, before Ansible looks at them."""

from __future__ import annotations

import json

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _options, _task
from ansible_collections.grantops.cloud.tests.unit import cases

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL


def found(case, given):
    spec = _task.argument_spec(case.resource)["argument_spec"]
    return [str(problem) for problem in _options.problems(spec, given, case.resource.plural)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "text, so put it in quotes; got true"),
        (False, "text, so put it in quotes; got false"),
        (1.1, "text, so put it in quotes; got a number with a fraction"),
        ({"a": "Secret-Key1"}, "text; got a mapping"),
        (["Secret-Key1"], "text; got a list"),
        ((), "text; got a list"),
    ],
)
def test_what_is_no_text_is_refused_without_being_quoted(value, reason):
    row = {"name": "orders", "perm": value}
    for given, where in (
        ({"user_name": value}, "user_name"),
        ({"access_key": value}, "user_name"),
        ({"secret_key": value}, "secret_key"),
        ({"sk": value}, "sk"),
        ({"ca_path": value}, "ca_path"),
        ({"topic_perms": [row]}, "topic_perms[0].perm"),
        ({"users": [{}, {"user_name": value}]}, "users[1].user_name"),
        ({"users": [{"group_perms": [{}, row]}]}, "users[0].group_perms[1].perm"),
    ):
        words = "one of PUB, SUB, PUB|SUB, SUB|PUB, DENY; got" if "perm" in where else "text; got"
        assert found(ROCKETMQ, given) == [f"{where}: it must be {reason.replace('text; got', words)}"]
    assert found(UFILE, {"tokens": [{"allowed_buckets": ["a", value]}]}) == [
        f"tokens[0].allowed_buckets[1]: it must be {reason}"
    ]


@pytest.mark.parametrize("half", ["\ud800", "\udc80", "\udfff"])
def test_half_of_a_character_never_reaches_ansible(half):
    """Of which older versions of ansible-core make a traceback."""
    said = f"it holds {half!r}, half of a character (a lone surrogate), which cannot be sent"
    for given, where in (
        ({"user_name": "a" + half}, "user_name"),
        ({"instance_id": half, "sk": "a"}, "instance_id"),
        ({"state": half}, "state"),
        ({"topic_perms": {half: "PUB"}}, "topic_perms[0].name"),
        ({"topic_perms": [{"name": "a", "perm": half}], half: {half: [half]}}, "topic_perms[0].perm"),
        ({"users": [{"user_name": "a"}, {"secret_key": "Secret-Key1" + half}]}, "users[1].secret_key"),
    ):
        left, told = listed(ROCKETMQ, given)
        assert told == [f"{where}: {said}"]
        assert repr(half)[1:-1] in str(left)
        json.dumps(left, ensure_ascii=False).encode("utf-8")


def test_a_row_whose_keys_are_no_text_never_reaches_ansible():
    assert listed(ROCKETMQ, {"users": [{1: 2}]})[1] == [
        "users[0]: it must be a mapping, such as {user_name: …}; got a mapping with a key that is not text"
    ]
    for value, where in (([{1: 2}], "[0]"), ({"orders": {None: "PUB"}}, "")):
        (told,) = listed(ROCKETMQ, {"topic_perms": value})[1]
        assert told.startswith(f"topic_perms{where}: {PERMS}; got a row that is not a mapping")


@pytest.mark.parametrize("value", [True, False, 1.5])
def test_a_single_value_that_would_become_a_list_is_refused_alike(value):
    for given in ({"allowed_buckets": value}, {"tokens": [{"allowed_buckets": value}]}):
        assert "allowed_buckets: it must be text, so put it in quotes; got " in found(UFILE, given)[0]


def test_null_is_no_entry_of_a_list_but_an_option_that_is_not_given():
    assert found(UFILE, {"allowed_prefixes": ["a", None]}) == ["allowed_prefixes[1]: it must be text; got null"]


# Beside null: texts and whole numbers, numbers of any size, and what Ansible refuses by itself
@pytest.mark.parametrize(
    "given",
    [
        {"token_id": None, "allowed_prefixes": None, "tokens": None},
        *(
            {"token_id": value, "tokens": [{"token_name": value, "allowed_buckets": [value]}]}
            for value in ["", "a", "[1]", "{'a': 1}", 5, 10**30]
        ),
        {"retries": 10**400, "timeout": "30", "verify_timeout": 1.5, "exclusive_limit": "x"},
        {"allowed_buckets": 5},
        {"other": [1.5]},
        {"tokens": [{"unknown": 5}]},
        {"unknown": 5},
    ],
)
def test_what_can_be_meant_is_no_mistake(given):
    assert found(UFILE, given) == []


@pytest.mark.parametrize(
    ("case", "given", "position", "option", "message"),
    [
        (UFILE, {"retrys": 5}, None, "retrys", "is not an option of this module (did you mean 'retries'?)"),
        (UFILE, {"retries": []}, None, "retries", "it must be a number"),
        (UFILE, {"timeout": float("inf")}, None, "timeout", "it must be a finite number"),
        (UFILE, {"allowed_buckets": 1.5}, None, "allowed_buckets", "a number with a fraction"),
        (UFILE, {"tokens": [{}, {"allowed_ops": True}]}, "tokens[1]", "allowed_ops", "got true"),
        (UFILE, {"tokens": [{"allowed_ops": [[]]}]}, "tokens[0]", "allowed_ops[0]", "got a list"),
        (ROMA, {"topics": [{}, {"policies": [{"app_name": ["x"]}]}]}, "topics[1]", "policies[0].app_name", "got a list"),
        (ROMA, {"policies": [{"app_name": ["x"]}]}, None, "policies[0].app_name", "it must be text; got a list"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_place_and_option(case, given, position, option, message):
    (problem,) = _options.problems(_task.argument_spec(case.resource)["argument_spec"], given, case.plural)
    details = problem.details()
    assert (details["position"], details["option"]) == (position, option)
    assert message in details["message"]


def test_another_name_of_an_option_is_not_misspelt():
    spec = {"topics": {"type": "list", "aliases": ["topic"]}}
    assert not list(_options.problems(spec, {"topic": []}))


@pytest.mark.parametrize("resource", [UFILE.resource, ROMA.resource])
def test_what_is_looked_at_before_ansible_does_is_told_like_any_mistake(resource):
    good = {"retries": 3, resource.plural: [{}]}
    assert _task.ResourceTask(resource).checked(good) == (good, None)
    given, mistaken = _task.ResourceTask(resource).checked({"retries": float("inf"), "concurrency": []})
    assert (given, mistaken["failed"]) == ({"concurrency": []}, True)
    assert mistaken["error"]["provider"] == resource.provider.title
    assert sorted(problem["option"] for problem in mistaken["error"]["problems"]) == ["concurrency", "retries"]


@pytest.mark.parametrize("value", [True, False, [0, [1, 2], 0], [], (0, (5,), 0), {}, {"a": 1}])
@pytest.mark.parametrize("option", ["retries", "timeout", "exclusive_limit"])
def test_a_number_is_given_as_one(option, value):
    got = {bool: str(value).lower(), dict: "a mapping"}.get(type(value), "a list")
    assert found(UFILE, {option: value}) == [f"{option}: it must be a number; got {got}"]


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), "inf", "-Infinity", "NaN", "1e999"])
@pytest.mark.parametrize("option", ["exclusive_limit", "retries", "timeout", "verify_timeout"])
def test_an_endless_number_is_refused_before_ansible_looks_at_it(option, value):
    kept = {"token_name": "inf", "wrong": "inf", "concurrency": 10**400, "verify": True}
    assert listed(UFILE, {**kept, option: value}) == (kept, [f"{option}: it must be a finite number"])


@pytest.mark.parametrize("option", ["timeout", "verify_timeout"])
def test_a_number_that_no_float_can_be_never_reaches_ansible(option):
    assert listed(UFILE, {option: 10**400}) == ({}, [f"{option}: it must be a finite number"])


def listed(case, given):
    """What Ansible is given instead, and what is told."""
    given, mistaken = _task.ResourceTask(case.resource).checked(given)
    return given, [] if mistaken is None else [
        ".".join(part for part in (problem["position"], problem["option"]) if part) + ": " + problem["message"]
        for problem in mistaken["error"]["problems"]
    ]


PREFIXES = "it must be a list, such as [in/, out/]"
LOOKS = f"{PREFIXES}, or 'in/, out/'; got a text that looks like a list"
EMPTY = f"{PREFIXES}; got an empty text, and an empty list is []"
LISTS = [
    '["in/", "out/"]',
    "['in/', 'out/']",
    " [in/, out/] ",
    "('in/', 'out/')",
    "{'in/'}",
    "[]",
    '"in/", "out/"',
    "'in/'",
]
LISTS += ["- in/", "- in/\n- out/\n", "in/\nout/"]


@pytest.mark.parametrize(
    ("value", "said"),
    [*((text, LOOKS) for text in LISTS), ("", EMPTY), ("  ", EMPTY), ({"in/": "READ"}, f"{PREFIXES}; got a mapping")],
)
def test_what_looks_like_a_list_is_not_taken_for_one(value, said):
    assert listed(UFILE, {"token_id": "t", "allowed_prefixes": value})[1] == ["allowed_prefixes: " + said]
    given, told = listed(UFILE, {"tokens": [{}, {"allowed_prefixes": value}]})
    assert told == ["tokens[1].allowed_prefixes: " + said]
    assert given == {"tokens": [{}, {"allowed_prefixes": []}]}  # of which Ansible has nothing to say


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("in/", ["in/"]),
        ("in/,out/", ["in/", "out/"]),
        ("in/, out/", ["in/", "out/"]),
        (" in/ ,  out/ ", ["in/", "out/"]),
        ("a b, c", ["a b", "c"]),
        ("[2024]/x, y", ["[2024]/x", "y"]),
        ("in/,", ["in/", ""]),  # an empty entry is refused later, by its place
    ],
)
def test_a_list_with_commas_is_one_without_the_blanks_around_its_entries(text, entries):
    given = {"allowed_prefixes": text, "allowed_ops": "TOKEN_ALLOW_READ , TOKEN_ALLOW_LIST"}
    ops = ["TOKEN_ALLOW_READ", "TOKEN_ALLOW_LIST"]
    assert listed(UFILE, given) == ({"allowed_prefixes": entries, "allowed_ops": ops}, [])
    assert listed(UFILE, {"tokens": [given]})[0]["tokens"] == [{"allowed_prefixes": entries, "allowed_ops": ops}]


def test_a_list_stays_as_it_was_written():
    given = {"allowed_prefixes": [" in/", "a,b"], "tokens": None, "allowed_buckets": None}
    assert listed(UFILE, given) == (given, [])


PERMS = "it must be a mapping such as {orders: PUB}, or a list such as [{name: orders, perm: PUB}]"
POLICIES = "it must be a mapping such as {billing: all}, or a list such as [{app_name: billing, access_policy: all}]"


@pytest.mark.parametrize(
    ("got", "where", "values"),
    [
        ("text", "", ["orders:PUB", '{"orders": "PUB"}', "name=orders perm=PUB", ""]),
        ("a single value", "", [True, 5]),
        ("a row that is text", "[0]", [["orders:PUB"]]),
        ("a row that is not a mapping", "[1]", [[{"name": "a", "perm": "PUB"}, None]]),
        ("a row without name", "[0]", [[{"orders": "PUB"}], [{"name": None, "perm": "PUB"}]]),
        (
            "a row whose perm is null",
            "[0]",
            [[{"name": "a", "perm": None}], {"orders": None}, {"orders": {"perm": None}}],
        ),
        ("one row outside of a list", "", [{"name": "orders", "perm": "PUB"}]),
        ("a row whose name differs from its key", "", [{"orders": {"name": "stock", "perm": "PUB"}}]),
    ],
)
def test_rows_in_a_wrong_form_are_told_the_right_one(got, where, values):
    groups = PERMS.replace("orders", "billing")
    for value in values:
        assert listed(ROCKETMQ, {"topic_perms": value})[1] == [f"topic_perms{where}: {PERMS}; got {got}"]
        given = {"users": [{"user_name": "billing-1", "group_perms": value}]}
        assert listed(ROCKETMQ, given)[1] == [f"users[0].group_perms{where}: {groups}; got {got}"]


@pytest.mark.parametrize(
    ("value", "where", "got"),
    [
        ("billing:sub", "", "text"),
        (["billing"], "[0]", "a row that is text"),
        ([{"billing": "sub"}], "[0]", "a row without app_name"),
        ({"app_id": "a", "app_name": "billing", "tag": "x"}, "", "one row outside of a list"),
    ],
)
def test_rows_of_applications_in_a_wrong_form_are_told_the_right_one(value, where, got):
    assert listed(ROMA, {"policies": value})[1] == [f"policies{where}: {POLICIES}; got {got}"]
    assert listed(ROMA, {"topics": [{"policies": value}]})[1] == [f"topics[0].policies{where}: {POLICIES}; got {got}"]


@pytest.mark.parametrize("one", [True, False])
@pytest.mark.parametrize(
    ("case", "option", "value", "rows"),
    [
        (ROCKETMQ, "topic_perms", {"orders": "PUB"}, [{"name": "orders", "perm": "PUB"}]),
        (ROCKETMQ, "group_perms", {"a": "SUB", 7: "DENY"}, [{"name": "a", "perm": "SUB"}, {"name": 7, "perm": "DENY"}]),
        (ROCKETMQ, "topic_perms", {"name": "PUB"}, [{"name": "name", "perm": "PUB"}]),
        (ROCKETMQ, "topic_perms", {}, []),
        (ROMA, "policies", {"billing": "sub"}, [{"app_name": "billing", "access_policy": "sub"}]),
        (ROMA, "policies", {"b": {"tag": "v1"}, "c": "all"}, [
            {"app_name": "b", "tag": "v1"}, {"app_name": "c", "access_policy": "all"},
        ]),
        (ROMA, "policies", {"b": {"state": "absent"}}, [{"app_name": "b", "state": "absent"}]),
        (ROMA, "policies", [{"app_id": "x", "tag": "v1"}], [{"app_id": "x", "tag": "v1"}]),
    ],
)  # fmt: skip
def test_a_mapping_is_taken_for_rows(case, option, value, rows, one):
    given, expected = {option: value}, {option: rows}
    if not one:
        given, expected = {case.plural: [given]}, {case.plural: [expected]}
    assert listed(case, given) == (expected, [])


@cases.every
def test_a_mapping_is_not_taken_for_the_list_of_resources(case):
    name, empty = case.resource.identity[-1].option, {case.plural: []}
    for value, got in [({"a": "b"}, "a mapping"), ("a", "text"), (5, "a single value"), (True, "a single value")]:
        said = f"{case.plural}: it must be a list of mappings, such as [{{{name}: …}}]; got {got}"
        assert listed(case, {case.plural: value}) == (empty, [said])
    for value, got in [("a", "text"), (None, "null"), (["a"], "a list"), (1.5, "a single value")]:
        said = f"{case.plural}[1]: it must be a mapping, such as {{{name}: …}}; got {got}"
        assert listed(case, {case.plural: [{}, value]}) == (empty, [said])
