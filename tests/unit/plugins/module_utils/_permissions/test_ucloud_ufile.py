# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UFile: where permissions do not simply add up."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions.ucloud_ufile import PERMISSION_SET


def given(**native):
    return PERMISSION_SET.from_options(PERMISSION_SET.native(native))


def token(ops, buckets, prefixes=None, **more):
    native = {"allowed_ops": [f"TOKEN_{op}" for op in ops], "allowed_buckets": buckets, "allowed_prefixes": prefixes}
    return given(**native, **more)


NOTHING = PERMISSION_SET.nothing()
READ_A = token(["ALLOW_READ"], ["a"])
WRITE_B = token(["ALLOW_WRITE"], ["b"])


def refusal(call, *given):
    with pytest.raises(ValueError) as caught:
        call(*given)
    return str(caught.value)


MORE = ": every operation would be allowed on every bucket below every prefix, which is more than any of them gives; use a token for each"


def test_reading_one_bucket_and_writing_another_is_refused():
    said = refusal(PERMISSION_SET.add, READ_A, [token(["ALLOW_WRITE", "ALLOW_LIST"], ["b", "c"], ["x", "y"])])
    assert said == f"one token cannot hold (LIST, WRITE on b, c below x, y) and (READ on a below *){MORE}"


def test_four_that_are_a_product_together_add_up_in_any_order():
    four = [token([op], [bucket]) for op in ("ALLOW_READ", "ALLOW_WRITE") for bucket in "ab"]
    total = PERMISSION_SET.add(NOTHING, [four[0], four[3], four[1], four[2]])
    assert (sorted(total["ops"]), sorted(total["buckets"])) == (["TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE"], ["a", "b"])
    said = "one token cannot hold (READ on a below *) and (READ on b below *) and (WRITE on a below *)"
    assert refusal(PERMISSION_SET.add, NOTHING, four[:3]) == said + MORE


def test_a_token_without_operations_takes_what_is_given():
    shown = {"allowed_ops": ["TOKEN_ALLOW_NONE"], "allowed_buckets": ["z"], "allowed_prefixes": ["*"]}
    assert PERMISSION_SET.add(PERMISSION_SET.existing(shown), [WRITE_B])["buckets"] == {"b"}


def test_two_that_may_do_nothing_are_the_same_whatever_their_buckets():
    nobody = given(allowed_ops=["TOKEN_ALLOW_NONE"], allowed_buckets=["z"])
    assert PERMISSION_SET.same(nobody, NOTHING) and not PERMISSION_SET.same(NOTHING, READ_A)
    assert not PERMISSION_SET.same(READ_A, NOTHING) and not PERMISSION_SET.same(READ_A, token(["ALLOW_READ"], ["b"]))
    assert not PERMISSION_SET.same(nobody, dict(nobody, expires=1)) and not PERMISSION_SET.same(
        nobody, dict(nobody, deny=True)
    )


def test_an_operation_that_nobody_knows_includes_no_other():
    there = dict(READ_A, ops=frozenset("*"))
    assert PERMISSION_SET.add(there, [READ_A])["ops"] == {"*", "TOKEN_ALLOW_READ"}
    assert not PERMISSION_SET.same(there, READ_A)


def test_what_a_list_says_twice_is_not_rewritten():
    there = token(["ALLOW_READ"], ["*", "a"], ["x/", "x/y/"])
    assert PERMISSION_SET.add(there, [token(["ALLOW_READ"], ["b"], ["x/z/"])]) == there
    more = PERMISSION_SET.add(there, [token(["ALLOW_WRITE"], ["*"], ["x/"])])
    assert more == dict(there, ops={"TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE"})
    nobody = given(allowed_ops=["TOKEN_ALLOW_NONE"], allowed_buckets=["*", "a"])
    assert PERMISSION_SET.add(nobody, [token(["ALLOW_READ"], ["*"])])["buckets"] == {"*"}


def test_one_token_has_one_expiry():
    first, second = (token(["ALLOW_READ"], ["a"], expire_time=when) for when in ("2029-01-01", "2030-01-01"))
    said = "a token has one expiry, and these grants say 2029-01-01T00:00:00Z and 2030-01-01T00:00:00Z"
    assert refusal(PERMISSION_SET.add, NOTHING, [second, first]) == said
    assert PERMISSION_SET.add(NOTHING, [first, READ_A])["expires"] == first["expires"]


@pytest.mark.parametrize(("there", "end"), [(60, 1750000000 + 60 * 86400), (10, 1757808000)])
def test_an_end_that_renews_itself_stays_while_it_is_far_enough_ahead(there, end):
    renewing = dict(READ_A, renewal=(90 * 86400, 30 * 86400))
    assert PERMISSION_SET.add(dict(READ_A, expires=1750000000 + there * 86400), [renewing])["expires"] == end


def test_no_overwriting_is_neither_lifted_nor_added():
    careful = token(["ALLOW_WRITE", "DENY_UPDATE"], ["b"])
    assert PERMISSION_SET.add(careful, [WRITE_B])["deny"] is True
    said = "TOKEN_DENY_UPDATE takes something away from the token's other permissions, so it cannot be added"
    assert (
        refusal(PERMISSION_SET.add, WRITE_B, [careful])
        == refusal(PERMISSION_SET.add, NOTHING, [careful, WRITE_B])
        == said
    )
    assert PERMISSION_SET.add(NOTHING, [careful])["deny"] is True


@pytest.mark.parametrize("ops", [["TOKEN_ALLOW_NONE"], ["TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"]])
def test_a_new_ufile_token_says_its_buckets_and_prefixes(ops):
    after = PERMISSION_SET.add(NOTHING, [given(allowed_ops=ops, allowed_buckets=["*"])])
    options = PERMISSION_SET.options(None, NOTHING, after)
    assert options == {"allowed_ops": ops, "allowed_buckets": ["*"], "allowed_prefixes": ["*"]}


@pytest.mark.parametrize(
    "changes, options",
    [
        ({}, {}),
        ({"deny": True}, {"allowed_ops": ["TOKEN_ALLOW_READ", "TOKEN_DENY_UPDATE"]}),
        ({"ops": frozenset(), "buckets": frozenset("b")}, {"allowed_ops": ["TOKEN_ALLOW_NONE"]}),
        ({"buckets": frozenset("ba")}, {"allowed_buckets": ["a", "b"]}),
        ({"prefixes": frozenset("yx")}, {"allowed_prefixes": ["x", "y"]}),
        ({"expires": 5}, {"expire_time": "5"}),
        ({"expires": None}, {}),
    ],
)
def test_only_what_differs_is_sent(changes, options):
    before = dict(READ_A, expires=4)
    assert PERMISSION_SET.options({"allowed_ops": ["TOKEN_ALLOW_READ"]}, before, {**before, **changes}) == options


def test_what_a_ufile_token_has_from_its_creation_is_no_grant():
    assert {"allowed_ops", "allowed_buckets", "allowed_prefixes", "expire_time"} == set(PERMISSION_SET.fields)


def test_a_hole_cannot_be_expressed():
    everything = token(["ALLOW_READ"], ["*"])
    left = "what is left cannot be expressed as operations on buckets below prefixes, each with each; it holds "
    for there, taken, said in (
        (everything, READ_A, "(READ on * below *), and (READ on a below *)"),
        (token(["ALLOW_READ"], ["a"], ["db/"]), token(["ALLOW_READ"], ["a"], ["db/x/"]), "(READ on a below db/), and (READ on a below db/x/)"),
        (token(["ALLOW_READ"], ["a", "b"], ["x", "y"]), token(["ALLOW_READ"], ["a"], ["x"]), "(READ on a, b below x, y), and (READ on a below x)"),
    ):  # fmt: skip
        assert refusal(PERMISSION_SET.remove, there, taken) == f"{left}{said} is to be taken back"
    assert PERMISSION_SET.remove(token(["ALLOW_READ"], ["a", "b"]), READ_A)["buckets"] == {"b"}
    assert PERMISSION_SET.remove(READ_A, WRITE_B) == READ_A


def test_what_the_service_does_not_show_is_not_guessed():
    shown = {"allowed_ops": ["TOKEN_ALLOW_READ"], "allowed_buckets": [], "allowed_prefixes": ["*"]}
    for lacking, there in (
        ("allowed_buckets", shown),
        ("allowed_ops", {}),
        ("allowed_prefixes", dict(shown, allowed_buckets=["a"], allowed_prefixes=None)),
    ):
        assert refusal(PERMISSION_SET.existing, there) == f"the service did not show {lacking}"


WRITES = {
    "allowed_ops": ["TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"],
    "allowed_buckets": ["b", "a"],
    "allowed_prefixes": ["y", "x"],
}


@pytest.mark.parametrize(
    "changes, text, more",
    [
        ({}, "WRITE DENY_UPDATE on a, b below x, y", " for 24 h, the service's default"),
        ({"expire_time": 1900000000}, "WRITE DENY_UPDATE on a, b below x, y until 2030-03-17T17:46:40Z", ""),
        (
            {"allowed_buckets": [], "allowed_prefixes": None},
            "WRITE DENY_UPDATE on ? below ?",
            " for 24 h, the service's default",
        ),
        ({"allowed_prefixes": ["*"]}, "WRITE DENY_UPDATE on a, b", " for 24 h, the service's default"),
        ({"allowed_ops": ["TOKEN_ALLOW_NONE"]}, "NONE", " for 24 h, the service's default"),
    ],
)
def test_a_token_is_told_in_words(changes, text, more):
    shown = {**WRITES, "expire_time": None, **changes}
    assert (PERMISSION_SET.words(shown), PERMISSION_SET.words_of_new(shown)) == (text, text + more)
