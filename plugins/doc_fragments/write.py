# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not use it from elsewhere.

"""How modules change what they manage."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  purge:
    description:
      - Whether a list in the task is the complete list.
      - With V(true), the list replaces the one of the service. What is not in it is removed.
      - With V(false), what is in the list is added or changed, and the rest stays.
      - A list that is left out is untouched either way.
      - Tasks of one user and host that write the same resource at the same time do so one after the other, and each reads
        again after the other's write. Another host or program can still write in between. What it adds is left alone, and
        what it removes makes the verification fail.
    type: bool
    default: true
  verify:
    description:
      - Whether a resource that was written is read again until it is as the task wants it.
      - Without it, what the service accepts and ignores goes unnoticed.
    type: bool
    default: true
  verify_timeout:
    description:
      - How many seconds to wait until a write shows. After that the task fails and names what does not show.
      - With V(0), it is read only once. At most V(3600).
      - For this time, a read is also repeated when it shows a state that this host has replaced already, as may happen where
        replicas of a service respond in turn. A change that another host has made more recently may still be missing.
    type: float
    default: 30.0
  return_unchanged:
    description:
      - Whether the result of a task with a list also holds the entries that did not differ.
      - Without it, such a result holds only what changed, so that ten thousand converged entries cost little more than
        Ansible itself needs to read them.
    type: bool
    default: false
notes:
  - An option that is left out leaves its permission untouched. An empty value (V([]), an empty string, V(false))
    clears it. No permission has a default.
  - Lists have no order. Where nothing differs nothing is written, so a credential that may only read is enough then.
  - A text must be given as text or as a whole number. A list, an object, an unquoted C(no) or V(1.10) is refused, since
    Ansible would turn it into another name.
  - A list of texts may be one text with commas. Blanks around its entries are cut. A text that looks like a list, such as
    V([a, b]), is refused.
  - A new name is refused when only a mistake can make it, such as a template that was not filled in, an invisible character,
    a blank at an end, or another Unicode form (NFC, NFD) of an existing name. What exists may have such a name, and can be
    given again and removed.
  - All resources of a task are read, checked and planned before the first write. If one of them is refused, nothing is
    written.
"""
