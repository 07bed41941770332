# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every resource promises when something goes wrong."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._engine import plan as planning
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.cases import both_forms, every
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, attempt, huawei, refusals, run, ucloud

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL

# One write a resource; ROMA writes many topics at once and has its own tests.
one_by_one = pytest.mark.parametrize("case", cases.ALL[:3], ids=cases.NAMES[:3])


def failed(result, kind, changed=False):
    assert result["failed"] is True, result
    assert result["changed"] is changed
    assert set(result["error"]) == set(errors.KEYS + errors.LISTS)
    assert result["error"]["kind"] == kind, result
    return result["error"]


def entries(case, count):
    """As many resources as ``count``, one list of each cut down: task, rows before, rows after."""
    option = sorted(case.keys)[0]
    kept = case.items[option][:1]
    numbers = range(1, count + 1)
    options = dict(case.scope, **{case.plural: [dict(case.names(n), **{option: kept}) for n in numbers]})
    return options, [case.row(n) for n in numbers], [case.row_with(option, kept, n) for n in numbers]


@every
@both_forms
def test_a_resource_that_does_not_exist_is_an_error(case, many):
    result = attempt(case.resource, case.task({}, many), case.absent())
    error = failed(result, "task")
    needs = ": it does not exist, and creating it needs secret_key"
    assert error["problems"][0]["message"] == case.label + (
        needs if case.label.startswith("RocketMQ") else " does not exist"
    )
    assert error["problems"][0]["position"] == (case.position(0) if many else None)
    assert error["hint"]


@every
def test_all_that_do_not_exist_are_named(case):
    options, (first, second, third), _after = entries(case, 3)
    if case is ROMA:
        gone = {"status": 404, "code": "MQS.00400404"}
        calls = [case.policies(first, **gone), case.topics(name="orders-1"), case.policies(second)]
        calls += [case.policies(third, **gone), case.topics(name="orders-3")]
    else:
        calls = case.read_all(second)
    error = failed(attempt(case.resource, options, calls), "task")
    assert [problem["position"] for problem in error["problems"]] == [case.position(0), case.position(2)]


INVALID = [
    pytest.param(case, options, message, id="{}-{}".format(name, message.replace(" ", "_")))
    for case, name in zip(cases.ALL, cases.NAMES)
    for options, message in case.invalid
]


@pytest.mark.parametrize(("case", "options", "message"), INVALID)
@both_forms
def test_invalid_input_is_refused_before_anything_is_sent(case, options, message, many):
    result = attempt(case.resource, case.task(options, many), [])
    failed(result, "task")
    assert message in result["msg"]
    assert result["msg"].startswith("Nothing was written.")


WORDS = [
    (UFILE, {"allowed_ops": ["READ"]}, "value of allowed_ops must be one or more of"),
    (UROCKETMQ, {"topic_produce_perm": "SOME"}, "must be one of: ALL, NONE, PART"),
    (ROCKETMQ, {"default_topic_perm": "ALL"}, "must be one of"),
    (ROCKETMQ, {"default_group_perm": "NONE"}, "must be one of"),
    (ROCKETMQ, {"topic_perms": [{"name": "a", "perm": "READ"}]}, "must be one of"),
    (ROCKETMQ, {"topic_perms": [{"name": "a"}]}, "missing required arguments: perm found in topic_perms"),
    (ROMA, {"policies": [{"app_name": "a", "access_policy": "read"}]}, "must be one of: all, pub, sub"),
    (ROMA, {"policies": [{"access_policy": "all"}]}, "one of the following is required: app_name, app_id"),
]


@pytest.mark.parametrize(("case", "options", "message"), WORDS)
def test_a_word_that_no_document_has_is_refused_by_ansible(case, options, message):
    (said,) = refusals(case.resource, case.task(options))
    assert message in said


@every
def test_all_problems_are_one_error_and_the_first_ten_are_in_its_message(case):
    wrong = [*case.invalid[:2], *[case.invalid[0]] * 11]
    bad = [dict(case.names(number), **options) for number, (options, _message) in enumerate(wrong)]
    result = attempt(case.resource, dict(case.scope, **{case.plural: bad}), [])
    problems = failed(result, "task")["problems"]
    assert [problem["position"] for problem in problems] == [case.position(number) for number in range(13)]
    assert all(message in result["msg"] for _options, message in wrong[:2])
    assert "and 3 more (all are in error.problems)" in result["msg"]


@every
def test_a_resource_named_twice_is_refused_with_both_positions(case):
    rows = [case.names(1), case.names(2), case.names(1)]
    result = attempt(case.resource, dict(case.scope, **{case.plural: rows}), [])
    (problem,) = failed(result, "task")["problems"]
    assert problem["position"] == case.position(2)
    assert f"is named at {case.position(0)} already" in problem["message"]
    assert result["error"]["hint"].startswith("Merge the entries of one resource into one.")


@pytest.mark.parametrize("case", cases.ALL[1:], ids=cases.NAMES[1:])
def test_the_scope_is_required_for_every_entry(case):
    entries = [case.names(1), dict(case.names(2), **case.scope), case.names(3)]
    text = f"it is missing: give it with the task or with each of the {case.plural}"
    for options, places, message in (
        (case.names(), [None], "it is missing"),
        ({case.plural: entries}, [case.position(0), case.position(2)], text),
    ):
        problems = failed(attempt(case.resource, options, []), "task")["problems"]
        expected = {"option": next(iter(case.scope)), "message": message}
        assert problems == [dict(expected, position=place) for place in places]


@every
def test_a_time_to_verify_is_none_or_an_hour_at_most(case):
    for seconds in (-1, 3601):
        result = attempt(case.resource, {**case.task({}), "verify_timeout": seconds}, [])
        (problem,) = failed(result, "task")["problems"]
        text = f"must be a number of seconds from 0 to 3600; got {seconds}"
        assert problem == {"position": None, "option": "verify_timeout", "message": text}
    for seconds in (0, 3600):
        run(case.resource, {**case.task({}), "verify_timeout": seconds}, case.read(case.row()))


@every
@both_forms
def test_a_refused_read_is_an_error_and_never_read_as_absent(case, many):
    result = attempt(case.resource, case.task({}, many), case.read(case.row(), **case.read_refused))
    error = failed(result, "permission")
    assert result["msg"].startswith(f"Could not read {case.label}, so nothing was written.")
    assert str(error["code"]) in ("299", "DMS.10240309")


@every
@both_forms
def test_a_refused_write_is_an_error(case, many):
    options, after, calls = case.planned()
    result = attempt(case.resource, case.task(options, many), calls + case.write(after, **case.write_refused))
    error = failed(result, "invalid")
    assert result["msg"].startswith(f"Could not write {case.resource.label} ")
    assert error["operation"] == case.resource.operation
    (names,) = error["failed"]
    assert names == dict(names, **dict(case.scope, **case.names()))
    assert error["written"] == error["pending"] == []


@one_by_one
def test_partial_failure_says_what_was_written_what_failed_and_what_waits(case):
    options, rows, after = entries(case, 3)
    calls = case.read(*rows) + case.write(after[0]) + case.write(after[1], **case.write_refused) + case.read(after[0])
    result = attempt(case.resource, options, calls)
    error = failed(result, "invalid", changed=True)
    key = next(iter(case.names()))
    found = {part: [names[key] for names in error[part]] for part in ("written", "failed", "pending")}
    numbers = {"written": 1, "failed": 2, "pending": 3}
    assert found == {part: [case.names(number)[key]] for part, number in numbers.items()}
    assert "Written: 1, failed: 1, not tried: 1." in result["msg"]


@every
def test_a_resource_that_is_gone_after_the_write_is_an_error(case):
    options, after, calls = case.planned()
    result = attempt(case.resource, case.task(options), calls + case.write(after) + case.absent())
    failed(result, "unverified", changed=True)
    assert " is gone" in result["msg"]


@every
def test_a_refused_read_after_the_write_says_that_it_was_written(case):
    options, after, calls = case.planned()
    result = attempt(
        case.resource, case.task(options), calls + case.write(after) + case.read(after, **case.read_refused)
    )
    error = failed(result, "permission", changed=True)
    assert "could not be read back to verify it" in result["msg"]
    assert len(error["written"]) == 1


@every
def test_a_write_that_never_left_is_not_looked_for(case):
    options, after, calls = case.planned()
    lost = case.write(after, response=requests.exceptions.ConnectTimeout("no route"))
    failed(attempt(case.resource, case.task(options), calls + lost), "network")


@every
def test_refused_credentials_end_the_run(case):
    refused = {"code": 171} if case.plural == "tokens" else {"status": 401, "code": "APIGW.0301"}
    error = failed(attempt(case.resource, case.task({}), case.read(case.row(), **refused)), "authentication")
    assert error["attempts"] == 1
    assert error["hint"]


# -- what nobody expects ---------------------------------------------------------------------------


class End(BaseException):
    pass


whatever = pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("Set changed size during iteration"), "internal"),
        (MemoryError(), "internal"),
        (End(), "interrupted"),
    ],
    ids=lambda value: type(value).__name__,
)


@every
@whatever
def test_whatever_ends_a_task_while_it_reads_has_an_error_and_says_that_nothing_was_written(case, error, kind):
    (first, *unused) = case.read(case.row())
    first.response = error
    found = attempt(case.resource, case.task(case.scalar[0]), [first])
    assert failed(found, kind)["code"] == type(error).__name__
    assert "Nothing was written." in found["msg"]


@every
@whatever
def test_whatever_ends_a_task_once_it_has_written_says_what_was_written(case, error, kind, monkeypatch):
    """After the last call, too: while its result is made."""

    def show(*unused):
        raise error

    options, row, before = case.planned()
    monkeypatch.setattr(type(case.resource), "show", show)
    found = attempt(case.resource, case.task(options), before + case.write(row) + case.look(row, options))
    (written,) = failed(found, kind, changed=True)["written"]
    assert written == dict(case.scope, **dict(written, **case.names()))


@every
def test_what_cannot_be_cleaned_of_secrets_is_not_shown_but_what_was_written_is(case, monkeypatch):
    def clean(secrets, value):
        if "refused" in str(value):
            raise UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed")
        return value

    monkeypatch.setattr(errors.Secrets, "clean", clean)
    options, row, before = case.planned()
    calls = before + case.write(row) + case.read(row, **case.read_refused)[:1]
    found = attempt(case.resource, case.task(options), calls)
    (written,) = failed(found, found["error"]["kind"], changed=True)["written"]
    assert written == dict(case.scope, **dict(written, **case.names()))
    assert "refused" not in found["msg"]


# -- which call failed -----------------------------------------------------------------------------


SECRET = {"secret_key": "Secret-Key1"}
PAGE = "?limit=50&offset=0"
USERS, TOPICS = "instances/i-1/users", "mqs/instances/i-1/topics"
HOST = {
    "ucloud": "https://api.ucloud.cn/",
    "users": "https://dms.eu-west-101.myhuaweicloud.eu/v2/p-1/",
    "topics": "https://roma.eu-west-101.myhuaweicloud.eu/v2/p-1/",
}
ROW, TOKEN, USER, TOPIC = (case.row() for case in cases.ALL)
STATS = {"policies": [{"app_name": "stats", "access_policy": "sub"}]}
# Operation -> case, options of a task that comes to it, and the calls before it
UCLOUD = {
    "DescribeUFileToken": (UFILE, {}, []),
    "UpdateUFileToken": (UFILE, {"allowed_ops": []}, UFILE.read(ROW)),
    "CreateUFileToken": (UFILE, dict(cases.ALL_OF_IT, token_id=None, token_name="new"), UFILE.read_all()),
    "GetURocketMQToken": (UROCKETMQ, {}, []),
    "ListURocketMQToken": (UROCKETMQ, {"token_id": None, "name": "ci-1"}, []),
    "CreateURocketMQToken": (UROCKETMQ, {"token_id": None, "name": "new"}, [UROCKETMQ.list()]),
    "DeleteURocketMQToken": (UROCKETMQ, {"state": "absent"}, [UROCKETMQ.get(TOKEN)]),
}
# And its method and path
DETAILS = [ROMA.policies(TOPIC), *ROMA.details(TOPIC)]
HUAWEI = {
    "ShowUser": (ROCKETMQ, {}, [], "GET", USERS + "/billing-1"),
    "ListUser": (ROCKETMQ, {"user_name": None, "users": [{"user_name": "a"}, {"user_name": "b"}]}, [], "GET", USERS + PAGE),
    "UpdateUser": (ROCKETMQ, {"default_topic_perm": "SUB"}, [ROCKETMQ.show(USER)], "PUT", USERS + "/billing-1"),
    "CreateUser": (ROCKETMQ, SECRET, ROCKETMQ.absent(), "POST", USERS),
    "DeleteUser": (ROCKETMQ, {"state": "absent"}, [ROCKETMQ.show(USER)], "DELETE", USERS + "/billing-1"),
    "ShowMqsInstanceTopicAccessPolicy": (ROMA, {}, [], "GET", TOPICS + "/orders-1/accesspolicy" + PAGE),
    "ListMqsInstanceTopics": (ROMA, {"description": "new"}, DETAILS[:1], "GET", TOPICS + "?name=orders-1"),
    "ListRomaApp": (ROMA, STATS, DETAILS, "GET", "instances/i-1/apps" + PAGE),
    "UpdateTopicAccessPolicy": (ROMA, {"description": "new"}, DETAILS, "POST", TOPICS + "/accesspolicy"),
    "BatchAddTopicAccessPolicy": (
        ROMA, dict(STATS, purge=False), [*DETAILS, ROMA.list_apps()], "POST", TOPICS + "/orders-1/access-policies/batch-add",
    ),
}  # fmt: skip


@pytest.mark.parametrize("operation", [*UCLOUD, *HUAWEI])
def test_an_error_names_the_call(operation):
    if operation in UCLOUD:
        (case, options, calls), provider, method, path = UCLOUD[operation], "UCloud", "POST", ""
        calls = [*calls, ucloud(operation, ANY, code=299)]
    else:
        (case, options, calls, method, path), provider = HUAWEI[operation], "Huawei Cloud"
        calls = [*calls, huawei(method, path, ANY, status=403, code="DMS.10240309")]
    if options.get("state") == "absent":
        calls.append(calls[0])  # a look at what was not deleted
    result = attempt(case.resource, case.task(options), calls)
    error = result["error"]
    host = HOST["ucloud" if provider == "UCloud" else case.plural]
    assert (error["kind"], error["operation"], error["method"]) == ("permission", operation, method)
    assert (error["provider"], error["url"]) == (provider, host + path.partition("?")[0])
    assert f"{provider} {operation} ({method} {error['url']})" in result["msg"]


# Options of a new one, and the calls that look for it before and after its creation
CREATED = {
    "ufile": (UFILE, dict(cases.ALL_OF_IT, token_name="ci-1"), UFILE.read_all(), UFILE.read_all),
    "urocketmq": (UROCKETMQ, {"name": "ci-1"}, [UROCKETMQ.list()], lambda row: [UROCKETMQ.list(row)]),
    "rocketmq": (ROCKETMQ, {"user_name": "billing-1", **SECRET}, ROCKETMQ.absent(), ROCKETMQ.read),
}


@pytest.mark.parametrize("name", CREATED)
def test_a_creation_is_not_repeated_when_its_outcome_is_unknown(name):
    case, options, before, look = CREATED[name]
    lost = {"status": 503, "response": b"<html>bad gateway</html>"}
    create = huawei("POST", USERS, ANY, **lost) if name == "rocketmq" else ucloud(case.system.create, ANY, **lost)
    new = {"AllowedPrefixes": ["*"], "AllowedBuckets": ["*"]} if name == "ufile" else {}
    row = case.row(**case.system.initial, **new)
    calls = [*before, create, *look(row), *case.read(row)]
    result = run(case.resource, {**case.scope, **options, "retries": 3}, calls)
    assert result["changes"][0]["action"] == planning.CREATE
    (text,) = (text for text in result["warnings"] if text.startswith("A creation seemed to fail, but"))
    assert "answered HTTP 503" in text


BACKWARDS = "it must not be the user name, nor the name spelled backwards"
CLASSES = "it must have three of: upper case, lower case, digits, special characters"
NEW_NAME = (
    "RocketMQ user short (instance_id i-1): it does not exist, and a new user's name starts with a letter and has "
    "7 to 64 letters, digits, '-' or '_'"
)
DEFAULT = "this is the service's Default token, which cannot be changed or deleted"

PROBLEMS = [
    (ROCKETMQ, {"secret_key": "1-gnillib"}, [], BACKWARDS, "secret_key"),
    (ROCKETMQ, {"secret_key": "onlyletters"}, [], CLASSES, "secret_key"),
    (
        ROCKETMQ, {"user_name": "short", **SECRET},
        [huawei("GET", "instances/i-1/users/short", status=400, code="DMS.00500972")], NEW_NAME, None,
    ),
    (
        ROCKETMQ, {"user_name": "ch\u0435ckout", "secret_key": "Secret-Key1"},
        [huawei("GET", "instances/i-1/users/ch%D0%B5ckout", status=400, code="DMS.00500972")],
        NEW_NAME.replace("short", "ch\u0435ckout") + " of ASCII; got 'ch\\u0435ckout'", None,
    ),
    (UFILE, {"allowed_prefixes": [""]}, [], "an entry must not be empty", "allowed_prefixes[0]"),
    (
        UROCKETMQ, {"topic_produce_perm": "ALL", "allow_produce_topic_list": ["a"]}, [],
        "a list has a meaning with PART only, and topic_produce_perm is ALL", "allow_produce_topic_list",
    ),
    (
        UROCKETMQ, {"topic_consume_perm": "PART", "allow_consume_topic_list": []}, [],
        "PART of no topic is NONE: set topic_consume_perm: NONE", "allow_consume_topic_list",
    ),
    (
        UROCKETMQ, {"topic_consume_perm": "ALL"}, [UROCKETMQ.get(UROCKETMQ.row(Type="Default"))],
        "URocketMQ token t-1 (ci-1, service_id s-1): " + DEFAULT, None,
    ),
]  # fmt: skip


@both_forms
@pytest.mark.parametrize(("case", "options", "calls", "message", "option"), PROBLEMS)
def test_a_problem_says_what_where_and_with_which_option(case, options, calls, message, option, many):
    (problem,) = attempt(case.resource, case.task(options, many), calls)["error"]["problems"]
    assert problem == {"position": case.position(0) if many else None, "option": option, "message": message}


@pytest.mark.parametrize(
    ("case", "calls", "what"),
    [
        (UROCKETMQ, [UROCKETMQ.list(total="many")], "URocketMQ tokens of s-1"),
        (ROCKETMQ, [ROCKETMQ.list(total="many")], "users of i-1"),
    ],
    ids=["urocketmq", "rocketmq"],
)
def test_a_list_that_does_not_say_its_length_is_named(case, calls, what):
    result = attempt(case.resource, case.scope, calls, info=True)
    assert f"the list of {what} does not say how many there are" in result["msg"]


@pytest.mark.parametrize("name", [None, 7, ["ci-1"], "missing"])
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(("case", "key", "option"), [(UFILE, "TokenName", "token_name"), (UROCKETMQ, "Name", "name")])
def test_a_row_without_its_name_may_be_the_one_that_is_looked_for(case, key, option, name, state):
    """It is neither created a second time nor taken for deleted."""
    row = case.row(**{key: name})
    if name == "missing":
        del row[key]
    message = case.refused({option: "ci-1", "state": state}, case.read_all(row)[:1])["msg"]
    assert "TokenName" in message or f"did not return the {option} of t-1" in message
