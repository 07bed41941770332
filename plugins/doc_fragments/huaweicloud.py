# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not use it from elsewhere.

"""Access to Huawei Cloud."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  ak:
    description:
      - The access key ID that signs the requests, together with O(sk).
      - Falls back to E(HUAWEICLOUD_SDK_AK), E(CLOUD_SDK_AK), E(HW_ACCESS_KEY), then to the credentials file.
      - Mutually exclusive with O(auth_token) and O(iam_user).
    type: str
  sk:
    description:
      - The secret access key that belongs to O(ak). It is never sent.
      - Falls back to E(HUAWEICLOUD_SDK_SK), E(CLOUD_SDK_SK), E(HW_SECRET_KEY), then to the credentials file.
    type: str
  security_token:
    description:
      - The token of temporary credentials, used together with their O(ak) and O(sk).
      - Falls back to E(HUAWEICLOUD_SDK_SECURITY_TOKEN), E(HW_SECURITY_TOKEN), then to the credentials file.
    type: str
  auth_token:
    description:
      - An IAM token that was fetched elsewhere, for the project that is managed. It is valid for 24 hours.
      - Falls back to E(HW_AUTH_TOKEN).
    type: str
  iam_user:
    description:
      - The name of an IAM user. A token is fetched with it, O(iam_password) and O(iam_domain) once a run, and again when
        it has ended.
      - Falls back to E(HW_USER_NAME).
    type: str
  iam_password:
    description:
      - The password of O(iam_user).
      - Falls back to E(HW_USER_PASSWORD).
    type: str
  iam_domain:
    description:
      - The account (domain) that O(iam_user) belongs to.
      - Falls back to E(HW_DOMAIN_NAME).
    type: str
  iam_url:
    description:
      - The address of IAM, which looks up O(project_id) and issues a token for O(iam_user). It may end in C(/v3).
      - Falls back to E(HUAWEICLOUD_SDK_IAM_ENDPOINT), E(HW_AUTH_URL), then to the C(iam_endpoint) of the credentials file.
      - When there is none, it is the IAM of the O(region) in the cloud that O(api_url) is in, such as
        C(https://iam.REGION.myhuaweicloud.com). Where the host name of O(api_url) does not tell the cloud, O(iam_url) is
        required.
      - An address in another cloud than that of O(api_url) is refused before anything is sent to it. An address from the
        environment or a file is also refused when its host name does not show that it is in the same cloud. The task itself
        may name a gateway.
    type: str
  project_id:
    description:
      - The ID of the project.
      - Falls back to E(HUAWEICLOUD_SDK_PROJECT_ID), E(HW_PROJECT_ID), then to the credentials file.
      - When there is none, the project that carries the name in E(HW_PROJECT_NAME), or else the name of the O(region), is
        looked up in IAM, at the cost of one request.
    type: str
  region:
    description:
      - The region, such as V(ap-southeast-1). The addresses of the services and the project follow from it.
      - Falls back to E(HW_REGION_NAME). Required unless O(api_url) and O(project_id) are set, and O(iam_url) too where O(iam_user) is used.
    type: str
  api_url:
    description:
      - The address of the API of the service, without the version.
      - Falls back to the variable that the official SDK has for it, such as
        E(HUAWEICLOUD_SDK_REGION_ROCKETMQ_AP_SOUTHEAST_1) or E(HUAWEICLOUD_SDK_REGION_ROMA_AP_SOUTHEAST_1), then to
        the public address of the region, such as C(https://dms.REGION.myhuaweicloud.com).
      - E(HW_CLOUD) is the domain of another cloud with the same software, such as V(otc.t-systems.com), which then replaces
        C(myhuaweicloud.com).
    type: str
notes:
  - Each setting is taken from the first source that has it. The sources are the task, the environment variables of the
    official SDK (C(HUAWEICLOUD_SDK_*)), those of its samples (C(CLOUD_SDK_*)), those of the Terraform provider
    (C(HW_*)), and section C([basic]) of C(~/.huaweicloud/credentials) (E(HUAWEICLOUD_SDK_CREDENTIALS_FILE)), in this
    order. A file that the variable names must be there. A file that others can write is read with a warning.
  - Credentials that belong together are taken from one source only. Where one source has several kinds, the token
    comes first, then O(ak) and O(sk), then O(iam_user).
  - After five refused signatures in a row Huawei Cloud locks a key for five minutes. A refused request is therefore
    never repeated, and after one refusal a run sends nothing more. The one exception is a token that was fetched for
    O(iam_user) and has ended; then one new token is fetched, and the request is sent again.
"""
