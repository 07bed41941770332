# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Huawei Cloud APIs: routing on the raw path, authorisation, dispatch."""

from __future__ import annotations

import functools
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from . import iam, rocketmq, roma
from .huaweicloud_auth import Identity, authenticate
from .schema import Invalid
from .state import Simulator, masked, secrets_in
from .wire import AUTH, CREATE, DELETE, READ, UNKNOWN, WRITE, Call, Record, Refused, Request, Response


@dataclass(frozen=True)
class Route:
    """`path` as documented, `{name}` for a segment that varies."""

    method: str
    path: str
    operation: str
    kind: str
    run: Callable[..., Response]
    # "rocketmq" or "roma": which kind of instance the path names.
    service: str = ""

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile("/" + self.path.replace("{", "(?P<").replace("}", ">[^/]*)"))


_BASE = "v2/{project_id}/instances/{instance_id}"
_MQS = "v2/{project_id}/mqs/instances/{instance_id}"
_USER = f"{_BASE}/users/{{user_name}}"
_POLICY, _ADD = "topics/{topic}/accesspolicy", "topics/{topic}/access-policies/batch-add"
ROUTES = (
    Route("GET", f"{_BASE}/users", "ListUser", READ, rocketmq.list_users, "rocketmq"),
    Route("POST", f"{_BASE}/users", "CreateUser", CREATE, rocketmq.create, "rocketmq"),
    Route("GET", _USER, "ShowUser", READ, rocketmq.show, "rocketmq"),
    Route("PUT", _USER, "UpdateUser", WRITE, rocketmq.update, "rocketmq"),
    Route("DELETE", _USER, "DeleteUser", DELETE, rocketmq.delete, "rocketmq"),
    Route("GET", f"{_BASE}/{_POLICY}", "ListTopicAccessPolicy", READ, rocketmq.list_topic_policy, "rocketmq"),
    Route("GET", f"{_BASE}/apps", "ListRomaApp", READ, roma.list_apps, "roma"),
    Route("GET", f"{_MQS}/topics", "ListMqsInstanceTopics", READ, roma.list_topics, "roma"),
    Route("GET", f"{_MQS}/{_POLICY}", "ShowMqsInstanceTopicAccessPolicy", READ, roma.show_policy, "roma"),
    Route("POST", f"{_MQS}/topics/accesspolicy", "UpdateTopicAccessPolicy", WRITE, roma.update_policies, "roma"),
    Route("POST", f"{_MQS}/{_ADD}", "BatchAddTopicAccessPolicy", WRITE, roma.batch_add, "roma"),
    Route("GET", "v3/projects", "KeystoneListProjects", AUTH, iam.list_projects),
    Route("POST", "v3/auth/tokens", "KeystoneCreateUserTokenByPassword", AUTH, iam.create_token),
)


class HuaweiCloud:
    name = "huaweicloud"

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def identify(self, request: Request) -> Call:
        for route in ROUTES:
            # Decoded afterwards: an escaped slash in a user name is no separator.
            found = route.pattern.fullmatch(request.path) if route.method == request.method else None
            if found is not None:
                arguments = {name: unquote(segment) for name, segment in found.groupdict().items()}
                call = Call(self.name, route.operation, route.kind, request, arguments, route)
                if route.kind not in (READ, AUTH):
                    call.logged = self._logged(arguments, request)
                return call
        return Call(self.name, "Unknown", UNKNOWN, request)

    def _logged(self, path: dict[str, str], request: Request) -> Record:
        try:
            body = json.loads(request.body) if request.body else None
        except ValueError:
            body = "(not JSON)"
        # A key that is being set is a secret from the moment it is sent.
        self.simulator.seen_secrets.update(secret for _path, secret in secrets_in(body))
        return {**path, "body": masked(body)}

    def act(self, call: Call) -> Response:
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

    def _run(self, route: Route, call: Call) -> Response:
        simulator = self.simulator
        response: Response = simulator.acting(
            route.kind, lambda estate: route.run(simulator, self._instance(estate, route, call), call)
        )
        # A write may be answered by another good status than the documented one, and be a job then.
        status = (simulator.traps.get("good_status") or {}).get(call.operation)
        if status is None or route.kind == READ:
            return response
        return Response(status, None if status == 204 else {"job_id": uuid.uuid4().hex})

    @staticmethod
    def _instance(estate: Record, route: Route, call: Call) -> Record:
        instance = estate["huaweicloud"][route.service].get(call.arguments["instance_id"])
        if instance is None or instance["project_id"] != call.arguments["project_id"]:
            raise Refused(404, "DMS.00404022", "This instance does not exist.")
        return instance

    @staticmethod
    def refusal(call: Call, refused: Refused) -> Response:
        if refused.body is not None:
            return Response(refused.status, refused.body)
        return Response(refused.status, {"error_code": refused.code, "error_msg": refused.message})

    @staticmethod
    def request_id() -> tuple[str, str]:
        return "X-Request-Id", uuid.uuid4().hex
