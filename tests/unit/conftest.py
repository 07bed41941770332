# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No test sees the settings, files or proxies of whoever runs it."""

from __future__ import annotations

import contextlib
import os

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._schema import fields as field_types

with contextlib.suppress(ImportError):  # ansible-test has none
    import hypothesis

    # How long an example takes says something of the machine and what else it does, not of the code.
    examples = 100 if "GRANTOPS_LONG" in os.environ else 25
    hypothesis.settings.register_profile("grantops", deadline=None, max_examples=examples)
    hypothesis.settings.load_profile("grantops")

NOW = 1750000000  # what an end has to be later than, in every year that these tests run in
PREFIXES = ("UCLOUD_", "HUAWEICLOUD_", "HW_", "CLOUD_SDK_")
NETWORK = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle")


@pytest.fixture(autouse=True)
def clean_surroundings(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(PREFIXES) or name.lower() in NETWORK:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(field_types, "now", lambda: NOW)


@pytest.fixture
def environment(monkeypatch):
    """Sets variables of the environment."""

    def setenv(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return setenv
