# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP with the collection's rules: TLS checked, no redirects, bounded tries, sizes and time.

Knows neither provider: a client gives it a :class:`Request`, whose ``check`` turns a response into
``None`` (good) or a :class:`RequestError` that says whether the request may be sent again.
"""

from __future__ import annotations

import email.utils
import json
import math
import random
import re
import socket
import threading
import time
import traceback
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .. import _errors as errors
from . import deadline as deadlines
from .throttle import ConcurrencyLimit, Lane, RateLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Union

    from .._redaction import Secrets

    Check = Callable[["Response"], Union[errors.RequestError, None]]

try:
    import requests
    import requests.adapters
    import requests.auth
    import requests.utils

    class _Adapter(requests.adapters.HTTPAdapter):
        """Connections keep to the deadline of a try, and a proxy is used only if all libraries read its address alike."""

        def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
            super().init_poolmanager(*arguments, **keywords)
            deadlines.bound(self.poolmanager)

        def proxy_manager_for(self, *arguments: Any, **keywords: Any) -> Any:
            return deadlines.bound(super().proxy_manager_for(*arguments, **keywords))

        def send(  # type: ignore[override]  # pylint: disable=arguments-differ
            self,
            request: requests.PreparedRequest,
            proxies: Any = None,
            **how: Any,
        ) -> requests.Response:
            if is_loopback(urlsplit(str(request.url)).hostname or ""):
                proxies = None  # for a proxy, a loopback address would be the proxy's own host
            proxy = requests.utils.select_proxy(str(request.url), proxies)
            if proxy:
                from . import network  # imported here: see _once

                attempt = deadlines.current()
                if attempt is not None:
                    attempt.proxied = True
                network.check_proxy(proxy)
            return super().send(request, proxies=proxies, **how)

    class _Session(requests.Session):
        def resolve_redirects(self, *arguments: Any, **keywords: Any) -> Any:  # pylint: disable=unused-argument
            """No redirect is followed; even to prepare one, `requests` would read its whole body, of any size."""
            return iter(())

    AuthBase = requests.auth.AuthBase
    REQUESTS_ERROR = None
except ImportError:  # a module imports this without `requests`, to say what is missing
    requests = None  # type: ignore[assignment]
    AuthBase = object  # type: ignore[assignment,misc]
    REQUESTS_ERROR = traceback.format_exc()

USER_AGENT = "grantops.cloud (Ansible collection)"
LONGEST_MESSAGE = 2000  # of a service, in characters; the rest is left out
LARGEST_RESPONSE = 64 * 1024 * 1024  # bytes, unpacked
CHUNK = 64 * 1024  # bytes
LONGEST_WAIT = 60.0  # seconds; what a Retry-After header is clamped to
FIRST_WAIT = 0.4  # seconds before the first repetition; twice as long before each further one
SHORTEST_TRY = 0.01  # seconds; what is left for a try that began just in time
LARGEST_BACKOFF = 20.0  # seconds
# A throttled request was not carried out, so being throttled is not a failure. It is repeated up to this many times as
# often as a request that failed, within the same total time.
THROTTLED_TRIES = 8
# Messages that state the time of a limit: "limit:200,time:5 minute", "200 requests in 5 minutes", "200 per hour". Limits
# over seconds are not looked for: they are learnt from the responses.
WINDOW = r"(?i)(?:\btime: ?|\b(?:in|within|per|every|each|over) |/)([0-9]{1,4})? ?(minute|min|hour|day)s?\b"
UNITS = {"min": 60, "minute": 60, "hour": 3600, "day": 86400}
# The title of a page that a proxy or load balancer sent instead of the service's response.
TITLE = re.compile(r"<title>([^<]{1,100})</title>", re.IGNORECASE)
# A base URL that all parsers read in the same way, so that the host that is checked is the host that is connected to.
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
HOST = r"(?:(?:" + LABEL + r"\.)*" + LABEL + r"\.?|\[[0-9A-Fa-f:.]+\])"
SEGMENT = r"/(?!\.{0,2}(?:/|\Z))[A-Za-z0-9._~!$&'()*+,;=:-]+"  # not `.` or `..`, which HTTP libraries resolve
BASE_URL = r"(?i:https?)://" + HOST + r"(?::[0-9]{1,5})?(?:" + SEGMENT + r")*/*\Z"


class Request:
    """One request to send, and how to judge its response."""

    def __init__(
        self,
        provider: str,
        operation: str,
        method: str,
        url: str,
        check: Check,
        *,
        secrets: Secrets,
        headers: Mapping[str, str] | None = None,
        body: str | bytes | None = None,
        auth: AuthBase | None = None,
        idempotent: bool = True,
        lane: str | None = None,
    ) -> None:
        self.secrets = secrets  # of the run: an error of this request must not quote one
        self.provider = provider  # its title, for messages
        self.operation = operation  # its documented name, for messages
        self.method = method
        self.url = url
        self.check = check  # response -> ``None`` if it is good, else the error that it means
        self.headers = headers or {}
        self.body = body
        self.auth = auth  # signs each try anew
        self.idempotent = idempotent  # False: it is not sent again when the outcome of a failed try is unknown
        self.lane = lane  # the instance that it writes to, where such requests may have to wait for each other

    def error(self, kind: str, message: str, **details: Any) -> errors.RequestError:
        """An error of this request. Every one is made here: secrets in the message are masked before it is cut."""
        url = urlsplit(self.url)
        return errors.RequestError(
            kind,
            self.secrets.cut(message, LONGEST_MESSAGE),
            provider=self.provider,
            operation=self.operation,
            method=self.method,
            url=f"{url.scheme}://{url.netloc}{url.path}",
            **details,
        )


class Response:
    """Status, headers and the whole body of a response."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers  # names in any case
        self.body = body

    def json(self) -> Any:
        """The body, parsed as JSON; ResponseError when it is not JSON, or an object has a key twice."""
        try:
            return json.loads(self.body.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
        except RecursionError:
            raise errors.ResponseError("the response is nested too deeply to be read") from None
        except ValueError as error:
            raise errors.ResponseError(f"the response is not JSON ({error}); got {self.what()}") from None

    def what(self) -> str:
        """Size, type and title of a body that is not the expected one, for a message.

        The text is not quoted: it may be cut in the middle of a secret, and half a secret is not recognized.
        """
        content_type = (self.headers.get("Content-Type") or "no content type").partition(";")[0].strip()
        found = TITLE.search(self.body[:4096].decode("utf-8", "replace"))
        title = f", titled {' '.join(found.group(1).split())!r}" if found else ""
        return f"{len(self.body)} bytes of {content_type}{title}"

    def retry_after(self) -> float | None:
        """Seconds that the header Retry-After asks to wait, 0 to LONGEST_WAIT; ``None`` without a usable one."""
        value = (self.headers.get("Retry-After") or "").strip()
        if not value:
            return None
        if re.match(r"^[0-9]{1,9}\Z", value):
            seconds = float(value)
        else:
            try:
                seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
            except (TypeError, ValueError):
                return None
        return min(max(seconds, 0.0), LONGEST_WAIT)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def check_url(url: str, allow_http: bool, option: str = "api_url") -> None:
    """ConfigurationError for a base URL that cannot be used, or that would send credentials unencrypted.

    Plain HTTP is taken for this machine itself, and elsewhere with ``allow_http``. ``option`` is the URL's name in
    messages.
    """
    if "@" in url:
        # The URL is not quoted: it may hold a password.
        raise errors.ConfigurationError(f"{option} must not hold a user name or a password.")
    try:
        parts = urlsplit(url) if re.match(BASE_URL, url) else None
        if parts is not None and parts.port is not None and parts.port <= 0:
            parts = None
    except ValueError:
        parts = None
    if parts is None:
        raise errors.ConfigurationError(
            f"{option} must be a base URL such as https://host or https://host:port/path; got {errors.brief(url)}."
        )
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname or ""):
        raise errors.ConfigurationError(
            f"Refusing to send credentials over plain HTTP to {parts.hostname} ({option}).",
            hint="Use https://, or set allow_http: true if this network is trusted.",
        )


def is_loopback(host: str) -> bool:
    """Whether ``host`` means this machine for every library: `127.1` is an address for some and a name for others."""
    if host == "localhost":
        return True
    for family, loopback in ((socket.AF_INET, b"\x7f"), (socket.AF_INET6, b"\0" * 15 + b"\1")):
        try:
            return socket.inet_pton(family, host).startswith(loopback)
        except (OSError, ValueError):
            pass
    return False


class Transport:
    """Sends requests with one set of connection options, over connections that are kept open. Threads may share it."""

    def __init__(
        self,
        timeout: float = 30.0,
        retries: int = 4,
        verify: bool | str = True,
        concurrency: int = 8,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        session: Any = None,
    ) -> None:
        self.timeout = float(timeout)  # seconds for one try
        self.retries = int(retries)  # tries after the first one
        self.verify = verify  # True, False, or the path of a CA bundle
        self._stopped = threading.Event()
        self._sleep: Callable[[float], object] = sleep or self._stopped.wait
        self.concurrency_limit = ConcurrencyLimit(concurrency)
        self.rate_limit = RateLimit(self._sleep, clock)
        self._lanes: dict[str | None, Lane] = {}
        self._clock = clock
        self._session = session or self._new_session()

    def _new_session(self) -> Any:
        if requests is None:
            raise errors.ConfigurationError(
                "The Python library 'requests' is needed.", hint="Install it on the host that runs the task."
            )
        session = _Session()
        adapter = _Adapter(
            pool_connections=4, pool_maxsize=self.concurrency_limit.limit, pool_block=True, max_retries=0
        )
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.headers["User-Agent"] = USER_AGENT
        session.headers["Accept-Encoding"] = "gzip"  # see _unpacked
        return session

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def stop(self) -> None:
        """Begin no further try, and end the waits for one: the run was interrupted."""
        self._stopped.set()

    def send(self, request: Request) -> Response:
        """The good response to ``request``. RequestError when it failed and must not, or no longer, be sent again.

        Each try takes at most ``timeout`` seconds, and all tries together ``timeout * (retries + 1)``.
        """
        with self._lanes.setdefault(request.lane, Lane()) as lane:
            return self._send(request, lane)

    def _send(self, request: Request, lane: Lane) -> Response:
        deadline = self._clock() + self.timeout * (self.retries + 1)
        last = request.error(errors.NETWORK, "its turn did not come in time", retry=True)
        attempt = failures = throttles = busy = 0
        outcome_unknown = False
        while True:
            attempt += 1
            doubled: int | None = attempt - 1
            queued = self._clock()
            with self.concurrency_limit:
                queued = self._clock() - queued
                started = self.rate_limit.turn()
                deadline += queued  # the wait for other requests of this run does not count
                if self._stopped.is_set() or self._clock() >= deadline:
                    raise last
                result = self._once(request, deadline)
            if isinstance(result, Response):
                self.concurrency_limit.served()
                self.rate_limit.served()
                return result
            error = last = result
            error.attempts = attempt
            # A refusal says only that this try was not carried out; an earlier one may have been.
            error.outcome_unknown = outcome_unknown = outcome_unknown or error.outcome_unknown
            if error.busy and request.lane is not None:
                queued = self._clock()
                if lane.refused():
                    deadline += self._clock() - queued
                    continue
                throttles += 1
                busy += 1
                doubled = busy - 1
            elif error.kind == errors.THROTTLED:
                if self.rate_limit.throttled(started):
                    self.concurrency_limit.throttled()
                throttles += 1
                doubled = self.rate_limit.back_off()
            else:
                failures += 1
            if not error.retry or (error.outcome_unknown and not request.idempotent):
                raise error
            wait = error.retry_after
            if wait is None:
                wait = _window(error) or _back_off(doubled)
            spent = failures > self.retries or throttles > self.retries * THROTTLED_TRIES
            if spent or self._clock() + wait >= deadline:
                window = _window(error)
                if window is not None:
                    retries = math.ceil(window / self.timeout)
                    error.hint = (
                        f"The limit is over {window:g} seconds: set retries to {retries} or more to wait for it."
                    )
                raise error
            self._sleep(wait)

    def _once(self, request: Request, deadline: float) -> Response | errors.RequestError:
        """One try: the good response, or the error."""
        left = max(min(self.timeout, deadline - self._clock()), SHORTEST_TRY)
        with deadlines.within(left) as attempt:
            try:
                response = self._receive(request, left)
            except errors.RequestError as error:
                return error
            except Exception as problem:  # requests, urllib3, ssl, zlib and the system have many classes of errors
                from . import network  # imported here: it imports this file, and only failures need it

                if not network.is_known(problem):
                    raise
                return network.network_error(request, problem, attempt, self.verify)
        if 300 <= response.status < 400:
            return request.error(
                errors.REDIRECT,
                "redirected to %s, which is not followed" % (response.headers.get("Location") or "nowhere"),
                status=response.status,
                # No document of a service has redirects, so whether the request was carried out is not known.
                outcome_unknown=True,
                hint="Set api_url to the address that serves the API itself.",
            )
        return request.check(response) or response

    def _receive(self, request: Request, left: float) -> Response:
        """What a try of at most ``left`` seconds receives. Raises RequestError, and all that the libraries raise."""
        latest = self._clock() + left
        response = self._session.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body,
            auth=request.auth,
            timeout=left,
            # `requests` lets the variable REQUESTS_CA_BUNDLE replace True, but not False or a path.
            verify=self.verify,
            allow_redirects=False,
            stream=True,
        )
        try:
            chunks, size = [], 0
            for chunk in _unpacked(request, response):
                size += len(chunk)
                if size > LARGEST_RESPONSE:
                    raise request.error(
                        errors.RESPONSE,
                        f"the response is larger than {LARGEST_RESPONSE >> 20} MiB",
                        outcome_unknown=True,
                    )
                if self._clock() > latest:
                    raise self._unended(request)
                chunks.append(chunk)
            return Response(response.status_code, response.headers, b"".join(chunks))
        except errors.RequestError:
            raise
        except Exception as problem:
            if self._clock() > latest:
                raise self._unended(request) from problem
            raise
        finally:
            response.close()

    def _unended(self, request: Request) -> errors.RequestError:
        return request.error(
            errors.NETWORK, f"the response did not end within {self.timeout:g} s", retry=True, outcome_unknown=True
        )


def _unpacked(request: Request, response: requests.Response) -> Iterator[bytes]:
    """The body in small pieces, unpacked here: older versions of the libraries unpack a piece to any size at once."""
    packed: Iterator[bytes] = response.raw.stream(CHUNK, decode_content=False)
    encoding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding == "identity":
        return packed
    if encoding in ("gzip", "x-gzip"):
        return _gunzip(packed)
    raise request.error(
        errors.RESPONSE,
        f"the response is encoded as {errors.brief(encoding)}, which was not asked for",
        outcome_unknown=True,
    )


def _gunzip(packed: Iterator[bytes]) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    empty = True
    for piece in packed:
        empty = False
        while piece:
            yield unpacking.decompress(piece, CHUNK)
            piece = unpacking.unconsumed_tail
    yield unpacking.flush()
    if not (unpacking.eof or empty):
        raise EOFError("the compressed response ends too early")


def _window(error: errors.RequestError) -> float | None:
    """Seconds of the period of a request limit, where the message of a throttled request states one of minutes or more."""
    stated = re.search(WINDOW, error.message) if error.kind == errors.THROTTLED else None
    return float(stated.group(1) or 1) * UNITS[stated.group(2).lower()] if stated else None


def _back_off(doubled: int | None) -> float:
    """Seconds until the next try, random so that requests that are refused together do not come back together.

    ``doubled`` is how often the first wait is doubled; ``None`` is no wait.
    """
    if doubled is None:
        return 0.0
    wait: float = min(LARGEST_BACKOFF, FIRST_WAIT * 2 ** min(doubled, 10))
    return wait * random.uniform(0.5, 1.0)  # noqa: S311
