# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UCloud: how a request is made, and what a response means."""

from __future__ import annotations

import json

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import codes, provider, ufile_token
from ansible_collections.grantops.cloud.tests.unit.scripted import (
    Clock,
    Session,
    attempt,
    connector,
    response,
    ucloud,
    validated,
)

RESOURCE = ufile_token.RESOURCE
NO_KEYS = {"public_key": None, "private_key": None, "project_id": None, "region": None}
KEYS = {"public_key": "task-pub", "private_key": "task-priv"}


def params(**options):
    return validated(RESOURCE, {**NO_KEYS, "token_id": "t", **options})


def connect(**options):
    return provider.connect(params(**options), errors.Secrets())


def environment(monkeypatch, **values):
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_the_main_site_is_the_default():
    made = connect(**KEYS)
    assert (made.url, made.transport.timeout) == ("https://api.ucloud.cn/", 30)


def test_plain_http_is_refused():
    with pytest.raises(errors.ConfigurationError, match="over plain HTTP"):
        connect(api_url="http://api.service.ucloud.cn", **KEYS)
    assert connect(api_url="http://api.service.ucloud.cn", allow_http=True, **KEYS)


@pytest.mark.parametrize(("info", "operation"), [(False, "UpdateUFileToken"), (True, "DescribeUFileToken")])
@pytest.mark.parametrize("why", [{}, {"public_key": "p"}, {"api_url": "u.example", **KEYS}, {"profile": "gone"}])
def test_a_set_up_error_is_the_result_of_a_task_and_names_its_call(info, operation, why):
    result = attempt(RESOURCE, dict(NO_KEYS, token_id="t", **why), [], info)
    assert result["error"]["kind"] == "setup"
    assert result["error"]["provider"] == "UCloud"
    assert result["error"]["operation"] == operation


# -- calls -----------------------------------------------------------------------------------------


def called(*calls, **options):
    session = Session(*calls)
    made = connector(session)(
        RESOURCE, validated(RESOURCE, dict({"token_id": "t", "retries": 1}, **options)), errors.Secrets()
    )
    try:
        return made.call("ListURocketMQToken"), session
    finally:
        session.finish()


def error(*calls, **options):
    with pytest.raises(errors.RequestError) as caught:
        called(*calls, **options)
    return caught.value


def answer(content=None, **how):
    return ucloud("ListURocketMQToken", {}, content, **how)


def test_a_channel_is_a_header():
    session = called(answer(), channel_key="channel-1")[1]
    assert session.sent[0].headers["channel-key"] == "channel-1"
    assert "channel-key" not in called(answer())[1].sent[0].headers


@pytest.mark.parametrize("code", ["0", " 0 ", "-0", 0])
def test_a_code_may_be_text(code):
    assert called(answer(json.dumps({"RetCode": code}).encode()))[0] == {"RetCode": code}


# The table of the facts, less what it says of no code: whether it is tried again, and whether it may have been done.
AGAIN = {110, 130, 150, 153, 15004, 15005, 15006, 15007}
UNKNOWN = {15012, 15013, 15015, 15016, 15020, 15021, 15022, 15044}
NEVER = {160, 161, 170, 171, 172, 174, 220, 230, 292, 293, 294, 295, 299}
NEVER |= {15002, 15010, 15017, 15018, 15037, 15038, 15039, 15040}


def test_the_codes_are_those_of_the_facts():
    assert set(codes.CODES) == AGAIN | UNKNOWN | NEVER
    assert {code for code, (_kind, retry, _hint) in codes.CODES.items() if retry} == AGAIN | UNKNOWN
    assert {codes.CODES[code][0] for code in UNKNOWN} == {errors.SERVER}
    assert [code for code, row in codes.CODES.items() if not row[2]] == []  # each says what to do


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"RetCode": true}',
        b'{"RetCode": 0.5}',
        b'{"RetCode": "x"}',
        b'"x"',
        b'{"RetCode": "--5"}',
        '{"RetCode": "²"}'.encode(),
        b'{"RetCode": "' + b"9" * 5000 + b'"}',
    ],
)
def test_an_answer_without_a_usable_code_is_an_error(body):
    found = error(answer(body))
    assert (found.kind, found.outcome_unknown) == (errors.RESPONSE, True)


def test_a_throttled_call_waits_as_long_as_it_is_told():
    session = Session(answer(code=153, headers={"Retry-After": "5"}), answer())
    clock = Clock()
    made = connector(session, clock)(RESOURCE, validated(RESOURCE, {"token_id": "t", "retries": 1}), errors.Secrets())
    made.call("ListURocketMQToken")
    assert clock.slept == [5]


def test_a_message_that_holds_a_key_is_cleaned():
    assert error(answer(code=230, message="bad private-key-of-the-run")).message == "bad <hidden>"


@pytest.mark.parametrize("message", [{"text": "no"}, ["no"], 7])
def test_a_message_that_is_no_text_is_told_as_it_is(message):
    found = error(answer(json.dumps({"RetCode": 230, "Message": message}).encode()))
    assert found.message == errors.brief(message)


def test_a_channel_key_is_a_secret_and_no_more_than_a_header_can_carry():
    options = {"channel_key": "channel-secret-1"}
    assert error(answer(code=230, message="bad channel-secret-1"), **options).message == "bad <hidden>"
    with pytest.raises(errors.ConfigurationError, match="channel_key"):
        connect(channel_key="a\nb", **KEYS)
    with pytest.raises(errors.ConfigurationError, match="^channel_key holds a character that HTTP cannot carry"):
        connect(channel_key="caf\u00e9-12345", **KEYS)


@pytest.mark.parametrize("url", ["https://u.example", "https://u.example/", "https://u.example//"])
def test_the_address_ends_with_one_slash(url):
    assert connect(api_url=url, **KEYS).url == "https://u.example/"


@pytest.mark.parametrize("given", [{}, {"project_id": ""}, {"project_id": None}])
def test_without_a_project_none_is_named_and_the_default_one_is_meant(monkeypatch, given):
    environment(monkeypatch, UCLOUD_PROJECT_ID="")
    made = connect(**KEYS, **given)
    session = Session()
    made.transport._session = session
    with pytest.raises((AssertionError, errors.GrantopsError)):
        made.call("X")
    assert "ProjectId" not in session.sent[0].body
    assert "Region" not in session.sent[0].body


# -- every field of what is judged -----------------------------------------------------------------


JUDGED = ("kind", "message", "status", "code", "request_id", "retry", "retry_after", "outcome_unknown", "hint")
CREDENTIALS = {"public_key": "p", "private_key": "private-key-1", "security_token": None}


def made(session=None, **options):
    transport = http.Transport(30, 0, session=session or Session())
    return provider.UCloudClient(transport, errors.Secrets(), "https://host/", CREDENTIALS, **options)


class Raw:
    """A call that is answered with this, whatever it is."""

    what = "Op"

    def __init__(self, answer):
        self.response = lambda: answer

    def check(self, request):
        pass


def judged(status, body, retry_after=None):
    headers = {"X-UCLOUD-REQUEST-UUID": "r-1", "Content-Type": "text/html", "Retry-After": retry_after}
    session = Session(Raw(response(status, headers, body)))
    with pytest.raises(errors.RequestError) as caught:
        made(session).call("Op")
    return tuple(getattr(caught.value, key) for key in JUDGED)


def no_answer(kind, status, retry, outcome_unknown, retry_after=7.0):
    hint = None if retry else provider.ADDRESS
    message = "expected a response of UCloud; got 3 bytes of text/html"
    return (kind, message, status, None, "r-1", retry, retry_after, outcome_unknown, hint)


@pytest.mark.parametrize(
    "expected",
    [
        *(no_answer("invalid", status, False, False) for status in (204, 403, 404, 499)),
        no_answer("throttled", 409, True, False),
        no_answer("throttled", 429, True, False),
        *(no_answer("server", status, True, True) for status in (500, 502, 503, 504)),
        *(no_answer("server", status, False, True) for status in (501, 505)),
    ],
    ids=lambda expected: str(expected[2]),
)
def test_another_status_than_200_is_no_answer(expected):
    assert judged(expected[2], b"<p>", "7") == expected


def test_what_is_no_json_may_have_been_carried_out():
    message = "the response is not JSON (Expecting value: line 1 column 1 (char 0)); got 3 bytes of text/html"
    assert judged(200, b"<p>") == ("response", message, 200, None, "r-1", True, None, True, provider.ADDRESS)


def test_an_answer_without_a_code_may_have_been_carried_out():
    message = "the response has no usable RetCode; got 2 bytes of text/html"
    assert judged(200, b"{}") == ("response", message, 200, None, "r-1", False, None, True, None)


def test_a_code_is_judged_with_its_message():
    assert judged(200, b'{"RetCode": "-1"}') == ("invalid", "no message", 200, -1, "r-1", False, None, False, None)
    refused = judged(200, b'{"RetCode": 4242, "Message": "m"}', "3")
    assert refused == ("invalid", "m", 200, 4242, "r-1", False, 3.0, False, None)


@pytest.mark.parametrize(("code", "row"), sorted(provider.CODES.items()))
def test_only_a_failing_server_leaves_the_outcome_unclear(code, row):
    kind, retry, hint = row
    outcome_unknown = kind == errors.SERVER
    expected = (kind, "m", 200, code, "r-1", retry, None, outcome_unknown, hint)
    assert judged(200, b'{"RetCode": %d, "Message": "m"}' % code) == expected
