# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans the next step of a rotation from the generations that a service shows. Nothing here reads or writes."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _generations as generations
from .. import _text as texts
from .. import _yaml as yaml
from .._engine import plan as planning
from .._huaweicloud import rocketmq_user
from .._permissions.permission_set import differences
from .._schema import fields as field_types
from .._schema.resource import Change, Desired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._permissions.permission_set import PermissionSet
    from .._schema.resource import Field, Names, Resource, ResourceAPI, State, Values

SOON = 30 * 86400  # seconds; a new token that ends within them gets a warning
KEY_LENGTH = 32  # characters, the most that a RocketMQ user's key may have
# Three classes of characters, and none that a shell or a file treats specially
ALPHABET = string.ascii_letters + string.digits


class Generation:
    """One of the tokens or users that follow each other; with ``state`` ``None``, one that does not exist yet."""

    def __init__(self, number: int, name: str, state: State | None) -> None:
        self.number = number
        self.name = name
        self.state = state

    def told(self, resource: Resource) -> str:
        """For messages: `billing.g2 (token_id t-1)`."""
        identity = resource.identity[0].option
        own = self.state.names.get(identity) if self.state else None
        return self.name if own in (None, self.name) else f"{self.name} ({identity} {own})"


def refused(text: str, option: str = "principal", hint: str | None = None) -> errors.TaskError:
    """The error of a rotation that is refused because of one option."""
    return errors.TaskError([errors.Problem("", text, option)], hint=hint)


def find(system: PermissionSet, api: ResourceAPI, states: Sequence[State], principal: str) -> list[Generation]:
    """The generations of ``principal`` among all ``states`` of its scope, the oldest first; TaskError when there is none.

    ``principal`` is their base name, or the name of one of them.
    """
    resource, option = system.resource, system.resource.identity[-1].option
    base, _number = generations.split(system.name, principal)
    nameless = sorted(state.names[resource.identity[0].option] for state in states if not state.names.get(option))
    if nameless:
        ids = ", ".join(nameless)
        raise refused(f"it is not known which generations exist, since the service shows no {option} for {ids}")
    by_base: dict[str, list[State]] = {}
    for state in states:
        by_base.setdefault(generations.split(system.name, state.names[option])[0], []).append(state)
    if base not in by_base:
        like = texts.did_you_mean(base, by_base)
        raise refused(f"must be one that exists; there is no {resource.label} {base!r}{like}")
    here = [state for state in by_base[base] if api.reached_by_exclusive(state)]
    found = [
        Generation(generations.split(system.name, state.names[option])[1], state.names[option], state)
        for state in here or by_base[base]
    ]
    return sorted(found, key=lambda each: (each.number, each.told(resource)))


def two_at_most(resource: Resource, found: Sequence[Generation]) -> None:
    """Raise TaskError unless it is clear which generation follows which: for more than two, and for equal names."""
    names = [each.name for each in found]
    if len(found) > 2 or len(set(names)) < len(names):
        listed = "; ".join(
            f"{each.told(resource)}, {'the oldest' if each.number == found[0].number else f'generation {each.number}'}"
            for each in found
        )
        raise refused(
            f"must have one generation, or two while its keys change hands; there are {len(found)}: {listed}",
            hint=f"Delete those whose keys nobody uses, with state: absent and their {resource.identity[0].option}.",
        )


def words(fields: Sequence[Field], old: State, new: State) -> str:
    """For messages: the values of ``fields`` in both generations."""

    def shown(field: Field, state: State) -> str:
        value = state.values.get(field.option)
        return "not shown" if value is None else yaml.flow(field.type.diff(value))

    return "; ".join(f"{field.option} is {shown(field, old)} and {shown(field, new)}" for field in fields)


def usable(resource: Resource, api: ResourceAPI, each: Generation) -> State:
    """The State of a generation that another one can follow; TaskError when it cannot be one."""
    state: Any = each.state
    reason = api.protected(state)
    if reason:
        raise refused(f"must be one that can be rotated; {each.told(resource)}: {reason}")
    unknown = [
        field.option for field in resource.fields
        if field.fill and not field.type.secret and field.option not in state.values
    ]  # fmt: skip
    if unknown:
        why = "must be one whose permissions the service shows"
        if state.values.get("admin"):
            why += ", and not a fixed administrator"
        raise refused(f"{why}; of {each.told(resource)} it shows no {', '.join(unknown)}")
    return state  # type: ignore[no-any-return]


def following(system: PermissionSet, api: ResourceAPI, old: Generation) -> tuple[Change, list[str]]:
    """The creation of the generation after ``old``, with the same permissions, and warnings about it."""
    resource, state = system.resource, usable(system.resource, api, old)
    base, number = generations.split(system.name, old.name)
    option = resource.identity[-1].option
    name = generations.name_of(system.name, base, number + 1)
    if system.name == "huaweicloud_rocketmq" and not rocketmq_user.NEW_NAME.match(name):
        raise refused(
            f"must have a name that allows {name!r} as the next one: a new user's name begins with a letter and has 7 to 64 "
            f"letters, digits, '-' or '_'; got {old.name!r}. in_place: true changes the key of the user itself"
        )
    end = state.values.get("expire_time")
    if end is not None and end <= field_types.now():
        raise refused(
            f"must be one that has not ended; {old.told(resource)} ended at {field_types.Time.iso(end)}. Give it a later "
            "end first: a new token gets the same"
        )
    planned = dict(state.values)
    if option in planned:
        planned[option] = name
    if system.needs_secret:
        planned["secret_key"] = new_key(name)
    names = {scope.option: state.names[scope.option] for scope in resource.scope}
    desired = _desired(dict(names, **{option: name}), planned, options={"region": state.facts.get("region")})
    warnings = []
    if end is not None and end <= field_types.now() + SOON:
        warnings.append(f"{resource.label} {name} ends when {old.name} does: at {field_types.Time.iso(end)}.")
    return Change(resource, desired, None, planned), warnings


def equal(resource: Resource, api: ResourceAPI, old: Generation, new: Generation, differs: str) -> State:
    """The State of the newer of two generations; TaskError unless it may do exactly what the older one may.

    A rotation creates it with all permissions. So where they differ, somebody has changed one since, or the newer one was
    not made by a rotation: nothing is guessed. ``differs`` is the hint of the error.
    """
    ours, theirs = usable(resource, api, old), usable(resource, api, new)
    differing = differences(resource, ours, theirs)
    if differing:
        raise refused(
            f"must have two generations with the same permissions; of {old.told(resource)} and {new.told(resource)}: "
            f"{words(differing, ours, theirs)}",
            hint=differs,
        )
    return theirs


def unchanged(resource: Resource, api: ResourceAPI, old: Generation, new: Generation) -> Change:
    """A Change without any difference; TaskError unless the newer generation may do exactly what the older one may."""
    hint = (
        f"Where {new.name} is to follow {old.name}, make them equal, with a grant of {old.name}, which is for both, or with "
        "replace: true, which makes the newer one anew. Where it is something of its own, give that another name."
    )
    state = equal(resource, api, old, new, hint)
    return planning.plan(api, _desired(state.names), state)


def deletion(resource: Resource, each: Generation) -> Change:
    """The Change that deletes a generation, which must exist."""
    state: Any = each.state
    return Change(resource, _desired(state.names), state, None)


def with_new_key(resource: Resource, api: ResourceAPI, each: Generation, like: Generation | None = None) -> Change:
    """The Change that sets a new key for a RocketMQ user; its permissions stay, or become those of ``like``."""
    state = usable(resource, api, each)
    values = {"secret_key": new_key(each.name)}
    if like is not None:
        source = usable(resource, api, like)
        values.update((field.option, source.values[field.option]) for field in differences(resource, source, state))
    return Change(resource, _desired(state.names, values), state, dict(state.values, **values))


def equal_to_finish(resource: Resource, api: ResourceAPI, old: Generation, new: Generation) -> None:
    """TaskError unless the newer generation may do exactly what the older one may, which can then be deleted."""
    hint = f"Nothing was deleted. Make them equal, with a grant of {old.name}, which is for both, or begin with replace: true."
    equal(resource, api, old, new, hint)


def _desired(names: Names, values: Values | None = None, **more: Any) -> Desired:
    return Desired("", dict(names), dict(values or {}), **more)


def new_key(name: str) -> str:
    """A key for a RocketMQ user, by the documented rules.

    8 to 32 characters of three classes, not the user's name or its reverse, and not beginning with `-`.
    """
    while True:
        key = "".join(secrets.choice(ALPHABET) for _each in range(KEY_LENGTH))
        classes = (str.isupper, str.islower, str.isdigit)
        if all(any(map(kind, key)) for kind in classes) and not rocketmq_user.is_its_name(key, name):
            return key
