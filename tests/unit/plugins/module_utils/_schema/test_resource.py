# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The defaults of a resource and its API."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import (
    Desired,
    Name,
    Others,
    ResourceAPI,
    State,
)
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, Box, ToyAPI, desired

API = ToyAPI(None)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("list", ({},)), ("update", ([],)), ("get", ([], False)), ("create", (None,)), ("delete", (None,))]
    + [("credentials", ({},))],
)
def test_the_base_of_a_resource_leaves_the_calls_to_the_resources(method, arguments):
    with pytest.raises(NotImplementedError):
        getattr(ResourceAPI(None), method)(*arguments)


def test_a_name_is_neither_required_nor_part_of_a_path_unless_that_is_said():
    name = Name("token_id")
    assert (name.option, name.required, name.path, name.aliases) == ("token_id", False, False, ())
    assert name.spec() == {"type": "str"}


def test_the_key_is_the_scope_and_the_strongest_name():
    assert (TOY.key({}), ScopedAPI.resource.key({"box": "b", "id": "1"})) == ((), ("b", "id", "1"))
    assert TOY.describe({}) == "toy ?"


def test_rules_of_the_base_have_no_objections():
    assert list(API.check(desired())) == list(API.warn(desired())) == []
    assert API.reconcile(desired(), None, {"a": 1}) == {"a": 1}
    assert API.prepare([]) is None


class Counted(dict):
    """Names that count how often they are looked at."""

    looks = 0

    def get(self, *arguments):
        Counted.looks += 1
        return super().get(*arguments)


class ScopedAPI(ResourceAPI):
    resource = copy.copy(TOY)
    resource.scope = (Name("box"),)


NAMED = copy.copy(TOY)
NAMED.identity = (Name("id", path=True), Name("name"))
NAMED.facts = {"seen": "Seen"}
NAMED.options = {"more": {"type": "str"}}
NAMED.derived = {"loud": lambda values: values["text"].upper()}


def match(names, *existing):
    (found,) = NAMED.match([Desired("", names, {})], [State(each, {}) for each in existing], lambda state: state.names)
    return found


def test_what_is_not_found_comes_with_the_names_that_are_there():
    existing = [{"id": "i1", "name": "a"}, {"id": "i2", "name": "b"}]
    assert match({"name": "c"}, *existing).names == ["a", "b"]
    assert match({"id": "i3"}, *existing).names == ["i1", "i2"]


def test_one_whose_name_the_service_does_not_show_may_be_the_one():
    with pytest.raises(errors.ResponseError) as caught:
        match({"name": "a"}, {"id": "i2"}, {"id": "i1"})
    assert caught.value.message == (
        "it is not known whether the toy a exists: the service did not return the name of i1, i2"
    )


def test_only_the_first_few_are_told_what_is_like_them():
    others = Others(["orders", "orderss"])
    assert others.like("order-x") == []
    assert [others.like("order") for _again in range(10)] == [["orders", "orderss"]] * 9 + [[]]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"id": "{{ x }}", "name": "{{ x }}"}, ["p.id: it holds a template that was not filled in"]),
        ({"id": " ", "name": ""}, ["p.id: it must not be empty", "p.name: it must not be empty"]),
        ({"id": "..", "name": ".."}, ["p.id: it must be a name; got '..', which has another meaning in a URL"]),
        ({"id": None}, []),
    ],
)
def test_a_name_that_nothing_can_have_is_told(names, said):
    """A template may be the name of something that exists, but no service makes such an id."""
    assert list(map(str, NAMED.check_names("p", names))) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [({"Text": 5}, "Text: expected text, got 5"), ({"Secret": ["Secret-Key1"]}, "Secret: a value that is not shown")],
)
def test_a_response_that_cannot_be_understood_is_told_without_secrets(raw, said):
    with pytest.raises(errors.ResponseError) as caught:
        NAMED.parse(raw, {"id": "i1"})
    assert caught.value.message == f"the response for toy i1 has an unusable {said}"
    assert NAMED.parse(raw, {}, skip=["text", "secret"]).values == {}


def test_what_is_shown_has_all_options_and_no_secret():
    values = {"text": "t", "set": ("b",), "secret": "Secret-Key1"}
    shown = {"id": "i1", "name": None, "text": "t", "set": ["b"], "rows": None, "note": None, "loud": "T"}
    assert NAMED.show({"id": "i1"}, values, {}) == {**shown, "seen": None}
    assert NAMED.show({"id": "i1"}, values, {"seen": 5}) == {**shown, "seen": 5}


class NamedAPI(ResourceAPI):
    resource = NAMED


def test_what_a_task_asks_for_has_what_it_gives_and_nothing_else():
    api = NamedAPI(None)
    given = {"text": "t", "set": [], "note": None, "more": "m", "state": "absent", "other": 5}
    found = [api.entry("p", {"id": "i1"}, given, purge) for purge in (True, False)]
    assert [entry.values for entry in found] == [{"text": "t", "set": ()}, {"text": "t"}]
    for entry, purge in zip(found, (True, False)):
        assert (entry.position, entry.names, entry.purge, entry.absent) == ("p", {"id": "i1"}, purge, True)
        assert (entry.options, entry.shown) == ({"more": "m"}, False)
    assert api.entry("", {}, {}, True).absent is False
    with pytest.raises(errors.TaskError) as caught:
        api.entry("p", {"id": " "}, {"text": "\n", "rows": [{"name": ""}]}, True)
    assert list(map(str, caught.value.problems)) == [
        "p.text: the value holds the character '\\n', which no name can hold",
        "p.rows[0]: a row has no name",
        "p.id: it must not be empty",
    ]


@pytest.mark.parametrize(
    ("raw", "shown"), [(5, 5), ("a", "a"), ([1, "a"], [1, "a"]), ([], []), ({"a": 1}, None), ([1, [2]], None)]
)
def test_what_is_only_shown_is_a_single_value_or_a_list_of_these(raw, shown):
    assert NAMED.parse({"Seen": raw}, {}).facts == {"seen": shown}


def test_states_are_matched_in_their_own_scope():
    entries = [Desired("", {"box": box, "id": number}, {}) for box in ("b", "a") for number in ("1", "2")]
    states = [State({"box": box, "id": number}, {}) for box, number in (("a", "1"), ("c", "2"), ("b", "2"))]
    found = ScopedAPI(None).match_scopes(entries, states)
    # Where it is not there, the names that are, of its scope
    assert [getattr(each, "names", None) for each in found] == [["2"], states[2].names, states[0].names, ["1"]]


def test_matching_many_scopes_takes_as_long_as_they_are_many():
    """Not its square: 2,000 took 45 s."""
    looks = []
    for count in (50, 200):
        names = [Counted(box=str(number), id="1") for number in range(count)]
        Counted.looks = 0
        ScopedAPI(None).match_scopes([Desired("", each, {}) for each in names], [State(each, {}) for each in names])
        looks.append(Counted.looks)
    assert looks[1] == 4 * looks[0]


@pytest.fixture
def told():
    """An API of toys, and what it tells of its reads."""
    api, told = ToyAPI(Box()), []
    api.progress = lambda *step: told.append(step)
    return api, told


def test_of_reads_within_reads_the_outer_ones_are_told(told):
    api, steps = told
    inner = [api.read_each(str, [1, 2, 3]), api.read_each(lambda item: api.read_each(str, [item, item, item]), [1, 2])]
    assert inner == [["1", "2", "3"], [["1"] * 3, ["2"] * 3]]
    assert steps == [("reading", done, 3) for done in (1, 2, 3)] + [("reading", 1, 2), ("reading", 2, 2)]


def test_after_a_read_that_failed_the_next_one_is_told(told):
    api, steps = told
    with pytest.raises(ValueError, match="literal"):
        api.read_each(int, ["1", "x"])
    api.read_each(int, ["1", "2"])
    assert steps[1:] == [("reading", 1, 2), ("reading", 2, 2)]
