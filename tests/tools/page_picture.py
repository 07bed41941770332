# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's picture of the page of access: the top of the page of a small estate, in Chromium.

`make picture` writes it. The estate is that of the page's own tests.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "pictures" / "access.png"
SIZE = {"width": 1120, "height": 900}


def main() -> None:
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]
    import estates

    from ansible_collections.grantops.cloud.plugins.filter import page as filters
    from tools import chromium

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    with tempfile.TemporaryDirectory() as folder, chromium.running() as browser:
        path = Path(folder, "access.html")
        path.write_text(filters.access_page(estates.sample())[0]["text"], encoding="ascii")
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(path.as_uri())
        page.screenshot(path=target)
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
