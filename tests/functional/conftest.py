# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules against the simulator: in this process, and as playbooks."""

from __future__ import annotations

import atexit
import os
import pathlib
import shutil
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROVIDERS = ("UCLOUD_", "HUAWEICLOUD_", "CLOUD_SDK_", "HW_")


def _collections():
    """A folder with ansible_collections/grantops/cloud in it."""
    if os.environ.get("GRANTOPS_COLLECTIONS"):
        return pathlib.Path(os.environ["GRANTOPS_COLLECTIONS"])
    if ROOT.parts[-3:] == ("ansible_collections", "grantops", "cloud"):
        return ROOT.parents[2]
    place = pathlib.Path(tempfile.mkdtemp(prefix="grantops-collections-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    (place / "ansible_collections" / "grantops").mkdir(parents=True)
    (place / "ansible_collections" / "grantops" / "cloud").symlink_to(ROOT)
    return place


COLLECTIONS = _collections()
for folder in (COLLECTIONS, HERE, HERE.parent):
    # In this order, so that `simulator` is the package and not the folder of its tests.
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))

import fuzzing
import harness

from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing
from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types
from simulator import fixtures

harness.COLLECTIONS = COLLECTIONS
_clouds, sim = fixtures._clouds, fixtures.sim


@pytest.fixture(autouse=True)
def _nobody(monkeypatch, tmp_path_factory):
    """Neither a developer's credentials nor his proxies reach a test, and nothing is waited for."""
    for name in list(os.environ):
        if name.startswith(PROVIDERS):
            monkeypatch.delenv(name)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(writing, "VERIFY_WAITS", (0.0, 0.01))
    monkeypatch.setattr(field_types, "now", lambda: 1750000000)


@pytest.fixture
def run(sim):
    """Runs a module in this process; see harness.Runner."""
    return harness.Runner(sim)


@pytest.fixture
def play(sim, tmp_path):
    """Runs tasks with ansible-playbook; see harness.Player."""
    return harness.Player(sim, tmp_path)


@pytest.fixture
def tls(sim, tmp_path):
    """The simulator's URL by TLS, and the file of the certificate that has to be trusted for it."""
    import tls

    with tls.serving(sim, tmp_path) as found:
        yield found


def pytest_sessionfinish(session, exitstatus):
    if hasattr(session.config, "workeroutput"):  # of pytest-xdist
        session.config.workeroutput["counts"] = dict(fuzzing.COUNTS)
    elif not exitstatus:
        fuzzing.keep_figures()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    fuzzing.COUNTS.update(getattr(node, "workeroutput", {}).get("counts", {}))
