# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of `permissions` over scripted calls, each system with its own, since systems are worked on side by side."""

from __future__ import annotations

from ansible_collections.grantops.cloud.plugins.module_utils import _permissions_task
from ansible_collections.grantops.cloud.plugins.module_utils._permissions.grants import SYSTEMS
from ansible_collections.grantops.cloud.plugins.module_utils._schema.resource import State
from ansible_collections.grantops.cloud.plugins.module_utils._task import How
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import CONNECTION, Session, connector, finished

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL
Q, R, F, T = "ucloud_urocketmq", "huaweicloud_rocketmq", "ucloud_ufile", "huaweicloud_roma"
KEY = "Fresh-Key-0001"
TOKEN = {"system": Q, "service_id": "s-1", "principal": "ci-1", "setup": "read_only"}
USER = {"system": R, "instance_id": "i-1", "principal": "billing-1", "setup": "read_only"}
UPLOADS = {"system": F, "principal": "ci-1", "setup": "upload_only", "buckets": ["b0"], "expires": "2030-01-01"}
POLICY = {"system": T, "instance_id": "i-1", "principal": "shop", "setup": "consumer", "topics": ["orders-1"]}


def token(number=1, produce="NONE", consume="NONE", **changes):
    """A URocketMQ token as the service shows it."""
    return UROCKETMQ.plain(number, TopicProducePerm=produce, TopicConsumePerm=consume, **changes)


def user(number=1, perm="DENY", **changes):
    """A RocketMQ user as the service shows it."""
    row = {"default_topic_perm": perm, "default_group_perm": perm, "admin": False, "white_remote_address": ""}
    return ROCKETMQ.row(number, **dict(row, topic_perms=[], group_perms=[], **changes))


def state(system, names, values):
    """The State of a resource that a result shows with these ``values``."""
    types = {field.option: field.type for field in SYSTEMS[system].resource.fields}
    return State(names, {option: types[option].desired(value) for option, value in values.items()})


def without(grant, *fields):
    return {key: value for key, value in grant.items() if key not in fields}


def play(grants, scripts=None, check_mode=False, task=None, when_done=None, diff=True, **options):
    """The result of a task; ``scripts`` has the calls of each system."""
    sessions = {SYSTEMS[name].resource: Session(*calls) for name, calls in (scripts or {}).items()}

    def connect(resource, params, secrets):
        return connector(sessions[resource])(resource, params, secrets)

    task = task or _permissions_task.PermissionsTask()
    own = {} if task.info else {"verify": False}
    own.update({name: dict(values, retries=0, concurrency=1) for name, values in CONNECTION.items()})
    how = How(check_mode, diff, connect, when_done)
    result = finished(task, dict(own, grants=grants, **options), how, sessions.values())
    assert KEY not in repr(result), result
    return result


def statuses(result):
    return [row["status"] for row in result["grants"]]
