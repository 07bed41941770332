# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all renderings of findings share."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import rendering

from . import accessed


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        ("billing on orders (huaweicloud_rocketmq i-1)", {"resource": "orders"}),
        ("huaweicloud_rocketmq i-1", {"principal": None}),
        ("a\\nb (huaweicloud_rocketmq i-1)", {"principal": "a\nb"}),
    ],
)
def test_what_a_finding_is_about(words, finding):
    assert rendering.subject(accessed.finding(**finding)) == words


def test_a_finding_comes_from_the_grant_of_its_resource():
    other = dict(accessed.GRANT, line=40)
    rows = [accessed.row("payments", grant=None), accessed.row("orders"), accessed.row("refunds", grant=other)]
    grants = rendering.Grants(accessed.data(access=rows))
    assert grants.of(accessed.finding(resource="refunds")) == other
    assert grants.of(accessed.finding(resource="new")) == accessed.GRANT
    assert grants.of(accessed.finding(principal="other")) is None
