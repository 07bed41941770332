# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local double of UCloud and Huawei Cloud, strict to their documents. See README.md."""

from __future__ import annotations

from .server import running
from .state import Simulator
from .traps import UnknownTrap

__all__ = ["Simulator", "UnknownTrap", "running"]
