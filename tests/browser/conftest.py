# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages in a real browser. What a page asks for, and what it complains about, fails the test that opened it."""

from __future__ import annotations

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
for folder in (ROOT.parents[2], HERE.parent, HERE):
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))

import estates

from ansible_collections.grantops.cloud.plugins.filter import page as filters
from tools import chromium


@pytest.fixture(scope="session")
def browser():
    with chromium.running() as running:
        yield running


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Makes the page of an estate of `estates`, once, and gives its data and its file."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def make(name):
        if name not in made:
            data = getattr(estates, name)()
            (page,) = filters.access_page(data, f"{name}.html")
            path = folder / page["name"]
            path.write_text(page["text"], encoding="ascii")
            made[name] = data, path
        return made[name]

    return make


@pytest.fixture
def opened(browser, files):
    """Opens the page of an estate, or a file: a Playwright page."""
    contexts, complaints = [], []

    def open_page(what, state="", width=1280, scheme="light", script=True):
        address = (files(what)[1] if isinstance(what, str) else what).as_uri()
        size = {"width": width, "height": 900}
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme, java_script_enabled=script))
        page = contexts[-1].new_page()
        page.set_default_timeout(10000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda asked: None if asked.url.startswith(address) else complaints.append(asked.url))
        page.goto(address + state)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
