# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The UCloud API: one URL, form parameters, HTTP 200 always, RetCode decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from . import signatures, ufile, urocketmq
from . import ucloud_values as codes
from .resources import NO_GRANTS
from .state import Simulator, masked
from .ucloud_values import missing, not_available, refuse
from .wire import CREATE, DELETE, READ, UNKNOWN, WRITE, Call, Record, Refused, Request, Response

PUBLIC_PARAMETERS = frozenset({"Action", "PublicKey", "Signature", "SecurityToken"})


@dataclass(frozen=True)
class Action:
    """A documented action: its parameters and what carries it out."""

    kind: str
    run: Callable[[Simulator, Record, Record], Record]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


_SERVICE = ("Region", "ServiceId")
_PERMS = ("TopicProducePerm", "TopicConsumePerm")
_TOPICS = ("AllowProduceTopicList", "AllowConsumeTopicList")
_PAGE = ("Limit", "Offset")
_GRANTS = tuple(NO_GRANTS)

ACTIONS = {
    "DescribeUFileToken": Action(READ, ufile.describe, optional=("Region", "TokenId", "TokenName", "Display")),
    "CreateUFileToken": Action(
        CREATE, ufile.create, ("TokenName",), ("Region", "ExpireTime"), (*_GRANTS, *ufile.IP_LISTS)
    ),
    # BlackIPList and WhiteIPList are not documented for Update, so they are refused.
    "UpdateUFileToken": Action(WRITE, ufile.update, ("TokenId",), ("Region", "TokenName", "ExpireTime"), _GRANTS),
    "DeleteUFileToken": Action(DELETE, ufile.delete, ("Region", "TokenId")),
    "ListURocketMQToken": Action(READ, urocketmq.list_tokens, _SERVICE, _PAGE),
    "ListURocketMQTopic": Action(READ, urocketmq.list_topics, _SERVICE, _PAGE),
    "GetURocketMQToken": Action(READ, urocketmq.get, (*_SERVICE, "TokenId"), ("Display",)),
    "CreateURocketMQToken": Action(CREATE, urocketmq.create, (*_SERVICE, "Name", *_PERMS), _TOPICS),
    "UpdateURocketMQToken": Action(WRITE, urocketmq.update, (*_SERVICE, "TokenId", *_PERMS), _TOPICS),
    "DeleteURocketMQToken": Action(DELETE, urocketmq.delete, (*_SERVICE, "TokenId")),
}


class UCloud:
    name = "ucloud"

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def identify(self, request: Request) -> Call:
        params: dict[str, str] = {}
        twice: list[str] = []
        for name, value in self._pairs(request):
            if name in params:
                twice.append(name)
            params[name] = value
        operation = params.get("Action", "")
        action = ACTIONS.get(operation)
        found = (operation, action.kind) if action else ("Unknown", UNKNOWN)
        call = Call(self.name, *found, request, {"params": params, "twice": twice}, action)
        call.logged = masked({name: value for name, value in params.items() if name not in PUBLIC_PARAMETERS})
        return call

    @staticmethod
    def _pairs(request: Request) -> list[tuple[str, str]]:
        text = request.query
        if request.method == "POST":
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind == "application/x-www-form-urlencoded":
                text = "&".join(filter(None, (text, request.body.decode("latin-1"))))
        return parse_qsl(text, keep_blank_values=True)

    def act(self, call: Call) -> Response:
        params, twice = call.arguments["params"], call.arguments["twice"]
        if "Action" not in params:
            raise refuse(codes.NO_ACTION, "Missing Action")
        action = call.handler
        if action is None:
            raise refuse(codes.UNKNOWN_ACTION, f"Action [{params['Action']}] not found")
        if twice:
            raise not_available(twice[0])
        role = self._authenticate(call, params)
        if role == ("write" if action.kind == READ else "read") or not self.simulator.allows(call.operation):
            raise refuse(codes.IAM_DENIED, "IAM permission denied")
        arguments = self._check(action, params)
        body = self.simulator.acting(
            action.kind, lambda estate: action.run(self.simulator, estate["ucloud"], arguments)
        )
        return Response(200, {"RetCode": 0, "Action": f"{call.operation}Response", **body})

    def _authenticate(self, call: Call, params: dict[str, str]) -> str:
        simulator = self.simulator
        checked = simulator.traps.get("signatures")
        if checked and "Signature" not in params:
            raise refuse(codes.NO_SIGNATURE, "Missing signature")
        if not checked and "PublicKey" not in params:
            return "admin"
        if not params.get("PublicKey"):
            raise missing("PublicKey")
        # The key pair of an UFile token (TOKEN_…) is no account, so it is not found here.
        call.credential, entry = simulator.by_key("ucloud", params["PublicKey"])
        if entry.get("role", "revoked") == "revoked" or simulator.traps.revoked("ucloud", call.credential):
            raise refuse(codes.NO_USER, "No such user")
        if checked and not signatures.ucloud_matches(params, entry["public_key"], entry["private_key"]):
            raise refuse(codes.WRONG_SIGNATURE, "Signature VerifyAC Error")
        # Assumed: a security token nobody asked for is refused like a wrong one.
        if params.get("SecurityToken") != entry.get("security_token"):
            raise refuse(codes.NO_CHANNEL, "No such token")
        channel = simulator.estate["ucloud"]["channel_key"]
        if channel and call.request.headers.get("channel-key") != channel:
            raise refuse(codes.NO_CHANNEL, "No such channel")
        return entry["role"]

    def _check(self, action: Action, params: dict[str, str]) -> Record:
        """The parameters of the action, its lists gathered; the document decides what may be."""
        arguments: Record = {}
        lists: dict[str, dict[int, str]] = {}
        taken = action.lists
        if action.run is ufile.update and self.simulator.traps.get("updated_addresses"):
            taken += ufile.IP_LISTS
        for name, value in params.items():
            if name in PUBLIC_PARAMETERS:
                continue
            base, dot, index = name.partition(".")
            if dot and base in taken and index.isdigit() and str(int(index)) == index:
                lists.setdefault(base, {})[int(index)] = value
            elif name in action.required or name in action.optional or name == "ProjectId":
                arguments[name] = value
            else:
                raise not_available(name)
        for base, items in lists.items():
            # Assumed: indexes count from 0 without a gap, as every official client sends them.
            for expected, index in enumerate(sorted(items)):
                if index != expected:
                    raise not_available(f"{base}.{index}")
            arguments[base] = [items[index] for index in sorted(items)]
        for name in action.required:
            if not arguments.get(name):
                raise missing(name)
        estate = self.simulator.estate["ucloud"]
        if "ProjectId" not in arguments and self.simulator.traps.get("project_needed"):
            raise refuse(codes.NO_PROJECT, "Project not found")
        # Left out it is the default project. Assumed: an empty one, which no client sends, is refused.
        if not arguments.setdefault("ProjectId", estate["default_project"]):
            raise missing("ProjectId")
        if arguments["ProjectId"] not in estate["projects"]:
            raise refuse(codes.NO_PROJECT, "Project not found")
        if arguments.get("Region") and arguments["Region"] not in estate["regions"]:
            raise refuse(codes.NO_PROJECT, "Region not found")
        return arguments

    @staticmethod
    def refusal(call: Call, refused: Refused) -> Response:
        if refused.body is not None:
            return Response(refused.status, refused.body)
        action = call.arguments["params"].get("Action")
        named = {"Action": f"{action}Response"} if action else {}
        return Response(refused.status, {"RetCode": refused.code, "Message": refused.message, **named})

    @staticmethod
    def request_id() -> tuple[str, str]:
        return "X-UCLOUD-REQUEST-UUID", str(uuid.uuid4())
