# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses that are not what the documents say: a right response of the simulator with one place of it changed."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

import harness

GONE = object()
UNKNOWN = "NEW_VALUE_9"
DEEP = 400  # levels that the parser of JSON still takes; see test_bad_responses for 100,000


def nested(levels):
    value: Any = "end"
    for _unused in range(levels):
        value = [value]
    return value


class Endless(float):
    """A number that is larger than any: JSON has a way to write it, and Python reads infinity."""

    def __repr__(self):
        return "1e999"


# What is put in the place of a value.
REPLACEMENTS = {
    "missing": GONE,
    "null": None,
    "text": UNKNOWN,
    "empty text": "",
    "number as text": "12",
    "true": True,
    "number": 7,
    "negative": -1,
    "fraction": 1.5,
    "huge number": 10**400,
    "infinite": Endless("inf"),
    "empty list": [],
    "list of numbers": [7],
    "list of null": [None],
    "list of lists": [[UNKNOWN]],
    "list of texts": [UNKNOWN],
    "empty object": {},
    "object": {UNKNOWN: UNKNOWN},
    "list of objects": [{UNKNOWN: 7}],
    "deep": nested(DEEP),
}
# Keys whose value may be any other of its type: a different one is another truth, not a mistake.
FREE = frozenset(
    {
        *("TokenName", "AllowedPrefixes", "AllowedBuckets", "AllowedOps", "ExpireTime", "Name", "Type", "Region"),
        *("CreateTime", "ModifyTime", "BlackIPList", "WhiteIPList", "PublicKey", "PrivateKey", "AKSK", "AccessKey"),
        *("SecretKey", "AllowProduceTopicList", "AllowConsumeTopicList", "white_remote_address", "admin"),
        *("secret_key", "topic_perms", "group_perms", "policies", "owner", "tag", "description", "sensitive_word"),
        *("name", "user_name", "app_name", "Message", "id", "DataSet"),
    }
)
# In a list also what names a resource: which one is meant cannot be told from anything else.
NAMES = frozenset({"TokenId", "access_key"})
# Wherever a number is a time, its text is one too.
TIMES = frozenset({"ExpireTime", "CreateTime", "ModifyTime"})


@dataclass(frozen=True)
class Mutation:
    """From the ``number``-th response on, whatever stands at ``path`` in responses of ``operation`` is ``name``."""

    number: int
    operation: str
    path: tuple[Any, ...]
    name: str

    def __str__(self):
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"{self.operation}#{self.number}{where}: {self.name}"

    @property
    def key(self):
        """The innermost name: of an entry of a list, the list's."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), None)

    def apply(self, body):
        """A changed copy; ``None`` where the response has no such place."""
        value = REPLACEMENTS[self.name]
        if not self.path:
            return value
        body = copy.deepcopy(body)
        place = body
        try:
            for step in self.path[:-1]:
                place = place[step]
            place[self.path[-1]]
        except (KeyError, IndexError, TypeError):
            return None
        if value is GONE:
            del place[self.path[-1]]
        else:
            place[self.path[-1]] = value
        return body


def paths(value, path=()):
    """Every place in a response."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from paths(item, (*path, position))


def at(body, path):
    for step in path:
        body = body[step]
    return body


def another_truth(operation, key, old, new):
    """Whether ``new`` is a value that the service might as well have: nobody could tell that it is wrong."""
    if key == "tag":  # optional in the document: where none is said there is none
        return new is None or new is GONE or isinstance(new, str)
    named = key in NAMES and operation.startswith(("List", "Describe"))
    if (key not in FREE and not named) or new is GONE:
        return False
    if key in TIMES and isinstance(new, str):
        return new.isdigit()
    if isinstance(old, bool) or isinstance(new, bool):
        return isinstance(old, bool) and isinstance(new, bool)
    if isinstance(old, (int, float)):
        return isinstance(new, (int, float))
    if isinstance(old, list):
        return new == [] or (bool(old) and isinstance(old[0], str) and new == [UNKNOWN])
    return isinstance(old, str) and isinstance(new, str)


def mutations(responses):
    """Every Mutation of the responses of a run: (operation, body) in their order."""
    for number, (operation, body) in enumerate(responses):
        if body is None:
            continue
        for path in paths(body):
            old = at(body, path)
            key = next((step for step in reversed(path) if isinstance(step, str)), None)
            for name, new in REPLACEMENTS.items():
                if new is GONE and (not path or isinstance(path[-1], int)):
                    continue  # a resource that is not in a list does not exist
                if another_truth(operation, key, old, new) or (new is not GONE and json.dumps(new) == json.dumps(old)):
                    continue
                yield Mutation(number, operation, path, name)


class Tap(harness.Runner):
    """A Runner that keeps the responses of a run, and changes them on their way."""

    def __init__(self, sim, mutation=None):
        super().__init__(sim)
        self.mutation = mutation
        self.responses = []
        self.hits = 0  # responses that were changed

    def _connect(self, resource, params, secrets):
        client = super()._connect(resource, params, secrets)
        receive = client.transport._receive

        def tapped(call, left):
            response = receive(call, left)
            body = json.loads(response.body) if response.body else None
            self.responses.append((call.operation, body))
            mutation = self.mutation
            if mutation and len(self.responses) > mutation.number and call.operation == mutation.operation:
                changed = mutation.apply(body) if body is not None else None
                if changed is not None or not mutation.path:
                    self.hits += 1
                    response.body = json.dumps(changed).replace("Infinity", "1e999").encode()
            return response

        client.transport._receive = tapped
        return client
