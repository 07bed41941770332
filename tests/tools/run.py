# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run nox sessions, then say for each how it went, how long it took and how to run it alone."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import pythons, versions
from tools.junit import count, failures

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".nox"
RESULTS = WORK / "results"
# The sessions of `make test`, in this order
SESSIONS = [
    *("ruff", "yamllint", "antsibull-nox-config", "docs-check", "docs", "license-check", "extra-checks"),
    *("ansible-lint", "build-import-check", "sanity", "sanity-oldest", "units", "tests", "integration"),
    # The oldest pair of ansible-core and Python that this machine offers, with the oldest `requests`
    versions.session(*versions.oldest_pair(pythons.find()), "oldest"),
    "platform",
    "chaos",
]
# What `make test-all` adds
MORE = ["units-oldest", "tests-oldest", "integration-oldest"]


def requirements() -> str:
    """A digest of all that decides what is installed."""
    files = [ROOT / "noxfile.py", ROOT / "antsibull-nox.toml", *sorted((ROOT / "tests").glob("*/requirements*.txt"))]
    files += sorted((ROOT / "tests" / "requirements").glob("*.txt"))
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def descendants(pid: int) -> list[int]:
    """All processes below one: Ansible's workers are in sessions of their own, out of reach for its group."""
    table = subprocess.run(["ps", "-Ao", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
    found, queue = [], [pid]
    while queue:
        parent = queue.pop()
        below = [child for child, its_parent in pairs if its_parent == parent]
        found += below
        queue += below
    return found


def stop_all(process: subprocess.Popen) -> None:
    """Ask everything that was started to stop, then make it."""
    started = descendants(process.pid)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(8)
    for pid in started:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def nox(arguments: list[str]) -> int:
    """Run nox in a process group of its own, so that stopping it stops all it has started."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("nox"), *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, process_group=0
    )

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        return process.wait()
    except KeyboardInterrupt:
        stop_all(process)
        print("\nInterrupted. All that was started has been stopped.", file=sys.stderr)
        sys.exit(130)


def summary(sessions: list[dict], status: int, seconds: float) -> int:
    """Print one line a session, what to do about the failed ones, and the total."""
    passed = failed = skipped = 0
    again = []
    print("\nSessions:")
    for session in sessions:
        name, good = session["name"], session["result"] in ("success", "skipped")
        counted = count(RESULTS / name)
        if good:
            # The session's own status decides: Ansible reports a task whose failure was rescued as failed too.
            counted = (counted[0] + counted[1], 0, counted[2])
        detail = f"{counted[0]} passed, {counted[1]} failed, {counted[2]} skipped" if any(counted) else ""
        if session["result"] == "skipped":
            counted = (0, 0, counted[2] + 1)
        elif not any(counted) or (not good and not counted[1]):
            counted = (counted[0] + good, counted[1] + (not good), counted[2])
        passed, failed, skipped = passed + counted[0], failed + counted[1], skipped + counted[2]
        if not good:
            again.append(name)
        word = "ok" if session["result"] == "success" else session["result"]
        print(f"  {word:8} {name:22} {session['duration']:7.1f} s   {detail}".rstrip())
    for name in again:
        print(f"\n{name} failed: its output is above. To run it alone:  make test SESSIONS={name}")
        bad = failures(RESULTS / name)
        for test in bad[:10]:
            print(f"  {test}")
        if len(bad) > 10:
            print(f"  and {len(bad) - 10} more")
    if status and not again:
        failed += 1
        print("\nnox failed before it ran the sessions: see above.")
    print(f"\n{skipped} skipped, {seconds:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or status else 0


def main() -> int:
    """Run what was asked for: names of sessions, then -- and arguments for them."""
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    names, rest = arguments[:split] or SESSIONS, arguments[split + 1 :]
    if names == ["--all"]:
        names = [*SESSIONS, *MORE]
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    report = WORK / "report.json"
    report.unlink(missing_ok=True)
    digest = requirements()
    stamps = {name: WORK / "stamps" / name for name in names}
    options = [f"--report={report}", "--session", *names]
    if all(stamp.exists() and stamp.read_text() == digest for stamp in stamps.values()):
        options.insert(0, "--no-install")
    started = time.monotonic()
    status = nox([*options, "--", *rest] if rest else options)
    sessions = json.loads(report.read_text())["sessions"] if report.exists() else []
    (WORK / "stamps").mkdir(exist_ok=True)
    for session in sessions:
        if session["result"] == "success" and session["name"] in stamps:
            stamps[session["name"]].write_text(digest)
    return summary(sessions, status, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
