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
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import auth, provider, ufile_token
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.auth import UCloudAuth, flatten, sign
from ansible_collections.grantops.cloud.tests.unit.scripted import Session, attempt, response, ucloud, validated

RESOURCE = ufile_token.RESOURCE
NO_KEYS = {"public_key": None, "private_key": None, "project_id": None, "region": None}
KEYS = {"public_key": "task-pub", "private_key": "task-priv"}
ENV = {"UCLOUD_PUBLIC_KEY": "env-pub", "UCLOUD_PRIVATE_KEY": "env-priv"}


def params(**options):
    return validated(RESOURCE, {**NO_KEYS, "token_id": "t", **options})


def connect(**options):
    return provider.connect(params(**options), errors.Secrets())


PAIRS = {"p": "s"}


def first(made):
    """The request that a call sends."""
    session, own = Kept(), made.transport
    made.transport = http.Transport(30, 0, session=session)
    made.call("Op")
    made.transport = own
    return session.sent[0]


def sent(made):
    """The form that a call sends."""
    return dict(parse_qsl(first(made).body))


def pair(made):
    """The keys of a call: the public one in the form, and the private one that its signature is made with."""
    form = sent(made)
    public_key, signature = form["PublicKey"], form.pop("Signature")
    private_key = PAIRS.get(public_key, public_key.replace("pub", "priv"))
    assert sign(form, private_key) == signature
    return public_key, private_key


def environment(monkeypatch, **values):
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def files(tmp_path, config=None, credential=None):
    folder = tmp_path / ".ucloud"
    folder.mkdir(exist_ok=True)
    for name, content in (("config.json", config), ("credential.json", credential)):
        if content is not None:
            (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))


@pytest.fixture
def profiles(tmp_path):
    config = [
        {"profile": "first", "active": False, "project_id": "org-f", "region": "r-f", "timeout_sec": 9},
        {"profile": "main", "active": True, "project_id": "org-m", "base_url": "https://main.example/"},
    ]
    files(
        tmp_path,
        config,
        [{"profile": name, "public_key": name + "-pub", "private_key": name + "-priv"} for name in ("first", "main")],
    )


# -- credentials -----------------------------------------------------------------------------------


def test_without_credentials_the_error_says_where_they_may_be():
    with pytest.raises(errors.ConfigurationError, match=r"No UCloud credentials\.") as caught:
        connect()
    assert "UCLOUD_PUBLIC_KEY" in caught.value.hint


def test_the_task_wins_over_the_environment(monkeypatch):
    environment(monkeypatch, **ENV)
    assert pair(connect(**KEYS)) == ("task-pub", "task-priv")


def test_the_environment_wins_over_the_active_profile(monkeypatch, profiles):
    environment(monkeypatch, UCLOUD_REGION="r-e", **ENV)
    made = connect()
    assert pair(made) == ("env-pub", "env-priv")
    assert (made.region, made.project_id) == ("r-e", "org-m")


def test_the_active_profile_is_used(profiles):
    made = connect()
    assert pair(made) == ("main-pub", "main-priv")
    assert (made.url, made.project_id) == ("https://main.example/", "org-m")


def test_a_profile_of_the_task_wins_over_the_environment(monkeypatch, profiles):
    environment(monkeypatch, UCLOUD_REGION="r-e", **ENV)
    made = connect(profile="first")
    assert pair(made) == ("first-pub", "first-priv")
    assert (made.region, made.transport.timeout) == ("r-f", 9)


def test_a_profile_of_the_environment_is_used(monkeypatch, profiles):
    environment(monkeypatch, UCLOUD_PROFILE="first")
    assert pair(connect()) == ("first-pub", "first-priv")


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch, profiles):
    environment(monkeypatch, UCLOUD_PROFILE="", **dict.fromkeys(auth.ENVIRONMENT.values(), ""))
    made = connect(profile="")
    assert (pair(made), made.url, made.project_id) == (("main-pub", "main-priv"), "https://main.example/", "org-m")
    assert (made.region, "channel-key" in first(made).headers, made.transport.timeout) == (None, False, 30)


@pytest.mark.parametrize("named_by", ["profile", "UCLOUD_PROFILE"])
def test_a_profile_that_does_not_exist_is_an_error_with_what_names_it(monkeypatch, tmp_path, profiles, named_by):
    if named_by == "UCLOUD_PROFILE":
        environment(monkeypatch, UCLOUD_PROFILE="other")
    with pytest.raises(
        errors.ConfigurationError, match=f"^There is no UCloud profile other, which {named_by} names"
    ) as caught:
        connect(profile=None if named_by == "UCLOUD_PROFILE" else "other", **KEYS)
    folder = tmp_path / ".ucloud"
    assert caught.value.hint.startswith(
        f"Profiles are read from {folder / 'config.json'} and {folder / 'credential.json'}"
    )


def logged_in(**entry):
    return [{"profile": "main", "auth_mode": "oauth", "access_token": "oauth-token", **entry}]


@pytest.mark.parametrize("given", [{}, {"profile": "main"}], ids=["active", "named"])
@pytest.mark.parametrize(
    "keys", [{}, {"public_key": "old-pub", "private_key": "old-priv"}], ids=["no keys", "old keys"]
)
@pytest.mark.parametrize("mode", ["oauth", "OAuth", "something-new"])
def test_a_profile_that_is_logged_in_another_way_has_no_keys(monkeypatch, tmp_path, given, keys, mode):
    """The old keys beside it are not those of the account that it is logged in to."""
    files(tmp_path, [{"profile": "main", "active": True, "region": "r-m"}], logged_in(auth_mode=mode, **keys))
    if given:  # a profile that the task names is stronger than the environment
        environment(monkeypatch, **ENV)
    with pytest.raises(
        errors.ConfigurationError, match=f"has auth_mode '{mode}', which only UCloud's own tool can use"
    ) as caught:
        connect(**given)
    assert "oauth-token" not in caught.value.text()


def test_what_a_logged_in_profile_has_beside_its_keys_is_used(monkeypatch, tmp_path):
    files(tmp_path, [{"profile": "main", "active": True, "region": "r-m"}], logged_in())
    assert (pair(connect(**KEYS)), connect(**KEYS).region) == (("task-pub", "task-priv"), "r-m")
    environment(monkeypatch, **ENV)
    assert pair(connect()) == ("env-pub", "env-priv")


@pytest.mark.parametrize("mode", [None, ""])
def test_a_profile_that_was_logged_in_once_has_keys(tmp_path, mode):
    files(tmp_path, [{"profile": "main", "active": True}], logged_in(auth_mode=mode, public_key="p", private_key="s"))
    assert pair(connect()) == ("p", "s")


@pytest.mark.parametrize("variable", ["UCLOUD_SHARED_CONFIG_FILE", "UCLOUD_SHARED_CREDENTIAL_FILE"])
def test_a_file_that_is_named_must_be_there(monkeypatch, variable):
    environment(monkeypatch, **{variable: "~/gone.json"})
    with pytest.raises(errors.ConfigurationError, match=f"/gone.json, which {variable} names, cannot be read"):
        connect(**KEYS)


def test_each_file_that_others_can_write_is_told_of_in_the_result(tmp_path, profiles):
    (tmp_path / ".ucloud" / "config.json").chmod(0o666)
    (tmp_path / ".ucloud" / "credential.json").chmod(0o622)
    for info in (False, True):
        result = attempt(
            RESOURCE, {"token_id": "t-1"}, [ucloud("DescribeUFileToken", {"TokenId": "t-1"}, code=299)], info
        )
        assert [warning.partition(",")[0] for warning in result["warnings"]] == [
            f"Others can write {tmp_path / '.ucloud' / name}" for name in ("config.json", "credential.json")
        ]


def test_files_may_be_elsewhere(monkeypatch, tmp_path):
    path = tmp_path / "elsewhere.json"
    path.write_text(json.dumps([{"profile": "x", "public_key": "p", "private_key": "s"}]))
    environment(monkeypatch, UCLOUD_SHARED_CREDENTIAL_FILE=str(path))
    assert pair(connect(profile="x")) == ("p", "s")
    path = tmp_path / "settings.json"
    path.write_text(json.dumps([{"profile": "x", "region": "r-x"}]))
    environment(monkeypatch, UCLOUD_SHARED_CONFIG_FILE=str(path))
    assert connect(profile="x").region == "r-x"


@pytest.mark.parametrize(("given", "said"), [({}, "that is active"), ({"profile": "main"}, "main")])
def test_half_of_a_pair_is_told_with_the_profile_that_has_it(tmp_path, given, said):
    files(tmp_path, [{"profile": "main", "active": True}], [{"profile": "main", "public_key": "p"}])
    with pytest.raises(
        errors.ConfigurationError, match=f"^The UCloud profile {said} has public_key but not private_key"
    ):
        connect(**given)


def test_without_an_active_profile_none_is_used(tmp_path):
    files(tmp_path, [{"profile": "x", "active": "yes"}], [{"public_key": "p", "private_key": "s"}])
    assert set(auth.read_profile(None).values.values()) == {None}


@pytest.mark.parametrize("content", ["{not json: secret-in-file", '{"a": 1}', '["a"]', "", "[" * 100000])
def test_a_file_that_cannot_be_read_is_an_error_without_its_content(tmp_path, content):
    files(tmp_path, credential=content)
    with pytest.raises(errors.ConfigurationError, match="credential.json") as caught:
        connect(**KEYS)
    assert "secret-in-file" not in caught.value.text()


def test_half_a_pair_is_never_completed_from_elsewhere(monkeypatch):
    environment(monkeypatch, **ENV)
    with pytest.raises(errors.ConfigurationError, match="The task has public_key but not private_key"):
        connect(public_key="task-pub")


def test_a_temporary_token_belongs_to_its_keys(monkeypatch):
    environment(monkeypatch, UCLOUD_SECURITY_TOKEN="env-token", **ENV)
    assert sent(connect())["SecurityToken"] == "env-token"
    assert "SecurityToken" not in sent(connect(**KEYS))


def test_address_and_time_out_may_come_from_the_environment(monkeypatch):
    environment(monkeypatch, UCLOUD_API_BASE_URL="https://e.example", UCLOUD_TIMEOUT_SECOND="3.5")
    made = connect(**KEYS)
    assert (made.url, made.transport.timeout) == ("https://e.example/", 3.5)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("UCLOUD_TIMEOUT_SECOND", "soon", "^UCLOUD_TIMEOUT_SECOND must be a number of seconds; got 'soon'"),
        ("UCLOUD_TIMEOUT_SECOND", "0", "^UCLOUD_TIMEOUT_SECOND must be above 0"),
        ("UCLOUD_API_BASE_URL", "u.example", "^UCLOUD_API_BASE_URL must be a base URL .*; got 'u.example'"),
        ("UCLOUD_API_BASE_URL", "http://u.example", r"over plain HTTP to u.example \(UCLOUD_API_BASE_URL\)"),
        ("UCLOUD_REGION", " cn-bj2", "^The environment has no usable UCLOUD_REGION: it begins or ends with a blank"),
        ("UCLOUD_CHANNEL_KEY", "café", "^UCLOUD_CHANNEL_KEY holds a character that HTTP cannot carry"),
        (
            "UCLOUD_SECURITY_TOKEN",
            "t",
            "^The environment has UCLOUD_SECURITY_TOKEN but not UCLOUD_PUBLIC_KEY, UCLOUD_PRIVATE_KEY",
        ),
    ],
)
def test_a_variable_that_is_wrong_is_named(monkeypatch, variable, value, said):
    environment(monkeypatch, **{variable: value})
    with pytest.raises(errors.ConfigurationError, match=said):
        connect(**({} if variable == "UCLOUD_SECURITY_TOKEN" else KEYS))


@pytest.mark.parametrize(("key", "value"), [("base_url", "u.example"), ("timeout_sec", "soon"), ("timeout_sec", -1)])
def test_a_key_of_a_file_that_is_wrong_is_named(tmp_path, key, value):
    files(tmp_path, [{"profile": "main", "active": True, key: value}])
    with pytest.raises(errors.ConfigurationError, match=f"^{key} "):
        connect(**KEYS)


# -- signatures ------------------------------------------------------------------------------------


DATA = json.loads(
    (pathlib.Path(__file__).resolve().parents[3] / "data" / "ucloud_signing.json").read_text(encoding="utf-8")
)
vectors = pytest.mark.parametrize("vector", DATA["vectors"], ids=lambda vector: vector["name"])


@vectors
def test_a_vector_is_flattened_and_signed(vector):
    form = flatten(dict(vector["parameters"], Action=vector["action"], PublicKey=DATA["public_key"]))
    form["Signature"] = sign(form, DATA["private_key"])
    assert form == vector["form"]


@vectors
def test_a_prepared_request_is_the_form_of_the_vector(vector):
    parameters = dict(vector["parameters"], Action=vector["action"])
    auth = UCloudAuth(DATA["public_key"], DATA["private_key"], parameters.pop("SecurityToken", None))
    body = urlencode(flatten(parameters))
    request = requests.Request("POST", "https://api.ucloud.cn/", data=body, auth=auth).prepare()
    assert dict(parse_qsl(request.body, keep_blank_values=True)) == vector["form"]
    assert request.headers["Content-Length"] == str(len(request.body))


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


def signed(body, **credentials):
    auth = UCloudAuth("public", "private", **credentials)
    return requests.Request("POST", "https://api.ucloud.cn/", data=body, auth=auth).prepare()


def test_signing_again_replaces_the_signature():
    request = signed("Action=X")
    assert signed(request.body).body == request.body


@pytest.mark.parametrize("body", ["Name=%E4%BB%A4", b"Name=%E4%BB%A4", {"Name": "令"}])
def test_text_bytes_and_forms_are_signed_alike(body):
    assert dict(parse_qsl(signed(body).body))["Signature"] == sign({"Name": "令", "PublicKey": "public"}, "private")


def test_a_request_without_a_body_gets_one():
    assert sorted(dict(parse_qsl(signed(None).body))) == ["PublicKey", "Signature"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e16, "10000000000000000"), (1e-7, "0.0000001"), (10**20, "1" + "0" * 20), (False, "false"), (0, "0"), ("", "")],
)
def test_numbers_are_never_in_scientific_notation(value, text):
    assert flatten({"K": value}) == {"K": text}


def test_objects_and_lists_are_flattened():
    assert flatten({"A": {"B": [1, {"C": True}], "D": None}, "E": ()}) == {"A.B.0": "1", "A.B.1.C": "true"}


# -- forms -----------------------------------------------------------------------------------------


FORM = "application/x-www-form-urlencoded; charset=utf-8"
CREDENTIALS = {"public_key": "p", "private_key": "private-key-1", "security_token": None}


def made(session=None, **options):
    transport = http.Transport(30, 0, session=session or Session())
    return provider.UCloudClient(transport, errors.Secrets(), "https://host/", CREDENTIALS, **options)


class Kept(Session):
    """A session that answers well, and keeps the signed request."""

    def request(self, method, url, headers, data, auth, **_options):
        self.sent.append(requests.Request(method, url, headers=headers, data=data, auth=auth).prepare())
        return response(200, body=b'{"RetCode": 0}')


@pytest.mark.parametrize("channel", [None, "channel-key-1"])
def test_a_request_is_a_form_with_its_length(channel):
    session = Kept()
    made(session, channel_key=channel).call("Op", {"Name": "é"})
    (request,) = session.sent
    assert request.method == "POST"
    assert request.headers["Content-Type"] == FORM
    assert request.headers["Content-Length"] == str(len(request.body))
    assert request.headers.get("channel-key") == channel
    assert "Name=%C3%A9&" in request.body


def test_signing_alone_makes_it_a_form():
    request = requests.Request("POST", "https://host/", data=b"Action=Op&Empty=").prepare()
    request.headers.pop("Content-Type", None)
    signed = auth.UCloudAuth(**CREDENTIALS)(request)
    assert signed.headers["Content-Type"] == FORM
    assert signed.headers["Content-Length"] == str(len(signed.body))
    assert "Empty=" in signed.body


def test_a_form_that_cannot_be_read_is_not_signed():
    request = requests.Request("POST", "https://host/", data="no form").prepare()
    with pytest.raises(ValueError, match="bad query field"):
        auth.UCloudAuth(**CREDENTIALS)(request)
    assert "Signature=" in auth.UCloudAuth(**CREDENTIALS)(requests.Request("POST", "https://host/").prepare()).body
