# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls run at once, and how soon after each other."""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._transport.throttle import (
    ConcurrencyLimit,
    Lane,
    RateLimit,
)


@pytest.mark.parametrize("limit", [1, 0])
def test_the_limit_is_at_least_one(limit):
    assert ConcurrencyLimit(limit).allowed() == 1


@pytest.mark.parametrize("limit", [64, 32, 12, 8, 3])
def test_it_begins_with_a_few_and_doubles_in_a_round_until_the_limit(limit):
    concurrency = ConcurrencyLimit(limit)
    assert concurrency.allowed() == min(8, limit)
    assert allowed_after(concurrency, 8)[-1] == min(16, limit)
    assert allowed_after(concurrency, 56)[-1] == limit


def test_once_throttled_a_round_of_good_responses_lets_only_one_more_run():
    concurrency = ConcurrencyLimit(32)
    allowed_after(concurrency, 24)
    concurrency.throttled()
    assert concurrency.allowed() == 16
    assert allowed_after(concurrency, 17)[-1] == 17
    assert allowed_after(limited(8, 3), 6) == [2, 2, 2, 3, 3, 3]


def test_throttling_halves_it_down_to_one_and_good_responses_let_it_grow_back_to_the_limit():
    assert [limited(8, times).allowed() for times in range(1, 6)] == [4, 2, 1, 1, 1]
    grown = allowed_after(limited(4, 4), 20)
    assert grown == sorted(grown) and grown[-1] == 4
    assert allowed_after(ConcurrencyLimit(2), 1) == [2]


def allowed_after(concurrency, times):
    """How many calls it lets run after each of so many good responses."""
    allowed = []
    for _unused in range(times):
        concurrency.served()
        allowed.append(concurrency.allowed())
    return allowed


def limited(limit, throttled):
    """A limit after so many throttled calls."""
    concurrency = ConcurrencyLimit(limit)
    for _unused in range(throttled):
        concurrency.throttled()
    return concurrency


def test_a_call_waits_for_its_turn():
    concurrency, entered = ConcurrencyLimit(2), threading.Event()

    def call():
        with concurrency:
            entered.set()

    thread = threading.Thread(target=call)
    with concurrency:
        with concurrency:
            pass  # one has come and gone
        with concurrency:
            thread.start()
            assert not entered.wait(0.1)
    thread.join(10)
    assert entered.is_set()


class Service:
    """Serves ``rate`` calls a second, with some in hand at the start; its clock moves only by waiting."""

    def __init__(self, rate, in_hand):
        self.rate, self.in_hand, self.most = rate, in_hand, in_hand
        self.now, self.filled, self.slept = 100.0, 100.0, 0.0
        self.served = self.refused = 0
        self.rate_limit = RateLimit(self.sleep, lambda: self.now)

    def sleep(self, seconds):
        self.now += seconds
        self.slept += seconds

    def call(self, takes=0.001):
        started = self.rate_limit.turn()
        self.now += takes
        self.in_hand = min(self.most, self.in_hand + (self.now - self.filled) * self.rate)
        self.filled = self.now
        if self.in_hand >= 1:
            self.in_hand -= 1
            self.served += 1
            return self.rate_limit.served()
        self.refused += 1
        return self.rate_limit.throttled(started)


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
    clock = Clock()
    started = [clock.rate_limit.turn() for _unused in range(8)]
    clock.now = 10.1
    assert [clock.refuse(at) for at in started] == [True] + [False] * 7
    assert clock.rate_limit.back_off() == 0
    clock.now = 10.2
    assert clock.refuse(clock.rate_limit.turn()) is True
    assert clock.rate_limit.back_off() == 1


def test_beside_good_responses_a_refused_call_only_waits_for_its_turn():
    clock = Clock()
    for _unused in range(20):
        clock.rate_limit.turn()
        clock.serve(1, after=0.05)
    assert clock.refuse(clock.rate_limit.turn()) is True
    assert clock.rate_limit.back_off() is None  # its turn comes soon enough
    clock.now += 0.1
    assert clock.refuse(clock.rate_limit.turn()) is True
    assert clock.rate_limit.back_off() == 0


class Clock:
    """Moves by hand; a call that waits for its turn moves it too."""

    def __init__(self):
        self.now = 10.0
        self.rate_limit = RateLimit(self.wait, lambda: self.now)

    def wait(self, seconds):
        self.now += seconds

    def serve(self, times, after=0.1):
        for _unused in range(times):
            self.now += after
            self.rate_limit.served()

    def refuse(self, at=None):
        """A call that began at that time, or now, is refused; whether that says something new."""
        return self.rate_limit.throttled(self.now if at is None else at)

    def between(self):
        """Seconds between two calls that both wait."""
        self.now = 1000.0
        first = self.rate_limit.turn()
        return self.rate_limit.turn() - first


def test_the_first_refusal_sets_the_rate_to_a_little_above_what_was_served():
    clock = Clock()
    clock.serve(10)  # at 10.1 to 11.0
    clock.now = 11.1
    assert clock.refuse(at=11.05) is True
    assert clock.rate_limit.turn() == pytest.approx(11.05 + 0.1 / 1.05)
    assert clock.between() == pytest.approx(0.1 / 1.05)


def test_what_was_served_long_ago_says_nothing_about_the_rate():
    clock = Clock()
    clock.serve(100, after=0.001)
    clock.now = 20.0
    clock.serve(2, after=0.5)
    clock.now = 21.25
    clock.refuse()
    assert clock.between() == pytest.approx((21.25 - 20.5) / 2 / 1.05)


@pytest.mark.parametrize(("served", "after"), [(0, 0.1), (1, 0.1), (3, 0.0)], ids=["none", "one", "of this instant"])
def test_one_response_or_those_of_this_instant_say_nothing_about_the_rate(served, after):
    clock = Clock()
    clock.serve(served, after)
    clock.now += 1 if after else 0
    clock.refuse()
    assert clock.between() == 0


def test_two_responses_say_the_rate_even_when_the_refusal_came_with_the_second():
    clock = Clock()
    clock.serve(2, after=0.5)
    clock.refuse(at=10.9)
    assert clock.between() == pytest.approx(0.5 / 2 / 1.05)


@pytest.mark.parametrize(("refusals", "factor"), [(1, 1.07), (2, 1.07 * 2), (3, 1.07 * 4)])
def test_refusals_in_a_row_make_it_slower_sooner(refusals, factor):
    clock = Clock()
    clock.serve(10)
    clock.refuse()
    clock.rate_limit.served()
    clock.now += 1
    # The good response has made it a little faster.
    set_to = 0.09 / 1.05
    faster = set_to / (1.0 + 0.002 + set_to / 5)
    for _unused in range(refusals):
        clock.now += 1
        clock.refuse()
    assert clock.between() == pytest.approx(faster * factor)


def test_it_never_waits_longer_than_a_second_for_a_turn():
    clock = Clock()
    clock.serve(10)
    for _unused in range(9):
        clock.now += 1
        clock.refuse()
    assert clock.between() == 1.0


def test_a_refusal_of_the_instant_in_which_it_was_made_slower_says_nothing_new():
    clock = Clock()
    assert [clock.refuse(), clock.refuse(), clock.refuse(at=10.001)] == [True, False, True]


def test_a_turn_that_is_taken_already_is_not_given_again():
    clock = Clock()
    clock.serve(10)
    clock.refuse(at=11.0)
    first, second = clock.rate_limit.turn(), clock.rate_limit.turn()
    clock.now += 0.001
    clock.refuse(at=10.9995)
    assert clock.rate_limit.turn() >= second > first


def test_nobody_waits_in_a_lane_before_one_was_refused():
    lane = Lane()
    with lane, lane, lane:
        pass


def test_a_call_that_was_refused_alone_does_not_wait_in_the_lane():
    lane = Lane()
    with lane:
        assert lane.refused() is False
        assert lane.refused() is False
    with lane:
        pass


def test_a_call_that_was_refused_beside_others_comes_after_them_and_then_all_go_one_by_one():
    lane, alone, asked, order = Lane(), threading.Lock(), [], []
    started, go_on = threading.Barrier(5), threading.Event()

    def call(number):
        with lane:
            if number < 5:
                started.wait(10)
            if number:
                if number < 5:
                    asked.append(number)
                    assert lane.refused() is True
                assert alone.acquire(blocking=False)
                order.append(number)
                time.sleep(0.005)
                alone.release()
            else:
                go_on.wait(10)
                order.append(number)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    while len(asked) < 4:
        time.sleep(0.001)
    time.sleep(0.1)  # until all of them wait
    threads.append(threading.Thread(target=call, args=(5,)))
    threads[-1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert order[0] == 0 and sorted(order) == [0, 1, 2, 3, 4, 5]
