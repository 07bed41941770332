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
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock, Session, reach, response, run, validated

RESOURCE = rocketmq_user.RESOURCE
NONE = {"ak": None, "sk": None, "project_id": None, "region": None}
AK = {"ak": "AK", "sk": "sk-secret"}
IAM = {"iam_user": "u", "iam_password": "iam-password", "iam_domain": "d"}


def connect(service="rocketmq", **options):
    options = dict(NONE, user_name="u", instance_id="i", **options)
    return provider.connect(validated(RESOURCE, options), errors.Secrets(), service)


def environment(monkeypatch, **values):
    for name, value in values.items():
        monkeypatch.setenv(name, value)


# -- addresses -------------------------------------------------------------------------------------


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


def test_the_address_of_a_region_may_come_from_the_official_variable(monkeypatch):
    environment(monkeypatch, HUAWEICLOUD_SDK_REGION_ROMA_CN_NORTH_4="https://one.example,https://two.example")
    assert connect("roma", region="cn-north-4", **AK).addresses.url == "https://one.example"
    assert connect("roma", region="cn-north-4", api_url="https://x.example/", **AK).addresses.url == "https://x.example"


def test_region_or_address_is_needed():
    with pytest.raises(errors.ConfigurationError, match="Set region, or api_url") as caught:
        connect(**AK)
    assert caught.value.hint == "region is for example ap-southeast-1."


@pytest.mark.parametrize("option", ["api_url", "iam_url"])
def test_plain_http_is_refused_unless_it_is_allowed(option):
    given = {"region": "r", option: "http://h.example", **AK}
    with pytest.raises(errors.ConfigurationError, match=rf"over plain HTTP to h\.example \({option}\)\.$"):
        connect(**given)
    made = connect(allow_http=True, **given)
    assert {"api_url": made.addresses.url, "iam_url": made.addresses.iam_url}[option] == "http://h.example"


@pytest.mark.parametrize("end", ["", "/", "//", "{}", "{}/"])
def test_an_address_may_end_with_a_slash_or_its_version(end):
    made = connect(
        api_url="https://h.example/X" + end.format("/v2"), iam_url="https://h.example/Y" + end.format("/v3"), **AK
    )
    assert (made.addresses.url, made.addresses.iam_url) == ("https://h.example/X", "https://h.example/Y")


def test_the_time_out_is_half_a_minute_unless_it_is_given():
    assert connect(region="r", **AK).transport.timeout == 30
    assert connect(region="r", timeout=7, **AK).transport.timeout == 7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"region": "a/b"},
            "region must be a region, such as ap-southeast-1; got a value with characters other than letters, digits, '-' "
            "and '_', or with more than 64 of them.",
        ),
        (
            {"region": "r", "project_id": "."},
            "project_id must be the id of a project; got '.', which cannot stand in a URL.",
        ),
        (
            {"region": "r", "project_id": ".."},
            "project_id must be the id of a project; got '..', which cannot stand in a URL.",
        ),
        *(
            (
                {"region": "r", option: "caf\u00e9"},
                option + " holds a character that HTTP cannot carry: only ASCII can be sent.",
            )
            for option in ("project_id", "ak", "security_token")
        ),
    ],
)
def test_what_cannot_be_sent_is_refused_at_once(options, message):
    with pytest.raises(errors.ConfigurationError) as caught:
        connect(**dict(AK, **options))
    assert caught.value.message == message


def test_a_token_that_cannot_be_sent_is_refused_without_being_quoted():
    with pytest.raises(
        errors.ConfigurationError, match="^auth_token holds a character that HTTP cannot carry"
    ) as caught:
        connect(region="r", auth_token="caf\u00e9-token-1")  # noqa: S106
    assert "token-1" not in caught.value.text()


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
    with pytest.raises(errors.ConfigurationError, match="cannot stand in a URL"):
        provider.path("v2", segment)


# -- who asks --------------------------------------------------------------------------------------


class Wire(Session):
    """A session that answers by what is asked for: a list of (start of method and path, response)."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)

    def request(self, method, url, headers, data, auth, **options):
        self.sent.append(requests.Request(method, url, headers=headers, data=data, auth=auth).prepare())
        what, answer = self.answers.pop(0)
        reach(answer)
        found = method + " " + urlsplit(self.sent[-1].url).netloc.partition(".")[0] + self.sent[-1].path_url
        assert found == what
        if isinstance(answer, Exception):
            raise answer
        return answer


def reply(body=None, status=200, **headers):
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return response(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def wired(*answers, retries=0, **options):
    made = connect(**dict({"region": "r"}, **options))
    clock = Clock()
    wire = Wire(*answers)
    made.transport = http.Transport(30, retries, sleep=clock.sleep, clock=clock, session=wire)
    return made, wire


USERS = "GET dms/v2/p-1/users"


def iam_token(project="p-1"):
    body = {"token": {"project": {"id": project}}}
    return ("POST iam/v3/auth/tokens?nocatalog=true", reply(body, 201, X_Subject_Token="subject-token"))


def test_a_token_of_the_task_is_sent():
    made, wire = wired((USERS, reply({})), auth_token="auth-token-1", project_id="p-1")
    made.call("Op", "GET", ["users"])
    assert wire.sent[0].headers["X-Auth-Token"] == "auth-token-1"
    assert "Authorization" not in wire.sent[0].headers


def test_an_iam_token_is_fetched_once_and_names_the_project():
    made, wire = wired(iam_token(), (USERS, reply({})), (USERS, reply({})), **IAM)
    for _unused in range(2):
        made.call("Op", "GET", ["users"])
    body = json.loads(wire.sent[0].body)
    user = {"domain": {"name": "d"}, "name": "u", "password": "iam-password"}
    identity = {"methods": ["password"], "password": {"user": user}}
    assert body == {"auth": {"identity": identity, "scope": {"project": {"name": "r"}}}}
    assert "X-Auth-Token" not in wire.sent[0].headers
    assert [request.headers["X-Auth-Token"] for request in wire.sent[1:]] == ["subject-token"] * 2
    assert made.secrets.clean("subject-token iam-password") == "<hidden> <hidden>"


def test_an_iam_token_is_scoped_to_the_project_of_the_task():
    made, wire = wired(iam_token("other"), project_id="p-1", **IAM)
    assert made.project_id == "p-1"
    assert json.loads(wire.sent[0].body)["auth"]["scope"] == {"project": {"id": "p-1"}}


def test_an_iam_answer_without_a_token_is_an_error():
    made, wire = wired(("POST iam/v3/auth/tokens?nocatalog=true", reply({"token": {}}, 201)), **IAM)
    with pytest.raises(errors.ResponseError, match="^the response of IAM has no header X-Subject-Token$"):
        made.call("Op", "GET", ["users"])


@pytest.mark.parametrize(
    "body", [{}, [], {"token": "text"}, {"token": {"project": "text"}}, {"token": {"project": {"id": 7}}}]
)
def test_an_iam_token_that_names_no_project_is_used_to_look_it_up(body):
    answer = ("POST iam/v3/auth/tokens?nocatalog=true", reply(body, 201, X_Subject_Token="subject-token"))
    projects = ("GET iam/v3/projects?name=r", reply({"projects": [{"id": "p-1", "name": "r"}]}))
    assert wired(answer, projects, **IAM)[0].project_id == "p-1"


def test_a_refused_password_is_not_tried_again():
    body = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}
    made, wire = wired(("POST iam/v3/auth/tokens?nocatalog=true", reply(body, 401)), retries=4, **IAM)
    for _unused in range(2):
        with pytest.raises(errors.RequestError, match="The username or password is wrong") as caught:
            made.call("Op", "GET", ["users"])
    assert (caught.value.kind, caught.value.code, len(wire.sent)) == ("authentication", "401", 1)


def test_a_token_is_asked_for_again_when_iam_fails():
    failed = ("POST iam/v3/auth/tokens?nocatalog=true", reply({"error": {"code": 503, "message": "busy"}}, 503))
    assert wired(failed, iam_token(), retries=1, **IAM)[0].project_id == "p-1"


WHO = "Check iam_url, and the credentials: ak, or iam_user and iam_domain."


@pytest.mark.parametrize(
    ("operation", "method", "path", "credentials"),
    [
        ("KeystoneCreateUserTokenByPassword", "POST", "/v3/auth/tokens?nocatalog=true", IAM),
        ("KeystoneListProjects", "GET", "/v3/projects?name=r", AK),
    ],
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
def test_a_call_of_iam_that_fails_is_named(operation, method, path, credentials, status, code, hint):
    made, wire = wired((f"{method} iam{path}", reply({"error_code": code, "error_msg": "m"}, status)), **credentials)
    with pytest.raises(errors.RequestError) as caught:
        made.call("Op", "GET", ["users"])
    found = caught.value
    assert (found.operation, found.method, found.hint) == (operation, method, hint)
    assert found.url == "https://iam.r.myhuaweicloud.com" + path.partition("?")[0]


@pytest.mark.parametrize(
    ("credentials", "message", "hint"),
    [
        (IAM, "The username or password is wrong.", codes.PASSWORD),
        (AK, "Incorrect IAM authentication information: verify aksk signature fail", codes.KEYS + codes.LOCK),
        (AK, "calc ak sk signature fail:signature expired", codes.CLOCK),
        ({"auth_token": "auth-token-1"}, "decrypt token fail", codes.NEW_TOKEN),
    ],
)
def test_a_refusal_of_iam_says_whose_credentials_to_check(credentials, message, hint):
    path = "POST iam/v3/auth/tokens?nocatalog=true" if credentials is IAM else "GET iam/v3/projects?name=r"
    made, wire = wired((path, reply({"error_code": "APIGW.0301", "error_msg": message}, 401)), **credentials)
    with pytest.raises(errors.RequestError) as caught:
        made.call("Op", "GET", ["users"])
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(b"<html>", 201), "Check iam_url, and proxies on the way."),
        (reply(None, 302, Location="https://x.example"), "Set iam_url to the address that serves the API itself."),
        (requests.exceptions.ConnectionError("NewConnectionError"), "Check region and iam_url"),
    ],
)
def test_an_address_that_is_not_iams_is_called_iam_url(answer, said):
    made, wire = wired(("POST iam/v3/auth/tokens?nocatalog=true", answer), **IAM)
    with pytest.raises(errors.RequestError) as caught:
        made.call("Op", "GET", ["users"])
    assert caught.value.hint.startswith(said)


# -- tokens end --------------------------------------------------------------------------------


def gone(code="APIGW.0307", status=401):
    return reply({"error_code": code, "error_msg": "m"} if code else {}, status)


def token(number):
    name, answer = iam_token()
    answer.headers["X-Subject-Token"] = f"subject-token-{number}"
    return name, answer


def sent_tokens(wire):
    return [request.headers.get("X-Auth-Token", "")[-1:] for request in wire.sent]


@pytest.mark.parametrize("used", [True, False], ids=["served", "never served"])
@pytest.mark.parametrize(
    "refusal", [("APIGW.0307", 401), ("DMS.10240102", 401), ("APIGW.0301", 401), (None, 401), ("APIGW.0307", 403)]
)
def test_a_token_that_has_ended_is_fetched_again_and_the_call_goes_on(refusal, used):
    before = [(USERS, reply({}))] if used else []
    made, wire = wired(token(1), *before, (USERS, gone(*refusal)), token(2), (USERS, reply({"a": 1})), **IAM)
    for _unused in before:
        made.call("Op", "GET", ["users"])
    assert made.call("Op", "GET", ["users"]) == {"a": 1}
    assert sent_tokens(wire) == ["", *["1"] * len(before), "1", "", "2"]
    assert made.secrets.clean("subject-token-1 subject-token-2") == "<hidden> <hidden>"


def test_each_token_that_has_served_may_end():
    made, wire = wired(
        token(1), (USERS, reply({})), (USERS, gone()), token(2), (USERS, reply({})), (USERS, gone()), token(3),
        (USERS, reply({})), **IAM,
    )  # fmt: skip
    for _unused in range(3):
        made.call("Op", "GET", ["users"])
    assert not wire.answers


def test_a_new_token_that_is_refused_too_is_the_last():
    made, wire = wired(token(1), (USERS, reply({})), (USERS, gone()), token(2), (USERS, gone("DMS.10240104")), **IAM)
    made.call("Op", "GET", ["users"])
    for _unused in range(2):
        with pytest.raises(errors.RequestError) as caught:
            made.call("Op", "GET", ["users"])
    assert (caught.value.code, caught.value.hint, wire.answers) == ("DMS.10240104", codes.REFUSED_TWICE, [])


@pytest.mark.parametrize("status", [401, 403, 503])
def test_what_iam_says_against_a_new_token_is_what_the_call_says(status):
    refused = reply({"error": {"code": status, "message": "m"}}, status)
    made, wire = wired(token(1), (USERS, gone()), (token(2)[0], refused), **IAM)
    with pytest.raises(errors.RequestError) as caught:
        made.call("Op", "GET", ["users"])
    hint = {401: codes.PASSWORD, 403: codes.IAM_DENIED, 503: WHO}[status]
    assert (caught.value.operation, caught.value.hint) == ("KeystoneCreateUserTokenByPassword", hint)


def test_what_a_try_before_the_end_of_the_token_may_have_done_is_not_forgotten():
    broken = requests.exceptions.ConnectionError("broken")
    put = "PUT dms/v2/p-1/users"
    for last in ((put, reply({"error_code": "X.1"}, 400)),), ((token(2)[0], gone("X.1", 403)),):
        between = () if last[0][0] != put else (token(2),)
        made, wire = wired(token(1), (put, broken), (put, gone()), *between, *last, retries=1, **IAM)
        with pytest.raises(errors.RequestError) as caught:
            made.call("Op", "PUT", ["users"], body={})
        assert (caught.value.code, caught.value.outcome_unknown) == ("X.1", True)


@pytest.mark.parametrize(
    ("credentials", "hint"), [(AK, codes.NEW_TOKEN), ({"auth_token": "auth-token-1"}, codes.NEW_TOKEN)]
)
def test_what_iam_did_not_give_is_not_fetched_again(credentials, hint):
    made, wire = wired((USERS, gone()), project_id="p-1", **credentials)
    with pytest.raises(errors.RequestError) as caught:
        made.call("Op", "GET", ["users"])
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("Incorrect IAM authentication information: calc ak sk signature fail:signature expired", codes.CLOCK),
        ("Signature expired", codes.CLOCK),
        ("the signature has expired, server time: 20260101T000000Z", codes.CLOCK),
        (
            "verify aksk signature fail, canonicalRequest:GET|/v2/expired|x-sdk-date:20260101T000000Z",
            codes.KEYS + codes.LOCK,
        ),
        ("Get secretKey failed,ak:x,err:ak not exist", codes.KEYS + codes.LOCK),
    ],
)
def test_a_signature_that_has_expired_is_a_matter_of_the_clock(message, hint):
    assert error(reply({"error_code": "APIGW.0301", "error_msg": message}, 401)).hint == hint


def test_calls_side_by_side_share_a_new_token():
    made, unused = wired(**IAM)
    wire = Crowd(made, 4)
    made.transport = http.Transport(30, 0, session=wire)
    made.call("Op", "GET", ["users"])
    wire.ended = "t-1"
    assert made.each(lambda number: made.call("Op", "GET", ["users"]), range(4)) == [{}] * 4
    assert (wire.given, wire.refused) == (2, 4)


class Crowd:
    """A session whose ended token is refused to all that came with it, at the same time."""

    def __init__(self, made, count):
        made.concurrency = count
        self.given = self.refused = 0
        self.ended = None
        self.lock = threading.Lock()
        self.together = threading.Barrier(count, timeout=10)

    def request(self, method, url, headers, data, auth, **options):
        request = requests.Request(method, url, headers=headers, data=data, auth=auth).prepare()
        with self.lock:
            if method == "POST":
                self.given += 1
                body = {"token": {"project": {"id": "p-1"}}}
                return reply(body, 201, X_Subject_Token=f"t-{self.given}")
        if request.headers["X-Auth-Token"] != self.ended:
            return reply({})
        self.together.wait()
        with self.lock:
            self.refused += 1
        return gone()


# -- which project -----------------------------------------------------------------------------


def test_a_project_is_looked_up_once_and_signed_from_then_on():
    projects = {"projects": [{"id": "p-1", "name": "r"}, {"id": "p-2", "name": "r_sub"}]}
    found = ("GET iam/v3/projects?name=r", reply(projects))
    made, wire = wired(found, (USERS, reply({})), (USERS, reply({})), **AK)
    for _unused in range(2):
        made.call("Op", "GET", ["users"])
    assert "X-Project-Id" not in wire.sent[0].headers
    assert "Access=" in wire.sent[0].headers["Authorization"]
    assert [request.headers["X-Project-Id"] for request in wire.sent[1:]] == ["p-1", "p-1"]


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
    made, wire = wired(("GET iam/v3/projects?name=r", reply(body)), **AK)
    with pytest.raises(errors.ConfigurationError, match=f"IAM knows {count} projects named r") as caught:
        made.call("Op", "GET", ["users"])
    assert caught.value.hint == "Set project_id."


@pytest.mark.parametrize("credentials", [AK, IAM])
def test_a_project_may_be_named(monkeypatch, credentials):
    monkeypatch.setenv("HW_PROJECT_NAME", "r_team")
    if credentials is AK:
        rows = [{"id": "p-0", "name": "r"}, {"id": "p-1", "name": "r_team"}]
        made, wire = wired(("GET iam/v3/projects?name=r_team", reply({"projects": rows})), **AK)
    else:
        made, wire = wired(iam_token(), **IAM)
    assert made.project_id == "p-1"
    if credentials is IAM:
        assert json.loads(wire.sent[0].body)["auth"]["scope"] == {"project": {"name": "r_team"}}


def test_an_own_iam_address_is_used():
    made, wire = wired(
        ("GET 127/v3/projects?name=r", reply({"projects": [{"id": "p-1", "name": "r"}]})),
        iam_url="http://127.0.0.1:8",
        **AK,
    )
    assert made.project_id == "p-1"


def test_without_region_a_project_is_needed():
    made, wire = wired(region=None, api_url="https://x.example", **AK)
    with pytest.raises(errors.ConfigurationError, match=r"^project_id is needed, or region to look it up\.$"):
        made.call("Op", "GET", ["users"])


# -- answers ---------------------------------------------------------------------------------------


def called(*answers, method="PUT", retries=0):
    made, wire = wired(
        *[(f"{method} dms/v2/p-1/x", answer) for answer in answers], retries=retries, project_id="p-1", **AK
    )
    result = made.call("Op", method, ["x"], body={})
    assert not wire.answers
    return result


def error(*answers, **how):
    with pytest.raises(errors.RequestError) as caught:
        called(*answers, **how)
    return caught.value


@pytest.mark.parametrize("body", [None, {}, b"<html>", b"[]"])
def test_no_content_has_no_answer(body):
    assert called(reply(body, 204)) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(("status", "body"), [(200, {"job_id": "j-1"}), (200, None), (201, {}), (202, None), (206, {})])
def test_a_write_succeeds_with_any_good_status(method, status, body):
    """The document's own goes from one to another without notice."""
    assert called(reply(body, status), method=method) == body


SUCCESSES = ["", " ", "0", "000", 0, "DMS.00000000", "DMS.0000", "MQS.0000"]


@pytest.mark.parametrize("key", ["error_code", "code", "errorCode"])
@pytest.mark.parametrize("code", SUCCESSES)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_code_that_says_success_is_none(method, key, code):
    body = {key: code, "error_msg": "", "users": []}
    assert called(reply(body), method=method) == body


@pytest.mark.parametrize("code", ["DMS.00000001", "0.5", "00A", "DMS.", "10", False, True, [0], "success"])
def test_any_other_code_is_a_refusal(code):
    assert error(reply({"error_code": code})).code is not None


def test_a_code_of_success_hides_no_other():
    assert error(reply({"error_code": "", "code": "X.1"})).code == "X.1"
    refused = error(reply({"error_code": "0", "error_msg": "m"}, 403))
    assert (refused.kind, refused.code, refused.message) == (errors.PERMISSION, None, "m")


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_good_status_that_names_refused_topics_is_a_refusal(status):
    found = error(reply({"failed_topics": ["a"]}, status))
    assert (found.kind, found.outcome_unknown) == (errors.INVALID, True)
    assert "failed topics: ['a']" in found.message
    assert called(reply({"failed_topics": []}, 200)) == {"failed_topics": []}


@pytest.mark.parametrize("body", [[1], b'"yes"', b"17"])
def test_an_answer_must_be_an_object(body):
    """Of a write, nobody knows then whether it was carried out."""
    found = error(reply(body))
    assert (found.kind, found.outcome_unknown) == (errors.RESPONSE, True)
    assert "expected the documented response; got" in found.message


@pytest.mark.parametrize("key", ["error_msg", "error_code", "failed_topics"])
@pytest.mark.parametrize("value", ["x" * 100000, ["x"] * 100000, 10**400], ids=["text", "list", "number"])
def test_an_error_of_any_size_is_quoted_briefly(key, value):
    with pytest.raises(errors.RequestError) as caught:
        called(reply({"error_code": "X.1", "error_msg": "m", key: value}, 400))
    assert len(caught.value.text()) < 5000


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error_code": "X.1", "error_msg": "m"}, "X.1", "m"),
        ({"error_code": 400, "error_msg": "m"}, "400", "m"),
        ({"error": {"code": "X.1", "message": "m", "title": "t"}}, "X.1", "m"),
        ({"code": "X.1", "message": "m"}, "X.1", "m"),
        ({"errorCode": "X.1", "errorMsg": "m"}, "X.1", "m"),
        ({"failed_topics": ["a"]}, None, "not all topics were updated (failed topics: ['a'])"),
        ({"error_code": "X.1", "error_msg": "m", "failed_topics": ["a"]}, "X.1", "m (failed topics: ['a'])"),
    ],
)
def test_each_form_of_an_error_is_read(body, code, message):
    found = error(reply(body, 400, X_Request_Id="r-1"))
    assert (found.code, found.message, found.request_id, found.status) == (code, message, "r-1", 400)


@pytest.mark.parametrize("body", [b"<html>gone</html>", b"[]", b"{}"])
def test_an_error_without_a_form_says_what_came_instead(body):
    found = error(reply(body, 404, Content_Type="text/html"))
    assert (found.kind, found.code) == (errors.INVALID, None)
    assert f"{len(body)} bytes of text/html" in found.message


@pytest.mark.parametrize("code", sorted(codes.CODES))
def test_every_known_code_is_judged_as_the_table_says(code):
    kind, retry, hint = codes.CODES[code]
    found = error(reply({"error_code": code, "error_msg": "m"}, 404))
    assert (found.kind, found.retry, found.hint, found.outcome_unknown) == (kind, retry, hint, False)


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
    ("code", "status"),
    [("DMS.00400017", 400), ("DMS.00400026", 400), ("DMS.00400108", 400), ("MQS.00400026", 400), ("X.1", 409)],
)
def test_a_busy_instance_is_asked_again(code, status):
    refused = reply({"error_code": code, "error_msg": "m"}, status)
    assert called(refused, reply({}), retries=1) == {}
    found = error(reply({"error_code": code, "error_msg": "m"}, status))
    assert (found.kind, found.busy, found.outcome_unknown) == (errors.THROTTLED, True, False)


@pytest.mark.parametrize(("code", "status"), [("APIGW.0308", 429), ("DMS.10240407", 404), ("X.1", 429), ("X.1", 503)])
def test_what_limits_requests_does_not_make_an_instance_busy(code, status):
    assert error(reply({"error_code": code, "error_msg": "m"}, status)).busy is False


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
    made, _wire = wired(project_id="p-1", **AK)
    calls = []
    made.send = lambda call: calls.append(call) or http.Response(200, {}, b"{}")
    made.call("Op", method, segments)
    assert calls[0].lane == lane


def pages(*answers):
    """The page at offset 50 of a list, the last of ``answers``."""
    made, _wire = wired(("GET dms/v2/p-1/x?limit=50&offset=50", *answers), project_id="p-1", **AK)
    return made.page("Op", ["x"], "users", None, 50, 50)


def test_a_page_past_the_end_is_empty_and_its_list_not_whole():
    assert pages(reply({"error_code": codes.PAST_THE_END}, 400)) == ([], 0)
    with pytest.raises(errors.RequestError, match="refused"):
        pages(reply({"error_code": "X.1", "error_msg": "refused"}, 400))


def test_a_first_page_past_the_end_is_an_error():
    made, _wire = wired(
        ("GET dms/v2/p-1/x?limit=50&offset=0", reply({"error_code": codes.PAST_THE_END}, 400)), project_id="p-1", **AK
    )
    with pytest.raises(errors.RequestError) as caught:
        made.page("Op", ["x"], "users", None, 0, 50)
    assert caught.value.code == codes.PAST_THE_END


@pytest.mark.parametrize("status", sorted(codes.STATUSES))
def test_every_status_is_judged_as_the_table_says(status):
    found = error(reply({"error_code": "unknown", "error_msg": "m"}, status))
    assert (found.kind, found.retry, found.hint) == codes.STATUSES[status]
    assert found.outcome_unknown is (status >= 500)


@pytest.mark.parametrize(("status", "kind"), [(400, "invalid"), (410, "invalid"), (499, "invalid"), (501, "server")])
def test_an_unknown_failure_is_not_tried_again(status, kind):
    found = error(reply({"error_code": "unknown", "error_msg": "m"}, status), retries=3)
    assert (found.kind, found.attempts) == (kind, 1)


def test_a_good_status_with_an_error_code_is_a_refusal_of_unclear_effect():
    found = error(reply({"error_code": "X.1"}, X_Request_Id="r-1"))
    assert (found.kind, found.code, found.message) == (errors.INVALID, "X.1", "no message")
    assert (found.retry, found.outcome_unknown, found.status, found.request_id) == (False, True, 200, "r-1")


@pytest.mark.parametrize(("body", "status"), [(None, 200), (b"", 200), (b"null", 200), ({}, 204), (None, 204)])
def test_a_read_without_an_object_is_an_error(body, status):
    found = error(reply(body, status, X_Request_Id="r-1"), method="GET")
    assert (found.kind, found.outcome_unknown, found.retry) == (errors.RESPONSE, True, False)
    assert (found.status, found.request_id) == (status, "r-1")
    assert found.hint == "Check api_url, and proxies on the way."


def test_what_is_not_json_is_tried_again():
    assert called(reply(b"<html>"), reply({"a": 1}), retries=1) == {"a": 1}


def test_what_is_sent_is_json_and_what_only_asks_has_no_body():
    made, wire = wired((USERS, reply({})), ("PUT dms/v2/p-1/users", reply({})), project_id="p-1", **AK)
    made.call("Op", "GET", ["users"])
    made.call("Op", "PUT", ["users"], body={"a": 1})
    assert [request.body for request in wire.sent] == [None, b'{"a": 1}']
    assert wire.sent[1].headers["Content-Type"] == "application/json"


def test_a_query_is_sorted_and_escaped():
    made, wire = wired(("GET dms/v2/p-1/a%2Fb?limit=1&name=%20~%2B", reply({})), project_id="p-1", **AK)
    made.call("Op", "GET", ["a/b"], [("name", " ~+"), ("limit", 1)])


def test_ways_to_authenticate_exclude_each_other():
    with pytest.raises(AssertionError, match="mutually exclusive: ak\\|auth_token\\|iam_user"):
        run(RESOURCE, {"auth_token": "t", "user_name": "u"})
