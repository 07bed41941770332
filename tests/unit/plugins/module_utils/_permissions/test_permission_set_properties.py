# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The algebra of permissions: laws that hold for every system and every value."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._permissions import grants as core
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.permission_set import ALL

hypothesis = pytest.importorskip("hypothesis")  # ansible-test has none
st = pytest.importorskip("hypothesis.strategies")
HealthCheck = hypothesis.HealthCheck
assume = hypothesis.assume
given = hypothesis.given
settings = hypothesis.settings

UFILE, UROCKETMQ, ROCKETMQ, ROMA = core.SYSTEMS.values()
NAMES = st.sampled_from(["a", "b", "c"])
OPS = st.frozensets(st.sampled_from(["TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE"]))
PREFIXES = st.frozensets(st.sampled_from(["x/", "x/y/", "z/"]), min_size=1)
ADDRESSES = st.frozensets(st.sampled_from(["10.0.0.1", "10.*.*.2"]))
TAGS = st.one_of(st.just(frozenset()), st.just(ALL), st.frozensets(NAMES, min_size=1))
WORDS = st.frozensets(st.sampled_from(["PUB", "SUB"]))
RULED = st.tuples(WORDS, st.dictionaries(NAMES, WORDS))


def _or_all(names):
    return st.one_of(st.just(frozenset("*")), names)


boxes = st.fixed_dictionaries(
    {
        "ops": OPS, "deny": st.just(False), "buckets": _or_all(st.frozensets(NAMES, min_size=1)),
        "prefixes": _or_all(PREFIXES), "expires": st.none(),
    }
)  # fmt: skip
queues = st.fixed_dictionaries({way: st.one_of(st.just(ALL), st.frozensets(NAMES)) for way in ("produce", "consume")})
users = st.fixed_dictionaries({"admin": st.booleans(), "address": ADDRESSES, "topic": RULED, "group": RULED})
rows = st.fixed_dictionaries({"pub": TAGS, "sub": TAGS}).filter(lambda row: row["pub"] or row["sub"])
CASES = [(UFILE, boxes), (UROCKETMQ, queues), (ROCKETMQ, users), (ROMA, st.dictionaries(NAMES, rows))]


def law(test):
    """A test that draws from ``data`` what it needs of a system's permissions, which are ``values``."""
    drawn = settings(suppress_health_check=list(HealthCheck))(given(data=st.data())(test))
    return pytest.mark.parametrize("system, values", CASES, ids=[system.name for system, _values in CASES])(drawn)


def held(system, value):
    """As the service's response is read: no row that says what the default says."""
    if system is not ROCKETMQ:
        return value
    ruled = {kind: value[kind] for kind in ("topic", "group")}
    tidy = {kind: (all_, {n: w for n, w in own.items() if w != all_}) for kind, (all_, own) in ruled.items()}
    return {**value, **tidy}


def atoms(system, value):
    """What a permission allows, as a set of small things; `~` stands for all that is not named."""
    if system is UFILE:
        return {
            (op, bucket, prefix)
            for op in value["ops"]
            for bucket in "abc~"
            for prefix in ("x/y/", "x/", "z/", "~")
            if value["buckets"] & {bucket, "*"}
            if "*" in value["prefixes"] or prefix.startswith(tuple(value["prefixes"]))
        }
    if system is UROCKETMQ:
        return {(way, t) for way in value for t in "abc~" if value[way] == ALL or t in value[way]}
    if system is ROCKETMQ:
        found = {("admin",)} if value["admin"] else set()
        found |= {("address", address) for address in value["address"]}
        for kind in ("topic", "group"):
            default, special = value[kind]
            found |= {(kind, name, word) for name in "abc~" for word in special.get(name, default)}
        return found
    ways = [(topic, way, tags) for topic, row in value.items() for way, tags in row.items()]
    return {(topic, way, tag) for topic, way, tags in ways for tag in "abc~" if tags == ALL or tag in tags}


def added(system, current, parts):
    try:
        return system.add(current, parts)
    except ValueError:
        return None


@law
def test_adding_gives_all_takes_nothing_and_gives_no_more(system, values, data):
    current, parts = held(system, data.draw(values)), data.draw(st.lists(values, max_size=3))
    result = added(system, current, parts)
    assume(result is not None)
    before, after = atoms(system, current), atoms(system, result)
    given_all = set().union(*(atoms(system, part) for part in parts))
    assert before <= after
    assert after <= before | given_all
    missing = given_all - after
    assert not missing or system is ROCKETMQ
    for kind, name, _word in missing:  # what a row denies on purpose is lifted only by a grant that names it
        assert name in current[kind][1] and any(name not in part[kind][1] for part in parts)


@law
def test_the_order_of_grants_never_matters(system, values, data):
    current, parts = held(system, data.draw(values)), data.draw(st.lists(values, max_size=4))
    other = data.draw(st.permutations(parts))
    first, second = added(system, current, parts), added(system, current, other)
    assert (first is None) == (second is None)
    assert first is None or system.same(first, second)


@law
def test_adding_again_changes_nothing(system, values, data):
    current, parts = held(system, data.draw(values)), data.draw(st.lists(values, max_size=3))
    once = added(system, current, parts)
    assume(once is not None)
    assert system.same(system.add(once, parts), once)
    assert all(system.includes(once, part) for part in parts)


@law
def test_taking_back_takes_what_was_given_and_nothing_else(system, values, data):
    current, part = held(system, data.draw(values)), data.draw(values)
    try:
        result = system.remove(current, part)
    except ValueError:
        assume(False)
    assert atoms(system, result) == atoms(system, current) - atoms(system, part)


@law
def test_absent_after_a_present_that_added_gives_back_the_state_before(system, values, data):
    current, part = held(system, data.draw(values)), data.draw(values)
    assume(not atoms(system, current) & atoms(system, part))
    result = added(system, current, [part])
    assume(result is not None)
    try:
        back = system.remove(result, part)
    except ValueError:
        # Only where taking it back would leave what cannot be expressed.
        assert system in (UROCKETMQ, UFILE, ROMA)
        return
    assert atoms(system, back) == atoms(system, current)


@law
def test_what_is_written_is_read_as_the_same(system, values, data):
    """`options` and `held` are inverse: through the words of the module nothing is lost."""
    desired = held(system, data.draw(values))
    if system is ROMA:
        shown = {t: dict(row, owner=False) for t, row in system.options({}, {}, desired).items()}
    else:
        shown = {"white_remote_address": "", "allow_produce_topic_list": [], "allow_consume_topic_list": []}
        shown.update(allowed_buckets=["*"], allowed_prefixes=["*"], expire_time=None)
        shown.update(system.options(None, system.nothing(), desired))
    assert system.same(system.existing(shown), desired)


@law
def test_what_is_held_beyond_is_told_where_there_is_something_and_only_there(system, values, data):
    existing, declared = held(system, data.draw(values)), held(system, data.draw(values))
    assert bool(system.words_beyond(existing, declared)) == bool(atoms(system, existing) - atoms(system, declared))


def _box(ops, buckets, prefixes=("*",)):
    ops = frozenset(f"TOKEN_ALLOW_{op}" for op in ops)
    return {"ops": ops, "buckets": frozenset(buckets), "prefixes": frozenset(prefixes)}


def _user(topic=(frozenset(), {}), group=(frozenset(), {}), admin=False, address=()):
    return {"admin": admin, "address": frozenset(address), "topic": topic, "group": group}


PUB, SUB, BOTH, DENY = frozenset({"PUB"}), frozenset({"SUB"}), frozenset({"PUB", "SUB"}), frozenset()


@pytest.mark.parametrize(
    "system, existing, declared, told",
    [
        (UFILE, _box(["READ", "WRITE"], "ab"), _box(["READ"], "a"), "WRITE on a, b; READ on b"),
        (UFILE, _box(["READ"], "*"), _box(["READ"], "a", ["x/"]), "READ on *"),
        (UFILE, _box(["READ"], "a", ["x/", "y/"]), _box(["READ"], "*", ["x/"]), "READ on a below y/"),
        (UROCKETMQ, {"produce": ALL, "consume": frozenset("ab")}, {"produce": frozenset("a"), "consume": frozenset("b")},
         "produce ALL; consume a"),
        (ROCKETMQ, _user(admin=True, address=["10.0.0.1"]), _user(), "administrator; everything from 10.0.0.1"),
        (ROCKETMQ, _user((SUB, {"a": BOTH, "b": DENY}), (DENY, {"g": SUB})), _user((DENY, {"a": PUB})), "topics SUB; groups g SUB"),
        (ROCKETMQ, _user((PUB, {"b": BOTH})), _user((PUB, {"a": DENY})), "topics a PUB, b SUB"),
        (ROMA, {"a": {"pub": ALL, "sub": frozenset("1")}, "b": {"row": ("all", "x&y&z")}}, {"a": {"pub": ALL, "sub": DENY}},
         "a sub tag 1; b all tag x&y&z"),
        (ROMA, {"a": {"row": ("all", "1")}}, {"a": {"row": ("all", "1")}}, ""),
    ],
)  # fmt: skip
def test_what_is_held_beyond_is_only_that(system, existing, declared, told):
    assert system.words_beyond(existing, declared) == told


def test_an_opaque_row_stays_and_is_not_added_to():
    odd, publish = {"a": {"row": ("all", "v2")}}, {"pub": ALL, "sub": frozenset()}
    assert ROMA.add(odd, [{"b": publish}])["a"] == odd["a"]
    assert ROMA.add(odd, [odd]) == odd
    with pytest.raises(ValueError, match="what that allows is not clear"):
        ROMA.add(odd, [{"a": publish}])
    with pytest.raises(ValueError, match="what that allows is not clear"):
        ROMA.remove(odd, {"a": publish})
    assert ROMA.remove(odd, odd) == {} and not ROMA.includes(odd, {"a": publish})
