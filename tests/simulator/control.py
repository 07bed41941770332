# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane under /_sim: for tests that run in another process than the simulator."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import estate
from .state import Simulator

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def _json(value: Any, status: int = 200) -> Response:
    """Sorted, so that two dumps of the same estate are the same text."""
    text = json.dumps(value, sort_keys=True, indent=1, default=repr)
    return Response(text + "\n", status, media_type="application/json")


def _guarded(
    handler: Callable[[Request], Awaitable[Any]],
) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK:
            # It hands out every secret and has no authentication.
            return _json({"error": "the control plane is for this machine only"}, 403)
        try:
            return _json(await handler(request))
        except (ValueError, TypeError, KeyError) as error:
            return _json({"error": f"{type(error).__name__}: {error}"}, 400)

    return guarded


async def _object(request: Request) -> dict[str, Any]:
    body = await request.body()
    value = json.loads(body) if body else {}
    if not isinstance(value, dict):
        raise TypeError("the body must be a JSON object")
    return value


class Control:
    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    async def health(self, request: Request) -> Any:
        return {"status": "ok", "url": self.simulator.url}

    async def reset(self, request: Request) -> Any:
        """{"estate": …, "traps": {…}, or the traps beside `estate`}"""
        wanted = await _object(request)
        traps = {**wanted.pop("traps", {})}
        self.simulator.reset(wanted.pop("estate", None), **traps, **wanted)
        return {"status": "ok"}

    async def show_estate(self, request: Request) -> Any:
        path = request.query_params.get("path", "")
        return estate.lookup(self.simulator.estate, [step for step in path.split("/") if step])

    async def change_estate(self, request: Request) -> Any:
        """{"replace": an estate} or {"merge": an object}; null in a merge removes a key."""
        wanted = await _object(request)
        if set(wanted) == {"replace"}:
            fresh = estate.build(wanted["replace"])
            self.simulator.estate.clear()
            self.simulator.estate.update(fresh)
        elif set(wanted) == {"merge"}:
            estate.merge(self.simulator.estate, wanted["merge"])
        else:
            raise ValueError("the body must hold replace or merge")
        return {"status": "ok"}

    async def add(self, request: Request) -> Any:
        """{"rocketmq_user": [{…}, …], …}: the kinds and fields of resources.py."""
        wanted = await _object(request)
        for kind in wanted:
            self.simulator.check_kind(kind)
        return {kind: [self.simulator.add(kind, **fields) for fields in rows] for kind, rows in wanted.items()}

    async def counters(self, request: Request) -> Any:
        return self.simulator.counters

    async def reset_counters(self, request: Request) -> Any:
        self.simulator.counting.reset()
        return self.simulator.counters

    async def show_traps(self, request: Request) -> Any:
        return self.simulator.traps.as_dict()

    async def set_traps(self, request: Request) -> Any:
        """{name: value}; null takes one away."""
        self.simulator.traps.set(**await _object(request))
        return self.simulator.traps.as_dict()

    async def clear_traps(self, request: Request) -> Any:
        self.simulator.traps.clear()
        return self.simulator.traps.as_dict()

    async def credentials(self, request: Request) -> Any:
        return self.simulator.credentials

    async def secrets(self, request: Request) -> Any:
        return sorted(self.simulator.secrets())


def routes(simulator: Simulator) -> list[Route]:
    control = Control(simulator)
    table = (
        ("/health", "GET", control.health),
        ("/reset", "POST", control.reset),
        ("/estate", "GET", control.show_estate),
        ("/estate", "POST", control.change_estate),
        ("/add", "POST", control.add),
        ("/counters", "GET", control.counters),
        ("/counters/reset", "POST", control.reset_counters),
        ("/traps", "GET", control.show_traps),
        ("/traps", "POST", control.set_traps),
        ("/traps", "DELETE", control.clear_traps),
        ("/credentials", "GET", control.credentials),
        ("/secrets", "GET", control.secrets),
    )
    return [Route(path, _guarded(handler), methods=[method]) for path, method, handler in table]
