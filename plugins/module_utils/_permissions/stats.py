# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run leaves for a next job: which grants drifted, which were changed, and what was refused.

Made from whatever there is when a run ends, also when it ended early: plans may be missing, and of a list
that was written in part only what its module says was written counts.
"""

from __future__ import annotations

from .._schema.resource import DELETE
from .result import FIELDS


def stats(systems, grants, plans, foreseen, written, problems, host=None):
    """``{"permissions_drifted", "permissions_changed", "permissions_refused"}``: lists of plain data.

    ``foreseen`` holds by system the deletions that were planned, ``written`` what the module returned that
    wrote (nothing for a system that was not reached), and ``problems`` texts, or a system and a text.
    """
    drifted, changed = [], []
    for name, plan in plans.items():
        system, done = systems[name], _done(written.get(name))
        own, others = _matched([_names(system, entry) for entry in plan["entries"]], done)
        for subject in plan["subjects"]:
            for index, positions in _positions(subject, grants):
                if positions:
                    row = _row(host, grants[index], index, subject["action"])
                    drifted.append(row)
                    if any(own[position] for position in positions):
                        changed.append(row)
        drifted += [_deletion(host, system, row) for row in foreseen.get(name) or ()]
        changed += [_deletion(host, system, row) for row in others]
    return {
        "permissions_drifted": sorted(drifted, key=_order),
        "permissions_changed": sorted(changed, key=_order),
        "permissions_refused": [_refused(host, problem) for problem in problems],
    }


def _done(output):
    """Names of what was written, of a result that may be a failure."""
    output = output or {}
    if output.get("failed"):
        return (output.get("error") or {}).get("written") or []
    return [row for row in output.get("changes") or () if row.get("action") != "none"]


def _names(system, row):
    return {name.option: row[name.option] for name in system.resource.names if row.get(name.option)}


def _matched(entries, done):
    """Whether each entry is among what was done, and what was done for none of them.

    An entry may have fewer names than the row that says it was done. Entries differ in few ways, so each way is
    looked up in a table of its own: a long list takes no longer than its length.
    """
    own, used = [False] * len(entries), set()
    by_shape = {}
    for position, entry in enumerate(entries):
        by_shape.setdefault(tuple(sorted(entry)), []).append(position)
    for shape, positions in by_shape.items():
        rows = {tuple(row.get(option) for option in shape): number for number, row in enumerate(done)}
        for position in positions:
            number = rows.get(tuple(entries[position][option] for option in shape))
            if number is not None:
                own[position] = True
                used.add(number)
    return own, [row for number, row in enumerate(done) if number not in used]


def _positions(subject, grants):
    """Where in the module's list each grant's own part of its principal is."""
    entries = subject["entries"]
    if set(entries) <= {""}:
        return [(index, list(entries.values())) for index in subject["grants"]]
    topics = [(index, set(grants[index].get("topics") or ())) for index in subject["grants"]]
    # What no grant of the principal names, and is taken away, is told once.
    rest = set(entries).difference(*(named for _unused, named in topics))
    found = []
    for index, named in topics:
        found.append((index, [entries[topic] for topic in sorted((named & set(entries)) | rest)]))
        rest = set()
    return found


def _row(host, grant, index, action):
    row = {field: grant[field] for field in FIELDS if grant.get(field) is not None}
    return dict(row, host=host, index=index, action=action)


def _deletion(host, system, row):
    names = _names(system, row)
    found = {"system": system.name, "host": host, "index": None, "action": DELETE}
    if system.scope:
        found[system.scope] = names.pop(system.scope, None)
    principal = [names[key] for key in system.principals if names.get(key)]
    return dict(found, principal=principal[0] if principal else None)


def _refused(host, problem):
    system, text = problem if isinstance(problem, (list, tuple)) else (None, problem)
    return {"host": host, "system": system, "message": text}


def _order(row):
    return (row["index"] is None, row["index"] or 0)
