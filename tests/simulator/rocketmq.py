# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RocketMQ users of Huawei Cloud (DMS)."""

from __future__ import annotations

import re
import string
from typing import Any

from . import resources, schema
from .schema import Invalid
from .state import Simulator
from .wire import Call, Record, Refused, Response

TOPIC_PERMS = ("PUB", "SUB", "PUB|SUB", "DENY")
# The table allows SUB and DENY for a group; the document's own example sends PUB|SUB, an official client all four.
GROUP_PERMS = TOPIC_PERMS
FIELDS = {
    "access_key": str,
    "secret_key": str,
    "white_remote_address": str,
    "admin": bool,
    "default_topic_perm": TOPIC_PERMS,
    "default_group_perm": GROUP_PERMS,
    "topic_perms": list,
    "group_perms": list,
}
# On the basic edition these are accepted and ignored: every user is an administrator.
NOT_ON_BASIC = ("admin", "default_topic_perm", "default_group_perm", "topic_perms", "group_perms")
ACCESS_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{6,63}")
CHARACTERS = {
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "digit": string.digits,
    "special": "`~!@#$%^&*()-_=+\\|[{}];:'\",<.>/?",
}


def _basic(simulator: Simulator, instance: Record) -> bool:
    trap = simulator.traps.get("basic_edition")
    return instance["edition"] == "basic" or trap is True or instance["id"] in (trap or ())


def _users(instance: Record) -> dict[str, Record]:
    if not instance["enable_acl"]:
        # Assumed: how an instance without access control answers.
        raise Refused(400, "DMS.00400099", "ACL is not enabled for this instance.")
    return instance["users"]


def _user(simulator: Simulator, instance: Record, call: Call) -> Record:
    user = _users(instance).get(call.arguments["user_name"])
    if user is None:
        other = simulator.traps.get("absent_user")
        if other:
            raise Refused(other["status"], other.get("code"), "No such user.")
        # Not 404: documented.
        raise Refused(400, "DMS.00500972", "The user does not exist.")
    return user


def _check_secret(name: str, secret: str) -> None:
    kinds = [{kind for kind, of in CHARACTERS.items() if character in of} for character in secret]
    good = 8 <= len(secret) <= 32 and all(kinds) and len(set().union(*kinds)) >= 3
    if not good or secret in (name, name[::-1]):
        raise Refused(400, "DMS.00500960", "The access key or secret key is not acceptable.")


def _check_perms(simulator: Simulator, instance: Record, rows: list[Any], allowed: tuple[str, ...], where: str) -> None:
    """Assumed: an entry without a name or a permission means nothing, nor do two for a name."""
    names = set()
    for row in rows:
        schema.check(row, {"name": str, "perm": allowed}, ["name", "perm"], where)
        if not row["name"] or row["name"] in names:
            raise Invalid(f"{where}.name is empty or given twice")
        names.add(row["name"])
        if where == "group_perms" and row["perm"] in (simulator.traps.get("refused_values") or ()):
            raise Invalid(f"{where}.perm is none of SUB, DENY")
        unknown = where == "topic_perms" and row["name"] not in instance["topics"]
        if unknown and simulator.traps.get("topics_must_exist"):
            raise Invalid(f"{where}.name is no topic")


def _body(simulator: Simulator, instance: Record, call: Call, name: str | None) -> Record:
    body = schema.check(schema.parse(call.request), FIELDS)
    if name is None:
        name = body.get("access_key", "")
        if not ACCESS_KEY.fullmatch(name):
            raise Refused(400, "DMS.00500960", "The access key is not acceptable.")
    elif body.get("access_key", name) != name:
        raise Invalid("access_key is not the user of the URL: a user cannot be renamed")
    if simulator.traps.get("empty_key") and body.get("secret_key") == "" and name in instance["users"]:
        body["secret_key"] = instance["users"][name]["secret_key"]  # as newer documents say
    _check_secret(name, body.get("secret_key", ""))
    _check_perms(simulator, instance, body.get("topic_perms", []), TOPIC_PERMS, "topic_perms")
    _check_perms(simulator, instance, body.get("group_perms", []), GROUP_PERMS, "group_perms")
    return {**body, "access_key": name}


def _shown(simulator: Simulator, user: Record) -> Record:
    """A user as a read shows it."""
    shown, mask = dict(user), simulator.traps.get("masked_secrets")
    if mask:
        key = user["secret_key"]
        shown["secret_key"] = mask if isinstance(mask, str) else f"{key[:3]}******{key[-4:]}"
    if simulator.traps.get("blank_defaults") and user["admin"]:
        shown.update(default_topic_perm="", default_group_perm="")
    if simulator.traps.get("swapped_addresses"):
        shown["white_remote_address"] = ", ".join(reversed(user["white_remote_address"].split(",")))
    return shown


def list_users(simulator: Simulator, instance: Record, call: Call) -> Response:
    query = schema.query(call, "limit", "offset")
    users = list(_users(instance).values())
    page = schema.page(query, users, 10, 50)
    if not page and int(query.get("offset", 0)) and simulator.traps.get("refused_offsets"):
        raise Refused(400, "DMS.40050010", "The offset is past the end.")
    return Response(200, {"users": [_shown(simulator, user) for user in page], "total": len(users)})


def show(simulator: Simulator, instance: Record, call: Call) -> Response:
    schema.query(call)
    return Response(200, _shown(simulator, _user(simulator, instance, call)))


def create(simulator: Simulator, instance: Record, call: Call) -> Response:
    schema.query(call)
    users = _users(instance)
    body = _body(simulator, instance, call, None)
    body["access_key"] = simulator.traps.tidied(body["access_key"])
    if body["access_key"] in users:
        # Assumed: which code a name that is taken gets.
        raise Refused(400, "DMS.00500971", "The user already exists.")
    basic = _basic(simulator, instance)
    name = body.pop("access_key")
    kept = {key: value for key, value in body.items() if not (basic and key in NOT_ON_BASIC)}
    user = users[name] = resources.rocketmq_user("basic" if basic else "", name, **kept)
    return Response(200, {**user, **body})


def update(simulator: Simulator, instance: Record, call: Call) -> Response:
    schema.query(call)
    user = _user(simulator, instance, call)
    body = _body(simulator, instance, call, call.arguments["user_name"])
    # The harsh reading of "PUT takes the whole user": what is left out goes back to its
    # default, so a client that fails to send the whole user loses something visibly.
    whole = {**resources.rocketmq_user("", user["access_key"]), **body}
    applied = body if simulator.traps.get("kept_lists") else whole
    ignored = NOT_ON_BASIC if _basic(simulator, instance) else ()
    applied = {key: value for key, value in applied.items() if key not in ignored}
    user.update(simulator.traps.written(applied, "topic_perms", "group_perms"))
    # The response repeats what was asked for: only reading again shows what was ignored.
    return Response(200, whole)


def delete(simulator: Simulator, instance: Record, call: Call) -> Response:
    schema.query(call)
    _user(simulator, instance, call)
    del instance["users"][call.arguments["user_name"]]
    return Response(200, {"message": "The user is deleted."})


def list_topic_policy(simulator: Simulator, instance: Record, call: Call) -> Response:
    query = schema.query(call, "limit", "offset")
    topic = call.arguments["topic"]
    if topic not in instance["topics"]:
        # Assumed: which code an unknown topic gets.
        raise Refused(400, "DMS.00500989", "The topic does not exist.")
    rows = []
    for user in _users(instance).values():
        perms = [row["perm"] for row in user["topic_perms"] if row["name"] == topic]
        shown = {key: user[key] for key in ("access_key", "white_remote_address", "admin")}
        rows.append({**shown, "perm": [*perms, user["default_topic_perm"]][0]})
    page = schema.page(query, rows, 10, 50)
    # `total` is not to be trusted: here it counts the page, not the users.
    return Response(200, {"policies": page, "total": len(page), "name": topic})
