# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants on ROMA Connect: what one application may publish and subscribe to, topic by topic.

A permission is ``{topic: {"pub": tags, "sub": tags}}``, where tags is a set, or ALL without a tag. A row of the service whose
tag cannot be understood is kept as ``{"row": (access_policy, tag)}``: it can stay or be removed, but nothing can be added to
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

from .._huaweicloud.roma_topic_policy import RESOURCE
from .permission_set import ALL, EMPTY, FieldError, PermissionSet, beyond, unite, without

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._schema.resource import Field
    from .permission_set import Permission, Shown, Tags

Row = Dict[str, Any]  # {"pub": tags, "sub": tags}, or {"row": (access_policy, tag)}

WAYS = ("pub", "sub")
NEITHER = dict.fromkeys(WAYS, EMPTY)


def _columns() -> dict[str, Field]:
    policies: Any = next(field.type for field in RESOURCE.fields if field.option == "policies")
    return {column.option: column for column in policies.columns if column.option != "owner"}


def _tags(text: str) -> Tags:
    return frozenset(tag.strip() for tag in text.split("||") if tag.strip()) or ALL


def _text(tags: Tags) -> str:
    return "" if tags == ALL else "||".join(sorted(tags))


def _parse(access: str, tag: str, asked: bool = False) -> Row:
    """The row of an access policy and its tag."""
    parts = tag.split("&")
    if access in WAYS and len(parts) == 1:
        return dict(NEITHER, **{access: _tags(tag)})
    if access == "all" and len(parts) == 2:
        return dict(zip(WAYS, map(_tags, parts)))
    if access == "all" and (asked or not tag):
        return dict.fromkeys(WAYS, _tags(tag))
    return {"row": (access, tag)}


def _columns_of(row: Row) -> tuple[str, str]:
    """access_policy and tag of a row."""
    if "row" in row:
        access, tag = row["row"]
        return access, tag
    ways = [way for way in WAYS if row[way]]
    if len(ways) == 1:
        return ways[0], _text(row[ways[0]])
    tags = [_text(row[way]) for way in WAYS]
    return "all", "&".join(tags) if any(tags) else ""


def _words(topic: str, access: str, tag: str) -> str:
    return f"{topic} {access} tag {tag}" if tag else f"{topic} {access}"


class Roma(PermissionSet):
    name = "huaweicloud_roma"
    resource = RESOURCE
    scope = "instance_id"
    principals = ("app_name", "app_id")
    per_topic = True
    custom = {"topics": "$topics"}
    label = "ROMA application"

    @property
    def fields(self) -> dict[str, Field]:
        return _columns()

    def native(self, options: Mapping[str, Any]) -> dict[str, Any]:
        options = dict(options)
        topics = options.pop("topics", None)
        if not isinstance(topics, (list, tuple)) or not topics or not all(isinstance(topic, str) for topic in topics):
            raise FieldError("topics", "a list of topics")
        state = options.pop("state", "present")
        if state not in ("present", "absent"):
            raise FieldError("state", "present or absent")
        if state == "absent":
            return {"topics": topics}
        values = super().native(options)
        if "access_policy" not in values:
            raise FieldError("access_policy", "one of all, pub, sub")
        return dict(values, topics=topics)

    def existing(self, shown: Shown) -> Permission:
        return {topic: _parse(row["access_policy"], row["tag"]) for topic, row in shown.items()}

    def from_options(self, values: Mapping[str, Any], verbatim: bool = False) -> Permission:
        if "access_policy" not in values:
            return dict.fromkeys(values["topics"], NEITHER)
        row = _parse(values["access_policy"], values.get("tag", ""), asked=not verbatim)
        if "row" in row and not verbatim:
            raise FieldError("tag", "tags split by ||; to publish and to subscribe at once, two such lists split by &")
        return dict.fromkeys(values["topics"], row)

    def grant_fields(self, existing: Permission, shown: Shown) -> dict[str, Any]:
        return {"topics": sorted(shown), "tag": next(iter(shown.values()))["tag"]}  # `shown` has rows of one tag only

    def gives(self, granted: Permission) -> bool:
        return any(row != NEITHER for row in granted.values())

    def nothing(self) -> Permission:
        return {}

    def add(self, existing: Permission, granted: Sequence[Permission]) -> Permission:
        result = dict(existing)
        for topic in {topic for part in granted for topic in part}:
            rows = [part[topic] for part in [existing, *granted] if topic in part]
            if any(row != rows[0] for row in rows):
                rows = [self._known(topic, row) for row in rows]
                result[topic] = {way: unite(row[way] for row in rows) for way in WAYS}
            else:
                result[topic] = rows[0]
        return result

    def remove(self, existing: Permission, granted: Permission) -> Permission:
        result = dict(existing)
        for topic, row in granted.items():
            there = existing.get(topic)
            if there is None or row == NEITHER:
                continue
            if there != row:
                self._known(topic, there)
                left: Row = {way: without(there[way], row[way], f"{way} on {topic}") for way in WAYS}
            else:
                left = dict(NEITHER)
            result[topic] = left
            if left == NEITHER:
                del result[topic]
        return result

    @staticmethod
    def _known(topic: str, row: Row) -> Row:
        if "row" in row:
            access, tag = row["row"]
            raise ValueError(f"the row on {topic} has tag {tag!r} with {access}, and what that allows is not clear")
        return row

    def apart(self, one: Permission, other: Permission) -> bool:
        return not set(one) & set(other)

    def baseline(self, existing: Permission, shown: Shown, named: Sequence[Permission]) -> Permission:
        """The application's own topics stay with it, unless a grant says something about them."""
        ruled = {topic for part in named for topic in part}
        return {topic: row for topic, row in existing.items() if shown[topic]["owner"] and topic not in ruled}

    def locked(self, shown: Shown) -> dict[str, Any]:
        raise NotImplementedError  # see lock(), which removes rows

    def lock(self, existing: Permission, granted: Permission) -> Permission:
        return {topic: row for topic, row in existing.items() if topic not in granted}

    def options(self, shown: Shown | None, before: Permission, after: Permission) -> dict[str, Any]:
        """Topic -> row of a policy, or ``None`` where it is removed."""
        found: dict[str, Any] = {}
        for topic in sorted(set(before) | set(after)):
            if before.get(topic) != after.get(topic):
                found[topic] = None
                if topic in after:
                    access, tag = _columns_of(after[topic])
                    found[topic] = {"access_policy": access, "tag": tag}
        return found

    def words(self, shown: Shown) -> str:
        parts = []
        for topic, row in sorted((topic, row) for topic, row in shown.items() if row):
            parts.append(_words(topic, row["access_policy"], row["tag"]) + (" owner" if row["owner"] else ""))
        return "; ".join(parts) or "NONE"

    def words_beyond(self, existing: Permission, declared: Permission) -> str:
        parts = []
        for topic, row in sorted(existing.items()):
            other = declared.get(topic, NEITHER)
            more = row
            if "row" not in row and "row" not in other:
                more = {way: beyond(row[way], other[way]) for way in WAYS}
            if row != other and more != NEITHER:
                parts.append(_words(topic, *_columns_of(more)))
        return "; ".join(parts)


PERMISSION_SET = Roma()
