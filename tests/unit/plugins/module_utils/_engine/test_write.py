# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes, and the looks after them."""

from __future__ import annotations

import contextlib
import copy
import signal
import threading

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._engine import execute as engine
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing
from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Change, Desired, Field, State
from ansible_collections.grantops.cloud.plugins.module_utils._transport import pagination
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock, error_of
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, Box, ToyAPI, toy


class Run:
    """A box of toys, each of which is to get another text."""

    def __init__(self, count=1, batch=1, verify=True, timeout=30.0, refuse=(), lost=None, shows=None, **values):
        self.ids = [f"n{number}" for number in range(count)]
        self.box = Box(**{key: toy() for key in self.ids})
        self.api = ToyAPI(self.box)
        self.api.resource = copy.copy(TOY)
        self.api.resource.batch = batch
        self.api.group = lambda change: "all"
        self.clock = Clock()
        desired = values or {"text": "new"}
        self.changes = [
            planning.plan(self.api, Desired(key, {"id": key}, desired), State({"id": key}, toy())) for key in self.ids
        ]
        self.how = verify, timeout, self.clock.sleep, self.clock
        if refuse:  # the write of this id, with these details
            self.box.on_write = raise_at(refuse[0], errors.RequestError(errors.INVALID, "no", **dict(refuse[1:])))
        if lost:  # the write of this id is done, but its response never arrives
            self.box.on_write = self.lose(lost)
        if shows:  # a look shows of each toy that is read
            self.box.on_read = lambda ids: self.box.toys.update((key, shows) for key in ids)

    def lose(self, key):
        lost = raise_at(key, errors.RequestError(errors.NETWORK, "lost", outcome_unknown=True))

        def on_write(written):
            self.box.toys.update((one, toy(text="new")) for one in written if key in written)
            lost(written)

        return on_write

    def __call__(self):
        self.writer = writing.Writer(self.api, self.changes, *self.how)
        return self.writer.write(deletions=False)

    def fails(self):
        return error_of(self)


def names(entries):
    return [entry["id"] for entry in entries]


def raise_at(key, error):
    """Something that ends the write, or the look, of ``key``."""

    def on_call(ids):
        if key in ids:
            raise error

    return on_call


UNKNOWN = ("outcome_unknown", True)


def replicas(run, kind=errors.INVALID, refused=1):
    """So many looks are refused, since one replica lists what another one does not have; the looks that are taken."""
    looks = []

    def on_read(ids):
        looks.append(ids)
        if len(looks) <= refused:
            raise errors.RequestError(kind, "no such toy", code=230, status=200)

    run.box.on_read = on_read
    return looks


@pytest.mark.parametrize("kind", [errors.INVALID, errors.NOT_FOUND])
@pytest.mark.parametrize("refused", [1, 3])
def test_a_look_that_is_refused_is_taken_again(kind, refused):
    run = Run(2)
    looks = replicas(run, kind, refused)
    assert {change.names["id"] for change in run()} == {"n0", "n1"}
    assert (len(looks), len(run.box.writes)) == (refused + 1, 2)


def test_looks_that_are_refused_until_the_end_are_told():
    run = Run(timeout=4.0)
    looks = replicas(run, refused=99)
    error = run.fails()
    assert error.message.startswith("Written, but toy n0 could not be read back to verify it: ")
    assert (names(error.written), error.failed, run.clock() >= 4.0, len(looks) > 3) == (["n0"], [], True, True)


NOT_READ = "Written, but toy n0 could not be read back to verify it: "


@pytest.mark.parametrize(
    ("kind", "lost", "said"),
    [(kind, None, NOT_READ) for kind in (errors.AUTHENTICATION, errors.PERMISSION, errors.RESPONSE)]
    # Nor is a look waited for that is refused after a write which may not have been done.
    + [(errors.INVALID, "n0", "Whether toy n0 was written is not known")],
)
def test_a_look_that_fails_for_another_reason_is_the_last_one(kind, lost, said):
    run = Run(lost=lost)
    looks = replicas(run, kind)
    assert run.fails().message.startswith(said)
    assert len(looks) == 1


def test_what_was_written_is_read_back():
    run = Run(2)
    fresh = run()
    assert [fresh[change].values for change in run.changes] == [toy(text="new")] * 2
    assert (run.box.writes, run.box.reads) == ([["n0"], ["n1"]], [["n0", "n1"]])
    assert run.clock.slept == []


@pytest.mark.parametrize(("count", "verify", "writes"), [(2, False, [["n0"], ["n1"]]), (0, True, [])])
def test_without_verification_or_a_write_nothing_is_read(count, verify, writes):
    run = Run(count, verify=verify)
    assert run() == {}
    assert (run.box.writes, run.box.reads) == (writes, [])


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_writes_are_cut_into_batches(count, sizes):
    run = Run(count, batch=3)
    run()
    assert [len(ids) for ids in run.box.writes] == sizes


def test_batches_hold_one_group_and_each_is_one_of_its_own_where_nothing_is_said():
    run = Run(4, batch=3)
    run.api.group = lambda change: change.names["id"] in ("n0", "n2")
    run()
    assert run.box.writes == [["n0", "n2"], ["n1", "n3"]]
    run = Run(2, batch=3)
    del run.api.group
    run()
    assert run.box.writes == [["n0"], ["n1"]]


def test_only_what_does_not_show_yet_is_looked_at_again():
    run = Run(2)
    hidden = []

    def on_read(ids):
        hidden.append(1)
        run.box.toys["n1"] = toy(text="new" if len(hidden) > 2 else "t")

    run.box.on_read = on_read
    assert len(run()) == 2
    assert run.box.reads == [["n0", "n1"], ["n1"], ["n1"]]
    assert run.clock.slept == [0.2, 0.5]


@pytest.mark.parametrize(("timeout", "slept"), [(6, [0.2, 0.5, 1.0, 2.0, 2.0, 0.3]), (0, [])])
def test_looks_become_rarer_and_end_with_the_time(timeout, slept):
    run = Run(timeout=timeout, shows=toy())
    error = run.fails()
    assert run.clock.slept == pytest.approx(slept)
    assert bool(run.box.reads[1:]) is bool(slept)
    assert f"does not show it after {timeout} s. toy n0: text is t instead of new." in error.message
    assert (error.hint, names(error.failed), error.written, error.changed) == ("Toys ignore things.", ["n0"], [], True)


def test_the_last_second_is_waited_for_too():
    run, looks = Run(timeout=0.9), []

    def on_read(ids):
        looks.append(run.clock.now)
        run.box.toys["n0"] = toy(text="new" if run.clock.now >= 0.9 else "t")

    run.box.on_read = on_read
    assert len(run()) == 1
    assert looks == pytest.approx([0, 0.2, 0.7, 0.9])


def test_many_that_do_not_show_are_cut_short_in_the_message():
    error = Run(12, timeout=0, shows=toy()).fails()
    assert (error.message.count("instead of"), len(error.failed)) == (10, 12)


def test_a_secret_that_does_not_show_is_not_shown():
    message = Run(timeout=0, secret="s3cret-s3cret", shows=toy(secret="other-secret")).fails().message
    assert "secret is not the one that was written" in message
    assert "s3cret" not in message


def test_a_secret_that_the_service_never_shows_is_a_warning():
    run = Run(secret="s3cret-s3cret", shows=toy())
    assert len(run()) == 1
    assert run.writer.warnings == ["toy n0: secret was written, but the service does not show it: it is not verified."]


@pytest.mark.parametrize(
    ("shows", "said"), [({"set": ("a",)}, "toy n0: text is not returned"), (None, "toy n0 is gone")]
)
def test_what_is_not_returned_or_gone_is_told(shows, said):
    run = Run(timeout=0)
    run.box.on_read = lambda ids: run.box.toys.clear() if shows is None else run.box.toys.update(n0=shows)
    assert f"does not show it after 0 s. {said}. Either it ignored this" in run.fails().message


def test_a_look_that_is_refused_in_the_last_second_is_taken_again_too():
    run = Run(timeout=0.9)
    run.clock.now = 5.0
    replicas(run, refused=2)
    assert (len(run()), run.clock.slept) == (1, pytest.approx([0.2, 0.5]))


def test_an_end_before_the_first_write_says_that_nothing_was_tried():
    run = Run(2)
    error = writing.Writer(run.api, run.changes, *run.how).ended(errors.typed(KeyboardInterrupt()))
    assert (
        error.message == "While writing, the task was ended by KeyboardInterrupt. Written: 0, failed: 0, not tried: 2."
    )
    assert (error.changed, names(error.pending)) == (False, ["n0", "n1"])


def test_a_field_that_another_writer_changed_is_a_difference_and_one_that_is_not_returned_is_none():
    assert len(Run(shows={"text": "new"})()) == 1
    assert "set is [z] instead of [a]" in Run(timeout=0, shows=toy(text="new", set=("z",))).fails().message


def test_nothing_is_tried_after_a_failure():
    run = Run(3, refuse=["n1"])
    error = run.fails()
    assert run.box.writes == [["n0"], ["n1"]]
    assert (names(error.written), names(error.failed), names(error.pending)) == (["n0"], ["n1"], ["n2"])
    assert "Written: 1, failed: 1, not tried: 1." in error.message
    assert error.changed is True


def test_a_refused_first_write_has_changed_nothing():
    run = Run(2, refuse=["n0"])
    error = run.fails()
    assert (error.changed, run.box.reads) == (False, [])
    assert "may still" not in error.message


MAY_STILL = " The service may still carry out what it gave no clear response to."


@pytest.mark.parametrize(("details", "end"), [([], ""), ([UNKNOWN], MAY_STILL)])
def test_what_was_written_before_a_failure_but_does_not_show_has_failed_too(details, end):
    error = Run(2, timeout=0, refuse=["n1", *details], shows=toy()).fails()
    assert (error.written, names(error.failed)) == ([], ["n1", "n0"])
    said = " Accepted, but the service does not show it: toy n0: text is t instead of new."
    assert error.message.endswith(said + end)


@pytest.mark.parametrize("verify", [True, False])
def test_a_lost_response_of_a_write_that_was_done_is_looked_into_and_a_warning_and_the_rest_goes_on(verify):
    run = Run(3, verify=verify, lost="n1")
    run()
    assert run.box.writes == [["n0"], ["n1"], ["n2"]]
    assert {key for ids in run.box.reads for key in ids} == ({"n0", "n1", "n2"} if verify else {"n1"})
    (warning,) = run.writer.warnings
    assert warning.startswith("A write failed, but the service shows it done.")


def test_a_lost_response_of_a_write_that_was_not_done_is_not_waited_for():
    run = Run(2, refuse=["n0", UNKNOWN])
    error = run.fails()
    assert (names(error.failed), names(error.pending), error.changed) == (["n0"], ["n1"], True)
    assert run.clock.slept == []
    assert error.message.endswith(MAY_STILL)


def test_the_error_that_is_told_is_that_of_the_resource_that_is_named():
    run = Run(2)
    run.box.concurrency = 2
    both = threading.Barrier(2)

    def on_write(written):
        both.wait(9)
        if written == ["n0"]:
            run.box.toys["n0"] = toy(text="new")
            raise errors.RequestError(errors.NETWORK, "lost", outcome_unknown=True)
        raise errors.RequestError(errors.PERMISSION, "forbidden")

    run.box.on_write = on_write
    error = run.fails()
    assert (names(error.written), names(error.failed), error.cause.kind) == (["n0"], ["n1"], errors.PERMISSION)
    assert "toy n1: " in error.message and "forbidden" in error.message and "may still" not in error.message


@pytest.mark.parametrize(
    ("lost", "failure", "said", "written"),
    [
        ("n0", errors.ResponseError("nonsense"), "Whether toy n0 was written is not known", None),
        (
            None,
            errors.RequestError(errors.SERVER, "down"),
            "Written, but toy n0 could not be read back to verify it",
            ["n0", "n1"],
        ),
    ],
)
def test_a_write_that_cannot_be_read_back_says_so(lost, failure, said, written):
    run = Run(2, lost=lost)
    run.box.on_read = raise_at("n0", failure)
    error = run.fails()
    assert (error.message.startswith(said), error.changed) == (True, True)
    if written:
        assert (names(error.written), error.failed) == (written, [])


def test_a_batch_that_was_done_in_part_is_sorted_out():
    run = Run(2, batch=2)

    def on_write(ids):
        run.box.toys["n1"] = toy(text="new")
        raise errors.RequestError(errors.INVALID, "n0 failed")

    run.box.on_write = on_write
    error = run.fails()
    assert (names(error.written), names(error.failed), error.changed) == (["n1"], ["n0"], True)


# -- whatever ends a run, it says what was written -------------------------------------------------


def report(run, end, seconds=None):
    """What a task reports of a run that ``end`` leaves, if so many seconds later."""
    progress = engine.Progress()
    with alarm(seconds) if seconds else contextlib.nullcontext(), pytest.raises(end) as caught:
        run()
    progress.writer = run.writer
    return progress.report(errors.typed(caught.value))


BUGS = [
    RuntimeError("Set changed size during iteration"), RuntimeError("can't start new thread"), MemoryError(),
    KeyError("passwd"), RecursionError("maximum recursion depth exceeded"), OSError(28, "No space left on device"),
    UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed"), AssertionError(),
]  # fmt: skip


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("error", BUGS, ids=lambda error: type(error).__name__)
def test_an_exception_that_nobody_expects_is_a_failed_write_like_another(error, concurrency):
    run = Run(4)
    run.box.concurrency = concurrency
    run.box.on_write = raise_at("n2", error)
    found = run.fails()
    details = found.details()
    assert (found.changed, details["kind"], details["code"]) == (True, errors.INTERNAL, type(error).__name__)
    assert names(found.failed) == ["n2"]
    assert sorted(names(found.written + found.pending)) == ["n0", "n1", "n3"]
    assert "passwd" not in found.message
    assert "test_write.py" in found.message
    assert "please report it" in details["hint"]


@pytest.mark.parametrize("error", [BUGS[0], BUGS[2]], ids=["RuntimeError", "MemoryError"])
def test_an_exception_while_it_is_verified_leaves_it_written(error):
    run = Run(2)
    run.box.on_read = raise_at("n0", error)
    found = run.fails()
    assert (names(found.written), found.failed, found.changed) == (["n0", "n1"], [], True)
    assert found.message.startswith(NOT_READ[:-2])


def test_what_the_system_says_is_told_and_no_other_text():
    run = Run()
    run.box.on_write = raise_at("n0", OSError(28, "No space left on device", "/secret/place"))
    message = run.fails().message
    assert "No space left on device" in message
    assert "/secret" not in message


class End(BaseException):
    """As Ansible's TaskTimeoutError: not an Exception."""


@pytest.mark.parametrize("end", [End(), KeyboardInterrupt(), SystemExit(1)], ids=["time", "Ctrl-C", "exit"])
@pytest.mark.parametrize("number", [0, 2, 3])
def test_an_end_from_outside_within_a_write_is_reported(end, number):
    run = Run(4)
    run.box.on_write = raise_at(f"n{number}", end)
    error = report(run, type(end))
    assert names(error.written) == [f"n{index}" for index in range(number)]
    assert names(error.failed) == [f"n{number}"]
    assert names(error.pending) == [f"n{index}" for index in range(number + 1, 4)]
    assert (error.changed, error.details()["kind"]) == (True, errors.INTERRUPTED)
    assert error.message == (
        f"While writing, {errors.typed(end).message} Written: {number}, failed: 1, not tried: {3 - number}. "
        f"Whether toy n{number} was written is not known."
        + (" What was written may not have been verified." if number else "")
    )
    assert error.hint == "Run the task again: what is written already is not written twice."


@pytest.mark.parametrize(("details", "unknown"), [((), False), ((UNKNOWN,), True)], ids=["refused", "not known"])
def test_after_an_end_from_outside_a_write_that_was_refused_is_known_not_to_be_done(details, unknown):
    run = Run(2, refuse=("n0", *details))
    run.fails()
    error = run.writer.ended(errors.typed(KeyboardInterrupt()))
    assert (names(error.failed), names(error.pending), error.changed) == (["n0"], ["n1"], unknown)
    assert ("Whether toy n0 was written is not known." in error.message) is unknown


def test_an_end_from_outside_while_it_is_verified_leaves_it_written():
    run = Run(2)
    run.box.on_read = raise_at("n0", End())
    error = report(run, End)
    assert (names(error.written), error.failed, error.pending, error.changed) == (["n0", "n1"], [], [], True)
    assert "may not have been verified" in error.message


def test_an_end_after_a_refusal_knows_what_was_refused():
    run = Run(3)
    lose, refuse = run.lose("n0"), raise_at("n1", errors.RequestError(errors.PERMISSION, "no"))
    run.box.on_write = lambda ids: refuse(ids) or lose(ids)
    run.box.on_read = raise_at("n0", End())
    error = report(run, End)
    assert (error.written, names(error.failed), names(error.pending)) == ([], ["n0"], ["n1", "n2"])


@contextlib.contextmanager
def alarm(seconds):
    """Raises End in the main thread, as the time of a task does."""

    def on_alarm(number, frame):
        raise End

    old = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def test_an_alarm_ends_threads_that_write_and_each_write_is_accounted_for():
    run, let_go = Run(40), threading.Event()
    run.box.concurrency = 4
    run.box.on_write = lambda ids: len(run.box.writes) > 10 and let_go.wait(9)
    run.box.stop = let_go.set
    error = report(run, End, seconds=0.3)
    assert sorted(names(error.written)) == sorted(ids[0] for ids in run.box.writes)
    assert error.failed == []
    assert len(error.written) + len(error.pending) == 40
    assert 10 < len(error.written) < 20


def test_a_call_that_does_not_end_is_not_waited_for_long(monkeypatch):
    monkeypatch.setattr(pagination, "LONGEST_END", 0.05)
    run, let_go = Run(3), threading.Event()
    run.box.concurrency = 3
    run.box.on_write = lambda ids: ids == ["n1"] and let_go.wait(9)
    error = report(run, End, seconds=0.2)
    let_go.set()
    assert (sorted(names(error.written)), names(error.failed)) == (["n0", "n2"], ["n1"])
    assert "Whether toy n1 was written is not known." in error.message


# -- what others add meanwhile ---------------------------------------------------------------------


class Adding(Run):
    """A toy is to get an entry more, and a look shows ``shown`` of it."""

    def __init__(self, values, shown):
        super().__init__(timeout=0)
        there = toy(rows={"kept": {"perm": "PUB"}})
        desired = Desired("n0", {"id": "n0"}, values, purge=False)
        self.changes = [planning.plan(self.api, desired, State({"id": "n0"}, there))]
        self.box.toys["n0"] = there
        self.box.on_read = lambda ids: self.box.toys["n0"].update(shown)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"set": ("b",)}, {"set": ("a", "b", "other")}),
        ({"rows": {"new": {"perm": "SUB"}}}, {"rows": {"kept": {"perm": "PUB"}, "new": {"perm": "SUB"}, "other": {"perm": "SUB"}}}),
    ],
)  # fmt: skip
def test_what_others_added_beside_an_addition_is_no_difference(values, shown):
    [state] = list(Adding(values, shown)().values())
    assert {option: state.values[option] for option in shown} == shown


def test_what_others_added_to_a_new_one_is_no_difference_either():
    change = Change(TOY, Desired("", {"id": "n0"}, {"set": ("b",)}, purge=False), None, {"set": ("b",)})
    assert writing.done(TOY, change, State({"id": "n0"}, {"set": ("b", "other")}))


@pytest.mark.parametrize(("option", "existing", "planned", "shown"), [("end", 1, 5, 7), ("set", ("a",), (), ("a",))])
def test_what_was_there_before_or_is_no_list_was_added_by_nobody(option, existing, planned, shown):
    toys = copy.copy(TOY)
    toys.fields = (*TOY.fields, Field("end", field_types.Time(9), "End"))
    desired = Desired("", {"id": "n0"}, {option: planned}, purge=False)
    change = Change(toys, desired, State({"id": "n0"}, {option: existing}), {option: planned})
    assert writing.done(toys, change, State({"id": "n0"}, {option: shown})) is False


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"set": ("b",)}, {"set": ("a", "other")}),
        ({"set": ("b",)}, {"set": ("b", "other")}),
        ({"text": "new"}, {"text": "new", "set": ("a", "other")}),  # to which this task adds nothing
        ({"rows": {"new": {"perm": "SUB"}}}, {"rows": {"new": {"perm": "SUB"}, "other": {"perm": "SUB"}}}),
        ({"rows": {"new": {"perm": "SUB"}}}, {"rows": {"kept": {"perm": "DENY"}, "new": {"perm": "SUB"}}}),
    ],
)
def test_what_was_added_or_stood_beside_it_and_is_not_there_is_one(values, shown):
    error = Adding(values, shown).fails()
    assert "another writer changed it meanwhile" in error.message
    assert names(error.failed) == ["n0"]
