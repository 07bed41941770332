# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change the code in thousands of small ways and see whether the unit tests notice: `make mutation`.

make mutation                          what is not known yet; interrupted, it goes on where it was
make mutation ARGS="fields http"      only the files whose name has this in it; nothing is written
make mutation ARGS=--survivors         after new tests: what survived, once more
make mutation ARGS=--anew              everything, also what is known

Needs an hour of one processor. tests/mutation/survivors.yml says of each function in how many ways it may change without
a test that notices, and why that is so: one more is a failure, and so is one less. Two reasons are seen by the command
itself: other words of a message, and capitals where these make no difference. What came out goes into build/reports.

mutmut changes functions: calls, operators, conditions, numbers, texts. It does not change what a module or a class
only defines, like the tables of resources; nor functions with a decorator other than staticmethod and classmethod.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml
from mutmut.mutation.data import MutantLineSpans

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools import report

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".nox" / "mutation-tree"
SURVIVORS = ROOT / "tests" / "mutation" / "survivors.yml"
LEAST = 95.0  # percent
COLLECTION = Path("ansible_collections/grantops/cloud")
UTILS = COLLECTION / "plugins" / "module_utils"
# Engine, resources and clients. The rest of module_utils is the role's.
FILES = [
    *(f"_{name}.py" for name in ("entrypoint", "errors", "options", "redaction", "task", "text")),
    *(f"_{name}/*.py" for name in ("engine", "huaweicloud", "schema", "transport", "ucloud")),
]
SETTINGS = f"""\
[mutmut]
source_paths = {COLLECTION}/plugins
only_mutate =
    {{files}}
also_copy =
    {COLLECTION}/tests
    {COLLECTION}/meta
    {COLLECTION}/roles
    {COLLECTION}/README.md
pytest_add_cli_args =
    -q
    -x
    --hypothesis-seed=0
    -p
    no:cacheprovider
pytest_add_cli_args_test_selection =
    {COLLECTION}/tests/unit
use_git_change_detection = false
track_dependencies = false
"""
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
STAGE = PLACE / "stage.json"
STATS = PLACE / "mutants" / "mutmut-stats.json"
FEW = 40  # tests
KILLED, SURVIVED, UNTESTED, TIMEOUT = "killed", "survived", "untested", "timeout"
STATUS = {0: SURVIVED, 1: KILLED, 3: KILLED, 5: UNTESTED, 33: UNTESTED, 36: TIMEOUT, -24: TIMEOUT, 24: TIMEOUT}
ALIVE = (SURVIVED, UNTESTED)
# Which of the changed functions run while the modules are imported: mutmut's processes have imported them before.
IMPORTED = """
import json, pathlib, sys
from mutmut.state import state
root = pathlib.Path("ansible_collections/grantops/cloud/plugins/module_utils")
for path in sorted(root.rglob("_*.py")) + sorted(root.glob("_*/*.py")):
    __import__(".".join(path.with_suffix("").parts))
print(json.dumps(sorted(state()._stats)))
"""


def meta_files() -> list[Path]:
    """Where mutmut keeps what became of the mutants of each file."""
    return sorted((PLACE / "mutants" / UTILS).rglob("*.py.meta"))


def at_import(meta: Path) -> Path:
    """Where this keeps what became of those that were tested in a process of their own."""
    return meta.with_suffix(".at_import")


def known_at_import(meta: Path) -> dict[str, int]:
    """What became of them, as far as the file is still the one that they were made from: mutants have numbers only."""
    kept = json.loads(at_import(meta).read_text(encoding="utf-8")) if at_import(meta).exists() else {}
    return kept["known"] if kept.get("source") == source(meta) else {}


def source(meta: Path) -> str:
    """What tells the file that the mutants were made from apart from an earlier one."""
    path = PLACE / meta.relative_to(PLACE / "mutants").with_suffix("")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def outcomes(meta: Path) -> dict[str, int | None]:
    """Each mutant of a file, and the status that its tests ended with."""
    return json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]


def survivors() -> set[str]:
    """What no test has noticed up to now."""
    return {mutant for meta in meta_files() for mutant, status in outcomes(meta).items() if STATUS.get(status) in ALIVE}


def forget(mutants: set[str]) -> None:
    """Make mutmut test these again."""
    for meta in meta_files():
        data = json.loads(meta.read_text(encoding="utf-8"))
        for mutant in mutants & set(data["exit_code_by_key"]):
            data["exit_code_by_key"][mutant] = None
        meta.write_text(json.dumps(data, indent=4), encoding="utf-8")


def set_up(options: list[str]) -> None:
    """Settings for mutmut, in the tree that the nox session has made."""
    if "--anew" in options:
        shutil.rmtree(PLACE / "mutants", ignore_errors=True)
        STAGE.unlink(missing_ok=True)
    if "--survivors" in options:
        forget(survivors())
        STAGE.unlink(missing_ok=True)
        STATS.unlink(missing_ok=True)  # mutmut would not look again which tests reach a function that is new
        for meta in meta_files():
            at_import(meta).unlink(missing_ok=True)
    files = "\n    ".join(str(UTILS / name) for name in FILES)
    (PLACE / "setup.cfg").write_text(SETTINGS.format(files=files), encoding="utf-8")


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, **more}


def some(stats: dict) -> dict:
    """The same knowledge of which tests reach which function, with a few tests each.

    Of every file of tests those that reach least, which look closely, and those that reach most, which notice much.
    """
    tests_of = stats["tests_by_mangled_function_name"]
    reach = Counter(test for tests in tests_of.values() for test in tests)
    few = {}
    for function, tests in tests_of.items():
        files: dict[str, list[str]] = {}
        for test in sorted(tests, key=lambda test: (reach[test], test)):
            files.setdefault(test.partition("::")[0], []).append(test)
        ends = [[*itertools.chain(*zip(tests, reversed(tests)))][: len(tests)] for tests in files.values()]
        turns = itertools.chain.from_iterable(itertools.zip_longest(*ends))
        few[function] = list(itertools.islice(filter(None, turns), FEW))
    return {**stats, "tests_by_mangled_function_name": few}


def test(names: list[str]) -> None:
    """First with a few of the tests that reach a function, since these notice most, then with all of them."""
    known = json.loads(STAGE.read_text(encoding="utf-8")) if STAGE.exists() else {"all": False, "tested": []}
    if not known["all"]:
        # Finds out which tests reach what, also for tests that are new.
        run_mutmut(["x_plain_text__mutmut_1"])
        everything = json.loads(STATS.read_text(encoding="utf-8"))
        try:
            STATS.write_text(json.dumps(some(everything)), encoding="utf-8")
            run_mutmut(names)
        finally:
            STATS.write_text(json.dumps(everything, indent=4), encoding="utf-8")
        forget(survivors() - set(known["tested"]))
        STAGE.write_text(json.dumps({**known, "all": True}), encoding="utf-8")
    run_mutmut(names)
    STAGE.write_text(json.dumps({"all": False, "tested": sorted(survivors())}), encoding="utf-8")


def run_mutmut(names: list[str]) -> None:
    """In one process that forks for each mutant, so that nothing is imported again."""
    patterns = [f"*{name}*" for name in names]
    processes = str(len(os.sched_getaffinity(0)))
    command = [sys.executable, "-m", "mutmut", "run", *patterns, "--max-children", processes]
    status = subprocess.run(command, cwd=PLACE, env=environment(), check=False).returncode
    if status:
        sys.exit(f"mutmut ended with status {status}.")


def imported_functions() -> set[str]:
    """The functions that run at import, as mutmut names them."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        cwd=PLACE / "mutants",
        env=environment(MUTANT_UNDER_TEST="stats", PYTHONPATH="."),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def test_at_import(names: list[str]) -> None:
    """Test what survived and runs at import once more, each in a new process that imports everything again."""
    functions = imported_functions()
    tests = f"{COLLECTION}/tests/unit"
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", tests]
    for meta in meta_files():
        known = known_at_import(meta)
        for mutant, status in outcomes(meta).items():
            function = mutant.rpartition("__mutmut_")[0]
            wanted = STATUS.get(status) in ALIVE and function in functions and mutant not in known
            if not wanted or (names and not any(name in mutant for name in names)):
                continue
            env = environment(MUTANT_UNDER_TEST=mutant, PYTHONPATH=".")
            done = subprocess.run(
                command,
                cwd=PLACE / "mutants",
                env=env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            # Tests that cannot even be collected have noticed, too.
            known[mutant] = 1 if done.returncode in (1, 2, 3, 4) else done.returncode
            print(f"{'noticed' if known[mutant] else 'survived'} at import: {mutant}", flush=True)
            at_import(meta).write_text(json.dumps({"source": source(meta), "known": known}), encoding="utf-8")


def final(meta: Path) -> dict[str, str]:
    """What became of each mutant of a file in the end."""
    known = known_at_import(meta)
    result = {}
    for mutant, status in outcomes(meta).items():
        if status is None:
            raise SystemExit(f"{mutant} is not tested yet: run this again.")
        result[mutant] = STATUS.get(known.get(mutant, status), f"status {status}")
    return result


def described(meta: Path, mutants: list[str]) -> Iterator[tuple[str, str, str]]:
    """What each mutant changes: the file and function, what is there, and what is there instead."""
    path = meta.relative_to(PLACE / "mutants").with_suffix("")
    if not mutants:
        return
    os.chdir(PLACE)
    spans = MutantLineSpans.load(path)
    for mutant in mutants:
        name = mutant.rpartition(".")[2]
        original = name.rpartition("__mutmut_")[0] + "__mutmut_orig"
        before, after = (
            [" ".join(line.split()) for line in source.replace(used, "").splitlines()]
            for used, source in zip((original, name), spans.read_function_sources([original, name]))
        )
        function = re.sub(r"^x(_|ǁ)", "", original.removesuffix("__mutmut_orig")).replace("ǁ", ".")
        lines = [line for line in difflib.unified_diff(before, after, n=0, lineterm="") if not line.startswith("@@")]
        old = " ".join(line[1:] for line in lines if line.startswith("-") and not line.startswith("---"))
        new = " ".join(line[1:] for line in lines if line.startswith("+") and not line.startswith("+++"))
        yield f"{path.relative_to(UTILS)} {function}", old, new


def reason_of_its_own(old: str, new: str) -> str | None:
    """Why a change that only looks like one needs no entry."""
    texts = [TEXT.findall(line) for line in (old, new)]
    if TEXT.sub("", old) == TEXT.sub("", new) and len(texts[0]) == len(texts[1]):
        changed = [before for before, after in zip(*texts) if before != after]
        # With a space in it, it is written for people: no option, key, header or word of a service has one.
        if len(changed) == 1 and " " in changed[0].strip('" '):
            return "Only the words of a message are others: tests look for what it says."
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


def judge(only: list[str]) -> tuple[list[list[object]], Counter, list[str]]:
    """A row a file, the reasons of what survived, and where more or less survived than is listed."""
    rows, reasons, found = [], Counter(), {}
    for meta in meta_files():
        name = str(meta.relative_to(PLACE / "mutants" / UTILS).with_suffix(""))
        if not outcomes(meta) or (only and not any(part in name for part in only)):
            continue
        states = final(meta)
        counted = Counter(states.values())
        alive = [mutant for mutant, status in states.items() if status not in (KILLED, TIMEOUT)]
        for place, old, new in described(meta, alive):
            reason = reason_of_its_own(old, new)
            if reason:
                reasons[reason] += 1
            else:
                found.setdefault(place, []).append(f"{old} -> {new}")
        noticed = counted[KILLED] + counted[TIMEOUT]
        share = round(100 * noticed / len(states), 1)
        rows.append([name, len(states), counted[KILLED], counted[TIMEOUT], len(alive), share])
    return rows, reasons, compared(found, listed(), reasons, whole=not only)


def compared(found: dict[str, list[str]], allowed: dict[str, list[str]], reasons: Counter, whole: bool) -> list[str]:
    """Count the reasons, and say of each place where another number survived than is listed."""
    wrong = []
    for place in sorted(found.keys() | allowed.keys() if whole else found):
        changes, known = found.get(place, []), allowed.get(place, [])
        reasons.update(known[: len(changes)])
        reasons["no reason given"] += max(len(changes) - len(known), 0)
        if len(changes) != len(known):
            wrong.append(f"{place}: {len(changes)} survived, and {SURVIVORS.name} has {len(known)}")
            wrong.extend(f"    {change}" for change in changes)
    return wrong


def keep(rows: list[list[object]], reasons: Counter) -> None:
    """Report it."""
    sums = [sum(row[at] for row in rows) for at in range(1, 5)]
    total = ["**all**", *sums, round(100 * (sums[1] + sums[2]) / sums[0], 1)]
    report.keep(
        "mutation",
        f"Of {sums[0]} changes the unit tests noticed {total[5]} %; at least {LEAST:g} % is what the command asks for.",
        report.circumstances("mutmut"),
        report.table(["file", "changes", "noticed", "by time-out", "survived", "%"], [*rows, total]),
        "Why the others survive:",
        report.table(["reason", "changes"], [[reason, number] for reason, number in reasons.most_common()]),
    )


def main() -> int:
    options = [argument for argument in sys.argv[1:] if argument.startswith("--")]
    names = [argument for argument in sys.argv[1:] if argument not in options]
    set_up(options)
    test(names)
    test_at_import(names)
    rows, reasons, wrong = judge(names)
    print("\n".join(wrong))
    if not names:
        keep(rows, +reasons)
    share = 100 * sum(row[2] + row[3] for row in rows) / sum(row[1] for row in rows)
    return 1 if wrong or share < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
