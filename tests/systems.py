# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four systems, said once for all tests: options, names on the wire, an example of each, and what it can become.

Chaos and the simulator say all of it a second time, from the services' documents.
"""

from __future__ import annotations


class System:
    """A module's resource, such as an UFile token; ``row`` is one with everything set, as a read shows it."""

    label = ""  # of the system
    module = ""
    one = many = "token"  # keys of the result; the second is also the option of a list
    place = None  # option of where it lies
    names = {}  # option that names one -> key on the wire; an id that only the service makes comes first
    lists = {}  # option of a list -> key on the wire
    items = {}  # option of a list -> three entries, of which the example has the first two
    fields = {}  # key on the wire -> what else the example has
    change = {}  # option -> (another value, key on the wire, the value there then)
    empty = {}  # option -> (what clears it, key on the wire, the value there then)
    grant = {}  # options that change one with nothing set
    new = {}  # what a task says of a new one
    needed = ()  # what it must say of a new one
    initial = {}  # key on the wire -> what a new one has of what the task leaves out
    create = update = delete = read = ""  # the services' operations

    @property
    def cloud(self):
        return self.module.partition("_")[0]

    @property
    def service(self):
        """Its part of the simulator's estate."""
        return self.module.split("_")[1]

    def two(self, option):
        return self.items[option][:2]

    def wire(self, option, items):
        """A list as a read shows it."""
        return sorted(items)

    def row(self, **changes):
        shown = {key: self.wire(option, self.two(option)) for option, key in self.lists.items()}
        return {**self.fields, **shown, **changes}


class UFile(System):
    label = "UFile"
    module = "ucloud_ufile_token"
    many = "tokens"
    names = {"token_id": "TokenId", "token_name": "TokenName"}
    lists = {"allowed_ops": "AllowedOps", "allowed_prefixes": "AllowedPrefixes", "allowed_buckets": "AllowedBuckets"}
    items = {
        "allowed_ops": ["TOKEN_ALLOW_READ", "TOKEN_ALLOW_LIST", "TOKEN_ALLOW_WRITE"],
        "allowed_prefixes": ["in/", "out/", "tmp/"],
        "allowed_buckets": ["acme-data", "acme-logs", "acme-web"],
    }
    fields = {"ExpireTime": 1900000000}
    change = {
        "token_name": ("renamed", "TokenName", "renamed"),
        "allowed_ops": (["TOKEN_ALLOW_DP"], "AllowedOps", ["TOKEN_ALLOW_DP"]),
        "allowed_prefixes": (["new/"], "AllowedPrefixes", ["new/"]),
        "allowed_buckets": (["*"], "AllowedBuckets", ["*"]),
        "expire_time": ("2031-01-01T00:00:00Z", "ExpireTime", 1924992000),
    }
    empty = {"allowed_ops": ([], "AllowedOps", ["TOKEN_ALLOW_NONE"])}
    grant = {"allowed_ops": ["TOKEN_ALLOW_LIST"]}
    new = {
        "allowed_ops": ["TOKEN_ALLOW_READ"], "allowed_buckets": ["acme"], "allowed_prefixes": ["in/"],
        "expire_time": "2030-01-01",
    }  # fmt: skip
    needed = ("allowed_buckets", "allowed_prefixes")
    initial = {"AllowedOps": ["TOKEN_ALLOW_NONE"], "BlackIPList": [], "WhiteIPList": []}
    create, update = "CreateUFileToken", "UpdateUFileToken"
    delete, read = "DeleteUFileToken", "DescribeUFileToken"


class URocketMQ(System):
    label = "URocketMQ"
    module = "ucloud_urocketmq_token"
    many = "tokens"
    place = "service_id"
    names = {"token_id": "TokenId", "name": "Name"}
    lists = {"allow_produce_topic_list": "AllowProduceTopicList", "allow_consume_topic_list": "AllowConsumeTopicList"}
    items = {
        "allow_produce_topic_list": ["orders", "payments", "stock"],
        "allow_consume_topic_list": ["audit", "refunds", "stock"],
    }
    fields = {"TopicProducePerm": "PART", "TopicConsumePerm": "PART"}
    change = {
        "topic_produce_perm": ("ALL", "TopicProducePerm", "ALL"),
        "topic_consume_perm": ("NONE", "TopicConsumePerm", "NONE"),
        "allow_produce_topic_list": (["audit"], "AllowProduceTopicList", "audit"),
        "allow_consume_topic_list": (["refunds", "orders"], "AllowConsumeTopicList", "orders,refunds"),
    }
    # Its list is part of the permission: what is not PART has none.
    empty = {
        "topic_produce_perm": ("NONE", "AllowProduceTopicList", ""),
        "allow_consume_topic_list": ([], "AllowConsumeTopicList", ""),
    }
    grant = {"topic_produce_perm": "ALL"}
    new = {"topic_consume_perm": "PART", "allow_consume_topic_list": ["orders"]}
    initial = {"TopicProducePerm": "NONE", "TopicConsumePerm": "NONE"}
    create, update = "CreateURocketMQToken", "UpdateURocketMQToken"
    delete, read = "DeleteURocketMQToken", "GetURocketMQToken"

    def wire(self, option, items):
        return ",".join(sorted(items))


def _perm(name, perm):
    return {"name": name, "perm": perm}


class RocketMQ(System):
    label = "RocketMQ"
    module = "huaweicloud_rocketmq_user"
    one, many = "user", "users"
    place = "instance_id"
    names = {"user_name": "access_key"}
    lists = {"topic_perms": "topic_perms", "group_perms": "group_perms"}
    items = {
        "topic_perms": [_perm("orders", "PUB|SUB"), _perm("payments", "DENY"), _perm("stock", "SUB")],
        "group_perms": [_perm("back", "DENY"), _perm("front", "SUB"), _perm("mails", "PUB|SUB")],
    }
    fields = {
        "white_remote_address": "192.0.2.10", "admin": True, "default_topic_perm": "PUB|SUB",
        "default_group_perm": "SUB",
    }  # fmt: skip
    change = {
        "secret_key": ("Other-Secret-0815", "secret_key", "Other-Secret-0815"),
        "white_remote_address": ("198.51.100.7", "white_remote_address", "198.51.100.7"),
        "admin": (False, "admin", False),
        "default_topic_perm": ("SUB", "default_topic_perm", "SUB"),
        "default_group_perm": ("DENY", "default_group_perm", "DENY"),
        "topic_perms": ([_perm("audit", "SUB")], "topic_perms", [_perm("audit", "SUB")]),
        "group_perms": ([_perm("front", "DENY")], "group_perms", [_perm("front", "DENY")]),
    }
    empty = {
        "white_remote_address": ("", "white_remote_address", ""), "admin": (False, "admin", False),
        "topic_perms": ([], "topic_perms", []), "group_perms": ([], "group_perms", []),
    }  # fmt: skip
    grant = {"admin": True}
    new = {"secret_key": "New-Secret-4711", "topic_perms": [_perm("orders", "SUB")]}
    needed = ("secret_key",)
    initial = {
        "white_remote_address": "", "admin": False, "default_topic_perm": "DENY", "default_group_perm": "DENY",
        "topic_perms": [], "group_perms": [],
    }  # fmt: skip
    create, update, delete, read = "CreateUser", "UpdateUser", "DeleteUser", "ShowUser"

    def wire(self, option, items):
        return sorted(items, key=lambda item: item["name"])


def policy(app, access, tag=""):
    return {"app_name": app, "access_policy": access, "tag": tag}


class Roma(System):
    label = "ROMA Connect"
    module = "huaweicloud_roma_topic_policy"
    one, many = "topic", "topics"
    place = "instance_id"
    names = {"name": "name"}
    lists = {"policies": "policies"}
    items = {
        "policies": [policy("billing", "sub", "late||paid&new"), policy("audit", "pub"), policy("stats", "all", "a&b")]
    }
    owner = {**policy("creator", "all"), "owner": True}  # whose row stays without being named
    fields = {"description": "Orders of the shop", "sensitive_word": "card"}
    change = {
        "policies": (
            [{"app_name": "billing", "access_policy": "pub"}],
            "policies",
            [{**policy("billing", "pub", "late||paid&new"), "owner": False}, owner],  # a tag stays as well
        ),
        "description": ("Other words", "description", "Other words"),
        "sensitive_word": ("iban", "sensitive_word", "iban"),
    }
    empty = {
        "policies": ([], "policies", [owner]), "description": ("", "description", ""),
        "sensitive_word": ("", "sensitive_word", ""),
    }  # fmt: skip
    grant = {"description": "changed"}
    update = "UpdateTopicAccessPolicy"

    def wire(self, option, items):
        return [{"owner": False, **item} for item in [*items, self.owner]]


UFILE, UROCKETMQ, ROCKETMQ, ROMA = ALL = (UFile(), URocketMQ(), RocketMQ(), Roma())
BY_MODULE = {system.module: system for system in ALL}
