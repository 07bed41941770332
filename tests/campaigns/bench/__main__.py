# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m campaigns.bench [--groups tasks,one,…] [--rounds 5] [--write]: see docs/benchmarks/README.md."""

from __future__ import annotations

import argparse
import copy
import os
import tempfile
from pathlib import Path

import simulator

from . import access, contenders, guardrails, permissions, report, scale
from .ceiling import ceiling
from .groups import GROUPS, Case
from .measure import Figures, counted, extended, forget, middle, run, say

WHOLE = {"scale": scale, "permissions": permissions, "guardrails": guardrails}
KEPT = ("PATH", "PYTHONPATH", "ANSIBLE_COLLECTIONS_PATH", "LANG", "LC_ALL", "TMPDIR")


def estate_of(case: Case, made: dict) -> dict:
    """The simulated estate of a case; the same object for the same one."""
    key = (case.system.name, case.count)
    if key not in made:
        sim = simulator.Simulator("empty")
        for number in range(case.count):
            case.system.seed(sim, number)
        made[key] = copy.deepcopy(sim.estate)
    return made[key]


class Bench:
    def __init__(self, sim, folder: Path) -> None:
        self.sim = sim
        self.folder = folder
        self.made: dict = {}
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment = dict(kept, HOME=str(folder), BENCH_URL=sim.url, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
        self.environment.update(ANSIBLE_LOCALHOST_WARNING="False", ANSIBLE_INVENTORY_UNPARSED_WARNING="False")
        self.environment.update(sim.environment("admin"))

    def once(self, case: Case, contender: contenders.Contender, count: int, more: dict | None = None) -> Figures:
        """One run over the first ``count`` of the case's resources, with ``more`` in its environment."""
        self.sim.reset(estate_of(case, self.made), latency=case.latency, **case.traps)
        forget(self.folder)
        contenders.secrets(self.folder, self.sim)
        differing = min(count, round(case.differing * count / case.count)) if case.differing else 0
        command = contender.command(self.folder, case.system, count, differing)
        figures = run(command, {**self.environment, **(more or {})}, self.folder)
        figures.requests = counted(self.sim)
        if contender.reads and not figures.requests:
            raise SystemExit(f"{contender.name} asked the service nothing in: {case.title}")
        return figures

    def measure(
        self, case: Case, contender: contenders.Contender, more: dict | None = None
    ) -> tuple[Figures, tuple | None]:
        """The figures for the whole case, and over how many resources they were measured."""
        sizes = contender.few
        if sizes and sizes[1] <= case.count:
            few, many = (self.once(case, contender, size, more) for size in sizes)
            return extended(few, many, sizes, case.count), sizes
        return self.once(case, contender, case.count, more), None

    def rounds(self, cases: list[Case], rounds: int, before: dict[str, dict] | None = None) -> list[dict]:
        """Every contender of every case in turn, so many times over.

        ``before``: how each is called then -> more of its environment. With it only the collection itself runs.
        """
        found: dict = {}
        pairs = [(case, contender) for case in cases for contender in case.contenders]
        for number in range(rounds):
            for case, contender in pairs:
                if not before or contender.name.startswith(contenders.OURS):
                    for which, more in (before or {"": {}}).items():
                        say(f"round {number + 1} of {rounds}: {case.title}: {contender.name}{which}")
                        figures, over = self.measure(case, contender, more)
                        named = found.setdefault(case.title, (case, {}))[1]
                        named.setdefault(contender.name + which, (over, []))[1].append(figures)
        return [report.case(case, measured, middle) for case, measured in found.values()]


def beside(commit: str, folder: Path) -> dict[str, dict]:
    """This collection, and as it was at a commit, each with what makes Ansible find it."""
    place = permissions.at(commit, folder)
    if place is None:
        raise SystemExit(f"--before must be a commit of this repository; got {commit}")
    tests = os.pathsep.join(path for path in os.environ["PYTHONPATH"].split(os.pathsep) if path.endswith("tests"))
    then = {"ANSIBLE_COLLECTIONS_PATH": str(place), "PYTHONPATH": os.pathsep.join([str(place), tests])}
    return {f" at {commit}": then, "": {}}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…")
    everything = [*GROUPS, "ceiling", "access", *WHOLE]
    parser.add_argument("--groups", default=",".join(everything), help="which to run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often (default: %(default)s)")
    parser.add_argument("--only", default="", help="of the group permissions, the cases whose titles hold this")
    parser.add_argument("--before", help="a commit: measure the collection alone, as it is beside as it was then")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs and build/reports")
    arguments = parser.parse_args()
    desired = arguments.groups.split(",")
    if set(desired) - set(everything):
        parser.error(f"--groups takes {', '.join(everything)}")
    if arguments.before and (arguments.write or set(desired) - set(GROUPS)):
        parser.error(f"--before takes no --write, and of --groups {', '.join(GROUPS)}")
    with tempfile.TemporaryDirectory(prefix="bench") as place, simulator.running("empty") as sim:
        bench = Bench(sim, Path(place))
        before = beside(arguments.before, Path(place)) if arguments.before else None
        for group in desired:
            if group in GROUPS:
                cases = bench.rounds(GROUPS[group](), arguments.rounds, before)
            elif group == "ceiling":
                cases = ceiling(sim, arguments.rounds)
            elif group == "access":
                cases = access.measured(bench.environment, arguments.rounds)
            else:
                only = [arguments.only] if group == "permissions" else []
                cases = WHOLE[group].measured(bench, arguments.rounds, *only)
            report.group(group, cases, arguments.rounds, arguments.write)
    if arguments.write:
        report.documents()


if __name__ == "__main__":
    main()
