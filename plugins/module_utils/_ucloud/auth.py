# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UCloud's request signature (SHA-1 over the flattened form), and where its credentials come from.

Source: UCloud's document on API signatures; the names of variables, files and their keys are the official tools'.
"""

from __future__ import annotations

import decimal
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from .. import _errors as errors
from .._transport.credentials import CredentialChain, Source, environment, read_file
from .._transport.http import AuthBase

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT = {  # the official Go SDK's, CLI's and Terraform provider's names
    "public_key": "UCLOUD_PUBLIC_KEY",
    "private_key": "UCLOUD_PRIVATE_KEY",
    "security_token": "UCLOUD_SECURITY_TOKEN",
    "project_id": "UCLOUD_PROJECT_ID",
    "region": "UCLOUD_REGION",
    "api_url": "UCLOUD_API_BASE_URL",
    "timeout": "UCLOUD_TIMEOUT_SECOND",
    "channel_key": "UCLOUD_CHANNEL_KEY",
}


def flatten(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as the flat texts that are signed and sent: lists are ``Name.0``, objects ``Name.0.Key``.

    ``None`` and empty lists are left out; numbers are never in scientific notation.
    """
    flat: dict[str, str] = {}
    for key, value in parameters.items():
        _flatten(flat, key, value)
    return flat


def _flatten(flat: dict[str, str], key: str, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, dict):
        for inner, item in value.items():
            _flatten(flat, f"{key}.{inner}", item)
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            _flatten(flat, f"{key}.{position}", item)
    elif isinstance(value, bool):
        flat[key] = "true" if value else "false"
    elif isinstance(value, float):
        flat[key] = str(int(value)) if value.is_integer() else format(decimal.Decimal(repr(value)), "f")
    else:
        flat[key] = str(value)


def sign(form: Mapping[str, str], private_key: str) -> str:
    """The signature of a flat form: hex SHA-1 of all keys and values, sorted by key, and the private key."""
    # The document sorts bytes. For UTF-8 that is the order of the code points, by which Python sorts.
    text = "".join(key + form[key] for key in sorted(form)) + private_key
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324


class UCloudAuth(AuthBase):
    """Adds key, temporary token and signature to a form-encoded request; each try is signed anew."""

    def __init__(self, public_key: str, private_key: str, security_token: str | None = None) -> None:
        self.public_key = public_key
        self.private_key = private_key
        self.security_token = security_token

    def __call__(self, request: Any) -> Any:
        body = request.body or ""
        if isinstance(body, bytes):
            body = body.decode()
        form = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)))
        form.pop("Signature", None)
        form["PublicKey"] = self.public_key
        if self.security_token:
            form["SecurityToken"] = self.security_token
        form["Signature"] = sign(form, self.private_key)
        request.body = urlencode(form)
        request.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        request.headers["Content-Length"] = str(len(request.body))
        return request


def credential_chain(params: Mapping[str, Any]) -> CredentialChain:
    """The task's options, then the environment, then the profile of the official tools' files.

    A profile that the task itself names is stronger than the environment. ConfigurationError for files that cannot be
    read, and for a profile that does not exist.
    """
    asked = params.get("profile") or None
    task, variables = Source("The task", params), environment(ENVIRONMENT)
    stored = read_profile(asked or os.environ.get("UCLOUD_PROFILE") or None, "profile" if asked else "UCLOUD_PROFILE")
    return CredentialChain(*((task, stored, variables) if asked else (task, variables, stored)))


def read_profile(profile: str | None, named_by: str = "profile") -> Source:
    """A profile of the official tools' files as a source: the one of this name, or for ``None`` the active one.

    ``named_by`` is the option or variable that names it, for messages.
    """
    config_path, config, warnings = _entries("UCLOUD_SHARED_CONFIG_FILE", "config.json")
    credential_path, credentials, more = _entries("UCLOUD_SHARED_CREDENTIAL_FILE", "credential.json")
    name = profile
    if name is None:
        name = next((entry.get("profile") for entry in config if entry.get("active") is True), None)
    chosen = [entry for entry in config + credentials if name is not None and entry.get("profile") == name]
    if profile is not None and not chosen:
        raise errors.ConfigurationError(
            f"There is no UCloud profile {profile}, which {named_by} names.",
            hint=f"Profiles are read from {config_path} and {credential_path} of the host that runs the task.",
        )
    merged = {key: value for entry in chosen for key, value in entry.items()}
    keys = dict({option: option for option in ENVIRONMENT}, api_url="base_url", timeout="timeout_sec")
    title = f"The UCloud profile {profile or 'that is active'}"
    refused = None
    mode = merged.get("auth_mode")
    if mode:
        refused = (
            f"{title} has auth_mode {errors.brief(mode)}, which only UCloud's own tool can use: "
            "keys that are left in such a profile are not those of the account that it is logged in to."
        )
    return Source(title, {option: merged.get(key) for option, key in keys.items()}, keys, refused, warnings + more)


def _entries(variable: str, name: str) -> tuple[str, list[dict[str, Any]], list[str]]:
    """Path, profiles and warnings of one of the two files of profiles."""
    path, text, warnings = read_file(variable, ".ucloud", name)
    try:
        entries = [] if text is None else json.loads(text)
    except (ValueError, RecursionError):
        # The reason is left out: a parser's message may quote the line, and with it a key.
        raise errors.ConfigurationError(f"{path} cannot be read as JSON.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise errors.ConfigurationError(f"{path} is not a list of profiles.")
    return path, entries, warnings
