# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways into a module: in Ansible's worker, or as a module, where each task starts a process."""

from __future__ import annotations

import pytest

both_ways = pytest.mark.parametrize("way", ["worker", "module"])
# Where the way in hardly matters, the second one is left to `make test-all`.
worker_first = pytest.mark.parametrize("way", ["worker", pytest.param("module", marks=pytest.mark.long)])
