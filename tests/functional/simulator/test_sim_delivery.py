# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses that are right but arrive badly: reset, slowly, cut, mislabelled, ambiguous."""

from __future__ import annotations

import json
import socket
import time

import pytest
import requests
from sdk_clients import USERS, form, signed, user_body
from test_sim_failures import DESCRIBE, RETIRED, UPDATE, name


def raw(sim, action="DescribeUFileToken"):
    """What arrives of a response (unsigned, so a refusal), with the time of each piece, and how it ends."""
    host, port = sim.url.removeprefix("http://").split(":")
    body = f"Action={action}"
    pieces = []
    with socket.create_connection((host, int(port)), timeout=9) as line:
        line.sendall(
            f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        try:
            while not b"".join(piece for _unused, piece in pieces).endswith(b"}"):
                piece = line.recv(65536)
                if not piece:
                    return pieces, "closed"
                pieces.append((time.monotonic(), piece))
        except ConnectionResetError:
            return pieces, "reset"
    return pieces, "whole"


def text(pieces):
    return b"".join(piece for _unused, piece in pieces)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_connection_is_reset_and_not_closed(sim, after):
    sim.traps.set(fail_next={"reset": True, "after": after})
    assert raw(sim) == ([], "reset")
    sim.traps.set(fail_next={"drop": True, "after": after})
    assert raw(sim) == ([], "closed")
    sim.traps.set(fail_next={"match": "write", "reset": True, "after": after})
    with pytest.raises(requests.ConnectionError):
        form(sim, **UPDATE)
    assert name(sim) == ("new" if after else "reports")


def test_a_connection_is_reset_in_the_middle_of_the_body(sim):
    sim.traps.set(fail_next={"truncate": True, "reset": True})
    pieces, end = raw(sim)
    head, _unused, body = text(pieces).partition(b"\r\n\r\n")
    promised = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert end == "reset"
    assert 0 < len(body) == promised // 2
    sim.traps.set(fail_next={"match": "write", "truncate": True, "reset": True})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        form(sim, **UPDATE)
    assert name(sim) == "new"


@pytest.mark.parametrize("part", ["slow_head", "slow_body"])
def test_a_response_comes_byte_by_byte(sim, part):
    whole = text(raw(sim)[0])
    sim.traps.set(fail_next={part: 3})
    pieces, end = raw(sim)
    assert end == "whole"
    assert text(pieces).partition(b"\r\n\r\n")[2] == whole.partition(b"\r\n\r\n")[2]
    head, body = whole.split(b"\r\n\r\n")
    assert len(pieces) > 0.5 * len(head if part == "slow_head" else body)
    assert pieces[-1][0] - pieces[0][0] > 0.1
    assert form(sim, **DESCRIBE).json()["RetCode"] == 0  # once


def test_a_drip_ends_when_nobody_listens(sim):
    sim.traps.set(fail_next={"slow_head": 10, "match": "ListUser"})
    host, port = sim.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=9) as line:
        line.sendall(f"GET {USERS} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert line.recv(1) == b"H"
    assert signed(sim, "GET", USERS).status_code == 200


def test_a_response_has_the_wrong_content_type(sim):
    sim.traps.set(fail_next={"content_type": "text/html"})
    response = form(sim, **DESCRIBE)
    assert response.headers["Content-Type"] == "text/html"
    assert response.json()["RetCode"] == 0
    assert form(sim, **DESCRIBE).headers["Content-Type"] == "application/json"


def test_every_key_comes_twice(sim):
    sim.traps.set(fail_next={"twice": True})
    response = form(sim, **DESCRIBE)
    pairs = json.loads(response.text, object_pairs_hook=list)
    assert sorted(key for key, _unused in pairs) == sorted(2 * ["Action", "DataSet", "RetCode"])
    assert response.json() == {"Action": None, "DataSet": None, "RetCode": None}
    sim.traps.set(fail_next={"match": "UpdateUser", "twice": True})
    assert '"access_key": "retired"' in signed(sim, "PUT", RETIRED, user_body()).text


def test_keys_are_left_out_once(sim):
    sim.traps.set(fail_next={"match": "write", "omit": ["RetCode"]})
    assert form(sim, **UPDATE).json() == {"Action": "UpdateUFileTokenResponse"}
    assert name(sim) == "new"
    assert form(sim, **UPDATE).json()["RetCode"] == 0


class Witness:
    def __init__(self):
        self.seen = []

    def acted(self, call):
        self.seen.append(("acted", call.operation))

    def answered(self, call, response):
        self.seen.append((response.delivery, call.operation, call.acted))


def test_a_witness_sees_what_was_done_and_what_was_said(sim):
    sim.witness = Witness()
    try:
        sim.traps.set(fail_next=[{"status": 503}, {"reset": True, "after": True, "match": "write"}])
        form(sim, **DESCRIBE)
        with pytest.raises(requests.ConnectionError):
            form(sim, **UPDATE)
        form(sim, **{**UPDATE, "TokenId": "nobody"})
    finally:
        seen, sim.witness = sim.witness.seen, None
    assert seen == [
        ("whole", "DescribeUFileToken", False),
        ("acted", "UpdateUFileToken"),
        ("drop-reset", "UpdateUFileToken", True),
        ("whole", "UpdateUFileToken", False),
    ]
