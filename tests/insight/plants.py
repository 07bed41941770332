# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes planted into the model: a comparison that finds nothing proves something only if it would have found these."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any
from unittest import mock

from ansible_collections.grantops.cloud.plugins.module_utils._access import decide, model, rules
from simulator.enforcement import ROCKETMQ, UFILE, UROCKETMQ

Place = Callable[[], contextlib.AbstractContextManager]
FOR_EVER = 4102416000


def _read_as(system: str, change: Callable[[dict[str, Any]], Any]) -> Place:
    """The rules are given another row than was read; ``change`` returns the fields that differ."""
    *names, rule = model._SIMPLE[system]

    def mistaken(row, because, *more):
        return rule({**row, **change(row)}, because, *more)

    return lambda: mock.patch.dict(model._SIMPLE, {system: (*names, mistaken)})


def _instead(owner: Any, name: str, make: Callable) -> Place:
    """``make`` gets the right function and returns the mistaken one."""
    return lambda: mock.patch.object(owner, name, make(getattr(owner, name)))


def _policy_as(change: Callable[[dict[str, Any]], Any]) -> Place:
    return _instead(rules, "roma", lambda right: lambda row, *more: right({**row, **change(row)}, *more))


def _without(*fields: str) -> Callable[[dict[str, Any]], Any]:
    return lambda row: dict.fromkeys(fields)


def _filled(field: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    """What is not shown is taken for something."""
    return lambda row: {field: value} if not row[field] else {}


def _a_second_longer(right):
    return lambda condition, at, *more: right(condition, at - 1, *more)


def _reaching(wrong: Callable[[dict[str, str], str], bool]) -> Place:
    """Whether a prefix reaches a key is told wrongly."""

    def make(right):
        def mistaken(resource, bucket, name):
            return right(resource, bucket, name) and not (resource["match"] == "prefix" and wrong(resource, name))

        return mistaken

    return _instead(decide, "_reaches", make)


def _deny_denies(right):
    def deciding(found):
        row, fits = right(found)
        return (None, None) if row and row["assumption"] == rules.FALL_BACK else (row, fits)

    return deciding


def _deny_does_not_deny(right):
    return lambda *given: (each for each in right(*given) if each[2] != rules.FALL_BACK)


def _begins(right):
    return lambda entry, address, segments: right(entry, address, segments) or address.startswith(entry.strip(".*"))


def _any_group(right):
    return lambda *given: (({}, *each[1:]) for each in right(*given))


def _sides_swapped(right):
    def tags_of(access, tag):
        return right(access, "&".join(reversed(tag.split("&"))) if isinstance(tag, str) else tag)

    return tags_of


def _both_sides(right):
    def tags_of(access, tag):
        return right(access, f"{tag}&{tag}" if access == "all" and tag and "&" not in tag else tag)

    return tags_of


def _sides_of_perms_swapped(row):
    ways = ("produce", "consume"), ("consume", "produce")
    return {field.format(a): row[field.format(b)] for a, b in zip(*ways) for field in FIELDS_OF_A_SIDE}


FIELDS_OF_A_SIDE = ("topic_{}_perm", "allow_{}_topic_list")


def _always_whole(right):
    def access(*given, **more):
        data = right(*given, **more)
        for scope in data["scopes"]:
            scope["complete"] = True
        return data

    return access


PLANTS: dict[str, Place] = {
    "UFile: a token lives a second longer": _instead(decide, "_fits", _a_second_longer),
    "UFile: a token without an end lives for ever": _read_as(UFILE, _filled("expire_time", FOR_EVER)),
    "UFile: the end is not looked at": _read_as(UFILE, lambda row: {"expire_time": FOR_EVER}),
    "UFile: a prefix does not begin the key that it is": _reaching(lambda resource, name: resource["name"] == name),
    "UFile: a prefix is a folder": _reaching(
        lambda resource, name: not name.startswith(resource["name"].rstrip("/") + "/")
    ),
    "UFile: a star within a prefix is for all": _read_as(
        UFILE, lambda row: {"allowed_prefixes": [each.split("*")[0] or "*" for each in row["allowed_prefixes"] or ()]}
    ),
    "UFile: buckets that are not shown are all": _read_as(UFILE, _filled("allowed_buckets", ["*"])),
    "UFile: prefixes that are not shown are all": _read_as(UFILE, _filled("allowed_prefixes", ["*"])),
    "UFile: operations that are not shown are none": _read_as(UFILE, _filled("allowed_ops", ["TOKEN_ALLOW_NONE"])),
    "UFile: overwriting may not be denied": _read_as(
        UFILE, lambda row: {"allowed_ops": [op for op in row["allowed_ops"] or () if op != rules.DENY_UPDATE]}
    ),
    "UFile: writing does not overwrite": lambda: mock.patch.dict(rules.OPERATIONS, TOKEN_ALLOW_WRITE=("write",)),
    "UFile: IOP does not process": lambda: mock.patch.dict(rules.OPERATIONS, TOKEN_ALLOW_IOP=()),
    "UFile: the black list is not looked at": _read_as(UFILE, _without("black_ip_list")),
    "UFile: the white list is not looked at": _read_as(UFILE, _without("white_ip_list")),
    "URocketMQ: the sides are swapped": _read_as(UROCKETMQ, _sides_of_perms_swapped),
    "URocketMQ: what is not shown is nothing": _read_as(UROCKETMQ, _filled("topic_produce_perm", "NONE")),
    "URocketMQ: a list that is not shown is empty": _read_as(UROCKETMQ, _filled("allow_produce_topic_list", [])),
    "RocketMQ: DENY denies whatever the default is": _instead(decide, "_deciding", _deny_denies),
    "RocketMQ: DENY does not deny": _instead(rules, "_holds", _deny_does_not_deny),
    "RocketMQ: a row does not come before the default": _instead(
        decide, "_layer", lambda _: lambda row: (False, False)
    ),
    "RocketMQ: a blank default is DENY": _read_as(ROCKETMQ, _filled("default_topic_perm", "DENY")),
    "RocketMQ: a blank group default is DENY": _read_as(ROCKETMQ, _filled("default_group_perm", "DENY")),
    "RocketMQ: rows that are not shown are none": _read_as(ROCKETMQ, _filled("topic_perms", [])),
    "RocketMQ: whoever is not shown as administrator is none": _read_as(
        ROCKETMQ, lambda row: {"admin": bool(row["admin"])}
    ),
    "RocketMQ: nobody is administrator": _read_as(ROCKETMQ, lambda row: {"admin": False}),
    "RocketMQ: any group will do": _instead(rules, "_groups", _any_group),
    "RocketMQ: the whitelist is not looked at": _read_as(ROCKETMQ, lambda row: {"white_remote_address": ""}),
    "RocketMQ: a whitelist that is not shown is empty": _read_as(ROCKETMQ, _filled("white_remote_address", "")),
    "RocketMQ: an address begins as one of the whitelist": _instead(decide, "_is_about", _begins),
    "what was not read is not there": _instead(model, "access", _always_whole),
    "ROMA: SASL is on, whatever is said": _instead(model, "_sasl", lambda _: lambda *_given: True),
    "ROMA: publish and subscribe tags are swapped": _instead(rules, "tags_of", _sides_swapped),
    "ROMA: one list of tags is for both sides": _instead(rules, "tags_of", _both_sides),
    "ROMA: tags are not looked at": _policy_as(lambda row: {"tag": ""}),
    "ROMA: the owner has what its row says": _policy_as(lambda row: {"owner": False}),
    "ROMA: a tag does not limit the owner": _policy_as(lambda row: {"tag": ""} if row["owner"] else {}),
}
