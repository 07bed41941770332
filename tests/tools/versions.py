# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which versions of ansible-core, Python and requests the collection is tested with."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
# Of each supported ansible-core, the Pythons that it runs on and the oldest that it runs modules on. A test compares
# this with what ansible-core says itself; what is installed of each is in requirements/ansible-core-X.txt.
CORES = {
    "2.17": (("3.10", "3.11", "3.12"), "3.7"),
    "2.18": (("3.11", "3.12", "3.13"), "3.8"),
    "2.19": (("3.11", "3.12", "3.13"), "3.8"),
    "2.20": (("3.12", "3.13", "3.14"), "3.9"),
    "2.21": (("3.12", "3.13", "3.14"), "3.9"),
}
OLDEST_CORE, NEWEST_CORE = next(iter(CORES)), list(CORES)[-1]
# Of `requests`: requirements/requests-oldest.txt and requests.txt
REQUESTS = ("oldest", "newest")


def number(version: str) -> tuple[int, ...]:
    """A version to compare with others."""
    return tuple(map(int, version.split(".")))


def pinned(name: str, file: str) -> str:
    """The version of a package that one of the files of pinned requirements installs."""
    text = (REQUIREMENTS / f"{file}.txt").read_text(encoding="utf-8")
    return re.search(f"^{re.escape(name)}==([^ ]+)", text, re.MULTILINE).group(1)


def requests_file(which: str) -> str:
    """The name of the file that pins `requests`."""
    return "requests" if which == "newest" else "requests-oldest"


def cells() -> list[tuple[str, str, str]]:
    """Every supported pair of ansible-core and Python, with each `requests`."""
    pairs = [(core, python) for core, (pythons, _target) in CORES.items() for python in pythons]
    return [(core, python, which) for (core, python), which in itertools.product(pairs, REQUESTS)]


def sessions() -> list[str]:
    """The names of the nox sessions of all cells."""
    return [session(*cell) for cell in cells()]


def session(core: str, python: str, which: str) -> str:
    """The name of the nox session of a cell."""
    return f"pair-{core}-{python}-{which}"


def oldest_pair(found: Iterable[str]) -> tuple[str, str]:
    """The oldest pair of ansible-core and Python that this machine offers, or else the oldest there is."""
    pairs = [(core, python) for core, python, _which in cells()]
    return next((pair for pair in pairs if pair[1] in found), pairs[0])


def oldest_target(core: str, found: Iterable[str]) -> str | None:
    """The oldest Python found that this ansible-core runs modules on."""
    least = number(CORES[core][1])
    return min((version for version in found if number(version) >= least), key=number, default=None)


if __name__ == "__main__":
    # The matrix of the CI
    print(json.dumps(sessions()))
