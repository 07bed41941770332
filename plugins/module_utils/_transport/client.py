# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the clients of both providers have in common."""

from __future__ import annotations

import os
import threading

from .. import _errors as errors
from . import http, pagination

LONGEST_TIMEOUT = 3600  # seconds
MOST_RETRIES = 100


class Provider:
    """One of the clouds: what its modules take, and how a task's options become a client."""

    def __init__(self, name, title, codes, argument_spec, connect, mutually_exclusive=()):
        self.name = name  # the prefix of its modules
        self.title = title  # for messages
        self.codes = codes  # error code -> (kind, whether to try again, hint); the guide explains each
        self.argument_spec = argument_spec  # () -> the connection options of its modules
        self.connect = connect  # (params, secrets, service) -> Client; ConfigurationError; sends nothing
        self.mutually_exclusive = list(mutually_exclusive)  # lists of options that exclude each other


class Client:
    """Turns operations into responses or typed errors; knows every secret of its run."""

    def __init__(self, transport, secrets):
        self.transport = transport
        self.secrets = secrets
        self.stopped = False
        self.concurrency = transport.concurrency_limit.limit
        self.retries = transport.retries
        self.warnings = []  # about the connection options; each result has them
        self._proving = threading.RLock()  # entered twice where the first request needs a new token
        self._proven = False
        self._refused = None
        self._once = {}
        self._once_lock = threading.Lock()

    def once(self, key, read):
        """What ``read()`` returns, read once in a run; see :meth:`forget`."""
        with self._once_lock:
            if key not in self._once:
                self._once[key] = read()
            return self._once[key]

    def forget(self):
        """Start a new run: what was read for the last one may have changed."""
        with self._once_lock:
            self._once = {}

    def send(self, request):
        """The good response to ``request``.

        A key is locked after a few refused authentications in a row, so the first request of a client
        goes alone, and after a refusal none follows.
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
        return self._attempt(request)

    @property
    def refused(self):
        """Whether the service refused who asks: nothing more is sent then."""
        return self._refused is not None

    def _attempt(self, request):
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
            # What a try before the refusal may have done is not undone by it.
            error.outcome_unknown = error.outcome_unknown or refusal.outcome_unknown
            raise
        self._refused = refusal
        raise refusal

    def renew(self, request):
        """Whether a refused ``request`` now carries a new proof of who asks, so that it may be sent again."""
        return False

    def each(self, function, items):
        return pagination.each(self.concurrency, function, items, self.stop)

    def stop(self):
        """End what is under way: nothing is sent from now on, and this client is of no more use."""
        self.stopped = True
        self.transport.stop()

    def close(self):
        self.transport.close()


def argument_spec():
    """Connection options that every module has. Documented in the fragment `common`."""
    return {
        "api_url": {"type": "str"},
        "timeout": {"type": "float"},
        "retries": {"type": "int", "default": 4},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "allow_http": {"type": "bool", "default": False},
        "concurrency": {"type": "int", "default": 8},
    }


def transport(params, timeout, name="timeout"):
    """A Transport for the connection options; ConfigurationError for values that make no sense.

    ``name`` is what the time-out is called where it comes from.
    """
    # Bounded above too: what a clock or a socket cannot hold would end in a traceback.
    for option, value, usable, rule in (
        (name, timeout, 0 < timeout <= LONGEST_TIMEOUT, f"above 0 and at most {LONGEST_TIMEOUT}"),
        (
            "retries",
            params["retries"],
            0 <= params["retries"] <= MOST_RETRIES,
            f"at least 0 and at most {MOST_RETRIES}",
        ),
        ("concurrency", params["concurrency"], 1 <= params["concurrency"] <= 64, "from 1 to 64"),
    ):
        if not usable:
            raise errors.ConfigurationError(f"{option} must be {rule}, not {errors.brief(value)}.")
    verify = params["validate_certs"]
    if verify and params["ca_path"]:
        verify = params["ca_path"]
        if not os.path.exists(verify):
            raise errors.ConfigurationError(f"ca_path {verify} does not exist on the host that runs the task.")
    return http.Transport(timeout, params["retries"], verify, params["concurrency"])


# -- files of the official tools -------------------------------------------------------------------
