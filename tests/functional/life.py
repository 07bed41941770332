# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What creation and deletion are tried with: a table of the three modules that can."""

from __future__ import annotations

import harness
import systems

FORMS = ("one", "many")


class Case:
    """A system, and one resource that is missing. ``scope`` is where it works, ``elsewhere`` where it does not."""

    def __init__(self, system, scope, elsewhere, seen):
        self.system, self.module = system, system.module
        self.scope, self.elsewhere = scope, elsewhere
        self.name, self.key = list(system.names.items())[-1]  # the option, and the record's key of it
        self.values, self.initial, self.needed = system.new, system.initial, system.needed
        self.create, self.update, self.delete, self.reader = system.create, system.update, system.delete, system.read
        lists = {systems.UROCKETMQ: "ListURocketMQToken"}
        self.look = {lists.get(system, system.read): 1, system.create: 1}  # requests that find nothing, and create
        self.seen = seen  # all of them, with the verification, by operation
        self.grant = system.grant  # a change to one that is there

    def __str__(self):
        return self.module.partition("_")[2]

    @property
    def new(self):
        return self.names("new-one-1")

    @property
    def look_only(self):
        return {key: count for key, count in self.look.items() if key != self.create}

    def names(self, name):
        return {self.name: name}

    def many(self, *entries, **options):
        """A task with a list: each entry a name, or names and values."""
        rows = [self.names(entry) if isinstance(entry, str) else entry for entry in entries]
        return {**self.scope, self.system.many: rows, **options}

    def params(self, form, names, values):
        return {**self.scope, **names, **values} if form == "one" else self.many({**names, **values})

    def shown(self, form, result):
        return result[self.system.one] if form == "one" else result[self.system.many][0]

    def add(self, sim, name, elsewhere=False, **fields):
        fields = {self.key: name, **(self.elsewhere if elsewhere else self.scope), **fields}
        return harness.add(sim, self.system, {}, **fields)

    def records(self, sim, elsewhere=False):
        """The service's own records, of a place where there is one."""
        (place,) = (self.elsewhere if elsewhere else self.scope).values() or (None,)
        return list(harness.records(sim, self.system, place).values())

    def held(self, sim, elsewhere=False):
        return sorted(record[self.key] for record in self.records(sim, elsewhere))

    def named(self, sim, name="new-one-1"):
        return [record for record in self.records(sim) if record[self.key] == name]

    def secret(self, record):
        """What `credentials` has to hold."""
        if self.module == "ucloud_ufile_token":
            return {"public_key": record["PublicKey"], "private_key": record["PrivateKey"]}
        return {"access_key": record["AKSK"]["AccessKey"], "secret_key": record["AKSK"]["SecretKey"]}

    def hidden(self, record):
        secret = self.secret(record)
        return {secret.get("private_key") or secret["secret_key"]}


UFILE = Case(systems.UFILE, {}, {"ProjectId": "org-other"}, {"DescribeUFileToken": 2})
UROCKETMQ = Case(systems.UROCKETMQ, {"service_id": "urmq-1"}, {"service_id": "urmq-2"}, {"GetURocketMQToken": 1})
ROCKETMQ = Case(systems.ROCKETMQ, {"instance_id": "rmq-1"}, {"instance_id": "rmq-2"}, {"ShowUser": 2})
CASES = (UFILE, UROCKETMQ, ROCKETMQ)


def each():
    return {"argvalues": CASES, "ids": str}


def furnish(sim):
    """Nothing but places, and in each of them the resource `other-1`."""
    harness.reset(sim)
    sim.add_urocketmq_service("urmq-2")
    sim.add_rocketmq_instance("rmq-2")
    for case in CASES:
        for elsewhere in (False, True):
            case.add(sim, "other-1", elsewhere=elsewhere)
    sim.counting.reset()


def writes(sim):
    return sum(sim.counters[kind] for kind in ("create", "write", "delete"))


dump = harness.dump
