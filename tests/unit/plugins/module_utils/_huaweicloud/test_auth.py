# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud: where credentials come from."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import auth, provider, rocketmq_user
from ansible_collections.grantops.cloud.tests.unit.scripted import error_of, first_request, validated

RESOURCE = rocketmq_user.RESOURCE
AK = {"ak": "AK", "sk": "sk-secret"}


def connect(service="rocketmq", region="r", **options):
    none = dict.fromkeys(("ak", "sk", "project_id"))
    options = validated(RESOURCE, {**none, "user_name": "u", "instance_id": "i", "region": region, **options})
    return provider.connect(options, errors.Secrets(), service)


def first(client):
    return first_request(client, "GET", ["users"])


def who(client):
    """Who asks, as the first request says it: with a token, an access key, or for a token with a password."""
    request = first(client)
    if request.body:
        user = json.loads(request.body)["auth"]["identity"]["password"]["user"]
        return (user["name"], user["password"], user["domain"]["name"])
    if "X-Auth-Token" in request.headers:
        assert "Authorization" not in request.headers
        return (request.headers["X-Auth-Token"],)
    return (re.search("Access=(.*?),", request.headers["Authorization"]).group(1),)


@pytest.fixture
def credentials_file(tmp_path):
    """Writes the file of the official SDK; its path."""

    def write(content):
        path = tmp_path / ".huaweicloud" / "credentials"
        path.parent.mkdir()
        path.write_text(content)
        return path

    return write


@pytest.mark.parametrize("content", [None, "[global]\nak = fa\nsk = fs\n"], ids=["no file", "no section"])
def test_without_credentials_the_error_says_where_they_may_be(credentials_file, content):
    if content:
        credentials_file(content)
    assert error_of(connect).text() == (
        "No Huawei Cloud credentials. Hint: Set ak and sk, auth_token, or iam_user, iam_password and iam_domain; or "
        "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; or ~/.huaweicloud/credentials."
    )


@pytest.mark.parametrize(
    ("names", "shown", "secret"),
    [
        (("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"), 1, 1),
        (("CLOUD_SDK_AK", "CLOUD_SDK_SK"), 1, 1),
        (("HW_ACCESS_KEY", "HW_SECRET_KEY"), 1, 1),
        (("HW_AUTH_TOKEN",), 1, 0),
        (("HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME"), 3, 1),
    ],
)
def test_the_official_tools_variables_are_read(environment, names, shown, secret):
    environment(**{name: "of-" + name for name in names})
    client = connect()
    assert who(client) == tuple("of-" + name for name in names[:shown])
    assert client.secrets.clean("of-" + names[secret]) == "<hidden>"


@pytest.mark.parametrize("given", [{"HW_AUTH_TOKEN": "t"}, {"HW_ACCESS_KEY": "t", "HW_SECRET_KEY": "b"}])
def test_an_empty_variable_is_one_that_is_not_set(environment, given):
    environment(**{name: "" for names in auth.ENVIRONMENTS for name in names.values()})
    environment(HUAWEICLOUD_SDK_REGION_ROCKETMQ_R="", **given)
    client = connect()
    assert (client.addresses.url, client.addresses.iam_url) == ("https://dms.r.myhuaweicloud.com", None)
    assert first(client).url == "https://iam.r.myhuaweicloud.com/v3/projects?name=r"
    assert who(client) == ("t",)


def test_the_task_wins_over_the_environment(environment):
    environment(HW_AUTH_TOKEN="t", HUAWEICLOUD_SDK_AK="a", HUAWEICLOUD_SDK_SK="b")
    assert who(connect(**AK)) == ("AK",)


def test_half_a_pair_is_never_completed_from_elsewhere(environment, credentials_file):
    assert error_of(auth.choose, auth.credential_chain({"ak": "a"})).message.startswith("The task has ak but not sk")
    path = credentials_file("[basic]\nak = fa\n")
    assert error_of(connect).message.startswith(f"The credentials file {path} has ak but not sk")
    environment(HUAWEICLOUD_SDK_AK="a", CLOUD_SDK_AK="b", CLOUD_SDK_SK="c")
    said = "The environment has HUAWEICLOUD_SDK_AK but not HUAWEICLOUD_SDK_SK"
    assert error_of(connect).message.startswith(said)


def test_region_and_project_may_come_from_the_environment(environment):
    environment(HW_REGION_NAME="r-e", HW_PROJECT_ID="p-e")
    client = connect(region=None, **AK)
    assert (client.project_id, client.addresses.url) == ("p-e", "https://dms.r-e.myhuaweicloud.com")


def test_the_credentials_file_is_the_last_source(credentials_file, environment):
    keys = "ak = fa\nsk = file%secret\nsecurity_token = ft\n"
    credentials_file(f"[basic]\n{keys}project_id = fp\niam_endpoint = https://i.example\n")
    client = connect()
    assert (who(client), first(client).headers["X-Security-Token"]) == (("fa",), "ft")
    assert client.secrets.clean("file%secret") == "<hidden>"
    assert (client.project_id, client.addresses.iam_url) == ("fp", "https://i.example")
    environment(CLOUD_SDK_AK="a", CLOUD_SDK_SK="b")
    assert who(connect()) == ("a",)
    assert "X-Security-Token" not in first(connect()).headers


def test_the_credentials_file_may_be_elsewhere_and_must_be_there_then(tmp_path, environment):
    environment(HUAWEICLOUD_SDK_CREDENTIALS_FILE="~/x.ini")
    said = f"{tmp_path}/x.ini, which HUAWEICLOUD_SDK_CREDENTIALS_FILE names, cannot be read"
    assert error_of(auth.read_credentials_file).message.startswith(said)
    (tmp_path / "x.ini").write_text("[basic]\niam_endpoint = x\n")
    source = auth.read_credentials_file()
    assert (source.text("iam_url"), source.name("iam_url")) == ("x", "iam_endpoint")


@pytest.mark.parametrize("content", ["no section: secret-in-file", "[basic]\nak = 1\nak = secret-in-file"])
def test_a_file_that_cannot_be_read_is_an_error_without_its_content(credentials_file, content):
    credentials_file(content)
    text = error_of(connect, **AK).text()
    assert "cannot be read as an INI file" in text and "secret-in-file" not in text


def test_a_credentials_file_that_others_can_write_is_told_of(credentials_file):
    path = credentials_file("[basic]\nak = fa\nsk = fs\n")
    path.chmod(0o606)
    assert connect().warnings[0].startswith(f"Others can write {path}")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"HUAWEICLOUD_SDK_PROJECT_ID": "p\n"}, "^The environment has no usable HUAWEICLOUD_SDK_PROJECT_ID: it holds a line"),
        ({"HW_PROJECT_ID": "é"}, "^HW_PROJECT_ID holds a character that HTTP cannot carry"),
        ({"HW_PROJECT_ID": ".."}, "^HW_PROJECT_ID must be the id of a project; got '..'"),
        ({"HW_PROJECT_NAME": "p "}, "^The environment has no usable HW_PROJECT_NAME: it begins or ends with a blank"),
        ({"HW_REGION_NAME": "a/b"}, "^HW_REGION_NAME must be a region"),
        ({"HW_CLOUD": "https://otc.t-systems.com"}, "^HW_CLOUD must be a domain, such as myhuaweicloud.com; got 'https"),
        ({"HW_CLOUD": "otc"}, "^HW_CLOUD must be a domain"),
        ({"HW_AUTH_URL": "iam.example/v3"}, "^HW_AUTH_URL must be a base URL .*; got 'iam.example/v3'"),
        ({"HUAWEICLOUD_SDK_IAM_ENDPOINT": "http://i.example"}, r"plain HTTP to i.example \(HUAWEICLOUD_SDK_IAM_ENDPOINT\)"),
        ({"HUAWEICLOUD_SDK_REGION_ROCKETMQ_R": "x"}, "^HUAWEICLOUD_SDK_REGION_ROCKETMQ_R must be a base URL .*; got 'x'"),
        ({"HW_SECURITY_TOKEN": "t"}, "^The environment has HW_SECURITY_TOKEN but not HW_ACCESS_KEY, HW_SECRET_KEY"),
        ({"HW_AUTH_TOKEN": "é-token"}, "^HW_AUTH_TOKEN holds a character that HTTP cannot carry"),
        ({"CLOUD_SDK_AK": "é", "CLOUD_SDK_SK": "s"}, "^CLOUD_SDK_AK holds a character that HTTP cannot carry"),
    ],
)  # fmt: skip
def test_a_variable_that_is_wrong_is_named(environment, given, said):
    environment(**given)
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
def test_the_strongest_source_says_which_project_by_id_or_name(environment, credentials_file, given, found):
    credentials_file("[basic]\nproject_id = p-file\n")
    environment(**given)
    assert first(connect(**AK)).path_url == found
    assert connect(project_id="p-task", **AK).project_id == "p-task"
