# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud's SDK-HMAC-SHA256 request signature. Source: Huawei's API Request Signing Guide and official SDK."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from .._transport.http import AuthBase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ALGORITHM = "SDK-HMAC-SHA256"
HOST = "Host"
DATE = "X-Sdk-Date"
PROJECT = "X-Project-Id"
TEMPORARY = "X-Security-Token"
CONTENT_HASH = "X-Sdk-Content-Sha256"
RESULT = "Authorization"
# The headers that are signed. A proxy may rewrite any other one, which would break a signature over it; the service
# needs none of the others signed.
SIGNED = ("host", "x-sdk-date", "x-project-id", "x-security-token")


def now() -> str:
    """The time for X-Sdk-Date, in UTC."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def canonical_uri(path: str) -> str:
    """The path with each segment encoded anew, and a slash at its end, which the URL that is sent need not have."""
    encoded = quote(unquote(path))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs sorted by key and value before they are encoded. The URL that is sent must have the same text."""
    return urlencode(sorted(pairs), quote_via=quote)


def sign(
    method: str,
    path: str,
    query: Iterable[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
    access_key: str,
    secret_key: str,
) -> str:
    """The Authorization header for a request whose ``headers`` hold Host and X-Sdk-Date.

    ``query`` holds the pairs as they were before they were encoded. All ``headers`` are signed except those with ``_``
    in the name.
    """
    signed = {name.lower(): value.strip() for name, value in headers.items() if "_" not in name}
    names = ";".join(sorted(signed))
    payload = signed.get(CONTENT_HASH.lower()) if body else None
    if payload is None:
        payload = hashlib.sha256(body).hexdigest()
    request = "\n".join(
        (
            method.upper(),
            canonical_uri(path),
            canonical_query(query),
            "".join(f"{name}:{signed[name]}\n" for name in sorted(signed)),
            names,
            payload,
        )
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    to_sign = "\n".join((ALGORITHM, signed[DATE.lower()], digest))
    signature = hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"


class SigningAuth(AuthBase):
    """Signs a prepared request with AK/SK, with a fresh date each time."""

    def __init__(
        self,
        ak: str,
        sk: str,
        security_token: str | None = None,
        project_id: str | None = None,
        clock: Callable[[], str] = now,
    ) -> None:
        self.ak = ak
        self.sk = sk
        self.security_token = security_token
        self.project_id = project_id
        self.clock = clock

    def __call__(self, request: Any) -> Any:
        headers = request.headers
        url = urlsplit(request.url)
        if self.security_token:
            headers[TEMPORARY] = self.security_token
        if self.project_id:
            headers[PROJECT] = self.project_id
        if HOST not in headers:
            headers[HOST] = url.netloc
        if DATE not in headers:
            headers[DATE] = self.clock()
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        headers[RESULT] = sign(
            request.method,
            url.path,
            parse_qsl(url.query, keep_blank_values=True),
            {name: _text(headers[name]) for name in SIGNED if name in headers},
            body,
            self.ak,
            self.sk,
        )
        return request


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
