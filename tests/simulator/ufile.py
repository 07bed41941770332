# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UFile (US3) tokens."""

from __future__ import annotations

import uuid
from typing import Any

from .state import Simulator
from .ucloud_values import ILLEGAL, NO_TOKEN, OUT_OF_RANGE, refuse
from .wire import Refused

NONE = "TOKEN_ALLOW_NONE"
# Seven from Update's document; TOKEN_DENY_UPDATE is in Create's alone, and taken by both here.
OPS = frozenset(
    {
        NONE,
        "TOKEN_ALLOW_READ",
        "TOKEN_ALLOW_WRITE",
        "TOKEN_ALLOW_DELETE",
        "TOKEN_ALLOW_LIST",
        "TOKEN_ALLOW_IOP",
        "TOKEN_ALLOW_DP",
        "TOKEN_DENY_UPDATE",
    }
)
LATEST_EXPIRY = 4102416000
DAY = 86400
GRANTS = ("AllowedOps", "AllowedPrefixes", "AllowedBuckets")
IP_LISTS = ("BlackIPList", "WhiteIPList")


def _values(simulator: Simulator, arguments: dict[str, Any]) -> dict[str, Any]:
    """What a request sets, checked. A list left out is not in it (assumed: unchanged)."""
    values: dict[str, Any] = {}
    for name in (*GRANTS, *IP_LISTS):
        if name not in arguments:
            continue
        items = arguments[name]
        if any(not item for item in items):
            # Assumed: an empty item is no way to say "nothing".
            raise refuse(ILLEGAL, f"Params [{name}] illegal")
        values[name] = items
    ops = values.get("AllowedOps", [])
    if any(op not in OPS or op in (simulator.traps.get("refused_values") or ()) for op in ops) or (
        NONE in ops and set(ops) != {NONE}
    ):
        raise refuse(ILLEGAL, "Params [AllowedOps] illegal")
    if "ExpireTime" in arguments:
        text = arguments["ExpireTime"]
        if not text.isascii() or not text.isdigit():
            raise refuse(ILLEGAL, "Params [ExpireTime] illegal")
        if int(text) > LATEST_EXPIRY:
            raise refuse(OUT_OF_RANGE, "Params [ExpireTime] out of range")
        values["ExpireTime"] = int(text)
    if "TokenName" in arguments:
        if not arguments["TokenName"]:
            raise refuse(ILLEGAL, "Params [TokenName] illegal")
        values["TokenName"] = arguments["TokenName"]
    return values


def _meant(simulator: Simulator, token: dict[str, Any], arguments: dict[str, Any]) -> bool:
    """Assumed: a token belongs to a project; its region is asked for only where the trap says so."""
    if token["ProjectId"] != arguments["ProjectId"]:
        return False
    filters = simulator.traps.get("tokens_by_region")
    region = filters and (
        arguments.get("Region") or (simulator.estate["ucloud"]["regions"][0] if filters == "default" else None)
    )
    return not region or token["Region"] == region


def _find(simulator: Simulator, estate: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    token = estate["ufile_tokens"].get(arguments["TokenId"])
    if token is None or not _meant(simulator, token, arguments):
        raise refuse(NO_TOKEN, "token not found")
    return token


def _row(token: dict[str, Any], partial: bool) -> dict[str, Any]:
    row = {name: value for name, value in token.items() if name != "ProjectId"}
    for name in IP_LISTS:
        if not row[name]:
            del row[name]  # only tokens that have them show them
    if partial:
        row["PrivateKey"] = "****"  # assumed: what "partial" leaves out
    return row


def describe(simulator: Simulator, estate: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    if arguments.get("Display", "1") not in ("0", "1"):
        raise refuse(ILLEGAL, "Params [Display] illegal")
    if arguments.get("TokenId"):
        try:
            tokens = [_find(simulator, estate, arguments)]
        except Refused:
            if not simulator.traps.get("missing_token_empty_dataset"):
                raise
            tokens = []
    else:
        # One project of many thousand tokens comes in one answer: there is no paging.
        tokens = [token for token in estate["ufile_tokens"].values() if _meant(simulator, token, arguments)]
    if arguments.get("TokenName"):
        tokens = [token for token in tokens if token["TokenName"] == arguments["TokenName"]]
    partial = arguments.get("Display") == "0"
    return {"DataSet": [_row(token, partial) for token in tokens]}


def create(simulator: Simulator, estate: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    token_id, now = str(uuid.uuid4()), int(simulator.now())
    if simulator.traps.get("unique_names") and any(
        token["TokenName"] == arguments["TokenName"] for token in estate["ufile_tokens"].values()
    ):
        raise refuse(ILLEGAL, "Params [TokenName] exists")
    token = {
        "TokenId": token_id,
        "ProjectId": arguments["ProjectId"],
        "Region": arguments.get("Region") or estate["regions"][0],
        "PublicKey": f"TOKEN_{uuid.uuid4()}",
        "PrivateKey": f"ufileSecret-{uuid.uuid4()}",
        "AllowedOps": [NONE],
        "AllowedPrefixes": ["*"],
        "AllowedBuckets": ["*"],
        "BlackIPList": [],
        "WhiteIPList": [],
        "ExpireTime": now + DAY,
        "CreateTime": now,
        "ModifyTime": now,
        **_values(simulator, arguments),
        "TokenName": simulator.traps.tidied(arguments["TokenName"]),
    }
    estate["ufile_tokens"][token_id] = token
    return {"TokenId": token_id, "UFileTokenSet": _row(token, partial=False)}


def update(simulator: Simulator, estate: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    token = _find(simulator, estate, arguments)
    values = _values(simulator, arguments)
    if simulator.traps.get("cleared_lists"):
        left_out = {"AllowedOps": [NONE], "AllowedPrefixes": ["*"], "AllowedBuckets": ["*"]}
        values = {**left_out, **values}
    for name in simulator.traps.get("ignored_fields") or ():
        values.pop(name, None)
    if "TokenName" in values:
        values["TokenName"] = simulator.traps.tidied(values["TokenName"])
    token.update(values, ModifyTime=int(simulator.now()))
    return {}


def delete(simulator: Simulator, estate: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    _find(simulator, estate, arguments)
    del estate["ufile_tokens"][arguments["TokenId"]]
    return {}
