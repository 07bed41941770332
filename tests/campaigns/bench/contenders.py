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

from .systems import System, ucloud

WIDTH = 8  # requests at once: what the modules begin with, and that of the pool of threads
WIDEST = 32  # what the modules grow to by themselves
Tasks = list[dict[str, Any]]


@dataclass(frozen=True)
class Contender:
    name: str
    command: Callable[[Path, System, int, int], list[str]]  # folder, system, resources, of these differing
    few: tuple[int, int] | None = None  # too slow for more, and growing evenly: measured over so many
    reads: bool = True  # whether it asks the service anything


def played(tasks: Callable[[System, Tasks, int], Tasks], *more: str) -> Callable:
    """What runs the tasks that ``tasks`` makes of a system, the rows it wants and how many differ: a playbook."""

    def command(folder: Path, system: System, count: int, differing: int) -> list[str]:
        rows = system.rows(count, differing)
        numbers = [f"{number:06d}" for number in range(count)]
        (folder / "rows.json").write_text(json.dumps({"rows": rows, "numbers": numbers}), encoding="utf-8")
        play = {"hosts": "localhost", "gather_facts": False, "vars_files": ["rows.json"]}
        (folder / "play.json").write_text(
            json.dumps([{**play, "tasks": tasks(system, rows, differing)}]), encoding="utf-8"
        )
        return [sys.executable, "-m", "ansible", "playbook", "play.json", "-e", "@inputs/secrets.json", *more]

    return command


def a_list(width: int = WIDTH, **keywords: Any) -> Callable:
    """One task with all of them in a list."""

    def tasks(system: System, rows: Tasks, differing: int) -> Tasks:
        given = {**system.scope, system.plural: "{{ rows }}", "concurrency": width}
        return [{"grantops.cloud." + system.module: given, **keywords}]

    return played(tasks)


def a_loop(action: str = "", **keywords: Any) -> Callable:
    """One task a resource; or ``action``, which says what such a task is given."""

    def tasks(system: System, rows: Tasks, differing: int) -> Tasks:
        everywhere = set.intersection(*map(set, rows))
        given = dict(system.scope)
        for option in {option: None for row in rows for option in row}:
            given[option] = "{{ item." + option + ("" if option in everywhere else " | default(omit)") + " }}"
        task = {action: {"msg": given}} if action else {"grantops.cloud." + system.module: given}
        label = {"loop_control": {"label": "{{ item." + next(iter(rows[0])) + " }}"}}
        return [{**task, "loop": "{{ rows }}", **label, **keywords}]

    return played(tasks)


def uri(system: System, rows: Tasks, differing: int) -> Tasks:
    """Read each; then look at each and write it where it differs, by the cheapest condition: the first ones do."""
    tasks = []
    for call, more in ((system.read, {"register": "found"}), (system.write, {"when": f"item | int < {differing}"})):
        arguments = call("{{ item }}")
        variables = arguments.pop("vars", {})
        tasks.append({"ansible.builtin.uri": arguments, "vars": variables, "loop": "{{ numbers }}", **more})
    return tasks


# Of a token, as the rows and the service have them; a list must have one order on both sides.
FIELDS = {"allowed_ops": "AllowedOps", "allowed_buckets": "AllowedBuckets", "allowed_prefixes": "AllowedPrefixes"}


def zipped(rows: str, name: str, lists: Any) -> str:
    """A Jinja expression: of each row one text of its fields, which `difference` finds fast."""
    columns = "".join(f", {rows} | map(attribute='{option}') | map('sort')" for option in lists)
    return (
        "{{ " + f"{rows} | map(attribute='{name}') | zip({columns[2:]}) | map('list') | map('to_json') | list" + " }}"
    )


def uri_list(system: System, rows: Tasks, differing: int) -> Tasks:
    """As an expert writes it for UFile: one list, what differs by Jinja's `difference`, and a write of each."""
    read = ucloud("DescribeUFileToken")
    write = system.write("{{ (item | from_json)[0] | regex_replace('token-', '') }}")
    existing = zipped("found.json.DataSet", "TokenId", FIELDS.values())
    variables = {**write.pop("vars"), "existing": existing, "planned": zipped("rows", "token_id", FIELDS)}
    return [
        {"ansible.builtin.uri": read, "vars": read.pop("vars"), "register": "found"},
        {"ansible.builtin.uri": write, "vars": variables, "loop": "{{ planned | difference(existing) }}"},
    ]


def script(system: System, rows: Tasks, differing: int) -> Tasks:
    """A script of the expert's own, on asyncio, run by Ansible."""
    command = f"{Path(__file__).with_name('script.py')} {{{{ playbook_dir }}}}/rows.json {WIDEST}"
    return [{"ansible.builtin.script": {"cmd": command, "executable": sys.executable}}]


def separate(system: System, rows: Tasks, differing: int) -> Tasks:
    """A task of its own for each resource."""
    return [{"grantops.cloud." + system.module: {**system.scope, **row}} for row in rows]


def hosts(folder: Path, system: System, count: int, differing: int) -> list[str]:
    """One task, and a host for each resource."""
    rows = system.rows(count, differing)
    named = {f"host-{number:04d}": {"row": row} for number, row in enumerate(rows)}
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": named, "vars": local}}), encoding="utf-8")
    given = {**system.scope, **{option: "{{ row." + option + " }}" for option in rows[0]}}
    run = played(lambda *_given: [{"grantops.cloud." + system.module: given}], "-i", "hosts.json", f"--forks={WIDTH}")
    command = run(folder, system, count, differing)
    (folder / "play.json").write_text((folder / "play.json").read_text().replace('"localhost"', '"all"'))
    return command


def builtin(action: str, given: dict[str, Any], **more: Any) -> Callable:
    """A task of Ansible's own: what any task costs."""
    return played(lambda *_given: [{f"ansible.builtin.{action}": given, **more}])


def sdk(width: int, *how: str) -> Callable:
    def command(folder: Path, system: System, count: int, differing: int) -> list[str]:
        given = map(str, (system.module, count, differing, width, *how))
        return [sys.executable, "-m", "campaigns.bench.sdk", *given]

    return command


# Any variable of a task's own makes the action plugin hand over to the module.
AS_MODULE = {"environment": {"BENCH": "module"}}
FEW = (1, 7)
OURS = "this collection"  # what its contenders' names begin with

WORKER_LIST = Contender("this collection, a list in the worker", a_list())
MODULE_LIST = Contender("this collection, a list as a module", a_list(**AS_MODULE))
WORKER_LOOP = Contender("this collection, a loop in the worker", a_loop(), few=(1, 200))
MODULE_LOOP = Contender("this collection, a loop of modules", a_loop(**AS_MODULE), few=FEW)
URI = Contender("ansible.builtin.uri, a loop", played(uri), few=FEW)
SDK_LOOP = Contender("official SDK, a loop", sdk(1), few=(1, 31))
SDK_POOL = Contender(f"official SDK, {WIDTH} threads", sdk(WIDTH), few=(8, 168))
DEBUG = Contender("ansible.builtin.debug of the same values, a loop", a_loop("ansible.builtin.debug"), (1, 200), False)
EACH = {"loop": "{{ numbers }}"}
ONE_VALUE = builtin("debug", {"msg": "{{ item }}"}, **EACH)
DEBUG_ONE = Contender("ansible.builtin.debug of one value, a loop", ONE_VALUE, (1, 200), False)
PING = Contender("ansible.builtin.ping, a loop", builtin("ping", {}, **EACH), FEW, False)
SET_FACT = Contender(
    "ansible.builtin.set_fact, the same list", builtin("set_fact", {"found": "{{ rows }}"}), reads=False
)
WORKER_DEFAULT = Contender("this collection, a list in the worker, its own width", a_list(WIDEST))
URI_LIST = Contender("ansible.builtin.uri, one list and difference", played(uri_list))
URI_LIST_FEW = Contender(URI_LIST.name, URI_LIST.command, few=FEW)
SDK_LIST = Contender(f"official SDK, one list, {WIDEST} threads", sdk(WIDEST, "list"))
SCRIPT = Contender(f"ansible.builtin.script of asyncio, {WIDEST} at once", played(script))
SEPARATE = Contender("this collection, separate tasks", played(separate))
WORKER_LOOP_WHOLE = Contender(WORKER_LOOP.name, WORKER_LOOP.command)
HOSTS = Contender(f"this collection, one task on as many hosts, {WIDTH} forks", hosts)


def secrets(folder: Path, sim: Any) -> None:
    """What the calls of ansible.builtin.uri need; the other contenders find theirs in the environment."""
    keys = sim.credentials["ucloud"]["admin"]
    token = sim.credentials["huaweicloud"]["token"]["auth_token"]
    given = {"api_url": sim.url, "public_key": keys["public_key"], "key": keys["private_key"], "auth_token": token}
    (folder / "inputs").mkdir(exist_ok=True)  # which is not searched for secrets
    (folder / "inputs" / "secrets.json").write_text(json.dumps(given), encoding="utf-8")
