# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep a copy of the working tree where Ansible looks for it: …/ansible_collections/grantops/cloud."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

MANIFEST = "copied-files"


def git(*args: str, cwd: Path) -> bytes:
    """Run git on the repository at cwd, whichever one a hook may have named in the environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(["git", *args], cwd=cwd, env=env, check=True, stdout=subprocess.PIPE).stdout


def wanted(root: Path) -> list[str]:
    """Tracked and new files of the working tree, less what git ignores."""
    names = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=root).decode().split("\0")
    return sorted({name for name in names if name and ((root / name).is_file() or (root / name).is_symlink())})


def copy(source: Path, target: Path) -> None:
    """Copy one file, unless the target has it already."""
    before, after = source.lstat(), target.lstat() if os.path.lexists(target) else None
    if after and (before.st_mtime_ns, before.st_size, before.st_mode) == (
        after.st_mtime_ns,
        after.st_size,
        after.st_mode,
    ):
        return
    if after:
        target.unlink()
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def sync(root: Path, place: Path) -> Path:
    """Bring the copy below place up to date; it is a git checkout, as ansible-test wants."""
    collection = place / "ansible_collections" / "grantops" / "cloud"
    collection.mkdir(parents=True, exist_ok=True)
    names = wanted(root)
    for name in names:
        copy(root / name, collection / name)
    manifest = place / MANIFEST
    old = manifest.read_text().split("\0") if manifest.exists() else []
    for name in set(old) - set(names) - {""}:
        (collection / name).unlink(missing_ok=True)
        for parent in (collection / name).parents:
            if parent == collection or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
    manifest.write_text("\0".join(names))
    if not (collection / ".git").is_dir():
        git("init", "--quiet", cwd=collection)
    git("add", "--all", cwd=collection)
    return collection
