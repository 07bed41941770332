# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Estates and requests that follow from a seed. Few names, so that edges meet: most requests are next to something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator import estate as estates
from simulator import resources
from simulator.enforcement import ROCKETMQ, ROMA, UFILE, UROCKETMQ

NOW = 1_800_000_000
TOPICS = ("orders", "Orders", "orders-archive", "payments", "%RETRY%billing", "later")
GROUPS = ("billing", "audit", "later")
BUCKETS = ("data", "data-2", "backups")
PREFIXES = ("reports", "reports/", "reports-secret/", "logs/2026/", "r", "logs/*")
KEYS = ("reports", "reports/", "reports/a", "reports-secret/a", "report", "logs/2026/01", "logs/", "logs/*", "x", "*")
ADDRESSES = ("192.0.2.10", "192.0.2.11", "192.168.7.1", "198.51.100.9", "10.1.2.3", "1.192.0.2")
PATTERNS = (*ADDRESSES[:3], "192.*.*.*", "192.168.*.*", "192.0.2.*", "10.*.2.*", "*.*.*.*", "1.192.0.*")
UNDOCUMENTED = ("192.0.2.0/24", "10.1.2.1-9", "192.0.*", "*")
OPERATIONS = ("READ", "WRITE", "DELETE", "LIST", "IOP", "DP")
TAGS = ("paid", "refunded", "pai", "new")
PERMISSIONS = ("PUB", "SUB", "PUB|SUB", "SUB|PUB", "DENY", "DENY")
ACTIONS = {
    UFILE: ("read", "write", "overwrite", "overwrite", "delete", "list", "process"),
    UROCKETMQ: ("publish", "consume"),
    ROCKETMQ: ("publish", "publish", "consume", "consume", "administer"),
    ROMA: ("publish", "consume"),
}
ALL_ACTIONS = ("publish", "consume", "read", "write", "overwrite", "delete", "list", "process", "administer")


@dataclass(frozen=True)
class Request:
    principal: tuple[str, str, str]
    action: str
    resource: dict[str, str]
    at: int
    address: str
    group: str
    tag: str


def estate(seed: int, clear: bool = False, sasl: bool = False) -> dict[str, Any]:
    """What the services hold; here and there a value that they do not show.

    When it is ``clear``, no address is of a form that no document has. With ``sasl``, it says whether SASL is on.
    """
    rng, made = Random(seed), estates.empty()
    for number in range(rng.randint(1, 4)):
        _ufile(rng, made, f"key-{number}", clear)
    for number in range(rng.randint(1, 4)):
        _urocketmq(rng, made, f"token-{number}")
    for number in range(rng.randint(1, 4)):
        _rocketmq(rng, made, f"user-{number:03}", clear)
    _roma(rng, made)
    if sasl:
        made["huaweicloud"]["roma"]["roma-1"]["sasl"] = rng.choice((None, True, True, False))
    return made


def requests(seed: int, made: dict[str, Any], count: int) -> Iterator[Request]:
    rng = Random(f"requests {seed}")
    principals = [(UFILE, "", name) for name in made["ucloud"]["ufile_tokens"]]
    for scope, service in made["ucloud"]["urocketmq"].items():
        principals += [(UROCKETMQ, scope, name) for name in service["tokens"]]
    for scope, instance in made["huaweicloud"]["rocketmq"].items():
        principals += [(ROCKETMQ, scope, name) for name in instance["users"]] * 2
    for scope, instance in made["huaweicloud"]["roma"].items():
        rows = [row for topic in instance["topics"].values() for row in topic["policies"]]
        principals += [(ROMA, scope, name) for name in sorted({row["app_name"] for row in rows})]
    for _unused in range(count):
        principal = rng.choice(principals)
        system = principal[0]
        action = rng.choice(ACTIONS[system] if rng.random() < 0.97 else ALL_ACTIONS)
        at = NOW + rng.choice((-1, 0, 1, 10**7))
        if system == UFILE:
            resource = {"kind": "object", "bucket": rng.choice(BUCKETS), "name": rng.choice(KEYS)}
        elif action == "administer":
            resource = {"kind": "instance", "name": principal[1]}
        else:
            resource = {"kind": "topic", "name": rng.choice(TOPICS)}
        yield Request(
            principal, action, resource, at, rng.choice(ADDRESSES), rng.choice(GROUPS), rng.choice((*TAGS, ""))
        )


def _some(rng: Random, values: tuple[str, ...], most: int = 3) -> list[str]:
    return rng.sample(values, rng.randint(1, min(most, len(values))))


def _hide(rng: Random, record: dict[str, Any], names: tuple[str, ...], blank: Any = None) -> None:
    """A value that the service does not show: missing, null or blank."""
    for name in names:
        if rng.random() < 0.03:
            record[name] = rng.choice((None, blank))


def _ufile(rng: Random, made: dict[str, Any], name: str, clear: bool) -> None:
    operations = [f"TOKEN_ALLOW_{word}" for word in _some(rng, OPERATIONS, 5)]
    if rng.random() < 0.3:
        operations.append("TOKEN_DENY_UPDATE")
    if rng.random() < 0.05:
        operations = ["TOKEN_ALLOW_NONE"]
    token = resources.add_ufile_token(
        made,
        TokenId=name,
        AllowedOps=operations,
        AllowedBuckets=["*"] if rng.random() < 0.3 else _some(rng, BUCKETS, 2),
        AllowedPrefixes=["*"] if rng.random() < 0.3 else _some(rng, PREFIXES),
        ExpireTime=NOW + rng.choice((-1, 0, 0, 1, 2, 10**6, 10**8)),
        BlackIPList=_some(rng, ADDRESSES, 2) if rng.random() < 0.2 else [],
        WhiteIPList=_some(rng, ADDRESSES) if rng.random() < 0.2 else [],
    )
    if rng.random() < 0.05 and not clear:
        token[rng.choice(("BlackIPList", "WhiteIPList"))].append(rng.choice((*UNDOCUMENTED, "192.*.*.*")))
    _hide(rng, token, ("AllowedOps", "AllowedBuckets", "AllowedPrefixes", "ExpireTime"))


def _urocketmq(rng: Random, made: dict[str, Any], name: str) -> None:
    produce, consume = (rng.choice(("ALL", "NONE", "PART", "PART", "PART")) for _unused in range(2))
    comma = rng.choice((",", ", "))
    token = resources.add_urocketmq_token(
        made,
        "urmq-1",
        TokenId=name,
        Type="Default" if rng.random() < 0.1 else "Normal",
        TopicProducePerm=produce,
        TopicConsumePerm=consume,
        AllowProduceTopicList=comma.join(_some(rng, TOPICS)) if produce == "PART" else "",
        AllowConsumeTopicList=comma.join(_some(rng, TOPICS)) if consume == "PART" else "",
    )
    _hide(rng, token, ("TopicProducePerm", "TopicConsumePerm"), "")
    _hide(rng, token, ("AllowProduceTopicList", "AllowConsumeTopicList"), "")


def _rocketmq(rng: Random, made: dict[str, Any], name: str, clear: bool) -> None:
    user = resources.add_rocketmq_user(
        made,
        "rocketmq-1",
        access_key=name,
        admin=rng.random() < 0.08,
        white_remote_address=_addresses(rng, clear),
        default_topic_perm=rng.choice(PERMISSIONS),
        default_group_perm=rng.choice(PERMISSIONS),
        topic_perms=[
            {"name": topic, "perm": rng.choice(PERMISSIONS)} for topic in rng.sample(TOPICS, rng.randint(0, 4))
        ],
        group_perms=[
            {"name": group, "perm": rng.choice(PERMISSIONS)} for group in rng.sample(GROUPS, rng.randint(0, 2))
        ],
    )
    _hide(rng, user, ("default_topic_perm", "default_group_perm"), "")
    _hide(rng, user, ("admin", "topic_perms", "group_perms", "white_remote_address"))


def _addresses(rng: Random, clear: bool) -> str:
    if rng.random() < 0.8:
        return ""
    return rng.choice((",", ", ")).join(_some(rng, UNDOCUMENTED if rng.random() < 0.1 and not clear else PATTERNS, 2))


def _tag(rng: Random, policy: str) -> str:
    def side() -> str:
        return rng.choice(("||", " || ")).join(_some(rng, TAGS))

    if rng.random() < 0.3:
        return ""
    if policy != "all" or rng.random() < 0.2:
        return side()
    publish, subscribe = (side() if rng.random() < 0.8 else "" for _unused in range(2))
    return publish + rng.choice(("&", " & ")) + subscribe


def _roma(rng: Random, made: dict[str, Any]) -> None:
    for topic in rng.sample(TOPICS, rng.randint(1, 4)):
        applications = rng.sample(("shop", "billing", "audit", "shop-mobile"), rng.randint(1, 3))
        rows = []
        for number, name in enumerate(applications):
            policy = rng.choice(("all", "all", "pub", "sub"))
            owner = number == 0 and rng.random() < 0.4
            rows.append({"app_name": name, "access_policy": policy, "owner": owner, "tag": _tag(rng, policy)})
        resources.add_roma_topic(made, "roma-1", name=topic, policies=rows)
