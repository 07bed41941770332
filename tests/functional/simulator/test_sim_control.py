# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane, the command line, and what must never happen."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sdk_clients import USERS, form, signed, user_body

import simulator

TESTS = pathlib.Path(simulator.__file__).resolve().parent.parent


def get(sim, path):
    return requests.get(f"{sim.url}/_sim/{path}", timeout=9)


def post(sim, path, body=None):
    return requests.post(f"{sim.url}/_sim/{path}", json=body, timeout=9)


def test_the_control_plane_shows_everything_and_is_not_counted(sim):
    assert get(sim, "health").json()["status"] == "ok"
    assert get(sim, "estate").json() == sim.estate
    assert get(sim, "estate").text == get(sim, "estate").text
    user = get(sim, "estate?path=huaweicloud/rocketmq/rocketmq-demo/users/mq-admin").json()
    assert user["admin"] is True
    assert get(sim, "estate?path=huaweicloud/none").status_code == 400
    assert get(sim, "credentials").json() == sim.credentials
    assert set(get(sim, "secrets").json()) == sim.secrets()
    assert get(sim, "nothing").status_code == 404
    assert sim.counters["total"] == 0  # none of this is counted


def test_the_estate_is_replaced_merged_and_added_to(sim):
    assert post(sim, "estate", {"replace": "empty"}).status_code == 200
    assert sim.estate["huaweicloud"]["rocketmq"] == {}
    row = {"instance_id": "rocketmq-x", "access_key": "someone", "admin": True}
    assert post(sim, "add", {"rocketmq_user": [row]}).json()["rocketmq_user"][0]["admin"] is True
    merge = {"huaweicloud": {"rocketmq": {"rocketmq-x": {"users": {"someone": {"admin": False}}}}}}
    assert post(sim, "estate", {"merge": merge}).status_code == 200
    assert sim.estate["huaweicloud"]["rocketmq"]["rocketmq-x"]["users"]["someone"]["admin"] is False
    for path, wrong in (
        ("estate", {"change": {}}),
        ("estate", {"replace": "demonstration"}),
        ("add", {"rocket": []}),
        ("add", {"rocketmq_user": [{"nickname": "x"}]}),
        ("reset", {"estate": "demo", "no_such_trap": 1}),
        ("traps", []),
    ):
        response = post(sim, path, wrong)
        assert response.status_code == 400, path
        assert response.json()["error"]
    assert "rocketmq-x" in sim.estate["huaweicloud"]["rocketmq"]


def test_counters_and_traps_are_read_and_set(sim):
    signed(sim, "GET", USERS)
    assert get(sim, "counters").json()["read"] == 1
    assert post(sim, "counters/reset").json()["read"] == 0
    assert post(sim, "traps", {"latency": 3}).json() == {"latency": 3}
    assert post(sim, "traps", {"letancy": 3}).status_code == 400
    fail = post(sim, "traps", {"fail_next": [{"match": "read", "status": 500}]}).json()["fail_next"]
    assert fail[0]["times"] == 1
    assert post(sim, "traps", {"latency": None, "fail_next": None}).json() == {}
    post(sim, "traps", {"drop": True})
    assert requests.delete(f"{sim.url}/_sim/traps", timeout=9).json() == {}
    assert get(sim, "traps").json() == {}


def test_a_reset_restores_the_estate_and_sets_traps(sim):
    signed(sim, "PUT", f"{USERS}/retired", user_body(admin=True))
    sim.estate["ucloud"]["regions"].clear()
    assert post(sim, "reset", {"traps": {"tolen_name": True}, "latency": 1}).status_code == 200
    assert sim.traps.as_dict() == {"latency": 1, "tolen_name": True}
    assert sim.counters["total"] == 0
    assert sim.estate == simulator.Simulator("demo").estate
    assert post(sim, "reset").status_code == 200
    assert sim.traps.as_dict() == {}


def test_a_reset_leaves_nothing_on_its_way(sim):
    sim.traps.set(latency=400)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(signed, sim, "PUT", f"{USERS}/retired", user_body(admin=True))
        while not sim.counters["in_flight"]:
            time.sleep(0.01)
        sim.reset()
        assert late.result().status_code == 503
    assert sim.estate["huaweicloud"]["rocketmq"]["rocketmq-demo"]["users"]["retired"]["admin"] is False
    assert sim.counters["writes"] == []


def test_builders_fill_in_what_they_are_not_told():
    sim = simulator.Simulator("empty")
    sim.add_ufile_token(TokenName="a", AllowedOps=["TOKEN_ALLOW_READ"])
    sim.add_urocketmq_service("urmq-x", topics=["t"], Region="hk")
    sim.add_urocketmq_token(service_id="urmq-x", Name="b", TopicProducePerm="ALL")
    sim.add_rocketmq_instance("mq-x", edition="basic")
    assert sim.add_rocketmq_user(instance_id="mq-x", access_key="user-one")["admin"] is True
    sim.add_roma_app(instance_id="roma-x", name="app one", id="id-1")
    row = {"app_id": "id-1", "access_policy": "all", "owner": True}
    topic = sim.add_roma_topic(instance_id="roma-x", name="t", policies=[row, {"app_name": "new"}])
    assert [row["app_name"] for row in topic["policies"]] == ["app one", "new"]
    assert topic["app_id"] == "id-1"
    with pytest.raises(TypeError):
        sim.add_ufile_token(TolenName="a")
    assert len([text for text in sim.secrets() if "Secret" in text]) == len(sim.secrets())


def start(folder, *arguments, cwd=None, command=("-m", "simulator")):
    ready = folder / "ready.json"
    process = subprocess.Popen(
        [sys.executable, *command, "--ready-file", str(ready), *arguments],
        cwd=cwd or folder,
        env={**os.environ, "PYTHONPATH": str(TESTS) if "-m" in command else "", "HOME": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    for _unused in range(500):
        if ready.exists() or process.poll() is not None:
            break
        time.sleep(0.02)
    return process, ready


@pytest.mark.parametrize(
    ("command", "cwd", "number"),
    [
        (("-m", "simulator"), None, signal.SIGTERM),
        ((str(TESTS / "simulator"),), None, signal.SIGINT),
        (("tests/simulator",), TESTS.parent, signal.SIGTERM),
    ],
)
def test_the_command_line_starts_it_and_a_signal_ends_it(tmp_path, command, cwd, number):
    process, ready = start(tmp_path, "--latency", "1", command=command, cwd=cwd)
    try:
        content = json.loads(ready.read_text(encoding="utf-8"))
        assert stat.S_IMODE(ready.stat().st_mode) == 0o600
        assert requests.get(f"{content['url']}/_sim/traps", timeout=9).json() == {"latency": 1.0, "signatures": True}
        assert content["environment"]["UCLOUD_API_BASE_URL"] == content["url"]
        assert content["credentials"]["huaweicloud"]["admin"]["ak"]
    finally:
        process.send_signal(number)
        output, _unused = process.communicate(timeout=10)
    assert process.returncode == 0
    assert not ready.exists()
    assert "export HUAWEICLOUD_SDK_AK=HWAKADMIN0001" in output
    assert not (tmp_path / ".huaweicloud").exists()


def test_an_environment_file_is_sourced(tmp_path):
    file = tmp_path / "a place" / "simulator.env"
    file.parent.mkdir()
    process, _unused = start(tmp_path, "--environment-file", str(file))
    try:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        script = f". {shlex.quote(str(file))}; command -v ansible; echo $HUAWEICLOUD_SDK_AK $ANSIBLE_COLLECTIONS_PATH"
        env = {"PATH": os.environ["PATH"].replace(os.path.dirname(sys.executable), "/nowhere")}
        done = subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True, timeout=9, check=True)
    finally:
        process.terminate()
        output, _unused = process.communicate(timeout=10)
    beside = os.path.join(os.path.dirname(sys.executable), "ansible")
    place = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "")
    assert done.stdout.splitlines() == [beside, f"HWAKADMIN0001 {place}".strip()]
    assert "export" not in output and f". {shlex.quote(str(file))}" in output
    assert not file.exists()


def test_the_command_line_takes_an_estate(tmp_path):
    (tmp_path / "estate.json").write_text('{"ucloud": {"projects": ["org-file"]}}', encoding="utf-8")
    process, ready = start(tmp_path, "--estate", "estate.json", "--no-signatures")
    try:
        url = json.loads(ready.read_text(encoding="utf-8"))["url"]
        assert requests.get(f"{url}/_sim/estate?path=ucloud/projects", timeout=9).json() == ["org-file"]
        assert requests.get(f"{url}/_sim/traps", timeout=9).json()["signatures"] is False
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_it_stops_though_a_connection_is_open(sim):
    started = time.monotonic()
    with simulator.running() as other:
        session = requests.Session()
        assert session.get(f"{other.url}/_sim/health", timeout=9).ok  # stays open
    assert time.monotonic() - started < 3
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{other.url}/_sim/health", timeout=9)
    assert get(sim, "health").ok


def test_whatever_is_handed_out_is_known_as_a_secret(sim):
    """Whatever either cloud hands out is known to secrets()."""
    made = form(sim, Action="CreateUFileToken", TokenName="fresh").json()["UFileTokenSet"]
    signed(sim, "POST", USERS, user_body(access_key="fresh-user"))
    signed(sim, "DELETE", f"{USERS}/fresh-user")
    assert {made["PrivateKey"], "Fresh-Secret-01"} <= sim.secrets()


def test_a_port_in_use_is_told(sim, tmp_path):
    port = sim.url.rpartition(":")[2]
    with pytest.raises(OSError, match=port), simulator.running(port=int(port)):
        pass
    command = [sys.executable, "-m", "simulator", "--port", port]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(TESTS)}, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert "simulator: cannot listen on 127.0.0.1" in done.stderr
