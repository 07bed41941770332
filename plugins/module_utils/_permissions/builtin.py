# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each set-up gives on each system, in the options of the system's own module. This is the one place that says so.

``$topics``, ``$groups``, ``$buckets`` and ``$prefixes`` stand for the lists of a grant, ``$tag`` and ``$expires`` for its
texts; one with a question mark may be left out of the grant. A permission that is not named here is not given. A system
that is not named has no such set-up. Users' own set-ups (`setups` of the module) have the same form.
"""

from __future__ import annotations

from typing import Any

SETUPS: dict[str, dict[str, Any]] = {
    "producer": {
        "ucloud_urocketmq": {"topic_produce_perm": "PART", "allow_produce_topic_list": "$topics"},
        "huaweicloud_rocketmq": {"topic_perms": {"$topics": "PUB"}},
        "huaweicloud_roma": {"topics": "$topics", "access_policy": "pub", "tag": "$tag?"},
    },
    "consumer": {
        "ucloud_urocketmq": {"topic_consume_perm": "PART", "allow_consume_topic_list": "$topics"},
        "huaweicloud_rocketmq": {"topic_perms": {"$topics": "SUB"}, "group_perms": {"$groups": "SUB"}},
        "huaweicloud_roma": {"topics": "$topics", "access_policy": "sub", "tag": "$tag?"},
    },
    "producer_consumer": {
        "ucloud_urocketmq": {
            "topic_produce_perm": "PART",
            "allow_produce_topic_list": "$topics",
            "topic_consume_perm": "PART",
            "allow_consume_topic_list": "$topics",
        },
        "huaweicloud_rocketmq": {"topic_perms": {"$topics": "PUB|SUB"}, "group_perms": {"$groups": "SUB"}},
        "huaweicloud_roma": {"topics": "$topics", "access_policy": "all", "tag": "$tag?"},
    },
    "read_only": {
        "ucloud_ufile": {
            "allowed_ops": ["TOKEN_ALLOW_READ", "TOKEN_ALLOW_LIST"],
            "allowed_buckets": "$buckets",
            "allowed_prefixes": "$prefixes?",
            "expire_time": "$expires?",
        },
        "ucloud_urocketmq": {"topic_consume_perm": "ALL"},
        "huaweicloud_rocketmq": {"default_topic_perm": "SUB", "default_group_perm": "SUB"},
        "huaweicloud_roma": {"topics": "$topics", "access_policy": "sub"},
    },
    "upload_only": {
        "ucloud_ufile": {
            "allowed_ops": ["TOKEN_ALLOW_WRITE"],
            "allowed_buckets": "$buckets",
            "allowed_prefixes": "$prefixes?",
            "expire_time": "$expires?",
        }
    },
    "read_write": {
        "ucloud_ufile": {
            "allowed_ops": ["TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE", "TOKEN_ALLOW_LIST"],
            "allowed_buckets": "$buckets",
            "allowed_prefixes": "$prefixes?",
            "expire_time": "$expires?",
        },
        "ucloud_urocketmq": {"topic_produce_perm": "ALL", "topic_consume_perm": "ALL"},
        "huaweicloud_rocketmq": {"default_topic_perm": "PUB|SUB", "default_group_perm": "SUB"},
        "huaweicloud_roma": {"topics": "$topics", "access_policy": "all"},
    },
    "read_write_delete": {
        "ucloud_ufile": {
            "allowed_ops": ["TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE", "TOKEN_ALLOW_DELETE", "TOKEN_ALLOW_LIST"],
            "allowed_buckets": "$buckets",
            "allowed_prefixes": "$prefixes?",
            "expire_time": "$expires?",
        }
    },
    "full_access": {
        "ucloud_ufile": {
            "allowed_ops": [
                "TOKEN_ALLOW_READ",
                "TOKEN_ALLOW_WRITE",
                "TOKEN_ALLOW_DELETE",
                "TOKEN_ALLOW_LIST",
                "TOKEN_ALLOW_IOP",
                "TOKEN_ALLOW_DP",
            ],
            "allowed_buckets": ["*"],
            "allowed_prefixes": ["*"],
            "expire_time": "$expires?",
        },
        "ucloud_urocketmq": {"topic_produce_perm": "ALL", "topic_consume_perm": "ALL"},
        "huaweicloud_rocketmq": {"admin": True, "default_topic_perm": "PUB|SUB", "default_group_perm": "SUB"},
        "huaweicloud_roma": {"topics": "$topics", "access_policy": "all"},
    },
    "no_access": {
        "ucloud_ufile": {"allowed_ops": ["TOKEN_ALLOW_NONE"]},
        "ucloud_urocketmq": {"topic_produce_perm": "NONE", "topic_consume_perm": "NONE"},
        "huaweicloud_rocketmq": {
            "admin": False,
            "white_remote_address": "",
            "default_topic_perm": "DENY",
            "default_group_perm": "DENY",
            "topic_perms": {},
            "group_perms": {},
        },
        "huaweicloud_roma": {"topics": "$topics", "state": "absent"},
    },
}
