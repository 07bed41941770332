# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role and the playbooks, and how misspelt ones are recognized.

A misspelt variable has no effect, so a run with it would look like a run that finds nothing to do.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from ansible_collections.grantops.cloud.plugins.module_utils._permissions.grants import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PREFIX = "permission"
# Options of the module -> what a grants file and the role call them.
OPTIONS = {
    option: f"permissions_{option}"
    for option in (
        "grants", "setups", "scope", "exclusive", "exclusive_limit", "systems", "create", "allow_empty",
        "return_credentials", "show", "verify", "verify_timeout",
        "roma_sasl", "warn_before", "ucloud", "huaweicloud",
    )
}  # fmt: skip
# The same for `permissions_info`, which takes from a grants file what is about reading and judging.
READING = (
    *(
        (option, OPTIONS[option])
        for option in ("grants", "setups", "roma_sasl", "warn_before", "ucloud", "huaweicloud")
    ),
    *((option, f"permissions_{option}") for option in ("acceptances", "identities", "rotate_after")),
    *((name, name) for name in ("ufile", "urocketmq_services", "rocketmq_instances", "roma_instances", "roma_sasl")),
)
# Variables in a grants file that only other users of the file read.
BESIDE = ("permissions_acceptances", "permissions_identities", "permissions_rotate_after")
# Further variables of the playbooks, and what they set.
OWN = {
    "permissions_file", "permissions_hosts", "permissions_report", "permissions_force", "permissions_drift_fails",
    "permissions_result", "permissions_deleted", "permissions_output", "permissions_drifted", "permissions_changed",
    "permissions_refused", "permissions_text", "permissions_target", "permissions_counts", "permissions_asked",
    "permissions_saved", "permissions_drift", "permissions_estate", "permissions_credentials",
    "permissions_page", "permissions_since", "permissions_from", "permissions_fail_on", "permissions_data",
    "permissions_sheet", "permissions_sarif", "permissions_junit", "permissions_snapshot", "permissions_access",
    "permissions_guardrails", "permissions_guardrails_file",
    "permissions_earlier", "permissions_parts", "permissions_part", "permissions_failing",
    "permissions_insight", "permissions_warn_before", "permissions_rotate_after",
}  # fmt: skip
KNOWN = {*OPTIONS.values(), *BESIDE, *OWN}


def of_file(names: Iterable[str]) -> Iterator[str]:
    """Yield a message for each of ``names`` that a grants file must not hold."""
    for name in names:
        if name == OPTIONS["return_credentials"]:
            # A task that returns keys needs no_log, which must be known before a file is read.
            yield f"{name} must be set by the play, not by a file of grants"
        if name.startswith(PREFIX) and name not in OPTIONS.values() and name not in BESIDE:
            yield f"{name} is not a variable of the role{_like(name, [*OPTIONS.values(), *BESIDE])}"


def misspelt(variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield a message for each variable of a play that looks like a misspelt one of the role, and for a tag of a system.

    Other variables are accepted, since a play may have its own variables that begin with `permission`.
    """
    tags = sorted(set(variables.get("ansible_run_tags") or ()) & set(SYSTEMS))
    if tags:
        yield f"permissions_systems must say which systems are meant, since a misspelt tag would skip all; got --tags {','.join(tags)}"
    for name in sorted(name for name in variables if name.startswith(PREFIX)):
        like = "" if name in KNOWN else _like(name, KNOWN)
        if like or (name.startswith("permission_") and name not in KNOWN):
            yield f"{name} is not a variable of the role{like}"


def _like(name: str, known: Iterable[str]) -> str:
    """For the end of a message: which of ``known`` may be meant. The prefix that all have in common is not compared."""
    words = {_word(each): each for each in known}
    found = difflib.get_close_matches(_word(name), words, n=1, cutoff=0.75)
    return f" (did you mean {words[found[0]]!r}?)" if found else ""


def _word(name: str) -> str:
    return re.sub("^permissions?_?", "", name)
