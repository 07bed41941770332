# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Help where one works: ansible-doc at 80 columns, ansible-navigator, and examples that ansible-lint has nothing against."""

from __future__ import annotations

import json
import re
import shutil

import awx
import pytest
import yaml
from commands import run

COLLECTION = "grantops.cloud."
WIDTH = 80
PLUGINS = {
    "module": sorted(path.stem for path in (awx.ROOT / "plugins" / "modules").glob("*.py")),
    "filter": sorted(path.stem for path in (awx.ROOT / "plugins" / "filter").glob("*.yml")),
    "role": ["permissions"],
}
ALL = [(kind, name) for kind, names in PLUGINS.items() for name in names]
# What ansible-doc itself sets, or a line that cannot be broken: where the file is, an address, a value as an example
OWN = re.compile(r"> |.*https?://|\s*sample: |\s*- \[|\s+[\w{].*[}\],]+\Z")


def doc(place, kind, *options):
    names = (COLLECTION + name for name in PLUGINS[kind])
    shown = {"COLUMNS": str(WIDTH), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_COLLECTIONS_PATH": str(place)}
    return run("ansible-doc", *options, "-t", kind, *names, errors=False, **shown)


@pytest.fixture(scope="session")
def documented(installed):
    found = {}
    for kind in PLUGINS:
        for name, entry in json.loads(doc(installed, kind, "-j")).items():
            found[kind, name.removeprefix(COLLECTION)] = entry
    assert set(found) == set(ALL)
    return found


@pytest.mark.parametrize("kind", PLUGINS)
def test_pages_read_well_at_80_columns(installed, kind):
    text = doc(installed, kind)
    assert len(re.findall(r"^> [A-Z]+:? ", text, re.MULTILINE)) == len(PLUGINS[kind])
    # ansible-doc wraps attributes at a width of its own.
    text = re.sub(r"^ATTRIBUTES:\n(?:\n|[ \t].*\n)*", "", text, flags=re.MULTILINE)
    wide = [line for line in text.splitlines() if len(line) > WIDTH and not OWN.match(line)]
    assert wide == []
    # Nothing that was meant to be markup is left.
    assert re.findall(r"\b[BCEILMOPRUV]\([^)]*\)", text) == []


def walk(options, below):
    """Every option, return value and field of one, at any depth, with where it is."""
    for name, option in options.items():
        yield f"{below}{name}", option
        yield from walk(
            option.get("suboptions") or option.get("options") or option.get("contains") or {}, f"{below}{name}."
        )


@pytest.mark.parametrize("kind, name", ALL)
def test_everything_is_documented_at_every_depth(documented, kind, name):
    entry = documented[kind, name]
    if kind == "role":
        options = {
            f"{point}:{key}": value
            for point, spec in entry["entry_points"].items()
            for key, value in spec["options"].items()
        }
        returned = {}
    else:
        options, returned = entry["doc"]["options"], entry["return"]
        assert entry["doc"]["version_added"] and entry["examples"] and returned
        assert [line for line in entry["examples"].splitlines() if len(line) > WIDTH] == []
    found = list(walk(options, "")) + list(walk(returned, "return "))
    assert found
    for where, option in found:
        text = option["description"] if isinstance(option["description"], str) else " ".join(option["description"])
        assert len(text) > 8 and text.rstrip().endswith((".", "…")), f"{where}: {text}"
        assert option.get("type"), where
    if kind == "module" and not name.endswith("_info") and name != "probe":
        assert any("." in where for where, _unused in walk(options, "")), "no suboption was looked at"


@pytest.mark.parametrize(
    "name",
    [
        "permissions",
        *(pytest.param(name, marks=pytest.mark.long) for name in PLUGINS["module"] if name != "permissions"),
    ],
)
def test_ansible_navigator_shows_the_same(installed, documented, name, tmp_path):
    options = ("--execution-environment", "false", "--mode", "stdout", "--log-file", tmp_path / "navigator.log")
    shown = {"COLUMNS": str(WIDTH), "NO_COLOR": "1", "ANSIBLE_COLLECTIONS_PATH": str(installed)}
    text = run("ansible-navigator", "doc", COLLECTION + name, *options, cwd=tmp_path, **shown)
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    for where, _unused in walk(documented["module", name]["doc"]["options"], ""):
        assert re.search(rf"^\s*[-=]? {re.escape(where.split('.')[-1])}\s", text, re.MULTILINE), where
    assert "RETURN VALUES" in text and "EXAMPLES" in text


# -- examples --------------------------------------------------------------------------------------


def examples(documented):
    """Every piece of YAML that somebody may copy, as files for ansible-lint: name and text."""
    for kind, name in ALL:
        if kind == "module":
            yield f"playbooks/{name}.yml", as_play(yaml.safe_load(documented[kind, name]["examples"]), name)
    for guide in [
        awx.ROOT / "README.md",
        awx.ROOT / "roles" / "permissions" / "README.md",
        *(awx.ROOT / "docs").rglob("*.md"),
    ]:
        text = guide.read_text(encoding="utf-8")
        for number, block in enumerate(re.findall(r"^```ya?ml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)):
            content = yaml.safe_load(block)
            if isinstance(content, list) and all(isinstance(entry, dict) for entry in content):
                label = "-".join(guide.relative_to(awx.ROOT).with_suffix("").parts).lower()
                if any("hosts" in entry for entry in content):
                    yield f"playbooks/{label}-{number}.yml", block if block.startswith("---") else f"---\n{block}"
                elif any(COLLECTION in key for entry in content for key in entry):
                    yield f"playbooks/{label}-{number}.yml", as_play(content, label)


class Indented(yaml.SafeDumper):
    """Writes lists as yamllint wants them."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def as_play(tasks, name):
    play = {"name": f"Examples of {name}", "hosts": "localhost", "gather_facts": False, "tasks": tasks}
    return "---\n" + yaml.dump([play], Dumper=Indented, sort_keys=False, width=150)


def lint(folder):
    shutil.copy(awx.ROOT / ".ansible-lint", folder)
    shutil.copy(awx.ROOT / ".yamllint", folder)
    (folder / ".gitignore").write_text("", encoding="utf-8")
    return ("ansible-lint", "--profile", "production", "--strict", "--offline", "--nocolor", "--format", "pep8")


@pytest.mark.long
def test_ansible_lint_has_nothing_against_any_example(documented, tmp_path):
    folder = tmp_path / "examples"
    (folder / "playbooks").mkdir(parents=True)
    made = dict(examples(documented))
    assert len(made) >= len(PLUGINS["module"]) + 3
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(awx.DOCS / "project" / "grants", folder / "grants")
    project = [f"examples/awx/project/{name}.yml" for name in ("plan", "apply", "report")]
    for place in ("examples/demo/permissions.yml", *project):
        name = place.replace("/", "-")
        (folder / "playbooks" / name).write_text((awx.ROOT / place).read_text(encoding="utf-8"), encoding="utf-8")
    output = run(*lint(folder), cwd=folder, HOME=str(tmp_path))
    assert "Passed: 0 failure(s), 0 warning(s)" in output, output


@pytest.mark.long
def test_ansible_lint_would_find_a_bad_example(tmp_path):
    folder = tmp_path / "examples"
    (folder / "playbooks").mkdir(parents=True)
    tasks = [{"grantops.cloud.ucloud_ufile_token": {"token_name": "reports"}, "no_log": "yes please"}]
    (folder / "playbooks" / "bad.yml").write_text(as_play(tasks, "a mistake"), encoding="utf-8")
    output = run(*lint(folder), cwd=folder, HOME=str(tmp_path), status=2)
    assert "name[missing]" in output and "schema" in output, output
