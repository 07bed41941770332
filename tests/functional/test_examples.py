# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example of the documentation does what it says: all tasks of a module as one play, and its ad-hoc command."""

from __future__ import annotations

import argparse
import importlib
import json
import re
import shlex

import harness
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
    """Runs the tasks of modules as a user would, and returns for each of their own tasks: module, name, result."""

    def run(*modules, again=False, **options):
        estate.counting.reset()
        tasks = [task for module in modules for task in example_tasks(module)]
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
        listed = [(module, task) for module in modules for task in flat(example_tasks(module))]
        names = [task["name"] for _module, task in listed]
        assert [entry["task"] for entry in played.recorded] == names, "an example was not run"
        found = []
        for (module, task), entry in zip(listed, played.recorded):
            own = harness.NAMESPACE + module in task
            # What a condition leaves out needs what a module has just made.
            skipped = "when" in task and not own and "_info" not in module and (again or "check" in options)
            assert entry["status"] == ("skipped" if skipped else "ok"), entry
            if own:
                found.append((module, entry["task"], entry["result"]))
        return found

    return run


def test_examples_find_and_change_what_they_name_and_then_nothing(estate, run_examples):
    before = harness.dump(estate)
    predicted = run_examples(*harness.INFOS, *harness.MODULES, check=True)
    assert (estate.counters["write"], estate.counters["writes"]) == (0, [])
    assert harness.dump(estate) == before
    for module, name, result in predicted:
        check_result(module, result)
        if module.endswith("_info"):
            plural = harness.PAIRS[module.removesuffix("_info")][1]
            assert result[plural], f"{name}: the estate holds nothing that this example would find"
            assert result["changed"] is False
    predicted = [row for row in predicted if not row[0].endswith("_info")]

    done = run_examples(*harness.MODULES)
    assert estate.counters["write"] >= len(harness.MODULES)
    for (module, name, result), (*of_the_same, foreseen) in zip(done, predicted, strict=True):
        assert [module, name] == of_the_same
        assert result["changed"], f"{name}: the estate holds nothing that this example would change"
        assert known_before(result) == known_before(foreseen), name

    after = harness.dump(estate)
    again = run_examples(*harness.MODULES, again=True)
    assert [name for _module, name, result in again if result["changed"]] == [], "examples undo each other"
    assert estate.counters["write"] == 0
    assert harness.dump(estate) == after


def test_ad_hoc_commands_of_the_examples(estate, play):
    """As tasks of one play, whose arguments Ansible reads alike. Those of the README are typed: see test_readme.py."""
    parser = argparse.ArgumentParser()
    for option in ("--check", "--diff"):
        parser.add_argument("-" + option[2].upper(), option, action="store_true")
    for option in ("-m", "-a", "host"):
        parser.add_argument(option)
    tasks, changes = [], []
    for module in MODULES:
        commands = [parser.parse_args(command) for command in adhoc_commands(example_text(module))]
        assert commands, f"no ad-hoc command in the examples of {module}"
        for command in commands:
            assert command.m == harness.NAMESPACE + module
            assert command.check is command.diff is not module.endswith("_info")
            options = json.loads(command.a) if command.a.startswith("{") else command.a
            tasks.append({command.m: options, "check_mode": command.check})
            changes.append(command.check)
    before = harness.dump(estate)
    played = play(tasks, module_defaults={}, environment=environment(estate))
    assert [entry["status"] for entry in played.recorded] == ["ok"] * len(tasks), played.output
    assert [result["changed"] for result in played.results] == changes
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
