# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import model, rules
from ansible_collections.grantops.cloud.plugins.module_utils._access.decide import Index, decide, who

from .estates import NOW, access, rocketmq, roma, scope, ufile, urocketmq

USER = ("huaweicloud_rocketmq", "i-1", "u")
APP = ("huaweicloud_roma", "r-1", "app")


def decided(data, action, name, principal=USER, **request):
    made = decide(Index(data), principal, action, {"name": name}, NOW, **request)
    return made.answer, made.row and made.row["resource"]["name"], made.certainty, made.reason


ADDRESS = {"white_remote_address": "10.0.0.1-9"}


@pytest.mark.parametrize(
    ("data", "asked", "expected"),
    [
        (access(rocketmq, rocketmq(topics={"orders": "PUB"})), {},
         ("allowed", "orders", "documented", "topic_perms orders=PUB")),
        (access(rocketmq, rocketmq(topic="SUB", group="SUB")), {"action": "consume"},
         ("allowed", "*", "documented", "default_topic_perm SUB, default_group_perm SUB")),
        (access(rocketmq, rocketmq()), {}, ("refused", None, "documented", "Nothing allows it.")),
        (access(rocketmq, rocketmq(topic=None)), {},
         ("unknown", "*", "unknown", "The service did not show default_topic_perm in a form that is known.")),
        (access(rocketmq, rocketmq(**ADDRESS)), {"address": "10.0.0.2"},
         ("unknown", "*", "unknown", "Whether the address is one of those that are named is not clear.")),
        # On ROMA Connect a refusal holds only where SASL is on.
        (access(roma, roma(app=("pub",))), {"principal": APP}, ("allowed", "orders", "assumed", "policies orders=pub")),
        (access(roma, roma(app=("sub",))), {"principal": APP}, ("refused", None, "assumed", rules.SASL)),
        (access(roma, roma(app=("sub",)), roma_sasl=True), {"principal": APP},
         ("refused", None, "documented", "Nothing allows it.")),
        # Over a scope that was not read whole nothing is refused.
        (access(rocketmq, rocketmq(topics={"orders": "PUB"}), complete=False), {},
         ("allowed", "orders", "documented", "topic_perms orders=PUB")),
        (access(rocketmq, problem="HTTP 403"), {},
         ("unknown", None, "unknown", "The scope was not read whole: HTTP 403")),
    ],
)  # fmt: skip
def test_a_decision_says_why(data, asked, expected):
    assert decided(data, **{"action": "publish", "name": "orders", **asked}) == expected


@pytest.mark.parametrize(
    ("principal", "action", "message"),
    [
        (("huaweicloud_rocketmq", "i-1", "biling"), "publish", "`principal` must be a name that was seen, such as billing; got 'biling'"),
        (("huaweicloud_rocketmq", "i-2", "billing"), "publish",
         "`scope` must be a name that was seen, such as huaweicloud_rocketmq/i-1; got 'huaweicloud_rocketmq/i-2'"),
        (("huaweicloud_rocketmq", "i-1", "billing"), "publsh", "`action` must be a name that was seen, such as publish; got 'publsh'"),
    ],
)  # fmt: skip
def test_a_name_that_nobody_has_seen_is_an_error(principal, action, message):
    with pytest.raises(model.UnknownName) as caught:
        decided(access(rocketmq, rocketmq("billing")), action, "orders", principal)
    assert str(caught.value) == message


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
        ({"may": "consume", "on": "orders-eu", "anything": True}, ("no", [])),
        ({"may": "publish", "on": "orders", "at": NOW}, ("yes", ["shop publish *", "odd publish orders"])),
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
    ("user", "on", "expected"),
    [
        # With a group, the other topics are still consumed.
        ({"topics": {"orders": "DENY"}, "groups": {"g": "SUB"}, "topic": "SUB"}, "g",
         ("yes", ["u consume *", "u consume orders"])),
        # An address needs no key, whatever the row says.
        ({"topics": {"orders": "DENY"}, "topic": "PUB", "white_remote_address": "10.0.0.1"}, "orders",
         ("yes", ["u administer *", "u consume *", "u publish *", "u publish orders"])),
        ({"topics": {"orders": "PUB"}, "topic": None}, "orders", ("yes", ["u publish *", "u publish orders"])),
    ],
)  # fmt: skip
def test_an_own_row_that_is_unclear_takes_nothing_else_out(user, on, expected):
    made = told(who(access(rocketmq, rocketmq("u", **user)), on=on, anything=True))
    assert (made[0], sorted(made[1])) == expected


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            {"may": "pub"},
            "`may` must be one of publish, consume, read, write, overwrite, delete, list, process, administer; got 'pub'",
        ),
        ({"on": "ordres"}, "`on` must be a name that was seen, such as orders; got 'ordres'"),
        ({"principal": "biling"}, "`principal` must be a name that was seen, such as billing; got 'biling'"),
    ],
)
def test_a_question_about_a_name_that_nobody_has_seen_is_an_error(question, message):
    with pytest.raises(model.UnknownName) as caught:
        who(ESTATE, **question)
    assert str(caught.value) == message


def test_an_answer_over_a_scope_that_was_not_read_is_unknown():
    data = model.access([scope(rocketmq, rocketmq("shop", topic="PUB")), scope(urocketmq, problem="refused")])
    made = who(data, may="publish", on="anything")
    assert told(made) == ("unknown", ["shop publish *"])
    assert made["incomplete"] == [data["scopes"][1]]
    assert who(data, principal="nobody")["answer"] == "unknown"
