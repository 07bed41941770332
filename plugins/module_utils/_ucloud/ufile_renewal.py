# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a UFile token that renews itself: a number of days ahead, moved by a run of the last days before it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts

if TYPE_CHECKING:
    from collections.abc import Mapping

LATEST = 4102416000  # Unix seconds: the largest ExpireTime by the document of UpdateUFileToken
DAY = 86400  # seconds
# The options of an end that renews itself: how far ahead it is set, and how long before it a run does so.
RENEWING = ("expires_in", "renew_before")


def renewed(existing_end: int | None, expires_in: int, renew_before: int, now: float) -> int:
    """The end of a token that renews itself, in Unix seconds.

    It is ``existing_end`` if that lies between ``renew_before`` and ``expires_in`` ahead, else it is ``expires_in`` ahead.
    Both are whole days, in seconds, counted from the next midnight (UTC), so that all runs of one day agree.
    ``existing_end`` is ``None`` where there is none, or it is not known.
    """
    midnight = (int(now // DAY) + 1) * DAY
    end = min(midnight + expires_in, LATEST)
    return existing_end if existing_end is not None and midnight + renew_before <= existing_end <= end else end


def renewal(values: Mapping[str, Any]) -> tuple[int, int] | None:
    """``expires_in`` and ``renew_before`` of a task or grant, in seconds; ``None`` where it has neither.

    Refused, with the option as its ``where``, when they are not a pair of durations, the second one shorter.
    """
    given = [option for option in RENEWING if values.get(option) is not None]
    if not given:
        return None
    if values.get("expire_time") is not None:
        raise texts.Refused("it cannot be used together with expire_time, which is a fixed end", given[0])
    missing = [option for option in RENEWING if option not in given]
    if missing:
        raise texts.Refused(f"it needs {missing[0]} beside it, as in expires_in: 90d, renew_before: 30d", given[0])
    expires_in, renew_before = (days(values[option], option) for option in RENEWING)
    if renew_before >= expires_in:
        raise texts.Refused(
            f"it must be shorter than expires_in, which is {values['expires_in']}; got {values['renew_before']}",
            "renew_before",
        )
    return expires_in, renew_before


def days(value: Any, option: str) -> int:
    """The seconds of a number of days, such as `90d`."""
    match = re.match(r"(?a)^([1-9]\d{0,4})d$", str(value).strip())
    if not match:
        raise texts.Refused(f"it must be a number of days such as 90d; got {errors.brief(value)}", option)
    return int(match.group(1)) * DAY
