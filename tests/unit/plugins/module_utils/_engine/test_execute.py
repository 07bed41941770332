# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read, plan, write: a whole run, on toys."""

from __future__ import annotations

import unicodedata

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._engine import execute as engine
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing
from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types
from ansible_collections.grantops.cloud.plugins.module_utils._schema import resource as resources
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Desired, Field, Name, State
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, Box, ToyAPI, toy


def desired(number=1, purge=True, **values):
    return Desired(f"toys[{number}]", {"id": f"n{number}"}, values, purge)


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


# -- creation and deletion -------------------------------------------------------------------------


LIVING = resources.Resource(
    name="toy",
    plural="toys",
    label="toy",
    provider=TOY.provider,
    operation="UpdateToy",
    identity=(Name("id"), Name("name")),
    fields=(
        Field("text", field_types.Text(), "Text", initial="new"),
        Field("set", field_types.TextSet(), "Set", initial=()),
    ),
    lifecycle=True,
    makes_credentials=True,
    missing_hint="Check id.",
)


class Living(resources.ResourceAPI):
    resource = LIVING

    def read(self, desired, full=False):
        return self.resource.match(desired, self.client.look(), lambda state: state.names)

    def list(self, scope):
        return self.client.look()

    def update(self, changes):
        self.client.act("write", changes[0])

    def create(self, change):
        return self.client.act("create", change)

    def delete(self, change):
        self.client.act("delete", change)

    def credentials(self, names):
        return self.client.act("credentials", names) or {"key": "key of " + names["id"]}


class Shelf:
    """A client that holds toys; ``script`` says what happens to the next calls that act, ``looks`` to the next reads."""

    concurrency = 1
    retries = 2

    def __init__(self, *names):
        self.toys = [
            State({"id": f"i{number}", "name": name}, {"text": "new", "set": ()}) for number, name in enumerate(names)
        ]
        self.done = []
        self.script = []
        self.looks = []

    def each(self, function, items):
        return [function(item) for item in items]

    def forget(self):
        pass

    def look(self):
        self.done.append("read")
        answer = self.looks.pop(0) if self.looks else None
        if isinstance(answer, Exception):
            raise answer  # pylint: disable=raising-bad-type
        return list(self.toys) if answer is None else answer

    def act(self, what, change):
        self.done.append(what)
        before, after = self.script.pop(0) if self.script else (None, None)
        if before:
            raise before  # pylint: disable=raising-bad-type
        result = getattr(self, "_" + what)(change)
        if after:
            raise after  # pylint: disable=raising-bad-type
        return result

    def _credentials(self, names):
        return None

    def _create(self, change):
        self.toys.append(State({"id": "made", "name": change.names["name"]}, dict(change.planned)))
        return {"id": "made"}

    def _write(self, change):
        change.existing.values.update(change.planned)

    def _delete(self, change):
        self.toys = [toy for toy in self.toys if toy.names["id"] != change.names["id"]]

    @property
    def names(self):
        return [toy.names["name"] for toy in self.toys]


def broken(outcome_unknown=True):
    return errors.RequestError(
        "network" if outcome_unknown else "invalid", "broken", operation="Op", outcome_unknown=outcome_unknown
    )


def named(name=None, number=0, absent=False, **values):
    names = name if isinstance(name, dict) else {"name": name}
    return Desired(f"toys[{number}]", names, values, absent=absent)


def run(shelf, *entries, exclusive=None, limit=10, **options):
    api, clock = Living(shelf), Clock()
    scopes = planning.Exclusive(api, [{}], limit) if exclusive else None
    return engine.run(api, list(entries), whole=scopes, sleep=clock.sleep, **options)


def fails(*arguments, error=errors.RunError, **options):
    with pytest.raises(error) as caught:
        run(*arguments, **options)
    return caught.value


# -- the plan --------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_name_that_is_missing_is_created_with_what_a_new_one_has(check_mode):
    shelf = Shelf()
    (change,) = run(shelf, named("a", text="t"), check_mode=check_mode).changes
    assert (change.action, change.before, change.after) == ("create", {}, {"text": "t", "set": ()})
    assert shelf.done == (["read"] if check_mode else ["read", "create", "read"])


@pytest.mark.parametrize("names", [{"id": "x"}, {"id": "x", "name": "a"}])
def test_an_id_that_is_missing_is_never_created(names):
    shelf = Shelf()
    assert "does not exist" in str(fails(shelf, named(names), error=errors.TaskError))
    assert shelf.done == ["read"]
    assert run(shelf, named(names, absent=True)).changed is False


def test_what_is_taken_away_goes_last():
    shelf = Shelf("a", "b")
    run(shelf, named("a", absent=True), named("c", 1), named("b", 2, text="t"))
    assert [what for what in shelf.done if what != "read"] == ["create", "write", "delete"]
    assert shelf.names == ["b", "c"]


def test_a_grant_that_fails_means_no_deletion():
    shelf = Shelf("a", "b")
    shelf.script = [(broken(outcome_unknown=False), None)]
    error = fails(shelf, named("a", absent=True), named("b", 1, text="t"))
    assert ([row["name"] for row in error.failed], [row["name"] for row in error.pending]) == (["b"], ["a"])
    assert "not tried: 1" in error.message
    assert shelf.names == ["a", "b"]


def test_the_limit_of_exclusive_counts_only_what_is_not_named():
    shelf = Shelf("a", "b", "c")
    entries = [named("a", absent=True), named("b", 1)]
    error = fails(shelf, *entries, exclusive=True, limit=0, error=errors.TaskError)
    message = "exclusive would delete 1, and exclusive_limit is 0: toy i2 (c)"
    (problem,) = error.problems
    assert problem.details() == {"position": None, "option": "exclusive", "message": message}
    assert error.hint == "Look at them, then raise exclusive_limit if they are to go."
    assert shelf.done == ["read"]
    error = fails(Shelf("a", "b"), exclusive=True, limit=1, error=errors.TaskError)
    assert error.problems[0].message.endswith(": toy i0 (a); toy i1 (b)")
    assert len(run(shelf, *entries, exclusive=True, limit=1).changes) == 3
    assert shelf.names == ["b"]


def test_exclusive_deletes_neither_what_is_protected_nor_what_it_does_not_cover(monkeypatch):
    monkeypatch.setattr(Living, "protected", lambda self, state: state.names["name"] == "b" or None)
    shelf = Shelf("a", "b", "c", "d")
    monkeypatch.setattr(
        Living, "reached_by_exclusive", lambda self, state: self.client is shelf and state.names["name"] != "c"
    )
    run(shelf, named("a"), exclusive=True)
    assert shelf.names == ["a", "b", "c"]


def test_exclusive_names_what_it_deletes_by_the_names_that_it_has():
    shelf = Shelf("a")
    shelf.toys.append(State({"id": "nameless"}, {}))
    kept, deleted = run(shelf, named("a"), exclusive=True).changes
    assert (kept.names["name"], deleted.names) == ("a", {"id": "nameless"})


# -- a creation of unknown outcome ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "made"),
    [
        ([(None, broken())], 1),
        ([(broken(), None)], 2),
        ([(broken(), None), (None, broken())], 2),
        ([(broken(), None), (broken(), None)], 3),
    ],
)
def test_a_creation_ends_with_exactly_one(script, made):
    shelf = Shelf()
    shelf.script = list(script)
    outcome = run(shelf, named("a"))
    assert (shelf.names, shelf.done.count("create")) == (["a"], made)
    assert outcome.states[0][0]["id"] == "made"


def test_it_looks_several_times_before_it_creates_again():
    shelf = Shelf()
    shelf.script = [(None, broken())]
    shelf.looks = [[]] * (1 + len(writing.CREATE_WAITS) - 1)
    assert run(shelf, named("a")).changed is True
    assert shelf.done.count("create") == 1


def test_a_refusal_after_an_unclear_answer_is_looked_into():
    shelf = Shelf()
    shelf.looks = [[]] * (1 + len(writing.CREATE_WAITS))
    shelf.script = [(None, broken()), (broken(outcome_unknown=False), None)]
    outcome = run(shelf, named("a"))
    assert (shelf.names, len(outcome.warnings)) == (["a"], 1)


def test_a_refusal_that_ends_it_after_an_unclear_answer_may_have_changed_something():
    shelf = Shelf()
    shelf.script = [(broken(), None), (broken(outcome_unknown=False), None)]
    error = fails(shelf, named("a"))
    assert (shelf.done.count("create"), shelf.names, error.changed) == (2, [], True)


def test_a_refusal_is_not_looked_into():
    shelf = Shelf()
    shelf.script = [(broken(outcome_unknown=False), None)]
    error = fails(shelf, named("a"))
    assert (shelf.done, error.changed) == (["read", "create"], False)
    assert error.message.startswith("Could not create toy a")


def test_where_looking_fails_too_it_is_not_known():
    shelf = Shelf()
    shelf.script = [(None, broken())]
    shelf.looks = [None] + [broken(outcome_unknown=False)] * 2
    error = fails(shelf, named("a"))
    assert "was written is not known" in error.message
    assert (shelf.done.count("create"), error.changed) == (1, True)


def test_a_creation_is_tried_once_more_than_there_are_retries():
    shelf = Shelf()
    shelf.script = [(broken(), None)] * 9
    error = fails(shelf, named("a"))
    assert (shelf.done.count("create"), shelf.names, error.changed) == (shelf.retries + 1, [], True)


def test_what_seemed_to_fail_is_a_warning_in_full():
    shelf = Shelf()
    shelf.script = [(None, broken())]
    (text,) = run(shelf, named("a")).warnings
    said = "None Op (None None) failed: broken."
    assert text == "A creation seemed to fail, but the service shows it done. " + said


def test_somebody_else_creating_the_same_is_no_task_error():
    shelf = Shelf()
    shelf.script = [(None, broken())]
    twins = [State({"id": key, "name": "a"}, {}) for key in ("i1", "i2")]
    shelf.looks = [None, twins, twins]
    error = fails(shelf, named("a"))
    assert error.changed is True


def test_an_answer_without_an_id_is_made_up_for_by_the_verification(monkeypatch):
    monkeypatch.setattr(Living, "create", lambda self, change: self.client.act("create", change) and {})
    shelf = Shelf()
    assert run(shelf, named("a")).states[0][0]["id"] == "made"
    shelf = Shelf()
    assert run(shelf, named("a"), verify=False, return_credentials=True).credentials[0]["id"] == "made"


def test_of_twins_that_show_after_a_creation_both_are_named(monkeypatch):
    monkeypatch.setattr(Living, "create", lambda self, change: self.client.act("create", change) and {})
    shelf = Shelf()
    shelf.looks = [None, [State({"id": key, "name": "a"}, {}) for key in ("i1", "i2")]]
    error = fails(shelf, named("a"))
    assert error.message == (
        "Written, but toy a could not be read back to verify it: toys[0].name: 2 toys have the name a: i1, i2"
    )


def test_what_was_created_and_does_not_show_is_an_error():
    shelf = Shelf()
    shelf.looks = [[]] * 9
    assert fails(shelf, named("a"), verify_timeout=0).message == (
        "The service accepted the write but does not show it after 0 s. toy made (a) is not there. Either it ignored "
        "this, or another writer changed it meanwhile."
    )


def test_all_that_does_not_show_is_named_with_what_is_there_instead(monkeypatch):
    shelf = Shelf("a", "b", "c")
    monkeypatch.setattr(Shelf, "_write", lambda self, change: None)
    monkeypatch.setattr(Shelf, "_delete", lambda self, change: None)
    changes = named("a", text="t", set=("x",)), named("b", 1, text="t")
    assert fails(shelf, *changes, verify_timeout=0).message == (
        "The service accepted the write but does not show it after 0 s. toy i0 (a): text is new instead of t, set is [] "
        "instead of [x]; toy i1 (b): text is new instead of t. Either it ignored this, or another writer changed it "
        "meanwhile."
    )
    assert "toy i2 (c) is still there" in fails(shelf, named("c", absent=True), verify_timeout=0).message


def test_one_write_that_fails_is_not_counted():
    shelf = Shelf("a")
    shelf.script = [(broken(outcome_unknown=False), None)]
    assert (
        fails(shelf, named("a", text="t")).message == "Could not write toy i0 (a): None Op (None None) failed: broken."
    )


def test_a_deletion_that_was_refused_may_have_been_carried_out():
    shelf = Shelf("a")
    shelf.script = [(None, broken(outcome_unknown=False))]
    assert len(run(shelf, named("a", absent=True)).warnings) == 1


# -- credentials -----------------------------------------------------------------------------------


def test_credentials_of_what_was_created_and_of_nothing_else():
    outcome = run(Shelf("b"), named("a"), named("b", 1, text="t"), return_credentials=True)
    assert outcome.credentials == [{"id": "made", "name": "a", "key": "key of made"}]
    for options in ({}, {"return_credentials": True, "check_mode": True}):
        assert run(Shelf(), named("a"), **options).credentials == []


def test_credentials_that_cannot_be_read_are_an_error_that_says_what_is_there():
    shelf = Shelf()
    shelf.script = [(None, None), (broken(outcome_unknown=False), None)]
    error = fails(shelf, named("a"), return_credentials=True)
    assert error.message.startswith("Created, but the credentials of toy made (a) could not be read")
    assert error.hint == (
        "They are returned for what a task creates only: delete it, and let the task create it again."
    )
    assert (error.changed, error.failed, len(error.written)) == (True, [], 1)


def test_credentials_of_what_does_not_show_yet_are_an_error(monkeypatch):
    monkeypatch.setattr(Living, "create", lambda self, change: {})
    error = fails(Shelf(), named("a"), verify=False, return_credentials=True)
    assert error.message.endswith(" could not be read: the service does not show it yet")


# -- what cannot be read ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "hint", "shown"),
    [("invalid", None, "Check it."), ("invalid", "Its own.", "Its own."), ("network", None, None)],
)
def test_a_read_that_is_called_invalid_has_the_hint_of_what_is_missing(monkeypatch, kind, hint, shown):
    monkeypatch.setattr(LIVING, "missing_hint", "Check it.", raising=False)
    shelf = Shelf()
    shelf.looks = [errors.RequestError(kind, "no", operation="Op", hint=hint)]
    error = fails(shelf, named("a"))
    assert error.message.startswith("Could not read toy a, so nothing was written. ")
    assert error.details()["hint"] == shown


# -- a service that tidies new names ---------------------------------------------------------------

LOOK = "reports-of-the-warehouse"
TIDY = {
    "lower case": ("Reports-Of-The-Warehouse", str.lower),
    "one form": ("cafe\u0301", lambda name: unicodedata.normalize("NFC", name)),
    "blanks": ("reports  of 2030", lambda name: " ".join(name.split())),
    "cuts inside a word": (LOOK, lambda name: name[:20]),
    "cuts a long name": (LOOK + "-2030-and-2031", lambda name: name[:34]),
}


class Tidying(Shelf):
    """It makes of a new name what ``tidy`` does."""

    def __init__(self, tidy, *names):
        super().__init__(*names)
        self.tidy = tidy

    def _create(self, change):
        number = len(self.toys)
        self.toys.append(State({"id": f"made-{number}", "name": self.tidy(change.names["name"])}, dict(change.planned)))
        return {"id": f"made-{number}"}


@pytest.mark.parametrize("how", TIDY)
def test_a_name_that_the_service_tidied_is_an_error_that_names_both_and_makes_no_second_one(how):
    name, tidy = TIDY[how]
    shelf = Tidying(tidy, "other")
    error = fails(shelf, named(name))
    assert f"name is {tidy(name)!r} instead of {name!r}" in error.message
    assert (error.changed, error.failed) == (True, [{"id": "made-1", "name": name}])
    assert shelf.done == ["read", "create", "read"]  # what does not come later is not waited for
    for _again in range(2):
        problem = fails(shelf, named(name), error=errors.TaskError).problems[0]
        said = f"there is {tidy(name)!r}, which a service makes of {name!r}"
        assert (said if how != "one form" else f"{name!r} is the same name as {tidy(name)!r}") in problem.message
    assert shelf.names == ["other", tidy(name)]


@pytest.mark.parametrize("how", TIDY)
def test_a_tidied_name_is_found_after_a_creation_whose_answer_was_lost(how, monkeypatch):
    monkeypatch.setattr(writing, "CREATE_WAITS", (0.0,))
    name, tidy = TIDY[how]
    shelf = Tidying(tidy, "other")
    shelf.script = [(None, broken())]
    assert f"name is {tidy(name)!r} instead of {name!r}" in fails(shelf, named(name)).message
    assert shelf.names == ["other", tidy(name)]


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("worker-of-shop-1", "worker-of-shop-10"),  # the next of a family
        ("reports-of-shop", "reports-of-shop-eu"),  # ends where a word does
        ("report", "reports"),  # too short to be cut
        ("reports-of-the-ware", "reports-of-the-warehouse"),  # a longer one is there
        ("b" * 40 + "-1", "b" * 40 + "-12"),
    ],
)
def test_a_name_that_begins_as_another_one_is_one_of_its_own(there, new):
    shelf = Shelf(there, *(["x" * 30] if "ware" in there else []))
    assert run(shelf, named(new)).changed
    assert new in shelf.names


def test_of_a_name_that_the_service_does_not_show_nothing_is_taken_for_done():
    shelf = Tidying(lambda name: None)
    assert "name is None instead of 'a'" in fails(shelf, named({"name": "a"})).message


# -- progress --------------------------------------------------------------------------------------


def test_who_watches_sees_every_few_seconds_how_far_it_is():
    clock, shown = Clock(), []
    progress = engine.Progress(shown.append, clock)
    for number in range(1, 1001):
        clock.sleep(0.0119)
        progress.step("written", number, 1000)
    assert shown == ["written 421 of 1,000", "written 842 of 1,000"]


def test_what_is_waited_for_is_shown_too():
    clock, shown = Clock(), []
    progress = engine.Progress(shown.append, clock)
    progress.waiting("waiting for a lock")
    clock.sleep(5.0)
    progress.waiting("waiting for a lock")
    assert shown == ["waiting for a lock"]


def test_a_terminal_that_is_gone_ends_nothing():
    def show(text):
        raise OSError(text)

    clock = Clock()
    progress = engine.Progress(show, clock)
    clock.sleep(60.0)
    progress.step("written", 1, 2)


def test_a_run_tells_what_is_read_and_written(monkeypatch):
    monkeypatch.setattr(engine.Progress, "EVERY", 0.0)
    box, shown = Box(n1=toy(), n2=toy()), []
    api = ToyAPI(box)
    monkeypatch.setattr(
        api, "read", lambda entries, full=False: api.read_each(lambda entry: box.read([entry.names["id"]])[0], entries)
    )
    engine.run(api, [desired(number, text="new") for number in (1, 2)], progress=engine.Progress(shown.append))
    assert shown == [
        "reading 1 of 2",
        "reading 2 of 2",
        "written 1 of 2",
        "written 2 of 2",
        "reading 1 of 2",
        "reading 2 of 2",
    ]
