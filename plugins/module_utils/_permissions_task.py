# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of `permissions` and `permissions_info` to their results, for the modules and the action plugins alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from . import _access_task, _options, _task
from . import _errors as errors
from . import _text as texts
from ._access import acceptances, decide, findings, model, planned, report, words
from ._engine import execute as engine
from ._huaweicloud.provider import PROVIDER as HUAWEICLOUD
from ._permissions import builtin, export, grants, result, run, setups
from ._schema import fields as field_types
from ._ucloud import ufile_renewal
from ._ucloud.provider import PROVIDER as UCLOUD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ._access.estate import Declared
    from ._access.guardrail_rules import Rule
    from ._schema.resource import Resource, State
    from ._task import Connect
    from ._transport.client import Client, Provider

PROVIDERS = (UCLOUD, HUAWEICLOUD)
# The lists of services and instances that `permissions_info` reads -> their system, and the name of one.
SCOPES = {
    "urocketmq_services": ("ucloud_urocketmq", "service_id"),
    "rocketmq_instances": ("huaweicloud_rocketmq", "instance_id"),
    "roma_instances": ("huaweicloud_roma", "instance_id"),
}
# The key of what an action plugin gives a module in place of a list of grants; see hand_over().
HANDED_OVER = "_handed_over"
WARN_BEFORE = f"{findings.SOON // findings.DAY}d"
# The options of `permissions_info` that ask a question.
QUESTION = ("may", "on", "principal")


# -- argument specs --------------------------------------------------------------------------------


def _connections() -> dict[str, Any]:
    """Options that hold the connection options of each provider."""
    return {
        provider.name: {
            "type": "dict",
            "aliases": [f"permissions_{provider.name}"],
            "options": provider.argument_spec(),
            "mutually_exclusive": provider.mutually_exclusive,
        }
        for provider in PROVIDERS
    }


def _grant_spec() -> dict[str, Any]:
    texts: dict[str, Any] = {
        field: {"type": "str"}
        for field in ("service_id", "instance_id", "tag", "expires", *ufile_renewal.RENEWING, *grants.ABOUT)
    }
    lists = {field: {"type": "list", "elements": "str"} for field in setups.LISTS}
    return {
        "system": {"type": "str", "required": True, "choices": list(grants.SYSTEMS)},
        "principal": {"type": "raw", "required": True},
        "setup": {"type": "str", "required": True},
        **texts,
        **lists,
        "permissions": {"type": "dict"},
        "state": {"type": "str", "choices": list(grants.STATES)},
        "secret_key": {"type": "str", "no_log": True},
    }


def argument_spec(info: bool = False) -> dict[str, Any]:
    """The keyword arguments of AnsibleModule, and of an action's ``validate_argument_spec``.

    Each option has the name of the role's variable as an alias, so that a file of grants can be a task's options.
    """
    rows = {"type": "list", "elements": "dict", "aliases": ["permissions_grants"], "options": _grant_spec()}
    files = {"type": "list", "elements": "path", "aliases": ["permissions_file"]}
    common: dict[str, Any] = {"grants": rows, "grants_file": files}
    common.update(
        (option, {"type": "dict", "aliases": [f"permissions_{option}"]}) for option in ("setups", "identities")
    )
    spec: dict[str, Any] = dict(common, **_connections())
    if info:
        spec["ufile"] = {"type": "bool"}
        spec.update((option, {"type": "list", "elements": "str"}) for option in SCOPES)
        spec["export"] = {"type": "bool", "default": True}
        spec["access"] = {"type": "bool", "default": True}
        spec["partial"] = {"type": "bool", "default": False}
        spec["roma_sasl"] = {"type": "raw"}
        spec["warn_before"] = {"type": "str", "default": WARN_BEFORE, "aliases": ["permissions_warn_before"]}
        spec["rotate_after"] = {"type": "str", "aliases": ["permissions_rotate_after"]}
        spec["acceptances"] = {"type": "list", "elements": "dict", "aliases": ["permissions_acceptances"]}
        spec["since"] = {"type": "str"}
        spec["from"] = {"type": "dict"}
        spec.update((option, {"type": "str"}) for option in QUESTION)
        spec["anything"] = {"type": "bool", "default": False}
        return {"argument_spec": spec}
    own: dict[str, dict[str, Any]] = {
        "scope": {"type": "str", "choices": ["additive", "exact"], "default": "additive"},
        "exclusive": {"type": "bool", "default": False},
        "exclusive_limit": {"type": "int", "default": 10},
        "systems": {"type": "list", "elements": "str", "choices": list(grants.SYSTEMS)},
        "create": {"type": "bool", "default": True},
        "allow_empty": {"type": "bool", "default": False},
        "return_credentials": {"type": "bool", "default": False},
        "show": {"type": "str", "choices": ["none", "changes", "all", "unmanaged"], "default": "changes"},
        "guardrails": {"type": "list", "elements": "dict"},
        "guardrails_file": {"type": "path"},
        "roma_sasl": {"type": "raw"},
        "warn_before": {"type": "str", "default": WARN_BEFORE},
        "verify": {"type": "bool", "default": True},
        "verify_timeout": {"type": "float", "default": 30.0},
    }
    spec.update((option, dict(rule, aliases=[f"permissions_{option}"])) for option, rule in own.items())
    spec["check_variables"] = {"type": "bool", "default": False}
    return {"argument_spec": spec}


# -- running ---------------------------------------------------------------------------------------


class Given:
    """Grants as they were given: the rows, the place of each, and the mistakes in the texts they came in."""

    def __init__(
        self,
        rows: Sequence[Any] | None = None,
        sources: Sequence[grants.Source] = (),
        problems: Sequence[str] = (),
    ) -> None:
        self.named = rows is not None  # False: no list was given, which is not the same as an empty one
        self.rows = list(rows or ())
        self.sources = list(sources) or [grants.Source(index, raw) for index, raw in enumerate(self.rows)]
        self.problems = [errors.Problem("", text) for text in problems]


def hand_over(rows: Sequence[Any], sources: Sequence[grants.Source], hidden: Sequence[str]) -> dict[str, Any]:
    """What is given as ``grants`` to a module on another host: rows, places, and texts to hide.

    A user's own mapping never gets there: the action plugin refuses it.
    """
    places = [[source.file, source.number, source.line] for source in sources]
    return {HANDED_OVER: list(rows), "places": places, "hidden": list(hidden)}


def known_setups(params: Mapping[str, Any]) -> dict[str, Any]:
    """The built-in set-ups, and those of the task."""
    return dict(builtin.SETUPS, **(params["setups"] or {}))


def checked_grants(given: Given, params: Mapping[str, Any]) -> tuple[list[grants.Grant], list[errors.Problem]]:
    """The grants without mistakes, and all mistakes in the others, their texts and the set-ups of the task."""
    own = setups.problems(builtin.SETUPS, params["setups"] or {}, grants.SYSTEMS)
    problems: list[errors.Problem] = [*given.problems, *(errors.Problem("", text) for text in own)]
    checked, found = grants.check(given.rows, builtin.SETUPS if own else known_setups(params), given.sources)
    if problems:  # because of these, set-ups may be missing that grants use
        return [], [*problems, *(problem for problem in found if problem.option != "setup")]
    return checked, [*found]


def place_of(grant: grants.Grant) -> dict[str, Any]:
    """Where a grant is written, in the form of the data of access."""
    return {"file": grant.source.file, "number": grant.source.number + 1, "line": grant.source.line}


class PermissionsTask(_task.Task):
    """A task of `permissions`, or with ``info`` of `permissions_info`."""

    def __init__(self, info: bool = False, host: str | None = None) -> None:
        self.info = info
        self.host = host  # its name in the inventory, for the artifacts
        self.spec = argument_spec(info)
        self.given: Given | None = None  # set by the action plugin, which can read files and YAML
        self.hidden: list[str] = []  # texts that must not be in the result

    def checked(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        spec = self.spec["argument_spec"]
        # Ansible does not validate the grants: it takes seconds for thousands, and reports the first mistake only.
        names = ("grants", *spec["grants"]["aliases"])
        rows = [given[name] for name in names if given.get(name) is not None]
        if self.given is None and rows and isinstance(rows[0], dict) and HANDED_OVER in rows[0]:
            handed = rows[0]
            pairs = enumerate(zip(handed[HANDED_OVER], handed["places"]))
            self.given = Given(
                handed[HANDED_OVER], [grants.Source(index, raw, *place) for index, (raw, place) in pairs]
            )
            self.hidden = handed["hidden"]
        if self.given is None:
            right = all(isinstance(row, list) for row in rows)
            text = "grants must be a list of grants; got something else, which only a task on the controller can read"
            self.given = Given(*rows[:1]) if right else Given(problems=[text])
        given = {option: value for option, value in given.items() if option not in names}
        problems = list(_options.problems(spec, given))
        problems.extend(_task.mistaken_rules(given, "guardrails", "permissions_guardrails"))
        return given, refused(problems) if problems else None

    def refused(self, text: str) -> dict[str, Any]:
        return dict(refused([errors.Problem("", text)]), msg=text)

    def execute(self, params: Mapping[str, Any], how: _task.How = _task.AS_USUAL) -> dict[str, Any]:
        given = self.given or Given()
        if self.info:
            return gather(params, given, how.connect, how.when_done, self.hidden)
        task = _Pass(params, given, how.check_mode, self.host, how.show)
        task.secrets.add(*self.hidden)
        return task.report(how.diff, how.connect or _task.new_client, how.when_done, bool(self.hidden))


class _Pass:
    """One task of `permissions`, and what it has done so far."""

    def __init__(
        self,
        params: Mapping[str, Any],
        given: Given,
        check_mode: bool,
        host: str | None,
        show: Callable[[str], object] | None,
    ) -> None:
        self.params = params
        self.given = given
        self.check_mode = check_mode
        self.host = host
        self.parts: list[run.SystemPass] = []
        self.clients: list[Client] = []
        self.secrets = errors.Secrets()
        self.progress = engine.Progress(show)
        self.planned = False
        self.at = int(field_types.now())
        self.rules: list[Rule] | None = None
        self.judged: list[str] = []  # warnings of guardrails
        self.sasl: bool | dict[str, bool] | None = None
        self.soon = 0  # seconds; a token that ends within them gets a warning

    def report(
        self, diff: bool, connect: Connect, when_done: Callable[[], object] | None, masked: bool
    ) -> dict[str, Any]:
        error: errors.GrantopsError | None = None
        try:
            try:
                self._run(connect)
            except errors.GrantopsError as problem:
                error = problem
            found = self._result(error, diff)
            if when_done:
                when_done()
        except BaseException as problem:
            for client in self.clients:
                client.stop()
            ended = self._ended(errors.typed(problem))
            try:
                found = self._result(ended, False)
            except Exception:  # what was written is reported all the same
                found = _task.failed(None, ended, self.secrets, False)
        return self.secrets.clean(found) if masked else found

    def _run(self, connect: Connect) -> None:
        params, settings = self.params, run.Settings(self.params)
        self.soon = _days(params, "warn_before")
        try:
            self.sasl = _switch(params["roma_sasl"])
            model.check_identities(params["identities"])
        except ValueError as error:
            raise errors.TaskError([errors.Problem("", errors.printable(str(error)))]) from None
        self.rules = _task.guardrails(params)
        checked = self.checked = self._checked()
        for system in grants.SYSTEMS.values():
            own = [grant for grant in checked if grant.system is system]
            if own and system.name in (params["systems"] or grants.SYSTEMS):
                client = connected(system.resource, params, self.secrets, connect)
                self.clients.append(client)
                whole = any(rule.needs_all(system.name) for rule in self.rules or ())
                self.parts.append(run.SystemPass(system, own, client, settings, self.progress, whole))
        run.write(self.parts, self.check_mode, self._judge)

    def _judge(self) -> None:
        """Judge the plan by the guardrails; called when everything is planned, before anything is written."""
        if self.rules:
            parts = []
            for part in self.parts:
                project = getattr(part.api.client, "project_id", None)
                parts.append(planned.Planned(part.system.resource, part.run.changes, part.states, project, part.whole))

            def declared() -> list[Declared]:
                return [_access_task.declared_of(grant, place_of(grant)) for grant in self.checked]

            identities = self.params["identities"]
            self.judged = planned.judge_changes(self.rules, parts, self.at, declared, self.sasl, identities)
        self.planned = True

    def _checked(self) -> list[Any]:
        """The checked grants; TaskError with all mistakes."""
        params = self.params
        checked, problems = checked_grants(self.given, params)
        problems.extend(_task.mistaken_timeout(params))
        if params["exclusive_limit"] < 0:
            text = f"must be at least 0; got {params['exclusive_limit']}"
            problems.append(errors.Problem("", text, "exclusive_limit"))
        if params["systems"] is not None and not params["systems"]:
            problems.append(errors.Problem("", "must name at least one, or be left out for all; got []", "systems"))
        if not self.given.rows and not problems and not params["allow_empty"]:
            text = "grants must be given, in grants or grants_file (permissions_grants or permissions_file of the role); got nothing"
            if self.given.named:
                text = "grants must hold at least one grant; got an empty list"
            problems.append(errors.Problem("", f"{text}, so nothing would be looked at (allow_empty: true allows it)"))
        for system in params["systems"] or () if not problems else ():
            if not any(grant.system.name == system for grant in checked):
                problems.append(
                    errors.Problem(
                        "", f"systems must be some that grants are for; got {system}, and no grant is for it"
                    )
                )
        if problems:
            raise errors.TaskError(problems)
        return checked

    # -- the result ----------------------------------------------------------------------------------

    def _ended(self, error: errors.GrantopsError) -> errors.GrantopsError:
        """``error``, which did not come from the engine, as an error that says what was written before it."""
        if any(part.run.writer is not None for part in self.parts):
            ended = errors.RunError(f"While writing, {error.message}", cause=error, hint=error.hint)
            joined: errors.GrantopsError = run.joined(self.parts, ended)
            return joined
        return self.progress.report(error)

    def _result(self, error: errors.GrantopsError | None, diff: bool) -> dict[str, Any]:
        """The result of the task; ``error`` is what it ends with."""
        if error is not None and not isinstance(error, errors.RunError) and not isinstance(error, errors.TaskError):
            error = self._ended(error)
        problems = error.problems if isinstance(error, errors.TaskError) else []
        found: dict[str, Any] = {"changed": any(part.run.changing for part in self.parts)}
        if error is not None:
            failed = self._failed_system()
            found = _task.failed(failed and failed.resource, error, self.secrets, False)
        if self.planned and not problems:
            rows = result.rows(self.parts, self.params["scope"] == "additive")
            gone = result.deletions(self.parts)
        else:
            rows, gone = result.refused(self.given.rows, problems, self.given.sources, self.parts), []
        found.update(grants=rows, deleted=gone, counts=result.counts(rows, gone, self.parts))
        if self.params["show"] == "unmanaged":
            found["unmanaged"] = result.unmanaged(self.parts)
        lost = self._credentials(found)
        message = found.get("msg")
        system = self._failed_system()
        found["artifacts"] = result.artifacts(self.host, rows, gone, problems, message, system and system.name)
        warnings = lost + [text for client in self.clients for text in client.warnings]
        for part in self.parts:
            warnings.extend(part.plan.warnings if part.plan else ())
            warnings.extend(part.run.writer.warnings if part.run.writer else ())
        if self.planned and not problems and not self.params["return_credentials"]:
            warnings.extend(result.without_keys(self.parts))
        warnings.extend(self.judged)
        ending = result.ending(self.parts, self.at, self.soon)
        found["artifacts"]["permissions_ending"] = [dict(row, host=self.host) for row in ending]
        warnings.extend(
            f"UFile token {row['principal']} {'ends' if row['ahead'] else 'has ended'} at {row['expires']}: give it a later "
            "end, or expires_in and renew_before in its grant"
            for row in ending
        )
        if warnings:
            found["warnings"] = self.secrets.clean(list(dict.fromkeys(warnings)))
        if diff and error is None:
            found["diff"] = [
                _task.diff_of(part.system.resource, change, _task.told(part.system.resource, change))
                for part in self.parts
                for change in part.run.changing
            ]
        return found

    def _failed_system(self) -> Any:
        """The permission set of the first system whose reading or writing failed; ``None`` when none did."""
        return next((part.system for part in self.parts if part.run.error or part.unread), None)

    def _credentials(self, found: dict[str, Any]) -> list[str]:
        """Put the secrets of new tokens into ``found``, also after a failure, since no later run returns them.

        If they cannot be read, the task fails; if it has failed already, that is a warning, which is returned.
        """
        lost: list[str] = []
        if not self.params["return_credentials"] or all(part.run.predicted for part in self.parts):
            return lost
        found["credentials"] = []
        for part in self.parts:
            if part.system.resource.makes_credentials:
                try:
                    rows = part.run.credentials()
                except errors.GrantopsError as error:
                    if found.get("failed"):
                        lost.append(error.text())
                    else:
                        found.update(_task.failed(part.system.resource, error, self.secrets, False))
                    continue
                found["credentials"].extend(dict(row, system=part.system.name) for row in rows)
        return lost


def connected(resource: Resource, params: Mapping[str, Any], secrets: errors.Secrets, connect: Connect) -> Client:
    """A client for the system of ``resource``, with the connection options of its provider."""
    provider: Provider = resource.provider
    options = {option: rule.get("default") for option, rule in provider.argument_spec().items()}
    options.update((option, value) for option, value in (params.get(provider.name) or {}).items() if value is not None)
    return connect(resource, options, secrets)


def refused(problems: Sequence[errors.Problem]) -> dict[str, Any]:
    """The failed result for mistaken options, with the keys that a successful one has."""
    found = _task.failure(None, errors.TaskError(problems))
    counts = result.counts([], [], [])
    return dict(found, grants=[], deleted=[], counts=counts, artifacts=result.artifacts(None, [], [], problems))


# -- reading ---------------------------------------------------------------------------------------


def gather(
    params: Mapping[str, Any],
    given: Given,
    connect: Connect | None = None,
    when_done: Callable[[], object] | None = None,
    hidden: Sequence[str] = (),
) -> dict[str, Any]:
    """The result of a task of `permissions_info`: the estate as grants, and who can do what. Never raises."""
    secrets = errors.Secrets()
    secrets.add(*hidden)
    clients: list[Client] = []
    resource: Resource | None = None
    try:
        if params["from"] is not None:
            return _done(
                _access(lambda: report.merged(params["from"], params["since"] or None), params), secrets, [], when_done
            )
        known = known_setups(params)
        checked, to_read = _checked(given, params)
        secrets.add(*(grant.secret for grant in checked))
        read: list[_access_task.Read] = []
        failures: list[dict[str, Any]] = []
        for system, scopes in to_read.items():
            resource = grants.SYSTEMS[system].resource
            found = _read(system, scopes, params, secrets, connect or _task.new_client, clients)
            failures.extend(each for _scope, each in found if isinstance(each, dict))
            if failures and not params["partial"]:
                return failures[0]
            read.extend(
                _access_task.Read(system, scope, () if isinstance(each, dict) else each, _problem(each))
                for scope, each in found
            )
        if len(failures) == len(read):
            return failures[0]
        resource = None  # errors from here on are not about one system
        outcome: dict[str, Any] = {}
        if params["export"]:
            estate: dict[str, list[State]] = {}
            for scope in read:
                estate.setdefault(scope.system, []).extend(scope.states)
            unread = [f"{scope.system} {scope.scope}: {scope.problem}" for scope in read if scope.problem]
            outcome["grants_text"], outcome["grants"] = export.export(estate, known, unread)
        if params["access"]:
            declared = checked if given.named else None
            outcome.update(_access(lambda: _data(read, declared, known, params), params))
        return _done(outcome, secrets, clients, when_done)
    except BaseException as error:
        for client in clients:
            client.stop()
        return _task.failed(resource, engine.Progress().report(errors.typed(error)), secrets, True)


def _done(
    outcome: dict[str, Any], secrets: errors.Secrets, clients: Sequence[Client], when_done: Callable[[], object] | None
) -> dict[str, Any]:
    found: dict[str, Any] = secrets.mask(dict(outcome, changed=False))
    warnings = list(dict.fromkeys(text for client in clients for text in client.warnings))
    if warnings:
        found["warnings"] = secrets.clean(warnings)
    if when_done:
        when_done()
    return found


def _checked(given: Given, params: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """The checked grants, and what is to be read; TaskError with all mistakes."""
    checked, problems = checked_grants(given, params)
    named: dict[str, list[str]] = {}
    for option, (system, name) in SCOPES.items():
        # With `-e`, one text may hold several.
        parts = [part.strip() for text in params[option] or () for part in text.split(",")]
        named[system] = [part for part in parts if part]
        for scope in named[system]:
            wrong = grants.SYSTEMS[system].resource.check_names("", {name: scope})
            problems.extend(errors.Problem("", problem.message, option) for problem in wrong)
    for option in ("warn_before", "rotate_after"):
        try:
            if params[option] is not None:
                _days(params, option)
        except errors.TaskError as error:
            problems.extend(error.problems)
    to_read: dict[str, list[str]] = {}
    try:
        model.check_identities(params["identities"])
        acceptances.check(params["acceptances"] or [], int(field_types.now()))
        if not problems:
            to_read = _access_task.scopes_to_read(checked, params["ufile"], named)
    except ValueError as error:
        problems.append(errors.Problem("", errors.printable(str(error))))
    if problems:
        raise errors.TaskError(problems)
    return checked, to_read


def _read(
    system: str,
    scopes: Sequence[str],
    params: Mapping[str, Any],
    secrets: errors.Secrets,
    connect: Connect,
    clients: list[Client],
) -> list[tuple[str, list[State] | dict[str, Any]]]:
    """Each of ``scopes`` with its States, or with a failed result where it could not be read.

    The scope of UFile is the configured project, or an empty text.
    """
    kind = grants.SYSTEMS[system]
    resource = kind.resource
    try:
        client = connected(resource, params, secrets, connect)
    except errors.ConfigurationError as error:
        return [(scope, _task.failed(resource, error, secrets, True)) for scope in scopes]
    clients.append(client)
    client.forget()
    api = resource.api(client)

    def read(scope: str) -> list[State] | dict[str, Any]:
        try:
            return list(api.list({kind.scope: scope} if kind.scope else {}))
        except (errors.RequestError, errors.ResponseError) as error:
            ended = errors.RunError(f"Could not read {resource.label}s. {error.text()}", cause=error)
            return _task.failed(resource, ended, client.secrets, True)

    named = scopes if kind.scope else [getattr(client, "project_id", None) or ""]
    return list(zip(named, client.each(read, scopes)))


def _problem(found: list[State] | dict[str, Any]) -> str | None:
    return str(found["msg"]) if isinstance(found, dict) else None


def _data(
    read: Sequence[_access_task.Read],
    declared: Sequence[Any] | None,
    known: Mapping[str, Any],
    params: Mapping[str, Any],
) -> dict[str, Any]:
    places = {grant.index: place_of(grant) for grant in declared or ()}
    found: dict[str, Any] = _access_task.data(
        read,
        declared,
        known,
        places,
        roma_sasl=_switch(params["roma_sasl"]),
        identities=params["identities"],
        acceptances=params["acceptances"] or [],
        earlier=params["since"] or None,
        soon=_days(params, "warn_before"),
        rotate_after=None if params["rotate_after"] is None else _days(params, "rotate_after"),
    )
    return found


def _access(make: Callable[[], dict[str, Any]], params: Mapping[str, Any]) -> dict[str, Any]:
    """The data of access that ``make`` returns, and the answer to what is asked; TaskError for its ValueError."""
    try:
        found = make()
        question = {option: params[option] for option in QUESTION if params[option] is not None}
        if question:
            answer = decide.who(found, anything=params["anything"], **question)
            found["answer"] = {"answer": answer["answer"], "lines": list(words.lines(answer)), "rows": answer["rows"]}
    except ValueError as error:
        raise errors.TaskError([errors.Problem("", errors.printable(str(error)))]) from None
    return found


def _days(params: Mapping[str, Any], option: str) -> int:
    """The seconds of an option such as `90d`; TaskError for anything else."""
    try:
        seconds: int = ufile_renewal.days(params[option], option)
    except texts.Refused as error:
        raise errors.TaskError([errors.Problem("", str(error), error.where)]) from None
    return seconds


def _switch(value: Any) -> bool | dict[str, bool] | None:
    """The value of `roma_sasl`: true, false, or a mapping of instances to these. ValueError for anything else."""
    words_of = {"true": True, "yes": True, "false": False, "no": False}
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words_of:
        return words_of[value.lower()]
    if isinstance(value, dict) and all(isinstance(each, bool) for each in value.values()):
        return {str(key): each for key, each in value.items()}
    raise ValueError(
        f"`roma_sasl` must be true, false, or a mapping of instances to true or false; got {errors.brief(value)}"
    )
