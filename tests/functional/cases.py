# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the promises are tried with: for each system of ``systems.py`` two resources that have everything set."""

from __future__ import annotations

from typing import Any

import harness
import systems

BAD_SECRET = "short"


class Case:
    """A system, and for the resource ``alpha`` of :func:`furnish` what can be done to it."""

    def __init__(self, system, prefix, place, bad, beside=None):
        self.system, self.module = system, system.module
        self.info, self.label = self.module + "_info", self.module.partition("_")[2]
        self.place = place
        self.scope = {system.place: place} if place else {}
        first, name = next(iter(system.names)), [*system.names][-1]
        self.ids = {short: f"{prefix}-{short}" for short in ("alpha", "beta")}
        self.alpha = {first: self.ids["alpha"]}
        self.beta = {name: "beta" if len(system.names) > 1 else self.ids["beta"]}
        self.missing = {first: f"{prefix}-nobody"}
        # Of alpha's and beta's record, see harness.record.
        self.keys = tuple((place, name) if place else name for name in self.ids.values())
        self.change, self.empty = stored(system.change), stored(system.empty)
        # List option: (all of it in another order, what is left when one is removed).
        self.lists = {option: (system.two(option)[::-1], system.two(option)[:1]) for option in system.lists}
        self.bad = bad  # what is refused before anything is sent
        self.write = system.update
        # Options that are given with another one, since the service or the module wants them together.
        self.beside: dict[str, dict[str, Any]] = beside or {}

    def params(self, form, *entries):
        """A task's options: ``one`` resource by its own options, or ``many`` in a list."""
        if form == "one":
            ((names, values),) = entries
            return {**self.scope, **names, **values}
        return {**self.scope, self.system.many: [{**names, **values} for names, values in entries]}

    def on_alpha(self, form, **values):
        return self.params(form, (self.alpha, values))

    def full(self):
        """The values that alpha has already, every list in another order."""
        return {option: desired for option, (desired, _unused) in self.lists.items()}

    def shown(self, form, result):
        return result[self.system.one] if form == "one" else result[self.system.many][0]

    def add(self, sim, name, title="plain", scope=None, **fields):
        """A resource, and the names of it that the system has beside ``name``, which identifies it."""
        first, *others = self.system.names.values()
        fields = {first: name, **dict.fromkeys(others, title), **fields}
        return harness.add(sim, self.system, self.scope if scope is None else scope, **fields)

    def record(self, sim, number=0):
        return harness.record(sim, self.module, self.keys[number])

    def changed_to(self, option):
        """The value that ``change`` and ``beside`` put into a task for an option."""
        return {option: self.change[option][0], **self.beside.get(option, {})}


def stored(table):
    """A table of a system with records as the simulator keeps them: rows of ROMA have the application's id."""
    return {
        option: (value, key, [{"app_id": "roma-app-" + row["app_name"], **row} for row in after])
        if option == "policies"
        else (value, key, after)
        for option, (value, key, after) in table.items()
    }


def furnish(sim):
    """An estate with two of each kind, and nothing left at a default."""
    harness.reset(sim)
    for case in CASES:
        more = {"BlackIPList": ["192.0.2.66"], "WhiteIPList": ["192.0.2.1"]} if case is UFILE else {}
        for short, name in case.ids.items():
            case.add(sim, name, short, **case.system.row(**more))
    sim.counting.reset()


def many(sim, case, count):
    """A task on ``count`` further resources, all of which change."""
    names = [f"extra-{number:03d}" for number in range(count)]
    for name in names:
        case.add(sim, name, name)
    sim.counting.reset()
    return case.params("many", *(({next(iter(case.alpha)): name}, case.system.grant) for name in names))


UFILE = Case(systems.UFILE, "uf", None, {"allowed_prefixes": []})
UROCKETMQ = Case(
    systems.UROCKETMQ, "ut", "urmq-1", {"topic_produce_perm": "ALL", "allow_produce_topic_list": ["orders"]}
)
ROCKETMQ = Case(systems.ROCKETMQ, "user", "rmq-1", {"secret_key": BAD_SECRET})
ROMA = Case(
    systems.ROMA, "topic", "roma-1", {"policies": [systems.policy("shop", access) for access in ("all", "sub")]}
)

CASES = (UFILE, UROCKETMQ, ROCKETMQ, ROMA)
FORMS = ("one", "many")


def each(*lists):
    """Parameters for ``pytest.mark.parametrize`` of every case, or of every option in a table of each case."""
    if not lists:
        return {"argvalues": CASES, "ids": [case.label for case in CASES]}
    rows = [(case, option) for case in CASES for option in getattr(case, lists[0])]
    return {"argvalues": rows, "ids": [f"{case.label}-{option}" for case, option in rows]}


def furnish_for_guardrails(sim):
    """The estate, with one more user that publishes."""
    furnish(sim)
    sim.add_rocketmq_user(instance_id="rmq-1", access_key="user-gamma", topic_perms=[{"name": "orders", "perm": "PUB"}])
    # What this application publishes is limited by a tag, which comes with the policy for both.
    for topic in sim.estate["huaweicloud"]["roma"]["roma-1"]["topics"].values():
        for policy in topic["policies"]:
            if policy["app_name"] == "billing":
                policy["tag"] = ""
    sim.counting.reset()
