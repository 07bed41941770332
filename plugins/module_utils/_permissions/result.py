# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run of grants did or would do, grant by grant, and the same as a table."""

from __future__ import annotations

from .._redaction import printable
from .._schema.resource import NONE, UPDATE

FIELDS = ("system", "service_id", "instance_id", "principal", "setup", "state")


def result(systems, grants, plans, outputs):
    """One row a grant, of the systems that were planned, in the order of the grants.

    ``outputs`` holds by system what its module returned for the plan's entries; a system without
    changes needs none.
    """
    rows = []
    for name, made in plans.items():
        system, output = systems[name], outputs.get(name) or []
        for subject in made["subjects"]:
            before = subject["before"]
            after, changed = _after(system, subject, output)
            for index in subject["grants"]:
                raw = grants[index].raw
                row = {field: raw.get(field) for field in FIELDS if field in raw}
                row["state"] = raw.get("state", "present")
                row.update(index=index, before=before, now=after, action=subject["action"], changed=changed)
                if name == "huaweicloud_roma":
                    _only_topics(row, subject, set(grants[index].permission))
                row["before_text"], row["now_text"] = _words(system, row["before"]), _words(system, row["now"])
                rows.append(row)
    return sorted(rows, key=lambda row: row["index"])


def _after(system, subject, output):
    """What the principal holds now, and whether that is new."""
    before, entries = subject["before"], subject["entries"]
    if system.name != "huaweicloud_roma":
        if not entries:
            return before, False
        row = output[entries[""]]
        return {key: row[key] for key in system.fields if key in row}, True
    after = dict(before)
    for topic, position in entries.items():
        rows = [row for row in output[position]["policies"] if row["app_name"] == subject["app"]]
        after[topic] = (
            {key: rows[0][key] for key in before[topic] or ("access_policy", "tag", "owner")} if rows else None
        )
    return after, bool(entries)


def _only_topics(row, subject, topics):
    """A grant's own topics; what `exact` takes away elsewhere is shown with the first grant."""
    if row["index"] == subject["grants"][0]:
        topics = topics | {topic for topic in subject["entries"] if not row["now"][topic]}
    for key in ("before", "now"):
        row[key] = {topic: held for topic, held in row[key].items() if topic in topics}
    row["changed"] = row["before"] != row["now"]
    row["action"] = UPDATE if row["changed"] else NONE


def _words(system, shown):
    if shown is None:
        return "does not exist"
    if system.name == "huaweicloud_roma":
        shown = {topic: row for topic, row in shown.items() if row}
    return printable(system.words(shown))


def table(rows, width=48):
    """Lines of a table: grant, now, desired, action."""
    cells = [("grant", "now", "desired", "action")]
    for row in rows:
        who = row["principal"]
        if isinstance(who, dict):
            who = ", ".join(str(name) for name in who.values())
        where = row.get("service_id") or row.get("instance_id")
        absent = " (absent)" if row["state"] == "absent" else ""
        grant = printable(
            "[{}] {}{}: {} {}{}".format(
                row["index"], row["system"], f" {where}" if where else "", who, row["setup"], absent
            )
        )
        desired = row["now_text"] if row["changed"] else "the same"
        cells.append((grant, row["before_text"], desired, row["action"]))
    wrapped = [[_wrap(text, width) for text in line] for line in cells]
    widths = [max(len(part) for line in wrapped for part in line[column]) for column in range(4)]
    lines = []
    for number, line in enumerate(wrapped):
        for depth in range(max(len(cell) for cell in line)):
            parts = [cell[depth] if depth < len(cell) else "" for cell in line]
            lines.append("  ".join(part.ljust(size) for part, size in zip(parts, widths)).rstrip())
        if number == 0:
            lines.append("  ".join("-" * size for size in widths))
    return lines


def _wrap(text, width):
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("  " + word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines
