# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import model
from ansible_collections.grantops.cloud.plugins.module_utils._access.decide import Index, decide, who

from .estates import NOW, access, answer, rocketmq, roma, scope, ufile, urocketmq

USER = ("huaweicloud_rocketmq", "i-1", "u")


def test_a_decision_says_why():
    index = Index(access(rocketmq, rocketmq(topics={"orders": "PUB"})))
    made = decide(index, USER, "publish", "orders", NOW)
    assert (made.answer, made.reason, made.certainty) == ("allowed", "topic_perms orders=PUB", "documented")
    assert made.row["resource"]["name"] == "orders"
    made = decide(index, USER, "publish", {"name": "stock"}, NOW)
    assert (made.answer, made.row, made.reason) == ("refused", None, "Nothing allows it.")


def test_on_roma_a_refusal_holds_only_where_sasl_is_on():
    data = access(roma, roma(app=("pub",)))
    made = decide(data, ("huaweicloud_roma", "r-1", "app"), "consume", "orders", NOW)
    assert (made.answer, made.certainty) == ("refused", "assumed") and "roma_sasl" in made.assumption
    data = access(roma, roma(app=("pub",)), roma_sasl=True)
    made = decide(data, ("huaweicloud_roma", "r-1", "app"), "consume", "orders", NOW)
    assert (made.answer, made.certainty, made.assumption) == ("refused", "documented", None)


@pytest.mark.parametrize(
    ("principal", "request_", "message"),
    [
        (("huaweicloud_rocketmq", "i-1", "biling"), "publish", "principal.*such as billing"),
        (("huaweicloud_rocketmq", "i-2", "billing"), "publish", "scope.*such as huaweicloud_rocketmq/i-1"),
        (("huaweicloud_rocketmq", "i-1", "billing"), "publsh", "action.*such as publish"),
    ],
)
def test_a_name_that_nobody_has_seen_is_an_error(principal, request_, message):
    with pytest.raises(model.UnknownName, match=message):
        decide(access(rocketmq, rocketmq("billing")), principal, request_, "orders", NOW)


def test_over_a_scope_that_was_not_read_whole_nothing_is_refused():
    user = rocketmq(topics={"orders": "PUB"})
    assert answer(rocketmq, user, "publish", "orders", complete=False) == "allowed"
    assert answer(rocketmq, user, "publish", "stock", complete=False) == "unknown"
    data = access(rocketmq, problem="HTTP 403")
    made = decide(data, USER, "publish", "orders", NOW)
    assert made.answer == "unknown" and "HTTP 403" in made.reason


ESTATE = model.access(
    [
        scope(rocketmq, rocketmq("billing", {"orders": "SUB"}, {"g": "SUB"}), rocketmq("shop", topic="PUB")),
        scope(rocketmq, rocketmq("odd", {"orders": "DENY"}, topic="PUB")),
        scope(ufile, ufile("backup", prefixes=["db/"]), ufile("old", end=NOW)),
    ]
)


def told(made):
    return made["answer"], [f"{row['name']} {row['action']} {row['resource']['name']}" for row in made["rows"]]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"may": "publish", "on": "orders"}, ("yes", ["shop publish *", "odd publish orders"])),
        ({"principal": "odd", "may": "publish", "on": "orders"}, ("unknown", ["odd publish orders"])),
        ({"principal": "odd"}, ("yes", ["odd publish *", "odd publish orders"])),
        ({"principal": "billing", "may": "publish", "on": "orders"}, ("no", [])),
        ({"on": "g"}, ("yes", ["billing consume orders", "shop publish *", "odd publish *"])),
        ({"may": "consume", "on": "g"}, ("yes", ["billing consume orders"])),
        ({"may": "read", "on": "b/db/x"}, ("yes", ["backup read db/", "old read *"])),
        ({"may": "read", "on": "b/x", "at": NOW}, ("no", [])),
        ({"may": "read", "on": "b", "at": NOW}, ("yes", ["backup read db/"])),
        ({"principal": "id-backup", "may": "read"}, ("yes", ["backup read db/"])),
        ({"may": "publish", "on": "new", "anything": True}, ("yes", ["shop publish *", "odd publish *"])),
    ],
)
def test_who_may_do_what(question, expected):
    assert told(who(ESTATE, **question)) == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({}, ("no", [])),
        ({"g": "SUB"}, ("unknown", ["u consume orders"])),
        ({"g": "SUB", "h": ""}, ("unknown", ["u consume orders", "u consume orders"])),
    ],
)
def test_an_own_row_that_is_unclear_takes_its_name_out_of_the_default_for_each_group(groups, expected):
    made = access(rocketmq, rocketmq("u", {"orders": "DENY"}, groups, topic="SUB"))
    assert told(who(made, may="consume", on="orders", anything=True)) == expected


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"may": "pub"}, "`may` must be one of publish, consume, .*; got 'pub'"),
        ({"on": "ordres"}, "`on`.*such as orders"),
        ({"principal": "biling"}, "`principal`.*such as billing"),
    ],
)
def test_a_question_about_a_name_that_nobody_has_seen_is_an_error(question, message):
    with pytest.raises(model.UnknownName, match=message):
        who(ESTATE, **question)


def test_an_answer_over_a_scope_that_was_not_read_is_unknown():
    data = model.access([scope(rocketmq, rocketmq("shop", topic="PUB")), scope(urocketmq, problem="refused")])
    made = who(data, may="publish", on="anything")
    assert told(made) == ("unknown", ["shop publish *"])
    assert made["incomplete"] == [data["scopes"][1]]
    assert who(data, principal="nobody")["answer"] == "unknown"
