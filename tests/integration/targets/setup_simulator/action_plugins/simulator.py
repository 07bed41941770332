# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets up the simulator of both clouds through its control plane, in the worker: a case costs no further process."""

from __future__ import annotations

import json
import pathlib
import shutil
import urllib.request

from ansible.plugins.action import ActionBase

from ansible_collections.grantops.cloud.plugins.module_utils._engine import lock

SPEC = {
    "url": {"type": "str", "required": True},
    "estate": {"type": "str"},
}


class ActionModule(ActionBase):
    """With `estate` everything starts afresh. The counters start at zero."""

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        desired = self.validate_argument_spec(SPEC)[1]
        self.url = desired["url"] + "/_sim/"
        if desired["estate"]:
            self.call("reset", {"estate": desired["estate"]})
            # Else a task waits until the service shows what was written before it started afresh.
            for notes in pathlib.Path.home().glob(f".ansible/{lock.NAME}-*"):
                shutil.rmtree(notes)
        self.call("counters/reset", {})
        return {"changed": False}

    def call(self, path, body):
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        # Neither a proxy of the user's is asked, nor is a refusal taken for a response.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as response:
            return json.load(response)
