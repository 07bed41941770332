# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes planted into the collection, one or more for each property: the campaign has to name the property and a seed.

A campaign that finds nothing proves something only if it would have found these.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

from ansible_collections.grantops.cloud.plugins.module_utils import _errors, _task
from ansible_collections.grantops.cloud.plugins.module_utils._engine import execute as engine
from ansible_collections.grantops.cloud.plugins.module_utils._engine import lock
from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud.provider import HuaweiCloudClient
from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types
from ansible_collections.grantops.cloud.plugins.module_utils._schema import resource
from ansible_collections.grantops.cloud.plugins.module_utils._transport import client, http
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.provider import UCloudClient
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.ufile_token import UFileTokenAPI

from . import campaign, faults, inside, schedule, worlds

TRIES = 400  # seeds, until one of them must have shown the mistake


@dataclass(frozen=True)
class Plant:
    letter: str
    name: str
    kind: str  # of the fault that brings it to light
    system: str | None
    place: Callable[[], contextlib.AbstractContextManager]
    world: str = ""  # that it takes to bring it to light


def _replace(owner: Any, name: str, make: Callable) -> Callable:
    """A mistake that wraps what is there."""

    @contextlib.contextmanager
    def place() -> Iterator[None]:
        with mock.patch.object(owner, name, make(getattr(owner, name))):
            yield

    return place


def _spoilt(owner: Any, name: str, spoil: Callable) -> Callable:
    """A mistake in what comes back."""

    def spoilt(function: Callable) -> Callable:
        return lambda *given, **more: spoil(function(*given, **more))

    return _replace(owner, name, spoilt)


def _half_of_it(sent):
    return {key: value for key, value in sent.items() if key != "group_perms"}


def _forgets_one(error):
    error.written = error.written[1:]
    return error


def _tries_one_more(error):
    error.pending, error.failed = error.pending + error.failed, []
    return error


def _never_failed(result):
    return {"changed": result["changed"], "changes": []} if result.pop("failed", False) else result


def _sure(run_error):
    def fails(self, text, failed, **more):
        return run_error(self, text.partition(" The service may")[0], failed, **more)

    return fails


def _leaves_a_lock(run):
    locked = []

    def runs(*arguments, **keywords):
        if locked:
            raise _errors.ConfigurationError("locked by an earlier run")
        try:
            return run(*arguments, **keywords)
        except _errors.RunError:
            locked.append(True)
            raise

    return runs


def _touches_another(write):
    def writes(self, changes):
        write(self, changes)
        named = {change.names["token_id"] for change in changes}
        other = next(token for token in ("uf-alpha", "uf-beta") if token not in named)
        self.client.call("UpdateUFileToken", {"TokenId": other, "AllowedOps": ["TOKEN_ALLOW_NONE"]})

    return writes


def _repeats_everything(call):
    def calls(self, action, parameters=None, idempotent=True):
        return call(self, action, parameters, idempotent=True)

    return calls


def _waits_first(send):
    def sends(self, call):
        self._sleep(self.timeout * (self.retries + 1) + 5)
        return send(self, call)

    return sends


def _believes_in_luck(once):
    def tries(self, request, deadline):
        result = once(self, request, deadline)
        if isinstance(result, _errors.RequestError) and result.kind == _errors.AUTHENTICATION:
            result.retry = True
        return result

    return tries


def _asks_on(attempt):
    def asks(self, call):
        self._refused = None
        return self.transport.send(call)

    return asks


def _fights(ignored):
    def overwrites(self, stale):
        changes = [change for change, _state in stale]
        for change in changes:
            self.api.update([change])
        return ignored(self, stale)

    return overwrites


def _always(value):
    """A mistake that knows one response only."""
    return lambda _replaced: lambda *_arguments: value


PLANTS = (
    Plant("a", "a write leaves out a field", "closed", "rocketmq", _spoilt(resource.Resource, "payload", _half_of_it)),
    Plant("b", "a written resource is not listed", "status 5xx", None, _spoilt(writing.Writer, "_run_error", _forgets_one)),
    Plant("b", "a failed one is listed as not tried", "closed", None, _spoilt(writing.Writer, "_run_error", _tries_one_more)),
    Plant("b", "a failure is told as success", "error code", None, _spoilt(_task, "execute", _never_failed)),
    Plant("b", "a change is told as none", "closed", None, _spoilt(_task, "failure", lambda result: {**result, "changed": False})),
    Plant("b", "no change is told as one", "refused", None, _spoilt(_task, "failure", lambda result: {**result, "changed": True})),
    Plant("b", "a write of unknown outcome is told as none", "late response", None, _replace(writing.Writer, "_run_error", _sure)),
    Plant("c", "a failed run leaves a lock behind", "closed", None, _replace(engine, "run", _leaves_a_lock)),
    Plant("d", "a write touches another resource", "throttled", "ufile", _replace(UFileTokenAPI, "update", _touches_another)),
    Plant("e", "a create is repeated blindly", "closed", None, _replace(UCloudClient, "call", _repeats_everything)),
    Plant("f", "a call waits too long", "closed", None, _replace(http.Transport, "send", _waits_first)),
    Plant("g", "a refused request is sent again", "credentials revoked", None, _replace(http.Transport, "_once", _believes_in_luck)),
    Plant("g", "after a refusal others are sent", "credentials revoked", None, _replace(client.Client, "_attempt", _asks_on)),
    Plant("b", "another writer is fought", "second writer after", None, _replace(writing.Writer, "_ignored", _fights)),
    Plant("a", "a masked secret is written back", "throttled", "rocketmq", _replace(field_types, "masked", _always(False)), "masked secrets"),
    Plant("a", "a late replica is believed", "throttled", "urocketmq", _replace(lock.Locks, "_is_older", _always(False)), "replicas"),
    Plant("c", "a token that has ended is the end", "throttled", "roma", _replace(HuaweiCloudClient, "renew", _always(False)), "tokens end"),
    Plant("d", "exclusive reaches another region", "throttled", "ufile", _replace(UFileTokenAPI, "reached_by_exclusive", _always(True)), "regions"),
    Plant("e", "of a tidied name a second one is made", "throttled", "ufile", _replace(resource.Others, "tidied", _always(None)), "tidied names"),
)  # fmt: skip


def check() -> list[tuple[str, str | None]]:
    """Each planted mistake, and None when it was found, or why that is not so."""
    with campaign.at_work() as (sim, doors, _folder):
        return [(f"planted ({plant.letter}): {plant.name}", _found(plant, sim, doors)) for plant in PLANTS]


def _found(plant: Plant, sim, doors) -> str | None:
    kinds = [kind for kind in faults.KINDS if kind.name == plant.kind]
    world = next((world for world in worlds.WORLDS if world.name == plant.world), None)
    for seed in range(1, TRIES):
        system, operation = schedule.operation_of(seed)
        if plant.system not in (None, system) or (world and not world.suits(system, operation, [])):
            continue
        kind = kinds[seed % len(kinds)]
        with plant.place():
            _schedule, _run, violations = inside.run(sim, doors, seed, kind, world)
        if any(violation.letter == plant.letter for violation in violations):
            if any(violation.seed != seed for violation in violations):
                return f"seed {seed} showed it, and another one was named"
            _schedule, _run, violations = inside.run(sim, doors, seed, kind, world)
            return f"seed {seed} violates without it too: {violations[0]}" if violations else None
    return f"not found in {TRIES} seeds"
