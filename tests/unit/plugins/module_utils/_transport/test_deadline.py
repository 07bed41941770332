# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that arrive byte by byte, from a real socket."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import deadline as deadlines
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + b"x" * 40


@contextlib.contextmanager
def server(*answers):
    """Answers one request after the other on one connection, each as (bytes, seconds between them)."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            line = listening.accept()[0]
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with line:
                for data, pause in answers:
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


def transport(timeout, retries=0):
    made = http.Transport(timeout, retries)
    made._session.trust_env = False
    return made


def call(url):
    return http.Request("Cloud", "Op", "GET", url, lambda answer: None, secrets=errors.Secrets())


@pytest.mark.parametrize(
    ("head", "body"), [(ANSWER, b""), (ANSWER[:-40], b"")], ids=["head and body", "head without its body"]
)
def test_a_drip_ends_with_the_time_out(head, body):
    with server((head + body, 0.03)) as url:
        sender, started = transport(0.3), time.monotonic()
        with pytest.raises(errors.RequestError) as caught:
            sender.send(call(url))
        assert time.monotonic() - started < 1
        assert (caught.value.kind, caught.value.retry, caught.value.outcome_unknown) == ("network", True, True)
        sender.close()


def test_a_slow_body_is_told_from_a_broken_connection():
    with server((ANSWER[:-39], 0.0)) as url:
        sender = transport(0.3)
        with pytest.raises(errors.RequestError, match="did not end within 0.3 s") as caught:
            sender.send(call(url))
        assert caught.value.kind == errors.NETWORK
        sender.close()


def test_who_is_slow_but_in_time_is_heard_and_the_connection_is_kept():
    with server((ANSWER, 0.002), (ANSWER, 0.0), (ANSWER, 0.002)) as url:
        sender = transport(5)
        assert [sender.send(call(url)).body for unused in range(3)] == [b"x" * 40] * 3
        sender.close()


def test_answers_by_way_of_a_proxy_are_bounded_too():
    adapter = http.Transport()._session.get_adapter("https://host")
    manager = adapter.proxy_manager_for("http://127.0.0.1:3128")
    for scheme in ("http", "https"):
        assert manager.pool_classes_by_scheme[scheme].ConnectionCls.response_class is deadlines._Response
        assert adapter.poolmanager.pool_classes_by_scheme[scheme].ConnectionCls.response_class is deadlines._Response


def test_a_socket_that_does_not_tell_its_time_out_is_read_in_time_as_well():
    class Sock:
        """As pyOpenSSL's."""

        settimeout = times = None

        def __init__(self):
            self.times = []
            self.settimeout = self.times.append

        def makefile(self, mode):
            return io.BufferedReader(io.BytesIO(ANSWER))

    sock = Sock()
    with deadlines.within(5):
        answer = deadlines._Response(sock)
    answer.begin()
    assert answer.read() == b"x" * 40
    answer.close()
    assert 4 < sock.times[0] <= 5 and sock.times[-1] is None
    answer = deadlines._Response(sock)  # outside there is no deadline
    assert isinstance(answer.fp.raw, io.BytesIO)


class Socket:
    def __init__(self, usual, closed=False):
        self.usual, self.closed, self.set = usual, closed, []

    def gettimeout(self):
        return self.usual

    def settimeout(self, seconds):
        if self.closed:
            raise OSError("closed")
        self.set.append(seconds)


@pytest.mark.parametrize(("usual", "most"), [(None, 5.0), (2.0, 2.0), (60.0, 5.0)])
def test_a_read_waits_for_the_shorter_of_both_and_leaves_the_socket_as_it_was(usual, most):
    sock = Socket(usual)
    stream = deadlines._Stream(io.BytesIO(b"abc"), sock, time.monotonic() + 5)
    assert stream.read(2) == b"ab"
    assert sock.set[0] == pytest.approx(most, abs=0.5)
    stream.close()
    stream.close()
    assert sock.set[1:] == [usual]


def test_a_socket_that_is_closed_already_is_let_go():
    stream = deadlines._Stream(io.BytesIO(b""), Socket(1.0, closed=True), time.monotonic() + 5)
    stream.close()
    assert stream.closed
