# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All checks and tests. `make help` lists what one usually needs, `.nox/bootstrap/bin/nox -l` all sessions.

Lint sessions come from antsibull-nox (antsibull-nox.toml). The others are here, because they run
ansible-test in virtual environments (no containers) and against a simulator of both clouds.
A session shares nothing with the others, so that they can run side by side: it has a virtual environment, a copy
of the collection and, for ansible-test, a home of its own.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests"))

import antsibull_nox
import nox
import nox.registry
from antsibull_fileutils.copier import GitCopier

from tools import home, pythons, site, versions

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.reuse_venv = "yes"
nox.options.stop_on_first_error = False

WORK = ROOT / ".nox"
PYTHONS = pythons.put_on_path()
# The newest ansible-core runs on the first of these that is there, and the oldest supported one likewise.
NEWEST = os.environ.get("NEWEST_PYTHON") or pythons.first(PYTHONS, "3.13", "3.12", "3.14", "3.11")
OLDEST = os.environ.get("OLDEST_PYTHON") or pythons.first(PYTHONS, *versions.CORES[versions.OLDEST_CORE][0])

on_newest = functools.partial(nox.session, python=NEWEST, default=False)

# The script of this name does not start in a folder with a space in its name.
ANSIBLE_TEST = ("python", "-m", "ansible_test._util.target.cli.ansible_test_cli_stub")

# Neither a developer's settings nor real credentials may reach a test.
for name in list(os.environ):
    if name.startswith(("ANSIBLE_", "HUAWEICLOUD_", "HW_", "OS_", "UCLOUD_")):
        del os.environ[name]
for name in ("no_proxy", "NO_PROXY"):
    os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
os.environ.setdefault("UV_COMPILE_BYTECODE", "1")
os.environ.update(home.uv_variables())
os.environ["GRANTOPS_REPORTS"] = str(ROOT / "build" / "reports")
# Being told to stop unwinds like Ctrl-C, so that what was started is stopped.
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.default_int_handler)


def install(session: nox.Session, *names: str) -> None:
    """Install what these files of tests/requirements pin; hashes must be right."""
    session.install("--require-hashes", *(f"-rtests/requirements/{name}.txt" for name in names))


def copy(place: Path) -> Path:
    """A fresh copy of the collection, without what git ignores; it is a git checkout, as ansible-test wants."""
    path = place / "ansible_collections" / "grantops" / "cloud"
    shutil.rmtree(path, ignore_errors=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    GitCopier().copy(ROOT, path)
    # Whichever repository a hook may have named
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for arguments in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *arguments], cwd=path, env=env, check=True)
    return path


@contextlib.contextmanager
def collection(session: nox.Session) -> Iterator[Path]:
    """Work inside a copy of the collection, where Ansible finds it and its tests' packages."""
    # Elsewhere: Ansible does not find the role of a collection that lies within another ansible_collections.
    with tempfile.TemporaryDirectory(prefix="c") as place:
        path = copy(Path(place))
        session.env["ANSIBLE_COLLECTIONS_PATH"] = place
        session.env["PYTHONPATH"] = os.pathsep.join([place, str(path / "tests")])
        with session.chdir(path):
            yield path


def run(session: nox.Session, requirements: tuple[str, ...], *command: str, **env: Path) -> None:
    """Install the requirements and run a command in a copy of the collection."""
    install(session, *requirements)
    with collection(session):
        session.run(*command, *session.posargs, env={key: str(value) for key, value in env.items()})


def results(session: nox.Session, part: str = "") -> Path:
    """An empty folder for the JUnit files of a session, or of a part of it; the summary counts them."""
    folder = WORK / "results" / session.name / part
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def ansible_test(session: nox.Session, *arguments: str, part: str = "") -> None:
    """Run ansible-test with a home of its own and keep its JUnit files; with the simulator for integration tests."""
    kept = results(session, part)
    with collection(session) as path:
        before = ["python", "tests/tools/simulated.py"] if arguments[0] == "integration" else []
        # Short and long sanity tests have the same virtual environments.
        place = home.prepare(WORK / "homes" / session.name.replace("-all", ""))
        env = {"HOME": str(place), "PYTHONPATH": None}
        try:
            session.run(*before, *ANSIBLE_TEST, *arguments, *session.posargs, env=env)
        finally:
            for file in (path / "tests" / "output" / "junit").glob("*.xml"):
                shutil.copy(file, kept)


def target_python(session: nox.Session, core: str) -> None:
    """Make the Python of a managed host known to the tests that use it: the oldest that ansible-core runs modules on.

    It has only what a user must install there, the oldest supported `requests`.
    """
    version = versions.oldest_target(core, PYTHONS)
    if version is None:
        session.warn(f"No Python found that ansible-core {core} runs modules on, from {versions.CORES[core][1]} on")
        return
    place = Path(session.virtualenv.location) / f"target-{version}"
    python = str(place / "bin" / "python")
    if not os.path.exists(python):
        session.run(str(PYTHONS[version]), "-m", "venv", str(place), external=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    session.run(*pip, "-r", str(versions.REQUIREMENTS / "requests-oldest.txt"), external=True)
    session.env["GRANTOPS_TARGET_PYTHON"] = python


def pytest(session: nox.Session, *tests: str, part: str = "", coverage: bool = False, scan: bool = True) -> None:
    """Run pytest, in parallel, on what was asked for or else on ``tests``; all of it must be covered well."""
    xml = results(session, part) / "pytest.xml"
    with collection(session) as path, tempfile.TemporaryDirectory(prefix="t") as short:
        named = any((path / argument.partition("::")[0]).exists() for argument in session.posargs)
        options = [f"-n{min(os.cpu_count() or 1, 4)}", f"--junitxml={xml}", "-ra"]
        # What the tests print goes into the file as well, to be looked through.
        options += ["-o", "junit_logging=all"] if scan else []
        # Tests that are marked `long` run where there is time, and when they are asked for.
        options += [] if session.posargs or "GRANTOPS_LONG" in {**os.environ, **session.env} else ["-m", "not long"]
        # A short path: ansible-core's sockets, in temporary folders of tests, must stay below 108 characters.
        options += [f"--basetemp={short}/p", *session.posargs, *([] if named else tests)]
        data = path.parents[2] / "coverage"
        session.env["COVERAGE_FILE"] = str(data / "data")
        session.env["COVERAGE_PLUGINS"] = str(path / "plugins")
        session.env["COVERAGE_RCFILE"] = str(path / "tests" / "coverage.ini")
        try:
            session.run("python", "-m", *(["coverage", "run", "-m"] if coverage else []), "pytest", *options)
            if scan:  # Nothing that the tests printed or left may hold a secret of the simulated clouds.
                session.run("python", "tests/tools/secret_scan.py", str(xml), short)
        finally:
            if coverage:
                session.run("coverage", "combine", str(data), silent=True, success_codes=[0, 1])
                for unreadable in data.glob("data.*"):
                    # Ansible may kill a worker that has returned its result before it has written its data.
                    unreadable.unlink()
                # A part of the tests need not cover everything.
                session.run("coverage", "report", *(["--fail-under=0"] if session.posargs else []))


def add(name: str, python: str | None, what: str, function: Callable[[nox.Session], None]) -> None:
    """Add a session that no plain `nox` runs."""

    def session(session: nox.Session) -> None:
        if python not in PYTHONS:
            session.skip(f"No Python {python or ''} found")
        function(session)

    session.__doc__ = what
    nox.session(name=name, python=python, default=False)(session)


def add_tests(suffix: str, python: str | None, core: str, file: str, what: str) -> None:
    """Add the sessions that test the collection on one version of ansible-core."""

    def by_ansible_test(*arguments: str) -> Callable[[nox.Session], None]:
        def session(session: nox.Session) -> None:
            install(session, file, *(["simulator"] if arguments[0] == "integration" else []))
            ansible_test(session, *arguments)

        return session

    def by_pytest(*tests: str, coverage: bool = False, long: bool = False) -> Callable[[nox.Session], None]:
        def session(session: nox.Session) -> None:
            install(session, file, "pytest")
            if "tests/functional" in tests:
                target_python(session, core)
            session.env.update({"GRANTOPS_LONG": "1"} if long else {})
            pytest(session, *tests, coverage=coverage)

        return session

    whole, one = ("sanity", "--venv", "--junit"), ("--venv", "--python", python or "")
    # What is the same on every ansible-core is looked at on the newest, and other Pythons on the oldest.
    part = [f"--test={name}" for name in OF_THE_CORE] if suffix else one[1:]
    both = by_pytest("tests/unit", "tests/functional", coverage=not suffix, long=True)
    units = by_pytest("tests/unit", coverage=True)
    for name, does, session in (
        ("sanity", "The part of ansible-test sanity that is worth it on {}.", by_ansible_test(*whole, *part)),
        ("sanity-all", "ansible-test sanity on {}.", by_ansible_test(*whole)),
        ("ansible-units", "ansible-test units on {}.", by_ansible_test("units", *one)),
        ("units", "Unit tests by pytest on {}, which must cover the code.", units),
        ("tests", "Functional tests by pytest on {}.", by_pytest("tests/functional")),
        ("tests-all", "Both on {}, and what playbooks run counts as covered.", both),
        ("integration", "ansible-test integration on {}, against the simulator.", by_ansible_test("integration", *one)),
    ):
        if not suffix or name not in ("units", "tests"):
            add(name + suffix, python, does.format(what), session)


# The sanity tests whose outcome depends on the version of ansible-core
OF_THE_CORE = ("action-plugin-docs", "ansible-doc", "compile", "import", "runtime-metadata", "validate-modules")
NEWEST_CORE = "2.19" if NEWEST == "3.11" else versions.NEWEST_CORE
add_tests("", NEWEST, NEWEST_CORE, "ansible-core", "the newest ansible-core")
add_tests("-oldest", OLDEST, versions.OLDEST_CORE, "ansible-core-2.17", "the oldest supported ansible-core")


def add_pair(name: str, core: str, python: str, which: str, units: tuple[str, ...], *targets: str) -> None:
    """Add the session that tests one pair of ansible-core and Python with one `requests`."""

    def pair(session: nox.Session) -> None:
        install(session, f"ansible-core-{core}", "pytest")
        # In a second step: it takes the place of the one that came with the other requirements.
        install(session, versions.requests_file(which))
        target_python(session, core)
        session.env["GRANTOPS_REQUESTS"] = which
        pytest(session, *units, *PAIR_TESTS, part="units")
        # In this environment, not in one that ansible-test makes: here is the `requests` that is to be tested.
        ansible_test(session, "integration", *targets, part="integration")

    add(name, python, f"What depends on versions, on ansible-core {core}, Python {python}, the {which} requests.", pair)


# Of the functional tests, those whose outcome depends on the versions.
PAIR_TESTS = tuple(f"tests/functional/test_{name}.py" for name in ("network", "requests", "target", "versions"))
for cell in versions.cells():
    add_pair(versions.session(*cell), *cell, ("tests/unit",))
# Unit tests run once; of integration: every module of both groups, and the role on all four systems
add_pair("oldest", *versions.oldest_pair(PYTHONS), "oldest", (), "module_defaults", "role_permissions")


def measured(session: nox.Session, *files: str) -> None:
    """Run these tests with all their examples, and report what they counted."""
    install(session, "ansible-core", "pytest")
    session.env.update(FUZZ="long", FUZZ_REPORT=session.name)
    pytest(session, *(f"tests/functional/test_{name}.py" for name in files), scan=False)


@on_newest
def fuzz(session: nox.Session) -> None:
    """Bad input, bad responses and signatures with many more examples than `tests` has."""
    measured(session, "bad_input", "bad_answers", "signing_properties")


@on_newest
def secrets(session: nox.Session) -> None:
    """Search all that talkative playbooks print and leave for secrets."""
    measured(session, "secret_scan", "secrets")


@on_newest
def ruff(session: nox.Session) -> None:
    """Check the Python code and its format; with `-- fix`, correct both."""
    install(session, "ruff")
    fix = session.posargs == ["fix"]
    session.run("ruff", "check", "--quiet", *(["--fix"] if fix else []), success_codes=[0, 1] if fix else [0])
    session.run("ruff", "format", *([] if fix else ["--diff"]))


@on_newest
def mypy(session: nox.Session) -> None:
    """Check the types of the plugins, as strictly as mypy can."""
    run(session, ("mypy",), "mypy", f"--cache-dir={WORK / 'mypy-cache'}")


# What check-jsonschema has a schema for
GITHUB = {
    "github-actions": ".github/actions/*/action.yml",
    "github-workflows": ".github/workflows/*.yml",
    "github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "dependabot": ".github/dependabot.yml",
}


@on_newest
def github(session: nox.Session) -> None:
    """Check what GitHub reads: workflows, issue forms, Dependabot's configuration."""
    install(session, "github")
    session.run("zizmor", "--offline", "--quiet", "--pedantic", ".github")
    for schema, files in GITHUB.items():
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, ROOT.glob(files)))


@on_newest
def platform(session: nox.Session) -> None:
    """AWX's injector, ansible-runner, ansible-builder, Galaxy: the collection where it is going to live."""
    install(session, "platform")
    place = WORK / f"awx-{versions.pinned('ansible', 'awx-collection')}"
    if not place.is_dir():
        # The package index has awx.awx inside the package `ansible` only, which takes half a gigabyte when it is installed.
        with tempfile.TemporaryDirectory(dir=WORK) as folder:
            options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", folder]
            session.run("python", "-m", "pip", "download", *options, "-r", "tests/requirements/awx-collection.txt")
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if name.startswith("ansible_collections/awx/awx/")]
                archive.extractall(Path(folder) / "unpacked", names)
            (Path(folder) / "unpacked").rename(place)
    session.env["AWX_COLLECTIONS"] = str(place)
    pytest(session, "tests/platform", scan=False)


@on_newest
def browser(session: nox.Session) -> None:
    """The page of access in Chromium, which is installed by apt where it is missing."""
    install(session, "browser")
    session.run("python", "tests/tools/chromium.py")
    # What hostile names look like is in what is printed; there is no secret of the simulator in these pages.
    pytest(session, "tests/browser", scan=False)


def campaign(session: nox.Session, *options: str) -> None:
    """Run the fault campaign."""
    install(session, "ansible-core", "simulator")
    xml = results(session) / "chaos.xml"
    with collection(session) as path:
        session.env["PYTHONPATH"] += os.pathsep + str(path / "tests" / "functional")
        session.run("python", "-m", "campaigns.chaos", "--junit", str(xml), *options, *session.posargs)


FAULTS = "Seeded faults at every point of a request's life, judged by what the server saw."
add("chaos", NEWEST, FAULTS, lambda session: campaign(session, "--runs=300"))
add("chaos-long", NEWEST, FAULTS, lambda session: campaign(session, "--runs=2400", "--write"))


@on_newest
def audit(session: nox.Session) -> None:
    """Look for known vulnerabilities of what is pinned, and fail where the package index does not say."""
    install(session, "audit")
    for file in sorted(ROOT.glob("tests/requirements/*.txt")):
        # These are old on purpose, to test with what users have: what is known against them is printed and no failure.
        old = file.stem == "requests-oldest" or re.match(r"ansible-core-", file.stem)
        options = ["--strict", "--disable-pip", "--require-hashes", "--progress-spinner=off", "-r", str(file)]
        session.run("pip-audit", *options, success_codes=[0, 1] if old else [0])


@on_newest
def mutation(session: nox.Session) -> None:
    """Change the code in thousands of ways, and see whether the unit tests notice."""
    install(session, "ansible-core", "mutation")
    copy(WORK / "mutation-tree")
    session.run("python", "tests/campaigns/mutation", *session.posargs)


@on_newest
def demo(session: nox.Session) -> None:
    """Show the collection at work on a simulated estate."""
    page = ROOT / "build" / "access.html"
    run(session, ("ansible-core", "simulator"), "python", "examples/demo/run.py", DEMO_PAGE=page)


@on_newest
def bench(session: nox.Session) -> None:
    """Measure this collection beside what a user would write instead; nothing fails by a figure."""
    docs = ROOT / "docs" / "benchmarks"
    run(session, ("bench",), "python", "-m", "campaigns.bench", BENCH_DOCS=docs, BENCH_REPOSITORY=ROOT)


@on_newest
def simulator(session: nox.Session) -> None:
    """Run the simulator in the foreground; `. .nox/simulator.env` in another terminal makes its clouds known there."""
    options = ["--environment-file", str(WORK / "simulator.env")]
    run(session, ("ansible-core", "simulator"), "python", "-u", "-m", "simulator", *options)


@on_newest
def picture(session: nox.Session) -> None:
    """Make the pictures of the README: a plan of its first playbook, in a terminal, and the page of access."""
    folder = str(ROOT / "docs" / "pictures")
    run(session, ("docs", "simulator", "browser"), "python", "tests/tools/picture.py", folder)


@on_newest
def build(session: nox.Session) -> None:
    """Build the collection artifact into build/."""
    options = ["--force", "--output-path", str(ROOT / "build")]
    run(session, ("ansible-core",), "ansible-galaxy", "collection", "build", *options)


@on_newest
def docs(session: nox.Session) -> None:
    """Build the documentation, generated from plugins, guides and documents, into build/docs/; fails on a warning."""
    install(session, "docs")
    place, output = WORK / "site", ROOT / "build" / "docs"
    for folder in (place, output):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
    with collection(session) as path:
        options = ("--use-current", "--fail-on-error", "--squash-hierarchy", "--dest-dir", str(place))
        session.run("antsibull-docs", "collection", *options, "grantops.cloud", silent=True)
        site.prepare(path, place)
        session.run("sphinx-build", "-qnWE", "--keep-going", "-c", "docs/site", str(place), str(output))
    session.log(f"{site.check(output)} links within the site were followed. Open {output / 'index.html'}")


antsibull_nox.load_antsibull_nox_toml()
# Not in the processes of sessions that run side by side: one would take away what another has just begun to make.
for name in () if "--parallel-worker" in sys.argv else nox.registry.get():
    # Interrupted while it was made, or its Python is gone: nox would reuse it all the same.
    place = WORK / name.replace(".", "-")
    if place.is_dir() and not (place / "bin" / "python").exists():
        shutil.rmtree(place)
