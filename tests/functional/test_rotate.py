# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys change hands without an outage, whatever breaks a step off, and nobody sees them."""

from __future__ import annotations

import copy
import itertools
import json
import threading
from dataclasses import dataclass
from typing import Any

import cases
import harness
import pytest
import requests
import ways
from role_harness import Role

from ansible_collections.grantops.cloud.plugins.module_utils import _rotation_task
from ansible_collections.grantops.cloud.plugins.module_utils._rotation import run
from simulator import enforcement

NOW = 1750000000


@dataclass(frozen=True, eq=False)
class Rotated:
    """A system: how its principal `alpha` is named, and what the first and the second of it are called by the service."""

    system: str
    principal: str
    scope: dict[str, str]
    mark: str
    secrets: tuple[str, ...]
    resources: tuple[dict[str, str], ...]

    def __str__(self):
        return self.system

    @property
    def provider(self):
        return self.system.partition("_")[0]

    def principals(self, sim):
        """Name -> its records, of those that are named like this one."""
        if self.system == "ucloud_ufile":
            rows = [(row["TokenName"], row) for row in sim.estate["ucloud"]["ufile_tokens"].values()]
        elif self.system == "ucloud_urocketmq":
            rows = [(row["Name"], row) for row in sim.estate["ucloud"]["urocketmq"]["urmq-1"]["tokens"].values()]
        else:
            rows = [
                (row["access_key"], row) for row in sim.estate["huaweicloud"]["rocketmq"]["rmq-1"]["users"].values()
            ]
        found: dict[str, list[Any]] = {}
        for name, row in rows:
            if name.startswith(self.principal):
                found.setdefault(name, []).append(row)
        return found

    def id_of(self, row):
        return row.get("TokenId") or row["access_key"]

    def key_of(self, row):
        return row.get("PrivateKey") or row.get("secret_key") or row["AKSK"]["SecretKey"]

    def access(self, sim, row):
        """What the documents let a principal do, decided by what knows nothing of the collection."""
        principal = (self.system, next(iter(self.scope.values()), ""), self.id_of(row))
        actions = ("read", "write", "overwrite", "list", "delete") if not self.scope else ("publish", "consume")
        return {
            (action, json.dumps(resource), address, at): enforcement.may(
                sim.estate, principal, action, resource, at, address, group="front"
            )
            for action, resource, address, at in itertools.product(
                actions, self.resources, ("192.0.2.1", "192.0.2.66", "192.0.2.10"), (NOW, 1893455999, 1893456001)
            )
        }

    def second(self, number=2):
        return f"{self.principal}{self.mark}{number}"


TOPICS = tuple({"kind": "topic", "name": name} for name in ("orders", "payments", "audit", "nothing"))
OBJECTS = tuple(
    {"kind": "object", "bucket": bucket, "name": name}
    for bucket in ("acme-data", "other")
    for name in ("in/a", "out/b", "c")
)
UFILE = Rotated("ucloud_ufile", "alpha", {}, ".g", ("public_key", "private_key"), OBJECTS)
UROCKETMQ = Rotated("ucloud_urocketmq", "alpha", {"service_id": "urmq-1"}, ".g", ("access_key", "secret_key"), TOPICS)
ROCKETMQ = Rotated("huaweicloud_rocketmq", "user-alpha", {"instance_id": "rmq-1"}, "-g", ("secret_key",), TOPICS)
ALL = (UFILE, UROCKETMQ, ROCKETMQ)
TOKENS = (UFILE, UROCKETMQ)
each_in_time = pytest.mark.parametrize(
    "case", [UFILE, ROCKETMQ, pytest.param(UROCKETMQ, marks=pytest.mark.long)], ids=lambda case: case.system
)
each = pytest.mark.parametrize("case", ALL, ids=lambda case: case.system)
of_tokens = pytest.mark.parametrize("case", TOKENS, ids=lambda case: case.system)


class Most:
    """A witness of the most generations that there were at any time."""

    def __init__(self, sim, case):
        self.sim, self.case, self.most = sim, case, 0
        sim.witness = self

    def acted(self, call):
        self.most = max(self.most, sum(map(len, self.case.principals(self.sim).values())))

    def answered(self, call, response):
        pass


@pytest.fixture(autouse=True)
def _estate(sim, monkeypatch):
    monkeypatch.setattr(run, "PAUSES", (0.05, 0.05))
    cases.furnish(sim)
    yield
    sim.witness = None


@pytest.fixture
def rotate(sim):
    """``rotate(case, step, …)``: the result of a task."""
    runner = harness.Runner(sim)

    def one(case, step, check_mode=False, connections=True, **options):
        given = {"system": case.system, "principal": case.principal, "step": step, "verify_timeout": 0.1, **case.scope}
        if connections:
            given[case.provider] = harness.connection(sim, case.provider)
        given.update(options)
        return runner.run_task(
            _rotation_task.RotationTask(), {k: v for k, v in given.items() if v is not None}, check_mode
        )

    return one


def done(result):
    assert not result.get("failed"), result["msg"]
    return result


def refused(result):
    assert result.get("failed") is True, result
    return result["msg"]


def keys_of(case, result):
    return {key: result["credentials"][key] for key in case.secrets}


def permissions(row):
    """A record without its names, keys and times; its lists have no order."""
    own = ("TokenId", "TokenName", "Name", "PublicKey", "PrivateKey", "AKSK", "access_key", "secret_key")
    kept = {key: value for key, value in row.items() if key not in (*own, "CreateTime", "ModifyTime")}
    return {key: sorted(value, key=str) if isinstance(value, list) else value for key, value in kept.items()}


# -- the two steps -----------------------------------------------------------------------------------


@each
def test_a_second_one_has_the_same_access_and_the_first_goes_when_it_is_asked_for(sim, rotate, case):
    watched = Most(sim, case)
    (old,) = copy.deepcopy(case.principals(sim)[case.principal])
    before = case.access(sim, old)
    begun = done(rotate(case, "begin"))
    assert begun["changed"] is True
    assert list(case.principals(sim)) == [case.principal, case.second()]
    (first,), (second,) = case.principals(sim).values()
    assert first == old
    assert case.access(sim, first) == case.access(sim, second) == before
    assert "allowed" in before.values()
    assert begun["credentials"][case.secrets[-1]] == case.key_of(second) != case.key_of(old)
    assert permissions(second) == permissions(first)
    finished = done(rotate(case, "finish"))
    assert finished["changed"] is True
    assert "credentials" not in finished
    assert case.principals(sim) == {case.second(): [second]}
    assert case.access(sim, second) == before
    assert watched.most == 2


@each
def test_each_step_may_be_repeated_and_begin_gives_the_same_keys_again(sim, rotate, case):
    assert "no rotation was begun" in refused(rotate(case, "finish"))
    begun = done(rotate(case, "begin"))
    estate = harness.dump(sim)
    again = done(rotate(case, "begin"))
    assert again["changed"] is False
    assert keys_of(case, again) == keys_of(case, begun)
    assert harness.dump(sim) == estate
    done(rotate(case, "finish"))
    estate = harness.dump(sim)
    assert done(rotate(case, "finish"))["changed"] is False
    assert harness.dump(sim) == estate
    # The next rotation goes on from there, under the same name.
    done(rotate(case, "begin"))
    done(rotate(case, "finish", principal=case.second(3)))
    assert list(case.principals(sim)) == [case.second(3)]


@each
def test_check_mode_predicts_and_shows_no_key(sim, rotate, case):
    estate = harness.dump(sim)
    for step in ("begin", "finish"):
        predicted = done(rotate(case, "begin", check_mode=True)) if step == "begin" else done(rotate(case, step, True))
        assert predicted["changed"] is True
        assert "credentials" not in predicted
        assert harness.dump(sim) == estate
        real = done(rotate(case, step))
        assert [row["action"] for row in predicted["changes"]] == [row["action"] for row in real["changes"]]
        assert predicted["diff"] == real["diff"] or step == "begin"  # the id of a new one is not known before
        estate = harness.dump(sim)
    assert not any(secret in json.dumps(predicted) for secret in sim.secrets())


@each
def test_generations_that_differ_are_refused_by_both_steps_until_the_newer_one_is_made_anew(sim, rotate, case):
    done(rotate(case, "begin"))
    ((second,),) = [rows for name, rows in case.principals(sim).items() if name == case.second()]
    option, value = {
        UFILE: ("AllowedBuckets", ["acme-data"]),
        UROCKETMQ: ("AllowProduceTopicList", "orders"),
        ROCKETMQ: ("default_topic_perm", "SUB"),
    }[case]
    kept, second[option] = second[option], value
    before = harness.dump(sim)
    for step in ("finish", "begin"):
        assert "must have two generations with the same permissions" in refused(rotate(case, step))
    assert harness.dump(sim) == before
    begun = done(rotate(case, "begin", replace=True))
    assert begun["changed"] is True
    ((second,),) = [rows for name, rows in case.principals(sim).items() if name == case.second()]
    assert second[option] == kept
    assert begun["credentials"][case.secrets[-1]] == case.key_of(second)
    done(rotate(case, "finish"))


# -- broken off, and two at once ---------------------------------------------------------------------


class Killed(BaseException):
    """What ends a run like SIGKILL: not one request more is sent."""


def kill_after(monkeypatch, count, answered):
    """End the run at a request: before it is sent, or when it was carried out but its response has not come."""
    sent = itertools.count()
    real = requests.Session.request

    def request(self, *args, **kwargs):
        number = next(sent)
        if number < count:
            return real(self, *args, **kwargs)
        if number == count and answered:
            real(self, *args, **kwargs)
        raise Killed

    monkeypatch.setattr(requests.Session, "request", request)


@each_in_time
@pytest.mark.parametrize(
    "step, replace, answered",
    [("begin", False, False), ("begin", False, True), ("begin", True, True), ("finish", False, True)],
    ids=["begin-before", "begin-after", "replace", "finish"],
)
def test_killed_at_any_request_and_repeated_it_ends_the_same(sim, rotate, case, step, replace, answered):
    more = {"replace": True} if replace else {}
    if replace or step == "finish":
        done(rotate(case, "begin"))
    start = copy.deepcopy(sim.estate)
    done(rotate(case, step, **more))
    names = list(case.principals(sim))
    count = 0
    while True:
        sim.estate.clear()
        sim.estate.update(copy.deepcopy(start))
        watched = Most(sim, case)
        with pytest.MonkeyPatch.context() as monkeypatch:
            kill_after(monkeypatch, count, answered)
            broken = rotate(case, step, **more)
        if not broken.get("failed"):
            break
        assert case.principal in case.principals(sim) or case.second() in case.principals(sim)
        result = done(rotate(case, step, **more))
        assert list(case.principals(sim)) == names
        assert all(len(rows) == 1 for rows in case.principals(sim).values())
        assert watched.most <= 2
        if step == "begin":
            (second,) = case.principals(sim)[case.second()]
            assert result["credentials"][case.secrets[-1]] == case.key_of(second)
        count += 1
    assert count > 2


@each
def test_two_at_once_on_one_host_make_one(sim, rotate, case):
    watched = Most(sim, case)
    sim.traps.set(latency=30)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(rotate(case, "begin", verify_timeout=5))) for _two in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one, other = map(done, found)
    assert keys_of(case, one) == keys_of(case, other)
    assert {one["changed"], other["changed"]} == {True, False}
    assert watched.most == 2


def another(sim, case, token_id):
    """What another controller writes at the same moment: a second token of the same name."""
    (old,) = case.principals(sim)[case.principal]
    name = "TokenName" if case is UFILE else "Name"
    row = {**copy.deepcopy(old), "TokenId": token_id, name: case.second()}
    if case is UFILE:
        return {f"ucloud/ufile_tokens/{token_id}": row}
    return {f"ucloud/urocketmq/urmq-1/tokens/{token_id}": row}


@of_tokens
@pytest.mark.parametrize("other", ["0", "zzzz"], ids=["smaller", "larger"])
def test_two_controllers_at_once_leave_one_and_say_so(sim, rotate, case, other):
    """Whatever the ids: the other one does not go, so this one does."""
    sim.traps.set(second_writer={"match": "create", "after": True, "set": another(sim, case, other)})
    begun = done(rotate(case, "begin"))
    assert begun["credentials"]["token_id"] == other
    assert [case.id_of(row) for row in case.principals(sim)[case.second()]] == [other]
    assert any("Another controller created" in text for text in begun["warnings"])


# -- what is refused ---------------------------------------------------------------------------------


@each
@pytest.mark.parametrize("step", ["begin", "finish"])
def test_nobody_is_refused_with_who_may_be_meant(sim, rotate, case, step):
    message = refused(rotate(case, step, principal=case.principal[:-1]))
    assert f"did you mean {case.principal!r}?" in message


# -- grants, meanwhile -------------------------------------------------------------------------------


def grant_of(case):
    """What makes `alpha` of the estate what it is not yet: a grant that is to be made so."""
    grant = {"system": case.system, "principal": case.principal, **case.scope}
    if case is UFILE:
        return dict(grant, setup="read_only", buckets=["fresh"], prefixes=["new/"])
    return dict(grant, setup="producer", topics=["fresh"])


@each
def test_a_grant_of_the_name_goes_on_from_begin_to_finish(sim, run, rotate, case):
    """With exclusive too: what a rotation made is not deleted, nor made twice, and gets what the grant gives."""
    grants, role = [grant_of(case)], Role(run)
    exact = {"scope": "exact", "exclusive": True}
    role(grants, **exact)
    assert len(case.principals(sim)) == 1
    done(rotate(case, "begin"))
    assert [row["status"] for row in role(grants, **exact)] == ["unchanged", "unchanged"]
    more = dict(grants[0], **({"buckets": ["fresh", "other"]} if case is UFILE else {"topics": ["fresh", "other"]}))
    for scope in ({}, exact):
        rows = role([more], **scope)
        assert [row["principal"] for row in rows] == [case.principal, case.second()]
        assert {row["status"] for row in rows} == ({"unchanged"} if scope else {"written"})
    (first,), (second,) = case.principals(sim).values()
    assert permissions(first) == permissions(second)
    done(rotate(case, "finish"))
    (row,) = role([more], **exact)
    assert (row["principal"], row["status"]) == (case.second(), "unchanged")
    role([dict(more, state="absent")])
    (row,) = case.principals(sim)[case.second()]
    assert set(case.access(sim, row).values()) == {enforcement.REFUSED}


@each
def test_what_is_exported_meanwhile_is_planned_as_no_change_and_declared(sim, run, rotate, case):
    role = Role(run)
    scopes = {"urocketmq_services": ["urmq-1"], "rocketmq_instances": ["rmq-1"]}
    for step in ("begin", "finish"):
        done(rotate(case, step))
        grants = role.read(**scopes)["grants"]
        named = [grant["principal"] for grant in grants if grant["system"] == case.system]
        assert {name for name in named if name.startswith(case.principal)} == {case.principal}
        rows = role(grants, scope="exact", exclusive=True)
        assert {row["status"] for row in rows} == {"unchanged"}
        found = role.read(grants=grants, **scopes)
        declared = {row["name"]: row["declared"] for row in found["principals"] if row["system"] == case.system}
        assert set(declared.values()) == {True}
        assert case.second() in declared


def test_a_name_that_only_looks_like_a_generation_works_as_itself(sim, run, rotate):
    sim.add_ufile_token(TokenName="data.g2", AllowedBuckets=["b"], AllowedOps=["TOKEN_ALLOW_READ", "TOKEN_ALLOW_LIST"])
    grant = {"system": "ucloud_ufile", "principal": "data.g2", "setup": "read_only", "buckets": ["b"]}
    (row,) = Role(run)([grant], scope="exact")
    assert (row["principal"], row["status"]) == ("data.g2", "unchanged")


# -- nobody sees the keys ----------------------------------------------------------------------------


@each
@ways.worker_first
def test_no_key_is_in_the_output_or_in_a_file(sim, play, case, way):
    """Without no_log: a result with keys is kept from the output by the module itself."""
    task = {"system": case.system, "principal": case.principal, **case.scope}
    played = play(
        [
            {"grantops.cloud.rotate": {**task, "step": "begin"}, "register": "begun"},
            {
                "ansible.builtin.assert": {
                    "that": [f"begun.credentials.{case.secrets[-1]} | length > 8", "begun is changed"]
                }
            },
            {"grantops.cloud.rotate": {**task, "step": "begin"}, "loop": [1, 2]},
            {"grantops.cloud.rotate": {**task, "step": "finish"}},
            {"grantops.cloud.rotate": {**task, "step": "finish"}},
        ],
        verbosity=4,
        way=way,
    )
    assert played.code == 0, played.output
    assert played.output.count("is censored") + played.output.count("hidden due to the fact") >= 2, played.output
    secrets = [secret for secret in sim.secrets() if len(secret) > 8]
    (second,) = case.principals(sim)[case.second()]
    assert case.key_of(second) in secrets
    files = [path for path in played.folder.rglob("*") if path.is_file()]
    for text in [played.output, *(path.read_text(encoding="utf-8", errors="replace") for path in files)]:
        assert not [secret for secret in secrets if secret in text]
    assert case.principal not in case.principals(sim)
