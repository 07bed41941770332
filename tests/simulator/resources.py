# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builders of resources: complete records from the few fields that matter to a test."""

from __future__ import annotations

import hashlib
from typing import Any

# Fixed times keep dumps of the demo estate identical from run to run.
CREATED = 1750000000
EXPIRES = 1893456000
UCLOUD_PROJECT, UCLOUD_REGION, HUAWEI_PROJECT = "org-demo", "cn-bj2", "project-demo"


def secret(kind: str, name: str) -> str:
    """A recognisable secret, always the same for a name; passes the RocketMQ key rules."""
    return f"{kind}Secret-{hashlib.sha256(f'{kind}/{name}'.encode()).hexdigest()[:12]}"


def _filled(defaults: dict[str, Any], fields: dict[str, Any], what: str) -> dict[str, Any]:
    unknown = sorted(set(fields) - set(defaults))
    if unknown:
        raise TypeError(f"{what} has no field {', '.join(unknown)}")
    return {**defaults, **fields}


def add_ufile_token(estate: dict[str, Any], **fields: Any) -> dict[str, Any]:
    tokens = estate["ucloud"]["ufile_tokens"]
    token_id = fields.get("TokenId") or f"ufile-token-{len(tokens) + 1:04d}"
    token = _filled(
        {
            "TokenId": token_id,
            "TokenName": token_id,
            "ProjectId": UCLOUD_PROJECT,
            "Region": UCLOUD_REGION,
            "PublicKey": f"TOKEN_{token_id}",
            "PrivateKey": secret("ufile", token_id),
            "AllowedOps": ["TOKEN_ALLOW_NONE"],
            "AllowedPrefixes": ["*"],
            "AllowedBuckets": ["*"],
            "BlackIPList": [],
            "WhiteIPList": [],
            "ExpireTime": EXPIRES,
            "CreateTime": CREATED,
            "ModifyTime": CREATED,
        },
        fields,
        "a UFile token",
    )
    tokens[token_id] = token
    return token


def add_urocketmq_service(
    estate: dict[str, Any], service_id: str, topics: list[str] | None = None, **fields: Any
) -> dict[str, Any]:
    service = _filled(
        {
            "ServiceId": service_id,
            "ProjectId": UCLOUD_PROJECT,
            "Region": UCLOUD_REGION,
            "topics": [{"TopicId": f"{service_id}-topic-{name}", "TopicName": name} for name in topics or []],
            "tokens": {},
        },
        fields,
        "a URocketMQ service",
    )
    estate["ucloud"]["urocketmq"][service_id] = service
    return service


def add_urocketmq_token(estate: dict[str, Any], service_id: str = "urmq-demo", **fields: Any) -> dict[str, Any]:
    services = estate["ucloud"]["urocketmq"]
    service = services.get(service_id) or add_urocketmq_service(estate, service_id)
    token_id = fields.get("TokenId") or f"urmq-token-{len(service['tokens']) + 1:04d}"
    token = _filled(
        {
            "TokenId": token_id,
            "Name": token_id,
            "Type": "Normal",  # assumed: only the other value, Default, is documented
            "ServiceId": service_id,
            "TopicProducePerm": "NONE",
            "TopicConsumePerm": "NONE",
            "AllowProduceTopicList": "",
            "AllowConsumeTopicList": "",
            "AKSK": {
                "AccessKey": f"urmq-ak-{token_id}",
                "SecretKey": secret("urmq", f"{service_id}/{token_id}"),
            },
            "CreateTime": CREATED,
            "ModifyTime": CREATED,
        },
        fields,
        "a URocketMQ token",
    )
    service["tokens"][token_id] = token
    return token


def add_rocketmq_instance(
    estate: dict[str, Any], instance_id: str, topics: list[str] | None = None, **fields: Any
) -> dict[str, Any]:
    instance = _filled(
        {
            "id": instance_id,
            "project_id": HUAWEI_PROJECT,
            "edition": "standard",  # or "basic": every user is an administrator
            "enable_acl": True,
            "topics": list(topics or []),
            "users": {},
        },
        fields,
        "a RocketMQ instance",
    )
    estate["huaweicloud"]["rocketmq"][instance_id] = instance
    return instance


def rocketmq_user(edition: str, name: str, **fields: Any) -> dict[str, Any]:
    """A user's record, fields left out at their defaults."""
    basic = edition == "basic"
    return _filled(
        {
            "access_key": name,
            "secret_key": secret("Rmq", name),
            "white_remote_address": "",
            "admin": basic,
            "default_topic_perm": "PUB|SUB" if basic else "DENY",
            "default_group_perm": "SUB" if basic else "DENY",
            "topic_perms": [],
            "group_perms": [],
        },
        fields,
        "a RocketMQ user",
    )


def add_rocketmq_user(estate: dict[str, Any], instance_id: str = "rocketmq-demo", **fields: Any) -> dict[str, Any]:
    instances = estate["huaweicloud"]["rocketmq"]
    instance = instances.get(instance_id) or add_rocketmq_instance(estate, instance_id)
    name = fields.pop("access_key", None) or f"user-{len(instance['users']) + 1:04d}"
    user = rocketmq_user(instance["edition"], name, **fields)
    instance["users"][name] = user
    return user


def add_roma_instance(estate: dict[str, Any], instance_id: str, **fields: Any) -> dict[str, Any]:
    instance = _filled(
        {"id": instance_id, "project_id": HUAWEI_PROJECT, "apps": {}, "topics": {}},
        fields,
        "a ROMA instance",
    )
    estate["huaweicloud"]["roma"][instance_id] = instance
    return instance


def add_roma_app(estate: dict[str, Any], instance_id: str = "roma-demo", **fields: Any) -> dict[str, Any]:
    instances = estate["huaweicloud"]["roma"]
    instance = instances.get(instance_id) or add_roma_instance(estate, instance_id)
    name = fields.get("name") or f"app-{len(instance['apps']) + 1:04d}"
    app = _filled(
        {
            "id": f"roma-app-{name}",
            "name": name,
            "remark": "",
            "roles": ["admin"],
            "create_time": "2025-06-15T15:06:40Z",
            "update_time": "2025-06-15T15:06:40Z",
            "owner": True,
            "key": f"roma-key-{name}",
            "secret": secret("roma", f"{instance_id}/{name}"),
            "favorite": False,
        },
        fields,
        "a ROMA app",
    )
    instance["apps"][app["id"]] = app
    return app


def add_roma_topic(estate: dict[str, Any], instance_id: str = "roma-demo", **fields: Any) -> dict[str, Any]:
    """`policies` rows may name an app by `app_id` or by `app_name`; missing apps are added."""
    instances = estate["huaweicloud"]["roma"]
    instance = instances.get(instance_id) or add_roma_instance(estate, instance_id)
    topic = _filled(
        {
            "name": f"topic-{len(instance['topics']) + 1:04d}",
            "app_id": "",
            "app_name": "",
            "description": "",
            "sensitive_word": "",
            "policies": [],
        },
        fields,
        "a ROMA topic",
    )
    topic["policies"] = [_policy(estate, instance, row) for row in topic["policies"]]
    if not topic["app_id"]:
        # The application a topic was created with: its row says so.
        owner = next((row for row in topic["policies"] if row["owner"]), None)
        if owner:
            topic["app_id"], topic["app_name"] = owner["app_id"], owner["app_name"]
    instance["topics"][topic["name"]] = topic
    return topic


def _policy(estate: dict[str, Any], instance: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    row = _filled(
        {"app_id": "", "app_name": "", "access_policy": "all", "owner": False, "tag": ""},
        fields,
        "a ROMA policy",
    )
    apps = instance["apps"]
    app = apps.get(row["app_id"]) or next((app for app in apps.values() if app["name"] == row["app_name"]), None)
    if app is None:
        named = {"name": row["app_name"]} if row["app_name"] else {}
        if row["app_id"]:
            named["id"] = row["app_id"]
        app = add_roma_app(estate, instance["id"], **named)
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
