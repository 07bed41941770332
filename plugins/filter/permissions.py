# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the role permissions: grants in, what the modules are to be asked out. Documented one by one beside this file."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import export as exporting
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import result as reporting
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import setups as defining
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import stats as counting
from ansible_collections.grantops.cloud.plugins.plugin_utils import _grants_text as texts


def _setups(builtin, own):
    return dict(builtin, **(own or {}))


def check_grants(grants, builtin, own=None):
    """Everything that is wrong with grants and set-ups, and what there is to read."""
    grants, unreadable = texts.load(grants)
    problems = defining.problems(builtin, own or {}, core.SYSTEMS) + unreadable
    # With a wrong set-up every grant that uses it would be reported as well.
    found, more = ([], []) if problems else core.check(grants, _setups(builtin, own))
    reads = {name: [] for name in core.SYSTEMS}
    for grant in found:
        reads[grant.system.name].extend(core.reads(grant))
    return {"problems": _told(problems + more), "reads": {name: _unique(rows) for name, rows in reads.items()}}


def plan_grants(grants, system, rows, builtin, own=None, scope="additive"):
    """What the module of a system is to be asked for."""
    made = planning.plan(core.SYSTEMS[system], _checked(grants, builtin, own), rows, exact=scope == "exact")
    return dict(made, problems=_told(made["problems"]))


def grant_secrets(plan, grants):
    """The entries of a plan for RocketMQ users, those of new users with the key from their grant."""
    keys = {
        (grant["instance_id"], _user(grant)): grant["secret_key"]
        for grant in _read(grants)
        if grant["system"] == "huaweicloud_rocketmq" and grant.get("secret_key")
    }
    entries = list(plan["entries"])
    for position in plan["created"]:
        entry = entries[position]
        entries[position] = dict(entry, secret_key=keys[entry["instance_id"], entry["user_name"]])
    return entries


def grant_results(plans, outputs, grants, builtin, own=None):
    """What was before and what is now, grant by grant."""
    checked = {grant.index: grant for grant in _checked(grants, builtin, own)}
    return reporting.result(core.SYSTEMS, checked, plans, outputs)


def grant_stats(plans, outputs, grants, foreseen=None, reads=None, problems=(), host=None):
    """What a next job may want to know; see `_grants_stats`.

    Without ``foreseen`` nothing was to be written yet, and ``outputs`` are those of check mode.
    """
    outputs = {name: output for name, output in outputs.items() if name in plans}
    refused = list(problems)
    for plan in plans.values():
        refused.extend(plan["problems"])
    for name, output in list((reads or {}).items()) + list(outputs.items()):
        for result in [output] + list(output.get("results") or ()):
            if result.get("failed") and result.get("msg") and not (result is output and output.get("results")):
                refused.append((name, result["msg"]))
    if foreseen is None:
        foreseen, outputs = planned_deletions(outputs), {}
    rows = [] if problems else _read(grants)
    return counting.stats(core.SYSTEMS, rows, plans, foreseen, outputs, refused, host)


def planned_deletions(outputs):
    """Of what the modules returned, the deletions, by system."""
    return {
        name: [row for row in output.get("changes") or () if row["action"] == counting.DELETE]
        for name, output in outputs.items()
    }


def grant_table(rows):
    return reporting.table(rows)


def export_grants(estate, builtin):
    """A file of grants that says what an estate holds."""
    return exporting.export(estate, builtin)


def _user(grant):
    principal = grant["principal"]
    return principal.get("user_name") if isinstance(principal, dict) else principal


def _read(grants):
    found, problems = texts.load(grants)
    if problems:
        raise AnsibleFilterError("\n".join(_told(problems)))
    return found


def _checked(grants, builtin, own):
    found, problems = core.check(_read(grants), _setups(builtin, own))
    if problems:
        raise AnsibleFilterError("\n".join(_told(problems)))
    return found


def _told(problems):
    """Texts that Ansible prints as they are; names in them come from a service or a survey."""
    return [errors.printable(text) for text in problems]


def _unique(rows):
    return list({tuple(sorted(row.items())): row for row in rows}.values())


class FilterModule:
    def filters(self):
        return {
            "check_grants": check_grants,
            "export_grants": export_grants,
            "grant_results": grant_results,
            "grant_secrets": grant_secrets,
            "grant_stats": grant_stats,
            "grant_table": grant_table,
            "plan_grants": plan_grants,
            "planned_deletions": planned_deletions,
        }
