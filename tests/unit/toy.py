# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small resource that lives in memory, for the parts that know no provider."""

from __future__ import annotations

from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types
from ansible_collections.grantops.cloud.plugins.module_utils._schema import resource
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Desired, Field, Name, Others, State
from ansible_collections.grantops.cloud.plugins.module_utils._transport import pagination


class Provider:
    title = "Toys"
    name = "toys"
    mutually_exclusive = []


TOY = resource.Resource(
    name="toy",
    plural="toys",
    label="toy",
    provider=Provider,
    operation="UpdateToy",
    identity=(Name("id"),),
    fields=(
        Field("text", field_types.Text(), "Text"),
        Field("set", field_types.TextSet(), "Set"),
        Field("rows", field_types.Keyed("name", (Field("perm", field_types.Text(), "perm"),)), "Rows"),
        Field("note", field_types.Text(), "Note", fill=False),
        Field("secret", field_types.Secret(), "Secret", fill=False),
    ),
    missing_hint="Check id.",
    ignored_hint="Toys ignore things.",
)


class ToyAPI(resource.ResourceAPI):
    resource = TOY

    def read(self, desired, full=False):
        return self.client.read([entry.names["id"] for entry in desired])

    def update(self, changes):
        self.client.write(changes)


class Box:
    """A client that holds toys by id; ``on_write`` and ``on_read`` may interfere."""

    concurrency = 1

    def __init__(self, **toys):
        self.toys = {key: dict(values) for key, values in toys.items()}
        self.stopped = False
        self.writes = []
        self.reads = []
        self.on_write = lambda ids: None
        self.on_read = lambda ids: None

    def each(self, function, items):
        return pagination.each(self.concurrency, function, items, self.stop)

    def forget(self):
        pass

    def stop(self):
        self.stopped = True

    def read(self, ids):
        self.reads.append(ids)
        self.on_read(ids)
        return [State({"id": key}, dict(self.toys[key])) if key in self.toys else Others() for key in ids]

    def write(self, changes):
        ids = [change.names["id"] for change in changes]
        self.writes.append(ids)
        self.on_write(ids)
        for change in changes:
            self.toys[change.names["id"]] = dict(change.planned)


def toy(**values):
    return dict({"text": "t", "set": ("a",), "rows": {}}, **values)


def desired(number=1, purge=True, **values):
    """What a task asks of the toy ``n<number>``."""
    return Desired(f"toys[{number}]", {"id": f"n{number}"}, values, purge)
