# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not use it from elsewhere.

"""Rules that a plan must pass before anything is written."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  guardrails:
    description:
      - Rules that the plan must pass before anything is written, in check mode too. When a rule refuses the plan, the task
        fails, and the message names the access, what gives it, and why it is not allowed.
      - Each rule has an C(id) and one verb. With C(deny) nobody may, C(except) those it names. With C(only) nobody but
        C(principal) may. With C(require) access must have C(expires_within) such as V(90d), C(addresses=true) or
        C(key=true). C(separate) is a list of selections, and nobody may have two of them. With C(limit) at most C(at_most)
        principals may, in each instance, service or project.
      - A verb selects access by C(system), C(scope), C(principal), C(action) and C(on), each a text or a list of texts in
        which V(*) stands for any text. Access is selected too when it may reach something of that, or when it is not known.
      - C(when) is V(any) for all access after the plan, or V(new) for what the plan adds or widens. C(level) is V(refuse)
        or V(warn). The first of each is the default.
      - C(exceptions) are for a C(principal), each with C(reason), C(by) and C(until), the last day. C(allows) and C(refuses)
        are examples, which are tried before anything is read.
      - A mistake in a rule, an empty list and null are refused. A module judges the resources of its task. For a rule about
        a whole scope, it reads the whole scope. The guide on guardrails has the details.
      - Set it for everybody with C(module_defaults). It does not bind those who run other tools, or change the defaults.
    type: list
    elements: dict
    version_added: 1.1.0
"""
