# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud's signature against the official SDK's."""

from __future__ import annotations

import calendar
import hashlib
import json
import pathlib
import re
import time
from operator import itemgetter
from urllib.parse import quote, urlsplit

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import signing

FILE = pathlib.Path(__file__).resolve().parents[3] / "data" / "huaweicloud_signing.json"
DATA = json.loads(FILE.read_text(encoding="utf-8"))
VECTORS = DATA["vectors"]
SIGNER = [vector for vector in VECTORS if vector["input"]["level"] == "signer"]
CLIENT = [vector for vector in VECTORS if vector["input"]["level"] == "client"]


class Unprepared:
    """What SigningAuth needs of a request, with the URL untouched: `requests` would resolve `..` in it."""

    def __init__(self, method, url, headers, body):
        self.method = method
        self.url = url
        self.headers = requests.structures.CaseInsensitiveDict(headers)
        self.body = body


def text(value, inside_list=False):
    """A query value as the SDK writes it: a flag is lower-cased, except in a list."""
    return str(value).lower() if isinstance(value, bool) and not inside_list else str(value)


class Number(str):
    """A number as text that sorts by its value: the SDK sorts the numbers of a list before it writes them."""

    def __lt__(self, other):
        return int(self) < int(other)


def pairs(query):
    result = []
    for key, value in query:
        if isinstance(value, list):
            kind = Number if value and all(item.__class__ is int for item in value) else str
            result.extend((key, kind(text(item, True))) for item in value)
        elif value is not None:
            result.append((key, text(value)))
    return result


def plain_headers(vector):
    """The sent headers but the signature, with text that is not ASCII as it was given."""
    headers = dict(vector["expected"]["headers"])
    headers.pop("Authorization")
    return {name: value.encode("latin-1").decode("utf-8") for name, value in headers.items()}


def auth(vector):
    known = vector["credentials"]
    return signing.SigningAuth(
        known["ak"], known["sk"], known["security_token"], known["project_id"], clock=lambda: DATA["frozen_utc"]
    )


def test_every_vector_is_used():
    assert len(SIGNER) + len(CLIENT) == len(VECTORS) == 51


@pytest.mark.parametrize("vector", SIGNER, ids=itemgetter("name"))
def test_a_vector_is_signed_as_by_the_official_signer(vector):
    given, known = vector["input"], vector["credentials"]
    body = (given["body"] or "").encode("utf-8")
    authorization = signing.sign(
        given["method"], given["path"], pairs(given["query"]), plain_headers(vector), body, known["ak"], known["sk"]
    )
    assert authorization == vector["expected"]["authorization"]
    assert hashlib.sha256(body).hexdigest() == vector["expected"]["body_sha256"]


@pytest.mark.parametrize("vector", SIGNER, ids=itemgetter("name"))
def test_path_and_query_have_the_canonical_form_of_the_vector(vector):
    uri, query = vector["expected"]["canonical_request"].split("\n")[1:3]
    assert signing.canonical_uri(vector["input"]["path"]) == uri
    assert signing.canonical_query(pairs(vector["input"]["query"])) == query
    assert urlsplit(vector["expected"]["url"]).query == query


def signed_names(headers):
    return headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")


def resigned(request, headers, credentials):
    """What :func:`signing.sign` makes of the URL and the body that are sent, with the headers that the SDK signed."""
    url, body = urlsplit(request.url), request.body or b""
    query = signing.parse_qsl(url.query, keep_blank_values=True)
    body = body.encode("utf-8") if isinstance(body, str) else body
    return signing.sign(request.method, url.path or "/", query, headers, body, credentials["ak"], credentials["sk"])


# A URL holds texts, so SigningAuth cannot sort numbers by value; test_a_vector_is_signed_as_by_the_official_signer has that vector.
@pytest.mark.parametrize("vector", [v for v in SIGNER if v["name"] != "query_list_value"], ids=itemgetter("name"))
def test_a_request_that_is_not_prepared_is_signed_as_the_vector_says(vector):
    given = vector["input"]
    url = "{scheme}://{host}{path}".format(**given)
    query = urlsplit(vector["expected"]["url"]).query
    request = Unprepared(given["method"], url + ("?" + query if query else ""), given["headers"], given["body"])
    made = auth(vector)(request)
    headers = plain_headers(vector)
    assert resigned(made, headers, vector["credentials"]) == vector["expected"]["authorization"]
    # What it signs itself is what the SDK sends, as far as it is signed at all.
    sent = {name.lower(): value for name, value in headers.items() if name.lower() in signing.SIGNED}
    assert {name: made.headers[name] for name in signed_names(made.headers)} == sent
    assert made.headers["Authorization"] == resigned(made, sent, vector["credentials"])


@pytest.mark.parametrize("vector", CLIENT, ids=itemgetter("name"))
def test_a_request_is_the_one_of_the_official_client(vector):
    given, expected = vector["input"], vector["expected"]
    segments = {key: quote(value, safe="~") for key, value in given["path_params"].items()}
    segments["project_id"] = vector["credentials"]["project_id"]
    path = re.sub(r"\{(\w+)\}", lambda match: segments[match.group(1)], given["resource_path_template"])
    query = signing.canonical_query(pairs(given["query_params"]))
    url = given["endpoint"] + path + ("?" + query if query else "")
    body = None if given["body_model"] is None else json.dumps(given["body_model"]).encode("utf-8")
    headers = {name: expected["headers"][name] for name in ("Content-Type", "User-Agent")}
    request = requests.Request(expected["method"], url, headers=headers, data=body, auth=auth(vector)).prepare()
    assert request.url == expected["url"]
    assert (request.body or b"").decode("utf-8") == expected["body_utf8"]
    assert resigned(request, plain_headers(vector), vector["credentials"]) == expected["authorization"]
    assert set(signed_names(request.headers)) <= set(signing.SIGNED)


def prepared(**headers):
    made = signing.SigningAuth("AK", "SK", clock=lambda: DATA["frozen_utc"])
    return requests.Request("GET", "https://host.example.com", headers=headers, auth=made).prepare()


REWRITTEN = {
    "User-Agent": "proxy/1", "Content-Type": "text/plain", "Accept": "*/*", "Accept-Encoding": "gzip",
    "Connection": "close", "Via": "1.1 proxy", "X-Language": "en-us", "X-Domain-Id": "d", "X-Sdk-Content-Sha256": "x",
}  # fmt: skip


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_a_proxy_may_rewrite_is_not_signed(name):
    rewritten = prepared(**{name: REWRITTEN[name]}).headers
    assert signed_names(rewritten) == ["host", "x-sdk-date"]
    assert rewritten["Authorization"] == prepared().headers["Authorization"]


def test_headers_given_as_bytes_are_signed_as_text():
    given = prepared(Host=b"host.example.com").headers
    assert given["Authorization"] == prepared().headers["Authorization"]


def test_what_says_where_when_and_for_whom_is_signed():
    made = signing.SigningAuth("AK", "SK", "token", "p-1", clock=lambda: DATA["frozen_utc"])
    headers = requests.Request("PUT", "https://host.example.com:8443/a", auth=made).prepare().headers
    assert signed_names(headers) == ["host", "x-project-id", "x-sdk-date", "x-security-token"]
    assert headers["Host"] == "host.example.com:8443"


def test_each_request_is_signed_with_the_time_of_the_moment():
    assert re.match(r"^\d{8}T\d{6}Z$", signing.now())
    made = signing.SigningAuth("AK", "SK")
    request = requests.Request("GET", "https://host.example.com", auth=made).prepare()
    assert request.headers["X-Sdk-Date"] <= signing.now()


def test_the_time_that_is_signed_is_that_of_greenwich(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert abs(time.time() - calendar.timegm(time.strptime(signing.now(), "%Y%m%dT%H%M%SZ"))) < 60
    finally:
        monkeypatch.undo()
        time.tzset()
