# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out the two steps of a rotation; each may be ended at any point, and repeated.

The existing generations tell how far a rotation has come, so nothing is stored between runs. Each step is one or two runs of
the engine, which lock the whole service or instance, since `begin` depends on which generations do not exist.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable

from .. import _errors as errors
from .. import _generations as generations
from .. import _text as texts
from .._engine import execute as engine
from .._schema.resource import CREATE, DELETE
from . import plan as planning

if TYPE_CHECKING:
    from .._permissions.permission_set import PermissionSet
    from .._schema.resource import Change, Names, State
    from .._transport.client import Client
    from .plan import Generation

PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds before each look whether another controller has deleted its creation
TRIES = 3  # creations of one step, when other controllers create the same one at the same moment
NO_KEYS = "replace: true deletes {} and makes it again, with keys that are returned; {} goes on working meanwhile."


class Rotation:
    """One step for one principal. What it found and did is in its attributes, also after an error."""

    def __init__(
        self,
        system: PermissionSet,
        client: Client,
        scope: str | None,
        principal: str,
        check_mode: bool = False,
        verify_timeout: float = 30.0,
        progress: engine.Progress | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.system = system
        self.resource = system.resource
        self.api = system.resource.api(client)
        self.scope: Names = {system.scope: str(scope)} if system.scope else {}
        self.principal = principal
        self.base = generations.split(system.name, principal)[0]
        self.predicted = True  # nothing is carried out: the changes are a prediction
        self.changes: list[Change] = []  # that were carried out, or in check mode would be
        self.warnings: list[str] = []
        self.old: Generation | None = None
        self.new: Generation | None = None
        self.credentials: dict[str, Any] | None = None
        self._check_mode = check_mode
        self.touched = False  # something was written, or may have been
        self._verify_timeout = verify_timeout
        self._progress = progress
        self._sleep = sleep
        self._gone: list[str] = []  # ids that were deleted, or in check mode would be

    # -- the steps -----------------------------------------------------------------------------------

    def begin(self, in_place: bool = False, replace: bool = False) -> None:
        """Make sure that there are two generations with the same permissions; read the keys of the newer one."""
        if in_place:
            self._run(self._plan_in_place)
            self._hand_out()
            return
        if replace and self.resource.makes_credentials:
            self._run(self._plan_replacing)
            self._gone.extend(str(change.names[self._id]) for change in self.changes if change.action == DELETE)
            replace = False
        for _each in range(TRIES):
            made = self._run(lambda: self._plan_begin(replace))
            if self.predicted or not any(map(self._is_doubled, made)):
                self._hand_out()
                return
        text = f"Other controllers keep rotating {self.base} at the same time."
        raise errors.RunError(text, hint="Rotate it from one controller only.", changed=True)

    def finish(self, in_place: bool = False) -> None:
        """Delete the older generation."""
        self._run(lambda: self._plan_finish(in_place))

    # -- plans ---------------------------------------------------------------------------------------

    def _plan_begin(self, replace: bool) -> tuple[list[Change], list[str]]:
        found = self._find()
        warnings: list[str] = []
        if len(found) == 1:
            change, warnings = planning.following(self.system, self.api, found[0])
            found.append(planning.Generation(found[0].number + 1, change.names[self._name], None))
        elif replace:  # RocketMQ, whose keys can be set
            change = planning.with_new_key(self.resource, self.api, found[1], like=found[0])
        else:
            change = planning.unchanged(self.resource, self.api, *found)
        self._of(*found)
        self.api.prepare([change])
        return [change], warnings

    def _plan_replacing(self) -> tuple[list[Change], list[str]]:
        found = self._find()
        if len(found) == 1:
            return [], []
        planning.usable(self.resource, self.api, found[0])
        change = planning.deletion(self.resource, found[1])
        self.api.prepare([change])
        return [change], []

    def _plan_in_place(self) -> tuple[list[Change], list[str]]:
        found = self._find()
        if len(found) > 1:
            raise planning.refused(
                f"cannot be used while there are {found[0].told(self.resource)} and {found[1].told(self.resource)}: finish that "
                "rotation first",
                "in_place",
            )
        self._of(None, found[0])
        change = planning.with_new_key(self.resource, self.api, found[0])
        self.api.prepare([change])
        name = self.resource.describe(change.names)
        return [change], [f"{name}: its old key stops at once; whoever uses it is refused until it has the new one."]

    def _plan_finish(self, in_place: bool) -> tuple[list[Change], list[str]]:
        found = self._find()
        if len(found) == 1:
            if found[0].number == 1 and not in_place:
                raise planning.refused(
                    f"must have two generations; there is only {found[0].told(self.resource)}, so no rotation was begun, and "
                    "nothing is deleted",
                    hint="Run step: begin first.",
                )
            self._of(None, found[0])
            return [], []
        self._of(*found)
        change = planning.finished(self.resource, self.api, *found)
        self.api.prepare([change])
        return [change], []

    # -- reading and writing -------------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return self.resource.identity[-1].option

    @property
    def _id(self) -> str:
        return self.resource.identity[0].option

    def _of(self, old: Generation | None, new: Generation) -> None:
        self.old, self.new = old, new

    def _states(self) -> list[State]:
        """The States of the scope without those that this step has deleted, which a replica may show for a while."""
        try:
            found = self.api.list(self.scope)
        except (errors.RequestError, errors.ResponseError) as error:
            where = "".join(f" of {each}" for each in self.scope.values())
            raise engine.read_failed(self.resource, error, f"{self.resource.label}s{where}") from error
        return [state for state in found if state.names.get(self._id) not in self._gone]

    def _find(self) -> list[Generation]:
        found = planning.find(self.system, self.api, self._states(), self.principal)
        planning.two_at_most(self.resource, found)
        return found

    def _run(self, plan: Callable[[], tuple[list[Change], list[str]]]) -> list[Change]:
        """Carry out what ``plan()`` returns; returns the changes that write something. RunError when a write failed."""
        run = engine.Run(self.api, plan, True, self._verify_timeout, self._sleep, progress=self._progress, whole=True)
        try:
            engine.run_all([run], self._check_mode)
        finally:
            self.predicted = run.predicted
            self.touched = self.touched or run.touched
            self.changes.extend(run.changing)
            self.warnings.extend(run.warnings)
            if run.writer is not None:
                self.warnings.extend(run.writer.warnings)
        if run.error is not None:
            raise run.error
        return run.changing

    # -- two at once ---------------------------------------------------------------------------------

    def _is_doubled(self, change: Change) -> bool:
        """Whether another controller has created the same generation meanwhile, so that this one was deleted again.

        Of two controllers that see both, the one with the larger id deletes its own. If the other one is still there after
        a while, that controller has not seen this one, and its keys may be in use: then this one is deleted, whatever its
        id.
        """
        if change.action != CREATE or self._id == self._name:  # RocketMQ never has two users of one name
            return False
        own, others = self._twins(change)
        if not others or own is None:
            return False
        if str(own.names[self._id]) < min(str(each.names[self._id]) for each in others):
            for pause in PAUSES:
                self._sleep(pause)
                own, others = self._twins(change)
                if not others or own is None:
                    return False
        mine = planning.Generation(2, str(change.names[self._name]), own)
        self._run(lambda: self._taken_away(mine))
        self._gone.append(str(own.names[self._id]))
        self.warnings.append(
            f"Another controller created {mine.name} at the same moment; {mine.told(self.resource)}, which this one had "
            "created, was deleted again; nobody has its keys."
        )
        return True

    def _taken_away(self, mine: Generation) -> tuple[list[Change], list[str]]:
        change = planning.deletion(self.resource, mine)
        self.api.prepare([change])
        return [change], []

    def _twins(self, change: Change) -> tuple[State | None, list[State]]:
        """What was created (``None`` where its id is not known), and the others of its name."""
        same = [state for state in self._states() if state.names.get(self._name) == change.names[self._name]]
        own = [state for state in same if state.names[self._id] == change.names.get(self._id)]
        return (own[0] if own else None), [state for state in same if state not in own]

    # -- keys ----------------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        """Read the keys of the newer generation, unless nothing is carried out."""
        new: Any = self.new
        if self.predicted:
            return
        made = next((change for change in reversed(self.changes) if change.names.get(self._name) == new.name), None)
        names = dict(new.state.names if new.state else {}, **(made.names if made and made.action != DELETE else {}))
        new.state = new.state or self._created(names)
        names = dict(new.state.names)
        found = self._keys(names, made)
        if not all(isinstance(key, str) and key and not texts.masked(key) for key in found.values()):
            raise self._unreadable("the service does not show them")
        self.api.client.secrets.add(*found.values())
        self.credentials = dict(self.resource.identify(names), **found)

    def _keys(self, names: Names, made: Change | None) -> dict[str, Any]:
        if not self.resource.makes_credentials:
            written = (made.after if made and made.action != DELETE else {}).get("secret_key")
            new: Any = self.new
            return {"secret_key": written or new.state.values.get("secret_key")}
        try:
            return self.api.credentials(names)
        except errors.GrantopsError as error:
            raise self._unreadable(error.text(), error) from error

    def _created(self, names: Names) -> State:
        """The State of what was created. It was verified, but some replicas may not show it yet."""
        for pause in (0.0, *PAUSES):
            if pause:
                self._sleep(pause)
            for state in self._states():
                if state.names.get(self._id) == names.get(self._id) or (
                    not names.get(self._id) and state.names.get(self._name) == names.get(self._name)
                ):
                    return state
        raise self._unreadable("the service does not show it any more")

    def _unreadable(self, why: str, cause: errors.GrantopsError | None = None) -> errors.RunError:
        new: Any = self.new
        old = self.old.name if self.old else self.base
        text = f"{self.resource.label} {new.told(self.resource)} is there, but its keys could not be read: {why}"
        return errors.RunError(
            text if text.endswith(".") else text + ".",
            cause=cause,
            hint=f"Begin again. {NO_KEYS.format(new.name, old)}",
            changed=self.touched,
        )


def told(resource: Any, each: Generation | None) -> dict[str, Any] | None:
    """A generation in the form of a result."""
    if each is None:
        return None
    names = resource.identify(each.state.names) if each.state else {resource.identity[-1].option: each.name}
    return dict(names, generation=each.number)


def telling(rotation: Rotation, step: str) -> str:
    """What was done, in one sentence."""
    name, is_or_would = rotation.resource.identity[-1].option, "would be" if rotation.predicted else "is"
    new: Any = rotation.new
    if step == "finish":
        for change in rotation.changes:
            return f"{change.names[name]} {is_or_would} deleted; {new.name} stays."
        return f"{new.name} is the only one: there is nothing to finish."
    if rotation.old is None:
        return f"The key of {new.name} {is_or_would} changed in its place."
    if any(change.action == CREATE for change in rotation.changes):
        return f"{new.name} {is_or_would} created beside {rotation.old.name}, with the same permissions."
    return f"{new.name} exists beside {rotation.old.name} already."
