# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from typing import Any

class _Task:
    action: str
    args: dict[str, Any]
    async_val: int
    check_mode: bool
    delegate_to: str | None
    diff: bool
    environment: list[Any] | None
    module_defaults: list[Any] | None
    no_log: bool
    run_once: bool
    timeout: int

class _Connection:
    become: Any
    transport: str

class _PlayContext:
    become: bool
    no_log: bool

class _Templar:
    def template(self, variable: Any) -> Any: ...

class ActionBase:
    _connection: _Connection
    _load_name: str
    _loader: Any
    _play_context: _PlayContext
    _task: _Task
    _templar: _Templar

    def run(self, tmp: Any = ..., task_vars: dict[str, Any] | None = ...) -> dict[str, Any]: ...
    def validate_argument_spec(
        self, argument_spec: dict[str, Any] = ..., **rules: Any
    ) -> tuple[Any, dict[str, Any]]: ...
    def _execute_module(
        self, module_name: str = ..., task_vars: dict[str, Any] | None = ..., wrap_async: bool = ...
    ) -> dict[str, Any]: ...
