# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong between here and a cloud: throttling, broken responses, redirects, TLS."""

from __future__ import annotations

import cases
import harness
import pytest
from tls import breaking

N = 40
SHOW = {  # the operation that reads alpha alone
    "ucloud_ufile_token": "DescribeUFileToken",
    "ucloud_urocketmq_token": "GetURocketMQToken",
    "huaweicloud_rocketmq_user": "ShowUser",
    "huaweicloud_roma_topic_policy": "ShowMqsInstanceTopicAccessPolicy",
}
HTML = "<html><body><h1>502 Bad Gateway</h1>nginx</body></html>"


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)


def on_alpha(case):
    option, (_unused, desired) = next(iter(case.lists.items()))
    return case.on_alpha("one", **{option: desired})


# -- throttling ------------------------------------------------------------------------------------

STYLES = {"ucloud": ("ucloud-153", "http-429"), "huaweicloud": ("huawei-404", "huawei-429", "http-429")}
THROTTLES = [(case, style) for case in cases.CASES for style in STYLES[case.module.partition("_")[0]]]


@pytest.mark.parametrize(("case", "style"), THROTTLES, ids=lambda value: getattr(value, "label", value))
def test_a_throttled_run_loses_nothing_and_slows_down(sim, run, case, style):
    params = cases.many(sim, case, N)
    sim.traps.set(throttle={"next": 25, "style": style}, latency=1)
    assert len(run.ok(case.module, concurrency=8, retries=4, **params)["changes"]) == N
    assert sim.counters["refused"]["throttled"] == 25 <= len(run.waits)
    assert min(run.widths) == 1
    sim.traps.clear()
    assert run.ok(case.module, **params)["changed"] is False


# -- an instance that takes one write at a time ----------------------------------------------------

BUSY = [{"code": code} for code in ("DMS.00400026", "DMS.00400017", "DMS.00400108", "MQS.00400026")]
BUSY.append({"status": 409, "code": "unknown"})


def users(sim, count, instance="rmq-1"):
    """So many users of an instance, all of which change."""
    names = [f"user-{number:03d}" for number in range(count)]
    for name in names:
        sim.add_rocketmq_user(instance_id=instance, access_key=name)
    return {"instance_id": instance, "users": [{"user_name": name, "default_topic_perm": "SUB"} for name in names]}


@pytest.mark.parametrize("busy", BUSY, ids=lambda busy: busy["code"])
def test_writes_to_a_busy_instance_wait_for_each_other(sim, run, busy):
    """With no more time than one of them needs: nobody's wait for the others counts."""
    params = users(sim, 12)
    sim.traps.set(busy_instance={"seconds": 0.25, **busy})
    result = run.ok("huaweicloud_rocketmq_user", timeout=1, retries=0, concurrency=8, **params)
    assert (len(result["changes"]), sim.counters["write"]) == (12, 12 + sim.counters["refused"]["busy"])
    # Those that ran beside the first one, and none after it.
    assert sim.counters["refused"]["busy"] <= 7
    assert run.waits == []


def test_an_instance_that_is_busy_after_its_response_is_waited_for(sim):
    sim.traps.set(busy_instance={"seconds": 0.3, "background": True})
    run = harness.Runner(sim, patient=True)
    result = run.ok("huaweicloud_rocketmq_user", **users(sim, 5))
    assert len(result["changes"]) == 5
    assert run.waits


@pytest.mark.parametrize("state", ["present", "absent"])
def test_creations_and_deletions_wait_for_each_other_too(sim, run, state):
    params = users(sim, 6)
    if state == "present":
        params["users"] = [
            {"user_name": f"new-user-{number}", "secret_key": f"New-Secret-{number}"} for number in range(6)
        ]
    else:
        params["users"] = [{"user_name": user["user_name"]} for user in params["users"]]
    sim.traps.set(busy_instance={"seconds": 0.1})
    result = run.ok("huaweicloud_rocketmq_user", timeout=1, retries=0, state=state, **params)
    assert len(result["changes"]) == 6


# -- proxies that rewrite headers ------------------------------------------------------------------


@pytest.mark.parametrize("case", **cases.each())
def test_headers_that_a_proxy_rewrites_do_not_break_a_signature(sim, run, case):
    sim.traps.set(proxy_headers=True)
    assert run.ok(case.module, **on_alpha(case))["changed"] is True


# -- responses that are none -------------------------------------------------------------------------

BROKEN = {
    "dropped": {"drop": True},
    "dropped-after": {"drop": True, "after": True},
    "truncated": {"truncate": True},
    "truncated-after": {"truncate": True, "after": True},
    "garbage": {"garbage": True},
    "empty": {"empty": True, "status": 200},
    "html-200": {"html": HTML, "status": 200},
    "html-502": {"html": HTML, "status": 502},
    "html-503-after": {"html": HTML, "status": 503, "after": True},
    "not-an-object": {"body": "[1, 2]", "status": 200},
}
# What is no JSON object was not answered by the API. Huawei Cloud's writes need no body, so there it is what is read
# afterwards that tells.
FINAL = ("empty", "not-an-object")


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("where", ["read", "write"])
@pytest.mark.parametrize("case", **cases.each())
def test_a_broken_response_is_an_error_or_tried_again(sim, run, case, where, broken):
    if (where, case) == ("write", cases.ROMA) and broken.startswith("truncated"):
        pytest.skip("its response has no body to cut")
    operation = SHOW[case.module] if where == "read" else case.write
    before = harness.dump(sim)
    rule = {"match": operation, "times": 1, **BROKEN[broken]}
    sim.traps.set(fail_next=rule)
    result = run(case.module, **on_alpha(case))
    if result.get("failed"):
        assert broken in FINAL, result["msg"]
        silent = where == "write" and broken == "empty" and case.module.startswith("huaweicloud")
        assert result["error"]["kind"] == ("unverified" if silent else "response")
        assert silent or result["error"]["operation"]
        assert (harness.dump(sim) == before) or result["changed"]
    else:
        assert result["changed"] is True
    # For good, it is an error that names the request, and never a traceback or "no difference".
    cases.furnish(sim)
    sim.traps.set(fail_next={**rule, "times": 1000})
    result = run(case.module, retries=2, **on_alpha(case))
    if where == "write" and sim.counters["writes"] and not result.get("failed"):
        # It was written and read back: the responses did not matter.
        assert "but the service shows it done" in result["warnings"][0]
    else:
        assert result["failed"] is True
        assert result["error"]["kind"] in ("network", "response", "server", "unverified"), result
    assert run.waits == [] or max(run.waits) < 2


# -- TLS -------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_tls_is_verified(sim, run, tls):
    url, authority = tls
    for case in cases.CASES:
        result = run.failed(case.module, api_url=url, **on_alpha(case))
        assert result["error"]["kind"] == "tls"
        assert result["error"]["attempts"] == 1
        assert "ca_path" in result["error"]["hint"]
        assert sim.counters["total"] == 0
        assert run.ok(case.info, api_url=url, ca_path=str(authority), **case.scope)
        assert run.ok(case.info, api_url=url, validate_certs=False, **case.scope)
        sim.counting.reset()
    result = run.failed(cases.UFILE.info, api_url=url, ca_path=str(authority) + ".missing")
    assert result["error"]["kind"] == "setup"


def test_tls_for_another_host_is_refused(sim, run, tls):
    url, authority = tls
    result = run.failed(cases.UFILE.info, api_url=url.replace("127.0.0.1", "localhost"), ca_path=str(authority))
    assert result["error"]["kind"] == "tls"
    assert sim.counters["total"] == 0


@pytest.mark.parametrize("records", [0, 1], ids=["head", "body"])
@pytest.mark.parametrize("again", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("case", [cases.UFILE, cases.ROCKETMQ], ids=lambda case: case.label)
def test_tls_that_breaks_in_the_response_to_a_write_leaves_open_what_was_done(sim, run, tls, case, again, records):
    """The oldest `requests` lets what urllib3 raises in a body through."""
    url, authority = tls
    seen = []

    def broken():
        if sim.counters["writes"]:
            seen.append(1)
        return len(seen) > records if again else len(seen) == records + 1

    with breaking(url, broken) as line:
        result = run(case.module, retries=0, api_url=line, ca_path=str(authority), **on_alpha(case))
    assert result["changed"] is True
    assert sim.counters["write"] == 1
    if again:
        assert (result["failed"], result["error"]["kind"]) == (True, "network")
        assert "was written is not known" in result["msg"]
    else:
        assert "shows it done" in result["warnings"][0]
