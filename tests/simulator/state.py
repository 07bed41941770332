# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a test sees it: the estate, the credentials, the traps and the counters."""

from __future__ import annotations

import time
import uuid
from typing import Any

from . import credentials, estate, resources
from .counters import Counters
from .traps import SETTINGS, Traps
from .visibility import Visibility

# Under these keys the estate, the credentials and the requests hold secrets.
SECRET_KEYS = frozenset(
    {
        "PrivateKey",
        "SecretKey",
        "auth_token",
        "channel_key",
        "iam_password",
        "password",
        "private_key",
        "secret",
        "secret_key",
        "security_token",
        "sk",
    }
)


class Simulator:
    """Everything but the web server. Live: a test may change the estate while it runs."""

    def __init__(self, wanted: Any = None, **traps: Any) -> None:
        self.url = ""
        self._wanted = wanted
        # How the simulator was started outlives a reset: a bench stays a bench.
        self._settings = {name: value for name, value in traps.items() if name in SETTINGS}
        self.estate: dict[str, Any] = {}
        self.credentials: dict[str, Any] = {}
        self.traps = Traps()
        self._counters = Counters()
        # Who wants to see each request at the moment it was carried out, and each answer before it is sent:
        # an object with acted(call) and answered(call, answer), called in the server's thread.
        self.witness: Any = None
        self.starts = 0
        self._start(wanted, traps)

    def _start(self, wanted: Any, traps: dict[str, Any]) -> None:
        fresh = estate.build(wanted)
        self.starts += 1
        # Before anything changes: a misspelt trap must not leave half a reset behind.
        Traps(**traps)
        # In place: whoever holds the dicts of before sees the new contents.
        self.estate.clear()
        self.estate.update(fresh)
        self.credentials.clear()
        self.credentials.update(credentials.fresh())
        self.tokens = {
            entry["auth_token"]: entry for entry in self.credentials["huaweicloud"].values() if "auth_token" in entry
        }
        self.traps.clear()
        self.traps.set(**traps)
        self.visibility = Visibility()
        self.failed_logins: dict[str, int] = {}
        self.locked_until: dict[str, float] = {}
        self.seen_secrets: set[str] = set()
        self._counters.reset()

    def reset(self, wanted: Any = None, **traps: Any) -> None:
        """As freshly started; `wanted` is another estate than the one it was started with."""
        if wanted is None:
            wanted = self._wanted
        self._start(wanted, {**self._settings, **traps})
        self._wanted = wanted

    @property
    def counters(self) -> dict[str, Any]:
        """A copy of the counts of this moment."""
        return self._counters.as_dict()

    @property
    def counting(self) -> Counters:
        return self._counters

    def now(self) -> float:
        """The clouds' clock, which the trap clock_skew puts wrong."""
        return time.time() + self.traps.get("clock_skew")

    def allows(self, operation: str) -> bool:
        """Whether the trap allowed_operations, a policy for all credentials, leaves an operation."""
        allowed = self.traps.get("allowed_operations")
        return allowed is None or operation in allowed

    def by_key(self, provider: str, key: str) -> tuple[str, dict[str, Any]] | None:
        """The name and the record of the credential with this public key or AK."""
        field = "public_key" if provider == "ucloud" else "ak"
        for name, entry in self.credentials[provider].items():
            if entry.get(field) == key:
                return name, entry
        return None

    def issue_token(self, project_id: str, role: str) -> tuple[str, float]:
        token = f"MIISecretIssued-{uuid.uuid4().hex}"
        expires = self.now() + self.traps.get("token_lifetime")
        self.tokens[token] = {
            "auth_token": token,
            "project_id": project_id,
            "role": role,
            "expires": expires,
        }
        return token, expires

    def secrets(self) -> set[str]:
        """Every secret there is or was since the last reset: what must not be in any output."""
        found = set(self.seen_secrets) | set(self.tokens)
        for tree in (self.estate, self.credentials):
            collect_secrets(tree, found)
        return found

    # Builders: see resources.py for the fields.

    @staticmethod
    def check_kind(kind: str) -> None:
        if kind not in resources.BUILDERS:
            raise ValueError(f"no such kind: {kind} (of {', '.join(sorted(resources.BUILDERS))})")

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        self.check_kind(kind)
        return resources.BUILDERS[kind](self.estate, **fields)

    def add_ufile_token(self, **fields: Any) -> dict[str, Any]:
        return self.add("ufile_token", **fields)

    def add_urocketmq_service(self, service_id: str, **fields: Any) -> dict[str, Any]:
        return self.add("urocketmq_service", service_id=service_id, **fields)

    def add_urocketmq_token(self, **fields: Any) -> dict[str, Any]:
        return self.add("urocketmq_token", **fields)

    def add_rocketmq_instance(self, instance_id: str, **fields: Any) -> dict[str, Any]:
        return self.add("rocketmq_instance", instance_id=instance_id, **fields)

    def add_rocketmq_user(self, **fields: Any) -> dict[str, Any]:
        return self.add("rocketmq_user", **fields)

    def add_roma_instance(self, instance_id: str, **fields: Any) -> dict[str, Any]:
        return self.add("roma_instance", instance_id=instance_id, **fields)

    def add_roma_app(self, **fields: Any) -> dict[str, Any]:
        return self.add("roma_app", **fields)

    def add_roma_topic(self, **fields: Any) -> dict[str, Any]:
        return self.add("roma_topic", **fields)

    def environment(self, credential: str = "admin") -> dict[str, str]:
        """The environment variables that point the collection (and the SDKs) at this simulator."""
        ucloud = self.credentials["ucloud"][credential]
        huaweicloud = self.credentials["huaweicloud"][credential]
        token = huaweicloud.get("security_token")
        return {
            **({"HUAWEICLOUD_SDK_SECURITY_TOKEN": token} if token else {}),
            "UCLOUD_PUBLIC_KEY": ucloud["public_key"],
            "UCLOUD_PRIVATE_KEY": ucloud["private_key"],
            "UCLOUD_PROJECT_ID": self.estate["ucloud"]["default_project"],
            "UCLOUD_REGION": estate.REGION,
            "UCLOUD_API_BASE_URL": self.url,
            "HUAWEICLOUD_SDK_AK": huaweicloud["ak"],
            "HUAWEICLOUD_SDK_SK": huaweicloud["sk"],
            "HUAWEICLOUD_SDK_PROJECT_ID": estate.HUAWEI_PROJECT,
            "HUAWEICLOUD_SDK_IAM_ENDPOINT": self.url,
            "HW_REGION_NAME": estate.HUAWEI_REGION,
            # The official SDK's names for a service's address in a region.
            **{
                f"HUAWEICLOUD_SDK_REGION_{service}_{estate.HUAWEI_REGION.replace('-', '_').upper()}": self.url
                for service in ("ROCKETMQ", "ROMA")
            },
        }


def collect_secrets(tree: Any, found: set[str]) -> None:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if isinstance(value, str):
                # Shorter strings would be found in any text.
                if key in SECRET_KEYS and len(value) >= 6:
                    found.add(value)
            else:
                collect_secrets(value, found)
    elif isinstance(tree, list):
        for value in tree:
            collect_secrets(value, found)


def masked(tree: Any) -> Any:
    """A copy for a log, without secrets."""
    if isinstance(tree, dict):
        return {key: "***" if key in SECRET_KEYS and value else masked(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [masked(value) for value in tree]
    return tree
