# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked of the simulator: the ground truth for "one list call" and "no write"."""

from __future__ import annotations

import threading
from collections import Counter, deque

from .wire import CHANGING, KINDS, Call, Record

LOGGED_WRITES = 200
LOGGED_OPERATIONS = 1000


class Counters:
    """Counts API requests, the refused and the failed included; never the control plane's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # tests read from another thread than the server's
        self._in_flight = 0
        self._open = 0
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self._kinds: Counter[str] = Counter()
            self._operations: Counter[str] = Counter()
            self._refused: Counter[str] = Counter()
            self._writes: deque[Record] = deque(maxlen=LOGGED_WRITES)
            self._sequence: deque[str] = deque(maxlen=LOGGED_OPERATIONS)
            self._connections = 0
            self._highest = self._in_flight

    def connected(self) -> None:
        with self._lock:
            self._connections += 1
            self._open += 1

    def disconnected(self) -> None:
        with self._lock:
            self._open -= 1

    def begin(self, call: Call) -> None:
        with self._lock:
            self._kinds[call.kind] += 1
            self._operations[call.operation] += 1
            self._sequence.append(call.operation)
            self._in_flight += 1
            self._highest = max(self._highest, self._in_flight)

    def end(self) -> None:
        with self._lock:
            self._in_flight -= 1

    def refused(self, code: object) -> None:
        with self._lock:
            self._refused[str(code)] += 1

    def acted(self, call: Call) -> None:
        """A change that took effect, whatever the client was told about it afterwards."""
        call.acted = True
        if call.kind in CHANGING:
            entry = {"operation": call.operation, "kind": call.kind, "body": call.logged}
            with self._lock:
                self._writes.append(entry)

    def as_dict(self) -> Record:
        with self._lock:
            return {
                **{kind: self._kinds[kind] for kind in KINDS},
                "total": sum(self._kinds.values()),
                "by_operation": dict(sorted(self._operations.items())),
                "refused": dict(sorted(self._refused.items())),
                "connections": self._connections,
                "open": self._open,
                "in_flight": self._in_flight,
                "max_in_flight": self._highest,
                "sequence": list(self._sequence),
                "writes": list(self._writes),
            }
