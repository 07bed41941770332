# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact: what is in it, what Galaxy says of it, and that it works where nothing else is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile

import awx
import pytest
import yaml
from commands import run

from ansible_collections.grantops.cloud.examples.demo import run as demo

# What a user of the collection needs. Anything else stays in the repository: see build_ignore in galaxy.yml.
ALLOWED = (
    r"(MANIFEST|FILES)\.json",
    r"README\.md",
    r"CHANGELOG\.md",
    r"COPYING",
    r"(CONTRIBUTING|SECURITY)\.md",
    r"LICENSES/GPL-3\.0-or-later\.txt",
    r"changelogs/changelog\.yaml",
    r"meta/(runtime|execution-environment)\.yml",
    r"meta/ee-(requirements|bindep)\.txt",
    r"plugins/(action|doc_fragments|module_utils|modules|plugin_utils)/([a-z_]+/)?[a-z_0-9]+\.py",
    r"plugins/(action|doc_fragments|filter|module_utils|modules|plugin_utils)/([a-z_]+/)?[a-z_0-9]+\.(py|yml)",
    r"plugins/plugin_utils/page/(page|index)\.(css|html|js)",
    r"playbooks/(tasks/)?[a-z_]+\.yml",
    r"roles/permissions/README\.md",
    r"roles/permissions/(meta|tasks|vars)/[a-z_]+\.yml",
    r"docs/[a-z_-]+\.(md|rst)",
    r"docs/benchmarks/README\.md",
    r"docs/pictures/[a-z_-]+\.(png|svg)",
    r"docs/docsite/.+\.(rst|yml)",
    r"examples/awx/([a-z]+/)*[a-z_-]+\.(md|yml)",
    r"examples/awx/README\.md",
)
NEEDED = (
    "README.md",
    "CHANGELOG.md",
    "COPYING",
    "meta/runtime.yml",
    "meta/execution-environment.yml",
    "plugins/modules/ucloud_ufile_token.py",
    "plugins/module_utils/_ucloud/__init__.py",
    "plugins/plugin_utils/page/page.html",
    "roles/permissions/tasks/main.yml",
    "playbooks/apply.yml",
    "examples/awx/credential_types.yml",
)
VERSION = yaml.safe_load((awx.ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]


def names(artifact):
    with tarfile.open(artifact) as archive:
        return sorted(member.name for member in archive.getmembers() if member.isfile())


def test_the_artifact_holds_what_users_need_and_nothing_else(artifact):
    found = names(artifact)
    assert [name for name in found if not any(re.fullmatch(pattern, name) for pattern in ALLOWED)] == []
    assert [name for name in NEEDED if name not in found] == []


def test_all_that_readme_and_guides_link_to_is_in_it_or_on_the_web(artifact):
    found = set(names(artifact))
    folders = {os.path.dirname(name) for name in found}
    with tarfile.open(artifact) as archive:
        pages = {name: archive.extractfile(name).read().decode() for name in found if name.endswith(".md")}
    broken = []
    for page, text in pages.items():
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            target = os.path.normpath(os.path.join(os.path.dirname(page), link))
            if not link.startswith(("http://", "https://")) and target not in found | folders:
                broken.append((page, link))
    # A contributor's folder is named for contributors, who have the repository.
    assert [entry for entry in broken if not entry[1].startswith(("tests/", "../tests/"))] == []


@pytest.mark.long
def test_galaxy_takes_it_without_a_warning(artifact, tmp_path):
    (tmp_path / "galaxy-importer.cfg").write_text(
        "[galaxy-importer]\nrequire_v1_or_greater = true\ncheck_required_tags = true\n", encoding="utf-8"
    )
    output = run(
        "python",
        "-m",
        "galaxy_importer.main",
        artifact,
        cwd=tmp_path,
        GALAXY_IMPORTER_CONFIG=str(tmp_path / "galaxy-importer.cfg"),
    )
    assert "Importer processing completed successfully" in output, output
    assert [line for line in output.splitlines() if re.match(r"(WARNING|ERROR|CRITICAL)", line)] == []
    # What it looked at: without these lines it would have had nothing to warn of.
    for told in (
        "Getting doc strings via ansible-doc",
        "Linting collection via ansible-lint",
        "...ansible-lint run complete",
    ):
        assert told in output
    for name in ("ucloud_ufile_token", "huaweicloud_roma_topic_policy_info", "permissions"):
        assert f" {name}" in output


@pytest.mark.long
def test_galaxy_would_warn(artifact, tmp_path):
    """The check above finds a warning where there is one."""
    with tarfile.open(artifact) as archive:
        archive.extractall(tmp_path / "cloud", filter="data")
    (tmp_path / "cloud" / "tests" / "sanity").mkdir(parents=True)
    (tmp_path / "cloud" / "tests" / "sanity" / "ignore-2.21.txt").write_text("plugins/x.py import\n", encoding="utf-8")
    for name in ("MANIFEST.json", "FILES.json"):
        (tmp_path / "cloud" / name).unlink()
    settings = yaml.safe_load((awx.ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    (tmp_path / "cloud" / "galaxy.yml").write_text(yaml.safe_dump({**settings, "build_ignore": []}), encoding="utf-8")
    run("ansible-galaxy", "collection", "build", "--output-path", tmp_path / "build", cwd=tmp_path / "cloud")
    (built,) = (tmp_path / "build").iterdir()
    (tmp_path / "galaxy-importer.cfg").write_text("[galaxy-importer]\nrun_ansible_lint = false\n", encoding="utf-8")
    output = run(
        "python", "-m", "galaxy_importer.main", built, cwd=tmp_path,
        GALAXY_IMPORTER_CONFIG=str(tmp_path / "galaxy-importer.cfg"),
    )  # fmt: skip
    assert re.search(r"^WARNING", output, re.MULTILINE)


def alone(env, place):
    """An environment where nothing but what is installed at a place is found."""
    kept = {name: value for name, value in env.items() if not name.startswith(("ANSIBLE_", "PYTHON", "VIRTUAL_ENV"))}
    return {
        **kept,
        "HOME": str(place),
        "PATH": f"{place / 'bin'}:/usr/bin:/bin",
        "ANSIBLE_COLLECTIONS_PATH": str(place / "collections"),
        "ANSIBLE_NOCOLOR": "1",
    }


@pytest.fixture(scope="session")
def empty(tmp_path_factory, artifact):
    """A new virtual environment with what the README says: ansible-core, requests, and the artifact."""
    place = tmp_path_factory.mktemp("empty")
    python = place / "bin" / "python"
    run("uv", "venv", "--quiet", "--python", sys.executable, place)
    core = awx.ROOT / "tests" / "requirements" / "ansible-core.txt"
    run("uv", "pip", "install", "--quiet", "--python", python, "-r", core, "requests", UV_COMPILE_BYTECODE="0")
    env = alone(os.environ, place)
    command = [place / "bin" / "ansible-galaxy", "collection", "install", "--offline", str(artifact)]
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=120)
    return place


def test_the_demo_runs_from_the_installed_artifact_in_an_empty_environment(sim, empty, tmp_path):
    env = alone(demo.environment(sim, str(empty)), empty)
    playbook = tmp_path / "permissions.yml"
    playbook.write_bytes((awx.ROOT / "examples" / "demo" / "permissions.yml").read_bytes())
    changed = []
    for options in (["--check", "--diff"], [], ["--check", "--diff"]):
        done = subprocess.run(
            [empty / "bin" / "ansible-playbook", str(playbook), *options],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        changed.append(int(re.search(r"changed=(\d+)", done.stdout)[1]))
    assert changed == [1, 1, 0]
    listed = subprocess.run(
        [empty / "bin" / "ansible-galaxy", "collection", "list", "grantops.cloud"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.search(rf"^grantops\.cloud +{re.escape(VERSION)}\s*$", listed, re.MULTILINE)
    assert str(awx.COLLECTIONS) not in listed
