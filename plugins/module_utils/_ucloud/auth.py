# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UCloud's request signature (SHA-1 over the flattened form), and where its credentials come from."""

from __future__ import annotations

import decimal
import hashlib
import json
import os
from urllib.parse import parse_qsl, urlencode

from .. import _errors as errors
from .._transport import credentials as creds
from .._transport.http import AuthBase

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


def flatten(parameters):
    """Parameters as the flat texts that are signed and sent: lists are ``Name.0``, objects ``Name.0.Key``.

    ``None`` and empty lists vanish; numbers are never in scientific notation.
    """
    flat = {}
    for key, value in parameters.items():
        _flatten(flat, key, value)
    return flat


def _flatten(flat, key, value):
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


def sign(form, private_key):
    """The signature of a flat form: hex SHA-1 of all keys and values, sorted by key, and the private key."""
    # Sorted as bytes; for UTF-8 that is the order of the code points, which is Python's.
    text = "".join(key + form[key] for key in sorted(form)) + private_key
    return hashlib.sha1(text.encode("utf-8")).hexdigest()  # noqa: S324


class UCloudAuth(AuthBase):
    """Adds key, temporary token and signature to a form-encoded request."""

    def __init__(self, public_key, private_key, security_token=None):
        self.public_key = public_key
        self.private_key = private_key
        self.security_token = security_token

    def __call__(self, request):
        body = request.body or ""
        if isinstance(body, bytes):
            body = body.decode("utf-8")
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


def layers(params):
    """The task's options, then the environment, then the profile of the official tools' files.

    A profile that the task itself names is stronger than the environment.
    """
    asked = params.get("profile") or None
    task, environment = creds.Source("The task", params), creds.environment(ENVIRONMENT)
    stored = read_profile(asked or os.environ.get("UCLOUD_PROFILE") or None, "profile" if asked else "UCLOUD_PROFILE")
    return creds.CredentialChain(*((task, stored, environment) if asked else (task, environment, stored)))


def read_profile(profile, named_by="profile"):
    """The source that a profile of the official tools' files is; the active one unless one is named."""
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
    refused, mode = None, merged.get("auth_mode")
    if mode:
        refused = (
            f"{title} has auth_mode {errors.brief(mode)}, which only UCloud's own tool can use: "
            "keys that are left in such a profile are not those of the account that it is logged in to."
        )
    return creds.Source(
        title, {option: merged.get(key) for option, key in keys.items()}, keys, refused, warnings + more
    )


def _entries(variable, name):
    path, text, warnings = creds.read_file(variable, ".ucloud", name)
    try:
        entries = [] if text is None else json.loads(text)
    except (ValueError, RecursionError):
        # Not the reason: a parser's message may quote the line, and with it a key.
        raise errors.ConfigurationError(f"{path} cannot be read as JSON.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise errors.ConfigurationError(f"{path} is not a list of profiles.")
    return path, entries, warnings
