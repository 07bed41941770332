# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls run at once."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._http import Width


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
