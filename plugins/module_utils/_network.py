# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""What the network says when it fails, in words: and whether the service may have acted all the same."""

from __future__ import annotations

from urllib.parse import urlsplit

from . import _errors as errors


def network_error(call, problem, kinds):
    """A typed error for what `requests` raised, saying which of the many causes it was; ``kinds`` are its exceptions."""
    text = _reason(problem)
    host = urlsplit(call.url).netloc
    if isinstance(problem, kinds.SSLError):
        return call.error(
            errors.TLS,
            f"the TLS connection to {host} failed: {text}",
            # Whoever does not like the certificate sends nothing; all else may break in the middle of an answer.
            unclear="CERTIFICATE_VERIFY_FAILED" not in text and "doesn't match" not in text,
            hint="Check the certificate, or name your own authority with ca_path.",
        )
    if isinstance(problem, kinds.ProxyError):
        return call.error(
            errors.NETWORK,
            f"the proxy could not be used: {text}",
            retry=True,
            hint="Check the environment variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
        )
    if isinstance(problem, kinds.ConnectTimeout):
        return call.error(errors.NETWORK, f"no connection to {host} in time: {text}", retry=True, hint="Raise timeout?")
    if isinstance(problem, kinds.Timeout):
        return call.error(
            errors.NETWORK,
            f"{host} did not answer in time: {text}",
            retry=True,
            unclear=True,
            hint="Raise timeout, or try again later.",
        )
    if isinstance(problem, (kinds.InvalidURL, kinds.InvalidHeader, kinds.MissingSchema, kinds.InvalidSchema)):
        return call.error(errors.INVALID, f"the request cannot be made: {text}")
    never_sent = "NewConnectionError" in repr(problem) or "NameResolutionError" in repr(problem)
    if never_sent:
        return call.error(
            errors.NETWORK,
            f"no connection to {host}: {text}",
            retry=True,
            hint="Check region and api_url, and that this host can reach it.",
        )
    return call.error(errors.NETWORK, f"the connection broke: {text}", retry=True, unclear=True)


def _reason(problem):
    """The innermost cause: `requests` wraps it in layers that repeat the URL."""
    seen = set()
    while id(problem) not in seen:
        seen.add(id(problem))
        inner = getattr(problem, "reason", None) or (problem.args[0] if problem.args else None)
        if not isinstance(inner, BaseException):
            break
        problem = inner
    text = str(problem)
    # urllib3 puts its own object, and what it was doing, before the reason.
    return text.rpartition("connection: ")[2] if "Failed to establish" in text else text
