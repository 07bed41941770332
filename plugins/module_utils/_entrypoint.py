# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module's process, from its options to its exit."""

from __future__ import annotations

import gc
import signal
from typing import TYPE_CHECKING, Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

# The process imports two hundred files, which no garbage is among, runs once and ends; looking for some meanwhile, and
# at the end, is a tenth of what a small task costs. Only modules import this file: nothing changes in Ansible's own
# processes.
gc.disable()

from . import _task
from ._transport import http

if TYPE_CHECKING:
    from types import FrameType

    from ._schema.resource import Resource


class Signal(BaseException):
    """Raised when a signal ends the run, so that it can still report what was written."""


class _Signals:
    """For a ``with`` statement: signals that would end the process raise Signal, until :meth:`ignore`."""

    NUMBERS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

    def __enter__(self) -> _Signals:
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


def run_module(resource: Resource, info: bool = False) -> NoReturn:
    """Run the module of a resource, or with ``info`` the one that only reads it, and exit."""
    gc.freeze()  # what is there by now is needed to the end
    gc.enable()  # a list may be long
    spec = _task.argument_spec(resource, info)

    class Module(AnsibleModule):
        mistaken: dict[str, Any] | None

        def _load_params(self) -> None:
            super()._load_params()
            # Before Ansible converts options to other types.
            self.params, self.mistaken = _task.checked(resource, spec["argument_spec"], self.params)

        def fail_json(self, msg: str, **more: Any) -> NoReturn:
            # Our own check comes first: it names the place, and the mistake may be why Ansible fails.
            result = self.mistaken or dict(_task.refused(resource, msg, info), **more)
            super().fail_json(**result)

    module = Module(supports_check_mode=True, **spec)
    if module.mistaken:
        module.fail_json(module.mistaken["msg"])
    if http.REQUESTS_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=http.REQUESTS_ERROR)
    with _Signals() as signals:
        result = _task.execute(
            resource,
            module.params,
            info=info,
            check_mode=module.check_mode,
            diff=module._diff,
            when_done=signals.ignore,
        )
        # Not left to exit_json, which warns users that taking warnings there is deprecated.
        for text in result.pop("warnings", ()):
            module.warn(text)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**result)
