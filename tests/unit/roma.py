# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ROMA topics for the tests of their own rules: topics by their policies, and what a task comes to."""

from __future__ import annotations

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import roma_topic_policy
from ansible_collections.grantops.cloud.tests.unit.cases import Roma
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, run

RESOURCE = roma_topic_policy.RESOURCE
case = Roma()
ONE = {"instance_id": "i-1", "name": "orders-1"}
BILLING, SHOP = case.two("policies")


def row(*items, number=1, **changes):
    """A topic with the owner's policy and these."""
    return dict(case.row_with("policies", items, number), **changes)


def bare(*items):
    """A topic with these policies alone."""
    policies = [dict({"owner": False, "tag": ""}, **item) for item in items]
    return dict(case.row(), policies=[dict(item, user_name="key-" + item["app_name"]) for item in policies])


def change(options, current, after):
    calls = case.read(current) + case.prepare(current) + case.write(after) + case.read(after)
    result = run(RESOURCE, dict(ONE, **options), calls)
    assert result["changed"] is True, result
    return result


def unchanged(options, current, *more):
    result = run(RESOURCE, dict(ONE, **options), case.read(current) + list(more))
    assert result["changed"] is False, result
    return result


def refused(options, calls):
    result = attempt(RESOURCE, dict({"instance_id": "i-1"}, **options), calls)
    assert result["failed"] is True, result
    return result
