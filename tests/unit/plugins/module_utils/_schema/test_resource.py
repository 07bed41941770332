# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a resource has that says nothing of its own."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Desired, Name, ResourceAPI
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, ToyAPI

API = ToyAPI(None)


def desired(number=1, purge=True, **values):
    return Desired(f"toys[{number}]", {"id": f"n{number}"}, values, purge)


def test_the_base_of_a_resource_leaves_the_calls_to_the_resources():
    base = ResourceAPI(None)
    for call in (
        lambda: base.list({}),
        lambda: base.update([]),
        lambda: base.get([], False),
    ):
        with pytest.raises(NotImplementedError):
            call()


def test_a_name_is_neither_required_nor_part_of_a_path_unless_that_is_said():
    name = Name("token_id")
    assert (name.option, name.required, name.path, name.aliases) == ("token_id", False, False, ())
    assert name.spec() == {"type": "str"}


def test_the_key_of_no_name_is_the_scope():
    assert TOY.key({}) == ()
    assert TOY.describe({}) == "toy ?"


def test_rules_of_the_base_have_no_objections():
    assert list(API.check(desired())) == list(API.warn(desired())) == []
    assert API.reconcile(desired(), None, {"a": 1}) == {"a": 1}
    assert API.prepare([]) is None
