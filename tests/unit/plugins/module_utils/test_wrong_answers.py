# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are not what the documents say. Each of these was once a traceback, or taken for something it is not."""

from __future__ import annotations

import json

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, attempt, run, ucloud

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL


def test_a_quote_is_brief():
    assert errors.brief("x") == "'x'"
    assert len(errors.brief("x" * 5000)) < 150
    assert "5000 characters" in errors.brief("x" * 5000)
    deep = []
    for _unused in range(100000):
        deep = [deep]
    assert errors.brief(deep) in ("something nested deeply", errors.brief(deep))
    assert len(errors.brief(deep)) < 150


@pytest.mark.parametrize("name", [None, 7, ["ci-1"], "missing"])
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(("case", "key", "option"), [(UFILE, "TokenName", "token_name"), (UROCKETMQ, "Name", "name")])
def test_a_row_without_its_name_may_be_the_one_that_is_looked_for(case, key, option, name, state):
    """It is neither created a second time nor taken for deleted."""
    row = case.row(**{key: name})
    if name == "missing":
        del row[key]
    calls = case.read_all(row)[:1]
    result = attempt(case.resource, {**case.scope, option: "ci-1", "state": state}, calls)
    assert result["failed"] is True
    assert "TokenName" in result["msg"] or f"no {option} came for t-1" in result["msg"]


def test_a_token_that_has_no_name_is_not_the_one():
    row = UROCKETMQ.row(Name="", TopicProducePerm="NONE", TopicConsumePerm="NONE")
    result = run(UROCKETMQ.resource, {"service_id": "s-1", "name": "ci-1", "state": "absent"}, [UROCKETMQ.list(row)])
    assert result["changed"] is False


@pytest.mark.parametrize("perm", [None, "missing"])
@pytest.mark.parametrize("option", ["topic_perms", "group_perms"])
def test_a_permission_that_is_not_said_is_not_known(option, perm):
    row = ROCKETMQ.row()
    row[option][0] = {"name": "orders", "perm": None} if perm is None else {"name": "orders"}
    result = attempt(ROCKETMQ.resource, {**ROCKETMQ.scope, **ROCKETMQ.names()}, ROCKETMQ.read(row))
    assert f"unusable {option}: orders has no perm" in result["msg"]


@pytest.mark.parametrize("name", [["shop"], {"a": 1}, 7])
def test_an_application_whose_name_is_no_text(name):
    row = ROMA.row()
    row["policies"][0]["app_name"] = name
    result = attempt(ROMA.resource, {**ROMA.scope, **ROMA.names()}, ROMA.read(row))
    assert "the response for topic orders-1 has an unusable app_name" in result["msg"]


@pytest.mark.parametrize("name", [["stats"], {"a": 1}, 7, None])
def test_an_application_in_the_list_whose_name_is_no_text(name):
    apps = ROMA.list_apps()
    apps.answer["apps"][-1]["name"] = name
    row = ROMA.row()
    options = {**ROMA.scope, **ROMA.names(), "policies": [{"app_name": "stats", "access_policy": "pub"}]}
    result = attempt(ROMA.resource, options, [*ROMA.read(row), *ROMA.details(row), apps])
    assert "the instance shows no application stats" in result["msg"]


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], [None]])
def test_what_is_only_shown_is_no_tree(value):
    row = UFILE.row(CreateTime=value, Region=value)
    result = run(UFILE.resource, UFILE.names(), UFILE.read(row), info=True)
    assert [result["tokens"][0][key] for key in ("create_time", "region")] == [None, None]


@pytest.mark.parametrize("region", [None, "", 7, {"a": 1}])
def test_a_region_that_is_none_is_the_tasks_own(region):
    options = dict(UFILE.names(), state="absent", region="cn-bj2", verify=False)
    delete = ucloud("DeleteUFileToken", {"TokenId": "t-1"}, {})
    calls = [*UFILE.read(UFILE.row(Region=region)), delete]
    assert run(UFILE.resource, options, calls)["changed"] is True


@pytest.mark.parametrize("key", ["PublicKey", "PrivateKey"])
def test_half_a_key_pair_is_no_credential(key):
    row = UFILE.row(**{key: ["x"]})
    create = ucloud("CreateUFileToken", ANY, {"TokenId": "t-1"})
    calls = [*UFILE.read_all(), create, *UFILE.read(row), *UFILE.read(row)]
    options = dict(cases.ALL_OF_IT, token_name="ci-1", return_credentials=True, verify=False)
    result = attempt(UFILE.resource, options, calls[:-1])
    assert "answered without its key pair" in result["msg"]


def test_a_value_of_any_size_is_quoted_briefly():
    row = UFILE.row(ExpireTime="x" * 100000)
    result = attempt(UFILE.resource, UFILE.names(), UFILE.read(row))
    assert len(json.dumps(result)) < 5000
