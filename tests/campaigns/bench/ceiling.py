# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests the simulator itself answers in a second: no contender is held up by it before that."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

from .systems import PROJECT, REGION

CONNECTIONS = 8
REQUESTS = 4000


def requests_of(sim: Any) -> dict[str, bytes]:
    """A signed read of each cloud, as bytes; neither carries the time, so it can be sent again and again."""
    from ucloud.core.auth import Credential

    keys = sim.credentials["ucloud"]["admin"]
    call = {"Action": "DescribeUFileToken", "TokenId": "token-1", "PublicKey": keys["public_key"]}
    call.update(ProjectId=PROJECT["ucloud"], Region=REGION["ucloud"])
    call["Signature"] = Credential(keys["public_key"], keys["private_key"]).verify_ac(call)
    host = urlsplit(sim.url).netloc
    token = sim.credentials["huaweicloud"]["token"]["auth_token"]
    path = f"/v2/{PROJECT['huaweicloud']}/instances/rocketmq-bench/users/user-1"
    return {
        "UCloud": f"GET /?{urlencode(call)} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        "Huawei Cloud": f"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Auth-Token: {token}\r\n\r\n".encode(),
    }


async def connection(host: str, port: int, request: bytes, times: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for _unused in range(times):
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"the simulator answered {head[:60]!r}")
        await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    writer.close()


async def every(host: str, port: int, request: bytes) -> None:
    await asyncio.gather(*(connection(host, port, request, REQUESTS // CONNECTIONS) for _unused in range(CONNECTIONS)))


def rate(host: str, port: int, request: bytes) -> float:
    started = time.monotonic()
    asyncio.run(every(host, port, request))
    return REQUESTS / (time.monotonic() - started)


def ceiling(sim: Any, rounds: int) -> list[dict[str, Any]]:
    """Requests a second of each cloud, over kept connections, signatures checked."""
    address = urlsplit(sim.url)
    found: dict[str, list[float]] = {}
    sim.reset("empty")
    sim.add_ufile_token(TokenId="token-1")
    sim.add_rocketmq_user(instance_id="rocketmq-bench", access_key="user-1")
    # The simulator runs in this process, so the client runs in another one.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as client:
        for _unused in range(rounds):
            for name, request in requests_of(sim).items():
                answered = client.submit(rate, address.hostname or "", address.port or 0, request).result()
                found.setdefault(name, []).append(answered)
    return [
        {"name": name, "requests_a_second": round(median(rates)), "rounds": [round(rate) for rate in rates]}
        for name, rates in found.items()
    ]
