# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From grants, and from results of the `_info` modules, to the data of access."""

from __future__ import annotations

import yaml

from ansible_collections.grantops.cloud.plugins.module_utils import _access_task
from ansible_collections.grantops.cloud.plugins.module_utils._access import estate
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.plugin_utils import _grants_text as texts

PLURAL = {estate.UFILE: "tokens", estate.UROCKETMQ: "tokens", estate.ROCKETMQ: "users", estate.ROMA: "topics"}


def checked(grants, setups):
    """The grants; ValueError with all that is wrong with them."""
    loaded, unreadable = texts.load(grants)
    found, problems = ([], unreadable) if unreadable else core.check(loaded, setups)
    if problems:
        raise ValueError("\n".join(map(str, problems)))
    return found


def wanted(grants, ufile, scopes):
    """What is to be read: system -> scopes, those that are named and those of the grants; UFile's is ""."""
    found = {system: set(names) for system, names in scopes.items()}
    found[estate.UFILE] = {""} if ufile else set()
    for grant in grants:
        if grant.system.name != estate.UFILE or ufile is None:
            found[grant.system.name].add(grant.scope or "")
    if not any(found.values()):
        raise ValueError(
            "There is nothing to look at. Name what to read: permissions_file or permissions_grants, ufile: true, "
            "urocketmq_services, rocketmq_instances, roma_instances"
        )
    return {system: sorted(names) for system, names in found.items()}


def scopes_of(results):
    """Scopes of the results of the `_info` modules, by system; one that failed was not read."""
    found = []
    for system, each in results.items():
        for result in each:
            if result.get("skipped"):
                continue
            rows = result.get(PLURAL[system])
            problem = None if rows is not None else str(result.get("msg") or "It was not read.")
            found.append(estate.Scope(system, str(result.get("item") or ""), rows or [], rows is not None, problem))
    return found


def whole(results, grants, setups, file, text, **options):
    """The data of access of results of the `_info` modules; ``grants`` are checked ones, or ``None``."""
    lines = _lines(text or "")
    places = {
        grant.index: {
            "file": file,
            "number": grant.index + 1,
            "line": lines[grant.index] if grant.index < len(lines) else None,
        }
        for grant in grants or ()
    }
    return _access_task.data(scopes_of(results), grants, setups, places, **options)


def _lines(text):
    """The lines in which the grants of a file begin; none where that cannot be told."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return []
    if isinstance(node, yaml.MappingNode):
        node = next((value for key, value in node.value if key.value == texts.NAME), None)
    return [item.start_mark.line + 1 for item in node.value] if isinstance(node, yaml.SequenceNode) else []
