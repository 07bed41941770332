# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of the README: its first playbook, planned in a terminal against the simulator, as SVG.

`make picture` writes it. A test compares what stands in it with what such a run prints.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "pictures" / "plan.svg"
WIDTH = 116
COMMAND = "ansible-playbook shop.yml --check --diff"


def playbook() -> str:
    """The first playbook of the README."""
    return re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)[0]


def terminal_run(sim) -> str:
    """What a terminal shows, colours included: the prompt, the command and its output."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "shop.yml").write_text(playbook(), encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        if "ANSIBLE_COLLECTIONS_PATH" in os.environ:
            kept["ANSIBLE_COLLECTIONS_PATH"] = os.environ["ANSIBLE_COLLECTIONS_PATH"]
        env = {
            **kept,
            **sim.environment(),
            "HOME": folder,
            "TERM": "xterm-256color",
            "PATH": os.pathsep.join([os.path.dirname(sys.executable), kept["PATH"]]),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }
        status, output = in_terminal(COMMAND.split(), folder, env)
    if status:
        raise SystemExit(f"{COMMAND} ended with status {status}:\n{output}")
    # Ansible draws its lines one short of the terminal's width; what it leaves empty at the ends is no content.
    lines = [line.rstrip() for line in output.replace("\r\n", "\n").rstrip().splitlines()]
    return f"\x1b[1m$ {COMMAND}\x1b[0m\n" + "\n".join(lines) + "\n"


def in_terminal(command: list[str], folder: str, env: dict[str, str]) -> tuple[int, str]:
    """Exit status and output of a command that has a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    with subprocess.Popen(command, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        chunks = []
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # Linux's way to say that nobody has the terminal open any more
                break
            if not chunk:
                break
            chunks.append(chunk)
    os.close(ours)
    return process.returncode, b"".join(chunks).decode("utf-8")


def plain(text: str) -> list[str]:
    """The lines without colours, and without the empty ones at the end."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).rstrip().splitlines()


def svg(text: str) -> str:
    """The picture of a terminal that shows ``text``. It loads nothing from anywhere."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi(text.rstrip()), soft_wrap=True)
    made = console.export_svg(title="grantops.cloud", unique_id="plan")
    made = re.sub(r"\s*@font-face \{.*?\}", "", made, flags=re.DOTALL)
    fonts = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
    made = made.replace("font-family: Fira Code, monospace", f"font-family: {fonts}")
    made = re.sub(r"<!-- .*? -->\n?", "", made)
    # Else the last line loses what hangs below it, as of a g.
    made = re.sub(
        r'(clip-terminal">\s*<rect[^>]* height=")([0-9.]+)', lambda found: f"{found[1]}{float(found[2]) + 6:g}", made
    )
    return "".join(line.rstrip() + "\n" for line in made.rstrip().splitlines())


def lines_of(picture: str) -> list[str]:
    """The lines of text in a picture."""
    rows: dict[str, list[tuple[float, str]]] = {}
    for element in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314
        row = re.search(r"line-(\d+)", element.get("clip-path") or "")
        if row:
            rows.setdefault(row[1], []).append((float(element.get("x")), element.text or ""))
    cell = 12.2  # what `rich` takes for the width of a character
    lines = [""] * (max(map(int, rows)) + 1)
    for row, parts in rows.items():
        for x, text in sorted(parts):
            lines[int(row)] = lines[int(row)].ljust(round(x / cell)) + text.replace("\xa0", " ")
    return [line.rstrip() for line in lines]


def main() -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    import simulator

    with simulator.running(estate="demo") as sim:
        text = terminal_run(sim)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(svg(text), encoding="utf-8")
    print(f"{target}: {len(plain(text))} lines")


if __name__ == "__main__":
    main()
