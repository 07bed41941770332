# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a managed host with the oldest Python and the oldest `requests`: the same results as on the controller."""

from __future__ import annotations

import json
import os
import pathlib
import platform
import re

import cases
import harness
import pytest
import test_playbooks
from ansible.release import __version__ as core

from tools import pythons, versions

PYTHON = os.environ.get("GRANTOPS_TARGET_PYTHON")
# Of the running ansible-core
LEAST = versions.CORES[".".join(core.split(".")[:2])][1]
SAY = "import json, sys, requests; print(json.dumps([list(sys.version_info[:2]), requests.__version__]))"

pytestmark = pytest.mark.skipif(
    not PYTHON, reason="No target Python: the nox sessions make one, if there is a Python that this ansible-core allows"
)


@pytest.fixture
def on_target(play, tmp_path):
    """Like ``play``, on a host of another Python than the controller's."""
    inventory = tmp_path / "inventory.json"
    host = {"ansible_connection": "local", "ansible_python_interpreter": PYTHON}
    inventory.write_text(json.dumps({"targets": {"hosts": {"managed": host}}}), encoding="utf-8")

    def run(tasks, **keys):
        return play(tasks, hosts="managed", environment={"ANSIBLE_INVENTORY": str(inventory)}, **keys)

    return run


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


def unordered(entry):
    """An entry without its host, whose messages list Ansible's words for a boolean in one order: it is a set's, which Pythons differ in."""

    def ordered(found):
        return found[1] + ", ".join(sorted(found[2].split(", ")))

    text = json.dumps(dict(test_playbooks.same(entry), host=None))
    return json.loads(re.sub(r"(Valid booleans include: )((?:['\w]+, )*['\w]+)", ordered, text))


def test_every_module_gives_the_same_there(sim, play, on_target):
    """Predicted, made, made again, refused, not found, wrong: with diffs, errors and what the services hold then."""
    outcomes, estates = {}, {}
    for where, run in (("controller", play), ("target", on_target)):
        cases.furnish(sim)
        outcomes[where] = harness.timeless(run(test_playbooks.table()).recorded)
        estates[where] = harness.dump(sim)
    used = {name.removeprefix(harness.NAMESPACE) for task in test_playbooks.table() for name in task}
    assert used >= {*harness.MODULES, *harness.INFOS}
    for task, here, there in zip(test_playbooks.table(), outcomes["controller"], outcomes["target"]):
        assert unordered(here) == unordered(there), task
    assert len(outcomes["target"]) == len(test_playbooks.table())
    assert estates["controller"] == estates["target"]


def test_the_module_itself_ran_there(sim, on_target):
    cases.furnish(sim)
    tasks = [{case.info: {**case.scope, **case.alpha}} for case in cases.CASES]
    # Only a module tells what it was called with; a task in the worker does not.
    assert ["invocation" in result for result in on_target(tasks).results] == [True] * len(tasks)


def test_a_user_is_created_and_deleted_there(sim, on_target):
    cases.furnish(sim)
    user = {**cases.ROCKETMQ.scope, "user_name": "user-new"}
    done = on_target(
        [
            {cases.ROCKETMQ.module: {**user, "secret_key": "New-Secret-0815", "default_topic_perm": "SUB"}},
            {cases.ROCKETMQ.module: {**user, "default_topic_perm": "SUB"}},
            {cases.ROCKETMQ.module: {**user, "state": "absent"}},
            {cases.ROCKETMQ.info: user},
        ]
    )
    created, again, deleted, gone = done.results
    assert [created["changed"], again["changed"], deleted["changed"]] == [True, False, True]
    assert created["diff"][0]["after"].splitlines()[0] == "admin: false"
    assert gone["users"] == []
