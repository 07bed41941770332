# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module `permissions` does, in this process: no ansible-playbook."""

from __future__ import annotations

import harness

from ansible_collections.grantops.cloud.plugins.module_utils import _permissions_task as permissions
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS

__all__ = ["SETUPS", "Refused", "Role"]


class Refused(Exception):
    """The task failed, with this message."""


class Role:
    """``role(grants)`` applies them and returns the rows; ``run`` is a harness.Runner."""

    def __init__(self, run, credential="admin"):
        self.run = run
        self.credential = credential

    def __call__(self, grants, check_mode=False, **options):
        result = self.result(grants, check_mode, **options)
        if result.get("failed"):
            raise Refused(result["msg"])
        return result["grants"]

    def result(self, grants, check_mode=False, **options):
        """The whole result, also of a task that fails."""
        given = {"verify_timeout": 0.1, "grants": grants, **self.connections(), **options}
        return self.run.run_task(permissions.PermissionsTask(), given, check_mode)

    def read(self, **options):
        """The result of `permissions_info`."""
        return self.run.run_task(
            permissions.PermissionsTask(info=True), dict(self.connections(), **dict({"ufile": True}, **options))
        )

    def connections(self):
        providers = ("ucloud", "huaweicloud")
        return {name: harness.connection(self.run.sim, name, self.credential) for name in providers}
