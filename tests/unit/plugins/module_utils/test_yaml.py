# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML for diffs, messages and files, as PyYAML reads it."""

from __future__ import annotations

import pytest

hypothesis = pytest.importorskip("hypothesis")
pyyaml = pytest.importorskip("yaml")

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.grantops.cloud.plugins.module_utils import _yaml

TEXTS = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), max_size=10)
WORDS = st.sampled_from(
    ["true", "No", "on", "NULL", "~", "", "1", "1.5", "0x1F", "1e3", "2027-01-01", "a: b", "a #b", "- a", "a ", " a",
     "<hidden>", "PUB|SUB", "*", "&a", "!x", "%a", "@a", "`", "'", '"', "\\", "[a]", "{a}", "a,b", "?", ":", "1_000", "y",
     ".inf", ".nan", "=", "-", "---", "...", "<a", "12:30:45", "a:", "é", "👍"]
)  # fmt: skip
TEMPLATES = st.sampled_from(["{{ x }}", "{% raw %}", "{# x", "a {{ b"])
KEYS = st.one_of(WORDS, TEXTS, TEMPLATES)
LEAVES = st.one_of(KEYS, st.booleans(), st.none(), st.integers())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


class Loader(pyyaml.SafeLoader):
    """Reads what Ansible does not take for a template."""


class Marked(str):
    """A text that was read with the mark."""


Loader.add_constructor("!unsafe", lambda loader, node: Marked(loader.construct_scalar(node)))


def texts(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] if isinstance(value, str) else [text for each in inner for text in texts(each)]


MAPPINGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


@given(st.one_of(MAPPINGS, st.lists(VALUES, min_size=1, max_size=4)))
def test_what_is_dumped_is_read_as_it_was(value):
    assert pyyaml.safe_load(_yaml.dump(value)) == value


@given(MAPPINGS, st.integers(0, 60), st.booleans(), st.booleans())
def test_lines_and_flows_are_read_as_they_were(value, width, sort, unsafe):
    for text in ("\n".join(_yaml.lines(value, width, sort, unsafe)), _yaml.flow(value, sort, unsafe)):
        read = pyyaml.load(text, Loader=Loader)
        assert read == value
        assert list(read) == (sorted(value) if sort else list(value))
        marks = ("{{", "{%", "{#") if unsafe else ()
        assert all(isinstance(each, Marked) is any(mark in each for mark in marks) for each in texts(read))


def test_what_fits_into_the_width_is_on_one_line():
    value = {"b": {"k": ["p", "q"], "l": "r"}, "a": ["s", "t"]}
    assert list(_yaml.lines(value, 9, sort=False)) == ["b:", "  k:", "    - p", "    - q", "  l: r", "a: [s, t]"]
    assert list(_yaml.lines(value, 11, sort=False)) == ["b:", "  k: [p, q]", "  l: r", "a: [s, t]"]
    assert list(_yaml.lines(value, 22, sort=False)) == ["b: {k: [p, q], l: r}", "a: [s, t]"]


def test_nothing_is_an_empty_text():
    assert _yaml.dump({}) == ""


def test_keys_are_sorted_and_lists_indented():
    value = {"b": ["x", {"k": 1, "l": []}], "a": {"d": {}, "c": [["{{ x }}"]]}}
    assert _yaml.dump(value) == 'a:\n  c:\n    - - "{{ x }}"\n  d: {}\nb:\n  - x\n  - k: 1\n    l: []\n'


@pytest.mark.parametrize("word", ["orders", "PUB|SUB", "<hidden>", "a/b", "my-app_1.x", "a, b"])
def test_plain_words_stay_readable(word):
    assert (_yaml.scalar(word), _yaml.scalar("{{ x }}")) == (word, '"{{ x }}"')


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": ["x", 1], "a": {}}, "{a: {}, b: [x, 1]}"),
        ([], "[]"),
        ("a b", "a b"),
        ("{{ x }}", '"{{ x }}"'),
        (["a, b", ("c",)], '["a, b", [c]]'),
        (True, "true"),
        (None, "null"),
        ("1", '"1"'),
    ],
)
def test_one_line_for_messages(value, text):
    assert _yaml.flow(value) == text


@pytest.mark.parametrize("value", ["a\n", "<<"])
def test_what_only_looks_plain_is_quoted(value):
    assert pyyaml.safe_load(_yaml.dump({value: {"a": value}})) == {value: {"a": value}}
