# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role and the three playbooks, run by ansible-playbook."""

from __future__ import annotations

import datetime
import json
import pathlib
import re
import stat
import sys

import harness
import prefork
import pytest
import yaml
from role_harness import Role
from test_role import FOUR, KEY, ROCKETMQ, ROMA, UFILE, UROCKETMQ

ROOT = pathlib.Path(__file__).resolve().parents[2]
NEW = {**ROCKETMQ, "principal": "someone-new", "setup": "read_only", "secret_key": KEY}


def role(grants, **more):
    return {
        "name": "Run the role",
        "ansible.builtin.import_role": {"name": "grantops.cloud.permissions"},
        "vars": {"permissions_grants": grants, **more},
    }


SHOW = {"name": "Show", "ansible.builtin.debug": {"var": "permissions_result"}, "tags": "always"}
CHECKED = {"check_mode": True}


def results(played):
    """What each task `Show` showed."""
    return [entry["result"]["permissions_result"] for entry in played.recorded if entry["task"] == "Show"]


def changed(played):
    return [entry["task"] for entry in played.recorded if entry["result"].get("changed")]


def failed(played):
    return [entry["result"]["msg"] for entry in played.recorded if entry["status"] == "failed"]


def test_check_apply_and_again_on_all_four_systems(sim, play):
    grants = [*FOUR, NEW]
    # A call that is skipped leaves no result of another one.
    checked = play([role(grants), SHOW, {**role(FOUR), "when": False}, SHOW], check=True)
    assert not sim.counters["write"] and not sim.counters["create"]
    assert "+  refunds" in checked.output or "+  - refunds" in checked.output
    applied = play([role(grants), SHOW, role(grants), SHOW], verbosity=3)
    planned, skipped, written, again = results(checked) + results(applied)
    assert skipped == []
    for rows, status in ((planned, "planned"), (written, "written"), (again, "unchanged")):
        assert {row["status"] for row in rows} == {status} and len(rows) == 5
    assert changed(applied) == ["grantops.cloud.permissions : Permissions"]
    assert (sim.counters["write"], sim.counters["create"]) == (5, 1)
    # Each further copy of thousands takes Ansible seconds: one task carries what became of the grants.
    second = applied.recorded[len(applied.recorded) // 2 : -1]
    told = [entry["task"] for entry in second if "checkout" in json.dumps(entry["result"])]
    assert told == ["grantops.cloud.permissions : Permissions"]
    for played in (checked, applied):
        assert KEY not in played.output and not any(secret in played.output for secret in sim.secrets())
        assert "permissions_grants" not in played.output or "VALUE_SPECIFIED_IN_NO_LOG" not in played.output


def test_as_modules_it_is_the_same(play):
    played = play([role([*FOUR, NEW]), SHOW, role([*FOUR, NEW]), SHOW], way="module")
    assert [{row["status"] for row in rows} for rows in results(played)] == [{"written"}, {"unchanged"}]


def test_what_is_wrong_with_a_grant_of_a_file_is_told_alike_on_both_ways(play, tmp_path):
    bad = {**UFILE, "principal": "x", "setup": "upload_only", "bucket": ["x"]}
    for name, grants in (("other", FOUR[1:]), ("team", [FOUR[0], bad])):
        (tmp_path / f"{name}.yml").write_text(yaml.safe_dump({"permissions_grants": grants}), encoding="utf-8")
    files = [str(tmp_path / "other.yml"), str(tmp_path / "team.yml")]
    modules = [{f"grantops.cloud.{name}": {"grants_file": files}} for name in ("permissions", "permissions_info")]
    messages = failed(play([*modules, *({**task, "environment": {"GRANTOPS_TEST": "module"}} for task in modules)]))
    assert len(messages) == 4 and messages[:2] == messages[2:]
    assert all("team.yml: permissions_grants[1] (x): bucket is not a field of a grant" in text for text in messages)


def kept_and_gone(sim):
    """Names on the three systems whose resources can be deleted."""
    estate = sim.estate
    return (
        set(estate["ucloud"]["ufile_tokens"]),
        set(estate["ucloud"]["urocketmq"]["urmq-demo"]["tokens"]),
        set(estate["huaweicloud"]["rocketmq"]["rocketmq-demo"]["users"]),
    )


def test_exclusive_deletes_what_no_grant_names_and_nothing_else(sim, play):
    before, other = kept_and_gone(sim), dict(sim.estate["huaweicloud"]["rocketmq"]["rocketmq-basic"]["users"])
    # The second URocketMQ grant differs in nothing, and its token must stay all the same.
    grants = [
        {**UFILE, "principal": "reports", "setup": "read_only", "buckets": ["acme-data"], "prefixes": ["reports/"]},
        {**UROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["refunds"]},
        {**UROCKETMQ, "principal": "retired", "setup": "no_access"},
        {**ROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["orders"]},
    ]
    exclusive = {"permissions_exclusive": True}
    few = role(grants, permissions_exclusive_limit=1, **exclusive)
    looked = play([few, {**role(grants, **exclusive), **CHECKED}, SHOW])
    assert len(failed(looked)) == 1 and "exclusive_limit is 1" in failed(looked)[0]
    statuses = {row["status"] for row in results(looked)[0]}
    assert "planned" in statuses and statuses <= {"planned", "unchanged"}
    assert "deleted" in looked.output and kept_and_gone(sim) == before and not sim.counters["delete"]
    deleted = {"name": "Show", "ansible.builtin.debug": {"var": "permissions_deleted"}}
    applied = play([role(grants, **exclusive), deleted, role(grants, **exclusive)], ignore_errors=False)
    (row,) = [entry["result"] for entry in applied.recorded if entry["task"] == "Show"]
    assert kept_and_gone(sim) == (
        {"ufile-token-reports"},
        {"urmq-token-default", "urmq-token-checkout", "urmq-token-retired"},
        {"checkout"},
    )
    assert len(row["permissions_deleted"]) == sim.counters["delete"] == 3 + 1 + 4
    assert sim.estate["huaweicloud"]["rocketmq"]["rocketmq-basic"]["users"] == other
    assert changed(applied) == ["grantops.cloud.permissions : Permissions"]


def test_exclusive_leaves_a_system_without_grants_alone(sim, role_of):
    before = kept_and_gone(sim)
    role_of([{**ROMA, "principal": "audit", "setup": "consumer", "topics": ["orders"]}], exclusive=True)
    assert kept_and_gone(sim) == before


def test_a_plan_counts_deletions_as_drift(sim, tmp_path):
    grants = [{**ROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["orders"]}]
    planned = playbook(sim, tmp_path, "plan", {"permissions_grants": grants, "permissions_exclusive": True})
    assert planned.returncode == 2 and not sim.counters["delete"]
    assert (
        "Drift: 0 of 1 grants are not as declared, and 4 principals that no grant names would be deleted."
        in " ".join(planned.stdout.split())
    )


LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


def playbook(sim, tmp_path, name, variables, *options, file=None):
    """A playbook of the collection, by its full name, or a file, as a user runs it."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (tmp_path / "ansible.cfg").write_text("", encoding="utf-8")
    if variables is not None:
        (tmp_path / "grants.yml").write_text(yaml.safe_dump(variables), encoding="utf-8")
    place = {"PWD": str(tmp_path), "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg")}
    environment = harness.environment(home, **sim.environment("admin"), **place)
    command = [file] if file else [f"grantops.cloud.{name}", "-e", "permissions_file=grants.yml"]
    return prefork.run(["playbook", *command, *options], tmp_path, environment)


def test_systems_restrict_a_run_and_tags_of_systems_are_refused(sim, tmp_path):
    grants = {"permissions_grants": FOUR}
    # A misspelt one would else be no restriction at all.
    refused = playbook(sim, tmp_path, "apply", grants, "--tags", "urocketmq")
    assert refused.returncode == 4 and "systems are meant; got --tags urocketmq" in refused.stdout + refused.stderr
    assert playbook(sim, tmp_path, "apply", grants, "--skip-tags", "always").returncode == 4
    assert not sim.counters["read"]
    done = playbook(sim, tmp_path, "apply", grants, "-e", "permissions_systems=huaweicloud_roma")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {row["operation"] if isinstance(row, dict) else row for row in sim.counters["writes"]} == {
        "BatchAddTopicAccessPolicy",
        "UpdateTopicAccessPolicy",
    }


def test_hosts_that_nobody_has_are_never_green(sim, tmp_path):
    """Of two playbooks, since the rule is the same for all."""
    rules = []
    for path in (ROOT / "playbooks").glob("*.yml"):
        (play,) = yaml.safe_load(path.read_text(encoding="utf-8"))
        option = f"{path.stem if path.stem in ('rotate', 'probe') else 'permissions'}_hosts"
        rules.append(" ".join(play["hosts"].replace(option, "the_hosts").partition("the_hosts")[2].split()))
    assert len(rules) == 7 and len(set(rules)) == 1
    for name, option in (("apply", "permissions_hosts"), ("probe", "probe_hosts")):
        done = playbook(sim, tmp_path, name, {"permissions_grants": FOUR}, "-e", f"{option}=nowhere")
        assert done.returncode == 4 and f"{option} must name hosts of the inventory" in done.stdout + done.stderr
    assert not sim.counters["total"]


GREEN = [  # variables of a host, what its file holds, and what is said
    ({"permission_file": "0.yml"}, FOUR, "permission_file is not a variable of the role (did you mean"),
    ({"permissions_exclusiv": True}, FOUR, "permissions_exclusiv is not a variable of the role"),
    ({}, {"permission_grants": FOUR}, "2.yml must hold permissions_grants; got a file without it"),
    ({}, [], "grants must hold at least one grant; got an empty list"),
    ({"permissions_systems": "ucloud_urocketmq"}, FOUR[:1], "systems must be some that grants are for"),
    ({"permissions_file": "nowhere.yml"}, FOUR, "nowhere.yml cannot be read: it does not exist"),
    ({"permissions_create": False}, [{**FOUR[0], "principal": "uplaods"}], "(did you mean 'uploads'?)"),
]


@pytest.mark.parametrize("name", ["plan", pytest.param("apply", marks=pytest.mark.long)])
def test_nothing_to_look_at_is_never_green(sim, tmp_path, name):
    hosts = {}
    for number, (variables, grants, _said) in enumerate(GREEN):
        content = grants if isinstance(grants, dict) else {"permissions_grants": grants}
        (tmp_path / f"{number}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
        hosts[f"host-{number}"] = {**LOCAL, "permissions_file": f"{number}.yml", **variables}
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    options = ["-i", "hosts.json", "-e", "permissions_hosts=all"]
    done = playbook(sim, tmp_path, name, None, *options, file=f"grantops.cloud.{name}")
    said = dict(re.findall(r"^fatal: \[(host-\d)\]: FAILED! => (.*)", done.stdout, re.M))
    assert done.returncode == 2 and len(said) == len(GREEN) and "Drift" not in done.stdout, done.stdout + done.stderr
    assert all(text in said[f"host-{number}"] for number, (*_given, text) in enumerate(GREEN)), said
    assert not sim.counters["write"]


ODD = [
    ({"tag": "{{ nothing | default(omit) }}"}, "orders pub"),
    ({"tag": "1.10"}, "orders pub tag 1.10"),
    ({"topics": "{{ ['orders'] }}"}, "orders pub"),
]


def test_what_is_left_out_and_what_is_no_text(play):
    grant = {**ROMA, "principal": "audit", "setup": "producer", "topics": ["orders"]}
    tasks = [task for more, _now in ODD for task in (role([{**grant, **more}]), SHOW)]
    played = play([*tasks, role([{**grant, "tag": 1.10}])], check=True)
    assert [rows[0]["now_text"] for rows in results(played)] == [now for _more, now in ODD]
    assert len(failed(played)) == 1 and "tag must be a tag" in failed(played)[0]


def test_a_date_may_be_quoted_or_not(sim, tmp_path):
    """In a play of one's own, where ansible-core before 2.19 makes a text of such a list."""
    dates = {"uploads": "2031-01-02", "new-uploads": datetime.date(2031, 1, 2)}
    fresh = {**FOUR[0], "buckets": ["{{ 'fresh' }}"]}
    grants = {"permissions_grants": [{**fresh, "principal": name, "expires": date} for name, date in dates.items()]}
    own = [{"hosts": "localhost", "gather_facts": False, "roles": ["grantops.cloud.permissions"], "vars": grants}]
    (tmp_path / "own.yml").write_text(yaml.safe_dump(own), encoding="utf-8")
    done = playbook(sim, tmp_path, "own", None, "--check", file="own.yml")
    assert " ".join(done.stdout.split()).count("until 2031-01-02T00:00:00Z") == 2, done.stdout


def test_a_system_that_fails_does_not_keep_the_others_from_being_written(sim, role_of):
    refusal = {"match": "UpdateUser", "status": 403, "code": "DMS.00400002", "times": None}
    sim.traps.set(fail_next=refusal)
    gone = [{**UROCKETMQ, "principal": "retired", "setup": "no_access"}]
    result = role_of.result([*FOUR, *gone], exclusive=True)
    assert [row["status"] for row in result["grants"]] == ["written", "written", "failed", "written", "unchanged"]
    assert result["deleted"] and {row["status"] for row in result["deleted"]} == {"not tried"}
    assert not sim.counters["delete"] and result["error"]["failed"] == [
        {"instance_id": "rocketmq-demo", "user_name": "checkout", "system": "huaweicloud_rocketmq"}
    ]
    assert (
        result["msg"].count("Hint:") == 1
        and result["artifacts"]["permissions_refused"][0]["system"] == "huaweicloud_rocketmq"
    )


@pytest.fixture
def role_of(run):
    return Role(run)


def test_hosts_that_each_add_their_own_lose_nothing_and_none_is_exclusive(sim, play, tmp_path):
    names = [f"topic-{number}" for number in range(6)]
    (tmp_path / "inventory").write_text("\n".join(names), encoding="utf-8")
    task = role([{**UROCKETMQ, "principal": "checkout", "setup": "producer", "topics": ["{{ inventory_hostname }}"]}])
    more = {"environment": {"ANSIBLE_INVENTORY": str(tmp_path / "inventory")}, "vars": LOCAL, "ignore_errors": False}
    played = play([task, SHOW, role(FOUR, permissions_exclusive=True)], hosts="all", **more)
    assert [[row["status"] for row in rows] for rows in results(played)] == [["written"]] * len(names)
    token = harness.record(sim, "ucloud_urocketmq_token", ("urmq-demo", "urmq-token-checkout"))
    assert set(names) <= set(token["AllowProduceTopicList"].split(","))
    assert played.code == 2 and len(failed(played)) == len(names)
    assert all("exclusive must run for one host alone" in text for text in failed(played))


def test_what_is_done_and_what_is_said_agree_where_a_task_is_not_checked(sim, play):
    include = {
        "name": "Run the role",
        "ansible.builtin.include_role": {"name": "grantops.cloud.permissions", "apply": {"check_mode": False}},
        "vars": {"permissions_grants": FOUR},
    }
    assert {row["status"] for row in results(play([include, SHOW], check=True))[0]} == {"written"}
    assert sim.counters["write"]


def test_credentials_of_new_tokens_are_returned_once_and_never_shown(sim, tmp_path):
    grants = [
        {**UFILE, "principal": "fresh", "setup": "upload_only", "buckets": ["acme-data"]},
        {**UROCKETMQ, "principal": "fresh", "setup": "producer", "topics": ["orders"]},
    ]
    (tmp_path / "inputs").mkdir()  # which is not searched for secrets: the play keeps them there
    kept = tmp_path / "inputs" / "kept.json"
    copy = {"dest": str(kept), "content": "{{ permissions_credentials | to_json }}", "mode": "0600"}
    keep = {"name": "Keep", "no_log": True, "ansible.builtin.copy": copy}
    create, none = role(grants, permissions_return_credentials=True), {"that": "permissions_credentials == []"}
    own = [{"hosts": "localhost", "gather_facts": False}]
    own[0]["tasks"] = [create, keep, create, {"ansible.builtin.assert": none}]
    (tmp_path / "own.yml").write_text(yaml.safe_dump(own), encoding="utf-8")
    done = playbook(sim, tmp_path, "own", None, "-vvvv", file="own.yml")
    assert done.returncode == 0 and done.stdout.count("+ ucloud_ufile fresh: upload_only") == 1, done.stdout
    rows = json.loads(kept.read_text(encoding="utf-8"))
    secrets = [row.get("private_key") or row["secret_key"] for row in rows]
    assert len(secrets) == 2
    assert not any(secret in done.stdout + done.stderr for secret in secrets)


def test_whether_keys_are_returned_is_said_by_the_play(sim, tmp_path):
    grants = {"permissions_grants": FOUR, "permissions_return_credentials": True}
    done = playbook(sim, tmp_path, "plan", grants, "-e", "permissions_report=plan.json")
    said = "permissions_return_credentials must be set by the play, not by a file of grants"
    assert done.returncode == 2 and said in done.stdout and not sim.counters["read"]
    # What cannot be planned is no drift, and leaves no report.
    assert "Drift" not in done.stdout and not (tmp_path / "plan.json").exists()


def in_turn(sim, tmp_path, *steps):
    """One run of several playbooks of the collection, each with its variables."""
    plays = [{"import_playbook": f"grantops.cloud.{name}", "vars": variables} for name, variables in steps]
    (tmp_path / "steps.yml").write_text(yaml.safe_dump(plays), encoding="utf-8")
    return playbook(sim, tmp_path, "steps", None, "-e", "permissions_file=grants.yml", file="steps.yml")


def test_plan_tells_drift_by_its_exit_status(sim, tmp_path):
    """The files of a directory and of a list count together."""
    (tmp_path / "home" / "teams").mkdir(parents=True)
    places = [tmp_path / "home" / "teams" / f"{number}.yml" for number in range(3)] + [tmp_path / "more.yml"]
    for path, grant in zip(places, FOUR):
        path.write_text(yaml.safe_dump({"permissions_grants": [grant]}), encoding="utf-8")
    files = json.dumps({"permissions_file": ["~/teams", "more.yml"], "permissions_report": "plan.json"})
    drift = playbook(sim, tmp_path, "plan", {"permissions_grants": FOUR}, "-e", files)
    assert drift.returncode == 2 and "Drift: 4 of 4 grants are not as declared." in drift.stdout + drift.stderr
    assert "~ ucloud_ufile uploads: upload_only" in drift.stdout
    assert "4 to update, 0 to create, 0 to delete, 0 as declared" in drift.stdout
    report = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert report["drift"] is True and len(report["grants"]) == 4 and mode(tmp_path / "plan.json") == 0o600
    assert sim.counters["write"] == 0
    quiet = ("plan", {"permissions_drift_fails": False})
    done = in_turn(sim, tmp_path, quiet, ("apply", {}), ("plan", {"permissions_report": "plan.json"}))
    assert done.returncode == 0 and sim.counters["write"] == 5, done.stdout + done.stderr
    assert json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["drift"] is False


def test_export_then_plan(sim, tmp_path):
    sim.add_ufile_token(TokenName="{{ 7 * 7 }}", AllowedOps=["TOKEN_ALLOW_READ"], AllowedBuckets=["{{ 6 * 6 }}"])
    scopes = {
        "urocketmq_services": "urmq-demo",
        "rocketmq_instances": "rocketmq-demo, rocketmq-basic",
        "roma_instances": "roma-demo",
    }
    plans = [("plan", {"permissions_show": "all", "permissions_scope": scope}) for scope in ("additive", "exact")]
    done = in_turn(sim, tmp_path, ("export", scopes), *plans, ("apply", {}))
    assert done.returncode == 0 and sim.counters["write"] == 0, done.stdout + done.stderr
    text = (tmp_path / "grants.yml").read_text(encoding="utf-8")
    assert "instance_id: rocketmq-basic" in text
    assert not any(secret in text + done.stdout for secret in sim.secrets())
    assert "{{ 7 * 7 }}" in done.stdout and "49" not in done.stdout


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_no_file_is_written_through_a_link(sim, tmp_path):
    (tmp_path / "other").write_text("before", encoding="utf-8")
    (tmp_path / "grants.yml").symlink_to(tmp_path / "other")
    options = ("-e", "urocketmq_services=urmq-demo", "-e", "permissions_force=true")
    done = playbook(sim, tmp_path, "export", None, *options)
    said = "grants.yml must be a file, or not exist; got a link. Nothing was written."
    assert done.returncode == 2 and said in done.stdout + done.stderr, done.stdout + done.stderr
    assert (tmp_path / "other").read_text(encoding="utf-8") == "before" and (tmp_path / "grants.yml").is_symlink()
