# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants as a user writes them, checked and turned into permissions of their system.

All mistakes of all grants are found together. Each says where it is (file, number, principal), what must be there, and what
is there instead; a value that may be a secret is never repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .._text import Refused, did_you_mean, plain_text
from .._ucloud.ufile_renewal import RENEWING, renewal
from . import huaweicloud_rocketmq, huaweicloud_roma, setups, ucloud_ufile, ucloud_urocketmq
from .permission_set import NOT_SHOWN, FieldError, Quotes, type_of
from .setups import CUSTOM, LISTS, LOCKDOWN, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .permission_set import Permission, PermissionSet
    from .setups import SetUps

SYSTEMS = {
    module.PERMISSION_SET.name: module.PERMISSION_SET
    for module in (ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma)
}
SCOPES = ("service_id", "instance_id")
ABOUT = ("owner", "reason", "ticket")  # shown, and never written
FIELDS = (
    "system",
    *SCOPES,
    "principal",
    "setup",
    *LISTS,
    *TEXTS,
    *RENEWING,
    "permissions",
    "state",
    "secret_key",
    *ABOUT,
)
STATES = ("present", "absent")
NAMES = sorted({key for system in SYSTEMS.values() for key in system.principals}, reverse=True)
MOST_TOLD = 5  # grants of one principal in a message
LONGEST = 64  # characters of a principal in a message
QUOTES = Quotes(SYSTEMS.values(), set(FIELDS) - {"secret_key"})


class Source:
    """Where a grant stands, for messages: `grants.yml: permissions_grants[3] (billing)`."""

    __slots__ = ("file", "index", "line", "number", "principal")

    def __init__(
        self, index: int, raw: Any, file: str | None = None, number: int | None = None, line: int | None = None
    ) -> None:
        self.index = index  # among all grants of the task
        self.file = file
        self.number = index if number is None else number  # in its file
        self.line = line  # in which it begins there, from 1; None where that is not known
        principal = raw.get("principal") if isinstance(raw, dict) else None
        if isinstance(principal, dict):
            principal = next((principal[key] for key in NAMES if isinstance(principal.get(key), str)), None)
        self.principal = principal if isinstance(principal, str) and len(principal) <= LONGEST else None

    def __str__(self) -> str:
        who = f" ({self.principal})" if self.principal else ""
        return f"{self.file + ': ' if self.file else ''}permissions_grants[{self.number}]{who}"


def where(sources: Sequence[Source]) -> str:
    """The places of several grants, for a message; of many, the first ones."""
    told = [str(source) for source in sources[:MOST_TOLD]]
    more = len(sources) - len(told)
    return " and ".join([*told, f"{more} more"] if more else told)


class GrantProblem(errors.Problem):
    """What is wrong with one or several grants."""

    def __init__(
        self, sources: Sequence[Source], message: str, option: str | None = None, system: str | None = None
    ) -> None:
        super().__init__(where(sources), message, option)
        self.indices = [source.index for source in sources]
        self.system = system

    def __str__(self) -> str:
        return ": ".join(part for part in (self.position, " ".join(filter(None, (self.option, self.message)))) if part)


class Grant:
    """One grant. ``permission`` is what it gives, in the form of its system's permission set."""

    __slots__ = ("absent", "lockdown", "names", "permission", "raw", "scope", "secret", "setup", "source", "system")

    # Set when it is checked; only checked grants leave this file.
    system: PermissionSet
    scope: str | None  # the service or instance
    names: dict[str, str]
    setup: str
    lockdown: bool
    permission: Permission
    secret: str | None

    def __init__(self, source: Source, raw: Any) -> None:
        self.source = source
        self.raw = raw  # the fields as they were written, less the secret
        self.absent = raw.get("state") == "absent"

    @property
    def index(self) -> int:
        """Its place among all grants of the task, from 0."""
        return self.source.index


class _Checker:
    """Checks one grant, and collects what is wrong with it."""

    def __init__(self, setups: SetUps, source: Source, raw: Any) -> None:
        self.setups = setups
        self.source = source
        self.raw = raw
        self.problems: list[GrantProblem] = []

    def tell(self, text: str, option: str | None = None) -> None:
        self.problems.append(GrantProblem([self.source], text, option))

    def wrong(self, field: str, expected: str, secret: bool = False, known: Iterable[str] = ()) -> None:
        if self.raw.get(field) is None:
            got = "nothing"
        elif secret:
            got = NOT_SHOWN
        else:
            got = QUOTES.brief(self.raw[field])
        self.tell(f"must be {expected}; got {got}{did_you_mean(self.raw.get(field), known)}", field)

    def grant(self) -> Grant | None:
        """The Grant, or ``None`` when something is wrong with it."""
        if not isinstance(self.raw, dict):
            self.tell(f"it must be a mapping with system, principal and setup; got {type_of(self.raw)}")
            return None
        for field in self.raw:
            if field not in FIELDS:
                name = errors.printable(str(field)) if len(str(field)) <= LONGEST else "a text"
                self.tell(
                    f"is not a field of a grant{did_you_mean(field, FIELDS) or '; use ' + ', '.join(FIELDS)}", name
                )
        kept = {
            field: QUOTES.plain(self.raw[field])
            for field in FIELDS
            if self.raw.get(field) is not None and field != "secret_key"
        }
        grant = Grant(self.source, kept)
        if not isinstance(self.raw.get("system"), str) or self.raw["system"] not in SYSTEMS:
            self.wrong("system", "one of " + ", ".join(SYSTEMS), known=SYSTEMS)
            return None
        if self.raw.get("state") not in (None,) + STATES:
            self.wrong("state", "present or absent")
        for field in ABOUT:
            if field in kept and not _is_right(field, kept[field]):
                self.wrong(field, "text")
        grant.system = SYSTEMS[self.raw["system"]]
        grant.scope = self._scope(grant.system)
        grant.names = self._principal(grant.system)
        grant.secret = self._secret(grant)
        definition = self._definition(grant)
        if definition is not None:
            self._permission(grant, definition)
        return None if self.problems else grant

    def _scope(self, system: PermissionSet) -> str | None:
        for field in SCOPES:
            value = self.raw.get(field)
            if field != system.scope:
                if value is not None:
                    self.wrong(field, f"left out, since {system.name} does not use it")
            elif not _is_name(value):
                self.wrong(field, "the ID of the service or instance, as text")
        return str(self.raw.get(system.scope)) if system.scope else None

    def _principal(self, system: PermissionSet) -> dict[str, str]:
        value, keys = self.raw.get("principal"), system.principals
        if not isinstance(value, dict):
            value = {keys[0]: value}
        named = value and all(_is_name(name) for name in value.values()) and set(value) <= set(keys)
        # No response has an application's id without its name. A token is named by its name or its id, not by both.
        if not named or (keys[0] not in value if system.per_topic else len(value) > 1):
            self.wrong("principal", system.principal_form)
            return {}
        return {key: str(name) for key, name in value.items()}

    def _secret(self, grant: Grant) -> str | None:
        secret = self.raw.get("secret_key")
        if secret is None:
            return None
        if not grant.system.needs_secret:
            self.wrong("secret_key", f"left out, since {grant.system.name} makes its own", secret=True)
            return None
        try:
            grant.system.check_secret(secret, grant.names)
        except ValueError as error:
            self.wrong("secret_key", str(error), secret=True)
        return str(secret)

    def _definition(self, grant: Grant) -> Mapping[str, Any] | None:
        setup, system = self.raw.get("setup"), grant.system.name
        permissions = self.raw.get("permissions")
        here = [name for name, by_system in self.setups.items() if system in by_system] + [CUSTOM]
        if not isinstance(setup, str) or (setup != CUSTOM and setup not in self.setups):
            self.wrong("setup", f"for {system} one of {', '.join(here)}", known=here)
            return None
        grant.setup = str(setup)
        if setup == CUSTOM and not (isinstance(permissions, dict) and permissions):
            self.wrong("permissions", "a mapping of some of " + ", ".join(sorted(grant.system.fields)))
            return None
        if setup != CUSTOM and permissions is not None:
            self.wrong("permissions", f"left out, or setup: {CUSTOM} beside it")
            return None
        definition = setups.definition_of(self.setups, setup, grant.system, permissions)
        if definition is None:
            there = ", ".join(self.setups[setup])
            self.wrong("setup", f"for {system} one of {', '.join(here)} ({setup} has a meaning for {there} only)")
            return None
        grant.lockdown = setup == LOCKDOWN
        if grant.lockdown and grant.absent:
            self.wrong("state", f"present, since {LOCKDOWN} gives nothing that could be taken back")
        return definition

    def _permission(self, grant: Grant, definition: Mapping[str, Any]) -> None:
        try:
            used = setups.fields(definition)
        except setups.SetUpError as error:  # in custom permissions: set-ups are checked before
            self.tell(f"{error}; got {QUOTES.brief(self.raw['permissions'])}", "permissions")
            return
        values: dict[str, Any] = {}
        for field in LISTS + TEXTS:
            value = self.raw.get(field)
            if field not in used:
                if value is not None:
                    self.wrong(field, f"left out, since {grant.setup} on {grant.system.name} does not use it")
            elif value is None:
                if not used[field]:
                    self.wrong(field, _right(field))
            elif _is_right(field, value):
                values[field] = [str(item) for item in value] if field in LISTS else str(value)
            else:
                self.wrong(field, _right(field))
        renewal = self._renewal(grant, used)
        if self.problems:
            return
        try:
            native = grant.system.native(setups.expand(definition, values))
            grant.permission = grant.system.from_options(native, verbatim=grant.setup == CUSTOM)
            if renewal:
                grant.permission = dict(grant.permission, renewal=renewal)
        except FieldError as error:
            if grant.setup == CUSTOM and error.field in self.raw["permissions"]:
                got = NOT_SHOWN
                if error.field in grant.system.fields:
                    got = QUOTES.brief(self.raw["permissions"][error.field])
                self.tell(f"must be {error}; got {got}", f"permissions.{errors.printable(str(error.field))}")
            elif grant.setup == CUSTOM and error.field != "expire_time":
                self.wrong("permissions", f"a mapping with {error.field}: {error}")
            else:
                self.wrong(_field_of(definition, error.field), str(error))

    def _renewal(self, grant: Grant, used: Mapping[str, bool]) -> Any:
        """``expires_in`` and ``renew_before`` in seconds, of an end that renews itself; ``None`` without them."""
        renewing = {field: self.raw[field] for field in RENEWING if self.raw.get(field) is not None}
        if renewing and "expires" not in used:
            for field in renewing:
                self.wrong(field, f"left out, since {grant.setup} on {grant.system.name} does not use it")
            return None
        try:
            return renewal(dict(renewing, expire_time=self.raw.get("expires")))
        except Refused as error:
            self.tell(str(error).replace("expire_time", "expires").replace("it ", "", 1), error.where)
            return None


def _is_name(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(plain_text(value).strip())
    except ValueError:
        return False


def _is_right(field: str, value: Any) -> bool:
    if field in LISTS:
        return isinstance(value, (list, tuple)) and bool(value) and all(_is_name(item) for item in value)
    # A number with a fraction is refused: 1.10 would become 1.1.
    return not isinstance(value, (bool, float, dict, list, tuple)) and str(value) != ""


def _right(field: str) -> str:
    return {
        "topics": "a list of names of topics, such as [orders]",
        "groups": "a list of names of consumer groups, such as [billing-group]",
        "buckets": "a list of names of buckets, such as [backups]; ['*'] is all of them",
        "prefixes": "a list of prefixes, such as [db/]; without it, everything in the buckets",
        "tag": "a tag, or several split by ||, such as v1||v2",
        "expires": "a time, such as 2027-01-01 or 2027-01-01T00:00:00Z",
    }[field]


def _field_of(definition: Mapping[str, Any], option: str) -> str:
    """The field of a grant that a native option was filled from, for a message."""
    for field in setups.fields({option: definition.get(option)}):
        return field
    return "setup"


def check(
    rows: Sequence[Any], known_setups: SetUps, sources: Sequence[Source] | None = None
) -> tuple[list[Grant], list[GrantProblem]]:
    """``(grants, problems)``: the Grants of ``rows``, and a GrantProblem for each mistake in any of them.

    ``sources`` has a Source for each row when they come from files.
    """
    sources = sources or [Source(index, raw) for index, raw in enumerate(rows)]
    found, problems = [], []
    for source, raw in zip(sources, rows):
        checker = _Checker(known_setups, source, raw)
        grant = checker.grant()
        problems.extend(checker.problems)
        if grant:
            found.append(grant)
    by_principal: dict[Any, list[Grant]] = {}
    for grant in found:
        who = frozenset(item for item in grant.names.items() if item[0] != "app_id")
        by_principal.setdefault((grant.system.name, grant.scope, who), []).append(grant)
    for group in by_principal.values():
        problems.extend(contradictions(group))
    return found, problems


def contradictions(group: Sequence[Grant]) -> list[GrantProblem]:
    """A GrantProblem for each two grants of one principal that exclude each other.

    Two grants that only give are not compared, since a principal may have thousands of them.
    """
    problems = []
    secrets: dict[str, Grant] = {}
    for grant in group:
        if grant.secret:
            secrets.setdefault(grant.secret, grant)
    if len(secrets) > 1:
        one, other = list(secrets.values())[:2]
        problems.append(_both(one, other, "they have different values of secret_key"))
    for one in group:
        for other in group if one.lockdown or one.absent else ():
            # Two that both take away are compared once.
            if other is one or (other.index < one.index and (other.lockdown or other.absent)):
                continue
            first, second = sorted((one, other), key=lambda grant: grant.index)
            text = _contradiction(first, second)
            if text:
                problems.append(_both(first, second, text))
    return problems


def _both(one: Grant, other: Grant, text: str) -> GrantProblem:
    who = "{} {}".format(one.system.label, ", ".join(sorted(one.names.values())))
    text = f"they contradict each other: {text}, of the same principal ({who})"
    return GrantProblem([one.source, other.source], text, system=one.system.name)


def _contradiction(one: Grant, other: Grant) -> str | None:
    system = one.system
    if one.lockdown != other.lockdown:
        if system.apart(one.permission, other.permission):
            return None
        return f"{one.setup} and {other.setup}"
    if one.absent != other.absent:
        absent, present = (one, other) if one.absent else (other, one)
        if system.gives(absent.permission) and system.includes(present.permission, absent.permission):
            return "one takes back what the other gives"
    return None
