# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls run at once and how soon after each other, by what the service's responses allow.

A service that throttles says nothing of its limit, and other processes use the same one. So a run
learns it from the responses it gets, as each of the others does.
"""

from __future__ import annotations

import threading
import time
from collections import deque


class ConcurrencyLimit:
    """How many calls run at once: halved when the service throttles, grown back by good responses."""

    def __init__(self, limit):
        self.limit = max(1, int(limit))
        self._allowed = float(self.limit)
        self._running = 0
        self._changed = threading.Condition()

    def __enter__(self):
        with self._changed:
            while self._running >= max(1, int(self._allowed)):
                self._changed.wait()
            self._running += 1
        return self

    def __exit__(self, *unused):
        with self._changed:
            self._running -= 1
            self._changed.notify()

    def throttled(self):
        with self._changed:
            self._allowed = max(1.0, self._allowed / 2)

    def served(self):
        with self._changed:
            if self._allowed < self.limit:
                self._allowed = min(float(self.limit), self._allowed + 1.0 / max(1.0, self._allowed))
                self._changed.notify()


class Lane:
    """Calls that write to one thing: side by side, until the service refuses one since it is busy with another.

    From then on one by one, which takes no longer, since they wait for each other there too. Who of ours comes first
    is known here, so that nobody is refused until its time is over.
    """

    def __init__(self):
        self._one_by_one = False
        self._running = 0
        self._changed = threading.Condition()

    def __enter__(self):
        with self._changed:
            self._begin()
        return self

    def __exit__(self, *unused):
        with self._changed:
            self._end()

    def refused(self):
        """Whether one of ours may be what a refused call is to wait for: then it waits here until none runs."""
        with self._changed:
            self._one_by_one = True
            beside = self._running > 1
            if beside:
                self._end()
                self._begin()
            return beside

    def _begin(self):
        while self._one_by_one and self._running:
            self._changed.wait()
        self._running += 1

    def _end(self):
        self._running -= 1
        self._changed.notify()


class RateLimit:
    """How soon after each other calls start: at once until the service throttles.

    From then on a little faster than it served them of late, so that its limit is used up and few
    calls are refused; good responses make it faster again. One call at a time can be too many for a
    service that responses fast, so the width alone could not do this.
    """

    WINDOW = 1.0  # seconds of good responses that tell what the service serves
    ABOVE = 1.05
    GROWTH = 0.002  # for each good response since the last refusal
    MOST = 0.1
    LESS = 1.07
    SLOWEST = 1.0  # seconds between two calls; a service that refuses all is left alone by the waits for a next try
    NO_LIMIT = 0.001  # seconds between two calls that are not worth waiting for

    def __init__(self, sleep=time.sleep, clock=time.monotonic):
        self._sleep = sleep
        self._clock = clock
        self._between = 0.0  # seconds
        self._next = 0.0
        self._good = 0  # responses since the last refusal
        self._refusals = 0  # since the last good response
        self._slower = float("-inf")  # when it was made slower last
        self._served = deque()  # when the good responses of the last WINDOW came
        self._lock = threading.Lock()

    def turn(self):
        """Wait until the next call may start; returns when that is."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + self._between
        if start > now:
            self._sleep(start - now)
        return start

    def served(self):
        with self._lock:
            self._served.append(self._clock())
            self._forget()
            self._good += 1
            self._between /= 1.0 + min(self.MOST, self.GROWTH * self._good + self._between / 5)
            self._refusals = 0
            if self._between < self.NO_LIMIT:
                self._between = 0.0

    def throttled(self, started):
        """Take a refusal of a call that began at ``started`` into account; whether it says anything new.

        Of calls that ran side by side, one refusal says it all.
        """
        with self._lock:
            if started <= self._slower:
                return False
            self._refusals += 1
            now = self._slower = self._clock()
            self._good = 0
            self._forget()
            if self._between:
                # Far above the limit there are refusals only; near to it they come between good responses.
                self._between = min(self.SLOWEST, self._between * (self.LESS if self._refusals == 1 else 2.0))
            elif len(self._served) > 1 and now > self._served[0]:
                self._between = (now - self._served[0]) / len(self._served) / self.ABOVE
            self._next = max(self._next, started + self._between)
            return True

    def back_off(self):
        """How often a refused call's wait is doubled; ``None`` when its turn alone is wait enough."""
        with self._lock:
            # Refusals beside good responses only say that the limit is reached, and the turns see to that.
            in_a_row = self._refusals - (1 if self._between else 0)
            return in_a_row - 1 if in_a_row > 0 else None

    def _forget(self):
        while self._served and self._served[0] < self._served[-1] - self.WINDOW:
            self._served.popleft()
