# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RocketMQ users: the rules beyond the shared ones."""

from __future__ import annotations

import re

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import rocketmq_user
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Change, Desired
from ansible_collections.grantops.cloud.tests.unit.cases import RocketMQ
from ansible_collections.grantops.cloud.tests.unit.scripted import attempt, huawei, run

RESOURCE = rocketmq_user.RESOURCE
case = RocketMQ()
ONE = {"instance_id": "i-1", "user_name": "billing-1"}


@pytest.mark.parametrize("key", ["topic_perms", "group_perms", "white_remote_address", "admin"])
def test_null_is_not_taken_for_empty(key):
    """What a null stands for is not documented, and a write would make it so."""
    result = case.refused(dict(ONE, default_topic_perm="PUB"), case.read(case.row(**{key: None})))
    assert f"did not return {key}; give it in the task" in result["msg"]


def test_what_the_service_does_not_return_must_be_given():
    row = {key: value for key, value in case.row().items() if key not in ("group_perms", "secret_key")}
    result = case.refused(dict(ONE, admin=False), case.read(row))
    assert "the service did not return secret_key, group_perms; give it in the task" in result["msg"]
    row["group_perms"], after = case.row()["group_perms"], case.row(admin=False, secret_key="Another-Key1")
    result = case.change({"admin": False, "secret_key": "Another-Key1"}, row, after)
    assert "Another-Key1" not in str(result)


def test_user_names_are_escaped_in_the_path():
    name, path = "a b/c?d#%é", "instances/i-1/users/a%20b%2Fc%3Fd%23%25%C3%A9"
    row, after = case.row(access_key=name), case.row(access_key=name, admin=False)
    calls = [huawei("GET", path, response=row), huawei("PUT", path, after, after), huawei("GET", path, response=after)]
    assert run(RESOURCE, {"instance_id": "i-1", "user_name": name, "admin": False}, calls)["changed"] is True


def test_access_key_is_another_name_of_user_name():
    options = dict(case.scope, access_key="billing-1")
    assert run(RESOURCE, options, case.read(case.row()))["user"]["user_name"] == "billing-1"


def test_a_new_secret_is_a_change_that_shows_neither():
    result = case.change({"secret_key": "Another-Key1"}, case.row(), case.row(secret_key="Another-Key1"))
    assert "Another-Key1" not in str(result)
    (diff,) = result["diff"]
    assert diff["before"] == "secret_key: <hidden>\n"
    assert diff["after"] == "secret_key: <new value hidden>\n"
    assert "secret_key" not in result["user"]


def test_a_secret_that_was_not_taken_over_is_not_shown():
    calls = case.read(case.row()) + case.write(case.row(secret_key="Another-Key1")) + case.read(case.row())
    result = case.refused(dict(ONE, secret_key="Another-Key1"), calls)
    assert "secret_key is not the one that was written" in result["msg"]
    assert "Another-Key1" not in str(result)


@pytest.mark.parametrize("secret", ["Abcdefg1", "abcdefg1!", "ABCDEFG1!", "Abcdefg!", "Aa1!" * 8, "Ab1`~{}|"])
def test_three_of_four_classes_and_8_to_32_characters_suffice(secret):
    case.change({"secret_key": secret}, case.row(), case.row(secret_key=secret))


MASKS = ["Rmq******2195", "********", "***", "Secret-Ke***", "", "xxxxxxxx", "\u2022" * 8]


@pytest.mark.parametrize("mask", MASKS)
def test_a_masked_secret_is_not_sent_back(mask):
    for check_mode in (True, False):
        options = dict(ONE, admin=False)
        result = attempt(RESOURCE, options, case.read(case.row(secret_key=mask)), check_mode=check_mode)
        assert "the service did not return secret_key; give it in the task" in result["msg"]
    case.unchanged({"admin": True}, case.row(secret_key=mask))


@pytest.mark.parametrize("mask", MASKS)
def test_a_masked_secret_is_never_unchanged(mask):
    result = case.change({"secret_key": "Secret-Key1"}, case.row(secret_key=mask), case.row())
    assert "warnings" not in result  # it is shown afterwards
    current = case.row(secret_key=mask)
    calls = case.read(current) + case.write(case.row()) + case.read(current)
    result = run(RESOURCE, dict(ONE, secret_key="Secret-Key1"), calls)
    assert result["changed"] is True
    (warning,) = result["warnings"]
    assert "secret_key was written, but the service does not show it" in warning


def test_what_is_shown_beside_a_masked_secret_is_verified():
    current = case.row(secret_key="********")
    calls = case.read(current) + case.write(case.row(admin=False)) + case.read(current)
    result = case.refused(dict(ONE, secret_key="Secret-Key1", admin=False), calls)
    assert "admin is true instead of false" in result["msg"]


def test_a_write_of_unknown_outcome_is_not_done_because_a_secret_is_not_shown():
    current = case.row(secret_key="********")
    calls = case.read(current) + case.write(case.row(), status=500) + case.read(current)
    assert case.refused(dict(ONE, secret_key="Secret-Key1"), calls)["error"]["status"] == 500


@pytest.mark.parametrize(
    ("said", "secrets"),
    [
        ("it must have three of", ["abcdefgh1", "ABCDEFGH1", "abcdefgh!", "12345678!", "Abcdefgh"]),
        ("it must be the secret itself", ["Rmq******2195", "********", "Abc***d1", "aaaaaaaa"]),  # masks
        ("it must not begin with '-'", ["-Secret-Key1"]),
        (".* holds (a|the) character", ["Abcd1234é", "Abcd 1234", "Abcd1234\t", "令牌Abcd1234!"]),
        ("it holds a template", ["{{Vault_1}}"]),
    ],
)
def test_a_key_that_the_document_does_not_allow_is_refused_without_being_quoted(said, secrets):
    for secret in secrets:
        message = case.refused(dict(ONE, secret_key=secret), [])["msg"]
        assert re.search(f"secret_key: {said}", message) and secret not in message


PERMS = ("default_topic_perm", "default_group_perm")


@pytest.mark.parametrize(
    ("key", "blank", "given"),
    [(key, blank, "SUB") for key in PERMS for blank in ("", " ", None)] + [("admin", "", True), ("admin", None, True)],
)
def test_a_blank_permission_is_unknown(key, blank, given):
    """Users made as administrators show such defaults."""
    current, change = case.row(**{key: blank}), {"white_remote_address": ""}
    for check_mode in (True, False):
        result = attempt(RESOURCE, {**ONE, **change}, case.read(current), check_mode=check_mode)
        assert f"the service did not return {key}; give it in the task" in result["msg"]
    assert run(RESOURCE, ONE, case.read(current), info=True)["users"][0][key] is None
    case.change({**change, key: given}, current, case.row(**change, **{key: given}))


@pytest.mark.parametrize(
    ("desired", "current"),
    [("SUB|PUB", "PUB|SUB"), ("PUB|SUB", "SUB|PUB"), ("PUB|SUB", "PUB | SUB"), ("DENY", "DENY ")],
)
def test_the_order_of_pub_and_sub_has_no_meaning(desired, current):
    for option in ("topic_perms", "group_perms"):
        rows, held = ([{"name": "a", "perm": perm}] for perm in (desired, current))
        case.unchanged({option: rows}, case.row(**{option: held}))
    case.unchanged({"default_topic_perm": desired}, case.row(default_topic_perm=current))


@pytest.mark.parametrize("perm", ["PUB", "SUB", "PUB|SUB", "SUB|PUB", "DENY"])
@pytest.mark.parametrize("option", PERMS)
def test_a_default_takes_all_permissions(option, perm):
    before = case.row(**{option: "DENY" if perm != "DENY" else "PUB"})
    case.change({option: perm}, before, case.row(**{option: "PUB|SUB" if "|" in perm else perm}))


@pytest.mark.parametrize("word", ["PUB", "PUB|SUB", "ANY", "SUB|PUB|ADMIN", "B|A"])
def test_what_was_read_is_given_back(word):
    """Also a word that this release does not know."""
    held = {"default_topic_perm": word, "default_group_perm": word, "topic_perms": [{"name": "a", "perm": word}]}
    case.change({"admin": False}, case.row(**held), case.row(admin=False, **held))
    assert run(RESOURCE, ONE, case.read(case.row(**held)), info=True)["users"][0]["default_group_perm"] == word


ADDRESSES = [
    ("10.0.0.1,10.0.0.2", "10.0.0.2,10.0.0.1"),
    ("10.0.0.1, 10.0.0.2", "10.0.0.2 ,10.0.0.1"),
    ("192.*.*.*,10.0.0.1", "10.0.0.1,192.*.*.*,10.0.0.1,"),
    ("10.0.0.{1,2},10.0.0.0", "10.0.0.0,10.0.0.{1,2}"),
    ("", " , "),
]


@pytest.mark.parametrize(("desired", "current"), ADDRESSES)
def test_addresses_have_no_order(desired, current):
    case.unchanged({"white_remote_address": desired}, case.row(white_remote_address=current))


@pytest.mark.parametrize(
    ("desired", "current", "planned"),
    [("10.0.0.2, 10.0.0.1", current, "10.0.0.1,10.0.0.2")
     for current in ("10.0.0.1", "10.0.0.1,10.0.0.3", "10.0.0.1,10.0.0.2,10.0.0.3", "10.0.0.*", "")]
    # A comma in braces splits no address.
    + [("9.0.0.1,10.0.0.{2,1}", "192.0.2.10", "10.0.0.{2,1},9.0.0.1")],
)  # fmt: skip
def test_another_set_of_addresses_is_a_change(desired, current, planned):
    before, after = (case.row(white_remote_address=value) for value in (current, planned))
    case.change({"white_remote_address": desired}, before, after)


@pytest.mark.parametrize("option", ["topic_perms", "group_perms"])
def test_another_permission_of_an_entry_is_a_change(option):
    name = case.two(option)[0]["name"]
    after = case.row(**{option: [dict(case.two(option)[0], perm="PUB"), case.two(option)[1]]})
    case.change({option: [{"name": name, "perm": "PUB"}], "purge": False}, case.row(), after)


def test_diff_maps_names_to_permissions():
    options = {"topic_perms": [{"name": "orders", "perm": "SUB|PUB"}]}
    (diff,) = case.change(options, case.row(), case.row(topic_perms=[{"name": "orders", "perm": "PUB|SUB"}]))["diff"]
    assert diff["before"] == "topic_perms:\n  orders: PUB|SUB\n  payments: DENY\n"
    assert diff["after"] == "topic_perms:\n  orders: PUB|SUB\n"


def test_a_whitelisted_address_is_a_warning_and_clearing_the_list_is_none():
    (text,) = case.unchanged({"white_remote_address": "192.0.2.10"}, case.row())["warnings"]
    assert text.startswith(case.label + ": white_remote_address lets these addresses do everything")
    assert "secret unchecked" in text
    assert "warnings" not in case.change({"white_remote_address": ""}, case.row(), case.row(white_remote_address=""))


def test_an_edition_that_ignores_fields_is_an_error_that_names_them():
    options = {"admin": False, "default_topic_perm": "PUB", "topic_perms": []}
    after = case.row(admin=False, default_topic_perm="PUB", topic_perms=[])
    result = case.refused(dict(ONE, **options), case.read(case.row()) + case.write(after) + case.read(case.row()))
    for part in ("admin is true instead of false", "default_topic_perm is PUB|SUB instead of PUB", "instead of {}"):
        assert part in result["msg"]
    assert "5.x basic edition" in result["error"]["hint"]


def refused(status, code):
    """A refused read of the user."""
    response = {"error_code": code, "error_msg": "refused"} if code else {}
    return huawei("GET", "instances/i-1/users/billing-1", response=response, status=status)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "DMS.00404022", "invalid"),
        (404, "DMS.10240406", "invalid"),
        (404, "APIGW.0101", "invalid"),
        (404, "DMS.10240407", "throttled"),
        (400, "DMS.00400065", "invalid"),
        (403, "DMS.04030001", "permission"),
    ],
)
def test_only_the_documented_code_means_absent(status, code, kind):
    result = case.refused(ONE, [refused(status, code)])
    assert result["error"]["kind"] == kind
    assert "does not exist" not in result["msg"]


@pytest.mark.parametrize(
    ("status", "code"), [(404, None), (404, "DMS.00404999"), (400, None), (400, "DMS.00400999"), (404, 404)]
)
def test_an_unknown_refusal_is_absent_where_the_list_has_no_such_user_and_else_an_error(status, code):
    calls = [refused(status, code), case.list(case.row(2))]
    assert run(RESOURCE, dict(ONE, state="absent"), calls)["changed"] is False
    error = case.refused(ONE, [refused(status, code), case.list(case.row())])["error"]
    assert (error["operation"], error["status"]) == ("ShowUser", status)


def test_a_list_that_is_refused_too_says_nothing():
    result = case.refused(dict(ONE, state="absent"), [refused(404, None), case.list(status=404, code="DMS.00404022")])
    assert result["error"]["code"] == "DMS.00404022"


def test_a_page_past_the_end_is_a_list_that_is_read_again():
    rows = [case.row(number) for number in range(60)]
    calls = [
        case.list(*rows[:50], total=60),
        case.list(offset=50, status=400, code="DMS.40050010"),
        case.list(*rows[:50], total=51),
        case.list(rows[50], offset=50, total=51),
    ]
    assert len(run(RESOURCE, {"instance_id": "i-1"}, calls, info=True)["users"]) == 51


def test_a_response_about_another_user_is_an_error():
    result = case.refused(ONE, [huawei("GET", "instances/i-1/users/billing-1", response=case.row(2))])
    assert result["error"]["kind"] == "response"


@pytest.mark.parametrize("users", [None, {}, ["x"], [{"admin": True}]])
def test_a_list_without_usable_rows_is_an_error(users):
    page = case.list()
    page.response["users"] = users
    assert attempt(RESOURCE, {"instance_id": "i-1"}, [page], info=True)["error"]["kind"] == "response"


@pytest.mark.parametrize(
    ("key", "values", "why"),
    [
        ("admin", ["yes"], ""),
        ("default_topic_perm", [5], ""),
        ("topic_perms", [{}, [{"perm": "SUB"}], [{"name": "a", "perm": "SUB"}, {"name": "a", "perm": "PUB"}]], ""),
        ("group_perms", ["x"], ""),
        *(
            (key, [[{"name": "orders", **perm}] for perm in ({"perm": ""}, {"perm": None}, {})], ": orders has no perm")
            for key in ("topic_perms", "group_perms")
        ),
        ("secret_key", [["Secret-Key1"]], ": a value that is not shown"),
    ],
)
def test_a_field_that_cannot_be_understood_is_an_error(key, values, why):
    for value in values:
        assert f"has an unusable {key}{why}" in case.refused(ONE, case.read(case.row(**{key: value})))["msg"]


def test_a_flag_as_text_is_understood():
    case.unchanged({"admin": True}, case.row(admin="True"))


def test_all_users_are_pages_of_50():
    rows = [case.row(number) for number in range(120)]
    calls = [case.list(*rows[start : start + 50], offset=start, total=120) for start in (0, 50, 100)]
    assert len(run(RESOURCE, {"instance_id": "i-1"}, calls, info=True)["users"]) == 120


def test_few_of_many_are_read_one_by_one_where_that_is_fewer():
    page = [case.row(number) for number in range(50)]
    users = [case.names(0), case.names(500)]
    calls = [case.list(*page, total=900), case.show(case.row(500))]
    assert run(RESOURCE, {"instance_id": "i-1", "users": users}, calls)["changed"] is False


def test_users_of_two_instances_are_read_by_instance():
    users = [{"instance_id": place, "user_name": "billing-1"} for place in ("i-1", "i-2")]
    calls = case.read(case.row()) + [huawei("GET", "instances/i-2/users/billing-1", response=case.row())]
    assert run(RESOURCE, {"users": users}, calls)["changed"] is False


@pytest.mark.parametrize("value", ["['10.0.0.1', '10.0.0.2']", '["10.0.0.1"]', "('10.0.0.1',)"])
def test_addresses_as_a_list_that_was_made_a_text_are_refused_whole(value):
    result = case.refused(dict(ONE, white_remote_address=value), case.read(case.row()))
    said = f"white_remote_address must be one name; got {value!r}, a list or a mapping that was converted to text"
    assert said in result["msg"]


NOTHING = {
    "access_key": "billing-1", "secret_key": "Secret-Key1", "white_remote_address": "", "admin": False,
    "default_topic_perm": "DENY", "default_group_perm": "DENY", "topic_perms": [], "group_perms": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "options", "changes", "shown"),
    [
        # What a task says of all counts for each that says nothing.
        ([{}, {"state": "present"}], {"state": "absent", "return_unchanged": False}, {1: "delete"}, []),
        # What changed is shown, and the rest on request.
        ([{"admin": False}, {}], {"return_unchanged": False}, {1: "update"}, [1]),
        ([{"admin": False}, {}], {"return_unchanged": True}, {1: "update"}, [1, 2]),
    ],
)
def test_of_a_list_what_changes_is_shown_and_what_is_said_of_all_counts_for_each(entries, options, changes, shown):
    users = [dict(case.names(number), **entry) for number, entry in enumerate(entries, 1)]
    calls = [case.list(case.row(1), case.row(2))]
    result = run(RESOURCE, {"instance_id": "i-1", "users": users, **options}, calls, check_mode=True)
    expected = {f"billing-{number}": action for number, action in changes.items()}
    assert {change["user_name"]: change["action"] for change in result["changes"]} == expected
    assert [user["user_name"] for user in result["users"]] == [f"billing-{number}" for number in shown]


def test_a_new_user_is_nothing_but_its_name_and_secret():
    calls = [*case.absent(), huawei("POST", "instances/i-1/users", NOTHING, NOTHING), case.show(NOTHING)]
    result = run(RESOURCE, dict(ONE, secret_key="Secret-Key1"), calls)
    assert result["changes"][0]["action"] == "create"
    (diff,) = result["diff"]
    assert (diff["before_header"], diff["after_header"]) == (case.label + ": absent", case.label)


def test_a_name_that_the_service_tidies_is_the_one_that_is_read_and_an_error():
    absent = huawei("GET", "instances/i-1/users/Billing-1", status=400, code="DMS.00500972")
    create = huawei("POST", "instances/i-1/users", dict(NOTHING, access_key="Billing-1"), NOTHING)
    calls = [absent, create, case.show(NOTHING)]
    result = case.refused({"user_name": "Billing-1", "secret_key": "Secret-Key1"}, calls)
    assert "user_name is 'billing-1' instead of 'Billing-1'" in result["msg"]


@pytest.mark.parametrize(
    ("response", "names"),
    [(None, {}), ({"access_key": 7}, {}), ({"access_key": ""}, {}), ({"access_key": "b"}, {"user_name": "b"})],
)
def test_only_a_name_in_the_response_to_a_creation_is_believed(response, names):
    sent = []
    client = type("Client", (), {"call": lambda _self, *_what, **how: sent.append(how) or response})()
    change = Change(RESOURCE, Desired("", {**ONE, "instance_id": "i-1"}, {}), None, {})
    assert RESOURCE.api(client).create(change) == names
    assert sent == [{"body": {"access_key": "billing-1"}, "idempotent": False}]


def test_a_user_that_is_gone_when_it_is_deleted_is_no_error():
    delete = huawei("DELETE", "instances/i-1/users/billing-1", status=400, code="DMS.00500972")
    calls = [case.show(case.row()), delete, *case.absent()]
    assert "warnings" not in run(RESOURCE, dict(ONE, state="absent"), calls)


def test_exclusive_in_two_places_keeps_each_place_apart():
    """The same user twice: one place has it and another one beside, the other has it as it is to be."""
    desired = [{"instance_id": place, "user_name": "billing-1", "admin": True} for place in ("i-1", "i-2")]
    row, other = case.row(), case.row(2)
    listed = huawei("GET", "instances/i-2/users?limit=50&offset=0", response={"users": [row], "total": 1})
    calls = [case.list(dict(row, admin=False), other), listed]
    result = run(RESOURCE, {"users": desired, "exclusive": True}, calls, check_mode=True)
    changes = [(row["instance_id"], row["user_name"], row["action"]) for row in result["changes"]]
    assert changes == [("i-1", "billing-1", "update"), ("i-1", "billing-2", "delete")]
