# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import acceptances, findings, model

from .estates import NOW, rocketmq, scope, urocketmq

DAY = 86400  # NOW is 2027-01-15T08:00:00Z
MIDNIGHT = NOW - 8 * 3600
PLANTED = {"finding": "MQ002", "system": "huaweicloud_rocketmq", "scope": "i-1", "principal": "ops"}
GOOD = dict(PLANTED, reason="On call", by="jo", until="2027-01-31")


def run(*raw, at=NOW, estate=None):
    scopes = estate or [scope(rocketmq, rocketmq("ops", admin=True), rocketmq("ops2", admin=True))]
    data = model.access(scopes, at=at)
    checked = acceptances.check(list(raw), NOW)
    return acceptances.apply(findings.find(scopes, data, at), checked, data, at)


def told(found):
    return [(each["id"], each["principal"], bool(each["accepted"])) for each in found]


BOTH = [("MQ002", "ops", False), ("MQ002", "ops2", False)]


def test_what_is_accepted_stays_and_says_by_whom_and_until_when():
    found = run(GOOD)
    assert told(found) == [("MQ002", "ops", True), ("MQ002", "ops2", False)]
    assert found[0]["accepted"] == {"reason": "On call", "by": "jo", "until": "2027-01-31"}


@pytest.mark.parametrize(
    ("second", "accepted", "told_again"), [(17 * DAY - 1, True, []), (17 * DAY, False, [("AC001", "ops", False)])]
)
def test_the_last_day_is_included_in_utc_and_then_the_finding_is_back(second, accepted, told_again):
    found = told(run(GOOD, at=MIDNIGHT + second))
    assert found == [("MQ002", "ops", accepted), ("MQ002", "ops2", False), *told_again]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"principal": {"like": "ops*"}}, [("MQ002", "ops", True), ("MQ002", "ops2", True)]),
        ({"principal": {"like": "[o]ps*"}}, [*BOTH, ("AC002", None, False)]),
        ({"principal": "ops*"}, [*BOTH, ("AC002", "ops*", False)]),
        ({"principal": None}, [*BOTH, ("AC002", None, False)]),
        ({"resource": "orders"}, [*BOTH, ("AC002", "ops", False)]),
        ({"finding": "MQ001"}, [*BOTH, ("AC002", "ops", False)]),
        # It may be in what this run does not read.
        ({"scope": "i-2"}, BOTH),
    ],
)
def test_an_acceptance_is_exact_unless_it_says_like(change, expected):
    assert told(run(dict(GOOD, **change))) == expected


def test_what_was_not_read_whole_is_not_said_to_match_nothing():
    found = run(GOOD, estate=[scope(rocketmq, problem="refused"), scope(urocketmq)])
    assert told(found) == [("RD001", None, False)]


def test_a_lapsed_acceptance_does_not_hide_one_that_holds():
    found = run(dict(GOOD, until="2027-01-01"), dict(GOOD, by="mo"))
    assert found[0]["accepted"]["by"] == "mo"
    assert told(found)[2:] == [("AC001", "ops", False)]


@pytest.mark.parametrize(
    ("change", "finding", "why", "remedy"),
    [
        ({"until": "2027-01-01", "principal": {"like": "ops*"}}, "AC001", "It ended with 2027-01-01, so what it accepted counts again.",
         "# Take acceptances[0] out: finding MQ002, system huaweicloud_rocketmq, scope i-1, principal ops*. Or accept it again:\n"
         "permissions_acceptances:\n  - {by: jo, finding: MQ002, principal: {like: \"ops*\"}, reason: On call, scope: i-1, "
         'system: huaweicloud_rocketmq, until: "2027-04-15"}'),
        ({"finding": "MQ001", "scope": None}, "AC002", "What it accepts is gone, or one of its fields is mistyped.",
         "Take acceptances[0] out: finding MQ001, system huaweicloud_rocketmq, principal ops."),
    ],
)  # fmt: skip
def test_an_acceptance_that_is_of_no_use_says_whose_it_is_and_what_to_do(change, finding, why, remedy):
    raw = dict(GOOD, **change)
    place = {key: raw[key] if isinstance(raw[key], str) else None for key in ("system", "scope", "principal")}
    (found,) = [each for each in run(raw) if each["id"].startswith("AC")]
    assert found == findings.finding(finding, f"{why} By jo: On call", remedy, **place)


@pytest.mark.parametrize("until", ["2028-01-16", datetime.date(2028, 1, 16)])
def test_it_may_be_accepted_for_366_days(until):
    assert run(dict(GOOD, until=until))[0]["accepted"]["until"] == "2028-01-16"


ACCEPTABLE = ", ".join(number for number in sorted(findings.TABLE) if number < "AC" or number > "AD")
FIELDS = "finding, system, scope, principal, resource, reason, by, until"
TEXT, DAY_ = "must be text, or a pattern such as {like: 'ci-*'}; got", "must be the last day, such as 2027-01-31; got"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"until": "2028-01-17"}, ".until` must be at most 366 days ahead, which is 2028-01-16; got 2028-01-17"),
        ({"until": "soon"}, f".until` {DAY_} 'soon'"),
        ({"until": "2027-01-31 08:00"}, f".until` {DAY_} '2027-01-31 08:00'"),
        ({"until": None}, f".until` {DAY_} None"),
        ({"until": "2027-02-30"}, f".until` {DAY_} '2027-02-30'"),
        ({"reason": " "}, ".reason` must be text that says why; got ' '"),
        ({"by": None}, ".by` must be text that says who accepts it; got None"),
        ({"finding": "MQ999"}, f".finding` must be one of {ACCEPTABLE}; got 'MQ999'"),
        ({"finding": "AC001"}, f".finding` must be one of {ACCEPTABLE}; got 'AC001'"),
        ({"system": "rocketmq"},
         ".system` must be one of ucloud_ufile, ucloud_urocketmq, huaweicloud_rocketmq, huaweicloud_roma; got 'rocketmq'"),
        ({"principal": 5}, f".principal` {TEXT} 5"),
        ({"principal": {"like": ""}}, f".principal` {TEXT} {{'like': ''}}"),
        ({"principal": {"like": 5}}, f".principal` {TEXT} {{'like': 5}}"),
        ({"principal": {"like": "x", "regex": "x"}}, f".principal` {TEXT} {{'like': 'x', 'regex': 'x'}}"),
        ({"prinicpal": "x"}, f".prinicpal` must be one of {FIELDS}"),
    ],
)  # fmt: skip
def test_a_malformed_acceptance_is_refused(change, message):
    with pytest.raises(ValueError) as caught:
        acceptances.check([dict(GOOD, **change)], NOW)
    assert str(caught.value) == f"`acceptances[0]{message}"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"finding": "MQ001"}, "`acceptances` must be a list of mappings; got {'finding': 'MQ001'}"),
        (["MQ001"], f"`acceptances[0]` must be a mapping with {FIELDS}; got 'MQ001'"),
        ([dict(GOOD, by=""), dict(GOOD, reason="")],  # all that is wrong
         "`acceptances[0].by` must be text that says who accepts it; got ''; "
         "`acceptances[1].reason` must be text that says why; got ''"),
    ],
)  # fmt: skip
def test_a_list_of_acceptances_says_all_that_is_wrong_with_it(raw, message):
    with pytest.raises(ValueError) as caught:
        acceptances.check(raw, NOW)
    assert str(caught.value) == message
