# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures as tables in docs/benchmarks, as JSON in build/reports, and beside what they must be."""

from __future__ import annotations

import json
import os
import platform
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tools import report

from . import paper, targets

FOLDER = Path(os.environ.get("BENCH_DOCS") or report.ROOT / "docs" / "benchmarks")
SCALING = FOLDER.parent / "scaling.md"
PACKAGES = ("ansible-core", "requests", "huaweicloudsdkcore", "ucloud-sdk-python3")
COMMAND = "make bench"
KEPT = report.REPORTS / "bench"


def case(measured: Any, contenders: dict[str, Any], middle: Any) -> dict[str, Any]:
    """One case as it stands in the JSON."""
    found = {}
    for name, (over, rounds) in contenders.items():
        found[name] = {
            "median": middle(rounds).as_dict(),
            "rounds": [one.as_dict() for one in rounds],
            "measured_over": list(over) if over else None,
        }
    return {"title": measured.title, "contenders": found}


def circumstances() -> dict[str, Any]:
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def group(name: str, cases: list[dict[str, Any]], rounds: int, write: bool) -> None:
    """Print the tables of one group; with ``write``, keep them."""
    found = {"group": name, "rounds": rounds, "measured": circumstances(), "cases": cases}
    print("\n" + tables(found), flush=True)
    if write:
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def tables(found: dict[str, Any]) -> str:
    if found["group"] not in ROWS:
        return "\n\n".join(table(one) for one in found["cases"])
    head, row = ROWS[found["group"]]
    return report.table(head, [[one["name"], *row(one)] for one in found["cases"]])


STEPS = ("model s", "findings s", "snapshot s", "comparison s", "pages s")
# Of the groups that do not compare contenders: the head, and what follows the name of each case
ROWS: dict[str, tuple[list[str], Any]] = {
    "ceiling": (["the simulator answers", "requests a second"], lambda one: [one["requests_a_second"]]),
    "scale": (
        ["run", "wall s", "longest slice s", "MB", "requests"],
        lambda one: [f"{one['wall']:.2f}", one["longest"] or "", one["memory"], one["requests"]],
    ),
    "access": (
        ["60 instances", *STEPS, "MB", "pages", "largest page MB"],
        lambda one: [*(f"{each:.1f}" for each in one["seconds"]), one["memory"], *one["pages"]],
    ),
    "guardrails": (
        ["a plan", "CPU s", "with 50 guardrails", "more"],
        lambda one: [f"{one['without']:.2f}", f"{one['with']:.2f}", f"{one['added']:.1%}"],
    ),
}


def table(one: dict[str, Any]) -> str:
    """A case: each contender's medians, and how many times as long as the first it takes."""
    rows = []
    base = next(iter(one["contenders"].values()))["median"]["wall"]
    for name, found in one["contenders"].items():
        figures = found["median"]
        wall = figures["wall"]
        over = "–".join(map(str, found["measured_over"])) if found["measured_over"] else "all"
        numbers = [f"{wall:.2f}", f"{wall / base:.1f}", f"{figures['cpu']:.2f}", f"{figures['memory']:.0f}"]
        rows.append([name, *numbers, targets.total(figures) or "none", over])
    head = [one["title"], "wall s", "times", "CPU s", "MB", "requests", "measured over"]
    return report.table(head, rows)


def documents() -> None:
    """Put each group that was kept into docs/benchmarks/README.md, and what must be so beside what is."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(KEPT.glob("*.json"))}
    readme = FOLDER / "README.md"
    for name, kept in found.items():
        measured = kept["measured"]
        packages = ", ".join(f"{package} {number}" for package, number in measured["packages"].items())
        head = f"{kept['rounds']} rounds, {measured['date']}, {measured['cores']} cores, Python {measured['python']}, {packages}."
        report.write(readme, f"{COMMAND} {name}", f"## {TITLES[name]}\n\n{head}\n\n{tables(kept)}")
    if "scale" in found:
        report.write(SCALING, COMMAND + " scale", tables(found["scale"]))
        report.write(SCALING, COMMAND + " paper", paper.text(found["scale"]))
    if set(found) >= targets.GROUPS:
        table_of_targets = report.table(["what", "at least", "measured", ""], targets.rows(found))
        report.write(readme, COMMAND + " targets", table_of_targets)


TITLES = {
    "tasks": "One more task in a loop",
    "one": "One resource",
    "lists": "A thousand resources in one task",
    "large": "Ten thousand resources in one task",
    "throttled": "A service that allows 20 requests a second",
    "expert": "Beside what an expert writes",
    "scale": "Past one machine",
    "permissions": "Grants: the module and its role, beside the role as it was",
    "access": "Who can do what, up to a million rows",
    "guardrails": "What guardrails add to a plan",
    "ceiling": "The simulator itself",
}
