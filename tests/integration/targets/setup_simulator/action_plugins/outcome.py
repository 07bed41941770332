# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks what a task returned, and what the simulator counted meanwhile, against what a case says."""

from __future__ import annotations

import json
import re
import urllib.request

from ansible.plugins.action import ActionBase

SPEC = {
    "url": {"type": "str", "required": True},
    "ran": {"type": "dict", "required": True},
    "case": {"type": "dict", "required": True},
    "way": {"type": "str", "choices": ["worker", "module"], "required": True},
}
# Ansible's own, and not the same for both ways.
NOT_COMPARED = ("_ansible_no_log", "ansible_loop_var", "case_once", "exception", "invocation")
REQUEST_ID = re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b")
MODIFIED = re.compile(r'(?<="modify_time": )(?!1750000000\b)\d+')


class ActionModule(ActionBase):
    """Sets the facts `outcome`, `counters` and `recorded`: the outcomes of the worker by case.

    A case says `fails`, `changed` (both false when left out), `writes` (how many took effect: 0),
    `requests` (how many were made: any), `msg` (a regular expression), `error` (part of it), `check` (mode).
    """

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        desired = self.validate_argument_spec(SPEC)[1]
        case, way, ran = desired["case"], desired["way"], desired["ran"]
        counters = self.read(desired["url"] + "/_sim/counters")
        (result,) = ran["results"]
        text = json.dumps({key: value for key, value in result.items() if key not in NOT_COMPARED})
        outcome = json.loads(MODIFIED.sub("0", REQUEST_ID.sub("(a request id)", text)))
        # ansible-core 2.17 leaves it out where an option is refused.
        outcome.setdefault("changed", False)
        # Ansible moves them from the items of a loop to the loop.
        outcome["warnings"] = ran.get("warnings", [])
        recorded = dict((task_vars or {}).get("recorded") or {})
        # A module's result says how it was called; one that was made in the worker does not.
        wrong = list(self.problems(case, outcome, counters))
        if ("invocation" in result) != (way == "module"):
            wrong.append("it did not run this way")
        if way == "worker":
            recorded[case["name"]] = outcome
        elif outcome != recorded.get(case["name"]):
            wrong.append("in the worker the outcome was {}".format(json.dumps(recorded.get(case["name"]))))
        facts = {"outcome": outcome, "counters": counters, "recorded": recorded}
        if wrong:
            text = "; ".join(wrong)
            msg = f"{way}: {case['name']}: {text}. Outcome: {json.dumps(outcome)} Counters: {json.dumps(counters)}"
            return {"failed": True, "msg": msg}
        return {"changed": False, "ansible_facts": facts}

    def read(self, url):
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as response:
            return json.load(response)

    def problems(self, case, outcome, counters):
        fails, changed = case.get("fails", False), case.get("changed", False)
        if outcome["failed"] != fails:
            yield f"failed is not {fails}"
        if outcome["changed"] != changed:
            yield f"changed is not {changed}"
        if len(counters["writes"]) != case.get("writes", 0):
            yield "{} writes took effect".format(len(counters["writes"]))
        if counters["write"] and (case.get("check") or not (changed or fails)):
            yield "it tried to write"
        if counters["create"] or counters["delete"] or counters["unknown"]:
            yield "it did what it never should"
        if counters["total"] != case.get("requests", counters["total"]):
            yield "{} requests were made".format(counters["total"])
        if not re.search(case.get("msg", ""), outcome.get("msg", "")):
            yield "the message is another one"
        for key, value in case.get("error", {}).items():
            if outcome.get("error", {}).get(key) != value:
                yield f"error.{key} is not {value}"
        if not fails and "changes" in outcome:
            changes = len(outcome["changes"])
            if (changed, changes) != (changes > 0, len(outcome["diff"])):
                yield "changed, changes and diff do not fit together"
