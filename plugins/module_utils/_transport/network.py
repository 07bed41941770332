# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From an exception of the network to a typed error that says what failed, and whether the service may have acted.

Only the texts of the operating system and of TLS are quoted. Those of the libraries quote what was to be sent, what
came back, and proxy settings, all of which may hold a secret.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .. import _errors as errors
from .http import HOST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Tuple, Type, Union

    from .deadline import Try
    from .http import Request

    Classes = Union[Type[BaseException], Tuple[Type[BaseException], ...]]

# A proxy that all parsers read in the same way. For some, a `#`, `/`, `?` or `[` in a password ends the password, and
# the rest of it is taken for the name of the host.
USER = r"(?:(?![#/?\[\]\\])[!-~])*@"
PROXY = r"(?:(?i:https?|socks4a?|socks5h?)://)?(?:" + USER + ")?" + HOST + r"(?::[0-9]{1,5})?/?\Z"
ENCODE = (
    "In a user name or password, write every character except letters and digits as its percent code: # is %23, / is %2F, "
    "? is %3F, [ is %5B, @ is %40."
)
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # the variables that `requests` looks at, in this order


class ProxyRefused(Exception):
    """A proxy setting that cannot be used. The text does not quote it."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


def check_proxy(proxy: str) -> None:
    """ProxyRefused for a proxy URL that libraries read in different ways, or that needs a library that is missing."""
    if not re.match(PROXY, proxy):
        raise ProxyRefused("must look like http://host:port or http://user:password@host:port", ENCODE)
    if proxy.lower().startswith("socks"):
        try:
            import socks  # type: ignore[import-untyped,import-not-found,unused-ignore]  # noqa: F401
        except ImportError:
            raise ProxyRefused(
                "names a SOCKS proxy, for which the Python library PySocks is needed",
                "Install it on the host that runs the task, or use an HTTP proxy.",
            ) from None


def _proxy_setting(url: str) -> str:
    """Where the proxy for ``url`` is set, for a message: searched in the order of urllib and `requests`."""
    for name in (urlsplit(url).scheme + "_proxy", "all_proxy"):
        spelled = sorted((key for key in os.environ if key.lower() == name and os.environ[key]), reverse=True)
        if spelled:
            return "The environment variable " + spelled[0]  # lower case goes first
    return "The proxy setting of this system"


def is_known(problem: BaseException) -> bool:
    """Whether ``problem`` is an exception of the libraries or the system, and not a mistake of this collection."""
    known = (OSError, ValueError, EOFError, zlib.error, ProxyRefused)
    return isinstance(problem, known) or _any([problem], (), "HTTPError", "HTTPException")


def network_error(request: Request, problem: Exception, attempt: Try, verify: bool | str) -> errors.RequestError:
    """The error for an exception that was raised in ``attempt``, with its cause and a hint.

    ``verify`` is how TLS certificates are checked: True, False, or the path of a CA bundle.
    """
    setting = _proxy_setting(request.url)
    causes = _causes(problem)
    text = _text(causes, attempt.proxied)
    host = urlsplit(request.url).netloc
    if attempt.sent:
        if _any(causes, socket.timeout, "Timeout", "TimeoutError"):
            message, hint = f"{host} did not respond in time: {text}", "Raise timeout, or try again later."
        else:
            message, hint = f"the connection broke: {text}", None
        return request.error(errors.NETWORK, message, retry=True, outcome_unknown=True, hint=hint)
    if isinstance(problem, ProxyRefused):
        return request.error(errors.NETWORK, f"{setting} {problem}", hint=problem.hint)
    bundle = next((name for name in BUNDLES if os.environ.get(name)), None) if verify is True else None
    if _any(causes, ssl.SSLError, "SSLError", "CertificateError") or "TLS CA certificate bundle" in str(problem):
        hint = "Check the certificate. If your own authority issued it, set ca_path to the authority's certificate."
        if bundle:
            hint = f"Check the certificate, and the file that the variable {bundle} names; ca_path replaces it."
        return request.error(errors.TLS, f"the TLS connection to {host} failed: {text}", hint=hint)
    if attempt.proxied and _any(causes, OSError, "HTTPError", "HTTPException"):
        return request.error(
            errors.NETWORK,
            f"{setting} names a proxy that could not be used: {text}",
            retry=True,
            hint="Check the environment variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
        )
    if _any(causes, socket.timeout, "ConnectTimeout"):
        return request.error(
            errors.NETWORK,
            f"no connection to {host} in time: {text}",
            retry=True,
            hint="Check that this host can reach it, or raise timeout.",
        )
    if _any(causes, (), "InvalidURL", "LocationValueError", "IDNAError"):
        return request.error(
            errors.INVALID,
            f"the request cannot be sent: {host} is not a usable address",
            hint="Check region and api_url.",
        )
    if isinstance(problem, ValueError):
        return request.error(
            errors.INVALID,
            "the request cannot be sent",
            hint="A credential holds a character that HTTP cannot carry, such as a line break.",
        )
    return request.error(
        errors.NETWORK,
        f"no connection to {host}: {text}",
        retry=True,
        hint="Check region and api_url, and that this host can reach it.",
    )


def _causes(problem: BaseException) -> list[BaseException]:
    """``problem`` and the exceptions in it, the outermost first: `requests` wraps those of urllib3 and the system."""
    found: list[BaseException] = []
    queue: list[Any] = [problem]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and not any(cause is known for known in found):
            found.append(cause)
            queue += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
    return found


def _any(causes: Sequence[BaseException], classes: Classes, *names: str) -> bool:
    """Whether one of ``causes`` is of one of these classes, or of a class of one of these names.

    Names are for the classes of libraries: urllib3 has some in one version only.
    """
    return any(
        isinstance(cause, classes) or any(base.__name__ in names for base in type(cause).__mro__) for cause in causes
    )


def _text(causes: Sequence[BaseException], proxied: bool) -> str:
    """The text of the system or TLS. It may quote the name of a proxy, so through a proxy it is put in other words."""
    # Every exception of `requests` is an OSError too.
    said: list[BaseException] = [
        cause for cause in causes if isinstance(cause, OSError) and not _any([cause], (), "RequestException")
    ]
    said += [cause for cause in causes if type(cause).__name__ == "CertificateError"]
    if not said:
        return type(causes[-1]).__name__
    if not proxied:
        return str(said[-1]) or type(said[-1]).__name__
    tunnel = next((re.match("Tunnel connection failed: ([0-9]{3})", str(cause)) for cause in said), None)
    if tunnel:
        return f"it answered HTTP {tunnel.group(1)}"
    innermost = said[-1]
    if isinstance(innermost, socket.gaierror):
        return "its name is not known"
    if isinstance(innermost, ssl.SSLError):
        return getattr(innermost, "reason", None) or type(innermost).__name__  # libraries raise some without one
    number = getattr(innermost, "errno", None)
    return os.strerror(number) if number else type(innermost).__name__
