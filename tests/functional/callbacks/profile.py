# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints how long each task took and, as JSON, all that it returned: what profiling and JSON callbacks do."""

from __future__ import annotations

import json
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: profile
type: aggregate
short_description: Prints times and results
description: Stands for the callbacks json and profile_tasks of ansible.posix, which need not be installed.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "profile"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self._times = []

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._times.append([task.get_name(), time.monotonic(), None])

    def _done(self, result):
        self._times[-1][2] = time.monotonic()
        self._display.display(json.dumps({"event_data": {"res": result._result}}, default=str))

    def v2_runner_on_ok(self, result):
        self._done(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._done(result)

    def v2_playbook_on_stats(self, stats):
        for name, start, end in self._times:
            self._display.display(f"{name}: {(end or start) - start:.2f} s")
