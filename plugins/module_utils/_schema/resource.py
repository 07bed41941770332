# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a resource is, as one table, and what a provider gives to read and write it.

A :class:`Resource` says how a resource is named and which fields it has. Argument spec, comparison, diff, request and the
``_info`` result are made from it. A :class:`ResourceAPI` has the calls. :class:`Desired` is what a task asks of one
resource, :class:`State` what exists, :class:`Change` the plan that leads from one to the other.
"""

from __future__ import annotations

import builtins
import itertools
import unicodedata
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Dict, TypeVar, Union

from .. import _errors as errors
from .. import _text as texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .._transport.client import Client, Provider
    from .fields import FieldType

Names = Dict[str, str]  # option -> text; a name that is not in it is not known
Values = Dict[str, Any]  # option -> normalised value; a field that is not in it is not known
T = TypeVar("T")
R = TypeVar("R")

SINGLE = (str, int, float, bool)
# What a plan does to a resource.
NONE = "none"
CREATE = "create"
UPDATE = "update"
DELETE = "delete"


class Field:
    """One field of a resource, or one column of a keyed list: the option, its keys on the wire, and its field type."""

    def __init__(
        self,
        option: str,
        field_type: FieldType,
        key: str,
        read_keys: Sequence[str] | None = None,
        needed: bool = False,
        fill: bool = True,
        initial: Any = None,
    ) -> None:
        self.option = option
        self.type = field_type
        self.key = key  # in a request, and in a response unless read_keys says otherwise
        self.read_keys = read_keys or (key,)  # the first of them that the response has a value for
        self.needed = needed  # of a column: a task must give it in each row
        self.fill = fill  # each write sends it, so nothing is written when its existing value cannot be read
        self.initial = initial  # the normalised value of a new resource when the task gives none

    def spec(self) -> dict[str, Any]:
        """The entry of the option in Ansible's argument spec."""
        return self.type.spec()


class Name:
    """An option that says which resource is meant, or in which scope it lies."""

    def __init__(self, option: str, required: bool = False, aliases: Iterable[str] = (), path: bool = False) -> None:
        self.option = option
        self.required = required
        self.aliases = tuple(aliases)
        self.path = path  # it is part of a URL path, where `.` and `..` have another meaning

    def spec(self) -> dict[str, Any]:
        """The entry of the option in Ansible's argument spec."""
        spec: dict[str, Any] = {"type": "str"}
        if self.aliases:
            spec["aliases"] = list(self.aliases)
        return spec


class State:
    """A resource that exists, as a service shows it."""

    __slots__ = ("names", "values", "facts", "raw")

    def __init__(self, names: Names, values: Values, facts: Mapping[str, Any] | None = None, raw: Any = None) -> None:
        self.names = names
        self.values = values
        self.facts = facts or {}  # option -> what is shown in a result, and never compared
        self.raw = raw  # what the ResourceAPI keeps of the response beside the fields, as a rule the object itself


def _check_name(name: Name, value: Any, by_service: bool) -> None:
    if not texts.name_text(value).strip():
        raise texts.Refused("it must not be empty")
    if name.path and value in (".", ".."):
        raise texts.Refused(f"it must be a name; got {value!r}, which has another meaning in a URL")
    if by_service:  # services make ids, and none of theirs fails this rule
        texts.new_name(value, "it")


def _fact(value: Any) -> Any:
    """A value that is only shown, as it came; ``None`` when it is neither a single value nor a list of these."""
    single = isinstance(value, SINGLE) or (isinstance(value, list) and all(isinstance(item, SINGLE) for item in value))
    return value if single else None


class Others:
    """What is returned for a resource that does not exist: the existing names, one of which may have been meant."""

    SHORTEST_CUT = 12  # characters; no service cuts names shorter
    LONG = 32  # characters; a name as long as this may have been cut anywhere, not only within a word

    MOST_ASKED = 10  # a task's message shows no more

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = names
        self._forms: dict[str, str] | None = None
        self._spelt: dict[str, list[str]] | None = None
        self._asked = 0

    @staticmethod
    def _form(name: str) -> str:
        return " ".join(unicodedata.normalize("NFC", name).split()).casefold()

    @property
    def forms(self) -> dict[str, str]:
        """Each name in one simplified form (trimmed, case-folded, NFC) -> the name itself."""
        if self._forms is None:
            self._forms = {self._form(name): name for name in self.names}
        return self._forms

    def tidied(self, name: str) -> str | None:
        """The existing name that a service may have made of ``name``: trimmed, cut, or in another case or form of Unicode."""
        form = self._form(name)
        if form in self.forms:
            return self.forms[form]
        longest = max(map(len, self.forms), default=0)
        # If the service cuts names, the longest existing one shows where. But where the cut would be at the end of a word,
        # or within a number (`queue 1` and `queue 10`), these are more likely two names.
        before, after = form[longest - 1 : longest], form[longest : longest + 1]
        number = before.isdigit() and after.isdigit()
        inside = before.isalnum() and after.isalnum()
        long_enough = longest >= (self.SHORTEST_CUT if inside else self.LONG) and after and not number
        return self.forms.get(form[:longest].rstrip()) if long_enough else None

    def other_form(self, name: str) -> str | None:
        """Says which of the names differs from ``name`` only in its form of Unicode, if one does."""
        if self._spelt is None:
            self._spelt = texts.by_form(self.names)
        return texts.other_form(name, self._spelt)

    def like(self, name: str) -> list[str]:
        """The names most similar to ``name``, best first. Only for the first few that are asked for, since it is slow."""
        self._asked += 1
        if self._asked > self.MOST_ASKED:
            return []
        import difflib  # only for some errors, and 7 ms to import

        return [self.forms[form] for form in difflib.get_close_matches(self._form(name), self.forms, cutoff=0.8)]


Found = Union[State, Others]


class Desired:
    """What a task asks of one resource; ``values`` has only the fields that the task gives."""

    __slots__ = ("absent", "names", "options", "position", "purge", "shown", "values")

    def __init__(
        self,
        position: str,
        names: Names,
        values: Values,
        purge: bool = True,
        options: Mapping[str, Any] | None = None,
        absent: bool = False,
    ) -> None:
        self.position = position  # 'tokens[2]', or ''; for messages
        self.names = names
        self.values = values
        self.purge = purge  # lists replace the existing ones instead of adding to them
        self.options = options or {}  # the further options of `Resource.options`
        self.absent = absent  # it is to be deleted
        self.shown = False  # the result shows all its fields, so fields that are not compared are read too


class Change:
    """The plan for one resource: its ``action``, NONE, CREATE, UPDATE or DELETE.

    ``before`` and ``after`` have only the fields that change; ``planned`` has every known field as it will be, and is
    ``None`` for a resource that will not exist.
    """

    __slots__ = ("action", "after", "before", "desired", "existing", "extra", "filled", "names", "planned")

    def __init__(self, resource: Resource, desired: Desired, existing: State | None, planned: Values | None) -> None:
        self.desired = desired
        self.existing = existing
        self.names: Names = dict(desired.names, **(existing.names if existing else {}))
        self.planned = planned
        # What `ResourceAPI.prepare` read for the write: fields that it sends as they are, and what is not a field.
        self.filled: Values = {}
        self.extra: Any = None
        values = existing.values if existing else {}
        self.before: Values = {}
        self.after: Values = {}
        for field in resource.fields:
            option = field.option
            if planned is None:
                if option in values:
                    self.before[option] = values[option]
            elif option in planned and (option not in values or values[option] != planned[option]):
                self.after[option] = planned[option]
                if option in values:
                    self.before[option] = values[option]
        if existing is None:
            self.action = NONE if planned is None else CREATE
        elif planned is None:
            self.action = DELETE
        else:
            self.action = UPDATE if self.after else NONE

    @property
    def existing_values(self) -> Values:
        """All that is known of the resource before the change; empty for one that does not exist."""
        return dict(self.existing.values, **self.filled) if self.existing else {}

    @property
    def planned_values(self) -> Values:
        """``planned``; empty for a resource that will not exist."""
        return self.planned or {}


class Resource:
    """What a documented operation works on, as data: names, fields, and how messages call it."""

    api: type[ResourceAPI]  # set by the ResourceAPI that has this as its `resource`

    def __init__(
        self,
        *,
        name: str,
        plural: str,
        label: str,
        provider: Provider,
        operation: str,
        service: str | None = None,
        read_operation: str | None = None,
        scope: Sequence[Name] = (),
        identity: Sequence[Name] = (),
        fields: Sequence[Field] = (),
        options: Mapping[str, dict[str, Any]] | None = None,
        facts: Mapping[str, str] | None = None,
        derived: Mapping[str, Callable[[Values], Any]] | None = None,
        batch: int = 1,
        lifecycle: bool = False,
        makes_credentials: bool = False,
        missing_hint: str | None = None,
        ignored_hint: str | None = None,
    ) -> None:
        self.name = name  # 'token': key of the result, its plural of the list
        self.plural = plural
        self.label = label  # 'UFile token', for messages
        self.provider = provider
        self.service = service  # which of the provider's services
        self.operation = operation  # the documented operation
        self.read_operation = read_operation  # the operation that reads what that one writes
        self.scope = scope  # Names shared by all entries, given once or with each entry
        self.identity = identity  # Names of one resource, the strongest first
        self.fields = fields
        self.options = options or {}  # further options of one entry: name -> argument spec
        self.facts = facts or {}  # option -> key of what is shown but cannot be set
        self.derived = derived or {}  # option -> function of the normalised values, for what is shown beside them
        self.batch = batch  # resources in one write
        self.lifecycle = lifecycle  # the service can create and delete it
        self.makes_credentials = makes_credentials  # and makes the secret of a new one
        self.missing_hint = missing_hint  # of the error when a resource does not exist
        self.ignored_hint = ignored_hint  # of the error when the service does not show what was written

    @property
    def names(self) -> tuple[Name, ...]:
        """All its Names: first the scope, then the identity, the strongest first."""
        return tuple(self.scope) + tuple(self.identity)

    def describe(self, names: Mapping[str, Any]) -> str:
        """For messages and headers: `user billing (instance_id i-1)`."""
        known = [names[name.option] for name in self.identity if names.get(name.option)]
        scope = [f"{name.option} {names[name.option]}" for name in self.scope if names.get(name.option)]
        extra = known[1:] + scope
        return "{} {}{}".format(
            self.label, known[0] if known else "?", " ({})".format(", ".join(extra)) if extra else ""
        )

    def many(self, count: int) -> str:
        """For messages: `3 UFile tokens`."""
        return f"{count} {self.label}s"

    def identify(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Those of ``names`` that are known, for a result."""
        return {name.option: names[name.option] for name in self.names if names.get(name.option)}

    def key(self, names: Mapping[str, Any]) -> tuple[Any, ...]:
        """Scope and strongest name: two entries for which they are equal mean the same resource."""
        scope = tuple(names.get(name.option) for name in self.scope)
        for name in self.identity:
            if names.get(name.option):
                return scope + (name.option, names[name.option])
        return scope

    def match(
        self, desired: Sequence[Desired], candidates: Iterable[T], names_of: Callable[[T], Names]
    ) -> list[T | Others]:
        """For each of ``desired`` the candidate that has its strongest name, or else the names that there are.

        AmbiguousError where a name stands for several: a guess could change somebody else's permissions. ResponseError
        where the service does not show the name of a candidate that may be the one.
        """
        strongest = self.identity[0].option
        index: dict[tuple[str, str | None], list[T]] = {}
        for candidate in candidates:
            for name in self.identity:
                index.setdefault((name.option, names_of(candidate).get(name.option)), []).append(candidate)
        others = {
            name.option: Others([value for option, value in index if option == name.option and value])
            for name in self.identity
        }
        found: list[T | Others] = []
        problems = []
        for entry in desired:
            option = next(name.option for name in self.identity if entry.names.get(name.option))
            named = index.get((option, entry.names[option]), [])
            if len(named) > 1:
                ids = ", ".join(sorted(names_of(candidate)[strongest] for candidate in named))
                text = f"{len(named)} {self.label}s have the name {entry.names[option]}: {ids}"
                problems.append(errors.Problem(entry.position, text, option))
            if not named and (option, None) in index:
                # One of these may be the resource. Without this error it would be created a second time.
                ids = ", ".join(sorted(names_of(candidate)[strongest] for candidate in index[option, None]))
                raise errors.ResponseError(
                    f"it is not known whether the {self.label} {entry.names[option]} exists: the service did not return the "
                    f"{option} of {ids}"
                )
            found.append(named[0] if named else others[option])
        if problems:
            raise errors.AmbiguousError(problems, hint=f"Say which one is meant with {strongest}.")
        return found

    def may_create(self, names: Mapping[str, Any]) -> bool:
        """Whether a missing resource of these names can be created: not when the task gives its id, which a service makes."""
        return self.lifecycle and not (len(self.identity) > 1 and names.get(self.identity[0].option))

    def doubt(self, names: Mapping[str, Any]) -> str | None:
        """Why a name that was not found is probably a mistake, or ``None``."""
        option = self.identity[-1].option
        try:
            if option in names:
                texts.new_name(names[option], option)
        except texts.Refused as error:
            return str(error)
        return None

    def check_names(self, position: str, names: Mapping[str, Any]) -> Iterator[errors.Problem]:
        """Yield a Problem for each of ``names`` that cannot be the name of anything."""
        ids = self.names[:-1]  # all but the last are made by the service
        for name in self.names:
            try:
                if names.get(name.option) is not None:
                    _check_name(name, names[name.option], name in ids)
            except texts.Refused as error:
                yield errors.Problem(position, str(error), name.option)

    def parse(self, raw: Mapping[str, Any], names: Names, skip: Sequence[str] = ()) -> State:
        """The State that an object of a response shows; fields whose options are in ``skip`` are left out.

        A field whose key is missing, or has a value that says nothing, is unknown. A value that cannot be understood
        raises ResponseError: a guess could hide a difference.
        """
        values: Values = {}
        for field in self.fields:
            if field.option in skip:
                continue
            for key in field.read_keys:
                if field.type.known(raw.get(key)):
                    try:
                        values[field.option] = field.type.read(raw[key])
                    except ValueError as error:
                        shown = "a value that is not shown" if field.type.secret else str(error)
                        raise errors.ResponseError(
                            f"the response for {self.describe(names)} has an unusable {key}: {shown}"
                        ) from None
                    break
        return State(names, values, {option: _fact(raw.get(key)) for option, key in self.facts.items()}, raw)

    def payload(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """``values`` as they stand in a request: documented key -> value to send."""
        return {field.key: field.type.send(values[field.option]) for field in self.fields if field.option in values}

    def show(self, names: Mapping[str, Any], values: Values, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The resource as it stands in a result: the same for the module and its ``_info`` twin."""
        shown: dict[str, Any] = dict(dict.fromkeys(self.facts), **facts)
        shown.update((name.option, names.get(name.option)) for name in self.names)
        for field in self.fields:
            if not field.type.secret:
                shown[field.option] = field.type.show(values[field.option]) if field.option in values else None
        shown.update((option, derive(values)) for option, derive in self.derived.items())
        return shown


class ResourceAPI:
    """How the resources of one table are read and written.

    A provider has a subclass for each resource. It defines ``list``, ``get`` and ``update``, with ``lifecycle`` also
    ``create`` and ``delete``, and those of the hooks that it needs. None of them changes its arguments. All calls raise
    RequestError when a request fails, and ResponseError when its response cannot be understood.
    """

    resource: ClassVar[Resource]

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if hasattr(cls, "resource"):
            cls.resource.api = cls

    def __init__(self, client: Client) -> None:
        self.client = client
        # Called with the progress of a run, from any thread: ("reading", how many are done, of how many).
        self.progress: Callable[[str, int, int], object] = lambda doing, done, total: None
        self._telling = False

    def read_each(self, function: Callable[[T], R], items: Iterable[T]) -> builtins.list[R]:
        """As `Client.each`, for a ``function`` that reads. The outermost call reports its progress."""
        items = builtins.list(items)
        if self._telling or len(items) < 2:
            return self.client.each(function, items)
        self._telling = True
        count = itertools.count(1)

        def told(item: T) -> R:
            result = function(item)
            self.progress("reading", next(count), len(items))
            return result

        try:
            return self.client.each(told, items)
        finally:
            self._telling = False

    def match_scopes(self, desired: Sequence[Desired], candidates: Sequence[State]) -> builtins.list[Found]:
        """As `Resource.match`, among States of several scopes."""

        def scope(names: Mapping[str, Any]) -> tuple[Any, ...]:
            return tuple(names.get(name.option) for name in self.resource.scope)

        groups: dict[tuple[Any, ...], tuple[builtins.list[Desired], builtins.list[State]]] = {}
        for entry in desired:
            groups.setdefault(scope(entry.names), ([], []))[0].append(entry)
        for state in candidates:
            if scope(state.names) in groups:
                groups[scope(state.names)][1].append(state)
        found: dict[Desired, Found] = {}
        for group, states in groups.values():
            found.update(zip(group, self.match_states(group, states)))
        return [found[entry] for entry in desired]

    def match_states(self, desired: Sequence[Desired], states: Sequence[State]) -> builtins.list[Found]:
        """As `Resource.match`, among States of one scope."""
        return self.resource.match(desired, states, lambda state: state.names)

    # -- hooks ---------------------------------------------------------------------------------

    def check(self, desired: Desired) -> Iterable[errors.Problem]:
        """Yield a Problem for each mistake that shows without reading anything."""
        return ()

    def warn(self, desired: Desired) -> Iterable[str]:
        """Yield a warning for each thing that is allowed but probably a mistake."""
        return ()

    def reconcile(self, desired: Desired, existing: State, planned: Values) -> Values:
        """``planned``, with fields that depend on each other made consistent; Refused when they cannot be."""
        return planned

    def check_create(self, desired: Desired, planned: Values, others: Others) -> None:
        """Raise Refused when ``planned`` lacks something that a new resource needs. ``others`` are there already."""

    def warn_planned(self, changes: Sequence[Change]) -> Iterable[str]:
        """Yield a warning for each probable mistake in ``changes``, none of which is a deletion."""
        return ()

    def warn_kept(self, states: Sequence[State]) -> Iterable[str]:
        """Yield a warning about ``states`` that the task does not name and ``exclusive`` cannot delete."""
        return ()

    def reached_by_exclusive(self, state: State) -> bool:
        """Whether ``exclusive`` may delete a resource that no entry of the task names."""
        return True

    def protected(self, state: State) -> str | None:
        """Why a resource must not be deleted (it is the service's own), or ``None``."""
        return None

    # -- reading -------------------------------------------------------------------------------

    def entry(self, position: str, names: Names, params: Mapping[str, Any], purge: bool) -> Desired:
        """The Desired of one entry's options; TaskError with a Problem for each option that is refused."""
        values: Values = {}
        problems = []
        for field in self.resource.fields:
            value = params.get(field.option)
            if value is None or (value == [] and field.type.adds and not purge):
                continue  # the task does not give it, or adds nothing
            try:
                values[field.option] = field.type.desired(value)
            except texts.Refused as error:
                problems.append(errors.Problem(position, str(error), field.option + error.where))
        problems.extend(self.resource.check_names(position, names))
        options = {option: params.get(option) for option in self.resource.options}
        desired = Desired(position, names, values, purge, options, absent=params.get("state") == "absent")
        problems = problems or list(self.check(desired))
        if problems:
            raise errors.TaskError(problems)
        return desired

    def read(self, desired: Sequence[Desired], full: bool = False) -> builtins.list[Found]:
        """For each of ``desired`` its State, or the Others where the service says that it does not exist; see `get`."""
        groups: dict[tuple[Any, ...], list[Desired]] = {}
        for entry in desired:
            groups.setdefault(tuple(entry.names[name.option] for name in self.resource.scope), []).append(entry)
        found: dict[Desired, Found] = {}
        for group, states in zip(groups.values(), self.read_each(lambda group: self.get(group, full), groups.values())):
            found.update((entry, state or Others()) for entry, state in zip(group, states))
        return [found[entry] for entry in desired]

    def get(self, desired: Sequence[Desired], full: bool) -> Sequence[Found | None]:
        """For each of ``desired``, which are of one scope, its State.

        Where it does not exist, what `Resource.match` found, or ``None`` where the names that do exist were not read.
        Without ``full``, a field that needs a further request may stay unknown when ``desired`` does not give it.
        """
        raise NotImplementedError

    def list(self, scope: Names) -> Sequence[State]:
        """Every State of one scope."""
        raise NotImplementedError

    # -- writing -------------------------------------------------------------------------------

    def prepare(self, changes: Sequence[Change]) -> None:
        """Read what the writes of ``changes`` need beyond the plan, into their ``filled`` and ``extra``; in check mode too."""

    def group(self, change: Change) -> Any:
        """A key; changes for which it is equal may share one write."""
        return self.resource.key(change.names)

    def update(self, changes: Sequence[Change]) -> None:
        """Carry out updates, at most ``Resource.batch`` and of one group, in one write."""
        raise NotImplementedError

    def create(self, change: Change) -> Names:
        """Create the resource, sending one request; the names that the service gave it."""
        raise NotImplementedError

    def delete(self, change: Change) -> None:
        """Delete the resource; a RequestError of the kind NOT_FOUND counts as done."""
        raise NotImplementedError

    def credentials(self, names: Names) -> dict[str, Any]:
        """The secrets of a new resource, for a task that asks for them: option -> text."""
        raise NotImplementedError
