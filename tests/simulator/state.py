# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a test sees it: the estate, the credentials, the traps and the counters."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from . import credentials, estate, resources
from .counters import Counters
from .traps import SETTINGS, Traps
from .visibility import Visibility
from .wire import READ, Record

# Under these keys the estate, the credentials and the requests hold secrets.
SECRET_KEYS = frozenset({
    "PrivateKey", "SecretKey", "auth_token", "channel_key", "iam_password", "password", "private_key", "secret",
    "secret_key", "security_token", "sk",
})  # fmt: skip


class Simulator:
    """Everything but the web server. Live: a test may change the estate while it runs.

    `add_rocketmq_user(…)` and so on add to it: see resources.py for the kinds and their fields.
    """

    def __init__(self, desired: Any = None, **traps: Any) -> None:
        self.url = ""
        self._wanted = desired
        # How the simulator was started outlives a reset: a bench stays a bench.
        self._settings = {name: value for name, value in traps.items() if name in SETTINGS}
        self.estate: Record = {}
        self.credentials: Record = {}
        self.traps = Traps()
        self.counting = Counters()
        for kind, build in resources.BUILDERS.items():
            setattr(self, f"add_{kind}", partial(build, self.estate))
        # Who wants to see each request at the moment it was carried out, and each response before it is sent:
        # an object with acted(call) and answered(call, response), called in the server's thread.
        self.witness: Any = None
        self.starts = 0
        self._start(desired, traps)

    def _start(self, desired: Any, traps: Record) -> None:
        fresh = estate.build(desired)
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
        self.counting.reset()

    def reset(self, desired: Any = None, **traps: Any) -> None:
        """As freshly started; `desired` is another estate than the one it was started with."""
        if desired is None:
            desired = self._wanted
        self._start(desired, {**self._settings, **traps})
        self._wanted = desired

    @property
    def counters(self) -> Record:
        """A copy of the counts of this moment."""
        return self.counting.as_dict()

    def now(self) -> float:
        """The clouds' clock, which the trap clock_skew puts wrong."""
        return time.time() + self.traps.get("clock_skew")

    def acting(self, kind: str, run: Callable[[Record], Any]) -> Any:
        """What ``run`` gives: with the estate as a read sees it now, or with the estate itself to change."""
        if kind == READ:
            return run(self.visibility.seen(self.estate, self.traps))
        self.visibility.before_write(self.estate, self.traps)
        try:
            return run(self.estate)
        except Exception:
            self.visibility.refused()
            raise

    def allows(self, operation: str) -> bool:
        """Whether the trap allowed_operations, a policy for all credentials, leaves an operation."""
        allowed = self.traps.get("allowed_operations")
        return allowed is None or operation in allowed

    def by_key(self, provider: str, key: str) -> tuple[str, Record]:
        """The name and the record of the credential with this public key or AK; empty where there is none."""
        field = "public_key" if provider == "ucloud" else "ak"
        return next((pair for pair in self.credentials[provider].items() if pair[1].get(field) == key), ("", {}))

    def issue_token(self, project_id: str, role: str) -> tuple[str, float]:
        token = f"MIISecretIssued-{uuid.uuid4().hex}"
        expires = self.now() + self.traps.get("token_lifetime")
        self.tokens[token] = {"auth_token": token, "project_id": project_id, "role": role, "expires": expires}
        return token, expires

    def secrets(self) -> set[str]:
        """Every secret there is or was since the last reset: what must not be in any output."""
        held = secrets_in([self.estate, self.credentials])
        return {*self.seen_secrets, *self.tokens, *(secret for _path, secret in held)}

    def environment(self, credential: str = "admin") -> dict[str, str]:
        """The environment variables that point the collection (and the SDKs) at this simulator."""
        ucloud, huaweicloud = (self.credentials[cloud][credential] for cloud in ("ucloud", "huaweicloud"))
        token = huaweicloud.get("security_token")
        # The official SDK's names for a service's address in a region.
        region = estate.HUAWEI_REGION.replace("-", "_").upper()
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
            **{f"HUAWEICLOUD_SDK_REGION_{service}_{region}": self.url for service in ("ROCKETMQ", "ROMA")},
        }


def secrets_in(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The secrets of an estate, of credentials or of a request, each with where it stands."""
    rows = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in rows:
        if not isinstance(value, str):
            yield from secrets_in(value, f"{path}{key}.")
        elif key in SECRET_KEYS and len(value) >= 6:  # shorter strings would be found in any text
            yield f"{path}{key}", value


def masked(tree: Any) -> Any:
    """A copy for a log, without secrets."""
    if isinstance(tree, dict):
        return {key: "***" if key in SECRET_KEYS and value else masked(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [masked(value) for value in tree]
    return tree
