# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of `permissions` for people: what changes, line by line, and a sentence that counts it all."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Optional, Tuple

from .._redaction import printable
from .run import FAILED, WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Line = Tuple[str, Optional[str]]  # a text, and a colour of Ansible's

CHANGES, ALL, UNMANAGED, NOTHING = "changes", "all", "unmanaged", "none"
MARKS = {"create": "+", "update": "~", "none": " "}
COLOURS = {"create": "green", "update": "yellow", "failed": "red", "refused": "red"}
NARROWEST = 40  # characters


def lines(result: Mapping[str, Any], show: str, width: int, done: bool) -> Iterator[Line]:
    """Yield ``(text, colour)`` of each line, at most ``width`` wide where its words allow it.

    ``result`` is that of the module; ``colour`` is a name of Ansible's or ``None``; ``done``: everything was written.
    """
    width, failed = max(width, NARROWEST), bool(result.get("failed"))
    if show == NOTHING:
        return
    for row in result["grants"]:
        if (row["action"] != "none" and "before_text" in row) or row["status"] == "refused" or show == ALL:
            yield from _grant(row, failed, width)
    for row in result["deleted"]:
        end = f"  [{row['status']}]" if failed else ""
        yield from _lines(
            f"- {_who(row)}{_id(row)}{end}", [f"{row['permissions']}  ->  gone, no grant names it"], width, "red"
        )
    if show == UNMANAGED:
        for row in result.get("unmanaged") or ():
            yield from _lines(f"? {_who(row)}{_id(row)}", [row["permissions"]], width, None)
    yield summary(result, done), None


def _grant(row: dict[str, Any], failed: bool, width: int) -> Iterator[Line]:
    state = " (absent)" if row.get("state") == "absent" else ""
    end = f"  [{row['status']}]" if failed else ""
    setup = f": {row['setup']}" if "setup" in row else ""  # not where a grant is no mapping, or names no set-up
    head = f"{MARKS[row['action']]} {_who(row)}{setup}{state}{end}"
    body: list[str] = []
    if "now_text" in row:  # not where another grant was refused
        changes = row["action"] not in ("create", "none") and row["now_text"] != row["before_text"]
        whole = f"{row['before_text']}  ->  {row['now_text']}" if changes else row["now_text"]
        parts = [f"{key}: {row[key]}" for key in ("gains", "loses") if row.get(key)]
        # Where both do not fit in a line, what is gained and lost is easier to read.
        body.extend(parts if changes and parts and len(whole) + 4 > width and row["status"] != FAILED else [whole])
    body.extend(row.get("problems", ()))
    if row.get("holds_more") and row["action"] == "none":
        body.append(f"holds more: {row['holds_more']}")
    yield from _lines(head, body, width, COLOURS.get(row["status"]) or COLOURS.get(row["action"]))


def _lines(head: str, body: Sequence[str], width: int, colour: str | None) -> Iterator[Line]:
    yield from ((text, colour) for text in _wrapped(printable(head), width, ""))
    for part in body:
        yield from ((text, colour) for text in _wrapped(printable(part), width, "    "))


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent + "    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _who(row: dict[str, Any]) -> str:
    principal = row.get("principal") or next(
        (row[key] for key in ("token_name", "name", "user_name", "token_id") if row.get(key)), "?"
    )
    if isinstance(principal, dict):
        principal = next(iter(principal.values()))
    scope = row.get("service_id") or row.get("instance_id")
    return " ".join(str(part) for part in (row.get("system"), scope, principal) if part)


def _id(row: Mapping[str, Any]) -> str:
    """The id of a token, since others may have its name."""
    return f" ({row['token_id']})" if row.get("token_id") and (row.get("token_name") or row.get("name")) else ""


def summary(result: Mapping[str, Any], done: bool) -> str:
    """One sentence, such as `1 to update, 0 to create, 0 to delete, 399 as declared`."""
    counts = result["counts"]
    if result.get("failed") and not any("before_text" in row for row in result["grants"]):
        return f"Nothing was written: {counts['refused']} refused, {counts['not_tried']} not tried"
    # After a failure, what has neither failed nor was not tried was written before.
    done = done or any(row["status"] == WRITTEN for row in [*result["grants"], *result["deleted"]])
    form = "{} {}d" if done else "{} to {}"
    parts = [form.format(counts[action], action) for action in ("update", "create", "delete")]
    more = f" ({counts['hold_more']} hold more)" if counts["hold_more"] else ""
    parts.append(f"{counts['unchanged']} as declared{more}")
    parts.extend(f"{counts[key]} {key.replace('_', ' ')}" for key in ("failed", "not_tried", "refused") if counts[key])
    if counts["unmanaged"]:
        parts.append(f"{counts['unmanaged']} principal{'s' if counts['unmanaged'] > 1 else ''} that no grant names")
    return ", ".join(parts)
