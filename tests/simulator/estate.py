# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources both clouds hold, as plain dicts that dump to JSON."""

from __future__ import annotations

import copy
from typing import Any

from . import resources
from .wire import Record

REGION, PROJECT = resources.UCLOUD_REGION, resources.UCLOUD_PROJECT
HUAWEI_REGION, HUAWEI_PROJECT = "eu-west-101", resources.HUAWEI_PROJECT


def empty() -> Record:
    """Projects and regions, and nothing in them."""
    return {
        "ucloud": {
            # What the documents use (cn-bj, cn-zj) and some of the region list.
            "regions": ["cn-bj", "cn-bj2", "cn-gd", "cn-sh2", "cn-zj", "hk", "sg", "us-ca"],
            "projects": [PROJECT, "org-other"],
            "default_project": PROJECT,
            "channel_key": None,
            "ufile_tokens": {},
            "urocketmq": {},
        },
        "huaweicloud": {
            "domain": "demo-domain",
            "projects": {HUAWEI_PROJECT: HUAWEI_REGION, "project-other": "cn-north-4"},
            "rocketmq": {},
            "roma": {},
        },
    }


def demo() -> Record:
    """Small and believable; the ids are readable so that playbooks can name them."""
    estate = empty()
    for furnish in (_demo_ufile, _demo_urocketmq, _demo_rocketmq, _demo_roma):
        furnish(estate)
    return estate


def _demo_ufile(estate: Record) -> None:
    for token_id, name, ops, prefixes, buckets in (
        ("ufile-token-reports", "reports", ["READ", "LIST"], ["reports/"], ["acme-data"]),
        ("ufile-token-uploads", "uploads", ["WRITE"], ["in/", "tmp/"], ["acme-data", "acme-raw"]),
        # Two of the same name: names need not be unique, and a client must say so.
        ("ufile-token-backup-a", "backup", ["READ", "WRITE", "DELETE"], ["*"], ["acme-backup"]),
        ("ufile-token-backup-b", "backup", ["NONE"], ["*"], ["*"]),
    ):
        allowed = {"AllowedOps": [f"TOKEN_ALLOW_{op}" for op in ops], "AllowedPrefixes": prefixes}
        resources.add_ufile_token(estate, TokenId=token_id, TokenName=name, **allowed, AllowedBuckets=buckets)


def _demo_urocketmq(estate: Record) -> None:
    resources.add_urocketmq_service(estate, "urmq-demo", topics=["orders", "payments", "refunds", "audit"])
    for name, kind, produce, consume, produces, consumes in (
        ("default", "Default", "ALL", "ALL", "", ""),
        ("checkout", "Normal", "PART", "PART", "orders,payments", "refunds"),
        ("operator", "Normal", "ALL", "ALL", "", ""),
        ("retired", "Normal", "NONE", "NONE", "", ""),
    ):
        perms = {"TopicProducePerm": produce, "TopicConsumePerm": consume}
        lists = {"AllowProduceTopicList": produces, "AllowConsumeTopicList": consumes}
        resources.add_urocketmq_token(estate, TokenId=f"urmq-token-{name}", Name=name, Type=kind, **perms, **lists)


def _demo_rocketmq(estate: Record) -> None:
    names = ["orders", "payments", "audit"]
    resources.add_rocketmq_instance(estate, "rocketmq-demo", topics=names)
    resources.add_rocketmq_instance(estate, "rocketmq-basic", topics=names, edition="basic")
    sub = {"default_topic_perm": "SUB", "default_group_perm": "SUB"}
    publishes = [{"name": "orders", "perm": "PUB"}, {"name": "payments", "perm": "PUB"}]
    denied, groups = [{"name": "payments", "perm": "DENY"}], [{"name": "warehouse-group", "perm": "SUB"}]
    users: tuple[Record, ...] = (
        {"access_key": "mq-admin", "admin": True},
        {"access_key": "checkout", "topic_perms": publishes},
        {"access_key": "warehouse", **sub, "topic_perms": denied, "group_perms": groups},
        {"access_key": "analytics", **sub, "white_remote_address": "192.0.2.10"},
        {"access_key": "retired"},
    )
    for user in users:
        resources.add_rocketmq_user(estate, "rocketmq-demo", **user)
    for name in ("legacy-app", "legacy-batch"):
        resources.add_rocketmq_user(estate, "rocketmq-basic", access_key=name)


def _demo_roma(estate: Record) -> None:
    resources.add_roma_instance(estate, "roma-demo")
    for name in ("shop", "billing", "audit", "shop-mobile"):
        resources.add_roma_app(estate, "roma-demo", name=name)

    def row(app: str, policy: str, owner: bool = False, tag: str = "") -> Record:
        return {"app_name": app, "access_policy": policy, "owner": owner, "tag": tag}

    for name, description, policies in (
        ("orders", "Orders of the shop", [row("shop", "all", True), row("billing", "sub")]),
        ("payments", "Payments", [row("billing", "all", True), row("audit", "sub", tag="paid")]),
        ("refunds", "", [row("billing", "all", True)]),
        ("events", "Application events", [row("shop", "pub", True), row("audit", "sub")]),
    ):
        resources.add_roma_topic(estate, "roma-demo", name=name, description=description, policies=policies)


def build(desired: Any) -> Record:
    """An estate from its name or from a dict, which is laid over the empty one."""
    if desired is None or desired == "demo":
        return demo()
    if desired == "empty":
        return empty()
    if isinstance(desired, dict):
        return merge(empty(), desired)
    raise ValueError(f"no such estate: {desired!r} (demo, empty, or an object)")


def merge(base: Record, change: Record) -> Record:
    """Lays `change` over `base` in place: objects merge, null removes, the rest replaces."""
    for key, value in change.items():
        if value is None and key != "channel_key":
            base.pop(key, None)
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = copy.deepcopy(value)
    return base


def lookup(tree: Any, path: list[str]) -> Any:
    """The part of the estate at `path`; KeyError when there is none."""
    for step in path:
        if isinstance(tree, list):
            if not step.isdigit() or int(step) >= len(tree):
                raise KeyError(step)
            tree = tree[int(step)]
        elif isinstance(tree, dict):
            tree = tree[step]
        else:
            raise KeyError(step)
    return tree
