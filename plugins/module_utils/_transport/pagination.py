# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading many with few requests: pages or one by one, several at once."""

from __future__ import annotations

from .. import _errors as errors

# More than any service holds: a total beyond it is no total, and would be memory and requests without end.
LARGEST_TOTAL = 10000000
FIRST_WAVE = 32  # pages before the first look at whether any came back empty; then twice as many, and so on


LONGEST_END = 5.0  # seconds; how long a run that was interrupted waits for the calls that are under way


def each(width, function, items, stop=None):
    """``function`` of every item, at most ``width`` at once; results in order, the first error raised.

    ``stop()`` is called when something from outside ends the waiting, such as a signal: it makes calls give up soon.
    """
    items = list(items)
    if width <= 1 or len(items) <= 1:
        return [function(item) for item in items]
    # Here, since a module compiles all that it imports, each time, and most tasks make one call.
    from concurrent.futures import ThreadPoolExecutor, wait

    pool = ThreadPoolExecutor(max_workers=min(width, len(items)))
    futures, ended = [], True
    try:
        for item in items:
            futures.append(pool.submit(function, item))
        return [future.result() for future in futures]
    except BaseException as error:
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


def rows(response, key, needed=None):
    """The list of objects under ``key``, each with the text ``needed``; ResponseError when it is not that."""
    found = response.get(key)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise errors.ResponseError(f"the response has no usable list {key}")
    if needed and not all(isinstance(row.get(needed), str) and row[needed] for row in found):
        raise errors.ResponseError(f"an object in {key} has no usable {needed}")
    return found


class Pages:
    """A paged list of a service.

    ``fetch(offset, limit)`` returns the rows of one page and the total that the service states;
    ``key`` names a row. Rows that appear or go while the pages are read would be missed or doubled, so
    a list whose rows do not add up to its total is read once more, and then refused.
    """

    def __init__(self, width, fetch, size, key, what):
        self.concurrency_limit = width
        self.fetch = fetch
        self.size = size
        self.key = key
        self.what = what

    def all(self):
        """Every row, by key."""
        return self._rest(*self._page(0))

    def find(self, keys, one):
        """The rows of ``keys`` (``None`` where there is none), by pages or one by one, whichever is fewer.

        ``one(key)`` reads a single row. The list's length is known only after its first page, so
        that page is read first unless a single row is wanted.
        """
        keys = list(dict.fromkeys(keys))
        if len(keys) == 1:
            return {keys[0]: one(keys[0])}
        rows, total = self._page(0)
        missing = [key for key in keys if key not in rows]
        if missing and total > len(rows):
            step = len(rows) or self.size
            if -(-(total - step) // step) <= len(missing):
                rows = self._rest(rows, total)
            else:
                rows.update(zip(missing, each(self.concurrency_limit, one, missing)))
        return {key: rows.get(key) for key in keys}

    def _page(self, offset):
        rows, total = self.fetch(offset, self.size)
        # Compared before anything is made of it: a response may state an infinite number, or one of a thousand digits.
        number = isinstance(total, (int, float)) and not isinstance(total, bool)
        if not number or not 0 <= total <= LARGEST_TOTAL or total != int(total):
            raise errors.ResponseError(f"the list of {self.what} does not say how many there are")
        return {self.key(row): row for row in rows}, int(total)

    def _pages(self, offsets):
        """The pages at ``offsets``, some at once; none after an empty one, whatever total was stated."""
        pages, wave = [], FIRST_WAVE
        while len(pages) < len(offsets) and all(page for page, _total in pages):
            pages.extend(each(self.concurrency_limit, self._page, offsets[len(pages) : len(pages) + wave]))
            wave *= 2
        return pages

    def _rest(self, found, total):
        for attempt in (1, 2):
            # A service may give shorter pages than it was asked for.
            step = len(found)
            pages = self._pages(range(step, total, step)) if step else []
            for page, _total in pages:
                found.update(page)
            # Another total says that rows came or went, and with them others moved from one page to the next.
            if len(found) == total and all(now == total for _page, now in pages):
                return found
            if attempt == 1:
                found, total = self._page(0)
        raise errors.ResponseError(f"the list of {self.what} changed while it was read, or states a wrong total")
