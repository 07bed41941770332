# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants on all systems in one pass: read each system once, plan, judge, write, verify."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Callable

from .. import _errors as errors
from .._engine import execute as engine
from .._engine import plan as planning
from .._schema.resource import NONE, Change, Desired, Others, State
from .grants import GrantProblem
from .plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._transport.client import Client
    from .grants import Grant
    from .permission_set import Permission, PermissionSet
    from .plan import Entry, Plan

UNCHANGED, PLANNED, WRITTEN, FAILED, NOT_TRIED, REFUSED = (
    "unchanged", "planned", "written", "failed", "not tried", "refused",
)  # fmt: skip


class Settings:
    """What a task says of all its grants: its options, less the grants and the connections."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.exact = params["scope"] == "exact"
        self.exclusive = params["exclusive"]
        self.exclusive_limit = params["exclusive_limit"]
        self.create = params["create"]
        self.verify = params["verify"]
        self.verify_timeout = params["verify_timeout"]


class SystemPass:
    """One system's part of the pass."""

    def __init__(
        self,
        system: PermissionSet,
        grants: list[Grant],
        client: Client,
        settings: Settings,
        progress: engine.Progress | None,
        whole: bool = False,
    ) -> None:
        unset: Any = None
        self.system = system
        self.grants = grants
        self.api = system.resource.api(client)
        self.settings = settings
        # Whether all of each scope is read. If not, only the topics that grants name are read of ROMA Connect.
        self.whole = whole or settings.exact or not system.per_topic
        self.states: list[State] = []
        self.plan: Plan = unset  # of `plan.plan`
        self.deletions: list[Change] = []  # Changes of principals that no grant names
        self.unmanaged: list[State] = []  # States of those that stay
        self.unread = False  # reading failed
        # The state of the first plan of the run: principal -> what it held, and the keys of all resources
        self._first: tuple[dict[Any, Permission], set[Any]] | None = None
        client.secrets.add(*(grant.secret for grant in grants))
        self.run = engine.Run(self.api, self._plan, settings.verify, settings.verify_timeout, progress=progress)

    @property
    def scopes(self) -> list[dict[str, str]]:
        """The services or instances that grants name, as arguments of `ResourceAPI.list`; one empty one for UFile."""
        scopes = sorted({grant.scope for grant in self.grants}, key=str)
        return [{self.system.scope: str(scope)} if self.system.scope else {} for scope in scopes]

    def _plan(self) -> tuple[list[Change], list[str]]:
        """Read and plan, as `execute.Run` calls it: the changes, and warnings. TaskError with all problems."""
        try:
            self.states = self._read()
            return self._changes(), self.plan.warnings
        except (errors.RequestError, errors.ResponseError) as error:
            self.unread = True
            where = ", ".join(str(scope) for names in self.scopes for scope in names.values())
            subject = f"{self.system.resource.label}s" + (f" of {where}" if where else "")
            raise engine.read_failed(self.system.resource, error, subject) from error

    def _read(self) -> list[State]:
        """One list for each service or instance; of ROMA Connect only the topics that grants name, unless ``whole``."""
        if not self.whole:
            topics = sorted({(grant.scope, topic) for grant in self.grants for topic in grant.permission})
            desired = [Desired("", {self.system.scope: str(scope), "name": topic}, {}) for scope, topic in topics]
            return [state for state in self.api.read(desired) if isinstance(state, State)]
        lists = self.api.client.each(self.api.list, self.scopes)
        return [state for states in lists for state in states]

    def _changes(self) -> list[Change]:
        settings = self.settings
        self.plan = plan(self.system, self.grants, self.states, settings.exact, settings.create)
        entries = self.plan.entries
        problems: list[errors.Problem] = [*self.plan.problems]
        problems.extend(self._appeared())
        desired: list[Desired] = []
        self._sources = {entry.position: entry.sources for entry in entries}
        for entry in entries:
            try:
                desired.append(self._desired(entry))
            except errors.TaskError as error:
                problems.extend(map(self._of_grants, error.problems))
        if problems:
            raise errors.TaskError(problems)
        for each in desired:
            self.plan.warnings.extend(self.api.warn(each))
        try:
            changes = planning.plan_known(self.api, desired, [entry.state or self._others(entry) for entry in entries])
            for entry, change in zip(entries, changes):
                entry.change = change
            self.api.prepare([change for change in changes if change.action != NONE])
            self.deletions = self._exclusive(changes)
        except errors.TaskError as error:
            raise errors.TaskError(map(self._of_grants, error.problems), hint=error.hint) from error
        self.plan.warnings.extend(self.api.warn_planned(changes))
        if self._first is None:
            before = {(each.scope, each.label): each.before for each in self.plan.principals}
            self._first = before, {self.system.resource.key(state.names) for state in self.states}
        return changes + self.deletions

    def _appeared(self) -> Iterator[GrantProblem]:
        """A problem for each principal that somebody gave more to since the first plan, and this plan would take away.

        A plan is made again when another task has written meanwhile. What no shown plan has named is not taken away.
        """
        if self._first is None or self.plan.problems:
            return
        before = self._first[0]
        for principal in self.plan.principals:
            known = before.get((principal.scope, principal.label), self.system.nothing())
            with contextlib.suppress(ValueError):  # where the sum cannot be expressed, only what it held counts
                known = self.system.add(known, [principal.after])
            more = self.system.words_beyond(principal.before, known)
            if more:
                yield principal.refuse(
                    f"since the first plan of this run, somebody gave it: {more}. These grants would take that away, and no "
                    "plan has shown it yet: run again to see it in the plan"
                )

    def _of_grants(self, problem: errors.Problem) -> errors.Problem:
        """A Problem of the engine as one of the grants that it comes from."""
        if isinstance(problem, GrantProblem):
            return problem
        sources = self._sources.get(problem.position, [])
        return GrantProblem(
            sources, ": ".join(filter(None, (problem.option, problem.message))), system=self.system.name
        )

    def _desired(self, entry: Entry) -> Desired:
        if not entry.options:
            return Desired(entry.position, entry.names, {})
        # A new resource has its name among its fields, where the table has a field for it.
        options = dict(entry.names, **entry.options) if entry.state is None else entry.options
        return self.api.entry(entry.position, entry.names, options, entry.purge)

    def _others(self, entry: Entry) -> Others:
        name, scope = self.system.principals[0], self.system.scope
        beside = [state.names for state in self.states if not scope or state.names[scope] == entry.names[scope]]
        return Others([names[name] for names in beside if names.get(name)])

    def _exclusive(self, changes: list[Change]) -> list[Change]:
        named = {id(entry.state) for entry in self.plan.entries}
        others = [] if self.system.per_topic else [state for state in self.states if id(state) not in named]
        self.unmanaged = others
        if not self.settings.exclusive or self.system.per_topic:
            return []
        kept = [Change(self.system.resource, Desired("", dict(p.state.names), {}), p.state, dict(p.state.values))
                for p in self.plan.principals if p.state is not None]  # fmt: skip
        exclusive = planning.Exclusive(self.api, self.scopes, self.settings.exclusive_limit)
        deletions = exclusive.deletions(self.states, kept)
        self.plan.warnings.extend(exclusive.warnings)
        new = [each for each in deletions if self._first and self.system.resource.key(each.names) not in self._first[1]]
        if new:
            name = self.system.resource.describe(new[0].names)
            text = (
                f"somebody created {name} since the first plan of this run. exclusive would delete it, and no plan has shown it "
                "yet: run again to see it in the plan"
            )
            raise errors.TaskError([errors.Problem("", text)])
        gone = {id(change.existing) for change in deletions}
        self.unmanaged = [state for state in others if id(state) not in gone]
        return deletions

    # -- afterwards ----------------------------------------------------------------------------------

    def status(self, change: Change | None) -> str:
        """What became of one change."""
        if change is None or change.action == NONE:
            return UNCHANGED
        if self.run.predicted:
            return PLANNED
        return NOT_TRIED if self.run.writer is None else self.run.writer.status(change)

    def after(self, change: Change) -> dict[str, Any] | None:
        """The resource as a result shows it, after the run or as predicted; ``None`` where it is gone."""
        state = engine.after(change, self.run.fresh.get(change))
        return state and self.system.resource.show(*state)


def write(parts: Sequence[SystemPass], check_mode: bool, judge: Callable[[], object] = lambda: None) -> None:
    """Plan all ``parts`` and carry them out; see `execute.run_all`. RunError when one of them did not end well."""
    engine.run_all([part.run for part in parts], check_mode, judge)
    found = [(part.system.name, part.run.error) for part in parts if part.run.error is not None]
    if found:
        text = " ".join(f"{name}: {error.message}" for name, error in found)
        # The messages have the hints of their causes already.
        raise joined(parts, errors.RunError(text, cause=found[0][1]))


def joined(parts: Sequence[SystemPass], error: errors.RunError) -> errors.RunError:
    """``error`` with what was written, what failed and what was not tried on all systems."""
    lists: dict[str, list[dict[str, Any]]] = {WRITTEN: [], FAILED: [], NOT_TRIED: []}
    for part in parts:
        for change in part.run.changing:
            names = dict(part.system.resource.identify(change.names), system=part.system.name)
            lists[part.status(change)].append(names)
    counts = ", ".join(f"{status}: {len(names)}" for status, names in lists.items())
    return errors.RunError(
        f"{error.message} In all, {counts}." if len(parts) > 1 else error.message,
        cause=error.cause,
        hint=error.hint,
        written=lists[WRITTEN],
        failed=lists[FAILED],
        pending=lists[NOT_TRIED],
        changed=any(part.run.touched for part in parts),
    )
