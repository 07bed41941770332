# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests run at once and how soon after each other, learnt from the responses of the service.

A service that throttles does not say what its limit is, and other processes use the same limit. So each run learns it
from the responses it gets.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class ConcurrencyLimit:
    """How many requests run at once.

    It begins with a few. Until the service throttles, each good response lets one more run: twice as many after one
    round. When it throttles, half as many run, and from then on each round of good responses lets one more run.

    Used as a context manager around each request; it waits until the request may run.
    """

    FIRST = 8  # how many it begins with

    def __init__(self, limit: int) -> None:
        self.limit = max(1, int(limit))  # never more than this
        self._allowed = float(min(self.FIRST, self.limit))
        self._was_throttled = False
        self._running = 0
        self._changed = threading.Condition()

    def allowed(self) -> int:
        """How many may run now."""
        return max(1, int(self._allowed))

    def __enter__(self) -> ConcurrencyLimit:
        with self._changed:
            while self._running >= self.allowed():
                self._changed.wait()
            self._running += 1
        return self

    def __exit__(self, *unused: object) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify()

    def throttled(self) -> None:
        """Take into account that the service refused a request because there are too many."""
        with self._changed:
            self._was_throttled = True
            self._allowed = max(1.0, self._allowed / 2)

    def served(self) -> None:
        """Take a good response into account."""
        with self._changed:
            if self._allowed < self.limit:
                more = 1.0 / max(1.0, self._allowed) if self._was_throttled else 1.0
                self._allowed = min(float(self.limit), self._allowed + more)
                self._changed.notify()


class Lane:
    """Requests that write to the same instance: side by side until the service refuses one because it is busy.

    From then on they are sent one by one. That takes no longer, since the service would make them wait for each other,
    and it is fair: otherwise the service could refuse the same request again and again until its time is over.
    """

    def __init__(self) -> None:
        self._one_by_one = False
        self._running = 0
        self._changed = threading.Condition()

    def __enter__(self) -> Lane:
        with self._changed:
            self._begin()
        return self

    def __exit__(self, *unused: object) -> None:
        with self._changed:
            self._end()

    def refused(self) -> bool:
        """Take into account that a request of this lane was refused because the instance is busy.

        Where it may be busy with another request of this lane, wait until none of them runs, and return True.
        """
        with self._changed:
            self._one_by_one = True
            beside = self._running > 1
            if beside:
                self._end()
                self._begin()
            return beside

    def _begin(self) -> None:
        while self._one_by_one and self._running:
            self._changed.wait()
        self._running += 1

    def _end(self) -> None:
        self._running -= 1
        self._changed.notify()


class RateLimit:
    """How soon after each other requests start: at once until the service throttles.

    From then on a little faster than the service served them recently, so that its limit is used fully and few
    requests are refused; good responses make it faster again. A limit of concurrency cannot do this alone: where a
    service responds fast, even one request at a time can be too many.
    """

    WINDOW = 1.0  # seconds: the good responses of this time tell how fast the service serves
    ABOVE = 1.05  # requests start this many times as fast as they were served
    GROWTH = 0.002  # and become faster by this part for each good response since the last refusal,
    MOST = 0.1  # but never by more than this at once
    LESS = 1.07  # they become this many times slower after the first refusal
    # Seconds between two requests, at most. That is too often for a service that refuses everything, but then each
    # request also waits longer and longer before it is tried again.
    SLOWEST = 1.0
    NO_LIMIT = 0.001  # seconds between two requests; a shorter wait is none

    def __init__(
        self,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._between = 0.0  # seconds between the starts of two requests
        self._next = 0.0  # when the next one may start
        self._good = 0  # responses since the last refusal
        self._refusals = 0  # since the last good response
        self._slower = float("-inf")  # when it was last made slower
        self._served: deque[float] = deque()  # when the good responses of the last WINDOW came
        self._lock = threading.Lock()

    def turn(self) -> float:
        """Wait until the next request may start; returns that time, by the clock of this object."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + self._between
        if start > now:
            self._sleep(start - now)
        return start

    def served(self) -> None:
        """Take a good response into account."""
        with self._lock:
            self._served.append(self._clock())
            self._forget()
            self._good += 1
            self._between /= 1.0 + min(self.MOST, self.GROWTH * self._good + self._between / 5)
            self._refusals = 0
            if self._between < self.NO_LIMIT:
                self._between = 0.0

    def throttled(self, started: float) -> bool:
        """Take into account that a request that started at ``started`` was refused because there are too many.

        Returns whether this is news: of requests that ran side by side, only the first refusal counts.
        """
        with self._lock:
            if started <= self._slower:
                return False
            self._refusals += 1
            now = self._slower = self._clock()
            self._good = 0
            self._forget()
            if self._between:
                # Far above the limit everything is refused; near the limit refusals come between good responses.
                self._between = min(self.SLOWEST, self._between * (self.LESS if self._refusals == 1 else 2.0))
            elif len(self._served) > 1 and now > self._served[0]:
                self._between = (now - self._served[0]) / len(self._served) / self.ABOVE
            self._next = max(self._next, started + self._between)
            return True

    def back_off(self) -> int | None:
        """How often the wait of a refused request is to be doubled; ``None`` when :meth:`turn` is wait enough."""
        with self._lock:
            # A refusal between good responses only says that the limit is reached, which the turns take care of.
            in_a_row = self._refusals - (1 if self._between else 0)
            return in_a_row - 1 if in_a_row > 0 else None

    def _forget(self) -> None:
        while self._served and self._served[0] < self._served[-1] - self.WINDOW:
            self._served.popleft()
