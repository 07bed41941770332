# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import report, snapshot

from .estates import NOW, access, rocketmq, roma, scope, ufile, urocketmq


def whole(*scopes, at=NOW, **options):
    return report.report(scopes, at, "1.1.0", **options)


DAY = 86400
ADMIN = rocketmq("ops", admin=True)
ACCEPTED = {"finding": "MQ002", "system": "huaweicloud_rocketmq", "scope": "i-1", "principal": "ops"}
ACCEPTED.update(reason="On call", by="jo", until="2027-01-31")


def test_findings_changes_and_acceptances_are_in_the_data():
    earlier = snapshot.text(access(rocketmq))
    data = whole(scope(rocketmq, ADMIN), acceptances=[ACCEPTED], earlier=earlier)
    assert [(each["id"], bool(each["accepted"])) for each in data["findings"]] == [("MQ002", True), ("DR002", False)]
    assert [change["action"] for change in data["changes"]] == ["administer", "consume", "publish"]
    assert set(data) == {*report.KEYS, "warn_before"}


def test_what_a_run_says_and_asks_for_is_in_the_data():
    identities = {"ann": [{"system": "ucloud_urocketmq", "scope": "s-1", "principal": "t"}]}
    token = urocketmq("t", "ALL", create_time=NOW - 9 * DAY)
    broken = dict(ACCEPTED, finding="RD001", principal=None, scope=None, system="ucloud_ufile")
    data = whole(
        scope(urocketmq, token), scope(ufile, problem="refused"), identities=identities, rotate_after=DAY, soon=45 * DAY,
        acceptances=[broken, dict(broken, finding="OS001")],
    )  # fmt: skip
    assert (data["warn_before"], data["principals"][0]["identity"]) == (45, "ann")
    assert [each["id"] for each in data["findings"]] == ["MQ003", "RD001", "ID004"]
    assert report.merged({"a": whole(scope(rocketmq)), "b": data})["warn_before"] == 45
    assert report.merged({"a": {key: data[key] for key in report.KEYS}})["warn_before"] == 30


def test_data_of_several_runs_is_as_that_of_one():
    scopes = [
        scope(rocketmq, ADMIN),
        scope(roma, roma(x=("pub",))),
        scope(ufile, ufile(end=NOW)),
        scope(urocketmq, urocketmq(produce="ALL")),
    ]
    parts = {str(number): whole(each, at=NOW + number) for number, each in enumerate(scopes)}
    assert report.merged(parts) == whole(*scopes)
    assert report.merged({name: report.text(part) for name, part in parts.items()}) == whole(*scopes)


def test_what_was_not_read_whole_is_not_whole_with_others():
    broken = whole(scope(ufile, problem="refused"), earlier=snapshot.text(access(ufile)))
    data = report.merged({"a": whole(scope(rocketmq)), "b": broken})
    assert data["complete"] is False and data["changes"] == []


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "there must be data of at least one run"),
        ({"a.json": []}, "a.json must be data of the format grantops.access/1, as a report writes it"),
        ({"a.json": "{"}, "a.json must be data of access, as a report writes it; got a text that is not JSON"),
        ({"a.json": {"format": "grantops.access/2"}},
         "a.json must be data of the format grantops.access/1, as a report writes it"),
        ({"a.json": {key: [] for key in report.KEYS if key[0] != "t" and key != "changes"}},
         "a.json must have format, version, taken_at, complete, unknowable, scopes, principals, access, findings, changes, as a "
         "report writes it; taken_at, changes is missing"),
    ],
)  # fmt: skip
def test_what_is_no_data_is_refused(parts, message):
    if "changes is" in message:
        parts["a.json"]["format"] = "grantops.access/1"
    with pytest.raises(ValueError) as caught:
        report.merged(parts)
    assert str(caught.value) == message


def test_a_scope_that_two_runs_have_is_refused():
    one = whole(scope(rocketmq))
    with pytest.raises(ValueError, match="a and b must be about different scopes; both have huaweicloud_rocketmq i-1"):
        report.merged({"a": one, "b": one})


def test_data_of_several_runs_is_compared_with_a_snapshot_as_one():
    then, now = [scope(rocketmq, rocketmq("a")), scope(urocketmq)], [scope(rocketmq, ADMIN), scope(urocketmq)]
    earlier = snapshot.text(whole(*then))
    parts = {str(number): whole(each, earlier=earlier) for number, each in enumerate(now)}
    merged = report.merged(parts, earlier)
    assert merged == whole(*now, earlier=earlier) and [each["id"] for each in merged["findings"]] == ["MQ002", "DR002"]


MANY = [rocketmq(f"u{number:02}", admin=True) for number in range(25)]


def test_statistics_count_what_is_not_accepted_and_hold_twenty_findings_at_most():
    made = report.stats(whole(scope(rocketmq, ADMIN, *MANY), acceptances=[ACCEPTED]))
    assert made["severities"] == {"critical": 0, "high": 25, "medium": 0, "low": 0}
    assert (made["accepted"], made["complete"], made["changes"], len(made["findings"])) == (1, True, None, 20)
    assert (made["principals"], made["access"]) == (26, 78)
    compared = whole(scope(rocketmq, ADMIN), earlier=snapshot.text(access(rocketmq)))
    assert report.stats(compared)["changes"] == 3
    assert set(made["findings"][0]) == {"id", "severity", "title", "system", "scope", "principal", "resource"}


def test_a_terminal_shows_first_what_was_not_read_and_then_what_is_found():
    parts = [scope(rocketmq, ADMIN, *MANY), scope(ufile, problem="refused")]
    found = whole(*parts, acceptances=[ACCEPTED], earlier=snapshot.text(access(rocketmq)))
    lines = list(report.summary(found))
    assert lines[:6] == [
        "INCOMPLETE: what is not listed may be allowed all the same.",
        "huaweicloud_rocketmq i-1: 26 principals",
        "ucloud_ufile: NOT READ WHOLE: refused",
        "78 rows of access; findings: 26 high, 26 medium; accepted: 1",
        "78 changes since the last snapshot",
        "accepted: MQ002 Administrator (huaweicloud_rocketmq i-1 ops)",
    ]
    assert lines[-1] == "and 33 more findings, which the page and the data show"
    assert lines[6] == "high: MQ002 Administrator (huaweicloud_rocketmq i-1 u00)"


def test_a_terminal_shows_all_of_few():
    twenty = whole(scope(rocketmq, *MANY[:20]))
    assert len(list(report.summary(twenty))) == 22 and report.failing(twenty, "low").endswith("i-1 u19).")
    lines = list(report.summary(whole(scope(rocketmq), acceptances=[ACCEPTED])))
    assert lines == [
        "huaweicloud_rocketmq i-1: 0 principals",
        "0 rows of access; findings: 1 low; accepted: 0",
        "low: AC002 An acceptance matches nothing (huaweicloud_rocketmq i-1 ops)",
    ]
    nowhere = dict(ACCEPTED, **dict.fromkeys(("system", "scope", "principal")))
    assert (
        list(report.summary(whole(scope(rocketmq), acceptances=[nowhere])))[-1]
        == "low: AC002 An acceptance matches nothing"
    )
    assert list(report.summary(whole(scope(rocketmq))))[-1] == "0 rows of access; findings: none; accepted: 0"


BOTH = (
    "Findings: 1 high, 1 medium. MQ003 Publishes everywhere, also what is created later (ucloud_urocketmq s-1 id-t); "
    "MQ004 Consumes everywhere, also what is created later (ucloud_urocketmq s-1 id-t)."
)


@pytest.mark.parametrize(("level", "message"), [("critical", ""), ("medium", BOTH)])
def test_a_failing_task_says_what_counts(level, message):
    assert report.failing(whole(scope(urocketmq, urocketmq("t", "ALL", "ALL"))), level) == message


def test_a_failing_task_does_not_say_all_of_many_and_nothing_of_what_is_accepted():
    assert report.failing(whole(scope(rocketmq, *MANY)), "low").endswith("u19); and 5 more.")
    assert report.failing(whole(scope(rocketmq, ADMIN), acceptances=[ACCEPTED]), "low") == ""
    with pytest.raises(ValueError, match="_fail_on` must be one of critical, high, medium, low; got 'hgih'"):
        report.failing(whole(), "hgih")


def test_changes_of_several_runs_are_in_the_order_of_their_scopes():
    earlier = {kind: snapshot.text(access(kind)) for kind in (urocketmq, rocketmq)}
    rows = {urocketmq: urocketmq(produce="ALL"), rocketmq: rocketmq(topic="PUB")}
    parts = {str(kind): whole(scope(kind, rows[kind]), earlier=earlier[kind]) for kind in earlier}
    assert [change["system"] for change in report.merged(parts)["changes"]] == [
        "huaweicloud_rocketmq",
        "ucloud_urocketmq",
    ]


def test_the_text_of_the_data_is_canonical():
    assert report.text({"b": "\u00e9", "a": [1]}) == '{\n "a": [\n  1\n ],\n "b": "\\u00e9"\n}\n'
    data = whole(scope(rocketmq, ADMIN))
    assert report.text(data) == report.text(dict(reversed(data.items()))) and report.text(data).endswith("}\n")
