# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP: tries, waits, limits, and what the network says when it fails."""

from __future__ import annotations

import email.utils
import gzip
import http.client as http_client
import io
import random
import socket
import ssl
import threading
import time
import tracemalloc
import zlib

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import deadline as deadlines
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock, response


class Replies:
    """A session that gives one reply a request: a status, a response, or an exception to raise."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.requests_ = 0

    def request(self, method, url, **options):
        deadlines.sending()
        self.options = options
        self.requests_ += 1
        reply = self.replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        return reply if isinstance(reply, requests.Response) else response(reply)


KINDS = {429: (errors.THROTTLED, True), 401: (errors.AUTHENTICATION, False), 503: (errors.SERVER, True)}


def request(idempotent=True, outcome_unknown=True):
    def check(answer):
        if answer.status == 200:
            return None
        kind, retry = KINDS[answer.status]
        return made.error(
            kind, "no", retry=retry, retry_after=answer.retry_after(), status=answer.status,
            outcome_unknown=outcome_unknown and kind == errors.SERVER,
        )  # fmt: skip

    made = http.Request(
        "Cloud", "Op", "PUT", "https://host:8/p?q=1", check, secrets=errors.Secrets(), idempotent=idempotent
    )
    return made


def transport(*replies, retries=2, timeout=30, **options):
    clock = Clock()
    session = Replies(*replies)
    made = http.Transport(timeout, retries, sleep=clock.sleep, clock=clock, session=session, **options)
    made.replies = session
    return made, clock


def failure(*replies, made=None, **options):
    """The error of a request that gets these replies, and the waits between them."""
    sender, clock = transport(*replies, **options)
    with pytest.raises(errors.RequestError) as caught:
        sender.send(made or request())
    assert not sender.replies.replies
    return caught.value, clock


# -- trying again ----------------------------------------------------------------------------------


def test_a_good_answer_is_returned():
    sender, clock = transport(200)
    assert sender.send(request()).status == 200
    assert clock.slept == []


@pytest.mark.parametrize(
    "first", [503, 429, requests.exceptions.ReadTimeout(), requests.exceptions.ConnectionError("x")]
)
def test_what_may_pass_is_tried_again(first):
    sender, clock = transport(first, 200)
    assert sender.send(request()).status == 200
    assert len(clock.slept) == 1


def test_tries_are_bounded():
    error, clock = failure(503, 503, 503)
    assert error.attempts == 3
    assert len(clock.slept) == 2


def test_no_retries_is_one_try():
    assert failure(503, retries=0)[0].attempts == 1
    assert failure(429, retries=0)[0].attempts == 1


def test_a_refused_authentication_is_never_tried_again():
    error, clock = failure(401)
    assert error.attempts == 1
    assert clock.slept == []


def test_an_unclear_outcome_of_what_must_not_be_repeated_goes_back():
    assert failure(503, made=request(idempotent=False))[0].outcome_unknown is True


def test_a_clear_refusal_of_what_must_not_be_repeated_is_tried_again():
    sender, clock = transport(503, 200)
    assert sender.send(request(idempotent=False, outcome_unknown=False)).status == 200


def test_a_throttled_call_is_tried_more_often():
    error, clock = failure(*[429] * 17, retries=2, timeout=1000)
    assert error.attempts == 17


def test_throttling_does_not_use_up_the_tries():
    sender, clock = transport(429, 429, 429, 503, 503, 200)
    assert sender.send(request()).status == 200


def test_waits_double_and_are_bounded(monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    error, clock = failure(*[503] * 9, retries=8)
    assert clock.slept == [0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20.0, 20.0]


def test_waits_of_a_throttled_call_double_alike(monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    error, clock = failure(*[429] * 4, retries=2, timeout=1.5)
    assert clock.slept == [0.4, 0.8, 1.6]


def test_once_it_is_stopped_no_try_begins_and_no_wait_goes_on():
    session = Replies(response(503, {"Retry-After": "30"}), 200)
    made = http.Transport(retries=4, session=session)
    timer = threading.Timer(0.05, made.stop)
    timer.start()
    started = time.monotonic()
    with pytest.raises(errors.RequestError, match="no"):
        made.send(request())
    assert time.monotonic() - started < 10
    with pytest.raises(errors.RequestError, match="its turn did not come in time"):
        made.send(request())
    assert session.requests_ == 1


def test_waits_are_spread():
    waits = {failure(503, 503, retries=1)[1].slept[0] for unused in range(20)}
    assert len(waits) > 1
    assert all(0.2 <= wait <= 0.4 for wait in waits)


def test_a_clear_refusal_does_not_hide_an_earlier_try_that_may_have_acted():
    assert failure(requests.exceptions.ReadTimeout(), 401)[0].outcome_unknown is True
    assert failure(429, 401)[0].outcome_unknown is False


def test_a_try_gets_no_more_time_than_is_left():
    sender, clock = transport(response(503, {"Retry-After": "25"}), 200, retries=1, timeout=20)
    sender.send(request())
    assert clock.slept == [25]
    assert sender.replies.options["timeout"] == pytest.approx(15)


def test_waiting_for_a_turn_is_not_the_time_of_the_service():
    sender, clock = transport(200, retries=0, timeout=20)

    class Queue(http.ConcurrencyLimit):
        def __enter__(self):
            clock.now += 100
            return super().__enter__()

    sender.concurrency_limit = Queue(8)
    sender.send(request())
    assert sender.replies.options["timeout"] == pytest.approx(20)


def test_a_call_without_a_turn_in_time_is_not_sent():
    sender, clock = transport(retries=1, timeout=20)
    sender.rate_limit.turn = lambda: clock.sleep(40)
    with pytest.raises(errors.RequestError, match="^its turn did not come in time$") as caught:
        sender.send(request())
    assert (caught.value.kind, caught.value.outcome_unknown, caught.value.retry) == (errors.NETWORK, False, True)
    assert clock.slept == [40]


def test_total_time_is_bounded():
    error, clock = failure(*[response(503, {"Retry-After": "40"}) for unused in range(3)], retries=4, timeout=20)
    assert clock.slept == [40, 40]
    assert clock.now < 100


# -- Retry-After -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7), ("0", 0), ("3600", 60), ("", None), ("soon", None), (None, None), ("-1", None)]
)
def test_retry_after_in_seconds(value, seconds):
    assert http.Response(429, {"Retry-After": value}, b"").retry_after() == seconds


@pytest.mark.parametrize(("ahead", "seconds"), [(30, 30), (-30, 0), (3600, 60)])
def test_retry_after_as_a_date(ahead, seconds):
    date = email.utils.formatdate(time.time() + ahead, usegmt=True)
    assert http.Response(429, {"Retry-After": date}, b"").retry_after() == pytest.approx(seconds, abs=2)


def test_retry_after_is_honoured():
    sender, clock = transport(response(429, {"Retry-After": "7"}), 200)
    sender.send(request())
    assert clock.slept == [7]


def test_an_odd_retry_after_is_ignored():
    assert http.Response(429, {"Retry-After": "²"}, b"").retry_after() is None


# -- limits over minutes, and things that are busy -------------------------------------------------


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("policy user over ratelimit,limit:200,time:5 minute", 300), ("200 requests in 5 minutes", 300),
        ("at most 60 per minute", 60), ("Limit 1000/hour", 3600), ("200 within 10min", 600), ("100 every 1 DAY", 86400),
        ("limit:20,time:1 second", None), ("try again in a minutes time", None), ("time:minutes5", None), ("5 min", None),
    ],
)  # fmt: skip
def test_the_time_that_a_limit_is_over_is_understood(message, seconds):
    assert http._window(request().error(errors.THROTTLED, message)) == seconds
    assert http._window(request().error(errors.SERVER, message)) is None


def refused(message="m", **details):
    """A request whose answer is always refused as throttled."""
    made = request()
    made.check = lambda answer: (
        None if answer.status == 200 else made.error(errors.THROTTLED, message, retry=True, **details)
    )
    return made


def test_a_limit_that_ends_in_time_is_waited_for():
    sender, clock = transport(429, 200, retries=4)
    sender.send(refused("200 in 2 minutes"))
    assert clock.slept == [120]


@pytest.mark.parametrize(("message", "retries"), [("200 in 5 minutes", 10), ("1 per hour", 120), ("1 in 3 minutes", 6)])
def test_a_limit_that_does_not_names_the_retries_that_do(message, retries):
    error, clock = failure(429, retries=4, made=refused(message, hint="Wait."))
    assert clock.slept == []
    assert f"set retries to {retries} or more" in error.hint
    # And those do.
    sender, clock = transport(429, 200, retries=retries)
    assert sender.send(refused(message)).status == 200


def test_a_header_says_better_than_a_message_when():
    sender, clock = transport(429, 200, retries=4)
    sender.send(refused("200 in 2 minutes", retry_after=7))
    assert clock.slept == [7]


def test_a_busy_thing_is_waited_for_ever_longer(monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    made = refused(busy=True)
    made.lane = "i-1"
    error, clock = failure(*[429] * 6, retries=2, timeout=5, made=made)
    assert clock.slept == [0.4, 0.8, 1.6, 3.2, 6.4]
    assert error.attempts == 6
    assert failure(429, retries=0, made=made)[0].attempts == 1


def test_a_busy_thing_slows_nothing_else_down():
    sender, clock = transport(*[429] * 5, 200, retries=2)
    made = refused(busy=True)
    made.lane = "i-1"
    sender.send(made)
    waited = len(clock.slept)
    for _unused in range(5):
        sender.rate_limit.turn()
    assert (sender.concurrency_limit.allowed(), len(clock.slept)) == (8, waited)


# -- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status):
    error, clock = failure(response(status, {"Location": "https://else/"}))
    assert (error.kind, error.status) == (errors.REDIRECT, status)
    assert "redirected to https://else/" in error.message
    assert error.outcome_unknown is True
    assert "api_url" in error.hint


def test_a_redirect_without_an_address_is_an_error():
    assert "redirected to nowhere" in failure(302)[0].message


def test_an_answer_that_is_too_large_is_cut_off(monkeypatch):
    monkeypatch.setattr(http, "LARGEST_RESPONSE", 1 << 20)
    error, clock = failure(response(200, body=b"x" * ((1 << 20) + 1)))
    assert error.kind == errors.RESPONSE
    assert error.message == "the response is larger than 1 MiB"
    assert (error.attempts, error.outcome_unknown) == (1, True)
    sender, clock = transport(response(200, body=b"x" * (1 << 20)))
    assert len(sender.send(request()).body) == 1 << 20


def test_an_answer_that_never_ends_is_cut_off():
    clock = Clock()

    class Trickle:
        status_code, headers = 200, {}
        closed = False

        @property
        def raw(self):
            return self

        def stream(self, size, decode_content):
            while True:
                clock.now += 8
                yield b"x"

        def close(self):
            self.closed = True

    trickle = Trickle()

    class Session:
        @staticmethod
        def request(method, url, **options):
            return trickle

    sender = http.Transport(30, 0, sleep=clock.sleep, clock=clock, session=Session())
    with pytest.raises(errors.RequestError) as caught:
        sender.send(request())
    assert caught.value.message == "the response did not end within 30 s"
    assert caught.value.retry is True
    assert caught.value.outcome_unknown is True
    assert trickle.closed is True
    assert clock.now == 32


@pytest.mark.parametrize("verify", [True, False, "/ca.pem"])
def test_how_a_request_is_made(verify):
    sender, clock = transport(200, verify=verify, timeout=12)
    sender.send(request())
    options = sender.replies.options
    assert (options["verify"], options["timeout"]) == (verify, 12)
    assert options["allow_redirects"] is False


def test_a_long_message_of_a_service_is_cut():
    made = request()
    assert made.error(errors.INVALID, "x" * 2000).message == "x" * 2000
    assert made.error(errors.INVALID, "x" * 2001).message == "x" * 2000 + "… (2001 characters)"


# -- what is packed --------------------------------------------------------------------------------


def packed(body, encoding="gzip"):
    return response(200, {"Content-Encoding": encoding}, body)


@pytest.mark.parametrize("encoding", ["gzip", "GZip", "x-gzip", " gzip "])
def test_a_packed_answer_is_unpacked(encoding):
    text = bytes(range(256)) * 3000
    sender, clock = transport(packed(gzip.compress(text), encoding))
    assert sender.send(request()).body == text


def test_no_content_is_not_unpacked():
    sender, clock = transport(packed(b""))
    assert sender.send(request()).body == b""


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,gzip,gzip", "deflate", "br", "zstd", "chunked", "x" * 500])
def test_what_was_not_asked_for_is_not_unpacked(encoding):
    error = failure(packed(gzip.compress(gzip.compress(b"{}")), encoding))[0]
    assert (error.kind, error.outcome_unknown, error.attempts) == (errors.RESPONSE, True, 1)
    assert error.message.startswith("the response is encoded as ") and len(error.message) < 200


def bomb(size):
    packing = io.BytesIO()
    with gzip.GzipFile(fileobj=packing, mode="wb", compresslevel=9) as file:
        for _unused in range(size >> 20):
            file.write(b"\0" * (1 << 20))
    return packing.getvalue()


def test_what_unpacks_to_more_than_is_read_takes_no_more_memory_than_that(monkeypatch):
    monkeypatch.setattr(http, "LARGEST_RESPONSE", 2 << 20)
    body = bomb(256 << 20)
    tracemalloc.start()
    try:
        error = failure(packed(body))[0]
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert error.message == "the response is larger than 2 MiB"


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"{}" * 99)[:-12], b"no gzip", gzip.compress(b"x" * 99)[:15]],
    # Their bytes hold the time at which they were made.
    ids=["without its end", "no gzip", "without its body"],
)
def test_what_cannot_be_unpacked_is_a_broken_answer(body):
    error = failure(packed(body), retries=0)[0]
    assert (error.kind, error.retry, error.outcome_unknown) == (errors.NETWORK, True, True)
    assert error.message.startswith("the connection broke: ")


# -- network errors --------------------------------------------------------------------------------


class Breaking:
    """A response whose body ends with an exception, as those of urllib3 and ssl do on one version or another."""

    status_code, headers = 200, {}

    def __init__(self, problem):
        self.problem = problem
        self.raw = self

    def stream(self, size, decode_content):
        yield b"{"
        raise self.problem

    def close(self):
        pass


class Breaks(Replies):
    def request(self, method, url, **options):
        deadlines.sending()
        return Breaking(self.replies.pop(0))


def raised():
    """All that a body may end with."""
    from urllib3 import exceptions as kinds

    yield from (
        ssl.SSLError(1, "[SSL] record layer failure"),
        ssl.SSLEOFError(8, "EOF"),
        ssl.SSLZeroReturnError(6, "closed"),
    )
    yield from (
        OSError(104, "reset"),
        BrokenPipeError(32, "pipe"),
        TimeoutError("timed out"),
        EOFError(),
        zlib.error("x"),
    )
    yield from (kinds.SSLError("x"), kinds.ProtocolError("x", OSError(104, "reset")), kinds.DecodeError("x"))
    yield from (kinds.ReadTimeoutError(None, "/", "x"), kinds.HTTPError("x"), http_client.IncompleteRead(b"x"))
    yield from (ValueError("I/O operation on closed file"), UnicodeError("x"), socket.gaierror(-2, "x"))
    yield from (requests.exceptions.SSLError("x"), requests.exceptions.ConnectionError("x"))


@pytest.mark.parametrize(
    "problem", list(raised()), ids=lambda problem: type(problem).__module__ + "." + type(problem).__name__
)
def test_whatever_breaks_an_answer_leaves_open_what_was_done(problem):
    clock = Clock()
    sender = http.Transport(30, 0, sleep=clock.sleep, clock=clock, session=Breaks(problem))
    with pytest.raises(errors.RequestError) as caught:
        sender.send(request())
    error = caught.value
    assert (error.kind, error.retry, error.outcome_unknown) == (errors.NETWORK, True, True)


@pytest.mark.parametrize("mistake", [TypeError, AttributeError, RuntimeError])
def test_a_mistake_of_the_code_is_not_told_as_one_of_the_network(mistake):
    with pytest.raises(mistake):
        transport(mistake("x"))[0].send(request())


# -- JSON ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "the response is not JSON"),
        (b"", "the response is not JSON"),
        (b"\xff", "the response is not JSON"),
        (b'{"a": 1, "a": 2}', "a key stands twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b"[" * 100000, "nested too deeply"),
    ],
)
def test_what_is_not_plain_json_is_an_error(body, message):
    with pytest.raises(errors.ResponseError, match=message):
        http.Response(200, {}, body).json()


def test_json_is_read():
    assert http.Response(200, {}, '{"a": ["é"]}'.encode()).json() == {"a": ["é"]}


# -- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["https://h", "https://h:8/p", "https://h:1/~p", "http://localhost", "http://127.1.2.3:80", "http://[::1]:8"]
    + ["http://[0:0:0:0:0:0:0:1]", "HTTP://LocalHost:8/", "https://a_b.c-d.example./p.q/r", "https://h:65535//"],
)
def test_a_usable_address(url):
    http.check_url(url, allow_http=False)


@pytest.mark.parametrize(
    "url",
    ["http://h", "http://127.evil.example", "http://localhost.example", "http://10.0.0.1"]
    # No address but names, which another resolver completes, or numbers that only some read as an address.
    + ["http://127.1", "http://127.0.0.1.2", "http://127.0.0.300", "http://2130706433", "http://[::2]", "http://127"],
)
def test_plain_http_is_refused_unless_allowed(url):
    with pytest.raises(errors.ConfigurationError, match="over plain HTTP") as caught:
        http.check_url(url, allow_http=False)
    assert "allow_http: true" in caught.value.hint
    http.check_url(url, allow_http=True)


@pytest.mark.parametrize(
    "url",
    ["h", "ftp://h", "https://", "https://h?q", "https://h#f", "//h", "https:///p", "file:///x"]
    + ["https://h:0", "https://h/a b", "https://h/\u00e9", "https://h/\x7f"]
    # What one parser takes for the host and another one does not.
    + ["http://HOST\\[::1]/", "http://[::1]evil.example/", "http://localhost\\.evil.example", "http:/\\localhost"]
    + ["http://localhost;evil.example", "http://localhost:80:90", "http://localhost%2eevil", "https://h:"]
    # Host names that no resolver takes, and paths that are sent otherwise than they are written.
    + ["https://a..b", "https://.a", "https://-a", "https://" + "a" * 64, "https://h/a/../b", "https://h/%2e%2e/b"],
)
def test_an_unusable_address_is_refused(url):
    with pytest.raises(errors.ConfigurationError, match="must be a base URL such as"):
        http.check_url(url, allow_http=True)


@pytest.mark.parametrize("url", ["https://[::1", "https://h:port", "https://h:99999"])
def test_an_address_that_cannot_be_parsed_is_refused(url):
    with pytest.raises(errors.ConfigurationError):
        http.check_url(url, allow_http=True)


# -- the session -----------------------------------------------------------------------------------


def test_a_new_session_keeps_connections_and_does_not_retry_by_itself():
    made = http.Transport(concurrency=5)
    adapter = made._session.get_adapter("https://host")
    assert adapter.max_retries.total == 0
    assert (adapter._pool_maxsize, adapter._pool_block) == (5, True)
    assert made._session.headers["User-Agent"] == http.USER_AGENT
    assert made._session.headers["Accept-Encoding"] == "gzip"
    made.close()


def test_without_requests_a_transport_says_what_is_needed(monkeypatch):
    monkeypatch.setattr(http, "requests", None)
    with pytest.raises(errors.ConfigurationError, match="'requests' is needed") as caught:
        http.Transport()
    assert caught.value.hint == "Install it on the host that runs the task."


# -- what came instead of a response ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "body", "what"),
    [
        ({}, b"abc", "3 bytes of no content type"),
        ({"Content-Type": "text/html; charset=utf-8"}, b"", "0 bytes of text/html"),
        (
            {"Content-Type": "text/html"},
            b"<html><TITLE> 502 \n Bad  Gateway</title>",
            "40 bytes of text/html, titled '502 Bad Gateway'",
        ),
        ({"Content-Type": "text/html"}, b"<title>\xff</title>", "16 bytes of text/html, titled '\ufffd'"),
        ({"Content-Type": "text/html"}, b" " * 4080 + b"<title>late</title>", "4099 bytes of text/html"),
    ],
)
def test_what_came_is_described_and_not_quoted(headers, body, what):
    assert http.Response(502, headers, body).what() == what
