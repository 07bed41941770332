# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: each contender makes the command that handles so many resources of a system."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .systems import System, written

WIDTH = 8  # requests at once: what the modules begin with, and that of the pool of threads


@dataclass(frozen=True)
class Contender:
    name: str
    command: Callable[[Path, System, int, int], list[str]]  # folder, system, resources, of these differing
    few: tuple[int, int] | None = None  # measured over these two numbers of resources, and extended
    reads: bool = True  # whether it talks to the service at all


def playbook(folder: Path, tasks: list[dict[str, Any]], count: int, rows: list[dict[str, Any]]) -> list[str]:
    """The command that runs ``tasks`` with the wanted rows in a file of variables."""
    (folder / "rows.json").write_text(written(rows), encoding="utf-8")
    play = {"hosts": "localhost", "gather_facts": False, "vars_files": ["rows.json"], "tasks": tasks}
    (folder / "play.json").write_text(json.dumps([play]), encoding="utf-8")
    return [sys.executable, "-m", "ansible", "playbook", "play.json", "-e", "@inputs/secrets.json"]


def a_list(width: int = WIDTH, **keywords: Any) -> Callable:
    """One task with all of them in a list."""

    def command(folder: Path, system: System, count: int, differing: int) -> list[str]:
        given = {**system.scope, system.plural: "{{ rows }}", "concurrency": width}
        task = {"grantops.cloud." + system.module: given, **keywords}
        return playbook(folder, [task], count, system.rows(count, differing))

    return command


def a_loop(action: str = "", **keywords: Any) -> Callable:
    """One task a resource; or ``action``, which says what such a task is given."""

    def command(folder: Path, system: System, count: int, differing: int) -> list[str]:
        rows = system.rows(count, differing)
        everywhere = set.intersection(*map(set, rows))
        options = {
            option: "{{ item." + option + ("" if option in everywhere else " | default(omit)") + " }}"
            for row in rows
            for option in row
        }
        given = {**system.scope, **options}
        task = {action: {"msg": given}} if action else {"grantops.cloud." + system.module: given}
        label = {"loop_control": {"label": "{{ item." + next(iter(rows[0])) + " }}"}}
        return playbook(folder, [{**task, "loop": "{{ rows }}", **label, **keywords}], count, rows)

    return command


def uri(folder: Path, system: System, count: int, differing: int) -> list[str]:
    """Read each; then look at each and write it where it differs, by the cheapest condition: the first ones do."""
    tasks = []
    for call, more in ((system.read, {"register": "found"}), (system.write, {"when": f"item | int < {differing}"})):
        arguments = call("{{ item }}")
        variables = arguments.pop("vars", {})
        tasks.append({"ansible.builtin.uri": arguments, "vars": variables, "loop": "{{ numbers }}", **more})
    return playbook(folder, tasks, count, system.rows(count, differing))


def plain(task: dict[str, Any]) -> Callable:
    """A task of Ansible's own, once for each item: what any task costs."""

    def command(folder: Path, system: System, count: int, differing: int) -> list[str]:
        return playbook(folder, [{**task, "loop": "{{ numbers }}"}], count, system.rows(count, differing))

    return command


def set_fact(folder: Path, system: System, count: int, differing: int) -> list[str]:
    """Ansible's own loading and templating of the same list."""
    task = {"ansible.builtin.set_fact": {"found": "{{ rows }}"}}
    return playbook(folder, [task], count, system.rows(count, differing))


def sdk(width: int) -> Callable:
    def command(folder: Path, system: System, count: int, differing: int) -> list[str]:
        return [sys.executable, "-m", "bench.sdk", system.module, str(count), str(differing), str(width)]

    return command


# Any variable of a task's own makes the action plugin hand over to the module.
AS_MODULE = {"environment": {"BENCH": "module"}}
FEW = (1, 7)

WORKER_LIST = Contender("this collection, a list in the worker", a_list())
MODULE_LIST = Contender("this collection, a list as a module", a_list(**AS_MODULE))
WORKER_LOOP = Contender("this collection, a loop in the worker", a_loop(), few=(1, 200))
MODULE_LOOP = Contender("this collection, a loop of modules", a_loop(**AS_MODULE), few=FEW)
URI = Contender("ansible.builtin.uri, a loop", uri, few=FEW)
SDK_LOOP = Contender("official SDK, a loop", sdk(1), few=(1, 31))
SDK_POOL = Contender(f"official SDK, {WIDTH} threads", sdk(WIDTH), few=(8, 168))
DEBUG = Contender("ansible.builtin.debug of the same values, a loop", a_loop("ansible.builtin.debug"), (1, 200), False)
DEBUG_ONE = Contender(
    "ansible.builtin.debug of one value, a loop",
    plain({"ansible.builtin.debug": {"msg": "{{ item }}"}}),
    (1, 200),
    False,
)
PING = Contender("ansible.builtin.ping, a loop", plain({"ansible.builtin.ping": {}}), FEW, False)
SET_FACT = Contender("ansible.builtin.set_fact, the same list", set_fact, reads=False)


def secrets(folder: Path, sim: Any) -> None:
    """What the calls of ansible.builtin.uri need; the other contenders find theirs in the environment."""
    keys = sim.credentials["ucloud"]["admin"]
    token = sim.credentials["huaweicloud"]["token"]["auth_token"]
    given = {"api_url": sim.url, "public_key": keys["public_key"], "key": keys["private_key"], "auth_token": token}
    (folder / "inputs").mkdir(exist_ok=True)  # which is not searched for secrets
    (folder / "inputs" / "secrets.json").write_text(json.dumps(given), encoding="utf-8")
