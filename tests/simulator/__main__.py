# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the simulator from the command line: `python tests/simulator`."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shlex
import signal
import sys
import threading
from typing import Any

if not __package__:
    # Run as a folder: Python put the folder itself first, where our ucloud.py would hide
    # the SDK's package of that name.
    sys.path[0] = str(pathlib.Path(__file__).resolve().parent.parent)
    from simulator import Simulator, running
else:
    from . import Simulator, running


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description="A local double of UCloud and Huawei Cloud.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--estate", default="demo", help="demo, empty or a JSON file")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="per request")
    parser.add_argument("--ready-file", metavar="FILE", help="written, mode 0600, when up")
    parser.add_argument("--environment-file", metavar="FILE", help="written, mode 0600, when up: for a shell to source")
    parser.add_argument("--no-signatures", action="store_true", help="do not check signatures (benches)")
    return parser.parse_args()


def write_whole(path: str, text: str) -> None:
    """Complete or not there at all: whoever waits for it must not read half of it."""
    partial = f"{path}.{os.getpid()}.partial"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    pathlib.Path(partial).replace(path)


def exports(simulator: Simulator) -> str:
    """The credentials of the demo, as lines of a shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in simulator.environment().items())


def reach() -> str:
    """The Ansible beside this Python, and the collection where it is found, as lines of a shell."""
    path = os.environ.get("ANSIBLE_COLLECTIONS_PATH")
    collections = f"export ANSIBLE_COLLECTIONS_PATH={shlex.quote(path)}\n" if path else ""
    return f"export PATH={shlex.quote(os.path.dirname(sys.executable))}:$PATH\n{collections}"


def main() -> int:
    options = arguments()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings: dict[str, Any] = {"latency": options.latency, "signatures": not options.no_signatures}
    estate = options.estate
    try:
        if estate not in ("demo", "empty"):
            estate = json.loads(pathlib.Path(estate).read_text(encoding="utf-8"))
        serve(options, estate, settings, stop)
    except OSError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    return 0


def serve(options: argparse.Namespace, estate: Any, settings: dict[str, Any], stop: threading.Event) -> None:
    with running(estate, options.port, options.host, **settings) as simulator:
        print(f"# simulator at {simulator.url}, control plane at {simulator.url}/_sim/health")
        if options.environment_file:
            write_whole(options.environment_file, reach() + exports(simulator))
            print(f"# In another terminal:  . {shlex.quote(options.environment_file)}")
        else:
            print(exports(simulator), end="")
        sys.stdout.flush()
        if options.ready_file:
            content = {"url": simulator.url, "pid": os.getpid(), "environment": simulator.environment()}
            write_whole(options.ready_file, json.dumps({**content, "credentials": simulator.credentials}))
        stop.wait()
    for path in filter(None, (options.ready_file, options.environment_file)):
        pathlib.Path(path).unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
