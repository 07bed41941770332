# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What commands measure: reports, which the site shows, and the parts of documents that a command writes."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A session works in a copy of the collection, and says where the reports of the working tree are.
REPORTS = Path(os.environ.get("GRANTOPS_REPORTS") or ROOT / "build" / "reports")


def keep(command: str, *parts: str) -> None:
    """Keep, and print, what ``make command`` has measured; `make docs` puts it into docs/reliability.md's page."""
    text = "\n\n".join(part.strip() for part in parts) + "\n"
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / f"{command}.md").write_text(text, encoding="utf-8")
    print(f"\n{text}")


def marks(document: Path, command: str) -> tuple[str, str]:
    """The comments around the text that `command` writes."""
    comment = ".. {}: {}" if document.suffix == ".rst" else "<!-- {}: {} -->"
    return comment.format("begin", command), comment.format("end", command)


def write(document: Path, command: str, text: str) -> None:
    """Replace what stands between the marks of ``command``; a document without them is an error."""
    begin, end = marks(document, command)
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _old, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{document.name} has no {begin} … {end}")
    document.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")


def read(document: Path, command: str) -> str:
    """What ``command`` wrote last."""
    begin, end = map(re.escape, marks(document, command))
    match = re.search(f"{begin}\n(.*?)\n{end}", document.read_text(encoding="utf-8"), re.DOTALL)
    return match.group(1).strip() if match else ""


def table(head: list[str], rows: list[list[object]]) -> str:
    """A Markdown table; numbers stand right."""
    right = [bool(rows) and all(isinstance(row[at], (int, float)) for row in rows) for at in range(len(head))]
    lines = [head, ["---:" if numeric else "---" for numeric in right], *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def circumstances(*packages: str) -> str:
    """When and with what something was measured."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    python = f"Python {platform.python_version()}"
    day = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return f"Measured {day} on {os.cpu_count()} cores, {', '.join([python, *versions])}."
