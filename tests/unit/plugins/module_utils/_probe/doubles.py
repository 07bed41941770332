# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients whose operations are functions of a test, which remember what was sent."""

from __future__ import annotations

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors


def refusal(kind=errors.INVALID, code=230, status=200):
    return errors.RequestError(kind, "no", operation="X", code=code, status=status)


class Client:
    """``answers`` maps an operation to its answer, an error to raise, or a function of what was sent."""

    region = "cn-bj2"
    project_id = "org-1"

    def __init__(self, answers):
        self.answers = answers
        self.secrets = errors.Secrets()
        self.sent = []

    def _answer(self, operation, sent):
        self.sent.append((operation, sent))
        answer = self.answers[operation]
        answer = answer(sent) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def operations(self):
        return [operation for operation, _sent in self.sent]


class UCloud(Client):
    def call(self, action, parameters=None, idempotent=True):
        return self._answer(action, dict(parameters or {}, ProjectId=self.project_id))


class HuaweiCloud(Client):
    def call(self, operation, method, segments, query=(), body=None, idempotent=True):
        return self._answer(operation, body if body is not None else (segments, dict(query)))

    def page(self, operation, segments, key, needed, offset, limit):
        answer = self._answer(operation, (segments, {"offset": offset}))
        return answer[key], answer["total"]
