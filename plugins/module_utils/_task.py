# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a task's options to its result, for the modules and the action plugin alike."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from . import _errors as errors
from . import _options
from ._engine import execute as engine
from ._engine import plan as planning
from ._schema import fields as field_types
from ._schema.resource import NONE, State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ._access.guardrail_rules import Rule
    from ._schema.resource import Change, Desired, Found, Names, Resource, ResourceAPI
    from ._transport.client import Client

    Connect = Callable[[Resource, Mapping[str, Any], errors.Secrets], Client]

# -- argument specs --------------------------------------------------------------------------------

WRITE_SPEC: dict[str, dict[str, Any]] = {
    "purge": {"type": "bool", "default": True},
    "verify": {"type": "bool", "default": True},
    "verify_timeout": {"type": "float", "default": 30.0},
    "return_unchanged": {"type": "bool", "default": False},
    "guardrails": {"type": "list", "elements": "dict"},
}


LONGEST_VERIFY = 3600  # seconds

LIFE_SPEC: dict[str, dict[str, Any]] = {
    "exclusive": {"type": "bool", "default": False},
    "exclusive_allow_empty": {"type": "bool", "default": False},
    "exclusive_limit": {"type": "int", "default": 10},
}
STATES: dict[str, Any] = {"type": "str", "choices": ["present", "absent"]}


def argument_spec(resource: Resource, info: bool = False) -> dict[str, Any]:
    """The keyword arguments of AnsibleModule, and of an action's ``validate_argument_spec``: the spec and its rules.

    ``info`` is for the module that only reads.
    """
    spec = resource.provider.argument_spec()
    spec.update((name.option, name.spec()) for name in resource.names)
    if info:
        for name in resource.scope:
            spec[name.option]["required"] = name.required
        return {"argument_spec": spec, "mutually_exclusive": resource.provider.mutually_exclusive}
    entry = {name.option: name.spec() for name in resource.names}
    entry.update((field.option, field.spec()) for field in resource.fields)
    entry.update(resource.options)
    spec.update(entry, **WRITE_SPEC)
    names = [name.option for name in resource.identity]
    # no_log: the name `tokens` looks like a secret to Ansible.
    many: dict[str, Any] = {
        "type": "list",
        "elements": "dict",
        "no_log": False,
        "options": dict(entry, purge={"type": "bool"}),
    }
    if resource.lifecycle:
        spec.update(LIFE_SPEC, state=dict(STATES, default="present"))
        if resource.makes_credentials:
            spec["return_credentials"] = {"type": "bool", "default": False}
        many["options"]["state"] = STATES
    if len(names) == 1:
        many["options"][names[0]] = dict(entry[names[0]], required=True)
    else:
        many["required_one_of"] = [names]
    spec[resource.plural] = many
    # The scope and switches may stand beside the list, for all of its entries.
    own = names + [field.option for field in resource.fields if field.option not in names]
    return {
        "argument_spec": spec,
        "mutually_exclusive": resource.provider.mutually_exclusive + [[resource.plural, option] for option in own],
        "required_one_of": [names + [resource.plural]],
    }


def entries(api: ResourceAPI, params: Mapping[str, Any]) -> list[Desired]:
    """The Desired of each resource of a task; TaskError with all problems of all entries."""
    resource = api.resource
    rows = params.get(resource.plural)
    many = rows is not None
    found: list[Desired] = []
    problems: list[errors.Problem] = []
    for position, row in enumerate([params] if rows is None else rows):
        where = f"{resource.plural}[{position}]" if many else ""
        names = {name.option: row.get(name.option) for name in resource.names}
        purge = params["purge"] if row.get("purge") is None else row["purge"]
        row = dict(row)
        for option in tuple(resource.options) + ("state",):
            row[option] = params.get(option) if row.get(option) is None else row[option]
        for name in resource.scope:
            if names[name.option] is None:
                names[name.option] = params.get(name.option)
            if names[name.option] is None and name.required:
                text = (
                    f"it is missing: give it with the task or with each of the {resource.plural}"
                    if many
                    else "it is missing"
                )
                problems.append(errors.Problem(where, text, name.option))
        names = {option: value for option, value in names.items() if value is not None}
        # For Ansible, a name that is null counts as given.
        if not any(name.option in names for name in resource.identity):
            text = "{} must be given; got null".format(" or ".join(name.option for name in resource.identity))
            problems.append(errors.Problem(where, text))
            continue
        if any(name.required and name.option not in names for name in resource.scope):
            continue
        try:
            found.append(api.entry(where, names, row, purge))
        except errors.TaskError as error:
            problems.extend(error.problems)
    if problems:
        raise errors.TaskError(problems)
    return found


# -- running ---------------------------------------------------------------------------------------


class How(NamedTuple):
    """How a task is run: what Ansible asks of it, and what the process that runs it offers."""

    check_mode: bool = False
    diff: bool = False
    connect: Connect | None = None  # makes a client; None: `new_client`
    when_done: Callable[[], object] | None = None  # called when the result is complete, to prevent signals after that
    show: Callable[[str], object] | None = None  # gets lines about a long run; see `Progress`


AS_USUAL = How()


def execute(resource: Resource, params: Mapping[str, Any], info: bool = False, how: How = AS_USUAL) -> dict[str, Any]:
    """The result of a task, with ``failed`` and ``msg`` when it did not succeed. Never raises.

    An unexpected exception, a signal or the end of the task's time may come at any point; the result then says what was
    written before.
    """
    progress = engine.Progress(how.show)
    secrets = errors.Secrets()
    client: Client | None = None
    try:
        try:
            client = (how.connect or new_client)(resource, params, secrets)
            secrets = client.secrets
            client.forget()
            api = resource.api(client)
            api.progress = progress.step
            result = _gather(api, params) if info else _apply(api, params, how.check_mode, how.diff, progress)
        except errors.GrantopsError as error:
            result = failed(resource, progress.report(error), secrets, info)
        warnings = (client.warnings if client is not None else []) + result.get("warnings", [])
        if warnings:
            result["warnings"] = secrets.clean(warnings)
        if how.when_done:
            how.when_done()
        return result
    except BaseException as error:
        if client is not None:
            client.stop()
        return failed(resource, progress.report(errors.typed(error)), secrets, info)


def new_client(resource: Resource, params: Mapping[str, Any], secrets: errors.Secrets) -> Client:
    """A client of the resource's provider; ``secrets`` learns its credentials. ConfigurationError where some are missing."""
    return resource.provider.connect(params, secrets, resource.service)


def failed(
    resource: Resource | None, error: errors.GrantopsError, secrets: errors.Secrets, info: bool
) -> dict[str, Any]:
    """As :func:`failure`, also when masking fails."""
    try:
        return failure(resource, error, info, secrets)
    except Exception as problem:  # a text that cannot be masked is left out; what was written is reported all the same
        result = failure(resource, errors.RunError("The error cannot be shown.", cause=errors.typed(problem)), info)
        result["changed"] = error.changed
        details = error.details()
        result["error"].update((key, details[key]) for key in errors.NAMED if details.get(key))
        return result


def failure(
    resource: Resource | None, error: errors.GrantopsError, info: bool = False, secrets: errors.Secrets | None = None
) -> dict[str, Any]:
    """The failed result of a task, from the error that ended it. Nothing else makes one, so all its texts are masked.

    ``info`` is for a task that only reads; without a ``resource`` the error says of which provider it is, if of any.
    """
    secrets = secrets or errors.Secrets()
    details: dict[str, Any] = dict.fromkeys(errors.KEYS)
    details.update({key: [] for key in errors.LISTS})
    details.update(error.details())
    title = details["provider"]
    codes: Mapping[Any, Any] = {}
    if resource is not None:
        title, codes = resource.provider.title, resource.provider.codes
        details["operation"] = details["operation"] or (resource.read_operation if info else resource.operation)
    details["provider"] = title
    see = "See " + errors.link(details["kind"], title, details["code"], codes)
    details["hint"] = f"{details['hint']} {see}" if details["hint"] else see
    # The names of resources are not masked: a password that is a common word would make them unreadable.
    unmasked = errors.Secrets()
    return {
        "failed": True,
        "changed": error.changed,
        "msg": secrets.clean(f"{error.text()} {see}"),
        "error": {key: (unmasked if key in errors.NAMED else secrets).clean(value) for key, value in details.items()},
    }


def _apply(
    api: ResourceAPI, params: Mapping[str, Any], check_mode: bool, diff: bool, progress: engine.Progress
) -> dict[str, Any]:
    resource = api.resource
    problems = mistaken_timeout(params)
    if problems:
        raise errors.TaskError(problems)
    rules = guardrails(params)
    desired = entries(api, params)
    single = params.get(resource.plural) is None
    if not desired and not params.get("exclusive"):
        text = f"must name at least one {resource.label}; got [], so nothing would be looked at"
        hint = (
            "If the list may be empty, skip the task with `when`. To delete all, set exclusive and exclusive_allow_empty to true."
            if resource.lifecycle
            else "If the list may be empty, skip the task with `when`."
        )
        raise errors.TaskError([errors.Problem("", text, resource.plural)], hint=hint)
    whole = single or params["return_unchanged"]
    for entry in desired:
        # With a list, fields that are not compared are not read: that may need a request for each. Guardrails look at them.
        entry.shown = single or rules is not None
    hidden = [field.option for field in resource.fields if field.type.secret]
    api.client.secrets.add(*(entry.values.get(option) for entry in desired for option in hidden))
    scopes: planning.Whole | None = _exclusive(api, params, desired)
    judge = None
    if rules is not None:
        from ._access import planned

        scopes = scopes or planned.whole(rules, api, desired)
        judge = functools.partial(planned.judge_module, rules, api, scopes)
    outcome = engine.run(
        api,
        desired,
        check_mode=check_mode,
        verify=params["verify"],
        verify_timeout=params["verify_timeout"],
        whole=scopes,
        return_credentials=params.get("return_credentials", False),
        progress=progress,
        judge=judge,
    )
    shown = [
        resource.show(*state)
        for change, state in zip(outcome.changes, outcome.states)
        if state is not None and (whole or change.action != NONE)
    ]
    result: dict[str, Any] = {"changed": outcome.changed}
    if single:
        result[resource.name] = shown[0] if shown else None
    else:
        result[resource.plural] = shown
    if outcome.credentials:
        result["credentials"] = outcome.credentials[0] if single else outcome.credentials
    result["changes"] = [told(resource, change) for change in outcome.changing]
    if diff:
        result["diff"] = [diff_of(resource, *both) for both in zip(outcome.changing, result["changes"])]
    if outcome.warnings:
        result["warnings"] = outcome.warnings
    return result


def mistaken_timeout(params: Mapping[str, Any]) -> list[errors.Problem]:
    """What is wrong with a ``verify_timeout`` that is out of bounds."""
    # This form of comparison refuses NaN (not a number) too, which would make the wait endless.
    if 0 <= params["verify_timeout"] <= LONGEST_VERIFY:
        return []
    text = f"must be a number of seconds from 0 to {LONGEST_VERIFY}; got {params['verify_timeout']:g}"
    return [errors.Problem("", text, "verify_timeout")]


def guardrails(params: Mapping[str, Any]) -> list[Rule] | None:
    """The rules of a task; ``None`` without them. TaskError when they are mistaken."""
    if params.get("guardrails") is None:
        return None
    from ._access import guardrails as rules  # 10 ms in a module's process, and most tasks have none

    return rules.parse(params["guardrails"], int(field_types.now()))


def mistaken_rules(given: Mapping[str, Any], *names: str) -> Sequence[errors.Problem]:
    """Problems of guardrails that are not a list of mappings: Ansible's own message would not say what they must be.

    ``given`` are options as a task has them, of which ``names`` are guardrails.
    """
    for name in names:
        value = given.get(name, ())
        if value is None:  # such as the content of an empty file
            return [errors.Problem("", "it must be a list of rules, or be left out; got null", "guardrails")]
        if not isinstance(value, (list, tuple)) or not all(isinstance(rule, dict) for rule in value):
            try:
                guardrails({"guardrails": value})
            except errors.TaskError as error:
                return error.problems
    return ()


def told(resource: Resource, change: Change) -> dict[str, Any]:
    """A change in the form of ``changes`` in a result: names, action, and the fields that change, before and after."""
    before = planning.shown(resource, change.before)
    after = planning.shown(resource, change.after, new=True)
    return dict(resource.identify(change.names), action=change.action, before=before, after=after)


def diff_of(resource: Resource, change: Change, entry: Mapping[str, Any]) -> dict[str, str]:
    """What Ansible shows with --diff: the same as in ``changes``, in YAML."""
    from . import _yaml as yaml  # 1.5 ms in a module's process, and most tasks change nothing

    name = errors.printable(resource.describe(change.names))  # Ansible prints it as it is
    return {
        "before_header": name if change.existing else f"{name}: absent",
        "after_header": name if change.planned is not None else f"{name}: deleted",
        "before": yaml.dump(entry["before"]),
        "after": yaml.dump(entry["after"]),
    }


def _exclusive(api: ResourceAPI, params: Mapping[str, Any], desired: Sequence[Desired]) -> planning.Exclusive | None:
    """The deletions that ``exclusive: true`` asks for, in every scope that the task names; ``None`` without it."""
    resource = api.resource
    if not params.get("exclusive"):
        return None
    if params.get(resource.plural) is None:
        raise errors.TaskError([errors.Problem("", f"it needs the list {resource.plural}", "exclusive")])
    if params["exclusive_limit"] < 0:
        text = f"it must be at least 0; got {params['exclusive_limit']}"
        raise errors.TaskError([errors.Problem("", text, "exclusive_limit")])
    options = [name.option for name in resource.scope]
    scopes = {tuple(entry.names[option] for option in options) for entry in desired}
    if all(params.get(option) for option in options):
        scopes.add(tuple(params[option] for option in options))
    if not scopes:
        raise errors.TaskError([errors.Problem("", "it needs to know where: set " + ", ".join(options), "exclusive")])
    # A scope whose entries are all `state: absent` is as empty as one without entries.
    empty = scopes - {tuple(entry.names[option] for option in options) for entry in desired if not entry.absent}
    if empty and not params["exclusive_allow_empty"]:
        where = "".join(f" of {', '.join(map(str, scope))}" for scope in sorted(empty)[:1] if scope)
        text = f"{resource.plural} keeps none{where}, so all would be deleted; exclusive_allow_empty: true allows it"
        raise errors.TaskError([errors.Problem("", text, "exclusive")])
    return planning.Exclusive(api, [dict(zip(options, scope)) for scope in sorted(scopes)], params["exclusive_limit"])


def _gather(api: ResourceAPI, params: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a task that only reads."""
    resource = api.resource
    names = {name.option: params[name.option] for name in resource.names if params.get(name.option) is not None}
    problems = list(resource.check_names("", names))
    if problems:
        raise errors.TaskError(problems)
    scope = {name.option: names[name.option] for name in resource.scope}
    try:
        states = _find(api, names, scope)
    except (errors.RequestError, errors.ResponseError) as error:
        raise errors.RunError(
            "Could not read {}. {}".format(
                resource.describe(names) if len(names) > len(scope) else resource.label + "s", error.text()
            ),
            cause=error,
        ) from error
    doubt = None if states else resource.doubt(names)
    if doubt:
        raise errors.TaskError([errors.Problem("", doubt)])
    shown = [resource.show(state.names, state.values, state.facts) for state in states]
    return {
        "changed": False,
        resource.plural: sorted(shown, key=lambda row: [str(row.get(n.option)) for n in resource.names]),
    }


def _find(api: ResourceAPI, names: Names, scope: Names) -> Sequence[State]:
    """The resources that have all of ``names``: none, one or several; all of the scope when no other name is given."""
    if names == scope:
        return api.list(scope)
    desired = api.entry("", names, {}, True)
    try:
        states: Sequence[Found] = api.read([desired], full=True)
    except errors.AmbiguousError:
        states = api.list(scope)
    return [
        state
        for state in states
        if isinstance(state, State) and all(state.names.get(option) == value for option, value in names.items())
    ]


# -- the ways in -----------------------------------------------------------------------------------


class Task:
    """What a module and its action plugin do with one kind of task; see `ResourceTask`."""

    plural = ""  # the option that holds a list of resources, if one does
    spec: dict[str, Any]  # keyword arguments of AnsibleModule, and of an action's `validate_argument_spec`

    def checked(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """The options in the form that Ansible is to validate, and the failed result for wrong ones, or ``None``.

        ``given`` are the options as the task has them, before Ansible converts them to other types.
        """
        raise NotImplementedError

    def refused(self, text: str) -> dict[str, Any]:
        """The failed result for a message of Ansible's own validation, with the keys that a rescue block needs."""
        raise NotImplementedError

    def execute(self, params: Mapping[str, Any], how: How = AS_USUAL) -> dict[str, Any]:
        """The result, from validated options, with ``failed`` and ``msg`` when it did not succeed. Never raises."""
        raise NotImplementedError


class ResourceTask(Task):
    """A task about the resources of one table; with ``info`` one that only reads them."""

    def __init__(self, resource: Resource, info: bool = False) -> None:
        self.resource = resource
        self.info = info
        self.plural = resource.plural
        self.spec = argument_spec(resource, info)

    def checked(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        spec = self.spec["argument_spec"]
        given, problems = _options.listed(self.resource, spec, given)
        problems.extend(_options.problems(spec, given, self.resource.plural))
        problems.extend(mistaken_rules(given, "guardrails"))
        if not problems:
            return dict(given), None
        mistaken = failure(self.resource, errors.TaskError(problems), self.info)
        return _options.whole(_options.finite(spec, given)), mistaken

    def refused(self, text: str) -> dict[str, Any]:
        return dict(failure(self.resource, errors.TaskError([errors.Problem("", text)]), self.info), msg=text)

    def execute(self, params: Mapping[str, Any], how: How = AS_USUAL) -> dict[str, Any]:
        return execute(self.resource, params, self.info, how)
