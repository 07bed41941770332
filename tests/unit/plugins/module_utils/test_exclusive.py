# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `exclusive` covers, and what it refuses before anything is sent; and two resources that would get one name."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, run, ucloud

UFILE, UROCKETMQ, ROCKETMQ = cases.UFile(), cases.URocketMQ(), cases.RocketMQ()
LIFE = (UFILE, UROCKETMQ, ROCKETMQ)
each_life = pytest.mark.parametrize("case", LIFE, ids=["ufile", "urocketmq", "rocketmq"])


def problem(case, options, calls=()):
    """The one problem of a task that changes nothing."""
    result = attempt(case.resource, options, calls)
    assert (result["failed"], result["changed"]) == (True, False)
    (found,) = result["error"]["problems"]
    return found


def about(option, message, position=None):
    return {"position": position, "option": option, "message": message}


@each_life
def test_a_single_resource_is_no_list_to_be_exclusive_about(case):
    options = dict(case.scope, exclusive=True, **case.names())
    assert problem(case, options) == about("exclusive", f"it needs the list {case.plural}")


def test_a_limit_below_zero_is_refused():
    options = {"tokens": [UFILE.names()], "exclusive": True, "exclusive_limit": -1}
    assert problem(UFILE, options) == about("exclusive_limit", "it must be at least 0")


def test_a_limit_of_zero_lets_pass_what_deletes_nothing():
    options = {"tokens": [UFILE.names()], "exclusive": True, "exclusive_limit": 0}
    assert run(UFILE.resource, options, UFILE.read_all(UFILE.row()))["changed"] is False


def test_a_limit_of_zero_is_no_limit_of_one():
    options = {"tokens": [UFILE.names()], "exclusive": True, "exclusive_limit": 0}
    message = problem(UFILE, options, UFILE.read_all(UFILE.row(), UFILE.row(2)))["message"]
    assert message == "exclusive would delete 1, and exclusive_limit is 0: UFile token t-2 (ci-2)"


@pytest.mark.parametrize(
    ("case", "where"),
    [(UFILE, ""), (UROCKETMQ, " of s-1"), (ROCKETMQ, " of i-1")],
    ids=["ufile", "urocketmq", "rocketmq"],
)
@pytest.mark.parametrize("absent", [False, True])
def test_nothing_to_keep_deletes_all_only_where_that_is_said(case, where, absent):
    entries = [dict(case.names(), state="absent")] if absent else []
    options = dict(case.scope, exclusive=True, **{case.plural: entries})
    text = f"{case.plural} keeps none{where}, so all would be deleted; exclusive_allow_empty: true allows it"
    assert problem(case, options) == about("exclusive", text)
    options["exclusive_allow_empty"] = True
    assert run(case.resource, options, case.read_all(), check_mode=True)["changed"] is False


def test_where_is_needed_to_keep_none():
    options = {"tokens": [], "exclusive": True, "exclusive_allow_empty": True}
    assert problem(UROCKETMQ, options) == about("exclusive", "it needs to know where: set service_id")


def test_each_place_that_is_named_is_covered():
    entries = [dict(UROCKETMQ.names(), service_id=service, state=state) for service, state in
               (("s-2", "absent"), ("s-1", "absent"), ("s-3", "present"))]  # fmt: skip
    options = {"tokens": entries, "exclusive": True}
    assert problem(UROCKETMQ, options)["message"].startswith("tokens keeps none of s-1, so all would be deleted")
    entries = entries[2:]
    message = problem(UROCKETMQ, dict(options, tokens=entries, service_id="s-4"))["message"]
    assert message.startswith("tokens keeps none of s-4, so")


def test_a_place_without_entries_is_covered_too():
    row = UROCKETMQ.row(2, TopicProducePerm="NONE", TopicConsumePerm="NONE")
    delete = ucloud("DeleteURocketMQToken", {"ServiceId": "s-1", "TokenId": "t-2"})
    gone = [UROCKETMQ.get(row, code=230), UROCKETMQ.list()]
    options = {"service_id": "s-1", "tokens": [], "exclusive": True, "exclusive_allow_empty": True}
    result = run(UROCKETMQ.resource, options, [UROCKETMQ.list(row), delete, *gone])
    assert [change["action"] for change in result["changes"]] == ["delete"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_new_one_beside_one_that_is_to_get_its_name_is_refused(order):
    new = dict(cases.ALL_OF_IT, token_name="new")
    entries = [{"token_id": "t-1", "token_name": "new"}, new][::order]
    found = problem(UFILE, {"tokens": entries}, UFILE.read_all(UFILE.row()))
    text = "UFile token new would be created beside UFile token t-1 (ci-1), which is to get the same name"
    assert found == about("token_name", text, f"tokens[{entries.index(new)}]")


def test_a_new_one_beside_one_that_is_renamed_is_none_too_many():
    entries = [{"token_id": "t-1", "token_name": "old"}, dict(cases.ALL_OF_IT, token_name="new")]
    result = run(UFILE.resource, {"tokens": entries}, UFILE.read_all(UFILE.row()), check_mode=True)
    assert [change["action"] for change in result["changes"]] == ["update", "create"]
