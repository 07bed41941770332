# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All errors of the collection. Each carries what a user needs to act on it.

::

    GrantopsError               everything that a task reports; the name in brackets is its ``error.kind``
    ├── ConfigurationError      [setup] the connection options are not usable; nothing was sent
    ├── TaskError               [task] what the task asks for cannot be done; nothing was written
    │   └── AmbiguousError      [task] a name stands for several resources
    ├── RequestError            [network, tls, redirect, authentication, permission, throttled, not_found, invalid,
    │                           server, response] one request to a service failed
    ├── ResponseError           [response] a response cannot be understood; the caller adds of which request
    ├── LockedError             [locked] another task of this host holds a resource; see `_engine/lock.py`
    ├── UnexpectedError         [internal, interrupted] a bug of the collection, or a signal
    └── RunError                [that of its cause, or unverified] some writes failed; says which were done

Beside them, :class:`._text.Refused` is a ``ValueError`` about one value. It becomes a :class:`Problem` of a TaskError when
the value is a task's, and a ResponseError when it is a service's. :meth:`GrantopsError.details` makes the ``error`` of a
task's result.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ._redaction import LONGEST_QUOTE, REDACTED, SHORTEST, Secrets, brief, printable

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

# Other files import these from here.
__all__ = ["LONGEST_QUOTE", "REDACTED", "SHORTEST", "Secrets", "brief", "printable"]

# Kinds of a failed request. They decide what happens next, never the HTTP status alone.
NETWORK = "network"  # no usable response: whether the service acted is not known
TLS = "tls"
REDIRECT = "redirect"
AUTHENTICATION = "authentication"
PERMISSION = "permission"
THROTTLED = "throttled"
NOT_FOUND = "not_found"
INVALID = "invalid"
SERVER = "server"
RESPONSE = "response"  # a response that does not follow the document
# What ends a run other than a failed request.
INTERNAL = "internal"  # an exception that the collection does not expect: a bug
LOCKED = "locked"  # another task of this host kept a resource for too long
INTERRUPTED = "interrupted"  # a signal, or the end of the time that Ansible gives a task

# The guide that explains every error; see docs/docsite/rst/troubleshooting.rst.
TROUBLESHOOTING = "https://grantops.github.io/cloud/docsite/troubleshooting.html"


def link(kind: str, title: str | None = None, code: Any = None, codes: Container[Any] = ()) -> str:
    """The address where the guide explains an error: by its code when it is one of the provider's ``codes``, else by kind.

    ``title`` is the provider's, as in the guide: ``UCloud``.
    """
    name = f"{title} {code}" if code in codes else kind
    return TROUBLESHOOTING + "#" + re.sub("[^a-z0-9]+", "-", name.lower())


# The keys that `error` in a result always has, so that a rescue block can use them without a test.
KEYS = (
    "kind", "provider", "operation", "method", "url", "status", "code", "message", "request_id", "attempts", "hint",
)  # fmt: skip
LISTS = ("problems", "failed", "written", "pending")
# Of these, the ones whose values come from the task and this collection, never from a service.
NAMED = ("kind", "provider", "operation", "method", "failed", "written", "pending")


class GrantopsError(Exception):
    """Base of all errors that a task reports; anything else is a bug of the collection."""

    kind = "task"
    changed = False  # whether a write was accepted, or may have been
    outcome_unknown = False  # whether the service may have acted although this error came

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def details(self) -> dict[str, Any]:
        """What `error` of the result says: some of KEYS and LISTS."""
        return {"kind": self.kind, "message": self.message, "hint": self.hint}

    def text(self) -> str:
        """The error in one or two sentences, with its hint."""
        return self.message + (" Hint: " + self.hint if self.hint else "")


class ConfigurationError(GrantopsError):
    """The connection options are not usable: nothing was sent."""

    kind = "setup"


class Problem:
    """One mistake in what a task asks for."""

    def __init__(self, position: str, message: str, option: str | None = None) -> None:
        self.position = position  # 'tokens[2]', or '' when the task has one resource and no list
        self.option = option
        self.message = message

    def __str__(self) -> str:
        where = ".".join(part for part in (self.position, self.option) if part)
        return f"{where}: {self.message}" if where else self.message

    def details(self) -> dict[str, Any]:
        return {"position": self.position or None, "option": self.option, "message": self.message}


class TaskError(GrantopsError):
    """What the task asks for cannot be done: all its problems. Raised before the first write, so nothing was written."""

    SHOWN = 10  # problems that stand in the message

    def __init__(self, problems: Iterable[Problem], hint: str | None = None) -> None:
        self.problems = list(problems)
        shown = [str(problem) for problem in self.problems[: self.SHOWN]]
        if len(self.problems) > self.SHOWN:
            shown.append(f"and {len(self.problems) - self.SHOWN} more (all are in error.problems)")
        super().__init__("Nothing was written. " + "; ".join(shown) + ".", hint)

    def details(self) -> dict[str, Any]:
        return dict(super().details(), problems=[problem.details() for problem in self.problems])


class AmbiguousError(TaskError):
    """A name stands for several resources."""


class RequestError(GrantopsError):
    """A request to a service that failed; ``kind`` is one of the kinds above, NETWORK to RESPONSE."""

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        provider: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        url: str | None = None,
        status: int | None = None,
        code: Any = None,
        request_id: str | None = None,
        hint: str | None = None,
        retry: bool = False,
        retry_after: float | None = None,
        outcome_unknown: bool = False,
        busy: bool = False,
    ) -> None:
        super().__init__(message, hint)
        self.kind = kind
        self.provider = provider  # its title: 'UCloud'
        self.operation = operation
        self.method = method
        self.url = url
        self.status = status  # of HTTP; None without a response
        self.code = code  # the provider's own error code, a number or a text
        self.request_id = request_id
        self.retry = retry  # the same request may succeed later
        self.retry_after = retry_after  # seconds, as the service asked
        self.outcome_unknown = outcome_unknown
        self.busy = busy  # THROTTLED because another write to the same resource is under way
        self.attempts = 1

    def details(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "provider": self.provider,
            "operation": self.operation,
            "method": self.method,
            "url": self.url,
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "request_id": self.request_id,
            "attempts": self.attempts,
            "hint": self.hint,
        }

    def text(self) -> str:
        """What was attempted and what came back, in one or two sentences."""
        text = f"{self.provider} {self.operation} ({self.method} {self.url})"
        if self.status is None:
            text += f" failed: {self.message}"
        else:
            code = "" if self.code is None else f", code {self.code}"
            text += f" answered HTTP {self.status}{code}: {self.message}"
        if not text.endswith((".", "!", "?")):
            text += "."
        if self.attempts > 1:
            text += f" Tried {self.attempts} times."
        if self.request_id:
            text += f" Request id: {self.request_id}."
        if self.hint:
            text += f" Hint: {self.hint}"
        return text


class ResponseError(GrantopsError):
    """A response cannot be understood; the caller adds of which request it is."""

    kind = RESPONSE


class UnexpectedError(GrantopsError):
    """Wraps an exception of another class, so that a run never ends without a report of what was written."""

    outcome_unknown = True  # it may have come in the middle of a write

    def __init__(self, error: BaseException) -> None:
        self.name = type(error).__name__
        if isinstance(error, Exception):
            self.kind = INTERNAL
            message = f"the collection failed with {self.name} at {_places(error)}{_reason(error)}."
            hint = "Unless this machine ran out of memory or disk space, this is a bug of the collection: please report it."
        else:
            self.kind = INTERRUPTED
            message = f"the task was ended by {self.name}{f' ({error})' if str(error) else ''}.".replace(".).", ").")
            hint = "Run the task again: what is written already is not written twice."
        super().__init__(message, hint)

    def details(self) -> dict[str, Any]:
        return dict(super().details(), code=self.name)


def typed(error: BaseException) -> GrantopsError:
    """``error`` itself when it is one of the classes above, else an UnexpectedError of it."""
    return error if isinstance(error, GrantopsError) else UnexpectedError(error)


def _places(error: BaseException) -> str:
    """Where it was raised, and what called that: `throttle.py:88 < http.py:215`."""
    places: list[str] = []
    step = error.__traceback__
    while step is not None:
        places.append(f"{os.path.basename(step.tb_frame.f_code.co_filename)}:{step.tb_lineno}")
        step = step.tb_next
    return " < ".join(reversed(places[-4:])) or "an unknown place"


def _reason(error: BaseException) -> str:
    """The text of an exception of the system; that of any other exception may quote a secret."""
    reason = error.strerror if isinstance(error, OSError) else str(error) if isinstance(error, RuntimeError) else None
    return f" ({reason})" if reason else ""


class RunError(GrantopsError):
    """Writes did not all end as planned: says which resources are in which state."""

    kind = "unverified"  # without a cause; with one, details() has the cause's kind

    def __init__(
        self,
        message: str,
        *,
        cause: GrantopsError | None = None,
        failed: Iterable[dict[str, Any]] = (),
        written: Iterable[dict[str, Any]] = (),
        pending: Iterable[dict[str, Any]] = (),
        hint: str | None = None,
        changed: bool = False,
    ) -> None:
        super().__init__(message, hint)
        self.changed = changed
        self.cause = cause
        # The names of resources, as `Resource.identify` gives them
        self.failed = list(failed)
        self.written = list(written)
        self.pending = list(pending)

    def details(self) -> dict[str, Any]:
        details = self.cause.details() if self.cause is not None else super().details()
        details["hint"] = self.hint or details["hint"]
        details.update(failed=self.failed, written=self.written, pending=self.pending)
        return details
