# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is more than it should be, ends soon, or is not known: findings over the data of access.

A finding has: ``id``, which never changes its meaning; ``severity`` and ``title``, see TABLE; ``why`` it matters;
``system``, ``scope``, ``principal`` and ``resource``, each ``None`` where the finding is not about one; ``remedy``, a text to
copy that removes the finding and changes nothing else; ``accepted``, see `acceptances`, or ``None``.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

from .. import _generations as generations
from .._schema.fields import Time
from .._text import addresses
from . import rules
from .estate import ROCKETMQ, ROMA, UFILE, UROCKETMQ
from .model import OF_SERVICE, key_of
from .remedies import command, reading, rotation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .estate import Scope
    from .model import Data, Key

    Finding = dict[str, Any]
    Row = Mapping[str, Any]

SEVERITIES = ("critical", "high", "medium", "low")
TABLE = {
    "MQ001": ("critical", "An address needs no key"),
    "MQ002": ("high", "Administrator"),
    "MQ003": ("high", "Publishes everywhere, also what is created later"),
    "MQ004": ("medium", "Consumes everywhere, also what is created later"),
    "MQ005": ("high", "Relies on DENY under a wider default"),
    "MQ006": ("low", "Topic without a group: cannot consume"),
    "MQ007": ("medium", "A tag or a switch leaves it unclear"),
    "OS001": ("high", "Every bucket and prefix"),
    "OS002": ("high", "Deletes everywhere"),
    "OS003": ("medium", "Prefix without a closing /"),
    "OS004": ("medium", "Lives over a year"),
    "OS005": ("high", "Ends soon"),
    "OS006": ("low", "Ended, and is still there"),
    "ID001": ("medium", "No grant names it"),
    "ID002": ("medium", "Look-alike or doubled name"),
    "ID003": ("low", "Holds nothing"),
    "ID004": ("medium", "Key older than permissions_rotate_after"),
    "DR001": ("medium", "Differs from its grants"),
    "DR002": ("medium", "Differs from the last snapshot"),
    "AC001": ("medium", "An acceptance has lapsed"),
    "AC002": ("low", "An acceptance matches nothing"),
    "RD001": ("high", "Not read, or not whole: the report is incomplete"),
}
DAY = 86400
YEAR = 366 * DAY
SOON = 30 * DAY  # as `warn_before` of `permissions`


def finding(
    number: str,
    why: str,
    remedy: str,
    system: str | None = None,
    scope: str | None = None,
    principal: str | None = None,
    resource: str | None = None,
) -> Finding:
    """A finding of TABLE."""
    severity, title = TABLE[number]
    return {
        "id": number,
        "severity": severity,
        "title": title,
        "why": why,
        "system": system,
        "scope": scope,
        "principal": principal,
        "resource": resource,
        "remedy": remedy,
        "accepted": None,
    }


def order(found: Iterable[Finding]) -> list[Finding]:
    """The most severe first."""
    keys = ("id", "system", "scope", "principal", "resource")
    return sorted(found, key=lambda each: (SEVERITIES.index(each["severity"]), *(each[key] or "" for key in keys)))


def counted(found: Iterable[Finding], level: str = "low") -> list[Finding]:
    """The findings that are not accepted, and at least as severe as ``level``."""
    limit = SEVERITIES.index(level)
    return [each for each in found if not each["accepted"] and SEVERITIES.index(each["severity"]) <= limit]


def find(
    scopes: Iterable[Scope],
    data: Data,
    at: int,
    as_grant: Callable[[Mapping[str, Any]], str] | None = None,
    drift: Iterable[Mapping[str, str]] = (),
    soon: int = SOON,
    rotate_after: int | None = None,
) -> list[Finding]:
    """The findings over ``data``, which was made from ``scopes``; their acceptances are applied later.

    ``at`` is in Unix seconds. ``as_grant`` gives for an entry of ``principals`` the grant that declares what it holds, as
    YAML. ``drift`` has an entry for each principal whose grants a plan would change: ``system``, ``scope``, ``principal``,
    ``why`` and ``remedy``. A token that has at most ``soon`` seconds left ends soon. A key that is older than
    ``rotate_after`` seconds is a finding, where the service tells when it was made.
    """
    rows: dict[Key, list[dict[str, Any]]] = {}
    for row in data["access"]:
        rows.setdefault(key_of(row), []).append(row)
    shown = {key: source for scope in scopes for key, source in _sources(scope)}
    found: list[Finding] = []
    for scope in data["scopes"]:
        found.extend(_of_scope(scope))
    found.extend(_open(rows))
    for principal in data["principals"]:
        key = key_of(principal)
        place = dict(zip(("system", "scope", "principal"), key))
        own = rows.get(key, [])
        for number, why, remedy, *resource in _CHECKS[key[0]](key, shown[key], own, at, soon):
            found.append(finding(number, why, remedy, resource=resource[0] if resource else None, **place))
        lacking = _lacking(own)
        if lacking:
            found.append(finding("RD001", lacking, _shown_again(key, shown[key]), **place))
        if principal["declared"] is False:
            remedy = as_grant(principal) if as_grant else "Add a grant that names it."
            found.append(finding("ID001", "Nobody declared it, so nobody answers for it.", remedy, **place))
    found.extend(_look_alikes(data["principals"], shown, rows))
    if rotate_after is not None:
        found.extend(_old_keys(data["principals"], at, rotate_after))
    for each in drift:
        place = {key: each[key] for key in ("system", "scope", "principal")}
        found.append(finding("DR001", each["why"], each["remedy"], **place))
    found.extend(changed(data["changes"] or ()))
    return order(found)


_EXPLAINED = (rules.FALL_BACK, rules.TAG, rules.OWNER)


def _sources(scope: Scope) -> Iterator[tuple[Key, Any]]:
    """Key of a principal -> its row; of an application its policies, each with the topic's name as ``topic``."""
    if scope.system != ROMA:
        option = "user_name" if scope.system == ROCKETMQ else "token_id"
        for row in scope.rows:
            yield (scope.system, scope.scope, row[option]), row
        return
    for app, policies in scope.by_application().items():
        yield (scope.system, scope.scope, app), policies


def _of_scope(scope: Mapping[str, Any]) -> Iterator[Finding]:
    place = {"system": scope["system"], "scope": scope["scope"]}
    if not scope["complete"]:
        why = (
            "What may be allowed there is not known, and no answer over it is complete. Remove what keeps it from being read, "
            f"until this command succeeds, and run the report again. {scope['problem']}"
        )
        yield finding("RD001", why, reading(scope["system"], scope["scope"]), **place)
    if scope["assumption"] and scope["principals"]:
        yield finding("MQ007", scope["assumption"], f'roma_sasl: {{"{scope["scope"]}": true}}', **place)


def _open(rows: Mapping[Key, Sequence[Row]]) -> Iterator[Finding]:
    """Findings for instances without SASL, whose policies have no effect."""
    for system, scope in {key[:2] for key, own in rows.items() if own[0]["because"][0]["field"] == "roma_sasl"}:
        for number in ("MQ003", "MQ004"):
            why = "SASL is off, so whoever reaches the instance is asked for no key, and no policy binds anybody."
            yield finding(number, why, "Switch SASL on for the instance, in the console.", system, scope)


def _shown_again(key: Key, source: Any) -> str:
    lacking = _not_shown(source) if key[0] == ROCKETMQ else {}
    if lacking:
        return command(ROCKETMQ, key[1], {"user_name": key[2], **lacking})
    return "Look at it in the console of the service: it shows what this version of the collection does not know."


def _lacking(rows: Iterable[Row]) -> str:
    texts = dict.fromkeys(row["assumption"] for row in rows if row["certainty"] == rules.UNKNOWN)
    return " ".join(text for text in texts if text not in _EXPLAINED)


# -- RocketMQ ----------------------------------------------------------------------------------------------------------


def _everywhere(rows: Iterable[Row], action: str) -> list[Row]:
    """Rows by which ``action`` is allowed on everything, but for what an address may do."""
    return [
        row
        for row in rows
        if row["action"] == action
        and row["resource"]["match"] == rules.ALL
        and row["certainty"] != rules.UNKNOWN
        and not row["condition"].get("keyless")
    ]


LATER = "It reaches what is there, and whatever is created later."


def _rocketmq(key: Key, user: Row, rows: Sequence[Row], at: int, soon: int) -> Iterator[tuple[str, ...]]:
    def run(**options: Any) -> str:
        return command(ROCKETMQ, key[1], {"user_name": key[2], **_not_shown(user), **options})

    listed = addresses(user.get("white_remote_address") or "")
    for address in listed:
        rest = ",".join(each for each in listed if each != address)
        why = "Whoever sends from there may publish and consume everything; no secret is asked for."
        yield "MQ001", why, run(white_remote_address=rest), address
    if user.get("admin"):
        yield "MQ002", "It may do everything on the instance, whatever its permissions say.", run(admin=False)
        return
    if not rows and not user.get("topic_perms") and not user.get("group_perms"):
        yield "ID003", NOTHING, _gone(key, user)
    default = rules.words(user.get("default_topic_perm")) or frozenset()
    if _everywhere(rows, "publish"):
        yield "MQ003", LATER, run(default_topic_perm=_text(default - {"PUB"}))
    if _everywhere(rows, "consume"):
        yield "MQ004", LATER, run(default_topic_perm=_text(default - {"SUB"}))
    for kind in ("topic", "group"):
        yield from _denials(user, kind, run)
    if _holds_sub(user, "topic") and not _holds_sub(user, "group"):
        why = "Consuming needs a topic and a group, and it has no group. Either the permission is of no use, or a group is missing."
        rest = _text(default - {"SUB"})
        kept = {row["name"]: _less(row["perm"], default - {"SUB"}) for row in user.get("topic_perms") or ()}
        options = {"topic_perms": [{"name": name, "perm": perm} for name, perm in kept.items() if perm]}
        yield "MQ006", why, run(default_topic_perm=rest, **options)


_NOTHING: dict[str, Any] = {
    "admin": False,
    "white_remote_address": "",
    "default_topic_perm": "DENY",
    "default_group_perm": "DENY",
    "topic_perms": [],
    "group_perms": [],
}


def _not_shown(user: Row) -> dict[str, Any]:
    """The options that a write must give, since it sends the whole user and the service does not show these."""
    return {option: value for option, value in _NOTHING.items() if user.get(option) is None}


def _text(words: Iterable[str]) -> str:
    """The permission that is left of PUB and SUB, of which at least one was taken away."""
    return "".join(words) or "DENY"


def _less(perm: str, default: frozenset[str]) -> str | None:
    """The permission of a row without SUB; ``None`` where it then equals the default."""
    words = rules.words(perm)
    if words is None or "SUB" not in words:
        return perm
    return None if words - {"SUB"} == default else _text(words - {"SUB"})


def _denials(user: Row, kind: str, run: Callable[..., str]) -> Iterator[tuple[str, ...]]:
    option = f"default_{kind}_perm"
    default = rules.words(user.get(option)) or frozenset()
    counts = default & {"SUB"} if kind == "group" else default
    for row in user.get(f"{kind}_perms") or ():
        own = rules.words(row["perm"])
        if own is not None and counts - own:
            why = f"{option} is {user[option]}, and the row of {row['name']} {row['perm']}. {rules.FALL_BACK}"
            yield "MQ005", why, run(**{option: _text(default - (counts - own))}), row["name"]


def _holds_sub(user: Row, kind: str) -> bool:
    """Whether a user holds SUB somewhere; for groups also where that is not known."""
    default, rows = rules.words(user.get(f"default_{kind}_perm")), user.get(f"{kind}_perms")
    words = [rules.words(row["perm"]) for row in rows or ()]
    if kind == "topic":
        return any("SUB" in (each or ()) for each in [default, *words])
    if default is None or rows is None or "SUB" in default:
        return True
    return any(each is None or "SUB" in each for each in words)


# -- URocketMQ ---------------------------------------------------------------------------------------------------------

FIXED = "The service's Default token cannot be changed: do not use it, or accept this."
NOTHING = "It allows nothing, and somebody may give it permissions by mistake."


def _urocketmq(key: Key, token: Row, rows: Sequence[Row], at: int, soon: int) -> Iterator[tuple[str, ...]]:
    def run(**options: Any) -> str:
        return command(UROCKETMQ, key[1], {"token_id": key[2], **options})

    own = token.get("type") == "Default"
    for number, action, option in (
        ("MQ003", "publish", "topic_produce_perm"),
        ("MQ004", "consume", "topic_consume_perm"),
    ):
        if _everywhere(rows, action):
            yield number, LATER, FIXED if own else run(**{option: "NONE"})
    if not rows and not own:
        yield "ID003", NOTHING, _gone(key, token)


# -- ROMA Connect ------------------------------------------------------------------------------------------------------


def _roma(key: Key, policies: Sequence[Row], rows: Sequence[Row], at: int, soon: int) -> Iterator[tuple[str, ...]]:
    unclear = {row["resource"]["name"] for row in rows if row["assumption"] in (rules.TAG, rules.OWNER)}
    for policy in policies:
        if policy["topic"] in unclear:
            row = {"app_name": key[2], "access_policy": policy["access_policy"], "tag": _clear_tag(policy)}
            options = {"name": policy["topic"], "policies": [row], "purge": False}
            why = rules.OWNER if policy.get("owner") else rules.TAG
            yield "MQ007", f"{why} It is {policy['tag']!r}.", command(ROMA, key[1], options), policy["topic"]


def _clear_tag(policy: Row) -> str:
    """The narrowest tag that an unclear one may mean; empty for an owner, who may both publish and subscribe."""
    parts = (policy["tag"] or "").split("&")
    if policy.get("owner"):
        return ""
    if policy["access_policy"] == "all":
        return "&".join((parts * 2)[:2])
    return str(parts[0 if policy["access_policy"] == "pub" else -1])


# -- UFile -------------------------------------------------------------------------------------------------------------


def _ufile(key: Key, token: Row, rows: Sequence[Row], at: int, soon: int) -> Iterator[tuple[str, ...]]:
    def run(**options: Any) -> str:
        if token.get("region"):
            options["region"] = token["region"]
        return command(UFILE, key[1], {"token_id": key[2], **options})

    end = token.get("expire_time") or 0
    if 0 < end <= at:
        yield "OS006", f"It ended {Time.iso(end)}, and a new end would make it valid again.", _gone(key, token)
        return
    if not rows:
        yield "ID003", NOTHING, _gone(key, token)
        return
    ops = token.get("allowed_ops") or []
    if "*" in (token.get("allowed_buckets") or ()) and "*" in (token.get("allowed_prefixes") or ()):
        if ops:
            yield "OS001", f"{LATER} Name its buckets instead, or take all away.", run(allowed_ops=[])
        if "TOKEN_ALLOW_DELETE" in ops:
            left = [op for op in ops if op != "TOKEN_ALLOW_DELETE"]
            yield "OS002", "It can delete every object of the project.", run(allowed_ops=left)
    prefixes = token.get("allowed_prefixes") or []
    for prefix in prefixes:
        if prefix.strip() and prefix != "*" and not prefix.endswith("/"):
            closed = sorted({each + "/" if each == prefix else each for each in prefixes})
            why = f"A prefix is text: {prefix} also reaches {prefix}-other/."
            yield "OS003", why, run(allowed_prefixes=closed), prefix
    if end > at + YEAR:
        why = f"It ends {Time.iso(end)}. A leaked key works until then."
        yield "OS004", why, run(expire_time=Time.iso(at + 365 * DAY))
    if end and end <= at + soon:
        why = f"It ends {Time.iso(end)}; whoever uses it is refused from then on."
        yield "OS005", why, run(expire_time=Time.iso(at + max(90 * DAY, soon + DAY)))


_CHECKS: dict[str, Callable[..., Iterator[tuple[str, ...]]]] = {
    UFILE: _ufile,
    UROCKETMQ: _urocketmq,
    ROCKETMQ: _rocketmq,
    ROMA: _roma,
}


# -- names -------------------------------------------------------------------------------------------------------------

# Digits, and letters of Cyrillic and Greek, that look like another letter; the compatibility form of Unicode keeps them.
_LIKE = str.maketrans(
    "01\u0430\u0435\u0456\u0458\u043a\u043e\u0440\u0441\u0501\u0455\u0443\u0445\u04bb\u03b1\u03bf\u03c1\u03bd\u03b9",
    "olaeijkopcdsyxhaopvi",
)


def _skeleton(name: str) -> str:
    """The same text for all names that look the same."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_LIKE)
    return "".join(each for each in text if unicodedata.category(each) not in ("Cf", "Mn", "Zs"))


def _look_alikes(
    principals: Iterable[Mapping[str, Any]], shown: Mapping[Key, Any], rows: Mapping[Key, Any]
) -> Iterator[Finding]:
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for principal in principals:
        groups.setdefault((*key_of(principal)[:2], _skeleton(principal["name"] or "")), []).append(principal)
    for (system, scope, form), group in groups.items():
        # First the one to keep: it is declared, holds something, and is older. The others are findings.
        group.sort(key=lambda each: (not each["declared"], key_of(each) not in rows, each["created"] or "", each["id"]))
        for principal in group[1:] if form else ():
            name, other = principal["name"], group[0]["name"]
            what = f"Two have the name {name!r}" if name == other else f"{name!r} looks like {other!r}"
            yield finding(
                "ID002",
                f"{what} ({group[0]['id']}): a permission may be given to the wrong one.",
                _gone(key_of(principal), shown[key_of(principal)]),
                system,
                scope,
                principal["id"],
            )


def _old_keys(principals: Sequence[Mapping[str, Any]], at: int, rotate_after: int) -> Iterator[Finding]:
    before, now = Time.iso(max(0, at - rotate_after)), Time.iso(at)
    names = [
        (*key_of(each)[:2], generations.split(each["system"], str(each["name"] or each["id"]))[0])
        for each in principals
    ]
    counts = Counter(names)
    days = rotate_after // DAY
    age = "a day" if days == 1 else f"{days} days"
    for principal, name in zip(principals, names):
        if not principal["created"] or principal["created"] > before or (principal["expires"] or "~") <= now:
            continue
        why = (
            f"It was made {principal['created']}; it was to be replaced after {age}. A leaked copy works until the token "
            "is deleted."
        )
        # Where the next generation exists already, only the last step is left.
        step = "finish" if counts[name] > 1 else "begin"
        remedy = FIXED if principal["type"] == OF_SERVICE else rotation(*name, step)
        yield finding("ID004", why, remedy, *key_of(principal))


def _gone(key: Key, source: Any) -> str:
    """The command that deletes a principal."""
    system, scope, name = key
    if system == ROMA:
        rows = [{"app_name": name, "state": "absent"}]
        topics = [{"name": policy["topic"], "policies": rows} for policy in source]
        return command(ROMA, scope, {"topics": topics, "purge": False})
    options = {"user_name" if system == ROCKETMQ else "token_id": name, "state": "absent"}
    if system == UFILE and source.get("region"):
        options["region"] = source["region"]
    return command(system, scope, options)


SNAPSHOT = "-e permissions_snapshot=access.jsonl"


def changed(changes: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """A finding for each principal whose access changed since the last snapshot."""
    kinds: dict[Key, list[str]] = {}
    for change in changes:
        kinds.setdefault(key_of(change), []).append(change["change"])
    for (system, scope, principal), found in kinds.items():
        counts = ", ".join(f"{found.count(kind)} {kind}" for kind in sorted(set(found)))
        remedy = f"Look at the changes. To accept them as the new state, run the report again with: {SNAPSHOT}"
        yield finding("DR002", f"Since the last snapshot: {counts}.", remedy, system, scope, principal)
