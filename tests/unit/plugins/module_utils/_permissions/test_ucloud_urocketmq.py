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


@pytest.mark.parametrize(
    "perm, topics, said",
    [
        ("MOST", [], "the service shows topic_produce_perm as 'MOST', which is not understood"),
        (None, [], "the service shows topic_produce_perm as None, which is not understood"),
        ("PART", None, "the service did not show allow_produce_topic_list"),
    ],
)
def test_what_the_service_does_not_show_is_not_guessed(perm, topics, said):
    shown = {"topic_produce_perm": perm, "allow_produce_topic_list": topics, "topic_consume_perm": "NONE"}
    with pytest.raises(ValueError) as caught:
        PERMISSION_SET.existing(shown)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    "native, said",
    [
        ({"topic_produce_perm": "PART"}, "a list of topics, since topic_produce_perm is PART"),
        ({"allow_produce_topic_list": ["orders"]}, "left out, or topic_produce_perm: PART beside it"),
    ],
)
def test_a_list_needs_its_permission(native, said):
    with pytest.raises(FieldError) as caught:
        given(**native)
    assert (caught.value.field, str(caught.value)) == ("allow_produce_topic_list", said)


def test_a_token_is_told_in_words():
    lists = {"allow_produce_topic_list": [], "allow_consume_topic_list": ["b", "a"]}
    ways = {"topic_produce_perm": "PART", "topic_consume_perm": "PART"}
    assert PERMISSION_SET.words({**ways, **lists}) == "produce no topic; consume a, b"
    assert PERMISSION_SET.words({**ways, **lists, "topic_consume_perm": "ALL"}) == "produce no topic; consume ALL"
    assert PERMISSION_SET.locked({**ways, "topic_produce_perm": "NONE"}) == {"topic_consume_perm": "NONE"}
