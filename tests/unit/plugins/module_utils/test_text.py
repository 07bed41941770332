# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that can be names."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _text as texts
from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types


@pytest.mark.parametrize(
    ("value", "reason"),
    [("x" * 1025, "1025 characters, and no name has more than 1024"), ("a\nb", "which no name can hold")],
)
def test_a_text_that_no_name_can_hold_is_refused(value, reason):
    with pytest.raises(texts.Refused, match=reason.replace("\\", "\\\\")):
        texts.name_text(value)


@pytest.mark.parametrize(
    "value", ["a/b", "%2F", "?x=1", "..", "a b", "{x}", "{{", "{{ x }}", "令牌", "é", "х", "x" * 1024]
)
def test_an_odd_text_may_be_a_name(value):
    assert texts.name_text(value) == value


INVISIBLE = {  # letters, symbols, marks, formats and blanks without a shape
    "\u3164": "HANGUL FILLER", "\u115f": "HANGUL CHOSEONG FILLER", "\uffa0": "HALFWIDTH HANGUL FILLER",
    "\u2800": "BRAILLE PATTERN BLANK", "\ufe0f": "VARIATION SELECTOR-16", "\U000e0100": "VARIATION SELECTOR-17",
    "\u180b": "MONGOLIAN FREE VARIATION SELECTOR ONE", "\u034f": "COMBINING GRAPHEME JOINER",
    "\u17b4": "KHMER VOWEL INHERENT AQ", "\U0001d159": "MUSICAL SYMBOL NULL NOTEHEAD", "\u061c": "ARABIC LETTER MARK",
    "\u200b": "ZERO WIDTH SPACE", "\ufeff": "ZERO WIDTH NO-BREAK SPACE", "\u202e": "RIGHT-TO-LEFT OVERRIDE",
    "\u00ad": "SOFT HYPHEN", "\U000e0041": "TAG LATIN CAPITAL LETTER A", "\U000e0fff": "no name", "\U000e0000": "no name",
    "\u00a0": "NO-BREAK SPACE", "\u3000": "IDEOGRAPHIC SPACE", "\u2009": "THIN SPACE",
}  # fmt: skip
# What Python and JSON make of a list or an object
MADE_TEXTS = ["['in/', 'out/']", '["in/"]', "[u'a']", "('a', 'b')", "{'a': 1}", "[1, 2]", "[]"]
NOBODYS = [
    ("{{ team }}", "holds a template that was not filled in"),
    ("a{{ team }}/b", "holds a template that was not filled in"),
    ("{% if x %}a{% endif %}", "holds a template that was not filled in"),
    ("__omit_place_holder__8f3a", "is what `omit` leaves in a list or a mapping: leave the whole entry out instead"),
    (" a", "must not begin or end with a blank; got ' a'"),
    ("a ", "must not begin or end with a blank; got 'a '"),
    ("a\u3164", "holds the invisible character '\\u3164' (HANGUL FILLER)"),
    ("\ufeffa", "holds the invisible character '\\ufeff' (ZERO WIDTH NO-BREAK SPACE)"),
    ("\uffa0", "holds the invisible character '\\uffa0' (HALFWIDTH HANGUL FILLER)"),
    *((f"a{each}b", f"holds the invisible character {ascii(each)} ({name})") for each, name in INVISIBLE.items()),
    *((text, f"must be one name; got {text!r}, a list or a mapping that was converted to text") for text in MADE_TEXTS),
]


@pytest.mark.parametrize(("value", "why"), NOBODYS, ids=[ascii(value) for value, why in NOBODYS])
def test_a_new_name_is_one_that_somebody_can_mean(value, why):
    words, rows = field_types.TextSet(), field_types.Keyed("name", ())
    for kind, desired, said in (
        (words, (value,), "option: an entry"),
        (rows, {value: {}}, "option: name"),
        (field_types.Text(check=texts.name_text), value, "option"),
    ):
        with pytest.raises(texts.Refused) as caught:
            kind.check_new(None, desired, "option")
        assert str(caught.value) == f"{said} {why}"
        kind.check_new(desired, desired, "option")  # a name that exists already is accepted
        assert kind.desired([value] if kind is words else [{"name": value}] if kind is rows else value) is not None
    field_types.Text().check_new(None, value, "description")


@pytest.mark.parametrize(
    "value",
    [
        "a b",
        "[a]",
        "[2024]/x",
        "(a)",
        "{x}",
        "{{",
        "令牌",
        "\U00017000",
        "é",
        "e\u0301",
        "😀",
        "\u2422",
        "ガ",
        "नी",
        "\ua8f9",
        "$x",
    ],
)
def test_an_unusual_new_name_is_accepted(value):
    field_types.TextSet().check_new((), (value,), "option")


def test_a_wildcard_or_a_separator_is_in_no_name():
    texts.no_wildcard("XML", "a topic", "say which")
    texts.no_wildcard("a,b", "a topic", "say which", characters="*")
    for character in "*?,;":
        with pytest.raises(texts.Refused) as caught:
            texts.no_wildcard(f"a{character}", "a topic", "say which")
        assert str(caught.value) == (
            f"'a{character}' cannot be the name of a topic, since names have no wildcards and are not lists: say which"
        )


def test_many_names_are_cut_short():
    assert texts.few(list("abcde")) == "a; b; c; d; e"
    assert [texts.few(list("abcdef"), most) for most in (5, 4)] == [
        "a; b; c; d; e; and 1 more",
        "a; b; c; d; and 2 more",
    ]
    assert texts.few(list("abcdef")) == "a; b; c; d; e; and 1 more"


@pytest.mark.parametrize(
    ("word", "said"),
    [("ordrs", " (did you mean 'orders'?)"), ("orders", ""), ("ordure", ""), ("x", ""), ("", ""), (5, ""), (None, "")],
)
def test_what_may_be_meant_is_told_where_it_is_near(word, said):
    assert texts.did_you_mean(word, iter(["invoices", "orders"])) == said


def test_addresses_are_split_at_commas_that_are_not_in_braces():
    assert texts.addresses(" b, a{1,2},, b") == ["a{1,2}", "b"]
    assert texts.addresses("['b', 'a']") == ["['b', 'a']"]


CAFES = ("caf\u00e9", "cafe\u0301")


@pytest.mark.parametrize(
    ("one", "other"), [CAFES, CAFES[::-1], ("\u212a", "K"), ("K", "\u212a"), ("\uac00", "\u1100\u1161")], ids=ascii
)
def test_two_forms_of_a_name_are_one_name(one, other):
    said = f"{other!r} is the same name as {one!r}, written with other characters: {ascii(other)} and {ascii(one)} are the "
    for kind, current, target in (
        (field_types.TextSet(), (one,), (one, other)),
        (field_types.TextSet(), (one,), (other,)),
        (field_types.Keyed("name", ()), {one: {}}, {one: {}, other: {}}),
        (field_types.Text(check=texts.name_text), one, other),
    ):
        with pytest.raises(texts.Refused) as caught:
            kind.check_new(current, target, "option")
        assert said + "two forms of it in Unicode, NFC and NFD. Write it exactly like the existing one" in str(
            caught.value
        )
    with pytest.raises(texts.Refused, match="is the same name as"):
        field_types.TextSet().check_new(None, (one, other), "option")
    field_types.TextSet().check_new((one, other), (one, other), "option")  # both are there already
    field_types.TextSet().check_new((one, "a"), (one, "a", other + "x"), "option")
