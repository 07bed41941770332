# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of the format grantops.access/1, as little as a rendering needs."""

from __future__ import annotations

SECRET = "Secret-Key1"
ROCKETMQ = {"system": "huaweicloud_rocketmq", "scope": "i-1"}
GRANT = {"file": "grants/mq one.yml", "number": 3, "line": 12}
ACCEPTED = {"reason": "moves in May", "by": "ada", "until": "2027-01-01"}


def principal(name="billing", **more):
    made = dict(ROCKETMQ, id=name, name=name, type="user", identity=None, owner="team-a", reason=None, ticket="T-1")
    return {**made, "created": None, "expires": None, "declared": True, "secret_key": SECRET, **more}


def row(name="orders", principal="billing", **more):
    because = {"field": "topic_perms", "value": f"{name}=SUB", "grant": more.pop("grant", GRANT)}
    made = {
        **ROCKETMQ, "principal": principal, "action": "consume", "condition": {"groups": ["billing", "audit"]},
        "resource": {"kind": "topic", "match": "exact", "name": name}, "because": [because], "certainty": "documented",
        "assumption": None, "secret_key": SECRET,
    }  # fmt: skip
    return {**made, **more}


def finding(finding="MQ002", severity="high", principal="billing", resource=None, **more):
    made = dict(ROCKETMQ, id=finding, severity=severity, title="administrator", why="It may do everything.")
    made.update(principal=principal, resource=resource, remedy="Take admin away.", accepted=None, secret_key=SECRET)
    return {**made, **more}


def scope(problem=None, **more):
    return {**ROCKETMQ, "complete": problem is None, "problem": problem, "principals": 1, **more}


def data(**more):
    made = {
        "format": "grantops.access/1", "version": "1.1.0", "taken_at": "2026-11-27T02:00:00Z", "complete": True,
        "unknowable": [], "scopes": [scope()], "principals": [principal()], "access": [row()], "findings": [finding()],
        "changes": None,
    }  # fmt: skip
    return {**made, **more}
