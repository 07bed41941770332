# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pin all that the tests install, with hashes: tests/requirements/X.in becomes X.txt.

make lock                     after a change of a .in file; versions stay where they can
make lock ARGS=--upgrade      to the newest of everything
make lock ARGS="docs ruff"    only these

A comment `# Python 3.7 or newer` in a .in file says from which Python on its pins must work; 3.11 is the default.
With a comment `# Without its dependencies` only what is named is pinned.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import home

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "requirements"
# The versions of this one hold for the others too, so that several can be installed together ...
BASE = "pytest"
# ... but for those that are there to be different.
APART = ("requests-oldest",)
# ansible-test looks for its requirements at places of its own.
COPIES = {"requests": ("tests/unit/requirements.txt", "tests/integration/requirements.txt")}
HEADER = """\
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Made by `make lock` from tests/requirements/{name}.in, whose digest is {digest}
"""


def names() -> list[str]:
    """All the files to make, the base first."""
    return sorted((path.stem for path in FOLDER.glob("*.in")), key=lambda name: (name != BASE, name))


def inputs(path: Path) -> list[Path]:
    """A file and all that it includes."""
    included = re.findall(r"^-[rc] *(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [path, *(found for name in included for found in inputs((path.parent / name).resolve()))]


def digest(name: str) -> str:
    """What a file was made from, to see that it has not changed since."""
    return sha256(b"\0".join(path.read_bytes() for path in inputs(FOLDER / f"{name}.in"))).hexdigest()[:32]


def compile_one(uv: str, name: str, options: list[str]) -> None:
    """Resolve one file for all Pythons and platforms."""
    target, asked = FOLDER / f"{name}.txt", (FOLDER / f"{name}.in").read_text(encoding="utf-8")
    oldest = [*re.findall(r"^# Python (3\.\d+) or newer", asked, re.MULTILINE), "3.11"][0]
    arguments = ["--universal", "--generate-hashes", "--quiet", "--no-header", "--python-version", oldest]
    if "# Without its dependencies" in asked:
        arguments += ["--no-deps"]
    elif name not in (BASE, *APART):
        arguments += ["--constraints", f"{BASE}.txt"]
    command = [uv, "pip", "compile", *arguments, *options, f"{name}.in", "--output-file", target.name]
    # The main index alone: another that has a few files of a version only would give the hashes of these only.
    others = ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
    env = {name: value for name, value in {**os.environ, **home.uv_variables()}.items() if name not in others}
    subprocess.run(command, cwd=FOLDER, env=env, check=True)
    pins = target.read_text(encoding="utf-8")
    target.write_text(HEADER.format(name=name, digest=digest(name)) + pins, encoding="utf-8")
    for copy in COPIES.get(name, ()):
        shutil.copyfile(target, ROOT / copy)


def main() -> None:
    options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
    desired = [argument for argument in sys.argv[1:] if argument not in options]
    if set(desired) - set(names()):
        sys.exit(f"`make lock` takes some of {', '.join(names())}; got {', '.join(desired)}")
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if uv is None:
        sys.exit("This needs uv, which is not available here.")
    for name in desired or names():
        print(name, flush=True)
        compile_one(uv, name, options)


if __name__ == "__main__":
    main()
