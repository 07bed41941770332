# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UCloud: where credentials come from, and what they sign."""

from __future__ import annotations

import json
import pathlib
from urllib.parse import parse_qsl, urlencode

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import auth, provider, ufile_token
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.auth import UCloudAuth, flatten, sign
from ansible_collections.grantops.cloud.tests.unit.scripted import (
    attempt,
    error_of,
    first_request,
    ucloud,
    validated,
)

RESOURCE = ufile_token.RESOURCE
KEYS = {"public_key": "task-pub", "private_key": "task-priv"}
ENV = {"UCLOUD_PUBLIC_KEY": "env-pub", "UCLOUD_PRIVATE_KEY": "env-priv"}


def connect(**options):
    none = dict.fromkeys(("public_key", "private_key", "project_id", "region"))
    return provider.connect(validated(RESOURCE, {**none, "token_id": "t", **options}), errors.Secrets())


def form_of(client):
    return dict(parse_qsl(first_request(client).body))


def keys_of(client):
    """Whose keys a request is signed with: the beginning of both."""
    form = form_of(client)
    signature, whose = form.pop("Signature"), form["PublicKey"].partition("-")[0]
    assert (form["PublicKey"], signature) == (whose + "-pub", sign(form, whose + "-priv"))
    return whose


def pair(whose):
    return {"public_key": whose + "-pub", "private_key": whose + "-priv"}


@pytest.fixture
def files(tmp_path):
    """Writes the files of the official tools."""

    def write(config=None, credential=None):
        folder = tmp_path / ".ucloud"
        folder.mkdir(exist_ok=True)
        for name, content in (("config.json", config), ("credential.json", credential)):
            if content is not None:
                (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
        return folder

    return write


@pytest.fixture
def profiles(files):
    """Two profiles, the second of which is active; the folder of their files."""
    first = {"profile": "first", "active": False, "project_id": "org-f", "region": "r-f", "timeout_sec": 9}
    main = {"profile": "main", "active": True, "project_id": "org-m", "base_url": "https://main.example/"}
    return files([first, main], [dict(pair(name), profile=name) for name in ("first", "main")])


# -- credentials -----------------------------------------------------------------------------------


def test_without_credentials_the_error_says_where_they_may_be():
    error = error_of(connect)
    assert error.message == "No UCloud credentials."
    assert "UCLOUD_PUBLIC_KEY" in error.hint


OF_MAIN = ("org-m", None, "https://main.example/", 30)
OF_FIRST = ("org-f", "r-f", "https://api.ucloud.cn/", 9)


@pytest.mark.parametrize(
    ("options", "variables", "whose", "settings"),
    [
        (KEYS, ENV, "task", OF_MAIN),
        ({}, dict(ENV, UCLOUD_REGION="r-e"), "env", ("org-m", "r-e", *OF_MAIN[2:])),
        ({}, {}, "main", OF_MAIN),  # the active profile
        ({"profile": "first"}, dict(ENV, UCLOUD_REGION="r-e"), "first", OF_FIRST),
        ({}, {"UCLOUD_PROFILE": "first"}, "first", OF_FIRST),
        # An empty variable is one that is not set, and an empty option one that is not given.
        ({"profile": ""}, dict.fromkeys([*auth.ENVIRONMENT.values(), "UCLOUD_PROFILE"], ""), "main", OF_MAIN),
        (
            KEYS, {"UCLOUD_API_BASE_URL": "https://e.example", "UCLOUD_TIMEOUT_SECOND": "3.5"},
            "task", ("org-m", None, "https://e.example/", 3.5),
        ),
    ],
)  # fmt: skip
def test_the_task_wins_over_the_environment_and_that_over_the_active_profile(
    environment, profiles, options, variables, whose, settings
):
    environment(**variables)
    client = connect(**options)
    assert keys_of(client) == whose
    assert (client.project_id, client.region, client.url, client.transport.timeout) == settings
    assert "channel-key" not in first_request(client).headers


@pytest.mark.parametrize("named_by", ["profile", "UCLOUD_PROFILE"])
def test_a_profile_that_does_not_exist_is_an_error_with_what_names_it(environment, profiles, named_by):
    if named_by != "profile":
        environment(UCLOUD_PROFILE="other")
    error = error_of(connect, profile="other" if named_by == "profile" else None, **KEYS)
    assert error.message.startswith(f"There is no UCloud profile other, which {named_by} names")
    paths = " and ".join(str(profiles / name) for name in ("config.json", "credential.json"))
    assert error.hint.startswith(f"Profiles are read from {paths}")


CONFIG = [{"profile": "main", "active": True, "region": "r-m"}]


def logged_in(mode="oauth", **entry):
    return [{"profile": "main", "auth_mode": mode, "access_token": "oauth-token", **entry}]


@pytest.mark.parametrize("options", [{}, {"profile": "main"}], ids=["active", "named"])
@pytest.mark.parametrize("keys", [{}, pair("old")], ids=["no keys", "old keys"])
@pytest.mark.parametrize("mode", ["oauth", "OAuth", "something-new"])
def test_a_profile_that_is_logged_in_another_way_has_no_keys(environment, files, options, keys, mode):
    """The old keys beside it are not those of the account that it is logged in to."""
    files(CONFIG, logged_in(mode, **keys))
    if options:  # a profile that the task names is stronger than the environment
        environment(**ENV)
    text = error_of(connect, **options).text()
    assert f"has auth_mode '{mode}', which only UCloud's own tool can use" in text
    assert "oauth-token" not in text


def test_what_a_logged_in_profile_has_beside_its_keys_is_used(environment, files):
    files(CONFIG, logged_in())
    assert (keys_of(connect(**KEYS)), connect(**KEYS).region) == ("task", "r-m")
    environment(**ENV)
    assert keys_of(connect()) == "env"


@pytest.mark.parametrize("mode", [None, ""])
def test_a_profile_that_was_logged_in_once_has_keys(files, mode):
    files(CONFIG, logged_in(mode, **pair("own")))
    assert keys_of(connect()) == "own"


@pytest.mark.parametrize("variable", ["UCLOUD_SHARED_CONFIG_FILE", "UCLOUD_SHARED_CREDENTIAL_FILE"])
def test_a_file_that_is_named_must_be_there(environment, variable):
    environment(**{variable: "~/gone.json"})
    assert f"/gone.json, which {variable} names, cannot be read" in error_of(connect, **KEYS).message


@pytest.mark.parametrize("info", [False, True])
def test_each_file_that_others_can_write_is_told_of_in_the_result(profiles, info):
    names = {"config.json": 0o666, "credential.json": 0o622}
    for name, mode in names.items():
        (profiles / name).chmod(mode)
    calls = [ucloud("DescribeUFileToken", {"TokenId": "t-1"}, code=299)]
    warnings = attempt(RESOURCE, {"token_id": "t-1"}, calls, info)["warnings"]
    assert [text.partition(",")[0] for text in warnings] == [f"Others can write {profiles / name}" for name in names]


def test_files_may_be_elsewhere(environment, tmp_path):
    for variable, content in (("CREDENTIAL", pair("own")), ("CONFIG", {"region": "r-x"})):
        path = tmp_path / f"{variable}.json"
        path.write_text(json.dumps([dict(content, profile="x")]))
        environment(**{f"UCLOUD_SHARED_{variable}_FILE": str(path)})
    assert (keys_of(connect(profile="x")), connect(profile="x").region) == ("own", "r-x")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "The UCloud profile that is active has public_key but not private_key"),
        ({"profile": "main"}, "The UCloud profile main has public_key but not private_key"),
        ({"public_key": "task-pub"}, "The task has public_key but not private_key"),
    ],
)
def test_half_a_pair_is_never_completed_from_elsewhere(environment, files, options, said):
    files(CONFIG, [{"profile": "main", "public_key": "p"}])
    if options:
        environment(**ENV)
    assert error_of(connect, **options).message.startswith(said)


def test_without_an_active_profile_none_is_used(files):
    files([{"profile": "x", "active": "yes"}], [pair("own")])
    assert set(auth.read_profile(None).values.values()) == {None}


@pytest.mark.parametrize("content", ["{not json: secret-in-file", '{"a": 1}', '["a"]', "", "[" * 100000])
def test_a_file_that_cannot_be_read_is_an_error_without_its_content(files, content):
    files(credential=content)
    text = error_of(connect, **KEYS).text()
    assert "credential.json" in text and "secret-in-file" not in text


def test_a_temporary_token_belongs_to_its_keys(environment):
    environment(UCLOUD_SECURITY_TOKEN="env-token", **ENV)
    assert form_of(connect())["SecurityToken"] == "env-token"
    assert "SecurityToken" not in form_of(connect(**KEYS))


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("UCLOUD_TIMEOUT_SECOND", "soon", "^UCLOUD_TIMEOUT_SECOND must be a number of seconds; got 'soon'"),
        ("UCLOUD_TIMEOUT_SECOND", "0", "^UCLOUD_TIMEOUT_SECOND must be above 0"),
        ("UCLOUD_API_BASE_URL", "u.example", "^UCLOUD_API_BASE_URL must be a base URL .*; got 'u.example'"),
        ("UCLOUD_API_BASE_URL", "http://u.example", r"over plain HTTP to u.example \(UCLOUD_API_BASE_URL\)"),
        ("UCLOUD_REGION", " cn-bj2", "^The environment has no usable UCLOUD_REGION: it begins or ends with a blank"),
        ("UCLOUD_CHANNEL_KEY", "café", "^UCLOUD_CHANNEL_KEY holds a character that HTTP cannot carry"),
        ("UCLOUD_SECURITY_TOKEN", "t", "^The environment has UCLOUD_SECURITY_TOKEN but not UCLOUD_PUBLIC_KEY, UCLOUD_PRIVATE_KEY"),
    ],
)  # fmt: skip
def test_a_variable_that_is_wrong_is_named(environment, variable, value, said):
    environment(**{variable: value})
    with pytest.raises(errors.ConfigurationError, match=said):
        connect(**({} if variable == "UCLOUD_SECURITY_TOKEN" else KEYS))


@pytest.mark.parametrize(("key", "value"), [("base_url", "u.example"), ("timeout_sec", "soon"), ("timeout_sec", -1)])
def test_a_key_of_a_file_that_is_wrong_is_named(files, key, value):
    files([{"profile": "main", "active": True, key: value}])
    assert error_of(connect, **KEYS).message.startswith(f"{key} ")


# -- signatures ------------------------------------------------------------------------------------

VECTORS = pathlib.Path(__file__).resolve().parents[3] / "data" / "ucloud_signing.json"
DATA = json.loads(VECTORS.read_text(encoding="utf-8"))
vectors = pytest.mark.parametrize("vector", DATA["vectors"], ids=lambda vector: vector["name"])
FORM = "application/x-www-form-urlencoded; charset=utf-8"


def signed(body, *credentials):
    """A request that `requests` prepares, and UCloudAuth signs with these or other credentials."""
    proof = UCloudAuth(*(credentials or ("public", "private")))
    return requests.Request("POST", "https://api.ucloud.cn/", data=body, auth=proof).prepare()


@vectors
def test_a_vector_is_flattened_and_signed(vector):
    form = flatten(dict(vector["parameters"], Action=vector["action"], PublicKey=DATA["public_key"]))
    assert dict(form, Signature=sign(form, DATA["private_key"])) == vector["form"]


@vectors
def test_a_prepared_request_is_the_form_of_the_vector(vector):
    parameters = dict(vector["parameters"], Action=vector["action"])
    credentials = (DATA["public_key"], DATA["private_key"], parameters.pop("SecurityToken", None))
    request = signed(urlencode(flatten(parameters)), *credentials)
    assert dict(parse_qsl(request.body, keep_blank_values=True)) == vector["form"]
    assert request.headers["Content-Length"] == str(len(request.body))
    assert request.headers["Content-Type"] == FORM


@pytest.mark.parametrize(
    ("public_key", "signature"),
    [
        ("ucloudsomeone@example.com1296235120854146120", "cba5cf5ec4d4233d206b1b54951e3787350a642f"),
        ("someone@example.com1296235120854146120", "4201919d267504385deb93af19e0197870fed36b"),
    ],
)
def test_the_documented_example_has_its_signature(public_key, signature):
    form = {"Action": "DescribeUHostInstance", "Limit": "10", "Region": "cn-bj2", "PublicKey": public_key}
    assert sign(form, "46f09bb9fab4f12dfc160dae12273d5332b5debe") == signature


def test_signing_again_replaces_signature_and_length():
    request = signed("Action=X")
    assert signed(request.body).body == request.body
    UCloudAuth("public", "private", "token")(request)
    assert request.headers["Content-Length"] == str(len(request.body))


@pytest.mark.parametrize("body", ["Name=%E4%BB%A4", b"Name=%E4%BB%A4", {"Name": "令"}])
def test_text_bytes_and_forms_are_signed_alike(body):
    assert dict(parse_qsl(signed(body).body))["Signature"] == sign({"Name": "令", "PublicKey": "public"}, "private")


def test_a_request_without_a_body_gets_one():
    assert sorted(dict(parse_qsl(signed(None).body))) == ["PublicKey", "Signature"]


def test_a_form_that_cannot_be_read_is_not_signed():
    with pytest.raises(ValueError, match="bad query field"):
        signed("no form")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e16, "10000000000000000"), (1e-7, "0.0000001"), (10**20, "1" + "0" * 20), (False, "false"), (0, "0"), ("", "")],
)
def test_numbers_are_never_in_scientific_notation(value, text):
    assert flatten({"K": value}) == {"K": text}


def test_objects_and_lists_are_flattened():
    assert flatten({"A": {"B": [1, {"C": True}], "D": None}, "E": ()}) == {"A.B.0": "1", "A.B.1.C": "true"}


@pytest.mark.parametrize("channel", [None, "channel-key-1"])
def test_a_request_is_a_form_with_its_length(channel):
    request = first_request(connect(channel_key=channel, **KEYS), {"Name": "é"})
    assert request.method == "POST"
    assert request.headers["Content-Type"] == FORM
    assert request.headers["Content-Length"] == str(len(request.body))
    assert request.headers.get("channel-key") == channel
    assert "Name=%C3%A9&" in request.body
