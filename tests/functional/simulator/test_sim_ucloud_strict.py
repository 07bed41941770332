# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the UCloud documents do not allow is refused."""

from __future__ import annotations

import pytest
import requests
from sdk_clients import form, sign_form

UPDATE = {"Action": "UpdateUFileToken", "ProjectId": "org-demo", "TokenId": "ufile-token-reports"}
PERMS = {
    "Action": "UpdateURocketMQToken",
    "ProjectId": "org-demo",
    "Region": "cn-bj2",
    "ServiceId": "urmq-demo",
    "TokenId": "urmq-token-checkout",
    "TopicProducePerm": "NONE",
    "TopicConsumePerm": "NONE",
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"ProjectId": None}, 0),
        ({"Region": "cn-bj"}, 0),
        ({"ExpireTime": "4102416000"}, 0),
        ({"Action": None}, 160),
        ({"Action": "GrantEverything"}, 161),
        ({"TokenId": None}, 220),
        ({"TokenId": ""}, 220),
        ({"ProjectId": ""}, 220),
        ({"PublicKey": None}, 220),
        ({"Limit": "1"}, 230),
        ({"BlackIPList.0": "192.0.2.1"}, 230),
        ({"AllowedOps": "TOKEN_ALLOW_READ"}, 230),
        ({"AllowedOps.1": "TOKEN_ALLOW_READ"}, 230),
        ({"AllowedOps.00": "TOKEN_ALLOW_READ"}, 230),
        ({"AllowedOps.0": "TOKEN_ALLOW_EVERYTHING"}, 15017),
        ({"AllowedOps.0": "TOKEN_ALLOW_NONE", "AllowedOps.1": "TOKEN_ALLOW_READ"}, 15017),
        ({"AllowedPrefixes.0": ""}, 15017),
        ({"TokenName": ""}, 15017),
        ({"ExpireTime": "tomorrow"}, 15017),
        ({"ExpireTime": "-1"}, 15017),
        ({"ExpireTime": "1520411979.0"}, 15017),
        ({"ExpireTime": "4102416001"}, 15018),
        ({"ProjectId": "org-nobody"}, 292),
        ({"Region": "atlantis"}, 292),
        ({"TokenId": "not-there"}, 15040),
        ({"PublicKey": "TOKEN_ufile-token-reports"}, 172),
        ({"SecurityToken": "nobody asked for it"}, 174),
    ],
)
def test_a_ufile_token_is_as_documented_or_refused(sim, change, code):
    before = sim.estate["ucloud"]["ufile_tokens"]["ufile-token-reports"].copy()
    response = form(sim, **{**UPDATE, **change})
    assert response.status_code == 200
    assert response.json()["RetCode"] == code, response.text
    assert response.headers["X-UCLOUD-REQUEST-UUID"]
    if code:
        assert response.json()["Message"]
        assert sim.estate["ucloud"]["ufile_tokens"]["ufile-token-reports"] == before
    else:
        assert response.json() == {"RetCode": 0, "Action": "UpdateUFileTokenResponse"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"TopicProducePerm": "PART", "AllowProduceTopicList": "orders"}, 0),
        ({"TopicProducePerm": "PART", "AllowProduceTopicList": "%DLQ%front,%RETRY%front"}, 0),
        ({"TopicProducePerm": "PART", "AllowProduceTopicList": "%OWN%front"}, 230),
        ({"TopicProducePerm": "PART"}, 230),
        ({"TopicProducePerm": "PART", "AllowProduceTopicList": ""}, 230),
        ({"TopicProducePerm": "PART", "AllowProduceTopicList": "orders, payments"}, 230),
        ({"TopicProducePerm": "PART", "AllowProduceTopicList": "orders,"}, 230),
        ({"TopicProducePerm": "PART", "AllowProduceTopicList": "x" * 37}, 230),
        ({"TopicProducePerm": "PART", "AllowProduceTopicList.0": "orders"}, 230),
        ({"TopicProducePerm": "SOME"}, 230),
        ({"TopicConsumePerm": None}, 220),
        ({"Region": None}, 220),
        ({"Region": "hk"}, 230),
        ({"ServiceId": "urmq-other"}, 230),
        ({"Name": "renamed"}, 230),
    ],
)
def test_a_urocketmq_token_is_as_documented_or_refused(sim, change, code):
    response = form(sim, **{**PERMS, **change})
    assert response.json()["RetCode"] == code, response.text


def test_a_wrong_signature_is_refused(sim):
    assert form(sim, sign=False, **UPDATE).json()["RetCode"] == 170
    assert form(sim, sign=False, Signature="0" * 40, **UPDATE).json()["RetCode"] == 171
    assert form(sim, "revoked", **UPDATE).json()["RetCode"] == 172
    # Signed one text, sent another.
    entry = sim.credentials["ucloud"]["admin"]
    sent = {**UPDATE, "TokenName": "true", "PublicKey": entry["public_key"]}
    sent["Signature"] = sign_form(entry, sent)
    sent["TokenName"] = "True"
    assert requests.post(sim.url, data=sent, timeout=9).json()["RetCode"] == 171


def test_text_survives_the_form(sim):
    """Everything that form encoding touches, signed before it."""
    for name in ("a b+c&d=e%20", "日本語", "line\nbreak", "ÿ"):
        assert form(sim, **UPDATE, TokenName=name).json()["RetCode"] == 0
        token = sim.estate["ucloud"]["ufile_tokens"]["ufile-token-reports"]
        assert token["TokenName"] == name


def test_a_query_is_a_request_and_beside_a_form_is_refused(sim):
    entry = sim.credentials["ucloud"]["admin"]
    sent = {"Action": "DescribeUFileToken", "PublicKey": entry["public_key"]}
    sent["Signature"] = sign_form(entry, sent)
    response = requests.get(sim.url, params=sent, timeout=9).json()
    assert len(response["DataSet"]) == 4
    both = requests.post(sim.url, params=sent, data={"Action": sent["Action"]}, timeout=9).json()
    assert both["RetCode"] == 230


def test_a_key_reads_or_writes_as_its_role_allows(sim):
    read = {"Action": "DescribeUFileToken"}
    assert form(sim, "readonly", **read).json()["RetCode"] == 0
    assert form(sim, "readonly", **UPDATE).json()["RetCode"] == 299
    assert form(sim, "writeonly", **read).json()["RetCode"] == 299
    assert form(sim, "writeonly", **UPDATE).json()["RetCode"] == 0


def test_a_channel_needs_its_key(sim):
    sim.estate["ucloud"]["channel_key"] = "channelSecret-1"
    assert form(sim, **UPDATE).json()["RetCode"] == 174
    assert form(sim, headers={"channel-key": "other"}, **UPDATE).json()["RetCode"] == 174
    right = form(sim, headers={"channel-key": "channelSecret-1"}, **UPDATE)
    assert right.json()["RetCode"] == 0
    assert "channelSecret-1" in sim.secrets()
