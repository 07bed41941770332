# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What creation and deletion send, to the letter."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, attempt, huawei, run, ucloud

UFILE, UROCKETMQ, ROCKETMQ = cases.UFile(), cases.URocketMQ(), cases.RocketMQ()
SECRET = "Secret-Key1"
NEW = dict(cases.ALL_OF_IT, token_name="ci-1")
NOTHING = {
    "access_key": "billing-1", "secret_key": SECRET, "white_remote_address": "", "admin": False,
    "default_topic_perm": "DENY", "default_group_perm": "DENY", "topic_perms": [], "group_perms": [],
}  # fmt: skip


def ufile_row(**values):
    new = {"AllowedOps": ["TOKEN_ALLOW_NONE"], "AllowedPrefixes": ["*"], "AllowedBuckets": ["*"]}
    return UFILE.row(**dict(new, **values))


def test_a_new_ufile_token_sends_what_the_table_says():
    form = {"TokenName": "ci-1", "AllowedOps.0": "TOKEN_ALLOW_NONE", "AllowedPrefixes.0": "*", "AllowedBuckets.0": "*"}
    create = ucloud("CreateUFileToken", form, {"TokenId": "t-1"})
    calls = [*UFILE.read_all(), create, *UFILE.read(ufile_row())]
    result = run(UFILE.resource, NEW, calls)
    assert result["warnings"] == ["UFile token ci-1: without expire_time, a new token lives for one day only."]
    assert result["token"]["expire_time"] == 1900000000
    options = dict(NEW, expire_time="1900000000")
    create = ucloud("CreateUFileToken", dict(form, ExpireTime=1900000000), {"UFileTokenSet": {"TokenId": "t-1"}})
    assert "warnings" not in run(UFILE.resource, options, [*UFILE.read_all(), create, *UFILE.read(ufile_row())])


def test_what_the_service_will_add_is_not_known_before():
    result = run(UFILE.resource, NEW, UFILE.read_all(), check_mode=True)
    assert {result["token"][option] for option in UFILE.resource.facts} == {None}


@pytest.mark.parametrize("answer", [{}, {"TokenId": ""}, {"TokenId": 5}, {"UFileTokenSet": []}])
def test_a_creation_that_names_no_id_is_found_by_name(answer):
    create = ucloud("CreateUFileToken", ANY, answer)
    calls = [*UFILE.read_all(), create, *UFILE.read_all(ufile_row())]
    assert run(UFILE.resource, NEW, calls)["token"]["token_id"] == "t-1"


@pytest.mark.parametrize("answer", [{}, {"TokenId": ""}, {"TokenId": 5}])
def test_a_creation_of_the_other_kind_that_names_no_id_is_found_by_name(answer):
    row = UROCKETMQ.row(TopicProducePerm="NONE", TopicConsumePerm="NONE")
    calls = [UROCKETMQ.list(), ucloud("CreateURocketMQToken", ANY, answer), UROCKETMQ.list(row)]
    assert run(UROCKETMQ.resource, {"service_id": "s-1", "name": "ci-1"}, calls)["token"]["token_id"] == "t-1"


def test_a_ufile_token_is_deleted_in_its_own_region():
    row = UFILE.row(Region="cn-sh2")
    delete = ucloud("DeleteUFileToken", {"TokenId": "t-1"}, code=15040, region="cn-sh2")
    options = {"token_id": "t-1", "state": "absent"}
    assert run(UFILE.resource, options, [*UFILE.read(row), delete, *UFILE.absent()])["token"] is None


def test_credentials_are_one_more_look():
    create = ucloud("CreateUFileToken", ANY, {"TokenId": "t-1"})
    row = ufile_row(PrivateKey="of-the-new-one")
    options = dict(NEW, return_credentials=True)
    result = run(UFILE.resource, options, [*UFILE.read_all(), create, *UFILE.read(row), *UFILE.read(row)])
    assert result["credentials"] == {
        "token_id": "t-1", "token_name": "ci-1", "public_key": "TOKEN_pub", "private_key": "of-the-new-one",
    }  # fmt: skip


def test_a_new_urocketmq_token_sends_lists_with_part_only():
    form = {
        "ServiceId": "s-1", "Name": "ci-1", "TopicProducePerm": "NONE", "TopicConsumePerm": "PART",
        "AllowConsumeTopicList": "a,b",
    }  # fmt: skip
    row = UROCKETMQ.row(TopicProducePerm="NONE", AllowProduceTopicList="", AllowConsumeTopicList="a,b")
    create = ucloud("CreateURocketMQToken", form, {"TokenId": "t-1"})
    options = {
        "service_id": "s-1",
        "name": "ci-1",
        "topic_consume_perm": "PART",
        "allow_consume_topic_list": ["b", "a"],
    }
    run(UROCKETMQ.resource, options, [UROCKETMQ.list(), create, UROCKETMQ.get(row)])


@pytest.mark.parametrize("keys", [None, {}, {"AccessKey": "ak"}, "none"])
def test_credentials_without_a_secret_are_an_error(keys):
    row = UROCKETMQ.row(TopicProducePerm="NONE", TopicConsumePerm="NONE")
    shown = ucloud("GetURocketMQToken", ANY, {"Token": dict(row, AKSK=keys)})
    create = ucloud("CreateURocketMQToken", ANY, {"TokenId": "t-1"})
    options = {"service_id": "s-1", "name": "ci-1", "return_credentials": True}
    result = attempt(UROCKETMQ.resource, options, [UROCKETMQ.list(), create, UROCKETMQ.get(row), shown])
    assert "answered without its key pair" in result["msg"]
    assert result["changed"] is True


def test_a_urocketmq_token_is_deleted_by_id():
    row = UROCKETMQ.row(TopicProducePerm="NONE", TopicConsumePerm="NONE")
    delete = ucloud("DeleteURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-1"})
    options = {"service_id": "s-1", "name": "ci-1", "state": "absent"}
    result = run(UROCKETMQ.resource, options, [UROCKETMQ.list(row), delete, *UROCKETMQ.absent()])
    assert result["changed"] is True
    (diff,) = result["diff"]
    name = "URocketMQ token t-1 (ci-1, service_id s-1)"
    assert (diff["before_header"], diff["after_header"]) == (name, name + ": deleted")


def test_what_a_task_says_of_all_counts_for_each_that_says_nothing():
    entries = [{"user_name": "billing-1"}, {"user_name": "billing-2", "state": "present"}]
    calls = [ROCKETMQ.list(ROCKETMQ.row(1), ROCKETMQ.row(2))]
    options = {"instance_id": "i-1", "users": entries, "state": "absent", "return_unchanged": False}
    result = run(ROCKETMQ.resource, options, calls, check_mode=True)
    assert [(change["user_name"], change["action"]) for change in result["changes"]] == [("billing-1", "delete")]
    assert result["users"] == []


def test_of_a_list_what_changed_is_shown_and_the_rest_on_request():
    entries = [{"user_name": "billing-1", "admin": False}, {"user_name": "billing-2"}]
    options = {"instance_id": "i-1", "users": entries}
    for whole, names in ((False, ["billing-1"]), (True, ["billing-1", "billing-2"])):
        calls = [ROCKETMQ.list(ROCKETMQ.row(1), ROCKETMQ.row(2))]
        result = run(ROCKETMQ.resource, dict(options, return_unchanged=whole), calls, check_mode=True)
        assert [user["user_name"] for user in result["users"]] == names


def test_credentials_of_a_list_are_a_list():
    create = ucloud("CreateUFileToken", ANY, {"TokenId": "t-1"})
    row = ufile_row(PrivateKey="of-the-new-one")
    options = {"tokens": [NEW], "return_credentials": True}
    result = run(UFILE.resource, options, [*UFILE.read_all(), create, *UFILE.read(row), *UFILE.read(row)])
    assert [made["private_key"] for made in result["credentials"]] == ["of-the-new-one"]


def test_a_new_user_is_nothing_but_its_name_and_secret():
    create = huawei("POST", "instances/i-1/users", NOTHING, NOTHING)
    calls = [*ROCKETMQ.absent(), create, ROCKETMQ.show(NOTHING)]
    options = {"instance_id": "i-1", "user_name": "billing-1", "secret_key": SECRET}
    result = run(ROCKETMQ.resource, options, calls)
    assert result["changes"][0]["action"] == "create"
    (diff,) = result["diff"]
    assert (diff["before_header"], diff["after_header"]) == (ROCKETMQ.label + ": absent", ROCKETMQ.label)


def test_a_user_that_is_gone_when_it_is_deleted_is_no_error():
    delete = huawei("DELETE", "instances/i-1/users/billing-1", status=400, code="DMS.00500972")
    options = {"instance_id": "i-1", "user_name": "billing-1", "state": "absent"}
    calls = [ROCKETMQ.show(ROCKETMQ.row()), delete, *ROCKETMQ.absent()]
    assert "warnings" not in run(ROCKETMQ.resource, options, calls)
