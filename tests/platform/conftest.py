# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection where it is going to live: AWX, ansible-runner, ansible-builder, Galaxy. No controller, no container."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
for folder in (HERE.parent / "functional", HERE.parent, ROOT.parents[2]):
    # In this order, so that `simulator` is the package and not the folder of its tests.
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))

import awx
from commands import run

from simulator import fixtures

_clouds, sim = fixtures._clouds, fixtures.sim

# The scripts of this environment are what Ansible's tools call by their names.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])


@pytest.fixture(autouse=True)
def _nobody(monkeypatch, tmp_path):
    """Neither a developer's settings and credentials nor his proxies reach a test."""
    for name in list(os.environ):
        if name.startswith(("ANSIBLE_", "CONTROLLER_", "TOWER_", "UCLOUD_", "HUAWEICLOUD_", "CLOUD_SDK_", "HW_")):
            monkeypatch.delenv(name)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(awx.COLLECTIONS))


@pytest.fixture
def job(tmp_path):
    """Runs a playbook as AWX does; see awx.Job."""
    return awx.Jobs(tmp_path)


@pytest.fixture(scope="session")
def artifact(tmp_path_factory):
    """The collection as it is published."""
    place = tmp_path_factory.mktemp("build")
    run("ansible-galaxy", "collection", "build", "--output-path", place, cwd=awx.ROOT)
    (built,) = place.iterdir()
    return built


@pytest.fixture(scope="session")
def installed(tmp_path_factory, artifact):
    """A folder with the artifact installed in it."""
    place = tmp_path_factory.mktemp("installed")
    # By force: the collection under test is installed already, on Python's path.
    run("ansible-galaxy", "collection", "install", "--offline", "--force", artifact, "-p", place)
    return place
