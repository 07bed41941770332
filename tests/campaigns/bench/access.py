# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can do what over 60 instances: the model, its findings, snapshot and pages, up to a million rows of access.

`python -m campaigns.bench.access ROWS` is one run, which prints its figures as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from statistics import median
from typing import Any

from ansible_collections.grantops.cloud.plugins.filter.page import access_page
from ansible_collections.grantops.cloud.plugins.module_utils._access import findings, model, snapshot
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import ROCKETMQ, ROMA, UROCKETMQ, Scope

from .measure import say

INSTANCES, AT = 60, 1_800_000_000
ROWS = (125_000, 250_000, 500_000, 1_000_000)
TOPICS = 1000  # of an instance
A_HOLDER = 10  # names in a list


def _names(number: int) -> list[str]:
    return [f"topic-{(number * 7 + each) % TOPICS:04d}" for each in range(A_HOLDER)]


def _token(scope: str, number: int) -> dict[str, Any]:
    perms = {f"topic_{way}_perm": "PART" for way in ("produce", "consume")}
    lists = {f"allow_{way}_topic_list": _names(number) for way in ("produce", "consume")}
    return {"service_id": scope, "token_id": f"t-{number}", "name": f"app-{number}", "type": "Normal", **perms, **lists}


def _user(scope: str, number: int) -> dict[str, Any]:
    made = {"instance_id": scope, "user_name": f"user-{number:05d}", "admin": False, "white_remote_address": ""}
    made.update(default_topic_perm="DENY", default_group_perm="DENY", group_perms=[{"name": "group-1", "perm": "SUB"}])
    return {**made, "topic_perms": [{"name": name, "perm": "PUB|SUB"} for name in _names(number)]}


def _topic(scope: str, number: int) -> dict[str, Any]:
    rows = [{"app_name": name.replace("topic", "app"), "access_policy": "all"} for name in _names(number)]
    return {
        "instance_id": scope,
        "name": f"topic-{number}",
        "policies": [dict(row, owner=False, tag="") for row in rows],
    }


KINDS = ((UROCKETMQ, _token), (ROCKETMQ, _user), (ROMA, _topic))


def scopes(rows: int) -> list[Scope]:
    """Instances of three systems in turn, which hold about so many rows of access together: each of a holder's names twice."""
    each = rows // INSTANCES // (2 * A_HOLDER)
    made = []
    for number in range(INSTANCES):
        system, holder = KINDS[number % len(KINDS)]
        made.append(Scope(system, f"i-{number}", [holder(f"i-{number}", count) for count in range(each)]))
    return made


def once(rows: int) -> dict[str, Any]:
    """Seconds of each step, the memory of the process in MB, how many pages and the megabytes of the largest."""
    read = scopes(rows)
    seconds = []

    def timed(function: Any, *given: Any) -> Any:
        started = time.process_time()
        found = function(*given)
        seconds.append(round(time.process_time() - started, 2))
        return found

    data = timed(model.access, read, None, AT, "bench")
    data["findings"] = timed(findings.find, read, data, AT)
    text = timed(snapshot.text, data)
    if timed(snapshot.compare, text, data):
        raise SystemExit("the comparison of a snapshot with its own access found changes")
    pages = timed(access_page, data)
    scale = 2**20 if sys.platform == "darwin" else 2**10
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale)
    sizes = [len(page["text"]) for page in pages]
    return {
        "rows": len(data["access"]),
        "seconds": seconds,
        "memory": memory,
        "pages": [len(sizes), f"{max(sizes) / 1e6:.1f}"],
    }


def measured(environment: dict[str, str], rounds: int) -> list[dict[str, Any]]:
    """Each size in a process of its own; medians."""
    found = []
    for rows in ROWS:
        name = f"{rows:,} rows"
        say(name)
        command = [sys.executable, "-m", "campaigns.bench.access", str(rows)]
        each = [
            json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)  # noqa: S603
            for _unused in range(rounds)
        ]
        seconds = [median(one) for one in zip(*(run["seconds"] for run in each))]
        memory = max(run["memory"] for run in each)
        found.append({"name": name, "seconds": seconds, "memory": memory, "pages": each[0]["pages"], "rounds": each})
    return found


if __name__ == "__main__":
    print(json.dumps(once(int(sys.argv[1]))))
