# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud: where credentials and addresses come from."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import auth, provider, rocketmq_user
from ansible_collections.grantops.cloud.tests.unit.scripted import validated

RESOURCE = rocketmq_user.RESOURCE
NONE = {"ak": None, "sk": None, "project_id": None, "region": None}
AK = {"ak": "AK", "sk": "sk-secret"}
IAM = {"iam_user": "u", "iam_password": "iam-password", "iam_domain": "d"}


def connect(service="rocketmq", **options):
    options = dict(NONE, user_name="u", instance_id="i", **options)
    return provider.connect(validated(RESOURCE, options), errors.Secrets(), service)


def environment(monkeypatch, **values):
    for name, value in values.items():
        monkeypatch.setenv(name, value)


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
    ("names", "kind", "values"),
    [
        (("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"), "ak", ("ak", "sk")),
        (("CLOUD_SDK_AK", "CLOUD_SDK_SK"), "ak", ("ak", "sk")),
        (("HW_ACCESS_KEY", "HW_SECRET_KEY"), "ak", ("ak", "sk")),
        (("HW_AUTH_TOKEN",), "token", ("auth_token",)),
        (("HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME"), "iam", ("iam_user", "iam_password", "iam_domain")),
    ],
)
def test_the_official_tools_variables_are_read(monkeypatch, names, kind, values):
    environment(monkeypatch, **{name: name.lower() for name in names})
    made = connect(region="r")
    assert made._kind == kind
    assert [made._credentials[value] for value in values] == [name.lower() for name in names]


@pytest.mark.parametrize("given", [{"HW_AUTH_TOKEN": "t"}, {"HW_ACCESS_KEY": "a", "HW_SECRET_KEY": "b"}])
def test_an_empty_variable_is_one_that_is_not_set(monkeypatch, given):
    environment(monkeypatch, **{name: "" for names in auth.ENVIRONMENTS for name in names.values()})
    environment(monkeypatch, HUAWEICLOUD_SDK_REGION_ROCKETMQ_R="", **given)
    made = connect(region="r")
    assert made._kind == ("token" if "HW_AUTH_TOKEN" in given else "ak")
    assert (made.addresses.url, made.addresses.iam_url, made._project_id) == (
        "https://dms.r.myhuaweicloud.com",
        None,
        None,
    )


def test_the_task_wins_over_the_environment(monkeypatch):
    environment(monkeypatch, HW_AUTH_TOKEN="t", HUAWEICLOUD_SDK_AK="a", HUAWEICLOUD_SDK_SK="b")
    assert connect(region="r", **AK)._credentials["ak"] == "AK"


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
        tmp_path, "[basic]\nak = fa\nsk = f%s\nproject_id = fp\nsecurity_token = ft\niam_endpoint = https://i.example\n"
    )
    made = connect(region="r")
    assert made._credentials == {"ak": "fa", "sk": "f%s", "security_token": "ft"}
    assert (made.project_id, made.addresses.iam_url) == ("fp", "https://i.example")
    environment(monkeypatch, CLOUD_SDK_AK="a", CLOUD_SDK_SK="b")
    assert connect(region="r")._credentials == {"ak": "a", "sk": "b", "security_token": None}


def test_the_credentials_file_may_be_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "x.ini").write_text("[basic]\nak = fa\nsk = fs\n")
    environment(monkeypatch, HUAWEICLOUD_SDK_CREDENTIALS_FILE=str(tmp_path / "x.ini"))
    assert connect(region="r")._credentials["ak"] == "fa"


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


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_of_the_credentials_file_is_skipped(tmp_path, mark):
    credentials_file(tmp_path, "")
    (tmp_path / ".huaweicloud" / "credentials").write_bytes("[basic]\nak = fa\nsk = fs\n".encode(mark))
    assert connect(region="r")._credentials["ak"] == "fa"


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
        ({"HW_PROJECT_ID": ".."}, "^HW_PROJECT_ID cannot be '..'"),
        ({"HW_PROJECT_NAME": "p "}, "^The environment has no usable HW_PROJECT_NAME: it begins or ends with a blank"),
        ({"HW_REGION_NAME": "a/b"}, "^HW_REGION_NAME is no region"),
        (
            {"HW_CLOUD": "https://otc.t-systems.com"},
            "^HW_CLOUD must be a domain, such as myhuaweicloud.com; got 'https",
        ),
        ({"HW_CLOUD": "otc"}, "^HW_CLOUD must be a domain"),
        ({"HW_AUTH_URL": "iam.example/v3"}, "^HW_AUTH_URL 'iam.example/v3' is not a usable base URL"),
        (
            {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "http://i.example"},
            r"plain HTTP to i.example \(HUAWEICLOUD_SDK_IAM_ENDPOINT\)",
        ),
        ({"HUAWEICLOUD_SDK_REGION_ROCKETMQ_R": "x"}, "^HUAWEICLOUD_SDK_REGION_ROCKETMQ_R 'x' is not a usable base URL"),
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
        ({"HW_PROJECT_NAME": "r_team"}, (None, "r_team")),
        ({"HW_PROJECT_NAME": "r_team", "HW_PROJECT_ID": "p-hw"}, ("p-hw", "r")),
        ({"HW_PROJECT_NAME": "r_team", "HUAWEICLOUD_SDK_PROJECT_ID": "p-sdk"}, ("p-sdk", "r")),
        ({}, ("p-file", "r")),
    ],
)
def test_the_strongest_source_says_which_project_by_id_or_name(monkeypatch, tmp_path, given, found):
    credentials_file(tmp_path, "[basic]\nproject_id = p-file\n")
    environment(monkeypatch, **given)
    made = connect(region="r", **AK)
    assert (made._project_id, made._project_name) == found
    assert connect(region="r", project_id="p-task", **AK)._project_id == "p-task"


# -- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "region", "url"),
    [
        ("rocketmq", "ap-southeast-1", "https://dms.ap-southeast-1.myhuaweicloud.com"),
        ("rocketmq", "eu-west-101", "https://dms.eu-west-101.myhuaweicloud.eu"),
        ("roma", "eu-west-102", "https://roma.eu-west-102.myhuaweicloud.eu"),
        ("rocketmq", "eu-west-1", "https://dms.eu-west-1.myhuaweicloud.eu"),
        ("rocketmq", "eu-west-201", "https://dms.eu-west-201.myhuaweicloud.com"),
        ("roma", "cn-north-4", "https://roma.cn-north-4.myhuaweicloud.com"),
    ],
)
def test_the_address_follows_from_the_region(service, region, url):
    assert connect(service, region=region, **AK).addresses.url == url


def test_the_address_of_a_region_may_come_from_the_official_variable(monkeypatch):
    environment(monkeypatch, HUAWEICLOUD_SDK_REGION_ROMA_CN_NORTH_4="https://one.example,https://two.example")
    assert connect("roma", region="cn-north-4", **AK).addresses.url == "https://one.example"
    assert connect("roma", region="cn-north-4", api_url="https://x.example/", **AK).addresses.url == "https://x.example"


def test_region_or_address_is_needed():
    with pytest.raises(errors.ConfigurationError, match="Set region, or api_url") as caught:
        connect(**AK)
    assert caught.value.hint == "region is for example ap-southeast-1."


@pytest.mark.parametrize("option", ["api_url", "iam_url"])
def test_plain_http_is_refused_unless_it_is_allowed(option):
    given = {"region": "r", option: "http://h.example", **AK}
    with pytest.raises(errors.ConfigurationError, match=rf"over plain HTTP to h\.example \({option}\)\.$"):
        connect(**given)
    made = connect(allow_http=True, **given)
    assert {"api_url": made.addresses.url, "iam_url": made.addresses.iam_url}[option] == "http://h.example"


@pytest.mark.parametrize("end", ["", "/", "//", "{}", "{}/"])
def test_an_address_may_end_with_a_slash_or_its_version(end):
    made = connect(
        api_url="https://h.example/X" + end.format("/v2"), iam_url="https://h.example/Y" + end.format("/v3"), **AK
    )
    assert (made.addresses.url, made.addresses.iam_url) == ("https://h.example/X", "https://h.example/Y")


def test_the_time_out_is_half_a_minute_unless_it_is_given():
    assert connect(region="r", **AK).transport.timeout == 30
    assert connect(region="r", timeout=7, **AK).transport.timeout == 7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"region": "a/b"}, "region is no region: it has letters, digits, '-' and '_' only."),
        ({"region": "r", "project_id": "."}, "project_id cannot be '.', which cannot stand in a URL."),
        ({"region": "r", "project_id": ".."}, "project_id cannot be '..', which cannot stand in a URL."),
        *(
            (
                {"region": "r", option: "caf\u00e9"},
                option + " holds a character that HTTP cannot carry: only ASCII can be sent.",
            )
            for option in ("project_id", "ak", "security_token")
        ),
    ],
)
def test_what_cannot_be_sent_is_refused_at_once(options, message):
    with pytest.raises(errors.ConfigurationError) as caught:
        connect(**dict(AK, **options))
    assert caught.value.message == message


def test_a_token_that_cannot_be_sent_is_refused_without_being_quoted():
    with pytest.raises(
        errors.ConfigurationError, match="^auth_token holds a character that HTTP cannot carry"
    ) as caught:
        connect(region="r", auth_token="caf\u00e9-token-1")  # noqa: S106
    assert "token-1" not in caught.value.text()


@pytest.mark.parametrize(
    ("credentials", "cleaned"),
    [
        (dict(AK, ak="access-key-1"), "access-key-1 <hidden>"),
        (dict(IAM, iam_user="iam-user-1", iam_domain="iam-domain-1"), "iam-user-1 <hidden> iam-domain-1"),
    ],
)
def test_who_asks_is_no_secret(credentials, cleaned):
    assert connect(region="r", **credentials).secrets.clean(" ".join(credentials.values())) == cleaned


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_a_path_cannot_hold_what_would_be_resolved(segment):
    with pytest.raises(errors.ConfigurationError, match="cannot stand in a URL"):
        provider.path("v2", segment)
