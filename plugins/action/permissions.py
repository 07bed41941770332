# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs `permissions` inside the Ansible worker, or hands it over to the module, and shows what changes as a table.

In both cases, files of grants and grants that are text are read here, on the controller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.grantops.cloud.plugins.action import resource
from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils import _permissions_task
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import table
from ansible_collections.grantops.cloud.plugins.plugin_utils import _grants_files as files
from ansible_collections.grantops.cloud.plugins.plugin_utils import _variables as variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.grantops.cloud.plugins.module_utils import _task

GUARDRAILS = ("guardrails", "guardrails_file", "permissions_guardrails", "permissions_guardrails_file")
WIDEST = 160  # characters; longer lines are hard to read


class ActionModule(resource.ActionModule):
    """The action plugin of `permissions` and, as a base, of `permissions_info`."""

    info = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        if not self.info and "counts" in result:
            self._show(result)
        return result

    def _new_task(self, module: str) -> _task.Task:
        return _permissions_task.PermissionsTask(self.info)

    def _prepare(self, task: Any, task_vars: Mapping[str, Any], hand_over: bool) -> dict[str, Any] | None:
        args = dict(self._task.args)
        given, loaded = files.collect(args, self._loader, self._templar, task_vars, self.info)
        for option, name in variables.READING if self.info else variables.OPTIONS.items():
            if name in args and option not in args:
                args[option] = args.pop(name)
        known = task.spec["argument_spec"]
        args.update((option, value) for option, value in loaded.items() if option not in args and option in known)
        self._show_what = str(args.get("show", table.CHANGES))
        problems = list(given.problems)
        if not self.info:
            if any(name in args for name in GUARDRAILS):
                rules = resource.plain(files.rules(given, args, self._loader, self._templar))
                problems = list(given.problems)
                args.pop("guardrails", None)
                if rules is not None or not problems:  # null is refused, unless the problems say why it is null
                    args["guardrails"] = rules
            task.host = task_vars.get("inventory_hostname")
            problems.extend(self._several_hosts(args, task_vars))
            if args.pop("check_variables", False):
                problems.extend(errors.Problem("", text) for text in variables.misspelt(task_vars))
        args = self._with_defaults(args, _permissions_task.PROVIDERS)
        given.problems = problems
        task.given = given
        task.hidden = given.hidden
        self._task.args = args
        if hand_over:
            if problems:
                return _permissions_task.refused(problems)
            if given.named or not self.info:
                handed = _permissions_task.hand_over(given.rows, given.sources, given.hidden)
                self._task.args = dict(args, grants=handed)
        return None

    def _several_hosts(self, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> list[errors.Problem]:
        """Problems of `exclusive`, which deletes what no grant names: grants of other hosts are not known here."""
        exclusive = args.get("exclusive", False)
        hosts = task_vars.get("ansible_play_hosts_all") or ()
        if boolean(exclusive, strict=False) and len(hosts) > 1 and not self._task.run_once:
            text = (
                f"exclusive must run for one host alone; got a play with {len(hosts)}, of which each would delete what the "
                "grants of the others name. Put all grants into one task, or use run_once"
            )
            return [errors.Problem("", text)]
        return []

    # -- what people see -----------------------------------------------------------------------------

    def _show(self, result: dict[str, Any]) -> None:
        """Print the table, unless the output is for a program, or `no_log` hides more than credentials."""
        if (self._task.no_log and "credentials" not in result) or resource.output_is_for(resource.JSON_CALLBACKS):
            return
        width = min(resource.TERMINAL_WIDTH, WIDEST) if resource.ON_TERMINAL else 100
        done = not (self._task.check_mode or result.get("failed"))
        for text, colour in table.lines(result, self._show_what, width, done):
            resource.display.display(text, color=colour)
