# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""URocketMQ tokens: the rules beyond the shared ones."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import urocketmq_token
from ansible_collections.grantops.cloud.tests.unit.cases import URocketMQ
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, Answers, attempt, refusals, run, ucloud

RESOURCE = urocketmq_token.RESOURCE
case = URocketMQ()
FIRST = {"service_id": "s-1", "token_id": "t-1"}


@pytest.mark.parametrize("perm", ["ALL", "NONE"])
@pytest.mark.parametrize("side", ["Produce", "Consume"])
def test_all_and_none_need_no_list_and_send_none(side, perm):
    after = case.row(**{f"Topic{side}Perm": perm, f"Allow{side}TopicList": ""})
    result = case.change({f"topic_{side.lower()}_perm": perm}, case.row(), after)
    assert result["token"][f"allow_{side.lower()}_topic_list"] == []


def test_another_permission_is_refused():
    (message,) = refusals(RESOURCE, dict(FIRST, topic_produce_perm="SOME"))
    assert "must be one of: ALL, NONE, PART" in message


def test_part_with_a_list_replaces_all():
    after = case.row(TopicConsumePerm="ALL", AllowConsumeTopicList="", AllowProduceTopicList="orders")
    case.change({"topic_produce_perm": "PART", "allow_produce_topic_list": ["orders"]}, case.plain(), after)


def test_a_list_goes_out_as_one_joined_text():
    after = case.row(AllowProduceTopicList="b,a")
    case.change({"allow_produce_topic_list": ["b", "a"]}, case.row(), after)


def test_a_list_comes_back_as_one_text_with_or_without_spaces():
    row = case.row(AllowProduceTopicList=" payments , orders,")
    options = dict(FIRST, allow_produce_topic_list=["orders", "payments"])
    assert run(RESOURCE, options, case.read(row))["changed"] is False


@pytest.mark.parametrize("topic", ["%DLQ%billing", "%RETRY%billing", "x" * 100, "a.b c/d", "RMQ_SYS_TRACE_TOPIC"])
def test_a_list_may_name_what_no_rule_for_new_topics_allows(topic):
    after = case.row(AllowProduceTopicList=topic)
    case.change({"allow_produce_topic_list": [topic]}, case.row(), after)
    unchanged = run(RESOURCE, dict(FIRST, allow_produce_topic_list=[topic]), case.read(after))
    assert (unchanged["changed"], unchanged["token"]["allow_produce_topic_list"]) == (False, [topic])


def test_part_of_a_token_that_had_no_list_needs_one():
    result = case.refused(dict(FIRST, topic_produce_perm="PART"), case.read(case.plain()))
    assert "topic_produce_perm is PART, but allow_produce_topic_list names no topic" in result["msg"]


def test_part_of_a_token_whose_list_is_not_returned_needs_one():
    row = case.row(TopicConsumePerm="ALL", AllowConsumeTopicList="", AllowProduceTopicList="")
    result = case.refused(dict(FIRST, topic_consume_perm="NONE"), case.read(row))
    assert "the service did not return allow_produce_topic_list; give it in the task" in result["msg"]


def test_a_list_for_a_token_that_may_all_needs_part():
    result = case.refused(dict(FIRST, allow_produce_topic_list=["orders"]), case.read(case.plain()))
    assert "topic_produce_perm is ALL; set topic_produce_perm: PART too" in result["msg"]


def test_an_empty_list_for_a_token_that_may_all_changes_nothing():
    options = dict(FIRST, allow_produce_topic_list=[])
    assert run(RESOURCE, options, case.read(case.plain()))["changed"] is False


def test_an_empty_list_with_all_is_accepted():
    options = dict(FIRST, topic_produce_perm="ALL", allow_produce_topic_list=[])
    assert run(RESOURCE, options, case.read(case.plain()))["changed"] is False


def test_emptying_the_list_of_part_is_refused():
    result = case.refused(dict(FIRST, allow_produce_topic_list=[]), case.read(case.row()))
    assert "topic_produce_perm is PART, but allow_produce_topic_list names no topic" in result["msg"]


def test_part_with_an_empty_list_adds_nothing_without_purge():
    options = dict(FIRST, topic_produce_perm="PART", allow_produce_topic_list=[], purge=False)
    assert run(RESOURCE, options, case.read(case.row()))["changed"] is False


def test_the_default_token_as_it_is_is_no_error():
    options = dict(FIRST, topic_produce_perm="ALL")
    assert run(RESOURCE, options, case.read(case.plain(Type="Default")))["changed"] is False


def test_the_default_token_is_not_deleted():
    result = case.refused({"token_id": "t-1", "state": "absent"}, case.read(case.plain(Type="Default")))
    text = "this is the service's Default token, which cannot be changed or deleted"
    assert result["error"]["problems"][0]["message"].endswith(": " + text)


def test_a_name_that_no_token_has_is_absent():
    options = {"service_id": "s-1", "name": "ci-9", "state": "absent"}
    assert run(RESOURCE, options, [case.list(case.plain())])["changed"] is False


def test_ids_and_names_may_be_mixed():
    options = {"service_id": "s-1", "tokens": [{"name": "ci-2"}, {"token_id": "t-1"}]}
    assert run(RESOURCE, options, [case.list(case.plain(1), case.plain(2))])["changed"] is False


def test_tokens_of_two_services_are_read_by_service():
    rows = [{"service_id": service, "token_id": "t-1"} for service in ("s-1", "s-2")]
    calls = [
        ucloud("GetURocketMQToken", {"ServiceId": service, "TokenId": "t-1"}, {"Token": case.plain()})
        for service in ("s-1", "s-2")
    ]
    assert run(RESOURCE, {"tokens": rows}, calls)["changed"] is False


# -- how many requests -----------------------------------------------------------------------------


def test_beside_a_page_a_list_that_is_not_named_is_not_read():
    options = {"service_id": "s-1", "tokens": [{"token_id": "t-1"}, {"token_id": "t-2", "topic_produce_perm": "PART"}]}
    result = run(RESOURCE, options, [case.list(case.row(1), case.row(2))])
    assert result["changed"] is False
    assert result["tokens"][0]["allow_produce_topic_list"] is None


@pytest.mark.parametrize("lists", [("orders", None), (None, "refunds"), (None, None)])
def test_what_is_shown_beside_part_is_read(lists):
    row = case.row()
    page = case.list(row)
    page.answer["TokenList"] = [dict(row, AllowProduceTopicList=lists[0], AllowConsumeTopicList=lists[1])]
    for options in ({}, {"topic_produce_perm": "PART"}, {"topic_consume_perm": "PART", "purge": False}):
        shown = run(RESOURCE, dict(options, service_id="s-1", name="ci-1"), [page, case.get(row)])["token"]
        assert shown["allow_produce_topic_list"] == ["orders", "payments"]
        assert shown["allow_consume_topic_list"] == ["audit", "refunds"]


def test_beside_a_page_the_lists_are_read_where_a_permission_changes():
    tokens = [{"token_id": "t-1", "topic_produce_perm": "NONE"}, {"token_id": "t-2"}]
    after = case.row(1, TopicProducePerm="NONE", AllowProduceTopicList="")
    calls = [case.list(case.row(1), case.plain(2)), case.get(case.row(1))] + case.write(after) + [case.get(after)]
    assert run(RESOURCE, {"service_id": "s-1", "tokens": tokens}, calls)["changed"] is True


def test_lists_that_stand_in_the_page_are_not_read_again():
    page = case.list(case.plain())
    page.answer.update(TokenList=[case.row(1), case.plain(2)], TotalCount=2)
    tokens = [{"token_id": "t-1", "allow_produce_topic_list": ["orders", "payments"]}, {"token_id": "t-2"}]
    assert run(RESOURCE, {"service_id": "s-1", "tokens": tokens}, [page])["changed"] is False


def test_all_tokens_are_two_pages_and_one_request_for_each_part():
    rows = [case.plain(number) for number in range(118)] + [case.row(118), case.row(119)]
    calls = [case.list(*rows[:100], total=120), case.list(*rows[100:], offset=100, total=120)]
    calls += [case.get(rows[118]), case.get(rows[119])]
    assert len(run(RESOURCE, {"service_id": "s-1"}, calls, info=True)["tokens"]) == 120


def test_of_one_that_is_named_the_lists_are_read_too():
    (shown,) = run(RESOURCE, {"service_id": "s-1", "name": "ci-1"}, case.read_all(case.row()), info=True)["tokens"]
    assert shown["allow_produce_topic_list"] == ["orders", "payments"]


def test_few_of_many_are_read_one_by_one_where_that_is_fewer():
    page = [case.plain(number) for number in range(100)]
    tokens = [{"token_id": "t-0"}, {"token_id": "t-500"}]
    calls = [case.list(*page, total=900), case.get(case.plain(500))]
    assert run(RESOURCE, {"service_id": "s-1", "tokens": tokens}, calls)["changed"] is False


# -- answers ---------------------------------------------------------------------------------------


def test_a_refused_get_is_absent_only_if_the_list_lacks_the_token():
    calls = [case.get(case.row(), code=230), case.list(case.plain())]
    assert case.refused({"token_id": "t-1"}, calls)["error"]["code"] == 230


def test_a_get_that_the_network_lost_is_not_looked_up():
    calls = [ucloud("GetURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-1"}, b"<html>", status=404)]
    assert case.refused({"token_id": "t-1"}, calls)["error"]["status"] == 404


@pytest.mark.parametrize(
    "answer", [{}, {"Token": []}, {"Token": {"TokenId": "t-2"}}], ids=["none", "no object", "another"]
)
def test_a_get_without_the_token_is_an_error(answer):
    calls = [ucloud("GetURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-1"}, answer)]
    result = case.refused({"token_id": "t-1"}, calls)
    assert result["error"]["kind"] == "response"
    assert "Token" in result["msg"]


@pytest.mark.parametrize("rows", [None, {}, ["x"], [{"Name": "x"}]])
def test_a_list_without_usable_rows_is_an_error(rows):
    page = case.list()
    page.answer["TokenList"] = rows
    result = case.refused({"name": "x"}, [page])
    assert result["error"]["kind"] == "response"
    assert "TokenList" in result["msg"]


def test_a_list_of_another_type_in_a_token_is_an_error():
    row = case.row(AllowProduceTopicList=["a"])
    assert "expected one text, got ['a']" in case.refused({"token_id": "t-1"}, case.read(row))["msg"]


# -- creation and deletion -------------------------------------------------------------------------


def test_a_new_urocketmq_token_sends_lists_with_part_only():
    form = {
        "ServiceId": "s-1", "Name": "ci-1", "TopicProducePerm": "NONE", "TopicConsumePerm": "PART",
        "AllowConsumeTopicList": "a,b",
    }  # fmt: skip
    row = case.row(TopicProducePerm="NONE", AllowProduceTopicList="", AllowConsumeTopicList="a,b")
    create = ucloud("CreateURocketMQToken", form, {"TokenId": "t-1"})
    options = {
        "service_id": "s-1",
        "name": "ci-1",
        "topic_consume_perm": "PART",
        "allow_consume_topic_list": ["b", "a"],
    }
    run(RESOURCE, options, [case.list(), create, case.get(row)])


@pytest.mark.parametrize("keys", [None, {}, {"AccessKey": "ak"}, "none"])
def test_credentials_without_a_secret_are_an_error(keys):
    row = case.row(TopicProducePerm="NONE", TopicConsumePerm="NONE")
    shown = ucloud("GetURocketMQToken", ANY, {"Token": dict(row, AKSK=keys)})
    create = ucloud("CreateURocketMQToken", ANY, {"TokenId": "t-1"})
    options = {"service_id": "s-1", "name": "ci-1", "return_credentials": True}
    result = attempt(RESOURCE, options, [case.list(), create, case.get(row), shown])
    assert "has no key pair of the token" in result["msg"]
    assert result["changed"] is True


def test_a_urocketmq_token_is_deleted_by_id():
    row = case.row(TopicProducePerm="NONE", TopicConsumePerm="NONE")
    delete = ucloud("DeleteURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-1"})
    options = {"service_id": "s-1", "name": "ci-1", "state": "absent"}
    result = run(RESOURCE, options, [case.list(row), delete, *case.absent()])
    assert result["changed"] is True
    (diff,) = result["diff"]
    name = "URocketMQ token t-1 (ci-1, service_id s-1)"
    assert (diff["before_header"], diff["after_header"]) == (name, name + ": deleted")


# -- names and keys --------------------------------------------------------------------------------


def test_new_keys_are_known_as_secrets_and_asked_for_by_name():
    row = case.row(AKSK={"AccessKey": "new-access", "SecretKey": "new-secret-1"})
    client = Answers({"Token": row})
    names = {"service_id": "s-1", "token_id": "t-1"}
    assert RESOURCE.api(client).credentials(names) == {"access_key": "new-access", "secret_key": "new-secret-1"}
    assert client.asked == [("GetURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-1", "Display": "true"}, {})]
    assert client.secrets.clean("new-secret-1") == "<hidden>"


@pytest.mark.parametrize("keys", [{"AKSK": "none"}, {}])
def test_a_token_without_keys_is_fine(keys):
    row = {**{key: value for key, value in case.row().items() if key != "AKSK"}, **keys}
    assert run(RESOURCE, FIRST, [case.get(row)])["changed"] is False


@pytest.mark.parametrize("side", ["Produce", "Consume"])
def test_one_side_that_is_part_needs_its_list(side):
    perms = {"TopicProducePerm": "ALL", "TopicConsumePerm": "NONE", f"Topic{side}Perm": "PART"}
    part, lists = urocketmq_token._lacks_lists, urocketmq_token._needs_lists
    entry = type("Entry", (), {"values": {}})
    assert (part(perms), part({**perms, f"Topic{side}Perm": "ALL"})) == (True, False)
    assert (lists(perms, entry, True), lists(perms, entry, False)) == (True, False)
    assert lists({**perms, f"Allow{side}TopicList": ""}, entry, True) is False
    for perm, there in (("topic_produce_perm", "TopicProducePerm"), ("topic_consume_perm", "TopicConsumePerm")):
        for asked in ("ALL", "NONE"):
            entry.values = {perm: asked}
            assert lists(perms, entry, False) is (perms[there] != asked)


# -- responses that are not what the documents say -------------------------------------------------


def test_a_token_that_has_no_name_is_not_the_one():
    row = case.row(Name="", TopicProducePerm="NONE", TopicConsumePerm="NONE")
    result = run(RESOURCE, {"service_id": "s-1", "name": "ci-1", "state": "absent"}, [case.list(row)])
    assert result["changed"] is False
