# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not use it from elsewhere.

"""Access to UCloud."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  public_key:
    description:
      - The public key of the account or sub-account that makes the calls.
      - Falls back to E(UCLOUD_PUBLIC_KEY), then to the profile.
      - The key pair of a UFile token (C(TOKEN_...)) cannot call the API.
    type: str
  private_key:
    description:
      - The private key that belongs to O(public_key). It signs the requests and is never sent.
      - Falls back to E(UCLOUD_PRIVATE_KEY), then to the profile.
    type: str
  security_token:
    description:
      - The token of temporary credentials, used together with their O(public_key) and O(private_key).
      - Falls back to E(UCLOUD_SECURITY_TOKEN), then to the profile.
    type: str
  channel_key:
    description:
      - The key of a white-label site that shares its domain with others, sent as the header C(channel-key).
      - Falls back to E(UCLOUD_CHANNEL_KEY), then to the profile.
    type: str
  project_id:
    description:
      - The project, such as V(org-abc123) (C(ProjectId)).
      - Falls back to E(UCLOUD_PROJECT_ID), then to the profile.
      - When there is none, none is sent, and the default project of the account is meant. Sub-accounts must name one.
    type: str
  region:
    description:
      - The region, such as V(cn-bj2) (C(Region)). It is passed on as it is. URocketMQ requires it.
      - Falls back to E(UCLOUD_REGION), then to the profile.
    type: str
  profile:
    description:
      - The profile of UCloud's own tools to take settings from.
      - A profile that the task names is stronger than the environment. The one in E(UCLOUD_PROFILE), or else the one
        marked as active, is weaker.
    type: str
  api_url:
    description:
      - The address of the API. The global site is V(https://api.ucloud-global.com). White-label sites have their own.
      - Falls back to E(UCLOUD_API_BASE_URL), then to the C(base_url) of the profile, then to V(https://api.ucloud.cn).
    type: str
notes:
  - Each setting is taken from the first source that has it. The sources are the task, the environment and the profile,
    in this order.
  - O(public_key), O(private_key) and O(security_token) belong together and are taken from one source only.
  - Profiles are read from C(~/.ucloud/config.json) (E(UCLOUD_SHARED_CONFIG_FILE)) and C(~/.ucloud/credential.json)
    (E(UCLOUD_SHARED_CREDENTIAL_FILE)). A file that a variable names must be there. A file that others can write is read
    with a warning.
  - No keys are taken from a profile with an C(auth_mode), with which UCloud's own tool is logged in. Keys that are still in
    such a profile are not those of the account that the tool is logged in to.
  - O(timeout) falls back to E(UCLOUD_TIMEOUT_SECOND), then to the C(timeout_sec) of the profile.
"""
