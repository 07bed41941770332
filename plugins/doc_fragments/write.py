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
      - Whether a list in the task is all there is to be.
      - With V(true), the list replaces the one of the service. What is not in it is taken away.
      - With V(false), what is in the list is added or changed, and the rest stays.
      - A list that is left out is untouched either way.
      - Tasks of one user and host that write the same resource at the same time do so one after the other, each from a
        read that is newer than the other's write. Nothing keeps another host or another program from writing in between.
        What such a writer adds is left alone, and what it takes away fails the verification.
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
      - With V(0), it is looked at once. At most V(3600).
      - For as long, a read is repeated that shows what this host has replaced, as a service shows it whose replicas answer
        in turn. A change that another host has made less than that ago may still be missing from what is read.
    type: float
    default: 30.0
  return_unchanged:
    description:
      - Whether the result of a task with a list also repeats what did not differ.
      - Without it, such a result holds only what changed, so that ten thousand converged entries cost little more than
        Ansible itself needs to read them.
    type: bool
    default: false
notes:
  - An option that is left out leaves its permission untouched. An empty value (V([]), an empty string, V(false))
    clears it. No permission has a default.
  - Lists have no order. Where nothing differs nothing is written, so a credential that may only read is enough then.
  - What is to be text must be text or a whole number. A list, an object, an unquoted C(no) or V(1.10) is refused, which
    Ansible would make the name of something else of.
  - A list of texts may be one text with commas. Blanks around its entries are cut. A text that looks like a list, such as
    V([a, b]), is refused.
  - A new name is refused that nobody can mean, with a template that was not filled in, an invisible character or a blank at
    an end, or the same name as an existing one in another form of Unicode (NFC, NFD). What exists may have such a name, be
    given back and be taken away.
  - All resources of a task are read, checked and planned before the first write. If one of them is refused, nothing is
    written.
"""
