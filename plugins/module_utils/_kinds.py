# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""Kinds of fields: how a value is checked, read, compared, merged, shown and sent.

A kind is made once in a resource's table. Its normalised values are plain and comparable with
``==``; two normalised values are equal exactly when the service would treat them alike.
"""

from __future__ import annotations

import datetime
import re

from . import _errors as errors

# Patterns that are compiled when they are needed: each start of a module would pay for them.
CONTROL = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
# Characters without a shape: two names that look alike would be two, and one of them nobody's.
INVISIBLE = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
# What takes the place of characters that are not shown.
MASK = "[*\u2022\u25cf\u2217\uff0a]{3}"
TEMPLATE = r"(?s)\{\{.*\}\}|\{%.*%\}"
LONGEST_NAME = 1024  # what the keys of object stores may have; names have less
HIDDEN = errors.REDACTED
HIDDEN_NEW = "<new value hidden>"


class Refused(ValueError):
    """A value that a task or an answer must not have; ``where`` says at which row and column."""

    def __init__(self, message, where=""):
        super().__init__(message)
        self.where = where


def unprintable(pattern, value):
    """Where ``value`` holds one of the characters of CONTROL or INVISIBLE, none of which can be printed."""
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
    """``value`` when it can be the name of something that a permission is given for; Refused says why not."""
    if len(plain_text(value, what)) > LONGEST_NAME:
        raise Refused(f"{what} has {len(value)} characters, and no name has more than {LONGEST_NAME}")
    found = unprintable(INVISIBLE, value)
    if found:
        raise Refused(f"{what} holds the invisible character {ascii(found.group())}")
    return value


def filled(value, what):
    """Refuse a template that was not filled in: what exists may be called so, nothing new is meant to be."""
    if re.search(TEMPLATE, value):
        raise Refused(f"{what} holds a template that was not filled in")


class Kind:
    """Base: one value, compared as it is."""

    secret = False
    choices = None  # the words that there are, where there are only a few
    adds = False  # with `purge: false` a wanted value is added to the current one

    def spec(self):
        """The entry of the argument spec, without documentation."""
        raise NotImplementedError

    def wanted(self, value):
        """The normalised form of an option's value; Refused with the reason when it cannot be had."""
        raise NotImplementedError

    def known(self, raw):
        """Whether a value in a response says what there is: null may stand for empty or for unknown."""
        return raw is not None

    def read(self, raw):
        """The normalised form of a value in an answer; Refused when it cannot be understood."""
        raise NotImplementedError

    def merge(self, current, wanted, purge):
        return wanted

    def check_new(self, current, target, option):
        """Raise Refused when ``target`` holds something beside ``current`` (``None``: unknown) that nobody can mean."""

    def show(self, value):
        """The form in a result."""
        return value

    def diff(self, value):
        """The form in a diff: readable, sorted."""
        return self.show(value)

    def send(self, value):
        """The form in a request."""
        return value


class Text(Kind):
    """One text, possibly one of a few words."""

    def __init__(self, choices=None, canonical=None, empty=True, check=None):
        self.choices = choices
        self.canonical = canonical or (lambda value: value)
        self.empty = empty
        self.check = check

    def spec(self):
        spec = {"type": "str"}
        if self.choices:
            spec["choices"] = list(self.choices)
        return spec

    def wanted(self, value):
        value = self.canonical(plain_text(value))
        if not value and not self.empty:
            raise Refused("it must not be empty")
        if self.check:
            self.check(value)
        return value

    def known(self, raw):
        # One of a few words that is blank is none of them: some services show it so where it has no meaning.
        return super().known(raw) and not (self.choices and isinstance(raw, str) and not raw.strip())

    def read(self, raw):
        if raw is None:
            raw = ""
        if not isinstance(raw, str):
            raise Refused(f"expected text, got {errors.brief(raw)}")
        return self.canonical(raw)

    def check_new(self, current, target, option):
        if self.check is name_text and target != current:
            filled(target, option)


class Flag(Kind):
    """true or false."""

    def spec(self):
        return {"type": "bool"}

    def wanted(self, value):
        return value is True

    def known(self, raw):
        return raw is not None and raw != ""

    def read(self, raw):
        # Text is what an older gateway may make of it; anything else is not guessed.
        if isinstance(raw, str) and raw.lower() in ("true", "false"):
            return raw.lower() == "true"
        if isinstance(raw, bool):
            return raw
        raise Refused(f"expected true or false, got {errors.brief(raw)}")


def masked(value):
    """Whether a text stands for a secret that is not shown: `********`, `Rmq******2195`, or nothing at all."""
    return isinstance(value, str) and (len(set(value)) <= 1 or re.search(MASK, value) is not None)


class Secret(Text):
    """A secret that the service returns: compared, sent back, never shown."""

    secret = True

    def wanted(self, value):
        if masked(value):
            raise Refused("it must be the secret itself; got what a service shows in the place of one")
        return super().wanted(value)

    def known(self, raw):
        return super().known(raw) and not masked(raw)

    def spec(self):
        return {"type": "str", "no_log": True}

    def read(self, raw):
        if not isinstance(raw, str) or not raw:
            raise Refused("expected a secret")
        return raw

    def show(self, value):
        return HIDDEN


class Time(Kind):
    """A point in time as Unix seconds; an option may also be ISO 8601."""

    ISO = (
        r"(?a)^(\d{4})-(\d{2})-(\d{2})"
        r"(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$"
    )

    def __init__(self, latest):
        self.latest = latest

    def spec(self):
        return {"type": "str"}

    def wanted(self, value):
        value = str(value).strip()
        seconds = int(value) if re.match(r"^[0-9]{1,18}$", value) else self._iso(value)
        if not 0 < seconds <= self.latest:
            raise Refused(f"{value} is outside what the service takes: at most {self.latest} ({self.iso(self.latest)})")
        return seconds

    def _iso(self, value):
        match = re.match(self.ISO, value)
        if not match:
            raise Refused(
                f"{errors.brief(value)} is neither Unix seconds nor an ISO 8601 time such as 2027-01-01T00:00:00Z"
            )
        year, month, day, hour, minute, second, zone = match.groups()
        try:
            moment = datetime.datetime(
                int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
            )
        except ValueError as error:
            raise Refused(f"{errors.brief(value)} is not a time: {error}") from None
        offset = 0
        if zone and zone not in "Zz":
            digits = zone[1:].replace(":", "")
            hours, minutes = int(digits[:2]), int(digits[2:] or 0)
            if hours > 23 or minutes > 59:
                raise Refused(f"{errors.brief(value)} is not a time: its offset is none")
            offset = hours * 3600 + minutes * 60
            offset = -offset if zone[0] == "-" else offset
        return int((moment - datetime.datetime(1970, 1, 1)).total_seconds()) - offset

    def read(self, raw):
        if isinstance(raw, str) and re.match(r"^\d+(\.0*)?$", raw):
            raw = float(raw)
        # The range first: an answer may hold a number of a thousand digits, which no float can.
        usable = isinstance(raw, (int, float)) and not isinstance(raw, bool) and abs(raw) < 1e18
        if not usable or raw != int(raw):
            raise Refused(f"expected Unix seconds, got {errors.brief(raw)}")
        return int(raw)

    def diff(self, value):
        return self.iso(value)

    @staticmethod
    def iso(seconds):
        try:
            moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
        except OverflowError:
            return str(seconds)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class TextSet(Kind):
    """Texts without an order, each once.

    ``nothing`` is the word that stands for an empty set, ``everything`` the one that includes all
    others. ``refuse_empty`` is the reason why an empty set cannot be had.
    """

    adds = True

    def __init__(self, choices=None, nothing=None, everything=None, refuse_empty=None, check=None, separator=None):
        self.choices = choices
        self.nothing = nothing
        self.everything = everything
        self.refuse_empty = refuse_empty
        self.check = check
        self.separator = separator  # the service takes and returns one text

    def spec(self):
        spec = {"type": "list", "elements": "str"}
        if self.choices:
            spec["choices"] = list(self.choices)
        return spec

    def wanted(self, value):
        for position, entry in enumerate(value):
            try:
                if not name_text(entry, "an entry").strip():
                    raise Refused("an entry is empty")
                if self.check:
                    self.check(entry)
            except Refused as error:
                raise Refused(str(error), f"[{position}]") from None
        found = set(value)
        if self.nothing in found and len(found) > 1:
            raise Refused(f"{self.nothing} excludes every other entry")
        if not found and self.refuse_empty:
            raise Refused(self.refuse_empty)
        return self._tidy(found)

    def _tidy(self, found):
        """Sorted; with the word for nothing, or for everything, standing alone."""
        found = set(found)
        if self.everything in found:
            return (self.everything,)
        if self.nothing is not None:
            found.discard(self.nothing)
            found = found or {self.nothing}
        return tuple(sorted(found))

    def read(self, raw):
        if self.separator is not None:
            if raw is not None and not isinstance(raw, str):
                raise Refused(f"expected one text, got {errors.brief(raw)}")
            raw = [part.strip() for part in (raw or "").split(self.separator) if part.strip()]
        if not isinstance(raw, list) or not all(isinstance(entry, str) for entry in raw):
            raise Refused(f"expected a list of texts, got {errors.brief(raw)}")
        # Not tidied against `choices`: an entry that this release does not know must survive.
        return self._tidy(raw)

    def merge(self, current, wanted, purge):
        return wanted if purge else self._tidy(set(current) | set(wanted))

    def check_new(self, current, target, option):
        for entry in sorted(set(target) - set(current or ())):
            filled(entry, f"{option}: an entry")

    def show(self, value):
        return list(value)

    def send(self, value):
        return self.separator.join(value) if self.separator is not None else list(value)


class Keyed(Kind):
    """Rows without an order, one for each key: ``{key: {column: value}}`` when normalised."""

    adds = True

    def __init__(self, key, columns):
        self.key = key
        self.columns = columns  # Fields of a row, without the key

    def spec(self):
        options = {self.key: {"type": "str", "required": True}}
        for column in self.columns:
            options[column.option] = dict(column.spec(), required=True) if column.needed else column.spec()
        return {"type": "list", "elements": "dict", "options": options}

    def key_of(self, row):
        value = row.get(self.key)
        if not isinstance(value, str) or not value:
            raise Refused(f"a row has no {self.key}")
        return plain_text(value, self.key)

    def wanted(self, value):
        rows, first = {}, {}
        for position, row in enumerate(value):
            try:
                key = name_text(self.key_of(row), self.key)
                if not key.strip():
                    raise Refused(f"a row has no {self.key}")
                if key in rows:
                    raise Refused(f"{key} stands at [{first[key]}] already")
                first[key] = position
                rows[key] = self.wanted_row(row)
            except Refused as error:
                raise Refused(str(error), f"[{position}]{error.where}") from None
        return rows

    def wanted_row(self, row):
        result = {}
        for column in self.columns:
            value = row.get(column.option)
            if value is not None:
                try:
                    result[column.option] = column.kind.wanted(value)
                except Refused as error:
                    raise Refused(str(error), f".{column.option}{error.where}") from None
        return result

    def read(self, raw):
        if raw is None:
            return {}
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            raise Refused(f"expected a list of objects, got {errors.brief(raw)}")
        rows = {}
        for row in raw:
            key = self.key_of(row)
            if key in rows:
                raise Refused(f"{key} stands in the answer twice")
            rows[key] = {column.option: self._read_column(column, row, key) for column in self.columns}
        return rows

    @staticmethod
    def _read_column(column, row, key):
        raw = row.get(column.key)
        if column.kind.choices and not column.kind.known(raw):  # a permission that is not said; a tag is none then
            raise Refused(f"{key} has no {column.key}")
        return column.kind.read(raw)

    def merge(self, current, wanted, purge):
        result = {} if purge else dict(current)
        for key, row in wanted.items():
            if row is None:  # asked to be absent
                result.pop(key, None)
            else:
                result[key] = dict(current.get(key, ()), **row)
        return result

    def check_new(self, current, target, option):
        for key in sorted(set(target) - set(current or ())):
            filled(key, f"{option}: {self.key}")

    def show(self, value):
        return [dict({self.key: key}, **self._row(value[key], "show")) for key in sorted(value)]

    def diff(self, value):
        if len(self.columns) == 1:  # `orders: PUB` reads better than a list of pairs
            column = self.columns[0]
            return {key: column.kind.diff(value[key][column.option]) for key in sorted(value)}
        return {key: self._row(value[key], "diff") for key in sorted(value)}

    def _row(self, row, form):
        return {
            column.option: getattr(column.kind, form)(row[column.option])
            for column in self.columns
            if column.option in row
        }

    def send(self, value):
        return [
            dict(
                {self.key: key},
                **{c.key: c.kind.send(value[key][c.option]) for c in self.columns if c.option in value[key]},
            )
            for key in sorted(value)
        ]
