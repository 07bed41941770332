# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four systems of ``systems.py`` in scripted calls: what is sent, and what is answered."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import rocketmq_user, roma_topic_policy
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import ufile_token, urocketmq_token
from ansible_collections.grantops.cloud.tests import systems

from .scripted import REGION, attempt, huawei, run, ucloud


class Case:
    """A system, and the calls about its resource ``row(number)``."""

    single = ""  # an option that holds one value
    invalid = ()  # options, and what is said against them

    def __init__(self):
        self.plural, self.keys, self.items = self.system.many, self.system.lists, self.system.items

    @property
    def scalar(self):
        """Options that change one value, and what changes in the row then."""
        value, key, after = self.system.change[self.single]
        return {self.single: value}, {key: after}

    def two(self, option):
        return self.system.two(option)

    def task(self, options, many=False):
        """A task about the first resource, in the form of a list or not."""
        options = {**self.names(), **options}
        return {**self.scope, **({self.plural: [options]} if many else options)}

    def planned(self):
        """Options that change one value, the row that they lead to, and the calls up to the write."""
        options, changes = self.scalar
        return options, self.row(**changes), self.look(self.row(), options) + self.prepare(self.row(), options=options)

    def wire(self, option, items):
        return self.system.wire(option, items)

    def row_with(self, option, items, number=1):
        return self.row(number, **{self.keys[option]: self.wire(option, items)})

    def plain(self, number=1, **changes):
        """A row of which one look shows everything."""
        return self.row(number, **changes)

    def look(self, row, options):
        """Calls that read one resource as far as ``options`` need it."""
        return self.read(row)

    def prepare(self, *rows, options=()):
        """Calls between plan and write."""
        return []

    def add(self, row, option, items):
        """Calls that add ``items`` to a list, after which the resource is ``row``."""
        return self.prepare(row, options={option}) + self.write(row)

    def change(self, options, current, after):
        """The result of a change of ``current`` that sends all of ``after``."""
        calls = self.read(current) + self.prepare(current) + self.write(after) + self.read(after)
        result = run(self.resource, self.task(options), calls)
        assert result["changed"] is True, result
        return result

    def unchanged(self, options, current, *more):
        """The result of a task that only reads."""
        result = run(self.resource, self.task(options), self.read(current) + list(more))
        assert result["changed"] is False, result
        return result

    def refused(self, options, calls):
        """The result of a task that fails. The options name the resource."""
        result = attempt(self.resource, {**self.scope, **options}, calls)
        assert result["failed"] is True, result
        return result

    def position(self, index):
        return f"{self.plural}[{index}]"


# What a new UFile token has to say.
ALL_OF_IT = {"allowed_buckets": ["*"], "allowed_prefixes": ["*"]}


class UFile(Case):
    system = systems.UFILE
    resource = ufile_token.RESOURCE
    label = "UFile token t-1"
    scope = {}
    single = "expire_time"
    invalid = [
        ({"allowed_prefixes": []}, "allowed_prefixes: the service cannot express an empty list"),
        ({"allowed_buckets": []}, "allowed_buckets: the service cannot express an empty list"),
        ({"allowed_ops": ["TOKEN_ALLOW_NONE", "TOKEN_ALLOW_READ"]}, "TOKEN_ALLOW_NONE excludes every other entry"),
        ({"expire_time": "4102416001"}, "is outside what the service takes: at most 4102416000"),
        ({"expire_time": "30d"}, "a duration is not taken, since it would end at another time in each run"),
        ({"expire_time": "soon"}, "is neither Unix seconds nor an ISO 8601 time"),
        ({"token_name": ""}, "token_name: it must not be empty"),
        ({"allowed_prefixes": [""]}, "an entry must not be empty"),
        ({"allowed_buckets": ["a\nb"]}, "which no name can hold"),
    ]
    read_refused = {"code": 299}
    write_refused = {"code": 220}

    def names(self, number=1):
        return {"token_id": f"t-{number}"}

    def row(self, number=1, **changes):
        made = {
            "Region": "cn-bj2", "TokenId": f"t-{number}", "TokenName": f"ci-{number}", "PublicKey": "TOKEN_pub",
            "PrivateKey": "TokenPrivate0", "CreateTime": 1500000000, "ModifyTime": 1500000001,
        }  # fmt: skip
        return self.system.row(**{**made, **changes})

    def options(self, row):
        return {
            "token_id": row["TokenId"], "token_name": row["TokenName"], "allowed_ops": row["AllowedOps"],
            "allowed_prefixes": row["AllowedPrefixes"], "allowed_buckets": row["AllowedBuckets"],
            "expire_time": str(row["ExpireTime"]),
        }  # fmt: skip

    def read(self, *rows, **how):
        form = {"TokenId": rows[0]["TokenId"]} if len(rows) == 1 else {}
        return [ucloud("DescribeUFileToken", form, {"DataSet": list(rows)}, **how)]

    def read_all(self, *rows):
        """Without a region first, and with it where none of its tokens shows."""
        calls = [ucloud("DescribeUFileToken", {}, {"DataSet": list(rows)})]
        if all(row.get("Region") != REGION for row in rows):
            calls.append(ucloud("DescribeUFileToken", {"Region": REGION}, {"DataSet": list(rows)}))
        return calls

    def absent(self):
        return [
            ucloud("DescribeUFileToken", dict({"TokenId": "t-1"}, **region), code=15040)
            for region in ({}, {"Region": REGION})
        ]

    def write(self, row, **how):
        form = {"TokenId": row["TokenId"], "TokenName": row["TokenName"], "ExpireTime": row["ExpireTime"]}
        for key in ("AllowedOps", "AllowedPrefixes", "AllowedBuckets"):
            form.update((f"{key}.{index}", value) for index, value in enumerate(sorted(row[key])))
        return [ucloud("UpdateUFileToken", form, **how)]


class URocketMQ(Case):
    system = systems.UROCKETMQ
    resource = urocketmq_token.RESOURCE
    label = "URocketMQ token t-1 (service_id s-1)"
    scope = {"service_id": "s-1"}

    @property
    def scalar(self):
        return {"topic_consume_perm": "ALL"}, {"TopicConsumePerm": "ALL", "AllowConsumeTopicList": ""}

    invalid = [
        ({"topic_produce_perm": "ALL", "allow_produce_topic_list": ["a"]}, "a list has a meaning with PART only"),
        ({"topic_consume_perm": "NONE", "allow_consume_topic_list": ["a"]}, "a list has a meaning with PART only"),
        ({"topic_produce_perm": "PART", "allow_produce_topic_list": []}, "PART of no topic is NONE"),
        ({"allow_produce_topic_list": ["a,b"]}, "allow_produce_topic_list[0]: 'a,b' holds a comma"),
        ({"allow_consume_topic_list": ["a", " b"]}, "allow_consume_topic_list[1]: ' b' has a blank at its beginning"),
    ]
    read_refused = {"code": 299}
    write_refused = {"code": 220}

    def names(self, number=1):
        return {"token_id": f"t-{number}"}

    def row(self, number=1, **changes):
        made = {
            "TokenId": f"t-{number}", "Name": f"ci-{number}", "Type": "Custom", "ServiceId": "s-1",
            "AKSK": {"AccessKey": "ak", "SecretKey": "TokenPrivate0"}, "CreateTime": 1, "ModifyTime": 2,
        }  # fmt: skip
        return self.system.row(**{**made, **changes})

    def plain(self, number=1, **changes):
        """A token that may all: it has no lists."""
        may_all = {"TopicProducePerm": "ALL", "TopicConsumePerm": "ALL"}
        return self.row(number, AllowProduceTopicList="", AllowConsumeTopicList="", **{**may_all, **changes})

    def options(self, row):
        return {
            "service_id": "s-1", "token_id": row["TokenId"],
            "topic_produce_perm": row["TopicProducePerm"], "topic_consume_perm": row["TopicConsumePerm"],
            "allow_produce_topic_list": row["AllowProduceTopicList"].split(","),
            "allow_consume_topic_list": row["AllowConsumeTopicList"].split(","),
        }  # fmt: skip

    def get(self, row, **how):
        return ucloud("GetURocketMQToken", {"ServiceId": "s-1", "TokenId": row["TokenId"]}, {"Token": row}, **how)

    def list(self, *rows, offset=0, total=None, **how):
        rows = [{key: row[key] for key in row if key not in self.keys.values()} for row in rows]
        response = {"TokenList": rows, "TotalCount": len(rows) if total is None else total}
        return ucloud("ListURocketMQToken", {"ServiceId": "s-1", "Limit": 100, "Offset": offset}, response, **how)

    def read(self, *rows, **how):
        return [self.get(rows[0], **how)] if len(rows) == 1 else self.read_all(*rows, **how)

    def read_all(self, *rows, **how):
        return [self.list(*rows, **how)] + [self.get(row) for row in rows if "PART" in row.values()]

    def absent(self):
        return [self.get(self.row(), code=230), self.list()]

    def write(self, row, **how):
        form = {"ServiceId": "s-1", "TokenId": row["TokenId"]}
        for perm, topics in (
            ("TopicProducePerm", "AllowProduceTopicList"),
            ("TopicConsumePerm", "AllowConsumeTopicList"),
        ):
            form[perm] = row[perm]
            if row[perm] == "PART":
                form[topics] = ",".join(sorted(row[topics].split(",")))
        return [ucloud("UpdateURocketMQToken", form, **how)]


class RocketMQ(Case):
    system = systems.ROCKETMQ
    resource = rocketmq_user.RESOURCE
    label = "RocketMQ user billing-1 (instance_id i-1)"
    scope = {"instance_id": "i-1"}
    single = "default_topic_perm"
    invalid = [
        ({"secret_key": "Short1!"}, "secret_key: it must have 8 to 32 characters"),
        ({"secret_key": "Aa1!" * 8 + "x"}, "secret_key: it must have 8 to 32 characters"),
        ({"secret_key": "onlyletters"}, "it must have three of"),
        ({"secret_key": "billing-1"}, "it must not be the user name"),
        ({"secret_key": "1-gnillib"}, "it must not be the user name"),
        ({"topic_perms": [{"name": "", "perm": "PUB"}]}, "topic_perms[0]: a row has no name"),
        ({"group_perms": [{"name": "a", "perm": "SUB"}, {"name": "a", "perm": "DENY"}]}, "a is already listed at [0]"),
        ({"user_name": "."}, "got '.', which has another meaning in a URL"),
        ({"user_name": ".."}, "got '..', which has another meaning in a URL"),
        ({"user_name": " "}, "user_name: it must not be empty"),
    ]
    read_refused = {"status": 403, "code": "DMS.10240309"}
    write_refused = {"status": 400, "code": "DMS.00400001"}

    def names(self, number=1):
        return {"user_name": f"billing-{number}"}

    def row(self, number=1, **changes):
        made = {"access_key": f"billing-{number}", "secret_key": "Secret-Key1"}
        return self.system.row(**{**made, **changes})

    def options(self, row):
        options = {key: value for key, value in row.items() if key != "access_key"}
        return dict(options, instance_id="i-1", user_name=row["access_key"])

    def show(self, row, **how):
        return huawei("GET", "instances/i-1/users/" + row["access_key"], response=row, **how)

    def list(self, *rows, offset=0, total=None, **how):
        response = {"users": list(rows), "total": len(rows) if total is None else total}
        return huawei("GET", f"instances/i-1/users?limit=50&offset={offset}", response=response, **how)

    def read(self, *rows, **how):
        return [self.show(rows[0], **how)] if len(rows) == 1 else [self.list(*rows, **how)]

    def read_all(self, *rows):
        return [self.list(*rows)]

    def absent(self):
        return [self.show(self.row(), status=400, code="DMS.00500972")]

    def write(self, row, **how):
        body = dict(row, **{key: self.wire(key, row[key]) for key in self.keys})
        return [huawei("PUT", "instances/i-1/users/" + row["access_key"], body, **dict({"response": row}, **how))]


class Roma(Case):
    system = systems.ROMA
    resource = roma_topic_policy.RESOURCE
    label = "ROMA topic orders-1 (instance_id i-1)"
    scope = {"instance_id": "i-1"}
    single = "description"
    owner = systems.ROMA.owner
    apps = ("audit", "billing", "creator", "shop", "stats")
    invalid = [
        ({"policies": [{"app_name": "a"}, {"app_name": "a"}]}, "policies[1]: a is already listed at [0]"),
        ({"policies": [{"app_name": ""}]}, "policies[0]: a row has no app_name"),
        ({"policies": [{"app_name": "a\x00"}]}, "which no name can hold"),
        ({"description": "a\x07b"}, "which no name can hold"),
        ({"policies": [{"app_name": "a", "tag": "x\ny"}]}, "policies[0].tag: the value holds"),
    ]
    read_refused = {"status": 403, "code": "DMS.10240309"}
    write_refused = {"status": 400, "code": "MQS.00400001"}

    def wire(self, option, items):
        return [dict(row, user_name="key-" + row["app_name"]) for row in self.system.wire(option, items)]

    def names(self, number=1):
        return {"name": f"orders-{number}"}

    def row(self, number=1, **changes):
        made = {"name": f"orders-{number}", "policies": self.wire("policies", self.two("policies"))}
        return self.system.row(**{**made, **changes})

    def options(self, row):
        policies = [{key: value for key, value in item.items() if key != "user_name"} for item in row["policies"]]
        return dict(row, instance_id="i-1", policies=policies)

    def policies(self, row, offset=0, total=None, **how):
        response = {"name": row["name"], "policies": row["policies"], "total": total or len(row["policies"])}
        path = "mqs/instances/i-1/topics/{}/accesspolicy?limit=50&offset={}".format(row["name"], offset)
        return huawei("GET", path, response=response, **how)

    def topics(self, *rows, name=None, **how):
        keys = ("name", "description", "sensitive_word")
        response = {"total": len(rows), "topics": [{key: row[key] for key in keys if key in row} for row in rows]}
        path = "mqs/instances/i-1/topics" + (f"?name={name}" if name else "")
        return huawei("GET", path, response=response, **how)

    def list_apps(self, *names):
        rows = [
            {"id": "id-" + app, "name": app, "key": "key-" + app, "secret": "AppSecret0"} for app in names or self.apps
        ]
        path = "instances/i-1/apps?limit=50&offset=0"
        return huawei("GET", path, response={"apps": rows, "total": len(rows), "size": len(rows)})

    def read(self, *rows, **how):
        return [self.policies(rows[0], **how)] + [self.policies(row) for row in rows[1:]]

    def read_all(self, *rows):
        return [self.topics(*rows)] + [self.policies(row) for row in rows]

    def details(self, *rows):
        return [self.topics(*rows, name=rows[0]["name"] if len(rows) == 1 else None)]

    def absent(self):
        missing = self.policies(self.row(), status=404, code="MQS.00400404")
        return [missing, self.topics(self.row(11), name="orders-1")]

    def look(self, row, options):
        return self.read(row) + (self.details(row) if {"description", "sensitive_word"} & set(options) else [])

    def prepare(self, *rows, options=()):
        known = {"description", "sensitive_word"} & set(options)
        return [] if known else self.details(*rows)

    def write(self, *rows, **how):
        topics = []
        for row in rows:
            policies = [dict(item, app_id=item["user_name"]) for item in row["policies"]]  # as they were read
            for item in policies:
                item.pop("user_name")
            topics.append(dict(row, policies=sorted(policies, key=lambda item: item["app_name"])))
        path = "mqs/instances/i-1/topics/accesspolicy"
        return [huawei("POST", path, {"topics": topics}, **dict({"status": 204}, **how))]

    def batch_add(self, items, number=1, who="key-", **how):
        """The call that adds ``items`` and leaves the others."""
        policies = [dict({"tag": ""}, user_name=who + item["app_name"], **item) for item in items]
        path = f"mqs/instances/i-1/topics/orders-{number}/access-policies/batch-add"
        return huawei("POST", path, {"policies": policies}, **dict({"status": 204}, **how))

    def add(self, row, option, items):
        return [*self.prepare(row, options={option}), self.list_apps(), self.batch_add(items)]


ALL = (UFile(), URocketMQ(), RocketMQ(), Roma())
NAMES = ("ufile", "urocketmq", "rocketmq", "roma")

every = pytest.mark.parametrize("case", ALL, ids=NAMES)
both_forms = pytest.mark.parametrize("many", [False, True], ids=["single", "list"])
