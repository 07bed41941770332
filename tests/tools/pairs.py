# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test every supported pair of ansible-core and Python with the oldest and the newest `requests`: make test-matrix.

make test-matrix                     all pairs that this machine has a Python for, some minutes each
make test-matrix ARGS="2.19 3.13"    those with one of these in the name of their session
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import pythons, report, run, versions
from tools.junit import count

HEAD = ["ansible-core", "Python", "target Python", "requests", "unit", "integration", "result"]


def row(cell: tuple[str, str, str], result: str, found: dict[str, Path]) -> list[object]:
    """What is said of one pair."""
    core, python, which = cell
    version = versions.pinned("ansible-core", f"ansible-core-{core}")
    library = versions.pinned("requests", versions.requests_file(which))
    folder = run.RESULTS / versions.session(*cell)
    said = ["{} passed, {} failed, {} skipped".format(*count(folder / part)) for part in ("units", "integration")]
    return [version, python, versions.oldest_target(core, found) or "none found", library, *said, result]


def main() -> int:
    cells = {versions.session(*cell): cell for cell in versions.cells()}
    chosen = [name for name in cells if not sys.argv[1:] or any(part in name for part in sys.argv[1:])]
    status = run.main(chosen)
    results, found = run.results(), pythons.find()
    rows = [row(cells[name], result, found) for name, result in results.items()]
    report.keep("test-matrix", report.circumstances(), report.table(HEAD, rows))
    return status


if __name__ == "__main__":
    sys.exit(main())
