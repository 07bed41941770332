# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs this collection's modules inside the Ansible worker when the task is local.

A loop of tasks then costs milliseconds for each: no Python to start, and one HTTP session for all items. The task is handed
over to the module wherever the worker could not do exactly the same.

Each module has a file of its name beside this one. Ansible finds such a file in its main process, which imports all of this
once. It would follow a redirection in meta/runtime.yml in each forked worker, which costs 0.1 s a task.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import shutil
import signal
import sys
from typing import TYPE_CHECKING, Any

import ansible.constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.plugins.plugin_utils import _grants_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.grantops.cloud.plugins.module_utils._redaction import Secrets
    from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Resource
    from ansible_collections.grantops.cloud.plugins.module_utils._transport.client import Client, Provider

UTILS = "ansible_collections.grantops.cloud.plugins.module_utils"
display = Display()
# Read when Ansible's main process loads this file, since its workers have no terminal.
ON_TERMINAL = sys.stdout.isatty()
TERMINAL_WIDTH = shutil.get_terminal_size((100, 24)).columns  # characters
# Lists whose rows may hold dates: ansible-core before 2.19 turns a templated list with a date into text.
WITH_DATES = ("acceptances", "guardrails", "permissions_acceptances", "permissions_guardrails")
JSON_CALLBACKS = ("json", "jsonl")
CALLBACKS_OF_PROGRAMS = (*JSON_CALLBACKS, "awx_display")
# The clients of this worker process by a hash of their connection options, each with the task that used it last. A
# worker runs all items of a loop.
CLIENTS: dict[str, tuple[Client, Any]] = {}


class ActionModule(ActionBase):
    """Runs a task in this process, or hands it over to the module."""

    _supports_check_mode = True
    _supports_async = True  # such a task is handed over
    _requires_connection = True

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        task_vars = task_vars or {}
        module = "grantops.cloud." + self._task.action.rpartition(".")[2]
        task, hand_over = self._new_task(module.rpartition(".")[2]), self._must_hand_over(task_vars)
        for option in WITH_DATES:
            value = self._task.args.get(option)
            if isinstance(value, str) and value.startswith("["):
                self._task.args = dict(self._task.args, **{option: _grants_text.from_python(value) or value})
        mistaken = self._prepare(task, task_vars, hand_over)
        if mistaken:
            return mistaken
        if hand_over:
            return self._execute_module(module_name=module, task_vars=task_vars, wrap_async=bool(self._task.async_val))
        self._load_name = module  # the name in Ansible's message about an unknown option
        self._task.args, mistaken = task.checked(plain(self._task.args))
        if mistaken:
            return mistaken
        try:
            params = self.validate_argument_spec(**task.spec)[1]
        except AnsibleActionFail as error:
            # Returned here, since Ansible would print all options of the task with it, secrets of a vault among them.
            return task.refused(error.message)
        show = None if self._task.no_log else progress_on_terminal(task_vars.get("inventory_hostname", ""))
        how = _task.How(self._task.check_mode, self._task.diff, self._connect, self._cancel_alarm, show)
        result = task.execute(params, how)
        if result.get("error", {}).get("code") == "TaskTimeoutError":
            result["timedout"] = {"period": self._task.timeout}  # for the test `timedout`
        return result

    def _new_task(self, module: str) -> _task.Task:
        """The task to run. A subclass returns another one for a module that is about several systems."""
        return _resource_task(module)

    def _prepare(self, task: _task.Task, task_vars: Mapping[str, Any], hand_over: bool) -> dict[str, Any] | None:
        """Do what only the controller can do, such as reading its files; returns a failed result when that fails."""
        return None

    def _cancel_alarm(self) -> None:
        """Cancel the alarm of the task's ``timeout`` once the result is complete: it would replace the result."""
        if self._task.timeout:
            signal.alarm(0)

    def _connect(self, resource: Resource, params: Mapping[str, Any], secrets: Secrets) -> Client:
        """The client of an earlier item with the same connection options, or a new one; ConfigurationError.

        A client whose credentials were refused is kept for the other items of a loop, which then send nothing: a few
        more refusals would lock the key. Another attempt of the same task (`until`) gets a new client.
        """
        options = sorted(resource.provider.argument_spec())
        text = repr([resource.provider.name, resource.service] + [(option, params.get(option)) for option in options])
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        client, user = CLIENTS.get(key, (None, None))
        if client is None or client.stopped or (client.refused and user is self._task):
            client = resource.provider.connect(params, secrets, resource.service)
        CLIENTS[key] = client, self._task
        return client

    def _must_hand_over(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether the module could behave differently from a run in this process."""
        return bool(
            http.REQUESTS_ERROR
            # A forked process must not ask macOS for its proxies, which `requests` does.
            or sys.platform == "darwin"
            or self._connection.transport not in ("local", "ansible.builtin.local")
            or self._task.async_val
            # Both are needed: the variable ansible_become sets only the second.
            or self._play_context.become
            or self._connection.become is not None
            or any(self._task.environment or ())
            or not _same_python(self._interpreter(task_vars))
        )

    def _with_defaults(self, args: Mapping[str, Any], providers: Sequence[Provider]) -> dict[str, Any]:
        """``args`` with the connection options of `module_defaults` in the option of each provider."""
        found = dict(args)
        for provider in providers:
            defaults, own = self.defaults_of(provider), found.get(provider.name) or {}
            if defaults and isinstance(own, dict):
                found[provider.name] = dict(defaults, **own)
        return found

    def defaults_of(self, provider: Any) -> dict[str, Any]:
        """The connection options in the ``module_defaults`` of the play for the modules of a provider."""
        group = f"group/grantops.cloud.{provider.name}"
        found: dict[str, Any] = {}
        for defaults in self._task.module_defaults or ():
            for key in (group, f"group/{provider.name}"):
                if isinstance(defaults, dict) and defaults.get(key):
                    found.update(self._templar.template(defaults[key]))
        return {option: value for option, value in found.items() if option in provider.argument_spec()}

    def _interpreter(self, task_vars: Mapping[str, Any]) -> str | None:
        if self._task.delegate_to:
            delegated = task_vars.get("ansible_delegated_vars") or {}
            task_vars = delegated.get(self._task.delegate_to) or {}
        value = task_vars.get("ansible_python_interpreter")
        return self._templar.template(value) if value else None


def output_is_for(callbacks: Sequence[str]) -> bool:
    """Whether Ansible's output is made by one of ``callbacks``."""
    return C.DEFAULT_STDOUT_CALLBACK.rpartition(".")[2] in callbacks


def progress_on_terminal(host: str) -> Callable[[str], object] | None:
    """A function that shows a line of progress on the terminal, and not in a log file.

    ``None`` where there is no terminal, or the output is for a program.
    """
    if not ON_TERMINAL or output_is_for(CALLBACKS_OF_PROGRAMS):
        return None
    return lambda text: display.display(f"{host}: {text}", color=C.COLOR_VERBOSE, screen_only=True)


def plain(value: Any) -> Any:
    """A copy of a task's arguments without what ansible-core attaches to each value, such as the line it comes from.

    The validation copies all arguments; with these attachments that is most of the time that a long list takes.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _same_python(interpreter: str | None) -> bool:
    """Whether ``interpreter`` is the Python of this process, or a link to it in the same folder.

    A link in another folder is another virtual environment.
    """
    if not interpreter or interpreter.startswith("auto"):
        return True
    if os.path.dirname(os.path.abspath(interpreter)) != os.path.dirname(os.path.abspath(sys.executable)):
        return False
    return os.path.exists(interpreter) and os.path.samefile(interpreter, sys.executable)


@functools.lru_cache(maxsize=None)  # it is called for each item of a loop
def _resource_task(module: str) -> _task.ResourceTask:
    return _task.ResourceTask(*find_resource(module))


def find_resource(module: str) -> tuple[Resource, bool]:
    """The Resource of a module, and whether the module is an ``_info`` one.

    They are found by the name: ``ucloud_ufile_token`` is in ``_ucloud/ufile_token.py``.
    """
    info = module.endswith("_info")
    provider, unused, name = (module[: -len("_info")] if info else module).partition("_")
    return importlib.import_module(f"{UTILS}._{provider}.{name}").RESOURCE, info


def of_module(name: str) -> type[ActionModule]:
    """The action plugin of the module that is called as the file of this ``name``, with all imported that its tasks need."""
    find_resource(name.rpartition(".")[2])
    return type("ActionModule", (ActionModule,), {})
