# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.grantops.cloud.plugins.filter.access import FilterModule
from ansible_collections.grantops.cloud.plugins.module_utils._access import report, snapshot
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import Scope

from ..module_utils._access import accessed

FILTERS = FilterModule().filters()
TOKEN = {"token_id": "t-1", "name": "shop", "topic_produce_perm": "ALL", "topic_consume_perm": "NONE"}
DATA = report.report([Scope("ucloud_urocketmq", "s-1", [TOKEN])], 0, "1.1.0")


def test_a_file_of_data_is_read_as_it_was_written():
    assert json.loads(FILTERS["access_text"](DATA)) == DATA
    assert snapshot.compare(FILTERS["access_text"](DATA, "snapshot"), DATA) == []


def test_data_have_statistics_a_summary_and_what_fails():
    assert FILTERS["access_stats"](DATA)["severities"]["high"] == 1
    assert FILTERS["access_summary"](DATA)[0] == "ucloud_urocketmq s-1: 1 principals"
    assert FILTERS["access_failing"](DATA, "high").startswith("Findings: 1 high. MQ003")
    assert FILTERS["access_failing"](DATA, "critical") == ""


@pytest.mark.parametrize("name", ["access_csv", "access_junit", "access_sarif"])
def test_only_fields_that_are_meant_to_be_seen_are_rendered(name):
    text = FILTERS[name](accessed.data())
    assert "billing" in text
    assert accessed.SECRET not in text


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("access_text", (DATA, "html"), "`form` must be data or snapshot; got 'html'"),
        ("access_failing", (DATA, "hihg"), "must be one of critical"),
        ("access_csv", ([],), "^the data must be data of the format grantops.access/1"),
        ("access_sarif", ({"format": "grantops.access/1"},), "^the data must have format, version"),
        ("access_junit", (DATA, "worst"), "`fail_on` must be one of critical, high, medium, low; got 'worst'"),
    ],
)
def test_what_is_wrong_is_an_error_of_the_filter(name, arguments, message):
    with pytest.raises(AnsibleFilterError, match=message):
        FILTERS[name](*arguments)
