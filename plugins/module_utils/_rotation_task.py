# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of `rotate` to its result, for the module and the action plugin alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _errors as errors
from . import _options, _permissions_task, _task
from ._engine import execute as engine
from ._permissions import grants
from ._rotation import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._permissions.permission_set import PermissionSet
    from ._schema.resource import Names
    from ._transport.client import Client

ROMA = "huaweicloud_roma"
NO_KEYS_HERE = (
    "must be a system whose keys can be changed here: ucloud_ufile, ucloud_urocketmq or huaweicloud_rocketmq. The key of a ROMA "
    "Connect application is reset in the console of ROMA Connect, under Integration Applications, at once for all that use it"
)


def argument_spec() -> dict[str, Any]:
    """The keyword arguments of AnsibleModule, and of an action's ``validate_argument_spec``."""
    connections = _permissions_task.argument_spec()["argument_spec"]
    spec: dict[str, Any] = {
        "system": {"type": "str", "required": True, "choices": list(grants.SYSTEMS)},
        "principal": {"type": "str", "required": True},
        "step": {"type": "str", "required": True, "choices": ["begin", "finish"]},
        "service_id": {"type": "str"},
        "instance_id": {"type": "str"},
        "in_place": {"type": "bool", "default": False},
        "replace": {"type": "bool", "default": False},
        "verify_timeout": {"type": "float", "default": 30.0},
    }
    spec.update((provider.name, connections[provider.name]) for provider in _permissions_task.PROVIDERS)
    return {"argument_spec": spec}


class RotationTask(_task.Task):
    """A task of `rotate`."""

    def __init__(self) -> None:
        self.spec = argument_spec()

    def checked(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        problems = list(_options.problems(self.spec["argument_spec"], given))
        return dict(given), _task.failure(None, errors.TaskError(problems)) if problems else None

    def refused(self, text: str) -> dict[str, Any]:
        return dict(_task.failure(None, errors.TaskError([_problem(text)])), msg=text)

    def execute(self, params: Mapping[str, Any], how: _task.How = _task.AS_USUAL) -> dict[str, Any]:
        secrets = errors.Secrets()
        progress = engine.Progress(how.show)
        system = grants.SYSTEMS[params["system"]]
        client: Client | None = None
        rotation: run.Rotation | None = None
        try:
            try:
                scope = _checked(system, params)
                client = _permissions_task.connected(system.resource, params, secrets, how.connect or _task.new_client)
                secrets = client.secrets
                rotation = run.Rotation(
                    system, client, scope, params["principal"], how.check_mode, params["verify_timeout"], progress
                )
                if params["step"] == "begin":
                    rotation.begin(params["in_place"], params["replace"])
                else:
                    rotation.finish(params["in_place"])
                result = _result(rotation, params["step"], how.diff)
            except errors.GrantopsError as error:
                result = _failed(system, progress.report(error), secrets, rotation)
            warnings = (client.warnings if client else []) + (rotation.warnings if rotation else [])
            if warnings:
                result["warnings"] = secrets.clean(list(dict.fromkeys(warnings)))
            if how.when_done:
                how.when_done()
            return result
        except BaseException as error:
            if client is not None:
                client.stop()
            return _failed(system, progress.report(errors.typed(error)), secrets, rotation)


def _problem(text: str, option: str | None = None) -> errors.Problem:
    return errors.Problem("", text, option)


def _checked(system: PermissionSet, params: Mapping[str, Any]) -> Names:
    """The names of the service or instance; TaskError with all mistakes in the options."""
    if system.name == ROMA:
        raise errors.TaskError([_problem(NO_KEYS_HERE, "system")])
    problems = _task.mistaken_timeout(params)
    for option in grants.SCOPES:
        if option == system.scope and not params[option]:
            problems.append(_problem(f"must be given for {system.name}; got nothing", option))
        elif option != system.scope and params[option] is not None:
            text = f"must be left out, since {system.name} does not use it; got {errors.brief(params[option])}"
            problems.append(_problem(text, option))
    scope = {system.scope: params[system.scope]} if system.scope and params[system.scope] else {}
    principal = {system.resource.identity[-1].option: params["principal"]}
    problems.extend(
        _problem(problem.message, problem.option if problem.option in scope else "principal")
        for problem in system.resource.check_names("", {**scope, **principal})
    )
    if params["in_place"] and not system.needs_secret:
        text = f"must be left out for {system.name}, which makes a new token; it is for huaweicloud_rocketmq, whose keys can be set"
        problems.append(_problem(text, "in_place"))
    if params["replace"] and (params["in_place"] or params["step"] != "begin"):
        beside = "in_place" if params["in_place"] else "step: finish"
        text = f"is for step: begin with a second token or user; it cannot be used together with {beside}"
        problems.append(_problem(text, "replace"))
    if problems:
        raise errors.TaskError(problems)
    return scope


def _failed(
    system: PermissionSet, error: errors.GrantopsError, secrets: errors.Secrets, rotation: run.Rotation | None
) -> dict[str, Any]:
    result = _task.failed(system.resource, error, secrets, False)
    result["changed"] = bool(result["changed"] or (rotation and rotation.touched))
    return result


def _result(rotation: run.Rotation, step: str, diff: bool) -> dict[str, Any]:
    resource = rotation.resource
    result: dict[str, Any] = {
        "changed": bool(rotation.changes),
        "changes": [_task.told(resource, change) for change in rotation.changes],
        "principal": rotation.base,
        "old": run.told(resource, rotation.old),
        "new": run.told(resource, rotation.new),
        "msg": run.telling(rotation, step),
    }
    if rotation.credentials is not None:
        result["credentials"] = rotation.credentials
    if diff:
        result["diff"] = [_task.diff_of(resource, *both) for both in zip(rotation.changes, result["changes"])]
    return result
