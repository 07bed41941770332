# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import random

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import model
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Declared, Scope, declared

from .estates import NOW, access, rocketmq, roma, scope, ufile, urocketmq

PLACE = {"system": "huaweicloud_rocketmq", "scope": "i-1"}


def test_the_data_of_an_estate_have_every_field_of_the_format():
    data = access(rocketmq, rocketmq("billing", topics={"orders": "PUB"}), version="1.1.0")
    assert data.pop("unknowable")
    assert data == {
        "format": "grantops.access/1", "version": "1.1.0", "taken_at": "2027-01-15T08:00:00Z", "complete": True,
        "scopes": [dict(PLACE, complete=True, problem=None, principals=1, assumption=None)],
        "principals": [
            dict(PLACE, id="billing", name="billing", type="user", identity=None, owner=None, reason=None, ticket=None,
                 created=None, expires=None, declared=None),
        ],
        "access": [
            dict(PLACE, principal="billing", action="publish", resource={"kind": "topic", "match": "exact", "name": "orders"},
                 condition={}, because=[{"field": "topic_perms", "value": "orders=PUB", "grant": None}],
                 certainty="documented", assumption=None),
        ],
        "findings": [], "changes": None,
    }  # fmt: skip


def test_a_token_has_its_times_and_says_what_it_is():
    (token,) = access(ufile, ufile("a", end=NOW))["principals"]
    assert (token["created"], token["expires"]) == ("2027-01-14T08:00:00Z", "2027-01-15T08:00:00Z")
    (token,) = access(ufile, ufile("a", end=0, create_time=0))["principals"]
    assert (token["created"], token["expires"]) == (None, None)
    (token,) = access(urocketmq, urocketmq("a", type="Default"))["principals"]
    assert (token["type"], token["name"]) == ("token of the service", "a")
    (application,) = access(roma, roma(app=("pub",)))["principals"]
    assert [application[key] for key in ("type", "id", "name")] == ["application", "app", "app"]


def test_rows_are_in_the_order_of_action_place_and_condition():
    rows = access(ufile, ufile(buckets=["b", "a"], prefixes=["y/", "x/"]))["access"]
    assert [row["resource"]["bucket"] + row["resource"]["name"] for row in rows] == ["ax/", "ay/", "bx/", "by/"]
    rows = access(rocketmq, rocketmq(topic="PUB", white_remote_address="10.0.0.1"))["access"]
    assert [bool(row["condition"]) for row in rows if row["action"] == "publish"] == [False, True]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_what_was_read_means_nothing(seed):
    rows = [rocketmq(f"u{n}", {f"t{m}": "PUB|SUB" for m in range(5)}, {"g": "SUB"}) for n in range(5)]
    scopes = [scope(rocketmq, *rows), scope(roma, *(roma(f"t{n}", a=("all", "x&y"), b=("sub",)) for n in range(3)))]
    expected = json.dumps(model.access(scopes))
    shuffle = random.Random(seed).shuffle
    for row in rows:
        shuffle(row["topic_perms"])
    for each in scopes:
        each.rows = list(each.rows)
        shuffle(each.rows)
    shuffle(scopes)
    assert json.dumps(model.access(scopes)) == expected


@pytest.mark.parametrize("whole", [{"complete": False}, {"problem": "it was refused"}])
def test_a_scope_that_was_not_read_whole_is_named(whole):
    data = access(rocketmq, **whole)
    assert not data["complete"] and not data["scopes"][0]["complete"]
    assert data["scopes"][0]["problem"] == whole.get("problem", "It was not read whole.")


GRANT = {"file": "grants.yml", "number": 0, "line": 9}


def grant(system, names, permission, **more):
    return declared({**GRANT, "system": system, "names": names, "permission": permission, **more})


def of_user(name, **more):
    return grant("huaweicloud_rocketmq", {"user_name": name}, None, **{"scope": "i-1", **more})


@pytest.mark.parametrize(
    ("kind", "row", "given", "expected"),
    [
        (ufile, ufile("t", buckets=["b", "c"]),
         ("ucloud_ufile", {"token_name": "t"}, {"ops": {"TOKEN_ALLOW_READ"}, "buckets": {"b"}, "prefixes": {"*"}}),
         {"allowed_ops TOKEN_ALLOW_READ", "allowed_buckets b", "allowed_prefixes *"}),
        (urocketmq, urocketmq("t", "ALL", "PART", ["a", "b"]),
         ("ucloud_urocketmq", {"token_id": "id-t"}, {"produce": "ALL", "consume": {"a"}}),
         {"topic_produce_perm ALL", "allow_consume_topic_list a"}),
        (rocketmq, rocketmq("u", {"a": "PUB|SUB", "b": "PUB"}, {"g": "SUB"}, white_remote_address="1.2.3.4"),
         ("huaweicloud_rocketmq", {"user_name": "u"},
          {"admin": False, "address": {"1.2.3.4"}, "topic": ((), {"a": {"PUB"}}), "group": ((), {"g": {"SUB"}})}),
         {"topic_perms a=PUB|SUB", "group_perms g=SUB", "white_remote_address 1.2.3.4"}),
        (rocketmq, rocketmq("u", admin=True),
         ("huaweicloud_rocketmq", {"user_name": "u"},
          {"admin": True, "address": (), "topic": ({"PUB"}, {}), "group": ((), {})}), {"admin true"}),
        (roma, roma("orders", app=("all", "x&y")),
         ("huaweicloud_roma", {"app_name": "app", "app_id": "z"}, {"orders": {"pub": {"x"}, "sub": ()}}),
         {"policies orders=all, tag x&y"}),
    ],
)  # fmt: skip
def test_because_names_the_grant_that_gives_it(kind, row, given, expected):
    data = access(kind, row, grants=[grant(*given)])
    reasons = [reason for each in data["access"] for reason in each["because"]]
    assert {f"{reason['field']} {reason['value']}" for reason in reasons if reason["grant"] == GRANT} == expected
    assert all(reason["grant"] in (GRANT, None) for reason in reasons)


def test_owner_reason_and_ticket_are_those_of_the_grants():
    grants = [
        of_user("a", owner="shop", ticket="OPS-1"),
        of_user("a", owner="shop", reason="billing run"),
        of_user("a", reason="refunds"),
        of_user("b", owner="nobody", scope="i-2"),
    ]
    one, other = access(rocketmq, rocketmq("a"), rocketmq("b"), grants=grants)["principals"]
    assert [one[key] for key in ("owner", "reason", "ticket", "declared")] == [
        "shop",
        "billing run; refunds",
        "OPS-1",
        True,
    ]
    assert [other[key] for key in ("owner", "declared")] == [None, False]


def test_no_grants_given_is_not_the_same_as_none_that_names_it():
    assert access(rocketmq, rocketmq())["principals"][0]["declared"] is None
    assert access(rocketmq, rocketmq(), grants=[])["principals"][0]["declared"] is False


def test_a_later_generation_is_declared_by_the_grants_of_its_base_or_by_its_own():
    rows = [rocketmq("a"), rocketmq("a-g2"), rocketmq("a-g3"), rocketmq("b-g2"), rocketmq("c-g2x")]
    grants = [of_user("a", owner="shop"), of_user("a-g3", owner="other"), of_user("c", owner="shop")]
    found = access(rocketmq, *rows, grants=grants)["principals"]
    assert [each["owner"] for each in found] == ["shop", "shop", "other", None, None]
    assert [each["declared"] for each in found] == [True, True, True, False, False]


def identities(principal, name="billing"):
    return {name: [dict(PLACE, principal=principal)]}


def test_principals_are_joined_only_where_it_is_said():
    rows = [scope(rocketmq, rocketmq("pay")), scope(urocketmq, urocketmq("pay")), scope(ufile, ufile("x"))]
    joined = {"ann": [*identities("pay")["billing"], {"system": "ucloud_ufile", "principal": "x"}]}
    data = model.access(rows, identities=joined)
    assert [(each["name"], each["identity"]) for each in data["principals"]] == [
        ("pay", "ann"),
        ("x", "ann"),
        ("pay", None),
    ]


def test_an_identity_of_somebody_whom_nobody_has_seen_is_an_error():
    scopes = [scope(rocketmq, rocketmq("billing"), rocketmq("bilings")), scope(urocketmq, urocketmq("biling"))]
    with pytest.raises(model.UnknownName) as caught:
        model.access(scopes, identities=identities("biling", "pay"))
    assert (
        str(caught.value) == "`identities: pay` must be a name that was seen, such as billing or bilings; got 'biling'"
    )
    # Not where the principal may not have been read: in a scope that is not whole, or of another run.
    access(rocketmq, rocketmq("billing"), complete=False, identities=identities("biling"))
    access(urocketmq, urocketmq("billing"), identities=dict(identities("biling"), ann=[MEMBER]))


@pytest.mark.parametrize("joined_as", [{}, {"scope": "org-1"}])
def test_the_one_project_of_ufile_need_not_be_named(joined_as):
    member = {"system": "ucloud_ufile", "principal": "x", **joined_as}
    data = model.access([Scope("ucloud_ufile", "org-1", [ufile("x")])], identities={"ann": [member]})
    assert data["principals"][0]["identity"] == "ann"


MEMBER = {"system": "ucloud_ufile", "principal": "x"}
MEMBERS, ENTRIES = "a list of principals, each with system and principal", f"entries such as {model.EXAMPLE}"
FIELDS = (
    "entries with system, one of ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma, principal, and scope "
    "where it has one"
)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], " must be a mapping of a name to its principals; got []"),
        ({"ann": MEMBER}, f": ann must be {MEMBERS}; got {MEMBER}"),
        ({"ann": []}, f": ann must be {MEMBERS}; got []"),
        ({"ann": ["x"]}, f": ann must have {ENTRIES}; got 'x'"),
        ({"ann": [dict(MEMBER, principal=7)]}, f": ann must have {ENTRIES}; got {dict(MEMBER, principal=7)}"),
        ({"ann": [{"principal": "x"}]}, f": ann must have {FIELDS}; got {{'principal': 'x'}}"),
        ({"ann": [dict(MEMBER, name="x")]}, f": ann must have {FIELDS}; got {dict(MEMBER, name='x')}"),
        ({"ann": [dict(MEMBER, system="ufile")]}, f": ann must have {FIELDS}; got {dict(MEMBER, system='ufile')}"),
    ],
)
def test_identities_that_are_none_are_refused(given, said):
    with pytest.raises(ValueError) as caught:
        access(ufile, ufile("x"), identities=given)
    assert str(caught.value).replace("`", "") == f"identities{said}"


def test_a_principal_of_two_identities_is_refused():
    with pytest.raises(ValueError, match="once; 'a' is of both 'one' and 'two'"):
        access(rocketmq, rocketmq("a"), identities=dict(identities("a", "one"), **identities("a", "two")))


def test_an_unknown_system_is_refused():
    with pytest.raises(ValueError) as caught:
        Scope("rocketmq", "i-1", [])
    assert str(caught.value) == (
        "`system` must be one of ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma; got 'rocketmq'"
    )


def test_of_an_application_each_way_of_a_topic_is_declared():
    permission = {"a": {"sub": {"x"}}, "b": {"pub": (), "sub": (), "row": {}}, "c": {"pub": (), "sub": ()}}
    made = grant("huaweicloud_roma", {"app_name": "app", "app_id": "z"}, permission)
    assert made.names == {"app"}
    assert made.atoms == {("policies", "a", "sub"), ("policies", "b", "pub"), ("policies", "b", "sub")}


def test_a_grant_without_a_place_has_none():
    assert Declared("ucloud_ufile", None, ["a"], []).place == {"file": None, "number": None, "line": None}
