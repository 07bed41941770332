# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The traps of each system, one by one."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.permission_set import FieldError

UFILE, UROCKETMQ, ROCKETMQ, ROMA = core.SYSTEMS.values()


def given(system, **native):
    return system.from_options(system.native(native))


def token(ops, buckets, prefixes=None, **more):
    native = {"allowed_ops": [f"TOKEN_{op}" for op in ops], "allowed_buckets": buckets, "allowed_prefixes": prefixes}
    return given(UFILE, **native, **more)


READ_A = token(["ALLOW_READ"], ["a"])
WRITE_B = token(["ALLOW_WRITE"], ["b"])


def test_ufile_reading_one_bucket_and_writing_another_is_refused():
    with pytest.raises(ValueError, match=r"one token cannot hold \(READ on a below \*\) and \(WRITE on b below \*\)"):
        UFILE.add(READ_A, [WRITE_B])


def test_ufile_four_that_are_a_product_together_add_up_in_any_order():
    four = [token([op], [bucket]) for op in ("ALLOW_READ", "ALLOW_WRITE") for bucket in "ab"]
    total = UFILE.add(UFILE.nothing(), [four[0], four[3], four[1], four[2]])
    assert (sorted(total["ops"]), sorted(total["buckets"])) == (["TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE"], ["a", "b"])
    with pytest.raises(ValueError, match="one token cannot hold"):
        UFILE.add(UFILE.nothing(), four[:3])


def test_ufile_a_token_without_operations_takes_what_is_given():
    empty = UFILE.existing({"allowed_ops": ["TOKEN_ALLOW_NONE"], "allowed_buckets": ["z"], "allowed_prefixes": ["*"]})
    assert UFILE.add(empty, [WRITE_B])["buckets"] == {"b"}


def test_ufile_one_token_has_one_expiry():
    first, second = (token(["ALLOW_READ"], ["a"], expire_time=when) for when in ("2029-01-01", "2030-01-01"))
    with pytest.raises(ValueError, match="one expiry.*2029-01-01T00:00:00Z and 2030-01-01T00:00:00Z"):
        UFILE.add(UFILE.nothing(), [first, second])
    assert UFILE.add(UFILE.nothing(), [first, READ_A])["expires"] == first["expires"]


def test_ufile_no_overwriting_is_neither_lifted_nor_added():
    careful = token(["ALLOW_WRITE", "DENY_UPDATE"], ["b"])
    assert UFILE.add(careful, [WRITE_B])["deny"] is True
    with pytest.raises(ValueError, match="takes something away"):
        UFILE.add(WRITE_B, [careful])
    with pytest.raises(ValueError, match="takes something away"):
        UFILE.add(UFILE.nothing(), [careful, WRITE_B])
    assert UFILE.add(UFILE.nothing(), [careful])["deny"] is True


@pytest.mark.parametrize("ops", [["TOKEN_ALLOW_NONE"], ["TOKEN_ALLOW_READ"]])
def test_a_new_ufile_token_says_its_buckets_and_prefixes(ops):
    after = UFILE.add(UFILE.nothing(), [given(UFILE, allowed_ops=ops, allowed_buckets=["*"])])
    options = UFILE.options(None, UFILE.nothing(), after)
    assert options == {"allowed_ops": ops, "allowed_buckets": ["*"], "allowed_prefixes": ["*"]}


def test_what_a_ufile_token_has_from_its_creation_is_no_grant():
    assert {"allowed_ops", "allowed_buckets", "allowed_prefixes", "expire_time"} == set(UFILE.fields)


def test_ufile_a_hole_cannot_be_expressed():
    everything = token(["ALLOW_READ"], ["*"])
    with pytest.raises(ValueError, match="each with each"):
        UFILE.remove(everything, READ_A)
    with pytest.raises(ValueError, match="each with each"):
        UFILE.remove(token(["ALLOW_READ"], ["a"], ["db/"]), token(["ALLOW_READ"], ["a"], ["db/x/"]))
    assert UFILE.remove(token(["ALLOW_READ"], ["a", "b"]), READ_A)["buckets"] == {"b"}
    assert UFILE.remove(READ_A, WRITE_B) == READ_A


def test_ufile_what_the_service_does_not_show_is_not_guessed():
    with pytest.raises(ValueError, match="did not show allowed_buckets"):
        UFILE.existing({"allowed_ops": ["TOKEN_ALLOW_READ"], "allowed_buckets": [], "allowed_prefixes": ["*"]})


def test_urocketmq_everything_absorbs_and_has_no_holes():
    some = given(UROCKETMQ, topic_produce_perm="PART", allow_produce_topic_list=["orders"])
    every = given(UROCKETMQ, topic_produce_perm="ALL")
    assert UROCKETMQ.add(some, [every]) == every == UROCKETMQ.add(every, [some])
    with pytest.raises(ValueError, match="everything but orders cannot be expressed"):
        UROCKETMQ.remove(every, some)
    assert UROCKETMQ.remove(some, some) == UROCKETMQ.nothing()
    shown = {"topic_produce_perm": "PART", "allow_produce_topic_list": ["orders"]}
    assert UROCKETMQ.options(shown, some, UROCKETMQ.nothing()) == {"topic_produce_perm": "NONE"}
    for perm, topics in (("MOST", []), ("PART", None)):
        with pytest.raises(ValueError, match="service"):
            UROCKETMQ.existing(
                {"topic_produce_perm": perm, "allow_produce_topic_list": topics, "topic_consume_perm": "NONE"}
            )


def test_urocketmq_a_list_needs_its_permission():
    for native in ({"topic_produce_perm": "PART"}, {"allow_produce_topic_list": ["orders"]}):
        with pytest.raises(FieldError):
            given(UROCKETMQ, **native)


def user(**fields):
    nothing = {"admin": False, "white_remote_address": "", "default_topic_perm": "DENY", "default_group_perm": "DENY"}
    return {**nothing, "topic_perms": [], "group_perms": [], **fields}


def after(shown, *natives):
    held = ROCKETMQ.existing(shown)
    result = ROCKETMQ.add(held, [given(ROCKETMQ, **native) for native in natives])
    return ROCKETMQ.options(shown, held, result)


def test_rocketmq_a_special_permission_never_reduces_a_default():
    assert after(user(default_topic_perm="PUB|SUB"), {"topic_perms": {"orders": "PUB"}}) == {}
    assert after(user(default_topic_perm="SUB"), {"topic_perms": {"orders": "PUB"}}) == {
        "topic_perms": [{"name": "orders", "perm": "PUB|SUB"}]
    }


def test_rocketmq_a_new_default_reaches_the_rows():
    shown = user(topic_perms=[{"name": "orders", "perm": "PUB"}])
    assert after(shown, {"default_topic_perm": "SUB"}) == {
        "default_topic_perm": "SUB",
        "topic_perms": [{"name": "orders", "perm": "PUB|SUB"}],
    }


def test_rocketmq_what_a_row_denies_on_purpose_is_lifted_only_by_its_name():
    shown = user(default_topic_perm="SUB", topic_perms=[{"name": "payments", "perm": "DENY"}])
    assert after(shown, {"default_topic_perm": "SUB"}) == {}
    assert after(shown, {"topic_perms": {"payments": "SUB"}}) == {"topic_perms": []}


def test_rocketmq_a_row_that_says_the_same_as_the_default_is_left_alone():
    shown = user(topic_perms=[{"name": "payments", "perm": "DENY"}])
    assert after(shown, {"topic_perms": {"orders": "PUB"}}) == {
        "topic_perms": [{"name": "orders", "perm": "PUB"}, {"name": "payments", "perm": "DENY"}]
    }


def test_rocketmq_taking_back_leaves_the_rest_of_the_default():
    held = ROCKETMQ.existing(user(default_topic_perm="PUB|SUB"))
    result = ROCKETMQ.remove(held, given(ROCKETMQ, topic_perms={"orders": "PUB"}))
    assert result["topic"] == (frozenset(("PUB", "SUB")), {"orders": frozenset(("SUB",))})
    assert ROCKETMQ.remove(result, given(ROCKETMQ, default_topic_perm="PUB"))["topic"] == (frozenset(("SUB",)), {})


def test_rocketmq_addresses_are_a_set():
    one, two, both = (
        given(ROCKETMQ, white_remote_address=text) for text in ("10.0.0.1", "10.*.*.2", "10.*.*.2, 10.0.0.1")
    )
    assert ROCKETMQ.add(ROCKETMQ.nothing(), [one, two]) == ROCKETMQ.add(one, [two]) == both
    assert ROCKETMQ.remove(both, one) == two
    assert ROCKETMQ.remove(one, one) == ROCKETMQ.nothing()
    shown = {"white_remote_address": "10.0.0.1"}
    assert ROCKETMQ.options(shown, one, both) == {"white_remote_address": "10.*.*.2,10.0.0.1"}
    with pytest.raises(ValueError, match="did not show white_remote_address, admin"):
        ROCKETMQ.existing({})


def test_rocketmq_a_group_may_hold_any_permission():
    one = given(ROCKETMQ, default_group_perm="PUB", group_perms=[{"name": "a", "perm": "SUB|PUB"}])
    assert one["group"] == (frozenset({"PUB"}), {"a": frozenset({"PUB", "SUB"})})


def policy(access, tag=""):
    return given(ROMA, topics=["orders"], access_policy=access, tag=tag)


@pytest.mark.parametrize(
    "first, second, access, tag",
    [
        (("pub", ""), ("sub", ""), "all", ""),
        (("pub", "v1"), ("pub", "v2"), "pub", "v1||v2"),
        (("pub", "v1"), ("pub", ""), "pub", ""),
        (("pub", "v1"), ("sub", "v2"), "all", "v1&v2"),
        (("pub", ""), ("sub", "v2"), "all", "&v2"),
        (("all", "v1&v2"), ("pub", ""), "all", "&v2"),
        (("all", ""), ("sub", "v2"), "all", ""),
    ],
)
def test_roma_ways_and_tags_add_up(first, second, access, tag):
    total = ROMA.add(policy(*first), [policy(*second)])
    assert ROMA.options({}, {}, total) == {"orders": {"access_policy": access, "tag": tag}}


def test_roma_taking_a_way_back():
    assert ROMA.remove(policy("all"), policy("pub")) == policy("sub")
    assert ROMA.remove(policy("pub", "v1"), policy("pub")) == {}
    with pytest.raises(ValueError, match="everything but v1"):
        ROMA.remove(policy("pub"), policy("pub", "v1"))
