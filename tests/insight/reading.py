# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An estate as the collection reads it: its own readers, over a client that answers from the records."""

from __future__ import annotations

from typing import Any

from ansible_collections.grantops.cloud.plugins.module_utils import _redaction
from ansible_collections.grantops.cloud.plugins.module_utils._access import model
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Scope
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud.rocketmq_user import RocketMQUserAPI
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud.roma_topic_policy import RomaTopicPolicyAPI
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.ufile_token import UFileTokenAPI
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.urocketmq_token import URocketMQTokenAPI
from simulator import enforcement

IP_LISTS = ("BlackIPList", "WhiteIPList")


class Client:
    """Answers the reading requests, as the simulator does, without a connection."""

    concurrency = 1
    region = None

    def __init__(self, estate: dict[str, Any]) -> None:
        self.estate = estate
        self.secrets = _redaction.Secrets()

    def each(self, function, items):
        return [function(item) for item in items]

    def call(self, operation, *arguments):
        if operation == "DescribeUFileToken":
            tokens = self.estate["ucloud"]["ufile_tokens"].values()
            return {"DataSet": [{k: v for k, v in row.items() if v or k not in IP_LISTS} for row in tokens]}
        if operation == "ListMqsInstanceTopics":
            topics = self.estate["huaweicloud"]["roma"][arguments[1][2]]["topics"].values()
            return {"topics": [dict(topic, policies_only=False) for topic in topics], "total": len(topics)}
        tokens = self.estate["ucloud"]["urocketmq"][arguments[0]["ServiceId"]]["tokens"]
        if operation == "GetURocketMQToken":
            return {"Token": tokens[arguments[0]["TokenId"]]}
        rows = [{k: v for k, v in row.items() if not k.startswith("Allow")} for row in tokens.values()]
        return {"TokenList": rows, "TotalCount": len(rows)}

    def page(self, operation, path, _key, _needed, offset, limit):
        if operation == "ListUser":
            rows = list(self.estate["huaweicloud"]["rocketmq"][path[1]]["users"].values())
        else:
            topic = self.estate["huaweicloud"]["roma"][path[2]]["topics"][path[4]]
            rows = [dict(row, user_name=row["app_id"]) for row in topic["policies"]]
        return rows[offset : offset + limit], len(rows)


def access(estate: dict[str, Any], whole: bool = True) -> model.Data:
    """The data of access; with or without all that there is having been read."""
    sasl = {scope: instance.get("sasl") for scope, instance in estate["huaweicloud"]["roma"].items()}
    return model.access(scopes(estate, whole), roma_sasl=sasl)


def scopes(estate: dict[str, Any], whole: bool = True) -> list[Scope]:
    """What the `_info` modules return, scope by scope."""
    client, huawei = Client(estate), estate["huaweicloud"]
    reads = [(enforcement.UFILE, UFileTokenAPI, "project_id", [""])]
    reads.append((enforcement.UROCKETMQ, URocketMQTokenAPI, "service_id", estate["ucloud"]["urocketmq"]))
    reads.append((enforcement.ROCKETMQ, RocketMQUserAPI, "instance_id", huawei["rocketmq"]))
    reads.append((enforcement.ROMA, RomaTopicPolicyAPI, "instance_id", huawei["roma"]))
    return [
        Scope(system, name, [api.resource.show(state.names, state.values, state.facts) for state in states], whole)
        for system, api, option, names in reads
        for name in names
        for states in [api(client).list({option: name})]
    ]
