# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which texts can be names and values, and which only a mistake makes: templates, lists written as text, look-alikes.

Every rule about a text is written here once, for options, grants and responses alike.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from . import _errors as errors

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

# The patterns are text and compiled at first use, since a module's process needs few of them.
CONTROL = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
# Parts of the Unicode names of letters, marks and symbols that are invisible; no category tells them apart.
SHAPELESS = "FILLER|VARIATION SELECTOR|PATTERN BLANK|GRAPHEME JOINER|VOWEL INHERENT|NULL NOTEHEAD"
# The characters with which services mask a secret.
MASK = "[*\u2022\u25cf\u2217\uff0a]{3}"
TEMPLATE = r"(?s)\{\{.*\}\}|\{%.*%\}"
# ansible-core before 2.19 leaves this text where `omit` stands within a list or a mapping.
OMITTED = "__omit_place_holder__"
# A list or a mapping that Python or a JSON writer converted to text: `['a', 'b']`, `{"a": 1}`, `[]`.
LISTED = r"(?s)\s*[\[({]\s*(?:[urb]?['\"\[({].*|-?\d.*|)[\])}]\s*$"
# A list as a user may write it where only text can stand, as in a survey of AWX.
BRACKETED = r"(?s)\s*(?:\[.*\]|\{.*\}|\(.*\)|- .*|.*\n.*)\s*$"
QUOTED = r"(?s)(['\"]).*\1$"
LONGEST_NAME = 1024  # characters: the longest key of an object store; other names are shorter


class Refused(ValueError):
    """A value that a task or a response must not have. ``where`` is its place within an option: ``[2].perm``, or empty."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


def unprintable(pattern: str, value: str) -> re.Match[str] | None:
    """The first match of ``pattern``, which is CONTROL or a part of it; a printable text need not be searched."""
    return None if value.isprintable() else re.search(pattern, value)


def plain_text(value: Any, what: str = "the value") -> str:
    """``value`` when it is text that can stand in a request, else Refused; ``what`` names it in the message."""
    if not isinstance(value, str):
        raise Refused(f"{what} must be text; got {errors.brief(value)}")
    found = unprintable(CONTROL, value)
    if found:
        raise Refused(f"{what} holds the character {found.group()!r}, which no name can hold")
    return value


def name_text(value: Any, what: str = "the value") -> str:
    """``value`` when it can be a name of something that exists, else Refused."""
    text = plain_text(value, what)
    if len(text) > LONGEST_NAME:
        raise Refused(f"{what} has {len(text)} characters, and no name has more than {LONGEST_NAME}")
    return text


def new_name(value: str, what: str) -> None:
    """Raise Refused for a name that only a mistake can give to something new.

    Something that exists may have such a name; it is then sent back as it was read.
    """
    if re.search(TEMPLATE, value):
        raise Refused(f"{what} holds a template that was not filled in")
    if value.startswith(OMITTED):
        raise Refused(f"{what} is what `omit` leaves in a list or a mapping: leave the whole entry out instead")
    if re.match(LISTED, value):
        raise Refused(
            f"{what} must be one name; got {errors.brief(value)}, a list or a mapping that was converted to text"
        )
    hidden = next((character for character in value if _hidden(character)), None)
    if hidden is not None:
        called = unicodedata.name(hidden, "no name")
        raise Refused(f"{what} holds the invisible character {ascii(hidden)} ({called})")
    if value != value.strip():
        raise Refused(f"{what} must not begin or end with a blank; got {errors.brief(value)}")


def _hidden(character: str) -> bool:
    """Whether ``character`` cannot be seen, so that a name with it looks like another one without it."""
    if character.isascii():
        return False
    category = unicodedata.category(character)
    # By category: format characters and blanks. By name: what counts as a letter but is invisible. Plane 14 of Unicode is
    # reserved for more such characters.
    return (
        category in ("Cf", "Zs")
        or (category[0] in ("L", "M", "S") and re.search(SHAPELESS, unicodedata.name(character, "")) is not None)
        or "\U000e0000" <= character <= "\U000e0fff"
    )


def by_form(names: Iterable[str]) -> dict[str, list[str]]:
    """The normal form NFC of each of ``names`` -> those that have it, for `other_form`."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(unicodedata.normalize("NFC", name), []).append(name)
    return found


def other_form(value: str, forms: Mapping[str, list[str]]) -> str | None:
    """Says which of the names in ``forms`` (from `by_form`) differs from ``value`` only in its form of Unicode, if one does."""
    other = next((other for other in forms.get(unicodedata.normalize("NFC", value), ()) if other != value), None)
    if other is None:
        return None
    return (
        f"{value!r} is the same name as {other!r}, written with other characters: {ascii(value)} and {ascii(other)} are the "
        "two forms of it in Unicode, NFC and NFD"
    )


def new_names(
    names: Iterable[str],
    existing: Iterable[str] | None,
    option: str,
    part: str = "",
    check: Callable[[str], object] | None = None,
) -> None:
    """Raise Refused when one of ``names`` that is not in ``existing`` (``None``: unknown) can only be a mistake.

    ``check`` is a further rule for new names; it raises Refused. ``option`` and ``part`` begin the message.
    """
    known = set(existing or ())
    new = sorted(set(names) - known)
    forms = by_form(known.union(new))
    for name in new:
        new_name(name, f"{option}: {part}" if part else option)
        text = other_form(name, forms)
        if text:
            raise Refused(f"{option}: {text}. Write it exactly like the existing one, or remove that one first")
        if check:
            try:
                check(name)
            except Refused as error:
                raise Refused(f"{option}: {error}") from None


def no_wildcard(value: str, what: str, instead: str, characters: Collection[str] = "*?,;") -> None:
    """Raise Refused for a new name with a wildcard or a separator, which the service would take literally."""
    if any(character in value for character in characters):
        raise Refused(
            f"{value!r} cannot be the name of {what}, since names have no wildcards and are not lists: {instead}"
        )


def masked(value: Any) -> bool:
    """Whether a service shows this text in the place of a secret: `********`, `Rmq******2195`, or an empty text."""
    return isinstance(value, str) and (len(set(value)) <= 1 or re.search(MASK, value) is not None)


def few(names: Sequence[str], most: int = 5) -> str:
    """The first of ``names``, for a message, and how many more there are."""
    more = len(names) - most
    return "; ".join(names[:most]) + (f"; and {more} more" if more > 0 else "")


def did_you_mean(word: Any, known: Iterable[str]) -> str:
    """For the end of a message: ` (did you mean 'orders'?)`, or nothing when none of ``known`` is like ``word``."""
    if not isinstance(word, str):
        return ""
    import difflib  # only for errors, and 7 ms to import

    found = difflib.get_close_matches(word, known, cutoff=0.75)
    return f" (did you mean {found[0]!r}?)" if found and found[0] != word else ""


def addresses(value: str) -> list[str]:
    """The addresses of a whitelist such as `10.0.0.1, 192.*.*.*`, sorted. Commas in braces are part of an address."""
    if re.match(LISTED, value):
        return [value]  # a list that was converted to text: not split, so that it is refused as a whole
    return sorted({part.strip() for part in re.split(r",(?![^{}]*\})", value)} - {""})
