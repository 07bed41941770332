# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run leaves for a next job, however it ended."""

from __future__ import annotations

import json
import time

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions.grants import SYSTEMS
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.stats import stats

KEY = "Fresh-Key-0001"
USERS = [
    {"system": "huaweicloud_rocketmq", "instance_id": "i-1", "principal": name, "setup": "read_only"}
    for name in ("a", "b", "same")
]
USERS[1]["secret_key"] = KEY
PLAN = {
    "entries": [{"user_name": "a", "instance_id": "i-1"}, {"user_name": "b", "instance_id": "i-1", "topic_perms": []}],
    "subjects": [
        {"grants": [0], "action": "update", "entries": {"": 0}},
        {"grants": [1], "action": "create", "entries": {"": 1}},
        {"grants": [2], "action": "none", "entries": {}},
    ],
    "problems": [],
}


def row(name, action):
    return {"user_name": name, "instance_id": "i-1", "action": action, "before": {}, "after": {}}


def users(written, foreseen=(), problems=()):
    found = stats(
        SYSTEMS,
        USERS,
        {"huaweicloud_rocketmq": PLAN},
        {"huaweicloud_rocketmq": list(foreseen)},
        {"huaweicloud_rocketmq": written} if written is not None else {},
        list(problems),
        "shop",
    )
    assert KEY not in json.dumps(found)
    return found


def named(rows):
    return [(entry["principal"], entry["action"]) for entry in rows]


def test_a_plan_drifts_and_changes_nothing():
    found = users(None)
    assert found["permissions_drifted"] == [
        {**{key: USERS[0][key] for key in USERS[0]}, "host": "shop", "index": 0, "action": "update"},
        {
            **{key: USERS[1][key] for key in USERS[1] if key != "secret_key"},
            "host": "shop",
            "index": 1,
            "action": "create",
        },
    ]
    assert found["permissions_changed"] == [] and found["permissions_refused"] == []


def test_after_a_write_what_drifted_is_changed():
    found = users({"changed": True, "changes": [row("a", "update"), row("b", "create")]})
    assert found["permissions_changed"] == found["permissions_drifted"]
    assert named(found["permissions_changed"]) == [("a", "update"), ("b", "create")]


def test_after_a_failure_only_what_is_written_is_changed():
    names = [{"user_name": name, "instance_id": "i-1"} for name in ("a", "b")]
    failed = {"failed": True, "msg": "no", "error": {"written": names[:1], "failed": names[1:], "pending": []}}
    found = users(failed, problems=[("huaweicloud_rocketmq", "no")])
    assert named(found["permissions_drifted"]) == [("a", "update"), ("b", "create")]
    assert named(found["permissions_changed"]) == [("a", "update")]
    assert found["permissions_refused"] == [{"host": "shop", "system": "huaweicloud_rocketmq", "message": "no"}]
    assert users({"failed": True, "msg": "a module that could not start"})["permissions_changed"] == []


def test_deletions_drift_and_are_changed_once_they_are_done():
    gone = row("gone", "delete")
    assert named(users(None, [gone])["permissions_drifted"])[-1] == ("gone", "delete")
    found = users({"changes": [row("a", "update"), gone]}, [gone, row("still", "delete")])
    assert named(found["permissions_drifted"])[2:] == [("gone", "delete"), ("still", "delete")]
    assert named(found["permissions_changed"]) == [("a", "update"), ("gone", "delete")]
    assert found["permissions_changed"][-1] == {
        "system": "huaweicloud_rocketmq",
        "instance_id": "i-1",
        "host": "shop",
        "index": None,
        "action": "delete",
        "principal": "gone",
    }


@pytest.mark.parametrize("taken, drifted", [({}, [1]), ({"orders": 1}, [0, 1]), ({"spare": 1}, [0, 1])])
def test_on_roma_connect_a_grant_is_its_topics_and_what_is_taken_away_is_told_once(taken, drifted):
    grants = [
        {"system": "huaweicloud_roma", "instance_id": "r-1", "principal": "app", "setup": "producer", "topics": topics}
        for topics in (["orders"], ["events", "kept"], ["kept"])
    ]
    entries = {"events": 0, **taken}
    plan = {
        "entries": [{"instance_id": "r-1", "name": name} for name in entries],
        "subjects": [{"grants": [0, 1, 2], "action": "update", "entries": entries}],
        "problems": [],
    }
    found = stats(SYSTEMS, grants, {"huaweicloud_roma": plan}, {}, {}, [])
    assert [entry["index"] for entry in found["permissions_drifted"]] == drifted
    done = {"changes": [{"instance_id": "r-1", "name": "events", "action": "update"}]}
    found = stats(SYSTEMS, grants, {"huaweicloud_roma": plan}, {}, {"huaweicloud_roma": done}, [])
    assert [entry["index"] for entry in found["permissions_changed"]] == [1]


def test_a_long_list_takes_no_longer_than_its_length():
    grants = [{**USERS[0], "principal": f"user-{number}"} for number in range(10000)]
    names = [{"user_name": grant["principal"], "instance_id": "i-1"} for grant in grants]
    subjects = [{"grants": [number], "action": "update", "entries": {"": number}} for number in range(len(grants))]
    plan = {"entries": names, "subjects": subjects, "problems": []}
    done = {"changes": [{**row, "action": "update"} for row in reversed(names)]}
    started = time.process_time()
    found = stats(SYSTEMS, grants, {"huaweicloud_rocketmq": plan}, {}, {"huaweicloud_rocketmq": done}, [])
    assert len(found["permissions_changed"]) == len(found["permissions_drifted"]) == 10000
    assert time.process_time() - started < 2
