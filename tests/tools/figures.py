# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what `make fuzz` and `make secrets` counted into docs/reliability.md.

figures.py fuzz|secrets FOLDER: the folder holds one JSON object of counts for each process that ran tests.
"""

from __future__ import annotations

import collections
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import report

PACKAGES = ("ansible-core", "hypothesis", "requests")


def counted(folder: Path) -> collections.Counter[str]:
    total: collections.Counter[str] = collections.Counter()
    for file in sorted(folder.glob("*.json")):
        total.update(json.loads(file.read_text(encoding="utf-8")))
    if not total:
        raise SystemExit(f"Nothing was counted in {folder}: the tests did not run.")
    return total


def below(total: collections.Counter[str], prefix: str) -> list[list[object]]:
    return [[name.removeprefix(prefix), number] for name, number in sorted(total.items()) if name.startswith(prefix)]


def fuzz(total: collections.Counter[str]) -> str:
    kinds = [[f"bad values, type {kind}", number] for kind, number in below(total, "bad ")]
    names = {"duplicates": "lists with a key twice", "odd names": "odd names", "odd values": "odd values"}
    kinds += [[text, total[key]] for key, text in names.items()]
    kinds.append(["requests signed, compared with both official SDKs", total["signatures"]])
    answers = below(total, "answer of ")
    tried = sum(number for _name, number in answers)
    wrong = total["answers, wrong"]
    return "\n\n".join(
        [
            "Every option of every module is given values of wrong types, out of range, with control characters, very "
            "long, in look-alike letters, and names such as `..`, `a/b` and `%2F`. A bad task is refused by the name of "
            "its option before anything is sent; a new name that is a template which was not filled in, before anything "
            "is written. An odd value that is right arrives exactly as it was written.",
            report.table(["tried", "examples"], kinds),
            f"Each place of each answer was taken away, made null, retyped, or put deep or large: {tried} answers. "
            f"{total['answers, refused']} ended in a clear error, {total['answers, tolerated']} made no difference to "
            f"what was written and returned, and {wrong} were believed. Never was something that differs called "
            "unchanged, or a permission lost.",
            report.table(["wrong answers of", "tried"], answers),
            report.circumstances(*PACKAGES),
        ]
    )


def secrets(total: collections.Counter[str]) -> str:
    from tools import secret_scan

    number = len(secret_scan.planted())
    runs, files, size = (total[f"secrets, {name}"] for name in ("runs", "files", "bytes"))
    return "\n\n".join(
        [
            "Playbooks ran with `-vvvv`, `ANSIBLE_KEEP_REMOTE_FILES`, a log file, the callbacks `junit`, one for "
            "profiling and JSON, a cache of facts in files, answers that repeat the request, and tracebacks of Ansible, "
            "in the worker and as modules. All that they printed and left on disk was searched for the secrets of both "
            f"simulated clouds ({number} of the simulator, and each one that was made meanwhile): "
            f"{', '.join(secret_scan.FORMS)}.",
            report.table(["runs", "texts and files", "bytes", "found"], [[runs, files, size, 0]]),
            report.circumstances(*PACKAGES),
        ]
    )


def main() -> None:
    command, folder = sys.argv[1:]
    text = {"fuzz": fuzz, "secrets": secrets}[command](counted(Path(folder)))
    report.write(report.RELIABILITY, f"make {command}", text)
    print(text)


if __name__ == "__main__":
    main()
