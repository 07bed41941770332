# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""simulated.py COMMAND ...: run it while there is a simulator, which the integration tests know by their configuration."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
CONFIG = TESTS / "integration" / "integration_config.yml"
sys.path.insert(0, str(TESTS))

import simulator

signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left behind
with simulator.running(estate="demo") as sim:
    try:
        with os.fdopen(os.open(CONFIG, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"simulator_url": sim.url, "simulator": sim.credentials}, file)
        status = subprocess.run(sys.argv[1:], check=False).returncode
    finally:
        CONFIG.unlink(missing_ok=True)
sys.exit(status)
