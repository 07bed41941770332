# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One table of what the promises are tried with: for each module two resources that have everything set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import harness

BAD_SECRET = "short"


@dataclass(frozen=True, eq=False)
class Case:
    """A module, and for the resource ``alpha`` of :func:`furnish` what can be done to it."""

    module: str
    scope: dict[str, str]
    alpha: dict[str, str]
    beta: dict[str, str]
    missing: dict[str, str]
    keys: tuple[Any, Any]  # of alpha's and beta's record, see harness.record
    # option: (another value, the record's key, the record's value then)
    change: dict[str, tuple[Any, str, Any]]
    # list option: (all of it in another order, what is left when one is removed)
    lists: dict[str, tuple[Any, Any]]
    # option: (an empty value, the record's key, the record's value then)
    empty: dict[str, tuple[Any, str, Any]]
    bad: dict[str, Any]  # what is refused before anything is sent
    write: str  # the operation that writes
    # options that are given with another one, since the service or the module wants them together
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def label(self):
        return self.module.partition("_")[2]

    @property
    def info(self):
        return self.module + "_info"

    def params(self, form, *entries):
        """A task's options: ``one`` resource by its own options, or ``many`` in a list."""
        if form == "one":
            ((names, values),) = entries
            return {**self.scope, **names, **values}
        return {**self.scope, harness.PAIRS[self.module][1]: [{**names, **values} for names, values in entries]}

    def on_alpha(self, form, **values):
        return self.params(form, (self.alpha, values))

    def full(self):
        """The values that alpha has already, every list in another order."""
        return {option: wanted for option, (wanted, _unused) in self.lists.items()}

    def shown(self, form, result):
        one, many = harness.PAIRS[self.module]
        return result[one] if form == "one" else result[many][0]

    def record(self, sim, number=0):
        return harness.record(sim, self.module, self.keys[number])

    def changed_to(self, option):
        """The value that ``change`` and ``beside`` put into a task for an option."""
        return {option: self.change[option][0], **self.beside.get(option, {})}


def furnish(sim):
    """An estate with two of each kind, and nothing left at a default."""
    harness.reset(sim)
    for name in ("alpha", "beta"):
        sim.add_ufile_token(
            TokenId=f"uf-{name}",
            TokenName=name,
            AllowedOps=["TOKEN_ALLOW_READ", "TOKEN_ALLOW_LIST", "TOKEN_DENY_UPDATE"],
            AllowedPrefixes=["in/", "out/"],
            AllowedBuckets=["acme-data", "acme-logs"],
            BlackIPList=["192.0.2.66"],
            WhiteIPList=["192.0.2.1"],
        )
        sim.add_urocketmq_token(
            service_id="urmq-1",
            TokenId=f"ut-{name}",
            Name=name,
            TopicProducePerm="PART",
            TopicConsumePerm="PART",
            AllowProduceTopicList="orders,payments",
            AllowConsumeTopicList="audit,refunds",
        )
        sim.add_rocketmq_user(
            instance_id="rmq-1",
            access_key=f"user-{name}",
            white_remote_address="192.0.2.10",
            admin=True,
            default_topic_perm="PUB|SUB",
            default_group_perm="SUB",
            topic_perms=[{"name": "orders", "perm": "PUB|SUB"}, {"name": "payments", "perm": "DENY"}],
            group_perms=[{"name": "front", "perm": "SUB"}, {"name": "back", "perm": "DENY"}],
        )
        sim.add_roma_topic(
            instance_id="roma-1",
            name=f"topic-{name}",
            description="Orders of the shop",
            sensitive_word="card",
            policies=[
                {"app_name": "shop", "access_policy": "all", "owner": True},
                {"app_name": "billing", "access_policy": "sub", "tag": "paid||late&new"},
                {"app_name": "audit", "access_policy": "pub"},
            ],
        )
    sim.counting.reset()


def _row(name, perm):
    return {"name": name, "perm": perm}


def _policy(app, access, tag=None, owner=None):
    row = {"app_name": app, "access_policy": access, "tag": tag, "owner": owner}
    return {key: value for key, value in row.items() if value is not None}


def _kept(app, access, owner=False, tag=""):
    return {"app_id": f"roma-app-{app}", "app_name": app, "access_policy": access, "owner": owner, "tag": tag}


OWNER = _kept("shop", "all", owner=True)

UFILE = Case(
    module="ucloud_ufile_token",
    scope={},
    alpha={"token_id": "uf-alpha"},
    beta={"token_name": "beta"},
    missing={"token_id": "nobody"},
    keys=("uf-alpha", "uf-beta"),
    change={
        "token_name": ("renamed", "TokenName", "renamed"),
        "allowed_ops": (["TOKEN_ALLOW_DP"], "AllowedOps", ["TOKEN_ALLOW_DP"]),
        "allowed_prefixes": (["new/"], "AllowedPrefixes", ["new/"]),
        "allowed_buckets": (["*"], "AllowedBuckets", ["*"]),
        "expire_time": ("2031-01-01T00:00:00Z", "ExpireTime", 1924992000),
    },
    lists={
        "allowed_ops": (
            ["TOKEN_DENY_UPDATE", "TOKEN_ALLOW_LIST", "TOKEN_ALLOW_READ"],
            ["TOKEN_ALLOW_READ", "TOKEN_DENY_UPDATE"],
        ),
        "allowed_prefixes": (["out/", "in/"], ["out/"]),
        "allowed_buckets": (["acme-logs", "acme-data"], ["acme-data"]),
    },
    empty={"allowed_ops": ([], "AllowedOps", ["TOKEN_ALLOW_NONE"])},
    bad={"allowed_prefixes": []},
    write="UpdateUFileToken",
)
UROCKETMQ = Case(
    module="ucloud_urocketmq_token",
    scope={"service_id": "urmq-1"},
    alpha={"token_id": "ut-alpha"},
    beta={"name": "beta"},
    missing={"token_id": "nobody"},
    keys=(("urmq-1", "ut-alpha"), ("urmq-1", "ut-beta")),
    change={
        "topic_produce_perm": ("ALL", "TopicProducePerm", "ALL"),
        "topic_consume_perm": ("NONE", "TopicConsumePerm", "NONE"),
        "allow_produce_topic_list": (["audit"], "AllowProduceTopicList", "audit"),
        "allow_consume_topic_list": (["refunds", "orders"], "AllowConsumeTopicList", "orders,refunds"),
    },
    lists={
        "allow_produce_topic_list": (["payments", "orders"], ["payments"]),
        "allow_consume_topic_list": (["refunds", "audit"], ["audit"]),
    },
    # Its list is part of the permission: what is not PART has none.
    empty={
        "topic_produce_perm": ("NONE", "AllowProduceTopicList", ""),
        "allow_consume_topic_list": ([], "AllowConsumeTopicList", ""),
    },
    bad={"topic_produce_perm": "ALL", "allow_produce_topic_list": ["orders"]},
    write="UpdateURocketMQToken",
    beside={"allow_consume_topic_list": {}},
)
ROCKETMQ = Case(
    module="huaweicloud_rocketmq_user",
    scope={"instance_id": "rmq-1"},
    alpha={"user_name": "user-alpha"},
    beta={"user_name": "user-beta"},
    missing={"user_name": "user-nobody"},
    keys=(("rmq-1", "user-alpha"), ("rmq-1", "user-beta")),
    change={
        "secret_key": ("Other-Secret-0815", "secret_key", "Other-Secret-0815"),
        "white_remote_address": ("198.51.100.7", "white_remote_address", "198.51.100.7"),
        "admin": (False, "admin", False),
        "default_topic_perm": ("SUB", "default_topic_perm", "SUB"),
        "default_group_perm": ("DENY", "default_group_perm", "DENY"),
        "topic_perms": ([_row("audit", "SUB")], "topic_perms", [_row("audit", "SUB")]),
        "group_perms": ([_row("front", "DENY")], "group_perms", [_row("front", "DENY")]),
    },
    lists={
        "topic_perms": ([_row("payments", "DENY"), _row("orders", "SUB|PUB")], [_row("payments", "DENY")]),
        "group_perms": ([_row("back", "DENY"), _row("front", "SUB")], [_row("front", "SUB")]),
    },
    empty={
        "white_remote_address": ("", "white_remote_address", ""),
        "admin": (False, "admin", False),
        "topic_perms": ([], "topic_perms", []),
        "group_perms": ([], "group_perms", []),
    },
    bad={"secret_key": BAD_SECRET},
    write="UpdateUser",
)
ROMA = Case(
    module="huaweicloud_roma_topic_policy",
    scope={"instance_id": "roma-1"},
    alpha={"name": "topic-alpha"},
    beta={"name": "topic-beta"},
    missing={"name": "topic-nobody"},
    keys=(("roma-1", "topic-alpha"), ("roma-1", "topic-beta")),
    change={
        "policies": (
            [_policy("billing", "pub")],
            "policies",
            # The owner's row stays without being named, and so does a tag.
            [_kept("billing", "pub", tag="late||paid&new"), OWNER],
        ),
        "description": ("Other words", "description", "Other words"),
        "sensitive_word": ("iban", "sensitive_word", "iban"),
    },
    lists={
        "policies": (
            [_policy("audit", "pub", ""), _policy("billing", "sub", "late || paid&new"), _policy("shop", "all")],
            [_policy("shop", "all"), _policy("audit", "pub")],
        ),
    },
    empty={
        "policies": ([], "policies", [OWNER]),
        "description": ("", "description", ""),
        "sensitive_word": ("", "sensitive_word", ""),
    },
    bad={"policies": [_policy("shop", "all"), _policy("shop", "sub")]},
    write="UpdateTopicAccessPolicy",
)

CASES = (UFILE, UROCKETMQ, ROCKETMQ, ROMA)
FORMS = ("one", "many")


def each(*lists):
    """Parameters for ``pytest.mark.parametrize`` of every case, or of every option in a table of each case."""
    if not lists:
        return {"argvalues": CASES, "ids": [case.label for case in CASES]}
    rows = [(case, option) for case in CASES for option in getattr(case, lists[0])]
    return {"argvalues": rows, "ids": [f"{case.label}-{option}" for case, option in rows]}
