# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URocketMQ tokens. No error table is published for them: every RetCode here is assumed."""

from __future__ import annotations

import re
import uuid

from .state import Simulator
from .ucloud_values import NOT_AVAILABLE, not_available, number, refuse
from .wire import Record

PERMISSIONS = ("ALL", "NONE", "PART")
SIDES = (("TopicProducePerm", "AllowProduceTopicList"), ("TopicConsumePerm", "AllowConsumeTopicList"))
# In a list the service's own may stand as well.
TOPIC_NAME = re.compile(r"(%(DLQ|RETRY)%)?[a-zA-Z0-9-_]{1,36}")
TOPICS = tuple(topics for _perm, topics in SIDES)  # which no list shows
UNLIMITED = 1 << 31


def _service(estate: Record, arguments: Record) -> Record:
    service = estate["urocketmq"].get(arguments["ServiceId"])
    if service is None or service["ProjectId"] != arguments["ProjectId"] or service["Region"] != arguments["Region"]:
        raise not_available("ServiceId")
    return service


def _token(service: Record, arguments: Record) -> Record:
    token = service["tokens"].get(arguments["TokenId"])
    if token is None:
        raise not_available("TokenId")
    return token


def _changeable(token: Record) -> None:
    if token["Type"] == "Default":
        raise refuse(NOT_AVAILABLE, "The default token can not be changed")


def _permissions(simulator: Simulator, service: Record, arguments: Record) -> Record:
    """Both sides, checked. Topics need not exist (assumed), but their names must be names."""
    there = {row["TopicName"] for row in service["topics"]} if simulator.traps.get("topics_must_exist") else None
    values: Record = {}
    for perm, topics in SIDES:
        if arguments[perm] not in PERMISSIONS:
            raise not_available(perm)
        text = arguments.get(topics, "")
        names = text.split(",") if text else []
        known = all(TOPIC_NAME.fullmatch(name) and (there is None or name in there) for name in names)
        if not known or (arguments[perm] == "PART" and not names):
            raise not_available(topics)
        values[perm] = arguments[perm]
        values[topics] = text if arguments[perm] == "PART" else ""
    return values


def _page(arguments: Record, rows: list[Record], most: int) -> list[Record]:
    limit = number(arguments, "Limit", 20, 1, most)
    offset = number(arguments, "Offset", 0, 0, UNLIMITED)
    return rows[offset : offset + limit]


def list_tokens(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    tokens = list(_service(estate, arguments)["tokens"].values())
    rows = []
    for token in _page(arguments, tokens, most=100):
        left_out = () if simulator.traps.get("whole_rows") else TOPICS
        row = {name: value for name, value in token.items() if name not in left_out}
        row["AKSK"] = {"AccessKey": token["AKSK"]["AccessKey"]}
        rows.append(row)
    return {"TokenList": rows, "TotalCount": len(tokens)}


def list_topics(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    topics = _service(estate, arguments)["topics"]
    return {"TopicList": _page(arguments, topics, most=1000), "TotalCount": len(topics)}


def get(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    shown = arguments.get("Display", "false")
    if shown not in ("true", "false"):
        raise not_available("Display")
    token = dict(_token(_service(estate, arguments), arguments))
    if shown == "false" and not simulator.traps.get("open_secrets"):
        token["AKSK"] = {**token["AKSK"], "SecretKey": "****"}
    return {"Token": token}


def create(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    service = _service(estate, arguments)
    values = _permissions(simulator, service, arguments)
    names = [token["Name"] for token in service["tokens"].values()]
    if simulator.traps.get("unique_names") and arguments["Name"] in names:
        raise not_available("Name")
    token_id, now = f"urmq-token-{uuid.uuid4().hex[:12]}", int(simulator.now())
    # Assumed: a name may be taken twice, so a create repeated blindly shows up as two tokens.
    service["tokens"][token_id] = {
        "TokenId": token_id,
        "Name": simulator.traps.tidied(arguments["Name"]),
        "Type": "Normal",
        "ServiceId": service["ServiceId"],
        **values,
        "AKSK": {"AccessKey": f"urmq-ak-{uuid.uuid4().hex[:12]}", "SecretKey": f"urmqSecret-{uuid.uuid4().hex}"},
        "CreateTime": now,
        "ModifyTime": now,
    }
    return {"TokenId": token_id}


def update(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    service = _service(estate, arguments)
    token = _token(service, arguments)
    _changeable(token)
    values = simulator.traps.written(_permissions(simulator, service, arguments), *TOPICS)
    token.update(values, ModifyTime=int(simulator.now()))
    return {}


def delete(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    service = _service(estate, arguments)
    _changeable(_token(service, arguments))
    del service["tokens"][arguments["TokenId"]]
    return {}
