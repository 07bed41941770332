# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which texts can be names and values, and which a person cannot mean: control characters, look-alikes, templates, lists.

Every rule about a text stands here once, for options, grants and responses alike.
"""

from __future__ import annotations

import re
import unicodedata

from . import _errors as errors

# Patterns that are compiled when they are needed: each start of a module would pay for them.
CONTROL = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
# Letters, marks and symbols of Unicode that have no shape of their own, which no category says.
SHAPELESS = "FILLER|VARIATION SELECTOR|PATTERN BLANK|GRAPHEME JOINER|VOWEL INHERENT|NULL NOTEHEAD"
# What takes the place of characters that are not shown.
MASK = "[*\u2022\u25cf\u2217\uff0a]{3}"
TEMPLATE = r"(?s)\{\{.*\}\}|\{%.*%\}"
# What ansible-core before 2.19 leaves where `omit` stands within a list or an object.
OMITTED = "__omit_place_holder__"
# A list or an object that was made a text, by Python or as JSON: `['a', 'b']`, `{"a": 1}`, `[]`.
LISTED = r"(?s)\s*[\[({]\s*(?:[urb]?['\"\[({].*|-?\d.*|)[\])}]\s*$"
# What a user writes for a list where only text can stand.
BRACKETED = r"(?s)\s*(?:\[.*\]|\{.*\}|\(.*\)|- .*|.*\n.*)\s*$"
QUOTED = r"(?s)(['\"]).*\1$"
LONGEST_NAME = 1024  # what the keys of object stores may have; names have less


class Refused(ValueError):
    """A value that a task or an answer must not have; ``where`` says at which row and column."""

    def __init__(self, message, where=""):
        super().__init__(message)
        self.where = where


def unprintable(pattern, value):
    """Where ``value`` holds one of the characters of CONTROL, none of which can be printed."""
    return None if value.isprintable() else re.search(pattern, value)


def plain_text(value, what="the value"):
    """``value`` when it is text that can stand in a request; Refused says why not."""
    if not isinstance(value, str):
        raise Refused(f"{what} must be text, not {errors.brief(value)}")
    found = unprintable(CONTROL, value)
    if found:
        raise Refused(f"{what} holds the character {found.group()!r}, which no name can hold")
    return value


def name_text(value, what="the value"):
    """``value`` when something that exists can be called so; Refused says why not."""
    if len(plain_text(value, what)) > LONGEST_NAME:
        raise Refused(f"{what} has {len(value)} characters, and no name has more than {LONGEST_NAME}")
    return value


def new_name(value, what):
    """Refuse what nothing new is meant to be called. What exists may be called so, and is given back as it was read."""
    if re.search(TEMPLATE, value):
        raise Refused(f"{what} holds a template that was not filled in")
    if value.startswith(OMITTED):
        raise Refused(f"{what} is what `omit` leaves in a list or an object: leave the whole entry out instead")
    if re.match(LISTED, value):
        raise Refused(f"{what} must be one name; got {errors.brief(value)}, a list or an object that was made a text")
    hidden = next((character for character in value if _hidden(character)), None)
    if hidden is not None:
        called = unicodedata.name(hidden, "no name")
        raise Refused(f"{what} holds the invisible character {ascii(hidden)} ({called})")
    if value != value.strip():
        raise Refused(f"{what} must not begin or end with a blank; got {errors.brief(value)}")


def _hidden(character):
    """Whether two names that look alike may differ by ``character``, and one of them be nobody's."""
    if character.isascii():
        return False
    category = unicodedata.category(character)
    # By category: what formats or separates. By name: what has the category of a letter but no shape. Plane 14 is
    # kept free for more such characters.
    return (
        category in ("Cf", "Zs")
        or (category[0] in "LMS" and re.search(SHAPELESS, unicodedata.name(character, "")) is not None)
        or "\U000e0000" <= character <= "\U000e0fff"
    )


def by_form(names):
    """A form of Unicode -> those of ``names`` that share it, for `other_form`."""
    found = {}
    for name in names:
        found.setdefault(unicodedata.normalize("NFC", name), []).append(name)
    return found


def other_form(value, forms):
    """Why ``value`` is one name with another of ``forms``, which come from `by_form`; ``None`` where it is not."""
    other = next((other for other in forms.get(unicodedata.normalize("NFC", value), ()) if other != value), None)
    if other is None:
        return None
    return (
        f"{value!r} is the same name as {other!r}, made of other characters: {ascii(value)} and {ascii(other)} are the "
        "forms NFC and NFD of Unicode"
    )


def new_names(names, existing, option, part="", check=None):
    """Refuse each of ``names`` that is not among ``existing`` (``None``: unknown) and that nobody can mean."""
    known = set(existing or ())
    new = sorted(set(names) - known)
    forms = by_form(known.union(new))
    for name in new:
        new_name(name, f"{option}: {part}" if part else option)
        text = other_form(name, forms)
        if text:
            raise Refused(f"{option}: {text}. Give it as it stands there, or take that one away first")
        if check:
            try:
                check(name)
            except Refused as error:
                raise Refused(f"{option}: {error}") from None


def no_wildcard(value, what, instead, characters="*?,;"):
    """Refuse a new name that is meant for several, where a service has no such names."""
    if any(character in value for character in characters):
        raise Refused(f"{value!r} is no name of {what}, and wildcards or lists in a name mean nothing here: {instead}")


def masked(value):
    """Whether a text stands for a secret that is not shown: `********`, `Rmq******2195`, or nothing at all."""
    return isinstance(value, str) and (len(set(value)) <= 1 or re.search(MASK, value) is not None)
