# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each of the four systems allows: from a row of an `_info` module to rows of access.

Sources: the documents of the operations, and the guides of both clouds. Where they leave open whether something is
allowed, the row of access is `unknown`, and says what would make it certain. Nothing is left out for being unclear.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from .._schema.fields import Time
from .._text import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Row = dict[str, Any]
    Because = Callable[..., dict[str, Any]]  # field, value, atom... -> an entry of `because`

DOCUMENTED, ASSUMED, UNKNOWN = "documented", "assumed", "unknown"
ALL = "all"
EVERY = "*"

SASL = "SASL is taken to be on. Say so in `roma_sasl`, once you have looked; where it is off, nothing here binds."
FALL_BACK = (
    "The guide says that this row overrides the default. Apache RocketMQ's own checker falls back to the default when a row "
    "refuses. Which of the two runs is not known."
)
WHITELIST = "The guide names publishing and subscribing; by Apache RocketMQ's checker, every command passes."
TAG = "The tag does not say clearly what it limits."
OWNER = "The owner of a topic publishes and subscribes by default; whether the tag on its row limits that is not known."


def row(
    action: str,
    resource: Mapping[str, Any],
    because: Sequence[Mapping[str, Any]],
    condition: Mapping[str, Any] | None = None,
    certainty: str = DOCUMENTED,
    assumption: str | None = None,
) -> Row:
    """A row of access, less its principal."""
    return {
        "action": action,
        "resource": resource,
        "condition": condition or {},
        "because": because,
        "certainty": certainty,
        "assumption": assumption,
    }


def unclear_row(action: str, resource: Mapping[str, Any], because: Sequence[Mapping[str, Any]], assumption: str) -> Row:
    """A row of access, less its principal, of which ``assumption`` says why it is unknown."""
    return row(action, resource, because, None, UNKNOWN, assumption)


def not_shown(*fields: str) -> str:
    """The assumption of a row that is unknown because the service did not show ``fields``, or not in a known form."""
    return f"The service did not show {' and '.join(fields)} in a form that is known."


def topic(name: str) -> dict[str, str]:
    """The one topic of this name, as the resource of a row."""
    return {"kind": "topic", "match": "exact", "name": name}


TOPICS = {"kind": "topic", "match": ALL, "name": EVERY}
INSTANCE = {"kind": "instance", "match": ALL, "name": EVERY}


def is_name(value: Any) -> bool:
    """Whether an entry names one thing. A value that is not text, is blank, or has a wildcard may mean anything."""
    return isinstance(value, str) and bool(value.strip()) and EVERY not in value


# -- UFile -------------------------------------------------------------------------------------------------------------

NO_OPERATIONS, DENY_UPDATE = "TOKEN_ALLOW_NONE", "TOKEN_DENY_UPDATE"
OPERATIONS = {
    "TOKEN_ALLOW_READ": ("read",),
    "TOKEN_ALLOW_WRITE": ("write", "overwrite"),
    "TOKEN_ALLOW_DELETE": ("delete",),
    "TOKEN_ALLOW_LIST": ("list",),
    "TOKEN_ALLOW_IOP": ("process",),  # of pictures
    "TOKEN_ALLOW_DP": ("process",),  # of data
}
OBJECT_ACTIONS = ("read", "write", "overwrite", "delete", "list", "process")


def ufile(token: Mapping[str, Any], because: Because, _unused: Any = None) -> Iterator[Row]:
    """Each operation, in each bucket, below each prefix."""
    accepted = token.get("white_ip_list")
    if accepted and set(accepted) <= set(token.get("black_ip_list") or ()):
        return  # from no address
    ops, condition = token.get("allowed_ops"), _ufile_condition(token)
    denied, unclear = DENY_UPDATE in (ops or ()), []
    end = token.get("expire_time")
    if end is None or end <= 0:
        unclear.append("expire_time")
    known = ops and all(op in OPERATIONS or op in (NO_OPERATIONS, DENY_UPDATE) for op in ops)
    actions: dict[str, list[str]] = {}
    for op in ops or ():
        for action in OPERATIONS.get(op, ()):
            if action != "overwrite" or not denied:
                actions.setdefault(action, []).append(op)
    places = list(_places(token))
    for action in OBJECT_ACTIONS:
        if action not in actions and (known or (denied and action == "overwrite")):
            continue
        if action not in actions:
            reasons = [because("allowed_ops", None if ops is None else " ".join(ops))]
        else:
            reasons = [because("allowed_ops", op, op) for op in actions[action]]
        limits = dict(condition, no_overwrite=True) if action == "write" and denied else condition
        for bucket, prefix, lacking in places:
            lacks = unclear + lacking + ([] if action in actions else ["allowed_ops"])
            yield row(
                action,
                {"kind": "object", "match": ALL if prefix == EVERY else "prefix", "name": prefix, "bucket": bucket},
                reasons + [because("allowed_buckets", bucket, bucket), because("allowed_prefixes", prefix, prefix)],
                limits,
                UNKNOWN if lacks else DOCUMENTED,
                not_shown(*lacks) if lacks else None,
            )


def _ufile_condition(token: Mapping[str, Any]) -> dict[str, Any]:
    end = token.get("expire_time")
    condition: dict[str, Any] = {} if end is None or end <= 0 else {"until": Time.iso(end)}
    # The service shows these lists only where they are not empty.
    for key, option in (("addresses", "white_ip_list"), ("not_addresses", "black_ip_list")):
        if token.get(option):
            condition[key] = sorted(token[option])
    return condition


def _places(token: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each bucket and prefix, and the fields that are not clear about them."""
    sides = []
    for option in ("allowed_buckets", "allowed_prefixes"):
        entries = token.get(option) or [""]
        blank = any(not entry.strip() for entry in entries)
        named = {entry for entry in entries if entry.strip()}
        if EVERY in named:
            named, blank = {EVERY}, False
        elif option == "allowed_prefixes":
            named = set(widest(named))
        sides.append(([(EVERY, [option])] if blank else []) + [(entry, []) for entry in sorted(named)])
    for bucket, unclear in sides[0]:
        for prefix, more in sides[1]:
            yield bucket, prefix, unclear + more


def widest(prefixes: Iterable[str]) -> list[str]:
    """The prefixes that no other one includes, sorted. A prefix is text, so `a` includes `a/b`."""
    kept: list[str] = []
    for prefix in sorted(prefixes):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept


# -- URocketMQ ---------------------------------------------------------------------------------------------------------


def urocketmq(token: Mapping[str, Any], because: Because, _unused: Any = None) -> Iterator[Row]:
    """Yield what a token of URocketMQ may do, as rows of access."""
    for action, way in (("publish", "produce"), ("consume", "consume")):
        perm, topics = f"topic_{way}_perm", f"allow_{way}_topic_list"
        word, names = token.get(perm), token.get(topics)
        if word == "NONE":
            continue
        if word == "ALL":
            yield row(action, TOPICS, [because(perm, "ALL")])
        elif word != "PART":
            yield unclear_row(action, TOPICS, [because(perm, word)], not_shown(perm))
        else:
            if names is None or not all(map(is_name, names)):
                yield unclear_row(action, TOPICS, [because(topics, None)], not_shown(topics))
            for name in sorted(set(filter(is_name, names or ()))):
                yield row(action, topic(name), [because(topics, name, name)])


# -- RocketMQ ----------------------------------------------------------------------------------------------------------


def words(perm: Any) -> frozenset[str] | None:
    """The words PUB and SUB that a permission has; ``None`` for an unknown permission."""
    return _words(perm) if isinstance(perm, str) else None


@functools.lru_cache(maxsize=None)  # all rows repeat a few texts
def _words(perm: str) -> frozenset[str] | None:
    found = frozenset(part.strip() for part in perm.split("|"))
    if found == {"DENY"}:
        return frozenset()
    return found if found <= {"PUB", "SUB"} else None


def rocketmq(user: Mapping[str, Any], because: Because, _unused: Any = None) -> Iterator[Row]:
    """The first that applies: a whitelisted address, `admin`, the own row, the default."""
    for rows in (_whitelist(user, because), _user_rows(user, because)):
        yield from rows


def _everything(because: Sequence[Mapping[str, Any]], condition: Any = None, *certain: Any) -> Iterator[Row]:
    for action in ("publish", "consume"):
        yield row(action, TOPICS, because, condition, *certain)


def _whitelist(user: Mapping[str, Any], because: Because) -> Iterator[Row]:
    field = "white_remote_address"
    value = user.get(field)
    if value is None:
        reasons, unclear = [because(field, None)], (UNKNOWN, not_shown(field))
        yield from _everything(reasons, {"keyless": True}, *unclear)
        yield row("administer", INSTANCE, reasons, {"keyless": True}, *unclear)
        return
    found = addresses(value)
    if found:
        condition = {"addresses": found, "keyless": True}
        reasons = [because(field, address, address) for address in found]
        yield from _everything(reasons, condition)
        yield row("administer", INSTANCE, reasons, condition, ASSUMED, WHITELIST)


def _user_rows(user: Mapping[str, Any], because: Because) -> Iterator[Row]:
    admin = user.get("admin")
    if admin is not False:
        certain = (DOCUMENTED, None) if admin is True else (UNKNOWN, not_shown("admin"))
        reasons = [because("admin", None if admin is None else "true")]
        yield from _everything(reasons, None, *certain)
        yield row("administer", INSTANCE, reasons, None, *certain)
        if admin is True:
            return
    for name, certainty, why, reason in _holds(user, "topic", "PUB", because):
        yield row("publish", topic(name) if name else TOPICS, [reason], None, certainty, why)
    groups = list(_groups(user, because))
    for name, certainty, why, reason in _holds(user, "topic", "SUB", because):
        resource = topic(name) if name else TOPICS
        for condition, group_certainty, group_why, group_reason in groups:
            unclear = why or group_why
            yield row(
                "consume",
                resource,
                [reason, group_reason],
                condition,
                UNKNOWN if UNKNOWN in (certainty, group_certainty) else DOCUMENTED,
                unclear,
            )


def _holds(
    user: Mapping[str, Any], kind: str, word: str, because: Because
) -> Iterator[tuple[str | None, str, str | None, dict[str, Any]]]:
    """Yield where a user has ``word``: a name, or ``None`` for all names without a row; certainty; why it is not certain.

    A row that equals the default is not yielded beside it.
    """
    option, rows = f"default_{kind}_perm", f"{kind}_perms"
    default, special = words(user.get(option)), user.get(rows)
    unclear = [row for row in special or () if not is_name(row["name"])]
    if special is None or unclear:
        # Any name may have an own row, which overrides the default.
        yield None, UNKNOWN, not_shown(rows), because(rows, None)
    elif default is None:
        yield None, UNKNOWN, not_shown(option), because(option, user.get(option))
    elif word in default:
        yield None, DOCUMENTED, None, because(option, user[option], word)
    for entry in sorted(special or (), key=lambda entry: str(entry["name"])):
        if not is_name(entry["name"]):
            continue
        name, own = entry["name"], words(entry["perm"])
        reason = because(rows, f"{name}={entry['perm']}", name, word)
        if own is None:
            yield name, UNKNOWN, not_shown(f"{rows} of {name}"), reason
        elif word in own:
            if default is None or word not in default or unclear:
                yield name, DOCUMENTED, None, reason
        elif default is not None and word in default:
            yield name, UNKNOWN, FALL_BACK, reason


def _groups(
    user: Mapping[str, Any], because: Because
) -> Iterator[tuple[dict[str, Any], str, str | None, dict[str, Any]]]:
    """Conditions on the consumer group. Groups of one certainty share a condition, so that rows are not multiplied."""
    named: dict[tuple[str, str | None], list[tuple[str, dict[str, Any]]]] = {}
    for name, certainty, why, reason in _holds(user, "group", "SUB", because):
        if name is None:
            yield {}, certainty, why, reason
        else:
            named.setdefault((certainty, why), []).append((name, reason))
    for (certainty, why), found in named.items():
        reason = dict(found[0][1], value=", ".join(reason["value"] for _name, reason in found))
        yield {"groups": [name for name, _reason in found]}, certainty, why, reason


# -- ROMA Connect ------------------------------------------------------------------------------------------------------

WAYS = {"pub": "publish", "sub": "consume"}


def tags_of(access: Any, tag: Any) -> dict[str, list[str]] | None:
    """The tags of each way that a policy gives; an empty list means no limit. ``None`` where the tag is not clear."""
    if not isinstance(access, str) or not isinstance(tag, str):
        return None
    parts = [sorted({each.strip() for each in part.split("||") if each.strip()}) for part in tag.split("&")]
    if access in WAYS and len(parts) == 1:
        return {access: parts[0]}
    if access == "all" and len(parts) == 2:
        return dict(zip(WAYS, parts))
    if access == "all" and parts == [[]]:
        return {way: [] for way in WAYS}
    return None


def roma(policy: Mapping[str, Any], because: Because, sasl: bool | None = None) -> Iterator[Row]:
    """``policy`` is one of a topic's, with the topic's name as ``topic``. Where SASL is off, see `roma_open`."""
    name, access, tag = policy["topic"], policy.get("access_policy"), policy.get("tag")
    resource = topic(name)
    certain = (DOCUMENTED, None) if sasl else (ASSUMED, SASL)
    tags = tags_of(access, tag)
    value = f"{name}={access}" + (f", tag {tag}" if tag else "")
    for way, action in WAYS.items():
        reasons = [because("policies", value, name, way)]
        if not is_name(name):
            yield unclear_row(action, TOPICS, reasons, not_shown("the name of a topic"))
            continue
        if tags is None and (access not in WAYS or access == way):
            yield unclear_row(action, resource, reasons, TAG)
        elif tags is not None and way in tags:
            yield row(action, resource, reasons, {"tags": tags[way]} if tags[way] else {}, *certain)
        if policy.get("owner") and not (tags is not None and tags.get(way) == []):
            if tag == "":
                yield row(action, resource, [because("policies", f"{name}=owner", name, way)], {}, *certain)
            elif tags is not None:
                reasons = [because("policies", value + ", owner", name, way)]
                yield unclear_row(action, resource, reasons, OWNER)
            elif access in WAYS and access != way:
                yield unclear_row(action, resource, reasons, OWNER)


def roma_open(because: Because) -> Iterator[Row]:
    """What every application may do where SASL is off."""
    yield from _everything([because("roma_sasl", "false")], {"keyless": True})
