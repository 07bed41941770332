# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m chaos: the campaign. See --help."""

from __future__ import annotations

import argparse
import functools
import os
import pathlib
import sys
import time

from tools import report

from . import campaign, plants, tally

# What `make test-all` runs; a longer one is run by hand.
RUNS = 2400
SHOWN = 10
say = functools.partial(print, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos ARGS=...", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="how many seeds (default %(default)s)")
    parser.add_argument("--start", type=int, default=1, help="the first seed (default %(default)s)")
    parser.add_argument("--seed", type=int, help="repeat this one run, and show all about it")
    parser.add_argument("--jobs", type=int, default=max(2, min(os.cpu_count() or 1, 8)), help="processes")
    parser.add_argument("--write", action="store_true", help="keep the result for the site")
    parser.add_argument("--junit", type=pathlib.Path, help="write a JUnit file, for the summary")
    return parser.parse_args()


def show(made: campaign.Record) -> None:
    say(f"\nseed {made.seed}, {made.way}: {made.what}")
    say(f"ended: {made.outcome} {made.kind}, {made.seconds:.2f} s")
    for violation in made.violations:
        say(f"  {violation}")


def main() -> int:
    given = arguments()
    started = time.monotonic()
    seeds = [given.seed] if given.seed is not None else list(range(given.start, given.start + given.runs))
    records = []
    for made in campaign.run(seeds, given.jobs):
        records.append(made)
        if made.violations and sum(bool(other.violations) for other in records) <= SHOWN:
            show(made)
            say(f'  again: make chaos ARGS="--seed {made.seed}"')
    if given.seed is not None:
        show(records[0])
        return int(bool(records[0].violations))
    more = [("every run came back", None if len(records) == len(seeds) else f"{len(records)} of {len(seeds)}")]
    # The oracle must be able to fail.
    more += plants.check()
    found = tally.Tally(records, time.monotonic() - started)
    if given.runs >= RUNS:
        lacking = found.untouched()
        more.append(("every kind of fault struck, in every world", f"never: {', '.join(lacking)}" if lacking else None))
    say(f"\n{found.ways()}\n\n{found.kinds()}\n\n{found.worlds()}\n\n{found.systems()}\n\n{found.line()}")
    failures = [f"{name}: {failure}" for name, failure in more if failure]
    say("\n".join([*failures, f"planted mistakes that the oracle named: {len(more) - len(failures)} of {len(more)}"]))
    if given.junit:
        found.junit(given.junit, more)
    if given.write:
        report.keep("chaos", found.text())
    return 1 if found.bad or failures else 0


if __name__ == "__main__":
    sys.exit(main())
