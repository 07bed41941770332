# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers from the data of access: may this principal do that, and who may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .._schema.fields import Time
from . import rules
from .model import ACTIONS, UnknownName, key_of, unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .model import Data, Key

ALLOWED, REFUSED, UNKNOWN = "allowed", "refused", "unknown"
YES, NO = "yes", "no"


class Decision(NamedTuple):
    """``answer`` is ALLOWED, REFUSED or UNKNOWN; ``row`` the row of access that decides, or ``None`` where none allows it.

    ``certainty`` is as that of a row. ``reason`` says in words why, and where it is not documented, what is assumed.
    """

    answer: str
    row: Mapping[str, Any] | None
    certainty: str
    reason: str


class Index:
    """The data of access, found by principal, action and name: a decision takes the same time in a large estate."""

    def __init__(self, data: Data) -> None:
        self.scopes = {(scope["system"], scope["scope"]): scope for scope in data["scopes"]}
        self.principals = {key_of(principal): principal for principal in data["principals"]}
        self._exact: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        self._others: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for row in data["access"]:
            key = (*key_of(row), row["action"])
            resource = row["resource"]
            if resource["match"] == "exact":
                self._exact.setdefault((*key, resource["name"]), []).append(row)
            else:
                self._others.setdefault(key, []).append(row)

    def rows(self, principal: Key, action: str, name: str) -> list[dict[str, Any]]:
        """Rows that may be about ``name``: those of exactly it, and all that match by another rule."""
        key = (*principal, action)
        return self._exact.get((*key, name), []) + self._others.get(key, [])


def decide(
    index: Index,
    principal: Key,
    action: str,
    resource: Mapping[str, str],
    at: int,
    address: str | None = None,
    group: str | None = None,
    tag: str | None = None,
) -> Decision:
    """Whether one request would be allowed at ``at`` (Unix seconds).

    ``principal`` is (system, scope, id). ``resource`` has ``name``, and of an object also ``bucket``; it has no meaning for
    `administer`. Without ``address``, the request comes from an address that no list names; without ``group``, from no
    consumer group; without ``tag``, its message has none. UnknownName for a scope that is not in the data, and for a
    principal that a scope which was read whole does not have.
    """
    if action not in ACTIONS:
        raise unseen("action", action, ACTIONS)
    scope = index.scopes.get((principal[0], principal[1]))
    if scope is None:
        raise unseen("scope", "/".join(principal[:2]), ("/".join(key) for key in index.scopes))
    if principal not in index.principals and scope["complete"]:
        raise unseen("principal", principal[2], (key[2] for key in index.principals if key[:2] == principal[:2]))
    bucket, name = resource.get("bucket"), resource["name"]
    found = [
        (row, fits)
        for row in index.rows(principal, action, name)
        if _reaches(row["resource"], bucket, name)
        for fits in [_fits(row["condition"], at, address, group, tag)]
        if fits is not False
    ]
    row, fits = _deciding(found)
    if row is not None and fits and row["certainty"] != rules.UNKNOWN:
        return Decision(ALLOWED, row, row["certainty"], _because(row))
    if row is not None:
        text = row["assumption"] if fits else "Whether the address is one of those that are named is not clear."
        return Decision(UNKNOWN, row, rules.UNKNOWN, text)
    if not scope["complete"]:
        return Decision(UNKNOWN, None, rules.UNKNOWN, f"The scope was not read whole: {scope['problem']}")
    if scope["assumption"]:
        return Decision(REFUSED, None, rules.ASSUMED, scope["assumption"])
    return Decision(REFUSED, None, rules.DOCUMENTED, "Nothing allows it.")


def _deciding(found: Sequence[tuple[dict[str, Any], bool | None]]) -> tuple[dict[str, Any] | None, bool | None]:
    """The row that decides, and whether its condition fits (``None``: not clear).

    A row of the exact topic comes before a row for all topics, and one of the group before one for all groups; an address
    that needs no key is looked at beside all other rows.
    """
    first = max((_layer(row) for row, _unused in found), default=None)
    candidates = [pair for pair in found if pair[0]["condition"].get("keyless") or _layer(pair[0]) == first]
    return min(candidates, key=_doubt, default=(None, None))


def _layer(row: Mapping[str, Any]) -> tuple[bool, bool]:
    return row["resource"]["match"] == "exact", "groups" in row["condition"]


def _doubt(pair: tuple[Mapping[str, Any], bool | None]) -> int:
    row, fits = pair
    order = (rules.DOCUMENTED, rules.ASSUMED, rules.UNKNOWN)
    return order.index(row["certainty"]) if fits else len(order)


def _because(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{reason['field']} {reason['value']}" for reason in row["because"])


# -- resources and conditions --------------------------------------------------------------------------------------------


def _reaches(resource: Mapping[str, str], bucket: str | None, name: str) -> bool:
    if resource.get("bucket") not in (rules.EVERY, bucket):  # neither topics nor instances have one
        return False
    if resource["match"] == rules.ALL:
        return True
    return name.startswith(resource["name"]) if resource["match"] == "prefix" else name == resource["name"]


def _fits(
    condition: Mapping[str, Any], at: int, address: str | None, group: str | None, tag: str | None
) -> bool | None:
    """Whether a request meets ``condition``; ``None`` where an address in it cannot be understood."""
    if "until" in condition and Time.iso(at) >= condition["until"]:
        return False
    if "groups" in condition and group not in condition["groups"]:
        return False
    if "tags" in condition and tag not in condition["tags"]:
        return False
    if "addresses" not in condition and "not_addresses" not in condition:
        return True
    # Only the whitelist of RocketMQ is documented with wildcards.
    listed = _listed(address, condition["addresses"], "keyless" in condition) if "addresses" in condition else True
    barred = _listed(address, condition.get("not_addresses", ()))
    if listed is False or barred is True:
        return False
    return None if listed is None or barred is None else True


def _listed(address: str | None, entries: Iterable[str], segments: bool = False) -> bool | None:
    """Whether one of ``entries``, such as `10.0.0.1`, matches ``address``; ``None`` where it is not clear.

    With ``segments``, an entry may have wildcards: `192.*.*.*`.
    """
    if address is None:
        return False
    answers = [_is_about(entry, address, segments) for entry in entries]
    return True if True in answers else None if None in answers else False


def _is_about(entry: str, address: str, segments: bool) -> bool | None:
    if entry == address:
        return True
    allowed, parts = entry.split("."), address.split(".")
    if len(allowed) != 4 or not all(part.isdigit() or (segments and part == rules.EVERY) for part in allowed):
        return None  # a range, a network, a name: no document says how it is read
    return len(parts) == 4 and all(each in (rules.EVERY, part) for each, part in zip(allowed, parts))


# -- who -----------------------------------------------------------------------------------------------------------------


def who(
    data: Data,
    may: str | None = None,
    on: str | None = None,
    principal: str | None = None,
    at: int | None = None,
    anything: bool = False,
) -> dict[str, Any]:
    """Who may do ``may`` on ``on``, or what ``principal`` may do; any of the three together.

    ``on`` is the name of a topic or consumer group, of a bucket, or ``bucket/key``. ``principal`` is an id, a name or a
    joined identity. ``at`` (Unix seconds) leaves out what has ended by then.

    Returns ``answer`` (yes, no or unknown); ``rows`` of access, each with ``name`` and ``identity`` of its principal; and
    ``incomplete``, the scopes that were not read whole. If there are any, the answer is unknown. UnknownName for a name
    that is nowhere in ``data``; with ``anything``, ``on`` may be such a name, which permissions on everything reach.
    """
    incomplete = [scope for scope in data["scopes"] if not scope["complete"]]
    if may is not None and may not in ACTIONS:
        raise UnknownName(f"`may` must be one of {', '.join(ACTIONS)}; got {may!r}")
    people = {key_of(entry): entry for entry in data["principals"]}
    if principal is not None:
        people = {
            key: entry for key, entry in people.items() if principal in (entry["id"], entry["name"], entry["identity"])
        }
        if not people and not incomplete:
            raise unseen("principal", principal, _names_of(data["principals"]))
    if on is not None and not anything and not incomplete:
        seen = set(_seen(data["access"]))
        if on not in seen and on.partition("/")[0] not in seen:
            raise unseen("on", on, seen)
    rows = [
        dict(row, name=people[key_of(row)]["name"], identity=people[key_of(row)]["identity"])
        for row in data["access"]
        if key_of(row) in people
        and (may is None or row["action"] == may)
        and (on is None or _about(row, on))
        and (at is None or row["condition"].get("until", "~") > Time.iso(at))
    ]
    if on is not None:
        rows = list(_applying(rows, on))
    certain = any(row["certainty"] != rules.UNKNOWN for row in rows)
    answer = UNKNOWN if incomplete or (rows and not certain) else YES if rows else NO
    return {"answer": answer, "rows": rows, "incomplete": incomplete}


def _names_of(principals: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for entry in principals:
        for key in ("id", "name", "identity"):
            if entry[key]:
                yield entry[key]


def _seen(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        resource = row["resource"]
        if resource["match"] == "exact":
            yield resource["name"]
        if "bucket" in resource and resource["bucket"] != rules.EVERY:
            yield resource["bucket"]
        yield from row["condition"].get("groups", ())


def _about(row: Mapping[str, Any], on: str) -> bool:
    """Whether a row is about ``on``, which may be the name of a bucket whose objects it reaches."""
    if row["resource"]["kind"] == "object":
        bucket, slash, name = on.partition("/")
        if not slash:
            return row["resource"]["bucket"] in (rules.EVERY, bucket)
        return _reaches(row["resource"], bucket, name)
    return on in row["condition"].get("groups", ()) or _reaches(row["resource"], None, on)


def _applying(rows: Sequence[dict[str, Any]], on: str) -> Iterator[dict[str, Any]]:
    """``rows`` without the rows for all topics of a principal that has an unclear row for exactly ``on``."""
    unclear = {
        (*key_of(row), row["action"])
        for row in rows
        if row["resource"]["match"] == "exact" and row["resource"]["name"] == on and row["certainty"] == rules.UNKNOWN
    }
    for row in rows:
        other = row["resource"]["match"] != "exact" and not row["condition"].get("keyless")
        if not (other and (*key_of(row), row["action"]) in unclear):
            yield row


__all__ = ("ALLOWED", "NO", "REFUSED", "UNKNOWN", "YES", "Decision", "Index", "UnknownName", "decide", "who")
