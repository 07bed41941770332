# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where Huawei Cloud's credentials come from, and how a request carries an IAM token. Signatures are in `signing`.

Source: the official SDK, the samples of the documents, and the Terraform provider.
"""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .._transport.credentials import CredentialChain, Source, environment, read_file
from .._transport.http import AuthBase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Dict, Optional, Sequence

    Credentials = Dict[str, Optional[str]]  # option -> value; ``None`` for an optional one that is not set

# The official SDK's names, those of the documents' samples, and the Terraform provider's.
ENVIRONMENTS = (
    {
        "ak": "HUAWEICLOUD_SDK_AK",
        "sk": "HUAWEICLOUD_SDK_SK",
        "security_token": "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "project_id": "HUAWEICLOUD_SDK_PROJECT_ID",
        "iam_url": "HUAWEICLOUD_SDK_IAM_ENDPOINT",
    },
    {"ak": "CLOUD_SDK_AK", "sk": "CLOUD_SDK_SK"},
    {
        "ak": "HW_ACCESS_KEY",
        "sk": "HW_SECRET_KEY",
        "security_token": "HW_SECURITY_TOKEN",
        "auth_token": "HW_AUTH_TOKEN",
        "iam_user": "HW_USER_NAME",
        "iam_password": "HW_USER_PASSWORD",
        "iam_domain": "HW_DOMAIN_NAME",
        "project_id": "HW_PROJECT_ID",
        "project_name": "HW_PROJECT_NAME",
        "region": "HW_REGION_NAME",
        "cloud": "HW_CLOUD",
        "iam_url": "HW_AUTH_URL",
    },
)
FILE_OPTIONS = {
    "ak": "ak",
    "sk": "sk",
    "security_token": "security_token",
    "project_id": "project_id",
    "iam_url": "iam_endpoint",
}
HEADER = "X-Auth-Token"
AK_SK = ("ak", "sk")
IAM_USER = ("iam_user", "iam_password", "iam_domain")
# Ways to authenticate, the preferred one first: name, needed options, optional ones.
WAYS: Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]] = (
    ("token", ("auth_token",), ()),
    ("ak", AK_SK, ("security_token",)),
    ("iam", IAM_USER, ()),
)


class TokenAuth(AuthBase):
    """Sends an IAM token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        request.headers[HEADER] = self.token
        return request


class NoAuth(AuthBase):
    """Sends no credentials. Without any `auth`, `requests` would take some from ``~/.netrc``."""

    def __call__(self, request: Any) -> Any:
        return request


def credential_chain(params: Mapping[str, Any]) -> CredentialChain:
    """The task's options, then the environment, then the official SDK's credentials file.

    ConfigurationError for a file that cannot be read.
    """
    return CredentialChain(Source("The task", params), *map(environment, ENVIRONMENTS), read_credentials_file())


def read_credentials_file() -> Source:
    """Section ``[basic]`` of ``~/.huaweicloud/credentials`` as a source."""
    path, text, warnings = read_file("HUAWEICLOUD_SDK_CREDENTIALS_FILE", ".huaweicloud", "credentials")
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text or "")
    except (ValueError, configparser.Error):
        # The reason is left out: a parser's message quotes the line, and with it a key.
        raise errors.ConfigurationError(f"{path} cannot be read as an INI file.") from None
    values: Credentials = {}
    if parser.has_section("basic"):
        values = {option: parser.get("basic", key, fallback=None) for option, key in FILE_OPTIONS.items()}
    return Source(f"The credentials file {path}", values, FILE_OPTIONS, warnings=warnings)


def choose(chain: CredentialChain) -> tuple[str, Credentials, Source]:
    """The credentials of the first source that has any: the way to authenticate, their values, and the source.

    The way is "token", "ak" or "iam". ConfigurationError when no source has credentials.
    """
    for source in chain.sources:
        for way, needed, optional in WAYS:
            values = CredentialChain(source).get_together(needed, optional)
            if values:
                return way, values, source
    raise errors.ConfigurationError(
        "No Huawei Cloud credentials.",
        hint="Set ak and sk, auth_token, or iam_user, iam_password and iam_domain; or HUAWEICLOUD_SDK_AK and "
        "HUAWEICLOUD_SDK_SK; or ~/.huaweicloud/credentials.",
    )
