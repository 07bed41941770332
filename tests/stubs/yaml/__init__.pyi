# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from typing import Any

from . import constructor as constructor

class Mark:
    line: int
    column: int

class Node:
    value: Any
    start_mark: Mark

class ScalarNode(Node): ...
class SequenceNode(Node): ...
class MappingNode(Node): ...
class YAMLError(Exception): ...

class MarkedYAMLError(YAMLError):
    problem: str | None
    problem_mark: Mark | None
    def __init__(
        self, context: str | None, context_mark: Mark | None, problem: str | None, problem_mark: Mark | None
    ) -> None: ...

class SafeLoader:
    def get_single_node(self) -> Node | None: ...
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]: ...

class CSafeLoader(SafeLoader): ...

def load(stream: str, Loader: type[SafeLoader]) -> Any: ...
def compose(stream: str, Loader: type[SafeLoader] = ...) -> Node | None: ...
def safe_load(stream: str) -> Any: ...
