# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One version everywhere, and a changelog that knows it and everything that there is."""

from __future__ import annotations

import re
import shutil

import awx
import yaml
from commands import run

NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\Z")


def load(name):
    return yaml.safe_load((awx.ROOT / name).read_text(encoding="utf-8"))


VERSION = load("galaxy.yml")["version"]
RELEASES = load("changelogs/changelog.yaml")["releases"]
WAITING = sorted((awx.ROOT / "changelogs" / "fragments").glob("*.y*ml"))


def order(version):
    return [int(part) for part in version.split(".")]


def test_the_version_is_a_semantic_one_and_released_unless_fragments_wait():
    assert NUMBER.match(VERSION) and all(NUMBER.match(version) for version in RELEASES)
    newest = max(RELEASES, key=order)
    assert newest == VERSION if not WAITING else order(VERSION) > order(newest)


def test_the_changelog_is_made_from_its_data(tmp_path):
    for name in ("galaxy.yml", "changelogs", "plugins", "roles", "playbooks"):
        source = awx.ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    run("antsibull-changelog", "lint", cwd=tmp_path)
    run("antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml", cwd=tmp_path)
    run("antsibull-changelog", "generate", cwd=tmp_path)
    made = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert made == (awx.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_everything_is_announced_in_the_version_that_added_it():
    announced = {}
    for version, release in RELEASES.items():
        for kind, entries in {
            "module": release.get("modules", []),
            **release.get("plugins", {}),
            **release.get("objects", {}),
        }.items():
            announced.update({(kind, entry["name"]): version for entry in entries})
    added = {}
    for path in (awx.ROOT / "plugins" / "modules").glob("*.py"):
        text = path.read_text(encoding="utf-8").split('DOCUMENTATION = r"""')[1].split('"""')[0]
        added["module", path.stem] = yaml.safe_load(text)["version_added"]
    for path in (awx.ROOT / "plugins" / "filter").glob("*.yml"):
        added["filter", path.stem] = yaml.safe_load(path.read_text(encoding="utf-8"))["DOCUMENTATION"]["version_added"]
    assert {key: version for key, version in added.items() if not WAITING and announced.get(key) != version} == {}
    things = {("role", path.name) for path in (awx.ROOT / "roles").iterdir()}
    things |= {("playbook", path.stem) for path in (awx.ROOT / "playbooks").glob("*.yml")}
    assert WAITING or things <= set(announced)
