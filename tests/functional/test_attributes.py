# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation declares is what a module does; and the groups hold all modules."""

from __future__ import annotations

import json
import pathlib

import cases
import harness
import prefork
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Those of a provider; test_probe.py is about the other one.
NAMES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*cloud_*.py"))
CASE = {name: case for case in cases.CASES for name in (case.module, case.info)}


@pytest.fixture(scope="module")
def documented(tmp_path_factory):
    """What ansible-doc says about every module."""
    folder = tmp_path_factory.mktemp("doc")
    command = ["doc", "-j", "-t", "module", *(harness.NAMESPACE + name for name in NAMES)]
    process = prefork.run(command, folder, harness.environment(folder))
    assert process.returncode == 0, process.stderr
    found = json.loads(process.stdout)
    return {name: found[harness.NAMESPACE + name]["doc"] for name in NAMES}


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


def test_every_module_is_tested():
    assert sorted(CASE) == NAMES == sorted(harness.MODULES + harness.INFOS)


def params(name):
    case = CASE[name]
    if name.endswith("_info"):
        return {**case.scope, **case.alpha}
    option, (_unused, fewer) = next(iter(case.lists.items()))
    return case.on_alpha("one", **{option: fewer})


@pytest.mark.parametrize("name", NAMES)
def test_what_is_returned_is_documented_and_what_is_promised_declared(documented, run, name):
    """Options and the argument spec are compared by a sanity test; results are not. Promises: test_promises, test_failures."""
    attributes = {key: value["support"] for key, value in documented[name]["attributes"].items()}
    promised = {"check_mode": "full", "idempotent": "full", "diff_mode": "N/A" if name.endswith("_info") else "full"}
    assert {key: attributes[key] for key in promised} == promised
    assert documented[name]["attributes"]["platform"]["platforms"] == "posix"
    returns = documented_returns(name)
    result = run.ok(name, check_mode=True, **params(name))
    common = {"changed", "diff"}
    assert set(result) - common <= set(returns)
    for key in set(result) - common - {"changes"}:
        rows = result[key] if isinstance(result[key], list) else [result[key]]
        contains = returns[key]["contains"]
        for row in rows:
            assert set(row) == set(contains)
    case = CASE[name]
    failed = run.failed(name, credential="writeonly", **params(name))
    assert set(failed["error"]) == set(returns["error"]["contains"])
    assert case.info in NAMES


def documented_returns(name):
    text = (ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8")
    return yaml.safe_load(text.partition('RETURN = r"""')[2].partition('"""')[0]) or {}


def test_action_groups_hold_exactly_the_modules(documented):
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    groups = runtime["action_groups"]
    assert {name: sorted(members) for name, members in groups.items()} == {
        provider: [name for name in NAMES if name.startswith(provider)] for provider in ("huaweicloud", "ucloud")
    }
    for name in NAMES:
        membership = documented[name]["attributes"]["action_group"]["membership"]
        membership = [membership] if isinstance(membership, str) else membership
        assert membership == [harness.NAMESPACE + name.partition("_")[0]]
