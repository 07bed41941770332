# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remedies as text to copy: a command; or a playbook, where a name from the cloud would be read as a template."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from .. import _yaml as yaml
from .estate import ROCKETMQ, ROMA, UFILE, UROCKETMQ

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MODULES = {
    UFILE: "ucloud_ufile_token",
    UROCKETMQ: "ucloud_urocketmq_token",
    ROCKETMQ: "huaweicloud_rocketmq_user",
    ROMA: "huaweicloud_roma_topic_policy",
}
SCOPES = {UFILE: "project_id", UROCKETMQ: "service_id", ROCKETMQ: "instance_id", ROMA: "instance_id"}


def command(system: str, scope: str, options: Mapping[str, Any]) -> str:
    """A command that runs the module of ``system`` with ``options``; what these leave out stays as it is."""
    return _run(MODULES[system], dict(options, **({SCOPES[system]: scope} if scope else {})))


def reading(system: str, scope: str) -> str:
    """A command that reads a scope of ``system``."""
    return _run(MODULES[system] + "_info", {SCOPES[system]: scope} if scope else {})


def granting(grants: Sequence[Mapping[str, Any]], setups: Mapping[str, Any], project: str = "") -> str:
    """A command that gives a principal exactly what ``grants`` say. ``setups`` are those of them that are not built in."""
    options: dict[str, Any] = {"grants": [*grants], "scope": "exact"}
    if setups:
        options["setups"] = setups
    if project:
        options["ucloud"] = {"project_id": project}
    return _run("permissions", options)


def acceptance(fields: Mapping[str, Any]) -> str:
    """An acceptance, as YAML."""
    return f"permissions_acceptances:\n  - {yaml.flow(fields, unsafe=True)}"


def _run(name: str, options: Mapping[str, Any]) -> str:
    module = f"grantops.cloud.{name}"
    text = json.dumps(options, sort_keys=True)
    if not yaml.TEMPLATE.search(text):
        return f"ansible localhost -m {module} -a {shlex.quote(text)}"
    return (
        f"- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {module}:\n"
        + "".join(f"        {key}: {yaml.flow(options[key], unsafe=True)}\n" for key in sorted(options)).rstrip()
    )


def rotation(system: str, scope: str, principal: str, step: str) -> str:
    """A command that replaces the key of ``principal``; a sentence where its name would be read as a template."""
    if yaml.TEMPLATE.search(principal):
        return "Make a token of another name with the same permissions, hand it over, and delete this one."
    options = {"system": system, SCOPES[system]: scope, "principal": principal, "step": step}
    words = ["ansible-playbook", "grantops.cloud.rotate"]
    for key, value in options.items():
        if value and key != "project_id":
            plain = re.fullmatch(r"[A-Za-z0-9._:@/-]+", value)
            words += ["-e", f"{key}={value}" if plain else shlex.quote(json.dumps({key: value}))]
    if step == "begin":  # the new keys must be handed over somewhere
        words += ["-e", "rotate_vault_file=keys.yml", "-e", "rotate_vault_password_file=vault-password"]
    return " ".join(words)
