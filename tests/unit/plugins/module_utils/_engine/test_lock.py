# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One writer at a time, and what was written of late."""

from __future__ import annotations

import os
import pathlib
import stat
import tempfile
import time

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._engine import execute as engine
from ansible_collections.grantops.cloud.plugins.module_utils._engine import lock
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Desired, State
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, Box, ToyAPI, toy

API = ToyAPI(None)


def change(key="n1", existing=None, purge=False, **values):
    values = values or {"set": ("b",)}
    return planning.plan(API, Desired(key, {"id": key}, values, purge), State({"id": key}, existing or toy()))


def locks(window=30.0, said=None, clock=None):
    clock = clock or Clock()
    return lock.Locks(TOY, window, (said if said is not None else []).append, clock.sleep, clock)


def folder():
    (found,) = pathlib.Path(os.environ["HOME"], ".ansible").iterdir()
    return found


def files():
    return sorted(path.name for path in folder().iterdir())


def lock_files():
    """The files of the locks that are held now."""
    return [name for name in files() if ":" not in name]


# -- locks -----------------------------------------------------------------------------------------


def test_a_lock_that_is_free_is_taken_and_what_was_read_is_good():
    with locks() as held:
        assert held.outdated([change()], time.time()) is False
        assert len(files()) >= 2
    assert lock_files() == []


def test_who_holds_a_lock_is_waited_for_and_what_was_read_is_old_then():
    said = []
    with locks() as first:
        first.outdated([change()], time.time())
        clock = Clock()
        clock.sleep = lambda seconds: first.release()
        with locks(said=said, clock=clock) as second:
            assert second.outdated([change()], time.time()) is True
            assert second.outdated([change()], time.time()) is False
    assert said == [f"waiting for another task of this host (process {os.getpid()}), which is writing toy n1"]


def test_another_resource_is_not_waited_for():
    with locks() as first, locks() as second:
        assert first.outdated([change("n1")], time.time()) is False
        assert second.outdated([change("n2")], time.time()) is False


@pytest.mark.parametrize(("first", "second"), [(1, lock.MANY + 1), (lock.MANY + 1, 1), (lock.MANY + 1, lock.MANY + 2)])
def test_many_resources_are_locked_as_one_and_shut_out_each_of_them(first, second):
    with locks() as one, locks() as other:
        one.outdated([change(f"n{number}") for number in range(first)], time.time())
        assert len(lock_files()) <= 2
        with pytest.raises(lock.LockedError):
            other.outdated([change(f"n{number}") for number in range(second)], time.time())


def test_all_take_them_in_one_order():
    taken = []
    for keys in (["a", "b", "c"], ["c", "a", "b"]):
        with locks() as held:
            held.outdated([change(key) for key in keys], time.time())
            taken.append(list(held._held))
    assert taken[0] == taken[1] == sorted(taken[0])


def test_what_a_new_plan_needs_more_is_taken_from_the_start():
    with locks() as held:
        held.outdated([change("b")], time.time())
        assert held.outdated([change("b"), change("a")], time.time()) is False
        assert list(held._held) == sorted(held._held)
        assert len(held._held) == 3


def test_notes_of_a_scope_are_read_once_for_all_its_resources(monkeypatch):
    """They hold what was written: read for each resource anew, 2,000 took 15 s."""
    read = []
    loads = lock.json.loads
    monkeypatch.setattr(lock.json, "loads", lambda text: read.append(text) or loads(text))
    counts = []
    for number in (40, 160):
        changes = [change(f"n{each}") for each in range(number)]
        with locks() as held:
            held.outdated(changes, time.time())
            held.begin(changes)
            read.clear()
            held.outdated(changes, time.time())
            counts.append(len(read))
    assert counts[0] == counts[1]


def test_patience_ends_with_who_is_waited_for_and_what_to_do():
    clock = Clock()
    with locks() as first, locks(clock=clock) as second:
        first.outdated([change()], time.time())
        with pytest.raises(lock.LockedError, match="Nothing was written. Waited 600 s for another task") as caught:
            second.outdated([change()], time.time())
    assert caught.value.kind == errors.LOCKED
    assert f"process {os.getpid()}" in caught.value.message
    assert lock.PATIENCE <= clock.now < lock.PATIENCE + 1


def test_as_long_as_others_take_turns_it_is_waited_for(monkeypatch):
    clock = Clock()
    pids = iter(range(1000000))
    with locks() as first, locks(clock=clock) as second:
        first.outdated([change()], time.time())
        take = second._folder.take
        monkeypatch.setattr(
            second._folder, "take",
            lambda *name: (None, str(next(pids))) if clock.now < 3 * lock.PATIENCE else (first.release(), take(*name))[1],
        )  # fmt: skip
        assert second.outdated([change()], time.time()) is True
    assert clock.now >= 3 * lock.PATIENCE


def test_the_end_of_the_tasks_time_says_what_it_waited_for():
    class End(BaseException):
        pass

    def sleep(seconds):
        raise End

    box, progress = Box(n1=toy()), engine.Progress()
    with locks() as first:
        first.outdated([change()], time.time())
        with pytest.raises(End) as caught:
            engine.run(ToyAPI(box), [Desired("", {"id": "n1"}, {"text": "new"})], sleep=sleep, progress=progress)
    error = progress.report(errors.typed(caught.value))
    assert "While waiting for another task of this host" in error.message
    assert "which is writing toy n1" in error.message
    assert "Nothing was written." in error.message
    assert box.writes == []


def test_a_lock_whose_file_was_deleted_means_nothing():
    with locks() as first, locks() as second:
        first.outdated([change()], time.time())
        for name in files():
            (folder() / name).unlink()
        assert second.outdated([change()], time.time()) is False


@pytest.mark.parametrize("check_mode", [True, False])
def test_nothing_to_write_takes_no_lock(check_mode):
    box = Box(n1=toy())
    values = {"text": "other"} if check_mode else {"text": "t"}
    engine.run(ToyAPI(box), [Desired("", {"id": "n1"}, values)], check_mode=check_mode)
    assert not pathlib.Path(os.environ["HOME"], ".ansible").exists()
    assert box.reads == [["n1"]]


def test_a_task_that_had_to_wait_plans_again_from_what_is_there_then():
    box = Box(n1=toy())
    with locks() as first:
        first.outdated([change()], time.time())

        def sleep(seconds):
            box.toys["n1"] = toy(set=("a", "other"))
            first.release()

        outcome = engine.run(ToyAPI(box), [Desired("", {"id": "n1"}, {"set": ("b",)}, purge=False)], sleep=sleep)
    assert outcome.changed
    assert box.toys["n1"]["set"] == ("a", "b", "other")


def test_what_another_task_has_done_meanwhile_is_not_done_again():
    box = Box(n1=toy())
    with locks() as first:
        first.outdated([change()], time.time())

        def sleep(seconds):
            box.toys["n1"] = toy(text="new")
            first.release()

        outcome = engine.run(ToyAPI(box), [Desired("", {"id": "n1"}, {"text": "new"})], sleep=sleep)
    assert (outcome.changed, box.writes) == (False, [])


# -- the folder ------------------------------------------------------------------------------------


def test_the_folder_and_its_files_are_its_owners_alone():
    with locks() as held:
        held.outdated([change()], time.time())
        assert stat.S_IMODE(folder().stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder().iterdir()} == {0o600}


def place(kind, path, elsewhere):
    """Something that stands where the folder should."""
    path.parent.mkdir(exist_ok=True)
    if kind == "link":
        elsewhere.mkdir()
        path.symlink_to(elsewhere)
    elif kind == "file":
        path.write_text("")
    else:
        path.mkdir()
        path.chmod(0o777 if kind == "open" else 0o750)


UNSAFE = ["link", "file", "open", "group"]


@pytest.mark.parametrize("kind", UNSAFE)
def test_a_folder_that_is_not_safe_is_not_used(kind, tmp_path, monkeypatch):
    path = pathlib.Path(os.environ["HOME"], ".ansible", f"{lock.NAME}-{os.geteuid()}")
    place(kind, path, tmp_path / "elsewhere")
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    with locks() as held:
        held.outdated([change()], time.time())
        assert len(list((tmp_path / "temp" / path.name).iterdir())) >= 2
    if kind == "link":
        assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("kind", UNSAFE)
def test_without_a_safe_folder_nothing_is_written(kind, tmp_path, monkeypatch):
    name = f"{lock.NAME}-{os.geteuid()}"
    place(kind, pathlib.Path(os.environ["HOME"], ".ansible", name), tmp_path / "one")
    (tmp_path / "temp").mkdir()
    place(kind, tmp_path / "temp" / name, tmp_path / "other")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    box = Box(n1=toy())
    with pytest.raises(lock.LockedError, match="there is no safe folder for locks") as caught:
        engine.run(ToyAPI(box), [Desired("", {"id": "n1"}, {"text": "new"})])
    assert "TMPDIR" in caught.value.hint
    assert box.writes == []


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path):
    with locks() as held:
        held.outdated([change()], time.time())
        names = list(held._held)
    (tmp_path / "target").write_text("kept")
    for name in names:
        (folder() / name).symlink_to(tmp_path / "target")
    box = Box(n1=toy())
    with pytest.raises(OSError):
        engine.run(ToyAPI(box), [Desired("", {"id": "n1"}, {"text": "new"})])
    assert (box.writes, (tmp_path / "target").read_text()) == ([], "kept")


# -- what was written of late ----------------------------------------------------------------------


def write(box, window=30.0, clock=None, **values):
    clock = clock or Clock()
    entry = Desired("", {"id": "n1"}, values, purge=False)
    return engine.run(ToyAPI(box), [entry], verify_timeout=window, sleep=clock.sleep)


def lagging(box, older, count):
    """The next reads show ``older``, so many of them."""
    states = [dict(older)] * count + [box.toys["n1"]]

    def on_read(ids):
        if states:
            box.toys["n1"] = states.pop(0)

    box.on_read = on_read


@pytest.mark.parametrize("reads", [1, 2, 5])
def test_a_read_that_shows_what_was_replaced_a_moment_ago_is_read_again(reads):
    box, clock = Box(n1=toy()), Clock()
    write(box, set=("b",))
    lagging(box, toy(), reads)
    write(box, clock=clock, set=("c",))
    assert box.toys["n1"]["set"] == ("a", "b", "c")
    assert clock.slept == [lock.READ_AGAIN] * reads


def test_an_older_one_of_several_states_is_known_too():
    box = Box(n1=toy())
    for entry in ("b", "c"):
        write(box, set=(entry,))
    lagging(box, toy(), 2)
    write(box, set=("d",))
    assert box.toys["n1"]["set"] == ("a", "b", "c", "d")


def test_it_is_not_waited_for_longer_than_a_service_may_take():
    box, clock = Box(n1=toy()), Clock()
    write(box, window=3, set=("b",))
    box.toys["n1"] = toy()  # another writer has taken it away
    write(box, window=3, clock=clock, set=("c",))
    assert clock.slept == [lock.READ_AGAIN] * 6
    assert box.toys["n1"]["set"] == ("a", "c")


@pytest.mark.parametrize(
    "state", [toy(set=("a", "b", "by hand")), toy(set=("z",)), toy(text="by hand", set=("a", "b"))]
)
def test_what_another_writer_made_of_it_is_no_older_state(state):
    box, clock = Box(n1=toy()), Clock()
    write(box, set=("b",))
    box.toys["n1"] = state
    write(box, clock=clock, set=("c",))
    assert clock.slept == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 1}', '{"x": {"at": "now"}}', "null"])
def test_notes_that_cannot_be_read_are_a_reason_to_read_again(text):
    box = Box(n1=toy())
    write(box, set=("b",))
    (notes,) = [path for path in folder().iterdir() if ":" in path.name]
    notes.write_text(text)
    box.reads.clear()
    write(box, set=("c",))
    assert len(box.reads) == (2 if text in ("",) else 3)
    assert box.toys["n1"]["set"] == ("a", "b", "c")


def test_no_secret_is_noted_and_what_is_old_goes(monkeypatch):
    box = Box(n1=toy(secret="first-secret"))
    write(box, secret="other-secret")
    (notes,) = [path for path in folder().iterdir() if ":" in path.name]
    assert "secret" not in notes.read_text()
    monkeypatch.setattr(lock, "KEPT", -1.0)
    write(box, text="new")
    assert notes.read_text().count('"at"') == 1


def test_a_failed_write_is_no_reason_to_wait():
    box, clock = Box(n1=toy()), Clock()

    def refuse(ids):
        raise errors.RequestError(errors.INVALID, "no")

    box.on_write = refuse
    with pytest.raises(errors.RunError):
        write(box, set=("b",))
    box.on_write = lambda ids: None
    write(box, clock=clock, set=("b",))
    assert clock.slept == []
