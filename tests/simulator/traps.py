# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches of the simulator: what it can be told to do wrong, and its settings."""

from __future__ import annotations

import copy
import dataclasses
import unicodedata
from collections.abc import Callable
from typing import Any

from .rules import SHORT_FORMS, Rule, short_form
from .shapes import SHAPES
from .throttle import Busy, Throttle
from .visibility import Revocation, SecondWriter
from .wire import Answer, Call

# Settings: not faults, but switched in the same way. Their value when not set.
SETTINGS: dict[str, Any] = {
    "signatures": True,
    "latency": 0,
    "clock_skew": 0,
    "lock_seconds": 300,
    "token_lifetime": 86400,
}
# Traps that the handlers of the operations look at themselves.
BEHAVIOURS = frozenset(
    {
        "absent_user",
        "added_lists",
        "allowed_operations",
        "basic_edition",
        "blank_defaults",
        "cleared_lists",
        "echo_request",
        "empty_key",
        "good_status",
        "hidden_apps",
        "ignored_fields",
        "kept_lists",
        "kept_texts",
        "masked_secrets",
        "missing_token_empty_dataset",
        "most_topics",
        "no_batch_add",
        "open_secrets",
        "project_needed",
        "proxy_headers",
        "refused_offsets",
        "refused_values",
        "replicas",
        "revoke_after",
        "second_writer",
        "skew_code",
        "slow_visibility",
        "sticky_lists",
        "tidy_names",
        "token_code",
        "token_requests",
        "swapped_addresses",
        "tokens_by_region",
        "topics_must_exist",
        "unique_names",
        "updated_addresses",
        "whole_rows",
        "unnamed_apps",
        "user_name_is_key",
    }
)
NAMES = frozenset(SETTINGS) | BEHAVIOURS | frozenset(SHAPES) | frozenset(SHORT_FORMS)
NAMES |= {"busy_instance", "fail_next", "throttle"}


TIDYING: dict[str, Callable[[str], str]] = {
    "trim": str.strip,
    "lower": str.lower,
    "nfc": lambda name: unicodedata.normalize("NFC", name),
}


def _tidier(value: Any) -> Callable[[str], str]:
    if isinstance(value, int) and value > 0:
        return lambda name: name[:value]
    if value not in TIDYING:
        raise ValueError(f"tidy_names is one of {', '.join(TIDYING)}, or how many characters are kept")
    return TIDYING[value]


class UnknownTrap(ValueError):
    """A misspelt trap would be a test that tests nothing."""


class Traps:
    """Set by name; `set(name=None)` or `set(name=False)` takes one away again."""

    def __init__(self, **values: Any) -> None:
        self._values: dict[str, Any] = {}
        # Traps with a state of their own, as `times`. Setting one again starts it afresh.
        self._parsed: dict[str, Any] = {}
        self._shapes: list[tuple[str, Any]] = []
        self.set(**values)

    def set(self, **values: Any) -> None:
        unknown = sorted(set(values) - NAMES)
        if unknown:
            raise UnknownTrap(f"no such trap: {', '.join(unknown)} (of {', '.join(sorted(NAMES))})")
        wanted = {name: None if value is False and name not in SETTINGS else value for name, value in values.items()}
        # Everything is parsed before anything changes: half of a set of traps is no test.
        parsed = {name: self._parse(name, value) for name, value in wanted.items() if value is not None}
        for name, value in wanted.items():
            self._values.pop(name, None)
            self._parsed.pop(name, None)
            if value is not None:
                self._values[name] = value
            if parsed.get(name) is not None:
                self._parsed[name] = parsed[name]
        self._shapes = [(name, self._values[name]) for name in SHAPES if name in self._values]

    @staticmethod
    def _parse(name: str, value: Any) -> Any:
        if name == "throttle":
            return Throttle(value)
        if name == "busy_instance":
            return Busy(value)
        if name == "second_writer":
            return SecondWriter(value)
        if name == "revoke_after":
            return Revocation(value)
        if name == "fail_next":
            rules = value if isinstance(value, list) else [value]
            return [Rule.parse(copy.deepcopy(rule)) for rule in rules]
        if name == "replicas" and not (isinstance(value, list) and all(isinstance(s, (int, float)) for s in value)):
            raise ValueError("replicas is a list of seconds")
        if name in SHORT_FORMS:
            return short_form(name, value)
        if name == "tidy_names":
            return _tidier(value)
        if name == "error_shape" and value not in ("code", "errorCode"):
            raise ValueError("error_shape is code or errorCode")
        return None

    def clear(self, *names: str) -> None:
        """Takes the named traps away, or all of them."""
        self.set(**dict.fromkeys(names or tuple(self._values)))

    def raw(self) -> dict[str, Any]:
        """The values as they were given."""
        return dict(self._values)

    def get(self, name: str) -> Any:
        """The value of a trap; None, or a setting's own default, when it is not set."""
        value = self._values.get(name)
        return SETTINGS.get(name) if value is None else value

    def tidied(self, name: str) -> str:
        """The name that a new resource gets of the one that is asked for."""
        tidy = self._parsed.get("tidy_names")
        return tidy(name) if tidy else name

    def throttled(self, call: Call) -> Answer | None:
        throttle = self._parsed.get("throttle")
        return throttle.answer(call) if throttle and throttle.refuses(call) else None

    @property
    def busy(self) -> Busy | None:
        return self._parsed.get("busy_instance")

    def revoked(self, provider: str, name: str) -> bool:
        revocation = self._parsed.get("revoke_after")
        return revocation is not None and revocation.applies(provider, name)

    def second_writer(self, call: Call, estate: dict[str, Any], after: bool) -> None:
        writer = self._parsed.get("second_writer")
        if writer is not None:
            writer.maybe(call, estate, after)

    def rule_for(self, call: Call) -> Rule | None:
        short = (self._parsed[name] for name in SHORT_FORMS if name in self._parsed)
        for rule in (*self._parsed.get("fail_next", ()), *short):
            if rule.take(call):
                return rule
        return None

    def shape(self, call: Call, answer: Answer) -> None:
        if self._shapes and isinstance(answer.body, dict):
            # The answer may hold parts of the estate, which must not change.
            answer.body = copy.deepcopy(answer.body)
            for name, value in self._shapes:
                SHAPES[name](answer.body, value, call.operation)

    def as_dict(self) -> dict[str, Any]:
        """What is set now, with what is left of the rules."""
        values = self.raw()
        for name, parsed in self._parsed.items():
            if name == "fail_next":
                values[name] = [dataclasses.asdict(rule) for rule in parsed]
            elif name in SHORT_FORMS:
                values[name] = dataclasses.asdict(parsed)
        return dict(sorted(values.items()))
