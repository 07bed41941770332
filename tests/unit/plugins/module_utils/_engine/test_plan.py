# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of one resource."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _text as texts
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import State
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, ToyAPI, desired, toy

API = ToyAPI(None)


def plan(current, purge=True, **values):
    return planning.plan(API, desired(purge=purge, **values), State({"id": "n1"}, current))


@pytest.mark.parametrize(
    ("existing", "values", "action", "before", "after"),
    [
        (toy(), {"text": "t", "set": ("a",), "rows": {}}, planning.NONE, {}, {}),
        (toy(), {"text": "new"}, planning.UPDATE, {"text": "t"}, {"text": "new"}),
        (toy(), {"note": "n"}, planning.UPDATE, {}, {"note": "n"}),  # it was not known
        ({"set": ("a",)}, {"set": ("a",)}, planning.NONE, {}, {}),  # nor what only a write would need
    ],
)
def test_a_plan_holds_what_changes_and_all_that_is_planned(existing, values, action, before, after):
    change = plan(existing, **values)
    assert (change.action, change.before, change.after) == (action, before, after)
    assert change.planned == {**existing, **values}


def test_a_plan_changes_neither_side():
    current, entry = toy(), desired(set=("b",), purge=False)
    planning.plan(API, entry, State({"id": "n1"}, current))
    assert current == toy()
    assert entry.values == {"set": ("b",)}


@pytest.mark.parametrize(
    ("existing", "options", "said"),
    [
        (
            {"set": ()},
            {"set": ("a",)},
            "a write sends the whole resource, but the service did not return text, rows; give it in the task",
        ),
        (
            {"text": "t", "rows": {}},
            {"set": ("a",), "purge": False},
            "nothing can be added to set, since the service did not return it; use purge: true",
        ),
    ],
)
def test_a_field_that_a_write_needs_and_nobody_knows_is_refused(existing, options, said):
    with pytest.raises(texts.Refused) as caught:
        plan(existing, **options)
    assert str(caught.value) == said


@pytest.mark.parametrize(("purge", "values"), [(True, {"set": ("a",)}), (False, {"text": "new"})])
def test_what_is_to_be_exactly_so_needs_no_knowledge_of_what_was(purge, values):
    existing = {option: value for option, value in toy().items() if option not in values}
    assert plan(existing, purge=purge, **values).action == planning.UPDATE


def test_a_secret_is_shown_only_as_a_change():
    values = {"secret": "s3cret-s3cret", "text": "x"}
    assert planning.shown(TOY, values) == {"secret": "<hidden>", "text": "x"}
    assert planning.shown(TOY, values, new=True) == {"secret": "<new value hidden>", "text": "x"}
