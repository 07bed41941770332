# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs `rotate` inside the Ansible worker, or hands it over; keys are kept from the output either way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.grantops.cloud.plugins.action import resource
from ansible_collections.grantops.cloud.plugins.module_utils import _permissions_task, _rotation_task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.grantops.cloud.plugins.module_utils import _task


class ActionModule(resource.ActionModule):
    """The action plugin of `rotate`."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        # Without this, a connection prints at -vvv what a module returns.
        was, self._play_context.no_log = self._play_context.no_log, True
        try:
            result = super().run(tmp, task_vars)
        finally:
            self._play_context.no_log = was
        if "credentials" in result:
            result["_ansible_no_log"] = True
            self._task.no_log = True  # ansible-core 2.17 and 2.18 look at nothing else in the result of a loop
        return result

    def _new_task(self, module: str) -> _task.Task:
        return _rotation_task.RotationTask()

    def _prepare(self, task: _task.Task, task_vars: Mapping[str, Any], hand_over: bool) -> dict[str, Any] | None:
        self._task.args = self._with_defaults(self._task.args, _permissions_task.PROVIDERS)
        return None
