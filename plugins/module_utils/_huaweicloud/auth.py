# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where Huawei Cloud's credentials come from, and how a request proves who sends it."""

from __future__ import annotations

import configparser

from .. import _errors as errors
from .._transport import credentials as creds
from .._transport.http import AuthBase

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
AK_SK = ("ak", "sk")
IAM_USER = ("iam_user", "iam_password", "iam_domain")


class TokenAuth(AuthBase):
    """Sends an IAM token."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["X-Auth-Token"] = self.token
        return request


class NoAuth(AuthBase):
    """Sends nothing; given explicitly, since `requests` would look into ``~/.netrc`` otherwise."""

    def __call__(self, request):
        return request


def layers(params):
    """The task's options, then the environment, then the official SDK's credentials file."""
    sources = [creds.Source("The task", params)]
    sources.extend(map(creds.environment, ENVIRONMENTS))
    sources.append(read_file())
    return creds.CredentialChain(*sources)


def read_file():
    """The source that section ``[basic]`` of ``~/.huaweicloud/credentials`` is."""
    path, text, warnings = creds.read_file("HUAWEICLOUD_SDK_CREDENTIALS_FILE", ".huaweicloud", "credentials")
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text or "")
    except (ValueError, configparser.Error):
        # Not the reason: a parser's message quotes the line, and with it a key.
        raise errors.ConfigurationError(f"{path} cannot be read as an INI file.") from None
    values = {}
    if parser.has_section("basic"):
        values = {option: parser.get("basic", key, fallback=None) for option, key in FILE_OPTIONS.items()}
    return creds.Source(f"The credentials file {path}", values, FILE_OPTIONS, warnings=warnings)


def choose(layers):
    """The credentials of the first source that has any: (kind, values, source); ConfigurationError when none has."""
    for source in layers.sources:
        one = creds.CredentialChain(source)
        for kind, needed, optional in (
            ("token", ("auth_token",), ()),
            ("ak", AK_SK, ("security_token",)),
            ("iam", IAM_USER, ()),
        ):
            values = one.unit(needed, optional)
            if values:
                return kind, values, source
    raise errors.ConfigurationError(
        "No Huawei Cloud credentials.",
        hint="Set ak and sk, auth_token, or iam_user, iam_password and iam_domain; or HUAWEICLOUD_SDK_AK and "
        "HUAWEICLOUD_SDK_SK; or ~/.huaweicloud/credentials.",
    )
