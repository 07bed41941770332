# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start the simulator of both clouds, wait until it is up, and always stop it again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# The keeper stops the simulator when its own standard input ends: also when we are killed.
KEEPER = """
import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-m", "simulator", *sys.argv[1:]], stdin=subprocess.DEVNULL)
sys.stdin.read()
child.terminate()
try:
    child.wait(5)
except subprocess.TimeoutExpired:
    child.kill()
"""


@contextlib.contextmanager
def running(python: str | Path, tests: Path, log: Path, *arguments: str) -> Iterator[dict]:
    """The running simulator, as what its ready file says: url and credentials."""
    env = {**os.environ, "PYTHONPATH": str(tests), "PYTHONUNBUFFERED": "1"}
    log.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="simulator-") as folder, log.open("wb") as output:
        ready = Path(folder) / "ready.json"
        keeper = subprocess.Popen(
            [str(python), "-c", KEEPER, "--ready-file", str(ready), *arguments],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
        )
        try:
            yield wait_for(ready, keeper, log)
        finally:
            keeper.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                keeper.wait(10)


def wait_for(ready: Path, keeper: subprocess.Popen, log: Path, seconds: float = 30) -> dict:
    """The content of the ready file, as soon as it is there and complete."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, ValueError):
            return json.loads(ready.read_text(encoding="utf-8"))
        if keeper.poll() is not None:
            break
        time.sleep(0.05)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
    sys.exit(f"The simulator did not start. The end of {log}:\n{tail}")


def interrupt_on_terminate() -> None:
    """Being told to stop unwinds like Ctrl-C, so that what was started is stopped."""

    def handler(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(f"signal {number}")

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)
