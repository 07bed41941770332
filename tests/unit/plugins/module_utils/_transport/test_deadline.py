# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses that arrive byte by byte, from a real socket."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from http.client import HTTPResponse

import pytest
import urllib3

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import deadline as deadlines
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.tests.unit.scripted import error_of

MANAGER = deadlines.bound(urllib3.PoolManager())
POOLS = MANAGER.pool_classes_by_scheme
RESPONSE = POOLS["http"].ConnectionCls.response_class
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b"x" * 40


@contextlib.contextmanager
def server(*responses):
    """Answers one request after the other on one connection, each as (bytes, seconds between them)."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            line = listening.accept()[0]
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with line:
                for data, pause in responses:
                    line.recv(65536)
                    pieces = [data[at : at + 1] for at in range(len(data))] if pause else [data]
                    for piece in pieces:
                        line.sendall(piece)
                        time.sleep(pause)
                line.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        listening.close()
        thread.join(9)


@contextlib.contextmanager
def sending(url, timeout):
    """Sends a request to ``url``."""
    made = http.Transport(timeout, 0)
    try:
        yield lambda: made.send(
            http.Request("Cloud", "Op", "GET", url, lambda response: None, secrets=errors.Secrets())
        )
    finally:
        made.close()


@pytest.mark.parametrize("data", [ANSWER, ANSWER[:-40]], ids=["head and body", "head without its body"])
@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "by way of a proxy"])
def test_a_drip_ends_with_the_time_out(environment, data, proxied):
    with server((data, 0.03)) as url:
        if proxied:
            environment(http_proxy=url)
        with sending("http://api.example/" if proxied else url, 0.3) as send:
            started = time.monotonic()
            error = error_of(send)
            assert time.monotonic() - started < 1
    assert (error.kind, error.retry, error.outcome_unknown) == ("network", True, True)


def test_who_is_slow_but_in_time_is_heard_and_the_connection_is_kept():
    with server((ANSWER, 0.002), (ANSWER, 0.0), (ANSWER, 0.002)) as url, sending(url, 5) as send:
        assert [send().body for unused in range(3)] == [b"x" * 40] * 3


def test_a_response_that_is_read_outside_of_a_try_has_no_deadline():
    with server((ANSWER, 0.0)) as url, deadlines.bound(urllib3.PoolManager()) as manager:
        assert manager.request("GET", url).data == b"x" * 40


def test_a_slow_body_is_told_from_a_broken_connection():
    with server((ANSWER[:-39], 0.0)) as url, sending(url, 0.3) as send:
        error = error_of(send)
    assert (error.kind, error.message) == (errors.NETWORK, "the response did not end within 0.3 s")


def test_connections_of_both_schemes_are_bounded_once():
    assert POOLS["https"].ConnectionCls.response_class is RESPONSE
    assert RESPONSE is not HTTPResponse and issubclass(RESPONSE, HTTPResponse)
    assert deadlines.bound(MANAGER).pool_classes_by_scheme == POOLS


class Socket:
    """Its time-out is ``usual``; ``set`` are those that it was given."""

    def __init__(self, usual, closed=False):
        self.usual, self.closed, self.set = usual, closed, []

    def makefile(self, mode):
        return io.BufferedReader(io.BytesIO(ANSWER))

    def gettimeout(self):
        return self.usual

    def settimeout(self, seconds):
        if self.closed:
            raise OSError("closed")
        self.set.append(seconds)


class Mute(Socket):
    """Does not tell its time-out, as those of pyOpenSSL."""

    gettimeout = property()


def opened(sock, seconds=5):
    with deadlines.within(seconds):
        return RESPONSE(sock)


@pytest.mark.parametrize(
    ("sock", "most"), [(Socket(None), 5.0), (Socket(2.0), 2.0), (Socket(60.0), 5.0), (Mute(None), 5.0)]
)
def test_a_read_waits_for_the_shorter_of_both_and_leaves_the_socket_as_it_was(sock, most):
    response = opened(sock)
    response.begin()
    assert response.read() == b"x" * 40
    response.close()
    assert (sock.set[0], sock.set[-1]) == (pytest.approx(most, abs=0.5), sock.usual)


def test_a_read_after_the_deadline_fails_and_a_socket_that_is_closed_already_is_let_go():
    response = opened(Socket(1.0, closed=True), seconds=0)
    with pytest.raises(socket.timeout):
        response.begin()
    stream = response.fp
    response.close()
    assert stream.closed
