# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four services in memory: clients whose operations are functions, and remember what was sent."""

from __future__ import annotations

import json

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._probe import findings, huaweicloud, ucloud

NAME = "grantops-probe-0123456789abcdef"
ROW = {"name": "orders", "perm": "PUB|SUB"}


def refusal(kind=errors.INVALID, code=230, status=200):
    return errors.RequestError(kind, "no", operation="X", code=code, status=status)


DOWN = refusal(errors.SERVER, None, 500)


class Client:
    """``responses`` maps an operation to its response, an error to raise, or a function of what was sent."""

    region = "cn-bj2"
    project_id = "org-1"

    def __init__(self, responses):
        self.responses = responses
        self.secrets = errors.Secrets()
        self.sent = []
        self.requests = []  # the same as lines of text
        self.last = None  # the number of the request that fails

    def _response(self, operation, sent):
        self.sent.append((operation, sent))
        if len(self.sent) == self.last:
            raise DOWN
        response = self.responses[operation]
        response = response(sent) if callable(response) else response
        if isinstance(response, Exception):
            raise response
        return response

    def operations(self):
        return [operation for operation, _sent in self.sent]


class UCloud(Client):
    def call(self, action, parameters=None, idempotent=True):
        sent = dict(parameters or {}, ProjectId=self.project_id)
        self.requests.append(f"{action}{'' if idempotent else ' once'} {json.dumps(sent)}")
        return self._response(action, sent)


class HuaweiCloud(Client):
    def call(self, operation, method, segments, query=(), body=None, idempotent=True):
        more = json.dumps(body if body else dict(query))
        self.requests.append(f"{operation}{'' if idempotent else ' once'} {method} {'/'.join(segments)} {more}")
        return self._response(operation, body if body is not None else (segments, dict(query)))

    def page(self, operation, segments, key, needed, offset, limit):
        self.requests.append(f"{operation} GET {'/'.join(segments)} {key} {needed} {offset} {limit}")
        response = self._response(operation, (segments, {"offset": offset}))
        return response[key], response["total"]


class Service:
    """``rows`` is what is there; ``odd`` are operations that answer otherwise than is assumed."""

    keys = "Secret-of-1 Secret-of-2"  # secrets that are there, and are made
    kind = None  # of a Probe
    cloud = None
    names = {}  # what the Probe is told to look at

    def __init__(self, **odd):
        self.rows = self.estate()
        self.client = self.cloud({**self.responses(), **odd})

    def respond(self, **odd):
        self.client.responses.update(odd)

    def probe(self, **names):
        own = {**self.names, **names}
        return self.kind(self.client, findings.Findings(True), NAME, 0.0, lambda seconds: None, **own)

    def outcome(self, look=True, try_out=True):
        """What was told."""
        probe = self.probe()
        if look:
            probe.look()
        if try_out:
            probe.try_out()
        return told(probe)


def told(probe):
    """Each number of which something was told, with its verdict and what was seen."""
    before = findings.Findings(True).rows()
    rows = [row for row, untold in zip(probe.findings.rows(), before) if row != untold]
    return {row["number"]: f"{row['verdict']}: {row['seen']}" for row in rows}


class Tokens(Service):
    """UFile: what was made is shown, as the parameters have it."""

    kind, cloud = ucloud.UFileProbe, UCloud

    def estate(self):
        row = {"TokenName": "reports", "Region": "hk", "ExpireTime": 5, "PrivateKey": "Secret-of-1"}
        return {"t-1": dict(row, TokenId="t-1"), "t-2": dict(row, TokenId="t-2", Region="cn-bj2")}

    def responses(self):
        return {
            "DescribeUFileToken": self.describe, "CreateUFileToken": self.create, "UpdateUFileToken": self.update,
            "DeleteUFileToken": lambda sent: self.rows.pop(sent["TokenId"]),
        }  # fmt: skip

    def describe(self, sent):
        if "TokenId" in sent and sent["TokenId"] not in self.rows:
            return refusal(errors.NOT_FOUND, 15040)
        rows = [row for row in self.rows.values() if sent.get("TokenId") in (None, row["TokenId"])]
        return {"RetCode": 0, "DataSet": rows}

    def create(self, sent):
        token_id = f"t-{len(self.rows) + 1}"
        self.rows[token_id] = dict(sent, TokenId=token_id, Region="cn-bj2")
        return {"RetCode": 0, "UFileTokenSet": {"TokenId": token_id, "PrivateKey": "Secret-of-2"}}

    def update(self, sent):
        if "WhiteIPList" in sent:
            return refusal()
        self.rows[sent["TokenId"]].update(sent)
        return {"RetCode": 0}


class Queue(Service):
    """URocketMQ, in the same way."""

    keys = "Secret-of-1"
    kind, cloud, names = ucloud.URocketMQProbe, UCloud, {"service_id": "s-1"}

    def estate(self):
        return {"u-1": token("u-1", "orders", "PART", "a,b")}

    def responses(self):
        return {
            "ListURocketMQToken": self.list, "GetURocketMQToken": self.get, "CreateURocketMQToken": self.create,
            "UpdateURocketMQToken": self.update,
            "DeleteURocketMQToken": lambda sent: self.rows.pop(sent["TokenId"]),
        }  # fmt: skip

    def list(self, sent):
        rows = [{key: value for key, value in row.items() if "List" not in key} for row in self.rows.values()]
        rows = [dict(row, AKSK={"SecretKey": "Secret-of-1"}) for row in rows]  # as nobody asked for
        return {"TokenList": rows, "TotalCount": len(rows)}

    def get(self, sent):
        return {"Token": self.rows[sent["TokenId"]]} if sent["TokenId"] in self.rows else refusal()

    def create(self, sent):
        token_id = f"u-{len(self.rows) + 1}"
        self.rows[token_id] = token(token_id, sent["Name"], sent["TopicProducePerm"], sent["AllowProduceTopicList"])
        return {"TokenId": token_id}

    def update(self, sent):
        self.rows[sent["TokenId"]].update(TopicProducePerm=sent["TopicProducePerm"], AllowProduceTopicList="")
        return {}


def token(token_id, name, perm, topics):
    row = {"TokenId": token_id, "Name": name, "TopicProducePerm": perm, "TopicConsumePerm": "NONE"}
    return dict(row, AllowProduceTopicList=topics, AKSK={"AccessKey": "a", "SecretKey": ""})


class Users(Service):
    """RocketMQ: an update replaces the user."""

    kind, cloud, names = huaweicloud.RocketMQProbe, HuaweiCloud, {"instance_id": "i-1"}
    keys = "Secret-0815 Aa1-made"
    absent = refusal(errors.NOT_FOUND, "DMS.00500972", 400)

    def estate(self):
        return {"ops-user": user("ops-user", admin=True), "app-user": user("app-user", topic_perms=[ROW])}

    def responses(self):
        return {
            "ListUser": self.list, "ShowUser": self.show, "CreateUser": self.write, "UpdateUser": self.write,
            "DeleteUser": lambda sent: self.rows.pop(sent[0][-1], None),
        }  # fmt: skip

    def list(self, sent):
        rows = list(self.rows.values())
        return {"users": rows[sent[1]["offset"] :], "total": len(rows)}

    def show(self, sent):
        return self.rows.get(sent[0][-1], self.absent)

    def write(self, sent):
        kept = self.rows.get(sent["access_key"], {}).get("secret_key")
        self.rows[sent["access_key"]] = row = user(**dict(sent, secret_key=sent["secret_key"] or kept))
        return row


def user(access_key, **more):
    row = {"access_key": access_key, "secret_key": "Secret-0815", "admin": False, "topic_perms": [], "group_perms": []}
    return {**row, "default_topic_perm": "DENY", "default_group_perm": "DENY", **more}


class Topics(Service):
    """ROMA Connect, of which there is one topic: a write replaces its rows."""

    kind, cloud, keys = huaweicloud.RomaProbe, HuaweiCloud, "Secret-of-app"
    names = {"instance_id": "i-1", "topic": "orders", "app": "stats"}
    unknown = refusal(code="MQS.00404010", status=404)

    def estate(self):
        names = ("shop", "stats")
        self.apps = [
            {"id": f"id-{name}", "key": f"key-{name}", "name": name, "secret": "Secret-of-app"} for name in names
        ]
        self.texts = {"description": "Orders", "sensitive_word": ""}
        return [{"user_name": "id-shop", "app_name": "shop", "access_policy": "all", "owner": True, "tag": "b || a"}]

    def responses(self):
        return {
            "ListMqsInstanceTopics": lambda sent: {"topics": [dict(self.texts, name="orders")], "total": 1},
            "ListRomaApp": lambda sent: {"apps": self.apps, "total": len(self.apps)},
            "ShowMqsInstanceTopicAccessPolicy": self.show, "BatchAddTopicAccessPolicy": self.add,
            "UpdateTopicAccessPolicy": self.update,
        }  # fmt: skip

    def show(self, sent):
        rows = self.rows[sent[1]["offset"] :]
        return {"policies": rows, "total": len(self.rows)} if "orders" in sent[0] else self.unknown

    def add(self, sent):
        self.rows = self.rows + [dict(row, owner=False) for row in sent["policies"]]

    def update(self, sent):
        (topic,) = sent["topics"]
        rows = [({"tag": "", **row}, row["app_id"]) for row in topic["policies"]]
        self.rows = [{**{key: row[key] for key in row if key != "app_id"}, "user_name": user} for row, user in rows]

    def written(self):
        """The requests that wrote the topic or added to it."""
        writes = ("BatchAddTopicAccessPolicy", "UpdateTopicAccessPolicy")
        return [(operation, sent) for operation, sent in self.client.sent if operation in writes]
