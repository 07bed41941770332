# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field types: examples."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _text as texts
from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Field

LATEST = 4102416000
TIME = field_types.Time(LATEST)
PERMS = field_types.Keyed("name", (Field("perm", field_types.Text(), "perm", needed=True),))
WIDE = field_types.Keyed("app", (Field("access", field_types.Text(), "acc"), Field("owner", field_types.Flag(), "own")))


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (field_types.Text(), {"type": "str"}),
        (field_types.Text(choices=("a",)), {"type": "str", "choices": ["a"]}),
        (field_types.Flag(), {"type": "bool"}),
        (field_types.Secret(), {"type": "str", "no_log": True}),
        (TIME, {"type": "str"}),
        (field_types.TextSet(), {"type": "list", "elements": "str"}),
        (field_types.TextSet(choices=("a",)), {"type": "list", "elements": "str", "choices": ["a"]}),
        (PERMS, {"type": "list", "elements": "dict",
                 "options": {"name": {"type": "str", "required": True}, "perm": {"type": "str", "required": True}}}),
    ],
)  # fmt: skip
def test_each_field_type_has_its_argument_spec(kind, spec):
    assert kind.spec() == spec


@pytest.mark.parametrize(("method", "arguments"), [("spec", ()), ("desired", (1,)), ("read", (1,)), ("names", (1,))])
def test_the_base_leaves_the_rest_to_the_field_types(method, arguments):
    with pytest.raises(NotImplementedError):
        getattr(field_types.FieldType(), method)(*arguments)


HUGE = [float("inf"), "9" * 400, 10**400, -(10**400)]
BAD_ROWS = ["x", {}, [1], [{"perm": "x"}], [{"name": "a", "perm": "x"}] * 2]


@pytest.mark.parametrize(
    ("take", "values", "said"),
    [
        (texts.plain_text, [5, None, ["a"]], "must be text"),
        (field_types.Text().desired, [f"a{c}" for c in "\x00\n\x7f\x85\u2028\ud800"], "which no name can hold"),
        (field_types.Flag().read, [1, 0, "yes", "", None, []], "expected true or false"),
        (field_types.Secret().read, ["", None, 5], "expected a secret"),
        (TIME.read, [True, None, "", "x", 5.5, "5.5", [], *HUGE], "expected Unix seconds"),
        (field_types.TextSet().read, [None, "a", [1], {}], "expected a list of texts"),
        (PERMS.read, BAD_ROWS, None),
    ],
    ids=["text", "name", "flag", "secret", "time", "set", "rows"],
)
def test_what_has_another_form_is_refused_and_not_guessed(take, values, said):
    for value in values:
        with pytest.raises(texts.Refused, match=said):
            take(value)


@pytest.mark.parametrize(("raw", "value"), [(True, True), (False, False), ("true", True), ("FALSE", False)])
def test_a_flag_is_read(raw, value):
    assert field_types.Flag().read(raw) is value


@pytest.mark.parametrize(
    ("kind", "raw", "known"),
    [
        (field_types.Flag(), None, False), (field_types.Flag(), "", False), (field_types.Flag(), False, True),
        (field_types.Text(), "", True), (field_types.Text(["a"]), " ", False), (field_types.Text(["a"]), None, False),
        (field_types.Secret(), None, False), (field_types.Secret(), "Rmq******2195", False),
        (field_types.Secret(), "Secret-Key1", True), (field_types.Secret(), "abab", True),
    ],
)  # fmt: skip
def test_a_value_that_says_nothing_is_unknown(kind, raw, known):
    assert bool(kind.known(raw)) is known


@pytest.mark.parametrize("mask", ["aa", "********", "Rmq******2195"])
def test_a_mask_is_no_secret(mask):
    with pytest.raises(texts.Refused) as caught:
        field_types.Secret().desired(mask)
    assert str(caught.value) == "it must be the secret itself; got the mask that a service shows instead of it"
    assert field_types.Secret().desired("a") == "a"


def test_a_secret_is_never_shown():
    assert field_types.Secret().show("Secret-Key1") == field_types.Secret().diff("Secret-Key1") == "<hidden>"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1", 1), (" 1520411979 ", 1520411979), ("4102416000", LATEST),
        ("2027-01-01", 1798761600), ("2027-01-01T00:00", 1798761600), ("2027-01-01t00:00:00z", 1798761600),
        ("2027-01-01T00:00:00.999Z", 1798761600), ("2027-01-01T08:00:00+08:00", 1798761600),
        ("2027-01-01T08:00:00+0800", 1798761600), ("2027-01-01T08:00:00 +08", 1798761600),
        ("2026-12-31T16:00:00-08:00", 1798761600), ("2028-02-29", 1835395200),
    ],
)  # fmt: skip
def test_a_time_as_seconds_or_iso(text, seconds):
    assert TIME.desired(text) == seconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0", "outside"), ("-5", "neither"), ("4102416001", "outside"), ("1960-01-01", "outside"),
        ("9" * 18, "outside"), ("9" * 19, "neither"), ("2027-02-29", "is not a time"), ("2027-01-01T25:00", "is not a time"),
        ("tomorrow", "neither"), ("", "neither"), ("2027-01-01T00", "neither"), ("1.5", "neither"), ("0001-01-01", "outside"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused(text, message):
    with pytest.raises(texts.Refused, match=message):
        TIME.desired(text)


HYPHENS = ". A date is written with hyphens: {}"
MILLISECONDS = ". Milliseconds are not taken: in seconds it is {}"
DURATION = ". A duration is not taken: {} seconds from now it is {}"


# The clock of these tests: 2025-06-15T15:06:40Z, in seconds 1750000000.
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("20290101123000", HYPHENS.format("2029-01-01T12:30:00Z")), ("202901011230", HYPHENS.format("2029-01-01T12:30:00Z")),
        ("20250615150640", ""), ("20250615150641", HYPHENS.format("2025-06-15T15:06:41Z")),
        ("1750000000999", ""), ("1750000001000", MILLISECONDS.format(1750000001)),
        ("4102416000999", MILLISECONDS.format(LATEST)), ("4102416001000", ""),
        ("0", DURATION.format(0, "2025-06-15T15:06:40Z")), ("9" * 18, ""), ("1960-01-01", ""),
    ],
)  # fmt: skip
def test_a_time_that_no_service_takes_is_told_what_may_be_meant(text, meant):
    with pytest.raises(texts.Refused) as caught:
        TIME.desired(text)
    most = "at most 4102416000 (2099-12-31T16:00:00Z)"
    assert str(caught.value) == f"{text} is outside what the service takes: {most}{meant}"


@pytest.mark.parametrize(
    ("seconds", "which"),
    [
        (86400, "1970-01-02T00:00:00Z" + DURATION.format(86400, "2025-06-16T15:06:40Z")),
        (316223999, "1980-01-08T23:59:59Z" + DURATION.format(316223999, "2035-06-23T15:06:39Z")),
        (316224000, "1980-01-09T00:00:00Z"),
        (20290101, "1970-08-23T20:08:21Z" + HYPHENS.format("2029-01-01")),
        (2029, "1970-01-01T00:33:49Z" + HYPHENS.format("2029-01-01")),
        (202907, "1970-01-03T08:21:47Z" + HYPHENS.format("2029-07-01")),
        (20291399, "1970-08-23T20:29:59Z" + DURATION.format(20291399, "2026-02-05T11:36:39Z")),  # no date
        (20200101, "1970-08-22T19:08:21Z" + DURATION.format(20200101, "2026-02-04T10:15:01Z")),  # nor one to come
        (1749999999, "2025-06-15T15:06:39Z"), (1750000000, "2025-06-15T15:06:40Z"),
    ],
)  # fmt: skip
def test_a_new_end_lies_in_the_future_and_an_existing_one_may_be_repeated(seconds, which):
    for existing in (None, seconds + 1):
        with pytest.raises(texts.Refused) as caught:
            TIME.check_new(existing, seconds, "end")
        assert str(caught.value) == f"end must be a time in the future; got {seconds}, which is {which}"
    TIME.check_new(seconds, seconds, "end")
    TIME.check_new(None, 1750000001, "end")


@pytest.mark.parametrize(("raw", "seconds"), [(5, 5), (5.0, 5), ("5", 5), ("5.0", 5), ("5.", 5), (0, 0), (-1, -1)])
def test_a_time_is_read(raw, seconds):
    found = TIME.read(raw)
    assert (found, type(found)) == (seconds, int)


def test_a_time_beyond_the_calendar_is_shown_as_a_number():
    assert TIME.diff(10**20) == str(10**20)


@pytest.mark.parametrize(("raw", "value"), [(None, ()), ("", ()), ("b,a", ("a", "b")), (" a , ,a", ("a",))])
def test_a_joined_set_is_one_text(raw, value):
    kind = field_types.TextSet(separator=",")
    assert kind.read(raw) == value
    assert kind.send(value) == ",".join(value)


def test_an_entry_that_stands_twice_is_one():
    assert field_types.TextSet().desired(["b", "a", "b"]) == ("a", "b")


def test_what_adds_names_its_entries():
    assert list(field_types.TextSet().names(["a", "b"])) == ["a", "b"]
    assert PERMS.names([{"name": "a", "perm": "x"}]) == ["a"]


def test_one_column_is_shown_as_pairs_in_a_diff():
    rows = PERMS.desired([{"name": "b", "perm": "x"}, {"name": "a", "perm": "y"}])
    assert PERMS.diff(rows) == {"a": "y", "b": "x"}
    assert PERMS.show(rows) == [{"name": "a", "perm": "y"}, {"name": "b", "perm": "x"}]


def test_more_columns_are_shown_as_objects_in_a_diff():
    rows = WIDE.desired([{"app": "a", "access": "x", "owner": None}])
    assert WIDE.diff(rows) == {"a": {"access": "x"}}
    assert WIDE.send(rows) == [{"app": "a", "acc": "x"}]


def test_rows_are_read_by_the_services_keys_and_may_be_null():
    assert WIDE.read([{"app": "a", "acc": "x", "own": True}]) == {"a": {"access": "x", "owner": True}}
    assert PERMS.read(None) == {}


def test_a_row_keeps_the_columns_that_the_task_does_not_name():
    current = {"a": {"access": "x", "owner": True}, "b": {"access": "y", "owner": False}}
    desired, before = {"a": {"access": "z"}}, copy.deepcopy(current)
    assert WIDE.merge(current, desired, purge=True) == {"a": {"access": "z", "owner": True}}
    assert WIDE.merge(current, desired, purge=False) == dict(current, a={"access": "z", "owner": True})
    assert (current, desired) == (before, {"a": {"access": "z"}})


@pytest.mark.parametrize(
    ("rows", "where", "message"),
    [
        ([{"name": "a", "perm": "x"}, {"name": "a", "perm": "y"}], "[1]", r"^a is already listed at \[0\]$"),
        ([{"perm": "x"}], "[0]", "^a row has no name$"),
        ([{"name": "a", "perm": "\n"}], "[0].perm", "^the value holds"),
    ],
)
def test_a_row_that_is_refused_says_where_it_stands(rows, where, message):
    with pytest.raises(texts.Refused, match=message) as caught:
        PERMS.desired(rows)
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("take", "value", "message"),
    [
        (field_types.Text(empty=False).desired, "", "it must not be empty"),
        (field_types.Secret().read, None, "expected a secret"),
        (field_types.TextSet().desired, [""], "an entry must not be empty"),
        (field_types.TextSet().desired, [5], "an entry must be text; got 5"),
        (PERMS.desired, [{"name": "a\x00"}], "name holds the character '\\x00', which no name can hold"),
        (field_types.TextSet(separator=",").read, 5, "expected one text, got 5"),
        (PERMS.given, "text", "it must be a mapping such as {a: …}, or a list such as [{name: a, perm: …}]; got text"),
        (PERMS.read, "text", "expected a list of objects, got 'text'"),
        (PERMS.read, [{"name": "a", "perm": "x"}] * 2, "a stands in the response twice"),
        *(
            (PERMS.desired, [row], "a row has no name")
            for row in ({"perm": "x"}, {"name": ""}, {"name": " "}, {"name": 5}, {"name": 0})
        ),
    ],
)
def test_a_refusal_says_exactly_why(take, value, message):
    with pytest.raises(texts.Refused) as caught:
        take(value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "kind",
    [field_types.TextSet(check_entry=texts.name_text), field_types.Keyed("name", (), texts.name_text)],
    ids=["set", "rows"],
)
def test_a_further_rule_is_for_new_entries_only(kind):
    kind.check_new(["a", "x" * 1025], ["x" * 1025], "option")
    with pytest.raises(texts.Refused, match="option: the value has 1025 characters"):
        kind.check_new(["a"], ["x" * 1025], "option")


@pytest.mark.parametrize(
    ("offset", "seconds"), [("Z", 0), ("z", 0), ("+23:59", -86340), ("-23:59", 86340), ("+23", -82800)]
)
def test_an_offset_is_at_most_a_day(offset, seconds):
    assert TIME.desired("1970-01-02T00:00:00" + offset) == 86400 + seconds


@pytest.mark.parametrize("offset", ["+24:00", "-24:00", "+25:00", "+00:60", "+00:75", "+23:60"])
def test_a_longer_offset_is_refused(offset):
    with pytest.raises(texts.Refused, match="its offset is not from"):
        TIME.desired("1970-01-02T00:00:00" + offset)
