# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the next step of a rotation changes, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._rotation import plan
from ansible_collections.grantops.cloud.tests.unit.conftest import NOW

from .tasks import OF_ROCKETMQ, OF_UFILE, ROCKETMQ, UROCKETMQ, done, one, refused, token, tokens

OLD, NEW = token(), token(2, "ci-1.g2")
OF_UROCKETMQ = {"system": "ucloud_urocketmq", "service_id": "s-1", "principal": "ci-1"}


@pytest.mark.parametrize(
    "rows, text",
    [
        ([token(name="ci-2")], "there is no UFile token 'ci-1' (did you mean 'ci-2'?)"),
        ([OLD, NEW, token(3, "ci-1.g3")],
         "there are 3: ci-1 (token_id t-1), the oldest; ci-1.g2 (token_id t-2), generation 2"),
        ([OLD, token(2)], "there are 2: ci-1 (token_id t-1), the oldest; ci-1 (token_id t-2), the oldest"),
        ([OLD, token(2, None)], "the service shows no token_name for t-2"),
        ([token(ExpireTime=NOW)], "ended at 2025-06-15T15:06:40Z. Give it a later end first"),
        ([token(ExpireTime=None)], "of ci-1 (token_id t-1) it shows no expire_time"),
    ],
)  # fmt: skip
def test_what_has_no_next_step_is_refused(rows, text):
    assert text in refused("begin", [tokens(*rows)])


def test_any_generation_names_its_principal():
    assert done("begin", [tokens(OLD, NEW), one(NEW)], dict(OF_UFILE, principal="ci-1.g2"))["principal"] == "ci-1"


def test_generations_that_differ_are_refused_with_a_way_out():
    differing = token(2, "ci-1.g2", AllowedBuckets=["b9"])
    for step in ("begin", "finish"):
        message = refused(step, [tokens(OLD, differing)])
        assert "ci-1.g2 (token_id t-2): allowed_buckets is [acme-data, acme-logs] and [b9]" in message
        assert "replace: true" in message
    message = refused("finish", [tokens(token(WhiteIPList=["10.0.0.1"]), NEW)])
    assert 'white_ip_list is ["10.0.0.1"] and not shown' in message


def test_an_end_that_is_near_is_told():
    result = done("begin", [tokens(token(ExpireTime=NOW + 86400))], check_mode=True)
    assert result["warnings"] == ["UFile token ci-1.g2 ends when ci-1 does: at 2025-06-16T15:06:40Z."]


def test_what_the_service_keeps_for_itself_is_refused():
    default = UROCKETMQ.plain(Type="Default")
    assert "this is the service's Default token" in refused("begin", [UROCKETMQ.list(default)], OF_UROCKETMQ)
    fixed = ROCKETMQ.row(default_topic_perm="", default_group_perm="")
    message = refused("begin", [ROCKETMQ.list(fixed)], OF_ROCKETMQ)
    assert "and not a fixed administrator; of billing-1 it shows no default_topic_perm, default_group_perm" in message


def test_a_name_that_gets_too_long_is_refused_with_another_way():
    name = "b" * 62
    message = refused("begin", [ROCKETMQ.list(ROCKETMQ.row(access_key=name))], dict(OF_ROCKETMQ, principal=name))
    assert "7 to 64 letters" in message
    assert "in_place: true" in message


def test_new_keys_are_by_the_rules():
    (rule,) = [field.type for field in ROCKETMQ.resource.fields if field.option == "secret_key"]
    keys = {plan.new_key("billing-1") for _each in range(200)}
    assert len(keys) == 200
    assert all(rule.desired(key) == key and len(key) == 32 and key.isalnum() for key in keys)


def test_a_new_key_is_drawn_again_until_it_is_by_the_rules(monkeypatch):
    drawn = iter("a" * 32 + "Aa1" + "x" * 29 + "Bb2" + "y" * 29)
    monkeypatch.setattr(plan.secrets, "choice", lambda alphabet: next(drawn))
    assert plan.new_key("Aa1" + "x" * 29) == "Bb2" + "y" * 29
