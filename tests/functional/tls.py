# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator behind TLS, with a certificate that nobody has signed."""

from __future__ import annotations

import contextlib
import datetime
import functools
import ipaddress
import socket
import threading
import time

import uvicorn
from cryptography import x509  # ansible-core needs it
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from simulator import app


def certificate(folder, name="simulator", days=(-1, 1)):
    """Paths of a self-signed certificate for 127.0.0.1 only, valid between two days from now, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


@contextlib.contextmanager
def serving(sim, folder):
    """The URL of ``sim`` by TLS, and the certificate to trust."""
    public, private = certificate(folder)
    config = uvicorn.Config(
        app.build(sim, lambda peer, reset=False: None),
        ssl_certfile=str(public),
        ssl_keyfile=str(private),
        port=0,
        lifespan="off",
        ws="none",
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.002)
        yield f"https://127.0.0.1:{listening.getsockname()[1]}", public
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@contextlib.contextmanager
def breaking(url, broken):
    """The URL of a line to ``url`` that brings garbage for each record of TLS for which ``broken()`` is true."""
    there = ("127.0.0.1", int(url.rpartition(":")[2]))
    server = socket.create_server(("127.0.0.1", 0))

    def copy(read, source, target):
        with contextlib.suppress(OSError):
            for data in iter(read, b""):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def record(records):
        head = records.read(5)
        content = records.read(int.from_bytes(head[3:], "big"))
        return head + (bytes(len(content)) if content and broken() else content)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                near, far = server.accept()[0], socket.create_connection(there)
                records = functools.partial(record, far.makefile("rb"))
                requests = functools.partial(near.recv, 65536)
                threading.Thread(target=copy, args=(requests, near, far), daemon=True).start()
                threading.Thread(target=copy, args=(records, far, near), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.close()
