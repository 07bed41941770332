# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As a module on a managed host, with the oldest Python and the oldest `requests`: the same as in the worker."""

from __future__ import annotations

import json
import os
import pathlib
import platform
import re
import sys

import cases
import harness
import pytest
from ansible.release import __version__ as core

from tools import pythons, versions

PYTHON = os.environ.get("GRANTOPS_TARGET_PYTHON")
# Of the running ansible-core
LEAST = versions.CORES[".".join(core.split(".")[:2])][1]
SAY = "import json, sys, requests; print(json.dumps([list(sys.version_info[:2]), requests.__version__]))"

of_another_python = pytest.mark.skipif(
    not PYTHON, reason="No target Python: the nox sessions make one, if there is a Python that this ansible-core allows"
)


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


@pytest.fixture
def on_target(play, tmp_path):
    """Like ``play``, as modules on a host of another Python than the controller's, if there is one."""
    inventory = tmp_path / "inventory.json"
    host = {"ansible_connection": "local", "ansible_python_interpreter": PYTHON or sys.executable}
    inventory.write_text(json.dumps({"targets": {"hosts": {"managed": host}}}), encoding="utf-8")

    def run(tasks):
        return play(tasks, way="module", hosts="managed", environment={"ANSIBLE_INVENTORY": str(inventory)})

    return run


@of_another_python
def test_the_target_is_the_oldest_python_with_the_oldest_requests(on_target):
    setup, said = on_target(
        [
            {"ansible.builtin.setup": {"gather_subset": ["!all", "!min", "python"]}},
            {"ansible.builtin.command": {"argv": [PYTHON, "-c", SAY]}},
        ]
    ).results
    found = setup["ansible_facts"]["ansible_python"]
    assert pathlib.Path(found["executable"]) == pathlib.Path(PYTHON)
    version = f"{found['version']['major']}.{found['version']['minor']}"
    assert version == versions.oldest_target(".".join(core.split(".")[:2]), pythons.find())
    assert versions.number(version) >= versions.number(LEAST)
    assert version != ".".join(platform.python_version_tuple()[:2])
    oldest = versions.pinned("requests", "requests-oldest")
    assert json.loads(said["stdout"]) == [list(versions.number(version)), oldest]


def table():
    """Tasks over all modules: predicted, made, made again, refused, not found, wrong."""
    tasks = []
    for case in cases.CASES:
        option, (_unused, fewer) = next(iter(case.lists.items()))
        both = case.params("many", (case.beta, {option: fewer}), (case.alpha, {option: fewer}))
        tasks += [{case.module: both}, {case.info: {**case.scope, **case.beta}}]
    for case in (cases.UROCKETMQ, cases.ROMA):
        fewer = dict(list(case.full().items())[:1])
        tasks.append({case.module: case.params("many", (case.alpha, {}), (case.missing, fewer))})
    key, user = {"sk": "wrong-key"}, {**cases.ROCKETMQ.scope, **cases.ROCKETMQ.alpha}
    created = {**user, "user_name": "user-new", "secret_key": "New-Secret-0815", "default_topic_perm": "SUB"}
    return [
        {cases.UFILE.module: {**cases.UFILE.alpha, "allowed_ops": []}, "check_mode": True},
        {cases.ROCKETMQ.module: created, "check_mode": True},
        *tasks,
        {cases.ROCKETMQ.module: created},
        {cases.ROCKETMQ.module: {**user, "user_name": "user-new", "state": "absent"}},
        {cases.UFILE.module: {"token_name": "beta", "expire_time": "2001-01-01"}},
        {cases.ROCKETMQ.module: {**user, "white_remote_address": "192.0.2.9"}},  # a warning
        {cases.UFILE.module: {**cases.UFILE.alpha, **cases.UFILE.bad}},
        {cases.ROCKETMQ.module: {**user, "secret_key": "Other-Secret-0815", "admin": False}},
        {cases.ROCKETMQ.module: {**user, "admin": "certainly"}},
        {cases.ROCKETMQ.module: {**user, "no_such_option": 1}},
        {cases.ROCKETMQ.module: {**cases.ROCKETMQ.scope}},
        {cases.ROCKETMQ.module: {**user, "users": []}},
        {cases.ROCKETMQ.info: {**cases.ROCKETMQ.scope, **key}},
        {cases.ROMA.info: {"instance_id": "elsewhere"}},
    ]


def alike(entry):
    """An entry without what differs by right: the request id, the host, and the order of Ansible's words for a boolean.

    Nor does it say who was given an option that it does not have, which a module calls by another name.
    """

    def ordered(found):
        return found[1] + ", ".join(sorted(found[2].split(", ")))

    result = dict(entry["result"])
    if isinstance(result.get("msg"), str):
        result["msg"] = re.sub(r"(Unsupported parameters for|Request id:) [^ ]+", r"\1", result["msg"])
    text = json.dumps({**entry, "result": result, "host": None})
    return json.loads(re.sub(r"(Valid booleans include: )((?:['\w]+, )*['\w]+)", ordered, text))


def test_every_module_gives_the_same_there_as_in_the_worker(sim, play, on_target):
    """With diffs, errors, warnings and what the services hold then."""
    tasks, outcomes, estates = table(), [], []
    assert {name for task in tasks for name in task} >= {*harness.MODULES, *harness.INFOS}
    for number, run in enumerate((play, on_target)):
        cases.furnish(sim)
        done = run(tasks)
        # Only a module tells what it was called with.
        assert ["invocation" in result for result in done.results] == [bool(number)] * len(tasks)
        outcomes.append(harness.timeless(done.recorded))
        estates.append(harness.dump(sim))
    for task, inside, outside in zip(tasks, *outcomes, strict=True):
        assert alike(inside) == alike(outside), task
    assert estates[0] == estates[1]
    statuses = [entry["status"] for entry in outcomes[0]]
    assert (statuses.count("ok"), statuses.count("failed")) == (14, 10)
    assert any(entry["result"].get("warnings") for entry in outcomes[0])
    named = "Unsupported parameters for (grantops.cloud.huaweicloud_rocketmq_user)"
    assert any(named in str(entry["result"].get("msg")) for entry in outcomes[0])
