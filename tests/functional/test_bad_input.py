# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad task is refused before anything is sent, by name; an odd one arrives as it was written."""

from __future__ import annotations

import json

import cases
import fuzzing
import harness
import mistakes
import pytest
import ways
from hypothesis import given
from hypothesis import strategies as st

ALL = harness.MODULES + harness.INFOS
SLOTS = [slot for module in ALL for slot in mistakes.slots(module)]


@pytest.fixture
def estate(sim):
    cases.furnish(sim)
    return sim


def refused(sim, result, *named):
    """The result is a failure that names what is wrong; nothing was sent, and nothing secret is said."""
    assert result.get("failed") is True, result
    assert result["changed"] is False
    assert sim.counters["total"] == 0, sim.counters["sequence"]
    for text in named:
        assert text in result["msg"], (text, result["msg"])
    said = json.dumps(result, ensure_ascii=False)
    assert len(said) < 20000
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("slot", SLOTS, ids=str)
def test_a_bad_value_is_refused_by_name_before_anything_is_sent(estate, run, slot):
    @fuzzing.examples(10, 50)
    @given(value=mistakes.bad(slot))
    def refuse(value):
        fuzzing.count(f"bad {slot.kind}")
        estate.counting.reset()
        credential, params = mistakes.task(estate, slot, value)
        said = refused(estate, run(slot.module, credential=credential, **params), slot.named)
        if slot.rule.get("no_log"):
            assert mistakes.SECRET not in said

    refuse()


@pytest.mark.parametrize("module", ALL)
def test_every_option_of_the_spec_is_tried(module):
    """The walk is not shorter than the spec: counted by another one."""
    resource = harness.resource_of(module)
    spec = harness.spec_of(module)
    names = {slot.option for slot in SLOTS if slot.module == module}
    assert set(spec) <= names
    if not module.endswith("_info"):
        for option, rule in spec[resource.plural]["options"].items():
            assert any(slot.path[:1] == (resource.plural,) and slot.option == option for slot in SLOTS), option
            assert {*(rule.get("options") or ())} <= names


@pytest.mark.parametrize("option", ["unknown", "allowed_op", "{{ x }}", "Name"])
@pytest.mark.parametrize("module", ALL)
def test_an_option_that_does_not_exist_is_refused(estate, run, module, option):
    refused(estate, run(module, **{**cases_scope(module), option: "x"}), option)


def cases_scope(module):
    return dict(mistakes.case_of(module).scope)


NEW = {  # by module: options that name something new
    "ucloud_ufile_token": [("token_name", lambda text: text), ("allowed_prefixes", lambda text: [text])]
    + [("allowed_buckets", lambda text: ["acme-data", text])],
    "huaweicloud_rocketmq_user": [
        ("white_remote_address", lambda text: text),
        ("topic_perms", lambda text: [{"name": text, "perm": "PUB"}]),
        ("group_perms", lambda text: [{"name": text, "perm": "SUB"}]),
    ],
    "huaweicloud_roma_topic_policy": [("policies", lambda text: [{"app_name": text, "access_policy": "sub"}])],
}


@pytest.mark.parametrize("form", cases.FORMS)
@pytest.mark.parametrize(("module", "option", "make"), [(module, *row) for module, rows in NEW.items() for row in rows])
def test_what_nobody_can_mean_is_never_granted(estate, run, module, option, make, form):
    case = mistakes.case_of(module)
    for name, said in mistakes.NOBODYS:
        if option == "white_remote_address" and "a blank" in said:
            continue  # the blanks around its addresses are none of them
        for purge in (True, False):
            result = run.failed(module, **case.on_alpha(form, **{option: make(name)}), purge=purge)
            assert option in result["msg"]
            assert said in result["msg"]
    assert estate.counters["write"] == 0


# -- many entries ----------------------------------------------------------------------------------


def entries(case, count):
    """Entries of resources that need not exist."""
    key = next(iter(case.alpha))
    return [{key: f"entry-{number:05d}"} for number in range(count)]


@pytest.mark.parametrize("case", cases.CASES if fuzzing.LONG else [cases.ROCKETMQ], ids=lambda case: case.label)
def test_of_ten_thousand_entries_each_bad_one_is_named_and_the_message_stays_short(estate, run, case):
    """Each bad one of them is named; and the message stays readable."""
    plural, key = harness.PAIRS[case.module][1], next(iter(case.alpha))
    rows = entries(case, 10000)
    for number in range(0, 10000, 100):
        rows[number][key] = "x\n"
    rows[9999][key] = rows[1][key]
    result = run(case.module, **case.scope, **{plural: rows})
    assert (result["failed"], estate.counters["total"]) == (True, 0)
    assert len(result["msg"]) < 5000
    assert [problem["position"] for problem in result["error"]["problems"]] == [
        f"{plural}[{number}]" for number in range(0, 10000, 100)
    ]
    for number in range(0, 10000, 100):
        rows[number][key] = f"entry-{number:05d}"
    refused(estate, run(case.module, **case.scope, **{plural: rows}), f"{plural}[9999]: ", f"{plural}[1] already")


# -- odd but right ---------------------------------------------------------------------------------


def add(sim, case, scope, name):
    """A resource of odd names in an odd place, and the options that change it."""
    place = dict.fromkeys(case.scope, scope)
    case.add(sim, name, scope=place)
    return {**place, next(iter(case.alpha)): name, **case.system.grant}


@pytest.mark.parametrize("case", **cases.each())
def test_an_odd_name_arrives_as_it_was_written(sim, run, case):
    @fuzzing.examples(40, 300)
    @given(scope=mistakes.odd_names(), name=mistakes.odd_names())
    def arrive(scope, name):
        fuzzing.count("odd names")
        harness.reset(sim)
        params = add(sim, case, scope, name)
        before = harness.dump(sim)
        result = run.ok(case.module, **params)
        assert result["changed"] is True
        assert harness.dump(sim) != before
        (row,) = result["changes"]
        names = {option: row[option] for option in params if option in row}
        assert names == {option: params[option] for option in names}
        assert list(names.values())[-1] == name
        assert set(sim.counters["refused"]) == set()
        assert "Unknown" not in sim.counters["by_operation"]
        # And it is found again, among others whose names are nearly the same.
        add(sim, case, scope, name + "x")
        again = run.ok(case.module, **params)
        assert again["changed"] is False

    arrive()


ODD = mistakes.odd_names()
PLAIN, ROWS = mistakes.plain_names(), ("topic_perms", "group_perms")
TOKEN, USER, TOPIC = (case.module for case in (cases.UFILE, cases.ROCKETMQ, cases.ROMA))
FIELDS = [
    (TOKEN, "token_name", ODD, lambda value: {"token_name": value}, ("TokenName",)),
    (TOKEN, "allowed_prefixes", mistakes.odd_names("*"), lambda value: {"allowed_prefixes": [value]}, ("AllowedPrefixes", 0)),
    (TOKEN, "allowed_buckets", mistakes.odd_names("*?,;/"), lambda value: {"allowed_buckets": [value]}, ("AllowedBuckets", 0)),
    *((USER, row, PLAIN, lambda value, row=row: {row: [{"name": value, "perm": "SUB"}]}, (row, 0, "name")) for row in ROWS),
    (TOPIC, "description", ODD, lambda value: {"description": value}, ("description",)),
    (TOPIC, "sensitive_word", ODD, lambda value: {"sensitive_word": value}, ("sensitive_word",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "option", "values", "make", "where"), FIELDS, ids=[f"{row[0]}-{row[1]}" for row in FIELDS]
)
def test_an_odd_value_arrives_as_it_was_written(sim, run, module, option, values, make, where):
    case = mistakes.case_of(module)
    if option in mistakes.FREE_TEXTS:  # where braces are no mistake
        values = st.one_of(values, st.sampled_from([*mistakes.TEMPLATES, *mistakes.INVISIBLE, "x" * 70000]))

    @fuzzing.examples(25, 200)
    @given(value=values)
    def arrive(value):
        fuzzing.count("odd values")
        cases.furnish(sim)
        assert run.ok(module, **case.on_alpha("one", **make(value)))["changed"] is True
        stored = case.record(sim)
        for step in where:
            stored = stored[step]
        assert stored == value
        assert run.ok(module, **case.on_alpha("one", **make(value)))["changed"] is False

    arrive()


@pytest.mark.parametrize(("number", "text"), [(12345678, "12345678"), (0, "0"), (-5, "-5")])
def test_a_whole_number_is_a_name(sim, run, number, text):
    sim.add_ufile_token(TokenId=text, TokenName="x")
    assert run.ok("ucloud_ufile_token", token_id=number, allowed_buckets=[number])["changed"] is True
    assert sim.estate["ucloud"]["ufile_tokens"][text]["AllowedBuckets"] == [text]


@ways.worker_first
def test_both_ways_in_refuse_what_is_no_text(estate, play, way):
    alpha = {"token_id": "uf-alpha"}
    tasks = [
        {**alpha, "allowed_buckets": [["acme-data", "acme-logs"]]},
        {**alpha, "allowed_prefixes": [{"a": 1}]},
        {**alpha, "token_name": True},
        {"tokens": [alpha, {"token_id": 1.5}]},
    ]
    done = play([{"ucloud_ufile_token": task} for task in tasks], way=way)
    wrong = ("allowed_buckets[0]", "allowed_prefixes[0]", "token_name", "tokens[1].token_id")
    assert [entry["status"] for entry in done.recorded] == ["failed"] * 4
    for result, where in zip(done.results, wrong, strict=True):
        assert f"Nothing was written. {where}: it must be text" in result["msg"]
        assert result["error"]["problems"]
    assert estate.counters["total"] == 0


ALPHA = {"instance_id": "rmq-1", "user_name": "user-alpha"}
OF_ALPHA = {"instance_id": "roma-1", "name": "topic-alpha"}
WRITTEN = [  # how a list is given, and what the service has then
    (TOKEN, {"token_id": "uf-alpha", "allowed_prefixes": " a/, b/ "}, "AllowedPrefixes", ["a/", "b/"]),
    (USER, {**ALPHA, "topic_perms": {"audit": "SUB"}}, "topic_perms", [{"name": "audit", "perm": "SUB"}]),
    (USER, {**ALPHA, "group_perms": {"g": "SUB"}}, "group_perms", [{"name": "g", "perm": "SUB"}]),
    (TOPIC, {**OF_ALPHA, "policies": {"billing": "pub"}, "purge_owner": True}, "policies", ["billing"]),
]
REFUSED = [
    ("ucloud_ufile_token", {"token_id": "uf-alpha", "allowed_prefixes": '["in/", "out/"]'}, "allowed_prefixes: it must be a list"),
    ("ucloud_ufile_token", {"token_id": "uf-alpha", "allowed_ops": "['TOKEN_ALLOW_READ']"}, "allowed_ops: it must be a list"),
    ("ucloud_ufile_token", {"tokens": {"uf-alpha": {}}}, "tokens: it must be a list of mappings"),
    ("huaweicloud_rocketmq_user", {**ALPHA, "topic_perms": "orders:PUB"}, "topic_perms: it must be a mapping such as {orders: PUB}"),
    ("huaweicloud_roma_topic_policy", {"topics": {"payments": "DENY"}}, "topics: it must be a list of mappings"),
    ("ucloud_ufile_token", {"token_id": None}, "token_id or token_name must be given; got null"),
]  # fmt: skip


@ways.worker_first
def test_both_ways_in_take_lists_alike(estate, play, way):
    """On every ansible-core: what a text becomes is not left to it."""
    done = play([{module: options} for module, options, *_rest in WRITTEN + REFUSED], way=way)
    assert [entry["status"] for entry in done.recorded] == ["ok"] * len(WRITTEN) + ["failed"] * len(REFUSED)
    for module, _options, key, value in WRITTEN:
        stored = mistakes.case_of(module).record(estate)[key]
        names = [row["app_name"] for row in stored] if key == "policies" else stored
        assert names == value
    for result, (_module, _options, said) in zip(done.results[len(WRITTEN) :], REFUSED, strict=True):
        assert said in result["msg"]
        assert result["error"]["problems"]
    assert estate.counters["write"] == len(WRITTEN)
