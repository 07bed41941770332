# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that are probably meant as a variable of the role."""

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.plugin_utils import _variables as variables


@pytest.mark.parametrize(
    "name, said",
    [
        ("permissions_grants", None),
        ("permissions_acceptances", None),
        ("owner", None),
        ("permissions_scop", "permissions_scop is not a variable of the role (did you mean 'permissions_scope'?)"),
        ("permission_grants", "permission_grants is not a variable of the role (did you mean 'permissions_grants'?)"),
        ("permissions_elsewhere", "permissions_elsewhere is not a variable of the role"),
        ("permissions_ufile", "permissions_ufile is not a variable of the role"),
        ("permissions_return_credentials",
         "permissions_return_credentials must be set by the play, not by a file of grants"),
    ],
)  # fmt: skip
def test_a_file_of_grants_holds_no_other_variables(name, said):
    assert list(variables.of_file([name])) == ([said] if said else [])


@pytest.mark.parametrize(
    "given, said",
    [
        ({"permissions_report": 1, "other": 2, "permissions_of_mine": 3}, []),
        ({"permissions_grant": 1},
         ["permissions_grant is not a variable of the role (did you mean 'permissions_grants'?)"]),
        ({"permission_elsewhere": 1}, ["permission_elsewhere is not a variable of the role"]),
        ({"ansible_run_tags": ["all"]}, []),
        ({"ansible_run_tags": ["ucloud_ufile", "x"]}, ["permissions_systems must say which systems are meant"]),
    ],
)  # fmt: skip
def test_a_play_may_have_variables_of_its_own_that_are_not_like_the_roles(given, said):
    found = list(variables.misspelt(given))
    assert len(found) == len(said)
    assert all(text.startswith(begin) for text, begin in zip(found, said))
