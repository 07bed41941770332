# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RocketMQ: where permissions do not simply add up."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions.huaweicloud_rocketmq import PERMISSION_SET


def given(**native):
    return PERMISSION_SET.from_options(PERMISSION_SET.native(native))


def user(**fields):
    nothing = {"admin": False, "white_remote_address": "", "default_topic_perm": "DENY", "default_group_perm": "DENY"}
    return {**nothing, "topic_perms": [], "group_perms": [], **fields}


def after(shown, *natives):
    held = PERMISSION_SET.existing(shown)
    result = PERMISSION_SET.add(held, [given(**native) for native in natives])
    return PERMISSION_SET.options(shown, held, result)


def test_a_special_permission_never_reduces_a_default():
    assert after(user(default_topic_perm="PUB|SUB"), {"topic_perms": {"orders": "PUB"}}) == {}
    assert after(user(default_topic_perm="SUB"), {"topic_perms": {"orders": "PUB"}}) == {
        "topic_perms": [{"name": "orders", "perm": "PUB|SUB"}]
    }


def test_a_new_default_reaches_the_rows():
    shown = user(topic_perms=[{"name": "orders", "perm": "PUB"}])
    assert after(shown, {"default_topic_perm": "SUB"}) == {
        "default_topic_perm": "SUB",
        "topic_perms": [{"name": "orders", "perm": "PUB|SUB"}],
    }


def test_what_a_row_denies_on_purpose_is_lifted_only_by_its_name():
    shown = user(default_topic_perm="SUB", topic_perms=[{"name": "payments", "perm": "DENY"}])
    assert after(shown, {"default_topic_perm": "SUB"}) == {}
    assert after(shown, {"topic_perms": {"payments": "SUB"}}) == {"topic_perms": []}


def test_a_row_that_says_the_same_as_the_default_is_left_alone():
    shown = user(topic_perms=[{"name": "payments", "perm": "DENY"}])
    assert after(shown, {"topic_perms": {"orders": "PUB"}}) == {
        "topic_perms": [{"name": "orders", "perm": "PUB"}, {"name": "payments", "perm": "DENY"}]
    }


def test_taking_back_leaves_the_rest_of_the_default():
    held = PERMISSION_SET.existing(user(default_topic_perm="PUB|SUB"))
    result = PERMISSION_SET.remove(held, given(topic_perms={"orders": "PUB"}))
    assert result["topic"] == (frozenset(("PUB", "SUB")), {"orders": frozenset(("SUB",))})
    assert PERMISSION_SET.remove(result, given(default_topic_perm="PUB"))["topic"] == (frozenset(("SUB",)), {})


def test_addresses_are_a_set():
    one, two, both = (given(white_remote_address=text) for text in ("10.0.0.1", "10.*.*.2", "10.*.*.2, 10.0.0.1"))
    assert PERMISSION_SET.add(PERMISSION_SET.nothing(), [one, two]) == PERMISSION_SET.add(one, [two]) == both
    assert PERMISSION_SET.remove(both, one) == two
    assert PERMISSION_SET.remove(one, one) == PERMISSION_SET.nothing()
    shown = {"white_remote_address": "10.0.0.1"}
    assert PERMISSION_SET.options(shown, one, both) == {"white_remote_address": "10.*.*.2,10.0.0.1"}
    with pytest.raises(ValueError, match="did not show white_remote_address, admin"):
        PERMISSION_SET.existing({})


def test_a_user_is_told_in_words():
    shown = user(admin=True, white_remote_address="10.0.0.1", topic_perms=[{"name": "a", "perm": "PUB"}])
    told = "administrator; topics DENY but a PUB; groups DENY; everything from 10.0.0.1"
    assert PERMISSION_SET.words(shown) == told


def test_a_group_may_hold_any_permission():
    one = given(default_group_perm="PUB", group_perms=[{"name": "a", "perm": "SUB|PUB"}])
    assert one["group"] == (frozenset({"PUB"}), {"a": frozenset({"PUB", "SUB"})})


def test_what_thousands_hold_alike_is_kept_once():
    """Else it is most of the memory of a task with very many grants."""
    shown = user(topic_perms=[{"name": "orders", "perm": "PUB"}])
    assert PERMISSION_SET.existing(shown) is PERMISSION_SET.existing(dict(shown))
