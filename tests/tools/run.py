# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run nox sessions side by side, and say of each how it went, how long it took and how to run it alone.

run.py [test | test-all | lint | SESSION ...] [-- ARGUMENT ...]
run.py test-matrix [PART ...]     every supported pair of ansible-core and Python, with the oldest and the newest `requests`,
                                  or those with one of these parts in their name, such as 2.19 3.13; with a report

The last line says how many tests passed and failed; a session without tests counts as one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import pythons, report, versions

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".nox"
RESULTS = WORK / "results"
# The longest first, so that no processor is idle at the end
LINT = ["ansible-lint", "docs-check", "build-import-check", "license-check", "yamllint", "extra-checks"]
LINT += ["antsibull-nox-config", "ruff", "mypy", "github"]
TEST = ["tests", "integration", "oldest", "platform", "sanity", "chaos", "units", "browser", "sanity-oldest", "docs"]
# Galaxy looks at the artifact in `make lint` and `make test-all`.
TEST += [name for name in LINT if name != "build-import-check"]
ALL = ["tests-all", "tests-all-oldest", "integration", "integration-oldest", "chaos-long", "platform", "sanity-all"]
ALL += ["sanity-all-oldest", "units", "ansible-units", "ansible-units-oldest", "browser", "docs", *LINT]


def sessions(name: str) -> list[str]:
    """What the name of a group stands for, or else a session."""
    if name == "test-all":
        # With the oldest pair of ansible-core and Python that this machine has, and the oldest `requests`
        return [*ALL, versions.session(*versions.oldest_pair(pythons.find()), "oldest")]
    return {"lint": LINT, "test": TEST}.get(name, [name])


def descendants(pid: int) -> list[int]:
    """All processes below one: Ansible's workers are in sessions of their own, out of reach for its group."""
    listed = subprocess.run(["ps", "-Ao", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for parent in found:  # which grows meanwhile
        found += [child for child, its_parent in pairs if its_parent == parent]
    return found[1:]


def nox(arguments: list[str]) -> int:
    """Run nox in a process group of its own, so that stopping it stops all it has started."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("nox"), *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return process.wait()
    except KeyboardInterrupt:
        started = descendants(process.pid)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                os.killpg(process.pid, number)
                process.wait(8)
        for pid in started:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        print("\nInterrupted. All that was started has been stopped.", file=sys.stderr)
        sys.exit(130)


def outcomes(folder: Path) -> tuple[list[str], list[str], list[str]]:
    """The names of the tests that passed, failed and were skipped, from the JUnit files in and below a folder."""
    found: tuple[list[str], list[str], list[str]] = ([], [], [])
    for path in sorted(folder.rglob("*.xml")):
        for case in ET.parse(path).iter("testcase"):
            tags = {child.tag for child in case}
            kind = 1 if tags & {"failure", "error"} else 2 if "skipped" in tags else 0
            found[kind].append(f"{case.get('classname', '')} {case.get('name', '')}".strip())
    return found


def counts(name: str, result: str) -> tuple[int, int, int]:
    """How many tests of a session passed, failed and were skipped; without tests, it is one itself."""
    passed, failed, skipped = map(len, outcomes(RESULTS / name))
    if result == "success":
        # The session's own status decides: Ansible reports a task whose failure was rescued as failed too.
        return passed + failed or int(not skipped), 0, skipped
    return (0, 0, skipped + 1) if result == "skipped" else (passed, failed or 1, skipped)


def results() -> dict[str, str]:
    """The sessions that ran last, each with success, skipped, failed or aborted."""
    file = RESULTS / "report.json"
    return {done["name"]: done["result"] for done in json.loads(file.read_text())["sessions"]} if file.exists() else {}


def matrix(parts: list[str]) -> int:
    """Run the pairs and keep a report; the exit status."""
    status = run([name for name in versions.sessions() if not parts or any(part in name for part in parts)], [])
    rows, found = [], pythons.find()
    for name, result in results().items():
        _pair, core, python, which = name.split("-")
        pins = [("ansible-core", f"ansible-core-{core}"), ("requests", versions.requests_file(which))]
        version, library = (versions.pinned(*pin) for pin in pins)
        numbers = (map(len, outcomes(RESULTS / name / part)) for part in ("units", "integration"))
        said = ["{} passed, {} failed, {} skipped".format(*each) for each in numbers]
        rows.append([version, python, versions.oldest_target(core, found) or "none found", library, *said, result])
    head = ["ansible-core", "Python", "target Python", "requests", "unit", "integration", "result"]
    report.keep("test-matrix", report.circumstances(), report.table(head, rows))
    return status


def main(given: list[str]) -> int:
    """What the arguments ask for; the exit status."""
    if given[:1] == ["test-matrix"]:
        return matrix(given[1:])
    if "test-all" in given:
        os.environ["GRANTOPS_LONG"] = "1"  # see pytest() in noxfile.py
    split = given.index("--") if "--" in given else len(given)
    return run([session for name in given[:split] or ["test"] for session in sessions(name)], given[split:])


def run(names: list[str], arguments: list[str]) -> int:
    """Run sessions; the exit status."""
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    # One alone may show what it prints at once.
    side_by_side = ["--parallel=auto", "--allow-parallel"] if len(names) > 1 else []
    status = nox([f"--report={RESULTS / 'report.json'}", *side_by_side, "--session", *names, *arguments])
    counted = {name: counts(name, result) for name, result in results().items()}
    print("\nTests:")
    for name in counted:
        if any(outcomes(RESULTS / name)):
            print("  {:22} {} passed, {} failed, {} skipped".format(name, *counted[name]))
    for name in [name for name, (_passed, failed, _skipped) in counted.items() if failed]:
        bad = outcomes(RESULTS / name)[1]
        print(f"\n{name} failed: its output is above. To run it alone:  make test SESSIONS={name}")
        print("\n".join(f"  {test}" for test in bad[:10]) + (f"\n  and {len(bad) - 10} more" if bad[10:] else ""))
    passed, failed, skipped = (sum(numbers) for numbers in zip((0, 0, 0), *counted.values()))
    if status and not failed:
        failed = 1
        print(f"\nnox ended with status {status} before it could say how the sessions went: see above.")
    print(f"\n{skipped} skipped, {time.monotonic() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
