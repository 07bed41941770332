# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running the simulator: uvicorn in a thread of this process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from . import app
from .state import Simulator

STARTUP = 10


class _Connections:
    """Counts connections, and cuts one when a trap says so."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._open: dict[Any, asyncio.Transport] = {}

    def transport(self, peer: tuple[str, int] | None) -> asyncio.Transport | None:
        return self._open.get(peer)

    def hangup(self, peer: tuple[str, int] | None, reset: bool = False) -> None:
        transport = self._open.get(peer)
        if transport is None:
            return
        if reset:
            # What is not waited for on closing is answered by RST.
            unwaited = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, unwaited)
            transport.abort()
        else:
            # close(), not abort(): what was sent of a truncated response still arrives.
            transport.close()

    def protocol(self) -> type[asyncio.Protocol]:
        """uvicorn's own protocol (httptools where installed, else h11), watched."""
        connections = self

        class Watched(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
            def connection_made(self, transport: asyncio.Transport) -> None:
                connections._simulator.counting.connected()
                self.peer = tuple(transport.get_extra_info("peername")[:2])
                connections._open[self.peer] = transport
                # asyncio does this only for sockets it opened itself. Without it, head and body
                # of a response wait for each other's acknowledgement: 40 ms a request.
                transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                connections._open.pop(self.peer, None)
                connections._simulator.counting.disconnected()
                super().connection_lost(exc)

        return Watched


@contextlib.contextmanager
def running(estate: Any = None, port: int = 0, host: str = "127.0.0.1", **traps: Any) -> Iterator[Simulator]:
    """A simulator at `.url`, stopped at the end. `estate`: demo (default), empty, or a dict."""
    simulator = Simulator(estate, **traps)
    connections = _Connections(simulator)
    config = uvicorn.Config(
        app.build(simulator, connections.hangup, connections.transport),
        host=host,
        port=port,
        http=connections.protocol(),
        ws="none",
        lifespan="off",
        log_config=None,  # so errors, which would be mistakes in here, go to standard error
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,  # the application sends its own: the trap clock_skew changes it
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # how uvicorn reports it; the reason is in its context
        raise OSError(f"cannot listen on {host}, port {port}: {error.__context__}") from error
    shown = f"[{host}]" if ":" in host else host
    simulator.url = f"http://{shown}:{listening.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="simulator", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + STARTUP
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the simulator did not start")
            time.sleep(0.002)
        yield simulator
    finally:
        server.should_exit = True
        thread.join(STARTUP)
        listening.close()
