# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the clients of both providers have in common."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._transport import client as clients
from ansible_collections.grantops.cloud.plugins.module_utils._transport import throttle

PARAMS = {"retries": 2, "validate_certs": True, "ca_path": None, "concurrency": 4}


class Wire:
    """A transport that counts how many requests_ run at once."""

    def __init__(self, *outcomes, width=4):
        self.concurrency_limit = throttle.ConcurrencyLimit(width)
        self.retries = 4
        self.outcomes = list(outcomes)
        self.running = self.most = self.requests_ = 0
        self.lock = threading.Lock()
        self.started = threading.Event()
        self.go_on = threading.Event()
        self.closed = False

    def send(self, request):
        with self.lock:
            self.requests_ += 1
            self.running += 1
            self.most = max(self.most, self.running)
            outcome = self.outcomes.pop(0) if self.outcomes else request
        self.started.set()
        self.go_on.wait(10)
        with self.lock:
            self.running -= 1
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self):
        self.closed = True


def refusal(kind=errors.AUTHENTICATION):
    return errors.RequestError(kind, "no")


def client(*outcomes):
    wire = Wire(*outcomes)
    return clients.Client(wire, errors.Secrets()), wire


def run(made, count):
    """Send ``count`` requests_ at once; what each came to."""
    results = []

    def send(number):
        try:
            results.append(made.send(number))
        except errors.RequestError as error:
            results.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    return threads, results


def finish(threads, wire):
    wire.go_on.set()
    for thread in threads:
        thread.join(10)


def test_the_first_call_goes_alone():
    made, wire = client()
    threads, results = run(made, 5)
    assert wire.started.wait(10)
    assert (wire.running, wire.requests_) == (1, 1)
    finish(threads, wire)
    assert sorted(results) == [0, 1, 2, 3, 4]


def test_once_one_was_answered_calls_run_side_by_side():
    made, wire = client()
    wire.go_on.set()
    made.send(0)
    meeting = threading.Barrier(4, timeout=10)
    wire.send = lambda request: meeting.wait() or request
    threads, results = run(made, 4)
    finish(threads, wire)
    assert len(results) == 4  # none that waited in vain: that would be an error of its own


def test_no_call_follows_a_refused_authentication():
    made, wire = client(refusal())
    threads, results = run(made, 5)
    finish(threads, wire)
    assert wire.requests_ == 1
    assert [error.kind for error in results] == [errors.AUTHENTICATION] * 5


def test_no_call_follows_a_refusal_that_comes_later():
    made, wire = client("good", refusal())
    wire.go_on.set()
    assert made.send(1) == "good"
    for _unused in range(2):
        with pytest.raises(errors.RequestError):
            made.send(2)
    assert wire.requests_ == 2


@pytest.mark.parametrize("kind", [errors.NETWORK, errors.PERMISSION, errors.SERVER])
def test_another_failure_does_not_stop_the_client(kind):
    made, wire = client(refusal(kind), "good")
    wire.go_on.set()
    with pytest.raises(errors.RequestError):
        made.send(1)
    assert made.send(2) == "good"


def test_what_is_read_once_is_read_again_in_the_next_run():
    made, wire = client()
    reads = []
    for _unused in range(2):
        assert made.once("key", lambda: reads.append(1) or len(reads)) == 1
    made.forget()
    assert made.once("key", lambda: reads.append(1) or len(reads)) == 2


def test_closing_closes_the_connections():
    made, wire = client()
    made.close()
    assert wire.closed is True


def test_each_gives_its_results_in_order():
    assert client()[0].each(lambda item: item * 2, [1, 2, 3]) == [2, 4, 6]


# -- transport options -----------------------------------------------------------------------------


def test_transport_takes_the_options():
    made = clients.transport(PARAMS, 7)
    assert (made.timeout, made.retries, made.verify, made.concurrency_limit.limit) == (7, 2, True, 4)


def test_the_ends_of_what_transport_takes_belong_to_it():
    made = clients.transport(dict(PARAMS, retries=100, concurrency=64), 3600)
    assert (made.timeout, made.retries, made.concurrency_limit.limit) == (3600, 100, 64)
    made = clients.transport(dict(PARAMS, retries=0, concurrency=1), 0.1)
    assert (made.timeout, made.retries, made.concurrency_limit.limit) == (0.1, 0, 1)


@pytest.mark.parametrize(
    ("options", "timeout", "named"),
    [
        ({}, 0, "timeout must be above 0"),
        ({}, -1, "timeout must be above 0"),
        ({}, 1e308, "at most 3600; got 1e"),
        ({"retries": -1}, 30, "retries must be at least 0"),
        ({"retries": 10**400}, 30, "at most 100; got a number of 401 digits"),
        ({"concurrency": 0}, 30, "concurrency must be from 1 to 64"),
        ({"concurrency": 65}, 30, "concurrency must be from 1 to 64"),
    ],
)
def test_values_that_make_no_sense_are_refused(options, timeout, named):
    with pytest.raises(errors.ConfigurationError, match=named) as caught:
        clients.transport(dict(PARAMS, **options), timeout)
    assert len(caught.value.message) < 250


def test_a_certificate_authority_of_the_task_is_used(tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text("x")
    assert clients.transport(dict(PARAMS, ca_path=str(bundle)), 1).verify == str(bundle)
    assert clients.transport(dict(PARAMS, ca_path=str(bundle), validate_certs=False), 1).verify is False


def test_a_certificate_authority_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(errors.ConfigurationError, match="does not exist"):
        clients.transport(dict(PARAMS, ca_path=str(tmp_path / "none")), 1)
