# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rules say of a plan: each verb on each system, only what is new, and nothing that cannot be judged."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._access import guardrails, model
from ansible_collections.grantops.cloud.plugins.module_utils._access import rules as access_rules
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Declared, declared

from .estates import NOW, access, rocketmq, roma, scope, ufile, urocketmq

DAY = 86400
NOTHING = ([], [])  # refused and warned of


def judge(rule, before, after, partial=False, at=NOW):
    """``refusals`` and ``warnings`` of one rule, or of a list."""
    rules = rule if isinstance(rule, list) else [dict({"id": "r"}, **rule)]
    verdict = guardrails.judge(guardrails.parse(rules, at), before, after, at, partial)
    return verdict.refusals, verdict.warnings


def refused(rule, before, after, **how):
    (text,), warnings = judge(rule, before, after, **how)
    assert not warnings
    return text


# Of each system: a principal that may do nothing, one that may do one thing, a selection of that, and it in words.
SYSTEMS = {
    "ucloud_ufile": (
        lambda name: ufile(name, ops=["TOKEN_ALLOW_NONE"], buckets=["x"]),
        lambda name: ufile(name, ops=["TOKEN_ALLOW_READ"], buckets=["backups"], prefixes=["logs/"]),
        {"action": "read", "on": "backups/logs/2026"},
        "t (ucloud_ufile) would read what begins with logs/ in bucket backups because of allowed_ops TOKEN_ALLOW_READ",
    ),
    "ucloud_urocketmq": (
        urocketmq, lambda name: urocketmq(name, "PART", topics=["orders"]), {"action": "publish", "on": "orders"},
        "t (ucloud_urocketmq s-1) would publish on topic orders because of allow_produce_topic_list orders",
    ),
    "huaweicloud_rocketmq": (
        rocketmq, lambda name: rocketmq(name, {"orders": "PUB"}), {"action": "publish", "on": "ord*"},
        "t (huaweicloud_rocketmq i-1) would publish on topic orders because of topic_perms orders=PUB",
    ),
    "huaweicloud_roma": (
        lambda name: roma("orders"), lambda name: roma("orders", **{name: ("pub",)}), {"action": "publish", "on": "orders"},
        "t (huaweicloud_roma r-1) would publish on topic orders because of policies orders=pub",
    ),
}  # fmt: skip
KINDS = dict(zip(SYSTEMS, (ufile, urocketmq, rocketmq, roma)))
every = pytest.mark.parametrize("system", SYSTEMS)


def estate(system, *rows):
    if system == "huaweicloud_roma" and len(rows) > 1:  # one topic, and the applications of all
        rows = [dict(rows[0], policies=[policy for row in rows for policy in row["policies"]])]
    return access(KINDS[system], *rows)


@every
class TestEachVerb:
    def gains(self, system, *names):
        """The estate before and after ``names`` are given what they had not."""
        return [estate(system, *map(made, names)) for made in SYSTEMS[system][:2]]

    def said(self, system, rule, *names):
        """What is said of giving it to ``names``; it being there already, and taking it away, are no news."""
        before, after = self.gains(system, *names)
        new = dict(rule, when="new")
        assert judge(new, after, after) == judge(new, after, before) == NOTHING
        assert judge(dict(rule, when="any"), after, after)[0], "what is there already is not judged by `any`"
        return refused(new, before, after)

    def test_deny_tells_what_is_new_unless_who_gets_it_is_excepted(self, system):
        select, text = SYSTEMS[system][2:]
        assert self.said(system, {"deny": select}, "t").startswith(f"guardrail r (deny, new): {text}")
        rule = {"deny": dict(select, **{"except": ["t"]})}
        assert judge(rule, *self.gains(system, "t")) == NOTHING
        assert judge(rule, *self.gains(system, "s"))[0]

    def test_only_lets_pass_whom_it_names(self, system):
        rule = {"only": {"system": system, "principal": "svc-*"}}
        assert SYSTEMS[system][3] in self.said(system, rule, "t")
        _before, after = self.gains(system, "svc-1")
        assert judge(rule, after, after) == NOTHING

    def test_require_is_met_by_what_has_it(self, system):
        select = SYSTEMS[system][2]
        text = self.said(system, {"require": dict(select, addresses=True)}, "t")
        assert text.endswith(": it must be limited to addresses")
        assert judge({"require": dict(select, key=True)}, *self.gains(system, "t")) == NOTHING

    def test_limit_counts_who_would_have_it(self, system):
        select = SYSTEMS[system][2]
        text = self.said(system, {"limit": dict(select, at_most=1)}, "t", "u")
        assert "at most 1 may" in text and text.endswith("and these would: t, u")
        assert judge({"limit": dict(select, at_most=2)}, *self.gains(system, "t", "u")) == NOTHING

    def test_separate_is_about_one_who_would_have_both(self, system):
        select = SYSTEMS[system][2]
        text = self.said(system, {"separate": [select, dict(select, on="*")]}, "t")
        assert f"nobody may {select['action']} on {select['on']} and also {select['action']} on *" in text

    def test_a_rule_that_warns_refuses_nothing(self, system):
        select, text = SYSTEMS[system][2:]
        refusals, (warning,) = judge({"deny": select, "level": "warn"}, *self.gains(system, "t"))
        assert not refusals and text in warning


def test_a_refusal_names_the_grant():
    grant = {
        "system": "huaweicloud_rocketmq", "scope": "i-1", "names": {"user_name": "t"},
        "file": "grants.yml", "number": 3, "line": 12, "owner": None, "reason": None, "ticket": None,
        "permission": {"admin": False, "address": [], "topic": ((), {"orders": ["PUB"]}), "group": ((), {})},
    }  # fmt: skip
    after = model.access([scope(rocketmq, rocketmq("t", {"orders": "PUB"}))], [declared(grant)], NOW)
    start = (
        "guardrail r (deny, any): t (huaweicloud_rocketmq i-1) would publish on topic orders because of topic_perms orders=PUB "
        "(grants.yml, grant 3, line 12): it denies "
    )
    assert refused({"deny": {"on": "orders"}}, access(rocketmq), after) == f"{start}anything on orders"
    select = {
        "action": ["publish", "consume"],
        "on": ["x", "orders"],
        "scope": ["i-1", "i-2"],
        "system": "huaweicloud_rocketmq",
    }
    text = refused({"deny": dict(select, **{"except": ["a", "b"]})}, access(rocketmq), after)
    assert text == f"{start}publish/consume on x, orders in i-1, i-2 of huaweicloud_rocketmq, except for a, b"


@pytest.mark.parametrize(
    ("place", "told"),
    [((None, 3, None), " (grant 3)"), (("g.yml", None, 7), " (g.yml, line 7)"), ((None, None, None), "")],
)
def test_a_refusal_names_of_the_grant_what_is_known(place, told):
    where = dict(zip(("file", "number", "line"), place))
    grant = Declared("ucloud_urocketmq", "s-1", ["t"], [("topic_produce_perm",)], where)
    after = model.access([scope(urocketmq, urocketmq("t", "ALL"))], [grant], NOW)
    text = refused({"deny": {"on": "orders"}}, access(urocketmq), after)
    assert text.endswith(f"because of topic_produce_perm ALL{told}: it denies anything on orders")


def publishes(*topics):
    return "; ".join(f"would publish on topic {topic} because of topic_perms {topic}=PUB" for topic in topics)


NO_PUBLISHING, EVERYBODY = {"deny": {"action": "publish"}}, {"deny": {"action": "read"}}
FIELDS = "allowed_ops TOKEN_ALLOW_READ, allowed_buckets *, allowed_prefixes *"
LONG = "because of allow_produce_topic_list"


@pytest.mark.parametrize(
    ("rule", "kind", "before", "after", "text"),
    [
        (NO_PUBLISHING, rocketmq, [], [rocketmq("t", dict.fromkeys("abcdefg", "PUB"))], f"{publishes(*'abcde')}; and 2 more: it denies publish"),
        (NO_PUBLISHING, rocketmq, [], [rocketmq("t", dict.fromkeys("abcde", "PUB"))], f"{publishes(*'abcde')}: it denies publish"),
        (NO_PUBLISHING, rocketmq, [], [rocketmq("t", topic=None)],
         "may, which is not clear, publish on every topic because of default_topic_perm (not shown): it denies publish"),
        (NO_PUBLISHING, urocketmq, [], [urocketmq("t", "PART", topics=["a" * 60, "b" * 61])],
         f"would publish on topic {'a' * 60} {LONG} {'a' * 60}; would publish on topic {'b' * 61} {LONG} {'b' * 57}...: it denies publish"),
        (EVERYBODY, ufile, [ufile(buckets=["*"])], [ufile(buckets=["*"])],
         f"still may read every object of every bucket because of {FIELDS}: it denies read"),
        ({"require": {"system": "ucloud_ufile", "addresses": True, "expires_within": "1d"}}, ufile, [], [ufile(buckets=["*"], end=NOW + 9 * DAY)],
         f"would read every object of every bucket because of {FIELDS}: it must end within 1d, by 2027-01-17T00:00:00Z, and ends "
         "2027-01-24T08:00:00Z; it must be limited to addresses"),
        ({"only": {"action": "publish", "principal": ["a", "b"]}}, rocketmq, [], [rocketmq("t", {"a": "PUB"})],
         f"{publishes('a')}: only a, b may have that"),
        ({"separate": [{"action": "consume"}, {"action": "publish"}, {"principal": "t"}], "when": "new"}, urocketmq,
         [urocketmq("t", "NONE", "ALL")], [urocketmq("t", "ALL", "ALL")],
         "would publish on every topic because of topic_produce_perm ALL; still may consume on every topic because of "
         "topic_consume_perm ALL: nobody may consume and also publish"),
    ],
)  # fmt: skip
def test_a_refusal_says_who_what_because_of_what_and_against_which_rule(rule, kind, before, after, text):
    (verb,), when = (each for each in rule if each != "when"), rule.get("when", "any")
    who = f"t ({model.access([scope(kind)])['scopes'][0]['system']} {scope(kind).scope}".strip()
    assert refused(rule, access(kind, *before), access(kind, *after)) == f"guardrail r ({verb}, {when}): {who}) {text}"


REACHES = [
    ("backups", "backups", "*", True),
    ("backups/*", "backups", "logs/", True),
    ("backups/logs/", "backups", "logs/2026/", True),  # below it
    ("backups/logs/2026/x", "backups", "logs/", True),  # a prefix that includes it
    ("backups/logs/2026/x", "*", "*", True),
    ("back*", "backups", "in/", True),
    ("backups/out/*", "backups", "in/", False),
    ("backups/logs/2026/x", "backups", "logs/2027/", False),
    ("backup", "backups", "*", False),
    ("backups/in", "backups", "in/", False),  # one object, and the prefix is longer
]


@pytest.mark.parametrize(("on", "bucket", "prefix", "reached"), REACHES)
def test_access_counts_where_it_may_reach_what_is_selected(on, bucket, prefix, reached):
    after = access(ufile, ufile("t", buckets=[bucket], prefixes=[prefix]))
    assert bool(judge({"deny": {"action": "read", "on": on}}, access(ufile), after)[0]) is reached


NEW_READ = {"deny": {"action": "read"}, "when": "new"}
BEFORE_90_DAYS = {"require": {"system": "ucloud_ufile", "expires_within": "90d"}}
NEW_ADMIN = {"limit": {"action": "administer", "at_most": 1}, "when": "new"}
NEW_READER = {"limit": {"action": "read", "at_most": 1}, "when": "new"}
MIDNIGHT = NOW // DAY * DAY
ENDED, RUNS, RENEWED = (ufile(end=NOW + days * DAY) for days in (0, 1, 2))
PUBLISHES = rocketmq("t", {"orders": "PUB"})
ADMINS = [rocketmq("a", admin=True), rocketmq("b", admin=True)]
NEW_T = {"deny": {"principal": "t"}, "when": "new"}
GROUP_DENIED = rocketmq("t", topic="SUB", groups={"g": "DENY"}, group="SUB")
DENIED = rocketmq("t", {"orders": "DENY"}, {"g": "DENY"}, topic="PUB|SUB", group="SUB")


@pytest.mark.parametrize(
    ("rule", "kind", "before", "after", "text"),
    [
        # What is not known counts.
        ({"deny": {"action": "publish", "on": "orders"}}, urocketmq, [], [urocketmq("t", "PART", allow_produce_topic_list=None)],
         "may, which is not clear, publish on every topic"),
        # What ends is renewed, and what was not known is certain.
        (NEW_READ, ufile, [ENDED], [RUNS], "would read"),
        (NEW_READ, ufile, [RUNS], [RENEWED], "would read"),
        (NEW_READ, ufile, [ufile(ops=None)], [ufile()], "would read"),
        # An end is within days that are counted from the next midnight.
        (BEFORE_90_DAYS, ufile, [], [ufile(end=MIDNIGHT + 92 * DAY)],
         ": it must end within 90d, by 2027-04-16T00:00:00Z, and ends 2027-04-17T00:00:00Z"),
        ({"require": {"action": "publish", "expires_within": "90d"}}, rocketmq, [PUBLISHES], [PUBLISHES],
         ": it must end within 90d, by 2027-04-16T00:00:00Z, and has no end"),
        ({"require": {"key": True, "system": "huaweicloud_rocketmq"}}, rocketmq, [],
         [rocketmq("t", white_remote_address="10.0.0.1")], ": it must need a key"),
        ({"require": {"key": True, "addresses": True, "action": "publish"}}, rocketmq, [], [rocketmq("t", topic="PUB")],
         ": it must be limited to addresses"),
        # A dot is a dot, and brackets are brackets.
        ({"deny": {"on": ["z*", "[x]*"]}}, rocketmq, [], [rocketmq("t", {"a.b": "PUB", "[x]": "PUB"})], "topic [x]"),
        # A denial that goes is new access.
        (NEW_T, rocketmq, [DENIED], [dict(DENIED, topic_perms=[])],
         "would publish on topic orders"),
        (NEW_T, rocketmq, [DENIED],
         [dict(DENIED, topic_perms=[{"name": "orders", "perm": "PUB|SUB"}])], "would consume on topic orders"),
        (NEW_T, rocketmq, [DENIED], [dict(DENIED, group_perms=[])],
         "would consume on every topic"),
        # Also for one group, with or without rows of topics.
        (NEW_T, rocketmq, [GROUP_DENIED], [rocketmq("t", topic="SUB", group="SUB")], "would consume on every topic"),
        (NEW_T, rocketmq, [GROUP_DENIED], [rocketmq("t", topic="SUB", groups={"g": "SUB"})], "would consume on every topic"),
        # Each bucket is another one.
        ({"deny": {"on": "b"}}, ufile, [], [ufile("t", buckets=["a", "b"])], "would read every object of bucket b because"),
        # A limit by `new` is about who comes in, and who had ended comes in anew.
        (NEW_ADMIN, rocketmq, ADMINS[:1], ADMINS, "b (huaweicloud_rocketmq i-1) would administer the instance"),
        (NEW_READER, ufile, [ufile("a")], [ufile("a", buckets=["b", "c"]), ufile("b")], "b (ucloud_ufile) would read"),
        (NEW_READER, ufile, [ufile("a"), ufile("b", end=NOW)], [ufile("a"), ufile("b")], "b (ucloud_ufile) would read"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_against_the_rule(rule, kind, before, after, text):
    assert text in refused(rule, access(kind, *before), access(kind, *after))


@pytest.mark.parametrize(
    ("rule", "kind", "before", "after"),
    [
        ({"deny": {"on": ["aXb*", "[xy]*"]}}, rocketmq, [], [rocketmq("t", {"a.b": "PUB", "[x]": "PUB"})]),
        (NEW_READ, ufile, [], [ENDED]),
        (BEFORE_90_DAYS, ufile, [], [ufile(end=MIDNIGHT + 91 * DAY)]),
        ({"require": {"system": "ucloud_ufile", "addresses": True}}, ufile, [], [ufile(white_ip_list=["10.0.0.1"])]),
        (dict(NEW_ADMIN, limit=dict(NEW_ADMIN["limit"], scope="i-1")), rocketmq, ADMINS, [dict(ADMINS[0], default_topic_perm="PUB"), ADMINS[1]]),
        (NEW_ADMIN, rocketmq, ADMINS, [dict(ADMINS[0], default_topic_perm="PUB"), ADMINS[1]]),
        ({"separate": [{"action": "publish", "on": "payments"}, {"action": "publish", "on": "refunds"}]}, urocketmq,
         [], [urocketmq("t", "PART", topics=["payments"])]),
    ],
)  # fmt: skip
def test_what_no_rule_is_against_passes(rule, kind, before, after):
    assert judge(rule, access(kind, *before), access(kind, *after)) == NOTHING


# -- new ---------------------------------------------------------------------------------------------------------------

WIDE = {
    "admin": rocketmq("t", {"orders": "SUB"}, {"g": "SUB"}, admin=True),
    "default": rocketmq("t", {"orders": "PUB|SUB"}, {"g": "SUB"}, topic="PUB|SUB", group="SUB"),
    "addresses": rocketmq("t", white_remote_address="10.0.0.1,10.0.0.2"),
    "ops": ufile("t", ["TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE"], ["a", "b"], ["*"]),
    "prefix": ufile("t", ["TOKEN_ALLOW_WRITE"], ["a"], ["logs/", "logs/x/"]),
    "all": urocketmq("t", "ALL", "ALL"),
    "roma": roma("orders", t=("all", "", True)),
    "denied": DENIED,
    "unclear": rocketmq("t", {"orders": "DENY"}, topic="PUB", admin=None),
}
NARROW = [
    ("admin", dict(WIDE["admin"], admin=False)),
    ("admin", rocketmq("t")),
    ("default", dict(WIDE["default"], default_topic_perm="SUB")),
    ("default", dict(WIDE["default"], default_topic_perm="DENY")),
    ("default", dict(WIDE["default"], default_group_perm="DENY")),
    ("default", dict(WIDE["default"], topic_perms=[{"name": "orders", "perm": "DENY"}])),
    ("addresses", rocketmq("t", white_remote_address="10.0.0.2")),
    ("ops", dict(WIDE["ops"], allowed_ops=["TOKEN_ALLOW_READ"])),
    ("ops", dict(WIDE["ops"], allowed_ops=["TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"])),
    ("ops", dict(WIDE["ops"], allowed_buckets=["a"], allowed_prefixes=["x/"])),
    ("ops", dict(WIDE["ops"], expire_time=NOW + 1)),
    ("prefix", dict(WIDE["prefix"], allowed_prefixes=["logs/x/"])),
    ("all", urocketmq("t", "PART", "NONE", ["orders"])),
    ("roma", roma("orders", t=("sub",))),
    ("roma", roma("orders", t=("sub", "a"))),
    ("denied", rocketmq("t", {"orders": "DENY"}, {"g": "DENY"}, topic="PUB", group="DENY")),
    ("denied", rocketmq("t")),
    ("unclear", rocketmq("t", {"orders": "DENY"}, topic="PUB")),
]


@pytest.mark.parametrize(("name", "narrow"), NARROW)
def test_a_plan_that_only_takes_away_is_never_refused_by_new(name, narrow):
    kind = next(kind for kind in (ufile, urocketmq, rocketmq, roma) if set(kind()) == set(narrow))
    rules = [
        {"id": "d", "deny": {"principal": "*"}, "when": "new"},
        {"id": "l", "limit": {"principal": "*", "at_most": 0}, "when": "new"},
        {"id": "s", "separate": [{"principal": "*"}, {"principal": "t"}], "when": "new"},
    ]
    wide, small = access(kind, WIDE[name]), access(kind, narrow)
    assert judge(rules, wide, small) == NOTHING
    assert len(judge(rules[:1], small, wide)[0]) == 1


WIDER = [  # a condition, and one that allows less
    ({}, {"until": "2027"}),
    ({"until": "2027"}, {"until": "2026"}),
    ({"addresses": ["a", "b"]}, {"addresses": ["a"]}),
    ({"keyless": True, "addresses": ["10.*.*.*"]}, {"keyless": True, "addresses": ["10.0.0.1", "10.1.*.*"]}),
    ({}, {"tags": ["a"]}),
    ({"not_addresses": ["a"]}, {"not_addresses": ["a", "b"]}),
    ({"keyless": True}, {"keyless": True, "addresses": ["a"]}),
    ({"no_overwrite": True}, {"no_overwrite": True, "until": "2027"}),
]
OTHER = [
    ({"keyless": True, "addresses": ["10.0.0.0/24"]}, {"keyless": True, "addresses": ["10.0.0.1"]}),
    ({"addresses": ["10.*.*.*"]}, {"addresses": ["10.0.0.1"]}),  # nothing says that there are wildcards
    ({"groups": ["a"]}, {}),
    ({}, {"keyless": True}),
    ({"until": "2027"}, {"until": "2027", "keyless": True}),
    ({"no_overwrite": True}, {"until": "2027"}),
]
RESOURCES = [
    (("all", "*", "*"), ("prefix", "a/", "b"), True),
    (("prefix", "a/", "b"), ("all", "*", "b"), False),
    (("prefix", "a/", "b"), ("prefix", "a/b/", "b"), True),
    (("prefix", "a/b/", "b"), ("prefix", "a/", "b"), False),
    (("prefix", "a/", "b"), ("prefix", "a/", "c"), False),
    (("prefix", "a/", "b"), ("prefix", "a/", "*"), False),
    (("prefix", "a/", "b"), ("exact", "a/x", "b"), True),
    (("exact", "a/", "b"), ("prefix", "a/", "b"), False),
    (("exact", "a/", "b"), ("all", "*", "b"), False),
    (("exact", "a", "b"), ("exact", "a", "b"), True),
    (("exact", "a", "b"), ("exact", "ab", "b"), False),
]


def test_access_covers_what_allows_no_more():
    def covers(wide, small, places=(("all", "*", "*"),) * 2):
        resources = [{"kind": "object", **dict(zip(("match", "name", "bucket"), place))} for place in places]
        rows = [access_rules.row("write", *each) for each in zip(resources, ([], []), (wide, small))]
        return guardrails.covers(*rows)

    for wide, small in WIDER:
        assert covers(wide, small) and not covers(small, wide), (wide, small)
    for wide, small in OTHER:
        assert not covers(wide, small), (wide, small)
    for wide, small, covered in RESOURCES:
        assert covers({}, {}, (wide, small)) is covered, (wide, small)


def test_a_limit_counts_in_each_scope_and_joined_principals_once():
    scopes = [scope(rocketmq, rocketmq("a", admin=True), rocketmq("b", admin=True))]
    joined = {"ann": [{"system": "huaweicloud_rocketmq", "scope": "i-1", "principal": name} for name in "ab"]}
    data = model.access(scopes, at=NOW, identities=joined)
    assert judge({"limit": {"action": "administer", "at_most": 1}}, data, data) == NOTHING
    assert "a (huaweicloud_rocketmq i-1)" in judge({"deny": {"principal": "ann"}}, data, data)[0][0]
    scopes = [
        model.Scope("huaweicloud_rocketmq", names, [rocketmq(name, admin=True) for name in names])
        for names in ("ab", "c", "de")
    ]
    data = model.access(scopes)
    texts = judge({"limit": {"action": "administer", "at_most": 1}}, data, data)[0]
    assert [text.partition(": at most 1 may ")[2] for text in texts] == [
        f"administer in huaweicloud_rocketmq {names}, and these would: {', '.join(names)}" for names in ("ab", "de")
    ]


def test_each_who_would_have_both_is_named_but_by_new_not_who_has_both_already():
    both = {"separate": [{"action": "publish"}, {"action": "consume"}]}
    one, two = urocketmq("a", "ALL", "ALL"), urocketmq("b", "ALL", "ALL")
    before, after = access(urocketmq, one), access(urocketmq, one, two)
    assert len(judge(both, before, after)[0]) == 2
    assert refused(dict(both, when="new"), before, after).startswith("guardrail r (separate, new): b (")


# -- separation over systems ---------------------------------------------------------------------------------------------

APART = {"separate": [{"action": "publish", "on": "payments"}, {"action": "delete", "on": "archive/*"}]}


def two_systems(**how):
    scopes = [
        scope(urocketmq, urocketmq("pay", "PART", topics=["payments"])),
        scope(ufile, ufile("clean", ["TOKEN_ALLOW_DELETE"], ["archive"])),
    ]
    return model.access(scopes, at=NOW, **how)


def test_one_person_of_two_systems_may_not_do_both():
    pay = {"system": "ucloud_urocketmq", "scope": "s-1", "principal": "pay"}
    data = two_systems(identities={"ann": [pay, {"system": "ucloud_ufile", "principal": "clean"}]})
    text = refused(APART, access(urocketmq, urocketmq("pay", "PART", topics=["payments"])), data)
    assert text == (
        "guardrail r (separate, any): clean (ucloud_ufile) would delete every object of bucket archive because of allowed_ops "
        "TOKEN_ALLOW_DELETE, allowed_buckets archive, allowed_prefixes *; still may publish on topic payments because of "
        "allow_produce_topic_list payments: nobody may publish on payments and also delete on archive/*, and "
        "pay (ucloud_urocketmq s-1) is the same person"
    )


def test_without_identities_or_the_other_system_it_is_not_known_and_refused():
    data = two_systems()
    told = [text.partition("is not known: it needs ")[2].split()[0] for text in judge(APART, data, data)[0]]
    assert told == ["ucloud_urocketmq,", "ucloud_ufile"]
    wide = {"separate": [{"action": "delete"}, {"action": "publish"}]}
    ufiles = access(ufile, *(ufile(name, ["TOKEN_ALLOW_DELETE"]) for name in "tu"))
    texts = judge(wide, ufiles, ufiles)[0]
    assert len(texts) == 2 and texts[0].endswith(
        ": whether the same person may publish is not known: it needs ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma in "
        "the same task of permissions, and identities there that join its principals"
    )
    # Who has identities names with them all who are one person.
    joined = {"ann": [{"system": "ucloud_urocketmq", "scope": "s-1", "principal": "pay"}]}
    data = two_systems(identities=joined)
    assert judge(APART, data, data) == NOTHING
    data = access(urocketmq, urocketmq("pay", "PART", topics=["payments"]))
    assert "it needs ucloud_ufile in the same task" in refused(APART, data, data)
    data = access(urocketmq, urocketmq("pay", "PART", topics=["orders"]))
    assert judge(APART, data, data) == NOTHING


# -- what was not read -----------------------------------------------------------------------------------------------------

RULES = [
    {"deny": {"on": "x"}}, {"only": {"action": "publish", "principal": "x"}}, {"require": {"action": "publish", "key": True}},
    {"limit": {"action": "publish", "at_most": 9}}, {"separate": [{"on": "x"}, {"on": "y"}]},
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: next(iter(rule)))
@pytest.mark.parametrize("when", ["new", "any"])
def test_a_scope_that_was_not_read_is_refused(rule, when):
    nothing, something = (access(urocketmq, urocketmq("t", word), problem="no answer") for word in ("NONE", "ALL"))
    assert refused(dict(rule, when=when), nothing, something).endswith(
        "it cannot be judged: ucloud_urocketmq s-1 was not read whole: no answer"
    )
    # What only takes away is not refused by `new` for that either.
    assert bool(judge(dict(rule, when=when), something, nothing)[0]) is (when == "any")


def test_a_scope_that_a_rule_is_not_about_need_not_be_read():
    data = access(urocketmq, problem="no answer")
    for select in ({"system": "huaweicloud_roma"}, {"action": "read"}, {"scope": "s-2"}):
        assert judge({"deny": select}, data, data) == NOTHING
    assert refused({"deny": {"scope": ["s-0", "s-1"]}}, data, data)
    data = access(rocketmq, rocketmq("t", admin=True), complete=False)
    for select in ({"scope": "i-2"}, {"principal": "u"}):
        assert judge({"deny": select}, data, data, partial=True) == NOTHING
    assert judge({"limit": {"action": "read", "at_most": 0}}, data, data, partial=True) == NOTHING


def test_of_some_resources_only_rules_about_single_accesses_are_judged():
    data = access(roma, roma("orders"), complete=False)
    texts = [text for rule in RULES for text in judge(rule, data, data, partial=True)[0]]
    assert len(texts) == 2
    assert all(text.endswith("it is about all of huaweicloud_roma r-1, of which only some was read") for text in texts)
    data = access(rocketmq, rocketmq(), complete=False)
    assert len([text for rule in RULES for text in judge(rule, data, data, partial=True)[0]]) == 1


def test_a_scope_that_was_not_read_beside_others_is_refused():
    data = model.access([scope(rocketmq), scope(urocketmq, problem="no answer")])
    assert "ucloud_urocketmq s-1 was not read whole" in refused({"deny": {"on": "x"}}, data, data)


def test_a_rule_about_one_of_two_scopes_is_about_no_other():
    scopes = [model.Scope("huaweicloud_rocketmq", name, [rocketmq("u", topic="PUB")]) for name in ("i-1", "i-2")]
    data = model.access(scopes)
    there = {"system": "huaweicloud_rocketmq", "scope": "i-2"}
    text = "guardrail r (deny, any): u (huaweicloud_rocketmq i-2) would publish on every topic because of default_topic_perm PUB"
    assert refused({"deny": dict(there, principal="u")}, access(rocketmq), data).startswith(text)
    there["scope"] = ["i-2", "i-1"]
    text = "it cannot be judged: nobody is named 'bob' in i-1, i-2"
    assert refused({"deny": dict(there, principal="bob")}, data, data).endswith(text)
    both = [{"action": "consume"}, dict(there, scope="i-3"), dict(there, principal="bob")]
    assert refused({"separate": both}, data, data).endswith(text)


@pytest.mark.parametrize("rule", [{"deny": {"principal": "bob"}}, {"deny": {"action": "publish", "except": ["bob"]}}])
def test_a_name_that_nobody_has_where_it_is_said_to_be(rule):
    verb = dict(rule["deny"], system="huaweicloud_rocketmq", scope="i-1")
    data = access(rocketmq, rocketmq("u"))
    assert "nobody is named 'bob' in i-1" in refused({"deny": verb}, data, data)
    assert judge(rule, data, data) == NOTHING  # it may be elsewhere
    assert judge({"deny": verb}, data, access(rocketmq, rocketmq("bob"))) == NOTHING


# -- exceptions ----------------------------------------------------------------------------------------------------------


def excepted(**changes):
    accepted = {"principal": "t", "reason": "until the move", "by": "ann", "until": "2027-01-15"}
    return {"deny": {"on": "orders"}, "exceptions": [dict(accepted, **changes)]}


ORDERS = access(rocketmq, rocketmq("t", {"orders": "PUB"}))


@pytest.mark.parametrize("more", [{}, {"scope": "i-1"}, {"resource": {"like": "ord*"}}, {"principal": {"like": "*"}}])
def test_an_exception_is_told_and_lets_it_pass(more):
    told = "guardrail r: t (huaweicloud_rocketmq i-1) is an exception until 2027-01-15, by ann: until the move"
    assert judge(excepted(**more), ORDERS, ORDERS) == ([], [told])


OTHERS = [{"scope": "i-2"}, {"resource": "payments"}, {"principal": "T"}, {"system": "ucloud_ufile"}]


@pytest.mark.parametrize("more", OTHERS)
def test_an_exception_for_something_else_is_none(more):
    assert refused(excepted(**more), ORDERS, ORDERS)


def test_an_exception_that_has_ended_brings_the_refusal_back():
    assert refused(excepted(), ORDERS, ORDERS, at=NOW + DAY) == (
        "guardrail r (deny, any): t (huaweicloud_rocketmq i-1) still may publish on topic orders because of topic_perms orders=PUB: "
        "it denies anything on orders. Its exception, by ann, ended with 2027-01-15"
    )


def test_of_two_exceptions_the_one_that_lasts_longer_counts():
    rule = excepted()
    for order in (1, -1):
        rule["exceptions"] = [
            dict(rule["exceptions"][0], by=by, until=f"2027-01-{day}")
            for by, day in (("bob", 14), ("ann", 16))[::order]
        ]
        assert judge(rule, ORDERS, ORDERS)[1][0].endswith("is an exception until 2027-01-16, by ann: until the move")


def test_an_exception_is_not_counted():
    data = access(rocketmq, rocketmq("t", admin=True), rocketmq("u", admin=True))
    rule = dict(excepted(), limit={"action": "administer", "at_most": 1})
    del rule["deny"]
    assert judge(rule, data, data)[0] == []


# -- files that are refused ------------------------------------------------------------------------------------------------


def problems(raw):
    with pytest.raises(errors.TaskError) as caught:
        guardrails.parse(raw, NOW)
    return [str(problem) for problem in caught.value.problems]


DENY = {"id": "r", "deny": {"action": "publish"}}
READS = {"system": "ucloud_ufile", "principal": "x", "action": "read"}
ACCEPTED = {"principal": "x", "reason": "a", "by": "b", "until": "2027-02-01"}
VERBS, SELECTS = "deny, only, require, separate, limit", "system, scope, principal, action, on"
NAMES, OF_OBJECTS = (
    "ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma",
    "read, write, overwrite, delete, list, process",
)
KEYS = f"id, {VERBS}, when, level, exceptions, allows, refuses"
ACTIONS = f"publish, consume, {OF_OBJECTS}, administer"
TEXTS, DAYS = "it must be a text or a list of texts; got", "it must be a number of days such as 90d; got"
MOST = "it must be a whole number, 0 or more; got"
TWO = "it must be a list of two or more selections, such as [{action: publish}, {action: delete}]; got"
BROKEN = [  # a rule, and what is said of it, each after its place in the file
    ("deny", f": it must be a mapping with id and one of {VERBS}; got 'deny'"),
    (dict(DENY, wen="new"), f": it must have no keys but {KEYS}; got 'wen' (did you mean 'when'?)"),
    (dict(DENY, when="now"), ".when: it must be one of new, any; got 'now'"),
    (dict(DENY, when=None), ".when: it must be one of new, any; got nothing"),
    (dict(DENY, level="error"), ".level: it must be one of refuse, warn; got 'error'"),
    ({"deny": {"action": "publish"}}, ".id: it must be a text that names the rule in messages; got nothing"),
    (dict(DENY, id=" "), ".id: it must be a text that names the rule in messages; got ' '"),
    ({"id": "r"}, f": it must have exactly one of {VERBS}; got none"),
    ({"id": "r", "forbid": {"action": "publish"}}, f": it must have no keys but {KEYS}; got 'forbid'",
     f": it must have exactly one of {VERBS}; got none"),
    (dict(DENY, only={"principal": "x"}), f": it must have exactly one of {VERBS}; got deny and only"),
    ({"id": "r", "deny": {}}, f".deny: it must be a mapping with one of {SELECTS}; got {{}}"),
    ({"id": "r", "deny": []}, f".deny: it must be a mapping with one of {SELECTS}; got an empty list"),
    ({"id": "r", "deny": {"except": ["x"]}}, f".deny: it must be a mapping with one of {SELECTS}; got {{'except': ['x']}}"),
    ({"id": "r", "deny": {"action": "publish", "topic": "x"}}, f".deny: it must have no keys but {SELECTS}, except; got 'topic'"),
    ({"id": "r", "deny": {"action": "publsh"}}, f".deny.action: it must be one of {ACTIONS}; got 'publsh'"),
    ({"id": "r", "deny": {"system": "kafka", "action": "publsh"}}, f".deny.system: it must be one of {NAMES}; got 'kafka'"),
    ({"id": "r", "deny": {"on": []}}, f".deny.on: {TEXTS} an empty list"),
    ({"id": "r", "deny": {"on": [""], "action": "publsh"}}, f".deny.on: {TEXTS} ['']"),
    ({"id": "r", "deny": {"on": 7}}, f".deny.on: {TEXTS} 7"),
    ({"id": "r", "deny": {"on": "x", "except": []}}, f".deny.except: {TEXTS} an empty list"),
    ({"id": "r", "deny": {"system": ["ucloud_ufile", "ucloud_urocketmq"], "action": "administer"}},
     ".deny.action: it must be an action that ucloud_ufile, ucloud_urocketmq has; got 'administer'"),
    ({"id": "r", "deny": {"action": "publish", "on": "a/b"}}, ".deny.on: it must be a topic, since publish is about topics; got 'a/b'"),
    ({"id": "r", "deny": {"action": "administer", "on": "x"}}, ".deny.on: it must be left out, since administer is about a whole instance"),
    ({"id": "r", "deny": {"action": ["read", "consume"], "on": ["b", "a/b"]}},
     ".deny.on: it must be a topic, since consume is about topics; got ['b', 'a/b']"),
    ({"id": "r", "only": {"system": "ucloud_ufile"}}, ".only: it must have principal, which names those who may"),
    ({"id": "r", "only": {"principal": "x", "except": "y"}}, f".only: it must have no keys but {SELECTS}; got 'except'"),
    ({"id": "r", "require": {"action": "read"}}, ".require: it must have one of expires_within, addresses, key"),
    ({"id": "r", "require": {"action": "read", "expires_within": "90"}}, f".require.expires_within: {DAYS} '90'"),
    ({"id": "r", "require": {"action": "read", "key": False, "addresses": "yes"}},
     ".require.addresses: it must be true, or be left out; got 'yes'", ".require.key: it must be true, or be left out; got False"),
    ({"id": "r", "separate": [{"action": "read"}]}, f".separate: {TWO} [{{'action': 'read'}}]"),
    ({"id": "r", "separate": {"action": "read", "on": "x"}}, f".separate: {TWO} {{'action': 'read', 'on': 'x'}}"),
    ({"id": "r", "separate": [{"action": "read"}, {}]}, f".separate[1]: it must be a mapping with one of {SELECTS}; got {{}}"),
    ({"id": "r", "separate": [{"action": "read"}, {"on": "x", "except": "y"}]}, f".separate[1]: it must have no keys but {SELECTS}; got 'except'"),
    ({"id": "r", "limit": {"action": "read"}}, f".limit.at_most: {MOST} nothing"),
    ({"id": "r", "limit": {"action": "read", "at_most": True}}, f".limit.at_most: {MOST} True"),
    ({"id": "r", "limit": {"action": "read", "at_most": -1}}, f".limit.at_most: {MOST} -1"),
    (dict(DENY, exceptions=[], refuses={}), ".exceptions: it must be a list that is not empty; got an empty list",
     ".refuses: it must be a list that is not empty; got {}"),
    (dict(DENY, exceptions=["x"]), ".exceptions[0]: it must be a mapping with system, scope, principal, resource, reason, by, until; got 'x'"),
    (dict(DENY, exceptions=[ACCEPTED, {"principal": "x"}]), ".exceptions[1].reason: it must be text that says why; got None",
     ".exceptions[1].by: it must be text that says who accepts it; got None",
     ".exceptions[1].until: it must be the last day, such as 2027-01-31; got None"),
    (dict(DENY, exceptions=[dict(ACCEPTED, principal=None)]), ".exceptions[0].principal: it must say for whom; got nothing"),
    (dict(DENY, exceptions=[dict(ACCEPTED, until="2030-01-01")]),
     ".exceptions[0].until: it must be at most 366 days ahead, which is 2028-01-16; got 2030-01-01"),
    (dict(DENY, exceptions=[dict(ACCEPTED, ticket=1)]),
     ".exceptions[0]: it must have no keys but system, scope, principal, resource, reason, by, until; got 'ticket'"),
    (dict(DENY, refuses=["x"]), ".refuses[0]: it must be a mapping with system, principal and action; got 'x'"),
    (dict(DENY, refuses=[["x", dict(READS, action="publish")]]), ".refuses[0]: it must be a mapping with system, principal and action; got 'x'",
     f".refuses[0].action: it must be one of {OF_OBJECTS}; got 'publish'"),
    (dict(DENY, allows=[READS, {"system": "ucloud_ufile", "principal": "x", "action": 7}]), ".allows[1].action: it must be a text; got 7"),
    (dict(DENY, allows=[dict(READS, system="kafka")]), f".allows[0].system: it must be one of {NAMES}; got 'kafka'"),
    (dict(DENY, allows=[dict(READS, on=1, scope=[])]), ".allows[0].scope: it must be a text; got an empty list", ".allows[0].on: it must be a text; got 1"),
    (dict(DENY, allows=[dict(READS, ends_in=1)]), f".allows[0].ends_in: {DAYS} 1"),
    (dict(DENY, allows=[dict(READS, how=1)]), f".allows[0]: it must have no keys but {SELECTS}, ends_in, addresses, keyless; got 'how'"),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken[1])
def test_what_cannot_be_understood_is_refused(broken):
    rule, *texts = broken
    assert problems([rule]) == [f"guardrails[0]{text}" for text in texts]


@pytest.mark.parametrize(("raw", "got"), [([], "an empty list"), (None, "nothing"), ({}, "{}"), ("r.yml", "'r.yml'")])
def test_what_is_no_list_of_rules_is_refused(raw, got):
    example = "[{id: orders, deny: {action: publish}}]"
    assert problems(raw) == [f"guardrails: it must be a list of rules that is not empty, such as {example}; got {got}"]


def test_the_name_of_a_rule_is_its_own():
    other = dict(DENY, id="s")
    assert problems([other, DENY, DENY]) == ["guardrails[2].id: it must be unique; got 'r', as guardrails[1] has"]


def test_all_mistakes_are_told_at_once():
    assert len(problems([{"id": "", "deny": {"action": "x"}}, dict(DENY, when="x")])) == 3


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("nobody", "Correct the rule, or what kept it from being judged."),
        ("t", "Ask for less, or add an exception with reason, by and until to the rule."),
    ],
)
def test_what_is_to_be_done_depends_on_whether_the_rule_was_judged(name, hint):
    data = access(urocketmq, urocketmq("t", "ALL"))
    rule = {"id": "r", "deny": {"system": "ucloud_urocketmq", "scope": "s-1", "principal": name}}
    verdict = guardrails.judge(guardrails.parse([rule], NOW), data, data, NOW, False)
    with pytest.raises(errors.TaskError) as caught:
        verdict.enforce()
    assert caught.value.hint == hint
    assert [str(problem) for problem in caught.value.problems] == [f"guardrails: {text}" for text in verdict.refusals]


def test_yaml_reads_the_key_on_as_true():
    for key in (True, "true", "True"):
        (rule,) = guardrails.parse([{"id": "r", "deny": {"action": "publish", key: "orders"}}], NOW)
        assert str(rule.selectors[0]) == "publish on orders"
        (rule,) = guardrails.parse([{"id": "r", "separate": [{key: "orders"}, {key: "payments"}]}], NOW)
        assert [str(each) for each in rule.selectors] == ["anything on orders", "anything on payments"]


# -- examples ------------------------------------------------------------------------------------------------------------

TOKEN = {"system": "ucloud_ufile", "principal": "x", "action": "read", "on": "b/in/"}
USER = {"system": "huaweicloud_rocketmq", "scope": "i-1", "principal": "x", "action": "administer"}
PAY = {"system": "ucloud_urocketmq", "principal": "x", "action": "publish", "on": "payments"}
EXAMPLES = [
    ({"deny": {"on": "b"}}, TOKEN, dict(TOKEN, on="c")),
    ({"only": {"system": "ucloud_ufile", "principal": "svc-*"}}, TOKEN, dict(TOKEN, principal="svc-1")),
    ({"require": {"system": "ucloud_ufile", "expires_within": "90d"}, "when": "new"}, dict(TOKEN, ends_in="92d"),
     dict(TOKEN, ends_in="90d")),
    ({"require": {"action": "publish", "key": True}}, dict(PAY, keyless=True), PAY),
    ({"limit": {"action": "administer", "at_most": 1}, "when": "new"}, [USER, dict(USER, principal="y")],
     [USER, dict(USER, scope="i-2", principal="y")]),
    (APART, [PAY, dict(TOKEN, action="delete", on="archive")], [PAY, dict(TOKEN, action="delete", on="logs")]),
    (APART, [PAY, dict(TOKEN, action="delete", on="archive")], PAY),
    ({"deny": {"on": "b"}, "level": "warn"}, TOKEN, PAY),
    ({"deny": {"on": "orders"}}, {key: PAY[key] for key in ("system", "principal", "action")}, PAY),
    ({"deny": {"on": "orders"}}, dict(PAY, on="orders"), USER),
    ({"deny": {"on": "b/in/x"}}, dict(TOKEN, on="b/in/*"), dict(TOKEN, on="b/out/")),
    ({"require": {"action": "read", "addresses": True}}, TOKEN, dict(TOKEN, addresses=["10.0.0.1"])),
    ({"deny": {"system": "huaweicloud_rocketmq", "scope": "i-1", "principal": "x"}}, USER, dict(USER, principal="y")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "refuses", "allows"), EXAMPLES)
def test_examples_are_tried(rule, refuses, allows):
    rule = dict({"id": "r"}, **rule)
    guardrails.parse([dict(rule, refuses=[refuses], allows=[allows])], NOW)
    assert problems([dict(rule, refuses=[refuses, allows], allows=[allows, refuses])]) == [
        f"guardrails[0].allows[1]: r refuses this example: {guardrails.got(refuses)}",
        f"guardrails[0].refuses[1]: r does not refuse this example: {guardrails.got(allows)}",
    ]
