# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""A deadline for a whole answer, however slowly its bytes arrive.

The time-out of a socket starts again with every byte: a service that sends one now and then, in the head or in the
body, would hold a task for hours.
"""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from http.client import HTTPResponse

_THREAD = threading.local()


@contextlib.contextmanager
def within(seconds):
    """Answers whose head this thread begins to read inside must have ended after so many seconds."""
    _THREAD.latest = time.monotonic() + seconds
    try:
        yield
    finally:
        _THREAD.latest = None


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
        latest = getattr(_THREAD, "latest", None)
        if latest is not None and isinstance(self.fp, io.BufferedReader):
            self.fp = io.BufferedReader(_Stream(self.fp.detach(), sock, latest))


def bound(manager):
    """Make a pool manager of urllib3 read its answers within the deadline of the thread that asks."""
    manager.pool_classes_by_scheme = {
        scheme: _bound_pool(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
    }
    return manager


def _bound_pool(pool):
    connection = pool.ConnectionCls
    return type(
        pool.__name__,
        (pool,),
        {"ConnectionCls": type(connection.__name__, (connection,), {"response_class": _Response})},
    )
