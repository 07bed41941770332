# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a response of UCloud is judged, and what a request of it is made of: every field, nothing left open."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import auth, provider
from ansible_collections.grantops.cloud.tests.unit.scripted import Session, response

FORM = "application/x-www-form-urlencoded; charset=utf-8"
KEYS = ("kind", "message", "status", "code", "request_id", "retry", "retry_after", "outcome_unknown", "hint")
CREDENTIALS = {"public_key": "p", "private_key": "private-key-1", "security_token": None}


def made(session=None, **options):
    transport = http.Transport(30, 0, session=session or Session())
    return provider.UCloudClient(transport, errors.Secrets(), "https://host/", CREDENTIALS, **options)


def judged(status, body, retry_after=None):
    headers = {"X-UCLOUD-REQUEST-UUID": "r-1", "Content-Type": "text/html", "Retry-After": retry_after}
    call = http.Request("UCloud", "Op", "POST", "https://host/", None, secrets=errors.Secrets())
    error = made()._check(call, http.Response(status, headers, body))
    return None if error is None else tuple(getattr(error, key) for key in KEYS)


def no_answer(kind, status, retry, outcome_unknown, retry_after=7.0):
    hint = None if retry else provider.ADDRESS
    return (
        kind,
        "no UCloud response but 3 bytes of text/html",
        status,
        None,
        "r-1",
        retry,
        retry_after,
        outcome_unknown,
        hint,
    )


@pytest.mark.parametrize(
    "expected",
    [
        no_answer("invalid", 404, False, False),
        no_answer("invalid", 499, False, False),
        no_answer("throttled", 429, True, False),
        no_answer("server", 500, True, True),
        no_answer("server", 501, False, True),
        no_answer("server", 503, True, True),
        no_answer("server", 505, False, True),
    ],
    ids=lambda expected: str(expected[2]),
)
def test_another_status_than_200_is_no_answer(expected):
    assert judged(expected[2], b"<p>", "7") == expected


def test_what_is_no_json_may_have_been_carried_out():
    message = "the response is not JSON (Expecting value: line 1 column 1 (char 0)) but 3 bytes of text/html"
    assert judged(200, b"<p>") == ("response", message, 200, None, "r-1", True, None, True, provider.ADDRESS)


def test_an_answer_without_a_code_may_have_been_carried_out():
    message = "the response has no usable RetCode, but is 2 bytes of text/html"
    assert judged(200, b"{}") == ("response", message, 200, None, "r-1", False, None, True, None)


@pytest.mark.parametrize("code", [0, "0", " 0", "-0"])
def test_code_0_is_good(code):
    assert judged(200, b'{"RetCode": %s}' % (b'"%s"' % code.encode() if isinstance(code, str) else b"0")) is None


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


class Kept(Session):
    """A session that answers well, and keeps the signed request."""

    def request(self, method, url, headers, data, auth, **_options):
        self.sent.append(requests.Request(method, url, headers=headers, data=data, auth=auth).prepare())
        return response(200, body=b'{"RetCode": 0}')


@pytest.mark.parametrize("channel", [None, "channel-key-1"])
def test_a_request_is_a_form_with_its_length(channel):
    session = Kept()
    made(session, channel_key=channel).call("Op", {"Name": "é"})
    (request,) = session.sent
    assert request.method == "POST"
    assert request.headers["Content-Type"] == FORM
    assert request.headers["Content-Length"] == str(len(request.body))
    assert request.headers.get("channel-key") == channel
    assert "Name=%C3%A9&" in request.body


def test_signing_alone_makes_it_a_form():
    request = requests.Request("POST", "https://host/", data=b"Action=Op&Empty=").prepare()
    request.headers.pop("Content-Type", None)
    signed = auth.UCloudAuth(**CREDENTIALS)(request)
    assert signed.headers["Content-Type"] == FORM
    assert signed.headers["Content-Length"] == str(len(signed.body))
    assert "Empty=" in signed.body


def test_a_form_that_cannot_be_read_is_not_signed():
    request = requests.Request("POST", "https://host/", data="no form").prepare()
    with pytest.raises(ValueError, match="bad query field"):
        auth.UCloudAuth(**CREDENTIALS)(request)
    assert "Signature=" in auth.UCloudAuth(**CREDENTIALS)(requests.Request("POST", "https://host/").prepare()).body
