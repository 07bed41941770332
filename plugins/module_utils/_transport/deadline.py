# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One try of a call: a deadline for its whole response, and whether the service may have got it.

The time-out of a socket starts again with every byte: a service that sends one now and then, in the head or in the
body, would hold a task for hours. And of what fails, the libraries do not tell alike whether anything was sent, so
the connections tell it themselves.
"""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from http.client import HTTPResponse

_THREAD = threading.local()


class Try:
    def __init__(self, latest):
        self.latest = latest
        self.sent = False  # from the first byte of the request on
        self.proxied = False


@contextlib.contextmanager
def within(seconds):
    """A :class:`Try` of this thread: responses whose head it begins to read must have ended after so many seconds."""
    _THREAD.current = Try(time.monotonic() + seconds)
    try:
        yield _THREAD.current
    finally:
        _THREAD.current = None


def current():
    """The :class:`Try` that this thread is in; ``None`` outside of any."""
    return getattr(_THREAD, "current", None)


def sending():
    """From now on the service may have what this thread sends."""
    if current() is not None:
        current().sent = True


class _Stream(io.RawIOBase):
    """What arrives on a socket, until the deadline."""

    def __init__(self, raw, sock, latest):
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._usual = sock.gettimeout() if hasattr(sock, "gettimeout") else None  # pyOpenSSL's has none
        self._latest = latest

    def readable(self):
        return True

    def readinto(self, buffer):
        left = self._latest - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._sock.settimeout(left if self._usual is None else min(left, self._usual))
        return self._raw.readinto(buffer)

    def close(self):
        if not self.closed:
            with contextlib.suppress(OSError):  # it may be closed already
                self._sock.settimeout(self._usual)
            self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock, *arguments, **keywords):
        super().__init__(sock, *arguments, **keywords)
        if current() is not None and isinstance(self.fp, io.BufferedReader):
            self.fp = io.BufferedReader(_Stream(self.fp.detach(), sock, current().latest))


class _Connection:
    """What a connection of ours does beside what urllib3's do."""

    response_class = _Response

    def endheaders(self, *arguments, **keywords):
        # Until here the head was only collected. Without a connection, or a tunnel through a proxy, nothing is sent.
        if self.sock is None:
            self.connect()
        sending()
        super().endheaders(*arguments, **keywords)


def bound(manager):
    """Make a pool manager of urllib3 keep to the :class:`Try` of the thread that asks."""
    manager.pool_classes_by_scheme = {
        scheme: _bound_pool(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
    }
    return manager


def _bound_pool(pool):
    connection = pool.ConnectionCls
    if issubclass(connection, _Connection):
        return pool
    return type(pool.__name__, (pool,), {"ConnectionCls": type(connection.__name__, (_Connection, connection), {})})
