# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import shlex

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access.remedies import (
    acceptance,
    command,
    granting,
    reading,
    rotation,
)


@pytest.mark.parametrize("name", ["it's", 'a"b', "$(id)", "`id`", "a\nb", "-x", "é"])
def test_a_command_hands_a_name_over_as_it_is(name):
    words = shlex.split(command("huaweicloud_rocketmq", "i-1", {"user_name": name, "admin": False}))
    assert words[:4] == ["ansible", "localhost", "-m", "grantops.cloud.huaweicloud_rocketmq_user"]
    assert json.loads(words[5]) == {"instance_id": "i-1", "user_name": name, "admin": False}


def test_grants_come_with_the_set_ups_and_the_project_that_they_need():
    assert granting([{"principal": "u"}], {"mine": {}}, "org-1") == (
        """ansible localhost -m grantops.cloud.permissions -a '{"grants": [{"principal": "u"}], "scope": "exact", """
        """"setups": {"mine": {}}, "ucloud": {"project_id": "org-1"}}'"""
    )


def test_a_command_names_a_scope_where_there_is_one():
    assert reading("ucloud_ufile", "") == "ansible localhost -m grantops.cloud.ucloud_ufile_token_info -a '{}'"
    assert reading("huaweicloud_roma", "r-1") == (
        """ansible localhost -m grantops.cloud.huaweicloud_roma_topic_policy_info -a '{"instance_id": "r-1"}'"""
    )
    assert (
        granting([], {}) == """ansible localhost -m grantops.cloud.permissions -a '{"grants": [], "scope": "exact"}'"""
    )
    # The project of UFile is that of the playbook's own settings.
    assert rotation("ucloud_ufile", "org-1", "ci", "finish") == (
        "ansible-playbook grantops.cloud.rotate -e system=ucloud_ufile -e principal=ci -e step=finish"
    )


def test_a_template_in_a_name_or_a_reason_is_not_rendered():
    assert rotation("ucloud_ufile", "", "{{ x }}", "begin") == (
        "Make a token of another name with the same permissions, hand it over, and delete this one."
    )
    assert acceptance({"finding": "MQ002", "reason": "{{ x }}"}) == (
        'permissions_acceptances:\n  - {finding: MQ002, reason: !unsafe "{{ x }}"}'
    )


def test_a_name_that_ansible_would_take_for_a_template_is_in_a_playbook_that_marks_it():
    text = command("huaweicloud_roma", "r-1", {"name": "a", "policies": [{"app_name": "{{ lookup('pipe', 'id') }}"}]})
    assert text == (
        "- hosts: localhost\n"
        "  gather_facts: false\n"
        "  tasks:\n"
        "    - grantops.cloud.huaweicloud_roma_topic_policy:\n"
        "        instance_id: r-1\n"
        "        name: a\n"
        "        policies: [{app_name: !unsafe \"{{ lookup('pipe', 'id') }}\"}]"
    )
