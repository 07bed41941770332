# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of `rotate`, and how it ends."""

from __future__ import annotations

from unittest import mock

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _rotation_task

from ._rotation.tasks import OF_ROCKETMQ, OF_UFILE, create, one, play, refused, token, tokens


@pytest.mark.parametrize(
    "options, text",
    [
        (dict(OF_ROCKETMQ, system="huaweicloud_roma"), "is reset in the console of ROMA Connect"),
        (dict(OF_ROCKETMQ, instance_id=None), "instance_id: must be given for huaweicloud_rocketmq; got nothing"),
        (dict(OF_ROCKETMQ, service_id="s-1"),
         "service_id: must be left out, since huaweicloud_rocketmq does not use it; got 's-1'"),
        (dict(OF_ROCKETMQ, instance_id=".."),
         "instance_id: it must be a name; got '..', which has another meaning in a URL"),
        (dict(OF_UFILE, principal=""), "principal: it must not be empty"),
        (dict(OF_UFILE, principal=True), "principal: it must be text"),
        (dict(OF_UFILE, verify_timeout=3601), "verify_timeout: must be a number of seconds from 0 to 3600"),
        (dict(OF_UFILE, in_place=True), "in_place: must be left out for ucloud_ufile"),
        (dict(OF_ROCKETMQ, in_place=True, replace=True), "replace: is for step: begin"),
        (dict(OF_UFILE, step="finish", replace=True), "it cannot be used together with step: finish"),
    ],
)  # fmt: skip
def test_options_that_nobody_can_mean_are_refused(options, text):
    assert text in refused("begin", options=options)


def test_a_message_of_ansible_has_the_keys_of_ours():
    result = _rotation_task.RotationTask().refused("value of step must be one of")
    assert (result["failed"], result["msg"]) == (True, "value of step must be one of")
    assert result["error"]["kind"] == "task"


def test_what_ends_the_run_says_what_was_written():
    row = token(2, "ci-1.g2")
    result = play("begin", [tokens(token()), create(row), one(row), tokens(code=KeyboardInterrupt())])
    assert result["changed"] is True
    assert "Written: 1" in result["msg"]


def test_a_signal_at_the_very_end_is_told():
    result = play("begin", [tokens(token())], when_done=mock.Mock(side_effect=KeyboardInterrupt), check_mode=True)
    assert (result["failed"], result["error"]["kind"]) == (True, "interrupted")
