# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection knows of an operation, as one table.

A :class:`Resource` says how a resource is named, which fields it has, and which calls read and
write it. Argument spec, compare, diff, payload and the ``_info`` result all come from it. It can be
imported without `requests`.
"""

from __future__ import annotations

import unicodedata

from .. import _errors as errors
from .. import _text as texts

SINGLE = (str, int, float, bool)
# What a plan does to a resource.
NONE = "none"
CREATE = "create"
UPDATE = "update"
DELETE = "delete"


class Field:
    """One permission field: the option, its keys in responses and requests, and its kind."""

    def __init__(self, option, field_type, key, read_keys=None, needed=False, fill=True, initial=None):
        self.option = option
        self.type = field_type
        self.key = key  # in a request, and in a response unless read_keys says otherwise
        self.read_keys = read_keys or (key,)
        self.needed = needed  # each row of a keyed list gives it
        self.fill = fill  # a write sends it, so a value that cannot be read stops the write
        self.initial = initial  # what a new resource has where the task says nothing (normalised)

    def spec(self):
        return self.type.spec()


class Name:
    """An option that says which resource is meant, or in which scope it lies."""

    def __init__(self, option, required=False, aliases=(), path=False):
        self.option = option
        self.required = required
        self.aliases = tuple(aliases)
        self.path = path  # stands in a URL path, where `.` and `..` mean something else

    def spec(self):
        spec = {"type": "str"}
        if self.aliases:
            spec["aliases"] = list(self.aliases)
        return spec


class State:
    """A resource as a service shows it. A field that is not in ``values`` is not known."""

    __slots__ = ("names", "values", "facts", "raw")

    def __init__(self, names, values, facts=None, raw=None):
        self.names = names  # option -> text
        self.values = values  # option -> normalised value
        self.facts = facts or {}  # shown, never compared
        self.raw = raw  # the provider's own object, for what its write needs beside the fields


def _check_name(name, value, by_service):
    if not texts.name_text(value).strip():
        raise texts.Refused("it must not be empty")
    if name.path and value in (".", ".."):
        raise texts.Refused(f"{value!r} cannot be named in a URL")
    if by_service:  # and none of them makes such a one
        texts.new_name(value, "it")


def _fact(value):
    """What is only shown, as it came; ``None`` for anything that is neither one value nor a list of them."""
    single = isinstance(value, SINGLE) or (isinstance(value, list) and all(isinstance(item, SINGLE) for item in value))
    return value if single else None


class Others:
    """The names that exist where one that is looked for does not."""

    SHORTEST_CUT = 12  # no service cuts names to fewer characters
    LONG = 32  # a name of so many characters may have been cut anywhere

    MOST_ASKED = 10  # a task's message shows no more

    def __init__(self, names):
        self.names = names
        self._forms = self._spelt = None
        self._asked = 0

    @staticmethod
    def _form(name):
        return " ".join(unicodedata.normalize("NFC", name).split()).casefold()

    @property
    def forms(self):
        """The names as a service may tidy them -> the names as they are."""
        if self._forms is None:
            self._forms = {self._form(name): name for name in self.names}
        return self._forms

    def tidied(self, name):
        """The one that a service may have made of ``name``, which it trims, brings into one form or case, or cuts."""
        form = self._form(name)
        if form in self.forms:
            return self.forms[form]
        longest = max(map(len, self.forms), default=0)
        # Where a service cuts names, none is longer. One that ends where a word does is rather a name of its own, and
        # so is number 1 beside number 10.
        before, after = form[longest - 1 : longest], form[longest : longest + 1]
        number = before.isdigit() and after.isdigit()
        inside = before.isalnum() and after.isalnum()
        long_enough = longest >= (self.SHORTEST_CUT if inside else self.LONG) and after and not number
        return self.forms.get(form[:longest].rstrip()) if long_enough else None

    def other_form(self, name):
        """Why ``name`` is one of them, in another form of Unicode; ``None`` where it is none."""
        if self._spelt is None:
            self._spelt = texts.by_form(self.names)
        return texts.other_form(name, self._spelt)

    def like(self, name):
        """Those that look like ``name``, the most alike first; of the first few that ask, since it takes its time."""
        self._asked += 1
        if self._asked > self.MOST_ASKED:
            return []
        import difflib

        return [self.forms[form] for form in difflib.get_close_matches(self._form(name), self.forms, cutoff=0.8)]


class Desired:
    """What a task asks of one resource: only what it names is in ``values``."""

    __slots__ = ("absent", "names", "options", "others", "position", "purge", "shown", "values")

    def __init__(self, position, names, values, purge=True, options=None, absent=False):
        self.position = position
        self.names = names
        self.values = values
        self.purge = purge
        self.options = options or {}
        self.absent = absent
        self.shown = False  # all of it is to stand in the result, also what nothing depends on
        self.others = Others(())  # set where it is looked for among all, and is not there


class Resource:
    """What a documented operation works on, as data: names, fields, and how messages call it."""

    api = None  # its ResourceAPI, which names it as its `resource`

    def __init__(
        self,
        *,
        name,
        plural,
        label,
        provider,
        operation,
        service=None,
        reading=None,
        scope=(),
        identity=(),
        fields=(),
        options=None,
        facts=None,
        derived=None,
        batch=1,
        lifecycle=False,
        makes_credentials=False,
        missing_hint=None,
        ignored_hint=None,
    ):
        self.name = name  # 'token': key of the result, its plural of the list
        self.plural = plural
        self.label = label  # 'UFile token', for messages
        self.provider = provider  # the provider's module: name, argument_spec(), connect(params)
        self.service = service  # which of the provider's services
        self.operation = operation  # the documented operation
        self.reading = reading  # the one that reads what it writes
        self.scope = scope  # Names shared by all entries, given once or with each entry
        self.identity = identity  # Names of one resource, the strongest first
        self.fields = fields
        self.options = options or {}  # further options of one entry: name -> argument spec
        self.facts = facts or {}  # option -> key of what is shown but cannot be set
        self.derived = derived or {}  # option -> function of the normalised values, for what is shown beside them
        self.batch = batch  # resources in one write
        self.lifecycle = lifecycle  # the service can create and delete it
        self.makes_credentials = makes_credentials  # and makes the secret of a new one
        self.missing_hint = missing_hint
        self.ignored_hint = ignored_hint

    @property
    def names(self):
        return tuple(self.scope) + tuple(self.identity)

    def describe(self, names):
        """For messages and headers: `user billing (instance_id i-1)`."""
        known = [names[name.option] for name in self.identity if names.get(name.option)]
        scope = [f"{name.option} {names[name.option]}" for name in self.scope if names.get(name.option)]
        extra = known[1:] + scope
        return "{} {}{}".format(
            self.label, known[0] if known else "?", " ({})".format(", ".join(extra)) if extra else ""
        )

    def many(self, count):
        return f"{count} {self.label}s"

    def identify(self, names):
        """The names of one resource, for a result."""
        return {name.option: names[name.option] for name in self.names if names.get(name.option)}

    def key(self, names):
        """What makes two entries the same resource: its scope and its strongest name."""
        scope = tuple(names.get(name.option) for name in self.scope)
        for name in self.identity:
            if names.get(name.option):
                return scope + (name.option, names[name.option])
        return scope

    def match(self, desired, candidates, names_of):
        """The candidate that each entry means, by its strongest name, or ``None``.

        TaskError where a name stands for several: guessing would change somebody else's permissions.
        """
        strongest = self.identity[0].option
        index = {}
        for candidate in candidates:
            for option, value in names_of(candidate).items():
                index.setdefault((option, value), []).append(candidate)
        others = {
            name.option: Others([value for option, value in index if option == name.option and value])
            for name in self.identity
        }
        found, problems = [], []
        for entry in desired:
            option = next(name.option for name in self.identity if entry.names.get(name.option))
            named = index.get((option, entry.names[option]), [])
            if len(named) > 1:
                ids = ", ".join(sorted(names_of(candidate)[strongest] for candidate in named))
                text = f"{len(named)} {self.label}s have the name {entry.names[option]}: {ids}"
                problems.append(errors.Problem(entry.position, text, option))
            if not named and (option, None) in index:
                # It may be the one that is looked for, which would then be taken for missing, and created twice.
                ids = ", ".join(sorted(names_of(candidate)[strongest] for candidate in index[option, None]))
                raise errors.ResponseError(
                    f"whether there is a {self.label} {entry.names[option]} is not known: no {option} came for {ids}"
                )
            if not named:
                entry.others = others[option]
            found.append(named[0] if named else None)
        if problems:
            raise errors.AmbiguousError(problems, hint=f"Say which one is meant with {strongest}.")
        return found

    def may_create(self, names):
        """Whether a missing resource of these names is created: never one that is named by its id."""
        return self.lifecycle and not (len(self.identity) > 1 and names.get(self.identity[0].option))

    def doubt(self, names):
        """Why nothing is likely to be called so, or ``None``; asked where nothing is found."""
        option = self.identity[-1].option
        try:
            texts.new_name(names.get(option, ""), option)
        except texts.Refused as error:
            return str(error)
        return None

    def check_names(self, position, names):
        """Yield a Problem for each of ``names`` that none can have."""
        ids = self.names[:-1]  # what the service calls by a name of its own
        for name in self.names:
            try:
                if names.get(name.option) is not None:
                    _check_name(name, names[name.option], name in ids)
            except texts.Refused as error:
                yield errors.Problem(position, str(error), name.option)

    def parse(self, raw, names, skip=()):
        """A State from an object of a response.

        A key that is missing, or says nothing, leaves its field unknown; a value that cannot be understood is
        an :class:`ResponseError`, since guessing could hide a difference.
        """
        values = {}
        for field in self.fields:
            if field.option in skip:
                continue
            for key in field.read_keys:
                # What is written back must not be a guess.
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

    def payload(self, values):
        """The request's fields for ``values``, under the documented names."""
        return {field.key: field.type.send(values[field.option]) for field in self.fields if field.option in values}

    def show(self, names, values, facts):
        """The resource as it stands in a result: the same for the module and its ``_info`` twin."""
        shown = dict(dict.fromkeys(self.facts), **facts)
        shown.update((name.option, names.get(name.option)) for name in self.names)
        for field in self.fields:
            if not field.type.secret:
                shown[field.option] = field.type.show(values[field.option]) if field.option in values else None
        shown.update((option, derive(values)) for option, derive in self.derived.items())
        return shown


class ResourceAPI:
    """How the resources of one table are read and written.

    A provider gives one subclass a resource: ``list``, ``get`` and ``update``, with ``lifecycle`` also ``create`` and
    ``delete``, and of the hooks below those that it needs. None of them changes what it is given.
    """

    resource = None  # the Resource

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        if cls.resource is not None:
            cls.resource.api = cls

    def __init__(self, client):
        self.client = client

    def match_scopes(self, desired, candidates):
        """The same among candidates of several scopes, which are States."""

        def scope(names):
            return tuple(names.get(name.option) for name in self.resource.scope)

        found = {}
        for key in {scope(entry.names) for entry in desired}:
            group = [entry for entry in desired if scope(entry.names) == key]
            states = [state for state in candidates if scope(state.names) == key]
            found.update(zip(group, self.match_states(group, states)))
        return [found[entry] for entry in desired]

    def match_states(self, desired, states):
        """The same among States of one scope."""
        return self.resource.match(desired, states, lambda state: state.names)

    def check(self, desired):
        """Yield a Problem for each thing that is wrong whatever the service holds."""
        return ()

    def warn(self, desired):
        """Yield a text for each thing that is allowed but probably not meant."""
        return ()

    def reconcile(self, desired, existing, planned):
        """Bring fields that depend on each other in line; raise Refused to refuse the plan."""
        return planned

    def check_create(self, desired, planned):
        """Raise Refused when ``planned`` does not suffice to create the resource."""

    def warn_planned(self, change):
        """Yield a text for each thing about a resource, as it is planned, that is probably not meant."""
        return ()

    def warn_kept(self, states):
        """Yield a text for what ``exclusive`` leaves there, being none of the task's and out of its reach."""
        return ()

    def reached_by_exclusive(self, state):
        """Whether ``exclusive`` reaches a resource that no entry names in a scope that it covers."""
        return True

    def protected(self, state):
        """Why the service's own resource must not be deleted, or ``None``."""

    def entry(self, position, names, params, purge):
        """The Desired of one entry's options; TaskError with every option that is refused."""
        values, problems = {}, []
        for field in self.resource.fields:
            value = params.get(field.option)
            if value is None or (value == [] and field.type.adds and not purge):
                continue  # nothing is named, or nothing is to be added
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

    def read(self, desired, full=False):
        """For each of ``desired`` its State, or ``None`` where the service says that it does not exist."""
        groups = {}
        for entry in desired:
            groups.setdefault(tuple(entry.names[name.option] for name in self.resource.scope), []).append(entry)
        found = {}
        for group, states in zip(
            groups.values(), self.client.each(lambda group: self.get(group, full), groups.values())
        ):
            found.update(zip(group, states))
        return [found[entry] for entry in desired]

    def get(self, desired, full):
        """The same for entries of one scope.

        Without ``full``, fields that cost a further request may stay unknown where ``desired`` does not
        need them.
        """
        raise NotImplementedError

    def list(self, scope):
        """Every State of one scope."""
        raise NotImplementedError

    def prepare(self, changes):
        """Read what a write of ``changes`` needs beyond the plan; runs in check mode too."""

    def group(self, change):
        """Changes of one group may share a write."""
        return self.resource.key(change.names)

    def update(self, changes):
        """Carry out the changes (at most ``batch``, of one group) in one call."""
        raise NotImplementedError

    def create(self, change):
        """Create the resource, once; returns the names that the service gave it."""
        raise NotImplementedError

    def delete(self, change):
        """Delete the resource; the writer takes an error of the kind NOT_FOUND for done."""
        raise NotImplementedError

    def credentials(self, names):
        """The secrets of a new resource, for a task that asks for them."""
        raise NotImplementedError
