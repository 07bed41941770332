# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module's process, from its options to its exit."""

from __future__ import annotations

import gc
import signal
from typing import TYPE_CHECKING, Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

gc.disable()  # with freeze() below: 0.22 s instead of 0.26 s for a small task; only modules' processes import this file

from . import _errors as errors
from . import _task
from ._transport import http

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

    from ._schema.resource import Resource


class Signal(BaseException):
    """Raised when a signal ends the run, so that it can still report what was written."""


class Signals:
    """For a ``with`` statement: signals that would end the process raise Signal, until :meth:`ignore`."""

    NUMBERS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

    def __enter__(self) -> Signals:
        self._old = {number: signal.getsignal(number) for number in self.NUMBERS}
        for number, handler in self._old.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._end)
        return self

    def __exit__(self, *unused: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)

    def _end(self, number: int, frame: FrameType | None) -> NoReturn:
        self.ignore()
        raise Signal(signal.Signals(number).name)

    def ignore(self) -> None:
        """Let no signal interrupt the process any more: its result is complete."""
        for number in self.NUMBERS:
            signal.signal(number, signal.SIG_IGN)


class _Taken:
    """Keeps the secrets of a list's rows from Ansible, which would search every text of a result for each of them.

    For thousands of secrets that takes half a minute. The table of `Secrets` finds them in time that does not grow with
    their number, and in more forms. Secrets that are too short for it stay with Ansible.
    """

    def __init__(self, plural: str, spec: Mapping[str, Any]) -> None:
        self._plural = plural
        self._options = [
            name
            for option, about in spec.get(plural, {}).get("options", {}).items()
            for name in (option, *about.get("aliases", ()))
            if about.get("no_log")
        ]
        self._places: list[tuple[int, str, str]] = []  # row, option, secret
        self._secrets = errors.Secrets()

    def out_of(self, given: dict[str, Any]) -> None:
        """Put a placeholder instead of each secret into ``given``."""
        rows = given.get(self._plural)
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            for option in self._options if isinstance(row, dict) else ():  # a mistaken row may be anything
                value = row.get(option)
                if isinstance(value, str) and len(value) >= errors.SHORTEST:
                    self._places.append((number, option, value))
                    self._secrets.add(value)
                    row[option] = errors.REDACTED

    def put_back(self, params: dict[str, Any]) -> dict[str, Any]:
        """The validated ``params`` with the secrets back in their places; Ansible's own copy stays without them."""
        if not self._places:
            return params
        rows = [dict(row) for row in params[self._plural]]
        for number, option, value in self._places:
            rows[number][option] = value
        return dict(params, **{self._plural: rows})

    def mask(self, result: dict[str, Any]) -> dict[str, Any]:
        """``result`` with each of these secrets masked."""
        masked: dict[str, Any] = self._secrets.mask(result) if self._places else result
        return masked


def run_module(resource: Resource, info: bool = False) -> NoReturn:
    """Run the module of a resource, or with ``info`` the one that only reads it, and exit."""
    run(_task.ResourceTask(resource, info))


def run(task: _task.Task) -> NoReturn:
    """Run a task in this process, and exit."""
    gc.freeze()  # all objects that exist by now are needed to the end
    gc.enable()  # a task with a long list makes garbage
    taken = _Taken(task.plural, task.spec["argument_spec"])

    class Module(AnsibleModule):
        mistaken: dict[str, Any] | None

        def _load_params(self) -> None:
            super()._load_params()
            # Before Ansible converts options to other types.
            self.params, self.mistaken = task.checked(self.params)
            taken.out_of(self.params)

        def fail_json(self, msg: str, **more: Any) -> NoReturn:
            # Our own check comes first: it names the place, and the mistake may be why Ansible fails.
            result = self.mistaken or dict(task.refused(msg), **more)
            super().fail_json(**taken.mask(result))

    module = Module(supports_check_mode=True, **task.spec)
    if module.mistaken:
        module.fail_json(module.mistaken["msg"])
    if http.REQUESTS_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=http.REQUESTS_ERROR)
    with Signals() as signals:
        how = _task.How(module.check_mode, module._diff, when_done=signals.ignore)
        result = task.execute(taken.put_back(module.params), how)
        # Given to exit_json, they would cause a deprecation warning.
        for text in result.pop("warnings", ()):
            module.warn(text)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**taken.mask(result))
