# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access as a sheet for reviewers: one line for each row of access, with empty cells for a decision."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from .._redaction import printable
from . import rendering, report, words
from .model import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The byte order mark, which tells spreadsheets that the file is UTF-8; it is not part of the first cell.
MARK = "\ufeff"
OF_PRINCIPAL = ("name", "type", "identity", "owner", "reason", "ticket", "created", "expires", "declared")
OF_ROW = ("action", "resource", "condition", "because", "certainty", "assumption")
OF_REVIEWER = ("reviewer", "decision", "date", "note")
COLUMNS = ("system", "scope", "principal", *OF_PRINCIPAL, "findings", *OF_ROW, *OF_REVIEWER)
# A cell that begins with one of these characters is a formula. Some programs split at other characters than commas, also
# within quotes, and some treat full-width characters as the ordinary ones.
FORMULA = re.compile("(^|[,;|\t])([\\s'\"]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
YES_NO = {True: "yes", False: "no"}


def sheet(data: Any) -> str:
    """The text of the sheet. Principals that hold nothing, and scopes not read whole, have a line without an action."""
    data = report.checked(data, "the data")
    made = io.StringIO()
    writer = csv.writer(made, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    empty = [""] * len(OF_REVIEWER)
    writer.writerows(line + empty for line in _lines(data))
    return MARK + made.getvalue()


def cell(value: Any) -> str:
    """``value`` as text that no spreadsheet computes: an apostrophe is put before what would be a formula."""
    text = "" if value is None else YES_NO[value] if isinstance(value, bool) else printable(str(value))
    return FORMULA.sub(r"\1\2'", text)


def _lines(data: Mapping[str, Any]) -> Iterator[list[str]]:
    for scope in data["scopes"]:
        if not scope["complete"]:
            problem = "not read, or not whole: {}".format(scope["problem"] or "no reason was given")
            known = {"system": scope["system"], "scope": scope["scope"], "certainty": "unknown", "assumption": problem}
            yield [cell(known.get(column)) for column in COLUMNS[: -len(OF_REVIEWER)]]
    found: dict[tuple[str, ...], set[str]] = {}
    for finding in data["findings"]:
        accepted = " (accepted)" if finding["accepted"] else ""
        found.setdefault(rendering.place(finding)[:3], set()).add(finding["id"] + accepted)
    access: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in data["access"]:
        access.setdefault(key_of(row), []).append(row)
    for principal in data["principals"]:
        key = key_of(principal)
        own = [*key, *(principal[column] for column in OF_PRINCIPAL), " ".join(sorted(found.get(key, ())))]
        cells = [cell(value) for value in own]  # once for all rows
        for row in access.get(key, [{}]):
            yield cells + [cell(value) for value in _row(row)]


def _row(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The columns OF_ROW of a row of access; empty ones for an empty row."""
    if not row:
        return (None,) * len(OF_ROW)
    where, limits, why = words.where(row["resource"]), words.limits(row["condition"]), words.why(row)
    return row["action"], where, limits, why, row["certainty"], row["assumption"]
