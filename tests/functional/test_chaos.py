# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault campaign itself: its seeds repeat, its schedules meet everything, and a violation is not lost."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing
from campaigns.chaos import (
    campaign,
    faults,
    inside,
    line,
    oracle,
    oracle_systems,
    plants,
    schedule,
    tally,
    tasks,
    worlds,
)
from tools.run import outcomes


@pytest.fixture(autouse=True)
def _waits(monkeypatch):
    """On virtual time a wait costs nothing, but each look does."""
    monkeypatch.setattr(writing, "VERIFY_WAITS", (0.0, 1.0))


@pytest.fixture
def doors(tmp_path):
    made = line.Doors(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("seed", [1, 40, 77, 122, 154])
def test_a_seed_is_always_the_same_schedule_on_the_same_estate(sim, seed, quick):
    first = schedule.make(sim, seed, quick=quick)
    estate = oracle_systems.look(sim.estate)
    again = schedule.make(sim, seed, quick=quick)
    assert str(again) == str(first)
    assert again.task.params == first.task.params
    assert oracle_systems.look(sim.estate) == estate == first.before


def test_every_fault_meets_every_operation_of_every_system():
    met = {
        (schedule.operation_of(seed), schedule.SERVER_KINDS[schedule._place(seed) % len(schedule.SERVER_KINDS)].name)
        for seed in range(schedule.PAIRS)
    }
    names = {kind.name for kind in schedule.SERVER_KINDS}
    assert len(met) == len(tasks.OPERATIONS) * len(names)


def test_each_system_meets_all_of_its_worlds(sim):
    met, plain = set(), 0
    for seed in range(1, 700):
        found = schedule.make(sim, seed)
        met |= {(world.name, found.task.system.name) for world in found.worlds}
        plain += not found.worlds
    assert met == {(world.name, system) for world in worlds.WORLDS for system in world.systems}
    assert 100 < plain < 400


@pytest.mark.long
@pytest.mark.parametrize("plant", [plant for plant in plants.PLANTS if plant.world], ids=lambda plant: plant.name)
def test_what_is_right_in_a_world_is_known(sim, doors, plant):
    with inside.prepared():
        assert plants._found(plant, sim, doors) is None


def test_a_campaign_has_ansible_playbook_meet_every_kind():
    ordinary = [
        seed
        for seed in range(1, 2401)
        if campaign.way(seed) == campaign.PLAYED and not campaign.played.processes.needed(seed)
    ]
    met = [schedule._played(seed)[2] for seed in ordinary]
    assert all(kind in met for kind in schedule.SERVER_KINDS)


@pytest.mark.parametrize("kind", [kind for kind in faults.KINDS if kind.where == "line"], ids=lambda kind: kind.name)
def test_nothing_reaches_the_service_through_a_door_that_is_shut(sim, doors, kind):
    with inside.prepared():
        found, run, violations = inside.run(sim, doors, 3, kind)
    assert violations == []
    assert doors.entered == 0
    assert any(fault.fired for fault in found.faults if fault.kind is kind)


def test_a_violation_is_named_with_its_seed_and_counts_as_a_failed_test(sim, doors, tmp_path):
    plant = plants.PLANTS[0]
    records = []
    with inside.prepared():
        for seed in range(1, plants.TRIES):
            if schedule.operation_of(seed)[0] == plant.system and not schedule.make(sim, seed).worlds:
                with plant.place():
                    records.append(campaign.record(*inside.run(sim, doors, seed), campaign.INSIDE, 0.1))
                if records[-1].violations:
                    break
    made = records[-1]
    assert made.violations[0].startswith(f"seed {made.seed}, (a) every resource is as before or as declared: ")
    found = tally.Tally(records, 1.0)
    assert found.bad == [made]
    assert f"{len(records)} runs" in found.line() and "1 with violations" in found.line()
    found.junit(tmp_path / "chaos.xml", [("planted", None), ("not found", "for a reason")])
    assert list(map(len, outcomes(tmp_path))) == [len(records), 2, 0]
    assert outcomes(tmp_path)[1] == [f"chaos in this process seed {made.seed}", "chaos not found"]
    assert "closed" in found.text()


def test_the_document_says_what_the_oracle_looks_for():
    text = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert [line[2:] for line in text.splitlines() if line.startswith("- (")] == [
        f"({letter}) {what}" for letter, what in oracle.PROPERTIES.items()
    ]
    assert f"looked for during {oracle.LOOK:g} seconds" in text
