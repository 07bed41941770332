# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builders of resources: complete records from the few fields that matter to a test."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

from .wire import Record

# Fixed times keep dumps of the demo estate identical from run to run.
CREATED = 1750000000
EXPIRES = 1893456000
UCLOUD_PROJECT, UCLOUD_REGION, HUAWEI_PROJECT = "org-demo", "cn-bj2", "project-demo"
NO_GRANTS = {"AllowedOps": ["TOKEN_ALLOW_NONE"], "AllowedPrefixes": ["*"], "AllowedBuckets": ["*"]}  # of a new token


def secret(kind: str, name: str) -> str:
    """A recognisable secret, always the same for a name; passes the RocketMQ key rules."""
    return f"{kind}Secret-{hashlib.sha256(f'{kind}/{name}'.encode()).hexdigest()[:12]}"


def _filled(what: str, fields: Record, **defaults: Any) -> Record:
    unknown = sorted(set(fields) - set(defaults))
    if unknown:
        raise TypeError(f"{what} has no field {', '.join(unknown)}")
    return {**defaults, **fields}


def add_ufile_token(estate: Record, **fields: Any) -> Record:
    tokens = estate["ucloud"]["ufile_tokens"]
    token_id = fields.get("TokenId") or f"ufile-token-{len(tokens) + 1:04d}"
    tokens[token_id] = _filled(
        "a UFile token", fields, TokenId=token_id, TokenName=token_id, ProjectId=UCLOUD_PROJECT, Region=UCLOUD_REGION,
        PublicKey=f"TOKEN_{token_id}", PrivateKey=secret("ufile", token_id), **copy.deepcopy(NO_GRANTS), BlackIPList=[], WhiteIPList=[],
        ExpireTime=EXPIRES, CreateTime=CREATED, ModifyTime=CREATED,
    )  # fmt: skip
    return tokens[token_id]


def add_urocketmq_service(estate: Record, service_id: str, topics: list[str] | None = None, **fields: Any) -> Record:
    rows = [{"TopicId": f"{service_id}-topic-{name}", "TopicName": name} for name in topics or []]
    defaults = {"ServiceId": service_id, "ProjectId": UCLOUD_PROJECT, "Region": UCLOUD_REGION}
    service = _filled("a URocketMQ service", fields, **defaults, topics=rows, tokens={})
    estate["ucloud"]["urocketmq"][service_id] = service
    return service


def add_urocketmq_token(estate: Record, service_id: str = "urmq-demo", **fields: Any) -> Record:
    service = estate["ucloud"]["urocketmq"].get(service_id) or add_urocketmq_service(estate, service_id)
    token_id = fields.get("TokenId") or f"urmq-token-{len(service['tokens']) + 1:04d}"
    keys = {"AccessKey": f"urmq-ak-{token_id}", "SecretKey": secret("urmq", f"{service_id}/{token_id}")}
    service["tokens"][token_id] = _filled(
        "a URocketMQ token", fields, TokenId=token_id, Name=token_id, ServiceId=service_id, AKSK=keys,
        Type="Normal",  # assumed: only the other value, Default, is documented
        TopicProducePerm="NONE", TopicConsumePerm="NONE", AllowProduceTopicList="", AllowConsumeTopicList="",
        CreateTime=CREATED, ModifyTime=CREATED,
    )  # fmt: skip
    return service["tokens"][token_id]


def add_rocketmq_instance(estate: Record, instance_id: str, topics: list[str] | None = None, **fields: Any) -> Record:
    instance = _filled(
        "a RocketMQ instance", fields, id=instance_id, project_id=HUAWEI_PROJECT, topics=list(topics or []), users={},
        edition="standard",  # or "basic": every user is an administrator
        enable_acl=True,
    )  # fmt: skip
    estate["huaweicloud"]["rocketmq"][instance_id] = instance
    return instance


def rocketmq_user(edition: str, name: str, **fields: Any) -> Record:
    """A user's record, fields left out at their defaults."""
    basic = edition == "basic"
    return _filled(
        "a RocketMQ user", fields, access_key=name, secret_key=secret("Rmq", name), white_remote_address="", admin=basic,
        default_topic_perm="PUB|SUB" if basic else "DENY", default_group_perm="SUB" if basic else "DENY",
        topic_perms=[], group_perms=[],
    )  # fmt: skip


def add_rocketmq_user(estate: Record, instance_id: str = "rocketmq-demo", **fields: Any) -> Record:
    instance = estate["huaweicloud"]["rocketmq"].get(instance_id) or add_rocketmq_instance(estate, instance_id)
    name = fields.pop("access_key", None) or f"user-{len(instance['users']) + 1:04d}"
    user = instance["users"][name] = rocketmq_user(instance["edition"], name, **fields)
    return user


def add_roma_instance(estate: Record, instance_id: str, **fields: Any) -> Record:
    instance = _filled("a ROMA instance", fields, id=instance_id, project_id=HUAWEI_PROJECT, apps={}, topics={})
    estate["huaweicloud"]["roma"][instance_id] = instance
    return instance


def add_roma_app(estate: Record, instance_id: str = "roma-demo", **fields: Any) -> Record:
    instance = estate["huaweicloud"]["roma"].get(instance_id) or add_roma_instance(estate, instance_id)
    name = fields.get("name") or f"app-{len(instance['apps']) + 1:04d}"
    app = _filled(
        "a ROMA app", fields, id=f"roma-app-{name}", name=name, remark="", roles=["admin"], owner=True, favorite=False,
        create_time="2025-06-15T15:06:40Z", update_time="2025-06-15T15:06:40Z",
        key=f"roma-key-{name}", secret=secret("roma", f"{instance_id}/{name}"),
    )  # fmt: skip
    instance["apps"][app["id"]] = app
    return app


def add_roma_topic(estate: Record, instance_id: str = "roma-demo", **fields: Any) -> Record:
    """`policies` rows may name an app by `app_id` or by `app_name`; missing apps are added."""
    instance = estate["huaweicloud"]["roma"].get(instance_id) or add_roma_instance(estate, instance_id)
    texts = dict.fromkeys(("app_id", "app_name", "description", "sensitive_word"), "")
    name = f"topic-{len(instance['topics']) + 1:04d}"
    topic = _filled("a ROMA topic", fields, name=name, **texts, policies=[])
    topic["policies"] = [_policy(estate, instance, row) for row in topic["policies"]]
    # The application a topic was created with: its row says so.
    owner = next((row for row in topic["policies"] if row["owner"]), None)
    if owner and not topic["app_id"]:
        topic["app_id"], topic["app_name"] = owner["app_id"], owner["app_name"]
    instance["topics"][topic["name"]] = topic
    return topic


def _policy(estate: Record, instance: Record, fields: Record) -> Record:
    row = _filled("a ROMA policy", fields, app_id="", app_name="", access_policy="all", owner=False, tag="")
    apps = instance["apps"]
    app = apps.get(row["app_id"]) or next((app for app in apps.values() if app["name"] == row["app_name"]), None)
    if app is None:
        named = {"name": row["app_name"], "id": row["app_id"]}
        app = add_roma_app(estate, instance["id"], **{key: value for key, value in named.items() if value})
    row["app_id"], row["app_name"] = app["id"], app["name"]
    return row


BUILDERS = {
    "ufile_token": add_ufile_token,
    "urocketmq_service": add_urocketmq_service,
    "urocketmq_token": add_urocketmq_token,
    "rocketmq_instance": add_rocketmq_instance,
    "rocketmq_user": add_rocketmq_user,
    "roma_instance": add_roma_instance,
    "roma_app": add_roma_app,
    "roma_topic": add_roma_topic,
}
