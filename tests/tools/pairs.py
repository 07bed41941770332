# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test every supported pair of ansible-core and Python, with the oldest and the newest `requests`.

make test-matrix                              everything, about four minutes a line
make test-matrix ARGS="--only 2.19"           what has this in the name of its session
make test-matrix ARGS=--resume                go on where the last run was interrupted
make test-matrix ARGS=--report                only write what the runs with --only have shown
make test-matrix ARGS=--brief                 integration tests by the two broadest targets only, a minute a line

What came out goes into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import home, pythons, report, run, versions
from tools.junit import count, failures

COMMAND = "make test-matrix"
KEPT = run.WORK / "matrix.json"
# What --brief leaves of the integration tests: every module of both groups, and the role on all four systems
BROAD = "module_defaults role_permissions"
FOUND = pythons.find()


def in_turns() -> list[tuple[str, str, str]]:
    """All cells; an early end leaves every pair tested with one `requests`, and about half of them with each."""
    every = versions.cells()
    first = [cell for at, cell in enumerate(every) if at % 4 in (0, 3)]
    return first + [cell for cell in every if cell not in first]


def parts(name: str, good: bool) -> dict[str, list[int]]:
    """Passed, failed and skipped in the unit and the integration tests of a session."""
    result = {}
    for part in ("units", "integration"):
        passed, failed, skipped = count(run.RESULTS / name / part)
        # The session's own status decides: Ansible reports a task whose failure was rescued as failed too.
        result[part] = [passed + failed, 0, skipped] if good else [passed, failed, skipped]
    return result


def test(cell: tuple[str, str, str], brief: bool) -> dict:
    """Run one session, and say how it went."""
    name = versions.session(*cell)
    os.environ["PAIR_TARGETS"] = BROAD if brief else ""
    started = time.monotonic()
    status = run.nox(["--session", name])
    counted = parts(name, not status)
    day = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    bad = failures(run.RESULTS / name) if status else []
    return {
        "ok": not status,
        "seconds": round(time.monotonic() - started),
        "day": day,
        "failures": bad,
        "brief": brief,
        **counted,
    }


def newest_on_index(prerelease: bool) -> str:
    """The newest ansible-core that the package index has, or nothing where it cannot be asked."""
    uv = Path(sys.executable).with_name("uv")
    kind = "allow" if prerelease else "disallow"
    command = [uv, "pip", "compile", "--quiet", "--no-deps", "--no-header", "--no-annotate", "--prerelease", kind]
    try:
        done = subprocess.run(
            [*command, "--python-version", "3.14", "-"],
            input="ansible-core",
            env={**os.environ, **home.uv_variables()},
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip().partition("==")[2]


def others(released: str, newest: str) -> list[str]:
    """What is said about versions that are not in the table."""
    lines = []
    if released and versions.number(released)[:2] > versions.number(versions.NEWEST_CORE):
        lines.append(f"ansible-core {released} is released and **not tested**.")
    if newest != released:
        lines.append(
            f"ansible-core {newest} is on the index and not released yet, so it is not supported and not here."
        )
    if not released:
        lines.append("Whether there is a newer ansible-core could not be asked.")
    return lines


def row(cell: tuple[str, str, str], outcome: dict) -> list[object]:
    core, python, which = cell
    version = versions.pinned("ansible-core", f"ansible-core-{core}")
    library = versions.pinned("requests", versions.requests_file(which))
    said = ["{} passed, {} failed, {} skipped".format(*outcome[part]) for part in ("units", "integration")]
    said[1] += " (two targets)" if outcome.get("brief") else ""
    target = versions.oldest_target(core, FOUND) or "none found"
    result = "passed" if outcome["ok"] else "**failed**"
    return [version, python, target, library, *said, result, outcome["day"], outcome["seconds"]]


def text(outcomes: dict[str, dict], notes: list[str]) -> str:
    """The section of docs/reliability.md."""
    head = ["ansible-core", "Python", "target Python", "requests", "unit", "integration", "result", "day", "s"]
    cells = versions.cells()
    rows = [row(cell, outcomes[versions.session(*cell)]) for cell in cells if versions.session(*cell) in outcomes]
    absent = {(core, python) for core, python, _which in cells if python not in FOUND}
    skipped = [f"ansible-core {core} on Python {python}: no Python {python} on this machine" for core, python in absent]
    not_run = [
        f"ansible-core {core} on Python {python} with the {which} requests: not run"
        for core, python, which in cells
        if python in FOUND and versions.session(core, python, which) not in outcomes
    ]
    lines = [
        "Unit tests and integration tests against the simulator on every supported pair of ansible-core and Python that",
        "this machine has, with the oldest and the newest `requests`. Among the unit tests are the functional ones whose",
        "outcome depends on versions; there every module also runs on another host, whose Python is the oldest found that",
        "this ansible-core allows and which has the oldest `requests`. Where two targets are named, the integration tests",
        f"are those of `{BROAD.replace(' ', '` and `')}` alone.",
        "",
        report.circumstances(),
        "",
        report.table(head, rows),
        "",
        "Skipped:" if skipped or not_run else "No pair was skipped.",
        "",
        *(f"- {line}." for line in sorted(skipped) + not_run),
        "",
        *notes,
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], help="part of the name of a session, like 2.19-3.12")
    parser.add_argument("--resume", action="store_true", help="keep what has passed before")
    parser.add_argument("--brief", action="store_true", help="integration tests by the two broadest targets only")
    parser.add_argument("--report", action="store_true", help="test nothing, write what has passed before")
    parser.add_argument("--list", action="store_true", help="only print the names of the sessions")
    options = parser.parse_args()
    chosen = [
        cell for cell in in_turns() if not options.only or any(part in versions.session(*cell) for part in options.only)
    ]
    if options.list:
        print("\n".join(versions.session(*cell) for cell in chosen))
        return 0
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if (options.resume or options.report) and KEPT.exists() else {}
    outcomes = {name: outcome for name, outcome in kept.items() if outcome["ok"]}
    for cell in [] if options.report else chosen:
        name = versions.session(*cell)
        if cell[1] not in FOUND or name in outcomes:
            continue
        outcomes[name] = test(cell, options.brief)
        KEPT.write_text(json.dumps(outcomes, indent=1), encoding="utf-8")
    released, newest = newest_on_index(prerelease=False), newest_on_index(prerelease=True)
    written = text(outcomes, others(released, newest))
    print("\n" + written)
    if not options.only:
        report.write(report.RELIABILITY, COMMAND, written)
    bad = [name for name, outcome in outcomes.items() if not outcome["ok"]]
    for name in bad:
        print(f"\n{name} failed. To run it alone:  make test SESSIONS={name}")
        print("\n".join(f"  {test}" for test in outcomes[name]["failures"][:10]))
    return 1 if bad or "**not tested**" in written else 0


if __name__ == "__main__":
    sys.exit(main())
