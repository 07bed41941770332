# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of the simulated clouds. Fixed, so that playbooks and guides can name them.

They open nothing but this simulator. Every secret holds the word Secret, so that a leak
is found by searching for it.
"""

from __future__ import annotations

from typing import Any

# role: what a credential may do. `admin` everything, `read` and `write` one half of it.
ROLES = {
    "admin": "admin",
    "readonly": "read",
    "writeonly": "write",
    "temporary": "admin",
    "revoked": "revoked",
}


def fresh() -> dict[str, Any]:
    """A new set: a trap may revoke one, a reset brings it back."""
    ucloud: dict[str, Any] = {}
    huaweicloud: dict[str, Any] = {}
    for number, (name, role) in enumerate(ROLES.items(), start=1):
        ucloud[name] = {
            "public_key": f"ucloud-{name}-public-key-{number:04d}",
            "private_key": f"uPrivSecret-{name}-7Qx{number:04d}",
            "role": role,
        }
        huaweicloud[name] = {
            "ak": f"HWAK{name.upper()}{number:04d}",
            "sk": f"hwSkSecret-{name}-9Zk{number:04d}",
            "role": role,
        }
    ucloud["temporary"]["security_token"] = "uStsSecret-temporary-token-3Jm"
    huaweicloud["temporary"]["security_token"] = "hwStsSecret-temporary-token-5Wp"
    huaweicloud["token"] = {
        "auth_token": "MIISecretDemoToken-admin-2Lq",
        "project_id": "project-demo",
        "role": "admin",
    }
    huaweicloud["readonly_token"] = {
        "auth_token": "MIISecretDemoToken-readonly-8Vd",
        "project_id": "project-demo",
        "role": "read",
    }
    huaweicloud["expired_token"] = {
        "auth_token": "MIISecretDemoToken-expired-6Hn",
        "project_id": "project-demo",
        "role": "admin",
        "expires": 1700000000,
    }
    huaweicloud["iam_user"] = {
        "iam_user": "demo-operator",
        "iam_password": "iamPassSecret-4Tb!",
        "iam_domain": "demo-domain",
        "role": "admin",
    }
    return {"ucloud": ucloud, "huaweicloud": huaweicloud}
