# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM: tokens and project ids."""

from __future__ import annotations

import copy

import pytest
import requests
from huaweicloudsdkcore.auth.internal import IamHelper
from huaweicloudsdkcore.http.http_config import HttpConfig
from sdk_clients import PROJECT, USERS, signed, user_body

TOKENS = "/v3/auth/tokens"


def login(sim, project=None, **user):
    account = sim.credentials["huaweicloud"]["iam_user"]
    return {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {
                    "user": {
                        "domain": {"name": account["iam_domain"]},
                        "name": account["iam_user"],
                        "password": account["iam_password"],
                        **user,
                    }
                },
            },
            "scope": {"project": project or {"name": "eu-west-101"}},
        }
    }


def post(sim, body):
    return requests.post(sim.url + TOKENS, params={"nocatalog": "true"}, json=body, timeout=9)


def users(sim, token):
    return requests.get(sim.url + USERS, headers={"X-Auth-Token": token}, timeout=9)


@pytest.mark.parametrize("project", [{"name": "eu-west-101"}, {"id": PROJECT}])
def test_a_password_gives_a_token_for_a_day(sim, project):
    response = post(sim, login(sim, project))
    assert response.status_code == 201
    assert response.json()["token"]["project"]["id"] == PROJECT
    assert response.json()["token"]["catalog"] == []
    token = response.headers["X-Subject-Token"]
    assert token in sim.secrets()
    assert users(sim, token).status_code == 200
    assert sim.counters["by_operation"]["KeystoneCreateUserTokenByPassword"] == 1
    assert sim.counters["auth"] == 1
    sim.traps.set(clock_skew=86401)
    assert users(sim, token).json()["error_code"] == "DMS.10240102"


def test_a_wrong_clock_may_be_told_in_other_words(sim):
    sim.traps.set(clock_skew=1000, skew_code="APIGW.0301")
    response = signed(sim, "GET", USERS)
    assert (response.status_code, response.json()["error_code"]) == (401, "APIGW.0301")
    assert "signature expired" in response.json()["error_msg"]


def test_a_wrong_login_is_refused(sim):
    wrong = post(sim, login(sim, password="Guessed-Secret"))
    assert (wrong.status_code, wrong.json()["error"]["title"]) == (401, "Unauthorized")
    assert post(sim, login(sim, {"name": "nowhere"})).status_code == 404
    assert post(sim, login(sim, {"name": "eu-west-101", "id": PROJECT})).status_code == 400
    assert post(sim, login(sim, extra="x")).status_code == 400
    body = copy.deepcopy(login(sim))
    body["auth"]["identity"]["methods"] = ["token"]
    assert post(sim, body).status_code == 400


@pytest.mark.parametrize(("name", "code"), [("token", None), ("expired_token", "DMS.10240102"), (None, "DMS.10240101")])
def test_fixed_tokens_are_valid_ended_or_unknown(sim, name, code):
    token = sim.credentials["huaweicloud"][name]["auth_token"] if name else "MII-unknown"
    response = users(sim, token)
    assert response.status_code == (401 if code else 200)
    assert not code or response.json()["error_code"] == code


def test_a_token_has_the_rights_of_its_user_in_its_project(sim):
    def send(method, path, name, **more):
        token = sim.credentials["huaweicloud"][name]["auth_token"]
        return requests.request(method, sim.url + path, headers={"X-Auth-Token": token}, timeout=9, **more)

    assert send("PUT", f"{USERS}/retired", "token", json=user_body()).status_code == 200
    assert send("PUT", f"{USERS}/retired", "readonly_token", json=user_body()).status_code == 403
    other = send("GET", USERS.replace(PROJECT, "project-other"), "token")
    assert (other.status_code, other.json()["error_code"]) == (401, "DMS.10240104")
    assert users(sim, "").json()["error_code"] == "DMS.10240103"


def test_projects_are_found_by_name(sim):
    found = signed(sim, "GET", "/v3/projects", query=[("name", "eu-west-101")]).json()["projects"]
    assert [row["id"] for row in found] == [PROJECT]
    assert len(signed(sim, "GET", "/v3/projects").json()["projects"]) == 2
    assert signed(sim, "GET", "/v3/projects", query=[("name", "x")]).json()["projects"] == []
    assert requests.get(sim.url + "/v3/projects", timeout=9).status_code == 401
    assert sim.counters["by_operation"]["KeystoneListProjects"] == 4


def test_the_sdk_asks_for_projects_like_this(sim):
    request = IamHelper.get_keystone_list_projects_request(HttpConfig.get_default_config(), sim.url, "eu-west-101")
    response = signed(sim, request.method, request.resource_path, query=request.query_params)
    assert response.json()["projects"][0]["id"] == PROJECT
