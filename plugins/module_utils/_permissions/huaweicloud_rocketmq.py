# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants on RocketMQ: a default and special permissions that override it, for topics and for groups.

A permission is ``{"admin", "address", "topic": (default, rows), "group": (default, rows)}``; address is a set of addresses,
default and the values of rows are sets of PUB and SUB. A row that equals the default means the same as no row.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Dict, FrozenSet, Tuple

from .._huaweicloud.rocketmq_user import RESOURCE, is_its_name
from .._text import addresses
from .permission_set import EMPTY, FieldError, PermissionSet, normal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._schema.resource import Names
    from .grants import Grant
    from .permission_set import Permission, Shown

Rows = Dict[str, FrozenSet[str]]  # topic or group -> PUB and SUB
Ruled = Tuple[FrozenSet[str], Rows]  # a default, and the rows that override it

KINDS = {
    "topic": ("default_topic_perm", "topic_perms"),
    "group": ("default_group_perm", "group_perms"),
}


def _set(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split("|")) - {"DENY"}


def _text(words: frozenset[str]) -> str:
    return "|".join(sorted(words)) or "DENY"


def _tidy(default: frozenset[str], rows: Rows) -> Ruled:
    return default, {name: words for name, words in rows.items() if words != default}


@functools.lru_cache(maxsize=1000)  # thousands hold the same: one object for all takes less time and memory
def _permission(admin: bool, address: str, topics: tuple[Any, ...], groups: tuple[Any, ...], tidy: bool) -> Permission:
    """``topics`` and ``groups`` are a default, and ``(name, permission)`` of each row."""
    permission = {"admin": admin, "address": frozenset(addresses(address))}
    for kind, ruled in (("topic", topics), ("group", groups)):
        default, special = _set(ruled[0]), {name: _set(words) for name, words in ruled[1:]}
        permission[kind] = _tidy(default, special) if tidy else (default, special)
    return permission


class RocketMQ(PermissionSet):
    name = "huaweicloud_rocketmq"
    resource = RESOURCE
    scope = "instance_id"
    principals = ("user_name",)
    needs_secret = True

    def check_secret(self, secret: Any, names: Names) -> None:
        (field,) = (field for field in self.resource.fields if field.option == "secret_key")
        normal("secret_key", field.type, secret)
        if names.get("user_name") and is_its_name(secret, names["user_name"]):
            raise ValueError("neither the user's name nor the name spelled backwards")

    def existing(self, shown: Shown) -> Permission:
        lacking = [option for option in self.fields if shown.get(option) is None]
        if lacking:
            raise ValueError("the service did not show {}".format(", ".join(lacking)))
        kinds = [
            (shown[option], *((row["name"], row["perm"]) for row in shown[rows])) for option, rows in KINDS.values()
        ]
        return _permission(shown["admin"], shown["white_remote_address"], *kinds, tidy=True)

    def from_options(self, values: Mapping[str, Any], verbatim: bool = False) -> Permission:
        kinds = [
            (values.get(option, "DENY"), *((name, row["perm"]) for name, row in values.get(rows, {}).items()))
            for option, rows in KINDS.values()
        ]
        # Rows of a grant are kept even if they equal its default: they lift what the principal's own row denies.
        return _permission(values.get("admin", False), values.get("white_remote_address", ""), *kinds, tidy=False)

    def check_setup(self, granted: Permission) -> None:
        if granted["admin"]:
            raise ValueError("must not turn admin on, which full_access alone does")

    def grant_fields(self, existing: Permission, shown: Shown) -> dict[str, Any]:
        return {"topics": sorted(existing["topic"][1]), "groups": sorted(existing["group"][1])}

    def by_name(self, existing: Permission, fields: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        (topics, topic_rows), (groups, group_rows) = existing["topic"], existing["group"]
        return [existing["admin"], existing["address"], topics, groups], {"topics": topic_rows, "groups": group_rows}

    def nothing(self) -> Permission:
        return {"admin": False, "address": EMPTY, "topic": (EMPTY, {}), "group": (EMPTY, {})}

    def add(self, existing: Permission, granted: Sequence[Permission]) -> Permission:
        parts = [existing, *granted]
        address = EMPTY.union(*(part["address"] for part in parts))
        result = {"admin": any(part["admin"] for part in parts), "address": address}
        for kind in KINDS:
            result[kind] = _add(existing[kind], [part[kind] for part in granted])
        return result

    def remove(self, existing: Permission, granted: Permission) -> Permission:
        address = existing["address"] - granted["address"]
        result = {"admin": existing["admin"] and not granted["admin"], "address": address}
        for kind in KINDS:
            (default, rows), (taken, taken_rows) = existing[kind], granted[kind]
            result[kind] = _tidy(
                default - taken,
                {name: rows.get(name, default) - taken_rows.get(name, taken) for name in set(rows) | set(taken_rows)},
            )
        return result

    def options(self, shown: Shown | None, before: Permission, after: Permission) -> dict[str, Any]:
        found = {}
        if shown is None or before["admin"] != after["admin"]:
            found["admin"] = after["admin"]
        if before["address"] != after["address"]:
            found["white_remote_address"] = ",".join(sorted(after["address"]))
        for kind, (option, rows) in KINDS.items():
            if shown is None or before[kind][0] != after[kind][0]:
                found[option] = _text(after[kind][0])
            if shown is None or before[kind][1] != after[kind][1]:
                found[rows] = self._rows(kind, shown, before[kind], after[kind])
        return found

    @staticmethod
    def _rows(kind: str, shown: Shown | None, before: Ruled, after: Ruled) -> list[dict[str, str]]:
        """The rows to write. An existing row that equals the default is kept as it is."""
        rows = {name: _text(words) for name, words in after[1].items()}
        if shown is not None and before[0] == after[0]:
            for row in shown[KINDS[kind][1]]:
                name, words = row["name"], _set(row["perm"])
                if words == after[1].get(name, after[0]):
                    rows[name] = row["perm"]
        return [{"name": name, "perm": rows[name]} for name in sorted(rows)]

    def locked(self, shown: Shown) -> dict[str, Any]:
        nothing = {"admin": False, "white_remote_address": ""}
        for default, rows in KINDS.values():
            nothing.update({default: "DENY", rows: []})
        return {option: value for option, value in nothing.items() if shown[option] != value}

    def refuse(self, grant: Grant, existing: Permission) -> None:
        if grant.permission["admin"] and grant.setup != "full_access" and not existing["admin"]:
            raise FieldError("admin", "false, or setup: full_access, which alone makes an administrator")

    def words(self, shown: Shown) -> str:
        parts = ["administrator"] if shown["admin"] else []
        for kind, (option, rows) in KINDS.items():
            special = ", ".join("{name} {perm}".format(**row) for row in shown[rows])
            parts.append(f"{kind}s {shown[option]}" + (f" but {special}" if special else ""))
        if shown["white_remote_address"]:
            parts.append("everything from {}".format(shown["white_remote_address"]))
        return "; ".join(parts)

    def words_beyond(self, existing: Permission, declared: Permission) -> str:
        parts = ["administrator"] if existing["admin"] and not declared["admin"] else []
        for kind in KINDS:
            (default, rows), (declared_default, declared_rows) = existing[kind], declared[kind]
            more = default - declared_default
            told = [_text(more)] if more else []
            for name in sorted(set(rows) | set(declared_rows)):
                own = rows.get(name, default) - declared_rows.get(name, declared_default)
                if own - more:
                    told.append(f"{name} {_text(own)}")
            if told:
                parts.append(f"{kind}s {', '.join(told)}")
        if existing["address"] - declared["address"]:
            parts.append("everything from {}".format(",".join(sorted(existing["address"] - declared["address"]))))
        return "; ".join(parts)


def _add(existing: Ruled, granted: Sequence[Ruled]) -> Ruled:
    """The sum of defaults and rows. Only the part of a given default that is new is added to existing rows.

    A row that is narrower than the default denies something on purpose; only a grant that names its topic lifts that.
    """
    default, rows = existing
    names = set(rows).union(*(special for granted_default, special in granted))
    total = default.union(*(granted_default for granted_default, special in granted))
    added = {}
    for name in names:
        parts = [
            special[name] if name in special else granted_default - default for granted_default, special in granted
        ]
        added[name] = rows.get(name, default).union(*parts)
    return _tidy(total, added)


PERMISSION_SET = RocketMQ()
