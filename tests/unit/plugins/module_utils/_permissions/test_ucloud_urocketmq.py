# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""URocketMQ: where permissions do not simply add up."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions.permission_set import FieldError
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.ucloud_urocketmq import PERMISSION_SET


def given(**native):
    return PERMISSION_SET.from_options(PERMISSION_SET.native(native))


def test_everything_absorbs_and_has_no_holes():
    some = given(topic_produce_perm="PART", allow_produce_topic_list=["orders"])
    every = given(topic_produce_perm="ALL")
    assert PERMISSION_SET.add(some, [every]) == every == PERMISSION_SET.add(every, [some])
    with pytest.raises(ValueError, match="everything but orders cannot be expressed"):
        PERMISSION_SET.remove(every, some)
    assert PERMISSION_SET.remove(some, some) == PERMISSION_SET.nothing()
    shown = {"topic_produce_perm": "PART", "allow_produce_topic_list": ["orders"]}
    assert PERMISSION_SET.options(shown, some, PERMISSION_SET.nothing()) == {"topic_produce_perm": "NONE"}
    for perm, topics in (("MOST", []), ("PART", None)):
        shown = {"topic_produce_perm": perm, "allow_produce_topic_list": topics, "topic_consume_perm": "NONE"}
        with pytest.raises(ValueError, match="service"):
            PERMISSION_SET.existing(shown)


def test_a_list_needs_its_permission():
    for native in ({"topic_produce_perm": "PART"}, {"allow_produce_topic_list": ["orders"]}):
        with pytest.raises(FieldError):
            given(**native)
