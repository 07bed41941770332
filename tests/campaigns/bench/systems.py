# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The four systems: an estate of so many resources, and what each contender needs to bring it to what is desired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import systems

REGION = {"ucloud": "cn-bj2", "huaweicloud": "eu-west-101"}
PROJECT = {"ucloud": "org-demo", "huaweicloud": "project-demo"}


@dataclass(frozen=True)
class System:
    facts: Any  # of tests/systems.py
    place: str
    seed: Callable[[Any, int], None]  # resource number n of an estate
    row: Callable[[int, bool], dict[str, Any]]  # what is desired of it; whether it differs from the estate
    read: Callable[[str], dict[str, Any]]  # arguments of ansible.builtin.uri; a Jinja expression stands for the number
    write: Callable[[str], dict[str, Any]]

    name = property(lambda self: self.facts.label)
    module = property(lambda self: self.facts.module)
    plural = property(lambda self: self.facts.many)
    scope = property(lambda self: {self.facts.place: self.place} if self.facts.place else {})

    def rows(self, count: int, differing: int) -> list[dict[str, Any]]:
        return [self.row(number, number < differing) for number in range(count)]


# -- ansible.builtin.uri ---------------------------------------------------------------------------


def ucloud(action: str, **parameters: str) -> dict[str, Any]:
    """A call signed by Jinja: SHA-1 over the sorted parameters and the key. The expressions are in its variables."""
    call = {"PublicKey": "{{ public_key }}", "ProjectId": PROJECT["ucloud"], "Region": REGION["ucloud"]}
    signature = "(call | dictsort(true) | map('join') | join ~ key) | hash('sha1')"
    return {
        "url": "{{ api_url }}/",
        "method": "POST",
        "body_format": "form-urlencoded",
        "body": "{{ call | combine({'Signature': " + signature + "}) }}",
        "vars": {"call": {**call, "Action": action, **parameters}},
    }


def huaweicloud(method: str, path: str, body: dict[str, Any] | None = None, status: int = 200) -> dict[str, Any]:
    """A call with an IAM token: Jinja has no HMAC, so an AK and SK cannot sign there."""
    return {
        "url": "{{ api_url }}/v2/" + PROJECT["huaweicloud"] + path,
        "method": method,
        "headers": {"X-Auth-Token": "{{ auth_token }}"},
        "status_code": status,
        **({"body_format": "json", "body": body} if body is not None else {}),
    }


# -- UFile -----------------------------------------------------------------------------------------


def seed_ufile(sim: Any, number: int) -> None:
    allowed = {"AllowedOps": ["TOKEN_ALLOW_READ"], "AllowedPrefixes": ["a/", "b/"]}
    allowed["AllowedBuckets"] = [f"bucket-{number % 50}"]
    sim.add_ufile_token(TokenId=f"token-{number:06d}", **allowed, ExpireTime=2000000000)


def row_ufile(number: int, differs: bool) -> dict[str, Any]:
    return {
        "token_id": f"token-{number:06d}",
        "allowed_ops": ["TOKEN_ALLOW_READ", *(["TOKEN_ALLOW_WRITE"] if differs else [])],
        "allowed_buckets": [f"bucket-{number % 50}"],
        "allowed_prefixes": ["a/", "b/"],
        "expire_time": "2000000000",
    }


BOTH = {"AllowedOps.0": "TOKEN_ALLOW_READ", "AllowedOps.1": "TOKEN_ALLOW_WRITE"}
UFILE = System(
    systems.UFILE,
    "",
    seed_ufile,
    row_ufile,
    lambda number: ucloud("DescribeUFileToken", TokenId="token-" + number),
    lambda number: ucloud("UpdateUFileToken", TokenId="token-" + number, **BOTH),
)

# -- URocketMQ: a tenth of the tokens has lists of topics ------------------------------------------


def seed_urocketmq(sim: Any, number: int) -> None:
    part = {"TopicProducePerm": "PART", "AllowProduceTopicList": "orders,refunds"} if number % 10 == 0 else {}
    sim.add_urocketmq_token(service_id="urmq-bench", TokenId=f"token-{number:06d}", Name=f"name-{number:06d}", **part)


def row_urocketmq(number: int, differs: bool) -> dict[str, Any]:
    row = {"token_id": f"token-{number:06d}", "topic_consume_perm": "ALL" if differs else "NONE"}
    if number % 10 == 0:
        return {**row, "topic_produce_perm": "PART", "allow_produce_topic_list": ["refunds", "orders"]}
    return {**row, "topic_produce_perm": "NONE"}


UROCKETMQ = System(
    systems.UROCKETMQ,
    "urmq-bench",
    seed_urocketmq,
    row_urocketmq,
    lambda number: ucloud("GetURocketMQToken", ServiceId="urmq-bench", TokenId="token-" + number),
    lambda number: ucloud(
        "UpdateURocketMQToken",
        ServiceId="urmq-bench",
        TokenId="token-" + number,
        TopicProducePerm="{{ 'NONE' if item | int % 10 else 'PART' }}",
        AllowProduceTopicList="{{ '' if item | int % 10 else 'orders,refunds' }}",
        TopicConsumePerm="ALL",
    ),
)

# -- RocketMQ --------------------------------------------------------------------------------------


def seed_rocketmq(sim: Any, number: int) -> None:
    perms = [{"name": "orders", "perm": "PUB"}, {"name": "refunds", "perm": "SUB"}]
    sim.add_rocketmq_user(instance_id="rocketmq-bench", access_key=f"user-{number:06d}", topic_perms=perms)


def row_rocketmq(number: int, differs: bool) -> dict[str, Any]:
    perms = [{"name": "refunds", "perm": "SUB"}, {"name": "orders", "perm": "PUB|SUB" if differs else "PUB"}]
    return {"user_name": f"user-{number:06d}", "admin": False, "topic_perms": perms}


USER = "/instances/rocketmq-bench/users/user-"
# An update replaces the whole user.
WHOLE = {
    "secret_key": "uri-Given-Secret-1", "admin": False, "white_remote_address": "", "default_topic_perm": "DENY",
    "default_group_perm": "DENY", "topic_perms": row_rocketmq(0, True)["topic_perms"], "group_perms": [],
}  # fmt: skip
ROCKETMQ = System(
    systems.ROCKETMQ,
    "rocketmq-bench",
    seed_rocketmq,
    row_rocketmq,
    lambda number: huaweicloud("GET", USER + number),
    lambda number: huaweicloud("PUT", USER + number, {**WHOLE, "access_key": "user-" + number}),
)

# -- ROMA Connect ----------------------------------------------------------------------------------


def seed_roma(sim: Any, number: int) -> None:
    rows = [{"app_name": "owner", "owner": True}, {"app_name": "guest", "access_policy": "sub"}]
    sim.add_roma_topic(instance_id="roma-bench", name=f"topic-{number:06d}", policies=rows)


def row_roma(number: int, differs: bool) -> dict[str, Any]:
    policies = [{"app_name": "guest", "access_policy": "pub" if differs else "sub"}]
    return {"name": f"topic-{number:06d}", "policies": policies}


def topics(number: str) -> list[dict[str, Any]]:
    """What a write of one says: the whole topic, with all of its policies."""
    rows = (("owner", "all", True), ("guest", "pub", False))
    policies = [
        {"app_id": f"roma-app-{app}", "app_name": app, "access_policy": access, "owner": owner, "tag": ""}
        for app, access, owner in rows
    ]
    return [{"name": "topic-" + number, "description": "", "sensitive_word": "", "policies": policies}]


TOPICS = "/mqs/instances/roma-bench/topics"
ROMA = System(
    systems.ROMA,
    "roma-bench",
    seed_roma,
    row_roma,
    lambda number: huaweicloud("GET", f"{TOPICS}/topic-{number}/accesspolicy"),
    lambda number: huaweicloud("POST", TOPICS + "/accesspolicy", {"topics": topics(number)}, 204),
)

SYSTEMS = {system.module: system for system in (UFILE, UROCKETMQ, ROCKETMQ, ROMA)}
