# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UCloud's signature against the official SDK's, and its public worked examples."""

from __future__ import annotations

import json
import pathlib
from urllib.parse import parse_qsl, urlencode

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils._ucloud.auth import UCloudAuth, flatten, sign

DATA = json.loads(
    (pathlib.Path(__file__).resolve().parents[2] / "data" / "ucloud_signing.json").read_text(encoding="utf-8")
)
vectors = pytest.mark.parametrize("vector", DATA["vectors"], ids=lambda vector: vector["name"])


@vectors
def test_flattened_and_signed(vector):
    form = flatten(dict(vector["parameters"], Action=vector["action"], PublicKey=DATA["public_key"]))
    form["Signature"] = sign(form, DATA["private_key"])
    assert form == vector["form"]


@vectors
def test_prepared_request(vector):
    parameters = dict(vector["parameters"], Action=vector["action"])
    auth = UCloudAuth(DATA["public_key"], DATA["private_key"], parameters.pop("SecurityToken", None))
    body = urlencode(flatten(parameters))
    request = requests.Request("POST", "https://api.ucloud.cn/", data=body, auth=auth).prepare()
    assert dict(parse_qsl(request.body, keep_blank_values=True)) == vector["form"]
    assert request.headers["Content-Length"] == str(len(request.body))


@pytest.mark.parametrize(
    ("public_key", "signature"),
    [
        ("ucloudsomeone@example.com1296235120854146120", "cba5cf5ec4d4233d206b1b54951e3787350a642f"),
        ("someone@example.com1296235120854146120", "4201919d267504385deb93af19e0197870fed36b"),
    ],
)
def test_public_worked_example(public_key, signature):
    form = {"Action": "DescribeUHostInstance", "Limit": "10", "Region": "cn-bj2", "PublicKey": public_key}
    assert sign(form, "46f09bb9fab4f12dfc160dae12273d5332b5debe") == signature


def signed(body, **credentials):
    auth = UCloudAuth("public", "private", **credentials)
    return requests.Request("POST", "https://api.ucloud.cn/", data=body, auth=auth).prepare()


def test_signing_again_replaces_the_signature():
    request = signed("Action=X")
    assert signed(request.body).body == request.body


@pytest.mark.parametrize("body", ["Name=%E4%BB%A4", b"Name=%E4%BB%A4", {"Name": "令"}])
def test_text_bytes_and_forms_are_signed_alike(body):
    assert dict(parse_qsl(signed(body).body))["Signature"] == sign({"Name": "令", "PublicKey": "public"}, "private")


def test_a_request_without_a_body_gets_one():
    assert sorted(dict(parse_qsl(signed(None).body))) == ["PublicKey", "Signature"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e16, "10000000000000000"), (1e-7, "0.0000001"), (10**20, "1" + "0" * 20), (False, "false"), (0, "0"), ("", "")],
)
def test_numbers_are_never_in_scientific_notation(value, text):
    assert flatten({"K": value}) == {"K": text}


def test_objects_and_lists_are_flattened():
    assert flatten({"A": {"B": [1, {"C": True}], "D": None}, "E": ()}) == {"A.B.0": "1", "A.B.1.C": "true"}
