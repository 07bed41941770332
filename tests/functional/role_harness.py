# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's tasks do, in this process: the same filters, the same modules, no ansible-playbook."""

from __future__ import annotations

import pathlib

import yaml

from ansible_collections.grantops.cloud.plugins.filter import permissions as filters

ROLE = pathlib.Path(__file__).resolve().parents[2] / "roles" / "permissions"
SETUPS = yaml.safe_load((ROLE / "vars" / "main" / "setups.yml").read_text(encoding="utf-8"))[
    "permissions_builtin_setups"
]
MODULES = {
    "ucloud_ufile": ("ucloud_ufile_token", "tokens"),
    "ucloud_urocketmq": ("ucloud_urocketmq_token", "tokens"),
    "huaweicloud_rocketmq": ("huaweicloud_rocketmq_user", "users"),
    "huaweicloud_roma": ("huaweicloud_roma_topic_policy", "topics"),
}


class Refused(Exception):
    """The role would fail, with these texts."""


class Role:
    """``role(grants)`` applies them and returns permissions_result; ``run`` is a harness.Runner."""

    def __init__(self, run):
        self.run = run

    def __call__(self, grants, scope="additive", setups=None, check_mode=False):
        checked = filters.check_grants(grants, SETUPS, setups)
        if checked["problems"]:
            raise Refused("\n".join(checked["problems"]))
        plans = {}
        for system, reads in checked["reads"].items():
            if reads:
                rows = self.read(system, reads, scope)
                plans[system] = filters.plan_grants(grants, system, rows, SETUPS, setups, scope)
        problems = [text for plan in plans.values() for text in plan["problems"]]
        if problems:
            raise Refused("\n".join(problems))
        outputs = {}
        for mode in (True,) if check_mode else (True, False):
            for system, plan in plans.items():
                if plan["entries"]:
                    module, key = MODULES[system]
                    entries = plan["entries"]
                    if system == "huaweicloud_rocketmq":
                        entries = filters.grant_secrets(plan, grants)
                    result = self.run(module, check_mode=mode, **{key: entries})
                    if result.get("failed"):
                        raise Refused(result["msg"])
                    assert result["changed"], (system, entries)
                    outputs[system] = result[key]
        return filters.grant_results(plans, outputs, grants, SETUPS, setups)

    def read(self, system, reads, scope="additive"):
        module, key = MODULES[system]
        if system == "huaweicloud_roma" and scope == "additive":
            topics = [dict(read, policies=[], purge=False) for read in reads]
            result = self.run(module, check_mode=True, topics=topics)
            if result.get("failed"):
                raise Refused(result["msg"])
            return result[key]
        found = []
        for read in {tuple(sorted(dict(read, name=None).items())): dict(read, name=None) for read in reads}.values():
            result = self.run(module + "_info", **read)
            if result.get("failed"):
                raise Refused(result["msg"])
            found.extend(result[key])
        return found

    def estate(self, **scopes):
        """All that the given scopes hold, as the export reads it."""
        return {
            system: self.read(system, [{} if scope is None else scope for scope in scopes[system]], "exact")
            for system in MODULES
            if system in scopes
        }
