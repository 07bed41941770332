# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The export says what there is: planned at once, on any estate, it changes nothing."""

from __future__ import annotations

import io
import re

import harness
import pytest
from ansible.parsing.dataloader import DataLoader
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from role_harness import Role

SCOPES = {"urocketmq_services": ["urmq-demo"], "rocketmq_instances": ["rocketmq-demo"], "roma_instances": ["roma-demo"]}
TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn"), exclude_characters="\x7f\x85\xa0"),
    min_size=1,
    max_size=12,
).filter(str.strip)
ODD = st.sampled_from(
    ["on", "no", "null", "1e3", "2027-01-01", "{{ 7 * 7 }}", "{% raw %}", "- a: b", "#x", "*", "!unsafe x", "a, b"]
)
NAME = st.one_of(st.sampled_from(["a-token", "a-token.g2", "a-token.g3", "b-token"]), TEXT, ODD)
IDENTIFIER = st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True)
TOPICS = st.lists(IDENTIFIER, max_size=3, unique=True)
OPS = [f"TOKEN_ALLOW_{word}" for word in ("READ", "WRITE", "DELETE", "LIST", "IOP", "DP")] + ["TOKEN_DENY_UPDATE"]

token = st.fixed_dictionaries(
    {
        "TokenName": NAME,
        "AllowedOps": st.one_of(
            st.lists(st.sampled_from(OPS), min_size=1, unique=True),
            st.sampled_from([["TOKEN_ALLOW_NONE"], OPS[:6], [OPS[0], OPS[3]], [OPS[1]]]),
        ),
        "AllowedPrefixes": st.one_of(st.just(["*"]), st.lists(NAME, min_size=1, max_size=3, unique=True)),
        "AllowedBuckets": st.one_of(st.just(["*"]), st.lists(NAME, min_size=1, max_size=3, unique=True)),
        "ExpireTime": st.integers(0, 2**33),
    }
)
way = st.one_of(st.sampled_from([("ALL", ""), ("NONE", "")]), TOPICS.map(lambda names: ("PART", ",".join(names))))


def queue(name, kind, produce, consume):
    return {
        "Name": name,
        "Type": kind,
        "TopicProducePerm": produce[0],
        "AllowProduceTopicList": produce[1],
        "TopicConsumePerm": consume[0],
        "AllowConsumeTopicList": consume[1],
    }


def special(words):
    return st.dictionaries(IDENTIFIER, st.sampled_from(words), max_size=3).map(
        lambda rows: [{"name": name, "perm": perm} for name, perm in rows.items()]
    )


user = st.fixed_dictionaries(
    {
        "admin": st.booleans(),
        "white_remote_address": st.sampled_from(["", "192.0.2.1"]),
        "default_topic_perm": st.sampled_from(["PUB", "SUB", "PUB|SUB", "DENY"]),
        "default_group_perm": st.sampled_from(["SUB", "DENY"]),
        "topic_perms": special(["PUB", "SUB", "PUB|SUB", "DENY"]),
        "group_perms": special(["SUB", "DENY", "PUB|SUB"]),
    }
)
policy = st.tuples(
    st.sampled_from(["all", "pub", "sub"]),
    st.one_of(st.just(""), st.sampled_from(["v1", "v1 || v2", "v1&v2", "&v2", "v1&", "a&b&c"]), ODD),
)
estate = st.fixed_dictionaries(
    {
        "tokens": st.lists(token, max_size=3),
        "queues": st.lists(
            st.builds(queue, NAME, st.sampled_from(["Normal", "Normal", "Default"]), way, way), max_size=3
        ),
        "users": st.dictionaries(IDENTIFIER.map(lambda name: "user-" + name), user, max_size=3),
        "topics": st.dictionaries(
            IDENTIFIER, st.dictionaries(st.sampled_from(["shop", "billing", "audit"]), policy, max_size=3), max_size=3
        ),
    }
)


def generations(consume):
    """Two tokens while keys change hands; the newer one has something of its own."""
    both = [queue("a-token", "Normal", ("ALL", ""), ("ALL", "")), queue("a-token.g2", "Normal", ("ALL", ""), consume)]
    return {"tokens": [], "queues": both, "users": {}, "topics": {}}


def furnish(sim, desired):
    sim.reset("empty")
    sim.add_urocketmq_service("urmq-demo")
    sim.add_rocketmq_instance("rocketmq-demo")
    sim.add_roma_instance("roma-demo")
    for fields in desired["tokens"]:
        sim.add_ufile_token(**fields)
    for fields in desired["queues"]:
        sim.add_urocketmq_token(**fields)
    for name, fields in desired["users"].items():
        sim.add_rocketmq_user(access_key=name, **fields)
    for name, rows in desired["topics"].items():
        policies = [
            {"app_name": app, "access_policy": access, "tag": tag, "owner": number == 0}
            for number, (app, (access, tag)) in enumerate(rows.items())
        ]
        sim.add_roma_topic(name=name, policies=policies)


def exported(run):
    """The text of the estate's grants, which are also in the result."""
    result = Role(run).read(**SCOPES)
    assert not result.get("failed"), result["msg"]
    assert loaded(result["grants_text"]) == result["grants"]
    return result["grants_text"]


def loaded(text):
    """The grants, as Ansible reads the file."""
    return DataLoader().load(text)["permissions_grants"]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@example(generations(("ALL", "")))
@example(generations(("PART", "")))  # which cannot be exported
@given(desired=estate)
def test_planning_an_export_at_once_changes_nothing(sim, run, desired):
    furnish(sim, desired)
    role = Role(run)
    text = exported(run)
    grants = loaded(text)
    before = harness.dump(sim)
    for scope in ("additive", "exact"):
        rows = role(grants, scope=scope, check_mode=True, allow_empty=True)
        assert not [row for row in rows if row["changed"]]
        rows = role(grants, scope=scope, allow_empty=True)
        assert not [row for row in rows if row["changed"]]
    assert sim.counters["write"] == 0 and harness.dump(sim) == before
    # Nothing is left out without a word, and the order is stable.
    rows = sum(len(topic) for topic in desired["topics"].values())
    covered = sum(len(grant["topics"]) for grant in grants if "roma" in grant["system"])
    covered += len({str((grant["system"], grant["principal"])) for grant in grants if "roma" not in grant["system"]})
    covered += sum(names.count(", ") + 1 for names in re.findall(r", and (.+) beside it", text))
    everything = len(desired["tokens"]) + len(desired["queues"]) + len(desired["users"]) + rows
    assert covered + text.count("# Not exported") == everything or "# Not exported" in text
    assert exported(run) == text
    assert not any(secret in text for secret in sim.secrets())


@pytest.fixture
def text(run):
    return exported(run)


def test_set_ups_where_they_fit_and_native_permissions_where_not(text):
    by_name = {}
    for grant in loaded(text):
        by_name.setdefault((grant["system"], str(grant["principal"])), []).append(grant["setup"])
    assert by_name["ucloud_ufile", "reports"] == ["read_only"]
    assert by_name["ucloud_urocketmq", "checkout"] == ["producer", "consumer"]
    assert by_name["huaweicloud_rocketmq", "checkout"] == ["producer"]
    assert by_name["huaweicloud_rocketmq", "analytics"] == ["custom"]
    assert by_name["huaweicloud_rocketmq", "retired"] == ["no_access"]
    assert by_name["huaweicloud_roma", "audit"] == ["consumer", "consumer"]


def test_comments_say_where_each_came_from(text):
    assert "  # UFile token ufile-token-reports, reports\n  - system: ucloud_ufile\n" in text
    assert "cannot be changed" in text
    assert "# ROMA instance roma-demo, application shop, owner of orders\n" in text


def test_a_grant_of_the_file_says_all_that_the_principal_holds(sim, run, text):
    """After a lockdown it gives back what was there; of rows, those that say something."""
    role = Role(run)
    user = harness.record(sim, "huaweicloud_rocketmq_user", ("rocketmq-demo", "warehouse"))
    before = dict(user, group_perms=[])  # the one row says what the default says
    grant = next(grant for grant in loaded(text) if grant["principal"] == "warehouse")
    role([{"system": grant["system"], "instance_id": "rocketmq-demo", "principal": "warehouse", "setup": "no_access"}])
    assert user["default_topic_perm"] == "DENY" and not user["topic_perms"]
    role([grant])
    assert user == before


def test_nothing_is_an_empty_list(sim, run):
    furnish(sim, {"tokens": [], "queues": [], "users": {}, "topics": {}})
    text = exported(run)
    assert text.endswith("permissions_grants: []\n") and loaded(text) == []


def test_what_cannot_be_named_is_a_comment(sim, run):
    sim.add_ufile_token(TokenName="two\nlines", TokenId="ufile-odd")
    sim.add_rocketmq_user(access_key="odd\x07user")
    text = exported(run)
    assert "odd\\x07user" in text and "# Not exported: permissions_grants[0]" in text
    assert "  # UFile token ufile-odd, two\\nlines" in text
    assert all(
        line.startswith(("#", "-", " ", "permissions", "\n")) or not line
        for line in io.StringIO(text).read().splitlines()
    )
