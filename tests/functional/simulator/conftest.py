# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator seen by the official SDKs."""

from __future__ import annotations

import importlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from simulator.signatures import home_elsewhere

with home_elsewhere():  # the SDKs write into $HOME when they are imported
    importlib.import_module("huaweicloudsdkroma.v2")
