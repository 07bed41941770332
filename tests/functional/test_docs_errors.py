# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide on errors explains each error that there is, where the error's own link leads, and no other."""

from __future__ import annotations

import pathlib
import re

import harness
import yaml

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._huaweicloud import provider as huaweicloud
from ansible_collections.grantops.cloud.plugins.module_utils._ucloud import provider as ucloud

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "troubleshooting.rst"


def anchors():
    """The ids that Sphinx makes of the guide's own targets."""
    names = re.findall(r"(?:^|, )_`([^`]+)`", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub("[^a-z0-9]+", "-", name.lower()) for name in names]


def kinds():
    """Every kind that an error can have."""
    calls = {value for name, value in vars(errors).items() if isinstance(value, str) and value == name.lower()}
    found = {
        errors.GrantopsError.kind,
        errors.ConfigurationError.kind,
        errors.TaskError.kind,
        errors.RunError.kind,
        *calls,
    }
    assert len(found) == 16, found
    return found


def links():
    """Every link that an error can have."""
    found = {errors.link(kind) for kind in kinds()}
    for provider in (ucloud, huaweicloud):
        found |= {errors.link("invalid", provider.TITLE, code, provider.CODES) for code in provider.CODES}
    return found


def test_every_link_leads_to_an_explanation_and_every_explanation_has_a_link():
    page, fragments = {link.partition("#")[0] for link in links()}, sorted(link.partition("#")[2] for link in links())
    documentation = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["documentation"]
    assert page == {documentation + "docsite/" + GUIDE.stem + ".html"}
    assert fragments == sorted(anchors())


def test_a_code_that_is_not_known_leads_to_its_kind():
    assert errors.link("invalid", "UCloud", 99999, ucloud.CODES).endswith("#invalid")
    assert errors.link("not_found").endswith("#not-found")


def test_a_failed_task_leads_to_its_explanation(sim, run):
    module, params = "huaweicloud_rocketmq_user", {"instance_id": "none", "user_name": "mq-admin", "admin": False}
    result = run.failed(module, **params)
    link = errors.TROUBLESHOOTING + "#huawei-cloud-dms-00404022"
    assert result["error"]["hint"].endswith(f" See {link}")
    assert result["msg"].endswith(f" See {link}")
    assert result["msg"].count(errors.TROUBLESHOOTING) == 1

    result = run.failed("ucloud_ufile_token", token_name="backup")
    assert result["error"]["hint"] == f"Say which one is meant with token_id. See {errors.TROUBLESHOOTING}#task"
    assert result["msg"].endswith(result["error"]["hint"])


def test_every_module_says_that_a_hint_has_the_address():
    for module in harness.MODULES + harness.INFOS:
        text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
        assert any(link in text for link in links()), module
