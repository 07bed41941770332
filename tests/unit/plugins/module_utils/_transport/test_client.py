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
from ansible_collections.grantops.cloud.tests.unit.scripted import error_of

PARAMS = {"retries": 2, "validate_certs": True, "ca_path": None, "concurrency": 4}


class Wire:
    """A transport that counts how many requests run at once."""

    def __init__(self, *outcomes, concurrency=4):
        self.concurrency_limit = throttle.ConcurrencyLimit(concurrency)
        self.retries = 4
        self.outcomes = list(outcomes)
        self.running = self.most = self.requests = 0
        self.lock = threading.Lock()
        self.started = threading.Event()
        self.go_on = threading.Event()
        self.closed = False

    def send(self, request):
        with self.lock:
            self.requests += 1
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
    """Send ``count`` requests at once; the threads, and what each comes to."""
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
    assert (wire.running, wire.requests) == (1, 1)
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
    assert wire.requests == 1
    assert [error.kind for error in results] == [errors.AUTHENTICATION] * 5


def test_no_call_follows_a_refusal_that_comes_later():
    made, wire = client("good", refusal())
    wire.go_on.set()
    assert made.send(1) == "good"
    for _unused in range(2):
        assert error_of(made.send, 2).kind == errors.AUTHENTICATION
    assert wire.requests == 2


@pytest.mark.parametrize("kind", [errors.NETWORK, errors.PERMISSION, errors.SERVER])
def test_another_failure_does_not_stop_the_client(kind):
    made, wire = client(refusal(kind), "good")
    wire.go_on.set()
    assert error_of(made.send, 1).kind == kind
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


@pytest.mark.parametrize(
    ("retries", "concurrency", "timeout"), [(2, 4, 7), (100, 64, 3600), (0, 1, 0.1)], ids=["usual", "most", "least"]
)
def test_transport_takes_the_options(retries, concurrency, timeout):
    made = clients.transport(dict(PARAMS, retries=retries, concurrency=concurrency), timeout)
    assert (made.timeout, made.retries, made.concurrency_limit.limit) == (timeout, retries, concurrency)
    assert made.verify is True


@pytest.mark.parametrize(
    ("options", "timeout", "said"),
    [
        ({}, 0, "timeout must be above 0 and at most 3600; got 0."),
        ({}, -1, "timeout must be above 0 and at most 3600; got -1."),
        ({}, 1e308, "timeout must be above 0 and at most 3600; got 1e+308."),
        ({"retries": -1}, 30, "retries must be at least 0 and at most 100; got -1."),
        ({"retries": 10**400}, 30, "retries must be at least 0 and at most 100; got a number of 401 digits."),
        ({"concurrency": 0}, 30, "concurrency must be from 1 to 64; got 0."),
        ({"concurrency": 65}, 30, "concurrency must be from 1 to 64; got 65."),
        (
            {"ca_path": "/nowhere/ca.pem"},
            30,
            "ca_path must be a file or directory on the host that runs the task; got /nowhere/ca.pem, which does not exist "
            "there.",
        ),
    ],
)
def test_values_that_make_no_sense_are_refused(options, timeout, said):
    error = error_of(clients.transport, dict(PARAMS, **options), timeout)
    assert (type(error), error.message) == (errors.ConfigurationError, said)
    name = said.partition(" ")[0].replace("timeout", "UCLOUD_TIMEOUT_SEC")
    assert error_of(clients.transport, dict(PARAMS, **options), timeout, "UCLOUD_TIMEOUT_SEC").message.startswith(name)


def test_a_certificate_authority_of_the_task_is_used(tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text("x")
    params = dict(PARAMS, ca_path=str(bundle))
    assert clients.transport(params, 1).verify == str(bundle)
    assert clients.transport(dict(params, validate_certs=False), 1).verify is False
