# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every task's result to a file, for the tests: one JSON object a line."""

from __future__ import annotations

import json
import os
import pathlib

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: aggregate
short_description: Records the results of a test's playbook
description: One JSON object a line, in the file that E(RECORDER_FILE) names.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, status, result):
        # A copy: what the callback gets is what the strategy goes on with.
        plain = json.loads(json.dumps(result._result, default=str))
        name = result._task.get_name()
        with pathlib.Path(os.environ["RECORDER_FILE"]).open("a", encoding="utf-8") as file:
            entry = {"status": status, "host": result._host.get_name(), "task": name, "result": plain}
            file.write(json.dumps(entry) + "\n")

    def v2_runner_on_ok(self, result):
        self._record("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record("failed", result)

    def v2_runner_on_unreachable(self, result):
        self._record("unreachable", result)

    def v2_runner_on_skipped(self, result):
        self._record("skipped", result)
