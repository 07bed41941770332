# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a RetCode means, whether the request may be sent again, and what a user can do.

Source: UCloud's common error codes and the error table of UFile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _errors as errors

if TYPE_CHECKING:
    from .._transport.client import Meaning

KEYS = "Check public_key and private_key; a token's own key pair (TOKEN_…) cannot call this API."
LATER = (
    "The service asks to try again later: run the task again, which reads first. If it stays, ask UCloud with the "
    "request id."
)
OUTCOME_UNKNOWN = (
    "Whether it was done is not known: run the task again, which reads first and makes nothing twice. If it stays, ask "
    "UCloud with the request id."
)
PARAMETER = (
    "The message names the parameter: check the option of that name, and that service_id, region and project_id belong "
    "together."
)
BUCKETS = "Check allowed_buckets: each must be a bucket of project_id, or '*' for all."

# RetCode: (kind of the error, whether the request may be sent again, hint)
CODES: dict[int, Meaning] = {
    110: (errors.SERVER, True, OUTCOME_UNKNOWN),
    130: (errors.SERVER, True, OUTCOME_UNKNOWN),
    150: (errors.SERVER, True, LATER),
    153: (
        errors.THROTTLED,
        True,
        "The account's request limit is reached; lower concurrency, raise retries or run later.",
    ),
    160: (
        errors.INVALID,
        False,
        "The request lost its Action on the way: check api_url, and proxies that change a POST.",
    ),
    161: (errors.INVALID, False, "This site does not offer the operation; check api_url."),
    170: (errors.AUTHENTICATION, False, "The request lost its signature on the way: check api_url, and proxies."),
    171: (
        errors.AUTHENTICATION,
        False,
        "The signature does not fit: check private_key, and security_token if one is used.",
    ),
    172: (errors.AUTHENTICATION, False, KEYS),
    174: (
        errors.AUTHENTICATION,
        False,
        "Check security_token; a white label on a shared domain needs channel_key too.",
    ),
    220: (errors.INVALID, False, PARAMETER),
    230: (errors.INVALID, False, PARAMETER),
    292: (errors.PERMISSION, False, "Check project_id: sub-accounts must name one they belong to."),
    293: (errors.INVALID, False, "Check region."),
    294: (errors.PERMISSION, False, "The key may be used from other addresses only."),
    295: (errors.PERMISSION, False, "The account has a security lock; it is lifted in the console."),
    299: (errors.PERMISSION, False, "The key's IAM policy does not allow this operation."),
    15002: (errors.INVALID, False, "Check project_id; the message names the parameter that UFile misses."),
    15004: (errors.SERVER, True, LATER),
    15005: (errors.SERVER, True, LATER),
    15006: (errors.SERVER, True, LATER),
    15007: (errors.SERVER, True, LATER),
    15010: (errors.INVALID, False, BUCKETS),
    15012: (errors.SERVER, True, OUTCOME_UNKNOWN),
    15013: (errors.SERVER, True, OUTCOME_UNKNOWN),
    15015: (errors.SERVER, True, OUTCOME_UNKNOWN),
    15016: (errors.SERVER, True, OUTCOME_UNKNOWN),
    15017: (errors.INVALID, False, "The message names the parameter: check the option of that name."),
    15018: (errors.INVALID, False, "Check expire_time, which ends at 4102416000, and what the message names."),
    15020: (errors.SERVER, True, OUTCOME_UNKNOWN),
    15021: (errors.SERVER, True, OUTCOME_UNKNOWN),
    15022: (errors.SERVER, True, OUTCOME_UNKNOWN),
    15037: (
        errors.PERMISSION,
        False,
        "The key may not manage UFile tokens of this project; check project_id and its IAM policy.",
    ),
    15038: (errors.INVALID, False, "Delete tokens that are not needed, or ask UCloud to raise the quota."),
    15039: (errors.INVALID, False, BUCKETS),
    15040: (errors.NOT_FOUND, False, "Check token_id, project_id, and that api_url is the site the token lives on."),
    15044: (errors.SERVER, True, OUTCOME_UNKNOWN),
}
