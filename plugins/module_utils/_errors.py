# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can go wrong, as values: every error carries what a user needs to act on it.

The shape under ``error`` in a task's result comes from :meth:`GrantopsError.details`.
"""

from __future__ import annotations

import os
import re

from ._redaction import LONGEST_QUOTE, REDACTED, Secrets, brief, printable  # noqa: F401 pylint: disable=unused-import

# Kinds of a failed call. They decide what happens next, never the HTTP status alone.
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
# What ends a run beside its calls.
INTERNAL = "internal"  # an exception that no code of this collection expects
LOCKED = "locked"  # another task of this host kept a resource for too long
INTERRUPTED = "interrupted"  # a signal, or the end of the time that Ansible gives a task

# The guide that explains every error; see docs/docsite/rst/troubleshooting.rst.
TROUBLESHOOTING = "https://grantops.github.io/cloud/docsite/troubleshooting.html"


def link(kind, title=None, code=None, codes=()):
    """Where an error is explained: by the code of its provider where that is a known one, else by its kind."""
    name = f"{title} {code}" if code in codes else kind
    return TROUBLESHOOTING + "#" + re.sub("[^a-z0-9]+", "-", name.lower())


# What `error` in a result always has, so that a rescue block need not ask whether a key is there.
KEYS = (
    "kind", "provider", "operation", "method", "url", "status", "code", "message", "request_id", "attempts", "hint",
)  # fmt: skip
LISTS = ("problems", "failed", "written", "pending")
# Of these, what holds no text of a service but names of the task and of this collection.
NAMED = ("kind", "provider", "operation", "method", "failed", "written", "pending")


class GrantopsError(Exception):
    """Base of all errors that a task reports; anything else is a bug of the collection."""

    kind = "task"
    changed = False

    def __init__(self, message, hint=None):
        super().__init__(message)
        self.message = message
        self.hint = hint

    def details(self):
        """What `error` of the result says; see KEYS and LISTS."""
        return {"kind": self.kind, "message": self.message, "hint": self.hint}

    def text(self):
        return self.message + (" Hint: " + self.hint if self.hint else "")


class ConfigurationError(GrantopsError):
    """The connection options are not usable: nothing was sent."""

    kind = "setup"


class Problem:
    """One thing that is wrong with what a task asks for."""

    def __init__(self, position, message, option=None):
        self.position = position  # 'tokens[2]', or '' in the one-resource form
        self.option = option
        self.message = message

    def __str__(self):
        where = ".".join(part for part in (self.position, self.option) if part)
        return f"{where}: {self.message}" if where else self.message

    def details(self):
        return {"position": self.position or None, "option": self.option, "message": self.message}


class TaskError(GrantopsError):
    """What the task asks for cannot be done; found before the first write, so nothing was written."""

    SHOWN = 10

    def __init__(self, problems, hint=None):
        self.problems = list(problems)
        shown = [str(problem) for problem in self.problems[: self.SHOWN]]
        if len(self.problems) > self.SHOWN:
            shown.append(f"and {len(self.problems) - self.SHOWN} more (all are in error.problems)")
        super().__init__("Nothing was written. " + "; ".join(shown) + ".", hint)

    def details(self):
        return dict(super().details(), problems=[problem.details() for problem in self.problems])


class AmbiguousError(TaskError):
    """A name stands for several resources."""


class RequestError(GrantopsError):
    """A call to a service that did not succeed."""

    def __init__(
        self,
        kind,
        message,
        *,
        provider=None,
        operation=None,
        method=None,
        url=None,
        status=None,
        code=None,
        request_id=None,
        hint=None,
        retry=False,
        retry_after=None,
        outcome_unknown=False,
        busy=False,
    ):
        super().__init__(message, hint)
        self.kind = kind
        self.provider = provider
        self.operation = operation
        self.method = method
        self.url = url
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry = retry
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown  # the service may have acted although the call failed
        self.busy = busy  # THROTTLED, since what the call writes to is being written to
        self.attempts = 1

    def details(self):
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

    def text(self):
        """One sentence that says what was attempted and what came back."""
        parts = [f"{self.provider} {self.operation} ({self.method} {self.url})"]
        if self.status is None:
            parts.append(f" failed: {self.message}")
        else:
            code = "" if self.code is None else f", code {self.code}"
            parts.append(f" answered HTTP {self.status}{code}: {self.message}")
        if not parts[-1].endswith((".", "!", "?")):
            parts.append(".")
        if self.attempts > 1:
            parts.append(f" Tried {self.attempts} times.")
        if self.request_id:
            parts.append(f" Request id: {self.request_id}.")
        if self.hint:
            parts.append(f" Hint: {self.hint}")
        return "".join(parts)


class ResponseError(GrantopsError):
    """A response cannot be understood; the caller adds which call it was."""

    kind = RESPONSE


class UnexpectedError(GrantopsError):
    """An exception that is none of this collection's, as an error of the task: no end of a run goes without a report."""

    outcome_unknown = True  # whatever was being done then

    def __init__(self, error):
        self.name = type(error).__name__
        if isinstance(error, Exception):
            self.kind = INTERNAL
            message = f"the collection failed with {self.name} at {_places(error)}{_reason(error)}."
            hint = "Unless this machine ran out of something, this is a bug of the collection: please report it."
        else:
            self.kind = INTERRUPTED
            message = f"the task was ended by {self.name}{f' ({error})' if str(error) else ''}.".replace(".).", ").")
            hint = "Run the task again: what is written already is not written twice."
        super().__init__(message, hint)

    def details(self):
        return dict(super().details(), code=self.name)


def typed(error):
    """``error`` itself where it is one of the collection's, else what a task can report."""
    return error if isinstance(error, GrantopsError) else UnexpectedError(error)


def _places(error):
    """Where it was raised, and from where that was called: `_flow.py:88 < _http.py:215`."""
    places, step = [], error.__traceback__
    while step is not None:
        places.append(f"{os.path.basename(step.tb_frame.f_code.co_filename)}:{step.tb_lineno}")
        step = step.tb_next
    return " < ".join(reversed(places[-4:])) or "an unknown place"


def _reason(error):
    """What the system said. Texts of other exceptions may quote a value, and nobody knows whose."""
    reason = error.strerror if isinstance(error, OSError) else str(error) if isinstance(error, RuntimeError) else None
    return f" ({reason})" if reason else ""


class RunError(GrantopsError):
    """Writes did not all end as planned: says which resources are in which state."""

    kind = "unverified"  # unless a call failed, whose kind it is then

    def __init__(self, message, *, cause=None, failed=(), written=(), pending=(), hint=None, changed=False):
        super().__init__(message, hint)
        self.changed = changed  # a write was accepted, or may have been
        self.cause = cause
        self.failed = list(failed)
        self.written = list(written)
        self.pending = list(pending)

    def details(self):
        details = dict((self.cause or super()).details())
        details["hint"] = self.hint or details["hint"]
        details.update(failed=self.failed, written=self.written, pending=self.pending)
        return details
