# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the playbooks `report` and `who`, over the data of access. Documented one by one beside this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ansible_collections.grantops.cloud.plugins.module_utils._access import (
    render_csv,
    render_junit,
    render_sarif,
    report,
    snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.grantops.cloud.plugins.module_utils._access.model import Data


def access_text(data: Data, form: str = "data") -> str:
    """The text of a file: the data as canonical JSON, or the snapshot."""
    texts: dict[str, Callable[[Data], str]] = {"data": report.text, "snapshot": snapshot.text}
    if form not in texts:
        raise AnsibleFilterError(f"access_text: `form` must be data or snapshot; got {form!r}")
    return texts[form](report.checked(data, "access_text: what it is given"))


def access_stats(data: Data) -> dict[str, Any]:
    """Counts, and the first findings, for `set_stats`."""
    return report.stats(data)


def access_summary(data: Data) -> list[str]:
    """A summary in lines for a terminal."""
    return list(report.summary(data))


def access_failing(data: Data, level: str) -> str:
    """The message of a task that fails on findings of a level; empty where none count."""
    try:
        return report.failing(data, level)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


def access_csv(data: Data) -> str:
    """The text of a sheet for reviewers."""
    return _rendered(render_csv.sheet, data)


def access_junit(data: Data, fail_on: str = "high") -> str:
    """The text of a JUnit file: findings as tests, which fail from a severity on."""
    return _rendered(render_junit.junit, data, fail_on)


def access_sarif(data: Data, file: str | None = None) -> str:
    """The text of a SARIF file: findings where their grants are, or else in ``file``."""
    return _rendered(render_sarif.sarif, data, file)


def _rendered(render: Callable[..., str], data: Data, *more: str | None) -> str:
    try:
        return render(data, *more)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "access_csv": access_csv,
            "access_failing": access_failing,
            "access_junit": access_junit,
            "access_sarif": access_sarif,
            "access_stats": access_stats,
            "access_summary": access_summary,
            "access_text": access_text,
        }
