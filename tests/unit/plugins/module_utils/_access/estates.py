# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows as the `_info` modules return them, and short ways to ask about them."""

from __future__ import annotations

from ansible_collections.grantops.cloud.plugins.module_utils._access import decide as deciding
from ansible_collections.grantops.cloud.plugins.module_utils._access import model
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Scope

NOW = 1_800_000_000  # 2027-01-15T08:00:00Z


def ufile(name="t", ops=("TOKEN_ALLOW_READ",), buckets=("b",), prefixes=("*",), end=NOW + 86400, **more):
    row = {"token_id": f"id-{name}", "token_name": name, "allowed_ops": ops and list(ops), "expire_time": end}
    row.update(allowed_buckets=buckets and list(buckets), allowed_prefixes=prefixes and list(prefixes), region="cn-bj2")
    return dict(row, **dict({"black_ip_list": None, "white_ip_list": None, "create_time": NOW - 86400}, **more))


def urocketmq(name="t", produce="NONE", consume="NONE", topics=(), **more):
    row = {"service_id": "s-1", "token_id": f"id-{name}", "name": name, "type": "Normal", "create_time": None}
    row.update(topic_produce_perm=produce, topic_consume_perm=consume)
    row.update(allow_produce_topic_list=list(topics), allow_consume_topic_list=list(topics))
    return dict(row, **more)


def rocketmq(name="u", topics=None, groups=None, topic="DENY", group="DENY", **more):
    row = {"instance_id": "i-1", "user_name": name, "admin": False, "white_remote_address": ""}
    row.update(default_topic_perm=topic, default_group_perm=group)
    for key, perms in (("topic_perms", topics), ("group_perms", groups)):
        row[key] = [{"name": each, "perm": perm} for each, perm in sorted((perms or {}).items())]
    return dict(row, **more)


def roma(topic="orders", **policies):
    """``policies``: application -> (access, tag, owner), the last two as may be left out."""
    rows = []
    for app, policy in sorted(policies.items()):
        access, tag, owner = (policy + ("", False)[len(policy) - 1 :])[:3]
        rows.append({"app_name": app, "access_policy": access, "tag": tag, "owner": owner})
    return {"instance_id": "r-1", "name": topic, "policies": rows}


PLACES = {ufile: ("ucloud_ufile", ""), urocketmq: ("ucloud_urocketmq", "s-1")}
PLACES.update({rocketmq: ("huaweicloud_rocketmq", "i-1"), roma: ("huaweicloud_roma", "r-1")})


def scope(kind, *rows, complete=True, problem=None):
    return Scope(*PLACES[kind], rows, complete, problem)


def access(kind, *rows, complete=True, problem=None, **options):
    return model.access([scope(kind, *rows, complete=complete, problem=problem)], at=NOW, **options)


def named(kind, resource):
    """A topic, or bucket/key of an object, in the form of a request."""
    bucket, _slash, key = resource.partition("/")
    return {"bucket": bucket, "name": key} if kind is ufile else {"name": resource}


def answer(kind, row, action, resource, principal=None, at=NOW, complete=True, **request):
    """What `decide` says of the one principal in ``row``."""
    data = access(kind, row, complete=complete)
    key = model.key_of(data["principals"][0])
    return deciding.decide(deciding.Index(data), key, action, named(kind, resource), at, **request).answer
