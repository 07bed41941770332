# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests have."""

from __future__ import annotations


def pytest_configure(config):
    config.addinivalue_line("markers", "long: runs in `make test-all`, and where it is asked for by its name")
