# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx configuration of the documentation; `make docs` builds it. Nothing is fetched: it builds without a network."""

from __future__ import annotations

import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent

project = "grantops.cloud"
copyright = "grantops.cloud contributors"  # noqa: A001
title = html_short_title = "grantops.cloud"
html_title = "grantops.cloud"
extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext", "myst_parser"]
nitpicky = True
default_role = "any"
highlight_language = "YAML+Jinja"
pygments_style = "ansible"

html_theme = "sphinx_ansible_theme"
html_theme_options = {
    # No page asks another host for anything.
    "documentation_home_url": "https://github.com/grantops/cloud",
    "show_extranav": False,
    "show_rtd_ethical_ads": False,
}
html_show_sphinx = False
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["site.css"]

# Markdown: headings are targets as on GitHub.
myst_heading_anchors = 4
suppress_warnings = ["config.cache"]

# What the generated pages mention of Ansible's own documentation.
ANSIBLE = "https://docs.ansible.com/ansible/latest/"
LABELS = {
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def inventory(path: Path) -> str:
    """Write the inventory of these labels, in Sphinx's format."""
    lines = [f"{label} std:label -1 {page}#{label.replace('_', '-')} -" for label, page in LABELS.items()]
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: latest\n# zlib-compressed\n"
    path.write_bytes(head.encode() + zlib.compress("".join(f"{line}\n" for line in lines).encode()))
    return str(path)


def setup(app) -> None:
    app.config.intersphinx_mapping = {"ansible": (ANSIBLE, inventory(Path(app.outdir) / "ansible.inv"))}
