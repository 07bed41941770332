# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The official SDK clients, pointed at the simulator."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from types import SimpleNamespace

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdkrocketmq.v2 import RocketMQClient
from huaweicloudsdkroma.v2 import RomaClient
from ucloud.core.auth import Credential
from ucloud.core.client import Client as CoreClient
from ucloud.services.ufile.client import UFileClient

PROJECT = "project-demo"


def ucloud(sim, credential="admin", client=CoreClient, **config):
    entry = sim.credentials["ucloud"][credential]
    config = {
        "public_key": entry["public_key"],
        "private_key": entry["private_key"],
        "region": "cn-bj2",
        "project_id": "org-demo",
        "base_url": sim.url,
        "max_retries": 0,
        **config,
    }
    logger = logging.getLogger("quiet")
    logger.setLevel(logging.CRITICAL + 1)
    return client(config, logger=logger)


def ufile(sim, credential="admin", **config):
    return ucloud(sim, credential, UFileClient, **config)


def sign_form(entry, sent):
    return Credential(entry["public_key"], entry["private_key"]).verify_ac(dict(sent))


def form(sim, credential="admin", headers=None, sign=True, **params):
    """A signed form, sent as it is: for what the SDK would not send."""
    entry = sim.credentials["ucloud"][credential]
    sent = {"PublicKey": entry["public_key"], **params}
    sent = {name: value for name, value in sent.items() if value is not None}
    if sign:
        sent["Signature"] = sign_form(entry, sent)
    return requests.post(sim.url, data=sent, headers=headers, timeout=10)


def _client(sim, builder, credential, sk=None):
    entry = sim.credentials["huaweicloud"][credential]
    credentials = BasicCredentials(entry["ak"], sk or entry["sk"], PROJECT)
    if "security_token" in entry:
        credentials = credentials.with_security_token(entry["security_token"])
    config = HttpConfig.get_default_config()
    config.retry_times = 0
    return builder.new_builder().with_credentials(credentials).with_http_config(config).with_endpoint(sim.url).build()


def rocketmq(sim, credential="admin", sk=None):
    return _client(sim, RocketMQClient, credential, sk)


def roma(sim, credential="admin"):
    return _client(sim, RomaClient, credential)


def signed(sim, method, path, body=None, credential="admin", query=(), headers=None, sk=None, date=None):
    """A request signed by the official signer, sent as it is."""
    entry = sim.credentials["huaweicloud"][credential]
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {"Content-Type": "application/json", **(headers or {})}
    if date is not None:
        names["X-Sdk-Date"] = datetime.strftime(date, "%Y%m%dT%H%M%SZ")
    request = SdkRequest(
        method=method,
        schema="http",
        host=sim.url.partition("//")[2],
        resource_path=path,
        query_params=list(query),
        header_params=names,
        body=data,
    )
    Signer(SimpleNamespace(ak=entry["ak"], sk=sk or entry["sk"])).sign(request)
    # Prepared by hand: requests would normalise the escapes of the path.
    prepared = requests.Request(method, sim.url, headers=request.header_params, data=data).prepare()
    prepared.url = sim.url + request.uri
    with requests.Session() as session:
        return session.send(prepared, timeout=10, allow_redirects=False)


USERS = f"/v2/{PROJECT}/instances/rocketmq-demo/users"
POLICY = f"/v2/{PROJECT}/mqs/instances/roma-demo/topics/accesspolicy"


def user_body(**fields):
    return {"secret_key": "Fresh-Secret-01", **fields}
