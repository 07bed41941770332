# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user is told, to the letter: each problem with its place and option, each error with its hint."""

from __future__ import annotations

import http.client as http_client
import socket
import zlib

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import deadline as deadlines
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http, network
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import urocketmq_token
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, huawei, run, ucloud

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL
BACKWARDS = "it must not be the user name, nor the name spelled backwards"
CLASSES = "it must have three of: upper case, lower case, digits, special characters"
NEW_NAME = (
    "RocketMQ user short (instance_id i-1): it does not exist, and a new user's name starts with a letter and has "
    "7 to 64 letters, digits, '-' or '_'"
)
LIST_OF_I_2 = "instances/i-2/users?limit=50&offset=0"
DEFAULT = "this is the service's Default token, which cannot be changed or deleted"


# -- what is refused -------------------------------------------------------------------------------

PROBLEMS = [
    (ROCKETMQ, {"secret_key": "1-gnillib"}, [], BACKWARDS, "secret_key"),
    (ROCKETMQ, {"secret_key": "onlyletters"}, [], CLASSES, "secret_key"),
    (
        ROCKETMQ, {"user_name": "short", "secret_key": "Secret-Key1"},
        [huawei("GET", "instances/i-1/users/short", status=400, code="DMS.00500972")], NEW_NAME, None,
    ),
    (UFILE, {"allowed_prefixes": [""]}, [], "an entry is empty", "allowed_prefixes[0]"),
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


@pytest.mark.parametrize("many", [False, True], ids=["single", "list"])
@pytest.mark.parametrize(("case", "options", "calls", "message", "option"), PROBLEMS)
def test_a_problem_says_what_where_and_with_which_option(case, options, calls, message, option, many):
    options = {**case.names(), **options}
    task = {**case.scope, **({case.plural: [options]} if many else options)}
    # Scripted answers are used up: each run gets the same ones anew.
    calls = [type(call)(call.what, call.body, call.answer, call.status, call.headers) for call in calls]
    (problem,) = attempt(case.resource, task, calls)["error"]["problems"]
    assert problem == {"position": case.position(0) if many else None, "option": option, "message": message}


def test_to_delete_a_token_its_region_must_be_known():
    row = {key: value for key, value in UFILE.row().items() if key != "Region"}
    task = {"tokens": [{"token_id": "t-1", "state": "absent"}]}
    read = UFILE.read(row)
    read[0].describe = lambda request: ("DescribeUFileToken", {"TokenId": "t-1"})
    (problem,) = attempt(UFILE.resource, {**task, "region": None}, read)["error"]["problems"]
    message = "to delete a token its region is needed"
    assert problem == {"position": "tokens[0]", "option": "region", "message": message}


def test_a_name_of_two_is_refused_with_both_ids():
    task = {**UROCKETMQ.scope, "tokens": [{"name": "ci-1"}]}
    twins = UROCKETMQ.list(UROCKETMQ.row(), UROCKETMQ.row(2, Name="ci-1"))
    error = attempt(UROCKETMQ.resource, task, [twins])["error"]
    message = "2 URocketMQ tokens have the name ci-1: t-1, t-2"
    assert error["problems"] == [{"position": "tokens[0]", "option": "name", "message": message}]
    assert error["hint"].startswith("Say which one is meant with token_id. See ")


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


def test_a_list_of_applications_that_does_not_say_its_length_is_named():
    apps = ROMA.list_apps()
    del apps.answer["total"]
    calls = [*ROMA.read(ROMA.row()), *ROMA.details(ROMA.row()), apps]
    options = {**ROMA.scope, **ROMA.names(), "policies": [{"app_name": "stats", "access_policy": "sub"}]}
    result = attempt(ROMA.resource, options, calls)
    assert "the list of applications does not say how many there are" in result["msg"]


def test_a_list_of_problems_is_one_sentence():
    ten = [errors.Problem("tokens[0]", f"no {number}", "region") for number in range(10)]
    assert errors.TaskError(ten[:2]).message == "Nothing was written. tokens[0].region: no 0; tokens[0].region: no 1."
    assert "more" not in errors.TaskError(ten).message


@pytest.mark.parametrize(("end", "shown"), [("no", "no."), ("no.", "no."), ("no!", "no!"), ("no?", "no?")])
def test_a_message_ends_as_a_sentence_does(end, shown):
    error = errors.RequestError("invalid", end, provider="P", operation="O", method="GET", url="https://h/")
    assert error.text() == f"P O (GET https://h/) failed: {shown}"
    error.attempts = 2
    assert error.text() == f"P O (GET https://h/) failed: {shown} Tried 2 times."


# -- what came instead of a response ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "body", "what"),
    [
        ({}, b"abc", "3 bytes of no content type"),
        ({"Content-Type": "text/html; charset=utf-8"}, b"", "0 bytes of text/html"),
        (
            {"Content-Type": "text/html"},
            b"<html><TITLE> 502 \n Bad  Gateway</title>",
            "40 bytes of text/html, titled '502 Bad Gateway'",
        ),
        ({"Content-Type": "text/html"}, b"<title>\xff</title>", "16 bytes of text/html, titled '\ufffd'"),
        ({"Content-Type": "text/html"}, b" " * 4080 + b"<title>late</title>", "4099 bytes of text/html"),
    ],
)
def test_what_came_is_described_and_not_quoted(headers, body, what):
    assert http.Response(502, headers, body).what() == what


# -- what the network said -------------------------------------------------------------------------


def broken(*layers):
    """An error in layers, as `requests` and urllib3 wrap one: the innermost last."""
    inner = OSError(104, "reset by peer")
    for layer in reversed(layers):
        inner = layer(inner)
    return requests.exceptions.ConnectionError(inner)


class Reason(Exception):
    """Keeps its cause as urllib3's MaxRetryError does."""

    def __init__(self, reason):
        super().__init__("Max retries exceeded with url: /secret?token=1")
        self.reason = reason


def call():
    return http.Request("Cloud", "Op", "PUT", "https://host:8/p?q=1", None, secrets=errors.Secrets())


def said(problem, sent=True, verify=True, proxied=False):
    with deadlines.within(5) as attempt:
        attempt.sent, attempt.proxied = sent, proxied
    return network.network_error(call(), problem, attempt, verify)


@pytest.mark.parametrize("layers", [(), (Reason,), (Exception,), (Reason, Exception), (Exception, Reason)])
def test_the_innermost_cause_is_what_is_said(layers):
    error = said(broken(*layers))
    assert error.message == "the connection broke: [Errno 104] reset by peer"
    assert (error.retry, error.outcome_unknown, error.hint) == (True, True, None)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (http_client.BadStatusLine('HTTP/1.1 {"secret": "TokenPrivate0"}'), "BadStatusLine"),
        (http_client.IncompleteRead(b"TokenPrivate0"), "IncompleteRead"),
        (zlib.error("TokenPrivate0"), "error"),
        (requests.exceptions.ConnectionError(Exception("Aborted.", http_client.LineTooLong("TokenPrivate0"))), "LineTooLong"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_a_library_says_is_not_quoted(problem, text):
    assert said(problem).message == f"the connection broke: {text}"


def test_an_error_that_holds_itself_has_a_reason_all_the_same():
    problem = OSError(104, "reset")
    problem.reason = problem
    assert said(problem).message == "the connection broke: [Errno 104] reset"


KINDS = requests.exceptions
HINTS = [
    (KINDS.SSLError("x"), {"sent": False}, "Check the certificate, or name your own authority with ca_path."),
    (
        KINDS.ProxyError("x"),
        {"sent": False, "proxied": True},
        "Check the environment variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
    ),
    (KINDS.ConnectTimeout("x"), {"sent": False}, "Raise timeout?"),
    (KINDS.ReadTimeout("x"), {}, "Raise timeout, or try again later."),
    (
        KINDS.ConnectionError(socket.gaierror(-2, "no such host")),
        {"sent": False},
        "Check region and api_url, and that this host can reach it.",
    ),
]


@pytest.mark.parametrize(("problem", "how", "hint"), HINTS, ids=[type(row[0]).__name__ for row in HINTS])
def test_each_network_error_has_its_hint_and_names_its_call(problem, how, hint):
    error = said(problem, **how)
    assert error.hint == hint
    assert (error.provider, error.operation, error.method, error.url) == ("Cloud", "Op", "PUT", "https://host:8/p")


# -- what services return as a secret --------------------------------------------------------------

ECHO = "no, TokenPrivate0 Secret-Key1 AppSecret0"


def echoed(case, write):
    """The message of a write that is refused with secrets in the response."""
    options, changes = case.scalar
    row, after = case.row(), case.row(**changes)
    refused = {"message": ECHO, "code": 220} if case.plural == "tokens" else {"status": 400}
    calls = case.look(row, options) + case.prepare(row, options=options) + write(after, **refused)
    if case.plural != "tokens":
        calls[-1].answer = {"error_code": "DMS.00400001", "error_msg": ECHO}
    return attempt(case.resource, {**case.scope, **case.names(), **options}, calls)["msg"]


SHOWN = {"tokens": "no, <hidden> Secret-Key1", "users": "no, TokenPrivate0 <hidden>", "topics": "AppSecret0"}


@pytest.mark.parametrize("case", [UFILE, UROCKETMQ, ROCKETMQ], ids=cases.NAMES[:3])
def test_a_secret_that_was_read_is_known_from_then_on(case, monkeypatch):
    # `run` looks for all secrets of the tests; here those of the other services would be found.
    monkeypatch.setattr("ansible_collections.grantops.cloud.tests.unit.scripted.SECRETS", ())
    assert SHOWN[case.plural] in echoed(case, case.write)


def test_the_secrets_of_applications_are_known(monkeypatch):
    monkeypatch.setattr("ansible_collections.grantops.cloud.tests.unit.scripted.SECRETS", ())
    items = [ROMA.items["policies"][2]]
    *calls, add = [*ROMA.read(ROMA.row()), *ROMA.add(ROMA.row(), "policies", items)]
    add.status, add.answer = 400, {"error_code": "DMS.00400001", "error_msg": ECHO}
    options = {**ROMA.scope, **ROMA.names(), "policies": items, "purge": False}
    assert "no, TokenPrivate0 Secret-Key1 <hidden>" in attempt(ROMA.resource, options, [*calls, add])["msg"]


class Answers:
    """A client that answers every call with the same, and keeps what it was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.secrets = errors.Secrets()
        self.asked = []

    def call(self, operation, parameters, **options):
        self.asked.append((operation, parameters, options))
        return self.answer


def test_new_keys_are_known_as_secrets_and_asked_for_by_name():
    row = UROCKETMQ.row(AKSK={"AccessKey": "new-access", "SecretKey": "new-secret-1"})
    client = Answers({"Token": row})
    names = {"service_id": "s-1", "token_id": "t-1"}
    assert UROCKETMQ.resource.api(client).credentials(names) == {
        "access_key": "new-access",
        "secret_key": "new-secret-1",
    }
    assert client.asked == [("GetURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-1", "Display": "true"}, {})]
    assert client.secrets.clean("new-secret-1") == "<hidden>"


def test_the_key_of_a_new_token_is_known_as_a_secret():
    client = Answers({"UFileTokenSet": {"TokenId": "t-9", "PrivateKey": "new-private-1"}})
    change = type("Change", (), {"planned": {"token_name": "new"}})
    assert UFILE.resource.api(client).create(change) == {"token_id": "t-9"}
    assert client.secrets.clean("new-private-1") == "<hidden>"
    assert client.asked == [("CreateUFileToken", {"TokenName": "new"}, {"idempotent": False})]


def test_only_the_key_of_the_token_itself_is_given_away():
    other, own = UFILE.row(2, PrivateKey="of-another"), UFILE.row(PrivateKey="its-own-key")
    client = Answers({"DataSet": [other, own]})
    found = UFILE.resource.api(client).credentials({"token_id": "t-1"})
    assert found == {"public_key": "TOKEN_pub", "private_key": "its-own-key"}
    with pytest.raises(errors.ResponseError, match="^DescribeUFileToken answered without its key pair$"):
        UFILE.resource.api(Answers({"DataSet": [other]})).credentials({"token_id": "t-1"})


# -- which resources are meant ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "of_token", "covered"),
    [("r", "r", True), ("r", "s", False), ("r", "", True), ("r", None, True), (None, "s", True), ("", "s", True)],
)
def test_exclusive_covers_the_tokens_of_the_region(region, of_token, covered):
    client = type("Client", (), {"region": region})
    state = type("State", (), {"facts": {"region": of_token}})
    assert UFILE.resource.api(client).reached_by_exclusive(state) is covered


def test_a_token_is_deleted_by_its_id_in_its_region():
    client = Answers({})
    current = type("State", (), {"facts": {"region": "cn-sh2"}})
    UFILE.resource.api(client).delete(type("Change", (), {"names": {"token_id": "t-1"}, "existing": current}))
    assert client.asked == [("DeleteUFileToken", {"TokenId": "t-1", "Region": "cn-sh2"}, {})]


def test_without_keys_in_the_answer_nothing_is_hidden():
    assert run(UROCKETMQ.resource, {**UROCKETMQ.scope, **UROCKETMQ.names()}, [
        ucloud("GetURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-1"}, {"Token": UROCKETMQ.row(AKSK="none")})
    ])["changed"] is False  # fmt: skip


def test_exclusive_in_two_places_keeps_each_place_apart():
    """The same user twice: one place has it and another one beside, the other has it as it is to be."""
    desired = [{"instance_id": place, "user_name": "billing-1", "admin": True} for place in ("i-1", "i-2")]
    row, other = ROCKETMQ.row(), ROCKETMQ.row(2)
    calls = [
        ROCKETMQ.list(dict(row, admin=False), other),
        huawei("GET", LIST_OF_I_2, answer={"users": [row], "total": 1}),
    ]
    result = run(ROCKETMQ.resource, {"users": desired, "exclusive": True}, calls, check_mode=True)
    changes = [(row["instance_id"], row["user_name"], row["action"]) for row in result["changes"]]
    assert changes == [("i-1", "billing-1", "update"), ("i-1", "billing-2", "delete")]


@pytest.mark.parametrize("side", ["Produce", "Consume"])
def test_one_side_that_is_part_needs_its_list(side):
    perms = {"TopicProducePerm": "ALL", "TopicConsumePerm": "NONE", f"Topic{side}Perm": "PART"}
    part, lists = urocketmq_token._lacks_lists, urocketmq_token._needs_lists
    entry = type("Entry", (), {"values": {}})
    assert (part(perms), part({**perms, f"Topic{side}Perm": "ALL"})) == (True, False)
    assert (lists(perms, entry, True), lists(perms, entry, False)) == (True, False)
    assert lists({**perms, f"Allow{side}TopicList": ""}, entry, True) is False
    for perm, there in (("topic_produce_perm", "TopicProducePerm"), ("topic_consume_perm", "TopicConsumePerm")):
        for asked in ("ALL", "NONE"):
            entry.values = {perm: asked}
            assert lists(perms, entry, False) is (perms[there] != asked)
