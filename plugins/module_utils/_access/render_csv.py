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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Tells spreadsheets that the file is UTF-8, and is no part of the first cell.
MARK = "\ufeff"
OF_PRINCIPAL = ("name", "type", "identity", "owner", "reason", "ticket", "created", "expires")
OF_REVIEWER = ("reviewer", "decision", "date", "note")
COLUMNS = (
    ("system", "scope", "principal")
    + OF_PRINCIPAL
    + ("declared", "action", "resource", "condition", "because", "certainty", "assumption", "findings")
    + OF_REVIEWER
)
# A cell that begins so is a formula. Some programs split at other signs than commas, also within quotes, and some take
# full-width signs for the ordinary ones.
FORMULA = re.compile("(^|[,;|\t])([\\s'\"]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
YES_NO = {True: "yes", False: "no"}


def sheet(data: Any) -> str:
    """Text of the sheet. A principal that holds nothing has a line without an action, a scope that was not read whole too."""
    data = report.checked(data, "the data")
    made = io.StringIO()
    writer = csv.DictWriter(made, COLUMNS, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(data):
        writer.writerow({column: cell(value) for column, value in row.items()})
    return MARK + made.getvalue()


def cell(value: Any) -> str:
    """``value`` as a spreadsheet shows it and never computes it: an apostrophe before what would be a formula."""
    text = "" if value is None else YES_NO[value] if isinstance(value, bool) else printable(str(value))
    return FORMULA.sub(r"\1\2'", text)


def _rows(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for scope in data["scopes"]:
        if not scope["complete"]:
            yield {
                "system": scope["system"],
                "scope": scope["scope"],
                "certainty": "unknown",
                "assumption": "not read, or not whole: {}".format(scope["problem"] or "no reason was given"),
            }
    found: dict[tuple[str, ...], set[str]] = {}
    for finding in data["findings"]:
        if finding.get("principal"):
            accepted = " (accepted)" if finding.get("accepted") else ""
            found.setdefault(rendering.place(finding)[:3], set()).add(finding["id"] + accepted)
    access: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in data["access"]:
        access.setdefault((row["system"], row["scope"], row["principal"]), []).append(row)
    for principal in data["principals"]:
        key = (principal["system"], principal["scope"], principal["id"])
        own = dict(zip(("system", "scope", "principal"), key))
        own.update({column: principal.get(column) for column in OF_PRINCIPAL + ("declared",)})
        own["findings"] = " ".join(sorted(found.get(key, ())))
        rows = access.get(key)
        if not rows:
            yield own
        for row in rows or ():
            yield dict(
                own,
                action=row["action"],
                resource=words.where(row["resource"]),
                condition=words.limits(row["condition"]),
                because=words.why(row),
                certainty=row["certainty"],
                assumption=row["assumption"],
            )
