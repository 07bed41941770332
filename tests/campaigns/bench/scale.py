# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host an instance: 60 instances of 50 users over 8 forks, whole, and in slices as AWX cuts them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from . import targets
from .measure import Failed, Figures, counted, forget, run, say

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


def whole(environment: dict[str, str], folder: Path) -> tuple[Figures, float]:
    (folder / "play.json").write_text(json.dumps(PLAY), encoding="utf-8")
    (folder / "hosts.json").write_text(inventory(HOSTS), encoding="utf-8")
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "hosts.json", f"--forks={FORKS}", "play.json"]
    return run(command, environment, folder), 0.0


def sliced(environment: dict[str, str], folder: Path) -> tuple[Figures, float]:
    """One slice after the other, since each would have a machine of its own: the figures, and the longest wall time."""
    commands = [prepare(folder / f"slice-{at}", hosts, environment) for at, hosts in enumerate(slices(HOSTS, SLICES))]
    each = [run(command, environment, folder) for command in commands]
    walls = [figures.wall for figures in each]
    return Figures(sum(walls), 0.0, max(figures.memory for figures in each)), max(walls)


def measured(bench: Any, rounds: int) -> list[dict[str, Any]]:
    """Both ways, changing everything and changing nothing; they must end alike and ask alike."""
    sim, environment = bench.sim, bench.environment
    found: dict[str, list[tuple[Figures, float]]] = {}
    ends = []
    for _unused in range(rounds):
        for name, way in (("whole", whole), (f"{SLICES} slices", sliced)):
            fill(sim)
            forget(bench.folder)
            for what in ("all differing", "none differing"):
                title = f"{INSTANCES} instances of {USERS} users, {LATENCY} ms, {FORKS} forks: {name}, {what}"
                sim.counting.reset()
                say(title)
                place = bench.folder / name.replace(" ", "-")
                place.mkdir(exist_ok=True)
                found.setdefault(title, []).append(way(environment, place))
                found[title][-1][0].requests = counted(sim)
            ends.append(holdings(sim))
    if any(end != ends[0] for end in ends):
        raise Failed("the slices did not end as the whole did")
    for hosts in INVENTORIES:
        name = f"an inventory of {hosts:,} hosts, listed"
        for _unused in range(rounds):
            found.setdefault(name, []).append((listed(hosts, environment, bench.folder), 0.0))
    return [summary(name, rounds) for name, rounds in found.items()]


def listed(hosts: int, environment: dict[str, str], folder: Path) -> Figures:
    """What Ansible itself needs for so many hosts, before any of them is asked for anything."""
    names = [f"rocketmq-{number:06d}" for number in range(hosts)]
    (folder / "hosts.json").write_text(inventory(names), encoding="utf-8")
    command = [sys.executable, "-m", "ansible", "adhoc", "all", "-i", "hosts.json", "--list-hosts"]
    return run(command, environment, folder)


def summary(name: str, rounds: list[tuple[Figures, float]]) -> dict[str, Any]:
    return {
        "name": name,
        "wall": round(median(figures.wall for figures, _longest in rounds), 2),
        "longest": round(median(longest for _figures, longest in rounds), 2) or None,
        "memory": round(max(figures.memory for figures, _longest in rounds)),
        "requests": targets.total(rounds[0][0].as_dict()) or "none",
        "rounds": [{"wall": round(figures.wall, 2), "longest": round(longest, 2)} for figures, longest in rounds],
    }
