# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs this collection's modules inside the Ansible worker when the task is local.

A loop of tasks then costs milliseconds each: no Python to start, and one HTTP session for all
items. It hands over to the module wherever the worker could not do exactly the same.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import signal
import sys

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http

UTILS = "ansible_collections.grantops.cloud.plugins.module_utils"
# Clients of this worker process by their connection options, each with the task that used it last; a worker runs the
# items of one loop.
CLIENTS = {}


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = True  # by handing over
    _requires_connection = True

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        task_vars = task_vars or {}
        # Not resolved_action: on ansible-core 2.17 that is the name of this plugin.
        module = "grantops.cloud." + self._task.action.rpartition(".")[2]
        if self._must_hand_over(task_vars):
            return self._execute_module(module_name=module, task_vars=task_vars, wrap_async=bool(self._task.async_val))
        resource, info, spec = find_resource(module.rpartition(".")[2])
        self._load_name = module  # what a message about an unknown option names
        self._task.args, mistaken = _task.checked(resource, spec["argument_spec"], plain(self._task.args))
        if mistaken:
            return mistaken
        try:
            params = self.validate_argument_spec(**spec)[1]
        except AnsibleActionFail as error:
            # Not left to Ansible, which prints all options of the task beside it: a vault's secrets in clear.
            return _task.refused(resource, error.message, info)
        result = _task.execute(
            resource,
            params,
            info=info,
            check_mode=self._task.check_mode,
            diff=self._task.diff,
            connect=self._connect,
            settle=self._settle,
        )
        if result.get("error", {}).get("code") == "TaskTimeoutError":
            result["timedout"] = {"period": self._task.timeout}  # for the test `timedout`
        return result

    def _settle(self):
        """The task's time is over once its result stands: an alarm now would lose what it says."""
        if self._task.timeout:
            signal.alarm(0)

    def _connect(self, resource, params, secrets):
        """The client of an earlier item with the same connection options, or a new one.

        One that was refused stays for the other items of a loop: a few more refusals would lock the key. Another
        attempt (`until`) is the same task again, and asks anew.
        """
        options = sorted(resource.provider.argument_spec())
        text = repr([resource.provider.name, resource.service] + [(option, params.get(option)) for option in options])
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        client, user = CLIENTS.get(key, (None, None))
        if client is None or client.stopped or (client.refused and user is self._task):
            client = resource.provider.connect(params, secrets, resource.service)
        CLIENTS[key] = client, self._task
        return client

    def _must_hand_over(self, task_vars):
        """Whether a module run could differ from a run in this process."""
        return bool(
            http.REQUESTS_ERROR
            # A forked process must not ask macOS for its proxies, which `requests` does.
            or sys.platform == "darwin"
            or self._connection.transport not in ("local", "ansible.builtin.local")
            or self._task.async_val
            # Both: the variable ansible_become sets only the second.
            or self._play_context.become
            or self._connection.become is not None
            or any(self._task.environment or ())
            or not _same_python(self._interpreter(task_vars))
        )

    def _interpreter(self, task_vars):
        if self._task.delegate_to:
            delegated = task_vars.get("ansible_delegated_vars") or {}
            task_vars = delegated.get(self._task.delegate_to) or {}
        value = task_vars.get("ansible_python_interpreter")
        return self._templar.template(value) if value else None


def plain(value):
    """A copy of a task's arguments without what ansible-core notes on each value, such as the line it stands at.

    The validation copies all arguments, and each of these notes with them: most of the time of a long list.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _same_python(interpreter):
    """Whether ``interpreter`` is this process's own; a link in the same folder is, another environment is not."""
    if not interpreter or interpreter.startswith("auto"):
        return True
    if os.path.dirname(os.path.abspath(interpreter)) != os.path.dirname(os.path.abspath(sys.executable)):
        return False
    return os.path.exists(interpreter) and os.path.samefile(interpreter, sys.executable)


@functools.lru_cache(maxsize=None)  # a loop asks for each of its items
def find_resource(module):
    """The Resource table of a module, whether it is an ``_info`` one, and its argument spec.

    By the name: ``ucloud_ufile_token`` is ``_ucloud/ufile_token.py``.
    """
    info = module.endswith("_info")
    provider, unused, name = (module[: -len("_info")] if info else module).partition("_")
    resource = importlib.import_module(f"{UTILS}._{provider}.{name}").RESOURCE
    return resource, info, _task.argument_spec(resource, info)
