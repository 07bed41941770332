# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking signatures with the official SDKs' own signers, never with the collection's code.

A mistake shared by the collection and its test double would otherwise go unseen.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime, timezone
from types import SimpleNamespace
from unittest import mock

from .wire import Request

ALGORITHM = "SDK-HMAC-SHA256"


@contextlib.contextmanager
def home_elsewhere() -> Iterator[None]:
    """Importing huaweicloudsdkcore writes an id into $HOME: give it a home to throw away."""
    with tempfile.TemporaryDirectory(prefix="simulator-home-") as home, mock.patch.dict(
        os.environ, HOME=home, USERPROFILE=home
    ):
        yield


with home_elsewhere():
    from huaweicloudsdkcore.sdk_request import SdkRequest
    from huaweicloudsdkcore.signer.signer import Signer
    from ucloud.core.auth import Credential


# The UCloud SDK adds a handler to its logger that prints every request, keys included.
_LOGGER = logging.getLogger("ucloud")
_LOGGER.handlers[:] = [logging.NullHandler()]
_LOGGER.setLevel(logging.CRITICAL)
_LOGGER.propagate = False


def ucloud_matches(params: dict[str, str], public_key: str, private_key: str) -> bool:
    """Whether `Signature` is what the official SDK computes over everything else in the form."""
    signed = {name: value for name, value in params.items() if name != "Signature"}
    expected = Credential(public_key, private_key).verify_ac(signed)
    return hmac.compare_digest(expected.encode(), params["Signature"].encode())


class _Verifier(Signer):
    @classmethod
    def _process_header_host(cls, request: SdkRequest) -> None:
        """Leave Host alone: only what the client says it signed takes part."""


def parse_authorization(value: str) -> tuple[str, list[str], str] | None:
    """Access key, signed headers and signature, or None for anything else."""
    algorithm, _unused, rest = value.partition(" ")
    if algorithm != ALGORITHM:
        return None
    parts = {}
    for part in rest.split(","):
        name, equals, text = part.strip().partition("=")
        if not equals or name in parts:
            return None
        parts[name] = text
    if set(parts) != {"Access", "SignedHeaders", "Signature"}:
        return None
    return parts["Access"], parts["SignedHeaders"].split(";"), parts["Signature"]


def parse_sdk_date(value: str) -> float | None:
    try:
        parsed = datetime.strptime(value, "%Y%m%dT%H%M%SZ")
    except ValueError:
        return None
    return parsed.replace(tzinfo=timezone.utc).timestamp()


def huaweicloud_matches(request: Request, ak: str, sk: str, signed: list[str]) -> bool:
    """Whether the official signer gives the same Authorization for the request as received."""
    if any(name not in request.headers for name in signed):
        return False
    declared = request.headers.get("x-sdk-content-sha256")
    # The signer trusts this header, so a wrong one would hide a changed body.
    if declared not in (None, "UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest()):
        return False
    again = SdkRequest(
        method=request.method,
        schema="http",
        host=request.headers.get("host", ""),
        resource_path=request.path,
        query_params=request.query_pairs(),
        header_params={name: request.headers[name] for name in signed},
        body=request.body,
    )
    _Verifier(SimpleNamespace(ak=ak, sk=sk)).sign(again)
    expected = again.header_params["Authorization"]
    return hmac.compare_digest(expected.encode(), request.headers["authorization"].encode())
