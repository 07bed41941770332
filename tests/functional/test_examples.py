# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation does what it says: all tasks of a module as one play, and its ad-hoc command."""

from __future__ import annotations

import importlib
import json
import re
import shlex

import harness
import prefork
import pytest
import yaml

MODULES = harness.MODULES + harness.INFOS
SERVICES = ("ROCKETMQ", "ROMA")
ADHOC = "ansible localhost "
PLUGINS = "ansible_collections.grantops.cloud.plugins"
TYPES = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}
OTHERS = {
    "censored",
    "changed",
    "diff",
    "failed",
    "invocation",
    "msg",
    "warnings",
}  # of every module; not in its RETURN


def example_text(module):
    return importlib.import_module(f"{PLUGINS}.modules.{module}").EXAMPLES


def example_tasks(module):
    return yaml.safe_load(example_text(module))


def returned(module):
    """The documented results."""
    return yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").RETURN)


def flat(tasks):
    """Every task, those of blocks in place of their block."""
    for task in tasks:
        if "block" in task:
            yield from flat(task["block"])
        else:
            yield task


def adhoc_commands(text):
    """The commands in comments, each as the arguments of `ansible`; lines that are indented go on with one."""
    comments = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    joined = re.sub(r" ?\\?\n  +", " ", "\n".join(comments))
    return [shlex.split(line)[1:] for line in joined.splitlines() if line.startswith(ADHOC)]


# -- what the examples name ------------------------------------------------------------------------


@pytest.fixture
def estate(sim):
    """Nothing but what the examples name, so that each of them finds something to do."""
    sim.reset("empty")
    _ufile(sim)
    _urocketmq(sim)
    _rocketmq(sim)
    _roma(sim)
    return sim


def _ufile(sim):
    sim.estate["ucloud"]["projects"].append("org-archive")
    for name, fields in {
        "reports": {"AllowedBuckets": ["acme-data"]},
        "nightly": {"AllowedOps": ["TOKEN_ALLOW_WRITE"], "AllowedBuckets": ["acme-data"]},
        "leaked": {"TokenId": "5f0c3c52-6a4e-4f0b-9d6c-8c7a5c3d9e10", "AllowedOps": ["TOKEN_ALLOW_READ"]},
        "uploads": {"TokenId": "679c7e5e-74b8-4048-b622-33dd4e8634db"},
        "web": {},
        "ingest": {"AllowedPrefixes": ["in/"]},
        "backup": {"AllowedBuckets": ["acme-backup"]},
        "former-partner": {"AllowedOps": ["TOKEN_ALLOW_READ"]},
        "archive-writer": {"ProjectId": "org-archive"},
        "archive-tester": {"ProjectId": "org-archive"},
    }.items():
        sim.add_ufile_token(TokenName=name, **fields)


def _urocketmq(sim):
    sim.add_urocketmq_service("urmq-shop", topics=["orders", "payments", "refunds", "returns"])
    sim.add_urocketmq_service("urmq-logs", topics=["access", "errors"])
    sim.add_urocketmq_service("urmq-metrics")
    every = {"TopicProducePerm": "ALL", "TopicConsumePerm": "ALL"}
    for service, name, fields in (
        ("urmq-shop", "checkout", every),
        ("urmq-shop", "warehouse", {"TopicConsumePerm": "PART", "AllowConsumeTopicList": "orders"}),
        ("urmq-shop", "former-partner", every),
        ("urmq-shop", "reporting", every),
        ("urmq-shop", "operator", {}),
        ("urmq-shop", "audit", every),
        ("urmq-logs", "shipper", {"TopicProducePerm": "PART", "AllowProduceTopicList": "access"}),
        ("urmq-shop", "pilot", every),
        ("urmq-metrics", "default", {"Type": "Default", **every}),
        ("urmq-metrics", "collector", {}),
        ("urmq-metrics", "tester", {"TopicConsumePerm": "PART", "AllowConsumeTopicList": "load"}),
    ):
        sim.add_urocketmq_token(service_id=service, Name=name, TokenId=f"urmq-token-{name}", **fields)


def _rocketmq(sim):
    sim.add_rocketmq_instance("rocketmq-shop", topics=["orders", "payments", "returns"])
    sim.add_rocketmq_instance("rocketmq-logs", topics=["access", "errors"])
    sim.add_rocketmq_instance("rocketmq-metrics")
    for instance, name, fields in (
        ("rocketmq-shop", "checkout", {"admin": True}),
        ("rocketmq-shop", "warehouse", {"topic_perms": [{"name": "orders", "perm": "SUB"}]}),
        ("rocketmq-shop", "former-partner", {"default_topic_perm": "PUB|SUB", "white_remote_address": "192.0.2.7"}),
        ("rocketmq-shop", "reporting", {}),
        ("rocketmq-shop", "analytics", {"white_remote_address": "192.0.2.10"}),
        ("rocketmq-shop", "billing", {"group_perms": [{"name": "shop-group", "perm": "SUB"}]}),
        ("rocketmq-logs", "shipper", {"topic_perms": [{"name": "errors", "perm": "PUB"}]}),
        ("rocketmq-shop", "pilot-2029", {"admin": True}),
        ("rocketmq-metrics", "collector", {}),
        ("rocketmq-metrics", "dashboard", {}),
        ("rocketmq-metrics", "load-test", {"topic_perms": [{"name": "load", "perm": "PUB"}]}),
    ):
        sim.add_rocketmq_user(instance_id=instance, access_key=name, **fields)


def _roma(sim):
    sim.add_roma_instance("roma-shop")
    for name in ("shop", "shop-mobile", "billing", "audit"):
        sim.add_roma_app(instance_id="roma-shop", name=name)
    sim.add_roma_app(instance_id="roma-shop", name="partner", id="cd28a9d9-2184-42ce-9fbe-f3785b6caada")
    owner = {"app_name": "shop", "access_policy": "all", "owner": True}
    audit = {"app_name": "audit", "access_policy": "sub"}
    for name, fields in {
        "orders": {},
        "events": {"policies": [owner, audit]},
        "retired-orders": {},
        "payments": {"description": "Payments"},
        "refunds": {},
        "invoices": {},
        "stock": {"description": "Stock of all shops"},
        "returns": {"policies": [owner, audit, {"app_name": "shop-mobile"}, {"app_name": "partner"}]},
    }.items():
        sim.add_roma_topic(instance_id="roma-shop", name=name, **{"policies": [owner], **fields})


def variables(sim):
    """What the examples take from a vault."""
    ucloud, huaweicloud = sim.credentials["ucloud"]["admin"], sim.credentials["huaweicloud"]["admin"]
    return {
        "vault_ucloud_public_key": ucloud["public_key"],
        "vault_ucloud_private_key": ucloud["private_key"],
        "vault_huaweicloud_ak": huaweicloud["ak"],
        "vault_huaweicloud_sk": huaweicloud["sk"],
        "vault_reporting_secret_key": "Rep0rting-Key-2030",
        "vault_newsletter_secret_key": "Newsl3tter-Key-2030",
        "vault_password": "Vault-Passw0rd-2030",
    }


def environment(sim):
    """Credentials and addresses; project and region are up to the examples."""
    found = sim.environment()
    for name in ("UCLOUD_PROJECT_ID", "UCLOUD_REGION", "HUAWEICLOUD_SDK_PROJECT_ID", "HW_REGION_NAME"):
        del found[name]
    found.update((f"HUAWEICLOUD_SDK_REGION_{service}_EU_WEST_101", sim.url) for service in SERVICES)
    return found


def known_before(result):
    """The changes without the ids that the service gives to what is created; nothing of a task with no_log."""
    if result.get("censored"):
        return []
    changes = [dict(change) for change in result["changes"]]
    for change in changes:
        if change["action"] == "create":
            change.pop("token_id", None)
    return changes


# -- running them ----------------------------------------------------------------------------------


@pytest.fixture
def run_examples(estate, play):
    """Runs tasks as a user would, and returns the results of a module's own tasks by task name."""

    def run(module, tasks, again=False, **options):
        estate.counting.reset()
        played = play(
            tasks,
            module_defaults={},
            environment=environment(estate),
            vars=variables(estate),
            connection="local",
            ignore_errors=False,
            **options,
        )
        assert played.code == 0, played.output
        names = [task["name"] for task in flat(tasks)]
        assert [entry["task"] for entry in played.recorded] == names, "an example was not run"
        own = {task["name"] for task in flat(tasks) if harness.NAMESPACE + module in task}
        conditional = {task["name"] for task in flat(tasks) if "when" in task} - own
        skipped = {entry["task"] for entry in played.recorded if entry["status"] == "skipped"}
        # What a condition leaves out needs what a module has just made.
        assert skipped == (conditional if again or options.get("check") else set())
        assert {entry["status"] for entry in played.recorded if entry["task"] not in skipped} == {"ok"}, played.recorded
        return {entry["task"]: entry["result"] for entry in played.recorded if entry["task"] in own}

    return run


@pytest.mark.parametrize("module", harness.MODULES)
def test_examples_of_a_module_change_what_they_name_and_then_nothing(module, estate, run_examples):
    tasks = example_tasks(module)
    before = harness.dump(estate)

    predicted = run_examples(module, tasks, check=True)
    assert (estate.counters["write"], estate.counters["writes"]) == (0, [])
    assert harness.dump(estate) == before
    for result in predicted.values():
        check_result(module, result)

    done = run_examples(module, tasks)
    assert estate.counters["write"] > 0
    for name, result in done.items():
        assert result["changed"], f"{name}: the estate holds nothing that this example would change"
        assert known_before(result) == known_before(predicted[name]), name

    after = harness.dump(estate)
    again = run_examples(module, tasks, again=True)
    assert [name for name, result in again.items() if result["changed"]] == [], "examples undo each other"
    assert estate.counters["write"] == 0
    assert harness.dump(estate) == after


@pytest.mark.parametrize("module", harness.INFOS)
def test_examples_of_an_info_module_find_what_they_name(module, estate, run_examples):
    before = harness.dump(estate)
    plural = harness.PAIRS[module.removesuffix("_info")][1]
    for name, result in run_examples(module, example_tasks(module)).items():
        assert result[plural], f"{name}: the estate holds nothing that this example would find"
        assert result["changed"] is False
        check_result(module, result)
    assert estate.counters["write"] == 0
    assert harness.dump(estate) == before


@pytest.mark.parametrize("module", MODULES)
def test_ad_hoc_commands_of_the_examples(module, estate, tmp_path):
    commands = adhoc_commands(example_text(module))
    assert commands, "no ad-hoc command in the examples"
    before = harness.dump(estate)
    for command in commands:
        assert harness.NAMESPACE + module in command
        estate.counting.reset()
        process = prefork.run(["adhoc", *command], tmp_path, harness.Player._environment(tmp_path, environment(estate)))
        output = process.stdout + process.stderr
        assert process.returncode == 0, output
        assert "localhost | " + ("SUCCESS" if module.endswith("_info") else "CHANGED") in process.stdout, output
        assert estate.counters["read"] > 0
        assert estate.counters["write"] == 0
    assert harness.dump(estate) == before


@pytest.mark.parametrize("module", MODULES)
def test_examples_use_the_module_often_enough_and_hold_no_secret(module, estate):
    own = [task for task in flat(example_tasks(module)) if harness.NAMESPACE + module in task]
    assert len(own) >= (3 if module.endswith("_info") else 4)
    assert any("module_defaults" in task for task in example_tasks(module))
    for task in own:
        options = task[harness.NAMESPACE + module] or {}
        assert f"{options}".count("{{") == sum(1 for value in options.values() if f"{value}".startswith("{{ vault_"))
        for option in ("private_key", "sk", "secret_key", "security_token", "auth_token", "iam_password"):
            assert f"{options.get(option, '{{ vault_')}".startswith("{{ vault_"), task["name"]
    text = json.dumps(example_tasks(module)) + example_text(module)
    assert not [secret for secret in estate.secrets() if secret in text]


# -- what the documentation says of results --------------------------------------------------------


def check_documented(value, document, where):
    """``value`` is of the documented type and has no key that is not documented, nor lacks one that always is."""
    if value is None:
        assert "V(null)" in f"{document['description']}", f"{where} is null"
        return
    assert value.__class__ is TYPES[document["type"]], where
    if "contains" not in document:
        return
    for item in value if isinstance(value, list) else [value]:
        assert set(item) <= set(document["contains"]), where
        for key, inner in document["contains"].items():
            if inner["returned"] == "always" or key in item:
                check_documented(item[key], inner, f"{where}.{key}")


def check_result(module, result):
    documents = returned(module)
    for key in set(result) - OTHERS:
        if not key.startswith("_ansible"):
            check_documented(result[key], documents[key], key)


WRONG = {  # what the service does not know
    "ucloud_ufile_token": {"token_id": "none"},
    "ucloud_urocketmq_token": {"token_id": "none", "service_id": "urmq-shop"},
    "huaweicloud_rocketmq_user": {"user_name": "nobody-here", "instance_id": "rocketmq-shop"},
    "huaweicloud_roma_topic_policy": {"name": "none", "instance_id": "roma-shop"},
}


@pytest.mark.parametrize("module", harness.MODULES)
def test_errors_are_as_documented(module, estate, run):
    plural = harness.PAIRS[module][1]
    refused = [
        run.failed(module, **WRONG[module]),
        run.failed(module, **{plural: [WRONG[module]]}),
        run.failed(module, **{plural: [dict(WRONG[module]), dict(WRONG[module])]}),
    ]
    failed = [
        run.failed(module, credential="revoked", **WRONG[module]),
        run.failed(module, api_url="http://127.0.0.1:1", retries=0, **WRONG[module]),
        run.failed(module + "_info", credential="revoked", **WRONG[module]),
    ]
    for result in refused:
        assert result["error"]["problems"]
        check_result(module, result)
    for number, result in enumerate(failed):
        assert result["error"]["kind"] in f"{returned(module)['error']['contains']['kind']['description']}"
        check_result(module + "_info" * (number == 2), result)
