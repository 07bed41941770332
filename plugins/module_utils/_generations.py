# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of the generations of a principal: `billing`, then `billing.g2`, `billing.g3` …, of RocketMQ users `billing-g2` ….

To replace the keys of a token, a second token with the same permissions is made. The services cannot rename tokens and
store no notes, so the name alone says which one follows which. A name with such an ending counts as a generation, unless
a grant names it itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

MARKS = {"ucloud_ufile": ".g", "ucloud_urocketmq": ".g", "huaweicloud_rocketmq": "-g"}  # RocketMQ names have no dots
NUMBER = r"([2-9]|[1-9][0-9]{1,3})\Z"


def split(system: str, name: str) -> tuple[str, int]:
    """The base of a name and the number of its generation, which is 1 for a name without such an ending."""
    mark = MARKS.get(system)
    if mark is None or mark not in name:
        return name, 1
    found = re.match(r"(?s)(.+)" + re.escape(mark) + NUMBER, name)
    return (found.group(1), int(found.group(2))) if found else (name, 1)


def name_of(system: str, base: str, number: int) -> str:
    """The name of a generation after the first."""
    return f"{base}{MARKS[system]}{number}"


def later(system: str, names: Iterable[str]) -> dict[str, list[str]]:
    """Base -> those of ``names`` that are later generations of it, in their order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name in set(names):
        base, number = split(system, name)
        if number > 1:
            found.setdefault(base, []).append((number, name))
    return {base: [name for _number, name in sorted(group)] for base, group in found.items()}


def meant(named: str, later_names: Mapping[str, list[str]], own: Collection[str] = ()) -> list[str]:
    """The later generations that a grant of ``named`` is for: all except ``own``, which other grants name themselves."""
    return [name for name in later_names.get(named, ()) if name not in own]
