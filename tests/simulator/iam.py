# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM: tokens for a user and password, and project ids by region."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from . import schema
from .huaweicloud_auth import Identity
from .state import Simulator
from .wire import Record, Refused, Request, Response


def _refuse(status: int, title: str, message: str) -> Refused:
    body = {"error": {"code": status, "message": message, "title": title}}
    return Refused(status, status, message, body)


def create_token(simulator: Simulator, request: Request) -> Response:
    query = dict(request.query_pairs())
    if set(query) - {"nocatalog"}:
        raise _refuse(400, "Bad Request", "unknown query parameter")
    try:
        user, scope = _wanted(schema.parse(request))
    except schema.Invalid as invalid:
        raise _refuse(400, "Bad Request", str(invalid)) from invalid
    account = simulator.credentials["huaweicloud"]["iam_user"]
    given = user["name"], user["password"], user["domain"]["name"]
    if given != (account["iam_user"], account["iam_password"], account["iam_domain"]):
        simulator.seen_secrets.add(user["password"])
        raise _refuse(401, "Unauthorized", "The username or password is wrong.")
    projects = simulator.estate["huaweicloud"]["projects"]
    for project_id, region in projects.items():
        if scope in ({"id": project_id}, {"name": region}):
            break
    else:
        # Assumed: how IAM answers for a project it does not have.
        raise _refuse(404, "Not Found", "Could not find the project.")
    token, expires = simulator.issue_token(project_id, account["role"])
    domain = {"id": "domain-demo", "name": account["iam_domain"]}
    body = {
        "token": {
            "methods": ["password"],
            "issued_at": _text(simulator.now()),
            "expires_at": _text(expires),
            "project": {"id": project_id, "name": region, "domain": domain},
            "user": {"id": "user-demo", "name": account["iam_user"], "domain": domain},
            "roles": [{"id": "0", "name": "te_admin"}],
            "catalog": [] if query.get("nocatalog") else [{"type": "dmsv2", "endpoints": []}],
        }
    }
    return Response(201, body, {"X-Subject-Token": token})


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _wanted(body: Any) -> tuple[Record, Record]:
    """The user and the project of a password request; every level of it is checked."""
    auth = schema.check(body, {"auth": dict}, ["auth"])["auth"]
    schema.check(auth, {"identity": dict, "scope": dict}, ["identity", "scope"], "auth")
    identity = schema.check(
        auth["identity"], {"methods": list, "password": dict}, ["methods", "password"], "auth.identity"
    )
    if identity["methods"] != ["password"]:
        raise schema.Invalid("auth.identity.methods must be password")
    user = schema.check(identity["password"], {"user": dict}, ["user"], "password")["user"]
    names = {"domain": dict, "name": str, "password": str}
    schema.check(user, names, names, "user")
    schema.check(user["domain"], {"name": str}, ["name"], "domain")
    scope = schema.check(auth["scope"], {"project": dict}, ["project"], "scope")["project"]
    schema.check(scope, {"id": str, "name": str}, where="project")
    if len(scope) != 1:
        raise schema.Invalid("scope.project takes one of id and name")
    return user, scope


def list_projects(simulator: Simulator, request: Request, identity: Identity) -> Response:
    query = dict(request.query_pairs())
    if set(query) - {"name", "enabled", "domain_id", "page", "per_page"}:
        raise _refuse(400, "Bad Request", "unknown query parameter")
    same = {"domain_id": "domain-demo", "parent_id": "domain-demo", "is_domain": False, "enabled": True}
    rows = [
        {"id": project_id, "name": region, "description": "", **same}
        for project_id, region in simulator.estate["huaweicloud"]["projects"].items()
        if query.get("name", region) == region
    ]
    return Response(200, {"projects": rows, "links": {"self": "", "next": None, "previous": None}})
