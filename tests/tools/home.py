# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A home folder for ansible-test, so that it neither reads nor changes the user's own."""

from __future__ import annotations

import ast
import configparser
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

# The versions that ansible-core 2.17 to 2.22 ask for
GET_PIP = ("23_1_2", "24_2", "25_2")


def pip_settings() -> dict[str, dict[str, str]]:
    """What the user told pip, in files and PIP_* variables: ansible-test drops the variables."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    result: dict[str, dict[str, str]] = {}
    for line in listed.splitlines():
        name, found, value = line.partition("=")
        section, dot, option = name.rpartition(".")
        if found and dot and option != "config-file":
            section = "global" if section == ":env:" else section
            result.setdefault(section, {})[option] = str(ast.literal_eval(value))
    return result


def uv_variables() -> dict[str, str]:
    """The same index and certificates for uv, which does not read pip's settings."""
    settings = pip_settings().get("global", {})
    pairs = {
        "UV_DEFAULT_INDEX": settings.get("index-url"),
        "UV_INDEX": " ".join(settings.get("extra-index-url", "").split()),
        "SSL_CERT_FILE": settings.get("cert"),
    }
    result = {name: value for name, value in pairs.items() if value and name not in os.environ}
    if "UV_INDEX" in result:
        result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return result


def prepare(home: Path) -> Path:
    """Make the home folder; what is there from an earlier run stays, above all the virtual environments."""
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in GET_PIP:
        shutil.copyfile(Path(__file__).with_name("get_pip.py"), cache / f"get_pip_{version}.py")
    parser = configparser.RawConfigParser()
    parser.read_dict(pip_settings())
    config = home / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.unlink(missing_ok=True)
    # An address of an index may have a password in it.
    with os.fdopen(os.open(config, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        parser.write(file)
    for name in (".netrc", ".gitconfig"):
        theirs, ours = Path.home() / name, home / name
        if theirs.exists() and not ours.exists():
            ours.unlink(missing_ok=True)
            ours.symlink_to(theirs)
    return home


if __name__ == "__main__":
    # For a shell
    print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in uv_variables().items()))
