# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.grantops.cloud.plugins.filter.page import FilterModule
from ansible_collections.grantops.cloud.plugins.module_utils._access import model

access_page = FilterModule().filters()["access_page"]


def test_a_small_page_is_one_file():
    (made,) = access_page(model.access([]), "report.html")
    assert made["name"] == "report.html"
    assert made["text"].startswith("<!doctype html>")
    assert made["text"].rstrip().endswith("</html>")
    assert not re.search(r"\[\[\w+\]\]", made["text"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "access_page: What a page shows must be data of the format grantops.access/1"),
        ({"format": "grantops.access/1"}, "access_page: What a page shows must have .* is missing"),
        (dict(model.access([]), access=[{}]), "access_page: its data lacks a key, or has a wrong type: 'system'"),
    ],
)
def test_what_is_no_access_is_refused(data, message):
    with pytest.raises(AnsibleFilterError, match=message):
        access_page(data)
