# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Huawei Cloud documents do not allow is refused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import requests
from sdk_clients import POLICY, PROJECT, USERS, signed, user_body

RETIRED = f"{USERS}/retired"
ROW = {"app_id": "roma-app-billing", "app_name": "billing", "access_policy": "sub"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"access_key": "retired"}, None),
        ({"secret_key": None}, "DMS.00500960"),
        ({"secret_key": ""}, "DMS.00500960"),
        ({"secret_key": "Short-1"}, "DMS.00500960"),
        ({"secret_key": "A1-" + "x" * 30}, "DMS.00500960"),
        ({"secret_key": "onlylower-"}, "DMS.00500960"),
        ({"secret_key": "Space Secret 1"}, "DMS.00500960"),
        ({"secret_key": 12345678}, "DMS.00400002"),
        ({"access_key": "another"}, "DMS.00400002"),
        ({"admin": "true"}, "DMS.00400002"),
        ({"admin": 1}, "DMS.00400002"),
        ({"default_topic_perm": "ALL"}, "DMS.00400002"),
        ({"default_topic_perm": "SUB|PUB"}, "DMS.00400002"),
        ({"default_group_perm": "SUB|PUB"}, "DMS.00400002"),
        ({"topic_perms": None}, "DMS.00400002"),
        ({"topic_perms": [{"name": "a"}]}, "DMS.00400002"),
        ({"topic_perms": [{"name": "a", "perm": "pub"}]}, "DMS.00400002"),
        ({"topic_perms": [{"name": "a", "perm": "PUB", "why": ""}]}, "DMS.00400002"),
        ({"group_perms": [{"name": "a", "perm": "PUB|SUB"}]}, None),
        ({"group_perms": [{"name": "a", "perm": "NONE"}]}, "DMS.00400002"),
        ({"group_perms": [{"name": "a", "perm": "SUB"}] * 2}, "DMS.00400002"),
        ({"white_remote_address": ["192.0.2.1"]}, "DMS.00400002"),
        ({"topic_perm": []}, "DMS.00400002"),
    ],
)
def test_a_user_is_as_documented_or_refused(sim, change, code):
    body = user_body(**change)
    if change.get("secret_key", "") is None:
        del body["secret_key"]
    response = signed(sim, "PUT", RETIRED, body)
    assert response.headers["X-Request-Id"]
    if code is None:
        assert response.status_code == 200, response.text
    else:
        assert (response.status_code, response.json()["error_code"]) == (400, code)
        assert sim.counters["writes"] == []


@pytest.mark.parametrize("name", ["Backward1", "1drawkcaB"])
def test_a_secret_that_is_the_name_is_refused(sim, name):
    sim.add_rocketmq_user(access_key="Backward1")
    response = signed(sim, "PUT", f"{USERS}/Backward1", {"secret_key": name})
    assert response.json()["error_code"] == "DMS.00500960"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"admin": NaN}', b'{"admin": true, "admin": true}', b""])
def test_a_body_that_is_not_json_is_refused(sim, body):
    assert signed(sim, "PUT", RETIRED, body).status_code == 400


def test_another_content_type_is_refused(sim):
    headers = {"Content-Type": "text/plain"}
    assert signed(sim, "PUT", RETIRED, user_body(), headers=headers).status_code == 400


def test_a_new_user_has_a_new_long_name_and_a_secret(sim):
    assert signed(sim, "POST", USERS, user_body(access_key="checkout")).status_code == 400
    assert signed(sim, "POST", USERS, user_body(access_key="short")).status_code == 400
    assert signed(sim, "POST", USERS, user_body()).status_code == 400
    assert signed(sim, "POST", USERS, user_body(access_key="long-enough")).status_code == 200


def test_an_escaped_name_is_one_segment_of_the_path(sim):
    """A name with a slash or a space is one segment of the raw path."""
    for name, escaped in (("a/b c", "a%2Fb%20c"), ("ü+1%", "%C3%BC%2B1%25")):
        sim.add_rocketmq_user(access_key=name)
        response = signed(sim, "GET", f"{USERS}/{escaped}")
        assert response.status_code == 200, response.text
        assert response.json()["access_key"] == name
    assert signed(sim, "GET", f"{USERS}/a/b").json()["error_code"] == "DMS.10240406"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v2", 404, "DMS.10240406"),
        ("PATCH", RETIRED, 404, "DMS.10240406"),
        ("GET", f"{USERS}/", 400, "DMS.00500972"),
        ("GET", f"{USERS}/retired/", 404, "DMS.10240406"),
        ("GET", USERS.replace("rocketmq-demo", "nothing"), 404, "DMS.00404022"),
        ("GET", USERS.replace(PROJECT, "project-other"), 404, "DMS.00404022"),
        ("GET", USERS.replace(PROJECT, "project-nobody"), 403, "DMS.10240309"),
        ("GET", POLICY.replace("topics/", "topics/none/"), 404, "MQS.00404010"),
    ],
)
def test_a_wrong_url_is_refused(sim, method, path, status, code):
    response = signed(sim, method, path)
    assert (response.status_code, response.json()["error_code"]) == (status, code)


def test_an_unknown_query_is_refused(sim):
    assert signed(sim, "GET", USERS, query=[("page", "1")]).status_code == 400
    assert signed(sim, "GET", USERS, query=[("limit", "ten")]).status_code == 400
    assert signed(sim, "GET", USERS, query=[("limit", "10"), ("offset", "0")]).status_code == 200


@pytest.mark.parametrize(
    ("topics", "status"),
    [
        ([{"name": "orders", "policies": [ROW]}], 204),
        ([{"name": "orders", "policies": [{**ROW, "app_key": "roma-key-billing"}]}], 204),
        ([], 400),
        ([{"name": "orders"}], 400),
        ([{"name": "orders", "policies": [ROW, ROW]}], 400),
        ([{"name": "orders", "policies": []}] * 2, 400),
        ([{"name": "orders", "policies": [{**ROW, "app_id": "roma-app-none"}]}], 400),
        ([{"name": "orders", "policies": [{**ROW, "app_name": "shop"}]}], 400),
        ([{"name": "orders", "policies": [{**ROW, "app_key": "other"}]}], 400),
        ([{"name": "orders", "policies": [{**ROW, "user_name": "x"}]}], 400),
        ([{"name": "orders", "policies": [{**ROW, "access_policy": "PUB"}]}], 400),
        ([{"name": "orders", "policies": [{**ROW, "owner": True}]}], 400),
        ([{"name": "orders", "policies": [{**ROW, "tag": None}]}], 400),
        ([{"name": "orders", "policies": [], "partition": 3}], 400),
        ([{"name": f"orders-{n}", "policies": []} for n in range(101)], 400),
    ],
)
def test_a_topic_is_as_documented_or_refused(sim, topics, status):
    assert signed(sim, "POST", POLICY, {"topics": topics}).status_code == status


def test_roma_has_errors_of_its_own(sim):
    unknown = signed(sim, "POST", POLICY, {"topics": [{"name": "none", "policies": []}]})
    assert unknown.json() == {"failed_topics": ["none"]}
    forbidden = signed(sim, "POST", POLICY, {"topics": []}, "readonly")
    assert (forbidden.status_code, forbidden.json()) == (403, {"error_code": 403, "error_msg": "Forbidden"})


def test_a_key_reads_or_writes_as_its_role_allows(sim):
    assert signed(sim, "GET", USERS, credential="readonly").status_code == 200
    refused = signed(sim, "PUT", RETIRED, user_body(), "readonly")
    assert (refused.status_code, refused.json()["error_code"]) == (403, "DMS.10240309")
    assert signed(sim, "GET", USERS, credential="writeonly").status_code == 403
    assert signed(sim, "PUT", RETIRED, user_body(), "writeonly").status_code == 200
    assert signed(sim, "GET", USERS, credential="revoked").json()["error_code"] == "APIGW.0301"


@pytest.mark.parametrize(("minutes", "code"), [(-14, None), (14, None), (-16, "APIGW.0303"), (16, "APIGW.0303")])
def test_a_date_is_a_quarter_of_an_hour_off_at_most(sim, minutes, code):
    response = signed(sim, "GET", USERS, date=datetime.now(timezone.utc) + timedelta(minutes=minutes))
    assert response.status_code == (401 if code else 200)
    assert not code or response.json()["error_code"] == code


def test_a_signature_covers_everything(sim):
    ak = sim.credentials["huaweicloud"]["admin"]["ak"]
    good = signed(sim, "PUT", RETIRED, user_body()).request
    changes = (
        {"url": good.url.replace("retired", "checkout")},
        {"url": good.url + "?limit=1"},
        {"body": good.body + b" "},
        {"method": "GET"},
        {"headers": {**good.headers, "Content-Type": "application/json; charset=utf-8"}},
        {"headers": {**good.headers, "Authorization": good.headers["Authorization"][:-1] + "g"}},
        {"headers": {**good.headers, "Authorization": f"SDK-HMAC-SHA256 Access={ak}"}},
        {"headers": {**good.headers, "Authorization": "Bearer token"}},
        {"headers": {**good.headers, "X-Sdk-Date": "yesterday"}},
    )
    for change in changes:
        sim.failed = None
        request = good.copy()
        for name, value in change.items():
            setattr(request, name, value)
        if "body" in change:
            request.headers["Content-Length"] = str(len(change["body"]))
        if "headers" in change:
            request.headers = requests.structures.CaseInsensitiveDict(change["headers"])
        with requests.Session() as session:
            response = session.send(request, timeout=9)
        assert (response.status_code, response.json()["error_code"]) == (401, "APIGW.0301"), change
        sim.failed_logins.clear()


def test_a_request_without_authentication_is_refused(sim):
    response = requests.get(sim.url + USERS, timeout=9)
    assert (response.status_code, response.json()["error_code"]) == (401, "APIGW.0301")


def test_a_project_in_the_header_must_be_that_of_the_path(sim):
    headers = {"X-Project-Id": "project-other"}
    assert signed(sim, "GET", USERS, headers=headers).status_code == 403
    assert signed(sim, "GET", USERS, headers={"X-Project-Id": PROJECT}).status_code == 200


def test_a_key_is_locked_after_wrong_signatures_in_a_row(sim):
    sim.traps.set(lock_seconds=300)
    assert signed(sim, "GET", USERS, sk="wrong").status_code == 401
    assert signed(sim, "GET", USERS).status_code == 200  # counts in a row only
    for _unused in range(6):
        assert "limit" not in signed(sim, "GET", USERS, sk="wrong").text
    locked = signed(sim, "GET", USERS)
    assert locked.status_code == 401
    assert "failed to reach the limit" in locked.text
    assert signed(sim, "GET", USERS, credential="readonly").status_code == 200
    sim.traps.set(clock_skew=301)  # five minutes later
    assert signed(sim, "GET", USERS).status_code == 200
