# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests have."""

from __future__ import annotations

import sys

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "long: runs in `make test-all`, and where it is asked for by its name")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Save what a worker of pytest-xdist has covered now: if it does not exit within ten seconds, it is killed."""
    measuring = sys.modules["coverage"].Coverage.current() if "coverage" in sys.modules else None
    if measuring and hasattr(session.config, "workerinput"):
        measuring.stop()
        measuring.save()
