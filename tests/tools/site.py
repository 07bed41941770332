# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the site has beside the pages that antsibull-docs makes: the Markdown documents below docs/ and the pictures."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tools import report

PUBLISHED = "https://grantops.github.io/cloud/"
REPOSITORY = "https://github.com/grantops/cloud/blob/main/"
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")
REPORT = re.compile(r"<!-- report: (\S+) -->")
# Their own pages are guides; the others are no documents of their own.
NOT_HERE = ("docsite", "site", "_build")
DOCUMENTS = "Figures and reference"
# What the generated index has, and what takes its place
TITLE = "Grantops.Cloud\n======"
AUTHOR = "**Author:**"
EMPTY = "\n\n.. toctree::\n    :maxdepth: 1\n\nGuides\n"
# Filters are the playbooks' own: ansible-doc tells of them, and nothing leads a reader there.
FILTERS = r"(?s)\.\. _filter_plugins_in_.*?(?=\.\. _)"
IMAGE = ".. image:: documents/pictures/plan.svg\n   :alt: A terminal with the permissions that a playbook would change"


def prepare(root: Path, sources: Path) -> None:
    """Add the documents to the generated sources of the site, and to its index."""
    documents = sources / "documents"
    paths = {path: path.relative_to(root / "docs").with_suffix("") for path in sorted((root / "docs").rglob("*.md"))}
    names = {path: name.as_posix() for path, name in paths.items() if name.parts[0] not in NOT_HERE}
    for folder in (root / "examples" / "awx", root / "roles" / "permissions"):
        names[folder / "README.md"] = folder.name
    for path, name in names.items():
        target = documents / f"{name}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = links(path.read_text(encoding="utf-8"), root, path.parent)
        target.write_text(REPORT.sub(measured, text), encoding="utf-8")
    shutil.copytree(root / "docs" / "pictures", documents / "pictures")
    for page in sources.glob("*_module.rst"):
        # The label is in Ansible's own documentation, which is not read here.
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(":ref:`action plugin <action_plugins>`", "action plugin"), encoding="utf-8")
    for page in sources.glob("*_filter.rst"):
        page.unlink()
    front = sources / "index.rst"
    front.write_text(index(front.read_text(encoding="utf-8"), [*names.values()]), encoding="utf-8")


def measured(mark: re.Match) -> str:
    """What the command of this name has reported last."""
    kept = report.REPORTS / f"{mark[1]}.md"
    without = f"This site was built without the figures of `make {mark[1]}`."
    return kept.read_text(encoding="utf-8") if kept.exists() else without


def index(text: str, names: list[str]) -> str:
    """The generated index with the picture, the documents, and what the side bar needs: short names and captions."""
    entries = "".join(f"    documents/{name}\n" for name in names)
    text += f"\n{DOCUMENTS}\n{'-' * len(DOCUMENTS)}\n\n.. toctree::\n    :maxdepth: 1\n\n{entries}"
    for old, new in (
        (FILTERS, ""),
        (re.escape(TITLE), TITLE.lower()),
        (re.escape(AUTHOR), f"{IMAGE}\n\n{AUTHOR}"),
        (re.escape(EMPTY), "\n\nGuides\n"),
    ):
        text, found = re.subn(old, new, text)
        if found != 1:
            raise SystemExit(f"antsibull-docs writes another index than expected: it has no {old!r}")
    lines, heading = text.splitlines(), ""
    for number, line in enumerate(lines):
        if re.match(r"[-~]{3,}$", line):
            heading = lines[number - 1]
        elif line == ".. toctree::":
            lines[number] += f"\n    :caption: {heading}"
        else:
            lines[number] = re.sub(r"^    (\w+)_(module|role)$", r"    \1 <\g<1>_\2>", line)
    return "\n".join(lines) + "\n"


def links(text: str, root: Path, folder: Path) -> str:
    """``text`` with links to files that are no documents of the site led to the repository."""

    def lead(found: re.Match) -> str:
        target = found[2]
        if re.match(r"[a-z]+:", target) or not target:
            return found[0]
        name = Path(os.path.normpath(folder / target)).relative_to(root)
        if not (root / name).exists():
            raise SystemExit(f"{folder.relative_to(root)}: a link leads to {target}, which does not exist")
        document = name.suffix == ".md" and name.parts[0] == "docs" and name.parts[1] not in NOT_HERE
        picture = name.parts[:2] == ("docs", "pictures")
        return found[0] if document or picture else found[1] + REPOSITORY + name.as_posix() + found[3]

    return LINK.sub(lead, text)


def check(site: Path) -> int:
    """Follow every link of the built pages that stays within the site, and say how many there are."""
    pages = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    targets = {page: set(re.findall(r'\b(?:id|name)="([^"]+)"', text)) for page, text in pages.items()}
    broken, followed = [], 0
    for page, text in pages.items():
        for link in re.findall(r'\b(?:href|src)="([^"]+)"', text) + re.findall(rf"{PUBLISHED}[\w./#-]+", text):
            path, _hash, fragment = re.sub(r"\?[^#]*", "", link).partition("#")
            place = site / path.removeprefix(PUBLISHED) if path.startswith(PUBLISHED) else page.parent / path
            if re.match(r"[a-z]+:", path) and not path.startswith(PUBLISHED):
                continue
            followed += 1
            target = Path(os.path.normpath(place)) if path else page
            if not target.exists() or (fragment and fragment not in targets.get(target, {fragment})):
                broken.append(f"{page.relative_to(site)}: {link}")
    if broken:
        raise SystemExit("These links lead nowhere:\n" + "\n".join(sorted(set(broken))))
    return followed
