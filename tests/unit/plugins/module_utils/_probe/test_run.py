# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import os
import pathlib
import time
from itertools import chain

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._probe import huaweicloud, run, ucloud
from ansible_collections.grantops.cloud.plugins.module_utils._probe.assumptions import ASSUMPTIONS

from .doubles import DOWN, Queue, Tokens, Topics, Users, refusal, told, user

ALL = {"urocketmq_service": "s-1", "rocketmq_instance": "i-1", "roma_instance": "r-1", "roma_topic": "orders"}
NONE = dict.fromkeys([*ALL, "roma_app"])


class Stop(BaseException):
    """As a signal is."""


SECRETS = errors.Secrets()
CONNECTION = {
    **dict.fromkeys(["profile", "project_id", "public_key", "private_key", "security_token", "channel_key", "region"]),
    "api_url": None, "timeout": None, "retries": 4, "validate_certs": True, "ca_path": "ca.pem", "allow_http": False,
    "concurrency": 32,
}  # fmt: skip


@pytest.fixture
def probe(monkeypatch):
    """``probe(systems, …)``: the result, with these doubles in the places of the services.

    ``probe.connected`` are the options and services of the clients, ``probe.ended`` how they ended.
    """

    def probe(systems, writes=False, ufile=True, **options):
        def connect(params, secrets, service):
            assert secrets is SECRETS
            probe.connected.append((params, service))
            system = systems.pop(0)
            if isinstance(system, Exception):
                raise system
            system.client.stop = lambda: probe.ended.append("stop")
            system.client.close = lambda: probe.ended.append("close")
            return system.client

        for provider in (run.ucloud, run.huaweicloud):
            monkeypatch.setattr(provider.PROVIDER, "connect", connect)
        params = {**NONE, "writes": writes, "ufile": ufile, "wait": 0, "ca_path": "ca.pem", "retries": None, **options}
        return run.run(params, SECRETS, sleep=lambda seconds: None)

    probe.connected, probe.ended = [], []
    return probe


def doubles():
    return [Tokens(), Queue(), Users(), Topics()]


SERVICES = (Tokens, Queue, Users, Topics)
TRANSCRIPTS = pathlib.Path(__file__).parents[3] / "data" / "probe.txt"


def transcript(service):
    """Every request of a probe of this service, what it found out, and what of the secrets can be shown."""
    probe = service().probe()
    lines = ["", probe.system]
    for step in (probe.look, probe.try_out, probe.clean_up):
        begun = len(probe.client.requests)
        result = step()
        lines += [f"- {step.__name__}: {result}", *probe.client.requests[begun:]]
    lines += ["- found", *(f"{number} {text}" for number, text in told(probe).items())]
    return [*lines, "- " + probe.client.secrets.clean(service.keys)]


def test_each_request_and_finding_is_as_in_the_transcripts(monkeypatch):
    """WRITE_PROBES=1 writes them, for whoever changes what a probe sends to read."""
    monkeypatch.setattr(ucloud.uuid, "uuid4", lambda: "nobody")
    monkeypatch.setattr(huaweicloud.secrets, "token_hex", lambda length: "made" if length == 12 else "wrong")
    text = "\n".join(
        [
            "What the probes send and tell, where services are as assumed.",
            *chain.from_iterable(map(transcript, SERVICES)),
        ]
    )
    if os.environ.get("WRITE_PROBES"):
        TRANSCRIPTS.write_text(text + "\n", encoding="utf-8")
    assert (text + "\n").splitlines() == TRANSCRIPTS.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("service", SERVICES)
def test_whichever_request_fails_for_another_reason_than_what_it_asks_ends_the_probe(service):
    normal = service()
    normal.outcome()
    for last in range(1, len(normal.client.sent) + 1):
        failing = service()
        failing.client.last = last
        with pytest.raises(errors.RequestError):
            failing.outcome()
        assert len(failing.client.sent) == last


def test_the_report_of_four_systems_counts_every_assumption(probe, monkeypatch):
    monkeypatch.setattr(run.time, "gmtime", lambda: time.struct_time((2025, 6, 15, 0, 0, 0, 0, 0, 0)))
    result = probe(doubles(), writes=True, roma_app="stats", **ALL)
    assert (result["problems"], result["changed"]) == ([], True)
    report = result["report"]
    rows = report.pop("assumptions")
    names = ("ucloud_ufile", "ucloud_urocketmq", "huaweicloud_rocketmq", "huaweicloud_roma")
    done = {"read": True, "written": True, "left": 0, "restored": True, "failed": []}
    assert report == {
        "format": "grantops.probe/1", "taken": "2025-06-15", "writes": True,
        "systems": [dict(done, system=name) for name in names],
        "counts": {"holds": 49, "does not hold": 1, "not seen": 7},  # A405: the double's tags have blanks
    }  # fmt: skip
    assert [row["number"] for row in rows] == [entry.number for entry in ASSUMPTIONS]
    (line,) = [number for number, line in enumerate(result["table"]) if line.startswith("A405")]
    assert result["table"][line : line + 2] == [
        "A405  does not hold  huaweicloud_roma      Tags have no blanks. [1 of 1 tags have blanks]",
        "      so: Blanks mean nothing.",
    ]
    assert [row for row in rows if row["number"] == "A405"] == [{
        "number": "A405", "system": "huaweicloud_roma", "assumed": "Tags have no blanks.", "verdict": "does not hold",
        "seen": "1 of 1 tags have blanks", "otherwise": "Blanks mean nothing.",
    }]  # fmt: skip
    assert [service for _params, service in probe.connected] == [None, None, "rocketmq", "roma"]
    assert (probe.connected[0][0], probe.ended) == (CONNECTION, ["close"] * 4)


def test_without_writes_nothing_is_changed(probe):
    systems = doubles()
    clients = [system.client for system in systems]
    assert probe(systems, roma_app="stats", **ALL)["changed"] is False
    names = {operation for client in clients for operation in client.operations()}
    assert all(name.startswith(("Describe", "List", "Get", "Show")) for name in names)


def test_no_credentials_are_no_problem_where_another_system_is_named(probe):
    none, mistaken = map(errors.ConfigurationError, ("No UCloud credentials.", "There is no UCloud profile x."))
    assert probe([none, Users()], rocketmq_instance="i-1")["problems"] == []
    assert probe([none])["problems"] == ["ucloud_ufile could not be read. No UCloud credentials."]
    told = ["ucloud_ufile could not be read. There is no UCloud profile x."]
    assert probe([mistaken, Users()], rocketmq_instance="i-1")["problems"] == told


def test_nothing_to_probe_is_a_problem(probe):
    said = "Nothing was probed: ufile is false, and no service or instance is named."
    assert probe([], ufile=False)["problems"] == [said]


def test_a_response_that_names_what_was_there_before_is_not_believed(probe):
    """Nothing is changed or removed by an id that was not made."""
    systems = [
        Tokens(CreateUFileToken={"RetCode": 0, "TokenId": "t-1"}),
        Queue(CreateURocketMQToken={"TokenId": "u-1"}),
        Users(CreateUser=user("app-user")),
    ]
    before = [copy.deepcopy(system.rows) for system in systems]
    kept = list(systems)
    result = probe(systems, writes=True, urocketmq_service="s-1", rocketmq_instance="i-1")
    assert [row["failed"] for row in result["report"]["systems"]] == [["response"]] * 3
    assert [system.rows for system in kept] == before
    names = {operation for system in kept for operation in system.client.operations()}
    assert not any(name.startswith(("Update", "Delete")) for name in names)


def of_users(probe, system, writes=True):
    result = probe([system], writes=writes, ufile=False, rocketmq_instance="i-1")
    (row,) = result["report"]["systems"]
    return row, result["problems"]


def test_a_failure_names_its_kind_only_in_the_report(probe):
    row, problems = of_users(probe, Users(CreateUser=refusal(errors.PERMISSION, "DMS.10240309", 403)))
    assert (row["failed"], row["written"]) == (["permission"], True)
    assert problems == [
        "huaweicloud_rocketmq was not probed whole. None X (None None) answered HTTP 403, code DMS.10240309: no."
    ]


def test_what_is_left_is_told(probe):
    system = Users(DeleteUser=refusal())
    assert of_users(probe, system)[1] == [
        "huaweicloud_rocketmq: 1 scratch things are still there, whose names or tags begin with grantops-probe-. Run the probe "
        "again, which removes them."
    ]
    assert of_users(probe, system, writes=False)[1] == [
        "huaweicloud_rocketmq: 1 scratch things of an earlier probe are there, whose names or tags begin with grantops-probe-. A "
        "run with writes removes them."
    ]
    system.respond(DeleteUser=DOWN)
    row, _problems = of_users(probe, system)
    assert (row["failed"], row["written"]) == (["server"], False)  # nothing new is made before the old is gone


def test_a_failing_removal_at_the_end_is_told(probe):
    row, problems = of_users(probe, Users(DeleteUser=DOWN))
    assert (row["left"], row["failed"], len(problems)) == (1, ["server"], 2)


def test_a_topic_that_somebody_else_has_changed_is_told(probe):
    system = Topics()

    def another(sent):
        system.add(sent)
        system.rows = [*system.rows, {"user_name": "id-new", "app_name": "new", "access_policy": "pub", "tag": ""}]

    system.respond(BatchAddTopicAccessPolicy=another)
    result = probe([system], writes=True, ufile=False, roma_instance="r-1", roma_topic="orders", roma_app="stats")
    said = "huaweicloud_roma: the topic is not as it was before; somebody else may have changed it meanwhile."
    assert (result["problems"], result["report"]["systems"][0]["restored"]) == ([said], False)
    assert [row["app_name"] for row in system.rows] == ["shop", "new"]


@pytest.mark.parametrize("operation", ["UpdateUser", "DeleteUser"])
def test_a_signal_ends_it_and_what_was_made_is_removed(probe, operation):
    system = Users()
    act, struck = system.client.responses[operation], []

    def strike(sent):
        response = act(sent)
        if not struck:
            struck.append(True)
            raise Stop
        return response

    system.respond(**{operation: strike})
    with pytest.raises(Stop):
        probe([system], writes=True, ufile=False, rocketmq_instance="i-1")
    assert struck and sorted(system.rows) == ["app-user", "ops-user"]
    assert probe.ended == ["stop", "close"]
