# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read of an estate, and what its grants declare: the input of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Tuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

UFILE, UROCKETMQ, ROCKETMQ, ROMA = "ucloud_ufile", "ucloud_urocketmq", "huaweicloud_rocketmq", "huaweicloud_roma"
SYSTEMS = (UFILE, UROCKETMQ, ROCKETMQ, ROMA)

# One part of what a grant gives: the field, and where there are such, the name and the word in it.
Atom = Tuple[str, ...]


class Scope:
    """One service, instance or project, as it was read.

    ``scope`` is its ``service_id`` or ``instance_id``; for UFile the project, or "" for the default project. ``rows`` are
    what the `_info` module of the system returns for it. ``complete`` is false where it was not read, or not whole, and
    ``problem`` says why.
    """

    __slots__ = ("complete", "problem", "rows", "scope", "system")

    def __init__(
        self,
        system: str,
        scope: str,
        rows: Sequence[Mapping[str, Any]],
        complete: bool = True,
        problem: str | None = None,
    ) -> None:
        if system not in SYSTEMS:
            raise ValueError(f"`system` must be one of {', '.join(SYSTEMS)}; got {system!r}")
        self.system = system
        self.scope = scope
        self.rows = rows
        self.complete = complete and problem is None
        self.problem = problem

    def by_application(self) -> dict[str, list[dict[str, Any]]]:
        """Of a ROMA instance: application -> its policies, each with the name of its topic as ``topic``."""
        found: dict[str, list[dict[str, Any]]] = {}
        for topic in self.rows:
            for policy in topic["policies"]:
                found.setdefault(policy["app_name"], []).append(dict(policy, topic=topic["name"]))
        return found


class Declared:
    """What a grant says of a principal.

    ``names`` are those of the principal, ``atoms`` what the grant gives it, ``place`` is where it stands (``file``,
    ``number``, ``line``), ``about`` its ``owner``, ``reason`` and ``ticket``.
    """

    __slots__ = ("about", "atoms", "names", "place", "scope", "system")

    def __init__(
        self,
        system: str,
        scope: str | None,
        names: Iterable[str],
        atoms: Iterable[Atom],
        place: Mapping[str, Any] | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        self.system = system
        self.scope = scope  # None: the one project of a run, for UFile
        self.names = frozenset(names)
        self.atoms = frozenset(atoms)
        self.place = dict.fromkeys(("file", "number", "line"))
        self.place.update(place or {})
        self.about = {key: (about or {}).get(key) or None for key in ("owner", "reason", "ticket")}


def declared(grant: Mapping[str, Any]) -> Declared:
    """The Declared of a checked grant with ``system``, ``scope``, ``names``, ``permission`` and what `Declared` has.

    ``permission`` is in the form of the permission set of the system, or empty.
    """
    names = [name for option, name in grant["names"].items() if option != "app_id"]
    permission = grant.get("permission")
    atoms = _ATOMS[grant["system"]](permission) if permission else ()
    place = {key: grant.get(key) for key in ("file", "number", "line")}
    return Declared(grant["system"], grant.get("scope"), names, atoms, place, grant)


def _of_ufile(permission: Mapping[str, Any]) -> Iterable[Atom]:
    for side, field in (("ops", "allowed_ops"), ("buckets", "allowed_buckets"), ("prefixes", "allowed_prefixes")):
        for entry in permission[side]:
            yield field, entry


def _of_urocketmq(permission: Mapping[str, Any]) -> Iterable[Atom]:
    for way in ("produce", "consume"):
        topics = permission[way]
        if isinstance(topics, str):  # ALL
            yield (f"topic_{way}_perm",)
        else:
            for topic in topics:
                yield f"allow_{way}_topic_list", topic


def _of_rocketmq(permission: Mapping[str, Any]) -> Iterable[Atom]:
    if permission["admin"]:
        yield ("admin",)
    for address in permission["address"]:
        yield "white_remote_address", address
    for kind in ("topic", "group"):
        default, rows = permission[kind]
        for word in default:
            yield f"default_{kind}_perm", word
        for name, words in rows.items():
            for word in words:
                yield f"{kind}_perms", name, word


def _of_roma(permission: Mapping[str, Any]) -> Iterable[Atom]:
    for topic, row in permission.items():
        for way in ("pub", "sub"):
            if row.get(way) or "row" in row:
                yield "policies", topic, way


_ATOMS = {UFILE: _of_ufile, UROCKETMQ: _of_urocketmq, ROCKETMQ: _of_rocketmq, ROMA: _of_roma}
