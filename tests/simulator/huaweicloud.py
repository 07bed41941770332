# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Huawei Cloud APIs: routing on the raw path, authorisation, dispatch."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import iam, rocketmq, roma
from .huaweicloud_auth import Identity, authenticate
from .schema import Invalid
from .state import Simulator, collect_secrets, masked
from .wire import AUTH, CREATE, DELETE, READ, UNKNOWN, WRITE, Answer, Call, Refused, Request


@dataclass(frozen=True)
class Route:
    """`path` as documented, `{name}` for a segment that varies."""

    method: str
    path: str
    operation: str
    kind: str
    run: Callable[..., Answer]
    # "rocketmq" or "roma": which kind of instance the path names.
    service: str = ""

    def match(self, segments: list[str]) -> dict[str, str] | None:
        found = {}
        for pattern, segment in zip(self.path.split("/"), segments, strict=True):
            if pattern.startswith("{"):
                found[pattern[1:-1]] = segment
            elif pattern != segment:
                return None
        return found


_BASE = "v2/{project_id}/instances/{instance_id}"
_MQS = "v2/{project_id}/mqs/instances/{instance_id}"
_USER = f"{_BASE}/users/{{user_name}}"
_POLICY = "topics/{topic}/accesspolicy"

ROUTES = (
    Route("GET", f"{_BASE}/users", "ListUser", READ, rocketmq.list_users, "rocketmq"),
    Route("POST", f"{_BASE}/users", "CreateUser", CREATE, rocketmq.create, "rocketmq"),
    Route("GET", _USER, "ShowUser", READ, rocketmq.show, "rocketmq"),
    Route("PUT", _USER, "UpdateUser", WRITE, rocketmq.update, "rocketmq"),
    Route("DELETE", _USER, "DeleteUser", DELETE, rocketmq.delete, "rocketmq"),
    Route(
        "GET",
        f"{_BASE}/{_POLICY}",
        "ListTopicAccessPolicy",
        READ,
        rocketmq.list_topic_policy,
        "rocketmq",
    ),
    Route("GET", f"{_BASE}/apps", "ListRomaApp", READ, roma.list_apps, "roma"),
    Route("GET", f"{_MQS}/topics", "ListMqsInstanceTopics", READ, roma.list_topics, "roma"),
    Route(
        "GET",
        f"{_MQS}/{_POLICY}",
        "ShowMqsInstanceTopicAccessPolicy",
        READ,
        roma.show_policy,
        "roma",
    ),
    Route(
        "POST",
        f"{_MQS}/topics/accesspolicy",
        "UpdateTopicAccessPolicy",
        WRITE,
        roma.update_policies,
        "roma",
    ),
    Route(
        "POST",
        f"{_MQS}/topics/{{topic}}/access-policies/batch-add",
        "BatchAddTopicAccessPolicy",
        WRITE,
        roma.batch_add,
        "roma",
    ),
    Route("GET", "v3/projects", "KeystoneListProjects", AUTH, iam.list_projects),
    Route("POST", "v3/auth/tokens", "KeystoneCreateUserTokenByPassword", AUTH, iam.create_token),
)
_BY_SHAPE: dict[tuple[str, int], list[Route]] = {}
for _route in ROUTES:
    _BY_SHAPE.setdefault((_route.method, _route.path.count("/") + 1), []).append(_route)


class HuaweiCloud:
    name = "huaweicloud"

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def identify(self, request: Request) -> Call:
        # Split before decoding: an escaped slash in a user name is no separator.
        parts = request.path.split("/")[1:]
        segments = [unquote(part) for part in parts]
        for route in _BY_SHAPE.get((request.method, len(parts)), ()):
            found = route.match(segments)
            if found is not None:
                call = Call(self.name, route.operation, route.kind, request, found, route)
                if route.kind not in (READ, AUTH):
                    call.logged = self._logged(found, request)
                return call
        return Call(self.name, "Unknown", UNKNOWN, request)

    def _logged(self, path: dict[str, str], request: Request) -> dict[str, Any]:
        try:
            body = json.loads(request.body) if request.body else None
        except ValueError:
            body = "(not JSON)"
        # A key that is being set is a secret from the moment it is sent.
        collect_secrets(body, self.simulator.seen_secrets)
        return {**path, "body": masked(body)}

    def act(self, call: Call) -> Answer:
        route: Route | None = call.handler
        if route is None:
            raise Refused(404, "DMS.10240406", "This URL is unsupported.")
        simulator = self.simulator
        try:
            if route.run is iam.create_token:
                return iam.create_token(simulator, call.request)
            identity = authenticate(simulator, call)
            if not simulator.allows(call.operation):
                code = {roma.update_policies: 403, iam.list_projects: "IAM.0002"}.get(route.run, "DMS.10240309")
                raise Refused(403, code, "The user is not permitted to do this.")
            if route.run is iam.list_projects:
                return iam.list_projects(simulator, call.request, identity)
            self._authorise(route, identity, call.arguments["project_id"])
            return self._run(route, call)
        except Invalid as invalid:
            raise self._bad_request(route, str(invalid)) from invalid

    @staticmethod
    def _bad_request(route: Route, message: str) -> Refused:
        if route.run is roma.update_policies:
            # The document's own example has a number for a code here.
            return Refused(400, 400, f"Bad Request: {message}")
        # Assumed: which code an ill-formed request gets.
        prefix = {"roma": "MQS", "rocketmq": "DMS"}.get(route.service, "IAM")
        return Refused(400, f"{prefix}.00400002", f"Invalid request: {message}")

    def _authorise(self, route: Route, identity: Identity, project_id: str) -> None:
        projects = self.simulator.estate["huaweicloud"]["projects"]
        if project_id not in projects:
            # Assumed: a project of nobody is answered as one of somebody else.
            raise Refused(403, "DMS.10240309", "The project is not accessible.")
        if identity.token_project is not None and identity.token_project != project_id:
            raise Refused(401, "DMS.10240104", "The token is of another project.")
        if identity.scope is not None and identity.scope != project_id:
            raise Refused(403, "DMS.10240309", "X-Project-Id is not the project of the URL.")
        if identity.role == ("write" if route.kind == READ else "read"):
            if route.run is roma.update_policies:
                raise Refused(403, 403, "Forbidden")
            raise Refused(403, "DMS.10240309", "The user is not permitted to do this.")

    def _run(self, route: Route, call: Call) -> Answer:
        simulator = self.simulator
        if route.kind == READ:
            estate = simulator.visibility.seen(simulator.estate, simulator.traps)
            return route.run(simulator, self._instance(estate, route, call), call)
        instance = self._instance(simulator.estate, route, call)
        simulator.visibility.before_write(simulator.estate, simulator.traps)
        try:
            answer = route.run(simulator, instance, call)
        except (Refused, Invalid):
            simulator.visibility.refused()
            raise
        return self._other_success(call, answer)

    def _other_success(self, call: Call, answer: Answer) -> Answer:
        """A write may be answered by another good status than the documented one, and be a job then."""
        status = (self.simulator.traps.get("good_status") or {}).get(call.operation)
        if status is None:
            return answer
        return Answer(status, None if status == 204 else {"job_id": uuid.uuid4().hex})

    @staticmethod
    def _instance(estate: dict[str, Any], route: Route, call: Call) -> dict[str, Any]:
        instance = estate["huaweicloud"][route.service].get(call.arguments["instance_id"])
        if instance is None or instance["project_id"] != call.arguments["project_id"]:
            raise Refused(404, "DMS.00404022", "This instance does not exist.")
        return instance

    @staticmethod
    def refusal(call: Call, refused: Refused) -> Answer:
        if refused.body is not None:
            return Answer(refused.status, refused.body)
        return Answer(refused.status, {"error_code": refused.code, "error_msg": refused.message})

    @staticmethod
    def request_id() -> tuple[str, str]:
        return "X-Request-Id", uuid.uuid4().hex
