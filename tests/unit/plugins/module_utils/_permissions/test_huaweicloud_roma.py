# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ROMA Connect: where permissions do not simply add up."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions.huaweicloud_roma import PERMISSION_SET


def given(**native):
    return PERMISSION_SET.from_options(PERMISSION_SET.native(native))


def policy(access, tag=""):
    return given(topics=["orders"], access_policy=access, tag=tag)


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
def test_ways_and_tags_add_up(first, second, access, tag):
    total = PERMISSION_SET.add(policy(*first), [policy(*second)])
    assert PERMISSION_SET.options({}, {}, total) == {"orders": {"access_policy": access, "tag": tag}}


def test_topics_are_told_in_words():
    orders = {"access_policy": "pub", "tag": "v1", "owner": True}
    shown = {"orders": orders, "bills": {"access_policy": "sub", "tag": "", "owner": False}, "gone": None}
    assert PERMISSION_SET.words(shown) == "bills sub; orders pub tag v1 owner"
    assert PERMISSION_SET.words({"gone": None}) == "NONE"


def test_taking_a_way_back():
    assert PERMISSION_SET.remove(policy("all"), policy("pub")) == policy("sub")
    assert PERMISSION_SET.remove(policy("pub", "v1"), policy("pub")) == {}
    assert PERMISSION_SET.options({}, policy("all"), PERMISSION_SET.nothing()) == {"orders": None}
    assert PERMISSION_SET.lock(policy("all"), policy("pub")) == {}
    with pytest.raises(ValueError, match="everything but v1"):
        PERMISSION_SET.remove(policy("pub"), policy("pub", "v1"))
