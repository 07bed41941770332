# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever text a request holds, its signature is the one that the official SDKs make."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, quote, urlencode

import fuzzing
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st
from ucloud.core.auth import Credential

from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import provider as huaweicloud
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import signing
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import auth as ucloud

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
# What can stand in a name: see plain_text; `.` and `..` are refused in a path.
SEGMENT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30).filter(
    lambda text: text not in (".", "..")
)
# What a header can carry: `requests` refuses a space at its beginning.
HEADER = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30).map(str.lstrip)
NAME = st.text("abcdefghijklmnopqrstuvwxyz-ABC", min_size=1, max_size=12).map(lambda name: "X-" + name.strip("-") + "a")
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), TEXT),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(TEXT, below, max_size=3)),
    max_leaves=6,
)
DATE = "20260101T000000Z"
KEY = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)


def official(method, path, query, headers, body, ak, sk):
    """The Authorization header by Huawei Cloud's own signer."""
    request = SdkRequest(
        method=method,
        schema="https",
        host="dms.example.com",
        resource_path=path,
        uri=path,
        query_params=list(query),
        header_params=dict(headers),
        body=body,
    )
    signed = Signer(BasicCredentials(ak, sk, "p")).sign(request)
    return signed.header_params["Authorization"]


@fuzzing.examples(150, 5000)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    segments=st.lists(SEGMENT, min_size=1, max_size=4),
    query=st.lists(st.tuples(SEGMENT, TEXT), max_size=4, unique_by=lambda pair: pair[0]),
    headers=st.dictionaries(NAME, HEADER, max_size=3),
    body=st.one_of(st.none(), JSON),
    ak=KEY,
    sk=TEXT.filter(bool),
)
def test_any_huawei_cloud_request_is_signed_as_by_the_sdk(method, segments, query, headers, body, ak, sk):
    fuzzing.count("signatures")
    path = huaweicloud.path(*segments)
    payload = None if body is None else json.dumps(body)
    headers = {**{name.title(): value for name, value in headers.items()}, "X-Sdk-Date": DATE}
    headers["Content-Type"] = "application/json"
    url = "https://dms.example.com" + path
    if query:
        url += "?" + urlencode(sorted(query), quote_via=quote, safe="~")
    made = signing.SigningAuth(ak, sk)
    data = payload.encode() if payload is not None else None
    request = requests.Request(method, url, headers=headers, data=data, auth=made).prepare()
    ours = request.headers["Authorization"]
    names = ours.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert names == ["host", "x-sdk-date"]
    signed = {"X-Sdk-Date": DATE, "Host": "dms.example.com"}
    assert ours == official(method, path, query, signed, payload or "", ak, sk)
    # What is sent is what was signed: the path is escaped once, and no header was lost.
    assert request.path_url.partition("?")[0] == path


FORM = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**63), TEXT, st.floats(allow_nan=False, allow_infinity=False)
    ),
    lambda below: st.lists(below, max_size=3),
    max_leaves=5,
)


@fuzzing.examples(150, 5000)
@given(form=st.dictionaries(TEXT.filter(bool), FORM, max_size=6), public=TEXT, private=TEXT)
def test_any_ucloud_form_is_signed_as_by_the_sdk(form, public, private):
    fuzzing.count("signatures")
    form = {key: value for key, value in form.items() if key not in ("Signature", "PublicKey", "SecurityToken")}
    flat = ucloud.flatten(form)
    expected = Credential(public, private).verify_ac({**flat, "PublicKey": public})
    made = ucloud.UCloudAuth(public, private)
    request = requests.Request("POST", "https://api.example.com/", data=urlencode(flat), auth=made).prepare()
    sent = dict(parse_qsl(request.body, keep_blank_values=True))
    assert sent == {**flat, "PublicKey": public, "Signature": expected}
