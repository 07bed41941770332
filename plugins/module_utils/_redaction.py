# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may leave a run: no secret in any form, no part of one, and nothing that a terminal obeys.

A text is masked first, cut after, and shown with its control characters escaped. The order is kept by two rules:
:meth:`Secrets.cut` is the only thing that cuts a text, and it masks before; :func:`brief`, which knows no secrets,
quotes a text whole or not at all.
"""

from __future__ import annotations

import collections
import re
import threading

REDACTED = "<hidden>"
LONGEST_QUOTE = 100
SHORTEST = 6  # characters of a secret; a shorter text would blank out ordinary words of a message
DEPTH = 3  # escapes within escapes that are undone: of the service, of what it quotes, and of our own quote
REACH = 12  # characters that one of a secret may take when it is escaped

CONTROLS = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# Each pattern matches what stands for one character; text, so that they are compiled when they are needed.
BACKSLASHED = (
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}"
    r"|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2}|\\[\s\S]"
)
PERCENT = (
    "%[cdCD][0-9a-fA-F]%[89abAB][0-9a-fA-F]|%[eE][0-9a-fA-F](?:%[89abAB][0-9a-fA-F]){2}"
    "|%[fF][0-7](?:%[89abAB][0-9a-fA-F]){3}|%[0-9a-fA-F]{2}"
)
ENTITY = "&(?:#[0-9]{1,10}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});?"


def brief(value):
    """``value`` for a message, of any size: whole, or of a list or an object the first entries that fit.

    Never a part of a text: the half of a secret is found by no search for the whole.
    """
    try:
        text = repr(value)
    except RecursionError:  # nested as deeply as the parser of JSON allows, which is more than this does
        return "something nested deeply"
    except ValueError:  # of thousands of digits, which Python refuses to write out
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


def _beginning(entries, form, name):
    count, size = 0, 0
    for entry in entries:
        size += len(entry) + 2
        if size > LONGEST_QUOTE:
            break
        count += 1
    return form.format(", ".join(entries[:count]), len(entries)) if count else f"{name} of {len(entries)} entries"


def printable(text):
    """``text`` with escapes for what a terminal obeys or does not show: an ESC, a line break, a mark of direction."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


class Secrets:
    """The secret strings of one run, to keep them out of any text that leaves it; threads may share it.

    Forms of a secret are found by their first characters, which a table holds, so that a text takes no longer the more
    secrets there are. What is escaped in a text (JSON, HTML, URLs, character by character as each encoder likes) is
    undone before it is looked at; base64 and hexadecimal digits are forms of their own.
    """

    def __init__(self):
        self._lock = threading.RLock()
        self._known = set()
        self._new = collections.deque()  # of these, those whose forms are not in the table yet: most runs need none
        self._forms = {}  # first characters -> length -> forms
        self._longest = 0

    def add(self, *values):
        with self._lock:
            for value in values:
                if isinstance(value, str) and len(value) >= SHORTEST and value not in self._known:
                    self._known.add(value)
                    self._new.append(value)

    def clean(self, value):
        """``value`` (text, or lists and dicts of it) with every known secret replaced, and printable."""
        if isinstance(value, str):
            return self.cut(value, len(value))
        if isinstance(value, dict):
            return {key: self.clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(item) for item in value]
        return value

    def cut(self, text, longest):
        """The same of a text, and of a longer one no more than its beginning."""
        with self._lock:
            self._learn()
            spans = self._find(text[: longest + REACH * self._longest])
        pieces, end = [], 0
        for start, stop in spans:
            if start >= longest:
                break
            pieces += [text[end:start], REDACTED]
            end = stop
        pieces.append(text[end:longest])
        shown = printable("".join(pieces))
        return shown if len(text) <= longest else f"{shown}… ({len(text)} characters)"

    def _learn(self):
        while self._new:
            # Left there until its forms are all known: a signal may come in between, and the error be cleaned after it.
            for form in _forms(self._new[0]):
                self._forms.setdefault(form[:SHORTEST], {}).setdefault(len(form), set()).add(form)
                self._longest = max(self._longest, len(form))
            self._new.popleft()

    def _find(self, text):
        """Where secrets stand in ``text``: ordered, and none within another one."""
        if not self._forms:
            return []
        found = []
        views, seen = [(text, None)], {text}
        for _depth in range(DEPTH + 1):
            further = []
            for view, places in views:
                found.extend(self._search(view, places))
                for made, where in _undone(view, places):
                    if made not in seen:
                        seen.add(made)
                        further.append((made, where))
            views = further
        merged = []
        for start, stop in sorted(found):
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
            else:
                merged.append((start, stop))
        return merged

    def _search(self, view, places):
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


def _forms(secret):
    """The texts that ``secret`` may stand as, beside the escapes that are undone."""
    import base64  # here, as all that only an error has use for

    raw = secret.encode("utf-8", "surrogatepass")
    # Beside itself: without the blanks that a service cuts, and its bytes taken for letters.
    found = {secret, secret.strip(), raw.decode("latin-1"), raw.hex(), raw.hex().upper()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        found.add(encode(raw).decode("ascii"))
        for offset in range(3):  # the part that depends on the secret alone, wherever it begins in what is encoded
            coded = encode(b"\0" * offset + raw + b"\0" * 3).decode("ascii")
            found.add(coded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6])
    return [form for form in found if len(form) >= SHORTEST]


def _undone(view, places):
    """``view`` with each kind of escapes undone, and where each character stood in the text that ``view`` was made from."""
    for mark, escaped, undo in (
        ("\\", BACKSLASHED, _from_backslash),
        ("%", PERCENT, _from_percent),
        ("&", ENTITY, _from_entity),
        ("+", r"\+", lambda found: " "),  # a form
    ):
        if mark not in view:
            continue
        pieces, where, end = [], [], 0
        places = places or [(position, position + 1) for position in range(len(view))]
        for match in re.finditer(escaped, view):
            start, stop = match.span()
            made = undo(match.group())
            pieces += [view[end:start], made]
            where += places[end:start] + [(places[start][0], places[stop - 1][1])] * len(made)
            end = stop
        yield "".join(pieces) + view[end:], where + places[end:]


def _from_backslash(found):
    if len(found) == 2:
        return CONTROLS.get(found[1], found[1])
    if found[1] not in "uUx":
        return chr(int(found[1:], 8))
    numbers = [int(digits, 16) for digits in re.findall("[0-9a-fA-F]+", found)]
    if max(numbers) > 0x10FFFF:
        return found
    # Two halves of one character become one.
    return "".join(map(chr, numbers)).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _from_percent(found):
    raw = bytes.fromhex(found.replace("%", ""))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _from_entity(found):
    import html

    return html.unescape(found)
