# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is exported as several set-ups: exactly what there is, the fewest, built-in ones first, whatever the names are."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import export
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.grants import SYSTEMS

from .passes import F, Q, R, T, state

ABOUT = {"system", "service_id", "instance_id", "principal"}
OWN = {
    "cleaner": {F: {"allowed_ops": ["TOKEN_ALLOW_DELETE"], "allowed_buckets": "$buckets", "allowed_prefixes": "$prefixes?"}},
    "lister": {F: {"allowed_ops": ["TOKEN_ALLOW_LIST"], "allowed_buckets": "$buckets", "allowed_prefixes": "$prefixes?"}},
    "log_cleaner": {F: {"allowed_ops": ["TOKEN_ALLOW_DELETE"], "allowed_buckets": ["logs"], "allowed_prefixes": ["app/"]}},
    "doer": {F: {"allowed_ops": ["TOKEN_ALLOW_IOP"], "allowed_buckets": "$buckets"}},
    "auditor": {Q: {"topic_consume_perm": "PART", "allow_consume_topic_list": ["audit"]}},
    "both": {Q: {"topic_produce_perm": "PART", "allow_produce_topic_list": "$topics", "topic_consume_perm": "ALL"}},
    "guest": {R: {"white_remote_address": "192.0.2.1"}},
}  # fmt: skip


def rows(*texts):
    return [dict(zip(("name", "perm"), text.split())) for text in texts]


def token(name="x", produce=(), consume=(), **changes):
    ways = {"topic_produce_perm": produce, "topic_consume_perm": consume}
    values = {perm: "ALL" if held == "ALL" else "PART" if held else "NONE" for perm, held in ways.items()}
    lists = ("allow_produce_topic_list", "allow_consume_topic_list")
    values.update((topics, list(held) if held != "ALL" else []) for topics, held in zip(lists, ways.values()))
    return Q, {"service_id": "s-1", "token_id": f"t-{name}", "name": name}, dict(values, **changes)


def user(topics=(), groups=(), default="DENY", address="", admin=False):
    values = {"default_topic_perm": default, "default_group_perm": "SUB" if default != "DENY" else "DENY"}
    values.update(topic_perms=rows(*topics), group_perms=rows(*groups), admin=admin, white_remote_address=address)
    return R, {"instance_id": "i-1", "user_name": "x"}, values


def bucket(*ops, buckets=("a", "b"), prefixes=("*",)):
    values = {"allowed_ops": [f"TOKEN_{op}" for op in ops], "expire_time": "2030-01-01", "token_name": "x"}
    values.update(allowed_buckets=list(buckets), allowed_prefixes=list(prefixes))
    return F, {"token_id": "t-1", "token_name": "x"}, values


def policy(access, tag):
    row = {"app_name": "x", "access_policy": access, "tag": tag, "owner": False}
    return T, {"instance_id": "i-1", "name": "orders"}, {"policies": [row]}


def exported(system, *described, own=()):
    """The grants, each as its set-up and what is given to it."""
    states = [state(*one) for one in described]
    _text, grants = export.export({system: states}, dict(SETUPS, **{name: OWN[name] for name in own}))
    return [{key: value for key, value in grant.items() if key not in ABOUT} for grant in grants]


PRODUCER, CONSUMER = {"setup": "producer"}, {"setup": "consumer"}


@pytest.mark.parametrize(
    "described, own, grants",
    [
        (token(produce="ab", consume="bc"), (), [dict(PRODUCER, topics=["a", "b"]), dict(CONSUMER, topics=["b", "c"])]),
        (token(produce="ab", consume="ALL"), (), [dict(PRODUCER, topics=["a", "b"]), {"setup": "read_only"}]),
        # The fewest, and of as many the built-in ones
        (token(produce="ab", consume="ALL"), ("both",), [{"setup": "both", "topics": ["a", "b"]}]),
        (token(produce="a", consume=["audit"]), ("auditor",), [dict(PRODUCER, topics=["a"]), dict(CONSUMER, topics=["audit"])]),
        (user(["a PUB", "b SUB", "c PUB|SUB"], ["g SUB"]), (),
         [dict(PRODUCER, topics=["a", "c"]), dict(CONSUMER, topics=["b", "c"], groups=["g"])]),
        (user(["a PUB|SUB"], default="SUB"), (), [dict(PRODUCER, topics=["a"]), {"setup": "read_only"}]),
        (user(["a PUB", "b SUB"], ["g SUB"], address="192.0.2.1"), ("guest",),
         [dict(PRODUCER, topics=["a"]), dict(CONSUMER, topics=["b"], groups=["g"]), {"setup": "guest"}]),
        (bucket("ALLOW_WRITE", "ALLOW_DELETE", prefixes=["in/"]), ("cleaner",),
         [{"setup": "upload_only", "buckets": ["a", "b"], "prefixes": ["in/"], "expires": "2030-01-01T00:00:00Z"},
          {"setup": "cleaner", "buckets": ["a", "b"], "prefixes": ["in/"]}]),
        (bucket("ALLOW_WRITE", "ALLOW_DELETE", "ALLOW_LIST"), ("cleaner", "lister"),
         [{"setup": name, "buckets": ["a", "b"], **end} for name, end in
          (("upload_only", {"expires": "2030-01-01T00:00:00Z"}), ("cleaner", {}), ("lister", {}))]),
        (policy("all", "v1||v2&v3"), (), [{"setup": "producer_consumer", "topics": ["orders"], "tag": "v1||v2&v3"}]),
    ],
)  # fmt: skip
def test_a_union_is_recognised(described, own, grants):
    assert exported(described[0], described, own=own) == grants


@pytest.mark.parametrize(
    "described",
    [
        token(produce="ALL", consume="a"),
        user(["a SUB"]),  # consuming needs a group
        user(["a PUB", "b DENY"], default="SUB"),  # a denial is no grant
        user(["a PUB", "b SUB"], ["g SUB"], address="192.0.2.1"),
        user(["a PUB", "b SUB"], ["g SUB"], admin=True),
        bucket("ALLOW_WRITE", "ALLOW_DELETE"),
        bucket("ALLOW_WRITE", "DENY_UPDATE"),
        policy("all", "v1"),  # of which it is not clear what it allows
    ],
)
def test_what_no_union_is_exactly_stays_native(described):
    (grant,) = exported(described[0], described)
    assert grant["setup"] == "custom"


def test_four_set_ups_are_no_easier_to_read_than_native_permissions():
    held = bucket("ALLOW_WRITE", "ALLOW_DELETE", "ALLOW_LIST", "ALLOW_IOP")
    assert [grant["setup"] for grant in exported(F, held, own=("cleaner", "lister", "doer"))] == ["custom"]


def test_names_that_a_set_up_has_are_not_like_others():
    held = [(["a"], ["app/"]), (["logs"], ["in/"]), (["logs"], ["app/"])]
    tokens = [bucket("ALLOW_WRITE", "ALLOW_DELETE", buckets=names, prefixes=below) for names, below in held]
    found = ["custom", "custom", "upload_only", "log_cleaner"]
    assert [grant["setup"] for grant in exported(F, *tokens, own=("log_cleaner",))] == found


@pytest.mark.parametrize("topics", [["p{0}", "q"], ["audit", "q{0}"]])
def test_thousands_of_principals_of_one_form_are_looked_at_once(topics, monkeypatch):
    tried, add, counts = [], SYSTEMS[Q].add, []
    monkeypatch.setattr(SYSTEMS[Q], "add", lambda *given: tried.append(given) or add(*given))
    for count in (1, 11):
        tried.clear()
        tokens = [token(str(n), [topic.format(n) for topic in topics], ["c"]) for n in range(count)]
        grants = exported(Q, *tokens, own=OWN)
        assert [grant["setup"] for grant in grants] == ["producer", "consumer"] * count
        counts.append(len(tried))
    # What each further one costs: the set-ups that might fit alone, and two plans of what was found.
    assert counts[1] - counts[0] <= 10 * 10 < 10 * counts[0] / 3
