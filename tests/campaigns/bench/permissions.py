# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grants: the module and its role, beside the role as it was in Jinja, and beside Ansible's own handling of such a list."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools import report

from . import contenders
from . import report as reporting
from .measure import Figures, counted, forget, middle, run, say

OLD = "79cb7ef"  # the last commit at which the role was a program in Jinja
USERS = 500  # of one instance
FILES, PUBLISH = {"expires": "2099-01-01"}, {"setup": "producer", "topics": ["orders"]}
# None of the role's own: it is the same task in all contenders.
SMALL = [
    {"system": "ucloud_ufile", "principal": "backup", "setup": "upload_only", "buckets": ["backups"], "prefixes": ["db/"]},
    {"system": "ucloud_ufile", "principal": "site", "setup": "read_only", "buckets": ["pages"], "prefixes": ["*"]},
    *({"system": "ucloud_urocketmq", "service_id": "urmq-demo", "principal": name} for name in ("billing", "audit")),
    *({"system": "huaweicloud_rocketmq", "instance_id": "rocketmq-demo", "principal": name} for name in ("a-1", "a-2", "a-3")),
    *({"system": "huaweicloud_roma", "instance_id": "roma-demo", "principal": name} for name in ("owner-1", "guest-1")),
]  # fmt: skip


def grants(count: int) -> list[dict[str, Any]]:
    """So many users of RocketMQ, in instances of 500; or the nine over four systems."""
    if count == len(SMALL):
        return [{**(FILES if grant["system"] == "ucloud_ufile" else PUBLISH), **grant} for grant in SMALL]
    pairs = [(f"rocketmq-{number // USERS:03d}", f"user-{number % USERS:06d}") for number in range(count)]
    same = {"system": "huaweicloud_rocketmq", **PUBLISH}
    return [{**same, "instance_id": instance, "principal": user} for instance, user in pairs]


def fill(sim: Any, count: int, differing: bool, latency: int) -> None:
    sim.reset("empty", latency=latency)
    perms = [] if differing else [{"name": "orders", "perm": "PUB"}]
    for grant in grants(count):
        sim.add_rocketmq_user(instance_id=grant["instance_id"], access_key=grant["principal"], topic_perms=perms)


def fill_small(sim: Any, latency: int) -> None:
    sim.reset("empty", latency=latency)
    for principal in ("backup", "site"):
        sim.add_ufile_token(TokenName=principal)
    for principal in ("billing", "audit"):
        sim.add_urocketmq_token(service_id="urmq-demo", Name=principal)
    for principal in ("a-1", "a-2", "a-3"):
        sim.add_rocketmq_user(instance_id="rocketmq-demo", access_key=principal)
    rows = [{"app_name": "owner-1", "owner": True}, {"app_name": "guest-1", "access_policy": "sub"}]
    sim.add_roma_topic(instance_id="roma-demo", name="orders", policies=rows)


@dataclass(frozen=True)
class Way:
    """A contender: its play, or a script of this folder; and whether it runs at the old commit."""

    name: str
    play: dict[str, Any]
    old: bool = False
    script: str = ""


MODULE = Way("grantops.cloud.permissions", {"tasks": [{"grantops.cloud.permissions": {"grants": "{{ rows }}"}}]})
ROLE = Way("the role", {"roles": ["grantops.cloud.permissions"], "vars": {"permissions_grants": "{{ rows }}"}})
OLD_ROLE = Way(f"the role at {OLD}", ROLE.play, old=True)
FOUND = {"ansible.builtin.set_fact": {"found": "{{ rows }}"}}
SET_FACT = Way("ansible.builtin.set_fact, the same list", {"tasks": [FOUND]})
FLOOR = Way("a play without tasks, the same list", {"tasks": []})
TASK = {"grantops.cloud.permissions": {"grants_file": "grants.yml"}}
FILE = Way("grantops.cloud.permissions, from a file", {"vars_files": [], "tasks": [TASK]})
OF_FILE = {"vars_files": [], "vars": {"permissions_file": "grants.yml"}}
ROLE_FILE = Way("the role, from a file", {**OF_FILE, "roles": ["grantops.cloud.permissions"]})
REQUESTS = Way(f"requests alone, {contenders.WIDEST} threads", {}, script="campaigns.bench.requests_alone")
EXPORT = "grantops.cloud.export"


@dataclass(frozen=True)
class Case:
    title: str
    count: int  # grants; 9 are those over four systems
    differing: bool
    latency: int  # ms
    ways: tuple[Way, ...]
    export: bool = False


SIDE_BY_SIDE = (MODULE, ROLE, OLD_ROLE)
CASES = (
    Case("9 grants over four systems, none differing, 0 ms", 9, False, 0, SIDE_BY_SIDE),
    Case("500 grants, none differing, 0 ms", 500, False, 0, (*SIDE_BY_SIDE, SET_FACT)),
    Case("5,000 grants, none differing, 0 ms", 5000, False, 0, (*SIDE_BY_SIDE, SET_FACT, FILE, ROLE_FILE, FLOOR)),
    Case("20,000 grants, none differing, 0 ms", 20000, False, 0, (MODULE, SET_FACT, FILE)),
    Case("5,000 grants, all differing, 20 ms", 5000, True, 20, (MODULE, REQUESTS)),
    Case("export of 10,000 users, 0 ms", 10000, False, 0, (MODULE, OLD_ROLE), export=True),
)


def at(commit: str, folder: Path) -> Path | None:
    """The collection as it was, below a folder of its own; ``None`` where the history is not at hand."""
    repository = os.environ.get("BENCH_REPOSITORY", str(report.ROOT))
    made = subprocess.run(  # noqa: S603
        ["git", "-C", repository, "archive", commit, "galaxy.yml", "meta", "plugins", "roles", "playbooks"],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if made.returncode:
        return None
    place = folder / commit / "ansible_collections" / "grantops" / "cloud"
    place.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
        archive.extractall(place, filter="data")
    return folder / commit


def command(folder: Path, case: Case, way: Way) -> list[str]:
    """What runs a case; the grants are in a file of variables, and in one of grants, as a user has them."""
    ansible = [sys.executable, "-m", "ansible", "playbook"]
    if case.export:
        (folder / "exported.yml").unlink(missing_ok=True)
        instances = ",".join(sorted({grant["instance_id"] for grant in grants(case.count)}))
        return [*ansible, EXPORT, "-e", "permissions_file=exported.yml", "-e", f"rocketmq_instances={instances}"]
    rows = grants(case.count)
    (folder / "rows.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    (folder / "grants.yml").write_text(yaml.safe_dump({"permissions_grants": rows}), encoding="utf-8")
    if way.script:
        return [sys.executable, "-m", way.script, "rows.json", str(contenders.WIDEST)]
    play = {"hosts": "localhost", "gather_facts": False, "vars_files": ["rows.json"], **way.play}
    (folder / "play.json").write_text(json.dumps([play]), encoding="utf-8")
    return [*ansible, "play.json"]


def once(bench: Any, case: Case, way: Way, **more: str) -> Figures:
    """One run, with ``more`` in its environment."""
    sim, folder, environment = bench.sim, bench.folder, {**bench.environment, **more}
    forget(folder)
    if case.count == len(SMALL):
        fill_small(sim, case.latency)
        run(command(folder, case, way), environment, folder)  # so that none differs
        forget(folder)
    else:
        fill(sim, case.count, case.differing, case.latency)
    contenders.secrets(folder, sim)
    sim.counting.reset()
    figures = run(command(folder, case, way), environment, folder)
    figures.requests = counted(sim)
    return figures


def measured(bench: Any, rounds: int, only: str = "") -> list[dict[str, Any]]:
    """All ways of all cases in turn, so many times over; ``only`` those cases whose titles hold that text."""
    before = at(OLD, bench.folder)
    if before is None:
        say(f"the role at {OLD} is left out: the history is not at hand (BENCH_REPOSITORY)")
    then = dict.fromkeys(("ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH"), str(before))
    made = []
    for case in (case for case in CASES if only in case.title):
        found: dict[str, list[Figures]] = {}
        for number in range(rounds):
            for way in case.ways:
                if before is not None or not way.old:
                    say(f"round {number + 1} of {rounds}: {case.title}: {way.name}")
                    found.setdefault(way.name, []).append(once(bench, case, way, **(then if way.old else {})))
        made.append(reporting.case(case, {name: (None, figures) for name, figures in found.items()}, middle))
    return made
