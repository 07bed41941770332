# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UCloud's API: a form-encoded POST; HTTP 200 also for failures, since ``RetCode`` in the body decides.

Source: UCloud's documents on its API ("API overview", "common error codes"), and the official SDKs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .. import _errors as errors
from .._transport import client as base
from .._transport import http
from .._transport.credentials import check_header_texts
from . import auth
from .codes import CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._redaction import Secrets

NAME = "ucloud"
TITLE = "UCloud"
NO_CREDENTIALS = "No UCloud credentials."
ADDRESS = "Check api_url, and proxies on the way."
DEFAULT_URL = "https://api.ucloud.cn"  # the main site; the global one is https://api.ucloud-global.com


def argument_spec() -> dict[str, Any]:
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

    def __init__(
        self,
        transport: http.Transport,
        secrets: Secrets,
        url: str,
        credentials: Mapping[str, Any],
        project_id: str | None = None,
        region: str | None = None,
        channel_key: str | None = None,
    ) -> None:
        super().__init__(transport, secrets)
        self.url = url
        self.project_id = project_id
        self.region = region
        self._auth = auth.UCloudAuth(**credentials)
        self._headers = {"channel-key": channel_key} if channel_key else {}
        secrets.add(credentials["private_key"], credentials["security_token"], channel_key)

    def call(self, action: str, parameters: Mapping[str, Any] | None = None, idempotent: bool = True) -> dict[str, Any]:
        """The body of the good response to an action; RequestError otherwise.

        ``Region`` (unless ``parameters`` has it) and ``ProjectId`` are added. What is ``None`` is not sent: without a
        ProjectId, the service takes the default project.
        """
        form = dict({"Region": self.region}, **dict(parameters or {}, Action=action, ProjectId=self.project_id))
        request = http.Request(
            TITLE,
            action,
            "POST",
            self.url,
            lambda response: self._check(request, response),
            secrets=self.secrets,
            headers=self._headers,
            body=urlencode(auth.flatten(form)),
            auth=self._auth,
            idempotent=idempotent,
        )
        body: dict[str, Any] = self.send(request).json()
        return body

    def _check(self, request: http.Request, response: http.Response) -> errors.RequestError | None:
        """``None`` for a good response, else the error that it means."""
        about: dict[str, Any] = {"status": response.status, "request_id": response.headers.get("X-UCLOUD-REQUEST-UUID")}
        if response.status != 200:
            kind, retry = errors.INVALID, False
            if response.status in (409, 429):
                kind, retry = errors.THROTTLED, True
            elif response.status >= 500:
                kind, retry = errors.SERVER, response.status in (500, 502, 503, 504)
            return request.error(
                kind, f"expected a response of UCloud; got {response.what()}", retry=retry, outcome_unknown=response.status >= 500,
                retry_after=response.retry_after(), hint=None if retry else ADDRESS, **about
            )  # fmt: skip
        try:
            body = response.json()
        except errors.ResponseError as problem:
            return request.error(
                errors.RESPONSE, problem.message, retry=True, outcome_unknown=True,
                hint=ADDRESS, **about
            )  # fmt: skip
        code = ret_code(body)
        if code == 0:
            return None
        if code is None:
            return request.error(
                errors.RESPONSE,
                f"the response has no usable RetCode; got {response.what()}",
                outcome_unknown=True,
                **about,
            )
        kind, retry, hint = CODES.get(code, (errors.INVALID, False, None))
        return request.error(
            kind, _message(body), code=code, retry=retry, hint=hint,
            outcome_unknown=kind == errors.SERVER, retry_after=response.retry_after(), **about
        )  # fmt: skip


def _message(body: Mapping[str, Any]) -> str:
    message = body.get("Message") or "no message"
    return message if isinstance(message, str) else errors.brief(message)


def ret_code(body: Any) -> int | None:
    """The RetCode of a parsed body as a number (it may be a text there); ``None`` when there is no usable one."""
    code = body.get("RetCode") if isinstance(body, dict) else None
    if isinstance(code, str) and re.match(r"^\s*-?[0-9]{1,9}\s*$", code):
        code = int(code)
    if isinstance(code, bool) or not isinstance(code, int):
        return None
    return code


def connect(params: Mapping[str, Any], secrets: Secrets, service: str | None = None) -> UCloudClient:
    """A client for the connection options of a task; ConfigurationError when they do not suffice. Sends nothing.

    All services have one address, so ``service`` has no effect.
    """
    chain = auth.credential_chain(params)
    credentials = chain.get_together(("public_key", "private_key"), optional=("security_token",))
    if credentials is None:
        raise errors.ConfigurationError(
            NO_CREDENTIALS,
            hint="Set public_key and private_key, or UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or a profile.",
        )
    url = chain.get("api_url") or DEFAULT_URL
    http.check_url(url, params["allow_http"], chain.name("api_url"))
    channel_key = chain.get("channel_key")
    check_header_texts({chain.name("channel_key"): channel_key})
    client = UCloudClient(
        base.transport(params, chain.seconds("timeout", 30), chain.name("timeout")),
        secrets,
        url.rstrip("/") + "/",
        credentials,
        project_id=chain.get("project_id"),
        region=chain.get("region"),
        channel_key=channel_key,
    )
    client.warnings = chain.warnings
    return client


PROVIDER = base.Provider(NAME, TITLE, CODES, argument_spec, connect)
