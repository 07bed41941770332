# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules and throttling: single requests that go wrong."""

from __future__ import annotations

import concurrent.futures

import pytest
import requests
from sdk_clients import USERS, form, signed, user_body

DESCRIBE = {"Action": "DescribeUFileToken"}
UPDATE = {"Action": "UpdateUFileToken", "TokenId": "ufile-token-reports", "TokenName": "new"}
RETIRED = f"{USERS}/retired"


def name(sim):
    return sim.estate["ucloud"]["ufile_tokens"]["ufile-token-reports"]["TokenName"]


@pytest.mark.parametrize(
    ("rule", "status", "text"),
    [
        ({"status": 503}, 503, "simulated failure"),
        ({"status": 502, "html": "<h1>Bad Gateway</h1>"}, 502, "<h1>Bad Gateway</h1>"),
        ({"html": "<p>maintenance</p>"}, 502, "<p>maintenance</p>"),
        ({"RetCode": 130}, 200, '"RetCode": 130'),
        ({"RetCode": "15004", "message": "later"}, 200, '"RetCode": "15004"'),
        ({"body": {"RetCode": 0}}, 200, '{"RetCode": 0}'),
        ({"body": "plain", "status": 500}, 500, "plain"),
        ({"body": [1, 2]}, 200, "[1, 2]"),
        ({"empty": True}, 200, ""),
    ],
)
def test_a_rule_decides_what_ucloud_answers_once(sim, rule, status, text):
    sim.traps.set(fail_next=rule)
    response = form(sim, **DESCRIBE)
    assert response.status_code == status
    assert text in response.text
    assert (text == "") == (response.text == "")
    assert form(sim, **DESCRIBE).json()["RetCode"] == 0  # once
    assert sim.counters["by_operation"] == {"DescribeUFileToken": 2}


def test_rules_decide_what_huawei_cloud_answers_in_turn(sim):
    sim.traps.set(
        fail_next=[
            {"match": "UpdateUser", "status": 400, "code": "DMS.00400026", "retry_after": 2},
            {"match": "read", "status": 504, "headers": {"X-Cache": "MISS"}, "times": 2},
        ]
    )
    assert signed(sim, "GET", USERS).headers["X-Cache"] == "MISS"
    response = signed(sim, "PUT", RETIRED, user_body())
    assert response.status_code == 400
    assert response.headers["Retry-After"] == "2"
    assert response.json() == {"error_code": "DMS.00400026", "error_msg": "simulated failure"}
    assert [signed(sim, "GET", USERS).status_code for _unused in range(2)] == [504, 200]


def test_a_rule_may_leave_the_first_requests_alone(sim):
    sim.traps.set(fail_next={"match": "ucloud", "skip": 2, "RetCode": 150, "times": None})
    assert [form(sim, **DESCRIBE).json()["RetCode"] for _unused in range(4)] == [0, 0, 150, 150]
    assert signed(sim, "GET", USERS).status_code == 200


def test_a_body_may_be_garbage_or_large(sim):
    sim.traps.set(garbage_body=True)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        form(sim, **DESCRIBE).json()
    sim.traps.clear()
    sim.traps.set(big_body={"bytes": 5_000_000, "match": "ListUser"})
    response = signed(sim, "GET", USERS)
    assert len(response.content) > 5_000_000
    assert response.json()["total"] == 5
    assert len(signed(sim, "GET", RETIRED).content) < 1000


def test_a_redirect_goes_where_it_is_told(sim):
    sim.traps.set(redirect="http://127.0.0.1:9/")
    response = signed(sim, "GET", USERS)
    assert (response.status_code, response.headers["Location"]) == (302, "http://127.0.0.1:9/")
    sim.traps.set(redirect={"location": "https://elsewhere.example/", "status": 307, "match": "write"})
    assert signed(sim, "GET", USERS).status_code == 200
    assert signed(sim, "PUT", RETIRED, user_body()).status_code == 307


def test_more_than_the_rate_is_throttled(sim):
    sim.traps.set(throttle={"rate": 1, "burst": 3, "match": "DescribeUFileToken"})
    assert [form(sim, **DESCRIBE).json()["RetCode"] for _unused in range(5)] == [0, 0, 0, 153, 153]
    assert signed(sim, "GET", USERS).status_code == 200


def test_requests_side_by_side_are_counted(sim):
    sim.traps.set(latency=500)  # long enough for six threads of a busy machine
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _unused: form(sim, **DESCRIBE), range(6)))
    counters = sim.counters
    assert counters["max_in_flight"] == 6
    assert counters["in_flight"] == 0
    assert counters["connections"] == 6


def test_a_kept_connection_counts_once(sim):
    with requests.Session() as session:
        for _unused in range(5):
            assert session.get(sim.url, timeout=9).json()["RetCode"] == 160
    assert sim.counters["connections"] == 1
    assert sim.counters["unknown"] == 5
