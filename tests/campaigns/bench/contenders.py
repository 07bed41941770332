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

from .systems import System, ucloud, written

WIDTH = 8  # requests at once: what the modules begin with, and that of the pool of threads
WIDEST = 32  # what the modules grow to by themselves


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


# Of a token, as the rows and the service have them; a list must have one order on both sides.
FIELDS = {"allowed_ops": "AllowedOps", "allowed_buckets": "AllowedBuckets", "allowed_prefixes": "AllowedPrefixes"}


def zipped(rows: str, name: str, lists: Any) -> str:
    """A Jinja expression: of each row one text of its fields, which `difference` finds fast."""
    columns = "".join(f", {rows} | map(attribute='{option}') | map('sort')" for option in lists)
    return (
        "{{ " + f"{rows} | map(attribute='{name}') | zip({columns[2:]}) | map('list') | map('to_json') | list" + " }}"
    )


def uri_list(folder: Path, system: System, count: int, differing: int) -> list[str]:
    """As an expert writes it for UFile: one list, what differs by Jinja's `difference`, and a write of each."""
    read = ucloud("DescribeUFileToken")
    write = system.write("{{ (item | from_json)[0] | regex_replace('token-', '') }}")
    tasks = [
        {"ansible.builtin.uri": read, "vars": read.pop("vars"), "register": "found"},
        {
            "ansible.builtin.uri": write,
            "vars": {
                **write.pop("vars"),
                "existing": zipped("found.json.DataSet", "TokenId", FIELDS.values()),
                "planned": zipped("rows", "token_id", FIELDS),
            },
            "loop": "{{ planned | difference(existing) }}",
        },
    ]
    return playbook(folder, tasks, count, system.rows(count, differing))


def script(folder: Path, system: System, count: int, differing: int) -> list[str]:
    """A script of the expert's own, on asyncio, run by Ansible."""
    place = Path(__file__).with_name("script.py")
    task = {"ansible.builtin.script": {"cmd": f"{place} {folder / 'rows.json'} {WIDEST}", "executable": sys.executable}}
    return playbook(folder, [task], count, system.rows(count, differing))


def separate(folder: Path, system: System, count: int, differing: int) -> list[str]:
    """A task of its own for each resource."""
    name = "grantops.cloud." + system.module
    tasks = [{name: {**system.scope, **row}} for row in system.rows(count, differing)]
    return playbook(folder, tasks, count, [])


def hosts(folder: Path, system: System, count: int, differing: int) -> list[str]:
    """One task, and a host for each resource."""
    rows = system.rows(count, differing)
    named = {f"host-{number:04d}": {"row": row} for number, row in enumerate(rows)}
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": named, "vars": local}}), encoding="utf-8")
    given = {**system.scope, **{option: "{{ row." + option + " }}" for option in rows[0]}}
    command = playbook(folder, [{"grantops.cloud." + system.module: given}], count, rows)
    (folder / "play.json").write_text((folder / "play.json").read_text().replace('"localhost"', '"all"'))
    return [*command, "-i", "hosts.json", f"--forks={WIDTH}"]


def plain(task: dict[str, Any]) -> Callable:
    """A task of Ansible's own, once for each item: what any task costs."""

    def command(folder: Path, system: System, count: int, differing: int) -> list[str]:
        return playbook(folder, [{**task, "loop": "{{ numbers }}"}], count, system.rows(count, differing))

    return command


def set_fact(folder: Path, system: System, count: int, differing: int) -> list[str]:
    """Ansible's own loading and templating of the same list."""
    task = {"ansible.builtin.set_fact": {"found": "{{ rows }}"}}
    return playbook(folder, [task], count, system.rows(count, differing))


def sdk(width: int, *how: str) -> Callable:
    def command(folder: Path, system: System, count: int, differing: int) -> list[str]:
        return [
            sys.executable,
            "-m",
            "campaigns.bench.sdk",
            system.module,
            str(count),
            str(differing),
            str(width),
            *how,
        ]

    return command


# Any variable of a task's own makes the action plugin hand over to the module.
AS_MODULE = {"environment": {"BENCH": "module"}}
FEW = (1, 7)
OURS = "this collection"  # what its contenders' names begin with

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


WORKER_DEFAULT = Contender("this collection, a list in the worker, its own width", a_list(WIDEST))
URI_LIST = Contender("ansible.builtin.uri, one list and difference", uri_list)
URI_LIST_FEW = Contender(URI_LIST.name, uri_list, few=FEW)
SDK_LIST = Contender(f"official SDK, one list, {WIDEST} threads", sdk(WIDEST, "list"))
SCRIPT = Contender(f"ansible.builtin.script of asyncio, {WIDEST} at once", script)
SEPARATE = Contender("this collection, separate tasks", separate)
WORKER_LOOP_WHOLE = Contender(WORKER_LOOP.name, WORKER_LOOP.command)
HOSTS = Contender(f"this collection, one task on as many hosts, {WIDTH} forks", hosts)


def secrets(folder: Path, sim: Any) -> None:
    """What the calls of ansible.builtin.uri need; the other contenders find theirs in the environment."""
    keys = sim.credentials["ucloud"]["admin"]
    token = sim.credentials["huaweicloud"]["token"]["auth_token"]
    given = {"api_url": sim.url, "public_key": keys["public_key"], "key": keys["private_key"], "auth_token": token}
    (folder / "inputs").mkdir(exist_ok=True)  # which is not searched for secrets
    (folder / "inputs" / "secrets.json").write_text(json.dumps(given), encoding="utf-8")
