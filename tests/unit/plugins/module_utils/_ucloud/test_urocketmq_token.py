# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""URocketMQ tokens: the rules beyond the shared ones."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Change, Desired
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import urocketmq_token
from ansible_collections.grantops.cloud.tests.unit.cases import URocketMQ
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, Responses, attempt, run, ucloud

RESOURCE = urocketmq_token.RESOURCE
case = URocketMQ()
FIRST = {"service_id": "s-1", "token_id": "t-1"}


@pytest.mark.parametrize("perm", ["ALL", "NONE"])
@pytest.mark.parametrize("side", ["Produce", "Consume"])
def test_all_and_none_need_no_list_and_send_none(side, perm):
    after = case.row(**{f"Topic{side}Perm": perm, f"Allow{side}TopicList": ""})
    result = case.change({f"topic_{side.lower()}_perm": perm}, case.row(), after)
    assert result["token"][f"allow_{side.lower()}_topic_list"] == []


@pytest.mark.parametrize(
    ("options", "existing", "planned"),
    [
        # PART and its list replace ALL.
        ({"topic_produce_perm": "PART", "allow_produce_topic_list": ["orders"]}, case.plain(), "orders"),
        # A list goes out as one joined text.
        ({"allow_produce_topic_list": ["b", "a"]}, case.row(), "b,a"),
    ],
)
def test_a_list_is_sent_beside_part(options, existing, planned):
    case.change(options, existing, dict(existing, TopicProducePerm="PART", AllowProduceTopicList=planned))


@pytest.mark.parametrize(
    ("options", "row"),
    [
        # A list comes back as one text, with or without spaces.
        ({"allow_produce_topic_list": ["orders", "payments"]}, case.row(AllowProduceTopicList=" payments , orders,")),
        ({"allow_produce_topic_list": []}, case.plain()),
        ({"allow_produce_topic_list": [], "topic_produce_perm": "ALL"}, case.plain()),
        ({"allow_produce_topic_list": [], "topic_produce_perm": "PART", "purge": False}, case.row()),
        ({"topic_produce_perm": "ALL"}, case.plain(Type="Default")),
        ({}, case.row(AKSK="none")),
        ({}, {key: value for key, value in case.row().items() if key != "AKSK"}),
    ],
)
def test_what_is_so_already_is_no_change(options, row):
    case.unchanged({**case.names(), **options}, row)


@pytest.mark.parametrize("topic", ["%DLQ%billing", "%RETRY%billing", "x" * 100, "a.b c/d", "RMQ_SYS_TRACE_TOPIC"])
def test_a_list_may_name_what_no_rule_for_new_topics_allows(topic):
    after = case.row(AllowProduceTopicList=topic)
    case.change({"allow_produce_topic_list": [topic]}, case.row(), after)
    unchanged = run(RESOURCE, dict(FIRST, allow_produce_topic_list=[topic]), case.read(after))
    assert (unchanged["changed"], unchanged["token"]["allow_produce_topic_list"]) == (False, [topic])


NO_TOPIC = "topic_produce_perm is PART, but allow_produce_topic_list names no topic"
NO_LIST = case.row(TopicConsumePerm="ALL", AllowConsumeTopicList="", AllowProduceTopicList="")


@pytest.mark.parametrize(
    ("options", "row", "message"),
    [
        ({"topic_produce_perm": "PART"}, case.plain(), NO_TOPIC),
        ({"allow_produce_topic_list": []}, case.row(), NO_TOPIC),
        ({"topic_consume_perm": "NONE"}, NO_LIST, "the service did not return allow_produce_topic_list; give it in the task"),
        ({"allow_produce_topic_list": ["orders"]}, case.plain(), "topic_produce_perm is ALL; set topic_produce_perm: PART too"),
        ({"state": "absent"}, case.plain(Type="Default"), "this is the service's Default token, which cannot be changed or deleted"),
    ],
)  # fmt: skip
def test_what_a_token_cannot_be_is_refused(options, row, message):
    (problem,) = case.refused({**FIRST, **options}, case.read(row))["error"]["problems"]
    assert message in problem["message"]


def test_ids_and_names_may_be_mixed():
    options = {"service_id": "s-1", "tokens": [{"name": "ci-2"}, {"token_id": "t-1"}]}
    assert run(RESOURCE, options, [case.list(case.plain(1), case.plain(2))])["changed"] is False


@pytest.mark.parametrize(("name", "shown"), [("ci-2", "ci-2"), ("", ""), (7, None)])
def test_a_token_of_another_name_or_none_is_not_the_one(name, shown):
    options, calls = {"service_id": "s-1", "name": "ci-1", "state": "absent"}, [case.list(case.plain(Name=name))]
    if shown is not None:
        assert run(RESOURCE, options, calls)["changed"] is False
    assert run(RESOURCE, {"service_id": "s-1"}, calls, info=True)["tokens"][0]["name"] == shown


def test_tokens_of_two_services_are_read_by_service():
    rows = [{"service_id": service, "token_id": "t-1"} for service in ("s-1", "s-2")]
    calls = [
        ucloud("GetURocketMQToken", {"ServiceId": row["service_id"], "TokenId": "t-1"}, {"Token": case.plain()})
        for row in rows
    ]
    assert run(RESOURCE, {"tokens": rows}, calls)["changed"] is False


def test_beside_a_page_a_list_that_is_not_named_is_not_read():
    options = {"service_id": "s-1", "tokens": [{"token_id": "t-1"}, {"token_id": "t-2", "topic_produce_perm": "PART"}]}
    result = run(RESOURCE, options, [case.list(case.row(1), case.row(2))])
    assert result["changed"] is False
    assert result["tokens"][0]["allow_produce_topic_list"] is None


@pytest.mark.parametrize("lists", [("orders", None), (None, "refunds"), (None, None)])
def test_what_is_shown_beside_part_is_read(lists):
    row = case.row()
    page = case.list(row)
    page.response["TokenList"] = [dict(row, AllowProduceTopicList=lists[0], AllowConsumeTopicList=lists[1])]
    for options in ({}, {"topic_produce_perm": "PART"}, {"topic_consume_perm": "PART", "purge": False}):
        shown = run(RESOURCE, dict(options, service_id="s-1", name="ci-1"), [page, case.get(row)])["token"]
        assert shown["allow_produce_topic_list"] == ["orders", "payments"]
        assert shown["allow_consume_topic_list"] == ["audit", "refunds"]


@pytest.mark.parametrize("topics", [["orders", "payments"], []])
def test_lists_that_stand_in_the_page_are_not_read_again(topics):
    page = case.list(case.plain())
    page.response.update(TokenList=[case.row(1, AllowProduceTopicList=",".join(topics)), case.plain(2)], TotalCount=2)
    tokens = [{"token_id": "t-1", "topic_produce_perm": "PART"}, {"token_id": "t-2"}]
    result = run(RESOURCE, {"service_id": "s-1", "tokens": tokens}, [page])
    assert (result["changed"], result["tokens"][0]["allow_produce_topic_list"]) == (False, topics or None)


def test_all_tokens_are_two_pages_and_one_request_for_each_part():
    rows = [case.plain(number) for number in range(118)] + [case.row(118), case.row(119)]
    calls = [case.list(*rows[:100], total=120), case.list(*rows[100:], offset=100, total=120)]
    calls += [case.get(rows[118]), case.get(rows[119])]
    assert len(run(RESOURCE, {"service_id": "s-1"}, calls, info=True)["tokens"]) == 120


def test_few_of_many_are_read_one_by_one_where_that_is_fewer():
    page = [case.plain(number) for number in range(100)]
    tokens = [{"token_id": "t-0"}, {"token_id": "t-500"}]
    calls = [case.list(*page, total=900), case.get(case.plain(500))]
    assert run(RESOURCE, {"service_id": "s-1", "tokens": tokens}, calls)["changed"] is False


def test_a_refused_get_is_absent_only_if_the_list_lacks_the_token():
    calls = [case.get(case.row(), code=230), case.list(case.plain())]
    assert case.refused({"token_id": "t-1"}, calls)["error"]["code"] == 230


def test_a_get_that_the_network_lost_is_not_looked_up():
    lost = case.get(case.row(), status=404)
    lost.response = b"<html>"
    assert case.refused(FIRST, [lost])["error"]["status"] == 404


@pytest.mark.parametrize("token", [None, [], {"TokenId": "t-2"}], ids=["none", "no object", "another"])
def test_a_get_without_the_token_is_an_error(token):
    get = case.get(case.row())
    get.response["Token"] = token
    result = case.refused(FIRST, [get])
    assert (result["error"]["kind"], "no Token t-1" in result["msg"]) == ("response", True)


@pytest.mark.parametrize("rows", [None, {}, ["x"], [{"Name": "x"}]])
def test_a_list_without_usable_rows_is_an_error(rows):
    page = case.list()
    page.response["TokenList"] = rows
    result = case.refused({"name": "x"}, [page])
    assert result["error"]["kind"] == "response"
    assert "TokenList" in result["msg"]


def test_a_list_of_another_type_in_a_token_is_an_error():
    row = case.row(AllowProduceTopicList=["a"])
    assert "expected one text, got ['a']" in case.refused({"token_id": "t-1"}, case.read(row))["msg"]


def test_a_new_urocketmq_token_sends_lists_with_part_only():
    form = {
        "ServiceId": "s-1", "Name": "ci-1", "TopicProducePerm": "NONE", "TopicConsumePerm": "PART",
        "AllowConsumeTopicList": "a,b",
    }  # fmt: skip
    row = case.row(TopicProducePerm="NONE", AllowProduceTopicList="", AllowConsumeTopicList="a,b")
    calls = [case.list(), ucloud("CreateURocketMQToken", form, {"TokenId": "t-1"}), case.get(row)]
    options = {"service_id": "s-1", "name": "ci-1"}
    run(RESOURCE, dict(options, topic_consume_perm="PART", allow_consume_topic_list=["b", "a"]), calls)


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
    (diff,) = run(RESOURCE, options, [case.list(row), delete, *case.absent()])["diff"]
    name = "URocketMQ token t-1 (ci-1, service_id s-1)"
    assert (diff["before_header"], diff["after_header"]) == (name, name + ": deleted")


def test_new_keys_are_known_as_secrets_and_asked_for_by_name():
    client = Responses({"Token": case.row(AKSK={"AccessKey": "new-access", "SecretKey": "new-secret-1"})})
    assert RESOURCE.api(client).credentials(FIRST) == {"access_key": "new-access", "secret_key": "new-secret-1"}
    assert client.asked == [("GetURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-1", "Display": "true"}, {})]
    assert client.secrets.clean("new-secret-1") == "<hidden>"


def test_keys_that_are_shown_are_known_as_secrets_and_a_creation_is_not_repeated():
    client = Responses({"Token": case.row(AKSK={"SecretKey": "shown-secret-1"}), "TokenId": "t-1"})
    client.concurrency, client.each = 1, lambda work, items: [work(item) for item in items]
    RESOURCE.api(client).get([Desired("", FIRST, {})], True)
    assert client.secrets.clean("shown-secret-1") == "<hidden>"
    none = {"topic_produce_perm": "NONE", "topic_consume_perm": "NONE"}
    change = Change(RESOURCE, Desired("", {"service_id": "s-1", "name": "ci-1"}, {}), None, none)
    RESOURCE.api(client).create(change)
    form = {"ServiceId": "s-1", "Name": "ci-1", "TopicProducePerm": "NONE", "TopicConsumePerm": "NONE"}
    assert client.asked[-1] == ("CreateURocketMQToken", form, {"idempotent": False})


SIDES = ("Produce", "Consume")


def one_sided(side):
    """A token of which one side alone is PART."""
    other = SIDES[side == "Produce"]
    perms = {"TopicProducePerm": "ALL", "TopicConsumePerm": "NONE", f"Topic{side}Perm": "PART"}
    return case.row(**perms, **{f"Allow{other}TopicList": ""})


@pytest.mark.parametrize("side", SIDES)
def test_the_list_of_the_side_that_is_part_is_shown(side):
    options = {"service_id": "s-1", "name": "ci-1"}
    (shown,) = run(RESOURCE, options, case.read_all(one_sided(side)), info=True)["tokens"]
    assert len(shown[f"allow_{side.lower()}_topic_list"]) == 2


@pytest.mark.parametrize("perm", ["ALL", "NONE"])
@pytest.mark.parametrize("asked", SIDES)
@pytest.mark.parametrize("side", SIDES)
def test_beside_a_page_the_lists_are_read_where_a_permission_changes(side, asked, perm):
    row = one_sided(side)
    changes = row[f"Topic{asked}Perm"] != perm
    tokens = [{"token_id": "t-1", f"topic_{asked.lower()}_perm": perm}, {"token_id": "t-2"}]
    calls = [case.list(row, case.plain(2)), *([case.get(row)] if changes else [])]
    assert run(RESOURCE, {"service_id": "s-1", "tokens": tokens}, calls, check_mode=True)["changed"] is changes
