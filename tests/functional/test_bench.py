# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark measures what it says. Times are not judged here; test_requests.py counts requests."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import harness
import pytest
import yaml

from campaigns.bench import contenders, groups, measure, permissions, scale
from campaigns.bench import report as reporting
from campaigns.bench.__main__ import Bench
from campaigns.bench.systems import SYSTEMS, UFILE
from tools import report


@pytest.fixture
def bench(sim, tmp_path, monkeypatch):
    place = os.pathsep.join([str(harness.COLLECTIONS), str(report.ROOT / "tests")])
    monkeypatch.setenv("PYTHONPATH", place)
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(harness.COLLECTIONS))
    return Bench(sim, tmp_path)


WAYS = (contenders.WORKER_LIST, contenders.WORKER_LOOP, contenders.URI, contenders.SDK_LOOP, contenders.SDK_POOL)


@pytest.mark.long
@pytest.mark.parametrize("system", SYSTEMS.values(), ids=lambda system: system.name)
def test_every_contender_does_the_same_work(bench, run, system):
    """Otherwise a comparison would mean nothing."""
    case = groups.Case("test", system, 3, 1, 0, ())
    for contender in WAYS:
        figures = bench.once(case, contender, 3)
        assert figures.requests["write"] == 1, contender.name
        assert figures.wall > 0 < figures.cpu
        assert figures.memory > 10
        rows = system.rows(3, 1)
        result = run.ok(system.module, **system.scope, **{system.plural: rows})
        assert result["changed"] is False, f"{contender.name}: {result['changes']}"


EXPERTS = (contenders.WORKER_DEFAULT, contenders.URI_LIST, contenders.SDK_LIST, contenders.SCRIPT, contenders.SEPARATE)


@pytest.mark.long
@pytest.mark.parametrize("contender", [*EXPERTS, contenders.HOSTS], ids=lambda contender: contender.name)
def test_what_an_expert_writes_does_the_same_work(bench, run, contender):
    case = groups.Case("test", UFILE, 3, 1, 0, ())
    assert bench.once(case, contender, 3).requests["write"] == 1
    result = run.ok(UFILE.module, **UFILE.scope, **{UFILE.plural: UFILE.rows(3, 1)})
    assert result["changed"] is False


def test_memory_of_the_benchmark_is_not_that_of_a_contender(tmp_path):
    large = bytearray(300 * 2**20)
    figures = measure.run([sys.executable, "-I", "-S", "-c", ""], dict(os.environ), tmp_path)
    assert len(large) / 2**20 > 10 * figures.memory > 10


def test_the_old_role_is_in_the_history_and_is_the_one_in_jinja(tmp_path):
    place = permissions.at(permissions.OLD, tmp_path)
    if place is None:
        pytest.skip("a copy without its history")
    assert (place / "ansible_collections/grantops/cloud/roles/permissions/tasks/read_ucloud_ufile.yml").exists()


def test_a_contender_that_fails_has_no_figures(bench, sim):
    case = groups.Case("test", UFILE, 1, 1, 0, (), {"fail_next": {"match": "write", "times": None, "status": 500}})
    with pytest.raises(measure.Failed, match="ended with status"):
        bench.once(case, contenders.SDK_LOOP, 1)


def test_what_is_measured_over_few_is_extended_on_a_line():
    few = measure.Figures(1.0, 0.5, 50, {"read": 1})
    many = measure.Figures(3.0, 1.5, 60, {"read": 11, "write": 10})
    found = measure.extended(few, many, (1, 11), 101)
    assert (found.wall, found.cpu, found.memory) == (pytest.approx(21.0), pytest.approx(10.5), 60)
    assert found.requests == {"read": 101, "write": 100}
    assert found.one_more == pytest.approx(0.2)


def test_slices_are_all_hosts_and_no_host_twice():
    cut = scale.slices(scale.HOSTS, 3)
    assert [len(one) for one in cut] == [20, 20, 20]
    assert sorted(host for one in cut for host in one) == sorted(scale.HOSTS)
    assert cut[0][:2] == [scale.HOSTS[0], scale.HOSTS[3]]


def test_the_tables_of_the_document_are_those_of_the_groups():
    readme = report.ROOT / "docs" / "benchmarks" / "README.md"
    for name in reporting.TITLES:
        text = report.read(readme, f"make bench {name}")
        assert text.startswith(f"## {reporting.TITLES[name]}\n\n")
        assert int(text.splitlines()[2].partition(" rounds")[0]) >= (
            3 if name in ("scale", "access", "expert", "permissions") else 5
        )
        if name in groups.GROUPS:
            titles = [case.title for case in groups.GROUPS[name]()]
            assert re.findall(r"^\| (.*) \| wall s \|", text, re.M) == titles


def test_what_is_measured_is_written_where_its_group_has_its_place(tmp_path, monkeypatch):
    docs = report.ROOT / "docs"
    for name in ("benchmarks/README.md", "scaling.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((docs / name).read_bytes())
    monkeypatch.setattr(reporting, "FOLDER", tmp_path / "benchmarks")
    monkeypatch.setattr(reporting, "SCALING", tmp_path / "scaling.md")
    monkeypatch.setattr(reporting, "KEPT", tmp_path / "kept")
    for name, make in groups.GROUPS.items():
        cases = []
        for case in make():
            one = measure.Figures(7.25, case.count / 1000, 50, {"read": 1, "write": 10}, one_more=1.0)
            measured = {contender.name: (None, [one] * 5) for contender in case.contenders}
            cases.append(reporting.case(case, measured, lambda rounds: rounds[0]))
        reporting.group(name, cases, 5, write=True)
    reporting.documents()
    written = tmp_path / "benchmarks" / "README.md"
    for name in groups.GROUPS:
        rows = re.findall(r"^\| [^|]+ \| (\d+\.\d+) \| \d", report.read(written, f"make bench {name}"), re.M)
        assert rows and set(rows) == {"7.25"}
    assert "| the same, memory | 300 MB | 50 MB | yes |" in report.read(written, "make bench targets")
    # What was not measured is left.
    for name in ("scale", "ceiling"):
        assert report.read(written, f"make bench {name}") == report.read(
            docs / "benchmarks" / "README.md", f"make bench {name}"
        )


# -- docs/scaling.md -------------------------------------------------------------------------------


def blocks():
    text = (report.ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    for block in text.split("```yaml\n")[1:]:
        name, body = block.partition("```")[0].split("\n", 1)
        yield name.removeprefix("# "), body


@pytest.mark.long
def test_the_inventory_of_the_guide_runs_one_host_an_instance(sim, tmp_path, bench):
    sim.reset("empty")
    for name, body in blocks():
        (tmp_path / name).write_text(body, encoding="utf-8")
    hosts = yaml.safe_load((tmp_path / "inventory.yml").read_text(encoding="utf-8"))["all"]["children"]["rocketmq"][
        "hosts"
    ]
    for host in hosts:
        for user in ("checkout", "audit"):
            sim.add_rocketmq_user(instance_id=host, access_key=user)
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "inventory.yml", "--forks", "3", "permissions.yml"]
    for changed in (True, False):
        done = subprocess.run(
            command, cwd=tmp_path, env=bench.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("changed=0") == (0 if changed else len(hosts))
    for host in hosts:
        users = sim.estate["huaweicloud"]["rocketmq"][host]["users"]
        assert users["checkout"]["topic_perms"] == [{"name": "orders", "perm": "PUB"}]
        assert users["audit"]["group_perms"] == [{"name": "audit", "perm": "SUB"}]
