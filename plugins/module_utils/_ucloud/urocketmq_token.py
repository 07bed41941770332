# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""URocketMQ tokens: who may publish to and consume from which topics.

Documents: UpdateURocketMQToken; CreateURocketMQToken, GetURocketMQToken, ListURocketMQToken and DeleteURocketMQToken
for the rest of a token's life.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts
from .._schema import fields as field_types
from .._schema.resource import Field, Name, Others, Resource, ResourceAPI
from .._transport import pagination
from .provider import PROVIDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._schema.resource import Change, Desired, Found, Names, State, Values
    from .provider import UCloudClient

PAGE = 100  # the largest Limit
PERMS = ("ALL", "NONE", "PART")
SEPARATOR = ","  # the service has a list of topics as one text
# Each permission, and the list of topics that it means when it is PART.
PAIRS = (
    ("topic_produce_perm", "allow_produce_topic_list"),
    ("topic_consume_perm", "allow_consume_topic_list"),
)


def _topic(value: str) -> None:
    # The rules for names of new topics do not apply: a list may hold the service's own topics, such as %DLQ%group.
    if SEPARATOR in value:
        raise texts.Refused(f"{value!r} holds a comma, which separates topics: write one entry for each")
    if value != value.strip():
        raise texts.Refused(f"{value!r} has a blank at its beginning or end, which the service's list would lose")


def _topics(perm: str) -> field_types.TextSet:
    def new_topic(value: str) -> None:
        texts.no_wildcard(value, "a topic", f"{perm}: ALL stands for every topic")

    return field_types.TextSet(separator=SEPARATOR, check=_topic, check_entry=new_topic, example=("orders", "stock"))


RESOURCE = Resource(
    name="token",
    plural="tokens",
    label="URocketMQ token",
    provider=PROVIDER,
    operation="UpdateURocketMQToken",
    read_operation="ListURocketMQToken",
    scope=(Name("service_id", required=True),),
    identity=(Name("token_id"), Name("name")),
    fields=(
        Field("topic_produce_perm", field_types.Text(choices=PERMS), "TopicProducePerm", initial="NONE"),
        Field("topic_consume_perm", field_types.Text(choices=PERMS), "TopicConsumePerm", initial="NONE"),
        Field("allow_produce_topic_list", _topics("topic_produce_perm"), "AllowProduceTopicList", initial=()),
        Field("allow_consume_topic_list", _topics("topic_consume_perm"), "AllowConsumeTopicList", initial=()),
    ),
    lifecycle=True,
    makes_credentials=True,
    facts={"type": "Type", "create_time": "CreateTime", "modify_time": "ModifyTime"},
    missing_hint="Check service_id, token_id or name, region and project_id.",
)


class URocketMQTokenAPI(ResourceAPI):
    """Reads and writes URocketMQ tokens. The list lacks the topics of a token, which a request for it alone has."""

    resource = RESOURCE
    client: UCloudClient

    def check(self, desired: Desired) -> Iterator[errors.Problem]:
        for perm, topics in PAIRS:
            value, names = desired.values.get(perm), desired.values.get(topics)
            if value in ("ALL", "NONE") and names:
                text = f"a list has a meaning with PART only, and {perm} is {value}"
                yield errors.Problem(desired.position, text, topics)
            if value == "PART" and names == () and desired.purge:
                yield errors.Problem(desired.position, f"PART of no topic is NONE: set {perm}: NONE", topics)

    def reconcile(self, desired: Desired, existing: State, planned: Values) -> Values:
        reason = self.protected(existing)
        if reason:
            if any(planned.get(field.option) != existing.values.get(field.option) for field in self.resource.fields):
                raise texts.Refused(reason)
            return planned
        planned = dict(planned)
        for perm, topics in PAIRS:
            if planned.get(perm) in ("ALL", "NONE"):
                if desired.values.get(topics):
                    raise texts.Refused(f"{topics} is set, but {perm} is {planned[perm]}; set {perm}: PART too")
                planned[topics] = ()
            elif planned.get(perm) == "PART" and planned.get(topics) == ():
                raise texts.Refused(f"{perm} is PART, but {topics} names no topic")
        return planned

    def list(self, scope: Names) -> builtins.list[State]:
        service_id = scope["service_id"]
        rows = list(self._pages(service_id).all().values())
        details = self.read_each(lambda row: self._get(service_id, row["TokenId"]) if _lacks_lists(row) else row, rows)
        return [self._state(service_id, row) for row in details]

    def get(self, desired: Sequence[Desired], full: bool) -> builtins.list[Found]:
        service_id = desired[0].names["service_id"]
        pages = self._pages(service_id)
        if all(entry.names.get("token_id") for entry in desired):
            ids = [entry.names["token_id"] for entry in desired]
            rows = pages.find(ids, lambda key: self._get_or_none(service_id, key))
            chosen = [rows[token_id] or Others() for token_id in ids]
        else:
            chosen = self.resource.match(desired, pages.all().values(), _names)
        return self.read_each(
            lambda pair: self._state_for(service_id, pair[0], pair[1], full), list(zip(desired, chosen))
        )

    def _state_for(self, service_id: str, entry: Desired, row: pagination.Row | Others, full: bool) -> Found:
        if isinstance(row, Others):
            return row
        if _needs_lists(row, entry, full or entry.shown):
            row = self._get(service_id, row["TokenId"])
        return self._state(service_id, row)

    def _pages(self, service_id: str) -> pagination.Pages:
        def fetch(offset: int, limit: int) -> tuple[list[pagination.Row], Any]:
            response = self.client.call(
                "ListURocketMQToken", {"ServiceId": service_id, "Limit": limit, "Offset": offset}
            )
            return pagination.rows(response, "TokenList", "TokenId"), response.get("TotalCount")

        return pagination.Pages(
            self.client.concurrency, fetch, PAGE, lambda row: row["TokenId"], "URocketMQ tokens of " + service_id
        )

    def _get(self, service_id: str, token_id: str, **display: str) -> pagination.Row:
        """One token as GetURocketMQToken returns it, with its secret only where ``Display="true"`` asks for it."""
        response = self.client.call("GetURocketMQToken", dict(display, ServiceId=service_id, TokenId=token_id))
        token = response.get("Token")
        if not isinstance(token, dict) or token.get("TokenId") != token_id:
            raise errors.ResponseError(f"the response of GetURocketMQToken has no Token {token_id}")
        return token

    def _get_or_none(self, service_id: str, token_id: str) -> pagination.Row | None:
        """The same, or ``None`` for a token that is not in the list: no error code is published that says so."""
        try:
            return self._get(service_id, token_id)
        except errors.RequestError as error:
            refused = error.kind not in (errors.INVALID, errors.NOT_FOUND) or error.code is None
            if refused or token_id in self._pages(service_id).all():
                raise
            return None

    def _state(self, service_id: str, row: pagination.Row) -> State:
        keys = row.get("AKSK")
        if isinstance(keys, dict):
            self.client.secrets.add(keys.get("SecretKey"))
        state = self.resource.parse(row, dict(_names(row), service_id=service_id))
        for perm, topics in PAIRS:
            # The list of tokens has no topics; where the permission is not PART there are none anyway.
            if state.values.get(perm) in ("ALL", "NONE"):
                state.values[topics] = ()
            elif _text(row.get(topics_key(topics))) is None:
                state.values.pop(topics, None)
        return state

    def update(self, changes: Sequence[Change]) -> None:
        (change,) = changes
        self.client.call("UpdateURocketMQToken", dict(self._permissions(change), TokenId=change.names["token_id"]))

    def _permissions(self, change: Change) -> dict[str, Any]:
        """The parameters that a creation and an update share."""
        parameters = dict(self.resource.payload(change.planned_values), ServiceId=change.names["service_id"])
        for perm, topics in PAIRS:
            if change.planned_values[perm] != "PART":
                parameters.pop(topics_key(topics), None)
        return parameters

    def create(self, change: Change) -> Names:
        parameters = dict(self._permissions(change), Name=change.names["name"])
        token_id = self.client.call("CreateURocketMQToken", parameters, idempotent=False).get("TokenId")
        return {"token_id": token_id} if isinstance(token_id, str) and token_id else {}

    def delete(self, change: Change) -> None:
        names = change.names
        self.client.call("DeleteURocketMQToken", {"ServiceId": names["service_id"], "TokenId": names["token_id"]})

    def credentials(self, names: Names) -> dict[str, str]:
        token = self._get(names["service_id"], names["token_id"], Display="true")
        keys = token.get("AKSK")
        keys = keys if isinstance(keys, dict) else {}
        self.client.secrets.add(keys.get("SecretKey"))
        if not (_text(keys.get("AccessKey")) and _text(keys.get("SecretKey"))):
            raise errors.ResponseError("the response of GetURocketMQToken has no key pair of the token")
        return {"access_key": keys["AccessKey"], "secret_key": keys["SecretKey"]}

    def protected(self, state: State) -> str | None:
        if state.facts.get("type") == "Default":
            return "this is the service's Default token, which cannot be changed or deleted"
        return None


def topics_key(option: str) -> str:
    """The documented parameter of a list of topics."""
    return next(field.key for field in RESOURCE.fields if field.option == option)


def _names(row: Mapping[str, Any]) -> Names:
    name = row.get("Name")
    return {"token_id": row["TokenId"], **({"name": name} if isinstance(name, str) else {})}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _lacks_lists(row: Mapping[str, Any]) -> bool:
    """Whether a row of the list of tokens lacks a list of topics that the token has."""
    return any(
        row.get(perm) == "PART" and row.get(topics) is None
        for perm, topics in (
            ("TopicProducePerm", "AllowProduceTopicList"),
            ("TopicConsumePerm", "AllowConsumeTopicList"),
        )
    )


def _needs_lists(row: Mapping[str, Any], entry: Desired, full: bool) -> bool:
    """Whether the lists of topics that a row lacks must be read to plan ``entry``."""
    if not _lacks_lists(row):
        return False
    values = entry.values
    if full or any(values.get(topics) is not None for perm, topics in PAIRS):
        return True
    listed = (row.get("TopicProducePerm"), row.get("TopicConsumePerm"))
    return any(perm in values and values[perm] != shown for (perm, topics), shown in zip(PAIRS, listed))
