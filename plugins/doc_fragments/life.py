# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not use it from elsewhere.

"""How modules create and delete what they manage."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) creates what is missing and otherwise sets what differs.
      - V(absent) deletes it. What does not exist needs no deletion. Permissions in the same entry have no effect.
    type: str
    choices:
      - present
      - absent
    default: present
  exclusive:
    description:
      - Whether what the list of the task does not name is deleted.
      - It needs the list, and deletes only in the services, instances or project that the task names.
      - Deletions come last, and only when all other changes are written and verified. Check mode and diff show each of them.
    type: bool
    default: false
  exclusive_allow_empty:
    description:
      - Whether O(exclusive) may delete everything in a service, instance or project. Without it, a list that keeps nothing
        there is refused.
    type: bool
    default: false
  exclusive_limit:
    description:
      - How many O(exclusive) may delete. A task that would delete more is refused, and nothing is written.
      - Entries with V(absent) of their own do not count.
    type: int
    default: 10
notes:
  - A creation is never repeated blindly. When its outcome is unknown, such as after a lost connection, the module looks for
    what it created, and creates it again only if it does not exist.
"""

    # Modules whose service makes the secret of what is new
    CREDENTIALS = r"""
options:
  return_credentials:
    description:
      - Whether the key pair of a token that this task creates is returned, in RV(ignore:credentials).
      - It is returned by the task that creates the token and never again, and costs one request for each token. For a
        token that exists already it has no effect, which gives a warning.
      - The result holds a secret then, so give the task C(no_log=true).
    type: bool
    default: false
"""
