# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web application: the control plane under /_sim, and the two clouds everywhere else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from email.utils import formatdate
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from . import control
from .huaweicloud import HuaweiCloud
from .state import Simulator
from .ucloud import UCloud
from .wire import READ, Call, Record, Refused, Request, Response

Provider = UCloud | HuaweiCloud
LONGEST_DRIP = 20.0  # seconds


Hangup = Callable[..., None]  # closes the connection with a peer, or resets it; see server.py


def build(simulator: Simulator, hangup: Hangup, transport: Callable[[Any], Any] = lambda peer: None) -> Starlette:
    return Starlette(
        routes=[Mount("/_sim", routes=control.routes(simulator)), Mount("/", app=Clouds(simulator, hangup, transport))]
    )


class Clouds:
    """Both clouds on one port: UCloud has only the path `/`, Huawei Cloud never uses it."""

    def __init__(self, simulator: Simulator, hangup: Hangup, transport: Callable[[Any], Any]) -> None:
        self.simulator = simulator
        self.hangup = hangup
        self.transport = transport
        self.ucloud = UCloud(simulator)
        self.huaweicloud = HuaweiCloud(simulator)

    async def __call__(self, scope: Record, receive: Any, send: Any) -> None:
        request = Request.from_scope(scope, await _body(receive))
        if self.simulator.traps.get("proxy_headers"):
            _proxied(request)
        provider = self.ucloud if request.path == "/" else self.huaweicloud
        call = provider.identify(request)
        counting = self.simulator.counting
        counting.begin(call)
        try:
            response = await self._response(provider, call)
        finally:
            # Before sending: the client's next request must not meet this one in flight.
            counting.end()
        if self.simulator.witness is not None:
            self.simulator.witness.answered(call, response)
        await self._deliver(provider, call, response, receive, send)

    async def _response(self, provider: Provider, call: Call) -> Response:
        traps = self.simulator.traps
        latency = traps.get("latency")
        rule = traps.rule_for(call)
        if rule is not None:
            latency += rule.latency
        starts = self.simulator.starts
        if latency:
            await asyncio.sleep(latency / 1000)
        if self.simulator.starts != starts:  # it was meant for an estate that is no more
            return Response(503, {"message": "the simulator was reset"})
        if rule is not None and not rule.acts_first and not rule.only_delays:
            return rule.response(call, None)
        throttled = traps.throttled(call)
        if throttled is not None:
            self.simulator.counting.refused("throttled")
            return throttled
        response = await self._one_at_a_time(provider, call)
        return response if rule is None else rule.response(call, response)

    async def _one_at_a_time(self, provider: Provider, call: Call) -> Response:
        busy = self.simulator.traps.busy
        instance = busy.instance(call) if busy is not None else None
        if busy is None or instance is None:
            return self._act(provider, call)
        if not busy.begins(instance):
            self.simulator.counting.refused("busy")
            return busy.response(call)
        try:
            if not busy.background:
                await asyncio.sleep(busy.seconds)
            return self._act(provider, call)
        finally:
            busy.ends(instance)

    def _act(self, provider: Provider, call: Call) -> Response:
        """Carries the request out. No await in here: one request at a time changes the estate."""
        simulator = self.simulator
        simulator.traps.second_writer(call, simulator.estate, after=False)
        try:
            response = provider.act(call)
            simulator.counting.acted(call)
            if simulator.witness is not None:
                simulator.witness.acted(call)
        except Refused as refused:
            simulator.counting.refused(refused.code)
            if simulator.traps.get("echo_request"):
                # What some gateways put into their messages: the request, secrets and all
                echo = {"headers": call.request.headers, "body": call.request.body.decode(errors="replace")}
                refused.message += f" ({json.dumps(echo)})"
            response = provider.refusal(call, refused)
        simulator.traps.shape(call, response)
        if simulator.traps.get("second_writer") and call.kind == READ:
            # The response is of before the other's change.
            response.body = json.loads(json.dumps(response.body))
        simulator.traps.second_writer(call, simulator.estate, after=True)
        return response

    async def _deliver(self, provider: Provider, call: Call, response: Response, receive: Any, send: Any) -> None:
        if response.delivery.startswith("drop"):
            await self._hang_up(call, response, receive)
            return
        payload = response.payload()
        name, request_id = provider.request_id()
        headers = {"date": formatdate(self.simulator.now(), usegmt=True), name.lower(): request_id}
        if payload:
            headers["content-type"] = "application/json"
        if response.status != 204:
            headers["content-length"] = str(len(payload))
        headers.update({key.lower(): str(value) for key, value in response.headers.items()})
        if response.slow is not None and response.slow[0] == "head":
            await self._slow_head(call, response, headers, payload, receive)
            return
        raw = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": raw})
        if response.delivery.startswith("truncate"):
            # Half of what Content-Length promises, then silence.
            half = payload[: len(payload) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            if response.delivery.endswith("reset"):
                await asyncio.sleep(0.005)  # a reset overtakes what is still on its way
            await self._hang_up(call, response, receive)
            return
        if response.slow is not None:
            sent = 0
            async for byte in self._slowly(call, payload, response.slow[1]):
                await send({"type": "http.response.body", "body": byte, "more_body": True})
                sent += 1
            if sent < len(payload):
                await self._hang_up(call, response, receive)
                return
            payload = b""
        await send({"type": "http.response.body", "body": payload})

    async def _slowly(self, call: Call, data: bytes, pause: float) -> AsyncIterator[bytes]:
        """Byte by byte, for as long as anybody listens."""
        latest = asyncio.get_running_loop().time() + LONGEST_DRIP
        for position in range(len(data)):
            transport = self.transport(call.request.peer)
            if transport is None or transport.is_closing() or asyncio.get_running_loop().time() > latest:
                return
            yield data[position : position + 1]
            await asyncio.sleep(pause / 1000)

    async def _slow_head(
        self, call: Call, response: Response, headers: dict[str, str], body: bytes, receive: Any
    ) -> None:
        """Past the web server, which sends a head in one piece."""
        transport = self.transport(call.request.peer)
        lines = [f"HTTP/1.1 {response.status} Slow", *(f"{key}: {value}" for key, value in headers.items()), "", ""]
        async for byte in self._slowly(call, "\r\n".join(lines).encode("latin-1"), response.slow[1]):
            transport.write(byte)
        if transport is not None and not transport.is_closing():
            transport.write(body)
        await self._hang_up(call, response, receive)

    async def _hang_up(self, call: Call, response: Response, receive: Any) -> None:
        self.hangup(call.request.peer, reset=response.delivery.endswith("reset"))
        # Until uvicorn knows: it would log a response that never came as an error of ours.
        while (await receive())["type"] != "http.disconnect":
            pass


def _proxied(request: Request) -> None:
    """What a proxy on the way makes of the headers: all that is not the service's own may be another."""
    request.headers.update(via="1.1 proxy", accept="*/*, text/html", connection="close")
    request.headers["user-agent"] = "proxy " + request.headers.get("user-agent", "")
    if "content-type" in request.headers:
        request.headers["content-type"] += "; charset=UTF-8"
    request.headers.pop("accept-encoding", None)


async def _body(receive: Any) -> bytes:
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)
