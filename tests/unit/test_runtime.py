# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What meta/runtime.yml says of the modules."""

from __future__ import annotations

import pathlib

import pytest

yaml = pytest.importorskip("yaml")

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_routed_to_the_action_plugin(name):
    assert RUNTIME["plugin_routing"]["modules"][name] == {"action_plugin": "grantops.cloud.resource"}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_in_the_action_group_of_its_provider(name):
    groups = [group for group, names in RUNTIME["action_groups"].items() if name in names]
    assert groups == [name.partition("_")[0]]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_its_twin(name):
    twin = name[: -len("_info")] if name.endswith("_info") else name + "_info"
    assert twin in MODULES


def test_nothing_is_routed_that_does_not_exist():
    grouped = [name for names in RUNTIME["action_groups"].values() for name in names]
    assert sorted(RUNTIME["plugin_routing"]["modules"]) == sorted(grouped) == MODULES
    assert (ROOT / "plugins" / "action" / "resource.py").exists()
