# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends that renew themselves."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _text as texts
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import ufile_renewal

DAY = 86400
TODAY = 1749945600  # the midnight before the clock of these tests


@pytest.mark.parametrize("seconds", [(0, DAY - 1), (DAY - 1, 0), (DAY // 2, DAY // 2)])
def test_of_400_days_seven_write_none_finds_an_end_that_passed_and_plan_and_apply_agree(seconds):
    end, writes = None, []
    for day in range(TODAY, TODAY + 400 * DAY, DAY):
        planned, applied = (ufile_renewal.renewed(end, 90 * DAY, 30 * DAY, day + second) for second in seconds)
        assert planned == applied
        writes += [day] if applied != end else []
        end = applied
        assert end >= day + 31 * DAY
        assert end % DAY == 0
    assert len(writes) == 7, writes


@pytest.mark.parametrize("before_the_last", [1, 20, 80])
def test_an_end_that_renews_itself_is_never_later_than_the_service_takes(before_the_last):
    now = ufile_renewal.LATEST - before_the_last * DAY
    end = ufile_renewal.renewed(None, 90 * DAY, 30 * DAY, now)
    assert end == ufile_renewal.LATEST
    assert ufile_renewal.renewed(end, 90 * DAY, 30 * DAY, now + DAY) == end


def test_a_pair_of_durations_is_seconds_and_neither_is_none():
    assert ufile_renewal.renewal({"expires_in": "90d", "renew_before": "89d"}) == (90 * DAY, 89 * DAY)
    assert ufile_renewal.renewal({"expires_in": None}) is None


@pytest.mark.parametrize(
    ("values", "where", "message"),
    [
        ({"expires_in": "90d"}, "expires_in", "it needs renew_before beside it, as in expires_in: 90d, renew_before: 30d"),
        ({"renew_before": "3d"}, "renew_before", "it needs expires_in beside it, as in expires_in: 90d, renew_before: 30d"),
        ({"renew_before": "3d", "expire_time": 1}, "renew_before", "it cannot be used together with expire_time, which is a fixed end"),
        ({"expires_in": "9d", "renew_before": "9d"}, "renew_before", "it must be shorter than expires_in, which is 9d; got 9d"),
        ({"expires_in": "3 days", "renew_before": "9d"}, "expires_in", "it must be a number of days such as 90d; got '3 days'"),
        ({"expires_in": "9d", "renew_before": "3w"}, "renew_before", "it must be a number of days such as 90d; got '3w'"),
    ],
)  # fmt: skip
def test_what_is_no_pair_of_durations_is_refused_at_its_option(values, where, message):
    with pytest.raises(texts.Refused) as caught:
        ufile_renewal.renewal(values)
    assert (str(caught.value), caught.value.where) == (message, where)
