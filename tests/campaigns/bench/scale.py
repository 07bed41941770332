# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host an instance: 60 instances of 50 users over 8 forks, whole, and in slices as AWX cuts them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from . import targets
from .measure import Failed, counted, forget, run

INSTANCES, USERS, FORKS, SLICES, LATENCY = 60, 50, 8, 3, 20
INVENTORIES = (20_000, 1_000, 200)
HOSTS = [f"rocketmq-{number:03d}" for number in range(INSTANCES)]
PLAY = [{"hosts": "all", "gather_facts": False, "roles": ["grantops.cloud.permissions"]}]
SAME = {"system": "huaweicloud_rocketmq", "instance_id": "{{ inventory_hostname }}", "setup": "producer"}
VARIABLES = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    "permissions_grants": [
        {**SAME, "topics": ["orders"], "principal": f"user-{number:03d}"} for number in range(USERS)
    ],
}


def inventory(hosts: list[str]) -> str:
    return json.dumps({"all": {"hosts": dict.fromkeys(hosts, {}), "vars": VARIABLES}})


def slices(hosts: list[str], count: int) -> list[list[str]]:
    """As AWX does: of the hosts in the order of their names, each slice takes every so manyth."""
    return [sorted(hosts)[number::count] for number in range(count)]


def fill(sim: Any) -> None:
    sim.reset("empty", latency=LATENCY)
    for host in HOSTS:
        for number in range(USERS):
            sim.add_rocketmq_user(instance_id=host, access_key=f"user-{number:03d}")


def holdings(sim: Any) -> dict[str, Any]:
    found = sim.estate["huaweicloud"]["rocketmq"]
    return {host: {name: user["topic_perms"] for name, user in found[host]["users"].items()} for host in HOSTS}


def prepare(folder: Path, hosts: list[str], environment: dict[str, str]) -> list[str]:
    """A private data directory of ansible-runner, and the command that runs it."""
    for name, text in (
        ("project/play.json", json.dumps(PLAY)),
        ("inventory/hosts.json", inventory(hosts)),
        ("env/envvars", json.dumps(environment)),
        ("env/cmdline", f"--forks {FORKS}"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return [sys.executable, "-m", "ansible_runner", "run", str(folder), "-p", "play.json", "--quiet"]


def whole(sim: Any, environment: dict[str, str], folder: Path) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    (folder / "play.json").write_text(json.dumps(PLAY), encoding="utf-8")
    (folder / "hosts.json").write_text(inventory(HOSTS), encoding="utf-8")
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "hosts.json", f"--forks={FORKS}", "play.json"]
    figures = run(command, environment, folder)
    return {"wall": figures.wall, "longest": None, "requests": counted(sim), "memory": figures.memory}


def sliced(sim: Any, environment: dict[str, str], folder: Path) -> dict[str, Any]:
    """One slice after the other, since each would have a machine of its own."""
    walls, memory = [], 0.0
    for number, hosts in enumerate(slices(HOSTS, SLICES)):
        figures = run(prepare(folder / f"slice-{number}", hosts, environment), environment, folder)
        walls.append(figures.wall)
        memory = max(memory, figures.memory)
    return {"wall": sum(walls), "longest": max(walls), "requests": counted(sim), "memory": memory}


def measured(
    sim: Any, environment: dict[str, str], folder: Path, rounds: int, say: Callable[[str], object]
) -> list[dict[str, Any]]:
    """Both ways, changing everything and changing nothing; they must end alike and ask alike."""
    found: dict[str, list[dict[str, Any]]] = {}
    ends = []
    for _unused in range(rounds):
        for name, way in (("whole", whole), (f"{SLICES} slices", sliced)):
            fill(sim)
            forget(Path(environment["HOME"]))
            for what in ("all differing", "none differing"):
                title = f"{INSTANCES} instances of {USERS} users, {LATENCY} ms, {FORKS} forks: {name}, {what}"
                sim.counting.reset()
                say(title)
                place = folder / name.replace(" ", "-")
                place.mkdir(exist_ok=True)
                found.setdefault(title, []).append(way(sim, environment, place))
            ends.append(holdings(sim))
    if any(end != ends[0] for end in ends):
        raise Failed("the slices did not end as the whole did")
    for hosts in INVENTORIES:
        name = f"an inventory of {hosts:,} hosts, listed"
        for _unused in range(rounds):
            found.setdefault(name, []).append(listed(hosts, environment, folder))
    return [summary(name, rounds) for name, rounds in found.items()]


def listed(hosts: int, environment: dict[str, str], folder: Path) -> dict[str, Any]:
    """What Ansible itself needs for so many hosts, before any of them is asked for anything."""
    names = [f"rocketmq-{number:06d}" for number in range(hosts)]
    (folder / "hosts.json").write_text(inventory(names), encoding="utf-8")
    command = [sys.executable, "-m", "ansible", "adhoc", "all", "-i", "hosts.json", "--list-hosts"]
    figures = run(command, environment, folder)
    return {"wall": figures.wall, "longest": None, "requests": {}, "memory": figures.memory}


def summary(name: str, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    longest = [one["longest"] for one in rounds if one["longest"]]
    return {
        "name": name,
        "wall": round(median(one["wall"] for one in rounds), 2),
        "longest": round(median(longest), 2) if longest else None,
        "memory": round(max(one["memory"] for one in rounds)),
        "requests": targets.total(rounds[0]) or "none",
        "rounds": [{key: round(one[key], 2) for key in ("wall", "longest") if one[key]} for one in rounds],
    }
