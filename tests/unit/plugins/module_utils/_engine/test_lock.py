# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One writer at a time, and what was written of late."""

from __future__ import annotations

import copy
import errno
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
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock, error_of
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, Box, ToyAPI, toy

API = ToyAPI(None)


def change(key="n1", existing=None, purge=False, **values):
    values = values or {"set": ("b",)}
    return planning.plan(API, Desired(key, {"id": key}, values, purge), State({"id": key}, existing or toy()))


class Balls:
    name = "balls"


def locks(window=30.0, said=None, clock=None, resource=TOY):
    clock = clock or Clock()
    return lock.Locks(resource, window, (said if said is not None else []).append, clock.sleep, clock)


def desire(purge=True, **values):
    return [Desired("", {"id": "n1"}, values, purge)]


@pytest.fixture
def first():
    """The locks of another task, which holds that of the toy n1."""
    with locks() as first:
        first.outdated([change()], time.time())
        yield first


def folder():
    (found,) = pathlib.Path(os.environ["HOME"], ".ansible").iterdir()
    return found


def files():
    return sorted(path.name for path in folder().iterdir())


def lock_files():
    """The files of the locks that are held now."""
    return [name for name in files() if ":" not in name]


def test_a_lock_that_is_free_is_taken_and_what_was_read_is_good():
    with locks() as held:
        assert held.outdated([change()], time.time()) is False
        assert len(files()) >= 2
    assert lock_files() == []


def test_who_holds_a_lock_is_waited_for_and_what_was_read_is_old_then(first):
    said, clock = [], Clock()
    clock.sleep = lambda seconds: first.release()
    with locks(said=said, clock=clock) as second:
        assert second.outdated([change()], time.time()) is True
        assert second.outdated([change()], time.time()) is False
    assert said == [f"waiting for another task of this host (process {os.getpid()}), which is writing toy n1"]


def test_another_resource_is_not_waited_for(first):
    with locks() as second:
        assert second.outdated([change("n2")], time.time()) is False


@pytest.mark.parametrize("other", [{"operation": "UpdateBall"}, {"provider": Balls}], ids=["operation", "provider"])
def test_another_kind_of_resource_is_not_waited_for_even_where_all_are_locked(other):
    resource = copy.copy(TOY)
    vars(resource).update(other)
    with locks() as one, locks(resource=resource) as second:
        one.outdated([change(f"n{number}") for number in range(lock.MANY + 1)], time.time())
        assert second.outdated([change()], time.time()) is False


@pytest.mark.parametrize(("first", "second"), [(1, lock.MANY + 1), (lock.MANY + 1, 1), (lock.MANY + 1, lock.MANY + 2)])
def test_many_resources_are_locked_as_one_and_shut_out_each_of_them(first, second):
    with locks() as one, locks() as other:
        one.outdated([change(f"n{number}") for number in range(first)], time.time())
        assert len(lock_files()) <= 2
        with pytest.raises(lock.LockedError):
            other.outdated([change(f"n{number}") for number in range(second)], time.time())


def test_all_take_them_in_one_order_and_what_a_new_plan_needs_more_from_the_start(monkeypatch):
    taken, real = [], lock.fcntl.flock
    monkeypatch.setattr(lock.fcntl, "flock", lambda file, how: taken.append(file.name) or real(file, how))
    for plans in (["abc"], ["cab"], ["b", "cb", "cba"]):
        with locks() as held:
            for keys in plans:
                taken.clear()
                assert held.outdated([change(key) for key in keys], time.time()) is False
            names = [name for name in taken if ":" not in name][-4:]
        assert names == sorted(set(names)) and len(names) == 4  # the scope's too


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


def test_patience_ends_with_who_is_waited_for_and_what_to_do(first):
    clock = Clock()
    with locks(clock=clock) as second:
        error = error_of(second.outdated, [change()], time.time())
    assert error.message.startswith("Nothing was written. Waited 600 s for another task")
    assert (error.kind, error.hint) == (errors.LOCKED, "Run the task again when that one has ended.")
    assert f"process {os.getpid()}" in error.message
    assert lock.PATIENCE <= clock.now < lock.PATIENCE + 1


def test_as_long_as_others_take_turns_it_is_waited_for(first, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 2.0)
    clock = Clock()

    def sleep(seconds):
        clock.now += seconds
        for name in lock_files():
            (folder() / name).write_text(f"{clock.now}")  # where a process that locks it writes its number
        if clock.now >= 3 * lock.PATIENCE:
            first.release()

    clock.sleep = sleep
    with locks(clock=clock) as second:
        assert second.outdated([change()], time.time()) is True
    assert clock.now >= 3 * lock.PATIENCE


def test_the_end_of_the_tasks_time_says_what_it_waited_for(first):
    class End(BaseException):
        pass

    def sleep(seconds):
        raise End

    box, progress = Box(n1=toy()), engine.Progress()
    with pytest.raises(End) as caught:
        engine.run(ToyAPI(box), desire(text="new"), sleep=sleep, progress=progress)
    message = progress.report(errors.typed(caught.value)).message
    for part in ("While waiting for another task of this host", "which is writing toy n1", "Nothing was written."):
        assert part in message
    assert box.writes == []


def test_a_lock_whose_file_was_deleted_means_nothing(first):
    for name in files():
        (folder() / name).unlink()
    with locks() as second:
        assert second.outdated([change()], time.time()) is False


def test_a_lock_whose_file_is_deleted_at_that_moment_is_taken_anew(monkeypatch):
    real, deleted = lock.fcntl.flock, []

    def flock(file, how):
        if not deleted:
            deleted.append(file.name)
            (folder() / file.name).unlink()
        real(file, how)

    monkeypatch.setattr(lock.fcntl, "flock", flock)
    with locks() as held:
        held.outdated([change()], time.time())
        assert deleted[0] in lock_files()


def test_a_folder_that_cannot_be_locked_in_ends_the_task(monkeypatch):
    def flock(file, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", flock)
    with pytest.raises(OSError, match="No locks available"):
        engine.run(ToyAPI(Box(n1=toy())), desire(text="new"))


@pytest.mark.parametrize(("check_mode", "text"), [(True, "other"), (False, "t")])
def test_nothing_to_write_takes_no_lock(check_mode, text):
    box = Box(n1=toy())
    engine.run(ToyAPI(box), desire(text=text), check_mode=check_mode)
    assert not pathlib.Path(os.environ["HOME"], ".ansible").exists()
    assert box.reads == [["n1"]]


@pytest.mark.parametrize(
    ("entries", "meanwhile", "changed", "after"),
    [
        (desire(False, set=("b",)), toy(set=("a", "other")), True, toy(set=("a", "b", "other"))),
        (desire(text="new"), toy(text="new"), False, toy(text="new")),  # what is done is not done again
    ],
)
def test_a_task_that_had_to_wait_plans_again_from_what_is_there_then(first, entries, meanwhile, changed, after):
    box = Box(n1=toy())

    def sleep(seconds):
        box.toys["n1"] = meanwhile
        first.release()

    outcome = engine.run(ToyAPI(box), entries, sleep=sleep)
    assert (outcome.changed, bool(box.writes), box.toys["n1"]) == (changed, changed, after)


def test_the_folder_and_its_files_are_its_owners_alone():
    with locks() as held:
        held.outdated([change()], time.time())
        assert stat.S_IMODE(folder().stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder().iterdir()} == {0o600}


NAME = f"{lock.NAME}-{os.geteuid()}"


@pytest.fixture
def unsafe(request, tmp_path, monkeypatch):
    """What stands where the folder should, of this kind; and the path of the other folder that may be used."""
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    if request.param == "relative":
        monkeypatch.setenv("HOME", "relative")
    else:
        place(request.param, pathlib.Path(os.environ["HOME"], ".ansible", NAME), tmp_path / "elsewhere")
    return request.param, tmp_path / "temp" / NAME


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


@pytest.mark.parametrize("unsafe", ["link", "file", "open", "group", "relative"], indirect=True)
def test_a_folder_that_is_not_safe_is_not_used(unsafe, tmp_path):
    with locks() as held:
        held.outdated([change()], time.time())
        assert len(list(unsafe[1].iterdir())) >= 2
    if unsafe[0] == "link":
        assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("unsafe", ["link", "file", "open", "group"], indirect=True)
def test_without_a_safe_folder_nothing_is_written(unsafe, tmp_path):
    place(*unsafe, tmp_path / "other")
    box = Box(n1=toy())
    error = error_of(engine.run, ToyAPI(box), desire(text="new"))
    assert (error.kind, box.writes) == (errors.LOCKED, [])
    assert "there is no safe folder for locks" in error.message
    assert "TMPDIR" in error.hint


def test_a_link_in_the_place_of_a_lock_is_not_followed(first, tmp_path):
    names = lock_files()
    first.release()
    (tmp_path / "target").write_text("kept")
    for name in names:
        (folder() / name).symlink_to(tmp_path / "target")
    box = Box(n1=toy())
    with pytest.raises(OSError):
        engine.run(ToyAPI(box), desire(text="new"))
    assert (box.writes, (tmp_path / "target").read_text()) == ([], "kept")


def write(box, window=30.0, clock=None, **values):
    return engine.run(ToyAPI(box), desire(False, **values), verify_timeout=window, sleep=(clock or Clock()).sleep)


def notes():
    (found,) = [path for path in folder().iterdir() if ":" in path.name]
    return found


@pytest.fixture
def box():
    """A toy that a task has given the entry b a moment ago."""
    box = Box(n1=toy())
    write(box, set=("b",))
    return box


def lagging(box, older, count):
    """The next reads show ``older``, so many of them."""
    states = [dict(older)] * count + [box.toys["n1"]]
    box.on_read = lambda ids: states and box.toys.update(n1=states.pop(0))


@pytest.mark.parametrize(("reads", "more"), [(1, []), (2, []), (5, []), (2, ["c"])])
def test_a_read_that_shows_what_was_replaced_a_moment_ago_is_read_again(box, reads, more):
    """Also an older one of several states."""
    for entry in more:
        write(box, set=(entry,))
    clock = Clock()
    lagging(box, toy(), reads)
    write(box, clock=clock, set=("d",))
    assert box.toys["n1"]["set"] == ("a", "b", *more, "d")
    assert clock.slept == [lock.READ_AGAIN] * reads


def test_it_is_not_waited_for_longer_than_a_service_may_take(box):
    clock = Clock()
    box.toys["n1"] = toy()  # another writer has taken it away
    write(box, window=3, clock=clock, set=("c",))
    assert clock.slept == [lock.READ_AGAIN] * 6
    assert box.toys["n1"]["set"] == ("a", "c")


@pytest.mark.parametrize(
    "state", [toy(set=("a", "b", "by hand")), toy(set=("z",)), toy(text="by hand", set=("a", "b"))]
)
def test_what_another_writer_made_of_it_is_no_older_state(box, state):
    clock = Clock()
    box.toys["n1"] = state
    write(box, clock=clock, set=("c",))
    assert clock.slept == []


@pytest.mark.parametrize(
    ("text", "reads"),
    [("", 2), *((text, 3) for text in ("{", "[]", '{"x": 1}', '{"x": {"at": "now"}}', "null"))],
)
def test_notes_that_cannot_be_read_are_a_reason_to_read_again(box, text, reads):
    notes().write_text(text)
    box.reads.clear()
    write(box, set=("c",))
    assert (len(box.reads), box.toys["n1"]["set"]) == (reads, ("a", "b", "c"))


def test_notes_that_cannot_be_opened_end_the_task_before_it_writes(box):
    path = notes()
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        write(box, set=("c",))
    assert box.toys["n1"]["set"] == ("a", "b")


def test_no_secret_is_noted_and_what_is_old_goes(monkeypatch):
    box = Box(n1=toy(secret="first-secret"))
    write(box, secret="other-secret")
    assert "secret" not in notes().read_text()
    monkeypatch.setattr(lock, "KEPT", -1.0)
    write(box, text="new")
    assert notes().read_text().count('"at"') == 1


def test_a_failed_write_is_no_reason_to_wait():
    def refuse(ids):
        raise errors.RequestError(errors.INVALID, "no")

    box, clock = Box(n1=toy()), Clock()
    box.on_write = refuse
    assert isinstance(error_of(write, box, set=("b",)), errors.RunError)
    box.on_write = lambda ids: None
    write(box, clock=clock, set=("b",))
    assert clock.slept == []
