# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools of this environment, run as a user runs them."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

SCRIPTS = pathlib.Path(sys.executable).parent


def run(*command, cwd=None, status=0, errors=True, **variables):
    """What a command printed, with or without its standard error; AssertionError with all of it when its exit status is another one."""
    done = subprocess.run(
        [SCRIPTS / command[0], *map(str, command[1:])],
        cwd=cwd,
        env={**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + (done.stderr if errors else "")
