# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument spec that a table becomes, to the letter: what every task is checked with."""

from __future__ import annotations

import importlib

import pytest
import yaml

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.tests.unit import cases

PLUGINS = "ansible_collections.grantops.cloud.plugins"
UFILE, UROCKETMQ, ROCKETMQ, ROMA = (case.resource for case in cases.ALL)
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


@pytest.mark.parametrize("resource", [UFILE, UROCKETMQ, ROCKETMQ, ROMA], ids=cases.NAMES)
def test_a_task_takes_the_options_of_its_table_and_no_others(resource):
    spec = dict(_task.argument_spec(resource)["argument_spec"])
    del spec[resource.plural]
    expected = dict(resource.provider.argument_spec(), **options_of(resource))
    expected.update(_task.WRITE_SPEC)
    expected.update(LIFE if resource.lifecycle else {})
    expected.update(CREDENTIALS if resource.makes_credentials else {})
    assert spec == expected


@pytest.mark.parametrize("resource", [UFILE, UROCKETMQ, ROCKETMQ, ROMA], ids=cases.NAMES)
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


def test_how_many_names_a_resource_has_decides_what_an_entry_needs():
    assert [len(resource.identity) for resource in (UFILE, UROCKETMQ, ROCKETMQ, ROMA)] == [2, 2, 1, 1]


@pytest.mark.parametrize("resource", [UFILE, UROCKETMQ, ROCKETMQ, ROMA], ids=cases.NAMES)
def test_a_list_stands_alone_and_one_of_the_names_is_needed_without_it(resource):
    spec = _task.argument_spec(resource)
    names = [name.option for name in resource.identity]
    own = names + [field.option for field in resource.fields if field.option not in names]
    assert spec["required_one_of"] == [[*names, resource.plural]]
    assert spec["mutually_exclusive"] == resource.provider.mutually_exclusive + [
        [resource.plural, option] for option in own
    ]


@pytest.mark.parametrize("resource", [UFILE, UROCKETMQ, ROCKETMQ, ROMA], ids=cases.NAMES)
def test_an_info_twin_takes_names_only_and_needs_the_scope(resource):
    found = _task.argument_spec(resource, info=True)
    expected = dict(resource.provider.argument_spec(), **{name.option: name.spec() for name in resource.names})
    for name in resource.scope:
        expected[name.option]["required"] = name.required
    assert found == {"argument_spec": expected, "mutually_exclusive": resource.provider.mutually_exclusive}


# -- the spec is what is documented ----------------------------------------------------------------

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


def provider_of(resource):
    """What the names of its modules begin with."""
    return resource.provider.name


def facts(options, below):
    """Type, default and so on of each option, suboptions included, in one form."""
    found = {}
    for name, rule in options.items():
        rows = {key: rule[key] for key in DOCUMENTED if rule.get(key) not in (None, False, [], ())}
        rows.setdefault("type", "str")
        if "choices" in rows:
            rows["choices"] = list(rows["choices"])
        found[name] = dict(rows, options=facts(rule.get(below) or {}, below))
    return found


@pytest.mark.parametrize("info", ["", "_info"])
@pytest.mark.parametrize("resource", [UFILE, UROCKETMQ, ROCKETMQ, ROMA], ids=cases.NAMES)
def test_the_spec_is_what_the_documentation_says(resource, info):
    spec = _task.argument_spec(resource, bool(info))["argument_spec"]
    module = f"{provider_of(resource)}_{resource.api.__module__.rpartition('.')[2]}{info}"
    assert facts(spec, "options") == facts(documented(module), "suboptions")


def secrets_of(options):
    return {name for name, rule in options.items() if rule.get("no_log")}


@pytest.mark.parametrize("resource", [UFILE, UROCKETMQ, ROCKETMQ, ROMA], ids=cases.NAMES)
def test_what_is_hidden_is_secret_and_what_is_secret_is_hidden(resource):
    spec = _task.argument_spec(resource)["argument_spec"]
    own = {field.option for field in resource.fields if field.type.secret}
    assert secrets_of(spec) == SECRETS[provider_of(resource)] | own
    assert secrets_of(spec[resource.plural]["options"]) == own
    for rule in spec[resource.plural]["options"].values():
        assert not secrets_of(rule.get("options", {}))


@pytest.mark.parametrize("hint", [None, "Look."])
@pytest.mark.parametrize(("code", "place"), [(172, "ucloud-172"), (4711, "invalid"), (None, "invalid")])
def test_a_hint_leads_to_where_the_error_is_explained(hint, code, place):
    assert 172 in UFILE.provider.codes
    error = errors.RequestError("invalid", "no", operation="Op", code=code, hint=hint)
    found = _task.failure(UFILE, error)["error"]["hint"]
    assert found == f"{hint + ' ' if hint else ''}See {errors.TROUBLESHOOTING}#{place}"
