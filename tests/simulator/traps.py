# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches of the simulator: what it can be told to do wrong, and its settings."""

from __future__ import annotations

import copy
import dataclasses
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

from .rules import SHORT_FORMS, Rule, short_form
from .shapes import SHAPES
from .throttle import Busy, Throttle
from .visibility import Revocation, SecondWriter
from .wire import Call, Record, Response

# Settings: not faults, but switched in the same way. Their value when not set.
SETTINGS: Record = {"signatures": True, "latency": 0, "clock_skew": 0, "lock_seconds": 300, "token_lifetime": 86400}
# Traps that the handlers of the operations look at themselves.
BEHAVIOURS = frozenset({
    "absent_user", "added_lists", "allowed_operations", "basic_edition", "blank_defaults", "cleared_lists",
    "echo_request", "empty_key", "good_status", "hidden_apps", "ignored_fields", "kept_lists", "kept_texts",
    "masked_secrets", "missing_token_empty_dataset", "most_topics", "no_batch_add", "open_secrets", "project_needed",
    "proxy_headers", "refused_offsets", "refused_values", "skew_code", "slow_visibility", "sticky_lists",
    "swapped_addresses", "token_code", "token_requests", "tokens_by_region", "topics_must_exist", "unique_names",
    "unnamed_apps", "updated_addresses", "user_name_is_key", "whole_rows",
})  # fmt: skip
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


def _rules(value: Any) -> list[Rule]:
    return [Rule.parse(copy.deepcopy(rule)) for rule in (value if isinstance(value, list) else [value])]


def _seconds(value: Any) -> None:
    if not (isinstance(value, list) and all(isinstance(seconds, (int, float)) for seconds in value)):
        raise ValueError("replicas is a list of seconds")


def _error_shape(value: Any) -> None:
    if value not in ("code", "errorCode"):
        raise ValueError("error_shape is code or errorCode")


# Traps that are checked when they are set; some have a state of their own, as `times`.
PARSERS: dict[str, Callable[[Any], Any]] = {
    "busy_instance": Busy,
    "error_shape": _error_shape,
    "fail_next": _rules,
    "replicas": _seconds,
    "revoke_after": Revocation,
    "second_writer": SecondWriter,
    "throttle": Throttle,
    "tidy_names": _tidier,
    **{name: partial(short_form, name) for name in SHORT_FORMS},
}
NAMES = frozenset((*SETTINGS, *BEHAVIOURS, *SHAPES, *PARSERS))


class UnknownTrap(ValueError):
    """A misspelt trap would be a test that tests nothing."""


class Traps:
    """Set by name; `set(name=None)` or `set(name=False)` takes one away again."""

    def __init__(self, **values: Any) -> None:
        self._values: Record = {}
        # Setting one again starts it afresh.
        self._parsed: Record = {}
        self._shapes: list[tuple[str, Any]] = []
        self.set(**values)

    def set(self, **values: Any) -> None:
        unknown = sorted(set(values) - NAMES)
        if unknown:
            raise UnknownTrap(f"no such trap: {', '.join(unknown)} (of {', '.join(sorted(NAMES))})")
        desired = {name: None if value is False and name not in SETTINGS else value for name, value in values.items()}
        # Everything is parsed before anything changes: half of a set of traps is no test.
        values = {name: value for name, value in desired.items() if value is not None}
        parsed = {name: PARSERS[name](value) for name, value in values.items() if name in PARSERS}
        for name in desired:
            self._values.pop(name, None)
            self._parsed.pop(name, None)
        self._values.update(values)
        self._parsed.update(parsed)
        self._shapes = [(name, self._values[name]) for name in SHAPES if name in self._values]

    def clear(self, *names: str) -> None:
        """Takes the named traps away, or all of them."""
        self.set(**dict.fromkeys(names or tuple(self._values)))

    def get(self, name: str) -> Any:
        """The value of a trap; None, or a setting's own default, when it is not set."""
        value = self._values.get(name)
        return SETTINGS.get(name) if value is None else value

    def written(self, values: Record, *lists: str) -> Record:
        """What takes effect of the values of a write: some fields are ignored, and some lists stay if they are emptied."""
        ignored, sticky = self.get("ignored_fields") or (), self.get("sticky_lists") or ()
        stay = [name for name in lists if not values.get(name, True) and (sticky is True or name in sticky)]
        return {name: value for name, value in values.items() if name not in (*ignored, *stay)}

    def tidied(self, name: str) -> str:
        """The name that a new resource gets of the one that is asked for."""
        tidy = self._parsed.get("tidy_names")
        return tidy(name) if tidy else name

    def throttled(self, call: Call) -> Response | None:
        throttle = self._parsed.get("throttle")
        return throttle.response(call) if throttle and throttle.refuses(call) else None

    @property
    def busy(self) -> Busy | None:
        return self._parsed.get("busy_instance")

    def revoked(self, provider: str, name: str) -> bool:
        revocation = self._parsed.get("revoke_after")
        return revocation is not None and revocation.applies(provider, name)

    def second_writer(self, call: Call, estate: Record, after: bool) -> None:
        writer = self._parsed.get("second_writer")
        if writer is not None:
            writer.maybe(call, estate, after)

    def rule_for(self, call: Call) -> Rule | None:
        short = (self._parsed[name] for name in SHORT_FORMS if name in self._parsed)
        for rule in (*self._parsed.get("fail_next", ()), *short):
            if rule.take(call):
                return rule
        return None

    def shape(self, call: Call, response: Response) -> None:
        if self._shapes and isinstance(response.body, dict):
            # The response may hold parts of the estate, which must not change.
            response.body = copy.deepcopy(response.body)
            for name, value in self._shapes:
                SHAPES[name](response.body, value, call.operation)

    def as_dict(self) -> Record:
        """What is set now, with what is left of the rules."""
        values = dict(self._values)
        for name, parsed in self._parsed.items():
            if name == "fail_next":
                values[name] = [dataclasses.asdict(rule) for rule in parsed]
            elif name in SHORT_FORMS:
                values[name] = dataclasses.asdict(parsed)
        return dict(sorted(values.items()))
