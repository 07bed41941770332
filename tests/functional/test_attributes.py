# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation declares is what a module does; and the groups hold all modules."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import cases
import harness
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
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    process = subprocess.run(
        [sys.executable, "-m", "ansible", "doc", "-j", "-t", "module", *(harness.NAMESPACE + name for name in NAMES)],
        env={**kept, "HOME": str(folder), "ANSIBLE_COLLECTIONS_PATH": str(harness.COLLECTIONS)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    found = json.loads(process.stdout)
    return {name: found[harness.NAMESPACE + name]["doc"] for name in NAMES}


@pytest.fixture
def attributes(documented, name):
    return {key: value["support"] for key, value in documented[name]["attributes"].items()}


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
def test_check_mode_is_full(sim, run, name, attributes):
    assert attributes["check_mode"] == "full"
    before = harness.dump(sim)
    predicted = run.ok(name, check_mode=True, **params(name))
    assert harness.dump(sim) == before
    assert sim.counters["write"] == sim.counters["create"] == sim.counters["delete"] == 0
    assert predicted["changed"] is not name.endswith("_info")
    assert harness.timeless(run.ok(name, **params(name))) == harness.timeless(predicted)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check_mode", [True, False], ids=["check", "real"])
def test_diff_mode_is_full_where_something_is_written(run, name, attributes, check_mode):
    writes = not name.endswith("_info")
    assert attributes["diff_mode"] == ("full" if writes else "N/A")
    result = run.ok(name, check_mode=check_mode, **params(name))
    assert ("diff" in result) is writes
    if writes:
        (diff,) = result["diff"]
        assert diff["before"] != diff["after"]
        assert "diff" not in run.ok(name, diff=False, **params(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_changes_nothing(run, name, attributes):
    assert attributes["idempotent"] == "full"
    run.ok(name, **params(name))
    assert run.ok(name, **params(name))["changed"] is False


@pytest.mark.parametrize("name", NAMES)
def test_what_is_returned_is_documented(documented, run, name):
    """Options and the argument spec are compared by a sanity test; results are not."""
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
