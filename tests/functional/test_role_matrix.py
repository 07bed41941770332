# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every set-up on every system: given to a fresh principal by the role, and read back by the official SDKs."""

from __future__ import annotations

import json

import pytest
from role_harness import SETUPS, Refused, Role

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import setups
from simulator.signatures import home_elsewhere

with home_elsewhere():  # the SDKs write into $HOME when they are imported
    from huaweicloudsdkrocketmq import v2 as mq
    from huaweicloudsdkroma import v2 as ro
    from sdk_clients import rocketmq, roma, ucloud, ufile

R, W, D, L = (f"TOKEN_ALLOW_{word}" for word in ("READ", "WRITE", "DELETE", "LIST"))
SIX = sorted([R, W, D, L, "TOKEN_ALLOW_IOP", "TOKEN_ALLOW_DP"])
TOPICS = ["orders", "payments"]

# By hand, not from the set-ups. UFile: operations, buckets, prefixes.
UFILE = {
    "read_only": ([L, R], ["acme"], ["db/"]),
    "upload_only": ([W], ["acme"], ["db/"]),
    "read_write": ([L, R, W], ["acme"], ["db/"]),
    "read_write_delete": ([D, L, R, W], ["acme"], ["db/"]),
    "full_access": (SIX, ["*"], ["*"]),
    "no_access": (["TOKEN_ALLOW_NONE"], ["acme"], ["db/"]),
}
# URocketMQ: produce, its topics, consume, its topics.
UROCKETMQ = {
    "producer": ("PART", "orders,payments", "NONE", ""),
    "consumer": ("NONE", "", "PART", "orders,payments"),
    "producer_consumer": ("PART", "orders,payments", "PART", "orders,payments"),
    "read_only": ("NONE", "", "ALL", ""),
    "read_write": ("ALL", "", "ALL", ""),
    "full_access": ("ALL", "", "ALL", ""),
    "no_access": ("NONE", "", "NONE", ""),
}
# RocketMQ: admin, default of topics, of groups, topics, groups.
ROCKETMQ = {
    "producer": (False, "DENY", "DENY", {"orders": "PUB", "payments": "PUB"}, {}),
    "consumer": (False, "DENY", "DENY", {"orders": "SUB", "payments": "SUB"}, {"g1": "SUB"}),
    "producer_consumer": (False, "DENY", "DENY", {"orders": "PUB|SUB", "payments": "PUB|SUB"}, {"g1": "SUB"}),
    "read_only": (False, "SUB", "SUB", {}, {}),
    "read_write": (False, "PUB|SUB", "SUB", {}, {}),
    "full_access": (True, "PUB|SUB", "SUB", {}, {}),
    "no_access": (False, "DENY", "DENY", {}, {}),
}
# ROMA Connect: access policy and tag of the application's row on both topics.
ROMA = {
    "producer": ("pub", "v2"),
    "consumer": ("sub", "v2"),
    "producer_consumer": ("all", "v2&v2"),
    "read_only": ("sub", ""),
    "read_write": ("all", ""),
    "full_access": ("all", ""),
    "no_access": None,
}
BY_SYSTEM = {
    "ucloud_ufile": UFILE,
    "ucloud_urocketmq": UROCKETMQ,
    "huaweicloud_rocketmq": ROCKETMQ,
    "huaweicloud_roma": ROMA,
}
CELLS = [(system, setup) for system in BY_SYSTEM for setup in SETUPS]


def see_ufile(sim, name):
    (row,) = [row for row in ufile(sim).describe_ufile_token({})["DataSet"] if row["TokenName"] == name]
    return sorted(row["AllowedOps"]), row["AllowedBuckets"], row["AllowedPrefixes"]


def see_urocketmq(sim, name):
    client, where = ucloud(sim), {"ServiceId": "urmq-demo"}
    (row,) = [
        row for row in client.invoke("ListURocketMQToken", {**where, "Limit": 100})["TokenList"] if row["Name"] == name
    ]
    token = client.invoke("GetURocketMQToken", {**where, "TokenId": row["TokenId"]})["Token"]
    return (
        token["TopicProducePerm"],
        token["AllowProduceTopicList"],
        token["TopicConsumePerm"],
        token["AllowConsumeTopicList"],
    )


def see_rocketmq(sim, name):
    user = rocketmq(sim).show_user(mq.ShowUserRequest(instance_id="rocketmq-demo", user_name=name))
    rows = [{row.name: row.perm for row in rows} for rows in (user.topic_perms, user.group_perms)]
    return (user.admin, user.default_topic_perm, user.default_group_perm, *rows)


def see_roma(sim, name):
    client, seen = roma(sim), []
    for topic in TOPICS:
        response = client.show_mqs_instance_topic_access_policy(
            ro.ShowMqsInstanceTopicAccessPolicyRequest(
                instance_id="roma-demo", topic_name=topic, limit="50", offset="0"
            )
        )
        rows = json.loads(json.dumps([row.to_dict() for row in response.policies]))
        mine = [(row["access_policy"], row["tag"]) for row in rows if row["app_name"] == name]
        seen.append(mine[0] if mine else None)
    assert seen[0] == seen[1]
    return seen[0]


SEE = {
    "ucloud_ufile": see_ufile,
    "ucloud_urocketmq": see_urocketmq,
    "huaweicloud_rocketmq": see_rocketmq,
    "huaweicloud_roma": see_roma,
}


def grant_of(system, setup, principal="fresh-one"):
    """A grant with every field that the set-up takes."""
    scopes = {
        "ucloud_urocketmq": {"service_id": "urmq-demo"},
        "huaweicloud_rocketmq": {"instance_id": "rocketmq-demo"},
        "huaweicloud_roma": {"instance_id": "roma-demo"},
    }
    grant = {"system": system, "principal": principal, "setup": setup, **scopes.get(system, {})}
    if system == "huaweicloud_rocketmq":
        grant["secret_key"] = "Fresh-Key-0001"
    values = {
        "topics": TOPICS,
        "groups": ["g1"],
        "buckets": ["acme"],
        "prefixes": ["db/"],
        "tag": "v2",
        "expires": "2030-01-01",
    }
    used = setups.fields(SETUPS[setup][system])
    grant.update((field, values[field]) for field in used)
    return grant


def prepare(sim, role, system, setup):
    if system == "huaweicloud_roma":
        sim.add_roma_app(name="fresh-one")
    if setup == "no_access":  # of one that holds something
        first = "read_write" if system == "ucloud_ufile" else "producer"
        role([grant_of(system, first)])


@pytest.mark.parametrize("system, setup", CELLS)
def test_cell(sim, run, system, setup):
    role = Role(run)
    if system not in SETUPS[setup]:
        assert setup not in BY_SYSTEM[system]
        grant = {**grant_of(system, "no_access"), "setup": setup}
        with pytest.raises(Refused, match=rf"setup must be for {system} one of .*; got '{setup}'"):
            role([grant])
        return
    prepare(sim, role, system, setup)
    grant = grant_of(system, setup)
    (row,) = role([grant])
    assert row["changed"] is True
    assert SEE[system](sim, "fresh-one") == BY_SYSTEM[system][setup]
    written = sim.counters["write"]
    for scope in ("additive", "exact"):
        (again,) = role([grant], scope=scope)
        assert again["changed"] is False and again["before"] == again["now"] == row["now"]
    assert sim.counters["write"] == written


def test_a_lockdown_clears_what_else_is_there(sim, run):
    sim.add_rocketmq_user(
        access_key="loud-user",
        admin=True,
        white_remote_address="192.0.2.9",
        default_topic_perm="PUB|SUB",
        default_group_perm="SUB",
        topic_perms=[{"name": "orders", "perm": "DENY"}],
        group_perms=[{"name": "g1", "perm": "DENY"}],
    )
    Role(run)([grant_of("huaweicloud_rocketmq", "no_access", "loud-user")])
    user = sim.estate["huaweicloud"]["rocketmq"]["rocketmq-demo"]["users"]["loud-user"]
    assert (user["admin"], user["white_remote_address"], user["topic_perms"], user["group_perms"]) == (
        False,
        "",
        [],
        [],
    )


def test_a_lockdown_of_nobody_is_refused(sim, run):
    for system in ("ucloud_ufile", "ucloud_urocketmq", "huaweicloud_rocketmq"):
        with pytest.raises(Refused, match="principal must be one that exists; there is no .* 'fresh-one'"):
            Role(run)([grant_of(system, "no_access")])
