# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the next step of a rotation changes, and what is refused."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._rotation import plan
from ansible_collections.grantops.cloud.tests.unit.conftest import NOW
from ansible_collections.grantops.cloud.tests.unit.scripted import PRIVATE_KEY

from .tasks import OF_ROCKETMQ, OF_UFILE, ROCKETMQ, UROCKETMQ, done, nothing, one, refused, token, tokens

OLD, NEW = token(), token(2, "ci-1.g2")
DAY = 86400
TWO = "must have one generation, or two while its keys change hands; there are "
TOO_MANY = "Delete those whose keys nobody uses, with state: absent and their token_id."
OF_UROCKETMQ = {"system": "ucloud_urocketmq", "service_id": "s-1", "principal": "ci-1"}


@pytest.mark.parametrize(
    "rows, text, hint",
    [
        ([token(name="ci-2.g3")], "must be one that exists; there is no UFile token 'ci-1' (did you mean 'ci-2'?)", None),
        ([NEW, token(3, "ci-1.g3"), OLD],
         TWO + "3: ci-1 (token_id t-1), the oldest; ci-1.g2 (token_id t-2), generation 2; ci-1.g3 (token_id t-3), generation 3",
         TOO_MANY),
        ([token(2), OLD], TWO + "2: ci-1 (token_id t-1), the oldest; ci-1 (token_id t-2), the oldest", TOO_MANY),
        ([OLD, token(3, None), token(2, None)],
         "it is not known which generations exist, since the service shows no token_name for t-2, t-3", None),
        ([token(ExpireTime=NOW)],
         "must be one that has not ended; ci-1 (token_id t-1) ended at 2025-06-15T15:06:40Z. Give it a later end first: a new "
         "token gets the same", None),
        ([token(ExpireTime=None, AllowedOps=None)],
         "must be one whose permissions the service shows; of ci-1 (token_id t-1) it shows no allowed_ops, expire_time", None),
    ],
)  # fmt: skip
def test_what_has_no_next_step_is_refused(rows, text, hint):
    assert refused("begin", [tokens(*rows)]) == nothing(text, hint=hint)


def test_a_token_of_another_region_is_another_one():
    elsewhere = token(2, Region="hk")
    assert done("begin", [tokens(elsewhere, OLD)], check_mode=True)["old"]["token_id"] == "t-1"


def test_a_token_without_a_region_is_not_deleted_without_one():
    connection = {"public_key": "public", "private_key": PRIVATE_KEY, "project_id": "org-1"}
    rows = [token(Region=None), token(2, "ci-1.g2", Region=None)]
    text = "it must be given to delete this token, since the service does not show the token's region"
    assert refused("finish", [tokens(*rows)], ucloud=connection) == nothing(text, "region")


def test_any_generation_names_its_principal():
    assert done("begin", [tokens(OLD, NEW), one(NEW)], dict(OF_UFILE, principal="ci-1.g2"))["principal"] == "ci-1"
    assert done("begin", [tokens(NEW)], check_mode=True)["new"] == {"token_name": "ci-1.g3", "generation": 3}


def test_generations_that_differ_are_refused_with_a_way_out():
    old, new = token(WhiteIPList=["10.0.0.1"]), token(2, "ci-1.g2", AllowedBuckets=["b9"])
    text = (
        "must have two generations with the same permissions; of ci-1 (token_id t-1) and ci-1.g2 (token_id t-2): "
        'allowed_buckets is [acme-data, acme-logs] and [b9]; white_ip_list is ["10.0.0.1"] and not shown'
    )
    hints = {
        "begin": "Where ci-1.g2 is to follow ci-1, make them equal, with a grant of ci-1, which is for both, or with replace: "
        "true, which makes the newer one anew. Where it is something of its own, give that another name.",
        "finish": "Nothing was deleted. Make them equal, with a grant of ci-1, which is for both, or begin with replace: true.",
    }
    for step, hint in hints.items():
        assert refused(step, [tokens(old, new)]) == nothing(text, hint=hint)


@pytest.mark.parametrize(
    "end, warnings",
    [(30 * DAY, ["UFile token ci-1.g2 ends when ci-1 does: at 2025-07-15T15:06:40Z."]), (30 * DAY + 1, None)],
)
def test_an_end_that_is_near_is_told(end, warnings):
    assert done("begin", [tokens(token(ExpireTime=NOW + end))], check_mode=True).get("warnings") == warnings


def test_what_the_service_keeps_for_itself_is_refused():
    default = UROCKETMQ.plain(Type="Default")
    why = "ci-1 (token_id t-1): this is the service's Default token, which cannot be changed or deleted"
    said = nothing(f"must be one that can be rotated; {why}")
    assert refused("begin", [UROCKETMQ.list(default)], OF_UROCKETMQ) == said
    fixed = ROCKETMQ.row(default_topic_perm="", default_group_perm="", secret_key="********")
    assert refused("begin", [ROCKETMQ.list(fixed)], OF_ROCKETMQ) == nothing(
        "must be one whose permissions the service shows, and not a fixed administrator; of billing-1 it shows no "
        "default_topic_perm, default_group_perm"
    )


def test_a_name_that_gets_too_long_is_refused_with_another_way():
    name = "b" * 62
    said = nothing(
        f"must have a name that allows '{name}-g2' as the next one: a new user's name begins with a letter and has 7 to 64 "
        f"letters, digits, '-' or '_'; got '{name}'. in_place: true changes the key of the user itself"
    )
    calls = [ROCKETMQ.list(ROCKETMQ.row(access_key=name))]
    assert refused("begin", calls, dict(OF_ROCKETMQ, principal=name)) == said


def test_new_keys_are_by_the_rules():
    (rule,) = [field.type for field in ROCKETMQ.resource.fields if field.option == "secret_key"]
    keys = {plan.new_key("billing-1") for _each in range(200)}
    assert len(keys) == 200
    assert all(rule.desired(key) == key and len(key) == 32 and key.isalnum() for key in keys)


def test_a_new_key_is_drawn_again_until_it_is_by_the_rules(monkeypatch):
    drawn = iter("a" * 32 + "Aa1" + "x" * 29 + "Bb2" + "y" * 29)
    monkeypatch.setattr(plan.secrets, "choice", lambda alphabet: next(drawn))
    assert plan.new_key("Aa1" + "x" * 29) == "Bb2" + "y" * 29
