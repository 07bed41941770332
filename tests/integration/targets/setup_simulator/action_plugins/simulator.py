# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets up the simulator of both clouds through its control plane, in the worker: a case costs no further process."""

from __future__ import annotations

import json
import urllib.request

from ansible.plugins.action import ActionBase

SPEC = {
    "url": {"type": "str", "required": True},
    "estate": {"type": "str"},
    "add": {"type": "dict", "default": {}},
    "change": {"type": "dict", "default": {}},
    "traps": {"type": "dict", "default": {}},
}


class ActionModule(ActionBase):
    """With `estate` everything starts afresh; then resources are added, and the estate is changed.

    The counters start at zero, and only the traps given are set.
    """

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        wanted = self.validate_argument_spec(SPEC)[1]
        self.url = wanted["url"] + "/_sim/"
        if wanted["estate"]:
            self.call("reset", {"estate": wanted["estate"]})
        if wanted["add"]:
            self.call("add", wanted["add"])
        if wanted["change"]:
            self.call("estate", {"merge": wanted["change"]})
        self.call("traps", method="DELETE")
        self.call("traps", wanted["traps"])
        self.call("counters/reset", {})
        return {"changed": False}

    def call(self, path, body=None, method="POST"):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        # Neither a proxy of the user's is asked, nor is a refusal taken for an answer.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.load(answer)
