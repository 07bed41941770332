# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the Python interpreters that tests can use, and put exactly those on PATH."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PROBE = (
    "import ensurepip, ssl, venv, sys; "
    "print(sys.version_info[0], sys.version_info[1], sys.prefix == sys.base_prefix, sys.executable)"
)


def is_shim(folder: str) -> bool:
    """A version manager's shims exist for versions that are not selected, and then fail."""
    return Path(folder).name == "shims"


def folders() -> list[Path]:
    """Our own, PATH without shims, then the folders where pyenv and asdf keep what the shims stand for."""
    found = [Path(sys.base_prefix) / "bin"]
    found += [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry and not is_shim(entry)]
    homes = [
        (os.environ.get("PYENV_ROOT") or "~/.pyenv", "versions/*/bin"),
        (os.environ.get("ASDF_DATA_DIR") or "~/.asdf", "installs/python/*/bin"),
    ]
    for home, pattern in homes:
        found += sorted(Path(home).expanduser().glob(pattern))
    return found


def probe(path: Path) -> tuple[str, Path] | None:
    """The version of an interpreter that can make virtual environments, and where it really is."""
    try:
        done = subprocess.run([path, "-I", "-c", PROBE], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.split(maxsplit=3)
    if done.returncode or len(words) != 4 or words[2] != "True":
        return None
    return f"{words[0]}.{words[1]}", Path(words[3].strip())


def find() -> dict[str, Path]:
    """Version to interpreter, for each version the first that works."""
    result: dict[str, Path] = {}
    tried = set()
    for folder in folders():
        for path in sorted(folder.glob("python3*")):
            match = re.fullmatch(r"python3(\.\d+)?", path.name)
            if not match or path.resolve() in tried or path.name.removeprefix("python") in result:
                continue
            tried.add(path.resolve())
            answer = probe(path)
            if answer:
                result.setdefault(*answer)
    return result


def first(pythons: dict[str, Path], *versions: str) -> str | None:
    """The first of these versions that is there."""
    return next((version for version in versions if version in pythons), None)


def put_on_path(links: Path) -> dict[str, Path]:
    """Link what was found into a folder of its own and make PATH that folder and what is no shim."""
    pythons = find()
    links.mkdir(parents=True, exist_ok=True)
    for version, path in pythons.items():
        link = links / f"python{version}"
        if not link.is_symlink() or link.readlink() != path:
            link.unlink(missing_ok=True)
            link.symlink_to(path)
    for link in links.iterdir():
        if link.name.removeprefix("python") not in pythons:
            link.unlink()
    rest = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if entry and not is_shim(entry)]
    os.environ["PATH"] = os.pathsep.join([str(links), *(entry for entry in rest if entry != str(links))])
    return pythons
