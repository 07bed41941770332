# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts of the simulated clouds. Fixed, so that playbooks and guides can name them.

They open nothing but this simulator. Every secret holds the word Secret, so that a leak
is found by searching for it.
"""

from __future__ import annotations

from .wire import Record

# role: what a credential may do. `admin` everything, `read` and `write` one half of it.
ROLES = {"admin": "admin", "readonly": "read", "writeonly": "write", "temporary": "admin", "revoked": "revoked"}


def fresh() -> Record:
    """A new set: a trap may revoke one, a reset brings it back."""
    ucloud: Record = {}
    huaweicloud: Record = {}
    for number, (name, role) in enumerate(ROLES.items(), start=1):
        pair = f"ucloud-{name}-public-key-{number:04d}", f"uPrivSecret-{name}-7Qx{number:04d}"
        ucloud[name] = {"public_key": pair[0], "private_key": pair[1], "role": role}
        pair = f"HWAK{name.upper()}{number:04d}", f"hwSkSecret-{name}-9Zk{number:04d}"
        huaweicloud[name] = {"ak": pair[0], "sk": pair[1], "role": role}
    ucloud["temporary"]["security_token"] = "uStsSecret-temporary-token-3Jm"
    huaweicloud["temporary"]["security_token"] = "hwStsSecret-temporary-token-5Wp"
    for name, text, more in (
        ("token", "MIISecretDemoToken-admin-2Lq", {"role": "admin"}),
        ("readonly_token", "MIISecretDemoToken-readonly-8Vd", {"role": "read"}),
        ("expired_token", "MIISecretDemoToken-expired-6Hn", {"role": "admin", "expires": 1700000000}),
    ):
        huaweicloud[name] = {"auth_token": text, "project_id": "project-demo", **more}
    password = {"iam_user": "demo-operator", "iam_password": "iamPassSecret-4Tb!", "iam_domain": "demo-domain"}
    huaweicloud["iam_user"] = {**password, "role": "admin"}
    return {"ucloud": ucloud, "huaweicloud": huaweicloud}
