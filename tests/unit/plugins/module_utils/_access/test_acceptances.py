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


@pytest.mark.parametrize("until", ["2028-01-16", datetime.date(2028, 1, 16)])
def test_it_may_be_accepted_for_366_days(until):
    assert run(dict(GOOD, until=until))[0]["accepted"]["until"] == "2028-01-16"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"until": "2028-01-17"}, r"`acceptances\[0\].until` must be at most 366 days ahead, which is 2028-01-16"),
        ({"until": "soon"}, "until` must be the last day"),
        ({"until": None}, "until` must be the last day"),
        ({"until": "2027-02-30"}, "until` must be the last day"),
        ({"reason": " "}, "reason` must be text that says why"),
        ({"by": None}, "by` must be text that says who"),
        ({"finding": "MQ999"}, "finding` must be one of DR001.*got 'MQ999'"),
        ({"finding": "AC001"}, "finding` must be one of"),
        ({"system": "rocketmq"}, "system` must be one of ucloud_ufile"),
        ({"principal": 5}, "principal` must be text, or a pattern"),
        ({"principal": {"like": ""}}, "principal` must be text, or a pattern"),
        ({"principal": {"regex": "x"}}, "principal` must be text, or a pattern"),
        ({"prinicpal": "x"}, "prinicpal` must be one of finding, system"),
    ],
)
def test_a_malformed_acceptance_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        acceptances.check([dict(GOOD, **change)], NOW)


@pytest.mark.parametrize("raw", [{"finding": "MQ001"}, ["MQ001"]])
def test_what_is_no_list_of_mappings_is_refused(raw):
    with pytest.raises(ValueError, match="must be a (list of mappings|mapping with finding, system)"):
        acceptances.check(raw, NOW)


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(ValueError, match=r"\[0\].by.*\[1\].reason"):
        acceptances.check([dict(GOOD, by=""), dict(GOOD, reason="")], NOW)
