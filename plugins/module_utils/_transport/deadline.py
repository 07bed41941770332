# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One try of a request: a deadline for its whole response, and whether any of the request was sent.

The time-out of a socket starts again with every byte that arrives: a service that sends one byte now and then could
hold a task for hours. And when a request fails, the libraries do not say reliably whether anything of it was sent. So
the connections are extended here to keep the deadline and to note when they begin to send.
"""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    Manager = TypeVar("Manager")

_THREAD = threading.local()


class Try:
    """What is known of one try of a request."""

    def __init__(self, latest: float) -> None:
        self.latest = latest  # of time.monotonic(): when the response must have ended
        self.sent = False  # from the first byte of the request on
        self.proxied = False  # it goes through a proxy


@contextlib.contextmanager
def within(seconds: float) -> Iterator[Try]:
    """The :class:`Try` that this thread is in: a response that it begins to read must end within ``seconds``."""
    attempt = Try(time.monotonic() + seconds)
    _THREAD.current = attempt
    try:
        yield attempt
    finally:
        _THREAD.current = None


def current() -> Try | None:
    """The :class:`Try` that this thread is in; ``None`` outside of any."""
    found: Try | None = getattr(_THREAD, "current", None)
    return found


def sending() -> None:
    """Note that from now on the service may have received what this thread sends."""
    attempt = current()
    if attempt is not None:
        attempt.sent = True


class _Stream(io.RawIOBase):
    """What arrives on a socket, until the deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, latest: float) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._usual = sock.gettimeout() if hasattr(sock, "gettimeout") else None  # pyOpenSSL's sockets have none
        self._latest = latest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._latest - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._sock.settimeout(left if self._usual is None else min(left, self._usual))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            with contextlib.suppress(OSError):  # the socket may be closed already
                self._sock.settimeout(self._usual)
            self._raw.close()
        super().close()


class _Response(HTTPResponse):
    """A response whose body keeps to the deadline of the thread that reads it."""

    def __init__(self, sock: socket.socket, *arguments: Any, **keywords: Any) -> None:
        super().__init__(sock, *arguments, **keywords)
        attempt = current()
        if attempt is not None and isinstance(self.fp, io.BufferedReader):
            self.fp = io.BufferedReader(_Stream(self.fp.detach(), sock, attempt.latest))


class _Connection:
    """What is added to each class of connections of urllib3."""

    response_class = _Response
    sock: Any
    connect: Any

    def endheaders(self, *arguments: Any, **keywords: Any) -> None:
        # Up to here the headers were only collected. Connecting, also through a proxy, sends nothing of the request.
        if self.sock is None:
            self.connect()
        sending()
        super().endheaders(*arguments, **keywords)  # type: ignore[misc]  # of the class that this one is added to


def bound(manager: Manager) -> Manager:
    """Make a pool manager of urllib3 keep to the :class:`Try` of the thread that sends; returns the manager."""
    pools: dict[str, Any] = manager.pool_classes_by_scheme  # type: ignore[attr-defined]  # of every urllib3
    manager.pool_classes_by_scheme = {  # type: ignore[attr-defined]
        scheme: _bound_pool(pool) for scheme, pool in pools.items()
    }
    return manager


def _bound_pool(pool: Any) -> Any:
    connection = pool.ConnectionCls
    if issubclass(connection, _Connection):
        return pool
    return type(pool.__name__, (pool,), {"ConnectionCls": type(connection.__name__, (_Connection, connection), {})})
