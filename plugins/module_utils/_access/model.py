# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who can do what: principals and access of an estate, as the data `grantops.access/1`.

Times are ISO 8601 in UTC, lists are sorted, and whatever is not known is ``None``. A principal's key everywhere is
(system, scope, id). The data:

- ``format``; ``version`` of the collection; ``taken_at``
- ``complete``: false as soon as one scope was not read, or not whole
- ``unknowable``: sentences about what no API call shows; always the same
- ``warn_before``: days; what ends within them ends soon
- ``scopes``: ``system``; ``scope``, a service_id, an instance_id, a project, or "" where none is configured; ``complete``;
  ``problem``, why it is not; ``principals``, how many; ``assumption``, what must be true for a refusal there to hold
- ``principals``: ``system``, ``scope``, ``id``, ``name``; ``type`` (user, token, application, token of the service);
  ``identity``, the name under which `identities` joins it; ``owner``, ``reason``, ``ticket`` of its grants; ``created``,
  ``expires``; ``declared``, whether a grant names it (``None``: no grants were given)
- ``access``: ``system``, ``scope``, ``principal`` (an id) may do ``action``, one of ACTIONS, on ``resource`` under
  ``condition``, ``because`` of fields. ``certainty`` is documented, assumed or unknown; for the last two, ``assumption``
  says what would make it certain.

  - ``resource``: ``kind`` topic, object or instance; ``match`` exact, prefix or all; ``name``, which is "*" with all; of
    an object also ``bucket``, "*" for every one. One row with all includes what is created later.
  - ``condition`` has only keys that apply: ``until``, not allowed from this second on; ``addresses`` and
    ``not_addresses`` from which it is (not) allowed; ``groups``, the consumer groups; ``tags`` of messages; ``keyless``: no
    key is asked for; ``no_overwrite``: existing objects cannot be overwritten.
  - ``because``: ``field``, ``value``, and ``grant`` (``file``, ``number``, ``line``) that gives it, or ``None``.

  Among the rows of one principal and action, an exact name comes before all names, and a row with ``groups`` before one
  without. So an `unknown` row takes its name out of a row for all. Keyless rows count beside the others.
- ``findings``, see `findings`; ``changes`` since a snapshot, see `snapshot`, or ``None``
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .. import _generations as generations
from .._errors import brief, printable
from .._schema.fields import Time
from .._schema.resource import Others
from . import rules
from .estate import ROCKETMQ, ROMA, SYSTEMS, UFILE, UROCKETMQ, Declared, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Data = dict[str, Any]
    Key = tuple[str, str, str]  # system, scope, id
    Identities = Mapping[str, Sequence[Mapping[str, str]]]

FORMAT = "grantops.access/1"
VERSION = "1.1.0"  # of the collection
UNKNOWABLE = (
    "The keys of the accounts themselves, which these permissions do not bind.",
    "Policies of IAM, by which users of an account may change permissions or reach a service in another way.",
    "Whether a bucket is public, so that everybody reads it without a token.",
    "When a permission was last used.",
    "Whether access control (ACL) of a RocketMQ instance is on, and SASL of a ROMA Connect instance, unless `roma_sasl` says it.",
)
OF_SERVICE = "token of the service"
ACTIONS = ("publish", "consume", *rules.OBJECT_ACTIONS, "administer")
_SIMPLE: dict[str, tuple[str, str, str, Callable[..., Iterator[dict[str, Any]]]]] = {
    UFILE: ("token_id", "token_name", "token", rules.ufile),
    UROCKETMQ: ("token_id", "name", "token", rules.urocketmq),
    ROCKETMQ: ("user_name", "user_name", "user", rules.rocketmq),
}


def access(
    scopes: Iterable[Scope],
    grants: Sequence[Declared] | None = None,
    at: int = 0,
    version: str = "",
    roma_sasl: bool | Mapping[str, bool] | None = None,
    identities: Identities | None = None,
) -> Data:
    """The data of ``scopes``, without findings. ``at`` (Unix seconds) is used for ``taken_at`` only.

    ``grants`` is ``None`` when no grants were given, which is not the same as an empty list.
    ``roma_sasl`` says whether SASL is on, for all ROMA instances or by instance. ``identities`` joins principals, see `join`.
    """
    ordered = sorted(scopes, key=lambda scope: (scope.system, scope.scope))
    by_name = _by_name(grants or ())
    principals: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    shown = []
    for scope in ordered:
        found = list(_principals(scope, roma_sasl))
        found.sort(key=lambda pair: str(pair[0]["id"]))
        for principal, made in found:
            named = _grants_of(by_name, principal) if by_name else []
            _declare(principal, named, grants is not None)
            own = list(made(_because(named)))
            own.sort(key=_row_key)
            head = {"system": scope.system, "scope": scope.scope, "principal": principal["id"]}
            rows.extend({**head, **row} for row in own)
            principals.append(principal)
        shown.append(
            {
                "system": scope.system,
                "scope": scope.scope,
                "complete": scope.complete,
                "problem": scope.problem or (None if scope.complete else "It was not read whole."),
                "principals": len(found),
                "assumption": rules.SASL if scope.system == ROMA and _sasl(scope, roma_sasl) is None else None,
            }
        )
    data = {
        "format": FORMAT,
        "version": version,
        "taken_at": Time.iso(at),
        "complete": all(scope.complete for scope in ordered),
        "unknowable": list(UNKNOWABLE),
        "scopes": shown,
        "principals": principals,
        "access": rows,
        "findings": [],
        "changes": None,
    }
    join(data, identities)
    return data


def key_of(principal: Mapping[str, Any]) -> Key:
    """The key of an entry of ``principals``, or of what has a ``principal`` (a row of access, a finding)."""
    return principal["system"], principal["scope"], principal["principal" if "principal" in principal else "id"]


def _principals(
    scope: Scope, roma_sasl: Any
) -> Iterator[tuple[dict[str, Any], Callable[..., Iterator[dict[str, Any]]]]]:
    """Each principal of a scope, and a function that makes its rows when it is given ``because``."""
    if scope.system == ROMA:
        sasl = _sasl(scope, roma_sasl)
        for app, policies in scope.by_application().items():
            yield _principal(scope, app, app, "application", {}), _application(policies, sasl)
        return
    identity, name, kind, rule = _SIMPLE[scope.system]
    for row in scope.rows:
        own = OF_SERVICE if row.get("type") == "Default" else kind
        yield _principal(scope, row[identity], row.get(name), own, row), _holder(rule, row)


def _sasl(scope: Scope, roma_sasl: bool | Mapping[str, bool] | None) -> bool | None:
    return roma_sasl if isinstance(roma_sasl, bool) or roma_sasl is None else roma_sasl.get(scope.scope)


def _holder(
    rule: Callable[..., Iterator[dict[str, Any]]], row: Mapping[str, Any]
) -> Callable[..., Iterator[dict[str, Any]]]:
    return lambda because: rule(row, because)


def _application(policies: Sequence[Mapping[str, Any]], sasl: bool | None) -> Callable[..., Iterator[dict[str, Any]]]:
    def rows(because: Any) -> Iterator[dict[str, Any]]:
        if sasl is False:
            yield from rules.roma_open(because)
            return
        for policy in policies:
            yield from rules.roma(policy, because, sasl)

    return rows


def _principal(scope: Scope, key: str, name: str | None, kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    created, end = row.get("create_time"), row.get("expire_time")
    return {
        "system": scope.system,
        "scope": scope.scope,
        "id": key,
        "name": name,
        "type": kind,
        "identity": None,
        "created": Time.iso(created) if isinstance(created, int) and created > 0 else None,
        "expires": Time.iso(end) if isinstance(end, int) and end > 0 else None,
    }


# -- grants ------------------------------------------------------------------------------------------------------------


def _by_name(grants: Iterable[Declared]) -> dict[tuple[str, str | None, str], list[Declared]]:
    found: dict[tuple[str, str | None, str], list[Declared]] = {}
    for grant in grants:
        for name in grant.names:
            found.setdefault((grant.system, grant.scope, name), []).append(grant)
    return found


def _grants_of(
    by_name: Mapping[tuple[str, str | None, str], list[Declared]], principal: Mapping[str, Any]
) -> list[Declared]:
    found: list[Declared] = []
    for scope in (principal["scope"], None):
        for name in dict.fromkeys((principal["id"], principal["name"])):
            found.extend(by_name.get((principal["system"], scope, name), ()))
    if not found and principal["name"]:  # a later generation without grants has those of its base
        base = generations.split(principal["system"], principal["name"])[0]
        for scope in (principal["scope"], None):
            found.extend(by_name.get((principal["system"], scope, base), ()))
    return found


def _declare(principal: dict[str, Any], grants: Sequence[Declared], given: bool) -> None:
    for key in ("owner", "reason", "ticket"):
        said = dict.fromkeys(str(grant.about[key]) for grant in grants if grant.about[key])
        principal[key] = "; ".join(said) or None
    principal["declared"] = bool(grants) if given else None


def _because(grants: Sequence[Declared]) -> Callable[..., dict[str, Any]]:
    places: dict[tuple[Any, ...], dict[str, Any]] = {}
    for grant in grants:
        for atom in grant.atoms:
            places.setdefault(atom, grant.place)

    def because(field: str, value: Any, *words: str) -> dict[str, Any]:
        shown = None if value is None else str(value)
        return {"field": field, "value": shown, "grant": places.get((field, *words))}

    return because


# -- identities --------------------------------------------------------------------------------------------------------

EXAMPLE = "{system: huaweicloud_rocketmq, scope: rocketmq-demo, principal: billing}"


class UnknownName(ValueError):
    """A name that is nowhere in the data."""


def unseen(option: str, value: str, seen: Iterable[str]) -> UnknownName:
    """The error for a ``value`` of ``option`` that is not among those ``seen``."""
    near = Others(sorted(set(seen))).like(value)
    hint = f", such as {' or '.join(near)}" if near else ""
    return UnknownName(f"`{option}` must be a name that was seen{hint}; got {value!r}")


def check_identities(identities: Any) -> None:
    """ValueError unless it is ``None`` or a mapping of names to lists of ``{system, scope, principal}``."""
    if identities is None:
        return
    if not isinstance(identities, dict):
        raise ValueError(f"`identities` must be a mapping of a name to its principals; got {brief(identities)}")
    for identity, members in identities.items():
        where = f"`identities: {printable(str(identity))}`"
        if not isinstance(members, (list, tuple)) or not members:
            raise ValueError(
                f"{where} must be a list of principals, each with system and principal; got {brief(members)}"
            )
        for member in members:
            if not isinstance(member, dict) or not all(isinstance(each, str) for each in member.values()):
                raise ValueError(f"{where} must have entries such as {EXAMPLE}; got {brief(member)}")
            known = set(member) <= {"system", "scope", "principal"} and {"system", "principal"} <= set(member)
            if not known or member["system"] not in SYSTEMS:
                raise ValueError(
                    f"{where} must have entries with system, one of {', '.join(SYSTEMS)}, principal, and scope where it has "
                    f"one; got {brief(member)}"
                )


def join(data: Data, identities: Identities | None) -> None:
    """Set ``identity`` of the principals of ``data``: the name under which ``identities`` joins them.

    ``identities`` has for each name a list of ``{system, scope, principal}``, by id or name. UnknownName for a principal
    that is not in ``data``; ValueError for other mistakes.
    """
    if identities is None:
        return
    check_identities(identities)
    by_name: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for principal in data["principals"]:
        for name in dict.fromkeys((principal["id"], principal["name"])):
            by_name.setdefault((principal["system"], principal["scope"], name), []).append(principal)
    whole = {(scope["system"], scope["scope"]) for scope in data["scopes"] if scope["complete"]}
    projects = {scope["scope"] for scope in data["scopes"] if scope["system"] == UFILE}
    for identity, members in identities.items():
        for member in members:
            # A run reads one project of UFile, which need not be named.
            unnamed = next(iter(projects)) if member["system"] == UFILE and len(projects) == 1 else ""
            scope = (member["system"], member.get("scope") or unnamed)
            found = by_name.get((*scope, member["principal"]), ())
            if not found and scope in whole:
                names = [key[2] for key in by_name if key[:2] == scope and key[2]]
                raise unseen(f"identities: {identity}", member["principal"], names)
            for principal in found:
                if principal["identity"] not in (None, identity):
                    raise ValueError(
                        f"`identities` must name each principal once; {member['principal']!r} is of both "
                        f"{principal['identity']!r} and {identity!r}"
                    )
                principal["identity"] = str(identity)


# -- order -------------------------------------------------------------------------------------------------------------


def _row_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    resource, condition = row["resource"], row["condition"]
    return (
        row["action"],
        resource["kind"],
        resource.get("bucket", ""),
        resource["match"],
        resource["name"],
        json.dumps(condition, sort_keys=True) if condition else "",
        row["certainty"],
    )
