# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task gives for a text is one."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _given, _module
from ansible_collections.grantops.cloud.plugins.module_utils import _kinds as kinds
from ansible_collections.grantops.cloud.tests.unit import cases

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL


def found(case, given):
    spec = _module.argument_spec(case.resource)["argument_spec"]
    return [str(problem) for problem in _given.problems(case.resource, spec, given)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, "not true: put it in quotes"),
        (False, "not false: put it in quotes"),
        (1.1, "not a number with a fraction: put it in quotes"),
        ({"a": "Secret-Key1"}, "not an object"),
        (["Secret-Key1"], "not a list"),
        ((), "not a list"),
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
        assert found(ROCKETMQ, given) == [f"{where}: it must be text, {reason}"]
    assert found(UFILE, {"tokens": [{"allowed_buckets": ["a", value]}]}) == [
        f"tokens[0].allowed_buckets[1]: it must be text, {reason}"
    ]


@pytest.mark.parametrize("value", [True, False, 1.5])
def test_a_single_value_that_would_become_a_list_is_refused_alike(value):
    for given in ({"allowed_buckets": value}, {"tokens": [{"allowed_buckets": value}]}):
        assert "allowed_buckets: it must be text, not " in found(UFILE, given)[0]


def test_null_is_no_entry_of_a_list_but_an_option_that_is_not_given():
    assert found(UFILE, {"allowed_prefixes": ["a", None]}) == ["allowed_prefixes[1]: it must be text, not null"]
    assert found(UFILE, {"token_id": None, "allowed_prefixes": None, "tokens": None}) == []


@pytest.mark.parametrize("value", ["", "a", "[1]", "{'a': 1}", 5, 10**30])
def test_texts_and_whole_numbers_are_texts(value):
    assert found(UFILE, {"token_id": value, "tokens": [{"token_name": value, "allowed_buckets": [value]}]}) == []


@pytest.mark.parametrize(
    "given",
    [{"tokens": "x"}, {"tokens": ["x", None]}, {"tokens": {}}, {"tokens": 5}, {"allowed_buckets": 5}, {"other": [1.5]}],
)
def test_what_ansible_refuses_by_itself_is_left_to_it(given):
    assert found(UFILE, given) == []


@pytest.mark.parametrize(
    ("given", "position", "option", "message"),
    [
        ({"retries": []}, None, "retries", "it must be a number"),
        ({"timeout": float("inf")}, None, "timeout", "it must be a finite number"),
        ({"allowed_buckets": 1.5}, None, "allowed_buckets", "a number with a fraction"),
        ({"tokens": [{}, {"allowed_ops": True}]}, "tokens[1]", "allowed_ops", "not true"),
        ({"tokens": [{"allowed_ops": [[]]}]}, "tokens[0]", "allowed_ops[0]", "not a list"),
    ],
)
def test_each_mistake_is_told_with_its_place_and_option(given, position, option, message):
    (problem,) = _given.problems(UFILE.resource, _module.argument_spec(UFILE.resource)["argument_spec"], given)
    details = problem.details()
    assert (details["position"], details["option"]) == (position, option)
    assert message in details["message"]


@pytest.mark.parametrize("resource", [UFILE.resource, ROMA.resource])
def test_what_is_looked_at_before_ansible_does_is_told_like_any_mistake(resource):
    spec = _module.argument_spec(resource)["argument_spec"]
    good = {"retries": 3, resource.plural: [{}]}
    assert _module.checked(resource, spec, good) == (good, None)
    given, mistaken = _module.checked(resource, spec, {"retries": float("inf"), "concurrency": []})
    assert given == {"concurrency": []}
    assert mistaken["failed"] is True
    assert mistaken["error"]["provider"] == resource.provider.TITLE
    options = [problem["option"] for problem in mistaken["error"]["problems"]]
    assert sorted(options) == ["concurrency", "retries"]


def test_endless_numbers_are_left_out_where_a_number_is_wanted():
    spec = _module.argument_spec(UFILE.resource)["argument_spec"]
    kept = {"token_name": "inf", "wrong": "inf", "concurrency": 10**400, "verify": True}
    assert _given.finite(spec, dict(kept, retries=float("inf"), timeout="nan")) == kept
    assert found(UFILE, kept) == []


@pytest.mark.parametrize("value", [True, False, [0, [1, 2], 0], [], (0, (5,), 0), {}, {"a": 1}])
def test_a_number_is_given_as_one(value):
    for option in ("retries", "timeout", "exclusive_limit"):
        assert found(UFILE, {option: value}) == [f"{option}: it must be a number"]


def test_the_position_is_told_from_the_option():
    (problem,) = _given.problems(
        ROMA.resource,
        _module.argument_spec(ROMA.resource)["argument_spec"],
        {"topics": [{}, {"policies": [{"app_name": ["x"]}]}]},
    )
    expected = {"option": "policies[0].app_name", "message": "it must be text, not a list"}
    assert problem.details() == dict(expected, position="topics[1]")
    spec = _module.argument_spec(ROMA.resource)["argument_spec"]
    (problem,) = _given.problems(ROMA.resource, spec, {"policies": [{"app_name": ["x"]}]})
    assert problem.details() == dict(expected, position=None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a\u200bb", "the invisible character '\\u200b'"),
        ("\ufeffa", "the invisible character"),
        ("a\u202eb", "the invisible character"),
        ("x" * 1025, "1025 characters, and no name has more than 1024"),
        ("a\nb", "which no name can hold"),
    ],
)
def test_a_text_that_can_be_no_name(value, reason):
    with pytest.raises(kinds.Refused, match=reason.replace("\\", "\\\\")):
        kinds.name_text(value)


@pytest.mark.parametrize(
    "value", ["a/b", "%2F", "?x=1", "..", "a b", "{x}", "{{", "{{ x }}", "令牌", "é", "х", "x" * 1024]
)
def test_an_odd_text_that_can_be_a_name(value):
    assert kinds.name_text(value) == value


@pytest.mark.parametrize("value", ["{{ team }}", "a{{ team }}/b", "{% if x %}a{% endif %}"])
def test_a_new_name_is_no_template(value):
    words, rows = kinds.TextSet(), kinds.Keyed("name", ())
    for kind, wanted, said in (
        (words, (value,), "option: an entry"),
        (rows, {value: {}}, "option: name"),
        (kinds.Text(check=kinds.name_text), value, "option"),
    ):
        with pytest.raises(kinds.Refused) as caught:
            kind.check_new(None, wanted, "option")
        assert str(caught.value) == f"{said} holds a template that was not filled in"
        kind.check_new(wanted, wanted, "option")
    kinds.Text().check_new(None, value, "description")


@pytest.mark.parametrize("secret", ["Abcd1234é", "Abcd 1234", "Abcd1234\t", "令牌Abcd1234!"])
def test_a_key_of_other_characters_than_documented_is_refused(secret):
    wanted = dict(ROCKETMQ.scope, **ROCKETMQ.names(), secret_key=secret)
    with pytest.raises(Exception, match="(a|the) character") as caught:
        ROCKETMQ.resource.entry("", {"user_name": "billing-1"}, wanted, True)
    assert secret not in str(caught.value)


def test_a_key_that_is_a_template_is_refused():
    with pytest.raises(Exception, match="secret_key: it holds a template"):
        ROCKETMQ.resource.entry("", {"user_name": "billing-1"}, {"secret_key": "{{Vault_1}}"}, True)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), "inf", "-Infinity", "NaN", "1e999"])
@pytest.mark.parametrize("option", ["exclusive_limit", "retries", "timeout", "verify_timeout"])
def test_an_endless_number_is_refused_before_ansible_looks_at_it(option, value):
    given = {option: value, "token_name": "inf", "concurrency": 4}
    assert found(UFILE, given) == [f"{option}: it must be a finite number"]
    spec = _module.argument_spec(UFILE.resource)["argument_spec"]
    assert _given.finite(spec, given) == {"token_name": "inf", "concurrency": 4}


def test_a_number_of_any_size_is_one():
    assert found(UFILE, {"retries": 10**400, "timeout": "30", "verify_timeout": 1.5, "exclusive_limit": "x"}) == []
