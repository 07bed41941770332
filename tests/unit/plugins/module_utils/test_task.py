# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task: what it takes, what `exclusive` covers, and what it refuses before anything is sent."""

from __future__ import annotations

import importlib
import pathlib
from unittest import mock

import pytest
import yaml

from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint, _task
from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, run, ucloud, validated

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL

PLUGINS = "ansible_collections.grantops.cloud.plugins"
MODULES = pathlib.Path(_task.__file__).parents[1] / "modules"
every = pytest.mark.parametrize("resource", [case.resource for case in cases.ALL], ids=cases.NAMES)
STATE = {"type": "str", "choices": ["present", "absent"]}
LIFE = {
    "state": dict(STATE, default="present"),
    "exclusive": {"type": "bool", "default": False},
    "exclusive_allow_empty": {"type": "bool", "default": False},
    "exclusive_limit": {"type": "int", "default": 10},
}
CREDENTIALS = {"return_credentials": {"type": "bool", "default": False}}


def options_of(resource):
    """The options of one resource: its names, its fields, and what else the table has."""
    found = {part.option: part.spec() for part in (*resource.names, *resource.fields)}
    return dict(found, **resource.options)


@every
def test_a_task_takes_the_options_of_its_table_and_no_others(resource):
    spec = dict(_task.argument_spec(resource)["argument_spec"])
    del spec[resource.plural]
    expected = dict(resource.provider.argument_spec(), **options_of(resource))
    expected.update(_task.WRITE_SPEC)
    expected.update(LIFE if resource.lifecycle else {})
    expected.update(CREDENTIALS if resource.makes_credentials else {})
    assert spec == expected


@every
def test_an_entry_of_a_list_takes_what_one_resource_takes(resource):
    names = [name.option for name in resource.identity]
    options = dict(options_of(resource), purge={"type": "bool"})
    expected = {"type": "list", "elements": "dict", "no_log": False, "options": options}
    if resource.lifecycle:
        options["state"] = STATE
    if len(names) == 1:
        options[names[0]] = dict(options[names[0]], required=True)
    else:
        expected["required_one_of"] = [names]
    assert _task.argument_spec(resource)["argument_spec"][resource.plural] == expected


@every
def test_a_list_stands_alone_and_one_of_the_names_is_needed_without_it(resource):
    spec = _task.argument_spec(resource)
    names = [name.option for name in resource.identity]
    own = names + [field.option for field in resource.fields if field.option not in names]
    assert spec["required_one_of"] == [[*names, resource.plural]]
    assert spec["mutually_exclusive"] == resource.provider.mutually_exclusive + [
        [resource.plural, option] for option in own
    ]


@every
def test_an_info_twin_takes_names_only_and_needs_the_scope(resource):
    found = _task.argument_spec(resource, info=True)
    expected = dict(resource.provider.argument_spec(), **{name.option: name.spec() for name in resource.names})
    for name in resource.scope:
        expected[name.option]["required"] = name.required
    assert found == {"argument_spec": expected, "mutually_exclusive": resource.provider.mutually_exclusive}


DOCUMENTED = ("type", "elements", "choices", "default", "required", "aliases")
SECRETS = {
    "ucloud": {"private_key", "security_token", "channel_key"},
    "huaweicloud": {"sk", "security_token", "auth_token", "iam_password"},
}


def documented(module):
    """The options in DOCUMENTATION, those of its fragments included."""
    page = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").DOCUMENTATION)
    options = dict(page["options"])
    for fragment in page["extends_documentation_fragment"]:
        name, _dot, part = fragment[len("grantops.cloud.") :].partition(".")
        source = importlib.import_module(f"{PLUGINS}.doc_fragments.{name}").ModuleDocFragment
        options.update(yaml.safe_load(getattr(source, part.upper() or "DOCUMENTATION")).get("options", {}))
    return options


def facts(options, below):
    """Type, default and so on of each option, suboptions included, in one form."""
    found = {}
    for name, rule in options.items():
        rows = {key: rule[key] for key in DOCUMENTED if rule.get(key) not in (None, [], ())}
        if "choices" in rows:
            rows["choices"] = list(rows["choices"])
        if not rows.get("required"):
            rows.pop("required", None)
        found[name] = dict(rows, options=facts(rule.get(below) or {}, below))
    return found


@pytest.mark.parametrize("module", sorted(path.stem for path in MODULES.glob("[a-z]*.py")))
def test_the_spec_is_what_the_documentation_says(module, monkeypatch):
    run = mock.Mock()
    monkeypatch.setattr(_entrypoint, "run", run)
    importlib.import_module(f"{PLUGINS}.modules.{module}").main()
    (task,) = run.call_args.args
    assert facts(task.spec["argument_spec"], "options") == facts(documented(module), "suboptions")


def secrets_of(options):
    return {name for name, rule in options.items() if rule.get("no_log")}


@every
def test_what_is_hidden_is_secret_and_what_is_secret_is_hidden(resource):
    spec = _task.argument_spec(resource)["argument_spec"]
    own = {field.option for field in resource.fields if field.type.secret}
    assert secrets_of(spec) == SECRETS[resource.provider.name] | own
    assert secrets_of(spec[resource.plural]["options"]) == own
    for rule in spec[resource.plural]["options"].values():
        assert not secrets_of(rule.get("options", {}))


@pytest.mark.parametrize("hint", [None, "Look."])
@pytest.mark.parametrize(("code", "place"), [(172, "ucloud-172"), (4711, "invalid"), (None, "invalid")])
def test_a_hint_leads_to_where_the_error_is_explained(hint, code, place):
    assert 172 in UFILE.resource.provider.codes
    error = errors.RequestError("invalid", "no", operation="Op", code=code, hint=hint)
    found = _task.failure(UFILE.resource, error)["error"]["hint"]
    assert found == f"{hint + ' ' if hint else ''}See {errors.TROUBLESHOOTING}#{place}"


@pytest.mark.parametrize("info", [False, True])
def test_what_is_refused_before_the_task_begins_is_told_like_any_mistake(info):
    task = _task.ResourceTask(UFILE.resource, info)
    mistaken = task.checked({"token_nane": "x"})[1]
    refused = task.refused("Unsupported parameters")
    assert refused["msg"] == "Unsupported parameters"
    assert mistaken["error"]["problems"][0]["option"] == "token_nane"
    assert refused["error"]["problems"] == [about(None, "Unsupported parameters")]
    for result in (mistaken, refused):
        assert (result["failed"], result["changed"], result["error"]["provider"]) == (True, False, "UCloud")
        assert result["error"]["operation"] == ("DescribeUFileToken" if info else "UpdateUFileToken")


def test_of_an_error_that_cannot_be_masked_what_was_written_is_told():
    class Broken(errors.Secrets):
        def clean(self, value):
            raise UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed")

    error = errors.RunError("s3cret", written=[UFILE.names()], failed=[{"token_id": "t-2"}], changed=True)
    result = _task.failed(UFILE.resource, error, Broken(), False)
    found = result["error"]
    assert result["changed"] is True and "s3cret" not in str(result)
    assert (found["written"], found["failed"], found["pending"]) == ([UFILE.names()], [{"token_id": "t-2"}], [])
    assert (found["code"], found["provider"], found["operation"]) == (
        "UnicodeEncodeError",
        "UCloud",
        "UpdateUFileToken",
    )
    assert result["msg"].startswith("The error cannot be shown.")


@cases.every
def test_an_empty_list_is_no_success(case):
    result = attempt(case.resource, dict(case.scope, **{case.plural: []}), ())
    assert (result["failed"], result["changed"]) == (True, False)
    text = f"must name at least one {case.resource.label}; got [], so nothing would be looked at"
    assert result["error"]["problems"] == [about(case.plural, text)]
    hint = "If the list may be empty, skip the task with `when`."
    if case.resource.lifecycle:
        hint += " To delete all, set exclusive and exclusive_allow_empty to true."
    assert result["error"]["hint"] == f"{hint} See {errors.TROUBLESHOOTING}#task"


each_life = pytest.mark.parametrize("case", cases.ALL[:3], ids=cases.NAMES[:3])


def problem(case, options, calls=()):
    """The one problem of a task that changes nothing."""
    result = attempt(case.resource, options, calls)
    assert (result["failed"], result["changed"]) == (True, False)
    (found,) = result["error"]["problems"]
    return found


def about(option, message, position=None):
    return {"position": position, "option": option, "message": message}


@each_life
def test_a_single_resource_is_no_list_to_be_exclusive_about(case):
    options = dict(case.scope, exclusive=True, **case.names())
    assert problem(case, options) == about("exclusive", f"it needs the list {case.plural}")


@pytest.mark.parametrize(
    ("limit", "rows", "said"),
    [
        (-1, None, "it must be at least 0; got -1"),
        (0, 1, None),
        (0, 2, "exclusive would delete 1, and exclusive_limit is 0: UFile token t-2 (ci-2)"),
    ],
)
def test_a_limit_of_zero_lets_pass_what_deletes_nothing(limit, rows, said):
    options = {"tokens": [UFILE.names()], "exclusive": True, "exclusive_limit": limit}
    calls = [] if rows is None else UFILE.read_all(*(UFILE.row(number + 1) for number in range(rows)))
    if said:
        assert problem(UFILE, options, calls) == about("exclusive_limit" if limit < 0 else "exclusive", said)
    else:
        assert run(UFILE.resource, options, calls)["changed"] is False


@each_life
@pytest.mark.parametrize("absent", [False, True])
def test_nothing_to_keep_deletes_all_only_where_that_is_said(case, absent):
    entries = [dict(case.names(), state="absent")] if absent else []
    options = dict(case.scope, exclusive=True, **{case.plural: entries})
    where = "".join(f" of {place}" for place in case.scope.values())
    text = f"{case.plural} keeps none{where}, so all would be deleted; exclusive_allow_empty: true allows it"
    assert problem(case, options) == about("exclusive", text)
    options["exclusive_allow_empty"] = True
    assert run(case.resource, options, case.read_all(), check_mode=True)["changed"] is False


def test_deleting_all_needs_a_place():
    options = {"tokens": [], "exclusive": True, "exclusive_allow_empty": True}
    assert problem(UROCKETMQ, options) == about("exclusive", "it needs to know where: set service_id")


@pytest.mark.parametrize(
    ("places", "more", "uncovered"),
    [
        ({"s-2": "absent", "s-1": "absent", "s-3": "present"}, {}, "s-1"),
        ({"s-3": "present"}, {"service_id": "s-4"}, "s-4"),
    ],
)
def test_each_place_that_is_named_is_covered(places, more, uncovered):
    entries = [dict(UROCKETMQ.names(), service_id=place, state=state) for place, state in places.items()]
    message = problem(UROCKETMQ, {"tokens": entries, "exclusive": True, **more})["message"]
    assert message.startswith(f"tokens keeps none of {uncovered}, so all would be deleted")


def test_a_place_without_entries_is_covered_too():
    row = UROCKETMQ.row(2, **UROCKETMQ.system.initial)
    delete = ucloud("DeleteURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-2"})
    calls = [UROCKETMQ.list(row), delete, UROCKETMQ.get(row, code=230), UROCKETMQ.list()]
    options = {"service_id": "s-1", "tokens": [], "exclusive": True, "exclusive_allow_empty": True}
    (change,) = run(UROCKETMQ.resource, options, calls)["changes"]
    assert change["action"] == "delete"


@pytest.mark.parametrize("order", [1, -1])
def test_a_new_one_beside_one_that_is_to_get_its_name_is_refused(order):
    new = dict(cases.ALL_OF_IT, token_name="new")
    entries = [{"token_id": "t-1", "token_name": "new"}, new][::order]
    found = problem(UFILE, {"tokens": entries}, UFILE.read_all(UFILE.row()))
    text = "UFile token new would be created beside UFile token t-1 (ci-1), which is to get the same name"
    assert found == about("token_name", text, f"tokens[{entries.index(new)}]")


def test_a_new_one_beside_one_that_is_renamed_is_none_too_many():
    entries = [{"token_id": "t-1", "token_name": "old"}, dict(cases.ALL_OF_IT, token_name="new")]
    result = run(UFILE.resource, {"tokens": entries}, UFILE.read_all(UFILE.row()), check_mode=True)
    assert [change["action"] for change in result["changes"]] == ["update", "create"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([{"id": "g"}], None),
        (None, "it must be a list of rules, or be left out; got null"),
        ("deny", "must be a list"),
        ([["deny"]], "must be"),
    ],
)
def test_guardrails_that_are_no_list_of_mappings_are_told_what_they_must_be(value, said):
    messages = [str(each) for each in _task.mistaken_rules({"guardrails": value}, "guardrails", "more")]
    assert len(messages) == bool(said) and all(said in message for message in messages)


@pytest.mark.parametrize("method", ["checked", "refused", "execute"])
def test_each_kind_of_task_says_how_it_is_done(method):
    with pytest.raises(NotImplementedError):
        getattr(_task.Task(), method)({})


def test_a_task_whose_client_cannot_be_made_for_a_reason_that_nobody_expects_has_its_error():
    def connect(*unused):
        raise RuntimeError("no")

    params = validated(UFILE.resource, UFILE.task({}))
    result = _task.execute(UFILE.resource, params, how=_task.How(connect=connect))
    assert (result["failed"], result["error"]["kind"], result["error"]["code"]) == (True, "internal", "RuntimeError")
