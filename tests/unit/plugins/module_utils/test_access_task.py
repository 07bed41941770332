# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pathlib
import re

import pytest

yaml = pytest.importorskip("yaml")

from ansible_collections.grantops.cloud.plugins.module_utils import _access_task as tasks
from ansible_collections.grantops.cloud.plugins.module_utils._access import model
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS

from ._access.estates import rocketmq, roma, ufile, urocketmq
from ._permissions.passes import state

USER = {"system": "huaweicloud_rocketmq", "instance_id": "i-1", "principal": "u", "setup": "producer", "topics": ["a"]}
APP = dict(USER, system="huaweicloud_roma", instance_id="r-1", principal="app", topics=["orders"])
TOKEN = {"system": "ucloud_ufile", "principal": "t", "setup": "read_only", "buckets": ["b"]}


def checked(*grants):
    found, problems = core.check(list(grants), SETUPS)
    assert problems == []
    return found


@pytest.mark.parametrize(
    ("grants", "ufile_too", "named", "expected"),
    [
        ([USER, USER], None, {}, {"huaweicloud_rocketmq": ["i-1"]}),
        ([TOKEN], None, {}, {"ucloud_ufile": [""]}),
        ([TOKEN, USER], False, {}, {"huaweicloud_rocketmq": ["i-1"]}),
        ([], True, {"ucloud_urocketmq": ["b", "a"]}, {"ucloud_ufile": [""], "ucloud_urocketmq": ["a", "b"]}),
        ([APP], None, {"huaweicloud_roma": ["r-2"]}, {"huaweicloud_roma": ["r-1", "r-2"]}),
    ],
)
def test_what_is_named_is_read_and_what_grants_are_about(grants, ufile_too, named, expected):
    assert tasks.wanted(checked(*grants), ufile_too, named) == expected


def test_nothing_to_look_at_is_an_error():
    with pytest.raises(ValueError, match="nothing to look at"):
        tasks.wanted([], False, {})


def read(system, scope, *rows):
    """As it was read: the States that ``rows`` show."""
    resource, states = core.SYSTEMS[system].resource, []
    for row in rows:
        names = {name.option: row[name.option] for name in resource.names if row.get(name.option)}
        options = [field.option for field in resource.fields if row.get(field.option) is not None]
        states.append(state(system, names, {option: row[option] for option in options}))
    return tasks.Read(system, scope, states)


def whole(scopes, *grants):
    found = checked(*grants)
    places = {grant.index: {"file": "grants.yml", "number": grant.index + 1, "line": None} for grant in found}
    return tasks.data(scopes, found, SETUPS, places)


def drifted(data):
    return [(each["principal"], each["why"], each["remedy"]) for each in data["findings"] if each["id"] == "DR001"]


@pytest.mark.parametrize(
    ("topics", "grant", "why", "remedy"),
    [
        ({"a": "PUB"}, USER, None, None),
        ({"a": "PUB", "b": "PUB"}, USER, "What differs: topic_perms.",
         '{"instance_id": "i-1", "topic_perms": [{"name": "a", "perm": "PUB"}], "user_name": "u"}'),
        # A key is not printed.
        ({}, {**USER, "principal": "new", "secret_key": "Fresh-Key-1"}, "not exist",
         "apply -e permissions_file=grants.yml"),
        ({"a": "PUB"}, {**USER, "principal": "nobody"}, "Its grants cannot be met: .*does not exist yet",
         "Correct the grant"),
    ],
)  # fmt: skip
def test_what_differs_from_its_grants_is_found_with_what_settles_it(topics, grant, why, remedy):
    data = whole([read("huaweicloud_rocketmq", "i-1", rocketmq("u", topics))], grant)
    found = drifted(data)
    assert bool(found) == (why is not None)
    for principal, text, given in found:
        assert principal == grant["principal"] and re.search(why, text) and remedy in given


def test_what_differs_on_the_other_systems():
    scopes = [
        read("ucloud_ufile", "", ufile("t", buckets=["c"])),
        read("huaweicloud_roma", "r-1", roma(app=("sub",)), roma("stock", app=("pub",))),
    ]
    assert [each[:2] for each in drifted(whole(scopes, TOKEN, APP))] == [
        ("app", "Its policies differ on orders, stock."),
        ("id-t", "What differs: allowed_buckets, allowed_ops."),
    ]
    # Of what was not read nothing is said to differ.
    assert drifted(whole([tasks.Read("ucloud_ufile", "", problem="refused")], TOKEN)) == []


def test_what_no_grant_names_comes_with_the_grant_that_declares_it():
    scopes = [
        read("ucloud_urocketmq", "s-1", urocketmq("t", "PART", topics=["a"])),
        read("huaweicloud_roma", "r-1", roma(app=("pub",), other=("sub",))),
        read("huaweicloud_rocketmq", "i-1", rocketmq("u", {"a": "PUB"})),
    ]
    found = [each for each in whole(scopes, USER)["findings"] if each["id"] == "ID001"]
    given = [grant for each in found for grant in yaml.safe_load(each["remedy"])["permissions_grants"]]
    setups = [(grant["principal"], grant["setup"]) for grant in given]
    assert setups == [("app", "producer"), ("other", "consumer"), ("t", "producer")]
    assert [each for each in whole(scopes, USER, *given)["findings"] if each["id"] in ("ID001", "DR001")] == []


def test_what_no_grant_can_say_comes_with_why_and_without_an_empty_list():
    scopes = [read("ucloud_ufile", "", ufile("t"))]
    scopes[0].states[0].values["allowed_prefixes"] = ("",)  # as a service may show it
    (found,) = [each["remedy"] for each in whole(scopes)["findings"] if each["id"] == "ID001"]
    assert "permissions_grants:" not in found
    assert re.search(r"^# UFile token .*\n# Not exported: .*entry must not be empty.*\nNo grant can say that\.", found)


def test_the_version_is_that_of_the_collection():
    galaxy = yaml.safe_load((pathlib.Path(__file__).resolve().parents[4] / "galaxy.yml").read_text(encoding="utf-8"))
    assert galaxy["version"] == model.VERSION
