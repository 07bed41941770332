# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python of a managed host that has only what a user must install there: the oldest supported `requests`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.versions import REQUIREMENTS


def prepare(python: Path, place: Path) -> Path:
    """The interpreter of a virtual environment of ``python``, made unless it is there from an earlier run."""
    requirements = REQUIREMENTS / "requests-oldest.txt"
    made, stamp = place / "bin" / "python", place / "installed"
    wanted = f"{python}\n{requirements.read_text(encoding='utf-8')}"
    if made.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return made
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([python, "-m", "venv", place], check=True)
    pip = [made, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    subprocess.run([*pip, "-r", requirements], check=True)
    stamp.write_text(wanted, encoding="utf-8")
    return made
