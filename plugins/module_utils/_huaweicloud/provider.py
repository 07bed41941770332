# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud's services: JSON over HTTPS, signed with AK/SK or carrying an IAM token.

Source: the API references of DMS for RocketMQ, ROMA Connect and IAM, and the official SDK.
"""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from .. import _errors as errors
from .._transport import client as base
from .._transport import http, pagination
from .._transport.credentials import CredentialChain, check_header_texts, environment, seconds
from . import auth, clouds, codes
from .signing import SigningAuth

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Tuple, Type, Union

    from .._redaction import Secrets

    Query = Iterable[Tuple[str, object]]
    Shape = Union[Type[Any], Tuple[Type[Any], ...]]  # the classes that a parsed body may have

NAME = "huaweicloud"
TITLE = "Huawei Cloud"
CODES = codes.CODES
JSON = "application/json"
# Ways to authenticate that exclude each other in a task.
EXCLUSIVE = [["ak", "auth_token", "iam_user"]]
REGION = re.compile(r"^[A-Za-z0-9_-]{1,64}\Z")
DOMAIN = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z"
# Credentials that are sent in a header.
HEADERS = ("ak", "security_token", "auth_token")
# Host of a service, and its name in the official SDK's environment variables for endpoints.
SERVICES = {"rocketmq": ("dms", "ROCKETMQ"), "roma": ("roma", "ROMA")}


def argument_spec() -> dict[str, Any]:
    """Options of every ``huaweicloud_*`` module. Documented in the fragment `huaweicloud`."""
    return dict(
        base.argument_spec(),
        ak={"type": "str", "no_log": False},
        sk={"type": "str", "no_log": True},
        security_token={"type": "str", "no_log": True},
        auth_token={"type": "str", "no_log": True},
        iam_user={"type": "str"},
        iam_password={"type": "str", "no_log": True},
        iam_domain={"type": "str"},
        iam_url={"type": "str"},
        project_id={"type": "str"},
        region={"type": "str"},
    )


def path(*segments: str) -> str:
    """A URL path of these segments, escaped. ConfigurationError for `.` and `..`, which HTTP libraries resolve."""
    for segment in segments:
        if segment in ("", ".", ".."):
            raise errors.ConfigurationError(f"{segment!r} cannot stand in a URL.")
    return "/" + "/".join(quote(segment, safe="") for segment in segments)


def _lane(method: str, segments: Sequence[str]) -> str | None:
    """The instance that a request writes to; ``None`` for one that reads."""
    return segments[segments.index("instances") + 1] if method != "GET" and "instances" in segments else None


class HuaweiCloudClient(base.Client):
    """One project of one service in one region."""

    def __init__(
        self,
        transport: http.Transport,
        secrets: Secrets,
        way: str,
        credentials: auth.Credentials,
        addresses: clouds.Addresses,
        project_id: str | None = None,
        project_name: str | None = None,
    ) -> None:
        super().__init__(transport, secrets)
        self.addresses = addresses
        self._way = way  # to authenticate: "ak", "token" or "iam"
        self._credentials: Mapping[str, Any] = credentials
        self._project_id = project_id
        self._project_name = project_name or addresses.region  # each region has a project of its own name
        self._auth: auth.TokenAuth | SigningAuth | None = None
        self._renewed = False  # the IAM token was fetched again, and no request has succeeded with it yet
        self._lock = threading.RLock()
        self.not_offered: set[str] = set()  # operations that this region turned out not to have
        secrets.add(*(value for option, value in credentials.items() if option not in ("ak", "iam_user", "iam_domain")))

    # -- authentication ------------------------------------------------------------------------

    @property
    def project_id(self) -> str:
        """The project of this client, which the first use may look up in IAM."""
        return self._ready()

    def _ready(self) -> str:
        """Prepare project and authentication, once, whichever thread comes first; returns the project's id."""
        with self._lock:
            if self._auth is not None and self._project_id:
                return self._project_id
            proof: auth.TokenAuth | SigningAuth
            if self._way == "token":
                proof = auth.TokenAuth(self._credentials["auth_token"])
            elif self._way == "iam":
                proof = auth.TokenAuth(self._fetch_token())
            else:
                proof = SigningAuth(**self._credentials)
            project_id = self._project_id = self._project_id or self._find_project(proof)
            if self._way == "ak":
                proof = SigningAuth(project_id=project_id, **self._credentials)
            self._auth = proof
            return project_id

    def _fetch_token(self) -> str:
        """An IAM token for user and password, scoped to the project. Document: Obtaining a User Token (IAM)."""
        user = self._credentials
        scope = {"id": self._project_id} if self._project_id else {"name": self._need_project_name()}
        password = {
            "user": {"domain": {"name": user["iam_domain"]}, "name": user["iam_user"], "password": user["iam_password"]}
        }
        body = {"auth": {"identity": {"methods": ["password"], "password": password}, "scope": {"project": scope}}}
        response = self._ask_iam(
            "KeystoneCreateUserTokenByPassword",
            "POST",
            "/v3/auth/tokens",
            [("nocatalog", "true")],
            body,
            None,
        )
        token = response.headers.get("X-Subject-Token")
        if not token:
            raise errors.ResponseError("the response of IAM has no header X-Subject-Token", hint="Check iam_url.")
        self.secrets.add(token)
        found: Any = response.json()
        for key in ("token", "project", "id"):
            found = found.get(key) if isinstance(found, dict) else None
        self._project_id = self._project_id or (found if isinstance(found, str) else None)
        return token

    def send(self, request: http.Request) -> http.Response:
        response = super().send(request)
        if request.auth is self._auth:
            self._renewed = False
        return response

    def renew(self, request: http.Request) -> bool:
        """Give ``request`` another IAM token, since tokens expire (APIGW.0307, DMS.10240102); whether it has one now."""
        if self._way != "iam" or self._auth is None or not isinstance(request.auth, auth.TokenAuth):
            return False  # it has no token that was fetched here, or is a request to IAM itself
        with self._lock:
            if request.auth is self._auth:
                if self._renewed:
                    return False  # a new token is refused too, so the reason is not that it expired
                self._auth = auth.TokenAuth(self._fetch_token())
                self._renewed = True
            request.auth = self._auth
        return True

    def _find_project(self, proof: auth.TokenAuth | SigningAuth) -> str:
        """The id of the project of the region, or of the name in HW_PROJECT_NAME.

        Document: Querying Project Information (IAM).
        """
        name = self._need_project_name()
        response = self._ask_iam("KeystoneListProjects", "GET", "/v3/projects", [("name", name)], None, proof).json()
        found = response.get("projects") if isinstance(response, dict) else None
        found = found if isinstance(found, list) else []
        ids = [row.get("id") for row in found if isinstance(row, dict) and row.get("name") == name]
        if len(ids) != 1 or not ids[0] or not isinstance(ids[0], str):
            raise errors.ConfigurationError(
                f"IAM knows {len(ids)} projects named {name} for these credentials.", hint="Set project_id."
            )
        return ids[0]

    def _need_project_name(self) -> str:
        if not self._project_name:
            raise errors.ConfigurationError("project_id is needed, or region to look it up.")
        return self._project_name

    # -- requests ------------------------------------------------------------------------------

    def call(
        self,
        operation: str,
        method: str,
        segments: Sequence[str],
        query: Query = (),
        body: object = None,
        idempotent: bool = True,
    ) -> Any:
        """The parsed body of the good response to an operation; RequestError otherwise.

        ``segments`` are the path below ``/v2/{project_id}``, ``body`` is sent as JSON. A GET returns an object; a write
        may return ``None``, since its response may have no body.
        """
        url = self.addresses.url + path("v2", self.project_id, *segments)
        try:
            response = self._send(
                operation, method, url, query, body, self._auth, idempotent, lane=_lane(method, segments)
            )
        except errors.RequestError as error:
            if error.operation == operation:  # it may be a request for a new IAM token, which has its own hint
                error.hint = codes.hint_for(self._way, error)
            raise
        return response.json() if response.body and response.status != 204 else None

    def page(
        self, operation: str, segments: Sequence[str], key: str, needed: str | None, offset: int, limit: int
    ) -> tuple[list[pagination.Row], Any]:
        """One page of a list: the rows under ``key``, each with a text under ``needed``, and the stated total."""
        try:
            response = self.call(operation, "GET", segments, [("limit", limit), ("offset", offset)])
        except errors.RequestError as error:
            if not offset or error.code != codes.PAST_THE_END:
                raise
            return [], 0  # rows were removed since the last page: the other total makes Pages read the list again
        return pagination.rows(response, key, needed), response.get("total")

    def _ask_iam(
        self,
        operation: str,
        method: str,
        address: str,
        query: Query,
        body: object,
        proof: auth.TokenAuth | SigningAuth | None,
    ) -> http.Response:
        url = self.addresses.iam() + address
        try:
            # Any JSON will do: an IAM token is in a header of the response.
            return self._send(operation, method, url, query, body, proof, shape=(dict, list, str, int, float))
        except errors.RequestError as error:
            error.hint = codes.hint_of_iam(self._way, error)
            raise

    def _send(
        self,
        operation: str,
        method: str,
        url: str,
        query: Query,
        body: object,
        proof: auth.TokenAuth | SigningAuth | None,
        idempotent: bool = True,
        shape: Shape = dict,
        lane: str | None = None,
    ) -> http.Response:
        if query:
            url += "?" + urlencode(sorted((key, str(value)) for key, value in query), quote_via=quote)
        request = http.Request(
            TITLE,
            operation,
            method,
            url,
            lambda response: self._check(request, response, shape),
            secrets=self.secrets,
            headers={"Content-Type": JSON},
            body=None if body is None else json.dumps(body).encode(),
            auth=proof or auth.NoAuth(),
            idempotent=idempotent,
            lane=lane,
        )
        return self.send(request)

    def _check(self, request: http.Request, response: http.Response, shape: Shape) -> errors.RequestError | None:
        """``None`` for a good response, else the error that it means."""
        about: dict[str, Any] = {
            "status": response.status,
            "request_id": response.headers.get("X-Request-Id"),
            "retry_after": response.retry_after(),
        }
        body = unreadable = None
        try:
            body = response.json() if response.body else None
        except errors.ResponseError as problem:
            unreadable = problem.message
        code, message = codes.code_and_message(body)
        if 200 <= response.status < 300:
            if code is not None or codes.partly_refused(body):
                # A body with an error code is a failure, whatever the status says.
                return request.error(errors.INVALID, message or "no message", code=code, outcome_unknown=True, **about)
            # The services change the status and body of success without notice (204 to 200 with a job_id). For a write
            # any is taken, since its outcome is read afterwards. What a GET reads must be there.
            if request.method == "GET":
                usable = isinstance(body, shape) and response.status != 204
            else:
                usable = response.status == 204 or (unreadable is None and (body is None or isinstance(body, shape)))
            if usable:
                return None
            # The request may have been carried out all the same.
            return request.error(
                errors.RESPONSE, unreadable or f"expected the documented response; got {response.what()}",
                retry=unreadable is not None, outcome_unknown=True, hint="Check api_url, and proxies on the way.", **about
            )  # fmt: skip
        kind, retry, hint = judged = codes.judge(response.status, code)
        return request.error(
            kind, message or f"the response has no message; got {response.what()}", code=code, retry=retry, hint=hint,
            outcome_unknown=kind == errors.SERVER and response.status >= 500, busy=judged is codes.BUSY, **about
        )  # fmt: skip


def connect(params: Mapping[str, Any], secrets: Secrets, service: str | None) -> HuaweiCloudClient:
    """A client for the connection options of a task; ConfigurationError when they do not suffice.

    ``service`` is a key of SERVICES. Sends nothing: the client looks up what it lacks with its first request.
    """
    chain = auth.credential_chain(params)
    way, credentials, source = auth.choose(chain)
    region, cloud = chain.get("region"), chain.get("cloud")
    # Both become parts of host names: with a slash in one, credentials would go to another host.
    if region and not REGION.match(region):
        raise errors.ConfigurationError(
            f"{chain.name('region')} must be a region, such as ap-southeast-1; got a value with characters other than "
            "letters, digits, '-' and '_', or with more than 64 of them."
        )
    if cloud and not re.match(DOMAIN, cloud):
        raise errors.ConfigurationError(
            f"{chain.name('cloud')} must be a domain, such as myhuaweicloud.com; got {cloud!r}."
        )
    # Id and name of the project come from one source, the strongest one that has either.
    project = CredentialChain(*filter(None, [chain.source("project_id", "project_name")]))
    project_id = project.get("project_id")
    check_header_texts({source.name(option): credentials.get(option) for option in HEADERS})
    check_header_texts({project.name("project_id"): project_id})
    if project_id in (".", ".."):
        raise errors.ConfigurationError(
            f"{project.name('project_id')} must be the id of a project; got {project_id!r}, which cannot stand in a URL."
        )
    addresses = _addresses(params, chain, service, region, cloud)
    client = HuaweiCloudClient(
        base.transport(params, seconds(30 if params.get("timeout") is None else params["timeout"])),
        secrets,
        way,
        credentials,
        addresses,
        project_id=project_id,
        project_name=None if project_id else project.get("project_name"),
    )
    client.warnings = chain.warnings
    return client


def _addresses(
    params: Mapping[str, Any], chain: CredentialChain, service: str | None, region: str | None, cloud: str | None
) -> clouds.Addresses:
    """The addresses of the service and of IAM, from the task, the environment or the region."""
    host, sdk_name = SERVICES[str(service)]
    variables = {}
    if region:
        variables["api_url"] = "HUAWEICLOUD_SDK_REGION_{}_{}".format(sdk_name, region.replace("-", "_").upper())
    places = CredentialChain(chain.sources[0], environment(variables))
    url = places.get("api_url")
    name: str | None = places.name("api_url")
    if url and name in variables.values():
        url = url.split(",")[0]  # the official SDK takes several addresses in one variable
    if not url:
        if not region:
            raise errors.ConfigurationError("Set region, or api_url.", hint="region is for example ap-southeast-1.")
        url, name = clouds.endpoint(host, region, cloud), None
    iam_url, iam_name = chain.get("iam_url"), chain.name("iam_url")
    for address, called in ((url, name or "api_url"), (iam_url, iam_name)):
        if address:
            http.check_url(address, params["allow_http"], called)
    iam_url = clouds.base_url(iam_url, "v3") if iam_url else None
    addresses = clouds.Addresses(clouds.base_url(url, "v2"), iam_url, region, cloud, (name, iam_name))
    if iam_url and not name:
        addresses.check(iam_url, known_only=True)  # the address that follows from the region may be in the wrong cloud
    return addresses


PROVIDER = base.Provider(NAME, TITLE, CODES, argument_spec, connect, EXCLUSIVE)
