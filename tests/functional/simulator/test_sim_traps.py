# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every trap that changes what the clouds do or answer."""

from __future__ import annotations

import threading
import time

import pytest
from sdk_clients import POLICY, USERS, form, signed, user_body

import simulator
from simulator.traps import NAMES

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


def test_a_region_filters_tokens(sim):
    sim.add_ufile_token(TokenId="uf-there", Region="hk")
    here, there, anywhere = ({**DESCRIBE, "TokenId": "uf-there", "Region": region} for region in ("cn-bj2", "hk", None))
    assert form(sim, **here).json()["RetCode"] == 0
    sim.traps.set(tokens_by_region=True)
    assert [form(sim, **asked).json()["RetCode"] for asked in (here, there, anywhere)] == [15040, 0, 0]
    shown = {row["Region"] for row in form(sim, **DESCRIBE, Region="hk").json()["DataSet"]}
    assert shown == {"hk"}


def test_traps_are_set_and_cleared(sim):
    sim.traps.set(latency=5, tolen_name=True)
    assert sim.traps.as_dict() == {"latency": 5, "tolen_name": True}
    with pytest.raises(simulator.UnknownTrap):
        sim.traps.set(latency=6, latensy=7)
    assert sim.traps.get("latency") == 5
    sim.traps.set(tolen_name=False)
    sim.traps.clear("latency")
    assert sim.traps.as_dict() == {}
    assert {"basic_edition", "throttle", "fail_next", "latency"} <= NAMES


@pytest.mark.parametrize("trap", [None, True, ["rocketmq-demo"]])
def test_the_basic_edition_ignores_what_it_accepts(sim, trap):
    path, name = (f"{BASIC}/legacy-app", "legacy-app") if trap is None else (RETIRED, "retired")
    if trap is not None:
        sim.traps.set(basic_edition=trap)
    before = signed(sim, "GET", path).json()
    answer = signed(sim, "PUT", path, GRANT)
    assert answer.status_code == 200
    assert answer.json()["topic_perms"] == GRANT["topic_perms"]  # it says so …
    after = signed(sim, "GET", path).json()
    assert after == {**before, "secret_key": GRANT["secret_key"], "white_remote_address": "192.0.2.9"}
    assert after["access_key"] == name


def test_the_basic_edition_creates_administrators(sim):
    signed(sim, "POST", BASIC, user_body(access_key="fresh-user", admin=False))
    assert signed(sim, "GET", f"{BASIC}/fresh-user").json()["admin"] is True


def test_ucloud_answers_in_other_shapes(sim):
    sim.traps.set(retcode_as_text=True, tolen_name=True, float_times=True, omit_fields=["Region"])
    answer = form(sim, **DESCRIBE)
    body = answer.json()
    assert body["RetCode"] == "0"
    row = body["DataSet"][0]
    assert row["TolenName"] == "reports"
    assert "TokenName" not in row
    assert "Region" not in row
    assert '"ExpireTime": 1893456000.0' in answer.text
    sim.traps.clear()
    assert "TokenName" in form(sim, **DESCRIBE).json()["DataSet"][0]  # the estate is as it was


def test_a_missing_token_may_be_an_empty_list(sim):
    asked = {**DESCRIBE, "TokenId": "not-there"}
    assert form(sim, **asked).json()["RetCode"] == 15040
    sim.traps.set(missing_token_empty_dataset=True)
    assert form(sim, **asked).json()["DataSet"] == []


def test_huawei_cloud_answers_in_other_shapes(sim):
    rows = [{"app_id": "roma-app-audit", "app_name": "audit", "access_policy": "sub", "tag": "11||22"}]
    signed(sim, "POST", POLICY, {"topics": [{"name": "payments", "policies": rows}]})
    assert signed(sim, "GET", SHOW).json()["policies"][0]["tag"] == "11||22"
    sim.traps.set(spaced_tags=True, user_name_is_key=True)
    row = signed(sim, "GET", SHOW).json()["policies"][0]
    assert (row["tag"], row["user_name"]) == ("11 || 22", "roma-key-audit")

    signed(sim, "PUT", RETIRED, GRANT)
    signed(sim, "GET", USERS)
    sim.traps.set(swapped_perms=True, null_fields={"ShowUser": ["group_perms"]})
    user = signed(sim, "GET", RETIRED).json()
    assert user["topic_perms"] == [{"name": "orders", "perm": "SUB|PUB"}]
    assert user["group_perms"] is None
    listed = signed(sim, "GET", USERS).json()["users"]
    assert listed[-1]["group_perms"] == []
    sim.traps.set(reversed_lists=True)
    assert signed(sim, "GET", USERS).json()["users"] == [
        {key: value[::-1] if isinstance(value, list) else value for key, value in row.items()} for row in listed[::-1]
    ]


@pytest.mark.parametrize(("shape", "keys"), [("code", {"code", "message"}), ("errorCode", {"errorCode", "errorMsg"})])
def test_errors_have_other_keys(sim, shape, keys):
    sim.traps.set(error_shape=shape)
    assert set(signed(sim, "GET", f"{USERS}/nobody").json()) == keys


def test_lists_that_stick_are_not_emptied(sim):
    signed(sim, "PUT", RETIRED, GRANT)
    for trap, left in ((["group_perms"], []), (True, GRANT["topic_perms"])):
        signed(sim, "PUT", RETIRED, GRANT)
        sim.traps.set(sticky_lists=trap)
        signed(sim, "PUT", RETIRED, user_body(topic_perms=[]))
        assert signed(sim, "GET", RETIRED).json()["topic_perms"] == left
    signed(sim, "POST", POLICY, {"topics": [{"name": "payments", "policies": []}]})
    assert signed(sim, "GET", SHOW).json()["total"] == 2
    perms = {"TopicProducePerm": "NONE", "TopicConsumePerm": "NONE"}
    which = {"Region": "cn-bj2", "ProjectId": "org-demo", "ServiceId": "urmq-demo", "TokenId": "urmq-token-checkout"}
    assert form(sim, Action="UpdateURocketMQToken", **which, **perms).json()["RetCode"] == 0
    token = form(sim, Action="GetURocketMQToken", **which).json()["Token"]
    assert (token["TopicProducePerm"], token["AllowProduceTopicList"]) == ("NONE", "orders,payments")


def test_ignored_fields_stay(sim):
    sim.traps.set(ignored_fields=["topic_perms", "AllowedOps"])
    signed(sim, "PUT", RETIRED, GRANT)
    user = signed(sim, "GET", RETIRED).json()
    assert (user["admin"], user["topic_perms"]) == (True, [])
    which = {"ProjectId": "org-demo", "TokenId": "ufile-token-reports"}
    grant = {"AllowedOps.0": "TOKEN_ALLOW_DELETE", "TokenName": "renamed"}
    form(sim, Action="UpdateUFileToken", **which, **grant)
    token = sim.estate["ucloud"]["ufile_tokens"]["ufile-token-reports"]
    assert token["TokenName"] == "renamed"
    assert token["AllowedOps"] == ["TOKEN_ALLOW_READ", "TOKEN_ALLOW_LIST"]


def test_a_change_shows_after_so_many_reads(sim):
    sim.traps.set(slow_visibility={"reads": 2})
    signed(sim, "PUT", RETIRED, GRANT)
    seen = [signed(sim, "GET", RETIRED).json()["admin"] for _unused in range(3)]
    assert seen == [False, False, True]
    signed(sim, "PUT", RETIRED, {})  # refused: nothing to wait for
    assert signed(sim, "GET", RETIRED).json()["admin"] is True


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


def test_a_second_writer_may_be_a_function(sim):
    sim.traps.set(second_writer=lambda estate: estate["ucloud"]["ufile_tokens"].clear())
    assert len(form(sim, **DESCRIBE).json()["DataSet"]) == 4
    update = {"Action": "UpdateUFileToken", "TokenId": "ufile-token-reports"}
    assert form(sim, **update).json()["RetCode"] == 15040


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
    answer = signed(sim, "PUT", f"{USERS}/nobody", GRANT)
    assert GRANT["secret_key"] in answer.text
    assert "Signature=" in answer.text
    wrong = form(sim, Action="UpdateUFileToken", TokenId="nothing")
    assert "Signature=" in wrong.json()["Message"]


def test_clock_signatures_and_latency_are_settings(sim):
    sim.traps.set(clock_skew=1000)
    answer = signed(sim, "GET", USERS)
    assert answer.json()["error_code"] == "APIGW.0303"
    assert answer.headers["Date"]
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


def test_a_busy_instance_takes_one_write_at_a_time(sim):
    sim.traps.set(busy_instance={"seconds": 0.3, "code": "DMS.00400017"})
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(signed(sim, "PUT", RETIRED, GRANT))) for _unused in "ab"]
    for thread in threads:
        thread.start()
    assert signed(sim, "GET", RETIRED).status_code == 200
    for thread in threads:
        thread.join(10)
    assert [answer.status_code for answer in answers] == [400, 200]
    assert answers[0].json()["error_code"] == "DMS.00400017"
    assert sim.counters["refused"] == {"busy": 1}
    assert signed(sim, "PUT", RETIRED, GRANT).status_code == 200


def test_a_busy_instance_may_be_so_after_its_answer(sim):
    sim.traps.set(busy_instance={"seconds": 0.3, "status": 409, "background": True})
    assert [signed(sim, "PUT", RETIRED, GRANT).status_code for _unused in "ab"] == [200, 409]
    time.sleep(0.35)
    assert signed(sim, "PUT", RETIRED, GRANT).status_code == 200


def test_a_proxy_that_rewrites_headers_breaks_a_signature_over_them(sim):
    sim.traps.set(proxy_headers=True)
    assert signed(sim, "GET", RETIRED).status_code == 401
