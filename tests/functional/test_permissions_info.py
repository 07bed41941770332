# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `permissions_info` reads, and what it says of what it could not read."""

from __future__ import annotations

import pytest
from role_harness import Role
from test_role import ROCKETMQ, UFILE, UROCKETMQ

from ansible_collections.grantops.cloud.plugins.module_utils._access import snapshot

CHECKOUT = {**ROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["orders"]}
TOKEN = {**UFILE, "principal": "reports", "setup": "read_only", "buckets": ["acme-data"], "prefixes": ["reports/"]}
OTHER = {**UROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["orders"]}


@pytest.fixture
def read(run):
    return lambda **options: Role(run).read(**dict({"ufile": None}, **options))


def places(result):
    return [(scope["system"], scope["scope"]) for scope in result["scopes"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"rocketmq_instances": "rocketmq-demo"}, [("huaweicloud_rocketmq", "rocketmq-demo")]),
        (
            {"rocketmq_instances": ["rocketmq-demo, rocketmq-basic"]},
            [("huaweicloud_rocketmq", "rocketmq-basic"), ("huaweicloud_rocketmq", "rocketmq-demo")],
        ),
        ({"grants": [CHECKOUT, TOKEN]}, [("huaweicloud_rocketmq", "rocketmq-demo"), ("ucloud_ufile", "")]),
        ({"grants": [CHECKOUT, TOKEN], "ufile": False}, [("huaweicloud_rocketmq", "rocketmq-demo")]),
        ({"grants": [], "ufile": True}, [("ucloud_ufile", "")]),
    ],
)
def test_it_reads_what_is_named_and_what_the_grants_are_about(read, options, expected):
    result = read(**options)
    assert places(result) == expected and result["complete"]
    declared = {principal["declared"] for principal in result["principals"]}
    assert declared == ({None} if "grants" not in options else {False} if not options["grants"] else {True, False})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "There is nothing to look at"),
        ({"rocketmq_instances": ["a\nb"]}, "rocketmq_instances: "),
        ({"ufile": True, "since": "no snapshot"}, "line 1"),
        ({"ufile": True, "roma_sasl": "perhaps"}, "`roma_sasl` must be"),
        ({"ufile": True, "grants": [{}]}, "permissions_grants"),
    ],
)
def test_what_is_wrong_is_told(read, options, message):
    result = read(**options)
    assert result["failed"] and message in result["msg"] and result["error"]["kind"] == "task"


def test_what_cannot_be_read_is_told_unless_nothing_can_be(sim, read):
    options = {"grants": [CHECKOUT, OTHER], "partial": True}
    sim.traps.set(allowed_operations=["ListUser"])
    result = read(**options)
    assert [scope["complete"] for scope in result["scopes"]] == [True, False] and not result["complete"]
    found = [each for each in result["findings"] if each["id"] in ("RD001", "DR001")]
    assert [(each["id"], each["system"]) for each in found if each["system"] == "ucloud_urocketmq"] == [
        ("RD001", "ucloud_urocketmq")
    ]
    assert "# Not read: ucloud_urocketmq urmq-demo: Could not read" in result["grants_text"]
    sim.traps.set(allowed_operations=[])
    nothing = read(**options)
    assert nothing["failed"] and nothing["error"]["kind"] == "permission" and "scopes" not in nothing


def test_what_was_granted_since_a_snapshot(sim, read):
    before = snapshot.text(read(grants=[CHECKOUT]))
    assert read(grants=[CHECKOUT], since=before)["changes"] == []
    sim.add_rocketmq_user(access_key="intruder", topic_perms=[{"name": "orders", "perm": "PUB"}])
    after = read(grants=[CHECKOUT], since=before)
    assert [(each["change"], each["principal"]) for each in after["changes"]] == [("added", "intruder")]
    # What declares it comes as it is to be copied: in lines.
    (remedy,) = [
        each["remedy"] for each in after["findings"] if each["id"] == "ID001" and each["principal"] == "intruder"
    ]
    assert remedy.splitlines()[0] == "permissions_grants:"
