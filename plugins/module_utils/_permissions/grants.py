# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants as a user writes them, checked and turned into permissions of their system.

Every mistake becomes a text that says where it is, what is there and what would be right.
"""

from __future__ import annotations

from .._huaweicloud.rocketmq_user import is_its_name
from .._text import plain_text
from . import huaweicloud_rocketmq, huaweicloud_roma, setups, ucloud_ufile, ucloud_urocketmq
from .permission_set import NOT_SHOWN, FieldError, Quotes, normal, type_of
from .setups import CUSTOM, LISTS, LOCKDOWN

SYSTEMS = {
    module.PERMISSION_SET.name: module.PERMISSION_SET
    for module in (ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma)
}
SCOPES = ("service_id", "instance_id")
FIELDS = (
    ("system",) + SCOPES + ("principal", "setup") + LISTS + ("tag", "expires", "permissions", "state", "secret_key")
)
STATES = ("present", "absent")
QUOTES = Quotes(SYSTEMS.values(), set(FIELDS) - {"secret_key"})


class Grant:
    """One grant. ``permission`` is what it gives, in the form of its system's permission set."""

    __slots__ = ("absent", "index", "lockdown", "names", "permission", "raw", "scope", "secret", "setup", "system")

    def __init__(self, index, raw):
        self.index = index
        self.raw = raw  # the fields as they were written, less the secret
        self.system = self.scope = self.names = self.setup = self.permission = self.secret = None
        self.absent = raw.get("state") == "absent"
        self.lockdown = False

    @property
    def position(self):
        return f"permissions_grants[{self.index}]"


class _Checker:
    """Checks one grant, and collects what is wrong with it."""

    def __init__(self, setups, index, raw):
        self.setups = setups
        self.index = index
        self.raw = raw
        self.problems = []

    def wrong(self, field, right, secret=False):
        place = f"permissions_grants[{self.index}]" + (f".{field}" if field else "")
        if field is None:
            got = type_of(self.raw)
        elif self.raw.get(field) is None:
            got = "nothing"
        elif secret or field not in FIELDS or field == "secret_key":
            got = NOT_SHOWN
        else:
            got = QUOTES.brief(self.raw[field])
        self.problems.append(f"{place}: got {got}; right would be {right}")

    def grant(self):
        """The Grant, or ``None`` when something is wrong with it."""
        if not isinstance(self.raw, dict):
            self.wrong(None, "a mapping with system, principal and setup")
            return None
        for field in self.raw:
            if field not in FIELDS:
                self.wrong(field, "one of the fields " + ", ".join(FIELDS))
        kept = {
            field: QUOTES.plain(self.raw[field])
            for field in FIELDS
            if self.raw.get(field) is not None and field != "secret_key"
        }
        grant = Grant(self.index, kept)
        if self.raw.get("system") not in SYSTEMS:
            self.wrong("system", "one of " + ", ".join(SYSTEMS))
            return None
        if self.raw.get("state") not in (None,) + STATES:
            self.wrong("state", "present or absent")
        grant.system = SYSTEMS[self.raw["system"]]
        grant.scope = self._scope(grant.system)
        grant.names = self._principal(grant.system)
        grant.secret = self._secret(grant)
        definition = self._definition(grant)
        if definition is not None:
            self._permission(grant, definition)
        return None if self.problems else grant

    def _scope(self, system):
        for field in SCOPES:
            value = self.raw.get(field)
            if field != system.scope:
                if value is not None:
                    self.wrong(field, f"left out, since {system.name} does not use it")
            elif not _is_name(value):
                self.wrong(field, "the ID of the service or instance, as text")
        return str(self.raw.get(system.scope)) if system.scope else None

    def _principal(self, system):
        value, keys = self.raw.get("principal"), system.principals
        right = f"a name ({keys[0]})"
        if len(keys) > 1:
            right += ", or a mapping such as {{{}: …}}".format(
                "{}: …, {}".format(*keys) if system.name == "huaweicloud_roma" else keys[1]
            )
        if not isinstance(value, dict):
            value = {keys[0]: value}
        named = value and all(_is_name(name) for name in value.values()) and set(value) <= set(keys)
        # An application's id alone is in no response; a token has one name that counts.
        if not named or (keys[0] not in value if system.name == "huaweicloud_roma" else len(value) > 1):
            self.wrong("principal", right)
            return {}
        return {key: str(name) for key, name in value.items()}

    def _secret(self, grant):
        secret, user = self.raw.get("secret_key"), grant.names.get("user_name")
        if secret is None:
            return None
        if grant.system.name != "huaweicloud_rocketmq":
            self.wrong("secret_key", f"left out, since {grant.system.name} makes its own", secret=True)
            return None
        (field,) = (field for field in grant.system.resource.fields if field.option == "secret_key")
        try:
            normal("secret_key", field.type, secret)
            if user and is_its_name(secret, user):
                raise ValueError("not the user's name, nor the name spelled backwards")
        except ValueError as error:
            self.wrong("secret_key", str(error), secret=True)
        return str(secret)

    def _definition(self, grant):
        setup, system = self.raw.get("setup"), grant.system.name
        permissions = self.raw.get("permissions")
        here = [name for name, by_system in self.setups.items() if system in by_system] + [CUSTOM]
        if not isinstance(setup, str) or (setup != CUSTOM and setup not in self.setups):
            self.wrong("setup", f"for {system} one of " + ", ".join(here))
            return None
        grant.setup = str(setup)
        if setup == CUSTOM and not (isinstance(permissions, dict) and permissions):
            self.wrong("permissions", "a mapping of some of " + ", ".join(sorted(grant.system.fields)))
            return None
        if setup != CUSTOM and permissions is not None:
            self.wrong("permissions", f"left out, or setup: {CUSTOM} beside it")
            return None
        definition = setups.definition_of(self.setups, setup, system, permissions)
        if definition is None:
            there = ", ".join(self.setups[setup])
            self.wrong("setup", f"for {system} one of {', '.join(here)}; {setup} has a meaning for {there} only")
            return None
        grant.lockdown = setup == LOCKDOWN
        if grant.lockdown and grant.absent:
            self.wrong("state", f"present, since {LOCKDOWN} gives nothing that could be taken back")
        return definition

    def _permission(self, grant, definition):
        used, values = setups.fields(definition), {}
        for field in LISTS + ("tag", "expires"):
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
        if self.problems:
            return
        try:
            native = grant.system.native(setups.expand(definition, values))
            grant.permission = grant.system.from_options(native, verbatim=grant.setup == CUSTOM)
        except FieldError as error:
            if grant.setup == CUSTOM and error.field in self.raw["permissions"]:
                got = NOT_SHOWN
                if error.field in grant.system.fields:
                    got = QUOTES.brief(self.raw["permissions"][error.field])
                place = f"permissions_grants[{self.index}].permissions.{error.field}"
                self.problems.append(f"{place}: got {got}; right would be {error}")
            elif grant.setup == CUSTOM and error.field not in ("topics", "expire_time"):
                self.wrong("permissions", f"with {error.field}: {error}")
            else:
                self.wrong(_field_of(definition, error.field), str(error))


def _is_name(value):
    try:
        return isinstance(value, str) and bool(plain_text(value).strip())
    except ValueError:
        return False


def _is_right(field, value):
    if field in LISTS:
        return isinstance(value, (list, tuple)) and bool(value) and all(_is_name(item) for item in value)
    return not isinstance(value, (bool, dict, list, tuple)) and str(value) != ""


def _right(field):
    return {
        "topics": "a list of names of topics, such as [orders]",
        "groups": "a list of names of consumer groups, such as [billing-group]",
        "buckets": "a list of names of buckets, such as [backups]; ['*'] is all of them",
        "prefixes": "a list of prefixes, such as [db/]; without it, everything in the buckets",
        "tag": "a tag, or several split by ||, such as v1||v2",
        "expires": "a time, such as 2027-01-01 or 2027-01-01T00:00:00Z",
    }[field]


def _field_of(definition, option):
    """The grant's field that a native option was made from."""
    for field in setups.fields({option: definition.get(option)}):
        return field
    return "setup"


def check(grants, setups):
    """Grants, and texts of all that is wrong with them; in one of the two lists, nothing else is missing."""
    if not isinstance(grants, (list, tuple)):
        return [], [f"permissions_grants: got {type_of(grants)}; right would be a list of grants"]
    found, problems = [], []
    for index, raw in enumerate(grants):
        checker = _Checker(setups, index, raw)
        grant = checker.grant()
        problems.extend(checker.problems)
        if grant:
            found.append(grant)
    by_principal = {}
    for grant in found:
        by_principal.setdefault((grant.system.name, grant.scope, repr(sorted(_key(grant)))), []).append(grant)
    for group in by_principal.values():
        problems.extend(contradictions(group))
    return found, problems


def reads(grant):
    """What must be read to plan a grant, as options of the system's `_info` module."""
    if grant.system.name == "huaweicloud_roma":
        return [{"instance_id": grant.scope, "name": topic} for topic in sorted(grant.permission)]
    return [{grant.system.scope: grant.scope} if grant.scope else {}]


def _key(grant):
    return [(key, name) for key, name in grant.names.items() if key != "app_id"]


def contradictions(group):
    """Texts that name two grants of one principal each, which cannot both be."""
    found = []
    for position, one in enumerate(group):
        for other in group[position + 1 :]:
            text = _contradiction(one, other)
            if text:
                who = "{} {}".format(one.system.resource.label, ", ".join(sorted(one.names.values())))
                found.append(
                    f"{one.position} and {other.position} contradict each other: {text}, of the same principal ({who})"
                )
    return found


def _contradiction(one, other):
    system = one.system
    if one.lockdown != other.lockdown:
        if system.apart(one.permission, other.permission):
            return None
        return f"{one.setup} and {other.setup}"
    if one.absent != other.absent:
        absent, present = (one, other) if one.absent else (other, one)
        if system.gives(absent.permission) and system.includes(present.permission, absent.permission):
            return "what the one takes back the other one gives"
    if one.secret and other.secret and one.secret != other.secret:
        return "they have different values of secret_key"
    return None
