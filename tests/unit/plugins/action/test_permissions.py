# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of `permissions`: files of grants count as options, and what is shown never hides a result."""

from __future__ import annotations

import json
from unittest import mock

import pytest
from ansible.errors import AnsibleError

from ansible_collections.grantops.cloud.plugins.action import permissions as action
from ansible_collections.grantops.cloud.plugins.action import permissions_info, resource
from ansible_collections.grantops.cloud.plugins.module_utils import _permissions_task

from ..module_utils._permissions import passes
from ..plugin_utils.test_grants_files import Vault
from .test_resource import Plugin as Resource

TOKEN = {"system": "ucloud_urocketmq", "service_id": "s-1", "principal": "ci-1", "setup": "read_only"}


class Plugin(action.ActionModule, Resource):
    """The plugin for one task that cannot send anything."""

    def __init__(self, args, content=None, **task):
        task = {"run_once": False, "no_log": False, "module_defaults": [], **task}
        super().__init__(name="permissions" + "_info" * self.info, args=args, **task)
        self._loader.load_from_file = mock.Mock(side_effect=[content])
        self._loader.path_dwim = str

    def _connect(self, *given):
        raise AssertionError("nothing is to be sent")


class Info(permissions_info.ActionModule, Plugin):
    """That of `permissions_info`."""


@pytest.fixture
def shown(monkeypatch):
    """The lines that are printed."""
    lines = []
    monkeypatch.setattr(resource.display, "display", lambda text, color=None: lines.append(text))
    return lines


HOSTS = {"ansible_play_hosts_all": ["a", "b"], "inventory_hostname": "a"}


@pytest.mark.parametrize(
    "args, content",
    [
        ({"grants": [TOKEN], "exclusive": "yes"}, None),
        ({"grants": [TOKEN], "exclusive": "y"}, None),
        ({"grants": [TOKEN], "permissions_exclusive": True}, None),
        ({"grants_file": "g.yml"}, {"permissions_grants": [TOKEN], "permissions_exclusive": True}),
    ],
)
def test_exclusive_is_for_one_host_however_it_is_said(args, content):
    result = Plugin(args, content).run(task_vars=HOSTS)
    assert "exclusive must run for one host alone; got a play with 2" in result["msg"]
    assert [row["status"] for row in result["grants"]] == ["not tried"]


@pytest.mark.parametrize("args", [{"show": "none"}, {"permissions_show": "none"}])
def test_a_task_may_show_nothing_also_when_it_is_refused(args, shown):
    Plugin(dict(args, grants=[])).run(task_vars={})
    assert shown == []
    Plugin({"grants": []}).run(task_vars={})
    assert shown == ["Nothing was written: 0 refused, 0 not tried"]


@pytest.mark.parametrize(
    "args, content, said",
    [
        ({"guardrails_file": "r.yml"}, AnsibleError("x"), "r.yml cannot be read: it does not exist"),
        ({"guardrails_file": "r.yml"}, {}, "r.yml must hold permissions_guardrails and a list of rules that is not empty"),
        ({"guardrails_file": "r.yml"}, {"permissions_guardrails": [{"id": ""}]}, "guardrails[0].id: it must be a text"),
        ({"guardrails": [{"id": "r"}], "guardrails_file": "r.yml"}, [{"id": ""}], "guardrails[1].id: it must be a text"),
        ({"guardrails": None}, None, "guardrails: it must be a list of rules, or be left out; got null"),
        ({"check_variables": True}, None, "permissions_grant is not a variable of the role"),
    ],
)  # fmt: skip
def test_guardrails_of_a_file_and_variables_of_the_play_are_looked_at(args, content, said):
    assert said in Plugin({"grants": [TOKEN], **args}, content).run(task_vars={"permissions_grant": []})["msg"]


def test_a_reading_shows_no_table_and_hands_over_no_grants_that_nobody_gave(shown):
    assert "There is nothing to look at" in Info({"ufile": False}).run(task_vars={})["msg"]
    plugin = Info({}, become=object())
    assert plugin.run(task_vars={}) == {"changed": "by the module"}
    assert "grants" not in plugin._task.args and shown == []


@pytest.mark.parametrize("way", [{}, {"become": object()}])
def test_a_grant_is_named_by_its_file_on_either_way_in(way):
    rows = [TOKEN, dict(TOKEN, setup="reed_only", reason=Vault("kept-secret"))]
    plugin = Plugin({"grants_file": "g.yml"}, {"permissions_grants": rows}, **way)
    result = plugin.run(task_vars={})
    assert bool(plugin.handed_over) is bool(way)
    if way:
        task = _permissions_task.PermissionsTask()
        result = passes.play(json.loads(json.dumps(plugin._task.args["grants"])), task=task)
        assert task.hidden == ["kept-secret"]
    assert "g.yml: permissions_grants[1] (ci-1): setup must be for ucloud_urocketmq one of" in result["msg"]
    assert [row["status"] for row in result["grants"]] == ["not tried", "refused"]


@pytest.mark.parametrize("way", [{}, {"become": object()}])
def test_what_is_handed_over_is_not_for_users(way):
    handed = _permissions_task.hand_over([TOKEN], [], [])
    plugin = Plugin({"grants": handed}, **way)
    result = plugin.run(task_vars={})
    assert "grants must be a list of grants; got a mapping" in result["msg"] and not plugin.handed_over


@pytest.mark.parametrize(
    ("callback", "lines"), [("default", 1), ("awx_display", 1), ("ansible.posix.json", 0), ("ansible.posix.jsonl", 0)]
)
def test_output_of_json_stays_json(callback, lines, monkeypatch, shown):
    monkeypatch.setattr(resource.C, "DEFAULT_STDOUT_CALLBACK", callback)
    Plugin({"grants": []}).run(task_vars={})
    assert len(shown) == lines


@pytest.mark.parametrize(("terminal", "columns", "widest"), [(True, 60, 60), (True, 300, 160), (False, 60, 100)])
def test_the_table_is_as_wide_as_the_terminal(terminal, columns, widest, monkeypatch, shown):
    monkeypatch.setattr(resource, "ON_TERMINAL", terminal)
    monkeypatch.setattr(resource, "TERMINAL_WIDTH", columns)
    grant = dict(TOKEN, setup="reed_only", topics="a text", groups="another", buckets="one")
    Plugin({"grants": [grant]}).run(task_vars={})
    assert widest - 20 < max(map(len, shown)) <= widest


def test_connection_options_that_are_no_mapping_are_refused_beside_defaults():
    defaults = [{"group/grantops.cloud.ucloud": {"region": "cn-bj2"}}]
    result = Plugin({"grants": [TOKEN], "ucloud": "text"}, module_defaults=defaults).run(task_vars={})
    assert result["failed"] is True
    assert "dictionary requested" in result["msg"]
