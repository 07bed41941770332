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
from ansible_collections.grantops.cloud.tests.unit.scripted import Kept, attempt, error_of, first_request, validated

RESOURCE = ufile_token.RESOURCE
NO_KEYS = {"public_key": None, "private_key": None, "project_id": None, "region": None}
KEYS = {"public_key": "task-pub", "private_key": "task-priv"}


def connect(**options):
    return provider.connect(validated(RESOURCE, {"token_id": "t", **NO_KEYS, **KEYS, **options}), errors.Secrets())


def test_plain_http_is_refused_unless_it_is_allowed():
    url = "http://api.service.ucloud.cn"
    assert "over plain HTTP" in error_of(connect, api_url=url).message
    assert connect(api_url=url, allow_http=True).url == url + "/"


@pytest.mark.parametrize("url", ["https://api.ucloud-global.com", "https://u.example/X/", "http://127.0.0.1:9//"])
def test_any_site_is_called_and_its_address_ends_with_one_slash(url):
    assert first_request(connect(api_url=url)).url == url.rstrip("/") + "/"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("a\nb", "The task has no usable channel_key: it holds a line break"),
        ("caf\u00e9-12345", "channel_key holds a character that HTTP cannot carry"),
    ],
)
def test_a_channel_key_that_no_header_can_carry_is_refused(key, said):
    assert error_of(connect, channel_key=key).message.startswith(said)


@pytest.mark.parametrize(("info", "operation"), [(False, "UpdateUFileToken"), (True, "DescribeUFileToken")])
@pytest.mark.parametrize("why", [{}, {"public_key": "p"}, {"api_url": "u.example", **KEYS}, {"profile": "gone"}])
def test_a_set_up_error_is_the_result_of_a_task_and_names_its_call(info, operation, why):
    error = attempt(RESOURCE, dict(NO_KEYS, token_id="t", **why), [], info)["error"]
    assert (error["kind"], error["provider"], error["operation"]) == ("setup", "UCloud", operation)


@pytest.mark.parametrize("given", [{}, {"project_id": ""}, {"project_id": None}])
def test_without_a_project_none_is_named_and_the_default_one_is_meant(environment, given):
    environment(UCLOUD_PROJECT_ID="")
    body = first_request(connect(**given)).body
    assert "ProjectId" not in body and "Region" not in body


# -- what a response means -------------------------------------------------------------------------

JUDGED = ("kind", "message", "status", "code", "request_id", "retry", "retry_after", "outcome_unknown", "hint")


def client(status, body, retry_after=None):
    """A client of which every request is answered so."""
    headers = {"X-UCLOUD-REQUEST-UUID": "r-1", "Content-Type": "text/html", "Retry-After": retry_after}
    transport = http.Transport(30, 0, session=Kept(status, headers, body))
    credentials = {"public_key": "p", "private_key": "private-key-1", "security_token": None}
    return provider.UCloudClient(
        transport, errors.Secrets(), "https://host/", credentials, channel_key="channel-secret-1"
    )


def judged(*response):
    error = error_of(client(*response).call, "Op")
    return tuple(getattr(error, key) for key in JUDGED)


def refusal(**body):
    return json.dumps({"RetCode": 230, **body}).encode()


@pytest.mark.parametrize("code", ["0", " 0 ", "-0", 0])
def test_a_code_may_be_text(code):
    assert client(200, refusal(RetCode=code)).call("Op") == {"RetCode": code}


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


@pytest.mark.parametrize("code", sorted(codes.CODES))
def test_only_a_failing_server_leaves_the_outcome_unknown(code):
    kind, retry, hint = codes.CODES[code]
    expected = (kind, "m", 200, code, "r-1", retry, None, kind == errors.SERVER, hint)
    assert judged(200, refusal(RetCode=code, Message="m")) == expected


def test_an_unknown_code_is_a_refusal():
    expected = ("invalid", "no message", 200, -1, "r-1", False, None, False, None)
    assert judged(200, refusal(RetCode="-1")) == expected
    expected = ("invalid", "m", 200, 4242, "r-1", False, 3.0, False, None)
    assert judged(200, refusal(RetCode=4242, Message="m"), "3") == expected


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b'{"RetCode": true}', b'{"RetCode": 0.5}', b'{"RetCode": "x"}', b'"x"', b'{"RetCode": "--5"}']
    + ['{"RetCode": "²"}'.encode(), b'{"RetCode": "' + b"9" * 5000 + b'"}'],
)
def test_a_response_without_a_usable_code_may_have_been_carried_out(body):
    message = f"the response has no usable RetCode; got {len(body)} bytes of text/html"
    assert judged(200, body) == ("response", message, 200, None, "r-1", False, None, True, None)


def test_what_is_no_json_may_have_been_carried_out():
    message = "the response is not JSON (Expecting value: line 1 column 1 (char 0)); got 3 bytes of text/html"
    assert judged(200, b"<p>") == ("response", message, 200, None, "r-1", True, None, True, provider.ADDRESS)


@pytest.mark.parametrize(
    ("kind", "statuses", "retry", "outcome_unknown"),
    [
        ("invalid", (204, 403, 404, 499), False, False),
        ("throttled", (409, 429), True, False),
        ("server", (500, 502, 503, 504), True, True),
        ("server", (501, 505), False, True),
    ],
)
def test_another_status_than_200_is_no_response_of_ucloud(kind, statuses, retry, outcome_unknown):
    message, hint = "expected a response of UCloud; got 3 bytes of text/html", None if retry else provider.ADDRESS
    for status in statuses:
        expected = (kind, message, status, None, "r-1", retry, 7.0, outcome_unknown, hint)
        assert judged(status, b"<p>", "7") == expected


@pytest.mark.parametrize(
    ("message", "shown"),
    [("bad private-key-1", "bad <hidden>"), ("bad channel-secret-1", "bad <hidden>")]
    + [(value, errors.brief(value)) for value in ({"text": "no"}, ["no"], 7)],
)
def test_a_message_is_shown_without_secrets_and_described_when_it_is_no_text(message, shown):
    assert judged(200, refusal(Message=message))[1] == shown
