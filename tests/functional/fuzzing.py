# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is tried: a part that is the same in every run by default, all of it with FUZZ=long (`make fuzz`)."""

from __future__ import annotations

import collections
import json
import os
import pathlib
import random

from hypothesis import HealthCheck, Phase, settings

LONG = os.environ.get("FUZZ") == "long"
# Where `make fuzz` wants to know what was tried: a file for each process that ran tests.
FIGURES = os.environ.get("FUZZ_FIGURES")
COUNTS: collections.Counter[str] = collections.Counter()

settings.register_profile(
    "grantops",
    derandomize=not LONG,
    deadline=None,
    database=None,
    # Each example costs a few requests: what fails is shown as it was found.
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    # The simulator is made once, and a test brings it back to its start for each example.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
PROFILE = settings.get_profile("grantops")


def examples(few, many):
    """Settings for a property: ``few`` examples by default, ``many`` where one has the time."""
    return settings(PROFILE, max_examples=many if LONG else few)


def part(items, few):
    """All of ``items`` where one has the time, else ``few`` of them, the same in every run."""
    items = list(items)
    # Not each n-th one: they come in an order that repeats.
    return items if LONG or len(items) <= few else random.Random(len(items)).sample(items, few)  # noqa: S311


def count(what, number=1):
    COUNTS[what] += number


def keep_figures():
    """Write what was counted, for the command that reports it."""
    if FIGURES and COUNTS:
        (pathlib.Path(FIGURES) / f"{os.getpid()}.json").write_text(json.dumps(COUNTS), encoding="utf-8")
