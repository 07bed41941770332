# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading many with few requests."""

from __future__ import annotations

import concurrent.futures
import threading

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import pagination
from ansible_collections.grantops.cloud.tests.unit.scripted import error_of


class Service:
    """A list of ``count`` numbers, and how it was asked for them."""

    def __init__(self, count, shortest=None):
        self.rows = list(range(count))
        self.shortest = shortest  # it gives at most so many
        self.pages = []
        self.singles = []
        self.before_page = lambda number: None

    def fetch(self, offset, limit):
        self.before_page(len(self.pages))
        self.pages.append(offset)
        limit = min(limit, self.shortest or limit)
        return [{"id": row} for row in self.rows[offset : offset + limit]], len(self.rows)

    def one(self, key):
        self.singles.append(key)
        return {"id": key} if key in self.rows else None

    def of(self, size=10, concurrency=1):
        return pagination.Pages(concurrency, self.fetch, size, lambda row: row["id"], "things")


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (120, 12)])
def test_all_rows_cost_as_few_pages_as_possible(count, pages):
    service = Service(count)
    assert sorted(service.of().all()) == list(range(count))
    assert len(service.pages) == pages


def test_pages_that_are_shorter_than_asked_for_are_followed():
    service = Service(25, shortest=7)
    assert sorted(service.of().all()) == list(range(25))
    assert service.pages == [0, 7, 14, 21]


@pytest.mark.parametrize(("count", "concurrency"), [(100, 4), (2000, 1)])
def test_many_pages_are_all_read_once(count, concurrency):
    service = Service(count)
    assert sorted(service.of(concurrency=concurrency).all()) == list(range(count))
    assert sorted(service.pages) == list(range(0, count, 10))


def refusal(fetch, key=lambda row: row):
    return error_of(pagination.Pages(1, fetch, 10, key, "things").all).message


class End(BaseException):
    pass


@pytest.mark.parametrize("stop", [True, False], ids=["stopped", "nothing to stop"])
def test_what_ends_the_waiting_stops_what_is_under_way_and_starts_nothing_more(monkeypatch, stop):
    started, stopped, ended = [], threading.Event(), []

    def work(item):
        started.append(item)
        stopped.wait(9)
        return item

    real = concurrent.futures.Future.result

    def result(future, timeout=None):
        if not ended:
            ended.append(True)
            raise End
        return real(future, timeout)

    monkeypatch.setattr(pagination, "LONGEST_END", 0.05)
    monkeypatch.setattr(concurrent.futures.Future, "result", result)
    with pytest.raises(End):
        pagination.each(2, work, range(20), stopped.set if stop else None)
    assert stopped.is_set() is stop
    stopped.set()
    assert len(started) <= 4


def test_a_thread_that_cannot_be_started_leaves_none_that_goes_on(monkeypatch):
    done, begun = [], threading.active_count()
    real = threading.Thread.start

    def start(thread):
        if threading.active_count() > begun:
            raise RuntimeError("can't start new thread")
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError):
        pagination.each(8, lambda item: threading.Event().wait(0.05) or done.append(item), range(20))
    count = len(done)
    threading.Event().wait(0.15)
    assert len(done) == count < 20


@pytest.mark.parametrize(
    ("count", "change", "found"),
    [
        (15, lambda rows: rows.insert(0, 99), [*range(15), 99]),
        (25, lambda rows: rows.remove(0), list(range(1, 25))),
    ],
    ids=["appears", "goes"],
)
def test_a_row_that_comes_or_goes_while_reading_is_found_by_reading_again(count, change, found):
    service = Service(count)
    service.before_page = lambda number: change(service.rows) if number == 1 else None
    assert sorted(service.of().all()) == found


def test_a_list_that_keeps_changing_is_refused():
    service = Service(15)
    service.before_page = lambda number: service.rows.insert(0, 100 + number) if number % 2 else None
    assert "the list of things changed while it was read" in error_of(service.of().all).message
    # As is an empty page of a list that is not empty.
    assert "the list of things changed while it was read" in refusal(lambda offset, limit: ([], 5))


@pytest.mark.parametrize("total", [None, "5", True, -1, [], 2.5, 1e12, 10**400, float("inf")])
def test_a_list_must_say_how_long_it_is(total):
    assert refusal(lambda offset, limit: ([], total)) == "the list of things does not say how many there are"


def test_a_total_may_be_a_float_and_as_large_as_is_believed():
    pages = pagination.Pages(1, lambda offset, limit: ([1], 1.0), 10, lambda row: row, "things")
    assert pages.all() == {1: 1}
    pages.fetch = lambda offset, limit: ([1], pagination.LARGEST_TOTAL)
    assert pages.find([1, 2], str) == {1: 1, 2: "2"}


def test_no_page_is_asked_for_after_many_empty_ones():
    asked = []

    def fetch(offset, limit):
        asked.append(offset)
        return [{"id": 1}] if offset == 0 else [], 9000000

    assert "states a wrong total" in refusal(fetch, lambda row: row["id"])
    assert len(asked) < 100


@pytest.mark.parametrize(
    ("count", "keys", "pages", "singles"),
    [
        (100, [5], 0, 1),  # one alone needs no list
        (100, [5, 5], 0, 1),
        (100, [1, 2], 1, 0),  # both on the first page
        (35, [1, 2, 3, 4, 5], 1, 0),
        (100, [1, 50], 1, 1),  # one request instead of nine
        (20, [1, 15], 2, 0),  # as many: a page tells more
        (30, [1, 15, 25], 3, 0),
        (100, [50, 60, 70], 1, 3),
        (5, [1, 77], 1, 0),  # the first page was all: the other does not exist
        (100, [1, 777], 1, 1),
        (0, [1, 2], 1, 0),
    ],
)
def test_some_rows_cost_as_few_requests_as_possible(count, keys, pages, singles):
    service = Service(count)
    found = service.of().find(keys, service.one)
    assert found == {key: {"id": key} if key < count else None for key in keys}
    assert (len(service.pages), len(service.singles)) == (pages, singles)


def test_results_come_in_order():
    assert pagination.each(4, lambda item: item * 2, range(20)) == [item * 2 for item in range(20)]


@pytest.mark.parametrize(("concurrency", "items"), [(1, [1, 2, 3]), (8, [1])])
def test_what_needs_no_threads_gets_none(concurrency, items):
    threads = pagination.each(concurrency, lambda item: threading.current_thread(), items)
    assert set(threads) == {threading.current_thread()}


class Crowd:
    """Counts how many work at once."""

    def __init__(self):
        self.lock, self.running, self.most = threading.Lock(), 0, []

    def __enter__(self):
        with self.lock:
            self.running += 1
            self.most.append(self.running)

    def __exit__(self, *unused):
        with self.lock:
            self.running -= 1


def test_no_more_than_the_width_run_at_once():
    crowd, together = Crowd(), threading.Barrier(3, timeout=10)

    def work(item):
        with crowd:
            together.wait()

    pagination.each(3, work, range(9))
    assert max(crowd.most) == 3


def test_the_first_error_is_raised_and_what_has_not_begun_is_left():
    begun, never = [], threading.Event()

    def work(item):
        begun.append(item)
        if item == 0:
            raise ValueError(item)
        never.wait(0.05)  # so that some are left when the error is seen

    with pytest.raises(ValueError, match="0"):
        pagination.each(2, work, range(1000))
    assert len(begun) < 1000


def test_as_many_run_as_are_allowed_at_the_moment():
    crowd = Crowd()

    def work(item):
        with crowd:
            threading.Event().wait(0.02)

    pagination.each(8, work, range(24), allowed=lambda: 5 if len(crowd.most) > 4 else 2)
    assert (max(crowd.most[:4]), max(crowd.most)) == (2, 5)


def test_after_an_error_nothing_begins_that_waited_for_its_turn():
    begun = []

    def work(item):
        begun.append(item)
        threading.Event().wait(0.01)
        raise errors.ResponseError("no")

    assert error_of(pagination.each, 8, work, range(1000), allowed=lambda: 1).message == "no"
    assert len(begun) <= 8  # a few may have begun while the first one failed
