# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the services do with one request, decided from what their records hold, by their documents.

It knows nothing of the collection, so that the collection's own answers can be held against it. A record may lack a value, or
have it as null or blank: the service does not show it, and whatever depends on it is not known.
"""

from __future__ import annotations

from typing import Any

ALLOWED, REFUSED, UNKNOWN = "allowed", "refused", "unknown"

UFILE, UROCKETMQ = "ucloud_ufile", "ucloud_urocketmq"
ROCKETMQ, ROMA = "huaweicloud_rocketmq", "huaweicloud_roma"
SYSTEMS = (UFILE, UROCKETMQ, ROCKETMQ, ROMA)
ACTIONS = ("publish", "consume", "read", "write", "overwrite", "delete", "list", "process", "administer")

# Which of a token's operations carries an action. IOP is the processing of images, DP that of data.
OPERATIONS = {
    "read": ("TOKEN_ALLOW_READ",),
    "write": ("TOKEN_ALLOW_WRITE",),
    "overwrite": ("TOKEN_ALLOW_WRITE",),
    "delete": ("TOKEN_ALLOW_DELETE",),
    "list": ("TOKEN_ALLOW_LIST",),
    "process": ("TOKEN_ALLOW_IOP", "TOKEN_ALLOW_DP"),
}
WORDS = {"publish": "PUB", "consume": "SUB"}


def may(
    estate: dict[str, Any],
    principal: tuple[str, str, str],
    action: str,
    resource: dict[str, str],
    at: int,
    address: str,
    group: str = "",
    tag: str = "",
) -> str:
    """One request: "allowed", "refused" or "unknown".

    ``principal`` is (system, scope, id): a token's id, a user's access key, an application's name. ``resource`` has `kind`
    (`topic`, `object` or `instance`) and `name`, an object also its `bucket`; the name of an object is its key, and of a list
    request the prefix that it asks for. ``at`` is in Unix seconds, ``address`` where the request comes from, ``group`` the
    group that consumes, and ``tag`` that of the message. Access control is on, and so is SASL but where the ``sasl`` of a
    ROMA instance is False.
    """
    system, scope, name = principal
    if system == UFILE:
        return _ufile(estate["ucloud"]["ufile_tokens"][name], action, resource, at, address)
    if system == UROCKETMQ:
        return _urocketmq(estate["ucloud"]["urocketmq"][scope]["tokens"][name], action, resource)
    if system == ROCKETMQ:
        return _rocketmq(
            estate["huaweicloud"]["rocketmq"][scope]["users"][name], action, resource["name"], address, group
        )
    instance = estate["huaweicloud"]["roma"][scope]
    if instance.get("sasl") is False and action in WORDS:
        return ALLOWED  # nothing asks who it is
    return _roma(instance["topics"].get(resource["name"]), name, action, tag)


def _all(*answers: str) -> str:
    """What needs each of them: one refusal decides, whatever is not known of the others."""
    return REFUSED if REFUSED in answers else UNKNOWN if UNKNOWN in answers else ALLOWED


def _any(*answers: str) -> str:
    """What one of them is enough for."""
    return ALLOWED if ALLOWED in answers else UNKNOWN if UNKNOWN in answers else REFUSED


def _yes(condition: bool) -> str:
    return ALLOWED if condition else REFUSED


def _ufile(token: dict[str, Any], action: str, resource: dict[str, str], at: int, address: str) -> str:
    if action not in OPERATIONS or resource["kind"] != "object":
        return REFUSED
    operations = token.get("AllowedOps")
    listed = UNKNOWN if not operations else _yes(any(name in operations for name in OPERATIONS[action]))
    if action == "overwrite" and operations and "TOKEN_DENY_UPDATE" in operations:
        listed = REFUSED
    buckets, prefixes = token.get("AllowedBuckets"), token.get("AllowedPrefixes")
    bucket = UNKNOWN if not buckets else _yes("*" in buckets or resource["bucket"] in buckets)
    # "*" alone is all; a prefix is text, and begins a key that it is equal to.
    begins = "*" in prefixes or any(resource["name"].startswith(prefix) for prefix in prefixes) if prefixes else None
    prefix = UNKNOWN if begins is None else _yes(begins)
    # The time that a token ends at is no longer in its life.
    lives = UNKNOWN if token.get("ExpireTime") is None else _yes(at < token["ExpireTime"])
    # These two are shown only where a token has them.
    refused_from, accepted_from = token.get("BlackIPList") or (), token.get("WhiteIPList") or ()
    barred, welcome = (
        _any(REFUSED, *(_is(entry, address) for entry in side)) for side in (refused_from, accepted_from)
    )
    here = _all({ALLOWED: REFUSED, REFUSED: ALLOWED}.get(barred, UNKNOWN), welcome if accepted_from else ALLOWED)
    return _all(listed, bucket, prefix, lives, here)


def _is(entry: str, address: str) -> str:
    """Whether an entry is an address. How networks, ranges and wildcards are read, or whether they are, no document says."""
    return _yes(entry == address) if all(part.isdigit() for part in entry.split(".")) else UNKNOWN


def _urocketmq(token: dict[str, Any], action: str, resource: dict[str, str]) -> str:
    names = {
        "publish": ("TopicProducePerm", "AllowProduceTopicList"),
        "consume": ("TopicConsumePerm", "AllowConsumeTopicList"),
    }
    if action not in names or resource["kind"] != "topic":
        return REFUSED
    permission, topics = (token.get(key) for key in names[action])
    if permission == "PART":
        # PART needs a list, so one without is not shown.
        return _yes(resource["name"] in [name.strip() for name in topics.split(",")]) if topics else UNKNOWN
    return {"ALL": ALLOWED, "NONE": REFUSED}.get(permission, UNKNOWN)


def _rocketmq(user: dict[str, Any], action: str, topic: str, address: str, group: str) -> str:
    if action not in ("publish", "consume", "administer"):
        return REFUSED
    addresses = user.get("white_remote_address")
    white = UNKNOWN if addresses is None else _any(*(_fits(part, address) for part in addresses.split(",")))
    admin = UNKNOWN if user.get("admin") is None else _yes(user["admin"])
    needed = [REFUSED]
    if action in WORDS:
        needed = [_row(user.get("topic_perms"), topic, user.get("default_topic_perm"), WORDS[action])]
    if action == "consume":
        needed.append(_row(user.get("group_perms"), group, user.get("default_group_perm"), "SUB"))
    return _any(white, admin, _all(*needed))


def _fits(pattern: str, address: str) -> str:
    """Whether an address fits one such as 192.*.*.*, segment by segment. No other form is documented."""
    parts, segments = pattern.strip().split("."), address.split(".")
    if not all(part == "*" or part.isdigit() for part in parts):
        return UNKNOWN if pattern.strip() else REFUSED
    if len(parts) != len(segments):
        return UNKNOWN
    return _yes(all(part in ("*", segment) for part, segment in zip(parts, segments)))


def _row(rows: list[dict[str, Any]] | None, name: str, default: str | None, word: str) -> str:
    """The own row, else the default.

    The guide says that a row overrides the default; Apache RocketMQ's checker falls back to the default when a row refuses.
    Which of the two runs is not known, so a row refuses only what the default refuses as well.
    """
    by_default = _word(default, word)
    if rows is None:
        return UNKNOWN
    for row in rows:
        if row["name"] == name:
            own = _word(row.get("perm"), word)
            return own if own != REFUSED or by_default == REFUSED else UNKNOWN
    return by_default


def _word(permission: str | None, word: str) -> str:
    """A permission such as PUB|SUB, in whichever order; a blank one is not known."""
    return _yes(word in permission.split("|")) if permission else UNKNOWN


def _roma(topic: dict[str, Any] | None, application: str, action: str, tag: str) -> str:
    if action not in WORDS or topic is None:
        return REFUSED
    return _any(*(_policy(row, action, tag) for row in topic["policies"] if row["app_name"] == application))


def _policy(row: dict[str, Any], action: str, tag: str) -> str:
    """The policy within its tags; the owner both. Whether a tag limits the owner is not said."""
    policy, tags = row.get("access_policy"), row.get("tag") or ""
    owner = REFUSED if not row.get("owner") else UNKNOWN if tags else ALLOWED
    if not policy:
        return _any(owner, UNKNOWN)
    if policy not in ("all", {"publish": "pub", "consume": "sub"}[action]):
        return owner
    if policy == "all" and tags:
        if "&" not in tags:
            return UNKNOWN  # one list where the document has two: of which side it is, or of both, is not said
        tags = tags.split("&")[0 if action == "publish" else 1]
    return _any(owner, _yes(not _tags(tags) or tag in _tags(tags)))


def _tags(text: str) -> list[str]:
    return [tag.strip() for tag in text.split("||") if tag.strip()]
