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
NAMED.identity = (Name("id"), Name("name"))
NAMED.facts = {"seen": "Seen"}


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
