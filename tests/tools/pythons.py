# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the Python interpreters that tests can use, and put them on PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

VERSIONS = tuple(f"3.{minor}" for minor in range(7, 16))
# Where pyenv and asdf keep what their shims stand for
KEPT = (("PYENV_ROOT", "~/.pyenv", "versions/*/bin"), ("ASDF_DATA_DIR", "~/.asdf", "installs/python/*/bin"))


def folders() -> list[Path]:
    """Our own, PATH without a version manager's shims, which fail for versions that are not selected, then its own."""
    entries = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    found = [Path(sys.base_prefix) / "bin", *(entry for entry in entries if entry.name != "shims")]
    for variable, usual, pattern in KEPT:
        found += sorted(Path(os.environ.get(variable) or usual).expanduser().glob(pattern))
    return found


def find() -> dict[str, Path]:
    """Version to interpreter, for each version the first that can make virtual environments."""
    result: dict[str, Path] = {}
    for folder in folders():
        for version in VERSIONS:
            path = folder / f"python{version}"
            if version not in result and path.exists():
                test = "import ensurepip, ssl, sys, venv; sys.exit(sys.prefix != sys.base_prefix)"
                if not subprocess.run([path, "-Ic", test], capture_output=True, check=False).returncode:
                    result[version] = path
    return result


def put_on_path() -> dict[str, Path]:
    """What was found, which PATH then leads to."""
    pythons = find()
    entries = dict.fromkeys([*(path.parent for path in pythons.values()), *folders()])
    os.environ["PATH"] = os.pathsep.join(map(str, entries))
    return pythons


def first(pythons: Mapping[str, Path], *versions: str) -> str | None:
    """The first of these versions that is there."""
    return next((version for version in versions if version in pythons), None)
