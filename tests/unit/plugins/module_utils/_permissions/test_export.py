# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of an exported estate: YAML reads back the grants, and no name from a cloud is a template."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import yaml

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import export
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import State

from .passes import F, Q, R, T, state


class Loader(yaml.SafeLoader):
    """Reads what Ansible does not take for a template."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def exported(system, names, **values):
    return export.export({system: [state(system, names, values)]}, SETUPS)


def token(name, *topics):
    ways = {"topic_produce_perm": "PART", "allow_produce_topic_list": list(topics), "topic_consume_perm": "NONE"}
    return exported(Q, {"service_id": "s-1", "token_id": "t-1", "name": name}, **ways)


@pytest.mark.parametrize(
    "name", ["yes", "~", "1.0", "a: b", "a]b", "a}b", "#a", "\u202eb", "[a]", "a'\"b", "{{ x", "{# x #}", "{% x %}"]
)
def test_a_name_is_read_back_as_it_is(name):
    text, grants = token(name, name, "plain")
    assert yaml.load(text, Loader=Loader) == {"permissions_grants": grants}
    assert grants[0]["principal"] == name
    assert ("!unsafe" in text) is name.startswith("{")
    assert len(text.splitlines()) == len(token("plain", "plain", "z")[0].splitlines())


def test_what_cannot_be_said_is_a_comment():
    text, grants = exported(Q, {"service_id": "s-1", "token_id": "t-1", "name": "x"}, topic_consume_perm="NONE")
    assert grants == []
    assert text == export.HEAD + (
        "permissions_grants: []\n"
        "  # URocketMQ token t-1, x of s-1\n"
        "  # Not exported: the service shows topic_produce_perm as None, which is not understood.\n"
    )
    assert export.export({}, SETUPS) == (export.HEAD + "permissions_grants: []\n", [])


@pytest.mark.parametrize(
    "entries, problems, said",
    [([{}, {"x": 1}], [], "it cannot be said exactly."), ([{}], ["it is odd."], "it is odd.")],
)
def test_what_a_plan_would_change_is_not_exported(entries, problems, said, monkeypatch):
    made = SimpleNamespace(entries=[SimpleNamespace(options=options) for options in entries], problems=problems)
    monkeypatch.setattr(export.planning, "plan", lambda *given: made)
    text, grants = token("x", "orders")
    assert grants == [] and text.endswith(f"  # URocketMQ token t-1, x of s-1\n  # Not exported: {said}\n")


def users(*names, instance="i-1", perm="PUB"):
    values = {
        "admin": False, "white_remote_address": "", "default_topic_perm": "DENY", "default_group_perm": "DENY",
        "topic_perms": {"orders": {"name": "orders", "perm": perm}}, "group_perms": {},
    }  # fmt: skip
    return [State({"instance_id": instance, "user_name": name}, dict(values)) for name in names]


def test_principals_that_hold_the_same_are_exported_as_each_of_them_alone(monkeypatch):
    states = [*users("a", "b", "c: d", "{{ e }}", " "), *users("a", instance="i-2"), *users("z", perm="SUB")]
    planned = []
    plan = export.planning.plan
    monkeypatch.setattr(export.planning, "plan", lambda *given: planned.append(given) or plan(*given))
    together = export.export({R: states}, SETUPS)
    assert len(planned) == 2 * 4  # as additive and as exact: of a, of z, and of two whose names need care
    alone = sorted((export.export({R: [state]}, SETUPS) for state in states), key=lambda found: found[0])
    assert sorted(map(str, together[1])) == sorted(str(grant) for _text, grants in alone for grant in grants)
    blocks = [text.split("permissions_grants:", 1)[1].removeprefix(" []").strip("\n") for text, _grants in alone]
    assert sorted(together[0].split("permissions_grants:\n", 1)[1].strip("\n").split("\n\n")) == sorted(blocks)


def file_token(number, name, *ops, prefixes=("in/",), end=None):
    values = {
        "allowed_ops": [f"TOKEN_{op}" for op in ops], "allowed_buckets": ["a", "b"], "allowed_prefixes": list(prefixes),
        "token_name": name, "expire_time": end,
    }  # fmt: skip
    names = {"token_id": f"t-{number}", "token_name": name}
    return state(F, *({key: value for key, value in part.items() if value} for part in (names, values)))


def queue_token(number, name, *topics, **facts):
    values = {"allow_produce_topic_list": topics, "topic_produce_perm": "PART" if topics else "NONE"}
    names = {"service_id": "s-1", "token_id": f"t-{number}", "name": name}
    return State(names, {**values, "allow_consume_topic_list": (), "topic_consume_perm": "NONE"}, facts)


def topic(name, *policies):
    rows = [dict(zip(("app_name", "access_policy", "tag", "owner"), row)) for row in policies]
    return state(T, {"instance_id": "r-1", "name": name}, {"policies": rows})


ESTATE = {
    T: [topic("orders", ("shop", "pub", "v1", True), ("audit", "sub", "", False)),
        topic("bills", ("audit", "sub", "", False), ("shop", "all", "v1", False))],
    Q: [queue_token(2, "z", "a", "b", type="Default"), queue_token(1, "y")],
    F: [file_token(1, "reports", "ALLOW_READ", "ALLOW_LIST", end="4102416000"), file_token(2, "twin", "ALLOW_READ", "ALLOW_LIST"),
        file_token(3, "twin", "ALLOW_NONE"), file_token(4, None, "ALLOW_READ", "ALLOW_LIST", prefixes=["*"]),
        file_token(5, "odd", "ALLOW_WRITE", "DENY_UPDATE", end="2031-01-01")],
    R: [*users("b"), *users("a", perm="SUB"), *users("b", instance="i-0")],
}  # fmt: skip
TEXT = """\
# Not read: s-9: no\\nresponse
# Not read: s-10: nothing
permissions_grants:
  # UFile token t-4
  - system: ucloud_ufile
    principal: {token_id: t-4}
    setup: read_only
    buckets: [a, b]

  # UFile token t-5, odd
  - system: ucloud_ufile
    principal: odd
    setup: custom
    expires: "2031-01-01T00:00:00Z"
    permissions:
      allowed_ops: [TOKEN_ALLOW_WRITE, TOKEN_DENY_UPDATE]
      allowed_prefixes: [in/]
      allowed_buckets: [a, b]

  # UFile token t-1, reports
  - system: ucloud_ufile
    principal: reports
    setup: read_only
    buckets: [a, b]
    prefixes: [in/]
    expires: "2099-12-31T16:00:00Z"

  # UFile token t-2, twin
  - system: ucloud_ufile
    principal: {token_id: t-2}
    setup: read_only
    buckets: [a, b]
    prefixes: [in/]

  # UFile token t-3, twin
  - system: ucloud_ufile
    principal: {token_id: t-3}
    setup: no_access

  # URocketMQ token t-1, y of s-1
  - system: ucloud_urocketmq
    service_id: s-1
    principal: "y"
    setup: no_access

  # URocketMQ token t-2, z of s-1: the service's Default token, which cannot be changed
  - system: ucloud_urocketmq
    service_id: s-1
    principal: z
    setup: producer
    topics: [a, b]

  # RocketMQ user b of i-0
  - system: huaweicloud_rocketmq
    instance_id: i-0
    principal: b
    setup: producer
    topics: [orders]

  # RocketMQ user a of i-1
  - system: huaweicloud_rocketmq
    instance_id: i-1
    principal: a
    setup: custom
    permissions:
      admin: false
      default_topic_perm: DENY
      default_group_perm: DENY
      topic_perms: {orders: SUB}

  # RocketMQ user b of i-1
  - system: huaweicloud_rocketmq
    instance_id: i-1
    principal: b
    setup: producer
    topics: [orders]

  # ROMA instance r-1, application audit
  - system: huaweicloud_roma
    instance_id: r-1
    principal: audit
    setup: consumer
    topics: [bills, orders]

  # ROMA instance r-1, application shop
  - system: huaweicloud_roma
    instance_id: r-1
    principal: shop
    setup: custom
    topics: [bills]
    permissions: {access_policy: all, tag: v1}

  # ROMA instance r-1, application shop, owner of orders
  - system: huaweicloud_roma
    instance_id: r-1
    principal: shop
    setup: producer
    topics: [orders]
    tag: v1
"""


def test_an_estate_is_written_as_a_file_of_grants():
    text, grants = export.export(ESTATE, SETUPS, ["s-9: no\nresponse", "s-10: nothing"])
    assert text == export.HEAD + TEXT
    assert yaml.safe_load(text) == {"permissions_grants": grants}


@pytest.mark.parametrize(("end", "kept"), [(4102416001, None), (1, "1970-01-01T00:00:01Z"), (0, None), (None, None)])
def test_an_end_that_no_grant_can_say_is_not_exported(end, kept):
    there = file_token(1, "reports", "ALLOW_READ", "ALLOW_LIST")
    there.values["expire_time"] = end
    (grant,) = export.export({F: [there]}, SETUPS)[1]
    assert (grant["setup"], grant.get("expires")) == ("read_only", kept)


# -- generations -------------------------------------------------------------------------------------


def of_generations(*named, **how):
    """The text and the principals of the grants for tokens of these names, each with what it may publish to."""
    states = []
    for number, (name, topic) in enumerate(named):
        values = {"topic_produce_perm": "PART", "allow_produce_topic_list": (topic,), "topic_consume_perm": "NONE"}
        names = {"service_id": "s-1", "token_id": f"t-{number}", "name": name}
        states.append(State(names, {**values, "allow_consume_topic_list": ()}))
    text, grants = export.export({Q: states}, SETUPS, **how)
    return text, [grant["principal"] for grant in grants]


@pytest.mark.parametrize(
    "named, principals",
    [
        ([("ci.g3", "a")], ["ci"]),
        ([("ci", "a"), ("ci.g2", "a")], ["ci"]),
        ([("ci.g3", "a"), ("ci.g2", "a")], ["ci"]),
        ([("ci", "a"), ("ci.g2", "b")], [{"token_id": "t-0"}, "ci.g2"]),
        ([("ci", "a"), ("ci.g2", "a"), ("ci.g2", "a")], [{"token_id": "t-0"}, {"token_id": "t-1"}, {"token_id": "t-2"}]),
    ],
)  # fmt: skip
def test_generations_that_hold_the_same_are_one_grant_of_their_base(named, principals):
    assert of_generations(*named)[1] == principals


def test_the_comment_of_a_grant_names_all_generations_and_a_remedy_is_about_one():
    text, _principals = of_generations(("ci.g10", "a"), ("ci", "a"), ("ci.g2", "a"))
    assert "  # URocketMQ token t-1, ci of s-1, and ci.g2, ci.g10 beside it\n" in text
    assert of_generations(("ci.g3", "a"), bases=False)[1] == ["ci.g3"]
