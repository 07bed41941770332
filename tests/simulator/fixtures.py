# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator for pytest: a conftest.py that takes both has the fixture `sim`."""

from __future__ import annotations

import pytest

from . import running


@pytest.fixture(scope="session")
def _clouds():
    with running() as sim:
        yield sim


@pytest.fixture
def sim(_clouds):
    """The demo estate, fresh."""
    _clouds.reset("demo")
    return _clouds
