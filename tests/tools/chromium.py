# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The browser of the machine, driven by Playwright; that of Debian is installed where there is none.

Playwright's own browsers come from a host that closed networks block, so they are not used.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The program, if there is one; the variable CHROMIUM names another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def install() -> str:
    """The program, installed where it is missing; ends with a message where that cannot be done."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["--no-install-recommends", "chromium", "fonts-liberation"]
    for arguments in (["update", "-q"], ["install", "-qq", "-y", *packages]):
        if not find():
            with contextlib.suppress(OSError):
                subprocess.run([*root, "apt-get", *arguments], env=env, stdin=subprocess.DEVNULL, check=False)
    return find() or sys.exit(
        "This needs Chromium, and could not install it: apt install chromium, or name it in CHROMIUM."
    )


@contextlib.contextmanager
def running() -> Iterator[Any]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    # A sandbox of its own needs rights that root, and most containers, do not give.
    options = ["--no-sandbox", "--font-render-hinting=none", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=install(), args=options)
        try:
            yield browser
        finally:
            browser.close()


if __name__ == "__main__":
    print(install())
