# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service does with one request, by its documents: the oracle itself."""

from __future__ import annotations

import ast
import pathlib

import pytest

from insight import estates as random_estates
from simulator import enforcement, estate, resources

END = 1_800_000_000
ROOT = pathlib.Path(enforcement.__file__).resolve().parent


def ufile(action="read", key="reports/a", bucket="data", at=END - 1, address="192.0.2.10", **token):
    made = estate.empty()
    fields = {"AllowedOps": ["TOKEN_ALLOW_READ"], "AllowedPrefixes": ["reports/"], "AllowedBuckets": ["data"]}
    resources.add_ufile_token(made, TokenId="t", **{**fields, "ExpireTime": END, **token})
    resource = {"kind": "object", "bucket": bucket, "name": key}
    return enforcement.may(made, (enforcement.UFILE, "", "t"), action, resource, at, address)


WRITES = ["TOKEN_ALLOW_WRITE"]


@pytest.mark.parametrize(
    ("answer", "request_"),
    [
        ("allowed", {}),
        ("allowed", {"key": "reports/"}),
        ("refused", {"key": "reports"}),
        ("allowed", {"AllowedPrefixes": ["reports"], "key": "reports-secret/a"}),
        ("allowed", {"AllowedPrefixes": ["*"], "key": "x"}),
        ("refused", {"AllowedPrefixes": ["logs/*"], "key": "logs/2026"}),
        ("refused", {"bucket": "data-2"}),
        ("allowed", {"AllowedBuckets": ["*"], "bucket": "data-2"}),
        ("refused", {"at": END}),
        ("refused", {"action": "list"}),
        ("allowed", {"action": "process", "AllowedOps": ["TOKEN_ALLOW_DP"]}),
        ("refused", {"AllowedOps": ["TOKEN_ALLOW_NONE"]}),
        ("allowed", {"action": "overwrite", "AllowedOps": WRITES}),
        ("refused", {"action": "overwrite", "AllowedOps": [*WRITES, "TOKEN_DENY_UPDATE"]}),
        ("allowed", {"action": "write", "AllowedOps": [*WRITES, "TOKEN_DENY_UPDATE"]}),
        ("refused", {"BlackIPList": ["192.0.2.10"]}),
        ("refused", {"WhiteIPList": ["192.0.2.11"]}),
        ("refused", {"WhiteIPList": ["192.0.2.10"], "BlackIPList": ["192.0.2.10"]}),
        ("unknown", {"BlackIPList": ["192.0.2.0/24"]}),
        ("unknown", {"WhiteIPList": ["192.*.*.*"]}),
        ("unknown", {"ExpireTime": None}),
        ("unknown", {"AllowedBuckets": None}),
        ("refused", {"AllowedBuckets": None, "at": END}),
        ("refused", {"action": "publish"}),
    ],
)
def test_ufile_answers_as_the_token_allows(answer, request_):
    assert ufile(**request_) == answer


@pytest.mark.parametrize(
    ("answer", "permission", "topics", "topic"),
    [
        ("allowed", "ALL", "", "orders"),
        ("refused", "NONE", "", "orders"),
        ("allowed", "PART", "audit, orders", "orders"),
        ("refused", "PART", "orders-archive", "orders"),
        ("unknown", "PART", "", "orders"),
        ("unknown", "", "", "orders"),
    ],
)
def test_urocketmq_lets_a_token_use_its_topics_only(answer, permission, topics, topic):
    made = estate.empty()
    resources.add_urocketmq_token(
        made, "s", TokenId="t", TopicProducePerm=permission, AllowProduceTopicList=topics, TopicConsumePerm="NONE"
    )
    principal, resource = (enforcement.UROCKETMQ, "s", "t"), {"kind": "topic", "name": topic}
    assert enforcement.may(made, principal, "publish", resource, END, "192.0.2.10") == answer
    assert enforcement.may(made, principal, "consume", resource, END, "192.0.2.10") == "refused"


def rows(**perms):
    return [{"name": name, "perm": perm} for name, perm in perms.items()]


@pytest.mark.parametrize(
    ("answer", "action", "user"),
    [
        ("refused", "publish", {}),
        ("allowed", "administer", {"admin": True}),
        ("refused", "administer", {"default_topic_perm": "PUB|SUB"}),
        ("allowed", "publish", {"default_topic_perm": "SUB|PUB"}),
        ("allowed", "publish", {"topic_perms": rows(orders="PUB")}),
        ("refused", "publish", {"topic_perms": rows(orders="DENY"), "default_topic_perm": "SUB"}),
        ("unknown", "publish", {"topic_perms": rows(orders="DENY"), "default_topic_perm": "PUB"}),
        ("unknown", "publish", {"topic_perms": rows(orders="SUB"), "default_topic_perm": "PUB"}),
        ("refused", "consume", {"topic_perms": rows(orders="SUB")}),
        ("allowed", "consume", {"topic_perms": rows(orders="SUB"), "group_perms": rows(billing="SUB")}),
        ("allowed", "consume", {"default_topic_perm": "SUB", "default_group_perm": "SUB"}),
        ("refused", "consume", {"default_topic_perm": "PUB", "default_group_perm": ""}),
        ("unknown", "consume", {"default_topic_perm": "SUB", "default_group_perm": ""}),
        ("unknown", "publish", {"admin": None}),
        ("allowed", "publish", {"admin": None, "default_topic_perm": "PUB"}),
        ("allowed", "consume", {"white_remote_address": "10.0.0.1, 192.*.*.*"}),
        ("unknown", "consume", {"white_remote_address": "192.0.*"}),
        ("unknown", "consume", {"white_remote_address": "192.0.2.0/24"}),
        ("refused", "consume", {"white_remote_address": ""}),
        ("refused", "consume", {"white_remote_address": "192.0.2.1"}),
        ("unknown", "publish", {"white_remote_address": None}),
    ],
)
def test_rocketmq_asks_address_administrator_default_and_rows(answer, action, user):
    made = estate.empty()
    resources.add_rocketmq_user(made, "i", access_key="u", **user)
    principal, resource = (enforcement.ROCKETMQ, "i", "u"), {"kind": "topic", "name": "orders"}
    assert enforcement.may(made, principal, action, resource, END, "192.0.2.10", "billing") == answer


@pytest.mark.parametrize(
    ("publish", "consume", "policy"),
    [
        ("allowed", "allowed", {"access_policy": "all"}),
        ("allowed", "refused", {"access_policy": "pub"}),
        ("allowed", "allowed", {"access_policy": "pub", "owner": True}),
        ("unknown", "allowed", {"access_policy": "sub", "owner": True, "tag": "paid"}),
        ("refused", "allowed", {"access_policy": "sub", "tag": "new || paid"}),
        ("allowed", "refused", {"access_policy": "all", "tag": "paid || pai & new"}),
        ("refused", "allowed", {"access_policy": "all", "tag": "new&"}),
        ("unknown", "unknown", {"access_policy": "all", "tag": "new"}),
    ],
)
def test_roma_asks_the_policy_and_its_tags(publish, consume, policy):
    made = estate.empty()
    resources.add_roma_topic(made, "i", name="orders", policies=[{"app_name": "shop", **policy}])
    principal, resource = (enforcement.ROMA, "i", "shop"), {"kind": "topic", "name": "orders"}
    found = [enforcement.may(made, principal, word, resource, END, "", tag="paid") for word in ("publish", "consume")]
    assert found == [publish, consume]
    assert enforcement.may(made, principal, "publish", {"kind": "topic", "name": "other"}, END, "") == "refused"


@pytest.mark.parametrize(
    "path", [*ROOT.glob("*.py"), pathlib.Path(random_estates.__file__)], ids=lambda path: path.name
)
def test_nothing_is_imported_of_the_collection(path):
    """What the collection does is held against this, so neither may lean on the other."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [node.module or ""] + [f"{node.module}.{alias.name}" for alias in node.names]
    assert [name for name in names if "ansible" in name or "plugins" in name] == []
