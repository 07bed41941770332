# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of one resource."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _text as texts
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Desired, State
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, ToyAPI, toy

API = ToyAPI(None)


def desired(number=1, purge=True, **values):
    return Desired(f"toys[{number}]", {"id": f"n{number}"}, values, purge)


def plan(current, purge=True, **values):
    return planning.plan(API, desired(purge=purge, **values), State({"id": "n1"}, current))


def test_a_plan_that_changes_nothing_has_no_difference():
    change = plan(toy(), text="t", set=("a",), rows={})
    assert (change.action, change.before, change.after) == (planning.NONE, {}, {})


def test_a_plan_holds_what_changes_and_the_whole_target():
    change = plan(toy(), text="new")
    assert (change.action, change.before, change.after) == (planning.UPDATE, {"text": "t"}, {"text": "new"})
    assert change.planned == toy(text="new")


def test_a_plan_changes_neither_side():
    current, entry = toy(), desired(set=("b",), purge=False)
    planning.plan(API, entry, State({"id": "n1"}, current))
    assert current == toy()
    assert entry.values == {"set": ("b",)}


def test_a_field_that_is_not_known_is_a_change_without_a_before():
    change = plan(toy(), note="n")
    assert (change.before, change.after) == ({}, {"note": "n"})


def test_a_field_that_a_write_needs_and_nobody_knows_is_refused():
    with pytest.raises(texts.Refused, match="the service did not return text; give it in the task"):
        plan({"set": (), "rows": {}}, set=("a",))


def test_a_field_that_a_write_needs_does_not_matter_without_a_write():
    assert plan({"set": ("a",)}, set=("a",)).action == planning.NONE


def test_adding_to_a_list_that_nobody_knows_is_refused():
    with pytest.raises(texts.Refused, match="nothing can be added to set"):
        plan({"text": "t", "rows": {}}, purge=False, set=("a",))


def test_what_is_to_be_exactly_so_needs_no_knowledge_of_what_was():
    for purge, wanted_value in ((True, {"set": ("a",)}), (False, {"text": "new"})):
        current = toy()
        current.pop(next(iter(wanted_value)))
        assert plan(current, purge=purge, **wanted_value).action == planning.UPDATE


def test_a_secret_is_shown_only_as_a_change():
    values = {"secret": "s3cret-s3cret", "text": "x"}
    assert planning.shown(TOY, values) == {"secret": "<hidden>", "text": "x"}
    assert planning.shown(TOY, values, new=True) == {"secret": "<new value hidden>", "text": "x"}
