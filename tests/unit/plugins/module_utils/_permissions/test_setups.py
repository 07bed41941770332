# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set-ups: what their definitions may hold, and what a grant fills in."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import setups as defining
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS

from .passes import F, Q, R, T

SYSTEMS = "ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma"


@pytest.mark.parametrize(
    "definition, used, filled",
    [
        ({"topics": "$topics", "tag": "$tag?"}, {"topics": False, "tag": True}, {"topics": ["a", "$b"]}),
        ({"perms": {"$topics": "SUB", "x": "PUB"}}, {"topics": False}, {"perms": {"a": "SUB", "$b": "SUB", "x": "PUB"}}),
        ({"names": ["x", "$topics", "$groups?"]}, {"topics": False, "groups": True}, {"names": ["x", "a", "$b"]}),
        ({"perms": {"$groups?": "SUB"}, "names": ("$buckets?",)}, {"groups": True, "buckets": True}, {"perms": {}, "names": []}),
        # A text among names is one of them, not its letters.
        ({"perms": {"$expires": "SUB"}, "names": ["$expires"]}, {"expires": False}, {"perms": {"2030": "SUB"}, "names": ["2030"]}),
        ({"rows": [{"name": "$expires", "more": [["$topics"]]}]}, {"expires": False, "topics": False},
         {"rows": [{"name": "2030", "more": [["a", "$b"]]}]}),
        # Left out where it may be everywhere
        ({"a": "$topics?", "b": "$topics", "c": "$topics?"}, {"topics": False}, {name: ["a", "$b"] for name in "abc"}),
        ({"a": "$5", "b": "us$topics", "c": True, "d": None}, {}, {"a": "$5", "b": "us$topics", "c": True}),
    ],
)  # fmt: skip
def test_a_definition_is_filled_with_the_fields_of_a_grant(definition, used, filled):
    assert defining.fields(definition) == used
    assert defining.expand(definition, {"topics": ["a", "$b"], "expires": "2030"}) == filled


@pytest.mark.parametrize(
    "name, system, meaning",
    [
        ("producer", T, SETUPS["producer"][T]),
        ("producer", F, None),
        ("mine", Q, None),
        ("custom", F, {"x": 1, "expire_time": "$expires?"}),
        ("custom", T, {"x": 1, "topics": "$topics"}),
        ("custom", R, {"x": 1}),
    ],
)
def test_a_name_means_something_else_on_each_system(name, system, meaning):
    assert defining.definition_of(SETUPS, name, core.SYSTEMS[system], {"x": 1}) == meaning


TAKEN = "must have a name that no built-in set-up has; got one of theirs"
OPS = ", ".join(core.SYSTEMS[F].fields["allowed_ops"].type.choices)
GIVE = "must give something; no_access takes everything away; got "
OWN = [
    ({"producer": {}}, f".producer {TAKEN}"),
    ({"custom": {}}, f".custom {TAKEN}"),
    ({"mine": []}, f".mine must be a mapping of some of {SYSTEMS}; got a list"),
    ({"mine": {"aws": {}}}, f".mine must be a mapping of some of {SYSTEMS}; got {{'aws': {{}}}}"),
    ({"mine": {F: []}}, ".mine.ucloud_ufile must be a mapping of the module's options; got a list"),
    ({"mine": {F: {"allowed_ops": "$ops"}}},
     ".mine.ucloud_ufile must have no placeholders but $topics, $groups, $buckets, $prefixes, $tag, $expires; got {'allowed_ops': '$ops'}"),
    ({"mine": {F: {"colour": "red"}}},
     ".mine.ucloud_ufile.colour must be one of allowed_buckets, allowed_ops, allowed_prefixes, expire_time; got {'colour': '<hidden>'}"),
    ({"mine": {F: {"allowed_ops": "TOKEN_ALLOW_READ"}}},
     f".mine.ucloud_ufile.allowed_ops must be a list of some of {OPS}; got {{'allowed_ops': 'TOKEN_ALLOW_READ'}}"),
    ({"mine": {F: {"allowed_buckets": ["a"]}}},
     ".mine.ucloud_ufile.allowed_ops must be a list of operations; got {'allowed_buckets': ['a']}"),
    ({"mine": {F: {"allowed_ops": ["TOKEN_ALLOW_READ"]}}},
     ".mine.ucloud_ufile.allowed_buckets must be a list of buckets; ['*'] is all of them; got {'allowed_ops': ['TOKEN_ALLOW_READ']}"),
    ({"mine": {R: {"topic_perms": [{"name": "$topics", "perm": "PUB"}]}}},
     ".mine.huaweicloud_rocketmq.topic_perms must be a list (a row has no name); got {'topic_perms': [{'name': '$topics', 'perm': 'PUB'}]}"),
    ({"mine": {T: {"access_policy": "pub"}}},
     ".mine.huaweicloud_roma.topics must be a list of topics; got {'access_policy': 'pub'}"),
    ({"mine": {T: {"topics": "$topics"}}},
     ".mine.huaweicloud_roma.access_policy must be one of all, pub, sub; got {'topics': '$topics'}"),
    ({"mine": {Q: {"topic_produce_perm": "SOME"}}},
     ".mine.ucloud_urocketmq.topic_produce_perm must be one of ALL, NONE, PART; got {'topic_produce_perm': 'SOME'}"),
    ({"mine": {Q: {"topic_produce_perm": "NONE"}}}, f".mine.ucloud_urocketmq {GIVE}{{'topic_produce_perm': 'NONE'}}"),
    ({"mine": {T: {"topics": "$topics", "state": "absent"}}},
     f".mine.huaweicloud_roma {GIVE}{{'topics': '$topics', 'state': '<hidden>'}}"),
    ({"mine": {R: {"admin": True}}},
     ".mine.huaweicloud_rocketmq must not turn admin on, which full_access alone does; got {'admin': True}"),
    # A text in place of a list: its letters would be the names.
    *(({"mine": {F: {"allowed_ops": ["TOKEN_ALLOW_READ"], "allowed_buckets": field}}}, ".mine.ucloud_ufile.allowed_buckets must be a list; "
       f"got {{'allowed_ops': ['TOKEN_ALLOW_READ'], 'allowed_buckets': '{field}'}}") for field in ("$tag", "$expires")),
    ("text", " must be a mapping of names to set-ups; got a text"),
]  # fmt: skip


@pytest.mark.parametrize("own, said", OWN)
def test_a_mistake_in_a_set_up_of_ones_own(own, said):
    assert defining.problems(SETUPS, own, core.SYSTEMS) == [f"permissions_setups{said}"]


def test_all_mistaken_set_ups_are_told():
    own = {"custom": {}, "a": {}, "b": [], "c": {F: [], Q: []}, "d": {Q: []}}
    found = defining.problems(SETUPS, own, core.SYSTEMS)
    assert [text.split()[0].partition(".")[2] for text in found] == ["custom", "b", f"c.{F}", f"c.{Q}", f"d.{Q}"]


HIDDEN = "Very-Hidden-1"


@pytest.mark.parametrize(
    "setups",
    [
        HIDDEN,
        {"mine": HIDDEN},
        {"mine": {"passwd": HIDDEN}},
        {"mine": {"ucloud_ufile": HIDDEN}},
        {"mine": {"ucloud_ufile": [HIDDEN]}},
        {"mine": {"ucloud_ufile": {"allowed_ops": ["TOKEN_ALLOW_READ"], "pw": HIDDEN}}},
        {"mine": {"huaweicloud_rocketmq": {"topic_perms": {"auth_token": HIDDEN}}}},
    ],
)
def test_a_secret_in_a_set_up_is_not_printed(setups):
    found = defining.problems(SETUPS, setups, core.SYSTEMS)
    assert found and HIDDEN not in repr(found)


def test_a_set_up_of_ones_own_is_used_like_the_others():
    topics = {"topic_produce_perm": "PART", "allow_produce_topic_list": ["$topics", "audit"]}
    perms = {"topic_perms": {"$topics": "SUB", "audit": "SUB"}, "group_perms": {"$groups?": "SUB"}}
    own = {"auditor": {R: perms}, "mine": {Q: topics}}
    assert defining.problems(SETUPS, {**own, "everywhere": SETUPS["read_only"]}, core.SYSTEMS) == []
    user = {"system": R, "instance_id": "i-1", "principal": "billing", "setup": "auditor", "topics": ["orders"]}
    token = {"system": Q, "service_id": "s-1", "principal": "billing", "setup": "mine", "topics": ["orders"]}
    (user, token), problems = core.check([user, token], {**SETUPS, **own})
    assert problems == [] and token.permission["produce"] == {"orders", "audit"}
    assert sorted(user.permission["topic"][1]) == ["audit", "orders"] and not user.permission["group"][1]
