# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""What an error code means, whether trying again is right, and what a user can do.

Source: Huawei Cloud's error tables.
"""

from __future__ import annotations

from .. import _errors as errors

KEYS = "Check ak and sk, and security_token if they are temporary."
NEW_TOKEN = "Get a new auth_token for this project, or use ak and sk."  # noqa: S105
URL = "Check api_url, region and project_id."

# error_code: (kind, try again, hint)
CODES = {
    "DMS.00500972": (errors.NOT_FOUND, False, None),
    "DMS.00400026": (errors.SERVER, True, "The instance is busy with another operation."),
    "MQS.00400026": (errors.SERVER, True, "The instance is busy with another operation."),
    "DMS.00500960": (errors.INVALID, False, "The service does not accept this access_key or secret_key."),
    "DMS.10240101": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "DMS.10240102": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "DMS.10240103": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "DMS.10240104": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "APIGW.0101": (errors.INVALID, False, "The service is not offered in this region."),
    "APIGW.0301": (errors.AUTHENTICATION, False, KEYS + " Five failures in a row lock a key for five minutes."),
    "APIGW.0303": (errors.AUTHENTICATION, False, "The clock of the host that runs the task is off by over 15 minutes."),
    "APIGW.0307": (errors.AUTHENTICATION, False, NEW_TOKEN),
    "APIGW.0308": (errors.THROTTLED, True, "The request limit is reached; lower concurrency or run later."),
    "DMS.10240306": (errors.PERMISSION, False, "The IAM policy of these credentials does not allow this operation."),
    "DMS.10240407": (errors.THROTTLED, True, "The request limit is reached; lower concurrency or run later."),
    # Not NOT_FOUND: an instance or URL that is missing says nothing about the user or topic.
    "DMS.00404022": (errors.INVALID, False, "Check instance_id, region and project_id."),
    "DMS.10240406": (errors.INVALID, False, URL),
    "DMS.00404001": (errors.INVALID, False, URL),
}
# What a status means when its code says nothing.
STATUSES = {
    401: (errors.AUTHENTICATION, False, KEYS),
    403: (errors.PERMISSION, False, "The IAM policy of these credentials does not allow this operation."),
    404: (errors.INVALID, False, "Check instance_id, region and project_id."),
    429: (errors.THROTTLED, True, "The request limit is reached; lower concurrency or run later."),
    500: (errors.SERVER, True, None),
    502: (errors.SERVER, True, None),
    503: (errors.SERVER, True, None),
    504: (errors.SERVER, True, None),
}


def judge(status, code):
    """(kind, try again, hint) of a failed answer."""
    known = CODES.get(code) or STATUSES.get(status)
    return known or (errors.SERVER if status >= 500 else errors.INVALID, False, None)


def code_and_message(body):
    """Code and message from any of the error bodies that the services have been seen to send."""
    if not isinstance(body, dict):
        return None, None
    inner = body.get("error") if isinstance(body.get("error"), dict) else body
    code = next((inner[key] for key in ("error_code", "errorCode", "code") if inner.get(key) is not None), None)
    message = next((inner[key] for key in ("error_msg", "errorMsg", "message") if inner.get(key)), None)
    if body.get("failed_topics"):
        failed = errors.brief(body["failed_topics"])
        message = f"{_text(message) or 'not all topics were updated'} (failed topics: {failed})"
    code = _text(code)
    return code[: errors.LONGEST_QUOTE] if code else code, _text(message)


def _text(value):
    return value if value is None or isinstance(value, str) else errors.brief(value)
