# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task of `rotate` over scripted calls."""

from __future__ import annotations

from ansible_collections.grantops.cloud.plugins.module_utils import _rotation_task
from ansible_collections.grantops.cloud.plugins.module_utils._task import How
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import CONNECTION, Session, connector, finished, ucloud

UFILE, UROCKETMQ, ROCKETMQ, _ROMA = cases.ALL
OF_UFILE = {"system": "ucloud_ufile", "principal": "ci-1"}
OF_ROCKETMQ = {"system": "huaweicloud_rocketmq", "instance_id": "i-1", "principal": "billing-1"}


def play(step, calls=(), options=None, check_mode=False, when_done=None, show=None, **more):
    """The result of a task whose calls are exactly ``calls``; but for ``credentials`` no secret may be in it."""
    session = Session(*calls)
    given = {"step": step, "verify_timeout": 0, **CONNECTION, **(options or OF_UFILE), **more}
    given.update({name: dict(given[name], retries=0, concurrency=1) for name in CONNECTION})
    given = {key: value for key, value in given.items() if value is not None}
    return finished(
        _rotation_task.RotationTask(), given, How(check_mode, True, connector(session), when_done, show), [session]
    )


def done(*task, **how):
    result = play(*task, **how)
    assert not result.get("failed"), result["msg"]
    return result


def refused(*task, **how):
    """What a task says that fails, without the address of the guide; it has changed nothing."""
    result = play(*task, **how)
    assert (result.get("failed"), result["changed"]) == (True, False), result
    return result["msg"].partition(" See https")[0]


def nothing(text, option="principal", hint=None):
    return f"Nothing was written. {option}: {text}." + (f" Hint: {hint}" if hint else "")


def token(number=1, name="ci-1", **changes):
    return UFILE.row(number, TokenName=name, **changes)


def tokens(*rows, **how):
    return ucloud("DescribeUFileToken", {}, {"DataSet": list(rows)}, **how)


def one(row, **how):
    return ucloud("DescribeUFileToken", {"TokenId": row["TokenId"]}, {"DataSet": [row]}, **how)


def create(row):
    form = {"TokenName": row["TokenName"], "ExpireTime": row["ExpireTime"]}
    for key in ("AllowedOps", "AllowedPrefixes", "AllowedBuckets"):
        form.update((f"{key}.{index}", value) for index, value in enumerate(sorted(row[key])))
    return ucloud("CreateUFileToken", form, {"TokenId": row["TokenId"]}, region=row["Region"])


def delete(row):
    return ucloud("DeleteUFileToken", {"TokenId": row["TokenId"]})


def gone(row):
    form = {"TokenId": row["TokenId"]}
    return [
        ucloud("DescribeUFileToken", form, code=15040),
        ucloud("DescribeUFileToken", dict(form, Region="cn-bj2"), code=15040),
    ]
