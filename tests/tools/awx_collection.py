# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection awx.awx, which is on the package index only inside the large package `ansible` (12, not later ones)."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements" / "awx-collection.txt"
INSIDE = "ansible_collections/awx/awx/"


def unpack(python: str | Path, place: Path) -> Path:
    """A folder with ansible_collections/awx/awx in it, made once for each version of the package."""
    version = re.search(r"^ansible==(\S+)", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)[1]
    target = place / f"ansible-{version}"
    if target.is_dir():
        return target
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        # Installing it would take half a gigabyte, and an ansible-core of its own.
        options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, "--require-hashes"]
        subprocess.run([python, "-m", "pip", "download", *options, "-r", str(REQUIREMENTS)], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            members = [name for name in archive.namelist() if name.startswith(INSIDE)]
            archive.extractall(Path(folder) / "unpacked", members)
        (Path(folder) / "unpacked").rename(target)
    return target
