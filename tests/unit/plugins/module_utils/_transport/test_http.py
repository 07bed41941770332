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
from urllib3 import exceptions as urllib3_errors

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import deadline as deadlines
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock, error_of, response


class Replies:
    """A session that gives one reply a request: a status, a response, or an exception to raise."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.count = 0

    def request(self, method, url, **options):
        deadlines.sending()
        self.options = options
        self.count += 1
        reply = self.replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        return response(reply) if isinstance(reply, int) else reply


KINDS = {429: (errors.THROTTLED, True), 401: (errors.AUTHENTICATION, False), 503: (errors.SERVER, True)}


def request(idempotent=True, outcome_unknown=True):
    def check(response):
        if response.status == 200:
            return None
        kind, retry = KINDS[response.status]
        return made.error(
            kind, "no", retry=retry, retry_after=response.retry_after(), status=response.status,
            outcome_unknown=outcome_unknown and kind == errors.SERVER,
        )  # fmt: skip

    made = http.Request(
        "Cloud", "Op", "PUT", "https://host:8/p?q=1", check, secrets=errors.Secrets(), idempotent=idempotent
    )
    return made


def transport(*replies, retries=2, timeout=30, **options):
    """A transport whose requests get these replies, and its clock."""
    clock, session = Clock(), Replies(*replies)
    made = http.Transport(timeout, retries, sleep=clock.sleep, clock=clock, session=session, **options)
    made.replies = session
    return made, clock


def succeeds(*replies, made=None, **options):
    """What a request that gets these replies was sent with at last, and the waits before."""
    sender, clock = transport(*replies, **options)
    assert sender.send(made or request()).status == 200
    return sender.replies.options, clock.slept


def failure(*replies, made=None, **options):
    """The error of a request that gets these replies, and the waits between them."""
    sender, clock = transport(*replies, **options)
    error = error_of(sender.send, made or request())
    assert isinstance(error, errors.RequestError)
    assert not sender.replies.replies
    return error, clock.slept


@pytest.fixture
def no_chance(monkeypatch):
    """A wait is as long as it may be."""
    monkeypatch.setattr(random, "uniform", lambda low, high: high)


# -- trying again ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "waits"),
    [
        ([200], 0),
        ([503, 200], 1),
        ([429, 200], 1),
        ([requests.exceptions.ReadTimeout(), 200], 1),
        ([requests.exceptions.ConnectionError("x"), 200], 1),
        ([429, 429, 429, 503, 503, 200], 5),  # throttling does not use up the tries
    ],
)
def test_what_may_pass_is_tried_again(replies, waits):
    assert len(succeeds(*replies)[1]) == waits


@pytest.mark.parametrize(
    ("replies", "options"),
    [
        ([503] * 3, {}),
        ([503], {"retries": 0}),
        ([429], {"retries": 0}),
        ([429] * 17, {"timeout": 1000}),  # a throttled request is tried more often
        ([401], {}),
    ],
)
def test_tries_are_bounded(replies, options):
    error, slept = failure(*replies, **options)
    assert (error.attempts, len(slept)) == (len(replies), len(replies) - 1)


def test_what_must_not_be_repeated_is_tried_again_after_a_clear_refusal_alone():
    succeeds(503, 200, made=request(idempotent=False, outcome_unknown=False))
    error = failure(503, made=request(idempotent=False))[0]
    assert (error.outcome_unknown, error.attempts) == (True, 1)


@pytest.mark.parametrize(
    ("replies", "options", "waits"),
    [
        ([503] * 9, {"retries": 8}, [0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20.0, 20.0]),
        ([429] * 4, {"timeout": 1.5}, [0.4, 0.8, 1.6]),
    ],
)
def test_waits_double_and_are_bounded(no_chance, replies, options, waits):
    assert failure(*replies, **options)[1] == waits


def test_once_it_is_stopped_no_try_begins_and_no_wait_goes_on():
    session = Replies(response(503, {"Retry-After": "30"}), 200)
    made = http.Transport(retries=4, session=session)
    threading.Timer(0.05, made.stop).start()
    started = time.monotonic()
    assert error_of(made.send, request()).message == "no"
    assert time.monotonic() - started < 10
    assert error_of(made.send, request()).message == "its turn did not come in time"
    assert session.count == 1


def test_waits_are_spread():
    waits = {failure(503, 503, retries=1)[1][0] for unused in range(20)}
    assert len(waits) > 1
    assert all(0.2 <= wait <= 0.4 for wait in waits)


def test_a_clear_refusal_does_not_hide_an_earlier_try_that_may_have_acted():
    assert failure(requests.exceptions.ReadTimeout(), 401)[0].outcome_unknown is True
    assert failure(429, 401)[0].outcome_unknown is False


def test_a_try_gets_no_more_time_than_is_left():
    sent, slept = succeeds(response(503, {"Retry-After": "25"}), 200, retries=1, timeout=20)
    assert slept == [25]
    assert sent["timeout"] == pytest.approx(15)


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
    error = error_of(sender.send, request())
    assert (error.message, error.kind) == ("its turn did not come in time", errors.NETWORK)
    assert (error.outcome_unknown, error.retry, clock.slept) == (False, True, [40])


def test_total_time_is_bounded():
    replies = [response(503, {"Retry-After": "40"}) for unused in range(3)]
    assert failure(*replies, retries=4, timeout=20)[1] == [40, 40]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7), ("0", 0), ("3600", 60), ("", None), ("soon", None), (None, None), ("-1", None), ("²", None)],
)
def test_retry_after_in_seconds(value, seconds):
    assert http.Response(429, {"Retry-After": value}, b"").retry_after() == seconds


@pytest.mark.parametrize(("ahead", "seconds"), [(30, 30), (-30, 0), (3600, 60)])
def test_retry_after_as_a_date(ahead, seconds):
    date = email.utils.formatdate(time.time() + ahead, usegmt=True)
    assert http.Response(429, {"Retry-After": date}, b"").retry_after() == pytest.approx(seconds, abs=2)


# -- limits over minutes, and things that are busy -------------------------------------------------


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("policy user over ratelimit,limit:200,time:5 minute", 300), ("200 requests in 5 minutes", 300),
        ("at most 60 per minute", 60), ("Limit 1000/hour", 3600), ("200 within 10min", 600), ("100 every 1 DAY", 86400),
        ("limit:20,time:1 second", None), ("try again in a minutes time", None), ("time:minutes5", None), ("5 min", None),
    ],
)  # fmt: skip
def test_the_time_that_a_limit_is_over_is_waited_for_and_that_of_nothing_else(no_chance, message, seconds):
    assert succeeds(429, 200, retries=4, timeout=100000, made=refused(message))[1] == [seconds or 0.4]
    assert succeeds(429, 200, made=refused(message, kind=errors.SERVER))[1] == [0.4]


def refused(message="m", kind=errors.THROTTLED, lane=None, **details):
    """A request whose response is refused so unless it is good."""
    made = request()
    made.check = lambda response: None if response.status == 200 else made.error(kind, message, retry=True, **details)
    made.lane = lane
    return made


@pytest.mark.parametrize(("message", "retries"), [("200 in 5 minutes", 10), ("1 per hour", 120), ("1 in 3 minutes", 6)])
def test_a_limit_that_does_not_end_in_time_names_the_retries_that_do(message, retries):
    error, slept = failure(429, retries=4, made=refused(message, hint="Wait."))
    assert slept == []
    assert f"set retries to {retries} or more" in error.hint
    succeeds(429, 200, retries=retries, made=refused(message))


def test_a_header_says_better_than_a_message_when():
    assert succeeds(429, 200, retries=4, made=refused("200 in 2 minutes", retry_after=7))[1] == [7]


def test_a_busy_thing_is_waited_for_ever_longer(no_chance):
    made = refused(busy=True, lane="i-1")
    error, slept = failure(*[429] * 6, retries=2, timeout=5, made=made)
    assert (slept, error.attempts) == ([0.4, 0.8, 1.6, 3.2, 6.4], 6)
    assert failure(429, retries=0, made=made)[0].attempts == 1
    assert failure(*[429] * 17, retries=2, timeout=10000, made=made)[0].attempts == 17


def test_a_busy_thing_slows_nothing_else_down():
    sender, clock = transport(*[429] * 5, 200, retries=2)
    sender.send(refused(busy=True, lane="i-1"))
    waited = len(clock.slept)
    for _unused in range(5):
        sender.rate_limit.turn()
    assert (sender.concurrency_limit.allowed(), len(clock.slept)) == (8, waited)
    sender.replies.replies = [429, 200]
    sender.send(refused(lane="i-1"))  # which is not busy, but sends too many
    assert sender.concurrency_limit.allowed() == 4


class Meeting:
    """A session whose first two requests come at the same time, and get these statuses by their bodies; others 200."""

    def __init__(self, **statuses):
        self.statuses = statuses
        self.together, self.order = threading.Barrier(2, timeout=10), []

    def request(self, method, url, data=None, **options):
        self.order.append(data)
        if len(self.order) > 2:
            return response(200)
        self.together.wait()
        return response(self.statuses[data])


def met(**how):
    """The transport of two requests that met, the first of which was throttled; and its clock."""
    clock, session = Clock(), Meeting(**how.pop("statuses"))
    sender = http.Transport(30, 2, sleep=clock.sleep, clock=clock, session=session)
    threads = []
    for body in session.statuses:
        call = refused(**how)
        call.body = body
        threads.append(threading.Thread(target=sender.send, args=(call,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return sender, session, clock


def test_of_two_at_once_on_a_busy_thing_the_refused_one_goes_after_the_other_without_a_wait():
    for _unused in range(50):  # on a busy machine, one may have ended before the other is refused
        _sender, session, clock = met(statuses={"a": 200, "b": 429}, busy=True, lane="i-1")
        assert session.order[2:] == ["b"]
        if not clock.slept:
            break
    assert clock.slept == []


def test_two_that_are_throttled_at_once_halve_the_limit_once():
    sender, _session, _clock = met(statuses={"a": 429, "b": 429})
    assert sender.concurrency_limit.allowed() == 4


def test_where_its_turn_comes_soon_enough_a_throttled_request_does_not_wait_beside():
    sender, clock = transport(429, 200)
    sender.rate_limit.back_off = lambda: None
    sender.send(request())
    assert sum(clock.slept) == 0


# -- what is not followed, read or unpacked --------------------------------------------------------


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status):
    error = failure(response(status, {"Location": "https://else/"}))[0]
    assert (error.kind, error.status, error.outcome_unknown) == (errors.REDIRECT, status, True)
    assert error.message == "redirected to https://else/, which is not followed"
    assert error.hint == "Set api_url to the address that serves the API itself."
    assert failure(status)[0].message == "redirected to nowhere, which is not followed"


def test_a_response_that_is_too_large_is_cut_off(monkeypatch):
    monkeypatch.setattr(http, "LARGEST_RESPONSE", 1 << 20)
    error = failure(response(200, body=b"x" * ((1 << 20) + 1)))[0]
    assert (error.kind, error.message) == (errors.RESPONSE, "the response is larger than 1 MiB")
    assert (error.attempts, error.outcome_unknown) == (1, True)
    assert len(body_of(response(200, body=b"x" * (1 << 20)))) == 1 << 20


def body_of(reply):
    return transport(reply)[0].send(request()).body


class Body:
    """A response whose body comes in these pieces, as those of urllib3 do; an exception is raised."""

    status_code, headers, closed = 200, {}, False

    def __init__(self, pieces):
        self.pieces = pieces
        self.raw = self

    def stream(self, size, decode_content):
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self):
        self.closed = True


@pytest.mark.parametrize("breaks", [False, True])
def test_a_response_that_never_ends_is_cut_off(breaks):
    """Also where a library ends it with an error of its own."""

    def trickle():
        while True:
            clock.now += 8
            if breaks and clock.now == 32:
                raise OSError("timed out")
            yield b"x"

    body = Body(trickle())
    sender, clock = transport(body, retries=0)
    error = error_of(sender.send, request())
    assert (error.kind, error.message) == (errors.NETWORK, "the response did not end within 30 s")
    assert (error.retry, error.outcome_unknown, body.closed, clock.now) == (True, True, True, 32)


@pytest.mark.parametrize("verify", [True, False, "/ca.pem"])
def test_how_a_request_is_made(verify):
    sent = succeeds(200, verify=verify, timeout=12)[0]
    assert (sent["verify"], sent["timeout"], sent["allow_redirects"]) == (verify, 12, False)


def packed(body, encoding="gzip"):
    return response(200, {"Content-Encoding": encoding}, body)


@pytest.mark.parametrize("encoding", ["gzip", "GZip", "x-gzip", " gzip "])
def test_a_packed_response_is_unpacked(encoding):
    text = bytes(range(256)) * 3000
    assert body_of(packed(gzip.compress(text), encoding)) == text
    assert body_of(packed(b"", encoding)) == b""


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
    body = bomb(64 << 20)
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
def test_what_cannot_be_unpacked_is_a_broken_response(body):
    error = failure(packed(body), retries=0)[0]
    assert (error.kind, error.retry, error.outcome_unknown) == (errors.NETWORK, True, True)
    assert error.message.startswith("the connection broke: ")


# -- network errors --------------------------------------------------------------------------------


BREAKS = [
    ssl.SSLError(1, "[SSL] record layer failure"), ssl.SSLEOFError(8, "EOF"), ssl.SSLZeroReturnError(6, "closed"),
    OSError(104, "reset"), BrokenPipeError(32, "pipe"), TimeoutError("timed out"), EOFError(), zlib.error("x"),
    urllib3_errors.SSLError("x"), urllib3_errors.ProtocolError("x", OSError(104, "reset")), urllib3_errors.DecodeError("x"),
    urllib3_errors.ReadTimeoutError(None, "/", "x"), urllib3_errors.HTTPError("x"), http_client.IncompleteRead(b"x"),
    ValueError("I/O operation on closed file"), UnicodeError("x"), socket.gaierror(-2, "x"),
    requests.exceptions.SSLError("x"), requests.exceptions.ConnectionError("x"),
]  # fmt: skip


@pytest.mark.parametrize("problem", BREAKS, ids=lambda each: type(each).__module__ + "." + type(each).__name__)
def test_whatever_breaks_a_response_leaves_open_what_was_done(problem):
    error = failure(Body([b"{", problem]), retries=0)[0]
    assert (error.kind, error.retry, error.outcome_unknown) == (errors.NETWORK, True, True)


@pytest.mark.parametrize("mistake", [TypeError, AttributeError, RuntimeError])
def test_a_mistake_of_the_code_is_not_told_as_one_of_the_network(mistake):
    with pytest.raises(mistake):
        transport(mistake("x"))[0].send(request())


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
    error = error_of(http.check_url, url, allow_http=False)
    host = url.partition("//")[2].strip("[]")
    assert error.message == f"Refusing to send credentials over plain HTTP to {host} (api_url)."
    assert error.hint == "Use https://, or set allow_http: true if this network is trusted."
    http.check_url(url, allow_http=True)


@pytest.mark.parametrize(
    "url",
    ["h", "ftp://h", "https://", "https://h?q", "https://h#f", "//h", "https:///p", "file:///x"]
    + [
        "https://h:0",
        "https://h/a b",
        "https://h/\u00e9",
        "https://h/\x7f",
        "https://[::1",
        "https://h:port",
        "https://h:99999",
    ]
    # What one parser takes for the host and another one does not.
    + ["http://HOST\\[::1]/", "http://[::1]evil.example/", "http://localhost\\.evil.example", "http:/\\localhost"]
    + ["http://localhost;evil.example", "http://localhost:80:90", "http://localhost%2eevil", "https://h:"]
    # Host names that no resolver takes, and paths that are sent otherwise than they are written.
    + ["https://a..b", "https://.a", "https://-a", "https://" + "a" * 64, "https://h/a/../b", "https://h/%2e%2e/b"],
)
def test_an_unusable_address_is_refused(url):
    right = "must be a base URL such as https://host or https://host:port/path"
    assert error_of(http.check_url, url, True).message == f"api_url {right}; got {errors.brief(url)}."
    assert error_of(http.check_url, url, True, "iam_url").message == f"iam_url {right}; got {errors.brief(url)}."


def test_an_address_with_a_password_is_refused_and_not_quoted():
    error = error_of(http.check_url, "https://user:secret@host", allow_http=True)
    assert error.message == "api_url must not hold a user name or a password."


def test_a_session_keeps_a_connection_for_each_request_at_once_and_does_not_retry_by_itself():
    adapter = http.Transport(concurrency=5)._session.get_adapter("https://host")
    assert (adapter._pool_maxsize, adapter._pool_block, adapter.max_retries.total) == (5, True, 0)


def test_without_requests_a_transport_says_what_is_needed(monkeypatch):
    monkeypatch.setattr(http, "requests", None)
    error = error_of(http.Transport)
    assert error.message == "The Python library 'requests' is needed."
    assert error.hint == "Install it on the host that runs the task."


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
