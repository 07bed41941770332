# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret of a run's own credentials, nor of what the services return, is in anything that leaves it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import cases
import pytest

from tools import secret_scan

NEW = "New-Secret-4711"  # the task's own, for a user
AWKWARD = 'Awk"ward\\Se/cret&<9'  # every kind of escaping changes it
FORGED = "no\x1b[2K\r\nPLAY RECAP ****\x9b1m\u202eok\u2066\u2028"
WRONG = "uPrivSecret-wrong-0000"


def forms(secret):
    """The secret as it may stand in a text: as it is, escaped, or within something encoded."""
    return {
        needle.decode()
        for form, needles in secret_scan.forms(secret).items()
        for needle in needles
        if form not in ("reversed", f"first {secret_scan.HEAD}")
    }


def strings(value):
    """All texts in a result: in its JSON they are escaped once more."""
    if isinstance(value, dict):
        return [text for item in value.items() for text in strings(list(item))]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def leaks(value, secrets):
    text = value if isinstance(value, str) else "\n".join([json.dumps(value), *strings(value)])
    return sorted(secret for secret in secrets if any(form in text for form in forms(secret)))


def planted(sim):
    found = sim.secrets() | {NEW, WRONG, AWKWARD}
    assert len(found) > 20
    return found


@pytest.fixture(autouse=True)
def _estate(sim):
    cases.furnish(sim)
    sim.add_rocketmq_user(instance_id="rmq-1", access_key="user-awkward", secret_key=AWKWARD)


# -- in this process -------------------------------------------------------------------------------


def situations(sim, run, case):
    """Every way that a task of a module can go, as results."""
    secret = {"secret_key": NEW} if case is cases.ROCKETMQ else {}
    option, (_unused, fewer) = list(case.lists.items())[0]
    desired = {option: fewer, **secret}
    for form in cases.FORMS:
        params = case.on_alpha(form, **desired)
        yield run(case.module, check_mode=True, **params)
        yield run(case.module, credential="readonly", **params)
        yield run(case.module, **params)
        yield run(case.module, **params)
        yield run(case.module, **case.params(form, (case.missing, desired)))
        cases.furnish(sim)
    yield run(case.module, **case.params("many", (case.alpha, case.bad), (case.beta, desired)))
    yield run(case.info, **case.scope)
    key = "private_key" if case.module.startswith("ucloud") else "sk"
    yield run(case.info, **{key: WRONG}, **case.scope)
    if key == "sk":
        for credential in ("token", "iam_user", "expired_token", "temporary"):
            yield run(case.info, credential=credential, **case.scope)
        yield run(case.info, credential="iam_user", iam_password=WRONG, **case.scope)
    cases.furnish(sim)


@pytest.mark.parametrize("trap", [{}, {"echo_request": True}], ids=["plain", "echo"])
@pytest.mark.parametrize("case", **cases.each())
def test_no_result_holds_a_secret(sim, run, case, trap):
    everything = planted(sim)
    count = 0
    for result in situations(sim, run, case):
        assert leaks(result, everything | sim.secrets()) == [], result
        sim.traps.set(**trap)
        count += 1
    assert count >= 13


def run_secrets(sim, case):
    """What a run on alpha knows or comes to know."""
    if case.module.startswith("ucloud"):
        found = [sim.credentials["ucloud"]["admin"]["private_key"]]
        return [*found, case.record(sim)["PrivateKey"]] if case is cases.UFILE else found
    found = [sim.credentials["huaweicloud"]["admin"]["sk"]]
    return [*found, NEW, case.record(sim)["secret_key"]] if case is cases.ROCKETMQ else found


def on_alpha(case, **more):
    option, (_unused, fewer) = list(case.lists.items())[0]
    secret = {"secret_key": NEW} if case is cases.ROCKETMQ else {}
    return case.on_alpha("one", **{option: fewer}, **secret, **more)


@pytest.mark.parametrize("case", **cases.each())
def test_a_message_that_names_secrets_is_cleaned(sim, run, case):
    own = run_secrets(sim, case)
    for place in (case.write, "read"):
        secrets = own if place != "read" else [secret for secret in own if secret in (own[0], NEW)]
        for rule in ({"RetCode": 15017}, {"code": "X.1", "status": 400}, {"status": 500}):
            sim.traps.set(fail_next={"match": place, "message": " and ".join(secrets), **rule})
            result = run.failed(case.module, retries=0, **on_alpha(case))
            assert leaks(result, secrets) == []


@pytest.mark.parametrize("status", [200, 401, 403, 502])
@pytest.mark.parametrize("where", ["read", "write"])
@pytest.mark.parametrize("case", **cases.each())
def test_a_page_that_echoes_the_request_is_cleaned(sim, run, case, where, status):
    own = run_secrets(sim, case)
    own = own if where == "write" else own[:1]
    coded = [base64.b64encode(value.encode()).decode() for value in own]
    page = "<html>Blocked: {}</html>".format(" ".join([*own, *map(quote, own), *coded]))
    sim.traps.set(fail_next={"match": case.write if where == "write" else "read", "html": page, "status": status})
    result = run(case.module, retries=0, **on_alpha(case))
    assert leaks(result, own) == []


# -- as a playbook, as talkative as it gets --------------------------------------------------------


@pytest.mark.parametrize(("way", "shown"), [("worker", "yaml"), ("module", "json")])
def test_what_a_service_says_draws_nothing_on_the_terminal(sim, play, way, shown):
    sim.traps.set(
        fail_next=[
            {"match": "read", "message": FORGED, "RetCode": 15017},
            {"match": "read", "message": FORGED, "code": FORGED, "status": 403},
        ]
    )
    asked = [{cases.UFILE.info: {}}, {cases.ROCKETMQ.info: cases.ROCKETMQ.scope}]
    sim.add_ufile_token(TokenId="ufile-odd", TokenName=FORGED, AllowedBuckets=["a\x9b\u202e"])
    asked.append({cases.UFILE.module: {"token_id": "ufile-odd", "allowed_buckets": ["b"]}, "diff": True})
    done = play(asked, way=way, environment={"ANSIBLE_CALLBACK_RESULT_FORMAT": shown})
    assert [entry["status"] for entry in done.recorded].count("failed") == 2
    assert "PLAY RECAP ****\\x9b1m\\u202eok" in done.output  # it is there, escaped
    assert len([line for line in done.output.splitlines() if line.startswith("PLAY RECAP")]) == 1
    assert not [character for character in "\x1b\r\x9b\u202e\u2066\u2028" if character in done.output]
