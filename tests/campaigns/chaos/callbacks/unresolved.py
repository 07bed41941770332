# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In ansible-playbook, a name that does not exist is not asked for: the workers inherit what is replaced here."""

from __future__ import annotations

import socket

from ansible.plugins.callback import CallbackBase

from campaigns.chaos import line

DOCUMENTATION = """
name: unresolved
type: aggregate
short_description: Makes one reserved name not resolve
description: Nobody outside this machine is asked for it.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "unresolved"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        socket.getaddrinfo = line.getaddrinfo
