# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.grantops.cloud.plugins.module_utils._access import model, words
from ansible_collections.grantops.cloud.plugins.module_utils._access.decide import who

from .estates import NOW, rocketmq, roma, scope, ufile, urocketmq
from .test_model import grant


def told(*scopes, grants=None, identities=None, **question):
    return list(words.lines(who(model.access(scopes, grants, at=NOW, identities=identities), **question)))


def test_an_answer_says_what_is_allowed_and_because_of_what():
    permission = {"admin": False, "address": (), "topic": ((), {"orders": {"SUB"}}), "group": ((), {})}
    given = grant("huaweicloud_rocketmq", {"user_name": "billing"}, permission, number=3)
    joined = {"pay": [{"system": "ucloud_ufile", "principal": "backup"}]}
    users = rocketmq("billing", {"orders": "SUB"}, {"g": "SUB", "h": "SUB"}, white_remote_address="10.0.0.1")
    token = ufile("backup", ["TOKEN_ALLOW_WRITE", "TOKEN_DENY_UPDATE"], ["b"], ["db/"], black_ip_list=["10.0.0.2"])
    how = {"grants": [given], "identities": joined}
    assert told(scope(rocketmq, users), scope(ufile, token), principal="billing", **how) == [
        "yes",
        "billing, huaweicloud_rocketmq i-1",
        "  administer the instance from 10.0.0.1, without a key",
        "      because white_remote_address 10.0.0.1",
        "      assumed: The guide names publishing and subscribing; by Apache RocketMQ's checker, every command passes.",
        "  consume from every topic, also what is created later from 10.0.0.1, without a key",
        "      because white_remote_address 10.0.0.1",
        "  consume from topic orders in the consumer groups g, h",
        "      because topic_perms orders=SUB (grant 3 of grants.yml, line 9); group_perms g=SUB, h=SUB",
        "  publish to every topic, also what is created later from 10.0.0.1, without a key",
        "      because white_remote_address 10.0.0.1",
    ]
    assert told(scope(ufile, token), identities=joined, may="write") == [
        "yes",
        "backup (id-backup, pay), ucloud_ufile",
        "  write new objects in bucket b below db/ and not overwrite, not from 10.0.0.2, until 2027-01-16T08:00:00Z",
        "      because allowed_ops TOKEN_ALLOW_WRITE; allowed_buckets b; allowed_prefixes db/",
    ]


def test_what_is_unknown_and_what_was_not_read_is_said():
    assert told(scope(roma, roma(app=("all", "a"))), scope(urocketmq, problem="HTTP 403"), may="publish") == [
        "unknown",
        "Not read whole: ucloud_urocketmq s-1: HTTP 403",
        "app, huaweicloud_roma r-1",
        "  ? publish to topic orders",
        "      because policies orders=all, tag a",
        "      unknown: The tag does not say clearly what it limits.",
    ]
    token = urocketmq("t", token_id="id", produce="ALL")
    place = grant(
        "ucloud_urocketmq", {"token_id": "id"}, {"produce": "ALL", "consume": ()}, file=None, number=1, line=None
    )
    (_answer, name, what, why) = told(scope(urocketmq, dict(token, name=None)), grants=[place])
    assert (name, what) == ("id, ucloud_urocketmq s-1", "  publish to every topic, also what is created later")
    assert why == "      because topic_produce_perm ALL (grant 1 of the task)"
    (_answer, name, what, _why) = told(scope(ufile, ufile("t", ["TOKEN_ALLOW_READ"], ["*"], ["*"])))
    assert what == "  read objects in every bucket until 2027-01-16T08:00:00Z"
    (_answer, _name, _what, why, _assumption) = told(scope(rocketmq, rocketmq(topic=None)), may="publish")
    assert why == "      because default_topic_perm not shown"


def test_a_name_that_would_control_a_terminal_is_escaped():
    text = "\n".join(told(scope(urocketmq, urocketmq("\x1b[2J", "PART", topics=["a\u202eb"]))))
    assert "\x1b" not in text and "\u202e" not in text and "\\x1b[2J" in text
