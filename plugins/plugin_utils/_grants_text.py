# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads grants from one text, as a survey or ``-e`` gives it: YAML or JSON, a list or a whole file of grants.

Not in module_utils, since a module cannot rely on PyYAML. Messages say where a mistake is, and quote nothing of the text,
since it may hold a key.
"""

from __future__ import annotations

import ast
import re
from typing import Any, Dict, NoReturn, Optional, Tuple

import yaml

Sizes = Dict[int, Tuple[int, Optional[int]]]  # id of a node -> its own size, and its whole size, once it is known

NAME = "permissions_grants"
# The largest text in characters, with its aliases written out: a few aliases of aliases turn one line into gigabytes.
# Five hundred grants may share two hundred topics.
LARGEST = 4 << 20
DATE = re.compile(r"\bdatetime\.date\((\d+), (\d+), (\d+)\)")  # as Python writes one
EACH = 8  # characters that are added for each value


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, whose first value would be lost silently, and aliases that grow without end."""

    def get_single_node(self) -> yaml.Node | None:
        node = super().get_single_node()
        if node is not None:
            sizes: Sizes = {}
            # Without aliases a text may be of any size.
            if self._measure(node, sizes) > max(LARGEST, sum(own for own, _whole in sizes.values())):
                self._refuse(node)
        return node

    def _measure(self, node: yaml.Node, sizes: Sizes) -> int:
        """The size of ``node`` with its aliases written out. Each node is measured once."""
        if id(node) not in sizes:
            own = EACH + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
            sizes[id(node)] = own, None
            parts: list[yaml.Node] = []
            if isinstance(node, yaml.MappingNode):
                parts = [part for pair in node.value for part in pair]
            elif isinstance(node, yaml.SequenceNode):
                parts = node.value
            sizes[id(node)] = own, own + sum(self._measure(part, sizes) for part in parts)
        whole = sizes[id(node)][1]
        if whole is None:  # an alias within its own anchor
            self._refuse(node)
        return whole

    @staticmethod
    def _refuse(node: yaml.Node) -> NoReturn:
        raise yaml.constructor.ConstructorError(None, None, "found aliases that stand for too much", node.start_mark)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if isinstance(node, yaml.MappingNode):
            seen = set()
            for key, _unused in node.value:
                if not isinstance(key, yaml.ScalarNode):  # a list or a mapping, which the loader refuses itself
                    continue
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, "found a key twice", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def load(grants: Any) -> tuple[Any, list[str]]:
    """``(grants, problems)``. Anything but text is returned as it is; a text must be a list of grants."""
    if not isinstance(grants, str):
        return grants, []
    made = from_python(str(grants))
    if made is not None:
        return made, []
    try:
        # The text as it is, without the marks that Ansible gives to a text.
        found = yaml.load(str(grants), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        return [], [f"{NAME}: the text is not YAML: {mistake(error)}"]
    except (yaml.YAMLError, ValueError, RecursionError):
        return [], [f"{NAME}: the text is not YAML"]
    if isinstance(found, dict) and list(found) == [NAME]:
        found = found[NAME]
    if isinstance(found, list):
        return found, []
    got = "nothing" if found is None else "a mapping" if isinstance(found, dict) else "a single value"
    if isinstance(found, dict) and NAME in found:
        got = f"{NAME} beside other variables, which have to be given on their own"
    return [], [f"{NAME}: the text must be a list of grants, as YAML or JSON; got {got}"]


def from_python(text: str) -> list[Any] | None:
    """The list in a text that ansible-core before 2.19 makes of a templated list with a date; ``None`` for other texts."""
    if not (text.startswith("[") and DATE.search(text)):
        return None
    try:
        found = ast.literal_eval(DATE.sub(lambda date: repr("{:0>4}-{:0>2}-{:0>2}".format(*date.groups())), text))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def mistake(error: yaml.MarkedYAMLError) -> str:
    """What is wrong with a text that is not YAML, and where; nothing of the text is quoted, since it may hold a key."""
    mark = error.problem_mark
    where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    # What a parser quotes may be a part of a secret.
    return re.sub(r"(['\"]).*\1", "…", error.problem or "a mistake", flags=re.DOTALL) + where


def lines(text: str) -> list[int]:
    """The lines, from 1, in which the grants of a file begin; empty where they are not known."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return []
    if isinstance(node, yaml.MappingNode):
        node = next((value for key, value in node.value if key.value == NAME), None)
    return [item.start_mark.line + 1 for item in node.value] if isinstance(node, yaml.SequenceNode) else []
