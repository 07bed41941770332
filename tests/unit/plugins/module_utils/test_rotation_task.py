# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of `rotate`, and how it ends."""

from __future__ import annotations

from unittest import mock

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _rotation_task
from ansible_collections.grantops.cloud.plugins.module_utils._engine.execute import Progress
from ansible_collections.grantops.cloud.plugins.module_utils._transport.client import Client
from ansible_collections.grantops.cloud.tests.unit.scripted import ANY, PRIVATE_KEY, ucloud

from ._rotation.tasks import OF_ROCKETMQ, OF_UFILE, create, delete, gone, one, play, refused, token, tokens


@pytest.mark.parametrize(
    "options, text",
    [
        (dict(OF_ROCKETMQ, system="huaweicloud_roma"), f"system: {_rotation_task.NO_KEYS_HERE}"),
        (dict(OF_ROCKETMQ, instance_id=None), "instance_id: must be given for huaweicloud_rocketmq; got nothing"),
        (dict(OF_ROCKETMQ, service_id="s-1"),
         "service_id: must be left out, since huaweicloud_rocketmq does not use it; got 's-1'"),
        (dict(OF_ROCKETMQ, instance_id="..", principal=""),
         "instance_id: it must be a name; got '..', which has another meaning in a URL; principal: it must not be empty"),
        (dict(OF_UFILE, principal=True), "principal: it must be text, so put it in quotes; got true"),
        (dict(OF_UFILE, verify_timeout=3601), "verify_timeout: must be a number of seconds from 0 to 3600; got 3601"),
        (dict(OF_UFILE, in_place=True),
         "in_place: must be left out for ucloud_ufile, which makes a new token; it is for huaweicloud_rocketmq, whose keys can "
         "be set"),
        (dict(OF_ROCKETMQ, in_place=True, replace=True),
         "replace: is for step: begin with a second token or user; it cannot be used together with in_place"),
        (dict(OF_UFILE, step="finish", replace=True),
         "replace: is for step: begin with a second token or user; it cannot be used together with step: finish"),
    ],
)  # fmt: skip
def test_options_that_nobody_can_mean_are_refused(options, text):
    assert refused("begin", options=options) == f"Nothing was written. {text}."


def test_a_message_of_ansible_has_the_keys_of_ours():
    result = _rotation_task.RotationTask().refused("value of step must be one of")
    assert (result["failed"], result["msg"]) == (True, "value of step must be one of")
    problems = [{"message": "value of step must be one of", "option": None, "position": None}]
    assert (result["error"]["kind"], result["error"]["problems"]) == ("task", problems)


ROW = token(2, "ci-1.g2")
MADE = [tokens(token()), create(ROW), one(ROW)]


def ending(error):
    """The last call of a run, which ends with this."""
    return ucloud("DescribeUFileToken", {}, error)


@pytest.mark.parametrize(
    "last, kind, operation, said",
    [
        (ending(KeyboardInterrupt()), "interrupted", "UpdateUFileToken",
         "While writing, the task was ended by KeyboardInterrupt. Written: 1, failed: 0"),
        (ending(RuntimeError(PRIVATE_KEY)), "internal", "UpdateUFileToken",
         "While writing, the collection failed with RuntimeError"),
        (tokens(code=299, message=PRIVATE_KEY), "permission", "DescribeUFileToken",
         "Could not read UFile tokens after a write: repeat the step, which goes on from there. UCloud "),
    ],
)  # fmt: skip
def test_what_ends_the_run_says_what_was_written_and_no_secret(last, kind, operation, said):
    result = play("begin", [*MADE, last])
    assert (result["changed"], result["error"]["kind"], result["error"]["operation"]) == (True, kind, operation)
    assert result["msg"].startswith(said)


def test_a_secret_that_is_given_as_a_name_is_not_shown():
    said = refused("begin", [tokens(token())], dict(OF_UFILE, principal=PRIVATE_KEY))
    assert said == "Nothing was written. principal: must be one that exists; there is no UFile token '<hidden>'."


def test_what_an_earlier_run_of_the_step_has_written_is_not_forgotten():
    gone_again = [tokens(token(), ROW), delete(ROW), *gone(ROW), tokens(token(), ROW)]
    stop = ucloud("CreateUFileToken", ANY, KeyboardInterrupt())
    assert play("begin", [*gone_again, stop], replace=True)["changed"] is True


def test_no_connection_is_told():
    said = "No UCloud credentials. Hint: Set public_key and private_key, or UCLOUD_PUBLIC_KEY and UCLOUD_PRIVATE_KEY, or a profile."
    assert refused("begin", ucloud={}) == said


def test_a_signal_at_the_very_end_is_told_and_ends_what_is_sent():
    stopped = []

    def stop(client):
        stopped.append(client)

    with mock.patch.object(Client, "stop", stop):
        result = play("begin", [tokens(token())], when_done=mock.Mock(side_effect=KeyboardInterrupt), check_mode=True)
    assert (result["failed"], result["error"]["kind"], len(stopped)) == (True, "interrupted", 1)


def test_what_is_done_is_shown_and_who_can_write_a_file_of_keys_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(Progress, "EVERY", 0.0)
    path = tmp_path / ".ucloud" / "config.json"
    path.parent.mkdir()
    path.write_text("[]")
    path.chmod(0o606)
    lines = []
    result = play("begin", [*MADE, *[tokens(token(), ROW)] * 2, one(ROW)], show=lines.append)
    assert lines == ["written 1 of 1"]
    assert result["warnings"][0].startswith(f"Others can write {path}")
