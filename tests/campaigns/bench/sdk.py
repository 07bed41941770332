# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a script on the official SDKs does: read each resource, write it where it differs.

python -m campaigns.bench.sdk MODULE COUNT DIFFERING WIDTH [list]: in a plain loop, or on a pool of so many threads; with
`list`, UFile tokens are read by one call. Addresses and credentials come from the environment; HOME is one to throw away,
since the SDKs write into it. It verifies nothing afterwards, as such scripts do.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from campaigns.bench.systems import PROJECT, REGION, SYSTEMS


def ucloud(client):
    logger = logging.getLogger("silent")  # the SDK's own prints every request, keys included
    logger.setLevel(logging.CRITICAL + 1)
    keys = {name: os.environ["UCLOUD_" + name.upper()] for name in ("public_key", "private_key")}
    place = {"region": REGION["ucloud"], "project_id": PROJECT["ucloud"], "base_url": os.environ["BENCH_URL"]}
    return client({**keys, **place}, logger=logger)


def huaweicloud(client):
    from huaweicloudsdkcore.auth.credentials import BasicCredentials

    keys = BasicCredentials(os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"], PROJECT["huaweicloud"])
    return client.new_builder().with_credentials(keys).with_endpoint(os.environ["BENCH_URL"]).build()


def ufile(listed=False):
    """``listed``: all tokens are read by one call."""
    from ucloud.services.ufile.client import UFileClient

    client = ucloud(UFileClient)
    there = {found["TokenId"]: found for found in client.describe_ufile_token({})["DataSet"]} if listed else {}

    def one(row):
        which = {"TokenId": row["token_id"]}
        found = there.get(row["token_id"]) or client.describe_ufile_token(which)["DataSet"][0]
        if sorted(found["AllowedOps"]) != sorted(row["allowed_ops"]):
            client.update_ufile_token({**which, "AllowedOps": row["allowed_ops"]})

    return one


def urocketmq():
    from ucloud.core.client import Client

    client = ucloud(Client)

    def one(row):
        which = {"ServiceId": "urmq-bench", "TokenId": row["token_id"]}
        found = client.invoke("GetURocketMQToken", which)["Token"]
        if found["TopicConsumePerm"] != row["topic_consume_perm"]:
            perms = {"TopicProducePerm": found["TopicProducePerm"], "TopicConsumePerm": row["topic_consume_perm"]}
            if found["TopicProducePerm"] == "PART":
                perms["AllowProduceTopicList"] = found["AllowProduceTopicList"]
            client.invoke("UpdateURocketMQToken", {**which, **perms})

    return one


def rocketmq():
    from huaweicloudsdkrocketmq import v2 as mq

    client = huaweicloud(mq.RocketMQClient)

    def one(row):
        where = {"instance_id": "rocketmq-bench", "user_name": row["user_name"]}
        found = json.loads(client.show_user(mq.ShowUserRequest(**where)).raw_content)
        desired = sorted((perm["name"], perm["perm"]) for perm in row["topic_perms"])
        if sorted((perm["name"], perm["perm"]) for perm in found["topic_perms"]) != desired:
            perms = [mq.UserTopicPerms(**perm) for perm in row["topic_perms"]]
            body = mq.User(**{**found, "topic_perms": perms, "group_perms": []})
            client.update_user(mq.UpdateUserRequest(**where, body=body))

    return one


def roma():
    from huaweicloudsdkroma import v2 as ro

    client = huaweicloud(ro.RomaClient)

    def one(row):
        request = ro.ShowMqsInstanceTopicAccessPolicyRequest(instance_id="roma-bench", topic_name=row["name"])
        found = {policy.app_name: policy for policy in client.show_mqs_instance_topic_access_policy(request).policies}
        (desired,) = row["policies"]
        if found["guest"].access_policy == desired["access_policy"]:
            return
        policies = [
            ro.UpdateTopicAccessPolicyPoliciesObject(
                app_id=f"roma-app-{name}",
                app_name=name,
                access_policy=desired["access_policy"] if name == "guest" else policy.access_policy,
                owner=policy.owner,
                tag=policy.tag,
            )
            for name, policy in found.items()
        ]
        texts = {"description": "", "sensitive_word": ""}
        topic = ro.UpdateTopicAccessPolicyTopicsObject(name=row["name"], policies=policies, **texts)
        body = ro.UpdateTopicAccessPolicyReq(topics=[topic])
        client.update_topic_access_policy(ro.UpdateTopicAccessPolicyRequest(instance_id="roma-bench", body=body))

    return one


MAKERS = {
    "ucloud_ufile_token": ufile,
    "ucloud_urocketmq_token": urocketmq,
    "huaweicloud_rocketmq_user": rocketmq,
    "huaweicloud_roma_topic_policy": roma,
}


def main() -> None:
    module, count, differing, width = sys.argv[1], *map(int, sys.argv[2:5])
    rows = SYSTEMS[module].rows(count, differing)
    one = ufile(listed=True) if sys.argv[5:] == ["list"] else MAKERS[module]()
    if width == 1:
        for row in rows:
            one(row)
    else:
        with ThreadPoolExecutor(width) as pool:
            list(pool.map(one, rows))


if __name__ == "__main__":
    main()
