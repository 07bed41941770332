# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import pathlib
import re

import pytest

yaml = pytest.importorskip("yaml")

from ansible_collections.grantops.cloud.plugins.module_utils import _access_task as tasks
from ansible_collections.grantops.cloud.plugins.module_utils._access import findings, model
from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.builtin import SETUPS

from ._access.estates import rocketmq, roma, ufile, urocketmq
from ._permissions.passes import state

USER = {"system": "huaweicloud_rocketmq", "instance_id": "i-1", "principal": "u", "setup": "producer", "topics": ["a"]}
APP = dict(USER, system="huaweicloud_roma", instance_id="r-1", principal="app", topics=["orders"])
TOKEN = {"system": "ucloud_ufile", "principal": "t", "setup": "read_only", "buckets": ["b"]}


def checked(*grants, setups=None):
    found, problems = core.check(list(grants), SETUPS if setups is None else setups)
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
    assert tasks.scopes_to_read(checked(*grants), ufile_too, named) == expected


def test_nothing_to_look_at_is_an_error():
    with pytest.raises(ValueError) as caught:
        tasks.scopes_to_read([], False, {})
    assert str(caught.value) == (
        "There is nothing to look at. Name what to read: permissions_file or permissions_grants, ufile: true, "
        "urocketmq_services, rocketmq_instances, roma_instances"
    )


def read(system, scope, *rows):
    """As it was read: the States that ``rows`` show."""
    resource, states = core.SYSTEMS[system].resource, []
    for row in rows:
        names = {name.option: row[name.option] for name in resource.names if row.get(name.option)}
        options = [field.option for field in resource.fields if row.get(field.option) is not None]
        states.append(state(system, names, {option: row[option] for option in options}))
    return tasks.Read(system, scope, states)


def whole(scopes, *grants, setups=None, file="grants.yml", **options):
    setups = SETUPS if setups is None else setups
    found = checked(*grants, setups=setups)
    places = {grant.index: {"file": file, "number": grant.index + 1, "line": None} for grant in found}
    return tasks.data(scopes, found, setups, places, **options)


def drifted(data):
    return [each for each in data["findings"] if each["id"] == "DR001"]


def differs(grant, scope, principal, why, remedy):
    return findings.finding("DR001", why, remedy, grant["system"], scope, principal)


def exactly(*grants, **more):
    return f"ansible localhost -m grantops.cloud.permissions -a '{json.dumps({'grants': grants, 'scope': 'exact', **more}, sort_keys=True)}'"


CHANGE = """ansible localhost -m grantops.cloud.huaweicloud_rocketmq_user -a '{"instance_id": "i-1", "topic_perms": """
NEW = {**USER, "principal": "new", "secret_key": "Fresh-Key-1"}


@pytest.mark.parametrize(
    ("topics", "grant", "file", "why", "remedy"),
    [
        ({"a": "PUB"}, USER, "grants.yml", None, None),
        ({"a": "PUB", "b": "PUB"}, USER, "grants.yml", "What differs: topic_perms.",
         CHANGE + """[{"name": "a", "perm": "PUB"}], "user_name": "u"}'"""),
        # A key is not printed.
        ({}, NEW, "mq.yml", "It does not exist.",
         "ansible-playbook grantops.cloud.apply -e permissions_file=mq.yml -e permissions_scope=exact"),
        ({}, NEW, None, "It does not exist.",
         "ansible-playbook grantops.cloud.apply -e permissions_file=grants.yml -e permissions_scope=exact"),
        ({"a": "PUB"}, {**USER, "principal": "nobody"}, "grants.yml",
         "Its grants cannot be met: permissions_grants[0] (nobody): RocketMQ user nobody: it does not exist yet, so secret_key "
         "must be the key of the new user, from a vault; got nothing",
         "Correct the grant, or create what it names."),
    ],
)  # fmt: skip
def test_what_differs_from_its_grants_is_found_with_what_settles_it(topics, grant, file, why, remedy):
    data = whole([read("huaweicloud_rocketmq", "i-1", rocketmq("u", topics))], grant, file=file)
    assert drifted(data) == ([differs(grant, "i-1", grant["principal"], why, remedy)] if why else [])


def test_what_differs_on_the_other_systems():
    scopes = [
        read("ucloud_ufile", "org-1", ufile("t", buckets=["c"])),
        read("huaweicloud_roma", "r-1", roma(app=("sub",)), roma("stock", app=("pub",))),
    ]
    own = dict.fromkeys(
        ("mine", "other"), {"ucloud_ufile": {"allowed_ops": ["TOKEN_ALLOW_READ"], "allowed_buckets": "$buckets"}}
    )
    coming = dict(TOKEN, principal="new", setup="mine")
    command = (
        """ansible localhost -m grantops.cloud.ucloud_ufile_token -a '{"allowed_buckets": ["b"], "allowed_ops": """
    )
    assert drifted(whole(scopes, TOKEN, APP, coming, setups={**SETUPS, **own})) == [
        differs(APP, "r-1", "app", "Its policies differ on orders, stock.", exactly(APP)),
        differs(TOKEN, "org-1", "id-t", "What differs: allowed_buckets, allowed_ops.",
                command + """["TOKEN_ALLOW_LIST", "TOKEN_ALLOW_READ"], "project_id": "org-1", "token_id": "id-t"}'"""),
        differs(TOKEN, "org-1", "new", "It does not exist.", exactly(coming, setups={"mine": own["mine"]}, ucloud={"project_id": "org-1"})),
    ]  # fmt: skip
    # Of what was not read nothing is said to differ.
    assert drifted(whole([tasks.Read("ucloud_ufile", "", problem="refused")], TOKEN)) == []


@pytest.mark.parametrize(
    ("changes", "atoms"),
    [
        ({}, {("topic_perms", "a", "PUB")}),
        ({"state": "absent"}, set()),
        ({"setup": "no_access", "topics": None}, set()),
    ],
)
def test_what_a_grant_declares(changes, atoms):
    raw = dict(USER, owner="shop", reason="billing", ticket="T-1", **changes)
    (grant,) = checked({key: value for key, value in raw.items() if value is not None})
    place = {"file": "grants.yml", "number": 3, "line": 12}
    made = tasks.declared_of(grant, place)
    assert (made.system, made.scope, made.names, made.place) == ("huaweicloud_rocketmq", "i-1", {"u"}, place)
    assert made.about == {"owner": "shop", "reason": "billing", "ticket": "T-1"}
    assert atoms <= made.atoms and bool(made.atoms) == bool(atoms)


def test_the_data_say_their_version_and_what_is_known_of_switches():
    data = tasks.data([read("huaweicloud_roma", "r-1", roma(app=("pub",)))], None, SETUPS, {}, roma_sasl=True)
    assert (data["version"], data["scopes"][0]["assumption"]) == (model.VERSION, None)


def test_what_no_grant_names_comes_with_the_grant_that_declares_it():
    scopes = [
        read("ucloud_urocketmq", "s-1", urocketmq("t", "PART", topics=["a"])),
        read("huaweicloud_roma", "r-1", roma(app=("pub",), other=("sub",))),
        read("huaweicloud_rocketmq", "i-1", rocketmq("u", {"a": "PUB"})),
        read("ucloud_ufile", "", ufile("t.g2", prefixes=["a/"])),
    ]
    found = [each for each in whole(scopes, USER)["findings"] if each["id"] == "ID001"]
    given = [grant for each in found for grant in yaml.safe_load(each["remedy"])["permissions_grants"]]
    setups = [(grant["principal"], grant["setup"]) for grant in given]
    # Each is declared by itself, also a later generation.
    assert setups == [("app", "producer"), ("other", "consumer"), ("t.g2", "custom"), ("t", "producer")]
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
