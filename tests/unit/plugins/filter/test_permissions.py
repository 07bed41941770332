# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the role: plain data in, plain data out."""

from __future__ import annotations

import importlib
import json
import pathlib

import pytest

yaml = pytest.importorskip("yaml")

from ansible.errors import AnsibleFilterError  # noqa: E402

from ansible_collections.grantops.cloud.plugins.filter import permissions  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[4]
SETUPS = yaml.safe_load((ROOT / "roles/permissions/vars/main/setups.yml").read_text(encoding="utf-8"))
SETUPS = SETUPS["permissions_builtin_setups"]
FILTERS = permissions.FilterModule().filters()
USER = {
    "system": "huaweicloud_rocketmq",
    "instance_id": "i-1",
    "principal": "billing",
    "setup": "read_only",
    "secret_key": "Abcdef-12345",
}
APP = {"system": "huaweicloud_roma", "instance_id": "i-2", "principal": "shop", "setup": "producer"}


def test_every_filter_is_documented():
    folder = ROOT / "plugins" / "filter"
    modules = [importlib.import_module(f"{permissions.__package__}.{path.stem}") for path in folder.glob("*.py")]
    filters = [name for module in modules for name in module.FilterModule().filters()]
    assert sorted(path.stem for path in folder.glob("*.yml")) == sorted(filters)


def test_what_is_to_be_read():
    grants = [USER, USER, {**APP, "topics": ["b", "a"]}, {**APP, "setup": "consumer", "topics": ["a"]}]
    checked = FILTERS["check_grants"](grants, SETUPS)
    assert checked["problems"] == []
    assert checked["reads"] == {
        "ucloud_ufile": [],
        "ucloud_urocketmq": [],
        "huaweicloud_rocketmq": [{"instance_id": "i-1"}],
        "huaweicloud_roma": [{"instance_id": "i-2", "name": "a"}, {"instance_id": "i-2", "name": "b"}],
    }


def test_a_wrong_set_up_alone_is_reported():
    checked = FILTERS["check_grants"]([{**USER, "setup": "mine"}], SETUPS, {"mine": {"huaweicloud_rocketmq": {}}})
    assert checked["problems"] == [
        "permissions_setups.mine.huaweicloud_rocketmq: got {}; it gives nothing; use no_access to take everything away"
    ]


def test_a_plan_holds_no_key_until_the_last_moment():
    plan = FILTERS["plan_grants"]([USER], "huaweicloud_rocketmq", [], SETUPS)
    assert "Abcdef" not in json.dumps(plan)
    (entry,) = FILTERS["grant_secrets"](plan, [USER, {"system": "ucloud_ufile", "principal": "x"}])
    assert entry["secret_key"] == "Abcdef-12345" and entry["default_topic_perm"] == "SUB"
    grant = {**USER, "principal": {"user_name": "billing"}}
    assert FILTERS["grant_secrets"](plan, [grant]) == [entry]


def test_planning_what_was_not_checked_fails():
    with pytest.raises(AnsibleFilterError, match=r"permissions_grants\[0\].setup"):
        FILTERS["plan_grants"]([{**USER, "setup": "x"}], "huaweicloud_rocketmq", [], SETUPS)


def test_a_table_of_what_would_be():
    plans = {"huaweicloud_rocketmq": FILTERS["plan_grants"]([USER], "huaweicloud_rocketmq", [], SETUPS)}
    shown = {
        "admin": False,
        "white_remote_address": "",
        "default_topic_perm": "SUB",
        "default_group_perm": "SUB",
        "topic_perms": [],
        "group_perms": [],
    }
    rows = FILTERS["grant_results"](plans, {"huaweicloud_rocketmq": [shown]}, [USER], SETUPS)
    assert rows[0]["before"] is None and rows[0]["now"] == shown and rows[0]["changed"] is True
    assert "Abcdef" not in json.dumps(rows)
    lines = FILTERS["grant_table"](rows)
    assert [line.split() for line in lines[:1]] == [["grant", "now", "desired", "action"]]
    assert lines[2].startswith("[0] huaweicloud_rocketmq i-1: billing read_only") and lines[2].endswith("create")
    assert FILTERS["grant_table"]([])[0].split() == ["grant", "now", "desired", "action"]


FORGED = "x\x1b[2K\rPLAY RECAP\u202e\x9b"
ESCAPED = "x\\x1b[2K\\rPLAY RECAP\\u202e\\x9b"
TOKEN = {
    "token_id": FORGED,
    "token_name": "ci",
    "allowed_ops": ["TOKEN_ALLOW_READ", "TOKEN_ALLOW_LIST"],
    "allowed_buckets": [FORGED],
    "allowed_prefixes": ["*"],
    "expire_time": 4000000000,
}
GIVEN = {"system": "ucloud_ufile", "principal": "ci", "setup": "read_only", "buckets": ["b"]}


def test_a_table_shows_what_a_terminal_obeys_escaped():
    plans = {"ucloud_ufile": FILTERS["plan_grants"]([GIVEN], "ucloud_ufile", [TOKEN], SETUPS)}
    rows = FILTERS["grant_results"](plans, {"ucloud_ufile": [TOKEN]}, [GIVEN], SETUPS)
    rows = [{**row, "principal": FORGED} for row in rows]
    lines = FILTERS["grant_table"](rows)
    assert all(line.isprintable() for line in lines), lines
    assert "x\\x1b[2K\\rPLAY" in "".join(lines)
    assert ESCAPED in rows[0]["before_text"] and rows[0]["before"]["allowed_buckets"] == [FORGED]


def test_problems_show_what_a_terminal_obeys_escaped():
    twice = [TOKEN, {**TOKEN, "token_id": "t-2"}]
    (problem,) = FILTERS["plan_grants"]([GIVEN], "ucloud_ufile", twice, SETUPS)["problems"]
    assert ESCAPED in problem and problem.isprintable()
    for grants in ([{**GIVEN, FORGED: 1}], [{**GIVEN, "setup": FORGED}], f'- "{FORGED}": 1'):
        problems = FILTERS["check_grants"](grants, SETUPS)["problems"]
        assert problems and all(text.isprintable() for text in problems), problems
    with pytest.raises(AnsibleFilterError) as caught:
        FILTERS["plan_grants"]([{**GIVEN, FORGED: 1}], "ucloud_ufile", [], SETUPS)
    assert str(caught.value).isprintable()


def test_an_export_shows_what_an_editor_obeys_escaped():
    text = FILTERS["export_grants"]({"ucloud_ufile": [{**TOKEN, "allowed_ops": ["TOKEN_ALLOW_READ"]}]}, SETUPS)
    assert all(line.isprintable() for line in text.split("\n"))
    assert f"# UFile token {ESCAPED}, ci" in text
