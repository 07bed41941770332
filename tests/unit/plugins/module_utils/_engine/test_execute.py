# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read, plan, write: a whole run, on toys."""

from __future__ import annotations

import copy
import unicodedata

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils import _text as texts
from ansible_collections.grantops.cloud.plugins.module_utils._engine import execute as engine
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing
from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types
from ansible_collections.grantops.cloud.plugins.module_utils._schema import resource as resources
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import (
    Desired,
    Field,
    Name,
    Others,
    State,
)
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock, error_of
from ansible_collections.grantops.cloud.tests.unit.toy import TOY, Box, ToyAPI, desired, toy

NEW = [({"id": "n1"}, toy(text="new"), {})]


def test_check_mode_predicts_the_run_and_writes_nothing():
    for check_mode, writes in ((True, []), (False, [["n1"]])):
        box = Box(n1=toy())
        outcome = engine.run(ToyAPI(box), [desired(text="new")], check_mode=check_mode)
        assert (outcome.changed, outcome.states, box.writes) == (True, NEW, writes)


def test_a_run_is_verified_for_half_a_minute_unless_it_is_told_otherwise():
    api = ToyAPI(Box(n1=toy()))
    run = engine.Run(api, lambda: ([planning.plan(api, desired(text="new"), State({"id": "n1"}, toy(), {}))], []))
    for check_mode in (True, False):
        engine.run_all([run], check_mode)
        assert run.predicted is check_mode
    assert (run.writer.verify, run.writer.timeout) == (True, 30.0)


def test_no_difference_no_write():
    box = Box(n1=toy())
    assert engine.run(ToyAPI(box), [desired(text="t")]).changed is False
    assert (box.writes, len(box.reads)) == ([], 1)


@pytest.mark.parametrize("order", [1, -1])
def test_one_bad_entry_means_nothing_is_written(order):
    box = Box(n1={"text": "t"})
    error = error_of(engine.run, ToyAPI(box), [desired(1, text="new"), desired(2, text="new")][::order])
    assert [str(problem) for problem in error.problems][::order] == [
        "toys[1]: toy n1: a write sends the whole resource, but the service did not return set, rows; give it in the task",
        "toys[2]: toy n2 does not exist",
    ]
    assert (error.hint, box.writes) == ("Check id.", [])


def test_a_refused_plan_names_the_resource():
    error = error_of(engine.run, ToyAPI(Box(n1={"text": "t"})), [desired(text="new")])
    assert "toys[1]: toy n1: a write sends the whole resource" in error.message
    assert error.hint is None  # it is there: its name is right


def test_one_resource_is_named_once():
    error = error_of(engine.run, ToyAPI(Box(n1=toy())), [desired(text="new"), desired(set=("b",))])
    assert [str(problem) for problem in error.problems] == ["toys[1]: toy n1 is named at toys[1] already"]
    assert error.hint == "Merge the entries of one resource into one."


def test_afterwards_is_what_is_shown_and_where_nothing_is_what_was_planned_or_there():
    change = planning.plan(ToyAPI(None), desired(text="new", note="m"), State({"id": "n1"}, toy(), {"seen": 5}))
    change.filled = {"secret": "s"}
    values = toy(text="new", note="m", secret="s")
    assert engine.after(change, None) == ({"id": "n1"}, values, {"seen": 5})
    shown = State({"id": "n1"}, {"text": "NEW"}, {"seen": 6})
    assert engine.after(change, shown) == ({"id": "n1"}, dict(values, text="NEW"), {"seen": 6})


def test_what_others_added_meanwhile_is_in_the_result():
    box = Box(n1=toy())
    box.on_read = lambda ids: box.toys["n1"].update(set=("a", "b", "other")) if box.writes else None
    (state,) = engine.run(ToyAPI(box), [desired(purge=False, set=("b",))]).states
    assert state[1] == toy(set=("a", "b", "other"))


def test_an_end_from_outside_before_the_first_write_says_what_was_going_on():
    error = engine.Progress().report(errors.typed(KeyboardInterrupt()))
    assert error.message == "While reading, the task was ended by KeyboardInterrupt. Nothing was written."
    assert (error.details()["kind"], error.hint) == (
        errors.INTERRUPTED, "Run the task again: what is written already is not written twice.",
    )  # fmt: skip


def test_what_a_look_does_not_show_is_in_the_result_as_it_was_written():
    box = Box(n1=toy(note="n"))
    box.on_read = lambda ids: box.toys["n1"].pop("note") if box.writes else None
    (state,) = engine.run(ToyAPI(box), [desired(text="new")]).states
    assert state[1] == toy(text="new", note="n")


@pytest.mark.parametrize(("count", "what"), [(1, "toy n1"), (2, "2 toys")])
def test_a_failed_read_says_what_was_read(count, what):
    def fail(ids):
        raise errors.ResponseError("nonsense")

    box = Box()
    box.on_read = fail
    error = error_of(engine.run, ToyAPI(box), [desired(number + 1) for number in range(count)])
    assert error.message == f"Could not read {what}, so nothing was written. nonsense"


# -- several runs at once --------------------------------------------------------------------------


def refused(*problems, hint=None):
    return errors.TaskError([errors.Problem("", text) for text in problems], hint=hint)


@pytest.mark.parametrize(
    ("ends", "message", "hint"),
    [
        ([refused("a"), refused("b", hint="Look.")], "Nothing was written. a; b.", "Look."),
        ([refused("a"), errors.ResponseError("no"), refused("b")], "no", None),
    ],
)
def test_of_several_runs_all_problems_are_told_and_an_error_of_reading_before_them(ends, message, hint):
    def plan(end):
        raise end

    runs = [engine.Run(ToyAPI(Box()), lambda end=end: plan(end)) for end in ends]
    error = error_of(engine.run_all, runs, False)
    assert (error.message, error.hint) == (message, hint)


def test_what_ends_a_task_while_several_runs_read_stops_all_their_clients():
    class End(BaseException):
        pass

    def plan():
        raise End

    boxes = [Box(), Box()]
    with pytest.raises(End):
        engine.run_all([engine.Run(ToyAPI(box), plan) for box in boxes], True)
    assert [box.stopped for box in boxes] == [True, True]


# -- creation and deletion -------------------------------------------------------------------------


LIVING = resources.Resource(
    name="toy", plural="toys", label="toy", provider=TOY.provider, operation="UpdateToy",
    identity=(Name("id"), Name("name")),
    fields=(
        Field("text", field_types.Text(), "Text", initial="new"),
        Field("set", field_types.TextSet(), "Set", initial=()),
    ),
    lifecycle=True, makes_credentials=True, missing_hint="Check id.",
)  # fmt: skip


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
    """A client that holds toys.

    ``script`` says what the next calls that act raise: before they act, or after; ``looks`` what the next reads
    show or raise, ``None`` being what is there. What was called is in ``done``.
    """

    concurrency = 1
    retries = 2

    def __init__(self, *names, script=(), looks=()):
        self.toys = [
            State({"id": f"i{number}", "name": name}, {"text": "new", "set": ()}) for number, name in enumerate(names)
        ]
        self.done = []
        self.script, self.looks = list(script), list(looks)

    def each(self, function, items):
        return [function(item) for item in items]

    def forget(self):
        pass

    def look(self):
        self.done.append("read")
        response = self.looks.pop(0) if self.looks else None
        if isinstance(response, Exception):
            raise response  # pylint: disable=raising-bad-type
        return list(self.toys) if response is None else response

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


BROKEN = errors.RequestError("network", "broken", operation="Op", outcome_unknown=True)
REFUSED = errors.RequestError("invalid", "broken", operation="Op")
# What a call that acts may come to: done without a response, not done without one, refused
LOST, NOT_SENT, NO = (None, BROKEN), (BROKEN, None), (REFUSED, None)
TWINS = [State({"id": key, "name": "a"}, {}) for key in ("i1", "i2")]


def named(name=None, number=0, absent=False, **values):
    names = name if isinstance(name, dict) else {"name": name}
    return Desired(f"toys[{number}]", names, values, absent=absent)


def run(shelf, *entries, exclusive=None, limit=10, **options):
    api, clock = Living(shelf), Clock()
    scopes = planning.Exclusive(api, [{}], limit) if exclusive else None
    return engine.run(api, list(entries), whole=scopes, sleep=clock.sleep, **options)


def fails(*arguments, **options):
    return error_of(run, *arguments, **options)


@pytest.fixture
def no_id(monkeypatch):
    """The response to a creation has no id."""
    monkeypatch.setattr(Living, "create", lambda self, change: self.client.act("create", change) and {})


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_name_that_is_missing_is_created_with_what_a_new_one_has(check_mode):
    shelf = Shelf()
    (change,) = run(shelf, named("a", text="t"), check_mode=check_mode).changes
    assert (change.action, change.before, change.after) == ("create", {}, {"text": "t", "set": ()})
    assert shelf.done == (["read"] if check_mode else ["read", "create", "read"])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (named({"id": "i0", "name": "b"}), "its name is a, not b, and cannot be changed"),
        (named({"id": "i0", "name": "b"}, absent=True), "its name is a, not b"),
        (named("a", absent=True), "a is the service's own"),
    ],
)
def test_what_is_refused_of_one_that_exists_is_told_with_its_names(monkeypatch, entry, said):
    monkeypatch.setattr(Living, "protected", lambda self, state: f"{state.names['name']} is the service's own")
    error = fails(Shelf("a"), entry)
    assert ([str(problem) for problem in error.problems], error.hint) == ([f"toys[0]: toy i0 (a): {said}"], None)


def test_of_one_that_is_to_go_no_name_may_be_another_one_not_even_where_it_could_be_renamed():
    api = Living(None)
    api.resource = copy.copy(LIVING)
    api.resource.fields = (Field("name", field_types.Text(), "Name"),)
    existing = State({"id": "i0", "name": "a"}, {"name": "a"})
    assert planning.plan(api, named({"id": "i0", "name": "b"}), existing).action == "none"
    with pytest.raises(texts.Refused, match="its name is a, not b$"):
        planning.plan(api, named({"id": "i0", "name": "b"}, absent=True), existing)


BOXED = copy.copy(LIVING)
BOXED.scope = (Name("box"),)


@pytest.mark.parametrize(("boxes", "refused"), [("aa", True), ("ab", False)])
def test_new_names_that_differ_only_in_their_form_are_refused_in_one_scope(boxes, refused):
    api = Living(None)
    api.resource = BOXED
    forms = ["caf\u00e9", "cafe\u0301"]
    entries = [Desired(f"toys[{box}]", {"box": box, "name": name}, {}) for box, name in zip(boxes, forms)]
    there = [State(dict(entry.names, id=f"i{number}"), {}) for number, entry in enumerate(entries)]
    assert len(planning.plan_known(api, entries, there)) == 2
    if not refused:
        assert len(planning.plan_known(api, entries, [Others(), Others()])) == 2
        return
    problems = error_of(planning.plan_known, api, entries, [Others(), Others()]).problems
    assert [problem.details() for problem in problems] == [
        {"position": "toys[a]", "option": "name", "message": texts.other_form(name, texts.by_form(forms))}
        for name in forms
    ]


@pytest.mark.parametrize("names", [{"id": "x"}, {"id": "x", "name": "a"}])
def test_an_id_that_is_missing_is_never_created(names):
    shelf = Shelf()
    assert "does not exist" in fails(shelf, named(names)).message
    assert shelf.done == ["read"]
    assert run(shelf, named(names, absent=True)).changed is False


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"id": "x", "name": " a"}, "toy x ( a) does not exist: name must not begin or end with a blank; got ' a'"),
        ({"name": "{{ x }}"}, "toy {{ x }}: name holds a template that was not filled in"),
    ],
)
def test_a_name_that_only_a_mistake_makes_is_told(names, said):
    error = fails(Shelf(), named(names))
    assert ([str(problem) for problem in error.problems], error.hint) == ([f"toys[0]: {said}"], "Check id.")


def test_what_is_taken_away_goes_last():
    shelf = Shelf("a", "b")
    run(shelf, named("a", absent=True), named("c", 1), named("b", 2, text="t"))
    assert [what for what in shelf.done if what != "read"] == ["create", "write", "delete"]
    assert shelf.names == ["b", "c"]


def test_a_grant_that_fails_means_no_deletion():
    shelf = Shelf("a", "b", script=[NO])
    error = fails(shelf, named("a", absent=True), named("b", 1, text="t"))
    assert ([row["name"] for row in error.failed], [row["name"] for row in error.pending]) == (["b"], ["a"])
    assert "not tried: 1" in error.message
    assert shelf.names == ["a", "b"]


def test_the_limit_of_exclusive_counts_only_what_is_not_named():
    shelf = Shelf("a", "b", "c")
    entries = [named("a", absent=True), named("b", 1)]
    error = fails(shelf, *entries, exclusive=True, limit=0)
    message = "exclusive would delete 1, and exclusive_limit is 0: toy i2 (c)"
    (problem,) = error.problems
    assert problem.details() == {"position": None, "option": "exclusive", "message": message}
    assert error.hint == "Check them. If all of them are to be deleted, raise exclusive_limit."
    assert shelf.done == ["read"]
    error = fails(Shelf("a", "b"), exclusive=True, limit=1)
    assert error.problems[0].message.endswith(": toy i0 (a); toy i1 (b)")
    assert len(run(shelf, *entries, exclusive=True, limit=1).changes) == 3
    assert shelf.names == ["b"]


def test_exclusive_deletes_neither_what_is_protected_nor_what_it_does_not_cover(monkeypatch):
    monkeypatch.setattr(Living, "protected", lambda self, state: state.names["name"] == "b" or None)
    monkeypatch.setattr(Living, "reached_by_exclusive", lambda self, state: state.names["name"] != "c")
    monkeypatch.setattr(Living, "warn_kept", lambda self, states: [f"{state.names['name']} stays" for state in states])
    shelf = Shelf("a", "b", "c", "d")
    assert run(shelf, named("a"), exclusive=True).warnings == ["c stays"]
    assert shelf.names == ["a", "b", "c"]


def test_exclusive_names_what_it_deletes_by_the_names_that_it_has():
    shelf = Shelf("a")
    shelf.toys.append(State({"id": "nameless"}, {}))
    kept, deleted = run(shelf, named("a"), exclusive=True).changes
    assert (kept.names["name"], deleted.names) == ("a", {"id": "nameless"})


# -- a creation of unknown outcome ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "looks", "made"),
    [
        ([LOST], [], 1),
        ([NOT_SENT], [], 2),
        ([NOT_SENT, LOST], [], 2),
        ([NOT_SENT, NOT_SENT], [], 3),
        # It is looked for several times before it is created again.
        ([LOST], [[]] * len(writing.CREATE_WAITS), 1),
    ],
)
def test_a_creation_ends_with_exactly_one(script, looks, made):
    shelf = Shelf(script=script, looks=looks)
    outcome = run(shelf, named("a"))
    assert (outcome.changed, shelf.names, shelf.done.count("create")) == (True, ["a"], made)
    assert outcome.states[0][0]["id"] == "made"


SEEMED = "A creation seemed to fail, but the service shows it done. None Op (None None) failed: broken."


@pytest.mark.parametrize(
    ("shelf", "entry", "names", "warning"),
    [
        (Shelf(script=[LOST]), named("a"), ["a"], SEEMED),
        # A refusal after a lost response is looked into, and so is one of a deletion.
        (
            Shelf(script=[LOST, NO], looks=[[]] * (1 + len(writing.CREATE_WAITS))),
            named("a"),
            ["a"],
            "A creation seemed",
        ),
        (Shelf("a", script=[(None, REFUSED)]), named("a", absent=True), [], "A write failed, but"),
    ],
    ids=["lost", "refused after that", "deletion"],
)
def test_what_seemed_to_fail_is_a_warning(shelf, entry, names, warning):
    (text,) = run(shelf, entry).warnings
    assert (shelf.names, text[: len(warning)]) == (names, warning)


def test_one_write_that_fails_is_not_counted():
    error = fails(Shelf("a", script=[NO]), named("a", text="t"))
    assert error.message == "Could not write toy i0 (a): None Op (None None) failed: broken."


@pytest.mark.parametrize(
    ("script", "looks", "made", "names", "changed"),
    [
        ([NOT_SENT, NO], [], 2, [], True),
        ([NOT_SENT] * 9, [], Shelf.retries + 1, [], True),
        ([LOST], [None, REFUSED, REFUSED], 1, ["a"], True),  # looking fails too
        ([LOST], [None, TWINS, TWINS], 1, ["a"], True),  # somebody else creates the same
        ([NO], [], 1, [], False),
    ],
)
def test_a_creation_that_fails_may_have_changed_something_unless_it_was_refused(script, looks, made, names, changed):
    shelf = Shelf(script=script, looks=looks)
    error = fails(shelf, named("a"))
    assert isinstance(error, errors.RunError)
    assert (shelf.done.count("create"), shelf.names, error.changed) == (made, names, changed)
    if looks[1:] == [REFUSED] * 2:
        assert error.message == (
            "Whether toy a was written is not known, since it could not be read afterwards either: "
            "None Op (None None) failed: broken. The service may still carry out what it gave no clear response to."
        )
    if not changed:
        assert error.message.startswith("Could not create toy a")
        assert shelf.done == ["read", "create"]


@pytest.mark.parametrize("options", [{}, {"verify": False, "return_credentials": True}])
def test_a_response_without_an_id_is_made_up_for_by_a_look(no_id, options):
    outcome = run(Shelf(), named("a"), **options)
    assert (outcome.credentials[0] if options else outcome.states[0][0])["id"] == "made"


def test_of_twins_that_show_after_a_creation_both_are_named(no_id):
    assert fails(Shelf(looks=[None, TWINS]), named("a")).message == (
        "Written, but toy a could not be read back to verify it: toys[0].name: 2 toys have the name a: i1, i2"
    )


def test_all_that_does_not_show_is_named_with_what_is_there_instead(monkeypatch):
    text = (
        "The service accepted the write but does not show it after 0 s. {}. Either it ignored this, or another writer "
    )
    text += "changed it meanwhile."
    missing = fails(Shelf(looks=[[]] * 9), named("a"), verify_timeout=0)
    assert missing.message == text.format("toy made (a) is not there")
    for what in ("_write", "_delete"):
        monkeypatch.setattr(Shelf, what, lambda self, change: None)
    shelf, changes = Shelf("a", "b", "c"), [named("a", text="t", set=("x",)), named("b", 1, text="t")]
    assert fails(shelf, *changes, verify_timeout=0).message == text.format(
        "toy i0 (a): text is new instead of t, set is [] instead of [x]; toy i1 (b): text is new instead of t"
    )
    assert "toy i2 (c) is still there" in fails(shelf, named("c", absent=True), verify_timeout=0).message


# -- credentials -----------------------------------------------------------------------------------


def test_credentials_of_what_was_created_and_of_nothing_else():
    outcome = run(Shelf("b"), named("a"), named("b", 1, text="t"), return_credentials=True)
    assert outcome.credentials == [{"id": "made", "name": "a", "key": "key of made"}]
    for options in ({}, {"return_credentials": True, "check_mode": True}):
        assert run(Shelf(), named("a"), **options).credentials == []


def test_of_what_exists_already_no_credentials_are_returned_and_that_is_told():
    there = "abcdefghijk"
    entries = [named(name, number) for number, name in enumerate(there)]
    shelf = Shelf(*there, "gone")
    (warning,) = run(
        shelf, *entries, named("new", 11), named("gone", 12, absent=True), return_credentials=True
    ).warnings
    names = "; ".join(f"toy i{number} ({name})" for number, name in enumerate(there[:10]))
    assert warning == (
        f"return_credentials has no effect on what exists already: {names}; and 1 more. A secret is returned only by the run "
        "that creates it."
    )


def test_credentials_that_cannot_be_read_are_an_error_that_says_what_is_there():
    error = fails(Shelf(script=[(None, None), NO]), named("a"), return_credentials=True)
    assert error.message == (
        "Created, but the credentials of toy made (a) could not be read: None Op (None None) failed: broken."
    )
    assert error.hint == ("They are returned only by the task that creates it: delete it, and run the task again.")
    assert (error.changed, error.failed, len(error.written)) == (True, [], 1)


def test_credentials_of_what_does_not_show_yet_are_an_error(monkeypatch):
    monkeypatch.setattr(Living, "create", lambda self, change: {})
    error = fails(Shelf(), named("a"), verify=False, return_credentials=True)
    assert error.message.endswith(" could not be read: the service does not show it yet")


@pytest.mark.parametrize(
    ("kind", "hint", "shown"),
    [("invalid", None, "Check id."), ("invalid", "Its own.", "Its own."), ("network", None, None)],
)
def test_a_read_that_is_called_invalid_has_the_hint_of_what_is_missing(kind, hint, shown):
    error = fails(Shelf(looks=[errors.RequestError(kind, "no", operation="Op", hint=hint)]), named("a"))
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

    def __init__(self, tidy, *names, **options):
        super().__init__(*names, **options)
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
    assert error.hint == (
        "The service trims or cuts new names, or changes their case: use the name that it made in the task, or delete what it "
        "made."
    )
    assert shelf.done == ["read", "create", "read"]  # what does not come later is not waited for
    said = f"{tidy(name)!r} exists already, and is what a service makes of {name!r}"
    for _again in range(2):
        message = fails(shelf, named(name)).problems[0].message
        assert (said if how != "one form" else f"{name!r} is the same name as {tidy(name)!r}") in message
    assert shelf.names == ["other", tidy(name)]


@pytest.mark.parametrize("how", TIDY)
def test_a_tidied_name_is_found_after_a_creation_whose_response_was_lost(how, monkeypatch):
    monkeypatch.setattr(writing, "CREATE_WAITS", (0.0,))
    name, tidy = TIDY[how]
    shelf = Tidying(tidy, "other", script=[LOST])
    assert f"name is {tidy(name)!r} instead of {name!r}" in fails(shelf, named(name)).message
    assert shelf.names == ["other", tidy(name)]


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ("worker-of-shop-1", "worker-of-shop-10"),  # the next of a family
        ("worker-of-shop-1", "worker-of-shop-10-eu"),
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
    assert "name is None instead of 'a'" in fails(Tidying(lambda name: None), named("a")).message


# -- progress --------------------------------------------------------------------------------------


def test_who_watches_sees_every_few_seconds_how_far_it_is():
    clock, shown = Clock(), []
    progress = engine.Progress(shown.append, clock)
    for number in range(1, 1001):
        clock.sleep(0.0119)
        progress.step("written", number, 1000)
    assert shown == ["written 421 of 1,000", "written 842 of 1,000"]


def test_what_is_waited_for_is_shown_too_and_a_terminal_that_is_gone_ends_nothing():
    def show(text):
        shown.append(text)
        raise OSError(text)

    clock, shown = Clock(), []
    progress = engine.Progress(show, clock)
    progress.waiting("waiting for a lock")
    clock.sleep(5.0)
    progress.waiting("waiting for a lock")
    assert shown == ["waiting for a lock"]


def test_a_run_tells_what_is_read_and_written(monkeypatch):
    class OneByOne(ToyAPI):
        def read(self, desired, full=False):
            return self.read_each(lambda entry: self.client.read([entry.names["id"]])[0], desired)

    monkeypatch.setattr(engine.Progress, "EVERY", 0.0)
    api, shown = OneByOne(Box(n1=toy(), n2=toy())), []
    engine.run(api, [desired(number, text="new") for number in (1, 2)], progress=engine.Progress(shown.append))
    assert shown == [f"{what} {number} of 2" for what in ("reading", "written", "reading") for number in (1, 2)]
