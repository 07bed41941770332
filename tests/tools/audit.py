# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the package index for known vulnerabilities of all that tests/requirements pins.

Status 0: none; 1: some, which are printed; 75: the index has no such data, so nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "requirements"
# These are old on purpose, to test with what users have: what is known against them is printed and no failure.
OLD = ("requests-oldest", "ansible-core-2.17", "ansible-core-2.18", "ansible-core-2.19")
UNKNOWN = 75


def audit(name: str) -> list[dict]:
    """The packages of one file, as pip-audit judges them."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format=json"]
    done = subprocess.run(
        [*command, "--progress-spinner=off", "-r", FOLDER / f"{name}.txt"], capture_output=True, text=True, check=False
    )
    if not done.stdout.startswith("{"):
        sys.stderr.write(done.stderr)
        print(f"pip-audit could not judge {name}.")
        sys.exit(UNKNOWN if "ConnectionError" in done.stderr or "ServiceError" in done.stderr else 1)
    return json.loads(done.stdout)["dependencies"]


def main() -> int:
    asked = answered = 0
    bad = False
    for name in sorted(path.stem for path in FOLDER.glob("*.txt")):
        packages = audit(name)
        asked += len(packages)
        for package in packages:
            answered += "skip_reason" not in package
            for found in package.get("vulns", ()):
                bad = bad or name not in OLD
                fixed = ", ".join(found["fix_versions"]) or "nothing"
                print(f"{name}: {package['name']} {package['version']}: {found['id']}, fixed by {fixed}")
    print(f"{answered} of {asked} pinned packages are known to the vulnerability service.")
    if bad:
        return 1
    return 0 if answered else UNKNOWN


if __name__ == "__main__":
    sys.exit(main())
