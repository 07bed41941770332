# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes `error` into RETURN of the modules, as ucloud_ufile_token and its _info twin have it: `make format`.

A doc fragment cannot hold RETURN. That it has been done is seen by tests/unit/test_runtime.py.
"""

from __future__ import annotations

import re
from pathlib import Path

MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
MODEL = "ucloud_ufile_token"
ERROR = re.compile(r'(?ms)^error:\n.*?(?=^""")')
# What each module says itself: samples, its list, and the provider's codes
OWN = r"sample: (?:>-(?:\n {8}\S.*)+|.*)|V\(\w+\[2\]\)| {4}code:\n.*\n.*"
# Nothing of what a module tells that writes is there in one that reads.
OF_READS = r"kind:\n(?: {6}.*\n)+|(?:position|failed|written|pending):\n +description: .*"


def documented(path: Path) -> str:
    """The text of a module, with `error` as it must be."""
    text = path.read_text(encoding="utf-8")
    is_model = path.stem == f"{MODEL}_info"
    model = f"{MODEL}_info" if path.stem.endswith("_info") and not is_model else MODEL
    own = re.compile(f"{OF_READS}|{OWN}" if is_model else OWN)
    mine = own.findall(ERROR.search(text)[0])
    parts = own.split(ERROR.search((MODULES / f"{model}.py").read_text(encoding="utf-8"))[0])
    error = "".join(part for pair in zip(parts, [*mine, ""], strict=True) for part in pair)
    return ERROR.sub(lambda _found: error, text)


if __name__ == "__main__":
    # The models first
    for path in sorted(MODULES.glob("*cloud_*.py"), key=lambda path: (not path.stem.startswith(MODEL), path)):
        path.write_text(documented(path), encoding="utf-8")
