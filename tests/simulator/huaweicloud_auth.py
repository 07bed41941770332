# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling Huawei Cloud: AK/SK signatures, temporary keys, IAM tokens, locked keys."""

from __future__ import annotations

from dataclasses import dataclass

from . import signatures
from .state import Simulator
from .wire import Call, Record, Refused, Request

LONGEST_SKEW = 15 * 60
FAILURES_BEFORE_LOCK = 6


@dataclass(frozen=True)
class Identity:
    role: str
    token_project: str | None = None  # of an IAM token, which is for one project
    scope: str | None = None  # X-Project-Id


def authenticate(simulator: Simulator, call: Call) -> Identity:
    request = call.request
    scope = request.headers.get("x-project-id")
    authorization = request.headers.get("authorization")
    if authorization is not None:
        name, role = _by_signature(simulator, request, authorization)
        call.credential = name
        return Identity(role, scope=scope)
    token = request.headers.get("x-auth-token")
    if token is not None:
        return _by_token(simulator, token, scope)
    if not simulator.traps.get("signatures"):
        return Identity("admin")
    raise Refused(401, "APIGW.0301", "Incorrect IAM authentication information: none found")


def _by_signature(simulator: Simulator, request: Request, value: str) -> tuple[str, str]:
    parsed = signatures.parse_authorization(value)
    if parsed is None:
        raise _wrong("authorization header is malformed")
    ak, signed, _unused = parsed
    now = simulator.now()
    if simulator.locked_until.get(ak, 0) > now:
        # Even the right signature is refused now: the price of retrying a 401.
        raise _wrong("AK access failed to reach the limit, forbidden")
    name, entry = simulator.by_key("huaweicloud", ak)
    try:
        if entry.get("role", "revoked") == "revoked":
            raise _wrong("the AK does not exist")
        _check(simulator, request, entry, signed, now)
    except Refused:
        failures = simulator.failed_logins.get(ak, 0) + 1
        simulator.failed_logins[ak] = failures
        if failures >= FAILURES_BEFORE_LOCK:
            simulator.locked_until[ak] = now + simulator.traps.get("lock_seconds")
            simulator.failed_logins[ak] = 0
        raise
    simulator.failed_logins.pop(ak, None)
    if simulator.traps.revoked("huaweicloud", name):
        raise _wrong("the AK does not exist")
    return name, entry["role"]


def _check(simulator: Simulator, request: Request, entry: Record, signed: list[str], now: float) -> None:
    if not simulator.traps.get("signatures"):
        return
    sent = signatures.parse_sdk_date(request.headers.get("x-sdk-date", ""))
    if sent is None or "x-sdk-date" not in signed:
        raise _wrong("x-sdk-date is missing, malformed or not signed")
    if abs(sent - now) > LONGEST_SKEW:
        code = simulator.traps.get("skew_code") or "APIGW.0303"
        raise Refused(401, code, "Incorrect app authentication information: signature expired")
    if not signatures.huaweicloud_matches(request, entry["ak"], entry["sk"], signed):
        raise _wrong("verify aksk signature fail")
    # Assumed: a security token nobody asked for is refused like a wrong one.
    if request.headers.get("x-security-token") != entry.get("security_token"):
        raise _wrong("the security token is missing or wrong")


def _wrong(why: str) -> Refused:
    return Refused(401, "APIGW.0301", f"Incorrect IAM authentication information: {why}")


def _by_token(simulator: Simulator, token: str, scope: str | None) -> Identity:
    if not token:
        raise Refused(401, "DMS.10240103", "The token is missing.")
    entry = simulator.tokens.get(token)
    if entry is None:
        raise Refused(401, "DMS.10240101", "The token is invalid.")
    limit = simulator.traps.get("token_requests")
    served = entry["served"] = entry.get("served", 0) + 1
    used_up = "expires" in entry and limit is not None and served > limit
    if used_up or ("expires" in entry and entry["expires"] <= simulator.now()):
        code = simulator.traps.get("token_code") or "DMS.10240102"
        raise Refused(401, None if code == "none" else code, "The token has expired.")
    return Identity(entry["role"], entry["project_id"], scope)
