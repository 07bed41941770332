# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane under /_sim: for tests that run in another process than the simulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import estate, resources
from .state import Simulator
from .wire import Record

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def _json(value: Any, status: int = 200) -> Response:
    """Sorted, so that two dumps of the same estate are the same text."""
    text = json.dumps(value, sort_keys=True, indent=1, default=repr)
    return Response(text + "\n", status, media_type="application/json")


def _route(method: str, path: str, act: Callable[..., Any]) -> Route:
    """``act`` is called with the query's and the body's keys, and returns the response."""

    async def response(request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK:
            # It hands out every secret and has no authentication.
            return _json({"error": "the control plane is for this machine only"}, 403)
        try:
            given = json.loads(await request.body() or "{}")
            if not isinstance(given, dict):
                raise TypeError("the body must be a JSON object")
            return _json(act(**request.query_params, **given))
        except (ValueError, TypeError, KeyError) as error:
            return _json({"error": f"{type(error).__name__}: {error}"}, 400)

    return Route(path, response, methods=[method])


def routes(simulator: Simulator) -> list[Route]:
    def reset(estate: Any = None, traps: Record | None = None, **more: Any) -> Any:
        """The traps are under their name, or beside it."""
        simulator.reset(estate, **{**(traps or {}), **more})
        return {"status": "ok"}

    def change_estate(replace: Any = None, merge: Record | None = None) -> Any:
        """Replaces it, or lays an object over it, where null removes a key."""
        if (replace is None) is (merge is None):
            raise ValueError("the body must hold replace or merge")
        if merge is not None:
            estate.merge(simulator.estate, merge)
        else:
            fresh = estate.build(replace)
            simulator.estate.clear()
            simulator.estate.update(fresh)
        return {"status": "ok"}

    def add(**rows: list[Record]) -> Any:
        """Kind -> rows of the fields in resources.py."""
        build = {kind: resources.BUILDERS[kind] for kind in rows}
        return {kind: [build[kind](simulator.estate, **fields) for fields in rows[kind]] for kind in rows}

    def reset_counters() -> Any:
        simulator.counting.reset()
        return simulator.counters

    def set_traps(**values: Any) -> Any:
        simulator.traps.set(**values)
        return simulator.traps.as_dict()

    def clear_traps() -> Any:
        simulator.traps.clear()
        return simulator.traps.as_dict()

    return [
        _route("GET", "/health", lambda: {"status": "ok", "url": simulator.url}),
        _route("POST", "/reset", reset),
        _route("GET", "/estate", lambda path="": estate.lookup(simulator.estate, [*filter(None, path.split("/"))])),
        _route("POST", "/estate", change_estate),
        _route("POST", "/add", add),
        _route("GET", "/counters", lambda: simulator.counters),
        _route("POST", "/counters/reset", reset_counters),
        _route("GET", "/traps", simulator.traps.as_dict),
        _route("POST", "/traps", set_traps),
        _route("DELETE", "/traps", clear_traps),
        _route("GET", "/credentials", lambda: simulator.credentials),
        _route("GET", "/secrets", lambda: sorted(simulator.secrets())),
    ]
