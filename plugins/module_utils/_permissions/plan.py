# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From grants and existing resources to what is desired of each resource. Nothing here reads or writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _generations as generations
from .. import _text as texts
from .._schema.resource import CREATE, NONE, UPDATE
from .grants import GrantProblem, contradictions, where
from .permission_set import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._schema.resource import Change, Names, State
    from .grants import Grant, Source
    from .permission_set import Permission, PermissionSet, Shown

OWN = ("access_policy", "tag", "owner")  # columns of a topic's row that say what its application may do


class Principal:
    """One principal and all its grants: what it holds, and what it will hold."""

    def __init__(self, grants: Sequence[Grant], state: State | None = None, shown: Shown | None = None) -> None:
        self.grants = grants
        self.system = grants[0].system
        self.scope = grants[0].scope
        self.state = state  # of its resource; None where it does not exist
        self.shown = shown  # its permissions as a result shows them; on ROMA Connect {topic: row}
        self._whole: Shown | None = None  # as `shown` was when decide() was called
        self.before: Permission = {}  # as permissions of its system
        self.after: Permission = {}
        self.action = NONE
        self.entries: dict[str, Entry] = {}  # topic, or '' for the whole principal -> Entry

    @property
    def presents(self) -> list[Grant]:
        """Its grants that give something, without those that take all away."""
        return [grant for grant in self.grants if not grant.absent and not grant.lockdown]

    @property
    def sources(self) -> list[Source]:
        """Where its grants stand."""
        return [grant.source for grant in self.grants]

    @property
    def generation(self) -> str | None:
        """Its own name when its grants name another generation, else ``None``."""
        if self.state is None or self.system.per_topic:
            return None
        key, named = next(iter(self.grants[0].names.items()))
        own = self.state.names.get(key)
        return None if own == named else own

    @property
    def label(self) -> str:
        """What it is called in messages: `UFile token reports`."""
        names = self.generation or ", ".join(sorted(self.grants[0].names.values()))
        return f"{self.system.label} {names}"

    def refuse(self, text: object) -> GrantProblem:
        """The Problem of all its grants that ``text`` tells."""
        return GrantProblem(self.sources, f"{self.label}: {text}", system=self.system.name)

    def decide(self, exact: bool) -> None:
        """Work out what it will hold; ValueError when the system cannot express that."""
        system, self._whole = self.system, self.shown
        existing = system.nothing() if self.shown is None else system.existing(self.shown)
        for grant in self.presents:
            try:
                system.refuse(grant, existing)
            except FieldError as error:
                raise ValueError(f"{error.field} must be {error}") from None
        self.before = start = existing
        if exact and self.shown is not None:
            start = system.baseline(existing, self.shown, [grant.permission for grant in self.grants])
        for grant in self.grants:
            if grant.lockdown:
                start = system.lock(start, grant.permission)
            elif grant.absent and not exact:
                start = system.remove(start, grant.permission)
        after = system.add(start, [grant.permission for grant in self.presents])
        # One object for both saves memory with thousands of grants.
        self.after = existing if after == existing else after

    def holds_more(self) -> str | None:
        """What it holds beyond what its grants give, in words; ``None`` when that is nothing. For a plan that only adds."""
        # Not `shown`: of an application, that has only the topics of its grants by now.
        if not self._whole or len(self.presents) != len(self.grants):
            return None
        system, granted = self.system, [grant.permission for grant in self.grants]
        try:
            declared = system.add(system.baseline(self.before, self._whole, granted), granted)
        except ValueError:
            return None
        return system.words_beyond(self.before, declared) or None

    def options(self) -> dict[str, Any]:
        """The options of the system's module that turn before into after, empty when nothing differs; sets the action."""
        if self.shown is None:
            if not self.presents:
                return {}
            self.action = CREATE
            return self.system.options(None, self.before, self.after)
        if any(grant.lockdown for grant in self.grants):
            found = self.system.locked(self.shown)
        elif self.system.same(self.before, self.after):
            found = {}
        else:
            found = self.system.options(self.shown, self.before, self.after)
        self.action = UPDATE if found else NONE
        return found


class Entry:
    """What is desired of one resource, in the options of its module. ``state`` is what exists, ``None`` for a new one."""

    __slots__ = ("change", "names", "options", "purge", "sources", "state")

    change: Change  # the engine's plan for it, once that is made

    def __init__(
        self, sources: list[Source], names: Names, options: dict[str, Any], state: State | None, purge: bool
    ) -> None:
        self.sources = sources
        self.names = names
        self.options = options
        self.state = state
        self.purge = purge

    @property
    def position(self) -> str:
        """Where its grants stand, for messages."""
        return where(self.sources)


class Plan:
    """What is desired of one system, and all problems with that."""

    principals: list[Principal]

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.problems: list[GrantProblem] = []
        self.warnings: list[str] = []


def plan(
    system: PermissionSet, grants: Sequence[Grant], states: Sequence[State], exact: bool = False, create: bool = True
) -> Plan:
    """The Plan for ``grants``, which are all of one system; ``states`` are its resources.

    ``create`` is whether principals that do not exist are created; else they are problems.
    """
    work = (_Topics if system.per_topic else _Resources)(system, states, create)
    made = work.made
    made.principals = work.principals(grants)
    for principal in made.principals:
        found = contradictions(principal.grants)  # now also between grants of its name and of its id
        made.problems.extend(found)
        if not found:
            try:
                principal.decide(exact)
                work.add(principal, exact)
            except ValueError as error:
                made.problems.append(principal.refuse(error))
    return made


class _Resources:
    """Systems with one resource a principal."""

    def __init__(self, system: PermissionSet, states: Sequence[State], create: bool) -> None:
        self.system = system
        self.create = create
        self.made = Plan()
        self.index: dict[Any, list[State]] = {}
        self.names: dict[str | None, list[str]] = {}  # scope -> the names that plain text may mean
        for state in states:
            scope = state.names.get(system.scope) if system.scope else None
            for key in system.principals:
                self.index.setdefault((scope, key, state.names.get(key)), []).append(state)
            if state.names.get(system.principals[0]):
                self.names.setdefault(scope, []).append(state.names[system.principals[0]])
        self.later = {scope: generations.later(system.name, names) for scope, names in self.names.items()}
        self.forms = {scope: texts.by_form(names) for scope, names in self.names.items()}

    def principals(self, grants: Sequence[Grant]) -> list[Principal]:
        """One for each resource that a grant names, and for each later generation of it that no grant names itself."""
        groups: dict[Any, list[Grant]] = {}
        found: dict[Any, State | None] = {}
        own = self._own(grants)
        for grant in grants:
            ((key, name),) = grant.names.items()
            later = []
            if key == self.system.principals[0]:
                later = generations.meant(name, self.later.get(grant.scope, {}), own.get(grant.scope, ()))
            if not later or (grant.scope, key, name) in self.index:
                self._group(grant, key, name, groups, found)
            for each in later:
                self._group(grant, key, each, groups, found)
        return [self._principal(group, found[identity]) for identity, group in groups.items()]

    def _own(self, grants: Sequence[Grant]) -> dict[str | None, set[str]]:
        """Scope -> the names of the resources that grants name, by name or by id."""
        named: dict[str | None, set[str]] = {}
        if any(self.later.values()):
            for grant in grants:
                ((key, name),) = grant.names.items()
                for state in self.index.get((grant.scope, key, name), ()):
                    named.setdefault(grant.scope, set()).add(str(state.names.get(self.system.principals[0])))
        return named

    def _group(
        self, grant: Grant, key: str, name: str, groups: dict[Any, list[Grant]], found: dict[Any, State | None]
    ) -> None:
        """Add ``grant`` to the group of the resource called ``name``, or add a problem."""
        states = self.index.get((grant.scope, key, name), ())
        hidden = () if states else self.index.get((grant.scope, key, None), ())
        if hidden:
            # One of these may be the principal. Without this problem it would be created a second time.
            ids = ", ".join(sorted(state.names.get("token_id") or "?" for state in hidden))
            self._wrong(
                grant,
                f"must be one whose name the service shows; it is not known whether the {self.system.resource.label} {name!r} "
                f"exists, since the service did not return the {key} of {ids}",
            )
        elif len(states) > 1:
            ids = ", ".join(sorted(state.names["token_id"] for state in states))
            called = "this name" if name == next(iter(grant.names.values())) else f"the name {name!r}"
            self._wrong(
                grant,
                f"must be the id of one of them, such as {{token_id: …}}; {len(states)} have {called}: {ids}",
            )
        elif not states and (key == "token_id" or grant.lockdown or not (self.create or grant.absent)):
            like = texts.did_you_mean(name, self.names.get(grant.scope, ()) if key != "token_id" else ())
            self._wrong(grant, f"must be one that exists; there is no {self.system.resource.label} {name!r}{like}")
        else:
            identity = id(states[0]) if states else (grant.scope, name)
            groups.setdefault(identity, []).append(grant)
            found[identity] = states[0] if states else None

    def _wrong(self, grant: Grant, text: str) -> None:
        self.made.problems.append(GrantProblem([grant.source], text, "principal", self.system.name))

    def _principal(self, grants: Sequence[Grant], state: State | None) -> Principal:
        resource = self.system.resource
        shown = None if state is None else resource.show(state.names, state.values, state.facts)
        return Principal(grants, state, shown)

    def add(self, principal: Principal, exact: bool) -> None:
        options = principal.options()
        state, names = principal.state, dict(principal.grants[0].names)
        if state is not None:
            names = dict(state.names)
        else:
            ((key, name),) = names.items()
            text = texts.other_form(name, self.forms.get(principal.scope, {}))
            if text:
                raise texts.Refused(f"{text}. Write it exactly like the existing one")
            if principal.action != CREATE:
                return
            texts.new_name(name, key)
            if self.system.scope:
                names[self.system.scope] = str(principal.scope)
            options = self._new(principal, name, options)
        adds = not exact and len(principal.presents) == len(principal.grants)
        entry = Entry(principal.sources, names, options, state, not (adds and self._only_adds(state, options)))
        principal.entries[""] = entry
        self.made.entries.append(entry)

    def _new(self, principal: Principal, name: str, options: dict[str, Any]) -> dict[str, Any]:
        like = texts.did_you_mean(name, self.names.get(principal.scope, ()))
        if like:
            self.made.warnings.append(f"{where(principal.sources)}: {principal.label} is new{like}")
        if not self.system.needs_secret:
            return options
        secrets = [grant.secret for grant in principal.presents if grant.secret]
        if not secrets:
            raise ValueError(
                "it does not exist yet, so secret_key must be the key of the new user, from a vault; got nothing"
            )
        return dict(options, secret_key=secrets[0])

    def _only_adds(self, state: State | None, options: Mapping[str, Any]) -> bool:
        """Whether each list in ``options`` has all existing entries. It is then sent as an addition, and removes nothing."""
        if state is None:
            return False
        for option, value in options.items():
            field = self.system.fields.get(option)
            if field is None or not field.type.adds:
                continue
            if not set(state.values.get(option, ())) <= set(field.type.desired(value)):
                return False
        return True


class _Topics:
    """ROMA Connect, where a principal's permissions are rows of many topics."""

    def __init__(self, system: PermissionSet, states: Sequence[State], create: bool) -> None:
        self.system = system
        self.made = Plan()
        (policies,) = (field.type for field in system.resource.fields if field.option == "policies")
        self.policies: Any = policies  # a keyed list
        self.topics: dict[Any, State] = {(state.names["instance_id"], state.names["name"]): state for state in states}
        self.rows: dict[Any, dict[str, Any]] = {}  # (instance, application) -> {topic: row}
        for (instance, name), state in self.topics.items():
            for row in self.policies.show(state.values["policies"]):
                self.rows.setdefault((instance, row["app_name"]), {})[name] = {key: row[key] for key in OWN}
        self.entries: dict[Any, Entry] = {}

    def principals(self, grants: Sequence[Grant]) -> list[Principal]:
        groups: dict[Any, list[Grant]] = {}
        for grant in grants:
            groups.setdefault((grant.scope, grant.names["app_name"]), []).append(grant)
            missing = sorted(topic for topic in grant.permission if (grant.scope, topic) not in self.topics)
            if missing:
                like = texts.did_you_mean(missing[0], [topic for scope, topic in self.topics if scope == grant.scope])
                text = f"must be topics that instance {grant.scope} has; it has no {', '.join(missing)}{like}"
                self.made.problems.append(GrantProblem([grant.source], text, "topics", self.system.name))
        principals = []
        for key, group in groups.items():
            principal = Principal(group, shown=self.rows.get(key, {}))
            ids = {grant.names["app_id"] for grant in group if "app_id" in grant.names}
            if len(ids) > 1:
                text = f"application {key[1]} has {len(ids)} different values of app_id"
                self.made.problems.append(principal.refuse(text))
            principals.append(principal)
        return principals

    def add(self, principal: Principal, exact: bool) -> None:
        found = self.system.options(principal.shown, principal.before, principal.after)
        principal.action = UPDATE if found else NONE
        app = {"app_name": principal.grants[0].names["app_name"]}
        ids = [grant.names["app_id"] for grant in principal.grants if "app_id" in grant.names]
        for topic, row in found.items():
            key = (principal.scope, topic)
            state = self.topics.get(key)
            if state is None:
                continue  # principals() has made a problem of it
            if row:
                texts.new_names([app["app_name"]], state.values["policies"], topic, "app_name", self.policies.check_key)
            entry = self.entries.get(key)
            if entry is None:
                # Rows are added and removed by name, so that rows of other applications stay.
                names = {"instance_id": str(principal.scope), "name": topic}
                entry = self.entries[key] = Entry([], names, {"policies": []}, state, purge=False)
                self.made.entries.append(entry)
            with_id = dict(app, app_id=ids[0]) if ids else app
            entry.options["policies"].append(dict(with_id, **row) if row else dict(app, state="absent"))
            entry.sources.extend(principal.sources)
            principal.entries[topic] = entry
        # Topics that no grant names are shown only where they change.
        named = set(principal.entries).union(*(grant.permission for grant in principal.grants))
        shown = principal.shown or {}
        principal.shown = {topic: shown.get(topic) for topic in sorted(named)}
