# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of `probe` to its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _errors as errors
from . import _task
from ._probe import run
from ._transport import client

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WAIT = 600  # seconds


def argument_spec() -> dict[str, Any]:
    """The keyword arguments of AnsibleModule. Credentials come from the environment and the official tools' files."""
    spec = client.argument_spec()
    del spec["api_url"]  # it belongs to one provider
    spec.update(
        writes={"type": "bool", "default": False},
        ufile={"type": "bool", "default": True},
        urocketmq_service={"type": "str"},
        rocketmq_instance={"type": "str"},
        roma_instance={"type": "str"},
        roma_topic={"type": "str"},
        roma_app={"type": "str"},
        wait={"type": "int", "default": 30},
    )
    return {
        "argument_spec": spec,
        "required_by": {"roma_topic": ["roma_instance", "roma_app"], "roma_app": ["roma_topic"]},
    }


class ProbeTask(_task.Task):
    """A task of `probe`."""

    def __init__(self) -> None:
        self.spec = argument_spec()

    def checked(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        return dict(given), None

    def refused(self, text: str) -> dict[str, Any]:
        return {"failed": True, "changed": False, "msg": text}

    def execute(self, params: Mapping[str, Any], how: _task.How = _task.AS_USUAL) -> dict[str, Any]:
        if not 1 <= params["wait"] <= LONGEST_WAIT:
            return self.refused(f"wait must be from 1 to {LONGEST_WAIT}; got {params['wait']}")
        secrets = errors.Secrets()
        try:
            # Nothing is planned here: scratch things are created to see what the service does, and removed again.
            result = run.run(dict(params, writes=params["writes"] and not how.check_mode), secrets)
            if how.when_done:
                how.when_done()
            return result
        except BaseException as error:  # a signal, or a mistake of the collection
            return self.refused(str(secrets.clean(errors.typed(error).text())))
