# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UFile (US3) tokens."""

from __future__ import annotations

import copy
import uuid

from .resources import NO_GRANTS
from .state import Simulator
from .ucloud_values import ILLEGAL, NO_TOKEN, OUT_OF_RANGE, refuse
from .wire import Record, Refused

NONE = "TOKEN_ALLOW_NONE"
# Seven from Update's document; TOKEN_DENY_UPDATE is in Create's alone, and taken by both here.
OPS = frozenset({
    NONE, "TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE", "TOKEN_ALLOW_DELETE", "TOKEN_ALLOW_LIST", "TOKEN_ALLOW_IOP",
    "TOKEN_ALLOW_DP", "TOKEN_DENY_UPDATE",
})  # fmt: skip
LATEST_EXPIRY = 4102416000
DAY = 86400
IP_LISTS = ("BlackIPList", "WhiteIPList")


def _values(simulator: Simulator, arguments: Record) -> Record:
    """What a request sets, checked. A list left out is not in it (assumed: unchanged)."""
    values: Record = {}
    for name in (*NO_GRANTS, *IP_LISTS):
        if name in arguments:
            # Assumed: an empty item is no way to say "nothing".
            if not all(arguments[name]):
                raise refuse(ILLEGAL, f"Params [{name}] illegal")
            values[name] = arguments[name]
    ops = set(values.get("AllowedOps", ()))
    if ops - OPS or ops & set(simulator.traps.get("refused_values") or ()) or (NONE in ops and ops != {NONE}):
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


def _meant(simulator: Simulator, token: Record, arguments: Record) -> bool:
    """Assumed: a token belongs to a project; its region is asked for only where the trap says so."""
    if token["ProjectId"] != arguments["ProjectId"]:
        return False
    filters = simulator.traps.get("tokens_by_region")
    default = simulator.estate["ucloud"]["regions"][0] if filters == "default" else None
    return not filters or token["Region"] == (arguments.get("Region") or default or token["Region"])


def _find(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    token = estate["ufile_tokens"].get(arguments["TokenId"])
    if token is None or not _meant(simulator, token, arguments):
        raise refuse(NO_TOKEN, "token not found")
    return token


def _row(token: Record, partial: bool) -> Record:
    row = {name: value for name, value in token.items() if name != "ProjectId"}
    for name in IP_LISTS:
        if not row[name]:
            del row[name]  # only tokens that have them show them
    if partial:
        row["PrivateKey"] = "****"  # assumed: what "partial" leaves out
    return row


def describe(simulator: Simulator, estate: Record, arguments: Record) -> Record:
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
        # One project of many thousand tokens comes in one response: there is no paging.
        tokens = [token for token in estate["ufile_tokens"].values() if _meant(simulator, token, arguments)]
    if arguments.get("TokenName"):
        tokens = [token for token in tokens if token["TokenName"] == arguments["TokenName"]]
    partial = arguments.get("Display") == "0"
    return {"DataSet": [_row(token, partial) for token in tokens]}


def create(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    token_id, now = str(uuid.uuid4()), int(simulator.now())
    names = [token["TokenName"] for token in estate["ufile_tokens"].values()]
    if simulator.traps.get("unique_names") and arguments["TokenName"] in names:
        raise refuse(ILLEGAL, "Params [TokenName] exists")
    token = {
        "TokenId": token_id,
        "ProjectId": arguments["ProjectId"],
        "Region": arguments.get("Region") or estate["regions"][0],
        "PublicKey": f"TOKEN_{uuid.uuid4()}",
        "PrivateKey": f"ufileSecret-{uuid.uuid4()}",
        **copy.deepcopy(NO_GRANTS),
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


def update(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    token = _find(simulator, estate, arguments)
    values = _values(simulator, arguments)
    if simulator.traps.get("cleared_lists"):
        values = {**copy.deepcopy(NO_GRANTS), **values}
    values = simulator.traps.written(values)
    if "TokenName" in values:
        values["TokenName"] = simulator.traps.tidied(values["TokenName"])
    token.update(values, ModifyTime=int(simulator.now()))
    return {}


def delete(simulator: Simulator, estate: Record, arguments: Record) -> Record:
    _find(simulator, estate, arguments)
    del estate["ufile_tokens"][arguments["TokenId"]]
    return {}
