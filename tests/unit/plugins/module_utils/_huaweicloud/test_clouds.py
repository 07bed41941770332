# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Huawei Cloud and its relatives: no credential goes to another cloud than the service's."""

from __future__ import annotations

import re

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import clouds, provider, rocketmq_user
from ansible_collections.grantops.cloud.tests.unit.scripted import error_of, validated

RESOURCE = rocketmq_user.RESOURCE
IAM = {"iam_user": "u", "iam_password": "iam-password", "iam_domain": "d"}
AK = {"ak": "AK", "sk": "sk-secret"}
OTC = "https://dms.eu-de.otc.t-systems.com"


@pytest.mark.parametrize("end", ["", "/", "//", "/v2", "/v2/", "//v2"])
def test_an_address_may_end_with_a_slash_or_its_version(end):
    assert clouds.base_url("https://h.example/X" + end, "v2") == "https://h.example/X"


@pytest.fixture
def connect(environment):
    def connect(options, variables=None):
        environment(**(variables or {}))
        none = dict.fromkeys(("ak", "sk", "project_id", "region"))
        options = {"user_name": "u", "instance_id": "i", **none, **IAM, **options}
        return provider.connect(validated(RESOURCE, options), errors.Secrets(), "rocketmq")

    return connect


@pytest.mark.parametrize(
    ("options", "variables", "iam"),
    [
        # Where nothing else is said, Huawei Cloud's own.
        ({"region": "ap-southeast-1"}, {}, "https://iam.ap-southeast-1.myhuaweicloud.com"),
        ({"region": "eu-west-102"}, {}, "https://iam.eu-west-102.myhuaweicloud.eu"),
        ({"region": "cn-north-4", "api_url": "https://vpc-7.myhuaweicloud.com:8443/x"}, {}, "https://iam.cn-north-4.myhuaweicloud.com"),
        # The cloud of the service, from its address.
        ({"region": "eu-de", "api_url": OTC}, {}, "https://iam.eu-de.otc.t-systems.com"),
        ({"region": "EU-DE", "api_url": OTC + ":443/v2"}, {}, "https://iam.eu-de.otc.t-systems.com"),
        ({"region": "eu-de", "api_url": OTC + "./v2"}, {}, "https://iam.eu-de.otc.t-systems.com"),
        (
            {"region": "eu-west-0", "api_url": "https://DMS.eu-west-0.prod-cloud-ocb.orange-business.com"}, {},
            "https://iam.eu-west-0.prod-cloud-ocb.orange-business.com",
        ),
        (
            {"region": "ae-ad-1"}, {"HUAWEICLOUD_SDK_REGION_ROCKETMQ_AE_AD_1": "https://dms.ae-ad-1.g42cloud.com"},
            "https://iam.ae-ad-1.g42cloud.com",
        ),
        # HW_CLOUD.
        ({"region": "eu-de"}, {"HW_CLOUD": "otc.t-systems.com"}, "https://iam.eu-de.otc.t-systems.com"),
        (
            {"region": "eu-de", "api_url": "https://gateway.otc.t-systems.com"}, {"HW_CLOUD": "otc.t-systems.com"},
            "https://iam.eu-de.otc.t-systems.com",
        ),
        ({"region": "eu-west-101"}, {"HW_CLOUD": "myhuaweicloud.com"}, "https://iam.eu-west-101.myhuaweicloud.eu"),
        (  # It does not move an address that is given.
            {"region": "cn-north-4", "api_url": "https://dms.cn-north-4.myhuaweicloud.com"}, {"HW_CLOUD": "otc.t-systems.com"},
            "https://iam.cn-north-4.myhuaweicloud.com",
        ),
        # An address of the same cloud.
        ({"region": "eu-de", "api_url": OTC, "iam_url": "https://iam.eu-de.otc.t-systems.com/v3"}, {}, "https://iam.eu-de.otc.t-systems.com"),
        ({"region": "eu-de", "api_url": OTC}, {"HW_AUTH_URL": "https://iam.otc.t-systems.com/v3"}, "https://iam.otc.t-systems.com"),
        (
            {"region": "eu-de"}, {"HW_CLOUD": "otc.t-systems.com", "HW_AUTH_URL": "https://iam.eu-de.otc.t-systems.com/v3/"},
            "https://iam.eu-de.otc.t-systems.com",
        ),
        ({"region": "eu-west-101"}, {"HW_AUTH_URL": "https://iam.myhuaweicloud.com:443/v3"}, "https://iam.myhuaweicloud.com:443"),
        # What the task itself says is a gateway of its own, and what is here is nobody else's.
        ({"region": "eu-de", "api_url": OTC, "iam_url": "https://iam.corp.example"}, {}, "https://iam.corp.example"),
        ({"api_url": "https://corp.example/dms", "iam_url": "https://iam.eu-de.otc.t-systems.com"}, {}, "https://iam.eu-de.otc.t-systems.com"),
        ({"api_url": "https://dms.corp.example.com", "iam_url": "https://iam.eu-de.otc.t-systems.com"}, {}, "https://iam.eu-de.otc.t-systems.com"),
        ({"region": "r", "api_url": OTC}, {"HW_AUTH_URL": "http://127.0.0.1:8/v3"}, "http://127.0.0.1:8"),
        ({"api_url": "https://corp.example/dms"}, {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "https://corp.example/iam"}, "https://corp.example/iam"),
        (
            {"region": "r"},
            {"HUAWEICLOUD_SDK_REGION_ROCKETMQ_R": "https://a.example", "HUAWEICLOUD_SDK_IAM_ENDPOINT": "https://b.example"},
            "https://b.example",
        ),
    ],
)  # fmt: skip
def test_iam_is_of_the_services_cloud(connect, options, variables, iam):
    assert connect(options, variables).addresses.iam() == iam


@pytest.mark.parametrize(
    ("options", "variables", "said"),
    [
        ({"api_url": "https://corp.example", "region": "eu-de"}, {}, "The address of IAM does not follow from api_url, which is at corp.example"),
        (
            {"api_url": "https://10.1.2.3", "region": "cn-north-4"}, {},
            r"^The address of IAM does not follow from api_url, which is at 10.1.2.3\. Hint: Set iam_url; or project_id, with ak and sk "
            r"or auth_token, which needs no IAM\.$",
        ),
        ({"api_url": "https://dms.eu-de.corp", "region": "eu-de"}, {}, "The address of IAM does not follow from api_url"),
        # In another region than the task's: what is meant is not known.
        ({"api_url": OTC, "region": "eu-nl"}, {}, "The address of IAM does not follow from api_url"),
        ({"api_url": "https://xmyhuaweicloud.com", "region": "eu-de"}, {}, "The address of IAM does not follow from api_url"),
        (
            {"region": "r"}, {"HUAWEICLOUD_SDK_REGION_ROCKETMQ_R": "https://a.example"},
            "The address of IAM does not follow from HUAWEICLOUD_SDK_REGION_ROCKETMQ_R, which is at a.example",
        ),
        ({"api_url": OTC, "project_id": "p"}, {}, "Set iam_url, or region, from which it follows"),
        ({"api_url": OTC, "iam_url": "https://iam.eu-de.myhuaweicloud.com"}, {}, r"to iam.eu-de.myhuaweicloud.com \(iam_url\)"),
        (
            {"api_url": "https://dms.cn-north-4.myhuaweicloud.com"}, {"HW_AUTH_URL": "https://iam.eu-de.otc.t-systems.com/v3"},
            r"to iam.eu-de.otc.t-systems.com \(HW_AUTH_URL\): .* the cloud of dms.cn-north-4.myhuaweicloud.com \(api_url\)",
        ),
        ({"api_url": OTC}, {"HUAWEICLOUD_SDK_IAM_ENDPOINT": "https://iam.corp.example"}, "to iam.corp.example"),
        ({"api_url": "https://corp.example"}, {"HW_AUTH_URL": "https://iam.example/v3"}, "to iam.example"),
        ({"api_url": "https://dms.eu-de.otc.example"}, {"HW_AUTH_URL": "https://iam.eu-de.xotc.example"}, "to iam.eu-de.xotc"),
    ],
)  # fmt: skip
def test_an_iam_of_another_cloud_or_unknown_is_refused(connect, options, variables, said):
    client = connect(options, variables)
    assert re.search(said, error_of(client.addresses.iam).text())


@pytest.mark.parametrize("asked", [IAM, AK, {"auth_token": "auth-token-1"}], ids=["iam_user", "ak", "auth_token"])
@pytest.mark.parametrize("api_url", [OTC, "https://corp.example"])
def test_nothing_is_sent_before_the_refusal_and_what_needs_no_iam_is(connect, asked, api_url):
    options = {**dict.fromkeys(IAM), **asked, "api_url": api_url}
    client = connect({**options, "region": "eu-de"}, {"HW_AUTH_URL": "https://iam.eu-de.myhuaweicloud.com/v3"})
    client.transport.send = None
    message = error_of(client.call, "Op", "GET", ["users"]).message
    assert message.startswith("Refusing to send credentials to iam.eu-de.myhuaweicloud.com")
    if asked is not IAM:
        assert connect({**options, "project_id": "p"}).project_id == "p"


@pytest.mark.parametrize("name", ["HW_AUTH_URL", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "iam_url"])
def test_an_address_that_nobody_gave_is_not_used_beside_an_iam_of_another_cloud(connect, name):
    """The service's address would be Huawei Cloud's own, and it would be sent the other cloud's token."""
    given, variables = {name: "https://iam.eu-de.otc.t-systems.com/v3"}, {}
    if name != "iam_url":
        given, variables = variables, given
    error = error_of(connect, {"region": "eu-de", "project_id": "p", **given}, variables)
    assert "the cloud of dms.eu-de.myhuaweicloud.com (the address of the region)" in error.message
    assert "HW_CLOUD" in error.hint
    assert connect({"region": "eu-de", **given}, {"HW_CLOUD": "otc.t-systems.com"}).addresses.url == OTC
