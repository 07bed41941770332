# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Probes of UFile and URocketMQ tokens."""

from __future__ import annotations

import copy
import uuid
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts
from .._schema import fields as field_types
from .._transport import pagination
from .assumptions import UFILE, UROCKETMQ
from .findings import Code, Probe, first, is_scratch, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._transport.pagination import Row

NOTHING = "TOKEN_ALLOW_NONE"
NO_OVERWRITING = "TOKEN_DENY_UPDATE"
HOUR = 3600  # seconds
PAGE = 100


class UFileProbe(Probe):
    """Scratch tokens allow no operation, on a prefix that no object has, for an hour."""

    system = UFILE

    def _describe(self, client: Any = None, **parameters: Any) -> list[Row]:
        response = (client or self.client).call("DescribeUFileToken", dict({"Region": None}, **parameters))
        rows = pagination.rows(response, "DataSet", "TokenId")
        self.client.secrets.add(*(row.get("PrivateKey") for row in rows if isinstance(row.get("PrivateKey"), str)))
        self.findings.tell("A108", isinstance(response.get("RetCode"), int), "the responses were looked at")
        return rows

    def look(self) -> None:
        rows = self._describe()
        ids = {row["TokenId"] for row in rows}
        self.others |= ids
        self._look_at(rows)
        self._regions(rows, ids)
        self._unknown()
        self._default_project(ids)

    def _look_at(self, rows: list[Row]) -> None:
        tell = self.findings.tell
        if not rows:
            return
        lacking = sum(1 for row in rows if not row.get("Region"))
        tell("A105", not lacking, "{} of {} tokens lack it", lacking, len(rows))
        misspelt = sum(1 for row in rows if row.get("TokenName") is None)
        tell("A106", not misspelt, "{} of {} tokens lack it", misspelt, len(rows))
        odd = sum(
            1 for row in rows if isinstance(row.get("ExpireTime"), bool) or not isinstance(row.get("ExpireTime"), int)
        )
        tell("A107", not odd, "{} of {} tokens have something else", odd, len(rows))

    def _regions(self, rows: list[Row], ids: set[str]) -> None:
        tell, region = self.findings.tell, self.client.region
        if not region:
            for number in ("A102", "A103"):
                tell(number, None, "no region is set")
            return
        here = self._describe(Region=region)
        self.others |= {row["TokenId"] for row in here}
        hidden = ids - {row["TokenId"] for row in here}
        elsewhere = [row for row in rows if row.get("Region") not in (None, "", region)]
        if elsewhere or hidden:
            tell("A102", not hidden, "{} of {} tokens are hidden by it", len(hidden), len(ids))
        else:
            tell("A102", None, "no token of another region is there")
        more = {row["TokenId"] for row in here} - ids
        if more or len({row.get("Region") for row in rows}) > 1:
            tell("A103", not more, "{} tokens show with the region only", len(more))
        else:
            tell("A103", None, "no token of another region is there")

    def _unknown(self) -> None:
        tell = self.findings.tell
        try:
            rows = self._describe(TokenId=str(uuid.uuid4()))
        except errors.RequestError as error:
            if not refused(error):
                raise
            tell("A104", error.kind == errors.NOT_FOUND, "it was {}", Code(error))
        else:
            tell("A104", False, "it was a response with {} tokens", len(rows))

    def _default_project(self, ids: set[str]) -> None:
        tell, client = self.findings.tell, copy.copy(self.client)
        if not client.project_id:
            tell("A101", True, "no project is set, and {} tokens came", len(ids))
            return
        client.project_id = None
        try:
            rows = self._describe(client)
        except errors.RequestError as error:
            # PERMISSION: sub-accounts must name a project
            if not refused(error) and error.kind != errors.PERMISSION:
                raise
            tell("A101", False, "it was refused: {}", Code(error))
            return
        same = ids == {row["TokenId"] for row in rows}
        tell("A101", True if same else None, "{} tokens came, and {} with the project", len(rows), len(ids))

    # -- writing -------------------------------------------------------------------------------

    def scratch(self) -> dict[str, Any]:
        rows = self._describe()
        if self.client.region and self.client.region not in {row.get("Region") for row in rows}:
            rows = rows + self._describe(Region=self.client.region)
        return {row["TokenId"]: row for row in rows if is_scratch(row.get("TokenName") or row.get("TolenName"))}

    def remove(self, key: str, row: Any) -> None:
        region = (row or {}).get("Region") or self.client.region
        self.client.call("DeleteUFileToken", {"TokenId": key, "Region": region})

    def _create(self) -> str | None:
        response = self.client.call(
            "CreateUFileToken",
            {
                "TokenName": self.name,
                "AllowedOps": [NOTHING],
                "AllowedPrefixes": [self.name + "/"],
                "AllowedBuckets": ["*"],
                "ExpireTime": int(field_types.now()) + HOUR,
            },
            idempotent=False,
        )
        token = response.get("UFileTokenSet")
        token = token if isinstance(token, dict) else {}
        self.client.secrets.add(token.get("PrivateKey"))
        token_id = response.get("TokenId") or token.get("TokenId")
        if not isinstance(token_id, str) or not token_id:
            return None
        return self.note(token_id)

    def _one(self, token_id: str) -> Callable[[], Row | None]:
        def read() -> Row | None:
            try:
                rows = self._describe(TokenId=token_id)
            except errors.RequestError as error:
                if not refused(error):
                    raise
                rows = []
            if not rows and self.client.region:
                rows = list(self._describe(Region=self.client.region))
            return first(row for row in rows if row["TokenId"] == token_id)

        return read

    def _update(self, token_id: str, **parameters: Any) -> None:
        self.client.call("UpdateUFileToken", dict({"TokenId": token_id, "AllowedOps": [NOTHING]}, **parameters))

    def try_out(self) -> None:
        tell, name = self.findings.tell, self.name
        token_id = self._create()
        if token_id is None:
            return
        read = self._one(token_id)
        row = self.shows("A113", read, lambda row: True)
        if row is None:
            return
        self._look_at([row])
        tell("A111", (row.get("TokenName") or row.get("TolenName")) == name, "its name was compared")
        end = int(field_types.now()) + 2 * HOUR
        self._update(token_id, ExpireTime=end)
        row = self.shows("A113", read, lambda row: row.get("ExpireTime") == end)
        if row is not None:
            tell(
                "A109",
                row.get("AllowedPrefixes") == [name + "/"],
                "one prefix was there, and {} after it",
                _count(row.get("AllowedPrefixes")),
            )
        self._try(
            "A114", read, lambda row: row.get("AllowedOps") == [NO_OVERWRITING], token_id, AllowedOps=[NO_OVERWRITING]
        )
        self._addresses(token_id, read)
        self.shown_each_time("A113")
        try:
            self._create()
        except errors.RequestError as error:
            if not refused(error):
                raise
            tell("A110", False, "the second one was refused: {}", Code(error))
        else:
            tell("A110", True, "a second one was made")

    def _try(
        self, number: str, read: Callable[[], Row | None], good: Callable[[Row], bool], token_id: str, **parameters: Any
    ) -> None:
        try:
            self._update(token_id, **parameters)
        except errors.RequestError as error:
            if not refused(error):
                raise
            self.findings.tell(number, False, "it was refused: {}", Code(error))
            return
        if self.shows("A113", read, good) is not None:
            self.findings.tell(number, True, "it was taken, and shown")
        else:
            self.findings.tell(number, False, "it was taken, and not shown")

    def _addresses(self, token_id: str, read: Callable[[], Row | None]) -> None:
        end = int(field_types.now()) + 3 * HOUR
        try:
            # An address of documentation (RFC 5737), which no host has
            self._update(token_id, ExpireTime=end, WhiteIPList=["192.0.2.1"])
        except errors.RequestError as error:
            if not refused(error):
                raise
            self.findings.tell("A112", True, "they were refused: {}", Code(error))
            return
        row = self.shows("A113", read, lambda row: row.get("ExpireTime") == end)
        if row is not None:
            ignored = not row.get("WhiteIPList")
            self.findings.tell("A112", ignored, "{} addresses were there after it", _count(row.get("WhiteIPList")))


def _count(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


class URocketMQProbe(Probe):
    """Scratch tokens have PART of a topic that does not exist, or NONE."""

    system = UROCKETMQ

    def __init__(self, *arguments: Any, service_id: str, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.service_id = service_id

    def _call(self, action: str, **parameters: Any) -> Any:
        idempotent = not action.startswith("Create")
        return self.client.call(action, dict(parameters, ServiceId=self.service_id), idempotent=idempotent)

    def _rows(self) -> list[Row]:
        def fetch(offset: int, limit: int) -> tuple[list[Row], Any]:
            response = self._call("ListURocketMQToken", Limit=limit, Offset=offset)
            return pagination.rows(response, "TokenList", "TokenId"), response.get("TotalCount")

        pages = pagination.Pages(1, fetch, PAGE, lambda row: row["TokenId"], "URocketMQ tokens")
        rows = list(pages.all().values())
        for row in rows:
            self._keep_secret(row)
        return rows

    def _keep_secret(self, row: Mapping[str, Any]) -> Any:
        keys = row.get("AKSK")
        secret = keys.get("SecretKey") if isinstance(keys, dict) else None
        self.client.secrets.add(secret if isinstance(secret, str) else None)
        return secret

    def _get(self, token_id: str) -> Row | None:
        token = self._call("GetURocketMQToken", TokenId=token_id).get("Token")
        if not isinstance(token, dict):
            return None
        secret = self._keep_secret(token)
        hidden = not secret or (isinstance(secret, str) and texts.masked(secret))
        self.findings.tell("A205", hidden, "a token was read without Display")
        return token

    def look(self) -> None:
        tell, rows = self.findings.tell, self._rows()
        self.others |= {row["TokenId"] for row in rows}
        self._look_at(rows)
        row = first([row for row in rows if "PART" in _perms(row)] + rows)
        if row is not None:
            self._look_at_one(self._get(row["TokenId"]))
        try:
            token = self._get(str(uuid.uuid4()))
        except errors.RequestError as error:
            if not refused(error):
                raise
            tell("A204", True, "it was refused: {}", Code(error))
        else:
            tell("A204", False, "it was a good response, with a token: {:d}", token is not None)

    def _look_at(self, rows: list[Row]) -> None:
        parts = [row for row in rows if "PART" in _perms(row)]
        if parts:
            having = sum(1 for row in parts if _topics(row) != [None, None])
            self.findings.tell("A201", not having, "{} of {} rows with PART have topics", having, len(parts))
        else:
            self.findings.tell("A201", None, "no token has PART")
        if rows:
            others = sum(1 for row in rows if not set(_perms(row)) <= {"ALL", "NONE", "PART"})
            self.findings.tell("A202", not others, "{} of {} tokens have another word", others, len(rows))

    def _look_at_one(self, token: Row | None) -> None:
        lists = [] if token is None else [value for value in _topics(token) if value not in (None, "")]
        if lists:
            odd = sum(1 for value in lists if not isinstance(value, str))
            self.findings.tell("A203", not odd, "{} of {} are something else", odd, len(lists))
        else:
            self.findings.tell("A203", None, "no token has topics")

    # -- writing -------------------------------------------------------------------------------

    def scratch(self) -> dict[str, Any]:
        return {row["TokenId"]: row for row in self._rows() if is_scratch(row.get("Name"))}

    def remove(self, key: str, row: Any) -> None:
        self._call("DeleteURocketMQToken", TokenId=key)

    def _create(self, perm: str, topics: str | None) -> str | None:
        token_id = self._call(
            "CreateURocketMQToken",
            Name=self.name,
            TopicProducePerm=perm,
            TopicConsumePerm="NONE",
            AllowProduceTopicList=topics,
        ).get("TokenId")
        if not isinstance(token_id, str) or not token_id:
            return None
        return self.note(token_id)

    def try_out(self) -> None:
        tell, name = self.findings.tell, self.name
        try:
            token_id = self._create("PART", name)
            tell("A206", True, "a token was made with a topic that does not exist")
        except errors.RequestError as error:
            if not refused(error):
                raise
            tell("A206", False, "it was refused: {}", Code(error))
            token_id = self._create("NONE", None)
        if token_id is None:
            return
        made = token_id

        def read() -> Row | None:
            try:
                return self._get(made)
            except errors.RequestError as error:
                if not refused(error):
                    raise
                return None

        row = self.shows("A209", read, lambda row: True)
        if row is None:
            return
        self._look_at_one(row)
        tell("A210", row.get("Name") == name, "its name was compared")
        if "PART" in _perms(row):
            self._look_at([listed for listed in self._rows() if listed["TokenId"] == made])
            self._call("UpdateURocketMQToken", TokenId=made, TopicProducePerm="NONE", TopicConsumePerm="NONE")
            row = self.shows("A209", read, lambda row: row.get("TopicProducePerm") == "NONE")
            if row is not None:
                tell("A207", not row.get("AllowProduceTopicList"), "the topics were looked at after it")
        self.shown_each_time("A209")
        try:
            self._create("NONE", None)
        except errors.RequestError as error:
            if not refused(error):
                raise
            tell("A208", False, "the second one was refused: {}", Code(error))
        else:
            tell("A208", True, "a second one was made")


def _perms(row: Mapping[str, Any]) -> list[Any]:
    return [row.get("TopicProducePerm"), row.get("TopicConsumePerm")]


def _topics(row: Mapping[str, Any]) -> list[Any]:
    return [row.get("AllowProduceTopicList"), row.get("AllowConsumeTopicList")]
