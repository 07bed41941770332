# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which principal a grant is about, and which grants cannot be planned."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import plan as planning
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS

from . import passes
from .passes import POLICY, ROCKETMQ, ROMA, TOKEN, UFILE, UPLOADS, UROCKETMQ, USER, F, Q, R, T, play, statuses, token

ABSENT = dict(TOKEN, state="absent")
NONE = "principal must be one that exists; there is no URocketMQ token "
UNNAMED = passes.without(token(2), "Name")
RENEWING = dict(passes.without(UPLOADS, "expires"), expires_in="90d", renew_before="30d")
READ = [UROCKETMQ.list(token())]
UNKNOWN_TOPIC = [
    ROMA.policies(ROMA.row(2), status=404, code="MQS.00400404"), ROMA.topics(ROMA.row(), name="orders-2"),
]  # fmt: skip
POLICIES = ROMA.read(ROMA.row(policies=[ROMA.owner]))


@pytest.mark.parametrize("grant", [dict(TOKEN, principal="ci-9"), dict(ABSENT, principal="ci-9")])
def test_a_token_whose_name_does_not_show_may_be_the_one(grant):
    result = play([grant], {Q: [UROCKETMQ.list(token(), UNNAMED)]}, check_mode=True)
    assert result["grants"][0]["problems"] == [
        "principal must be one whose name the service shows; it is not known whether the URocketMQ token 'ci-9' exists, since "
        "the service did not return the name of t-2"
    ]
    assert statuses(play([TOKEN], {Q: [UROCKETMQ.list(token(), UNNAMED)]}, check_mode=True)) == ["planned"]


@pytest.mark.parametrize(
    "grants, calls, options, said",
    [
        ([dict(TOKEN, principal="ci-11")], {Q: READ}, {"create": False}, NONE + "'ci-11' (did you mean 'ci-1'?)"),
        ([dict(TOKEN, principal={"token_id": "ci-11"})], {Q: READ}, {}, NONE + "'ci-11'"),
        ([dict(TOKEN, principal="ci-9", setup="no_access")], {Q: READ}, {}, NONE + "'ci-9' (did you mean 'ci-1'?)"),
        ([dict(TOKEN, principal="new")], {Q: READ}, {"create": False}, NONE + "'new'"),
        ([dict(TOKEN, principal="new")], {Q: [UROCKETMQ.list()]}, {"create": False}, NONE + "'new'"),
        ([TOKEN], {Q: [UROCKETMQ.list(token(), token(2, Name="ci-1"))]}, {},
         "principal must be the id of one of them, such as {token_id: …}; 2 have this name: t-1, t-2"),
        ([TOKEN, dict(TOKEN, principal={"token_id": "t-1"}, setup="no_access")], {Q: READ}, {},
         "they contradict each other: read_only and no_access, of the same principal (URocketMQ token ci-1)"),
        ([dict(ABSENT, setup="producer", topics=["a"])], {Q: [UROCKETMQ.list(token(produce="ALL"))]}, {},
         "URocketMQ token ci-1: what it may produce is everything, and everything but a cannot be expressed"),
        ([UPLOADS, RENEWING], {F: UFILE.read_all()}, {},
         "UFile token ci-1: a token has one end, and these grants give different ones"),
        ([USER], {R: [ROCKETMQ.list()]}, {},
         "RocketMQ user billing-1: it does not exist yet, so secret_key must be the key of the new user, from a vault; got nothing"),
        ([dict(USER, setup="custom", permissions={"admin": True})], {R: [ROCKETMQ.list(passes.user())]}, {},
         "RocketMQ user billing-1: admin must be false, or setup: full_access, which alone makes an administrator"),
        ([dict(POLICY, topics=["orders-2"])], {T: UNKNOWN_TOPIC}, {}, "topics must be topics that instance i-1 has; it has no orders-2"),
        ([dict(POLICY, topics=["orders-11"])], {T: ROMA.read_all(ROMA.row())}, {"scope": "exact"},
         "topics must be topics that instance i-1 has; it has no orders-11 (did you mean 'orders-1'?)"),
        ([dict(POLICY, principal={"app_name": "shop", "app_id": app}) for app in ("a-1", "a-2")], {T: POLICIES}, {},
         "ROMA application a-1, shop: application shop has 2 different values of app_id"),
    ],
)  # fmt: skip
def test_a_grant_that_cannot_be_planned_is_refused(grants, calls, options, said):
    result = play(grants, calls, check_mode=True, **options)
    assert statuses(result) == ["refused"] * len(grants)
    assert [row["problems"] for row in result["grants"]] == [[said]] * len(grants)
    assert [row["system"] for row in result["artifacts"]["permissions_refused"]] == [grants[0]["system"]]


def test_full_access_makes_an_administrator():
    (row,) = play([dict(USER, setup="full_access")], {R: [ROCKETMQ.list(passes.user())]}, check_mode=True)["grants"]
    assert (row["status"], row["now"]["admin"]) == ("planned", True)


def test_a_new_name_that_is_like_another_one_is_a_warning():
    result = play([dict(UPLOADS, principal="ci-11")], {F: UFILE.read_all(UFILE.row())}, check_mode=True)
    assert [row["action"] for row in result["grants"]] == ["create"]
    assert result["warnings"][0] == "permissions_grants[0] (ci-11): UFile token ci-11 is new (did you mean 'ci-1'?)"


@pytest.mark.parametrize(
    "scope, now, loses, holds_more", [("additive", "ALL", None, "produce ALL"), ("exact", "NONE", "produce ALL", None)]
)
def test_exact_takes_away_what_no_grant_gives(scope, now, loses, holds_more):
    calls = {Q: [UROCKETMQ.list(token(produce="ALL", consume="ALL"))]}
    result = play([TOKEN], calls, check_mode=True, scope=scope)
    (row,) = result["grants"]
    assert result["counts"]["hold_more"] == (1 if holds_more else 0)
    assert (row["now"]["topic_produce_perm"], row["now"]["topic_consume_perm"]) == (now, "ALL")
    assert (row["gains"], row["loses"], row["holds_more"]) == (None, loses, holds_more)


@pytest.mark.parametrize("held, action", [("ALL", "update"), ("NONE", "none")])
def test_what_is_taken_back_from_a_principal_that_holds_it_and_from_no_other(held, action):
    (row,) = play([ABSENT], {Q: [UROCKETMQ.list(token(produce="ALL", consume=held))]}, check_mode=True)["grants"]
    assert (row["action"], row["now_text"], row["holds_more"]) == (action, "produce ALL; consume NONE", None)


def test_taking_back_from_nobody_is_no_change():
    (row,) = play([dict(ABSENT, principal="ci-9")], {Q: READ}, check_mode=True)["grants"]
    assert (row["status"], row["before"], row["now_text"]) == ("unchanged", None, "does not exist")


HELD = {
    "admin": False,
    "white_remote_address": "",
    "default_topic_perm": "DENY",
    "default_group_perm": "DENY",
    "group_perms": [],
}


def rows(**perms):
    return [{"name": name, "perm": perm} for name, perm in perms.items()]


@pytest.mark.parametrize(
    "more, held, exact, purge",
    [
        ({"topics": ["b"]}, {"topic_perms": rows(a="PUB")}, False, False),
        ({"topics": ["a"], "setup": "producer_consumer", "groups": ["g"]}, {"topic_perms": rows(a="PUB")}, False, False),
        ({"topics": ["a", "b"]}, {"topic_perms": rows(a="PUB")}, True, True),
        ({"topics": ["a"], "state": "absent"}, {"topic_perms": rows(a="PUB", b="PUB")}, False, True),
        ({"topics": ["b"], "secret_key": "Abcdef-12345"}, None, False, True),
        # What lifts a denial removes its row, though it gives only.
        ({"topics": ["a"]}, {"topic_perms": rows(a="DENY", b="SUB"), "default_topic_perm": "PUB"}, False, True),
    ],
)  # fmt: skip
def test_what_only_adds_is_sent_as_an_addition(more, held, exact, purge):
    (grant,), _problems = core.check([{**USER, "setup": "producer", **more}], SETUPS)
    there = [passes.state(R, {"instance_id": "i-1", "user_name": "billing-1"}, {**HELD, **held})] if held else []
    (entry,) = planning.plan(core.SYSTEMS[R], [grant], there, exact).entries
    assert (entry.purge, bool(entry.options)) == (purge, True)


def test_an_application_that_holds_its_grants_changes_nothing():
    found, _problems = core.check([POLICY], SETUPS)
    row = {"app_name": "shop", "access_policy": "sub", "tag": "", "owner": False}
    there = passes.state(T, {"instance_id": "i-1", "name": "orders-1"}, {"policies": [row]})
    made = planning.plan(core.SYSTEMS[T], found, [there])
    assert (made.entries, [principal.action for principal in made.principals]) == ([], ["none"])


def test_the_grants_of_two_applications_on_a_topic_are_one_change():
    shop, audit = POLICY, dict(POLICY, principal={"app_name": "audit", "app_id": "a-1"}, setup="producer")
    found, _problems = core.check([shop, audit], SETUPS)
    there = passes.state(T, {"instance_id": "i-1", "name": "orders-1"}, {"policies": []})
    (entry,) = planning.plan(core.SYSTEMS[T], found, [there]).entries
    assert entry.names == {"instance_id": "i-1", "name": "orders-1"} and entry.position.count(" and ") == 1
    assert entry.options == {
        "policies": [
            {"app_name": "shop", "access_policy": "sub", "tag": ""},
            {"app_name": "audit", "app_id": "a-1", "access_policy": "pub", "tag": ""},
        ]
    }


# -- generations -------------------------------------------------------------------------------------

SECOND = token(2, Name="ci-1.g2")


@pytest.mark.parametrize(
    "grants, tokens, found",
    [
        # A grant of a principal is for all generations of it.
        ([TOKEN], [token(), SECOND], [("ci-1", "update"), ("ci-1.g2", "update")]),
        # One that is there alone is not created anew under its first name.
        ([TOKEN], [SECOND], [("ci-1.g2", "update")]),
        ([dict(TOKEN, setup="no_access")], [token(consume="ALL"), SECOND], [("ci-1", "update"), ("ci-1.g2", "none")]),
        ([ABSENT], [token(), token(2, consume="ALL", Name="ci-1.g2")], [("ci-1", "none"), ("ci-1.g2", "update")]),
        # What a grant names itself is its own, and only its own.
        ([TOKEN, dict(ABSENT, principal="ci-1.g2")], [token(), SECOND], [("ci-1", "update"), ("ci-1.g2", "none")]),
        ([TOKEN, dict(ABSENT, principal={"token_id": "t-2"})], [token(), SECOND], [("ci-1", "update"), ({"token_id": "t-2"}, "none")]),
        ([dict(TOKEN, principal="ci-1.g2")], [token(), SECOND], [("ci-1.g2", "update")]),
        # Nor is it for what only looks like one.
        ([TOKEN], [token(), token(2, Name="ci-1.g2x")], [("ci-1", "update")]),
    ],
)  # fmt: skip
def test_a_grant_is_for_every_generation_that_no_grant_has_as_its_own(grants, tokens, found):
    result = play(grants, {Q: [UROCKETMQ.list(*tokens)]}, check_mode=True)
    assert [(row["principal"], row["action"]) for row in result["grants"]] == found


def test_exact_takes_away_from_every_generation():
    tokens = [token(produce="ALL", consume="ALL"), token(2, produce="ALL", Name="ci-1.g2")]
    result = play([TOKEN], {Q: [UROCKETMQ.list(*tokens)]}, check_mode=True, scope="exact")
    assert [row["now_text"] for row in result["grants"]] == ["produce NONE; consume ALL"] * 2


def test_exclusive_keeps_every_generation_of_who_is_named():
    tokens = [token(), SECOND, token(3, Name="ci-2"), token(4, Name="ci-2.g2")]
    result = play([TOKEN], {Q: [UROCKETMQ.list(*tokens)]}, check_mode=True, exclusive=True)
    assert [row["name"] for row in result["deleted"]] == ["ci-2", "ci-2.g2"]


def test_a_generation_that_is_twice_is_refused_by_its_name():
    result = play([TOKEN], {Q: [UROCKETMQ.list(token(), SECOND, token(3, Name="ci-1.g2"))]}, check_mode=True)
    assert result["grants"][0]["problems"] == [
        "principal must be the id of one of them, such as {token_id: …}; 2 have the name 'ci-1.g2': t-2, t-3"
    ]
