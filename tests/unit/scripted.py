# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scripted `requests` session, and one task run over it.

The script is the list of calls that must come, in order, and what each is answered. One call too many
fails at once, one too few when the run is over.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import requests
import urllib3
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from requests.structures import CaseInsensitiveDict

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.plugins.module_utils._transport import deadline as deadlines
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http

ANY = object()
PRIVATE_KEY = "private-key-of-the-run"
SK = "sk-of-the-run-0123456789"
# What must never leave a run: its own credentials, and what the services return.
SECRETS = (PRIVATE_KEY, SK, "TokenPrivate0", "Secret-Key1", "AppSecret0")
REGION = "cn-bj2"
CONNECTION = {
    "ucloud": {"public_key": "public", "private_key": PRIVATE_KEY, "project_id": "org-1", "region": REGION},
    "huaweicloud": {"ak": "AK", "sk": SK, "project_id": "p-1", "region": "eu-west-101"},
}


class Expected:
    """A call that must come, and what it is answered: an object, bytes, or an exception to raise."""

    def __init__(self, what, body, response, status, headers):
        self.what = what
        self.body = body
        self.response = response
        self.status = status
        self.headers = headers

    def check(self, request):
        what, body = self.describe(request)
        assert what == self.what, f"expected {self.what}, got {what}"
        if self.body is not ANY:
            assert body == self.body, f"{what} was sent {body} instead of {self.body}"

    def respond(self):
        if isinstance(self.response, BaseException):
            raise self.response
        body = self.response
        if not isinstance(body, bytes):
            body = b"" if body is None else json.dumps(body).encode("utf-8")
        return response(self.status, self.headers, body)


class UCloud(Expected):
    @staticmethod
    def describe(request):
        form = dict(parse_qsl(request.body, keep_blank_values=True))
        assert form.pop("Signature") and form.pop("PublicKey") == "public"
        assert form.pop("ProjectId") == "org-1"
        return form.pop("Action"), form


class Huawei(Expected):
    @staticmethod
    def describe(request):
        url = urlsplit(request.url)
        assert request.headers["Authorization"].startswith("SDK-HMAC-SHA256 Access=AK, ")
        query = "?" + unquote(url.query) if url.query else ""
        return request.method + " " + url.path + query, json.loads(request.body) if request.body else None


def ucloud(action, form=None, response=None, code=0, status=200, headers=None, message="refused", region=REGION):
    """A call of an action, whose form is ``form`` beside what every call has; UFile tokens are first read everywhere."""
    if not isinstance(response, (bytes, BaseException)):
        response = dict(response or {}, Action=action + "Response", RetCode=code)
        if code:
            response["Message"] = message
    region = None if region == REGION and action == "DescribeUFileToken" else region
    if form is not ANY:
        form = dict({"Region": region} if region else {}, **{key: str(value) for key, value in (form or {}).items()})
    return UCloud(action, form, response, status, headers)


def huawei(method, path, body=None, response=None, status=200, headers=None, code=None):
    """A call below the project, query included."""
    if code:
        response = {"error_code": code, "error_msg": "refused"}
    return Huawei(method + " /v2/p-1/" + path, body, response, status, headers)


def response(status=200, headers=None, body=b""):
    made = requests.Response()
    made.status_code = status
    made.headers = CaseInsensitiveDict(headers or {})
    made.raw = urllib3.HTTPResponse(io.BytesIO(body), headers, preload_content=False)
    return made


def reach(response):
    """The service has the request, unless ``response`` is what a connection that was never made raises."""
    if not isinstance(response, requests.exceptions.ConnectTimeout) and "NewConnectionError" not in repr(response):
        deadlines.sending()


class Session:
    """Stands in for `requests.Session`."""

    def __init__(self, *calls):
        self.calls = list(calls)
        self.sent = []
        self.closed = False
        self.broken = None  # what did not come as scripted, in case the run takes it for a failure of its own

    def request(self, method, url, headers, data, auth, timeout, verify, allow_redirects, stream):
        try:
            return self._response(method, url, headers, data, auth, allow_redirects, stream)
        except (AssertionError, LookupError) as error:
            self.broken = error
            raise

    def _response(self, method, url, headers, data, auth, allow_redirects, stream):
        assert allow_redirects is False
        assert stream is True
        request = requests.Request(method, url, headers=headers, data=data, auth=auth).prepare()
        self.sent.append(request)
        assert self.calls, f"one call too many: {method} {url} {request.body!r}"
        call = self.calls.pop(0)
        call.check(request)
        reach(getattr(call, "response", None))
        return call.respond()

    def close(self):
        self.closed = True

    def finish(self):
        if self.broken:
            raise self.broken
        assert not self.calls, "calls that never came: " + ", ".join(call.what for call in self.calls)


class Kept(Session):
    """A session that answers all requests alike, and keeps them as they are signed."""

    def __init__(self, *response):
        super().__init__()
        self.response = response or (200, {}, b'{"RetCode": 0}')

    def request(self, method, url, headers, data, auth, **_options):
        self.sent.append(requests.Request(method, url, headers=headers, data=data, auth=auth).prepare())
        return response(*self.response)


def first_request(client, *call):
    """The first request that ``client`` sends for a call."""
    session = Kept()
    client.transport = http.Transport(client.transport.timeout, 0, session=session)
    with contextlib.suppress(errors.GrantopsError):
        client.call("Op", *call)
    return session.sent[0]


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.now = 0.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def validator(resource, info=False):
    spec = _task.argument_spec(resource, info)
    return ArgumentSpecValidator(
        spec["argument_spec"], spec["mutually_exclusive"], required_one_of=spec.get("required_one_of")
    )


def refusals(resource, options, info=False):
    """What the argument spec alone says against ``options``."""
    return validator(resource, info).validate(_options(resource, options, info)).error_messages


def validated(resource, options, info=False):
    validate = validator(resource, info)
    given, mistaken = _task.ResourceTask(resource, info).checked(_options(resource, options, info))
    assert not mistaken, mistaken
    result = validate.validate(given)
    assert not result.error_messages, result.error_messages
    return result.validated_parameters


def error_of(call, *arguments, **options):
    """The error of this collection that a call ends with."""
    with pytest.raises(errors.GrantopsError) as caught:
        call(*arguments, **options)
    return caught.value


def _options(resource, options, info):
    common = dict(CONNECTION[resource.provider.name], retries=0, concurrency=1)
    if not info:
        common.update(verify_timeout=0, return_unchanged=True)
    # As from a playbook: no two places share an object, and what is None was left out.
    options = dict(common, **json.loads(json.dumps(options)))
    return {key: value for key, value in options.items() if value is not None}


def connector(session, clock=None):
    """A `connect` for execute(), whose client talks to ``session``."""
    clock = clock or Clock()

    def connect(resource, params, secrets):
        client = resource.provider.connect(params, secrets, resource.service)
        old = client.transport
        client.transport = http.Transport(
            old.timeout,
            old.retries,
            old.verify,
            old.concurrency_limit.limit,
            sleep=clock.sleep,
            clock=clock,
            session=session,
        )
        return client

    return connect


def attempt(resource, options, calls=(), info=False, check_mode=False, diff=True, clock=None):
    """The result of one task, good or bad, whose calls are exactly ``calls``; no secret may be in it."""
    session = Session(*calls)
    result = _task.execute(
        resource,
        validated(resource, options, info),
        info,
        _task.How(check_mode, diff, connector(session, clock)),
    )
    session.finish()
    text = json.dumps(result)
    for secret in SECRETS:
        assert secret not in text, f"{secret} in {text}"
    return result


def run(*task, **how):
    """The result of one task that ends well: a failed one has not changed anything either."""
    result = attempt(*task, **how)
    assert not result.get("failed"), result
    return result


def finished(task, given, how, sessions):
    """The result of a task of many systems, whose calls are exactly those of ``sessions``; no secret is in it."""
    given, mistaken = task.checked(given)
    validated = ArgumentSpecValidator(**task.spec).validate(copy.deepcopy(given))
    assert not validated.error_messages, validated.error_messages
    result = mistaken or task.execute(validated.validated_parameters, how)
    for session in sessions:
        session.finish()
    # Keys are returned under this name alone.
    shown = json.dumps({key: value for key, value in result.items() if key != "credentials"})
    assert not [secret for secret in SECRETS if secret in shown], shown
    return result


class Responses:
    """A client that answers every call with the same, and keeps what it was asked."""

    def __init__(self, response):
        self.response = response
        self.secrets = errors.Secrets()
        self.asked = []

    def call(self, operation, parameters, **options):
        self.asked.append((operation, parameters, options))
        return self.response
