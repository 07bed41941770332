# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is tried: a part that is the same in every run by default, all of it with FUZZ=long (`make fuzz`)."""

from __future__ import annotations

import collections
import os
import random

from hypothesis import HealthCheck, Phase, settings

from tools import report, secret_scan

LONG = os.environ.get("FUZZ") == "long"
# The command that wants a report of what was tried: fuzz or secrets
COMMAND = os.environ.get("FUZZ_REPORT")
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


def below(prefix):
    """What was counted under names that begin with this."""
    return [[name.removeprefix(prefix), number] for name, number in sorted(COUNTS.items()) if name.startswith(prefix)]


def fuzz():
    rows = [[f"bad values, type {kind}", number] for kind, number in below("bad ")]
    rows += [[text, COUNTS[text]] for text in ("odd names", "odd values")]
    rows.append(["requests signed, compared with both official SDKs", COUNTS["signatures"]])
    outcomes = [f"{COUNTS[f'responses, {outcome}']} {outcome}" for outcome in ("refused", "tolerated", "wrong")]
    responses = report.table(["wrong responses of", "tried"], below("response of "))
    return [report.table(["tried", "examples"], rows), f"Wrong responses: {', '.join(outcomes)}.", responses]


def secrets():
    looked = [COUNTS[f"secrets, {name}"] for name in ("runs", "files", "bytes")]
    known = f"{len(secret_scan.planted())} secrets of the simulator, and each one that was made meanwhile, as these"
    table = report.table(["runs", "texts and files", "bytes", "found"], [[*looked, 0]])
    return [f"{known}: {', '.join(secret_scan.FORMS)}.", table]


def keep_figures():
    """Report what was counted, for the command that asks for it."""
    if COMMAND:
        assert COUNTS, "Nothing was counted: the tests did not run."
        parts = {"fuzz": fuzz, "secrets": secrets}[COMMAND]()
        report.keep(COMMAND, *parts, report.circumstances("ansible-core", "hypothesis", "requests"))
