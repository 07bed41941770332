# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud: where credentials come from."""

from __future__ import annotations

import contextlib
import json
import re

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import auth, provider, rocketmq_user
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.tests.unit.scripted import Session, response, validated

RESOURCE = rocketmq_user.RESOURCE
NONE = {"ak": None, "sk": None, "project_id": None, "region": None}
AK = {"ak": "AK", "sk": "sk-secret"}


def connect(service="rocketmq", **options):
    options = dict(NONE, user_name="u", instance_id="i", **options)
    return provider.connect(validated(RESOURCE, options), errors.Secrets(), service)


def environment(monkeypatch, **values):
    for name, value in values.items():
        monkeypatch.setenv(name, value)


class Kept(Session):
    """A session that answers nothing of use, and keeps what it was asked."""

    def request(self, method, url, headers, data, auth, **_options):
        self.sent.append(requests.Request(method, url, headers=headers, data=data, auth=auth).prepare())
        return response(200, body=b"{}")


def first(made):
    """The first request that a call leads to."""
    session = Kept()
    made.transport = http.Transport(30, 0, session=session)
    with contextlib.suppress(errors.GrantopsError):
        made.call("Op", "GET", ["users"])
    return session.sent[0]


def who(made):
    """Who asks, as the first request says it: with a token, an access key, or for a token with a password."""
    request = first(made)
    if request.body:
        user = json.loads(request.body)["auth"]["identity"]["password"]["user"]
        return (user["name"], user["password"], user["domain"]["name"])
    if "X-Auth-Token" in request.headers:
        return (request.headers["X-Auth-Token"],)
    return (re.search("Access=(.*?),", request.headers["Authorization"]).group(1),)


def credentials_file(tmp_path, content):
    folder = tmp_path / ".huaweicloud"
    folder.mkdir()
    (folder / "credentials").write_text(content)


# -- credentials -----------------------------------------------------------------------------------


def test_without_credentials_the_error_says_where_they_may_be():
    with pytest.raises(errors.ConfigurationError, match=r"No Huawei Cloud credentials\.") as caught:
        connect(region="r")
    assert "HUAWEICLOUD_SDK_AK" in caught.value.hint


@pytest.mark.parametrize(
    ("names", "shown", "secret"),
    [
        (("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"), 1, "huaweicloud_sdk_sk"),
        (("CLOUD_SDK_AK", "CLOUD_SDK_SK"), 1, "cloud_sdk_sk"),
        (("HW_ACCESS_KEY", "HW_SECRET_KEY"), 1, "hw_secret_key"),
        (("HW_AUTH_TOKEN",), 1, "hw_auth_token"),
        (("HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME"), 3, "hw_user_password"),
    ],
)
def test_the_official_tools_variables_are_read(monkeypatch, names, shown, secret):
    environment(monkeypatch, **{name: name.lower() for name in names})
    made = connect(region="r")
    assert who(made) == tuple(name.lower() for name in names[:shown])
    assert made.secrets.clean(secret) == "<hidden>"


@pytest.mark.parametrize("given", [{"HW_AUTH_TOKEN": "t"}, {"HW_ACCESS_KEY": "a", "HW_SECRET_KEY": "b"}])
def test_an_empty_variable_is_one_that_is_not_set(monkeypatch, given):
    environment(monkeypatch, **{name: "" for names in auth.ENVIRONMENTS for name in names.values()})
    environment(monkeypatch, HUAWEICLOUD_SDK_REGION_ROCKETMQ_R="", **given)
    made = connect(region="r")
    assert (made.addresses.url, made.addresses.iam_url) == ("https://dms.r.myhuaweicloud.com", None)
    assert first(made).url == "https://iam.r.myhuaweicloud.com/v3/projects?name=r"
    assert who(made) == ("t" if "HW_AUTH_TOKEN" in given else "a",)


def test_the_task_wins_over_the_environment(monkeypatch):
    environment(monkeypatch, HW_AUTH_TOKEN="t", HUAWEICLOUD_SDK_AK="a", HUAWEICLOUD_SDK_SK="b")
    assert who(connect(region="r", **AK)) == ("AK",)


def test_half_a_pair_is_never_completed_from_elsewhere(monkeypatch):
    environment(monkeypatch, HUAWEICLOUD_SDK_AK="a", CLOUD_SDK_AK="b", CLOUD_SDK_SK="c")
    with pytest.raises(
        errors.ConfigurationError, match="^The environment has HUAWEICLOUD_SDK_AK but not HUAWEICLOUD_SDK_SK"
    ):
        connect(region="r")


def test_region_and_project_may_come_from_the_environment(monkeypatch):
    environment(monkeypatch, HW_REGION_NAME="r-e", HW_PROJECT_ID="p-e")
    made = connect(**AK)
    assert (made.project_id, made.addresses.url) == ("p-e", "https://dms.r-e.myhuaweicloud.com")


def test_the_credentials_file_is_the_last_source(tmp_path, monkeypatch):
    credentials_file(
        tmp_path,
        "[basic]\nak = fa\nsk = file%secret\nproject_id = fp\nsecurity_token = ft\niam_endpoint = https://i.example\n",
    )
    made = connect(region="r")
    request = first(made)
    assert (who(made), request.headers["X-Security-Token"]) == (("fa",), "ft")
    assert made.secrets.clean("file%secret") == "<hidden>"
    assert (made.project_id, made.addresses.iam_url) == ("fp", "https://i.example")
    environment(monkeypatch, CLOUD_SDK_AK="a", CLOUD_SDK_SK="b")
    made = connect(region="r")
    assert who(made) == ("a",)
    assert "X-Security-Token" not in first(made).headers


def test_the_credentials_file_may_be_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "x.ini").write_text("[basic]\nak = fa\nsk = fs\n")
    environment(monkeypatch, HUAWEICLOUD_SDK_CREDENTIALS_FILE=str(tmp_path / "x.ini"))
    assert who(connect(region="r")) == ("fa",)


def test_a_file_without_the_section_has_no_credentials(tmp_path):
    credentials_file(tmp_path, "[global]\nak = fa\nsk = fs\n")
    with pytest.raises(errors.ConfigurationError, match="No Huawei Cloud credentials"):
        connect(region="r")


@pytest.mark.parametrize("content", ["no section: secret-in-file", "[basic]\nak = 1\nak = secret-in-file"])
def test_a_file_that_cannot_be_read_is_an_error_without_its_content(tmp_path, content):
    credentials_file(tmp_path, content)
    with pytest.raises(errors.ConfigurationError, match="cannot be read as an INI file") as caught:
        connect(region="r", **AK)
    assert "secret-in-file" not in caught.value.text()


def test_a_credentials_file_that_is_named_must_be_there(monkeypatch):
    environment(monkeypatch, HUAWEICLOUD_SDK_CREDENTIALS_FILE="~/gone")
    with pytest.raises(
        errors.ConfigurationError, match="/gone, which HUAWEICLOUD_SDK_CREDENTIALS_FILE names, cannot be read"
    ):
        connect(region="r", **AK)


def test_a_credentials_file_that_others_can_write_is_told_of(tmp_path):
    credentials_file(tmp_path, "[basic]\nak = fa\nsk = fs\n")
    (tmp_path / ".huaweicloud" / "credentials").chmod(0o606)
    assert connect(region="r").warnings[0].startswith(f"Others can write {tmp_path}/.huaweicloud/credentials")


def test_half_a_pair_of_the_file_is_told_with_its_path(tmp_path):
    credentials_file(tmp_path, "[basic]\nak = fa\n")
    path = tmp_path / ".huaweicloud" / "credentials"
    with pytest.raises(errors.ConfigurationError, match=f"^The credentials file {path} has ak but not sk"):
        connect(region="r")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"HUAWEICLOUD_SDK_PROJECT_ID": "p\n"},
            "^The environment has no usable HUAWEICLOUD_SDK_PROJECT_ID: it holds a line",
        ),
        ({"HW_PROJECT_ID": "é"}, "^HW_PROJECT_ID holds a character that HTTP cannot carry"),
        ({"HW_PROJECT_ID": ".."}, "^HW_PROJECT_ID must be the id of a project; got '..'"),
        ({"HW_PROJECT_NAME": "p "}, "^The environment has no usable HW_PROJECT_NAME: it begins or ends with a blank"),
        ({"HW_REGION_NAME": "a/b"}, "^HW_REGION_NAME must be a region"),
        (
            {"HW_CLOUD": "https://otc.t-systems.com"},
            "^HW_CLOUD must be a domain, such as myhuaweicloud.com; got 'https",
        ),
        ({"HW_CLOUD": "otc"}, "^HW_CLOUD must be a domain"),
        ({"HW_AUTH_URL": "iam.example/v3"}, "^HW_AUTH_URL must be a base URL .*; got 'iam.example/v3'"),
        (
            {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "http://i.example"},
            r"plain HTTP to i.example \(HUAWEICLOUD_SDK_IAM_ENDPOINT\)",
        ),
        (
            {"HUAWEICLOUD_SDK_REGION_ROCKETMQ_R": "x"},
            "^HUAWEICLOUD_SDK_REGION_ROCKETMQ_R must be a base URL .*; got 'x'",
        ),
        ({"HW_SECURITY_TOKEN": "t"}, "^The environment has HW_SECURITY_TOKEN but not HW_ACCESS_KEY, HW_SECRET_KEY"),
        ({"HW_AUTH_TOKEN": "é-token"}, "^HW_AUTH_TOKEN holds a character that HTTP cannot carry"),
        ({"CLOUD_SDK_AK": "é", "CLOUD_SDK_SK": "s"}, "^CLOUD_SDK_AK holds a character that HTTP cannot carry"),
    ],
)
def test_a_variable_that_is_wrong_is_named(monkeypatch, given, said):
    environment(monkeypatch, **given)
    task = {} if {"HW_SECURITY_TOKEN", "HW_AUTH_TOKEN", "CLOUD_SDK_AK"} & set(given) else AK
    with pytest.raises(errors.ConfigurationError, match=said):
        connect(region=None if "HW_REGION_NAME" in given else "r", **task)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"HW_PROJECT_NAME": "r_team"}, "/v3/projects?name=r_team"),
        ({"HW_PROJECT_NAME": "r_team", "HW_PROJECT_ID": "p-hw"}, "/v2/p-hw/users"),
        ({"HW_PROJECT_NAME": "r_team", "HUAWEICLOUD_SDK_PROJECT_ID": "p-sdk"}, "/v2/p-sdk/users"),
        ({}, "/v2/p-file/users"),
    ],
)
def test_the_strongest_source_says_which_project_by_id_or_name(monkeypatch, tmp_path, given, found):
    credentials_file(tmp_path, "[basic]\nproject_id = p-file\n")
    environment(monkeypatch, **given)
    assert first(connect(region="r", **AK)).path_url == found
    assert connect(region="r", project_id="p-task", **AK).project_id == "p-task"
