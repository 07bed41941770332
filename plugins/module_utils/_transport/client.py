# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both providers have in common: the description of a provider, the client, the connection options."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from . import http, pagination

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Optional, Tuple, TypeVar

    from .._redaction import Secrets

    Item = TypeVar("Item")
    Result = TypeVar("Result")
    # What an error code means: the kind of the error, whether the request may be sent again, and a hint.
    Meaning = Tuple[str, bool, Optional[str]]
    Connect = Callable[[Mapping[str, Any], Secrets, Optional[str]], "Client"]

LONGEST_TIMEOUT = 3600  # seconds
MOST_RETRIES = 100


class Provider:
    """One of the clouds, as data: the connection options of its modules, and how they become a client."""

    def __init__(
        self,
        name: str,
        title: str,
        codes: Mapping[Any, Meaning],
        argument_spec: Callable[[], dict[str, Any]],
        connect: Connect,
        mutually_exclusive: Iterable[list[str]] = (),
    ) -> None:
        self.name = name  # the prefix of its modules' names
        self.title = title  # its name in messages
        self.codes = codes  # error code -> what it means; the troubleshooting guide explains each of them
        self.argument_spec = argument_spec  # () -> the connection options of its modules, as an argument spec
        self.connect = connect  # (params, secrets, service) -> Client; ConfigurationError; sends nothing
        self.mutually_exclusive = list(mutually_exclusive)  # lists of options of which a task may set one only


class Client:
    """Sends requests and returns good responses or raises RequestError. Threads may share it.

    A provider's subclass makes the requests. All secrets of a run are registered in ``secrets``, so that nothing that
    leaves the run holds one.
    """

    def __init__(self, transport: http.Transport, secrets: Secrets) -> None:
        self.transport = transport
        self.secrets = secrets
        self.stopped = False
        self.concurrency = transport.concurrency_limit.limit
        self.retries = transport.retries
        self.warnings: list[str] = []  # about the connection options; each result has them
        # One thread enters it twice where the first request has to fetch an IAM token, by a request, before it is sent.
        self._proving = threading.RLock()
        self._proven = False  # the credentials were accepted once
        self._refused: errors.RequestError | None = None  # the refusal of the credentials
        self._once: dict[Any, Any] = {}
        self._once_lock = threading.Lock()

    def once(self, key: object, read: Callable[[], Result]) -> Result:
        """The result of ``read()``, which is called at most once a run for each ``key``; see :meth:`forget`."""
        with self._once_lock:
            if key not in self._once:
                self._once[key] = read()
            result: Result = self._once[key]
            return result

    def forget(self) -> None:
        """Start a new run: what was read for the last one may have changed."""
        with self._once_lock:
            self._once = {}

    def send(self, request: http.Request) -> http.Response:
        """The good response to ``request``; RequestError otherwise.

        A service locks a key after a few refused authentications in a row (the sixth on Huawei Cloud). So the first
        request of a client is sent alone, and after a refusal no other one is sent.
        """
        if self._proven:
            return self._attempt(request)
        with self._proving:
            if self._refused is not None:
                raise self._refused
            if not self._proven:
                response = self._attempt(request)
                self._proven = True
                return response
        return self._attempt(request)  # type: ignore[unreachable]  # another thread has proven them meanwhile

    @property
    def refused(self) -> bool:
        """Whether the service refused the credentials: nothing more is sent then."""
        return self._refused is not None

    def _attempt(self, request: http.Request) -> http.Response:
        if self._refused is not None:
            raise self._refused
        try:
            return self.transport.send(request)
        except errors.RequestError as error:
            if error.kind != errors.AUTHENTICATION:
                raise
            refusal = error
        try:
            if self.renew(request):
                return self._attempt(request)
        except errors.RequestError as error:
            # An earlier try of the same request may have been carried out.
            error.outcome_unknown = error.outcome_unknown or refusal.outcome_unknown
            raise
        self._refused = refusal
        raise refusal

    def renew(self, request: http.Request) -> bool:
        """Replace the credentials of a refused ``request``, where a subclass can; whether it may be sent again."""
        return False

    def each(self, function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """``function`` of each item, some at once; see :func:`pagination.each`."""
        return pagination.each(self.concurrency, function, items, self.stop, self.transport.concurrency_limit.allowed)

    def stop(self) -> None:
        """Send nothing from now on, because the run is interrupted; the client cannot be used again."""
        self.stopped = True
        self.transport.stop()

    def close(self) -> None:
        """Close all connections."""
        self.transport.close()


def argument_spec() -> dict[str, Any]:
    """Connection options that every module has. Documented in the fragment `common`."""
    return {
        "api_url": {"type": "str"},
        "timeout": {"type": "float"},
        "retries": {"type": "int", "default": 4},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "allow_http": {"type": "bool", "default": False},
        "concurrency": {"type": "int", "default": 32},
    }


def transport(params: Mapping[str, Any], timeout: float, name: str = "timeout") -> http.Transport:
    """A Transport for the connection options of a task; ConfigurationError for values that cannot be used.

    ``timeout`` is in seconds; ``name`` is what messages call it, since it may come from the environment or a file.
    """
    # Each has a largest value too: a number that the clock or a socket cannot take would end in a traceback.
    rules: Sequence[tuple[str, float, bool, str]] = (
        (name, timeout, 0 < timeout <= LONGEST_TIMEOUT, f"above 0 and at most {LONGEST_TIMEOUT}"),
        (
            "retries",
            params["retries"],
            0 <= params["retries"] <= MOST_RETRIES,
            f"at least 0 and at most {MOST_RETRIES}",
        ),
        ("concurrency", params["concurrency"], 1 <= params["concurrency"] <= 64, "from 1 to 64"),
    )
    for option, value, usable, rule in rules:
        if not usable:
            raise errors.ConfigurationError(f"{option} must be {rule}; got {errors.brief(value)}.")
    verify: bool | str = params["validate_certs"]
    if verify and params["ca_path"]:
        verify = ca_path = str(params["ca_path"])
        if not os.path.exists(ca_path):
            raise errors.ConfigurationError(
                f"ca_path must be a file or directory on the host that runs the task; got {ca_path}, which does not "
                "exist there."
            )
    return http.Transport(timeout, params["retries"], verify, params["concurrency"])
