# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud: addresses, tokens and projects, and what a response means."""

from __future__ import annotations

import json
import threading
from urllib.parse import urlsplit

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import codes, provider, rocketmq_user
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.tests.unit.scripted import (
    Clock,
    Session,
    error_of,
    reach,
    refusals,
    response,
    validated,
)

RESOURCE = rocketmq_user.RESOURCE
NONE = {"ak": None, "sk": None, "project_id": None, "region": None}
AK = {"ak": "AK", "sk": "sk-secret"}
IAM = {"iam_user": "u", "iam_password": "iam-password", "iam_domain": "d"}
TOKEN = {"auth_token": "auth-token-1"}


def connect(service="rocketmq", **options):
    options = dict(NONE, user_name="u", instance_id="i", **options)
    return provider.connect(validated(RESOURCE, options), errors.Secrets(), service)


# -- addresses and options -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "region", "url"),
    [
        ("rocketmq", "ap-southeast-1", "https://dms.ap-southeast-1.myhuaweicloud.com"),
        ("rocketmq", "eu-west-101", "https://dms.eu-west-101.myhuaweicloud.eu"),
        ("roma", "eu-west-102", "https://roma.eu-west-102.myhuaweicloud.eu"),
        ("rocketmq", "eu-west-1", "https://dms.eu-west-1.myhuaweicloud.eu"),
        ("rocketmq", "eu-west-201", "https://dms.eu-west-201.myhuaweicloud.com"),
        ("roma", "cn-north-4", "https://roma.cn-north-4.myhuaweicloud.com"),
    ],
)
def test_the_address_follows_from_the_region(service, region, url):
    assert connect(service, region=region, **AK).addresses.url == url


def test_the_address_of_a_region_may_come_from_the_official_variable(environment):
    environment(HUAWEICLOUD_SDK_REGION_ROMA_CN_NORTH_4="https://one.example,https://two.example")
    assert connect("roma", region="cn-north-4", **AK).addresses.url == "https://one.example"
    assert (
        connect("roma", region="cn-north-4", api_url="https://x.example/a,b", **AK).addresses.url
        == "https://x.example/a,b"
    )


def test_region_or_address_is_needed_and_the_time_out_is_half_a_minute():
    assert error_of(connect, **AK).text() == "Set region, or api_url. Hint: region is for example ap-southeast-1."
    assert connect(region="r", **AK).transport.timeout == 30
    assert connect(region="r", timeout=7, **AK).transport.timeout == 7


@pytest.mark.parametrize("option", ["api_url", "iam_url"])
def test_plain_http_is_refused_unless_it_is_allowed(option):
    given = {"region": "r", option: "http://h.example", **AK}
    assert error_of(connect, **given).message.endswith(f"over plain HTTP to h.example ({option}).")
    addresses = connect(allow_http=True, **given).addresses
    assert {"api_url": addresses.url, "iam_url": addresses.iam_url}[option] == "http://h.example"


def test_each_address_may_end_with_its_version():
    addresses = connect(api_url="https://h.example/X/v2", iam_url="https://h.example/Y/v3", **AK).addresses
    assert (addresses.url, addresses.iam_url) == ("https://h.example/X", "https://h.example/Y")


NOT_ASCII = "{} holds a character that HTTP cannot carry: only ASCII can be sent."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"region": "a/b"},
            "region must be a region, such as ap-southeast-1; got a value with characters other than letters, digits, '-' "
            "and '_', or with more than 64 of them.",
        ),
        ({"project_id": "."}, "project_id must be the id of a project; got '.', which cannot stand in a URL."),
        ({"project_id": ".."}, "project_id must be the id of a project; got '..', which cannot stand in a URL."),
        *(({option: "café"}, NOT_ASCII.format(option)) for option in ("project_id", "ak", "security_token")),
        ({"ak": None, "sk": None, "auth_token": "café-token-1"}, NOT_ASCII.format("auth_token")),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_at_once(options, message):
    assert error_of(connect, **{"region": "r", **AK, **options}).text() == message


@pytest.mark.parametrize(
    ("credentials", "cleaned"),
    [
        (dict(AK, ak="access-key-1"), "access-key-1 <hidden>"),
        (dict(IAM, iam_user="iam-user-1", iam_domain="iam-domain-1"), "iam-user-1 <hidden> iam-domain-1"),
    ],
)
def test_who_asks_is_no_secret(credentials, cleaned):
    assert connect(region="r", **credentials).secrets.clean(" ".join(credentials.values())) == cleaned


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_a_path_cannot_hold_what_would_be_resolved(segment):
    assert "cannot stand in a URL" in error_of(provider.path, "v2", segment).message


def test_ways_to_authenticate_exclude_each_other():
    assert "mutually exclusive: ak|auth_token|iam_user" in refusals(RESOURCE, {"auth_token": "t", "user_name": "u"})[0]


# -- who asks --------------------------------------------------------------------------------------

USERS = "GET dms/v2/p-1/users"
TOKENS = "POST iam/v3/auth/tokens?nocatalog=true"
PROJECTS = "GET iam/v3/projects?name=r"


class Wire(Session):
    """A session that expects each request by the start of its method and address: (start, response)."""

    def __init__(self, *responses):
        super().__init__()
        self.responses = list(responses)

    def request(self, method, url, headers, data, auth, **options):
        self.sent.append(requests.Request(method, url, headers=headers, data=data, auth=auth).prepare())
        what, response = self.responses.pop(0)
        reach(response)
        found = method + " " + urlsplit(self.sent[-1].url).netloc.partition(".")[0] + self.sent[-1].path_url
        assert found == what
        if isinstance(response, Exception):
            raise response
        return response


def reply(body=None, status=200, **headers):
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return response(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def wired(*responses, retries=0, **options):
    """A client with these responses to come, and ``wire``, which keeps what was sent."""
    client, clock = connect(**dict({"region": "r"}, **options)), Clock()
    client.wire = Wire(*responses)
    client.transport = http.Transport(30, retries, sleep=clock.sleep, clock=clock, session=client.wire)
    return client


def get(client):
    return client.call("Op", "GET", ["users"])


def token(number=1, body=None):
    """A request for a token, which is ``subject-token-<number>``."""
    body = {"token": {"project": {"id": "p-1"}}} if body is None else body
    return TOKENS, reply(body, 201, X_Subject_Token=f"subject-token-{number}")


def scope_of(client):
    return json.loads(client.wire.sent[0].body)["auth"]["scope"]


def sent_tokens(client):
    return [request.headers.get("X-Auth-Token") for request in client.wire.sent]


@pytest.mark.parametrize(
    ("project", "scope"), [(None, {"name": "r"}), ("p-1", {"id": "p-1"})], ids=["of the region", "of the task"]
)
def test_an_iam_token_is_fetched_once_and_scoped_to_the_project(project, scope):
    client = wired(token(), (USERS, reply({})), (USERS, reply({})), project_id=project, **IAM)
    for _unused in range(2):
        get(client)
    user = {"domain": {"name": "d"}, "name": "u", "password": "iam-password"}
    identity = {"methods": ["password"], "password": {"user": user}}
    assert json.loads(client.wire.sent[0].body) == {"auth": {"identity": identity, "scope": {"project": scope}}}
    assert sent_tokens(client) == [None, "subject-token-1", "subject-token-1"]
    assert client.secrets.clean("subject-token-1 iam-password") == "<hidden> <hidden>"


def test_the_project_of_the_task_is_stronger_than_that_of_the_token():
    assert wired(token(body={"token": {"project": {"id": "other"}}}), project_id="p-1", **IAM).project_id == "p-1"


def test_an_iam_response_without_a_token_is_an_error():
    client = wired((TOKENS, reply({"token": {}}, 201)), **IAM)
    assert error_of(get, client).message == "the response of IAM has no header X-Subject-Token"


@pytest.mark.parametrize(
    "body", [{}, [], {"token": "text"}, {"token": {"project": "text"}}, {"token": {"project": {"id": 7}}}]
)
def test_an_iam_token_that_names_no_project_is_used_to_look_it_up(body):
    projects = (PROJECTS, reply({"projects": [{"id": "p-1", "name": "r"}]}))
    assert wired(token(body=body), projects, **IAM).project_id == "p-1"


def test_a_refused_password_is_not_tried_again():
    body = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}
    client = wired((TOKENS, reply(body, 401)), retries=4, **IAM)
    for _unused in range(2):
        error = error_of(get, client)
        assert (error.kind, error.code, error.message) == ("authentication", "401", body["error"]["message"])
    assert len(client.wire.sent) == 1


def test_a_token_is_asked_for_again_when_iam_fails():
    failed = (TOKENS, reply({"error": {"code": 503, "message": "busy"}}, 503))
    assert wired(failed, token(), retries=1, **IAM).project_id == "p-1"


WHO = "Check iam_url, and the credentials: ak, or iam_user and iam_domain."


@pytest.mark.parametrize(
    ("operation", "what", "credentials"),
    [("KeystoneCreateUserTokenByPassword", TOKENS, IAM), ("KeystoneListProjects", PROJECTS, AK)],
)
@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        (400, "X.1", WHO),
        (403, "X.1", codes.IAM_DENIED),
        (403, "403", codes.IAM_DENIED),
        (403, "IAM.0002", codes.IAM_DENIED),
        (404, "404", codes.IAM_STATUSES[404]),
        (429, "APIGW.0308", codes.LIMIT),
        (500, "500", WHO),
    ],
)
def test_a_call_of_iam_that_fails_is_named(operation, what, credentials, status, code, hint):
    error = error_of(get, wired((what, reply({"error_code": code, "error_msg": "m"}, status)), **credentials))
    method, path = what.partition("?")[0].split(" iam")
    assert (error.operation, error.method, error.hint) == (operation, method, hint)
    assert error.url == "https://iam.r.myhuaweicloud.com" + path


@pytest.mark.parametrize(
    ("credentials", "message", "hint"),
    [
        (IAM, "The username or password is wrong.", codes.PASSWORD),
        (AK, "Incorrect IAM authentication information: verify aksk signature fail", codes.KEYS + codes.LOCK),
        (AK, "calc ak sk signature fail:signature expired", codes.CLOCK),
        (TOKEN, "decrypt token fail", codes.NEW_TOKEN),
    ],
)
def test_a_refusal_of_iam_says_whose_credentials_to_check(credentials, message, hint):
    refused = reply({"error_code": "APIGW.0301", "error_msg": message}, 401)
    assert error_of(get, wired((TOKENS if credentials is IAM else PROJECTS, refused), **credentials)).hint == hint


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (reply(b"<html>", 201), "Check iam_url, and proxies on the way."),
        (reply(None, 302, Location="https://x.example"), "Set iam_url to the address that serves the API itself."),
        (requests.exceptions.ConnectionError("NewConnectionError"), "Check region and iam_url"),
    ],
)
def test_an_address_that_is_not_iams_is_called_iam_url(response, said):
    assert error_of(get, wired((TOKENS, response), **IAM)).hint.startswith(said)


# -- tokens end --------------------------------------------------------------------------------


def gone(code="APIGW.0307", status=401):
    return reply({"error_code": code, "error_msg": "m"} if code else {}, status)


@pytest.mark.parametrize("used", [True, False], ids=["served", "never served"])
@pytest.mark.parametrize(
    "refusal", [("APIGW.0307", 401), ("DMS.10240102", 401), ("APIGW.0301", 401), (None, 401), ("APIGW.0307", 403)]
)
def test_a_token_that_has_ended_is_fetched_again_and_the_call_goes_on(refusal, used):
    before = [(USERS, reply({}))] if used else []
    client = wired(token(1), *before, (USERS, gone(*refusal)), token(2), (USERS, reply({"a": 1})), **IAM)
    for _unused in before:
        get(client)
    assert get(client) == {"a": 1}
    first, second = "subject-token-1", "subject-token-2"
    assert sent_tokens(client) == [None, *[first] * len(before), first, None, second]
    assert client.secrets.clean(f"{first} {second}") == "<hidden> <hidden>"


def test_each_token_that_has_served_may_end_but_a_new_one_that_is_refused_too_is_the_last():
    ended = [[token(number), (USERS, reply({})), (USERS, gone())] for number in (1, 2)]
    client = wired(*ended[0], *ended[1], token(3), (USERS, gone("DMS.10240104")), **IAM)
    for _unused in range(2):
        get(client)
    for _unused in range(2):
        error = error_of(get, client)
        assert (error.code, error.hint, client.wire.responses) == ("DMS.10240104", codes.REFUSED_TWICE, [])


@pytest.mark.parametrize(("status", "hint"), [(401, codes.PASSWORD), (403, codes.IAM_DENIED), (503, WHO)])
def test_a_new_token_that_iam_refuses_is_told_as_such(status, hint):
    refused = reply({"error": {"code": status, "message": "m"}}, status)
    error = error_of(get, wired(token(1), (USERS, gone()), (TOKENS, refused), **IAM))
    assert (error.operation, error.hint) == ("KeystoneCreateUserTokenByPassword", hint)


PUT = "PUT dms/v2/p-1/users"


@pytest.mark.parametrize(
    "last",
    [[token(2), (PUT, reply({"error_code": "X.1"}, 400))], [(TOKENS, gone("X.1", 403))]],
    ids=["refused with the new one", "no new one"],
)
def test_what_a_try_before_the_end_of_the_token_may_have_done_is_not_forgotten(last):
    broken = requests.exceptions.ConnectionError("broken")
    client = wired(token(1), (PUT, broken), (PUT, gone()), *last, retries=1, **IAM)
    error = error_of(client.call, "Op", "PUT", ["users"], body={})
    assert (error.code, error.outcome_unknown) == ("X.1", True)


@pytest.mark.parametrize("credentials", [AK, TOKEN])
def test_what_iam_did_not_give_is_not_fetched_again(credentials):
    assert error_of(get, wired((USERS, gone()), project_id="p-1", **credentials)).hint == codes.NEW_TOKEN


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("Incorrect IAM authentication information: calc ak sk signature fail:signature expired", codes.CLOCK),
        ("Signature expired", codes.CLOCK),
        ("the signature has expired, server time: 20260101T000000Z", codes.CLOCK),
        ("verify aksk signature fail, canonicalRequest:GET|/v2/expired|x-sdk-date:20260101T000000Z", codes.KEYS + codes.LOCK),
        ("Get secretKey failed,ak:x,err:ak not exist", codes.KEYS + codes.LOCK),
    ],
)  # fmt: skip
def test_a_signature_that_has_expired_is_a_matter_of_the_clock(message, hint):
    assert error(reply({"error_code": "APIGW.0301", "error_msg": message}, 401)).hint == hint


@pytest.mark.parametrize("way", ["iam", "token", "ak"])
@pytest.mark.parametrize(("kind", "hint"), [("permission", codes.RIGHTS), ("authentication", codes.CLOCK)])
def test_what_is_no_matter_of_the_credentials_keeps_its_hint(way, kind, hint):
    found = errors.RequestError(kind, "m", operation="Op", hint=hint)
    assert codes.hint_for(way, found) == hint


class Crowd:
    """A session whose ended token is refused to all that came with it, at the same time."""

    def __init__(self, count):
        self.given = self.refused = 0
        self.ended = None
        self.lock = threading.Lock()
        self.together = threading.Barrier(count, timeout=10)

    def request(self, method, url, headers, data, auth, **options):
        request = requests.Request(method, url, headers=headers, data=data, auth=auth).prepare()
        with self.lock:
            if method == "POST":
                self.given += 1
                return token(self.given)[1]
        if request.headers["X-Auth-Token"] != self.ended:
            return reply({})
        self.together.wait()
        with self.lock:
            self.refused += 1
        return gone()


def test_calls_side_by_side_share_a_new_token():
    client, crowd = wired(**IAM), Crowd(4)
    client.concurrency = 4
    client.transport = http.Transport(30, 0, session=crowd)
    get(client)
    crowd.ended = "subject-token-1"
    assert client.each(lambda number: get(client), range(4)) == [{}] * 4
    assert (crowd.given, crowd.refused) == (2, 4)


# -- which project -----------------------------------------------------------------------------


def test_a_project_is_looked_up_once_and_signed_from_then_on():
    projects = {"projects": [{"id": "p-1", "name": "r"}, {"id": "p-2", "name": "r_sub"}]}
    client = wired((PROJECTS, reply(projects)), (USERS, reply({})), (USERS, reply({})), **AK)
    for _unused in range(2):
        get(client)
    assert [request.headers.get("X-Project-Id") for request in client.wire.sent] == [None, "p-1", "p-1"]
    assert "Access=" in client.wire.sent[0].headers["Authorization"]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ({"projects": []}, 0),
        ({}, 0),
        ([], 0),
        ({"projects": {"id": "a"}}, 0),
        ({"projects": [{"id": 7, "name": "r"}]}, 1),
        ({"projects": [{"id": "a", "name": "r"}, {"id": "b", "name": "r"}]}, 2),
    ],
)
def test_a_project_that_is_not_one_is_an_error(body, count):
    error = error_of(get, wired((PROJECTS, reply(body)), **AK))
    assert error.text() == f"IAM knows {count} projects named r for these credentials. Hint: Set project_id."


def test_a_project_may_be_named_and_is_looked_up_at_an_address_of_ones_own(environment):
    environment(HW_PROJECT_NAME="r_team")
    rows = [{"id": "p-0", "name": "r"}, {"id": "p-1", "name": "r_team"}]
    projects = ("GET 127/v3/projects?name=r_team", reply({"projects": rows}))
    assert wired(projects, iam_url="http://127.0.0.1:8", **AK).project_id == "p-1"
    client = wired(token(), **IAM)
    assert (client.project_id, scope_of(client)) == ("p-1", {"project": {"name": "r_team"}})


def test_without_region_a_project_is_needed():
    error = error_of(get, wired(region=None, api_url="https://x.example", **AK))
    assert error.message == "project_id is needed, or region to look it up."


# -- responses -------------------------------------------------------------------------------------


def called(*responses, method="PUT", retries=0):
    """What a call of ``x`` returns, which gets these responses."""
    what = f"{method} dms/v2/p-1/x"
    client = wired(*[(what, response) for response in responses], retries=retries, project_id="p-1", **AK)
    result = client.call("Op", method, ["x"], body={})
    assert not client.wire.responses
    return result


def error(*responses, **how):
    return error_of(called, *responses, **how)


def refused(code="X.1", status=400, message="m", **headers):
    return reply({"error_code": code, "error_msg": message}, status, **headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("status", "body", "result"),
    [(204, body, None) for body in (None, {}, b"<html>", b"[]")]
    + [
        (status, body, body)
        for status, body in ((200, {"job_id": "j-1"}), (200, None), (201, {}), (202, None), (206, {}))
    ]
    + [(200, {"failed_topics": []}, {"failed_topics": []})],
)
def test_a_write_succeeds_with_any_good_status(method, status, body, result):
    """The document's own goes from one to another without notice."""
    assert called(reply(body, status), method=method) == result


@pytest.mark.parametrize("key", ["error_code", "code", "errorCode"])
@pytest.mark.parametrize("code", ["", " ", "0", "000", 0, "DMS.00000000", "DMS.0000", "MQS.0000"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_code_that_says_success_is_none(method, key, code):
    body = {key: code, "error_msg": "", "users": []}
    assert called(reply(body), method=method) == body


@pytest.mark.parametrize("code", ["DMS.00000001", "0.5", "00A", "DMS.", "10", False, True, [0], "success"])
def test_any_other_code_is_a_refusal_that_one_of_success_does_not_hide(code):
    assert error(reply({"error_code": code})).code is not None
    assert error(reply({"error_code": "", "code": code})).code is not None
    found = error(refused("0", 403))
    assert (found.kind, found.code, found.message) == (errors.PERMISSION, None, "m")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error_code": "X.1", "error_msg": "m"}, "X.1", "m"),
        ({"error_code": 400, "error_msg": "m"}, "400", "m"),
        ({"error_code": "x" * errors.LONGEST_QUOTE, "error_msg": "m"}, "x" * errors.LONGEST_QUOTE, "m"),
        ({"error_code": "x" * 99999, "error_msg": "m"}, errors.brief("x" * 99999), "m"),
        ({"error": {"code": "X.1", "message": "m", "title": "t"}}, "X.1", "m"),
        ({"code": "X.1", "message": "m"}, "X.1", "m"),
        ({"errorCode": "X.1", "errorMsg": "m"}, "X.1", "m"),
        ({"failed_topics": ["a"]}, None, "not all topics were updated (failed topics: ['a'])"),
        ({"error_code": "X.1", "error_msg": "m", "failed_topics": ["a"]}, "X.1", "m (failed topics: ['a'])"),
        (b"<html>gone</html>", None, "the response has no message; got 17 bytes of text/html"),
        (b"[]", None, "the response has no message; got 2 bytes of text/html"),
        (b"{}", None, "the response has no message; got 2 bytes of text/html"),
    ],
)
def test_each_form_of_an_error_is_read(body, code, message):
    found = error(reply(body, 400, X_Request_Id="r-1", Content_Type="text/html"))
    assert (found.kind, found.code, found.message) == ("invalid", code, message)
    assert (found.request_id, found.status) == ("r-1", 400)


@pytest.mark.parametrize("key", ["error_msg", "error_code", "failed_topics"])
@pytest.mark.parametrize("value", ["x" * 100000, ["x"] * 100000, 10**400], ids=["text", "list", "number"])
def test_an_error_of_any_size_is_quoted_briefly(key, value):
    assert len(error(reply({"error_code": "X.1", "error_msg": "m", key: value}, 400)).text()) < 5000


@pytest.mark.parametrize(
    ("code", "status", "judged"),
    [(code, 404, codes.CODES[code]) for code in sorted(codes.CODES)]
    + [("unknown", status, codes.STATUSES[status]) for status in sorted(codes.STATUSES)]
    + [("unknown", status, ("invalid", False, None)) for status in (400, 410, 499)]
    + [("unknown", 501, ("server", False, None))],
)
def test_a_code_or_else_its_status_is_judged_as_the_table_says(code, status, judged):
    found = error(refused(code, status))
    assert (found.kind, found.retry, found.hint) == judged
    assert found.outcome_unknown is (status >= 500)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("DMS.10240306", "permission", "account is frozen"),
        ("DMS.10240309", "permission", "policy that allows"),
        ("DMS.10240310", "permission", "may only read"),
        ("DMS.10240312", "permission", "restricted"),
        ("DMS.00403003", "permission", "policy that allows"),
        ("DMS.00403002", "permission", "may only read"),
        ("IAM.0002", "permission", "iam_url"),
        ("DMS.00400065", "invalid", "empty list"),
        ("DMS.00400004", "invalid", "without its body"),
        ("DMS.40050010", "invalid", "run the task again"),
    ],
)
def test_the_hint_of_a_code_says_what_to_do(code, kind, words):
    assert codes.CODES[code][0] == kind
    assert words in codes.CODES[code][2]


@pytest.mark.parametrize(
    ("status", "busy", "known"),
    [
        (400, True, ["DMS.00400017", "DMS.00400026", "DMS.00400108", "MQS.00400026"]),
        (409, True, ["X.1"]),
        # What limits requests does not make an instance busy.
        (429, False, ["APIGW.0308", "X.1"]),
        (404, False, ["DMS.10240407"]),
    ],
)
def test_a_busy_instance_is_asked_again(status, busy, known):
    for code in known:
        assert called(refused(code, status), reply({}), retries=1) == {}
        found = error(refused(code, status))
        assert (found.kind, found.busy, found.outcome_unknown) == (errors.THROTTLED, busy, False)
    assert error(refused("X.1", 503)).busy is False
    assert error(refused("APIGW.0101", 500)).outcome_unknown is False


@pytest.mark.parametrize(
    ("method", "segments", "lane"),
    [
        ("PUT", ["instances", "i-1", "users", "instances"], "i-1"),
        ("POST", ["mqs", "instances", "i-2", "topics", "accesspolicy"], "i-2"),
        ("DELETE", ["instances", "i-1", "users", "u"], "i-1"),
        ("GET", ["instances", "i-1", "users"], None),
        ("PUT", ["users"], None),
    ],
)
def test_writes_to_one_instance_share_a_lane(method, segments, lane):
    client, sent = wired(project_id="p-1", **AK), []
    client.send = lambda request: sent.append(request) or http.Response(200, {}, b"{}")
    client.call("Op", method, segments, idempotent=lane is None)
    assert (sent[0].lane, sent[0].idempotent, sent[0].provider) == (lane, lane is None, "Huawei Cloud")


def page(code, offset, response=None):
    """The page at ``offset`` of a list, which is answered with this code."""
    client = wired((f"GET dms/v2/p-1/x?limit=50&offset={offset}", response or refused(code)), project_id="p-1", **AK)
    return client.page("Op", ["x"], "users", "name", offset, 50)


def test_each_row_of_a_page_has_what_tells_it_from_others():
    assert page(None, 0, reply({"users": [{"name": "a"}], "total": 7})) == ([{"name": "a"}], 7)
    assert error_of(page, None, 0, reply({"users": [{"id": "a"}], "total": 7})).kind == "response"


def test_a_page_past_the_end_is_empty_and_its_list_not_whole_unless_it_is_the_first():
    assert page(codes.PAST_THE_END, 50) == ([], 0)
    for code, offset in (("X.1", 50), (codes.PAST_THE_END, 0)):
        assert error_of(page, code, offset).code == code


NO_OBJECT = ("expected the documented response; got ", "Check api_url, and proxies on the way.")


@pytest.mark.parametrize(
    ("method", "body", "status", "kind", "code", "message", "hint"),
    [
        *(("PUT", {"failed_topics": ["a"]}, status, "invalid", None, "not all topics were updated (failed topics: ['a'])", None)
          for status in (200, 202, 204)),
        ("PUT", {"error_code": "X.1"}, 200, "invalid", "X.1", "no message", None),
        *(("PUT", body, 200, "response", None, *NO_OBJECT) for body in ([1], b'"yes"', b"17")),
        *(("GET", body, status, "response", None, *NO_OBJECT)
          for body, status in ((None, 200), (b"", 200), (b"null", 200), ({}, 204), (None, 204))),
    ],
)  # fmt: skip
def test_a_good_status_with_another_body_leaves_open_whether_it_was_done(
    method, body, status, kind, code, message, hint
):
    found = error(reply(body, status, X_Request_Id="r-1"), method=method)
    assert (found.kind, found.code, found.retry, found.outcome_unknown) == (kind, code, False, True)
    assert (found.status, found.request_id, found.hint) == (status, "r-1", hint)
    assert found.message.startswith(message)


def test_what_is_not_json_is_tried_again():
    assert called(reply(b"<html>"), reply({"a": 1}), retries=1) == {"a": 1}


def test_what_is_sent_is_json_and_what_only_asks_has_no_body_and_a_sorted_query():
    query = "GET dms/v2/p-1/a%2Fb?limit=1&name=%20~%2B"
    client = wired((query, reply({})), (PUT, reply({})), project_id="p-1", **AK)
    client.call("Op", "GET", ["a/b"], [("name", " ~+"), ("limit", 1)])
    client.call("Op", "PUT", ["users"], body={"a": 1})
    assert [request.body for request in client.wire.sent] == [None, b'{"a": 1}']
    assert client.wire.sent[1].headers["Content-Type"] == "application/json"
