# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of an exported estate: YAML reads back the grants, and no name from a cloud is a template."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import export
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import State

from .passes import Q, R, state


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


def test_a_long_mapping_has_a_line_for_each_key():
    rows = [{"name": f"topic-of-some-length-{number}", "perm": "PUB"} for number in range(6)]
    options = {"default_topic_perm": "SUB", "default_group_perm": "DENY", "topic_perms": rows, "group_perms": []}
    names = {"instance_id": "i-1", "user_name": "billing"}
    text, grants = exported(R, names, admin=False, white_remote_address="", **options)
    assert "    permissions:\n      admin: false\n" in text
    assert yaml.safe_load(text)["permissions_grants"] == grants


def test_what_cannot_be_said_is_a_comment():
    text, grants = exported(Q, {"service_id": "s-1", "token_id": "t-1", "name": "x"}, topic_consume_perm="NONE")
    assert grants == []
    assert "permissions_grants: []\n" in text
    assert "  # Not exported: the service shows topic_produce_perm as None, which is not understood.\n" in text


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


# -- generations -------------------------------------------------------------------------------------


def of_generations(*named, bases=True):
    """The text and the principals of the grants for tokens of these names, each with what it may publish to."""
    states = []
    for number, (name, topic) in enumerate(named):
        values = {"topic_produce_perm": "PART", "allow_produce_topic_list": (topic,), "topic_consume_perm": "NONE"}
        names = {"service_id": "s-1", "token_id": f"t-{number}", "name": name}
        states.append(State(names, {**values, "allow_consume_topic_list": ()}))
    text, grants = export.export({Q: states}, SETUPS, bases=bases)
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
    assert "# URocketMQ token t-0, ci of s-1, and ci.g2 beside it" in of_generations(("ci", "a"), ("ci.g2", "a"))[0]
    assert of_generations(("ci.g3", "a"), bases=False)[1] == ["ci.g3"]
