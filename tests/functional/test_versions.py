# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said about versions, in one place or several, is true and the same; what is installed has hashes."""

from __future__ import annotations

import importlib
import os
import pathlib
import re
import sys

import pytest
import requests
import yaml
from ansible.release import __version__ as core

from ansible_collections.grantops.cloud.plugins.doc_fragments import common
from tools import lock, versions

ROOT = pathlib.Path(__file__).resolve().parents[2]
OLDEST = versions.pinned("requests", "requests-oldest")
LOCKS = sorted(path.stem for path in lock.FOLDER.glob("*.in"))


def release(version):
    return ".".join(version.split(".")[:2])


# -- ansible-core and Python ----------------------------------------------------------------------


def test_the_table_is_what_this_ansible_core_says():
    constants = importlib.import_module("ansible_test._util.target.common.constants")
    pythons, target = versions.CORES[release(core)]
    assert tuple(constants.CONTROLLER_PYTHON_VERSIONS) == pythons
    assert min((*pythons, *constants.REMOTE_ONLY_PYTHON_VERSIONS), key=versions.number) == target
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" in pythons


def test_the_oldest_ansible_core_is_the_one_that_is_required():
    required = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    assert required == f">={versions.OLDEST_CORE}.0"
    assert f"ansible-core {versions.OLDEST_CORE} and newer" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_oldest_python_is_the_one_that_modules_may_use():
    oldest = versions.CORES[versions.OLDEST_CORE][1]
    config = yaml.safe_load((ROOT / "tests" / "config.yml").read_text(encoding="utf-8"))
    assert config["modules"]["python_requires"] == f">= {oldest}"
    assert f"Python >= {oldest}" in requirements_of_modules()
    assert f"Python {oldest} and newer" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", versions.CORES)
def test_each_ansible_core_is_installed_by_its_file(name):
    assert release(versions.pinned("ansible-core", f"ansible-core-{name}")) == name


# -- requests -------------------------------------------------------------------------------------


def requirements_of_modules():
    return yaml.safe_load(common.ModuleDocFragment.DOCUMENTATION)["requirements"]


def test_modules_require_the_oldest_requests_that_is_tested():
    assert f"requests >= {OLDEST}" in requirements_of_modules()
    assert f"`requests` {OLDEST} or newer" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_an_execution_environment_requires_the_same():
    file = ROOT / "meta" / "ee-requirements.txt"
    if not file.exists():
        pytest.skip("There is no meta/ee-requirements.txt")
    assert re.findall(r"^requests *>= *([0-9.]+)", file.read_text(encoding="utf-8"), re.MULTILINE) == [OLDEST]


@pytest.mark.skipif("GRANTOPS_REQUESTS" not in os.environ, reason="The sessions of make test-matrix say which it is")
def test_requests_is_the_one_that_is_to_be_tested():
    which = os.environ["GRANTOPS_REQUESTS"]
    assert requests.__version__ == versions.pinned("requests", versions.requests_file(which))


# -- pinned requirements --------------------------------------------------------------------------


def test_every_file_of_requirements_is_made_from_one():
    assert sorted(path.stem for path in lock.FOLDER.glob("*.txt")) == LOCKS


@pytest.mark.parametrize("name", LOCKS)
def test_pins_are_made_from_what_is_asked_for_now(name):
    text = (lock.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert text.startswith(lock.HEADER.format(name=name, digest=lock.digest(name))), "make lock makes it again"


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_its_version_and_a_hash(name):
    text = (lock.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    # One requirement is one line that goes on with backslashes.
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==[^ ]+ ", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}( |$)", line), line


@pytest.mark.parametrize(("name", "copy"), [(name, copy) for name, copies in lock.COPIES.items() for copy in copies])
def test_ansible_test_installs_the_same(name, copy):
    assert (ROOT / copy).read_bytes() == (lock.FOLDER / f"{name}.txt").read_bytes()
