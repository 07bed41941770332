# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all renderings of findings share: what a finding is about, and the grant that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._redaction import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def place(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a finding is about: system, scope, principal, resource."""
    return tuple(str(row.get(key) or "") for key in ("system", "scope", "principal", "resource"))


def subject(finding: Mapping[str, Any]) -> str:
    """What a finding is about, for a reader: `billing on orders (huaweicloud_rocketmq i-1)`."""
    system, scope, principal, resource = map(printable, place(finding))
    where = " ".join(filter(None, (system, scope)))
    what = " on ".join(filter(None, (principal, resource)))
    return f"{what} ({where})" if what and where else what or where


class Grants:
    """Where the grants of findings stand, from the reasons of the rows of access."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._places: dict[tuple[str, ...], Mapping[str, Any]] = {}
        for row in data["access"]:
            for reason in row["because"]:
                found = reason.get("grant")
                if found and found.get("file"):
                    key = (row["system"], row["scope"], row["principal"])
                    self._places.setdefault((*key, row["resource"]["name"]), found)
                    self._places.setdefault(key, found)

    def of(self, finding: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The grant that a finding comes from, if it is in a file: one on its resource, else any of its principal."""
        key = place(finding)
        return self._places.get(key) or self._places.get(key[:3])
