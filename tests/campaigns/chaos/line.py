# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that happen before anything is sent: real refusals of a connection, at the request that a schedule names."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import ssl
import threading
from urllib.parse import parse_qs, urlsplit, urlunsplit

import tls

NOWHERE = "cloud.invalid"
_resolve = socket.getaddrinfo


def getaddrinfo(host, *arguments, **keywords):
    """A name of the reserved domain is answered here as every resolver should: it does not exist."""
    if host == NOWHERE:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _resolve(host, *arguments, **keywords)


class Door:
    """A TLS server that shows its certificate and then shuts: nobody gets further."""

    def __init__(self, folder: pathlib.Path, name: str, days: tuple[int, int]):
        self.certificate, key = tls.certificate(folder, name, days)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.certificate, key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.entered = 0  # how often a client went on after it had seen the certificate
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _unused = self._socket.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), line:
                line.settimeout(5)
                with self._context.wrap_socket(line, server_side=True) as inside:
                    # TLS 1.3: the refusal arrives after the server's side of the handshake is done.
                    if inside.recv(1):
                        self.entered += 1

    def close(self):
        self._socket.close()


class Doors:
    """The addresses where a connection fails, one for each kind of failure."""

    def __init__(self, folder: pathlib.Path):
        self.expired = Door(folder, "expired", (-20, -10))
        self.valid = Door(folder, "valid", (-1, 10))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.closed = free.getsockname()[1]

    def close(self):
        self.expired.close()
        self.valid.close()

    @property
    def entered(self) -> int:
        return self.expired.entered + self.valid.entered

    def address(self, kind: str) -> tuple[str, str | bool]:
        """The base URL that fails in this way, and what to trust there."""
        return {
            "refused": (f"http://127.0.0.1:{self.closed}", True),
            "DNS failure": (f"http://{NOWHERE}", True),
            # Its certificate is trusted, and for another name.
            "TLS wrong name": (f"https://localhost:{self.valid.port}", str(self.valid.certificate)),
            "TLS expired": (f"https://127.0.0.1:{self.expired.port}", str(self.expired.certificate)),
        }[kind]


class Line:
    """A session of `requests` whose requests go astray where a schedule says so."""

    def __init__(self, session, line_faults, doors: Doors, changes):
        self._session = session
        self._doors = doors
        self._changes = changes  # how many were carried out so far
        self._left = [[fault, fault.skip, fault.times] for fault in line_faults]
        self._lock = threading.Lock()

    def request(self, method, url, **keywords):
        kind = self._astray(method, keywords.get("data"))
        if kind is not None:
            base, trusted = self._doors.address(kind)
            parts, there = urlsplit(url), urlsplit(base)
            url = urlunsplit((there.scheme, there.netloc, parts.path, parts.query, ""))
            keywords["verify"] = trusted
        return self._session.request(method, url, **keywords)

    def _astray(self, method, data):
        text = data.decode() if isinstance(data, bytes) else data or ""
        action = parse_qs(text).get("Action", [""])[0]
        reads = method == "GET" or action.startswith(("Describe", "List", "Get"))
        with self._lock:
            for row in self._left:
                fault, skip, times = row
                if (fault.match == "read") != reads or times == 0 or fault.armed_by > self._changes():
                    continue
                if skip:
                    row[1] -= 1
                    continue
                if times is not None:
                    row[2] -= 1
                fault.fired += 1
                return fault.kind.name
        return None

    def close(self):
        self._session.close()
