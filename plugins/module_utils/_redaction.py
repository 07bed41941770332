# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps secrets, and characters that control a terminal, out of every text that leaves a run.

The order matters: secrets are masked first, then a long text is cut, then control characters are escaped. A secret that
is cut in two would not be found any more. So only :meth:`Secrets.cut` shortens a text, after masking it; :func:`brief`,
which knows no secrets, quotes a text whole or not at all.
"""

from __future__ import annotations

import collections
import re
import threading
from typing import Any, Callable, Iterable, Iterator, Tuple

REDACTED = "<hidden>"
LONGEST_QUOTE = 100  # characters
SHORTEST = 6  # characters; a shorter secret is not masked, since it would blank out ordinary words of a message
# How often escapes are undone, one within the other: the service's own, those of a text that it quotes, and ours.
DEPTH = 3
REACH = 12  # the most characters that one character takes when it is escaped

# Where a form of a secret, or a character, stands in a text: its first position, and the one after its last.
Span = Tuple[int, int]

CONTROLS = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# Each pattern matches one escaped character. They are compiled when they are needed: most runs mask nothing.
BACKSLASHED = (
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}"
    r"|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2}|\\[\s\S]"
)
PERCENT = (
    "%[cdCD][0-9a-fA-F]%[89abAB][0-9a-fA-F]|%[eE][0-9a-fA-F](?:%[89abAB][0-9a-fA-F]){2}"
    "|%[fF][0-7](?:%[89abAB][0-9a-fA-F]){3}|%[0-9a-fA-F]{2}"
)
ENTITY = "&(?:#[0-9]{1,10}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});?"


def brief(value: Any) -> str:
    """Quote any value in a message, in about :data:`LONGEST_QUOTE` characters.

    A longer list or object is shown by its first entries. A longer text is not shown at all, only its length: masking
    would not find the half of a secret.
    """
    try:
        text = repr(value)
    except RecursionError:  # the JSON parser allows deeper nesting than repr()
        return "something nested deeply"
    except ValueError:  # Python refuses to write out an integer of thousands of digits
        return "a number of very many digits"
    if len(text) <= LONGEST_QUOTE:
        return text
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    if isinstance(value, dict):
        return _beginning([f"{key!r}: {item!r}" for key, item in value.items()], "{{{}, …}} ({} keys)", "an object")
    if isinstance(value, (list, tuple)):
        return _beginning([repr(item) for item in value], "[{}, …] ({} entries)", "a list")
    return f"a number of {len(text)} digits"


def _beginning(entries: list[str], form: str, name: str) -> str:
    """The first of ``entries`` that fit a quote, put into ``form``; only their number when not even one fits."""
    count, size = 0, 0
    for entry in entries:
        size += len(entry) + 2
        if size > LONGEST_QUOTE:
            break
        count += 1
    return form.format(", ".join(entries[:count]), len(entries)) if count else f"{name} of {len(entries)} entries"


def printable(text: str) -> str:
    """``text`` with each character escaped that controls a terminal or is invisible: ESC, line breaks, text direction."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


class Secrets:
    """The secret texts of one run, which are masked in every text that leaves it. Threads may share it.

    A secret is also found in other forms: escaped (as in JSON, HTML or URLs, whichever characters an encoder chose to
    escape), in base64, and in hexadecimal digits. Escapes are undone before the search; base64 and hexadecimal are
    forms of their own. A table holds all forms by their first characters, so that the time of a search does not grow
    with the number of secrets.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._known: set[str] = set()
        # Secrets whose forms are not in the table yet. Forms are made at the first search, and most runs need none.
        self._new: collections.deque[str] = collections.deque()
        self._forms: dict[str, dict[int, set[str]]] = {}  # first characters -> length -> forms
        self._longest = 0  # characters of the longest form

    def add(self, *values: str | None) -> None:
        """Mask these texts from now on; what is not text, or shorter than :data:`SHORTEST`, is ignored."""
        with self._lock:
            for value in values:
                if isinstance(value, str) and len(value) >= SHORTEST and value not in self._known:
                    self._known.add(value)
                    self._new.append(value)

    def clean(self, value: Any) -> Any:
        """A copy of ``value`` (text, or lists and dicts of it) in which every text is masked and printable."""
        if isinstance(value, str):
            return self.cut(value, len(value))
        if isinstance(value, dict):
            return {key: self.clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(item) for item in value]
        return value

    def cut(self, text: str, longest: int) -> str:
        """``text`` masked and printable; of one longer than ``longest`` characters only the beginning, and its length."""
        shown = printable(self._masked(text, longest))
        return shown if len(text) <= longest else f"{shown}… ({len(text)} characters)"

    def mask(self, value: Any) -> Any:
        """As :meth:`clean`, but control characters stay: for data that programs read too."""
        if isinstance(value, str):
            return self._masked(value, len(value))
        if isinstance(value, dict):
            return {key: self.mask(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.mask(item) for item in value]
        return value

    def _masked(self, text: str, longest: int) -> str:
        with self._lock:
            self._learn()
            spans = self._find(text[: longest + REACH * self._longest])
        pieces: list[str] = []
        end = 0
        for start, stop in spans:
            if start >= longest:
                break
            pieces += [text[end:start], REDACTED]
            end = stop
        pieces.append(text[end:longest])
        return "".join(pieces)

    def _learn(self) -> None:
        """Put the forms of new secrets into the table."""
        while self._new:
            # Removed from the queue only at the end: a signal may interrupt this, and its error report is masked too.
            for form in _forms(self._new[0]):
                self._forms.setdefault(form[:SHORTEST], {}).setdefault(len(form), set()).add(form)
                self._longest = max(self._longest, len(form))
            self._new.popleft()

    def _find(self, text: str) -> list[Span]:
        """Where secrets stand in ``text``: in order, overlapping ones merged."""
        if not self._forms:
            return []
        found: list[Span] = []
        # A view is the text with some escapes undone, and for each of its characters where that stands in the text
        # (None: at the same place).
        views: list[tuple[str, list[Span] | None]] = [(text, None)]
        seen = {text}
        for _depth in range(DEPTH + 1):
            further: list[tuple[str, list[Span] | None]] = []
            for view, places in views:
                found.extend(self._search(view, places))
                for made, where in _undone(view, places):
                    if made not in seen:
                        seen.add(made)
                        further.append((made, where))
            views = further
        merged: list[Span] = []
        for start, stop in sorted(found):
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
            else:
                merged.append((start, stop))
        return merged

    def _search(self, view: str, places: list[Span] | None) -> Iterator[Span]:
        """Where forms of secrets stand in a view, as places of the text that it was made from."""
        table = self._forms
        for start in range(len(view) - SHORTEST + 1):
            by_length = table.get(view[start : start + SHORTEST])
            if by_length is None:
                continue
            for length in sorted(by_length, reverse=True):
                if view[start : start + length] in by_length[length]:
                    stop = start + length
                    yield (start, stop) if places is None else (places[start][0], places[stop - 1][1])
                    break


def _forms(secret: str) -> list[str]:
    """The forms in which ``secret`` may appear. Escaped forms are not needed, since escapes are undone before a search."""
    import base64  # only needed to report an error, and 0.5 ms to import

    raw = secret.encode("utf-8", "surrogatepass")
    # Also without the blanks that a service cuts off, and with its bytes decoded as Latin-1.
    found = {secret, secret.strip(), raw.decode("latin-1"), raw.hex(), raw.hex().upper()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        found.add(encode(raw).decode("ascii"))
        # Within a longer encoded text: the part that depends on the secret alone, at each of the three alignments.
        for offset in range(3):
            coded = encode(b"\0" * offset + raw + b"\0" * 3).decode("ascii")
            found.add(coded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6])
    return [form for form in found if len(form) >= SHORTEST]


def _undone(view: str, places: list[Span] | None) -> Iterator[tuple[str, list[Span]]]:
    """A view for each sort of escapes in ``view``, with these undone; the second value is as ``places``."""
    sorts: Iterable[tuple[str, str, Callable[[str], str]]] = (
        ("\\", BACKSLASHED, _from_backslash),
        ("%", PERCENT, _from_percent),
        ("&", ENTITY, _from_entity),
        ("+", r"\+", lambda found: " "),  # of a web form (application/x-www-form-urlencoded)
    )
    for mark, escaped, undo in sorts:
        if mark not in view:
            continue
        pieces: list[str] = []
        where: list[Span] = []
        end = 0
        places = places or [(position, position + 1) for position in range(len(view))]
        for match in re.finditer(escaped, view):
            start, stop = match.span()
            made = undo(match.group())
            pieces += [view[end:start], made]
            where += places[end:start] + [(places[start][0], places[stop - 1][1])] * len(made)
            end = stop
        yield "".join(pieces) + view[end:], where + places[end:]


def _from_backslash(found: str) -> str:
    if len(found) == 2:
        return CONTROLS.get(found[1], found[1])
    if found[1] not in "uUx":
        return chr(int(found[1:], 8))
    numbers = [int(digits, 16) for digits in re.findall("[0-9a-fA-F]+", found)]
    if max(numbers) > 0x10FFFF:
        return found
    # JSON writes a character beyond U+FFFF as two surrogates, which become one character again.
    return "".join(map(chr, numbers)).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _from_percent(found: str) -> str:
    raw = bytes.fromhex(found.replace("%", ""))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _from_entity(found: str) -> str:
    import html  # only needed to report an error, and 10 ms to import

    return html.unescape(found)
