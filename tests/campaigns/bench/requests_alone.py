# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""So many writes of RocketMQ users by `requests` alone: the least that any client on this library needs.

requests_alone.py ROWS THREADS: the file of the grants. It reads nothing, signs nothing (an IAM token), checks and verifies nothing.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

GIVEN = json.loads(Path("inputs/secrets.json").read_text(encoding="utf-8"))
# An update replaces the whole user.
ALL: dict = {"secret_key": "Bench-secret-1", "white_remote_address": "", "admin": False}
ALL.update(topic_perms=[{"name": "orders", "perm": "PUB"}], group_perms=[])
ALL.update(dict.fromkeys(("default_topic_perm", "default_group_perm"), "DENY"))
OWN = threading.local()  # a session a thread: what shares one waits for its locks


def write(grant: dict) -> None:
    if not hasattr(OWN, "session"):
        OWN.session = requests.Session()
        OWN.session.trust_env = False
        OWN.session.headers["X-Auth-Token"] = GIVEN["auth_token"]
    place = f"{GIVEN['api_url']}/v2/project-demo/instances/{grant['instance_id']}/users/{grant['principal']}"
    OWN.session.put(place, json={**ALL, "access_key": grant["principal"]}, timeout=30).raise_for_status()


with ThreadPoolExecutor(int(sys.argv[2])) as pool:
    list(pool.map(write, json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["rows"]))
