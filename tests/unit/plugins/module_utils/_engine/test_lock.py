# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One writer at a time, and what was written of late."""

from __future__ import annotations

import contextlib
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
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Change, Desired, Name, State
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock, error_of
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, Box, ToyAPI, desired, toy

API = ToyAPI(None)


def change(key="n1", existing=None, purge=False, **values):
    values = values or {"set": ("b",)}
    return planning.plan(API, Desired(key, {"id": key}, values, purge), State({"id": key}, existing or toy()))


class Balls:
    name = "balls"


def scoped(box, key="n1", **values):
    """A change of a toy that lies in a box."""
    names = {"box": box, "id": key}
    return Change(BOXED, Desired("", names, {}), State(names, toy(**values)), toy(text="new"))


BOXED = copy.copy(TOY)
BOXED.scope = (Name("box"),)


def locks(window=30.0, said=None, clock=None, resource=TOY, **options):
    clock = clock or Clock()
    return lock.Locks(resource, window, (said if said is not None else []).append, clock.sleep, clock, **options)


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


def test_a_thread_that_nobody_waits_for_any_more_may_still_note_what_it_writes():
    with locks() as held:
        held.outdated([change()], time.time() - 1)
    held.begin([change()])
    with locks() as another:
        assert another.outdated([change()], time.time() - 1) is True


def test_no_file_and_no_folder_stays_open():
    before = len(os.listdir("/dev/fd"))
    for _unused in range(3):
        with locks() as held:
            held.outdated([change()], time.time())
    held = None
    assert len(os.listdir("/dev/fd")) == before


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


def test_nor_is_another_scope_even_where_all_are_locked_or_noted():
    many = [scoped("a", f"n{number}") for number in range(lock.MANY + 1)]
    with locks(resource=BOXED) as one, locks(resource=BOXED) as other:
        start = time.time()
        one.outdated(many, start)
        one.begin(many)
        assert other.outdated([scoped("b"), scoped("c")], start) is False
        assert error_of(other.outdated, [scoped("a")], start).message == (
            f"Nothing was written. Waited 600 s for another task of this host (process {os.getpid()}), which is writing toys."
        )


@pytest.mark.parametrize(("first", "second"), [(1, lock.MANY + 1), (lock.MANY + 1, 1), (lock.MANY + 1, lock.MANY + 2)])
def test_many_resources_are_locked_as_one_and_shut_out_each_of_them(first, second):
    with locks() as one, locks() as other:
        one.outdated([change(f"n{number}") for number in range(first)], time.time())
        assert len(lock_files()) == (2 if first == 1 else 1)
        with pytest.raises(lock.LockedError):
            other.outdated([change(f"n{number}") for number in range(second)], time.time())


def test_where_the_plan_is_about_what_is_not_there_too_even_one_locks_all():
    with locks(whole=True) as one, locks() as other:
        one.outdated([change()], time.time())
        with pytest.raises(lock.LockedError):
            other.outdated([change("another")], time.time())


def test_as_many_as_are_not_too_many_are_locked_each_by_itself():
    with locks() as one, locks() as other:
        one.outdated([change(f"n{number}") for number in range(lock.MANY)], time.time())
        assert other.outdated([change("another")], time.time()) is False


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


@pytest.mark.parametrize("holder", [b"4242\n", b"", b"\xff"])
def test_patience_ends_with_who_is_waited_for_and_what_to_do(first, monkeypatch, holder):
    monkeypatch.setattr(lock, "POLLS", (0.25, 0.5, 1.0))
    monkeypatch.setattr(lock, "PATIENCE", 3.75)
    for name in lock_files():
        (folder() / name).write_bytes(holder)
    clock = Clock()
    clock.now = 5.0
    with locks(clock=clock) as second:
        error = error_of(second.outdated, [change()], time.time())
    number = holder.decode("ascii", "replace").strip() or "unknown"
    assert error.message == (
        f"Nothing was written. Waited 3.75 s for another task of this host (process {number}), which is writing toy n1."
    )
    assert (error.kind, error.hint) == (errors.LOCKED, "Run the task again when that one has ended.")
    assert clock.slept == [0.25, 0.5, 1.0, 1.0, 1.0]


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
    assert progress.report(errors.typed(caught.value)).message == (
        f"While waiting for another task of this host (process {os.getpid()}), which is writing toy n1, "
        "the task was ended by End. Nothing was written."
    )
    assert box.writes == []


@pytest.mark.parametrize("whole", [False, True])
def test_a_run_waits_for_the_task_of_another_resource_only_where_it_locks_all(first, whole):
    def sleep(seconds):
        raise InterruptedError

    box = Box(n2=toy())
    api = ToyAPI(box)
    run = engine.Run(api, lambda: (planning.plan_all(api, [desired(2, text="new")]), []), True, 9, sleep, whole=whole)
    with pytest.raises(InterruptedError) if whole else contextlib.nullcontext():
        engine.run_all([run], False)
    assert box.writes == ([] if whole else [["n2"]])


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
    if request.param == "another's":
        real = os.fstat
        monkeypatch.setattr(
            os, "fstat", lambda number: os.stat_result([*real(number)[:4], os.geteuid() + 1, *real(number)[5:]])
        )
    return request.param, tmp_path / "temp" / NAME


def place(kind, path, elsewhere):
    """Something that stands where the folder should."""
    path.parent.mkdir(exist_ok=True)
    if kind == "link":
        elsewhere.mkdir(0o700)
        path.symlink_to(elsewhere)
    elif kind == "file":
        path.write_text("")
    else:
        path.mkdir()
        path.chmod({"open": 0o777, "group": 0o750}.get(kind, 0o700))


@pytest.mark.parametrize("unsafe", ["link", "file", "open", "group", "relative"], indirect=True)
def test_a_folder_that_is_not_safe_is_not_used(unsafe, tmp_path):
    with locks() as held:
        held.outdated([change()], time.time())
        assert len(list(unsafe[1].iterdir())) >= 2
    if unsafe[0] == "link":
        assert list((tmp_path / "elsewhere").iterdir()) == []


WHY = {"link": "Not a directory", "file": "File exists", "relative": "no absolute path"}
OPEN = "another user can write to it, or owns it"


@pytest.mark.parametrize("unsafe", ["link", "file", "open", "group", "relative", "another's"], indirect=True)
def test_without_a_safe_folder_nothing_is_written(unsafe, tmp_path):
    kind, other = unsafe
    place("open" if kind == "relative" else kind, other, tmp_path / "other")
    box = Box(n1=toy())
    error = error_of(engine.run, ToyAPI(box), desire(text="new"))
    assert (error.kind, box.writes) == (errors.LOCKED, [])
    own, why = pathlib.Path(os.environ["HOME"], ".ansible", NAME), WHY.get(kind, OPEN)
    assert error.message == (
        f"Nothing was written, since there is no safe folder for locks: {own}: {why}; "
        f"{other}: {OPEN if kind == 'relative' else why}."
    )
    assert error.hint == (
        "Without them, tasks that run at the same time could undo each other's writes. Give the user that runs the task a "
        "home directory, or a TMPDIR, that it can write to."
    )


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


def write(box, window=30.0, clock=None, said=None, **values):
    progress = engine.Progress()
    progress.waiting = (said if said is not None else []).append
    return engine.run(
        ToyAPI(box), desire(False, **values), verify_timeout=window, sleep=(clock or Clock()).sleep, progress=progress
    )


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
    clock, said = Clock(), []
    lagging(box, toy(), reads)
    write(box, clock=clock, said=said, set=("d",))
    assert box.toys["n1"]["set"] == ("a", "b", *more, "d")
    assert clock.slept == [lock.READ_AGAIN] * reads
    assert said == ["waiting for the service to show what was written to toy n1 a moment ago"] * reads


CREATED, GONE = (None, toy()), (toy(), None)
ROWS, SWORR = ({name: {"perm": "PUB"} for name in names} for names in ("ab", "ba"))


@pytest.mark.parametrize(
    ("written", "shown", "read", "older"),
    [
        (CREATED, toy(), None, True), (CREATED, toy(), toy(), False), (CREATED, {}, toy(text="by hand"), False),
        (GONE, None, toy(), True), (GONE, None, None, False),
        # What the service makes of a value counts as written, and what it does not show as it was planned.
        ((toy(text="new"), toy(text="NEW")), toy(text="new"), toy(text="new"), False),
        ((toy(), toy(text="new")), None, toy(text="new"), False), ((toy(), toy(text="new")), None, toy(), True),
        # Rows have no order, nothing is known of what was not read before, and a secret is not compared.
        ((toy(rows=ROWS), toy(rows=SWORR, text="new")), None, toy(rows=ROWS, text="new"), False),
        ((toy(), toy(note="n")), None, toy(note="other"), False),
        ((toy(secret="old-secret"), toy(secret="new-secret")), None, toy(secret="old-secret"), False),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("seconds", "recent"), [(0, True), (-20, True), (29, True), (30, False), (-40, False)])
def test_an_older_state_is_one_that_was_replaced(monkeypatch, written, shown, read, older, seconds, recent):
    """By this host, less than what a service may take ago, also where its clock was set back a little."""

    def plan(existing, planned):
        state = None if existing is None else State({"id": "n1"}, existing)
        return Change(TOY, Desired("", {"id": "n1"}, {}), state, planned)

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    done = plan(*written)
    with locks() as one:
        one.outdated([done], now)
        one.begin([done])
        one.end([done], {} if shown is None else {done: State({"id": "n1"}, shown)})
    monkeypatch.setattr(time, "time", lambda: now + seconds)
    with locks() as two:
        assert two.outdated([plan(read, toy(text="newer"))], now + 0.001) is (older and recent)


def test_one_that_is_older_is_enough_in_whichever_scope():
    with locks(resource=BOXED) as held:
        held.outdated([scoped("a"), scoped("b")], time.time())
        held.begin([scoped("a")])
        held.end([scoped("a")], {})
        for order in (1, -1):
            assert held.outdated([scoped("a"), scoped("b")][::order], time.time()) is True
        assert held.outdated([scoped("a", text="new"), scoped("b")], time.time()) is False


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(("began", "again"), [(-1, True), (0, True), (0.001, False)])
def test_what_was_written_since_a_read_began_is_read_again(monkeypatch, whole, began, again):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    changes = [change(f"n{number}") for number in range(lock.MANY + 1 if whole else 1)]
    with locks() as one:
        one.outdated(changes, now)
        one.begin(changes)
    with locks() as two:
        assert two.outdated(changes, now + began) is again


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
    [("", 2), *((text, 3) for text in (
        "{", "[]", "null", '{"x": 1}', '{"x": {"at": 1.5}}', '{"x": {"at": "now", "is": {}, "was": {}}}',
        '{"x": {"at": 1.5, "is": [], "was": {}}}', '{"x": {"at": 1.5, "is": {}, "was": []}}',
    ))],
)  # fmt: skip
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
