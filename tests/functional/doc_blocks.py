# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows a guide as a reader does: its blocks of code in their order, in one folder, against the simulator.

- A block with a caption is a file of that name. Some command, or another file, must name it. A comment `.. run: merge`
  before it says that its lines are added to the YAML file that is there.
- A block of `shell` is typed into a terminal, which keeps what was exported. A comment `.. run: exit 2` before it says
  with which status it ends, `.. run: new terminal` that nothing but the addresses of the simulator is known there.
- A block of `text`, `diff` or `json` without a caption is what the last command printed: these lines in this order, and
  a line `...` stands for any number of others.
- Any other block has no way to be run, and is an error.

What looks at something must write nothing, and a playbook that was applied must find nothing to do the second time.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import harness
import prefork
import yaml

FILES = ("yaml", "json", "ini", "python")
OUTPUTS = ("text", "diff", "json")
LOOKS = re.compile(
    r"--check|\s-CD?\b|grantops\.cloud\.(plan|export|report|who|probe(?!.*probe_writes))|\bplan\.yml|_info\b|ansible-doc"
)
PLAYBOOK = re.compile(r"^ansible-playbook (?!grantops\.cloud\.(?:plan|export|report|who))\S+")
# Other ways to write a block
OTHER_BLOCK = re.compile(
    r"^ *(?:(?!\.\. ).*::$|\.\. (?:code|sourcecode|parsed-literal|literalinclude|include|highlight)\b)"
)
DIRECTIVE = re.compile(r"^(?P<indent> *)\.\. code-block:: (?P<language>\S+)$")


@dataclass
class Block:
    """A block of code of a guide, and where it stands."""

    guide: str
    line: int
    language: str
    text: str
    caption: str | None = None
    run: list[str] = field(default_factory=list)

    def __str__(self):
        return f"{self.guide}:{self.line}"


def blocks(path: Path) -> list[Block]:
    """Every block of code of a guide in reStructuredText."""
    lines, found, run = path.read_text(encoding="utf-8").splitlines(), [], []
    for number, line in enumerate(lines):
        if line.strip().startswith(".. run:"):
            run = [text.strip() for text in line.partition("run:")[2].split(",")]
        directive = DIRECTIVE.match(line)
        if not directive:
            assert not OTHER_BLOCK.match(line), f"{path.name}:{number + 1}: not seen by this parser: {line}"
            continue
        inner = " " * (len(directive["indent"]) + 3)
        body = []
        for text in lines[number + 1 :]:
            if text and not text.startswith(inner):
                break
            body.append(text[len(inner) :])
        options = {}
        while body and body[0].startswith(":"):
            name, _colon, value = body.pop(0)[1:].partition(":")
            options[name] = value.strip()
        text = textwrap.dedent("\n".join(body)).strip("\n") + "\n"
        found.append(Block(path.name, number + 1, directive["language"], text, options.get("caption"), run))
        run = []
    return found


class Reader:
    """A reader at his terminal. ``filled`` is what he puts in the place of a text of the guide.

    ``work`` is the folder that he is in, if there is one already.
    """

    def __init__(self, sim, folder, filled=(), work=None, collections=None):
        self.sim = sim
        # His home and what he exported hold his credentials: a folder of this name is not searched for secrets.
        self.home = folder / "inputs" / "home"
        self.work = work or folder / "work"
        self.filled = dict(filled)
        self.output = None
        self.unused = {}  # the files that nothing has named yet
        self.home.mkdir(parents=True)
        self.work.mkdir(parents=True, exist_ok=True)
        self._state = folder / "inputs" / "exported"
        self._terminal = terminal(self.home, collections or harness.COLLECTIONS)
        self._environment = sim.environment()

    def follow(self, block):
        text = self.fill(block.text)
        if block.caption:
            assert block.language in FILES, f"{block}: a file of {block.language}?"
            self.use(text)
            path = Path(block.caption.replace("~", str(self.home), 1))
            path = self.work / path
            path.parent.mkdir(parents=True, exist_ok=True)
            if "merge" in block.run:
                text = yaml.safe_dump(merged(yaml.safe_load(path.read_text(encoding="utf-8")), yaml.safe_load(text)))
            path.write_text(text, encoding="utf-8")
            self.unused[path.name] = block
        elif block.language == "shell":
            self.use(text)
            self.type(block, text)
        elif block.language in OUTPUTS:
            assert self.output is not None, f"{block}: nothing was printed"
            missing = first_missing(self.output, text)
            assert missing is None, f"{block}: {missing!r} is not next in\n{self.output}"
        else:
            raise AssertionError(f"{block}: {block.language} has no way to be run")

    def fill(self, text):
        for placeholder, value in self.filled.items():
            text = text.replace(placeholder, value)
        return text

    def use(self, text):
        """Take note of the files that ``text`` names."""
        self.unused = {name: block for name, block in self.unused.items() if name not in text}

    def type(self, block, text):
        """Type the lines of a block, and look what became of them."""
        if "new terminal" in block.run:
            self._state.unlink(missing_ok=True)
            self._environment = addresses(self.sim)
        status = next((int(word.split()[1]) for word in block.run if word.startswith("exit ")), 0)
        # Only a block of nothing but looks is held to write nothing.
        commands = [line for line in text.replace("\\\n", " ").splitlines() if line.startswith("ansible")]
        looks = bool(commands) and all(LOOKS.search(line) for line in commands)
        before = writes(self.sim)
        code = self._run(text)
        assert code == status, f"{block}: exit status {code} instead of {status}\n{self.output}"
        assert not looks or writes(self.sim) == before, f"{block}: it only looks, and has written"
        applied = [line for line in commands if PLAYBOOK.match(line) and not LOOKS.search(line)]
        if applied and "once" not in block.run:
            kept, before = self.output, writes(self.sim)
            assert self._run(applied[-1] + "\n") == 0, self.output
            assert "changed=0" in self.output, f"{block}: the second run is not without a change\n{self.output}"
            assert writes(self.sim) == before, block
            self.output = kept

    def _run(self, text):
        state = shlex.quote(str(self._state))
        script = f"set -eu\n[ ! -f {state} ] || . {state}\ntrap 'export -p > {state}' EXIT\n{text}"
        process = subprocess.run(
            ["bash", "-c", script],
            cwd=self.work,
            env={**self._terminal, **self._environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self.output = process.stdout
        return process.returncode


def addresses(sim):
    """Where the clouds are: of all that the simulator prints, what a user of the real ones needs not."""
    return {name: value for name, value in sim.environment().items() if value.startswith("http")}


def terminal(home, collections):
    """What a terminal has where Ansible and the collection are installed."""
    places = dict.fromkeys(("ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH"), str(collections))
    return harness.environment(home, PATH=prefork.first_on_path(), **places)


def merged(there, more):
    """Lists grow, mappings are laid over each other."""
    if isinstance(there, list):
        return there + more
    return {**there, **{key: merged(there[key], item) if key in there else item for key, item in more.items()}}


def writes(sim):
    return sum(sim.counters[kind] for kind in ("create", "write", "delete"))


def first_missing(output, expected):
    """The first line of ``expected`` that ``output`` does not have where it should, or None."""
    printed = [line.strip() for line in output.splitlines()]
    groups = [[]]
    for line in textwrap.dedent(expected).splitlines():
        if line.strip() == "...":
            groups.append([])
        elif line.strip():
            groups[-1].append(line.strip())
    start = 0
    for group in filter(None, groups):
        printed = [line for line in printed[start:] if line]
        places = [place for place in range(len(printed)) if printed[place : place + len(group)] == group]
        if not places:
            best = max(range(len(printed) + 1), key=lambda place: agree(printed[place:], group))
            return group[agree(printed[best:], group)]
        start = places[0] + len(group)
    return None


def agree(printed, group):
    """How many lines of ``group`` stand at the beginning of ``printed``."""
    for count, (found, desired) in enumerate(zip(printed, group)):
        if found != desired:
            return count
    return min(len(printed), len(group))
