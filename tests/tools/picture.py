# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pictures of the README, as `make picture` writes them into a folder.

plan.svg is a terminal: the first playbook of the README, planned against the simulator. A test compares what stands in it
with what such a run prints. access.png is the top of the page of access, of an estate of the page's own tests.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
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
    env = {name: os.environ[name] for name in os.environ if name[:8] != "ANSIBLE_" or name[8:] == "COLLECTIONS_PATH"}
    env.update(sim.environment(), PATH=os.pathsep.join([os.path.dirname(sys.executable), env["PATH"]]))
    env.update(
        ANSIBLE_FORCE_COLOR="true", ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_INVENTORY_UNPARSED_WARNING="false"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "shop.yml").write_text(playbook(), encoding="utf-8")
        env["HOME"] = folder
        done = subprocess.run(COMMAND.split(), cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise SystemExit(f"{COMMAND} ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return f"\x1b[1m$ {COMMAND}\x1b[0m\n{done.stdout.rstrip()}\n"


def plain(text: str) -> list[str]:
    """The lines without colours."""
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()]


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
    rows: dict[int, str] = {}
    cell = 12.2  # what `rich` takes for the width of a character
    for element in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314
        row = re.search(r"line-(\d+)", element.get("clip-path") or "")
        if row:
            before = rows.get(int(row[1]), "").ljust(round(float(element.get("x")) / cell))
            rows[int(row[1])] = before + element.text.replace("\xa0", " ")
    return [rows.get(row, "").rstrip() for row in range(max(rows) + 1)]


def page(target: Path) -> None:
    """Take the picture of the page of access."""
    sys.path.insert(0, str(ROOT / "tests" / "browser"))
    import estates

    from ansible_collections.grantops.cloud.plugins.filter import page as filters
    from tools import chromium

    with tempfile.TemporaryDirectory() as folder, chromium.running() as browser:
        path = Path(folder, "access.html")
        path.write_text(filters.access_page(estates.sample())[0]["text"], encoding="ascii")
        shown = browser.new_page(viewport={"width": 1120, "height": 900}, color_scheme="light")
        shown.goto(path.as_uri())
        shown.screenshot(path=target)


def main(folder: Path) -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    import simulator

    with simulator.running(estate="demo") as sim:
        (folder / PICTURE.name).write_text(svg(terminal_run(sim)), encoding="utf-8")
    page(folder / "access.png")
    print(f"{folder}: {', '.join(sorted(os.listdir(folder)))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
