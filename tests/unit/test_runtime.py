# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What meta/runtime.yml says of the modules, and what all modules document alike."""

from __future__ import annotations

import importlib
import os
import pathlib
import subprocess
import sys

import pytest

from ansible_collections.grantops.cloud.plugins.action import resource
from ansible_collections.grantops.cloud.tests.tools import returned

yaml = pytest.importorskip("yaml")

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
# Those of a provider; what is about several providers has neither its action group nor a twin.
PROVIDERS = ("ucloud_", "huaweicloud_")
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem.startswith(PROVIDERS))


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_in_the_action_group_of_its_provider_and_has_its_twin(name):
    groups = [group for group, names in RUNTIME["action_groups"].items() if name in names]
    assert groups == [name.partition("_")[0]]
    assert (name[: -len("_info")] if name.endswith("_info") else name + "_info") in MODULES


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_its_action_plugin(name):
    plugin = importlib.import_module("ansible_collections.grantops.cloud.plugins.action." + name)
    assert issubclass(plugin.ActionModule, resource.ActionModule)
    assert plugin.ActionModule is not resource.ActionModule  # Ansible's loader writes names into the class


def test_there_is_no_action_plugin_without_its_module():
    """But for what is internal."""
    plugins = {path.stem for path in (ROOT / "plugins" / "action").glob("*.py")}
    assert plugins - {"resource", "save", "__init__"} == {*MODULES, "permissions", "permissions_info", "rotate"}


def test_loading_an_action_plugin_imports_all_that_its_tasks_need():
    """Ansible loads it before it forks, so that no worker has to."""
    base = "ansible_collections.grantops.cloud.plugins."
    code = "import sys, importlib; importlib.import_module(sys.argv[1]); print(*sys.modules)"
    command = [sys.executable, "-c", code, base + "action.ucloud_ufile_token"]
    # Where ansible-test runs it, no path of Python leads to the collection.
    path = os.pathsep.join([str(ROOT.parents[2]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path})
    loaded = done.stdout.split()
    assert {"requests", base + "module_utils._ucloud.ufile_token", base + "module_utils._task"} <= set(loaded)


def test_nothing_is_grouped_that_does_not_exist():
    grouped = [name for names in RUNTIME["action_groups"].values() for name in names]
    assert sorted(grouped) == MODULES
    assert "plugin_routing" not in RUNTIME  # Ansible would follow it in each worker: see plugins/action/resource.py


@pytest.mark.parametrize("name", MODULES)
def test_a_module_documents_its_error_as_all_do(name):
    path = ROOT / "plugins" / "modules" / f"{name}.py"
    assert path.read_text(encoding="utf-8") == returned.documented(path), "run `make format`"
