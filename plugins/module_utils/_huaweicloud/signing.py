# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud's SDK-HMAC-SHA256 request signature. Source: Huawei's API Request Signing Guide and official SDK."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .._transport.http import AuthBase

ALGORITHM = "SDK-HMAC-SHA256"
DATE = "X-Sdk-Date"
CONTENT_HASH = "X-Sdk-Content-Sha256"
# What says where, when and for whom. Any other header may be rewritten on the way by a proxy, which would break a
# signature over it; none of them is needed by the service.
SIGNED = ("host", "x-sdk-date", "x-project-id", "x-security-token")


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def canonical_uri(path):
    """The path with each segment encoded anew, and a trailing slash that the sent URL need not have."""
    encoded = "/".join(quote(segment, safe="~") for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(pairs):
    """Pairs sorted by raw key and value, then encoded. The same text must stand in the URL."""
    return "&".join("{}={}".format(quote(key, safe="~"), quote(value, safe="~")) for key, value in sorted(pairs))


def sign(method, path, query, headers, body, access_key, secret_key):
    """The Authorization header for a request whose ``headers`` hold Host and X-Sdk-Date.

    ``query`` is a list of pairs; all ``headers`` are signed but those with ``_`` in the name.
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
    digest = hashlib.sha256(request.encode("utf-8")).hexdigest()
    to_sign = "\n".join((ALGORITHM, signed[DATE.lower()], digest))
    signature = hmac.new(secret_key.encode("utf-8"), to_sign.encode("utf-8"), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"


class SigningAuth(AuthBase):
    """Signs a prepared request with AK/SK, with a fresh date each time."""

    def __init__(self, ak, sk, security_token=None, project_id=None, clock=now):
        self.ak = ak
        self.sk = sk
        self.security_token = security_token
        self.project_id = project_id
        self.clock = clock

    def __call__(self, request):
        headers = request.headers
        url = urlsplit(request.url)
        if self.security_token:
            headers["X-Security-Token"] = self.security_token
        if self.project_id:
            headers["X-Project-Id"] = self.project_id
        if "Host" not in headers:
            headers["Host"] = url.netloc
        if DATE not in headers:
            headers[DATE] = self.clock()
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode("utf-8")
        headers["Authorization"] = sign(
            request.method,
            url.path or "/",
            parse_qsl(url.query, keep_blank_values=True),
            {name: _text(headers[name]) for name in SIGNED if name in headers},
            body,
            self.ak,
            self.sk,
        )
        return request


def _text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value
