# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what `make fuzz` and `make secrets` counted into reports: figures.py fuzz|secrets FOLDER.

The folder holds one JSON object of counts for each process that ran tests.
"""

from __future__ import annotations

import collections
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import report, secret_scan


def below(total: collections.Counter[str], prefix: str) -> list[list[object]]:
    """What was counted under names that begin with this."""
    return [[name.removeprefix(prefix), number] for name, number in sorted(total.items()) if name.startswith(prefix)]


def fuzz(total: collections.Counter[str]) -> list[str]:
    rows = [[f"bad values, type {kind}", number] for kind, number in below(total, "bad ")]
    names = {"duplicates": "lists with a key twice", "odd names": "odd names", "odd values": "odd values"}
    rows += [[text, total[key]] for key, text in names.items()]
    rows.append(["requests signed, compared with both official SDKs", total["signatures"]])
    outcomes = [f"{total[f'answers, {outcome}']} {outcome}" for outcome in ("refused", "tolerated", "wrong")]
    answers = report.table(["wrong answers of", "tried"], below(total, "answer of "))
    return [report.table(["tried", "examples"], rows), f"Wrong answers: {', '.join(outcomes)}.", answers]


def secrets(total: collections.Counter[str]) -> list[str]:
    looked = [total[f"secrets, {name}"] for name in ("runs", "files", "bytes")]
    return [
        f"{len(secret_scan.planted())} secrets of the simulator, and each one that was made meanwhile, as these: "
        f"{', '.join(secret_scan.FORMS)}.",
        report.table(["runs", "texts and files", "bytes", "found"], [[*looked, 0]]),
    ]


def main(command: str, folder: str) -> None:
    total: collections.Counter[str] = collections.Counter()
    for file in Path(folder).glob("*.json"):
        total.update(json.loads(file.read_text(encoding="utf-8")))
    if not total:
        raise SystemExit(f"Nothing was counted in {folder}: the tests did not run.")
    parts = {"fuzz": fuzz, "secrets": secrets}[command](total)
    report.keep(command, *parts, report.circumstances("ansible-core", "hypothesis", "requests"))


if __name__ == "__main__":
    main(*sys.argv[1:])
