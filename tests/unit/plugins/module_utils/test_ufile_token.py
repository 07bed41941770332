# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UFile tokens: the rules beyond the shared ones."""

from __future__ import annotations

import time

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import ufile_token
from ansible_collections.grantops.cloud.tests.unit.cases import UFile
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, refusals, run, ucloud

RESOURCE = ufile_token.RESOURCE
case = UFile()


def change(options, current, after):
    """The result of a change that must send ``after``."""
    calls = case.read(current) + case.write(after) + case.read(after)
    return run(RESOURCE, dict(case.names(), **options), calls)


def unchanged(options, current):
    result = run(RESOURCE, dict(case.names(), **options), case.read(current))
    assert result["changed"] is False, result
    return result


def refused(options, calls):
    result = attempt(RESOURCE, options, calls)
    assert result["failed"] is True
    return result


@pytest.mark.parametrize("op", ufile_token.OPS)
def test_all_eight_documented_operations_are_values(op):
    assert len(ufile_token.OPS) == 8
    change({"allowed_ops": [op]}, case.row(AllowedOps=["TOKEN_ALLOW_IOP_V2"]), case.row(AllowedOps=[op]))


def test_an_operation_that_no_document_has_is_refused():
    (message,) = refusals(RESOURCE, dict(case.names(), allowed_ops=["READ"]))
    assert "value of allowed_ops must be one or more of" in message


def test_an_operation_that_this_release_does_not_know_survives_without_purge():
    current = case.row(AllowedOps=["TOKEN_ALLOW_NEW"])
    after = case.row(AllowedOps=["TOKEN_ALLOW_NEW", "TOKEN_ALLOW_READ"])
    change({"allowed_ops": ["TOKEN_ALLOW_READ"], "purge": False}, current, after)


def test_no_operation_is_sent_as_allow_none():
    change({"allowed_ops": []}, case.row(), case.row(AllowedOps=["TOKEN_ALLOW_NONE"]))


@pytest.mark.parametrize("current", [[], ["TOKEN_ALLOW_NONE"]])
@pytest.mark.parametrize("wanted", [[], ["TOKEN_ALLOW_NONE"]])
def test_no_operation_and_allow_none_are_the_same(current, wanted):
    unchanged({"allowed_ops": wanted}, case.row(AllowedOps=current))


def test_adding_to_allow_none_replaces_it():
    options = {"allowed_ops": ["TOKEN_ALLOW_READ"], "purge": False}
    change(options, case.row(AllowedOps=["TOKEN_ALLOW_NONE"]), case.row(AllowedOps=["TOKEN_ALLOW_READ"]))


@pytest.mark.parametrize(
    ("option", "key"), [("allowed_prefixes", "AllowedPrefixes"), ("allowed_buckets", "AllowedBuckets")]
)
class TestEverything:
    def test_a_star_includes_all_others(self, option, key):
        unchanged({option: ["a", "*"]}, case.row(**{key: ["*"]}))

    def test_adding_to_everything_changes_nothing(self, option, key):
        unchanged({option: ["a"], "purge": False}, case.row(**{key: ["*"]}))

    def test_replacing_everything_narrows_it(self, option, key):
        change({option: ["a"]}, case.row(**{key: ["*"]}), case.row(**{key: ["a"]}))

    def test_an_empty_list_of_the_service_is_read(self, option, key):
        change({option: ["a"]}, case.row(**{key: []}), case.row(**{key: ["a"]}))


def test_the_reason_is_given_for_an_empty_list():
    result = refused(dict(case.names(), allowed_prefixes=[]), [])
    assert "it would leave the old entries in place" in result["msg"]
    assert "allowed_ops: []" in result["msg"]


@pytest.mark.parametrize(
    "text", ["1800000000", "2027-01-15T08:00:00Z", "2027-01-15 08:00", "2027-01-15T09:00:00+01:00"]
)
def test_expire_time_is_unix_seconds_or_iso(text):
    unchanged({"expire_time": text}, case.row(ExpireTime=1800000000))


def test_the_latest_expire_time_is_accepted():
    change({"expire_time": "4102416000"}, case.row(), case.row(ExpireTime=4102416000))


def test_an_expire_time_in_the_past_is_a_warning():
    result = unchanged({"expire_time": "2001-09-09T01:46:40Z"}, case.row(ExpireTime=1000000000))
    (text,) = result["warnings"]
    assert "expire_time 2001-09-09T01:46:40Z is in the past" in text


def test_an_expire_time_to_come_is_none(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1.0)
    assert "warnings" not in unchanged({"expire_time": "1900000000"}, case.row())


@pytest.mark.parametrize("raw", [1900000000.0, "1900000000", "1900000000.0"])
def test_an_expire_time_as_float_or_text_is_understood(raw):
    assert unchanged({"expire_time": "1900000000"}, case.row(ExpireTime=raw))["token"]["expire_time"] == 1900000000


def test_the_misspelt_name_of_a_documented_answer_is_understood():
    row = case.row()
    row["TolenName"] = row.pop("TokenName")
    calls = [ucloud("DescribeUFileToken", {}, {"DataSet": [row]})]
    assert run(RESOURCE, {"token_name": "ci-1"}, calls)["token"]["token_id"] == "t-1"


@pytest.mark.parametrize("missing", [case.absent(), case.read(case.row())])
def test_an_unknown_id_may_answer_an_error_or_nothing(missing):
    if missing[0].answer["RetCode"] == 0:
        missing[0].answer["DataSet"] = []
    assert "does not exist" in refused(case.names(), missing)["msg"]


def test_an_answer_about_another_token_is_not_this_one():
    calls = [ucloud("DescribeUFileToken", {"TokenId": "t-1"}, {"DataSet": [case.row(2)]})]
    assert "does not exist" in refused(case.names(), calls)["msg"]


def test_a_token_is_found_by_name():
    calls = case.read_all(case.row(1), case.row(2))
    assert run(RESOURCE, {"token_name": "ci-2"}, calls)["token"]["token_id"] == "t-2"


def test_two_tokens_of_one_name_are_an_error_with_their_ids():
    calls = case.read_all(case.row(2, TokenName="ci"), case.row(1, TokenName="ci"))
    result = refused({"token_name": "ci"}, calls)
    assert "tokens have the name ci: t-1, t-2" in result["msg"]
    assert result["error"]["hint"].startswith("Say which one is meant with token_id. See ")


def test_a_name_beside_an_id_renames():
    after = case.row(TokenName="new")
    result = change({"token_name": "new"}, case.row(), after)
    assert result["token"]["token_name"] == "new"
    assert "before" in result["changes"][0]


def test_one_token_by_id_and_by_name_is_named_twice():
    options = {"tokens": [{"token_id": "t-1"}, {"token_name": "ci-1"}]}
    result = refused(options, case.read_all(case.row()))
    assert "is named at tokens[0] already" in result["msg"]


def test_any_number_of_tokens_is_one_request():
    rows = [case.row(number) for number in range(120)]
    options = {"tokens": [case.names(number) for number in range(120)]}
    assert run(RESOURCE, options, case.read_all(*rows))["changed"] is False


@pytest.mark.parametrize("url", ["https://api.ucloud-global.com", "https://api.example.com/", "http://127.0.0.1:9"])
def test_any_site_is_called(url):
    calls = case.read(case.row())
    result = run(RESOURCE, dict(case.names(), api_url=url), [Asserting(calls[0], url)])
    assert result["changed"] is False


class Asserting:
    """A call that must go to one site."""

    def __init__(self, call, url):
        self.call = call
        self.url = url
        self.response = call.response

    def check(self, request):
        assert request.url == self.url.rstrip("/") + "/"
        self.call.check(request)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, "DataSet"),
        ({"DataSet": {}}, "DataSet"),
        ({"DataSet": ["x"]}, "DataSet"),
        ({"DataSet": [{"TokenName": "x"}]}, "TokenId"),
        ({"DataSet": [dict(case.row(), AllowedOps="x")]}, "has an unusable AllowedOps: expected a list of texts"),
        ({"DataSet": [dict(case.row(), ExpireTime="x")]}, "has an unusable ExpireTime: expected Unix seconds"),
        ({"DataSet": [dict(case.row(), AllowedBuckets=[5])]}, "has an unusable AllowedBuckets: expected a list"),
    ],
)
def test_an_answer_that_cannot_be_understood_is_an_error(answer, message):
    result = refused(case.names(), [ucloud("DescribeUFileToken", {"TokenId": "t-1"}, answer)])
    assert result["error"]["kind"] == "answer"
    assert message in result["msg"]


def test_a_name_that_is_no_text_is_an_error():
    result = refused(case.names(), case.read(case.row(TokenName=5)))
    assert "has an unusable TokenName: expected text" in result["msg"]


def test_a_field_that_the_service_does_not_return_must_be_given_for_a_write():
    row = case.row()
    row.pop("ExpireTime")
    result = refused(dict(case.names(), allowed_ops=[]), case.read(row))
    assert "the service did not return expire_time; give it in the task" in result["msg"]


def test_a_field_that_was_not_returned_is_shown_as_unknown():
    row = case.row()
    row.pop("ExpireTime")
    assert unchanged({}, row)["token"]["expire_time"] is None


def test_a_field_that_is_not_returned_after_its_change_is_not_taken_for_done():
    after = case.row(ExpireTime=1800000000)
    blind = {key: value for key, value in after.items() if key != "ExpireTime"}
    calls = case.read(case.row()) + case.write(after) + case.read(blind)
    result = refused(dict(case.names(), expire_time="1800000000"), calls)
    assert "expire_time is not returned" in result["msg"]


def test_an_id_and_a_name_of_two_tokens_are_not_deleted():
    result = refused(dict(case.names(), token_name="other", state="absent"), case.read(case.row()))
    (problem,) = result["error"]["problems"]
    assert problem["message"] == "UFile token t-1 (ci-1): its token_name is ci-1, not other"


NOT_FILLED = "holds a template that was not filled in"


def test_a_template_may_be_there_and_may_not_be_added():
    row = case.row(AllowedBuckets=["{{ old }}"], TokenName="{{ name }}")
    assert unchanged({"allowed_buckets": ["{{ old }}"], "token_name": "{{ name }}"}, row)["changed"] is False
    for options, option in (
        ({"allowed_buckets": ["{{ old }}", "{{ new }}"]}, "allowed_buckets: an entry"),
        ({"token_name": "{{ other }}"}, "token_name"),
    ):
        result = refused(dict(case.names(), **options), case.read(row))
        assert result["error"]["problems"][0]["message"] == f"UFile token t-1 ({{{{ name }}}}): {option} {NOT_FILLED}"


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"token_name": "{{ x }}"}, "token_name"),
        ({"token_name": "x", "allowed_prefixes": ["{{ x }}"]}, "allowed_prefixes: an entry"),
    ],
)
def test_nothing_new_is_called_by_a_template(options, option):
    result = refused(options, case.read_all())
    assert result["error"]["problems"][0]["message"].endswith(f": {option} {NOT_FILLED}")


def test_diff_shows_the_time_readable():
    result = change({"expire_time": "1800000000"}, case.row(), case.row(ExpireTime=1800000000))
    (diff,) = result["diff"]
    assert diff["before"] == 'expire_time: "2030-03-17T17:46:40Z"\n'
    assert diff["after"] == 'expire_time: "2027-01-15T08:00:00Z"\n'
    assert diff["before_header"] == diff["after_header"] == "UFile token t-1 (ci-1)"


def test_an_id_beside_a_name_that_is_not_its_name_is_two_tokens_for_info():
    calls = case.read(case.row())
    assert run(RESOURCE, {"token_id": "t-1", "token_name": "other"}, calls, info=True)["tokens"] == []


def test_all_tokens_of_a_name_are_shown_by_info():
    rows = [case.row(1, TokenName="ci"), case.row(2, TokenName="ci"), case.row(3)]
    result = run(RESOURCE, {"token_name": "ci"}, case.read_all(*rows) + case.read_all(*rows), info=True)
    assert [token["token_id"] for token in result["tokens"]] == ["t-1", "t-2"]
