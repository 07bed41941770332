# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `permissions_info` reads, and what it says of what it could not read."""

from __future__ import annotations

import pytest
from role_harness import Role
from test_role import ROCKETMQ, UFILE, UROCKETMQ

from ansible_collections.grantops.cloud.plugins.module_utils._access import report, snapshot

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
        ({"grants": [CHECKOUT, TOKEN]}, [("huaweicloud_rocketmq", "rocketmq-demo"), ("ucloud_ufile", "org-demo")]),
        ({"grants": [CHECKOUT, TOKEN], "ufile": False}, [("huaweicloud_rocketmq", "rocketmq-demo")]),
        ({"grants": [], "ufile": True}, [("ucloud_ufile", "org-demo")]),
    ],
)
def test_it_reads_what_is_named_and_what_the_grants_are_about(read, options, expected):
    result = read(**options)
    assert places(result) == expected and result["complete"]
    declared = {principal["declared"] for principal in result["principals"]}
    assert declared == ({None} if "grants" not in options else {False} if not options["grants"] else {True, False})


@pytest.mark.parametrize(("project", "scope"), [("org-demo", "org-demo"), (None, "")])
def test_ufile_is_named_after_the_project_that_is_configured(run, sim, project, scope):
    """In every form alike, so that identities, acceptances and snapshots are about the same."""
    role = Role(run)
    connections = role.connections()
    connections["ucloud"]["project_id"] = project
    role.connections = lambda: connections
    joined = {"reporting": [{"system": "ucloud_ufile", "principal": "reports"}]}
    sim.reset("empty")
    sim.add_ufile_token(TokenName="reports", AllowedOps=["TOKEN_ALLOW_READ"])
    first = role.read(ufile=True, grants=[TOKEN], identities=joined, export=False)
    assert places(first) == [("ucloud_ufile", scope)] and "grants" not in first and "grants_text" not in first
    assert {each["scope"] for name in ("principals", "access", "findings") for each in first[name]} == {scope}
    assert [each["declared"] for each in first["principals"] if each["identity"]] == [True]
    (drift,) = [each for each in first["findings"] if each["id"] == "DR001"]
    assert ('"project_id": "org-demo"' in drift["remedy"]) == bool(project)
    accepted = {key: drift[key] for key in ("system", "scope", "principal")}
    accepted.update(finding="DR001", reason="For now", by="jo", until=first["taken_at"][:10])
    again = role.read(ufile=True, grants=[TOKEN], acceptances=[accepted], since=snapshot.text(first))
    assert again["changes"] == [] and [each["id"] for each in again["findings"] if each["accepted"]] == ["DR001"]


def test_data_of_earlier_runs_are_merged_compared_and_asked_and_nothing_is_read(sim, read):
    first = read(ufile=True, grants=[TOKEN])
    second = read(rocketmq_instances=["rocketmq-demo"])
    reads = sim.counters["read"]
    parts = {"one.json": report.text(report.checked(first, "")), "two.json": second}
    options = {"from": parts, "since": snapshot.text(second), "may": "administer"}
    found = read(ufile=True, rocketmq_instances=["another"], **options)
    assert places(found) == [*places(second), *places(first)] and found["changes"] == []
    assert (
        found["answer"]["answer"] == "yes"
        and "mq-admin, huaweicloud_rocketmq rocketmq-demo" in found["answer"]["lines"]
    )
    assert "grants_text" not in found and sim.counters["read"] == reads
    wrong = read(**dict(options, on="ordres"))
    assert "`on` must be a name that was seen, such as orders; got 'ordres'." in wrong["msg"]


def test_what_cannot_be_read_is_told_unless_nothing_can_be(sim, read):
    options = {"grants": [CHECKOUT, OTHER], "partial": True}
    sim.traps.set(allowed_operations=["ListUser"])
    assert "Could not read URocketMQ tokens" in read(**{**options, "partial": False})["msg"]
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
