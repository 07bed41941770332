# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Field types: what must hold for every value."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import rocketmq_user, roma_topic_policy
from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import Field

hypothesis = pytest.importorskip("hypothesis")  # ansible-test has none
st = pytest.importorskip("hypothesis.strategies")
given = hypothesis.given

LATEST = 4102416000
TIME = field_types.Time(LATEST)
TEXTS = st.text(st.characters(blacklist_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=8)
LISTS = st.lists(st.one_of(st.sampled_from(["*", "a", "b", "NONE"]), TEXTS), max_size=6)
SETS = [
    field_types.TextSet(),
    field_types.TextSet(everything="*"),
    field_types.TextSet(nothing="NONE"),
    field_types.TextSet(nothing="NONE", everything="*"),
]
every_set = pytest.mark.parametrize("kind", SETS, ids=["plain", "everything", "nothing", "both"])
ROWS = field_types.Keyed("name", (Field("perm", field_types.Text(), "p"), Field("tag", field_types.Text(), "t")))
POLICIES = next(field.type for field in roma_topic_policy.RESOURCE.fields if field.option == "policies")
TAG = next(column.type for column in POLICIES.columns if column.option == "tag")
COLUMNS = st.dictionaries(st.sampled_from(["perm", "tag"]), TEXTS)
FULL = st.fixed_dictionaries({"perm": TEXTS, "tag": TEXTS})


def rows(columns):
    return st.dictionaries(TEXTS, columns, max_size=5)


def as_list(by_key):
    return [dict(row, name=key) for key, row in by_key.items()]


@every_set
@given(values=LISTS)
def test_normalising_a_set_twice_is_once(kind, values):
    once = kind.read(values)
    assert kind.read(list(once)) == once
    assert kind.read(kind.send(once)) == once


@every_set
@given(values=LISTS, data=st.data())
def test_order_and_repetition_never_matter_in_a_set(kind, values, data):
    again = data.draw(st.permutations(values + values[:2]))
    assert kind.read(values) == kind.read(again)


@every_set
@given(values=LISTS)
def test_what_is_desired_and_what_is_read_have_one_form(kind, values):
    try:
        desired = kind.desired(values)
    except ValueError:
        assert "NONE" in values
    else:
        assert desired == kind.read(values)


@every_set
@given(a=LISTS, b=LISTS, c=LISTS)
def test_merging_sets_without_purge_is_a_union(kind, a, b, c):
    a, b, c = kind.read(a), kind.read(b), kind.read(c)

    def union(left, right):
        return kind.merge(left, right, False)

    assert union(a, a) == a
    assert union(a, b) == union(b, a)
    assert union(union(a, b), c) == union(a, union(b, c))
    assert union(union(a, b), b) == union(a, b)


@every_set
@given(a=LISTS, b=LISTS)
def test_merging_sets_with_purge_is_what_is_desired(kind, a, b):
    assert kind.merge(kind.read(a), kind.read(b), True) == kind.read(b)


@given(existing=rows(FULL), desired=rows(COLUMNS))
def test_merging_rows_twice_is_once(existing, desired):
    for purge in (True, False):
        once = ROWS.merge(existing, desired, purge)
        assert ROWS.merge(once, desired, purge) == once


@given(existing=rows(FULL), desired=rows(COLUMNS))
def test_merged_rows_hold_what_is_desired(existing, desired):
    kept = ROWS.merge(existing, desired, False)
    purged = ROWS.merge(existing, desired, True)
    assert set(kept) == set(existing) | set(desired)
    assert set(purged) == set(desired)
    for key, row in desired.items():
        assert kept[key] == purged[key] == dict(existing.get(key, {}), **row)
    for key in set(existing) - set(desired):
        assert kept[key] == existing[key]


@given(by_key=rows(COLUMNS), data=st.data())
def test_order_never_matters_in_rows(by_key, data):
    again = data.draw(st.permutations(as_list(by_key)))
    assert ROWS.desired(as_list(by_key)) == ROWS.desired(again) == by_key
    assert ROWS.send(ROWS.desired(again)) == ROWS.send(by_key)
    assert ROWS.diff(ROWS.desired(again)) == ROWS.diff(by_key)


@given(by_key=rows(FULL))
def test_rows_that_were_sent_are_read_as_they_were(by_key):
    assert ROWS.read(ROWS.send(by_key)) == by_key


@given(seconds=st.integers(1, LATEST))
def test_a_time_survives_iso_and_unix(seconds):
    assert TIME.desired(TIME.iso(seconds)) == TIME.desired(str(seconds)) == TIME.read(float(seconds)) == seconds


@given(seconds=st.integers(86400, LATEST - 86400), minutes=st.integers(-23 * 60, 23 * 60))
def test_a_time_is_the_same_in_every_zone(seconds, minutes):
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    text = datetime.datetime.fromtimestamp(seconds, zone).isoformat()
    assert TIME.desired(text) == seconds


@given(st.lists(st.sampled_from(["PUB", "SUB", "DENY", " PUB", "SUB "]), min_size=1, max_size=4))
def test_the_order_of_permissions_never_matters(words):
    once = rocketmq_user.PERM.read("|".join(words))
    assert rocketmq_user.PERM.read("|".join(reversed(words))) == rocketmq_user.PERM.read(once) == once


@given(st.lists(st.lists(st.sampled_from(["a", "b ", " c", ""]), max_size=4), min_size=1, max_size=2))
def test_normalising_tags_twice_is_once(parts):
    value = "&".join("||".join(part) for part in parts)
    once = TAG.read(value)
    assert TAG.read(value.replace("||", " || ")) == TAG.read(once) == once
