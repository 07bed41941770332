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

POINTS = ("connect", "before", "during", "after", "estate", "kill")


class Tally:
    def __init__(self, records: list[campaign.Record], seconds: float):
        self.records = sorted(records, key=lambda made: made.seed)
        self.seconds = seconds
        self.bad = [made for made in self.records if made.violations]

    def ways(self) -> str:
        rows = []
        for way in (campaign.INSIDE, campaign.KILLED, campaign.PLAYED):
            mine = [made for made in self.records if made.way == way]
            ended = Counter(made.outcome for made in mine)
            if mine:
                bad = sum(bool(made.violations) for made in mine)
                rows.append([way, len(mine), ended["ok"], ended["failed"], ended["killed"], bad])
        total = [sum(row[at] for row in rows) for at in range(1, 6)]
        return report.table(
            ["way in", "runs", "ended ok", "failed and said so", "killed", "violations"], [*rows, ["all", *total]]
        )

    def kinds(self) -> str:
        """One line a kind and point: how often it came to it, and how those runs ended."""
        fired: Counter[tuple[str, str]] = Counter()
        ends: Counter[tuple[str, str, str]] = Counter()
        for made in self.records:
            for name, point in {(name, point) for name, point, _unused, hit in made.faults if hit}:
                fired[name, point] += 1
                ends[name, point, made.outcome] += 1
        rows = [
            [kind.name, kind.point, fired[kind.name, kind.point]]
            + [ends[kind.name, kind.point, outcome] for outcome in ("ok", "failed", "killed")]
            for kind in sorted(faults.KINDS, key=lambda kind: POINTS.index(kind.point))
        ]
        return report.table(["fault", "point", "runs it struck", "ok", "failed", "killed"], rows)

    def systems(self) -> str:
        """Runs that a fault struck, by system and point; and how many operations of the system were met."""
        rows = []
        for name in sorted({made.system for made in self.records}):
            mine = [made for made in self.records if made.system == name]
            struck = Counter(
                point for made in mine for point in {point for _unused, point, _match, hit in made.faults if hit}
            )
            operations = len({made.operation for made in mine})
            rows.append([name, operations, len(mine), *(struck[point] for point in POINTS)])
        return report.table(["system", "operations", "runs", *POINTS], rows)

    def worlds(self) -> str:
        """One line a world: in how many runs the service was like that, and how those ended."""
        rows = []
        for world in worlds.WORLDS:
            ended = Counter(made.outcome for made in self.records if world.name in made.worlds)
            rows.append([world.name, ended.total(), *(ended[outcome] for outcome in ("ok", "failed", "killed"))])
        return report.table(["what the service is like", "runs", "ok", "failed", "killed"], rows)

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
        return [f"{kind.name} ({kind.point})" for kind in faults.KINDS if (kind.name, kind.point) not in struck] + [
            world.name for world in worlds.WORLDS if world.name not in met
        ]

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
        calm = sum(not any(hit for *_unused, hit in made.faults) for made in self.records)
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
        for made in self.records:
            case = ET.SubElement(suite, "testcase", classname=f"chaos {made.way}", name=f"seed {made.seed}")
            if made.violations:
                ET.SubElement(case, "failure", message="\n".join([made.what, *made.violations]))
        for name, failure in more:
            case = ET.SubElement(suite, "testcase", classname="chaos", name=name)
            if failure:
                ET.SubElement(case, "failure", message=failure)
        path.parent.mkdir(parents=True, exist_ok=True)
        ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
