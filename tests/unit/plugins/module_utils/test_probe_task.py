# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of `probe`, and how it ends."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.grantops.cloud.plugins.module_utils import _probe_task
from ansible_collections.grantops.cloud.plugins.module_utils._task import How
from ansible_collections.grantops.cloud.tests.unit.scripted import finished


def play(monkeypatch, run, how=None, **options):
    """The result of a task, whose probe is ``run``."""
    monkeypatch.setattr(_probe_task.run, "run", run)
    return finished(_probe_task.ProbeTask(), options, how or How(), [])


@pytest.mark.parametrize(("check_mode", "wait"), [(True, 1), (False, 600)])
def test_check_mode_only_reads(monkeypatch, check_mode, wait):
    done = []
    how = How(check_mode, when_done=lambda: done.append(True))
    result = play(monkeypatch, lambda params, secrets: dict(params), how, writes=True, wait=wait)
    assert (result["writes"], result["wait"], done) == (not check_mode, wait, [True])


@pytest.mark.parametrize(
    ("options", "said"),
    [({"roma_topic": "t"}, "missing parameter(s) required by 'roma_topic': roma_instance, roma_app"),
     ({"roma_app": "a", "roma_instance": "i"}, "missing parameter(s) required by 'roma_app': roma_topic")],
)  # fmt: skip
def test_a_topic_needs_its_instance_and_an_application(options, said):
    assert said in ArgumentSpecValidator(**_probe_task.ProbeTask().spec).validate(options).error_messages


@pytest.mark.parametrize("wait", [0, 601])
def test_a_wait_out_of_bounds_is_refused(monkeypatch, wait):
    result = play(monkeypatch, pytest.fail, wait=wait)
    assert (result["failed"], result["msg"]) == (True, f"wait must be from 1 to 600; got {wait}")


def test_what_ends_it_is_told_without_secrets(monkeypatch):
    def run(params, secrets):
        secrets.add("Secret-Key1")
        raise _probe_task.errors.ConfigurationError("bad Secret-Key1")

    result = play(monkeypatch, run)
    assert (result["failed"], result["changed"], result["msg"]) == (True, False, "bad <hidden>")
