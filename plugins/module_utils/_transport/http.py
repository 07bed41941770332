# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP with the collection's rules: TLS checked, no redirects, bounded tries, sizes and time.

Knows neither provider: a client gives it a :class:`Request`, whose ``check`` turns a response into
``None`` (good) or a :class:`RequestError` that says whether trying again is right.
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
from urllib.parse import urlsplit

from .. import _errors as errors
from . import deadline as deadlines
from .throttle import ConcurrencyLimit, Lane, RateLimit

try:
    import requests
    import requests.adapters
    import requests.auth
    import requests.utils

    class _Adapter(requests.adapters.HTTPAdapter):
        """Its tries keep to their deadline, and its proxies to a form that is read in one way only."""

        def init_poolmanager(self, *arguments, **keywords):
            super().init_poolmanager(*arguments, **keywords)
            deadlines.bound(self.poolmanager)

        def proxy_manager_for(self, *arguments, **keywords):
            return deadlines.bound(super().proxy_manager_for(*arguments, **keywords))

        def send(self, request, proxies=None, **how):  # pylint: disable=arguments-differ
            if is_loopback(urlsplit(request.url).hostname):
                proxies = None  # elsewhere a loopback address is another host
            proxy = requests.utils.select_proxy(request.url, proxies)
            if proxy:
                from . import network  # few go through a proxy

                deadlines.current().proxied = True
                network.check_proxy(proxy)
            return super().send(request, proxies=proxies, **how)

    class _Session(requests.Session):
        def resolve_redirects(self, *arguments, **keywords):  # pylint: disable=unused-argument
            """None is followed, and to look where one leads reads its whole body first, of any size."""
            return iter(())

    AuthBase = requests.auth.AuthBase
    REQUESTS_ERROR = None
except ImportError:
    requests = None
    AuthBase = object
    REQUESTS_ERROR = traceback.format_exc()

USER_AGENT = "grantops.cloud (Ansible collection)"
LONGEST_MESSAGE = 2000  # of a service, in characters; the rest is left out
LARGEST_RESPONSE = 64 * 1024 * 1024
CHUNK = 64 * 1024
LONGEST_WAIT = 60.0  # seconds; what a Retry-After header is clamped to
FIRST_WAIT = 0.4
SHORTEST_TRY = 0.01  # seconds; what is left for a try that began just in time
LARGEST_BACKOFF = 20.0
# A throttled request was not carried out, so waiting for a turn is no failure: more tries, same total time.
THROTTLED_TRIES = 8
# "limit:200,time:5 minute", "200 requests in 5 minutes", "200 per hour". What is over seconds is found out by trying.
WINDOW = r"(?i)(?:\btime: ?|\b(?:in|within|per|every|each|over) |/)([0-9]{1,4})? ?(minute|min|hour|day)s?\b"
UNITS = {"min": 60, "minute": 60, "hour": 3600, "day": 86400}
# Of a page that a proxy or load balancer put in the response's place.
TITLE = re.compile(r"<title>([^<]{1,100})</title>", re.IGNORECASE)
# A base URL that all parsers read alike, so that what is checked is what is connected to.
LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
HOST = r"(?:(?:" + LABEL + r"\.)*" + LABEL + r"\.?|\[[0-9A-Fa-f:.]+\])"
SEGMENT = r"/(?!\.{0,2}(?:/|\Z))[A-Za-z0-9._~!$&'()*+,;=:-]+"  # no `.` or `..`, which are resolved before they are sent
BASE_URL = r"(?i:https?)://" + HOST + r"(?::[0-9]{1,5})?(?:" + SEGMENT + r")*/*\Z"


class Request:
    """One request to make, and how to judge its response."""

    def __init__(
        self,
        provider,
        operation,
        method,
        url,
        check,
        *,
        secrets,
        headers=None,
        body=None,
        auth=None,
        idempotent=True,
        lane=None,
    ):
        self.secrets = secrets  # of the run: what an error of the request must not say
        self.provider = provider
        self.operation = operation
        self.method = method
        self.url = url
        self.check = check
        self.headers = headers or {}
        self.body = body
        self.auth = auth
        self.idempotent = idempotent  # False: after a failure whose outcome is unknown, the caller decides
        self.lane = lane  # what it writes to, if requests_ that write to it may have to wait for each other

    def error(self, kind, message, **details):
        """The only way to an error of a request: its message is masked first and cut after."""
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

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        """The body as JSON; :class:`ResponseError` for anything that is not plain, unambiguous JSON."""
        try:
            return json.loads(self.body.decode("utf-8"), object_pairs_hook=_unique_keys, parse_constant=_no_constant)
        except RecursionError:
            raise errors.ResponseError("the response is nested too deeply to be read") from None
        except ValueError as error:
            raise errors.ResponseError(f"the response is not JSON ({error}) but {self.what()}") from None

    def what(self):
        """What came instead of a response. Its text is not quoted: half a response may hold half a secret."""
        kind = (self.headers.get("Content-Type") or "no content type").partition(";")[0].strip()
        title = TITLE.search(self.body[:4096].decode("utf-8", "replace"))
        title = f", titled {' '.join(title.group(1).split())!r}" if title else ""
        return f"{len(self.body)} bytes of {kind}{title}"

    def retry_after(self):
        """Seconds that the service asks to wait, clamped; ``None`` when it does not say."""
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


def _unique_keys(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")


def check_url(url, allow_http, option="api_url"):
    """Refuse what cannot be called, and what would send credentials over an open line."""
    if "@" in url:
        raise errors.ConfigurationError(f"{option} must not hold a user name or a password.")  # nor is it quoted
    try:
        parts = urlsplit(url) if re.match(BASE_URL, url) else None
        usable = parts is not None and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise errors.ConfigurationError(
            f"{option} {errors.brief(url)} is not a usable base URL: it must look like https://host or https://host:port/path."
        )
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname):
        raise errors.ConfigurationError(
            f"Refusing to send credentials over plain HTTP to {parts.hostname} ({option}).",
            hint="Use https://, or set allow_http: true if this network is trusted.",
        )


def is_loopback(host):
    """Whether ``host`` is this machine, whoever reads it: `127.1` is an address for some, and a name for others."""
    if host == "localhost":
        return True
    for family, loopback in ((socket.AF_INET, b"\x7f"), (socket.AF_INET6, b"\0" * 15 + b"\1")):
        try:
            return socket.inet_pton(family, host).startswith(loopback)
        except (OSError, ValueError):
            pass
    return False


class Transport:
    """A session with keep-alive for one set of connection options; safe to share between threads."""

    def __init__(
        self, timeout=30.0, retries=4, verify=True, concurrency=8, sleep=None, clock=time.monotonic, session=None
    ):
        self.timeout = float(timeout)
        self.retries = int(retries)
        self.verify = verify  # True, False, or the path of a CA bundle
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self.concurrency_limit = ConcurrencyLimit(concurrency)
        self.rate_limit = RateLimit(self._sleep, clock)
        self._lanes = {}
        self._clock = clock
        self._session = session or self._new_session()

    def _new_session(self):
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

    def close(self):
        self._session.close()

    def stop(self):
        """No try begins from now on, and nobody waits for one: the run is over."""
        self._stopped.set()

    def send(self, request):
        """The good response to ``request``, or :class:`RequestError` once trying again is no longer right."""
        with self._lanes.setdefault(request.lane, Lane()) as lane:
            return self._send(request, lane)

    def _send(self, request, lane):
        deadline = self._clock() + self.timeout * (self.retries + 1)
        error = request.error(errors.NETWORK, "it had no turn in time", retry=True)
        attempt = failures = throttles = busy = 0
        outcome_unknown = False
        while True:
            attempt += 1
            doubled = attempt - 1
            queued = self._clock()
            with self.concurrency_limit:
                queued = self._clock() - queued
                started = self.rate_limit.turn()
                deadline += queued  # waiting for others of our own is not the service's time
                if self._stopped.is_set() or self._clock() >= deadline:
                    raise error
                response, error = self._once(request, deadline)
            if error is None:
                self.concurrency_limit.served()
                self.rate_limit.served()
                return response
            error.attempts = attempt
            # A clear refusal in the end says nothing about an earlier try.
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

    def _once(self, request, deadline):
        # One try takes no longer than the time-out, and all of them together not longer than they may.
        left = max(min(self.timeout, deadline - self._clock()), SHORTEST_TRY)
        with deadlines.within(left) as attempt:
            try:
                response = self._receive(request, left)
            except errors.RequestError as error:
                return None, error
            except Exception as problem:  # requests, urllib3, ssl, zlib and the system raise what they like
                from . import network  # what went well has no use for it

                if not network.is_known(problem):
                    raise
                return None, network.network_error(request, problem, attempt, self.verify)
        if 300 <= response.status < 400:
            return None, request.error(
                errors.REDIRECT,
                "redirected to %s, which is not followed" % (response.headers.get("Location") or "nowhere"),
                status=response.status,
                # No document has it, so what was done before it was sent is not known.
                outcome_unknown=True,
                hint="Set api_url to the address that serves the API itself.",
            )
        return response, request.check(response)

    def _receive(self, request, left):
        latest = self._clock() + left
        response = self._session.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body,
            auth=request.auth,
            timeout=left,
            # REQUESTS_CA_BUNDLE applies only to True: an explicit False or path stays as it is.
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

    def _unended(self, request):
        return request.error(
            errors.NETWORK, f"the response did not end within {self.timeout:g} s", retry=True, outcome_unknown=True
        )


def _unpacked(request, response):
    """The body in small pieces. What unpacks it is not left to the libraries, the older of which know no bound."""
    packed = response.raw.stream(CHUNK, decode_content=False)
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


def _gunzip(packed):
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    empty = True
    for piece in packed:
        empty = False
        while piece:
            yield unpacking.decompress(piece, CHUNK)
            piece = unpacking.unconsumed_tail
    yield unpacking.flush()
    if not (unpacking.eof or empty):
        raise EOFError("the response ends before its packed content does")


def _window(error):
    """Seconds of the time that a limit of requests is over, where a throttled request is told and it is worth a wait."""
    stated = re.search(WINDOW, error.message) if error.kind == errors.THROTTLED else None
    return float(stated.group(1) or 1) * UNITS[stated.group(2).lower()] if stated else None


def _back_off(doubled):
    """Seconds until the next try: spread, so that requests_ refused together do not come back together."""
    if doubled is None:
        return 0.0
    return min(LARGEST_BACKOFF, FIRST_WAIT * 2 ** min(doubled, 10)) * random.uniform(0.5, 1.0)  # noqa: S311
