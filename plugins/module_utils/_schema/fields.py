# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds of fields: how a value is checked, read, compared, merged, shown and sent.

A kind is made once in a resource's table. Its normalised values are plain and comparable with
``==``; two normalised values are equal exactly when the service would treat them alike.
"""

from __future__ import annotations

import datetime
import re
import time

from .. import _errors as errors
from .._text import BRACKETED, QUOTED, Refused, masked, name_text, new_names, plain_text

LONGEST_DURATION = 10 * 366 * 86400  # seconds that may be meant from now on
HIDDEN = errors.REDACTED
HIDDEN_NEW = "<new value hidden>"


def is_row(value):
    """Whether ``value`` is a mapping of options, whose names are text: of others ansible-core makes a traceback."""
    return isinstance(value, dict) and all(isinstance(key, str) for key in value)


class FieldType:
    """Base: one value, compared as it is."""

    secret = False
    choices = None  # the words that there are, where there are only a few
    adds = False  # with `purge: false` a desired value is added to the existing one

    def spec(self):
        """The entry of the argument spec, without documentation."""
        raise NotImplementedError

    def given(self, value):
        """What Ansible is to check instead of ``value``, the option as the task has it; Refused says what would be right."""
        return value

    def desired(self, value):
        """The normalised form of an option's value; Refused with the reason when it cannot be had."""
        raise NotImplementedError

    def known(self, raw):
        """Whether a value in a response says what there is: null may stand for empty or for unknown."""
        return raw is not None

    def read(self, raw):
        """The normalised form of a value in a response; Refused when it cannot be understood."""
        raise NotImplementedError

    def merge(self, existing, desired, purge):
        return desired

    def names(self, shown):
        """Of a kind that adds: the names that stand in the form of a result, as `check_new` takes them too."""
        raise NotImplementedError

    def check_new(self, existing, planned, option):
        """Raise Refused when ``planned`` holds something beside ``existing`` (``None``: unknown) that nobody can mean."""

    def show(self, value):
        """The form in a result."""
        return value

    def diff(self, value):
        """The form in a diff: readable, sorted."""
        return self.show(value)

    def send(self, value):
        """The form in a request."""
        return value


class Text(FieldType):
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

    def desired(self, value):
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

    def check_new(self, existing, planned, option):
        if self.check is name_text:
            new_names([planned], None if existing is None else [existing], option)


class Flag(FieldType):
    """true or false."""

    def spec(self):
        return {"type": "bool"}

    def desired(self, value):
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


class Secret(Text):
    """A secret that the service returns: compared, sent back, never shown."""

    secret = True

    def desired(self, value):
        if isinstance(value, str) and len(value) > 1 and masked(value):
            raise Refused("it must be the secret itself; got what a service shows in the place of one")
        return super().desired(value)

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


def now():
    """Unix seconds. Tests have a clock of their own here."""
    return time.time()


class Time(FieldType):
    """A point in time as Unix seconds, which has to be to come when it is new; an option may also be ISO 8601."""

    ISO = (
        r"(?a)^(\d{4})-(\d{2})-(\d{2})"
        r"(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$"
    )

    def __init__(self, latest):
        self.latest = latest

    def spec(self):
        return {"type": "str"}

    def desired(self, value):
        value = str(value).strip()
        seconds = int(value) if re.match(r"^[0-9]{1,18}$", value) else self._iso(value)
        if not 0 < seconds <= self.latest:
            raise Refused(
                f"{value} is outside what the service takes: at most {self.latest} ({self.iso(self.latest)})"
                + self._meant(value)
            )
        return seconds

    def check_new(self, existing, planned, option):
        # An end that has passed and is there already may be repeated, which changes nothing.
        if planned != existing and planned <= now():
            raise Refused(
                f"{option} must be a time to come; got {planned}, which is {self.iso(planned)}{self._meant(str(planned))}"
            )

    def _meant(self, digits):
        """What somebody may have meant by Unix seconds that no end can be."""
        date = re.match(r"^(20\d\d)(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?)?$", digits)
        if date:
            year, month, day, hour, minute, second = date.groups()
            text = f"{year}-{month or '01'}-{day or '01'}" + (f"T{hour}:{minute}:{second or '00'}Z" if hour else "")
            try:
                if self._iso(text) > now():
                    return f". A date is written with hyphens: {text}"
            except Refused:
                pass  # no date, so something else was meant
        if not digits.isdigit() or len(digits) > 18:
            return ""
        number = int(digits)
        if now() < number // 1000 <= self.latest:
            return f". Milliseconds are not taken: in seconds it is {number // 1000}"
        if number < LONGEST_DURATION:
            return f". A duration is not taken: {digits} seconds from now it is {self.iso(int(now()) + number)}"
        return ""

    def _iso(self, value):
        match = re.match(self.ISO, value)
        if not match:
            raise Refused(
                f"{errors.brief(value)} is neither Unix seconds nor an ISO 8601 time such as 2030-01-01T00:00:00Z; "
                "a duration is not taken, since it would end at another time in each run"
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
        # The range first: a response may hold a number of a thousand digits, which no float can.
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


class TextSet(FieldType):
    """Texts without an order, each once.

    ``nothing`` is the word that stands for an empty set, ``everything`` the one that includes all
    others. ``refuse_empty`` is the reason why an empty set cannot be had.
    """

    adds = True

    def __init__(
        self,
        choices=None,
        nothing=None,
        everything=None,
        refuse_empty=None,
        check=None,
        check_entry=None,
        separator=None,
        example=("a", "b"),
    ):
        self.choices = choices
        self.nothing = nothing
        self.everything = everything
        self.refuse_empty = refuse_empty
        self.check = check
        self.check_entry = check_entry  # of an entry that is new: what exists is given back as it is
        self.separator = separator  # the service takes and returns one text
        self.example = choices[1:3] if choices else example

    def spec(self):
        spec = {"type": "list", "elements": "str"}
        if self.choices:
            spec["choices"] = list(self.choices)
        return spec

    def given(self, value):
        """A list; or its entries with commas between them, as in a command."""
        right = f"it must be a list, such as [{', '.join(self.example)}]"
        if isinstance(value, dict):
            raise Refused(f"{right}; got a mapping")
        if not isinstance(value, str):
            return value
        if not value.strip():
            raise Refused(f"{right}; got an empty text, and an empty list is []")
        entries = [entry.strip() for entry in value.split(",")]
        # Not taken for what it looks like: which texts Ansible makes lists of differs between its versions.
        if re.match(BRACKETED, value) or any(re.match(QUOTED, entry) for entry in entries):
            raise Refused(f"{right}, or '{', '.join(self.example)}'; got a text that looks like a list")
        return entries

    def desired(self, value):
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

    def merge(self, existing, desired, purge):
        return desired if purge else self._tidy(set(existing) | set(desired))

    def names(self, shown):
        return shown

    def check_new(self, existing, planned, option):
        names = set(planned) - {self.everything}
        new_names(names, existing, option, "an entry", self.check_entry)

    def show(self, value):
        return list(value)

    def send(self, value):
        return self.separator.join(value) if self.separator is not None else list(value)


class Keyed(FieldType):
    """Rows without an order, one for each key: ``{key: {column: value}}`` when normalised."""

    adds = True

    def __init__(self, key, columns, check_key=None, example="a"):
        self.key = key
        self.columns = columns  # Fields of a row, without the key
        self.row_keys = (key,)  # one of these names a row
        self.check_key = check_key  # of a row that is new: what exists is given back as it is
        self.example = example

    def spec(self):
        options = {self.key: {"type": "str", "required": True}}
        for column in self.columns:
            options[column.option] = dict(column.spec(), required=True) if column.needed else column.spec()
        return {"type": "list", "elements": "dict", "options": options}

    def given(self, value):
        """Rows; or a mapping of their keys to the first column, or to the other columns."""
        column = self.columns[0]
        word = column.type.choices[0] if column.type.choices else "…"
        right = (
            f"it must be a mapping such as {{{self.example}: {word}}}, or a list such as "
            f"[{{{self.key}: {self.example}, {column.option}: {word}}}]"
        )
        if isinstance(value, (str, bool, int, float)):
            raise Refused(f"{right}; got {'text' if isinstance(value, str) else 'a single value'}")
        if not isinstance(value, dict):
            for position, row in enumerate(value or ()):
                if not is_row(row):
                    raise Refused(
                        f"{right}; got a row that is {'text' if isinstance(row, str) else 'no mapping'}",
                        f"[{position}]",
                    )
                if all(row.get(key) is None for key in self.row_keys):
                    raise Refused(f"{right}; got a row without {self.key}", f"[{position}]")
                for each in self.columns:
                    if each.needed and row.get(each.option, "") is None:
                        raise Refused(f"{right}; got a row whose {each.option} is null", f"[{position}]")
            return value
        if len(value) > 1 and self.key in value and set(value) <= set(self.spec()["options"]):
            raise Refused(f"{right}; got one row outside of a list")
        rows = []
        for key, item in value.items():
            if isinstance(item, dict) and not is_row(item):
                raise Refused(f"{right}; got a row that is no mapping of options")
            row = dict(item) if isinstance(item, dict) else {column.option: item}
            if row.setdefault(self.key, key) != key:
                raise Refused(f"{right}; got a row whose {self.key} is another one than its key")
            rows.append(row)
        return self.given(rows)

    def key_of(self, row):
        value = row.get(self.key)
        if not isinstance(value, str) or not value:
            raise Refused(f"a row has no {self.key}")
        return plain_text(value, self.key)

    def desired(self, value):
        rows, first = {}, {}
        for position, row in enumerate(value):
            try:
                key = name_text(self.key_of(row), self.key)
                if not key.strip():
                    raise Refused(f"a row has no {self.key}")
                if key in rows:
                    raise Refused(f"{key} stands at [{first[key]}] already")
                first[key] = position
                rows[key] = self.desired_row(row)
            except Refused as error:
                raise Refused(str(error), f"[{position}]{error.where}") from None
        return rows

    def desired_row(self, row):
        result = {}
        for column in self.columns:
            value = row.get(column.option)
            if value is not None:
                try:
                    result[column.option] = column.type.desired(value)
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
                raise Refused(f"{key} stands in the response twice")
            rows[key] = {column.option: self._read_column(column, row, key) for column in self.columns}
        return rows

    @staticmethod
    def _read_column(column, row, key):
        raw = row.get(column.key)
        if column.type.choices and not column.type.known(raw):  # a permission that is not said; a tag is none then
            raise Refused(f"{key} has no {column.key}")
        return column.type.read(raw)

    def merge(self, existing, desired, purge):
        result = {} if purge else dict(existing)
        for key, row in desired.items():
            result[key] = dict(existing.get(key, ()), **row)
        return result

    def names(self, shown):
        return [row[self.key] for row in shown]

    def check_new(self, existing, planned, option):
        new_names(planned, existing, option, self.key, self.check_key)

    def show(self, value):
        return [dict({self.key: key}, **self._row(value[key], "show")) for key in sorted(value)]

    def diff(self, value):
        if len(self.columns) == 1:  # `orders: PUB` reads better than a list of pairs
            column = self.columns[0]
            return {key: column.type.diff(value[key][column.option]) for key in sorted(value)}
        return {key: self._row(value[key], "diff") for key in sorted(value)}

    def _row(self, row, form):
        return {
            column.option: getattr(column.type, form)(row[column.option])
            for column in self.columns
            if column.option in row
        }

    def send(self, value):
        return [
            dict(
                {self.key: key},
                **{c.key: c.type.send(value[key][c.option]) for c in self.columns if c.option in value[key]},
            )
            for key in sorted(value)
        ]
