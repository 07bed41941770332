# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the network says when it fails, in words: and whether the service may have acted all the same.

Nothing of what the libraries say is repeated but the texts of the system and of TLS: theirs quote what was to be
sent, what came back, and the settings of a proxy, all of which may hold a secret.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import zlib
from urllib.parse import urlsplit

from .. import _errors as errors
from .http import HOST

# A proxy that all parsers read alike. A `#`, `/`, `?` or `[` in a password ends the password for some of them, and
# what is left of it would be taken for the name of a host.
USER = r"(?:(?![#/?\[\]\\])[!-~])*@"
PROXY = r"(?:(?i:https?|socks4a?|socks5h?)://)?(?:" + USER + ")?" + HOST + r"(?::[0-9]{1,5})?/?\Z"
ENCODE = (
    "In a user name or password, write each character but letters and digits as its percent code: # is %23, / is %2F, "
    "? is %3F, [ is %5B, @ is %40."
)
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # as `requests` looks for them


class ProxyRefused(Exception):
    """A proxy setting that is not used; the text quotes nothing of it."""

    def __init__(self, what, hint):
        super().__init__(what)
        self.hint = hint


def check_proxy(proxy):
    """Refuse a proxy setting that is not read in one way only, or that cannot be used here."""
    if not re.match(PROXY, proxy):
        raise ProxyRefused("must look like http://host:port or http://user:password@host:port", ENCODE)
    if proxy.lower().startswith("socks"):
        try:
            import socks  # noqa: F401
        except ImportError:
            raise ProxyRefused(
                "names a SOCKS proxy, for which the Python library PySocks is needed",
                "Install it on the host that runs the task, or use an HTTP proxy.",
            ) from None


def _proxy_setting(url):
    """Where the proxy for ``url`` is set; the first that is found, as urllib and `requests` look for it."""
    for name in (urlsplit(url).scheme + "_proxy", "all_proxy"):
        spelled = sorted((key for key in os.environ if key.lower() == name and os.environ[key]), reverse=True)
        if spelled:
            return "The environment variable " + spelled[0]  # lower case goes first
    return "The proxy setting of this system"


def is_known(problem):
    """Whether ``problem`` is one of those that the libraries and the system raise, and no mistake of this collection."""
    known = (OSError, ValueError, EOFError, zlib.error, ProxyRefused)
    return isinstance(problem, known) or _any([problem], (), "HTTPError", "HTTPException")


def network_error(request, problem, attempt, verify):
    """A typed error for whatever was raised in ``attempt``, saying which of the many causes it was."""
    setting = _proxy_setting(request.url) if attempt.proxied else None
    layers = _layers(problem)
    text = _text(layers, attempt.proxied)
    host = urlsplit(request.url).netloc
    if attempt.sent:
        if _any(layers, socket.timeout, "Timeout", "TimeoutError"):
            message, hint = f"{host} did not response in time: {text}", "Raise timeout, or try again later."
        else:
            message, hint = f"the connection broke: {text}", None
        return request.error(errors.NETWORK, message, retry=True, outcome_unknown=True, hint=hint)
    if isinstance(problem, ProxyRefused):
        return request.error(errors.NETWORK, f"{setting} {problem}", hint=problem.hint)
    bundle = next((name for name in BUNDLES if os.environ.get(name)), None) if verify is True else None
    if _any(layers, ssl.SSLError, "SSLError", "CertificateError") or "TLS CA certificate bundle" in str(problem):
        hint = "Check the certificate, or name your own authority with ca_path."
        if bundle:
            hint = f"Check the certificate, and the file that the variable {bundle} names; ca_path goes before it."
        return request.error(errors.TLS, f"the TLS connection to {host} failed: {text}", hint=hint)
    if attempt.proxied and _any(layers, OSError, "HTTPError", "HTTPException"):
        return request.error(
            errors.NETWORK,
            f"{setting} names a proxy that could not be used: {text}",
            retry=True,
            hint="Check the environment variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
        )
    if _any(layers, socket.timeout, "ConnectTimeout"):
        return request.error(
            errors.NETWORK, f"no connection to {host} in time: {text}", retry=True, hint="Raise timeout?"
        )
    if _any(layers, (), "InvalidURL", "LocationValueError", "IDNAError"):
        return request.error(
            errors.INVALID,
            f"the request cannot be made: {host} is no address that can be called",
            hint="Check region and api_url.",
        )
    if isinstance(problem, ValueError):
        return request.error(
            errors.INVALID,
            "the request cannot be made",
            hint="A credential holds a character that HTTP cannot carry, such as a line break.",
        )
    return request.error(
        errors.NETWORK,
        f"no connection to {host}: {text}",
        retry=True,
        hint="Check region and api_url, and that this host can reach it.",
    )


def _layers(problem):
    """``problem`` and all that it was made of, the outermost first: `requests` wraps urllib3, which wraps the system."""
    found, queue = [], [problem]
    while queue:
        layer = queue.pop(0)
        if isinstance(layer, BaseException) and not any(layer is known for known in found):
            found.append(layer)
            queue += [*layer.args, getattr(layer, "reason", None), layer.__cause__, layer.__context__]
    return found


def _any(layers, kinds, *names):
    """Whether one of ``layers`` is of these kinds, or of those that the libraries request so."""
    return any(
        isinstance(layer, kinds) or any(base.__name__ in names for base in type(layer).__mro__) for layer in layers
    )


def _text(layers, proxied):
    """What the system or TLS says; of a proxy, whose name they may quote, in words that do not depend on it."""
    # All of `requests`' own are OSErrors, whatever they mean.
    said = [layer for layer in layers if isinstance(layer, OSError) and not _any([layer], (), "RequestException")]
    said += [layer for layer in layers if type(layer).__name__ == "CertificateError"]
    if not said:
        return type(layers[-1]).__name__
    if not proxied:
        return str(said[-1]) or type(said[-1]).__name__
    tunnel = next((re.match("Tunnel connection failed: ([0-9]{3})", str(layer)) for layer in said), None)
    if tunnel:
        return f"it answered HTTP {tunnel.group(1)}"
    if isinstance(said[-1], socket.gaierror):
        return "its name is not known"
    if isinstance(said[-1], ssl.SSLError):
        return said[-1].reason or type(said[-1]).__name__
    return os.strerror(said[-1].errno) if said[-1].errno else type(said[-1]).__name__
