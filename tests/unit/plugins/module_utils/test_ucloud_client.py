# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UCloud: where credentials come from, and what a response means."""

from __future__ import annotations

import json

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import auth, codes, provider, ufile_token
from ansible_collections.grantops.cloud.tests.unit.scripted import (
    Clock,
    Session,
    attempt,
    connector,
    ucloud,
    validated,
)

RESOURCE = ufile_token.RESOURCE
NO_KEYS = {"public_key": None, "private_key": None, "project_id": None, "region": None}
KEYS = {"public_key": "task-pub", "private_key": "task-priv"}
ENV = {"UCLOUD_PUBLIC_KEY": "env-pub", "UCLOUD_PRIVATE_KEY": "env-priv"}


def params(**options):
    return validated(RESOURCE, {**NO_KEYS, "token_id": "t", **options})


def connect(**options):
    return provider.connect(params(**options), errors.Secrets())


def pair(made):
    return made._auth.public_key, made._auth.private_key


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
    assert (made.region, made._headers, made.transport.timeout) == (None, {}, 30)


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
    assert connect()._auth.security_token == "env-token"
    assert connect(**KEYS)._auth.security_token is None


def test_address_and_time_out_may_come_from_the_environment(monkeypatch):
    environment(monkeypatch, UCLOUD_API_BASE_URL="https://e.example", UCLOUD_TIMEOUT_SECOND="3.5")
    made = connect(**KEYS)
    assert (made.url, made.transport.timeout) == ("https://e.example/", 3.5)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("UCLOUD_TIMEOUT_SECOND", "soon", "^UCLOUD_TIMEOUT_SECOND must be a number of seconds, not 'soon'"),
        ("UCLOUD_TIMEOUT_SECOND", "0", "^UCLOUD_TIMEOUT_SECOND must be above 0"),
        ("UCLOUD_API_BASE_URL", "u.example", "^UCLOUD_API_BASE_URL 'u.example' is not a usable base URL"),
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


def test_the_main_site_is_the_default():
    made = connect(**KEYS)
    assert (made.url, made.transport.timeout) == ("https://api.ucloud.cn/", 30)


def test_plain_http_is_refused():
    with pytest.raises(errors.ConfigurationError, match="over plain HTTP"):
        connect(api_url="http://api.service.ucloud.cn", **KEYS)
    assert connect(api_url="http://api.service.ucloud.cn", allow_http=True, **KEYS)


@pytest.mark.parametrize(("info", "operation"), [(False, "UpdateUFileToken"), (True, "DescribeUFileToken")])
@pytest.mark.parametrize("why", [{}, {"public_key": "p"}, {"api_url": "u.example", **KEYS}, {"profile": "gone"}])
def test_a_set_up_error_is_the_result_of_a_task_and_names_its_call(info, operation, why):
    result = attempt(RESOURCE, dict(NO_KEYS, token_id="t", **why), [], info)
    assert result["error"]["kind"] == "setup"
    assert result["error"]["provider"] == "UCloud"
    assert result["error"]["operation"] == operation


# -- calls -----------------------------------------------------------------------------------------


def called(*calls, **options):
    session = Session(*calls)
    made = connector(session)(
        RESOURCE, validated(RESOURCE, dict({"token_id": "t", "retries": 1}, **options)), errors.Secrets()
    )
    try:
        return made.call("ListURocketMQToken"), session
    finally:
        session.finish()


def error(*calls, **options):
    with pytest.raises(errors.RequestError) as caught:
        called(*calls, **options)
    return caught.value


def answer(content=None, **how):
    return ucloud("ListURocketMQToken", {}, content, **how)


def test_a_channel_is_a_header():
    session = called(answer(), channel_key="channel-1")[1]
    assert session.sent[0].headers["channel-key"] == "channel-1"
    assert "channel-key" not in called(answer())[1].sent[0].headers


@pytest.mark.parametrize("code", ["0", " 0 ", 0])
def test_a_code_may_be_text(code):
    assert called(answer(json.dumps({"RetCode": code}).encode()))[0] == {"RetCode": code}


def test_a_failing_code_may_be_text():
    found = error(answer(b'{"RetCode": "171", "Message": "m"}', headers={"X-UCLOUD-REQUEST-UUID": "r-1"}))
    assert (found.code, found.kind, found.request_id, found.message) == (171, "authentication", "r-1", "m")


@pytest.mark.parametrize("code", sorted(codes.CODES))
def test_every_known_code_is_judged_as_the_table_says(code):
    kind, retry, hint = codes.CODES[code]
    # Nine throttled tries may wait for more than the minute that they have by default.
    calls = [answer(code=code)] * (2 if retry and kind != errors.THROTTLED else 9 if retry else 1)
    found = error(*calls, timeout=60)
    assert (found.kind, found.retry, found.hint) == (kind, retry, hint)


# The table of the facts, less what it says of no code: whether it is tried again, and whether it may have been done.
AGAIN = {110, 130, 150, 153, 15004, 15005, 15006, 15007}
UNKNOWN = {15012, 15013, 15015, 15016, 15020, 15021, 15022, 15044}
NEVER = {160, 161, 170, 171, 172, 174, 220, 230, 292, 293, 294, 295, 299}
NEVER |= {15002, 15010, 15017, 15018, 15037, 15038, 15039, 15040}


def test_the_codes_are_those_of_the_facts():
    assert set(codes.CODES) == AGAIN | UNKNOWN | NEVER
    assert {code for code, (_kind, retry, _hint) in codes.CODES.items() if retry} == AGAIN | UNKNOWN
    assert {codes.CODES[code][0] for code in UNKNOWN} == {errors.SERVER}
    assert [code for code, row in codes.CODES.items() if not row[2]] == []  # each says what to do


def test_an_unknown_code_is_not_tried_again():
    assert error(answer(code=99999)).kind == errors.INVALID


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"RetCode": true}',
        b'{"RetCode": 0.5}',
        b'{"RetCode": "x"}',
        b'"x"',
        b'{"RetCode": "--5"}',
        '{"RetCode": "²"}'.encode(),
        b'{"RetCode": "' + b"9" * 5000 + b'"}',
    ],
)
def test_an_answer_without_a_usable_code_is_an_error(body):
    found = error(answer(body))
    assert (found.kind, found.outcome_unknown) == (errors.RESPONSE, True)


def test_what_is_not_json_is_tried_again():
    assert called(answer(b"<html>"), answer())[0]["RetCode"] == 0
    assert "proxies" in error(answer(b"<html>"), answer(b"<html>")).hint


@pytest.mark.parametrize(
    ("status", "kind", "tries"),
    [(409, "throttled", 9), (429, "throttled", 9), (500, "server", 2), (502, "server", 2), (503, "server", 2), (504, "server", 2),
     (501, "server", 1), (404, "invalid", 1), (403, "invalid", 1), (204, "invalid", 1)],
)  # fmt: skip
def test_a_status_that_ucloud_never_sends_is_judged(status, kind, tries):
    found = error(*[answer(b"<h1>gateway</h1>", status=status)] * tries)
    assert (found.kind, found.attempts, found.status) == (kind, tries, status)
    assert "no UCloud response" in found.message
    assert bool(found.hint) is (tries == 1)


def test_a_throttled_call_waits_as_long_as_it_is_told():
    session = Session(answer(code=153, headers={"Retry-After": "5"}), answer())
    clock = Clock()
    made = connector(session, clock)(RESOURCE, validated(RESOURCE, {"token_id": "t", "retries": 1}), errors.Secrets())
    made.call("ListURocketMQToken")
    assert clock.slept == [5]


def test_a_message_that_holds_a_key_is_cleaned():
    assert error(answer(code=230, message="bad private-key-of-the-run")).message == "bad <hidden>"


@pytest.mark.parametrize("message", [{"text": "no"}, ["no"], 7])
def test_a_message_that_is_no_text_is_told_as_it_is(message):
    found = error(answer(json.dumps({"RetCode": 230, "Message": message}).encode()))
    assert found.message == errors.brief(message)


def test_a_channel_key_is_a_secret_and_no_more_than_a_header_can_carry():
    options = {"channel_key": "channel-secret-1"}
    assert error(answer(code=230, message="bad channel-secret-1"), **options).message == "bad <hidden>"
    with pytest.raises(errors.ConfigurationError, match="channel_key"):
        connect(channel_key="a\nb", **KEYS)
    with pytest.raises(errors.ConfigurationError, match="^channel_key holds a character that HTTP cannot carry"):
        connect(channel_key="caf\u00e9-12345", **KEYS)


@pytest.mark.parametrize("url", ["https://u.example", "https://u.example/", "https://u.example//"])
def test_the_address_ends_with_one_slash(url):
    assert connect(api_url=url, **KEYS).url == "https://u.example/"


@pytest.mark.parametrize("given", [{}, {"project_id": ""}, {"project_id": None}])
def test_without_a_project_none_is_named_and_the_default_one_is_meant(monkeypatch, given):
    environment(monkeypatch, UCLOUD_PROJECT_ID="")
    made = connect(**KEYS, **given)
    session = Session()
    made.transport._session = session
    with pytest.raises((AssertionError, errors.GrantopsError)):
        made.call("X")
    assert "ProjectId" not in session.sent[0].body
    assert "Region" not in session.sent[0].body
