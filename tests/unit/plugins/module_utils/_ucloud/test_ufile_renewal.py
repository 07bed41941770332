# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends that renew themselves."""

from __future__ import annotations

import pytest

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
