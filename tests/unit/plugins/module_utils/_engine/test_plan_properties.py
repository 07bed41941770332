# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for every plan."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._engine import execute as engine
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Desired, State
from ansible_collections.grantops.cloud.tests.unit.toy import Box, ToyAPI

hypothesis = pytest.importorskip("hypothesis")  # ansible-test has none
st = pytest.importorskip("hypothesis.strategies")
given = hypothesis.given

API = ToyAPI(None)
WORDS = st.sampled_from(["a", "b", "c"])
SETS = st.sets(WORDS).map(lambda found: tuple(sorted(found)))
ROWS = st.dictionaries(WORDS, st.fixed_dictionaries({"perm": WORDS}))
CURRENT = st.fixed_dictionaries({"text": WORDS, "set": SETS, "rows": ROWS, "note": WORDS})
VALUES = {"text": WORDS, "set": SETS, "rows": ROWS, "note": WORDS}
WANTED = st.sets(st.sampled_from(sorted(VALUES))).flatmap(
    lambda options: st.fixed_dictionaries({option: VALUES[option] for option in sorted(options)})
)


def plan(current, values, purge):
    entry = Desired("", {"id": "n"}, values, purge)
    return planning.plan(API, entry, State({"id": "n"}, dict(current)))


@given(CURRENT, WANTED, st.booleans())
def test_a_plan_that_was_carried_out_is_done(current, values, purge):
    target = plan(current, values, purge).planned
    again = plan(target, values, purge)
    assert (again.action, again.planned) == (planning.NONE, target)


@given(CURRENT, WANTED, st.booleans())
def test_what_is_not_named_stays(current, values, purge):
    target = plan(current, values, purge).planned
    assert {option: target[option] for option in current if option not in values} == {
        option: current[option] for option in current if option not in values
    }


@given(CURRENT, WANTED)
def test_with_purge_the_target_is_what_is_named(current, values):
    target = plan(current, values, True).planned
    assert {option: target[option] for option in values} == values


@given(CURRENT, WANTED, st.booleans())
def test_before_and_after_are_exactly_the_difference(current, values, purge):
    change = plan(current, values, purge)
    differing = {option for option in current if current[option] != change.planned[option]}
    assert set(change.before) == set(change.after) == differing
    assert (change.action == planning.NONE) == (not differing)
    assert dict(current, **change.after) == change.planned


@given(CURRENT, WANTED, st.booleans())
def test_check_mode_predicts_the_run(current, values, purge):
    def run(check_mode):
        box = Box(n=current)
        outcome = engine.run(
            ToyAPI(box), [Desired("", {"id": "n"}, values, purge)], check_mode=check_mode, verify_timeout=0
        )
        return outcome.changed, outcome.states, box

    changed, states, box = run(True)
    assert box.toys == {"n": current}
    assert run(False)[:2] == (changed, states)
