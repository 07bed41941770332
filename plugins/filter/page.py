# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that makes the page of access. Documented beside this file."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ansible_collections.grantops.cloud.plugins.module_utils._access import page

if TYPE_CHECKING:
    from collections.abc import Callable

# Beside the plugins, since only Python files come with module_utils.
FOLDER = pathlib.Path(__file__).parents[1] / "plugin_utils" / "page"


def pieces() -> page.Pieces:
    """The files that pages are made of, without their licence lines, which do not apply to a page."""
    page_html, index_html = (
        (FOLDER / name).read_text(encoding="utf-8").partition("-->\n")[2] for name in ("page.html", "index.html")
    )
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return page.Pieces(page_html, index_html, style, script)


def access_page(data: dict[str, Any], name: str = "access.html") -> list[dict[str, str]]:
    """The files of the page: a list of `name` and `text`, the first one to be opened."""
    try:
        return [{"name": file, "text": text} for file, text in page.pages(data, pieces(), str(name))]
    except (ValueError, KeyError, TypeError) as error:
        what = error if isinstance(error, ValueError) else f"its data lacks a key, or has a wrong type: {error}"
        raise AnsibleFilterError(f"access_page: {what}") from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"access_page": access_page}
