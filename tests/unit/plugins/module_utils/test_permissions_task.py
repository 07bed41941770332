# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of `permissions`: what it refuses before anything is sent, and the keys that it returns."""

from __future__ import annotations

import json
from unittest import mock

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.grantops.cloud.plugins.module_utils import _permissions_task
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, PRIVATE_KEY, huawei, ucloud

from ._permissions.passes import (
    KEY,
    POLICY,
    ROCKETMQ,
    ROMA,
    TOKEN,
    UFILE,
    UPLOADS,
    UROCKETMQ,
    USER,
    F,
    Q,
    R,
    T,
    play,
    statuses,
    token,
    user,
)
from .test_task import documented, facts, secrets_of


@pytest.mark.parametrize("info", [False, True])
def test_the_spec_is_what_the_documentation_says(info):
    spec = _permissions_task.argument_spec(info)["argument_spec"]
    assert facts(spec, "options") == facts(documented("permissions" + "_info" * info), "suboptions")
    assert secrets_of(spec["grants"]["options"]) == {"secret_key"}
    for provider in _permissions_task.PROVIDERS:
        own = spec[provider.name]
        assert (own["options"], own["mutually_exclusive"]) == (provider.argument_spec(), provider.mutually_exclusive)


NEW = [UROCKETMQ.list(), ucloud("CreateURocketMQToken", ANY, {"TokenId": "t-1"})]
SHOWN = ucloud("GetURocketMQToken", ANY, {"Token": token(AKSK={"AccessKey": "ak-new", "SecretKey": "TokenPrivate0"})})
HIDDEN = ucloud("GetURocketMQToken", ANY, {"Token": token(AKSK={})})
FAILING = {R: [ROCKETMQ.list(user()), huawei("PUT", "instances/i-1/users/billing-1", ANY, status=400, code="DMS.1")]}


ZERO = dict.fromkeys(
    ("create", "update", "delete", "unchanged", "failed", "not_tried", "refused", "hold_more", "unmanaged"), 0
)
EMPTY = "so nothing would be looked at (allow_empty: true allows it)"
SECONDS = "verify_timeout: must be a number of seconds from 0 to 3600; got "
SASL = "`roma_sasl` must be true, false, or a mapping of instances to true or false; got "
IDENTITIES = "`identities: ann` must have entries such as {system: huaweicloud_rocketmq, scope: rocketmq-demo, principal: billing}; got 'x'"
SETUPS = "permissions_setups.mine must be a mapping of some of ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma; got "
DAYS = "it must be a number of days such as 90d; got 'x'"


@pytest.mark.parametrize(
    "grants, options, said",
    [
        ([], {}, [f"grants must hold at least one grant; got an empty list, {EMPTY}"]),
        (None, {}, ["grants must be given, in grants or grants_file (permissions_grants or permissions_file of the role); got nothing, " + EMPTY]),
        ([TOKEN], {"systems": [R, F]},
         [f"systems must be some that grants are for; got {name}, and no grant is for it" for name in (R, F)]),
        ([TOKEN], {"systems": []}, ["systems: must name at least one, or be left out for all; got []"]),
        ([], {"systems": [R], "exclusive_limit": -1}, ["exclusive_limit: must be at least 0; got -1"]),
        ([TOKEN], {"verify_timeout": -1, "exclusive_limit": -1}, [f"{SECONDS}-1", "exclusive_limit: must be at least 0; got -1"]),
        ([TOKEN], {"verify_timeout": 3601}, [f"{SECONDS}3601"]),
        ([TOKEN], {"identities": {"ann": ["x"]}}, [IDENTITIES]),
        ([TOKEN], {"roma_sasl": 1}, [f"{SASL}1"]),
        ([TOKEN], {"roma_sasl": {"i-1": True, "i-2": "on"}}, [f"{SASL}{{'i-1': True, 'i-2': 'on'}}"]),
        ([TOKEN], {"roma_sasl": "on"}, [f"{SASL}'on'"]),
        ([TOKEN], {"warn_before": "x"}, [f"warn_before: {DAYS}"]),
        ([TOKEN], {"setups": {"mine": {"x": {}}}}, [f"{SETUPS}{{'x': {{}}}}"]),
        (KEY, {}, ["grants must be a list of grants; got something else, which only a task on the controller can read"]),
        ([dict(USER, secret_key=KEY, topics=["a"])], {},
         ["permissions_grants[0] (billing-1): topics must be left out, since read_only on huaweicloud_rocketmq does not use it; got ['a']"]),
    ],
)  # fmt: skip
def test_a_mistaken_task_sends_nothing(grants, options, said):
    result = play(grants, **options)
    rows = [row["status"] for row in result["grants"]]
    assert (result["failed"], result["changed"], result["deleted"]) == (True, False, [])
    assert result["error"]["message"] == "Nothing was written. " + "; ".join(said) + "."
    assert rows == (["refused"] if "topics must" in said[0] else ["not tried"] if grants and grants != KEY else [])
    assert result["counts"] == {**ZERO, "refused": rows.count("refused"), "not_tried": rows.count("not tried")}
    assert result["artifacts"] == {
        **dict.fromkeys(("permissions_drifted", "permissions_changed", "permissions_ending"), []),
        "permissions_refused": [{"host": None, "system": None, "message": text} for text in said],
    }


RULES = "guardrails: it must be a list of rules, or be left out; got null"


@pytest.mark.parametrize(
    "result, said",
    [
        (lambda: _permissions_task.PermissionsTask().refused("requests is missing"), "requests is missing"),
        (lambda: play([TOKEN], permissions_guardrails=None), RULES),
        (lambda: play([TOKEN], guardrails=None), RULES),
    ],
)
def test_what_is_refused_before_its_grants_are_looked_at_has_all_keys_of_a_result(result, said):
    result = result()
    assert (result["failed"], result["changed"], result["grants"], result["deleted"]) == (True, False, [], [])
    assert (result["counts"], result["error"]["message"]) == (ZERO, f"Nothing was written. {said}.")
    assert result["artifacts"] == {
        **dict.fromkeys(("permissions_drifted", "permissions_changed", "permissions_ending"), []),
        "permissions_refused": [{"host": None, "system": None, "message": said}],
    }
    assert result["msg"] == said or result["msg"].startswith(result["error"]["message"])


def test_mistakes_of_texts_set_ups_and_grants_are_told_together():
    """Of the grants not those of set-ups, which may be missing because of the other mistakes."""
    task = _permissions_task.PermissionsTask(host="h")
    rows = [dict(TOKEN, setup="mine"), dict(TOKEN, topics=["a"])]
    task.given = _permissions_task.Given(rows, problems=["grants.yml: permissions_scop is not a variable"])
    result = play(None, task=task, setups={"mine": {"x": {}}})
    assert result["artifacts"]["permissions_refused"] == [
        {"host": "h", "system": None, "message": text}
        for text in (
            "grants.yml: permissions_scop is not a variable",
            f"{SETUPS}{{'x': {{}}}}",
            "permissions_grants[1] (ci-1): topics must be left out, since read_only on ucloud_urocketmq does not use it; got ['a']",
        )
    ]  # fmt: skip
    assert statuses(result) == ["not tried", "refused"]


@pytest.mark.parametrize(
    "grant, calls, rule, said",
    [
        (TOKEN, [UROCKETMQ.list(token())], {"deny": {"action": "consume"}},
         "(deny, any): ci-1 (ucloud_urocketmq s-1) would consume on every topic because of topic_consume_perm ALL (grant 1): it "
         "denies consume"),
        (UPLOADS, UFILE.read_all(), {"deny": {"action": "write"}},
         "(deny, any): ci-1 (ucloud_ufile org-1) would write every object of bucket b0 because of allowed_ops TOKEN_ALLOW_WRITE (grant "
         "1), allowed_buckets b0 (grant 1), allowed_prefixes * (grant 1): it denies write"),
        # All topics are read then, and not only those that the grant names.
        (POLICY, [*ROMA.read_all(*(ROMA.row(number, policies=[ROMA.owner]) for number in (1, 2))), ROMA.list_apps()],
         {"limit": {"action": "consume", "at_most": 1}},
         "(limit, any): shop (huaweicloud_roma i-1) would consume on topic orders-1 because of policies orders-1=sub (grant 1): at most "
         "1 may consume in huaweicloud_roma i-1, and these would: creator, shop"),
    ],
)  # fmt: skip
def test_guardrails_judge_all_of_it_before_anything_is_written(grant, calls, rule, said):
    result = play([grant], {grant["system"]: calls}, guardrails=[{"id": "g", **rule}])
    assert statuses(result) == ["not tried"] and result["changed"] is False
    assert result["error"]["message"] == f"Nothing was written. guardrails: guardrail g {said}."


def test_connection_options_that_are_left_out_have_their_defaults():
    given = []
    options = {"region": "cn-bj2", "timeout": None}
    resource = UFILE.resource
    _permissions_task.connected(resource, {"ucloud": options}, None, lambda *everything: given.extend(everything))
    validated = ArgumentSpecValidator(resource.provider.argument_spec()).validate({"region": "cn-bj2"})
    assert given == [resource, validated.validated_parameters, None]
    _permissions_task.connected(resource, {"ucloud": None}, None, lambda *everything: given.extend(everything))
    assert given[4] == {**validated.validated_parameters, "region": None}


@pytest.mark.parametrize(
    "options, calls, said",
    [
        ({"ucloud": {"public_key": "x"}}, [], "The task has public_key but not private_key."),
        ({}, [ucloud("ListURocketMQToken", ANY, KeyboardInterrupt())], "Nothing was written."),
    ],
)
def test_what_ends_a_task_before_a_write_is_told_and_nothing_is_changed(options, calls, said):
    result = play([TOKEN], {Q: calls}, **options)
    assert statuses(result) == ["not tried"] and result["changed"] is False
    assert said in result["msg"]


def test_no_grants_are_fine_for_who_says_so():
    result = play([], allow_empty=True)
    assert (result["changed"], result["grants"], sum(result["counts"].values())) == (False, [], 0)


def test_a_system_that_is_not_asked_for_is_checked_and_left_alone():
    result = play([TOKEN, USER], {Q: [UROCKETMQ.list(token(consume="ALL"))]}, systems=[Q])
    assert [(row["system"], row["status"]) for row in result["grants"]] == [(Q, "unchanged")]


@pytest.mark.parametrize("more, failed", [([], False), ([USER], True)])
def test_keys_of_new_tokens_are_returned_also_when_another_system_failed(more, failed):
    calls = {Q: [*NEW, SHOWN], **(FAILING if failed else {})}
    result = play([TOKEN, *more], calls, return_credentials=True)
    assert bool(result.get("failed")) is failed
    names = {"system": Q, "service_id": "s-1", "token_id": "t-1", "name": "ci-1"}
    assert result["credentials"] == [{**names, "access_key": "ak-new", "secret_key": "TokenPrivate0"}]
    assert "credentials" not in play([TOKEN], {Q: NEW[:1]}, check_mode=True, return_credentials=True)


@pytest.mark.parametrize("hidden", [HIDDEN, ucloud("GetURocketMQToken", ANY, code=299, message=PRIVATE_KEY)])
@pytest.mark.parametrize("more", [[], [USER]])
def test_keys_that_cannot_be_read_are_told(more, hidden):
    result = play([TOKEN, *more], {Q: [*NEW, hidden], **(FAILING if more else {})}, return_credentials=True)
    assert (result["failed"], result["changed"], result["credentials"]) == (True, True, [])
    (told,) = result["warnings"] if more else [result["msg"]]
    assert told.startswith("Created, but the credentials of URocketMQ token t-1 (ci-1, service_id s-1)"), told
    assert more or result["error"]["provider"] == "UCloud"
    assert result["artifacts"]["permissions_refused"][0]["message"] == result["msg"]


def test_the_key_of_a_new_user_is_masked_where_a_service_repeats_it():
    refused = huawei("POST", "instances/i-1/users", ANY, {"error_code": "X", "error_msg": f"bad {KEY}"}, status=400)
    result = play([dict(USER, secret_key=KEY)], {R: [ROCKETMQ.list(), refused]})
    assert "bad <hidden>" in result["msg"]


def test_what_a_vault_held_is_masked_everywhere():
    task = _permissions_task.PermissionsTask()
    task.hidden = ["told-by-a-vault"]
    grant = dict(TOKEN, reason="told-by-a-vault")
    result = play([grant], {Q: [UROCKETMQ.list(token(consume="ALL"))]}, task=task)
    assert result["grants"][0]["reason"] == "<hidden>"


ENDED = mock.Mock(side_effect=KeyboardInterrupt)


def test_a_signal_at_the_very_end_loses_nothing():
    calls = {Q: [UROCKETMQ.list(token()), *UROCKETMQ.write(token(consume="ALL"))]}
    result = play([TOKEN], calls, when_done=ENDED)
    assert (result["failed"], result["changed"], statuses(result)) == (True, True, ["written"])


def test_a_result_that_cannot_be_made_is_a_failed_one(monkeypatch):
    monkeypatch.setattr(_permissions_task.result, "counts", mock.Mock(side_effect=ValueError("x")))
    calls = {Q: [UROCKETMQ.list(token()), *UROCKETMQ.write(token(consume="ALL"))]}
    result = play([TOKEN], calls)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, True, "internal")
    assert [row["token_id"] for row in result["error"]["written"]] == ["t-1"]


# -- permissions_info --------------------------------------------------------------------------------


def gather(calls=None, **how):
    return play(None, calls, task=_permissions_task.PermissionsTask(info=True), **how)


LOOK = (
    "There is nothing to look at. Name what to read: permissions_file or permissions_grants, ufile: true, urocketmq_services, "
    "rocketmq_instances, roma_instances"
)
HALF = "The task has public_key but not private_key."


@pytest.mark.parametrize(
    "options, said",
    [
        ({"ufile": False}, [LOOK]),
        ({"ufile": False, "urocketmq_services": [" , "]}, [LOOK]),
        ({"setups": {"mine": "text"}, "warn_before": "x", "rotate_after": "x", "urocketmq_services": ["a\nb", "b"]},
         [f"{SETUPS}a text", "urocketmq_services: the value holds the character '\\n', which no name can hold", f"warn_before: {DAYS}",
          f"rotate_after: {DAYS}"]),
        ({"ufile": False, "identities": {"ann": ["x"]}}, [IDENTITIES]),
        ({"ufile": False, "acceptances": [{"finding": "MQ001", "reason": "r", "by": "ann"}]},
         ["`acceptances[0].until` must be the last day, such as 2027-01-31; got None"]),
        ({"from": {"a.json": "{"}}, ["a.json must be data of access, as a report writes it; got a text that is not JSON"]),
        ({"ufile": True, "ucloud": {"public_key": "x"}}, HALF),
        ({"ufile": True, "ucloud": {"public_key": "x"}, "partial": True}, HALF),
    ],
)  # fmt: skip
def test_a_mistaken_reading_sends_nothing(options, said):
    result = gather({F: []}, **options)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["error"]["message"] == (said if said is HALF else "Nothing was written. " + "; ".join(said) + ".")


HOLDS = {Q: [UROCKETMQ.list(token(consume="ALL"))]}
ONE_SERVICE = {"ufile": False, "urocketmq_services": ["s-1", "s-1"]}


REFUSED = (
    "Could not read URocketMQ tokens. UCloud ListURocketMQToken (POST https://api.ucloud.cn/) answered HTTP 200, code 299: <hidden>. "
    "Hint: The key's IAM policy does not allow this operation. See "
    "https://grantops.github.io/cloud/docsite/troubleshooting.html#ucloud-299"
)


def listed(*tokens, **how):
    response = {"TokenList": list(tokens), "TotalCount": len(tokens)}
    return ucloud("ListURocketMQToken", ANY, None if how else response, message=PRIVATE_KEY, **how)


def test_an_estate_is_read_as_grants():
    result = gather(HOLDS, **ONE_SERVICE)
    assert (result["changed"], result["grants"]) == (False, [TOKEN])
    assert result["grants_text"].endswith(
        """
permissions_grants:
  # URocketMQ token t-1, ci-1 of s-1
  - system: ucloud_urocketmq
    service_id: s-1
    principal: ci-1
    setup: read_only
"""
    )
    assert "# Not read" not in result["grants_text"] and "warnings" not in result
    assert list(gather(HOLDS, **ONE_SERVICE, access=False)) == ["grants_text", "grants", "changed"]
    result = gather({F: UFILE.read_all()}, ufile=True)
    assert [(scope["system"], scope["scope"], scope["principals"]) for scope in result["scopes"]] == [(F, "org-1", 0)]


@pytest.mark.parametrize("partial", [False, True])
def test_what_cannot_be_read_is_told_and_is_an_error_unless_it_may_be_partial(partial):
    services = {"ufile": False, "urocketmq_services": ["s-1 ,s-2", " "], "partial": partial}
    result = gather({Q: [listed(token(consume="ALL")), listed(code=299)]}, **services)
    if partial:
        scopes = [
            tuple(scope[key] for key in ("scope", "complete", "problem", "principals")) for scope in result["scopes"]
        ]
        assert scopes == [("s-1", True, None, 1), ("s-2", False, REFUSED, 0)]
        assert result["grants"] == [TOKEN]
        assert f"\n# Not read: ucloud_urocketmq s-2: {REFUSED}\npermissions_grants:\n" in result["grants_text"]
        result = gather({Q: [listed(code=299), listed(code=299)]}, **services)
    assert (result["failed"], result["changed"], result["msg"]) == (True, False, REFUSED)
    assert (result["error"]["kind"], result["error"]["code"]) == ("permission", 299)


@pytest.mark.parametrize(
    "options, of, found",
    [
        ({}, "access", [{"file": "teams.yml", "number": 5, "line": 17}]),
        ({}, "findings", ["MQ004"]),
        ({"rotate_after": "1d"}, "findings", ["ID004", "MQ004"]),
        ({"acceptances": [{"finding": "MQ001", "reason": "r", "by": "ann", "until": "2025-07-01"}]}, "findings", ["MQ004", "AC002"]),
        ({}, "principals", [(None, True)]),
        ({"identities": {"ann": [{"system": Q, "scope": "s-1", "principal": "ci-1"}]}}, "principals", [("ann", True)]),
        ({"setups": {"mine": {Q: {"topic_consume_perm": "ALL"}}}, "grants": "mine"}, "principals", [(None, True)]),
        ({"grants": None}, "principals", [(None, None)]),
        ({"warn_before": "10d"}, "warn_before", 10),
    ],
)  # fmt: skip
def test_what_a_reading_says_is_about_its_grants_and_options(options, of, found):
    task = _permissions_task.PermissionsTask(info=True)
    row = dict(TOKEN, setup=options.pop("grants", TOKEN["setup"]))
    if row["setup"]:
        source = _permissions_task.grants.Source(0, row, "teams.yml", 4, 17)
        task.given = _permissions_task.Given([row], [source])
    services = {} if row["setup"] else ONE_SERVICE
    said = play(None, HOLDS, task=task, export=False, **services, **options)[of]
    picked = {
        "access": lambda row: row["because"][0]["grant"],
        "findings": lambda row: row["id"],
        "principals": lambda row: (row["identity"], row["declared"]),
    }
    assert (list(map(picked[of], said)) if of in picked else said) == found


def test_a_question_about_an_estate_has_an_answer():
    data = gather(HOLDS, **ONE_SERVICE, export=False, may="consume", principal="ci-1")
    assert "grants" not in data
    answer = data.pop("answer")
    assert (answer["answer"], answer["lines"]) == (
        "yes",
        [
            "yes",
            "ci-1 (t-1), ucloud_urocketmq s-1",
            "  consume from every topic, also what is created later",
            "      because topic_consume_perm ALL",
        ],
    )
    assert answer["rows"] == [dict(data["access"][0], name="ci-1", identity=None)]
    reports = {"a.json": json.dumps(data)}
    new = {"on": "new-topic", "anything": True}
    for asked, told in (
        ({"may": "publish"}, "no"),
        ({"principal": "ci-1"}, "yes"),
        (new, "yes"),
        ({"may": "publish", **new}, "no"),
    ):
        assert gather(**{"from": reports}, **asked)["answer"]["answer"] == told
    assert "answer" not in gather(**{"from": reports}) and "rows" in answer
    said = gather(**{"from": reports}, principal="nobody")["error"]["message"]
    assert said == "Nothing was written. `principal` must be a name that was seen; got 'nobody'."
    for reading in (gather(**{"from": reports}, since="x"), gather(HOLDS, **ONE_SERVICE, since="x")):
        assert reading["error"]["message"].startswith("Nothing was written. line 1 is not a line of a snapshot")


def test_what_a_client_warns_of_is_told_once(monkeypatch):
    connected = _permissions_task.connected

    def warning(*given):
        client = connected(*given)
        client.warnings.extend(["It is slow."] * 2)
        return client

    monkeypatch.setattr(_permissions_task, "connected", warning)
    for result in (gather(HOLDS, **ONE_SERVICE), play([TOKEN], HOLDS)):
        assert result["warnings"] == ["It is slow."]


ON, OFF, ASSUMED = ("documented", "policies"), ("documented", "roma_sasl"), ("assumed", "policies")


@pytest.mark.parametrize(
    "given, found",
    [
        (None, ASSUMED), (True, ON), ("yes", ON), ("True", ON), ({"i-1": True}, ON), ({7: True}, ASSUMED), (False, OFF), ("NO", OFF),
        ("false", OFF), ({"i-1": False, "i-2": True}, OFF),
    ],
)  # fmt: skip
def test_whether_sasl_is_on_may_be_said_in_words_and_for_each_instance(given, found):
    calls = {T: ROMA.read_all(ROMA.row(policies=[ROMA.owner]))}
    result = gather(calls, ufile=False, roma_instances=["i-1"], roma_sasl=given)
    assert {(row["certainty"], row["because"][0]["field"]) for row in result["access"]} == {found}


def test_a_reading_that_is_ended_at_the_very_end_says_so():
    result = gather(HOLDS, when_done=ENDED, **ONE_SERVICE)
    assert (result["failed"], result["error"]["kind"]) == (True, "interrupted")
