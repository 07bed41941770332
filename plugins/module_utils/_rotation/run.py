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
from .._schema.resource import CREATE
from . import plan as planning

if TYPE_CHECKING:
    from .._permissions.permission_set import PermissionSet
    from .._schema.resource import Change, Names, State
    from .._transport.client import Client
    from .plan import Generation

PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds before each look whether another controller has deleted its creation
TRIES = 3  # creations of one step, when other controllers create the same one at the same moment
# How to get keys that cannot be read: of a token, and of a user whose key can be set.
MAKE_ANEW = "Begin again. replace: true deletes {} and makes it again, with keys that are returned; {} goes on working meanwhile."
SET_KEY = "Begin again with replace: true, which gives {} a new key; {} goes on working meanwhile."


class Rotation:
    """One step for one principal. What it found and did is in its attributes, also after an error."""

    def __init__(
        self,
        system: PermissionSet,
        client: Client,
        scope: Names,
        principal: str,
        check_mode: bool,
        verify_timeout: float,
        progress: engine.Progress,
    ) -> None:
        self.system = system
        self.resource = system.resource
        self.api = system.resource.api(client)
        self.scope = scope
        self.principal = principal
        self.base = generations.split(system.name, principal)[0]
        self.check_mode = check_mode  # nothing is carried out: the changes are a prediction
        self.changes: list[Change] = []  # that were carried out, or in check mode would be
        self.warnings: list[str] = []
        self.old: Generation | None = None
        self.new: Generation | None = None
        self.credentials: dict[str, Any] | None = None
        self.touched = False  # something was written, or may have been
        self._verify_timeout = verify_timeout
        self._progress = progress
        self._gone: list[str] = []  # ids that were deleted, or in check mode would be

    # -- the steps -----------------------------------------------------------------------------------

    def begin(self, in_place: bool, replace: bool) -> None:
        """Make sure that there are two generations with the same permissions; read the keys of the newer one."""
        if in_place:
            self._run(self._plan_in_place)
            self._hand_out()
            return
        if replace and self.resource.makes_credentials:
            self._run(self._plan_replacing)
            self._gone.extend(change.names[self._id] for change in self.changes)
        for _each in range(TRIES):
            made = self._run(lambda: self._plan_begin(replace))
            if self.check_mode or not any(map(self._is_doubled, made)):
                self._hand_out()
                return
        text = f"Other controllers keep rotating {self.base} at the same time."
        raise errors.RunError(text, hint="Rotate it from one controller only.")

    def finish(self, in_place: bool) -> None:
        """Delete the older generation."""
        self._run(lambda: self._plan_finish(in_place))

    # -- plans ---------------------------------------------------------------------------------------

    def _plan_begin(self, replace: bool) -> tuple[list[Change], list[str]]:
        found = self._find()
        warnings: list[str] = []
        if len(found) == 1:
            change, warnings = planning.following(self.system, self.api, found[0])
            found.append(planning.Generation(found[0].number + 1, change.names[self._name], None))
        elif replace and self.system.needs_secret:  # its key can be set
            change = planning.with_new_key(self.resource, self.api, found[1], like=found[0])
        else:
            change = planning.unchanged(self.resource, self.api, *found)
        self._of(*found)
        return [change], warnings

    def _plan_replacing(self) -> tuple[list[Change], list[str]]:
        found = self._find()
        if len(found) == 1:
            return [], []
        planning.following(self.system, self.api, found[0])  # nothing is deleted that could not be made again
        return [planning.deletion(self.resource, found[1])], []

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
        planning.equal_to_finish(self.resource, self.api, *found)
        return [planning.deletion(self.resource, found[0])], []

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
            subject = " of ".join([f"{self.resource.label}s", *self.scope.values()])
            if not self.touched:
                raise engine.read_failed(self.resource, error, subject) from error
            text = f"Could not read {subject} after a write: repeat the step, which goes on from there. {error.text()}"
            raise errors.RunError(text, cause=error) from error
        return [state for state in found if state.names[self._id] not in self._gone]

    def _find(self) -> list[Generation]:
        found = planning.find(self.system, self.api, self._states(), self.principal)
        planning.two_at_most(self.resource, found)
        return found

    def _run(self, plan: Callable[[], tuple[list[Change], list[str]]]) -> list[Change]:
        """Carry out what ``plan()`` returns; returns the changes that write something. RunError when a write failed."""

        def prepared() -> tuple[list[Change], list[str]]:
            changes, warnings = plan()
            self.api.prepare(changes)
            return changes, warnings

        run = engine.Run(self.api, prepared, verify_timeout=self._verify_timeout, progress=self._progress, whole=True)
        try:
            engine.run_all([run], self.check_mode)
        except errors.TaskError as error:
            if not self.touched:
                raise
            text = "After a write, the rest could not be done. " + "; ".join(map(str, error.problems)) + "."
            raise errors.RunError(text, hint=error.hint) from error
        finally:
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
        if self._id == self._name:  # RocketMQ never has two users of one name
            return False
        own, others = self._twins(change)
        if not others or own is None:
            return False
        if own.names[self._id] < min(each.names[self._id] for each in others):
            for pause in PAUSES:
                time.sleep(pause)
                own, others = self._twins(change)
                if not others or own is None:
                    return False
        new: Any = self.new
        mine = planning.Generation(new.number, new.name, own)
        self._run(lambda: ([planning.deletion(self.resource, mine)], []))
        self._gone.append(own.names[self._id])
        self.warnings.append(
            f"Another controller created {mine.name} at the same moment; {mine.told(self.resource)}, which this one had "
            "created, was deleted again; nobody has its keys."
        )
        return True

    def _twins(self, change: Change) -> tuple[State | None, list[State]]:
        """What was created (``None`` where its id is not known), and the others of its name."""
        same: dict[str | None, State] = {
            state.names[self._id]: state
            for state in self._states()
            if state.names.get(self._name) == change.names[self._name]
        }
        own = same.pop(change.names.get(self._id), None)
        return own, list(same.values())

    # -- keys ----------------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        """Read the keys of the newer generation, unless nothing is carried out."""
        new: Any = self.new
        if self.check_mode:
            return
        if new.state is None:
            new.state = self._created(self.changes[-1].names)
        names = dict(new.state.names)
        found = self._keys(names)
        if not all(isinstance(key, str) and key and not texts.masked(key) for key in found.values()):
            raise self._unreadable("the service does not show them")
        self.api.client.secrets.add(*found.values())
        self.credentials = dict(self.resource.identify(names), **found)

    def _keys(self, names: Names) -> dict[str, Any]:
        if not self.resource.makes_credentials:
            new: Any = self.new
            written = [change.planned_values for change in self.changes]  # one at most: a key that was set is known
            return {"secret_key": (written or [new.state.values])[0].get("secret_key")}
        try:
            return self.api.credentials(names)
        except errors.GrantopsError as error:
            raise self._unreadable(error.text(), error) from error

    def _created(self, names: Names) -> State:
        """The State of what was created with these names. It was verified, but some replicas may not show it yet."""
        for pause in (0.0, *PAUSES):
            time.sleep(pause)
            for state in self._states():
                if names.items() <= state.names.items():
                    return state
        raise self._unreadable("the service does not show it any more")

    def _unreadable(self, why: str, cause: errors.GrantopsError | None = None) -> errors.RunError:
        new: Any = self.new
        old: Any = self.old  # a key that was set in its place needs no read
        text = f"{self.resource.label} {new.told(self.resource)} is there, but its keys could not be read: {why}"
        return errors.RunError(
            text if text.endswith(".") else text + ".",
            cause=cause,
            hint=(MAKE_ANEW if self.resource.makes_credentials else SET_KEY).format(new.name, old.name),
        )


def told(resource: Any, each: Generation | None) -> dict[str, Any] | None:
    """A generation in the form of a result."""
    if each is None:
        return None
    names = resource.identify(each.state.names) if each.state else {resource.identity[-1].option: each.name}
    return dict(names, generation=each.number)


def telling(rotation: Rotation, step: str) -> str:
    """What was done, in one sentence."""
    name, is_or_would = rotation.resource.identity[-1].option, "would be" if rotation.check_mode else "is"
    new: Any = rotation.new
    if step == "finish":
        for change in rotation.changes:
            return f"{change.names[name]} {is_or_would} deleted; {new.name} stays."
        return f"{new.name} is the only one: there is nothing to finish."
    if rotation.old is None:
        return f"The key of {new.name} {is_or_would} changed in its place."
    if any(change.action == CREATE for change in rotation.changes):
        return f"{new.name} {is_or_would} created beside {rotation.old.name}, with the same permissions."
    if rotation.changes:
        return f"The key of {new.name} {is_or_would} changed; {rotation.old.name} keeps its own."
    return f"{new.name} exists beside {rotation.old.name} already."
