# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer that is not what the documents say is an error, or makes no difference: never a wrong "unchanged"."""

from __future__ import annotations

import json

import answers
import cases
import fuzzing
import mutations
import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._engine import write as writing

SCENARIOS = answers.scenarios()
FEW = 40  # mutations of each scenario that a normal run tries


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(writing, "CREATE_WAITS", (0.0,))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_a_wrong_response_is_an_error_or_makes_no_difference(sim, scenario):
    right = answers.Right(sim, scenario)
    wrong, endings = [], set()
    for mutation in fuzzing.part(right.mutations(), FEW):
        try:
            ending = answers.mutated(sim, right, mutation)
        except Exception as problem:  # all of them, to see what they have in common
            ending = "wrong"
            wrong.append(f"{mutation}: {type(problem).__name__}: {str(problem)[:300]}")
        endings.add(ending)
        fuzzing.count(f"answers, {ending}")
        fuzzing.count(f"answer of {mutation.operation}")
    assert not wrong, "\n".join([f"{len(wrong)} in all", *wrong[:20]])
    # Some are noticed, or the mutations do not reach what is read.
    assert "refused" in endings


def test_every_operation_has_its_responses_mutated(sim):
    tried = {operation for scenario in SCENARIOS for operation, body in answers.Right(sim, scenario).answers if body}
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
    """A Runner whose answers of one operation have a body of their own."""

    def __init__(self, sim, operation, make):
        super().__init__(sim)
        self.operation = operation
        self.make = make

    def _connect(self, resource, params, secrets):
        client = super()._connect(resource, params, secrets)
        receive = client.transport._receive

        def padded(call, left):
            answer = receive(call, left)
            if call.operation == self.operation and answer.body:
                self.hits += 1
                answer.body = self.make(answer.body)
            return answer

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
    before = answers.dump(sim)
    deep = b'{"a":[' * levels + b"]}" * levels

    def make(body):
        return body[:-1] + b', "extra": ' + deep + b"}"

    tap = Padded(sim, operation, make)
    result = tap(case.module, retries=0, **change(case))
    assert tap.hits
    changed = answers.dump(sim) != before
    # What Python can read makes no difference; what it cannot is said.
    assert result["changed"] is changed or (result.get("failed") and result["changed"])
    if result.get("failed"):
        assert "nested too deeply" in result["msg"]
    json.dumps(result)


@pytest.mark.parametrize("case", **cases.each())
def test_a_deep_value_is_quoted_briefly(sim, case):
    """In the place of a value that is read and of one that is only shown."""
    for key in [*(key for _unused, key, _unused in case.change.values()), "CreateTime", "Region", "Type", "user_name"]:
        cases.furnish(sim)
        deep = b'{"a":[' * 450 + b"]}" * 450

        def make(body, key=key, deep=deep):
            text = json.dumps(replaced(json.loads(body), key, "@deep@"))
            return text.encode().replace(b'"@deep@"', deep)

        result = Padded(sim, operations(case)[0], make)(case.info, retries=0, **case.scope, **case.alpha)
        assert len(json.dumps(result)) < 20000


def replaced(value, key, item):
    if isinstance(value, dict):
        return {name: item if name == key else replaced(inner, key, item) for name, inner in value.items()}
    return [replaced(inner, key, item) for inner in value] if isinstance(value, list) else value


MIB = 1 << 20


@pytest.mark.parametrize("size", [50 * MIB, 70 * MIB])
@pytest.mark.parametrize(("case", "operation"), **EACH_CALL)
def test_a_response_of_fifty_megabytes_is_read_and_a_larger_one_refused(sim, run, case, operation, size):
    """50 MiB beside what is read make no difference; what is larger than any answer is an error."""
    if not fuzzing.LONG and case is not cases.ROCKETMQ:
        pytest.skip("one module is enough for a normal run: the path is the same")
    cases.furnish(sim)
    before = answers.dump(sim)
    sim.traps.set(big_body={"bytes": size, "match": operation})
    result = run(case.module, retries=0, timeout=60, **change(case))
    # After a write it is looked whether it was carried out: it was.
    assert result.get("failed", False) is (size > 64 * MIB and operation != case.write)
    assert len(json.dumps(result)) < 20000
    assert result["changed"] is (answers.dump(sim) != before)
    if size > 64 * MIB:
        assert "larger than 64 MiB" in (result["msg"] if result.get("failed") else result["warnings"][0])


@pytest.mark.parametrize(("case", "operation"), **EACH_CALL)
def test_a_message_of_megabytes_is_cut(sim, run, case, operation):
    for rule in ({"status": 400, "code": "X.1", "RetCode": 15017}, {"status": 502}):
        cases.furnish(sim)
        sim.traps.set(fail_next={"match": operation, "message": "no " * MIB, **rule})
        result = run.failed(case.module, retries=0, **change(case))
        assert len(json.dumps(result)) < 20000


@pytest.mark.parametrize("total", ["1e12", "1e999", "9" * 400, "-1", "2.5", '"3"', "true", "null"])
@pytest.mark.parametrize(("case", "operation"), [(cases.UROCKETMQ, "ListURocketMQToken"), (cases.ROCKETMQ, "ListUser")])
def test_a_total_that_cannot_be_is_refused_at_once(sim, case, operation, total):
    cases.furnish(sim)

    def make(body):
        text = json.dumps(replaced(replaced(json.loads(body), "total", "@total@"), "TotalCount", "@total@"))
        return text.replace('"@total@"', total).encode()

    tap = Padded(sim, operation, make)
    result = tap.failed(case.info, retries=0, **case.scope)
    assert result["error"]["kind"] == "response"
    assert "how many there are" in result["msg"] or "wrong total" in result["msg"]
    assert tap.hits <= 4


def test_a_total_of_millions_is_not_asked_for_page_by_page(sim):
    cases.furnish(sim)

    def make(body):
        return json.dumps({**json.loads(body), "total": 9000000}).encode()

    tap = Padded(sim, "ListUser", make)
    result = tap.failed(cases.ROCKETMQ.info, retries=0, **cases.ROCKETMQ.scope)
    assert "wrong total" in result["msg"]
    assert tap.hits < 100
