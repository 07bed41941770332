# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: what ansible-builder finds in the installed collection, and makes of examples/awx."""

from __future__ import annotations

import re

import awx
import yaml
from commands import run

from ansible_collections.grantops.cloud.plugins.doc_fragments import common

DOCUMENTED = yaml.safe_load(common.ModuleDocFragment.DOCUMENTATION)["requirements"]


def test_introspect_on_the_installed_collection_lists_requests_and_nothing_else(installed):
    found = yaml.safe_load(run("ansible-builder", "introspect", installed))
    assert [line.partition("#")[0].strip() for line in found["python"]] == ["requests >= 2.25.1"]
    assert found["system"] == []


def test_the_lower_bound_is_the_documented_one():
    lines = (awx.ROOT / "meta" / "ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    desired = [line for line in lines if line and not line.startswith("#")]
    assert desired == [line for line in DOCUMENTED if not line.startswith("Python")]
    assert desired[0].startswith("requests >= ")


def test_a_context_is_made_that_takes_the_collection_and_finds_the_rest_in_it(tmp_path):
    source = awx.DOCS / "execution-environment.yml"
    context = ("-c", tmp_path / "context", "--output-filename", "Containerfile")
    run("ansible-builder", "create", "-f", source, *context, cwd=tmp_path)
    made = tmp_path / "context" / "_build"
    collections = yaml.safe_load((made / "requirements.yml").read_text(encoding="utf-8"))["collections"]
    assert [entry["name"] for entry in collections] == ["grantops.cloud"]
    version = yaml.safe_load((awx.ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    major = int(version.split(".")[0])
    assert collections[0]["version"] == f">={major}.0.0,<{major + 1}.0.0"
    # requests comes from the collection's metadata, while the image is built.
    assert not (made / "requirements.txt").exists() and not (made / "bindep.txt").exists()
    steps = (tmp_path / "context" / "Containerfile").read_text(encoding="utf-8")
    assert "introspect.py introspect" in steps and re.search(
        r"ansible-galaxy collection install .*requirements\.yml", steps
    )
