# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every answer of the model is that of the services' documents: random estates and requests, decided both ways."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from insight import compare, estates, plants

DECISIONS, ROWS = (100000, 1000000) if "GRANTOPS_LONG" in os.environ else (5000, 48000)
LARGEST = 10  # megabytes of a page


def test_no_answer_differs_from_that_of_the_documents():
    found = compare.seeds(1, DECISIONS)
    assert found.wrong[:3] == [], found.line()
    assert found.pairs.total() >= DECISIONS
    # Each answer is there often enough to mean something.
    assert min(found.pairs[answer, answer] for answer in ("allowed", "refused", "unknown")) > DECISIONS / 25


def test_who_may_is_yes_where_one_request_is_allowed_and_no_where_none_is():
    found = compare.Tally()
    for number in range(1, DECISIONS // 50):
        found.add(compare.who(number))
    assert found.wrong[:3] == [], found.line()


@pytest.mark.parametrize("mistake", plants.PLANTS)
def test_a_planted_mistake_is_found(mistake):
    with plants.PLANTS[mistake]():
        assert any(compare.seed(number).wrong for number in range(1, 400))


def test_a_seed_is_always_the_same():
    first, again = estates.estate(7), estates.estate(7)
    assert first == again
    assert list(estates.requests(7, first, 20)) == list(estates.requests(7, again, 20))


def test_time_and_memory_of_access_grow_evenly_with_its_rows_and_no_page_is_too_large():
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))

    def once(rows):
        command = [sys.executable, "-m", "campaigns.bench.access", str(rows)]
        return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)

    few, many = once(ROWS // 8), once(ROWS)
    assert ROWS * 0.99 < many["rows"] <= ROWS and abs(many["rows"] / few["rows"] - 8) < 0.1
    # Were one of the steps quadratic, it would take 64 times as long; a busy machine may double a time.
    assert sum(many["seconds"]) < 8 * 2 * sum(few["seconds"])
    assert (many["memory"] - few["memory"]) * 2**20 / (many["rows"] - few["rows"]) < 3000  # bytes a row
    pages, megabytes = many["pages"]
    assert float(megabytes) <= LARGEST
    # One page, or one of each instance and their index
    assert pages == (61 if ROWS >= 1_000_000 else 1)
