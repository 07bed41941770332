# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's objects: every entry is what a module of awx.awx takes, and setup.yml makes them, once."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import subprocess
import sys

import awx
import controller
import jinja2
import jinja2.sandbox
import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

# Where the session has unpacked awx.awx
MODULES = pathlib.Path(os.environ["AWX_COLLECTIONS"]) / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
VARIABLES = {**awx.variables("credential_types.yml"), **awx.variables("controller.yml")}
OBJECTS = yaml.safe_load((awx.DOCS / "tasks" / "objects.yml").read_text(encoding="utf-8"))
TASKS = {task["loop"].strip("{} "): task for task in OBJECTS}
KEYS = {
    "vault_grants_ucloud": {"public_key": "example-public", "private_key": "Example-Private-Key-1", "region": "cn-bj2"},
    "vault_grants_huaweicloud": {"ak": "EXAMPLEAK", "sk": "Example-Secret-Key-1", "region": "ap-southeast-1"},
}
LISTS = sorted(name for name in VARIABLES if name.startswith("controller_"))


def module_of(name):
    (found,) = [key for key in TASKS[name] if key.startswith("awx.awx.")]
    return found.removeprefix("awx.awx.")


def documented(module):
    """The options of a module as its documentation has them, with those of the connection."""
    text = (MODULES / f"{module}.py").read_text(encoding="utf-8")
    return yaml.safe_load(text.split("DOCUMENTATION = ")[1].split("'''")[1].replace('"""', ""))["options"]


def spec(options):
    """An argument spec of documented options: also for suboptions, of which the modules themselves check nothing."""
    found = {}
    for name, option in options.items():
        entry = {key: option[key] for key in ("type", "elements", "choices", "aliases") if key in option}
        entry["required"] = bool(option.get("required", False))
        if "suboptions" in option:
            entry["options"] = spec(option["suboptions"])
        found[name] = entry
    return found


def values(value):
    """An entry with its variables of setup.yml in place."""
    if isinstance(value, dict):
        return {key: values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [values(item) for item in value]
    if isinstance(value, str) and value.startswith("{{ grants_") or value in [f"{{{{ {name} }}}}" for name in KEYS]:
        name = value.strip("{} ")
        return KEYS[name] if name in KEYS else values(VARIABLES[name])
    return value


def entries():
    return [pytest.param(name, entry, id=f"{name}-{entry['name']}") for name in LISTS for entry in VARIABLES[name]]


def test_every_list_has_a_task_that_takes_every_key():
    assert sorted(TASKS) == LISTS
    for name in LISTS:
        options = TASKS[name]["awx.awx." + module_of(name)]
        for entry in VARIABLES[name]:
            assert set(entry) <= set(options)
        for option, value in options.items():
            if option != "update_secrets":
                always = all(option in entry for entry in VARIABLES[name])
                assert value == "{{ item." + option + (" }}" if always else " | default(omit) }}"), option


@pytest.mark.parametrize("name, entry", entries())
def test_an_entry_is_what_the_module_takes(name, entry):
    checked = ArgumentSpecValidator(spec(documented(module_of(name)))).validate(values(entry))
    assert checked.error_messages == []


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("controller_templates", {"surveys": {}}),
        ("controller_templates", {"job_type": "plan"}),
        ("controller_workflows", {"workflow_nodes": [{"identifier": "a", "job": "b"}]}),
        ("controller_workflows", {"workflow_nodes": [{"identifier": "a", "related": {"next_nodes": []}}]}),
        ("controller_schedules", {"enabled": "at night"}),
    ],
)
def test_a_wrong_entry_would_be_found(name, wrong):
    entry = {**values(VARIABLES[name][0]), **wrong}
    assert ArgumentSpecValidator(spec(documented(module_of(name)))).validate(entry).error_messages


def test_names_that_are_used_are_there():
    by = {name: {entry["name"]: entry for entry in VARIABLES[name]} for name in LISTS}
    for template in VARIABLES["controller_templates"]:
        assert template["project"] in by["controller_projects"]
        assert template["inventory"] in by["controller_inventories"]
        assert template["execution_environment"] in by["controller_execution_environments"]
        assert set(template["credentials"]) <= set(by["controller_credentials"])
        assert set(template.get("notification_templates_error", [])) <= set(by["controller_notifications"])
        assert (awx.DOCS / "project" / template["playbook"]).is_file()
    for credential in VARIABLES["controller_credentials"]:
        kind = by["controller_credential_types"][credential["credential_type"]]
        inputs = values(credential["inputs"])
        assert set(kind["inputs"]["required"]) <= set(inputs) <= {field["id"] for field in kind["inputs"]["fields"]}
    for schedule in VARIABLES["controller_schedules"]:
        template = by["controller_templates"][schedule["unified_job_template"]]
        # A limit reaches only a template that asks for one.
        assert "limit" not in schedule or template["ask_limit_on_launch"]
        assert schedule.get("limit") in {None, *by["controller_hosts"]}
    for host in VARIABLES["controller_hosts"]:
        assert host["inventory"] in by["controller_inventories"]
        assert (awx.DOCS / "project" / host["variables"]["permissions_file"]).is_file()
    for workflow in VARIABLES["controller_workflows"]:
        nodes = {node["identifier"]: node["unified_job_template"] for node in workflow["workflow_nodes"]}
        for node in workflow["workflow_nodes"]:
            for following in node.get("related", {}).get("success_nodes", []):
                assert following["identifier"] in nodes
        # The survey's answers reach only templates that ask the same.
        jobs = [node["name"] for node in nodes.values() if node["type"] == "job_template"]
        assert jobs and all(by["controller_templates"][job]["survey_spec"] == workflow["survey_spec"] for job in jobs)


def notified(name, artifacts):
    """What a notification sends at an error."""
    (entry,) = [entry for entry in VARIABLES["controller_notifications"] if entry["name"] == name]
    strict = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    body = strict.from_string(entry["messages"]["error"]["body"])
    job = {"id": 7, "artifacts": artifacts}
    return json.loads(body.render(job=job, url="https://awx.example/7", job_friendly_name="Job"))


@pytest.mark.parametrize("hosts", [0, 2])
def test_a_notification_counts_the_findings_of_all_hosts(hosts):
    counts = {"severities": {"critical": 1, "high": 2, "medium": 0, "low": 0}}
    artifacts = {"permissions_insight": {f"host-{number}": counts for number in range(hosts)}} if hosts else {}
    sent = notified("Permissions findings", artifacts)
    assert (sent["critical"], sent["high"]) == (hosts, 2 * hosts)
    assert sent["text"].endswith("https://awx.example/7")


@pytest.mark.parametrize("artifacts", [{}, {"permissions_drifted": [{}, {}], "permissions_refused": []}])
def test_a_notification_is_json_and_counts_what_drifted(artifacts):
    sent = notified("Permissions drift", artifacts)
    assert sent["drifted"] == len(artifacts.get("permissions_drifted", [])) and sent["refused"] == 0
    assert sent["text"].endswith("https://awx.example/7")


def test_the_schedules_are_two_daily_ones_and_a_weekly_one():
    rules = []
    for schedule in VARIABLES["controller_schedules"]:
        start, rule = schedule["rrule"].split(" ")
        datetime.datetime.strptime(start, "DTSTART:%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
        rules.append(rule)
    daily, weekly = (f"RRULE:FREQ={often};INTERVAL=1" for often in ("DAILY", "WEEKLY"))
    assert rules == [daily, daily, weekly]


def set_up(tmp_path, address, *options):
    (tmp_path / "vault.yml").write_text(json.dumps(KEYS), encoding="utf-8")
    env = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([os.environ["AWX_COLLECTIONS"], str(awx.COLLECTIONS)]),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "CONTROLLER_HOST": address,
        "CONTROLLER_OAUTH_TOKEN": "token-of-a-test",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", str(awx.DOCS / "setup.yml"), "-e", "@vault.yml", *options],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert not any(value in output for keys in KEYS.values() for name, value in keys.items() if "Key" in value)
    return output


@pytest.mark.long
def test_the_set_up_makes_all_of_it_and_the_second_time_nothing(tmp_path):
    with controller.running() as made:
        output = set_up(tmp_path, made.url)
        assert "changed=10" in output
        for name in LISTS:
            endpoint = controller_endpoint(name)
            assert [item["name"] for item in made.all(endpoint)] == [entry["name"] for entry in VARIABLES[name]]
        types = {item["name"]: item for item in made.all("credential_types")}
        for entry in VARIABLES["controller_credential_types"]:
            # The injectors' templates arrive as they are.
            assert types[entry["name"]]["injectors"] == entry["injectors"]
        for item in made.all("credentials"):
            assert item["inputs"] in KEYS.values()
        templates = {item["name"]: item for item in made.all("job_templates")}
        for entry in VARIABLES["controller_templates"]:
            item = templates[entry["name"]]
            linked = made.related["job_templates", item["id"], "credentials"]
            assert sorted(made.names("credentials", linked)) == sorted(entry["credentials"])
            if "survey_spec" in entry:
                survey = made.related["job_templates", item["id"], "survey_spec"]
                assert survey == VARIABLES["grants_survey"]
            assert json.loads(item["extra_vars"]) == entry["extra_vars"]
        nodes = {item["identifier"]: item for item in made.all("workflow_job_template_nodes")}
        following = {
            name: made.related.get(("workflow_job_template_nodes", item["id"], "success_nodes"), [])
            for name, item in nodes.items()
        }
        assert following == {"plan": [nodes["approve"]["id"]], "approve": [nodes["apply"]["id"]], "apply": []}

        made.writes.clear()
        assert "changed=0" in set_up(tmp_path, made.url)
        # A workflow's survey and approval are written again each time; the modules do not call it a change.
        assert all(path.split("/")[3].startswith("workflow_") for _unused, path, _body in made.writes), made.writes


def controller_endpoint(name):
    module = module_of(name)
    return {"inventory": "inventories"}.get(module, module + "s")
