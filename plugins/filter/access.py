# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the playbooks `report` and `who`, over the data of access. Documented one by one beside this file."""

from __future__ import annotations

import json

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.grantops.cloud.plugins.module_utils._access import (
    decide,
    render_csv,
    render_junit,
    render_sarif,
    report,
    snapshot,
    words,
)


def access_text(data, form="data"):
    """The text of a file: the data as canonical JSON, or the snapshot."""
    texts = {"data": report.text, "snapshot": snapshot.text}
    if form not in texts:
        raise AnsibleFilterError(f"access_text: `form` must be data or snapshot; got {form!r}")
    return texts[form](report.checked(data, "access_text: what it is given"))


def access_merge(parts, since=None):
    """One data of several, each as the text of a file, by its name."""
    try:
        found = report.merged({where: _loaded(where, text) for where, text in parts.items()}, since or None)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None
    return wrap_var(found)


def _loaded(where, text):
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(
            f"{where} must be data of access, as a report writes it; got something else than JSON"
        ) from None


def access_answer(data, may=None, on=None, principal=None, anything=False):
    """Who may do what, in lines for a terminal."""
    try:
        return list(words.lines(decide.who(data, may, on, principal, anything=anything)))
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


def access_stats(data):
    """Counts, and the first findings, for `set_stats`."""
    return report.stats(data)


def access_summary(data):
    """What there is and what is found, in lines for a terminal."""
    return list(report.summary(data))


def access_failing(data, level):
    """What a task says that fails at findings of a level, or nothing where there are none that count."""
    try:
        return report.failing(data, level)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


def access_csv(data):
    """The text of a sheet for reviewers."""
    return _rendered(render_csv.sheet, data)


def access_junit(data, fail_on="high"):
    """The text of a JUnit file: findings as tests, which fail from a severity on."""
    return _rendered(render_junit.junit, data, fail_on)


def access_sarif(data, file=None):
    """The text of a SARIF file: findings where their grants are, or else in ``file``."""
    return _rendered(render_sarif.sarif, data, file)


def _rendered(render, data, *more):
    try:
        return render(data, *more)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    def filters(self):
        return {
            "access_answer": access_answer,
            "access_csv": access_csv,
            "access_failing": access_failing,
            "access_junit": access_junit,
            "access_merge": access_merge,
            "access_sarif": access_sarif,
            "access_stats": access_stats,
            "access_summary": access_summary,
            "access_text": access_text,
        }
