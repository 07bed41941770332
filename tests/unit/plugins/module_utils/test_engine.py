# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read, plan, write: the engine on a small resource."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils import _text as texts
from ansible_collections.grantops.cloud.plugins.module_utils._engine import execute as engine
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Desired, Name, ResourceAPI, State
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, Box, ToyAPI, toy

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


def test_check_mode_writes_nothing_and_predicts():
    box = Box(n1=toy())
    outcome = engine.run(ToyAPI(box), [desired(text="new")], check_mode=True)
    assert outcome.changed is True
    assert outcome.states == [({"id": "n1"}, toy(text="new"), {})]
    assert box.writes == []


def test_no_difference_no_write():
    box = Box(n1=toy())
    assert engine.run(ToyAPI(box), [desired(text="t")]).changed is False
    assert box.writes == []
    assert len(box.reads) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_one_bad_entry_means_nothing_is_written(order):
    box = Box(n1={"text": "t"})
    with pytest.raises(errors.TaskError, match="toy n2 does not exist") as caught:
        engine.run(ToyAPI(box), [desired(1, text="new"), desired(2, text="new")][::order])
    assert box.writes == []
    assert len(caught.value.problems) == 2
    assert caught.value.hint == "Check id."


def test_a_refused_plan_names_the_resource():
    with pytest.raises(errors.TaskError, match=r"toys\[1\]: toy n1: a write sends the whole resource") as caught:
        engine.run(ToyAPI(Box(n1={"text": "t"})), [desired(text="new")])
    assert caught.value.hint is None  # it is there: its name is right


def test_what_a_look_does_not_show_is_in_the_result_as_it_was_written():
    box = Box(n1=toy(note="n"))
    box.on_read = lambda ids: box.toys["n1"].pop("note") if box.writes else None
    (state,) = engine.run(ToyAPI(box), [desired(text="new")]).states
    assert state[1] == toy(text="new", note="n")


def test_a_failed_read_says_what_was_read():
    box = Box()

    def fail(ids):
        raise errors.ResponseError("nonsense")

    box.on_read = fail
    with pytest.raises(errors.RunError, match="Could not read toy n1, so nothing was written. nonsense"):
        engine.run(ToyAPI(box), [desired()])
    with pytest.raises(errors.RunError, match="Could not read 2 toys"):
        engine.run(ToyAPI(box), [desired(1), desired(2)])


def test_the_state_after_the_write_is_the_result():
    box = Box(n1=toy())
    outcome = engine.run(ToyAPI(box), [desired(text="new")])
    assert outcome.states == [({"id": "n1"}, toy(text="new"), {})]
    assert box.writes == [["n1"]]


def test_a_secret_is_shown_only_as_a_change():
    values = {"secret": "s3cret-s3cret", "text": "x"}
    assert planning.shown(TOY, values) == {"secret": "<hidden>", "text": "x"}
    assert planning.shown(TOY, values, new=True) == {"secret": "<new value hidden>", "text": "x"}


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
