# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls run at once, and how soon after each other."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._flow import Pace, Width


def room(width):
    """How many calls ``width`` lets run now."""
    count = 0
    while width._running < max(1, int(width._allowed)):
        width.__enter__()
        count += 1
    for _unused in range(count):
        width.__exit__()
    return count


@pytest.mark.parametrize(("limit", "allowed"), [(8, 8), (1, 1), (0, 1)])
def test_the_limit_is_at_least_one(limit, allowed):
    assert room(Width(limit)) == allowed


def test_throttling_halves_it_down_to_one():
    width = Width(8)
    rooms = []
    for _unused in range(5):
        width.throttled()
        rooms.append(room(width))
    assert rooms == [4, 2, 1, 1, 1]


def test_good_answers_let_it_grow_back_to_the_limit():
    width = Width(4)
    for _unused in range(4):
        width.throttled()
    grown = []
    for _unused in range(20):
        width.served()
        grown.append(room(width))
    assert grown == sorted(grown)
    assert grown[-1] == 4
    assert width._allowed == 4.0


def test_good_answers_do_not_let_it_grow_beyond():
    width = Width(2)
    width.served()
    assert room(width) == 2


def test_a_call_waits_for_its_turn():
    width, entered = Width(1), threading.Event()

    def second():
        with width:
            entered.set()

    thread = threading.Thread(target=second)
    with width:
        thread.start()
        assert not entered.is_set()
    thread.join(10)
    assert entered.is_set()


# -- pace ------------------------------------------------------------------------------------------


class Service:
    """Serves ``rate`` calls a second, with some in hand at the start; its clock moves only by waiting."""

    def __init__(self, rate, in_hand):
        self.rate, self.in_hand, self.most = rate, in_hand, in_hand
        self.now, self.filled, self.slept = 100.0, 100.0, 0.0
        self.served = self.refused = 0
        self.pace = Pace(self.sleep, lambda: self.now)

    def sleep(self, seconds):
        self.now += seconds
        self.slept += seconds

    def call(self, takes=0.001):
        started = self.pace.turn()
        self.now += takes
        self.in_hand = min(self.most, self.in_hand + (self.now - self.filled) * self.rate)
        self.filled = self.now
        if self.in_hand >= 1:
            self.in_hand -= 1
            self.served += 1
            return self.pace.served()
        self.refused += 1
        return self.pace.throttled(started)


def test_without_a_refusal_nothing_waits():
    service = Service(rate=1e9, in_hand=1e9)
    for _unused in range(1000):
        service.call()
    assert (service.slept, service.served) == (0.0, 1000)


@pytest.mark.parametrize(("rate", "share"), [(5, 0.6), (20, 0.3), (100, 0.2)])
def test_what_a_service_serves_is_used_and_little_is_refused(rate, share):
    service = Service(rate, in_hand=rate)
    while service.served < rate * 25:
        service.call()
        assert service.served + service.refused < rate * 60
    assert service.now - 100 <= 24 * 1.2
    assert service.refused <= share * service.served


def test_a_limit_that_is_lifted_is_noticed():
    service = Service(rate=20, in_hand=20)
    while service.served < 100:
        service.call()
    service.rate = service.in_hand = service.most = 1e9
    before = service.slept
    for _unused in range(300):
        service.call()
    assert service.slept - before < 5
    before = service.slept
    for _unused in range(300):
        service.call()
    assert service.slept == before


def test_calls_refused_side_by_side_count_once():
    now = [10.0]
    pace = Pace(lambda seconds: None, lambda: now[0])
    started = [pace.turn() for _unused in range(8)]
    now[0] = 10.1
    assert [pace.throttled(at) for at in started] == [True] + [False] * 7
    assert pace.back_off() == 0
    now[0] = 10.2
    assert pace.throttled(pace.turn()) is True
    assert pace.back_off() == 1


def test_beside_good_answers_a_refused_call_only_waits_for_its_turn():
    now = [10.0]
    pace = Pace(lambda seconds: now.__setitem__(0, now[0] + seconds), lambda: now[0])
    for _unused in range(20):
        pace.turn()
        now[0] += 0.05
        pace.served()
    assert pace.throttled(pace.turn()) is True
    assert pace.back_off() is None  # its turn comes soon enough
    now[0] += 0.1
    assert pace.throttled(pace.turn()) is True
    assert pace.back_off() == 0
