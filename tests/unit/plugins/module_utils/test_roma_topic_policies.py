# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ROMA topic policies: many at once, and answers that do not fit."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.grantops.cloud.tests.unit.roma import (
    BILLING,
    ONE,
    RESOURCE,
    SHOP,
    case,
    refused,
    row,
)
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, huawei, run

# -- reading and writing many ----------------------------------------------------------------------


def test_all_pages_of_a_topic_are_read():
    rows = [{"app_name": f"app-{n:03}", "access_policy": "sub"} for n in range(119)]
    topic = row(*rows)
    parts = [dict(topic, policies=topic["policies"][start : start + 50]) for start in (0, 50, 100)]
    calls = [case.policies(part, offset=50 * n, total=120) for n, part in enumerate(parts)]
    assert len(run(RESOURCE, ONE, calls)["topic"]["policies"]) == 120


def test_101_topics_are_two_writes():
    count = 101
    before = [row(BILLING, SHOP, number=number) for number in range(count)]
    after = [row(BILLING, number=number) for number in range(count)]
    topics = [{"name": f"orders-{number}", "policies": [BILLING]} for number in range(count)]
    calls = case.read(*before) + case.prepare(*before) + case.write(*after[:100]) + case.write(*after[100:])
    result = run(RESOURCE, {"instance_id": "i-1", "topics": topics}, calls + case.read(*after))
    assert len(result["changes"]) == count


def two_topics():
    topics = [{"name": f"orders-{number}", "policies": [BILLING]} for number in (1, 2)]
    before = [row(BILLING, SHOP, number=number) for number in (1, 2)]
    after = [row(BILLING, number=number) for number in (1, 2)]
    return {"topics": topics}, before, after, case.read(*before) + case.prepare(*before)


def names(entries):
    return [entry["name"] for entry in entries]


def test_a_write_of_many_that_failed_in_part_is_looked_at():
    options, before, after, calls = two_topics()
    answer = {"error_code": "MQS.00400001", "failed_topics": ["orders-2"]}
    calls += case.write(*after, status=400, answer=answer) + case.read(after[0], before[1])
    error = refused(options, calls)["error"]
    assert names(error["written"]) == ["orders-1"]
    assert names(error["failed"]) == ["orders-2"]
    assert "failed topics: ['orders-2']" in error["message"]


def test_a_write_of_many_that_failed_in_part_has_changed_something():
    options, before, after, calls = two_topics()
    calls += case.write(*after, **case.write_refused) + case.read(after[0], before[1])
    assert refused(options, calls)["changed"] is True


def test_a_write_of_many_that_was_refused_has_changed_nothing():
    options, before, after, calls = two_topics()
    calls += case.write(*after, **case.write_refused) + case.read(*before)
    result = refused(options, calls)
    assert result["changed"] is False
    assert names(result["error"]["failed"]) == ["orders-1", "orders-2"]


def test_a_write_of_many_that_got_lost_but_was_done_is_a_warning():
    options, before, after, calls = two_topics()
    calls += case.write(*after, answer=requests.exceptions.ReadTimeout("late")) + case.read(*after)
    result = run(RESOURCE, dict(options, instance_id="i-1"), calls)
    assert result["changed"] is True
    assert len(result["warnings"]) == 1


def test_topics_of_two_instances_are_two_writes():
    calls = []
    for instance in ("i-1", "i-2"):
        for call in case.read(row(BILLING)):
            call.what = call.what.replace("i-1", instance)
            calls.append(call)
    for part in (lambda: case.prepare(row(BILLING))[:1], lambda: case.prepare(row())[1:], lambda: case.write(row())):
        for instance in ("i-1", "i-2"):
            for call in part():
                call.what = call.what.replace("i-1", instance)
                calls.append(call)
    # Details and applications are read instance by instance.
    calls[3], calls[4] = calls[3], calls[4]
    for instance in ("i-1", "i-2"):
        for call in case.read(row()):
            call.what = call.what.replace("i-1", instance)
            calls.append(call)
    topics = [{"instance_id": instance, "name": "orders-1", "policies": []} for instance in ("i-1", "i-2")]
    assert run(RESOURCE, {"topics": topics}, calls)["changed"] is True


# -- answers ---------------------------------------------------------------------------------------


def test_a_refused_topic_that_the_list_shows_is_an_error():
    calls = [case.policies(case.row(), status=400, code="MQS.1"), case.topics(case.row(), name="orders-1")]
    assert refused(ONE, calls)["error"]["code"] == "MQS.1"


@pytest.mark.parametrize("policies", [None, {}, ["x"]])
def test_an_answer_without_usable_policies_is_an_error(policies):
    call = case.policies(case.row())
    call.answer["policies"] = policies
    assert refused(ONE, [call])["error"]["kind"] == "response"


@pytest.mark.parametrize("topics", [None, ["x"], [{}]])
def test_a_topic_list_without_usable_rows_is_an_error(topics):
    call = huawei("GET", "mqs/instances/i-1/topics", answer={"topics": topics, "total": 1})
    assert attempt(RESOURCE, {"instance_id": "i-1"}, [call], info=True)["error"]["kind"] == "response"


def test_a_topic_list_that_is_not_whole_is_an_error():
    call = huawei("GET", "mqs/instances/i-1/topics", answer={"topics": [{"name": "a"}], "total": 5})
    assert "holds 1 rows but states 5" in attempt(RESOURCE, {"instance_id": "i-1"}, [call], info=True)["msg"]


def test_a_topic_that_goes_while_all_are_read_is_an_error():
    gone = case.policies(case.row(), status=404, code="MQS.00400404")
    calls = [case.topics(case.row()), gone, case.topics(name="orders-1")]
    message = attempt(RESOURCE, {"instance_id": "i-1"}, calls, info=True)["msg"]
    assert message.startswith("Could not read ROMA topics. topic orders-1 went while the topics were read")


def test_what_else_a_row_of_the_list_holds_is_not_read():
    listed = dict(case.row(), policies="of another form")
    topics = case.topics(listed)
    topics.answer["topics"] = [listed]
    (topic,) = run(RESOURCE, {"instance_id": "i-1"}, [topics, case.policies(case.row())], info=True)["topics"]
    assert (topic["description"], len(topic["policies"])) == ("text", 3)


def test_a_detail_that_cannot_be_read_names_its_topic():
    listed = dict(case.row(), description=5)
    calls = [case.topics(listed), case.policies(case.row())]
    message = attempt(RESOURCE, {"instance_id": "i-1"}, calls, info=True)["msg"]
    assert "the response for ROMA topic orders-1 (instance_id i-1) has an unusable description" in message


@pytest.mark.parametrize("apps", [None, ["x"], [{"name": "billing"}]])
def test_an_application_list_without_usable_rows_is_an_error(apps):
    listing = case.list_apps()
    listing.answer["apps"] = apps
    calls = case.read(row(BILLING)) + case.details(row()) + [listing]
    assert refused(dict(ONE, policies=[SHOP]), calls)["error"]["kind"] == "response"


def test_the_list_of_applications_is_read_once_a_run():
    before, after = (
        [row(BILLING, number=number) for number in (1, 2)],
        [row(BILLING, SHOP, number=number) for number in (1, 2)],
    )
    options = {"topics": [{"name": f"orders-{number}", "policies": [BILLING, SHOP]} for number in (1, 2)]}
    calls = [*case.read(*before), *case.prepare(*before), case.list_apps(), *case.write(*after), *case.read(*after)]
    assert run(RESOURCE, dict(options, instance_id="i-1"), calls)["changed"] is True


def test_no_list_is_read_where_no_application_is_new():
    options, before, after, calls = two_topics()
    calls += case.write(*after) + case.read(*after)
    assert not any("/apps?" in call.what for call in calls)
    assert run(RESOURCE, dict(options, instance_id="i-1"), calls)["changed"] is True


# -- additions -------------------------------------------------------------------------------------

ADD = {"policies": [SHOP], "purge": False}
MISSING = [(404, "APIGW.0101"), (404, "DMS.10240406"), (404, "DMS.00404001"), (404, None), (405, None)]


def added(current, *calls, options=ADD):
    calls = [*case.read(current), *case.details(current), case.list_apps(), *calls]
    return attempt(RESOURCE, dict(ONE, **options), calls)


@pytest.mark.parametrize("status", [200, 204])
def test_an_addition_leaves_the_rows_of_others_alone(status):
    result = added(row(BILLING), case.batch_add([SHOP], status=status), *case.read(row(BILLING, SHOP)))
    assert result["changed"] is True, result


@pytest.mark.parametrize(("status", "code"), MISSING)
def test_a_region_without_additions_gets_the_whole_topic(status, code):
    refused = case.batch_add([SHOP], status=status, code=code)
    after = row(BILLING, SHOP)
    result = added(row(BILLING), refused, *case.write(after), *case.read(after))
    assert (result["changed"], "warnings" in result) == (True, False)


def test_a_region_without_additions_is_asked_once():
    before, after = (
        [row(BILLING, number=number) for number in (1, 2)],
        [row(BILLING, SHOP, number=number) for number in (1, 2)],
    )
    topics = [dict(case.names(number), policies=[SHOP]) for number in (1, 2)]
    calls = [*case.read(*before), *case.details(*before), case.list_apps()]
    calls += [case.batch_add([SHOP], status=404, code="APIGW.0101"), *case.write(after[0]), *case.write(after[1])]
    calls += case.read(*after)
    assert run(RESOURCE, {"instance_id": "i-1", "topics": topics, "purge": False}, calls)["changed"] is True


@pytest.mark.parametrize(
    ("status", "code"), [(403, "DMS.10240309"), (400, "MQS.1"), (404, "MQS.1"), (404, "DMS.00404022"), (409, None)]
)
def test_another_refusal_of_an_addition_is_an_error(status, code):
    result = added(row(BILLING), case.batch_add([SHOP], status=status, code=code))
    assert (result["error"]["operation"], result["error"]["status"]) == ("BatchAddTopicAccessPolicy", status)


OWNER = {"app_name": "shop", "access_policy": "pub", "owner": True}


@pytest.mark.parametrize(
    ("options", "after"),
    [
        (dict(ADD, purge=True, policies=[BILLING, SHOP]), row(BILLING, SHOP)),
        (dict(ADD, policies=[dict(BILLING, access_policy="pub"), SHOP]), row(dict(BILLING, access_policy="pub"), SHOP)),
        (dict(ADD, policies=[{"app_name": "billing", "state": "absent"}, SHOP]), row(SHOP)),
        (dict(ADD, policies=[OWNER]), row(BILLING, dict(OWNER, tag=""))),
    ],
    ids=["purge", "another policy too", "an absence too", "an owner"],
)
def test_a_change_that_does_more_than_add_writes_the_whole_topic(options, after):
    result = added(row(BILLING), *case.write(after), *case.read(after), options=options)
    assert result["changed"] is True, result


def test_an_addition_beside_a_text_writes_the_whole_topic():
    current, after = row(BILLING), row(BILLING, SHOP, description="new")
    calls = [
        *case.read(current),
        *case.details(current),
        case.list_apps(),
        *case.write(after),
        *case.look(after, {"description"}),
    ]
    assert run(RESOURCE, dict(ONE, description="new", **ADD), calls)["changed"] is True


def test_nothing_is_added_where_nothing_is_new():
    assert run(RESOURCE, dict(ONE, policies=[BILLING], purge=False), case.read(row(BILLING)))["changed"] is False
