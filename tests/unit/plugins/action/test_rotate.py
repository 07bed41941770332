# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of `rotate`: what has keys is kept from the output."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.action import resource
from ansible_collections.grantops.cloud.plugins.action import rotate as action

from .test_resource import Plugin as Resource

DEFAULTS = [{"group/grantops.cloud.ucloud": {"region": "cn-bj2"}}]


class Plugin(action.ActionModule, Resource):
    """The plugin for one task."""

    def __init__(self, become=None, **args):
        super().__init__(name="rotate", args=args, module_defaults=DEFAULTS, become=become)
        self._play_context.no_log = False


@pytest.mark.parametrize("found, kept", [({"credentials": {"secret_key": "x"}}, True), ({"msg": "done"}, False)])
def test_a_result_with_keys_is_kept_from_the_output_and_no_connection_prints_one(monkeypatch, found, kept):
    seen = []
    plugin = Plugin()

    def run(self, tmp=None, task_vars=None):
        seen.append(self._play_context.no_log)
        return dict(found)

    monkeypatch.setattr(resource.ActionModule, "run", run)
    assert plugin.run(task_vars={}).get("_ansible_no_log", False) is kept
    assert (plugin._task.no_log is True) is kept  # what an older ansible-core looks at in the result of a loop
    assert (seen, plugin._play_context.no_log) == ([True], False)


def test_the_defaults_of_a_provider_serve_beside_what_the_task_has():
    plugin = Plugin(become=object(), ucloud={"project_id": "org-1"})
    assert plugin.run(task_vars={}) == {"changed": "by the module"}
    assert plugin._task.args == {"ucloud": {"region": "cn-bj2", "project_id": "org-1"}}
