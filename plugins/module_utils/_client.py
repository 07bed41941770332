# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""What the clients of both providers have in common."""

from __future__ import annotations

import math
import os
import re
import threading

from . import _errors as errors
from . import _http as http
from . import _kinds as kinds
from . import _reading as reading

LONGEST_TIMEOUT = 3600  # seconds
MOST_RETRIES = 100


class Client:
    """Turns operations into answers or typed errors; knows every secret of its run."""

    def __init__(self, transport, secrets):
        self.transport = transport
        self.secrets = secrets
        self.stopped = False
        self.concurrency = transport.width.limit
        self.retries = transport.retries
        self._proving = threading.Lock()
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

    def send(self, call):
        """The good answer to ``call``.

        A key is locked after a few refused authentications in a row, so the first call of a client
        goes alone, and after a refusal none follows.
        """
        if self._proven:
            return self._attempt(call)
        with self._proving:
            if self._refused is not None:
                raise self._refused
            if not self._proven:
                answer = self._attempt(call)
                self._proven = True
                return answer
        return self._attempt(call)

    @property
    def refused(self):
        """Whether the service refused who asks: nothing more is sent then."""
        return self._refused is not None

    def _attempt(self, call):
        if self._refused is not None:
            raise self._refused
        try:
            return self.transport.send(call)
        except errors.CallError as error:
            if error.kind == errors.AUTHENTICATION:
                self._refused = error
            raise

    def each(self, function, items):
        return reading.each(self.concurrency, function, items, self.stop)

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


def transport(params, timeout):
    """A Transport for the connection options; SetupError for values that make no sense."""
    # Bounded above too: what a clock or a socket cannot hold would end in a traceback.
    for option, value, usable, rule in (
        ("timeout", timeout, 0 < timeout <= LONGEST_TIMEOUT, f"above 0 and at most {LONGEST_TIMEOUT}"),
        (
            "retries",
            params["retries"],
            0 <= params["retries"] <= MOST_RETRIES,
            f"at least 0 and at most {MOST_RETRIES}",
        ),
        ("concurrency", params["concurrency"], 1 <= params["concurrency"] <= 64, "from 1 to 64"),
    ):
        if not usable:
            raise errors.SetupError(f"{option} must be {rule}, not {errors.brief(value)}.")
    verify = params["validate_certs"]
    if verify and params["ca_path"]:
        verify = params["ca_path"]
        if not os.path.exists(verify):
            raise errors.SetupError(f"ca_path {verify} does not exist on the host that runs the task.")
    return http.Transport(timeout, params["retries"], verify, params["concurrency"])


class Layers:
    """Settings from several sources, the strongest first: the task, the environment, the official tools' files.

    Values that belong together (a key and its secret) are taken from one source only: a key of the
    task must never be signed with a secret from somewhere else.
    """

    def __init__(self, *layers):
        self.layers = layers  # (what it is called, {option: value}); a value of None or '' is not set

    def one(self, option, default=None):
        for source, values in self.layers:
            if values.get(option) not in (None, ""):
                return values[option] if option == "timeout" else usable_text(source, option, values[option])
        return default

    def unit(self, needed, optional=()):
        """The first source that has one of ``needed``; SetupError when it lacks another."""
        for source, values in self.layers:
            found = [option for option in needed if values.get(option) not in (None, "")]
            if found:
                lacking = [option for option in needed if option not in found]
                if lacking:
                    raise errors.SetupError(
                        "{} has {} but not {}.".format(source, ", ".join(found), ", ".join(lacking)),
                        hint="Credentials that belong together are taken from one source only.",
                    )
                options = tuple(needed) + tuple(optional)
                return {
                    option: usable_text(source, option, values[option]) if values.get(option) else None
                    for option in options
                }
            alone = [option for option in optional if values.get(option)]
            if alone:
                raise errors.SetupError(
                    f"{source} has {', '.join(alone)} but not {', '.join(needed)}.",
                    hint="Credentials that belong together are taken from one source only.",
                )
        return None


def usable_text(source, option, value):
    """A setting that is a text without line breaks and the like; SetupError, which does not quote it, says which."""
    if not isinstance(value, str):
        raise errors.SetupError(f"{source} has no usable {option}: it is no text.")
    if kinds.unprintable(kinds.CONTROL, value):
        raise errors.SetupError(f"{source} has no usable {option}: it holds a line break or another control character.")
    if re.search(kinds.TEMPLATE, value):
        raise errors.SetupError(f"{source} has no usable {option}: it holds a template that was not filled in.")
    return value


def header_texts(settings):
    """The same for what an HTTP header carries, which is ASCII; ``settings`` by option."""
    for option, value in settings.items():
        if value is not None and not all(" " <= character <= "~" for character in value):
            raise errors.SetupError(f"{option} holds a character that HTTP cannot carry: only ASCII can be sent.")


def from_environment(names):
    return {option: os.environ.get(variable) for option, variable in names.items()}


def seconds(value):
    """A time-out, which the environment and files give as text."""
    try:
        found = float(value)
        if math.isfinite(found):
            return found
    except (TypeError, ValueError):
        pass
    raise errors.SetupError(f"timeout must be a number of seconds, not {value!r}.") from None
