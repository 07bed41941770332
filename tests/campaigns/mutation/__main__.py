# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change the code in thousands of small ways and see whether the unit tests notice: `make mutation`.

make mutation                          what has not been noticed yet; interrupted, it goes on where it was
make mutation ARGS=--sample            one change of sixteen
make mutation ARGS="fields http"      only the files whose name has this in it
make mutation ARGS=--anew              also what has been noticed before

For the engine, the resources and the clients, survivors.yml says of each function in how many ways it may
change without a test that notices, and why that is so: one more is a failure, and so is one less. Three reasons are
seen by the command itself: other words of a message, capitals where these make no difference, and a position of a
problem that is none instead of empty. What came out of a whole run goes into build/reports.

mutmut changes functions: calls, operators, conditions, numbers, texts. It does not change what a module or a class
only defines, like the tables of resources; nor functions with a decorator other than staticmethod and classmethod.
All changes of a file stand in it at once, and its name chooses one. The tests are collected once; for each change a
process forks and runs those that reach the function until one fails.
"""

from __future__ import annotations

import difflib
import gc
import hashlib
import json
import multiprocessing
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from _pytest.runner import runtestprotocol
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import get_mutant_name

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools import report

ROOT = Path(__file__).resolve().parents[3]
PLACE = ROOT / ".nox" / "mutation-tree"  # a copy of the collection, which the nox session makes
NOTICED = ROOT / ".nox" / "mutants-noticed"
SURVIVORS = Path(__file__).with_name("survivors.yml").resolve()
COLLECTION = Path("ansible_collections/grantops/cloud")
UTILS = COLLECTION / "plugins" / "module_utils"
# Here each change that survives has its reason.
EXPLAINED = re.compile(
    r"_(engine|huaweicloud|schema|transport|ucloud)/|_(entrypoint|errors|options|redaction|task|text)\.py"
)
LEAST = 95.0  # percent
NEAREST = 2000  # tests for one change: what none of the first has noticed, those of other code hardly do
MEMORY = 4 << 30  # bytes of one process
PYTEST = ["-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0", str(COLLECTION / "tests" / "unit")]
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


class Mutant(NamedTuple):
    """One change of the code."""

    name: str  # what chooses it
    file: str
    function: str
    old: str  # the lines that it changes
    new: str
    digest: str  # what tells it from others in another run

    @property
    def reached(self) -> str:
        """The name of the function in mutmut's account of what runs."""
        return self.name.rpartition("__mutmut_")[0]


def mutate(path: Path) -> list[Mutant]:
    """Write all mutants of a file into it."""
    mutated = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
    path.write_text(mutated.code, encoding="utf-8")
    lines = mutated.code.splitlines()
    mutants = []
    for name in mutated.mutant_names:
        original = name.rpartition("__mutmut_")[0] + "__mutmut_orig"
        before, after = (
            [" ".join(line.replace(used, "").split()) for line in lines[span.start - 1 : span.end]]
            for used, span in ((used, mutated.line_span_by_function_name[used]) for used in (original, name))
        )
        diff = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
        old, new = (" ".join(line[1:] for line in diff if line.startswith(sign)) for sign in "-+")
        function = re.sub(r"^x(_|ǁ)", "", original.removesuffix("__mutmut_orig")).replace("ǁ", ".")
        file = str(path.relative_to(UTILS))
        digest = hashlib.sha256("\n".join([file, function, *after]).encode()).hexdigest()
        mutants.append(Mutant(get_mutant_name(path, name), file, function, old, new, digest))
    return mutants


def fork(work: Callable[[], int], seconds: float) -> int:
    """Do this in a process of its own, which ends with what it returns; the number of the process."""
    process = os.fork()
    if process:
        return process
    status = 3
    try:
        signal.alarm(int(seconds) + 1)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))  # some changes make a loop that never ends
        with tempfile.TemporaryDirectory() as place:
            os.environ["PYTEST_DEBUG_TEMPROOT"] = place
            status = work()
    finally:
        os._exit(status)


class Campaign:
    """A plugin of pytest that runs the collected tests once for each mutant."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.mutants = mutants
        self.survived: list[Mutant] = []
        self.at_import: set[str] = set()
        set_mutant_under_test("stats")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running each test once."""
        self.at_import = set(state()._stats)
        gc.freeze()
        reach = self.reach(session.items)
        running: dict[int, Mutant] = {}
        for at, mutant in enumerate(self.mutants, 1):
            tests = reach[mutant.reached]
            while len(running) >= (os.cpu_count() or 1):
                self.wait(running)
            limit = 20 + 10 * sum(seconds for _item, seconds in tests)
            running[fork(partial(self.test, mutant.name, tests), limit)] = mutant
            print(f"\r{at}/{len(self.mutants)}: {mutant.file}\033[K", end="", file=sys.__stderr__)
        while running:
            self.wait(running)
        return True

    def wait(self, running: dict[int, Mutant]) -> None:
        """For one process to end."""
        process, status = os.wait()
        mutant = running.pop(process)
        if status:
            note(mutant)
        else:
            self.survived.append(mutant)

    def reach(self, items: list[pytest.Item]) -> dict[str, list[tuple[pytest.Item, float]]]:
        """Of each function the tests that reach it, and how long each takes; first those of its file, and that reach least else."""
        with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as file:

            def run() -> int:
                for number, item in enumerate(items):
                    state()._stats.clear()
                    start = time.monotonic()
                    for result in runtestprotocol(item, log=False):
                        if result.failed:
                            print(f"{item.nodeid}: {result.longrepr}", file=sys.__stderr__)
                            return 1
                    print(json.dumps([number, time.monotonic() - start, sorted(state()._stats)]), file=file)
                file.flush()
                return 0

            if os.waitpid(fork(run, 3600), 0)[1]:
                pytest.exit("A test fails without a change.", 2)
            file.seek(0)
            reached = sorted(map(json.loads, file), key=lambda test: len(test[2]))
        tests = defaultdict(list)
        for number, seconds, functions in reached:
            for function in functions:
                tests[function].append((items[number], seconds))
        for function, those in tests.items():
            own = test_file(function)
            those.sort(key=lambda test: not test[0].nodeid.startswith(own))
            del those[NEAREST:]
        return tests

    @staticmethod
    def test(name: str, tests: list[tuple[pytest.Item, float]]) -> int:
        """Whether one of the tests notices, as the status of a process."""
        set_mutant_under_test(name)
        return int(any(result.failed for item, _seconds in tests for result in runtestprotocol(item, log=False)))


def test_file(function: str) -> str:
    """How the files of tests begin that are named after the file of a function, such as ….module_utils._text.x_brief."""
    place, _dot, file = function.rpartition(".")[0].partition(".plugins.")[2].replace(".", "/").rpartition("/")
    return f"{COLLECTION}/tests/unit/plugins/{place}/test_{file.strip('_')}"


def note(mutant: Mutant) -> None:
    """Keep that a test notices it."""
    with NOTICED.open("a", encoding="utf-8") as file:
        print(mutant.digest, file=file)


def test_at_import(mutant: Mutant) -> bool:
    """Whether the tests notice in a process that imports everything anew, or cannot even be collected."""
    env = {**os.environ, "MUTANT_UNDER_TEST": mutant.name, "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-m", "pytest", *PYTEST], env=env, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        note(mutant)
    return bool(done.returncode)


def reason_of_its_own(old: str, new: str) -> str | None:
    """Why a change that only looks like one needs no entry."""
    texts = [TEXT.findall(line) for line in (old, new)]
    if TEXT.sub("", old) == TEXT.sub("", new) and len(texts[0]) == len(texts[1]):
        changed = [before for before, after in zip(*texts) if before != after]
        # With a space in it, it is written for people: no option, key, header or word of a service has one.
        if len(changed) == 1 and " " in changed[0].strip('" '):
            return "Only the words of a message are others: tests look for what it says."
    if old.replace('errors.Problem("",', "errors.Problem(None,") == new:
        return "A position that is none and one that is empty are told alike."
    if old.lower() == new.lower() and re.search(r"headers\b|\.(en|de)code\(", old):
        return "Names of headers and of encodings are the same in capitals."
    return None


def listed() -> dict[str, list[str]]:
    """Of each file and function, a reason for each change that may survive there."""
    reasons: dict[str, list[str]] = {}
    for group in yaml.safe_load(SURVIVORS.read_text(encoding="utf-8")):
        for place, number in group["places"].items():
            reasons.setdefault(place, []).extend([group["reason"]] * number)
    return reasons


def judge(mutants: list[Mutant], survived: list[Mutant]) -> tuple[Counter, list[str]]:
    """The reasons of what survived, and where more or less survived than is listed."""
    found, allowed, reasons, wrong = defaultdict(list), listed(), Counter(), []
    for mutant in survived:
        reason = reason_of_its_own(mutant.old, mutant.new)
        if reason:
            reasons[reason] += 1
        else:
            found[f"{mutant.file} {mutant.function}"].append(f"{mutant.old} -> {mutant.new}")
    left_out = {str(path.relative_to(UTILS)) for path in UTILS.rglob("*.py")} - {mutant.file for mutant in mutants}
    for place in sorted(found.keys() | {place for place in allowed if place.split()[0] not in left_out}):
        changes, known = found[place], allowed.get(place, [])
        reasons.update(known[: len(changes)])
        reasons["no reason given"] += max(len(changes) - len(known), 0)
        if len(changes) > len(known):
            print(place, *changes, sep="\n    ")
        if len(changes) != len(known) and EXPLAINED.match(place):
            wrong.append(f"{place}: {len(changes)} survived, and {SURVIVORS.name} has {len(known)}")
    return +reasons, wrong


def rows(mutants: list[Mutant], survived: list[Mutant]) -> list[list[object]]:
    """How many changes of each file, and of all, there are, were noticed and survived."""
    every, alive = (Counter(mutant.file for mutant in some) for some in (mutants, survived))
    counts = [(file, every[file], alive[file]) for file in sorted(every)]
    counts.append(("**all**", len(mutants), len(survived)))
    return [[name, total, total - left, left, round(100 * (total - left) / total, 1)] for name, total, left in counts]


def main() -> int:
    names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    if "--anew" in sys.argv:
        NOTICED.unlink(missing_ok=True)
    noticed = set(NOTICED.read_text(encoding="utf-8").split()) if NOTICED.exists() else set()
    os.chdir(PLACE)
    Path("setup.cfg").write_text(f"[mutmut]\nsource_paths = {UTILS}\n", encoding="utf-8")
    sys.path[:0] = [str(PLACE), str(PLACE / COLLECTION / "tests")]
    files = [path for path in UTILS.rglob("*.py") if not names or any(name in str(path) for name in names)]
    with multiprocessing.Pool() as pool:
        mutants = [mutant for some in pool.map(mutate, files, chunksize=1) for mutant in some]
    if "--sample" in sys.argv:
        mutants = [mutant for mutant in mutants if mutant.digest[0] == "0"]
    campaign = Campaign([mutant for mutant in mutants if mutant.digest not in noticed])
    if pytest.main(PYTEST, plugins=[campaign]):
        return 1
    survived = [
        mutant for mutant in campaign.survived if mutant.reached not in campaign.at_import or not test_at_import(mutant)
    ]
    reasons, wrong = judge(mutants, survived)
    if "--sample" in sys.argv:
        wrong = []
    share = 100 * (1 - len(survived) / len(mutants))
    parts = (
        f"Of {len(mutants)} changes the unit tests noticed {share:.1f} %; at least {LEAST:g} % is what is asked for.",
        report.circumstances("mutmut"),
        report.table(["file", "changes", "noticed", "survived", "%"], rows(mutants, survived)),
        "Why the others survive:",
        report.table(["reason", "changes"], [[reason, number] for reason, number in reasons.most_common()]),
    )
    if len(sys.argv) == 1:
        report.keep("mutation", *parts)
    print(*(parts if sys.argv[1:] else ()), *wrong, sep="\n\n")
    return int(share < LEAST or bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
