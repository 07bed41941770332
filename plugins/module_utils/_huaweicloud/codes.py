# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an error code means, whether the request may be sent again, and what a user can do.

Source: the error tables of DMS for RocketMQ, ROMA Connect, API Gateway (APIGW) and IAM.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import _errors as errors

if TYPE_CHECKING:
    from .._transport.client import Meaning

KEYS = "Check ak and sk, and security_token if they are temporary."
LOCK = " Five failures in a row lock a key for five minutes."
CLOCK = "The clock of the host that runs the task is off by over 15 minutes."
# A message of APIGW.0301 that the clock is the reason: the code stands for everything that is wrong with a signature.
TOO_OLD = re.compile(r"signature\W*(has |is |was |already )*expired", re.IGNORECASE)
NEW_TOKEN = "Get a new auth_token for this project, or use ak and sk."  # noqa: S105
URL = "Check api_url, region and project_id."
RIGHTS = "Give the IAM user of these credentials a policy that allows this operation, in this project."
LIMIT = "The request limit is reached; lower concurrency, raise retries or run later."
# Writes to one instance may have to wait for each other. A refused one was not carried out and can be sent again.
BUSY: Meaning = (
    errors.THROTTLED,
    True,
    "The instance is busy with another operation; raise retries, or run again when it has ended.",
)
SUCCESS = r"\s*(([A-Za-z]+\.)?0+)?\s*\Z"  # codes that mean success: "", 0, "XXX.0000", "DMS.00000000"
PAST_THE_END = "DMS.40050010"

IAM = "Check iam_url, and the credentials: ak, or iam_user and iam_domain."
PASSWORD = "Check iam_user, iam_password and iam_domain, and that iam_url is the IAM of their account."  # noqa: S105
REFUSED_TWICE = (
    "IAM issued a token for iam_user, but the service refuses it: "
    "check that api_url and iam_url belong together, and project_id and region."
)
IAM_DENIED = (
    "Check that iam_url is the IAM of this account's own cloud, and that its user may do this; or set project_id."
)
IAM_STATUSES = {
    403: IAM_DENIED,
    404: "Check iam_url, region and project_id: IAM does not know the project, or the address is not IAM's.",
}

# error_code: (kind of the error, whether the request may be sent again, hint)
CODES: dict[str, Meaning] = {
    "DMS.00500972": (errors.NOT_FOUND, False, None),
    "DMS.00400017": BUSY,
    "DMS.00400026": BUSY,
    "DMS.00400108": BUSY,
    "MQS.00400026": BUSY,
    "DMS.00400004": (
        errors.INVALID,
        False,
        "The request arrived without its body. Check api_url, and proxies on the way.",
    ),
    "DMS.00400065": (
        errors.INVALID,
        False,
        "The service does not take an empty list here; keep one entry that allows nothing, such as perm: DENY.",
    ),
    "DMS.00500960": (errors.INVALID, False, "The service does not accept this access_key or secret_key."),
    PAST_THE_END: (errors.INVALID, False, "The list became shorter while it was read; run the task again."),
    "DMS.10240101": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "DMS.10240102": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "DMS.10240103": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "DMS.10240104": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "APIGW.0101": (errors.INVALID, False, "The service is not offered in this region."),
    "APIGW.0301": (errors.AUTHENTICATION, False, KEYS + LOCK),
    "APIGW.0303": (errors.AUTHENTICATION, False, CLOCK),
    "APIGW.0307": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "APIGW.0308": (errors.THROTTLED, True, LIMIT),
    "DMS.10240306": (
        errors.PERMISSION,
        False,
        "The account is frozen, and no IAM policy changes that. Its owner lifts it in the console's billing center.",
    ),
    "DMS.10240309": (errors.PERMISSION, False, RIGHTS),
    "DMS.10240311": (errors.PERMISSION, False, RIGHTS),
    "DMS.00403003": (errors.PERMISSION, False, RIGHTS),
    "DMS.00403007": (errors.PERMISSION, False, RIGHTS),
    "DMS.10240310": (errors.PERMISSION, False, "These credentials may only read. Use some that may write."),
    "DMS.00403002": (errors.PERMISSION, False, "These credentials may only read. Use some that may write."),
    "DMS.10240312": (
        errors.PERMISSION,
        False,
        "The account is restricted, and no IAM policy changes that. Its owner sees why in the console.",
    ),
    "IAM.0002": (errors.PERMISSION, False, IAM_DENIED),
    "DMS.10240407": (errors.THROTTLED, True, LIMIT),
    # Not NOT_FOUND, which would mean that the user or topic does not exist: here the instance or URL does not.
    "DMS.00404022": (errors.INVALID, False, "Check instance_id, region and project_id."),
    "DMS.10240406": (errors.INVALID, False, URL),
    "DMS.00404001": (errors.INVALID, False, URL),
}
# What an HTTP status means when there is no known code.
STATUSES: dict[int, Meaning] = {
    401: (errors.AUTHENTICATION, False, KEYS),
    403: (errors.PERMISSION, False, RIGHTS),
    404: (errors.INVALID, False, "Check instance_id, region and project_id."),
    409: BUSY,
    429: (errors.THROTTLED, True, LIMIT),
    500: (errors.SERVER, True, None),
    502: (errors.SERVER, True, None),
    503: (errors.SERVER, True, None),
    504: (errors.SERVER, True, None),
}


def judge(status: int, code: str | None) -> Meaning:
    """What a failed response with this HTTP status and error code means."""
    known = CODES.get(code or "") or STATUSES.get(status)
    return known or (errors.SERVER if status >= 500 else errors.INVALID, False, None)


def may_be_absent(error: errors.RequestError) -> bool:
    """Whether a refused read may mean that the resource does not exist; the list of resources must then tell.

    The code that means it is published for one operation only. Every other known code means something else.
    """
    return error.kind == errors.INVALID and error.status in (400, 404) and error.code not in CODES


def not_offered(error: errors.RequestError) -> bool:
    """Whether a request was refused because this region does not have the operation."""
    unknown_url = error.code is None and error.status in (404, 405)
    return unknown_url or error.code in ("APIGW.0101", "DMS.10240406", "DMS.00404001")


def hint_for(way: str, error: errors.RequestError) -> str | None:
    """The hint for a failed request to a service; ``way`` is how it was authenticated: "ak", "token" or "iam"."""
    if error.kind != errors.AUTHENTICATION or error.hint == CLOCK:
        return error.hint
    if way == "iam":
        return REFUSED_TWICE
    if way == "token":
        return NEW_TOKEN
    return CLOCK if TOO_OLD.search(error.message) else error.hint


def hint_of_iam(way: str, error: errors.RequestError) -> str | None:
    """The same for a failed request to IAM."""
    if error.kind == errors.AUTHENTICATION:
        return PASSWORD if way == "iam" else hint_for(way, error)
    if error.code not in CODES and error.status in IAM_STATUSES:
        return IAM_STATUSES[error.status]
    return error.hint.replace("api_url", "iam_url") if error.hint else IAM


def code_and_message(body: Any) -> tuple[str | None, str | None]:
    """Error code and message of a parsed body, in any of the forms that the services have been seen to send.

    A code that means success counts as no code.
    """
    if not isinstance(body, dict):
        return None, None
    nested = body.get("error")
    inner: dict[str, Any] = nested if isinstance(nested, dict) else body
    found = [_text(inner[key]) or "" for key in ("error_code", "errorCode", "code") if inner.get(key) is not None]
    code = next((text for text in found if not re.match(SUCCESS, text)), None)
    message = next((inner[key] for key in ("error_msg", "errorMsg", "message") if inner.get(key)), None)
    if partly_refused(body):
        failed = errors.brief(body["failed_topics"])
        message = f"{_text(message) or 'not all topics were updated'} (failed topics: {failed})"
    if code and len(code) > errors.LONGEST_QUOTE:
        code = errors.brief(code)  # it says how long the code is; a part of it could be a part of a secret
    return code or None, _text(message)


def partly_refused(body: Any) -> bool:
    """Whether a parsed body names topics that a write to several topics did not change."""
    return isinstance(body, dict) and bool(body.get("failed_topics"))


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else errors.brief(value)
