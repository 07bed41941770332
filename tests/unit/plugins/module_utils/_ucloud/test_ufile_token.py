# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UFile tokens: the rules beyond the shared ones."""

from __future__ import annotations

import json

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Desired
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import ufile_token
from ansible_collections.grantops.cloud.tests.unit.cases import ALL_OF_IT, UFile
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, Responses, attempt, run, ucloud

RESOURCE = ufile_token.RESOURCE
case = UFile()
NEW = dict(ALL_OF_IT, token_name="ci-1")
FORM = {"TokenName": "ci-1", "AllowedOps.0": "TOKEN_ALLOW_NONE", "AllowedPrefixes.0": "*", "AllowedBuckets.0": "*"}


def new_row(**values):
    return case.row(**{"AllowedOps": ["TOKEN_ALLOW_NONE"], "AllowedPrefixes": ["*"], "AllowedBuckets": ["*"], **values})


def creation(row, form=ANY, response=None):
    """The calls that create a token, which then is ``row``."""
    return [*case.read_all(), ucloud("CreateUFileToken", form, response or {"TokenId": "t-1"}), *case.read(row)]


def described(*rows, region=None, **form):
    form = dict(form, **({"Region": region} if region else {}))
    return ucloud("DescribeUFileToken", form, {"DataSet": list(rows)})


@pytest.mark.parametrize("op", ufile_token.OPS)
def test_all_eight_documented_operations_are_values(op):
    assert len(ufile_token.OPS) == 8
    case.change({"allowed_ops": [op]}, case.row(AllowedOps=["TOKEN_ALLOW_IOP_V2"]), case.row(AllowedOps=[op]))


@pytest.mark.parametrize(("existing", "planned"), [("TOKEN_ALLOW_NEW", ["TOKEN_ALLOW_NEW"]), ("TOKEN_ALLOW_NONE", [])])
def test_an_addition_keeps_an_operation_that_no_document_has_and_replaces_allow_none(existing, planned):
    options = {"allowed_ops": ["TOKEN_ALLOW_READ"], "purge": False}
    case.change(options, case.row(AllowedOps=[existing]), case.row(AllowedOps=[*planned, "TOKEN_ALLOW_READ"]))


@pytest.mark.parametrize("current", [[], ["TOKEN_ALLOW_NONE"]])
@pytest.mark.parametrize("desired", [[], ["TOKEN_ALLOW_NONE"]])
def test_no_operation_and_allow_none_are_the_same(current, desired):
    case.unchanged({"allowed_ops": desired}, case.row(AllowedOps=current))


@pytest.mark.parametrize(
    ("option", "key"), [("allowed_prefixes", "AllowedPrefixes"), ("allowed_buckets", "AllowedBuckets")]
)
class TestEverything:
    def test_a_star_includes_all_others(self, option, key):
        case.unchanged({option: ["a", "*"]}, case.row(**{key: ["*"]}))

    def test_adding_to_everything_changes_nothing(self, option, key):
        case.unchanged({option: ["a"], "purge": False}, case.row(**{key: ["*"]}))

    def test_replacing_everything_narrows_it(self, option, key):
        case.change({option: ["a"]}, case.row(**{key: ["*"]}), case.row(**{key: ["a"]}))

    def test_an_empty_list_of_the_service_is_read(self, option, key):
        case.change({option: ["a"]}, case.row(**{key: []}), case.row(**{key: ["a"]}))


def test_the_reason_is_given_for_an_empty_list():
    result = case.refused(dict(case.names(), allowed_prefixes=[]), [])
    assert "it would leave the old entries in place" in result["msg"]
    assert "allowed_ops: []" in result["msg"]


# The clock of these tests: 2025-06-15T15:06:40Z.
# -- the end of a token ----------------------------------------------------------------------------


PAST = [
    ("86400", "1970-01-02T00:00:00Z. A duration is not taken: 86400 seconds from now it is 2025-06-16T15:06:40Z"),
    ("2592000", "2592000 seconds from now it is 2025-07-15T15:06:40Z"),
    ("20290101", "1970-08-23T20:08:21Z. A date is written with hyphens: 2029-01-01"),
    ("2029", "1970-01-01T00:33:49Z. A date is written with hyphens: 2029-01-01"),
    ("202907", "A date is written with hyphens: 2029-07-01"),
    ("20291399", "20291399 seconds from now it is"),  # no date
    ("20200101", "20200101 seconds from now it is"),  # nor one to come
    ("1749999999", "2025-06-15T15:06:39Z"),
    ("2025-06-15T15:06:40Z", "2025-06-15T15:06:40Z"),
    ("2025-06-15T17:06:40+02:00", "2025-06-15T15:06:40Z"),
]


@pytest.mark.parametrize(("text", "message"), PAST)
def test_an_end_that_has_passed_is_refused(text, message):
    for options, calls in (
        (dict(case.names(), expire_time=text), case.read(case.row())),
        (dict(ALL_OF_IT, token_name="new", expire_time=text), case.read_all(case.row())),
    ):
        result = case.refused(options, calls)
        assert "expire_time must be a time in the future; got" in result["msg"]
        assert message in result["msg"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1893456000000", "Milliseconds are not taken: in seconds it is 1893456000"),
        ("20290101123000", "A date is written with hyphens: 2029-01-01T12:30:00Z"),
        ("202901011230", "A date is written with hyphens: 2029-01-01T12:30:00Z"),
        ("9" * 18, "(2099-12-31T16:00:00Z)."),
        ("9" * 30, "is neither Unix seconds nor"),
        ("+30d", "a duration is not taken"),
    ],
)
def test_an_end_that_no_token_can_have_says_what_may_be_meant(text, message):
    assert message in case.refused(dict(case.names(), expire_time=text), [])["msg"]


@pytest.mark.parametrize("end", [1750000001, 4102416000])
def test_the_first_and_the_last_second_to_come_are_ends_without_a_warning(end):
    result = case.change({"expire_time": str(end)}, case.row(), case.row(ExpireTime=end))
    assert "warnings" not in result


DAY = 86400
TODAY = 1749945600  # the midnight before the clock of these tests
RENEWS = {"expires_in": "90d", "renew_before": "30d"}
BESIDE = "beside it, as in expires_in: 90d, renew_before: 30d"


@pytest.mark.parametrize(
    ("existing", "planned"),
    [
        (None, 91),
        (-1, 91),  # it has passed
        (0.9, 91),
        (30.9, 91),
        (31, None),
        (60.5, None),
        (91, None),
        (91.01, 91),  # later than asked for
        (4000, 91),
    ],
)
def test_an_end_between_both_durations_stays_and_any_other_is_renewed(existing, planned):
    row = case.row(ExpireTime=None if existing is None else int(TODAY + existing * DAY))
    if planned is None:
        case.unchanged(RENEWS, row)
    else:
        case.change(RENEWS, row, case.row(ExpireTime=TODAY + planned * DAY))


def test_a_new_token_begins_with_the_whole_time():
    calls = case.read_all(case.row())
    result = run(RESOURCE, dict(ALL_OF_IT, token_name="new", **RENEWS), calls, check_mode=True)
    assert result["token"]["expires"] == "2025-09-14T00:00:00Z"
    assert "warnings" not in result


@pytest.mark.parametrize(
    ("options", "option", "message"),
    [
        (
            {"expires_in": "30d", "renew_before": "30d"},
            "renew_before",
            "it must be shorter than expires_in, which is 30d; got 30d",
        ),
        ({"expires_in": "90d"}, "expires_in", f"it needs renew_before {BESIDE}"),
        ({"renew_before": "30d"}, "renew_before", f"it needs expires_in {BESIDE}"),
        (
            dict(RENEWS, expire_time="2030-01-01"),
            "expires_in",
            "it cannot be used together with expire_time, which is a fixed end",
        ),
        *(
            (dict(RENEWS, expires_in=text), "expires_in", f"it must be a number of days such as 90d; got {text!r}")
            for text in ("", "90", "0d", "-1d", "090d", "1.5d", "3 months", "90D", "١d", "100000d", "90d\n1")
        ),
        (dict(RENEWS, renew_before="30"), "renew_before", "it must be a number of days such as 90d; got '30'"),
    ],
)
def test_durations_that_cannot_be_meant_are_refused_before_anything_is_read(options, option, message):
    for form, position in (
        (dict(case.names(), **options), None),
        ({"tokens": [dict(case.names(), **options)]}, "tokens[0]"),
    ):
        (problem,) = case.refused(form, [])["error"]["problems"]
        assert problem == {"position": position, "option": option, "message": message}


def test_durations_beside_the_list_are_for_all_that_stay():
    rows = [case.row(1, ExpireTime=TODAY + 50 * DAY), case.row(2, ExpireTime=TODAY + 50 * DAY), case.row(3)]
    entries = [{"token_id": "t-1"}, {"token_id": "t-2", "renew_before": "60d"}, {"token_id": "t-3", "state": "absent"}]
    result = run(RESOURCE, dict(RENEWS, tokens=entries), case.read_all(*rows), check_mode=True)
    assert [(change["token_id"], change["action"]) for change in result["changes"]] == [
        ("t-2", "update"),
        ("t-3", "delete"),
    ]
    assert result["changes"][0]["after"] == {"expire_time": "2025-09-14T00:00:00Z"}


@pytest.mark.parametrize("options", [{}, {"expire_time": "1750000000"}, {"allowed_ops": ["TOKEN_ALLOW_READ"]}])
def test_a_token_that_has_ended_warns_and_one_that_is_to_go_does_not(options):
    row = case.row(ExpireTime=1750000000, AllowedOps=["TOKEN_ALLOW_READ"])
    text = (
        "UFile token t-1 (ci-1): its expire_time 2025-06-15T15:06:40Z has passed, so the token is refused. Give a later one, or "
        "delete it."
    )
    assert case.unchanged(options, row)["warnings"] == [text]
    rows = [row, dict(row, TokenId="t-2"), case.row(3)]
    entries = [{"token_id": "t-1", **options}, {"token_id": "t-2", "state": "absent"}, {"token_id": "t-3"}]
    assert run(RESOURCE, {"tokens": entries}, case.read_all(*rows), check_mode=True)["warnings"] == [text]


@pytest.mark.parametrize(
    ("seconds", "text"), [(1900000000, "2030-03-17T17:46:40Z"), (1, "1970-01-01T00:00:01Z"), (None, None)]
)
@pytest.mark.parametrize("info", [False, True])
def test_the_end_is_shown_in_both_forms(seconds, text, info):
    result = run(RESOURCE, case.names(), case.read(case.row(ExpireTime=seconds)), info=info)
    shown = result["tokens"][0] if info else result["token"]
    assert (shown["expire_time"], shown["expires"]) == (seconds, text)


def test_the_misspelt_name_of_a_documented_response_is_understood():
    row = case.row()
    row["TolenName"] = row.pop("TokenName")
    assert run(RESOURCE, {"token_name": "ci-1"}, case.read_all(row))["token"]["token_id"] == "t-1"


# -- responses -------------------------------------------------------------------------------------


EVERYWHERE = [described(TokenId="t-1"), described(TokenId="t-1", region="cn-bj2")]


@pytest.mark.parametrize(
    "calls", [case.absent(), EVERYWHERE, [described(case.row(2), TokenId="t-1")]], ids=["error", "nothing", "another"]
)
def test_an_unknown_id_may_bring_an_error_nothing_or_another_token(calls):
    assert "does not exist" in case.refused(case.names(), calls)["msg"]


def test_a_name_beside_an_id_renames():
    result = case.change({"token_name": "new"}, case.row(), case.row(TokenName="new"))
    assert (result["token"]["token_name"], "before" in result["changes"][0]) == ("new", True)


@pytest.mark.parametrize(
    ("response", "message"),
    [
        ({}, "DataSet"),
        ({"DataSet": {}}, "DataSet"),
        ({"DataSet": ["x"]}, "DataSet"),
        ({"DataSet": [{"TokenName": "x"}]}, "TokenId"),
        ({"DataSet": [dict(case.row(), AllowedOps="x")]}, "has an unusable AllowedOps: expected a list of texts"),
        ({"DataSet": [dict(case.row(), ExpireTime="x")]}, "has an unusable ExpireTime: expected Unix seconds"),
        ({"DataSet": [dict(case.row(), ExpireTime="x" * 100000)]}, "has an unusable ExpireTime"),
        ({"DataSet": [dict(case.row(), AllowedBuckets=[5])]}, "has an unusable AllowedBuckets: expected a list"),
        ({"DataSet": [dict(case.row(), TokenName=5)]}, "has an unusable TokenName: expected text"),
    ],
)
def test_a_response_that_cannot_be_understood_is_an_error(response, message):
    result = case.refused(case.names(), [ucloud("DescribeUFileToken", {"TokenId": "t-1"}, response)])
    assert result["error"]["kind"] == "response"
    assert message in result["msg"]
    assert len(json.dumps(result)) < 5000


def test_a_field_that_the_service_does_not_return_is_unknown_and_must_be_given_for_a_write():
    row = {key: value for key, value in case.row().items() if key != "ExpireTime"}
    assert case.unchanged({}, row)["token"]["expire_time"] is None
    result = case.refused(dict(case.names(), allowed_ops=[]), case.read(row))
    assert "the service did not return expire_time; give it in the task" in result["msg"]
    # Nor is a change taken for done.
    calls = case.read(case.row()) + case.write(case.row(ExpireTime=1800000000)) + case.read(row)
    result = case.refused(dict(case.names(), expire_time="1800000000"), calls)
    assert "expire_time is not returned" in result["msg"]


ODD = case.row(AllowedBuckets=["{{ old }}"], TokenName="{{ name }}")


def test_a_template_may_be_there():
    case.unchanged({"allowed_buckets": ["{{ old }}"], "token_name": "{{ name }}"}, ODD)


@pytest.mark.parametrize(
    ("options", "calls", "where"),
    [
        (
            {"token_id": "t-1", "allowed_buckets": ["{{ old }}", "{{ new }}"]}, case.read(ODD),
            "t-1 ({{ name }}): allowed_buckets: an entry",
        ),
        ({"token_id": "t-1", "token_name": "{{ other }}"}, case.read(ODD), "t-1 ({{ name }}): token_name"),
        ({"token_name": "{{ x }}"}, case.read_all(), "{{ x }}: token_name"),
        ({"token_name": "x", "allowed_prefixes": ["{{ x }}"]}, case.read_all(), "x: allowed_prefixes: an entry"),
    ],
)  # fmt: skip
def test_a_template_is_not_added(options, calls, where):
    (problem,) = case.refused(options, calls)["error"]["problems"]
    assert problem["message"] == f"UFile token {where} holds a template that was not filled in"


def test_diff_shows_the_time_readable():
    result = case.change({"expire_time": "1800000000"}, case.row(), case.row(ExpireTime=1800000000))
    (diff,) = result["diff"]
    assert diff["before"] == 'expire_time: "2030-03-17T17:46:40Z"\n'
    assert diff["after"] == 'expire_time: "2027-01-15T08:00:00Z"\n'
    assert diff["before_header"] == diff["after_header"] == "UFile token t-1 (ci-1)"


# -- a new token -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, "allowed_buckets and allowed_prefixes"),
        ({"allowed_buckets": ["acme"]}, "allowed_prefixes"),
        ({"allowed_prefixes": ["*"], "allowed_ops": []}, "allowed_buckets"),
    ],
)
@pytest.mark.parametrize(
    ("names", "meant"),
    [(["reports", "REPORT", "other"], ". Is one of these meant? REPORT, reports"), (["other"], "is all")],
)
def test_a_new_token_must_say_buckets_and_prefixes(said, missing, names, meant):
    options = dict({"token_name": "reportz", "allowed_ops": ["TOKEN_ALLOW_READ"]}, **said)
    rows = [case.row(number, TokenName=name) for number, name in enumerate(names)]
    message = case.refused(options, case.read_all(*rows))["error"]["problems"][0]["message"]
    assert f"UFile token reportz: it does not exist, and a new token must say {missing}, or it would" in message
    assert "allowed_buckets: [acme-data] and allowed_prefixes: ['*'], where '*' is all" in message
    assert message.endswith(meant)


def test_of_very_many_new_names_only_the_first_are_compared():
    rows = [case.row(number, TokenName=f"name-{number}") for number in range(20)]
    options = {"tokens": [{"token_name": f"nname-{number}"} for number in range(20)]}
    problems = case.refused(options, case.read_all(*rows))["error"]["problems"]
    assert ["Is one of these meant" in problem["message"] for problem in problems] == [True] * 10 + [False] * 10


def test_credentials_of_what_exists_are_a_warning():
    (text,) = case.unchanged({"return_credentials": True}, case.row())["warnings"]
    assert text.startswith("return_credentials has no effect on what exists already: UFile token t-1 (ci-1). ")
    entries = [case.names(number) for number in range(12)] + [{"token_id": "t-12", "state": "absent"}]
    rows = [case.row(number) for number in range(13)]
    options = {"tokens": entries, "return_credentials": True}
    (text,) = run(RESOURCE, options, case.read_all(*rows), check_mode=True)["warnings"]
    assert "t-9 (ci-9); and 2 more. " in text


@pytest.mark.parametrize(("option", "key"), [("black_ip_list", "BlackIPList"), ("white_ip_list", "WhiteIPList")])
class TestAddresses:
    def test_a_new_token_takes_them(self, option, key):
        form = {**FORM, f"{key}.0": "192.0.2.1", f"{key}.1": "192.0.2.2"}
        options = dict(NEW, **{option: ["192.0.2.2", "192.0.2.1"]})
        calls = creation(new_row(**{key: ["192.0.2.2", "192.0.2.1"]}), form)
        assert run(RESOURCE, options, calls)["token"][option] == ["192.0.2.1", "192.0.2.2"]
        assert f"{option} is not returned" in case.refused(options, creation(new_row(), form))["msg"]

    @pytest.mark.parametrize("given", [[], None])
    def test_none_is_nothing_to_send(self, option, key, given):
        result = run(RESOURCE, dict(NEW, **{option: given}), creation(new_row(), FORM))
        assert result["token"][option] is None

    @pytest.mark.parametrize(
        ("held", "given", "shown"), [(["a"], ["b"], "['a']"), (["a"], [], "['a']"), (None, ["a"], "not shown")]
    )
    def test_a_difference_is_refused(self, option, key, held, given, shown):
        result = case.refused(dict(case.names(), **{option: given}), case.read(case.row(**{key: held})))
        assert f"{option} can be set only when a token is created" in result["msg"]
        assert f"It is {shown}: leave it out, or create another token" in result["msg"]

    @pytest.mark.parametrize(("held", "given"), [(["b", "a"], ["a", "b"]), (None, []), ([], [])])
    def test_what_is_as_it_is_said_is_no_change(self, option, key, held, given):
        case.unchanged({option: given}, case.row(**{key: held}))

    def test_an_update_does_not_send_them(self, option, key):
        before = case.row(**{key: ["a"]})
        case.change({"allowed_ops": [], option: ["a"]}, before, dict(before, AllowedOps=["TOKEN_ALLOW_NONE"]))


HERE, THERE = case.row(1), case.row(2, TokenName="ci-1", Region="hk")


# -- regions ---------------------------------------------------------------------------------------


def test_a_token_of_another_region_is_found_and_written_there():
    after = dict(THERE, AllowedOps=["TOKEN_ALLOW_NONE"])
    (write,) = case.write(after, region="hk")
    calls = [described(case.row(3), THERE), write, *case.read(after)]
    assert run(RESOURCE, {"token_name": "ci-1", "allowed_ops": []}, calls)["token"]["region"] == "hk"


@pytest.mark.parametrize("exclusive", [False, True])
def test_of_two_of_a_name_the_one_of_the_region_is_meant(exclusive):
    options = {"tokens": [{"token_name": "ci-1"}], "exclusive": exclusive}
    result = run(RESOURCE, options, [described(THERE, HERE, case.row(3, Region="r"))])
    assert (result["changed"], result["tokens"][0]["token_id"]) == (False, "t-1")
    kept = "UFile token t-2 (ci-1) in hk; UFile token t-3 (ci-3) in r"
    said = f"exclusive leaves the tokens of other regions than cn-bj2: {kept}."
    assert result.get("warnings", []) == [said] * exclusive


def test_of_two_of_a_name_elsewhere_none_is_guessed_at():
    rows = [THERE, case.row(3, TokenName="ci-1", Region="hk"), case.row(4)]
    assert "tokens have the name ci-1: t-2, t-3" in case.refused({"token_name": "ci-1"}, [described(*rows)])["msg"]


@pytest.mark.parametrize("first", [[], [case.row(2, Region="hk")], [case.row(2, Region=None)]])
def test_what_shows_with_the_region_alone_is_found_before_one_is_made(first):
    calls = [described(*first), described(HERE, region="cn-bj2")]
    assert run(RESOURCE, {"token_name": "ci-1"}, calls)["token"]["token_id"] == "t-1"
    shown = run(RESOURCE, {}, calls, info=True)["tokens"]
    assert [token["token_id"] for token in shown] == ["t-1"] + [row["TokenId"] for row in first]
    by_id = [described(TokenId="t-1"), described(HERE, region="cn-bj2", TokenId="t-1")]
    assert run(RESOURCE, {"token_id": "t-1"}, by_id)["changed"] is False


def test_without_a_region_one_look_is_enough():
    for options in ({"token_name": "ci-1"}, {"tokens": [{"token_name": "ci-1"}], "exclusive": True}):
        result = run(RESOURCE, {**options, "region": None}, [described(THERE)])
        shown = result.get("token") or result["tokens"][0]
        assert (result["changed"], "warnings" in result, shown["token_id"]) == (False, False, "t-2")


def test_an_id_beside_a_name_that_is_not_its_name_is_two_tokens_for_info():
    options = {"token_id": "t-1", "token_name": "other"}
    assert run(RESOURCE, options, case.read(case.row()), info=True)["tokens"] == []


def test_a_prefix_that_begins_with_a_slash_is_warned_of():
    row = case.row(AllowedPrefixes=["/in/", "out/"])
    options = dict(case.names(), allowed_prefixes=["/in/", "out/"])
    said = "UFile token t-1: allowed_prefixes has /in/, and the keys of objects seldom begin with a slash."
    assert run(RESOURCE, options, case.read(row))["warnings"] == [said]
    assert "warnings" not in case.unchanged({"allowed_prefixes": ["in/"]}, case.row(AllowedPrefixes=["in/"]))


def test_a_new_token_lives_for_a_day_unless_its_end_is_given():
    result = run(RESOURCE, NEW, creation(new_row(), FORM))
    assert result["warnings"] == ["UFile token ci-1: without expire_time, a new token lives for one day only."]
    assert result["token"]["expire_time"] == 1900000000
    calls = creation(new_row(), dict(FORM, ExpireTime=1900000000), {"UFileTokenSet": {"TokenId": "t-1"}})
    assert "warnings" not in run(RESOURCE, dict(NEW, expire_time="1900000000"), calls)


def test_what_the_service_will_add_is_not_known_before():
    result = run(RESOURCE, NEW, case.read_all(), check_mode=True)
    assert {result["token"][option] for option in RESOURCE.facts} == {None}


def test_a_ufile_token_is_deleted_in_its_own_region():
    row = case.row(Region="cn-sh2")
    delete = ucloud("DeleteUFileToken", {"TokenId": "t-1"}, code=15040, region="cn-sh2")
    options = {"token_id": "t-1", "state": "absent"}
    assert run(RESOURCE, options, [*case.read(row), delete, *case.absent()])["token"] is None


def test_credentials_are_one_more_look_and_those_of_a_list_a_list():
    row = new_row(PrivateKey="of-the-new-one")
    calls = [*creation(row), *case.read(row)]
    keys = {"token_id": "t-1", "token_name": "ci-1", "public_key": "TOKEN_pub", "private_key": "of-the-new-one"}
    for options, shown in ((NEW, keys), ({"tokens": [NEW]}, [keys])):
        assert run(RESOURCE, dict(options, return_credentials=True), calls)["credentials"] == shown


@pytest.mark.parametrize("key", ["PublicKey", "PrivateKey"])
def test_half_a_key_pair_is_no_credential(key):
    options = dict(NEW, return_credentials=True, verify=False)
    assert "has no key pair of the token" in attempt(RESOURCE, options, creation(new_row(**{key: ["x"]})))["msg"]


def test_to_delete_a_token_its_region_must_be_known():
    row = {key: value for key, value in case.row().items() if key != "Region"}
    (read,) = case.read(row)
    read.describe = lambda request: ("DescribeUFileToken", {"TokenId": "t-1"})
    options = {"tokens": [{"token_id": "t-1", "state": "absent"}], "region": None}
    (problem,) = case.refused(options, [read])["error"]["problems"]
    message = "it must be given to delete this token, since the service does not show the token's region"
    assert problem == {"position": "tokens[0]", "option": "region", "message": message}


def test_the_key_of_a_new_token_is_known_as_a_secret():
    client = Responses({"UFileTokenSet": {"TokenId": "t-9", "PrivateKey": "new-private-1"}})
    change = type("Change", (), {"planned_values": {"token_name": "new"}, "desired": Desired("", {}, {})})
    assert RESOURCE.api(client).create(change) == {"token_id": "t-9"}
    assert client.secrets.clean("new-private-1") == "<hidden>"
    assert client.asked == [("CreateUFileToken", {"TokenName": "new"}, {"idempotent": False})]


def test_only_the_key_of_the_token_itself_is_given_away():
    other, own = case.row(2, PrivateKey="of-another"), case.row(PrivateKey="its-own-key")
    client = Responses({"DataSet": [other, own]})
    found = RESOURCE.api(client).credentials({"token_id": "t-1"})
    assert found == {"public_key": "TOKEN_pub", "private_key": "its-own-key"}
    assert client.secrets.clean("of-another its-own-key") == "<hidden> <hidden>"
    with pytest.raises(errors.ResponseError, match="^the response of DescribeUFileToken has no key pair of the token$"):
        RESOURCE.api(Responses({"DataSet": [other]})).credentials({"token_id": "t-1"})


@pytest.mark.parametrize(
    ("region", "of_token", "covered"),
    [("r", "r", True), ("r", "s", False), ("r", "", True), ("r", None, True), (None, "s", True), ("", "s", True)],
)
def test_exclusive_covers_the_tokens_of_the_region(region, of_token, covered):
    client = type("Client", (), {"region": region})
    state = type("State", (), {"facts": {"region": of_token}})
    assert RESOURCE.api(client).reached_by_exclusive(state) is covered


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], [None]])
def test_what_is_only_shown_is_no_tree(value):
    row = case.row(CreateTime=value, Region=value)
    result = run(RESOURCE, case.names(), case.read(row), info=True)
    assert [result["tokens"][0][key] for key in ("create_time", "region")] == [None, None]


@pytest.mark.parametrize("region", [None, "", 7, {"a": 1}])
def test_a_region_that_is_none_is_the_tasks_own(region):
    options = dict(case.names(), state="absent", region="cn-bj2", verify=False)
    delete = ucloud("DeleteUFileToken", {"TokenId": "t-1"}, {})
    calls = [*case.read(case.row(Region=region)), delete]
    assert run(RESOURCE, options, calls)["changed"] is True
