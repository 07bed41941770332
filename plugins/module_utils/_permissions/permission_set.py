# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The permissions of a system as sets, which grants add to and take from.

A *permission* is a plain value of a system's own shape, made from the options of its module. Systems differ in what they
can express; where a sum or a difference cannot be expressed, ValueError says why. Nothing is ever rounded up: a principal
never gets more than its grants give together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, FrozenSet, Union

from .. import _errors as errors
from .._schema.fields import Time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._schema.resource import Field, Names, Resource, State
    from .grants import Grant

Permission = Dict[str, Any]  # of a system's own shape
Shown = Dict[str, Any]  # a resource as a result of its module shows it; on ROMA Connect topic -> row
Tags = Union[str, FrozenSet[str]]  # a set of names, or ALL

ALL = "ALL"  # a set that includes all others, also what is created later
EMPTY: frozenset[str] = frozenset()
NOT_SHOWN = "a value that is not shown"


def type_of(value: Any) -> str:
    """The type of a value, for a message that must not quote it: it may be a secret."""
    if isinstance(value, (list, tuple)):
        return "a list"
    return "nothing" if value is None else "a text" if isinstance(value, str) else "a single value"


class Quotes:
    """What a message may quote of what a user wrote.

    An unknown key may be a misspelt one that holds a secret. So its value is not shown, unless it is a word of a
    permission, such as PUB.
    """

    def __init__(self, systems: Any, keys: Iterable[str]) -> None:
        self.keys = set(keys)
        self.words: set[Any] = set()
        for system in systems:
            self.keys.update(system.principals, system.fields, system.custom)
            for field in system.fields.values():
                for kind in [field.type] + [column.type for column in getattr(field.type, "columns", ())]:
                    self.words.update(kind.choices or ())

    def plain(self, value: Any, shown: bool = True) -> Any:
        """Without the types that Ansible gives to texts, so that it prints as it was written; and without secrets."""
        if isinstance(value, dict):
            return {str(key): self.plain(item, shown and key in self.keys) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.plain(item, shown) for item in value]
        if value is None or isinstance(value, bool):
            return value
        if not shown and value not in self.words:
            return errors.REDACTED
        return value if isinstance(value, (int, float)) else str(value)

    def brief(self, value: Any) -> str:
        """A value as a message may quote it, in about a hundred characters."""
        return errors.brief(self.plain(value))

    def mapping(self, value: Any) -> str:
        """The same for what must be a mapping; of anything else only the type."""
        return self.brief(value) if isinstance(value, dict) else type_of(value)


class FieldError(ValueError):
    """A wrong value of the native field ``field``. The message says what it must be."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class PermissionSet:
    """One system: how its principals are named, and the algebra of its permissions."""

    name: str  # in a grant
    resource: Resource  # the table of its module
    scope: str = ""  # the grant's field that says where: service_id, instance_id, or empty
    principals: tuple[str, ...] = ()  # keys of a principal that is a mapping; the first is what plain text means
    per_topic = False  # a principal's permissions are rows of many resources (topics), and not one resource
    product = False  # everything in one list of names counts for everything in the others
    needs_secret = False  # a new principal needs `secret_key` in a grant
    keys_by = ""  # the operation that shows the keys of a new principal; empty where the service makes none
    # What `setup: custom` takes also from fields of a grant: native option -> placeholder
    custom: Mapping[str, str] = {}

    @property
    def principal_form(self) -> str:
        """What the principal of a grant must be, for messages."""
        form = f"a name ({self.principals[0]})"
        if self.principals[1:]:
            keys = self.principals if self.per_topic else self.principals[1:]
            form += ", or a mapping such as {{{}}}".format(", ".join(f"{key}: …" for key in keys))
        return form

    @property
    def label(self) -> str:
        """What a principal is called in messages."""
        return self.resource.label

    def check_secret(self, secret: Any, names: Names) -> None:
        """Raise ValueError for a key that a new principal of these names cannot have."""

    # -- native fields ---------------------------------------------------------------------------

    @property
    def fields(self) -> dict[str, Field]:
        """Option -> Field of the permissions that a grant may name."""
        names = {name.option for name in self.resource.names}
        return {
            field.option: field for field in self.resource.fields if field.option not in names and not field.type.secret
        }

    def native(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The normalised values of native fields; FieldError for the first that is not right."""
        values = {}
        for option, value in options.items():
            if value is not None:
                values[option] = self.one(option, value)
        return values

    def one(self, option: str, value: Any) -> Any:
        """The normalised value of one option; FieldError when it is unknown or its value is refused."""
        field = self.fields.get(option)
        if field is None:
            raise FieldError(option, "one of " + ", ".join(sorted(self.fields)))
        return normal(option, field.type, value)

    def existing(self, shown: Shown) -> Permission:
        """The permission of a resource as a result of the system's module shows it."""
        raise NotImplementedError

    def from_options(self, values: Mapping[str, Any], verbatim: bool = False) -> Permission:
        """The permission that normalised native values give; ``verbatim`` values are not interpreted."""
        raise NotImplementedError

    def check_setup(self, granted: Permission) -> None:
        """Raise ValueError for what a set-up of a user's own may not give."""

    def grant_fields(self, existing: Permission, shown: Shown) -> dict[str, Any]:
        """The fields with which a grant of some set-up could give ``existing``: name -> value, which may be empty."""
        raise NotImplementedError

    def by_name(self, existing: Permission, fields: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """``existing`` in two parts, for the search of set-ups that give it together. Not for ``per_topic``.

        What has no names of topics, groups, buckets or prefixes; and list in a grant -> name -> how it is held.
        ``fields`` are those of `grant_fields` that are not empty.
        """
        raise NotImplementedError

    # -- algebra ---------------------------------------------------------------------------------

    def nothing(self) -> Permission:
        """The permission of somebody who may do nothing."""
        raise NotImplementedError

    def add(self, existing: Permission, granted: Sequence[Permission]) -> Permission:
        """``existing`` and all of ``granted``; their order has no meaning."""
        raise NotImplementedError

    def remove(self, existing: Permission, granted: Permission) -> Permission:
        """``existing`` without what ``granted`` gives."""
        raise NotImplementedError

    def lock(self, existing: Permission, granted: Permission) -> Permission:
        """``existing`` after a lockdown that names ``granted``."""
        return self.nothing()

    def apart(self, one: Permission, other: Permission) -> bool:
        """Whether two grants of one principal are about different things, so that one may take all away and one may give."""
        return False

    def baseline(self, existing: Permission, shown: Shown, named: Sequence[Permission]) -> Permission:
        """What a principal keeps beside its grants in the scope `exact`; ``named`` is what these give."""
        return self.nothing()

    def includes(self, larger: Permission, smaller: Permission) -> bool:
        """Whether ``larger`` gives all that ``smaller`` gives."""
        try:
            return self.same(self.add(larger, [smaller]), larger)
        except ValueError:
            return False

    def gives(self, granted: Permission) -> bool:
        """Whether ``granted`` allows anything at all."""
        return not self.includes(self.nothing(), granted)

    def same(self, one: Permission, other: Permission) -> bool:
        """Whether both permissions give the same."""
        return one == other

    # -- what is to be written -------------------------------------------------------------------

    def options(self, shown: Shown | None, before: Permission, after: Permission) -> dict[str, Any]:
        """The module's options that turn ``before`` (``shown`` by the service) into ``after``."""
        raise NotImplementedError

    def locked(self, shown: Shown) -> dict[str, Any]:
        """The module's options that take everything away."""
        raise NotImplementedError

    def refuse(self, grant: Grant, existing: Permission) -> None:
        """Raise FieldError for what ``grant`` may not give to a principal whose permission is ``existing``."""

    # -- in words ----------------------------------------------------------------------------------

    def words(self, shown: Shown) -> str:
        """A resource's permissions in one line, for people."""
        raise NotImplementedError

    def words_of_new(self, shown: Shown) -> str:
        """The same of a resource that is created, with what the service adds of its own."""
        return self.words(shown)

    def words_beyond(self, existing: Permission, declared: Permission) -> str:
        """What ``existing`` gives and ``declared`` does not, or an empty text. The end of a token does not count."""
        raise NotImplementedError


def normal(option: str, kind: Any, value: Any) -> Any:
    """The normalised value of an option of the field type ``kind``; FieldError says what it must be."""
    spec = kind.spec()
    right = {"str": "text", "bool": "true or false", "list": "a list"}[spec["type"]]
    choices = spec.get("choices")
    if isinstance(kind, Time):
        right = "a time"
    if choices:
        right = ("a list of some of " if spec["type"] == "list" else "one of ") + ", ".join(choices)
    if spec["type"] == "bool" and not isinstance(value, bool):
        raise FieldError(option, right)
    if spec["type"] == "str":
        if isinstance(value, (list, dict, bool)):
            raise FieldError(option, right)
        value = str(value)
        if choices and value not in choices:
            raise FieldError(option, right)
    if spec["type"] == "list":
        if spec["elements"] == "dict":
            value = _rows(option, kind, value)
        else:
            texts = isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
            if not texts or (choices and not set(value) <= set(choices)):
                raise FieldError(option, right)
    try:
        return kind.desired(value)
    except ValueError as error:
        raise FieldError(option, f"{right} ({error})") from None


def _rows(option: str, kind: Any, value: Any) -> Any:
    """Rows of a keyed list."""
    (column,) = kind.columns
    words = kind.columns[0].type.choices
    right = "a mapping of names to one of {}, such as {{orders: {}}}".format(", ".join(words), words[0])
    try:
        value = kind.given(value)
    except ValueError:
        raise FieldError(option, right) from None
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(row, dict) and set(row) == {kind.key, column.option} and row[column.option] in words for row in value
    ):
        raise FieldError(option, right)
    return value


def differences(resource: Resource, one: State, other: State) -> list[Field]:
    """The permissions in which two resources differ, without names and secrets.

    A field that a service shows only when it is not empty counts as empty where it is not shown.
    """
    found = []
    for field in resource.fields:
        if field.type.secret or field.option == resource.identity[-1].option:
            continue
        values = [state.values.get(field.option) for state in (one, other)]
        if not field.fill:
            values = [value or None for value in values]
        if values[0] != values[1]:
            found.append(field)
    return found


def unite(parts: Iterable[Tags]) -> Tags:
    """The union of sets, of which ALL includes every other."""
    parts = list(parts)
    return ALL if ALL in parts else EMPTY.union(*parts)


def without(existing: Tags, taken: Tags, what: str) -> Tags:
    """A set less another one; ValueError for ALL less some names, which no service can express."""
    if not taken:
        return existing
    if taken == ALL:
        return EMPTY
    if not isinstance(existing, frozenset) or not isinstance(taken, frozenset):
        raise ValueError(f"{what} is everything, and everything but {joined(taken)} cannot be expressed")
    return existing - taken


def beyond(existing: Tags, declared: Tags) -> Tags:
    """What is in ``existing`` and not in ``declared``; ALL less some names is shown as ALL."""
    if not isinstance(declared, frozenset):
        return EMPTY
    return existing - declared if isinstance(existing, frozenset) else existing


def joined(names: Iterable[str]) -> str:
    """Names for a message, sorted, with commas."""
    return ", ".join(sorted(names))
