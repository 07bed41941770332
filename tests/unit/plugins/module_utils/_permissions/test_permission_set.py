# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is compared of two principals, and what a message may quote."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions.grants import QUOTES
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.permission_set import differences, type_of
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import State
from ansible_collections.grantops.cloud.tests.unit import cases


@cases.every
def test_all_permissions_are_compared_and_neither_names_nor_secrets(case):
    fields = [field for field in case.resource.fields if not field.type.secret]
    compared = [field for field in fields if field.option != case.resource.identity[-1].option]
    one, other = (State({}, {field.option: (value,) for field in fields}) for value in "ab")
    assert differences(case.resource, one, other) == compared
    assert differences(case.resource, one, one) == []
    # What a service shows only where it is not empty
    nothing = State({}, {field.option: () for field in fields})
    assert differences(case.resource, State({}, {}), nothing) == [field for field in compared if field.fill]


class Tagged(str):
    """A text as ansible-core since 2.19 gives it."""

    def __repr__(self):
        return "a tag"


@pytest.mark.parametrize(
    "value, text",
    [
        (Tagged("x"), "'x'"),
        ({Tagged("topics"): [Tagged("x"), 1, 1.5, None, True]}, "{'topics': ['x', 1, 1.5, None, True]}"),
        ({"colour": ["x", "PUB", None, True, 7, {"topics": "x"}]},
         "{'colour': ['<hidden>', 'PUB', None, True, '<hidden>', {'topics': '<hidden>'}]}"),
        ({"token_id": ("x",), "allowed_ops": "y", "secret_key": "z"}, "{'token_id': ['x'], 'allowed_ops': 'y', 'secret_key': '<hidden>'}"),
    ],
)  # fmt: skip
def test_a_value_is_quoted_as_it_was_written_where_it_can_be_no_secret(value, text):
    assert QUOTES.brief(value) == text


def test_of_a_value_that_may_be_a_secret_only_the_type_is_told():
    values = ([], (), None, "x", 1, {})
    assert [type_of(value) for value in values] == [
        "a list",
        "a list",
        "nothing",
        "a text",
        "a single value",
        "a single value",
    ]
    assert QUOTES.mapping({"state": "x"}) == "{'state': 'x'}" and QUOTES.mapping("x") == "a text"
