# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not use it from elsewhere.

"""How both clouds are reached, for modules that work on both: the options of a provider's modules in one mapping each.

The options themselves are documented once, in the fragments of the providers; this one is made from them.
"""

from __future__ import annotations

import re
import textwrap

from ansible_collections.grantops.cloud.plugins.doc_fragments import common, huaweicloud, ucloud

OPTION = """  {name}:
    description:
      - How {title} is reached, in the options of the modules C({name}_*). What is left out comes from the environment and
        the official tools' files, as with the modules.
      - C(module_defaults) of the action group C(grantops.cloud.{name}) are used too, where the task runs in the worker.
    type: dict
    aliases: [permissions_{name}]
    suboptions:
{options}"""


def _options(name: str, *fragments: str) -> str:
    """The text of the options in ``fragments``, as suboptions of the option ``name``."""
    found = []
    for fragment in fragments:
        text = fragment.split("options:\n", 1)[1]
        text = re.split(r"^(?=\S)", text, maxsplit=1, flags=re.MULTILINE)[0]
        found.append(textwrap.indent(text.rstrip("\n"), "    "))
    return re.sub(r"\bO\((\w+)", rf"O({name}.\1", "\n".join(found))


class ModuleDocFragment:
    DOCUMENTATION: str


# Not in the class: a sanity test of ansible-core reads what is assigned there, and takes texts alone.
ModuleDocFragment.DOCUMENTATION = "options:\n" + "\n".join(
    OPTION.format(name=name, title=title, options=_options(name, fragment, common.ModuleDocFragment.DOCUMENTATION))
    for name, title, fragment in (
        ("ucloud", "UCloud", ucloud.ModuleDocFragment.DOCUMENTATION),
        ("huaweicloud", "Huawei Cloud", huaweicloud.ModuleDocFragment.DOCUMENTATION),
    )
)
