# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A response that is not what the documents say is an error, or makes no difference: never a wrong "unchanged"."""

from __future__ import annotations

import json

import cases
import fuzzing
import mutations
import pytest
import responses

from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing

SCENARIOS = responses.scenarios()
FEW = 40  # mutations of each scenario that a normal run tries


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(writing, "CREATE_WAITS", (0.0,))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_a_wrong_response_is_an_error_or_makes_no_difference(sim, scenario):
    right = responses.Right(sim, scenario)
    wrong, endings = [], set()
    for mutation in fuzzing.part(right.mutations(), FEW):
        try:
            ending = responses.mutated(sim, right, mutation)
        except Exception as problem:  # all of them, to see what they have in common
            ending = "wrong"
            wrong.append(f"{mutation}: {type(problem).__name__}: {str(problem)[:300]}")
        endings.add(ending)
        fuzzing.count(f"responses, {ending}")
        fuzzing.count(f"response of {mutation.operation}")
    assert not wrong, "\n".join([f"{len(wrong)} in all", *wrong[:20]])
    # Some are noticed, or the mutations do not reach what is read.
    assert "refused" in endings


def test_every_operation_has_its_responses_mutated(sim):
    tried = {
        operation for scenario in SCENARIOS for operation, body in responses.Right(sim, scenario).responses if body
    }
    assert tried == {
        *("DescribeUFileToken", "UpdateUFileToken", "CreateUFileToken", "DeleteUFileToken"),
        *("ListURocketMQToken", "GetURocketMQToken"),
        *("UpdateURocketMQToken", "CreateURocketMQToken", "DeleteURocketMQToken"),
        *("ListUser", "ShowUser", "UpdateUser", "CreateUser", "DeleteUser"),
        *("ShowMqsInstanceTopicAccessPolicy", "ListMqsInstanceTopics", "ListRomaApp"),
        *("KeystoneCreateUserTokenByPassword", "KeystoneListProjects"),
    }  # fmt: skip; UpdateTopicAccessPolicy has no body


# -- sizes -----------------------------------------------------------------------------------------


def change(case):
    """A task that writes."""
    option, (_unused, fewer) = next(iter(case.lists.items()))
    return case.on_alpha("one", **{option: fewer})


class Padded(mutations.Tap):
    """A Runner whose responses of one operation have a body of their own."""

    def __init__(self, sim, operation, make):
        super().__init__(sim)
        self.operation = operation
        self.make = make

    def _connect(self, resource, params, secrets):
        client = super()._connect(resource, params, secrets)
        receive = client.transport._receive

        def padded(call, left):
            response = receive(call, left)
            if call.operation == self.operation and response.body:
                self.hits += 1
                response.body = self.make(response.body)
            return response

        client.transport._receive = padded
        return client


def operations(case):
    """What is read first and what is written by ``change``."""
    reads = {
        cases.UFILE: "DescribeUFileToken",
        cases.UROCKETMQ: "GetURocketMQToken",
        cases.ROCKETMQ: "ShowUser",
        cases.ROMA: "ShowMqsInstanceTopicAccessPolicy",
    }
    return [reads[case]] if case is cases.ROMA else [reads[case], case.write]


EACH_CALL = {
    "argvalues": [(case, operation) for case in cases.CASES for operation in operations(case)],
    "ids": [f"{case.label}-{operation}" for case in cases.CASES for operation in operations(case)],
}


@pytest.mark.parametrize("levels", [900, 3000, 100000])
@pytest.mark.parametrize(("case", "operation"), **EACH_CALL)
def test_deep_nesting_ends_in_a_result(sim, case, operation, levels):
    cases.furnish(sim)
    before = responses.dump(sim)
    deep = b'{"a":[' * levels + b"]}" * levels

    def make(body):
        return body[:-1] + b', "extra": ' + deep + b"}"

    tap = Padded(sim, operation, make)
    result = tap(case.module, retries=0, **change(case))
    assert tap.hits
    changed = responses.dump(sim) != before
    # What Python can read makes no difference; what it cannot is said.
    assert result["changed"] is changed or (result.get("failed") and result["changed"])
    if result.get("failed"):
        assert "nested too deeply" in result["msg"]
    json.dumps(result)


MIB = 1 << 20


@pytest.mark.long  # test_http.py shows the bound
@pytest.mark.parametrize("size", [50 * MIB, 70 * MIB])
@pytest.mark.parametrize(("case", "operation"), **EACH_CALL)
def test_a_response_of_fifty_megabytes_is_read_and_a_larger_one_refused(sim, run, case, operation, size):
    """50 MiB beside what is read make no difference; what is larger than any response is an error."""
    if not fuzzing.LONG and case is not cases.ROCKETMQ:
        pytest.skip("one module is enough for a normal run: the path is the same")
    cases.furnish(sim)
    before = responses.dump(sim)
    sim.traps.set(big_body={"bytes": size, "match": operation})
    result = run(case.module, retries=0, timeout=60, **change(case))
    # After a write it is looked whether it was carried out: it was.
    assert result.get("failed", False) is (size > 64 * MIB and operation != case.write)
    assert len(json.dumps(result)) < 20000
    assert result["changed"] is (responses.dump(sim) != before)
    if size > 64 * MIB:
        assert "larger than 64 MiB" in (result["msg"] if result.get("failed") else result["warnings"][0])
