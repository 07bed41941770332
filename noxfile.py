# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All checks and tests. `make help` lists what one usually needs, `.nox/bootstrap/bin/nox -l` all sessions.

Lint sessions come from antsibull-nox (antsibull-nox.toml). The others are here, because they run
ansible-test in virtual environments (no containers) and against a simulator of both clouds.
What they share lives below .nox: virtual environments, the collection tree, ansible-test's home.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests"))

import antsibull_nox
import nox
import nox.registry

from tools import awx_collection, home, pythons, simulator, site, target, tree, versions

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.reuse_venv = "yes"
nox.options.stop_on_first_error = False

WORK = ROOT / ".nox"
PYTHONS = pythons.put_on_path(WORK / "pythons")
# The newest ansible-core runs on the first of these that is there, and the oldest supported one likewise.
NEWEST = os.environ.get("NEWEST_PYTHON") or pythons.first(PYTHONS, "3.13", "3.12", "3.14", "3.11")
OLDEST = os.environ.get("OLDEST_PYTHON") or pythons.first(PYTHONS, *versions.CORES[versions.OLDEST_CORE][0])

# The script of this name does not start in a folder with a space in its name.
ANSIBLE_TEST = "ansible_test._util.target.cli.ansible_test_cli_stub"

# Neither a developer's settings nor real credentials may reach a test.
for name in list(os.environ):
    if name.startswith(("ANSIBLE_", "HUAWEICLOUD_", "HW_", "OS_", "UCLOUD_")):
        del os.environ[name]
for name in ("no_proxy", "NO_PROXY"):
    os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
os.environ.setdefault("UV_COMPILE_BYTECODE", "1")
os.environ.update(home.uv_variables())
simulator.interrupt_on_terminate()

antsibull_nox.load_antsibull_nox_toml()


def install(session: nox.Session, *arguments: str) -> None:
    """Install requirements, whose hashes must be right, unless exactly these are there from an earlier run."""
    digest = sha256(repr((arguments, sys.platform)).encode())
    for path in sorted(ROOT.glob("tests/*/requirements.txt")) + sorted(ROOT.glob("tests/requirements/*.txt")):
        digest.update(path.read_bytes())
    stamp = Path(session.virtualenv.location) / "installed"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    session.install("--require-hashes", *arguments)
    stamp.write_text(digest.hexdigest())


def results(session: nox.Session, part: str = "") -> Path:
    """An empty folder for the JUnit files of a session, or of a part of it; the summary counts them."""
    folder = WORK / "results" / session.name / part
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextlib.contextmanager
def collection(session: nox.Session) -> Iterator[Path]:
    """Work inside a fresh copy of the collection, at a place where Ansible finds it."""
    path = tree.sync(ROOT, WORK / "tree")
    session.env["ANSIBLE_COLLECTIONS_PATH"] = str(WORK / "tree")
    with session.chdir(path):
        yield path


def ansible_test(session: nox.Session, *arguments: str, part: str = "") -> None:
    """Run ansible-test with a home of its own and keep its JUnit files."""
    kept = results(session, part)
    with collection(session) as path:
        output = path / "tests" / "output" / "junit"
        shutil.rmtree(output, ignore_errors=True)
        try:
            session.run(
                "python",
                "-m",
                ANSIBLE_TEST,
                *arguments,
                *session.posargs,
                env={"HOME": str(home.prepare(WORK / "home"))},
            )
        finally:
            for file in output.glob("*.xml"):
                shutil.copy(file, kept)


@contextlib.contextmanager
def simulated_clouds(session: nox.Session, path: Path) -> Iterator[None]:
    """A running simulator, known to the integration tests by their configuration file."""
    python = Path(session.bin) / "python"
    config = path / "tests" / "integration" / "integration_config.yml"
    with simulator.running(python, path / "tests", WORK / "simulator.log", "--estate", "demo") as ready:
        config.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(config, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                json.dump({"simulator_url": ready["url"], "simulator": ready["credentials"]}, file)
            yield
        finally:
            config.unlink(missing_ok=True)


def target_python(session: nox.Session, core: str) -> None:
    """Make the oldest Python that ansible-core runs modules on known to the tests that use it."""
    version = versions.oldest_target(core, PYTHONS)
    if version is None:
        session.warn(f"No Python found that ansible-core {core} runs modules on, from {versions.CORES[core][1]} on")
        return
    python = target.prepare(PYTHONS[version], WORK / f"target-{version}")
    session.env["GRANTOPS_TARGET_PYTHON"] = str(python)


def pytest(session: nox.Session, *tests: str, coverage: bool = False, part: str = "") -> None:
    """Run pytest, in parallel, on what was asked for or everything; all of it must be covered well."""
    xml = results(session, part) / "pytest.xml"
    with collection(session) as path:
        data = WORK / "coverage"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        session.env["PYTHONPATH"] = os.pathsep.join([str(WORK / "tree"), str(path / "tests")])
        session.env["COVERAGE_FILE"] = str(data / "data")
        session.env["COVERAGE_PLUGINS"] = str(path / "plugins")
        session.env["COVERAGE_RCFILE"] = str(path / "tests" / "coverage.ini")
        named = any((path / argument.partition("::")[0]).exists() for argument in session.posargs)
        folders = [] if named else tests or ("tests/unit", "tests/functional")
        runner = ["coverage", "run", "-m", "pytest"] if coverage else ["pytest"]
        # A short path: ansible-core's sockets, in temporary folders of tests, must stay below 108 characters.
        short = Path(tempfile.mkdtemp(prefix="t"))
        options = [f"-n{min(os.cpu_count() or 1, 4)}", f"--junitxml={xml}", f"--basetemp={short}", "-ra"]
        # What the tests print goes into the file as well, to be looked through.
        options += ["-o", "junit_logging=all"]
        try:
            session.run("python", "-m", *runner, *options, *session.posargs, *folders)
            # Nothing that the tests printed or left may hold a secret of the simulated clouds.
            session.run("python", str(path / "tests" / "tools" / "secret_scan.py"), str(xml), str(short))
        finally:
            shutil.rmtree(short, ignore_errors=True)
            if coverage:
                session.run("coverage", "combine", str(data), silent=True, success_codes=[0, 1])
                for unreadable in data.glob("data.*"):
                    # Ansible may kill a worker that has returned its result before it has written its data.
                    unreadable.unlink()
                # A part of the tests need not cover everything.
                session.run("coverage", "report", *(["--fail-under=0"] if session.posargs else []))


def measured(session: nox.Session, command: str, *files: str) -> None:
    """Run these tests with all their examples, and write what they counted into docs/reliability.md."""
    install(session, "-r", "tests/requirements/ansible-core.txt", "-r", "tests/requirements/pytest.txt")
    figures = WORK / "figures" / command
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir(parents=True)
    with collection(session) as path:
        paths = os.pathsep.join([str(WORK / "tree"), str(path / "tests")])
        environment = {"PYTHONPATH": paths, "FUZZ": "long", "FUZZ_FIGURES": str(figures)}
        short = Path(tempfile.mkdtemp(prefix="t"))  # see pytest()
        options = [f"-n{min(os.cpu_count() or 1, 4)}", "-q", f"--basetemp={short}"]
        try:
            session.run("python", "-m", "pytest", *options, *files, *session.posargs, env=environment)
        finally:
            shutil.rmtree(short, ignore_errors=True)
    # From the working tree itself, whose document it writes.
    session.run("python", str(ROOT / "tests" / "tools" / "figures.py"), command, str(figures))


@nox.session(python=NEWEST, default=False)
def fuzz(session: nox.Session) -> None:
    """Bad input, bad answers and signatures with many more examples than `tests` has."""
    folder = "tests/functional/"
    measured(
        session, "fuzz", *(f"{folder}test_{name}.py" for name in ("bad_input", "bad_answers", "signing_properties"))
    )


@nox.session(python=NEWEST, default=False)
def secrets(session: nox.Session) -> None:
    """Search all that talkative playbooks print and leave for secrets."""
    measured(session, "secrets", "tests/functional/test_secret_scan.py", "tests/functional/test_secrets.py")


@nox.session(python=NEWEST, default=False)
def ruff(session: nox.Session) -> None:
    """Check the Python code and its format; with `-- fix`, correct both."""
    install(session, "-r", "tests/requirements/ruff.txt")
    fix = session.posargs == ["fix"]
    session.run("ruff", "check", "--quiet", *(["--fix"] if fix else []), success_codes=[0, 1] if fix else [0])
    session.run("ruff", "format", *([] if fix else ["--diff"]))


def add_tests(suffix: str, python: str | None, core: str, file: str, what: str) -> None:
    """Add the sessions that test the collection on one version of ansible-core."""

    def requirements(session: nox.Session, *arguments: str) -> None:
        if python is None:
            session.skip(f"No Python found that runs {what}")
        install(session, "-r", f"tests/requirements/{file}.txt", *arguments)

    def sanity(session: nox.Session) -> None:
        requirements(session)
        ansible_test(session, "sanity", "--venv", "--junit")

    def units(session: nox.Session) -> None:
        requirements(session)
        ansible_test(session, "units", "--venv", "--python", python)

    def tests(session: nox.Session) -> None:
        requirements(session, "-r", "tests/requirements/pytest.txt")
        target_python(session, core)
        pytest(session, coverage=not suffix)

    def integration(session: nox.Session) -> None:
        requirements(session, "-r", "tests/requirements/simulator.txt")
        with collection(session) as path, simulated_clouds(session, path):
            ansible_test(session, "integration", "--venv", "--python", python)

    sanity.__doc__ = f"ansible-test sanity on {what}, with every Python that is there."
    units.__doc__ = f"ansible-test units on {what}."
    tests.__doc__ = f"Unit and functional tests by pytest on {what}" + ("." if suffix else ", with coverage.")
    integration.__doc__ = f"ansible-test integration on {what}, against the simulator."
    for function in (sanity, units, tests, integration):
        nox.session(name=function.__name__ + suffix, python=python, default=False)(function)


NEWEST_CORE = "2.19" if NEWEST == "3.11" else versions.NEWEST_CORE
add_tests("", NEWEST, NEWEST_CORE, "ansible-core", "the newest ansible-core")
add_tests("-oldest", OLDEST, versions.OLDEST_CORE, "ansible-core-2.17", "the oldest supported ansible-core")


def add_pair(core: str, python: str, which: str) -> None:
    """Add the session that tests one pair of ansible-core and Python with one `requests`."""

    def pair(session: nox.Session) -> None:
        if python not in PYTHONS:
            session.skip(f"No Python {python} found")
        install(session, *(f"-rtests/requirements/{name}.txt" for name in (f"ansible-core-{core}", "pytest")))
        # In a second step: it takes the place of the one that came with the other requirements.
        session.install("--require-hashes", "-r", f"tests/requirements/{versions.requests_file(which)}.txt")
        target_python(session, core)
        session.env["GRANTOPS_REQUESTS"] = which
        pytest(session, "tests/unit", *PAIR_TESTS, part="units")
        # In this environment, not in one that ansible-test makes: here is the `requests` that is to be tested.
        with collection(session) as path, simulated_clouds(session, path):
            ansible_test(session, "integration", *os.environ.get("PAIR_TARGETS", "").split(), part="integration")

    pair.__doc__ = f"Unit and integration tests on ansible-core {core}, Python {python} and the {which} requests."
    nox.session(name=versions.session(core, python, which), python=python, default=False)(pair)


# Of the functional tests, those whose outcome depends on the versions.
PAIR_TESTS = tuple(f"tests/functional/test_{name}.py" for name in ("network", "requests", "target", "versions"))
for cell in versions.cells():
    add_pair(*cell)


@nox.session(python=NEWEST, default=False)
def platform(session: nox.Session) -> None:
    """AWX's injector, ansible-runner, ansible-builder, Galaxy: the collection where it is going to live."""
    install(session, "-r", "tests/requirements/platform.txt")
    xml = results(session) / "pytest.xml"
    with collection(session) as path:
        session.env["PYTHONPATH"] = os.pathsep.join([str(WORK / "tree"), str(path / "tests")])
        session.env["AWX_COLLECTIONS"] = str(awx_collection.unpack(Path(session.bin) / "python", WORK / "awx"))
        folders = (
            [] if any((path / name.partition("::")[0]).exists() for name in session.posargs) else ["tests/platform"]
        )
        options = [f"-n{min(os.cpu_count() or 1, 4)}", f"--junitxml={xml}", "-ra"]
        with tempfile.TemporaryDirectory(prefix="t") as short:
            session.run("python", "-m", "pytest", *options, f"--basetemp={short}/p", *session.posargs, *folders)


@nox.session(python=NEWEST, default=False)
def chaos(session: nox.Session) -> None:
    """Run the fault campaign: seeded faults at every point of a request's life, judged by what the server saw."""
    install(session, "-r", "tests/requirements/ansible-core.txt", "-r", "tests/requirements/simulator.txt")
    xml = results(session) / "chaos.xml"
    with collection(session) as path:
        tests = path / "tests"
        session.env["PYTHONPATH"] = os.pathsep.join([str(WORK / "tree"), str(tests / "functional"), str(tests)])
        document = ROOT / "docs" / "reliability.md"
        session.run("python", "-m", "chaos", "--junit", str(xml), "--document", str(document), *session.posargs)


@nox.session(python=NEWEST, default=False)
def audit(session: nox.Session) -> None:
    """Look for known vulnerabilities of what is pinned; skipped where the package index has no such data."""
    install(session, "-r", "tests/requirements/audit.txt")
    status = subprocess.run([Path(session.bin) / "python", "tests/tools/audit.py"], check=False).returncode
    if status == 75:
        session.skip("The package index has no vulnerability data, so nothing is known: run it where there is some")
    if status:
        session.error("Something that is pinned has a known vulnerability, or pip-audit failed: see above")


@nox.session(python=NEWEST, default=False)
def mutation(session: nox.Session) -> None:
    """Change the code in thousands of ways, and see whether the unit tests notice."""
    install(session, "-r", "tests/requirements/ansible-core.txt", "-r", "tests/requirements/mutation.txt")
    session.run("python", "tests/tools/mutation.py", *session.posargs)


@nox.session(python=NEWEST, default=False)
def demo(session: nox.Session) -> None:
    """Show the collection at work on a simulated estate."""
    install(session, "-r", "tests/requirements/ansible-core.txt", "-r", "tests/requirements/simulator.txt")
    with collection(session):
        session.run("python", "docs/demo/run.py", *session.posargs)


@nox.session(python=NEWEST, default=False)
def bench(session: nox.Session) -> None:
    """Measure this collection beside what a user would write instead; nothing fails by a figure."""
    install(session, "-r", "tests/requirements/bench.txt")
    with collection(session) as path:
        paths = os.pathsep.join([str(WORK / "tree"), str(path / "tests")])
        env = {"PYTHONPATH": paths, "BENCH_DOCS": str(ROOT / "docs" / "benchmarks")}
        session.run("python", "-m", "bench", *session.posargs, env=env)


@nox.session(name="simulator", python=NEWEST, default=False)
def run_simulator(session: nox.Session) -> None:
    """Run the simulator in the foreground; it prints addresses and demo credentials."""
    install(session, "-r", "tests/requirements/ansible-core.txt", "-r", "tests/requirements/simulator.txt")
    tree.sync(ROOT, WORK / "tree")
    # What it prints can be pasted into another terminal: Ansible, the collection, and the demo's credentials.
    print(f"export PATH={shlex.quote(session.bin)}:$PATH ANSIBLE_COLLECTIONS_PATH={shlex.quote(str(WORK / 'tree'))}")
    session.run("python", "-u", "-m", "simulator", *session.posargs, env={"PYTHONPATH": str(ROOT / "tests")})


@nox.session(python=NEWEST, default=False)
def picture(session: nox.Session) -> None:
    """Make the picture of the README: a plan of its first playbook, in a terminal."""
    install(session, "-r", "tests/requirements/docs.txt", "-r", "tests/requirements/simulator.txt")
    with collection(session):
        session.run("python", "tests/tools/picture.py", str(ROOT / "docs" / "pictures" / "plan.svg"))


@nox.session(python=NEWEST, default=False)
def build(session: nox.Session) -> None:
    """Build the collection artifact into build/."""
    install(session, "-r", "tests/requirements/ansible-core.txt")
    with collection(session):
        session.run("ansible-galaxy", "collection", "build", "--force", "--output-path", str(ROOT / "build"))


@nox.session(python=NEWEST, default=False)
def docs(session: nox.Session) -> None:
    """Build the documentation, generated from plugins, guides and documents, into build/docs/; fails on a warning."""
    install(session, "-r", "tests/requirements/docs.txt")
    place, output = WORK / "site", ROOT / "build" / "docs"
    for folder in (place, output):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
    # Elsewhere: Ansible does not find the role of a collection that lies within another ansible_collections.
    with tempfile.TemporaryDirectory() as elsewhere:
        path = tree.sync(ROOT, Path(elsewhere))
        session.env["ANSIBLE_COLLECTIONS_PATH"] = elsewhere
        options = ("--use-current", "--fail-on-error", "--squash-hierarchy", "--dest-dir", str(place))
        session.run("antsibull-docs", "collection", *options, "grantops.cloud", silent=True)
        site.prepare(path, place)
        config = str(path / "docs" / "site")
        session.run("sphinx-build", "-q", "-n", "-W", "--keep-going", "-E", "-c", config, str(place), str(output))
    session.log(f"{site.check(output)} links within the site were followed. Open {output / 'index.html'}")


for name in nox.registry.get():
    # Interrupted while it was made, or its Python is gone: nox would reuse it all the same.
    place = WORK / name.replace(".", "-")
    if place.is_dir() and not (place / "bin" / "python").exists():
        shutil.rmtree(place)
