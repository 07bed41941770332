# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls Huawei Cloud's services: JSON over HTTPS, signed with AK/SK or carrying an IAM token."""

from __future__ import annotations

import json
import re
import threading
from urllib.parse import quote, urlencode

from .. import _errors as errors
from .._transport import client as base
from .._transport import credentials as creds
from .._transport import http, pagination
from . import auth, clouds, codes
from .signing import SigningAuth

NAME = "huaweicloud"
TITLE = "Huawei Cloud"
CODES = codes.CODES  # the guide on errors explains each of them
JSON = "application/json"
# Ways to authenticate that exclude each other in a task.
EXCLUSIVE = [["ak", "auth_token", "iam_user"]]
REGION = re.compile(r"^[A-Za-z0-9_-]{1,64}\Z")
DOMAIN = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z"
# Credentials that a header carries.
HEADERS = ("ak", "security_token", "auth_token")
# Host of a service, and its name in the official SDK's environment variables for endpoints.
SERVICES = {"rocketmq": ("dms", "ROCKETMQ"), "roma": ("roma", "ROMA")}


def argument_spec():
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


def path(*segments):
    """A URL path of escaped segments; `.` and `..` are refused, since every HTTP library resolves them."""
    for segment in segments:
        if segment in ("", ".", ".."):
            raise errors.ConfigurationError(f"{segment!r} cannot stand in a URL.")
    return "/" + "/".join(quote(segment, safe="~") for segment in segments)


def _lane(method, segments):
    """The instance that a call writes to."""
    return segments[segments.index("instances") + 1] if method != "GET" and "instances" in segments else None


class HuaweiCloudClient(base.Client):
    """One project of one service in one region."""

    def __init__(self, transport, secrets, kind, credentials, addresses, project_id=None, project_name=None):
        super().__init__(transport, secrets)
        self.addresses = addresses
        self._kind = kind
        self._credentials = credentials
        self._project_id = project_id
        self._project_name = project_name or addresses.region  # a region's own project has its name
        self._auth = None
        self._renewed = False  # the token is a second one, which has not served yet
        self._lock = threading.RLock()
        self.not_offered = set()  # operations that this region turned out not to have
        secrets.add(*(value for option, value in credentials.items() if option not in ("ak", "iam_user", "iam_domain")))

    # -- who asks ------------------------------------------------------------------------------

    @property
    def project_id(self):
        self._ready()
        return self._project_id

    def _ready(self):
        """Project and authentication, fetched at most once, by whichever thread comes first."""
        with self._lock:
            if self._auth is not None:
                return
            if self._kind == "token":
                made = auth.TokenAuth(self._credentials["auth_token"])
            elif self._kind == "iam":
                made = auth.TokenAuth(self._fetch_token())
            else:
                made = SigningAuth(**self._credentials)
            if not self._project_id:
                self._project_id = self._find_project(made)
            if self._kind == "ak":
                made = SigningAuth(project_id=self._project_id, **self._credentials)
            self._auth = made

    def _fetch_token(self):
        """An IAM token for user and password, scoped to the project."""
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
            raise errors.ResponseError("IAM answered without X-Subject-Token", hint="Check iam_url.")
        self.secrets.add(token)
        body = response.json()
        for key in ("token", "project", "id"):
            body = body.get(key) if isinstance(body, dict) else None
        self._project_id = self._project_id or (body if isinstance(body, str) else None)
        return token

    def send(self, call):
        response = super().send(call)
        if call.auth is self._auth:
            self._renewed = False
        return response

    def renew(self, call):
        """Whether ``call`` has another IAM token now: they end (APIGW.0307, DMS.10240102), and one is fetched again."""
        if self._kind != "iam" or self._auth is None or not isinstance(call.auth, auth.TokenAuth):
            return False  # nothing that IAM gave, or a call of IAM itself
        with self._lock:
            if call.auth is self._auth:
                if self._renewed:
                    return False  # a new one is refused too: not because it has ended
                self._auth = auth.TokenAuth(self._fetch_token())
                self._renewed = True
            call.auth = self._auth
        return True

    def _find_project(self, made):
        """The project of the name that is asked for, which is the region's unless HW_PROJECT_NAME says otherwise."""
        name = self._need_project_name()
        response = self._ask_iam("KeystoneListProjects", "GET", "/v3/projects", [("name", name)], None, made).json()
        found = response.get("projects") if isinstance(response, dict) else None
        found = found if isinstance(found, list) else []
        ids = [row.get("id") for row in found if isinstance(row, dict) and row.get("name") == name]
        if len(ids) != 1 or not ids[0] or not isinstance(ids[0], str):
            raise errors.ConfigurationError(
                f"IAM knows {len(ids)} projects named {name} for these credentials.", hint="Set project_id."
            )
        return ids[0]

    def _need_project_name(self):
        if not self._project_name:
            raise errors.ConfigurationError("project_id is needed, or region to look it up.")
        return self._project_name

    # -- calls ---------------------------------------------------------------------------------

    def call(self, operation, method, segments, query=(), body=None, idempotent=True):
        """The response's JSON of a call below ``/v2/{project_id}``; of a write there may be none, which is ``None``."""
        self._ready()
        url = self.addresses.url + path("v2", self._project_id, *segments)
        try:
            response = self._send(
                operation, method, url, query, body, self._auth, idempotent, lane=_lane(method, segments)
            )
        except errors.RequestError as error:
            if error.operation == operation:  # and not IAM's, which was asked for a new token
                error.hint = codes.hint_for(self._kind, error)
            raise
        return response.json() if response.body and response.status != 204 else None

    def page(self, operation, segments, key, needed, offset, limit):
        """The rows of one page of a list, each with the text ``needed``, and the total that the service states."""
        try:
            response = self.call(operation, "GET", segments, [("limit", limit), ("offset", offset)])
        except errors.RequestError as error:
            if not offset or error.code != codes.PAST_THE_END:
                raise
            return [], 0  # rows went since the last page: another total says so, and all is read again
        return pagination.rows(response, key, needed), response.get("total")

    def _ask_iam(self, operation, method, address, *arguments):
        url = self.addresses.iam() + address
        try:
            # What counts of a token's response is in its header.
            return self._send(operation, method, url, *arguments, shape=(dict, list, str, int, float))
        except errors.RequestError as error:
            error.hint = codes.hint_of_iam(self._kind, error)
            raise

    def _send(self, operation, method, url, query, body, made, idempotent=True, shape=dict, lane=None):
        if query:
            url += "?" + urlencode(sorted((key, str(value)) for key, value in query), quote_via=quote, safe="~")
        call = http.Request(
            TITLE,
            operation,
            method,
            url,
            lambda response: self._check(call, response, shape),
            secrets=self.secrets,
            headers={"Content-Type": JSON},
            body=None if body is None else json.dumps(body).encode("utf-8"),
            auth=made or auth.NoAuth(),
            idempotent=idempotent,
            lane=lane,
        )
        return self.send(call)

    def _check(self, call, response, shape):
        """``None``, or the error that the response is."""
        about = {
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
                # A body with an error code is a refusal, whatever the status says.
                return call.error(errors.INVALID, message or "no message", code=code, outcome_unknown=True, **about)
            # The services go from one status and body of success to another (204 to 200 with a job_id) without
            # notice. Of a write any will do, since what counts is read afterwards; what is read must be there.
            if call.method == "GET":
                usable = isinstance(body, shape) and response.status != 204
            else:
                usable = response.status == 204 or (unreadable is None and (body is None or isinstance(body, shape)))
            if usable:
                return None
            # Unclear: what was asked for may have been done all the same.
            return call.error(
                errors.RESPONSE, unreadable or f"no documented response but {response.what()}",
                retry=unreadable is not None, outcome_unknown=True, hint="Check api_url, and proxies on the way.", **about
            )  # fmt: skip
        kind, retry, hint = judged = codes.judge(response.status, code)
        return call.error(
            kind, message or f"no message but {response.what()}", code=code, retry=retry, hint=hint,
            outcome_unknown=kind == errors.SERVER and response.status >= 500, busy=judged is codes.BUSY, **about
        )  # fmt: skip


def connect(params, secrets, service):
    """A client for a task's connection options; ConfigurationError when they do not suffice. Sends nothing yet."""
    layers = auth.layers(params)
    kind, credentials, source = auth.choose(layers)
    region, cloud = layers.one("region"), layers.one("cloud")
    # Both become parts of host names: with a slash in one, credentials would go to another host.
    if region and not REGION.match(region):
        raise errors.ConfigurationError(
            f"{layers.name('region')} is no region: it has letters, digits, '-' and '_' only."
        )
    if cloud and not re.match(DOMAIN, cloud):
        raise errors.ConfigurationError(
            f"{layers.name('cloud')} must be a domain, such as myhuaweicloud.com; got {cloud!r}."
        )
    # The strongest source that has either says which project, by its id or its name.
    project = creds.CredentialChain(*filter(None, [layers.source("project_id", "project_name")]))
    project_id = project.one("project_id")
    creds.header_texts({source.name(option): credentials.get(option) for option in HEADERS})
    creds.header_texts({project.name("project_id"): project_id})
    if project_id in (".", ".."):
        raise errors.ConfigurationError(
            f"{project.name('project_id')} cannot be {project_id!r}, which cannot stand in a URL."
        )
    addresses = _addresses(params, layers, service, region, cloud)
    made = HuaweiCloudClient(
        base.transport(params, creds.seconds(30 if params.get("timeout") is None else params["timeout"])),
        secrets,
        kind,
        credentials,
        addresses,
        project_id=project_id,
        project_name=None if project_id else project.one("project_name"),
    )
    made.warnings = layers.warnings
    return made


def _addresses(params, layers, service, region, cloud):
    """Where the service and IAM are, as the task, the environment or the region says."""
    host, sdk_name = SERVICES[service]
    variables = {}
    if region:
        variables["api_url"] = "HUAWEICLOUD_SDK_REGION_{}_{}".format(sdk_name, region.replace("-", "_").upper())
    places = creds.CredentialChain(layers.sources[0], creds.environment(variables))
    url, name = places.one("api_url"), places.name("api_url")
    if not url and not region:
        raise errors.ConfigurationError("Set region, or api_url.", hint="region is for example ap-southeast-1.")
    if url and name in variables.values():
        url = url.split(",")[0]  # the official SDK takes several
    if not url:
        url, name = clouds.endpoint(host, region, cloud), None
    iam_url, iam_name = layers.one("iam_url"), layers.name("iam_url")
    for address, called in ((url, name or "api_url"), (iam_url, iam_name)):
        if address:
            http.check_url(address, params["allow_http"], called)
    iam_url = clouds.base_url(iam_url, "v3") if iam_url else None
    addresses = clouds.Addresses(clouds.base_url(url, "v2"), iam_url, region, cloud, (name, iam_name))
    if iam_url and not name:
        addresses.check(known_only=True)  # the service's address, which nobody gave, may be the wrong one
    return addresses


PROVIDER = base.Provider(NAME, TITLE, CODES, argument_spec, connect, EXCLUSIVE)
