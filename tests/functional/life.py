# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What creation and deletion are tried with: a table of the three modules that can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import harness

FORMS = ("one", "many")


@dataclass(frozen=True, eq=False)
class Case:
    """A module, and one resource that is missing. ``in_scope`` is where it works, ``elsewhere`` where it does not."""

    module: str
    scope: dict[str, str]
    elsewhere: dict[str, str]
    name: str  # the option
    key: str  # the record's key of it
    values: dict[str, Any]  # of the new one
    initial: dict[str, Any]  # in the record, of what is left out
    create: str
    update: str
    delete: str
    reader: str  # the operation that shows one
    look: dict[str, int]  # requests that find nothing, and create
    seen: dict[str, int]  # all of them, with the verification, by operation
    grant: dict[str, Any]  # a change to one that is there
    needed: tuple[str, ...] = ()  # what a new one must say
    skip: int = 0  # how often the reader is asked before it is asked for the secret

    def __str__(self):
        return self.module.partition("_")[2]

    @property
    def provider(self):
        return self.module.partition("_")[0]

    @property
    def new(self):
        return self.names("new-one-1")

    @property
    def look_only(self):
        return {key: count for key, count in self.look.items() if key != self.create}

    def names(self, name):
        return {self.name: name}

    def many(self, *entries, **options):
        """A task with a list: each entry a name, or names and values."""
        rows = [self.names(entry) if isinstance(entry, str) else entry for entry in entries]
        return {**self.scope, harness.PAIRS[self.module][1]: rows, **options}

    def params(self, form, names, values):
        return {**self.scope, **names, **values} if form == "one" else self.many({**names, **values})

    def shown(self, form, result):
        one, many = harness.PAIRS[self.module]
        return result[one] if form == "one" else result[many][0]

    def add(self, sim, name, elsewhere=False, **fields):
        fields = {self.key: name, **(self.elsewhere if elsewhere else self.scope), **fields}
        return {
            "ucloud_ufile_token": sim.add_ufile_token,
            "ucloud_urocketmq_token": sim.add_urocketmq_token,
            "huaweicloud_rocketmq_user": sim.add_rocketmq_user,
        }[self.module](**fields)

    def records(self, sim, elsewhere=False):
        """The service's own records, of a place where there is one."""
        estate = sim.estate[self.provider]
        if self.module == "ucloud_ufile_token":
            return list(estate["ufile_tokens"].values())
        place, kind = ("urocketmq", "tokens") if self.provider == "ucloud" else ("rocketmq", "users")
        (where,) = (self.elsewhere if elsewhere else self.scope).values()
        return list(estate[place][where][kind].values())

    def held(self, sim, elsewhere=False):
        return sorted(record[self.key] for record in self.records(sim, elsewhere))

    def named(self, sim, name="new-one-1"):
        return [record for record in self.records(sim) if record[self.key] == name]

    def secret(self, record):
        """What `credentials` has to hold."""
        if self.module == "ucloud_ufile_token":
            return {"public_key": record["PublicKey"], "private_key": record["PrivateKey"]}
        return {"access_key": record["AKSK"]["AccessKey"], "secret_key": record["AKSK"]["SecretKey"]}

    def hidden(self, record):
        secret = self.secret(record)
        return {secret.get("private_key") or secret["secret_key"]}


UFILE = Case(
    module="ucloud_ufile_token",
    scope={},
    elsewhere={"ProjectId": "org-other"},
    name="token_name",
    key="TokenName",
    values={
        "allowed_ops": ["TOKEN_ALLOW_READ"],
        "allowed_buckets": ["acme"],
        "allowed_prefixes": ["in/"],
        "expire_time": "2030-01-01",
    },
    needed=("allowed_buckets", "allowed_prefixes"),
    initial={"AllowedOps": ["TOKEN_ALLOW_NONE"], "BlackIPList": [], "WhiteIPList": []},
    create="CreateUFileToken",
    update="UpdateUFileToken",
    delete="DeleteUFileToken",
    reader="DescribeUFileToken",
    look={"DescribeUFileToken": 1, "CreateUFileToken": 1},
    seen={"DescribeUFileToken": 2},
    grant={"allowed_ops": ["TOKEN_ALLOW_LIST"]},
    skip=2,
)
UROCKETMQ = Case(
    module="ucloud_urocketmq_token",
    scope={"service_id": "urmq-1"},
    elsewhere={"service_id": "urmq-2"},
    name="name",
    key="Name",
    values={"topic_consume_perm": "PART", "allow_consume_topic_list": ["orders"]},
    initial={"TopicProducePerm": "NONE", "TopicConsumePerm": "NONE"},
    create="CreateURocketMQToken",
    update="UpdateURocketMQToken",
    delete="DeleteURocketMQToken",
    reader="GetURocketMQToken",
    look={"ListURocketMQToken": 1, "CreateURocketMQToken": 1},
    seen={"GetURocketMQToken": 1},
    grant={"topic_produce_perm": "ALL"},
    skip=1,
)
ROCKETMQ = Case(
    module="huaweicloud_rocketmq_user",
    scope={"instance_id": "rmq-1"},
    elsewhere={"instance_id": "rmq-2"},
    name="user_name",
    key="access_key",
    needed=("secret_key",),
    values={"secret_key": "New-Secret-4711", "topic_perms": [{"name": "orders", "perm": "SUB"}]},
    initial={
        "white_remote_address": "",
        "admin": False,
        "default_topic_perm": "DENY",
        "default_group_perm": "DENY",
        "topic_perms": [],
        "group_perms": [],
    },  # fmt: skip
    create="CreateUser",
    update="UpdateUser",
    delete="DeleteUser",
    reader="ShowUser",
    look={"ShowUser": 1, "CreateUser": 1},
    seen={"ShowUser": 2},
    grant={"admin": True},
)
CASES = (UFILE, UROCKETMQ, ROCKETMQ)


def each():
    return {"argvalues": CASES, "ids": str}


def furnish(sim):
    """Nothing but places, and in each of them the resource `other-1`."""
    harness.reset(sim)
    sim.add_urocketmq_service("urmq-2")
    sim.add_rocketmq_instance("rmq-2")
    for case in CASES:
        for elsewhere in (False, True):
            case.add(sim, "other-1", elsewhere=elsewhere)
    sim.counting.reset()


def writes(sim):
    return sum(sim.counters[kind] for kind in ("create", "write", "delete"))


dump = harness.dump
