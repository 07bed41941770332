# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential types: AWX's injector makes of them what the modules read, and keeps no secret."""

from __future__ import annotations

import json

import awx
import harness
import pytest
from test_secrets import leaks

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import auth as huaweicloud
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import auth as ucloud

TYPES = awx.types()
# option of the modules: the variables that they read, by provider; the one place where these names are decided
READ = {
    "ucloud": {option: {name} for option, name in ucloud.ENVIRONMENT.items()},
    "huawei": {
        option: {names[option] for names in huaweicloud.ENVIRONMENTS if option in names}
        for names in huaweicloud.ENVIRONMENTS
        for option in names
    },
}
MODULES = {"ucloud": "ucloud_ufile_token", "huawei": "huaweicloud_rocketmq_user"}


def test_there_is_a_type_for_each_provider():
    assert sorted(TYPES) == sorted(READ) == sorted(MODULES)


@pytest.mark.parametrize("provider", TYPES)
def test_awx_would_take_it(provider):
    awx.check_type(TYPES[provider])


@pytest.mark.parametrize("provider", TYPES)
def test_every_setting_of_the_environment_is_an_input_and_goes_where_the_modules_read_it(provider):
    fields = {field["id"]: field for field in TYPES[provider]["inputs"]["fields"]}
    assert set(fields) == set(READ[provider])
    injected = {}
    for name, template in TYPES[provider]["injectors"]["env"].items():
        injected.setdefault(template.strip("{} "), set()).add(name)
    assert set(injected) == set(fields)
    for option, names in injected.items():
        assert names <= READ[provider][option], f"the modules do not read {names} for {option}"


@pytest.mark.parametrize("provider", TYPES)
def test_what_the_modules_keep_secret_is_secret_and_nothing_is_an_extra_variable(provider):
    spec = _task.argument_spec(harness.resource_of(MODULES[provider]))["argument_spec"]
    for field in TYPES[provider]["inputs"]["fields"]:
        assert field.get("secret", False) is bool(spec.get(field["id"], {}).get("no_log")), field["id"]
        assert field["label"] and (field.get("help_text") or field["label"] == "IAM password")
    assert set(TYPES[provider]["injectors"]) == {"env"}


def ways(sim):
    """Every way to authenticate, as the inputs of a credential."""
    at = {"api_url": sim.url, "project_id": "org-demo", "region": "cn-bj2"}
    there = {"iam_url": sim.url, "region": "eu-west-101"}
    own, theirs = sim.credentials["ucloud"], sim.credentials["huaweicloud"]
    project = {"project_id": "project-demo"}
    return {
        "ucloud keys": ("ucloud", {**own["admin"], **at}),
        "ucloud temporary credentials": ("ucloud", {**own["temporary"], **at, "timeout": "20"}),
        "ucloud white label": ("ucloud", {**own["admin"], **at, "channel_key": "Channel-Secret-77"}),
        "huawei ak and sk": ("huawei", {**theirs["admin"], **there}),
        "huawei temporary credentials": ("huawei", {**theirs["temporary"], **there, **project}),
        "huawei token": ("huawei", {**theirs["token"], **there, **project}),
        "huawei iam user": ("huawei", {**theirs["iam_user"], **there}),
    }


WAYS = (
    *("ucloud keys", "ucloud temporary credentials", "ucloud white label"),
    *("huawei ak and sk", "huawei temporary credentials", "huawei token", "huawei iam user"),
)


def inputs_of(sim, way):
    """The provider, and the inputs of a credential, of which some have no field of their own."""
    provider, inputs = ways(sim)[way]
    known = [field["id"] for field in TYPES[provider]["inputs"]["fields"]]
    return provider, {name: value for name, value in inputs.items() if name in known}, known


def addresses(sim):
    """What a controller of a cloud of one's own has in its setting AWX_TASK_ENV."""
    return {f"HUAWEICLOUD_SDK_REGION_{service}_EU_WEST_101": sim.url for service in ("ROCKETMQ", "ROMA")}


def test_every_way_is_tested(sim):
    assert tuple(ways(sim)) == WAYS


@pytest.mark.parametrize("way", WAYS)
def test_a_field_that_is_empty_is_as_if_it_was_left_out(sim, tmp_path, way):
    provider, inputs, known = inputs_of(sim, way)
    (left_out, kept), (empty, kept_empty) = ({}, {}), ({}, {})
    awx.inject(provider, inputs, left_out, kept, tmp_path)
    awx.inject(provider, {**dict.fromkeys(known, ""), **inputs}, empty, kept_empty, tmp_path)
    assert left_out and empty == left_out
    # AWX hides a secret that is empty too.
    assert {kept_empty[name] for name in kept if kept_empty[name] != kept[name]} <= {awx.HIDDEN}


@pytest.mark.parametrize("way", WAYS)
def test_a_credential_runs_a_module_and_nothing_that_is_kept_holds_a_secret(sim, job, way):
    if way == "ucloud white label":
        sim.estate["ucloud"]["channel_key"] = "Channel-Secret-77"
    provider, inputs, _known = inputs_of(sim, way)
    module = MODULES[provider] + "_info"
    options = {"instance_id": "rocketmq-demo"} if provider == "huawei" else {}
    tasks = [{"name": "Read", f"grantops.cloud.{module}": options}]
    if way in ("ucloud white label", "huawei iam user"):
        # As a module of its own, which sees the environment in another way.
        tasks.append({**tasks[0], "name": "Read as a module", "environment": {"LC_ALL": "C.UTF-8"}})
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    done = job(play, [(provider, inputs)], task_env=addresses(sim), options="-vvv")
    assert (done.status, done.rc) == ("successful", 0), done.output
    plural = harness.PAIRS[MODULES[provider]][1]
    for task in tasks:
        assert done.results(task["name"])["localhost"][plural]

    secrets = [
        inputs[field["id"]]
        for field in TYPES[provider]["inputs"]["fields"]
        if field.get("secret") and inputs.get(field["id"])
    ]
    assert secrets and all(secret in json.dumps(done.env) for secret in secrets)
    assert leaks(done.kept_env, secrets) == []
    assert awx.HIDDEN in done.kept_env.values()
    assert leaks(done.left, sim.secrets() | set(secrets)) == []


def test_a_leak_would_be_found(sim, job):
    """The search finds a secret where a playbook prints it, and where a field is not marked as secret."""
    provider, inputs = ways(sim)["huawei ak and sk"]
    show = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ lookup('env', 'HUAWEICLOUD_SDK_SK') }}"}}
    inputs = {name: inputs[name] for name in ("ak", "sk", "region")}
    done = job([{"hosts": "localhost", "gather_facts": False, "tasks": [show]}], [(provider, inputs)])
    assert leaks(done.left, {inputs["sk"]}) == [inputs["sk"]]
    assert leaks(done.kept_env, {inputs["sk"]}) == []
    assert leaks(done.env, {inputs["sk"]}) == [inputs["sk"]]
