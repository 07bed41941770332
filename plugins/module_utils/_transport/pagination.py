# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pagination: reading lists of a service with few requests, some of them at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .. import _errors as errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Dict, List, Tuple, TypeVar

    Item = TypeVar("Item")
    Result = TypeVar("Result")
    Row = Dict[str, Any]  # one object of a list, as the service sent it
    Rows = Dict[str, Row]
    # (offset, limit) -> the rows of that page, and the total of the whole list as the service states it
    Fetch = Callable[[int, int], Tuple[List[Row], Any]]

# No service holds so many. A larger stated total is a fault; believing it would cost memory and requests without end.
LARGEST_TOTAL = 10000000
# Pages that are read before it is checked that none of them was empty; each time after that, twice as many.
FIRST_WAVE = 32
LONGEST_END = 5.0  # seconds that an interrupted run waits for requests that are under way


def each(
    concurrency: int,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    stop: Callable[[], object] | None = None,
    allowed: Callable[[], int] | None = None,
) -> list[Result]:
    """``function`` of every item, at most ``concurrency`` at once: the results in the order of the items.

    ``allowed()`` is how many may run at the moment, where that changes. Items wait here, before their call begins: a call
    that has begun would send its requests even after another one failed.

    The first error is raised, and calls that have not begun are left out. When the wait is ended from outside, such as
    by a signal, ``stop()`` is called, which is to make the calls that are under way end soon.
    """
    items = list(items)
    if concurrency <= 1 or len(items) <= 1:
        return [function(item) for item in items]
    # Imported here: it takes 2 ms of each module's start, and most tasks send one request at a time.
    from concurrent.futures import ThreadPoolExecutor, wait

    turns = _Turns(allowed or (lambda: concurrency))

    def call(item: Item) -> Result:
        with turns:
            return function(item)

    pool = ThreadPoolExecutor(max_workers=min(concurrency, len(items)))
    futures, ended = [], True
    try:
        for item in items:
            futures.append(pool.submit(call, item))
        return [future.result() for future in futures]
    except BaseException as error:
        turns.over = True
        for future in futures:
            future.cancel()
        ended = isinstance(error, Exception)
        if not ended:
            if stop:
                stop()
            wait(futures, LONGEST_END)
        raise
    finally:
        pool.shutdown(wait=ended)


class _Turns:
    """Lets as many threads run as are allowed at the moment, for a ``with`` statement of each."""

    def __init__(self, allowed: Callable[[], int]) -> None:
        self.over = False  # no further one may begin
        self._allowed = allowed
        self._running = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            while self._running >= self._allowed() and not self.over:
                self._changed.wait()
            self._changed.notify()  # wake one more: the number that is allowed may have grown
            if self.over:
                raise errors.ResponseError("another call failed, so this one was left out")
            self._running += 1

    def __exit__(self, *unused: object) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify()


def rows(response: Mapping[str, Any], key: str, needed: str | None = None) -> list[Row]:
    """The list of objects under ``key`` of a response, each of which has a text under ``needed``.

    ResponseError when it is anything else.
    """
    found = response.get(key)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise errors.ResponseError(f"the response has no usable list {key}")
    if needed and not all(isinstance(row.get(needed), str) and row[needed] for row in found):
        raise errors.ResponseError(f"an object in {key} has no usable {needed}")
    return found


class Pages:
    """A list that a service returns in pages.

    Rows that are added or removed while the pages are read could be missed or read twice. So a list whose rows do not
    add up to its total is read once more; when they still do not, it is a ResponseError.
    """

    def __init__(self, concurrency: int, fetch: Fetch, size: int, key: Callable[[Row], str], what: str) -> None:
        self.concurrency = concurrency  # pages that are read at once
        self.fetch = fetch
        self.size = size  # rows a page
        self.key = key  # row -> its name, by which the rows are returned
        self.what = what  # what the list holds, for messages

    def all(self) -> Rows:
        """Every row of the list, by its name."""
        return self._rest(*self._page(0))

    def find(self, names: Iterable[str], get: Callable[[str], Row | None]) -> dict[str, Row | None]:
        """The rows of ``names`` (``None`` for one that does not exist), with as few requests as possible.

        ``get(name)`` reads a single row with one request. A single row is read by it. For several, the first page is
        read, which states the length of the list; what is missing then is read page by page or row by row, whichever
        is fewer requests.
        """
        names = list(dict.fromkeys(names))
        if len(names) == 1:
            return {names[0]: get(names[0])}
        page, total = self._page(0)
        rows: dict[str, Row | None] = {**page}
        missing = [name for name in names if name not in page]
        if missing and total > len(page):
            step = len(page) or self.size
            if -(-(total - step) // step) <= len(missing):
                rows = {**self._rest(page, total)}
            else:
                rows.update(zip(missing, each(self.concurrency, get, missing)))
        return {name: rows.get(name) for name in names}

    def _page(self, offset: int) -> tuple[Rows, int]:
        rows, total = self.fetch(offset, self.size)
        # Compared before it is converted: JSON can hold 1e999, which is infinite, or a number of a thousand digits.
        number = isinstance(total, (int, float)) and not isinstance(total, bool)
        if not number or not 0 <= total <= LARGEST_TOTAL or total != int(total):
            raise errors.ResponseError(f"the list of {self.what} does not say how many there are")
        return {self.key(row): row for row in rows}, int(total)

    def _pages(self, offsets: Sequence[int]) -> list[tuple[Rows, int]]:
        """The pages at ``offsets``, some at once; none after an empty page, whatever total was stated."""
        pages: list[tuple[Rows, int]] = []
        wave = FIRST_WAVE
        while len(pages) < len(offsets) and all(page for page, _total in pages):
            pages.extend(each(self.concurrency, self._page, offsets[len(pages) : len(pages) + wave]))
            wave *= 2
        return pages

    def _rest(self, found: Rows, total: int) -> Rows:
        """All rows, of which the first page has ``found``."""
        for attempt in (1, 2):
            # A service may return shorter pages than it was asked for.
            step = len(found)
            pages = self._pages(range(step, total, step)) if step else []
            for page, _total in pages:
                found.update(page)
            # Where a later page states another total, rows were added or removed, which moves others between pages.
            if len(found) == total and all(now == total for _page, now in pages):
                return found
            if attempt == 1:
                found, total = self._page(0)
        raise errors.ResponseError(f"the list of {self.what} changed while it was read, or states a wrong total")
