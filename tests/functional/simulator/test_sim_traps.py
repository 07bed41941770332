# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traps that change what the clouds do or answer. Many others are seen by ../test_probe.py, which tells each from its absence."""

from __future__ import annotations

import time

import pytest
from sdk_clients import POLICY, USERS, form, signed, user_body

import simulator

DESCRIBE = {"Action": "DescribeUFileToken"}
RETIRED = f"{USERS}/retired"
BASIC = USERS.replace("rocketmq-demo", "rocketmq-basic")
SHOW = POLICY.replace("topics/", "topics/payments/")
GRANT = user_body(
    admin=True,
    default_topic_perm="SUB",
    topic_perms=[{"name": "orders", "perm": "PUB|SUB"}],
    white_remote_address="192.0.2.9",
)


def test_an_unknown_or_wrong_trap_is_refused():
    with pytest.raises(simulator.UnknownTrap):
        simulator.Simulator(basic_editon=True)
    for name, value in (
        ("busy_instance", {"minutes": 2}),
        ("busy_instance", 5),
        ("throttle", {"every": 2}),
        ("throttle", {"next": 1, "style": "aws"}),
        ("fail_next", {"stauts": 500}),
        ("fail_next", "500"),
        ("second_writer", {"patch": {}}),
        ("error_shape", "xml"),
        ("tidy_names", "upper"),
        ("tidy_names", 0),
        ("revoke_after", {"credential": "admin"}),
    ):
        with pytest.raises((ValueError, TypeError)):
            simulator.Simulator(**{name: value})


@pytest.mark.parametrize(("how", "name"), [("trim", "My-New"), ("lower", " my-new "), ("nfc", " My-New "), (4, " My-")])
def test_new_names_are_tidied(sim, how, name):
    sim.traps.set(tidy_names=how)
    made = form(sim, Action="CreateUFileToken", TokenName=" My-New ").json()
    assert made["UFileTokenSet"]["TokenName"] == name


@pytest.mark.parametrize("trap", [None, True, ["rocketmq-demo"]])
def test_the_basic_edition_ignores_what_it_accepts(sim, trap):
    path, name = (f"{BASIC}/legacy-app", "legacy-app") if trap is None else (RETIRED, "retired")
    if trap is not None:
        sim.traps.set(basic_edition=trap)
    before = signed(sim, "GET", path).json()
    response = signed(sim, "PUT", path, GRANT)
    assert response.status_code == 200
    assert response.json()["topic_perms"] == GRANT["topic_perms"]  # it says so …
    after = signed(sim, "GET", path).json()
    assert after == {**before, "secret_key": GRANT["secret_key"], "white_remote_address": "192.0.2.9"}
    assert after["access_key"] == name


def test_the_basic_edition_creates_administrators(sim):
    signed(sim, "POST", BASIC, user_body(access_key="fresh-user", admin=False))
    assert signed(sim, "GET", f"{BASIC}/fresh-user").json()["admin"] is True


def test_lists_are_reversed(sim):
    listed = signed(sim, "GET", USERS).json()["users"]
    sim.traps.set(reversed_lists=True)
    assert signed(sim, "GET", USERS).json()["users"] == [
        {key: value[::-1] if isinstance(value, list) else value for key, value in row.items()} for row in listed[::-1]
    ]


@pytest.mark.parametrize(("shape", "keys"), [("code", {"code", "message"}), ("errorCode", {"errorCode", "errorMsg"})])
def test_errors_have_other_keys(sim, shape, keys):
    sim.traps.set(error_shape=shape)
    assert set(signed(sim, "GET", f"{USERS}/nobody").json()) == keys


def test_a_change_shows_after_so_many_seconds(sim):
    sim.traps.set(slow_visibility=0.3)
    form(sim, Action="UpdateUFileToken", TokenId="ufile-token-reports", TokenName="new")
    asked = {**DESCRIBE, "TokenId": "ufile-token-reports"}
    assert form(sim, **asked).json()["DataSet"][0]["TokenName"] == "reports"
    time.sleep(0.35)
    assert form(sim, **asked).json()["DataSet"][0]["TokenName"] == "new"


def test_replicas_answer_in_turn_each_so_long_behind(sim):
    sim.traps.set(replicas=[0, 0.3])
    signed(sim, "PUT", RETIRED, GRANT)
    seen = [signed(sim, "GET", RETIRED).json()["admin"] for _unused in range(4)]
    assert seen == [True, False, True, False]
    signed(sim, "PUT", RETIRED, {})  # refused: nothing has changed
    time.sleep(0.35)
    seen = [signed(sim, "GET", RETIRED).json()["admin"] for _unused in range(2)]
    assert seen == [True, True]


@pytest.mark.parametrize("value", [3, [True, "x"], {"a": 1}])
def test_replicas_are_a_list_of_seconds(sim, value):
    with pytest.raises(ValueError, match="list of seconds"):
        sim.traps.set(replicas=value)


def test_a_second_writer_comes_between_read_and_write(sim):
    path = "huaweicloud/rocketmq/rocketmq-demo/users"
    sim.traps.set(second_writer={"set": {f"{path}/checkout/admin": True}, "delete": [f"{path}/retired"]})
    assert signed(sim, "GET", f"{USERS}/checkout").json()["admin"] is False
    assert signed(sim, "PUT", RETIRED, GRANT).json()["error_code"] == "DMS.00500972"
    assert signed(sim, "GET", f"{USERS}/checkout").json()["admin"] is True
    sim.add_rocketmq_user(access_key="retired")
    assert signed(sim, "PUT", RETIRED, GRANT).status_code == 200  # once only
    sim.traps.set(second_writer=sim.traps.get("second_writer"))  # set again: once more
    assert signed(sim, "PUT", RETIRED, GRANT).status_code == 400


def test_a_second_writer_comes_after_a_read(sim):
    changed = []
    sim.traps.set(second_writer={"match": "ShowUser", "after": True, "skip": 1, "call": changed.append})
    signed(sim, "GET", RETIRED)
    assert changed == []
    signed(sim, "GET", RETIRED)
    assert changed == [sim.estate]
    merge = {"huaweicloud": {"rocketmq": {"rocketmq-demo": {"users": {"retired": {"admin": True}}}}}}
    sim.traps.set(second_writer={"match": "read", "after": True, "merge": merge})
    assert [signed(sim, "GET", RETIRED).json()["admin"] for _unused in range(2)] == [False, True]


@pytest.mark.parametrize("value", [2, {"requests": 2, "credential": "admin"}])
def test_a_key_is_revoked_after_so_many_requests(sim, value):
    sim.traps.set(revoke_after=value)
    assert [signed(sim, "GET", USERS).status_code for _unused in range(3)] == [200, 200, 401]
    assert form(sim, **DESCRIBE).json()["RetCode"] == 172
    other = signed(sim, "GET", USERS, credential="readonly").status_code
    assert other == (401 if value == 2 else 200)
    sim.reset()
    assert signed(sim, "GET", USERS).status_code == 200


def test_an_error_may_echo_the_request(sim):
    sim.traps.set(echo_request=True)
    response = signed(sim, "PUT", f"{USERS}/nobody", GRANT)
    assert GRANT["secret_key"] in response.text
    assert "Signature=" in response.text
    wrong = form(sim, Action="UpdateUFileToken", TokenId="nothing")
    assert "Signature=" in wrong.json()["Message"]


def test_clock_signatures_and_latency_are_settings(sim):
    sim.traps.set(clock_skew=1000)
    response = signed(sim, "GET", USERS)
    assert response.json()["error_code"] == "APIGW.0303"
    assert response.headers["Date"]
    sim.traps.set(clock_skew=0, signatures=False)
    assert signed(sim, "GET", USERS, sk="wrong").status_code == 200
    assert form(sim, sign=False, PublicKey=None, **DESCRIBE).json()["RetCode"] == 0
    assert form(sim, "readonly", sign=False, Action="DeleteUFileToken").json()["RetCode"] == 299
    sim.traps.set(signatures=True, latency=150)
    started = time.monotonic()
    signed(sim, "GET", USERS)
    assert time.monotonic() - started >= 0.15


def test_a_reset_keeps_the_settings_of_the_start():
    with simulator.running("empty", latency=1, tolen_name=True) as sim:
        assert sim.traps.as_dict() == {"latency": 1, "tolen_name": True}
        sim.add_ufile_token(TokenId="one")
        held = sim.estate
        sim.reset()
        assert sim.traps.as_dict() == {"latency": 1}
        assert sim.estate is held
        assert sim.estate["ucloud"]["ufile_tokens"] == {}


def test_a_proxy_that_rewrites_headers_breaks_a_signature_over_them(sim):
    sim.traps.set(proxy_headers=True)
    assert signed(sim, "GET", RETIRED).status_code == 401
