# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls UCloud's API: form-encoded POST, HTTP 200 also for failures, ``RetCode`` decides."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from .. import _errors as errors
from .._transport import client as base
from .._transport import credentials as creds
from .._transport import http
from . import auth
from .codes import CODES

NAME = "ucloud"
TITLE = "UCloud"
EXCLUSIVE = []  # ways to authenticate that exclude each other in a task
ADDRESS = "Check api_url, and proxies on the way."
DEFAULT_URL = "https://api.ucloud.cn"  # the main site; the global one is https://api.ucloud-global.com


def argument_spec():
    """Options of every ``ucloud_*`` module. Documented in the fragment `ucloud`."""
    return dict(
        base.argument_spec(),
        public_key={"type": "str", "no_log": False},
        private_key={"type": "str", "no_log": True},
        security_token={"type": "str", "no_log": True},
        channel_key={"type": "str", "no_log": True},
        project_id={"type": "str"},
        region={"type": "str"},
        profile={"type": "str"},
    )


class UCloudClient(base.Client):
    """One account, project and region on one site."""

    def __init__(self, transport, secrets, url, credentials, project_id=None, region=None, channel_key=None):
        super().__init__(transport, secrets)
        self.url = url
        self.project_id = project_id
        self.region = region
        self._auth = auth.UCloudAuth(**credentials)
        self._headers = {"channel-key": channel_key} if channel_key else {}
        secrets.add(credentials["private_key"], credentials["security_token"], channel_key)

    def call(self, action, parameters=None, idempotent=True):
        """The response's object. ``Region`` and ``ProjectId`` are added; without the latter it is the default project."""
        form = dict({"Region": self.region}, **dict(parameters or {}, Action=action, ProjectId=self.project_id))
        call = http.Request(
            TITLE,
            action,
            "POST",
            self.url,
            lambda response: self._check(call, response),
            secrets=self.secrets,
            headers=self._headers,
            body=urlencode(auth.flatten(form)),
            auth=self._auth,
            idempotent=idempotent,
        )
        return self.send(call).json()

    def _check(self, call, response):
        """``None``, or the error that the response is."""
        about = {"status": response.status, "request_id": response.headers.get("X-UCLOUD-REQUEST-UUID")}
        if response.status != 200:
            kind, retry = errors.INVALID, False
            if response.status in (409, 429):
                kind, retry = errors.THROTTLED, True
            elif response.status >= 500:
                kind, retry = errors.SERVER, response.status in (500, 502, 503, 504)
            return call.error(
                kind, f"no UCloud response but {response.what()}", retry=retry, outcome_unknown=response.status >= 500,
                retry_after=response.retry_after(), hint=None if retry else ADDRESS, **about
            )  # fmt: skip
        try:
            body = response.json()
        except errors.ResponseError as problem:
            return call.error(
                errors.RESPONSE, problem.message, retry=True, outcome_unknown=True,
                hint=ADDRESS, **about
            )  # fmt: skip
        code = ret_code(body)
        if code == 0:
            return None
        if code is None:
            return call.error(
                errors.RESPONSE,
                f"the response has no usable RetCode, but is {response.what()}",
                outcome_unknown=True,
                **about,
            )
        kind, retry, hint = CODES.get(code, (errors.INVALID, False, None))
        return call.error(
            kind, _message(body), code=code, retry=retry, hint=hint,
            outcome_unknown=kind == errors.SERVER, retry_after=response.retry_after(), **about
        )  # fmt: skip


def _message(body):
    message = body.get("Message") or "no message"
    return message if isinstance(message, str) else errors.brief(message)


def ret_code(body):
    """The RetCode as a number, which may arrive as text; ``None`` when there is none."""
    code = body.get("RetCode") if isinstance(body, dict) else None
    if isinstance(code, str) and re.match(r"^\s*-?[0-9]{1,9}\s*$", code):
        code = int(code)
    if isinstance(code, bool) or not isinstance(code, int):
        return None
    return code


def connect(params, secrets, service=None):
    """A client for a task's connection options; ConfigurationError when they do not suffice."""
    layers = auth.layers(params)
    credentials = layers.unit(("public_key", "private_key"), optional=("security_token",))
    if credentials is None:
        raise errors.ConfigurationError(
            "No UCloud credentials.",
            hint="Set public_key and private_key, or UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or a profile.",
        )
    url = layers.one("api_url", DEFAULT_URL)
    http.check_url(url, params["allow_http"], layers.name("api_url"))
    channel_key = layers.one("channel_key")
    creds.header_texts({layers.name("channel_key"): channel_key})
    timeout = layers.name("timeout")
    made = UCloudClient(
        base.transport(params, creds.seconds(layers.one("timeout", 30), timeout), timeout),
        secrets,
        url.rstrip("/") + "/",
        credentials,
        project_id=layers.one("project_id"),
        region=layers.one("region"),
        channel_key=channel_key,
    )
    made.warnings = layers.warnings
    return made


PROVIDER = base.Provider(NAME, TITLE, CODES, argument_spec, connect, EXCLUSIVE)
