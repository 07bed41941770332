# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RocketMQ users: who may publish to and subscribe to which topics.

Documents (DMS for RocketMQ): Modifying User Parameters; Creating a User, Querying a User, Querying the User List and
Deleting a User for the rest of a user's life.
"""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts
from .._schema import fields as field_types
from .._schema.resource import Field, Name, Resource, ResourceAPI
from .._transport import pagination
from . import codes
from .provider import PROVIDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._schema.resource import Change, Desired, Names, Others, State, Values
    from .provider import HuaweiCloudClient

PAGE = 50  # the largest limit
# For groups the table in the document has SUB and DENY only; but its example sends PUB|SUB, as did older versions of it.
PERMS = ("PUB", "SUB", "PUB|SUB", "SUB|PUB", "DENY")
# Names of topics and consumer groups. Source: the FAQ "What Are Topic Naming Rules?", the guide to consumer groups.
ROW_NAME = re.compile(r"^[A-Za-z0-9_%|-]+$")
NEW_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{6,63}$")
CLASSES = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[`~!@#$%^&*()\-_=+\\|\[{}\];:'\",<.>/?]")


def _perm(value: str) -> str:
    """A permission in one form: `SUB|PUB` means `PUB|SUB`. A word that is not known here is returned unchanged."""
    words = {part.strip() for part in value.split("|")}
    return "|".join(sorted(words)) if words <= {"PUB", "SUB", "DENY"} else value


PERM = field_types.Text(choices=PERMS, canonical=_perm)


def _special(default: str, example: str) -> field_types.Keyed:
    """The field type of special permissions; ``default`` is the option for all names without one."""

    def new_name(value: str) -> None:
        if not ROW_NAME.match(value):
            raise texts.Refused(
                f"{value!r} is not one name of letters, digits, '-', '_', '%' and '|': there are no wildcards, and "
                f"{default} is for all that have no row of their own"
            )

    return field_types.Keyed("name", (Field("perm", PERM, "perm", needed=True),), check_key=new_name, example=example)


def _secret(value: str) -> None:
    if not 8 <= len(value) <= 32:
        raise texts.Refused("it must have 8 to 32 characters")
    if value.startswith("-"):
        raise texts.Refused("it must not begin with '-'")
    if not re.match("^(?:{})+$".format("|".join(CLASSES)), value):
        raise texts.Refused("it holds a character that is not a letter, digit or special character of ASCII")
    if re.search(texts.TEMPLATE, value):
        raise texts.Refused("it holds a template that was not filled in")
    if sum(1 for pattern in CLASSES if re.search(pattern, value)) < 3:
        raise texts.Refused("it must have three of: upper case, lower case, digits, special characters")


RESOURCE = Resource(
    name="user",
    plural="users",
    label="RocketMQ user",
    provider=PROVIDER,
    service="rocketmq",
    operation="UpdateUser",
    read_operation="ListUser",
    scope=(Name("instance_id", required=True, path=True),),
    identity=(Name("user_name", aliases=("access_key",), path=True),),
    fields=(
        Field("secret_key", field_types.Secret(check=_secret), "secret_key"),
        Field(
            "white_remote_address",
            field_types.Text(check=texts.name_text, canonical=lambda value: ",".join(texts.addresses(value))),
            "white_remote_address",
            initial="",
        ),
        Field("admin", field_types.Flag(), "admin", initial=False),
        Field("default_topic_perm", PERM, "default_topic_perm", initial="DENY"),
        Field("default_group_perm", PERM, "default_group_perm", initial="DENY"),
        Field("topic_perms", _special("default_topic_perm", "orders"), "topic_perms", initial={}),
        Field("group_perms", _special("default_group_perm", "billing"), "group_perms", initial={}),
    ),
    lifecycle=True,
    missing_hint="Check user_name and instance_id, and that access control (enable_acl) is on for the instance.",
    ignored_hint="On the RocketMQ 5.x basic edition every user is a fixed administrator: admin, default permissions and "
    "both lists are accepted and ignored.",
)


def is_its_name(secret: str, user_name: str) -> bool:
    """Whether a key is the name of its user, or that name spelled backwards, which the document forbids."""
    return secret in (user_name, user_name[::-1])


class RocketMQUserAPI(ResourceAPI):
    """Reads and writes RocketMQ users, whose documented ``access_key`` is the name of the user."""

    resource = RESOURCE
    client: HuaweiCloudClient

    def check(self, desired: Desired) -> Iterator[errors.Problem]:
        secret, name = desired.values.get("secret_key"), desired.names["user_name"]
        if secret is not None and is_its_name(secret, name):
            text = "it must not be the user name, nor the name spelled backwards"
            yield errors.Problem(desired.position, text, "secret_key")

    def warn(self, desired: Desired) -> Iterator[str]:
        if desired.values.get("white_remote_address"):
            name = self.resource.describe(desired.names)
            yield f"{name}: white_remote_address lets these addresses do everything, their secret unchecked."

    def check_create(self, desired: Desired, planned: Values, others: Others) -> None:
        if not NEW_NAME.match(desired.names["user_name"]):
            rule = "a new user's name starts with a letter and has 7 to 64 letters, digits, '-' or '_'"
            name = desired.names["user_name"]
            got = "" if name.isascii() else f" of ASCII; got {ascii(name)}"  # a letter may look like one of ASCII
            raise texts.Refused(f"it does not exist, and {rule}{got}")
        if "secret_key" not in planned:
            raise texts.Refused("it does not exist, and creating it needs secret_key")

    def get(self, desired: Sequence[Desired], full: bool) -> builtins.list[State | None]:
        instance_id = desired[0].names["instance_id"]
        rows = self._pages(instance_id).find(
            [entry.names["user_name"] for entry in desired], lambda name: self._show(instance_id, name)
        )
        chosen = [rows[entry.names["user_name"]] for entry in desired]
        return [None if row is None else self._state(instance_id, row) for row in chosen]

    def list(self, scope: Names) -> builtins.list[State]:
        instance_id = scope["instance_id"]
        return [self._state(instance_id, row) for row in self._pages(instance_id).all().values()]

    def _pages(self, instance_id: str) -> pagination.Pages:
        def fetch(offset: int, limit: int) -> tuple[list[pagination.Row], Any]:
            return self.client.page(
                "ListUser", ("instances", instance_id, "users"), "users", "access_key", offset, limit
            )

        return pagination.Pages(
            self.client.concurrency, fetch, PAGE, lambda row: row["access_key"], "users of " + instance_id
        )

    def _show(self, instance_id: str, name: str) -> pagination.Row | None:
        """One user as ShowUser returns it; ``None`` for one that does not exist."""
        try:
            row: pagination.Row = self.client.call("ShowUser", "GET", ("instances", instance_id, "users", name))
        except errors.RequestError as error:
            if error.kind == errors.NOT_FOUND:
                return None
            if not codes.may_be_absent(error) or name in self._pages(instance_id).all():
                raise
            return None
        if row.get("access_key") != name:
            raise errors.ResponseError(f"the response of ShowUser has another user than {name}")
        return row

    def _state(self, instance_id: str, row: pagination.Row) -> State:
        self.client.secrets.add(row.get("secret_key"))
        return self.resource.parse(row, {"instance_id": instance_id, "user_name": row["access_key"]})

    def update(self, changes: Sequence[Change]) -> None:
        (change,) = changes
        self.client.call("UpdateUser", "PUT", self._path(change, change.names["user_name"]), body=self._body(change))

    def create(self, change: Change) -> Names:
        made = self.client.call("CreateUser", "POST", self._path(change), body=self._body(change), idempotent=False)
        # Where the service changes the name, such as to lower case, this response has the name that it made.
        name = made.get("access_key") if isinstance(made, dict) else None
        return {"user_name": name} if isinstance(name, str) and name else {}

    def delete(self, change: Change) -> None:
        self.client.call("DeleteUser", "DELETE", self._path(change, change.names["user_name"]))

    def _path(self, change: Change, *name: str) -> tuple[str, ...]:
        return ("instances", change.names["instance_id"], "users", *name)

    def _body(self, change: Change) -> dict[str, Any]:
        return dict(self.resource.payload(change.planned_values), access_key=change.names["user_name"])
