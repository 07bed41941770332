# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names are generations of which."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _generations as generations

F, R = "ucloud_ufile", "huaweicloud_rocketmq"


@pytest.mark.parametrize(
    "system, name, found",
    [
        (F, "ci", ("ci", 1)),
        (F, "ci.g2", ("ci", 2)),
        (F, "ci.g10", ("ci", 10)),
        (F, "ci.g2.g3", ("ci.g2", 3)),
        (R, "billing-g2", ("billing", 2)),
        # What nobody has made by a rotation
        (F, "ci.g1", ("ci.g1", 1)),
        (F, "ci.g02", ("ci.g02", 1)),
        (F, "ci.g12345", ("ci.g12345", 1)),
        (F, "ci-g2", ("ci-g2", 1)),
        (F, ".g2", (".g2", 1)),
        (F, "ci.g2\n", ("ci.g2\n", 1)),
        (R, "billing.g2", ("billing.g2", 1)),
        ("huaweicloud_roma", "shop.g2", ("shop.g2", 1)),
    ],
)
def test_a_name_says_its_base_and_number(system, name, found):
    assert generations.split(system, name) == found
    if found[1] > 1:
        assert generations.name_of(system, *found) == name


def test_a_grant_is_for_the_later_generations_that_no_grant_has_as_its_own():
    later = generations.later(F, ["ci", "ci.g10", "ci.g2", "other.g3", "plain"])
    assert later == {"ci": ["ci.g2", "ci.g10"], "other": ["other.g3"]}
    assert generations.meant("ci", later) == ["ci.g2", "ci.g10"]
    assert generations.meant("ci", later, {"ci.g2"}) == ["ci.g10"]
    assert generations.meant("plain", later) == []
