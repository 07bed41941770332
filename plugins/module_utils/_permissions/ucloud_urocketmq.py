# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants on URocketMQ: for each direction no topic, some topics, or all.

A permission is ``{"produce": topics, "consume": topics}``, where topics is a set or ALL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._ucloud.urocketmq_token import RESOURCE
from .permission_set import ALL, EMPTY, FieldError, PermissionSet, beyond, joined, unite, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .permission_set import Permission, Shown, Tags

WAYS = {
    "produce": ("topic_produce_perm", "allow_produce_topic_list"),
    "consume": ("topic_consume_perm", "allow_consume_topic_list"),
}


class URocketMQ(PermissionSet):
    name = "ucloud_urocketmq"
    keys_by = "GetURocketMQToken (Display=true)"
    resource = RESOURCE
    scope = "service_id"
    principals = ("name", "token_id")

    def existing(self, shown: Shown) -> Permission:
        permission = {}
        for way, (perm, topics) in WAYS.items():
            if shown.get(perm) not in ("ALL", "NONE", "PART"):
                raise ValueError(f"the service shows {perm} as {shown.get(perm)!r}, which is not understood")
            if shown[perm] == "PART" and shown.get(topics) is None:
                raise ValueError(f"the service did not show {topics}")
            permission[way] = _topics(shown[perm], shown.get(topics))
        return permission

    def from_options(self, values: Mapping[str, Any], verbatim: bool = False) -> Permission:
        permission = {}
        for way, (perm, topics) in WAYS.items():
            if values.get(perm) == "PART" and values.get(topics) is None:
                raise FieldError(topics, f"a list of topics, since {perm} is PART")
            if values.get(perm) != "PART" and values.get(topics):
                raise FieldError(topics, f"left out, or {perm}: PART beside it")
            permission[way] = _topics(values.get(perm, "NONE"), values.get(topics))
        return permission

    def grant_fields(self, existing: Permission, shown: Shown) -> dict[str, Any]:
        return {"topics": sorted(EMPTY.union(*(topics for topics in existing.values() if topics != ALL)))}

    def by_name(self, existing: Permission, fields: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        sides = list(existing.values())
        topics = {topic: tuple(side != ALL and topic in side for side in sides) for topic in fields.get("topics", ())}
        return [side == ALL for side in sides], {"topics": topics}

    def nothing(self) -> Permission:
        return dict.fromkeys(WAYS, EMPTY)

    def add(self, existing: Permission, granted: Sequence[Permission]) -> Permission:
        return {way: unite([existing[way]] + [part[way] for part in granted]) for way in WAYS}

    def remove(self, existing: Permission, granted: Permission) -> Permission:
        return {way: without(existing[way], granted[way], f"what it may {way}") for way in WAYS}

    def options(self, shown: Shown | None, before: Permission, after: Permission) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for way, (perm, topics) in WAYS.items():
            if shown is None or before[way] != after[way]:
                found[perm] = "ALL" if after[way] == ALL else "PART" if after[way] else "NONE"
                if found[perm] == "PART":
                    found[topics] = sorted(after[way])
        return found

    def locked(self, shown: Shown) -> dict[str, Any]:
        return {perm: "NONE" for perm, topics in WAYS.values() if shown[perm] != "NONE"}

    def words(self, shown: Shown) -> str:
        parts = []
        for way, (perm, topics) in WAYS.items():
            topics_text = joined(shown[topics] or ["no topic"]) if shown[perm] == "PART" else shown[perm]
            parts.append(f"{way} {topics_text}")
        return "; ".join(parts)

    def words_beyond(self, existing: Permission, declared: Permission) -> str:
        more = {way: beyond(existing[way], declared[way]) for way in WAYS}
        return "; ".join(
            f"{way} {topics if topics == ALL else joined(topics)}" for way, topics in more.items() if topics
        )


def _topics(perm: str | None, topics: Iterable[str] | None) -> Tags:
    return ALL if perm == "ALL" else frozenset(topics or ()) if perm == "PART" else EMPTY


PERMISSION_SET = URocketMQ()
