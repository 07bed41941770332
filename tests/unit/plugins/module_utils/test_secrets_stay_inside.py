# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret of a run, nor one that a service returns, leaves through a message."""

from __future__ import annotations

import json

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import SECRETS, Session, attempt, connector, validated

with_secrets = pytest.mark.parametrize("case", cases.ALL[:3], ids=cases.NAMES[:3])


def reading(case, change):
    """A read whose answer is changed on the way."""
    (call,) = case.read(case.row())
    return [change(call)]


def cut_off(call):
    call.answer = json.dumps(call.answer).encode()[:-1]
    return call


def doubled_key(call):
    call.answer = json.dumps(call.answer).encode()[:-1] + b', "a": 1, "a": 2}'
    return call


def secret_first(call):
    """The secret stands where a message would quote it."""
    answer = call.answer
    call.answer = {"SecretKey": "TokenPrivate0", "secret_key": "Secret-Key1"}
    call.answer.update((key, value) for key, value in answer.items() if key not in call.answer)
    return call


@with_secrets
@pytest.mark.parametrize("damage", [cut_off, doubled_key])
def test_an_answer_that_is_damaged_is_not_quoted_with_its_secrets(case, damage):
    result = attempt(
        case.resource, dict(case.scope, **case.names()), reading(case, lambda call: damage(secret_first(call)))
    )
    assert result["failed"] is True


@pytest.mark.parametrize("case", cases.ALL[:2], ids=cases.NAMES[:2])
def test_an_answer_without_a_code_is_not_quoted_with_its_secrets(case):
    def codeless(call):
        secret_first(call).answer.pop("RetCode")
        return call

    attempt(case.resource, dict(case.scope, **case.names()), reading(case, codeless))


def test_an_answer_of_another_status_is_not_quoted_with_its_secrets():
    case = cases.ALL[2]
    calls = [case.show(case.row(), status=404), case.list(case.row())]
    attempt(case.resource, dict(case.scope, **case.names()), calls)


@pytest.mark.parametrize("case", cases.ALL, ids=cases.NAMES)
def test_a_password_in_an_address_is_not_quoted(case):
    options = dict(case.scope, api_url="https://user:Secret-Key1@host", **case.names())
    assert attempt(case.resource, options, [])["failed"] is True


def test_the_keys_of_the_run_are_cleaned_from_what_a_service_says():
    case = cases.ALL[0]
    calls = case.read(case.row(), code=230, message=" ".join(SECRETS[:2]))
    options = dict(case.names(), security_token=SECRETS[1])
    result = attempt(case.resource, options, [Temporary(calls[0])])
    assert result["error"]["message"] == "<hidden> <hidden>"


class Temporary:
    """A call that carries a temporary token beside the rest."""

    def __init__(self, call):
        self.what = call.what
        self.response = call.response

    def check(self, request):
        assert "SecurityToken=" in request.body


@pytest.mark.parametrize("token", ["auth-token-1\n", "auth-token-\u4ee4"], ids=["line break", "no latin-1"])
def test_a_token_that_cannot_be_a_header_fails_without_being_shown(token):
    """`http.client` names a header's value in its ValueError, and `requests` lets that through."""
    case = cases.ALL[2]
    options = dict(case.scope, ak=None, sk=None, auth_token=token, **case.names())
    params = validated(case.resource, options)

    class Connection(Session):
        def request(self, method, url, headers, data, auth, timeout, verify, allow_redirects, stream):
            value = auth(requests.Request("GET", url).prepare()).headers["X-Auth-Token"]
            value.encode("latin-1")
            raise ValueError(f"Invalid header value {value!r}")

    result = _task.execute(case.resource, params, connect=connector(Connection()))
    assert "auth-token" not in json.dumps(result)
