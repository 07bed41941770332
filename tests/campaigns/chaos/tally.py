# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a campaign came to: for the terminal, for the site, and as JUnit for the summary of all sessions."""

from __future__ import annotations

import pathlib
import xml.etree.ElementTree as ET
from collections import Counter

from tools import report

from . import campaign, faults, worlds

OUTCOMES = ("ok", "failed", "killed")
POINTS = ("connect", "before", "during", "after", "estate", "kill")


def _struck(made: campaign.Record) -> set[tuple[str, str]]:
    """The kinds of fault, each with its point, that it came to in a run."""
    return {(name, point) for name, point, _match, hit in made.faults if hit}


def _ends(made: list[campaign.Record]) -> list[int]:
    """How many runs, and how many of them ended in each way."""
    ended = Counter(one.outcome for one in made)
    return [len(made), *(ended[outcome] for outcome in OUTCOMES)]


class Tally:
    def __init__(self, records: list[campaign.Record], seconds: float):
        self.records = sorted(records, key=lambda made: made.seed)
        self.seconds = seconds
        self.bad = [made for made in self.records if made.violations]

    def ways(self) -> str:
        rows = []
        for way in (campaign.INSIDE, campaign.KILLED, campaign.PLAYED):
            mine = [made for made in self.records if made.way == way]
            if mine:
                rows.append([way, *_ends(mine), sum(bool(made.violations) for made in mine)])
        total = [sum(column) for column in list(zip(*rows))[1:]]
        head = ["way in", "runs", "ended ok", "failed and said so", "killed", "violations"]
        return report.table(head, [*rows, ["all", *total]])

    def kinds(self) -> str:
        """One line a kind and point: how often it came to it, and how those runs ended."""
        rows = []
        for kind in sorted(faults.KINDS, key=lambda kind: POINTS.index(kind.point)):
            struck = [made for made in self.records if (kind.name, kind.point) in _struck(made)]
            rows.append([kind.name, kind.point, *_ends(struck)])
        return report.table(["fault", "point", "runs it struck", *OUTCOMES], rows)

    def systems(self) -> str:
        """Runs that a fault struck, by system and point; and how many operations of the system were met."""
        rows = []
        for name in sorted({made.system for made in self.records}):
            mine = [made for made in self.records if made.system == name]
            struck = Counter(point for made in mine for point in {point for _name, point in _struck(made)})
            operations = len({made.operation for made in mine})
            rows.append([name, operations, len(mine), *(struck[point] for point in POINTS)])
        return report.table(["system", "operations", "runs", *POINTS], rows)

    def worlds(self) -> str:
        """One line a world: in how many runs the service was like that, and how those ended."""
        names = [world.name for world in worlds.WORLDS]
        rows = [[name, *_ends([made for made in self.records if name in made.worlds])] for name in names]
        return report.table(["what the service is like", "runs", *OUTCOMES], rows)

    def reached(self) -> set[tuple[str, ...]]:
        """Kind, point, request, system and operation that met."""
        return {
            (name, point, match, made.system, made.operation)
            for made in self.records
            for name, point, match, hit in made.faults
            if hit
        }

    def untouched(self) -> list[str]:
        """Kinds that struck nobody, and worlds that no run was in: a campaign of some size must have met all."""
        struck = {entry[:2] for entry in self.reached()}
        met = {name for made in self.records for name in made.worlds}
        kinds = [f"{kind.name} ({kind.point})" for kind in faults.KINDS if (kind.name, kind.point) not in struck]
        return [*kinds, *(world.name for world in worlds.WORLDS if world.name not in met)]

    def errors(self) -> str:
        found = Counter(made.kind for made in self.records if made.outcome == "failed")
        return ", ".join(f"{count} {kind or 'without one'}" for kind, count in found.most_common())

    def line(self) -> str:
        seeds = f"seeds {self.records[0].seed} to {self.records[-1].seed}" if self.records else "no seeds"
        return (
            f"{len(self.records)} runs ({seeds}) in {self.seconds:.0f} s: {len(self.bad)} with violations; "
            f"{len(self.reached())} combinations of fault, point, request, system and operation"
        )

    def text(self) -> str:
        """The figures for the site."""
        calm = sum(not _struck(made) for made in self.records)
        parts = [
            f"{self.line()}. {report.circumstances('ansible-core', 'requests', 'urllib3')}",
            self.ways(),
            f"{calm} of the schedules ended before their fault's turn came. The runs that failed did so with these kinds "
            f"of error: {self.errors()}.",
            self.kinds(),
            "A run may meet several faults, so a column may count it more than once. The same by system:",
            self.systems(),
            "The same by what the service was like:",
            self.worlds(),
        ]
        return "\n\n".join(parts)

    def junit(self, path: pathlib.Path, more: list[tuple[str, str | None]]) -> None:
        """Each seed is a test; ``more`` are the campaign's own, as (name, failure)."""
        suite = ET.Element("testsuite", name="chaos")
        tests = []
        for made in self.records:
            failure = "\n".join([made.what, *made.violations]) if made.violations else None
            tests.append((f"chaos {made.way}", f"seed {made.seed}", failure))
        for classname, name, failure in [*tests, *(("chaos", *one) for one in more)]:
            case = ET.SubElement(suite, "testcase", classname=classname, name=name)
            if failure:
                ET.SubElement(case, "failure", message=failure)
        path.parent.mkdir(parents=True, exist_ok=True)
        ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
