# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field types: how the value of a field is checked, read, compared, merged, shown and sent.

A field type is made once, in the table of a resource. It brings the values of options and of responses into one form, the
normalised one, which is plain Python data. Two normalised values are equal (``==``) exactly when the service treats them
alike. A value that cannot be normalised raises :class:`.._text.Refused`.
"""

from __future__ import annotations

import datetime
import re
import time
from typing import TYPE_CHECKING, Any, ClassVar

from .. import _errors as errors
from .._text import BRACKETED, QUOTED, Refused, masked, name_text, new_names, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .resource import Field

LONGEST_DURATION = 10 * 366 * 86400  # seconds; a smaller number may have been meant as a duration from now on
HIDDEN = errors.REDACTED
HIDDEN_NEW = "<new value hidden>"


def is_row(value: Any) -> bool:
    """Whether ``value`` is a mapping whose keys are text. ansible-core ends with a traceback at other keys."""
    return isinstance(value, dict) and all(isinstance(key, str) for key in value)


class FieldType:
    """Base of all field types: one value, compared as it is."""

    secret: ClassVar[bool] = False
    choices: Sequence[str] | None = None  # the only words that the service knows here; None: any text
    adds: ClassVar[bool] = False  # with `purge: false` a desired value is added to the existing one

    def spec(self) -> dict[str, Any]:
        """The entry of the option in Ansible's argument spec."""
        raise NotImplementedError

    def given(self, value: Any) -> Any:
        """The option in the form that Ansible is to validate, from the form that the task has it in."""
        return value

    def desired(self, value: Any) -> Any:
        """The normalised form of an option's value, which Ansible has validated."""
        raise NotImplementedError

    def known(self, raw: Any) -> bool:
        """Whether a value in a response says what exists. If not, the field is unknown: null may mean empty, or not shown."""
        return raw is not None

    def read(self, raw: Any) -> Any:
        """The normalised form of a value in a response."""
        raise NotImplementedError

    def merge(self, existing: Any, desired: Any, purge: bool) -> Any:
        """What is planned, all three normalised; without ``purge``, a field type that ``adds`` keeps the existing entries."""
        return desired

    def names(self, shown: Any) -> Iterable[str]:
        """The names of the entries of a field type that ``adds``, from the form in a result."""
        raise NotImplementedError

    def check_new(self, existing: Any, planned: Any, option: str) -> None:
        """Raise Refused when ``planned`` has something new, compared to ``existing`` (``None``: unknown), that must be a mistake."""

    def show(self, value: Any) -> Any:
        """The form in a result."""
        return value

    def diff(self, value: Any) -> Any:
        """The form in a diff: readable, sorted."""
        return self.show(value)

    def send(self, value: Any) -> Any:
        """The form in a request."""
        return value


class Text(FieldType):
    """One text, possibly one of a few words."""

    def __init__(
        self,
        choices: Sequence[str] | None = None,
        canonical: Callable[[str], str] | None = None,
        empty: bool = True,
        check: Callable[[str], object] | None = None,
    ) -> None:
        self.choices = choices
        self.canonical = canonical or (lambda value: value)  # to the one spelling that the service treats as the same
        self.empty = empty  # a task may give an empty text
        self.check = check  # raises Refused for a text that a task must not give

    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"type": "str"}
        if self.choices:
            spec["choices"] = list(self.choices)
        return spec

    def desired(self, value: Any) -> str:
        text = self.canonical(plain_text(value))
        if not text and not self.empty:
            raise Refused("it must not be empty")
        if self.check:
            self.check(text)
        return text

    def known(self, raw: Any) -> bool:
        # Some services show an empty text instead of one of their words where the field has no meaning.
        return super().known(raw) and not (self.choices and isinstance(raw, str) and not raw.strip())

    def read(self, raw: Any) -> str:
        if raw is None:
            raw = ""
        if not isinstance(raw, str):
            raise Refused(f"expected text, got {errors.brief(raw)}")
        return self.canonical(raw)

    def check_new(self, existing: Any, planned: Any, option: str) -> None:
        if self.check is name_text:
            new_names([planned], None if existing is None else [existing], option)


class Flag(FieldType):
    """true or false."""

    def spec(self) -> dict[str, Any]:
        return {"type": "bool"}

    def desired(self, value: Any) -> bool:
        return value is True

    def known(self, raw: Any) -> bool:
        return raw is not None and raw != ""

    def read(self, raw: Any) -> bool:
        # An older gateway may send the word as text. Any other value is not guessed at.
        if isinstance(raw, str) and raw.lower() in ("true", "false"):
            return raw.lower() == "true"
        if isinstance(raw, bool):
            return raw
        raise Refused(f"expected true or false, got {errors.brief(raw)}")


class Secret(Text):
    """A secret that the service returns: compared, sent back, never shown."""

    secret = True

    def desired(self, value: Any) -> str:
        if isinstance(value, str) and len(value) > 1 and masked(value):
            raise Refused("it must be the secret itself; got the mask that a service shows instead of it")
        return super().desired(value)

    def known(self, raw: Any) -> bool:
        return super().known(raw) and not masked(raw)

    def spec(self) -> dict[str, Any]:
        return {"type": "str", "no_log": True}

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str) or not raw:
            raise Refused("expected a secret")
        return raw

    def show(self, value: Any) -> str:
        return HIDDEN


def now() -> float:
    """Unix seconds; tests replace it."""
    return time.time()


class Time(FieldType):
    """A point in time, normalised to Unix seconds. A new one must lie in the future. An option may also be ISO 8601."""

    ISO = (
        r"(?a)^(\d{4})-(\d{2})-(\d{2})"
        r"(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$"
    )

    def __init__(self, latest: int) -> None:
        self.latest = latest  # Unix seconds

    def spec(self) -> dict[str, Any]:
        return {"type": "str"}

    def desired(self, value: Any) -> int:
        value = str(value).strip()
        seconds = int(value) if re.match(r"^[0-9]{1,18}$", value) else self._iso(value)
        if not 0 < seconds <= self.latest:
            raise Refused(
                f"{value} is outside what the service takes: at most {self.latest} ({self.iso(self.latest)})"
                + self._meant(value)
            )
        return seconds

    def check_new(self, existing: Any, planned: Any, option: str) -> None:
        # A task may repeat an end that exists and has passed: that changes nothing.
        if planned != existing and planned <= now():
            raise Refused(
                f"{option} must be a time in the future; got {planned}, which is {self.iso(planned)}{self._meant(str(planned))}"
            )

    def _meant(self, digits: str) -> str:
        """The end of a message: what may have been meant by a number that cannot be an end in Unix seconds."""
        date = re.match(r"^(20\d\d)(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?)?$", digits)
        if date:
            year, month, day, hour, minute, second = date.groups()
            text = f"{year}-{month or '01'}-{day or '01'}" + (f"T{hour}:{minute}:{second or '00'}Z" if hour else "")
            try:
                if self._iso(text) > now():
                    return f". A date is written with hyphens: {text}"
            except Refused:
                pass  # not a date, so something else was meant
        if not digits.isdigit():
            return ""
        number = int(digits)
        if now() < number // 1000 <= self.latest:
            return f". Milliseconds are not taken: in seconds it is {number // 1000}"
        if number < LONGEST_DURATION:
            return f". A duration is not taken: {digits} seconds from now it is {self.iso(int(now()) + number)}"
        return ""

    def _iso(self, value: str) -> int:
        """Unix seconds of an ISO 8601 time; without an offset it is UTC."""
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
        if zone and zone.upper() != "Z":
            digits = zone[1:].replace(":", "")
            hours, minutes = int(digits[:2]), int(digits[2:] or 0)
            if hours > 23 or minutes > 59:
                raise Refused(f"{errors.brief(value)} is not a time: its offset is not from 00:00 to 23:59")
            offset = hours * 3600 + minutes * 60
            offset = -offset if zone[0] == "-" else offset
        return int((moment - datetime.datetime(1970, 1, 1)).total_seconds()) - offset

    def read(self, raw: Any) -> int:
        if isinstance(raw, str) and re.match(r"^\d+(\.0*)?$", raw):
            raw = float(raw)
        # The range is checked first: a response may hold an integer of a thousand digits, which is too large for a float.
        usable = isinstance(raw, (int, float)) and not isinstance(raw, bool) and abs(raw) < 1e18
        if not usable or raw != int(raw):
            raise Refused(f"expected Unix seconds, got {errors.brief(raw)}")
        return int(raw)

    def diff(self, value: Any) -> str:
        return self.iso(value)

    @staticmethod
    def iso(seconds: int) -> str:
        """The time in ISO 8601, in UTC; the number itself where it is beyond the calendar."""
        try:
            moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
        except OverflowError:
            return str(seconds)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class TextSet(FieldType):
    """A set of texts; normalised to a sorted tuple.

    ``nothing`` is the word by which the service writes an empty set, ``everything`` the one that includes all others.
    ``refuse_empty`` says why a task must not ask for an empty set.
    """

    adds = True

    def __init__(
        self,
        choices: Sequence[str] | None = None,
        nothing: str | None = None,
        everything: str | None = None,
        refuse_empty: str | None = None,
        check: Callable[[str], object] | None = None,
        check_entry: Callable[[str], object] | None = None,
        separator: str | None = None,
        example: Sequence[str] = ("a", "b"),
    ) -> None:
        self.choices = choices
        self.nothing = nothing
        self.everything = everything
        self.refuse_empty = refuse_empty
        self.check = check  # of each entry that a task gives; raises Refused
        self.check_entry = check_entry  # the same, of a new entry only: an existing one is sent back as it was read
        self.separator = separator  # given where the service takes and returns one text instead of a list
        self.example = choices[1:3] if choices else example

    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"type": "list", "elements": "str"}
        if self.choices:
            spec["choices"] = list(self.choices)
        return spec

    def given(self, value: Any) -> Any:
        """A list, also from a text with commas between the entries, as an ad-hoc command has it."""
        right = f"it must be a list, such as [{', '.join(self.example)}]"
        if isinstance(value, dict):
            raise Refused(f"{right}; got a mapping")
        if not isinstance(value, str):
            return value
        if not value.strip():
            raise Refused(f"{right}; got an empty text, and an empty list is []")
        entries = [entry.strip() for entry in value.split(",")]
        # Refused, since versions of Ansible differ in which of these texts they turn into lists.
        if re.match(BRACKETED, value) or any(re.match(QUOTED, entry) for entry in entries):
            raise Refused(f"{right}, or '{', '.join(self.example)}'; got a text that looks like a list")
        return entries

    def desired(self, value: Any) -> tuple[str, ...]:
        for position, entry in enumerate(value):
            try:
                if not name_text(entry, "an entry").strip():
                    raise Refused("an entry must not be empty")
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

    def _tidy(self, found: Iterable[str]) -> tuple[str, ...]:
        """The normalised form: sorted; the words for nothing and for everything only alone."""
        entries = set(found)
        if self.everything is not None and self.everything in entries:
            return (self.everything,)
        if self.nothing is not None:
            entries.discard(self.nothing)
            entries = entries or {self.nothing}
        return tuple(sorted(entries))

    def read(self, raw: Any) -> tuple[str, ...]:
        if self.separator is not None:
            if raw is not None and not isinstance(raw, str):
                raise Refused(f"expected one text, got {errors.brief(raw)}")
            raw = [part.strip() for part in (raw or "").split(self.separator) if part.strip()]
        if not isinstance(raw, list) or not all(isinstance(entry, str) for entry in raw):
            raise Refused(f"expected a list of texts, got {errors.brief(raw)}")
        # Not compared with `choices`: an entry that this release does not know must not get lost.
        return self._tidy(raw)

    def merge(self, existing: Any, desired: Any, purge: bool) -> Any:
        return desired if purge else self._tidy(set(existing) | set(desired))

    def names(self, shown: Iterable[str]) -> Iterable[str]:
        return shown

    def check_new(self, existing: Any, planned: Any, option: str) -> None:
        names = set(planned) - {self.everything}
        new_names(names, existing, option, "an entry", self.check_entry)

    def show(self, value: Any) -> list[str]:
        return list(value)

    def send(self, value: Any) -> str | list[str]:
        return self.separator.join(value) if self.separator is not None else list(value)


class Keyed(FieldType):
    """Rows, one for each key, without an order; normalised to ``{key: {option of a column: its normalised value}}``."""

    adds = True

    def __init__(
        self,
        key: str,
        columns: Sequence[Field],
        check_key: Callable[[str], object] | None = None,
        example: str = "a",
    ) -> None:
        self.key = key  # in options, responses and requests
        self.columns = columns  # the other Fields of a row
        self.row_keys: tuple[str, ...] = (key,)  # a row must have one of these
        # Raises Refused for a key that a new row must not have; an existing one is sent back as it was read.
        self.check_key = check_key
        self.example = example

    def spec(self) -> dict[str, Any]:
        options: dict[str, Any] = {self.key: {"type": "str", "required": True}}
        for column in self.columns:
            options[column.option] = dict(column.spec(), required=True) if column.needed else column.spec()
        return {"type": "list", "elements": "dict", "options": options}

    def given(self, value: Any) -> Any:
        """A list of rows, also from a mapping of keys, each with its first column or with a mapping of all columns."""
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
                        f"{right}; got a row that is {'text' if isinstance(row, str) else 'not a mapping'}",
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
                raise Refused(f"{right}; got a row that is not a mapping of options")
            row = dict(item) if isinstance(item, dict) else {column.option: item}
            if row.setdefault(self.key, key) != key:
                raise Refused(f"{right}; got a row whose {self.key} differs from its key")
            rows.append(row)
        return self.given(rows)

    def key_of(self, row: Mapping[str, Any]) -> str:
        """The key of a row of a task or of a response."""
        value = row.get(self.key)
        if not isinstance(value, str) or not value:
            raise Refused(f"a row has no {self.key}")
        return plain_text(value, self.key)

    def desired(self, value: Any) -> dict[str, dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {}
        first: dict[str, int] = {}
        for position, row in enumerate(value):
            try:
                key = name_text(self.key_of(row), self.key)
                if not key.strip():
                    raise Refused(f"a row has no {self.key}")
                if key in rows:
                    raise Refused(f"{key} is already listed at [{first[key]}]")
                first[key] = position
                rows[key] = self.desired_row(row)
            except Refused as error:
                raise Refused(str(error), f"[{position}]{error.where}") from None
        return rows

    def desired_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The normalised columns that a row of a task has."""
        result: dict[str, Any] = {}
        for column in self.columns:
            value = row.get(column.option)
            if value is not None:
                try:
                    result[column.option] = column.type.desired(value)
                except Refused as error:
                    raise Refused(str(error), f".{column.option}{error.where}") from None
        return result

    def read(self, raw: Any) -> dict[str, dict[str, Any]]:
        if raw is None:
            return {}
        if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
            raise Refused(f"expected a list of objects, got {errors.brief(raw)}")
        rows: dict[str, dict[str, Any]] = {}
        for row in raw:
            key = self.key_of(row)
            if key in rows:
                raise Refused(f"{key} stands in the response twice")
            rows[key] = {column.option: self._read_column(column, row, key) for column in self.columns}
        return rows

    @staticmethod
    def _read_column(column: Field, row: Mapping[str, Any], key: str) -> Any:
        raw = row.get(column.key)
        # A permission must be there. Another column, such as a tag, may be missing, and is empty then.
        if column.type.choices and not column.type.known(raw):
            raise Refused(f"{key} has no {column.key}")
        return column.type.read(raw)

    def merge(self, existing: Any, desired: Any, purge: bool) -> dict[str, dict[str, Any]]:
        result: dict[str, dict[str, Any]] = {} if purge else dict(existing)
        for key, row in desired.items():
            result[key] = dict(existing.get(key, ()), **row)
        return result

    def names(self, shown: Any) -> list[str]:
        return [row[self.key] for row in shown]

    def check_new(self, existing: Any, planned: Any, option: str) -> None:
        new_names(planned, existing, option, self.key, self.check_key)

    def show(self, value: Any) -> list[dict[str, Any]]:
        return [dict({self.key: key}, **self._row(value[key], "show")) for key in sorted(value)]

    def diff(self, value: Any) -> dict[str, Any]:
        if len(self.columns) == 1:  # `orders: PUB` reads better than a list of pairs
            column = self.columns[0]
            return {key: column.type.diff(value[key][column.option]) for key in sorted(value)}
        return {key: self._row(value[key], "diff") for key in sorted(value)}

    def _row(self, row: Mapping[str, Any], form: str) -> dict[str, Any]:
        """The columns of a row in the form ``show`` or ``diff``."""
        return {
            column.option: getattr(column.type, form)(row[column.option])
            for column in self.columns
            if column.option in row
        }

    def send(self, value: Any) -> list[dict[str, Any]]:
        return [
            dict(
                {self.key: key},
                **{c.key: c.type.send(value[key][c.option]) for c in self.columns if c.option in value[key]},
            )
            for key in sorted(value)
        ]
